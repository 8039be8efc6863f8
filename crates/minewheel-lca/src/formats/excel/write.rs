//! From a database to a workbook that Brightway's `ExcelImporter` and our reader take.
//!
//! | of ours                                | in the sheet                                                                       |
//! |----------------------------------------|------------------------------------------------------------------------------------|
//! | a process                              | an `Activity`; its id is the `code`                                                |
//! | its products                           | `production` rows, the reference product first; a treated waste in negative amount |
//! | an input, a waste that leaves          | a `technosphere` row with name, place and product of its supplier                  |
//! | an elementary flow                     | a `biosphere` row, negative where it goes against its own direction                |
//! | parameters                             | `Project parameters`, and `Parameters` of an activity                              |
//!
//! Amounts are in the reference units of flows. An input without a provider is given its only maker, if there is only one. Formulas are
//! rewritten as Python has them (`**`, commas); functions keep their names. What has no place is counted and handed back.

use std::fmt::Write as _;
use std::io::Cursor;

use quick_xml::escape::escape;
use rustc_hash::FxHashMap;

use crate::database::{
    Database, Direction, Exchange, FlowIndex, FlowKind, Parameter, Process, ProcessIndex, ProcessKind, Uncertainty, direction_of_category,
};
use crate::formats::Dropped;
use crate::formats::archive::{ArchiveError, ZipWriter};
use crate::formats::import::lost_places;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>"#;
const ROOT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="inventory" sheetId="1" r:id="rId1"/></sheets></workbook>"#;
const RELATIONS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// Columns of exchanges; parameters have those that they need.
const COLUMNS: [&str; 15] = [
    "name",
    "amount",
    "unit",
    "location",
    "reference product",
    "type",
    "categories",
    "formula",
    "comment",
    "uncertainty type",
    "loc",
    "scale",
    "minimum",
    "maximum",
    "negative",
];

/// The workbook, and what was left out.
///
/// # Errors
/// An amount that does not convert to its flow's reference unit; what the writer of zip files says.
pub fn write(name: &str, database: &Database) -> Result<(Vec<u8>, Dropped), ArchiveError> {
    database.converts()?;
    let mut sheet = Sheet::new(database);
    sheet.all(name);
    let Sheet { rows, dropped, .. } = sheet;
    let head = r#"<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>"#;
    let text = format!("{head}{rows}</sheetData></worksheet>");
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", ROOT),
        ("xl/workbook.xml", BOOK),
        ("xl/_rels/workbook.xml.rels", RELATIONS),
        ("xl/worksheets/sheet1.xml", &text),
    ];
    for (name, text) in parts {
        zip.add(name, text.as_bytes())?;
    }
    Ok((zip.finish()?.into_inner(), dropped))
}

/// A cell.
enum Cell {
    Empty,
    Number(f64),
    Text(String),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        if text.is_empty() { Self::Empty } else { Self::Text(text.to_owned()) }
    }
}

struct Sheet<'d> {
    database: &'d Database,
    makers: FxHashMap<FlowIndex, Vec<ProcessIndex>>,
    /// The direction of each elementary flow by itself.
    own: Vec<Direction>,
    row: usize,
    rows: String,
    dropped: Dropped,
}

impl<'d> Sheet<'d> {
    fn new(database: &'d Database) -> Self {
        let mut makers: FxHashMap<FlowIndex, Vec<ProcessIndex>> = FxHashMap::default();
        for (index, process) in database.each_process() {
            for e in &process.exchanges {
                if is_made(database, e) {
                    makers.entry(e.flow).or_default().push(index);
                }
            }
        }
        Self { database, makers, own: database.own_directions(), row: 0, rows: String::new(), dropped: Dropped::new() }
    }

    fn count(&mut self, what: &str, count: usize) {
        if count > 0 {
            *self.dropped.entry(what.to_owned()).or_default() += count;
        }
    }

    fn put(&mut self, cells: &[Cell]) {
        self.row += 1;
        let number = self.row;
        let _ = write!(self.rows, r#"<row r="{number}">"#);
        for (column, cell) in cells.iter().enumerate() {
            let name = char::from(b'A' + column as u8);
            let _ = match cell {
                Cell::Empty => Ok(()),
                Cell::Number(value) => write!(self.rows, r#"<c r="{name}{number}"><v>{value}</v></c>"#),
                Cell::Text(text) => {
                    write!(self.rows, r#"<c r="{name}{number}" t="inlineStr"><is><t xml:space="preserve">{}</t></is></c>"#, escape(text.as_str()))
                }
            };
        }
        self.rows += "</row>";
    }

    /// A row of a field and its text; nothing for an empty one.
    fn field(&mut self, name: &str, text: &str) {
        if !text.is_empty() {
            self.put(&[name.into(), text.into()]);
        }
    }

    /// An empty row ends a section.
    fn gap(&mut self) {
        self.row += 1;
    }

    fn all(&mut self, name: &str) {
        let database = self.database;
        let mut is_used = vec![false; database.flows().len()];
        database.processes().iter().flat_map(|p| &p.exchanges).for_each(|e| is_used[e.flow.at()] = true);
        self.count("flows: in no process", is_used.into_iter().filter(|used| !used).count());
        self.field("Database", name);
        self.gap();
        self.parameters("Project parameters", database.parameters());
        for (index, _) in database.each_process() {
            self.process(index);
        }
        self.count("impact categories", database.categories().len());
        let flows = database.flows();
        self.count("flows: CAS number, formula, synonyms, description, place", flows.iter().filter(|f| has_more(f)).count());
        let is_untreated = |(at, f): (usize, &crate::database::Flow)| f.kind == FlowKind::Waste && !self.makers.contains_key(&FlowIndex::new(at));
        let untreated = flows.iter().enumerate().filter(|flow| is_untreated(*flow)).count();
        self.count("flows: that they are wastes, where no process treats them", untreated);
        let is_sorted = |f: &&crate::database::Flow| f.kind != FlowKind::Elementary && f.category.is_some();
        self.count("flows: categories of products and wastes", flows.iter().filter(is_sorted).count());
        self.count("flows: further properties", flows.iter().map(|f| f.properties.len() - 1).sum());
        self.count("flows: ids", flows.len());
        for (what, count) in lost_places(database) {
            self.count(what, count);
        }
    }

    fn parameters(&mut self, heading: &str, parameters: &[Parameter]) {
        if parameters.is_empty() {
            return;
        }
        self.put(&[heading.into()]);
        self.put(&["name", "amount", "formula", "comment", "uncertainty type", "loc", "scale", "minimum", "maximum"].map(Cell::from));
        for p in parameters {
            let [kind, loc, scale, low, high, _] = spread(p.uncertainty);
            let formula = p.formula.as_deref().map(python).unwrap_or_default();
            let comment = p.description.as_deref().unwrap_or_default();
            self.put(&[(&*p.name).into(), Cell::Number(p.value), formula.as_str().into(), comment.into(), kind, loc, scale, low, high]);
        }
        self.gap();
    }

    fn place(&self, process: &Process) -> &'d str {
        process.location.map_or("", |l| self.database.place(l))
    }

    /// The flow that a process is named after.
    fn product(&self, process: &Process) -> Option<FlowIndex> {
        let reference = process.reference.and_then(|at| process.exchanges.get(at as usize));
        reference.or_else(|| process.exchanges.iter().find(|e| is_made(self.database, e))).map(|e| e.flow)
    }

    fn process(&mut self, index: ProcessIndex) {
        let database = self.database;
        let process = database.process(index);
        let product = self.product(process);
        self.field("Activity", &process.name);
        self.field("code", &process.id);
        self.field("location", self.place(process));
        self.field("unit", product.map_or("", |p| &database.reference_unit(p).name));
        self.field("reference product", product.map_or("", |p| &database.flow(p).name));
        self.field("categories", &process.category.as_deref().unwrap_or_default().replace('/', "::"));
        self.field("comment", process.description.as_deref().unwrap_or_default());
        // Brightway's reader wants them before the exchanges.
        self.parameters("Parameters", &process.parameters);
        self.put(&["Exchanges".into()]);
        self.put(&COLUMNS.map(Cell::from));
        let reference = process.reference.map(|at| at as usize);
        let is_own = |at: usize, e: &Exchange| Some(at) == reference || (reference.is_none() && Some(e.flow) == product && is_made(database, e));
        let mut order: Vec<usize> = (0..process.exchanges.len()).collect();
        order.sort_by_key(|at| !is_own(*at, &process.exchanges[*at]));
        for at in order {
            let e = &process.exchanges[at];
            self.exchange(process, e, is_own(at, e));
        }
        self.gap();
        self.count("processes: whether they are results", usize::from(process.kind == ProcessKind::Result));
        self.count("processes: allocation", usize::from(process.default_allocation.is_some() || !process.allocation_factors.is_empty()));
    }

    /// A row; its own product bears the name of the activity, by which Brightway links it.
    fn exchange(&mut self, process: &Process, e: &Exchange, is_own: bool) {
        let database = self.database;
        let flow = database.flow(e.flow);
        let is_waste = flow.kind == FlowKind::Waste;
        let is_other_way = flow.kind == FlowKind::Elementary && e.direction != self.own[e.flow.at()];
        let sign = if is_waste || is_other_way { -1.0 } else { 1.0 };
        let scale = sign * database.conversion(e.flow, e.unit, e.property).unwrap_or(f64::NAN);
        let sole = self.makers.get(&e.flow).filter(|m| m.len() == 1).map(|m| m[0]);
        let supplier = e.provider.or(sole).map(|p| database.process(p));
        let (kind, name, product, place) = match flow.kind {
            FlowKind::Elementary => ("biosphere", &*flow.name, "", ""),
            _ if e.is_avoided => ("substitution", supplier.map_or(&*flow.name, |s| &s.name), &*flow.name, supplier.map_or("", |s| self.place(s))),
            _ if is_made(database, e) => ("production", if is_own { &process.name } else { &*flow.name }, &*flow.name, self.place(process)),
            _ => ("technosphere", supplier.map_or(&*flow.name, |s| &s.name), &*flow.name, supplier.map_or("", |s| self.place(s))),
        };
        let categories = if kind == "biosphere" { flow.category.as_deref().unwrap_or_default().replace('/', "::") } else { String::new() };
        let formula = e.formula.as_deref().map(|f| if scale == 1.0 { python(f) } else { format!("{scale} * ({})", python(f)) }).unwrap_or_default();
        let [uncertainty, loc, deviation, low, high, negative] = spread(e.uncertainty.scaled(scale));
        self.put(&[
            name.into(),
            Cell::Number(e.amount * scale),
            (&*database.reference_unit(e.flow).name).into(),
            place.into(),
            product.into(),
            kind.into(),
            categories.as_str().into(),
            formula.as_str().into(),
            e.description.as_deref().unwrap_or_default().into(),
            uncertainty,
            loc,
            deviation,
            low,
            high,
            negative,
        ]);
        self.count("exchanges: units other than the flow's reference unit", usize::from(scale.abs() != 1.0));
        let is_said = flow.kind != FlowKind::Elementary || flow.category.as_deref().and_then(direction_of_category).is_some();
        let is_in = self.own[e.flow.at()] == Direction::Input;
        self.count("exchanges: that an elementary flow enters, where its category does not say so", usize::from(!is_said && is_in));
        self.count("exchanges: places of their own", usize::from(e.location.is_some()));
        self.count("exchanges: pedigree and base uncertainty", usize::from(e.quality.is_some() || e.base_uncertainty.is_some()));
        let is_linked = e.provider.is_none() && sole.is_some() && kind == "technosphere";
        self.count("exchanges without a provider, written with the only maker", usize::from(is_linked));
    }
}

fn has_more(flow: &crate::database::Flow) -> bool {
    flow.cas.is_some() || flow.chemical_formula.is_some() || flow.synonyms.is_some() || flow.description.is_some() || flow.location.is_some()
}

/// Whether an exchange is what its process makes or treats.
fn is_made(database: &Database, e: &Exchange) -> bool {
    let wanted = match database.flow(e.flow).kind {
        FlowKind::Elementary => return false,
        FlowKind::Product => Direction::Output,
        FlowKind::Waste => Direction::Input,
    };
    e.direction == wanted && !e.is_avoided
}

/// A formula as Python writes it.
fn python(formula: &str) -> String {
    formula.replace('^', "**").replace(';', ",")
}

/// Type, loc, scale, minimum, maximum and sign of a distribution, as `stats_arrays` numbers them.
fn spread(uncertainty: Uncertainty) -> [Cell; 6] {
    let number = Cell::Number;
    let none = || Cell::Empty;
    match uncertainty {
        Uncertainty::None => [none(), none(), none(), none(), none(), none()],
        Uncertainty::Lognormal { geometric_mean, geometric_deviation } => {
            let sign = if geometric_mean < 0.0 { Cell::Text("True".to_owned()) } else { none() };
            [number(2.0), number(geometric_mean.abs().ln()), number(geometric_deviation.ln().abs()), none(), none(), sign]
        }
        Uncertainty::Normal { mean, deviation } => [number(3.0), number(mean), number(deviation), none(), none(), none()],
        Uncertainty::Uniform { low, high } => [number(4.0), none(), none(), number(low), number(high), none()],
        Uncertainty::Triangular { low, mode, high } => [number(5.0), number(mode), none(), number(low), number(high), none()],
        Uncertainty::Pert { low, mode, high } => [number(13.0), number(mode), none(), number(low), number(high), none()],
    }
}
