//! Driving energy: a car and a speed trace become energy at the wheel, at the battery, at the wall, or fuel.
//!
//! The model faces backward: the trace gives the force at the wheel in every step, and losses are added on the way
//! to the wall or the tank.
//!
//! ```text
//! F = a + b·v + c·v² + m·(1 + k_rot)·dv/dt
//! ```
//!
//! - [`electric`]: gear, machine with inverter, accessories, battery, charger.
//! - [`combustion`]: Willans line, hybrids. [`plug_in`]: both ways to drive a plug-in hybrid.
//! - [`mod@performance`]: forward: sprints, top speed, slopes.
//! - [`class`]: what stands in where a design is silent.
//! - [`trace`]: cycles made ready, and which class of WLTC a car drives.
//! - [`mod@range`]: range and consumption by each authority's rule; [`shape`]: cycles for weak and slow cars;
//!   [`procedures`]: the rules' numbers.
//! - [`sensitivity`]: derivatives; [`batch`]: many cars at once.
//! - [`tables`]: the parameters, from `data/drive` and `data/motors`.
//!
//! - [`heating`]: the cabin in the cold.
//! - [`models`]: drives of models on sale, which stand in where a design says nothing of its machines.
//!
//! Valid on straight, dry roads, 0–200 km/h, −20…40 °C, with a warm drive train. Gear shifts,
//! thermal limits of machines and packs, and drivers are left out.

mod axles;
pub mod batch;
pub mod class;
pub mod combustion;
pub mod electric;
pub mod five_cycle;
pub mod heating;
mod lanes;
pub mod models;
mod number;
pub mod performance;
pub mod plug_in;
pub mod procedures;
pub mod range;
pub mod road_load;
pub mod sensitivity;
pub mod shape;
pub mod tables;
pub mod trace;

pub use axles::ratio_notice;
pub use class::Kind;
pub use combustion::{CombustionCar, FuelResult, combustion_car, drive_combustion};
pub use electric::{CycleResult, ElectricCar, Ledger, drive, drive_holding_charge, electric_car};
pub use performance::{Performance, PerformanceCar, PerformanceError, PerformanceTables, Readiness, performance, performance_car};
pub use plug_in::{Depleting, PlugInResult, drive_depleting, drive_plug_in};
pub use procedures::{ProcedureTables, WltcLimits};
pub use range::{RangeResult, RangeRule, RangeTest, Ranges, Rules, WltpCycle, range, ranges, wltp_cycle};
pub use road_load::{Masses, RoadLoad};
pub use sensitivity::{Lever, Slope, sensitivities};
pub use tables::DriveTables;
pub use trace::{CertificationTraces, Trace, WltcClass};

use minewheel_data::car::CarDesign;
use minewheel_data::cycles::CycleError;
use minewheel_data::parameters::ParameterError;
use minewheel_data::row::{Draw, RowId};

/// A car cannot be made ready for driving.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum DriveError {
    /// A parameter is missing from the tables.
    #[error(transparent)]
    Parameter(Box<ParameterError>),
    /// A cycle cannot be used.
    #[error(transparent)]
    Cycle(Box<CycleError>),
    /// The chemistry is not known.
    #[error("battery chemistry `{seen}` is not known{}; chemistries: {known}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Chemistry {
        /// The chemistry of the design.
        seen: String,
        /// All chemistries.
        known: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// An open-circuit curve has not eleven points.
    #[error("drive/ocv.csv: the curve of `{chemistry}` has {points} points, wanted {}", tables::OCV_POINTS)]
    Curve {
        /// The chemistry.
        chemistry: String,
        /// Points seen.
        points: usize,
    },
    /// A row goes beyond what its quantity can be.
    #[error("`{parameter}` goes from {low} to {high}, wanted {wanted}")]
    Outside {
        /// The parameter.
        parameter: &'static str,
        /// Its lower end.
        low: f64,
        /// Its upper end.
        high: f64,
        /// What would do.
        wanted: &'static str,
    },
    /// A field of the design lies outside what a car can have.
    #[error("car `{car}`: `{field}` is {seen}, wanted {wanted}")]
    Implausible {
        /// The car.
        car: String,
        /// The field in the car file.
        field: &'static str,
        /// The value seen.
        seen: f64,
        /// What would do.
        wanted: &'static str,
    },
    /// The design has no battery or no engine where one is needed.
    #[error("car `{car}` has no [{section}], which a {powertrain} needs")]
    Missing {
        /// The car.
        car: String,
        /// The section of the car file.
        section: &'static str,
        /// Its powertrain.
        powertrain: &'static str,
    },
    /// Coast-down terms are given in part.
    #[error("car `{car}`: `road_load` gives only some of a_n, b_n_per_m_s, c_n_per_m2_s2; give all three, or cd, frontal_area_m2 and crr")]
    PartialCoastDown {
        /// The car.
        car: String,
    },
    /// The car is left behind by the cycle.
    #[error(
        "car `{car}` could not follow {cycle} for {missed_s:.0} of {lasts_s:.0} s: what it used on it is no consumption; give a pack or a machine of more power, \
         or another cycle"
    )]
    NotDriven {
        /// The car.
        car: String,
        /// The cycle.
        cycle: String,
        /// Time in which it fell behind.
        missed_s: f64,
        /// Time of the cycle.
        lasts_s: f64,
    },
    /// The certified consumption is far from what an engine of that kind can do.
    #[error(
        "car `{car}`: `engine.certified_l_per_100km` is {certified} where the model finds {computed:.2}; is it for another cycle, or with a charged battery?"
    )]
    Certificate {
        /// The car.
        car: String,
        /// What the design says.
        certified: f64,
        /// What the unscaled model gives.
        computed: f64,
    },
}

impl From<ParameterError> for DriveError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(Box::new(error))
    }
}

impl From<CycleError> for DriveError {
    fn from(error: CycleError) -> Self {
        Self::Cycle(Box::new(error))
    }
}

/// A field that the design did not give, and what stood in for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Defaulted {
    /// Path of the field in the car file.
    pub field: &'static str,
    /// The number used, in the unit of the field.
    pub value: f64,
    /// The rows it rests on.
    pub rows: Vec<RowId>,
}

/// Share of a trace's time in which a car may fall behind and still be said to have driven it. A city car misses some 6 % of the class of
/// WLTC of faster cars; an empty pack, or a trace far beyond the car, costs more.
pub const MISSED_SHARE: f64 = 0.1;

/// Whether a car that fell behind for so many seconds of so many has driven the trace: only then are there a consumption and a range.
pub fn is_driven(missed_s: f64, lasts_s: f64) -> bool {
    missed_s <= MISSED_SHARE * lasts_s
}

/// Refuses a car that is left behind by a trace.
///
/// # Errors
/// [`DriveError::NotDriven`], by [`is_driven`].
pub fn check_driven(design: &CarDesign, cycle: &str, missed_s: f64, trace: &Trace) -> Result<(), DriveError> {
    let lasts_s = trace.duration_s();
    if is_driven(missed_s, lasts_s) {
        return Ok(());
    }
    Err(DriveError::NotDriven { car: design.id.clone(), cycle: cycle.to_owned(), missed_s, lasts_s })
}

/// Whether a figure follows the test procedure or traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Use {
    /// As in the certification test.
    Official,
    /// With the measured gap between test and traffic.
    RealWorld,
}

/// Circumstances of a drive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// Ambient temperature in °C; `None`: the reference (23 °C) in tests, the mean of the roads in traffic.
    pub ambient_c: Option<f64>,
    /// Test or traffic.
    pub usage: Use,
    /// State of charge at the start, 0..=1; `None`: that of `drive/drive.csv`.
    pub initial_soc: Option<f64>,
    /// Share of energy charged at DC stations, 0..=1.
    pub dc_share: f64,
    /// Power of AC charging at the wall in W; `None`: that of the test.
    pub charge_power_w: Option<f64>,
    /// Tyre pressure over what the maker asks for.
    pub tyre_pressure: f64,
    /// Height above sea level in m.
    pub altitude_m: f64,
    /// Wind against the car in m/s; negative from behind.
    pub headwind_m_s: f64,
    /// Rise over run of the road.
    pub slope: f64,
    /// Mass in kg beyond that of the test.
    pub payload_kg: f64,
}

impl Conditions {
    /// As in the certification test: reference temperature, AC charging, a pack neither full nor empty.
    pub const fn official() -> Self {
        Self {
            ambient_c: None,
            usage: Use::Official,
            initial_soc: None,
            dc_share: 0.0,
            charge_power_w: None,
            tyre_pressure: 1.0,
            altitude_m: 0.0,
            headwind_m_s: 0.0,
            slope: 0.0,
            payload_kg: 0.0,
        }
    }
    /// In traffic, at the mean ambient temperature.
    pub const fn real_world() -> Self {
        Self { usage: Use::RealWorld, ..Self::official() }
    }
    /// State of charge at which a car begins.
    pub fn soc_of(&self, car: &ElectricCar) -> f64 {
        self.initial_soc.unwrap_or(car.test_soc)
    }
    /// At a temperature.
    #[must_use]
    pub const fn at(self, ambient_c: f64) -> Self {
        Self { ambient_c: Some(ambient_c), ..self }
    }
}

/// A number of the design if given, else the stand-in, which is noted.
fn or_default(
    given: Option<&minewheel_data::row::Value>,
    stand_in: &minewheel_data::row::Value,
    field: &'static str,
    draw: &Draw<'_>,
    defaulted: &mut Vec<Defaulted>,
) -> f64 {
    if let Some(value) = given {
        return draw.of(value);
    }
    let value = draw.of(stand_in);
    defaulted.push(Defaulted { field, value, rows: vec![stand_in.row] });
    value
}

#[cfg(test)]
mod tests;
