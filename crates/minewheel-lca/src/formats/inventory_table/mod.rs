//! Inventories as a table of ours: a CSV file with one exchange or parameter a row.
//!
//! | column                        | meaning                                                                                     |
//! |-------------------------------|---------------------------------------------------------------------------------------------|
//! | `process`                     | id of the process; empty: a parameter of the whole database                                 |
//! | `process_name`, `process_category`, `place` | its name if it is another, path of its category, code of its place; the first that is given counts |
//! | `what`                        | what the row is, see below                                                                  |
//! | `flow`                        | id of the flow, or name of the parameter                                                    |
//! | `flow_name`, `flow_category`, `cas` | its name if it is another, path of its category (`air/urban`), CAS number; the first that is given counts |
//! | `amount`, `unit`              | how much, in which unit; a formula takes the place of the amount                            |
//! | `formula`                     | how the amount follows from parameters                                                      |
//! | `provider`                    | id of the process that supplies it                                                          |
//! | `distribution`                | `lognormal` (`mean`, `deviation`: geometric), `normal` (`mean`, `deviation`), `uniform` (`low`, `high`), `triangular`, `pert` (`low`, `mode`, `high`) |
//! | `pedigree`, `base_deviation`  | such as `(1;3;2;5;1)`, and the geometric deviation that belongs to it                       |
//! | `physical_share`, `economic_share` | share of a product of a process with several                                           |
//! | `allocation`                  | by which of them its burdens are shared: `physical`, `economic`; the first that is given counts |
//! | `comment`                     | anything                                                                                    |
//!
//! | `what`                        | the row is                                                                                  |
//! |-------------------------------|---------------------------------------------------------------------------------------------|
//! | `product`, `treated`          | what the process makes, the waste it treats; the first of these is its reference            |
//! | `input`, `waste`              | a product that it uses, a waste that it leaves to others                                    |
//! | `avoided`, `avoided-input`, `avoided-waste`, `avoided-treated` | a product or waste that it spares others                   |
//! | `emission`, `resource`        | an elementary flow that leaves or enters                                                    |
//! | `parameter`                   | a parameter of the process                                                                  |
//!
//! `process`, `what`, `flow` and `amount` are wanted, the other columns may be left out; their order is free. A flow that the database has
//! is measured and named as it is there. Impact factors have a table of their own ([`super::method_table`]).

mod write;

use rustc_hash::FxHashMap;

use super::draft::{Draft, DraftExchange, DraftFlow, DraftProcess, is_name};
use super::import::{Dropped, ImportError};
use super::spread;
use super::text::{decoded, table};
use super::xml::number;
use crate::database::{AllocationKind, Database, DatabaseBuilder, Direction, FlowKind, Parameter, Uncertainty};
pub use write::write;

/// More faults than this are not listed.
const MOST_FAULTS: usize = 20;

/// All columns, in the order in which they are written.
const COLUMNS: [&str; 24] = [
    "process",
    "process_name",
    "process_category",
    "place",
    "what",
    "flow",
    "flow_name",
    "flow_category",
    "cas",
    "amount",
    "unit",
    "formula",
    "provider",
    "distribution",
    "mean",
    "deviation",
    "low",
    "mode",
    "high",
    "pedigree",
    "base_deviation",
    "physical_share",
    "economic_share",
    "allocation",
];
/// The last column.
const COMMENT: &str = "comment";
/// The word of a parameter.
const PARAMETER: &str = "parameter";

/// A word for what a row is, the kind of its flow, whether it enters or leaves, and whether it is spared.
const WHAT: [(&str, FlowKind, Direction, bool); 10] = [
    ("product", FlowKind::Product, Direction::Output, false),
    ("treated", FlowKind::Waste, Direction::Input, false),
    ("input", FlowKind::Product, Direction::Input, false),
    ("waste", FlowKind::Waste, Direction::Output, false),
    ("avoided", FlowKind::Product, Direction::Output, true),
    ("avoided-input", FlowKind::Product, Direction::Input, true),
    ("avoided-waste", FlowKind::Waste, Direction::Output, true),
    ("avoided-treated", FlowKind::Waste, Direction::Input, true),
    ("emission", FlowKind::Elementary, Direction::Output, false),
    ("resource", FlowKind::Elementary, Direction::Input, false),
];

/// Whether the first line is that of an inventory table.
pub fn is_inventory_table(bytes: &[u8]) -> bool {
    let text = decoded(&bytes[..bytes.len().min(4096)]).to_lowercase();
    let first = text.lines().next().unwrap_or_default();
    let has = |word: &str| first.split([',', ';', '\t']).any(|cell| cell.trim().trim_matches('"') == word);
    ["process", "what", "flow", "amount"].into_iter().all(has)
}

/// Reads a table into a database, and says what was left out.
///
/// # Errors
/// [`ImportError`] for a file that is no such table, with the first faults by line, or with every fault of its processes.
pub fn read(file: &str, bytes: &[u8], mut builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let fault = |reason: String| ImportError::File { file: file.to_owned(), reason };
    let text = decoded(bytes);
    let mut rows = table(&text);
    let header: Vec<String> = rows.headers().map_err(|e| fault(e.to_string()))?.iter().map(|c| c.trim().to_lowercase()).collect();
    if let Some(unknown) = header.iter().find(|c| !COLUMNS.contains(&c.as_str()) && *c != COMMENT) {
        return Err(fault(format!("there is no column `{unknown}`; known are {}, {COMMENT}", COLUMNS.join(", "))));
    }
    let mut reader = Reader { draft: Draft::of_formulas(), processes: FxHashMap::default(), known: known_flows(builder.database()) };
    let mut faults = Vec::new();
    for (at, record) in rows.records().enumerate() {
        let record = record.map_err(|e| fault(e.to_string()))?;
        let row = Row { header: &header, record: &record };
        if let Err(reason) = reader.take(&row) {
            faults.push(format!("line {}: {reason}", at + 2));
        }
    }
    if !faults.is_empty() {
        let count = faults.len();
        faults.truncate(MOST_FAULTS);
        return Err(fault(format!("{count} rows cannot be used:\n  {}", faults.join("\n  "))));
    }
    if reader.draft.processes.is_empty() {
        return Err(fault("it has no process".to_owned()));
    }
    let dropped = reader.draft.enter(&mut builder);
    let database = builder.finish().map_err(|(faults, count)| ImportError::Faults { faults, count })?;
    Ok((database, dropped))
}

/// Flows of the database by id, with their kind and their unit.
fn known_flows(database: &Database) -> FxHashMap<String, (FlowKind, String)> {
    let flows = database.flows().iter().enumerate();
    flows.map(|(at, f)| (f.id.to_string(), (f.kind, database.reference_unit(crate::database::FlowIndex::new(at)).name.to_string()))).collect()
}

struct Row<'r> {
    header: &'r [String],
    record: &'r csv::StringRecord,
}

impl Row<'_> {
    fn cell(&self, name: &str) -> &str {
        self.header.iter().position(|c| c == name).and_then(|at| self.record.get(at)).map_or("", str::trim)
    }

    fn text(&self, name: &str) -> Option<String> {
        Some(self.cell(name)).filter(|t| !t.is_empty()).map(str::to_owned)
    }

    fn number(&self, name: &str) -> Result<Option<f64>, String> {
        let text = self.cell(name);
        if text.is_empty() {
            return Ok(None);
        }
        number(text).map(Some).map_err(|()| format!("`{name}` is `{text}`, wanted a finite number"))
    }

    fn uncertainty(&self) -> Result<Uncertainty, String> {
        spread::read(|name| self.cell(name))
    }
}

struct Reader {
    draft: Draft,
    processes: FxHashMap<String, usize>,
    known: FxHashMap<String, (FlowKind, String)>,
}

impl Reader {
    fn take(&mut self, row: &Row<'_>) -> Result<(), String> {
        let (id, what) = (row.cell("process"), row.cell("what"));
        let (amount, formula) = (row.number("amount")?, row.text("formula"));
        if amount.is_none() && formula.is_none() {
            return Err("there is neither an amount nor a formula".to_owned());
        }
        let amount = amount.unwrap_or(0.0);
        let uncertainty = row.uncertainty()?;
        if what == PARAMETER {
            let name = row.cell("flow");
            if !is_name(name) {
                return Err(format!("the parameter is called `{name}`, which no formula can call"));
            }
            let (name, description) = (name.into(), row.text(COMMENT).map(Into::into));
            let parameter = Parameter { id: None, name, description, value: amount, formula: formula.map(Into::into), uncertainty };
            match (!id.is_empty()).then(|| self.process(id, row)) {
                Some(process) => process.parameters.push(parameter),
                None => self.draft.parameters.push(parameter),
            }
            return Ok(());
        }
        let Some((_, kind, direction, is_avoided)) = WHAT.into_iter().find(|w| w.0 == what) else {
            return Err(format!("`what` is `{what}`; known are {}, {PARAMETER}", WHAT.map(|w| w.0).join(", ")));
        };
        if id.is_empty() {
            return Err("only a parameter may stand without a process".to_owned());
        }
        let flow = self.flow(row, kind)?;
        let shares: Vec<(AllocationKind, f64)> = [("physical_share", AllocationKind::Physical), ("economic_share", AllocationKind::Economic)]
            .into_iter()
            .filter_map(|(column, kind)| row.number(column).transpose().map(|share| share.map(|share| (kind, share))))
            .collect::<Result<_, _>>()?;
        let allocation = match row.cell("allocation") {
            "" => None,
            "physical" => Some(AllocationKind::Physical),
            "economic" => Some(AllocationKind::Economic),
            other => return Err(format!("`allocation` is `{other}`; known are physical, economic")),
        };
        let unit = self.draft.unit(row.cell("unit"));
        let base_uncertainty = row.number("base_deviation")?;
        let process = self.process(id, row);
        process.default_allocation = process.default_allocation.or(allocation);
        process.shares.extend(shares.into_iter().map(|(kind, share)| (kind, flow, share)));
        let is_made = matches!(what, "product" | "treated");
        let is_reference = is_made && !process.exchanges.iter().any(|e| e.is_reference);
        process.exchanges.push(DraftExchange {
            flow,
            direction,
            amount,
            unit,
            formula: formula.map(Into::into),
            uncertainty,
            provider: row.text("provider").map(Into::into),
            is_reference,
            is_avoided,
            description: row.text(COMMENT).map(Into::into),
            quality: row.text("pedigree").map(Into::into),
            base_uncertainty,
        });
        Ok(())
    }

    /// The process of an id, made on first sight.
    fn process(&mut self, id: &str, row: &Row<'_>) -> &mut DraftProcess {
        let place = row.text("place");
        if let Some(code) = &place {
            self.draft.place(&format!("place:{code}"), code);
        }
        let processes = &mut self.draft.processes;
        let at = *self.processes.entry(id.to_owned()).or_insert_with(|| {
            processes.push(DraftProcess { id: id.to_owned(), name: id.to_owned(), ..DraftProcess::default() });
            processes.len() - 1
        });
        let process = &mut processes[at];
        if process.name == process.id
            && let Some(name) = row.text("process_name")
        {
            process.name = name;
        }
        process.category = process.category.take().or_else(|| row.text("process_category"));
        process.place = process.place.take().or_else(|| place.map(|code| format!("place:{code}")));
        process
    }

    fn flow(&mut self, row: &Row<'_>, kind: FlowKind) -> Result<u32, String> {
        let id = row.cell("flow");
        if id.is_empty() {
            return Err("the row names no flow".to_owned());
        }
        let known = self.known.get(id);
        let unit = self.draft.unit(known.map_or_else(|| row.cell("unit"), |k| &k.1));
        let is_known = known.is_some();
        let own = known.map_or(kind, |k| k.0);
        let number = self.draft.flow(id, || DraftFlow { is_known, ..DraftFlow::new(id.to_owned(), own, unit) });
        let flow = &mut self.draft.flows[number as usize];
        if flow.kind != kind {
            let word = |kind: FlowKind| match kind {
                FlowKind::Product => "a product",
                FlowKind::Waste => "a waste",
                FlowKind::Elementary => "an elementary flow",
            };
            return Err(format!("`{id}` is {} here and {} elsewhere", word(kind), word(flow.kind)));
        }
        if flow.name == flow.id
            && let Some(name) = row.text("flow_name")
        {
            flow.name = name;
        }
        flow.category = flow.category.take().or_else(|| row.text("flow_category"));
        flow.cas = flow.cas.take().or_else(|| row.text("cas"));
        Ok(number)
    }
}
