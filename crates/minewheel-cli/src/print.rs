//! Words for the terminal: data on standard output, everything else on standard error.

mod columns;

use std::io::{self, IsTerminal, Write as _};

use clap::ValueEnum;
pub use columns::{table, tight_table};
pub use minewheel_report::figure::{figure, fixed};
use serde_json::ser::{Formatter, PrettyFormatter};

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
    let mut out = io::stdout().lock();
    let written = if text.ends_with('\n') { out.write_all(text.as_bytes()) } else { writeln!(out, "{text}") };
    if written.is_err() {
        std::process::exit(0);
    }
}

/// Writes what people read to standard output. On a terminal a line that is longer than it breaks between words.
pub fn page(text: &str) {
    if io::stdout().is_terminal() { data(&folded(text, usize::from(width()))) } else { data(text) }
}

/// Writes a remark to standard error.
pub fn note(text: &str) {
    // Nothing can be done, and nobody told, if standard error is closed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Writes what a reader of an answer must know to standard error.
pub fn notices<T: std::fmt::Display>(notices: impl IntoIterator<Item = T>) {
    for notice in notices {
        note(&wrap(&format!("note: {notice}")));
    }
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
    let mut bytes = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut bytes, Unsigned(PrettyFormatter::new()));
    value.serialize(&mut writer).map_err(|e| Failure::Json(e.to_string()))?;
    bytes.push(b'\n');
    String::from_utf8(bytes).map_err(|e| Failure::Json(e.to_string()))
}

/// JSON over lines, in which a nought has no sign: sums of nothing are nought below zero.
struct Unsigned(PrettyFormatter<'static>);

impl Formatter for Unsigned {
    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        self.0.write_f64(writer, value + 0.0)
    }
    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }
    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }
    fn end_array_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }
    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }
    fn begin_object_key<W: ?Sized + io::Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }
    fn begin_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }
    fn end_object_value<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

/// The width that tables and bars may use.
pub fn width() -> u16 {
    let seen = io::stdout().is_terminal().then(|| comfy_table::Table::new().width()).flatten();
    seen.unwrap_or(PLAIN_WIDTH).clamp(WIDTHS.0, WIDTHS.1)
}

/// A number of so many decimals, with a minus sign as [`figure`] writes it and none before nought.
pub fn decimals(value: f64, digits: usize) -> String {
    minus(&format!("{value:.digits$}"))
}

/// The same with a plus sign before what lies above nought.
pub fn signed(value: f64, digits: usize) -> String {
    minus(&format!("{value:+.digits$}"))
}

/// A printed number with the minus sign of print, and without a sign before nought.
fn minus(text: &str) -> String {
    let Some(rest) = text.strip_prefix(['-', '−', '+']) else { return text.to_owned() };
    let digits = rest.split([' ', '%']).next().unwrap_or_default();
    let is_nought = !digits.is_empty() && digits.chars().all(|c| matches!(c, '0' | '.'));
    if is_nought {
        return rest.to_owned();
    }
    if text.starts_with('+') { text.to_owned() } else { format!("−{rest}") }
}

/// A field of a row that is printed as a table and written as CSV: what people read, and what programs do.
#[derive(Debug, Clone, PartialEq)]
pub enum Field {
    /// Words; nothing at all if there are none.
    Text(String),
    /// A number, as it is shown.
    Number { shown: String, value: Option<f64> },
    /// A range: two columns of a CSV.
    Range { shown: String, ends: Option<[f64; 2]> },
}

/// What a table shows where nothing is known.
const NOTHING: &str = "–";

impl Field {
    /// A number of three significant digits.
    pub fn figure(value: f64) -> Self {
        Self::number(value, figure)
    }

    /// A number, shown in its own way.
    pub fn number(value: f64, shown: impl FnOnce(f64) -> String) -> Self {
        Self::Number { shown: minus(&shown(value)), value: Some(value) }
    }

    /// A number that may be unknown.
    pub fn known(value: Option<f64>, shown: impl FnOnce(f64) -> String) -> Self {
        Self::Number { shown: value.map_or_else(|| NOTHING.to_owned(), |v| minus(&shown(v))), value }
    }

    /// Words that may be missing.
    pub fn words(text: Option<String>) -> Self {
        text.map_or(Self::Number { shown: NOTHING.to_owned(), value: None }, Self::Text)
    }

    /// A range that may be unknown.
    pub fn range(ends: Option<[f64; 2]>, shown: impl FnOnce(f64, f64) -> String) -> Self {
        Self::Range { shown: ends.map_or_else(|| NOTHING.to_owned(), |[low, high]| shown(low, high)), ends }
    }

    /// Whether something holds.
    pub fn yes(holds: bool) -> Self {
        Self::Text(if holds { "yes" } else { "no" }.to_owned())
    }

    /// What a table shows.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number { shown, .. } | Self::Range { shown, .. } => shown.clone(),
        }
    }

    fn exact(&self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text.clone()],
            Self::Number { value, .. } => vec![value.map_or_else(String::new, |v| v.to_string())],
            Self::Range { ends, .. } => ends.map_or_else(|| vec![String::new(), String::new()], |e| e.map(|v| v.to_string()).to_vec()),
        }
    }
}

impl From<String> for Field {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&str> for Field {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

/// Rows as people read them.
pub fn shown(rows: &[Vec<Field>]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(Field::shown).collect()).collect()
}

/// Rows as programs read them: whole numbers, nothing where nothing is known, a range as its two ends.
pub fn exact_csv(header: &[&str], rows: &[Vec<Field>]) -> String {
    let is_range = |column: usize| rows.iter().any(|r| matches!(r.get(column), Some(Field::Range { .. })));
    let header: Vec<String> = header
        .iter()
        .enumerate()
        .flat_map(|(i, h)| if is_range(i) { vec![format!("{h} low"), format!("{h} high")] } else { vec![(*h).to_owned()] })
        .collect();
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().flat_map(Field::exact).collect()).collect();
    csv(&header.iter().map(String::as_str).collect::<Vec<_>>(), &rows)
}

/// Rows as CSV. What is no number is nothing, and a nought has no sign.
pub fn csv(header: &[&str], rows: &[Vec<String>]) -> String {
    let written = |cell: &str| match cell {
        "NaN" | "inf" | "-inf" => String::new(),
        "-0" => "0".to_owned(),
        _ if cell.contains([',', '"', '\n', '\r']) => format!("\"{}\"", cell.replace('"', "\"\"")),
        _ => cell.to_owned(),
    };
    let mut text = header.iter().map(|h| written(h)).collect::<Vec<_>>().join(",");
    text.push('\n');
    for row in rows {
        text.push_str(&row.iter().map(|c| written(c)).collect::<Vec<_>>().join(","));
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
    folded(text, usize::from(width()))
}

/// What a line goes on with that is the rest of the line above.
const REST: &str = "  ";

/// Text of which each line longer than `width` is broken at spaces.
fn folded(text: &str, width: usize) -> String {
    text.split('\n').map(|line| if line.chars().count() <= width { line.to_owned() } else { broken(line, width) }).collect::<Vec<_>>().join("\n")
}

/// A line broken at spaces.
fn broken(text: &str, width: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let last = lines.last_mut().filter(|l| l.chars().count() + 1 + word.chars().count() <= width);
        match last {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) => {
                line.push(' ');
                line.push_str(word);
            }
            None => lines.push(format!("{REST}{word}")),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_breaks_between_words_and_a_short_one_is_left_alone() {
        let text = folded("a  b\n\nwhat the study asks of works, and more of it\n", 20);
        assert_eq!(text, "a  b\n\nwhat the study asks\n  of works, and more\n  of it\n");
    }
}
