//! Options that assess and explain share: where, when, how counted.

use std::path::PathBuf;
use std::sync::Arc;

use clap::ValueEnum;
use minewheel_assess::AssessError;
use minewheel_assess::scenario::{Chain, GridChoice, Preset, Scenario};
use minewheel_data::car::CarDesign;

use crate::failure::Failure;
use crate::inputs::Desk;

/// Options of a scenario.
#[derive(clap::Args)]
pub struct ScenarioArguments {
    /// Where the car drives: ISO country, Chinese province (CN-YN) or group (EU27, WORLD); left out: what the first car's
    /// file says under `[use]`, else CN
    #[arg(long, value_name = "PLACE")]
    pub country: Option<String>,
    /// The year the car is made
    #[arg(long, default_value_t = 2025, allow_negative_numbers = true)]
    pub year: i32,
    /// Drive cycle, by name or a CSV file `time_s,speed_km_h`; `auto` takes the class of WLTC by power to mass
    #[arg(long, default_value = "auto", value_name = "NAME|FILE")]
    pub cycle: String,
    /// Distance over life in km; left out: the table's
    #[arg(long, value_name = "KM", allow_negative_numbers = true)]
    pub km: Option<f64>,
    /// Distance and years of a life as they are usual in the country, where no file and no --km says; else the same everywhere
    #[arg(long, conflicts_with = "km")]
    pub national_life: bool,
    /// Consumption as in the test, or as measured in traffic
    #[arg(long = "use", value_enum, default_value = "official")]
    pub usage: UseChoice,
    /// Whether the grid of charging stays or moves over the car's life
    #[arg(long, value_enum, default_value = "static")]
    pub grid: GridWord,
    /// How recycled and recovered material is counted
    #[arg(long, value_enum, default_value = "cut-off")]
    pub preset: PresetWord,
    /// Climate method: AR6 or AR5, over 100 or 20 years
    #[arg(long, default_value = "ar6-gwp100", value_name = "METHOD")]
    pub method: String,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Whose suppliers an interval covers.
#[derive(Clone, Copy, ValueEnum)]
pub enum ChainWord {
    /// One maker's, who is not known: a few suppliers for each product, drawn from the market
    Maker,
    /// The whole market's: its average, as far as it is known
    Market,
}

impl ChainWord {
    /// As the library has it.
    pub const fn of(self) -> Chain {
        match self {
            Self::Maker => Chain::Maker,
            Self::Market => Chain::Market,
        }
    }
}

/// Draws that an interval takes, at the least: the 5th and 95th percentile of one are one point.
pub const LEAST_DRAWS: u64 = 2;

/// Refuses fewer draws than an interval takes, but for none at all.
///
/// # Errors
/// As said.
pub fn draws(samples: u64) -> Result<(), Failure> {
    if (1..LEAST_DRAWS).contains(&samples) {
        let wanted = format!("0 for no interval, or at least {LEAST_DRAWS} draws");
        return Err(Failure::Option { option: "samples", seen: samples.to_string(), wanted });
    }
    Ok(())
}

/// Basis of consumption.
#[derive(Clone, Copy, ValueEnum, PartialEq, Eq)]
pub enum UseChoice {
    /// As in the certification test
    Official,
    /// With the measured gap between test and traffic
    RealWorld,
}

/// Grid over the car's life.
#[derive(Clone, Copy, ValueEnum)]
pub enum GridWord {
    /// Stays that of the year
    Static,
    /// Moves with the mixes of the years of the car's life
    Pathway,
}

/// Allocation preset.
#[derive(Clone, Copy, ValueEnum)]
pub enum PresetWord {
    /// Scrap enters free, recovered material leaves without credit
    CutOff,
    /// Recovered material replaces primary material and is credited
    AvoidedBurden,
    /// The circular footprint formula of the EU
    Cff,
}

/// Where cars drive if nobody says.
const DEFAULT_COUNTRY: &str = "CN";

/// Longest and shortest life that is accepted, in km.
const LIFE_KM: (f64, f64) = (1000.0, 2.0e6);

impl ScenarioArguments {
    /// How recycled and recovered material is counted.
    pub const fn preset(&self) -> Preset {
        match self.preset {
            PresetWord::CutOff => Preset::CutOff,
            PresetWord::AvoidedBurden => Preset::AvoidedBurden,
            PresetWord::Cff => Preset::Circular,
        }
    }

    /// The scenario that the options describe.
    ///
    /// # Errors
    /// An unknown place, cycle or method, or a distance that no car drives.
    pub fn scenario(&self, desk: &Desk, cars: &[CarDesign]) -> Result<Scenario, Failure> {
        let tables = desk.tables()?;
        let of_car = cars.first().and_then(|c| c.usage.country.as_deref());
        let code = self.country.as_deref().or(of_car).unwrap_or(DEFAULT_COUNTRY);
        let country = tables.places.id(code).map_err(AssessError::from)?;
        if let Some(km) = self.km
            && !(LIFE_KM.0..=LIFE_KM.1).contains(&km)
        {
            let wanted = format!("{} to {} km", LIFE_KM.0, LIFE_KM.1);
            return Err(Failure::Option { option: "km", seen: km.to_string(), wanted });
        }
        let cycle = match self.cycle.as_str() {
            "auto" => None,
            name => Some(Arc::new(desk.cycle(name)?)),
        };
        Ok(Scenario {
            country,
            year: self.year,
            method: self.method.clone(),
            preset: self.preset(),
            is_real_world: self.usage == UseChoice::RealWorld,
            grid: match self.grid {
                GridWord::Static => GridChoice::Static,
                GridWord::Pathway => GridChoice::Pathway,
            },
            cycle,
            lifetime_km: self.km,
            has_national_life: self.national_life,
        })
    }
}
