//! The three matrices of a database as lists of entries, by the ids that their owner gave them.
//!
//! ```text
//! A  technosphere: product i made (+) or used (−) by activity j      B  biosphere: flow k of activity j      Q  factor of flow k
//! ```
//!
//! Several entries at one place add. Uncertainty is that of the entry itself, as its owner wrote it; see [`EntryUncertainty`].

use statrs::distribution::{ContinuousCDF, Gamma};
use statrs::function::beta::inv_beta_reg;

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
    /// The exchange that this is a part of, by its number among those of the owner, where several entries are: one that several suppliers share,
    /// or co-products. Its parts have one draw.
    pub part_of: Option<u32>,
}

/// How an amount is distributed, in the conventions of the Brightway and openLCA formats.
///
/// ```text
/// lognormal    ± exp(μ + σ·z)      normal   μ + σ·z      uniform   low + u·(high − low)
/// triangular   between low and high with mode m          z = Φ⁻¹(u)
/// beta         low + I⁻¹(α, β; u)·(high − low)           PERT     α = 1 + 4·(m − low)/(high − low),  β = 6 − α
/// gamma        low + θ·P⁻¹(k; u)                         Weibull  low + λ·(−ln(1 − u))^(1/k)
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
    /// Beta between two ends.
    Beta {
        /// First shape.
        alpha: f64,
        /// Second shape.
        beta: f64,
        /// The lower end.
        low: f64,
        /// The upper end.
        high: f64,
    },
    /// Gamma above an end.
    Gamma {
        /// Shape `k`.
        shape: f64,
        /// Scale `θ`.
        scale: f64,
        /// The lower end.
        low: f64,
    },
    /// Weibull above an end.
    Weibull {
        /// Shape `k`.
        shape: f64,
        /// Scale `λ`.
        scale: f64,
        /// The lower end.
        low: f64,
    },
}

impl Entry {
    /// An entry without uncertainty.
    pub fn exact(row: i64, column: i64, amount: f64) -> Self {
        Self { row, column, amount, uncertainty: EntryUncertainty::Exact, is_flipped: false, follows: None, part_of: None }
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
    /// The beta distribution of the three points of a PERT estimate.
    ///
    /// ```
    /// use minewheel_lca::EntryUncertainty;
    /// assert_eq!(EntryUncertainty::pert(1.0, 2.0, 5.0), EntryUncertainty::Beta { alpha: 2.0, beta: 4.0, low: 1.0, high: 5.0 });
    /// ```
    pub fn pert(low: f64, mode: f64, high: f64) -> Self {
        let alpha = 1.0 + 4.0 * (mode - low) / (high - low);
        Self::Beta { alpha, beta: 6.0 - alpha, low, high }
    }

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
            Self::Beta { alpha, beta, low, high } => low + inv_beta_reg(alpha, beta, u) * (high - low),
            Self::Gamma { shape, scale, low } => low + Gamma::new(shape, 1.0).map_or(f64::NAN, |gamma| gamma.inverse_cdf(u)) * scale,
            Self::Weibull { shape, scale, low } => low + scale * (-(-u).ln_1p()).powf(1.0 / shape),
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
            Self::Beta { alpha, beta, low, high } if !is_finite(&[alpha, beta, low, high]) || alpha <= 0.0 || beta <= 0.0 || low >= high => {
                Some("a beta wants finite shapes above 0 and finite ends, the lower first")
            }
            Self::Gamma { shape, scale, low } | Self::Weibull { shape, scale, low }
                if !is_finite(&[shape, scale, low]) || shape <= 0.0 || scale <= 0.0 =>
            {
                Some("a gamma or Weibull wants a finite shape and scale above 0")
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

    /// Closed forms: Beta(2, 1) has F = x²; Gamma with k = 1 is exponential, and so is Weibull; Beta(2, 4) has a mean of 1/3.
    #[test]
    fn quantiles_of_beta_gamma_and_weibull_are_those_of_their_closed_forms() {
        let at = |uncertainty, u| Entry { uncertainty, ..Entry::exact(0, 0, 9.0) }.at(u);
        for u in [0.01, 0.3, 0.5, 0.9, 0.999] {
            let square = at(EntryUncertainty::Beta { alpha: 2.0, beta: 1.0, low: 1.0, high: 3.0 }, u);
            assert!((square - (1.0 + 2.0 * f64::sqrt(u))).abs() < 1e-9, "{square}");
            let exponential = 4.0 - 2.0 * (1.0 - u).ln();
            for uncertainty in
                [EntryUncertainty::Gamma { shape: 1.0, scale: 2.0, low: 4.0 }, EntryUncertainty::Weibull { shape: 1.0, scale: 2.0, low: 4.0 }]
            {
                let seen = at(uncertainty, u);
                assert!((seen / exponential - 1.0).abs() < 1e-9, "{seen} {exponential}");
            }
        }
        let pert = EntryUncertainty::pert(1.0, 2.0, 5.0);
        let mean = (0..1000).map(|i| at(pert, (f64::from(i) + 0.5) / 1000.0)).sum::<f64>() / 1000.0;
        assert!((mean - (1.0 + 4.0 * 2.0 + 5.0) / 6.0).abs() < 1e-4, "{mean}");
    }

    #[test]
    fn parameters_that_no_distribution_has_are_named() {
        assert!(EntryUncertainty::Triangular { mode: 6.0, low: 1.0, high: 5.0 }.fault().is_some());
        assert!(EntryUncertainty::Lognormal { mu: f64::NAN, sigma: 0.1, is_negative: false }.fault().is_some());
        assert!(EntryUncertainty::Uniform { low: 1.0, high: 3.0 }.fault().is_none());
    }
}
