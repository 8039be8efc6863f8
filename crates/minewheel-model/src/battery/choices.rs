//! What a designer may choose of a cell, and what the choices make of the chemistry's row.
//!
//! ```text
//! q_a   = (1 − s)·q_graphite + s·q_silicon            f = s·q_silicon / q_a
//! η_a   = 1 / ((1 − f)/η_graphite + f/η_silicon)       q_c → q_c·min(1, η_a/η₁)
//! V     → V − f·ΔV
//! N/P'  = N/P · min(1, room / growth)                 room   = ε + g − ε_min
//!                                                     growth = (1 − ε)·Σ v_i·x_i
//! ```
//!
//! | symbol | meaning | from |
//! |---|---|---|
//! | `s` | share of silicon-carbon composite in the anode's active mass | choice |
//! | `η` | first-cycle efficiencies; `η₁` that of the chemistry's row | `cells/stack.csv`, `cells/cells.csv` |
//! | `ΔV` | potential of silicon above graphite | `cells/stack.csv` |
//! | `v`, `x` | growth in volume when full, share of the solid volume | `cells/stack.csv` |
//! | `ε`, `ε_min`, `g` | porosity, pores left open, growth that the can takes up | choice, `cells/stack.csv` |
//!
//! Lithium that silicon keeps in the first cycle comes from the cathode, so the cathode gives less. An anode whose growth
//! fills its pores cannot be filled further: what it still holds, over what the cathode gives, is the N/P that counts.
//! Left alone, every choice is the chemistry's row, and nothing of this module is computed.

use std::str::FromStr;
use std::sync::Arc;

use minewheel_data::row::Draw;
use serde::Serialize;

use super::error::BatteryError;
use super::stack_tables::StackTables;
use super::tables::{Anode, Cell};

/// The case of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellFormat {
    /// Deep-drawn aluminium can.
    Prismatic,
    /// Laminated foil.
    Pouch,
    /// Steel can, wound.
    Cylindrical,
}

impl CellFormat {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Prismatic, Self::Pouch, Self::Cylindrical];
    /// Its name.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Prismatic => "prismatic",
            Self::Pouch => "pouch",
            Self::Cylindrical => "cylindrical",
        }
    }
}

impl FromStr for CellFormat {
    type Err = ();
    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|f| f.word() == word).ok_or(())
    }
}

/// What is chosen of a cell; `None`: the chemistry's row.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct CellChoices {
    /// The case; `None`: the typical housing share of the chemistry.
    pub format: Option<CellFormat>,
    /// Share of silicon-carbon composite in the active mass of a graphite anode.
    pub silicon_share: Option<f64>,
    /// Natural share of the graphite.
    pub natural_share: Option<f64>,
    /// Capacity of one electrode side in Ah/m².
    pub areal_capacity_ah_per_m2: Option<f64>,
    /// Porosity of both coatings.
    pub porosity: Option<f64>,
    /// Anode over cathode reversible capacity.
    pub n_to_p: Option<f64>,
    /// Thickness of the copper foil in m; in a cell without copper, of the anode's aluminium.
    pub anode_foil_m: Option<f64>,
    /// Thickness of the cathode's aluminium foil in m.
    pub cathode_foil_m: Option<f64>,
    /// Electrolyte in kg/Ah.
    pub electrolyte_kg_per_ah: Option<f64>,
    /// Reversible capacity of the cathode material in the full cell in Ah/kg.
    pub cathode_capacity_ah_per_kg: Option<f64>,
}

impl CellChoices {
    /// Whether nothing is chosen.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The numbers that a cell is built from, in one draw.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Resolved {
    pub voltage_v: f64,
    pub cathode_ah_per_kg: f64,
    pub anode_ah_per_kg: f64,
    pub n_to_p: f64,
    pub areal_ah_per_m2: f64,
    pub silicon_share: f64,
    pub copper_foil_m: Option<f64>,
    pub anode_aluminium_m: f64,
    pub aluminium_foil_m: f64,
    pub electrolyte_kg_per_ah: f64,
}

impl Resolved {
    /// The chemistry's row as it stands.
    pub fn of_row(cell: &Cell, draw: &Draw<'_>) -> Self {
        let aluminium_foil_m = draw.of(&cell.aluminium_foil_m);
        Self {
            voltage_v: draw.of(&cell.voltage_v),
            cathode_ah_per_kg: draw.of(&cell.cathode_capacity_ah_per_kg),
            anode_ah_per_kg: draw.of(&cell.anode_capacity_ah_per_kg),
            n_to_p: draw.of(&cell.n_to_p),
            areal_ah_per_m2: draw.of(&cell.areal_capacity_ah_per_m2),
            silicon_share: 0.0,
            copper_foil_m: cell.copper_foil_m.map(|d| draw.of(&d)),
            anode_aluminium_m: aluminium_foil_m,
            aluminium_foil_m,
            electrolyte_kg_per_ah: draw.of(&cell.electrolyte_kg_per_ah),
        }
    }

    /// The row with the choices in it. The electrolyte of the row goes with the pores it fills: where a choice changes
    /// their volume, it changes in the same ratio.
    pub fn of(cell: &Cell, stack: &StackTables, choices: &CellChoices, draw: &Draw<'_>) -> Self {
        let row = Self::of_row(cell, draw);
        let mut now = row;
        if let Some(capacity) = choices.cathode_capacity_ah_per_kg {
            now.cathode_ah_per_kg = capacity;
        }
        if let Some(silicon) = choices.silicon_share.filter(|s| *s > 0.0) {
            now.add_silicon(cell, stack, silicon, draw);
        }
        now.areal_ah_per_m2 = choices.areal_capacity_ah_per_m2.unwrap_or(now.areal_ah_per_m2);
        now.n_to_p = choices.n_to_p.unwrap_or(now.n_to_p);
        match (&mut now.copper_foil_m, choices.anode_foil_m) {
            (Some(copper), Some(chosen)) => *copper = chosen,
            (None, Some(chosen)) => now.anode_aluminium_m = chosen,
            _ => {}
        }
        now.aluminium_foil_m = choices.cathode_foil_m.unwrap_or(now.aluminium_foil_m);
        now.electrolyte_kg_per_ah = choices.electrolyte_kg_per_ah.unwrap_or_else(|| {
            let pores = |of: &Self, porosity| super::stack::pores_per_ah(cell, stack, of, porosity, draw);
            row.electrolyte_kg_per_ah * pores(&now, choices.porosity) / pores(&row, None)
        });
        now
    }

    fn add_silicon(&mut self, cell: &Cell, stack: &StackTables, share: f64, draw: &Draw<'_>) {
        let of_silicon = share * draw.of(&stack.silicon.capacity_ah_per_kg);
        let capacity = (1.0 - share) * self.anode_ah_per_kg + of_silicon;
        let part = of_silicon / capacity;
        let efficiency = 1.0 / ((1.0 - part) / draw.of(&stack.graphite_efficiency) + part / draw.of(&stack.silicon.first_cycle_efficiency));
        self.cathode_ah_per_kg *= (efficiency / draw.of(&cell.first_cycle_efficiency)).min(1.0);
        self.voltage_v -= part * draw.of(&stack.silicon.potential_v);
        self.anode_ah_per_kg = capacity;
        self.silicon_share = share;
    }
}

/// Lowest and highest values that a cell can be built with; beyond them lies a slip of units.
const AREAL_AH_PER_M2: (f64, f64) = (1.0, 200.0);
const POROSITY: (f64, f64) = (0.02, 0.8);
const FOIL_M: (f64, f64) = (1e-6, 1e-4);
const ELECTROLYTE_KG_PER_AH: (f64, f64) = (1e-4, 0.05);

/// Refuses choices that no cell can have, decided at best estimates.
pub(super) fn refuse_impossible(cell: &Cell, stack: &StackTables, choices: &CellChoices) -> Result<(), BatteryError> {
    let within = |what: &'static str, seen: Option<f64>, (least, most): (f64, f64), unit: &'static str| match seen {
        Some(seen) if !(least..=most).contains(&seen) => Err(BatteryError::Choice { what, seen, least, most, unit }),
        _ => Ok(()),
    };
    within("the areal capacity", choices.areal_capacity_ah_per_m2, AREAL_AH_PER_M2, "Ah/m2")?;
    within("the porosity", choices.porosity, POROSITY, "1")?;
    within("the anode's foil", choices.anode_foil_m, FOIL_M, "m")?;
    within("the cathode's foil", choices.cathode_foil_m, FOIL_M, "m")?;
    within("the electrolyte", choices.electrolyte_kg_per_ah, ELECTROLYTE_KG_PER_AH, "kg/Ah")?;
    within("the silicon share", choices.silicon_share, (0.0, 1.0), "1")?;
    within("the natural share of graphite", choices.natural_share, (0.0, 1.0), "1")?;
    let is_graphite = matches!(cell.anode, Anode::Graphite(_));
    if !is_graphite && (choices.silicon_share.is_some_and(|s| s > 0.0) || choices.natural_share.is_some()) {
        return Err(BatteryError::NoGraphite { chemistry: Arc::clone(&cell.id), anode: cell.anode.product() });
    }
    let best = &Draw::BEST;
    let now = Resolved::of(cell, stack, choices, best);
    let theory = cell.theoretical_capacity_ah_per_kg();
    let first_charge = now.cathode_ah_per_kg / cell.first_cycle_efficiency.best;
    if !(first_charge > 0.0 && first_charge <= theory) {
        return Err(BatteryError::BeyondTheory { chemistry: Arc::clone(&cell.id), seen: first_charge, reversible: now.cathode_ah_per_kg, theory });
    }
    if now.n_to_p.is_nan() || now.n_to_p < 1.0 {
        return Err(BatteryError::AnodeTooSmall { seen: now.n_to_p });
    }
    let usable = usable_n_to_p(cell, stack, choices, &now, best);
    if usable < 1.0 {
        return Err(BatteryError::SiliconBreaksBalance { share: now.silicon_share, n_to_p: now.n_to_p, usable });
    }
    Ok(())
}

/// N/P of what the anode can hold before its growth has filled its pores.
pub(super) fn usable_n_to_p(cell: &Cell, stack: &StackTables, choices: &CellChoices, now: &Resolved, draw: &Draw<'_>) -> f64 {
    if !matches!(cell.anode, Anode::Graphite(_)) {
        return now.n_to_p;
    }
    let porosity = choices.porosity.unwrap_or_else(|| draw.of(&stack.of(cell).anode_porosity));
    let (silicon, graphite) =
        (now.silicon_share / draw.of(&stack.silicon.density_kg_per_m3), (1.0 - now.silicon_share) / draw.of(&stack.density(Anode::GRAPHITE)));
    let share = silicon / (silicon + graphite);
    let growth = (1.0 - porosity) * (share * draw.of(&stack.silicon.swelling) + (1.0 - share) * draw.of(&stack.graphite_swelling));
    let room = porosity + draw.of(&stack.room_for_swelling) - draw.of(&stack.pores_open);
    now.n_to_p * (room / growth).clamp(0.0, 1.0)
}
