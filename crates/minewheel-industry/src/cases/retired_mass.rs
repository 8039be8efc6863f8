//! What leaves the register, year by year, against what licensed dismantlers took back.
//!
//! ```text
//! exits(y) = registrations − change of stock;   formal share = taken back / exits;   mass = exits · mean mass of a vehicle
//! ```

use minewheel_data::status::Status;
use minewheel_data::store::Store;
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};
use crate::market::period::Period;
use crate::market::reconcile::exits;
use crate::market::series::{Key, Market};

/// What a case computes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    place: String,
    periods: Vec<String>,
    registrations: String,
    stock: String,
    taken_back: String,
    tonnes_per_vehicle: f64,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RetiredRule {
    /// Formal share from which dismantling counts as standard.
    pub standard_share: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
    not_decidable_words: String,
}

/// One year, or several where a year-end between them is not known.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetiredLine {
    /// The years.
    pub period: String,
    /// Vehicles that left the register.
    pub exits: Option<f64>,
    /// Their rounding.
    pub rounding: Option<f64>,
    /// Their mass in million tonnes.
    pub exits_mt: Option<f64>,
    /// Taken back by licensed dismantlers.
    pub taken_back: Option<f64>,
    /// Share of the exits, least and most within rounding.
    pub formal_share: Option<[f64; 2]>,
    /// Weakest status of the rows, where both are known.
    pub status: Option<Status>,
}

/// A statement recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RetiredJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: RetiredRule,
    /// Every year.
    pub lines: Vec<RetiredLine>,
}

/// Judges a statement on dismantling.
pub(super) fn judge(store: &Store, case: Statement, compute: &Compute, rule: RetiredRule) -> Result<RetiredJudgement, CaseError> {
    let market = Market::read(store, false, None)
        .map_err(|all| CaseError::Unreadable { file: "data/market".to_owned(), reason: all.first().map(ToString::to_string).unwrap_or_default() })?;
    let million = |t: f64| t / 1e6;
    let mut lines = Vec::new();
    for text in &compute.periods {
        let period: Period =
            text.parse().map_err(|e: crate::market::period::NoPeriod| CaseError::Unreadable { file: case.id.clone(), reason: e.to_string() })?;
        let left = exits(&market, &compute.place, period, &compute.registrations, &compute.stock);
        let exits = left.as_ref().and_then(|g| g.difference);
        let rounding = left.as_ref().map(|g| g.rounding);
        let back = market.figure(&Key::new(&compute.place, &compute.taken_back, ""), period);
        let taken_back = back.as_ref().map(|f| f.value);
        let formal_share = match (exits, rounding, taken_back) {
            (Some(e), Some(r), Some(t)) if e > r => Some([t / (e + r), t / (e - r)]),
            _ => None,
        };
        let status = left.as_ref().zip(back.as_ref()).map(|(l, b)| l.status.max(b.status));
        let exits_mt = exits.map(|e| million(e * compute.tonnes_per_vehicle));
        lines.push(RetiredLine { period: period.to_string(), exits, rounding, exits_mt, taken_back, formal_share, status });
    }
    let known: Vec<(&str, [f64; 2])> = lines.iter().filter_map(|l| l.formal_share.map(|s| (l.period.as_str(), s))).collect();
    let (verdict, template) = match (known.first(), known.last()) {
        _ if known.len() < 2 => (Verdict::NotDecidable, &rule.not_decidable_words),
        (Some(_), Some((_, last))) if last[0] >= rule.standard_share => (Verdict::True, &rule.true_words),
        (Some((_, first)), Some((_, last))) if last[0] > first[1] => (Verdict::Depends, &rule.depends_words),
        (Some(_), Some(_)) => (Verdict::False, &rule.false_words),
        _ => (Verdict::NotDecidable, &rule.not_decidable_words),
    };
    let share = |at: Option<&(&str, [f64; 2])>| {
        at.map_or_else(|| "no year".to_owned(), |(period, [low, high])| format!("{:.0} to {:.0} % in {period}", 100.0 * low, 100.0 * high))
    };
    let mass = lines.iter().rev().find_map(|l| l.exits_mt.map(|m| format!("{m:.0} Mt in {}", l.period))).unwrap_or_default();
    let words = template.replace("{first}", &share(known.first())).replace("{last}", &share(known.last())).replace("{mass}", &mass);
    Ok(RetiredJudgement { case, verdict, words, rule, lines })
}
