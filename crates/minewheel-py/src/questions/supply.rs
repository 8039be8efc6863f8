//! `supply` and `disrupt`: where materials come from, and what stops when a supplier stops.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_assess::inventory::materials_of;
use minewheel_assess::tables::Tables as AssessTables;
use minewheel_data::car::CarDesign;
use minewheel_data::places::PlaceId;
use minewheel_industry::disruption::DisruptionError;
use minewheel_industry::disruption::report::report;
use minewheel_industry::disruption::scene::scene;
use minewheel_industry::disruption::study::{Ensemble, Study};
use minewheel_industry::supply::SupplyError;
use minewheel_industry::supply::ask::{Question, ask, tiers_of};
use minewheel_industry::supply::customs::Customs;
use pyo3::prelude::*;

use crate::answer;
use crate::cars::Car;
use crate::failure::Failure;
use crate::tables::Tables;

/// Parts of a car with a battery that have tiers of their own beside its materials.
const PARTS_OF_A_PACK: [&str; 2] = ["cathode", "cells"];

impl From<SupplyError> for Failure {
    fn from(error: SupplyError) -> Self {
        Self::new("minewheel::supply", error, "a car is an id of the catalogue or a TOML file; a material is one of those listed")
    }
}

impl From<DisruptionError> for Failure {
    fn from(error: DisruptionError) -> Self {
        let help = "`minewheel schema disrupt-study` prints every key; an example is in `examples/10_disruption/`";
        match error {
            DisruptionError::Assess(error) => error.into(),
            DisruptionError::Sourcing(error) => SupplyError::from(*error).into(),
            other => Self::new("minewheel::disruption", other, help),
        }
    }
}

/// Whether a name is that of a material or commodity.
#[pyfunction]
pub fn is_material(tables: &Tables, name: &str) -> bool {
    tiers_of(&tables.shared.assess, name).is_ok()
}

/// The tiers of a car's materials, or of one material, as JSON.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "one argument an option of the question")]
pub fn supply(
    py: Python<'_>,
    tables: &Tables,
    material: Option<String>,
    car: Option<PyRef<'_, Car>>,
    buyer: Option<String>,
    on: String,
    year: i32,
    trade: Option<(String, String)>,
) -> PyResult<String> {
    let (shared, car) = (Arc::clone(&tables.shared), car.map(|c| (*c.design).clone()));
    answer::json(py, move |_| {
        let tables = &shared.assess;
        let place = |code: &str| tables.places.id(code);
        let dominant = place(&on)?;
        let maker = car.as_ref().and_then(|design| maker(tables, design));
        let buyer = match (&buyer, maker) {
            (Some(code), _) => place(code)?,
            (None, Some(maker)) => maker,
            (None, None) => place("EU27")?,
        };
        let customs = trade.map(|(file, text)| Customs::read(&file, &text, &tables.places, &tables.supply)).transpose();
        let help = "a trade file is a CSV `commodity,tier,reporter,flow,partner,kg` with flow output or import";
        let customs = customs.map_err(|error| Failure::new("minewheel::supply::trade", error, help))?;
        let (name, materials) = match (car, material) {
            (Some(design), _) => (design.id.clone(), materials(tables, &design)?),
            (None, Some(name)) => (name.clone(), vec![(name, None)]),
            (None, None) => return Err(Failure::argument("subject", "not given", "a car or a material")),
        };
        Ok(ask(tables, &name, &materials, &Question { buyer, dominant, year, customs: customs.as_ref() })?)
    })
}

/// The country where a car is put together.
fn maker(tables: &AssessTables, design: &CarDesign) -> Option<PlaceId> {
    let code = design.plant.country.as_deref().or(design.made_in.as_deref())?;
    tables.places.id(code).ok().map(|p| tables.places.country(p))
}

fn materials(tables: &AssessTables, design: &CarDesign) -> Result<Vec<(String, Option<f64>)>, Failure> {
    let parts = design.battery.iter().flat_map(|_| PARTS_OF_A_PACK).map(|p| (p.to_owned(), None));
    let known = tables.supply.materials();
    let masses = materials_of(design, tables)?.into_iter().filter(|m| known.contains(&m.0.as_str()));
    Ok(masses.map(|(name, kg)| (name, Some(kg))).chain(parts).collect())
}

/// Least members of an ensemble.
const LEAST_MEMBERS: u32 = 2;

/// The cars that a study of a disruption names, in its order.
#[pyfunction]
pub fn disrupt_cars(py: Python<'_>, file: &str, text: &str) -> PyResult<Vec<String>> {
    let study = Study::read(file, text).map_err(|error| Failure::from(error).into_py(py))?;
    Ok(study.plant.into_iter().map(|plant| plant.car).collect())
}

/// A study of a disruption, with the cars that it names, as JSON.
#[pyfunction]
pub fn disrupt(
    py: Python<'_>,
    tables: &Tables,
    file: String,
    text: String,
    cars: BTreeMap<String, PyRef<'_, Car>>,
    members: Option<u32>,
    seed: Option<u64>,
) -> PyResult<String> {
    let shared = Arc::clone(&tables.shared);
    let cars: BTreeMap<String, CarDesign> = cars.into_iter().map(|(name, car)| (name, (*car.design).clone())).collect();
    answer::json(py, move |_| {
        let mut study = Study::read(&file, &text)?;
        if members.is_some() || seed.is_some() {
            let members = members.or(study.ensemble.map(|e| e.members)).unwrap_or(0);
            if members < LEAST_MEMBERS {
                return Err(Failure::argument("members", members, format!("{LEAST_MEMBERS} or more")));
            }
            study.ensemble = Some(Ensemble { members, seed: seed.or(study.ensemble.map(|e| e.seed)).unwrap_or(1) });
        }
        let car = |name: &String| cars.get(name).cloned().ok_or_else(|| Failure::argument("cars", name, "every car of the study"));
        let designs = study.plant.iter().map(|p| car(&p.car)).collect::<Result<Vec<_>, _>>()?;
        let scene = scene(&shared.assess, shared.premiums()?, &study, &designs)?;
        Ok(report(&shared.assess, &study, &scene)?)
    })
}
