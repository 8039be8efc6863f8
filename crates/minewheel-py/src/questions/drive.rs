//! `drive` and `range_`: cars over cycles, and by every authority's rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_assess::inventory::{Driven, drive_car};
use minewheel_assess::sensitivity::car_sensitivity;
use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::row::Draw;
use minewheel_data::units::Power;
use minewheel_model::drive::{Conditions, RangeResult, Rules, Slope, Trace, ranges};
use pyo3::prelude::*;
use serde::Serialize;

use super::scenario::is_real_world;
use super::{designs, within};
use crate::answer;
use crate::cars::Car;
use crate::failure::Failure;
use crate::tables::Tables;

/// Circumstances of a drive; each key is an argument of the Python function.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct DriveOptions {
    ambient_c: Option<f64>,
    tyre_pressure: Option<f64>,
    altitude_m: Option<f64>,
    headwind_m_s: Option<f64>,
    slope: Option<f64>,
    payload_kg: Option<f64>,
    soc: Option<f64>,
    charge_kw: Option<f64>,
    use_basis: String,
}

impl DriveOptions {
    fn conditions(&self) -> Result<Conditions, Failure> {
        let limits = [
            ("ambient_c", self.ambient_c, (-30.0, 50.0), "°C"),
            ("tyre_pressure", self.tyre_pressure, (0.4, 1.6), "of the pressure asked for"),
            ("altitude_m", self.altitude_m, (-500.0, 6000.0), "m"),
            ("headwind_m_s", self.headwind_m_s, (-30.0, 30.0), "m/s"),
            ("slope", self.slope, (-0.3, 0.3), "rise over run"),
            ("payload_kg", self.payload_kg, (0.0, 2000.0), "kg"),
            ("soc", self.soc, (0.0, 1.0), "of the gross energy"),
            ("charge_kw", self.charge_kw, (1.0, 50.0), "kW"),
        ];
        for (name, seen, range, unit) in limits {
            if let Some(seen) = seen {
                within(name, seen, range, unit)?;
            }
        }
        let base = if is_real_world(&self.use_basis)? { Conditions::real_world() } else { Conditions::official() };
        Ok(Conditions {
            ambient_c: self.ambient_c.or(base.ambient_c),
            tyre_pressure: self.tyre_pressure.unwrap_or(base.tyre_pressure),
            altitude_m: self.altitude_m.unwrap_or(base.altitude_m),
            headwind_m_s: self.headwind_m_s.unwrap_or(base.headwind_m_s),
            slope: self.slope.unwrap_or(base.slope),
            payload_kg: self.payload_kg.unwrap_or(base.payload_kg),
            initial_soc: self.soc.unwrap_or(base.initial_soc),
            charge_power_w: self.charge_kw.map(|kw| Power::from_kw(kw).w()),
            ..base
        })
    }

    /// Refuses the circumstances that only the electric model knows.
    fn only_temperature(&self, powertrain: Powertrain) -> Result<(), Failure> {
        let given = [
            ("tyre_pressure", self.tyre_pressure),
            ("altitude_m", self.altitude_m),
            ("headwind_m_s", self.headwind_m_s),
            ("slope", self.slope),
            ("payload_kg", self.payload_kg),
            ("soc", self.soc),
            ("charge_kw", self.charge_kw),
        ];
        match given.into_iter().find_map(|(name, value)| value.map(|v| (name, v))) {
            Some((name, seen)) => {
                let wanted = format!("a battery-electric car: a {} is driven on the level in still air", powertrain.word());
                Err(Failure::argument(name, seen, wanted))
            }
            None => Ok(()),
        }
    }
}

/// One car on one cycle.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Drive {
    /// Id of the car.
    car: String,
    /// The cycle driven.
    cycle: String,
    /// Its distance.
    distance_km: f64,
    /// At the wall, charger losses included; null for cars without a plug.
    wall_wh_per_km: Option<f64>,
    /// At the battery's terminals.
    battery_wh_per_km: Option<f64>,
    /// Positive work asked at the wheels.
    wheel_positive_wh_per_km: f64,
    /// Braking work at the wheels, as a positive number.
    wheel_negative_wh_per_km: f64,
    /// Time in which the car could not follow the trace.
    missed_trace_s: f64,
    /// Ambient temperature.
    ambient_c: f64,
    /// Fuel, with the battery's charge kept.
    fuel_l_per_100km: Option<f64>,
    /// Usable energy over consumption at the battery.
    range_km: Option<f64>,
    /// Fields that the design did not give, with what stood in.
    defaulted: BTreeMap<String, f64>,
    /// Derivatives, where asked for; null for cars without a plug.
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitivity: Option<Vec<Slope>>,
}

impl Drive {
    fn new(design: &CarDesign, cycle: &str, driven: Driven, sensitivity: Option<Vec<Slope>>) -> Self {
        Self {
            car: design.id.clone(),
            cycle: if cycle == "auto" { driven.cycle } else { cycle.to_owned() },
            distance_km: driven.distance_km,
            wall_wh_per_km: driven.wall_wh_per_km,
            battery_wh_per_km: driven.battery_wh_per_km,
            wheel_positive_wh_per_km: driven.wheel_positive_wh_per_km,
            wheel_negative_wh_per_km: driven.wheel_negative_wh_per_km,
            missed_trace_s: driven.missed_trace_s,
            ambient_c: driven.ambient_c,
            fuel_l_per_100km: driven.fuel_l_per_100km,
            range_km: driven.range_km,
            defaulted: driven.defaulted.into_iter().collect(),
            sensitivity,
        }
    }
}

/// Every car on every cycle, as JSON.
#[pyfunction]
pub fn drive(
    py: Python<'_>,
    tables: &Tables,
    cars: Vec<PyRef<'_, Car>>,
    cycles: Vec<String>,
    options: DriveOptions,
    sensitivity: bool,
) -> PyResult<String> {
    let (shared, cars) = (Arc::clone(&tables.shared), designs(&cars));
    answer::json(py, move |_| {
        let tables = &shared.assess;
        let conditions = options.conditions()?;
        let open = |name: &String| if name == "auto" { Ok(None) } else { tables.cycles.open(name).map(|c| Some(Trace::new(&c))) };
        let traces = cycles.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        let mut lines = Vec::new();
        for design in &cars {
            for (cycle, trace) in cycles.iter().zip(&traces) {
                if design.powertrain != Powertrain::Bev {
                    options.only_temperature(design.powertrain)?;
                }
                let slopes = if sensitivity { car_sensitivity(design, tables, trace.as_ref(), &conditions)? } else { None };
                lines.push(Drive::new(design, cycle, drive_car(design, tables, trace.as_ref(), &conditions)?, slopes));
            }
        }
        Ok(lines)
    })
}

/// One car by every rule; null for a car without a plug.
#[derive(Serialize, schemars::JsonSchema)]
pub struct RangeByRule {
    /// Id of the car.
    car: String,
    /// Its powertrain. The range of a plug-in hybrid is its electric one.
    powertrain: &'static str,
    /// UN GTR 15.
    wltp: Option<RangeResult>,
    /// GB/T 18386.1.
    cltc: Option<RangeResult>,
    /// US label.
    epa: Option<RangeResult>,
    /// UN R101.
    nedc: Option<RangeResult>,
    /// Fields that the design did not give, with what stood in.
    defaulted: BTreeMap<&'static str, f64>,
}

/// Least and largest factor of a US label.
const LABEL_FACTOR: (f64, f64) = (0.5, 1.0);

/// Range and consumption of cars by every rule, as JSON.
#[pyfunction]
pub fn range_(py: Python<'_>, tables: &Tables, cars: Vec<PyRef<'_, Car>>, label_factor: Option<f64>) -> PyResult<String> {
    let (shared, cars) = (Arc::clone(&tables.shared), designs(&cars));
    answer::json(py, move |_| {
        if let Some(seen) = label_factor {
            within("label_factor", seen, LABEL_FACTOR, "of the two-cycle range")?;
        }
        let rules = Rules { label_factor, ..shared.assess.rules() };
        let by_rule = |design: &CarDesign| {
            let (results, defaulted) = ranges(design, &rules, &Draw::BEST)?.map_or((None, Vec::new()), |r| (Some(r.results), r.defaulted));
            let [wltp, cltc, epa, nedc] = results.map_or([None, None, None, None], |r| r.map(Some));
            let defaulted = defaulted.into_iter().map(|d| (d.field, d.value)).collect();
            Ok(RangeByRule { car: design.id.clone(), powertrain: design.powertrain.word(), wltp, cltc, epa, nedc, defaulted })
        };
        cars.iter().map(by_rule).collect::<Result<Vec<_>, Failure>>()
    })
}
