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
