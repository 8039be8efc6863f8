//! Rows of every table in one form, to look through all of them at once.
//!
//! Tables differ in what they are keyed by. Here the columns before the number make the key, in their order; the number is the
//! column before `unit` or `low`. Cells stay as they are written.

use serde::Serialize;

use crate::store::Store;
use crate::table::{Table, Violation};

/// A row of any table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ListedRow {
    /// The table, such as `cells/cells.csv`.
    pub table: String,
    /// Its line, from 1.
    pub line: u32,
    /// What the row is about: the cells before the number.
    pub id: String,
    /// The number as written, or the text.
    pub value: String,
    /// Its unit, where the table has a column for it; else the name of the number's column, which says it.
    pub unit: String,
    /// Lower end of the spread.
    pub low: String,
    /// Upper end of the spread.
    pub high: String,
    /// Key of the source.
    pub source: String,
    /// Page, table or field in it.
    pub locator: String,
    /// How it is known.
    pub status: String,
    /// What a reader must know.
    pub note: String,
}

/// A table and what it holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ListedTable {
    /// Its name.
    pub table: String,
    /// Its rows.
    pub rows: usize,
    /// Its columns.
    pub columns: Vec<String>,
}

/// Columns that say how a number is known, and never what it is about.
const ABOUT: [&str; 8] = ["low", "high", "distribution", "source", "locator", "status", "retrieved", "note"];

/// Every table of a store, by name.
///
/// # Errors
/// A file is not CSV.
pub fn tables(store: &Store) -> Result<Vec<ListedTable>, Violation> {
    let parsed = store.names("", ".csv").into_iter().map(|name| Table::parse(&name, store.text(&name).unwrap_or_default(), 0));
    parsed.map(|table| table.map(|t| ListedTable { table: t.name().to_string(), rows: t.len(), columns: t.headers().to_vec() })).collect()
}

/// Every row of every table, in order of table and line.
///
/// # Errors
/// A file is not CSV.
pub fn rows(store: &Store) -> Result<Vec<ListedRow>, Violation> {
    let mut all = Vec::new();
    for name in store.names("", ".csv") {
        let table = Table::parse(&name, store.text(&name).unwrap_or_default(), 0)?;
        let headers = table.headers();
        let about = headers.iter().position(|h| ABOUT.contains(&h.as_str())).unwrap_or(headers.len());
        let named = headers.iter().position(|h| h == "value" || h == "amount");
        let number = named.unwrap_or_else(|| headers[..about].iter().rposition(|h| h != "unit").unwrap_or(0));
        let keys: Vec<usize> = (0..about).filter(|c| *c != number && headers[*c] != "unit").collect();
        for row in 0..table.len() {
            let text = |column: &str| table.column(column).map_or_else(String::new, |c| table.cell(row, c).to_owned());
            let id: Vec<&str> = keys.iter().map(|c| table.cell(row, *c)).filter(|c| !c.is_empty()).collect();
            let unit = if table.column("unit").is_some() { text("unit") } else { headers[number].clone() };
            all.push(ListedRow {
                table: name.clone(),
                line: table.line(row),
                id: id.join(" "),
                value: table.cell(row, number).to_owned(),
                unit,
                low: text("low"),
                high: text("high"),
                source: text("source"),
                locator: text("locator"),
                status: text("status"),
                note: text("note"),
            });
        }
    }
    Ok(all)
}

/// The rows in which every word of a text stands somewhere, in upper or lower case; an empty text finds all.
pub fn matching<'r>(rows: &'r [ListedRow], text: &str) -> impl Iterator<Item = &'r ListedRow> {
    let words: Vec<String> = text.to_lowercase().split_whitespace().map(str::to_owned).collect();
    rows.iter().filter(move |row| {
        let cells = [&row.table, &row.id, &row.value, &row.unit, &row.source, &row.locator, &row.status, &row.note];
        words.iter().all(|word| cells.iter().any(|cell| cell.to_lowercase().contains(word)))
    })
}
