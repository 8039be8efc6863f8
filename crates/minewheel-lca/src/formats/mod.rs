//! Exchange formats: text and bytes in, matrices or a database out, and back.
//!
//! Readers take anything that reads and seeks, never a path, so that the caller decides what is opened. Every reader bounds
//! what it takes into memory.

pub mod archive;
pub mod data_package;
mod npy;
pub mod olca;
pub mod store;

pub use data_package::{PackageError, read_data_package};
pub use npy::NpyError;
