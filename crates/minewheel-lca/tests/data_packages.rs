//! Brightway data packages into a database: one, and several that belong together.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;

use std::io::Cursor;

use minewheel_lca::database::{Database, DatabaseBuilder, LinkOptions, ProductSystem, Uncertainty, Unlinked};
use minewheel_lca::formats::archive::{Archive, ArchiveError, Limits, ZipFiles, ZipWriter};
use minewheel_lca::formats::{Dropped, ImportError, data_package, read_package};
use minewheel_lca::{Assembly, CharacterisationMethod, Entry, EntryUncertainty, Matrices, adjoint, direct_scores};

/// Files in memory.
struct Files(Vec<String>, Vec<Vec<u8>>);

impl Archive for Files {
    fn names(&self) -> &[String] {
        &self.0
    }

    fn read(&mut self, place: usize) -> Result<Vec<u8>, ArchiveError> {
        Ok(self.1[place].clone())
    }
}

fn zipped(matrices: &Matrices) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    data_package::write("ours", matrices, &mut zip).unwrap();
    zip.finish().unwrap().into_inner()
}

fn import(files: Vec<(&str, Vec<u8>)>, builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let (names, bytes) = files.into_iter().map(|(name, bytes)| (name.to_owned(), bytes)).unzip();
    read_package(&mut Files(names, bytes), builder)
}

/// The impact of one unit of each activity's product, by the number that its process has as its id.
fn scores(database: &Database) -> Vec<(String, f64)> {
    let system = ProductSystem::whole(database, LinkOptions::default()).unwrap();
    scores_of(&system.matrices)
        .into_iter()
        .map(|(id, score)| (database.process(system.activities[id as usize - 1].process).id.to_string(), score))
        .collect()
}

fn scores_of(matrices: &Matrices) -> Vec<(i64, f64)> {
    let mut assembly = Assembly::new(matrices).unwrap();
    let category = assembly.category(&matrices.methods[0]);
    let values = adjoint(&assembly.network, &direct_scores(&assembly.network, &category)).unwrap();
    let mut found: Vec<_> =
        values.values().iter().zip(0..).map(|(score, at)| (assembly.activity(minewheel_lca::ColumnId(at)).unwrap(), *score)).collect();
    found.sort_by_key(|f| f.0);
    found
}

fn input(row: i64, column: i64, amount: f64, uncertainty: EntryUncertainty) -> Entry {
    Entry { is_flipped: true, uncertainty, ..Entry::exact(row, column, -amount) }
}

/// Power (10) and steel (11) need each other; a waste (12) is treated in a negative amount, as ecoinvent has it, and steel leaves some; heat is a
/// co-product of power's that a boiler (13) makes too.
fn background() -> Matrices {
    let spread = EntryUncertainty::Lognormal { mu: 0.5_f64.ln(), sigma: 0.2, is_negative: false };
    let technosphere = vec![
        Entry::exact(10, 10, 1.0),
        Entry::exact(11, 11, 2.0),
        Entry::exact(12, 12, -1.0),
        Entry::exact(13, 13, 1.0),
        Entry::exact(13, 10, 0.25),
        input(10, 11, 0.5, spread),
        input(11, 10, 0.001, EntryUncertainty::Uniform { low: 0.0005, high: 0.002 }),
        input(12, 11, -0.2, EntryUncertainty::Normal { mean: -0.2, deviation: 0.01 }),
        input(10, 12, 0.1, EntryUncertainty::Exact),
    ];
    let biosphere = vec![
        Entry { uncertainty: EntryUncertainty::Triangular { mode: 0.4, low: 0.3, high: 0.6 }, ..Entry::exact(1, 10, 0.4) },
        Entry::exact(1, 11, 1.6),
        Entry { uncertainty: EntryUncertainty::DiscreteUniform { low: 1.0, high: 4.0 }, ..Entry::exact(2, 11, 2.0) },
        Entry::exact(1, 12, 0.01),
        Entry { uncertainty: EntryUncertainty::pert(0.1, 0.3, 0.4), ..Entry::exact(1, 13, 0.3) },
    ];
    Matrices { technosphere, biosphere, methods: Vec::new() }
}

fn method() -> CharacterisationMethod {
    let factor = Entry { uncertainty: EntryUncertainty::Uniform { low: 20.0, high: 30.0 }, ..Entry::exact(2, 2, 28.0) };
    CharacterisationMethod { name: "Ours: climate".to_owned(), unit: None, factors: vec![Entry::exact(1, 1, 1.0), factor] }
}

#[test]
fn a_package_becomes_a_database_with_the_same_impacts() {
    let matrices = Matrices { methods: vec![method()], ..background() };
    let mut zip = ZipFiles::new(Cursor::new(zipped(&matrices)), Limits::default()).unwrap();
    let (database, dropped) = read_package(&mut zip, DatabaseBuilder::new()).unwrap();
    let wanted: Vec<(String, f64)> = scores_of(&matrices).into_iter().map(|(id, score)| (id.to_string(), score)).collect();
    for ((id, score), (own, wanted)) in scores(&database).iter().zip(&wanted) {
        assert!(id == own && (score - wanted).abs() <= 1e-12 * wanted.abs(), "{id} {score}, {own} {wanted}");
    }
    assert_eq!(dropped, Dropped::from([("distributions: discrete".to_owned(), 1)]));
    let kinds = |wanted: fn(&Uncertainty) -> bool| database.processes().iter().flat_map(|p| &p.exchanges).filter(|e| wanted(&e.uncertainty)).count();
    assert_eq!(kinds(|u| matches!(u, Uncertainty::Lognormal { geometric_mean, .. } if (geometric_mean - 0.5).abs() < 1e-12)), 1);
    assert_eq!(kinds(|u| matches!(u, Uncertainty::Pert { low, mode, high } if (*low, *high) == (0.1, 0.4) && (mode - 0.3).abs() < 1e-12)), 1);
    assert_eq!(kinds(|u| *u == Uncertainty::Normal { mean: -0.2, deviation: 0.01 }), 1);
    assert_eq!(database.categories()[0].factors[1].uncertainty, Uncertainty::Uniform { low: 20.0, high: 30.0 });
    assert_eq!((&*database.methods()[0].name, &*database.categories()[0].name), ("Ours", "climate"));
}

/// A car (100) needs steel and power of another package and emits; a third package has the method.
#[test]
fn packages_that_belong_together_are_one_database_in_any_order() {
    let technosphere = vec![Entry::exact(100, 100, 1.0), input(11, 100, 3.0, EntryUncertainty::Exact), input(10, 100, 2.0, EntryUncertainty::Exact)];
    let foreground = Matrices { technosphere: technosphere.clone(), biosphere: vec![Entry::exact(1, 100, 5.0)], methods: Vec::new() };
    let methods = Matrices { methods: vec![method()], ..Matrices::default() };
    let mut whole = Matrices { methods: vec![method()], ..background() };
    whole.technosphere.extend(technosphere);
    whole.biosphere.push(Entry::exact(1, 100, 5.0));
    let wanted = scores_of(&whole).into_iter().find(|(id, _)| *id == 100).unwrap().1;
    let of_car = |database: &Database| scores(database).into_iter().find(|(id, _)| id == "100").unwrap().1;
    let zips = || [("foreground.zip", zipped(&foreground)), ("a/background.zip", zipped(&background())), ("methods.zip", zipped(&methods))];
    let (together, _) = import(zips().to_vec(), DatabaseBuilder::new()).unwrap();
    assert!((of_car(&together) - wanted).abs() < 1e-12 * wanted, "{} {wanted}", of_car(&together));
    let mut builder = DatabaseBuilder::new();
    for package in zips() {
        let (database, _) = import(vec![package], builder).unwrap();
        builder = DatabaseBuilder::onto(database, minewheel_lca::database::OnConflict::Refuse);
    }
    let one_by_one = builder.finish().unwrap();
    assert!((of_car(&one_by_one) - wanted).abs() < 1e-12 * wanted);
    // Alone, the foreground wants two products of nobody.
    let (alone, _) = import(vec![zips()[0].clone()], DatabaseBuilder::new()).unwrap();
    assert!(ProductSystem::whole(&alone, LinkOptions::default()).is_err());
    let free = ProductSystem::whole(&alone, LinkOptions { unlinked: Unlinked::CutOff, ..LinkOptions::default() }).unwrap();
    assert_eq!(free.links.unlinked, 2);
}

#[test]
fn what_is_no_package_is_refused_with_its_place() {
    let refused = |files: Vec<(&str, Vec<u8>)>| import(files, DatabaseBuilder::new()).unwrap_err().to_string();
    let empty = ZipWriter::new(Cursor::new(Vec::new())).finish().unwrap().into_inner();
    assert_eq!(refused(vec![("x.zip", empty)]), "`x.zip` is no data set: the package holds no `datapackage.json`");
    assert!(refused(vec![("x.zip", b"PK\x03\x04".to_vec())]).contains("it is no whole zip file"));
    let text = refused(vec![(
        "p/datapackage.json",
        br#"{"resources":[{"matrix":"technosphere_matrix","category":"vector","group":"g","kind":"indices","path":"i.npy"}]}"#.to_vec(),
    )]);
    assert_eq!(text, "`p/datapackage.json` is no data set: the package holds no `i.npy`");
    assert!(refused(vec![("datapackage.json", b"{".to_vec())]).contains("`datapackage.json` is no data set"));
    assert!(refused(vec![("datapackage.json", br#"{"resources":[]}"#.to_vec())]).starts_with("it has no technosphere"));
    let two = Matrices {
        technosphere: vec![Entry::exact(1, 7, 1.0), Entry::exact(2, 7, 1.0), input(3, 8, 1.0, EntryUncertainty::Exact)],
        ..Matrices::default()
    };
    assert!(
        refused(vec![("two.zip", zipped(&two))]).ends_with("2 activities have no product of their own, or several of which none has their id: 7, 8")
    );
}
