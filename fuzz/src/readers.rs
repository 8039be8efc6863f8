//! One function for each reader of foreign bytes: it must end with a value or an error.
//!
//! The fuzz targets call them, and so do the tests of `minewheel-lca`, on its own packages with bytes changed at random.

use std::io::Cursor;

use minewheel_lca::database::{Database, DatabaseBuilder, Formula, LinkOptions, ProductSystem, parse_mapping};
use minewheel_lca::formats::archive::{Archive, ArchiveError};
use minewheel_lca::formats::{data_package, ecospold2, excel, ilcd, inventory_table, method_table, olca, read_data_package, simapro, store};
use minewheel_lca::{Assembly, parse_correlations};

/// A package in which one file has the bytes and the others are named only.
struct One<'d> {
    names: Vec<String>,
    bytes: &'d [u8],
}

impl<'d> One<'d> {
    fn new(names: &[&str], bytes: &'d [u8]) -> Self {
        Self { names: names.iter().map(ToString::to_string).collect(), bytes }
    }
}

impl Archive for One<'_> {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn read(&mut self, _: usize) -> Result<Vec<u8>, ArchiveError> {
        Ok(self.bytes.to_vec())
    }
}

/// What a reader is called, and the reader.
pub type Reader = (&'static str, fn(&[u8]));

/// All of them.
pub const READERS: [Reader; 9] = [
    ("olca", olca_json),
    ("ecospold2", ecospold2_xml),
    ("ilcd", ilcd_xml),
    ("simapro", simapro_csv),
    ("excel", excel_workbook),
    ("tables", csv_tables),
    ("data_package", data_package_zip),
    ("store", database_file),
    ("formula", formula_text),
];

/// A JSON file as every kind of data set of openLCA.
pub fn olca_json(bytes: &[u8]) {
    for folder in ["unit_groups", "flow_properties", "locations", "flows", "parameters", "lcia_categories", "lcia_methods", "processes"] {
        let file = format!("{folder}/x.json");
        let _ = olca::read(&mut One::new(&["processes/none.txt", &file], bytes), DatabaseBuilder::new());
    }
}

/// An EcoSpold 2 file.
pub fn ecospold2_xml(bytes: &[u8]) {
    let _ = ecospold2::read(&mut One::new(&["x.spold"], bytes), DatabaseBuilder::new());
}

/// An XML file as every kind of data set of ILCD.
pub fn ilcd_xml(bytes: &[u8]) {
    for folder in ["unitgroups", "flowproperties", "flows", "lciamethods", "processes"] {
        let _ = ilcd::read(&mut One::new(&[&format!("ILCD/{folder}/x.xml")], bytes), DatabaseBuilder::new());
    }
}

/// A SimaPro file.
pub fn simapro_csv(bytes: &[u8]) {
    let _ = simapro::read("x.csv", bytes, DatabaseBuilder::new());
}

/// A workbook for Brightway.
pub fn excel_workbook(bytes: &[u8]) {
    let _ = excel::read("x.xlsx", bytes, DatabaseBuilder::new());
}

/// A CSV file as an inventory, as a table of impact factors, as a mapping and as correlations.
pub fn csv_tables(bytes: &[u8]) {
    let _ = inventory_table::read("x.csv", bytes, DatabaseBuilder::new());
    let _ = method_table::read("x.csv", bytes, DatabaseBuilder::new());
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(rows) = parse_mapping(text) {
        let _ = Database::default().remapped(&rows);
    }
    let _ = parse_correlations(text);
}

/// A Brightway data package, as matrices and as a database, and a CSV file as names beside one.
pub fn data_package_zip(bytes: &[u8]) {
    if let Ok(package) = read_data_package(Cursor::new(bytes), true) {
        let _ = Assembly::new(&package.matrices);
    }
    if let Ok((database, _)) = data_package::import(&mut One::new(&["x.zip"], bytes), DatabaseBuilder::new()) {
        let _ = ProductSystem::whole(&database, LinkOptions::default());
    }
}

/// The file of a database.
pub fn database_file(bytes: &[u8]) {
    if let Ok(database) = store::from_bytes(bytes) {
        let _ = ProductSystem::whole(&database, LinkOptions::default());
    }
}

/// A formula.
pub fn formula_text(bytes: &[u8]) {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(formula) = Formula::parse(text)
    {
        let _ = formula.value(|_| Some(1.5));
    }
}
