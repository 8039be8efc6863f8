//! Which uncertain rows a result hangs on, to first order.
//!
//! ```text
//! ∂T/∂ln f_r = Σ_n e_nr · t_n          t = x_j·z_ij·y_i for an input, x_j·b_kj·q_k for a flow
//! Var(ln T)  ≈ Σ_r (S_r · σ_r)²        S_r = (∂T/∂ln f_r) / T
//! ```
//!
//! | symbol | meaning                                              | unit        | from                 |
//! |--------|------------------------------------------------------|-------------|----------------------|
//! | `t_n`  | what flows through coefficient `n` for the demand    | impact unit | adjoint and forward  |
//! | `e_nr` | exponent of row `r` in coefficient `n`               | –           | [`Coefficient`](crate::Coefficient) |
//! | `S_r`  | elasticity of the total                              | –           |                      |
//! | `σ_r`  | relative spread of row `r`                           | –           | [`FactorDistribution::relative_spread`] |
//!
//! For shares of a group the part that renormalising takes back is deducted: what one share gains, the others lose.
//!
//! Source: R. Heijungs, "Sensitivity coefficients for matrix-based LCA", Int. J. Life Cycle Assess. 15 (2010).
//! Valid for spreads that are small against 1; a screening, not a substitute for the draws. Rows are independent.

use crate::characterise::CategoryFactors;
use crate::distribution::FactorDistribution;
use crate::ids::FactorId;
use crate::network::Network;
use crate::solve::{Activity, Scores};

/// `∂T/∂ln f_r` for each row, in impact units, by row number.
///
/// The caller may add the sensitivities of its own demand lines, `amount · exponent · score`, before ranking.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (power, metal) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(metal, power, Coefficient::uncertain(10.0, FactorId(0)));
/// builder.add_flow(power, FlowId(0), Coefficient::uncertain(0.5, FactorId(1)));
/// builder.add_flow(metal, FlowId(0), Coefficient::exact(3.0));
/// let network = builder.build()?;
/// let category = CategoryFactors::new(vec![1.0]);
/// let scores = adjoint(&network, &direct_scores(&network, &category))?;
/// let activity = forward(&network, &Demand::of(metal, 1.0))?;
/// assert_eq!(factor_sensitivities(&network, &category, &scores, &activity), [5.0, 5.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn factor_sensitivities(network: &Network, category: &CategoryFactors, scores: &Scores, activity: &Activity) -> Vec<f64> {
    let mut sensitivity = vec![0.0; network.factor_count().max(category.factor_count())];
    let mut through = network.bases().to_vec();
    let first_flow = network.input_count();
    for (place, column) in network.evaluation_order().iter().enumerate() {
        let made = activity.get(*column).unwrap_or(0.0);
        if made == 0.0 {
            through[network.input_range(place)].fill(0.0);
            let flows = network.flow_range(place);
            through[first_flow + flows.start..first_flow + flows.end].fill(0.0);
            continue;
        }
        for entry in network.input_range(place) {
            let supplier = network.column_at(network.input_suppliers()[entry] as usize);
            through[entry] *= made * scores.get(supplier).unwrap_or(0.0);
        }
        for entry in network.flow_range(place) {
            let flow = network.flow_ids()[entry];
            let impact = &mut through[first_flow + entry];
            *impact *= made * category.value(flow);
            if let Some(factor) = category.factor(flow) {
                sensitivity[factor.index()] += *impact;
            }
        }
    }
    network.sum_by_factor(&mut through, &mut sensitivity);
    sensitivity
}

/// One row's part in the uncertainty of a total.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankedFactor {
    /// The row.
    pub factor: FactorId,
    /// Per cent that the total moves for one per cent of the row.
    pub elasticity: f64,
    /// Relative spread of the row.
    pub spread: f64,
    /// `(elasticity · spread)²`, its part of the variance of `ln T`.
    pub variance: f64,
    /// Its part of the sum over all rows.
    pub share: f64,
}

/// The rows with any influence, the most important first; empty for a total of zero.
///
/// Rows without a distribution count as exact. Equal variances are ordered by row number.
///
/// ```
/// use minewheel_lca::*;
/// let wide = FactorDistribution::Uniform { low: 0.4, high: 1.6 };
/// let narrow = FactorDistribution::Uniform { low: 0.9, high: 1.1 };
/// let ranked = variance_ranking(&[5.0, 5.0], 8.0, &[narrow, wide]);
/// assert_eq!(ranked[0].factor, FactorId(1));
/// assert!((ranked[0].share - 36.0 / 37.0).abs() < 1e-12);
/// ```
pub fn variance_ranking(sensitivities: &[f64], total: f64, distributions: &[FactorDistribution]) -> Vec<RankedFactor> {
    if total == 0.0 {
        return Vec::new();
    }
    let mut ranked: Vec<RankedFactor> = sensitivities
        .iter()
        .zip(distributions)
        .enumerate()
        .map(|(row, (sensitivity, distribution))| {
            let elasticity = sensitivity / total;
            let spread = distribution.relative_spread();
            let variance = (elasticity * spread).powi(2);
            RankedFactor { factor: FactorId(row as u32), elasticity, spread, variance, share: 0.0 }
        })
        .filter(|ranked| ranked.variance > 0.0)
        .collect();
    ranked.sort_by(|a, b| b.variance.total_cmp(&a.variance).then(a.factor.cmp(&b.factor)));
    let sum: f64 = ranked.iter().map(|ranked| ranked.variance).sum();
    for factor in &mut ranked {
        factor.share = factor.variance / sum;
    }
    ranked
}
