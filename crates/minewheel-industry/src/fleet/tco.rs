//! What a car costs its owner, country by country and year by year, and when a battery car draws level.
//!
//! ```text
//! purchase(y) = (Σ components + pack(y)) · (1 + overhead) · retail
//! per km(y)   = (purchase(y) + use(y)) / distance of a life
//! pack(y)     = pack(y₀) · (Q(y)/Q(y₀))^log₂(1 − λ)          of the car's chemistry, after the last year y₀ with a price
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

use std::collections::BTreeMap;

use minewheel_assess::AssessError;
use minewheel_assess::cost::{Cost, CostBlock, CostPlaces, cost, pack_price};
use minewheel_assess::inventory::{Inventory, Traces, inventory};
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::row::Draw;
use minewheel_data::status::Status;
use serde::Serialize;

use super::run::FleetError;
use super::tables::{FleetTables, Segment};

/// Blocks of the cost that follow the price of packs.
const PACK: [&str; 2] = ["battery pack", "battery replaced"];
/// Premiums that shops were seen to ask.
const PREMIUMS: &str = "published-premium";
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

/// Prices that were seen: of many models of a segment, with all that costs of making leave out.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PublishedRatio {
    /// The year.
    pub year: i32,
    /// Price of battery cars over that of fuel cars.
    pub price_ratio: f64,
}

/// Two cars in one country.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TcoCountry {
    /// Size of the cars, where they are a pair of the tables.
    pub segment: Option<String>,
    /// The battery car.
    pub battery: String,
    /// The fuel car.
    pub fuel: String,
    /// The country.
    pub country: String,
    /// Basis of the consumption that is paid for: `real-world`, with the measured gap between test and traffic, or `official`, as in the test.
    pub use_basis: &'static str,
    /// First year from which the battery car is no dearer to buy.
    pub purchase_parity: Option<i32>,
    /// Whether that is the first year asked for, so that it may have been so before.
    pub purchase_parity_or_before: bool,
    /// First year from which it is no dearer to own.
    pub ownership_parity: Option<i32>,
    /// Whether that is the first year asked for, so that it may have been so before.
    pub ownership_parity_or_before: bool,
    /// What shops were seen to ask, price of battery cars over that of fuel cars, where it is published for the segment and country.
    pub published: Option<PublishedRatio>,
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

/// What is paid for a car: at purchase, in its life after that, and of the first for its pack; in USD.
#[derive(Debug, Clone, Copy)]
struct Paid {
    purchase: f64,
    usage: f64,
    pack: f64,
}

/// The cost with packs at a factor of their price.
fn with_packs(cost: &Cost, factor: f64) -> Paid {
    let is_pack = |block: &str| PACK.contains(&block);
    let sum = |blocks: &[CostBlock], factor: f64| -> f64 {
        blocks.iter().filter(|b| b.block != OVERHEAD).map(|b| if is_pack(b.block) { b.usd * factor } else { b.usd }).sum()
    };
    let overhead: f64 = cost.production.iter().filter(|b| b.block == OVERHEAD).map(|b| b.usd).sum();
    let share = overhead / sum(&cost.production, 1.0);
    Paid {
        purchase: sum(&cost.production, factor) * (1.0 + share) * cost.retail_factor,
        usage: sum(&cost.usage, factor),
        pack: cost.production.iter().filter(|b| is_pack(b.block)).map(|b| b.usd * factor).sum(),
    }
}

/// Where a car is put together.
fn plant(car: &CarDesign) -> Option<&str> {
    car.plant.country.as_deref().or(car.made_in.as_deref())
}

/// Two cars bought, driven and priced in one country; what they use does not depend on the year.
struct Pair<'t> {
    tables: &'t Tables,
    designs: [&'t CarDesign; 2],
    inventories: [Inventory; 2],
    lineage: Vec<&'t str>,
    plants: [Vec<&'t str>; 2],
    makers: [Vec<&'t str>; 2],
}

impl<'t> Pair<'t> {
    fn new(tables: &'t Tables, traces: &Traces, [battery, fuel]: [&'t CarDesign; 2], country: &str, is_real_world: bool) -> Result<Self, FleetError> {
        let place = tables.places.id(country)?;
        let codes = |id| tables.places.lineage(id).map(|p| tables.places.code(p)).collect::<Vec<_>>();
        let scenario = |lifetime_km: Option<f64>| -> Result<Scenario, FleetError> {
            Ok(Scenario {
                country: place,
                year: last_price(tables)?,
                method: String::new(),
                preset: Preset::CutOff,
                is_real_world,
                grid: GridChoice::Static,
                cycle: None,
                lifetime_km,
                has_national_life: false,
            })
        };
        let mine = inventory(battery, tables, traces, &scenario(None)?, &Draw::BEST)?;
        let theirs = inventory(fuel, tables, traces, &scenario(Some(mine.lifetime_km))?, &Draw::BEST)?;
        let of = |code: Option<&str>| -> Result<Vec<&'t str>, FleetError> {
            Ok(match code {
                Some(code) => codes(tables.places.id(code)?),
                None => codes(place),
            })
        };
        let maker = |car: &'t CarDesign| of(car.battery.as_ref().and_then(|b| b.made_in.as_deref()).or_else(|| plant(car)));
        let plants = [of(plant(battery))?, of(plant(fuel))?];
        Ok(Self {
            tables,
            designs: [battery, fuel],
            inventories: [mine, theirs],
            lineage: codes(place),
            plants,
            makers: [maker(battery)?, maker(fuel)?],
        })
    }

    /// Costs of both at the prices of a year.
    fn priced(&self, year: i32) -> Result<[Cost; 2], FleetError> {
        let of = |index: usize| {
            let places = CostPlaces { country: &self.lineage, plant: &self.plants[index], pack_maker: &self.makers[index] };
            cost(self.designs[index], &self.inventories[index], self.tables, year, places, &Draw::BEST).map_err(AssessError::from)
        };
        Ok([of(0)?, of(1)?])
    }

    fn pack_kwh(&self) -> f64 {
        self.inventories[0].pack.as_ref().map_or(f64::NAN, |p| p.gross_energy.kwh())
    }
}

/// Compares two cars in a country from one year to another, by their consumption in traffic or in the test.
///
/// # Errors
/// A car that cannot be made, a place or price that is missing.
pub fn compare(
    tables: &Tables,
    fleet: &FleetTables,
    battery: &CarDesign,
    fuel: &CarDesign,
    country: &str,
    (from, to): (i32, i32),
    is_real_world: bool,
) -> Result<TcoCountry, FleetError> {
    let last = last_price(tables)?;
    let pair = Pair::new(tables, &Traces::new(tables, None)?, [battery, fuel], country, is_real_world)?;
    let mut years = Vec::new();
    let mut status = Status::Derived;
    for year in from..=to {
        let [ours, others] = pair.priced(year.min(last))?;
        status = ours.production.iter().chain(&ours.usage).chain(&others.production).chain(&others.usage).map(|b| b.status).fold(status, Status::max);
        let factor = if year > last { learned(tables, fleet, year)? } else { 1.0 };
        let (mine, theirs) = (with_packs(&ours, factor), with_packs(&others, 1.0));
        years.push(TcoYear {
            year,
            battery_purchase_usd: mine.purchase,
            fuel_purchase_usd: theirs.purchase,
            battery_usd_per_km: (mine.purchase + mine.usage) / ours.lifetime_km,
            fuel_usd_per_km: (theirs.purchase + theirs.usage) / others.lifetime_km,
            pack_usd_per_kwh: mine.pack / pair.pack_kwh(),
        });
    }
    let first = years.first().map(|y| y.year);
    let purchase_parity = parity(&years, |y| y.battery_purchase_usd <= y.fuel_purchase_usd);
    let ownership_parity = parity(&years, |y| y.battery_usd_per_km <= y.fuel_usd_per_km);
    Ok(TcoCountry {
        segment: None,
        battery: battery.id.clone(),
        fuel: fuel.id.clone(),
        country: country.to_owned(),
        use_basis: if is_real_world { "real-world" } else { "official" },
        purchase_parity,
        purchase_parity_or_before: purchase_parity.is_some() && purchase_parity == first,
        ownership_parity,
        ownership_parity_or_before: ownership_parity.is_some() && ownership_parity == first,
        published: None,
        years,
        weakest_status: status,
    })
}

/// Compares the pair of every segment of the tables in every country.
///
/// # Errors
/// As [`compare`]; a car that the catalogue lacks.
pub fn by_segment(
    tables: &Tables,
    fleet: &FleetTables,
    countries: &[String],
    (from, to): (i32, i32),
    is_real_world: bool,
) -> Result<Vec<TcoCountry>, FleetError> {
    let mut all = Vec::new();
    for segment in &fleet.segments {
        let (battery, fuel) = (tables.catalogue.car(&segment.battery)?, tables.catalogue.car(&segment.fuel)?);
        for country in countries {
            let found = compare(tables, fleet, battery, fuel, country, (from, to), is_real_world)?;
            // Pairs are chosen by us, so nothing that rests on one is better than that.
            let weakest_status = found.weakest_status.max(Status::Assumption);
            all.push(TcoCountry {
                segment: Some(segment.name.clone()),
                published: published(fleet, &segment.name, country, to),
                weakest_status,
                ..found
            });
        }
    }
    Ok(all)
}

/// The last published ratio up to a year; `None`: none is.
fn published(fleet: &FleetTables, segment: &str, country: &str, to: i32) -> Option<PublishedRatio> {
    let rows = fleet.parameters.subject(PREMIUMS).ok()?;
    let (premium, year) = rows.dated_value_at(segment, &[country], to, "1").ok()?;
    Some(PublishedRatio { year: year?, price_ratio: 1.0 + premium.best })
}

/// What a pair of cars costs to buy and to own in several countries, as lines of the price of packs, and that price by year.
///
/// Prices of packs are those of the battery car's chemistry in the world, so that no year changes over from one place to another; after the last
/// they follow the learning curve. Energy and all else are at their last prices in every year: no history of them is in the tables.
#[derive(Debug, Clone)]
pub struct CostRatios {
    countries: BTreeMap<String, Lines>,
    packs: BTreeMap<i32, f64>,
}

/// Cost with packs for nothing, and what a dollar per kilowatt-hour of pack adds; of the fuel car.
#[derive(Debug, Clone, Copy)]
struct Lines {
    own: [f64; 3],
    buy: [f64; 3],
}

impl CostRatios {
    /// Of a pair of the tables.
    ///
    /// # Errors
    /// A car, place or price that is missing.
    pub fn of(tables: &Tables, fleet: &FleetTables, segment: &Segment, countries: &[String], to: i32) -> Result<Self, FleetError> {
        let last = last_price(tables)?;
        let traces = Traces::new(tables, None)?;
        let (battery, fuel) = (tables.catalogue.car(&segment.battery)?, tables.catalogue.car(&segment.fuel)?);
        let mut lines = BTreeMap::new();
        let chemistry = battery.battery.as_ref().map_or("", |b| b.chemistry.as_str());
        for country in countries {
            let pair = Pair::new(tables, &traces, [battery, fuel], country, true)?;
            let [ours, others] = pair.priced(last)?;
            let (free, full, theirs) = (with_packs(&ours, 0.0), with_packs(&ours, 1.0), with_packs(&others, 1.0));
            let price = full.pack / pair.pack_kwh();
            let line = |of: fn(&Paid) -> f64| [of(&free), (of(&full) - of(&free)) / price, of(&theirs)];
            lines.insert(country.clone(), Lines { own: line(|p| p.purchase + p.usage), buy: line(|p| p.purchase) });
        }
        let prices = tables.prices.subject("pack")?;
        let first = prices.years("price").first().copied().unwrap_or(last);
        let mut packs = BTreeMap::new();
        for year in first..=last.max(to) {
            let price = pack_price(tables, chemistry, &[], year.min(last), &Draw::BEST)?.usd_per_kwh;
            packs.insert(year, if year > last { price * learned(tables, fleet, year)? } else { price });
        }
        Ok(Self { countries: lines, packs })
    }

    /// Price of packs in USD per kWh; the first year with one holds for years before it, the last year asked for for those after it.
    pub fn pack_price(&self, year: i32) -> Option<f64> {
        let at = self.packs.range(..=year).next_back().or_else(|| self.packs.first_key_value());
        at.map(|(_, price)| *price)
    }

    /// Logarithm of the cost of owning the battery car over that of the fuel car, per kilometre, at a price of packs in USD per kWh.
    pub fn owning(&self, country: &str, pack_usd_per_kwh: f64) -> Option<f64> {
        self.countries.get(country).map(|l| log_ratio(l.own, pack_usd_per_kwh))
    }

    /// As [`Self::owning`], of the cost to the buyer.
    pub fn buying(&self, country: &str, pack_usd_per_kwh: f64) -> Option<f64> {
        self.countries.get(country).map(|l| log_ratio(l.buy, pack_usd_per_kwh))
    }
}

fn log_ratio([base, slope, fuel]: [f64; 3], pack_usd_per_kwh: f64) -> f64 {
    (slope.mul_add(pack_usd_per_kwh, base) / fuel).ln()
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
        let found = compare(&tables, &fleet, &car("byd-dolphin-60"), &car("nissan-sylphy-16"), "CN", (2018, 2040), true).unwrap();
        for pair in found.years.windows(2).filter(|p| p[0].year >= 2025) {
            assert!(pair[1].pack_usd_per_kwh < pair[0].pack_usd_per_kwh, "{pair:?}");
        }
        let (own, buy) = (found.ownership_parity.unwrap(), found.purchase_parity.unwrap_or(i32::MAX));
        assert!(own <= buy, "{own} {buy}");
        // One doubling of what was ever made takes the learning rate off.
        assert!(learned(&tables, &fleet, 2025).unwrap() == 1.0 && learned(&tables, &fleet, 2035).unwrap() < 0.7);
    }

    #[test]
    fn the_lines_of_a_pair_give_its_costs_at_the_price_of_its_packs() {
        let store = Store::embedded();
        let (tables, fleet) = (Tables::read(&store, false).unwrap(), FleetTables::read(&store, false).unwrap());
        let segment = fleet.segments.iter().find(|s| s.name == "compact").unwrap();
        let countries = ["CN", "NO", "US"].map(str::to_owned);
        let ratios = CostRatios::of(&tables, &fleet, segment, &countries, 2040).unwrap();
        let car = |id: &str| tables.catalogue.car(id).unwrap().clone();
        for country in &countries {
            let found = compare(&tables, &fleet, &car(&segment.battery), &car(&segment.fuel), country, (2021, 2035), true).unwrap();
            for year in found.years {
                let (own, buy) = (year.battery_usd_per_km / year.fuel_usd_per_km, year.battery_purchase_usd / year.fuel_purchase_usd);
                assert!((ratios.owning(country, year.pack_usd_per_kwh).unwrap() - own.ln()).abs() < 1e-9);
                assert!((ratios.buying(country, year.pack_usd_per_kwh).unwrap() - buy.ln()).abs() < 1e-9);
            }
        }
        // The car's packs are of iron phosphate: below the means of all packs (155, 115 USD/kWh), and as published for 2025.
        let [first, of_2021, of_2024, of_2025] = [2010, 2021, 2024, 2025].map(|year| ratios.pack_price(year).unwrap());
        assert!(first < 806.0 && of_2021 < 155.0 && of_2024 < 115.0 && (of_2025 - 81.0).abs() < 0.1, "{first} {of_2021} {of_2024} {of_2025}");
        assert!(ratios.pack_price(2040) < ratios.pack_price(2030) && ratios.owning("DE", 100.0).is_none());
    }

    #[test]
    fn every_segment_of_the_tables_is_a_battery_car_beside_a_fuel_car() {
        let store = Store::embedded();
        let (tables, fleet) = (Tables::read(&store, false).unwrap(), FleetTables::read(&store, false).unwrap());
        let found = by_segment(&tables, &fleet, &["CN".to_owned(), "DE".to_owned()], (2024, 2035), true).unwrap();
        assert_eq!(found.len(), 2 * fleet.segments.len());
        let ratio = |segment: &str, country: &str| {
            let of = found.iter().find(|c| c.segment.as_deref() == Some(segment) && c.country == country).unwrap();
            of.published.map(|p| (p.year, p.price_ratio))
        };
        assert_eq!((ratio("suv", "CN"), ratio("small", "DE"), ratio("mid", "CN")), (Some((2024, 1.0)), Some((2024, 1.45)), None));
        // Premiums of segments that the table does not have would be shown to nobody.
        let named = fleet.parameters.subject(PREMIUMS).unwrap();
        assert!(named.properties().iter().all(|p| fleet.segments.iter().any(|s| s.name == *p)), "{:?}", named.properties());
        for of in &found {
            let (battery, fuel) = (tables.catalogue.car(&of.battery).unwrap(), tables.catalogue.car(&of.fuel).unwrap());
            assert!(battery.battery.is_some() && battery.engine.is_none() && fuel.engine.is_some(), "{of:?}");
            assert!(of.weakest_status == Status::Assumption);
        }
    }
}
