//! An XML file as every kind of data set of ILCD.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minewheel_lca::database::DatabaseBuilder;
use minewheel_lca::formats::archive::{Archive, ArchiveError};
use minewheel_lca::formats::ilcd;

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
    for folder in ["unitgroups", "flowproperties", "flows", "lciamethods", "processes"] {
        let _ = ilcd::read(&mut One { names: vec![format!("ILCD/{folder}/x.xml")], bytes }, DatabaseBuilder::new());
    }
});
