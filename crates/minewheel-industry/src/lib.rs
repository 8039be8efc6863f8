//! The world around the car.
//!
//! [`cases`] recomputes published statements about the industry and judges them. Pure: no file, no clock, no screen.

pub mod cases;
pub mod credits;
