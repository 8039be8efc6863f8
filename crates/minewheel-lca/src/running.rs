//! Quantiles of a sample that is too long to keep.
//!
//! ```text
//! n ≤ N    the values themselves, sorted
//! n > N    counts of the values with γ^(i−1) < |x| ≤ γ^i,   γ = (1 + α)/(1 − α);   Q = 2γ^i/(γ + 1), so |Q − x| ≤ α·|x|
//! ```
//!
//! | symbol | meaning                                          | unit | value            |
//! |--------|--------------------------------------------------|------|------------------|
//! | `N`    | values that are kept                             | –    | caller           |
//! | `α`    | relative error of a quantile of a longer sample  | –    | [`RELATIVE_ERROR`](RunningSample::RELATIVE_ERROR) |
//!
//! Up to `N` values a quantile is that of [`quantile`](crate::quantile), bit for bit. Beyond, it is one value of the sample within `α`, whatever the order
//! of the values; mean, least, greatest and the shares below nought stay exact. Memory grows with the logarithm of the spread and not with the number.
//!
//! Source: C. Masson, J. Rim and H. Lee, "`DDSketch`", Proceedings of the VLDB Endowment 12 (2019) 2195, section 2.

use std::collections::BTreeMap;

use crate::statistics::quantile;

/// A sample seen value by value.
///
/// ```
/// use minewheel_lca::RunningSample;
/// let mut sample = RunningSample::keeping(2);
/// [4.0, 1.0].map(|value| sample.push(value));
/// assert_eq!((sample.quantile(0.5), sample.mean()), (Some(2.5), Some(2.5)));
/// [10.0, 5.0].map(|value| sample.push(value));
/// assert!((sample.quantile(1.0 / 3.0).unwrap() / 4.0 - 1.0).abs() < RunningSample::RELATIVE_ERROR);
/// assert_eq!((sample.quantile(1.0), sample.len()), (Some(10.0), 4));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RunningSample {
    most: usize,
    values: Vec<f64>,
    counts: Option<Counts>,
    count: u64,
    sum: f64,
    least: f64,
    greatest: f64,
    below: u64,
    at_nought: u64,
}

/// How many values lie in each class of size, by sign.
#[derive(Clone, Debug, Default, PartialEq)]
struct Counts {
    below: BTreeMap<i32, u64>,
    nought: u64,
    above: BTreeMap<i32, u64>,
}

impl RunningSample {
    /// Relative error of a quantile of more values than are kept.
    pub const RELATIVE_ERROR: f64 = 5e-4;

    /// No values yet; up to `most` are kept as they are.
    pub fn keeping(most: usize) -> Self {
        let (least, greatest) = (f64::INFINITY, f64::NEG_INFINITY);
        Self { most, values: Vec::new(), counts: None, count: 0, sum: 0.0, least, greatest, below: 0, at_nought: 0 }
    }

    /// Adds a finite value.
    pub fn push(&mut self, value: f64) {
        self.count += 1;
        self.sum += value;
        self.least = self.least.min(value);
        self.greatest = self.greatest.max(value);
        self.below += u64::from(value < 0.0);
        self.at_nought += u64::from(value == 0.0);
        match &mut self.counts {
            Some(counts) => counts.add(value),
            None if self.values.len() < self.most => self.values.push(value),
            None => {
                let mut counts = Counts::default();
                for kept in std::mem::take(&mut self.values) {
                    counts.add(kept);
                }
                counts.add(value);
                self.counts = Some(counts);
            }
        }
    }

    /// How many values there are.
    pub fn len(&self) -> u64 {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Their mean; `None` of no values.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / self.count as f64)
    }

    /// Share of the values below nought, those at nought counted half; `None` of no values.
    pub fn share_below_nought(&self) -> Option<f64> {
        (self.count > 0).then(|| (self.below as f64 + self.at_nought as f64 / 2.0) / self.count as f64)
    }

    /// Some quantiles; `None` for a probability outside 0 to 1, and of no values.
    pub fn quantiles<const N: usize>(&self, probabilities: [f64; N]) -> [Option<f64>; N] {
        let mut sorted = self.values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        probabilities.map(|probability| match &self.counts {
            None => quantile(&sorted, probability),
            Some(counts) => {
                let rank = (self.count - 1) as f64 * probability;
                let found = (0.0..=1.0).contains(&probability).then(|| counts.at(rank.floor()))?;
                Some(if probability == 1.0 { self.greatest } else { found.clamp(self.least, self.greatest) })
            }
        })
    }

    /// A quantile, see [`Self::quantiles`].
    pub fn quantile(&self, probability: f64) -> Option<f64> {
        self.quantiles([probability])[0]
    }
}

/// `ln γ`.
fn width() -> f64 {
    (2.0 * RunningSample::RELATIVE_ERROR / (1.0 - RunningSample::RELATIVE_ERROR)).ln_1p()
}

/// The number of a class of size.
fn class(size: f64) -> i32 {
    (size.ln() / width()).ceil() as i32
}

/// The middle of a class.
fn middle(class: i32) -> f64 {
    (f64::from(class) * width()).exp() * (1.0 - RunningSample::RELATIVE_ERROR)
}

impl Counts {
    fn add(&mut self, value: f64) {
        let slot = match value {
            v if v > 0.0 => self.above.entry(class(v)).or_insert(0),
            v if v < 0.0 => self.below.entry(class(-v)).or_insert(0),
            _ => &mut self.nought,
        };
        *slot += 1;
    }

    /// The value at a rank, counted from 0.
    fn at(&self, rank: f64) -> f64 {
        let classes = (self.below.iter().rev().map(|(class, count)| (-middle(*class), *count)))
            .chain(std::iter::once((0.0, self.nought)))
            .chain(self.above.iter().map(|(class, count)| (middle(*class), *count)));
        let (mut seen, mut last) = (0, 0.0);
        for (value, count) in classes.filter(|(_, count)| *count > 0) {
            seen += count;
            last = value;
            if seen as f64 > rank {
                break;
            }
        }
        last
    }
}

#[cfg(test)]
mod tests {
    use super::RunningSample;
    use crate::statistics::quantile;

    /// Values of both signs over twelve decades.
    fn values() -> Vec<f64> {
        let value = |i: u32| f64::from(i * 7919 % 30_011 + 1) / 30_011.0;
        (0..30_000).map(|i| if i % 3 == 0 { -1e-6 * (30.0 * value(i)).exp() } else { (12.0 * value(i)).exp() }).chain([0.0]).collect()
    }

    #[test]
    fn a_long_sample_has_the_quantiles_of_its_values_within_the_error_and_little_memory() {
        let values = values();
        let mut sorted = values.clone();
        sorted.sort_unstable_by(f64::total_cmp);
        let mut running = RunningSample::keeping(1000);
        for value in &values {
            running.push(*value);
        }
        for p in [0.0, 0.01, 0.05, 0.3, 0.333, 0.5, 0.95, 0.999, 1.0] {
            let (seen, wanted) = (running.quantile(p).unwrap_or(f64::NAN), sorted[(p * (sorted.len() - 1) as f64).floor() as usize]);
            assert!((seen - wanted).abs() <= 1.0001 * RunningSample::RELATIVE_ERROR * wanted.abs(), "{p}: {seen} {wanted}");
        }
        assert!(running.values.is_empty());
        assert_eq!(running.mean(), Some(values.iter().sum::<f64>() / 30_001.0));
        assert_eq!(running.share_below_nought(), Some(10_000.5 / 30_001.0));
        let before = running.clone();
        for value in &values {
            running.push(*value);
        }
        let classes = |r: &RunningSample| r.counts.as_ref().map(|c| c.below.len() + c.above.len());
        assert_eq!(classes(&running), classes(&before));
    }

    #[test]
    fn a_short_sample_has_the_very_quantiles_and_none_has_none() {
        let mut running = RunningSample::keeping(40_000);
        let mut values = values();
        for value in &values {
            running.push(*value);
        }
        values.sort_unstable_by(f64::total_cmp);
        for p in [0.0, 0.05, 0.5, 0.95, 1.0, 1.5] {
            assert_eq!(running.quantile(p), quantile(&values, p));
        }
        let none = RunningSample::keeping(0);
        assert_eq!((none.quantile(0.5), none.mean(), none.share_below_nought(), none.is_empty()), (None, None, None, true));
    }
}
