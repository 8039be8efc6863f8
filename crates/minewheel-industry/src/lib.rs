//! The world around the car. Pure: no file, no clock, no screen.
//!
//! - [`cases`] recomputes published statements.
//! - [`credits`] earns, clears and prices carbon and new-energy credits.
//! - [`disruption`] follows kilograms from day to day when a supplier fails.
//! - [`fleet`] carries cars and packs through the years.
//! - [`market`] holds what was built, sold and exported.
//! - [`passport`] fills a battery's passport.
//! - [`rules`] holds companies, plants and products against rule sets.
//! - [`solver`] finds optima of convex programmes.
//! - [`suppliers`] adds up what suppliers report, and plans what they change.
//! - [`supply`] says where materials come from and what breaks.

pub mod cases;
pub mod credits;
pub mod disruption;
pub mod fleet;
pub mod market;
pub mod passport;
pub mod rules;
pub mod solver;
pub mod suppliers;
pub mod supply;

use minewheel_data::loader::{Loader, Rows};
use minewheel_data::methods::PEDIGREE;
use minewheel_data::parameters::Parameters;
use minewheel_data::source::SourceId;
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_data::table::Violation;

/// Status and source of the rows of the tables that only this crate reads, apart from those of cars: rules, passport, output of the
/// industry, market, fleet, credits, premiums, suppliers. Every reader numbers the sources of one store alike.
///
/// # Errors
/// Every violation of these tables.
pub fn tables_apart(store: &Store, check_all: bool) -> Result<Vec<(Status, SourceId)>, Vec<Violation>> {
    let rules = rules::RuleTables::read(store, check_all)?;
    let passport = passport::PassportTables::read(store, check_all)?;
    let mut loader = Loader::new(store, check_all);
    let _ = Parameters::read(&mut loader, cases::output::OUTPUT);
    let (_, output) = loader.finish_folder(cases::output::OUTPUT)?;
    let mut loader = Loader::new(store, check_all);
    let _ = Parameters::read(&mut loader, PEDIGREE);
    let (_, pedigree) = loader.finish_folder(PEDIGREE)?;
    let market = market::series::Market::read(store, check_all, None)?;
    let fleet = fleet::tables::FleetTables::read(store, check_all)?;
    let credits = credits::rules::RuleBook::read(store, check_all)?;
    let results = credits::results::Results::read(store, check_all)?;
    let premiums = supply::sourcing::costs::Premiums::read(store, check_all)?;
    let suppliers = suppliers::tables::SupplierTables::read(store, check_all)?;
    let all = [&rules.rows, passport.rows(), &output, &pedigree, &results.rows, premiums.rows(), suppliers.rows()]
        .into_iter()
        .flat_map(Rows::iter)
        .map(|(_, status, source)| (status, source));
    // These two read places too, which are counted with the cars.
    let own = |rows: &Rows, folder: &str| -> Vec<(Status, SourceId)> {
        rows.iter().filter(|(row, ..)| rows.position(*row).file.starts_with(folder)).map(|(_, status, source)| (status, source)).collect()
    };
    Ok(all.chain(own(&market.rows, "market/")).chain(own(&fleet.rows, "fleet/")).chain(own(credits.rows(), credits::rules::TABLE)).collect())
}
