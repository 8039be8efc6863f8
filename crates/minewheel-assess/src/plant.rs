//! A car plant on a grid: footprint by shop, what measures are worth there, and a car's supply beside the grid.
//!
//! ```text
//! footprint  = bought·g + solar·g_s + contract·g_w + heat·g_h            g: footprint of a unit, from the network
//! abatement  = (cost − saved energy cost) / (footprint before − after)
//! ```
//!
//! Measures are put in place one after the other: first those that pay for themselves, then by cost a tonne, each counted
//! on what those before it left. A supply beside the grid (`plant.electricity`, `plant.solar_share` …) is counted by what is built or
//! contracted for the plant, not by the grid that it stands in; the default is the grid of the place. Contracted wind and water
//! power bears the loss of the high-voltage grid, solar on site none.

use std::sync::Arc;

use minewheel_data::car::{CarDesign, PlantDesign};
use minewheel_data::cards::Target;
use minewheel_data::electricity::VoltageLevel;
use minewheel_data::places::PlaceId;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::status::Status;
use minewheel_data::units::{Co2e, Mass};
use minewheel_model::bill::{BillLine, Stage};
use minewheel_model::plant::{Measure, PRESS_SHOP, PlantEnergy};
use serde::Serialize;

use crate::AssessError;
use crate::machine::score_bill;
use crate::network::NetworkError;
use crate::tables::Tables;

/// The electricity that a plant draws.
const GRID: &str = "electricity-high-voltage";
const SOLAR: &str = "electricity-from-solar";
const WIND: &str = "electricity-from-wind-onshore";
const HEAT: &str = "heat";
/// The service of the press shop, and the parts whose presses stand in the car plant.
const STAMPING: &str = "stamping";
const PRESSED_HERE: [&str; 2] = ["body-in-white", "closures"];

/// Electricity and heat that the card of a product takes itself, per unit, where a plant stands.
///
/// # Errors
/// No process makes the product there.
pub fn direct_energy(tables: &Tables, product: &str, place: PlaceId, year: i32, draw: &Draw<'_>) -> Result<(f64, f64, Vec<RowId>), NetworkError> {
    let id = tables.cards.product_id(product).ok_or_else(|| NetworkError::UnknownProduct(product.to_owned()))?;
    let (grid, heat) = (tables.cards.product_id(GRID), tables.cards.product_id(HEAT));
    let world = tables.places.id("WORLD")?;
    let mut lineage: Vec<PlaceId> = tables.places.lineage(place).collect();
    if !lineage.contains(&world) {
        lineage.push(world);
    }
    let (mut kwh, mut mj, mut rows) = (0.0, 0.0, Vec::new());
    for route in tables.markets.routes(&tables.cards, &tables.places, id, &lineage, year)? {
        for exchange in tables.cards.exchanges_at(route.of, &lineage) {
            let Target::Product(input) = exchange.target else { continue };
            let amount = route.share.best * draw.of(&exchange.amount);
            if Some(input) == grid {
                kwh += amount;
            } else if Some(input) == heat {
                mj += amount;
            } else {
                continue;
            }
            rows.push(exchange.amount.row);
        }
    }
    Ok((kwh, mj, rows))
}

/// Whether a line of a bill is work that the car plant does.
pub fn is_of_plant(line: &BillLine) -> bool {
    line.stage == Stage::Assembly || (&*line.product == STAMPING && PRESSED_HERE.contains(&&*line.part))
}

/// Losses between a busbar and a plant: contracted electricity comes over the grid, solar on site does not.
fn with_loss(tables: &Tables, product: &str, place: PlaceId, draw: &Draw<'_>) -> f64 {
    if product == SOLAR {
        return 1.0;
    }
    let lineage: Vec<PlaceId> = tables.places.lineage(place).collect();
    tables.electricity.loss(&lineage, VoltageLevel::High).map_or(1.0, |loss| 1.0 / (1.0 - draw.of(&loss)))
}

/// Lines that put a plant's own supplies in the place of the grid's electricity; none where the plant is on the grid.
///
/// # Errors
/// The plant's place is unknown, or nothing makes a service there.
pub(crate) fn supply_lines(design: &CarDesign, bill: &[BillLine], tables: &Tables, year: i32, draw: &Draw<'_>) -> Result<Vec<BillLine>, AssessError> {
    let supplies = design.plant.supplies();
    if supplies.is_empty() {
        return Ok(Vec::new());
    }
    let code = design.plant.country.as_deref().or(design.made_in.as_deref());
    let place = tables.places.id(code.unwrap_or("WORLD"))?;
    let (mut kwh, mut rows) = (0.0, Vec::new());
    for line in bill.iter().filter(|l| is_of_plant(l)) {
        let (per_unit, _, exchanges) = direct_energy(tables, &line.product, place, year, draw)?;
        kwh += line.amount * per_unit;
        rows.extend(line.rows.iter().copied().chain(exchanges));
    }
    rows.sort_unstable();
    rows.dedup();
    let line = |product: &str, amount: f64| BillLine {
        stage: Stage::Assembly,
        part: Arc::from("plant-electricity"),
        product: Arc::from(product),
        amount,
        contained: Mass::ZERO,
        place: code.map(Arc::from),
        rows: rows.clone(),
    };
    let replaced: f64 = supplies.iter().map(|s| draw.of(&s.1)).sum();
    let mut lines = vec![line(GRID, -replaced * kwh)];
    for (product, share) in &supplies {
        lines.push(line(product, draw.of(share) * kwh * with_loss(tables, product, place, draw)));
    }
    Ok(lines)
}

/// What a plant's electricity is, in words; `None`: the grid of its place.
pub fn supply_notice(plant: &PlantDesign, place: &str) -> Option<String> {
    let supplies = plant.supplies();
    if supplies.is_empty() {
        return None;
    }
    let word = |product: &str| match product {
        SOLAR => "solar on site",
        WIND => "wind by contract",
        _ => "hydropower by contract",
    };
    let list: Vec<String> = supplies.iter().map(|(product, share)| format!("{:.0} % {}", 100.0 * share.best, word(product))).collect();
    Some(format!("electricity of the plant in {place}: {}, counted by supply and not by the grid of the place", list.join(", ")))
}

/// A shop of the plant with its footprint.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ShopLine {
    /// The shop.
    pub shop: String,
    /// Electricity in kWh a car.
    pub electricity_kwh: f64,
    /// Its range.
    pub electricity_range_kwh: [f64; 2],
    /// Heat in MJ a car.
    pub heat_mj: f64,
    /// Its range.
    pub heat_range_mj: [f64; 2],
    /// Footprint of both in kg CO2e a car.
    pub kg_co2e: f64,
    /// How the energy is known.
    pub status: Status,
    /// Whether a car's footprint counts it with the sheet of each part, and not with the assembly.
    pub is_counted_with_parts: bool,
}

/// A measure in its turn.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MeasureLine {
    /// The measure.
    pub measure: String,
    /// Electricity that is no longer bought, in kWh a car; negative: more is bought.
    pub bought_kwh_saved: f64,
    /// Heat that is no longer made, in MJ a car.
    pub heat_mj_saved: f64,
    /// Footprint avoided after the measures before it, in kg CO2e a car.
    pub kg_co2e: f64,
    /// Footprint avoided if it were the only one, in kg CO2e a car.
    pub kg_co2e_alone: f64,
    /// Capital, upkeep and premiums in USD a car.
    pub cost_usd: f64,
    /// The same less the energy that is no longer paid for.
    pub net_cost_usd: f64,
    /// Net cost in USD a tonne of CO2e; `None`: it avoids nothing.
    pub usd_per_t: Option<f64>,
    /// Footprint that is left, in kg CO2e a car.
    pub left_kg_co2e: f64,
}

/// A plant on a grid.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlantReport {
    /// Where it stands.
    pub country: String,
    /// The year of the grid.
    pub year: i32,
    /// What its electricity is.
    pub electricity: String,
    /// Cars a year.
    pub cars_per_year: f64,
    /// Footprint of a kilowatt-hour it buys, in kg CO2e.
    pub electricity_kg_per_kwh: f64,
    /// Footprint of a megajoule of heat, in kg CO2e.
    pub heat_kg_per_mj: f64,
    /// By shop.
    pub shops: Vec<ShopLine>,
    /// Electricity of all shops in kWh a car.
    pub electricity_kwh: f64,
    /// Heat of all shops in MJ a car.
    pub heat_mj: f64,
    /// Footprint in kg CO2e a car.
    pub kg_co2e: f64,
    /// Measures in the order in which they are put in place.
    pub measures: Vec<MeasureLine>,
    /// What the reader must know of stand-ins.
    pub notices: Vec<String>,
}

/// Footprints of a unit of what a plant takes in.
struct Intensities {
    bought: f64,
    solar: f64,
    wind: f64,
    heat: f64,
}

impl Intensities {
    fn of(&self, plant: &PlantEnergy) -> f64 {
        plant.bought_kwh() * self.bought + plant.solar_used_kwh() * self.solar + plant.contract_kwh() * self.wind + plant.heat_mj() * self.heat
    }
}

/// What to ask of a plant.
#[derive(Debug, Clone)]
pub struct PlantQuestion<'a> {
    /// Where it stands.
    pub place: PlaceId,
    /// The year of the grid.
    pub year: i32,
    /// The climate method.
    pub method: &'a str,
    /// Its supplies.
    pub supply: PlantDesign,
    /// Cars a year; `None`: the reference.
    pub volume: Option<f64>,
    /// Names of measures; `None`: all.
    pub measures: Option<Vec<String>>,
}

/// A plant by shop, and its measures in the order in which they pay.
///
/// # Errors
/// No grid for the place and year.
pub fn plant_report(tables: &Tables, question: &PlantQuestion<'_>) -> Result<PlantReport, AssessError> {
    let (draw, place) = (&Draw::BEST, question.place);
    let mix = tables.electricity.mix(&tables.places, place, question.year)?;
    let i = intensities(tables, question)?;
    let plant = tables.plant.energy(question.volume, draw);
    let kg_co2e = i.of(&plant);
    let scale = |value: &Value, energy: f64| {
        let factor = if value.best == 0.0 { 0.0 } else { energy / value.best };
        [value.low * factor, value.high * factor]
    };
    let shops = tables
        .plant
        .shops
        .iter()
        .zip(&plant.shops)
        .map(|(table, shop)| ShopLine {
            shop: shop.name.to_string(),
            electricity_kwh: shop.electricity_kwh,
            electricity_range_kwh: scale(&table.electricity_kwh, shop.electricity_kwh),
            heat_mj: shop.heat_mj,
            heat_range_mj: table.heat_mj.as_ref().map_or([0.0; 2], |v| scale(v, shop.heat_mj)),
            kg_co2e: shop.electricity_kwh * i.bought + shop.heat_mj * i.heat,
            status: tables.rows.weakest([Some(table.electricity_kwh.row), table.heat_mj.as_ref().map(|v| v.row)].into_iter().flatten()),
            is_counted_with_parts: &*shop.name == PRESS_SHOP,
        })
        .collect();
    let code = tables.places.code(place);
    let wanted = |m: &&Measure| question.measures.as_ref().is_none_or(|names| names.iter().any(|n| **n == *m.name));
    let measures = in_turn(tables, &plant, &i, tables.plant.measures.iter().filter(wanted).collect());
    Ok(PlantReport {
        country: code.to_owned(),
        year: question.year,
        electricity: supply_notice(&question.supply, code).unwrap_or_else(|| format!("the grid of {code}")),
        cars_per_year: question.volume.unwrap_or(tables.plant.reference_volume.best),
        electricity_kg_per_kwh: i.bought,
        heat_kg_per_mj: i.heat,
        shops,
        electricity_kwh: plant.electricity_kwh(),
        heat_mj: plant.heat_mj(),
        kg_co2e,
        measures,
        notices: mix.notice.into_iter().collect(),
    })
}

fn intensities(tables: &Tables, question: &PlantQuestion<'_>) -> Result<Intensities, AssessError> {
    let unit = |product: &str| BillLine {
        stage: Stage::Assembly,
        part: Arc::from("plant"),
        product: Arc::from(product),
        amount: 1.0,
        contained: Mass::ZERO,
        place: None,
        rows: Vec::new(),
    };
    let supplies = question.supply.supplies();
    let mut products = vec![GRID, SOLAR, WIND, HEAT];
    products.extend(supplies.iter().map(|s| s.0));
    let bill: Vec<BillLine> = products.iter().map(|p| unit(p)).collect();
    let scored = score_bill(tables, &bill, question.place, question.year, question.method)?;
    let loss = |product: &str| with_loss(tables, product, question.place, &Draw::BEST);
    let kg = |index: usize| scored.get(index).map_or(0.0, |s| s.kg_co2e * loss(products[index]));
    let own: f64 = supplies.iter().map(|s| s.1.best).sum();
    // The grid's product is delivered already: its loss is in the network.
    let grid = scored.first().map_or(0.0, |s| s.kg_co2e);
    let bought = (1.0 - own) * grid + supplies.iter().enumerate().map(|(n, s)| s.1.best * kg(4 + n)).sum::<f64>();
    Ok(Intensities { bought, solar: kg(1), wind: kg(2), heat: scored.get(3).map_or(0.0, |s| s.kg_co2e) })
}

/// Measures one after the other: those that pay for themselves first, by what they earn, then by cost a tonne.
fn in_turn(tables: &Tables, plant: &PlantEnergy, i: &Intensities, mut open: Vec<&Measure>) -> Vec<MeasureLine> {
    let draw = &Draw::BEST;
    let judge = |before: &PlantEnergy, measure: &Measure| {
        let after = before.with(measure, draw);
        let kg_co2e = i.of(before) - i.of(&after);
        let cost_usd = tables.plant.cost_usd(measure, before, &after, draw);
        let net_cost_usd = cost_usd + tables.plant.energy_usd(&after, draw) - tables.plant.energy_usd(before, draw);
        let line = MeasureLine {
            measure: measure.name.to_string(),
            bought_kwh_saved: before.bought_kwh() - after.bought_kwh(),
            heat_mj_saved: before.heat_mj() - after.heat_mj(),
            kg_co2e,
            kg_co2e_alone: i.of(plant) - i.of(&plant.with(measure, draw)),
            cost_usd,
            net_cost_usd,
            usd_per_t: (kg_co2e > 0.0).then(|| net_cost_usd / Co2e::from_kg(kg_co2e).t()),
            left_kg_co2e: i.of(&after),
        };
        (after, line)
    };
    // Lower is earlier: earners by their gain, the rest by cost a tonne, and last what avoids nothing.
    let rank = |line: &MeasureLine| match line.usd_per_t {
        Some(_) if line.net_cost_usd < 0.0 => (0, line.net_cost_usd),
        Some(usd) => (1, usd),
        None => (2, line.net_cost_usd),
    };
    let mut here = plant.clone();
    let mut lines = Vec::new();
    while !open.is_empty() {
        let judged: Vec<(PlantEnergy, MeasureLine)> = open.iter().map(|m| judge(&here, m)).collect();
        let order = |a: &(PlantEnergy, MeasureLine), b: &(PlantEnergy, MeasureLine)| {
            let (a, b) = (rank(&a.1), rank(&b.1));
            a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))
        };
        let Some((index, _)) = judged.iter().enumerate().min_by(|a, b| order(a.1, b.1)) else { break };
        let Some((after, line)) = judged.into_iter().nth(index) else { break };
        open.remove(index);
        here = after;
        lines.push(line);
    }
    lines
}
