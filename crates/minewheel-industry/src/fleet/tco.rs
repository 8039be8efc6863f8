//! What a car costs its owner, country by country and year by year, and when a battery car draws level.
//!
//! ```text
//! purchase(y) = (Σ components + pack(y)) · (1 + overhead) · retail
//! per km(y)   = (purchase(y) + use(y)) / distance of a life
//! pack(y)     = pack(y₀) · (Q(y)/Q(y₀))^log₂(1 − λ)          after the last year y₀ with a price
//! Q(y)        = Q(y₀) · Π (1 + growth)                        cumulated demand for batteries
//! ```
//!
//! | symbol   | meaning                                    | from                                         |
//! |----------|--------------------------------------------|----------------------------------------------|
//! | `λ`      | fall of pack cost per doubling             | `prices/prices.csv`, `pack,learning_rate`    |
//! | growth   | of cumulated demand                        | `fleet/parameters.csv`, `learning`           |
//! | the rest | components, energy, upkeep                 | the cost model of an assessment              |
//!
//! Costs of making, not list prices; undiscounted, without taxes on the car, insurance, parking and subsidies. Prices of energy and
//! of everything but the pack stay those of their last row. Two cars are compared on one distance. Parity is the first year from
//! which the battery car is no dearer, in all later years tried too.

use minewheel_assess::AssessError;
use minewheel_assess::cost::{Cost, cost};
use minewheel_assess::inventory::{Traces, inventory};
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::row::Draw;
use minewheel_data::status::Status;
use serde::Serialize;

use super::run::FleetError;
use super::tables::FleetTables;

/// Blocks of the cost that follow the price of packs.
const PACK: [&str; 2] = ["battery pack", "battery replaced"];
/// The block that is a share of the others.
const OVERHEAD: &str = "overhead";

/// One year of two cars in one country.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TcoYear {
    /// The year.
    pub year: i32,
    /// Cost of the battery car to its buyer in USD.
    pub battery_purchase_usd: f64,
    /// Of the fuel car.
    pub fuel_purchase_usd: f64,
    /// Cost of the battery car per km in USD.
    pub battery_usd_per_km: f64,
    /// Of the fuel car.
    pub fuel_usd_per_km: f64,
    /// Price of the battery car's pack in USD per kWh.
    pub pack_usd_per_kwh: f64,
}

/// Two cars in one country.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TcoCountry {
    /// The country.
    pub country: String,
    /// First year from which the battery car is no dearer to buy.
    pub purchase_parity: Option<i32>,
    /// First year from which it is no dearer to own.
    pub ownership_parity: Option<i32>,
    /// Years.
    pub years: Vec<TcoYear>,
    /// Weakest status of the prices.
    pub weakest_status: Status,
}

/// Last year with a price of packs.
fn last_price(tables: &Tables) -> Result<i32, FleetError> {
    let newest = tables.prices.subject("pack")?.value_at("price", &[], i32::MAX, "USD/kWh")?;
    Ok(tables.rows.text(newest.row, "year").parse().unwrap_or(i32::MAX))
}

/// How pack costs stand in a year to those of the last price.
///
/// # Errors
/// A parameter is missing.
pub fn learned(tables: &Tables, fleet: &FleetTables, year: i32) -> Result<f64, FleetError> {
    let last = last_price(tables)?;
    let rate = tables.prices.value("pack", "learning_rate", "1")?.best;
    let growth = fleet.parameters.subject("learning")?;
    let mut doublings = 0.0;
    for year in last + 1..=year {
        doublings += (1.0 + growth.value_at("cumulated-growth", &[], year, "1")?.best).log2();
    }
    Ok((1.0 - rate).powf(doublings))
}

/// The cost with packs at a factor of their price: purchase, use, and what the pack costs.
fn with_packs(cost: &Cost, factor: f64) -> (f64, f64, f64) {
    let is_pack = |block: &str| PACK.contains(&block);
    let sum = |blocks: &[minewheel_assess::cost::CostBlock], factor: f64| -> f64 {
        blocks.iter().filter(|b| b.block != OVERHEAD).map(|b| if is_pack(b.block) { b.usd * factor } else { b.usd }).sum()
    };
    let overhead: f64 = cost.production.iter().filter(|b| b.block == OVERHEAD).map(|b| b.usd).sum();
    let share = overhead / sum(&cost.production, 1.0);
    let purchase = sum(&cost.production, factor) * (1.0 + share) * cost.retail_factor;
    let pack: f64 = cost.production.iter().filter(|b| is_pack(b.block)).map(|b| b.usd * factor).sum();
    (purchase, sum(&cost.usage, factor), pack)
}

/// Compares two cars in a country from one year to another.
///
/// # Errors
/// A car that cannot be made, a place or price that is missing.
pub fn compare(
    tables: &Tables,
    fleet: &FleetTables,
    battery: &CarDesign,
    fuel: &CarDesign,
    country: &str,
    from: i32,
    to: i32,
) -> Result<TcoCountry, FleetError> {
    let place = tables.places.id(country)?;
    let lineage: Vec<&str> = tables.places.lineage(place).map(|p| tables.places.code(p)).collect();
    let last = last_price(tables)?;
    let traces = Traces::new(tables, None)?;
    let scenario = |lifetime_km: Option<f64>| Scenario {
        country: place,
        year: last,
        method: String::new(),
        preset: Preset::CutOff,
        is_real_world: true,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km,
    };
    let mine = inventory(battery, tables, &traces, &scenario(None), &Draw::BEST)?;
    let theirs = inventory(fuel, tables, &traces, &scenario(Some(mine.lifetime_km)), &Draw::BEST)?;
    let kwh = mine.pack.as_ref().map_or(f64::NAN, |p| p.gross_energy.kwh());
    let maker = battery.battery.as_ref().and_then(|b| b.made_in.as_deref()).or(battery.plant.country.as_deref()).or(battery.made_in.as_deref());
    let maker: Vec<&str> = match maker {
        Some(code) => tables.places.lineage(tables.places.id(code)?).map(|p| tables.places.code(p)).collect(),
        None => lineage.clone(),
    };
    let mut years = Vec::new();
    let mut status = Status::Derived;
    for year in from..=to {
        let priced = |design: &CarDesign, of: &minewheel_assess::inventory::Inventory| -> Result<Cost, FleetError> {
            Ok(cost(design, of, tables, year.min(last), &lineage, &maker, &Draw::BEST).map_err(AssessError::from)?)
        };
        let (ours, others) = (priced(battery, &mine)?, priced(fuel, &theirs)?);
        status = ours.production.iter().chain(&ours.usage).chain(&others.production).chain(&others.usage).map(|b| b.status).fold(status, Status::max);
        let factor = if year > last { learned(tables, fleet, year)? } else { 1.0 };
        let (bought, used, pack) = with_packs(&ours, factor);
        let (fuel_bought, fuel_used, _) = with_packs(&others, 1.0);
        years.push(TcoYear {
            year,
            battery_purchase_usd: bought,
            fuel_purchase_usd: fuel_bought,
            battery_usd_per_km: (bought + used) / ours.lifetime_km,
            fuel_usd_per_km: (fuel_bought + fuel_used) / others.lifetime_km,
            pack_usd_per_kwh: pack / kwh,
        });
    }
    Ok(TcoCountry {
        country: country.to_owned(),
        purchase_parity: parity(&years, |y| y.battery_purchase_usd <= y.fuel_purchase_usd),
        ownership_parity: parity(&years, |y| y.battery_usd_per_km <= y.fuel_usd_per_km),
        years,
        weakest_status: status,
    })
}

/// The first year from which a condition holds in every year.
fn parity(years: &[TcoYear], holds: impl Fn(&TcoYear) -> bool) -> Option<i32> {
    let tail = years.iter().rev().take_while(|y| holds(y)).count();
    (tail > 0).then(|| years[years.len() - tail].year)
}

#[cfg(test)]
mod tests {
    use super::*;
    use minewheel_data::store::Store;

    #[test]
    fn packs_get_cheaper_and_owning_draws_level_before_buying() {
        let store = Store::embedded();
        let (tables, fleet) = (Tables::read(&store, false).unwrap(), FleetTables::read(&store, false).unwrap());
        let car = |id: &str| tables.catalogue.car(id).unwrap().clone();
        let found = compare(&tables, &fleet, &car("byd-dolphin-60"), &car("nissan-sylphy-16"), "CN", 2018, 2040).unwrap();
        for pair in found.years.windows(2).filter(|p| p[0].year >= 2025) {
            assert!(pair[1].pack_usd_per_kwh < pair[0].pack_usd_per_kwh, "{pair:?}");
        }
        let (own, buy) = (found.ownership_parity.unwrap(), found.purchase_parity.unwrap_or(i32::MAX));
        assert!(own <= buy, "{own} {buy}");
        // One doubling of what was ever made takes the learning rate off.
        assert!(learned(&tables, &fleet, 2025).unwrap() == 1.0 && learned(&tables, &fleet, 2035).unwrap() < 0.7);
    }
}
