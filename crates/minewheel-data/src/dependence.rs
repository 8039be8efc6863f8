//! What makes a supplier risky: governance, restrictions of export, owners, and the parameters of risk and disruption.

use rustc_hash::FxHashMap;

use crate::loader::Loader;
use crate::parameters::Parameters;
use crate::places::{PlaceId, PlaceKind, Places};
use crate::row::{RowId, Value};
use crate::supply::{Supply, Tier};
use crate::table::{Fault, Table};

/// How a country restricts exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MeasureKind {
    /// Exporters apply for each shipment or customer.
    Licence,
    /// A tax on exports.
    Tax,
    /// A limit of the amount.
    Quota,
    /// Nothing leaves.
    Ban,
}

impl MeasureKind {
    /// All kinds, mildest first.
    pub const ALL: [Self; 4] = [Self::Licence, Self::Tax, Self::Quota, Self::Ban];
    /// The word of the tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Licence => "licence",
            Self::Tax => "tax",
            Self::Quota => "quota",
            Self::Ban => "ban",
        }
    }
}

/// A restriction of export.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What it restricts.
    pub tier: Tier,
    /// Who restricts.
    pub place: PlaceId,
    /// Whom it keeps from buying; `None`: everybody abroad.
    pub destination: Option<PlaceId>,
    /// How.
    pub kind: MeasureKind,
    /// First day in force, ISO 8601.
    pub since: String,
    /// Last day in force; empty while in force.
    pub until: String,
    /// The row.
    pub row: RowId,
}

impl Measure {
    /// Whether it was in force on some day of the year.
    pub fn holds_in(&self, year: i32) -> bool {
        let year_of = |date: &str| date.get(..4).and_then(|y| y.parse::<i32>().ok());
        year_of(&self.since).is_some_and(|y| y <= year) && year_of(&self.until).is_none_or(|y| y >= year)
    }
}

/// Who owns the works of a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Owner {
    /// Of which tier.
    pub tier: Tier,
    /// Where the works stand.
    pub place: PlaceId,
    /// The country of the owners.
    pub owner: PlaceId,
    /// The share of the place that they own.
    pub share: Value,
}

/// The edition of the governance scores.
///
/// The table mixes two. A score may be compared within an edition, never across.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// Years before the break.
    Earlier,
    /// Years from the break on.
    Later,
}

/// Governance scores of all places.
#[derive(Debug, Clone, Default)]
pub struct Governance {
    scores: FxHashMap<PlaceId, Vec<(i32, f64, RowId)>>,
    best: f64,
    worst: f64,
    series_break: i32,
}

/// A place's instability on a scale from nought (none) to one.
#[derive(Debug, Clone, PartialEq)]
pub struct Instability {
    /// The year of the score.
    pub year: i32,
    /// The scaled score.
    pub value: f64,
    /// The rows it rests on: one of a country, those of all members of a group.
    pub rows: Vec<RowId>,
}

impl Governance {
    /// The edition that a year belongs to.
    pub const fn edition(&self, year: i32) -> Edition {
        if year < self.series_break { Edition::Earlier } else { Edition::Later }
    }

    /// A place's scaled instability in the last year up to `year` of an edition, or its first one.
    ///
    /// A province has its country's score, a group the mean of its members' scores.
    pub fn instability(&self, places: &Places, place: PlaceId, edition: Edition, year: i32) -> Option<Instability> {
        let country = places.country(place);
        let members: Vec<PlaceId> = if places.kind(country) == PlaceKind::Group {
            let mut members: Vec<PlaceId> = self.scores.keys().copied().filter(|p| places.lineage(*p).any(|l| l == country)).collect();
            members.sort_unstable();
            members
        } else {
            vec![country]
        };
        let found: Vec<(i32, f64, RowId)> = members.iter().filter_map(|m| self.score(*m, edition, year)).collect();
        let count = found.len() as f64;
        let (&(year, _, _), sum) = (found.first()?, found.iter().map(|f| f.1).sum::<f64>());
        let value = ((self.best - sum / count) / (self.best - self.worst)).clamp(0.0, 1.0);
        Some(Instability { year, value, rows: found.iter().map(|f| f.2).collect() })
    }

    fn score(&self, place: PlaceId, edition: Edition, year: i32) -> Option<(i32, f64, RowId)> {
        let of_edition: Vec<_> = self.scores.get(&place)?.iter().filter(|s| self.edition(s.0) == edition).collect();
        of_edition.iter().rev().find(|s| s.0 <= year).or_else(|| of_edition.first()).map(|s| **s)
    }
}

/// How a material is sold.
#[derive(Debug, Clone, PartialEq)]
pub struct PricedAs {
    /// The material of a car.
    pub material: String,
    /// The subject of `prices/prices.csv`.
    pub product: String,
    /// The material in the product.
    pub mass_fraction: f64,
    /// The row.
    pub row: RowId,
}

/// Everything about dependence beside the shares of supply.
#[derive(Debug, Clone, Default)]
pub struct Dependence {
    /// Governance scores.
    pub governance: Governance,
    /// Restrictions of export.
    pub measures: Vec<Measure>,
    /// Owners.
    pub owners: Vec<Owner>,
    /// Parameters.
    pub parameters: Parameters,
    /// As what materials are sold.
    pub priced_as: Vec<PricedAs>,
    /// The material whose tiers follow those of another.
    pub leads_to: Vec<(String, String)>,
}

impl Dependence {
    /// Reads the tables of `supply/` that [`Supply`] does not.
    pub fn read(loader: &mut Loader<'_>, places: &Places, supply: &Supply) -> Self {
        let parameters = Parameters::read(loader, "supply/parameters.csv");
        let mut all = Self { parameters, ..Self::default() };
        let mut scale = |property: &str| match all.parameters.value("governance", property, "1") {
            Ok(value) => value.best,
            Err(error) => {
                loader.fault_in("supply/parameters.csv", Fault::Model { reason: error.to_string() });
                f64::NAN
            }
        };
        let (best, worst, series_break) = (scale("best"), scale("worst"), scale("series_break"));
        all.governance = Governance { best, worst, series_break: series_break as i32, scores: read_scores(loader, places) };
        all.read_measures(loader, places, supply);
        all.read_owners(loader, "supply/owners.csv", places, supply);
        if let Some(table) = loader.table("supply/priced_as.csv") {
            for row in 0..table.len() {
                let Some(mass_fraction) = loader.number_in(&table, row, "mass_fraction") else { continue };
                all.priced_as.push(PricedAs {
                    material: table.text(row, "material").to_owned(),
                    product: table.text(row, "product").to_owned(),
                    mass_fraction,
                    row: loader.row(&table, row),
                });
            }
        }
        if let Some(table) = loader.table("supply/leads_to.csv") {
            for row in 0..table.len() {
                let known = supply.materials();
                if let Some(column) = ["material", "into"].into_iter().find(|c| !known.contains(&table.text(row, c))) {
                    loader.unknown_name(&table, row, column, "material of chains.csv", known.into_iter());
                    continue;
                }
                all.leads_to.push((table.text(row, "material").to_owned(), table.text(row, "into").to_owned()));
            }
        }
        all
    }

    /// The materials whose tiers follow those of a material, in order.
    pub fn followers(&self, material: &str) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        let mut last = material;
        while let Some((_, into)) = self.leads_to.iter().find(|l| l.0 == last) {
            if all.contains(&into.as_str()) {
                break;
            }
            all.push(into);
            last = into;
        }
        all
    }

    fn read_measures(&mut self, loader: &mut Loader<'_>, places: &Places, supply: &Supply) {
        let Some(table) = loader.table("supply/measures.csv") else { return };
        for row in 0..table.len() {
            let Some(tier) = tier_of(loader, &table, row, supply) else { continue };
            let Some(place) = places.resolve(loader, &table, row, "place") else { continue };
            let word = table.text(row, "measure");
            let Some(kind) = MeasureKind::ALL.into_iter().find(|k| k.word() == word) else {
                loader.unknown_name(&table, row, "measure", "measure", MeasureKind::ALL.iter().map(|k| k.word()));
                continue;
            };
            let destination = match table.text(row, "destination") {
                "" => None,
                _ => match places.resolve(loader, &table, row, "destination") {
                    Some(place) => Some(place),
                    None => continue,
                },
            };
            let (since, until) = (table.text(row, "since").to_owned(), table.text(row, "until").to_owned());
            self.measures.push(Measure { tier, place, destination, kind, since, until, row: loader.row(&table, row) });
        }
    }

    /// Reads who owns mines abroad. A table of its own, so that rows read before keep their numbers.
    pub fn read_mine_owners(&mut self, loader: &mut Loader<'_>, places: &Places, supply: &Supply) {
        self.read_owners(loader, "supply/mine_owners.csv", places, supply);
    }

    fn read_owners(&mut self, loader: &mut Loader<'_>, name: &str, places: &Places, supply: &Supply) {
        let Some(table) = loader.table(name) else { return };
        for row in 0..table.len() {
            let Some(tier) = tier_of(loader, &table, row, supply) else { continue };
            let Some(place) = places.resolve(loader, &table, row, "place") else { continue };
            let Some(owner) = places.resolve(loader, &table, row, "owner") else { continue };
            let Some(share) = loader.value(&table, row, "share") else { continue };
            self.owners.push(Owner { tier, place, owner, share });
        }
    }
}

/// The tier that a row names, if shares know it.
fn tier_of(loader: &mut Loader<'_>, table: &Table, row: usize, supply: &Supply) -> Option<Tier> {
    let tier = Tier { commodity: table.text(row, "commodity").to_owned(), name: table.text(row, "tier").to_owned() };
    if supply.shares(&tier, i32::MAX).is_some() {
        return Some(tier);
    }
    let known: Vec<String> = supply.tiers().into_iter().filter(|t| t.name == tier.name).map(|t| t.commodity.clone()).collect();
    loader.unknown_name(table, row, "commodity", "commodity of that tier", known.iter().map(String::as_str));
    None
}

fn read_scores(loader: &mut Loader<'_>, places: &Places) -> FxHashMap<PlaceId, Vec<(i32, f64, RowId)>> {
    let mut scores: FxHashMap<PlaceId, Vec<(i32, f64, RowId)>> = FxHashMap::default();
    let Some(table) = loader.table("supply/governance.csv") else { return scores };
    for row in 0..table.len() {
        let Some(place) = places.resolve(loader, &table, row, "place") else { continue };
        let Some(value) = loader.number_in(&table, row, "value") else { continue };
        let year = table.text(row, "year").parse().unwrap_or(0);
        let id = loader.row(&table, row);
        let of_place = scores.entry(place).or_default();
        of_place.push((year, value, id));
        of_place.sort_by_key(|s| s.0);
    }
    scores
}
