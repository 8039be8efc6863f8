//! Exchange formats: text and bytes in, matrices or a database out, and back.
//!
//! Readers take anything that reads and seeks, never a path, so that the caller decides what is opened. Every reader bounds
//! what it takes into memory.

pub mod archive;
pub mod data_package;
mod draft;
pub mod ecospold2;
mod import;
pub mod method_table;
mod npy;
pub mod olca;
pub mod store;
mod text;
mod units;
mod xml;

pub use data_package::{PackageError, read_data_package};
pub use import::{Dropped, ImportError};
pub use npy::NpyError;
pub use units::ratio as unit_ratio;

use crate::database::{Database, DatabaseBuilder};

/// Reads a package of any format that is known by the names of its files, into a database that may have things already.
///
/// | files                       | format             |
/// |-----------------------------|--------------------|
/// | any `.spold`                | EcoSpold 2         |
/// | one `.csv` of factors       | a table of methods |
/// | folders of `.json`          | openLCA            |
///
/// # Errors
/// [`ImportError`] as the reader of the format says; a package of no known format is refused as openLCA's reader does.
pub fn read_package(archive: &mut dyn archive::Archive, builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let names = archive.names();
    if names.iter().any(|n| ecospold2::is_dataset(n)) {
        return ecospold2::read(archive, builder);
    }
    if let [name] = names
        && name.to_lowercase().ends_with(".csv")
    {
        let name = name.clone();
        let bytes = archive.read(0)?;
        if method_table::is_method_table(&bytes) {
            return method_table::read(&name, &bytes, builder);
        }
        return Err(ImportError::File { file: name, reason: "its first line has no columns `method`, `category` and `factor`".to_owned() });
    }
    olca::read(archive, builder)
}
