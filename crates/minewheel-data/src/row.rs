//! One row of one table: the smallest thing that has a source, and the smallest thing that is uncertain.
//!
//! Every row has a number ([`RowId`]) that is unique within a loaded data set. A model never holds a sampled value:
//! it holds the row's [`Value`] and asks a [`Draw`] for this draw's number. So one function serves the best estimate,
//! a Monte Carlo draw and a sensitivity, and every result can name the rows it rests on.

use serde::Serialize;

use crate::status::Shape;

/// Number of a row within a loaded data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct RowId(pub u32);

impl RowId {
    /// Not a table's row: the user gave the number (in a car file or on the command line). It has no spread.
    pub const GIVEN: Self = Self(u32::MAX);
}

/// A number from a table, with its spread, in the unit its reader asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value {
    /// The row that holds it.
    pub row: RowId,
    /// Best estimate.
    pub best: f64,
    /// Lower end of the spread; its meaning depends on `shape`.
    pub low: f64,
    /// Upper end of the spread.
    pub high: f64,
    /// Shape of the spread.
    pub shape: Shape,
}

impl Value {
    /// A number that the user gave.
    pub const fn given(value: f64) -> Self {
        Self { row: RowId::GIVEN, best: value, low: value, high: value, shape: Shape::Exact }
    }
    /// The value multiplied by a constant; the spread scales with it.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        Self { best: self.best * factor, low: self.low * factor, high: self.high * factor, ..self }
    }
    /// Whether the table gives the value a spread.
    pub fn is_uncertain(&self) -> bool {
        self.shape != Shape::Exact && self.low != self.high
    }
}

/// The spread of a row as a ratio to its best estimate, ready for sampling.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Low over best.
    pub low: f64,
    /// High over best.
    pub high: f64,
    /// Shape of the spread.
    pub shape: Shape,
    /// The largest ratio that the value may take: a share, a yield or an efficiency does not pass 1. Infinite where nothing bounds it.
    pub limit: f64,
}

/// One consistent set of row values: the best estimates, or one Monte Carlo draw.
///
/// A draw is a list of factors by row number; a row's value in the draw is its best estimate times its factor.
#[derive(Debug, Clone, Copy, Default)]
pub struct Draw<'a> {
    factors: Option<&'a [f64]>,
}

impl<'a> Draw<'a> {
    /// Every row at its best estimate.
    pub const BEST: Draw<'static> = Draw { factors: None };

    /// A draw with one factor per row of the data set, indexed by row number.
    pub const fn from_factors(factors: &'a [f64]) -> Self {
        Self { factors: Some(factors) }
    }

    /// Whether this is the best estimate of every row.
    pub const fn is_best(&self) -> bool {
        self.factors.is_none()
    }

    /// This draw's number for a value.
    pub fn of(&self, value: &Value) -> f64 {
        value.best * self.factor(value.row)
    }

    /// This draw's factor for a row.
    pub fn factor(&self, row: RowId) -> f64 {
        self.factors.and_then(|f| f.get(row.0 as usize)).copied().unwrap_or(1.0)
    }
}
