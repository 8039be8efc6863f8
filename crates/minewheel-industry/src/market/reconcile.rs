//! What does not add up: sold, exported, registered and on the register, and series that change what they count.
//!
//! ```text
//! dealers   = sold by makers − exports − registrations      stands with dealers, is registered later, or left as a used car
//! exits     = registrations − (stock at the end − stock at the start)
//! parts     = a published period − the sum of its published parts
//! batteries = published demand of cars − cars sold of each drive × their mean pack
//! ```
//!
//! | symbol  | rounding that the gap carries                                     |
//! |---------|-------------------------------------------------------------------|
//! | all     | the sum of half the last printed digits of every figure it rests on |
//!
//! A gap within its rounding is not reported. Breaks in a series are reported whenever the span crosses them.

use minewheel_data::status::Status;
use serde::Serialize;

use super::batteries::{DEMAND, battery_demand};
use super::period::Period;
use super::series::{Figure, Key, Kind, Market, Observation};

/// A difference between figures that a reader may take for equal, or a break in a series.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Gap {
    /// Which: `dealers`, `domestic`, `exits`, `parts`, `register`, `batteries`, `break`.
    pub kind: &'static str,
    /// The period or the moment.
    pub period: String,
    /// The difference; `None` for a break.
    pub difference: Option<f64>,
    /// The difference as a share of the smaller side.
    pub share: Option<f64>,
    /// Rounding of the figures that it rests on.
    pub rounding: f64,
    /// The weakest status it rests on.
    pub status: Status,
    /// In words.
    pub words: String,
}

/// A pair of accounts that are taken for equal.
struct Account<'a> {
    kind: &'static str,
    terms: &'a [(&'a str, f64)],
    words: &'a str,
}

/// Accounts over a period; the last term is the smaller side.
const ACCOUNTS: [Account<'static>; 2] = [
    Account {
        kind: "domestic",
        terms: &[("nev-wholesale", 1.0), ("nev-exports", -1.0), ("nev-domestic-wholesale", -1.0)],
        words: "sold by makers less exports, less what is published as sold at home",
    },
    Account {
        kind: "dealers",
        terms: &[("nev-wholesale", 1.0), ("nev-exports", -1.0), ("nev-registrations", -1.0)],
        words: "sold by makers less exports, less registrations: cars with dealers, registered later, or gone abroad as used cars. A fleet fed with what makers sold at home gets these too many",
    },
];

/// Registrations and the stock they feed.
const STOCKS: [(&str, &str); 2] = [("nev-registrations", "nev-stock"), ("automobile-registrations", "automobile-stock")];
/// Two stocks of the same cars by different counts.
const TWO_COUNTS: (&str, &str) = ("electric-car-stock", "nev-stock");

/// Everything that does not add up in the periods of a span.
pub fn gaps(market: &Market, place: &str, span: Period, periods: &[Period]) -> Vec<Gap> {
    let mut found = Vec::new();
    for period in periods {
        found.extend(ACCOUNTS.iter().filter_map(|a| account(market, place, *period, a)));
        found.extend(STOCKS.iter().filter_map(|(flow, stock)| exits(market, place, *period, flow, stock)));
        found.extend(two_counts(market, place, *period));
        found.extend(batteries(market, place, *period));
    }
    for (key, all) in market.series().filter(|(k, _)| k.place == place) {
        found.extend(parts(market, key, all, span));
        found.extend(breaks(key, all, span));
    }
    found
}

fn figure(market: &Market, place: &str, indicator: &str, period: Period) -> Option<Figure> {
    market.figure(&Key::new(place, indicator, ""), period)
}

fn account(market: &Market, place: &str, period: Period, account: &Account<'_>) -> Option<Gap> {
    let terms: Vec<(Figure, f64)> =
        account.terms.iter().map(|(name, sign)| figure(market, place, name, period).map(|f| (f, *sign))).collect::<Option<_>>()?;
    let difference: f64 = terms.iter().map(|(f, sign)| f.value * sign).sum();
    let rounding: f64 = terms.iter().map(|t| t.0.rounding).sum();
    let smaller = terms.last()?.0.value;
    let status = terms.iter().map(|t| t.0.status).max()?.max(Status::Derived);
    (difference.abs() > rounding).then(|| Gap {
        kind: account.kind,
        period: period.to_string(),
        difference: Some(difference),
        share: (smaller > 0.0).then(|| difference / smaller),
        rounding,
        status,
        words: account.words.to_owned(),
    })
}

/// Cars that left the register, with the rounding that the figure carries.
pub fn exits(market: &Market, place: &str, period: Period, flow: &str, stock: &str) -> Option<Gap> {
    let entered = figure(market, place, flow, period)?;
    let (before, after) = (figure(market, place, stock, period.before())?, figure(market, place, stock, period)?);
    let left = entered.value - (after.value - before.value);
    let rounding = entered.rounding + before.rounding + after.rounding;
    Some(Gap {
        kind: "exits",
        period: period.to_string(),
        difference: Some(left),
        share: (before.value > 0.0).then(|| left / before.value),
        rounding,
        status: entered.status.max(before.status).max(after.status).max(Status::Derived),
        words: format!("{flow} less the change of {stock}: left the register"),
    })
}

fn two_counts(market: &Market, place: &str, period: Period) -> Option<Gap> {
    let (register, month) = (figure(market, place, TWO_COUNTS.1, period)?, period);
    let drives = ["bev", "phev"].map(|h| market.figure(&Key::new(place, TWO_COUNTS.0, h), month));
    let [Some(bev), Some(phev)] = drives else { return None };
    let (value, rounding) = (bev.value + phev.value, bev.rounding + phev.rounding + register.rounding);
    let difference = value - register.value;
    (difference.abs() > rounding).then(|| Gap {
        kind: "register",
        period: period.to_string(),
        difference: Some(difference),
        share: Some(difference / register.value),
        rounding,
        status: bev.status.max(phev.status).max(register.status).max(Status::Derived),
        words:
            "electric cars by the international table, less all new-energy vehicles on the register: the table is close to the running sum of sales"
                .to_owned(),
    })
}

fn batteries(market: &Market, place: &str, period: Period) -> Option<Gap> {
    let year = period.last_year();
    if period != Period::year(year) {
        return None;
    }
    let published = figure(market, place, DEMAND, period)?;
    let counted = battery_demand(market, place, year)?;
    let (difference, rounding) = (published.value - counted.gwh, published.rounding + counted.rounding);
    (difference.abs() > rounding).then(|| Gap {
        kind: "batteries",
        period: period.to_string(),
        difference: Some(difference),
        share: Some(difference / counted.gwh),
        rounding,
        status: published.status.max(counted.status),
        words: "gigawatt-hours of batteries published for the cars sold, less these cars times the mean pack of their drive".to_owned(),
    })
}

/// Published periods that differ from the sum of their published parts.
fn parts(market: &Market, key: &Key, all: &[Observation], span: Period) -> Vec<Gap> {
    if market.definition(&key.indicator).is_none_or(|d| d.kind != Kind::Flow) {
        return Vec::new();
    }
    let halves = |o: &Observation| -> Option<(f64, f64, Status)> {
        let inner: Vec<Observation> = all.iter().filter(|p| o.period.holds(p.period) && p.period != o.period).cloned().collect();
        let months: Vec<&Observation> = inner.iter().filter(|p| p.period.months() == 1).collect();
        let is_whole = months.len() as i32 == o.period.months() && months.iter().all(|p| p.unit == o.unit);
        is_whole.then(|| {
            let status = months.iter().map(|p| p.status).max().unwrap_or(o.status).max(o.status).max(Status::Derived);
            (months.iter().map(|p| p.value).sum(), months.iter().map(|p| p.resolution / 2.0).sum(), status)
        })
    };
    all.iter()
        .filter(|o| o.period.months() > 1 && span.holds(o.period))
        .filter_map(|o| {
            let (sum, rounding, status) = halves(o)?;
            let rounding = rounding + o.resolution / 2.0;
            let difference = o.value - sum;
            (difference.abs() > rounding).then(|| Gap {
                kind: "parts",
                period: o.period.to_string(),
                difference: Some(difference),
                share: (sum > 0.0).then(|| difference / sum),
                rounding,
                status,
                words: format!("{} as published, less the sum of its months", key.indicator),
            })
        })
        .collect()
}

/// Where a series changes what it counts. A span that begins in the year after is told too: its growth reaches across.
fn breaks(key: &Key, all: &[Observation], span: Period) -> Vec<Gap> {
    all.windows(2)
        .filter(|pair| key.holder.is_empty() && pair[0].unit != pair[1].unit)
        .filter(|pair| pair[1].period.first() <= span.end() && pair[1].period.end() >= span.year_before().first())
        .map(|pair| Gap {
            kind: "break",
            period: pair[1].period.to_string(),
            difference: None,
            share: None,
            rounding: 0.0,
            status: pair[0].status.max(pair[1].status),
            words: format!(
                "{} counts {}s after {}s: {}",
                key.indicator,
                pair[1].unit,
                pair[0].unit,
                if pair[1].note.is_empty() { "no difference across the change" } else { &pair[1].note }
            ),
        })
        .collect()
}
