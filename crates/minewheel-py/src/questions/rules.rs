//! `rules.check`, `credits.car`, `credits.ledger` and `credits.market`: what law asks, and what it gives.

use std::sync::Arc;

use minewheel_assess::pack_footprint::{PackQuestion, pack_footprint};
use minewheel_industry::credits::System;
use minewheel_industry::credits::design::{DesignError, Given, design_credit};
use minewheel_industry::credits::fleets::fleets;
use minewheel_industry::credits::ledger::clear;
use minewheel_industry::credits::market::{Equilibrium, Foresight, MarketFile, equilibria};
use minewheel_industry::credits::study::{Study, StudyFile};
use minewheel_industry::passport::PassportError;
use minewheel_industry::rules::cars::{FOOTPRINT, subjects_of_car};
use minewheel_industry::rules::{self, Date, RuleError, check, read_rule_file};
use minewheel_model::drive::RangeRule;
use pyo3::prelude::*;
use serde::Serialize;

use super::one_of;
use crate::answer;
use crate::cars::Car;
use crate::failure::Failure;
use crate::tables::{Shared, Tables};

impl From<RuleError> for Failure {
    fn from(error: RuleError) -> Self {
        Self::new("minewheel::rules::set", error, "`minewheel rules list` lists editions, families and their days")
    }
}

impl From<PassportError> for Failure {
    fn from(error: PassportError) -> Self {
        match error {
            PassportError::Assess(error) => error.into(),
            other => Self::new("minewheel::passport", other, "a car with a traction battery has one"),
        }
    }
}

impl From<DesignError> for Failure {
    fn from(error: DesignError) -> Self {
        match error {
            DesignError::Assess(error) => (*error).into(),
            DesignError::Credit(error) => credit_failure(error),
        }
    }
}

/// A car without a credit, a study with faults, or a rule that lacks the year.
fn credit_failure(error: impl std::fmt::Display) -> Failure {
    let help = "`docs/model/credits.md` explains studies and rules; constants and their years are in `data/credits/rules.csv`";
    Failure::new("minewheel::credits", error.to_string(), help)
}

/// The year whose grids and markets a car's pack is made on.
const YEAR: i32 = 2025;

/// Whether a TOML text is that of a car rather than of a rule file.
#[pyfunction]
pub fn is_car_file(text: &str) -> bool {
    rules::is_car_file(text)
}

/// A car, or the subjects of a rule file, held against a rule set, as JSON.
#[pyfunction]
pub fn rules_check(
    py: Python<'_>,
    tables: &Tables,
    set: String,
    of: String,
    car: Option<PyRef<'_, Car>>,
    text: Option<String>,
    date: Option<String>,
) -> PyResult<String> {
    let (shared, car) = (Arc::clone(&tables.shared), car.map(|c| Arc::clone(&c.design)));
    answer::json(py, move |_| {
        let day = |seen: &String| seen.parse::<Date>().map_err(|_| Failure::argument("date", seen, "a day as YYYY-MM-DD"));
        let date = date.as_ref().map(day).transpose()?;
        let rules = shared.rules()?;
        let edition = rules.editions.named(&set, date)?;
        let subjects = match (&car, &text) {
            (Some(design), _) => {
                let asks_footprint = rules.of(edition).any(|c| c.quantity == FOOTPRINT);
                let sold_in = shared.assess.places.id(&edition.place)?;
                let question = PackQuestion { sold_in, year: YEAR, method: "ar6-gwp100", warranty_years: None, per_year: None, sampling: None };
                let footprint = if asks_footprint { pack_footprint(design, &shared.assess, &question)? } else { None };
                subjects_of_car(design, &shared.assess, footprint.as_ref())?
            }
            (None, Some(text)) => {
                let help = "`minewheel rules list SET` lists the keys that a set asks for, with their units";
                let read = read_rule_file(&of, text, &rules.quantities, &rules.subjects());
                read.map_err(|found| Failure::lines("minewheel::rules::file", &found, help))?
            }
            (None, None) => return Err(Failure::argument("of", "not given", "a car or a rule file")),
        };
        Ok(check(rules, &set, edition, date, &of, &subjects))
    })
}

/// What stands in place of the model's figures; each key is an argument of the Python function.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct CreditOptions {
    kerb_mass_kg: Option<f64>,
    range_km: Option<f64>,
    consumption_kwh_per_100km: Option<f64>,
    density_wh_per_kg: Option<f64>,
    meets_conditions: Option<bool>,
    cycle: Option<String>,
}

/// The credit of a car under the edition of a year, as JSON.
#[pyfunction]
pub fn credit_of_car(py: Python<'_>, tables: &Tables, car: &Car, year: i32, options: CreditOptions) -> PyResult<String> {
    let (shared, design) = (Arc::clone(&tables.shared), Arc::clone(&car.design));
    answer::json(py, move |_| {
        let cycles = [RangeRule::Nedc, RangeRule::Cltc];
        let cycle = options.cycle.as_deref().map(|seen| one_of("cycle of the credit", seen, &cycles, RangeRule::word)).transpose()?;
        let given = Given {
            kerb_mass_kg: options.kerb_mass_kg,
            range_km: options.range_km,
            consumption_kwh_per_100km: options.consumption_kwh_per_100km,
            density_wh_per_kg: options.density_wh_per_kg,
            meets_conditions: options.meets_conditions,
            cycle,
        };
        let numbers = [
            ("kerb_mass_kg", given.kerb_mass_kg),
            ("range_km", given.range_km),
            ("consumption_kwh_per_100km", given.consumption_kwh_per_100km),
            ("density_wh_per_kg", given.density_wh_per_kg),
        ];
        for (name, seen) in numbers {
            if let Some(seen) = seen.filter(|s| !(s.is_finite() && *s > 0.0)) {
                return Err(Failure::argument(name, seen, "a number above nought"));
            }
        }
        Ok(design_credit(&design, &shared.assess, shared.credits()?, year, &given)?)
    })
}

/// The study that ships with the package.
const BUILT_IN: &str = "credits/china.toml";

/// A study of credits as Python hands it over: nothing (the built-in one), or names and texts.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct StudyOptions {
    file: Option<String>,
    text: Option<String>,
    models: Option<(String, String)>,
    system: String,
    affiliates: String,
}

impl StudyOptions {
    fn study(&self, shared: &Shared) -> Result<(Study, Option<MarketFile>), Failure> {
        let system = one_of("system of credits", &self.system, &System::ALL, System::word)?;
        let faults = |found: Vec<_>| Failure::lines("minewheel::credits", &found, "`docs/model/credits.md` explains studies");
        let file = self.file.as_deref().unwrap_or(BUILT_IN);
        let text = self.text.as_deref().or_else(|| shared.store.text(BUILT_IN)).unwrap_or_default();
        let is_csv = std::path::Path::new(file).extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
        let (study, market) = if is_csv {
            (Study::of_models(file, text, system).map_err(faults)?, None)
        } else {
            let parsed = StudyFile::parse(file, text).map_err(credit_failure)?;
            let models = self.models.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
            (parsed.study(file, models).map_err(faults)?, parsed.market)
        };
        let is_all = one_of("choice of affiliates", &self.affiliates, &[false, true], |all| if all { "all" } else { "stated" })?;
        Ok((if is_all { study.all_affiliated() } else { study }, market))
    }
}

/// The file of models that a study names, if it names one.
#[pyfunction]
pub fn credit_models(py: Python<'_>, file: &str, text: &str) -> PyResult<Option<String>> {
    let parsed = StudyFile::parse(file, text).map_err(|error| credit_failure(error).into_py(py))?;
    Ok(parsed.models().map(str::to_owned))
}

/// Accounts of companies under China's rules, or fleets under those of others, as JSON; and whether they are accounts.
#[pyfunction]
pub fn credit_ledger(py: Python<'_>, tables: &Tables, options: StudyOptions, year: Option<i32>) -> PyResult<(bool, String)> {
    let shared = Arc::clone(&tables.shared);
    let (is_accounts, found) = answer::value(py, move |_| {
        let book = shared.credits()?;
        let (study, _) = options.study(&shared)?;
        if let Some(seen) = year.filter(|y| !study.years().contains(y)) {
            let years: Vec<String> = study.years().iter().map(ToString::to_string).collect();
            return Err(Failure::argument("year", seen, format!("a year of the study: {}", years.join(", "))));
        }
        let written = if study.system == System::Cn {
            let mut found = clear(book, &study).map_err(credit_failure)?;
            if let Some(year) = year {
                found.companies.retain(|c| c.year == year);
                found.trades.retain(|t| t.year == year);
                found.totals.retain(|t| t.as_ref().is_none_or(|t| t.year == year));
            }
            serde_json::to_string_pretty(&found)
        } else {
            let mut found = fleets(book, &study).map_err(credit_failure)?;
            found.companies.retain(|c| year.is_none_or(|y| (c.first_year..=c.year).contains(&y)));
            serde_json::to_string_pretty(&found)
        };
        Ok((study.system == System::Cn, written.map_err(|error| Failure::unwritable(&error))?))
    })?;
    Ok((is_accounts, found))
}

/// The equilibrium of a market for credits as stated, then after each change.
#[derive(Serialize, schemars::JsonSchema)]
pub struct CreditMarket {
    /// As stated.
    #[serde(flatten)]
    stated: Equilibrium,
    /// After each change of the study.
    scenarios: Vec<Equilibrium>,
}

/// Price of a credit by year, and who pays whom, as JSON.
#[pyfunction]
pub fn credit_market(
    py: Python<'_>,
    tables: &Tables,
    options: StudyOptions,
    foresight: Option<String>,
    cournot: Option<Vec<String>>,
) -> PyResult<String> {
    let shared = Arc::clone(&tables.shared);
    answer::json(py, move |_| {
        let (study, terms) = options.study(&shared)?;
        let Some(mut terms) = terms else {
            return Err(credit_failure("the study has no [market] with discount_rate, ceiling_cny_per_credit and status"));
        };
        if let Some(seen) = &foresight {
            let word = |f| if f == Foresight::Perfect { "perfect" } else { "none" };
            terms.foresight = one_of("foresight", seen, &[Foresight::Perfect, Foresight::None], word)?;
        }
        if let Some(sellers) = cournot {
            terms.cournot = sellers;
        }
        let mut found = equilibria(shared.credits()?, &study, &terms).map_err(credit_failure)?;
        let scenarios = found.split_off(1.min(found.len()));
        let stated = found.pop().ok_or_else(|| credit_failure("the market has no equilibrium"))?;
        Ok(CreditMarket { stated, scenarios })
    })
}
