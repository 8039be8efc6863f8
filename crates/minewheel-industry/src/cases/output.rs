//! Which part of a year's output meets a line for specific energy, as far as use and chemistry tell.
//!
//! ```text
//! G_uc = G_u · s_uc        meets: e_low ≥ line     misses: e_high < line     open: else
//! ```
//!
//! | symbol            | meaning                                         | unit  | from                 |
//! |-------------------|-------------------------------------------------|-------|----------------------|
//! | `G_u`             | output for a use                                | `GWh` | `industry/output`    |
//! | `s_uc`            | share of a chemistry in it                      | 1     | `industry/output`    |
//! | `e_low`, `e_high` | worst and best cells of the chemistry           | Wh/kg | `cells/cells`        |
//! | line              | what the edition asks of a cell of that use     | Wh/kg | `rules/`, by engine  |
//!
//! The ranges are those of cells of 2020; grades of ternary material are not counted anywhere in public, so a part is as
//! wide as all grades together. Nothing is spread evenly over a range: what a range spans is open.

use std::collections::BTreeMap;

use minewheel_assess::tables::Tables;
use minewheel_data::loader::Loader;
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::RowId;
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use serde::{Deserialize, Serialize};

use super::rule_clauses::number;
use super::{CaseError, Statement, Verdict};
use crate::rules::check::Outcome;
use crate::rules::{Fact, Given, RuleTables, Subject, check};

/// What the industry made, by use and chemistry.
pub const OUTPUT: &str = "industry/output.csv";
const ALL: &str = "lithium-batteries";

/// What is set beside which line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    set: String,
    place: String,
    year: i32,
    said_gwh: f64,
    said_growth_percent: f64,
    chemistries: BTreeMap<String, Vec<String>>,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputRule {
    /// How near the figures of the statement must be, in points.
    pub tolerance_percent: f64,
    /// Share of the output that must not be open.
    pub decided_share: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    false_words: String,
    not_decidable_words: String,
}

/// Whether a part of the output meets the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stand {
    /// Its worst cell does.
    Meets,
    /// Its best cell does not.
    Misses,
    /// Its cells span it.
    Open,
    /// Its chemistry is not on record.
    Unknown,
}

/// One part of the output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutputPart {
    /// The use.
    pub r#use: String,
    /// The chemistry; `None`: not on record.
    pub chemistry: Option<String>,
    /// Output in gigawatt-hours.
    pub gwh: f64,
    /// What a cell must have in Wh/kg.
    pub line_wh_per_kg: Option<f64>,
    /// Worst and best cell in Wh/kg.
    pub cells_wh_per_kg: Option<[f64; 2]>,
    /// Whether it meets the line.
    pub stand: Stand,
    /// The same for each grade of the chemistry, whose shares are not on record.
    pub grades: BTreeMap<String, Stand>,
    /// The weakest status of what it rests on.
    pub status: Status,
}

/// The statement beside the output.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutputJudgement {
    /// What was said.
    pub case: Statement,
    /// How its second half fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: OutputRule,
    /// Output of the year in gigawatt-hours.
    pub output_gwh: f64,
    /// Its uses added up.
    pub uses_gwh: f64,
    /// Growth on the year before in percent.
    pub growth_percent: f64,
    /// Whether output and growth are as said.
    pub output_holds: bool,
    /// The parts.
    pub parts: Vec<OutputPart>,
}

/// Sets output beside the line.
pub(super) fn judge(
    store: &Store,
    tables: &Tables,
    rules: &RuleTables,
    case: Statement,
    compute: &Compute,
    rule: OutputRule,
) -> Result<OutputJudgement, CaseError> {
    let mut loader = Loader::new(store, false);
    let output = Parameters::read(&mut loader, OUTPUT);
    let (_, rows) = loader.finish_folder(OUTPUT).map_err(|found| CaseError::Data { found: found.iter().map(ToString::to_string).collect() })?;
    let place = [compute.place.as_str()];
    let at = |subject: &str, property: &str, year: i32, unit: &str| -> Result<_, ParameterError> {
        output.subject(subject)?.value_at(property, &place, year, unit)
    };
    let made = at(ALL, "output", compute.year, "GWh")?.best;
    let before = at(ALL, "output", compute.year - 1, "GWh")?.best;
    let growth_percent = 100.0 * (made / before - 1.0);
    let mut parts = Vec::new();
    for of in ["power", "storage", "consumer"] {
        let total = at(ALL, of, compute.year, "GWh")?;
        let mut left = 1.0;
        for (chemistry, cells) in &compute.chemistries {
            let property = format!("{chemistry}_share");
            let known = output.subject(of).ok().filter(|s| s.properties().contains(&property.as_str()));
            let Some(share) = known.map(|s| s.value_at(&property, &place, compute.year, "1")).transpose()? else { continue };
            left -= share.best;
            let status = rows.weakest([total.row, share.row]);
            parts.push(part(tables, rules, compute, of, chemistry, cells, total.best * share.best, status)?);
        }
        if left > LEAST {
            let (gwh, status) = (total.best * left, rows.status(total.row));
            let none = OutputPart {
                r#use: of.to_owned(),
                chemistry: None,
                gwh,
                line_wh_per_kg: None,
                cells_wh_per_kg: None,
                stand: Stand::Unknown,
                grades: BTreeMap::new(),
                status,
            };
            parts.push(none);
        }
    }
    let uses_gwh: f64 = parts.iter().map(|p| p.gwh).sum();
    let share = |stand: Stand| parts.iter().filter(|p| p.stand == stand).fold(0.0, |sum, p| sum + p.gwh) / uses_gwh;
    let near = |seen: f64, said: f64| 100.0 * (seen / said - 1.0).abs() <= rule.tolerance_percent;
    let output_holds = near(made, compute.said_gwh) && (growth_percent - compute.said_growth_percent).abs() <= rule.tolerance_percent;
    let decided = share(Stand::Meets) + share(Stand::Misses);
    let (verdict, template) = match (decided >= rule.decided_share, share(Stand::Meets) < 0.5 * decided) {
        (false, _) => (Verdict::NotDecidable, &rule.not_decidable_words),
        (true, true) => (Verdict::True, &rule.true_words),
        (true, false) => (Verdict::False, &rule.false_words),
    };
    let percent = |s: Stand| format!("{:.0} %", 100.0 * share(s));
    let lines: Vec<String> = parts.iter().filter_map(line).collect();
    let words = template
        .replace(
            "{output}",
            &format!(
                "{made:.0} GWh in {}, {growth_percent:+.1} % on {before:.0} GWh, {}",
                compute.year,
                if output_holds { "as said" } else { "not as said" }
            ),
        )
        .replace("{lines}", &lines.join("; "))
        .replace("{meets}", &percent(Stand::Meets))
        .replace("{misses}", &percent(Stand::Misses))
        .replace("{open}", &percent(Stand::Open))
        .replace("{unknown}", &percent(Stand::Unknown));
    Ok(OutputJudgement { case, verdict, words, rule, output_gwh: made, uses_gwh, growth_percent, output_holds, parts })
}

/// Share of an output below which nothing is left: rounding of published shares.
const LEAST: f64 = 1e-9;

#[expect(clippy::too_many_arguments, reason = "one part of the output: each argument is a coordinate of it")]
fn part(
    tables: &Tables,
    rules: &RuleTables,
    compute: &Compute,
    of: &str,
    chemistry: &str,
    cells: &[String],
    gwh: f64,
    status: Status,
) -> Result<OutputPart, CaseError> {
    let mut ranges: Vec<(&str, [f64; 2])> = Vec::new();
    let mut of_rows: Vec<RowId> = Vec::new();
    for id in cells {
        let cell = tables.cells.cell(id).ok_or_else(|| CaseError::Chemistry { case: compute.set.clone(), seen: id.clone() })?;
        let [low, high] = cell.specific_energy_range();
        ranges.push((id, [low.best, high.best]));
        of_rows.extend([low.row, high.row]);
    }
    let edition = rules.editions.named(&compute.set, None)?;
    let word = |w: &str| Fact { given: Given::Word(w.to_owned()), range: None, status: Status::Read, source: "case".to_owned() };
    let product = |name: String, value: f64| {
        let mut facts: BTreeMap<String, Fact> =
            [("application", of), ("design", "energy"), ("level", "cell"), ("chemistry", chemistry)].map(|(k, v)| (k.to_owned(), word(v))).into();
        let given = Given::Number(value, "Wh/kg".to_owned());
        facts.insert("specific_energy".to_owned(), Fact { given, range: None, status: Status::Read, source: "cells".to_owned() });
        Subject { kind: "product".to_owned(), name, facts }
    };
    let products: Vec<Subject> =
        ranges.iter().flat_map(|(id, range)| [product(format!("worst {id}"), range[0]), product(format!("best {id}"), range[1])]).collect();
    let report = check(rules, &compute.set, edition, None, "case", &products);
    let asked: Vec<_> = report.verdicts.iter().filter(|v| v.quantity == "specific_energy").collect();
    let outcome = |name: String| asked.iter().find(|v| v.subject == name).map_or(Outcome::Unknown, |v| v.verdict);
    let stand_of = |id: &str| match (outcome(format!("worst {id}")), outcome(format!("best {id}"))) {
        (Outcome::Pass, Outcome::Pass) => Stand::Meets,
        (Outcome::Fail, Outcome::Fail) => Stand::Misses,
        _ => Stand::Open,
    };
    let grades: BTreeMap<String, Stand> = ranges.iter().map(|(id, _)| ((*id).to_owned(), stand_of(id))).collect();
    let mut stands = grades.values().copied();
    let first = stands.next().unwrap_or(Stand::Unknown);
    let stand = if stands.all(|s| s == first) { first } else { Stand::Open };
    let line_wh_per_kg = asked.first().and_then(|v| number(v.required));
    let clause = asked.iter().map(|v| v.status).max().unwrap_or(Status::Read);
    let status = status.max(tables.rows.weakest(of_rows)).max(clause);
    let range = ranges.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |all, (_, r)| [all[0].min(r[0]), all[1].max(r[1])]);
    let (name, cells_wh_per_kg) = (Some(chemistry.to_owned()), Some(range));
    Ok(OutputPart { r#use: of.to_owned(), chemistry: name, gwh, line_wh_per_kg, cells_wh_per_kg, stand, grades, status })
}

impl Stand {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Meets => "meets",
            Self::Misses => "misses",
            Self::Open => "open",
            Self::Unknown => "unknown",
        }
    }
}

fn line(part: &OutputPart) -> Option<String> {
    let ([low, high], line) = (part.cells_wh_per_kg?, part.line_wh_per_kg?);
    let grades: Vec<String> = part.grades.iter().map(|(id, stand)| format!("{id} {}", stand.word())).collect();
    let grades = if grades.len() > 1 { format!(", by grade {}", grades.join(", ")) } else { String::new() };
    Some(format!("{} {}: {low} to {high} against {line} Wh/kg{grades}", part.chemistry.as_deref()?, part.r#use))
}
