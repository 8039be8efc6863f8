//! Stocks, transit, spare capacity and delays of a run: the tables', drawn or at best estimate, under a study's overrides.

use std::collections::BTreeMap;

use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::Draw;

use super::study::Overrides;

/// The tiers of the parameter table.
const TIERS: [&str; 5] = ["mining", "refining", "active-material", "component", "cell"];

/// The tier of the parameter table that a tier of the process cards belongs to.
pub fn class_of(tier: &str) -> &'static str {
    match tier {
        "mining" | "mine" => "mining",
        "active-material" | "precursor" | "cell-component" => "active-material",
        "component" => "component",
        "cell" | "pack" => "cell",
        _ => "refining",
    }
}

/// Numbers of one run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunParameters {
    /// Days of stock that buyers hold, by class of the product's tier.
    pub stock_days: BTreeMap<&'static str, f64>,
    /// Spare capacity as a share of output, by class; `vehicle` for car plants.
    pub spare_capacity: BTreeMap<&'static str, f64>,
    /// Days within a country.
    pub within_days: usize,
    /// Days between countries.
    pub between_days: usize,
    /// Days from the first excess order to full spare capacity.
    pub ramp_days: f64,
    /// Days over which a stock is refilled.
    pub restoration_days: f64,
    /// Days until a supplier without earlier deliveries is released.
    pub supplier_days: f64,
    /// Days until another chemistry is released.
    pub chemistry_days: f64,
    /// Days from a release to the full share.
    pub release_ramp_days: f64,
}

impl RunParameters {
    /// The parameters of a draw.
    ///
    /// # Errors
    /// A parameter is missing.
    pub fn of(table: &Parameters, overrides: &Overrides, draw: &Draw<'_>) -> Result<Self, ParameterError> {
        let number = |subject: &str, property: &str, unit: &str| Ok::<_, ParameterError>(draw.of(&table.value(subject, property, unit)?));
        let mut stock_days = BTreeMap::new();
        let mut spare_capacity = BTreeMap::new();
        for tier in TIERS {
            stock_days.insert(tier, overrides.stock_days.get(tier).copied().map_or_else(|| number(tier, "stock_days", "day"), Ok)?);
        }
        for tier in TIERS.into_iter().chain(["vehicle"]) {
            spare_capacity.insert(tier, overrides.spare_capacity.get(tier).copied().map_or_else(|| number(tier, "spare_capacity", "1"), Ok)?);
        }
        let days = |given: Option<f64>, subject: &str, property: &str| given.map_or_else(|| number(subject, property, "day"), Ok);
        let whole = |days: f64| days.round().max(1.0) as usize;
        Ok(Self {
            stock_days,
            spare_capacity,
            within_days: whole(days(overrides.transit_within_days, "transit", "within_place")?),
            between_days: whole(days(overrides.transit_between_days, "transit", "between_places")?),
            ramp_days: days(overrides.ramp_days, "ramp", "days_to_spare_capacity")?.max(1.0),
            restoration_days: days(overrides.restoration_days, "restoration", "days")?.max(1.0),
            supplier_days: days(overrides.supplier_qualification_days, "qualification", "material_days")?,
            chemistry_days: days(overrides.chemistry_qualification_days, "qualification", "chemistry_days")?,
            release_ramp_days: number("qualification", "ramp_days", "day")?.max(1.0),
        })
    }

    /// The first key of the overrides that names no tier, with the tiers there are.
    pub fn unknown_tier(overrides: &Overrides) -> Option<(String, String)> {
        let is_known = |tier: &str, with_vehicle: bool| TIERS.contains(&tier) || (with_vehicle && tier == "vehicle");
        let stock = overrides.stock_days.keys().find(|t| !is_known(t, false)).map(|t| (t.clone(), TIERS.join(", ")));
        stock.or_else(|| {
            let spare = overrides.spare_capacity.keys().find(|t| !is_known(t, true));
            spare.map(|t| (t.clone(), format!("{}, vehicle", TIERS.join(", "))))
        })
    }
}
