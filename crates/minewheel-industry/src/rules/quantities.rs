//! The register of what rules may ask: numbers with their unit and limits, yes or no, words, and what is only stated.

use minewheel_data::loader::Loader;
use minewheel_data::table::{Fault, nearest};
use minewheel_data::units::{Unit, UnitError, ZERO_CELSIUS_K, convert};

/// Degrees Celsius: the one unit whose zero is not nought of what it measures.
const CELSIUS: &str = "degC";

/// The unit of shares, which is never left out.
pub const SHARE: &str = "percent";

/// Words of a trait that a file may also give as true and false.
const YES_NO: [&str; 2] = ["yes", "no"];

/// What kind of answer a quantity has.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// A number.
    Number {
        /// The unit of a number given without one.
        unit: String,
        /// Least number that can be.
        minimum: f64,
        /// Greatest number that can be.
        maximum: f64,
        /// Two quantities whose quotient it is.
        quotient: Option<(String, String)>,
    },
    /// Yes or no.
    Evidence,
    /// A word, on which conditions rest.
    Trait(Vec<String>),
    /// Stated by a rule, never judged.
    Statement,
}

/// Something a rule may ask.
#[derive(Debug, Clone, PartialEq)]
pub struct Quantity {
    /// Its id, also its key in a rule file.
    pub id: String,
    /// What kind of answer it has.
    pub kind: Kind,
    /// What it is.
    pub title: String,
}

/// The register.
#[derive(Debug, Clone, Default)]
pub struct Quantities {
    all: Vec<Quantity>,
}

impl Quantities {
    /// Reads a register.
    pub fn read(loader: &mut Loader<'_>, name: &str) -> Self {
        let mut all: Vec<Quantity> = Vec::new();
        let Some(table) = loader.table(name) else { return Self::default() };
        for row in 0..table.len() {
            let id = table.text(row, "quantity").to_owned();
            if let Some(first) = all.iter().position(|q| q.id == id) {
                loader.fault(&table, row, Some("quantity"), Fault::Duplicate { key: format!("`{id}`"), first_line: table.line(first) });
            }
            let kind = match table.text(row, "kind") {
                "number" => {
                    let unit = table.text(row, "unit").to_owned();
                    if let Err(error) = known_unit(&unit) {
                        loader.fault(&table, row, Some("unit"), error.into());
                    }
                    let minimum = loader.number_in(&table, row, "minimum").unwrap_or(f64::NEG_INFINITY);
                    let maximum = loader.number_in(&table, row, "maximum").unwrap_or(f64::INFINITY);
                    let (numerator, denominator) = (table.text(row, "numerator"), table.text(row, "denominator"));
                    let quotient = (!numerator.is_empty()).then(|| (numerator.to_owned(), denominator.to_owned()));
                    Kind::Number { unit, minimum, maximum, quotient }
                }
                "evidence" => Kind::Evidence,
                "trait" => Kind::Trait(table.text(row, "words").split(';').map(|w| w.trim().to_owned()).collect()),
                "statement" => Kind::Statement,
                seen => {
                    let wanted = "number, evidence, trait, statement".to_owned();
                    let near = nearest(seen, wanted.split(", "));
                    let fault = Fault::NotInList { column: "kind".to_owned(), seen: seen.to_owned(), wanted, nearest: near };
                    loader.fault(&table, row, Some("kind"), fault);
                    Kind::Statement
                }
            };
            all.push(Quantity { id, kind, title: table.text(row, "title").to_owned() });
        }
        let register = Self { all };
        for (row, quantity) in register.all.iter().enumerate() {
            let Kind::Number { unit, quotient: Some((above, below)), .. } = &quantity.kind else { continue };
            for (column, part) in [("numerator", above), ("denominator", below)] {
                if register.unit(part).is_none() {
                    loader.unknown_name(&table, row, column, "number of this table", register.all.iter().map(|q| q.id.as_str()));
                }
            }
            if let (Some(above), Some(below)) = (register.unit(above), register.unit(below))
                && let Err(error) = convert(1.0, &format!("{above}/{below}"), unit)
            {
                loader.fault(&table, row, Some("unit"), error.into());
            }
        }
        register
    }

    /// All of them, in order of table.
    pub fn all(&self) -> &[Quantity] {
        &self.all
    }

    /// The quantity of that id.
    pub fn get(&self, id: &str) -> Option<&Quantity> {
        self.all.iter().find(|q| q.id == id)
    }

    /// The unit of a number.
    pub fn unit(&self, id: &str) -> Option<&str> {
        match &self.get(id)?.kind {
            Kind::Number { unit, .. } => Some(unit),
            _ => None,
        }
    }
}

/// The word of a trait that true or false stands for, if the trait knows just yes and no.
pub fn yes_or_no(words: &[String], flag: bool) -> Option<&'static str> {
    let is_yes_no = words.len() == YES_NO.len() && YES_NO.iter().all(|w| words.iter().any(|x| x == w));
    is_yes_no.then_some(if flag { YES_NO[0] } else { YES_NO[1] })
}

/// A unit by the name that people write, which is also how it is printed.
pub fn unit_name(written: &str) -> &str {
    match written {
        "%" => "percent",
        "C" | "°C" => CELSIUS,
        "cycles" => "cycle",
        "µm" => "um",
        "kg CO2e/kWh" => "kg_co2e/kWh",
        other => other,
    }
}

/// Whether a unit is known.
///
/// # Errors
/// A token that is not in the list of units.
pub fn known_unit(unit: &str) -> Result<(), UnitError> {
    if unit == CELSIUS { Ok(()) } else { Unit::parse(unit).map(|_| ()) }
}

/// A number in another unit of the same dimension; degrees Celsius are temperatures, not differences.
///
/// # Errors
/// An unknown unit, or two that measure different things.
pub fn in_unit(value: f64, from: &str, to: &str) -> Result<f64, UnitError> {
    if from == to {
        return Ok(value);
    }
    match (from, to) {
        (CELSIUS, other) => convert(value + ZERO_CELSIUS_K, "K", other),
        (other, CELSIUS) => convert(value, other, "K").map(|k| k - ZERO_CELSIUS_K),
        (from, to) => convert(value, from, to),
    }
}
