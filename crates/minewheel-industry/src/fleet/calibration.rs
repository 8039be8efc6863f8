//! Survival curves fitted to registrations and stock together, and what the data cannot tell apart.
//!
//! ```text
//! exits(y) = registrations(y) − (stock(y) − stock(y−1))         as the register shows them
//! r(y)     = exits of the curve − exits of the register
//! misfit   = rᵀ C⁻¹ r,   C = rounding of registrations and stocks; stocks stand in two years, so C is tridiagonal:
//!            C(y, y) = (ρ_r² + 2 ρ_s²)/12,   C(y, y+1) = −ρ_s²/12
//! ```
//!
//! | symbol     | meaning                                                | from                 |
//! |------------|--------------------------------------------------------|----------------------|
//! | `ρ_r, ρ_s` | last printed digit of registrations and stock          | `market/series.csv`  |
//! | anchor     | year-end whose stock is given: the one before the first registrations that were read | the same |
//!
//! Cars that entered before the registrations begin are taken from what makers sold and from electric-car sales, and scaled so
//! that the curve gives the stock of the anchor. Three forms are fitted. A curve fits as well as the best one if its misfit is
//! below the best misfit times 1 + 2.71/n (n years less two parameters): the one-parameter 90 % region, widened where no form
//! fits to within rounding. Exits tell curves apart, stocks do not: curves that agree on the stock differ in later exits by
//! their tails, and the result says by how much. Valid for exits of any cause, used exports among them.

use minewheel_data::status::Status;
use serde::Serialize;

use super::cohorts::{Surroundings, inflow_driven};
use super::survival::{Curve, Survival};
use crate::market::period::Period;
use crate::market::series::{Key, Market};

/// Points of each parameter in one round of the search.
const POINTS: usize = 33;
/// Rounds, each around the best point of the one before.
const ROUNDS: usize = 4;
/// Quantile of a squared normal quantity at 90 %.
const QUANTILE_90: f64 = 2.706;
/// Ages of the curves.
const AGES: usize = 80;
/// Registrations, and the stock that they feed.
const FLOW: &str = "nev-registrations";
const STOCK: &str = "nev-stock";
/// What stands for registrations before these begin, in order.
const EARLIER: [(&str, &[&str]); 2] = [("nev-wholesale", &[""]), ("electric-car-sales", &["bev", "phev"])];

/// Why a curve cannot be fitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalibrationError {
    /// A place without the rows.
    #[error("no `{indicator}` of {place} for {year}: survival is fitted where registrations and stock are published")]
    Missing {
        /// The place.
        place: String,
        /// The indicator.
        indicator: &'static str,
        /// The year.
        year: i32,
    },
    /// Too few years.
    #[error("{years} years from {from} to {until}; a curve of two parameters wants at least 3")]
    Short {
        /// How many.
        years: usize,
        /// First year.
        from: i32,
        /// Last year.
        until: i32,
    },
}

/// A curve of one form.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Fitted {
    /// Its parameters.
    pub curve: Curve,
    /// Misfit; about the number of years less two if it fits to within rounding.
    pub misfit: f64,
    /// Mean life in years.
    pub mean_life: f64,
}

/// One year of register and curve.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CalibrationYear {
    /// The year.
    pub year: i32,
    /// Whether the fit saw it.
    pub is_trained: bool,
    /// Stock on the register.
    pub stock: f64,
    /// Stock of the curve over it, less one.
    pub stock_error: f64,
    /// Exits of the register.
    pub exits: f64,
    /// Their rounding.
    pub exits_rounding: f64,
    /// Exits of the curve.
    pub fitted_exits: f64,
    /// Fewest and most exits of all curves that fit as well.
    pub exits_range: [f64; 2],
}

/// Exits to come if registrations stay at those of the last year.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Outlook {
    /// The year.
    pub year: i32,
    /// Exits of the curve.
    pub exits: f64,
    /// Fewest and most exits of all curves that fit as well.
    pub exits_range: [f64; 2],
}

/// A fit with its test.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Calibration {
    /// The place.
    pub place: String,
    /// Last year that the fit saw.
    pub until: i32,
    /// Year-end whose stock is given.
    pub anchor: i32,
    /// The Weibull curve, the form of published car survival.
    pub fitted: Fitted,
    /// All forms, by misfit.
    pub forms: Vec<Fitted>,
    /// Years of the register.
    pub years: Vec<CalibrationYear>,
    /// Years to come.
    pub outlook: Vec<Outlook>,
    /// Weakest status of the rows.
    pub weakest_status: Status,
}

struct Record {
    first: i32,
    inflow: Vec<f64>,
    anchor: i32,
    /// Stock at the end of each year from the anchor on.
    stocks: Vec<f64>,
    flow_step: f64,
    stock_step: f64,
    status: Status,
}

impl Record {
    fn last(&self) -> i32 {
        self.first + self.inflow.len() as i32 - 1
    }

    fn read(market: &Market, place: &str) -> Result<Self, CalibrationError> {
        let figure = |indicator: &str, holder: &str, year: i32| market.figure(&Key::new(place, indicator, holder), Period::year(year));
        let rows = market.observations(&Key::new(place, FLOW, ""));
        let years: Vec<i32> = rows.iter().filter(|o| o.period.months() == 12).map(|o| o.period.last_year()).collect();
        let missing = |indicator, year| CalibrationError::Missing { place: place.to_owned(), indicator, year };
        let (Some(&first_row), Some(&last)) = (years.first(), years.last()) else { return Err(missing(FLOW, 0)) };
        let read = rows.iter().filter(|o| o.period.months() == 12 && o.status == Status::Read).map(|o| o.period.last_year()).min();
        let anchor = read.unwrap_or(first_row + 1) - 1;
        let mut status = Status::Read;
        let mut earlier = Vec::new();
        let mut year = first_row - 1;
        loop {
            let found = EARLIER.iter().find_map(|(indicator, holders)| {
                holders.iter().map(|h| figure(indicator, h, year)).collect::<Option<Vec<_>>>().map(|f| f.iter().map(|f| f.value).sum::<f64>())
            });
            let Some(found) = found else { break };
            earlier.push(found);
            year -= 1;
        }
        earlier.reverse();
        let first = year + 1;
        let mut flow_step: f64 = 0.0;
        for year in first_row..=last {
            let found = figure(FLOW, "", year).ok_or_else(|| missing(FLOW, year))?;
            status = status.max(found.status);
            flow_step = flow_step.max(2.0 * found.rounding);
            earlier.push(found.value);
        }
        let mut stock_step: f64 = 0.0;
        let mut stocks = Vec::new();
        for year in anchor..=last {
            let found = figure(STOCK, "", year).ok_or_else(|| missing(STOCK, year))?;
            status = status.max(found.status);
            stock_step = stock_step.max(2.0 * found.rounding);
            stocks.push(found.value);
        }
        Ok(Self { first, inflow: earlier, anchor, stocks, flow_step, stock_step, status })
    }

    /// Stock from the anchor on, and exits of the years after it, with registrations of the last year held until `horizon`.
    fn run(&self, survival: &Survival, horizon: i32) -> (Vec<f64>, Vec<f64>) {
        let before = (self.anchor - self.first + 1) as usize;
        let mut inflow = self.inflow.clone();
        let alive: f64 = inflow[..before].iter().enumerate().map(|(c, n)| n * survival.at(before - 1 - c)).sum();
        let scale = if alive > 0.0 { self.stocks[0] / alive } else { 0.0 };
        inflow[..before].iter_mut().for_each(|n| *n *= scale);
        let held = inflow.last().copied().unwrap_or_default();
        inflow.resize((horizon.max(self.last()) - self.first + 1) as usize, held);
        let flows = inflow_driven(&inflow, survival, &Surroundings::default()).unwrap_or_default();
        (flows.stock[before - 1..].to_vec(), flows.outflow[before..].to_vec())
    }

    /// Exits of the register in the `index`th year after the anchor.
    fn exits(&self, index: usize) -> f64 {
        let year = (self.anchor - self.first) as usize + 1 + index;
        self.inflow[year] - (self.stocks[index + 1] - self.stocks[index])
    }

    fn misfit(&self, survival: &Survival, years: usize) -> f64 {
        let (_, exits) = self.run(survival, self.last());
        let residuals: Vec<f64> = (0..years).map(|i| exits[i] - self.exits(i)).collect();
        let (flow, stock) = (self.flow_step.powi(2) / 12.0, self.stock_step.powi(2) / 12.0);
        weighed(&residuals, flow + 2.0 * stock, -stock)
    }
}

/// `rᵀ C⁻¹ r` of a tridiagonal matrix with one diagonal and one off-diagonal value, by elimination.
fn weighed(residuals: &[f64], diagonal: f64, off: f64) -> f64 {
    let (mut pivot, mut carried, mut sum) = (diagonal, 0.0, 0.0);
    for (index, residual) in residuals.iter().enumerate() {
        if index > 0 {
            let factor = off / pivot;
            pivot = diagonal - factor * off;
            carried = residual - factor * carried;
        } else {
            carried = *residual;
        }
        sum += carried * carried / pivot;
    }
    sum
}

/// A form by two parameters, and the box that is searched: from hardly any spread to a constant hazard, from 3 to 60 years.
struct Form {
    of: fn(f64, f64) -> Curve,
    low: [f64; 2],
    high: [f64; 2],
}

const FORMS: [Form; 3] = [
    Form { of: |shape, scale| Curve::Weibull { shape, scale }, low: [1.0, 3.0], high: [9.0, 60.0] },
    Form { of: |sigma, median| Curve::LogNormal { median, sigma }, low: [0.1, 3.0], high: [1.5, 60.0] },
    Form { of: |width, middle| Curve::Logistic { middle, width }, low: [0.3, 3.0], high: [12.0, 60.0] },
];

/// Every point of a grid between two corners, evenly in the logarithm.
fn grid(low: [f64; 2], high: [f64; 2]) -> impl Iterator<Item = (f64, f64)> {
    let at = move |axis: usize, i: usize| low[axis] * (high[axis] / low[axis]).powf(i as f64 / (POINTS - 1) as f64);
    (0..POINTS * POINTS).map(move |k| (at(0, k / POINTS), at(1, k % POINTS)))
}

/// Fits the three forms to the years from the anchor to `until`, and tests them on the years after.
///
/// # Errors
/// The place lacks registrations or stock, or too few years are left.
pub fn calibrate(market: &Market, place: &str, until: i32, horizon: i32) -> Result<Calibration, CalibrationError> {
    let record = Record::read(market, place)?;
    let until = until.min(record.last());
    let years = usize::try_from(until - record.anchor).unwrap_or(0);
    if years < 3 {
        return Err(CalibrationError::Short { years, from: record.anchor + 1, until });
    }
    let mut tried: Vec<(f64, Curve, usize)> = Vec::new();
    for (index, form) in FORMS.iter().enumerate() {
        let (mut low, mut high) = (form.low, form.high);
        for _ in 0..ROUNDS {
            for (a, b) in grid(low, high) {
                let curve = (form.of)(a, b);
                if let Ok(survival) = curve.table(place, AGES) {
                    tried.push((record.misfit(&survival, years), curve, index));
                }
            }
            let Some(best) = best_of(&tried, index) else { break };
            let [a, b] = parameters(&best.1);
            // A third of the box, in the logarithm, around the best point.
            let zoom = |low: f64, high: f64, at: f64| {
                let half = (high / low).powf(1.0 / 6.0);
                (at / half, at * half)
            };
            ((low[0], high[0]), (low[1], high[1])) = (zoom(low[0], high[0], a), zoom(low[1], high[1], b));
        }
    }
    let describe = |misfit: f64, curve: Curve| {
        let mean_life = curve.table(place, 3 * AGES).map_or(0.0, |s| s.mean_life());
        Fitted { curve, misfit, mean_life }
    };
    let mut forms: Vec<Fitted> = (0..FORMS.len()).filter_map(|i| best_of(&tried, i)).map(|t| describe(t.0, t.1)).collect();
    let Some(fitted) = forms.first().cloned() else { return Err(CalibrationError::Short { years, from: record.anchor + 1, until }) };
    forms.sort_by(|a, b| a.misfit.total_cmp(&b.misfit));
    let freedom = (years - 2) as f64;
    let best = forms[0].misfit;
    let limit = if best > freedom { best * (1.0 + QUANTILE_90 / freedom) } else { best + QUANTILE_90 };
    let near: Vec<(Vec<f64>, Vec<f64>)> =
        tried.iter().filter(|t| t.0 <= limit).filter_map(|t| t.1.table(place, AGES).ok()).map(|s| record.run(&s, horizon)).collect();
    Ok(answer(&record, place, until, horizon, fitted, forms, &near))
}

fn best_of(tried: &[(f64, Curve, usize)], form: usize) -> Option<&(f64, Curve, usize)> {
    tried.iter().filter(|t| t.2 == form).min_by(|a, b| a.0.total_cmp(&b.0))
}

fn parameters(curve: &Curve) -> [f64; 2] {
    match *curve {
        Curve::LogNormal { median, sigma } => [sigma, median],
        Curve::Logistic { middle, width } => [width, middle],
        Curve::Weibull { shape, scale } | Curve::TwoPart { shape, scale, .. } => [shape, scale],
        Curve::Normal { mean, deviation } => [deviation, mean],
        Curve::Power { life, power } => [power, life],
    }
}

fn answer(record: &Record, place: &str, until: i32, horizon: i32, fitted: Fitted, forms: Vec<Fitted>, near: &[(Vec<f64>, Vec<f64>)]) -> Calibration {
    let survival = fitted.curve.table(place, AGES).unwrap_or_else(|_| never());
    let (stock, exits) = record.run(&survival, horizon);
    let range =
        |index: usize| near.iter().map(|n| n.1[index]).chain([exits[index]]).fold([f64::INFINITY, 0.0_f64], |r, e| [r[0].min(e), r[1].max(e)]);
    let known = record.stocks.len() - 1;
    let years = (0..known)
        .map(|i| CalibrationYear {
            year: record.anchor + 1 + i as i32,
            is_trained: record.anchor + 1 + i as i32 <= until,
            stock: record.stocks[i + 1],
            stock_error: stock[i + 1] / record.stocks[i + 1] - 1.0,
            exits: record.exits(i),
            exits_rounding: record.flow_step / 2.0 + record.stock_step,
            fitted_exits: exits[i],
            exits_range: range(i),
        })
        .collect();
    let outlook = (known..exits.len()).map(|i| Outlook { year: record.anchor + 1 + i as i32, exits: exits[i], exits_range: range(i) }).collect();
    Calibration {
        place: place.to_owned(),
        until,
        anchor: record.anchor,
        fitted,
        forms,
        years,
        outlook,
        weakest_status: record.status.max(Status::Derived),
    }
}

/// A curve on which nobody leaves within the table.
fn never() -> Survival {
    Survival::new("", vec![1.0; AGES]).expect("ones never rise and lie within 0..=1")
}

#[cfg(test)]
mod tests {
    use super::*;
    use minewheel_data::store::Store;

    #[test]
    fn the_tridiagonal_form_is_that_of_the_inverse() {
        // C = [[3, -1], [-1, 3]], C⁻¹ = [[3, 1], [1, 3]] / 8; r = (1, 2): (3 + 2·2 + 3·4) / 8.
        assert!((weighed(&[1.0, 2.0], 3.0, -1.0) - 19.0 / 8.0).abs() < 1e-12);
    }

    #[test]
    fn exits_of_2024_and_2025_follow_from_the_years_before() {
        let market = Market::read(&Store::embedded(), false, None).unwrap();
        let found = calibrate(&market, "CN", 2023, 2035).unwrap();
        for year in &found.years {
            // Stocks of published year-ends within 0.4 %.
            assert!(year.stock_error.abs() < 0.004, "{year:?}");
            if !year.is_trained {
                assert!((year.fitted_exits / year.exits - 1.0).abs() < 0.15, "{year:?}");
                assert!(
                    year.exits_range[0] <= year.exits + year.exits_rounding && year.exits - year.exits_rounding <= year.exits_range[1],
                    "{year:?}"
                );
            }
        }
        // What the data cannot tell: curves that fit as well differ twofold in the exits of 2035.
        let last = found.outlook.last().unwrap();
        assert!((1.5..4.0).contains(&(last.exits_range[1] / last.exits_range[0])), "{last:?}");
    }
}
