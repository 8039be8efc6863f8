//! A car as its suppliers see it: lines of the bill with the model's own figures, and what energy emits where works stand.

use std::collections::BTreeMap;

use minewheel_assess::AssessError;
use minewheel_assess::assessment::prepare;
use minewheel_assess::footprint::SolvedNetwork;
use minewheel_assess::inventory::Traces;
use minewheel_assess::network::{NetworkError, PlacedNetworkBuilder};
use minewheel_assess::plant::direct_energy;
use minewheel_assess::scenario::Scenario;
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::electricity::VoltageLevel;
use minewheel_data::places::PlaceId;
use minewheel_data::row::Draw;
use minewheel_data::status::Status;
use minewheel_data::units::Mass;
use minewheel_model::bill::{BillLine, Phase, Stage};

use super::SuppliersError;

/// Heat by carrier: the column of a programme's file and the card that makes it.
pub const HEATS: [(&str, &str); 4] =
    [("gas_mj", "heat-from-natural-gas"), ("coal_mj", "heat-from-hard-coal"), ("oil_mj", "heat-from-oil"), ("biomass_mj", "heat-from-bioenergy")];
const GRID: &str = "electricity-high-voltage";
const GREEN: &str = "electricity-from-wind-onshore";
const HEAT: &str = "heat";
/// Metals and resins that scrap can replace, each with its group and what takes its place.
const RECYCLED: [(&str, &str, &str); 3] = [
    ("aluminium", "aluminium-primary-ingot", "aluminium-secondary-ingot"),
    ("copper", "copper-cathode", "copper-cathode-secondary"),
    ("chemicals", "pp-resin", "pp-recycled"),
];

/// One line of the bill that suppliers deliver.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The part.
    pub part: String,
    /// The product.
    pub product: String,
    /// Its group.
    pub group: String,
    /// How much of it a car takes.
    pub amount: f64,
    /// In this unit.
    pub unit: String,
    /// What of it ends in the car, in kg.
    pub contained_kg: f64,
    /// Whether it is work or service of the part's maker, rather than bought from the world.
    pub is_own_work: bool,
    /// Where the model has it made; of a world market, the largest maker.
    pub place: PlaceId,
    /// The model's own figure for a car, in kg CO2e, freight included.
    pub kg_co2e: f64,
    /// Of that, freight to the plant.
    pub freight_kg_co2e: f64,
    /// Electricity that the line's own card takes, in kWh a car.
    pub kwh: f64,
    /// Heat, in MJ a car.
    pub mj: f64,
    /// What the model says that both emit, in kg CO2e a car.
    pub energy_kg_co2e: f64,
    /// How well it is known.
    pub status: Status,
}

impl Line {
    /// The model's figure at the works' gate.
    pub fn at_gate(&self) -> f64 {
        self.kg_co2e - self.freight_kg_co2e
    }
}

/// What energy emits in a place, in kg CO2e.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EnergyFactors {
    /// A kilowatt-hour of the grid, at the works.
    pub grid: f64,
    /// A kilowatt-hour by contract.
    pub green: f64,
    /// A megajoule of heat as the place makes it.
    pub heat: f64,
    /// A megajoule of heat by carrier, as in [`HEATS`].
    pub heats: [f64; HEATS.len()],
}

/// A car opened for its suppliers.
#[derive(Debug, Clone, PartialEq)]
pub struct SuppliedCar {
    /// Its id.
    pub id: String,
    /// The year.
    pub year: i32,
    /// The lines that suppliers deliver.
    pub lines: Vec<Line>,
    /// The car maker's own plant, and supplies to it, in kg CO2e a car.
    pub works_kg_co2e: f64,
    /// The production footprint, in kg CO2e a car.
    pub production_kg_co2e: f64,
    /// What energy emits, by place of the works asked about.
    pub energy: BTreeMap<PlaceId, EnergyFactors>,
    /// What a kilogram from scrap emits less than a kilogram it replaces, by group.
    pub recycled_gain: BTreeMap<String, f64>,
}

impl SuppliedCar {
    /// Opens a car for works in some places.
    ///
    /// # Errors
    /// The car cannot be made, or a place has no electricity.
    pub fn open(tables: &Tables, design: &CarDesign, scenario: &Scenario, places: &[PlaceId]) -> Result<Self, AssessError> {
        let traces = Traces::new(tables, scenario.cycle.as_deref())?;
        let prepared = prepare(tables, std::slice::from_ref(design), scenario, &traces)?;
        let (case, network) = (&prepared.cases[0], &prepared.networks[0]);
        let solved = SolvedNetwork::new(tables, network, &scenario.method)?;
        let scores = solved.scores.values();
        let plant = match design.plant.country.as_deref().or(design.made_in.as_deref()) {
            Some(code) => tables.places.id(code)?,
            None => tables.places.id("WORLD")?,
        };
        let mut wanted: Vec<PlaceId> = places.to_vec();
        let mut stands = Vec::new();
        for bought in case.inventory.lines.iter().filter(|l| l.stage.phase() == Phase::Production) {
            let place = works_of(tables, bought, plant, scenario.year)?;
            wanted.push(place);
            stands.push(place);
        }
        wanted.sort_unstable();
        wanted.dedup();
        let factors = Factors::solve(tables, scenario, &wanted)?;
        let (mut lines, mut works, mut production) = (Vec::new(), 0.0, 0.0);
        let produced = case.inventory.lines.iter().zip(&case.lines).filter(|l| l.0.stage.phase() == Phase::Production);
        for ((bought, placed), stands) in produced.zip(stands) {
            let kg_co2e = bought.amount * scores[placed.column.index()];
            production += kg_co2e;
            let product = tables.cards.product_id(&bought.product);
            let Some(product) = product.filter(|_| bought.stage != Stage::Assembly) else {
                works += kg_co2e;
                continue;
            };
            let card = tables.cards.product(product);
            let (kwh, mj, _) = direct_energy(tables, &bought.product, stands, scenario.year, &Draw::BEST)?;
            let is_bought = card.has_world_market && bought.place.is_none();
            let freight_kg_co2e = if is_bought { bought.amount * factors.freight(tables, product, &card.unit)? } else { 0.0 };
            let energy = factors.energy.get(&stands).copied();
            let energy = energy.ok_or_else(|| not_delivered(GRID, tables.places.code(stands)))?;
            let (kwh, mj) = (bought.amount * kwh, bought.amount * mj);
            // The figure of a mixed market may be less than the energy of its largest maker: no more is taken out than there is.
            let most = (kg_co2e - freight_kg_co2e).max(0.0);
            lines.push(Line {
                part: bought.part.to_string(),
                product: bought.product.to_string(),
                group: card.group.clone(),
                amount: bought.amount,
                unit: card.unit.clone(),
                contained_kg: bought.contained.kg(),
                is_own_work: !card.has_world_market,
                place: stands,
                kg_co2e,
                freight_kg_co2e,
                kwh,
                mj,
                energy_kg_co2e: (kwh * energy.grid + mj * energy.heat).min(most),
                status: tables.rows.weakest(bought.rows.iter().copied()),
            });
        }
        Ok(Self {
            id: design.id.clone(),
            year: scenario.year,
            lines,
            works_kg_co2e: works,
            production_kg_co2e: production,
            energy: factors.energy,
            recycled_gain: factors.recycled_gain,
        })
    }

    /// What energy emits in a place.
    ///
    /// # Errors
    /// The car was not opened for works there; `of` says whose they are.
    pub fn energy_in(&self, place: PlaceId, of: &str) -> Result<EnergyFactors, SuppliersError> {
        self.energy.get(&place).copied().ok_or_else(|| SuppliersError::NotOpened { works: of.to_owned(), car: self.id.clone() })
    }

    /// The parts, in order of the bill.
    pub fn parts(&self) -> Vec<&str> {
        let mut parts: Vec<&str> = Vec::new();
        for line in &self.lines {
            if !parts.contains(&line.part.as_str()) {
                parts.push(&line.part);
            }
        }
        parts
    }

    /// The lines of a part, or of one product of it.
    pub fn lines_of<'c>(&'c self, part: &'c str, product: Option<&'c str>) -> impl Iterator<Item = (usize, &'c Line)> {
        self.lines.iter().enumerate().filter(move |(_, l)| l.part == part && product.is_none_or(|p| l.product == p))
    }
}

/// Where a line's works stand: as its file or the plant says, or the largest maker of its market.
fn works_of(tables: &Tables, line: &BillLine, plant: PlaceId, year: i32) -> Result<PlaceId, AssessError> {
    if let Some(code) = &line.place {
        return Ok(tables.places.id(code)?);
    }
    let Some(product) = tables.cards.product_id(&line.product).filter(|p| tables.cards.product(*p).has_world_market) else { return Ok(plant) };
    let makers = tables.markets.shares(product, year).map_or(&[][..], |s| s.1);
    let largest = makers.iter().max_by(|a, b| a.share.best.total_cmp(&b.share.best));
    Ok(match largest {
        Some(maker) => maker.of,
        None => tables.places.id("WORLD")?,
    })
}

/// Factors of places, freight and scrap.
struct Factors {
    energy: BTreeMap<PlaceId, EnergyFactors>,
    recycled_gain: BTreeMap<String, f64>,
    freight: BTreeMap<minewheel_data::cards::ProductId, f64>,
}

impl Factors {
    fn solve(tables: &Tables, scenario: &Scenario, places: &[PlaceId]) -> Result<Self, AssessError> {
        let product = |id: &str| tables.cards.product_id(id).ok_or_else(|| NetworkError::UnknownProduct(id.to_owned()));
        let process = |id: &str| tables.cards.process_id(id).ok_or_else(|| NetworkError::UnknownProduct(id.to_owned()));
        let world = tables.places.id("WORLD")?;
        let mut builder = PlacedNetworkBuilder::new(tables, scenario.year, &[])?;
        let mut asked = Vec::new();
        for place in places {
            let own = [builder.made_in(product(GRID)?, *place)?, builder.made_in(product(GREEN)?, *place)?, builder.made_in(product(HEAT)?, *place)?];
            let heats = HEATS.iter().map(|(_, card)| Ok(builder.made_by(process(card)?, *place))).collect::<Result<Vec<_>, NetworkError>>()?;
            asked.push((*place, own, heats));
        }
        let mut modes = BTreeMap::new();
        for card in tables.cards.products() {
            let Some(id) = tables.cards.product_id(&card.id) else { continue };
            for freight in tables.markets.freight(id) {
                modes.insert(freight.mode, builder.made_in(freight.mode, world)?);
            }
        }
        let mut pairs = Vec::new();
        for (group, primary, secondary) in RECYCLED {
            pairs.push((group, builder.bought_in(product(primary)?, world)?, builder.bought_in(product(secondary)?, world)?));
        }
        let network = builder.build()?;
        let solved = SolvedNetwork::new(tables, &network, &scenario.method)?;
        let scores = solved.scores.values();
        let mut energy = BTreeMap::new();
        for (place, own, heats) in asked {
            let lineage: Vec<PlaceId> = tables.places.lineage(place).collect();
            let loss = tables.electricity.loss(&lineage, VoltageLevel::High).map_or(0.0, |l| l.best);
            let mut factors = EnergyFactors {
                grid: scores[own[0].index()],
                // Contracted power crosses the high-voltage grid.
                green: scores[own[1].index()] / (1.0 - loss),
                heat: scores[own[2].index()],
                heats: [0.0; HEATS.len()],
            };
            for (slot, column) in factors.heats.iter_mut().zip(heats) {
                *slot = scores[column.index()];
            }
            energy.insert(place, factors);
        }
        let recycled_gain = pairs
            .into_iter()
            .map(|(group, primary, secondary)| (group.to_owned(), (scores[primary.index()] - scores[secondary.index()]).max(0.0)))
            .collect();
        let freight = modes.into_iter().map(|(mode, column)| (mode, scores[column.index()])).collect();
        Ok(Self { energy, recycled_gain, freight })
    }

    /// Freight of a kilogram from a world market.
    fn freight(&self, tables: &Tables, product: minewheel_data::cards::ProductId, unit: &str) -> Result<f64, NetworkError> {
        if unit != "kg" {
            return Ok(0.0);
        }
        let tonnes = Mass::from_kg(1.0).t();
        let mut kg_co2e = 0.0;
        for freight in tables.markets.freight(product) {
            let of_mode = self.freight.get(&freight.mode);
            kg_co2e += freight.km.best * tonnes * of_mode.ok_or_else(|| not_delivered(&tables.cards.product(freight.mode).id, "WORLD"))?;
        }
        Ok(kg_co2e)
    }
}

fn not_delivered(product: &str, place: &str) -> NetworkError {
    NetworkError::NotDelivered { product: product.to_owned(), place: place.to_owned() }
}
