//! Impacts of draws by their number, kept in a file that a later run goes on from.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::{LcaFailure, files};
use crate::failure::Failure;
use crate::print;

/// Impacts kept at once, draws times demands.
pub const MOST_VALUES: u64 = 20_000_000;

/// Two impacts of one draw are the same within this share.
const SAME: f64 = 1e-8;

/// Why a run cannot go on from a file of draws.
#[derive(Debug, thiserror::Error)]
pub enum DrawsFault {
    /// It is of other demands.
    #[error("its columns are `{seen}`, those of this question `{wanted}`")]
    Columns {
        /// Its columns.
        seen: String,
        /// Those wanted.
        wanted: String,
    },
    /// A line is no draw.
    #[error("line {line}: a number of a draw, given once, and an impact for each demand are wanted")]
    Line {
        /// The line.
        line: usize,
    },
    /// A draw has another impact here.
    #[error("its draw {draw} has {seen}, this question {here}: it is of another database, method, demand or seed")]
    Other {
        /// The draw.
        draw: u64,
        /// In the file.
        seen: f64,
        /// Here.
        here: f64,
    },
}

/// Impacts of draws, by demand.
pub struct Draws {
    names: Vec<String>,
    numbers: Vec<u64>,
    values: Vec<Vec<f64>>,
}

impl Draws {
    /// No draws yet, of demands with these names.
    pub fn none(names: Vec<String>) -> Self {
        let values = names.iter().map(|_| Vec::new()).collect();
        Self { names, numbers: Vec::new(), values }
    }

    /// The draws of a file but those of a range, which are drawn again.
    ///
    /// # Errors
    /// A file that cannot be read, or is no such file.
    pub fn of_file(names: Vec<String>, path: &Path, but: &Range<u64>) -> Result<Self, Failure> {
        let fault = |error| LcaFailure::Draws { path: PathBuf::from(path), error };
        let text = files::text(path)?;
        let mut table = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let header: Vec<String> = table.headers().map(|h| h.iter().map(str::to_owned).collect()).unwrap_or_default();
        let mut found = Self::none(names);
        if header != found.header() {
            let (seen, wanted) = (header.join(","), found.header().join(","));
            return Err(fault(DrawsFault::Columns { seen, wanted }).into());
        }
        let mut seen = BTreeSet::new();
        for (row, record) in table.records().enumerate() {
            let wrong = || fault(DrawsFault::Line { line: row + 2 });
            let record = record.map_err(|_| wrong())?;
            let number: u64 = record.get(0).and_then(|c| c.parse().ok()).ok_or_else(wrong)?;
            if record.len() != header.len() || !seen.insert(number) {
                return Err(wrong().into());
            }
            if but.contains(&number) {
                continue;
            }
            found.numbers.push(number);
            for (cell, values) in record.iter().skip(1).zip(&mut found.values) {
                values.push(cell.parse().map_err(|_| wrong())?);
            }
        }
        Ok(found)
    }

    fn header(&self) -> Vec<String> {
        std::iter::once("draw".to_owned()).chain(self.names.iter().cloned()).collect()
    }

    /// How many draws there are.
    pub fn len(&self) -> usize {
        self.numbers.len()
    }

    /// The last draw, by which a question is told from another.
    pub fn last(&self) -> Option<u64> {
        self.numbers.last().copied()
    }

    /// Holds the impacts of the last draw against those of this question.
    pub fn compare_last(&self, path: &Path, here: &[f64]) -> Result<(), LcaFailure> {
        let Some(draw) = self.last() else { return Ok(()) };
        for (values, here) in self.values.iter().zip(here) {
            let seen = values[values.len() - 1];
            if (seen - here).abs() > SAME * seen.abs().max(here.abs()) {
                return Err(LcaFailure::Draws { path: PathBuf::from(path), error: DrawsFault::Other { draw, seen, here: *here } });
            }
        }
        Ok(())
    }

    /// Adds a draw.
    pub fn push(&mut self, number: u64, impacts: &[f64]) {
        self.numbers.push(number);
        self.values.iter_mut().zip(impacts).for_each(|(values, impact)| values.push(*impact));
    }

    /// Writes them in the order of their numbers.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let mut order: Vec<usize> = (0..self.numbers.len()).collect();
        order.sort_unstable_by_key(|at| self.numbers[*at]);
        let row = |at: usize| -> Vec<String> {
            std::iter::once(self.numbers[at].to_string()).chain(self.values.iter().map(|values| values[at].to_string())).collect()
        };
        let rows: Vec<_> = order.into_iter().map(row).collect();
        let header = self.header();
        files::write_whole(path, print::csv(&header.iter().map(String::as_str).collect::<Vec<_>>(), &rows).as_bytes())
    }

    /// The impacts of each demand.
    pub fn into_values(self) -> Vec<Vec<f64>> {
        self.values
    }
}

/// Refuses more impacts than are kept at once.
///
/// # Errors
/// More draws than that.
pub fn check_count(option: &'static str, draws: u64, demands: usize) -> Result<(), Failure> {
    let most = MOST_VALUES / (demands.max(1) as u64);
    if draws <= most {
        return Ok(());
    }
    Err(Failure::Option { option, seen: draws.to_string(), wanted: format!("at most {most} draws at once for {demands} impact(s) of each") })
}
