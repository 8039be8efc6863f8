//! Drive units by themselves: footprint, cost and rare-earth demand of what their bill lists.
//!
//! ```text
//! footprint = Σ amount·score        cost = Σ (rows of prices.csv per kW and per piece)
//! risk      = Σ_e m_e·max_tier Σ_c s_c²
//! ```
//!
//! `risk` weighs the kilograms of each rare earth with the Herfindahl index of the most concentrated tier it passes: 1 kg
//! from one country counts 1. The cost is that of interior-magnet machines by rating, corrected for what
//! this machine holds more or less than the reference: rare earths at the year's oxide prices, copper, steel. Rows of assembly,
//! tooling and yield are those of the class; a topology that is harder to wind is not dearer here.

use std::collections::BTreeMap;

use minewheel_data::parameters::ParameterError;
use minewheel_data::places::PlaceId;
use minewheel_data::row::Draw;
use minewheel_data::status::Status;
use minewheel_model::bill::BillLine;
use minewheel_model::motor::MachineMasses;
use serde::Serialize;

use crate::AssessError;
use crate::footprint::SolvedNetwork;
use crate::network::{NetworkError, PlacedNetworkBuilder};
use crate::origin::origin;
use crate::tables::Tables;

/// One product of a bill with its footprint.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ScoredLine {
    /// The part.
    pub part: String,
    /// The product bought.
    pub product: String,
    /// How much of it, in its unit.
    pub amount: f64,
    /// Its unit.
    pub unit: String,
    /// Footprint in kg CO2e.
    pub kg_co2e: f64,
    /// How well the amount is known.
    pub status: Status,
}

/// Scores a bill, made by a plant in a place and year.
///
/// # Errors
/// A product is unknown or has no maker, or the network cannot be solved.
pub fn score_bill(tables: &Tables, lines: &[BillLine], plant: PlaceId, year: i32, method: &str) -> Result<Vec<ScoredLine>, AssessError> {
    let mut scored = score_bills(tables, &[lines], plant, year, method)?;
    Ok(scored.pop().unwrap_or_default())
}

/// As [`score_bill`] for several bills that share one network.
///
/// # Errors
/// A product is unknown or has no maker, or the network cannot be solved.
pub fn score_bills(tables: &Tables, bills: &[&[BillLine]], plant: PlaceId, year: i32, method: &str) -> Result<Vec<Vec<ScoredLine>>, AssessError> {
    let mut builder = PlacedNetworkBuilder::new(tables, year, &[])?;
    let mut columns = Vec::new();
    for line in bills.iter().flat_map(|b| b.iter()) {
        let product = tables.cards.product_id(&line.product).ok_or_else(|| NetworkError::UnknownProduct(line.product.to_string()))?;
        columns.push((product, builder.bought_by_plant(product, plant)?));
    }
    let placed = builder.build()?;
    let solved = SolvedNetwork::new(tables, &placed, method)?;
    let values = solved.scores.values();
    let mut columns = columns.into_iter();
    let mut out = Vec::new();
    for bill in bills {
        let scored = bill.iter().zip(columns.by_ref()).map(|(line, (product, column))| ScoredLine {
            part: line.part.to_string(),
            product: line.product.to_string(),
            amount: line.amount,
            unit: tables.cards.product(product).unit.clone(),
            kg_co2e: line.amount * values[column.index()],
            status: tables.rows.weakest(line.rows.iter().copied()),
        });
        out.push(scored.collect());
    }
    Ok(out)
}

/// Rare earths of machines in kg, by element.
pub fn rare_earths(machines: &[MachineMasses]) -> BTreeMap<&'static str, f64> {
    let sum = |f: fn(&MachineMasses) -> f64| machines.iter().map(f).sum::<f64>();
    BTreeMap::from([
        ("neodymium", sum(|m| m.elements_kg.neodymium)),
        ("praseodymium", sum(|m| m.elements_kg.praseodymium)),
        ("dysprosium", sum(|m| m.elements_kg.dysprosium)),
        ("terbium", sum(|m| m.elements_kg.terbium)),
    ])
}

/// Kilograms of rare earths weighed with the concentration of their most concentrated tier.
///
/// Praseodymium and terbium have no chain of their own and take those of neodymium and dysprosium, with which they are mined.
pub fn supply_risk(tables: &Tables, machines: &[MachineMasses], year: i32) -> f64 {
    let chains = |element: &str| {
        match element {
            "praseodymium" => "neodymium",
            "terbium" => "dysprosium",
            other => other,
        }
        .to_owned()
    };
    rare_earths(machines)
        .into_iter()
        .map(|(element, kg)| {
            let chain = chains(element);
            let tiers = origin(tables, std::iter::once(chain.as_str()), year);
            let concentration = tiers.iter().map(|t| t.shares.values().map(|s| s * s).sum::<f64>()).fold(0.0, f64::max);
            kg * concentration
        })
        .sum()
}

/// Cost in US dollars of machines and inverters of a rating, with the rare earths at the prices of the year.
///
/// # Errors
/// A price is missing.
pub fn drive_cost(tables: &Tables, machines: &[MachineMasses], machine_kw: f64, inverter_kw: f64, year: i32) -> Result<f64, ParameterError> {
    let price = |subject: &str, property: &str, unit: &str| -> Result<f64, ParameterError> {
        let subject = tables.prices.subject(subject)?;
        let value = subject.value_at(property, &[], year, unit).or_else(|_| subject.value_at(property, &[], i32::MAX, unit))?;
        Ok(Draw::BEST.of(&value))
    };
    let count = machines.len() as f64;
    let mut usd = machine_kw * price("motor", "production_cost", "USD/kW")? + count * price("motor", "fixed_production_cost", "USD/item")?;
    usd += inverter_kw * price("inverter", "production_cost", "USD/kW")? + count * price("inverter", "fixed_production_cost", "USD/item")?;
    // Prices of motors by kilowatt are those of interior magnets with the metals of the reference.
    let reference = |property: &str| -> Result<f64, ParameterError> { Ok(machine_kw * Draw::BEST.of(&tables.motors.cost_reference(property)?)) };
    let (copper, steel) = (price("copper-cathode", "price", "USD/kg")?, price("steel-hot-rolled", "price", "USD/kg")?);
    let (light, dysprosium, terbium) =
        (price("neodymium-oxide", "price", "USD/kg")?, price("dysprosium-oxide", "price", "USD/kg")?, price("terbium-oxide", "price", "USD/kg")?);
    let earths = rare_earths(machines);
    let held = (earths["neodymium"] + earths["praseodymium"]) * light + earths["dysprosium"] * dysprosium + earths["terbium"] * terbium;
    let copper_kg: f64 = machines.iter().map(|m| m.copper_kg).sum();
    let steel_kg: f64 = machines.iter().map(MachineMasses::laminations_kg).sum();
    usd += held - reference("rare_earth")? * light;
    usd += (copper_kg - reference("copper")?) * copper + (steel_kg - reference("electrical_steel")?) * steel;
    Ok(usd)
}
