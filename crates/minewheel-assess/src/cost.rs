//! Life-cycle cost: what the car costs to make and sell, to drive and to keep.
//!
//! ```text
//! production = (Σ component costs) · (1 + overhead)        purchase = production · retail
//! use        = electricity + fuel + maintenance + packs replaced
//! ```
//!
//! in US dollars of the price rows' year, undiscounted, without taxes on the car, insurance or parking. Component
//! costs are per kilogram, per kilowatt or per piece, and the same everywhere; the pack costs what the market pays per kilowatt-hour of its
//! chemistry in the place it is made and the year ([`pack_price`]); assembly is the labour of the plant's country
//! and the rest of the plant's cost. Prices of energy and upkeep are those where the car drives; `upkeep` takes the latter there.

use minewheel_data::car::{CarDesign, Fuel, Powertrain};
use minewheel_data::parameters::ParameterError;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::status::Status;
use minewheel_model::vehicle::Component;
use serde::Serialize;

mod pack;
mod upkeep;

pub use pack::{PackPrice, PackQuote, pack_price};

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

/// The block of a car's first pack.
const FIRST_PACK: &str = "battery pack";

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
    /// Cost of its first pack; `None`: it has none.
    pub fn pack_usd(&self) -> Option<f64> {
        self.production.iter().find(|b| b.block == FIRST_PACK).map(|b| b.usd)
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
    lineage: &'a [&'a str],
}

impl Prices<'_> {
    /// A price and its year: the last one up to the year asked for, else the latest there is.
    fn value(&self, subject: &str, property: &str, unit: &str) -> Result<(Value, Option<i32>), ParameterError> {
        self.value_in(self.lineage, subject, property, unit)
    }

    /// As [`Self::value`], in another place.
    fn value_in(&self, places: &[&str], subject: &str, property: &str, unit: &str) -> Result<(Value, Option<i32>), ParameterError> {
        pack::dated(&self.tables.prices, subject, property, places, self.year, unit)
    }

    fn block(&self, block: &'static str, usd: f64, price_year: Option<i32>, rows: Vec<RowId>) -> CostBlock {
        CostBlock { block, usd, price_year, status: self.tables.rows.weakest(rows.iter().copied()), rows }
    }

    fn priced(&self, block: &'static str, amount: f64, subject: &str, property: &str, unit: &str) -> Result<CostBlock, ParameterError> {
        let (value, price_year) = self.value(subject, property, unit)?;
        Ok(self.block(block, amount * self.draw.of(&value), price_year, vec![value.row]))
    }

    /// Packs of a chemistry, made here; `factor`: what their kind costs over packs of battery cars, with its row.
    fn packs(&self, block: &'static str, kwh: f64, chemistry: &str, factor: Option<Value>) -> Result<CostBlock, ParameterError> {
        let price = pack_price(self.tables, chemistry, self.lineage, self.year, self.draw)?;
        let mut rows = price.rows;
        rows.extend(factor.map(|f| f.row));
        let factor = factor.map_or(1.0, |f| self.draw.of(&f));
        Ok(self.block(block, kwh * price.usd_per_kwh * factor, price.year, rows))
    }
}

/// Where a car is driven, put together, and gets its pack: place codes from the nearest outwards.
#[derive(Debug, Clone, Copy)]
pub struct CostPlaces<'a> {
    /// Where it drives.
    pub country: &'a [&'a str],
    /// Where it is put together.
    pub plant: &'a [&'a str],
    /// Where its pack is made.
    pub pack_maker: &'a [&'a str],
}

/// The cost of one car for one draw.
///
/// # Errors
/// A price that the model needs is missing.
pub fn cost(
    design: &CarDesign,
    inventory: &Inventory,
    tables: &Tables,
    year: i32,
    places: CostPlaces<'_>,
    draw: &Draw<'_>,
) -> Result<Cost, ParameterError> {
    let [here, plant, maker] = [places.country, places.plant, places.pack_maker].map(|lineage| Prices { tables, draw, year, lineage });
    let sized = &inventory.sized;
    let kind = if design.powertrain == Powertrain::Bev { None } else { Some(here.value("pack-phev", "price_over_bev_pack", "1")?.0) };
    let mut production = Vec::new();
    if let Some(pack) = &inventory.pack {
        production.push(maker.packs(FIRST_PACK, pack.gross_energy.kwh(), &pack.chemistry, kind)?);
    }
    let of_pack: f64 = production.iter().map(|b: &CostBlock| b.usd).sum();
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
    production.push(plant.priced("assembly, labour", 1.0, "assembly", "labour_cost", "USD/item")?);
    production.push(plant.priced("assembly, rest", 1.0, "assembly", "other_cost", "USD/item")?);
    let sum: f64 = production.iter().map(|b| b.usd).sum();
    let overhead = here.priced("overhead", sum, "overhead", "share_of_production_cost", "1")?;
    let marked_up = 1.0 + overhead.usd / sum;
    production.push(overhead);

    let mut usage = Vec::new();
    if let (Some(pack), true) = (&inventory.pack, inventory.packs > 1.0) {
        usage.push(maker.packs("battery replaced", pack.gross_energy.kwh() * (inventory.packs - 1.0), &pack.chemistry, kind)?);
    }
    let km = inventory.lifetime_km;
    if let Some(wall) = inventory.energy.wall_wh_per_km {
        let kwh = minewheel_data::units::Energy::from_wh(wall * km * inventory.energy.electric_share).kwh();
        usage.push(here.priced("electricity", kwh, "electricity-home", "retail_price", "USD/kWh")?);
    }
    if let Some(litres) = inventory.energy.mean_fuel_l_per_100km() {
        let fuel = if design.engine.as_ref().is_some_and(|e| e.fuel == Fuel::Diesel) { "diesel" } else { "petrol" };
        let litres = litres / 100.0 * km;
        usage.push(here.priced("fuel", litres, fuel, "retail_price", "USD/l")?);
    }
    let drive = match design.powertrain {
        Powertrain::Bev => "maintenance-bev",
        Powertrain::Phev => "maintenance-phev",
        Powertrain::Hev => "maintenance-hev",
        Powertrain::IcevPetrol | Powertrain::IcevDiesel => "maintenance-icev",
    };
    let retail_factor = draw.of(&here.value("retail", "price_over_production_cost", "1")?.0);
    usage.extend(upkeep::upkeep(&here, drive, km, (sum - of_pack) * marked_up * retail_factor)?);
    let made: f64 = production.iter().map(|b| b.usd).sum();
    let mut retail = here.priced("research, selling, dealer", made, "retail", "price_over_production_cost", "1")?;
    retail.usd -= made;
    Ok(Cost { production, usage, retail_factor, retail: vec![retail], lifetime_km: km })
}
