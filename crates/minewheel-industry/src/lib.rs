//! The world around the car. Pure: no file, no clock, no screen.
//!
//! - [`cases`] recomputes published statements.
//! - [`disruption`] .
//! - [`fleet`] carries cars and packs through the years.
//! - [`market`] holds what was built, sold and exported.
//! - [`passport`] fills a battery's passport.
//! - [`rules`] holds companies, plants and products against rule sets.
//! - [`supply`] says where materials come from and what breaks.

pub mod cases;
pub mod disruption;
pub mod fleet;
pub mod market;
pub mod passport;
pub mod rules;
pub mod supply;

use minewheel_data::loader::{Loader, Rows};
use minewheel_data::parameters::Parameters;
use minewheel_data::store::Store;
use minewheel_data::table::Violation;

/// Rows of the tables that only this crate reads, apart from those of cars: rules, passport, output of the industry.
///
/// # Errors
/// Every violation of these tables.
pub fn tables_apart(store: &Store, check_all: bool) -> Result<Vec<Rows>, Vec<Violation>> {
    let rules = rules::RuleTables::read(store, check_all)?;
    let passport = passport::PassportTables::read(store, check_all)?;
    let mut loader = Loader::new(store, check_all);
    let _ = Parameters::read(&mut loader, cases::output::OUTPUT);
    let (_, output) = loader.finish_folder(cases::output::OUTPUT)?;
    Ok(vec![rules.rows, passport.rows().clone(), output])
}
