//! A workbook for Brightway.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minewheel_lca::database::DatabaseBuilder;
use minewheel_lca::formats::excel;

fuzz_target!(|bytes: &[u8]| {
    let _ = excel::read("x.xlsx", bytes, DatabaseBuilder::new());
});
