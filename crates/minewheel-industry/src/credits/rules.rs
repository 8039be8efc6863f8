//! Constants of the credit rules, each with its edition, its years, its source and its status.
//!
//! ```text
//! item(year, x) = value + slope·x        for the piece that holds in the year and contains x
//! ```
//!
//! | column | meaning |
//! |--------|---------|
//! | `system`, `item` | whose rule, and which constant |
//! | `first_year`, `last_year` | accounting years it holds for, both included |
//! | `over` | the quantity that pieces run over; empty: a constant |
//! | `from`, `to`, `closed` | ends of a piece, and which of them belongs to it |
//!
//! Nothing is extrapolated: a year without a row is an error that names the item and the years there are.
//! Source: each row of `data/rules/credits.csv`.

use std::collections::BTreeMap;
use std::fmt;

use minewheel_data::loader::{Loader, Rows};
use minewheel_data::row::RowId;
use minewheel_data::source::Sources;
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_data::table::{Fault, Violation};
use serde::{Deserialize, Serialize};

/// The table of constants.
pub const TABLE: &str = "rules/credits.csv";
/// Where a user may have put constants: a table there that nothing reads would change nothing in silence.
const FOLDERS: [&str; 2] = ["rules/", "credits/"];
/// Two sides of a boundary that differ by less are one value: the constants are printed with four decimals.
const SAME: f64 = 1e-6;

/// Whose rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum System {
    /// China's dual credit.
    Cn,
    /// EU fleet CO2.
    Eu,
    /// US greenhouse-gas credits.
    Us,
    /// UK vehicle emissions trading.
    Uk,
}

impl System {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cn, Self::Eu, Self::Us, Self::Uk];
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Cn => "cn",
            Self::Eu => "eu",
            Self::Us => "us",
            Self::Uk => "uk",
        }
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A constant that a computation needs is not in the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// No row holds in the year.
    #[error("{system}: `{item}` has no constant for {year}; years with one: {}", if known.is_empty() { "none" } else { known })]
    NoYear {
        /// Whose rule.
        system: System,
        /// The constant.
        item: String,
        /// The year wanted.
        year: i32,
        /// Years there are.
        known: String,
    },
    /// The pieces of the year leave the value out.
    #[error("{system}: `{item}` of {year} has no piece at {at}")]
    Gap {
        /// Whose rule.
        system: System,
        /// The constant.
        item: String,
        /// The year.
        year: i32,
        /// Where.
        at: String,
    },
}

/// A number with the row it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Known {
    /// The number.
    pub value: f64,
    /// Its row.
    pub row: RowId,
    /// How it is known.
    pub status: Status,
}

#[derive(Debug, Clone, PartialEq)]
struct Piece {
    edition: String,
    years: (i32, i32),
    over: String,
    from: f64,
    to: f64,
    is_closed_above: bool,
    value: f64,
    slope: f64,
    row: RowId,
    status: Status,
}

impl Piece {
    fn holds(&self, x: f64) -> bool {
        if self.is_closed_above { x > self.from && x <= self.to } else { x >= self.from && x < self.to }
    }
    fn known(&self, x: f64) -> Known {
        Known { value: self.value + self.slope * x, row: self.row, status: self.status }
    }
}

/// A boundary at which a curve jumps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Jump {
    /// Where.
    pub at: f64,
    /// Value on the side below.
    pub below: f64,
    /// Value on the side above.
    pub above: f64,
}

/// A constant of one year as a function of what it runs over.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    system: System,
    item: String,
    year: i32,
    pieces: Vec<Piece>,
}

impl Curve {
    /// The value at `x`.
    ///
    /// # Errors
    /// No piece contains `x`.
    pub fn at(&self, x: f64) -> Result<Known, RuleError> {
        let gap = || RuleError::Gap { system: self.system, item: self.item.clone(), year: self.year, at: x.to_string() };
        self.pieces.iter().find(|p| p.holds(x)).map(|p| p.known(x)).ok_or_else(gap)
    }

    /// Boundaries at which the value jumps, from below.
    pub fn jumps(&self) -> Vec<Jump> {
        let mut pieces: Vec<&Piece> = self.pieces.iter().collect();
        pieces.sort_by(|a, b| a.from.total_cmp(&b.from));
        let pairs = pieces.windows(2).filter_map(|w| {
            let (low, high) = (w.first()?, w.last()?);
            let (below, above) = (low.known(low.to).value, high.known(low.to).value);
            ((below - above).abs() > SAME).then_some(Jump { at: low.to, below, above })
        });
        pairs.collect()
    }

    /// The edition it stands in.
    pub fn edition(&self) -> &str {
        self.pieces.first().map_or("", |p| p.edition.as_str())
    }
}

/// All constants of all systems.
#[derive(Debug, Clone)]
pub struct RuleBook {
    items: BTreeMap<(System, String), Vec<Piece>>,
    sources: Sources,
    rows: Rows,
}

/// One row, for a list of the rules.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Citation {
    /// The constant.
    pub item: String,
    /// The act.
    pub edition: String,
    /// How it is known.
    pub status: Status,
    /// Key of its source.
    pub source: String,
    /// Place in it.
    pub locator: String,
}

impl RuleBook {
    /// Reads the constants of a store; with `check_all`, every cell is held against its schema.
    ///
    /// # Errors
    /// Every violation of the table.
    pub fn read(store: &Store, check_all: bool) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, check_all);
        let mut items: BTreeMap<(System, String), Vec<Piece>> = BTreeMap::new();
        if let Some(table) = loader.table(TABLE) {
            for row in 0..table.len() {
                let Some(system) = System::ALL.into_iter().find(|s| s.word() == table.text(row, "system")) else {
                    loader.unknown_name(&table, row, "system", "system", System::ALL.iter().map(|s| s.word()));
                    continue;
                };
                let mut number = |column: &str| loader.number_in(&table, row, column);
                let (first, last) = (number("first_year"), number("last_year"));
                let (from, to) = (number("from").unwrap_or(f64::NEG_INFINITY), number("to").unwrap_or(f64::INFINITY));
                let (value, slope) = (number("value"), number("slope").unwrap_or(0.0));
                let (Some(first), Some(last), Some(value)) = (first, last, value) else { continue };
                if last < first || to <= from {
                    let reason = "a span that ends before it begins".to_owned();
                    loader.fault(&table, row, Some("first_year"), Fault::Model { reason });
                    continue;
                }
                let Ok(status) = table.text(row, "status").parse() else { continue };
                items.entry((system, table.text(row, "item").to_owned())).or_default().push(Piece {
                    edition: table.text(row, "edition").to_owned(),
                    years: (first as i32, last as i32),
                    over: table.text(row, "over").to_owned(),
                    from,
                    to,
                    is_closed_above: table.text(row, "closed") == "to",
                    value,
                    slope,
                    row: loader.row(&table, row),
                    status,
                });
            }
        }
        let (sources, rows) = loader.finish_folders(&FOLDERS)?;
        Ok(Self { items, sources, rows })
    }

    /// The rows of the constants.
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// A constant of a year.
    ///
    /// # Errors
    /// No row holds in the year.
    pub fn constant(&self, system: System, item: &str, year: i32) -> Result<Known, RuleError> {
        Ok(self.piece(system, item, year)?.known(0.0))
    }

    /// A constant of a year, if the year has one.
    pub fn optional(&self, system: System, item: &str, year: i32) -> Option<Known> {
        self.constant(system, item, year).ok()
    }

    /// A curve of a year.
    ///
    /// # Errors
    /// No row holds in the year.
    pub fn curve(&self, system: System, item: &str, year: i32) -> Result<Curve, RuleError> {
        self.piece(system, item, year)?;
        let all = self.items.get(&(system, item.to_owned())).map(Vec::as_slice).unwrap_or_default();
        let pieces = all.iter().filter(|p| (p.years.0..=p.years.1).contains(&year)).cloned().collect();
        Ok(Curve { system, item: item.to_owned(), year, pieces })
    }

    /// The word of a choice, such as the cycle of an electric range.
    ///
    /// # Errors
    /// No row holds in the year.
    pub fn word(&self, system: System, item: &str, year: i32) -> Result<(String, Known), RuleError> {
        let piece = self.piece(system, item, year)?;
        Ok((piece.over.clone(), piece.known(0.0)))
    }

    /// The act in which a constant of a year stands.
    ///
    /// # Errors
    /// No row holds in the year.
    pub fn edition(&self, system: System, item: &str, year: i32) -> Result<&str, RuleError> {
        Ok(&self.piece(system, item, year)?.edition)
    }

    /// The same book with one constant replaced over years: a supposition, and marked as one.
    #[must_use]
    pub fn with_constant(&self, system: System, item: &str, first_year: i32, last_year: i32, value: f64) -> Self {
        let mut book = self.clone();
        let piece = Piece {
            edition: "supposed".to_owned(),
            years: (first_year, last_year),
            over: String::new(),
            from: f64::NEG_INFINITY,
            to: f64::INFINITY,
            is_closed_above: false,
            value,
            slope: 0.0,
            row: RowId::GIVEN,
            status: Status::Assumption,
        };
        book.items.entry((system, item.to_owned())).or_default().insert(0, piece);
        book
    }

    fn piece(&self, system: System, item: &str, year: i32) -> Result<&Piece, RuleError> {
        let all = self.items.get(&(system, item.to_owned())).map(Vec::as_slice).unwrap_or_default();
        all.iter().find(|p| (p.years.0..=p.years.1).contains(&year)).ok_or_else(|| {
            let mut years: Vec<(i32, i32)> = all.iter().map(|p| p.years).collect();
            years.sort_unstable();
            years.dedup();
            let text = |(a, b): &(i32, i32)| if a == b { a.to_string() } else { format!("{a}–{b}") };
            RuleError::NoYear { system, item: item.to_owned(), year, known: years.iter().map(text).collect::<Vec<_>>().join(", ") }
        })
    }

    /// The works that the constants come from.
    pub const fn sources(&self) -> &Sources {
        &self.sources
    }

    /// What rows say of themselves, in order of row and without doubles.
    pub fn citations(&self, rows: impl IntoIterator<Item = RowId>) -> Vec<Citation> {
        let mut rows: Vec<RowId> = rows.into_iter().filter(|r| *r != RowId::GIVEN).collect();
        rows.sort_unstable();
        rows.dedup();
        let cite = |row: RowId| Citation {
            item: self.rows.text(row, "item").to_owned(),
            edition: self.rows.text(row, "edition").to_owned(),
            status: self.rows.status(row),
            source: self.sources.key(self.rows.source(row)).to_owned(),
            locator: self.rows.text(row, "locator").to_owned(),
        };
        rows.into_iter().map(cite).collect()
    }
}

/// The rows that a computation used.
#[derive(Debug, Clone, PartialEq)]
pub struct Used {
    rows: Vec<RowId>,
    weakest: Status,
}

impl Default for Used {
    fn default() -> Self {
        Self { rows: Vec::new(), weakest: Status::Read }
    }
}

impl Used {
    /// Notes a number and hands it back.
    pub fn take(&mut self, known: Known) -> f64 {
        self.rows.push(known.row);
        self.weakest = self.weakest.max(known.status);
        known.value
    }
    /// Notes that the result also rests on something known so.
    pub fn rest_on(&mut self, status: Status) {
        self.weakest = self.weakest.max(status);
    }
    /// Joins what another computation used.
    pub fn join(&mut self, other: &Self) {
        self.rows.extend(&other.rows);
        self.weakest = self.weakest.max(other.weakest);
    }
    /// The weakest status.
    pub const fn weakest(&self) -> Status {
        self.weakest
    }
    /// The rows.
    pub fn rows(&self) -> &[RowId] {
        &self.rows
    }
}
