//! Quantiles of the gamma distribution with mean 1, prepared for many draws.
//!
//! ```text
//! f = G/α,   G ~ Γ(α, 1),   E f = 1,   Var f = 1/α
//! ```
//!
//! Shares `s_i` of one whole, each times its own `f_i` with `α_i = N·s_i` and divided by their sum, follow the Dirichlet
//! distribution with the concentration `N`: their means are the `s_i`, their variances `s_i(1 − s_i)/(N + 1)`.
//!
//! Towards zero the distribution function is a power law, `u = G^α/Γ(α + 1)·(1 − αG/(α + 1) + …)`, which is inverted as it
//! stands. Above, quantiles are interpolated in `ln G` over `ln(u/(1 − u))` between points of the exact function.
//!
//! Source: L. Devroye, *Non-Uniform Random Variate Generation* (1986), chapters II and XI.4.

use std::sync::Arc;

use statrs::function::gamma::{gamma_lr, gamma_ur, ln_gamma};

/// Points of the distribution function.
const POINTS: usize = 64;
/// Up to this `ln G` the power law holds, with its first correction, to 1e-4 of the value.
const POWER_LAW_TO: f64 = -4.6;
/// Probability at the first point, for shapes whose power law ends below it.
const FIRST: f64 = 1e-8;
/// Probability above the last point.
const LAST: f64 = 1e-12;

/// The quantile function of one shape.
#[derive(Clone, Debug)]
pub(crate) struct GammaQuantiles {
    shape: f64,
    ln_factorial: f64,
    /// `(ln(u/(1 − u)), ln G)`, ascending.
    points: Arc<[(f64, f64)]>,
}

impl GammaQuantiles {
    /// Of a shape above zero.
    pub(crate) fn new(shape: f64) -> Self {
        let ln_factorial = ln_gamma(shape + 1.0);
        // By fractions of a standard deviation, which is small where the shape is large.
        let step = 0.25 / shape.sqrt().max(1.0);
        // The power law bounds the distribution function from above, so this quantile lies below the true one.
        let mut lowest = ((FIRST.ln() + ln_factorial) / shape).max(POWER_LAW_TO - step);
        while gamma_lr(shape, (lowest + step).exp()) < FIRST {
            lowest += step;
        }
        let mut highest = shape.max(1.0);
        while gamma_ur(shape, highest) > LAST {
            highest *= 1.0 + step;
        }
        let width = highest.ln() - lowest;
        let mut points: Vec<(f64, f64)> = Vec::with_capacity(POINTS);
        for ln_g in (0..POINTS).map(|i| lowest + width * i as f64 / (POINTS - 1) as f64) {
            let logit = gamma_lr(shape, ln_g.exp()).ln() - gamma_ur(shape, ln_g.exp()).ln();
            if logit.is_finite() && points.last().is_none_or(|last| last.0 < logit) {
                points.push((logit, ln_g));
            }
        }
        Self { shape, ln_factorial, points: points.into() }
    }

    /// The ratio below which a share `u` of the draws lies.
    pub(crate) fn ratio(&self, u: f64) -> f64 {
        let ln_power = (u.ln() + self.ln_factorial) / self.shape;
        if ln_power < POWER_LAW_TO {
            let g = ln_power.exp();
            return g * (1.0 + g / (self.shape + 1.0)) / self.shape;
        }
        let logit = u.ln() - (-u).ln_1p();
        let after = self.points.partition_point(|p| p.0 < logit).clamp(1, self.points.len() - 1);
        let (a, b) = (self.points[after - 1], self.points[after]);
        (a.1 + (b.1 - a.1) * (logit - a.0) / (b.0 - a.0)).exp() / self.shape
    }
}

#[cfg(test)]
mod tests {
    use statrs::distribution::{ContinuousCDF, Gamma};

    use super::GammaQuantiles;

    #[test]
    fn the_distribution_function_gives_back_the_probability() {
        for shape in [0.05, 0.4, 1.0, 2.5, 30.0, 900.0] {
            let quantiles = GammaQuantiles::new(shape);
            let exact = Gamma::new(shape, 1.0).unwrap();
            for u in [0.001, 0.05, 0.3, 0.5, 0.8, 0.95, 0.999] {
                let found = exact.cdf(quantiles.ratio(u) * shape);
                assert!((found - u).abs() < 1e-2 * u.min(1.0 - u).max(0.01), "shape {shape}: {found} for {u}");
            }
        }
    }

    #[test]
    fn the_mean_is_one_and_the_variance_one_over_the_shape() {
        for shape in [0.2, 1.0, 6.0] {
            let quantiles = GammaQuantiles::new(shape);
            let steps = 400_000;
            let at = |i: i32| quantiles.ratio((f64::from(i) + 0.5) / f64::from(steps));
            let mean = (0..steps).map(at).sum::<f64>() / f64::from(steps);
            let variance = (0..steps).map(|i| (at(i) - 1.0).powi(2)).sum::<f64>() / f64::from(steps);
            assert!((mean - 1.0).abs() < 2e-3, "{shape}: {mean}");
            assert!((variance * shape - 1.0).abs() < 1e-2, "{shape}: {variance}");
        }
    }
}
