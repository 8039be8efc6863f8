//! From the cells of a sheet to activities.

use std::collections::BTreeMap;

use super::workbook::{Row, Sheet};
use crate::database::{Parameter, Uncertainty};
use crate::formats::draft::is_name;
use crate::formats::units::ratio;
use crate::formats::xml::number;

/// An activity with its exchanges.
#[derive(Default)]
pub(super) struct RawActivity {
    pub name: String,
    pub code: String,
    pub location: String,
    pub unit: String,
    pub product: String,
    pub production: f64,
    pub category: Option<String>,
    pub comment: Option<String>,
    pub exchanges: Vec<RawExchange>,
    pub parameters: Vec<Parameter>,
    /// The group of its parameters, where it names one.
    pub group: String,
    /// Whether a row of its product is in its unit: another of the same name is a co-product that is measured otherwise.
    pub has_own_unit: bool,
}

impl RawActivity {
    /// The id of its process.
    pub fn id(&self) -> String {
        if !self.code.is_empty() {
            return self.code.clone();
        }
        if self.location.is_empty() { self.name.clone() } else { format!("{}|{}", self.name, self.location) }
    }

    /// The id of its product.
    pub fn product_id(&self) -> String {
        format!("product:{}", self.id())
    }

    /// The id of a co-product.
    pub fn co_product_id(&self, name: &str) -> String {
        format!("product:{}/{name}", self.id())
    }

    /// As [`Self::is_own`], where another row of the same name that is measured otherwise is a co-product.
    pub fn owns(&self, e: &RawExchange) -> bool {
        self.is_own(e) && (self.fits(e) || !self.has_own_unit)
    }

    /// Whether an exchange is in a unit that converts to that of the activity.
    pub fn fits(&self, e: &RawExchange) -> bool {
        e.unit.is_empty() || self.unit.is_empty() || ratio(&e.unit, &self.unit).is_some()
    }

    /// Whether a production exchange is its reference product rather than a co-product.
    pub fn is_own(&self, e: &RawExchange) -> bool {
        e.name == self.name || e.name == self.product || (!e.product.is_empty() && e.product == self.product)
    }
}

/// A row below `Exchanges`.
#[derive(Default)]
pub(super) struct RawExchange {
    pub name: String,
    pub product: String,
    pub location: String,
    pub unit: String,
    pub category: String,
    pub kind: String,
    pub amount: f64,
    pub formula: Option<String>,
    pub uncertainty: Option<Uncertainty>,
    /// Whether it states a distribution that is of none of these kinds.
    pub is_of_other_kind: bool,
    pub comment: Option<String>,
}

impl RawExchange {
    /// What it is of: its reference product, or else its name.
    pub fn product_name(&self) -> &str {
        if self.product.is_empty() { &self.name } else { &self.product }
    }

    /// Whether it is what the activity makes.
    pub fn is_production(&self) -> bool {
        self.kind == "production"
    }
}

/// What a workbook holds.
#[derive(Default)]
pub(super) struct Inventory {
    pub activities: Vec<RawActivity>,
    pub parameters: Vec<Parameter>,
    pub left_out: BTreeMap<String, usize>,
}

/// What the rows below a keyword are.
enum Section {
    Nothing,
    Activity,
    Exchanges(Option<Vec<(u32, String)>>),
    Parameters { is_global: bool, header: Option<Vec<(u32, String)>> },
}

impl Section {
    /// Whether a row of exchanges or parameters says none.
    fn is_note(&self, row: &Row) -> bool {
        match self {
            Self::Exchanges(Some(header)) => cell(header, row, "type").is_none() && cell(header, row, "amount").is_none(),
            Self::Parameters { header: Some(header), .. } => cell(header, row, "amount").is_none() && cell(header, row, "formula").is_none(),
            _ => false,
        }
    }
}

/// Fields of an activity that the model has no place for are counted; these are expected.
const KEPT: [&str; 9] = ["code", "location", "unit", "reference product", "production amount", "categories", "comment", "type", "format"];

impl Inventory {
    /// Finds out of each activity whether a row of its product is in its unit.
    pub fn settle_units(&mut self) {
        for activity in &mut self.activities {
            activity.has_own_unit = activity.exchanges.iter().any(|e| e.is_production() && activity.is_own(e) && activity.fits(e));
        }
    }

    /// Takes the rows of a sheet.
    pub fn take(&mut self, sheet: &Sheet) -> Result<(), String> {
        let corner = |column: u32| sheet.rows.get(&1).and_then(|r| r.get(&column)).map(String::as_str);
        if corner(0).is_some_and(|c| c.eq_ignore_ascii_case("skip")) {
            return Ok(());
        }
        let cutoff = match corner(0).filter(|c| c.trim().eq_ignore_ascii_case("cutoff")) {
            None => u32::MAX,
            Some(_) => match corner(1).and_then(|n| number(n).ok()) {
                Some(columns) if columns >= 1.0 => columns as u32,
                _ => return Err("row 1: `cutoff` wants how many columns are read, at least 1, in column B".to_owned()),
            },
        };
        let (mut section, mut last, mut is_after_gap) = (Section::Nothing, 0, false);
        for (number, row) in &sheet.rows {
            let row: Row = row.iter().filter(|(column, _)| **column < cutoff).map(|(c, t)| (*c, t.clone())).collect();
            // An empty line ends what stands by itself; within an activity it has no effect.
            let is_apart = *number > last + 1 || row.is_empty();
            if is_apart && matches!(section, Section::Parameters { is_global: true, .. }) {
                section = Section::Nothing;
            }
            last = *number;
            if row.is_empty() {
                continue;
            }
            is_after_gap |= is_apart;
            let (first, second) = (row.get(&0).map_or("", String::as_str), row.get(&1).map_or("", String::as_str));
            let is_global = |word: &str| word != "parameters" || self.activities.is_empty();
            let word = first.trim().to_lowercase();
            is_after_gap &= !["activity", "exchanges"].contains(&word.as_str()) && !word.ends_with("parameters");
            match word.as_str() {
                "activity" => {
                    self.activities.push(RawActivity {
                        name: second.to_owned(),
                        product: second.to_owned(),
                        production: 1.0,
                        ..RawActivity::default()
                    });
                    if second.is_empty() {
                        return Err(format!("row {number}: an `Activity` wants a name in column B"));
                    }
                    section = Section::Activity;
                    continue;
                }
                "database" => {
                    section = Section::Nothing;
                    continue;
                }
                "exchanges" => {
                    if self.activities.is_empty() {
                        return Err(format!("row {number}: `Exchanges` stands before any `Activity`"));
                    }
                    section = Section::Exchanges(None);
                    continue;
                }
                "parameters" | "database parameters" | "project parameters" => {
                    section = Section::Parameters { is_global: is_global(&word), header: None };
                    if let Some(activity) = self.activities.last_mut().filter(|_| word == "parameters") {
                        second.clone_into(&mut activity.group);
                    }
                    continue;
                }
                _ => {}
            }
            if is_after_gap && section.is_note(&row) {
                *self.left_out.entry("rows below an empty line that are neither exchange nor parameter".to_owned()).or_default() += 1;
                continue;
            }
            self.row(&mut section, &row, [first, second]).map_err(|reason| format!("row {number}: {reason}"))?;
        }
        Ok(())
    }

    fn row(&mut self, section: &mut Section, row: &Row, [first, second]: [&str; 2]) -> Result<(), String> {
        match section {
            Section::Nothing => {}
            Section::Activity => {
                let Some(activity) = self.activities.last_mut() else { return Ok(()) };
                match first.to_lowercase().as_str() {
                    "code" => second.clone_into(&mut activity.code),
                    "location" => second.clone_into(&mut activity.location),
                    "unit" => second.clone_into(&mut activity.unit),
                    "reference product" if !second.is_empty() => second.clone_into(&mut activity.product),
                    "production amount" if !second.is_empty() => {
                        activity.production = number(second).map_err(|()| format!("`production amount` is `{second}`, wanted a finite number"))?;
                    }
                    "categories" => activity.category = Some(second.replace("::", "/")),
                    "comment" => activity.comment = Some(second.to_owned()),
                    other if !KEPT.contains(&other) => *self.left_out.entry(format!("activities: {other}")).or_default() += 1,
                    _ => {}
                }
            }
            Section::Exchanges(header @ None) | Section::Parameters { header: header @ None, .. } => *header = Some(header_of(row)),
            Section::Exchanges(Some(header)) => {
                let found = exchange(header, row)?;
                if let Some(activity) = self.activities.last_mut() {
                    activity.exchanges.push(found);
                }
            }
            Section::Parameters { is_global, header: Some(header) } => {
                let (is_global, parameter) = (*is_global, parameter(header, row)?);
                let target = if is_global { None } else { self.activities.last_mut() };
                target.map_or(&mut self.parameters, |a| &mut a.parameters).extend(parameter);
            }
        }
        Ok(())
    }
}

/// The headings of a row, by column.
pub(super) fn header_of(row: &Row) -> Vec<(u32, String)> {
    row.iter().map(|(column, text)| (*column, text.trim().to_lowercase())).collect()
}

/// The cell below a heading; texts that stand for nothing are none.
pub(super) fn cell<'r>(header: &[(u32, String)], row: &'r Row, name: &str) -> Option<&'r str> {
    let column = header.iter().find(|(_, heading)| heading == name)?.0;
    row.get(&column).map(String::as_str).filter(|t| !t.is_empty() && *t != "(Unknown)" && *t != "None")
}

fn value(header: &[(u32, String)], row: &Row, name: &str) -> Result<Option<f64>, String> {
    let Some(text) = cell(header, row, name) else { return Ok(None) };
    number(text).map(Some).map_err(|()| format!("`{name}` is `{text}`, wanted a finite number"))
}

/// A formula in the language of ours.
fn formula(text: &str) -> String {
    text.trim_start_matches('=').replace("**", "^").replace(',', ";")
}

/// Types of distributions that inventories have no name for: Bernoulli, discrete uniform, Weibull, gamma, beta, generalised extreme value, Student's t.
const OTHERS: std::ops::RangeInclusive<i64> = 6..=12;

/// Whether a row states a distribution of another kind than inventories have.
pub(super) fn is_of_other_kind(header: &[(u32, String)], row: &Row) -> bool {
    value(header, row, "uncertainty type").is_ok_and(|kind| kind.is_some_and(|kind| OTHERS.contains(&(kind as i64))))
}

/// The distribution of a row, as `stats_arrays` numbers them.
pub(super) fn uncertainty(header: &[(u32, String)], row: &Row, amount: f64) -> Result<Option<Uncertainty>, String> {
    let of = |name: &str| value(header, row, name);
    let wanted = |name: &'static str| of(name)?.ok_or_else(|| format!("this `uncertainty type` wants `{name}`"));
    let sign = if amount < 0.0 { -1.0 } else { 1.0 };
    Ok(match of("uncertainty type")?.unwrap_or(0.0) as i64 {
        0 | 1 => None,
        2 => Some(Uncertainty::Lognormal { geometric_mean: sign * wanted("loc")?.exp(), geometric_deviation: wanted("scale")?.exp() }),
        3 => Some(Uncertainty::Normal { mean: wanted("loc")?, deviation: wanted("scale")? }),
        4 => Some(Uncertainty::Uniform { low: wanted("minimum")?, high: wanted("maximum")? }),
        5 => {
            let mode = of("loc")?.unwrap_or(amount);
            Some(Uncertainty::Triangular { low: wanted("minimum")?, mode, high: wanted("maximum")? })
        }
        13 => Some(Uncertainty::Pert { low: wanted("minimum")?, mode: wanted("loc")?, high: wanted("maximum")? }),
        other if OTHERS.contains(&other) => None,
        other => return Err(format!("`uncertainty type` {other} is not known; 0 to 13 are")),
    })
}

fn exchange(header: &[(u32, String)], row: &Row) -> Result<RawExchange, String> {
    let text = |name: &str| cell(header, row, name).unwrap_or_default().to_owned();
    let formula_of = cell(header, row, "formula").map(formula);
    let amount = match value(header, row, "amount")? {
        Some(amount) => amount,
        None if formula_of.is_some() => 0.0,
        None => return Err("an exchange wants an `amount` or a `formula`".to_owned()),
    };
    let kind = text("type").to_lowercase();
    if !["production", "technosphere", "biosphere", "substitution"].contains(&kind.as_str()) {
        return Err(format!("`type` is `{kind}`, wanted production, technosphere, biosphere or substitution"));
    }
    let name = cell(header, row, "name").ok_or("an exchange wants a `name`")?.to_owned();
    Ok(RawExchange {
        name,
        product: text("reference product"),
        location: text("location"),
        unit: text("unit"),
        category: text("categories").replace("::", "/"),
        kind,
        amount,
        formula: formula_of,
        uncertainty: uncertainty(header, row, amount)?,
        is_of_other_kind: is_of_other_kind(header, row),
        comment: cell(header, row, "comment").map(str::to_owned),
    })
}

fn parameter(header: &[(u32, String)], row: &Row) -> Result<Option<Parameter>, String> {
    let Some(name) = cell(header, row, "name").filter(|n| is_name(n)) else { return Ok(None) };
    let value = value(header, row, "amount")?.unwrap_or(0.0);
    let uncertainty = uncertainty(header, row, value)?.filter(|u| u.fault().is_none());
    Ok(Some(Parameter {
        id: None,
        name: name.into(),
        description: cell(header, row, "comment").map(Into::into),
        value,
        formula: cell(header, row, "formula").map(|f| formula(f).into()),
        uncertainty: uncertainty.unwrap_or_default(),
    }))
}
