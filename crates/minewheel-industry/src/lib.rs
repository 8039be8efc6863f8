//! The world around the car.
//!
//! [`cases`] recomputes published statements about the industry and judges them. [`supply`] says where materials come from and
//! who depends on whom. Pure: no file, no clock, no screen.

pub mod cases;
pub mod disruption;
pub mod supply;
