//! Cars of the catalogue: `cars/cars.csv`, one field of one car a row.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::car::CarDesign;
use crate::car_fields::{Assembler, Entry, FieldEntry, is_number};
use crate::loader::Loader;
use crate::store::Store;
use crate::table::{Fault, Table, nearest};

/// The table of the catalogue.
const CARS: &str = "cars/cars.csv";

/// A car that is not in the catalogue.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{seen}` is neither a car of the catalogue nor a file{}", hint(nearest.as_deref(), begun))]
pub struct UnknownCar {
    /// The id seen.
    pub seen: String,
    /// The nearest id.
    pub nearest: Option<String>,
    /// Ids that begin so.
    pub begun: Vec<String>,
}

fn hint(nearest: Option<&str>, begun: &[String]) -> String {
    match nearest {
        Some(id) => format!("; did you mean `{id}`?"),
        None if begun.is_empty() => String::new(),
        None => format!("; ids that begin so: {}", begun.join(", ")),
    }
}

/// A car of the catalogue as the text of a car file, to be changed and read again; `None`: the store has no such car.
///
/// Sources and spreads stay behind: who changes a car answers for its numbers.
pub fn car_text(store: &Store, id: &str) -> Option<String> {
    let table = Table::parse(CARS, store.text(CARS)?, 0).ok()?;
    // Sections in the order of the file; numbered motors are a list.
    let mut sections: Vec<(String, String)> = Vec::new();
    let quoted = |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
    sections.push(("[car]".to_owned(), format!("id = {}\n", quoted(id))));
    for row in (0..table.len()).filter(|row| table.text(*row, "car_id") == id) {
        let (field, value) = (table.text(row, "field"), table.text(row, "value"));
        let (section, key) = field.split_once('.')?;
        let (heading, key) = match key.split_once('.') {
            Some((number, key)) if section == "motor" => (format!("[[motor]] # {number}"), key),
            _ => (format!("[{section}]"), key),
        };
        let value = match value.parse::<f64>() {
            Ok(number) if is_number(field) => number.to_string(),
            _ => quoted(value),
        };
        let at = sections.iter().position(|s| s.0 == heading).unwrap_or_else(|| {
            sections.push((heading, String::new()));
            sections.len() - 1
        });
        let _ = writeln!(sections[at].1, "{key} = {value}");
    }
    let is_there = sections.len() > 1 || sections[0].1.lines().count() > 1;
    let bare = |heading: &str| heading.split(" #").next().unwrap_or_default().to_owned();
    is_there.then(|| sections.iter().map(|(heading, lines)| format!("{}\n{lines}", bare(heading))).collect::<Vec<_>>().join("\n"))
}

/// The cars of `cars/cars.csv`.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    cars: Vec<CarDesign>,
}

impl Catalogue {
    /// Reads `cars/cars.csv`.
    pub fn read(loader: &mut Loader<'_>, chemistries: &[String]) -> Self {
        let mut all = Self::default();
        let Some(table) = loader.table(CARS) else { return all };
        let mut order: Vec<String> = Vec::new();
        let mut fields: BTreeMap<String, Vec<(usize, FieldEntry)>> = BTreeMap::new();
        for row in 0..table.len() {
            let car = table.text(row, "car_id");
            let field = table.text(row, "field");
            let text = table.text(row, "value");
            let is_number = is_number(field);
            let entry = if is_number {
                let Some(value) = loader.value(&table, row, "value") else { continue };
                Entry::Number(value)
            } else {
                Entry::Text(text.to_owned())
            };
            if !fields.contains_key(car) {
                order.push(car.to_owned());
            }
            let list = fields.entry(car.to_owned()).or_default();
            if let Some((first, _)) = list.iter().find(|(_, f)| f.key == field) {
                let first_line = table.line(*first);
                loader.fault(&table, row, Some("field"), Fault::Duplicate { key: format!("`{field}` of `{car}`"), first_line });
                continue;
            }
            list.push((row, FieldEntry { key: field.to_owned(), entry, line: table.line(row) }));
        }
        for id in order {
            let Some(list) = fields.remove(&id) else { continue };
            let first = list[0].0;
            let mut entries: Vec<FieldEntry> = list.into_iter().map(|l| l.1).collect();
            entries.push(FieldEntry { key: "car.id".to_owned(), entry: Entry::Text(id.clone()), line: table.line(first) });
            match Assembler::new(std::sync::Arc::clone(table.name()), entries, chemistries).assemble(Vec::new()) {
                Ok(design) => all.cars.push(design),
                Err(errors) => {
                    for error in errors {
                        let row = (0..table.len()).find(|r| table.line(*r) == error.at.line).unwrap_or(first);
                        let fault = Fault::Law {
                            subject: format!("car `{id}`"),
                            rule: "a catalogue car obeys the rules of car files",
                            seen: error.fault.to_string(),
                        };
                        loader.fault(&table, row, Some("value"), fault);
                    }
                }
            }
        }
        all
    }

    /// All cars, in table order.
    pub fn cars(&self) -> &[CarDesign] {
        &self.cars
    }

    /// A car by id.
    ///
    /// # Errors
    /// The catalogue has no such car; the error names the nearest one.
    pub fn car(&self, id: &str) -> Result<&CarDesign, UnknownCar> {
        let ids = || self.cars.iter().map(|c| c.id.as_str());
        let begun = || if id.is_empty() { Vec::new() } else { ids().filter(|i| i.starts_with(id)).map(str::to_owned).collect() };
        self.cars.iter().find(|c| c.id == id).ok_or_else(|| UnknownCar { seen: id.to_owned(), nearest: nearest(id, ids()), begun: begun() })
    }
}
