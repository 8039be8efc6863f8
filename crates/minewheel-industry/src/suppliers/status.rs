//! Where a programme stands: who has reported, who was asked, what is done, and how far that is from the targets.

use std::collections::BTreeMap;

use serde::Serialize;

use super::SuppliersError;
use super::car::SuppliedCar;
use super::measures::worth;
use super::pcf::{RequestState, request_id};
use super::programme::Programme;
use super::rollup::{Reported, RollUp};
use super::tables::SupplierTables;

/// One year beside its target.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Progress {
    /// The year.
    pub year: i32,
    /// Avoided by what is done, in kg CO2e.
    pub abated_kg: f64,
    /// The target in kg CO2e.
    pub target_kg: Option<f64>,
    /// The part of the target that is met.
    pub met_share: Option<f64>,
    /// Money spent on what was done in the year, in USD.
    pub spent_usd: f64,
    /// The year's budget in USD.
    pub budget_usd: f64,
}

/// One supplier's state.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SupplierState {
    /// The supplier.
    pub supplier: String,
    /// Steps from the car maker.
    pub tier: usize,
    /// How its figure is known.
    pub reported: Reported,
    /// How far its request is.
    pub request: RequestState,
    /// Measures done.
    pub measures_done: usize,
    /// Measures in all.
    pub measures: usize,
    /// What it holds, in kg CO2e a car.
    pub kg_co2e: f64,
}

/// The whole.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ProgrammeStatus {
    /// The programme.
    pub programme: String,
    /// Whether it is made up.
    pub is_synthetic: bool,
    /// The part of the production footprint that rests on suppliers' primary data.
    pub primary_data_share: f64,
    /// Suppliers by the state of their requests.
    pub requests: BTreeMap<String, usize>,
    /// Measures done, of all.
    pub measures_done: usize,
    /// Measures.
    pub measures: usize,
    /// Years beside their targets.
    pub progress: Vec<Progress>,
    /// Suppliers, those that hold most first.
    pub suppliers: Vec<SupplierState>,
    /// What must be known to read it.
    pub notices: Vec<String>,
}

/// Word of a state.
pub const fn word(state: RequestState) -> &'static str {
    match state {
        RequestState::Reported => "reported",
        RequestState::Fulfilled => "fulfilled",
        RequestState::Rejected => "rejected",
        RequestState::Open => "open",
        RequestState::NotAsked => "not-asked",
    }
}

/// Looks where a programme stands.
///
/// # Errors
/// A number is missing.
pub fn status(
    tables: &SupplierTables,
    programme: &Programme,
    car: &SuppliedCar,
    sum: &RollUp,
    requests: &BTreeMap<String, RequestState>,
) -> Result<ProgrammeStatus, SuppliersError> {
    let worth = worth(tables, programme, car)?;
    let base = sum.suppliers_kg * programme.head.cars_per_year;
    let mut years: Vec<i32> = programme.budget.keys().chain(programme.target.keys()).copied().collect();
    years.extend(worth.iter().filter_map(|m| m.done_year));
    years.sort_unstable();
    years.dedup();
    let progress = years
        .into_iter()
        .map(|year| {
            let abated: f64 = worth.iter().filter(|m| m.done_year.is_some_and(|d| d <= year)).map(|m| m.abated_kg_per_year).sum::<f64>() + 0.0;
            let target = programme.target.get(&year).map(|t| t * base);
            Progress {
                year,
                abated_kg: abated,
                target_kg: target,
                met_share: target.filter(|t| *t > 0.0).map(|t| abated / t),
                spent_usd: worth.iter().filter(|m| m.done_year == Some(year)).map(|m| m.investment_usd).sum(),
                budget_usd: programme.budget.get(&year).copied().unwrap_or(0.0),
            }
        })
        .collect();
    let suppliers: Vec<SupplierState> = sum
        .suppliers
        .iter()
        .map(|line| {
            let own = || worth.iter().filter(|m| m.supplier == line.supplier);
            let asked = requests.get(&request_id(&line.supplier)).copied();
            let request = match (asked, line.reported) {
                (Some(state), _) => state,
                (None, Reported::Nothing) => RequestState::NotAsked,
                (None, _) => RequestState::Reported,
            };
            SupplierState {
                supplier: line.supplier.clone(),
                tier: line.tier,
                reported: line.reported,
                request,
                measures_done: own().filter(|m| m.done_year.is_some()).count(),
                measures: own().count(),
                kg_co2e: line.kg_co2e,
            }
        })
        .collect();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for supplier in &suppliers {
        *counts.entry(word(supplier.request).to_owned()).or_default() += 1;
    }
    Ok(ProgrammeStatus {
        programme: programme.head.name.clone(),
        is_synthetic: programme.head.is_synthetic,
        primary_data_share: sum.primary_data_share,
        requests: counts,
        measures_done: worth.iter().filter(|m| m.done_year.is_some()).count(),
        measures: worth.len(),
        progress,
        suppliers,
        notices: sum.notices.clone(),
    })
}
