//! A rule file: what a company, a plant, a project or a product says of itself, read with every fault at once.
//!
//! ```toml
//! [company]
//! request = "expand"
//! output = "42 GWh"
//! capacity = "60 GWh"
//! invention_patents = true
//!
//! [[product]]
//! name = "cell 280"
//! application = "power"
//! specific_energy = "0.171 kWh/kg"
//! ```
//!
//! A section is a kind of subject, once or as a list. A key is a quantity of the register: a number in the quantity's
//! unit, a text `"number unit"` in any unit of that dimension, `true` or `false`, or one of a trait's words. A share
//! needs its unit (`"3 %"`), because 0.03 and 3 are both written for it. Sums of money keep their currency.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::status::Status;
use minewheel_data::table::{Position, nearest};
use minewheel_data::units::UnitError;
use toml::de::{DeTable, DeValue};

use super::quantities::{Kind, Quantities, Quantity, SHARE, in_unit, known_unit, unit_name, yes_or_no};

/// Currencies, between which no rate is known here.
const CURRENCIES: [&str; 3] = ["CNY", "EUR", "USD"];
/// The key that names a subject.
const NAME: &str = "name";

/// What is given of one quantity.
#[derive(Debug, Clone, PartialEq)]
pub enum Given {
    /// A number of a unit.
    Number(f64, String),
    /// Yes or no.
    Flag(bool),
    /// A word of a trait.
    Word(String),
}

/// Something known of a subject.
#[derive(Debug, Clone, PartialEq)]
pub struct Fact {
    /// What is given.
    pub given: Given,
    /// Least and greatest number that it may be, in its unit; `None`: it is what is given.
    pub range: Option<[f64; 2]>,
    /// How it is known.
    pub status: Status,
    /// Where it stands.
    pub source: String,
}

/// A stated quotient and that of its parts are the same within the rounding of a per cent.
const AGREES: f64 = 0.01;

/// A company, plant, project, product, passport, … and what is known of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Subject {
    /// What it is.
    pub kind: String,
    /// Its name.
    pub name: String,
    /// What is known, by quantity.
    pub facts: BTreeMap<String, Fact>,
}

/// What is wrong with one place of a rule file.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SubjectFault {
    /// Not TOML.
    #[error("not readable as TOML: {reason}")]
    Toml {
        /// What the reader said.
        reason: String,
    },
    /// Nobody asks anything of such a subject.
    #[error("no rule asks anything of `{seen}`{}; there are: {known}", suggestion(nearest.as_deref()))]
    Section {
        /// The section seen.
        seen: String,
        /// The sections there are.
        known: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// The file describes nothing.
    #[error("the file describes nothing; wanted one of: {known}")]
    Nothing {
        /// The sections there are.
        known: String,
    },
    /// No quantity has that name.
    #[error("`{key}` is not a quantity{}", suggestion(nearest.as_deref()))]
    Key {
        /// The key seen.
        key: String,
        /// The nearest quantity.
        nearest: Option<String>,
    },
    /// The value is of another type.
    #[error("`{key}` is {seen}, wanted {wanted}")]
    Type {
        /// The key.
        key: String,
        /// What is there.
        seen: String,
        /// What would do.
        wanted: String,
    },
    /// The unit measures something else, or nobody knows it.
    #[error("`{key}` is `{seen}`: {error}")]
    Unit {
        /// The key.
        key: String,
        /// The text seen.
        seen: String,
        /// What does not fit.
        error: UnitError,
    },
    /// A share without its unit.
    #[error("`{key}` is {seen}: a share needs its unit; write \"{seen} %\" or \"{percent} %\"")]
    Share {
        /// The key.
        key: String,
        /// The number seen.
        seen: f64,
        /// The number as percent, if a fraction was meant.
        percent: f64,
    },
    /// The number cannot be.
    #[error("`{key}` is {seen} {unit}, outside {minimum}..={maximum} {unit}")]
    OutOfRange {
        /// The key.
        key: String,
        /// The number, in the quantity's unit.
        seen: f64,
        /// The unit.
        unit: String,
        /// The least that can be.
        minimum: f64,
        /// The greatest that can be.
        maximum: f64,
    },
    /// The word is not one of the trait.
    #[error("`{key}` is `{seen}`, wanted one of: {wanted}{}", suggestion(nearest.as_deref()))]
    Word {
        /// The key.
        key: String,
        /// The word seen.
        seen: String,
        /// The words there are.
        wanted: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// Two subjects of one kind have one name.
    #[error("{kind} `{name}` stands twice; wanted a name of its own")]
    Twice {
        /// The kind.
        kind: String,
        /// The name.
        name: String,
    },
    /// A quotient, and two parts that give another.
    #[error("`{quotient}` is {stated} {unit}, while `{above}` over `{below}` is {parts} {unit}; wanted one of them, or both the same")]
    Contradiction {
        /// The quotient.
        quotient: String,
        /// What the file states.
        stated: f64,
        /// What its parts give.
        parts: f64,
        /// The part above.
        above: String,
        /// The part below.
        below: String,
        /// Unit of both numbers.
        unit: String,
    },
    /// Two sums of money of different currencies.
    #[error("`{above}` is in {above_currency} and `{below}` in {below_currency}; wanted one currency")]
    Currency {
        /// The first quantity.
        above: String,
        /// Its currency.
        above_currency: String,
        /// The second quantity.
        below: String,
        /// Its currency.
        below_currency: String,
    },
}

fn suggestion(nearest: Option<&str>) -> String {
    nearest.map(|n| format!("; did you mean `{n}`?")).unwrap_or_default()
}

/// One fault of a rule file, and where it stands.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{at}: {fault}")]
pub struct SubjectError {
    /// Where it stands.
    pub at: Position,
    /// What is wrong.
    pub fault: SubjectFault,
}

/// Whether a TOML text is a car file rather than a rule file.
pub fn is_car_file(text: &str) -> bool {
    DeTable::parse(text).is_ok_and(|t| t.get_ref().iter().any(|(key, _)| key.get_ref() == "car"))
}

/// Reads a rule file against the register and the kinds of subjects that rules know.
///
/// # Errors
/// Every fault of the file at once, each with its line.
pub fn read_rule_file(file: &str, text: &str, quantities: &Quantities, kinds: &[&str]) -> Result<Vec<Subject>, Vec<SubjectError>> {
    let mut reader = Reader { file: file.into(), text, quantities, faults: Vec::new() };
    let parsed = match DeTable::parse(text) {
        Ok(parsed) => parsed,
        Err(error) => {
            let at = error.span().map_or(0, |s| s.start);
            reader.fault(at, SubjectFault::Toml { reason: error.message().to_owned() });
            return Err(reader.faults);
        }
    };
    let mut subjects: Vec<Subject> = Vec::new();
    for (section, value) in parsed.get_ref() {
        let (kind, at) = (section.get_ref().as_ref(), section.span().start);
        if !kinds.contains(&kind) {
            let near = nearest(kind, kinds.iter().copied());
            reader.fault(at, SubjectFault::Section { seen: kind.to_owned(), known: kinds.join(", "), nearest: near });
            continue;
        }
        match value.get_ref() {
            DeValue::Table(table) => subjects.push(reader.subject(kind, 1, table)),
            DeValue::Array(items) => {
                for (i, item) in items.iter().enumerate() {
                    match item.get_ref() {
                        DeValue::Table(table) => {
                            let subject = reader.subject(kind, i + 1, table);
                            if subjects.iter().any(|s| s.kind == subject.kind && s.name == subject.name) {
                                reader.fault(item.span().start, SubjectFault::Twice { kind: kind.to_owned(), name: subject.name.clone() });
                            }
                            subjects.push(subject);
                        }
                        _ => reader.wrong(item.span().start, kind, item.get_ref(), "a section"),
                    }
                }
            }
            other => reader.wrong(at, kind, other, "a section"),
        }
    }
    if subjects.is_empty() && reader.faults.is_empty() {
        reader.fault(0, SubjectFault::Nothing { known: kinds.join(", ") });
    }
    if reader.faults.is_empty() {
        return Ok(subjects);
    }
    reader.faults.sort_by_key(|f| f.at.line);
    Err(reader.faults)
}

struct Reader<'r> {
    file: Arc<str>,
    text: &'r str,
    quantities: &'r Quantities,
    faults: Vec<SubjectError>,
}

impl Reader<'_> {
    fn fault(&mut self, at: usize, fault: SubjectFault) {
        let line = self.text[..at.min(self.text.len())].matches('\n').count() as u32 + 1;
        self.faults.push(SubjectError { at: Position { file: Arc::clone(&self.file), line, column: 0 }, fault });
    }

    fn wrong(&mut self, at: usize, key: &str, seen: &DeValue<'_>, wanted: &str) {
        self.fault(at, SubjectFault::Type { key: key.to_owned(), seen: kind_of(seen).to_owned(), wanted: wanted.to_owned() });
    }

    fn subject(&mut self, kind: &str, number: usize, table: &DeTable<'_>) -> Subject {
        let mut subject = Subject { kind: kind.to_owned(), name: format!("{kind} {number}"), facts: BTreeMap::new() };
        let mut start = 0;
        for (key, value) in table {
            let (key, at) = (key.get_ref().as_ref(), key.span().start);
            start = start.max(at);
            if key == NAME {
                match value.get_ref() {
                    DeValue::String(name) => subject.name = name.to_string(),
                    other => self.wrong(at, key, other, "text"),
                }
                continue;
            }
            let asked = |q: &&Quantity| q.kind != Kind::Statement;
            let Some(quantity) = self.quantities.get(key).filter(asked) else {
                let near = nearest(key, self.quantities.all().iter().filter(asked).map(|q| q.id.as_str()).chain([NAME]));
                self.fault(at, SubjectFault::Key { key: key.to_owned(), nearest: near });
                continue;
            };
            let quantity = quantity.clone();
            if let Some(given) = self.given(at, &quantity, value.get_ref()) {
                subject.facts.insert(key.to_owned(), Fact { given, range: None, status: Status::Read, source: self.file.to_string() });
            }
        }
        for quantity in self.quantities.all() {
            let Kind::Number { quotient: Some((above, below)), .. } = &quantity.kind else { continue };
            if let (Some(a), Some(b)) = (currency(&subject, above), currency(&subject, below))
                && a != b
            {
                let (above_currency, below_currency) = (a.to_owned(), b.to_owned());
                self.fault(start, SubjectFault::Currency { above: above.clone(), above_currency, below: below.clone(), below_currency });
            }
            if let Some(fault) = contradiction(self.quantities, &subject, &quantity.id, (above, below)) {
                self.fault(start, fault);
            }
        }
        subject
    }

    fn given(&mut self, at: usize, quantity: &Quantity, value: &DeValue<'_>) -> Option<Given> {
        let key = quantity.id.as_str();
        match (&quantity.kind, value) {
            (Kind::Evidence, DeValue::Boolean(flag)) => Some(Given::Flag(*flag)),
            (Kind::Evidence, other) => {
                self.wrong(at, key, other, "true or false");
                None
            }
            (Kind::Trait(words), DeValue::String(word)) if words.iter().any(|w| w == word.as_ref()) => Some(Given::Word(word.to_string())),
            (Kind::Trait(words), DeValue::String(word)) => {
                let near = nearest(word, words.iter().map(String::as_str));
                self.fault(at, SubjectFault::Word { key: key.to_owned(), seen: word.to_string(), wanted: words.join(", "), nearest: near });
                None
            }
            (Kind::Trait(words), DeValue::Boolean(flag)) if yes_or_no(words, *flag).is_some() => {
                yes_or_no(words, *flag).map(|word| Given::Word(word.to_owned()))
            }
            (Kind::Trait(words), other) => {
                self.wrong(at, key, other, &format!("one of: {}", words.join(", ")));
                None
            }
            (Kind::Number { unit, minimum, maximum, .. }, value) => {
                let (number, given_unit) = self.number(at, key, unit, value)?;
                let seen = match in_unit(number, &given_unit, unit) {
                    Ok(seen) => seen,
                    Err(error) => {
                        self.fault(at, SubjectFault::Unit { key: key.to_owned(), seen: format!("{number} {given_unit}"), error });
                        return None;
                    }
                };
                if !(*minimum..=*maximum).contains(&seen) {
                    let fault = SubjectFault::OutOfRange { key: key.to_owned(), seen, unit: unit.clone(), minimum: *minimum, maximum: *maximum };
                    self.fault(at, fault);
                    return None;
                }
                Some(Given::Number(number, given_unit))
            }
            (Kind::Statement, _) => None,
        }
    }

    /// A number and its unit.
    fn number(&mut self, at: usize, key: &str, unit: &str, value: &DeValue<'_>) -> Option<(f64, String)> {
        let plain = match value {
            DeValue::Integer(number) => number.as_str().replace('_', "").parse::<f64>().ok(),
            DeValue::Float(number) => number.as_str().replace('_', "").parse::<f64>().ok(),
            DeValue::String(text) => {
                let text = text.trim();
                let end = text.find(|c: char| c.is_whitespace() || c == '%').unwrap_or(text.len());
                let (number, written) = (text[..end].parse::<f64>().ok().filter(|n| n.is_finite()), unit_name(text[end..].trim()));
                let Some(number) = number.filter(|_| !written.is_empty()) else {
                    self.wrong(at, key, value, &format!("a number, or a text such as \"1.5 {unit}\""));
                    return None;
                };
                if let Err(error) = known_unit(written) {
                    self.fault(at, SubjectFault::Unit { key: key.to_owned(), seen: text.to_owned(), error });
                    return None;
                }
                return Some((number, written.to_owned()));
            }
            _ => None,
        };
        match plain.filter(|n| n.is_finite()) {
            Some(seen) if unit == SHARE => {
                let percent = in_unit(seen, "1", SHARE).unwrap_or(seen);
                self.fault(at, SubjectFault::Share { key: key.to_owned(), seen, percent });
                None
            }
            Some(number) => Some((number, unit.to_owned())),
            None => {
                self.wrong(at, key, value, &format!("a finite number, or a text such as \"1.5 {unit}\""));
                None
            }
        }
    }
}

/// A quotient that its two parts contradict, all three being given.
fn contradiction(quantities: &Quantities, subject: &Subject, quotient: &str, (above, below): (&str, &str)) -> Option<SubjectFault> {
    let unit = quantities.unit(quotient)?;
    let number = |id: &str| match &subject.facts.get(id)?.given {
        Given::Number(value, unit) => Some((*value, unit.as_str())),
        _ => None,
    };
    let ((stated, stated_unit), (a, a_unit), (b, b_unit)) = (number(quotient)?, number(above)?, number(below)?);
    let stated = in_unit(stated, stated_unit, unit).ok()?;
    let parts = in_unit(a / b, &format!("{a_unit}/{b_unit}"), unit).ok()?;
    let apart = (stated - parts).abs() > AGREES * stated.abs().max(parts.abs());
    apart.then(|| SubjectFault::Contradiction {
        quotient: quotient.to_owned(),
        stated,
        parts,
        above: above.to_owned(),
        below: below.to_owned(),
        unit: unit.to_owned(),
    })
}

/// The currency of a sum of money that a subject gives.
fn currency<'s>(subject: &'s Subject, quantity: &str) -> Option<&'s str> {
    match &subject.facts.get(quantity)?.given {
        Given::Number(_, unit) => CURRENCIES.into_iter().find(|c| unit.split(['/', '*']).any(|token| token.trim() == *c)),
        _ => None,
    }
}

fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::Table(_) => "a section",
        DeValue::Float(_) | DeValue::Integer(_) => "a number",
        DeValue::String(_) => "text",
        DeValue::Boolean(_) => "true or false",
        DeValue::Array(_) => "a list",
        DeValue::Datetime(_) => "a date",
    }
}
