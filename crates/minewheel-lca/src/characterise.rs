//! From elementary flows to impact: the direct score of each column.
//!
//! ```text
//! c_j = Σ_k b_kj · q_k
//! ```
//!
//! | symbol | meaning                                   | unit                      | from                |
//! |--------|-------------------------------------------|---------------------------|---------------------|
//! | `b_kj` | flow `k` per reference unit of column `j` | flow unit                 | `add_flow`          |
//! | `q_k`  | characterisation factor of flow `k`       | impact unit per flow unit | [`CategoryFactors`] |
//! | `c_j`  | direct score of column `j`                | impact unit               |                     |
//!
//! Source: R. Heijungs and S. Suh, *The Computational Structure of Life Cycle Assessment* (2002), chapter 8.
//! Valid for linear characterisation. A flow beyond the end of the vector has no effect in the category.

use crate::ids::{FactorId, FlowId};
use crate::network::Network;

/// One impact category: a factor per flow, each perhaps uncertain.
///
/// ```
/// use minewheel_lca::{CategoryFactors, FactorId, FlowId};
/// let climate = CategoryFactors::new(vec![1.0, 29.8]).with_uncertain_flow(FlowId(1), FactorId(12));
/// assert_eq!(climate.value(FlowId(1)), 29.8);
/// assert_eq!(climate.value(FlowId(9)), 0.0);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CategoryFactors {
    values: Vec<f64>,
    factors: Vec<Option<FactorId>>,
}

impl CategoryFactors {
    /// A category with a characterisation factor for each flow, in the order of the flow ids.
    pub fn new(values: Vec<f64>) -> Self {
        let factors = vec![None; values.len()];
        Self { values, factors }
    }

    /// The same category with an uncertain row on the factor of one flow; no effect for a flow without a factor.
    #[must_use]
    pub fn with_uncertain_flow(mut self, flow: FlowId, factor: FactorId) -> Self {
        if let Some(place) = self.factors.get_mut(flow.index()) {
            *place = Some(factor);
        }
        self
    }

    /// The base characterisation factor of a flow, 0 for a flow outside the category.
    pub fn value(&self, flow: FlowId) -> f64 {
        self.values.get(flow.index()).copied().unwrap_or(0.0)
    }

    /// The uncertain row on a flow's factor.
    pub fn factor(&self, flow: FlowId) -> Option<FactorId> {
        self.factors.get(flow.index()).copied().flatten()
    }

    /// The factors of all flows when the uncertain rows take these values; a row beyond the slice counts as 1.
    pub fn values_for(&self, factors: &[f64], out: &mut Vec<f64>) {
        out.clear();
        out.extend(
            self.values
                .iter()
                .zip(&self.factors)
                .map(|(value, factor)| value * factor.and_then(|factor| factors.get(factor.index())).unwrap_or(&1.0)),
        );
    }

    /// One more than the highest uncertain row, 0 if there is none.
    pub fn factor_count(&self) -> usize {
        self.factors.iter().flatten().map(|factor| factor.index() + 1).max().unwrap_or(0)
    }
}

/// The direct score of each column per reference unit, by column id.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let kiln = builder.add_column(0);
/// builder.add_flow(kiln, FlowId(0), Coefficient::exact(0.8));
/// let network = builder.build()?;
/// assert_eq!(direct_scores(&network, &CategoryFactors::new(vec![1.0])), [0.8]);
/// # Ok::<(), NetworkRefused>(())
/// ```
pub fn direct_scores(network: &Network, category: &CategoryFactors) -> Vec<f64> {
    let mut scores = vec![0.0; network.column_count()];
    for (position, score) in direct_by_position(network, network.flow_bases(), &category.values).enumerate() {
        scores[network.column_at(position).index()] = score;
    }
    scores
}

/// As [`direct_scores`] for several categories, in their order; one pass over the flows serves up to eight.
pub fn direct_scores_many(network: &Network, categories: &[CategoryFactors]) -> Vec<Vec<f64>> {
    const LANES: usize = 8;
    let mut scores = Vec::with_capacity(categories.len());
    for chunk in categories.chunks(LANES) {
        let mut of_flow = vec![[0.0; LANES]; chunk.iter().map(|category| category.values.len()).max().unwrap_or(0)];
        for (lane, category) in chunk.iter().enumerate() {
            of_flow.iter_mut().zip(&category.values).for_each(|(row, value)| row[lane] = *value);
        }
        let first = scores.len();
        scores.resize_with(first + chunk.len(), || vec![0.0; network.column_count()]);
        for position in 0..network.column_count() {
            let range = network.flow_range(position);
            let mut sum = [0.0; LANES];
            for (flow, amount) in network.flow_ids()[range.clone()].iter().zip(&network.flow_bases()[range]) {
                let factors = of_flow.get(flow.index()).unwrap_or(&[0.0; LANES]);
                (0..LANES).for_each(|lane| sum[lane] += amount * factors[lane]);
            }
            let column = network.column_at(position).index();
            scores[first..].iter_mut().zip(sum).for_each(|(scores, sum)| scores[column] = sum);
        }
    }
    scores
}

/// Direct scores in evaluation order for these flow coefficients.
pub(crate) fn direct_by_position<'a>(network: &'a Network, flow_values: &'a [f64], category: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
    (0..network.column_count()).map(move |position| {
        let range = network.flow_range(position);
        network.flow_ids()[range.clone()]
            .iter()
            .zip(&flow_values[range])
            .map(|(flow, amount)| amount * category.get(flow.index()).unwrap_or(&0.0))
            .sum()
    })
}
