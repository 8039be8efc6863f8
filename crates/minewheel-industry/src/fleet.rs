//! The fleet: cohorts of cars and of their packs through the years, and what follows from them.
//!
//! [`survival`] holds curves, [`cohorts`] the stock model, [`series`] a user's tables of inflow, stock and survival,
//! [`packs`] the batteries as cohorts of their own. Pure: no file, no clock.

pub mod cohorts;
pub mod series;
pub mod survival;
