//! The body as parts: stampings, hot-stamped parts, castings, extrusions, and what a design's choices change in them.
//!
//! A class of [`crate::vehicle`] says what body and closures weigh and which materials they are made of; `data/body` divides
//! every material over groups of parts. A choice takes parts out of a group and puts another part in their place:
//!
//! ```text
//! contained = Σ_groups kept·m_group + Σ new parts        bought = contained / yield        scrap = bought − contained
//! ```
//!
//! - [`plan`]: door ring, large castings, metal of the closures; pieces and joints.
//! - [`alloys`]: how much old scrap an alloy takes.
//! - [`tables`], from `data/body`.
//!
//! Choices move the kerb mass of the design: the mass given in a car file is that of the car as its class builds it. Hot
//! stamping and casting energies are in the cards of the products; presses, machining and welding are services of the plant.
//! Valid for unibodies of steel or aluminium. Left out: stiffness and crash, repair, tools and dies, laser welding of blanks,
//! paint on castings. Checked by the tests of this module.

pub mod alloys;
pub mod plan;
pub mod tables;

pub use alloys::{Alloys, Family, Limit, Tramp, spread_over};
pub use plan::{BodyPlan, GroupMass, NewPart};
pub use tables::BodyTables;

#[cfg(test)]
mod tests;
