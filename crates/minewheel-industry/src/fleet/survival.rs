//! Survival: the share of a year's cars that are still on the road, by age.
//!
//! ```text
//! S(a) = share of the cars of one year of entry that are alive at the END of the year in which they are of age a
//! age 0 = the year of entry; cars enter evenly through the year, so the mean car of age a is t = a + ½ years old
//!
//! Weibull      S = exp(−(t/λ)^k)                     log-normal   S = 1 − Φ(ln(t/m)/σ)
//! logistic     S = (1 + e^(−μ/b)) / (1 + e^((t−μ)/b)) normal      S = (1 − Φ((t−μ)/σ)) / Φ(μ/σ)
//! power        S = 1 − (t/L)^p up to L, 0 beyond      two-part    S = w·S₁ + (1−w)·S₂, both Weibull
//! ```
//!
//! | symbol | meaning                                    | unit |
//! |--------|--------------------------------------------|------|
//! | `k, λ` | Weibull shape and scale                    | –, a |
//! | `m, σ` | log-normal median and spread of logarithms | a, – |
//! | `μ, b` | logistic middle and width                  | a    |
//! | `L, p` | end of life and power                      | a, – |
//! | `w`    | share of hard-used cars (taxis, early small cars) | – |
//!
//! Sources: the forms are those of published fleet studies (see `data/fleet/survival.csv`). Logistic and normal curves are
//! divided by their value at age nought, so that every car is alive when it enters. A curve of register data counts used
//! exports as exits. Valid for whole cohorts; it says nothing of one car.

use minewheel_lca::normal_share_below;
use serde::{Deserialize, Serialize};

/// How much a share may rise with age by rounding.
const ROUNDING: f64 = 1e-12;
/// Half a year: the mean car enters in the middle of its year.
const HALF_YEAR: f64 = 0.5;

/// Why a survival curve is no such curve.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SurvivalError {
    /// A share outside nought to one.
    #[error("survival of `{series}` at age {age} is {share}, outside 0..=1")]
    Share {
        /// The series.
        series: String,
        /// The age.
        age: usize,
        /// The share seen.
        share: f64,
    },
    /// More cars than a year before.
    #[error("survival of `{series}` rises from {before} at age {} to {share} at age {age}; cars do not come back", age - 1)]
    Rises {
        /// The series.
        series: String,
        /// The age.
        age: usize,
        /// The share at the age before.
        before: f64,
        /// The share seen.
        share: f64,
    },
    /// No age at all.
    #[error("survival of `{series}` has no age")]
    Empty {
        /// The series.
        series: String,
    },
    /// A parameter no curve can have.
    #[error("survival of `{series}`: `{parameter}` is {seen}, wanted {wanted}")]
    Parameter {
        /// The series.
        series: String,
        /// The parameter.
        parameter: &'static str,
        /// The value seen.
        seen: f64,
        /// What would do.
        wanted: &'static str,
    },
}

/// A survival curve by its formula.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "form", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Curve {
    /// Weibull.
    Weibull {
        /// Shape.
        shape: f64,
        /// Scale in years.
        scale: f64,
    },
    /// Log-normal.
    LogNormal {
        /// Median life in years.
        median: f64,
        /// Standard deviation of the logarithm of life.
        sigma: f64,
    },
    /// Logistic.
    Logistic {
        /// Age at which half are gone, in years.
        middle: f64,
        /// Width in years.
        width: f64,
    },
    /// Normal, of cars that live longer than nought.
    Normal {
        /// Mean in years.
        mean: f64,
        /// Standard deviation in years.
        deviation: f64,
    },
    /// A power of age that ends at a life.
    Power {
        /// Life in years.
        life: f64,
        /// Power.
        power: f64,
    },
    /// Hard-used cars and the others.
    TwoPart {
        /// Share of hard-used cars.
        share: f64,
        /// Weibull shape of the hard-used.
        early_shape: f64,
        /// Weibull scale of the hard-used, in years.
        early_scale: f64,
        /// Weibull shape of the others.
        shape: f64,
        /// Weibull scale of the others, in years.
        scale: f64,
    },
}

impl Curve {
    fn parameters(&self) -> Vec<(&'static str, f64)> {
        match *self {
            Self::Weibull { shape, scale } => vec![("shape", shape), ("scale", scale)],
            Self::LogNormal { median, sigma } => vec![("median", median), ("sigma", sigma)],
            Self::Logistic { middle, width } => vec![("middle", middle), ("width", width)],
            Self::Normal { mean, deviation } => vec![("mean", mean), ("deviation", deviation)],
            Self::Power { life, power } => vec![("life", life), ("power", power)],
            Self::TwoPart { early_shape, early_scale, shape, scale, .. } => {
                vec![("early_shape", early_shape), ("early_scale", early_scale), ("shape", shape), ("scale", scale)]
            }
        }
    }

    /// The share alive `t` years after entry.
    pub fn at(&self, t: f64) -> f64 {
        let weibull = |shape: f64, scale: f64| (-(t / scale).powf(shape)).exp();
        match *self {
            Self::Weibull { shape, scale } => weibull(shape, scale),
            Self::LogNormal { median, sigma } => {
                if t <= 0.0 {
                    1.0
                } else {
                    normal_share_below(-(t / median).ln() / sigma)
                }
            }
            Self::Logistic { middle, width } => (1.0 + (-middle / width).exp()) / (1.0 + ((t - middle) / width).exp()),
            Self::Normal { mean, deviation } => normal_share_below((mean - t) / deviation) / normal_share_below(mean / deviation),
            Self::Power { life, power } => (1.0 - (t / life).min(1.0).powf(power)).max(0.0),
            Self::TwoPart { share, early_shape, early_scale, shape, scale } => {
                share * weibull(early_shape, early_scale) + (1.0 - share) * weibull(shape, scale)
            }
        }
    }

    /// The curve as a table of `ages` years.
    ///
    /// # Errors
    /// A parameter is not above nought, or a share lies outside 0..=1.
    ///
    /// ```
    /// use minewheel_industry::fleet::survival::Curve;
    /// let table = Curve::Weibull { shape: 2.8, scale: 18.2 }.table("US", 60).unwrap();
    /// assert!((table.mean_life() - 16.2).abs() < 0.1);
    /// ```
    pub fn table(&self, series: &str, ages: usize) -> Result<Survival, SurvivalError> {
        for (parameter, seen) in self.parameters() {
            if seen.is_nan() || seen <= 0.0 || seen.is_infinite() {
                return Err(SurvivalError::Parameter { series: series.to_owned(), parameter, seen, wanted: "a number above 0" });
            }
        }
        if let Self::TwoPart { share, .. } = *self
            && !(0.0..=1.0).contains(&share)
        {
            return Err(SurvivalError::Parameter { series: series.to_owned(), parameter: "share", seen: share, wanted: "0 to 1" });
        }
        Survival::new(series, (0..ages).map(|a| self.at(a as f64 + HALF_YEAR).min(1.0)).collect())
    }
}

/// Shares alive at the end of each year of age: within 0..=1, never rising. Beyond the last age nobody is alive.
#[derive(Debug, Clone, PartialEq)]
pub struct Survival {
    shares: Vec<f64>,
}

impl Survival {
    /// Checks a table of shares.
    ///
    /// # Errors
    /// No age, a share outside 0..=1, or a share above that of the age before.
    pub fn new(series: &str, shares: Vec<f64>) -> Result<Self, SurvivalError> {
        if shares.is_empty() {
            return Err(SurvivalError::Empty { series: series.to_owned() });
        }
        // The whole table at once, without a branch an age; only a table with a fault is looked at age by age.
        let is_within = shares.iter().fold(true, |all, share| all & (0.0..=1.0).contains(share));
        let steepest = shares.windows(2).fold(f64::NEG_INFINITY, |most: f64, ages| most.max(ages[1] - ages[0]));
        if is_within && steepest <= ROUNDING {
            return Ok(Self { shares });
        }
        for (age, &share) in shares.iter().enumerate() {
            if !(0.0..=1.0).contains(&share) {
                return Err(SurvivalError::Share { series: series.to_owned(), age, share });
            }
            if age > 0 && share > shares[age - 1] + ROUNDING {
                return Err(SurvivalError::Rises { series: series.to_owned(), age, before: shares[age - 1], share });
            }
        }
        Ok(Self { shares })
    }

    /// The shares by age.
    pub fn shares(&self) -> &[f64] {
        &self.shares
    }

    /// The share alive at an age.
    pub fn at(&self, age: usize) -> f64 {
        self.shares.get(age).copied().unwrap_or(0.0)
    }

    /// The share of those alive a year earlier that is gone at this age; one where nobody was left.
    pub fn hazard(&self, age: usize) -> f64 {
        let before = if age == 0 { 1.0 } else { self.at(age - 1) };
        if before > 0.0 { 1.0 - self.at(age) / before } else { 1.0 }
    }

    /// Mean life in years within the table: the area under the curve, each share standing for the year around it.
    pub fn mean_life(&self) -> f64 {
        self.shares.iter().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_curve_rises_or_leaves_nought_to_one() {
        let curves = [
            Curve::Weibull { shape: 2.5, scale: 17.7 },
            Curve::LogNormal { median: 15.0, sigma: 0.4 },
            Curve::Logistic { middle: 16.0, width: 4.0 },
            Curve::Normal { mean: 16.0, deviation: 4.8 },
            Curve::Power { life: 20.0, power: 4.0 },
            Curve::TwoPart { share: 0.2, early_shape: 2.0, early_scale: 5.0, shape: 4.0, scale: 16.0 },
        ];
        for curve in curves {
            let table = curve.table("x", 100).unwrap();
            assert!(table.at(0) > 0.9 && table.at(99) < 1e-5, "{curve:?}");
            assert!((10.0..20.0).contains(&table.mean_life()), "{curve:?}: {}", table.mean_life());
        }
    }

    #[test]
    fn a_share_that_rises_or_leaves_its_bounds_is_refused() {
        assert!(matches!(Survival::new("x", vec![1.0, 0.9, 0.95]), Err(SurvivalError::Rises { age: 2, .. })));
        assert!(matches!(Survival::new("x", vec![1.1]), Err(SurvivalError::Share { age: 0, .. })));
        assert!(matches!(Survival::new("x", Vec::new()), Err(SurvivalError::Empty { .. })));
        assert!(matches!(Survival::new("x", vec![f64::NAN]), Err(SurvivalError::Share { .. })));
        assert!(Curve::Weibull { shape: -1.0, scale: 10.0 }.table("x", 5).is_err());
    }

    #[test]
    fn mean_life_of_a_weibull_is_its_formula() {
        // Γ(1 + 1/2) = √π/2, so the mean of a Rayleigh life of scale 20 is 10 √π.
        let table = Curve::Weibull { shape: 2.0, scale: 20.0 }.table("x", 200).unwrap();
        assert!((table.mean_life() / (10.0 * std::f64::consts::PI.sqrt()) - 1.0).abs() < 2e-3, "{}", table.mean_life());
    }
}
