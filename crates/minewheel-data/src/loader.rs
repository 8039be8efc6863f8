//! The one place where text becomes checked rows: every reader of a table goes through a [`Loader`], which numbers
//! the rows, resolves their source and status, converts units, checks spreads and collects every violation.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::row::{RowId, Spread, Value};
use crate::source::{SourceId, Sources};
use crate::status::{Shape, Status};
use crate::store::Store;
use crate::table::{Fault, Position, Schema, Table, Violation, check, nearest, read_package};

/// Folders whose tables have a reader of their own, which looks for unread ones there.
const SEPARATE: [&str; 6] = ["rules/", "industry/", "market/", "fleet/", "credits/", crate::methods::PEDIGREE];

/// Words of a note or locator by which a row says that it was not read.
const UNREAD: [&str; 4] = ["recalled", "not read", "from memory", "guess"];
/// Words of a locator by which a row names another work than its source as the one that was read.
const RELAYED: [&str; 7] = ["restated", "second-hand", "reported by", "reported in", "quoted", "relayed", "literature foreground"];

/// What is known of one row besides its cells.
#[derive(Debug, Clone, Copy)]
struct RowMeta {
    table: u16,
    index: u32,
    status: Status,
    source: SourceId,
}

/// Every row of a loaded data set: its source, its status, its place in a file.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    tables: Vec<Arc<Table>>,
    rows: Vec<RowMeta>,
    spreads: Vec<Spread>,
}

impl Rows {
    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
    /// How the row's value is known. A number that the user gave counts as read: the user is its source.
    pub fn status(&self, row: RowId) -> Status {
        let found = self.rows.get(row.0 as usize);
        debug_assert!(found.is_some() || row == RowId::GIVEN, "{row:?} is a row of no table");
        found.map_or(Status::Read, |m| m.status)
    }
    /// The source of the row.
    pub fn source(&self, row: RowId) -> SourceId {
        self.rows[row.0 as usize].source
    }
    /// The spread of the row's value as a ratio to its best estimate.
    pub fn spread(&self, row: RowId) -> Spread {
        self.spreads[row.0 as usize]
    }
    /// All spreads, by row number.
    pub fn spreads(&self) -> &[Spread] {
        &self.spreads
    }
    /// The tables in the order of their rows, each with the number of its first row.
    pub fn tables(&self) -> impl Iterator<Item = (&str, RowId)> {
        self.tables.iter().map(|t| (&**t.name(), RowId(t.first_row())))
    }
    /// Where the row stands.
    pub fn position(&self, row: RowId) -> Position {
        let meta = self.rows[row.0 as usize];
        let table = &self.tables[usize::from(meta.table)];
        Position { file: Arc::clone(table.name()), line: table.line(meta.index as usize), column: 0 }
    }
    /// The text of one cell of the row; empty if the table has no such column.
    pub fn text(&self, row: RowId, column: &str) -> &str {
        let meta = self.rows[row.0 as usize];
        self.tables[usize::from(meta.table)].text(meta.index as usize, column)
    }
    /// The first cell of the row: what it is about, in most tables.
    pub fn first_cell(&self, row: RowId) -> &str {
        let meta = self.rows[row.0 as usize];
        self.tables[usize::from(meta.table)].cell(meta.index as usize, 0)
    }
    /// The weakest status among rows; [`Status::Read`] if there are none, for what rests on no row rests on the user's numbers alone.
    pub fn weakest(&self, rows: impl IntoIterator<Item = RowId>) -> Status {
        rows.into_iter().map(|r| self.status(r)).max().unwrap_or(Status::Read)
    }
    /// All rows with status and source, by file.
    pub fn iter(&self) -> impl Iterator<Item = (RowId, Status, SourceId)> {
        self.rows.iter().enumerate().map(|(i, m)| (RowId(i as u32), m.status, m.source))
    }
}

/// Reads tables one after the other and remembers every violation.
#[derive(Debug)]
pub struct Loader<'s> {
    store: &'s Store,
    sources: Sources,
    rows: Rows,
    violations: Vec<Violation>,
    schemas: FxHashMap<String, FxHashMap<String, Arc<Schema>>>,
    check_all: bool,
}

impl<'s> Loader<'s> {
    /// Starts reading a store. Schemas are checked cell by cell for tables of the user's folder, and for all tables
    /// if `check_all`: our own tables are checked so by the tests, and need it at no start of the program.
    pub fn new(store: &'s Store, check_all: bool) -> Self {
        let mut loader =
            Self { store, sources: Sources::default(), rows: Rows::default(), violations: Vec::new(), schemas: FxHashMap::default(), check_all };
        for name in store.names("sources", ".toml") {
            if let Err(violation) = loader.sources.extend(&name.as_str().into(), store.text(&name).unwrap_or_default()) {
                loader.violations.push(violation);
            }
        }
        loader
    }

    /// The files being read.
    pub fn store(&self) -> &'s Store {
        self.store
    }

    /// Reads one table and numbers its rows. `None` if it is absent or not CSV (then a violation says so).
    pub fn table(&mut self, name: &str) -> Option<Arc<Table>> {
        let text = self.store.text(name)?;
        let table = match Table::parse(name, text, self.rows.len() as u32) {
            Ok(table) => Arc::new(table),
            Err(violation) => {
                self.violations.push(violation);
                return None;
            }
        };
        if self.check_all || self.store.is_overlay(name) {
            match self.schema(name) {
                Some(schema) => self.violations.extend(check(&table, &schema)),
                None => self.violations.push(Violation { at: Position { file: name.into(), line: 0, column: 0 }, fault: Fault::NoSchema }),
            }
        }
        self.number(&table);
        Some(table)
    }

    /// Reads all tables whose name begins and ends as given.
    pub fn tables(&mut self, prefix: &str, suffix: &str) -> Vec<Arc<Table>> {
        self.store.names(prefix, suffix).iter().filter_map(|n| self.table(n)).collect()
    }

    fn number(&mut self, table: &Arc<Table>) {
        let id = self.rows.tables.len() as u16;
        self.rows.tables.push(Arc::clone(table));
        let (source_column, status_column, locator_column, note_column) =
            (table.column("source"), table.column("status"), table.column("locator"), table.column("note"));
        let mut last: Option<(String, SourceId)> = None;
        for row in 0..table.len() {
            let mut source = SourceId(0);
            if let Some(column) = source_column {
                let key = table.cell(row, column);
                let known = match &last {
                    Some((text, id)) if text == key => Some(*id),
                    _ => self.sources.id(key),
                };
                if let Some(found) = known {
                    source = found;
                    if last.as_ref().is_none_or(|l| l.0 != key) {
                        last = Some((key.to_owned(), found));
                    }
                } else if key.is_empty() {
                    let wanted = "a key of sources.toml".to_owned();
                    self.violations.push(table.violation(row, Some(column), Fault::Empty { column: "source".to_owned(), wanted }));
                } else {
                    let near = nearest(key, self.sources.keys());
                    self.unknown(table, row, column, "source; describe it in a sources-….toml at the root of the data folder", near);
                }
            }
            let mut status = Status::Read;
            if let Some(column) = status_column {
                match table.cell(row, column).parse() {
                    Ok(known) => status = known,
                    Err(()) => self.violations.push(table.violation(
                        row,
                        Some(column),
                        Fault::NotInList {
                            column: "status".to_owned(),
                            seen: table.cell(row, column).to_owned(),
                            wanted: Status::ALL.map(Status::word).join(", "),
                            nearest: nearest(table.cell(row, column), Status::ALL.iter().map(|s| s.word())),
                        },
                    )),
                }
            }
            if let Some(column) = locator_column
                && table.cell(row, column).is_empty()
            {
                let wanted = "the page, table or field in the source".to_owned();
                self.violations.push(table.violation(row, Some(column), Fault::Empty { column: "locator".to_owned(), wanted }));
            }
            if status == Status::Assumption
                && let Some(column) = note_column
                && table.cell(row, column).is_empty()
            {
                let wanted = "an argument for the assumption".to_owned();
                self.violations.push(table.violation(row, Some(column), Fault::Empty { column: "note".to_owned(), wanted }));
            }
            if (self.check_all || self.store.is_overlay(table.name()))
                && let Some((column, word)) =
                    contradiction(status, locator_column.map(|c| table.cell(row, c)), note_column.map(|c| table.cell(row, c)))
            {
                let column = if column == "note" { note_column } else { locator_column };
                let fault = Fault::Contradiction { status: status.word(), word };
                self.violations.push(table.violation(row, column, fault));
            }
            self.rows.rows.push(RowMeta { table: id, index: row as u32, status, source });
            self.rows.spreads.push(Spread { low: 1.0, high: 1.0, shape: Shape::Exact, limit: f64::INFINITY });
        }
    }

    /// The number of a row of a table.
    pub fn row(&self, table: &Table, row: usize) -> RowId {
        RowId(table.first_row() + row as u32)
    }

    /// Notes a violation at a cell.
    pub fn fault(&mut self, table: &Table, row: usize, column: Option<&str>, fault: Fault) {
        let column = column.and_then(|c| table.column(c));
        self.violations.push(table.violation(row, column, fault));
    }

    /// Notes a violation of a whole file or folder.
    pub fn fault_in(&mut self, file: &str, fault: Fault) {
        self.violations.push(Violation { at: Position { file: file.into(), line: 0, column: 0 }, fault });
    }

    /// Notes a violation at a cell of a row that was read earlier.
    pub fn fault_at(&mut self, row: RowId, column: &str, fault: Fault) {
        let meta = self.rows.rows[row.0 as usize];
        let table = Arc::clone(&self.rows.tables[usize::from(meta.table)]);
        self.violations.push(table.violation(meta.index as usize, table.column(column), fault));
    }

    fn unknown(&mut self, table: &Table, row: usize, column: usize, kind: &'static str, near: Option<String>) {
        let fault = Fault::Unknown { column: table.headers()[column].clone(), kind, seen: table.cell(row, column).to_owned(), nearest: near };
        self.violations.push(table.violation(row, Some(column), fault));
    }

    /// Notes that a cell names nothing known.
    pub fn unknown_name<'a>(&mut self, table: &Table, row: usize, column: &str, kind: &'static str, known: impl Iterator<Item = &'a str>) {
        let Some(at) = table.column(column) else { return };
        let near = nearest(table.cell(row, at), known);
        self.unknown(table, row, at, kind, near);
    }

    /// A number from a cell; empty or unreadable cells give `None`, unreadable ones a violation too.
    pub fn number_in(&mut self, table: &Table, row: usize, column: &str) -> Option<f64> {
        let at = table.column(column)?;
        let cell = table.cell(row, at);
        if cell.is_empty() {
            return None;
        }
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() => Some(number),
            _ => {
                self.violations.push(table.violation(row, Some(at), Fault::NotANumber { column: column.to_owned(), seen: cell.to_owned() }));
                None
            }
        }
    }

    /// The row's value with its spread, in the unit of the table's own `unit` cell.
    pub fn value(&mut self, table: &Table, row: usize, column: &str) -> Option<Value> {
        let id = self.row(table, row);
        let Some(best) = self.number_in(table, row, column) else {
            if table.column(column).is_some_and(|c| table.cell(row, c).is_empty()) {
                self.fault(table, row, Some(column), Fault::Empty { column: column.to_owned(), wanted: "a number".to_owned() });
            }
            return None;
        };
        let (low_text, high_text, shape_text) = (table.text(row, "low"), table.text(row, "high"), table.text(row, "distribution"));
        if low_text.is_empty() && high_text.is_empty() && shape_text.is_empty() {
            return Some(Value { row: id, best, low: best, high: best, shape: Shape::Exact });
        }
        let (low, high) = (self.number_in(table, row, "low"), self.number_in(table, row, "high"));
        let shape = shape_text.parse::<Shape>().ok();
        let why = match (low, high, shape) {
            (Some(low), Some(high), Some(shape)) if shape != Shape::Exact => {
                if low > best || best > high {
                    Some("the value lies outside")
                } else if shape == Shape::Lognormal && low * high <= 0.0 {
                    Some("a lognormal spread has one sign")
                } else if best == 0.0 && low != high {
                    Some("a spread around nought has no ratio; give the value a size")
                } else {
                    None
                }
            }
            _ => Some("low, high and distribution come together"),
        };
        if let Some(why) = why {
            self.fault(
                table,
                row,
                Some("low"),
                Fault::Spread { low: low_text.to_owned(), high: high_text.to_owned(), shape: shape_text.to_owned(), value: best.to_string(), why },
            );
            return None;
        }
        let (low, high, shape) = (low.unwrap_or(best), high.unwrap_or(best), shape.unwrap_or(Shape::Exact));
        let (a, b) = (low / best, high / best);
        // A number without unit whose own range stays at or below 1 is a share, a yield or an efficiency.
        let is_share = matches!(table.text(row, "unit"), "" | "1") && best > 0.0 && high <= 1.0;
        let limit = if is_share { best.recip() } else { f64::INFINITY };
        self.rows.spreads[id.0 as usize] = Spread { low: a.min(b), high: a.max(b), shape, limit };
        Some(Value { row: id, best, low, high, shape })
    }

    fn schema(&mut self, name: &str) -> Option<Arc<Schema>> {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        if !self.schemas.contains_key(folder) {
            let package = if folder.is_empty() { "datapackage.json".to_owned() } else { format!("{folder}/datapackage.json") };
            let schemas = match self.store.text(&package).map(|text| read_package(&package, text)) {
                Some(Ok(schemas)) => schemas,
                Some(Err(violation)) => {
                    self.violations.push(violation);
                    FxHashMap::default()
                }
                None => FxHashMap::default(),
            };
            self.schemas.insert(folder.to_owned(), schemas);
        }
        let schemas = self.schemas.get(folder)?;
        // A user's `processes/mine-exchanges.csv` has the schema of its siblings that end alike.
        let ending = file.rsplit_once('-').map_or(file, |(_, e)| e);
        schemas
            .get(file)
            .or_else(|| {
                let mut alike: Vec<_> = schemas.iter().filter(|(k, _)| k.rsplit_once('-').is_some_and(|(_, e)| e == ending)).collect();
                alike.sort_by(|a, b| a.0.cmp(b.0));
                alike.first().map(|(_, s)| *s)
            })
            .cloned()
    }

    /// Ends the reading: sources and rows, or every violation in order of file and line.
    ///
    /// # Errors
    /// Every violation noted so far.
    pub fn finish(mut self) -> Result<(Sources, Rows), Vec<Violation>> {
        self.unread(|name| !SEPARATE.iter().any(|folder| name.starts_with(folder)));
        self.end()
    }

    /// Ends the reading of one folder that is read apart from the others.
    ///
    /// # Errors
    /// Every violation noted so far.
    pub fn finish_folder(self, folder: &str) -> Result<(Sources, Rows), Vec<Violation>> {
        self.finish_folders(&[folder])
    }

    /// As [`Self::finish_folder`] for a reader that answers for several folders: a user's table in none of its readers' names is a fault.
    ///
    /// # Errors
    /// Every violation noted so far.
    pub fn finish_folders(mut self, folders: &[&str]) -> Result<(Sources, Rows), Vec<Violation>> {
        self.unread(|name| folders.iter().any(|folder| name.starts_with(folder)));
        self.end()
    }

    fn end(mut self) -> Result<(Sources, Rows), Vec<Violation>> {
        if self.violations.is_empty() {
            return Ok((self.sources, self.rows));
        }
        self.violations.sort_by(|a, b| a.at.cmp(&b.at));
        // Schema and reader both miss an empty cell; one of them says so.
        let is_empty = |v: &Violation| matches!(v.fault, Fault::Empty { .. });
        self.violations.dedup_by(|b, a| a == b || (a.at == b.at && is_empty(a) && is_empty(b)));
        Err(self.violations)
    }

    /// Tables of the user's folder that nothing reads: a misspelt name would otherwise change nothing in silence.
    fn unread(&mut self, is_mine: impl Fn(&str) -> bool) {
        for name in self.store.names("", ".csv").into_iter().filter(|n| is_mine(n)) {
            let is_read = self.rows.tables.iter().any(|t| **t.name() == *name) || self.violations.iter().any(|v| *v.at.file == *name);
            // Traces are read when they are driven.
            let is_trace = name.starts_with("cycles/");
            if !is_read && !is_trace && self.store.is_overlay(&name) && !Store::embedded_names().any(|n| n == name) {
                let near = Store::embedded_names()
                    .find(|known| words(known) == words(&name))
                    .map_or_else(|| nearest(&name, Store::embedded_names()), |known| Some(known.to_owned()));
                self.fault_in(&name, Fault::Unread { nearest: near });
            }
        }
    }

    /// The sources read so far.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }
}

/// The column and the words in which a row denies its status: one that is `read` tells that it was not, or the locator of one that is `read` or
/// `derived` names another work than the source.
fn contradiction(status: Status, locator: Option<&str>, note: Option<&str>) -> Option<(&'static str, &'static str)> {
    let found = |cell: Option<&str>, words: &[&'static str]| {
        let cell = cell?.to_lowercase();
        words.iter().copied().find(|w| cell.contains(w))
    };
    let relayed = if status <= Status::Derived { found(locator, &RELAYED) } else { None };
    let unread = |cell| if status == Status::Read { found(cell, &UNREAD) } else { None };
    relayed.or_else(|| unread(locator)).map(|w| ("locator", w)).or_else(|| unread(note).map(|w| ("note", w)))
}

/// The words of a file's path, sorted: a table in the wrong folder has those of the right one.
fn words(path: &str) -> Vec<&str> {
    let mut words: Vec<&str> = path.split(['/', '.', '-']).collect();
    words.sort_unstable();
    words
}
