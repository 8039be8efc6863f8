//! Traction battery: from a chemistry and a gross energy to the mass of every component, its bill and its elements.
//!
//! ```text
//! Q          = E / V                         charge of the full cell
//! m_cathode  = Q / q_c                       active material of the cathode
//! m_anode    = Q · (N/P) / q_a               active material of the anode
//! A          = Q / q_A                       one-sided electrode area; foils carry two sides: A/2
//! m_foil     = A/2 · d · ρ
//! m_cell     = (m_pastes + m_foils + A·μ_sep + Q·μ_el) / (1 − h)
//! m_pack     = m_cell / s                    s: share of cells in the pack
//! ```
//!
//! | symbol      | meaning                                     | from                    |
//! |-------------|---------------------------------------------|-------------------------|
//! | `q_c`, `V`  | reversible capacity and mean voltage        | `cells/cells.csv`       |
//! | `q_a`, `N/P`| anode capacity, anode over cathode capacity | `cells/cells.csv`       |
//! | `q_A`       | areal capacity of one electrode side        | `cells/cells.csv`       |
//! | `h`, `s`    | housing share of a cell, cell share of pack | `cells/cells.csv`, `packs.csv` |
//! | yields      | what of a purchase ends in a good pack      | `cells/packs.csv`       |
//! | atomic mass | molar mass of the cathode, metal contents   | `cells/elements.csv`    |
//!
//! Specific energies of cells on the market are a check on the result, never an input. Where a catalogue knows the
//! mass of a pack, the structural part takes up the difference; a mass that leaves no room for structure is refused.
//!
//! Sources: stoichiometry; recipes of Dai et al. 2019 (doi:10.3390/batteries5020048). Valid for cells of 2015 to 2025
//! with liquid electrolyte. Lithium in the electrolyte's salt is bought with it and not counted among the contents.

mod cell;
mod choices;
mod content;
mod design;
mod error;
mod lines;
mod power;
mod recipes;
mod sheet;
mod stack;
mod stack_tables;
mod tables;

pub use cell::{CellDesign, CoatingReport, FastChargeReport, PowerReport, describe_cell};
pub use choices::{CellChoices, CellFormat};
pub use content::{Bound, Check, Content};
pub use design::{PackDesign, PackSpec, design_pack, purchases};
pub use error::BatteryError;
pub use lines::{Purchase, with_recipes};
pub use power::PackPower;
pub use recipes::Feed;
pub use tables::{Cell, CellTables, Element, PackLayout};

#[cfg(test)]
mod tests;
