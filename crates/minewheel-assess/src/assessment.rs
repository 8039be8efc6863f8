//! The assessment of cars: everything one question needs, joined and ready to print.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::cards::ProductId;
use minewheel_data::methods::FlowId;
use minewheel_data::places::PlaceId;
use minewheel_data::row::Draw;
use minewheel_data::status::Status;
use minewheel_data::units::EnergyPerLength;
use minewheel_lca::ColumnId;
use minewheel_model::battery::Cell;
use minewheel_model::bill::{BillLine, Phase, Stage};
use rayon::prelude::*;
use serde::Serialize;

use crate::AssessError;
use crate::background::{Background, BackgroundUse};
use crate::cost::{Cost, CostBlock, CostPlaces, PackQuote, cost};
use crate::footprint::{CategoryTotal, Footprint, PlacedLine, SolvedNetwork, phase_index};
use crate::inventory::{CHARGING, Inventory, RoadEnergy, Traces, inventory};
use crate::network::{Column, NetworkError, PlacedNetwork, PlacedNetworkBuilder, UseGrid};
use crate::networks::Networks;
use crate::origin::origin;
use crate::recovery::Credits;
use crate::scenario::{BOUNDARY, GridChoice, Preset, Sampling, Scenario};
use crate::tables::Tables;
use crate::uncertainty::{Driver, Interval, draws, drivers, is_battery};
use crate::watch::Watch;

/// How many drivers and contributors a result names.
const MOST_NAMED: usize = 10;
/// Share of the total below which a status does not count as the one a result rests on.
const LEAST_SHARE: f64 = 1e-9;

/// One car with its demand placed in a network.
#[derive(Debug)]
pub struct CarCase<'d> {
    /// The design.
    pub design: &'d CarDesign,
    /// Its demand at best estimates.
    pub inventory: Inventory,
    /// The lines, placed.
    pub lines: Vec<PlacedLine>,
    /// Which network they are placed in.
    pub network: usize,
    /// Its credits, where the preset gives any.
    pub(crate) credits: Credits,
    traces: &'d Traces,
    countries: Vec<String>,
    plants: Vec<String>,
    pack_makers: Vec<String>,
}

/// The figures of one car in one draw.
#[derive(Debug, Clone, PartialEq)]
pub struct Figures {
    /// Climate by phase in kg CO2e.
    pub by_phase: [f64; 3],
    /// Climate of the battery in kg CO2e per kWh.
    pub battery_per_kwh: Option<f64>,
    /// Distance over life.
    pub lifetime_km: f64,
    /// Materials in the car, in the order of the base case's names.
    pub materials: Vec<f64>,
    /// Production and use cost in USD, and USD per km.
    pub cost: [f64; 3],
    /// Energy at the wall in kWh per 100 km.
    pub consumption_kwh_per_100km: Option<f64>,
    /// Fuel in l per 100 km.
    pub fuel_l_per_100km: Option<f64>,
    /// Electric range in km.
    pub range_km: Option<f64>,
}

impl CarCase<'_> {
    /// The figures of the car for one draw and the network's scores in it.
    ///
    /// # Errors
    /// The draw makes the car impossible.
    pub fn figures(&self, tables: &Tables, scenario: &Scenario, scores: &[f64], draw: &Draw<'_>) -> Result<Figures, AssessError> {
        // The distance is what the car is assessed for, not a property that is drawn.
        let fixed = Scenario { lifetime_km: Some(self.inventory.lifetime_km), ..scenario.clone() };
        let drawn = inventory(self.design, tables, self.traces, &fixed, draw)?;
        self.figures_of(&drawn, tables, &fixed, scores, draw)
    }

    fn figures_of(&self, drawn: &Inventory, tables: &Tables, scenario: &Scenario, scores: &[f64], draw: &Draw<'_>) -> Result<Figures, AssessError> {
        let mut by_phase = [0.0; 3];
        let mut battery = 0.0;
        let mut expected = 0;
        for line in &drawn.lines {
            let column = self.column_of(line, &mut expected)?;
            let kg = line.amount * scores[column.index()];
            by_phase[phase_index(line.stage.phase())] += kg;
            if is_battery(line) {
                battery += kg;
            }
        }
        by_phase[phase_index(Phase::EndOfLife)] += self.credits.score(tables, scenario, drawn, scores, draw)?;
        let cost = self.cost(drawn, tables, scenario, draw)?;
        Ok(Figures {
            by_phase,
            battery_per_kwh: drawn.pack.as_ref().map(|p| battery / p.gross_energy.kwh()),
            lifetime_km: drawn.lifetime_km,
            materials: self.inventory.materials.keys().map(|m| drawn.materials.get(m).copied().unwrap_or(0.0)).collect(),
            cost: [cost.production_usd(), cost.use_usd(), cost.total_usd_per_km()],
            consumption_kwh_per_100km: drawn.energy.wall_wh_per_km.map(|w| EnergyPerLength::from_wh_per_km(w).kwh_per_100km()),
            fuel_l_per_100km: drawn.energy.fuel_l_per_100km,
            range_km: drawn.energy.range_km,
        })
    }

    /// The column of a draw's line. A draw has the lines of the base case in the base case's order, save that a line
    /// may be absent where its amount is nought.
    fn column_of(&self, line: &BillLine, expected: &mut usize) -> Result<ColumnId, AssessError> {
        let is_same =
            |other: &BillLine| other.stage == line.stage && other.part == line.part && other.product == line.product && other.place == line.place;
        let base = &self.inventory.lines;
        let found = base[*expected..].iter().position(is_same).map(|i| i + *expected).or_else(|| base.iter().position(is_same));
        match found {
            Some(index) => {
                *expected = index + 1;
                Ok(self.lines[index].column)
            }
            None => Err(AssessError::LinesChanged { car: self.design.id.clone(), line: format!("{} of {}", line.product, line.part) }),
        }
    }

    /// The cost of the car for one draw.
    ///
    /// # Errors
    /// A price is missing.
    pub fn cost(&self, drawn: &Inventory, tables: &Tables, scenario: &Scenario, draw: &Draw<'_>) -> Result<Cost, AssessError> {
        let [country, plant, pack_maker] =
            [&self.countries, &self.plants, &self.pack_makers].map(|l| l.iter().map(String::as_str).collect::<Vec<_>>());
        let places = CostPlaces { country: &country, plant: &plant, pack_maker: &pack_maker };
        Ok(cost(self.design, drawn, tables, scenario.year, places, draw)?)
    }

    /// What a kilowatt-hour of its pack costs at best estimates, and by what.
    fn pack_quote(&self, tables: &Tables, scenario: &Scenario, cost: &Cost) -> Result<Option<PackQuote>, AssessError> {
        let makers: Vec<&str> = self.pack_makers.iter().map(String::as_str).collect();
        let quote = |(pack, usd)| PackQuote::of(tables, pack, usd, &makers, scenario.year, self.design.powertrain != Powertrain::Bev);
        self.inventory.pack.as_ref().zip(cost.pack_usd()).map(quote).transpose()
    }
}

/// Climate of a car's life in kilograms, and per kilometre.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Climate {
    /// From the mine to the plant's gate.
    pub production_kg: Interval,
    /// Driving and upkeep.
    pub use_kg: Interval,
    /// From the last drive to recovered material.
    pub end_of_life_kg: Interval,
    /// All of it per kilometre.
    pub total_g_per_km: Interval,
}

/// Climate of one part in one place.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StageLine {
    /// Stage of the life.
    pub stage: Stage,
    /// The part.
    pub part: String,
    /// Where it is emitted; `null` where places were not asked for.
    pub country: Option<String>,
    /// Kilograms of CO2 equivalents.
    pub kg: f64,
}

/// Cost of a car's life.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CostResult {
    /// Making the car.
    pub production_usd: Interval,
    /// Driving and keeping it.
    pub use_usd: Interval,
    /// Owner's cost per kilometre.
    pub total_usd_per_km: Interval,
    /// Blocks of production and use.
    pub blocks: Vec<CostBlock>,
    /// What a kilowatt-hour of its pack costs, and beside it what `battery` builds up; `null`: it has no pack.
    pub pack: Option<PackQuote>,
}

/// A total of another category.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Impact {
    /// The total over life; to be read with `coverage`.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// Production, use, end of life.
    pub by_phase: [f64; 3],
    /// Share of the climate total whose cards report this category's family in full.
    pub coverage: f64,
    /// Whether the coverage is too low for the value to be a total.
    pub is_incomplete: bool,
}

/// Coverage below which a category is incomplete.
pub const LEAST_COVERAGE: f64 = 0.8;

/// A process that contributes much.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Contributor {
    /// Process and place.
    pub process: String,
    /// Place code.
    pub country: String,
    /// Kilograms of CO2 equivalents emitted there.
    pub kg: f64,
    /// Share of the total.
    pub share: f64,
    /// Key of the card's source.
    pub source: String,
    /// How the card is known.
    pub status: Status,
}

/// Figures of a car beside the first one of the same call, in shared draws.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Difference {
    /// This car less the first.
    pub total_g_per_km: Interval,
    /// Distance at which both have emitted the same; `None`: never within reach.
    pub break_even_km: Option<f64>,
}

/// How a result came about.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RunRecord {
    /// Version of the program.
    pub version: &'static str,
    /// Fingerprint of the tables.
    pub data: String,
    /// Seed of the draws.
    pub seed: Option<u64>,
    /// Number of draws.
    pub samples: Option<u32>,
    /// What was resampled.
    pub resample: Option<crate::scenario::Resample>,
    /// Whose suppliers were drawn.
    pub chain: Option<crate::scenario::Chain>,
    /// Climate method.
    pub method: String,
    /// Basis of consumption.
    pub use_basis: &'static str,
    /// Grid over the car's life.
    pub grid: GridChoice,
    /// The cycle driven.
    pub cycle: String,
    /// What is counted.
    pub boundary: &'static str,
    /// Columns of the network.
    pub network_columns: usize,
    /// Largest backward error of its solution.
    pub residual: f64,
    /// What the reader must know of stand-ins.
    pub notices: Vec<String>,
    /// The ten largest contributors.
    pub contributors: Vec<Contributor>,
    /// The recalled and assumed rows through which most of the total flows.
    pub blockers: Vec<Driver>,
}

/// Everything said about one car.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Assessment {
    /// Its id.
    pub car: String,
    /// Its name.
    pub name: String,
    /// Where it drives.
    pub country: String,
    /// The year of its making.
    pub year: i32,
    /// Allocation preset.
    pub preset: &'static str,
    /// Kerb mass.
    pub kerb_mass_kg: f64,
    /// Energy at the wall.
    pub consumption_kwh_per_100km: Option<f64>,
    /// Electric range.
    pub range_km: Option<f64>,
    /// Fuel.
    pub fuel_l_per_100km: Option<f64>,
    /// Electric share of the distance.
    pub electric_share: f64,
    /// Distance over life.
    pub lifetime_km: f64,
    /// Climate.
    pub climate: Climate,
    /// Climate by stage, part and place.
    pub climate_by_stage: Vec<StageLine>,
    /// Battery, per kilowatt-hour.
    pub battery_climate_kg_per_kwh: Option<Interval>,
    /// Materials in the car.
    pub materials_kg: BTreeMap<String, Interval>,
    /// Other categories.
    pub impacts: BTreeMap<String, Impact>,
    /// Cost.
    pub cost: CostResult,
    /// Country shares by material and tier.
    pub origin: BTreeMap<String, BTreeMap<String, f64>>,
    /// Weakest status the climate total rests on.
    pub weakest_status: Status,
    /// Share of the climate total by weakest status of its chain.
    pub share_by_status: BTreeMap<String, f64>,
    /// Share of the sensitivity of the climate total to all rows, by their status.
    pub evidence_by_status: BTreeMap<String, f64>,
    /// Share of the climate total by family covered.
    pub coverage: BTreeMap<String, f64>,
    /// Rows that drive the spread.
    pub drivers: Option<Vec<Driver>>,
    /// Beside the first car of the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference_to_first: Option<Difference>,
    /// Fields that the design did not give, with what stood in.
    pub defaulted: BTreeMap<String, f64>,
    /// What the user's own background gave; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<BackgroundUse>,
    /// How it came about.
    pub run: RunRecord,
}

/// Cars placed in their networks, before anything is solved.
#[derive(Debug)]
pub struct Prepared<'d> {
    /// The cars.
    pub cases: Vec<CarCase<'d>>,
    /// Their networks; cars with the same sourcing share one.
    pub networks: Vec<Arc<PlacedNetwork>>,
    /// What the reader must know of the scenario itself.
    pub notices: Vec<String>,
}

/// Places every car's demand in a network of the scenario.
///
/// # Errors
/// A car that cannot be made, a place or year without data, a product without a maker.
pub fn prepare<'d>(tables: &Tables, cars: &'d [CarDesign], scenario: &Scenario, traces: &'d Traces) -> Result<Prepared<'d>, AssessError> {
    prepare_on(&Networks::none(), tables, cars, scenario, traces, None)
}

/// As [`prepare`], with networks that are kept, and with the products that a background maps taken from there.
///
/// # Errors
/// As [`prepare`].
pub fn prepare_on<'d>(
    kept: &Networks,
    tables: &Tables,
    cars: &'d [CarDesign],
    scenario: &Scenario,
    traces: &'d Traces,
    background: Option<&Arc<Background>>,
) -> Result<Prepared<'d>, AssessError> {
    if let Some(car) = cars.iter().find(|c| !c.sourcing_demands.is_empty()) {
        return Err(NetworkError::Unsolved(car.id.clone()).into());
    }
    // Networks are kept by what they buy from the tables; one on a user's background is its own.
    let none = Networks::none();
    let kept = if background.is_some() { &none } else { kept };
    let mix = tables.electricity.mix(&tables.places, scenario.country, scenario.year)?;
    let mut cases: Vec<CarCase<'d>> = Vec::new();
    let mut builders: Vec<(&[minewheel_data::car::SourcingRule], PlacedNetworkBuilder<'_>)> = Vec::new();
    let mut notices: Vec<String> = mix.notice.into_iter().collect();
    for design in cars {
        let inventory = inventory(design, tables, traces, scenario, &Draw::BEST)?;
        let network = if let Some(index) = builders.iter().position(|b| b.0 == design.sourcing.as_slice()) {
            index
        } else {
            builders
                .push((&design.sourcing, PlacedNetworkBuilder::new(tables, scenario.year, &design.sourcing)?.with_background(background.cloned())));
            builders.len() - 1
        };
        let plant = match design.plant.country.as_deref().or(design.made_in.as_deref()) {
            Some(code) => tables.places.id(code)?,
            None => tables.places.id("WORLD")?,
        };
        notices.extend(crate::plant::supply_notice(&design.plant, tables.places.code(plant)));
        let builder = &mut builders[network].1;
        if scenario.preset != Preset::CutOff {
            let cathode = inventory.pack.as_ref().and_then(|p| tables.cells.cell(&p.chemistry)).map(Cell::cathode_product);
            crate::recovery::register(tables, builder, scenario.country, cathode)?;
        }
        let lines =
            inventory.lines.iter().map(|line| place_line(tables, builder, line, plant, scenario, &inventory)).collect::<Result<Vec<_>, _>>()?;
        let lineage = |place: PlaceId| tables.places.lineage(place).map(|p| tables.places.code(p).to_owned()).collect::<Vec<_>>();
        let maker = design.battery.as_ref().and_then(|b| b.made_in.as_deref());
        let pack_makers = match maker {
            Some(code) => lineage(tables.places.id(code)?),
            None => lineage(plant),
        };
        cases.push(CarCase {
            design,
            inventory,
            lines,
            network,
            credits: Credits::default(),
            traces,
            countries: lineage(scenario.country),
            plants: lineage(plant),
            pack_makers,
        });
    }
    let networks = builders.into_iter().map(|b| kept.place(b.1)).collect::<Result<Vec<_>, _>>()?;
    notices.dedup();
    Ok(Prepared { cases, networks, notices })
}

/// What a line buys: a product, or the release of a flow.
enum Good {
    Product(ProductId),
    Flow(FlowId),
}

fn product_or_flow(tables: &Tables, line: &BillLine) -> Result<Good, NetworkError> {
    let product = tables.cards.product_id(&line.product).map(Good::Product);
    let good = product.or_else(|| tables.methods.flow_id(&line.product).map(Good::Flow));
    good.ok_or_else(|| NetworkError::UnknownProduct(line.product.to_string()))
}

/// The column of a line of production of a plant.
///
/// # Errors
/// A product or place is unknown, or nothing makes the product there.
pub(crate) fn column_of(tables: &Tables, builder: &mut PlacedNetworkBuilder<'_>, line: &BillLine, plant: PlaceId) -> Result<ColumnId, NetworkError> {
    let place = line.place.as_ref().map(|p| tables.places.id(p)).transpose()?;
    match (place, product_or_flow(tables, line)?) {
        (Some(place), Good::Product(product)) => builder.made_in(product, place),
        (None, Good::Product(product)) => builder.bought_by_plant(product, plant),
        (place, Good::Flow(flow)) => Ok(builder.released(flow, place.unwrap_or(plant))),
    }
}

fn place_line(
    tables: &Tables,
    builder: &mut PlacedNetworkBuilder<'_>,
    line: &BillLine,
    plant: PlaceId,
    scenario: &Scenario,
    inventory: &Inventory,
) -> Result<PlacedLine, AssessError> {
    let status = tables.rows.weakest(line.rows.iter().copied());
    let column: ColumnId = if &*line.product == CHARGING && line.stage == Stage::Electricity {
        let grid = match scenario.grid {
            GridChoice::Static => UseGrid::Static,
            GridChoice::Pathway => UseGrid::Pathway(inventory.years.round().max(1.0) as u32),
        };
        builder.charging(scenario.country, grid)
    } else {
        match line.stage.phase() {
            Phase::Production => column_of(tables, builder, line, plant)?,
            Phase::Use | Phase::EndOfLife => {
                let place = line.place.as_ref().map(|p| tables.places.id(p)).transpose()?;
                match (place, product_or_flow(tables, line)?) {
                    (Some(place), Good::Product(product)) => builder.made_in(product, place)?,
                    (None, Good::Product(product)) => builder.bought_in(product, scenario.country)?,
                    (place, Good::Flow(flow)) => builder.released(flow, place.unwrap_or(scenario.country)),
                }
            }
        }
    };
    Ok(PlacedLine { stage: line.stage, part: Arc::clone(&line.part), column, amount: line.amount, status })
}

/// Assesses cars together: one network per way of sourcing, shared draws.
///
/// # Errors
/// Whatever [`prepare`] refuses, a network that cannot be solved, or a draw that makes a car impossible.
pub fn assess(tables: &Tables, cars: &[CarDesign], scenario: &Scenario, sampling: Option<Sampling>) -> Result<Vec<Assessment>, AssessError> {
    let means = Means { networks: &Networks::none(), watch: &Watch::none(), background: None, has_places: true };
    assess_on(&means, tables, cars, scenario, sampling)
}

/// What an assessment is done with.
#[derive(Debug, Clone, Copy)]
pub struct Means<'a> {
    /// Networks that are kept.
    pub networks: &'a Networks,
    /// Counts draws and may stop them.
    pub watch: &'a Watch,
    /// The products that it maps are taken from there.
    pub background: Option<&'a Arc<Background>>,
    /// Whether to tell where emissions happen.
    pub has_places: bool,
}

/// As [`assess`], with chosen means.
///
/// # Errors
/// As [`assess`], and [`AssessError::Stopped`].
pub fn assess_on(
    means: &Means<'_>,
    tables: &Tables,
    cars: &[CarDesign],
    scenario: &Scenario,
    sampling: Option<Sampling>,
) -> Result<Vec<Assessment>, AssessError> {
    let kept = means.networks;
    let traces = kept.traces(tables, scenario)?;
    let mut prepared = prepare_on(kept, tables, cars, scenario, &traces, means.background)?;
    if scenario.preset != Preset::CutOff {
        crate::recovery::add_credits(tables, scenario, &mut prepared)?;
    }
    let solved = prepared.networks.iter().map(|n| kept.solution(tables, n, &scenario.method, means.has_places)).collect::<Result<Vec<_>, _>>()?;
    let samples = match sampling {
        Some(sampling) => Some(draws(tables, scenario, &prepared.cases, &solved, sampling, means.watch)?),
        None => None,
    };
    // Of several errors the first car's is told.
    let based: Vec<Result<(Footprint, Figures), AssessError>> = prepared
        .cases
        .par_iter()
        .map(|case| {
            let network = &solved[case.network];
            let footprint = network.footprint(tables, &case.lines, means.has_places)?;
            let base = case.figures_of(&case.inventory, tables, scenario, network.scores.values(), &Draw::BEST)?;
            Ok((footprint, base))
        })
        .collect();
    let based = based.into_iter().collect::<Result<Vec<_>, _>>()?;
    let described = prepared.cases.par_iter().zip(&based).enumerate().map(|(index, (case, (footprint, base)))| {
        let network = &solved[case.network];
        let column = |pick: &dyn Fn(&Figures) -> f64| match &samples {
            Some(samples) => Interval::of(pick(base), samples.iter().map(|d| pick(&d[index]))),
            None => Interval::point(pick(base)),
        };
        let difference_to_first = (index > 0).then(|| {
            let first = &based[0].1;
            let value = per_km(base) - per_km(first);
            let total_g_per_km = match &samples {
                Some(samples) => Interval::of(value, samples.iter().map(|d| per_km(&d[index]) - per_km(&d[0]))),
                None => Interval::point(value),
            };
            Difference { total_g_per_km, break_even_km: break_even(first, base) }
        });
        let drivers = sampling.map(|s| drivers(tables, scenario, case, network, &footprint.activity, s.chain, MOST_NAMED)).transpose()?;
        let mut result = describe(tables, scenario, case, network, footprint, base, &column)?;
        result.drivers = drivers;
        result.difference_to_first = difference_to_first;
        result.run.seed = sampling.map(|s| s.seed);
        result.run.samples = sampling.map(|s| s.samples);
        result.run.resample = sampling.map(|s| s.resample);
        result.run.chain = sampling.map(|s| s.chain);
        result.run.notices.extend(unlike_lives(&prepared.cases[0].design.id, &based[0].1, &case.design.id, base));
        result.run.notices.splice(0..0, prepared.notices.iter().cloned());
        result.run.notices.dedup();
        Ok(result)
    });
    described.collect::<Vec<Result<_, _>>>().into_iter().collect()
}

/// Grams of CO2 equivalents per kilometre.
fn per_km(figures: &Figures) -> f64 {
    minewheel_data::units::Co2e::from_kg(figures.by_phase.iter().sum()).g() / figures.lifetime_km
}

/// Says that two cars are compared over unlike distances, which spreads what is made once over more kilometres of the one.
fn unlike_lives(first: &str, of_first: &Figures, other: &str, of_other: &Figures) -> Option<String> {
    let [a, b] = [of_first, of_other].map(|f| f.lifetime_km.round());
    (a.to_bits() != b.to_bits())
        .then(|| format!("{other} is driven {b} km in its life and {first} {a} km: per kilometre they are not on one basis; `--km` gives both one"))
}

/// The distance at which two cars have emitted the same; production and end of life are counted as fixed.
fn break_even(first: &Figures, other: &Figures) -> Option<f64> {
    let fixed = |f: &Figures| f.by_phase[0] + f.by_phase[2];
    let running = |f: &Figures| f.by_phase[1] / f.lifetime_km;
    let distance = (fixed(other) - fixed(first)) / (running(first) - running(other));
    (distance.is_finite() && distance > 0.0).then_some(distance)
}

/// The tier of the supply chain at which cells are made.
const CELL_TIER: &str = "cells/cell";

/// What a reader must know of the cycle: that the car drives it reshaped, or cannot follow it.
fn cycle_notice(car: &str, energy: &RoadEnergy) -> Option<String> {
    let mut what = Vec::new();
    if energy.downscaling_factor > 0.0 {
        what.push(format!("downscaled by {:.1} % for want of power", 100.0 * energy.downscaling_factor));
    }
    if let Some(top) = energy.capped_at_km_h {
        what.push(format!("capped at its top speed of {top:.0} km/h"));
    }
    if energy.missed_trace_s >= 1.0 {
        what.push(format!(
            "not followed for {:.0} s: {:.3} Wh/km of work at the wheels are not in it",
            energy.missed_trace_s, energy.missed_wh_per_km
        ));
    }
    if energy.depleting_fuel_l_per_100km > 0.0 {
        what.push(format!("on the battery with the engine's help: {:.2} l/100 km of that distance", energy.depleting_fuel_l_per_100km));
    }
    (!what.is_empty()).then(|| format!("{car}: cycle {} {}", energy.cycle, what.join(", ")))
}

/// What a reader must know of the weather: that the temperature of the place's roads is not known.
fn weather_notice(tables: &Tables, scenario: &Scenario) -> Option<String> {
    let place = tables.places.code(scenario.country);
    let is_unknown = scenario.is_real_world && tables.drive.ambient_c_in(place).is_none();
    is_unknown.then(|| format!("{place}: the mean temperature of its roads is in no table; {:.0} °C stand in", tables.drive.real_world_c.best))
}

fn describe(
    tables: &Tables,
    scenario: &Scenario,
    case: &CarCase<'_>,
    network: &SolvedNetwork<'_>,
    footprint: &Footprint,
    base: &Figures,
    column: &dyn Fn(&dyn Fn(&Figures) -> f64) -> Interval,
) -> Result<Assessment, AssessError> {
    let design = case.design;
    let inventory = &case.inventory;
    let cost = case.cost(inventory, tables, scenario, &Draw::BEST)?;
    let flows = crate::uncertainty::flows_through(tables, case, network, &footprint.activity);
    let materials_kg = inventory.materials.keys().enumerate().map(|(i, name)| (name.clone(), column(&|f: &Figures| f.materials[i]))).collect();
    let origins =
        origin(tables, inventory.materials.keys().map(String::as_str).chain(inventory.pack.iter().flat_map(|_| ["cathode", "cells"])), scenario.year);
    // Where a design says who makes its cells, that goes before the shares of all makers.
    let made_in = design.battery.as_ref().and_then(|b| b.made_in.as_ref());
    let of_cells = made_in.map(|place| (CELL_TIER.to_owned(), BTreeMap::from([(place.clone(), 1.0)])));
    let share_by_status = Status::ALL.iter().zip(footprint.by_status).map(|(s, v)| (s.word().to_owned(), v)).collect();
    let weakest = Status::ALL.iter().zip(footprint.by_status).rev().find(|(_, share)| share.abs() > LEAST_SHARE).map_or(Status::Read, |(s, _)| *s);
    let impacts = footprint.categories.iter().map(|c| (c.category.clone(), impact(c))).collect();
    Ok(Assessment {
        car: design.id.clone(),
        name: design.name.clone().unwrap_or_else(|| design.id.clone()),
        country: tables.places.code(scenario.country).to_owned(),
        year: scenario.year,
        preset: scenario.preset.word(),
        kerb_mass_kg: inventory.sized.kerb_mass.kg(),
        consumption_kwh_per_100km: base.consumption_kwh_per_100km,
        range_km: base.range_km,
        fuel_l_per_100km: base.fuel_l_per_100km,
        electric_share: inventory.energy.electric_share,
        lifetime_km: inventory.lifetime_km,
        climate: Climate {
            production_kg: column(&|f: &Figures| f.by_phase[0]),
            use_kg: column(&|f: &Figures| f.by_phase[1]),
            end_of_life_kg: column(&|f: &Figures| f.by_phase[2]),
            total_g_per_km: column(&per_km),
        },
        climate_by_stage: footprint
            .by_stage
            .iter()
            .map(|s| StageLine { stage: s.stage, part: s.part.to_string(), country: s.country.clone(), kg: s.kg })
            .collect(),
        battery_climate_kg_per_kwh: base.battery_per_kwh.map(|_| column(&|f: &Figures| f.battery_per_kwh.unwrap_or(0.0))),
        materials_kg,
        impacts,
        cost: CostResult {
            production_usd: column(&|f: &Figures| f.cost[0]),
            use_usd: column(&|f: &Figures| f.cost[1]),
            total_usd_per_km: column(&|f: &Figures| f.cost[2]),
            blocks: cost.blocks().cloned().collect(),
            pack: case.pack_quote(tables, scenario, &cost)?,
        },
        origin: origins.into_iter().map(|o| (o.key, o.shares)).chain(of_cells).collect(),
        weakest_status: weakest,
        share_by_status,
        evidence_by_status: crate::uncertainty::evidence_by_status(tables, &flows),
        coverage: footprint.coverage.clone(),
        drivers: None,
        difference_to_first: None,
        defaulted: inventory.energy.defaulted.iter().cloned().collect(),
        background: BackgroundUse::of(tables, network, &footprint.activity),
        run: RunRecord {
            version: env!("CARGO_PKG_VERSION"),
            data: tables.fingerprint.clone(),
            seed: None,
            samples: None,
            resample: None,
            chain: None,
            method: scenario.method.clone(),
            use_basis: if scenario.is_real_world { "real-world" } else { "official" },
            grid: scenario.grid,
            cycle: inventory.energy.cycle.clone(),
            boundary: BOUNDARY,
            network_columns: network.placed.columns().len(),
            residual: footprint.residual,
            notices: cycle_notice(&case.design.id, &inventory.energy)
                .into_iter()
                .chain(minewheel_model::drive::ratio_notice(case.design, &tables.drive))
                .chain(crate::battery::hybrid_notice(case.design, tables))
                .chain(weather_notice(tables, scenario))
                .chain(network.placed.notices.iter().cloned())
                .collect(),
            contributors: contributors(tables, network, footprint),
            blockers: crate::uncertainty::blockers(tables, &flows, MOST_NAMED),
        },
    })
}

fn impact(total: &CategoryTotal) -> Impact {
    Impact {
        value: total.by_phase.iter().sum(),
        unit: total.unit.clone(),
        by_phase: total.by_phase,
        coverage: total.coverage,
        is_incomplete: total.coverage < LEAST_COVERAGE,
    }
}

fn contributors(tables: &Tables, network: &SolvedNetwork<'_>, footprint: &Footprint) -> Vec<Contributor> {
    let activity = &footprint.activity;
    let total: f64 = footprint.by_phase.iter().sum();
    let found: Vec<(ColumnId, f64)> = activity
        .values()
        .iter()
        .enumerate()
        .map(|(i, x)| (ColumnId(i as u32), x * network.direct(ColumnId(i as u32))))
        .filter(|c| c.1 != 0.0)
        .collect();
    crate::uncertainty::largest(found, MOST_NAMED)
        .into_iter()
        .filter_map(|(id, kg)| {
            let Column::Process(process, place) = network.placed.column(id) else { return None };
            let card = tables.cards.process(process);
            Some(Contributor {
                process: card.name.clone(),
                country: tables.places.code(place).to_owned(),
                kg,
                share: kg / total,
                source: tables.sources.key(tables.rows.source(card.row)).to_owned(),
                status: tables.rows.status(card.row),
            })
        })
        .collect()
}
