//! What the user says of an industry: models sold by company and year, balances known only as sums, links and opening
//! accounts.
//!
//! Models are CSV, one line a company, year and model:
//!
//! ```text
//! company,year,model,powertrain,volume,kerb_mass_kg,fuel_l_per_100km,range_km,consumption_kwh_per_100km,
//! density_wh_per_kg,fuel_cell_kw,meets_conditions,credit,off_cycle_l_per_100km,brake_recovery,cycle,three_rows,status
//! ```
//!
//! A plain CSV is a study by itself. A TOML file adds companies, links, balances and opening accounts, and names the CSV
//! (`models`) or holds it (`table`).
//! Everything is checked at once and every fault is named; a study with a fault gives no ledger at all.

use std::collections::{BTreeMap, BTreeSet};

use minewheel_data::status::Status;
use minewheel_data::table::nearest;
use serde::{Deserialize, Serialize};

use super::car::{CarFacts, CreditPowertrain};
use super::models::read_models;
use super::rules::System;

/// A fault of a study.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum StudyError {
    /// The file is not readable as what it should be.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the reader said.
        reason: String,
    },
    /// A column that models do not have.
    #[error("{file}:1: no column `{seen}`{}; columns are {known}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Column {
        /// The file.
        file: String,
        /// The column seen.
        seen: String,
        /// Columns there are.
        known: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// A cell that cannot be.
    #[error("{file}:{line}: {column} is `{seen}`, wanted {wanted}")]
    Cell {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// The column.
        column: &'static str,
        /// What stands there.
        seen: String,
        /// What would do.
        wanted: String,
    },
    /// A model without a figure that the accounts need.
    #[error("{file}:{line}: `{model}` of `{company}` in {year} has no {column}, which {why}")]
    Missing {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// The company.
        company: String,
        /// The year.
        year: i32,
        /// The model.
        model: String,
        /// The column.
        column: &'static str,
        /// What needs it.
        why: &'static str,
    },
    /// A company-year that is there twice.
    #[error("{place}: `{company}` in {year} is there twice: {what}")]
    Duplicate {
        /// Where it stands the second time.
        place: String,
        /// The company.
        company: String,
        /// The year.
        year: i32,
        /// What is double.
        what: String,
    },
    /// Two test cycles in one year of one company.
    #[error("{file}:{line}: `{company}` in {year} has fuel consumption on {seen} and on {first}; one year is counted on one cycle")]
    MixedCycles {
        /// The file.
        file: String,
        /// The line.
        line: u32,
        /// The company.
        company: String,
        /// The year.
        year: i32,
        /// The cycle seen.
        seen: String,
        /// The cycle of its first model.
        first: String,
    },
    /// Companies that own each other.
    #[error("links: {} own each other in a ring; a holding cannot hold itself", path.join(" → "))]
    Loop {
        /// The ring.
        path: Vec<String>,
    },
    /// A link that cannot be.
    #[error("links: `{holder}` holds {share} of `{held}`, wanted a share above 0 and at most 1 of another company")]
    Link {
        /// Who holds.
        holder: String,
        /// Who is held.
        held: String,
        /// The share.
        share: f64,
    },
    /// An entry of the TOML file that is there twice.
    #[error("{place}: {what} is there twice")]
    Twice {
        /// Where.
        place: &'static str,
        /// What is double.
        what: String,
    },
    /// Holders who together hold more than all.
    #[error("links: holders of `{held}` hold {sum} of it in all, wanted at most 1")]
    Overheld {
        /// Who is held.
        held: String,
        /// The shares together.
        sum: f64,
    },
    /// A company that no line has.
    #[error("{place}: no company `{seen}`{}; companies are {known}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Company {
        /// Where.
        place: &'static str,
        /// The name seen.
        seen: String,
        /// Companies there are.
        known: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// A figure outside what it can be.
    #[error("{place}: {field} of `{company}` is {seen}, wanted {wanted}")]
    Figure {
        /// Where.
        place: &'static str,
        /// The company.
        company: String,
        /// The figure.
        field: &'static str,
        /// The value seen.
        seen: f64,
        /// What would do.
        wanted: &'static str,
    },
    /// Nothing to count.
    #[error("{file}: no company has a model or a balance")]
    Empty {
        /// The file.
        file: String,
    },
}

/// A test cycle of fuel consumption.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FuelCycle {
    /// Old European cycle.
    Nedc,
    /// World cycle.
    Wltc,
}

impl FuelCycle {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Nedc => "nedc",
            Self::Wltc => "wltc",
        }
    }
}

/// One model of one company in one year.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelYear {
    /// The company.
    pub company: String,
    /// The accounting year.
    pub year: i32,
    /// The model.
    pub model: String,
    /// What the rule counts it as; `None`: a conventional car.
    pub powertrain: Option<CreditPowertrain>,
    /// Cars.
    pub volume: f64,
    /// Kerb mass; only China and the EU ask for a mass.
    pub kerb_mass_kg: Option<f64>,
    /// Test mass of the approval (EU).
    pub test_mass_kg: Option<f64>,
    /// Fuel consumption of the approval.
    pub fuel_l_per_100km: Option<f64>,
    /// Electric range.
    pub range_km: Option<f64>,
    /// Electric consumption.
    pub consumption_kwh_per_100km: Option<f64>,
    /// Energy per mass of the pack.
    pub density_wh_per_kg: Option<f64>,
    /// Power of a fuel cell.
    pub fuel_cell_kw: Option<f64>,
    /// Whether a plug-in hybrid meets the conditions.
    pub meets_conditions: Option<bool>,
    /// Credit of one car, where it is known without the figures it follows from.
    pub credit: Option<f64>,
    /// What efficient technology takes off the fuel consumption.
    pub off_cycle_l_per_100km: f64,
    /// Whether the fixed amount for brake-energy recovery is claimed.
    pub has_brake_recovery: bool,
    /// Test cycle of the fuel consumption.
    pub cycle: Option<FuelCycle>,
    /// Whether it has three or more rows of seats.
    pub has_three_rows: bool,
    /// Emission of CO2, per kilometre in the EU and per mile in the US.
    pub co2_g: Option<f64>,
    /// Standard of the model where it is not that of the rule's curve, in the unit of the emission.
    pub standard_g: Option<f64>,
    /// Track width by wheelbase in square feet (US).
    pub footprint_sqft: Option<f64>,
    /// Whether it is a light truck (US).
    pub is_truck: bool,
    /// How its line is known.
    pub status: Status,
    /// Its line.
    pub line: u32,
}

impl ModelYear {
    /// What the credit rule asks of it.
    pub fn facts(&self) -> Option<CarFacts> {
        self.powertrain.zip(self.kerb_mass_kg).map(|(powertrain, kerb_mass_kg)| CarFacts {
            powertrain,
            kerb_mass_kg,
            range_km: self.range_km,
            consumption_kwh_per_100km: self.consumption_kwh_per_100km,
            density_wh_per_kg: self.density_wh_per_kg,
            fuel_cell_kw: self.fuel_cell_kw,
            meets_conditions: self.meets_conditions,
        })
    }
}

/// What is known of a company beside its models.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Company {
    /// Its id, as the models name it.
    pub id: String,
    /// Its name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it is a small maker in the sense of the relief: independent, or an authorised importer.
    #[serde(default)]
    pub may_have_relief: bool,
    /// Whether it imports without authorisation.
    #[serde(default)]
    pub is_unauthorised_importer: bool,
    /// Its average in the year before the first, for the relief.
    #[serde(default)]
    pub cafc_before_l_per_100km: Option<f64>,
}

/// A holding, or the tie of an authorised importer to its joint venture.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Who holds.
    pub holder: String,
    /// Who is held.
    pub held: String,
    /// The share, 0 to 1.
    pub share: f64,
}

/// Balances of a company and year that are known as sums.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Balance {
    /// The company.
    pub company: String,
    /// The accounting year.
    pub year: i32,
    /// Cars.
    #[serde(default)]
    pub volume: Option<f64>,
    /// Required average.
    #[serde(default)]
    pub cafc_target: Option<f64>,
    /// Actual average.
    #[serde(default)]
    pub cafc_actual: Option<f64>,
    /// Company-average credits.
    #[serde(default)]
    pub cafc_credits: Option<f64>,
    /// New-energy credits earned.
    #[serde(default)]
    pub nev_earned: Option<f64>,
    /// New-energy credits required.
    #[serde(default)]
    pub nev_target: Option<f64>,
    /// New-energy credits earned less required.
    #[serde(default)]
    pub nev_balance: Option<f64>,
    /// Whether all its cars are new-energy cars, so that carrying needs no fuel test.
    #[serde(default)]
    pub has_only_new_energy: bool,
    /// How it is known.
    #[serde(deserialize_with = "read_status")]
    pub status: Status,
    /// Where from.
    #[serde(default)]
    pub source: String,
    /// Whether a source counts it, or the study supposes it.
    #[serde(default)]
    pub is_scenario: bool,
}

/// Credits that a company brings from before the first year.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The company.
    pub company: String,
    /// The year that made them.
    pub vintage: i32,
    /// Company-average credits at the end of the year before the first.
    #[serde(default)]
    pub cafc: f64,
    /// New-energy credits.
    #[serde(default)]
    pub nev: f64,
    /// New-energy credits in the pool.
    #[serde(default)]
    pub pool: f64,
}

/// Companies, models, links, balances, opening accounts.
#[derive(Debug, Clone, PartialEq)]
pub struct Study {
    /// The title.
    pub title: String,
    /// Whose rules.
    pub system: System,
    /// Whether the study holds only some of the industry's companies, so that sums are not totals.
    pub is_partial: bool,
    /// Whether the pool of 2023 is used.
    pub has_pool: bool,
    /// What is known of companies.
    pub companies: Vec<Company>,
    /// Links.
    pub links: Vec<Link>,
    /// Whether every company may help every other, whatever the links.
    pub are_all_affiliated: bool,
    /// Models.
    pub models: Vec<ModelYear>,
    /// Balances.
    pub balances: Vec<Balance>,
    /// Opening accounts.
    pub opening: Vec<Opening>,
    /// Groups that comply as one (EU).
    pub pools: Vec<PoolGroup>,
}

/// Companies that comply as one (EU).
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PoolGroup {
    /// Its name.
    pub name: String,
    /// Its companies.
    pub members: Vec<String>,
}

/// A study file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StudyFile {
    study: Head,
    #[serde(default)]
    company: Vec<Company>,
    #[serde(default)]
    link: Vec<Link>,
    #[serde(default)]
    balance: Vec<Balance>,
    #[serde(default)]
    opening: Vec<Opening>,
    #[serde(default)]
    pool: Vec<PoolGroup>,
    /// Left to the market.
    #[serde(default)]
    pub market: Option<super::market::MarketFile>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    title: String,
    #[serde(default = "china")]
    system: System,
    #[serde(default)]
    models: Option<String>,
    #[serde(default)]
    table: Option<String>,
    #[serde(default)]
    partial: bool,
    #[serde(default = "yes")]
    pool: bool,
}

/// A status by its word.
///
/// # Errors
/// The word is none of them.
pub(super) fn read_status<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Status, D::Error> {
    let word = String::deserialize(from)?;
    let wanted = || serde::de::Error::custom(format!("`{word}` is not a status; wanted {}", Status::ALL.map(Status::word).join(", ")));
    word.parse().map_err(|()| wanted())
}

const fn china() -> System {
    System::Cn
}
const fn yes() -> bool {
    true
}

impl StudyFile {
    /// Reads a TOML file.
    ///
    /// # Errors
    /// It is not a study.
    pub fn parse(file: &str, text: &str) -> Result<Self, StudyError> {
        toml::from_str(text).map_err(|e| StudyError::Unreadable { file: file.to_owned(), reason: e.to_string() })
    }

    /// The CSV of models that it names.
    pub fn models(&self) -> Option<&str> {
        self.study.models.as_deref()
    }

    /// The study, with the text of its models.
    ///
    /// # Errors
    /// Every fault.
    pub fn study(&self, file: &str, models: Option<(&str, &str)>) -> Result<Study, Vec<StudyError>> {
        let inline = self.study.table.as_deref().map(|text| (file, text));
        let (models, mut faults) =
            models.or(inline).map_or_else(|| (Vec::new(), Vec::new()), |(name, text)| read_models(name, text, self.study.system));
        let study = Study {
            title: self.study.title.clone(),
            system: self.study.system,
            is_partial: self.study.partial,
            has_pool: self.study.pool,
            companies: self.company.clone(),
            links: self.link.clone(),
            are_all_affiliated: false,
            models,
            balances: self.balance.clone(),
            opening: self.opening.clone(),
            pools: self.pool.clone(),
        };
        faults.extend(study.faults(file, self.models().unwrap_or(file)));
        if faults.is_empty() { Ok(study) } else { Err(faults) }
    }
}

impl Study {
    /// A study that is a CSV of models alone.
    ///
    /// # Errors
    /// Every fault.
    pub fn of_models(file: &str, text: &str, system: System) -> Result<Self, Vec<StudyError>> {
        let (models, mut faults) = read_models(file, text, system);
        let study = Self { models, ..Self::empty(file, system) };
        faults.extend(study.faults(file, file));
        if faults.is_empty() { Ok(study) } else { Err(faults) }
    }

    /// A study without anything.
    pub fn empty(title: &str, system: System) -> Self {
        Self {
            title: title.to_owned(),
            system,
            is_partial: false,
            has_pool: true,
            companies: Vec::new(),
            links: Vec::new(),
            are_all_affiliated: false,
            models: Vec::new(),
            balances: Vec::new(),
            opening: Vec::new(),
            pools: Vec::new(),
        }
    }

    /// Ids of all companies, sorted.
    pub fn ids(&self) -> BTreeSet<&str> {
        self.models.iter().map(|m| m.company.as_str()).chain(self.balances.iter().map(|b| b.company.as_str())).collect()
    }

    /// Accounting years, sorted.
    pub fn years(&self) -> BTreeSet<i32> {
        self.models.iter().map(|m| m.year).chain(self.balances.iter().map(|b| b.year)).collect()
    }

    /// The same study with every company affiliated to every other: the most that transfers can do.
    #[must_use]
    pub fn all_affiliated(&self) -> Self {
        Self { are_all_affiliated: true, ..self.clone() }
    }

    /// What is known of a company.
    pub fn company(&self, id: &str) -> Option<&Company> {
        self.companies.iter().find(|c| c.id == id)
    }

    /// Everything that is wrong between its parts.
    pub fn faults(&self, file: &str, models: &str) -> Vec<StudyError> {
        let mut faults = Vec::new();
        let ids = self.ids();
        if ids.is_empty() {
            faults.push(StudyError::Empty { file: file.to_owned() });
        }
        let mut seen: BTreeMap<(&str, i32, &str), u32> = BTreeMap::new();
        let mut cycles: BTreeMap<(&str, i32), FuelCycle> = BTreeMap::new();
        for model in &self.models {
            let key = (model.company.as_str(), model.year, model.model.as_str());
            let double =
                |what| StudyError::Duplicate { place: format!("{models}:{}", model.line), company: model.company.clone(), year: model.year, what };
            if let Some(line) = seen.insert(key, model.line) {
                faults.push(double(format!("model `{}`, first in line {line}", model.model)));
            }
            if let Some(cycle) = model.cycle {
                let first = *cycles.entry((&model.company, model.year)).or_insert(cycle);
                if first != cycle {
                    let (seen, first) = (cycle.word().to_owned(), first.word().to_owned());
                    let (file, line) = (models.to_owned(), model.line);
                    faults.push(StudyError::MixedCycles { file, line, company: model.company.clone(), year: model.year, seen, first });
                }
            }
        }
        let mut counted: BTreeSet<(&str, i32)> = self.models.iter().map(|m| (m.company.as_str(), m.year)).collect();
        for balance in &self.balances {
            if !counted.insert((&balance.company, balance.year)) {
                let what = "a balance beside its models or another balance".to_owned();
                faults.push(StudyError::Duplicate { place: file.to_owned(), company: balance.company.clone(), year: balance.year, what });
            }
            let not_negative = [("volume", balance.volume), ("cafc_target", balance.cafc_target), ("cafc_actual", balance.cafc_actual)];
            for (field, value) in not_negative.into_iter().chain([("nev_earned", balance.nev_earned), ("nev_target", balance.nev_target)]) {
                if let Some(seen) = value.filter(|v| !(v.is_finite() && *v >= 0.0)) {
                    faults.push(StudyError::Figure { place: "balance", company: balance.company.clone(), field, seen, wanted: "nought or more" });
                }
            }
        }
        let first = self.years().first().copied();
        let mut opened: BTreeSet<(&str, i32)> = BTreeSet::new();
        for opening in &self.opening {
            if !opened.insert((&opening.company, opening.vintage)) {
                faults.push(StudyError::Twice { place: "opening", what: format!("vintage {} of `{}`", opening.vintage, opening.company) });
            }
            if first.is_some_and(|f| opening.vintage >= f) {
                let (company, seen) = (opening.company.clone(), f64::from(opening.vintage));
                faults.push(StudyError::Figure { place: "opening", company, field: "vintage", seen, wanted: "a year before the first of the study" });
            }
            for (field, seen) in [("cafc", opening.cafc), ("nev", opening.nev), ("pool", opening.pool)] {
                if !(seen.is_finite() && seen >= 0.0) {
                    faults.push(StudyError::Figure { place: "opening", company: opening.company.clone(), field, seen, wanted: "nought or more" });
                }
            }
            Self::known("opening", &opening.company, &ids, &mut faults);
        }
        let mut described: BTreeSet<&str> = BTreeSet::new();
        for company in &self.companies {
            if !described.insert(&company.id) {
                faults.push(StudyError::Twice { place: "company", what: format!("`{}`", company.id) });
            }
            Self::known("company", &company.id, &ids, &mut faults);
        }
        let (mut pairs, mut held): (BTreeSet<(&str, &str)>, BTreeMap<&str, f64>) = (BTreeSet::new(), BTreeMap::new());
        for link in &self.links {
            if !(link.share > 0.0 && link.share <= 1.0) || link.holder == link.held {
                faults.push(StudyError::Link { holder: link.holder.clone(), held: link.held.clone(), share: link.share });
                continue;
            }
            if !pairs.insert((&link.holder, &link.held)) {
                faults.push(StudyError::Twice { place: "links", what: format!("`{}` of `{}`", link.holder, link.held) });
            }
            *held.entry(&link.held).or_default() += link.share;
        }
        for (held, sum) in held.into_iter().filter(|h| h.1 > 1.0 + WHOLE) {
            faults.push(StudyError::Overheld { held: held.to_owned(), sum });
        }
        for group in &self.pools {
            for member in &group.members {
                Self::known("pool", member, &ids, &mut faults);
            }
        }
        if let Some(path) = self.ring() {
            faults.push(StudyError::Loop { path });
        }
        faults
    }

    fn known(place: &'static str, seen: &str, ids: &BTreeSet<&str>, faults: &mut Vec<StudyError>) {
        if !ids.contains(seen) {
            let known = ids.iter().copied().collect::<Vec<_>>().join(", ");
            faults.push(StudyError::Company { place, seen: seen.to_owned(), known, nearest: nearest(seen, ids.iter().copied()) });
        }
    }

    /// A ring of holdings, if there is one.
    fn ring(&self) -> Option<Vec<String>> {
        let mut done: BTreeSet<&str> = BTreeSet::new();
        for link in &self.links {
            let mut path: Vec<&str> = Vec::new();
            if let Some(ring) = self.walk(&link.holder, &mut path, &mut done) {
                return Some(ring);
            }
        }
        None
    }

    fn walk<'s>(&'s self, at: &'s str, path: &mut Vec<&'s str>, done: &mut BTreeSet<&'s str>) -> Option<Vec<String>> {
        if let Some(first) = path.iter().position(|p| *p == at) {
            return Some(path[first..].iter().copied().chain([at]).map(str::to_owned).collect());
        }
        if done.contains(at) {
            return None;
        }
        path.push(at);
        let found = self.links.iter().filter(|l| l.holder == at && l.held != at).find_map(|l| self.walk(&l.held, path, done));
        path.pop();
        done.insert(at);
        found
    }
}

/// How far shares of one company may be above one in all, by rounding of the file.
const WHOLE: f64 = 1e-6;
