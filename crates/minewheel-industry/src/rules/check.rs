//! Verdicts: every clause of an edition on every subject that it asks anything of.

use minewheel_data::status::Status;
use serde::Serialize;

use super::change::{Change, changes};
use super::clauses::{Clause, Force, Operator, Part, Test};
use super::date::Date;
use super::editions::Edition;
use super::quantities::{Kind, Quantities, in_unit};
use super::subjects::{Given, Subject};
use super::tables::RuleTables;

/// Relative rounding of a change of units; two numbers nearer than this are the same.
const SAME: f64 = 1e-12;

/// How a clause fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It is met.
    Pass,
    /// What it needs is not known.
    Unknown,
    /// It is not met.
    Fail,
}

impl Outcome {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Unknown => "unknown",
            Self::Fail => "fail",
        }
    }
}

/// A number, or yes (`true`) or no.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Answer {
    /// A number, in the clause's unit.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

/// One clause on one subject.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Verdict {
    /// Our id of the clause.
    pub clause: String,
    /// What it asks.
    pub title: String,
    /// The kind of subject.
    pub kind: String,
    /// The subject.
    pub subject: String,
    /// The quantity.
    pub quantity: String,
    /// How the value is held against what is required.
    pub operator: Operator,
    /// What is required; `None`: the rule leaves it to a further act.
    pub required: Option<Answer>,
    /// Unit of `required`, `value` and `margin`; empty for yes or no.
    pub unit: String,
    /// What the subject has; `None`: not known.
    pub value: Option<Answer>,
    /// Least and greatest that it may be, if a model computed it.
    pub value_range: Option<[f64; 2]>,
    /// Room that is left; negative: what is short.
    pub margin: Option<f64>,
    /// The margin over what is required.
    pub margin_relative: Option<f64>,
    /// How it fares.
    pub verdict: Outcome,
    /// Why it is not known.
    pub reason: Option<String>,
    /// The clause's force.
    pub force: Force,
    /// First day of the clause, if it has one of its own.
    pub from: Option<Date>,
    /// First day on which it no longer holds.
    pub until: Option<Date>,
    /// The weaker of the clause's status and the value's.
    pub status: Status,
    /// Key of the clause's source.
    pub source: String,
    /// Where in that source.
    pub locator: String,
    /// Where the value comes from.
    pub value_source: Option<String>,
    /// What must be known of the clause.
    pub note: String,
}

/// What an edition only states.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Statement {
    /// Our id of the clause.
    pub clause: String,
    /// What is stated.
    pub states: String,
    /// How the clause is known.
    pub status: Status,
    /// Key of its source.
    pub source: String,
}

/// Clauses about subjects that the file does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct NotAsked {
    /// The kind of subject.
    pub subject: String,
    /// How many clauses.
    pub clauses: usize,
}

/// The answer to what a company asks for.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Decision {
    /// The subject.
    pub subject: String,
    /// What it asks for.
    pub request: String,
    /// The answer by the clauses on companies and projects.
    pub verdict: Outcome,
    /// The answer in words.
    pub words: String,
}

/// How many of each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, schemars::JsonSchema)]
pub struct Counts {
    /// Met.
    pub pass: usize,
    /// Not met.
    pub fail: usize,
    /// Not known.
    pub unknown: usize,
}

/// What the footprint of a car's battery was computed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct FootprintBasis {
    /// The year whose grids and markets the battery is made on.
    pub year: i32,
    /// The climate method.
    pub method: String,
    /// Where the battery is sold.
    pub sold_in: String,
}

/// A file or car held against an edition.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Report {
    /// The set that was asked for.
    pub set: String,
    /// The edition.
    pub edition: String,
    /// Its title.
    pub title: String,
    /// Who issued it.
    pub body: String,
    /// Whether it is a draft.
    pub is_draft: bool,
    /// The day; `None`: every dated clause is judged, whenever it holds.
    pub date: Option<Date>,
    /// What was judged.
    pub of: String,
    /// What the footprint of a car's battery was computed with; `None`: none was.
    pub footprint: Option<FootprintBasis>,
    /// Over the binding clauses on the subjects that are there.
    pub verdict: Outcome,
    /// The weakest status of any verdict.
    pub weakest_status: Status,
    /// Binding clauses.
    pub binding: Counts,
    /// Clauses that are encouraged or wait for a further act.
    pub other: Counts,
    /// The answer to what a company asks for.
    pub decision: Option<Decision>,
    /// What would turn each failure.
    pub changes: Vec<Change>,
    /// Every clause on every subject it asks anything of.
    pub verdicts: Vec<Verdict>,
    /// Clauses about subjects that are not there: not judged.
    pub not_asked: Vec<NotAsked>,
    /// What the edition only states.
    pub statements: Vec<Statement>,
    /// Law that no clause of the set asks: a pass says nothing about it.
    pub left_out: String,
}

/// Whether a condition holds for a subject.
enum Applies {
    Yes,
    No,
    /// A trait is not given.
    CannotTell(String),
}

/// Judges subjects by an edition on a day; `of` names what is judged.
///
/// Without a day every dated clause is judged, whenever it holds, and says when.
pub fn check(tables: &RuleTables, set: &str, edition: &Edition, day: Option<Date>, of: &str, subjects: &[Subject]) -> Report {
    let asked: Vec<&Clause> = tables.of(edition).filter(|c| day.is_none_or(|day| c.holds_on(day))).collect();
    let mut verdicts = Vec::new();
    let mut not_asked: Vec<NotAsked> = Vec::new();
    let mut statements = Vec::new();
    for clause in &asked {
        if let Test::Statement(text) = &clause.test {
            let (status, source) = (tables.status(clause.row), tables.source(clause.row).to_owned());
            statements.push(Statement { clause: clause.id.clone(), states: format!("{}: {text}", clause.title), status, source });
            continue;
        }
        let of_kind: Vec<&Subject> = subjects.iter().filter(|s| s.kind == clause.subject).collect();
        if of_kind.is_empty() {
            match not_asked.iter_mut().find(|n| n.subject == clause.subject) {
                Some(counted) => counted.clauses += 1,
                None => not_asked.push(NotAsked { subject: clause.subject.clone(), clauses: 1 }),
            }
        }
        verdicts.extend(of_kind.iter().filter_map(|subject| judge(tables, clause, subject)));
    }
    let counts = |is_binding: bool| {
        let of = |outcome| verdicts.iter().filter(|v: &&Verdict| (v.force == Force::Binding) == is_binding && v.verdict == outcome).count();
        Counts { pass: of(Outcome::Pass), fail: of(Outcome::Fail), unknown: of(Outcome::Unknown) }
    };
    let (binding, other) = (counts(true), counts(false));
    Report {
        set: set.to_owned(),
        edition: edition.id.clone(),
        title: edition.title.clone(),
        body: edition.body.clone(),
        is_draft: edition.is_draft,
        date: day,
        of: of.to_owned(),
        footprint: None,
        verdict: overall(binding),
        weakest_status: verdicts.iter().map(|v| v.status).max().unwrap_or(Status::Read),
        binding,
        other,
        decision: decision(subjects, &asked, &verdicts),
        changes: changes(tables, subjects, &verdicts),
        verdicts,
        not_asked,
        statements,
        left_out: edition.left_out.clone(),
    }
}

/// A fail outweighs an unknown, an unknown a pass; nothing judged is not known.
fn overall(counts: Counts) -> Outcome {
    match counts {
        Counts { fail: 1.., .. } => Outcome::Fail,
        Counts { pass: 1.., unknown: 0, .. } => Outcome::Pass,
        _ => Outcome::Unknown,
    }
}

fn judge(tables: &RuleTables, clause: &Clause, subject: &Subject) -> Option<Verdict> {
    let mut verdict = Verdict {
        clause: clause.id.clone(),
        title: clause.title.clone(),
        kind: subject.kind.clone(),
        subject: subject.name.clone(),
        quantity: clause.quantity.clone(),
        operator: Operator::Is,
        required: None,
        unit: String::new(),
        value: None,
        value_range: None,
        margin: None,
        margin_relative: None,
        verdict: Outcome::Unknown,
        reason: None,
        force: clause.force,
        from: clause.from,
        until: clause.until,
        status: tables.status(clause.row),
        source: tables.source(clause.row).to_owned(),
        locator: tables.rows.text(clause.row, "locator").to_owned(),
        value_source: None,
        note: clause.note.clone(),
    };
    match &clause.test {
        Test::Number { operator, value, unit } => {
            verdict.operator = *operator;
            verdict.required = value.map(Answer::Number);
            verdict.unit.clone_from(unit);
        }
        Test::Evidence(wanted) => verdict.required = Some(Answer::Flag(*wanted)),
        Test::Statement(_) => return None,
    }
    let applies = applies(&tables.quantities, &clause.condition, subject);
    if matches!(applies, Applies::No) {
        return None;
    }
    let found = value_of(&tables.quantities, subject, &clause.quantity);
    if let Ok(found) = &found {
        verdict.status = verdict.status.max(found.status);
        verdict.value_source = Some(found.source.clone());
    }
    match (&clause.test, found) {
        (_, Err(reason)) => verdict.reason = Some(reason),
        (Test::Number { operator, value: required, unit }, Ok(Found { given: Given::Number(value, value_unit), range, .. })) => {
            match in_unit(value, &value_unit, unit) {
                Ok(value) => {
                    verdict.value = Some(Answer::Number(value));
                    let Some(required) = required else {
                        verdict.reason = Some("the rule leaves the number to a further act".to_owned());
                        return Some(verdict);
                    };
                    let (margin, passes) = compare(*operator, value, *required);
                    verdict.margin = Some(margin);
                    verdict.margin_relative = (*required != 0.0).then(|| margin / required.abs());
                    verdict.verdict = if passes { Outcome::Pass } else { Outcome::Fail };
                    let ends = range.map(|ends| ends.map(|end| in_unit(end, &value_unit, unit)));
                    if let Some([Ok(low), Ok(high)]) = ends {
                        verdict.value_range = Some([low, high]);
                        if [low, high].iter().any(|end| compare(*operator, *end, *required).1 != passes) {
                            verdict.verdict = Outcome::Unknown;
                            verdict.reason = Some("the value is a model's, and its range spans what is asked".to_owned());
                        }
                    }
                }
                Err(error) => verdict.reason = Some(error.to_string()),
            }
        }
        (Test::Evidence(wanted), Ok(Found { given: Given::Flag(seen), .. })) => {
            verdict.value = Some(Answer::Flag(seen));
            verdict.verdict = if seen == *wanted { Outcome::Pass } else { Outcome::Fail };
        }
        (_, Ok(_)) => verdict.reason = Some(format!("`{}` is of another kind", clause.quantity)),
    }
    if let Applies::CannotTell(of) = applies {
        // Whether the clause is about this subject at all is open, so neither a pass nor a fail is.
        verdict.verdict = Outcome::Unknown;
        verdict.reason = Some(format!("`{of}` is not given, so whether the clause applies is not known"));
    }
    Some(verdict)
}

fn applies(quantities: &Quantities, condition: &[Part], subject: &Subject) -> Applies {
    let mut open = None;
    for part in condition {
        match holds(quantities, part, subject) {
            Some(true) => {}
            Some(false) => return Applies::No,
            None => open = open.or(Some(part.of().to_owned())),
        }
    }
    open.map_or(Applies::Yes, Applies::CannotTell)
}

/// Whether a part of a condition holds; `None`: what it looks at is not given.
fn holds(quantities: &Quantities, part: &Part, subject: &Subject) -> Option<bool> {
    match part {
        Part::Words { of, words, is_negated } => match &subject.facts.get(of)?.given {
            Given::Word(word) => Some(words.contains(word) != *is_negated),
            _ => None,
        },
        Part::Bound { of, operator, value, unit } => match value_of(quantities, subject, of).ok()?.given {
            Given::Number(seen, seen_unit) => in_unit(seen, &seen_unit, unit).ok().map(|seen| compare(*operator, seen, *value).1),
            _ => None,
        },
    }
}

/// What a subject has of a quantity.
pub(super) struct Found {
    pub given: Given,
    pub range: Option<[f64; 2]>,
    pub status: Status,
    pub source: String,
}

/// What a subject has of a quantity: given, or the quotient of two that are given.
///
/// # Errors
/// In words, what is missing.
pub(super) fn value_of(quantities: &Quantities, subject: &Subject, quantity: &str) -> Result<Found, String> {
    if let Some(fact) = subject.facts.get(quantity) {
        return Ok(Found { given: fact.given.clone(), range: fact.range, status: fact.status, source: fact.source.clone() });
    }
    let missing = || format!("`{quantity}` is not given");
    let Some(Kind::Number { unit, quotient: Some((above, below)), .. }) = quantities.get(quantity).map(|q| &q.kind) else { return Err(missing()) };
    let (Some(a), Some(b)) = (subject.facts.get(above), subject.facts.get(below)) else {
        return Err(format!("neither `{quantity}` nor both of `{above}` and `{below}` are given"));
    };
    let (Given::Number(x, x_unit), Given::Number(y, y_unit)) = (&a.given, &b.given) else { return Err(missing()) };
    if *y <= 0.0 {
        return Err(format!("`{below}` is {y} {y_unit}, so `{quantity}` has no value"));
    }
    let value = in_unit(x / y, &format!("{x_unit}/{y_unit}"), unit).map_err(|e| e.to_string())?;
    let source = if a.source == b.source { a.source.clone() } else { format!("{}; {}", a.source, b.source) };
    // A quotient is arithmetic on what was given.
    Ok(Found { given: Given::Number(value, unit.clone()), range: None, status: a.status.max(b.status).max(Status::Derived), source })
}

/// The margin, and whether it is enough.
fn compare(operator: Operator, value: f64, required: f64) -> (f64, bool) {
    let is_same = (value - required).abs() <= SAME * value.abs().max(required.abs());
    let margin = match operator {
        Operator::AtLeast | Operator::MoreThan => value - required,
        Operator::AtMost | Operator::LessThan => required - value,
        Operator::Equal | Operator::Is => -(value - required).abs(),
    };
    let margin = if is_same { 0.0 } else { margin };
    let passes = match operator {
        Operator::AtLeast | Operator::AtMost | Operator::Equal | Operator::Is => margin >= 0.0,
        Operator::MoreThan | Operator::LessThan => margin > 0.0,
    };
    (margin, passes)
}

/// The kinds of subjects by whose clauses a request is answered.
const DECISIVE: [&str; 2] = ["company", "project"];

/// The answer to a company's request: by its binding clauses on companies and projects. A project that is not described
/// leaves its clauses open.
fn decision(subjects: &[Subject], asked: &[&Clause], verdicts: &[Verdict]) -> Option<Decision> {
    let (company, request) = subjects.iter().find_map(|s| match s.facts.get("request").map(|f| &f.given) {
        Some(Given::Word(request)) => Some((s, request)),
        _ => None,
    })?;
    let asks = |v: &&Verdict| v.force == Force::Binding && DECISIVE.contains(&v.kind.as_str());
    let binding: Vec<&Verdict> = verdicts.iter().filter(asks).collect();
    let of = |outcome: Outcome| binding.iter().filter(|v| v.verdict == outcome).map(|v| v.clause.as_str()).collect::<Vec<_>>();
    let (failed, mut open, passed) = (of(Outcome::Fail), of(Outcome::Unknown), of(Outcome::Pass));
    let is_there = |kind: &str| subjects.iter().any(|s| s.kind == kind);
    let unsaid = asked.iter().filter(|c| c.force == Force::Binding && DECISIVE.contains(&c.subject.as_str()) && !is_there(&c.subject));
    open.extend(unsaid.map(|c| c.id.as_str()));
    let verdict = overall(Counts { pass: passed.len(), fail: failed.len(), unknown: open.len() });
    let words = match verdict {
        Outcome::Fail => format!("no: {} not met", failed.join(", ")),
        Outcome::Unknown if open.is_empty() => "cannot be told: nothing is given that a clause asks for".to_owned(),
        Outcome::Unknown => format!("cannot be told: {} not given", open.join(", ")),
        Outcome::Pass => format!("yes, by the {} binding clauses on companies and projects", passed.len()),
    };
    Some(Decision { subject: company.name.clone(), request: request.clone(), verdict, words })
}
