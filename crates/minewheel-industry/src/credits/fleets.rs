//! Fleet rules outside China: EU fleet CO2, US greenhouse-gas credits, the UK mandate.
//!
//! ```text
//! EU   E = Σ g V / Σ V,  T = (F + a·(M − M₀))·z,  z = min(cap, max(1, 1 + y − x))       premium = max(0, E − T)·Σ V·P
//!      y = Σ V·(1 − w·g/g₀ for g ≤ g₀) / Σ V;  2025 to 2027 are one test on the cars of all three years
//! US   credits = Σ (S_i − g_i)·V_i·L_i / 10⁶ + min(x, left·Σ V·L / 10⁶) in Mg, by cars and trucks
//!      x = Σ (k_i − 1)·(S_i − g_i)·V_i·L_i / 10⁶, k of battery and fuel-cell cars and k of plug-in hybrids; left: what earlier years
//!      used of a cap in g/mile, where the year has one
//! UK   allowances = (1 − q)·Σ V,  one for each car that is not of zero emission;  payment = missing·P
//!      transfer ≤ min(c·q·Σ V, Σ (B − g)·V / r) over cars that are not of zero emission
//!      borrowed ≤ b·Σ V, owed·(1 + i)^years until it is given back out of later surplus, at last in its due year
//! ```
//!
//! | symbol | meaning | from |
//! |--------|---------|------|
//! | `F`, `a`, `M₀`, `x`, `w`, `g₀`, `P` | fleet target, slope, reference mass, benchmark, weight, limit, premium | rules |
//! | `k` | multiplier of production | rules |
//! | `M`, `g`, `S` | test mass (kerb mass and what the procedure adds, where the study has none), emission, standard of a model (in the US by footprint, 40 CFR 86.1818-12, to 0.1 g/mile) | study |
//! | `L`, `q` | lifetime miles, share of zero-emission cars | rules |
//! | `B` | baseline of a maker's other cars in the UK, as the standard of each | study |
//! | `c`, `r`, `b`, `i` | cap on transfers, grams an allowance, cap on borrowing, interest | rules |
//!
//! In the EU companies of a pool are one and nothing is banked. A test of several years asks for no premium before its last year is in
//! the study, and a maker of fewer cars than the rule binds for none at all; answers say both. In the US a bank holds five years
//! forward, credits of some model years longer, and a deficit waits three; the rule was rescinded in February 2026 for all model
//! years, and later years than the table has are refused. That a plug-in hybrid reaches the electric range its multiplier asks for is
//! taken for granted. In the UK a maker takes what it banked, then its CO2 savings, then buys, then borrows, then
//! pays; a year without a cap in the tables has neither transfer nor borrowing, and the answer says so. Sales are in
//! proportion to what is offered and wanted; their price is private.
//! Many constants are recalled, as results say.

mod kingdom;

use std::collections::BTreeMap;

use minewheel_data::row::RowId;
use minewheel_data::status::Status;
use serde::Serialize;

use super::affiliates::NIL;
use super::car::CreditPowertrain;
use super::ledger::Sale;
use super::rules::{Citation, RuleBook, RuleError, System, Used};
use super::study::{ModelYear, Study};

/// Grams in a megagram.
const G_PER_MG: f64 = 1e6;

/// A fleet cannot be counted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FleetError {
    /// A rule lacks the year.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// A model lacks a figure.
    #[error("`{model}` of `{company}` in {year} has no {field}")]
    Missing {
        /// The company.
        company: String,
        /// The year.
        year: i32,
        /// The model.
        model: String,
        /// The figure.
        field: &'static str,
    },
    /// The company sold no car.
    #[error("`{company}` sold no car in {year}")]
    NoCars {
        /// The company.
        company: String,
        /// The year.
        year: i32,
    },
    /// China's ledger is another.
    #[error("fleets are of eu, us or uk; a study of cn has its own ledger")]
    China,
}

/// One company, pool or window of the EU, or one company and year elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FleetYear {
    /// The company, or the pool.
    pub company: String,
    /// First year counted.
    pub first_year: i32,
    /// Last year counted.
    pub year: i32,
    /// Cars.
    pub volume: f64,
    /// Average emission (EU, US), or cars that are not of zero emission (UK).
    pub actual: f64,
    /// Target of it.
    pub target: f64,
    /// Unit of both.
    pub unit: &'static str,
    /// Credits above nought, or missing: g/km times cars (EU), Mg (US), allowances (UK).
    pub balance: f64,
    /// Bought.
    pub bought: f64,
    /// Sold.
    pub sold: f64,
    /// From or to other years: banked ones used, less those put in.
    pub from_bank: f64,
    /// Allowances out of savings of CO2 (UK).
    pub transferred: f64,
    /// Allowances borrowed from later years (UK).
    pub borrowed: f64,
    /// Borrowed allowances given back, with interest (UK).
    pub repaid: f64,
    /// Borrowed allowances that are owed at the end of the year, with interest (UK).
    pub owed: f64,
    /// What stays open after trade and bank.
    pub open: f64,
    /// What that costs.
    pub payment: f64,
    /// In what.
    pub currency: &'static str,
}

/// Fleets of a study.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Fleets {
    /// The study's title.
    pub title: String,
    /// Whose rules.
    pub system: System,
    /// Companies and years.
    pub companies: Vec<FleetYear>,
    /// Sales.
    pub trades: Vec<Sale>,
    /// What the rules' tables lack for the study.
    pub notices: Vec<String>,
    /// The weakest status.
    pub weakest_status: Status,
    /// The rows of the rules.
    pub rules: Vec<Citation>,
}

/// Counts the fleets of a study.
///
/// # Errors
/// A rule lacks a year, or a model a figure.
pub fn fleets(book: &RuleBook, study: &Study) -> Result<Fleets, FleetError> {
    let mut used = Used::default();
    for model in &study.models {
        used.rest_on(model.status);
    }
    let mut notices = Vec::new();
    let (companies, trades) = match study.system {
        System::Cn => return Err(FleetError::China),
        System::Eu => (europe(book, study, &mut used, &mut notices)?, Vec::new()),
        System::Us => {
            let lines = united_states(book, study, &mut used, &mut notices)?;
            bank(book, study, lines, None, &mut used)?
        }
        System::Uk => {
            let (lines, mut loans) = kingdom::allowances(book, study, &mut used)?;
            let done = bank(book, study, lines, Some(&mut loans), &mut used)?;
            notices = loans.notices;
            done
        }
    };
    let rows: Vec<RowId> = used.rows().to_vec();
    Ok(Fleets {
        title: study.title.clone(),
        system: study.system,
        companies,
        trades,
        notices,
        weakest_status: used.weakest(),
        rules: book.citations(rows),
    })
}

fn missing(model: &ModelYear, field: &'static str) -> FleetError {
    FleetError::Missing { company: model.company.clone(), year: model.year, model: model.model.clone(), field }
}

/// Models by company (or pool) and year.
fn groups(study: &Study) -> Result<BTreeMap<(String, i32), Vec<&ModelYear>>, FleetError> {
    let mut found: BTreeMap<(String, i32), Vec<&ModelYear>> = BTreeMap::new();
    for model in &study.models {
        let pool = study.pools.iter().find(|p| p.members.contains(&model.company));
        let name = pool.map_or_else(|| model.company.clone(), |p| p.name.clone());
        found.entry((name, model.year)).or_default().push(model);
    }
    for ((company, year), models) in &found {
        if models.iter().map(|m| m.volume).sum::<f64>() <= 0.0 {
            return Err(FleetError::NoCars { company: company.clone(), year: *year });
        }
    }
    Ok(found)
}

/// Sums of an EU year.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    first_year: i32,
    last_year: i32,
    volume: f64,
    emission: f64,
    target: f64,
    premium: f64,
    /// Years of cars that are in it.
    years: i32,
    /// Years of cars that it waits for.
    wanted: i32,
    /// Whether its maker sells too few cars to be bound.
    is_exempt: bool,
}

fn europe(book: &RuleBook, study: &Study, used: &mut Used, notices: &mut Vec<String>) -> Result<Vec<FleetYear>, FleetError> {
    let mut tests: BTreeMap<(String, i32, bool), Sums> = BTreeMap::new();
    let groups = groups(study)?;
    let cars = |company: &str, year: i32| groups.get(&(company.to_owned(), year)).map(|g| g.iter().map(|m| m.volume).sum::<f64>());
    let (mut supposed, mut small) = (false, Vec::new());
    for ((company, year), models) in &groups {
        let (company, year) = (company.clone(), *year);
        let volume: f64 = models.iter().map(|m| m.volume).sum();
        // The rule looks at the cars of the year before; without them those of the year stand in.
        let is_exempt = match book.optional(System::Eu, "exempt-below", year) {
            Some(known) => cars(&company, year - 1).unwrap_or(volume) < used.take(known),
            None => false,
        };
        let mut emission = 0.0;
        for model in models {
            emission += model.co2_g.ok_or_else(|| missing(model, "co2_g_per_km"))? * model.volume;
        }
        let target = if models.iter().all(|m| m.standard_g.is_some()) {
            models.iter().map(|m| m.standard_g.unwrap_or(0.0) * m.volume).sum::<f64>() / volume
        } else {
            supposed |= models.iter().any(|m| m.test_mass_kg.is_none());
            european_target(book, year, models, volume, used)?
        };
        let window = book.optional(System::Eu, "averaging-window", year);
        let (key, wanted) = match window {
            Some(known) => {
                // All years of the window are one test; the first of them names it.
                let years = used.take(known) as i32;
                ((year - years + 1..=year).find(|y| book.optional(System::Eu, "averaging-window", *y).is_some()).unwrap_or(year), years)
            }
            None => (year, 1),
        };
        let premium = used.take(book.constant(System::Eu, "premium", year)?);
        if is_exempt {
            small.push(format!("`{company}` in {year}"));
        }
        let sums = tests.entry((company, key, is_exempt)).or_insert(Sums { first_year: year, wanted, is_exempt, ..Sums::default() });
        sums.last_year = year;
        sums.years += 1;
        sums.volume += volume;
        sums.emission += emission;
        sums.target += target * volume;
        sums.premium = premium;
    }
    if supposed {
        notices.push("models without test_mass_kg: test mass is kerb mass and what rules/credits.csv says the procedure adds".to_owned());
    }
    if !small.is_empty() {
        let rule = "a maker of fewer cars in the year before is not bound, with its connected undertakings; where the study lacks that year, the year itself is looked at";
        notices.push(format!("no test, no premium, too few cars: {}; {rule}", small.join(", ")));
    }
    let waiting: Vec<&str> = tests.iter().filter(|(k, s)| !k.2 && s.years < s.wanted).map(|(k, _)| k.0.as_str()).collect();
    if !waiting.is_empty() {
        notices.push(format!("one test on the mean of several years, not all of them in the study: no premium is due yet of {}", waiting.join(", ")));
    }
    let line = |((company, _, _), s): ((String, i32, bool), Sums)| {
        let (actual, target) = (s.emission / s.volume, s.target / s.volume);
        let open = if s.is_exempt { 0.0 } else { ((actual - target) * s.volume).max(0.0) };
        let is_due = s.years == s.wanted;
        FleetYear {
            company,
            first_year: s.first_year,
            year: s.last_year,
            volume: s.volume,
            actual,
            target,
            unit: "g/km",
            balance: (target - actual) * s.volume,
            bought: 0.0,
            sold: 0.0,
            from_bank: 0.0,
            transferred: 0.0,
            borrowed: 0.0,
            repaid: 0.0,
            owed: 0.0,
            open,
            payment: if is_due { open * s.premium } else { 0.0 },
            currency: "EUR",
        }
    };
    Ok(tests.into_iter().map(line).collect())
}

fn european_target(book: &RuleBook, year: i32, models: &[&ModelYear], volume: f64, used: &mut Used) -> Result<f64, FleetError> {
    let mut constant = |item: &str| book.constant(System::Eu, item, year).map(|known| used.take(known));
    let (fleet, slope, reference) = (constant("fleet-target")?, constant("target-slope")?, constant("reference-mass")?);
    let (benchmark, cap) = (constant("zlev-benchmark")?, constant("zlev-factor-cap")?);
    let (weight, limit) = (constant("zlev-weight")?, constant("zlev-limit")?);
    let mut mass = 0.0;
    for model in models {
        let test_mass = match (model.test_mass_kg, model.kerb_mass_kg) {
            (Some(own), _) => own,
            (None, Some(kerb)) => kerb + constant("test-mass-over-kerb")?,
            (None, None) => return Err(missing(model, "test_mass_kg or kerb_mass_kg")),
        };
        mass += test_mass * model.volume / volume;
    }
    let counted = |m: &&&ModelYear| m.co2_g.filter(|g| *g <= limit).map_or(0.0, |g| (1.0 - weight * g / limit) * m.volume);
    let share = models.iter().map(|m| counted(&m)).sum::<f64>() / volume;
    Ok((fleet + slope * (mass - reference)) * (1.0 + share - benchmark).clamp(1.0, cap))
}

#[expect(clippy::too_many_arguments, reason = "a year of a fleet before its ledger: each argument is a column")]
fn blank(company: String, year: i32, volume: f64, actual: f64, target: f64, unit: &'static str, balance: f64, currency: &'static str) -> FleetYear {
    FleetYear {
        company,
        first_year: year,
        year,
        volume,
        actual,
        target,
        unit,
        balance,
        bought: 0.0,
        sold: 0.0,
        from_bank: 0.0,
        transferred: 0.0,
        borrowed: 0.0,
        repaid: 0.0,
        owed: 0.0,
        open: 0.0,
        payment: 0.0,
        currency,
    }
}

fn united_states(book: &RuleBook, study: &Study, used: &mut Used, notices: &mut Vec<String>) -> Result<Vec<FleetYear>, FleetError> {
    let mut found = Vec::new();
    // Grams a mile that each company drew from multipliers under the cap, over years.
    let mut drawn: BTreeMap<String, f64> = BTreeMap::new();
    for ((company, year), models) in groups(study)? {
        let mut constant = |item: &str| book.constant(System::Us, item, year).map(|known| used.take(known));
        let (car, truck) = (constant("lifetime-car")?, constant("lifetime-truck")?);
        let (electric, plug_in) = (constant("electric-multiplier")?, constant("plug-in-multiplier")?);
        let (mut volume, mut emission, mut standard, mut balance) = (0.0, 0.0, 0.0, 0.0);
        let (mut extra, mut lifetime_miles) = (0.0, 0.0);
        for model in models {
            let g = model.co2_g.ok_or_else(|| missing(model, "co2_g_per_mile"))?;
            let s = match (model.standard_g, model.footprint_sqft) {
                (Some(own), _) => own,
                (None, Some(footprint)) => {
                    let item = if model.is_truck { "ghg-target-truck" } else { "ghg-target-car" };
                    let curve = book.curve(System::Us, item, year)?;
                    // No footprint has a target above that of the largest, which the line may pass by rounding of its figures.
                    let line = used.take(curve.at(footprint)?).min(used.take(curve.at(f64::MAX)?));
                    (line * 10.0).round() / 10.0
                }
                (None, None) => return Err(missing(model, "footprint_sqft or standard_g_per_mile")),
            };
            let miles = if model.is_truck { truck } else { car };
            let times = match model.powertrain {
                Some(CreditPowertrain::Bev | CreditPowertrain::Fcev) => electric,
                Some(CreditPowertrain::Phev) => plug_in,
                None => 1.0,
            };
            volume += model.volume;
            emission += g * model.volume;
            standard += s * model.volume;
            let own = (s - g) * model.volume * miles / G_PER_MG;
            balance += own;
            extra += (times - 1.0) * own;
            lifetime_miles += model.volume * miles;
        }
        if let Some(cap) = book.optional(System::Us, "multiplier-cap", year).filter(|_| extra > 0.0) {
            let cap = used.take(cap);
            let before = drawn.entry(company.clone()).or_default();
            let grams = (extra * G_PER_MG / lifetime_miles).min(cap - *before);
            let counted = grams * lifetime_miles / G_PER_MG;
            if counted < extra {
                notices.push(format!(
                    "us {year}: multipliers of `{company}` count {counted:.0} of {extra:.0} Mg, up to the cap of {cap} g/mile over years"
                ));
            }
            *before += grams;
            extra = counted;
        }
        balance += extra;
        found.push(blank(company, year, volume, emission / volume, standard / volume, "g/mile", balance, "USD"));
    }
    Ok(found)
}

/// Clears balances by bank and trade, year after year.
fn bank(
    book: &RuleBook,
    study: &Study,
    mut lines: Vec<FleetYear>,
    mut loans: Option<&mut kingdom::Loans>,
    used: &mut Used,
) -> Result<(Vec<FleetYear>, Vec<Sale>), FleetError> {
    let mut held: BTreeMap<String, BTreeMap<i32, f64>> = BTreeMap::new();
    let mut trades = Vec::new();
    for year in study.years() {
        for line in lines.iter_mut().filter(|l| l.year == year) {
            let vintages = held.entry(line.company.clone()).or_default();
            vintages.retain(|vintage, _| {
                let life = book.optional(study.system, "credit-life", *vintage).map_or(0.0, |known| used.take(known));
                f64::from(year - vintage) <= life
            });
            let mut deficit = (-line.balance).max(0.0);
            let mut surplus = line.balance.max(0.0);
            if let Some(loans) = loans.as_deref_mut() {
                (surplus, deficit) = loans.repay(line, surplus, deficit);
            }
            for amount in vintages.values_mut() {
                let part = amount.min(deficit);
                *amount -= part;
                deficit -= part;
                line.from_bank += part;
            }
            if let Some(loans) = loans.as_deref_mut() {
                deficit = loans.transfer(line, deficit);
            }
            line.open = deficit;
            if surplus > 0.0 {
                vintages.insert(year, surplus);
            }
        }
        let wanted: f64 = lines.iter().filter(|l| l.year == year).map(|l| l.open).sum();
        let offered: f64 = held.values().flat_map(BTreeMap::values).sum();
        let traded = wanted.min(offered);
        if traded > NIL {
            trades.extend(sell(&mut lines, &mut held, year, traded / offered, traded / wanted));
        }
        if let Some(loans) = loans.as_deref_mut() {
            for line in lines.iter_mut().filter(|l| l.year == year) {
                loans.borrow(line);
            }
        }
        let payment = match study.system {
            System::Uk => used.take(book.constant(System::Uk, "allowance-payment", year)?),
            _ => 0.0,
        };
        for line in lines.iter_mut().filter(|l| l.year == year) {
            line.payment = line.open * payment;
        }
    }
    wait(book, study, &mut lines, &mut held, used);
    Ok((lines, trades))
}

fn sell(lines: &mut [FleetYear], held: &mut BTreeMap<String, BTreeMap<i32, f64>>, year: i32, sold: f64, bought: f64) -> Vec<Sale> {
    let mut offers: Vec<(String, f64)> = Vec::new();
    for (company, vintages) in held.iter_mut() {
        let offer: f64 = vintages.values().sum::<f64>() * sold;
        for amount in vintages.values_mut() {
            *amount *= 1.0 - sold;
        }
        if offer > NIL {
            offers.push((company.clone(), offer));
        }
    }
    let mut sales = Vec::new();
    let mut sellers = offers.iter().map(|(c, o)| (c.clone(), *o)).collect::<Vec<_>>().into_iter().peekable();
    for line in lines.iter_mut().filter(|l| l.year == year && l.open > NIL) {
        let mut left = line.open * bought;
        line.bought = left;
        line.open -= left;
        while left > NIL
            && let Some((seller, offer)) = sellers.peek_mut()
        {
            let credits = left.min(*offer);
            sales.push(Sale { year, seller: seller.clone(), buyer: line.company.clone(), credits });
            *offer -= credits;
            left -= credits;
            if *offer <= NIL {
                sellers.next();
            }
        }
    }
    for (company, offer) in offers {
        if let Some(line) = lines.iter_mut().find(|l| l.company == company && l.year == year) {
            line.sold = offer;
        }
    }
    sales
}

/// Deficits that wait for later credits of their own company, oldest first.
fn wait(book: &RuleBook, study: &Study, lines: &mut [FleetYear], held: &mut BTreeMap<String, BTreeMap<i32, f64>>, used: &mut Used) {
    for line in lines.iter_mut().filter(|l| l.open > NIL) {
        let Some(life) = book.optional(study.system, "deficit-life", line.year).map(|known| used.take(known)) else { continue };
        let Some(vintages) = held.get_mut(&line.company) else { continue };
        for (_, amount) in vintages.iter_mut().filter(|(v, _)| **v > line.year && f64::from(**v - line.year) <= life) {
            let part = amount.min(line.open);
            *amount -= part;
            line.open -= part;
            line.from_bank += part;
        }
    }
}
