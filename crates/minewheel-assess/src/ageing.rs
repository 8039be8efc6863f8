//! A cell over the years, and the first life of a car's pack, at best estimates.
//!
//! Joins [`minewheel_model::ageing`] to a car: its distance a year, its range on the official cycle, its chemistry.

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::row::Draw;
use minewheel_data::units::Length;
use minewheel_model::ageing::{CarDuty, Duty, Warning, YearOfLife, simulate};
use minewheel_model::charging::ChargingError;
use minewheel_model::drive::Conditions;
use serde::Serialize;

use crate::AssessError;
use crate::inventory::{drive_car, sized_with_pack, with_standard_life};
use crate::tables::Tables;

/// The first life of a car's pack.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PackLife {
    /// Id of the car.
    pub car: String,
    /// Cell chemistry.
    pub chemistry: String,
    /// Distance in a year.
    pub km_per_year: f64,
    /// Share of it driven on the battery: 1 for battery cars, the utility factor of plug-in hybrids.
    pub electric_share: f64,
    /// Range on the official cycle.
    pub range_km: f64,
    /// Equivalent full cycles a year of the new pack.
    pub cycles_per_year: f64,
    /// Capacity at which the first life ends.
    pub first_life_ends_at: f64,
    /// Years until then; 60 is the longest computed.
    pub first_life_years: f64,
    /// Years until a fifth of the capacity is gone.
    pub years_to_80_percent: f64,
    /// Age of the oldest cars that the field data holds: what is said of a pack beyond it is extrapolated.
    pub field_reaches_years: f64,
    /// Packs that the car's life takes, at least one.
    pub packs_over_life: f64,
}

/// The capacity that studies of field data and much of the trade call the end of a pack's first life.
pub(crate) const EIGHTY_PERCENT: f64 = 0.8;

/// What a life must not be read without: how far the field data reaches, and what no law holds.
pub fn extrapolation(years: f64, reaches: f64) -> Option<String> {
    (years > reaches).then(|| {
        format!(
            "a first life beyond {reaches:.0} years is extrapolated: no car of the field data is older, and most are far younger; knees and \
             failures, which end a life earlier, are not in it"
        )
    })
}

/// Ages a cell: its id, its years, and what they must not be read without.
///
/// # Errors
/// An unknown law, or a number outside what can be simulated.
pub fn age(tables: &Tables, cell: &str, duty: &Duty, years: u32, step_h: f64) -> Result<(String, Vec<YearOfLife>, Vec<Warning>), AssessError> {
    let cell = tables.ageing.cell(cell)?;
    let (lives, warnings) = simulate(cell, &tables.ageing, duty, years, step_h, &Draw::BEST)?;
    Ok((cell.id.clone(), lives, warnings))
}

/// The first life of a car's pack; the distance a year is the table's or the design's where none is given.
///
/// # Errors
/// The car has no plug, or cannot be driven.
pub fn pack_life(design: &CarDesign, tables: &Tables, per_year: Option<Length>) -> Result<PackLife, AssessError> {
    let plugged = matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev);
    let (true, Some(battery)) = (plugged, &design.battery) else {
        return Err(ChargingError::NoPlug { car: design.id.clone(), powertrain: design.powertrain.word() }.into());
    };
    let driven = drive_car(design, tables, None, &Conditions::official())?;
    let range_km = driven.range_km.unwrap_or(f64::NAN);
    let (_, sized) = sized_with_pack(&with_standard_life(design, tables)?, tables, &Draw::BEST)?;
    let years = sized.years.years();
    let per_year = per_year.unwrap_or(sized.lifetime * (1.0 / years));
    let curve = tables.vehicles.utility_curve(design, design.model_year.unwrap_or(i32::MAX), false, &Draw::BEST)?;
    let electric_share = curve.map_or(1.0, |curve| curve.share(Length::from_km(range_km)).get());
    let electric = per_year * electric_share;
    let usage = CarDuty::new(electric, Length::from_km(range_km));
    let first_life_years = tables.ageing.pack_years(&battery.chemistry, &usage, &Draw::BEST)?;
    Ok(PackLife {
        car: design.id.clone(),
        chemistry: battery.chemistry.clone(),
        km_per_year: per_year.km(),
        range_km,
        electric_share,
        cycles_per_year: electric.km() / range_km,
        first_life_ends_at: tables.ageing.first_life_ends_at(&Draw::BEST),
        first_life_years,
        years_to_80_percent: tables.ageing.pack_years_to(&battery.chemistry, &usage, EIGHTY_PERCENT, &Draw::BEST)?,
        field_reaches_years: tables.ageing.field_reaches_years(),
        packs_over_life: (years / first_life_years).max(1.0),
    })
}
