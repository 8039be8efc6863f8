//! Fuzz targets of the readers: the functions of [`readers`] and [`payloads`], each behind libFuzzer.

pub mod payloads;
pub mod readers;

/// The body of a fuzz target: the reader of that name.
#[macro_export]
macro_rules! target {
    ($reader:ident) => {
        $crate::target!(readers, $reader);
    };
    ($module:ident, $reader:ident) => {
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::$module::$reader(bytes));
    };
}
