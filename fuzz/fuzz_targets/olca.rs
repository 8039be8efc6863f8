//! A JSON file as every kind of data set of openLCA.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minewheel_lca::database::DatabaseBuilder;
use minewheel_lca::formats::archive::{Archive, ArchiveError};
use minewheel_lca::formats::olca;

/// A package of one file.
struct One<'d> {
    names: Vec<String>,
    bytes: &'d [u8],
}

impl Archive for One<'_> {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn read(&mut self, _: usize) -> Result<Vec<u8>, ArchiveError> {
        Ok(self.bytes.to_vec())
    }
}

fuzz_target!(|bytes: &[u8]| {
    for folder in ["unit_groups", "flow_properties", "locations", "flows", "parameters", "lcia_categories", "lcia_methods", "processes"] {
        let names = vec!["processes/none.txt".to_owned(), format!("{folder}/x.json")];
        let _ = olca::read(&mut One { names, bytes }, DatabaseBuilder::new());
    }
});
