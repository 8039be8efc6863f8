//! Charging: minutes and kilowatt-hours from the wall or a station into the pack, and trips with stops.
//!
//! - [`session`]: one charge, step by step: power, temperature, losses.
//! - [`trip`]: where to stop and how long, by dynamic programming.
//! - [`tables`]: the parameters, from `data/charging`.
//!
//! Valid for packs that are new, between −30 and 50 °C. Ageing, power sharing between plugs, stations that wait for a
//! car and the voltage mismatch of an 800 V car at a 400 V station are left out.

pub mod session;
pub mod tables;
pub mod trip;

pub use session::{ChargingCar, CurvePoint, Limit, Session, SessionResult, Supply, charge, charging_car};
pub use tables::ChargingTables;
pub use trip::{Stop, TripPlan, TripRequest, plan_trip, steady_trace};

use minewheel_data::cycles::CycleError;
use minewheel_data::parameters::ParameterError;

use crate::drive::DriveError;

/// Why a charge or a trip was not computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChargingError {
    /// A parameter is missing from the tables.
    #[error(transparent)]
    Parameter(Box<ParameterError>),
    /// The car cannot be driven.
    #[error(transparent)]
    Drive(#[from] DriveError),
    /// A trace cannot be used.
    #[error(transparent)]
    Cycle(Box<CycleError>),
    /// A curve has not eleven points.
    #[error("charging/curves.csv: the curve of `{chemistry}` has {points} points, wanted {wanted}")]
    Curve {
        /// The chemistry.
        chemistry: String,
        /// Points seen.
        points: usize,
        /// Points wanted.
        wanted: usize,
    },
    /// The chemistry has no curve.
    #[error("charging/curves.csv has no curve of `{seen}`; it has {known}")]
    Chemistry {
        /// The chemistry of the design.
        seen: String,
        /// The chemistries there are.
        known: String,
    },
    /// The car has no plug.
    #[error("car `{car}` cannot be charged: its powertrain is {powertrain}, which has no plug")]
    NoPlug {
        /// The car.
        car: String,
        /// Its powertrain.
        powertrain: &'static str,
    },
    /// The car gives no DC power and is of a kind that usually has no DC port.
    #[error("car `{car}` gives no DC power, and {kind} usually have no DC port")]
    NoDcPort {
        /// The car.
        car: String,
        /// What kind of car.
        kind: &'static str,
    },
    /// A state of charge or a power that cannot be.
    #[error("{what} is {seen}, wanted {wanted}")]
    Request {
        /// What was asked for.
        what: &'static str,
        /// The value seen.
        seen: f64,
        /// What would do.
        wanted: &'static str,
    },
    /// The pack never gets there.
    #[error(
        "car `{car}` stands at {soc_percent:.1} % after {hours:.0} h of charging at {ambient_c} °C: the supply feeds control units and heater only"
    )]
    NeverFull {
        /// The car.
        car: String,
        /// State of charge reached, in per cent.
        soc_percent: f64,
        /// Time given up after.
        hours: f64,
        /// Ambient temperature.
        ambient_c: f64,
    },
    /// No sequence of stops covers the distance.
    #[error("car `{car}` cannot drive {distance_km:.0} km with stations every {spacing_km:.0} km: it goes {leg_km:.0} km from full to the reserve")]
    TooFar {
        /// The car.
        car: String,
        /// The trip.
        distance_km: f64,
        /// Distance from station to station.
        spacing_km: f64,
        /// Longest leg.
        leg_km: f64,
    },
    /// The trip would be driven on fuel.
    #[error("a trip of car `{car}` is not modelled: a {powertrain} drives on when its battery is empty")]
    NotElectric {
        /// The car.
        car: String,
        /// Its powertrain.
        powertrain: &'static str,
    },
    /// The car is too slow for the trip.
    #[error("car `{car}` cannot hold {speed_km_h:.0} km/h: its top speed is {top_km_h:.0} km/h")]
    TooFast {
        /// The car.
        car: String,
        /// The speed asked for.
        speed_km_h: f64,
        /// The top speed of the design.
        top_km_h: f64,
    },
}

impl From<ParameterError> for ChargingError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(Box::new(error))
    }
}

impl From<CycleError> for ChargingError {
    fn from(error: CycleError) -> Self {
        Self::Cycle(Box::new(error))
    }
}

#[cfg(test)]
mod tests;
