//! The market for new-energy credits: a competitive equilibrium over years as one linear programme.
//!
//! ```text
//! min Σ_t β^(t−t₀)·(Σ_k k_t·a_ftk + K·u_ft)
//! vintage    offer_fvt + store_fvt + carry_fvt ≤ S_fv (t = v), φ_v·carry_f,v,t−1 (t > v)
//! pool       Σ_t release_fvt ≤ store_fv
//! need       buy_ft + Σ_k a_ftk + u_ft ≥ D_ft
//! clearing   Σ_f buy_ft ≤ Σ_f Σ_v (offer_fvt + release_fvt)          dual λ_t,  ν_ft ≤ λ_t ≤ ω_fvt
//! ```
//!
//! | symbol | meaning | from |
//! |--------|---------|------|
//! | `S`, `D` | surplus made, and need after own and affiliates' company-average credits | [`super::ledger`] |
//! | `φ_v`, life | factor and years of carrying credits of a vintage | rules |
//! | `a`, `k` | abatement: credits made beyond the accounts, at a cost, in steps | study |
//! | `u`, `K` | what stays open, at the shadow cost of the sanction | study |
//! | `β` | discount factor | study |
//!
//! The optimality conditions are those of firms that take the price. `ν`, dual of need, is what a buyer would pay at
//! most; `ω`, dual of the vintage, is what a holder would take at least, `ω_t ≥ φ·ω_(t+1)`. Where a credit changes
//! hands both are `λ`. Where none does, because every holder would rather carry, `λ` may lie anywhere between them, and
//! without a holder anywhere above `ν`. The price is therefore that of need, `p_t = max_f ν_ft/β^(t−t₀)`: the cost of
//! the last step in use, nought in a glut, `K` where need stays open. Where nobody needs it is the least `ω`; without a
//! holder too, nought. So who sells what it could carry has `p_t ≥ φ·β·p_(t+1)`; who carries what it could sell has at
//! most what a later year pays. A firm's own use is a purchase from itself. Need in the last year ends the horizon;
//! what is left then is worth `terminal`. Storage is open in the years in which the ledger's ratio opens it.
//!
//! Cournot: a seller named so knows that its sales `x_ft` lower the price by `s` per credit. Its condition
//! `p − s·x = marginal worth` is that of the programme with `½·s·x²` added; `s` is a conjecture, by default the mean
//! slope of the abatement steps. Without foresight every year is solved alone, and what is left is carried.
//!
//! Sources: the equilibrium as a planner's programme, Samuelson 1952; conjectural variation, Hashimoto 1985. Valid for
//! what firms could do, not what they did: prices of bilateral deals differ, and firms do not know the next years.

use std::collections::{BTreeMap, BTreeSet};

use minewheel_data::status::Status;
use serde::{Deserialize, Serialize};

use super::ledger::{Ledger, LedgerError, Means, Sale, clear};
use super::rules::{RuleBook, RuleError, System, Used};
use super::study::Study;
use crate::solver::{Program, ProgramError, Solution};

/// Amounts below this share of the largest one are the solver's rounding.
const ROUNDING: f64 = 1e-7;

/// What a firm knows of later years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Foresight {
    /// All of them.
    #[default]
    Perfect,
    /// Nothing: what a year does not need is carried as it comes.
    None,
}

/// Credits that can be made beyond the accounts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Abatement {
    /// What it is.
    pub name: String,
    /// First year.
    pub first_year: i32,
    /// Last year.
    pub last_year: i32,
    /// Cost of one credit in yuan.
    pub cny_per_credit: f64,
    /// Most credits a year, shared out by need.
    pub credits: f64,
}

/// A change of the study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Its name.
    pub name: String,
    /// First year.
    pub first_year: i32,
    /// Last year.
    pub last_year: i32,
    /// Factor on every surplus.
    #[serde(default = "one")]
    pub supply: f64,
    /// Factor on every need.
    #[serde(default = "one")]
    pub need: f64,
    /// Credits that a new company makes a year.
    #[serde(default)]
    pub entrant_credits: f64,
    /// Another ratio of new-energy credits. Only accounts drawn up from models can follow it.
    #[serde(default)]
    pub nev_ratio: Option<f64>,
    /// Another factor of carrying.
    #[serde(default)]
    pub nev_carry_factor: Option<f64>,
}

const fn one() -> f64 {
    1.0
}

/// The market's part of a study file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarketFile {
    /// Yearly discount rate.
    pub discount_rate: f64,
    /// Shadow cost of an open deficit in yuan a credit.
    pub ceiling_cny_per_credit: f64,
    /// First year that is priced; years before keep their ledger only and carry no credits into it. Left out: the study's first.
    #[serde(default)]
    pub first_year: Option<i32>,
    /// What a credit is worth after the last year.
    #[serde(default)]
    pub terminal_cny_per_credit: f64,
    /// What firms know of later years.
    #[serde(default)]
    pub foresight: Foresight,
    /// Sellers that know their weight.
    #[serde(default)]
    pub cournot: Vec<String>,
    /// What they think one credit more does to the price, in yuan per credit and credit; left out: mean slope of the steps.
    #[serde(default)]
    pub slope_cny_per_credit2: Option<f64>,
    /// How the costs are known.
    #[serde(deserialize_with = "super::study::read_status")]
    pub status: Status,
    /// Steps of abatement.
    #[serde(default)]
    pub abatement: Vec<Abatement>,
    /// Changes to try.
    #[serde(default)]
    pub scenario: Vec<Change>,
}

/// The market has no equilibrium.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MarketError {
    /// The ledger cannot be kept.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// A rule lacks the year.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The programme has no solution.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// A figure of the market cannot be.
    #[error("market: {field} is {seen}, wanted {wanted}")]
    Figure {
        /// The figure.
        field: String,
        /// The value seen.
        seen: f64,
        /// What would do.
        wanted: &'static str,
    },
    /// A seller that the study lacks.
    #[error("market: no company `{seen}` to play Cournot; companies are {known}")]
    Seller {
        /// The name seen.
        seen: String,
        /// Companies there are.
        known: String,
    },
    /// A rule change that sums cannot follow.
    #[error("scenario `{scenario}` changes the ratio, but `{company}` in {year} is known as a sum that cannot follow it")]
    Sum {
        /// The scenario.
        scenario: String,
        /// The company.
        company: String,
        /// The year.
        year: i32,
    },
    /// The industry is not all known.
    #[error("a market needs every company's accounts; {0}")]
    Partial(String),
}

/// Surplus and need of one company and year.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Side {
    /// New-energy credits made beyond the own target.
    pub supply: f64,
    /// Need that only new-energy credits can meet.
    pub need: f64,
    /// Whether its credits may be carried.
    pub may_carry: bool,
}

/// How credits of a vintage are carried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Carry {
    /// Factor of a year.
    pub factor: f64,
    /// Years.
    pub life: i32,
}

/// Everything a market needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Market {
    /// Years, in order.
    pub years: Vec<i32>,
    /// By company and year.
    pub sides: BTreeMap<(String, i32), Side>,
    /// By vintage.
    pub carry: BTreeMap<i32, Carry>,
    /// Years in which the pool takes.
    pub stores: BTreeSet<i32>,
    /// Years in which it gives.
    pub releases: BTreeSet<i32>,
    /// Years of life in the pool.
    pub pool_life: i32,
    /// Costs and choices.
    pub terms: MarketFile,
}

/// A trade with its money.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Trade {
    /// The accounting year.
    pub year: i32,
    /// Who sells.
    pub seller: String,
    /// Who buys.
    pub buyer: String,
    /// How many credits.
    pub credits: f64,
    /// At the year's price.
    pub cny: f64,
}

/// One company and year of the equilibrium.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FirmYear {
    /// The company.
    pub company: String,
    /// The accounting year.
    pub year: i32,
    /// Credits made.
    pub supply: f64,
    /// Credits needed.
    pub need: f64,
    /// Sold, own use included.
    pub sold: f64,
    /// Bought, own use included.
    pub bought: f64,
    /// Made beyond the accounts.
    pub abated: f64,
    /// Left open.
    pub open: f64,
    /// Carried or stored at the end of the year.
    pub carried: f64,
    /// Money received less money paid.
    pub net_cny: f64,
}

/// The equilibrium.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Equilibrium {
    /// `as stated`, or the name of a change.
    pub scenario: String,
    /// What firms know.
    pub foresight: Foresight,
    /// Sellers that know their weight.
    pub cournot: Vec<String>,
    /// Price of a new-energy credit by accounting year.
    pub price_cny_per_credit: BTreeMap<i32, f64>,
    /// Who pays whom.
    pub trades: Vec<Trade>,
    /// Years in which who buys and who makes credits at their cost is one of many answers: a credit bought costs as much as one made.
    pub years_of_any_split: Vec<i32>,
    /// Companies by year.
    pub firms: Vec<FirmYear>,
    /// Cost of abatement and open need, discounted to the first year.
    pub cost_cny: f64,
    /// The weakest status of accounts, rules and costs.
    pub weakest_status: Status,
}

impl Market {
    /// The market of a study.
    ///
    /// # Errors
    /// The ledger cannot be kept, a figure cannot be, or the industry is not all known.
    pub fn of(book: &RuleBook, study: &Study, terms: &MarketFile, used: &mut Used) -> Result<(Self, Ledger), MarketError> {
        check(terms, study)?;
        let ledger = clear(book, study)?;
        let unknown: Vec<&str> = ledger.partial.iter().map(String::as_str).filter(|_| !study.is_partial).collect();
        if !unknown.is_empty() {
            return Err(MarketError::Partial(unknown.join("; ")));
        }
        used.rest_on(ledger.weakest_status);
        used.rest_on(terms.status);
        let mut sides = BTreeMap::new();
        for line in &ledger.companies {
            let averaged: f64 = line.cleared_by.iter().filter(|c| matches!(c.by, Means::CarriedCafc | Means::AffiliateCafc)).map(|c| c.credits).sum();
            let missing = (-line.cafc_credits.unwrap_or(0.0)).max(0.0) + (-line.balance.unwrap_or(0.0)).max(0.0);
            sides.insert(
                (line.company.clone(), line.year),
                Side { supply: line.nev.created, need: (missing - averaged).max(0.0), may_carry: line.may_carry },
            );
        }
        let years: Vec<i32> = study.years().into_iter().filter(|y| terms.first_year.is_none_or(|first| *y >= first)).collect();
        sides.retain(|(_, year), _| years.contains(year));
        let mut carry = BTreeMap::new();
        for year in &years {
            let factor = used.take(book.constant(System::Cn, "nev-carry-factor", *year)?);
            let life = used.take(book.constant(System::Cn, "nev-life", *year)?) as i32;
            carry.insert(*year, Carry { factor, life });
        }
        let (mut stores, mut releases, mut pool_life) = (BTreeSet::new(), BTreeSet::new(), 0);
        for year in years.iter().copied().filter(|_| study.has_pool) {
            let item = |name: &str| book.optional(System::Cn, name, year);
            let (Some(upper), Some(lower), Some(life)) = (item("pool-store-above"), item("pool-release-below"), item("pool-life")) else { continue };
            let (offered, wanted): (f64, f64) = sides
                .iter()
                .filter(|(k, _)| k.1 == year)
                .fold((0.0, 0.0), |sum, (_, s)| (sum.0 + (s.supply - s.need).max(0.0), sum.1 + (s.need - s.supply).max(0.0)));
            pool_life = used.take(life) as i32;
            if offered > used.take(upper) * wanted {
                stores.insert(year);
            }
            if offered < used.take(lower) * wanted {
                releases.insert(year);
            }
        }
        Ok((Self { years, sides, carry, stores, releases, pool_life, terms: terms.clone() }, ledger))
    }

    /// The same market after a change.
    #[must_use]
    pub fn changed(&self, change: &Change) -> Self {
        let mut market = self.clone();
        let holds = |year: i32| (change.first_year..=change.last_year).contains(&year);
        for ((_, year), side) in &mut market.sides {
            if holds(*year) {
                side.supply *= change.supply;
                side.need *= change.need;
            }
        }
        if change.entrant_credits > 0.0 {
            for year in self.years.iter().copied().filter(|y| holds(*y)) {
                let side = Side { supply: change.entrant_credits, need: 0.0, may_carry: true };
                market.sides.insert((change.name.clone(), year), side);
            }
        }
        if let Some(factor) = change.nev_carry_factor {
            for (_, carry) in market.carry.iter_mut().filter(|(y, _)| holds(**y)) {
                carry.factor = factor;
            }
        }
        market
    }

    /// The equilibrium.
    ///
    /// # Errors
    /// The programme has no solution.
    pub fn equilibrium(&self) -> Result<Equilibrium, MarketError> {
        match self.terms.foresight {
            Foresight::Perfect => {
                let built = self.build();
                let solution = built.program.solve()?;
                Ok(self.read(&built, &solution))
            }
            Foresight::None => self.year_by_year(),
        }
    }

    /// Every year alone; what is left is carried, and is the next year's supply.
    fn year_by_year(&self) -> Result<Equilibrium, MarketError> {
        let mut left: BTreeMap<(String, i32), f64> = BTreeMap::new();
        let mut all: Option<Equilibrium> = None;
        for year in &self.years {
            let mut sides: BTreeMap<(String, i32), Side> = BTreeMap::new();
            let mut aged: BTreeMap<(String, i32), f64> = BTreeMap::new();
            for ((company, vintage), amount) in &left {
                if let Some(carry) = self.carry.get(vintage)
                    && year - vintage <= carry.life
                {
                    aged.insert((company.clone(), *vintage), amount * carry.factor);
                }
            }
            for ((company, _), side) in self.sides.iter().filter(|(k, _)| k.1 == *year) {
                let carried: f64 = aged.iter().filter(|(k, _)| k.0 == *company).map(|(_, a)| a).sum();
                sides.insert((company.clone(), *year), Side { supply: side.supply + carried, ..*side });
            }
            let alone = Self { years: vec![*year], sides, stores: BTreeSet::new(), releases: BTreeSet::new(), ..self.clone() };
            let built = alone.build();
            let mut found = alone.read(&built, &built.program.solve()?);
            left.clear();
            for firm in &mut found.firms {
                let side = self.sides.get(&(firm.company.clone(), *year)).copied().unwrap_or_default();
                let mut rest = (firm.supply - firm.sold).max(0.0);
                firm.carried = if side.may_carry { rest } else { 0.0 };
                // What is sold was the oldest; what is left is the youngest.
                let own = rest.min(side.supply);
                rest -= own;
                if side.may_carry {
                    left.insert((firm.company.clone(), *year), own);
                    for ((_, vintage), amount) in aged.iter().filter(|(k, _)| k.0 == firm.company).rev() {
                        let part = amount.min(rest);
                        rest -= part;
                        left.insert((firm.company.clone(), *vintage), part);
                    }
                }
                firm.supply = side.supply;
            }
            all = Some(match all {
                None => found,
                Some(mut sum) => {
                    sum.price_cny_per_credit.extend(found.price_cny_per_credit);
                    sum.trades.extend(found.trades);
                    sum.firms.extend(found.firms);
                    sum.cost_cny += found.cost_cny;
                    sum
                }
            });
        }
        let mut found = all.unwrap_or_else(|| self.read(&Built::default(), &Solution { x: Vec::new(), duals: Vec::new(), objective: 0.0 }));
        found.firms.sort_by(|a, b| (a.year, &a.company).cmp(&(b.year, &b.company)));
        Ok(found)
    }

    fn slope(&self) -> f64 {
        let steps = &self.terms.abatement;
        let amount: f64 = steps.iter().map(|s| s.credits).sum::<f64>();
        let lowest = steps.iter().map(|s| s.cny_per_credit).fold(f64::INFINITY, f64::min);
        let mean = if amount > 0.0 { (self.terms.ceiling_cny_per_credit - lowest).max(0.0) / amount } else { 0.0 };
        self.terms.slope_cny_per_credit2.unwrap_or(mean)
    }

    /// The programme, in units of the largest amount and of the ceiling.
    pub fn build(&self) -> Built {
        let amount = self.sides.values().map(|s| s.supply.max(s.need)).fold(0.0, f64::max).max(1.0);
        let money = self.terms.ceiling_cny_per_credit;
        let mut built = Built { amount, money, ..Built::default() };
        let first = self.years.first().copied().unwrap_or_default();
        let last = self.years.last().copied().unwrap_or_default();
        let beta = |year: i32| (1.0 + self.terms.discount_rate).powi(first - year);
        let firms: BTreeSet<&str> = self.sides.keys().map(|(c, _)| c.as_str()).collect();
        let mut clearing: BTreeMap<i32, Vec<(usize, f64)>> = self.years.iter().map(|y| (*y, Vec::new())).collect();
        let need_of: BTreeMap<i32, f64> =
            self.years.iter().map(|y| (*y, self.sides.iter().filter(|(k, _)| k.1 == *y).map(|(_, s)| s.need).sum())).collect();
        let slope = self.slope() * amount / money;
        for firm in firms {
            let mut sales: BTreeMap<i32, Vec<(usize, f64)>> = BTreeMap::new();
            for vintage in &self.years {
                let side = self.sides.get(&(firm.to_owned(), *vintage)).copied().unwrap_or_default();
                if side.supply > 0.0 {
                    self.vintage(firm, *vintage, &side, &beta, last, &mut built, &mut sales);
                }
            }
            let is_strategic = self.terms.cournot.iter().any(|c| c == firm);
            for (year, mut terms) in sales {
                if let Some(row) = clearing.get_mut(&year) {
                    row.extend(terms.iter().map(|(j, _)| (*j, -1.0)));
                }
                if is_strategic {
                    // The year's sales as one variable: what it loses on all of them by selling one more.
                    let total = built.program.variable(0.0);
                    built.program.quadratic[total] = slope * beta(year);
                    terms.push((total, -1.0));
                    built.program.row(terms, 0.0);
                }
            }
            for year in &self.years {
                let need = self.sides.get(&(firm.to_owned(), *year)).map_or(0.0, |s| s.need);
                if need <= 0.0 {
                    continue;
                }
                let buy = built.program.variable(0.0);
                let open = built.program.variable(beta(*year));
                built.buys.push((firm.to_owned(), *year, buy));
                built.open.push((firm.to_owned(), *year, open));
                let mut terms = vec![(buy, -1.0), (open, -1.0)];
                for step in self.terms.abatement.iter().filter(|s| (s.first_year..=s.last_year).contains(year)) {
                    let made = built.program.variable(beta(*year) * step.cny_per_credit / money);
                    built.abated.push((firm.to_owned(), *year, made));
                    built.program.row(vec![(made, 1.0)], step.credits * need / need_of[year] / amount);
                    terms.push((made, -1.0));
                }
                let row = built.program.row(terms, -need / amount);
                built.needs.push((*year, row));
                if let Some(row) = clearing.get_mut(year) {
                    row.push((buy, 1.0));
                }
            }
        }
        for (year, terms) in clearing {
            built.program.row(terms, 0.0);
            built.discounts.push((year, beta(year)));
        }
        built
    }

    #[expect(clippy::too_many_arguments, reason = "one vintage of one firm: each argument is a part of the programme")]
    fn vintage(
        &self,
        firm: &str,
        vintage: i32,
        side: &Side,
        beta: &impl Fn(i32) -> f64,
        last: i32,
        built: &mut Built,
        sales: &mut BTreeMap<i32, Vec<(usize, f64)>>,
    ) {
        let (amount, money) = (built.amount, built.money);
        let carry = self.carry.get(&vintage).copied().unwrap_or(Carry { factor: 0.0, life: 0 });
        let terminal = self.terms.terminal_cny_per_credit / money;
        let mut before: Option<usize> = None;
        for year in self.years.iter().copied().filter(|y| *y >= vintage) {
            if before.is_none() && year != vintage {
                break;
            }
            let offer = built.program.variable(0.0);
            sales.entry(year).or_default().push((offer, 1.0));
            built.offers.push((firm.to_owned(), year, offer));
            let mut terms = vec![(offer, 1.0)];
            if year == vintage && self.stores.contains(&year) {
                let store = built.program.variable(0.0);
                terms.push((store, 1.0));
                built.carried.push((firm.to_owned(), year, store));
                let mut out = vec![(store, -1.0)];
                for later in self.releases.iter().copied().filter(|y| *y > year && y - year <= self.pool_life) {
                    let release = built.program.variable(0.0);
                    sales.entry(later).or_default().push((release, 1.0));
                    built.offers.push((firm.to_owned(), later, release));
                    out.push((release, 1.0));
                }
                // Stored credits outlive the horizon without loss.
                let kept = built.program.variable(-beta(last) * terminal);
                out.push((kept, 1.0));
                built.program.row(out, 0.0);
            }
            let can_carry = carry.factor > 0.0 && year - vintage < carry.life && side.may_carry;
            let held = can_carry.then(|| built.program.variable(if year == last { -beta(last) * terminal * carry.factor } else { 0.0 }));
            if let Some(held) = held {
                terms.push((held, 1.0));
                built.carried.push((firm.to_owned(), year, held));
            }
            let at_most = match before {
                None => side.supply / amount,
                Some(before) => {
                    terms.push((before, -carry.factor));
                    0.0
                }
            };
            let row = built.program.row(terms, at_most);
            built.vintages.push((year, row));
            before = held;
            if held.is_none() {
                break;
            }
        }
    }

    fn read(&self, built: &Built, solution: &Solution) -> Equilibrium {
        let rounded = |x: f64| if x.abs() < ROUNDING { 0.0 } else { x * built.amount };
        let mut sums = [&built.offers, &built.buys, &built.abated, &built.open, &built.carried].map(|list| {
            let mut sums: BTreeMap<(&str, i32), f64> = BTreeMap::new();
            for (company, year, j) in list {
                *sums.entry((company, *year)).or_default() += solution.x[*j];
            }
            sums
        });
        let price: BTreeMap<i32, f64> =
            built.discounts.iter().map(|(year, beta)| (*year, rounded_price(built.worth(*year, &solution.duals) / beta) * built.money)).collect();
        // In a glut nothing costs anything: what is beyond a need is not bought, and what finds no buyer is not sold.
        for ((company, year), side) in &self.sides {
            let key = (company.as_str(), *year);
            let [abated, open] = [2, 3].map(|of: usize| sums[of].get(&key).copied().unwrap_or(0.0));
            if let Some(bought) = sums[1].get_mut(&key) {
                *bought = bought.min((side.need / built.amount - abated - open).max(0.0));
            }
        }
        let in_year = |of: usize, year: i32| -> f64 { sums[of].iter().filter(|(k, _)| k.1 == year).map(|(_, x)| x).sum() };
        let found_buyer: BTreeMap<i32, f64> = self
            .years
            .iter()
            .map(|y| {
                let (offered, bought) = (in_year(0, *y), in_year(1, *y));
                (*y, if offered > bought { bought / offered } else { 1.0 })
            })
            .collect();
        let mut firms = Vec::new();
        for ((company, year), side) in &self.sides {
            let sum = |of: usize| sums[of].get(&(company.as_str(), *year)).copied().unwrap_or(0.0);
            let sold = rounded(sum(0) * found_buyer.get(year).copied().unwrap_or(1.0));
            let [bought, abated, open, carried] = [1, 2, 3, 4].map(|of| rounded(sum(of)));
            firms.push(FirmYear {
                company: company.clone(),
                year: *year,
                supply: side.supply,
                need: side.need,
                sold,
                bought,
                abated,
                open,
                carried,
                net_cny: (sold - bought) * price.get(year).copied().unwrap_or(0.0),
            });
        }
        firms.sort_by(|a, b| (a.year, &a.company).cmp(&(b.year, &b.company)));
        let trades = trades(&firms, &price);
        let in_need = |year: i32| firms.iter().filter(move |f| f.year == year && f.need > 0.0);
        let is_any =
            |year: &i32| in_need(*year).count() > 1 && in_need(*year).any(|f| f.abated + f.open > 0.0) && in_need(*year).any(|f| f.bought > 0.0);
        let years_of_any_split = self.years.iter().copied().filter(is_any).collect();
        Equilibrium {
            scenario: "as stated".to_owned(),
            foresight: self.terms.foresight,
            cournot: self.terms.cournot.clone(),
            price_cny_per_credit: price,
            trades,
            years_of_any_split,
            firms,
            cost_cny: solution.objective * built.amount * built.money,
            weakest_status: self.terms.status,
        }
    }
}

/// A price in units of the ceiling, without the solver's rounding.
fn rounded_price(price: f64) -> f64 {
    if price < ROUNDING { 0.0 } else { price }
}

/// The programme with the meaning of its variables.
#[derive(Debug, Clone, Default)]
pub struct Built {
    /// The programme.
    pub program: Program,
    /// Credits in one unit of it.
    pub amount: f64,
    /// Yuan per credit in one unit of it.
    pub money: f64,
    /// Discount factor by year.
    discounts: Vec<(i32, f64)>,
    /// Year and row of each need.
    needs: Vec<(i32, usize)>,
    /// Year and row of each vintage held.
    vintages: Vec<(i32, usize)>,
    offers: Vec<(String, i32, usize)>,
    buys: Vec<(String, i32, usize)>,
    abated: Vec<(String, i32, usize)>,
    open: Vec<(String, i32, usize)>,
    carried: Vec<(String, i32, usize)>,
}

impl Built {
    /// What a year's credit is worth to who needs one; where nobody does, what the keenest holder takes; else nought.
    fn worth(&self, year: i32, duals: &[f64]) -> f64 {
        let of = |list: &[(i32, usize)]| -> Vec<f64> { list.iter().filter(|(y, _)| *y == year).map(|(_, row)| duals[*row]).collect() };
        let bid = of(&self.needs).into_iter().reduce(f64::max);
        bid.or_else(|| of(&self.vintages).into_iter().reduce(f64::min)).unwrap_or(0.0)
    }
}

/// Net sellers matched with net buyers in order of id; offers beyond demand find no buyer.
fn trades(firms: &[FirmYear], price: &BTreeMap<i32, f64>) -> Vec<Trade> {
    let mut found = Vec::new();
    for (year, price) in price {
        let here = firms.iter().filter(|f| f.year == *year);
        let net: Vec<(&str, f64)> = here.map(|f| (f.company.as_str(), f.sold - f.bought)).collect();
        let (sold, bought): (f64, f64) = net.iter().fold((0.0, 0.0), |s, (_, n)| (s.0 + n.max(0.0), s.1 + (-n).max(0.0)));
        if bought <= 0.0 || sold <= 0.0 {
            continue;
        }
        let scale = (bought / sold).min(1.0);
        let mut sellers = net.iter().filter(|n| n.1 > 0.0).map(|(c, n)| (*c, n * scale)).collect::<Vec<_>>().into_iter().peekable();
        for (buyer, want) in net.iter().filter(|n| n.1 < 0.0) {
            let mut left = -want;
            while left > super::affiliates::NIL
                && let Some((seller, offer)) = sellers.peek_mut()
            {
                let credits = left.min(*offer);
                if credits > 0.5 {
                    let (seller, buyer) = ((*seller).to_owned(), (*buyer).to_owned());
                    found.push(Trade { year: *year, seller, buyer, credits, cny: credits * price });
                }
                *offer -= credits;
                left -= credits;
                if *offer <= super::affiliates::NIL {
                    sellers.next();
                }
            }
        }
    }
    found
}

fn check(terms: &MarketFile, study: &Study) -> Result<(), MarketError> {
    let figure = |field: &str, seen: f64, wanted| Err(MarketError::Figure { field: field.to_owned(), seen, wanted });
    if !(terms.discount_rate >= 0.0 && terms.discount_rate < 1.0) {
        return figure("discount_rate", terms.discount_rate, "a yearly rate from 0 to below 1");
    }
    if !(terms.ceiling_cny_per_credit > 0.0 && terms.ceiling_cny_per_credit.is_finite()) {
        return figure("ceiling_cny_per_credit", terms.ceiling_cny_per_credit, "more than nought");
    }
    if !(terms.terminal_cny_per_credit >= 0.0 && terms.terminal_cny_per_credit.is_finite()) {
        return figure("terminal_cny_per_credit", terms.terminal_cny_per_credit, "nought or more");
    }
    if let Some(first) = terms.first_year.filter(|first| !study.years().contains(first)) {
        return figure("first_year", f64::from(first), "a year of the study");
    }
    if let Some(slope) = terms.slope_cny_per_credit2.filter(|s| !(s.is_finite() && *s >= 0.0)) {
        return figure("slope_cny_per_credit2", slope, "nought or more");
    }
    for step in &terms.abatement {
        if step.last_year < step.first_year {
            return figure(&format!("last_year of `{}`", step.name), f64::from(step.last_year), "no year before its first_year");
        }
        if !(step.credits >= 0.0 && step.credits.is_finite()) {
            return figure(&format!("credits of `{}`", step.name), step.credits, "nought or more");
        }
        if !step.cny_per_credit.is_finite() || step.cny_per_credit < 0.0 {
            return figure(&format!("cny_per_credit of `{}`", step.name), step.cny_per_credit, "nought or more");
        }
    }
    let years = study.years();
    for change in &terms.scenario {
        if !years.iter().any(|y| (change.first_year..=change.last_year).contains(y)) {
            return figure(&format!("first_year of `{}`", change.name), f64::from(change.first_year), "a span with a year of the study");
        }
        for (field, seen) in [("supply", change.supply), ("need", change.need), ("entrant_credits", change.entrant_credits)] {
            if !(seen.is_finite() && seen >= 0.0) {
                return figure(&format!("{field} of `{}`", change.name), seen, "nought or more");
            }
        }
    }
    let ids = study.ids();
    if let Some(seen) = terms.cournot.iter().find(|c| !ids.contains(c.as_str())) {
        return Err(MarketError::Seller { seen: seen.clone(), known: ids.into_iter().collect::<Vec<_>>().join(", ") });
    }
    Ok(())
}

/// The equilibrium of a study as stated, and after each of its changes.
///
/// # Errors
/// The market cannot be drawn up, or a programme has no solution.
pub fn equilibria(book: &RuleBook, study: &Study, terms: &MarketFile) -> Result<Vec<Equilibrium>, MarketError> {
    let mut used = Used::default();
    let (market, _) = Market::of(book, study, terms, &mut used)?;
    let mut found = vec![Equilibrium { weakest_status: used.weakest(), ..market.equilibrium()? }];
    for change in &terms.scenario {
        let mut here = used.clone();
        let base = match change.nev_ratio {
            None => market.clone(),
            Some(ratio) => {
                let within = |year: i32| (change.first_year..=change.last_year).contains(&year);
                if let Some(sum) = study.balances.iter().find(|b| within(b.year)) {
                    return Err(MarketError::Sum { scenario: change.name.clone(), company: sum.company.clone(), year: sum.year });
                }
                let book = book.with_constant(System::Cn, "nev-ratio", change.first_year, change.last_year, ratio);
                Market::of(&book, study, terms, &mut here)?.0
            }
        };
        let equilibrium = base.changed(change).equilibrium()?;
        // A change is supposed, whatever the rest rests on.
        found.push(Equilibrium { scenario: change.name.clone(), weakest_status: Status::Assumption, ..equilibrium });
    }
    Ok(found)
}

/// Sales of the ledger at given prices: who pays whom without an equilibrium.
pub fn priced(sales: &[Sale], price: &BTreeMap<i32, f64>) -> Vec<Trade> {
    let one = |s: &Sale| {
        let cny = s.credits * price.get(&s.year)?;
        Some(Trade { year: s.year, seller: s.seller.clone(), buyer: s.buyer.clone(), credits: s.credits, cny })
    };
    sales.iter().filter_map(one).collect()
}
