//! What a maker and its suppliers can cut together, on a synthetic chain.
//!
//! The chain is made up as in [`crate::suppliers::synthesise`] and planned as in [`crate::suppliers::plan`]. Carbon is set beside
//! what the suppliers hold today, energy beside what their lines take in the model, waste beside what the works lose.

use minewheel_assess::AssessError;
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::store::Store;
use minewheel_data::units::Energy;
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};
use crate::suppliers::SuppliersError;
use crate::suppliers::car::SuppliedCar;
use crate::suppliers::pcf::read_footprints;
use crate::suppliers::plan::{Plan, PlanYear, plan};
use crate::suppliers::programme::{Texts, read, read_brief, read_suppliers};
use crate::suppliers::rollup::roll_up;
use crate::suppliers::synthesise::{places, synthesise};
use crate::suppliers::tables::SupplierTables;

/// What a case computes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    car: String,
    year: i32,
    suppliers: usize,
    seed: u64,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChainRule {
    /// By which share each must fall.
    pub least_share: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// The statement beside the plan.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChainJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: ChainRule,
    /// The suppliers' carbon less, in the last year.
    pub carbon_share: f64,
    /// Their energy less.
    pub energy_share: f64,
    /// Their waste less.
    pub waste_share: f64,
    /// How far the plan is below its bound.
    pub gap: f64,
    /// Years.
    pub years: Vec<PlanYear>,
}

/// A made-up programme, planned.
struct Planned {
    plan: Plan,
    base_kg: f64,
    energy_mj: f64,
    waste: f64,
}

fn planned(store: &Store, tables: &Tables, compute: &Compute) -> Result<Planned, SuppliersError> {
    let fault = |reason: String| SuppliersError::File { file: "suppliers".to_owned(), reason };
    let own = SupplierTables::read(store, false).map_err(|v| SuppliersError::Faults(v.iter().map(ToString::to_string).collect()))?;
    let design = tables.catalogue.car(&compute.car).map_err(|e| fault(e.to_string()))?;
    let place = design.plant.country.as_deref().or(design.made_in.as_deref()).unwrap_or("WORLD");
    let scenario = Scenario {
        country: tables.places.id(place).map_err(AssessError::from)?,
        year: compute.year,
        method: "ar6-gwp100".to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    };
    let first = SuppliedCar::open(tables, design, &scenario, &[])?;
    let car = SuppliedCar::open(tables, design, &scenario, &places(tables, &first))?;
    let chain = synthesise(tables, &own, &car, compute.suppliers, compute.seed)?;
    let text = |at: usize| chain.files.get(at).map_or("", |f| f.1.as_str());
    let suppliers = read_suppliers(text(1), &tables.places)?;
    let texts = Texts { suppliers: text(1), supplies: text(2), measures: text(3) };
    let programme = read(&read_brief("programme.toml", text(0))?, suppliers, texts, &car)?;
    let footprints = read_footprints("footprints", text(4))?;
    let codes = |p| tables.places.code(p).to_owned();
    let sum = roll_up(&own, &codes, &programme, &car, &footprints)?;
    let cars = programme.head.cars_per_year;
    let plan = plan(&own, &programme, &car, &sum)?;
    let energy_mj = cars * car.lines.iter().map(|l| Energy::from_kwh(l.kwh).mj() + l.mj).sum::<f64>();
    let waste = programme.suppliers.iter().map(|s| s.waste_share).sum();
    Ok(Planned { plan, base_kg: sum.suppliers_kg * cars, energy_mj, waste })
}

/// Plans and judges.
pub(super) fn judge(store: &Store, tables: &Tables, case: Statement, compute: &Compute, rule: ChainRule) -> Result<ChainJudgement, CaseError> {
    let Planned { plan, base_kg, energy_mj, waste } =
        planned(store, tables, compute).map_err(|e| CaseError::Supply { case: case.id.clone(), reason: e.to_string() })?;
    let last = plan.years.last();
    let of = |f: &dyn Fn(&PlanYear) -> f64| last.map_or(0.0, f);
    let carbon_share = of(&|y| y.abated_kg) / base_kg;
    let energy_share = of(&|y| Energy::from_kwh(y.electricity_saved_kwh).mj() + y.heat_saved_mj) / energy_mj;
    let waste_share = if waste > 0.0 { plan.decisions.iter().map(|d| d.measure.waste_cut).sum::<f64>() / waste } else { 0.0 };
    let falls = [carbon_share, energy_share, waste_share].map(|s| s >= rule.least_share);
    let (verdict, template) = if falls.iter().all(|f| *f) && plan.meets_targets {
        (Verdict::True, &rule.true_words)
    } else if falls.iter().any(|f| *f) {
        (Verdict::Depends, &rule.depends_words)
    } else {
        (Verdict::False, &rule.false_words)
    };
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    let millions = |usd: f64| format!("{:.1}", usd / MILLION);
    let words = template
        .replace("{carbon}", &percent(carbon_share))
        .replace("{energy}", &percent(energy_share))
        .replace("{waste}", &percent(waste_share))
        .replace("{spent}", &millions(plan.years.iter().map(|y| y.spent_usd).sum()))
        .replace("{saved}", &millions(of(&|y| y.saved_usd)))
        .replace("{years}", &plan.years.len().to_string())
        .replace("{decisions}", &plan.decisions.len().to_string())
        .replace("{measures}", &plan.measures.to_string())
        .replace("{suppliers}", &plan.suppliers.to_string())
        .replace("{met}", if plan.meets_targets { "yes" } else { "no" })
        .replace("{gap}", &format!("{:.2} %", 100.0 * plan.gap));
    Ok(ChainJudgement { case, verdict, words, rule, carbon_share, energy_share, waste_share, gap: plan.gap, years: plan.years })
}

/// For printing.
const MILLION: f64 = 1e6;
