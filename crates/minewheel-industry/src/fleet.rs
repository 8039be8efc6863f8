//! The fleet: cohorts of cars and of their packs through the years, and what follows from them.
//!
//! [`survival`] holds curves, [`cohorts`] the stock model, [`packs`] the batteries as cohorts of their own. [`series`] runs the
//! stock model on a user's tables, [`study`] and [`run`] a whole study with the cars of the catalogue ([`figures`]). [`tables`]
//! reads what only the fleet needs. Pure: no file, no clock.

pub mod cohorts;
pub mod figures;
pub mod packs;
pub mod run;
pub mod series;
pub mod study;
pub mod survival;
pub mod tables;
