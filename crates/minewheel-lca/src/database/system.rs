//! A product system: everything that a demand can reach, linked, allocated and written as matrices.
//!
//! ```text
//! A_p,(q,f)  = + amount of product f that process q makes, on the diagonal
//!              − amount of product p that q uses, times the share of f in that exchange and the part that p's maker supplies
//! B_e,(q,f)  = amount of elementary flow e of q, times the share of f
//! ```
//!
//! A column is a process and one of its products. A waste treatment supplies a service: its waste counts as made where it enters
//! the treatment and as used where it leaves another process. An elementary flow counts positively in its own direction, and a factor
//! meets it with the sign of the direction that the factor is stated for: see `ways`. A flow with factors for both directions in one
//! category has a row for each.
//!
//! Source: R. Heijungs and S. Suh, *The Computational Structure of Life Cycle Assessment* (2002), chapters 2 and 3; signs after
//! openLCA (olca-modules, `core/matrix`).

use rustc_hash::{FxHashMap, FxHashSet};

use super::allocation::{AllocationError, Shares, is_provided, shares, supplied};
use super::follow::{Dependents, FormulaBook, Operand, ProcessFormulas, Scope, ShareOf};
use super::formula::shown;
use super::index::{FlowIndex, LocationIndex, ProcessIndex};
use super::link::{LinkCounts, LinkOptions, Makers, Unlinked, UnlinkedInput, UnlinkedInputs};
use super::parameters::{ParameterError, Values};
use super::pedigree::Pedigree;
use super::process::{Direction, Exchange, Process};
use super::uncertainty::Uncertainty;
use super::{Database, FlowKind, FormulaError};
use crate::matrices::{CharacterisationMethod, Entry, EntryUncertainty, Matrices};

/// Why there is no product system.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SystemError {
    /// Inputs that nobody supplies.
    #[error("{} products have no supplier, wanted by {} exchanges", .inputs.len(), .inputs.iter().map(|i| i.uses).sum::<usize>())]
    Unlinked {
        /// They, the most wanted first.
        inputs: Vec<UnlinkedInput>,
    },
    /// Processes whose burdens cannot be shared.
    #[error("{} processes cannot be allocated; the first: {}", .faults.len(), .faults[0])]
    Allocation {
        /// All of them; never empty.
        faults: Vec<AllocationError>,
    },
    /// A process that makes nothing.
    #[error("the process `{process}` has no product")]
    NoProduct {
        /// The process.
        process: String,
    },
    /// A product of which a process makes none in the end.
    #[error("the process `{process}` makes {amount} of `{product}`; a finite amount other than 0 is wanted")]
    MakesNothing {
        /// The process.
        process: String,
        /// The product.
        product: String,
        /// The amount that its exchanges add up to.
        amount: f64,
    },
    /// A process that does not make the product asked for.
    #[error("the process `{process}` does not supply `{product}`; it supplies {}", .supplied.join(", "))]
    NotSupplied {
        /// The process.
        process: String,
        /// The product asked for.
        product: String,
        /// Its products.
        supplied: Vec<String>,
    },
    /// Parameters without values.
    #[error("{user}: {reason}")]
    Parameters {
        /// Whose.
        user: String,
        /// Why.
        reason: ParameterError,
    },
    /// A formula without value.
    #[error("{user}: `{}`: {reason}", shown(.formula))]
    Formula {
        /// Whose.
        user: String,
        /// The formula.
        formula: String,
        /// Why.
        reason: FormulaError,
    },
}

/// A process that makes one of its products.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Activity {
    /// The process.
    pub process: ProcessIndex,
    /// The product, or the waste that it treats.
    pub product: FlowIndex,
}

/// A linked system; row and column of activity `k` have the id `k + 1`, elementary flows follow.
#[derive(Clone, Debug)]
pub struct ProductSystem {
    /// The columns, in the order in which they were reached.
    pub activities: Vec<Activity>,
    /// The elementary flows, with a place where an impact category has factors by place.
    pub flows: Vec<(FlowIndex, Option<LocationIndex>)>,
    /// The matrices.
    pub matrices: Matrices,
    /// How inputs were linked.
    pub links: LinkCounts,
    /// Inputs that were cut off, the most wanted first.
    pub cut_off: Vec<UnlinkedInput>,
    /// Amounts that follow uncertain parameters.
    pub dependents: Dependents,
    /// Entries that are spread by their pedigree alone.
    pub by_pedigree: usize,
    /// By what they are.
    pub pedigree: Pedigree,
}

impl ProductSystem {
    /// The system that some activities reach; a product that is not named is the reference of its process.
    ///
    /// # Errors
    /// [`SystemError`], see there.
    pub fn reached_from(database: &Database, roots: &[(ProcessIndex, Option<FlowIndex>)], options: LinkOptions) -> Result<Self, SystemError> {
        let mut linker = Linker::new(database, options)?;
        for (process, product) in roots {
            let supplied = supplied(database, database.process(*process), options.allocation);
            let process_name = || database.process(*process).name.to_string();
            let product = match product {
                Some(product) if supplied.contains(product) => *product,
                Some(product) => {
                    let supplied = supplied.iter().map(|f| format!("`{}`", database.flow(*f).name)).collect();
                    return Err(SystemError::NotSupplied { process: process_name(), product: database.flow(*product).name.to_string(), supplied });
                }
                None => reference_product(database, *process, options).ok_or_else(|| SystemError::NoProduct { process: process_name() })?,
            };
            linker.number(Activity { process: *process, product });
        }
        linker.finish()
    }

    /// The system of every process with a product.
    ///
    /// # Errors
    /// [`SystemError`], see there.
    pub fn whole(database: &Database, options: LinkOptions) -> Result<Self, SystemError> {
        let mut linker = Linker::new(database, options)?;
        for (place, process) in database.processes().iter().enumerate() {
            for product in supplied(database, process, options.allocation) {
                linker.number(Activity { process: ProcessIndex::new(place), product });
            }
        }
        linker.finish()
    }

    /// The id of an activity in the matrices.
    pub fn id_of(&self, activity: Activity) -> Option<i64> {
        self.activities.iter().position(|a| *a == activity).map(|at| at as i64 + 1)
    }
}

/// The product that a process is named after: its quantitative reference, or its only product.
pub fn reference_product(database: &Database, process: ProcessIndex, options: LinkOptions) -> Option<FlowIndex> {
    let record = database.process(process);
    let supplied = supplied(database, record, options.allocation);
    let reference = record.reference.map(|at| record.exchanges[at as usize].flow).filter(|flow| supplied.contains(flow));
    reference.or_else(|| (supplied.len() == 1).then(|| supplied[0]))
}

struct Linker<'d> {
    database: &'d Database,
    options: LinkOptions,
    makers: Makers,
    global: Values<'static>,
    /// The direction in which an elementary flow counts positively.
    own: Vec<Direction>,
    regional: FxHashSet<FlowIndex>,
    /// Flows that have factors for both directions in a category.
    two_way: FxHashSet<FlowIndex>,
    activities: Vec<Activity>,
    number: FxHashMap<Activity, usize>,
    flows: Vec<(FlowIndex, Option<LocationIndex>)>,
    /// The direction in which each of them counts positively.
    ways: Vec<Direction>,
    flow_number: FxHashMap<(FlowIndex, Option<LocationIndex>, Direction), usize>,
    technosphere: Vec<Entry>,
    /// Elementary entries with the place of the flow instead of its id, which is known only at the end.
    biosphere: Vec<Entry>,
    links: LinkCounts,
    unlinked: UnlinkedInputs,
    faults: Vec<AllocationError>,
    dependents: Dependents,
    scope: Scope<'static>,
    book: FormulaBook,
    by_pedigree: usize,
    /// Number of the first exchange of each process.
    first_exchange: Vec<u32>,
}

impl<'d> Linker<'d> {
    fn new(database: &'d Database, options: LinkOptions) -> Result<Self, SystemError> {
        let global = database.global_values().map_err(|reason| SystemError::Parameters { user: "the global parameters".to_owned(), reason })?;
        let mut dependents = Dependents::default();
        let scope = Scope::of(&mut dependents, None, database.parameters(), &global, None);
        let located = database.categories().iter().flat_map(|c| &c.factors).filter(|f| f.location.is_some());
        Ok(Self {
            database,
            options,
            makers: Makers::new(database, options.allocation),
            global,
            own: database.own_directions(),
            regional: located.map(|f| f.flow).collect(),
            two_way: two_way(database),
            activities: Vec::new(),
            number: FxHashMap::default(),
            flows: Vec::new(),
            ways: Vec::new(),
            flow_number: FxHashMap::default(),
            technosphere: Vec::new(),
            biosphere: Vec::new(),
            links: LinkCounts::default(),
            unlinked: UnlinkedInputs::default(),
            faults: Vec::new(),
            dependents,
            scope,
            book: FormulaBook::default(),
            by_pedigree: 0,
            first_exchange: database
                .processes()
                .iter()
                .scan(0, |next, process| {
                    let first = *next;
                    *next += process.exchanges.len() as u32;
                    Some(first)
                })
                .collect(),
        })
    }

    fn number(&mut self, activity: Activity) -> usize {
        let next = self.activities.len();
        let number = *self.number.entry(activity).or_insert(next);
        if number == next {
            self.activities.push(activity);
        }
        number
    }

    fn finish(mut self) -> Result<ProductSystem, SystemError> {
        let mut at = 0;
        while at < self.activities.len() {
            self.column(at)?;
            at += 1;
        }
        if !self.faults.is_empty() {
            return Err(SystemError::Allocation { faults: self.faults });
        }
        let unlinked = std::mem::take(&mut self.unlinked).sorted();
        if self.options.unlinked == Unlinked::Refuse && !unlinked.is_empty() {
            return Err(SystemError::Unlinked { inputs: unlinked });
        }
        let first_flow = self.activities.len() as i64 + 1;
        for entry in &mut self.biosphere {
            entry.row += first_flow;
        }
        let methods = self.methods(first_flow)?;
        let matrices = Matrices { technosphere: self.technosphere, biosphere: self.biosphere, methods };
        let Self { activities, flows, links, dependents, by_pedigree, options, .. } = self;
        Ok(ProductSystem { activities, flows, matrices, links, cut_off: unlinked, dependents, by_pedigree, pedigree: options.pedigree })
    }

    fn column(&mut self, at: usize) -> Result<(), SystemError> {
        let database = self.database;
        let activity = self.activities[at];
        let process = database.process(activity.process);
        let global = std::mem::take(&mut self.global);
        let result = self.amounts(process, &global);
        let (amounts, shares, changes) = match result {
            Ok((amounts, values)) => {
                let changes = self.book.of(&mut self.dependents, activity.process, process, &values, &self.scope);
                let supplied = supplied(database, process, self.options.allocation);
                // Under "reference only" the other products come free and are not shared with.
                let shares = shares(database, process, &values, &amounts, &supplied, self.options.allocation);
                let shares = shares.map(|mut all| all.swap_remove(supplied.iter().position(|f| *f == activity.product).unwrap_or(0)));
                (amounts, shares, changes)
            }
            Err(error) => return Err(error),
        };
        self.global = global;
        let own = |(exchange, _): &(&Exchange, &f64)| exchange.flow == activity.product && is_provided(database, exchange);
        let made: f64 = process.exchanges.iter().zip(&amounts).filter(own).map(|(_, amount)| amount).sum();
        if made == 0.0 || !made.is_finite() {
            let product = database.flow(activity.product).name.to_string();
            return Err(SystemError::MakesNothing { process: process.name.to_string(), product, amount: made });
        }
        match shares {
            Ok(shares) => self.entries(at, process, &amounts, &shares, changes.as_ref()),
            Err(fault) if self.faults.contains(&fault) => {}
            Err(fault) => self.faults.push(fault),
        }
        Ok(())
    }

    /// The amounts of all exchanges in the reference units of their flows.
    fn amounts<'g>(&self, process: &Process, global: &'g Values<'static>) -> Result<(Vec<f64>, Values<'g>), SystemError> {
        let user = || format!("the process `{}`", process.name);
        let values = Values::of(&process.parameters, Some(global)).map_err(|reason| SystemError::Parameters { user: user(), reason })?;
        let mut amounts = Vec::with_capacity(process.exchanges.len());
        for exchange in &process.exchanges {
            let amount = match exchange.formula.as_deref() {
                None => exchange.amount,
                Some(formula) => {
                    let value = values.evaluate(formula);
                    value.map_err(|reason| SystemError::Formula { user: user(), formula: formula.to_owned(), reason })?
                }
            };
            amounts.push(amount * self.factor(exchange));
        }
        Ok((amounts, values))
    }

    /// From the unit of an exchange to the reference unit of its flow.
    fn factor(&self, exchange: &Exchange) -> f64 {
        self.database.conversion(exchange.flow, exchange.unit, exchange.property).unwrap_or(f64::NAN)
    }

    fn entries(&mut self, at: usize, process: &'d Process, amounts: &[f64], shares: &Shares, changes: Option<&ProcessFormulas>) {
        let database = self.database;
        let activity = self.activities[at];
        let column = at as i64 + 1;
        // Columns of co-products, and rows of several suppliers, have parts of one exchange.
        let has_co_products = supplied(database, process, self.options.allocation).len() > 1;
        let first_exchange = self.first_exchange[activity.process.at()];
        let products = changes.map_or_else(Vec::new, |_| supplied(database, process, self.options.allocation));
        for (place, (exchange, amount)) in process.exchanges.iter().zip(amounts).enumerate() {
            let kind = database.flow(exchange.flow).kind;
            let conversion = self.factor(exchange);
            if kind != FlowKind::Elementary && is_provided(database, exchange) {
                if exchange.flow == activity.product {
                    let follows = self.follow(changes, place, exchange, conversion, None);
                    self.technosphere.push(Entry { follows, ..entry(column, column, *amount, 1.0, conversion, exchange) });
                }
                continue;
            }
            let share = shares.of(place);
            let part_of = |is_parted: bool| (is_parted || has_co_products).then(|| first_exchange + place as u32);
            let changing = changes.and_then(|c| c.share(database, process, &products, activity.product, place, self.options.allocation));
            let follows = self.follow(changes, place, exchange, conversion, changing);
            if *amount == 0.0 || share == 0.0 {
                continue;
            }
            if kind == FlowKind::Elementary {
                let way = if self.two_way.contains(&exchange.flow) { exchange.direction } else { self.own[exchange.flow.at()] };
                let sign = if exchange.direction == way { 1.0 } else { -1.0 };
                let location = self.regional.contains(&exchange.flow).then(|| exchange.location.or(process.location)).flatten();
                let next = self.flows.len();
                let number = *self.flow_number.entry((exchange.flow, location, way)).or_insert(next);
                if number == next {
                    self.flows.push((exchange.flow, location));
                    self.ways.push(way);
                }
                let bare = entry(number as i64, column, amount * share, sign, conversion * share, exchange);
                let spread = self.spread_by_pedigree(process, exchange, bare);
                self.biosphere.push(Entry { follows, part_of: part_of(false), ..spread });
                continue;
            }
            let rule = self.options.providers;
            let (suppliers, is_chosen) = self.makers.suppliers(exchange, rule);
            let suppliers = suppliers.to_vec();
            self.links.add(suppliers.len(), is_chosen);
            if suppliers.is_empty() {
                self.unlinked.add(exchange.flow, activity.process, self.makers.of(exchange.flow).len());
            }
            let part_of = part_of(suppliers.len() > 1);
            let part = share / suppliers.len().max(1) as f64;
            let sign = if exchange.is_avoided { 1.0 } else { -1.0 };
            for supplier in suppliers {
                let row = self.number(Activity { process: supplier, product: exchange.flow }) as i64 + 1;
                let bare = entry(row, column, amount * part, sign, conversion * part, exchange);
                let spread = self.spread_by_pedigree(process, exchange, bare);
                self.technosphere.push(Entry { follows, part_of, ..spread });
            }
        }
    }

    /// An entry that states no distribution, with that of its pedigree.
    fn spread_by_pedigree(&mut self, process: &Process, exchange: &Exchange, entry: Entry) -> Entry {
        let sigma = self.options.pedigree.deviation(self.database, process, exchange);
        let Some(sigma) = sigma.filter(|_| entry.amount != 0.0) else { return entry };
        self.by_pedigree += 1;
        // The sign is turned after a draw.
        let is_negative = (entry.amount < 0.0) != entry.is_flipped;
        Entry { uncertainty: EntryUncertainty::Lognormal { mu: entry.amount.abs().ln(), sigma, is_negative }, ..entry }
    }

    /// The number of an amount that follows uncertain parameters. A distribution of the exchange itself goes before its formula.
    fn follow(&mut self, changes: Option<&ProcessFormulas>, place: usize, exchange: &Exchange, scale: f64, share: Option<ShareOf>) -> Option<u32> {
        let is_own = exchange.uncertainty != Uncertainty::None;
        let amount = if is_own { Operand::Constant(exchange.amount) } else { changes?.amount(place, exchange.amount) };
        self.dependents.follow(scale, amount, share)
    }

    fn methods(&mut self, first_flow: i64) -> Result<Vec<CharacterisationMethod>, SystemError> {
        let database = self.database;
        let mut method_of = vec![None; database.categories().len()];
        for method in database.methods() {
            for category in &method.categories {
                method_of[category.at()].get_or_insert(&method.name);
            }
        }
        let mut methods = Vec::with_capacity(database.categories().len());
        for (category, method) in database.categories().iter().zip(method_of) {
            let user = || format!("the impact category `{}`", category.name);
            let values = Values::of(&category.parameters, Some(&self.global)).map_err(|reason| SystemError::Parameters { user: user(), reason })?;
            let scope = category
                .factors
                .iter()
                .any(|f| f.formula.is_some())
                .then(|| Scope::of(&mut self.dependents, Some(&category.id), &category.parameters, &values, Some(&self.scope)));
            let mut factors: FxHashMap<(FlowIndex, Option<LocationIndex>, Option<Direction>), Factor> = FxHashMap::default();
            for factor in &category.factors {
                let value = match factor.formula.as_deref() {
                    None => factor.value,
                    Some(formula) => {
                        values.evaluate(formula).map_err(|reason| SystemError::Formula { user: user(), formula: formula.to_owned(), reason })?
                    }
                };
                // Impact per unit: the conversion of the unit enters inversely.
                let conversion = 1.0 / database.conversion(factor.flow, factor.unit, factor.property).unwrap_or(f64::NAN);
                let formula = factor.formula.as_deref().filter(|_| factor.uncertainty == Uncertainty::None).zip(scope.as_ref());
                let slot = formula.and_then(|(text, scope)| scope.formula(&mut self.dependents, &category.id, text, value));
                let key = (factor.flow, factor.location, factor.direction.or(category.direction));
                factors.insert(key, Factor { amount: value * conversion, conversion, uncertainty: factor.uncertainty, slot });
            }
            let own = &self.own;
            // The factor for the row's own direction; one without a direction is for the flow's; one for the other direction counts against.
            let at = |flow: FlowIndex, place: Option<LocationIndex>, way: Direction| {
                let found = |direction: Option<Direction>| factors.get(&(flow, place, direction)).copied();
                let sign = |is_same: bool| if is_same { 1.0 } else { -1.0 };
                let unstated = || found(None).map(|f| (f, sign(own[flow.at()] == way)));
                found(Some(way)).map(|f| (f, 1.0)).or_else(unstated).or_else(|| found(Some(way.opposite())).map(|f| (f, -1.0)))
            };
            let dependents = &mut self.dependents;
            let rows = self.flows.iter().zip(&self.ways).enumerate().filter_map(|(number, ((flow, place), way))| {
                let (factor, sign) = at(*flow, *place, *way).or_else(|| at(*flow, None, *way))?;
                let uncertainty = spread(factor.uncertainty, factor.conversion, factor.amount < 0.0);
                let follows = factor.slot.and_then(|slot| dependents.follow(factor.conversion, Operand::Slot(slot), None));
                let id = first_flow + number as i64;
                Some(Entry { uncertainty, follows, is_flipped: sign < 0.0, ..Entry::exact(id, id, sign * factor.amount) })
            });
            let name = method.map_or_else(|| category.name.to_string(), |m| format!("{m}: {}", category.name));
            methods.push(CharacterisationMethod { name, unit: category.unit.as_deref().map(str::to_owned), factors: rows.collect() });
        }
        Ok(methods)
    }
}

/// A factor in the reference unit of its flow.
#[derive(Clone, Copy)]
struct Factor {
    amount: f64,
    conversion: f64,
    uncertainty: Uncertainty,
    slot: Option<u32>,
}

/// Flows that have factors for both directions in a category.
fn two_way(database: &Database) -> FxHashSet<FlowIndex> {
    let mut found = FxHashSet::default();
    for category in database.categories() {
        let mut seen: FxHashMap<FlowIndex, Direction> = FxHashMap::default();
        for factor in &category.factors {
            if let Some(direction) = factor.direction
                && *seen.entry(factor.flow).or_insert(direction) != direction
            {
                found.insert(factor.flow);
            }
        }
    }
    found
}

fn entry(row: i64, column: i64, amount: f64, sign: f64, scale: f64, exchange: &Exchange) -> Entry {
    let uncertainty = spread(exchange.uncertainty, scale, amount < 0.0);
    Entry { uncertainty, is_flipped: sign < 0.0, ..Entry::exact(row, column, sign * amount) }
}

/// A distribution in other units.
pub(super) fn spread(uncertainty: Uncertainty, scale: f64, is_negative: bool) -> EntryUncertainty {
    match uncertainty {
        Uncertainty::None => EntryUncertainty::Exact,
        Uncertainty::Lognormal { geometric_mean, geometric_deviation } => {
            let (mu, sigma) = ((geometric_mean * scale).abs().ln(), geometric_deviation.ln().abs());
            EntryUncertainty::Lognormal { mu, sigma, is_negative }
        }
        Uncertainty::Normal { mean, deviation } => EntryUncertainty::Normal { mean: mean * scale, deviation: deviation * scale },
        Uncertainty::Triangular { low, mode, high } => EntryUncertainty::Triangular { mode: mode * scale, low: low * scale, high: high * scale },
        Uncertainty::Uniform { low, high } => EntryUncertainty::Uniform { low: low * scale, high: high * scale },
        Uncertainty::Pert { low, mode, high } => EntryUncertainty::pert(low * scale, mode * scale, high * scale),
    }
}
