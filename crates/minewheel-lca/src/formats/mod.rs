//! Formats of other programs, read from and written to bytes; no format opens a file.

pub mod archive;
pub mod olca;
pub mod store;
