//! The three matrices of a database as lists of entries, by the ids that their owner gave them.
//!
//! ```text
//! A  technosphere: product i made (+) or used (−) by activity j      B  biosphere: flow k of activity j      Q  factor of flow k
//! ```
//!
//! Several entries at one place add. Uncertainty is that of the entry itself, as its owner wrote it; see [`EntryUncertainty`].

use crate::normal::normal_quantile;

/// The matrices of a database.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrices {
    /// Products by activities.
    pub technosphere: Vec<Entry>,
    /// Elementary flows by activities.
    pub biosphere: Vec<Entry>,
    /// Characterisation factors by method; the row is the flow.
    pub methods: Vec<CharacterisationMethod>,
}

/// One impact category.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CharacterisationMethod {
    /// Its name.
    pub name: String,
    /// Its unit, where the owner gave one.
    pub unit: Option<String>,
    /// A factor per flow.
    pub factors: Vec<Entry>,
}

/// One entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Entry {
    /// Id of the product or flow.
    pub row: i64,
    /// Id of the activity.
    pub column: i64,
    /// Amount with its sign.
    pub amount: f64,
    /// How the amount is distributed before [`Self::is_flipped`] turns its sign.
    pub uncertainty: EntryUncertainty,
    /// Whether the sampled amount enters with the opposite sign.
    pub is_flipped: bool,
    /// The amount that follows from uncertain parameters and gives this entry's ratio, by its number among those of the owner.
    pub follows: Option<u32>,
}

/// How an amount is distributed, in the conventions of the Brightway and openLCA formats.
///
/// ```text
/// lognormal    ± exp(μ + σ·z)      normal   μ + σ·z      uniform   low + u·(high − low)
/// triangular   between low and high with mode m          z = Φ⁻¹(u)
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum EntryUncertainty {
    /// Always the amount.
    #[default]
    Exact,
    /// Normal in its logarithm.
    Lognormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
        /// Whether the amount is below nought.
        is_negative: bool,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        deviation: f64,
    },
    /// Equally likely between two ends.
    Uniform {
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// Rising to a mode and falling from it.
    Triangular {
        /// The most likely amount.
        mode: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// One or nought.
    Bernoulli {
        /// Probability of one.
        probability: f64,
    },
    /// A whole number, each equally likely, the upper end excluded.
    DiscreteUniform {
        /// The least number.
        low: f64,
        /// The first number above the highest.
        high: f64,
    },
}

impl Entry {
    /// An entry without uncertainty.
    pub fn exact(row: i64, column: i64, amount: f64) -> Self {
        Self { row, column, amount, uncertainty: EntryUncertainty::Exact, is_flipped: false, follows: None }
    }

    /// The amount at a cumulated probability strictly between 0 and 1.
    ///
    /// ```
    /// use minewheel_lca::{Entry, EntryUncertainty};
    /// let uncertainty = EntryUncertainty::Lognormal { mu: 2.0_f64.ln(), sigma: 0.1, is_negative: false };
    /// let input = Entry { uncertainty, is_flipped: true, ..Entry::exact(1, 2, -2.0) };
    /// assert!((input.at(0.5) + 2.0).abs() < 1e-12);
    /// ```
    pub fn at(&self, probability: f64) -> f64 {
        let amount = self.uncertainty.at(probability).unwrap_or(self.amount);
        if self.is_flipped && self.uncertainty != EntryUncertainty::Exact { -amount } else { amount }
    }
}

impl EntryUncertainty {
    /// The amount at a cumulated probability; `None` if it is exact.
    fn at(&self, u: f64) -> Option<f64> {
        Some(match *self {
            Self::Exact => return None,
            Self::Lognormal { mu, sigma, is_negative } => {
                let size = (mu + sigma * normal_quantile(u)).exp();
                if is_negative { -size } else { size }
            }
            Self::Normal { mean, deviation } => mean + deviation * normal_quantile(u),
            Self::Uniform { low, high } => low + u * (high - low),
            Self::Triangular { mode, low, high } => {
                let width = high - low;
                if u * width < mode - low { low + (u * width * (mode - low)).sqrt() } else { high - ((1.0 - u) * width * (high - mode)).sqrt() }
            }
            Self::Bernoulli { probability } => f64::from(u8::from(u < probability)),
            Self::DiscreteUniform { low, high } => (low + u * (high - low)).floor(),
        })
    }

    /// What is wrong with the parameters, if anything.
    pub fn fault(&self) -> Option<&'static str> {
        let is_finite = |values: &[f64]| values.iter().all(|v| v.is_finite());
        match *self {
            Self::Lognormal { mu, sigma, .. } if !is_finite(&[mu, sigma]) || sigma < 0.0 => {
                Some("a lognormal wants a finite μ and a finite σ of at least 0")
            }
            Self::Normal { mean, deviation } if !is_finite(&[mean, deviation]) || deviation < 0.0 => {
                Some("a normal wants a finite mean and a finite deviation of at least 0")
            }
            Self::Uniform { low, high } | Self::DiscreteUniform { low, high } if !is_finite(&[low, high]) || low > high => {
                Some("a uniform wants finite ends, the lower first")
            }
            Self::Triangular { mode, low, high } if !is_finite(&[mode, low, high]) || low > mode || mode > high => {
                Some("a triangular wants finite ends with its mode between them")
            }
            Self::Bernoulli { probability } if !(0.0..=1.0).contains(&probability) => Some("a Bernoulli wants a probability between 0 and 1"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Entry, EntryUncertainty};

    /// Width 4 from 1 to 5 with mode 2: F(2) = 1/4.
    #[test]
    fn quantiles_are_those_of_the_distributions() {
        let at = |uncertainty, u| Entry { uncertainty, ..Entry::exact(0, 0, 9.0) }.at(u);
        let triangular = EntryUncertainty::Triangular { mode: 2.0, low: 1.0, high: 5.0 };
        assert!((at(triangular, 0.25) - 2.0).abs() < 1e-12);
        assert!((at(EntryUncertainty::Uniform { low: 1.0, high: 3.0 }, 0.75) - 2.5).abs() < 1e-12);
        assert!((at(EntryUncertainty::Normal { mean: 3.0, deviation: 2.0 }, 0.841_344_746_068_542_9) - 5.0).abs() < 1e-9);
        assert!((at(EntryUncertainty::Lognormal { mu: 0.0, sigma: 1.0, is_negative: true }, 0.5) + 1.0).abs() < 1e-12);
        assert_eq!(at(EntryUncertainty::Bernoulli { probability: 0.3 }, 0.31), 0.0);
        assert_eq!(at(EntryUncertainty::DiscreteUniform { low: 2.0, high: 5.0 }, 0.99), 4.0);
        assert_eq!(at(EntryUncertainty::Exact, 0.1), 9.0);
    }

    #[test]
    fn parameters_that_no_distribution_has_are_named() {
        assert!(EntryUncertainty::Triangular { mode: 6.0, low: 1.0, high: 5.0 }.fault().is_some());
        assert!(EntryUncertainty::Lognormal { mu: f64::NAN, sigma: 0.1, is_negative: false }.fault().is_some());
        assert!(EntryUncertainty::Uniform { low: 1.0, high: 3.0 }.fault().is_none());
    }
}
