//! From a database to a table of its processes, and one of its impact factors.

use super::{COLUMNS, COMMENT, PARAMETER, WHAT};
use crate::database::{AllocationKind, Database, Direction, Exchange, FlowKind, Parameter, Process, ProcessKind};
use crate::formats::import::lost_places;
use crate::formats::{Dropped, ImportError, spread};

/// The columns of the table of impact factors.
const FACTORS: [&str; 9] = ["method", "category", "unit", "flow_id", "name", "flow_unit", "place", "direction", "factor"];

/// The two tables, and what was left out; the second is empty where the database has no methods.
///
/// Amounts are in the reference units of flows.
///
/// # Errors
/// An amount or factor that does not convert to its flow's reference unit; what the CSV writer says.
pub fn write(database: &Database) -> Result<(Vec<u8>, Vec<u8>, Dropped), ImportError> {
    let fault = |reason: String| ImportError::File { file: "inventory.csv".to_owned(), reason };
    database.converts().map_err(|error| fault(error.to_string()))?;
    tables(database).map_err(|error| fault(error.to_string()))
}

fn tables(database: &Database) -> Result<(Vec<u8>, Vec<u8>, Dropped), csv::Error> {
    let mut table = Table { database, rows: csv::Writer::from_writer(Vec::new()), dropped: Dropped::new() };
    table.rows.write_record(COLUMNS.iter().chain([&COMMENT]))?;
    for parameter in database.parameters() {
        table.parameter(None, parameter)?;
    }
    for process in database.processes() {
        table.process(process)?;
    }
    let flows = database.flows();
    table.count("flows: chemical formula, synonyms, description, place", flows.iter().filter(|f| has_more(f)).count());
    table.count("flows: further properties", flows.iter().map(|f| f.properties.len() - 1).sum());
    let mut is_used = vec![false; flows.len()];
    database.processes().iter().flat_map(|p| &p.exchanges).for_each(|e| is_used[e.flow.at()] = true);
    table.count("flows: in no process", is_used.into_iter().filter(|used| !used).count());
    for (what, count) in lost_places(database) {
        table.count(what, count);
    }
    let factors = table.factors()?;
    let whole = |rows: csv::Writer<Vec<u8>>| rows.into_inner().map_err(|e| csv::Error::from(e.into_error()));
    Ok((whole(table.rows)?, factors, table.dropped))
}

struct Table<'d> {
    database: &'d Database,
    rows: csv::Writer<Vec<u8>>,
    dropped: Dropped,
}

impl Table<'_> {
    fn count(&mut self, what: &str, count: usize) {
        if count > 0 {
            *self.dropped.entry(what.to_owned()).or_default() += count;
        }
    }

    /// Writes a row from its cells by column.
    fn put(&mut self, cells: &[(&str, String)]) -> Result<(), csv::Error> {
        let of = |column: &str| cells.iter().find(|c| c.0 == column).map_or("", |c| c.1.as_str());
        self.rows.write_record(COLUMNS.iter().chain([&COMMENT]).map(|column| of(column)))
    }

    fn parameter(&mut self, process: Option<&Process>, parameter: &Parameter) -> Result<(), csv::Error> {
        let mut cells = vec![
            ("process", process.map_or_else(String::new, |p| p.id.to_string())),
            ("what", PARAMETER.to_owned()),
            ("flow", parameter.name.to_string()),
            ("amount", parameter.value.to_string()),
            ("formula", text(parameter.formula.as_deref())),
            (COMMENT, text(parameter.description.as_deref())),
        ];
        cells.extend(spread::cells(parameter.uncertainty));
        self.put(&cells)
    }

    fn process(&mut self, process: &Process) -> Result<(), csv::Error> {
        let reference = process.reference.map(|at| at as usize);
        let mut order: Vec<usize> = (0..process.exchanges.len()).collect();
        order.sort_by_key(|at| Some(*at) != reference);
        let mut is_first = true;
        for at in order {
            self.exchange(process, &process.exchanges[at], is_first)?;
            is_first = false;
        }
        for parameter in &process.parameters {
            self.parameter(Some(process), parameter)?;
        }
        self.count("processes: whether they are results", usize::from(process.kind == ProcessKind::Result));
        self.count("processes: descriptions", usize::from(process.description.is_some()));
        let is_causal = |kind: AllocationKind| kind == AllocationKind::Causal;
        let causal = process.allocation_factors.iter().filter(|f| is_causal(f.kind) || f.formula.is_some()).count();
        self.count("processes: causal shares, and shares by formula", causal + usize::from(process.default_allocation.is_some_and(is_causal)));
        self.count("processes: without exchanges", usize::from(process.exchanges.is_empty()));
        Ok(())
    }

    fn exchange(&mut self, process: &Process, e: &Exchange, is_first: bool) -> Result<(), csv::Error> {
        let database = self.database;
        let flow = database.flow(e.flow);
        // An elementary flow is never spared; a mark that says so has no word.
        let is_avoided = e.is_avoided && flow.kind != FlowKind::Elementary;
        let what = WHAT.iter().find(|w| (w.1, w.2, w.3) == (flow.kind, e.direction, is_avoided)).map_or("", |w| w.0);
        let scale = database.conversion(e.flow, e.unit, e.property).unwrap_or(f64::NAN);
        let formula = e.formula.as_deref().map(|f| if scale == 1.0 { f.to_owned() } else { format!("{scale} * ({f})") });
        let is_made = matches!((flow.kind, e.direction), (FlowKind::Product, Direction::Output) | (FlowKind::Waste, Direction::Input)) && !is_avoided;
        let share = |kind: AllocationKind| {
            let found = process.allocation_factors.iter().find(|f| f.kind == kind && f.product == e.flow && f.formula.is_none());
            found.filter(|_| is_made).map_or_else(String::new, |f| f.value.to_string())
        };
        let allocation = match process.default_allocation {
            Some(AllocationKind::Physical) if is_first => "physical",
            Some(AllocationKind::Economic) if is_first => "economic",
            _ => "",
        };
        let other = |name: &str, id: &str| if name == id { String::new() } else { name.to_owned() };
        let mut cells = vec![
            ("process", process.id.to_string()),
            ("process_name", other(&process.name, &process.id)),
            ("process_category", text(process.category.as_deref())),
            ("place", process.location.map_or_else(String::new, |l| database.place(l).to_owned())),
            ("what", what.to_owned()),
            ("flow", flow.id.to_string()),
            ("flow_name", other(&flow.name, &flow.id)),
            ("flow_category", text(flow.category.as_deref())),
            ("cas", text(flow.cas.as_deref())),
            ("amount", (e.amount * scale).to_string()),
            ("unit", database.reference_unit(e.flow).name.to_string()),
            ("formula", formula.unwrap_or_default()),
            ("provider", e.provider.map_or_else(String::new, |p| database.process(p).id.to_string())),
            ("pedigree", text(e.quality.as_deref().filter(|_| process.quality_system.is_none()))),
            ("base_deviation", e.base_uncertainty.map_or_else(String::new, |d| d.to_string())),
            ("physical_share", share(AllocationKind::Physical)),
            ("economic_share", share(AllocationKind::Economic)),
            ("allocation", allocation.to_owned()),
            (COMMENT, text(e.description.as_deref())),
        ];
        cells.extend(spread::cells(e.uncertainty.scaled(scale)));
        self.put(&cells)?;
        self.count("exchanges: units other than the flow's reference unit", usize::from(scale != 1.0));
        let is_foreign = process.quality_system.is_some() && e.quality.is_some();
        self.count("exchanges: pedigrees of another system than ecoinvent's", usize::from(is_foreign));
        self.count("exchanges: places of their own", usize::from(e.location.is_some()));
        Ok(())
    }

    fn factors(&mut self) -> Result<Vec<u8>, csv::Error> {
        let database = self.database;
        let mut rows = csv::Writer::from_writer(Vec::new());
        if !database.methods().is_empty() {
            rows.write_record(FACTORS.iter().chain(&spread::COLUMNS))?;
        }
        for method in database.methods() {
            for category in method.categories.iter().map(|at| &database.categories()[at.at()]) {
                for factor in &category.factors {
                    // Impact per unit: the conversion of the unit enters inversely.
                    let scale = 1.0 / database.conversion(factor.flow, factor.unit, factor.property).unwrap_or(f64::NAN);
                    let (flow, place) = (database.flow(factor.flow), factor.location.map_or("", |l| database.place(l)));
                    let (unit, value) = (&database.reference_unit(factor.flow).name, (factor.value * scale).to_string());
                    let category_unit = category.unit.as_deref().unwrap_or_default();
                    let direction = match factor.direction.or(category.direction) {
                        None => "",
                        Some(Direction::Input) => "input",
                        Some(Direction::Output) => "output",
                    };
                    let spread = spread::row(factor.uncertainty.scaled(scale));
                    let cells = [&method.name, &category.name, category_unit, &flow.id, &flow.name, unit, place, direction, value.as_str()];
                    rows.write_record(cells.into_iter().chain(spread.iter().map(String::as_str)))?;
                    self.count("factors: formulas", usize::from(factor.formula.is_some()));
                }
                let has_more = category.description.is_some() || !category.parameters.is_empty();
                self.count("impact categories: descriptions and parameters", usize::from(has_more));
            }
            self.count("impact methods: descriptions", usize::from(method.description.is_some()));
        }
        let gathered: usize = database.methods().iter().map(|m| m.categories.len()).sum();
        self.count("impact categories: of no method", database.categories().len().saturating_sub(gathered));
        rows.into_inner().map_err(|e| csv::Error::from(e.into_error()))
    }
}

fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

fn has_more(flow: &crate::database::Flow) -> bool {
    flow.chemical_formula.is_some() || flow.synonyms.is_some() || flow.description.is_some() || flow.location.is_some()
}
