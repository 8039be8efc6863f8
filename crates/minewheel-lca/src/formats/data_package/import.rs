//! From Brightway data packages to a database: one package, or several that stand beside each other.
//!
//! | in the package                        | in the database                                                              |
//! |---------------------------------------|------------------------------------------------------------------------------|
//! | column `j` of the technosphere        | the process `j`                                                              |
//! | its product `p`: the row `j`, else its only row that it makes | `product-p`, its reference                           |
//! | an entry that is turned, or below nought | an input                                                                  |
//! | another entry above nought            | an avoided product                                                           |
//! | row `k` of the biosphere              | the elementary flow `flow-k`                                                 |
//! | a group of the characterisation       | an impact category; `METHOD: CATEGORY` is one of a method                    |
//!
//! Ids are those of the matrices, so packages of one project fit together: a product that one package uses and another makes is one flow.
//! Beside the list, `activities.csv` and `flows.csv`, as ours have them, give names, places, units and the ids of flows; without them a thing is called
//! by its number and measured in items. Distributions that an inventory has no name for (Bernoulli, discrete, gamma, Weibull, beta other than
//! PERT) are counted as left out.
//!
//! Source: `bw_processing` 1.0 and what bw2data writes with it. A package that is to be solved as it is needs no import.

use std::io::Cursor;

use rustc_hash::FxHashMap;

use super::{DataPackage, PackageError, read_files};
use crate::database::{
    CategoryIndex, Database, DatabaseBuilder, Direction, FlowKind, ImpactCategory, ImpactFactor, Uncertainty, direction_of_category,
};
use crate::formats::archive::{Archive, Limits, ZipFiles};
use crate::formats::draft::{Draft, DraftExchange, DraftFlow, DraftProcess};
use crate::formats::import::{Dropped, ImportError};
use crate::formats::text::{decoded, table};
use crate::matrices::{Entry, EntryUncertainty};

/// The list of a package.
const LIST: &str = "datapackage.json";

/// Whether a file is the list of a package.
pub fn is_list(name: &str) -> bool {
    name == LIST || name.ends_with("/datapackage.json")
}

/// Reads every package of an archive into a database: those whose lists are in it, and those in zip files of it.
///
/// # Errors
/// [`ImportError`] for a package that cannot be read, with its place, and for activities of which no product is known.
pub fn import(archive: &mut dyn Archive, builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let mut reader = Reader { draft: Draft::default(), known: known_flows(builder.database()), ..Reader::default() };
    let lists: Vec<String> = archive.names().iter().filter(|n| is_list(n)).cloned().collect();
    for list in &lists {
        let folder = &list[..list.len() - LIST.len()];
        reader.take(archive, folder, list)?;
    }
    let zips: Vec<(usize, String)> = archive.names().iter().cloned().enumerate().filter(|(_, n)| n.to_lowercase().ends_with(".zip")).collect();
    for (place, name) in zips {
        let bytes = archive.read(place)?;
        let mut inner = ZipFiles::new(Cursor::new(bytes), Limits::default())?;
        reader.take(&mut inner, "", &name)?;
    }
    reader.finish(builder)
}

/// Ids and units of the flows that a database has.
fn known_flows(database: &Database) -> FxHashMap<String, String> {
    let flows = database.flows().iter().enumerate();
    flows.map(|(at, f)| (f.id.to_string(), database.reference_unit(crate::database::FlowIndex::new(at)).name.to_string())).collect()
}

/// What `activities.csv` or `flows.csv` says of an id.
#[derive(Default)]
struct Named {
    cells: FxHashMap<&'static str, String>,
}

impl Named {
    fn get(&self, column: &str) -> Option<&str> {
        self.cells.get(column).map(String::as_str).filter(|c| !c.is_empty())
    }
}

type Names = FxHashMap<i64, Named>;

/// A table of names by id.
fn names(file: &str, bytes: &[u8]) -> Result<Names, ImportError> {
    const COLUMNS: [&str; 7] = ["process", "name", "place", "flow", "product", "unit", "category"];
    let fault = |reason: String| ImportError::File { file: file.to_owned(), reason };
    let text = decoded(bytes);
    let mut rows = table(&text);
    let header: Vec<String> = rows.headers().map_err(|e| fault(e.to_string()))?.iter().map(|c| c.trim().to_lowercase()).collect();
    let at = |name: &str| header.iter().position(|c| c == name);
    let id = at("id").ok_or_else(|| fault("there is no column `id`".to_owned()))?;
    let mut found = Names::default();
    for (row, record) in rows.records().enumerate() {
        let record = record.map_err(|e| fault(e.to_string()))?;
        let number: Option<i64> = record.get(id).and_then(|c| c.trim().parse().ok());
        let number = number.ok_or_else(|| fault(format!("line {}: the id is no whole number", row + 2)))?;
        let cells = COLUMNS.into_iter().filter_map(|c| Some((c, record.get(at(c)?)?.trim().to_owned()))).collect();
        found.insert(number, Named { cells });
    }
    Ok(found)
}

/// A characterisation factor.
struct Factor {
    flow: u32,
    value: f64,
    uncertainty: Uncertainty,
}

#[derive(Default)]
struct Reader {
    draft: Draft,
    known: FxHashMap<String, String>,
    /// The process that has each product as its reference.
    maker: FxHashMap<i64, i64>,
    categories: Vec<(String, Vec<Factor>)>,
    /// Processes, by the number of the column, and the rows of their exchanges.
    processes: Vec<(DraftProcess, Vec<i64>)>,
}

impl Reader {
    /// Takes in one package below a folder of an archive.
    fn take(&mut self, archive: &mut dyn Archive, folder: &str, file: &str) -> Result<(), ImportError> {
        let fault = |error: PackageError| ImportError::File { file: file.to_owned(), reason: error.to_string() };
        let places: FxHashMap<String, usize> = archive.names().iter().cloned().zip(0..).collect();
        let mut get = |name: &str| {
            let place = places.get(&format!("{folder}{name}")).ok_or_else(|| PackageError::Missing { name: name.to_owned() })?;
            archive.read(*place).map_err(|e| PackageError::Zip { reason: e.to_string() })
        };
        let package = read_files(&mut get, true).map_err(fault)?;
        let mut table = |name: &str| match get(name) {
            Err(PackageError::Missing { .. }) => Ok(Names::default()),
            found => names(name, &found.map_err(fault)?),
        };
        let (activities, flows) = (table("activities.csv")?, table("flows.csv")?);
        self.matrices(file, &package, &activities, &flows)
    }

    fn matrices(&mut self, file: &str, package: &DataPackage, activities: &Names, flows: &Names) -> Result<(), ImportError> {
        for name in &package.left_out {
            self.draft.drop_one(&format!("group of another matrix: {name}"));
        }
        let mut columns: Vec<(i64, Vec<&Entry>, Vec<&Entry>)> = Vec::new();
        let mut place_of: FxHashMap<i64, usize> = FxHashMap::default();
        for (entries, is_product) in [(&package.matrices.technosphere, true), (&package.matrices.biosphere, false)] {
            for entry in entries {
                let place = *place_of.entry(entry.column).or_insert_with(|| {
                    columns.push((entry.column, Vec::new(), Vec::new()));
                    columns.len() - 1
                });
                if is_product { columns[place].1.push(entry) } else { columns[place].2.push(entry) }
            }
        }
        let mut faults = Vec::new();
        for (column, products, elementary) in columns {
            match reference(column, &products) {
                Some(own) => self.process(column, own, &products, &elementary, activities, flows),
                None => faults.push(column.to_string()),
            }
        }
        if !faults.is_empty() {
            const SHOWN: usize = 12;
            let (count, shown) = (faults.len(), faults[..faults.len().min(SHOWN)].join(", "));
            let reason = format!("{count} activities have no product of their own, or several of which none has their id: {shown}");
            return Err(ImportError::File { file: file.to_owned(), reason });
        }
        for method in &package.matrices.methods {
            let factors = method.factors.iter().map(|entry| {
                let (amount, uncertainty) = self.amount(entry, entry.is_flipped);
                Factor { flow: self.elementary(entry.row, flows), value: amount, uncertainty }
            });
            let factors = factors.collect();
            self.categories.push((method.name.clone(), factors));
        }
        Ok(())
    }

    /// The amount and distribution of an entry, with the other sign if it is to be turned.
    fn amount(&mut self, entry: &Entry, is_turned: bool) -> (f64, Uncertainty) {
        // Distributions are stated for the amount before its sign is turned.
        let sign = if entry.is_flipped == is_turned { 1.0 } else { -1.0 };
        let stated = if entry.is_flipped { -entry.amount } else { entry.amount };
        let spread = uncertainty(entry.uncertainty).unwrap_or_else(|kind| {
            self.draft.drop_one(&format!("distributions: {kind}"));
            Uncertainty::None
        });
        if is_turned == entry.is_flipped { (stated, spread) } else { (sign * stated, spread.scaled(sign)) }
    }

    fn product(&mut self, row: i64, activities: &Names, maker: Option<i64>) -> u32 {
        let id = format!("product-{row}");
        let named = maker.and_then(|column| activities.get(&column));
        let known = self.known.get(&id);
        let unit = self.draft.unit(known.map_or_else(|| named.and_then(|n| n.get("unit")).unwrap_or_default(), String::as_str));
        let is_known = known.is_some();
        let number = self.draft.flow(&id, || DraftFlow { name: row.to_string(), is_known, ..DraftFlow::new(id.clone(), FlowKind::Product, unit) });
        // A product that is used before it is made is named where it is made.
        if let Some(name) = named.and_then(|n| n.get("product")) {
            let flow = &mut self.draft.flows[number as usize];
            (flow.name, flow.unit) = (name.to_owned(), unit);
        }
        number
    }

    fn elementary(&mut self, row: i64, flows: &Names) -> u32 {
        let named = flows.get(&row);
        let cell = |column: &str| named.and_then(|n| n.get(column));
        let place = cell("place").map_or_else(String::new, |place| format!("@{place}"));
        let id = cell("flow").map_or_else(|| format!("flow-{row}"), |flow| format!("{flow}{place}"));
        let known = self.known.get(&id);
        let unit = self.draft.unit(known.map_or_else(|| cell("unit").unwrap_or_default(), String::as_str));
        let (is_known, name) = (known.is_some(), cell("name").map_or_else(|| row.to_string(), |name| format!("{name}{place}")));
        let category = cell("category").map(str::to_owned);
        self.draft.flow(&id, || DraftFlow { name, category, is_known, ..DraftFlow::new(id.clone(), FlowKind::Elementary, unit) })
    }

    fn process(&mut self, column: i64, own: i64, products: &[&Entry], elementary: &[&Entry], activities: &Names, flows: &Names) {
        let named = activities.get(&column);
        let place = named.and_then(|n| n.get("place")).map(|code| {
            let id = format!("place:{code}");
            self.draft.place(&id, code);
            id
        });
        self.maker.insert(own, column);
        let (mut exchanges, mut rows) = (Vec::with_capacity(products.len() + elementary.len()), Vec::new());
        for entry in products {
            let is_input = entry.is_flipped || entry.amount < 0.0 && entry.row != own;
            let (amount, uncertainty) = self.amount(entry, is_input);
            let maker = if entry.row == own { Some(column) } else { Some(entry.row) };
            let flow = self.product(entry.row, activities, maker);
            let is_made = entry.row == own && !is_input;
            let direction = if is_input { Direction::Input } else { Direction::Output };
            exchanges.push(self.exchange(flow, direction, amount, uncertainty, is_made, !is_input && !is_made));
            rows.push(entry.row);
        }
        for entry in elementary {
            let flow = self.elementary(entry.row, flows);
            let (amount, uncertainty) = self.amount(entry, false);
            let category = self.draft.flows[flow as usize].category.as_deref();
            let direction = category.and_then(direction_of_category).unwrap_or(Direction::Output);
            exchanges.push(self.exchange(flow, direction, amount, uncertainty, false, false));
            rows.push(i64::MIN);
        }
        let name = named.and_then(|n| n.get("name")).map_or_else(|| column.to_string(), str::to_owned);
        self.processes.push((DraftProcess { id: column.to_string(), name, place, exchanges, ..DraftProcess::default() }, rows));
    }

    fn exchange(
        &self,
        flow: u32,
        direction: Direction,
        amount: f64,
        uncertainty: Uncertainty,
        is_reference: bool,
        is_avoided: bool,
    ) -> DraftExchange {
        DraftExchange {
            flow,
            direction,
            amount,
            unit: self.draft.flows[flow as usize].unit,
            formula: None,
            uncertainty,
            provider: None,
            is_reference,
            is_avoided,
            description: None,
            quality: None,
            base_uncertainty: None,
        }
    }

    fn finish(mut self, mut builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
        if self.processes.is_empty() && self.categories.is_empty() {
            return Err(ImportError::Empty { wanted: "technosphere, biosphere or characterisation (Brightway data package)" });
        }
        for (mut process, rows) in std::mem::take(&mut self.processes) {
            for (exchange, row) in process.exchanges.iter_mut().zip(rows) {
                exchange.unit = self.draft.flows[exchange.flow as usize].unit;
                if !exchange.is_reference {
                    exchange.provider = self.maker.get(&row).map(|maker| maker.to_string().into());
                }
            }
            self.draft.processes.push(process);
        }
        let flows: Vec<(String, Option<Direction>)> =
            self.draft.flows.iter().map(|f| (f.id.clone(), f.category.as_deref().and_then(direction_of_category))).collect();
        let dropped = self.draft.enter(&mut builder);
        let mut methods: Vec<(String, Vec<CategoryIndex>)> = Vec::new();
        for (name, factors) in self.categories {
            let (method, category) = name.split_once(": ").unwrap_or((&name, &name));
            let factor = |factor: Factor| {
                let (id, direction) = &flows[factor.flow as usize];
                let flow = builder.flow(id)?;
                let (unit, property) = builder.database().reference_of(flow);
                let (value, uncertainty) = (factor.value, factor.uncertainty);
                let direction = Some(direction.unwrap_or(Direction::Output));
                Some(ImpactFactor { flow, unit, property, value, formula: None, uncertainty, location: None, direction })
            };
            let factors = factors.into_iter().filter_map(factor).collect();
            let (description, direction) = (None, None);
            let (id, unit, parameters) = (name.as_str().into(), None, Vec::new());
            builder.add_category(ImpactCategory { id, name: category.into(), unit, description, direction, factors, parameters });
            let Some(index) = builder.category(&name) else { continue };
            match methods.iter_mut().find(|(known, _)| known == method) {
                Some((_, categories)) => categories.push(index),
                None => methods.push((method.to_owned(), vec![index])),
            }
        }
        for (name, categories) in methods {
            builder.gather(&name, &categories);
        }
        let database = builder.finish().map_err(|(faults, count)| ImportError::Faults { faults, count })?;
        Ok((database, dropped))
    }
}

/// The row that a column stands for: its own id, else the only row that it makes.
fn reference(column: i64, products: &[&Entry]) -> Option<i64> {
    if products.iter().any(|e| e.row == column && e.amount != 0.0) {
        return Some(column);
    }
    let mut made = products.iter().filter(|e| e.amount > 0.0 && !e.is_flipped).map(|e| e.row);
    let first = made.next()?;
    made.all(|row| row == first).then_some(first)
}

/// The distribution as inventories have it; what it is, where they have none.
fn uncertainty(found: EntryUncertainty) -> Result<Uncertainty, &'static str> {
    /// The sum of the shapes of a PERT distribution.
    const PERT: f64 = 6.0;
    Ok(match found {
        EntryUncertainty::Exact => Uncertainty::None,
        EntryUncertainty::Lognormal { mu, sigma, is_negative } => {
            let geometric_mean = if is_negative { -mu.exp() } else { mu.exp() };
            Uncertainty::Lognormal { geometric_mean, geometric_deviation: sigma.exp() }
        }
        EntryUncertainty::Normal { mean, deviation } => Uncertainty::Normal { mean, deviation },
        EntryUncertainty::Uniform { low, high } => Uncertainty::Uniform { low, high },
        EntryUncertainty::Triangular { mode, low, high } => Uncertainty::Triangular { low, mode, high },
        EntryUncertainty::Beta { alpha, beta, low, high } if (alpha + beta - PERT).abs() < 1e-9 && alpha >= 1.0 && beta >= 1.0 => {
            Uncertainty::Pert { low, mode: low + (alpha - 1.0) / (PERT - 2.0) * (high - low), high }
        }
        EntryUncertainty::Beta { .. } => return Err("beta"),
        EntryUncertainty::Bernoulli { .. } => return Err("Bernoulli"),
        EntryUncertainty::DiscreteUniform { .. } => return Err("discrete"),
        EntryUncertainty::Gamma { .. } => return Err("gamma"),
        EntryUncertainty::Weibull { .. } => return Err("Weibull"),
    })
}
