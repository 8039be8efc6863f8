//! Inventories as Brightway reads them from Excel (`.xlsx`), read and written.
//!
//! | in the sheet                                   | in the database                                                         |
//! |------------------------------------------------|-------------------------------------------------------------------------|
//! | `Activity` and the rows below it               | a process; id is its `code`, else `name|location`                       |
//! | `Exchanges`, type `production`, `substitution` | its product; an avoided product                                         |
//! | type `technosphere`                            | an input, linked by name, location, unit and reference product          |
//! | type `biosphere`                               | an elementary flow by name and categories, that of the database if it has one |
//! | `Parameters`, `Database parameters`, `Project parameters` | parameters of the process; global ones                       |
//! | `uncertainty type` 2, 3, 4, 5                  | lognormal (loc, scale of the logarithm), normal, uniform, triangular    |
//! | `Parameters GROUP`, formulas that call those of other activities | see `groups`                                          |
//! | sheets that begin with `skip`; `cutoff` N      | left out; only the first N columns are read                             |
//! | no `Activity`, but columns `name`, `categories`, `amount` | impact factors: a category a sheet, of a method called after the file; `unit` is the flow's, distributions as above |
//! | `uncertainty type` 6 to 12                     | the amount without them, counted                                        |
//!
//! Keywords may be written in any case. An empty line ends project and database parameters, and nothing within an activity.
//!
//! Processes that the database has already (an ecoinvent, say) are found by name, or by `name | reference product`, and place. What is not
//! found stays without a supplier, and `lca info --list-unlinked` names it. Amounts with a formula follow it.
//!
//! Source: the importer `ExcelImporter` of Brightway (`bw2io`, its documentation and fixtures).

mod groups;
mod inventory;
mod workbook;
mod write;

use rustc_hash::{FxHashMap, FxHashSet};

use super::draft::{Draft, DraftExchange, DraftFlow, DraftProcess};
use super::import::{Dropped, ImportError};
use super::method_table;
use super::spread;
use super::units::ratio;
use crate::database::{Database, DatabaseBuilder, Direction, FlowKind, direction_of_category};
use inventory::{Inventory, RawActivity, RawExchange, cell, header_of, is_of_other_kind, uncertainty};
use workbook::Sheet;
pub use write::write;

/// What distributions are counted as that inventories have no name for.
const OTHER_KINDS: &str = "distributions: Bernoulli, discrete, Weibull, gamma, beta and others";

/// Reads a workbook into a database, and says what was left out.
///
/// # Errors
/// [`ImportError`] for a file that is no workbook or has no activity, or with every fault of its processes.
pub fn read(file: &str, bytes: &[u8], mut builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let mut inventory = Inventory::default();
    let sheets = workbook::sheets(file, bytes)?;
    let factors = factor_table(file, &sheets)?;
    for sheet in sheets {
        let fault = |reason: String| ImportError::File { file: format!("{file}, sheet `{}`", sheet.name), reason };
        inventory.take(&sheet).map_err(fault)?;
    }
    if inventory.activities.is_empty() {
        if let Some((table, others)) = factors {
            let (database, mut dropped) = method_table::read(file, table.as_bytes(), builder)?;
            if others > 0 {
                dropped.insert(OTHER_KINDS.to_owned(), others);
            }
            return Ok((database, dropped));
        }
        return Err(ImportError::Empty { wanted: "cell `Activity` in column A: it is no inventory for Brightway" });
    }
    inventory.share_parameters();
    inventory.settle_units();
    let linker = Linker::of(&inventory, builder.database());
    let dropped = linker.draft(inventory).enter(&mut builder);
    let database = builder.finish().map_err(|(faults, count)| ImportError::Faults { faults, count })?;
    Ok((database, dropped))
}

/// The sheets with columns `name`, `categories` and `amount` as a table of impact factors: each is a category of a method that is called after the
/// file. `unit` is that of the flow, and distributions are those of exchanges; `None` if there are none.
fn factor_table(file: &str, sheets: &[Sheet]) -> Result<Option<(String, usize)>, ImportError> {
    let stem = file.rsplit('/').next().unwrap_or(file).rsplit_once('.').map_or(file, |(stem, _)| stem);
    let mut table = csv::Writer::from_writer(Vec::new());
    let fault = |sheet: &Sheet, reason: String| ImportError::File { file: format!("{file}, sheet `{}`", sheet.name), reason };
    let columns = ["method", "category", "name", "compartment", "flow_unit", "factor"].into_iter().chain(spread::COLUMNS);
    let mut rows = vec![columns.map(str::to_owned).collect::<Vec<_>>()];
    let (mut is_found, mut others) = (false, 0);
    for sheet in sheets {
        let Some(first) = sheet.rows.get(&1) else { continue };
        let header = header_of(first);
        if ["name", "categories", "amount"].iter().any(|name| !header.iter().any(|(_, text)| text == name)) {
            continue;
        }
        is_found = true;
        for (number, row) in sheet.rows.iter().filter(|(number, _)| **number > 1) {
            let text = |name: &str| cell(&header, row, name).unwrap_or_default();
            others += usize::from(is_of_other_kind(&header, row));
            let amount = text("amount").trim().parse().unwrap_or(0.0);
            let spread = uncertainty(&header, row, amount).map_err(|reason| fault(sheet, format!("row {number}: {reason}")))?;
            let path = text("categories").replace("::", "/");
            let cells = [stem, &sheet.name, text("name"), &path, text("unit"), text("amount")].map(str::to_owned);
            rows.push(cells.into_iter().chain(spread::row(spread.unwrap_or_default())).collect());
        }
    }
    if !is_found {
        return Ok(None);
    }
    let written = rows.iter().try_for_each(|row| table.write_record(row)).and_then(|()| Ok(table.flush()?));
    let reason = |e: csv::Error| ImportError::File { file: file.to_owned(), reason: e.to_string() };
    written.map_err(reason)?;
    Ok(table.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).map(|text| (text, others)))
}

/// A process that an input may mean.
#[derive(Clone)]
struct Supplier {
    process: String,
    flow: String,
    product: String,
    unit: String,
    place: String,
    is_known: bool,
}

struct Linker {
    by_name: FxHashMap<String, Vec<Supplier>>,
    /// Id, unit and direction of elementary flows by name and category.
    elementary: FxHashMap<(String, String), (String, String, Direction)>,
    /// Products that are made in negative amounts, and wastes that the database has.
    negative: FxHashSet<String>,
}

impl Linker {
    fn of(inventory: &Inventory, database: &Database) -> Self {
        let mut by_name: FxHashMap<String, Vec<Supplier>> = FxHashMap::default();
        let mut negative = FxHashSet::default();
        for activity in &inventory.activities {
            let flow = activity.product_id();
            if activity.exchanges.iter().any(|e| e.is_production() && activity.is_own(e) && e.amount < 0.0) {
                negative.insert(flow.clone());
            }
            by_name.entry(activity.name.to_lowercase()).or_default().push(Supplier {
                process: activity.id(),
                flow,
                product: activity.product.clone(),
                unit: activity.unit.clone(),
                place: activity.location.clone(),
                is_known: false,
            });
            // A co-product goes by the name of its activity, and by its own.
            for e in activity.exchanges.iter().filter(|e| e.is_production() && !activity.owns(e)) {
                let product = e.product_name();
                let supplier = Supplier {
                    process: activity.id(),
                    flow: activity.co_product_id(product),
                    product: product.to_owned(),
                    unit: e.unit.clone(),
                    place: activity.location.clone(),
                    is_known: false,
                };
                if !product.eq_ignore_ascii_case(&activity.name) {
                    by_name.entry(product.to_lowercase()).or_default().push(supplier.clone());
                }
                by_name.entry(activity.name.to_lowercase()).or_default().push(supplier);
            }
        }
        for (_, process) in database.each_process() {
            let Some(reference) = process.reference.and_then(|at| process.exchanges.get(at as usize)) else { continue };
            let flow = database.flow(reference.flow);
            if flow.kind == FlowKind::Waste {
                negative.insert(flow.id.to_string());
            }
            let name = process.name.split_once(" | ").map_or(&*process.name, |(name, _)| name);
            by_name.entry(name.to_lowercase()).or_default().push(Supplier {
                process: process.id.to_string(),
                flow: flow.id.to_string(),
                product: flow.name.to_string(),
                unit: database.reference_unit(reference.flow).name.to_string(),
                place: process.location.map_or_else(String::new, |l| database.place(l).to_owned()),
                is_known: true,
            });
        }
        let own = database.own_directions();
        let flows = database.flows().iter().enumerate().filter(|(_, f)| f.kind == FlowKind::Elementary);
        let elementary = flows.map(|(at, f)| {
            let unit = database.reference_unit(crate::database::FlowIndex::new(at)).name.to_string();
            ((f.name.to_lowercase(), f.category.as_deref().unwrap_or_default().to_lowercase()), (f.id.to_string(), unit, own[at]))
        });
        Self { by_name, elementary: elementary.collect(), negative }
    }

    /// The only process that an input can mean; those of the workbook before those of the database.
    fn supplier(&self, e: &RawExchange) -> Option<&Supplier> {
        let named = self.by_name.get(&e.name.to_lowercase())?;
        let fits = |s: &&Supplier| {
            (e.location.is_empty() || s.place == e.location)
                && (e.product.is_empty() || s.product.eq_ignore_ascii_case(&e.product))
                && (e.unit.is_empty() || ratio(&e.unit, &s.unit).is_some())
        };
        for is_known in [false, true] {
            let mut found = named.iter().filter(fits).filter(|s| s.is_known == is_known);
            if let Some(first) = found.next() {
                return found.next().is_none().then_some(first);
            }
        }
        None
    }

    fn draft(&self, inventory: Inventory) -> Draft {
        let mut draft = Draft::of_formulas();
        draft.parameters = inventory.parameters;
        for (what, count) in inventory.left_out {
            *draft.dropped.entry(what).or_default() += count;
        }
        for mut activity in inventory.activities {
            if !activity.location.is_empty() {
                draft.place(&format!("place:{}", activity.location), &activity.location);
            }
            if !activity.exchanges.iter().any(|e| e.is_production() && activity.is_own(e)) {
                let (name, unit) = (activity.name.clone(), activity.unit.clone());
                let amount = activity.production;
                activity.exchanges.insert(0, RawExchange { name, unit, amount, kind: "production".to_owned(), ..RawExchange::default() });
            }
            let mut process = DraftProcess {
                id: activity.id(),
                name: activity.name.clone(),
                category: activity.category.clone(),
                description: activity.comment.clone(),
                place: (!activity.location.is_empty()).then(|| format!("place:{}", activity.location)),
                parameters: std::mem::take(&mut activity.parameters),
                ..DraftProcess::default()
            };
            for e in std::mem::take(&mut activity.exchanges) {
                let row = self.exchange(&mut draft, &activity, e);
                process.exchanges.push(row);
            }
            draft.processes.push(process);
        }
        let wastes: Vec<bool> = draft.flows.iter().map(|f| self.negative.contains(&f.id)).collect();
        draft.turn_wastes(&wastes);
        draft
    }

    fn exchange(&self, draft: &mut Draft, activity: &RawActivity, e: RawExchange) -> DraftExchange {
        let is_own = e.is_production() && activity.owns(&e);
        let supplier = if e.kind == "biosphere" || e.is_production() { None } else { self.supplier(&e) };
        let is_measured = |(_, unit, _): &&(String, String, Direction)| e.unit.is_empty() || ratio(&e.unit, unit).is_some();
        let known_flow = self.elementary.get(&(e.name.to_lowercase(), e.category.to_lowercase())).filter(is_measured);
        let (id, name, common, kind, is_known) = match (e.kind.as_str(), supplier) {
            ("biosphere", _) => {
                let known = known_flow.map(|(id, unit, _)| (id.clone(), unit.clone()));
                let is_known = known.is_some();
                let (id, unit) = known.unwrap_or_else(|| (draft.id_by_unit(format!("{}/{}", e.category, e.name), &e.unit), e.unit.clone()));
                (id, e.name.clone(), unit, FlowKind::Elementary, is_known)
            }
            (_, Some(s)) => (s.flow.clone(), s.product.clone(), s.unit.clone(), FlowKind::Product, s.is_known),
            _ if is_own => (activity.product_id(), activity.product.clone(), activity.unit.clone(), FlowKind::Product, false),
            _ if e.is_production() => {
                (activity.co_product_id(e.product_name()), e.product_name().to_owned(), e.unit.clone(), FlowKind::Product, false)
            }
            _ => {
                let words = [e.name.as_str(), e.product.as_str(), e.location.as_str()];
                let name = words.into_iter().filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ");
                (draft.id_by_unit(format!("product:{name}"), &e.unit), name, e.unit.clone(), FlowKind::Product, false)
            }
        };
        let unit = draft.unit(&common);
        let category = (e.kind == "biosphere" && !e.category.is_empty()).then(|| e.category.clone());
        let flow = draft.flow(&id, || DraftFlow { name, category, is_known, ..DraftFlow::new(id.clone(), kind, unit) });
        // Amounts of a flow are written positively in its own direction.
        let direction = match e.kind.as_str() {
            "technosphere" => Direction::Input,
            "biosphere" => match known_flow {
                Some((_, _, direction)) => *direction,
                None => direction_of_category(&e.category).unwrap_or(Direction::Output),
            },
            _ => Direction::Output,
        };
        let own_unit = if e.unit.is_empty() { common } else { e.unit };
        let uncertainty = e.uncertainty.filter(|u| u.fault().is_none());
        if e.is_of_other_kind {
            draft.drop_one(OTHER_KINDS);
        }
        if e.uncertainty.is_some() && uncertainty.is_none() {
            draft.drop_one("distributions that cannot be");
        }
        DraftExchange {
            flow,
            direction,
            amount: e.amount,
            unit: draft.unit(&own_unit),
            formula: e.formula.map(Into::into),
            uncertainty: uncertainty.unwrap_or_default(),
            provider: supplier.map(|s| s.process.as_str().into()),
            is_reference: is_own,
            is_avoided: e.kind == "substitution",
            description: e.comment.map(Into::into),
            quality: None,
            base_uncertainty: None,
        }
    }
}
