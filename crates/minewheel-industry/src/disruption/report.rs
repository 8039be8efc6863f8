//! The answer of a study.

use minewheel_assess::tables::Tables;
use minewheel_data::row::Draw;
use minewheel_data::units::Co2e;
use serde::Serialize;

use crate::supply::reach_notice;

use super::DisruptionError;
use super::engine::{Outcome, run};
use super::ensemble::members;
use super::parameters::RunParameters;
use super::scene::Scene;
use super::study::Study;

/// A figure over the members of an ensemble.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Range {
    /// Fifth percentile.
    pub p5: f64,
    /// Median.
    pub p50: f64,
    /// Ninety-fifth percentile.
    pub p95: f64,
}

/// Figures of a run.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Figures {
    /// Cars planned.
    pub cars_planned: f64,
    /// Cars built.
    pub cars_built: f64,
    /// Cars not built by the end.
    pub cars_not_built: f64,
    /// Most cars waiting on a day.
    pub most_cars_waiting: f64,
    /// Cars built with another chemistry.
    pub cars_switched: f64,
    /// Days from the first shock to the first car missed; `None`: no car is missed.
    pub days_to_shortage: Option<f64>,
    /// Days from the first shock until output is back for good; `None`: not within the study, or never short.
    pub days_to_recovery: Option<f64>,
    /// Lowest output over a week, as a share of plan.
    pub lowest_week: f64,
    /// Extra climate of a car built, in kg CO2e.
    pub extra_kg_co2e_per_car: f64,
    /// Extra climate of all cars built, in t CO2e.
    pub extra_t_co2e: f64,
}

/// What the cars were lost to.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Binding {
    /// The product.
    pub product: String,
    /// Its tier.
    pub tier: String,
    /// Share of the lost car-days.
    pub share: f64,
}

/// One day of the run at best estimates.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Day {
    /// The day, from 0.
    pub day: usize,
    /// Cars built.
    pub cars: f64,
    /// Over plan.
    pub share_of_plan: f64,
}

/// Figures over an ensemble.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct EnsembleFigures {
    /// Members.
    pub members: u32,
    /// Seed.
    pub seed: u64,
    /// Share of members that miss a car.
    pub share_short: f64,
    /// Share of members that are short and recover within the study, of those that are short.
    pub share_recovered: f64,
    /// Cars not built by the end.
    pub cars_not_built: Range,
    /// Most cars waiting.
    pub most_cars_waiting: Range,
    /// Days to the first shortage, of members that are short.
    pub days_to_shortage: Option<Range>,
    /// Days to recovery, of members that recover.
    pub days_to_recovery: Option<Range>,
    /// Extra climate of a car.
    pub extra_kg_co2e_per_car: Range,
    /// Largest mass error.
    pub mass_error: f64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StudyReport {
    /// The study's title.
    pub title: String,
    /// The year.
    pub year: i32,
    /// Days simulated.
    pub days: usize,
    /// Nodes, pools and links of the system.
    pub nodes: usize,
    /// Pools.
    pub pools: usize,
    /// Links.
    pub links: usize,
    /// At best estimates.
    pub best: Figures,
    /// What binds, tightest first.
    pub binding: Vec<Binding>,
    /// Over the ensemble, if the study has one.
    pub ensemble: Option<EnsembleFigures>,
    /// Largest gap of a product's balance over its throughput.
    pub mass_error: f64,
    /// Lowest stock in days of base use.
    pub lowest_stock_days: f64,
    /// Every day at best estimates.
    pub daily: Vec<Day>,
    /// What must be known to read it.
    pub notices: Vec<String>,
}

/// Days of a week.
const WEEK: usize = 7;

/// Runs a study.
///
/// # Errors
/// A parameter is missing.
pub fn report(tables: &Tables, study: &Study, scene: &Scene) -> Result<StudyReport, DisruptionError> {
    let parameters = RunParameters::of(&tables.dependence.parameters, &study.parameters, &Draw::BEST)?;
    let outcome = run(&scene.system, &parameters, &scene.events);
    let plan = scene.system.cars_per_day();
    let start = scene.events.shocks.iter().map(|s| s.days.start).min().unwrap_or(0);
    let lost: f64 = outcome.lost_to.iter().sum();
    let mut binding: Vec<Binding> = scene
        .system
        .products
        .iter()
        .zip(&outcome.lost_to)
        .filter(|b| *b.1 > 0.0)
        .map(|(p, cars)| Binding { product: p.id.clone(), tier: p.tier.clone(), share: cars / lost })
        .collect();
    binding.sort_by(|a, b| b.share.total_cmp(&a.share));
    let ensemble = match study.ensemble {
        Some(ensemble) => {
            let outcomes = members(tables, scene, &study.parameters, ensemble)?;
            Some(summary(&outcomes, ensemble.members, ensemble.seed, plan, start))
        }
        None => None,
    };
    let day = |(day, cars): (usize, &f64)| Day { day, cars: *cars, share_of_plan: cars / plan };
    Ok(StudyReport {
        title: study.study.title.clone(),
        year: study.study.year,
        days: study.study.days,
        nodes: scene.system.nodes.len(),
        pools: scene.system.pools.len(),
        links: scene.system.links.len(),
        best: figures(&outcome, plan, start),
        binding,
        ensemble,
        mass_error: outcome.mass_error,
        lowest_stock_days: outcome.lowest_stock,
        daily: outcome.built.iter().enumerate().map(day).collect(),
        notices: notices(tables, study)?,
    })
}

/// What must be known to read a study.
fn notices(tables: &Tables, study: &Study) -> Result<Vec<String>, DisruptionError> {
    let days = study.study.days;
    let mut notices: Vec<String> = tables.supply.reach(study.study.year)?.map(|last| reach_notice(last, study.study.year)).into_iter().collect();
    let late = |what: &str, index: usize, from: usize| format!("{what} {} begins on day {from}, behind the {days} days of the study", index + 1);
    notices.extend(study.shock.iter().enumerate().filter(|s| s.1.from_day >= days).map(|(i, s)| late("shock", i, s.from_day)));
    notices.extend(study.stock.iter().enumerate().filter(|s| s.1.from_day >= days).map(|(i, s)| late("stock", i, s.from_day)));
    notices.extend([
        "capacities are what the study's plants need and its spare part: competing buyers, prices and new mines are left out".to_owned(),
        "stocks, spare capacity and delays are mostly assumptions (supply/parameters.csv); an [ensemble] shows what they do".to_owned(),
    ]);
    Ok(notices)
}

fn figures(outcome: &Outcome, plan: f64, start: usize) -> Figures {
    let built: f64 = outcome.built.iter().sum();
    let weeks = outcome.built.chunks(WEEK).filter(|w| w.len() == WEEK);
    let lowest = weeks.map(|w| w.iter().sum::<f64>() / (WEEK as f64 * plan)).fold(f64::INFINITY, f64::min);
    let extra = outcome.kg_co2e - outcome.base_kg_co2e;
    let since = |day: Option<usize>| day.map(|d| d.saturating_sub(start) as f64);
    Figures {
        cars_planned: plan * outcome.built.len() as f64,
        cars_built: built,
        cars_not_built: outcome.waiting,
        most_cars_waiting: outcome.most_waiting,
        cars_switched: outcome.switched,
        days_to_shortage: since(outcome.first_shortage),
        days_to_recovery: since(outcome.recovered),
        lowest_week: if lowest.is_finite() { lowest } else { built / (plan * outcome.built.len() as f64) },
        extra_kg_co2e_per_car: if built > 0.0 { extra / built } else { 0.0 },
        extra_t_co2e: Co2e::from_kg(extra).t(),
    }
}

fn summary(outcomes: &[Outcome], members: u32, seed: u64, plan: f64, start: usize) -> EnsembleFigures {
    let all: Vec<Figures> = outcomes.iter().map(|o| figures(o, plan, start)).collect();
    let short = all.iter().filter(|f| f.days_to_shortage.is_some()).count();
    let recovered = all.iter().filter(|f| f.days_to_recovery.is_some()).count();
    let range = |pick: &dyn Fn(&Figures) -> Option<f64>| -> Option<Range> {
        let mut values: Vec<f64> = all.iter().filter_map(pick).collect();
        values.sort_by(f64::total_cmp);
        let at = |q: f64| values.get(((values.len().saturating_sub(1)) as f64 * q).round() as usize).copied();
        Some(Range { p5: at(0.05)?, p50: at(0.5)?, p95: at(0.95)? })
    };
    let whole = |pick: &dyn Fn(&Figures) -> f64| range(&|f| Some(pick(f))).unwrap_or(Range { p5: 0.0, p50: 0.0, p95: 0.0 });
    EnsembleFigures {
        members,
        seed,
        share_short: short as f64 / all.len().max(1) as f64,
        share_recovered: if short > 0 { recovered as f64 / short as f64 } else { 0.0 },
        cars_not_built: whole(&|f| f.cars_not_built),
        most_cars_waiting: whole(&|f| f.most_cars_waiting),
        days_to_shortage: range(&|f| f.days_to_shortage),
        days_to_recovery: range(&|f| f.days_to_recovery),
        extra_kg_co2e_per_car: whole(&|f| f.extra_kg_co2e_per_car),
        mass_error: outcomes.iter().map(|o| o.mass_error).fold(0.0, f64::max),
    }
}
