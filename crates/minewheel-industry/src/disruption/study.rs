//! A disruption study as its file has it: plants, shocks, strategic stocks, alternatives, overrides, ensemble.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// How a supplier that cannot serve all its orders shares what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Rationing {
    /// Every order is cut alike.
    #[default]
    Proportional,
    /// Buyers of the supplier's own country first.
    HomeFirst,
}

/// What a shock does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ShockKind {
    /// What leaves the place is capped; buyers inside it are served.
    ExportCap,
    /// Works in the place stand still.
    Outage,
}

/// The head of a study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// What is studied.
    pub title: String,
    /// The year of shares, mixes and technologies.
    pub year: i32,
    /// Days simulated.
    pub days: usize,
    /// How suppliers ration.
    #[serde(default)]
    pub rationing: Rationing,
}

/// The same car with another chemistry, once it is released.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// Chemistry of its cells.
    pub chemistry: String,
    /// Largest share of the plant's cars.
    pub most_share: f64,
    /// Days from the first car not built to the release; left out: the table's.
    pub qualification_days: Option<f64>,
}

/// A plant and what it builds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Plant {
    /// A car: catalogue id, or a file beside the study.
    pub car: String,
    /// Where it is built; left out: where the car says.
    pub place: Option<String>,
    /// Where its cells are made; left out: where the car says.
    pub cells_made_in: Option<String>,
    /// Cars a day.
    pub cars_per_day: f64,
    /// Other chemistries.
    #[serde(default)]
    pub alternative: Vec<Alternative>,
}

/// A shock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shock {
    /// What it does.
    pub kind: ShockKind,
    /// The products it hits.
    #[serde(default)]
    pub products: Vec<String>,
    /// The tiers all of whose products it hits.
    #[serde(default)]
    pub tiers: Vec<String>,
    /// Where.
    pub place: String,
    /// What is left: of exports, or of capacity.
    pub remaining: f64,
    /// First day, from 0.
    pub from_day: usize,
    /// How many days.
    pub days: usize,
}

/// A strategic stock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StrategicStock {
    /// Of which product.
    pub product: String,
    /// For buyers in which country.
    pub place: String,
    /// How many days of their use it covers.
    pub days: f64,
    /// First day on which it may be drawn on.
    pub from_day: usize,
}

/// Numbers that replace those of the tables.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Days of stock by tier.
    #[serde(default)]
    pub stock_days: BTreeMap<String, f64>,
    /// Spare capacity by tier, as a share of output.
    #[serde(default)]
    pub spare_capacity: BTreeMap<String, f64>,
    /// Days within a country.
    pub transit_within_days: Option<f64>,
    /// Days between countries.
    pub transit_between_days: Option<f64>,
    /// Days from the first excess order to full spare capacity.
    pub ramp_days: Option<f64>,
    /// Days over which stocks are refilled.
    pub restoration_days: Option<f64>,
    /// Days until a supplier without earlier deliveries is released.
    pub supplier_qualification_days: Option<f64>,
    /// Days until another chemistry is released.
    pub chemistry_qualification_days: Option<f64>,
}

/// Repetition with drawn parameters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ensemble {
    /// How many.
    pub members: u32,
    /// Seed of all draws.
    pub seed: u64,
}

/// A study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// Title, year, days.
    pub study: Head,
    /// Plants.
    #[serde(default)]
    pub plant: Vec<Plant>,
    /// Shocks.
    #[serde(default)]
    pub shock: Vec<Shock>,
    /// Strategic stocks.
    #[serde(default)]
    pub stock: Vec<StrategicStock>,
    /// Overrides.
    #[serde(default)]
    pub parameters: Overrides,
    /// Repetition.
    pub ensemble: Option<Ensemble>,
}

/// Longest study in days.
const MOST_DAYS: usize = 3_660;
/// Most cars a day of a plant: more than all plants of the world build.
const MOST_CARS: f64 = 1e6;
/// Most members of an ensemble.
const MOST_MEMBERS: u32 = 100_000;

impl Study {
    /// Reads a study and checks its ranges.
    ///
    /// # Errors
    /// No study, an unknown key, or a number outside its range.
    pub fn read(file: &str, text: &str) -> Result<Self, super::DisruptionError> {
        let study: Self = toml::from_str(text)
            .map_err(|e| super::DisruptionError::Unreadable { file: file.to_owned(), reason: e.to_string().trim_end().to_owned() })?;
        let mut numbers: Vec<(String, f64, f64, f64)> = vec![("study.days".to_owned(), study.study.days as f64, 1.0, MOST_DAYS as f64)];
        if study.plant.is_empty() {
            return Err(super::DisruptionError::NoPlant { file: file.to_owned() });
        }
        for plant in &study.plant {
            numbers.push(("plant.cars_per_day".to_owned(), plant.cars_per_day, f64::MIN_POSITIVE, MOST_CARS));
            for other in &plant.alternative {
                numbers.push(("plant.alternative.most_share".to_owned(), other.most_share, 0.0, 1.0));
                numbers.extend(other.qualification_days.map(|d| ("plant.alternative.qualification_days".to_owned(), d, 0.0, MOST_DAYS as f64)));
            }
        }
        numbers.extend(study.shock.iter().map(|s| ("shock.remaining".to_owned(), s.remaining, 0.0, 1.0)));
        numbers.extend(study.stock.iter().map(|s| ("stock.days".to_owned(), s.days, 0.0, MOST_DAYS as f64)));
        let p = &study.parameters;
        numbers.extend(p.stock_days.iter().map(|(t, d)| (format!("parameters.stock_days.{t}"), *d, 0.0, MOST_DAYS as f64)));
        numbers.extend(p.spare_capacity.iter().map(|(t, s)| (format!("parameters.spare_capacity.{t}"), *s, 0.0, 10.0)));
        let days = [
            ("transit_within_days", p.transit_within_days),
            ("transit_between_days", p.transit_between_days),
            ("ramp_days", p.ramp_days),
            ("restoration_days", p.restoration_days),
        ];
        numbers.extend(days.into_iter().filter_map(|(k, d)| d.map(|d| (format!("parameters.{k}"), d, 1.0, MOST_DAYS as f64))));
        let releases =
            [("supplier_qualification_days", p.supplier_qualification_days), ("chemistry_qualification_days", p.chemistry_qualification_days)];
        numbers.extend(releases.into_iter().filter_map(|(k, d)| d.map(|d| (format!("parameters.{k}"), d, 0.0, MOST_DAYS as f64))));
        numbers.extend(study.ensemble.iter().map(|e| ("ensemble.members".to_owned(), f64::from(e.members), 2.0, f64::from(MOST_MEMBERS))));
        match numbers.into_iter().find(|(_, value, low, high)| !(low..=high).contains(&value)) {
            Some((key, seen, minimum, maximum)) => Err(super::DisruptionError::OutOfRange { file: file.to_owned(), key, seen, minimum, maximum }),
            None => Ok(study),
        }
    }
}
