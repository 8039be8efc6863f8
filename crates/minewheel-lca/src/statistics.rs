//! Quantiles and moments of a sample.
//!
//! ```text
//! Q(p) = x_⌊h⌋ + (h − ⌊h⌋)·(x_⌊h⌋₊₁ − x_⌊h⌋),   h = (n − 1)·p, counted from 0
//! ```
//!
//! Source: R. Hyndman and Y. Fan, "Sample quantiles in statistical packages", The American Statistician 50 (1996),
//! definition 7. Moments by two passes in the order given, so that the same sample gives the same bits.

/// The quantile of a sample sorted in ascending order, `None` for an empty sample or a probability outside 0 to 1.
///
/// ```
/// use minewheel_lca::quantile;
/// assert_eq!(quantile(&[1.0, 2.0, 3.0, 10.0], 0.5), Some(2.5));
/// assert_eq!(quantile(&[], 0.5), None);
/// ```
#[expect(clippy::cast_sign_loss, reason = "a place in the sample is not negative")]
pub fn quantile(sorted: &[f64], probability: f64) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    if !(0.0..=1.0).contains(&probability) {
        return None;
    }
    let h = last as f64 * probability;
    let below = h.floor();
    let lower = sorted[below as usize];
    let upper = sorted[(below as usize + 1).min(last)];
    Some(lower + (h - below) * (upper - lower))
}

/// The size, mean and spread of a sample.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Moments {
    /// How many values.
    pub count: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Variance with divisor n − 1; 0 for a single value.
    pub variance: f64,
}

impl Moments {
    /// The moments of a sample, `None` if it is empty.
    ///
    /// ```
    /// use minewheel_lca::Moments;
    /// let moments = Moments::of(&[1.0, 2.0, 6.0]).unwrap();
    /// assert_eq!((moments.mean, moments.variance), (3.0, 7.0));
    /// ```
    pub fn of(sample: &[f64]) -> Option<Self> {
        if sample.is_empty() {
            return None;
        }
        let count = sample.len();
        let mean = sample.iter().sum::<f64>() / count as f64;
        let squares: f64 = sample.iter().map(|value| (value - mean).powi(2)).sum();
        let variance = if count == 1 { 0.0 } else { squares / (count - 1) as f64 };
        Some(Self { count, mean, variance })
    }

    /// The square root of the variance.
    pub fn standard_deviation(self) -> f64 {
        self.variance.sqrt()
    }
}

#[cfg(test)]
mod tests {
    use super::quantile;

    /// n = 5, p = 0.3: h = 1.2, so 20 + 0.2·(35 − 20) = 23.
    #[test]
    fn quantiles_interpolate_as_worked_by_hand() {
        let sample = [15.0, 20.0, 35.0, 40.0, 50.0];
        assert!((quantile(&sample, 0.3).unwrap() - 23.0).abs() < 1e-12);
        assert_eq!(quantile(&sample, 0.0), Some(15.0));
        assert_eq!(quantile(&sample, 1.0), Some(50.0));
        assert_eq!(quantile(&sample, 1.2), None);
        assert_eq!(quantile(&[4.0], 0.9), Some(4.0));
    }
}
