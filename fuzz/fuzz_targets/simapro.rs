//! A SimaPro file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minewheel_lca::database::DatabaseBuilder;
use minewheel_lca::formats::simapro;

fuzz_target!(|bytes: &[u8]| {
    let _ = simapro::read("x.csv", bytes, DatabaseBuilder::new());
});
