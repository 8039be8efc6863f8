//! Where numbers come from: the list of sources and their terms.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::table::{Fault, Position, Violation};

/// A work that values are read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Title of the work.
    pub title: String,
    /// Who wrote or published it.
    pub authors: String,
    /// Year of publication.
    pub year: i32,
    /// Link or DOI; empty for our own estimates.
    pub link: String,
    /// Its terms.
    pub licence: String,
    /// The group of `data/LICENSE.md` it belongs to.
    pub group: String,
}

/// Number of a source within a loaded data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceId(pub u16);

/// All sources of a data set, by key.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    keys: Vec<String>,
    sources: Vec<Source>,
    index: FxHashMap<String, SourceId>,
}

impl Sources {
    /// Adds the sources of one `sources.toml`; a key that stands already is replaced.
    ///
    /// # Errors
    /// The text is not TOML of that shape.
    pub fn extend(&mut self, name: &Arc<str>, text: &str) -> Result<(), Violation> {
        let parsed: toml::map::Map<String, toml::Value> = toml::from_str(text).map_err(|e| fault(name, text, &e))?;
        for (key, value) in parsed {
            let source: Source = value.try_into().map_err(|e: toml::de::Error| Violation {
                at: Position { file: Arc::clone(name), line: line_of(text, &key), column: 0 },
                fault: Fault::Sources { reason: format!("`{key}`: {}", e.message()) },
            })?;
            if let Some(&id) = self.index.get(&key) {
                self.sources[usize::from(id.0)] = source;
            } else {
                self.index.insert(key.clone(), SourceId(self.keys.len() as u16));
                self.keys.push(key);
                self.sources.push(source);
            }
        }
        Ok(())
    }

    /// The number of a key.
    pub fn id(&self, key: &str) -> Option<SourceId> {
        self.index.get(key).copied()
    }
    /// The source with a number.
    pub fn get(&self, id: SourceId) -> &Source {
        &self.sources[usize::from(id.0)]
    }
    /// The key of a number.
    pub fn key(&self, id: SourceId) -> &str {
        &self.keys[usize::from(id.0)]
    }
    /// All keys with their sources, in file order.
    pub fn iter(&self) -> impl Iterator<Item = (SourceId, &str, &Source)> {
        self.keys.iter().zip(&self.sources).enumerate().map(|(i, (k, s))| (SourceId(i as u16), k.as_str(), s))
    }
    /// All keys.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(String::as_str)
    }
}

fn fault(name: &Arc<str>, text: &str, error: &toml::de::Error) -> Violation {
    let line = error.span().map_or(0, |s| 1 + text[..s.start.min(text.len())].matches('\n').count() as u32);
    Violation { at: Position { file: Arc::clone(name), line, column: 0 }, fault: Fault::Sources { reason: error.message().to_owned() } }
}

fn line_of(text: &str, key: &str) -> u32 {
    let header = format!("[{key}]");
    text.lines().position(|l| l.trim() == header).map_or(0, |i| i as u32 + 1)
}
