//! The fleet: cohorts of cars and of their packs through the years, and what follows from them.
//!
//! [`survival`] holds curves, [`cohorts`] the stock model, [`packs`] the batteries as cohorts of their own. [`side_by_side`] runs it on
//! many series at once, [`series`] on a user's tables, [`study`] and [`run`] a whole study with the cars of the catalogue, [`regions`] several places at once ([`figures`]), [`mix`] splits a
//! product into sizes and chemistries, [`intervals`] repeats it over draws of the tables and of the study's [`ranges`], [`capacity`] sets it beside what works can make, [`credits`] counts
//! what its new cars earn; [`drivers`] give it cars by people, income and the share of electric ones. [`calibration`] fits
//! curves to a register, [`adoption`] moves shares of electric cars, each with its back-test;
//! [`ownership`] follows income, [`charging`] drives and charges single cars through a year, [`tco`] sets two cars beside each other by country and year. [`tables`] reads what only the fleet needs. Pure: no file, no clock.

pub mod adoption;
pub mod calibration;
pub mod capacity;
pub mod charging;
pub mod cohorts;
pub mod credits;
pub mod drivers;
pub mod figures;
pub mod intervals;
pub mod ledgers;
pub mod mix;
pub mod ownership;
pub mod packs;
mod product;
pub mod ranges;
pub mod regions;
pub mod run;
pub mod series;
pub mod side_by_side;
pub mod study;
pub mod survival;
pub mod tables;
pub mod tco;
