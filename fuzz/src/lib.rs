//! Fuzz targets of the readers: the functions of [`readers`], each behind libFuzzer.

pub mod readers;

/// The body of a fuzz target: the reader of that name.
#[macro_export]
macro_rules! target {
    ($reader:ident) => {
        libfuzzer_sys::fuzz_target!(|bytes: &[u8]| $crate::readers::$reader(bytes));
    };
}
