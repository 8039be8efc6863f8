//! Power cells: what the pack of a hybrid is made of, and how thin its coatings must be for the power that it gives.
//!
//! ```text
//! x(u) = (1 − u)·x_row + u·x_power          areal capacity, foils, pores, resistance by area, housing, share of cells in the pack
//! u    : the least for which the pack's short-time power covers that of the machines, at best estimates; at most 1
//! ```
//!
//! A pack of one or two kilowatt-hours must give tens of kilowatts, so its coatings are a third as thick as those of a battery car, its
//! foils weigh as much as its coatings, and most of the pack is not cell; with a plug, cells have their usual share. Between the row of the
//! chemistry and the power cell of `cells/packs.csv` everything is taken in proportion. Where even the power cell does not cover the
//! machines, the pack gives what it can: in a hybrid the generator brings the rest.
//!
//! Power is that of seconds, as in [`super::cell`]. A power cell has finer powders than the stack's tables know, so its resistance by area
//! is a row of its own, from what makers publish a kilogram, and not that of the stack. Valid for cells with liquid electrolyte. A cell
//! with choices is what was chosen.

use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::{Draw, Value};
use minewheel_data::units::{Energy, Power};

use super::choices::Resolved;
use super::design::PackSpec;
use super::stack::{pores_per_ah, stack};
use super::stack_tables::StackTables;
use super::tables::{Cell, CellTables};

/// Halvings of the range in which the thickest coating is looked for: what is left is a billionth of it, less than an atom.
const HALVINGS: u32 = 30;

/// What a pack must give.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PackPower {
    /// The power of machines in kW.
    Covers(Value),
    /// As much as a power cell can, in a small pack without a plug.
    Most,
}

/// The typical power cell, whatever its chemistry.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PowerCell {
    pub areal_ah_per_m2: Value,
    pub copper_foil_m: Value,
    pub aluminium_foil_m: Value,
    pub porosity: Value,
    pub resistance_ohm_m2: Value,
    pub housing_share: Value,
    pub share_of_pack: Value,
    pub least_cells: Value,
    pub specific_energy_low_wh_per_kg: Value,
    pub specific_power_high_w_per_kg: Value,
    pub energy_density_low_wh_per_l: Value,
}

impl PowerCell {
    pub fn read(packs: &Parameters) -> Result<Self, Box<ParameterError>> {
        let row = packs.subject("power-cell")?;
        Ok(Self {
            areal_ah_per_m2: row.value("areal_capacity", "Ah/m2")?,
            copper_foil_m: row.value("copper_foil_thickness", "m")?,
            aluminium_foil_m: row.value("aluminium_foil_thickness", "m")?,
            porosity: row.value("porosity", "1")?,
            resistance_ohm_m2: row.value("resistance", "Ohm*m2")?,
            housing_share: row.value("housing_share", "1")?,
            share_of_pack: row.value("cell_mass_share", "1")?,
            least_cells: row.value("least_cell_share", "1")?,
            specific_energy_low_wh_per_kg: row.value("specific_energy_low", "Wh/kg")?,
            specific_power_high_w_per_kg: row.value("specific_power_high", "W/kg")?,
            energy_density_low_wh_per_l: row.value("energy_density_low", "Wh/l")?,
        })
    }
}

/// A cell on its way from the chemistry's row to a power cell.
#[derive(Debug, Clone, Copy)]
pub(super) struct Thinned<'t> {
    pub power: &'t PowerCell,
    stack: &'t StackTables,
    share: f64,
}

impl<'t> Thinned<'t> {
    /// How far the cell of a pack is thinned; `None`: it is that of the row.
    pub fn of(spec: &PackSpec, cell: &Cell, tables: &'t CellTables) -> Option<Self> {
        let asked = spec.power?;
        let (power, stack) = (tables.power.as_ref()?, tables.stack.as_ref()?);
        let is_thick = cell.areal_ah_per_m2().best > power.areal_ah_per_m2.best;
        if !spec.choices.is_default() || cell.is_solid || !is_thick {
            return None;
        }
        let at = |share: f64| Self { power, stack, share };
        let PackPower::Covers(wanted) = asked else { return Some(at(1.0)) };
        let covers = |share: f64| at(share).pack_kw(spec, cell) >= wanted.best;
        if covers(0.0) {
            return None;
        }
        let (mut too_little, mut enough) = (0.0, 1.0);
        if covers(enough) {
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(too_little, enough);
                if covers(middle) { enough = middle } else { too_little = middle }
            }
        }
        Some(at(enough))
    }

    /// A number between that of the row and that of the power cell, in a draw.
    pub fn between(&self, row: f64, power: &Value, draw: &Draw<'_>) -> f64 {
        (1.0 - self.share) * row + self.share * draw.of(power)
    }

    /// Porosity of both coatings.
    pub fn porosity(&self, cell: &Cell, draw: &Draw<'_>) -> f64 {
        let own = self.stack.of(cell);
        self.between(f64::midpoint(draw.of(&own.cathode_porosity), draw.of(&own.anode_porosity)), &self.power.porosity, draw)
    }

    /// The numbers of the cell. The electrolyte of the row goes with the pores that it fills.
    pub fn resolved(&self, cell: &Cell, draw: &Draw<'_>) -> Resolved {
        let row = Resolved::of_row(cell, draw);
        let mut now = row;
        now.areal_ah_per_m2 = self.between(row.areal_ah_per_m2, &self.power.areal_ah_per_m2, draw);
        now.copper_foil_m = row.copper_foil_m.map(|foil| self.between(foil, &self.power.copper_foil_m, draw));
        now.aluminium_foil_m = self.between(row.aluminium_foil_m, &self.power.aluminium_foil_m, draw);
        now.anode_aluminium_m = self.between(row.anode_aluminium_m, &self.power.aluminium_foil_m, draw);
        let pores = |of: &Resolved, porosity| pores_per_ah(cell, self.stack, of, porosity, draw);
        now.electrolyte_kg_per_ah *= pores(&now, Some(self.porosity(cell, draw))) / pores(&row, None);
        now
    }

    /// Short-time power of the pack in kW, at best estimates.
    fn pack_kw(&self, spec: &PackSpec, cell: &Cell) -> f64 {
        let best = &Draw::BEST;
        let now = self.resolved(cell, best);
        let area_m2 = Energy::from_kwh(spec.gross_energy_kwh.best).wh() / now.voltage_v / now.areal_ah_per_m2;
        Power::from_w(short_time_w_per_m2(self.resistance_ohm_m2(cell, best), self.stack, &now, best) * area_m2).kw()
    }

    /// Resistance by area in Ω·m², at 25 °C and half charge.
    pub fn resistance_ohm_m2(&self, cell: &Cell, draw: &Draw<'_>) -> f64 {
        let row = stack(cell, self.stack, &Resolved::of_row(cell, draw), None, draw);
        self.between(row.resistance(cell, self.stack, None, draw).0, &self.power.resistance_ohm_m2, draw)
    }
}

/// Short-time power by electrode area in W/m²: `s·(1 − s)·U²/R` with the voltage at the share `s` of the open one.
pub(super) fn short_time_w_per_m2(resistance_ohm_m2: f64, parameters: &StackTables, now: &Resolved, draw: &Draw<'_>) -> f64 {
    let under_load = draw.of(&parameters.power_voltage_share);
    under_load * (1.0 - under_load) * now.voltage_v * now.voltage_v / resistance_ohm_m2
}
