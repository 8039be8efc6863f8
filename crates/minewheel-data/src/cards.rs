//! Process cards: technologies, what they take in, what they put out, and where they may stand.
//!
//! A card is written once and placed in many countries. An exchange row with a place replaces the row without one
//! when the card stands there. A `split` card is an aggregate cut into electricity, heat, direct emission and rest; its
//! parts close on the published headline within 0.5 %, so that it can be moved to another grid without counting
//! anything twice:
//!
//! ```text
//! headline = Σ electricity · g_ref + Σ heat · h_ref + direct + unspecified
//! ```

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::loader::Loader;
use crate::methods::{FlowId, Methods};
use crate::parameters::Parameters;
use crate::places::{PlaceId, Places};
use crate::row::{RowId, Value};
use crate::table::{Fault, Table, nearest};
use crate::units;

/// Number of a product within a loaded data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProductId(pub u32);

/// Number of a process within a loaded data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub u32);

/// Bounds on the carbon of an input that is given by energy or volume.
const FUELS: &str = "fuels/fuels.csv";
/// How much more than that may leave: wells and mines burn their own. A unit that is wrong by a thousand lies above.
const CARBON_SLACK: f64 = 20.0;
/// Largest gap between the parts of a split card and its headline.
const SPLIT_TOLERANCE: f64 = 0.005;
/// Smallest share of an element that a process may carry from its inputs into its product.
const LEAST_ELEMENT_YIELD: f64 = 0.5;
/// Numerical slack of the element balance.
const ELEMENT_SLACK: f64 = 1e-6;

/// Something made by processes.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its reference unit.
    pub unit: String,
    /// Whether users buy it on a world market (else it is made where it is used).
    pub has_world_market: bool,
    /// The tier of the supply chain it belongs to.
    pub tier: String,
    /// A group for summaries.
    pub group: String,
    /// Its row.
    pub row: RowId,
}

/// Impact families that a card reports in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Families(u8);

impl Families {
    /// Names of the families, in order of their bits.
    pub const NAMES: [&'static str; 5] = ["climate", "air", "water", "metals", "energy"];
    /// Every family.
    pub const ALL: Self = Self(0b1_1111);

    fn parse(text: &str) -> Result<Self, String> {
        let mut found = 0;
        for word in text.split(';').map(str::trim).filter(|w| !w.is_empty()) {
            let bit = Self::NAMES.iter().position(|n| *n == word).ok_or_else(|| word.to_owned())?;
            found |= 1 << bit;
        }
        Ok(Self(found))
    }
    /// Whether the family with that number is carried.
    pub const fn has(self, family: usize) -> bool {
        self.0 >> family & 1 == 1
    }
}

/// A technology that makes one product.
#[derive(Debug, Clone, PartialEq)]
pub struct Process {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it makes.
    pub product: ProductId,
    /// Where it may stand; `None`: anywhere.
    pub places: Option<Vec<PlaceId>>,
    /// The year it describes.
    pub year: Option<i32>,
    /// Whether it is an aggregate cut into parts.
    pub is_split: bool,
    /// Which impact families it reports in full.
    pub carries: Families,
    /// Its row.
    pub row: RowId,
}

/// What an exchange is with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A product of another process.
    Product(ProductId),
    /// Nature.
    Flow(FlowId),
}

/// One exchange of one process, per reference unit of its product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exchange {
    /// With what.
    pub target: Target,
    /// Only where; `None`: everywhere without an own row.
    pub place: Option<PlaceId>,
    /// How much, in the target's unit, per reference unit of the process's product.
    pub amount: Value,
}

/// All products, processes and exchanges of a data set.
#[derive(Debug, Clone, Default)]
pub struct Cards {
    products: Vec<Product>,
    product_index: FxHashMap<String, ProductId>,
    processes: Vec<Process>,
    process_index: FxHashMap<String, ProcessId>,
    exchanges: Vec<Vec<Exchange>>,
    /// Whether an exchange of a process has rivals: rows of the same target, one of which counts in one place only.
    has_rivals: Vec<Vec<bool>>,
    makers: Vec<Vec<ProcessId>>,
}

struct SplitCheck {
    process: usize,
    headline: f64,
    grid: f64,
    heat: f64,
}

impl Cards {
    /// Reads `processes/*-products.csv`, `*-processes.csv`, `*-exchanges.csv` and checks them with
    /// `*-compositions.csv`. Unit conversions follow the reference unit of the product or flow.
    pub fn read(loader: &mut Loader<'_>, places: &Places, methods: &Methods) -> Self {
        let mut cards = Self::default();
        for table in loader.tables("processes/", "-products.csv") {
            cards.read_products(loader, &table);
        }
        cards.makers = vec![Vec::new(); cards.products.len()];
        let mut splits = Vec::new();
        let mut amounts = Vec::new();
        for table in loader.tables("processes/", "-processes.csv") {
            cards.read_processes(loader, &table, places, &mut splits, &mut amounts);
        }
        cards.exchanges = vec![Vec::new(); cards.processes.len()];
        for table in loader.tables("processes/", "-exchanges.csv") {
            cards.read_exchanges(loader, &table, places, methods, &amounts);
        }
        cards.has_rivals = cards.exchanges.iter().map(|rows| has_rivals(rows)).collect();
        cards.check_splits(loader, methods, &splits);
        cards.check_makers(loader);
        cards.check_carbon(loader, methods);
        cards.check_elements(loader);
        cards
    }

    fn read_products(&mut self, loader: &mut Loader<'_>, table: &Table) {
        for row in 0..table.len() {
            let id = table.text(row, "product_id").to_owned();
            if self.product_index.contains_key(&id) {
                loader.fault(table, row, Some("product_id"), Fault::Duplicate { key: format!("product `{id}`"), first_line: 0 });
                continue;
            }
            if let Err(error) = units::Unit::parse(table.text(row, "unit")) {
                loader.fault(table, row, Some("unit"), error.into());
            }
            self.product_index.insert(id.clone(), ProductId(self.products.len() as u32));
            self.products.push(Product {
                id,
                name: table.text(row, "name").to_owned(),
                unit: table.text(row, "unit").to_owned(),
                has_world_market: table.text(row, "market") == "world",
                tier: table.text(row, "tier").to_owned(),
                group: table.text(row, "group").to_owned(),
                row: loader.row(table, row),
            });
        }
    }

    fn read_processes(&mut self, loader: &mut Loader<'_>, table: &Table, places: &Places, splits: &mut Vec<SplitCheck>, amounts: &mut Vec<f64>) {
        for row in 0..table.len() {
            let id = table.text(row, "process_id").to_owned();
            if self.process_index.contains_key(&id) {
                loader.fault(table, row, Some("process_id"), Fault::Duplicate { key: format!("process `{id}`"), first_line: 0 });
                continue;
            }
            let Some(&product) = self.product_index.get(table.text(row, "product_id")) else {
                loader.unknown_name(table, row, "product_id", "product", self.products.iter().map(|p| p.id.as_str()));
                continue;
            };
            let mut amount = loader.number_in(table, row, "amount").unwrap_or(1.0);
            if amount <= 0.0 {
                loader.fault(
                    table,
                    row,
                    Some("amount"),
                    Fault::OutOfRange { column: "amount".to_owned(), seen: amount, minimum: f64::MIN_POSITIVE, maximum: f64::INFINITY },
                );
                amount = 1.0;
            }
            match units::ratio(table.text(row, "unit"), &self.products[product.0 as usize].unit) {
                Ok(factor) => amount *= factor,
                Err(error) => loader.fault(table, row, Some("unit"), error.into()),
            }
            let stands = table.text(row, "places");
            let places = if stands == "*" || stands.is_empty() {
                None
            } else {
                let mut found = Vec::new();
                for code in stands.split(';').map(str::trim) {
                    match places.id(code) {
                        Ok(place) => found.push(place),
                        Err(unknown) => loader.fault(
                            table,
                            row,
                            Some("places"),
                            Fault::Unknown { column: "places".to_owned(), kind: "place", seen: unknown.seen, nearest: unknown.nearest },
                        ),
                    }
                }
                Some(found)
            };
            let carries = Families::parse(table.text(row, "carries")).unwrap_or_else(|word| {
                let near = nearest(&word, Families::NAMES.into_iter());
                let fault = Fault::NotInList { column: "carries".to_owned(), seen: word, wanted: Families::NAMES.join(", "), nearest: near };
                loader.fault(table, row, Some("carries"), fault);
                Families::default()
            });
            let is_split = table.text(row, "kind") == "split";
            let process = ProcessId(self.processes.len() as u32);
            if is_split
                && let (Some(headline), grid, heat) = (
                    loader.number_in(table, row, "headline_kg_co2e"),
                    loader.number_in(table, row, "reference_grid_kg_co2e_per_kwh").unwrap_or(0.0),
                    loader.number_in(table, row, "reference_heat_kg_co2e_per_mj").unwrap_or(0.0),
                )
            {
                splits.push(SplitCheck { process: process.0 as usize, headline: headline / amount, grid, heat });
            } else if is_split {
                loader.fault(
                    table,
                    row,
                    Some("headline_kg_co2e"),
                    Fault::Empty { column: "headline_kg_co2e".to_owned(), wanted: "the published total of a split card".to_owned() },
                );
            }
            self.process_index.insert(id.clone(), process);
            self.makers[product.0 as usize].push(process);
            amounts.push(amount);
            self.processes.push(Process {
                id,
                name: table.text(row, "name").to_owned(),
                product,
                places,
                year: table.text(row, "year").parse().ok(),
                is_split,
                carries,
                row: loader.row(table, row),
            });
        }
    }

    fn read_exchanges(&mut self, loader: &mut Loader<'_>, table: &Table, places: &Places, methods: &Methods, amounts: &[f64]) {
        let mut ratios: FxHashMap<(String, String), f64> = FxHashMap::default();
        for row in 0..table.len() {
            let Some(&process) = self.process_index.get(table.text(row, "process_id")) else {
                loader.unknown_name(table, row, "process_id", "process", self.processes.iter().map(|p| p.id.as_str()));
                continue;
            };
            let flow_id = table.text(row, "flow_id");
            let (target, wanted) = if table.text(row, "direction") == "input" {
                let Some(&product) = self.product_index.get(flow_id) else {
                    loader.unknown_name(table, row, "flow_id", "product", self.products.iter().map(|p| p.id.as_str()));
                    continue;
                };
                (Target::Product(product), self.products[product.0 as usize].unit.as_str())
            } else {
                let Some(flow) = methods.flow_id(flow_id) else {
                    loader.unknown_name(table, row, "flow_id", "elementary flow", methods.flows().iter().map(|f| f.id.as_str()));
                    continue;
                };
                (Target::Flow(flow), methods.flow(flow).unit.as_str())
            };
            let place = if table.text(row, "place").is_empty() { None } else { places.resolve(loader, table, row, "place") };
            let unit = table.text(row, "unit");
            let key = (unit.to_owned(), wanted.to_owned());
            let factor = if let Some(factor) = ratios.get(&key) {
                *factor
            } else {
                match units::ratio(unit, wanted) {
                    Ok(factor) => *ratios.entry(key).or_insert(factor),
                    Err(error) => {
                        loader.fault(table, row, Some("unit"), error.into());
                        continue;
                    }
                }
            };
            let Some(value) = loader.value(table, row, "amount") else { continue };
            let amount = value.scaled(factor / amounts[process.0 as usize]);
            self.exchanges[process.0 as usize].push(Exchange { target, place, amount });
        }
    }

    fn check_splits(&self, loader: &mut Loader<'_>, methods: &Methods, splits: &[SplitCheck]) {
        let parts = ["co2-fossil", "ghg-unspecified"].map(|f| methods.flow_id(f));
        for split in splits {
            let process = &self.processes[split.process];
            let mut sum = 0.0;
            for exchange in self.exchanges[split.process].iter().filter(|e| e.place.is_none()) {
                sum += match exchange.target {
                    Target::Product(product) => match self.products[product.0 as usize].id.as_str() {
                        "electricity-high-voltage" | "electricity-low-voltage" => exchange.amount.best * split.grid,
                        "heat" => exchange.amount.best * split.heat,
                        _ => 0.0,
                    },
                    Target::Flow(flow) if parts.contains(&Some(flow)) => exchange.amount.best,
                    Target::Flow(_) => 0.0,
                };
            }
            if (sum - split.headline).abs() > SPLIT_TOLERANCE * split.headline.abs() {
                loader.fault_at(process.row, "headline_kg_co2e", Fault::SplitOpen { process: process.id.clone(), sum, headline: split.headline });
            }
        }
    }

    /// Fossil carbon that leaves a process entered it: as matter, none of which holds more carbon than carbon itself, or as fuel by its
    /// energy. Wells and mines burn what they do not buy, hence the slack; a card without inputs cannot be checked.
    ///
    /// The most fossil CO2 that an input can make is that of pure carbon by mass, and by energy and volume that of the rows
    /// `most-carbon` of the fuels.
    fn check_carbon(&self, loader: &mut Loader<'_>, methods: &Methods) {
        let fuels = Parameters::read(loader, FUELS);
        let most = |property: &str, unit: &str| fuels.value("most-carbon", property, unit).map(|v| v.best);
        let of_mass = units::CARBON_DIOXIDE_PER_CARBON;
        let held_by_unit = match (most("carbon_dioxide_per_energy", "kg/MJ"), most("density", "kg/m3")) {
            (Ok(of_energy), Ok(density)) => [("kg", of_mass), ("MJ", of_energy), ("m3", of_mass * density)],
            (Err(error), _) | (_, Err(error)) => {
                loader.fault_in(FUELS, Fault::Model { reason: error.to_string() });
                return;
            }
        };
        let fossil = methods.flow_id("co2-fossil");
        for (process, exchanges) in self.processes.iter().zip(&self.exchanges) {
            let (mut most, mut emitted, mut row) = (0.0, 0.0, None);
            let mut is_known = true;
            for exchange in exchanges.iter().filter(|e| e.place.is_none()) {
                match exchange.target {
                    Target::Product(product) => {
                        let unit = self.products[product.0 as usize].unit.as_str();
                        let held = held_by_unit.iter().find_map(|(of, kg)| units::ratio(unit, of).ok().map(|factor| factor * kg));
                        is_known &= held.is_some() || unit == "tkm";
                        most += exchange.amount.best.max(0.0) * held.unwrap_or(0.0);
                    }
                    Target::Flow(flow) if Some(flow) == fossil => {
                        emitted += exchange.amount.best;
                        row = Some(exchange.amount.row);
                    }
                    Target::Flow(_) => {}
                }
            }
            if let Some(row) = row.filter(|_| is_known && most > 0.0 && emitted > CARBON_SLACK * most) {
                let subject = format!("process `{}`", process.id);
                let seen = format!("{emitted} kg of inputs whose carbon makes {most:.3} kg at most");
                loader.fault_at(row, "amount", Fault::Law { subject, rule: "fossil CO2 comes from the carbon of what is taken in", seen });
            }
        }
    }

    fn check_makers(&self, loader: &mut Loader<'_>) {
        for (makers, product) in self.makers.iter().zip(&self.products) {
            // The builder makes delivered electricity from the mix tables.
            if makers.is_empty() && !product.id.starts_with("electricity-high") && !product.id.starts_with("electricity-low") {
                let fault =
                    Fault::Law { subject: format!("product `{}`", product.id), rule: "at least one process makes it", seen: "none".to_owned() };
                loader.fault_at(product.row, "product_id", fault);
            }
        }
    }

    fn check_elements(&self, loader: &mut Loader<'_>) {
        let mut contents: FxHashMap<ProductId, BTreeMap<String, f64>> = FxHashMap::default();
        for table in loader.tables("processes/", "-compositions.csv") {
            for row in 0..table.len() {
                let Some(&product) = self.product_index.get(table.text(row, "product_id")) else {
                    loader.unknown_name(&table, row, "product_id", "product", self.products.iter().map(|p| p.id.as_str()));
                    continue;
                };
                if let Some(fraction) = loader.number_in(&table, row, "mass_fraction") {
                    contents.entry(product).or_default().insert(table.text(row, "element").to_owned(), fraction);
                }
            }
        }
        for (process, exchanges) in self.processes.iter().zip(&self.exchanges) {
            let Some(content) = contents.get(&process.product) else { continue };
            for (element, &output) in content {
                let mut carriers = exchanges
                    .iter()
                    .filter(|e| e.place.is_none())
                    .filter_map(|e| match e.target {
                        Target::Product(p) => contents.get(&p).and_then(|c| c.get(element)).map(|f| f * e.amount.best),
                        Target::Flow(_) => None,
                    })
                    .peekable();
                // No input says that it carries the element: it comes from an ore or a split card, and nothing can be checked.
                if carriers.peek().is_none() {
                    continue;
                }
                let input: f64 = carriers.sum();
                let why = if output > input * (1.0 + ELEMENT_SLACK) {
                    "matter is not made"
                } else if output < LEAST_ELEMENT_YIELD * input {
                    "more than half would be wasted"
                } else {
                    continue;
                };
                loader.fault_at(
                    process.row,
                    "process_id",
                    Fault::Element { process: process.id.clone(), element: element.clone(), input, output, why },
                );
            }
        }
    }

    /// The number of a product.
    pub fn product_id(&self, id: &str) -> Option<ProductId> {
        self.product_index.get(id).copied()
    }
    /// A product.
    pub fn product(&self, id: ProductId) -> &Product {
        &self.products[id.0 as usize]
    }
    /// All products, by number.
    pub fn products(&self) -> &[Product] {
        &self.products
    }
    /// The number of a process.
    pub fn process_id(&self, id: &str) -> Option<ProcessId> {
        self.process_index.get(id).copied()
    }
    /// A process.
    pub fn process(&self, id: ProcessId) -> &Process {
        &self.processes[id.0 as usize]
    }
    /// All processes, by number.
    pub fn processes(&self) -> &[Process] {
        &self.processes
    }
    /// The exchanges of a process, in table order.
    pub fn exchanges(&self, id: ProcessId) -> &[Exchange] {
        &self.exchanges[id.0 as usize]
    }
    /// The processes that make a product.
    pub fn makers(&self, id: ProductId) -> &[ProcessId] {
        &self.makers[id.0 as usize]
    }

    /// The exchanges of a process that stands in a place: for each target the rows of the nearest place.
    pub fn exchanges_at<'a>(&'a self, id: ProcessId, lineage: &'a [PlaceId]) -> impl Iterator<Item = &'a Exchange> {
        let rows = self.exchanges(id);
        let has_rivals = &self.has_rivals[id.0 as usize];
        let rank = |place: Option<PlaceId>| place.map_or(Some(lineage.len()), |p| lineage.iter().position(|l| *l == p));
        let mut nearest: FxHashMap<Target, usize> = FxHashMap::default();
        for (exchange, _) in rows.iter().zip(has_rivals).filter(|(_, has_rivals)| **has_rivals) {
            if let Some(rank) = rank(exchange.place) {
                nearest.entry(exchange.target).and_modify(|least| *least = rank.min(*least)).or_insert(rank);
            }
        }
        let counts = move |exchange: &Exchange, has_rivals: bool| {
            let own = rank(exchange.place);
            own.is_some() && (!has_rivals || own.as_ref() == nearest.get(&exchange.target))
        };
        rows.iter().zip(has_rivals).filter(move |(exchange, has_rivals)| counts(exchange, **has_rivals)).map(|(exchange, _)| exchange)
    }
}

fn has_rivals(rows: &[Exchange]) -> Vec<bool> {
    let placed: FxHashSet<Target> = rows.iter().filter(|row| row.place.is_some()).map(|row| row.target).collect();
    rows.iter().map(|row| placed.contains(&row.target)).collect()
}
