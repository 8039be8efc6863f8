//! The answer to a question about a pack.

use std::collections::BTreeMap;

use minewheel_data::car::Powertrain;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::status::Status;
use minewheel_data::units::Length;
use minewheel_lca::{FactorSampler, forward};
use minewheel_model::ageing::CarDuty;
use minewheel_model::battery::{CellDesign, Check, FastChargeReport, PackDesign, PowerReport, Purchase, describe_cell, design_pack, purchases};
use minewheel_model::bill::Stage;
use rayon::prelude::*;
use serde::Serialize;

use super::chain::{Chain, content_word};
use super::cost::{CostModel, Price, PriceBlock, PriceYears};
use super::sample::sample;
use super::{BatteryQuestion, ChainError, RECYCLABLE};
use crate::AssessError;
use crate::footprint::SolvedNetwork;
use crate::pack_footprint::{GateClimate, LifeFigures, PRODUCTION, PackFootprint, PackLives, cycles_of};
use crate::scenario::{Chain as WhoseChain, Sampling};
use crate::tables::Tables;
use crate::uncertainty::{Driver, Interval, WIDTH, centred_sampler, distributions, distributions_of, driver, is_uncertain};

/// What was asked for and moves nothing, for the pack holds no such metal or its chain has no such stage.
fn without_effect(question: &BatteryQuestion, pack: &PackDesign, stages: &[StageLine], tables: &Tables) -> Option<String> {
    let lacks = |metal: &str| pack.contents.keys().all(|content| content.word() != metal);
    let passes_no = |stage: &str| tables.battery.stages().iter().any(|s| s == stage) && stages.iter().all(|line| line.stage != stage);
    let recycled = question.recycled.iter().filter(|(metal, _)| lacks(metal)).map(|(metal, _)| format!("recycled {metal}"));
    let shocks = question.shocks.iter().filter(|(metal, _)| lacks(metal)).map(|(metal, _)| format!("a price shock of {metal}"));
    let routes = question.routes.iter().filter(|(stage, _)| passes_no(stage)).map(|(stage, _)| format!("a route of {stage}"));
    let places = question.stages.iter().filter(|(stage, _)| passes_no(stage)).map(|(stage, _)| format!("a place of {stage}"));
    let idle: Vec<String> = recycled.chain(shocks).chain(routes).chain(places).collect();
    (!idle.is_empty()).then(|| format!("without effect on {}, which holds none of it: {}", pack.chemistry, idle.join(", ")))
}

/// The footprint of one stage where it stands.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct StageLine {
    /// The stage.
    pub stage: String,
    /// Where its plants stand; `WORLD`: freight of a market, or goods bought on one.
    pub country: String,
    /// kg CO2e a kWh.
    pub kg_per_kwh: f64,
    /// Share of the pack's footprint.
    pub share: f64,
}

/// How a result came about.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BatteryRun {
    /// Version of the program.
    pub version: &'static str,
    /// Fingerprint of all tables.
    pub data: String,
    /// Climate method.
    pub method: String,
    /// Draws and seed.
    pub sampling: Option<Sampling>,
    /// Largest backward error of the solve.
    pub residual: f64,
    /// Notices of the network.
    pub notices: Vec<String>,
}

/// A pack, answered in full.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BatteryReport {
    /// The chemistry.
    pub chemistry: String,
    /// Whether it is an estimate of a cell that nobody sells yet.
    pub is_estimate: bool,
    /// Where cells and pack are made.
    pub made_in: String,
    /// The year.
    pub year: i32,
    /// Gross energy.
    pub gross_energy_kwh: f64,
    /// The case of the cell.
    pub cell_format: String,
    /// How cells sit in the pack.
    pub layout: String,
    /// Energy of one cell in Wh.
    pub cell_energy_wh: f64,
    /// Energy by mass of the cell.
    pub cell_wh_per_kg: f64,
    /// Energy by volume of the cell.
    pub cell_wh_per_l: f64,
    /// Energy by mass of the pack.
    pub pack_wh_per_kg: f64,
    /// Energy by volume of the pack.
    pub pack_wh_per_l: f64,
    /// Mass of the pack.
    pub pack_mass_kg: f64,
    /// Mass of every component of the pack.
    pub components_kg: BTreeMap<String, f64>,
    /// Elements and materials by energy.
    pub materials_kg_per_kwh: BTreeMap<String, f64>,
    /// The electrodes.
    pub electrodes: Electrodes,
    /// Short-time power.
    pub power: PowerReport,
    /// What the cell can take.
    pub fast_charge: FastChargeReport,
    /// Footprint from the mine to the plant's gate, by gross energy.
    pub climate_kg_per_kwh: Interval,
    /// The same by stage and place; adds up to the value.
    pub climate_by_stage: Vec<StageLine>,
    /// What the cell plant takes, and for which step.
    pub cell_plant_energy: CellPlantEnergy,
    /// Share of the footprint by weakest status.
    pub share_by_status: BTreeMap<String, f64>,
    /// Price of the pack by gross energy.
    pub cost_usd_per_kwh: Interval,
    /// The same by block.
    pub cost_blocks: Vec<PriceBlock>,
    /// The years of the prices behind it.
    pub price_years: PriceYears,
    /// Equivalent full cycles until the first life ends.
    pub cycle_life: Option<f64>,
    /// Years until then, in the car or in a typical one.
    pub first_life_years: Option<f64>,
    /// Capacity, over that of the new pack, at which the first life ends.
    pub first_life_ends_at: Option<f64>,
    /// Years until a fifth of the capacity is gone.
    pub years_to_80_percent: Option<f64>,
    /// The footprint by kilowatt-hour delivered over life, with distribution and end of life; `None`: no energy of the cell is known
    /// to be usable, or recycling does not follow it. At most the first 1,000 draws.
    pub delivered: Option<PackFootprint>,
    /// Rows that drive the spread of the footprint, largest first.
    pub ranking: Vec<Driver>,
    /// Everything that was checked.
    pub checks: Vec<CheckLine>,
    /// The weakest status that footprint and price rest on.
    pub weakest_status: Status,
    /// What the reader must be told.
    pub notices: Vec<String>,
    /// How the result came about.
    pub run: BatteryRun,
}

/// Energy of the plant that makes the cells, by kilowatt-hour of pack, with that of rejected cells.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CellPlantEnergy {
    /// Power in kWh a kWh.
    pub electricity_kwh_per_kwh: f64,
    /// Gas in kWh a kWh.
    pub gas_kwh_per_kwh: f64,
    /// The sum of both by step; the shares add up to 1 and are those of one plant, whatever its technology.
    pub steps: Vec<PlantStep>,
}

/// A step of a cell plant.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PlantStep {
    /// Drying, dry rooms, electrodes, assembly, formation.
    pub step: String,
    /// Its share of the plant's energy.
    pub share: f64,
    /// What sources and plants differ by: lower end of the share.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// kWh a kWh.
    pub kwh_per_kwh: f64,
    /// Key of the source of the share.
    pub source: String,
    /// How the share is known.
    pub status: Status,
}

fn cell_plant_energy(ready: &Ready<'_>) -> CellPlantEnergy {
    let (electricity, gas) = ready.cost.plant_energy(&ready.pack, &Draw::BEST);
    let step = |(name, share): &(Box<str>, Value)| PlantStep {
        step: name.to_string(),
        share: share.best,
        low: share.low,
        high: share.high,
        kwh_per_kwh: share.best * (electricity + gas),
        source: ready.tables.sources.key(ready.tables.rows.source(share.row)).to_owned(),
        status: ready.tables.rows.status(share.row),
    };
    let steps = ready.tables.cells.plant_steps().iter().map(step).collect();
    CellPlantEnergy { electricity_kwh_per_kwh: electricity, gas_kwh_per_kwh: gas, steps }
}

/// A check of the design.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CheckLine {
    /// What is checked.
    pub name: String,
    /// The value seen.
    pub value: f64,
    /// `>=` or `<=`.
    pub bound: &'static str,
    /// Its limit.
    pub limit: f64,
    /// Unit of both.
    pub unit: String,
    /// Whether it holds.
    pub pass: bool,
}

impl From<&Check> for CheckLine {
    fn from(check: &Check) -> Self {
        let bound = if check.bound == minewheel_model::battery::Bound::AtLeast { ">=" } else { "<=" };
        Self { name: check.name.to_owned(), value: check.value, bound, limit: check.limit, unit: check.unit.to_owned(), pass: check.pass }
    }
}

/// The electrodes of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Electrodes {
    /// Mean voltage in V.
    pub voltage_v: f64,
    /// Capacity of one side.
    pub areal_capacity_mah_per_cm2: f64,
    /// Anode over cathode capacity.
    pub n_to_p: f64,
    /// Electrolyte by charge.
    pub electrolyte_g_per_ah: f64,
    /// One-sided area by energy.
    pub area_m2_per_kwh: f64,
    /// The cathode.
    pub cathode: minewheel_model::battery::CoatingReport,
    /// The anode.
    pub anode: minewheel_model::battery::CoatingReport,
}

/// Footprint and price of a pack in one draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PackFigures {
    /// kg CO2e a kWh.
    pub kg: f64,
    /// US dollars a kWh.
    pub usd: f64,
}

/// The folder of the tables that a pack's own design rests on.
const CELLS: &str = "cells/";
/// How many rows the ranking names.
const RANKED: usize = 10;
/// Tables that say what a typical car does with a pack are in `ageing/use.csv`; its reference duty stands for a pack without a car.
const TYPICAL: &str = "cycle life of a typical car's duty";

/// A pack with its network and prices, ready for draws.
pub(super) struct Ready<'a> {
    question: &'a BatteryQuestion,
    pub(super) tables: &'a Tables,
    chain: Chain,
    /// The pack at best estimates.
    pack: PackDesign,
    cost: CostModel,
}

/// A pack on its solved network: footprint and price of many draws of the pack itself.
pub struct PreparedPack<'a> {
    ready: Ready<'a>,
    scores: Vec<f64>,
}

impl<'a> PreparedPack<'a> {
    /// Builds and solves the network of a question.
    ///
    /// # Errors
    /// As [`battery_report`].
    pub fn new(question: &'a BatteryQuestion, tables: &'a Tables) -> Result<Self, AssessError> {
        let ready = Ready::new(question, tables)?;
        let scores = SolvedNetwork::new(tables, &ready.chain.placed, &question.method)?.scores.values().to_vec();
        Ok(Self { ready, scores })
    }

    /// Footprint and price by energy in one draw.
    ///
    /// # Errors
    /// The chemistry is unknown.
    pub fn figures(&self, draw: &Draw<'_>) -> Result<PackFigures, AssessError> {
        self.ready.figures(&self.scores, draw)
    }

    /// Footprint and price of draws of the pack's own rows and prices, on all threads.
    ///
    /// # Errors
    /// A row's spread is no distribution.
    pub fn draws(&self, count: u64, seed: u64) -> Result<Vec<PackFigures>, AssessError> {
        let sampler = centred_sampler(&self.ready.tables.rows, &distributions(&self.ready.tables.rows))?;
        self.ready.own_draws(&self.scores, &sampler, count, seed).into_iter().collect()
    }
}

impl<'a> Ready<'a> {
    fn new(question: &'a BatteryQuestion, tables: &'a Tables) -> Result<Self, AssessError> {
        let pack = design_pack(&question.spec, &tables.cells, &Draw::BEST)?;
        let chain = Chain::build(question, &pack, tables)?;
        let cost = CostModel::new(question, &pack, tables)?;
        Ok(Self { question, tables, chain, pack, cost })
    }

    /// Draws of the rows of the pack and its prices alone, on a network at its best estimates.
    pub(super) fn own_draws(&self, scores: &[f64], sampler: &FactorSampler, count: u64, seed: u64) -> Vec<Result<PackFigures, AssessError>> {
        let rows = self.rows();
        let (units, replaced) = self.chain.unit_scores(&self.pack, self.tables, scores, &Draw::BEST);
        let has_recipes = self.pack.lines.iter().any(|l| self.tables.cells.recipe(&l.product).next().is_some());
        (0..count)
            .into_par_iter()
            .map_init(
                || vec![1.0; self.tables.rows.len()],
                |factors, draw| {
                    sampler.sample_rows(seed, draw, &rows, factors);
                    let draw = Draw::from_factors(factors);
                    if has_recipes { self.figures(scores, &draw) } else { self.figures_of(&units, &mut { replaced }, &draw) }
                },
            )
            .collect()
    }

    /// Footprint and price of a draw. The purchases of a draw are those of the best estimate, in the same order.
    pub(super) fn figures(&self, scores: &[f64], draw: &Draw<'_>) -> Result<PackFigures, AssessError> {
        let (units, mut kg) = self.chain.unit_scores(&self.pack, self.tables, scores, draw);
        self.figures_of(&units, &mut kg, draw)
    }

    fn figures_of(&self, units: &[f64], kg: &mut f64, draw: &Draw<'_>) -> Result<PackFigures, AssessError> {
        let (mut price, mut cells, mut place) = (Price::default(), 0.0, 0);
        let energy = purchases(&self.question.spec, &self.tables.cells, draw, &mut |purchase: Purchase<'_>| {
            *kg += purchase.amount * units[place];
            if purchase.stage == Stage::CellManufacturing {
                cells = purchase.amount;
            }
            self.cost.add(&mut price, place, purchase.amount, purchase.contained_kg, draw);
            place += 1;
        })?;
        let kwh = energy.kwh();
        Ok(PackFigures { kg: *kg / kwh, usd: self.cost.close(price, cells, kwh, draw).total() })
    }

    /// What a reader must know of the answer.
    fn notices(&self, life: Option<FirstLife>, pack_kw: f64, stages: &[StageLine]) -> Vec<String> {
        let (question, pack, tables) = (self.question, &self.pack, self.tables);
        let mut notices = Vec::new();
        if tables.cells.cell(&pack.chemistry).is_some_and(minewheel_model::battery::Cell::is_estimate) {
            notices.push(format!("{} is an estimate from geometry and projections: nobody sells the cell", pack.chemistry));
        }
        if question.car.as_ref().is_some_and(|car| car.powertrain == Powertrain::Hev) {
            notices.push("packs of hybrids without a plug are not aged: their duty is not a distance on a charge".to_owned());
        } else if life.is_none() {
            notices.push(format!("no ageing law stands for {}: no cycle life", pack.chemistry));
        } else if question.car.is_none() {
            notices.push(format!("{TYPICAL}: its distance a year and on a charge are those of `ageing/use.csv`"));
        }
        notices.extend(life.and_then(|l| crate::ageing::extrapolation(l.years, tables.ageing.field_reaches_years())));
        notices.extend(question.car.as_ref().and_then(|car| super::power::notice(car, pack_kw)));
        notices.extend(without_effect(question, pack, stages, tables));
        notices.extend(self.cost.years().notice(question.year));
        let stand_ins = self.chain.placed.notices.len();
        if stand_ins > 0 {
            notices.push(format!("{stand_ins} mixes of electricity are interpolated or stand in for others; `run.notices` lists them"));
        }
        notices
    }

    /// The pack's life in a draw.
    pub(super) fn life(&self, lives: &PackLives<'_>, scores: &[f64], draw: &Draw<'_>, figures: &PackFigures) -> Result<LifeFigures, AssessError> {
        let pack = design_pack(&self.question.spec, &self.tables.cells, draw)?;
        lives.figures(&pack, figures.kg * pack.gross_energy.kwh(), scores, draw)
    }

    fn delivered(
        &self,
        lives: &PackLives<'_>,
        solved: &SolvedNetwork<'_>,
        best: &PackFigures,
        drawn: &[LifeFigures],
        status: Status,
    ) -> Result<PackFootprint, AssessError> {
        let scores = solved.scores.values();
        let amounts = || self.chain.lines.iter().map(|l| (l.column, l.line.amount));
        let made = self.chain.lines.iter().filter(|l| PRODUCTION.contains(&&*l.line.product));
        let production_kg = made.map(|l| l.line.amount * scores[l.column.index()]).sum();
        let figures = self.life(lives, scores, &Draw::BEST, best)?;
        Ok(lives.footprint(&figures, drawn, production_kg, GateClimate::of(solved, &amounts().collect::<Vec<_>>()), status))
    }

    /// The rows that a draw of the pack and its price may ask for.
    fn rows(&self) -> Vec<usize> {
        let rows = &self.tables.rows;
        let of_cells = rows.iter().map(|(row, _, _)| row).filter(|row| rows.position(*row).file.starts_with(CELLS) && self.may_matter(*row));
        let mut all: Vec<usize> = of_cells.chain(self.cost.rows()).filter(|row| is_uncertain(rows, *row)).map(|row| row.0 as usize).collect();
        let own = self.question.spec.gross_energy_kwh.row;
        if own != RowId::GIVEN {
            all.push(own.0 as usize);
        }
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Rows of other chemistries cannot move this pack.
    fn may_matter(&self, row: RowId) -> bool {
        let subject = self.tables.rows.text(row, "subject");
        subject == &*self.question.spec.chemistry || !self.tables.cells.designable().any(|c| c.id() == subject)
    }
}

/// Answers a question about a pack.
///
/// # Errors
/// A cell that cannot be, an unknown name, a price below nought, or a network without a solution.
pub fn battery_report(question: &BatteryQuestion, tables: &Tables) -> Result<BatteryReport, AssessError> {
    for (metal, share) in &question.recycled {
        if !RECYCLABLE.iter().any(|r| r.0 == metal) {
            return Err(ChainError::name("metal with recycled content", metal, RECYCLABLE.map(|r| r.0)).into());
        }
        if !(0.0..=1.0).contains(share) {
            return Err(ChainError::Recycled { metal: metal.clone(), seen: *share }.into());
        }
    }
    covered(question, tables)?;
    let ready = Ready::new(question, tables)?;
    let (pack, chain) = (&ready.pack, &ready.chain);
    let cell = describe_cell(&question.spec, &tables.cells, &Draw::BEST)?;
    let solved = SolvedNetwork::new(tables, &chain.placed, &question.method)?;
    let best = ready.figures(solved.scores.values(), &Draw::BEST)?;
    let lives = PackLives::new(question, pack, &chain.after, tables)?;
    let (draws, lived) = match question.sampling {
        Some(sampling) => sample(&ready, &solved, lives.as_ref(), sampling)?,
        None => (Vec::new(), Vec::new()),
    };
    let interval = |value: f64, of: fn(&PackFigures) -> f64| {
        if draws.is_empty() { Interval::point(value) } else { Interval::of(value, draws.iter().map(of)) }
    };
    let demand = chain.demand(tables);
    let by_status = solved.by_status(&demand)?;
    let of_climate = weakest(&by_status);
    let delivered = lives.as_ref().map(|lives| ready.delivered(lives, &solved, &best, &lived, of_climate)).transpose()?;
    let kwh = pack.gross_energy.kwh();
    let climate_by_stage: Vec<StageLine> = chain
        .by_stage(tables, &solved)
        .into_iter()
        .map(|s| StageLine { stage: s.stage, country: s.place, kg_per_kwh: s.kg / kwh, share: s.kg / kwh / best.kg })
        .collect();
    let life = life(question, pack, tables);
    let known = tables.cells.cell(&pack.chemistry);
    let notices = ready.notices(life, cell.power.pack_kw, &climate_by_stage);
    Ok(BatteryReport {
        chemistry: pack.chemistry.to_string(),
        is_estimate: known.is_some_and(minewheel_model::battery::Cell::is_estimate),
        made_in: question.made_in.clone(),
        year: question.year,
        gross_energy_kwh: kwh,
        cell_format: question.spec.choices.format.map_or_else(|| format!("{} (usual)", cell.format.word()), |f| f.word().to_owned()),
        layout: layout_word(question).to_owned(),
        cell_energy_wh: cell.energy_wh,
        cell_wh_per_kg: pack.cell_specific_energy.wh_per_kg(),
        cell_wh_per_l: cell.wh_per_l,
        pack_wh_per_kg: pack.pack_specific_energy.wh_per_kg(),
        pack_wh_per_l: cell.pack_wh_per_l,
        pack_mass_kg: pack.pack_mass.kg(),
        components_kg: components(pack),
        materials_kg_per_kwh: pack.contents.iter().map(|(c, m)| (content_word(*c).to_owned(), m.kg() / kwh)).collect(),
        electrodes: Electrodes {
            voltage_v: cell.voltage_v,
            areal_capacity_mah_per_cm2: cell.areal_capacity_mah_per_cm2,
            n_to_p: cell.n_to_p,
            electrolyte_g_per_ah: cell.electrolyte_g_per_ah,
            area_m2_per_kwh: cell.area_m2_per_kwh,
            cathode: cell.cathode,
            anode: cell.anode,
        },
        power: cell.power,
        fast_charge: cell.fast_charge,
        climate_kg_per_kwh: interval(best.kg, |f| f.kg),
        climate_by_stage,
        cell_plant_energy: cell_plant_energy(&ready),
        share_by_status: Status::ALL.iter().zip(by_status).map(|(s, share)| (s.word().to_owned(), share)).collect(),
        cost_usd_per_kwh: interval(best.usd, |f| f.usd),
        cost_blocks: ready.cost.price(pack, &Draw::BEST).blocks(),
        price_years: ready.cost.years().clone(),
        cycle_life: life.map(|l| l.cycles),
        first_life_years: life.map(|l| l.years),
        first_life_ends_at: life.map(|_| tables.ageing.first_life_ends_at(&Draw::BEST)),
        years_to_80_percent: life.map(|l| l.years_to_80_percent),
        delivered,
        ranking: ranking(&ready, &solved, best.kg * kwh, question.sampling.map_or(WhoseChain::Maker, |s| s.chain))?,
        checks: checks(question, pack, &cell),
        weakest_status: of_climate.max(ready.cost.status(tables)),
        notices,
        run: BatteryRun {
            version: env!("CARGO_PKG_VERSION"),
            data: tables.fingerprint.clone(),
            method: question.method.clone(),
            sampling: question.sampling,
            residual: solved.scores.report().residual,
            notices: chain.placed.notices.clone(),
        },
    })
}

/// Refuses a year for which the place of making, or that of sale, has no mix of electricity.
fn covered(question: &BatteryQuestion, tables: &Tables) -> Result<(), AssessError> {
    for place in std::iter::once(&question.made_in).chain(&question.sold_in) {
        tables.electricity.mix(&tables.places, tables.places.id(place)?, question.year)?;
    }
    Ok(())
}

fn layout_word(question: &BatteryQuestion) -> &'static str {
    match question.spec.layout {
        Some(minewheel_model::battery::PackLayout::CellToPack) => "cell-to-pack",
        Some(minewheel_model::battery::PackLayout::Modules) | None => "modules",
    }
}

fn checks(question: &BatteryQuestion, pack: &PackDesign, cell: &CellDesign) -> Vec<CheckLine> {
    let of_car = question.car.as_ref().and_then(|car| super::power::check(car, cell.power.pack_kw));
    pack.checks.iter().chain(&cell.checks).map(CheckLine::from).chain(of_car).collect()
}

/// Masses of the pack by part and product.
fn components(pack: &PackDesign) -> BTreeMap<String, f64> {
    let mut components = BTreeMap::new();
    for line in pack.lines.iter().filter(|l| l.contained.kg() > 0.0) {
        *components.entry(format!("{}: {}", line.part, line.product)).or_default() += line.contained.kg();
    }
    components
}

/// A pack's first life.
#[derive(Debug, Clone, Copy)]
struct FirstLife {
    cycles: f64,
    years: f64,
    years_to_80_percent: f64,
}

/// The pack's first life; `None`: no law stands for the chemistry.
fn life(question: &BatteryQuestion, pack: &PackDesign, tables: &Tables) -> Option<FirstLife> {
    let duty = match &question.car {
        Some(car) => {
            let life = crate::ageing::pack_life(car, tables, question.per_year).ok()?;
            CarDuty::new(Length::from_km(life.km_per_year), Length::from_km(life.range_km))
        }
        None => tables.ageing.field_duty(&Draw::BEST),
    };
    let years = tables.ageing.pack_years(&pack.chemistry, &duty, &Draw::BEST).ok()?;
    let years_to_80_percent = tables.ageing.pack_years_to(&pack.chemistry, &duty, crate::ageing::EIGHTY_PERCENT, &Draw::BEST).ok()?;
    Some(FirstLife { cycles: cycles_of(&duty, years), years, years_to_80_percent })
}

/// The footprint of a pack per kilowatt-hour delivered, alone.
///
/// # Errors
/// As [`battery_report`].
pub(crate) fn prepared_footprint(question: &BatteryQuestion, tables: &Tables) -> Result<Option<PackFootprint>, AssessError> {
    covered(question, tables)?;
    let ready = Ready::new(question, tables)?;
    let solved = SolvedNetwork::new(tables, &ready.chain.placed, &question.method)?;
    let Some(lives) = PackLives::new(question, &ready.pack, &ready.chain.after, tables)? else { return Ok(None) };
    let drawn = match question.sampling {
        Some(sampling) => sample(&ready, &solved, Some(&lives), sampling)?.1,
        None => Vec::new(),
    };
    let best = ready.figures(solved.scores.values(), &Draw::BEST)?;
    let of_climate = weakest(&solved.by_status(&ready.chain.demand(tables))?);
    ready.delivered(&lives, &solved, &best, &drawn, of_climate).map(Some)
}

fn weakest(by_status: &[f64; 4]) -> Status {
    Status::ALL.iter().zip(by_status).filter(|(_, share)| **share > 0.0).map(|(s, _)| *s).max().unwrap_or(Status::Read)
}

/// The rows that drive the spread of the footprint: first order on the network, central differences on the design.
fn ranking(ready: &Ready<'_>, solved: &SolvedNetwork<'_>, total: f64, whose: WhoseChain) -> Result<Vec<Driver>, AssessError> {
    let (tables, chain) = (ready.tables, &ready.chain);
    let distributions = distributions_of(tables, whose);
    let activity = forward(&chain.placed.network, &chain.demand(tables))?;
    let sensitivities = minewheel_lca::factor_sensitivities(&chain.placed.network, &solved.climate, &solved.scores, &activity);
    let mut variance: BTreeMap<RowId, f64> = minewheel_lca::variance_ranking(&sensitivities, total, &distributions)
        .into_iter()
        .map(|ranked| (RowId(ranked.factor.0), ranked.variance))
        .collect();
    let sampler = centred_sampler(&tables.rows, &distributions)?;
    let (low, high) = (sampler.quantiles(0.05), sampler.quantiles(0.95));
    let own = ready.rows().into_iter().map(|row| RowId(row as u32)).filter(|row| tables.rows.position(*row).file.starts_with(CELLS));
    let best = ready.figures(solved.scores.values(), &Draw::BEST)?.kg;
    let mut factors = vec![1.0; tables.rows.len()];
    for row in own {
        let at = row.0 as usize;
        let mut with = |factor: f64| {
            factors[at] = factor;
            let figures = ready.figures(solved.scores.values(), &Draw::from_factors(&factors));
            factors[at] = 1.0;
            figures.map(|f| f.kg)
        };
        // An extreme of one row alone may be no pack at all; it then says nothing about the spread.
        if let (Ok(a), Ok(b)) = (with(high[at]), with(low[at])) {
            *variance.entry(row).or_default() += ((a - b) / best / WIDTH).powi(2);
        }
    }
    let sum: f64 = variance.values().sum();
    let mut ranked: Vec<(RowId, f64)> = variance.into_iter().filter(|v| v.1 > 0.0).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    Ok(ranked.into_iter().take(RANKED).map(|(row, v)| driver(tables, row, v / sum)).collect())
}
