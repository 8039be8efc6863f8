//! Where, when and how counted, as Python says it.

use std::sync::Arc;

use minewheel_assess::scenario::{GridChoice, Preset, Resample, Sampling, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use pyo3::prelude::*;

use super::{one_of, within};
use crate::failure::Failure;

/// Options of a scenario; each key is an argument of the Python function.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct ScenarioOptions {
    country: Option<String>,
    year: i32,
    cycle: String,
    km: Option<f64>,
    use_basis: String,
    grid: String,
    preset: String,
    method: String,
}

/// Where cars drive if nobody says.
const DEFAULT_COUNTRY: &str = "CN";
/// Shortest and longest life that is accepted, in km.
const LIFE_KM: (f64, f64) = (1000.0, 2.0e6);
/// Most draws that are kept in memory at once.
const MOST_SAMPLES: i64 = 1_000_000;

impl ScenarioOptions {
    /// The scenario that the options describe.
    ///
    /// # Errors
    /// An unknown place, cycle or word, or a distance that no car drives.
    pub fn scenario(&self, tables: &Tables, cars: &[CarDesign]) -> Result<Scenario, Failure> {
        let of_car = cars.first().and_then(|c| c.usage.country.as_deref());
        let code = self.country.as_deref().or(of_car).unwrap_or(DEFAULT_COUNTRY);
        if let Some(km) = self.km {
            within("km", km, LIFE_KM, "km")?;
        }
        Ok(Scenario {
            country: tables.places.id(code)?,
            year: self.year,
            method: self.method.clone(),
            preset: one_of("preset", &self.preset, &Preset::ALL, Preset::word)?,
            is_real_world: is_real_world(&self.use_basis)?,
            grid: one_of("choice of grid", &self.grid, &[GridChoice::Static, GridChoice::Pathway], |g| match g {
                GridChoice::Static => "static",
                GridChoice::Pathway => "pathway",
            })?,
            cycle: if self.cycle == "auto" { None } else { Some(Arc::new(tables.cycles.open(&self.cycle)?)) },
            lifetime_km: self.km,
        })
    }
}

/// Whether consumption is that of traffic rather than of the test.
///
/// # Errors
/// Another word.
pub fn is_real_world(word: &str) -> Result<bool, Failure> {
    one_of("basis of consumption", word, &[false, true], |real| if real { "real-world" } else { "official" })
}

/// How intervals are made; no samples, no intervals.
///
/// # Errors
/// More samples than memory takes, or another word.
pub fn sampling(samples: i64, seed: u64, resample: &str, narrow: &'static str) -> Result<Option<Sampling>, Failure> {
    if !(0..=MOST_SAMPLES).contains(&samples) {
        return Err(Failure::argument("samples", samples, format!("0 (no intervals) to {MOST_SAMPLES}")));
    }
    let resample = one_of("choice of what is drawn", resample, &[Resample::All, Resample::Car], |r| match r {
        Resample::All => "all",
        Resample::Car => narrow,
    })?;
    Ok((samples > 0).then_some(Sampling { samples: samples as u32, seed, resample }))
}
