//! Electric machines: from power, torque, speed, voltage and cooling to sizes, materials, losses and a map.
//!
//! Three tiers answer three needs. This module holds the fast two: a magnetic circuit along the air gap
//! ([`circuit`]) that turns geometry and currents into flux linkages, and maps over speed and torque ([`map`]) that
//! any drive model can read. A field solver may replace the circuit without touching the rest.
//!
//! ```text
//! torque      T = 3/2·p·(ψ_d·i_q − ψ_q·i_d)
//! voltage     v_d = R·i_d − ω·ψ_q      v_q = R·i_q + ω·ψ_d      |v| ≤ u·V_dc/√3
//! power       P_el = T_shaft·Ω + P_copper + P_iron + P_magnet + P_mechanical
//! ```
//!
//! - [`geometry`]: dimensions of a machine, published or sized.
//! - [`circuit`]: flux in teeth, yokes, magnets and bridges, saturated.
//! - [`losses`]: copper with temperature and frequency, Bertotti iron, magnets, windage, bearings, inverter.
//! - [`operating`]: which currents make a torque: least current, field weakening, most torque per volt.
//! - [`sizing`]: dimensions from a specification, for six topologies.
//! - [`masses`]: what the machine is made of, magnets by element.
//! - [`map`]: losses over speed and torque, envelopes.
//! - [`drive_unit`]: several machines on one or two axles, with the split that loses least.
//!
//! Valid for radial-flux machines in the plane: end effects (2 to 5 % of flux), slot harmonics of the field, skew and
//! torque ripple are left out. Currents are peak values, voltages those of a phase.

pub mod circuit;
pub mod drive_unit;
pub mod geometry;
pub mod losses;
pub mod machine;
pub mod map;
pub mod masses;
pub mod operating;
pub mod sizing;
pub mod tables;

pub use drive_unit::{CycleUse, DriveUnit, Slot, UnitPoint};
pub use geometry::{Geometry, Rotor};
pub use machine::Machine;
pub use map::{LossMap, MapGrid};
pub use masses::Masses as MachineMasses;
pub use operating::{LossParts, Point};
pub use sizing::{MotorSpec, size_machine};
pub use tables::{Cooling, MotorTables, Switch};

use minewheel_data::parameters::ParameterError;

/// A machine cannot be made or asked.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum MotorError {
    /// A parameter is missing from the tables.
    #[error(transparent)]
    Parameter(Box<ParameterError>),
    /// A steel has no magnetisation curve.
    #[error("motors/magnetisation.csv has no curve for `{steel}`")]
    Curve {
        /// The steel.
        steel: String,
    },
    /// A name that the tables do not know.
    #[error("`{seen}` is not a {kind}; there are: {known}")]
    Unknown {
        /// What kind of thing.
        kind: &'static str,
        /// The name seen.
        seen: String,
        /// The names there are.
        known: String,
    },
    /// A number of the specification lies outside what can be sized.
    #[error("{field} is {seen}, wanted {wanted}")]
    Specification {
        /// The field.
        field: &'static str,
        /// The value seen.
        seen: f64,
        /// What would do.
        wanted: String,
    },
    /// The magnetic circuit did not settle.
    #[error("magnetic circuit: residual {residual:.1e} of the largest flux after {iterations} steps")]
    NotSettled {
        /// Residual over the largest flux.
        residual: f64,
        /// Steps taken.
        iterations: usize,
    },
    /// No machine of the topology reaches the specification.
    #[error("no {topology} machine of {power_kw:.0} kW: {reason}")]
    Infeasible {
        /// The topology.
        topology: &'static str,
        /// The power wanted.
        power_kw: f64,
        /// Why.
        reason: &'static str,
    },
}

impl From<ParameterError> for MotorError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(Box::new(error))
    }
}

#[cfg(test)]
mod tests;
