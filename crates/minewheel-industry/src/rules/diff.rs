//! Two editions of one family side by side: what came, went, and changed.

use serde::Serialize;

use super::clauses::{Clause, Operator, Test};
use super::editions::RuleError;
use super::tables::RuleTables;

/// How a clause differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Turn {
    /// Only the second edition has it.
    Added,
    /// Only the first edition has it.
    Dropped,
    /// It asks for more.
    Stricter,
    /// It asks for less.
    Looser,
    /// It differs otherwise.
    Other,
    /// It is the same.
    Same,
}

impl Turn {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Dropped => "dropped",
            Self::Stricter => "stricter",
            Self::Looser => "looser",
            Self::Other => "other",
            Self::Same => "same",
        }
    }
}

/// One clause in two editions.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Difference {
    /// Our id of the clause.
    pub clause: String,
    /// What it asks.
    pub title: String,
    /// What the first edition asks.
    pub first: Option<String>,
    /// What the second edition asks.
    pub second: Option<String>,
    /// How it differs.
    pub turn: Turn,
    /// Change of a number over the first edition's.
    pub relative: Option<f64>,
    /// The weaker status of the two.
    pub status: minewheel_data::status::Status,
}

/// Every clause of two editions of one family, in order of the first, then of the second.
///
/// # Errors
/// An edition that is not there, or editions of two families.
pub fn diff(tables: &RuleTables, first: &str, second: &str) -> Result<Vec<Difference>, RuleError> {
    let (a, b) = (tables.editions.get(first)?, tables.editions.get(second)?);
    if a.family != b.family {
        return Err(RuleError::Families {
            first: a.id.clone(),
            first_family: a.family.clone(),
            second: b.id.clone(),
            second_family: b.family.clone(),
        });
    }
    let (old, new): (Vec<&Clause>, Vec<&Clause>) = (tables.of(a).collect(), tables.of(b).collect());
    let mut all = Vec::new();
    for clause in &old {
        all.push(difference(tables, Some(clause), new.iter().find(|c| c.id == clause.id).copied()));
    }
    all.extend(new.iter().filter(|c| old.iter().all(|o| o.id != c.id)).map(|c| difference(tables, None, Some(c))));
    Ok(all.into_iter().flatten().collect())
}

fn difference(tables: &RuleTables, first: Option<&Clause>, second: Option<&Clause>) -> Option<Difference> {
    let either = second.or(first)?;
    let (mut turn, mut relative) = match (first, second) {
        (None, _) => (Turn::Added, None),
        (_, None) => (Turn::Dropped, None),
        (Some(a), Some(b)) if a.test == b.test && a.condition == b.condition && a.force == b.force => (Turn::Same, None),
        _ => (Turn::Other, None),
    };
    if let (Some(a), Some(b)) = (first, second)
        && turn == Turn::Other
        && a.condition == b.condition
        && let (Test::Number { operator, value: Some(x), unit }, Test::Number { operator: other, value: Some(y), unit: y_unit }) = (&a.test, &b.test)
        && operator == other
        && let Ok(y) = super::quantities::in_unit(*y, y_unit, unit)
        && *x != 0.0
    {
        relative = Some(y / x - 1.0);
        turn = match operator {
            Operator::AtLeast | Operator::MoreThan if y > *x => Turn::Stricter,
            Operator::AtMost | Operator::LessThan if y < *x => Turn::Stricter,
            Operator::Equal | Operator::Is => Turn::Other,
            _ => Turn::Looser,
        };
    }
    let asked = |c: &Clause| if c.force == super::Force::Binding { c.asked() } else { format!("{} ({})", c.asked(), c.force.word()) };
    Some(Difference {
        clause: either.id.clone(),
        title: either.title.clone(),
        first: first.map(asked),
        second: second.map(asked),
        turn,
        relative,
        status: tables.rows.weakest(first.iter().chain(&second).map(|c| c.row)),
    })
}
