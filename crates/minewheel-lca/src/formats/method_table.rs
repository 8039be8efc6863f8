//! Impact methods as a table: a CSV file with one characterisation factor a row, for flows that the database has.
//!
//! | column (case aside)        | meaning                                                                      |
//! |----------------------------|------------------------------------------------------------------------------|
//! | `method`, `category`       | names; wanted                                                                |
//! | `indicator`                | name; joins the category's where a category has several                      |
//! | `unit`, `indicator unit`   | unit of the result                                                           |
//! | `flow_id`                  | id of the flow; else it is found by the next three                           |
//! | `name`                     | name of the flow                                                             |
//! | `compartment`, `subcompartment` | its category, `compartment/subcompartment`                              |
//! | `flow_unit`                | unit of the flow that the factor is for; else the flow's own                 |
//! | `place`                    | code of the place for which the factor holds; else everywhere                |
//! | `direction`                | `input` or `output`: the direction of exchanges for which the factor is stated; else the flow's own |
//! | `factor`, `cf`             | impact per unit of the flow; wanted                                          |
//! | `distribution`, `mean`, `deviation`, `low`, `mode`, `high` | how the factor is spread, as in an inventory of ours ([`super::inventory_table`]) |
//!
//! These are the columns of the sheet `CFs` of ecoinvent's "LCIA implementation", saved as CSV, with the unit of its sheet
//! `Indicators` beside them. A factor of a flow that the database lacks is left out and counted.

use rustc_hash::{FxHashMap, FxHashSet};

use super::import::{Dropped, ImportError};
use super::spread;
use super::text::{decoded, table};
use super::units::ratio;
use crate::database::{CategoryIndex, Database, DatabaseBuilder, Direction, FlowIndex, FlowKind, ImpactCategory, ImpactFactor, UnitIndex};

/// More faults than this are not listed.
const MOST_FAULTS: usize = 20;

/// Whether the first line is that of a method table.
pub fn is_method_table(bytes: &[u8]) -> bool {
    let text = decoded(&bytes[..bytes.len().min(4096)]).to_lowercase();
    let first = text.lines().next().unwrap_or_default();
    let has = |word: &str| first.split([',', ';', '\t']).any(|cell| cell.trim().trim_matches('"') == word);
    has("method") && has("category") && (has("factor") || has("cf"))
}

struct Columns {
    method: usize,
    category: usize,
    factor: usize,
    indicator: Option<usize>,
    unit: Option<usize>,
    flow_id: Option<usize>,
    name: Option<usize>,
    compartment: Option<usize>,
    subcompartment: Option<usize>,
    flow_unit: Option<usize>,
    place: Option<usize>,
    direction: Option<usize>,
    spread: [Option<usize>; spread::COLUMNS.len()],
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Result<Self, String> {
        let at = |names: &[&str]| header.iter().position(|cell| names.iter().any(|n| cell.trim().eq_ignore_ascii_case(n)));
        let wanted = |names: &[&str]| at(names).ok_or_else(|| format!("there is no column `{}`", names[0]));
        let columns = Self {
            method: wanted(&["method"])?,
            category: wanted(&["category"])?,
            factor: wanted(&["factor", "cf"])?,
            indicator: at(&["indicator"]),
            unit: at(&["unit", "indicator unit"]),
            flow_id: at(&["flow_id"]),
            name: at(&["name"]),
            compartment: at(&["compartment"]),
            subcompartment: at(&["subcompartment"]),
            flow_unit: at(&["flow_unit"]),
            place: at(&["place"]),
            direction: at(&["direction"]),
            spread: spread::COLUMNS.map(|column| at(&[column])),
        };
        if columns.flow_id.is_none() && columns.name.is_none() {
            return Err("there is neither a column `flow_id` nor a column `name`".to_owned());
        }
        Ok(columns)
    }
}

struct Flows {
    by_id: FxHashMap<String, FlowIndex>,
    by_name: FxHashMap<(String, String), FlowIndex>,
}

impl Flows {
    fn of(database: &Database) -> Self {
        let (mut by_id, mut by_name) = (FxHashMap::default(), FxHashMap::default());
        for (at, flow) in database.flows().iter().enumerate().filter(|(_, f)| f.kind == FlowKind::Elementary) {
            let index = FlowIndex::new(at);
            by_id.insert(flow.id.to_string(), index);
            let category = flow.category.as_deref().unwrap_or_default().to_lowercase();
            by_name.entry((flow.name.to_lowercase(), category)).or_insert(index);
        }
        Self { by_id, by_name }
    }
}

/// Adds the methods of a table to a database, and says what was left out.
///
/// # Errors
/// [`ImportError`] for a file that is no such table, with the first faults by line.
pub fn read(file: &str, bytes: &[u8], mut builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let fault = |reason: String| ImportError::File { file: file.to_owned(), reason };
    let text = decoded(bytes);
    let mut table = table(&text);
    let columns = Columns::of(table.headers().map_err(|e| fault(e.to_string()))?).map_err(fault)?;
    let flows = Flows::of(builder.database());
    let places: FxHashMap<String, _> =
        builder.database().locations().iter().map(|l| l.code.as_deref().unwrap_or(&l.name).to_owned()).zip(0..).collect();
    let (mut order, mut found): (Vec<[String; 3]>, FxHashMap<[String; 3], ImpactCategory>) = (Vec::new(), FxHashMap::default());
    let (mut dropped, mut missing, mut faults) = (Dropped::new(), FxHashSet::default(), Vec::new());
    let mut entered = FxHashSet::default();
    for (row, record) in table.records().enumerate() {
        let record = record.map_err(|e| fault(e.to_string()))?;
        let cell = |at: Option<usize>| at.and_then(|at| record.get(at)).map_or("", str::trim);
        let mut reject = |reason: String| faults.push(format!("line {}: {reason}", row + 2));
        let [method, category] = [cell(Some(columns.method)), cell(Some(columns.category))];
        if method.is_empty() && category.is_empty() {
            continue;
        }
        let written = cell(Some(columns.factor));
        let Some(value) = written.parse::<f64>().ok().filter(|v| v.is_finite()) else {
            reject(format!("the factor is `{written}`, wanted a finite number"));
            continue;
        };
        let key = [method, category, cell(columns.indicator)].map(str::to_owned);
        let record_of = found.entry(key.clone()).or_insert_with(|| {
            order.push(key.clone());
            let id = format!("{method}|{category}|{}", key[2]);
            let unit = Some(cell(columns.unit)).filter(|u| !u.is_empty()).map(Into::into);
            ImpactCategory {
                id: id.into(),
                name: category.into(),
                unit,
                description: None,
                direction: None,
                factors: Vec::new(),
                parameters: Vec::new(),
            }
        });
        let id = cell(columns.flow_id);
        let (main, sub) = (cell(columns.compartment).to_lowercase(), cell(columns.subcompartment).to_lowercase());
        let path = if sub.is_empty() { main } else { format!("{main}/{sub}") };
        // A flow of a compartment and one of its unspecified part are the same.
        let other = path.strip_suffix("/unspecified").map_or_else(|| format!("{path}/unspecified"), str::to_owned);
        let by_path = |path: String| flows.by_name.get(&(cell(columns.name).to_lowercase(), path)).copied();
        let by_name = || by_path(path.clone()).or_else(|| by_path(other));
        let Some(flow) = flows.by_id.get(id).copied().or_else(by_name) else {
            missing.insert(if id.is_empty() { format!("{} ({path})", cell(columns.name)) } else { id.to_owned() });
            *dropped.entry("factors of flows that the database lacks".to_owned()).or_default() += 1;
            continue;
        };
        let database = builder.database();
        let property = database.flow(flow).reference_property();
        let group = database.properties()[property.at()].unit_group;
        let unit = UnitIndex { group, place: database.unit_groups()[group.at()].reference };
        let (given, own) = (cell(columns.flow_unit), &database.unit(unit).name);
        let scale = if given.is_empty() || given == &**own { Some(1.0) } else { ratio(given, own) };
        let Some(scale) = scale else {
            reject(format!("the factor of `{}` is for {given}; the database has the flow in {own}", database.flow(flow).name));
            continue;
        };
        let place = cell(columns.place);
        let location = places.get(place).map(|at| crate::database::LocationIndex::new(*at));
        if !place.is_empty() && location.is_none() {
            *dropped.entry("factors of places that the database lacks".to_owned()).or_default() += 1;
            continue;
        }
        let cells = |name: &str| spread::COLUMNS.iter().position(|c| *c == name).map_or("", |at| cell(columns.spread[at]));
        let (direction, uncertainty) = match (direction_of(cell(columns.direction)), spread::read(cells)) {
            (Ok(direction), Ok(uncertainty)) => (direction, uncertainty),
            (Err(reason), _) | (_, Err(reason)) => {
                reject(reason);
                continue;
            }
        };
        if !entered.insert((key, flow, location, direction)) {
            reject(format!("`{}` has two factors in `{category}`", database.flow(flow).name));
            continue;
        }
        // Impact per kilogram is a thousand times that per gram.
        let (value, uncertainty) = (value / scale, uncertainty.scaled(1.0 / scale));
        record_of.factors.push(ImpactFactor { flow, unit, property, value, formula: None, uncertainty, location, direction });
    }
    if !faults.is_empty() {
        let count = faults.len();
        faults.truncate(MOST_FAULTS);
        return Err(fault(format!("{count} rows are no factors:\n  {}", faults.join("\n  "))));
    }
    if order.is_empty() {
        return Err(fault("it has no rows".to_owned()));
    }
    if !missing.is_empty() {
        dropped.insert("flows of factors that the database lacks".to_owned(), missing.len());
    }
    add(&order, found, &mut builder);
    let database = builder.finish().map_err(|(faults, count)| ImportError::Faults { faults, count })?;
    Ok((database, dropped))
}

/// The direction of a factor; `None` where nothing is said.
fn direction_of(text: &str) -> Result<Option<Direction>, String> {
    match text.to_lowercase().as_str() {
        "" => Ok(None),
        "input" => Ok(Some(Direction::Input)),
        "output" => Ok(Some(Direction::Output)),
        other => Err(format!("the direction is `{other}`, wanted input or output")),
    }
}

/// Enters the categories in the order of the table, and the methods that gather them.
fn add(order: &[[String; 3]], mut found: FxHashMap<[String; 3], ImpactCategory>, builder: &mut DatabaseBuilder) {
    let mut methods: Vec<(String, Vec<CategoryIndex>)> = Vec::new();
    for key in order {
        let several = order.iter().filter(|k| k[..2] == key[..2]).count() > 1;
        let Some(mut category) = found.remove(key) else { continue };
        if several && !key[2].is_empty() {
            category.name = format!("{}, {}", key[1], key[2]).into();
        }
        let id = category.id.clone();
        builder.add_category(category);
        let Some(index) = builder.category(&id) else { continue };
        match methods.iter_mut().find(|(name, _)| *name == key[0]) {
            Some((_, categories)) => categories.push(index),
            None => methods.push((key[0].clone(), vec![index])),
        }
    }
    for (name, categories) in methods {
        builder.gather(&name, &categories);
    }
}
