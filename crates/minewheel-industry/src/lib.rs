//! The world around the car.
//!
//! [`cases`] recomputes published statements about the industry and judges them. [`rules`] holds companies, plants and
//! products against rule sets. Pure: no file, no clock, no screen.

pub mod cases;
pub mod passport;
pub mod rules;
