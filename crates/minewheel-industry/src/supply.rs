//! Where materials come from, tier by tier, and how much a buyer depends on one place.
//!
//! [`ask::ask`] answers for a car or a material: shares of every tier from the mine to the part, how concentrated
//! they are ([`concentration`]), whose output a buyer lives on ([`trade`], or the user's own [`customs`] data), what risk
//! indices say ([`risk`]), what prices have done, and which tier binds. Dependence is stated per tier, never for a chain as
//! a whole: one country may make nearly all of a refined product and hardly any of its ore.

pub mod ask;
pub mod concentration;
pub mod customs;
pub mod report;
pub mod risk;
pub mod sourcing;
pub mod trade;

use minewheel_data::parameters::ParameterError;
use minewheel_data::supply::NoShares;

/// A question about supply that has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SupplyError {
    /// A material is not known.
    #[error("no material or commodity `{seen}`{}; there are: {known}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Material {
        /// The name seen.
        seen: String,
        /// The nearest one.
        nearest: Option<String>,
        /// All names.
        known: String,
    },
    /// Something that only a car has, asked of a material.
    #[error("{what} hold for a car; `{seen}` is a material")]
    NeedsCar {
        /// What was asked.
        what: &'static str,
        /// The name given.
        seen: String,
    },
    /// A part of the car without any rule.
    #[error("--part battery is for rules of sourcing (--ban, --cap, --content, --friends); without one, the tiers are those of the whole car")]
    PartWithoutRule,
    /// A producer has no governance score.
    #[error("supply/governance.csv has no score for `{place}`, which supplies")]
    Governance {
        /// The place.
        place: String,
    },
    /// A year before all shares.
    #[error(transparent)]
    Year(#[from] NoShares),
    /// A parameter is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// Rules of sourcing that cannot be asked or solved.
    #[error(transparent)]
    Sourcing(#[from] sourcing::SourcingError),
}

/// What an answer says of a year behind all rows of `supply/shares.csv`.
pub(crate) fn reach_notice(last: i32, year: i32) -> String {
    format!("supply/shares.csv ends in {last}: the last rows of each tier hold for {year}")
}
