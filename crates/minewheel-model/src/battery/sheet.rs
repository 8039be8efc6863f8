//! The typical cell of a chemistry: masses of its parts for one kilowatt-hour.

use minewheel_data::row::Draw;
use minewheel_data::units::Energy;

use super::tables::{Cell, Making};

/// Masses of one kilowatt-hour of cells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Sheet {
    pub energy_wh: f64,
    pub cathode_kg: f64,
    pub cathode_binder_kg: f64,
    pub cathode_carbon_kg: f64,
    pub anode_kg: f64,
    pub anode_rest_kg: f64,
    pub copper_kg: f64,
    pub aluminium_kg: f64,
    pub separator_kg: f64,
    pub electrolyte_kg: f64,
    pub housing_kg: f64,
}

impl Sheet {
    pub fn cell_kg(&self) -> f64 {
        self.core_kg() + self.housing_kg
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
    pub fn specific_energy_wh_per_kg(&self) -> f64 {
        self.energy_wh / self.cell_kg()
    }
}

/// The cell of a chemistry, for one kilowatt-hour.
pub(super) fn cell_sheet(cell: &Cell, making: &Making, draw: &Draw<'_>) -> Sheet {
    let energy_wh = Energy::from_kwh(1.0).wh();
    let charge_ah = energy_wh / draw.of(&cell.voltage_v);
    let cathode_kg = charge_ah / draw.of(&cell.cathode_capacity_ah_per_kg);
    let paste_kg = cathode_kg / draw.of(&cell.cathode_active);
    let cathode_binder_kg = (paste_kg * draw.of(&cell.cathode_binder)).min(paste_kg - cathode_kg);
    let anode_kg = charge_ah * draw.of(&cell.n_to_p) / draw.of(&cell.anode_capacity_ah_per_kg);
    let area_m2 = charge_ah / draw.of(&cell.areal_capacity_ah_per_m2);
    // A foil is coated on both sides. Without copper, both collectors are aluminium.
    let foil_m2 = area_m2 / 2.0;
    let collectors = if cell.copper_foil_m.is_some() { 1.0 } else { 2.0 };
    let mut sheet = Sheet {
        energy_wh,
        cathode_kg,
        cathode_binder_kg,
        cathode_carbon_kg: paste_kg - cathode_kg - cathode_binder_kg,
        anode_kg,
        anode_rest_kg: anode_kg / draw.of(&cell.anode_active) - anode_kg,
        copper_kg: cell.copper_foil_m.map_or(0.0, |d| foil_m2 * draw.of(&d) * draw.of(&making.copper_kg_per_m3)),
        aluminium_kg: collectors * foil_m2 * draw.of(&cell.aluminium_foil_m) * draw.of(&making.aluminium_kg_per_m3),
        separator_kg: area_m2 * draw.of(&cell.separator_kg_per_m2),
        electrolyte_kg: charge_ah * draw.of(&cell.electrolyte_kg_per_ah),
        housing_kg: 0.0,
    };
    let housing = draw.of(&cell.housing_share);
    sheet.housing_kg = sheet.core_kg() * housing / (1.0 - housing);
    sheet
}
