//! Why a cell or pack cannot be designed.

use std::sync::Arc;

/// A pack that cannot be designed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum BatteryError {
    /// No such chemistry.
    #[error("no chemistry `{wanted}`{}; known: {known}", nearest.as_deref().map(|n| format!(", did you mean `{n}`?")).unwrap_or_default())]
    UnknownChemistry {
        /// What was asked for.
        wanted: String,
        /// The nearest id.
        nearest: Option<String>,
        /// All ids.
        known: String,
    },
    /// A pack has energy.
    #[error("gross energy is {seen} kWh; wanted a positive number")]
    NoEnergy {
        /// What was given.
        seen: f64,
    },
    /// The mass given leaves no room for structure around the cells.
    #[error(
        "a {energy_kwh:.1} kWh pack of {chemistry} cannot weigh {given_kg:.0} kg: cells take {cells_kg:.0} kg, electronics and cooling \
         {systems_kg:.0} kg; wanted at least {least_kg:.0} kg"
    )]
    PackTooLight {
        /// The chemistry.
        chemistry: Arc<str>,
        /// Gross energy.
        energy_kwh: f64,
        /// Mass given.
        given_kg: f64,
        /// Mass of the cells.
        cells_kg: f64,
        /// Mass of what is neither cell nor structure.
        systems_kg: f64,
        /// Least mass.
        least_kg: f64,
    },
    /// The mass given is mostly not battery.
    #[error(
        "a {energy_kwh:.1} kWh pack of {chemistry} does not weigh {given_kg:.0} kg: cells would be {share:.2} of it; wanted at least {least:.2} \
         (at most {most_kg:.0} kg)"
    )]
    PackTooHeavy {
        /// The chemistry.
        chemistry: Arc<str>,
        /// Gross energy.
        energy_kwh: f64,
        /// Mass given.
        given_kg: f64,
        /// Share of cells in it.
        share: f64,
        /// Least share.
        least: f64,
        /// Largest mass.
        most_kg: f64,
    },
    /// A choice that no cell can have.
    #[error("{what} is {seen} {unit}; wanted {least} to {most} {unit}")]
    Choice {
        /// What was chosen.
        what: &'static str,
        /// The value seen.
        seen: f64,
        /// Least value.
        least: f64,
        /// Largest value.
        most: f64,
        /// Unit of all three.
        unit: &'static str,
    },
    /// The anode holds less than the cathode gives.
    #[error("N/P is {seen}; wanted at least 1: the anode must hold what the cathode gives, or lithium plates")]
    AnodeTooSmall {
        /// The value seen.
        seen: f64,
    },
    /// Silicon fills the pores before the anode is full.
    #[error(
        "a silicon share of {share} breaks the balance of the electrodes: growing, the anode fills its pores when it holds {usable:.2} of what the \
         cathode gives (N/P {n_to_p} before); wanted at least 1"
    )]
    SiliconBreaksBalance {
        /// Silicon share of the anode.
        share: f64,
        /// N/P by capacity.
        n_to_p: f64,
        /// N/P that can be used.
        usable: f64,
    },
    /// The cathode gives more than its formula holds.
    #[error(
        "{chemistry}: {reversible:.1} Ah/kg of cathode asks {seen:.1} Ah/kg in the first charge; wanted at most {theory:.1} Ah/kg, all alkali ions of \
         the formula"
    )]
    BeyondTheory {
        /// The chemistry.
        chemistry: Arc<str>,
        /// First charge asked for.
        seen: f64,
        /// Reversible capacity asked for.
        reversible: f64,
        /// First charge in theory.
        theory: f64,
    },
    /// Silicon or natural graphite asked of an anode without graphite.
    #[error("the anode of {chemistry} is {anode}; wanted graphite for a silicon share or a natural share")]
    NoGraphite {
        /// The chemistry.
        chemistry: Arc<str>,
        /// Its anode.
        anode: &'static str,
    },
    /// The pack tables were not read whole; the loader's violations say why.
    #[error("the tables of making cells and packs are incomplete")]
    TablesIncomplete,
}
