//! Exchange formats: text and bytes in, matrices out.
//!
//! Readers take anything that reads and seeks, never a path, so that the caller decides what is opened. Every reader bounds
//! what it takes into memory.

pub mod data_package;
mod npy;

pub use data_package::{PackageError, read_data_package};
pub use npy::NpyError;
