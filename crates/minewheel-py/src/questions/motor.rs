//! `motor`: machines from their specification: sizes, materials, map, footprint, cost.

use std::sync::Arc;

use minewheel_assess::drive_units::{Built, MachineReport, Setting, machines};
use minewheel_assess::machine::ScoredLine;
use minewheel_assess::tables::Tables as AssessTables;
use minewheel_data::car::{BatteryDesign, CarClass, CarDesign, MotorDesign, Powertrain, Topology};
use minewheel_data::row::{Draw, Value};
use minewheel_data::units::{Power, Torque, convert};
use minewheel_model::motor::sizing::MotorSpec;
use minewheel_model::motor::{Cooling, Geometry, LossMap, MapGrid, Switch};
use pyo3::prelude::*;
use serde::Serialize;

use super::one_of;
use crate::answer;
use crate::cars::Car;
use crate::failure::Failure;
use crate::tables::Tables;

/// What machines must do; each key is an argument of the Python function.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct MotorOptions {
    topologies: Vec<String>,
    power_kw: f64,
    torque_nm: Option<f64>,
    top_speed_rpm: f64,
    voltage_v: f64,
    cooling: String,
    inverter: String,
    magnet: Option<String>,
    steel: String,
    made_in: String,
    country: String,
    year: i32,
    method: String,
    cycle: String,
}

/// The car that stands in where none is named.
const DEFAULT_CHEMISTRY: &str = "nmc622";
const DEFAULT_KWH: f64 = 60.0;

/// One machine.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Machine {
    /// Its figures.
    #[serde(flatten)]
    report: MachineReport,
    /// Its dimensions in SI.
    geometry: Geometry,
    /// What is bought for it, with gear and inverter, and the footprint of each line.
    bill: Vec<ScoredLine>,
    /// Losses of machine and inverter over speed and torque.
    map: LossMap,
}

impl From<Built> for Machine {
    fn from(built: Built) -> Self {
        Self { report: built.report, geometry: built.sized.machine.geometry, bill: built.lines, map: built.map }
    }
}

impl MotorOptions {
    fn spec(&self, word: &str, tables: &AssessTables) -> Result<MotorSpec, Failure> {
        for (name, seen) in [("power_kw", self.power_kw), ("top_speed_rpm", self.top_speed_rpm), ("voltage_v", self.voltage_v)] {
            if !seen.is_finite() {
                return Err(Failure::argument(name, seen, "a finite number"));
            }
        }
        let shared = |name: &str, unit: &str| tables.motors.shared(name, unit).map(|v| Draw::BEST.of(&v));
        let top_rad_s = convert(self.top_speed_rpm, "rpm", "1/s").map_err(|e| Failure::argument("top_speed_rpm", self.top_speed_rpm, e))?;
        let peak = Power::from_kw(self.power_kw);
        let usual = peak.w() * shared("top_over_base", "1")? / top_rad_s;
        Ok(MotorSpec {
            topology: one_of("kind of machine", word, Topology::ALL, Topology::word)?,
            peak_w: peak.w(),
            peak_nm: self.torque_nm.unwrap_or_else(|| Torque::from_nm(usual).nm()),
            top_rad_s,
            dc_v: self.voltage_v,
            cooling: one_of("way of cooling", &self.cooling, &Cooling::ALL, Cooling::word)?,
            switch: one_of("kind of inverter", &self.inverter, &[Switch::Igbt, Switch::Sic], Switch::word)?,
            magnet: self.magnet.clone(),
            steel: self.steel.clone(),
            lamination_m: shared("standard_lamination", "m")?,
        })
    }

    fn usual_car(&self) -> CarDesign {
        let mut car = CarDesign::new("compact", Powertrain::Bev);
        car.class = Some(CarClass::Compact);
        car.motors = vec![MotorDesign { peak_power_kw: Some(Value::given(self.power_kw)), ..MotorDesign::default() }];
        car.battery = Some(BatteryDesign {
            chemistry: DEFAULT_CHEMISTRY.to_owned(),
            gross_energy_kwh: Value::given(DEFAULT_KWH),
            usable_energy_kwh: None,
            pack_mass_kg: None,
            made_in: None,
        });
        car
    }
}

/// Machines of one specification, one a topology, as JSON.
#[pyfunction]
pub fn motor(py: Python<'_>, tables: &Tables, car: Option<PyRef<'_, Car>>, options: MotorOptions) -> PyResult<String> {
    let (shared, car) = (Arc::clone(&tables.shared), car.map(|c| (*c.design).clone()));
    answer::json(py, move |_| {
        let tables = &shared.assess;
        let specs = options.topologies.iter().map(|word| options.spec(word, tables)).collect::<Result<Vec<_>, _>>()?;
        let car = car.unwrap_or_else(|| options.usual_car());
        let cycle = tables.cycles.open(&options.cycle)?;
        let place = |code: &str| tables.places.id(code);
        let setting = Setting { plant: place(&options.made_in)?, country: place(&options.country)?, year: options.year, method: options.method };
        let built = machines(&specs, tables, &setting, Some((&car, &cycle)), MapGrid::FINE)?;
        Ok(built.into_iter().map(Machine::from).collect::<Vec<_>>())
    })
}
