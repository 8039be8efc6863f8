//! Who holds which share of each tier of a material's supply chain.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::loader::Loader;
use crate::places::{PlaceId, Places};
use crate::row::RowId;
use crate::table::Fault;

/// Largest gap of a sum of shares from one.
const SHARE_TOLERANCE: f64 = 1e-3;

/// One country's share of one tier in one year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TierShare {
    /// The country, or a group for the rest.
    pub place: PlaceId,
    /// Its share.
    pub share: f64,
    /// The row.
    pub row: RowId,
}

/// One tier of one commodity.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tier {
    /// The commodity, e.g. `lithium`.
    pub commodity: String,
    /// The tier, e.g. `mining`.
    pub name: String,
}

/// Shares by tier and year, and which tiers a material passes.
#[derive(Debug, Clone, Default)]
pub struct Supply {
    shares: FxHashMap<Tier, Vec<(i32, Vec<TierShare>)>>,
    chains: Vec<(String, Tier)>,
}

impl Supply {
    /// Reads `supply/shares.csv` and `supply/chains.csv`.
    pub fn read(loader: &mut Loader<'_>, places: &Places) -> Self {
        let mut all = Self::default();
        if let Some(table) = loader.table("supply/shares.csv") {
            let mut first: Vec<((Tier, i32), usize)> = Vec::new();
            let mut seen: FxHashSet<(Tier, i32)> = FxHashSet::default();
            for row in 0..table.len() {
                let Some(place) = places.resolve(loader, &table, row, "place") else { continue };
                let tier = Tier { commodity: table.text(row, "commodity").to_owned(), name: table.text(row, "tier").to_owned() };
                let year = table.text(row, "year").parse().unwrap_or(0);
                let Some(share) = loader.number_in(&table, row, "share") else { continue };
                if seen.insert((tier.clone(), year)) {
                    first.push(((tier.clone(), year), row));
                }
                let years = all.shares.entry(tier).or_default();
                let at = years.iter().position(|y| y.0 == year).unwrap_or_else(|| {
                    years.push((year, Vec::new()));
                    years.len() - 1
                });
                years[at].1.push(TierShare { place, share, row: loader.row(&table, row) });
            }
            for ((tier, year), row) in first {
                let Some(years) = all.shares.get_mut(&tier) else { continue };
                years.sort_by_key(|y| y.0);
                let sum: f64 = years.iter().filter(|y| y.0 == year).flat_map(|y| &y.1).map(|s| s.share).sum();
                if (sum - 1.0).abs() > SHARE_TOLERANCE {
                    let whole = format!("`{}` {} in {year}", tier.commodity, tier.name);
                    loader.fault(&table, row, Some("share"), Fault::Shares { whole, sum });
                }
            }
        }
        if let Some(table) = loader.table("supply/chains.csv") {
            for row in 0..table.len() {
                let tier = Tier { commodity: table.text(row, "commodity").to_owned(), name: table.text(row, "tier").to_owned() };
                if !all.shares.contains_key(&tier) {
                    let known: Vec<_> = all.shares.keys().filter(|t| t.name == tier.name).map(|t| t.commodity.clone()).collect();
                    loader.unknown_name(&table, row, "commodity", "commodity of that tier", known.iter().map(String::as_str));
                    continue;
                }
                all.chains.push((table.text(row, "material").to_owned(), tier));
            }
        }
        all
    }

    /// Every tier that has shares, sorted.
    pub fn tiers(&self) -> Vec<&Tier> {
        let mut tiers: Vec<&Tier> = self.shares.keys().collect();
        tiers.sort_unstable();
        tiers
    }

    /// The materials that have a chain, each once, in table order.
    pub fn materials(&self) -> Vec<&str> {
        let mut materials: Vec<&str> = Vec::new();
        for (material, _) in &self.chains {
            if !materials.contains(&material.as_str()) {
                materials.push(material);
            }
        }
        materials
    }

    /// The tiers that a material passes, in order from the mine.
    pub fn chain<'s>(&'s self, material: &'s str) -> impl Iterator<Item = &'s Tier> {
        self.chains.iter().filter(move |c| c.0 == material).map(|c| &c.1)
    }

    /// The shares of a tier in the last year up to `year`, or the first year there is.
    pub fn shares(&self, tier: &Tier, year: i32) -> Option<(i32, &[TierShare])> {
        let years = self.shares.get(tier)?;
        let (found, shares) = years.iter().rev().find(|y| y.0 <= year).or_else(|| years.first())?;
        Some((*found, shares))
    }
}
