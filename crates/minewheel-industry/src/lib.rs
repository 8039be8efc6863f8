//! The world around the car.
//!
//! [`cases`] recomputes published statements about the industry and judges them. [`rules`] holds companies, plants and
//! products against rule sets. Pure: no file, no clock, no screen.

pub mod cases;
pub mod passport;
pub mod rules;

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
