//! The climate footprint of a traction battery by the stages of the EU battery law, per kilowatt-hour that it delivers.
//!
//! ```text
//! E = E_u · n · t        f = Σ_s F_s / E        s: raw materials, production, distribution, end of life
//! ```
//!
//! | symbol | meaning                                         | unit       | from                         |
//! |--------|-------------------------------------------------|------------|------------------------------|
//! | `E`    | energy delivered over the warranted life        | kWh        | computed                     |
//! | `E_u`  | energy that the new battery gives its user      | kWh        | car file, or `drive/battery` |
//! | `n`    | full equivalent cycles in a year                | 1/year     | `rules/eu-footprint.csv`     |
//! | `t`    | years of the warranty                           | year       | the same, or the question    |
//! | `F_s`  | emissions of a stage                            | kg CO2e    | the network                  |
//!
//! Raw materials are everything that the cells and the pack are bought from; production is making cells and packing
//! them; distribution is the freight that the question names; end of life is recycling without a credit. Driving is left
//! out, as Annex II of Regulation (EU) 2023/1542 has it. The unit is that of the draft delegated act of April 2024,
//! without the average of capacity over life, whose form was not read; so `f` is a lower bound where that term is below one.
//! Valid for passenger cars; the draft asks for company data where the tables hold averages.

use std::sync::Arc;

use minewheel_data::car::CarDesign;
use minewheel_data::places::PlaceId;
use minewheel_data::row::Draw;
use minewheel_data::status::Status;
use minewheel_data::units::Mass;
use minewheel_model::battery::BatteryError;
use minewheel_model::bill::{BillLine, Stage};
use serde::Serialize;

use crate::AssessError;
use crate::footprint::{PlacedLine, SolvedNetwork};
use crate::inventory::pack_of;
use crate::network::{NetworkError, PlacedNetworkBuilder};
use crate::tables::Tables;

/// Services that make cells and packs; everything else of a pack is bought material.
const PRODUCTION: [&str; 2] = ["cell-manufacturing", "pack-assembly"];
const RECYCLING: &str = "battery-recycling-hydro";
const TRUCK: &str = "freight-truck";
const SHIP: &str = "freight-sea";

/// What is asked of a car's pack.
#[derive(Debug, Clone, PartialEq)]
pub struct PackQuestion<'q> {
    /// Where it is sold and recycled.
    pub sold_in: PlaceId,
    /// The year of its making.
    pub year: i32,
    /// Climate method.
    pub method: &'q str,
    /// Full equivalent cycles in a year.
    pub cycles_per_year: f64,
    /// Years of the warranty.
    pub warranty_years: f64,
    /// Kilometres by lorry to the buyer.
    pub truck_km: f64,
    /// Kilometres by sea, if it is made on another continent.
    pub sea_km: f64,
    /// The weakest status of the numbers above.
    pub status: Status,
}

/// Emissions of the four stages.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PackStages {
    /// Raw material acquisition and pre-processing.
    pub raw_materials_kg: f64,
    /// Main product production.
    pub production_kg: f64,
    /// Distribution.
    pub distribution_kg: f64,
    /// End of life and recycling.
    pub end_of_life_kg: f64,
}

impl PackStages {
    /// All four, in the order of the law.
    pub const fn values(&self) -> [f64; 4] {
        [self.raw_materials_kg, self.production_kg, self.distribution_kg, self.end_of_life_kg]
    }
}

/// What is emitted up to the gate of the maker, by the origin of the carbon.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct GateClimate {
    /// Fossil and mineral.
    pub fossil_kg: f64,
    /// Biogenic.
    pub biogenic_kg: f64,
    /// From changes of land use.
    pub land_use_kg: f64,
}

impl GateClimate {
    fn of(solved: &SolvedNetwork<'_>, stages: &[(usize, PlacedLine)]) -> Self {
        let sum = |category: &str| -> f64 {
            let Some(scores) = solved.scores_of(category) else { return 0.0 };
            stages.iter().filter(|s| s.0 < GATE_STAGES).map(|(_, l)| l.amount * scores.values()[l.column.index()]).sum()
        };
        Self { fossil_kg: sum("climate-fossil"), biogenic_kg: sum("climate-biogenic"), land_use_kg: sum("climate-land-use") }
    }

    /// All three.
    pub fn total_kg(&self) -> f64 {
        self.fossil_kg + self.biogenic_kg + self.land_use_kg
    }
}

/// Stages before the gate: raw materials and production.
const GATE_STAGES: usize = 2;

/// The footprint of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PackFootprint {
    /// Emissions by stage.
    pub stages: PackStages,
    /// Their sum.
    pub total_kg: f64,
    /// Raw materials and production by the origin of the carbon.
    #[serde(skip)]
    pub gate: GateClimate,
    /// Energy that the new battery gives its user.
    pub usable_kwh: f64,
    /// Whether the usable energy is given; else it is a share of the gross energy.
    pub usable_is_given: bool,
    /// Full equivalent cycles in a year.
    pub cycles_per_year: f64,
    /// Years of the warranty.
    pub warranty_years: f64,
    /// Energy delivered over the warranted life.
    pub delivered_kwh: f64,
    /// Emissions per kilowatt-hour delivered.
    pub kg_per_delivered_kwh: f64,
    /// Kilometres by sea that were counted.
    pub sea_km: f64,
    /// The weakest status of a chain that carries part of the total.
    pub status: Status,
}

/// The footprint of a car's pack; `None`: it has none.
///
/// # Errors
/// The battery cannot be made, a place or year has no data, or the network cannot be solved.
pub fn pack_footprint(design: &CarDesign, tables: &Tables, question: &PackQuestion<'_>) -> Result<Option<PackFootprint>, AssessError> {
    let (Some(battery), Some(pack)) = (&design.battery, pack_of(design, tables, &Draw::BEST)?) else { return Ok(None) };
    let plant = match design.plant.country.as_deref().or(design.made_in.as_deref()) {
        Some(code) => tables.places.id(code)?,
        None => tables.places.id("WORLD")?,
    };
    let made_in = battery.made_in.as_deref().map(|code| tables.places.id(code)).transpose()?.unwrap_or(plant);
    let mut builder = PlacedNetworkBuilder::new(tables, question.year, &design.sourcing)?;
    let product = |id: &str| tables.cards.product_id(id).ok_or_else(|| NetworkError::UnknownProduct(id.to_owned()));
    let mut stages: Vec<(usize, PlacedLine)> = Vec::new();
    for line in &pack.lines {
        let of = product(&line.product)?;
        let column = match &line.place {
            Some(place) => builder.made_in(of, tables.places.id(place)?)?,
            None => builder.bought_by_plant(of, plant)?,
        };
        let stage = usize::from(PRODUCTION.contains(&&*line.product));
        stages.push((stage, placed(line, column, tables)));
    }
    let sea_km = if on_one_continent(tables, made_in, question.sold_in) { 0.0 } else { question.sea_km };
    let freight = |km: f64| pack.pack_mass.kg() * km / (Mass::from_t(1.0).kg());
    for (mode, km) in [(TRUCK, question.truck_km), (SHIP, sea_km)] {
        let column = builder.bought_in(product(mode)?, question.sold_in)?;
        stages.push((
            2,
            PlacedLine { stage: Stage::BatteryPack, part: Arc::from("distribution"), column, amount: freight(km), status: question.status },
        ));
    }
    let column = builder.bought_in(product(RECYCLING)?, question.sold_in)?;
    let amount = pack.pack_mass.kg();
    stages.push((3, PlacedLine { stage: Stage::EndOfLife, part: Arc::from("battery-recycling"), column, amount, status: Status::Read }));
    let network = builder.build()?;
    let solved = SolvedNetwork::new(tables, &network, question.method)?;
    let mut by_stage = [0.0; 4];
    for (stage, line) in &stages {
        by_stage[*stage] += line.amount * solved.scores.values()[line.column.index()];
    }
    let gate = GateClimate::of(&solved, &stages);
    let lines: Vec<PlacedLine> = stages.into_iter().map(|s| s.1).collect();
    let by_status = solved.footprint(tables, &lines)?.by_status;
    let chain = Status::ALL.into_iter().zip(by_status).rev().find(|s| s.1.abs() > LEAST_SHARE).map_or(Status::Read, |s| s.0);
    let (usable_kwh, usable_status) = if let Some(usable) = &battery.usable_energy_kwh {
        (usable.best, tables.rows.status(usable.row))
    } else {
        let cell = tables.drive.cells.iter().find(|c| c.chemistry == battery.chemistry).ok_or(BatteryError::TablesIncomplete)?;
        (cell.usable_share.best * battery.gross_energy_kwh.best, tables.rows.status(cell.usable_share.row))
    };
    let total_kg: f64 = by_stage.iter().sum();
    let delivered_kwh = usable_kwh * question.cycles_per_year * question.warranty_years;
    let [raw_materials_kg, production_kg, distribution_kg, end_of_life_kg] = by_stage;
    Ok(Some(PackFootprint {
        stages: PackStages { raw_materials_kg, production_kg, distribution_kg, end_of_life_kg },
        total_kg,
        gate,
        usable_kwh,
        usable_is_given: battery.usable_energy_kwh.is_some(),
        cycles_per_year: question.cycles_per_year,
        warranty_years: question.warranty_years,
        delivered_kwh,
        kg_per_delivered_kwh: total_kg / delivered_kwh,
        sea_km,
        status: chain.max(usable_status).max(question.status),
    }))
}

/// Share of the total below which a status does not count as one that it rests on.
const LEAST_SHARE: f64 = 1e-9;

fn placed(line: &BillLine, column: minewheel_lca::ColumnId, tables: &Tables) -> PlacedLine {
    let status = tables.rows.weakest(line.rows.iter().copied());
    PlacedLine { stage: line.stage, part: Arc::clone(&line.part), column, amount: line.amount, status }
}

/// Whether two places lie in one country or in one group below the world.
fn on_one_continent(tables: &Tables, a: PlaceId, b: PlaceId) -> bool {
    let groups = |place: PlaceId| tables.places.lineage(place).filter(|p| tables.places.code(*p) != "WORLD").collect::<Vec<_>>();
    let of = groups(a);
    groups(b).iter().any(|p| of.contains(p))
}
