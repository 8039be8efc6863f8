//! The market: what was built, sold, exported, registered and charged, each figure with what it counts.
//!
//! [`period`] and [`series`] hold the figures, [`report`] answers for a span of time, [`reconcile`] says what does not add up,
//! [`batteries`] what the cars sold need.

pub mod batteries;
pub mod period;
pub mod reconcile;
pub mod report;
pub mod series;
