//! A database of the user's own behind the cars of `assess`.

use std::path::Path;

use minewheel_assess::background::{Background, Mapping};
use minewheel_assess::tables::Tables;
use minewheel_lca::database::{LinkOptions, Unlinked};

use super::{LcaFailure, files};
use crate::failure::Failure;

/// Reads a database and a mapping, and solves what the mapping names.
///
/// # Errors
/// A file that cannot be read, or a mapping that names what is not there.
pub fn background(tables: &Tables, database: &Path, mapping: &Path, is_cut_off: bool) -> Result<Background, Failure> {
    let fault = |error| LcaFailure::Background { path: mapping.to_owned(), error };
    let pairs = Mapping::parse(&files::text(mapping)?).map_err(fault)?;
    let name = database.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let database = files::database(database)?;
    let unlinked = if is_cut_off { Unlinked::CutOff } else { Unlinked::Refuse };
    let options = LinkOptions { unlinked, ..LinkOptions::default() };
    Ok(Background::new(tables, &name, &pairs, &database, options).map_err(fault)?)
}
