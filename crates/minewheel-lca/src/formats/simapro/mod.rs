//! SimaPro CSV (read): blocks of a keyword, sections and rows, closed by `End`.
//!
//! | in the file                                | in the database                                                          |
//! |--------------------------------------------|--------------------------------------------------------------------------|
//! | product of a process                       | a product whose id is `product:NAME`; names are unique in SimaPro        |
//! | several products with shares               | allocation by those shares                                               |
//! | `Waste treatment`, `Waste to treatment`    | a waste that is treated, and its demand                                  |
//! | `Waste scenario`, `Separated waste`, `Remaining waste` | a waste that is handed on: shares of the whole, the rest by shares of what is left |
//! | `Method`                                   | impact categories, see `methods`                                         |
//! | avoided product                            | an avoided product                                                       |
//! | resource, emission, final waste and other  | elementary flow of the category `COMPARTMENT/SUB`, id `COMPARTMENT/SUB/NAME` |
//! | lognormal (squared deviation), normal (twice the deviation), triangle, uniform | around the amount; bounds as written |
//! | input and calculated parameters            | parameters of the process, or global ones                                |
//!
//! Amounts that are formulas follow their parameters. Text is UTF-8 or code page 1252; separators are those that the head of the file
//! names; those behind the last cell are passed over. Files with the header of old versions (`SimaPro 8.0;process;Date:;…`), which have the amount before
//! its unit and no `End`, are read too, with the decimal separator that their numbers have. A process without an identifier is called `process:PRODUCT`, or
//! `process:PRODUCT, PLACE` where another one has that id. Literature, system descriptions, quantities, product stages and the documentation of processes are left out and counted.
//!
//! Source: no specification is public; after the files that SimaPro 8 and 9 write, as the readers of Brightway (`bw_simapro_csv`) and
//! openLCA (`olca-modules`) take them.

mod methods;
mod rows;

use rustc_hash::{FxHashMap, FxHashSet};

use super::draft::{Draft, DraftExchange, DraftFlow, DraftProcess, is_name};
use super::import::{Dropped, ImportError};
use super::text::decoded;
use crate::database::{AllocationKind, Database, DatabaseBuilder, Direction, FlowKind, Parameter, Uncertainty};
use methods::Methods;
use rows::{Amount, Dialect, spread};

/// Lines of a file beyond this are refused.
const MOST_LINES: usize = 20_000_000;

/// Whether a file begins as SimaPro writes one.
pub fn is_simapro(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let first = bytes.split(|b| *b == b'\n').next().unwrap_or_default();
    let first = first.strip_prefix(b"\"").unwrap_or(first);
    first.starts_with(b"{SimaPro") || is_old_header(&String::from_utf8_lossy(first))
}

/// Whether a first line is that of versions before curly brackets: `SimaPro 8.0;process;Date:;…`.
fn is_old_header(line: &str) -> bool {
    let line = line.trim_start_matches('"').to_lowercase();
    line.starts_with("simapro") && line.contains("process") && line.contains("date:")
}

/// Before the product in the id of a process without an identifier.
const UNNAMED: &str = "process:";

/// Sections of what a process makes or treats.
const PRODUCTS: [&str; 3] = ["Products", "Waste treatment", "Waste scenario"];
/// Sections of where the waste of a scenario goes, and whether they take what is left.
const SCENARIO: [(&str, bool); 2] = [("Separated waste", false), ("Remaining waste", true)];
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
    let mut reader = Reader { draft: Draft::of_formulas(), wastes: FxHashSet::default(), methods: Methods::default() };
    let is_old = text.lines().next().is_some_and(is_old_header);
    let both = || fault("its head names no decimal separator, and its numbers have points and commas".to_owned());
    let mut dialect = if is_old { Dialect::of_old_header(&text).ok_or_else(both)? } else { Dialect::default() };
    let mut lines = text.lines().enumerate().take(MOST_LINES).map(|(at, line)| (at + 1, line.trim_end_matches('\r'))).peekable();
    if is_old {
        lines.next();
    }
    while let Some((at, line)) = lines.next() {
        let head = dialect.bare(line.trim()).trim_matches('"');
        if head.starts_with('{') {
            dialect.take(head.rsplit_once('}').map_or(head, |(head, _)| head));
        } else if !head.is_empty() && head != "End" && !(is_old && head != "Process") {
            let mut block: Vec<(usize, String)> = Vec::new();
            let mut is_closed = false;
            // Old versions have no `End`: a block ends where the next begins.
            while let Some((at, line)) = lines.next_if(|(_, line)| !(is_old && dialect.bare(line) == "Process")) {
                if dialect.bare(line.trim()) == "End" {
                    is_closed = true;
                    break;
                }
                block.push((at, dialect.bare(line).to_owned()));
            }
            if !is_closed && !is_old {
                return Err(fault(format!("line {at}: the block `{head}` has no `End`")));
            }
            let block = join_quoted(&block);
            let block = if is_old { as_sections(block, &dialect) } else { block };
            reader.block(head, &block, &dialect).map_err(|(at, reason)| fault(format!("line {at}: {reason}")))?;
        }
    }
    let methods = std::mem::take(&mut reader.methods);
    if reader.draft.processes.is_empty() && reader.draft.parameters.is_empty() && methods.is_empty() {
        return Err(fault("it has neither process nor method".to_owned()));
    }
    let mut dropped = reader.finish(&mut builder);
    if !methods.is_empty() {
        let (database, more) = methods.enter(file, builder)?;
        for (what, count) in more {
            *dropped.entry(what).or_default() += count;
        }
        return Ok((database, dropped));
    }
    let database = builder.finish().map_err(|(faults, count)| ImportError::Faults { faults, count })?;
    Ok((database, dropped))
}

/// A text in quotes may go on over lines: they are joined to one.
fn join_quoted(block: &[(usize, String)]) -> Vec<(usize, String)> {
    const LONGEST: usize = 2000;
    let is_open = |line: &str| line.starts_with('"') && line.matches('"').count() % 2 == 1;
    let mut joined: Vec<(usize, String)> = Vec::with_capacity(block.len());
    let mut at = 0;
    while at < block.len() {
        let end = if is_open(&block[at].1) { (at + 1..block.len().min(at + LONGEST)).find(|to| block[*to].1.ends_with('"')) } else { None };
        let whole: Vec<&str> = block[at..=end.unwrap_or(at)].iter().map(|(_, line)| line.as_str()).collect();
        joined.push((block[at].0, whole.join(" ")));
        at = end.unwrap_or(at) + 1;
    }
    joined
}

/// A block of an old version, whose first lines are a title and its text in one, as sections.
fn as_sections(block: Vec<(usize, String)>, dialect: &Dialect) -> Vec<(usize, String)> {
    let mut found = Vec::with_capacity(block.len());
    let is_title = |line: &str| PRODUCTS.iter().chain(&PRODUCT_INPUTS).any(|title| *title == line);
    let first_section = block.iter().position(|(_, line)| is_title(line)).unwrap_or(block.len());
    for (place, (at, line)) in block.into_iter().enumerate() {
        if place >= first_section {
            found.push((at, line));
        } else if let [title, rest @ ..] = &dialect.cells(&line)[..] {
            found.extend([(at, title.clone()), (at, rest.first().cloned().unwrap_or_default()), (at, String::new())]);
        }
    }
    found
}

type Fault = (usize, String);

struct Reader {
    draft: Draft,
    /// Products that some process treats as waste.
    wastes: FxHashSet<u32>,
    methods: Methods,
}

impl Reader {
    fn block(&mut self, head: &str, block: &[(usize, String)], dialect: &Dialect) -> Result<(), Fault> {
        if head == "Process" {
            return self.process(block, dialect);
        }
        if head == "Method" {
            self.methods.take(block, dialect)?.iter().for_each(|what| self.draft.drop_one(what));
            return Ok(());
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

    fn process(&mut self, block: &[(usize, String)], dialect: &Dialect) -> Result<(), Fault> {
        let mut process = DraftProcess::default();
        let mut scenario = Scenario::default();
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
                        let cells = ordered(section, dialect.cells(line), dialect);
                        if let Some(is_rest) = SCENARIO.iter().find(|(title, _)| *title == section).map(|(_, is_rest)| *is_rest) {
                            scenario.take(is_rest, &cells, dialect).map_err(|reason| (at, reason))?;
                            continue;
                        }
                        if section == "Waste scenario" {
                            scenario.kind = cells.get(3).cloned().unwrap_or_default();
                        }
                        let row = self.row(section, &cells, dialect, &mut products).map_err(|reason| (at, reason))?;
                        process.exchanges.extend(row);
                    }
                }
            }
        }
        let line = block.first().map_or(0, |(at, _)| *at);
        self.treatments(&scenario, &mut process);
        let Some((flow, _)) = products.first() else { return Err((line, "a process wants a product or a waste treatment".to_owned())) };
        let product = self.draft.flows[*flow as usize].name.clone();
        process.id = if identifier.is_empty() { format!("{UNNAMED}{product}") } else { identifier };
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
            section if PRODUCTS.contains(&section) => {
                let is_waste = section != "Products";
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

    /// The treatments that a waste scenario hands its waste on to.
    fn treatments(&mut self, scenario: &Scenario, process: &mut DraftProcess) {
        let treated = process.exchanges.iter().find(|e| e.is_reference).map(|e| (e.amount, e.unit));
        let Some((amount, unit)) = treated else { return };
        for (treatment, share) in scenario.shares(&mut self.draft) {
            let flow = self.draft.flow(&format!("product:{treatment}"), || DraftFlow {
                name: treatment.clone(),
                ..DraftFlow::new(format!("product:{treatment}"), FlowKind::Product, unit)
            });
            self.wastes.insert(flow);
            process.exchanges.push(DraftExchange {
                flow,
                direction: Direction::Output,
                amount: amount * share,
                unit,
                formula: None,
                uncertainty: Uncertainty::None,
                provider: None,
                is_reference: false,
                is_avoided: false,
                description: None,
                quality: None,
                base_uncertainty: None,
            });
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

    /// Processes without an identifier that have the id of another one, here or in the database, take their place into it.
    fn name_apart(&mut self, database: &Database) {
        let mut count: FxHashMap<String, usize> = FxHashMap::default();
        for process in &self.draft.processes {
            *count.entry(process.id.clone()).or_default() += 1;
        }
        for process in &mut self.draft.processes {
            let Some(place) = process.place.as_deref().and_then(|place| place.strip_prefix("place:")) else { continue };
            let known = database.process_by_id(&process.id).map(|known| database.process(known));
            let is_elsewhere = known.is_some_and(|known| known.location.is_none_or(|l| database.place(l) != place));
            if process.id.starts_with(UNNAMED) && (count[&process.id] > 1 || is_elsewhere) {
                process.id = format!("{}, {place}", process.id);
            }
        }
    }

    fn finish(mut self, builder: &mut DatabaseBuilder) -> Dropped {
        for (_, flow) in self.draft.flows.iter_mut().enumerate().filter(|(at, _)| self.wastes.contains(&(*at as u32))) {
            flow.kind = FlowKind::Waste;
        }
        self.name_apart(builder.database());
        // A waste that a process lists among its materials is treated for it all the same.
        for e in self.draft.processes.iter_mut().flat_map(|p| &mut p.exchanges).filter(|e| self.wastes.contains(&e.flow) && !e.is_reference) {
            e.direction = Direction::Output;
        }
        self.draft.enter(builder)
    }
}

/// Where the waste of a scenario goes.
#[derive(Default)]
struct Scenario {
    /// The type of the waste.
    kind: String,
    /// Treatment, type of waste and share of what is separated.
    separated: Vec<(String, String, f64)>,
    /// Treatment and share of what is left.
    rest: Vec<(String, f64)>,
}

/// The type that every waste is of.
const ALL_WASTE: &str = "All waste types";

impl Scenario {
    fn take(&mut self, is_rest: bool, cells: &[String], dialect: &Dialect) -> Result<(), String> {
        let cell = |at: usize| cells.get(at).map_or("", String::as_str);
        let share = dialect.number(cell(2)).ok_or_else(|| format!("the share of `{}` is `{}`, wanted a number of per cent", cell(0), cell(2)))?;
        if is_rest {
            self.rest.push((cell(0).to_owned(), share / 100.0));
        } else {
            self.separated.push((cell(0).to_owned(), cell(1).to_owned(), share / 100.0));
        }
        Ok(())
    }

    /// Treatments and their shares of the whole. What is separated by a type that the waste is not of goes with the rest, and is counted.
    fn shares(&self, draft: &mut Draft) -> Vec<(String, f64)> {
        let is_of_it = |kind: &str| kind.is_empty() || kind == ALL_WASTE || kind == self.kind;
        let mut shares = Vec::new();
        let mut left = 1.0;
        for (treatment, kind, share) in &self.separated {
            if is_of_it(kind) {
                shares.push((treatment.clone(), *share));
                left -= share;
            } else {
                draft.drop_one("waste scenarios: separation of types that the waste is not of");
            }
        }
        shares.extend(self.rest.iter().map(|(treatment, share)| (treatment.clone(), left * share)));
        shares.retain(|(_, share)| *share != 0.0);
        shares
    }
}

/// Cells with the unit before the amount: old versions have the amount first.
fn ordered(section: &str, mut cells: Vec<String>, dialect: &Dialect) -> Vec<String> {
    let unit = if PRODUCTS.contains(&section) || PRODUCT_INPUTS.contains(&section) || section == "Avoided products" {
        1
    } else if ELEMENTARY.iter().any(|(title, ..)| *title == section) {
        2
    } else {
        return cells;
    };
    let is_number = |at: usize| cells.get(at).is_some_and(|cell| dialect.number(cell).is_some());
    if is_number(unit) && !is_number(unit + 1) && cells.len() > unit + 1 {
        cells.swap(unit, unit + 1);
    }
    cells
}

/// The sections of a process: a title, and rows down to an empty line.
fn sections(block: &[(usize, String)]) -> Vec<(&str, Vec<(usize, &str)>)> {
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
