//! Parameter tables: one number a row, found by subject and property, and by place and year where the table has them.

use rustc_hash::FxHashMap;

use crate::loader::Loader;
use crate::row::Value;
use crate::store::Store;
use crate::table::{Fault, Table, nearest};
use crate::units;

/// A number that a model needs is not in its table.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// No row has the subject.
    #[error("{table} has no `{subject}`{}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Subject {
        /// The table.
        table: String,
        /// The subject wanted.
        subject: String,
        /// The nearest subject.
        nearest: Option<String>,
    },
    /// The subject has no such property.
    #[error("{table}: `{subject}` has no `{property}`; it has {known}")]
    Property {
        /// The table.
        table: String,
        /// The subject.
        subject: String,
        /// The property wanted.
        property: String,
        /// The properties it has.
        known: String,
    },
    /// The unit does not fit.
    #[error("{table}: `{subject}` `{property}`: {error}")]
    Unit {
        /// The table.
        table: String,
        /// The subject.
        subject: String,
        /// The property.
        property: String,
        /// What does not fit.
        error: units::UnitError,
    },
    /// No row describes a year up to the wanted one.
    #[error("{table}: `{subject}` `{property}` has no value for {year}; years with one: {years}")]
    Year {
        /// The table.
        table: String,
        /// The subject.
        subject: String,
        /// The property.
        property: String,
        /// The year wanted.
        year: i32,
        /// The years there are.
        years: String,
    },
}

#[derive(Debug, Clone)]
struct Entry {
    value: Value,
    unit: String,
    place: String,
    year: Option<i32>,
}

type Properties = FxHashMap<String, Vec<Entry>>;

/// All parameter rows of one folder's tables.
#[derive(Debug, Clone, Default)]
pub struct Parameters {
    table: String,
    subjects: Vec<String>,
    properties: FxHashMap<String, Properties>,
}

/// The parameters of one subject.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'p> {
    table: &'p str,
    name: &'p str,
    properties: &'p Properties,
}

/// How often above or below all our own figures a user's price may lie: more is another unit or a slip of the decimal point.
const MOST_TIMES: f64 = 20.0;
/// The folder of prices.
const PRICES: &str = "prices/";

/// What the built-in table of the same name has, for rows of a user's table to stand against: least and most by subject and
/// property, each in the unit of its first row.
struct Ours {
    is_prices: bool,
    known: FxHashMap<(String, String), (String, f64, f64)>,
}

impl Ours {
    /// Nothing for our own tables.
    fn of(loader: &Loader<'_>, name: &str) -> Self {
        let is_overlay = loader.store().is_overlay(name);
        let mut ours = Self { is_prices: is_overlay && name.starts_with(PRICES), known: FxHashMap::default() };
        let text = Store::embedded_text(name).filter(|_| is_overlay);
        let Some(table) = text.and_then(|text| Table::parse(name, text, 0).ok()) else { return ours };
        for row in 0..table.len() {
            let Ok(value) = table.text(row, "value").parse::<f64>() else { continue };
            let key = (table.text(row, "subject").to_owned(), table.text(row, "property").to_owned());
            let unit = table.text(row, "unit");
            let (first, low, high) = ours.known.entry(key).or_insert_with(|| (unit.to_owned(), f64::INFINITY, f64::NEG_INFINITY));
            if let Ok(value) = units::convert(value, unit, first) {
                (*low, *high) = (low.min(value), high.max(value));
            }
        }
        ours
    }

    /// A unit that readers cannot turn into that of our row, or a price that is below nought or far from all of ours.
    fn fault(&self, subject: &str, property: &str, value: f64, unit: &str) -> Option<(&'static str, Fault)> {
        let law = |rule: &'static str, seen: String| Some(("value", Fault::Law { subject: format!("`{subject}` `{property}`"), rule, seen }));
        let known = self.known.get(&(subject.to_owned(), property.to_owned()));
        if self.is_prices && property == "price" && value < 0.0 && known.is_none_or(|k| k.1 >= 0.0) {
            return law("a price is nought or more", format!("{value} {unit}"));
        }
        let (own, low, high) = known?;
        match units::convert(value, unit, own) {
            // An unknown unit has its own fault.
            Err(units::UnitError::Unknown { .. }) => None,
            Err(error) => Some(("unit", error.into())),
            Ok(seen) if self.is_prices && *low > 0.0 && !(low / MOST_TIMES..=high * MOST_TIMES).contains(&seen) => {
                law("a price lies within a twentieth and twenty times what the built-in table has", format!("{seen} {own} beside {low} to {high}"))
            }
            Ok(_) => None,
        }
    }
}

impl Parameters {
    /// Reads one parameter table.
    pub fn read(loader: &mut Loader<'_>, name: &str) -> Self {
        let mut all = Self { table: name.to_owned(), ..Self::default() };
        let Some(table) = loader.table(name) else { return all };
        let mut first: FxHashMap<(String, String, String, String), u32> = FxHashMap::default();
        let ours = Ours::of(loader, name);
        for row in 0..table.len() {
            let (subject, property) = (table.text(row, "subject"), table.text(row, "property"));
            let (place, year) = (table.text(row, "place"), table.text(row, "year"));
            let key = (subject.to_owned(), property.to_owned(), place.to_owned(), year.to_owned());
            if let Some(&line) = first.get(&key) {
                let key = format!("`{subject}` `{property}` {place} {year}").trim_end().to_owned();
                loader.fault(&table, row, Some("property"), Fault::Duplicate { key, first_line: line });
                continue;
            }
            first.insert(key, table.line(row));
            let unit = table.text(row, "unit");
            if let Err(error) = units::Unit::parse(unit) {
                loader.fault(&table, row, Some("unit"), error.into());
            }
            let Some(value) = loader.value(&table, row, "value") else { continue };
            if let Some((column, fault)) = ours.fault(subject, property, value.best, unit) {
                loader.fault(&table, row, Some(column), fault);
            }
            let entry = Entry { value, unit: unit.to_owned(), place: place.to_owned(), year: year.parse().ok() };
            if !all.properties.contains_key(subject) {
                all.subjects.push(subject.to_owned());
                all.properties.insert(subject.to_owned(), Properties::default());
            }
            if let Some(properties) = all.properties.get_mut(subject) {
                properties.entry(property.to_owned()).or_default().push(entry);
            }
        }
        all
    }

    /// All subjects, in table order.
    pub fn subjects(&self) -> impl Iterator<Item = &str> {
        self.subjects.iter().map(String::as_str)
    }

    /// Whether a subject exists.
    pub fn has(&self, subject: &str) -> bool {
        self.properties.contains_key(subject)
    }

    /// The parameters of a subject.
    ///
    /// # Errors
    /// The table has no such subject; the error names the nearest one.
    pub fn subject<'p>(&'p self, name: &str) -> Result<Subject<'p>, ParameterError> {
        match self.properties.get_key_value(name) {
            Some((name, properties)) => Ok(Subject { table: &self.table, name, properties }),
            None => Err(ParameterError::Subject { table: self.table.clone(), subject: name.to_owned(), nearest: nearest(name, self.subjects()) }),
        }
    }

    /// A value in the wanted unit; the row without place and year, or the only row.
    ///
    /// # Errors
    /// The subject or property is missing, or the unit does not fit.
    pub fn value(&self, subject: &str, property: &str, unit: &str) -> Result<Value, ParameterError> {
        self.subject(subject)?.value(property, unit)
    }
}

impl<'p> Subject<'p> {
    /// Its name.
    pub fn name(&self) -> &'p str {
        self.name
    }

    /// The names of its properties, sorted.
    pub fn properties(&self) -> Vec<&'p str> {
        let mut names: Vec<_> = self.properties.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// The years of a property's rows without a place, rising; none if it has none.
    pub fn years(&self, property: &str) -> Vec<i32> {
        let entries = self.properties.get(property).map_or(&[][..], Vec::as_slice);
        let mut years: Vec<i32> = entries.iter().filter(|e| e.place.is_empty()).filter_map(|e| e.year).collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    /// A value in the wanted unit; the row without place, else the first row.
    ///
    /// # Errors
    /// The property is missing, or the unit does not fit.
    pub fn value(&self, property: &str, unit: &str) -> Result<Value, ParameterError> {
        let entries = self.entries(property)?;
        let entry = entries.iter().find(|e| e.place.is_empty()).unwrap_or(&entries[0]);
        self.convert(property, entry, unit)
    }

    /// A value if the property exists.
    ///
    /// # Errors
    /// The unit does not fit.
    pub fn optional(&self, property: &str, unit: &str) -> Result<Option<Value>, ParameterError> {
        if self.properties.contains_key(property) { self.value(property, unit).map(Some) } else { Ok(None) }
    }

    /// The value for the first of `places` (nearest first) that has one, in the last year up to `year`.
    /// Rows without a place serve everywhere, rows without a year always.
    ///
    /// # Errors
    /// The property is missing, no row is old enough, or the unit does not fit.
    pub fn value_at(&self, property: &str, places: &[&str], year: i32, unit: &str) -> Result<Value, ParameterError> {
        self.dated_value_at(property, places, year, unit).map(|(value, _)| value)
    }

    /// As [`Self::value_at`], with the year of the row; `None`: it holds always.
    ///
    /// # Errors
    /// The property is missing, no row is old enough, or the unit does not fit.
    pub fn dated_value_at(&self, property: &str, places: &[&str], year: i32, unit: &str) -> Result<(Value, Option<i32>), ParameterError> {
        let entries = self.entries(property)?;
        for place in places.iter().copied().chain([""]) {
            let best = entries.iter().filter(|e| e.place == place && e.year.is_none_or(|y| y <= year)).max_by_key(|e| e.year.unwrap_or(i32::MIN));
            if let Some(entry) = best {
                return Ok((self.convert(property, entry, unit)?, entry.year));
            }
        }
        let mut years: Vec<_> = entries.iter().filter_map(|e| e.year).collect();
        years.sort_unstable();
        years.dedup();
        Err(ParameterError::Year {
            table: self.table.to_owned(),
            subject: self.name.to_owned(),
            property: property.to_owned(),
            year,
            years: years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        })
    }

    fn entries(&self, property: &str) -> Result<&'p Vec<Entry>, ParameterError> {
        self.properties.get(property).ok_or_else(|| ParameterError::Property {
            table: self.table.to_owned(),
            subject: self.name.to_owned(),
            property: property.to_owned(),
            known: self.properties().join(", "),
        })
    }

    fn convert(&self, property: &str, entry: &Entry, unit: &str) -> Result<Value, ParameterError> {
        let factor = units::ratio(&entry.unit, unit).map_err(|error| ParameterError::Unit {
            table: self.table.to_owned(),
            subject: self.name.to_owned(),
            property: property.to_owned(),
            error,
        })?;
        Ok(entry.value.scaled(factor))
    }
}
