//! A car with twice the pack and twice the machine: its mass, range, consumption, cost, footprint and credits.
//!
//! ```text
//! kerb mass = catalogue + (built up with the doubled parts − built up as it is)
//! the price is the same if  cost(doubled, later year) ≤ cost(base, first year)·(1 + tolerance)
//! ```
//!
//! The structure follows the heavier parts, as in the sizing of any car without a kerb mass. Cost is that of production at the
//! prices of the year; what a buyer pays on top follows habits that no table holds.

use minewheel_assess::AssessError;
use minewheel_assess::assessment::{Assessment, assess};
use minewheel_assess::scenario::{GridChoice, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::row::{Draw, Value};
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_model::drive::{RangeRule, range};
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict, preset_of};
use crate::credits::design::{DesignError, Given, design_credit};
use crate::credits::rules::RuleBook;

/// The cars and years of a case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    preset: String,
    place: String,
    car: String,
    factor: f64,
    first_year: i32,
    later_year: i32,
    credit_years: Vec<i32>,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DoubledRule {
    /// How much dearer still counts as the same price.
    pub tolerance: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    false_words: String,
}

/// One variant of the car.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Variant {
    /// What is doubled.
    pub what: &'static str,
    /// Energy of the pack in kWh.
    pub pack_kwh: f64,
    /// Power in kW.
    pub power_kw: f64,
    /// Kerb mass in kg.
    pub kerb_mass_kg: f64,
    /// Range by the cycle of China in km.
    pub cltc_km: f64,
    /// Range by the old European cycle in km.
    pub nedc_km: f64,
    /// Consumption by the cycle of China in kWh/100 km.
    pub cltc_kwh_per_100km: f64,
    /// Footprint of production in kg CO2e.
    pub production_kg_co2e: f64,
    /// Cost of production in US dollars at the prices of the first year.
    pub first_cost_usd: f64,
    /// The same at the prices of the later year.
    pub later_cost_usd: f64,
    /// New-energy credits by accounting year; `None`: the edition gives none, or is not known.
    pub credits: Vec<Credits>,
}

/// Credits of a year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Credits {
    /// The accounting year.
    pub year: i32,
    /// Credits of one car.
    pub credit: Option<f64>,
    /// The weakest value behind it.
    pub status: Option<Status>,
}

/// The statement recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DoubledJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: DoubledRule,
    /// First and later year.
    pub years: [i32; 2],
    /// As it is, and doubled in one or both.
    pub variants: Vec<Variant>,
}

/// Recomputes the statement.
///
/// # Errors
/// The car is unknown, has no battery, or cannot be assessed.
pub(super) fn judge(store: &Store, tables: &Tables, case: Statement, compute: &Compute, rule: DoubledRule) -> Result<DoubledJudgement, CaseError> {
    let base = tables.catalogue.car(&compute.car)?.clone();
    let book = RuleBook::read(store, false).map_err(|violations| CaseError::Data { found: violations.iter().map(ToString::to_string).collect() })?;
    let built = |design: &CarDesign| -> Result<f64, CaseError> {
        let scenario = scenario(tables, &case, compute, compute.later_year)?;
        let open = CarDesign { kerb_mass_kg: None, ..design.clone() };
        Ok(single(assess(tables, &[open], &scenario, None)?).kerb_mass_kg)
    };
    let as_it_is = built(&base)?;
    let mut variants = Vec::new();
    for (what, pack, power) in
        [("as it is", 1.0, 1.0), ("pack", compute.factor, 1.0), ("power", 1.0, compute.factor), ("pack and power", compute.factor, compute.factor)]
    {
        let mut design = scaled(&base, pack, power);
        if let Some(kerb) = base.kerb_mass_kg {
            design.kerb_mass_kg = Some(Value::given(kerb.best + built(&design)? - as_it_is));
        }
        variants.push(variant(tables, &case, compute, &book, what, &design)?);
    }
    let (first, doubled) = (&variants[0], &variants[variants.len() - 1]);
    let same = doubled.later_cost_usd <= first.first_cost_usd * (1.0 + rule.tolerance);
    let (verdict, template) = if same { (Verdict::True, &rule.true_words) } else { (Verdict::False, &rule.false_words) };
    let credit = |v: &Variant, year: i32| {
        v.credits.iter().find(|c| c.year == year).and_then(|c| c.credit).map_or_else(|| "none known".to_owned(), |c| format!("{c:.2}"))
    };
    let (early, late) = (compute.credit_years.first().copied().unwrap_or_default(), compute.credit_years.last().copied().unwrap_or_default());
    let words = template
        .replace("{first_year}", &compute.first_year.to_string())
        .replace("{later_year}", &compute.later_year.to_string())
        .replace("{mass}", &format!("{:+.0}", doubled.kerb_mass_kg - first.kerb_mass_kg))
        .replace("{range}", &format!("{:.0}", doubled.cltc_km))
        .replace("{base_range}", &format!("{:.0}", first.cltc_km))
        .replace("{energy}", &format!("{:+.0} %", 100.0 * (doubled.cltc_kwh_per_100km / first.cltc_kwh_per_100km - 1.0)))
        .replace("{footprint}", &format!("{:+.0} %", 100.0 * (doubled.production_kg_co2e / first.production_kg_co2e - 1.0)))
        .replace("{cost}", &format!("{:.0}", doubled.later_cost_usd))
        .replace("{base_cost}", &format!("{:.0}", first.first_cost_usd))
        .replace("{at_once}", &format!("{:+.0} %", 100.0 * (doubled.first_cost_usd / first.first_cost_usd - 1.0)))
        .replace("{early}", &early.to_string())
        .replace("{late}", &late.to_string())
        .replace("{base_early}", &credit(first, early))
        .replace("{doubled_early}", &credit(doubled, early))
        .replace("{base_late}", &credit(first, late))
        .replace("{doubled_late}", &credit(doubled, late));
    Ok(DoubledJudgement { case, verdict, words, rule, years: [compute.first_year, compute.later_year], variants })
}

fn scenario(tables: &Tables, case: &Statement, compute: &Compute, year: i32) -> Result<Scenario, CaseError> {
    Ok(Scenario {
        country: tables.places.id(&compute.place).map_err(AssessError::from)?,
        year,
        method: "ar6-gwp100".to_owned(),
        preset: preset_of(&case.id, &compute.preset)?,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    })
}

/// The car with more pack and power; a stated mass of the pack goes with its energy.
fn scaled(base: &CarDesign, pack: f64, power: f64) -> CarDesign {
    let mut design = base.clone();
    let times = |value: &mut Option<Value>, factor: f64| *value = value.map(|v| v.scaled(factor));
    if let Some(battery) = &mut design.battery {
        battery.gross_energy_kwh = battery.gross_energy_kwh.scaled(pack);
        times(&mut battery.usable_energy_kwh, pack);
        times(&mut battery.pack_mass_kg, pack);
    }
    for motor in &mut design.motors {
        times(&mut motor.peak_power_kw, power);
    }
    design
}

fn single(mut results: Vec<Assessment>) -> Assessment {
    results.swap_remove(0)
}

fn variant(
    tables: &Tables,
    case: &Statement,
    compute: &Compute,
    book: &RuleBook,
    what: &'static str,
    design: &CarDesign,
) -> Result<Variant, CaseError> {
    let at = |year: i32| -> Result<Assessment, CaseError> {
        Ok(single(assess(tables, std::slice::from_ref(design), &scenario(tables, case, compute, year)?, None)?))
    };
    let (first, later) = (at(compute.first_year)?, at(compute.later_year)?);
    let by = |rule: RangeRule| range(design, rule, &tables.rules(), &Draw::BEST).map_err(AssessError::from);
    let (cltc, nedc) = (by(RangeRule::Cltc)?, by(RangeRule::Nedc)?);
    let mut credits = Vec::new();
    for &year in &compute.credit_years {
        let found = match design_credit(design, tables, book, year, &Given::default()) {
            Ok(found) => Some(found.credit),
            Err(DesignError::Assess(error)) => return Err(CaseError::Assess(*error)),
            Err(DesignError::Credit(_)) => None,
        };
        credits.push(Credits { year, credit: found.as_ref().map(|c| c.credit), status: found.as_ref().map(|c| c.weakest_status) });
    }
    Ok(Variant {
        what,
        pack_kwh: design.battery.as_ref().map_or(0.0, |b| b.gross_energy_kwh.best),
        power_kw: design.motors.iter().filter_map(|m| m.peak_power_kw).map(|p| p.best).sum(),
        kerb_mass_kg: later.kerb_mass_kg,
        cltc_km: cltc.range_km,
        nedc_km: nedc.range_km,
        cltc_kwh_per_100km: cltc.consumption_kwh_per_100km,
        production_kg_co2e: later.climate.production_kg.value,
        first_cost_usd: first.cost.production_usd.value,
        later_cost_usd: later.cost.production_usd.value,
        credits,
    })
}
