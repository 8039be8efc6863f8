//! The file in which a database is kept: one, compact, checked when it is read.
//!
//! ```text
//! 8 bytes "MWLCADB" and the version of the layout, 4 bytes CRC-32 of the rest, the rest: the database in the postcard encoding
//! ```
//!
//! The encoding is that of the crate `postcard`; the layout is no format of exchange. Write openLCA packages for others.

use crate::database::Database;

const MARK: &[u8; 7] = b"MWLCADB";
const VERSION: u8 = 2;
const HEADER: usize = 12;

/// Why a file is not a database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is something else.
    #[error("it is no Minewheel database")]
    Foreign,
    /// It was written by another version.
    #[error("its layout has version {seen}, this program reads {VERSION}; import it again")]
    Version {
        /// The version.
        seen: u8,
    },
    /// It is not what was written.
    #[error("it is damaged: {0}")]
    Damaged(String),
}

/// Whether a file begins as a database does.
pub fn is_store(bytes: &[u8]) -> bool {
    bytes.starts_with(MARK)
}

/// The bytes of a database.
///
/// # Errors
/// [`StoreError::Damaged`] if the encoder refuses, for which there is no known reason.
pub fn to_bytes(database: &Database) -> Result<Vec<u8>, StoreError> {
    let mut bytes = Vec::with_capacity(HEADER);
    bytes.extend_from_slice(MARK);
    bytes.push(VERSION);
    bytes.extend_from_slice(&[0; 4]);
    let mut bytes = postcard::to_extend(database, bytes).map_err(|e| StoreError::Damaged(e.to_string()))?;
    let sum = crc32fast::hash(&bytes[HEADER..]);
    bytes[8..HEADER].copy_from_slice(&sum.to_le_bytes());
    Ok(bytes)
}

/// A database from its bytes.
///
/// # Errors
/// [`StoreError`] for bytes that [`to_bytes`] did not write.
pub fn from_bytes(bytes: &[u8]) -> Result<Database, StoreError> {
    if !is_store(bytes) {
        return Err(StoreError::Foreign);
    }
    let seen = bytes.get(7).copied().unwrap_or(0);
    if seen != VERSION {
        return Err(StoreError::Version { seen });
    }
    let Some((sum, body)) = bytes.get(8..HEADER).zip(bytes.get(HEADER..)) else {
        return Err(StoreError::Damaged("it ends within its header".to_owned()));
    };
    if crc32fast::hash(body).to_le_bytes() != sum {
        return Err(StoreError::Damaged("its checksum is wrong; it was cut or changed".to_owned()));
    }
    let (database, rest) = postcard::take_from_bytes::<Database>(body).map_err(|e| StoreError::Damaged(e.to_string()))?;
    // A checksum says that the bytes are those written, not that they were written by this program.
    if rest.is_empty() && database.is_whole() { Ok(database) } else { Err(StoreError::Damaged("it refers to what it does not hold".to_owned())) }
}
