//! A Brightway data package.

#![no_main]

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use minewheel_lca::Assembly;
use minewheel_lca::formats::read_data_package;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(package) = read_data_package(Cursor::new(bytes), true) {
        let _ = Assembly::new(&package.matrices);
    }
});
