//! Exchange formats: text and bytes in, matrices or a database out, and back.
//!
//! Readers take anything that reads and seeks, never a path, so that the caller decides what is opened. Every reader bounds
//! what it takes into memory.

pub mod archive;
pub mod data_package;
mod draft;
pub mod ecospold2;
pub mod excel;
pub mod ilcd;
mod import;
pub mod inventory_table;
pub mod method_table;
mod npy;
pub mod olca;
pub mod simapro;
mod spread;
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
/// | any `datapackage.json`, or nothing but zip files that have one | Brightway data packages |
/// | one `.csv`                  | an inventory table of ours, a table of impact factors, or SimaPro |
/// | one `.xlsx`                 | an inventory for Brightway            |
/// | folders of `.xml`, or one   | ILCD and ILCD+EPD                     |
/// | folders of `.json`          | openLCA            |
///
/// # Errors
/// [`ImportError`] as the reader of the format says; a package of no known format is refused as openLCA's reader does.
pub fn read_package(archive: &mut dyn archive::Archive, builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let names = archive.names();
    if names.iter().any(|n| ecospold2::is_dataset(n)) {
        return ecospold2::read(archive, builder);
    }
    let mut files = names.iter().filter(|n| !n.ends_with('/')).peekable();
    let has_zips_only = files.peek().is_some() && files.all(|n| n.to_lowercase().ends_with(".zip"));
    if has_zips_only || names.iter().any(|n| data_package::is_list(n)) {
        return data_package::import(archive, builder);
    }
    if let [name] = names
        && name.to_lowercase().ends_with(".csv")
    {
        let name = name.clone();
        let bytes = archive.read(0)?;
        if inventory_table::is_inventory_table(&bytes) {
            return inventory_table::read(&name, &bytes, builder);
        }
        if method_table::is_method_table(&bytes) {
            return method_table::read(&name, &bytes, builder);
        }
        if simapro::is_simapro(&bytes) {
            return simapro::read(&name, &bytes, builder);
        }
        let reason = "its first line has neither columns `process`, `what`, `flow` and `amount`, nor `method`, `category` and `factor`, nor is it `{SimaPro …}`".to_owned();
        return Err(ImportError::File { file: name, reason });
    }
    if let [name] = names
        && name.to_lowercase().ends_with(".xlsx")
    {
        let name = name.clone();
        let bytes = archive.read(0)?;
        return excel::read(&name, &bytes, builder);
    }
    if names.iter().any(|n| ilcd::is_dataset(n)) || (names.len() == 1 && ilcd::is_xml(&names[0])) {
        return ilcd::read(archive, builder);
    }
    olca::read(archive, builder)
}
