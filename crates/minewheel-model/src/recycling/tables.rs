//! The tables of `data/recycling`, checked: names that exist, shares that add up, and every element that goes in comes out.

use std::collections::BTreeMap;
use std::str::FromStr;
use std::sync::Arc;

use minewheel_data::loader::Loader;
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::table::{Fault, Table};
use minewheel_data::units::Energy;
use serde::Serialize;

use super::flows::{Feed, recycle};
use super::formula::Formula;
use crate::battery::{Cell, CellTables, PackSpec, design_pack};

/// Rounding of sums of some hundred products; what is more is a stream that nobody follows.
pub(super) const CLOSES: f64 = 1e-9;
/// Shares of one substance that add up to more than one by this are a fault.
const SHARES: f64 = 1e-9;
/// The word for every substance of a stream.
pub(super) const ALL: &str = "*";
/// The word for the mass of all that enters a step.
pub(super) const WHOLE: &str = "feed";
/// The word for the chemistry's own cathode material.
pub(super) const CATHODE: &str = "cathode";

/// A way to recycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Route {
    /// Shredding to black mass, leaching.
    Hydro,
    /// Smelting, leaching of the alloy.
    Pyro,
    /// Cathode material regenerated as it is.
    Direct,
}

impl Route {
    /// All routes.
    pub const ALL: [Self; 3] = [Self::Hydro, Self::Pyro, Self::Direct];
    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hydro => "hydro",
            Self::Pyro => "pyro",
            Self::Direct => "direct",
        }
    }
}

impl FromStr for Route {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|r| r.word() == word).ok_or(())
    }
}

/// A step of a route.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub name: Arc<str>,
    pub rest: Arc<str>,
    pub transfers: Vec<Transfer>,
    pub inputs: Vec<StepInput>,
}

#[derive(Debug, Clone)]
pub(super) struct Transfer {
    pub from: Arc<str>,
    pub substance: Arc<str>,
    pub to: Arc<str>,
    pub share: Value,
}

/// What an input row names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// A product of the process cards.
    Product,
    /// An elementary flow.
    Flow,
}

#[derive(Debug, Clone)]
pub(super) struct StepInput {
    pub per: Arc<str>,
    pub target: Target,
    pub id: Arc<str>,
    /// The unit of the amount, without `/kg`.
    pub unit: Arc<str>,
    pub amount: Value,
}

/// A stream that is sold, and what it replaces.
#[derive(Debug, Clone)]
pub struct Product {
    /// Its name.
    pub name: Arc<str>,
    pub(super) stream: Arc<str>,
    pub(super) substance: Arc<str>,
    pub(super) formula: Option<Formula>,
    /// Kilograms of product from a kilogram of the substance.
    pub(super) per_kg: f64,
    /// The product whose making it saves; `cathode`: the chemistry's.
    pub replaces: Option<Arc<str>>,
    /// The product of the process that turns it, as scrap, into what it replaces.
    pub remelted_by: Option<Arc<str>>,
    /// Its worth against what it replaces.
    pub quality: f64,
    /// Subject of the prices; `cathode`: the chemistry's.
    pub price_subject: Option<Arc<str>>,
    /// Whether the price is for the substance in it rather than for the product.
    pub is_paid_by_substance: bool,
    /// Share of the price that is paid.
    pub price_factor: f64,
    /// Whether its mass counts for recycling efficiency.
    pub counts: bool,
    /// Its row.
    pub row: RowId,
}

/// Everything the tables of `data/recycling` say.
#[derive(Debug, Clone)]
pub struct RecyclingTables {
    routes: BTreeMap<Route, Vec<Step>>,
    pub(super) products: Vec<Product>,
    /// Elements of a substance, in kg a kg.
    pub(super) substances: BTreeMap<Arc<str>, Vec<(Arc<str>, f64)>>,
    /// Substances of a product of a pack's bill.
    pub(super) feed: BTreeMap<String, Vec<(Arc<str>, f64)>>,
    pub(super) atomic_masses: BTreeMap<Arc<str>, f64>,
    carbon_dioxide_per_carbon: f64,
    /// Collection, scrap, costs, the circular footprint, second life, targets.
    pub parameters: Parameters,
}

impl RecyclingTables {
    /// Reads `data/recycling` and checks it on every chemistry. Whatever is missing or does not balance is noted in the loader.
    pub fn read(loader: &mut Loader<'_>, cells: &CellTables) -> Self {
        let atomic_masses = cells.atomic_masses().clone();
        let mut all = Self {
            routes: BTreeMap::new(),
            products: Vec::new(),
            substances: BTreeMap::new(),
            feed: BTreeMap::new(),
            carbon_dioxide_per_carbon: Formula::parse("CO2")
                .and_then(|f| Some(f.molar_mass(|e| atomic_masses.get(e).copied())? / atomic_masses.get("C").copied()?))
                .unwrap_or(f64::NAN),
            atomic_masses,
            parameters: Parameters::default(),
        };
        all.read_substances(loader);
        all.read_steps(loader);
        all.read_transfers(loader);
        all.read_products(loader);
        all.read_inputs(loader);
        all.parameters = Parameters::read(loader, "recycling/parameters.csv");
        all.check(loader, cells, cells.cells().iter());
        all
    }

    /// Checks every route on the chemistries that only the designer knows, once they are read.
    pub fn check_further(&self, loader: &mut Loader<'_>, cells: &CellTables) {
        self.check(loader, cells, cells.designable().skip(cells.cells().len()));
    }

    /// Kilograms of an element in a kilogram of a product of a pack's bill; nought where it is not followed.
    pub fn element_of(&self, product: &str, element: &str) -> f64 {
        let held = |substance: &Arc<str>| {
            self.substances.get(substance).into_iter().flatten().filter(|(e, _)| &**e == element).map(|(_, fraction)| fraction).sum::<f64>()
        };
        self.feed.get(product).into_iter().flatten().map(|(substance, share)| share * held(substance)).sum()
    }

    /// Whether a plant at scale recycles packs of a chemistry, or takes a route, by the rows `plants` of the parameters.
    pub fn is_at_scale(&self, subject: &str) -> bool {
        self.parameters.value("plants", subject, "1").map_or(true, |value| value.best > 0.0)
    }

    /// The steps of a route.
    pub(super) fn steps(&self, route: Route) -> &[Step] {
        self.routes.get(&route).map_or(&[], Vec::as_slice)
    }

    /// Kilograms of carbon dioxide from a kilogram of carbon.
    pub fn carbon_dioxide_per_carbon(&self) -> f64 {
        self.carbon_dioxide_per_carbon
    }

    /// Products whose making a route may save or need, and inputs, by id of the process cards.
    pub fn card_products(&self) -> impl Iterator<Item = &Arc<str>> {
        let inputs = self.routes.values().flatten().flat_map(|s| &s.inputs).filter(|i| i.target == Target::Product).map(|i| &i.id);
        let outputs = self.products.iter().flat_map(|p| p.replaces.iter().chain(&p.remelted_by)).filter(|p| &***p != CATHODE);
        inputs.chain(outputs)
    }

    /// What the steps take in and give off: kind, id, unit, row.
    pub fn inputs(&self) -> impl Iterator<Item = (Target, &Arc<str>, &str, RowId)> {
        self.routes.values().flatten().flat_map(|s| &s.inputs).map(|i| (i.target, &i.id, &*i.unit, i.amount.row))
    }

    /// Products, in table order.
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// A parameter, in the wanted unit.
    ///
    /// # Errors
    /// It is missing, or its unit does not fit.
    pub fn parameter(&self, subject: &str, property: &str, unit: &str) -> Result<Value, ParameterError> {
        self.parameters.value(subject, property, unit)
    }

    fn read_substances(&mut self, loader: &mut Loader<'_>) {
        if let Some(table) = loader.table("recycling/substances.csv") {
            for row in 0..table.len() {
                let (substance, element) = (table.text(row, "substance"), table.text(row, "element"));
                if !self.atomic_masses.contains_key(element) {
                    loader.unknown_name(&table, row, "element", "element of cells/elements.csv", self.atomic_masses.keys().map(|k| &**k));
                    continue;
                }
                let Some(fraction) = loader.number_in(&table, row, "mass_fraction") else { continue };
                self.substances.entry(substance.into()).or_default().push((element.into(), fraction));
            }
            for (substance, elements) in &self.substances {
                let sum: f64 = elements.iter().map(|e| e.1).sum();
                if sum > 1.0 + SHARES {
                    let rule = "a substance holds no more than its own mass of elements";
                    fault(loader, &table, "substance", substance, rule, sum.to_string());
                }
            }
        }
        let Some(table) = loader.table("recycling/feed.csv") else { return };
        for row in 0..table.len() {
            let Some(share) = loader.number_in(&table, row, "share") else { continue };
            self.feed.entry(table.text(row, "product_id").to_owned()).or_default().push((table.text(row, "substance").into(), share));
        }
        for (product, parts) in &self.feed {
            let sum: f64 = parts.iter().map(|p| p.1).sum();
            if (sum - 1.0).abs() > SHARES {
                fault(loader, &table, "product_id", product, "the substances of a product add up to it", sum.to_string());
            }
        }
    }

    fn routes_of(loader: &mut Loader<'_>, table: &Table, row: usize) -> Vec<Route> {
        let mut routes = Vec::new();
        for word in table.text(row, "routes").split(';') {
            match word.trim().parse() {
                Ok(route) => routes.push(route),
                Err(()) => loader.unknown_name(table, row, "routes", "recycling route", Route::ALL.iter().map(|r| r.word())),
            }
        }
        routes
    }

    fn read_steps(&mut self, loader: &mut Loader<'_>) {
        let Some(table) = loader.table("recycling/steps.csv") else { return };
        for row in 0..table.len() {
            for route in Self::routes_of(loader, &table, row) {
                let (name, rest) = (table.text(row, "step").into(), table.text(row, "rest").into());
                self.routes.entry(route).or_default().push(Step { name, rest, transfers: Vec::new(), inputs: Vec::new() });
            }
        }
    }

    /// Gives the steps that a row names, in every route that it names.
    fn with_steps(&mut self, loader: &mut Loader<'_>, table: &Table, row: usize, mut each: impl FnMut(&mut Step)) {
        for route in Self::routes_of(loader, table, row) {
            let steps = self.routes.entry(route).or_default();
            match steps.iter_mut().find(|s| &*s.name == table.text(row, "step")) {
                Some(step) => each(step),
                None => loader.unknown_name(table, row, "step", "step of the route in steps.csv", steps.iter().map(|s| &*s.name)),
            }
        }
    }

    fn read_transfers(&mut self, loader: &mut Loader<'_>) {
        let Some(table) = loader.table("recycling/transfers.csv") else { return };
        for row in 0..table.len() {
            let Some(share) = loader.value(&table, row, "share") else { continue };
            let word = |column| -> Arc<str> { table.text(row, column).into() };
            let transfer = Transfer { from: word("from"), substance: word("substance"), to: word("to"), share };
            self.with_steps(loader, &table, row, |step| step.transfers.push(transfer.clone()));
        }
        for step in self.routes.values().flatten() {
            for one in &step.transfers {
                let alike = step.transfers.iter().filter(|t| t.from == one.from && t.substance == one.substance);
                let sum: f64 = alike.map(|t| t.share.best).sum();
                if sum > 1.0 + SHARES {
                    let rule = "no more of a substance leaves a step than enters it";
                    let subject = format!("{} of {} in {}", one.substance, one.from, step.name);
                    loader.fault_at(one.share.row, "share", Fault::Law { subject, rule, seen: sum.to_string() });
                }
            }
        }
    }

    fn read_products(&mut self, loader: &mut Loader<'_>) {
        let Some(table) = loader.table("recycling/products.csv") else { return };
        for row in 0..table.len() {
            let word = |column| -> Option<Arc<str>> { Some(table.text(row, column)).filter(|t| !t.is_empty()).map(Into::into) };
            let (Some(stream), Some(substance), Some(name)) = (word("stream"), word("substance"), word("product")) else { continue };
            let text = table.text(row, "formula");
            let formula = Formula::parse(text);
            let mut per_kg = 1.0;
            if !text.is_empty() {
                let bound = formula.as_ref().and_then(|f| self.per_kg(f, &substance));
                let Some(kg) = bound else {
                    let rule = "a compound is written with elements of cells/elements.csv and holds its substance, which is an element";
                    fault(loader, &table, "product", &name, rule, text.to_owned());
                    continue;
                };
                per_kg = kg;
            }
            let (Some(quality), Some(price_factor)) = (loader.number_in(&table, row, "quality"), loader.number_in(&table, row, "price_factor"))
            else {
                continue;
            };
            self.products.push(Product {
                name,
                stream,
                substance,
                formula,
                per_kg,
                replaces: word("replaces"),
                remelted_by: word("remelted_by"),
                quality,
                price_subject: word("price_subject"),
                is_paid_by_substance: table.text(row, "price_basis") == "substance",
                price_factor,
                counts: table.text(row, "counts_as_recycled") == "yes",
                row: loader.row(&table, row),
            });
        }
    }

    /// Kilograms of a compound that hold one kilogram of a substance, which must be one element of it.
    fn per_kg(&self, formula: &Formula, substance: &str) -> Option<f64> {
        let [(element, fraction)] = self.substances.get(substance)?.as_slice() else { return None };
        let moles = formula.moles(element);
        let mass = formula.molar_mass(|e| self.atomic_masses.get(e).copied())?;
        ((fraction - 1.0).abs() < SHARES && moles > 0.0).then(|| mass / (moles * self.atomic_masses[element]))
    }

    fn read_inputs(&mut self, loader: &mut Loader<'_>) {
        let Some(table) = loader.table("recycling/inputs.csv") else { return };
        for row in 0..table.len() {
            let Some(amount) = loader.value(&table, row, "amount") else { continue };
            let Some(unit) = table.text(row, "unit").strip_suffix("/kg") else {
                let rule = "an input is given a kilogram";
                fault(loader, &table, "id", table.text(row, "id"), rule, table.text(row, "unit").to_owned());
                continue;
            };
            let target = if table.text(row, "direction") == "emission" { Target::Flow } else { Target::Product };
            let input = StepInput { per: table.text(row, "per").into(), target, id: table.text(row, "id").into(), unit: unit.into(), amount };
            self.with_steps(loader, &table, row, |step| step.inputs.push(input.clone()));
        }
    }

    /// Runs every route on a pack of every chemistry: the elements that go in come out.
    fn check<'c>(&self, loader: &mut Loader<'_>, cells: &CellTables, of: impl Iterator<Item = &'c Cell>) {
        for cell in of {
            let Ok(pack) = design_pack(&PackSpec::new(cell.id(), Energy::from_kwh(1.0)), cells, &Draw::BEST) else { continue };
            for feed in [Feed::EndOfLife, Feed::Scrap] {
                for route in Route::ALL {
                    match recycle(&pack, cells, self, route, feed, &Draw::BEST) {
                        Ok(run) if run.largest_gap <= CLOSES => {}
                        Ok(run) => {
                            let subject = format!("{} by {}", cell.id(), route.word());
                            let rule = "every element that goes in comes out";
                            let seen = format!("a gap of {:e} of the feed", run.largest_gap);
                            loader.fault_in("recycling/transfers.csv", Fault::Law { subject, rule, seen });
                        }
                        Err(error) => loader.fault_in("recycling/", Fault::Model { reason: error.to_string() }),
                    }
                }
            }
        }
    }
}

fn fault(loader: &mut Loader<'_>, table: &Table, column: &str, subject: &str, rule: &'static str, seen: String) {
    let row = (0..table.len()).find(|r| table.text(*r, column) == subject).unwrap_or(0);
    if row < table.len() {
        loader.fault(table, row, Some(column), Fault::Law { subject: subject.to_owned(), rule, seen });
    }
}
