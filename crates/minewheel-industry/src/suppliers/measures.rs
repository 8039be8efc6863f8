//! What measures of a works are worth, and the curve of abatement by cost.
//!
//! ```text
//! electricity saved  E·s·g        heat saved  H·s·h        heat pumped  H·p·(h − g/cop)        g: grid and contract, mixed
//! from scrap         M·r·Δ        less waste  U·w·c        green power  E·(γ' − γ)·(g_grid − g_green)
//! cost a tonne = (investment/life − yearly saving) / yearly abatement
//! ```
//!
//! `E`, `H`: energy of the works for the programme in a year; `M`: metal or resin that scrap can replace, `Δ` what a kilogram of
//! it emits less; `U`: what the works buys, `w` the part it loses. Measures of one works count in this order, each on what
//! those before it leave, so a part of them never does less than is counted: their sum is a lower bound of any choice. What a
//! saving changes at a supplier's own suppliers is counted by waste and scrap alone.

use minewheel_data::units::Energy;
use serde::Serialize;

use super::SuppliersError;
use super::car::SuppliedCar;
use super::programme::{Measure, Programme};
use super::rollup::{energy_kg, factors, held};
use super::tables::SupplierTables;

/// One measure with its worth.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MeasureLine {
    /// The supplier.
    pub supplier: String,
    /// The kind.
    pub measure: String,
    /// What it avoids in a year, in kg CO2e.
    pub abated_kg_per_year: f64,
    /// Electricity less in a year, in kWh; below nought: more.
    pub electricity_saved_kwh: f64,
    /// Heat less in a year, in MJ.
    pub heat_saved_mj: f64,
    /// Waste less in a year, in parts of the works' input.
    pub waste_cut: f64,
    /// Investment in USD.
    pub investment_usd: f64,
    /// Saving a year in USD; below nought: a cost.
    pub saving_usd_per_year: f64,
    /// Cost of a tonne avoided, in USD.
    pub usd_per_tonne: f64,
    /// Years from the decision to the effect.
    pub lead_years: f64,
    /// The year in which it was done.
    pub done_year: Option<i32>,
    /// Where its numbers are from.
    pub source: String,
    /// How well they are known.
    pub status: String,
}

/// The order in which measures of one works count.
fn order(measure: &Measure) -> usize {
    if measure.electricity_saved > 0.0 || measure.heat_saved > 0.0 {
        0
    } else if measure.heat_pumped > 0.0 {
        1
    } else if measure.recycled_share > 0.0 || measure.waste_cut > 0.0 {
        2
    } else {
        3
    }
}

/// A works' year, as far as measures change it.
struct Works {
    electricity_kwh: f64,
    heat_mj: f64,
    heat_factor: f64,
    bought_kg_co2e: f64,
    replaceable: Vec<(f64, f64)>,
}

fn works(programme: &Programme, car: &SuppliedCar, index: usize) -> Result<Works, SuppliersError> {
    let supplier = &programme.suppliers[index];
    let cars = programme.head.cars_per_year;
    let energy = factors(car, supplier)?;
    let (mut bought, mut kwh, mut mj, mut replaceable) = (0.0, 0.0, 0.0, Vec::new());
    for supply in programme.supplies.iter().filter(|s| s.supplier == index) {
        for (_, share, line) in held(programme, car, supply) {
            let is_own = supply.product.is_some() || line.is_own_work;
            if is_own {
                kwh += cars * share * line.kwh;
                mj += cars * share * line.mj;
            }
            bought += cars * share * if is_own { line.at_gate() - line.energy_kg_co2e } else { line.kg_co2e };
            if let Some(gain) = car.recycled_gain.get(&line.group).filter(|_| supply.product.is_some() && line.unit == "kg") {
                replaceable.push((cars * share * line.amount.max(0.0), *gain));
            }
        }
    }
    let (electricity_kwh, heat_mj, heat_factor) = match supplier.electricity_kwh {
        Some(metered) => {
            let heat: f64 = supplier.heat_mj + supplier.heats_mj.iter().sum::<f64>();
            let mut no_power = supplier.clone();
            no_power.electricity_kwh = None;
            let emitted = energy_kg(car, &no_power)?;
            let heat = supplier.programme_share * heat;
            (supplier.programme_share * metered, heat, if heat > 0.0 { emitted / heat } else { energy.heat })
        }
        None => (kwh, mj, energy.heat),
    };
    Ok(Works { electricity_kwh, heat_mj, heat_factor, bought_kg_co2e: bought.max(0.0), replaceable })
}

/// Every measure of a programme with its worth, in the order of the programme.
///
/// # Errors
/// A number is missing.
pub fn worth(tables: &SupplierTables, programme: &Programme, car: &SuppliedCar) -> Result<Vec<MeasureLine>, SuppliersError> {
    let life = tables.number("measure", "life", "year")?;
    let mut all: Vec<Option<MeasureLine>> = vec![None; programme.measures.len()];
    for index in 0..programme.suppliers.len() {
        let supplier = &programme.suppliers[index];
        let energy = factors(car, supplier)?;
        let mut works = works(programme, car, index)?;
        let mut green = supplier.green_share;
        let mut waste = supplier.waste_share;
        let mut own: Vec<usize> = (0..programme.measures.len()).filter(|m| programme.measures[*m].supplier == index).collect();
        own.sort_by_key(|m| (order(&programme.measures[*m]), *m));
        for at in own {
            let m = &programme.measures[at];
            let power = green * energy.green + (1.0 - green) * energy.grid;
            let saved_kwh = works.electricity_kwh * m.electricity_saved;
            let saved_mj = works.heat_mj * m.heat_saved;
            let pumped_mj = (works.heat_mj - saved_mj) * m.heat_pumped;
            let pump_kwh = Energy::from_mj(pumped_mj).kwh() / m.cop;
            let mut abated = saved_kwh * power + (saved_mj + pumped_mj) * works.heat_factor - pump_kwh * power;
            works.electricity_kwh += pump_kwh - saved_kwh;
            works.heat_mj -= saved_mj + pumped_mj;
            abated += works.replaceable.iter().map(|(kg, gain)| kg * m.recycled_share * gain).sum::<f64>();
            let cut = waste * m.waste_cut;
            abated += works.bought_kg_co2e * cut;
            waste -= cut;
            let more_green = (m.green_share - green).max(0.0);
            abated += works.electricity_kwh * more_green * (energy.grid - energy.green);
            green += more_green;
            let yearly = m.investment_usd / life - m.saving_usd;
            all[at] = Some(MeasureLine {
                supplier: supplier.id.clone(),
                measure: m.kind.clone(),
                abated_kg_per_year: abated,
                electricity_saved_kwh: saved_kwh - pump_kwh,
                heat_saved_mj: saved_mj + pumped_mj,
                waste_cut: cut,
                investment_usd: m.investment_usd,
                saving_usd_per_year: m.saving_usd,
                usd_per_tonne: if abated > 0.0 { yearly / minewheel_data::units::Mass::from_kg(abated).t() } else { f64::INFINITY },
                lead_years: m.lead_years,
                done_year: m.done_year,
                source: m.source.clone(),
                status: m.status.clone(),
            });
        }
    }
    Ok(all.into_iter().flatten().collect())
}

/// What a measure must avoid in a year to count, in kg CO2e: less is rounding.
pub const LEAST_KG: f64 = 1.0;

/// One step of the curve.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CurveStep {
    /// The measure.
    #[serde(flatten)]
    pub measure: MeasureLine,
    /// Abatement of this and all cheaper measures, in kg CO2e a year.
    pub cumulative_kg_per_year: f64,
}

/// The curve of abatement: measures that avoid something and are not done, the cheapest first.
pub fn curve(worth: &[MeasureLine]) -> Vec<CurveStep> {
    let mut open: Vec<&MeasureLine> = worth.iter().filter(|m| m.abated_kg_per_year > LEAST_KG && m.done_year.is_none()).collect();
    open.sort_by(|a, b| {
        a.usd_per_tonne.total_cmp(&b.usd_per_tonne).then_with(|| a.supplier.cmp(&b.supplier)).then_with(|| a.measure.cmp(&b.measure))
    });
    let mut sum = 0.0;
    open.into_iter()
        .map(|m| {
            sum += m.abated_kg_per_year;
            CurveStep { measure: m.clone(), cumulative_kg_per_year: sum }
        })
        .collect()
}
