//! The file of a database.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minewheel_lca::database::{LinkOptions, ProductSystem};
use minewheel_lca::formats::store;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(database) = store::from_bytes(bytes) {
        let _ = ProductSystem::whole(&database, LinkOptions::default());
    }
});
