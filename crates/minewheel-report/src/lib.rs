//! Results as one HTML file that carries everything with it and prints to A4.
//!
//! A report says what was asked, what came out with its range, by which method and presets, how well the numbers behind
//! it are known, where they come from, and how to get it again. It computes nothing: every figure is one of the result's,
//! at most scaled to the unit of its axis.
//!
//! ```text
//! result of assess or industry ──► subject module ──► Document ──► html::page
//! ```

pub mod assessment;
pub mod charts;
pub mod credits;
pub mod document;
pub mod figure;
pub mod fleet;
pub mod html;
mod origin;
pub mod sources;
pub mod sourcing;
pub mod suppliers;
pub mod supply;
pub mod verdicts;

pub use document::{Block, Document, Section, Table};
