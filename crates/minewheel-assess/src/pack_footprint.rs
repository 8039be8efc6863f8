//! The climate footprint of a traction battery by the stages of the EU battery law, per kilowatt-hour that it delivers.
//!
//! ```text
//! declared       E_d = E_u·n·t                  n: full cycles a year, t: years of the warranty
//! in the car     E_1 = E_u·c·t_1                c: full cycles a year in the car, t_1: years of the first life
//! second life    E_2 = E_1 + s·E_g·e            s: share of packs reused, e: energy they then deliver a kWh of the new pack
//! f = Σ_s F_s / E                               s: raw materials, production, distribution, end of life
//! ```
//!
//! | symbol | meaning                                         | unit       | from                         |
//! |--------|-------------------------------------------------|------------|------------------------------|
//! | `E_u`  | energy that the new battery gives its user      | kWh        | car file, or `drive/battery` |
//! | `E_g`  | its gross energy                                | kWh        | the question                 |
//! | `n, t` | functional unit of the draft act                | 1/year, year | `recycling/parameters.csv`, subject `eu` |
//! | `c, t_1` | distance over range, life down to the capacity at which the car gives it up | 1/year, year | the car, or `ageing/use.csv` |
//! | `s, e` | second life                                     | –, kWh/kWh | [`crate::recycling::SecondLifeUse`] |
//! | `F_s`  | emissions of a stage                            | kg CO2e    | the network                  |
//!
//! Raw materials are everything that the cells and the pack are bought from, less recycled content; production is making cells
//! and packing them; distribution is the freight of the table, by sea only where the pack is sold on another continent; end of
//! life is the route `hydro` of [`minewheel_model::recycling`] where the pack is sold, without a credit. What its products would
//! save stands beside it. Driving is left out, as Annex II of Regulation (EU) 2023/1542 has it. The unit is that of the draft
//! delegated act of April 2024, without the average of capacity over life, whose form was not read; so the declared `f` is a
//! lower bound where that term is below one. A second life spreads the same footprint, and refurbishing, over more energy: no
//! credit for what is not built is taken besides, so that nothing counts twice.
//! Valid for passenger cars; the draft asks for company data where the tables hold averages.

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::places::PlaceId;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::status::Status;
use minewheel_data::units::{DAYS_PER_YEAR, Length, Mass};
use minewheel_lca::ColumnId;
use minewheel_model::ageing::CarDuty;
use minewheel_model::battery::PackDesign;
use minewheel_model::recycling::{Feed, Route, recycle};
use serde::Serialize;

use crate::AssessError;
use crate::battery::{BatteryQuestion, prepared_footprint};
use crate::footprint::SolvedNetwork;
use crate::inventory::pack_spec_of;
use crate::network::{NetworkError, PlacedNetworkBuilder};
use crate::recycling::{Columns, Flows, SecondLifeUse, avoided, burdens};
use crate::scenario::Sampling;
use crate::tables::Tables;
use crate::uncertainty::Interval;

/// Services that make cells and packs; everything else of a pack is bought material.
pub(crate) const PRODUCTION: [&str; 2] = ["cell-manufacturing", "pack-assembly"];
const TRUCK: &str = "freight-truck";
const SHIP: &str = "freight-sea";
const ELECTRICITY: &str = "electricity-high-voltage";
/// The subject of the functional unit and of distribution in the tables of recycling.
const UNIT: &str = "eu";

/// What is asked of a car's pack.
#[derive(Debug, Clone, PartialEq)]
pub struct PackQuestion<'q> {
    /// Where it is sold and recycled.
    pub sold_in: PlaceId,
    /// The year of its making.
    pub year: i32,
    /// Climate method.
    pub method: &'q str,
    /// Years of the maker's warranty; `None`: those of the table.
    pub warranty_years: Option<f64>,
    /// Distance a year in the car; `None`: the car's own.
    pub per_year: Option<Length>,
    /// How intervals are made; `None`: points.
    pub sampling: Option<Sampling>,
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
    /// Of amounts in columns.
    pub(crate) fn of(solved: &SolvedNetwork<'_>, amounts: &[(ColumnId, f64)]) -> Self {
        let sum = |category: &str| -> f64 {
            let Some(scores) = solved.scores_of(category) else { return 0.0 };
            amounts.iter().map(|(column, amount)| amount * scores.values()[column.index()]).sum()
        };
        Self { fossil_kg: sum("climate-fossil"), biogenic_kg: sum("climate-biogenic"), land_use_kg: sum("climate-land-use") }
    }

    /// All three.
    pub fn total_kg(&self) -> f64 {
        self.fossil_kg + self.biogenic_kg + self.land_use_kg
    }
}

/// Over what a footprint is spread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SpanKind {
    /// The functional unit of the draft act.
    Declared,
    /// The first life, in the car.
    InCar,
    /// First and second life.
    WithSecondLife,
}

impl SpanKind {
    /// Its words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Declared => "declared by EU law",
            Self::InCar => "first life in the car",
            Self::WithSecondLife => "with a second life",
        }
    }
}

/// A span of a pack's life, and its footprint per kilowatt-hour delivered in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Span {
    /// Which span.
    pub span: SpanKind,
    /// Years.
    pub years: f64,
    /// The same with its interval: a life is known far less well than what it is made of.
    pub years_drawn: Interval,
    /// Energy delivered by the battery.
    pub delivered_kwh: f64,
    /// All four stages, in kg CO2e a kWh delivered.
    pub kg_per_kwh: Interval,
    /// As `kg_per_kwh`, less the primary materials that recycling saves.
    pub with_credits_kg_per_kwh: Interval,
}

/// A number that the energy delivered rests on.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Basis {
    /// What it is.
    pub quantity: &'static str,
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
    /// How it is known.
    pub status: Status,
    /// Key of its source; `given`: the question or the car file.
    pub source: String,
    /// Where in the source.
    pub locator: String,
}

/// The footprint of a pack.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PackFootprint {
    /// Emissions by stage.
    pub stages: PackStages,
    /// Their sum.
    pub total_kg: f64,
    /// What the products of recycling would save; in no stage.
    pub saved_by_recycling_kg: f64,
    /// Raw materials and production by the origin of the carbon.
    #[serde(skip)]
    pub gate: GateClimate,
    /// Energy that the new battery gives its user.
    pub usable_kwh: f64,
    /// Whether the usable energy is given; else it is a share of the gross energy.
    pub usable_is_given: bool,
    /// Full equivalent cycles in a year of the functional unit.
    pub cycles_per_year: f64,
    /// Years of the warranty.
    pub warranty_years: f64,
    /// Energy delivered over the warranted life.
    pub delivered_kwh: f64,
    /// Emissions per kilowatt-hour delivered over the warranted life.
    pub kg_per_delivered_kwh: f64,
    /// The same, and over longer spans, with intervals.
    pub spans: Vec<Span>,
    /// Kilometres by sea that were counted.
    pub sea_km: f64,
    /// What the energy delivered rests on.
    pub basis: Vec<Basis>,
    /// The weakest status of a chain that carries part of the total.
    pub status: Status,
}

/// The footprint of a car's pack; `None`: it has none.
///
/// # Errors
/// The battery cannot be made, a place or year has no data, or the network cannot be solved.
pub fn pack_footprint(design: &CarDesign, tables: &Tables, question: &PackQuestion<'_>) -> Result<Option<PackFootprint>, AssessError> {
    let Some(spec) = pack_spec_of(design) else { return Ok(None) };
    let plant = design.battery.as_ref().and_then(|b| b.made_in.as_deref()).or(design.plant.country.as_deref()).or(design.made_in.as_deref());
    let made_in = plant.unwrap_or("WORLD");
    let asked = BatteryQuestion {
        sold_in: Some(tables.places.code(question.sold_in).to_owned()),
        warranty_years: question.warranty_years,
        per_year: question.per_year,
        sampling: question.sampling,
        car: Some(design.clone()),
        ..BatteryQuestion::of(spec, made_in, question.year, question.method)
    };
    prepared_footprint(&asked, tables)
}

/// What lies behind the gate of a pack's maker, in a network.
#[derive(Debug, Clone)]
pub(crate) struct AfterGate {
    place: PlaceId,
    recycling: Columns,
    truck: ColumnId,
    ship: ColumnId,
}

impl AfterGate {
    /// Places freight and recycling where the pack is sold.
    pub fn place(tables: &Tables, builder: &mut PlacedNetworkBuilder<'_>, place: PlaceId, cathode: &str) -> Result<Self, AssessError> {
        let product = |id: &str| tables.cards.product_id(id).ok_or_else(|| NetworkError::UnknownProduct(id.to_owned()));
        let (truck, ship) = (builder.bought_in(product(TRUCK)?, place)?, builder.bought_in(product(SHIP)?, place)?);
        let cathode = Some(cathode).filter(|id| tables.cards.product_id(id).is_some());
        Ok(Self { place, recycling: Columns::place(tables, builder, place, cathode)?, truck, ship })
    }
}

/// Everything that a draw of a pack's life needs.
pub(crate) struct PackLives<'a> {
    tables: &'a Tables,
    question: &'a BatteryQuestion,
    after: &'a AfterGate,
    chemistry: String,
    cathode: String,
    flows: Flows,
    /// Usable energy as given, or its share of the gross energy.
    usable: Usable,
    cycles: Value,
    warranty: Option<Value>,
    truck_km: Value,
    sea_km: Option<Value>,
    usage: Usage,
    ages: bool,
}

/// How the pack is used in the car.
#[derive(Debug, Clone, Copy)]
enum Usage {
    /// As the cars of the field studies do.
    Field,
    /// As this car does.
    Car(CarDuty),
    /// Beside an engine: how many of its kilometres are electric is not a matter of the pack.
    Unknown,
}

#[derive(Debug, Clone, Copy)]
enum Usable {
    Given(Value),
    Share(Value),
}

/// Figures of a draw, of one pack.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LifeFigures {
    gate_kg: f64,
    distribution_kg: f64,
    end_of_life_kg: f64,
    saved_kg: f64,
    refurbishing_kg: f64,
    declared: (f64, f64),
    in_car: Option<(f64, f64)>,
    second: Option<(f64, f64)>,
    usable_kwh: f64,
}

impl LifeFigures {
    fn total(&self) -> f64 {
        self.gate_kg + self.distribution_kg + self.end_of_life_kg
    }
    /// Years, energy, emissions and emissions with credits of a span.
    fn span(&self, kind: SpanKind) -> Option<(f64, f64, f64, f64)> {
        let (span, extra) = match kind {
            SpanKind::Declared => (Some(self.declared), 0.0),
            SpanKind::InCar => (self.in_car, 0.0),
            SpanKind::WithSecondLife => (self.second, self.refurbishing_kg),
        };
        let ((years, kwh), total) = (span?, self.total() + extra);
        Some((years, kwh, total / kwh, (total - self.saved_kg) / kwh))
    }
}

impl<'a> PackLives<'a> {
    /// Looks up what a pack's life rests on; `None`: the chemistry has no usable share, or recycling does not follow it.
    pub fn new(question: &'a BatteryQuestion, pack: &PackDesign, after: &'a AfterGate, tables: &'a Tables) -> Result<Option<Self>, AssessError> {
        let given = question.car.as_ref().and_then(|c| c.battery.as_ref()).and_then(|b| b.usable_energy_kwh);
        let powertrain = question.car.as_ref().map_or(Powertrain::Bev, |c| c.powertrain);
        let share = || tables.drive.cell(&pack.chemistry).ok().map(|c| *tables.drive.usable_share(c, powertrain));
        let Some(usable) = given.map(Usable::Given).or_else(|| share().map(Usable::Share)) else { return Ok(None) };
        if recycle(pack, &tables.cells, &tables.recycling, Route::Hydro, Feed::EndOfLife, &Draw::BEST).is_err() {
            return Ok(None);
        }
        let made_in = tables.places.id(&question.made_in)?;
        let value = |property: &str, unit: &str| tables.recycling.parameter(UNIT, property, unit);
        let usage = match &question.car {
            None => Usage::Field,
            Some(car) if car.powertrain == Powertrain::Bev => {
                let life = crate::ageing::pack_life(car, tables, question.per_year)?;
                Usage::Car(CarDuty::new(Length::from_km(life.km_per_year), Length::from_km(life.range_km)))
            }
            Some(_) => Usage::Unknown,
        };
        Ok(Some(Self {
            tables,
            question,
            after,
            chemistry: pack.chemistry.to_string(),
            cathode: tables.cells.cell(&pack.chemistry).map(|c| c.cathode_product().to_owned()).unwrap_or_default(),
            flows: Flows::read(tables, &question.method),
            usable,
            cycles: value("full_cycles_per_year", "1")?,
            warranty: if question.warranty_years.is_some() { None } else { Some(value("warranty_years", "1")?) },
            truck_km: value("distribution_truck", "km")?,
            sea_km: if on_one_continent(tables, made_in, after.place) { None } else { Some(value("distribution_sea", "km")?) },
            usage,
            ages: tables.ageing.pack_years(&pack.chemistry, &tables.ageing.field_duty(&Draw::BEST), &Draw::BEST).is_ok(),
        }))
    }

    fn duty(&self, draw: &Draw<'_>) -> Option<CarDuty> {
        match self.usage {
            Usage::Field => Some(self.tables.ageing.field_duty(draw)),
            Usage::Car(duty) => Some(duty),
            Usage::Unknown => None,
        }
    }

    /// The figures of a draw of this pack, whose making emits `gate_kg`.
    pub fn figures(&self, pack: &PackDesign, gate_kg: f64, scores: &[f64], draw: &Draw<'_>) -> Result<LifeFigures, AssessError> {
        let Self { tables, after, .. } = self;
        let run = recycle(pack, &tables.cells, &tables.recycling, Route::Hydro, Feed::EndOfLife, draw)?;
        let (burden, burnt) = burdens(&run, &after.recycling, &self.flows, scores)?;
        let freight = |km: f64, column: ColumnId| pack.pack_mass.kg() * km / Mass::from_t(1.0).kg() * scores[column.index()];
        let gross = pack.gross_energy.kwh();
        let usable_kwh = match self.usable {
            Usable::Given(kwh) => draw.of(&kwh),
            Usable::Share(share) => draw.of(&share) * gross,
        };
        let warranty = self.warranty.map_or(self.question.warranty_years.unwrap_or(f64::NAN), |v| draw.of(&v));
        let mut figures = LifeFigures {
            gate_kg,
            distribution_kg: freight(draw.of(&self.truck_km), after.truck) + self.sea_km.map_or(0.0, |km| freight(draw.of(&km), after.ship)),
            end_of_life_kg: burden.iter().sum::<f64>() + burnt,
            saved_kg: run.made.iter().map(|m| avoided(m, &self.cathode, &after.recycling, scores)).sum::<Result<f64, _>>()?,
            refurbishing_kg: 0.0,
            declared: (warranty, usable_kwh * draw.of(&self.cycles) * warranty),
            in_car: None,
            second: None,
            usable_kwh,
        };
        if let Some(duty) = self.duty(draw).filter(|_| self.ages) {
            let years = tables.ageing.pack_years(&self.chemistry, &duty, draw)?;
            let in_car = usable_kwh * duty.m_per_year / duty.range_m * years;
            let second = SecondLifeUse::of(tables, &self.chemistry, draw)?;
            let power = after.recycling.score(ELECTRICITY, scores)?;
            figures.in_car = Some((years, in_car));
            figures.second = Some((years + second.years, in_car + second.reused_share * gross * second.delivered_kwh));
            figures.refurbishing_kg = second.reused_share * gross * second.refurbishing_kwh * power;
        }
        Ok(figures)
    }

    /// The footprint, with the intervals of draws.
    pub fn footprint(&self, best: &LifeFigures, draws: &[LifeFigures], production_kg: f64, gate: GateClimate, status: Status) -> PackFootprint {
        let span = |span: SpanKind| {
            let (years, delivered_kwh, kg, with_credits) = best.span(span)?;
            let interval = |value: f64, of: fn((f64, f64, f64, f64)) -> f64| {
                let drawn: Vec<f64> = draws.iter().filter_map(|d| d.span(span)).map(of).collect();
                if drawn.is_empty() { Interval::point(value) } else { Interval::of(value, drawn.into_iter()) }
            };
            let years_drawn = interval(years, |s| s.0);
            Some(Span {
                span,
                years,
                years_drawn,
                delivered_kwh,
                kg_per_kwh: interval(kg, |s| s.2),
                with_credits_kg_per_kwh: interval(with_credits, |s| s.3),
            })
        };
        let basis = self.basis(best);
        PackFootprint {
            stages: PackStages {
                raw_materials_kg: best.gate_kg - production_kg,
                production_kg,
                distribution_kg: best.distribution_kg,
                end_of_life_kg: best.end_of_life_kg,
            },
            total_kg: best.total(),
            saved_by_recycling_kg: best.saved_kg,
            gate,
            usable_kwh: best.usable_kwh,
            usable_is_given: matches!(self.usable, Usable::Given(_)),
            cycles_per_year: self.cycles.best,
            warranty_years: best.declared.0,
            delivered_kwh: best.declared.1,
            kg_per_delivered_kwh: best.total() / best.declared.1,
            spans: [SpanKind::Declared, SpanKind::InCar, SpanKind::WithSecondLife].into_iter().filter_map(span).collect(),
            sea_km: self.sea_km.map_or(0.0, |km| km.best),
            status: basis.iter().take(OF_UNIT).map(|b| b.status).fold(status, Status::max),
            basis,
        }
    }

    fn basis(&self, best: &LifeFigures) -> Vec<Basis> {
        let rows = &self.tables.rows;
        let line = |quantity: &'static str, value: f64, unit: &'static str, row: RowId| {
            let known = row != RowId::GIVEN;
            let text = |column: &str| if known { rows.text(row, column).to_owned() } else { String::new() };
            let source = if known { text("source") } else { "given".to_owned() };
            Basis { quantity, value, unit, status: if known { rows.status(row) } else { Status::Read }, source, locator: text("locator") }
        };
        let usable = match self.usable {
            Usable::Given(v) => line("usable energy", best.usable_kwh, "kWh", v.row),
            Usable::Share(v) => line("usable energy over gross energy", v.best, "1", v.row),
        };
        let mut all = vec![
            line("full cycles a year, declared", self.cycles.best, "1/year", self.cycles.row),
            line("years of the warranty", best.declared.0, "year", self.warranty.map_or(RowId::GIVEN, |v| v.row)),
            usable,
            line("by road", self.truck_km.best, "km", self.truck_km.row),
        ];
        if let Some(sea) = self.sea_km {
            all.push(line("by sea", sea.best, "km", sea.row));
        }
        if let (Some((years, _)), Some(duty)) = (best.in_car, self.duty(&Draw::BEST)) {
            let laws = self.tables.ageing.rows(&self.chemistry);
            let weakest = laws.into_iter().max_by_key(|row| rows.status(*row)).unwrap_or(RowId::GIVEN);
            all.push(line("full cycles a year in the car", duty.m_per_year / duty.range_m, "1/year", weakest));
            all.push(line("years of the first life", years, "year", weakest));
        }
        all
    }
}

/// Numbers of the basis that the declared footprint rests on: unit, warranty, usable energy and freight by road.
const OF_UNIT: usize = 4;

/// Equivalent full cycles of a first life.
pub(crate) fn cycles_of(duty: &CarDuty, years: f64) -> f64 {
    let cycles_per_day = duty.m_per_year / DAYS_PER_YEAR / duty.range_m;
    years * DAYS_PER_YEAR * cycles_per_day
}

/// Whether two places lie in one country or in one group below the world.
fn on_one_continent(tables: &Tables, a: PlaceId, b: PlaceId) -> bool {
    let groups = |place: PlaceId| tables.places.lineage(place).filter(|p| tables.places.code(*p) != "WORLD").collect::<Vec<_>>();
    let of = groups(a);
    groups(b).iter().any(|p| of.contains(p))
}
