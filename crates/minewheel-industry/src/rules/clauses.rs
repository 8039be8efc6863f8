//! Clauses as checked types: what is asked of whom, under which condition, from when, and with what force.
//!
//! A condition is `trait = word|word & trait != word & number <= value unit`: every part must hold. Traits and their words
//! stand in the register; a word that it lacks is a violation of the row, as is an operator that nobody knows or a unit that
//! measures something else than the quantity.

use std::fmt;

use minewheel_data::loader::Loader;
use minewheel_data::row::RowId;
use minewheel_data::table::{Fault, Table, nearest};
use serde::Serialize;

use super::date::Date;
use super::editions::{Editions, date_in};
use super::quantities::{Kind, Quantities, in_unit, known_unit};

/// The value of a clause that leaves its number to a further act.
const NOT_SET: &str = "not set";

/// How a number is held against another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub enum Operator {
    /// At least.
    #[serde(rename = ">=")]
    AtLeast,
    /// More than.
    #[serde(rename = ">")]
    MoreThan,
    /// At most.
    #[serde(rename = "<=")]
    AtMost,
    /// Less than.
    #[serde(rename = "<")]
    LessThan,
    /// As much as.
    #[serde(rename = "=")]
    Equal,
    /// Yes or no.
    #[serde(rename = "is")]
    Is,
}

impl Operator {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::AtLeast, Self::MoreThan, Self::AtMost, Self::LessThan, Self::Equal, Self::Is];

    /// Its sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::AtLeast => ">=",
            Self::MoreThan => ">",
            Self::AtMost => "<=",
            Self::LessThan => "<",
            Self::Equal => "=",
            Self::Is => "is",
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.sign())
    }
}

/// What force a clause has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Force {
    /// It must be met.
    Binding,
    /// It waits for a further act.
    Pending,
    /// It is asked for, not required.
    Encouraged,
    /// It says something that nobody can meet or miss.
    Informative,
}

impl Force {
    const ALL: [Self; 4] = [Self::Binding, Self::Pending, Self::Encouraged, Self::Informative];

    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Binding => "binding",
            Self::Pending => "pending",
            Self::Encouraged => "encouraged",
            Self::Informative => "informative",
        }
    }
}

/// What a clause asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// A number of a unit.
    Number {
        /// How it is held against the value.
        operator: Operator,
        /// What is asked for; `None`: the rule leaves it to a further act.
        value: Option<f64>,
        /// Its unit.
        unit: String,
    },
    /// Yes (`true`) or no.
    Evidence(bool),
    /// Nothing: it is only stated.
    Statement(String),
}

/// One part of a condition.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// A trait, and the words it may have, or may not have.
    Words {
        /// The trait.
        of: String,
        /// The words.
        words: Vec<String>,
        /// Whether the words are those that it must not have.
        is_negated: bool,
    },
    /// A number, and the bound within which the clause is about the subject.
    Bound {
        /// The quantity.
        of: String,
        /// On which side of the bound.
        operator: Operator,
        /// The bound.
        value: f64,
        /// Its unit.
        unit: String,
    },
}

impl Part {
    /// The quantity that it looks at.
    pub fn of(&self) -> &str {
        match self {
            Self::Words { of, .. } | Self::Bound { of, .. } => of,
        }
    }
}

/// One clause of one edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// The edition.
    pub edition: String,
    /// Our id, the same in every edition of a family.
    pub id: String,
    /// What it asks.
    pub title: String,
    /// Of what it asks it: `company`, `plant`, `product`, …
    pub subject: String,
    /// The quantity.
    pub quantity: String,
    /// The test.
    pub test: Test,
    /// The parts of its condition, all of which must hold.
    pub condition: Vec<Part>,
    /// The condition as written.
    pub condition_text: String,
    /// First day.
    pub from: Option<Date>,
    /// First day on which it no longer holds.
    pub until: Option<Date>,
    /// Its force.
    pub force: Force,
    /// Its row.
    pub row: RowId,
    /// What must be known of it.
    pub note: String,
}

impl Clause {
    /// Whether it asks anything on a day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.from.is_none_or(|from| from <= day) && self.until.is_none_or(|until| day < until)
    }

    /// What it asks, in words: `>= 230 Wh/kg`, `yes`, …
    pub fn asked(&self) -> String {
        match &self.test {
            Test::Number { operator, value: Some(value), unit } => format!("{operator} {value} {}", shown_unit(unit)),
            Test::Number { operator, value: None, unit } => format!("{operator} (not set) {}", shown_unit(unit)),
            Test::Evidence(true) => "yes".to_owned(),
            Test::Evidence(false) => "no".to_owned(),
            Test::Statement(text) => text.clone(),
        }
    }
}

/// A unit as it is printed.
pub fn shown_unit(unit: &str) -> &str {
    match unit {
        "percent" => "%",
        "degC" => "°C",
        "cycle" => "cycles",
        "um" => "µm",
        "kg_co2e/kWh" => "kg CO2e/kWh",
        other => other,
    }
}

/// Reads every table of clauses.
pub fn read_clauses(loader: &mut Loader<'_>, prefix: &str, suffix: &str, editions: &Editions, quantities: &Quantities) -> Vec<Clause> {
    let mut clauses: Vec<Clause> = Vec::new();
    for table in loader.tables(prefix, suffix) {
        for row in 0..table.len() {
            let Some(clause) = read_clause(loader, &table, row, editions, quantities) else { continue };
            match clauses.iter().find(|c| c.edition == clause.edition && c.id == clause.id) {
                Some(first) => {
                    let key = format!("clause `{}` of `{}`", clause.id, clause.edition);
                    let first_line = first.row.0.checked_sub(table.first_row()).map_or(0, |r| table.line(r as usize));
                    loader.fault(&table, row, Some("clause"), Fault::Duplicate { key, first_line });
                }
                None => clauses.push(clause),
            }
        }
    }
    clauses
}

fn read_clause(loader: &mut Loader<'_>, table: &Table, row: usize, editions: &Editions, quantities: &Quantities) -> Option<Clause> {
    let cell = |column: &str| table.text(row, column).to_owned();
    if editions.all().iter().all(|e| e.id != table.text(row, "edition")) {
        loader.unknown_name(table, row, "edition", "edition", editions.all().iter().map(|e| e.id.as_str()));
        return None;
    }
    let Some(quantity) = quantities.get(table.text(row, "quantity")) else {
        loader.unknown_name(table, row, "quantity", "quantity", quantities.all().iter().map(|q| q.id.as_str()));
        return None;
    };
    let test = read_test(loader, table, row, &quantity.kind)?;
    let is_numeric = matches!(test, Test::Number { .. });
    if is_numeric != (table.text(row, "numeric") == "yes") {
        let wanted = if is_numeric { "yes: the quantity is a number" } else { "no: the quantity is not a number" };
        word_fault(loader, table, row, "numeric", wanted.to_owned(), None);
    }
    let condition = read_condition(loader, table, row, quantities)?;
    let Some(force) = Force::ALL.into_iter().find(|f| f.word() == table.text(row, "force")) else {
        word_fault(loader, table, row, "force", Force::ALL.map(Force::word).join(", "), None);
        return None;
    };
    let (from, until) = (date_in(loader, table, row, "from"), date_in(loader, table, row, "until"));
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        let fault = Fault::Law { subject: cell("clause"), rule: "`until` lies after `from`", seen: format!("{from} to {until}") };
        loader.fault(table, row, Some("until"), fault);
    }
    Some(Clause {
        edition: cell("edition"),
        id: cell("clause"),
        title: cell("title"),
        subject: cell("subject"),
        quantity: quantity.id.clone(),
        test,
        condition,
        condition_text: cell("condition"),
        from,
        until,
        force,
        row: loader.row(table, row),
        note: cell("note"),
    })
}

fn word_fault(loader: &mut Loader<'_>, table: &Table, row: usize, column: &str, wanted: String, seen: Option<String>) {
    let seen = seen.unwrap_or_else(|| table.text(row, column).to_owned());
    let near = nearest(&seen, wanted.split(", "));
    loader.fault(table, row, Some(column), Fault::NotInList { column: column.to_owned(), seen, wanted, nearest: near });
}

fn read_test(loader: &mut Loader<'_>, table: &Table, row: usize, kind: &Kind) -> Option<Test> {
    let (sign, value) = (table.text(row, "operator"), table.text(row, "value"));
    match kind {
        Kind::Number { unit: canonical, .. } => {
            let Some(operator) = Operator::ALL.into_iter().filter(|o| *o != Operator::Is).find(|o| o.sign() == sign) else {
                word_fault(loader, table, row, "operator", ">=, >, <=, <, =".to_owned(), None);
                return None;
            };
            let unit = table.text(row, "unit").to_owned();
            if let Err(error) = known_unit(&unit).and_then(|()| in_unit(1.0, &unit, canonical).map(|_| ())) {
                loader.fault(table, row, Some("unit"), error.into());
                return None;
            }
            let number = if value == NOT_SET { None } else { Some(loader.number_in(table, row, "value")?) };
            Some(Test::Number { operator, value: number, unit })
        }
        Kind::Evidence => {
            if sign != Operator::Is.sign() {
                word_fault(loader, table, row, "operator", "is".to_owned(), None);
                return None;
            }
            match value {
                "yes" => Some(Test::Evidence(true)),
                "no" => Some(Test::Evidence(false)),
                _ => {
                    word_fault(loader, table, row, "value", "yes, no".to_owned(), None);
                    None
                }
            }
        }
        Kind::Statement => {
            if sign != "states" {
                word_fault(loader, table, row, "operator", "states".to_owned(), None);
                return None;
            }
            Some(Test::Statement(value.to_owned()))
        }
        Kind::Trait(_) => {
            let fault = Fault::Law {
                subject: table.text(row, "quantity").to_owned(),
                rule: "a trait is a condition, nothing that a clause asks for",
                seen: sign.to_owned(),
            };
            loader.fault(table, row, Some("quantity"), fault);
            None
        }
    }
}

fn read_condition(loader: &mut Loader<'_>, table: &Table, row: usize, quantities: &Quantities) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    for text in table.text(row, "condition").split('&').map(str::trim).filter(|t| !t.is_empty()) {
        if let Some((of, operator, bound)) = bound_in(text) {
            parts.push(read_bound(loader, table, row, quantities, (text, of, operator, bound))?);
            continue;
        }
        let (of, words, is_negated) = match (text.split_once("!="), text.split_once('=')) {
            (Some((of, words)), _) => (of.trim(), words, true),
            (None, Some((of, words))) => (of.trim(), words, false),
            (None, None) => {
                word_fault(
                    loader,
                    table,
                    row,
                    "condition",
                    "`trait = word`, `trait != word` or `number <= 1 unit`, joined by &".to_owned(),
                    Some(text.to_owned()),
                );
                return None;
            }
        };
        let Some(Kind::Trait(known)) = quantities.get(of).map(|q| &q.kind) else {
            let traits: Vec<&str> = quantities.all().iter().filter(|q| matches!(q.kind, Kind::Trait(_))).map(|q| q.id.as_str()).collect();
            word_fault(loader, table, row, "condition", traits.join(", "), Some(of.to_owned()));
            return None;
        };
        let words: Vec<String> = words.split('|').map(|w| w.trim().to_owned()).collect();
        if let Some(unknown) = words.iter().find(|w| !known.contains(w)) {
            word_fault(loader, table, row, "condition", known.join(", "), Some(unknown.clone()));
            return None;
        }
        parts.push(Part::Words { of: of.to_owned(), words, is_negated });
    }
    Some(parts)
}

/// A part that bounds a number: the quantity, the side, and the bound with its unit.
fn bound_in(text: &str) -> Option<(&str, Operator, &str)> {
    [Operator::AtLeast, Operator::AtMost, Operator::MoreThan, Operator::LessThan]
        .into_iter()
        .find_map(|operator| text.split_once(operator.sign()).map(|(of, bound)| (of.trim(), operator, bound.trim())))
}

fn read_bound(
    loader: &mut Loader<'_>,
    table: &Table,
    row: usize,
    quantities: &Quantities,
    (text, of, operator, bound): (&str, &str, Operator, &str),
) -> Option<Part> {
    let Some(own) = quantities.unit(of) else {
        let numbers: Vec<&str> = quantities.all().iter().filter(|q| matches!(q.kind, Kind::Number { .. })).map(|q| q.id.as_str()).collect();
        word_fault(loader, table, row, "condition", numbers.join(", "), Some(of.to_owned()));
        return None;
    };
    let parsed = bound.split_once(' ').and_then(|(number, unit)| Some((number.parse::<f64>().ok().filter(|n| n.is_finite())?, unit.trim())));
    let Some((value, unit)) = parsed else {
        word_fault(loader, table, row, "condition", "a number and its unit after the sign".to_owned(), Some(text.to_owned()));
        return None;
    };
    if let Err(error) = known_unit(unit).and_then(|()| in_unit(value, unit, own).map(|_| ())) {
        loader.fault(table, row, Some("condition"), error.into());
        return None;
    }
    Some(Part::Bound { of: of.to_owned(), operator, value, unit: unit.to_owned() })
}
