//! Whether one country holds every step of a chain, tier by tier.
//!
//! ```text
//! held = share of the place in the tier's world output > least_share      HHI as in [`crate::supply::concentration`]
//! ```
//!
//! The statement is true if all tiers in question are held, false if none is, and else depends on the tier. A case may bring a study of
//! [`crate::disruption`], which says in cars what the dependence costs.

use minewheel_assess::AssessError;
use minewheel_assess::tables::Tables;
use minewheel_data::store::Store;
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};
use crate::disruption::report::report;
use crate::disruption::scene::scene;
use crate::disruption::study::Study;
use crate::supply::ask::{Question, ask};
use crate::supply::sourcing::costs::Premiums;

/// Whose tiers a case is about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    place: String,
    buyer: String,
    year: i32,
    materials: Vec<String>,
    /// A study of a stop of exports, as `minewheel disrupt` takes it; its plants make cars of the catalogue.
    stop: Option<String>,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DominanceRule {
    /// Share of a tier's world output above which it is held.
    pub least_share: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// One tier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DominanceRow {
    /// The material.
    pub material: String,
    /// What is traded.
    pub commodity: String,
    /// The tier.
    pub tier: String,
    /// Share of the place.
    pub share: f64,
    /// The largest maker.
    pub largest: String,
    /// Concentration of named makers.
    pub hhi: f64,
    /// Share of the buyer's supply from the place: if all sell, by output.
    pub dependence: f64,
    /// Whether the place holds it.
    pub holds: bool,
    /// How well the shares are known.
    pub status: String,
}

/// What a stop of exports costs, at best estimates.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stop {
    /// The study's title.
    pub title: String,
    /// Days simulated.
    pub days: usize,
    /// Cars planned in them.
    pub cars_planned: f64,
    /// Cars not built by their end.
    pub cars_not_built: f64,
    /// Most cars that wait at once.
    pub most_cars_waiting: f64,
    /// Days from the stop to the first car missed; none: no car is.
    pub days_to_shortage: Option<f64>,
    /// Cars built in the worst week, as a share of the plan.
    pub lowest_week: f64,
}

/// The statement beside the tiers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DominanceJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: DominanceRule,
    /// Tiers, by material from the mine.
    pub tiers: Vec<DominanceRow>,
    /// What a stop of exports costs, where the case asks.
    pub stop: Option<Stop>,
}

/// Looks at every tier.
pub(super) fn judge(
    store: &Store,
    tables: &Tables,
    case: Statement,
    compute: &Compute,
    rule: DominanceRule,
) -> Result<DominanceJudgement, CaseError> {
    let place = |code: &str| tables.places.id(code).map_err(AssessError::from);
    let question = Question { buyer: place(&compute.buyer)?, dominant: place(&compute.place)?, year: compute.year, customs: None };
    let materials: Vec<(String, Option<f64>)> = compute.materials.iter().map(|m| (m.clone(), None)).collect();
    let report = ask(tables, &case.id, &materials, &question).map_err(|e| CaseError::Supply { case: case.id.clone(), reason: e.to_string() })?;
    let mut tiers = Vec::new();
    for material in &report.materials {
        for tier in &material.tiers {
            tiers.push(DominanceRow {
                material: material.material.clone(),
                commodity: tier.commodity.clone(),
                tier: tier.tier.clone(),
                share: tier.share_of_dominant,
                largest: tier.largest.clone().unwrap_or_default(),
                hhi: tier.hhi,
                dependence: tier.dependence,
                holds: tier.share_of_dominant > rule.least_share,
                status: tier.status.word().to_owned(),
            });
        }
    }
    let held = tiers.iter().filter(|t| t.holds).count();
    let (verdict, template) = if held == tiers.len() {
        (Verdict::True, &rule.true_words)
    } else if held == 0 {
        (Verdict::False, &rule.false_words)
    } else {
        (Verdict::Depends, &rule.depends_words)
    };
    let list = |holds: bool| {
        let each: Vec<String> =
            tiers.iter().filter(|t| t.holds == holds).map(|t| format!("{} {} {:.0} %", t.commodity, t.tier, 100.0 * t.share)).collect();
        each.join(", ")
    };
    let words = template
        .replace("{place}", &compute.place)
        .replace("{held}", &held.to_string())
        .replace("{count}", &tiers.len().to_string())
        .replace("{yes}", &list(true))
        .replace("{no}", &list(false));
    let stop = compute.stop.as_deref().map(|study| stopped(store, tables, &case.id, study)).transpose()?;
    Ok(DominanceJudgement { case, verdict, words, rule, tiers, stop })
}

fn stopped(store: &Store, tables: &Tables, case: &str, study: &str) -> Result<Stop, CaseError> {
    let failed = |reason: String| CaseError::Supply { case: case.to_owned(), reason };
    let premiums = Premiums::read(store, false).map_err(|found| CaseError::Data { found: found.iter().map(ToString::to_string).collect() })?;
    let study = Study::read(case, study).map_err(|e| failed(e.to_string()))?;
    let designs = study.plant.iter().map(|p| Ok(tables.catalogue.car(&p.car)?.clone())).collect::<Result<Vec<_>, CaseError>>()?;
    let scene = scene(tables, &premiums, &study, &designs).map_err(|e| failed(e.to_string()))?;
    let found = report(tables, &study, &scene).map_err(|e| failed(e.to_string()))?;
    Ok(Stop {
        title: found.title,
        days: found.days,
        cars_planned: found.best.cars_planned,
        cars_not_built: found.best.cars_not_built,
        most_cars_waiting: found.best.most_cars_waiting,
        days_to_shortage: found.best.days_to_shortage,
        lowest_week: found.best.lowest_week,
    })
}
