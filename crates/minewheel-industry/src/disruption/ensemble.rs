//! A study repeated with drawn parameters: draw `d` is stream `d` of the seed, so a member is the same alone or among many.
//!
//! Threads share the layout of the system and take members; a member runs on one thread, so their number changes no bit.

use minewheel_assess::AssessError;
use minewheel_assess::tables::Tables;
use minewheel_assess::uncertainty::sampler_of;
use minewheel_data::row::Draw;
use rayon::prelude::*;

use super::DisruptionError;
use super::engine::{Outcome, run_on};
use super::layout::Layout;
use super::parameters::RunParameters;
use super::scene::Scene;
use super::study::{Ensemble, Overrides};

/// Runs every member, in order of draw.
///
/// # Errors
/// A parameter is missing, or its spread is no distribution.
pub fn members(tables: &Tables, scene: &Scene, overrides: &Overrides, ensemble: Ensemble) -> Result<Vec<Outcome>, DisruptionError> {
    let sampler = sampler_of(&tables.rows).map_err(AssessError::from)?;
    let layout = Layout::new(&scene.system);
    (0..u64::from(ensemble.members))
        .into_par_iter()
        .map_init(Vec::new, |factors, draw| {
            sampler.sample(ensemble.seed, draw, factors);
            let parameters = RunParameters::of(&tables.dependence.parameters, overrides, &Draw::from_factors(factors))?;
            Ok(run_on(&layout, &parameters, &scene.events))
        })
        .collect()
}
