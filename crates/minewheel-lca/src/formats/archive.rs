//! Packages of many files, such as a zip or a folder.

use std::fmt::Write as _;
use std::io::{Read, Seek, Write};

use crate::database::Unconvertible;

/// Why a package cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// It is no zip, or a broken one.
    #[error("it is no whole zip file: {0}")]
    Zip(String),
    /// A file of it cannot be read.
    #[error("`{file}` cannot be read: {reason}")]
    File {
        /// The file.
        file: String,
        /// What the reader said.
        reason: String,
    },
    /// What is written does not convert.
    #[error(transparent)]
    Unit(#[from] Unconvertible),
    /// It holds more than a package may.
    #[error("`{file}` unpacks to more than {limit} bytes; that is no database but a zip bomb")]
    TooLarge {
        /// The file at which the limit was passed.
        file: String,
        /// The limit.
        limit: u64,
    },
    /// It has more files than a package may.
    #[error("it has {seen} files, at most {limit} are read")]
    TooManyFiles {
        /// How many it has.
        seen: usize,
        /// The limit.
        limit: usize,
    },
}

/// What a package may hold at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one unpacked file.
    pub file_bytes: u64,
    /// Bytes of all unpacked files.
    pub total_bytes: u64,
    /// Files.
    pub files: usize,
    /// Unpacked bytes per packed byte of a file of more than a megabyte.
    pub ratio: u64,
}

impl Default for Limits {
    /// Several times what the largest databases in use need: text packs to a tenth or a thirtieth.
    fn default() -> Self {
        Self { file_bytes: 256 << 20, total_bytes: 16 << 30, files: 2_000_000, ratio: 400 }
    }
}

/// A file name for an id: what could be taken for a folder, or is no name on some system, is written as `%` and its code.
pub(crate) fn file_name(id: &str) -> String {
    let mut name = String::with_capacity(id.len());
    for letter in id.chars() {
        if r#"/\:*?"<>|%"#.contains(letter) || letter.is_control() {
            let _ = write!(name, "%{:02X}", u32::from(letter));
        } else {
            name.push(letter);
        }
    }
    name
}

/// Files with names, read one at a time.
pub trait Archive {
    /// Names of all files, parts parted by `/`.
    fn names(&self) -> &[String];

    /// The bytes of one file, by its place among the names.
    ///
    /// # Errors
    /// [`ArchiveError`] for a file that cannot be read or is too large.
    fn read(&mut self, place: usize) -> Result<Vec<u8>, ArchiveError>;
}

/// A zip file, never unpacked as a whole.
pub struct ZipFiles<R> {
    zip: zip::ZipArchive<R>,
    names: Vec<String>,
    limits: Limits,
    unpacked: u64,
}

impl<R: Read + Seek> ZipFiles<R> {
    /// Opens a zip file.
    ///
    /// # Errors
    /// [`ArchiveError`] for what is no zip file or has too many files.
    pub fn new(source: R, limits: Limits) -> Result<Self, ArchiveError> {
        let zip = zip::ZipArchive::new(source).map_err(|e| ArchiveError::Zip(e.to_string()))?;
        if zip.len() > limits.files {
            return Err(ArchiveError::TooManyFiles { seen: zip.len(), limit: limits.files });
        }
        let name = |place| match zip.name_for_index(place) {
            Some(Ok(name)) => Ok(name.replace('\\', "/")),
            Some(Err(error)) => Err(ArchiveError::Zip(error.to_string())),
            None => Ok(String::new()),
        };
        let names = (0..zip.len()).map(name).collect::<Result<_, _>>()?;
        Ok(Self { zip, names, limits, unpacked: 0 })
    }
}

impl<R: Read + Seek> Archive for ZipFiles<R> {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn read(&mut self, place: usize) -> Result<Vec<u8>, ArchiveError> {
        let name = self.names.get(place).cloned().unwrap_or_default();
        let fault = |reason: String| ArchiveError::File { file: name.clone(), reason };
        let entry = self.zip.by_index(place).map_err(|e| fault(e.to_string()))?;
        let left = self.limits.total_bytes.saturating_sub(self.unpacked);
        let by_ratio = (entry.compressed_size().saturating_mul(self.limits.ratio)).max(1 << 20);
        let limit = self.limits.file_bytes.min(left).min(by_ratio);
        let mut bytes = Vec::new();
        // What the directory says of the size is not believed.
        entry.take(limit + 1).read_to_end(&mut bytes).map_err(|e| fault(e.to_string()))?;
        if bytes.len() as u64 > limit {
            return Err(ArchiveError::TooLarge { file: name, limit });
        }
        self.unpacked += bytes.len() as u64;
        Ok(bytes)
    }
}

/// Writes a zip file.
pub struct ZipWriter<W: Write + Seek> {
    zip: zip::ZipWriter<W>,
}

impl<W: Write + Seek> ZipWriter<W> {
    /// Begins a zip file.
    pub fn new(target: W) -> Self {
        Self { zip: zip::ZipWriter::new(target) }
    }

    /// Adds a file.
    ///
    /// # Errors
    /// What the target says.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), ArchiveError> {
        let fault = |reason: String| ArchiveError::File { file: name.to_owned(), reason };
        // Without a time of its own, the same database gives the same bytes.
        let options = zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        self.zip.start_file(name, options).map_err(|e| fault(e.to_string()))?;
        self.zip.write_all(bytes).map_err(|e| fault(e.to_string()))
    }

    /// Ends the file and gives the target back.
    ///
    /// # Errors
    /// What the target says.
    pub fn finish(self) -> Result<W, ArchiveError> {
        self.zip.finish().map_err(|e| ArchiveError::Zip(e.to_string()))
    }
}
