//! What is asked of the network: amounts of columns' products.

use crate::ids::{ColumnId, Grade};

/// One line of a demand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DemandLine {
    /// The column whose product is asked for.
    pub column: ColumnId,
    /// Reference units of it.
    pub amount: f64,
    /// How well the amount is known.
    pub grade: Grade,
}

/// A bill of products; lines of the same column add.
///
/// ```
/// use minewheel_lca::{ColumnId, Demand, Grade};
/// let bill = Demand::of(ColumnId(3), 410.0).and(ColumnId(7), 55.0, Grade::WEAKEST);
/// assert_eq!(bill.lines().len(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Demand {
    lines: Vec<DemandLine>,
}

impl Demand {
    /// A demand that asks for nothing.
    pub fn none() -> Self {
        Self::default()
    }

    /// An amount of one column's product, of the strongest grade.
    pub fn of(column: ColumnId, amount: f64) -> Self {
        Self::none().and(column, amount, Grade::STRONGEST)
    }

    /// The same demand with a line more.
    #[must_use]
    pub fn and(mut self, column: ColumnId, amount: f64, grade: Grade) -> Self {
        self.lines.push(DemandLine { column, amount, grade });
        self
    }

    /// The lines in the order in which they were given.
    pub fn lines(&self) -> &[DemandLine] {
        &self.lines
    }
}

impl FromIterator<(ColumnId, f64)> for Demand {
    fn from_iter<I: IntoIterator<Item = (ColumnId, f64)>>(lines: I) -> Self {
        let line = |(column, amount)| DemandLine { column, amount, grade: Grade::STRONGEST };
        Self { lines: lines.into_iter().map(line).collect() }
    }
}

impl FromIterator<DemandLine> for Demand {
    fn from_iter<I: IntoIterator<Item = DemandLine>>(lines: I) -> Self {
        Self { lines: lines.into_iter().collect() }
    }
}
