//! `explain`: from a figure down to the table rows it rests on.

use std::sync::Arc;

use minewheel_assess::assessment::prepare_on;
use minewheel_assess::explain::{ExplainLimits, explain_climate, explain_cost, explain_energy, explain_material};
use minewheel_assess::footprint::SolvedNetwork;
use minewheel_data::row::Draw;
use minewheel_model::bill::Stage;
use pyo3::prelude::*;

use super::scenario::ScenarioOptions;
use super::{one_of, within};
use crate::answer;
use crate::cars::Car;
use crate::failure::Failure;
use crate::tables::Tables;

/// The explanation of a figure of a car, as JSON.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "one argument an option of the question")]
pub fn explain(
    py: Python<'_>,
    tables: &Tables,
    car: &Car,
    of: String,
    stage: Option<String>,
    depth: usize,
    cut_percent: f64,
    scenario: ScenarioOptions,
) -> PyResult<String> {
    let (shared, cars) = (Arc::clone(&tables.shared), [(*car.design).clone()]);
    answer::json(py, move |_| {
        let tables = &shared.assess;
        within("cut_percent", cut_percent, (0.0, 100.0), "percent")?;
        let stage = stage.as_deref().map(|word| one_of("stage", word, &Stage::ALL, Stage::word)).transpose()?;
        let scenario = scenario.scenario(tables, &cars)?;
        let cars = shared.settled(cars.into(), &scenario)?;
        let traces = shared.networks.traces(tables, &scenario)?;
        let prepared = prepare_on(&shared.networks, tables, &cars, &scenario, &traces, None)?;
        let case = &prepared.cases[0];
        if let Some(stage) = stage {
            let own: Vec<Stage> = Stage::ALL.iter().copied().filter(|s| case.lines.iter().any(|l| l.stage == *s)).collect();
            one_of("stage of this car", stage.word(), &own, Stage::word)?;
        }
        Ok(match of.as_str() {
            "climate" => {
                let solved = SolvedNetwork::new(tables, &prepared.networks[case.network], &scenario.method)?;
                explain_climate(tables, case, &solved, stage, ExplainLimits { cut_share: cut_percent / 100.0, depth })?
            }
            "energy" => explain_energy(tables, case),
            "cost" => {
                let cost = case.cost(&case.inventory, tables, &scenario, &Draw::BEST)?;
                let blocks: Vec<_> = cost.production.into_iter().chain(cost.usage).collect();
                explain_cost(tables, &blocks, case)
            }
            material => explain_material(tables, case, material, scenario.year).ok_or_else(|| {
                let materials = case.inventory.materials.keys().map(String::as_str);
                let known = ["climate", "energy", "cost"].into_iter().chain(materials).collect::<Vec<_>>().join(", ");
                Failure::word("figure of this car", material, &known)
            })?,
        })
    })
}
