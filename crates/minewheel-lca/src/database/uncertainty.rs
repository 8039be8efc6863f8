//! How an amount is spread, in the terms in which inventories write it.

use serde::{Deserialize, Serialize};

/// A distribution of an amount, in the unit of the amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Uncertainty {
    /// Nothing is said.
    #[default]
    None,
    /// Lognormal.
    Lognormal {
        /// Geometric mean.
        geometric_mean: f64,
        /// Geometric standard deviation, 1 for no spread.
        geometric_deviation: f64,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        deviation: f64,
    },
    /// Triangular.
    Triangular {
        /// Least.
        low: f64,
        /// Most likely.
        mode: f64,
        /// Greatest.
        high: f64,
    },
    /// Uniform.
    Uniform {
        /// Least.
        low: f64,
        /// Greatest.
        high: f64,
    },
    /// Beta-PERT: a beta distribution between the ends with a weight of 4 on the mode.
    Pert {
        /// Least.
        low: f64,
        /// Most likely.
        mode: f64,
        /// Greatest.
        high: f64,
    },
}

impl Uncertainty {
    /// The same spread in another unit, or with the other sign for a negative scale.
    #[must_use]
    pub fn scaled(self, scale: f64) -> Self {
        let ordered = |a: f64, b: f64| if a <= b { (a, b) } else { (b, a) };
        match self {
            Self::None => Self::None,
            Self::Lognormal { geometric_mean, geometric_deviation } => {
                Self::Lognormal { geometric_mean: geometric_mean * scale, geometric_deviation }
            }
            Self::Normal { mean, deviation } => Self::Normal { mean: mean * scale, deviation: deviation * scale.abs() },
            Self::Triangular { low, mode, high } => {
                let (low, high) = ordered(low * scale, high * scale);
                Self::Triangular { low, mode: mode * scale, high }
            }
            Self::Uniform { low, high } => {
                let (low, high) = ordered(low * scale, high * scale);
                Self::Uniform { low, high }
            }
            Self::Pert { low, mode, high } => {
                let (low, high) = ordered(low * scale, high * scale);
                Self::Pert { low, mode: mode * scale, high }
            }
        }
    }

    /// What is wrong with the distribution, if anything.
    pub fn fault(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Lognormal { geometric_mean, geometric_deviation } => {
                let is_good = geometric_mean.is_finite() && geometric_mean != 0.0 && geometric_deviation.is_finite() && geometric_deviation > 0.0;
                (!is_good).then_some("a lognormal distribution wants a geometric mean other than 0 and a geometric deviation above 0")
            }
            Self::Normal { mean, deviation } => {
                let is_good = mean.is_finite() && deviation.is_finite() && deviation >= 0.0;
                (!is_good).then_some("a normal distribution wants a finite mean and a deviation of at least 0")
            }
            Self::Triangular { low, mode, high } => {
                let is_good = low.is_finite() && high.is_finite() && low <= mode && mode <= high;
                (!is_good).then_some("a triangular distribution wants minimum, mode and maximum in this order")
            }
            Self::Pert { low, mode, high } => {
                let is_good = low.is_finite() && high.is_finite() && low < high && low <= mode && mode <= high;
                (!is_good).then_some("a PERT distribution wants minimum, mode and maximum in this order, the ends apart")
            }
            Self::Uniform { low, high } => {
                let is_good = low.is_finite() && high.is_finite() && low <= high;
                (!is_good).then_some("a uniform distribution wants a minimum that is not above its maximum")
            }
        }
    }
}
