//! When a level of vehicles per 1,000 people is reached, by what is counted and by where ownership ends.

use minewheel_data::store::Store;
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};
use crate::fleet::ownership::{Reached, when};
use crate::fleet::tables::FleetTables;

/// What a case computes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    place: String,
    level: f64,
    from: i32,
    until: i32,
    growth_shifts: Vec<f64>,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelRule {
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// One curve under one growth of income.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelLine {
    /// By how much growth of income is moved.
    pub growth_shift: f64,
    /// The curve's answer.
    #[serde(flatten)]
    pub reached: Reached,
}

/// A statement recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LevelJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: LevelRule,
    /// Every curve.
    pub lines: Vec<LevelLine>,
}

/// Judges a statement on ownership.
pub(super) fn judge(store: &Store, case: Statement, compute: &Compute, rule: LevelRule) -> Result<LevelJudgement, CaseError> {
    let unreadable = |reason: String| CaseError::Unreadable { file: "data/fleet".to_owned(), reason };
    let tables = FleetTables::read(store, false).map_err(|all| unreadable(all.first().map(ToString::to_string).unwrap_or_default()))?;
    let mut lines = Vec::new();
    for &shift in &compute.growth_shifts {
        let found = when(&tables, &compute.place, compute.level, compute.from, compute.until, shift).map_err(|e| unreadable(e.to_string()))?;
        lines.extend(found.into_iter().map(|reached| LevelLine { growth_shift: shift, reached }));
    }
    let reaching = lines.iter().filter(|l| l.reached.year.is_some()).count();
    let (verdict, template) = match reaching {
        0 => (Verdict::False, &rule.false_words),
        n if n == lines.len() => (Verdict::True, &rule.true_words),
        _ => (Verdict::Depends, &rule.depends_words),
    };
    let span = |counts: &str| {
        let years: Vec<i32> = lines.iter().filter(|l| l.reached.counts == counts).filter_map(|l| l.reached.year).collect();
        match (years.iter().min(), years.iter().max()) {
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => format!("not until {}", compute.until),
        }
    };
    let words = template
        .replace("{register}", &span("register"))
        .replace("{table}", &span("table"))
        .replace("{reaching}", &reaching.to_string())
        .replace("{curves}", &lines.len().to_string());
    Ok(LevelJudgement { case, verdict, words, rule, lines })
}
