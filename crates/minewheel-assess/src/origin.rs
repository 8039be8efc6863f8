//! Where the materials of a car come from: country shares of every tier that a material passes.

use std::collections::BTreeMap;

use minewheel_data::status::Status;

use crate::tables::Tables;

/// Country shares of one tier of one material.
#[derive(Debug, Clone, PartialEq)]
pub struct TierOrigin {
    /// `lithium/mining`.
    pub key: String,
    /// The year of the shares.
    pub year: i32,
    /// Share by place code, adding to one.
    pub shares: BTreeMap<String, f64>,
    /// How well they are known.
    pub status: Status,
}

/// The tiers of every material in a car, of the last year up to `year`.
pub fn origin<'m>(tables: &Tables, materials: impl Iterator<Item = &'m str>, year: i32) -> Vec<TierOrigin> {
    let mut found: Vec<TierOrigin> = Vec::new();
    for material in materials {
        for tier in tables.supply.chain(material) {
            let Some((year, shares)) = tables.supply.shares(tier, year) else { continue };
            let sum: f64 = shares.iter().map(|s| s.share).sum();
            let mut by_place: BTreeMap<String, f64> = BTreeMap::new();
            for share in shares {
                *by_place.entry(tables.places.code(share.place).to_owned()).or_default() += share.share / sum;
            }
            let status = tables.rows.weakest(shares.iter().map(|s| s.row));
            found.push(TierOrigin { key: format!("{material}/{}", tier.name), year, shares: by_place, status });
        }
    }
    found
}
