//! A background of the user's own: products of ours whose impacts come from a database of theirs.
//!
//! ```text
//! impact of product p in category c = y_c(process of p) · units of theirs per unit of ours · units of ours per result of theirs
//! ```
//!
//! | symbol | meaning                                         | unit               | from                           |
//! |--------|-------------------------------------------------|--------------------|--------------------------------|
//! | `y_c`  | impact of one unit of every product (adjoint)   | theirs per unit    | the database, solved as a whole chain |
//!
//! A mapped product is a column of the placed network with a vector of impacts and without inputs: whoever needs it stops there, and
//! nothing of our cards is counted behind it. What is not mapped stays on our cards. A category of ours that the mapping does not
//! name gets nothing from mapped products, and its coverage says so.
//!
//! Source: own method. Valid where the mapped process ends at the same gate as our product. The vectors are best estimates; intervals of a
//! climate total draw the database with its own distributions (`linked`).

mod linked;
mod mapping;
mod report;
mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::cards::{Families, ProductId};
use minewheel_data::places::PlaceId;
use minewheel_data::status::Status;
use minewheel_lca::database::{Activity, Database, LinkOptions, ProductSystem, SystemError, reference_product};
use minewheel_lca::formats::unit_ratio;
use minewheel_lca::{Assembly, AssemblyError, Matrices, NetConsumers, SolveError, adjoint, direct_scores, net_consumers};

use linked::Linked;
pub use linked::SpreadError;
pub(crate) use linked::WithBackground;
pub use mapping::{Mapping, MappingKind, MappingRow};
pub use report::{BackgroundLine, BackgroundUse};
pub(crate) use walk::{Step, Walker};

use crate::footprint::family_of;
use crate::tables::Tables;

/// What is wrong with a row of a mapping.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BackgroundFault {
    /// Neither a product nor a category.
    #[error("kind is `{0}`, wanted product or category")]
    Kind(String),
    /// A pair without one side.
    #[error("`ours` and `theirs` are both wanted")]
    Blank,
    /// No factor.
    #[error("factor is `{0}`, wanted a number other than 0")]
    Factor(String),
    /// No status.
    #[error("status is `{0}`, wanted read, derived, recalled or assumption")]
    Status(String),
    /// A product that there is not.
    #[error("no product has the id `{seen}`{}", perhaps(.nearest))]
    Product {
        /// The id.
        seen: String,
        /// Ids like it.
        nearest: Vec<String>,
    },
    /// A place that there is not.
    #[error("no place has the code `{0}`")]
    Place(String),
    /// A category that there is not.
    #[error("there is no category `{seen}`; there are {known}")]
    Category {
        /// The name.
        seen: String,
        /// The names there are.
        known: String,
    },
    /// A process that the database lacks.
    #[error("the database has no process `{seen}`{}", perhaps(.nearest))]
    Process {
        /// What was asked for.
        seen: String,
        /// Names like it.
        nearest: Vec<String>,
    },
    /// A method that the database lacks.
    #[error("the database has no method `{seen}`{}", perhaps(.nearest))]
    Method {
        /// What was asked for.
        seen: String,
        /// Names like it.
        nearest: Vec<String>,
    },
    /// Units that do not convert.
    #[error("ours is in {ours}, theirs in {theirs}: give the factor")]
    Unit {
        /// Our unit.
        ours: String,
        /// Theirs.
        theirs: String,
    },
    /// A pair given twice.
    #[error("`{0}` is mapped twice for the same place")]
    Twice(String),
}

fn perhaps(nearest: &[String]) -> String {
    if nearest.is_empty() { String::new() } else { format!("; perhaps {}", nearest.join(", ")) }
}

/// Why there is no background.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BackgroundError {
    /// The file is no CSV.
    #[error("it is no CSV file: {0}")]
    Text(String),
    /// A column is missing.
    #[error("there is no column `{0}`")]
    Column(&'static str),
    /// Rows that cannot be.
    #[error("{} rows cannot be used:\n  {}", .0.len(), .0.iter().map(|(line, fault)| format!("line {line}: {fault}")).collect::<Vec<_>>().join("\n  "))]
    Rows(Vec<(usize, BackgroundFault)>),
    /// Products without a climate method.
    #[error("products are mapped but the category `climate` is not")]
    NoClimate,
    /// The database makes no product system.
    #[error("the database cannot be linked: {0}")]
    System(#[from] SystemError),
    /// Its matrices are no network.
    #[error("the database cannot be solved: {0}")]
    Assembly(#[from] AssemblyError),
    /// The network has no solution.
    #[error("the database cannot be solved: {0}")]
    Solve(#[from] SolveError),
}

/// A product that the user's database makes.
#[derive(Debug, Clone, PartialEq)]
pub struct BackgroundProduct {
    /// Our product.
    pub product: ProductId,
    /// Where; everywhere without one.
    pub place: Option<PlaceId>,
    /// Id of their process.
    pub process: String,
    /// Its name and place.
    pub label: String,
    /// Units of theirs for one of ours.
    pub factor: f64,
    /// How well the pair is known.
    pub status: Status,
    /// Line of the mapping, from 1.
    pub line: usize,
    /// Impact of one unit of ours, by category of [`Background::categories`].
    pub impacts: Vec<f64>,
}

/// A category of ours and the method of theirs that stands for it.
#[derive(Debug, Clone, PartialEq)]
pub struct BackgroundCategory {
    /// Ours.
    pub name: String,
    /// Theirs.
    pub method: String,
}

/// The mapped part of a database, solved.
#[derive(Debug, Clone, Default)]
pub struct Background {
    /// What the user calls it.
    pub name: String,
    /// Mapped categories.
    pub categories: Vec<BackgroundCategory>,
    /// Mapped products.
    pub products: Vec<BackgroundProduct>,
    /// Loops of the database that use more of their own products than they make, each by the ids and names of its processes: they are solved
    /// as they stand, and run backwards.
    pub net_consuming: Vec<Vec<(String, String)>>,
    index: BTreeMap<(ProductId, Option<PlaceId>), u32>,
    families: Vec<bool>,
    linked: Option<Arc<Linked>>,
}

impl Background {
    /// Solves a database for every mapped product and category.
    ///
    /// # Errors
    /// [`BackgroundError`] with every row that names nothing, or what the database lacks.
    pub fn new(tables: &Tables, name: &str, mapping: &Mapping, database: &Database, options: LinkOptions) -> Result<Self, BackgroundError> {
        let mut faults = Vec::new();
        let categories = categories(tables, mapping, database, &mut faults);
        let products = products(tables, mapping, database, options, &mut faults);
        if !faults.is_empty() {
            faults.sort_by_key(|f: &(usize, BackgroundFault)| f.0);
            return Err(BackgroundError::Rows(faults));
        }
        if !products.is_empty() && !categories.iter().any(|(c, ..)| c.name == "climate") {
            return Err(BackgroundError::NoClimate);
        }
        let mut found = Self { name: name.to_owned(), families: families(tables, &categories), ..Self::default() };
        let mut solved: Vec<Vec<f64>> = vec![Vec::new(); products.len()];
        if !products.is_empty() {
            let roots: Vec<_> = products.iter().map(|(_, a)| (a.process, Some(a.product))).collect();
            let system = ProductSystem::reached_from(database, &roots, options)?;
            let mut assembly = assembled(&system.matrices)?;
            let mut has_net_consumers = false;
            for (category, method, factor) in &categories {
                let Some(method) = system.matrices.methods.iter().find(|m| m.name == *method) else { continue };
                let factors = assembly.category(method);
                let scores = adjoint(&assembly.network, &direct_scores(&assembly.network, &factors))?;
                has_net_consumers |= scores.report().net_consuming > 0;
                for ((product, activity), impacts) in products.iter().zip(&mut solved) {
                    let id = system.id_of(*activity).unwrap_or_default();
                    let demand = assembly.demand(&[(id, product.factor)])?;
                    impacts.push(scores.total(&demand)? * factor);
                }
                found.categories.push(category.clone());
            }
            if has_net_consumers {
                let named = |place: usize| {
                    let process = database.process(system.activities.get(place)?.process);
                    Some((process.id.to_string(), process.name.to_string()))
                };
                let places = |columns: &minewheel_lca::ColumnList| {
                    let ids = columns.0.iter().filter_map(|column| assembly.activity(*column));
                    ids.filter_map(|id| named(usize::try_from(id - 1).ok()?)).collect()
                };
                found.net_consuming = net_consumers(&assembly.network)?.iter().map(places).collect();
            }
            if let Some((_, climate, factor)) = categories.iter().find(|(c, ..)| c.name == "climate") {
                let activities = products.iter().map(|p| p.1).collect();
                found.linked = Some(Arc::new(Linked::new(database, system, activities, climate.clone(), *factor)));
            }
        }
        for (number, ((product, _), impacts)) in products.into_iter().zip(solved).enumerate() {
            found.index.insert((product.product, product.place), number as u32);
            found.products.push(BackgroundProduct { impacts, ..product });
        }
        Ok(found)
    }

    /// The number of the mapped product for a place, the nearest place first.
    pub fn find(&self, product: ProductId, lineage: impl IntoIterator<Item = PlaceId>) -> Option<u32> {
        let near = lineage.into_iter().find_map(|place| self.index.get(&(product, Some(place))));
        near.or_else(|| self.index.get(&(product, None))).copied()
    }

    /// The number of a mapped category.
    pub fn category(&self, name: &str) -> Option<usize> {
        self.categories.iter().position(|c| c.name == name)
    }

    /// Whether draws move the impacts on climate.
    pub fn is_uncertain(&self) -> bool {
        self.linked.as_ref().is_some_and(|linked| linked.is_uncertain)
    }

    /// Ratios of the climate impacts of all mapped products to their best estimates in each draw; nothing if nothing is uncertain.
    ///
    /// # Errors
    /// [`SpreadError`] for a draw that cannot be solved.
    pub fn ratios(&self, seed: u64, draws: std::ops::Range<u64>) -> Result<Vec<Vec<f64>>, SpreadError> {
        self.linked.as_ref().filter(|linked| linked.is_uncertain).map_or_else(|| Ok(Vec::new()), |linked| linked.ratios(seed, draws))
    }

    /// The database solved for climate, to be walked through; `None` if nothing is mapped.
    ///
    /// # Errors
    /// [`BackgroundError`] for a database that cannot be solved.
    pub(crate) fn walker(&self) -> Result<Option<Walker<'_>>, BackgroundError> {
        self.linked.as_deref().map(|linked| Walker::new(linked, &self.products)).transpose()
    }

    /// Whether every category of an impact family is mapped.
    pub fn carries(&self, family: usize) -> bool {
        self.families.get(family).copied().unwrap_or(false)
    }
}

/// The network of a database, in which loops that use more of their own products than they make are solved as they stand.
fn assembled(matrices: &Matrices) -> Result<Assembly, AssemblyError> {
    let mut assembly = Assembly::new(matrices)?;
    assembly.network = assembly.network.with_net_consumers(NetConsumers::Solved);
    Ok(assembly)
}

/// Names of the categories that a result may have.
fn known(tables: &Tables) -> Vec<&str> {
    let mut names: Vec<&str> = tables.methods.categories().iter().map(|c| c.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn families(tables: &Tables, categories: &[(BackgroundCategory, String, f64)]) -> Vec<bool> {
    let is_mapped = |name: &str| categories.iter().any(|(c, ..)| c.name == name);
    // Parts of the climate total are not what the family is judged by.
    let counts = |family: &str, name: &str| family_of(name) == family && (family != "climate" || name == "climate");
    Families::NAMES.iter().map(|family| known(tables).into_iter().filter(|n| counts(family, n)).all(is_mapped)).collect()
}

type Faults = Vec<(usize, BackgroundFault)>;

fn categories(tables: &Tables, mapping: &Mapping, database: &Database, faults: &mut Faults) -> Vec<(BackgroundCategory, String, f64)> {
    let names = database.category_names();
    let mut found: Vec<(BackgroundCategory, String, f64)> = Vec::new();
    for row in mapping.of(MappingKind::Category) {
        let mut reject = |fault| faults.push((row.line, fault));
        if !known(tables).contains(&row.ours.as_str()) {
            reject(BackgroundFault::Category { seen: row.ours.clone(), known: known(tables).join(", ") });
            continue;
        }
        let short = |name: &&String| name.split_once(": ").is_some_and(|(_, category)| category == row.theirs);
        let Some(method) = names.iter().find(|n| **n == row.theirs).or_else(|| names.iter().find(short)) else {
            let nearest = nearest(&row.theirs, names.iter().map(String::as_str));
            reject(BackgroundFault::Method { seen: row.theirs.clone(), nearest });
            continue;
        };
        if found.iter().any(|(c, ..)| c.name == row.ours) {
            reject(BackgroundFault::Twice(row.ours.clone()));
            continue;
        }
        found.push((BackgroundCategory { name: row.ours.clone(), method: method.clone() }, method.clone(), row.factor.unwrap_or(1.0)));
    }
    found
}

fn products(
    tables: &Tables,
    mapping: &Mapping,
    database: &Database,
    options: LinkOptions,
    faults: &mut Faults,
) -> Vec<(BackgroundProduct, Activity)> {
    let mut found: Vec<(BackgroundProduct, Activity)> = Vec::new();
    for row in mapping.of(MappingKind::Product) {
        let mut reject = |fault| faults.push((row.line, fault));
        let Some(product) = tables.cards.product_id(&row.ours) else {
            let nearest = nearest(&row.ours, tables.cards.products().iter().map(|p| p.id.as_str()));
            reject(BackgroundFault::Product { seen: row.ours.clone(), nearest });
            continue;
        };
        let Ok(place) = row.place.as_deref().map(|p| tables.places.id(p)).transpose() else {
            reject(BackgroundFault::Place(row.place.clone().unwrap_or_default()));
            continue;
        };
        let supply = database.find_supply(&row.theirs);
        let supply = supply.and_then(|(process, flow)| Some((process, flow.or_else(|| reference_product(database, process, options))?)));
        let Some((process, flow)) = supply else {
            let nearest = nearest(&row.theirs, database.processes().iter().map(|p| &*p.name));
            reject(BackgroundFault::Process { seen: row.theirs.clone(), nearest });
            continue;
        };
        let (ours, theirs) = (&tables.cards.product(product).unit, &database.reference_unit(flow).name);
        let Some(factor) = row.factor.or_else(|| unit_ratio(ours, theirs)) else {
            reject(BackgroundFault::Unit { ours: ours.clone(), theirs: theirs.to_string() });
            continue;
        };
        if found.iter().any(|(p, _)| p.product == product && p.place == place) {
            reject(BackgroundFault::Twice(row.ours.clone()));
            continue;
        }
        let record = database.process(process);
        let at = record.location.map(|l| format!(", {}", database.place(l))).unwrap_or_default();
        let (label, id) = (format!("{}{at}", record.name), record.id.to_string());
        let mapped = BackgroundProduct { product, place, process: id, label, factor, status: row.status, line: row.line, impacts: Vec::new() };
        found.push((mapped, Activity { process, product: flow }));
    }
    found
}

/// Up to three names that share most words with the one asked for.
fn nearest<'n>(seen: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    const SHOWN: usize = 3;
    let split = |c: char| !c.is_alphanumeric();
    let words: Vec<String> = seen.split(split).filter(|w| w.len() > 2).map(str::to_lowercase).collect();
    let shared = |name: &str| {
        let name = name.to_lowercase();
        words.iter().filter(|w| name.contains(*w)).count()
    };
    let mut found: Vec<(usize, &str)> = names.map(|n| (shared(n), n)).filter(|f| f.0 > 0).collect();
    found.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
    found.dedup();
    found.into_iter().take(SHOWN).map(|(_, name)| format!("`{name}`")).collect()
}
