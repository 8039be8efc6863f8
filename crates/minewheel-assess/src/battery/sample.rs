//! Draws of a pack, its price and its life.

use minewheel_data::row::Draw;
use minewheel_lca::{PreparedSolver, SolveOptions, monte_carlo};
use rayon::prelude::*;

use super::report::{PackFigures, Ready};
use crate::AssessError;
use crate::footprint::SolvedNetwork;
use crate::pack_footprint::{LifeFigures, PackLives};
use crate::scenario::{Resample, Sampling};
use crate::uncertainty::{centred_sampler, distributions_of};

/// Draws of a pack's life at most: it is aged in each.
const LIVES: u64 = 1000;

/// Draws of the pack, and of its life.
pub(super) fn sample(
    ready: &Ready<'_>,
    solved: &SolvedNetwork<'_>,
    lives: Option<&PackLives<'_>>,
    sampling: Sampling,
) -> Result<(Vec<PackFigures>, Vec<LifeFigures>), AssessError> {
    let sampler = centred_sampler(&ready.tables.rows, &distributions_of(ready.tables, sampling.chain))?;
    let count = u64::from(sampling.samples);
    let own = |scores: &[f64], draw: &Draw<'_>, figures: &PackFigures| lives.map(|l| ready.life(l, scores, draw, figures)).transpose();
    match sampling.resample {
        Resample::All => {
            let solver = PreparedSolver::new(&solved.placed.network, &solved.climate, SolveOptions::default())?;
            let measure = |from: u64, to: u64, with_life: bool| {
                monte_carlo(&solver, &sampler, sampling.seed, from..to, |draw| -> Result<(PackFigures, Option<LifeFigures>), AssessError> {
                    let factors = Draw::from_factors(draw.factors);
                    let figures = ready.figures(draw.scores, &factors)?;
                    let life = if with_life { own(draw.scores, &factors, &figures)? } else { None };
                    Ok((figures, life))
                })
            };
            let lived = LIVES.min(count);
            let mut drawn = measure(0, lived, true)?;
            drawn.extend(measure(lived, count, false)?);
            let all = in_order(drawn)?;
            let lives = all.iter().filter_map(|(_, life)| *life).collect();
            Ok((all.into_iter().map(|(figures, _)| figures).collect(), lives))
        }
        Resample::Car => {
            let scores = solved.scores.values();
            let figures = in_order(ready.own_draws(scores, &sampler, count, sampling.seed))?;
            let drawn: Vec<Result<Option<LifeFigures>, AssessError>> = figures
                .par_iter()
                .take(LIVES as usize)
                .enumerate()
                .map_init(Vec::new, |factors, (at, figures)| {
                    sampler.sample(sampling.seed, at as u64, factors);
                    own(scores, &Draw::from_factors(factors), figures)
                })
                .collect();
            Ok((figures, in_order(drawn)?.into_iter().flatten().collect()))
        }
    }
}

fn in_order<T>(results: Vec<Result<T, AssessError>>) -> Result<Vec<T>, AssessError> {
    let in_draw = |(draw, result): (usize, Result<T, _>)| result.map_err(|source| AssessError::InDraw { draw, source: Box::new(source) });
    results.into_iter().enumerate().map(in_draw).collect()
}
