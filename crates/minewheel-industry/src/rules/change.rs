//! What would turn a failure: how much more, or less, of what.
//!
//! ```text
//! q = a / b ≥ r  fails        a must reach r · b        q fails alone: q must reach r
//! ```

use minewheel_data::units::convert;
use serde::Serialize;

use super::check::{Answer, Outcome, Verdict};
use super::clauses::{Operator, shown_unit};
use super::quantities::{Kind, SHARE};
use super::subjects::{Given, Subject};
use super::tables::RuleTables;

/// Significant digits of a number in words, and the most where two would look alike.
const DIGITS: i32 = 4;
const MOST_DIGITS: i32 = 9;

/// One way to turn a failed clause.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Change {
    /// The clause that fails.
    pub clause: String,
    /// The subject.
    pub subject: String,
    /// What must change.
    pub quantity: String,
    /// What it is.
    pub is: Answer,
    /// What it must be at least, at most, or exactly.
    pub needed: Answer,
    /// The difference; `None` for yes or no.
    pub by: Option<f64>,
    /// Unit of the numbers.
    pub unit: String,
    /// The same in words.
    pub words: String,
}

/// What would turn every failed clause.
pub(super) fn changes(tables: &RuleTables, subjects: &[Subject], verdicts: &[Verdict]) -> Vec<Change> {
    let failed = verdicts.iter().filter(|v| v.verdict == Outcome::Fail);
    failed.filter_map(|v| subjects.iter().find(|s| s.kind == v.kind && s.name == v.subject).and_then(|s| change(tables, s, v))).collect()
}

fn change(tables: &RuleTables, subject: &Subject, verdict: &Verdict) -> Option<Change> {
    let title = |id: &str| tables.quantities.get(id).map_or_else(|| id.to_owned(), |q| q.title.clone());
    let clause = || verdict.clause.clone();
    let (is, required) = match (verdict.value?, verdict.required?) {
        (Answer::Number(is), Answer::Number(required)) => (is, required),
        (is, needed @ Answer::Flag(wanted)) => {
            let words = format!("{}: {}", title(&verdict.quantity), if wanted { "must become yes" } else { "must become no" });
            let quantity = verdict.quantity.clone();
            return Some(Change { clause: clause(), subject: subject.name.clone(), quantity, is, needed, by: None, unit: String::new(), words });
        }
        _ => return None,
    };
    let bound = match verdict.operator {
        Operator::AtLeast => "at least",
        Operator::MoreThan => "more than",
        Operator::AtMost => "at most",
        Operator::LessThan => "less than",
        Operator::Equal | Operator::Is => "exactly",
    };
    let number = |quantity: String, is: f64, needed: f64, unit: &str| {
        let (by, shown) = (needed - is, shown_unit(unit));
        // A difference of shares is in points, not in per cent of the share.
        let shown_by = if unit == SHARE { "percentage points" } else { shown };
        let (needed_text, is_text) = apart(needed, is);
        let words = format!(
            "{}: {bound} {needed_text} {shown}, is {is_text} {shown}: {} {shown_by} {}",
            title(&quantity),
            figure(by.abs(), DIGITS),
            if by > 0.0 { "more" } else { "less" }
        );
        let (is, needed) = (Answer::Number(is), Answer::Number(needed));
        Change { clause: clause(), subject: subject.name.clone(), quantity, is, needed, by: Some(by), unit: unit.to_owned(), words }
    };
    let quotient = match tables.quantities.get(&verdict.quantity).map(|q| &q.kind) {
        Some(Kind::Number { quotient: Some(parts), .. }) if !subject.facts.contains_key(&verdict.quantity) => Some(parts),
        _ => None,
    };
    if let Some((above, below)) = quotient
        && let (Some(Given::Number(a, a_unit)), Some(Given::Number(b, b_unit))) =
            (subject.facts.get(above).map(|f| &f.given), subject.facts.get(below).map(|f| &f.given))
    {
        let needed = convert(required * b, &format!("{}*{b_unit}", verdict.unit), a_unit).ok()?;
        return Some(number(above.clone(), *a, needed, a_unit));
    }
    Some(number(verdict.quantity.clone(), is, required, &verdict.unit))
}

/// Two numbers with as many digits as it takes to tell them apart.
fn apart(a: f64, b: f64) -> (String, String) {
    let texts = |digits| (figure(a, digits), figure(b, digits));
    (DIGITS..=MOST_DIGITS).map(texts).find(|(a, b)| a != b).unwrap_or_else(|| texts(MOST_DIGITS))
}

/// So many significant digits, without an exponent below a million.
fn figure(value: f64, significant: i32) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let digits = usize::try_from((significant - 1 - magnitude).clamp(0, 9)).unwrap_or(0);
    if magnitude >= 6 {
        let digits = usize::try_from(significant - 1).unwrap_or(0);
        return format!("{value:.digits$e}");
    }
    let text = format!("{value:.digits$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
