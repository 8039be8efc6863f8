//! The sources that a result names, with their titles, terms and links.

use std::collections::BTreeSet;

use minewheel_data::loader::Rows;
use minewheel_data::source::Sources;
use serde::Serialize;
use serde_json::Value;

/// A source as a report lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceLine {
    /// Its key in `data/sources.toml`.
    pub key: String,
    /// Title, authors, year.
    pub work: String,
    /// Its terms.
    pub licence: String,
    /// Link or DOI; empty for our own estimates.
    pub link: String,
}

/// Sources of the rows that a filter on file and first cell keeps: for results that rest on whole tables.
pub fn of_rows(rows: &Rows, sources: &Sources, is_kept: impl Fn(&str, &str) -> bool) -> Vec<SourceLine> {
    let kept = rows.iter().filter(|(row, _, _)| is_kept(&rows.position(*row).file, rows.first_cell(*row)));
    let keys: BTreeSet<String> = kept.map(|(_, _, source)| sources.key(source).to_owned()).collect();
    keys.iter().filter_map(|key| line(key, sources)).collect()
}

/// Sources named anywhere in a result: values under a key `source` or `value_source`, and items under `sources`.
///
/// A key that no table of sources has (a user's own word) is left out.
pub fn named_in<T: Serialize>(result: &T, sources: &Sources) -> Vec<SourceLine> {
    let mut keys = BTreeSet::new();
    if let Ok(value) = serde_json::to_value(result) {
        collect(&value, false, &mut keys);
    }
    keys.iter().filter_map(|key| line(key, sources)).collect()
}

fn line(key: &str, sources: &Sources) -> Option<SourceLine> {
    let source = sources.get(sources.id(key)?);
    let work = format!("{}. {}, {}", source.title.trim_end_matches('.'), source.authors, source.year);
    Some(SourceLine { key: key.to_owned(), work, licence: source.licence.clone(), link: source.link.clone() })
}

fn collect(value: &Value, is_source: bool, keys: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if is_source => {
            keys.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, is_source, keys)),
        Value::Object(fields) => {
            for (key, field) in fields {
                collect(field, matches!(key.as_str(), "source" | "sources" | "value_source"), keys);
            }
        }
        _ => {}
    }
}
