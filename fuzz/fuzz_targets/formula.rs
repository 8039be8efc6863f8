//! A formula.

#![no_main]

use libfuzzer_sys::fuzz_target;
use minewheel_lca::database::Formula;

fuzz_target!(|text: &str| {
    if let Ok(formula) = Formula::parse(text) {
        let _ = formula.value(|_| Some(1.5));
    }
});
