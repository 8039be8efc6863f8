//! Uncertain rows and their draws.
//!
//! Each row is described by the ratio `f` of its value to its base value, so that 1 is the base:
//!
//! ```text
//! two-piece lognormal   f = low^(−z/z₉₅) for z < 0,  high^(z/z₉₅) for z ≥ 0,  z = Φ⁻¹(u)
//! split normal          f = 1 + (1 − low)·z/z₉₅ for z < 0,  1 + (high − 1)·z/z₉₅ for z ≥ 0
//! triangular            f between low and high with mode 1
//! uniform               f between low and high
//! gamma                 f = G/α with G ~ Γ(α, 1): mean 1, variance 1/α
//! ```
//!
//! | symbol       | meaning                                                       | from                    |
//! |--------------|---------------------------------------------------------------|-------------------------|
//! | `u`          | uniform number in (0, 1), one per row and draw                | `ChaCha8`, see below    |
//! | `z₉₅`        | 95 % point of the normal distribution, 1.6448536              | tables                  |
//! | `low`, `high`| 5 % and 95 % points over the base (lognormal, normal), or the ends (triangular, uniform) | caller |
//!
//! The median of the first two is the base. The split normal is cut at zero where `low` is not negative, so that a
//! sign never flips unless the bounds say so.
//!
//! **Random stream.** Draw `d` of seed `s` is stream `d` of the `ChaCha8` generator with the key `s` (little-endian,
//! then zeros). Row `r` takes 64-bit word `r` of the stream, whatever its distribution. So draw 7 is the same alone or
//! among a million, and a row's number does not depend on what the other rows are. Rows that come in tables can have a stretch of
//! the stream for each ([`FactorSampler::in_stretches`]): then a table more or less, or longer, moves no draw of another.
//!
//! Source: inversion after L. Devroye, *Non-Uniform Random Variate Generation* (1986), chapter II; D. Bernstein,
//! "`ChaCha`, a variant of `Salsa20`" (2008). Rows are independent of each other; correlation is expressed by letting
//! coefficients share a row.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::gamma::GammaQuantiles;
use crate::ids::FactorId;
use crate::normal::{normal_quantile, normal_share_below};
use crate::solve::SolveError;

/// The 95 % point of the standard normal distribution.
const Z95: f64 = 1.644_853_626_951_472_2;

/// How the ratio of a row to its base is distributed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FactorDistribution {
    /// Always 1.
    #[default]
    Exact,
    /// Median 1, lognormal on each side.
    TwoPieceLognormal {
        /// 5 % point over the base, above 0.
        low: f64,
        /// 95 % point over the base.
        high: f64,
    },
    /// Median 1, normal on each side.
    SplitNormal {
        /// 5 % point over the base.
        low: f64,
        /// 95 % point over the base.
        high: f64,
    },
    /// Mode 1.
    Triangular {
        /// Smallest ratio.
        low: f64,
        /// Largest ratio.
        high: f64,
    },
    /// Equally likely between the ends.
    Uniform {
        /// Smallest ratio.
        low: f64,
        /// Largest ratio.
        high: f64,
    },
    /// Mean 1, for shares that are divided by their sum: together they follow the Dirichlet distribution.
    Gamma {
        /// One over the variance, above 0: the share times the concentration of the whole.
        shape: f64,
    },
}

/// A distribution that cannot be sampled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DistributionError {
    /// The bounds do not enclose the base.
    #[error("{factor} runs from {low} to {high} times its base; wanted are finite bounds with low <= 1 <= high")]
    BaseOutsideBounds {
        /// The row.
        factor: FactorId,
        /// Lower ratio seen.
        low: f64,
        /// Upper ratio seen.
        high: f64,
    },
    /// A lognormal bound is not positive.
    #[error("{factor} is lognormal with a lower bound of {low} times its base; a bound above zero is wanted")]
    LognormalNotPositive {
        /// The row.
        factor: FactorId,
        /// Lower ratio seen.
        low: f64,
    },
    /// A gamma distribution without a shape.
    #[error("{factor} is gamma with a shape of {shape}; a finite shape above zero is wanted")]
    GammaWithoutShape {
        /// The row.
        factor: FactorId,
        /// The shape seen.
        shape: f64,
    },
}

impl FactorDistribution {
    /// The expectation of `f`.
    ///
    /// ```text
    /// two-piece lognormal   e^(s₁²/2)·Φ(−s₁) + e^(s₂²/2)·Φ(s₂)      s₁ = −ln low / z₉₅,  s₂ = ln high / z₉₅
    /// split normal          1 + (s₂ − s₁)/√2π                       s₁ = (1 − low)/z₉₅,  s₂ = (high − 1)/z₉₅
    /// triangular            (low + 1 + high)/3
    /// uniform               (low + high)/2
    /// ```
    ///
    /// The cut of the split normal at zero is left out: it moves the mean by less than the bounds are known.
    ///
    /// ```
    /// use minewheel_lca::FactorDistribution;
    /// let skewed = FactorDistribution::Triangular { low: 0.9, high: 2.0 };
    /// assert!((skewed.mean() - 1.3).abs() < 1e-12);
    /// ```
    pub fn mean(self) -> f64 {
        match self {
            Self::Exact | Self::Gamma { .. } => 1.0,
            Self::TwoPieceLognormal { low, high } => {
                let (below, above) = (-low.ln() / Z95, high.ln() / Z95);
                (0.5 * below * below).exp() * normal_share_below(-below) + (0.5 * above * above).exp() * normal_share_below(above)
            }
            Self::SplitNormal { low, high } => 1.0 + (low + high - 2.0) / Z95 / std::f64::consts::TAU.sqrt(),
            Self::Triangular { low, high } => (low + 1.0 + high) / 3.0,
            Self::Uniform { low, high } => 0.5 * (low + high),
        }
    }

    /// The largest ratio, without end where the shape has none.
    fn highest(self) -> f64 {
        match self {
            Self::Exact => 1.0,
            Self::Triangular { high, .. } | Self::Uniform { high, .. } => high,
            Self::TwoPieceLognormal { .. } | Self::SplitNormal { .. } | Self::Gamma { .. } => f64::INFINITY,
        }
    }

    /// The standard deviation of `ln f` for a lognormal row, else of `f`: the first-order relative spread.
    ///
    /// ```
    /// use minewheel_lca::FactorDistribution;
    /// let spread = FactorDistribution::Uniform { low: 0.7, high: 1.3 }.relative_spread();
    /// assert!((spread - 0.6 / 12_f64.sqrt()).abs() < 1e-15);
    /// ```
    pub fn relative_spread(self) -> f64 {
        match self {
            Self::Exact => 0.0,
            Self::TwoPieceLognormal { low, high } => two_piece_spread(-low.ln() / Z95, high.ln() / Z95),
            Self::SplitNormal { low, high } => two_piece_spread((1.0 - low) / Z95, (high - 1.0) / Z95),
            Self::Triangular { low, high } => ((low * low + 1.0 + high * high - low - low * high - high) / 18.0).max(0.0).sqrt(),
            Self::Uniform { low, high } => (high - low) / 12.0_f64.sqrt(),
            Self::Gamma { shape } => shape.recip().sqrt(),
        }
    }
}

/// Standard deviation of two half-normals joined at their common median.
fn two_piece_spread(below: f64, above: f64) -> f64 {
    let second_moment = 0.5 * (below * below + above * above);
    let mean_squared = (above - below).powi(2) / (2.0 * std::f64::consts::PI);
    (second_moment - mean_squared).max(0.0).sqrt()
}

/// A distribution with its constants worked out.
#[derive(Clone, Debug)]
enum Sampler {
    Exact,
    /// `exp(below·z)` or `exp(above·z)`
    Lognormal {
        below: f64,
        above: f64,
    },
    /// `1 + below·z` or `1 + above·z`; `cut` is the probability left out below zero.
    Normal {
        below: f64,
        above: f64,
        cut: f64,
    },
    Triangular {
        low: f64,
        high: f64,
    },
    Uniform {
        low: f64,
        width: f64,
    },
    Gamma(GammaQuantiles),
}

/// The distributions of all rows, ready to be drawn from.
///
/// ```
/// use minewheel_lca::{FactorDistribution, FactorSampler};
/// let rows = [FactorDistribution::Exact, FactorDistribution::TwoPieceLognormal { low: 0.8, high: 1.5 }];
/// let sampler = FactorSampler::new(&rows)?;
/// let mut factors = Vec::new();
/// sampler.sample(42, 7, &mut factors);
/// assert_eq!(factors[0], 1.0);
/// assert!(factors[1] > 0.0);
/// # Ok::<(), minewheel_lca::DistributionError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FactorSampler {
    samplers: Vec<Placed>,
    distributions: Vec<FactorDistribution>,
    stretches: Vec<Stretch>,
}

/// A row's shape, what its ratios are multiplied by, and the largest ratio that it may take.
#[derive(Clone, Debug)]
struct Placed {
    shape: Sampler,
    scale: f64,
    limit: f64,
}

impl Placed {
    fn ratio(&self, u: f64) -> f64 {
        (self.scale * self.shape.ratio(u)).min(self.limit)
    }

    /// The mean of the ratios at another scale, from the middles of equal steps of probability.
    fn mean_at(&self, scale: f64) -> f64 {
        let steps = f64::from(MEAN_STEPS);
        (0..MEAN_STEPS).map(|i| (scale * self.shape.ratio((f64::from(i) + 0.5) / steps)).min(self.limit)).sum::<f64>() / steps
    }

    /// The scale at which the mean of the bounded ratios is 1: bisection, for the mean grows with the scale up to the limit.
    fn scale_within(&self) -> f64 {
        let (mut below, mut above) = (self.scale, self.scale);
        while self.mean_at(above) < 1.0 && above < LARGEST_SCALE * self.scale {
            above *= 2.0;
        }
        for _ in 0..SCALE_HALVINGS {
            let middle = 0.5 * (below + above);
            if self.mean_at(middle) < 1.0 { below = middle } else { above = middle }
        }
        0.5 * (below + above)
    }
}

/// Steps of probability over which the mean of a bounded row is taken: its error is far below the width of any row.
const MEAN_STEPS: u32 = 512;
/// Halvings of the range in which the scale of a bounded row lies: 2⁻³⁰ of it is left.
const SCALE_HALVINGS: u32 = 30;
/// A scale beyond this many times the first one does not end the search: the limit is then too near the base to be met by scaling.
const LARGEST_SCALE: f64 = 64.0;

/// Rows one after another whose words stand one after another.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    /// The first row.
    row: usize,
    /// The 32-bit word of the stream at which it takes its number.
    word: u128,
}

/// 32-bit words of the stream that a row takes.
const WORDS: u128 = 2;

impl FactorSampler {
    /// Checks the distributions; row `r` is `distributions[r]`.
    ///
    /// # Errors
    /// [`DistributionError`] for the first row whose bounds do not enclose 1 or, if lognormal, are not positive.
    pub fn new(distributions: &[FactorDistribution]) -> Result<Self, DistributionError> {
        let samplers = distributions
            .iter()
            .enumerate()
            .map(|(row, distribution)| Ok(Placed { shape: Sampler::new(FactorId(row as u32), *distribution)?, scale: 1.0, limit: f64::INFINITY }))
            .collect::<Result<_, _>>()?;
        Ok(Self { samplers, distributions: distributions.to_vec(), stretches: vec![Stretch { row: 0, word: 0 }] })
    }

    /// As [`FactorSampler::new`], with every row divided by its expectation, so that the base is the mean of its draws.
    ///
    /// A sum of many right-skewed rows, each with its base as median or mode, lies almost surely above the sum of the
    /// bases: the point value would fall out of its own interval. Centred, the expectation of anything linear in the
    /// rows is its value at the bases. The shape and the relative width of every row stay as they are.
    ///
    /// # Errors
    /// As [`FactorSampler::new`].
    pub fn centred(distributions: &[FactorDistribution]) -> Result<Self, DistributionError> {
        let mut sampler = Self::new(distributions)?;
        for (placed, distribution) in sampler.samplers.iter_mut().zip(distributions) {
            placed.scale = 1.0 / distribution.mean();
        }
        Ok(sampler)
    }

    /// As [`FactorSampler::centred`], with a largest ratio for each row: a share that is 0.8 may not be drawn above 1.
    ///
    /// Ratios above the limit are the limit, and the others move up until the mean is 1 again. A row that stands at its limit cannot be its
    /// own mean: it keeps its shape below it.
    ///
    /// # Errors
    /// As [`FactorSampler::new`].
    ///
    /// ```
    /// use minewheel_lca::{FactorDistribution, FactorSampler};
    /// // A share of 0.8 between 0.3 and 1: dividing by the mean alone would reach 1.14.
    /// let share = FactorDistribution::Triangular { low: 0.375, high: 1.25 };
    /// let sampler = FactorSampler::centred_within(&[share], &[1.25])?;
    /// assert_eq!(sampler.quantiles(0.999)[0], 1.25);
    /// let mean = (0..1000).map(|i| sampler.quantiles((f64::from(i) + 0.5) / 1000.0)[0]).sum::<f64>() / 1000.0;
    /// assert!((mean - 1.0).abs() < 1e-4);
    /// # Ok::<(), minewheel_lca::DistributionError>(())
    /// ```
    pub fn centred_within(distributions: &[FactorDistribution], limits: &[f64]) -> Result<Self, DistributionError> {
        let mut sampler = Self::centred(distributions)?;
        for ((placed, distribution), limit) in sampler.samplers.iter_mut().zip(distributions).zip(limits) {
            if matches!(distribution, FactorDistribution::Exact | FactorDistribution::Gamma { .. }) || placed.scale * distribution.highest() <= *limit
            {
                continue;
            }
            placed.limit = *limit;
            placed.scale = if *limit > 1.0 { placed.scale_within() } else { 1.0 };
        }
        Ok(sampler)
    }

    /// With a stretch of the stream for each run of rows: its first row, and a key that says what the rows are.
    ///
    /// Runs are in ascending order and the first begins at row 0; a run without rows is passed over. Two keys whose upper 40 bits
    /// are alike share their words.
    ///
    /// ```
    /// use minewheel_lca::{FactorDistribution, FactorSampler, stable_key};
    /// let row = FactorDistribution::Uniform { low: 0.5, high: 1.5 };
    /// let (cells, grids) = (stable_key(&["cells"]), stable_key(&["grids"]));
    /// let few = FactorSampler::new(&[row; 3])?.in_stretches([(0, cells), (1, grids)]);
    /// let more = FactorSampler::new(&[row; 9])?.in_stretches([(0, cells), (7, grids)]);
    /// let (mut a, mut b) = (Vec::new(), Vec::new());
    /// few.sample(42, 7, &mut a);
    /// more.sample(42, 7, &mut b);
    /// assert_eq!((a[0], a[1], a[2]), (b[0], b[7], b[8]));
    /// # Ok::<(), minewheel_lca::DistributionError>(())
    /// ```
    #[must_use]
    pub fn in_stretches(mut self, runs: impl IntoIterator<Item = (usize, u64)>) -> Self {
        // A stretch has 2²⁰ words, and its key says which.
        self.stretches = runs.into_iter().map(|(row, key)| Stretch { row, word: u128::from(key >> 24) << 20 }).collect();
        self
    }

    /// How many rows there are.
    pub fn factor_count(&self) -> usize {
        self.samplers.len()
    }

    /// The distributions as given.
    pub fn distributions(&self) -> &[FactorDistribution] {
        &self.distributions
    }

    /// Fills `out` with the ratios of all rows in one draw.
    pub fn sample(&self, seed: u64, draw: u64, out: &mut Vec<f64>) {
        let mut random = random_stream(seed, draw);
        out.clear();
        for (place, stretch) in self.stretches.iter().enumerate() {
            let end = self.stretches.get(place + 1).map_or(self.samplers.len(), |next| next.row);
            random.set_word_pos(stretch.word);
            let rows = self.samplers.get(stretch.row..end).unwrap_or_default();
            out.extend(rows.iter().map(|row| row.ratio(uniform(random.next_u64()))));
        }
    }

    /// As [`FactorSampler::sample`] for some rows only, in ascending order; the other entries of `out` are left as they are. The
    /// numbers are those that `sample` gives these rows.
    ///
    /// ```
    /// use minewheel_lca::{FactorDistribution, FactorSampler};
    /// let sampler = FactorSampler::new(&[FactorDistribution::Uniform { low: 0.5, high: 1.5 }; 100])?;
    /// let (mut all, mut some) = (Vec::new(), vec![1.0; 100]);
    /// sampler.sample(42, 7, &mut all);
    /// sampler.sample_rows(42, 7, &[3, 4, 90], &mut some);
    /// assert_eq!((some[3], some[4], some[90], some[5]), (all[3], all[4], all[90], 1.0));
    /// # Ok::<(), minewheel_lca::DistributionError>(())
    /// ```
    pub fn sample_rows(&self, seed: u64, draw: u64, rows: &[usize], out: &mut [f64]) {
        /// Rows skipped by drawing and dropping their words; a longer way is gone by a seek, which refills the buffer.
        const NEAR: usize = 24;
        let mut random = random_stream(seed, draw);
        let mut stretches = self.stretches.iter().copied().peekable();
        let mut stretch = stretches.next().unwrap_or(Stretch { row: 0, word: 0 });
        let mut next = usize::MAX;
        for &row in rows {
            while let Some(after) = stretches.next_if(|after| after.row <= row) {
                (stretch, next) = (after, usize::MAX);
            }
            let (Some(placed), Some(place)) = (self.samplers.get(row), out.get_mut(row)) else { continue };
            if row >= next && row - next <= NEAR {
                for _ in next..row {
                    random.next_u64();
                }
            } else {
                random.set_word_pos(stretch.word + WORDS * (row - stretch.row) as u128);
            }
            *place = placed.ratio(uniform(random.next_u64()));
            next = row + 1;
        }
    }

    /// The ratios of all rows at the same cumulated probability, such as all medians for 0.5.
    pub fn quantiles(&self, probability: f64) -> Vec<f64> {
        self.samplers.iter().map(|row| row.ratio(probability)).collect()
    }
}

/// What gives the ratios of all uncertain rows in a draw, the same for the same seed and draw.
pub trait RatioSampler: Sync {
    /// Fills `out` with the ratios of what is drawn, and whatever else [`Self::settle`] wants behind them.
    fn sample(&self, seed: u64, draw: u64, out: &mut Vec<f64>);

    /// Works out the ratios that follow from what was drawn.
    ///
    /// # Errors
    /// [`SolveError::Formula`] for a formula without a value in this draw.
    fn settle(&self, _drawn: &mut [f64]) -> Result<(), SolveError> {
        Ok(())
    }
}

impl RatioSampler for FactorSampler {
    fn sample(&self, seed: u64, draw: u64, out: &mut Vec<f64>) {
        Self::sample(self, seed, draw, out);
    }
}

/// The generator of one draw.
pub(crate) fn random_stream(seed: u64, draw: u64) -> ChaCha8Rng {
    let mut key = [0_u8; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    let mut random = ChaCha8Rng::from_seed(key);
    random.set_stream(draw);
    random
}

/// A number strictly between 0 and 1 from the upper 52 bits, at the middles of equal steps.
pub(crate) fn uniform(word: u64) -> f64 {
    ((word >> 12) as f64 + 0.5) * (1.0 / 4_503_599_627_370_496.0)
}

impl Sampler {
    fn new(factor: FactorId, distribution: FactorDistribution) -> Result<Self, DistributionError> {
        let around = |low: f64, high: f64| {
            let encloses = low.is_finite() && high.is_finite() && low <= 1.0 && high >= 1.0;
            if encloses { Ok(()) } else { Err(DistributionError::BaseOutsideBounds { factor, low, high }) }
        };
        Ok(match distribution {
            FactorDistribution::Exact => Self::Exact,
            FactorDistribution::TwoPieceLognormal { low, high } => {
                around(low, high)?;
                if low <= 0.0 {
                    return Err(DistributionError::LognormalNotPositive { factor, low });
                }
                Self::Lognormal { below: -low.ln() / Z95, above: high.ln() / Z95 }
            }
            FactorDistribution::SplitNormal { low, high } => {
                around(low, high)?;
                let below = (1.0 - low) / Z95;
                let cut = if low >= 0.0 && below > 0.0 { normal_share_below(-1.0 / below) } else { 0.0 };
                Self::Normal { below, above: (high - 1.0) / Z95, cut }
            }
            FactorDistribution::Triangular { low, high } => {
                around(low, high)?;
                Self::Triangular { low, high }
            }
            FactorDistribution::Uniform { low, high } => {
                around(low, high)?;
                Self::Uniform { low, width: high - low }
            }
            FactorDistribution::Gamma { shape } if shape.is_finite() && shape > 0.0 => Self::Gamma(GammaQuantiles::new(shape)),
            FactorDistribution::Gamma { shape } => return Err(DistributionError::GammaWithoutShape { factor, shape }),
        })
    }

    /// The ratio at a cumulated probability.
    fn ratio(&self, u: f64) -> f64 {
        match *self {
            Self::Exact => 1.0,
            Self::Gamma(ref quantiles) => quantiles.ratio(u),
            Self::Lognormal { below, above } => {
                let z = normal_quantile(u);
                (z * if z < 0.0 { below } else { above }).exp()
            }
            Self::Normal { below, above, cut } => {
                let u = if u < 0.5 { cut + u * (1.0 - 2.0 * cut) } else { u };
                let z = normal_quantile(u);
                1.0 + z * if z < 0.0 { below } else { above }
            }
            Self::Triangular { low, high } => {
                let width = high - low;
                if width == 0.0 {
                    1.0
                } else if u * width < 1.0 - low {
                    low + (u * width * (1.0 - low)).sqrt()
                } else {
                    high - ((1.0 - u) * width * (high - 1.0)).sqrt()
                }
            }
            Self::Uniform { low, width } => low + u * width,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FactorDistribution, FactorSampler};

    fn at(distribution: FactorDistribution, probability: f64) -> f64 {
        FactorSampler::new(&[distribution]).unwrap().quantiles(probability)[0]
    }

    #[test]
    fn bounds_of_the_two_piece_lognormal_are_its_five_and_ninety_five_percent_points() {
        let row = FactorDistribution::TwoPieceLognormal { low: 0.8, high: 1.9 };
        assert!((at(row, 0.05) - 0.8).abs() < 1e-12);
        assert!((at(row, 0.5) - 1.0).abs() < 1e-12);
        assert!((at(row, 0.95) - 1.9).abs() < 1e-12);
    }

    #[test]
    fn a_split_normal_with_bounds_above_zero_never_turns_negative() {
        let row = FactorDistribution::SplitNormal { low: 0.0, high: 1.5 };
        assert!(at(row, 1e-15) >= 0.0);
        assert!((at(row, 0.5) - 1.0).abs() < 1e-12);
        assert!((at(row, 0.95) - 1.5).abs() < 1e-12);
        assert!(at(FactorDistribution::SplitNormal { low: -0.5, high: 1.5 }, 0.01) < -0.5);
    }

    /// Width 3, mode at a third: F(1) = (1 − 0)/3.
    #[test]
    fn the_triangular_mode_splits_the_probability_by_its_place() {
        let row = FactorDistribution::Triangular { low: 0.0, high: 3.0 };
        assert!((at(row, 1.0 / 3.0) - 1.0).abs() < 1e-12);
        assert!((at(row, 0.0)).abs() < 1e-12 && (at(row, 1.0) - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_centred_rows_draws_have_their_base_as_mean() {
        for row in [
            FactorDistribution::TwoPieceLognormal { low: 0.8, high: 3.0 },
            FactorDistribution::SplitNormal { low: 0.9, high: 1.8 },
            FactorDistribution::Triangular { low: 0.7, high: 2.0 },
            FactorDistribution::Uniform { low: 0.9, high: 1.9 },
        ] {
            let sampler = FactorSampler::centred(&[row]).unwrap();
            let steps = 200_000;
            let mean = (0..steps).map(|i| sampler.quantiles((f64::from(i) + 0.5) / f64::from(steps))[0]).sum::<f64>() / f64::from(steps);
            assert!((mean - 1.0).abs() < 1e-3, "{row:?}: {mean}");
        }
    }

    #[test]
    fn a_bounded_row_is_centred_below_its_limit_whatever_its_shape() {
        for (row, limit) in [
            (FactorDistribution::Triangular { low: 0.375, high: 1.25 }, 1.25),
            (FactorDistribution::Uniform { low: 0.5, high: 1.1 }, 1.1),
            (FactorDistribution::TwoPieceLognormal { low: 0.6, high: 1.1 }, 1.15),
            (FactorDistribution::SplitNormal { low: 0.7, high: 1.02 }, 1.05),
        ] {
            let sampler = FactorSampler::centred_within(&[row], &[limit]).unwrap();
            let steps = 20_000;
            let ratios: Vec<f64> = (0..steps).map(|i| sampler.quantiles((f64::from(i) + 0.5) / f64::from(steps))[0]).collect();
            assert!(ratios.iter().all(|r| (0.0..=limit).contains(r)), "{row:?}");
            let mean = ratios.iter().sum::<f64>() / f64::from(steps);
            assert!((mean - 1.0).abs() < 1e-3, "{row:?}: {mean}");
        }
        let free = FactorDistribution::Triangular { low: 0.9, high: 1.1 };
        let (bounded, centred) = (FactorSampler::centred_within(&[free], &[1.2]).unwrap(), FactorSampler::centred(&[free]).unwrap());
        assert_eq!(bounded.quantiles(0.9), centred.quantiles(0.9), "a limit out of reach changes nothing");
        let at_limit = FactorSampler::centred_within(&[FactorDistribution::Uniform { low: 0.8, high: 1.0 }], &[1.0]).unwrap();
        assert!((at_limit.quantiles(0.5)[0] - 0.9).abs() < 1e-12 && at_limit.quantiles(1.0)[0] <= 1.0);
    }

    #[test]
    fn a_base_outside_its_bounds_is_refused() {
        let refused = FactorSampler::new(&[FactorDistribution::Uniform { low: 1.1, high: 1.3 }]).unwrap_err();
        assert!(refused.to_string().contains("factor 0 runs from 1.1 to 1.3"));
        assert!(FactorSampler::new(&[FactorDistribution::TwoPieceLognormal { low: 0.0, high: 1.3 }]).is_err());
    }

    #[test]
    fn a_rows_draw_does_not_depend_on_the_other_rows() {
        let row = FactorDistribution::TwoPieceLognormal { low: 0.5, high: 2.0 };
        let (mut alone, mut among) = (Vec::new(), Vec::new());
        FactorSampler::new(&[FactorDistribution::Exact, row]).unwrap().sample(1, 7, &mut alone);
        FactorSampler::new(&[row, row, row]).unwrap().sample(1, 7, &mut among);
        assert_eq!(alone[1].to_bits(), among[1].to_bits());
    }
}
