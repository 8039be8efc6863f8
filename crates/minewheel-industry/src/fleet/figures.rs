//! What one car of a product is and costs the climate, year by year: the same cars as an assessment.
//!
//! ```text
//! production(y), use per km(y), end of life(y): of a car made, driven and given up on the grid and supply of year y,
//! assessed in the footprint years, linear between, the first and last held outside
//! ```
//!
//! Materials are those of the car as sized; its pack is kept apart, per kilowatt-hour, because packs live a life of their own.

use std::collections::BTreeMap;

use minewheel_assess::ageing::pack_life;
use minewheel_assess::assessment::assess;
use minewheel_assess::inventory::{Traces, inventory};
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::row::Draw;
use minewheel_data::status::Status;
use minewheel_data::units::Length;
use minewheel_model::ageing::CarDuty;
use minewheel_model::battery::Content;
use minewheel_model::recycling::{Feed, Route, recycle};

use super::run::FleetError;
use super::study::between;

/// Climate method of studies.
const METHOD: &str = "ar6-gwp100";
/// The word for steel among a car's elements.
const IRON: &str = "iron";

/// One car by year of footprint.
#[derive(Debug, Clone, Default)]
pub struct CarFigures {
    /// Energy of its pack as built in kWh; nought: it has none that is followed.
    pub pack_kwh: f64,
    /// Usable energy of its pack counted at the wall, losses of charging included, in kWh.
    pub usable_at_wall_kwh: f64,
    /// Mass of its pack in kg per kWh.
    pub pack_kg_per_kwh: f64,
    /// Chemistry of its pack.
    pub chemistry: String,
    /// Materials of the pack in kg per kWh.
    pub pack_materials: BTreeMap<String, f64>,
    /// Share of each material of the pack that a route of recycling gives back.
    pub pack_recovery: BTreeMap<(Route, String), f64>,
    /// Materials of the car without its pack in kg.
    pub body_materials: BTreeMap<String, f64>,
    /// Years until a pack is at the end of its first life; `None`: its packs are not aged.
    pub first_life_years: Option<f64>,
    /// Range on the official cycle in km, by which packs are aged; `None`: its packs are not aged.
    pub range_km: Option<f64>,
    /// Energy at the wall in kWh per km, over all kilometres.
    pub kwh_per_km: f64,
    /// Fuel in litres per km, over all kilometres.
    pub l_per_km: f64,
    /// Weakest status.
    pub status: Option<Status>,
    production: Vec<(i32, f64)>,
    usage: Vec<(i32, f64)>,
    end: Vec<(i32, f64)>,
}

impl CarFigures {
    /// Share of a material of the pack that a route gives back.
    pub fn recovered(&self, route: Route, material: &str) -> f64 {
        self.pack_recovery.get(&(route, material.to_owned())).copied().unwrap_or(0.0)
    }

    /// Footprint of making a car in kg CO2e; `None` without footprint years.
    pub fn production_kg(&self, year: i32) -> Option<f64> {
        (!self.production.is_empty()).then(|| between(&self.production, year))
    }
    /// Footprint of a kilometre in kg CO2e.
    pub fn use_kg_per_km(&self, year: i32) -> Option<f64> {
        (!self.usage.is_empty()).then(|| between(&self.usage, year))
    }
    /// Footprint of giving up a car in kg CO2e.
    pub fn end_of_life_kg(&self, year: i32) -> Option<f64> {
        (!self.end.is_empty()).then(|| between(&self.end, year))
    }
}

/// Figures of several cars, which share their networks.
///
/// # Errors
/// A car, place or year that cannot be assessed.
pub fn car_figures(tables: &Tables, cars: &[CarDesign], place: &str, years: &[i32], km_per_year: &[f64]) -> Result<Vec<CarFigures>, FleetError> {
    let mut all = Vec::new();
    let traces = Traces::new(tables, None)?;
    let base = scenario(tables, place, years.first().copied().unwrap_or_default())?;
    for (design, km) in cars.iter().zip(km_per_year) {
        let mut figures = one_car(tables, design, &traces, &base, &Draw::BEST)?;
        if figures.pack_kwh > 0.0 {
            let life = pack_life(design, tables, Some(Length::from_km(*km)))?;
            (figures.first_life_years, figures.range_km) = (Some(life.first_life_years), Some(life.range_km));
        }
        all.push(figures);
    }
    for &year in years {
        for (figures, found) in all.iter_mut().zip(assess(tables, cars, &scenario(tables, place, year)?, None)?) {
            figures.production.push((year, found.climate.production_kg.value));
            figures.usage.push((year, found.climate.use_kg.value / found.lifetime_km));
            figures.end.push((year, found.climate.end_of_life_kg.value));
            figures.status = Some(figures.status.map_or(found.weakest_status, |s| s.max(found.weakest_status)));
        }
    }
    Ok(all)
}

/// How cars are assessed.
pub(super) fn scenario(tables: &Tables, place: &str, year: i32) -> Result<Scenario, FleetError> {
    Ok(Scenario {
        country: tables.places.id(place).map_err(minewheel_assess::AssessError::from)?,
        year,
        method: METHOD.to_owned(),
        preset: Preset::CutOff,
        is_real_world: true,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    })
}

/// Years of a pack's first life in a draw of the tables of ageing; `None`: the car's packs are not aged.
pub(super) fn drawn_life(tables: &Tables, design: &CarDesign, range_km: Option<f64>, km: f64, draw: &Draw<'_>) -> Result<Option<f64>, FleetError> {
    let (Some(range_km), Some(battery)) = (range_km, &design.battery) else { return Ok(None) };
    let duty = CarDuty::new(Length::from_km(km), Length::from_km(range_km));
    let years = tables.ageing.pack_years(&battery.chemistry, &duty, draw).map_err(minewheel_assess::AssessError::from)?;
    Ok(Some(years))
}

/// What a car holds and uses, without its footprint and the life of its pack.
pub(super) fn one_car(tables: &Tables, design: &CarDesign, traces: &Traces, scenario: &Scenario, draw: &Draw<'_>) -> Result<CarFigures, FleetError> {
    let found = inventory(design, tables, traces, scenario, draw)?;
    let electric = found.energy.electric_share;
    let mut figures = CarFigures {
        kwh_per_km: found.energy.wall_wh_per_km.map_or(0.0, |w| electric * minewheel_data::units::Energy::from_wh(w).kwh()),
        l_per_km: found.energy.mean_fuel_l_per_100km().map_or(0.0, |l| l / Length::from_m(100.0).m()),
        body_materials: found.materials.clone(),
        ..CarFigures::default()
    };
    let Some(pack) = found.pack.filter(|_| electric > 0.0) else { return Ok(figures) };
    figures.pack_kwh = pack.gross_energy.kwh();
    let usable = design.battery.as_ref().and_then(|b| b.usable_energy_kwh).map_or(figures.pack_kwh, |u| u.best);
    let losses = match (found.energy.wall_wh_per_km, found.energy.battery_wh_per_km) {
        (Some(wall), Some(battery)) if battery > 0.0 => wall / battery,
        _ => 1.0,
    };
    figures.usable_at_wall_kwh = usable * losses;
    figures.pack_kg_per_kwh = pack.pack_mass.kg() / figures.pack_kwh;
    figures.chemistry = pack.chemistry.to_string();
    for route in Route::ALL {
        let run = recycle(&pack, &tables.cells, &tables.recycling, route, Feed::EndOfLife, draw).map_err(minewheel_assess::AssessError::from)?;
        for (content, mass) in &pack.contents {
            let name = if *content == Content::Steel { IRON } else { content.word() };
            figures.pack_recovery.insert((route, name.to_owned()), run.recovery_of(*content, *mass));
        }
    }
    for (content, mass) in &pack.contents {
        let name = if *content == Content::Steel { IRON } else { content.word() };
        *figures.pack_materials.entry(name.to_owned()).or_default() += mass.kg() / figures.pack_kwh;
        if let Some(all) = figures.body_materials.get_mut(name) {
            *all = (*all - mass.kg()).max(0.0);
        }
    }
    Ok(figures)
}
