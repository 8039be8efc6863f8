//! Both accounts of one company and year under China's dual credit.
//!
//! ```text
//! target  T = r_y·Σ T_i V_i / Σ V_i              actual  A = Σ (FC_i − o_i) V_i / Σ W_i V_i
//! company-average credits = (T − A)·Σ V_i        T and A rounded to 0.01, the credits to whole ones
//! new-energy target  = q_y·(V_conv − V_low + f_y V_low), nought below the scope
//! new-energy balance = Σ c_i V_i − target
//! ```
//!
//! | symbol | meaning | from |
//! |--------|---------|------|
//! | `T_i`, `FC_i`, `o_i` | target by kerb mass, certified consumption, off-cycle amount of a model, L/100km | rules, study |
//! | `W_i` | weight: new-energy cars and thrifty cars count several times, in the denominator only | rules |
//! | `r_y`, `q_y` | ratio of requirement to target; ratio of new-energy credits | rules |
//! | `f_y` | how a low-fuel car counts in the base of the ratio | rules |
//! | `c_i` | credit of one car | [`super::car`] |
//!
//! Electricity counts as no fuel up to 2025; the standard of 2026 is not in the tables, so 2026 is refused. A small
//! maker's requirement is multiplied by the relief of its yearly fall. A low-fuel car is a conventional one at or below
//! its own target times the ratio, rounded to 0.01. Importers without authorisation are not assessed below the scope.
//! The averages of an industry do not follow from these sums: weights differ between companies.
//! Source: GB 27999-2014 and -2019, Orders 44 and 53, the Decision of 2023, as the rows say.

use std::collections::BTreeMap;

use minewheel_data::row::RowId;
use minewheel_data::status::Status;
use serde::Serialize;

use super::car::{CarRules, CreditError, CreditPowertrain};
use super::rules::{Curve, Known, RuleBook, RuleError, System, Used};
use super::study::{Balance, Company, FuelCycle, ModelYear, Study};

/// Decimals of averages in the announced tables.
const PER_HUNDREDTH: f64 = 100.0;

/// Rounds half up to two decimals, as the announced tables do. A hair is added, so that a decimal half which binary
/// cannot hold is not lost.
pub fn to_hundredths(x: f64) -> f64 {
    const HAIR: f64 = 1e-9;
    (x * PER_HUNDREDTH + 0.5 + HAIR).floor() / PER_HUNDREDTH
}

/// A line of the audit trail.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct AuditLine {
    /// What was done.
    pub step: String,
    /// The figure it gave.
    pub value: f64,
    /// Its unit.
    pub unit: &'static str,
}

/// Both accounts of a company and year, before anything is cleared.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// The company.
    pub company: String,
    /// The accounting year.
    pub year: i32,
    /// Cars.
    pub volume: Option<f64>,
    /// Required average.
    pub cafc_target: Option<f64>,
    /// Actual average.
    pub cafc_actual: Option<f64>,
    /// Company-average credits; `None`: not known.
    pub cafc_credits: Option<f64>,
    /// New-energy credits required.
    pub nev_target: Option<f64>,
    /// New-energy credits earned.
    pub nev_earned: Option<f64>,
    /// New-energy balance; `None`: not known.
    pub nev_balance: Option<f64>,
    /// Whether new-energy surplus may be carried.
    pub may_carry: bool,
    /// The weakest status of inputs and constants.
    pub status: Status,
    /// Whether it rests on suppositions of the study.
    pub is_scenario: bool,
    /// How it came about.
    pub audit: Vec<AuditLine>,
    /// Rows of the rules.
    pub rows: Vec<RowId>,
    /// Averages of the year without rounding, for the relief of the next.
    pub exact_actual: Option<f64>,
}

/// An account cannot be drawn up.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AccountError {
    /// A rule lacks the year.
    #[error("accounts of {year}: {error}")]
    Rule {
        /// The year.
        year: i32,
        /// What is missing.
        error: RuleError,
    },
    /// A model has no credit.
    #[error("{company}, {year}: {error}")]
    Credit {
        /// The company.
        company: String,
        /// The year.
        year: i32,
        /// What is wrong.
        error: CreditError,
    },
    /// A company made no car.
    #[error("`{company}` made no car in {year}, so it has no average; leave its lines out")]
    NoCars {
        /// The company.
        company: String,
        /// The year.
        year: i32,
    },
    /// The fuel consumption of a year is on the wrong cycle.
    #[error("`{model}` of `{company}` in {year} has fuel consumption on {seen}, and that year's targets are on {wanted}")]
    Cycle {
        /// The company.
        company: String,
        /// The year.
        year: i32,
        /// The model.
        model: String,
        /// The cycle seen.
        seen: &'static str,
        /// The cycle wanted.
        wanted: String,
    },
}

/// The rules of the accounts in one year.
#[derive(Debug, Clone)]
pub struct YearRules {
    year: i32,
    fuel_cycle: String,
    target: Curve,
    three_rows: Known,
    ratio: Known,
    weight: Known,
    thrifty_weight: Known,
    thrifty_threshold: Known,
    nev_ratio: Known,
    nev_scope: Known,
    low_count: Known,
    relief: Curve,
    relief_volume: Known,
    unassessed: Option<Known>,
    carry_limit: Option<Known>,
    brake_recovery: Result<Known, AccountError>,
    cars: BTreeMap<&'static str, Result<CarRules, RuleError>>,
}

impl YearRules {
    /// The rules of a year.
    ///
    /// # Errors
    /// The year lacks a constant of the accounts. A missing constant of one powertrain is an error of its cars only.
    pub fn of(book: &RuleBook, year: i32) -> Result<Self, AccountError> {
        let wrap = |error| AccountError::Rule { year, error };
        let constant = |item: &str| book.constant(System::Cn, item, year).map_err(wrap);
        let curve = |item: &str| book.curve(System::Cn, item, year).map_err(wrap);
        Ok(Self {
            year,
            fuel_cycle: book.word(System::Cn, "fuel-cycle", year).map_err(wrap)?.0,
            brake_recovery: constant("off-cycle-brake"),
            target: curve("cafc-target")?,
            three_rows: constant("cafc-target-three-rows")?,
            ratio: constant("cafc-ratio")?,
            weight: constant("cafc-multiplier")?,
            thrifty_weight: constant("cafc-multiplier-thrifty")?,
            thrifty_threshold: constant("thrifty-threshold")?,
            nev_ratio: constant("nev-ratio")?,
            nev_scope: constant("nev-scope-volume")?,
            low_count: constant("thrifty-count")?,
            relief: curve("small-maker-relief")?,
            relief_volume: constant("small-maker-volume")?,
            unassessed: book.optional(System::Cn, "assessed-importer-volume", year),
            carry_limit: book.optional(System::Cn, "nev-carry-fuel-limit", year),
            cars: CreditPowertrain::ALL.into_iter().map(|p| (p.word(), CarRules::of(book, p, year))).collect(),
        })
    }

    fn car(&self, powertrain: CreditPowertrain) -> Result<&CarRules, RuleError> {
        match self.cars.get(powertrain.word()) {
            Some(Ok(rules)) => Ok(rules),
            Some(Err(error)) => Err(error.clone()),
            None => Err(RuleError::NoYear { system: System::Cn, item: powertrain.word().to_owned(), year: self.year, known: String::new() }),
        }
    }
}

/// The accounts of a company and year from its models. `before` is its average of the year before.
///
/// # Errors
/// A model has no credit, or the company made no car. `None`: an importer that is not assessed.
pub fn account(rules: &YearRules, models: &[&ModelYear], company: Option<&Company>, before: Option<f64>) -> Result<Option<Account>, AccountError> {
    let year = rules.year;
    let id = models.first().map(|m| m.company.clone()).unwrap_or_default();
    let volume: f64 = models.iter().map(|m| m.volume).sum();
    if volume <= 0.0 {
        return Err(AccountError::NoCars { company: id, year });
    }
    let mut used = Used::default();
    if let (Some(limit), true) = (rules.unassessed, company.is_some_and(|c| c.is_unauthorised_importer))
        && volume < used.take(limit)
    {
        return Ok(None);
    }
    let gap = |error| AccountError::Rule { year, error };
    let (mut target_sum, mut fuel_sum, mut weight_sum) = (0.0, 0.0, 0.0);
    let (mut conventional, mut low, mut earned) = (0.0, 0.0, 0.0);
    let (mut own_target, mut own_fuel) = (0.0, 0.0);
    let ratio = used.take(rules.ratio);
    for model in models {
        used.rest_on(model.status);
        let extra = if model.has_three_rows { used.take(rules.three_rows) } else { 0.0 };
        let no_mass = || AccountError::Credit {
            company: id.clone(),
            year,
            error: CreditError::Missing { car: model.model.clone(), field: "kerb mass in kg", year },
        };
        let target = used.take(rules.target.at(model.kerb_mass_kg.ok_or_else(no_mass)?).map_err(gap)?) + extra;
        let brake = if model.has_brake_recovery { used.take(rules.brake_recovery.clone()?) } else { 0.0 };
        let fuel = (model.fuel_l_per_100km.unwrap_or(0.0) - model.off_cycle_l_per_100km - brake).max(0.0);
        let burns = matches!(model.powertrain, None | Some(CreditPowertrain::Phev));
        let fuel = if burns { fuel } else { 0.0 };
        let weight = match model.powertrain {
            Some(CreditPowertrain::Phev) if model.meets_conditions == Some(false) => 1.0,
            Some(_) => used.take(rules.weight),
            None if fuel <= rules.thrifty_threshold.value => used.take(rules.thrifty_weight),
            None => 1.0,
        };
        target_sum += target * model.volume;
        fuel_sum += fuel * model.volume;
        weight_sum += weight * model.volume;
        if let Some(facts) = model.facts() {
            let credit = match model.credit {
                Some(credit) => credit,
                None => credit_of(rules, model, &facts, &mut used)?,
            };
            earned += credit * model.volume;
        } else {
            conventional += model.volume;
            own_target += target * model.volume;
            own_fuel += fuel * model.volume;
            if fuel <= to_hundredths(target * ratio) {
                low += model.volume;
            }
        }
    }
    let mut audit = Vec::new();
    let mut note = |step: String, value: f64, unit: &'static str| audit.push(AuditLine { step, value, unit });
    let mean = target_sum / volume;
    note(format!("mean target of {} models by kerb mass", models.len()), mean, "L/100km");
    note("ratio of requirement to target".to_owned(), ratio, "1");
    let exact_actual = fuel_sum / weight_sum;
    let relief = relief(rules, company, volume, exact_actual, before, &mut used).map_err(gap)?;
    if relief != 1.0 {
        note("relief of a small maker by its yearly fall".to_owned(), relief, "1");
    }
    let (required, actual) = (to_hundredths(mean * ratio * relief), to_hundredths(exact_actual));
    note("requirement, rounded".to_owned(), required, "L/100km");
    note("fuel over weighted cars, rounded".to_owned(), actual, "L/100km");
    let cafc = ((required - actual) * volume).round();
    note(format!("(requirement less actual) of {volume} cars"), cafc, "credit");
    let scope = used.take(rules.nev_scope);
    let base = conventional - low + used.take(rules.low_count) * low;
    let nev_target = if conventional >= scope { used.take(rules.nev_ratio) * base } else { 0.0 };
    note(format!("{conventional} conventional cars, {low} of them low in fuel; base of the ratio"), base, "vehicle");
    note(
        if conventional >= scope { "ratio of the base".to_owned() } else { format!("below the scope of {scope} cars: no target") },
        nev_target,
        "credit",
    );
    note("new-energy credits earned".to_owned(), earned, "credit");
    let nev = (earned - nev_target).round();
    note("balance, whole credits".to_owned(), nev, "credit");
    let within = |limit: Known| own_fuel <= limit.value * ratio * own_target;
    let may_carry = conventional == 0.0 || rules.carry_limit.is_none_or(within);
    Ok(Some(Account {
        company: id,
        year,
        volume: Some(volume),
        cafc_target: Some(required),
        cafc_actual: Some(actual),
        cafc_credits: Some(cafc),
        nev_target: Some(nev_target),
        nev_earned: Some(earned),
        nev_balance: Some(nev),
        may_carry,
        status: used.weakest(),
        is_scenario: used.weakest() == Status::Assumption,
        audit,
        rows: used.rows().to_vec(),
        exact_actual: Some(exact_actual),
    }))
}

fn credit_of(rules: &YearRules, model: &ModelYear, facts: &super::car::CarFacts, used: &mut Used) -> Result<f64, AccountError> {
    let wrap = |error| AccountError::Credit { company: model.company.clone(), year: model.year, error };
    let car = rules.car(facts.powertrain).map_err(|e| wrap(e.into()))?;
    Ok(car.parts(&model.model, facts, used).map_err(wrap)?.credit())
}

fn relief(rules: &YearRules, company: Option<&Company>, volume: f64, actual: f64, before: Option<f64>, used: &mut Used) -> Result<f64, RuleError> {
    let may = company.is_some_and(|c| c.may_have_relief) && volume < rules.relief_volume.value;
    let (true, Some(before)) = (may, before) else { return Ok(1.0) };
    used.take(rules.relief_volume);
    Ok(used.take(rules.relief.at(1.0 - actual / before)?))
}

/// An account that is known as sums.
fn of_balance(balance: &Balance) -> Account {
    let both = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a - b);
    let average = both(balance.cafc_target, balance.cafc_actual).zip(balance.volume).map(|(difference, volume)| (difference * volume).round());
    let audit = vec![AuditLine { step: format!("balance as stated ({})", balance.source), value: balance.volume.unwrap_or(0.0), unit: "vehicle" }];
    Account {
        company: balance.company.clone(),
        year: balance.year,
        volume: balance.volume,
        cafc_target: balance.cafc_target,
        cafc_actual: balance.cafc_actual,
        cafc_credits: balance.cafc_credits.or(average),
        nev_target: balance.nev_target,
        nev_earned: balance.nev_earned,
        nev_balance: balance.nev_balance.or(both(balance.nev_earned, balance.nev_target)),
        may_carry: true,
        status: balance.status,
        is_scenario: balance.is_scenario,
        audit,
        rows: Vec::new(),
        exact_actual: balance.cafc_actual,
    }
}

/// All accounts of a study, by year and company.
///
/// # Errors
/// Every company-year that cannot be drawn up.
pub fn accounts(book: &RuleBook, study: &Study) -> Result<BTreeMap<(i32, String), Account>, Vec<AccountError>> {
    let mut found: BTreeMap<(i32, String), Account> = BTreeMap::new();
    let mut faults = Vec::new();
    for year in study.years() {
        for balance in study.balances.iter().filter(|b| b.year == year) {
            found.insert((year, balance.company.clone()), of_balance(balance));
        }
        let mut by_company: BTreeMap<&str, Vec<&ModelYear>> = BTreeMap::new();
        for model in study.models.iter().filter(|m| m.year == year) {
            by_company.entry(&model.company).or_default().push(model);
        }
        if by_company.is_empty() {
            continue;
        }
        let rules = match YearRules::of(book, year) {
            Ok(rules) => rules,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        for (id, mut models) in by_company {
            // The order of lines decides no sum.
            models.sort_by(|a, b| a.model.cmp(&b.model));
            faults.extend(cycle_faults(&models, &rules.fuel_cycle));
            let company = study.company(id);
            let last = found.get(&(year - 1, id.to_owned())).and_then(|a| a.exact_actual);
            let before = last.or_else(|| company.and_then(|c| c.cafc_before_l_per_100km));
            match account(&rules, &models, company, before) {
                Ok(Some(account)) => {
                    found.insert((year, id.to_owned()), account);
                }
                Ok(None) => {}
                Err(fault) => faults.push(fault),
            }
        }
    }
    if faults.is_empty() { Ok(found) } else { Err(faults) }
}

/// Fuel consumption that is not on the cycle of the year's targets.
fn cycle_faults(models: &[&ModelYear], wanted: &str) -> Vec<AccountError> {
    let fault = |m: &&ModelYear| {
        let seen = m.cycle.map(FuelCycle::word).filter(|c| *c != wanted)?;
        Some(AccountError::Cycle { company: m.company.clone(), year: m.year, model: m.model.clone(), seen, wanted: wanted.to_owned() })
    };
    models.iter().filter_map(fault).collect()
}
