//! Intervals: every uncertain row drawn together, cars and network alike, and a ranking of what drives the spread.
//!
//! A draw samples one factor per table row (`ChaCha`, one stream per draw), so all cars of an assessment share their
//! draws and a difference between two cars has an interval of its own. The network is solved again in every draw;
//! with [`Resample::Car`] it stays at its best estimates.
//!
//! Every row's draws have its best estimate as their mean (the sampler is centred): published ranges are mostly skewed
//! upwards, and without that a sum of many rows would lie above its own best estimate in nearly every draw.
//!
//! The ranking is local: for a row `r` with relative spread `σ_r`,
//!
//! ```text
//! V_r = (∂ ln T/∂ ln r · σ_r)²        share_r = V_r / Σ V
//! ```
//!
//! analytic for rows of the network, by central difference over the row's own 5 % and 95 % points for rows of the car.

use std::collections::BTreeMap;

use minewheel_data::car::CarDesign;
use minewheel_data::loader::Rows;
use minewheel_data::row::{Draw, RowId};
use minewheel_data::status::{Shape, Status};
use minewheel_lca::{
    Activity, DistributionError, FactorDistribution, FactorSampler, Moments, PreparedSolver, SolveOptions, monte_carlo, quantile, stable_key,
};
use minewheel_model::bill::{BillLine, Phase, Stage};
use rayon::prelude::*;
use serde::Serialize;

use crate::AssessError;
use crate::assessment::{CarCase, Figures};
use crate::background::WithBackground;
use crate::footprint::SolvedNetwork;
use crate::scenario::{Chain, Preset, Resample, Sampling, Scenario};
use crate::tables::Tables;
use crate::watch::Watch;

/// The distance between the 5 % and the 95 % point of a normal distribution, in standard deviations.
pub(crate) const WIDTH: f64 = 2.0 * 1.644_853_627;

/// A figure with its interval. Percentiles are `None` where no interval was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Interval {
    /// Best estimate.
    pub value: f64,
    /// 5th percentile.
    pub p5: Option<f64>,
    /// Median.
    pub p50: Option<f64>,
    /// 95th percentile.
    pub p95: Option<f64>,
}

impl Interval {
    /// A figure without an interval.
    pub const fn point(value: f64) -> Self {
        Self { value, p5: None, p50: None, p95: None }
    }

    /// A figure with the interval of a sample.
    pub fn of(value: f64, sample: impl Iterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = sample.collect();
        sorted.sort_by(f64::total_cmp);
        let at = |p| quantile(&sorted, p);
        Self { value, p5: at(0.05), p50: at(0.5), p95: at(0.95) }
    }
}

/// A row that drives the spread of a result.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Driver {
    /// What the row says, readable.
    pub what: String,
    /// File and line of the row.
    pub at: String,
    /// Key of its source.
    pub source: String,
    /// How it is known.
    pub status: Status,
    /// Its share of the sum of first-order variances.
    pub share: f64,
}

/// The distributions of all rows, by row number.
pub fn distributions(rows: &Rows) -> Vec<FactorDistribution> {
    rows.spreads()
        .iter()
        .map(|spread| match spread.shape {
            _ if spread.low == spread.high => FactorDistribution::Exact,
            Shape::Exact => FactorDistribution::Exact,
            Shape::Lognormal => FactorDistribution::TwoPieceLognormal { low: spread.low, high: spread.high },
            Shape::Normal => FactorDistribution::SplitNormal { low: spread.low, high: spread.high },
            Shape::Triangular => FactorDistribution::Triangular { low: spread.low, high: spread.high },
            Shape::Uniform => FactorDistribution::Uniform { low: spread.low, high: spread.high },
        })
        .collect()
}

/// The distributions of all rows for one maker's chain, or the market's.
///
/// One maker's suppliers of a product are few, so its shares are drawn around those of the market as a Dirichlet distribution
/// (gamma variates, divided by their sum). What is not known of the market's own shares is added to the variance:
///
/// ```text
/// 1/α = 1/α_N + σ_r²
/// ```
///
/// | symbol | meaning                                              | unit | from                      |
/// |--------|------------------------------------------------------|------|---------------------------|
/// | `α_N`  | what a few suppliers make of the share               | –    | [`Markets::concentrations`] |
/// | `σ_r`  | relative spread of the market's share, by its row    | –    | the row                   |
///
/// [`Markets::concentrations`]: minewheel_data::markets::Markets::concentrations
pub fn distributions_of(tables: &Tables, chain: Chain) -> Vec<FactorDistribution> {
    let mut all = distributions(&tables.rows);
    if chain == Chain::Maker {
        for (row, concentration) in tables.markets.concentrations() {
            let of_row = &mut all[row.0 as usize];
            let shape = (concentration.recip() + of_row.relative_spread().powi(2)).recip();
            *of_row = FactorDistribution::Gamma { shape };
        }
    }
    all
}

/// The sampler of all rows, each row's best estimate the mean of its draws, no share above one; a table has its own stretch of the random stream.
///
/// # Errors
/// A row's spread is no distribution.
pub fn centred_sampler(rows: &Rows, distributions: &[FactorDistribution]) -> Result<FactorSampler, DistributionError> {
    let limits: Vec<f64> = rows.spreads().iter().map(|s| s.limit).collect();
    Ok(FactorSampler::centred_within(distributions, &limits)?.in_stretches(stretches(rows)))
}

/// As [`centred_sampler`], with the best estimate as median or mode.
///
/// # Errors
/// As [`centred_sampler`].
pub fn sampler_of(rows: &Rows) -> Result<FactorSampler, DistributionError> {
    Ok(FactorSampler::new(&distributions(rows))?.in_stretches(stretches(rows)))
}

/// Where the rows of each table begin, and what they are.
fn stretches(rows: &Rows) -> impl Iterator<Item = (usize, u64)> {
    rows.tables().map(|(name, first)| (first.0 as usize, stable_key(&[name])))
}

/// Draws between two looks at the watch.
const RUN: u64 = 256;

/// Figures of every car in every draw: one list of cars per draw.
///
/// # Errors
/// A draw makes a car impossible, or a network without solution; the error names the draw.
pub fn draws(
    tables: &Tables,
    scenario: &Scenario,
    cases: &[CarCase<'_>],
    solved: &[SolvedNetwork<'_>],
    sampling: Sampling,
    watch: &Watch,
) -> Result<Vec<Vec<Figures>>, AssessError> {
    let sampler = centred_sampler(&tables.rows, &distributions_of(tables, sampling.chain))?;
    let count = u64::from(sampling.samples);
    let mut by_draw: Vec<Vec<Option<Figures>>> = vec![vec![None; cases.len()]; count as usize];
    for (index, network) in solved.iter().enumerate() {
        let here: Vec<usize> = (0..cases.len()).filter(|c| cases[*c].network == index).collect();
        watch.expect(count);
        let measure = |factors: &[f64], scores: &[f64]| -> Result<Vec<Figures>, AssessError> {
            if !watch.step() {
                return Err(AssessError::Stopped);
            }
            let draw = Draw::from_factors(factors);
            here.iter().map(|c| cases[*c].figures(tables, scenario, scores, &draw)).collect()
        };
        let mut results: Vec<Result<Vec<Figures>, AssessError>> = Vec::with_capacity(count as usize);
        let background = network.placed.background.as_deref().filter(|_| sampling.resample == Resample::All);
        let ratios = background.map_or_else(|| Ok(Vec::new()), |b| b.ratios(sampling.seed, 0..count))?;
        let on_background = WithBackground { rows: &sampler, ratios: &ratios };
        let solver = match sampling.resample {
            Resample::All => Some(PreparedSolver::new(&network.placed.network, &network.climate, SolveOptions::default())?),
            Resample::Car => None,
        };
        // In runs, so that a stop is heard; a draw is the same in any of them.
        let runs = (0..count).step_by(RUN as usize).map(|first| first..(first + RUN).min(count));
        for run in runs {
            if watch.is_stopped() {
                return Err(AssessError::Stopped);
            }
            match &solver {
                Some(solver) => results.extend(monte_carlo(solver, &on_background, sampling.seed, run, |draw| measure(draw.factors, draw.scores))?),
                None => results.par_extend(run.into_par_iter().map_init(Vec::new, |factors, draw| {
                    sampler.sample(sampling.seed, draw, factors);
                    measure(factors, network.scores.values())
                })),
            }
        }
        for (draw, result) in results.into_iter().enumerate() {
            let figures = result.map_err(|source| match source {
                AssessError::Stopped => source,
                source => AssessError::InDraw { draw, source: Box::new(source) },
            })?;
            for (car, figures) in here.iter().zip(figures) {
                by_draw[draw][*car] = Some(figures);
            }
        }
    }
    Ok(by_draw.into_iter().map(|cars| cars.into_iter().flatten().collect()).collect())
}

/// Rows of the car that may matter: its own, and those of the engineering tables.
fn car_rows(tables: &Tables, scenario: &Scenario, design: &CarDesign) -> Vec<RowId> {
    let own = design.values().map(|v| v.row).filter(|r| *r != RowId::GIVEN);
    // Only packs are recycled by these rows, and credits for plastics read them.
    let recycles = design.battery.is_some() || scenario.preset != Preset::CutOff;
    let tables_of_model = ["drive/", "motors/", "cells/", "vehicles/", "endoflife/"];
    let engineering = tables.rows.iter().map(|(row, _, _)| row).filter(|row| {
        let file = tables.rows.position(*row).file;
        tables_of_model.iter().any(|t| file.starts_with(t)) || (recycles && file.starts_with("recycling/"))
    });
    let mut rows: Vec<RowId> = own.chain(engineering).filter(|r| is_uncertain(&tables.rows, *r)).collect();
    rows.sort_unstable();
    rows.dedup();
    rows
}

pub(crate) fn is_uncertain(rows: &Rows, row: RowId) -> bool {
    let spread = rows.spread(row);
    spread.shape != Shape::Exact && spread.low != spread.high
}

/// The rows that drive the spread of a car's total, largest first.
///
/// # Errors
/// The network cannot be solved for the car's demand.
pub fn drivers(
    tables: &Tables,
    scenario: &Scenario,
    case: &CarCase<'_>,
    solved: &SolvedNetwork<'_>,
    activity: &Activity,
    chain: Chain,
    most: usize,
) -> Result<Vec<Driver>, AssessError> {
    let distributions = distributions_of(tables, chain);
    let sensitivities = minewheel_lca::factor_sensitivities(&solved.placed.network, &solved.climate, &solved.scores, activity);
    let total: f64 = case.lines.iter().map(|l| l.amount * solved.scores.values()[l.column.index()]).sum();
    let mut variance: BTreeMap<RowId, f64> = minewheel_lca::variance_ranking(&sensitivities, total, &distributions)
        .into_iter()
        .map(|ranked| (RowId(ranked.factor.0), ranked.variance))
        .collect();
    let sampler = centred_sampler(&tables.rows, &distributions)?;
    let (low, high) = (sampler.quantiles(0.05), sampler.quantiles(0.95));
    let effects: Vec<(RowId, f64)> = car_rows(tables, scenario, case.design)
        .into_par_iter()
        .map_init(
            || vec![1.0; tables.rows.len()],
            |factors, row| {
                let at = row.0 as usize;
                let mut total_with = |factor: f64| {
                    factors[at] = factor;
                    let figures = case.figures(tables, scenario, solved.scores.values(), &Draw::from_factors(factors));
                    factors[at] = 1.0;
                    figures.map(|f| f.by_phase.iter().sum::<f64>() / f.lifetime_km)
                };
                let difference = match (total_with(high[at]), total_with(low[at])) {
                    (Ok(a), Ok(b)) => a - b,
                    // An extreme of one row alone may be no car at all; it then says nothing about the spread.
                    _ => 0.0,
                };
                (row, difference)
            },
        )
        .collect();
    let per_km = total / case.inventory.lifetime_km;
    for (row, difference) in effects {
        *variance.entry(row).or_default() += (difference / per_km / WIDTH).powi(2);
    }
    // Mapped products of a user's background stand behind the rows.
    for (row, part) in background_variance(tables, solved, &sensitivities, total)? {
        variance.insert(row, part);
    }
    let sum: f64 = variance.values().sum();
    let mut ranked: Vec<(RowId, f64)> = variance.into_iter().filter(|v| v.1 > 0.0).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let name = |(row, v): (RowId, f64)| background_driver(tables, solved, row, v / sum).unwrap_or_else(|| driver(tables, row, v / sum));
    Ok(ranked.into_iter().take(most).map(name).collect())
}

/// Draws from which the spread of a mapped product is estimated for the ranking.
const RANKING_DRAWS: u64 = 100;

/// First-order variances of mapped products: each by itself, as if they shared nothing.
fn background_variance(tables: &Tables, solved: &SolvedNetwork<'_>, sensitivities: &[f64], total: f64) -> Result<Vec<(RowId, f64)>, AssessError> {
    let Some(background) = solved.placed.background.as_deref().filter(|b| b.is_uncertain()) else { return Ok(Vec::new()) };
    let ratios = background.ratios(0, 0..RANKING_DRAWS)?;
    let first = tables.rows.len();
    let part = |number: usize| {
        let drawn: Vec<f64> = ratios.iter().map(|r| r[number]).collect();
        let spread = Moments::of(&drawn).map_or(0.0, Moments::standard_deviation);
        let elasticity = sensitivities.get(first + number).copied().unwrap_or(0.0) / total;
        (RowId((first + number) as u32), (elasticity * spread).powi(2))
    };
    Ok((0..background.products.len()).map(part).collect())
}

/// A mapped product as a driver; `None` for a row of the tables.
fn background_driver(tables: &Tables, solved: &SolvedNetwork<'_>, row: RowId, share: f64) -> Option<Driver> {
    let background = solved.placed.background.as_deref()?;
    let mapped = background.products.get((row.0 as usize).checked_sub(tables.rows.len())?)?;
    let at = mapped.place.map(|p| format!(" · {}", tables.places.code(p))).unwrap_or_default();
    Some(Driver {
        what: format!("{}{at} · {}", tables.cards.product(mapped.product).id, mapped.label),
        at: format!("line {} of the mapping", mapped.line),
        source: background.name.clone(),
        status: mapped.status,
        share,
    })
}

/// How much of a car's total flows through each row: `∂ ln T/∂ ln r`, negative for credits.
///
/// By row, without those through which nothing flows.
pub fn flows_through(tables: &Tables, case: &CarCase<'_>, solved: &SolvedNetwork<'_>, activity: &Activity) -> Vec<(RowId, f64)> {
    let sensitivities = minewheel_lca::factor_sensitivities(&solved.placed.network, &solved.climate, &solved.scores, activity);
    let total: f64 = case.lines.iter().map(|l| l.amount * solved.scores.values()[l.column.index()]).sum();
    // Rows of a user's background come after those of the tables.
    let mut shares: Vec<f64> = sensitivities.iter().map(|flow| if *flow == 0.0 { 0.0 } else { flow / total }).collect();
    shares.resize(tables.rows.len(), 0.0);
    for (line, placed) in case.inventory.lines.iter().zip(&case.lines) {
        let share = placed.amount * solved.scores.values()[placed.column.index()] / total;
        let rows = line.rows.iter().filter(|r| **r != RowId::GIVEN);
        let count = rows.clone().count() as f64;
        for row in rows {
            // Which row of a part sets how much is the engineering model's to know: the line's flow is split evenly.
            shares[row.0 as usize] += share / count;
        }
    }
    let through = shares.into_iter().enumerate().filter(|(_, share)| *share != 0.0);
    through.map(|(row, share)| (RowId(row as u32), share)).collect()
}

/// The rows below `derived` through which most of a car's total flows, with their share of the total.
pub fn blockers(tables: &Tables, flows: &[(RowId, f64)], most: usize) -> Vec<Driver> {
    let weak = flows.iter().copied().filter(|(row, _)| tables.rows.status(*row) > Status::Derived).collect();
    largest(weak, most).into_iter().map(|(row, share)| driver(tables, row, share)).collect()
}

/// So many of the largest amounts, whatever their sign, largest first; of equal ones in the order of their keys.
pub(crate) fn largest<K: Ord + Copy>(mut found: Vec<(K, f64)>, most: usize) -> Vec<(K, f64)> {
    let by_size = |a: &(K, f64), b: &(K, f64)| b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0));
    if found.len() > most {
        found.select_nth_unstable_by(most, by_size);
        found.truncate(most);
    }
    found.sort_unstable_by(by_size);
    found
}

/// How the sensitivity of a car's total to all rows is divided among statuses; adds to one.
///
/// The weakest link of every chain says what a result rests on at worst; this says what it rests on for the most part.
pub fn evidence_by_status(tables: &Tables, flows: &[(RowId, f64)]) -> BTreeMap<String, f64> {
    let mut sums = [0.0; 4];
    for (row, share) in flows {
        sums[usize::from(tables.rows.status(*row).rank())] += share.abs();
    }
    let total: f64 = sums.iter().sum();
    Status::ALL.iter().zip(sums).map(|(s, v)| (s.word().to_owned(), if total > 0.0 { v / total } else { 0.0 })).collect()
}

pub(crate) fn driver(tables: &Tables, row: RowId, share: f64) -> Driver {
    Driver {
        what: describe(&tables.rows, row),
        at: tables.rows.position(row).to_string(),
        source: tables.sources.key(tables.rows.source(row)).to_owned(),
        status: tables.rows.status(row),
        share,
    }
}

/// What a row says, from whichever columns its table has.
pub fn describe(rows: &Rows, row: RowId) -> String {
    let columns = [
        "process_id",
        "subject",
        "car_id",
        "product_id",
        "component",
        "place",
        "flow_id",
        "property",
        "field",
        "mode",
        "voltage",
        "category",
        "material",
        "commodity",
        "tier",
        "cathode",
        "chemistry",
        "element",
        "step",
        "substance",
    ];
    let words: Vec<&str> = columns.iter().map(|c| rows.text(row, c)).filter(|t| !t.is_empty()).collect();
    if words.is_empty() { rows.first_cell(row).to_owned() } else { words.join(" · ") }
}

/// Whether a line belongs to the traction battery as it leaves its plant.
pub fn is_battery(line: &BillLine) -> bool {
    matches!(line.stage, Stage::BatteryMaterials | Stage::CellManufacturing | Stage::BatteryPack) && line.stage.phase() == Phase::Production
}
