//! The answer of `supply`: every tier of every material, and which one binds.

use std::collections::BTreeMap;

use minewheel_data::status::Status;
use serde::Serialize;

/// Sum of squared shares, under both editions of the governance scores.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Weighted {
    /// Scores of the earlier edition.
    pub earlier_edition: f64,
    /// Scores of the later edition.
    pub later_edition: f64,
}

/// A restriction of export in force.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MeasureLine {
    /// Who restricts.
    pub place: String,
    /// Buyers in this place alone; `None`: everybody abroad.
    pub destination: Option<String>,
    /// How: licence, tax, quota, ban.
    pub measure: &'static str,
    /// Since when.
    pub since: String,
    /// Until when; `None`: still in force.
    pub until: Option<String>,
}

/// One tier of one material.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct TierReport {
    /// What is traded there.
    pub commodity: String,
    /// The tier.
    pub tier: String,
    /// The year of the shares.
    pub year: i32,
    /// Share of world output by place.
    pub shares: BTreeMap<String, f64>,
    /// The largest named producer.
    pub largest: Option<String>,
    /// Its share.
    pub largest_share: f64,
    /// Share of the three largest.
    pub largest_three_share: f64,
    /// Share of the unnamed rest.
    pub rest_share: f64,
    /// Sum of squared shares of named producers (lower bound).
    pub hhi: f64,
    /// The same with the rest as one producer (upper bound).
    pub hhi_with_rest: f64,
    /// Weighted by instability.
    pub governance_hhi: Weighted,
    /// Share of world output of the place asked about.
    pub share_of_dominant: f64,
    /// The same with works that its companies own elsewhere; `None`: no ownership is known.
    pub owned_share_of_dominant: Option<f64>,
    /// Share of the buyer's supply at this tier that was made elsewhere.
    pub import_dependence: f64,
    /// Share of the buyer's supply at this tier by place of making, own output included.
    pub supply_mix: BTreeMap<String, f64>,
    /// Share of the buyer's supply at this tier from the place asked about.
    pub dependence: f64,
    /// The same if only net exporters sell: with `dependence` it brackets who sells to whom.
    pub dependence_by_remainders: f64,
    /// EU-type supply risk.
    pub supply_risk: f64,
    /// End-of-life recycling input rate that relieves it; `None`: none is known, and it is relieved by nothing.
    pub recycling_input_rate: Option<f64>,
    /// Substitution index that relieves it; `None`: none is known, and it is relieved by nothing.
    pub substitution_index: Option<f64>,
    /// GeoPolRisk.
    pub geopolitical_risk: f64,
    /// GeoPolRisk times price, in USD per kg of material.
    pub geopolitical_factor_usd_per_kg: Option<f64>,
    /// Restrictions of export in force in the year.
    pub measures: Vec<MeasureLine>,
    /// How well the shares are known.
    pub status: Status,
}

/// What a material's price has done.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PriceExposure {
    /// The product as which it is sold.
    pub product: String,
    /// The year of the price.
    pub year: i32,
    /// Price per kilogram of the material itself.
    pub usd_per_kg: f64,
    /// Lowest yearly price up to the year.
    pub lowest_usd_per_kg: f64,
    /// Its year.
    pub lowest_year: i32,
    /// Highest yearly price up to the year.
    pub highest_usd_per_kg: f64,
    /// Its year.
    pub highest_year: i32,
    /// What the car's content costs.
    pub usd_per_car: Option<f64>,
    /// What it would cost more at the highest price.
    pub usd_per_car_at_risk: Option<f64>,
    /// How well the price is known.
    pub status: Status,
}

/// One material.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct MaterialReport {
    /// The material.
    pub material: String,
    /// Mass in the car.
    pub kg_per_car: Option<f64>,
    /// Its tiers, from the mine.
    pub tiers: Vec<TierReport>,
    /// The tier of the highest EU-type supply risk.
    pub binding_tier: Option<String>,
    /// Share of the buyer's supply that passed the place asked about at any tier.
    pub touched_share: f64,
    /// The price.
    pub price: Option<PriceExposure>,
}

/// A parameter of supply risk that no row gives.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DefaultedRelief {
    /// What is traded.
    pub commodity: String,
    /// The parameter: `recycling_input_rate` or `substitution_index`.
    pub field: &'static str,
    /// What the risk was computed with: the value that relieves it by nothing.
    pub value: f64,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SupplyReport {
    /// The car or material.
    pub subject: String,
    /// The country or bloc whose supply it is.
    pub buyer: String,
    /// The place whose weight is asked about.
    pub dominant: String,
    /// The year.
    pub year: i32,
    /// The threshold of supply risk.
    pub risk_threshold: f64,
    /// The materials.
    pub materials: Vec<MaterialReport>,
    /// The material and tier of the highest EU-type supply risk.
    pub binding: Option<String>,
    /// Tiers of which the place makes more than half, as `commodity/tier`.
    pub dominated: Vec<String>,
    /// Tiers of which it makes no more.
    pub not_dominated: Vec<String>,
    /// The weakest status that the shares rest on.
    pub weakest_status: Status,
    /// Recycling rates and substitution indices that no row gives, each commodity once.
    pub defaulted: Vec<DefaultedRelief>,
    /// What must be known to read it.
    pub notices: Vec<String>,
}
