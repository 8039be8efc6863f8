//! `assess`: what cars cost the climate, the wallet and the mines.

use std::sync::Arc;

use minewheel_assess::assessment::assess_on;
use pyo3::prelude::*;

use super::designs;
use super::scenario::{ScenarioOptions, sampling};
use crate::answer;
use crate::cars::Car;
use crate::tables::Tables;

/// Assessments of cars in one scenario, as JSON.
#[pyfunction]
pub fn assess(
    py: Python<'_>,
    tables: &Tables,
    cars: Vec<PyRef<'_, Car>>,
    scenario: ScenarioOptions,
    samples: i64,
    seed: u64,
    resample: String,
) -> PyResult<String> {
    let (shared, cars) = (Arc::clone(&tables.shared), designs(&cars));
    answer::json(py, move |watch| {
        let sampling = sampling(samples, seed, &resample, "car")?;
        let scenario = scenario.scenario(&shared.assess, &cars)?;
        let cars = shared.settled(cars, &scenario)?;
        Ok(assess_on(&shared.networks, &shared.assess, &cars, &scenario, sampling, watch, None)?)
    })
}
