//! Many demands of one question: a CSV file with a product and an amount a line.

use std::path::{Path, PathBuf};

use super::{LcaFailure, files};
use crate::failure::Failure;

/// Why a file gives no demands.
#[derive(Debug, thiserror::Error)]
pub enum DemandsFault {
    /// It has no such column.
    #[error("there is no column `{0}`")]
    Column(&'static str),
    /// A line is no demand.
    #[error("line {line}: {wanted}")]
    Line {
        /// The line.
        line: usize,
        /// What is wanted.
        wanted: &'static str,
    },
    /// It has no lines.
    #[error("it has no demands")]
    Empty,
}

/// Products that are asked for together.
pub struct NamedDemand {
    /// Its name.
    pub name: String,
    /// Places of its lines among all lines.
    pub lines: Vec<usize>,
}

/// Every line in turn, and which of them are one demand.
pub struct Demands {
    /// Products and amounts.
    pub lines: Vec<(String, f64)>,
    /// The demands in the order in which they are first named.
    pub named: Vec<NamedDemand>,
}

impl Demands {
    /// One demand of some lines.
    pub fn one(lines: Vec<(String, f64)>) -> Self {
        let all = (0..lines.len()).collect();
        Self { lines, named: vec![NamedDemand { name: "score".to_owned(), lines: all }] }
    }

    /// The demands of a file: columns `process` and `amount`, and perhaps `name`. Lines of one name are one demand; without a name that of the
    /// process stands for it.
    ///
    /// # Errors
    /// A file that cannot be read, or the first line that is no demand.
    pub fn of_file(path: &Path) -> Result<Self, Failure> {
        let text = files::text(path)?;
        Self::parse(&text).map_err(|error| LcaFailure::Demands { path: PathBuf::from(path), error }.into())
    }

    fn parse(text: &str) -> Result<Self, DemandsFault> {
        let mut table = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let header = table.headers().cloned().map_err(|_| DemandsFault::Column("process"))?;
        let at = |name: &'static str| header.iter().position(|cell| cell.eq_ignore_ascii_case(name));
        let process = at("process").ok_or(DemandsFault::Column("process"))?;
        let amount = at("amount").ok_or(DemandsFault::Column("amount"))?;
        let name = at("name");
        let mut found = Self { lines: Vec::new(), named: Vec::new() };
        let mut numbers = std::collections::BTreeMap::new();
        for record in table.records() {
            let record = record.map_err(|_| DemandsFault::Line { line: found.lines.len() + 2, wanted: "cells of CSV" })?;
            let line = record.position().map_or(0, |p| p.line() as usize);
            let fault = |wanted| DemandsFault::Line { line, wanted };
            let cell = |at: usize| record.get(at).filter(|c| !c.is_empty());
            let process = cell(process).ok_or_else(|| fault("a `process` is wanted"))?;
            let amount = cell(amount).and_then(|a| a.parse::<f64>().ok()).filter(|a| a.is_finite());
            let amount = amount.ok_or_else(|| fault("`amount` wants a finite number"))?;
            let name = name.and_then(cell).unwrap_or(process);
            let number = *numbers.entry(name.to_owned()).or_insert_with(|| {
                found.named.push(NamedDemand { name: name.to_owned(), lines: Vec::new() });
                found.named.len() - 1
            });
            found.named[number].lines.push(found.lines.len());
            found.lines.push((process.to_owned(), amount));
        }
        if found.lines.is_empty() { Err(DemandsFault::Empty) } else { Ok(found) }
    }
}
