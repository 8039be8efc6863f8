//! What a pack of a chemistry costs in a place: the published mean of the place, split by what surveys say of chemistries.
//!
//! ```text
//! price_c = P · ρ_c / (s + (1 − s)·r)          so that  s·price_lfp + (1 − s)·price_nickel = P
//! ```
//!
//! | symbol | meaning                                        | unit    | from                                             |
//! |--------|------------------------------------------------|---------|--------------------------------------------------|
//! | `P`    | mean price of packs of all chemistries and uses | USD/kWh | `prices/prices.csv`, `pack,price`, by place and year |
//! | `s`    | share of iron phosphate in the energy sold there | 1       | `prices/battery.csv`, `survey-<place>,lfp`       |
//! | `r`    | price of nickel-based packs over iron phosphate | 1       | `pack-nmc`, of the survey's year                 |
//! | `ρ`    | price over iron phosphate: 1, `r`, or the chemistry's own row | 1 | `pack-<chemistry>,price_over_lfp`        |
//!
//! Source: surveys of `BloombergNEF` 2021 to 2025 and what the International Energy Agency says of chemistries; the rows argue each number. The
//! surveys give `r` between means of the world, where NMC packs are also those of dearer places. So a place takes
//! `price_over_lfp_in_a_place`, with which the three surveyed places return the world's ratio, and a pack of a place that no survey covers takes
//! the world's mean, share and ratio, which return the published prices of iron phosphate and NMC packs of 2025.
//!
//! Valid for packs of battery cars at the prices of a survey: all uses are in `P` (packs of battery cars of the world were 8 % below it in 2025
//! and 16 % below it in 2024; no place is told apart by use), and NMC counts as one, rich and poor in nickel. LMFP and sodium packs are in no
//! survey; their rows are assumptions and they do not enter the mean. The price model of `battery` reads none of this: it builds the price up
//! from what a pack holds.

use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_model::battery::{Element, PackDesign};
use serde::Serialize;

use crate::AssessError;
use crate::battery::built_up_price;
use crate::tables::Tables;

/// The chemistry that others are priced over.
const REFERENCE: &str = "lfp";
/// Where no survey of a place is known.
const WORLD: &str = "world";
/// The place that a row without one stands for.
const EVERYWHERE: &str = "WORLD";

/// The price of a pack, and the mean that it was split from.
#[derive(Debug, Clone, PartialEq)]
pub struct PackPrice {
    /// Of the chemistry, in USD per kWh.
    pub usd_per_kwh: f64,
    /// Published mean of all chemistries, in USD per kWh.
    pub mean_usd_per_kwh: f64,
    /// Place of that mean; empty: the world.
    pub place: String,
    /// Year of the survey.
    pub year: Option<i32>,
    /// The rows behind it.
    pub rows: Vec<RowId>,
}

/// The price at which a car's pack enters its cost, beside what the survey and the price model say.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PackQuote {
    /// What is paid: the published mean of the place, split by chemistry; for a hybrid times what its packs cost over those of battery cars; in USD
    /// per kWh.
    pub usd_per_kwh: f64,
    /// Place of the published mean.
    pub survey_place: String,
    /// Its year.
    pub survey_year: Option<i32>,
    /// The published mean of all chemistries and uses, in USD per kWh.
    pub survey_mean_usd_per_kwh: f64,
    /// What `battery` builds up for the same pack from materials, plant and labour, in USD per kWh; `null` for hybrids, whose small packs
    /// it does not price.
    pub cost_model_usd_per_kwh: Option<f64>,
}

impl PackQuote {
    /// Of a pack whose block of the cost is known, made in the first of `places`. `is_hybrid`: with an engine beside it.
    ///
    /// # Errors
    /// A price is missing.
    pub(crate) fn of(tables: &Tables, pack: &PackDesign, paid_usd: f64, places: &[&str], year: i32, is_hybrid: bool) -> Result<Self, AssessError> {
        let survey = pack_price(tables, &pack.chemistry, places, year, &Draw::BEST)?;
        let made_in = places.first().copied().unwrap_or(EVERYWHERE);
        Ok(Self {
            usd_per_kwh: paid_usd / pack.gross_energy.kwh(),
            survey_place: if survey.place.is_empty() { EVERYWHERE.to_owned() } else { survey.place },
            survey_year: survey.year,
            survey_mean_usd_per_kwh: survey.mean_usd_per_kwh,
            cost_model_usd_per_kwh: if is_hybrid { None } else { Some(built_up_price(pack, made_in, year, tables)?) },
        })
    }
}

/// The price of a chemistry's packs for makers in the first of `places` that a survey names, in the last year up to `year`, else the latest
/// there is.
///
/// # Errors
/// A price, share or ratio is missing; no row prices the chemistry.
pub fn pack_price(tables: &Tables, chemistry: &str, places: &[&str], year: i32, draw: &Draw<'_>) -> Result<PackPrice, ParameterError> {
    let prices = &tables.prices;
    let (mean, survey_year) = dated(prices, "pack", "price", places, year, "USD/kWh")?;
    let place = tables.rows.text(mean.row, "place").to_owned();
    let year = survey_year.unwrap_or(year);
    let is_world = place.is_empty();

    let ratio_of = if is_world { "price_over_lfp" } else { "price_over_lfp_in_a_place" };
    let (nickel, _) = dated(prices, "pack-nmc", ratio_of, &[], year, "1")?;
    let surveyed = format!("survey-{}", if is_world { WORLD.to_owned() } else { place.to_lowercase() });
    let mixes = &tables.battery.prices;
    let mix = if mixes.has(&surveyed) { surveyed } else { format!("survey-{WORLD}") };
    let (share, _) = dated(mixes, &mix, REFERENCE, &[], year, "1")?;

    let mut rows = vec![mean.row, share.row, nickel.row];
    let over = over_reference(tables, chemistry, nickel)?;
    rows.extend(over.map(|o| o.row));
    rows.dedup();
    let over = over.map_or(1.0, |o| draw.of(&o));
    let (share, nickel, mean) = (draw.of(&share), draw.of(&nickel), draw.of(&mean));
    let usd_per_kwh = mean * over / (1.0 - share).mul_add(nickel, share);
    Ok(PackPrice { usd_per_kwh, mean_usd_per_kwh: mean, place, year: survey_year, rows })
}

/// What a chemistry's packs cost over those of iron phosphate; `None`: it is iron phosphate.
fn over_reference(tables: &Tables, chemistry: &str, nickel: Value) -> Result<Option<Value>, ParameterError> {
    const OVER: &str = "price_over_lfp";
    if chemistry == REFERENCE {
        return Ok(None);
    }
    let own = format!("pack-{chemistry}");
    if let Ok(subject) = tables.prices.subject(&own)
        && let Some(value) = subject.optional(OVER, "1")?
    {
        return Ok(Some(value));
    }
    if tables.cells.cell(chemistry).is_some_and(|cell| cell.mass_fraction(Element::Nickel) > 0.0) {
        return Ok(Some(nickel));
    }
    tables.prices.value(&own, OVER, "1").map(Some)
}

/// A value and its year: the last up to the year asked for, else the latest there is.
pub(super) fn dated(
    table: &Parameters,
    subject: &str,
    property: &str,
    places: &[&str],
    year: i32,
    unit: &str,
) -> Result<(Value, Option<i32>), ParameterError> {
    let subject = table.subject(subject)?;
    let at = |year: i32| subject.dated_value_at(property, places, year, unit);
    at(year).or_else(|_| at(i32::MAX))
}
