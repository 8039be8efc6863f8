//! Statements about what was built, sold and put up: every figure and every growth recomputed from rows, or the missing row named.
//!
//! ```text
//! value holds   if |ours − said| ≤ half the last printed digit of what was said
//! growth holds  if |ours − said| ≤ half the last printed digit of what was said, ours = figure / figure a year before − 1
//! growth of which holds: the growths of every figure that could be meant are computed; those that agree with what was said are named
//! ```
//!
//! A part whose row is missing is not decidable, and the row that would decide it is named; nothing is filled in.

use minewheel_data::store::Store;
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};
use crate::market::period::Period;
use crate::market::report::{SHARE, share};
use crate::market::series::{Figure, Key, Kind, Market};

/// Indicators of a stock and of what is added to it.
const ADDED: &str = "-added";

/// What was said of one figure.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Claim {
    place: String,
    indicator: String,
    #[serde(default)]
    holder: String,
    period: String,
    /// The figure.
    value: Option<f64>,
    /// Its growth over the same months a year before, as a share of one.
    growth: Option<f64>,
    /// Growth of a figure that was not named: look among those of the indicator and its additions.
    growth_of_which: Option<f64>,
    /// Size of the last printed digit of what was said.
    digit: f64,
}

/// What a case computes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    claims: Vec<Claim>,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimRule {
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
    not_decidable_words: String,
}

/// One part of a statement beside ours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimLine {
    /// Figure, place and period.
    pub what: String,
    /// What was said.
    pub said: f64,
    /// Ours; `None`: a row is missing.
    pub ours: Option<f64>,
    /// How it fares.
    pub verdict: Verdict,
    /// Sources of ours, or the row that is missing, or the figures that agree.
    pub reason: String,
}

/// A statement recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClaimJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: ClaimRule,
    /// Its parts.
    pub lines: Vec<ClaimLine>,
}

/// Judges a statement on the market.
pub(super) fn judge(store: &Store, case: Statement, compute: &Compute, rule: ClaimRule) -> Result<ClaimJudgement, CaseError> {
    let market = Market::read(store, false, None)
        .map_err(|all| CaseError::Unreadable { file: "data/market".to_owned(), reason: all.first().map(ToString::to_string).unwrap_or_default() })?;
    let mut lines = Vec::new();
    for claim in &compute.claims {
        let period: Period = claim
            .period
            .parse()
            .map_err(|e: crate::market::period::NoPeriod| CaseError::Unreadable { file: case.id.clone(), reason: e.to_string() })?;
        lines.extend(claim.value.map(|said| value_line(&market, claim, period, said)));
        lines.extend(claim.growth.map(|said| growth_line(&market, claim, period, said)));
        lines.extend(claim.growth_of_which.map(|said| which_line(&market, claim, period, said)));
    }
    let count = |verdict: Verdict| lines.iter().filter(|l| l.verdict == verdict).count();
    let (holding, failing) = (count(Verdict::True), count(Verdict::False));
    let (verdict, template) = match (holding, failing) {
        (0, 0) => (Verdict::NotDecidable, &rule.not_decidable_words),
        (_, 0) => (Verdict::True, &rule.true_words),
        (0, _) => (Verdict::False, &rule.false_words),
        _ => (Verdict::Depends, &rule.depends_words),
    };
    let named = |verdict: Verdict| {
        let of: Vec<String> = lines.iter().filter(|l| l.verdict == verdict).map(|l| format!("{}: {}", l.what, l.reason)).collect();
        if of.is_empty() { "none".to_owned() } else { of.join("; ") }
    };
    let words = template
        .replace("{holding}", &holding.to_string())
        .replace("{parts}", &lines.len().to_string())
        .replace("{failing}", &named(Verdict::False))
        .replace("{missing}", &named(Verdict::NotDecidable));
    Ok(ClaimJudgement { case, verdict, words, rule, lines })
}

fn key(claim: &Claim) -> Key {
    Key::new(&claim.place, &claim.indicator, &claim.holder)
}

fn figure(market: &Market, key: &Key, period: Period) -> Option<Figure> {
    if key.indicator == SHARE { share(market, &key.place, period) } else { market.figure(key, period) }
}

fn name(claim: &Claim) -> String {
    let holder = if claim.holder.is_empty() { String::new() } else { format!(" ({})", claim.holder) };
    format!("{}{holder} of {} in {}", claim.indicator, claim.place, claim.period)
}

fn row_of(key: &Key, period: Period) -> String {
    let holder = if key.holder.is_empty() { String::new() } else { format!(" ({})", key.holder) };
    format!("no row {}{holder} of {} for {period}", key.indicator, key.place)
}

fn agrees(ours: f64, said: f64, digit: f64) -> Verdict {
    // A whole last digit of slack in the binary fraction of a decimal number.
    if (ours - said).abs() <= digit / 2.0 * (1.0 + 1e-9) { Verdict::True } else { Verdict::False }
}

fn value_line(market: &Market, claim: &Claim, period: Period, said: f64) -> ClaimLine {
    match figure(market, &key(claim), period) {
        Some(found) => ClaimLine {
            what: name(claim),
            said,
            ours: Some(found.value),
            verdict: agrees(found.value, said, claim.digit),
            reason: format!("{} ({})", found.sources.join(", "), found.status),
        },
        None => ClaimLine { what: name(claim), said, ours: None, verdict: Verdict::NotDecidable, reason: row_of(&key(claim), period) },
    }
}

fn growth_line(market: &Market, claim: &Claim, period: Period, said: f64) -> ClaimLine {
    let what = format!("growth of {}", name(claim));
    let (now, before) = (figure(market, &key(claim), period), figure(market, &key(claim), period.year_before()));
    match (now, before) {
        (Some(now), Some(before)) if before.value > 0.0 => {
            let ours = now.value / before.value - 1.0;
            // What rounding of the two figures leaves open counts too.
            let slack = claim.digit / 2.0 + (1.0 + ours) * (now.rounding / now.value + before.rounding / before.value);
            let verdict = if (ours - said).abs() <= slack { Verdict::True } else { Verdict::False };
            let mut sources = now.sources;
            sources.extend(before.sources);
            sources.dedup();
            ClaimLine { what, said, ours: Some(ours), verdict, reason: format!("{} ({})", sources.join(", "), now.status.max(before.status)) }
        }
        (None, _) => ClaimLine { what, said, ours: None, verdict: Verdict::NotDecidable, reason: row_of(&key(claim), period) },
        _ => ClaimLine { what, said, ours: None, verdict: Verdict::NotDecidable, reason: row_of(&key(claim), period.year_before()) },
    }
}

/// Every growth that may have been meant, and which of them agree.
fn which_line(market: &Market, claim: &Claim, period: Period, said: f64) -> ClaimLine {
    let stock = claim.indicator.strip_suffix(ADDED).unwrap_or(&claim.indicator);
    let mut holders: Vec<String> = vec![String::new()];
    holders.extend(market.series().filter(|(k, _)| k.place == claim.place && k.indicator.starts_with(stock)).map(|(k, _)| k.holder.clone()));
    holders.sort();
    holders.dedup();
    let (mut agreeing, mut others, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    for indicator in [stock.to_owned(), format!("{stock}{ADDED}")] {
        let is_stock = market.definition(&indicator).is_some_and(|d| d.kind == Kind::Stock);
        for holder in &holders {
            let key = Key::new(&claim.place, &indicator, holder);
            let mut bases = vec![("on a year before", period.year_before())];
            if is_stock {
                bases.push(("in the period", period.before()));
            }
            for (words, base) in bases {
                let label = format!("{indicator}{} {words}", if holder.is_empty() { String::new() } else { format!(" ({holder})") });
                match (market.figure(&key, period), market.figure(&key, base)) {
                    (Some(now), Some(before)) if before.value > 0.0 && now.unit == before.unit => {
                        let growth = now.value / before.value - 1.0;
                        let text = format!("{label} {:+.1} %", 100.0 * growth);
                        if agrees(growth, said, claim.digit) == Verdict::True { agreeing.push(text) } else { others.push((growth, text)) }
                    }
                    (None, _) => missing.push(row_of(&key, period)),
                    _ => missing.push(row_of(&key, base)),
                }
            }
        }
    }
    missing.sort();
    missing.dedup();
    let listed = |all: &[(f64, String)]| all.iter().map(|o| o.1.clone()).collect::<Vec<_>>().join(", ");
    let what = format!("a growth of {:+.1} % of {}", 100.0 * said, name(claim));
    if let Some(first) = agreeing.first() {
        return ClaimLine { what, said, ours: Some(said), verdict: Verdict::True, reason: format!("{first}; not: {}", listed(&others)) };
    }
    let nearest = others.iter().map(|o| o.0).min_by(|a, b| (a - said).abs().total_cmp(&(b - said).abs()));
    ClaimLine {
        what,
        said,
        ours: nearest,
        verdict: if others.is_empty() { Verdict::NotDecidable } else { Verdict::False },
        reason: format!(
            "it is none of {}; left to try: {}",
            listed(&others),
            if missing.is_empty() { "nothing".to_owned() } else { missing.join(", ") }
        ),
    }
}
