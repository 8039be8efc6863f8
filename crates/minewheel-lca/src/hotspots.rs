//! Which few parts make most of a result, and which rows of the data make most of its spread.
//!
//! ```text
//! n(s) = least n with Σ_{i ≤ n} |t_i| ≥ s · Σ_i |t_i|         parts t ordered by magnitude
//! v_g  = cov(L_g, T) / var(T),   L_g = Σ_{r ∈ g} (∂T/∂ln f_r) · (f_r − 1)
//! ```
//!
//! | symbol   | meaning                                                 | unit        | from                           |
//! |----------|---------------------------------------------------------|-------------|--------------------------------|
//! | `t_i`    | what a process, flow, exchange or place adds to `T`     | impact unit | [`column_contributions`](crate::column_contributions) and others |
//! | `s`      | share that is asked for                                 | –           | caller                         |
//! | `f_r`    | ratio of uncertain row `r` in a draw                    | –           | [`Draw`](crate::Draw)          |
//! | `L_g`    | what the rows of group `g` do to the total, linearised  | impact unit | [`factor_sensitivities`](crate::factor_sensitivities) |
//! | `v_g`    | share of group `g` in the variance of the draws         | –           |                                |
//!
//! Magnitudes, because credits are hot spots too: where no part is below nought, a share of them is a share of the result. The `v_g` of groups
//! that part all rows among them sum to 1 for a total that is linear in its rows, and nearly so for spreads that are small against 1.
//!
//! Source: contribution analysis as life cycle interpretation asks for it (ISO 14044:2006); shares of the variance are own method, those of a linear
//! regression whose slopes are known. One pass in the order of the draws after B. Welford, Technometrics 4 (1962) 419, so memory does not grow with
//! their number.

/// Parts in the order of their magnitudes, and how many of them make a share of all.
#[derive(Clone, Debug, PartialEq)]
pub struct Leading {
    /// Places of the parts other than nought, the largest magnitude first, equal ones as they were given.
    pub order: Vec<usize>,
    /// How many of them make the share.
    pub needed: usize,
    /// Share of all magnitudes that each of them and those before it make.
    pub cumulated: Vec<f64>,
    /// Sum of all magnitudes.
    pub turnover: f64,
}

/// The largest parts that together make a share of the sum of all magnitudes.
///
/// ```
/// let found = minewheel_lca::leading(&[1.0, -6.0, 0.0, 3.0], 0.8);
/// assert_eq!((found.order.as_slice(), found.needed, found.turnover), ([1, 3, 0].as_slice(), 2, 10.0));
/// assert_eq!(found.cumulated, [0.6, 0.9, 1.0]);
/// ```
pub fn leading(parts: &[f64], share: f64) -> Leading {
    let mut order: Vec<usize> = (0..parts.len()).filter(|at| parts[*at] != 0.0).collect();
    order.sort_by(|a, b| parts[*b].abs().total_cmp(&parts[*a].abs()));
    let turnover: f64 = order.iter().map(|at| parts[*at].abs()).sum();
    let mut sum = 0.0;
    let cumulated: Vec<f64> = order
        .iter()
        .map(|at| {
            sum += parts[*at].abs();
            sum / turnover
        })
        .collect();
    let needed = cumulated.iter().position(|reached| *reached >= share).map_or(order.len(), |last| last + 1);
    Leading { order, needed, cumulated, turnover }
}

/// Shares of groups of rows in the variance of a total, draw by draw.
///
/// ```
/// let mut shares = minewheel_lca::VarianceShares::of(2);
/// for (a, b) in [(1.0, 0.5), (-1.0, 0.5), (1.0, -0.5), (-1.0, -0.5)] {
///     shares.add(10.0 + a + b, &[a, b]);
/// }
/// let found = shares.finish().unwrap();
/// assert!((found[0] - 0.8).abs() < 1e-12 && (found[1] - 0.2).abs() < 1e-12);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct VarianceShares {
    count: f64,
    mean: f64,
    squares: f64,
    means: Vec<f64>,
    products: Vec<f64>,
}

impl VarianceShares {
    /// None seen yet, of so many groups.
    pub fn of(groups: usize) -> Self {
        Self { count: 0.0, mean: 0.0, squares: 0.0, means: vec![0.0; groups], products: vec![0.0; groups] }
    }

    /// Adds a draw: its total and what the rows of each group do to it.
    pub fn add(&mut self, total: f64, parts: &[f64]) {
        self.count += 1.0;
        let before = total - self.mean;
        self.mean += before / self.count;
        let after = total - self.mean;
        self.squares += before * after;
        for ((part, mean), product) in parts.iter().zip(&mut self.means).zip(&mut self.products) {
            *mean += (part - *mean) / self.count;
            *product += before * (part - *mean);
        }
    }

    /// The share of each group; `None` where the total does not vary.
    pub fn finish(self) -> Option<Vec<f64>> {
        (self.squares > 0.0).then(|| self.products.into_iter().map(|product| product / self.squares).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{VarianceShares, leading};

    #[test]
    fn nothing_makes_nothing_and_a_share_of_one_takes_all() {
        let none = leading(&[0.0, 0.0], 0.8);
        assert_eq!((none.order.len(), none.needed, none.turnover), (0, 0, 0.0));
        let all = leading(&[0.1, 0.2, 0.3, 0.7], 1.0);
        assert_eq!(all.needed, all.cumulated.iter().filter(|c| **c < 1.0).count() + 1);
    }

    /// T = 3·a + b: var = 9·var(a) + var(b) + 6·cov(a, b), by two passes beside it.
    #[test]
    fn shares_are_those_of_two_passes() {
        let draws: Vec<(f64, f64)> = (0..50).map(|i| (f64::from(i * 7 % 11), f64::from(i * 5 % 13))).collect();
        let mut shares = VarianceShares::of(2);
        for (a, b) in &draws {
            shares.add(1e6 + 3.0 * a + b, &[3.0 * a, *b]);
        }
        let found = shares.finish().unwrap_or_default();
        let mean = |of: &dyn Fn(&(f64, f64)) -> f64| draws.iter().map(of).sum::<f64>() / 50.0;
        let (a, t) = (mean(&|d| 3.0 * d.0), mean(&|d| 3.0 * d.0 + d.1));
        let (ca, vt) = (mean(&|d| (3.0 * d.0 - a) * (3.0 * d.0 + d.1 - t)), mean(&|d| (3.0 * d.0 + d.1 - t).powi(2)));
        assert!((found[0] - ca / vt).abs() < 1e-9 && (found[0] + found[1] - 1.0).abs() < 1e-9, "{found:?}");
        let mut still = VarianceShares::of(1);
        still.add(2.0, &[0.0]);
        still.add(2.0, &[1.0]);
        assert_eq!(still.finish(), None);
    }
}
