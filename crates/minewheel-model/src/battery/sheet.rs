//! The typical cell of a chemistry: masses of its parts for one kilowatt-hour.

use minewheel_data::row::Draw;
use minewheel_data::units::Energy;

use super::choices::Resolved;
use super::tables::{Cell, Making};

/// Masses of one kilowatt-hour of cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sheet {
    pub energy_wh: f64,
    pub charge_ah: f64,
    pub area_m2: f64,
    pub cathode_kg: f64,
    pub cathode_binder_kg: f64,
    pub cathode_carbon_kg: f64,
    pub anode_kg: f64,
    /// What the anode holds.
    pub anode_ah: f64,
    /// Of the anode: silicon-carbon composite.
    pub silicon_kg: f64,
    pub anode_rest_kg: f64,
    pub copper_kg: f64,
    pub aluminium_kg: f64,
    pub separator_kg: f64,
    pub electrolyte_kg: f64,
    /// Aluminium of the case.
    pub housing_kg: f64,
    pub housing_polymer_kg: f64,
    pub housing_steel_kg: f64,
}

impl Sheet {
    pub fn cell_kg(&self) -> f64 {
        self.core_kg() + self.housing_kg + self.housing_polymer_kg + self.housing_steel_kg
    }
    fn core_kg(&self) -> f64 {
        self.cathode_kg
            + self.cathode_binder_kg
            + self.cathode_carbon_kg
            + self.anode_kg
            + self.anode_rest_kg
            + self.copper_kg
            + self.aluminium_kg
            + self.separator_kg
            + self.electrolyte_kg
    }
    /// Gives the cell an aluminium case that is this share of its mass.
    pub fn set_housing(&mut self, share: f64) {
        self.housing_kg = self.core_kg() * share / (1.0 - share);
    }
    pub fn specific_energy_wh_per_kg(&self) -> f64 {
        self.energy_wh / self.cell_kg()
    }
}

/// The cell of a chemistry, for one kilowatt-hour, with the housing share of its row.
pub(super) fn cell_sheet(cell: &Cell, making: &Making, now: &Resolved, draw: &Draw<'_>) -> Sheet {
    let energy_wh = Energy::from_kwh(1.0).wh();
    let charge_ah = energy_wh / now.voltage_v;
    let cathode_kg = charge_ah / now.cathode_ah_per_kg;
    let paste_kg = cathode_kg / draw.of(&cell.cathode_active);
    let cathode_binder_kg = (paste_kg * draw.of(&cell.cathode_binder)).min(paste_kg - cathode_kg);
    let anode_kg = charge_ah * now.n_to_p / now.anode_ah_per_kg;
    let area_m2 = charge_ah / now.areal_ah_per_m2;
    // A foil is coated on both sides. Without copper, both collectors are aluminium.
    let foil_m2 = area_m2 / 2.0;
    let aluminium_m = if now.copper_foil_m.is_some() { now.aluminium_foil_m } else { now.aluminium_foil_m + now.anode_aluminium_m };
    let mut sheet = Sheet {
        energy_wh,
        charge_ah,
        area_m2,
        cathode_kg,
        cathode_binder_kg,
        cathode_carbon_kg: paste_kg - cathode_kg - cathode_binder_kg,
        anode_kg,
        anode_ah: anode_kg * now.anode_ah_per_kg,
        silicon_kg: anode_kg * now.silicon_share,
        anode_rest_kg: anode_kg / draw.of(&cell.anode_active) - anode_kg,
        copper_kg: now.copper_foil_m.map_or(0.0, |d| foil_m2 * d * draw.of(&making.copper_kg_per_m3)),
        aluminium_kg: foil_m2 * aluminium_m * draw.of(&making.aluminium_kg_per_m3),
        separator_kg: area_m2 * draw.of(&cell.separator_kg_per_m2),
        electrolyte_kg: charge_ah * now.electrolyte_kg_per_ah,
        housing_kg: 0.0,
        housing_polymer_kg: 0.0,
        housing_steel_kg: 0.0,
    };
    sheet.set_housing(draw.of(&cell.housing_share));
    sheet
}
