//! One battery pack asked for by itself: its cell, footprint by stage and place, price by block, life, checks.
//!
//! [`BatteryQuestion`] says what is wanted; [`battery_report`] answers. The cell and pack are those of
//! [`minewheel_model::battery`]; [`chain`](self) places every stage on the network, `cost` prices the same bill. Draws sample
//! design, network and prices together, as an assessment of a car does.

mod chain;
mod cost;
mod report;
mod tables;

pub use cost::PriceBlock;
pub use report::{BatteryReport, BatteryRun, StageLine, battery_report};
pub use tables::BatteryTables;

use minewheel_model::battery::PackSpec;

use crate::scenario::Sampling;

/// What is asked of a pack.
#[derive(Debug, Clone, PartialEq)]
pub struct BatteryQuestion {
    /// Cell and pack.
    pub spec: PackSpec,
    /// Where cells and pack are made.
    pub made_in: String,
    /// The year.
    pub year: i32,
    /// The climate method.
    pub method: String,
    /// Stages or products that stand in a place of their own.
    pub stages: Vec<(String, String)>,
    /// Routes by stage.
    pub routes: Vec<(String, String)>,
    /// Shares of recycled metal by metal.
    pub recycled: Vec<(String, f64)>,
    /// Prices given, in USD/kg.
    pub prices: Vec<(String, f64)>,
    /// Factors on prices.
    pub shocks: Vec<(String, f64)>,
    /// How the intervals are made; `None`: points.
    pub sampling: Option<Sampling>,
    /// The car that the pack is for; `None`: a typical one.
    pub car: Option<minewheel_data::car::CarDesign>,
}

/// Why a battery's chain or price was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChainError {
    /// A name that is not known.
    #[error("no {kind} `{seen}`{}; there are: {known}", nearest.as_deref().map(|n| format!(", did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// What kind of thing.
        kind: &'static str,
        /// The name seen.
        seen: String,
        /// The nearest name.
        nearest: Option<String>,
        /// The names there are.
        known: String,
    },
    /// A price that no market has.
    #[error("the price of {material} is {seen}; wanted {wanted}")]
    Price {
        /// What is priced.
        material: String,
        /// The value seen.
        seen: f64,
        /// What would do.
        wanted: &'static str,
    },
    /// A share of recycled metal outside nought to one.
    #[error("the recycled content of {metal} is {seen}; wanted a share of 0 to 1")]
    Recycled {
        /// The metal.
        metal: String,
        /// The value seen.
        seen: f64,
    },
}

impl ChainError {
    /// A stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "minewheel::battery::name",
            Self::Price { .. } => "minewheel::battery::price",
            Self::Recycled { .. } => "minewheel::battery::recycled",
        }
    }
}
