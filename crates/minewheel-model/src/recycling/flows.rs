//! One feed through one route.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use minewheel_data::parameters::ParameterError;
use minewheel_data::row::{Draw, RowId};
use minewheel_data::units::Mass;
use serde::Serialize;

use super::tables::{ALL, CATHODE, Product, RecyclingTables, Route, Step, Target, WHOLE};
use crate::battery::{CellTables, Content, Element, PackDesign};
use crate::bill::Stage;

/// The stream of cells, and that of what is around them.
const CELLS: &str = "cells";
const PACK: &str = "pack";
const CARBON: &str = "C";
/// The stream whose carbon is burnt.
const BURNT: &str = "off-gas";
/// Products that coated electrodes hold; the rest of a cell is put in when it is built.
const OF_ELECTRODES: [&str; 11] = [
    "pvdf",
    "carbon-black",
    "graphite-natural-coated",
    "graphite-synthetic",
    "hard-carbon",
    "silicon-anode",
    "lithium-titanate",
    "lithium-metal",
    "cmc-binder",
    "styrene-butadiene-rubber",
    "copper-foil",
];
const FOIL: &str = "aluminium-foil";

/// What is fed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Feed {
    /// Packs at the end of their life.
    #[serde(rename = "eol")]
    EndOfLife,
    /// Offcuts and rejected cells of cell plants.
    Scrap,
}

impl Feed {
    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::EndOfLife => "eol",
            Self::Scrap => "scrap",
        }
    }
}

/// Why a pack cannot be recycled in the model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RecyclingError {
    /// A product of the pack's bill is in no row of the feed.
    #[error("`{product}` is in the pack, but no row of recycling/feed.csv says what it is")]
    NotFollowed {
        /// The product.
        product: String,
    },
    /// The pack's chemistry is not in the tables.
    #[error("no chemistry `{seen}`; known: {known}")]
    Chemistry {
        /// What was asked for.
        seen: String,
        /// All ids.
        known: String,
    },
    /// A parameter is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}

impl RecyclingError {
    /// That a chemistry is not among the cells.
    pub fn chemistry(seen: &str, cells: &CellTables) -> Self {
        Self::Chemistry { seen: seen.to_owned(), known: cells.cells().iter().map(crate::battery::Cell::id).collect::<Vec<_>>().join(", ") }
    }
}

/// A stream: kilograms of each substance.
pub type Stream = BTreeMap<Arc<str>, f64>;

/// A product made.
#[derive(Debug, Clone)]
pub struct Made<'t> {
    /// Its row of the table.
    pub product: &'t Product,
    /// Mass sold.
    pub mass: Mass,
    /// Mass of it that was in the battery.
    pub from_battery: Mass,
    /// Kilograms of each element in it.
    pub elements: BTreeMap<Arc<str>, f64>,
    /// The rows that its mass rests on.
    pub rows: Vec<RowId>,
}

/// Energy, reagent or emission of a step.
#[derive(Debug, Clone)]
pub struct Input {
    /// The step.
    pub step: Arc<str>,
    /// Product or flow.
    pub target: Target,
    /// Its id.
    pub id: Arc<str>,
    /// How much, in `unit`.
    pub amount: f64,
    /// The unit.
    pub unit: Arc<str>,
    /// Its row, and those that say what enters the step.
    pub rows: Vec<RowId>,
}

/// One feed through one route.
#[derive(Debug, Clone)]
pub struct Recycled<'t> {
    /// The route.
    pub route: Route,
    /// What was fed.
    pub feed: Feed,
    /// Mass fed.
    pub fed: Mass,
    /// Kilograms of each element fed.
    pub elements_fed: BTreeMap<Arc<str>, f64>,
    /// Kilograms of each element fed in cells.
    pub elements_in_cells: BTreeMap<Arc<str>, f64>,
    /// What is sold.
    pub made: Vec<Made<'t>>,
    /// Streams that left and are not sold.
    pub lost: BTreeMap<Arc<str>, Stream>,
    /// Streams between steps, as they entered the next one.
    pub between: BTreeMap<Arc<str>, Stream>,
    /// Energy, reagents, emissions.
    pub inputs: Vec<Input>,
    /// Carbon dioxide of carbon burnt in the route.
    pub carbon_dioxide: Mass,
    /// The rows that say what is burnt.
    pub burnt_by: Vec<RowId>,
    /// Largest gap in the balance of an element, over what was fed of it.
    pub largest_gap: f64,
}

impl Recycled<'_> {
    /// Kilograms of an element in what is sold.
    pub fn recovered(&self, element: &str) -> f64 {
        self.made.iter().filter(|m| m.product.counts).filter_map(|m| m.elements.get(element)).fold(0.0, |sum, kg| sum + kg)
    }

    /// Share of an element fed that is sold; `None`: none was fed.
    pub fn recovery(&self, element: &str) -> Option<f64> {
        let fed = self.elements_fed.get(element).copied().filter(|kg| *kg > 0.0)?;
        Some(self.recovered(element) / fed)
    }

    /// Share of a material of the pack, of which it holds this much, that is sold; nought for compounds that are not followed.
    pub fn recovery_of(&self, content: Content, held: Mass) -> f64 {
        match content.symbol() {
            Some(symbol) => self.recovery(symbol).unwrap_or(0.0),
            None if content.is_carbon() && held > Mass::ZERO => (self.recovered(CARBON) / held.kg()).min(1.0),
            None => 0.0,
        }
    }

    /// Share of the mass fed that is in products which count as recycled.
    pub fn efficiency(&self) -> f64 {
        self.efficiency_without(&[])
    }

    /// As [`Recycled::efficiency`], with some elements of the cells left out of what is fed and of what is sold.
    pub fn efficiency_without(&self, elements: &[&str]) -> f64 {
        let sum = |of: &BTreeMap<Arc<str>, f64>| elements.iter().filter_map(|e| of.get(*e)).sum::<f64>();
        let counted = self.made.iter().filter(|m| m.product.counts);
        let sold: f64 = counted.map(|m| m.from_battery.kg() - sum(&m.elements)).sum();
        sold / (self.fed.kg() - sum(&self.elements_in_cells))
    }
}

/// Sends a pack, or the scrap of making its cells, through a route.
///
/// # Errors
/// A product of the bill that the tables do not follow, or a parameter that is missing.
pub fn recycle<'t>(
    pack: &PackDesign,
    cells: &CellTables,
    tables: &'t RecyclingTables,
    route: Route,
    feed: Feed,
    draw: &Draw<'_>,
) -> Result<Recycled<'t>, RecyclingError> {
    let mut streams = match feed {
        Feed::EndOfLife => fed(pack, cells, tables, |_| 1.0)?,
        Feed::Scrap => {
            let electrodes = draw.of(&tables.parameter("scrap", "electrode_share", "1")?).clamp(0.0, 1.0);
            let mut scrap = fed(pack, cells, tables, |product| if is_of_electrodes(product) { 1.0 } else { 1.0 - electrodes })?;
            scrap.remove(PACK);
            scrap
        }
    };
    let mass: f64 = streams.values().flat_map(BTreeMap::values).sum();
    let elements_fed = elements(streams.values(), tables);
    let elements_in_cells = elements(streams.get(CELLS), tables);
    let mut inputs = Vec::new();
    let mut rows: BTreeMap<Arc<str>, BTreeSet<RowId>> = BTreeMap::new();
    let mut between = BTreeMap::new();
    for step in tables.steps(route) {
        enter(step, &streams, &rows, &mut inputs, draw);
        take(step, &mut streams, &mut between, &mut rows, draw);
    }
    let carbon = streams.get(BURNT).map_or(0.0, |s| elements([s], tables).get(CARBON).copied().unwrap_or(0.0));
    let mut made = Vec::new();
    for product in &tables.products {
        let Some(stream) = streams.get_mut(&product.stream) else { continue };
        let sold: Stream =
            if &*product.substance == ALL { std::mem::take(stream) } else { stream.remove_entry(&product.substance).into_iter().collect() };
        let from_battery: f64 = sold.values().sum();
        if from_battery <= 0.0 {
            continue;
        }
        let rows = rows.get(&product.stream).into_iter().flatten().copied().chain([product.row]).collect();
        let kg = from_battery * product.per_kg;
        let elements = match &product.formula {
            // The compound's own formula says what it holds, so that a wrong one does not go unseen.
            Some(formula) => held(formula, kg, &sold, tables),
            None => elements([&sold], tables),
        };
        made.push(Made { product, mass: Mass::from_kg(kg), from_battery: Mass::from_kg(from_battery), elements, rows });
    }
    streams.retain(|_, s| s.values().any(|kg| *kg > 0.0));
    let largest_gap = gap(&elements_fed, &elements(streams.values(), tables), &made);
    Ok(Recycled {
        route,
        feed,
        fed: Mass::from_kg(mass),
        elements_fed,
        elements_in_cells,
        made,
        lost: streams,
        between,
        inputs,
        carbon_dioxide: Mass::from_kg(carbon * tables.carbon_dioxide_per_carbon()),
        burnt_by: rows.get(BURNT).into_iter().flatten().copied().collect(),
        largest_gap,
    })
}

fn is_of_electrodes(product: &str) -> bool {
    OF_ELECTRODES.contains(&product) || product == FOIL || product.starts_with("cam-")
}

/// The streams of cells and of what is around them, with a share of every product.
fn fed(
    pack: &PackDesign,
    cells: &CellTables,
    tables: &RecyclingTables,
    share: impl Fn(&str) -> f64,
) -> Result<BTreeMap<Arc<str>, Stream>, RecyclingError> {
    let cell = cells.cell(&pack.chemistry).ok_or_else(|| RecyclingError::chemistry(&pack.chemistry, cells))?;
    let is_layered = cell.mass_fraction(Element::Phosphorus) <= 0.0;
    let mut streams: BTreeMap<Arc<str>, Stream> = BTreeMap::new();
    for line in pack.lines.iter().filter(|l| l.contained > Mass::ZERO) {
        let stream = streams.entry(Arc::from(if line.stage == Stage::BatteryPack { PACK } else { CELLS })).or_default();
        let kg = line.contained.kg() * share(&line.product);
        if *line.product == *cell.cathode_product() {
            for element in Element::ALL {
                let part = kg * cell.mass_fraction(element);
                if part > 0.0 {
                    *stream.entry(Arc::from(substance_of(element, is_layered))).or_default() += part;
                }
            }
            continue;
        }
        let parts = tables.feed.get(&*line.product).ok_or_else(|| RecyclingError::NotFollowed { product: line.product.to_string() })?;
        for (substance, share) in parts {
            *stream.entry(Arc::clone(substance)).or_default() += kg * share;
        }
    }
    Ok(streams)
}

/// The substance that an element of the cathode is followed as. Iron of a layered oxide dissolves in acid, that of a phosphate does not.
const fn substance_of(element: Element, is_layered: bool) -> &'static str {
    match element {
        Element::Lithium => "lithium",
        Element::Sodium => "sodium",
        Element::Nickel => "nickel",
        Element::Cobalt => "cobalt",
        Element::Manganese => "manganese",
        Element::Aluminium => "cathode-aluminium",
        Element::Iron if is_layered => "layered-iron",
        Element::Iron => "iron",
        Element::Phosphorus => "phosphorus",
        Element::Oxygen => "oxygen",
    }
}

/// Whether a stream enters a step: a transfer of the step takes something from it.
fn enters(step: &Step, stream: &str) -> bool {
    step.transfers.iter().any(|t| &*t.from == stream)
}

/// Energy and reagents of a step for what enters it. The first step handles the whole feed, cells included.
fn enter(step: &Step, streams: &BTreeMap<Arc<str>, Stream>, rows: &BTreeMap<Arc<str>, BTreeSet<RowId>>, inputs: &mut Vec<Input>, draw: &Draw<'_>) {
    let is_first = enters(step, PACK);
    let enters = |name: &str| is_first || enters(step, name);
    let entering = || streams.iter().filter(|(name, _)| enters(name)).map(|(_, s)| s);
    let before: BTreeSet<RowId> = rows.iter().filter(|(name, _)| enters(name)).flat_map(|(_, r)| r).copied().collect();
    for input in &step.inputs {
        let kg: f64 =
            if &*input.per == WHOLE { entering().flat_map(BTreeMap::values).sum() } else { entering().filter_map(|s| s.get(&input.per)).sum() };
        if kg > 0.0 {
            inputs.push(Input {
                step: Arc::clone(&step.name),
                target: input.target,
                id: Arc::clone(&input.id),
                amount: kg * draw.of(&input.amount),
                unit: Arc::clone(&input.unit),
                rows: before.iter().copied().chain([input.amount.row]).collect(),
            });
        }
    }
}

/// Moves what enters a step to the streams that leave it.
fn take(
    step: &Step,
    streams: &mut BTreeMap<Arc<str>, Stream>,
    between: &mut BTreeMap<Arc<str>, Stream>,
    rows: &mut BTreeMap<Arc<str>, BTreeSet<RowId>>,
    draw: &Draw<'_>,
) {
    let names: Vec<Arc<str>> = streams.keys().filter(|name| enters(step, name)).cloned().collect();
    for name in names {
        let Some(stream) = streams.remove(&name) else { continue };
        for (substance, kg) in &stream {
            let transfers: Vec<_> = step.transfers.iter().filter(|t| t.from == name && t.substance == *substance).collect();
            let asked: f64 = transfers.iter().map(|t| draw.of(&t.share).max(0.0)).sum();
            // A draw may ask for more than there is: the shares are then cut alike.
            let cut = asked.max(1.0);
            let mut rest = *kg;
            let before: Vec<RowId> = rows.get(&name).into_iter().flatten().copied().collect();
            // What is left over rests on what was taken.
            rows.entry(Arc::clone(&step.rest)).or_default().extend(before.iter().copied().chain(transfers.iter().map(|t| t.share.row)));
            for transfer in transfers {
                let part = kg * draw.of(&transfer.share).max(0.0) / cut;
                rest -= part;
                *streams.entry(Arc::clone(&transfer.to)).or_default().entry(Arc::clone(substance)).or_default() += part;
                let known = rows.entry(Arc::clone(&transfer.to)).or_default();
                known.extend(&before);
                known.insert(transfer.share.row);
            }
            *streams.entry(Arc::clone(&step.rest)).or_default().entry(Arc::clone(substance)).or_default() += rest.max(0.0);
        }
        between.insert(name, stream);
    }
}

fn elements<'s>(streams: impl IntoIterator<Item = &'s Stream>, tables: &RecyclingTables) -> BTreeMap<Arc<str>, f64> {
    let mut sums: BTreeMap<Arc<str>, f64> = BTreeMap::new();
    for (substance, kg) in streams.into_iter().flatten() {
        for (element, fraction) in tables.substances.get(substance).into_iter().flatten() {
            *sums.entry(Arc::clone(element)).or_default() += kg * fraction;
        }
    }
    sums
}

/// What a compound holds of the elements that its stream brought.
fn held(formula: &super::formula::Formula, kg: f64, sold: &Stream, tables: &RecyclingTables) -> BTreeMap<Arc<str>, f64> {
    let molar = formula.molar_mass(|e| tables.atomic_masses.get(e).copied()).unwrap_or(f64::NAN);
    elements([sold], tables)
        .into_keys()
        .map(|element| {
            let fraction = formula.moles(&element) * tables.atomic_masses.get(&element).copied().unwrap_or(f64::NAN) / molar;
            (element, kg * fraction)
        })
        .collect()
}

fn gap(fed: &BTreeMap<Arc<str>, f64>, left: &BTreeMap<Arc<str>, f64>, made: &[Made<'_>]) -> f64 {
    let names: BTreeSet<&Arc<str>> = fed.keys().chain(left.keys()).chain(made.iter().flat_map(|m| m.elements.keys())).collect();
    names
        .into_iter()
        .map(|element| {
            let of = |map: &BTreeMap<Arc<str>, f64>| map.get(element).copied().unwrap_or(0.0);
            let out = of(left) + made.iter().map(|m| of(&m.elements)).sum::<f64>();
            let whole = of(fed).max(out);
            if whole > 0.0 { (of(fed) - out).abs() / whole } else { 0.0 }
        })
        .fold(0.0, f64::max)
}

impl Product {
    /// Kilograms of the product that a kilogram of its substance makes.
    pub const fn kg_per_kg(&self) -> f64 {
        self.per_kg
    }
    /// The product of the process cards that it replaces in a pack of this chemistry.
    pub fn replaced<'a>(&'a self, cathode: &'a str) -> Option<&'a str> {
        self.replaces.as_deref().map(|r| if r == CATHODE { cathode } else { r })
    }
    /// The subject of the prices in a pack of this chemistry.
    pub fn priced<'a>(&'a self, cathode: &'a str) -> Option<&'a str> {
        self.price_subject.as_deref().map(|r| if r == CATHODE { cathode } else { r })
    }
}
