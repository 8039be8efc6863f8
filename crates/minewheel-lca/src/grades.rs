//! How much of a result rests on which grade of evidence.
//!
//! ```text
//! share_k = (T_k − T_{k−1}) / T₃
//! ```
//!
//! | symbol | meaning                                                                       | unit        |
//! |--------|-------------------------------------------------------------------------------|-------------|
//! | `T_k`  | total of the network that keeps only coefficients of grade `k` or stronger: inputs, flows and demand lines | impact unit |
//! | `T₋₁`  | 0                                                                             | impact unit |
//!
//! So `share₀` is the part of the impact whose whole path, from the demand to the emission, is of the strongest grade,
//! and `share_k` the part whose weakest link has grade `k`: a path is as good as its weakest link.
//!
//! Source: own definition. Shares are between 0 and 1 for non-negative coefficients; credits can make some negative.
//! They sum to 1 in any case. Characterisation factors are taken as given.

use crate::characterise::{CategoryFactors, direct_by_position, direct_scores};
use crate::demand::Demand;
use crate::ids::Grade;
use crate::network::Network;
use crate::solve::{Scores, SolveError, SolveOptions, adjoint, adjoint_of_values, check_demand};

/// The scores of a network cut down to each grade, for any number of demands.
#[derive(Clone, Debug)]
pub struct GradedScores {
    up_to: Vec<Scores>,
}

/// The total of a demand by weakest link.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradedTotal {
    /// `T_k` by grade; the last is the total.
    pub up_to: [f64; Grade::COUNT],
}

impl GradedScores {
    /// Solves the network once per grade.
    ///
    /// # Errors
    /// [`SolveError`] as for [`adjoint`](crate::adjoint).
    pub fn solve(network: &Network, category: &CategoryFactors) -> Result<Self, SolveError> {
        let whole = adjoint(network, &direct_scores(network, category))?;
        Self::solve_below(network, category, whole)
    }

    /// As [`Self::solve`] where the scores of the category are known already: all grades but the weakest, which leaves nothing out.
    ///
    /// # Errors
    /// As [`Self::solve`].
    pub fn solve_below(network: &Network, category: &CategoryFactors, whole: Scores) -> Result<Self, SolveError> {
        let mut flow_factors = Vec::new();
        category.values_for(&[], &mut flow_factors);
        let mut up_to: Vec<Scores> = Vec::with_capacity(Grade::COUNT);
        for weakest in Grade::ALL.into_iter().filter(|grade| *grade != Grade::WEAKEST) {
            let values = network.values_up_to(weakest);
            let (inputs, flows) = values.split_at(network.input_count());
            let mut direct = vec![0.0; network.column_count()];
            for (place, score) in direct_by_position(network, flows, &flow_factors).enumerate() {
                direct[network.column_at(place).index()] = score;
            }
            up_to.append(&mut adjoint_of_values(network, inputs, &[direct], SolveOptions::default())?);
        }
        up_to.push(whole);
        Ok(Self { up_to })
    }

    /// The total of a demand by weakest link; a line counts from its own grade on.
    ///
    /// # Errors
    /// [`SolveError::UnknownColumn`] or [`SolveError::DemandNotFinite`] for a line that cannot be served.
    pub fn total(&self, demand: &Demand) -> Result<GradedTotal, SolveError> {
        let mut up_to = [0.0; Grade::COUNT];
        for (grade, (total, scores)) in Grade::ALL.into_iter().zip(up_to.iter_mut().zip(&self.up_to)) {
            check_demand(demand, scores.values().len())?;
            let counted = demand.lines().iter().filter(|line| line.grade <= grade);
            *total = counted.map(|line| line.amount * scores.values()[line.column.index()]).sum();
        }
        Ok(GradedTotal { up_to })
    }
}

impl GradedTotal {
    /// The total with all grades.
    pub fn total(self) -> f64 {
        self.up_to[Grade::COUNT - 1]
    }

    /// The shares by weakest link, which sum to 1; `None` for a total of zero.
    pub fn shares(self) -> Option<[f64; Grade::COUNT]> {
        let total = self.total();
        (total != 0.0).then(|| {
            std::array::from_fn(|grade| {
                let before = if grade == 0 { 0.0 } else { self.up_to[grade - 1] };
                (self.up_to[grade] - before) / total
            })
        })
    }
}

/// The shares of a demand's impact by weakest link; `None` for a total of zero.
///
/// For many demands on one network use [`GradedScores`].
///
/// ```
/// use minewheel_lca::*;
/// let weak = Coefficient::exact(3.0).with_grade(Grade::WEAKEST);
/// let mut builder = NetworkBuilder::new();
/// let (ore, metal) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(metal, ore, weak);
/// builder.add_flow(ore, FlowId(0), Coefficient::exact(1.0)).add_flow(metal, FlowId(0), Coefficient::exact(1.0));
/// let network = builder.build()?;
/// let shares = share_by_grade(&network, &CategoryFactors::new(vec![1.0]), &Demand::of(metal, 1.0))?;
/// assert_eq!(shares, Some([0.25, 0.0, 0.0, 0.75]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SolveError`] as for [`adjoint`](crate::adjoint), and for a demand that cannot be served.
pub fn share_by_grade(network: &Network, category: &CategoryFactors, demand: &Demand) -> Result<Option<[f64; Grade::COUNT]>, SolveError> {
    Ok(GradedScores::solve(network, category)?.total(demand)?.shares())
}
