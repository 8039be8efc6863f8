//! The sheets of an Excel workbook (`.xlsx`), as text and numbers, without formulas.
//!
//! A cell is what the program that wrote the file last saw there. Source: ECMA-376, part 1, `SpreadsheetML`; zip and XML are bounded by
//! [`archive`](super::super::archive) and [`xml`](super::super::xml).

use std::collections::BTreeMap;
use std::io::Cursor;

use super::super::archive::{Archive, Limits, ZipFiles};
use super::super::import::ImportError;
use super::super::xml::{self, Element, Path, Visit};

/// A row: cells by their column, from nought.
pub(super) type Row = BTreeMap<u32, String>;

/// A sheet.
pub(super) struct Sheet {
    pub name: String,
    /// Rows with cells, by number from 1.
    pub rows: BTreeMap<u32, Row>,
}

/// The sheets of a workbook, in its order.
pub(super) fn sheets(file: &str, bytes: &[u8]) -> Result<Vec<Sheet>, ImportError> {
    let mut zip = ZipFiles::new(Cursor::new(bytes), Limits::default())?;
    let mut part = |name: &str| -> Result<Option<Vec<u8>>, ImportError> {
        let place = zip.names().iter().position(|n| n == name);
        Ok(place.map(|at| zip.read(at)).transpose()?)
    };
    let fault = |part: &str, reason: String| ImportError::File { file: format!("{file}, {part}"), reason };
    let book = part("xl/workbook.xml")?.ok_or(ImportError::Empty { wanted: "`xl/workbook.xml`: it is no Excel workbook" })?;
    let mut names = Names::default();
    xml::walk(&book, &mut names).map_err(|e| fault("xl/workbook.xml", e))?;
    let mut relations = Relations::default();
    if let Some(bytes) = part("xl/_rels/workbook.xml.rels")? {
        xml::walk(&bytes, &mut relations).map_err(|e| fault("xl/_rels/workbook.xml.rels", e))?;
    }
    let mut strings = Strings::default();
    if let Some(bytes) = part("xl/sharedStrings.xml")? {
        xml::walk(&bytes, &mut strings).map_err(|e| fault("xl/sharedStrings.xml", e))?;
    }
    let mut found = Vec::new();
    for (name, relation) in names.0 {
        let Some(target) = relations.0.get(&relation) else { continue };
        let target = target.strip_prefix('/').map_or_else(|| format!("xl/{target}"), str::to_owned);
        let Some(bytes) = part(&target)? else { continue };
        let mut cells = Cells { shared: &strings.done, rows: BTreeMap::new(), at: (0, 0), kind: String::new(), text: String::new() };
        xml::walk(&bytes, &mut cells).map_err(|e| fault(&target, e))?;
        found.push(Sheet { name, rows: cells.rows });
    }
    Ok(found)
}

/// Names of sheets and what they are related by.
#[derive(Default)]
struct Names(Vec<(String, String)>);

impl Visit for Names {
    fn open(&mut self, path: &Path, element: &Element<'_>) -> Result<(), String> {
        if path.last() == "sheet"
            && let (Some(name), Some(relation)) = (element.attribute("name"), element.attribute("id"))
        {
            self.0.push((name, relation));
        }
        Ok(())
    }
    fn close(&mut self, _: &Path, _: &str) -> Result<(), String> {
        Ok(())
    }
}

/// Files by relation.
#[derive(Default)]
struct Relations(BTreeMap<String, String>);

impl Visit for Relations {
    fn open(&mut self, path: &Path, element: &Element<'_>) -> Result<(), String> {
        if path.last() == "Relationship"
            && let (Some(id), Some(target)) = (element.attribute("Id"), element.attribute("Target"))
        {
            self.0.insert(id, target);
        }
        Ok(())
    }
    fn close(&mut self, _: &Path, _: &str) -> Result<(), String> {
        Ok(())
    }
}

/// Texts that cells share.
#[derive(Default)]
struct Strings {
    done: Vec<String>,
    open: String,
}

impl Visit for Strings {
    fn open(&mut self, path: &Path, _: &Element<'_>) -> Result<(), String> {
        if path.last() == "si" {
            self.open.clear();
        }
        Ok(())
    }
    fn close(&mut self, path: &Path, text: &str) -> Result<(), String> {
        match path.last() {
            // Hints of pronunciation are no part of the text.
            "t" if path.above(1) != "rPh" => self.open.push_str(text),
            "si" => self.done.push(std::mem::take(&mut self.open)),
            _ => {}
        }
        Ok(())
    }
}

struct Cells<'s> {
    shared: &'s [String],
    rows: BTreeMap<u32, Row>,
    at: (u32, u32),
    kind: String,
    text: String,
}

impl Visit for Cells<'_> {
    fn open(&mut self, path: &Path, element: &Element<'_>) -> Result<(), String> {
        match path.last() {
            "row" => {
                let row = element.attribute("r").and_then(|r| r.parse().ok());
                self.at = (row.unwrap_or(self.at.0 + 1), 0);
            }
            "c" => {
                if let Some(name) = element.attribute("r") {
                    let (row, column) = place(&name).ok_or_else(|| format!("`{name}` is no cell"))?;
                    self.at = (row, column);
                }
                self.kind = element.attribute("t").unwrap_or_default();
                self.text.clear();
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &Path, text: &str) -> Result<(), String> {
        match path.last() {
            "v" => text.clone_into(&mut self.text),
            "t" if path.above(1) != "rPh" => self.text.push_str(text),
            "c" => {
                let mut text = std::mem::take(&mut self.text);
                if self.kind == "s" && !text.is_empty() {
                    let shared = text.parse::<usize>().ok().and_then(|at| self.shared.get(at));
                    text.clone_from(shared.ok_or_else(|| format!("there is no shared text {text}"))?);
                }
                let text = text.trim();
                if !text.is_empty() && self.kind != "e" {
                    self.rows.entry(self.at.0).or_default().insert(self.at.1, text.to_owned());
                }
                self.at.1 += 1;
            }
            _ => {}
        }
        Ok(())
    }
}

/// Row, from 1, and column, from nought, of a name such as `B3`.
fn place(name: &str) -> Option<(u32, u32)> {
    let letters = name.find(|c: char| c.is_ascii_digit())?;
    if letters == 0 || letters > 3 {
        return None;
    }
    let value = |c: u8| c.is_ascii_alphabetic().then(|| u32::from(c.to_ascii_uppercase() - b'A' + 1));
    let column = name[..letters].bytes().try_fold(0_u32, |sum, c| Some(sum * 26 + value(c)?))?;
    Some((name[letters..].parse().ok()?, column - 1))
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn names_of_cells_are_places() {
        assert_eq!((place("A1"), place("AB12"), place("XFD1048576")), (Some((1, 0)), Some((12, 27)), Some((1_048_576, 16_383))));
        assert_eq!((place("1"), place("A"), place("ABCD1"), place("é1")), (None, None, None, None));
    }
}
