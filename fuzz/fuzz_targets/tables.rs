//! A CSV file as a table of impact factors and as a mapping.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minewheel_lca::database::{Database, DatabaseBuilder, parse_mapping};
use minewheel_lca::formats::method_table;

fuzz_target!(|bytes: &[u8]| {
    let _ = method_table::read("x.csv", bytes, DatabaseBuilder::new());
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(rows) = parse_mapping(text)
    {
        let _ = Database::default().remapped(&rows);
    }
});
