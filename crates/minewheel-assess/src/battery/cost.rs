//! What a pack costs to make, and what it sells for: materials by metal price, energy, labour, capital, yield.
//!
//! ```text
//! bought(l)  = amount·(Σ_m c_lm·p_m + f_l)            m: metals; c: content; p: price; f: what making adds
//! plant      = e·p_e + g·p_g + h·w + K/(n·u) + μ·K/u
//! price      = metal + M·(cost − metal)
//! ```
//!
//! | symbol | meaning | from |
//! |---|---|---|
//! | `p` | price of metals and of graphite in the year, or given, times a shock | `prices/prices.csv` |
//! | `c` | content by formula (cathode) or by definition (foil) | `cells/cells.csv`, `prices/battery.csv` |
//! | `f` | price of the material less its metals | `prices/battery.csv` |
//! | `e`, `g` | electricity and gas of a kilowatt-hour of cells where they are made | process cards |
//! | `h`, `w` | hours a kWh, cost of an hour | `prices/battery.csv` |
//! | `K`, `n`, `u`, `μ` | capital by yearly output, years, output over capacity, upkeep | `prices/battery.csv` |
//! | `M` | price over the cost that is not metal, by place of the plant | fitted on surveys of 2024 |
//!
//! Energy goes with the mass of the cells, as in the footprint; jobs and capital are announced by plants for their own output and
//! stand as announced: a lower energy by mass or a thinner coating does not make a plant dearer here.
//!
//! Block by block what ends in the pack is priced under its own name; what is bought and lost stands under `scrap`. Metal passes at
//! its price: contracts of cathode and foil are indexed. `M` holds overhead, development, warranty, margin, freight and duties;
//! it is the only fitted number, on packs of all uses of 2024 in China, North America and Europe.

use std::collections::BTreeMap;

use minewheel_data::cards::Target;
use minewheel_data::parameters::ParameterError;
use minewheel_data::places::PlaceId;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::status::Status;
use minewheel_data::units::{Energy, Mass};
use minewheel_model::battery::{Cell, Element, PackDesign};
use minewheel_model::bill::{BillLine, Stage};
use serde::Serialize;

use super::{BatteryQuestion, ChainError};
use crate::AssessError;
use crate::tables::Tables;

/// What is bought at a market price, with the word of its price shock.
pub(super) const COMMODITIES: [(&str, &str); 9] = [
    ("lithium", "lithium-carbonate"),
    ("nickel", "nickel-class-1"),
    ("cobalt", "cobalt-metal"),
    ("manganese", "manganese-sulfate"),
    ("copper", "copper-cathode"),
    ("aluminium", "aluminium-primary-ingot"),
    ("steel", "steel-hot-rolled"),
    ("graphite", "graphite-synthetic"),
    ("graphite", "graphite-natural-coated"),
];

/// Blocks of the cost, in order.
const BLOCKS: [&str; 12] = [
    "cathode",
    "anode",
    "foils",
    "separator",
    "electrolyte",
    "binders and housing",
    "pack parts",
    "energy",
    "labour",
    "depreciation and upkeep",
    "scrap",
    "overhead and margin",
];
const ENERGY: usize = 7;
const LABOUR: usize = 8;
const CAPITAL: usize = 9;
const SCRAP: usize = 10;
const MARGIN: usize = 11;

/// One block of a pack's price.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PriceBlock {
    /// What is paid for.
    pub block: &'static str,
    /// US dollars a kWh.
    pub usd_per_kwh: f64,
    /// Of that: metal and graphite at their market prices.
    pub commodities_usd_per_kwh: f64,
}

/// The years of the prices behind a pack's price. No learning is reckoned for a year that has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct PriceYears {
    /// Those of metals and graphite: the last up to the year asked for, else the latest there is. Empty: all prices were given.
    pub materials: Vec<i32>,
    /// That of capital, fees and wages, which are known for one year; `null`: they hold always.
    pub plant: Option<i32>,
}

impl PriceYears {
    /// What must be said of a pack priced in another year than the one asked for.
    pub fn notice(&self, asked: i32) -> Option<String> {
        if self.materials.last().is_none_or(|year| *year == asked) {
            return None;
        }
        let years = self.materials.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let plant = self.plant.map(|year| format!(", those of capital of {year}")).unwrap_or_default();
        Some(format!("no prices are known for {asked}: those of metals and graphite are of {years}{plant}; no learning is reckoned"))
    }
}

/// How one product is priced.
#[derive(Debug, Clone, PartialEq)]
struct Pricing {
    /// Content of commodities by number, in kg/kg.
    contents: Vec<(usize, f64)>,
    /// What making adds, in USD/kg.
    fee: Option<Value>,
    /// Price by area in USD/m² with kilograms by area.
    by_area: Option<(Value, Value)>,
    block: usize,
}

/// Everything a pack is priced with, looked up once.
#[derive(Debug, Clone)]
pub(super) struct CostModel {
    /// By line of the pack, in its order; `None`: a service of the plant.
    pricing: Vec<Option<Pricing>>,
    commodities: Vec<(Value, f64)>,
    electricity: Vec<(Value, f64)>,
    gas: Vec<(Value, f64)>,
    electricity_price: Value,
    gas_price: Value,
    wage: Value,
    cell_hours: Value,
    pack_hours: Value,
    cell_capital: Value,
    pack_capital: Value,
    life: Value,
    utilisation: Value,
    upkeep: Value,
    price_over_cost: Value,
    years: PriceYears,
}

/// A pack's price in one draw.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Price {
    usd: [f64; BLOCKS.len()],
    commodities: [f64; BLOCKS.len()],
}

impl Price {
    pub fn total(&self) -> f64 {
        self.usd.iter().sum()
    }
    pub fn blocks(&self) -> Vec<PriceBlock> {
        BLOCKS
            .iter()
            .zip(self.usd.iter().zip(&self.commodities))
            .map(|(block, (usd, metal))| PriceBlock { block, usd_per_kwh: *usd, commodities_usd_per_kwh: *metal })
            .collect()
    }
}

fn block_of(line: &BillLine) -> usize {
    match (&*line.part, &*line.product) {
        ("cathode", product) if product.starts_with("cam-") => 0,
        ("anode", "graphite-synthetic" | "graphite-natural-coated" | "silicon-anode" | "hard-carbon" | "lithium-titanate" | "lithium-metal") => 1,
        ("collectors", _) => 2,
        ("separator", _) => 3,
        ("electrolyte", _) => 4,
        ("pack-structure" | "pack-systems", _) => 6,
        _ => 5,
    }
}

impl CostModel {
    /// Looks up everything that a pack of a question is priced with.
    ///
    /// # Errors
    /// A price is missing, negative, or of an unknown material.
    pub fn new(question: &BatteryQuestion, pack: &PackDesign, tables: &Tables) -> Result<Self, AssessError> {
        let place = tables.places.id(&question.made_in)?;
        let lineage: Vec<&str> = tables.places.lineage(place).map(|p| tables.places.code(p)).collect();
        let prices = &tables.battery.prices;
        let at = |subject: &str, property: &str, unit: &str| -> Result<Value, ParameterError> {
            let subject = prices.subject(subject)?;
            // Levels are known for one year: it stands for others.
            subject.value_at(property, &lineage, question.year, unit).or_else(|_| subject.value_at(property, &lineage, i32::MAX, unit))
        };
        let cell = tables.cells.cell(&pack.chemistry);
        let mut pricing = Vec::with_capacity(pack.lines.len());
        for line in &pack.lines {
            let is_service = line.contained == Mass::ZERO;
            pricing.push(if is_service { None } else { Some(price_of(line, cell, tables)?) });
        }
        let (electricity, gas) = plant_energy(tables, tables.places.id(&question.made_in)?, question.year)?;
        let (commodities, materials) = commodities(question, tables)?;
        Ok(Self {
            pricing,
            commodities,
            electricity,
            gas,
            electricity_price: at("electricity", "industry_price", "USD/kWh")?,
            gas_price: at("gas", "industry_price", "USD/kWh")?,
            wage: at("labour", "hourly_cost", "USD/h")?,
            cell_hours: at("cell-plant", "labour", "h/kWh")?,
            pack_hours: at("pack-plant", "labour", "h/kWh")?,
            cell_capital: at("cell-plant", "capital", "USD/kWh")?,
            pack_capital: at("pack-plant", "capital", "USD/kWh")?,
            life: at("plant", "life", "1")?,
            utilisation: at("plant", "utilisation", "1")?,
            upkeep: at("plant", "maintenance_share", "1")?,
            price_over_cost: at("pack", "price_over_cost", "1")?,
            years: PriceYears { materials, plant: prices.subject("cell-plant")?.dated_value_at("capital", &lineage, i32::MAX, "USD/kWh")?.1 },
        })
    }

    /// Adds one purchase to a price, by its place among the pack's lines.
    pub fn add(&self, price: &mut Price, place: usize, amount: f64, contained_kg: f64, draw: &Draw<'_>) {
        let Some(Some(pricing)) = self.pricing.get(place) else { return };
        let metal: f64 = pricing.contents.iter().map(|(c, kg)| kg * draw.of(&self.commodities[*c].0) * self.commodities[*c].1).sum();
        let fee = pricing.fee.map_or(0.0, |f| draw.of(&f)) + pricing.by_area.map_or(0.0, |(usd, kg)| draw.of(&usd) / draw.of(&kg));
        let lost = amount - contained_kg;
        price.usd[pricing.block] += contained_kg * (metal + fee);
        price.commodities[pricing.block] += contained_kg * metal;
        price.usd[SCRAP] += lost * (metal + fee);
        price.commodities[SCRAP] += lost * metal;
    }

    /// Electricity and gas of the cell plant in kWh by kilowatt-hour of pack, rejected cells counted.
    pub fn plant_energy(&self, pack: &PackDesign, draw: &Draw<'_>) -> (f64, f64) {
        let cells: f64 = pack.lines.iter().filter(|l| l.stage == Stage::CellManufacturing).map(|l| l.amount).sum();
        let sum = |exchanges: &[(Value, f64)]| exchanges.iter().map(|(v, share)| share * draw.of(v)).sum::<f64>();
        let by_kwh = cells / pack.gross_energy.kwh();
        (by_kwh * sum(&self.electricity), by_kwh * sum(&self.gas))
    }

    /// The price of a pack by kilowatt-hour, in one draw.
    pub fn price(&self, pack: &PackDesign, draw: &Draw<'_>) -> Price {
        let mut price = Price::default();
        let mut cells = 0.0;
        for (place, line) in pack.lines.iter().enumerate() {
            if line.stage == Stage::CellManufacturing {
                cells = line.amount;
            }
            self.add(&mut price, place, line.amount, line.contained.kg(), draw);
        }
        self.close(price, cells, pack.gross_energy.kwh(), draw)
    }

    /// A price by kilowatt-hour from what was bought: with plant, overhead and margin. `cells` is the amount of cell making.
    pub fn close(&self, mut price: Price, cells: f64, kwh: f64, draw: &Draw<'_>) -> Price {
        price.usd.iter_mut().chain(&mut price.commodities).for_each(|usd| *usd /= kwh);
        let cells = cells / kwh;
        let sum = |exchanges: &[(Value, f64)]| exchanges.iter().map(|(v, share)| share * draw.of(v)).sum::<f64>();
        price.usd[ENERGY] = cells * (sum(&self.electricity) * draw.of(&self.electricity_price) + sum(&self.gas) * draw.of(&self.gas_price));
        price.usd[LABOUR] = (draw.of(&self.cell_hours) + draw.of(&self.pack_hours)) * draw.of(&self.wage);
        let capital = draw.of(&self.cell_capital) + draw.of(&self.pack_capital);
        price.usd[CAPITAL] = capital * (1.0 / draw.of(&self.life) + draw.of(&self.upkeep)) / draw.of(&self.utilisation);
        let metal: f64 = price.commodities.iter().sum();
        let cost: f64 = price.usd.iter().sum();
        price.usd[MARGIN] = (draw.of(&self.price_over_cost) - 1.0) * (cost - metal);
        price
    }

    /// The years of the prices that hold.
    pub const fn years(&self) -> &PriceYears {
        &self.years
    }

    /// The rows that the price rests on.
    pub fn rows(&self) -> Vec<RowId> {
        let own = [
            &self.electricity_price,
            &self.gas_price,
            &self.wage,
            &self.cell_hours,
            &self.pack_hours,
            &self.cell_capital,
            &self.pack_capital,
            &self.life,
            &self.utilisation,
            &self.upkeep,
            &self.price_over_cost,
        ];
        let fees = self.pricing.iter().flatten().flat_map(|p| p.fee.iter().chain(p.by_area.iter().map(|a| &a.0)));
        let used = self.pricing.iter().flatten().flat_map(|p| &p.contents).map(|(c, _)| &self.commodities[*c].0);
        let mut rows: Vec<RowId> = own.into_iter().chain(fees).chain(used).map(|v| v.row).filter(|r| *r != RowId::GIVEN).collect();
        rows.sort_unstable();
        rows.dedup();
        rows
    }

    /// How well the price is known.
    pub fn status(&self, tables: &Tables) -> Status {
        tables.rows.weakest(self.rows())
    }
}

/// Commodities whose price is that of a salt.
const SALTS: [&str; 2] = ["lithium-carbonate", "manganese-sulfate"];

/// Prices of the commodities, with what the question gives and shocks, and the years of those that tables give.
fn commodities(question: &BatteryQuestion, tables: &Tables) -> Result<(Vec<(Value, f64)>, Vec<i32>), AssessError> {
    let ids = || COMMODITIES.iter().map(|c| c.1);
    let mut factors = [1.0; COMMODITIES.len()];
    for (name, factor) in &question.shocks {
        if !(factor.is_finite() && *factor >= 0.0) {
            return Err(ChainError::Price {
                material: name.clone(),
                seen: *factor,
                unit: "times its market price",
                wanted: "a factor of nought or more",
            }
            .into());
        }
        let hit: Vec<usize> = (0..COMMODITIES.len()).filter(|i| COMMODITIES[*i].0 == name || COMMODITIES[*i].1 == name).collect();
        if hit.is_empty() {
            return Err(ChainError::name("priced material", name, COMMODITIES.iter().map(|c| c.0).chain(ids())).into());
        }
        for index in hit {
            factors[index] *= factor;
        }
    }
    let mut given: BTreeMap<&str, f64> = BTreeMap::new();
    for (name, usd_per_kg) in &question.prices {
        if !(usd_per_kg.is_finite() && *usd_per_kg >= 0.0) {
            return Err(ChainError::Price { material: name.clone(), seen: *usd_per_kg, unit: "USD/kg", wanted: "a price of nought or more" }.into());
        }
        let Some(id) = ids().find(|id| id == name) else { return Err(ChainError::name("priced material", name, ids()).into()) };
        given.insert(id, *usd_per_kg);
    }
    let (mut found, mut years) = (Vec::new(), Vec::new());
    for (index, (_, id)) in COMMODITIES.iter().enumerate() {
        let value = if let Some(usd) = given.get(id) {
            Value::given(*usd)
        } else {
            let subject = tables.prices.subject(id)?;
            let at = |year: i32| subject.dated_value_at("price", &[], year, "USD/kg");
            let (value, year) = at(question.year).or_else(|_| at(i32::MAX))?;
            years.extend(year);
            value
        };
        found.push((value, factors[index]));
    }
    years.sort_unstable();
    years.dedup();
    Ok((found, years))
}

/// How a line's product is priced: a cathode by its formula, others by the rows of the table.
fn price_of(line: &BillLine, cell: Option<&Cell>, tables: &Tables) -> Result<Pricing, AssessError> {
    let prices = &tables.battery.prices;
    let subject = prices.subject(&line.product)?;
    let index = |id: &str| COMMODITIES.iter().position(|c| c.1 == id);
    let mut contents = Vec::new();
    for property in subject.properties() {
        if let Some(commodity) = index(property) {
            contents.push((commodity, subject.value(property, "kg/kg")?.best));
        }
    }
    if let Some(cell) = cell.filter(|c| c.cathode_product() == &*line.product) {
        for (element, metal) in
            [(Element::Lithium, "lithium"), (Element::Nickel, "nickel"), (Element::Cobalt, "cobalt"), (Element::Manganese, "manganese")]
        {
            let fraction = cell.mass_fraction(element);
            if fraction > 0.0
                && let Some(commodity) = COMMODITIES.iter().position(|c| c.0 == metal)
            {
                contents.push((commodity, fraction * commodity_kg_per_kg(COMMODITIES[commodity].1, tables)));
            }
        }
    }
    let area = cell.map(Cell::separator_areal_mass);
    let by_area = subject.optional("price_by_area", "USD/m2")?.zip(area);
    Ok(Pricing { contents, fee: subject.optional("conversion_fee", "USD/kg")?, by_area, block: block_of(line) })
}

/// Kilograms of the priced good that hold a kilogram of a metal: lithium and manganese are priced as salts.
fn commodity_kg_per_kg(commodity: &str, tables: &Tables) -> f64 {
    let is_salt = SALTS.contains(&commodity);
    let found = tables.recycling.products().iter().find(|p| is_salt && p.replaces.as_deref() == Some(commodity));
    found.map_or(1.0, minewheel_model::recycling::Product::kg_per_kg)
}

/// Electricity and gas, in kWh by unit of cell making, with the share of the route that takes them.
type PlantEnergy = (Vec<(Value, f64)>, Vec<(Value, f64)>);

fn plant_energy(tables: &Tables, place: PlaceId, year: i32) -> Result<PlantEnergy, AssessError> {
    const MAKING: &str = "cell-manufacturing";
    let id = tables.cards.product_id(MAKING).ok_or_else(|| crate::network::NetworkError::UnknownProduct(MAKING.to_owned()))?;
    let world = tables.places.id("WORLD")?;
    let lineage: Vec<PlaceId> = tables.places.lineage(place).chain([world]).collect();
    let routes = tables.markets.routes(&tables.cards, &tables.places, id, &lineage, year).map_err(crate::network::NetworkError::from)?;
    let (mut electricity, mut gas) = (Vec::new(), Vec::new());
    for route in routes {
        for exchange in tables.cards.exchanges_at(route.of, &lineage) {
            let Target::Product(input) = exchange.target else { continue };
            let product = tables.cards.product(input);
            match product.id.as_str() {
                // Energy of the plant is one amount; its routes say how much of it is power and how much gas.
                "cell-plant-energy" => {
                    let carriers = tables.markets.routes(&tables.cards, &tables.places, input, &lineage, year);
                    for carrier in carriers.map_err(crate::network::NetworkError::from)? {
                        let share = route.share.best * carrier.share.best;
                        for burnt in tables.cards.exchanges_at(carrier.of, &lineage) {
                            let Target::Product(of) = burnt.target else { continue };
                            let factor = share * burnt.amount.best;
                            match tables.cards.product(of).id.as_str() {
                                "electricity-high-voltage" => electricity.push((exchange.amount, factor)),
                                "natural-gas" => gas.push((exchange.amount, factor * Energy::from_mj(1.0).kwh())),
                                _ => {}
                            }
                        }
                    }
                }
                "electricity-high-voltage" => electricity.push((exchange.amount, route.share.best)),
                "natural-gas" | "heat" if product.unit == "MJ" => {
                    gas.push((exchange.amount, route.share.best * Energy::from_mj(1.0).kwh()));
                }
                _ => {}
            }
        }
    }
    Ok((electricity, gas))
}
