//! SimaPro CSV (read): blocks of a keyword, sections and rows, closed by `End`.
//!
//! | in the file                                | in the database                                                          |
//! |--------------------------------------------|--------------------------------------------------------------------------|
//! | product of a process                       | a product whose id is `product:NAME`; names are unique in SimaPro        |
//! | several products with shares               | allocation by those shares                                               |
//! | `Waste treatment`, `Waste to treatment`    | a waste that is treated, and its demand                                  |
//! | avoided product                            | an avoided product                                                       |
//! | resource, emission, final waste and other  | elementary flow of the category `COMPARTMENT/SUB`, id `COMPARTMENT/SUB/NAME` |
//! | lognormal (squared deviation), normal (twice the deviation), triangle, uniform | around the amount; bounds as written |
//! | input and calculated parameters            | parameters of the process, or global ones                                |
//!
//! Amounts that are formulas follow their parameters. Text is UTF-8 or code page 1252; separators are those that the head of the file
//! names. Literature, system descriptions, quantities, methods and the documentation of processes are left out and counted.
//!
//! Source: no specification is public; after the files that SimaPro 8 and 9 write, as the readers of Brightway (`bw_simapro_csv`) and
//! openLCA (`olca-modules`) take them.

mod rows;

use rustc_hash::FxHashSet;

use super::draft::{Draft, DraftExchange, DraftFlow, DraftProcess, is_name};
use super::import::{Dropped, ImportError};
use super::text::decoded;
use crate::database::{AllocationKind, Database, DatabaseBuilder, Direction, FlowKind, Parameter};
use rows::{Amount, Dialect, spread};

/// Lines of a file beyond this are refused.
const MOST_LINES: usize = 20_000_000;

/// Whether a file begins as SimaPro writes one.
pub fn is_simapro(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let first = first.strip_prefix(b"\"").unwrap_or(first);
    first.starts_with(b"{SimaPro")
}

/// Sections of a process with rows of a product and an amount.
const PRODUCT_INPUTS: [&str; 3] = ["Materials/fuels", "Electricity/heat", "Waste to treatment"];
/// Sections of elementary flows: their compartment, and whether they enter.
const ELEMENTARY: [(&str, &str, bool); 8] = [
    ("Resources", "resources", true),
    ("Emissions to air", "air", false),
    ("Emissions to water", "water", false),
    ("Emissions to soil", "soil", false),
    ("Final waste flows", "final waste", false),
    ("Non material emissions", "non material", false),
    ("Social issues", "social", false),
    ("Economic issues", "economic", false),
];
/// Blocks of global parameters, and whether they are formulas.
const GLOBALS: [(&str, bool); 4] = [
    ("Database Input parameters", false),
    ("Database Calculated parameters", true),
    ("Project Input parameters", false),
    ("Project Calculated parameters", true),
];

/// Reads a file into a database, and says what was left out.
///
/// # Errors
/// [`ImportError`] for a file that is none, with the line, or with every fault of its processes.
pub fn read(file: &str, bytes: &[u8], mut builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let fault = |reason: String| ImportError::File { file: file.to_owned(), reason };
    if !is_simapro(bytes) {
        return Err(fault("its first line is not `{SimaPro …}`".to_owned()));
    }
    let text = decoded(bytes);
    let mut reader = Reader { draft: Draft::of_formulas(), wastes: FxHashSet::default() };
    let mut dialect = Dialect::default();
    let mut lines = text.lines().enumerate().take(MOST_LINES).map(|(at, line)| (at + 1, line.trim_end_matches('\r')));
    while let Some((at, line)) = lines.next() {
        let head = line.trim().trim_matches('"');
        if head.starts_with('{') {
            dialect.take(head);
        } else if !head.is_empty() && head != "End" {
            let mut block: Vec<(usize, &str)> = Vec::new();
            let mut is_closed = false;
            for (at, line) in lines.by_ref() {
                if line.trim() == "End" {
                    is_closed = true;
                    break;
                }
                block.push((at, line));
            }
            if !is_closed {
                return Err(fault(format!("line {at}: the block `{head}` has no `End`")));
            }
            reader.block(head, &block, &dialect).map_err(|(at, reason)| fault(format!("line {at}: {reason}")))?;
        }
    }
    if reader.draft.processes.is_empty() && reader.draft.parameters.is_empty() {
        return Err(fault("it has no process".to_owned()));
    }
    let dropped = reader.finish(&mut builder);
    let database = builder.finish().map_err(|(faults, count)| ImportError::Faults { faults, count })?;
    Ok((database, dropped))
}

type Fault = (usize, String);

struct Reader {
    draft: Draft,
    /// Products that some process treats as waste.
    wastes: FxHashSet<u32>,
}

impl Reader {
    fn block(&mut self, head: &str, block: &[(usize, &str)], dialect: &Dialect) -> Result<(), Fault> {
        if head == "Process" {
            return self.process(block, dialect);
        }
        if let Some((_, is_formula)) = GLOBALS.iter().find(|(name, _)| *name == head) {
            for (at, line) in block.iter().filter(|(_, line)| !line.trim().is_empty()) {
                let parameter = parameter(&dialect.cells(line), *is_formula, dialect).map_err(|reason| (*at, reason))?;
                self.draft.parameters.extend(parameter);
            }
            return Ok(());
        }
        self.draft.drop_one(&format!("block `{head}`"));
        Ok(())
    }

    fn process(&mut self, block: &[(usize, &str)], dialect: &Dialect) -> Result<(), Fault> {
        let mut process = DraftProcess::default();
        let (mut products, mut identifier, mut name) = (Vec::new(), String::new(), String::new());
        for (section, rows) in sections(block) {
            let first = rows.first().map_or("", |(_, line)| line.trim().trim_matches('"')).to_owned();
            match section {
                "Process identifier" => identifier = first,
                "Process name" => name = first,
                "Comment" if !first.is_empty() => process.description = Some(first),
                "Category type" if !first.is_empty() => process.category = Some(first),
                "Geography" if !first.is_empty() && first != "Unspecified" => {
                    self.draft.place(&format!("place:{first}"), &first);
                    process.place = Some(format!("place:{first}"));
                }
                "Input parameters" | "Calculated parameters" => {
                    for (at, line) in rows {
                        let found = parameter(&dialect.cells(line), section == "Calculated parameters", dialect);
                        process.parameters.extend(found.map_err(|reason| (at, reason))?);
                    }
                }
                _ => {
                    for (at, line) in rows {
                        let cells = dialect.cells(line);
                        let row = self.row(section, &cells, dialect, &mut products).map_err(|reason| (at, reason))?;
                        process.exchanges.extend(row);
                    }
                }
            }
        }
        let line = block.first().map_or(0, |(at, _)| *at);
        let Some((flow, _)) = products.first() else { return Err((line, "a process wants a product or a waste treatment".to_owned())) };
        let product = self.draft.flows[*flow as usize].name.clone();
        process.id = if identifier.is_empty() { format!("process:{product}") } else { identifier };
        process.name = if name.is_empty() { product } else { name };
        if products.len() > 1 {
            let sum: f64 = products.iter().map(|(_, share)| share).sum();
            if sum > 0.0 {
                process.default_allocation = Some(AllocationKind::Physical);
                process.shares = products.iter().map(|(flow, share)| (AllocationKind::Physical, *flow, share / sum)).collect();
            }
        }
        self.draft.processes.push(process);
        Ok(())
    }

    /// A row of a section; sections of documentation give nothing.
    fn row(&mut self, section: &str, cells: &[String], dialect: &Dialect, products: &mut Vec<(u32, f64)>) -> Result<Option<DraftExchange>, String> {
        let cell = |at: usize| cells.get(at).map_or("", String::as_str);
        let amount = |at: usize| Amount::parse(cell(at), dialect);
        match section {
            "Products" | "Waste treatment" => {
                let is_waste = section == "Waste treatment";
                let flow = self.product(cell(0), cell(1), cell(if is_waste { 4 } else { 5 }));
                if is_waste {
                    self.wastes.insert(flow);
                }
                // Who makes it says in which unit it is counted.
                let unit = self.draft.unit(cell(1));
                self.draft.flows[flow as usize].unit = unit;
                let share = if is_waste { 100.0 } else { Amount::parse(cell(3), dialect)?.number.unwrap_or(0.0) };
                let is_reference = products.is_empty();
                products.push((flow, share));
                let direction = if is_waste { Direction::Input } else { Direction::Output };
                let remark = cell(if is_waste { 5 } else { 6 });
                Ok(Some(DraftExchange { is_reference, ..self.exchange(flow, cell(1), direction, amount(2)?, &[], remark, dialect)? }))
            }
            "Avoided products" => {
                let flow = self.product(cell(0), cell(1), "");
                let row = self.exchange(flow, cell(1), Direction::Output, amount(2)?, &cells[3.min(cells.len())..], cell(7), dialect)?;
                Ok(Some(DraftExchange { is_avoided: true, ..row }))
            }
            section if PRODUCT_INPUTS.contains(&section) => {
                let flow = self.product(cell(0), cell(1), "");
                let direction = if section == "Waste to treatment" { Direction::Output } else { Direction::Input };
                if section == "Waste to treatment" {
                    self.wastes.insert(flow);
                }
                self.exchange(flow, cell(1), direction, amount(2)?, &cells[3.min(cells.len())..], cell(7), dialect).map(Some)
            }
            section => {
                let Some((_, compartment, enters)) = ELEMENTARY.iter().find(|(name, ..)| *name == section) else {
                    return Ok(None);
                };
                let category = if cell(1).is_empty() { (*compartment).to_owned() } else { format!("{compartment}/{}", cell(1)) };
                let unit = self.draft.unit(cell(2));
                let (name, id) = (cell(0).to_owned(), format!("{category}/{}", cell(0)));
                let category = Some(category.clone());
                let flow = self.draft.flow(&id, || DraftFlow { name, category, ..DraftFlow::new(id.clone(), FlowKind::Elementary, unit) });
                let direction = if *enters { Direction::Input } else { Direction::Output };
                self.exchange(flow, cell(2), direction, amount(3)?, &cells[4.min(cells.len())..], cell(8), dialect).map(Some)
            }
        }
    }

    fn product(&mut self, name: &str, unit: &str, category: &str) -> u32 {
        let unit = self.draft.unit(unit);
        let id = format!("product:{name}");
        let flow = self.draft.flow(&id, || DraftFlow { name: name.to_owned(), ..DraftFlow::new(id.clone(), FlowKind::Product, unit) });
        if !category.is_empty() {
            self.draft.flows[flow as usize].category = Some(category.replace('\\', "/"));
        }
        flow
    }

    #[expect(clippy::too_many_arguments, reason = "the cells of a row")]
    fn exchange(
        &mut self,
        flow: u32,
        unit: &str,
        direction: Direction,
        amount: Amount,
        spreads: &[String],
        remark: &str,
        dialect: &Dialect,
    ) -> Result<DraftExchange, String> {
        let uncertainty = spread(spreads, amount.number, dialect)?;
        if uncertainty.is_none() {
            self.draft.drop_one("distributions without spread, around a formula, or that their amount does not fit");
        }
        Ok(DraftExchange {
            flow,
            direction,
            amount: amount.number.unwrap_or(0.0),
            unit: self.draft.unit(unit),
            formula: amount.formula.map(Into::into),
            uncertainty: uncertainty.unwrap_or_default(),
            provider: None,
            is_reference: false,
            is_avoided: false,
            description: Some(remark.trim()).filter(|r| !r.is_empty()).map(Into::into),
            quality: None,
            base_uncertainty: None,
        })
    }

    fn finish(mut self, builder: &mut DatabaseBuilder) -> Dropped {
        for (_, flow) in self.draft.flows.iter_mut().enumerate().filter(|(at, _)| self.wastes.contains(&(*at as u32))) {
            flow.kind = FlowKind::Waste;
        }
        // A waste that a process lists among its materials is treated for it all the same.
        for e in self.draft.processes.iter_mut().flat_map(|p| &mut p.exchanges).filter(|e| self.wastes.contains(&e.flow) && !e.is_reference) {
            e.direction = Direction::Output;
        }
        self.draft.enter(builder)
    }
}

/// The sections of a process: a title, and rows down to an empty line.
fn sections<'b>(block: &[(usize, &'b str)]) -> Vec<(&'b str, Vec<(usize, &'b str)>)> {
    let mut found: Vec<(&str, Vec<(usize, &str)>)> = Vec::new();
    let mut is_open = false;
    for (at, line) in block {
        match (line.trim().is_empty(), is_open) {
            (true, _) => is_open = false,
            (false, false) => {
                found.push((line.trim().trim_matches('"'), Vec::new()));
                is_open = true;
            }
            (false, true) => {
                if let Some((_, rows)) = found.last_mut() {
                    rows.push((*at, line));
                }
            }
        }
    }
    found
}

/// A named number or a named formula; nothing for a name that no formula can call.
fn parameter(cells: &[String], is_formula: bool, dialect: &Dialect) -> Result<Option<Parameter>, String> {
    let cell = |at: usize| cells.get(at).map_or("", String::as_str);
    let name = cell(0).trim();
    if !is_name(name) {
        return Ok(None);
    }
    // Arguments of functions may be parted by the same character as cells.
    let is_open = |text: &str| text.matches('(').count() > text.matches(')').count();
    let (mut formula, mut last) = (cell(1).to_owned(), 1);
    while is_formula && is_open(&formula) && last + 1 < cells.len() {
        last += 1;
        formula = format!("{formula};{}", cell(last));
    }
    let amount = Amount::parse(&formula, dialect)?;
    let uncertainty = if is_formula { None } else { spread(&cells[2.min(cells.len())..], amount.number, dialect)? };
    Ok(Some(Parameter {
        id: None,
        name: name.into(),
        description: Some(cell(if is_formula { last + 1 } else { 7 })).filter(|d| !d.is_empty()).map(Into::into),
        value: amount.number.unwrap_or(0.0),
        formula: amount.formula.map(Into::into),
        uncertainty: uncertainty.unwrap_or_default(),
    }))
}
