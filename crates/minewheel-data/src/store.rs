//! The files of a data set: those embedded in the binary, and a user's folder laid over them table by table.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/embedded.rs"));
}

/// The data folder cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder or a file in it cannot be opened.
    #[error("cannot read `{}`: {reason}", path.display())]
    Unreadable {
        /// The path.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The folder holds no table.
    #[error("`{}` holds no .csv, .toml or .json file; wanted a folder laid out like Minewheel's own `data/`", path.display())]
    Empty {
        /// The path.
        path: PathBuf,
    },
}

/// Names and texts of all files of a data set, sorted by name.
#[derive(Debug, Clone)]
pub struct Store {
    files: BTreeMap<Cow<'static, str>, File>,
}

#[derive(Debug, Clone)]
struct File {
    text: Cow<'static, str>,
    is_overlay: bool,
}

impl Store {
    /// The tables embedded in the binary.
    pub fn embedded() -> Self {
        let files =
            embedded::FILES.iter().map(|&(name, text)| (Cow::Borrowed(name), File { text: Cow::Borrowed(text), is_overlay: false })).collect();
        Self { files }
    }

    /// Only the given texts, by file name. For tests and for callers that hold tables in memory.
    pub fn from_texts<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut store = Self { files: BTreeMap::new() };
        for (name, text) in texts {
            store.insert(name, text);
        }
        store
    }

    /// Replaces or adds one file.
    pub fn insert(&mut self, name: &str, text: &str) {
        self.files.insert(Cow::Owned(name.to_owned()), File { text: Cow::Owned(text.to_owned()), is_overlay: true });
    }

    /// Lays a folder over the store: a file with the same relative name replaces ours, others are added.
    ///
    /// # Errors
    /// The folder or a file in it cannot be read, or it holds no table.
    #[expect(clippy::disallowed_methods, reason = "this is the reader that may touch files")]
    pub fn overlay(&mut self, folder: &Path) -> Result<(), StoreError> {
        let mut pending = vec![folder.to_path_buf()];
        let mut found = 0;
        while let Some(here) = pending.pop() {
            let unreadable = |reason| StoreError::Unreadable { path: here.clone(), reason };
            for entry in std::fs::read_dir(&here).map_err(unreadable)? {
                let path = entry.map_err(unreadable)?.path();
                if path.is_dir() {
                    pending.push(path);
                } else if path.extension().is_some_and(|e| e == "csv" || e == "toml" || e == "json") {
                    let text = std::fs::read_to_string(&path).map_err(|reason| StoreError::Unreadable { path: path.clone(), reason })?;
                    let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().replace('\\', "/");
                    self.insert(&name, text.strip_prefix('\u{feff}').unwrap_or(&text));
                    found += 1;
                }
            }
        }
        if found == 0 { Err(StoreError::Empty { path: folder.to_path_buf() }) } else { Ok(()) }
    }

    /// The text of a file.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(|f| f.text.as_ref())
    }

    /// The text of a file, kept beyond the store: those of the binary are not copied.
    pub fn kept_text(&self, name: &str) -> Option<Cow<'static, str>> {
        self.files.get(name).map(|f| f.text.clone())
    }

    /// Whether a file comes from the user's folder.
    pub fn is_overlay(&self, name: &str) -> bool {
        self.files.get(name).is_some_and(|f| f.is_overlay)
    }

    /// Names of all embedded files.
    pub fn embedded_names() -> impl Iterator<Item = &'static str> {
        embedded::FILES.iter().map(|f| f.0)
    }

    /// The text of a file as it is embedded, whatever lies over it.
    pub fn embedded_text(name: &str) -> Option<&'static str> {
        embedded::FILES.iter().find(|f| f.0 == name).map(|f| f.1)
    }

    /// A fingerprint of all names and texts (FNV-1a, 64 bit): equal tables, equal fingerprint.
    pub fn fingerprint(&self) -> String {
        if self.files.values().all(|f| !f.is_overlay) && self.files.len() == embedded::FILES.len() {
            return format!("{:016x}", embedded::FINGERPRINT);
        }
        let hash = self.files.iter().fold(0xcbf2_9ce4_8422_2325, |hash, (name, file)| fnv(fnv(hash, name.as_bytes()), file.text.as_bytes()));
        format!("{hash:016x}")
    }

    /// Names of all files that begin and end as given, in order.
    pub fn names(&self, prefix: &str, suffix: &str) -> Vec<String> {
        self.files.keys().filter(|n| n.starts_with(prefix) && n.ends_with(suffix)).map(|n| n.clone().into_owned()).collect()
    }
}

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
