//! A study repeated with drawn parameters: draw `d` is stream `d` of the seed, so a member is the same alone or among many.

use minewheel_assess::AssessError;
use minewheel_assess::tables::Tables;
use minewheel_assess::uncertainty::distributions;
use minewheel_data::row::Draw;
use minewheel_lca::FactorSampler;
use rayon::prelude::*;

use super::DisruptionError;
use super::engine::{Outcome, run};
use super::parameters::RunParameters;
use super::scene::Scene;
use super::study::{Ensemble, Overrides};

/// Runs every member, in order of draw.
///
/// # Errors
/// A parameter is missing, or its spread is no distribution.
pub fn members(tables: &Tables, scene: &Scene, overrides: &Overrides, ensemble: Ensemble) -> Result<Vec<Outcome>, DisruptionError> {
    let sampler = FactorSampler::new(&distributions(&tables.rows)).map_err(AssessError::from)?;
    (0..u64::from(ensemble.members))
        .into_par_iter()
        .map_init(Vec::new, |factors, draw| {
            sampler.sample(ensemble.seed, draw, factors);
            let parameters = RunParameters::of(&tables.dependence.parameters, overrides, &Draw::from_factors(factors))?;
            Ok(run(&scene.system, &parameters, &scene.events))
        })
        .collect()
}
