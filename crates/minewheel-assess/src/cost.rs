//! Life-cycle cost: what the car costs to make and sell, to drive and to keep.
//!
//! ```text
//! production = (Σ component costs) · (1 + overhead)        purchase = production · retail
//! use        = electricity + fuel + maintenance + packs replaced
//! ```
//!
//! in US dollars of the price rows' year, undiscounted, without taxes on the car, insurance or parking. Component
//! costs are per kilogram, per kilowatt or per piece; the pack costs what the market pays per kilowatt-hour in the
//! place it is made and the year. Prices of energy are retail prices where the car drives.

use minewheel_data::car::{CarDesign, Fuel, Powertrain};
use minewheel_data::parameters::ParameterError;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::status::Status;
use minewheel_model::vehicle::Component;
use serde::Serialize;

use crate::inventory::Inventory;
use crate::tables::Tables;

/// One block of the cost.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CostBlock {
    /// What is paid for.
    pub block: &'static str,
    /// US dollars.
    pub usd: f64,
    /// Year of the price; `None`: it is a share, or holds always. Where no price of the year asked for is known, another year's stands in.
    pub price_year: Option<i32>,
    /// How well the price is known.
    pub status: Status,
    /// The price rows.
    #[serde(skip)]
    pub rows: Vec<RowId>,
}

/// Cost of one car.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cost {
    /// Making the car.
    pub production: Vec<CostBlock>,
    /// Driving and keeping it.
    pub usage: Vec<CostBlock>,
    /// What the buyer pays over what production costs, as a factor.
    pub retail_factor: f64,
    /// The same as a block: research, selling and dealing.
    pub retail: Vec<CostBlock>,
    /// Distance over life.
    pub lifetime_km: f64,
}

impl Cost {
    /// Cost of making the car.
    pub fn production_usd(&self) -> f64 {
        self.production.iter().map(|b| b.usd).sum()
    }
    /// Cost of driving and keeping it.
    pub fn use_usd(&self) -> f64 {
        self.usage.iter().map(|b| b.usd).sum()
    }
    /// What its owner pays per kilometre.
    pub fn total_usd_per_km(&self) -> f64 {
        self.blocks().map(|b| b.usd).sum::<f64>() / self.lifetime_km
    }
    /// Everything its owner pays.
    pub fn blocks(&self) -> impl Iterator<Item = &CostBlock> {
        self.production.iter().chain(&self.retail).chain(&self.usage)
    }
}

/// Prices at one place and year.
struct Prices<'a> {
    tables: &'a Tables,
    draw: &'a Draw<'a>,
    year: i32,
    lineage: Vec<&'a str>,
}

impl Prices<'_> {
    /// A price and its year: the last one up to the year asked for, else the latest there is.
    fn value(&self, subject: &str, property: &str, unit: &str) -> Result<(Value, Option<i32>), ParameterError> {
        let subject = self.tables.prices.subject(subject)?;
        let at = |year: i32| subject.dated_value_at(property, &self.lineage, year, unit);
        at(self.year).or_else(|_| at(i32::MAX))
    }

    fn priced(&self, block: &'static str, amount: f64, subject: &str, property: &str, unit: &str) -> Result<CostBlock, ParameterError> {
        let (value, price_year) = self.value(subject, property, unit)?;
        Ok(CostBlock { block, usd: amount * self.draw.of(&value), price_year, status: self.tables.rows.status(value.row), rows: vec![value.row] })
    }
}

/// The cost of one car for one draw. `country` and `maker` are place codes from the nearest outwards.
///
/// # Errors
/// A price that the model needs is missing.
pub fn cost(
    design: &CarDesign,
    inventory: &Inventory,
    tables: &Tables,
    year: i32,
    country: &[&str],
    pack_maker: &[&str],
    draw: &Draw<'_>,
) -> Result<Cost, ParameterError> {
    let here = Prices { tables, draw, year, lineage: country.to_vec() };
    let maker = Prices { tables, draw, year, lineage: pack_maker.to_vec() };
    let sized = &inventory.sized;
    let mut production = Vec::new();
    if let Some(pack) = &inventory.pack {
        let factor = if design.powertrain == Powertrain::Bev { 1.0 } else { draw.of(&here.value("pack-phev", "price_over_bev_pack", "1")?.0) };
        production.push(maker.priced("battery pack", pack.gross_energy.kwh() * factor, "pack", "price", "USD/kWh")?);
    }
    if !sized.motors.is_empty() {
        let kw = sized.motor_power().kw();
        let count = sized.motors.len() as f64;
        production.push(here.priced("motors", kw, "motor", "production_cost", "USD/kW")?);
        production.push(here.priced("motors, fixed part", count, "motor", "fixed_production_cost", "USD/item")?);
        production.push(here.priced("inverters", kw, "inverter", "production_cost", "USD/kW")?);
        production.push(here.priced("inverters, fixed part", count, "inverter", "fixed_production_cost", "USD/item")?);
        production.push(here.priced("reduction gears", kw, "reduction-gear", "production_cost", "USD/kW")?);
        production.push(here.priced("converter to 12 V", 1.0, "dc-dc-converter", "production_cost", "USD/item")?);
        production.push(here.priced("high-voltage system", 1.0, "high-voltage-system", "production_cost", "USD/item")?);
    }
    if let Some(charger) = sized.ac_power {
        production.push(here.priced("on-board charger", charger.kw(), "on-board-charger", "production_cost", "USD/kW")?);
    }
    if let Some(engine) = &sized.engine {
        production.push(here.priced("engine", engine.peak_power.kw(), "engine", "production_cost", "USD/kW")?);
        production.push(here.priced("engine, fixed part", 1.0, "engine", "fixed_production_cost", "USD/item")?);
        if engine.fuel == Fuel::Diesel {
            production.push(here.priced("diesel premium", 1.0, "engine-diesel", "production_premium", "USD/item")?);
        }
        production.push(here.priced("gearbox", 1.0, "gearbox", "production_cost", "USD/item")?);
        production.push(here.priced("exhaust", 1.0, "exhaust-aftertreatment", "production_cost", "USD/item")?);
        production.push(here.priced("fuel tank", 1.0, "fuel-tank", "production_cost", "USD/item")?);
    }
    let glider: f64 = sized.components.iter().filter(|c| c.component.stage() == minewheel_model::bill::Stage::Glider).map(|c| c.mass.kg()).sum();
    production.push(here.priced("body, chassis, interior", glider, "glider", "production_cost", "USD/kg")?);
    production.push(here.priced("tyres", sized.mass_of(Component::Tyres).kg(), "tyre", "production_cost", "USD/kg")?);
    production.push(here.priced("assembly", 1.0, "assembly", "production_cost", "USD/item")?);
    let sum: f64 = production.iter().map(|b| b.usd).sum();
    production.push(here.priced("overhead", sum, "overhead", "share_of_production_cost", "1")?);

    let mut usage = Vec::new();
    if let (Some(pack), true) = (&inventory.pack, inventory.packs > 1.0) {
        usage.push(maker.priced("battery replaced", pack.gross_energy.kwh() * (inventory.packs - 1.0), "pack", "price", "USD/kWh")?);
    }
    let km = inventory.lifetime_km;
    if let Some(wall) = inventory.energy.wall_wh_per_km {
        let kwh = minewheel_data::units::Energy::from_wh(wall * km * inventory.energy.electric_share).kwh();
        usage.push(here.priced("electricity", kwh, "electricity-home", "retail_price", "USD/kWh")?);
    }
    if let Some(litres) = inventory.energy.fuel_l_per_100km {
        let fuel = if design.engine.as_ref().is_some_and(|e| e.fuel == Fuel::Diesel) { "diesel" } else { "petrol" };
        let litres = litres / 100.0 * km * (1.0 - inventory.energy.electric_share);
        usage.push(here.priced("fuel", litres, fuel, "retail_price", "USD/l")?);
    }
    let upkeep = match design.powertrain {
        Powertrain::Bev => "maintenance-bev",
        Powertrain::Phev => "maintenance-phev",
        Powertrain::Hev => "maintenance-hev",
        Powertrain::IcevPetrol | Powertrain::IcevDiesel => "maintenance-icev",
    };
    usage.push(here.priced("maintenance", km, upkeep, "cost_per_distance", "USD/km")?);
    let retail_factor = draw.of(&here.value("retail", "price_over_production_cost", "1")?.0);
    let made: f64 = production.iter().map(|b| b.usd).sum();
    let mut retail = here.priced("research, selling, dealer", made, "retail", "price_over_production_cost", "1")?;
    retail.usd -= made;
    Ok(Cost { production, usage, retail_factor, retail: vec![retail], lifetime_km: km })
}
