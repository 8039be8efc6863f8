//! One battery pack asked for by itself: its cell, footprint by stage and place, price by block, life, checks.
//!
//! [`BatteryQuestion`] says what is wanted; [`battery_report`] answers. The cell and pack are those of
//! [`minewheel_model::battery`]; [`chain`](self) places every stage on the network, `cost` prices the same bill. Draws sample
//! design, network and prices together, as an assessment of a car does.

mod chain;
mod cost;
mod power;
mod report;
mod sample;
mod tables;

pub use cost::{PriceBlock, PriceYears};
pub(crate) use power::hybrid_notice;
pub(crate) use report::prepared_footprint;
pub use report::{
    BatteryReport, BatteryRun, CellPlantEnergy, CheckLine, Electrodes, PackFigures, PlantStep, PreparedPack, StageLine, battery_report,
};
pub use tables::BatteryTables;

use minewheel_data::car::CarDesign;
use minewheel_data::row::{Draw, Value};
use minewheel_data::units::{Energy, Length};
use minewheel_model::battery::{PackDesign, PackSpec};

use crate::AssessError;
use crate::scenario::Sampling;
use crate::tables::Tables;

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
    pub car: Option<CarDesign>,
    /// Where it is sold and recycled; `None`: where it is made.
    pub sold_in: Option<String>,
    /// Years of the maker's warranty; `None`: those of the table.
    pub warranty_years: Option<f64>,
    /// Distance a year in the car; `None`: the car's own.
    pub per_year: Option<Length>,
}

impl BatteryQuestion {
    /// A usual pack of a chemistry, made in a place in a year: every stage where its market buys, prices of the year, no interval.
    pub fn usual(chemistry: &str, energy: Energy, made_in: &str, year: i32, method: &str) -> Self {
        Self::of(PackSpec::new(chemistry, energy), made_in, year, method)
    }

    /// A pack as specified, made in a place in a year, with nothing else chosen.
    pub fn of(mut spec: PackSpec, made_in: &str, year: i32, method: &str) -> Self {
        spec.made_in = Some(made_in.into());
        Self {
            spec,
            made_in: made_in.to_owned(),
            year,
            method: method.to_owned(),
            stages: Vec::new(),
            routes: Vec::new(),
            recycled: Vec::new(),
            prices: Vec::new(),
            shocks: Vec::new(),
            sampling: None,
            car: None,
            sold_in: None,
            warranty_years: None,
            per_year: None,
        }
    }

    /// Shares of recycled metal by symbol: what the question says, else what the car's file says.
    fn recycled_shares(&self) -> Vec<(&'static str, Value)> {
        let of_car = self.car.as_ref().map(|c| c.recycled_cells.shares()).unwrap_or_default();
        RECYCLABLE
            .into_iter()
            .filter_map(|(metal, symbol)| {
                let asked = self.recycled.iter().find(|r| r.0 == metal).map(|r| Value::given(r.1));
                Some((symbol, asked.or_else(|| of_car.iter().find(|c| c.0 == symbol).map(|c| c.1))?))
            })
            .collect()
    }
}

/// What the price model builds up for a pack that is made in a place in a year, in USD per kWh: `cost_usd_per_kwh` of [`battery_report`] for the
/// same pack with nothing else chosen.
///
/// # Errors
/// A price is missing.
pub(crate) fn built_up_price(pack: &PackDesign, made_in: &str, year: i32, tables: &Tables) -> Result<f64, AssessError> {
    let question = BatteryQuestion::usual(&pack.chemistry, pack.gross_energy, made_in, year, "");
    Ok(cost::CostModel::new(&question, pack, tables)?.price(pack, &Draw::BEST).total())
}

/// Metals that may have recycled content, with their symbols.
const RECYCLABLE: [(&str, &str); 4] = [("lithium", "Li"), ("nickel", "Ni"), ("cobalt", "Co"), ("manganese", "Mn")];

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
    #[error("the price of {material} is {seen} {unit}; wanted {wanted}")]
    Price {
        /// What is priced.
        material: String,
        /// The value seen.
        seen: f64,
        /// Its unit, or what it multiplies.
        unit: &'static str,
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
