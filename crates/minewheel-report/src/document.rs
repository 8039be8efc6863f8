//! What a report consists of, whatever it reports.

use serde::Serialize;

use crate::sources::SourceLine;

/// A table with a caption.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Table {
    /// What it shows.
    pub caption: String,
    /// Heads of the columns.
    pub header: Vec<String>,
    /// Rows, each as long as the header.
    pub rows: Vec<Vec<String>>,
    /// Columns set flush right.
    pub numeric: Vec<usize>,
}

impl Table {
    /// A table whose columns after the first hold numbers.
    pub fn of_numbers(caption: impl Into<String>, header: Vec<String>, rows: Vec<Vec<String>>) -> Self {
        Self { caption: caption.into(), numeric: (1..header.len()).collect(), header, rows }
    }

    /// A table whose columns hold words, but for those named.
    pub fn of_words(caption: impl Into<String>, header: &[&str], rows: Vec<Vec<String>>, numeric: &[usize]) -> Self {
        Self { caption: caption.into(), header: header.iter().map(|h| (*h).to_owned()).collect(), rows, numeric: numeric.to_vec() }
    }
}

/// A part of a section.
#[derive(Debug, Clone, PartialEq)]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Points.
    List(Vec<String>),
    /// A picture as SVG, and what it shows.
    Picture {
        /// The SVG.
        svg: String,
        /// What it shows, with unit and source.
        caption: String,
    },
    /// A table.
    Table(Table),
    /// A long table that folds on a screen and prints in full.
    Folded(Table),
}

/// A headed part of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// Its parts.
    pub blocks: Vec<Block>,
}

impl Section {
    /// A section.
    pub fn new(heading: impl Into<String>, blocks: Vec<Block>) -> Self {
        Self { heading: heading.into(), blocks }
    }
}

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// What it is about.
    pub title: String,
    /// The answer in few sentences.
    pub lead: Vec<String>,
    /// Its parts.
    pub sections: Vec<Section>,
    /// Where its numbers come from.
    pub sources: Vec<SourceLine>,
    /// How it came about: a name and a value a line.
    pub run: Vec<(String, String)>,
    /// The command that gives it again.
    pub command: String,
}

/// The word that a value of ours is written as in JSON (`ar6-gwp100`, `static`); nothing for a value that is no word.
pub(crate) fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A list in words: `a`, `a and b`, `a, b and c`.
pub(crate) fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
