//! Whether batteries can come from a list of places alone, at what volume, cost and carbon.
//!
//! Every car's battery is sourced as in [`crate::supply::sourcing`], at each volume and at the share of the car's country in
//! the world's electric cars. The statement is true if all are feasible, false if none is at any volume.

use minewheel_assess::AssessError;
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::store::Store;
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};
use crate::supply::sourcing::costs::Premiums;
use crate::supply::sourcing::report::SourcingReport;
use crate::supply::sourcing::{Objective, Part, Rules, Sourcing, source};

/// Whose batteries a case is about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    year: i32,
    cars: Vec<String>,
    friends: Vec<String>,
    #[serde(rename = "friends_note")]
    _friends_note: String,
    volumes: Vec<f64>,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FriendRule {
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// One car at one volume.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FriendRow {
    /// The car.
    pub car: String,
    /// The part of the world's need.
    pub volume: f64,
    /// Whether every tier finds enough makers.
    pub is_feasible: bool,
    /// The largest part of the world's need that can be sourced so.
    pub largest_volume: Option<f64>,
    /// Climate of the battery on the open market, in kg CO2e.
    pub open_climate_kg: f64,
    /// More with the least carbon, in kg CO2e.
    pub least_extra_climate_kg: Option<f64>,
    /// More at least cost, in USD.
    pub least_extra_cost_usd: Option<f64>,
    /// More where those that may stay keep their proportions, in kg CO2e.
    pub extra_climate_kg: Option<f64>,
    /// The same in USD.
    pub extra_cost_usd: Option<f64>,
    /// The tier whose rule costs most.
    pub binding_tier: Option<String>,
    /// What lacks most.
    pub lacks: Option<String>,
    /// How well it is known.
    pub status: String,
}

/// The statement beside the batteries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FriendJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: FriendRule,
    /// Cars by volume.
    pub rows: Vec<FriendRow>,
}

fn row(report: &SourcingReport) -> FriendRow {
    let of = |objective: Objective| report.solutions.iter().find(|s| s.objective == objective);
    let lacks = report.gaps.first().map(|g| format!("{} lacks {:.0} %", g.product, 100.0 * g.lacks_share));
    FriendRow {
        car: report.car.clone(),
        volume: report.volume,
        is_feasible: report.is_feasible,
        largest_volume: report.largest_volume,
        open_climate_kg: report.open.climate_kg,
        least_extra_climate_kg: of(Objective::Carbon).map(|s| s.extra_climate_kg),
        least_extra_cost_usd: of(Objective::Cost).map(|s| s.extra_cost_usd),
        extra_climate_kg: of(Objective::Nearest).map(|s| s.extra_climate_kg),
        extra_cost_usd: of(Objective::Nearest).map(|s| s.extra_cost_usd),
        binding_tier: of(Objective::Cost).and_then(|s| s.binding_tier.clone()),
        lacks,
        status: report.weakest_status.word().to_owned(),
    }
}

/// Sources every car's battery.
pub(super) fn judge(store: &Store, tables: &Tables, case: Statement, compute: &Compute, rule: FriendRule) -> Result<FriendJudgement, CaseError> {
    let premiums = Premiums::read(store, false).map_err(|found| CaseError::Data { found: found.iter().map(ToString::to_string).collect() })?;
    let place = |code: &str| tables.places.id(code).map_err(AssessError::from);
    let friends = compute.friends.iter().map(|f| place(f)).collect::<Result<Vec<_>, _>>()?;
    let mut rows = Vec::new();
    for id in &compute.cars {
        let car = tables.catalogue.car(id)?;
        let scenario = Scenario {
            country: place(car.made_in.as_deref().unwrap_or("WORLD"))?,
            year: compute.year,
            method: "ar6-gwp100".to_owned(),
            preset: Preset::CutOff,
            is_real_world: false,
            grid: GridChoice::Static,
            cycle: None,
            lifetime_km: None,
            has_national_life: false,
        };
        for volume in compute.volumes.iter().map(|v| Some(*v)).chain([None]) {
            let rules = vec![Rules { friends: friends.clone(), ..Rules::default() }];
            let question = Sourcing { car, part: Part::Battery, rules, volume, objective: Objective::Cost };
            let failed = |e: crate::supply::sourcing::SourcingError| CaseError::Supply { case: case.id.clone(), reason: e.to_string() };
            rows.push(row(&source(tables, &premiums, &scenario, &question).map_err(failed)?));
        }
    }
    let feasible = rows.iter().filter(|r| r.is_feasible).count();
    let has_solution = rows.iter().any(|r| r.extra_cost_usd.is_some());
    let (verdict, template) = if feasible == rows.len() {
        (Verdict::True, &rule.true_words)
    } else if feasible == 0 && !has_solution {
        (Verdict::False, &rule.false_words)
    } else {
        (Verdict::Depends, &rule.depends_words)
    };
    let words = template.replace("{costs}", &costs(&rows)).replace("{limits}", &limits(&rows)).replace("{gaps}", &gaps(&rows));
    Ok(FriendJudgement { case, verdict, words, rule, rows })
}

/// The first row of every car that has a solution.
fn first_of_cars(rows: &[FriendRow]) -> Vec<&FriendRow> {
    let mut first: Vec<&FriendRow> = Vec::new();
    for row in rows.iter().filter(|r| r.extra_cost_usd.is_some()) {
        if first.iter().all(|f| f.car != row.car) {
            first.push(row);
        }
    }
    first
}

fn costs(rows: &[FriendRow]) -> String {
    let each: Vec<String> = first_of_cars(rows)
        .into_iter()
        .filter_map(|r| {
            let (usd, kg, least) = (r.extra_cost_usd?, r.extra_climate_kg?, r.least_extra_cost_usd?);
            Some(format!("{}: {usd:+.0} USD (at least {least:+.0}) and {kg:+.0} kg CO2e a battery", r.car))
        })
        .collect();
    each.join(", ")
}

fn limits(rows: &[FriendRow]) -> String {
    let mut seen: Vec<&str> = Vec::new();
    let mut each = Vec::new();
    for row in rows {
        if !seen.contains(&row.car.as_str()) {
            seen.push(&row.car);
            each.push(match row.largest_volume {
                Some(v) if v > 0.0 => format!("batteries as in {} for up to {:.1} % of the world's electric cars", row.car, 100.0 * v),
                Some(_) => format!("none as in {}", row.car),
                None => format!("any number as in {}", row.car),
            });
        }
    }
    each.join(", ")
}

fn gaps(rows: &[FriendRow]) -> String {
    let mut each: Vec<String> =
        rows.iter().filter_map(|r| r.lacks.as_ref().map(|l| format!("{} at {:.1} %: {l}", r.car, 100.0 * r.volume))).collect();
    each.dedup();
    if each.is_empty() { String::new() } else { format!("Beyond it, {}.", each.join(", ")) }
}
