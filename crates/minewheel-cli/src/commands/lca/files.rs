//! Files of a database: packages to import, and the one file that it is kept in.

use std::fs;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use minewheel_lca::database::Database;
use minewheel_lca::formats::archive::{Archive, ArchiveError, Limits, ZipFiles};
use minewheel_lca::formats::store;

use super::LcaFailure;
use crate::failure::Failure;

/// Reads a database from its file.
pub fn database(path: &Path) -> Result<Database, Failure> {
    let bytes = bytes(path)?;
    store::from_bytes(&bytes).map_err(|error| LcaFailure::Store { path: path.to_owned(), error }.into())
}

/// Whether a file is a database of ours rather than a package.
pub fn is_database(path: &Path) -> Result<bool, Failure> {
    Ok(store::is_store(&first_bytes(path)?))
}

#[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
fn first_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    use std::io::Read as _;
    let fault = |reason| Failure::from(LcaFailure::Read { path: path.to_owned(), reason });
    let mut first = Vec::new();
    fs::File::open(path).map_err(fault)?.take(8).read_to_end(&mut first).map_err(fault)?;
    Ok(first)
}

/// The text of a small file.
#[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
pub fn text(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|reason| Failure::from(LcaFailure::Read { path: path.to_owned(), reason }))
}

#[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|reason| Failure::from(LcaFailure::Read { path: path.to_owned(), reason }))
}

/// Writes a file whole or not at all: beside its place first, then moved there.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let mut file = WholeFile::create(path)?;
    file.write(bytes)?;
    file.finish()
}

/// A file that is written beside its place bit by bit and moved there at the end; what is left of a failed attempt is removed, a killed one
/// leaves `NAME.NUMBER.part`.
pub struct WholeFile {
    path: PathBuf,
    beside: PathBuf,
    file: BufWriter<fs::File>,
    is_finished: bool,
}

impl WholeFile {
    /// Begins a file.
    #[expect(clippy::disallowed_methods, reason = "the command line writes files that the user names")]
    pub fn create(path: &Path) -> Result<Self, Failure> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", std::process::id()));
        let beside = path.with_file_name(name);
        let file = fs::File::create(&beside).map_err(|reason| Failure::File { verb: "write", path: path.to_owned(), reason })?;
        Ok(Self { path: path.to_owned(), beside, file: BufWriter::new(file), is_finished: false })
    }

    /// Adds to it.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.file.write_all(bytes).map_err(|reason| self.fault(reason))
    }

    /// Moves it to its place.
    pub fn finish(mut self) -> Result<(), Failure> {
        let written = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        written.and_then(|()| fs::rename(&self.beside, &self.path)).map_err(|reason| self.fault(reason))?;
        self.is_finished = true;
        Ok(())
    }

    fn fault(&self, reason: std::io::Error) -> Failure {
        Failure::File { verb: "write", path: self.path.clone(), reason }
    }
}

impl Drop for WholeFile {
    fn drop(&mut self) {
        if !self.is_finished {
            // What is left of the attempt helps nobody; the first error is the one to report.
            let _ = fs::remove_file(&self.beside);
        }
    }
}

/// A file to be read bit by bit.
#[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
pub fn open(path: &Path) -> Result<fs::File, Failure> {
    fs::File::open(path).map_err(|reason| Failure::from(LcaFailure::Read { path: path.to_owned(), reason }))
}

/// A package: a zip file, a folder, or a single file of another kind.
#[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
pub fn archive(path: &Path) -> Result<Box<dyn Archive>, Failure> {
    let fault = |reason| Failure::from(LcaFailure::Read { path: path.to_owned(), reason });
    if path.is_dir() {
        return Ok(Box::new(FolderFiles::new(path)?));
    }
    let is_zip = first_bytes(path)?.starts_with(b"PK");
    if !is_zip || path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        return Ok(Box::new(FolderFiles::single(path)));
    }
    let file = fs::File::open(path).map_err(fault)?;
    let zip = ZipFiles::new(BufReader::new(file), Limits::default());
    Ok(Box::new(zip.map_err(|error| LcaFailure::Import { path: path.to_owned(), error: error.into() })?))
}

/// The files below a folder.
struct FolderFiles {
    root: PathBuf,
    names: Vec<String>,
    limits: Limits,
}

impl FolderFiles {
    /// A file by itself.
    fn single(path: &Path) -> Self {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self { root: path.parent().unwrap_or(Path::new("")).to_owned(), names: vec![name], limits: Limits::default() }
    }

    #[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
    fn new(root: &Path) -> Result<Self, Failure> {
        let limits = Limits::default();
        let (mut names, mut open) = (Vec::new(), vec![PathBuf::new()]);
        while let Some(folder) = open.pop() {
            let fault = |reason| Failure::from(LcaFailure::Read { path: root.join(&folder), reason });
            for entry in fs::read_dir(root.join(&folder)).map_err(fault)? {
                let entry = entry.map_err(fault)?;
                let below = folder.join(entry.file_name());
                // Links to folders are not followed: they may lead round in a circle.
                if entry.file_type().map_err(fault)?.is_dir() {
                    open.push(below);
                } else if let Some(name) = below.to_str() {
                    names.push(name.replace('\\', "/"));
                }
            }
        }
        if names.len() > limits.files {
            let error = ArchiveError::TooManyFiles { seen: names.len(), limit: limits.files };
            return Err(LcaFailure::Import { path: root.to_owned(), error: error.into() }.into());
        }
        // The order of a folder is the file system's own; that of the database must not be.
        names.sort_unstable();
        Ok(Self { root: root.to_owned(), names, limits })
    }
}

impl Archive for FolderFiles {
    fn names(&self) -> &[String] {
        &self.names
    }

    #[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
    fn read(&mut self, place: usize) -> Result<Vec<u8>, ArchiveError> {
        let name = &self.names[place];
        let path = self.root.join(name);
        let fault = |e: std::io::Error| ArchiveError::File { file: name.clone(), reason: e.to_string() };
        let size = fs::metadata(&path).map_err(fault)?.len();
        if size > self.limits.file_bytes {
            return Err(ArchiveError::TooLarge { file: name.clone(), limit: self.limits.file_bytes });
        }
        fs::read(&path).map_err(fault)
    }
}
