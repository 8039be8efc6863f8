//! Carbon and new-energy credits: who earns them, who must buy, at what price.
//!
//! - [`rules`]: constants by edition and year, from `data/rules/credits.csv`; a year without a row is refused by name.
//! - [`car`]: the new-energy credit of one car, its slopes and its cliffs; [`design`]: the same from a car file, with
//!   range, consumption and pack from the model, and the design changes that cross a cliff.
//! - [`study`]: companies, links, models and volumes as the user writes them; [`accounts`]: both accounts of a company
//!   and year; [`affiliates`]: who may give company-average credits to whom; [`ledger`]: deficits cleared in the order
//!   of the law, year after year, with an audit trail.
//! - [`market`]: the competitive equilibrium over years, and a Cournot equilibrium of sellers that know their weight.
//! - [`fleets`]: the EU fleet target, the US greenhouse-gas credits and the UK mandate.
//! - [`results`]: what was announced, by year, segment and company.
//!
//! Valid for passenger cars. Constants carry the status of their row; a result carries the weakest it used. Nothing here
//! says that a car or company meets the law: many constants were read in digests or programs, not in the acts.

pub mod accounts;
pub mod affiliates;
pub mod car;
pub mod design;
pub mod fleets;
pub mod ledger;
pub mod market;
pub mod models;
pub mod results;
pub mod rules;
pub mod study;

pub use car::{CarCredit, CarFacts, CarRules, CreditPowertrain};
pub use ledger::{Ledger, clear};
pub use rules::{RuleBook, RuleError, System};
pub use study::{Study, StudyError};
