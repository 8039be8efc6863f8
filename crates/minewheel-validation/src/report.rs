//! What came out of a claim: rows, figures, verdict.

use minewheel_lca::quantile;
use serde::Serialize;

use crate::ValidationError;
use crate::claim::{Claim, Explanation, Record, Verdict};

/// How much a recorded miss may grow before the test fails.
pub const RATCHET: f64 = 1.1;

/// One published figure beside ours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    /// What it is about.
    pub label: String,
    /// Words that mark the row for explanations: source, place, kind.
    pub marks: Vec<String>,
    /// Ours.
    pub ours: f64,
    /// Theirs.
    pub theirs: f64,
    /// The unit of both.
    pub unit: String,
    /// Whether it is within the tolerance; `None`: only the whole table is judged, or the row is shown unjudged.
    pub is_met: Option<bool>,
}

impl Row {
    /// `ours / theirs − 1`.
    pub fn error(&self) -> f64 {
        self.ours / self.theirs - 1.0
    }
}

/// Which side of its limit a figure must stay on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// The figure may at most be the limit.
    AtMost,
    /// The figure, a share, must at least be the limit.
    AtLeast,
}

/// How a figure is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Print {
    /// As a percentage; the figure is a fraction.
    Percent,
    /// As a percentage; the figure already is one.
    PercentPoints,
    /// As a plain number.
    Number,
}

/// One line of the tolerance with what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Figure {
    /// The line of the tolerance.
    pub key: String,
    /// What it says, for the reader.
    pub says: String,
    /// What was found.
    pub value: f64,
    /// The limit.
    pub limit: f64,
    /// On which side of it to stay.
    pub side: Side,
    /// What was found whenever the miss was recorded, earliest first.
    pub recorded: Vec<Record>,
    /// How it is printed.
    pub print: Print,
}

impl Figure {
    /// Whether the limit is kept.
    pub fn is_met(&self) -> bool {
        match self.side {
            Side::AtMost => self.value <= self.limit,
            Side::AtLeast => self.value >= self.limit,
        }
    }

    /// Whether a recorded miss has grown by no more than [`RATCHET`] allows. A miss without a record has grown.
    pub fn is_within_record(&self) -> bool {
        self.is_met() || self.recorded.last().is_some_and(|last| self.keeps(self.value, last.value))
    }

    /// Whether a miss is at most as large as another by [`RATCHET`].
    fn keeps(&self, value: f64, other: f64) -> bool {
        match self.side {
            Side::AtMost => value <= other * RATCHET,
            Side::AtLeast => 1.0 - value <= (1.0 - other) * RATCHET,
        }
    }

    /// The best record before the last one, if the last lies further from it than [`RATCHET`] allows: the mark was then moved, and its reason must say why.
    pub fn moved_from(&self) -> Option<&Record> {
        let (last, earlier) = self.recorded.split_last()?;
        let best = earlier.iter().reduce(|a, b| match self.side {
            Side::AtMost if b.value < a.value => b,
            Side::AtLeast if b.value > a.value => b,
            _ => a,
        })?;
        (!self.keeps(last.value, best.value)).then_some(best)
    }
}

/// A part of a claim's section in the chapter.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// Prose.
    Prose(String),
    /// A table: title, heads, cells. The first column is left-aligned.
    Table {
        /// What it shows.
        title: String,
        /// Heads of the columns.
        head: Vec<String>,
        /// Its lines.
        lines: Vec<Vec<String>>,
        /// How many columns on the left hold words.
        words: usize,
    },
}

/// A claim judged.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The claim.
    pub claim: Claim,
    /// How many published figures it was held against.
    pub n: usize,
    /// Those figures beside ours.
    pub rows: Vec<Row>,
    /// The tolerance, line by line.
    pub figures: Vec<Figure>,
    /// How many of the published figures a parameter of ours rests on.
    pub fitted: usize,
    /// What the chapter shows besides.
    pub blocks: Vec<Block>,
}

impl Report {
    pub(crate) fn new(claim: Claim, rows: Vec<Row>) -> Self {
        Self { claim, n: rows.len(), rows, figures: Vec::new(), fitted: 0, blocks: Vec::new() }
    }

    /// Adds a figure judged against the claim's limit of that name.
    pub(crate) fn judge(&mut self, key: &str, says: &str, value: f64, side: Side, print: Print) -> Result<(), ValidationError> {
        let limit = self.claim.limit(key)?;
        let recorded = self.claim.recorded.get(key).cloned().unwrap_or_default();
        self.figures.push(Figure { key: key.to_owned(), says: says.to_owned(), value, limit, side, recorded, print });
        Ok(())
    }

    /// Passed if every line of the tolerance is met.
    pub fn verdict(&self) -> Verdict {
        if self.figures.iter().all(Figure::is_met) { Verdict::Pass } else { Verdict::Fail }
    }

    /// The explanation of a row's miss, if the claim gives one.
    pub fn explanation(&self, row: &Row) -> Option<&Explanation> {
        self.claim.explanation.iter().find(|e| e.of.is_empty() || e.of.iter().any(|mark| row.marks.contains(mark)))
    }

    /// Judged rows outside their tolerance.
    pub fn misses(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|r| r.is_met == Some(false))
    }
}

/// A quantile of the absolute relative errors.
pub(crate) fn error_quantile<'r>(rows: impl Iterator<Item = &'r Row>, p: f64) -> f64 {
    let mut errors: Vec<f64> = rows.map(|r| r.error().abs()).collect();
    errors.sort_by(f64::total_cmp);
    quantile(&errors, p).unwrap_or(f64::NAN)
}

/// The largest absolute relative error.
pub(crate) fn worst<'r>(rows: impl Iterator<Item = &'r Row>) -> f64 {
    rows.map(|r| r.error().abs()).fold(0.0, f64::max)
}

/// A report whose only line is the largest relative error, with a table of its rows.
pub(crate) fn judged(
    claim: Claim,
    rows: Vec<Row>,
    lines: Vec<Vec<String>>,
    title: &str,
    head: [&str; 6],
    words: usize,
) -> Result<Report, ValidationError> {
    let mut report = Report::new(claim, rows);
    let error = worst(report.rows.iter());
    report.judge("relative_error", "largest absolute error", error, Side::AtMost, Print::Percent)?;
    report.blocks.push(Block::Table { title: title.to_owned(), head: head.map(str::to_owned).to_vec(), lines, words });
    Ok(report)
}
