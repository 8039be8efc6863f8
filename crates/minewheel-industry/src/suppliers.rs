//! A car maker's programme with its suppliers: what they emit, and what they could change together.
//!
//! ```text
//! F = Σ_ℓ [ Σ_j φ_jℓ · f_jℓ + (1 − Σ_j φ_jℓ) · s_ℓ ] + F_works        primary share = Σ φ·f·p / F
//! ```
//!
//! | symbol   | meaning                                                              | unit     | from                  |
//! |----------|----------------------------------------------------------------------|----------|-----------------------|
//! | `s_ℓ`    | the model's own figure of line `ℓ` of the bill, for one car          | kg CO2e  | [`car`]               |
//! | `φ_jℓ`   | the share of the line that supplier `j` delivers and has reported    | –        | the programme         |
//! | `f_jℓ`   | what it reports for the whole line                                   | kg CO2e  | footprints, or energy |
//! | `p`      | the share of a reported figure that rests on its own measurements    | –        | footprints, or energy |
//! | `F_works`| the car maker's own plant                                            | kg CO2e  | [`car`]               |
//!
//! Only what is reported takes the place of the model's figure, line by line, so the sum closes: suppliers that report the
//! model's own figures give back the car's footprint to the last digit. Freight to the next works is no supplier's figure and
//! stays modelled. A supplier of a whole part (first tier) reports all lines of the part; a supplier of one product of a part
//! (second tier) that line; where both report, the first tier's figure counts, since it holds the second's.
//!
//! - [`programme`] reads a chain, [`pcf`] footprints and requests in the form of PACT, [`synthesise`] makes a chain up.
//! - [`rollup`] adds up, [`measures`] says what works can change, [`plan`] chooses under budgets and targets.

pub mod car;
pub mod measures;
pub mod pcf;
pub mod plan;
pub mod programme;
pub mod rollup;
pub mod status;
pub mod synthesise;
pub mod tables;

use minewheel_assess::AssessError;
use minewheel_data::parameters::ParameterError;

use crate::solver::ProgramError;

/// A programme that cannot be read or reckoned.
#[derive(Debug, thiserror::Error)]
pub enum SuppliersError {
    /// A file is not what it should be.
    #[error("{file}: {reason}")]
    File {
        /// The file.
        file: String,
        /// What is wrong.
        reason: String,
    },
    /// Rows with faults, all at once.
    #[error("{}", .0.join("\n"))]
    Faults(Vec<String>),
    /// The car cannot be made.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// A number is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// The programme of a plan was not solved.
    #[error("plan: {0}")]
    Program(#[from] ProgramError),
    /// Works in a place for which the car was not opened.
    #[error("works of `{works}`: nothing says what energy emits where they stand; `{car}` was opened for other places")]
    NotOpened {
        /// Whose works.
        works: String,
        /// The car.
        car: String,
    },
    /// A plan without years.
    #[error("the programme has no budget: give USD by year under [budget]")]
    NoBudget,
    /// A number of suppliers that cannot be.
    #[error("{seen} suppliers; wanted: 1 to {most}")]
    Count {
        /// The number.
        seen: usize,
        /// The most.
        most: usize,
    },
}
