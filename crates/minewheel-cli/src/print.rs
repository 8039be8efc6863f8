//! Words for the terminal: data on standard output, everything else on standard error.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};

use clap::ValueEnum;
use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, LineStyle, Table, TableStyle};
pub use minewheel_report::figure::figure;

use crate::failure::Failure;

/// How data is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// Narrowest and widest line that a table may have.
const WIDTHS: (u16, u16) = (60, 120);
/// Width where the terminal says nothing.
const PLAIN_WIDTH: u16 = 80;

/// Writes data to standard output. A closed pipe ends the program quietly, as it does for every filter.
pub fn data(text: &str) {
    let mut out = std::io::stdout().lock();
    let written = if text.ends_with('\n') { out.write_all(text.as_bytes()) } else { writeln!(out, "{text}") };
    if written.is_err() {
        std::process::exit(0);
    }
}

/// Writes a remark to standard error.
pub fn note(text: &str) {
    // Nothing can be done, and nobody told, if standard error is closed.
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// Writes a value as JSON with a line break at its end.
pub fn json<T: serde::Serialize>(value: &T) {
    match json_text(value) {
        Ok(text) => data(&text),
        Err(error) => note(&error.to_string()),
    }
}

/// A value as JSON with a line break at its end.
///
/// # Errors
/// It has a part that JSON cannot hold.
pub fn json_text<T: serde::Serialize>(value: &T) -> Result<String, Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|e| Failure::Json(e.to_string()))?;
    Ok(text + "\n")
}

/// The width that tables and bars may use.
pub fn width() -> u16 {
    let seen = std::io::stdout().is_terminal().then(|| Table::new().width()).flatten();
    seen.unwrap_or(PLAIN_WIDTH).clamp(WIDTHS.0, WIDTHS.1)
}

/// A table without frames: a header, a rule, rows. Columns listed in `right` are set flush right.
pub fn table(header: &[&str], rows: &[Vec<String>], right: &[usize]) -> String {
    spaced(header, rows, right, 1, 1)
}

/// A table with one blank between its columns, for rows that would break with two; names in the first two keep in one piece.
pub fn tight_table(header: &[&str], rows: &[Vec<String>], right: &[usize]) -> String {
    spaced(header, rows, right, 2, 0)
}

fn spaced(header: &[&str], rows: &[Vec<String>], right: &[usize], whole: usize, padding: u16) -> String {
    let mut table = Table::new();
    let style = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
    table.load_style(style).set_content_arrangement(ContentArrangement::Dynamic).set_width(width());
    table.set_header(header.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>());
    for row in rows {
        table.add_row(row.clone());
    }
    for index in right {
        if let Some(column) = table.column_mut(*index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    // Ids are typed again: a name in the first column keeps in one piece.
    for column in table.column_iter_mut().take(whole) {
        column.set_constraint(ColumnConstraint::ContentWidth);
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, padding));
    }
    let mut text = String::new();
    for line in table.lines() {
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

/// Rows as CSV.
pub fn csv(header: &[&str], rows: &[Vec<String>]) -> String {
    let quote = |cell: &str| {
        if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
    };
    let mut text = header.join(",");
    text.push('\n');
    for row in rows {
        text.push_str(&row.iter().map(|c| quote(c)).collect::<Vec<_>>().join(","));
        text.push('\n');
    }
    text
}

/// A bar of a given share of `width` characters, in eighths.
pub fn bar(share: f64, width: usize) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let eighths = (share.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    let mut text = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        text.push(EIGHTHS[eighths % 8]);
    }
    text
}

/// Text broken at spaces to the width of the terminal.
pub fn wrap(text: &str) -> String {
    let width = usize::from(width());
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().filter(|l| l.chars().count() + 1 + word.chars().count() <= width);
        match last {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(format!("  {word}")),
        }
    }
    lines.join("\n")
}
