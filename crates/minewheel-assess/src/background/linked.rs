//! Draws of a background: the user's database solved again with its own distributions.
//!
//! ```text
//! ratio of product p in draw d = y(p, d) / y(p)
//! ```
//!
//! | symbol    | meaning                                                        | unit                   | from            |
//! |-----------|----------------------------------------------------------------|------------------------|-----------------|
//! | `y(p, d)` | climate impact of `p` with everything uncertain drawn anew     | kg CO2e per unit       | [`monte_carlo`] |
//! | `y(p)`    | the same at the best estimates                                 | kg CO2e per unit       | [`Background`](super::Background) |
//!
//! Source: own method. All mapped products share a draw, so what they have in common behind them moves together. Distributions are those that
//! the database states, around its own medians: unlike rows of ours they are not centred on the best estimate.

use minewheel_lca::database::{Activity, Database, ProductSystem};
use minewheel_lca::{
    AssemblyError, Correlations, DrawError, EntryUncertainty, ParameterDraws, PreparedSolver, RatioSampler, SolveOptions, monte_carlo,
};

/// The linked database behind mapped products, ready to be drawn from and walked through.
#[derive(Debug)]
pub(super) struct Linked {
    pub system: ProductSystem,
    /// Mapped products, in their order.
    pub products: Vec<Activity>,
    /// The method that stands for climate.
    pub climate: String,
    /// Our unit of climate for one of theirs.
    pub climate_factor: f64,
    /// Name, place and unit of each activity of the system.
    pub labels: Vec<ActivityLabel>,
    pub is_uncertain: bool,
}

/// What an activity of the database is called.
#[derive(Debug)]
pub(super) struct ActivityLabel {
    pub name: String,
    pub place: String,
    pub unit: String,
}

/// Why a background cannot be drawn.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SpreadError {
    /// Its matrices are no network.
    #[error("the background cannot be solved: {0}")]
    Assembly(#[from] AssemblyError),
    /// A draw has no solution.
    #[error("the background cannot be drawn: {0}")]
    Draw(#[from] DrawError),
}

impl Linked {
    /// A linked system with the labels of its activities.
    pub fn new(database: &Database, system: ProductSystem, products: Vec<Activity>, climate: String, climate_factor: f64) -> Self {
        let label = |activity: &Activity| {
            let process = database.process(activity.process);
            ActivityLabel {
                name: process.name.to_string(),
                place: process.location.map_or_else(String::new, |l| database.place(l).to_owned()),
                unit: database.reference_unit(activity.product).name.to_string(),
            }
        };
        let labels = system.activities.iter().map(label).collect();
        let matrices = &system.matrices;
        let methods = matrices.methods.iter().filter(|m| m.name == climate).flat_map(|m| &m.factors);
        let mut entries = matrices.technosphere.iter().chain(&matrices.biosphere).chain(methods);
        let is_uncertain = entries.any(|e| e.follows.is_some() || e.uncertainty != EntryUncertainty::Exact);
        Self { system, products, climate, climate_factor, labels, is_uncertain }
    }

    /// The ratios of all products in each draw.
    pub fn ratios(&self, seed: u64, draws: std::ops::Range<u64>) -> Result<Vec<Vec<f64>>, SpreadError> {
        let matrices = &self.system.matrices;
        let mut assembly = super::assembled(matrices)?;
        let Some(method) = matrices.methods.iter().find(|m| m.name == self.climate) else { return Ok(Vec::new()) };
        let category = assembly.category(method);
        let mut columns = Vec::with_capacity(self.products.len());
        for product in &self.products {
            let id = self.system.id_of(*product).unwrap_or_default();
            let demand = assembly.demand(&[(id, 1.0)])?;
            columns.extend(demand.lines().iter().map(|line| line.column.index()));
        }
        let solver = PreparedSolver::new(&assembly.network, &category, SolveOptions::default());
        let solver = solver.map_err(|source| DrawError { seed, draw: draws.start, source })?;
        let base = solver.base_scores();
        let sampler = ParameterDraws::new(&assembly, &assembly, &self.system.dependents, Correlations::default());
        // An impact of nought has no ratio and stays.
        let ratio = |drawn: f64, stated: f64| if stated == 0.0 { 1.0 } else { drawn / stated };
        let measure = |scores: &[f64]| columns.iter().map(|c| ratio(scores[*c], base[*c])).collect::<Vec<_>>();
        Ok(monte_carlo(&solver, &sampler, seed, draws, |draw| measure(draw.scores))?)
    }
}

/// Rows of the tables, then the ratios of mapped products.
pub(crate) struct WithBackground<'a, S> {
    /// Draws the rows.
    pub rows: &'a S,
    /// Ratios by draw, from draw 0; empty without a background.
    pub ratios: &'a [Vec<f64>],
}

impl<S: RatioSampler> RatioSampler for WithBackground<'_, S> {
    fn sample(&self, seed: u64, draw: u64, out: &mut Vec<f64>) {
        self.rows.sample(seed, draw, out);
        if let Some(ratios) = self.ratios.get(draw as usize) {
            out.extend(ratios);
        }
    }
}
