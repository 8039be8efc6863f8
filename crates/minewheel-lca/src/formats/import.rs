//! What all readers of databases share: why a package is none, and what was left out of it.

use std::collections::BTreeMap;

use super::archive::ArchiveError;
use crate::database::{Database, DatabaseFault, Location};

/// Fields and folders that were left out, and how often they occurred.
pub type Dropped = BTreeMap<String, usize>;

/// Why a package is not a database.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A file of it is no data set.
    #[error("`{file}` is no data set: {reason}")]
    File {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It has nothing that the format wants.
    #[error("it has no {wanted}")]
    Empty {
        /// What it wants, and which format that is.
        wanted: &'static str,
    },
    /// Its schema is newer than this program.
    #[error("its schema has version {seen}, read are 1 to {newest}")]
    Schema {
        /// The version.
        seen: u32,
        /// The newest that is read.
        newest: u32,
    },
    /// Its data sets are not consistent.
    #[error("the package has {count} fault{}:\n  {}", if *.count == 1 { "" } else { "s" }, listed(.faults, *.count))]
    Faults {
        /// The first few hundred.
        faults: Vec<DatabaseFault>,
        /// How many there are.
        count: usize,
    },
}

fn listed(faults: &[DatabaseFault], count: usize) -> String {
    const SHOWN: usize = 20;
    let mut lines: Vec<_> = faults.iter().take(SHOWN).map(ToString::to_string).collect();
    if count > lines.len() {
        lines.push(format!("and {} more", count - lines.len()));
    }
    lines.join("\n  ")
}

/// What is lost of places of which only the code is written, and that of processes alone: how many have more, and how many are of no process.
pub(crate) fn lost_places(database: &Database) -> [(&'static str, usize); 2] {
    let mut is_used = vec![false; database.locations().len()];
    database.processes().iter().filter_map(|p| p.location).for_each(|l| is_used[l.at()] = true);
    let is_more = |l: &Location| l.latitude.is_some() || l.longitude.is_some() || l.code.as_deref().is_some_and(|code| code != &*l.name);
    [
        ("locations: names beside codes, and coordinates", database.locations().iter().filter(|l| is_more(l)).count()),
        ("locations: of no process", is_used.into_iter().filter(|used| !used).count()),
    ]
}
