//! From a study's names to its system: plants with their open supplies, shocks on nodes, stocks of pools.

use minewheel_assess::AssessError;
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_assess::tiers::Tiers;
use minewheel_data::car::CarDesign;
use minewheel_data::table::nearest;

use crate::supply::sourcing::costs::Premiums;
use crate::supply::sourcing::settle;

use super::DisruptionError;
use super::events::{Events, NodeShock, PoolStock};
use super::parameters::RunParameters;
use super::study::{Plant, Study};
use super::system::{Supplied, SuppliedPlant, System};

/// A study ready to run.
#[derive(Debug, Clone, PartialEq)]
pub struct Scene {
    /// Its system.
    pub system: System,
    /// Its events.
    pub events: Events,
}

/// The climate method of rerouted goods.
const METHOD: &str = "ar6-gwp100";

/// Opens the supply of a study's cars and places its events. `designs` are the cars of its plants, in their order; what their files ask of
/// makers (`[sourcing]`) holds for every recipe.
///
/// # Errors
/// A car that cannot be made, rules of sourcing that no choice of makers meets, or a name that the supply does not have.
pub fn scene(tables: &Tables, premiums: &Premiums, study: &Study, designs: &[CarDesign]) -> Result<Scene, DisruptionError> {
    tables.supply.reach(study.study.year)?;
    if let Some((seen, known)) = RunParameters::unknown_tier(&study.parameters) {
        return Err(DisruptionError::Name { key: "parameters tier", nearest: nearest(&seen, known.split(", ")), seen, known });
    }
    let mut opened: Vec<Vec<Tiers>> = Vec::new();
    for (plant, design) in study.plant.iter().zip(designs) {
        opened.push(open(tables, premiums, study, plant, design)?);
    }
    let mut plants = Vec::new();
    for ((plant, design), tiers) in study.plant.iter().zip(designs).zip(&opened) {
        let alternatives = plant.alternative.iter().map(|a| (a.chemistry.clone(), a.most_share, a.qualification_days));
        let recipes = std::iter::once((String::new(), 1.0, None))
            .chain(alternatives)
            .zip(tiers)
            .map(|((name, most_share, qualification_days), tiers)| Supplied { name, tiers, most_share, qualification_days })
            .collect();
        let place = match plant.place.as_deref().or(design.plant.country.as_deref()).or(design.made_in.as_deref()) {
            Some(code) => tables.places.id(code).map_err(AssessError::from)?,
            None => tables.places.id("WORLD").map_err(AssessError::from)?,
        };
        plants.push(SuppliedPlant { car: design.id.clone(), place, cars_per_day: plant.cars_per_day, recipes });
    }
    let system = System::new(tables, &plants);
    let events = events(tables, study, &system)?;
    Ok(Scene { system, events })
}

/// The physical supply of a plant's car and of its alternatives.
fn open(tables: &Tables, premiums: &Premiums, study: &Study, plant: &Plant, design: &CarDesign) -> Result<Vec<Tiers>, DisruptionError> {
    let mut base = design.clone();
    if plant.place.is_some() {
        base.plant.country.clone_from(&plant.place);
        base.made_in.clone_from(&plant.place);
    }
    if let (Some(battery), Some(place)) = (&mut base.battery, &plant.cells_made_in) {
        battery.made_in = Some(place.clone());
    }
    let place = base.plant.country.as_deref().or(base.made_in.as_deref()).unwrap_or("WORLD");
    let scenario = Scenario {
        country: tables.places.id(place).map_err(AssessError::from)?,
        year: study.study.year,
        method: METHOD.to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    };
    let supply = |design: &CarDesign| -> Result<Tiers, DisruptionError> {
        let settled = settle(tables, premiums, design, &scenario).map_err(Box::new)?;
        Ok(Tiers::of_car(tables, &settled, &scenario)?.physical())
    };
    let mut opened = vec![supply(&base)?];
    for alternative in &plant.alternative {
        let known = tables.chemistries();
        if !known.contains(&alternative.chemistry) {
            let near = nearest(&alternative.chemistry, known.iter().map(String::as_str));
            let seen = alternative.chemistry.clone();
            return Err(DisruptionError::Name { key: "plant.alternative.chemistry", seen, nearest: near, known: known.join(", ") });
        }
        let mut other = base.clone();
        if let Some(battery) = &mut other.battery {
            battery.chemistry.clone_from(&alternative.chemistry);
            battery.pack_mass_kg = None;
        }
        // Another pack has another mass, and the car around it with it.
        other.kerb_mass_kg = None;
        opened.push(supply(&other)?);
    }
    Ok(opened)
}

fn events(tables: &Tables, study: &Study, system: &System) -> Result<Events, DisruptionError> {
    let unknown = |key: &'static str, seen: &str, mut known: Vec<&str>| {
        known.sort_unstable();
        known.dedup();
        // Products have long names, of which a study may give the beginning alone.
        let begun = || known.iter().find(|k| k.starts_with(seen)).map(|k| (*k).to_owned());
        DisruptionError::Name { key, seen: seen.to_owned(), nearest: nearest(seen, known.iter().copied()).or_else(begun), known: known.join(", ") }
    };
    let ids = || system.products.iter().map(|p| p.id.as_str()).collect::<Vec<_>>();
    let tiers = || system.products.iter().map(|p| p.tier.as_str()).collect::<Vec<_>>();
    let mut shocks = Vec::new();
    for shock in &study.shock {
        if shock.products.is_empty() && shock.tiers.is_empty() {
            return Err(DisruptionError::EmptyShock);
        }
        if let Some(seen) = shock.products.iter().find(|p| !ids().contains(&p.as_str())) {
            return Err(unknown("shock.products", seen, ids()));
        }
        if let Some(seen) = shock.tiers.iter().find(|t| !tiers().contains(&t.as_str())) {
            return Err(unknown("shock.tiers", seen, tiers()));
        }
        let place = tables.places.id(&shock.place).map_err(AssessError::from)?;
        let is_hit = |n: &super::system::Node| {
            let product = &system.products[n.product];
            (shock.products.contains(&product.id) || shock.tiers.contains(&product.tier)) && tables.places.lineage(n.place).any(|l| l == place)
        };
        let nodes: Vec<usize> = system.nodes.iter().enumerate().filter(|(_, n)| is_hit(n)).map(|(i, _)| i).collect();
        if nodes.is_empty() {
            let makers = |n: &super::system::Node| {
                shock.products.contains(&system.products[n.product].id) || shock.tiers.contains(&system.products[n.product].tier)
            };
            let known: Vec<&str> = system.nodes.iter().filter(|n| makers(n)).map(|n| tables.places.code(n.place)).collect();
            return Err(unknown("shock.place", &shock.place, known));
        }
        shocks.push(NodeShock { kind: shock.kind, nodes, remaining: shock.remaining, days: shock.from_day..shock.from_day + shock.days });
    }
    let mut stocks = Vec::new();
    for stock in &study.stock {
        let Some(product) = system.products.iter().position(|p| p.id == stock.product) else {
            return Err(unknown("stock.product", &stock.product, ids()));
        };
        let holders = || system.pools.iter().filter(|p| p.product == product && p.base > 0.0).map(|p| system.countries[p.country].as_str());
        let found = system.pools.iter().position(|p| p.product == product && p.base > 0.0 && system.countries[p.country] == stock.place);
        let Some(pool) = found else { return Err(unknown("stock.place", &stock.place, holders().collect())) };
        stocks.push(PoolStock { pool, days: stock.days, from_day: stock.from_day });
    }
    Ok(Events { days: study.study.days, rationing: study.study.rationing, shocks, stocks })
}
