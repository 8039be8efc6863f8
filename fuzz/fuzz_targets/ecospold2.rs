//! An EcoSpold 2 file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minewheel_lca::database::DatabaseBuilder;
use minewheel_lca::formats::archive::{Archive, ArchiveError};
use minewheel_lca::formats::ecospold2;

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
    let _ = ecospold2::read(&mut One { names: vec!["x.spold".to_owned()], bytes }, DatabaseBuilder::new());
});
