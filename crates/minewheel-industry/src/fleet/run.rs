//! A study run: cars, kilometres, energy, footprint, packs and materials, year by year.
//!
//! ```text
//! driven(y)      = ½ (stock(y−1) + stock(y)) · km per car and year
//! footprint(y)   = production(y) · inflow + use per km(y) · driven + end of life(y) · outflow
//! demand(e, y)   = body(e) · inflow + pack(e) · (fitted + replacements + scrap)         element e, in tonnes
//! balance(e, y)  = demand + start − (in cars + second life) − exported − informal − recovered − lost = 0      packs
//! ```
//!
//! | symbol    | meaning                                                 | from                 |
//! |-----------|---------------------------------------------------------|----------------------|
//! | `body(e)` | element in a car without its pack                       | [`super::figures`]   |
//! | `pack(e)` | element in a kilowatt-hour of pack                      | [`super::figures`]   |
//! | recovered | recycled packs × what the route gives back              | `data/recycling`      |
//!
//! The balance of every element of the packs is checked in every year; a residual above 1e-9 of what moved is an error. Cars
//! given up are booked by what they hold; what a shredder recovers of it is a product of yields that the tables name.
//! Left out: vehicles other than the products of the study, and rebound of ownership on kilometres.

use std::collections::BTreeSet;

use minewheel_assess::AssessError;
use minewheel_assess::tables::Tables;
use minewheel_data::catalogue::UnknownCar;
use minewheel_data::parameters::ParameterError;
use minewheel_data::places::UnknownPlace;
use minewheel_data::row::Draw;
use minewheel_data::status::Status;
use minewheel_data::units::DAYS_PER_YEAR;
use serde::Serialize;

use crate::credits::design::DesignError;
use crate::credits::rules::RuleBook;

use super::capacity::{CapacityLine, capacity_lines};
use super::cohorts::CohortError;
use super::credits::{NewCars, are_rules_of, credits_of};
use super::drivers::{Driven, DriverLine, driven};
use super::figures::car_figures;
use super::intervals::{Draws, IntervalLine, Sampled, sample};
use super::ledgers::{CreditLine, MaterialLine, PackLine, YearLine};
use super::mix::{design_of, expanded};
use super::product::{Setting, Walked, walk_product};
use super::study::{CurveChoice, Study, StudyError};
use super::tables::FleetTables;

/// Residual of an element's balance, as a share of what moved, above which the result is refused.
const BALANCE: f64 = 1e-9;
pub(super) const KG_PER_T: f64 = 1000.0;
pub(super) const KWH_PER_GWH: f64 = 1e6;

/// Why a study cannot be run.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FleetError {
    /// The study has a fault.
    #[error(transparent)]
    Study(#[from] StudyError),
    /// A car is not in the catalogue.
    #[error(transparent)]
    Car(#[from] UnknownCar),
    /// A place is not known.
    #[error(transparent)]
    Place(#[from] UnknownPlace),
    /// A car cannot be assessed.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// A car has no credit although its year has a rule.
    #[error(transparent)]
    Credit(#[from] DesignError),
    /// A parameter is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A stock cannot be.
    #[error("`{product}`{}: {error}", year.map(|y| format!(" in {y}")).unwrap_or_default())]
    Cohort {
        /// The product.
        product: String,
        /// The year.
        year: Option<i32>,
        /// What is wrong.
        error: CohortError,
    },
    /// An element does not balance.
    #[error("{element} of packs in {year} does not balance: {residual} t of {moved} t that moved")]
    Balance {
        /// The element.
        element: String,
        /// The year.
        year: i32,
        /// What is missing in tonnes.
        residual: f64,
        /// What moved in tonnes.
        moved: f64,
    },
}

/// A study run.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FleetReport {
    /// Its title.
    pub title: String,
    /// Where.
    pub place: String,
    /// What drives it, by year; empty where its products name their numbers.
    pub drivers: Vec<DriverLine>,
    /// Cars by year and product.
    pub years: Vec<YearLine>,
    /// Packs by year and product.
    pub packs: Vec<PackLine>,
    /// Elements by year.
    pub materials: Vec<MaterialLine>,
    /// Load of charging through a working day of the last year in GW, by hour, if the study names a profile.
    pub load_gw: Vec<f64>,
    /// Cars and cells that the study asks of works, beside the capacity that is stated for the place; empty where none is.
    pub capacity: Vec<CapacityLine>,
    /// New-energy credits of the new cars, by year and product; empty outside China and in years without a rule.
    pub credits: Vec<CreditLine>,
    /// Intervals over draws of the tables, if they are asked for.
    pub intervals: Vec<IntervalLine>,
    /// Public charging points that the electric cars of the last year ask for.
    pub public_points: Option<f64>,
    /// Weakest status that the figures rest on.
    pub weakest_status: Status,
    /// What a reader must know.
    pub notices: Vec<String>,
}

/// Runs a study.
///
/// # Errors
/// A fault of the study, a car that cannot be assessed, a stock that cannot be, or an element that does not balance.
pub fn run(tables: &Tables, fleet: &FleetTables, book: &RuleBook, study: &Study) -> Result<FleetReport, FleetError> {
    run_sampled(tables, fleet, book, study, None)
}

/// As [`run`], with intervals over draws of the tables.
///
/// # Errors
/// As [`run`], at best estimates or in a draw.
pub fn run_sampled(tables: &Tables, fleet: &FleetTables, book: &RuleBook, whole: &Study, draws: Option<Draws>) -> Result<FleetReport, FleetError> {
    run_in(tables, fleet, book, whole, draws, 0).map(|(report, _)| report)
}

/// As [`run_sampled`], of one place among several: its own numbers are drawn by its place in the list. With what was drawn.
pub(super) fn run_in(
    tables: &Tables,
    fleet: &FleetTables,
    book: &RuleBook,
    whole: &Study,
    draws: Option<Draws>,
    region: u64,
) -> Result<(FleetReport, Option<Sampled>), FleetError> {
    let Driven { study, lines: drivers, notices: said } = driven(whole, fleet, &Draw::BEST, None)?;
    let study = &expanded(&study, fleet, &Draw::BEST)?;
    let draws = draws.filter(|d| d.samples > 0);
    let head = &study.study;
    tables.places.id(&head.place)?;
    let mut notices = said;
    let mut status = if drivers.is_empty() { Status::Derived } else { Status::Assumption };
    let table_km = fleet.parameters.value("use", "km-per-year", "km")?;
    if study.products.iter().any(|p| p.km_per_year.is_none()) {
        status = status.max(fleet.rows.status(table_km.row));
    }
    for product in &study.products {
        if let CurveChoice::Named(name) = &product.survival {
            status = status.max(fleet.rows.weakest(fleet.curve_rows(name).iter().map(|v| v.row)));
        }
    }
    let kms: Vec<f64> = study.products.iter().map(|p| p.km_per_year.unwrap_or(table_km.best)).collect();
    let cars = study.products.iter().map(|p| design_of(tables, study, p)).collect::<Result<Vec<_>, _>>()?;
    let figures = car_figures(tables, &cars, &head.place, &head.footprint_years, &kms)?;
    status = figures.iter().filter_map(|f| f.status).fold(status, Status::max);
    if let Some(&last) = head.footprint_years.last()
        && last < head.to
    {
        notices.push(format!("footprints after {last} are those of {last}: grids and supply are held"));
    }
    let mut walked = Vec::new();
    for (product, figures) in study.products.iter().zip(figures) {
        let found = walk_product(Setting { study, fleet, draw: &Draw::BEST }, product, figures)?;
        notices.extend(early_retirement(study, &product.name, &found));
        walked.push(found);
    }
    if walked.iter().any(|w| w.packs.is_some()) {
        // Second life, collection and scrap rest on these rows whatever a study says of them.
        let rows = ["second-life", "pack"].iter().filter_map(|s| fleet.parameters.subject(s).ok());
        let values = rows.flat_map(|s| s.properties().into_iter().filter_map(move |p| ["1", "year"].iter().find_map(|u| s.value(p, u).ok())));
        status = status.max(fleet.rows.weakest(values.map(|v| v.row)));
    }
    let years = years(study, &walked, &kms);
    let packs = pack_lines(study, &walked);
    let materials = materials(fleet, study, &walked)?;
    let electric: f64 = walked.iter().filter(|w| w.figures.kwh_per_km > 0.0).filter_map(|w| w.flows.stock.last()).sum();
    let lineage = places_of(tables, &head.place);
    let ratio = fleet.parameters.subject("points")?.value_at("cars-per-public-point", &lineage, head.to, "1").ok();
    let load_gw = match &head.charging {
        Some(name) => load(fleet, name, years.iter().filter(|l| l.year == head.to).map(|l| l.electricity_gwh).sum()),
        None => Vec::new(),
    };
    let capacity = capacity_lines(fleet, study, &walked);
    if !capacity.is_empty() {
        notices.push("capacity is that stated for all makers of the place and is held after its last year; they also make for export and for other uses than these cars".to_owned());
        let rows = fleet.parameters.subject("capacity")?;
        let values = rows.properties().into_iter().filter_map(|p| ["vehicle", "GWh"].iter().find_map(|u| rows.value(p, u).ok()));
        status = status.max(fleet.rows.weakest(values.map(|v| v.row)));
    }
    let mut credits = Vec::new();
    if are_rules_of(&lineage) {
        let by_product = study.products.iter().zip(&cars).zip(&walked);
        let new: Vec<NewCars<'_>> = by_product
            .map(|((p, design), w)| NewCars { product: &p.name, design, meets_conditions: p.meets_conditions, by_year: &w.flows.inflow })
            .collect();
        let earned = credits_of(tables, book, head.from, &new)?;
        for (product, field) in earned.unknown {
            notices.push(format!("credits: `{product}` has none here, for want of `{field}`; a product of the study may state it"));
        }
        if let (Some(first), Some(last)) = (earned.without_rule.first(), earned.without_rule.last()) {
            notices.push(format!("credits: no rule is known for new cars of {first} to {last} in part or at all; none is carried on"));
        }
        status = earned.lines.iter().map(|l| l.status).fold(status, Status::max);
        credits = earned.lines;
    }
    let sampled = draws.map(|draws| sample(tables, fleet, (whole, study), &cars, &walked, draws, region)).transpose()?;
    if let Some(draws) = draws {
        notices.push(format!("intervals: {} draws, seed {}, of curves, packs and what cars hold, each row by its own range, and of {} of the study's own; numbers and curves without a range stand still", draws.samples, draws.seed, whole.ranges.len()));
    }
    let report = FleetReport {
        title: head.title.clone(),
        place: head.place.clone(),
        drivers,
        years,
        packs,
        materials,
        load_gw,
        capacity,
        credits,
        intervals: sampled.as_ref().map_or_else(Vec::new, Sampled::lines),
        public_points: ratio.map(|r| electric / r.best).filter(|p| *p > 0.0),
        weakest_status: status,
        notices,
    };
    Ok((report, sampled))
}

/// What is said of cars that are retired early; more than what sums leave.
fn early_retirement(study: &Study, name: &str, walked: &Walked) -> Option<String> {
    let flows = &walked.flows;
    let (early, most) = (flows.extra_retirement.iter().sum::<f64>(), flows.stock.iter().copied().fold(0.0, f64::max));
    let is_seen = |cars: f64| cars > BALANCE * most;
    let first = flows.extra_retirement.iter().position(|e| is_seen(*e)).filter(|_| is_seen(early))? as i32 + study.study.from;
    Some(format!("`{name}`: {early:.0} cars are retired early, the first in {first}, so that the stock wanted is met"))
}

/// A year's energy spread over a day of the year by a profile: gigawatt-hours an hour are gigawatts.
fn load(fleet: &FleetTables, name: &str, gwh: f64) -> Vec<f64> {
    let profiles = fleet.profile(name);
    let day = profiles.iter().find(|p| p.day != "weekend").or(profiles.first());
    day.map_or_else(Vec::new, |p| p.shares.iter().map(|s| s * gwh / DAYS_PER_YEAR).collect())
}

fn places_of<'t>(tables: &'t Tables, place: &str) -> Vec<&'t str> {
    tables.places.id(place).map_or_else(|_| Vec::new(), |id| tables.places.lineage(id).map(|p| tables.places.code(p)).collect())
}

fn years(study: &Study, walked: &[Walked], kms: &[f64]) -> Vec<YearLine> {
    let mut lines = Vec::new();
    for index in 0..study.years() {
        let year = study.study.from + index as i32;
        for ((product, w), km_per_year) in study.products.iter().zip(walked).zip(kms) {
            let f = &w.flows;
            let before = if index == 0 { w.start } else { f.stock[index - 1] };
            let km = f64::midpoint(before, f.stock[index]) * km_per_year;
            let tonnes = |kg: Option<f64>, amount: f64| kg.map(|kg| kg * amount / KG_PER_T);
            lines.push(YearLine {
                year,
                product: product.name.clone(),
                stock: f.stock[index],
                inflow: f.inflow[index],
                outflow: f.outflow[index],
                extra_retirement: f.extra_retirement[index],
                traded: f.traded[index],
                km,
                electricity_gwh: km * w.figures.kwh_per_km / KWH_PER_GWH,
                fuel_ml: km * w.figures.l_per_km / KWH_PER_GWH,
                production_t: tonnes(w.figures.production_kg(year), f.inflow[index]),
                use_t: tonnes(w.figures.use_kg_per_km(year), km),
                end_of_life_t: tonnes(w.figures.end_of_life_kg(year), f.outflow[index]),
            });
        }
    }
    lines
}

fn pack_lines(study: &Study, walked: &[Walked]) -> Vec<PackLine> {
    let mut lines = Vec::new();
    for index in 0..study.years() {
        for (product, w) in study.products.iter().zip(walked) {
            let Some((p, _)) = &w.packs else { continue };
            let gwh = |ledger: &[f64]| ledger[index] / KWH_PER_GWH;
            lines.push(PackLine {
                year: study.study.from + index as i32,
                product: product.name.clone(),
                in_cars_gwh: gwh(&p.in_cars),
                fitted_gwh: gwh(&p.fitted),
                replacements_gwh: gwh(&p.replacements),
                failed_gwh: gwh(&p.failed),
                outlived_gwh: gwh(&p.outlived),
                exported_gwh: gwh(&p.exported),
                traded_gwh: gwh(&p.traded),
                collected_gwh: gwh(&p.collected),
                informal_gwh: gwh(&p.informal),
                to_second_life_gwh: gwh(&p.to_second_life),
                in_second_life_gwh: gwh(&p.in_second_life),
                recycled_gwh: gwh(&p.recycled),
                scrap_gwh: gwh(&p.scrap),
                out_t: (p.outlived[index] + p.failed[index]) * w.figures.pack_kg_per_kwh / KG_PER_T,
                out_age: p.age_out[index],
            });
        }
    }
    lines
}

/// Every element in every year, with the balance of the packs.
fn materials(fleet: &FleetTables, study: &Study, walked: &[Walked]) -> Result<Vec<MaterialLine>, FleetError> {
    let names: BTreeSet<&str> =
        walked.iter().flat_map(|w| w.figures.body_materials.keys().chain(w.figures.pack_materials.keys())).map(String::as_str).collect();
    let yields = fleet.parameters.subject("yield")?;
    let mut lines = Vec::new();
    for index in 0..study.years() {
        for element in &names {
            let mut line = MaterialLine {
                year: study.study.from + index as i32,
                element: (*element).to_owned(),
                body_demand_t: 0.0,
                pack_demand_t: 0.0,
                pack_stock_t: 0.0,
                pack_recovered_t: 0.0,
                pack_lost_t: 0.0,
                pack_informal_t: 0.0,
                pack_exported_t: 0.0,
                body_retired_t: 0.0,
                body_recovered_t: None,
                residual_t: 0.0,
            };
            let mut before = 0.0;
            let mut traded = 0.0;
            for w in walked {
                let body = w.figures.body_materials.get(*element).copied().unwrap_or(0.0) / KG_PER_T;
                let [in_bodies, in_packs] = w.demand_t(element, index);
                line.body_demand_t += in_bodies;
                line.body_retired_t += body * w.flows.outflow[index];
                let Some((p, route)) = &w.packs else { continue };
                let per_kwh = w.figures.pack_materials.get(*element).copied().unwrap_or(0.0) / KG_PER_T;
                let share = w.figures.recovered(*route, element);
                let recycled = p.recycled[index] + p.scrap[index];
                line.pack_demand_t += in_packs;
                line.pack_stock_t += per_kwh * (p.in_cars[index] + p.in_second_life[index]);
                line.pack_recovered_t += per_kwh * recycled * share;
                line.pack_lost_t += per_kwh * recycled * (1.0 - share);
                line.pack_informal_t += per_kwh * p.informal[index];
                line.pack_exported_t += per_kwh * p.exported[index];
                traded += per_kwh * p.traded[index];
                before += per_kwh * if index == 0 { w.start_pack_kwh } else { p.in_cars[index - 1] + p.in_second_life[index - 1] };
            }
            line.body_recovered_t = yields.optional(element, "1")?.map(|y| y.best * line.body_retired_t);
            let came = before + line.pack_demand_t + traded;
            let went = line.pack_stock_t + line.pack_recovered_t + line.pack_lost_t + line.pack_informal_t + line.pack_exported_t;
            line.residual_t = came - went;
            let moved = came.abs().max(went.abs());
            if line.residual_t.abs() > BALANCE * moved {
                return Err(FleetError::Balance { element: line.element, year: line.year, residual: line.residual_t, moved });
            }
            lines.push(line);
        }
    }
    Ok(lines)
}
