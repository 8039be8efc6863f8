//! Who holds which share of each tier of a material's supply chain.
//!
//! A year whose rows name fewer than half as many places as the fullest year of the same tier is partial: the figure of a leader,
//! not a distribution. Where a fuller year is there, shares are those of full years, and the partial one is kept aside.

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

/// A year before all rows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no shares of supply in {year}; years with data: {years}")]
pub struct NoShares {
    /// The year asked for.
    pub year: i32,
    /// The years there are.
    pub years: String,
}

/// The unnamed rest of a tier.
const REST: &str = "WORLD";

/// Shares of a tier by year.
type Years = Vec<(i32, Vec<TierShare>)>;

/// Shares by tier and year, and which tiers a material passes.
#[derive(Debug, Clone, Default)]
pub struct Supply {
    shares: FxHashMap<Tier, Years>,
    partial: FxHashMap<Tier, Years>,
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
            all.set_partial_years_aside(places);
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

    fn set_partial_years_aside(&mut self, places: &Places) {
        let rest = places.id(REST).ok();
        let named = |shares: &[TierShare]| shares.iter().filter(|s| Some(s.place) != rest).count();
        let tiers: Vec<Tier> = self.tiers().into_iter().cloned().collect();
        for tier in tiers {
            let Some(years) = self.shares.get_mut(&tier) else { continue };
            let fullest = years.iter().map(|y| named(&y.1)).max().unwrap_or(0);
            let (partial, full): (Years, Years) = std::mem::take(years).into_iter().partition(|y| 2 * named(&y.1) < fullest);
            *years = full;
            if !partial.is_empty() {
                self.partial.insert(tier, partial);
            }
        }
    }

    /// Every year that has rows, sorted.
    pub fn years(&self) -> Vec<i32> {
        let mut years: Vec<i32> = self.shares.values().chain(self.partial.values()).flatten().map(|y| y.0).collect();
        years.sort_unstable();
        years.dedup();
        years
    }

    /// Whether the tables reach a year: `None`, or the last year with rows if the year lies behind it.
    ///
    /// # Errors
    /// The year lies before all rows.
    pub fn reach(&self, year: i32) -> Result<Option<i32>, NoShares> {
        let years = self.years();
        if years.first().is_some_and(|first| year < *first) {
            return Err(NoShares { year, years: years.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ") });
        }
        Ok(years.last().copied().filter(|last| *last < year))
    }

    /// The partial year that [`Self::shares`] passes over for `year`, if it is later than the year that it takes.
    pub fn passed_over(&self, tier: &Tier, year: i32) -> Option<(i32, &[TierShare])> {
        let taken = self.shares(tier, year)?.0;
        let partial = self.partial.get(tier)?.iter().rev().find(|y| y.0 <= year && y.0 > taken)?;
        Some((partial.0, &partial.1))
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

    /// The shares of a tier in the last full year up to `year`, or the first one there is.
    pub fn shares(&self, tier: &Tier, year: i32) -> Option<(i32, &[TierShare])> {
        let years = self.shares.get(tier)?;
        let (found, shares) = years.iter().rev().find(|y| y.0 <= year).or_else(|| years.first())?;
        Some((*found, shares))
    }
}
