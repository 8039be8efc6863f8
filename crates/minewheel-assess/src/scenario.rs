//! What an assessment assumes: where, when, how counted. Every choice is named in the result.

use std::sync::Arc;

use minewheel_data::cycles::Cycle;
use minewheel_data::places::PlaceId;
use serde::Serialize;

/// How recycled material and recovered material are shared between lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub enum Preset {
    /// Scrap enters free of burden, recovered material leaves without credit.
    #[serde(rename = "cut-off")]
    CutOff,
    /// Recovered material replaces primary material and is credited.
    #[serde(rename = "avoided-burden")]
    AvoidedBurden,
    /// The circular footprint formula of the EU: both shared by the market factor `A`.
    #[serde(rename = "cff")]
    Circular,
}

impl Preset {
    /// All presets.
    pub const ALL: [Self; 3] = [Self::CutOff, Self::AvoidedBurden, Self::Circular];
    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CutOff => "cut-off",
            Self::AvoidedBurden => "avoided-burden",
            Self::Circular => "cff",
        }
    }
    /// What it counts, in a sentence.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::CutOff => "scrap enters free of burden, recovered material leaves without credit",
            Self::AvoidedBurden => "recovered material replaces primary material and is credited at end of life",
            Self::Circular => "the circular footprint formula of the EU: work and gain of recycling are shared between lives by the factor A",
        }
    }
}

/// What the default boundary counts, for printing beside every result.
pub const BOUNDARY: &str = "materials, parts, plants, freight between tiers, energy, fuel supply, maintenance parts, tyres, refrigerant, end of life; \
     left out: roads, capital goods other than power plants, showroom";

/// Where the mix of charging goes over the car's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GridChoice {
    /// Stays that of the year.
    Static,
    /// Moves with the mixes of the years of the car's life.
    Pathway,
}

/// What a Monte Carlo draw resamples.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Resample {
    /// Every row with a spread: the car and the network behind it.
    All,
    /// Only the rows of the car itself.
    Car,
}

/// Whose suppliers an interval covers.
///
/// The best estimate is the market's in either case: a share is the chance that a supplier of one maker stands in a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Chain {
    /// Those of one maker who is not known: a few for each product (`markets/buyers.csv`), drawn from the market.
    Maker,
    /// Those of all makers together: the market as it is, within what is known of its shares.
    Market,
}

/// How the interval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Sampling {
    /// Number of draws.
    pub samples: u32,
    /// Seed of all draws.
    pub seed: u64,
    /// What is resampled.
    pub resample: Resample,
    /// Whose suppliers are drawn.
    pub chain: Chain,
}

/// Everything an assessment assumes besides the car.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Where the car drives.
    pub country: PlaceId,
    /// The year of its making.
    pub year: i32,
    /// The climate method, e.g. `ar6-gwp100`.
    pub method: String,
    /// Allocation between lives.
    pub preset: Preset,
    /// Whether consumption is that of the test or of traffic.
    pub is_real_world: bool,
    /// The grid over the car's life.
    pub grid: GridChoice,
    /// The cycle driven; `None`: the class of WLTC that the car belongs to.
    pub cycle: Option<Arc<Cycle>>,
    /// Distance over life; `None`: the table's.
    pub lifetime_km: Option<f64>,
    /// Whether distance and years of a life that nobody gives are those usual in the country, not the same everywhere.
    pub has_national_life: bool,
}
