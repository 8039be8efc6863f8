//! Which sign an elementary flow meets a factor with: its own direction, that of a category (openLCA), that of a factor (ILCD); and that what
//! states it is written back.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;

use std::fmt::Write as _;
use std::io::Cursor;

use minewheel_lca::database::{Database, DatabaseBuilder, Direction, LinkOptions, OnConflict, ProductSystem};
use minewheel_lca::formats::archive::{Limits, ZipFiles, ZipWriter};
use minewheel_lca::formats::{Dropped, excel, ilcd, inventory_table, method_table, olca, read_package};
use minewheel_lca::{Assembly, adjoint, direct_scores};
use packages::{REFERENCE, exchange, files, good, process, read, spoilt};

/// A mine takes 2 kg of ore; two heaps give 3 and 4 kg back: most exchanges of ore go out. Its flow is in this category, and the factor of
/// ore is 10 in an impact category with this direction.
fn mines(path: &str, direction: &str) -> Database {
    let mut list = good();
    for (name, text) in &mut list {
        match name.as_str() {
            "flows/ore.json" => *text = text.replace("Ours/ELEMENTARY_FLOW", path),
            "lcia_categories/gwp.json" => {
                *text = text.replace(r#""refUnit""#, &format!(r#"{direction}"refUnit""#));
                *text = text.replace("\"impactFactors\":[", r#""impactFactors":[{"flow":{"@id":"ore"},"value":10},"#);
            }
            _ => {}
        }
    }
    list.retain(|(name, _)| !name.starts_with("processes/"));
    let heap = |id: &str, flow: &str, amount: f64| {
        process(id, "", &[exchange(flow, false, 1.0, "kg", "mass", REFERENCE), exchange("ore", false, amount, "kg", "mass", "")])
    };
    let mine = [exchange("steel", false, 1.0, "kg", "mass", REFERENCE), exchange("ore", true, 2.0, "kg", "mass", "")];
    for id in ["tailing", "stone"] {
        let (_, flow) = good().into_iter().find(|(name, _)| name == "flows/steel.json").unwrap();
        list.push((format!("flows/{id}.json"), flow.replace("\"steel\"", &format!("\"{id}\""))));
    }
    list.extend([process("mine", "", &mine), heap("heap", "tailing", 3.0), heap("pit", "stone", 4.0)]);
    read(list).unwrap().0
}

fn score(database: &Database, process: &str) -> f64 {
    let root = (database.process_by_id(process).unwrap(), None);
    let system = ProductSystem::reached_from(database, &[root], LinkOptions::default()).unwrap();
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let category = assembly.category(&system.matrices.methods[0]);
    let scores = adjoint(&assembly.network, &direct_scores(&assembly.network, &category)).unwrap();
    scores.total(&assembly.demand(&[(1, 1.0)]).unwrap()).unwrap()
}

fn scores(database: &Database) -> [f64; 2] {
    [score(database, "mine"), score(database, "heap")]
}

const TAKEN: [f64; 2] = [20.0, -30.0];
const GIVEN: [f64; 2] = [-20.0, 30.0];

#[test]
fn a_resource_counts_as_taken_however_often_it_is_given_back() {
    assert_eq!(scores(&mines("Resources/in ground", "")), TAKEN);
    assert_eq!(scores(&mines("Emissions to soil", "")), GIVEN);
    // A category that says nothing leaves it to most exchanges.
    assert_eq!(scores(&mines("Ours", "")), GIVEN);
}

#[test]
fn the_direction_of_an_impact_category_goes_before_that_of_the_flow() {
    for (path, direction, wanted) in [
        ("Ours", "INPUT", TAKEN),
        ("Ours", "OUTPUT", GIVEN),
        ("Resources", "OUTPUT", GIVEN),
        ("Resources", "INPUT", TAKEN),
        ("Emissions to soil", "INPUT", TAKEN),
    ] {
        let database = mines(path, &format!(r#""direction":"{direction}","#));
        assert_eq!(scores(&database), wanted, "{path} {direction}");
        let (again, dropped) = through_olca(&database);
        assert_eq!(again, database);
        assert_eq!(dropped, Dropped::new());
        let (again, dropped) = through_ilcd(&database);
        assert_eq!(scores(&again), wanted, "{path} {direction} in ILCD");
        assert_eq!(dropped.get("lcia_categories: direction, written factor by factor"), Some(&1));
        assert_eq!(scores(&through_csv(&database)), wanted, "{path} {direction} in CSV");
    }
    let message = read(spoilt("lcia_categories/gwp.json", "\"refUnit\"", "\"direction\":\"SIDEWAYS\",\"refUnit\"")).unwrap_err().to_string();
    assert!(message.contains("the impact category `climate`: its direction is neither INPUT nor OUTPUT"), "{message}");
}

/// The sheet has amounts without a direction: they count as the flow's own.
#[test]
fn a_workbook_keeps_the_direction_that_the_flow_has() {
    for (path, wanted) in [("Resources/in ground", TAKEN), ("Emissions to soil", GIVEN)] {
        let database = mines(path, "");
        let (bytes, _) = excel::write("x", &database).unwrap();
        let (again, _) = excel::read("x.xlsx", &bytes, DatabaseBuilder::new()).unwrap();
        let table = format!("method,category,name,compartment,factor\nm,c,ore,{path},10\n");
        let (again, _) = method_table::read("m.csv", table.as_bytes(), DatabaseBuilder::onto(again, OnConflict::Refuse)).unwrap();
        assert_eq!(scores(&again), wanted, "{path}");
    }
}

fn through_olca(database: &Database) -> (Database, Dropped) {
    let mut list = Vec::new();
    let put = &mut |name: &str, bytes: Vec<u8>| -> Result<(), ()> {
        list.push((name.to_owned(), String::from_utf8(bytes).unwrap()));
        Ok(())
    };
    let dropped = olca::write(database, put).unwrap();
    (read_package(&mut files(list), DatabaseBuilder::new()).unwrap().0, dropped)
}

fn through_ilcd(database: &Database) -> (Database, Dropped) {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let dropped = ilcd::write(database, &mut |name, bytes| zip.add(name, &bytes)).unwrap();
    let mut files = ZipFiles::new(Cursor::new(zip.finish().unwrap().into_inner()), Limits::default()).unwrap();
    (read_package(&mut files, DatabaseBuilder::new()).unwrap().0, dropped)
}

fn through_csv(database: &Database) -> Database {
    let (inventory, factors, _) = inventory_table::write(database).unwrap();
    let (after, _) = inventory_table::read("inventory.csv", &inventory, DatabaseBuilder::new()).unwrap();
    method_table::read("factors.csv", &factors, DatabaseBuilder::onto(after, OnConflict::Refuse)).unwrap().0
}

/// A method of ILCD with the factor of ore for these directions.
fn with_factors(factors: &[(&str, f64)]) -> Database {
    let mut text = r#"<LCIAMethodDataSet xmlns:c="c"><dataSetInformation><c:UUID>m</c:UUID><c:name>water</c:name><methodology>EF</methodology></dataSetInformation><characterisationFactors>"#.to_owned();
    for (direction, value) in factors {
        let _ = write!(
            text,
            r#"<factor><referenceToFlowDataSet refObjectId="ore"/><exchangeDirection>{direction}</exchangeDirection><meanValue>{value}</meanValue></factor>"#
        );
    }
    text += "</characterisationFactors></LCIAMethodDataSet>";
    let base = mines("Ours", "");
    let (plain, _, _) = inventory_table::write(&base).unwrap();
    let (base, _) = inventory_table::read("inventory.csv", &plain, DatabaseBuilder::new()).unwrap();
    let method = vec![("ILCD/lciamethods/m.xml".to_owned(), text)];
    read_package(&mut files(method), DatabaseBuilder::onto(base, OnConflict::Refuse)).unwrap().0
}

#[test]
fn the_direction_of_a_factor_counts_and_both_may_have_their_own() {
    for (factors, wanted) in [
        (&[("Input", 10.0)][..], TAKEN),
        (&[("Output", 10.0)][..], GIVEN),
        // What is given back counts less than what is taken.
        (&[("Input", 10.0), ("Output", -1.0)][..], [20.0, -3.0]),
    ] {
        let database = with_factors(factors);
        assert_eq!(scores(&database), wanted, "{factors:?}");
        let stated: Vec<_> = database.categories()[0].factors.iter().map(|f| f.direction.unwrap()).collect();
        assert_eq!(stated.len(), factors.len());
        let (again, dropped) = through_ilcd(&database);
        assert_eq!(again.categories()[0].factors.iter().map(|f| f.direction.unwrap()).collect::<Vec<_>>(), stated);
        assert_eq!(scores(&again), wanted, "{factors:?} in ILCD");
        assert!(!dropped.keys().any(|what| what.contains("direction")), "{dropped:?}");
        assert_eq!(scores(&through_csv(&database)), wanted, "{factors:?} in CSV");
        let (again, dropped) = through_olca(&database);
        let turned = dropped.get("lcia_categories: factors for the other direction of a flow that has one for its own");
        if let [(direction, _)] = factors {
            assert_eq!(scores(&again), wanted, "{factors:?} in openLCA");
            let wanted = if *direction == "Input" { Direction::Input } else { Direction::Output };
            assert_eq!((again.categories()[0].direction, turned), (Some(wanted), None));
        } else {
            // The flow goes out in most exchanges, so openLCA has the factor of what goes out.
            assert_eq!((again.categories()[0].direction, turned), (None, Some(&1)));
            assert_eq!(scores(&again), [2.0, -3.0]);
        }
    }
}

/// What no author stated stays unstated in ILCD, which always has a direction.
#[test]
fn an_unstated_direction_stays_unstated() {
    let (again, _) = through_ilcd(&mines("Resources/in ground", ""));
    assert!(again.categories()[0].factors.iter().all(|f| f.direction.is_none()));
    assert_eq!(scores(&again), TAKEN);
}
