//! Deficits cleared year after year in the order of the law, with every credit accounted for.
//!
//! ```text
//! company average:  own carried credits → affiliates' credits → own new-energy credits → bought ones
//! new energy:       own carried credits → the pool, where it releases → bought ones
//! each account:     opening + created + received + bought = used + given + sold + kept + lost
//! ```
//!
//! Surplus ages: company-average credits keep their factor at each carry and live three years; new-energy credits keep
//! theirs where the fuel test of the maker allows it. From 2023 the pool takes what the year does not need while tradable
//! surplus over outside need is above the upper ratio, and gives back below the lower one; in the pool nothing is lost
//! but to age. Outside need is cleared with new-energy credits only, in proportion to what is offered and wanted; what
//! stays open bars new models from approval (no fine), and the ledger says how much that is.
//!
//! Where makers may choose (whom an affiliate helps, whether to store), the ledger takes what leaves the least to buy
//! and loses the fewest credits. Real plans may differ; sums of an incomplete study are not printed as totals.
//! Source: Orders 44 and 53 and the Decision of 2023, as the rows say.

use std::collections::{BTreeMap, BTreeSet};

use minewheel_data::row::RowId;
use minewheel_data::status::Status;
use serde::Serialize;

use super::accounts::{Account, AccountError, AuditLine, accounts};
use super::affiliates::{NIL, Want, affiliated, transfers};
use super::rules::{Citation, RuleBook, RuleError, System, Used};
use super::study::Study;

/// The ledger cannot be kept.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum LedgerError {
    /// Accounts that cannot be drawn up.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Accounts(Vec<AccountError>),
    /// A rule lacks the year.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// The study is of another system.
    #[error("the study is of `{seen}`; this ledger keeps `cn`")]
    System {
        /// Whose rules it names.
        seen: System,
    },
}

/// Which account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AccountKind {
    /// Company-average fuel consumption.
    Cafc,
    /// New-energy cars.
    Nev,
}

/// What clears a deficit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Means {
    /// Company-average credits of the maker's earlier years.
    CarriedCafc,
    /// Company-average credits of an affiliate.
    AffiliateCafc,
    /// New-energy credits of its own, of this year or carried.
    OwnNev,
    /// Its own credits in the pool.
    Pool,
    /// New-energy credits bought.
    BoughtNev,
}

/// A part of a deficit that was cleared.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Cleared {
    /// The account in deficit.
    pub account: AccountKind,
    /// The year of the deficit.
    pub deficit_year: i32,
    /// By what.
    pub by: Means,
    /// From whom, if another company.
    pub from: Option<String>,
    /// The year that made the credits, where one did.
    pub vintage: Option<i32>,
    /// How many.
    pub credits: f64,
}

/// Where the credits of an account came from and went.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Flows {
    /// At the end of the year before.
    pub opening: f64,
    /// Made in the year.
    pub created: f64,
    /// From affiliates.
    pub received: f64,
    /// From the market.
    pub bought: f64,
    /// Used on deficits.
    pub used: f64,
    /// To affiliates.
    pub given: f64,
    /// On the market.
    pub sold: f64,
    /// At the end of the year, the pool included.
    pub kept: f64,
    /// Lost by carrying, by age, or because they may not be carried.
    pub lost: f64,
}

impl Flows {
    /// Sources less uses: nought, if nothing was lost in the books.
    pub fn residual(&self) -> f64 {
        self.opening + self.created + self.received + self.bought - (self.used + self.given + self.sold + self.kept + self.lost)
    }
}

/// One company and year.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CompanyYear {
    /// The company.
    pub company: String,
    /// Its name, if the study gives one.
    pub name: Option<String>,
    /// The accounting year.
    pub year: i32,
    /// Cars.
    pub volume: Option<f64>,
    /// Required average in L/100km.
    pub cafc_target: Option<f64>,
    /// Actual average in L/100km.
    pub cafc_actual: Option<f64>,
    /// Company-average credits of the year.
    pub cafc_credits: Option<f64>,
    /// New-energy credits required.
    pub nev_target: Option<f64>,
    /// New-energy credits earned.
    pub nev_credits: Option<f64>,
    /// Earned less required.
    pub balance: Option<f64>,
    /// What cleared its deficits.
    pub cleared_by: Vec<Cleared>,
    /// Company-average deficit that stays open.
    pub cafc_open: f64,
    /// New-energy deficit that stays open.
    pub nev_open: f64,
    /// The company-average account.
    pub cafc: Flows,
    /// The new-energy account.
    pub nev: Flows,
    /// Of what is kept: in the pool.
    pub in_pool: f64,
    /// Whether it may carry new-energy credits into the next year.
    pub may_carry: bool,
    /// Whether it rests on suppositions, and is no record.
    pub is_scenario: bool,
    /// The weakest status of inputs and constants.
    pub weakest_status: Status,
    /// Line by line.
    pub audit: Vec<AuditLine>,
}

/// A sale of new-energy credits.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Sale {
    /// The accounting year.
    pub year: i32,
    /// Who sells.
    pub seller: String,
    /// Who buys.
    pub buyer: String,
    /// How many.
    pub credits: f64,
}

/// Sums of a year.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct YearSums {
    /// The accounting year.
    pub year: i32,
    /// Companies counted.
    pub companies: usize,
    /// Company-average credits above nought.
    pub cafc_surplus: f64,
    /// Missing company-average credits.
    pub cafc_deficit: f64,
    /// New-energy credits above nought.
    pub nev_surplus: f64,
    /// Missing new-energy credits.
    pub nev_deficit: f64,
    /// New-energy credits offered, carried ones included.
    pub offered: f64,
    /// Credits that must be bought.
    pub outside_need: f64,
    /// The one over the other; `None` without need.
    pub ratio: Option<f64>,
    /// Into the pool.
    pub stored: f64,
    /// Out of the pool and used.
    pub released: f64,
    /// Deficits that stay open.
    pub open: f64,
}

/// The whole ledger.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Ledger {
    /// The study's title.
    pub title: String,
    /// Companies and years, by year and id.
    pub companies: Vec<CompanyYear>,
    /// Sums by year; `None` for a year of which some company is not known.
    pub totals: Vec<Option<YearSums>>,
    /// Why totals are missing.
    pub partial: Vec<String>,
    /// Sales.
    pub trades: Vec<Sale>,
    /// The weakest status of all.
    pub weakest_status: Status,
    /// The rows of the rules.
    pub rules: Vec<Citation>,
}

/// Credits of one kind by the year that made them.
type Vintages = BTreeMap<i32, f64>;

/// What a company holds.
#[derive(Debug, Clone, Default)]
struct Holdings {
    cafc: Vintages,
    nev: Vintages,
    /// By vintage and year of storing.
    pool: BTreeMap<(i32, i32), f64>,
    /// New-energy deficits that a later year may still clear.
    backlog: Vintages,
}

impl Holdings {
    fn pooled(&self) -> f64 {
        self.pool.values().sum()
    }
}

/// A company in the year under way.
struct Position<'a> {
    account: &'a Account,
    cafc_deficit: f64,
    nev_deficits: Vintages,
    line: CompanyYear,
}

impl Position<'_> {
    fn outside_need(&self) -> f64 {
        self.cafc_deficit + self.nev_deficits.values().sum::<f64>()
    }

    fn clear(&mut self, account: AccountKind, deficit_year: i32, by: Means, from: Option<&str>, vintage: Option<i32>, credits: f64) {
        self.line.cleared_by.push(Cleared { account, deficit_year, by, from: from.map(str::to_owned), vintage, credits });
        match account {
            AccountKind::Cafc => self.cafc_deficit -= credits,
            AccountKind::Nev => *self.nev_deficits.entry(deficit_year).or_default() -= credits,
        }
    }
}

/// Takes up to `wanted` from vintages, oldest first.
fn draw(from: &mut Vintages, wanted: f64) -> Vec<(i32, f64)> {
    let mut left = wanted;
    let mut taken = Vec::new();
    for (vintage, amount) in from.iter_mut() {
        let part = amount.min(left);
        if part > NIL {
            *amount -= part;
            left -= part;
            taken.push((*vintage, part));
        }
    }
    from.retain(|_, amount| *amount > NIL);
    taken
}

/// Keeps the ledger of a study.
///
/// # Errors
/// Accounts that cannot be drawn up, or a rule that lacks a year.
pub fn clear(book: &RuleBook, study: &Study) -> Result<Ledger, LedgerError> {
    if study.system != System::Cn {
        return Err(LedgerError::System { seen: study.system });
    }
    let accounts = accounts(book, study).map_err(LedgerError::Accounts)?;
    let ids = study.ids();
    let mut keeper = Keeper { book, study, used: Used::default(), holdings: BTreeMap::new(), trades: Vec::new() };
    for opening in &study.opening {
        let held = keeper.holdings.entry(opening.company.clone()).or_default();
        for (vintages, amount) in [(&mut held.cafc, opening.cafc), (&mut held.nev, opening.nev)] {
            if amount > 0.0 {
                *vintages.entry(opening.vintage).or_default() += amount;
            }
        }
        if opening.pool > 0.0 {
            *held.pool.entry((opening.vintage, opening.vintage)).or_default() += opening.pool;
        }
    }
    let (mut companies, mut totals, mut partial) = (Vec::new(), Vec::new(), Vec::new());
    for year in study.years() {
        let here: Vec<&Account> = ids.iter().filter_map(|id| accounts.get(&(year, (*id).to_owned()))).collect();
        let unknown: Vec<&str> = here.iter().filter(|a| a.cafc_credits.is_none() || a.nev_balance.is_none()).map(|a| a.company.as_str()).collect();
        let (lines, sums) = keeper.year(year, &here, &ids)?;
        if study.is_partial {
            partial.push(format!("{year}: the study does not hold every company"));
        } else if !unknown.is_empty() {
            partial.push(format!("{year}: an account is not known of {}", unknown.join(", ")));
        }
        totals.push((!study.is_partial && unknown.is_empty()).then_some(sums));
        companies.extend(lines);
    }
    let weakest_status = companies.iter().map(|c| c.weakest_status).max().unwrap_or(Status::Read).max(keeper.used.weakest());
    let rows: Vec<RowId> = accounts.values().flat_map(|a| &a.rows).chain(keeper.used.rows()).copied().collect();
    Ok(Ledger { title: study.title.clone(), companies, totals, partial, trades: keeper.trades, weakest_status, rules: book.citations(rows) })
}

struct Keeper<'a> {
    book: &'a RuleBook,
    study: &'a Study,
    used: Used,
    holdings: BTreeMap<String, Holdings>,
    trades: Vec<Sale>,
}

impl Keeper<'_> {
    fn constant(&mut self, item: &str, year: i32) -> Result<f64, RuleError> {
        let known = self.book.constant(System::Cn, item, year)?;
        Ok(self.used.take(known))
    }

    fn year(&mut self, year: i32, accounts: &[&Account], ids: &BTreeSet<&str>) -> Result<(Vec<CompanyYear>, YearSums), LedgerError> {
        let mut positions: BTreeMap<String, Position<'_>> = BTreeMap::new();
        for account in accounts {
            positions.insert(account.company.clone(), open(account, self.study));
        }
        self.age(year, &mut positions)?;
        let mut sums = YearSums {
            year,
            companies: positions.len(),
            cafc_surplus: 0.0,
            cafc_deficit: 0.0,
            nev_surplus: 0.0,
            nev_deficit: 0.0,
            offered: 0.0,
            outside_need: 0.0,
            ratio: None,
            stored: 0.0,
            released: 0.0,
            open: 0.0,
        };
        for (id, position) in &mut positions {
            let held = self.holdings.entry(id.clone()).or_default();
            let (cafc, nev) = (position.account.cafc_credits.unwrap_or(0.0), position.account.nev_balance.unwrap_or(0.0));
            sums.cafc_surplus += cafc.max(0.0);
            sums.cafc_deficit += (-cafc).max(0.0);
            sums.nev_surplus += nev.max(0.0);
            sums.nev_deficit += (-nev).max(0.0);
            // Own carried company-average credits come first; only then does the year's own surplus exist to be given.
            position.cafc_deficit = (-cafc).max(0.0);
            for (vintage, part) in draw(&mut held.cafc, position.cafc_deficit) {
                position.clear(AccountKind::Cafc, year, Means::CarriedCafc, None, Some(vintage), part);
                position.line.cafc.used += part;
            }
            if cafc > 0.0 {
                position.line.cafc.created = cafc;
                held.cafc.insert(year, cafc);
            }
            position.nev_deficits.append(&mut held.backlog);
            if nev < 0.0 {
                position.nev_deficits.insert(year, -nev);
            } else if nev > 0.0 {
                position.line.nev.created = nev;
                held.nev.insert(year, nev);
            }
        }
        self.help_affiliates(year, &mut positions, ids)?;
        self.use_own(year, &mut positions);
        let (offered, wanted) = self.sides(&positions);
        (sums.offered, sums.outside_need) = (offered, wanted);
        // An empty sum is minus nought.
        sums.ratio = (wanted > NIL).then(|| (offered + 0.0) / wanted);
        let pool = self.pool_rules(year);
        if let Some((_, lower)) = pool
            && sums.ratio.is_some_and(|r| r < lower)
        {
            sums.released += self.use_pool(year, &mut positions);
        }
        let is_releasing = pool.is_some_and(|(_, lower)| sums.ratio.is_some_and(|r| r < lower));
        sums.released += self.trade(year, &mut positions, is_releasing);
        if let Some((upper, _)) = pool
            && sums.ratio.is_none_or(|r| r > upper)
        {
            sums.stored = self.store(year, &mut positions);
        }
        self.close(year, &mut positions)?;
        sums.open = positions.values().map(|p| p.line.cafc_open + p.line.nev_open).sum();
        Ok((positions.into_values().map(|p| p.line).collect(), sums))
    }

    /// Carries what the year before kept: factor, life, fuel test.
    fn age(&mut self, year: i32, positions: &mut BTreeMap<String, Position<'_>>) -> Result<(), LedgerError> {
        let mut held = std::mem::take(&mut self.holdings);
        for (id, holdings) in &mut held {
            let Some(position) = positions.get_mut(id) else { continue };
            let line = &mut position.line;
            line.cafc.opening = holdings.cafc.values().sum();
            line.nev.opening = holdings.nev.values().sum::<f64>() + holdings.pooled();
            for (vintages, life, factor, flows, account) in [
                (&mut holdings.cafc, "cafc-life", "cafc-carry-factor", &mut line.cafc, "company-average"),
                (&mut holdings.nev, "nev-life", "nev-carry-factor", &mut line.nev, "new-energy"),
            ] {
                for (vintage, amount) in vintages.iter_mut() {
                    let before = *amount;
                    let lives = f64::from(year - vintage) <= self.constant(life, *vintage)?;
                    *amount = if lives { before * self.constant(factor, *vintage)? } else { 0.0 };
                    flows.lost += before - *amount;
                    let step = format!("{account} credits of {vintage} carried to {year}, from {before:.1}");
                    line.audit.push(AuditLine { step, value: *amount, unit: "credit" });
                }
                vintages.retain(|_, amount| *amount > NIL);
            }
            for ((_, stored), amount) in &mut holdings.pool {
                if f64::from(year - stored) > self.constant("pool-life", *stored)? {
                    line.nev.lost += *amount;
                    *amount = 0.0;
                }
            }
            holdings.pool.retain(|_, amount| *amount > NIL);
        }
        self.holdings = held;
        Ok(())
    }

    fn help_affiliates(&mut self, year: i32, positions: &mut BTreeMap<String, Position<'_>>, ids: &BTreeSet<&str>) -> Result<(), LedgerError> {
        let pairs = if self.study.are_all_affiliated {
            ids.iter().flat_map(|a| ids.iter().filter(move |b| *b > a).map(|b| ((*a).to_owned(), (*b).to_owned()))).collect()
        } else if self.study.links.is_empty() {
            return Ok(());
        } else {
            let share = self.constant("affiliate-share", year)?;
            let counts_third = self.constant("affiliate-third-holder", year)? > 0.0;
            affiliated(ids, &self.study.links, share, counts_third)
        };
        let mut surplus: BTreeMap<String, f64> = BTreeMap::new();
        let mut wants: BTreeMap<String, Want> = BTreeMap::new();
        for (id, position) in positions.iter() {
            let Some(held) = self.holdings.get(id) else { continue };
            if position.cafc_deficit > NIL {
                let own: f64 = (held.nev.values().sum::<f64>() - position.nev_deficits.values().sum::<f64>()).max(0.0);
                wants.insert(id.clone(), Want { deficit: position.cafc_deficit, outside: (position.cafc_deficit - own).max(0.0) });
            } else {
                surplus.insert(id.clone(), held.cafc.values().sum());
            }
        }
        for (giver, taker, amount) in transfers(&surplus, &wants, &pairs) {
            let parts = self.holdings.get_mut(&giver).map(|h| draw(&mut h.cafc, amount)).unwrap_or_default();
            for (vintage, part) in parts {
                if let Some(position) = positions.get_mut(&giver) {
                    position.line.cafc.given += part;
                }
                if let Some(position) = positions.get_mut(&taker) {
                    position.clear(AccountKind::Cafc, year, Means::AffiliateCafc, Some(&giver), Some(vintage), part);
                    position.line.cafc.received += part;
                    position.line.cafc.used += part;
                }
            }
        }
        Ok(())
    }

    /// Own new-energy credits: first for the new-energy deficits, which nothing else may clear, then for the other account.
    fn use_own(&mut self, year: i32, positions: &mut BTreeMap<String, Position<'_>>) {
        for (id, position) in positions.iter_mut() {
            let Some(held) = self.holdings.get_mut(id) else { continue };
            for (account, deficit_year, deficit) in deficits(position, year) {
                for (vintage, part) in draw(&mut held.nev, deficit) {
                    position.clear(account, deficit_year, Means::OwnNev, None, Some(vintage), part);
                    position.line.nev.used += part;
                }
            }
        }
    }

    fn use_pool(&mut self, year: i32, positions: &mut BTreeMap<String, Position<'_>>) -> f64 {
        let mut released = 0.0;
        for (id, position) in positions.iter_mut() {
            let Some(held) = self.holdings.get_mut(id) else { continue };
            for (account, deficit_year, deficit) in deficits(position, year) {
                for (vintage, part) in draw_pool(&mut held.pool, deficit) {
                    position.clear(account, deficit_year, Means::Pool, None, Some(vintage), part);
                    position.line.nev.used += part;
                    released += part;
                }
            }
        }
        released
    }

    /// Offered and wanted.
    fn sides(&self, positions: &BTreeMap<String, Position<'_>>) -> (f64, f64) {
        let offered = positions.keys().filter_map(|id| self.holdings.get(id)).map(|h| h.nev.values().sum::<f64>()).sum();
        (offered, positions.values().map(Position::outside_need).sum())
    }

    fn pool_rules(&mut self, year: i32) -> Option<(f64, f64)> {
        if !self.study.has_pool {
            return None;
        }
        let (upper, lower) = (self.constant("pool-store-above", year).ok()?, self.constant("pool-release-below", year).ok()?);
        Some((upper, lower))
    }

    /// Sells in proportion; gives back what came out of the pool.
    fn trade(&mut self, year: i32, positions: &mut BTreeMap<String, Position<'_>>, is_releasing: bool) -> f64 {
        let offers: Vec<(String, f64)> = positions
            .keys()
            .filter_map(|id| {
                let held = self.holdings.get(id)?;
                let pooled = if is_releasing { held.pooled() } else { 0.0 };
                Some((id.clone(), held.nev.values().sum::<f64>() + pooled))
            })
            .filter(|(_, offer)| *offer > NIL)
            .collect();
        let needs: Vec<(String, f64)> = positions.iter().map(|(id, p)| (id.clone(), p.outside_need())).filter(|n| n.1 > NIL).collect();
        let (offered, wanted): (f64, f64) = (offers.iter().map(|o| o.1).sum(), needs.iter().map(|n| n.1).sum());
        let traded = offered.min(wanted);
        if traded <= NIL {
            return 0.0;
        }
        let mut released = 0.0;
        let mut sellers = offers.into_iter().map(|(id, o)| (id, o * traded / offered)).collect::<Vec<_>>().into_iter().peekable();
        for (buyer, need) in needs {
            let mut left = need * traded / wanted;
            while left > NIL
                && let Some((seller, offer)) = sellers.peek_mut()
            {
                let amount = left.min(*offer);
                *offer -= amount;
                left -= amount;
                released += self.sell(year, seller, &buyer, amount, positions);
                if *offer <= NIL {
                    sellers.next();
                }
            }
        }
        released
    }

    /// One sale. Returns what of it came out of the pool.
    fn sell(&mut self, year: i32, seller: &str, buyer: &str, amount: f64, positions: &mut BTreeMap<String, Position<'_>>) -> f64 {
        let Some(held) = self.holdings.get_mut(seller) else { return 0.0 };
        let mut parts = draw(&mut held.nev, amount);
        let from_year: f64 = parts.iter().map(|p| p.1).sum();
        let pooled = draw_pool(&mut held.pool, amount - from_year);
        let released: f64 = pooled.iter().map(|p| p.1).sum();
        parts.extend(pooled);
        if let Some(position) = positions.get_mut(seller) {
            position.line.nev.sold += from_year + released;
        }
        if let Some(position) = positions.get_mut(buyer) {
            for (vintage, part) in parts {
                position.line.nev.bought += part;
                position.line.nev.used += part;
                let mut left = part;
                for (account, deficit_year, deficit) in deficits(position, year) {
                    let here = left.min(deficit);
                    if here > NIL {
                        position.clear(account, deficit_year, Means::BoughtNev, Some(seller), Some(vintage), here);
                        left -= here;
                    }
                }
            }
        }
        self.trades.push(Sale { year, seller: seller.to_owned(), buyer: buyer.to_owned(), credits: from_year + released });
        released
    }

    /// Puts the year's own unsold credits into the pool.
    fn store(&mut self, year: i32, positions: &mut BTreeMap<String, Position<'_>>) -> f64 {
        let mut stored = 0.0;
        for (id, position) in positions.iter_mut() {
            let Some(held) = self.holdings.get_mut(id) else { continue };
            if let Some(amount) = held.nev.remove(&year) {
                *held.pool.entry((year, year)).or_default() += amount;
                stored += amount;
                position.line.audit.push(AuditLine { step: format!("into the pool in {year}"), value: amount, unit: "credit" });
            }
        }
        stored
    }

    /// Ends the year: what may not be carried is lost, open deficits are noted, or kept where a later year may clear them.
    fn close(&mut self, year: i32, positions: &mut BTreeMap<String, Position<'_>>) -> Result<(), LedgerError> {
        let may_wait = self.book.optional(System::Cn, "late-clearing", year).is_some();
        for (id, position) in positions.iter_mut() {
            let held = self.holdings.entry(id.clone()).or_default();
            let mut lost = Vec::new();
            for vintage in held.nev.keys() {
                let factor = self.book.constant(System::Cn, "nev-carry-factor", *vintage)?;
                if self.used.take(factor) == 0.0 || !position.account.may_carry {
                    lost.push(*vintage);
                }
            }
            let line = &mut position.line;
            for vintage in lost {
                let amount = held.nev.remove(&vintage).unwrap_or_default();
                line.nev.lost += amount;
                let step = format!("new-energy credits of {vintage} that may not be carried");
                line.audit.push(AuditLine { step, value: amount, unit: "credit" });
            }
            line.cafc.kept = held.cafc.values().sum();
            line.in_pool = held.pooled();
            line.nev.kept = held.nev.values().sum::<f64>() + line.in_pool;
            let open = |amount: f64| if amount > NIL { amount } else { 0.0 };
            line.cafc_open = open(position.cafc_deficit);
            line.nev_open = open(position.nev_deficits.values().sum());
            if may_wait {
                let own = position.nev_deficits.get(&year).copied().filter(|d| *d > NIL);
                held.backlog.extend(own.map(|d| (year, d)));
            }
            line.audit.push(AuditLine { step: "deficits that stay open".to_owned(), value: line.cafc_open + line.nev_open, unit: "credit" });
        }
        Ok(())
    }
}

fn open<'a>(account: &'a Account, study: &Study) -> Position<'a> {
    let line = CompanyYear {
        company: account.company.clone(),
        name: study.company(&account.company).and_then(|c| c.name.clone()),
        year: account.year,
        volume: account.volume,
        cafc_target: account.cafc_target,
        cafc_actual: account.cafc_actual,
        cafc_credits: account.cafc_credits,
        nev_target: account.nev_target,
        nev_credits: account.nev_earned,
        balance: account.nev_balance,
        cleared_by: Vec::new(),
        cafc_open: 0.0,
        nev_open: 0.0,
        cafc: Flows::default(),
        nev: Flows::default(),
        in_pool: 0.0,
        may_carry: account.may_carry,
        is_scenario: account.is_scenario,
        weakest_status: account.status,
        audit: account.audit.clone(),
    };
    Position { account, cafc_deficit: 0.0, nev_deficits: Vintages::new(), line }
}

/// Open deficits of a company: new-energy ones first, oldest first.
fn deficits(position: &Position<'_>, year: i32) -> Vec<(AccountKind, i32, f64)> {
    let nev = position.nev_deficits.iter().map(|(y, d)| (AccountKind::Nev, *y, *d));
    nev.chain([(AccountKind::Cafc, year, position.cafc_deficit)]).filter(|d| d.2 > NIL).collect()
}

fn draw_pool(pool: &mut BTreeMap<(i32, i32), f64>, wanted: f64) -> Vec<(i32, f64)> {
    let mut left = wanted;
    let mut taken = Vec::new();
    for ((vintage, _), amount) in pool.iter_mut() {
        let part = amount.min(left);
        if part > NIL {
            *amount -= part;
            left -= part;
            taken.push((*vintage, part));
        }
    }
    pool.retain(|_, amount| *amount > NIL);
    taken
}
