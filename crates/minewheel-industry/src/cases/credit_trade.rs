//! Who sells new-energy credits and who must buy them, by accounting year.
//!
//! ```text
//! to sell = credits left after own deficits        to buy = deficits left after own credits and affiliates
//! worth   = credits · p_y,   p_y from nought (every maker helps every other) to the price if none does
//! ```
//!
//! Company-years come from a study whose full records are not public, so they are scenarios. The price is the market's of
//! the announced industry totals. A year without totals has none, and a year is on an edge if the price that a somewhat smaller or larger
//! need of the industry makes carries the worth over a bound of the rule; both are undecided and bear no verdict. Announced figures of the
//! seller stand beside.

use std::collections::BTreeMap;

use minewheel_data::store::Store;
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};
use crate::credits::ledger::{CompanyYear, Means, clear};
use crate::credits::market::{Change, MarketFile, equilibria};
use crate::credits::results::Results;
use crate::credits::rules::RuleBook;
use crate::credits::study::{ModelYear, Study, StudyFile};
use crate::credits::{CarRules, CreditPowertrain};

/// What a case of trade reads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    study: String,
    industry: String,
    seller: String,
    buyers: Vec<String>,
    first_year: i32,
    last_year: i32,
    /// By which part the industry's need may be smaller or larger.
    need_share: f64,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TradeRule {
    /// Least worth in million yuan.
    pub least_million_cny: f64,
    /// Most.
    pub most_million_cny: f64,
    /// Share of the years from which it is true.
    pub true_share: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
    undecided_words: String,
    edge_words: String,
}

/// One accounting year.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TradeYear {
    /// The year.
    pub year: i32,
    /// New-energy credits that the seller has left.
    pub to_sell: f64,
    /// Its surplus on the company average.
    pub average_surplus: f64,
    /// Credit of its smallest car.
    pub smallest_car_credit: Option<f64>,
    /// What affiliates gave the buyers.
    pub from_affiliates: f64,
    /// New-energy credits that the buyers must buy.
    pub to_buy: f64,
    /// Price of a credit in yuan if no maker helps another; `None`: no industry totals.
    pub price_cny: Option<f64>,
    /// Least and most that the price is with a somewhat smaller or larger need of the industry.
    pub price_range_cny: Option<[f64; 2]>,
    /// What the seller's credits are worth at it.
    pub sells_million_cny: Option<f64>,
    /// What the buyers pay at it.
    pub buys_million_cny: Option<f64>,
    /// Whether the statement holds; `None`: undecided, as the year has no price or its price is on an edge.
    pub holds: Option<bool>,
    /// Announced balance of the seller's new-energy account.
    pub announced_nev: Option<f64>,
    /// Announced company-average credits of the seller.
    pub announced_cafc: Option<f64>,
}

/// The statement beside the ledger.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TradeJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: TradeRule,
    /// Whether the company-years are scenarios.
    pub is_scenario: bool,
    /// By year.
    pub years: Vec<TradeYear>,
}

/// Yuan in a million.
const CNY_PER_MILLION: f64 = 1e6;

/// Keeps the ledger and judges the statement.
pub(super) fn judge(store: &Store, case: Statement, compute: &Compute, rule: TradeRule) -> Result<TradeJudgement, CaseError> {
    let wrong = |reason: String| CaseError::Credits { case: case.id.clone(), reason };
    let book = RuleBook::read(store, false).map_err(|v| wrong(v.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let results = Results::read(store, false).map_err(|v| wrong(v.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
    let read = |name: &str| -> Result<(StudyFile, Study), CaseError> {
        let file = StudyFile::parse(name, store.text(name).unwrap_or_default()).map_err(|e| wrong(e.to_string()))?;
        let study = file.study(name, None).map_err(|e| wrong(e.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))?;
        Ok((file, study))
    };
    let (_, study) = read(&compute.study)?;
    let (industry_file, industry) = read(&compute.industry)?;
    let ledger = clear(&book, &study).map_err(|e| wrong(e.to_string()))?;
    // As stated, then with less and with more need.
    let mut prices: Vec<BTreeMap<i32, f64>> = Vec::new();
    if let Some(terms) = &industry_file.market {
        let scenario = [1.0 - compute.need_share, 1.0 + compute.need_share].map(|need| change_of_need(&industry, need)).to_vec();
        let found = equilibria(&book, &industry, &MarketFile { scenario, ..terms.clone() }).map_err(|e| wrong(e.to_string()))?;
        prices.extend(found.into_iter().map(|e| e.price_cny_per_credit));
    }
    let line = |company: &str, year: i32| ledger.companies.iter().find(|c| c.company == company && c.year == year);
    let mut years = Vec::new();
    for year in compute.first_year..=compute.last_year {
        let seller = line(&compute.seller, year);
        let buyers: Vec<&CompanyYear> = compute.buyers.iter().filter_map(|b| line(b, year)).collect();
        let by = |means: Means| -> f64 { buyers.iter().flat_map(|b| &b.cleared_by).filter(|c| c.by == means).map(|c| c.credits).sum() };
        let to_buy = by(Means::BoughtNev) + buyers.iter().map(|b| b.cafc_open + b.nev_open).sum::<f64>();
        // What it sold within the study counts as sellable too.
        let to_sell = seller.map_or(0.0, |s| (s.nev.created - s.nev.used).max(0.0));
        let price = prices.first().and_then(|p| p.get(&year)).copied();
        let all: Vec<f64> = prices.iter().filter_map(|p| p.get(&year).copied()).collect();
        let range = price.map(|p| [all.iter().copied().fold(p, f64::min), all.iter().copied().fold(p, f64::max)]);
        let worth = |credits: f64| price.map(|p| credits * p / CNY_PER_MILLION);
        let buys = worth(to_buy);
        let [least, most] = [rule.least_million_cny, rule.most_million_cny];
        let side = |price: f64| {
            let million = to_buy * price / CNY_PER_MILLION;
            (million >= least, million <= most)
        };
        // The worth grows with the price: both ends on one side of each bound put all between them there.
        let within = range.filter(|[low, high]| side(*low) == side(*high)).map(|[low, _]| side(low) == (true, true));
        // Without credits on either side nothing is traded at any price.
        let holds = if to_sell > 0.0 && to_buy > 0.0 { within } else { Some(false) };
        let announced = |of: fn(&crate::credits::results::CompanyRow) -> Option<f64>| {
            results.companies.iter().filter(|c| c.company == compute.seller && c.year == year).find_map(of)
        };
        years.push(TradeYear {
            year,
            to_sell,
            average_surplus: seller.and_then(|s| s.cafc_credits).unwrap_or(0.0).max(0.0),
            smallest_car_credit: smallest(&book, &study, &compute.seller, year),
            from_affiliates: by(Means::AffiliateCafc),
            to_buy,
            price_cny: price,
            price_range_cny: range,
            sells_million_cny: worth(to_sell),
            buys_million_cny: buys,
            holds,
            announced_nev: announced(|c| c.nev_credits),
            announced_cafc: announced(|c| c.cafc_credits),
        });
    }
    let is_scenario = ledger.companies.iter().any(|c| c.is_scenario);
    Ok(words(case, rule, years, is_scenario))
}

/// The industry with all need changed by a factor.
fn change_of_need(industry: &Study, need: f64) -> Change {
    let years = industry.years();
    let end = |year: Option<&i32>| year.copied().unwrap_or_default();
    Change {
        name: format!("need times {need}"),
        first_year: end(years.first()),
        last_year: end(years.last()),
        supply: 1.0,
        need,
        entrant_credits: 0.0,
        nev_ratio: None,
        nev_carry_factor: None,
    }
}

/// Credit of the lightest battery car of a company.
fn smallest(book: &RuleBook, study: &Study, company: &str, year: i32) -> Option<f64> {
    let mass = |m: &ModelYear| m.kerb_mass_kg.unwrap_or(f64::INFINITY);
    let cars = study.models.iter().filter(|m| m.company == company && m.year == year && m.powertrain == Some(CreditPowertrain::Bev));
    let lightest = cars.min_by(|a, b| mass(a).total_cmp(&mass(b)))?;
    let rules = CarRules::of(book, CreditPowertrain::Bev, year).ok()?;
    rules.value(&lightest.model, &lightest.facts()?).ok()
}

fn words(case: Statement, rule: TradeRule, years: Vec<TradeYear>, is_scenario: bool) -> TradeJudgement {
    let those = |holds: Option<bool>| years.iter().filter(|y| y.holds == holds).map(|y| y.year.to_string()).collect::<Vec<String>>();
    let holding = those(Some(true));
    let open = |has_price: bool| {
        let of = |y: &&TradeYear| y.holds.is_none() && y.price_cny.is_some() == has_price;
        years.iter().filter(of).map(|y| y.year.to_string()).collect::<Vec<String>>()
    };
    let (edge, undecided) = (open(true), open(false));
    let decided = years.len() - undecided.len() - edge.len();
    let share = holding.len() as f64 / decided.max(1) as f64;
    let (verdict, template) = if decided == 0 {
        (Verdict::NotDecidable, &rule.undecided_words)
    } else if holding.is_empty() {
        (Verdict::False, &rule.false_words)
    } else if share >= rule.true_share {
        (Verdict::True, &rule.true_words)
    } else {
        (Verdict::Depends, &rule.depends_words)
    };
    let each = |of: &dyn Fn(&TradeYear) -> Option<String>| -> String {
        years.iter().filter_map(|y| of(y).map(|text| format!("{} {text}", y.year))).collect::<Vec<_>>().join(", ")
    };
    let thousands = |credits: f64| format!("{:.0} thousand", credits / 1e3);
    let money = |m: Option<f64>| m.map_or_else(|| " (no price)".to_owned(), |m| format!(" (up to {m:.0} million yuan)"));
    let announced = |y: &TradeYear| match (y.announced_nev, y.announced_cafc) {
        (None, None) => None,
        (nev, cafc) => {
            let text = |v: Option<f64>| v.map_or_else(|| "unknown".to_owned(), thousands);
            Some(format!("{} and {}", text(nev), text(cafc)))
        }
    };
    let undecided_words = if undecided.is_empty() || decided == 0 { String::new() } else { format!(" {}", rule.undecided_words) };
    let edge_words = if edge.is_empty() { String::new() } else { format!(" {}", rule.edge_words) };
    let each_price = |y: &TradeYear| y.price_range_cny.filter(|_| y.holds.is_none()).map(|[low, high]| format!("{low:.0} to {high:.0} yuan"));
    let filled = format!("{template}{undecided_words}{edge_words}")
        .replace("{holding}", &holding.len().to_string())
        .replace("{holding_years}", &holding.join(", "))
        .replace("{years}", &decided.to_string())
        .replace("{undecided}", &undecided.join(", "))
        .replace("{edge}", &each(&each_price))
        .replace("{seller}", &each(&|y| Some(format!("{}{}", thousands(y.to_sell), money(y.sells_million_cny)))))
        .replace("{average}", &each(&|y| Some(thousands(y.average_surplus))))
        .replace("{buyers}", &each(&|y| Some(format!("{}{}", thousands(y.to_buy), money(y.buys_million_cny)))))
        .replace("{car}", &each(&|y| y.smallest_car_credit.map(|c| format!("{c:.2}"))))
        .replace("{announced}", &each(&announced));
    TradeJudgement { case, verdict, words: filled, rule, is_scenario, years }
}
