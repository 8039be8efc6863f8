//! The answer to a question about recycling, as it is printed.

use std::collections::BTreeMap;

use minewheel_data::status::Status;
use minewheel_model::recycling::{Feed, Route};
use serde::Serialize;

use super::second_life::SecondLife;
use crate::uncertainty::Interval;

/// How a value meets a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It does.
    Pass,
    /// It does not.
    Fail,
    /// The battery holds none of it.
    Unknown,
}

impl Verdict {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Unknown => "unknown",
        }
    }
    pub(super) fn of(margin: Option<f64>) -> Self {
        match margin {
            Some(margin) if margin >= 0.0 => Self::Pass,
            Some(_) => Self::Fail,
            None => Self::Unknown,
        }
    }
}

/// An element, in and out.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ElementLine {
    /// Its name.
    pub element: String,
    /// Fed, in kg a kWh.
    pub fed_kg_per_kwh: f64,
    /// In products that count, in kg a kWh.
    pub recovered_kg_per_kwh: f64,
    /// Share recovered.
    pub recovery: Interval,
}

/// A product sold.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ProductLine {
    /// Its name.
    pub product: String,
    /// Mass in kg a kWh.
    pub kg_per_kwh: f64,
    /// The product whose making it saves.
    pub replaces: Option<String>,
    /// What that saves, in kg CO2e a kWh.
    pub avoided_kg_co2e_per_kwh: f64,
    /// What it sells for, in USD a kWh; `None`: no price is known.
    pub revenue_usd_per_kwh: Option<f64>,
    /// How well its mass is known.
    pub status: Status,
}

/// A stream that is not sold.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct LossLine {
    /// The stream.
    pub stream: String,
    /// Mass of it that was in the battery, in kg a kWh.
    pub kg_per_kwh: f64,
}

/// Energy, a reagent or an emission of a step.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct InputLine {
    /// The step.
    pub step: String,
    /// Product or flow.
    pub input: String,
    /// How much a kWh.
    pub amount_per_kwh: f64,
    /// Its unit.
    pub unit: String,
    /// Its footprint in kg CO2e a kWh.
    pub kg_co2e_per_kwh: f64,
    /// How well it is known.
    pub status: Status,
}

/// The powder between shredding and leaching.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Powder {
    /// Mass in kg a kWh.
    pub kg_per_kwh: f64,
    /// Shares by substance.
    pub composition: BTreeMap<String, f64>,
}

/// Footprints in kg CO2e a kWh of pack.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Climate {
    /// Of recycling.
    pub recycling: Interval,
    /// Of the primary materials that are not made.
    pub avoided: Interval,
    /// Of recycling less what is avoided; below nought: a gain.
    pub net: Interval,
}

/// Money in USD a kWh of pack.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Money {
    /// Processing, without the purchase of the pack.
    pub processing: Interval,
    /// Sales.
    pub revenue: Interval,
    /// Sales less processing.
    pub margin: Interval,
    /// Products without a price.
    pub without_price: Vec<String>,
}

/// A target and how it is met.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TargetLine {
    /// What is measured.
    pub quantity: String,
    /// The year by whose end it holds.
    pub year: i32,
    /// Least share.
    pub required: f64,
    /// The share reached.
    pub value: Option<f64>,
    /// Share reached less that required.
    pub margin: Option<f64>,
    /// Share of the draws that meet it.
    pub share_of_draws: Option<f64>,
    /// Verdict at best estimates.
    pub verdict: Verdict,
    /// How well the target is known.
    pub status: Status,
    /// Key of its source.
    pub source: String,
}

/// How far recovered metal would fill the recycled content of a new pack of the same kind.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ContentLine {
    /// The element.
    pub element: String,
    /// The year from which the content is asked for.
    pub year: i32,
    /// Least share of the element in active materials.
    pub required: f64,
    /// Share that one old pack gives, after collection and losses of making.
    pub available: Option<f64>,
    /// Old packs that one new pack needs.
    pub packs_needed: Option<f64>,
    /// Verdict with one old pack for a new one.
    pub verdict: Verdict,
    /// How well the requirement is known.
    pub status: Status,
}

/// One route.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RouteReport {
    /// Its name.
    pub route: Route,
    /// Mass fed in kg a kWh.
    pub fed_kg_per_kwh: f64,
    /// Elements, in and out.
    pub elements: Vec<ElementLine>,
    /// What is sold.
    pub products: Vec<ProductLine>,
    /// What is not.
    pub losses: Vec<LossLine>,
    /// Black mass, where the route makes it.
    pub black_mass: Option<Powder>,
    /// Energy, reagents, emissions by step.
    pub inputs: Vec<InputLine>,
    /// Electricity of all steps in kWh a kWh.
    pub electricity_kwh_per_kwh: f64,
    /// Heat of all steps in MJ a kWh.
    pub heat_mj_per_kwh: f64,
    /// Carbon of the cells burnt, as CO2 in kg a kWh.
    pub burnt_co2_kg_per_kwh: f64,
    /// Largest gap of an element, over what was fed of it.
    pub largest_gap: f64,
    /// Footprints.
    pub climate: Climate,
    /// Footprint of recycling in kg CO2e a kg fed.
    pub recycling_kg_co2e_per_kg: Interval,
    /// Money.
    pub money: Money,
    /// Mass in products that count over mass fed.
    pub recycling_efficiency: Interval,
    /// The same without what a recycler may leave out: carbon and phosphorus of the cells.
    pub recycling_efficiency_left_out: Interval,
    /// Targets of Regulation (EU) 2023/1542, Annex XII.
    pub targets: Vec<TargetLine>,
    /// Recycled content of a new pack, Article 8.
    pub recycled_content: Vec<ContentLine>,
    /// Weakest status of what the footprint rests on.
    pub weakest_status: Status,
}

/// A pack and its routes.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RecycleReport {
    /// The car, if it is a car's pack.
    pub car: Option<String>,
    /// The chemistry.
    pub chemistry: String,
    /// Gross energy of the new pack.
    pub gross_energy_kwh: f64,
    /// Mass of the pack.
    pub pack_mass_kg: f64,
    /// What is fed.
    pub feed: Feed,
    /// Where the recycler stands.
    pub country: String,
    /// Year of grid, markets and prices.
    pub year: i32,
    /// Share of packs that reach a recycler.
    pub collection_rate: Interval,
    /// The routes, in the order asked for.
    pub routes: Vec<RouteReport>,
    /// A second life, where it was asked for.
    pub second_life: Option<SecondLife>,
    /// Climate method.
    pub method: String,
    /// Draws of the intervals.
    pub samples: Option<u32>,
    /// Their seed.
    pub seed: Option<u64>,
    /// Fingerprint of the tables.
    pub data: String,
    /// What the reader must know of stand-ins.
    pub notices: Vec<String>,
}
