//! The stock of a fleet from what enters it, and what must enter from its stock.
//!
//! ```text
//! stock(y)   = Σ_c size(c) · S(y − c)                      over the years of entry c ≤ y
//! outflow(y) = stock(y−1) + inflow(y) + traded(y) − stock(y)
//! inflow(y)  = (wanted stock(y) − survivors of older cohorts) / S(0)     stock-driven
//! ```
//!
//! | symbol    | meaning                                                | from |
//! |-----------|--------------------------------------------------------|------|
//! | `size(c)` | cars that entered in year c, as if none had left early | inflow, start, trade |
//! | `S(a)`    | share alive at the end of age a                        | [`super::survival`]  |
//!
//! Where a wanted stock lies below the survivors, inflow would be negative. Either this is an error that names year and
//! amount, or the surplus is retired at once, in proportion to the survivors of every cohort, so that the stock is met
//! exactly and no cohort comes back later: `extra_retirement(y) = survivors − wanted stock`. Cars that trade brings at age
//! a are booked as `n / S(a)` cars of their year of entry; a net export takes from its cohort.
//!
//! Source: the convolution of stock dynamics (P. Müller, E. Hilty, R. Widmer, M. Schluep, M. Faulstich, 2014, "Modeling metal
//! stocks and flows"). Valid for whole years; linear in inflow, and cohorts may be split or reordered at will.

use super::survival::Survival;

/// A negative inflow below this share of the stock is rounding.
pub(super) const ROUNDING: f64 = 1e-12;

/// Cars of one age at the end of the year before the first, or traded in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aged {
    /// Age in years; nought entered in that year.
    pub age: usize,
    /// How many; negative: exported.
    pub count: f64,
}

/// What a stock needs besides its inflow.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Surroundings {
    /// Cars by age at the end of the year before the first.
    pub start: Vec<Aged>,
    /// Used cars traded, by index of the year.
    pub trade: Vec<Vec<Aged>>,
}

impl Surroundings {
    /// Whether there are no cars at the start and no used ones later.
    pub fn is_empty(&self) -> bool {
        self.start.is_empty() && self.trade.iter().all(Vec::is_empty)
    }
}

/// What to do where the wanted stock is below the survivors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NegativeInflow {
    /// Retire the surplus, in proportion to the survivors.
    Retire,
    /// Refuse.
    Refuse,
}

/// Why a stock cannot be computed.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum CohortError {
    /// The stock would need a negative inflow.
    #[error("the wanted stock is {wanted}, but {survivors} cars of earlier years are alive: inflow would be {}", wanted - survivors)]
    Negative {
        /// Index of the year.
        index: usize,
        /// The stock wanted.
        wanted: f64,
        /// Cars alive without inflow.
        survivors: f64,
    },
    /// Nothing survives its year of entry, so that no inflow meets a stock.
    #[error("no car survives its year of entry, so no inflow gives a stock of {wanted}")]
    NoEntry {
        /// Index of the year.
        index: usize,
        /// The stock wanted.
        wanted: f64,
    },
    /// Used cars of an age that no car reaches.
    #[error("{count} cars of age {age}, an age that no car reaches by the survival curve")]
    TooOld {
        /// Index of the year; `None`: at the start.
        index: Option<usize>,
        /// The age.
        age: usize,
        /// How many.
        count: f64,
    },
    /// More used cars leave than there are.
    #[error("{count} used cars of age {age} are exported, but {alive} are alive")]
    Export {
        /// Index of the year.
        index: usize,
        /// The age.
        age: usize,
        /// How many leave.
        count: f64,
        /// How many there are.
        alive: f64,
    },
}

impl CohortError {
    /// Index of the year in which it happens.
    pub fn index(&self) -> Option<usize> {
        match *self {
            Self::Negative { index, .. } | Self::NoEntry { index, .. } | Self::Export { index, .. } => Some(index),
            Self::TooOld { index, .. } => index,
        }
    }
}

/// One series by year.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flows {
    /// Cars at the end of the year.
    pub stock: Vec<f64>,
    /// Cars that entered.
    pub inflow: Vec<f64>,
    /// Cars that left, with those retired early and without those exported used.
    pub outflow: Vec<f64>,
    /// Cars retired so that the wanted stock is met; part of the outflow.
    pub extra_retirement: Vec<f64>,
    /// Used cars that came in less those that went out.
    pub traded: Vec<f64>,
}

/// Cohorts walking through the years; oldest first.
#[derive(Debug, Clone)]
pub struct Cohorts<'s> {
    survival: &'s Survival,
    /// Size of each cohort as if none had left early; the last one entered in the present year.
    sizes: Vec<f64>,
    years: usize,
}

impl<'s> Cohorts<'s> {
    /// Cohorts at the end of the year before the first.
    ///
    /// # Errors
    /// Cars of an age that no car reaches.
    pub fn new(survival: &'s Survival, start: &[Aged]) -> Result<Self, CohortError> {
        let oldest = start.iter().map(|a| a.age + 1).max().unwrap_or(0);
        let mut sizes = vec![0.0; oldest];
        for aged in start.iter().filter(|a| a.count != 0.0) {
            let alive = survival.at(aged.age);
            if alive <= 0.0 {
                return Err(CohortError::TooOld { index: None, age: aged.age, count: aged.count });
            }
            sizes[oldest - 1 - aged.age] += aged.count / alive;
        }
        Ok(Self { survival, sizes, years: 0 })
    }

    /// Cars alive of one age.
    pub fn alive(&self, age: usize) -> f64 {
        if age < self.sizes.len() { self.sizes[self.sizes.len() - 1 - age] * self.survival.at(age) } else { 0.0 }
    }

    /// The oldest age that a cohort has.
    pub fn ages(&self) -> usize {
        self.sizes.len()
    }

    /// Cars alive.
    pub fn stock(&self) -> f64 {
        self.sizes.iter().rev().zip(self.survival.shares()).map(|(size, share)| size * share).sum()
    }

    /// Enters the next year with an inflow.
    pub fn enter(&mut self, inflow: f64) {
        self.sizes.push(inflow);
        self.years += 1;
    }

    /// Adds or takes used cars in the present year; says how many came in on balance.
    ///
    /// # Errors
    /// Cars of an age that no car reaches, or an export of more than there are.
    pub fn trade(&mut self, trade: &[Aged]) -> Result<f64, CohortError> {
        let index = self.years.saturating_sub(1);
        for aged in trade.iter().filter(|a| a.count != 0.0) {
            let (age, share) = (aged.age, self.survival.at(aged.age));
            if share <= 0.0 {
                return Err(CohortError::TooOld { index: Some(index), age, count: aged.count });
            }
            let alive = self.alive(age);
            if alive + aged.count < -ROUNDING * alive.max(1.0) {
                return Err(CohortError::Export { index, age, count: -aged.count, alive });
            }
            if age >= self.sizes.len() {
                let missing = age + 1 - self.sizes.len();
                self.sizes.splice(0..0, std::iter::repeat_n(0.0, missing));
            }
            let at = self.sizes.len() - 1 - age;
            self.sizes[at] = (self.sizes[at] + aged.count / share).max(0.0);
        }
        Ok(trade.iter().map(|a| a.count).sum())
    }

    /// Scales every cohort.
    fn scale(&mut self, factor: f64) {
        for size in &mut self.sizes {
            *size *= factor;
        }
    }

    /// Meets a wanted stock in the present year, whose inflow is nought so far: gives inflow and extra retirement.
    ///
    /// # Errors
    /// The inflow would be negative and is refused, or no car survives its year of entry.
    pub fn meet(&mut self, wanted: f64, negative: NegativeInflow) -> Result<(f64, f64), CohortError> {
        let index = self.years.saturating_sub(1);
        let survivors = self.stock();
        let missing = wanted - survivors;
        let entry = self.survival.at(0);
        if missing >= 0.0 {
            if missing > 0.0 && entry <= 0.0 {
                return Err(CohortError::NoEntry { index, wanted });
            }
            let inflow = if missing > 0.0 { missing / entry } else { 0.0 };
            if let Some(last) = self.sizes.last_mut() {
                *last += inflow;
            }
            return Ok((inflow, 0.0));
        }
        if negative == NegativeInflow::Refuse && -missing > ROUNDING * survivors.abs() {
            return Err(CohortError::Negative { index, wanted, survivors });
        }
        self.scale(wanted / survivors);
        Ok((0.0, -missing))
    }
}

/// What drives a stock.
#[derive(Debug, Clone, Copy)]
pub enum Drive<'a> {
    /// Cars that enter, by year.
    Inflow(&'a [f64]),
    /// The stock wanted at the end of each year, and what to do where it needs a negative inflow.
    Stock(&'a [f64], NegativeInflow),
}

impl Drive<'_> {
    /// How many years.
    pub fn years(&self) -> usize {
        match self {
            Self::Inflow(values) | Self::Stock(values, _) => values.len(),
        }
    }
}

/// Stock and outflow from inflow.
///
/// # Errors
/// Start or trade names an age that no car reaches, or more cars than there are.
///
/// ```
/// use minewheel_industry::fleet::cohorts::{Surroundings, inflow_driven};
/// use minewheel_industry::fleet::survival::Survival;
/// let survival = Survival::new("x", vec![1.0, 0.5]).unwrap();
/// let flows = inflow_driven(&[10.0, 0.0, 0.0], &survival, &Surroundings::default()).unwrap();
/// assert_eq!(flows.stock, [10.0, 5.0, 0.0]);
/// assert_eq!(flows.outflow, [0.0, 5.0, 5.0]);
/// ```
pub fn inflow_driven(inflow: &[f64], survival: &Survival, around: &Surroundings) -> Result<Flows, CohortError> {
    walk(Drive::Inflow(inflow), survival, around, |_, _| ())
}

/// Inflow, outflow and extra retirement from a wanted stock.
///
/// # Errors
/// As [`inflow_driven`]; or the stock needs a negative inflow and `negative` refuses it.
pub fn stock_driven(stock: &[f64], survival: &Survival, around: &Surroundings, negative: NegativeInflow) -> Result<Flows, CohortError> {
    walk(Drive::Stock(stock, negative), survival, around, |_, _| ())
}

/// Walks through the years and shows the cohorts at the end of each.
///
/// # Errors
/// As [`stock_driven`].
pub fn walk(drive: Drive<'_>, survival: &Survival, around: &Surroundings, mut visit: impl FnMut(usize, &Cohorts<'_>)) -> Result<Flows, CohortError> {
    let years = drive.years();
    let mut cohorts = Cohorts::new(survival, &around.start)?;
    cohorts.sizes.reserve(years);
    let room = || Vec::with_capacity(years);
    let mut flows = Flows { stock: room(), inflow: room(), outflow: room(), extra_retirement: room(), traded: room() };
    let mut before = cohorts.stock();
    for index in 0..years {
        cohorts.enter(0.0);
        let traded = around.trade.get(index).map_or(Ok(0.0), |t| cohorts.trade(t))?;
        let (inflow, extra) = match drive {
            Drive::Inflow(inflow) => {
                if let Some(last) = cohorts.sizes.last_mut() {
                    *last += inflow[index];
                }
                (inflow[index], 0.0)
            }
            Drive::Stock(stock, negative) => cohorts.meet(stock[index], negative)?,
        };
        let stock = cohorts.stock();
        flows.outflow.push(before + inflow + traded - stock);
        flows.stock.push(stock);
        flows.inflow.push(inflow);
        flows.extra_retirement.push(extra);
        flows.traded.push(traded);
        visit(index, &cohorts);
        before = stock;
    }
    Ok(flows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fleet::survival::Curve;
    use proptest::prelude::*;

    fn curve(shape: f64, scale: f64) -> Survival {
        Curve::Weibull { shape, scale }.table("x", 40).unwrap()
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * (1.0 + a.abs().max(b.abs()))
    }

    proptest! {
        #[test]
        fn stock_is_linear_in_inflow(a in prop::collection::vec(0.0..1e6, 30), b in prop::collection::vec(0.0..1e6, 30), k in 1.0..5.0, l in 3.0..25.0, w in 0.0..3.0) {
            let survival = curve(k, l);
            let run = |inflow: &[f64]| inflow_driven(inflow, &survival, &Surroundings::default()).unwrap();
            let both: Vec<f64> = a.iter().zip(&b).map(|(a, b)| a + w * b).collect();
            let (left, right, sum) = (run(&a), run(&b), run(&both));
            for i in 0..30 {
                prop_assert!(close(sum.stock[i], left.stock[i] + w * right.stock[i]));
                prop_assert!(close(sum.outflow[i], left.outflow[i] + w * right.outflow[i]));
            }
        }

        #[test]
        fn stock_driven_gives_back_the_inflow_that_made_the_stock(a in prop::collection::vec(0.0..1e6, 30), k in 1.0..5.0, l in 3.0..25.0) {
            let survival = curve(k, l);
            let around = Surroundings { start: vec![Aged { age: 3, count: 1e5 }, Aged { age: 0, count: 2e5 }], trade: Vec::new() };
            let stock = inflow_driven(&a, &survival, &around).unwrap().stock;
            let back = stock_driven(&stock, &survival, &around, NegativeInflow::Refuse).unwrap();
            for (found, entered) in back.inflow.iter().zip(&a) {
                prop_assert!((found - entered).abs() <= 1e-8 * 1e6, "{found} {entered}");
            }
        }

        #[test]
        fn a_wanted_stock_is_met_whatever_its_path(stock in prop::collection::vec(0.0..1e6, 30), k in 1.0..5.0, l in 3.0..25.0) {
            let flows = stock_driven(&stock, &curve(k, l), &Surroundings::default(), NegativeInflow::Retire).unwrap();
            for (i, wanted) in stock.iter().enumerate() {
                prop_assert!((flows.stock[i] - wanted).abs() <= 1e-9 * 1e6);
                prop_assert!(flows.inflow[i] >= 0.0 && flows.extra_retirement[i] >= 0.0 && flows.outflow[i] >= -1e-3);
                prop_assert!(flows.inflow[i] == 0.0 || flows.extra_retirement[i] == 0.0);
            }
        }
    }

    #[test]
    fn a_split_cohort_lives_as_the_whole() {
        let survival = curve(3.0, 15.0);
        let start = |counts: &[f64]| Surroundings { start: counts.iter().map(|c| Aged { age: 4, count: *c }).collect(), trade: Vec::new() };
        let (one, many) = (start(&[900.0]), start(&[100.0, 500.0, 300.0]));
        let (one, many) = (inflow_driven(&[0.0; 20], &survival, &one).unwrap(), inflow_driven(&[0.0; 20], &survival, &many).unwrap());
        assert!(one.stock.iter().zip(&many.stock).all(|(a, b)| close(*a, *b)));
    }

    #[test]
    fn nobody_lives_beyond_the_last_age() {
        let survival = Survival::new("x", vec![1.0, 0.8]).unwrap();
        assert_eq!(inflow_driven(&[100.0, 0.0, 0.0, 0.0], &survival, &Surroundings::default()).unwrap().stock, [100.0, 80.0, 0.0, 0.0]);
    }

    #[test]
    fn a_negative_inflow_names_its_year_and_used_cars_their_age() {
        let survival = curve(3.0, 15.0);
        let error = stock_driven(&[100.0, 100.0, 10.0], &survival, &Surroundings::default(), NegativeInflow::Refuse).unwrap_err();
        assert!(matches!(error, CohortError::Negative { index: 2, .. }));
        let trade = |age, count| Surroundings { start: Vec::new(), trade: vec![vec![Aged { age, count }]] };
        assert!(matches!(inflow_driven(&[1.0], &survival, &trade(60, 1.0)), Err(CohortError::TooOld { .. })));
        assert!(matches!(inflow_driven(&[1.0], &survival, &trade(0, -5.0)), Err(CohortError::Export { .. })));
    }

    #[test]
    fn a_used_import_joins_the_cohort_of_its_age() {
        let survival = Survival::new("x", vec![1.0, 0.5, 0.25, 0.0]).unwrap();
        let around = Surroundings { start: Vec::new(), trade: vec![vec![Aged { age: 1, count: 10.0 }]] };
        let flows = inflow_driven(&[0.0, 0.0, 0.0], &survival, &around).unwrap();
        // Ten cars of age 1 are half of their cohort; half of them are alive at age 2, none at age 3.
        assert_eq!(flows.stock, [10.0, 5.0, 0.0]);
        assert_eq!(flows.traded, [10.0, 0.0, 0.0]);
    }
}
