//! Reading a CSV table against its schema, and reporting every violation with file, line and column.

use std::fmt;
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::Deserialize;

/// Where in a file something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// File, relative to the data folder, or the path the user gave.
    pub file: Arc<str>,
    /// Line, counted from 1.
    pub line: u32,
    /// Column, counted from 1 in characters; 0 if the whole line is meant.
    pub column: u32,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "{}", self.file),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

/// What is wrong with one place of one table.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Fault {
    /// The file is not valid CSV.
    #[error("not readable as CSV: {reason}")]
    Csv {
        /// What the CSV reader said.
        reason: String,
    },
    /// The schema is not valid.
    #[error("not readable as a table schema: {reason}")]
    Schema {
        /// What the JSON reader said.
        reason: String,
    },
    /// `sources.toml` is not valid.
    #[error("not readable as a list of sources: {reason}")]
    Sources {
        /// What the TOML reader said.
        reason: String,
    },
    /// No reader wants a table of this name.
    #[error("no table has this name, so nothing reads it{}", suggestion(.nearest.as_deref()))]
    Unread {
        /// The nearest name of a table.
        nearest: Option<String>,
    },
    /// No `datapackage.json` describes the table.
    #[error("no datapackage.json of its folder names this table")]
    NoSchema,
    /// The table has a column that its schema lacks.
    #[error("column `{column}` is not in the schema; it has {known}")]
    UnknownColumn {
        /// The column seen.
        column: String,
        /// The columns of the schema.
        known: String,
    },
    /// A column of the schema is missing.
    #[error("column `{column}` is missing")]
    MissingColumn {
        /// The column wanted.
        column: String,
    },
    /// A cell that must be filled is empty.
    #[error("`{column}` is empty, wanted {wanted}")]
    Empty {
        /// The column.
        column: String,
        /// What should stand there.
        wanted: String,
    },
    /// A cell is not a number, or not a finite one.
    #[error("`{column}` is `{seen}`, wanted a finite number")]
    NotANumber {
        /// The column.
        column: String,
        /// The text seen.
        seen: String,
    },
    /// A number lies outside what the column allows.
    #[error("`{column}` is {seen}, outside {minimum}..={maximum}")]
    OutOfRange {
        /// The column.
        column: String,
        /// The number seen.
        seen: f64,
        /// Smallest number allowed.
        minimum: f64,
        /// Largest number allowed.
        maximum: f64,
    },
    /// A word is not among those the column allows.
    #[error("`{column}` is `{seen}`, wanted one of: {wanted}{}", suggestion(.nearest.as_deref()))]
    NotInList {
        /// The column.
        column: String,
        /// The word seen.
        seen: String,
        /// The words allowed.
        wanted: String,
        /// The nearest allowed word.
        nearest: Option<String>,
    },
    /// A name refers to nothing.
    #[error("`{column}` names `{seen}`, which is not a known {kind}{}", suggestion(.nearest.as_deref()))]
    Unknown {
        /// The column.
        column: String,
        /// What kind of thing it should name.
        kind: &'static str,
        /// The name seen.
        seen: String,
        /// The nearest known name.
        nearest: Option<String>,
    },
    /// The same key stands twice.
    #[error("{key} stands already in line {first_line}")]
    Duplicate {
        /// The key, readable.
        key: String,
        /// Line of the first one.
        first_line: u32,
    },
    /// A unit is unknown or measures something else.
    #[error("{0}")]
    Unit(#[from] crate::units::UnitError),
    /// `low`, `high` and `distribution` do not fit each other or the value.
    #[error("spread {low}..{high} ({shape}) does not fit the value {value}: {why}")]
    Spread {
        /// Lower end.
        low: String,
        /// Upper end.
        high: String,
        /// Shape seen.
        shape: String,
        /// The value.
        value: String,
        /// The rule that is broken.
        why: &'static str,
    },
    /// Shares of one whole do not add up to one.
    #[error("shares of {whole} add up to {sum:.6}, wanted 1")]
    Shares {
        /// What the shares divide.
        whole: String,
        /// Their sum.
        sum: f64,
    },
    /// The parts of a split card do not add up to its headline.
    #[error("parts of `{process}` add up to {sum:.4} kg CO2e, its headline is {headline:.4} (closes within 0.5 %)")]
    SplitOpen {
        /// The process.
        process: String,
        /// Sum of the parts.
        sum: f64,
        /// The headline.
        headline: f64,
    },
    /// A process puts out more of an element than it takes in, or wastes most of it.
    #[error("`{process}` takes in {input:.5} kg {element} and puts out {output:.5} kg per unit: {why}")]
    Element {
        /// The process.
        process: String,
        /// The element.
        element: String,
        /// Element in the inputs.
        input: f64,
        /// Element in the product.
        output: f64,
        /// The law that is broken.
        why: &'static str,
    },
    /// A row denies its own status.
    #[error("status `{status}`, but the row says `{word}`; name as source the work that was read, or lower the status")]
    Contradiction {
        /// The status of the row.
        status: &'static str,
        /// The words that deny it.
        word: &'static str,
    },
    /// A model needs what its tables do not hold.
    #[error("a model cannot be built from these tables: {reason}")]
    Model {
        /// What is missing.
        reason: String,
    },
    /// A rule of physics or accounting that belongs to one table.
    #[error("{subject}: {rule} (seen {seen})")]
    Law {
        /// What breaks it.
        subject: String,
        /// The rule.
        rule: &'static str,
        /// What was seen.
        seen: String,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

/// One violation: where, and what.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{at}: {fault}")]
pub struct Violation {
    /// Where it stands.
    pub at: Position,
    /// What is wrong.
    pub fault: Fault,
}

/// A table as text, cut into cells. Cells of all rows share one buffer.
#[derive(Debug, Clone)]
pub struct Table {
    name: Arc<str>,
    headers: Vec<String>,
    text: String,
    ends: Vec<u32>,
    lines: Vec<u32>,
    first_row: u32,
}

impl Table {
    /// Cuts a CSV text into cells. Row numbers start at `first_row`.
    ///
    /// # Errors
    /// The first place where the text is not CSV or a row has too few or too many cells.
    pub fn parse(name: &str, text: &str, first_row: u32) -> Result<Self, Violation> {
        let name: Arc<str> = name.into();
        let fail = |line: u32, reason: String| Violation { at: Position { file: Arc::clone(&name), line, column: 0 }, fault: Fault::Csv { reason } };
        let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
        let headers = reader.headers().map_err(|e| fail(1, e.to_string()))?.iter().map(str::to_owned).collect();
        let mut table =
            Self { name: Arc::clone(&name), headers, text: String::with_capacity(text.len()), ends: Vec::new(), lines: Vec::new(), first_row };
        let mut record = csv::StringRecord::new();
        loop {
            let line = reader.position().line() as u32;
            match reader.read_record(&mut record) {
                Ok(false) => return Ok(table),
                Ok(true) => {
                    table.lines.push(record.position().map_or(line, |p| p.line() as u32));
                    for cell in &record {
                        table.text.push_str(cell.trim());
                        table.ends.push(table.text.len() as u32);
                    }
                }
                Err(error) => {
                    let reason = match error.kind() {
                        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => format!("{len} cells, the header has {expected_len}"),
                        _ => error.to_string(),
                    };
                    return Err(fail(line, reason));
                }
            }
        }
    }

    /// The file's name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }
    /// The columns, in order.
    pub fn headers(&self) -> &[String] {
        &self.headers
    }
    /// How many rows.
    pub fn len(&self) -> usize {
        self.lines.len()
    }
    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
    /// Number of the first row within the data set.
    pub fn first_row(&self) -> u32 {
        self.first_row
    }
    /// The index of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.headers.iter().position(|h| h == name)
    }
    /// The text of a cell.
    pub fn cell(&self, row: usize, column: usize) -> &str {
        let at = row * self.headers.len() + column;
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.text[start..self.ends[at] as usize]
    }
    /// The text of a cell by column name; empty if the table has no such column.
    pub fn text(&self, row: usize, column: &str) -> &str {
        self.column(column).map_or("", |c| self.cell(row, c))
    }
    /// The file line of a row.
    pub fn line(&self, row: usize) -> u32 {
        self.lines[row]
    }
    /// A violation at a cell (`column` = `None`: the whole row).
    pub fn violation(&self, row: usize, column: Option<usize>, fault: Fault) -> Violation {
        // Column of the cell's first character when cells are written plainly; quoting shifts it by the quotes.
        let at = column.map_or(0, |c| 1 + (0..c).map(|k| self.cell(row, k).chars().count() as u32 + 1).sum::<u32>());
        Violation { at: Position { file: Arc::clone(&self.name), line: self.lines[row], column: at }, fault }
    }
}

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FieldType {
    /// Text.
    String,
    /// A finite number.
    Number,
    /// A whole number.
    Integer,
    /// true or false.
    Boolean,
}

/// Limits of a column.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Constraints {
    /// The cell must be filled.
    #[serde(default)]
    pub required: bool,
    /// Smallest number.
    pub minimum: Option<f64>,
    /// Largest number.
    pub maximum: Option<f64>,
    /// The words allowed.
    #[serde(rename = "enum")]
    pub words: Option<Vec<String>>,
}

/// A column of a schema.
#[derive(Debug, Clone, Deserialize)]
pub struct Field {
    /// Its name in the header.
    pub name: String,
    /// Its type.
    #[serde(rename = "type", default = "text")]
    pub kind: FieldType,
    /// What it means.
    #[serde(default)]
    pub description: String,
    /// Its limits.
    #[serde(default)]
    pub constraints: Constraints,
}

fn text() -> FieldType {
    FieldType::String
}

/// The schema of one table.
#[derive(Debug, Clone, Deserialize)]
pub struct Schema {
    /// The columns, in any order.
    pub fields: Vec<Field>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Paths {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Resource {
    path: Paths,
    schema: Schema,
}

#[derive(Deserialize)]
struct Package {
    resources: Vec<Resource>,
}

/// Reads a `datapackage.json`: schemas by file name within its folder.
///
/// # Errors
/// The JSON is not a data package.
pub fn read_package(name: &str, text: &str) -> Result<FxHashMap<String, Arc<Schema>>, Violation> {
    let package: Package = serde_json::from_str(text).map_err(|e| Violation {
        at: Position { file: name.into(), line: e.line() as u32, column: e.column() as u32 },
        fault: Fault::Schema { reason: e.to_string() },
    })?;
    let mut schemas = FxHashMap::default();
    for resource in package.resources {
        let schema = Arc::new(resource.schema);
        let paths = match resource.path {
            Paths::One(path) => vec![path],
            Paths::Many(paths) => paths,
        };
        for path in paths {
            schemas.insert(path, Arc::clone(&schema));
        }
    }
    Ok(schemas)
}

/// Checks every cell of a table against its schema and returns every violation.
pub fn check(table: &Table, schema: &Schema) -> Vec<Violation> {
    let mut found = Vec::new();
    let at_header = |fault| Violation { at: Position { file: Arc::clone(table.name()), line: 1, column: 0 }, fault };
    for header in table.headers() {
        if !schema.fields.iter().any(|f| &f.name == header) {
            let known = schema.fields.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
            found.push(at_header(Fault::UnknownColumn { column: header.clone(), known }));
        }
    }
    for field in &schema.fields {
        let Some(column) = table.column(&field.name) else {
            if field.constraints.required {
                found.push(at_header(Fault::MissingColumn { column: field.name.clone() }));
            }
            continue;
        };
        for row in 0..table.len() {
            if let Some(fault) = check_cell(table.cell(row, column), field) {
                found.push(table.violation(row, Some(column), fault));
            }
        }
    }
    found
}

fn check_cell(cell: &str, field: &Field) -> Option<Fault> {
    let limits = &field.constraints;
    let column = || field.name.clone();
    if cell.is_empty() {
        return limits.required.then(|| Fault::Empty {
            column: column(),
            wanted: if field.description.is_empty() { "a value".to_owned() } else { field.description.clone() },
        });
    }
    match field.kind {
        FieldType::Number | FieldType::Integer => {
            let number = match cell.parse::<f64>() {
                Ok(n) if n.is_finite() && (field.kind == FieldType::Number || n.fract() == 0.0) => n,
                _ => return Some(Fault::NotANumber { column: column(), seen: cell.to_owned() }),
            };
            let (minimum, maximum) = (limits.minimum.unwrap_or(f64::NEG_INFINITY), limits.maximum.unwrap_or(f64::INFINITY));
            (!(minimum..=maximum).contains(&number)).then(|| Fault::OutOfRange { column: column(), seen: number, minimum, maximum })
        }
        FieldType::Boolean => (cell != "true" && cell != "false").then(|| Fault::NotInList {
            column: column(),
            seen: cell.to_owned(),
            wanted: "true, false".to_owned(),
            nearest: None,
        }),
        FieldType::String => limits.words.as_ref().and_then(|words| {
            (!words.iter().any(|w| w == cell)).then(|| Fault::NotInList {
                column: column(),
                seen: cell.to_owned(),
                wanted: words.join(", "),
                nearest: nearest(cell, words.iter().map(String::as_str)),
            })
        }),
    }
}

/// Letters that a beginning must have to stand for a name.
const LEAST_BEGINNING: usize = 3;

/// The candidate nearest to a misspelt word, if any is near enough to be meant.
///
/// ```
/// use minewheel_data::table::nearest;
/// assert_eq!(nearest("wulin-mini", ["wuling-mini", "vw-id3"].into_iter()), Some("wuling-mini".to_owned()));
/// assert_eq!(nearest("zzz", ["wuling-mini"].into_iter()), None);
/// // The beginning of one name alone stands for it; that of several for none.
/// assert_eq!(nearest("vw-id3", ["vw-id3-58", "vw-id4-77"].into_iter()), Some("vw-id3-58".to_owned()));
/// assert_eq!(nearest("tesla", ["tesla-model-3-rwd", "tesla-model-y-rwd"].into_iter()), None);
/// // Half of a word of two letters is no misspelling of it; its case is.
/// assert_eq!(nearest("ZZ", ["AZ"].into_iter()), None);
/// assert_eq!(nearest("cn", ["CN"].into_iter()), Some("CN".to_owned()));
/// ```
pub fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<String> {
    let folded = word.to_lowercase();
    let candidates: Vec<&str> = candidates.collect();
    let close = candidates
        .iter()
        .map(|c| (distance(&folded, &c.to_lowercase()), *c))
        .min()
        .filter(|(d, c)| *d <= 1 + word.len().max(c.len()) / 4 && 2 * d < word.len().max(c.len()));
    let mut longer = candidates.iter().filter(|c| folded.len() >= LEAST_BEGINNING && c.to_lowercase().starts_with(&folded));
    let begun = longer.next().filter(|_| longer.next().is_none());
    close.map(|(_, c)| c).or(begun.copied()).map(str::to_owned)
}

/// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut line = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let cost = usize::from(a[i - 1] != b[j - 1]);
            line[j] = (last[j] + 1).min(line[j - 1] + 1).min(last[j - 1] + cost);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                line[j] = line[j].min(before[j - 2] + 1);
            }
        }
        before = last;
        last = line;
    }
    last[b.len()]
}
