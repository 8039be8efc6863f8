//! Ageing: what share of its capacity a cell keeps after years of storage and cycling.
//!
//! ```text
//! capacity  q = 1 − Σ y,   each loss y = k·x^p,   x = days or equivalent full cycles
//! step      y' = k·((y/k)^(1/p) + Δx)^p           (exact for a constant k: no dependence on the step)
//! knee      y = 1 − 2/(1 + exp(z^p)),  z = Σ Δx/x_0,       q = min(1 − Σ y, q_0 − y)
//! cycles    Δx = (throughput of the day / 2)·q    per nominal capacity
//! ```
//!
//! - [`laws`]: the coefficients `k` of each published cell law from temperature, state of charge, depth and rates.
//! - [`duty`]: one day or more of states of charge and temperatures, and what they do to a cell.
//! - [`simulate()`]: years of a duty.
//! - [`tables`]: parameters, from `data/ageing`.
//!
//! The laws were fitted on means over a day, so coefficients are averaged over each day of the duty and losses advance
//! between days or parts of a day. Source of the laws: BLAST-Lite 1.1.1 and the papers its classes name. Valid in the
//! range of the tests that each law rests on; outside it a [`Warning`] says so. One cell's law is not a fleet's.

pub mod duty;
pub mod laws;
pub mod simulate;
pub mod tables;

pub use duty::{CommuteHours, Duty, Hour};
pub use laws::Form;
pub use simulate::{Level, Outside, Warning, YearOfLife, life_to, simulate};
pub use tables::{AgeingTables, CarDuty, Cell};

use minewheel_data::parameters::ParameterError;

/// Why ageing was not computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AgeingError {
    /// A parameter is missing from the tables.
    #[error(transparent)]
    Parameter(Box<ParameterError>),
    /// No law has the id.
    #[error("no cell law is called `{seen}`; there are: {known}")]
    Cell {
        /// The id wanted.
        seen: String,
        /// The ids there are.
        known: String,
    },
    /// The table has a cell whose form the model does not know.
    #[error("ageing/cells.csv: `{seen}` has no form in the model; forms: {known}")]
    Form {
        /// The subject.
        seen: String,
        /// The forms there are.
        known: String,
    },
    /// The chemistry has no mixture of laws.
    #[error("ageing/use.csv has no mixture of cell laws for `{seen}`")]
    Mixture {
        /// The chemistry.
        seen: String,
    },
    /// A number is outside what a cell can have.
    #[error("{quantity} is {seen}, wanted {minimum} to {maximum}")]
    Range {
        /// What is outside.
        quantity: &'static str,
        /// The value seen.
        seen: f64,
        /// Lowest value wanted.
        minimum: f64,
        /// Highest value wanted.
        maximum: f64,
    },
    /// A profile is not made of whole days of 24 hours.
    #[error("a profile has {seen} hours, wanted whole days of 24 hours in order, 0 to 23 or running on")]
    Profile {
        /// Hours seen.
        seen: usize,
    },
}

impl From<ParameterError> for AgeingError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(Box::new(error))
    }
}

#[cfg(test)]
mod tests;
