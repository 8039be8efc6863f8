//! Monte Carlo: the network solved again for sampled coefficients.
//!
//! ```text
//! (I − Z(f))ᵀ y(f) = c(f),   started from y(1)
//! ```
//!
//! | symbol | meaning                                      | unit                 | from              |
//! |--------|----------------------------------------------|----------------------|-------------------|
//! | `f`    | ratios of the uncertain rows in a draw       | –                    | [`RatioSampler`]  |
//! | `Z(f)` | inputs, shares renormalised                  | unit per unit        | [`Network`]       |
//! | `c(f)` | direct scores, characterisation included     | impact unit per unit | [`CategoryFactors`] |
//! | `y(f)` | scores of the draw                           | impact unit per unit |                   |
//!
//! All coefficients are sampled anew in each draw; a row that several coefficients share moves them together. Each
//! draw starts from the base solution, never from another draw, so its bits do not depend on the number of threads or
//! on which draws are asked for.
//!
//! Source: own method on the sweeps of `solve`. Valid where sampled loops still deliver; a draw in which one does not
//! is an error that names the draw.

use std::ops::Range;

use rayon::prelude::*;

use crate::characterise::{CategoryFactors, direct_by_position, direct_scores};
use crate::distribution::RatioSampler;
use crate::network::{EvaluationError, Network};
use crate::solve::{FactorCache, Factorisation, SolveError, SolveOptions, SolveReport, Start, System, adjoint_by_position, by_position};

/// A draw that could not be solved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("draw {draw} of seed {seed}: {source}")]
pub struct DrawError {
    /// The seed.
    pub seed: u64,
    /// The number of the draw.
    pub draw: u64,
    /// Why it failed.
    pub source: SolveError,
}

/// A network solved at its base values for one category, ready for draws.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (electricity, steel) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(electricity, steel, Coefficient::exact(0.001));
/// builder.add_input(steel, electricity, Coefficient::uncertain(0.5, FactorId(0)));
/// builder.add_flow(electricity, FlowId(0), Coefficient::exact(0.4));
/// let network = builder.build()?;
/// let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default())?;
/// let mut workspace = solver.workspace();
/// let scores = workspace.solve(&[1.2])?;
/// assert!((scores[1] - 0.6 * 0.4 / (1.0 - 0.001 * 0.6)).abs() < 1e-12);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct PreparedSolver<'a> {
    network: &'a Network,
    category: CategoryFactors,
    options: SolveOptions,
    cache: FactorCache,
    /// Scores in evaluation order.
    base: Vec<[f64; 1]>,
    report: SolveReport,
}

impl<'a> PreparedSolver<'a> {
    /// Solves the base case and keeps what draws can reuse.
    ///
    /// The options' tolerance holds for the base; draws stop at a tolerance of at least
    /// [`DRAW_TOLERANCE`](Self::DRAW_TOLERANCE).
    ///
    /// # Errors
    /// [`SolveError`] as for [`adjoint`](crate::adjoint).
    pub fn new(network: &'a Network, category: &CategoryFactors, options: SolveOptions) -> Result<Self, SolveError> {
        let direct = direct_scores(network, category);
        Self::on(Factorisation::of(network, &direct, options)?, category, &direct)
    }

    /// As [`new`](Self::new) on known factors; `direct` are the direct scores of the category by column id.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn on(factorisation: Factorisation<'a>, category: &CategoryFactors, direct: &[f64]) -> Result<Self, SolveError> {
        let Factorisation { network, options, own_supply, mut cache, report: before } = factorisation;
        let direct = by_position(network, direct)?;
        let system = System::known(network, network.input_bases(), &own_supply);
        let mut base = vec![[0.0]; network.column_count()];
        let report = adjoint_by_position(&system, &direct, &mut base, options, Start::Base(&mut cache))?.after(before);
        let options = SolveOptions { tolerance: options.tolerance.max(Self::DRAW_TOLERANCE), ..options };
        Ok(Self { network, category: category.clone(), options, cache, base, report })
    }

    /// The relative error at which the sweeps of a draw stop.
    pub const DRAW_TOLERANCE: f64 = 1e-10;

    /// The network.
    pub fn network(&self) -> &'a Network {
        self.network
    }

    /// The scores at base values, by column id.
    pub fn base_scores(&self) -> Vec<f64> {
        let mut scores = vec![0.0; self.base.len()];
        for (place, score) in self.base.iter().enumerate() {
            scores[self.network.column_at(place).index()] = score[0];
        }
        scores
    }

    /// How the base solution was reached.
    pub fn report(&self) -> SolveReport {
        self.report
    }

    /// Entries of `L` below its unit diagonal and of `U` over all that was factorised for the base: loops of up to
    /// [`DENSE_LIMIT`](crate::DENSE_LIMIT) columns, larger ones that sweeps and GMRES could not settle, and tight loops inside larger ones; a
    /// column outside any loop is a factor of one entry. Entries between components are used as they stand and not counted. `None` where nothing
    /// was factorised.
    pub fn factor_entries(&self) -> Option<usize> {
        self.cache.entry_count(self.network)
    }

    /// How many factors a draw must give.
    pub fn factor_count(&self) -> usize {
        self.network.factor_count().max(self.category.factor_count())
    }

    /// A workspace for draws; one per thread.
    pub fn workspace(&self) -> DrawWorkspace<'_> {
        DrawWorkspace {
            solver: self,
            powers: Vec::new(),
            values: Vec::new(),
            category: Vec::new(),
            own_supply: Vec::new(),
            direct: Vec::new(),
            y: Vec::new(),
            scores: Vec::new(),
            report: SolveReport::default(),
        }
    }
}

/// Memory for one draw after another.
pub struct DrawWorkspace<'s> {
    solver: &'s PreparedSolver<'s>,
    powers: Vec<f64>,
    values: Vec<f64>,
    category: Vec<f64>,
    own_supply: Vec<f64>,
    direct: Vec<[f64; 1]>,
    y: Vec<[f64; 1]>,
    scores: Vec<f64>,
    report: SolveReport,
}

impl DrawWorkspace<'_> {
    /// The scores for these factors, by column id.
    ///
    /// # Errors
    /// [`SolveError`] for too few factors, for shares that lose their sum, and for loops without a usable solution.
    pub fn solve(&mut self, factors: &[f64]) -> Result<&[f64], SolveError> {
        let solver = self.solver;
        let network = solver.network;
        if factors.len() < solver.factor_count() {
            let wanted = solver.factor_count();
            return Err(EvaluationError::TooFewFactors { given: factors.len(), wanted }.into());
        }
        network.evaluate(factors, &mut self.powers, &mut self.values)?;
        solver.category.values_for(factors, &mut self.category);
        let (inputs, flows) = self.values.split_at(network.input_count());
        self.direct.clear();
        self.direct.extend(direct_by_position(network, flows, &self.category).map(|score| [score]));
        if let Some(place) = self.direct.iter().position(|score| !score[0].is_finite()) {
            return Err(SolveError::NotFinite { column: network.column_at(place) });
        }
        let system = System::new(network, inputs, &mut self.own_supply)?;
        self.y.clone_from(&solver.base);
        let start = Start::Near(&solver.cache);
        self.report = adjoint_by_position(&system, &self.direct, &mut self.y, solver.options, start)?;
        self.scores.resize(self.y.len(), 0.0);
        for (column, score) in network.evaluation_order().iter().zip(&self.y) {
            self.scores[column.index()] = score[0];
        }
        Ok(&self.scores)
    }

    /// How the last solution was reached.
    pub fn report(&self) -> SolveReport {
        self.report
    }
}

/// One draw as the caller's measure sees it.
#[derive(Clone, Copy, Debug)]
pub struct Draw<'w> {
    /// The number of the draw.
    pub number: u64,
    /// The ratios of all rows.
    pub factors: &'w [f64],
    /// The scores of all columns by column id.
    pub scores: &'w [f64],
    /// Loops that use more of their own products than they make, where the network has them solved.
    pub net_consuming: usize,
}

/// What `measure` makes of each draw, in the order of the draws, on all threads of the current pool.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let kiln = builder.add_column(0);
/// builder.add_flow(kiln, FlowId(0), Coefficient::uncertain(0.8, FactorId(0)));
/// let network = builder.build()?;
/// let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default())?;
/// let sampler = FactorSampler::new(&[FactorDistribution::Uniform { low: 0.9, high: 1.1 }])?;
/// let scores = monte_carlo(&solver, &sampler, 1, 0..100, |draw| draw.scores[0])?;
/// assert!(scores.iter().all(|score| (0.72..=0.88).contains(score)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`DrawError`] for a draw that cannot be solved.
pub fn monte_carlo<T: Send>(
    solver: &PreparedSolver<'_>,
    sampler: &impl RatioSampler,
    seed: u64,
    draws: Range<u64>,
    measure: impl Fn(Draw<'_>) -> T + Sync,
) -> Result<Vec<T>, DrawError> {
    let count = draws.end.saturating_sub(draws.start) as usize;
    (0..count)
        .into_par_iter()
        .with_min_len(4)
        .map_init(
            || (solver.workspace(), Vec::new()),
            |(workspace, factors), place| {
                let number = draws.start + place as u64;
                sampler.sample(seed, number, factors);
                let solved = sampler.settle(factors).and_then(|()| workspace.solve(factors));
                solved.map_err(|source| DrawError { seed, draw: number, source })?;
                Ok(measure(Draw { number, factors, scores: &workspace.scores, net_consuming: workspace.report.net_consuming }))
            },
        )
        .collect()
}
