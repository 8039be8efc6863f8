//! The electrode stack of a cell: loadings, thicknesses, pores, volume, resistance.
//!
//! ```text
//! L_c  = q_A / q_c                       active material of one side, kg/m²
//! t_c  = (L_c / x) / (ρ_c·(1 − ε_c))     1/ρ = Σ w_i/ρ_i over active material, binder, carbon
//! pores per area   = ε_c·t_c + ε_a·t_a + ε_s·t_s
//! stack per area   = t_c + t_a + t_s + (d_Cu + d_Al)/2
//! R    = t_c/(3κε_c^b) + t_s/(κε_s^b) + t_a/(3κε_a^b) + R_ct,c + R_ct,a + R_0
//! R_ct = (RT/F) / (i₀·a·t)               a = 3·φ/r, φ: active share of the coating's volume
//! ```
//!
//! | symbol | meaning | from |
//! |---|---|---|
//! | `q_A` | capacity of one side | `cells/cells.csv` or chosen |
//! | `ρ`, `ε` | true density, porosity | `cells/stack.csv` |
//! | `κ`, `b` | conductivity of the electrolyte, exponent of the pores' winding | `cells/stack.csv` |
//! | `i₀`, `r` | exchange current by particle surface, particle radius | `cells/stack.csv` |
//! | `R_0` | foils, films, the first seconds of diffusion | `cells/stack.csv` |
//!
//! Source: porous-electrode theory with uniform reaction (Newman and Tiedemann 1975); linear charge transfer. Valid for
//! pulses of seconds at half charge; at high rates the reaction crowds to the separator and the true resistance is lower,
//! later diffusion makes it higher.

use minewheel_data::row::Draw;
use minewheel_data::units::{Energy, FARADAY_C_PER_MOL, GAS_CONSTANT_J_PER_MOL_K, Temperature, Volume};

use super::choices::{CellFormat, Resolved};
use super::sheet::Sheet;
use super::stack_tables::{Case, Electrolyte, StackTables};
use super::tables::{Anode, Cell, Making};

/// Temperature at which transport and charge transfer are tabulated.
const TABULATED: Temperature = Temperature::from_celsius(25.0);
/// An ion crosses a third of a uniformly working electrode, as charge crosses a transmission line.
const TRANSMISSION_LINE: f64 = 3.0;
/// Surface over volume of a sphere, times its radius.
const SPHERE: f64 = 3.0;

/// Coating of one side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Coating {
    pub active_kg_per_m2: f64,
    pub kg_per_m2: f64,
    pub thickness_m: f64,
    pub porosity: f64,
    /// Active share of the volume, pores counted.
    pub active_share: f64,
}

/// Both coatings and the separator of one side.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Stack {
    pub cathode: Coating,
    pub anode: Coating,
    pub separator_m: f64,
    pub separator_porosity: f64,
    pub pores_m3_per_m2: f64,
    pub thickness_m: f64,
}

fn cathode(cell: &Cell, stack: &StackTables, now: &Resolved, porosity: Option<f64>, draw: &Draw<'_>) -> Coating {
    let own = stack.of(cell);
    let active = draw.of(&cell.cathode_active);
    let binder = draw.of(&cell.cathode_binder).min(1.0 - active);
    let density = draw.of(&own.cathode_density_kg_per_m3);
    let dry = active / density + binder / draw.of(&stack.pvdf) + (1.0 - active - binder) / draw.of(&stack.carbon);
    // Solid electrolyte fills the gaps of a composite.
    let volume = if cell.is_solid { dry / (1.0 - draw.of(&stack.solid_share)) } else { dry };
    let porosity = porosity.unwrap_or_else(|| draw.of(&own.cathode_porosity));
    coating(now.areal_ah_per_m2 / now.cathode_ah_per_kg, active, volume, active / density, porosity)
}

fn anode(cell: &Cell, stack: &StackTables, now: &Resolved, porosity: Option<f64>, draw: &Draw<'_>) -> Coating {
    let own = stack.anode(&cell.anode);
    let active = draw.of(&cell.anode_active);
    let silicon = now.silicon_share;
    let by_active = (1.0 - silicon) / draw.of(&own.density_kg_per_m3) + silicon / draw.of(&stack.silicon.density_kg_per_m3);
    let volume = active * by_active + (1.0 - active) / draw.of(&stack.anode_binder);
    let porosity = match cell.anode {
        Anode::LithiumMetal => 0.0,
        _ => porosity.unwrap_or_else(|| draw.of(&stack.of(cell).anode_porosity)),
    };
    coating(now.areal_ah_per_m2 * now.n_to_p / now.anode_ah_per_kg, active, volume, active * by_active, porosity)
}

fn coating(active_kg_per_m2: f64, active: f64, m3_per_kg: f64, active_m3_per_kg: f64, porosity: f64) -> Coating {
    let kg_per_m2 = active_kg_per_m2 / active;
    Coating {
        active_kg_per_m2,
        kg_per_m2,
        thickness_m: kg_per_m2 * m3_per_kg / (1.0 - porosity),
        porosity,
        active_share: (1.0 - porosity) * active_m3_per_kg / m3_per_kg,
    }
}

/// The stack of one side.
pub(super) fn stack(cell: &Cell, tables: &StackTables, now: &Resolved, porosity: Option<f64>, draw: &Draw<'_>) -> Stack {
    let (cathode, anode) = (cathode(cell, tables, now, porosity, draw), anode(cell, tables, now, porosity, draw));
    let (separator_m, separator_porosity) = if cell.is_solid {
        (draw.of(&cell.separator_kg_per_m2) / draw.of(&tables.solid_density), 1.0)
    } else {
        (draw.of(&tables.separator_m), draw.of(&tables.separator_porosity))
    };
    let foils_m = now.copper_foil_m.unwrap_or(now.anode_aluminium_m) + now.aluminium_foil_m;
    let open = if cell.is_solid { 0.0 } else { separator_porosity * separator_m };
    Stack {
        cathode,
        anode,
        separator_m,
        separator_porosity,
        pores_m3_per_m2: cathode.porosity * cathode.thickness_m + anode.porosity * anode.thickness_m + open,
        thickness_m: cathode.thickness_m + anode.thickness_m + separator_m + foils_m / 2.0,
    }
}

/// Volume of the pores of a stack in m³/Ah.
pub(super) fn pores_per_ah(cell: &Cell, tables: &StackTables, now: &Resolved, porosity: Option<f64>, draw: &Draw<'_>) -> f64 {
    stack(cell, tables, now, porosity, draw).pores_m3_per_m2 / now.areal_ah_per_m2
}

impl Stack {
    /// Volume of the stack for one watt-hour in m³.
    pub fn m3_per_wh(&self, now: &Resolved) -> f64 {
        self.thickness_m / (now.areal_ah_per_m2 * now.voltage_v)
    }

    /// Resistance by area in Ω·m², of the whole cell and of the anode's side alone.
    pub fn resistance(&self, cell: &Cell, tables: &StackTables, warm_c: Option<f64>, draw: &Draw<'_>) -> (f64, f64) {
        let electrolyte: &Electrolyte = if cell.is_solid { &tables.solid } else { &tables.liquid };
        let at = warm_c.map_or(TABULATED, Temperature::from_celsius);
        let conductivity = draw.of(if warm_c.is_some() { &electrolyte.warm_conductivity_s_per_m } else { &electrolyte.conductivity_s_per_m });
        let bruggeman = draw.of(&electrolyte.bruggeman);
        let faster = (draw.of(&tables.activation_j_per_mol) / GAS_CONSTANT_J_PER_MOL_K * (1.0 / TABULATED.k() - 1.0 / at.k())).exp();
        let through = |length: f64, open: f64| length / (conductivity * open.powf(bruggeman));
        let thermal_v = GAS_CONSTANT_J_PER_MOL_K * at.k() / FARADAY_C_PER_MOL;
        let transfer = |coating: &Coating, exchange: f64, radius: f64| {
            thermal_v / (faster * exchange * SPHERE * coating.active_share / radius * coating.thickness_m)
        };
        let (own, anode) = (tables.of(cell), tables.anode(&cell.anode));
        let open = |coating: &Coating| if cell.is_solid { draw.of(&tables.solid_share) } else { coating.porosity };
        let cathode_side = through(self.cathode.thickness_m, open(&self.cathode)) / TRANSMISSION_LINE
            + transfer(&self.cathode, draw.of(&own.cathode_exchange_a_per_m2), draw.of(&own.cathode_radius_m));
        let in_pores = if cell.anode == Anode::LithiumMetal { 0.0 } else { through(self.anode.thickness_m, self.anode.porosity) / TRANSMISSION_LINE };
        let anode_side = in_pores + transfer(&self.anode, draw.of(&anode.exchange_a_per_m2), draw.of(&anode.radius_m));
        let separator = through(self.separator_m, self.separator_porosity);
        (cathode_side + anode_side + separator + draw.of(&tables.contact_ohm_m2), anode_side)
    }
}

impl Stack {
    /// Current by area in A/m² at which the salt at the anode's foil is used up when the cell charges; `None`: only the cation
    /// moves, and none is.
    pub fn depleting_a_per_m2(&self, cell: &Cell, tables: &StackTables, warm_c: bool, draw: &Draw<'_>) -> Option<f64> {
        if cell.is_solid {
            return None;
        }
        let of = |v| draw.of(v);
        let bruggeman = of(&tables.liquid.bruggeman);
        let faster = if warm_c { of(&tables.liquid.warm_conductivity_s_per_m) / of(&tables.liquid.conductivity_s_per_m) } else { 1.0 };
        // Half of the anode: the current falls from the separator to the foil. Half of the separator: from its middle.
        let way = |coating_m: f64, open: f64| coating_m / (2.0 * open.powf(bruggeman));
        let resistance = way(self.anode.thickness_m, self.anode.porosity) + way(self.separator_m, self.separator_porosity);
        let moved = FARADAY_C_PER_MOL * of(&tables.diffusivity_m2_per_s) * faster * of(&tables.salt_mol_per_m3);
        Some(moved / ((1.0 - of(&tables.transference)) * resistance))
    }
}

/// A cell in its case.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cased {
    pub outer_m3: f64,
    pub energy_wh: f64,
    /// Case by material: aluminium, polymer, steel.
    pub aluminium_kg: f64,
    pub polymer_kg: f64,
    pub steel_kg: f64,
}

impl Cased {
    pub fn wh_per_l(&self) -> f64 {
        self.energy_wh / Volume::from_m3(self.outer_m3).l()
    }
}

/// The cell of a format around a stack.
pub(super) fn cased(format: CellFormat, tables: &StackTables, m3_per_wh: f64, making: &Making, draw: &Draw<'_>) -> Cased {
    let case: &Case = tables.case(format);
    let (width, height, wall, fill) = (draw.of(&case.width_m), draw.of(&case.height_m), draw.of(&case.wall_m), draw.of(&case.fill));
    let terminals = draw.of(&case.terminals_kg);
    let lid = case.lid_m.map_or(wall, |l| draw.of(&l));
    let aluminium = draw.of(&making.aluminium_kg_per_m3);
    let (outer_m3, inner_m3, masses) = match (&case.thickness_m, &case.laminate) {
        (Some(thickness), Some((mass, seam, share))) => {
            let (thick, seam, share) = (draw.of(thickness), draw.of(seam), draw.of(share));
            let laminate = 2.0 * (width + 2.0 * seam) * (height + seam) * draw.of(mass);
            let outer = (width + 2.0 * seam) * (height + seam) * thick;
            (outer, width * height * (thick - 2.0 * wall), [laminate * share + terminals, laminate * (1.0 - share), 0.0])
        }
        (Some(thickness), None) => {
            let thick = draw.of(thickness);
            let outer = width * height * thick;
            let inner = (width - 2.0 * wall) * (thick - 2.0 * wall) * (height - wall - lid);
            (outer, inner, [(outer - inner) * aluminium + terminals, 0.0, 0.0])
        }
        (None, _) => {
            let disc = |diameter: f64| std::f64::consts::PI / 4.0 * diameter * diameter;
            let outer = disc(width) * height;
            let inner = disc(width - 2.0 * wall) * (height - 2.0 * lid);
            (outer, inner, [0.0, 0.0, (outer - inner) * draw.of(&tables.steel_kg_per_m3) + terminals])
        }
    };
    Cased { outer_m3, energy_wh: inner_m3 * fill / m3_per_wh, aluminium_kg: masses[0], polymer_kg: masses[1], steel_kg: masses[2] }
}

/// The case that a cell is taken to have where none is chosen: what most cells of cars have.
pub(super) const USUAL_FORMAT: CellFormat = CellFormat::Prismatic;

/// Puts a kilowatt-hour of cells into its cases; they replace the housing share of the chemistry's row.
pub(super) fn put_in_case(sheet: &mut Sheet, cased: &Cased) {
    let cells = Energy::from_kwh(1.0).wh() / cased.energy_wh;
    sheet.housing_kg = cased.aluminium_kg * cells;
    sheet.housing_polymer_kg = cased.polymer_kg * cells;
    sheet.housing_steel_kg = cased.steel_kg * cells;
}
