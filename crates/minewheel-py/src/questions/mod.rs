//! One module a question: what Python hands over, what is called.

mod assess;
mod battery;
mod drive;
mod explain;
mod industry;
mod motor;
mod rules;
mod scenario;
mod supply;

use minewheel_data::car::CarDesign;
use pyo3::prelude::*;

use crate::cars::Car;
use crate::failure::Failure;

/// Adds every question to the module.
///
/// # Errors
/// None in practice: the names differ.
pub fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(assess::assess, module)?)?;
    module.add_function(wrap_pyfunction!(explain::explain, module)?)?;
    module.add_function(wrap_pyfunction!(drive::drive, module)?)?;
    module.add_function(wrap_pyfunction!(drive::range_, module)?)?;
    module.add_function(wrap_pyfunction!(battery::battery, module)?)?;
    module.add_function(wrap_pyfunction!(motor::motor, module)?)?;
    module.add_function(wrap_pyfunction!(supply::is_material, module)?)?;
    module.add_function(wrap_pyfunction!(supply::supply, module)?)?;
    module.add_function(wrap_pyfunction!(supply::disrupt_cars, module)?)?;
    module.add_function(wrap_pyfunction!(supply::disrupt, module)?)?;
    module.add_function(wrap_pyfunction!(industry::market, module)?)?;
    module.add_function(wrap_pyfunction!(industry::fleet_run, module)?)?;
    module.add_function(wrap_pyfunction!(industry::tco, module)?)?;
    module.add_function(wrap_pyfunction!(industry::case_list, module)?)?;
    module.add_function(wrap_pyfunction!(industry::case_run, module)?)?;
    module.add_function(wrap_pyfunction!(rules::is_car_file, module)?)?;
    module.add_function(wrap_pyfunction!(rules::rules_check, module)?)?;
    module.add_function(wrap_pyfunction!(rules::credit_of_car, module)?)?;
    module.add_function(wrap_pyfunction!(rules::credit_models, module)?)?;
    module.add_function(wrap_pyfunction!(rules::credit_ledger, module)?)?;
    module.add_function(wrap_pyfunction!(rules::credit_market, module)?)
}

/// The designs of cars, for a thread of its own.
fn designs(cars: &[PyRef<'_, Car>]) -> Vec<CarDesign> {
    cars.iter().map(|car| CarDesign::clone(&car.design)).collect()
}

/// Refuses a number outside a range.
fn within(name: &str, seen: f64, range: (f64, f64), unit: &str) -> Result<(), Failure> {
    if (range.0..=range.1).contains(&seen) {
        return Ok(());
    }
    Err(Failure::argument(name, seen, format!("{} to {} {unit}", range.0, range.1)))
}

/// One of several words.
fn one_of<T: Copy>(kind: &str, seen: &str, all: &[T], word: impl Fn(T) -> &'static str) -> Result<T, Failure> {
    let known = || all.iter().map(|t| word(*t)).collect::<Vec<_>>().join(", ");
    all.iter().copied().find(|t| word(*t) == seen).ok_or_else(|| Failure::word(kind, seen, &known()))
}

/// The schema of every result, by name, in an order that never changes by itself.
#[rustfmt::skip]
pub fn result_schemas() -> Vec<(&'static str, schemars::Schema)> {
    vec![
        ("assess", schemars::schema_for!(Vec<minewheel_assess::assessment::Assessment>)),
        ("explain", schemars::schema_for!(minewheel_assess::explain::Explanation)),
        ("drive", schemars::schema_for!(Vec<drive::Drive>)),
        ("range", schemars::schema_for!(Vec<drive::RangeByRule>)),
        ("battery", schemars::schema_for!(minewheel_assess::battery::BatteryReport)),
        ("motor", schemars::schema_for!(Vec<motor::Machine>)),
        ("supply", schemars::schema_for!(minewheel_industry::supply::report::SupplyReport)),
        ("disrupt", schemars::schema_for!(minewheel_industry::disruption::report::StudyReport)),
        ("market", schemars::schema_for!(minewheel_industry::market::report::MarketReport)),
        ("fleet", schemars::schema_for!(minewheel_industry::fleet::run::FleetReport)),
        ("tco", schemars::schema_for!(Vec<minewheel_industry::fleet::tco::TcoCountry>)),
        ("rules", schemars::schema_for!(minewheel_industry::rules::Report)),
        ("credits-car", schemars::schema_for!(minewheel_industry::credits::design::DesignCredit)),
        ("credits-ledger", schemars::schema_for!(minewheel_industry::credits::Ledger)),
        ("credits-fleets", schemars::schema_for!(minewheel_industry::credits::fleets::Fleets)),
        ("credits-market", schemars::schema_for!(rules::CreditMarket)),
    ]
}
