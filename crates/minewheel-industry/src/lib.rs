//! The world around the car.
//!
//! [`cases`] recomputes published statements about the industry and judges them. [`fleet`] carries cars and packs through the years,
//! [`market`] holds what was built, sold and exported, [`supply`] where materials come from. Pure: no file, no clock, no screen.

pub mod cases;
pub mod fleet;
pub mod market;
pub mod supply;
