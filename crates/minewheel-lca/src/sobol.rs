//! Which uncertain rows make the variance of a result, interactions included: indices of Sobol.
//!
//! ```text
//! S_i  = 1 − Σ (f(B) − f(AB_i))² / 2nV        first order: the variance that would go if row i were known
//! ST_i =     Σ (f(A) − f(AB_i))² / 2nV        total: the variance that would stay if all but row i were known
//! ```
//!
//! | symbol | meaning                                                        | unit         | from             |
//! |--------|----------------------------------------------------------------|--------------|------------------|
//! | `A, B` | two independent draws of all rows                              | –            | [`RatioSampler`] |
//! | `AB_i` | draw `A` with the rows of group `i` taken from `B`             | –            |                  |
//! | `f`    | the measure of a solution                                      | caller's     | caller           |
//! | `V`    | variance of `f` over both draws                                | its square   |                  |
//!
//! Source: M. Jansen, Computer Physics Communications 117 (1999) 35; A. Saltelli and others, ibid. 181 (2010) 259, table 2.
//! Valid for independent rows. An index has a sampling error of the order of 1/√n; a small first-order index may come out negative.

use rayon::prelude::*;

use crate::distribution::RatioSampler;
use crate::draws::{DrawError, PreparedSolver};
use crate::statistics::Moments;

/// Far from any draw of a caller: draw `d` of `B` is draw `d + SECOND` of the same seed.
const SECOND: u64 = 1 << 40;

/// Indices of one group of rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SobolIndex {
    /// First order.
    pub first: f64,
    /// Total.
    pub total: f64,
}

/// Indices of all groups, and what they are shares of.
#[derive(Clone, Debug, PartialEq)]
pub struct SobolIndices {
    /// In the order of the groups.
    pub groups: Vec<SobolIndex>,
    /// Mean of the measure.
    pub mean: f64,
    /// Variance of the measure.
    pub variance: f64,
}

/// Indices of groups of rows by `samples · (groups + 2)` solutions; `None` if nothing varies.
///
/// ```
/// use minewheel_lca::*;
/// // A sum of two emissions with deviations 0.2 and 0.1: four fifths of the variance are the first's.
/// let mut builder = NetworkBuilder::new();
/// let kiln = builder.add_column(0);
/// builder.add_flow(kiln, FlowId(0), Coefficient::uncertain(1.0, FactorId(0)));
/// builder.add_flow(kiln, FlowId(0), Coefficient::uncertain(1.0, FactorId(1)));
/// let network = builder.build()?;
/// let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default())?;
/// let sampler = FactorSampler::new(&[FactorDistribution::Uniform { low: 0.6, high: 1.4 }, FactorDistribution::Uniform { low: 0.8, high: 1.2 }])?;
/// let found = sobol(&solver, &sampler, 1, 4000, &[vec![0], vec![1]], |scores| scores[0])?.unwrap();
/// assert!((found.groups[0].first - 0.8).abs() < 0.06 && (found.groups[1].total - 0.2).abs() < 0.06);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DrawError`] for a draw that cannot be solved.
pub fn sobol(
    solver: &PreparedSolver<'_>,
    sampler: &impl RatioSampler,
    seed: u64,
    samples: u64,
    groups: &[Vec<usize>],
    measure: impl Fn(&[f64]) -> f64 + Sync,
) -> Result<Option<SobolIndices>, DrawError> {
    // f(A), f(B) and f(AB_i) of each draw.
    let rows: Vec<Vec<f64>> = (0..samples as usize)
        .into_par_iter()
        .with_min_len(4)
        .map_init(
            || (solver.workspace(), Vec::new(), Vec::new()),
            |(workspace, a, b), place| {
                let draw = place as u64;
                let fault = |source| DrawError { seed, draw, source };
                sampler.sample(seed, draw, a);
                sampler.sample(seed, draw + SECOND, b);
                let mut found = Vec::with_capacity(groups.len() + 2);
                for drawn in [&mut *a, &mut *b] {
                    let solved = sampler.settle(drawn).and_then(|()| workspace.solve(drawn));
                    found.push(measure(solved.map_err(fault)?));
                }
                for group in groups {
                    let known = b.len();
                    let places = || group.iter().copied().filter(|row| *row < known);
                    places().for_each(|row| std::mem::swap(&mut a[row], &mut b[row]));
                    let solved = sampler.settle(a).and_then(|()| workspace.solve(a)).map(&measure).map_err(fault);
                    places().for_each(|row| std::mem::swap(&mut a[row], &mut b[row]));
                    found.push(solved?);
                }
                Ok(found)
            },
        )
        .collect::<Result<_, _>>()?;
    let both: Vec<f64> = rows.iter().flat_map(|r| [r[0], r[1]]).collect();
    let Some(moments) = Moments::of(&both) else { return Ok(None) };
    let variance = moments.standard_deviation().powi(2);
    if !(variance > 0.0 && variance.is_finite()) {
        return Ok(None);
    }
    let scale = 1.0 / (2.0 * rows.len() as f64 * variance);
    let index = |group: usize| {
        let squares = |from: usize| rows.iter().map(|r| (r[from] - r[group + 2]).powi(2)).sum::<f64>();
        SobolIndex { first: 1.0 - squares(1) * scale, total: squares(0) * scale }
    };
    Ok(Some(SobolIndices { groups: (0..groups.len()).map(index).collect(), mean: moments.mean, variance }))
}

#[cfg(test)]
mod tests {
    use super::sobol;
    use crate::{CategoryFactors, Coefficient, FactorDistribution, FactorId, FactorSampler, FlowId, NetworkBuilder, PreparedSolver, SolveOptions};

    /// f = a·b with both uniform on 0.5..1.5: `V_a` = 1/12, V = (1 + 1/12)² − 1, so S = 0.48 and ST = 0.52.
    #[test]
    fn a_product_has_an_interaction() {
        let mut builder = NetworkBuilder::new();
        let kiln = builder.add_column(0);
        builder.add_flow(kiln, FlowId(0), Coefficient::uncertain(1.0, FactorId(0)).times(FactorId(1), 1));
        let network = builder.build().unwrap();
        let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default()).unwrap();
        let wide = FactorDistribution::Uniform { low: 0.5, high: 1.5 };
        let sampler = FactorSampler::new(&[wide; 2]).unwrap();
        let groups = [vec![0], vec![1], vec![0, 1]];
        let found = sobol(&solver, &sampler, 3, 20_000, &groups, |scores| scores[0]).unwrap().unwrap();
        let whole = (1.0 + 1.0 / 12.0_f64).powi(2) - 1.0;
        assert!((found.variance - whole).abs() < 0.01 && (found.mean - 1.0).abs() < 0.01);
        for index in &found.groups[..2] {
            assert!((index.first - 1.0 / 12.0 / whole).abs() < 0.03, "{found:?}");
            assert!((index.total - (whole - 1.0 / 12.0) / whole).abs() < 0.03, "{found:?}");
        }
        assert!((found.groups[2].first - 1.0).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn what_does_not_vary_has_no_indices() {
        let mut builder = NetworkBuilder::new();
        let kiln = builder.add_column(0);
        builder.add_flow(kiln, FlowId(0), Coefficient::exact(1.0));
        let network = builder.build().unwrap();
        let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default()).unwrap();
        let sampler = FactorSampler::new(&[]).unwrap();
        assert_eq!(sobol(&solver, &sampler, 3, 20, &[vec![0]], |scores| scores[0]), Ok(None));
    }
}
