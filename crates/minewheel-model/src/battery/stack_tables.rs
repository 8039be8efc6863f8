//! What the electrode stack is computed from, typed, from `data/cells/stack.csv`.

use std::sync::Arc;

use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::Value;

use super::choices::CellFormat;
use super::tables::{Anode, Cell};

/// What the stack needs of one chemistry.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChemistryStack {
    id: Arc<str>,
    pub cathode_density_kg_per_m3: Value,
    pub cathode_porosity: Value,
    pub anode_porosity: Value,
    pub cathode_radius_m: Value,
    pub cathode_exchange_a_per_m2: Value,
    pub upper_voltage_v: Value,
    pub energy_density_low_wh_per_l: Value,
    pub energy_density_high_wh_per_l: Value,
}

/// What the stack needs of one anode material.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct AnodeStack {
    pub density_kg_per_m3: Value,
    pub radius_m: Value,
    pub exchange_a_per_m2: Value,
    pub plating_margin_v: Value,
}

/// Silicon-carbon composite.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Silicon {
    pub capacity_ah_per_kg: Value,
    pub first_cycle_efficiency: Value,
    pub potential_v: Value,
    pub swelling: Value,
    pub density_kg_per_m3: Value,
}

/// The case of one format.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Case {
    pub width_m: Value,
    pub height_m: Value,
    /// `None`: round, `width_m` is the diameter.
    pub thickness_m: Option<Value>,
    pub wall_m: Value,
    pub lid_m: Option<Value>,
    pub terminals_kg: Value,
    pub fill: Value,
    /// Of a laminate: its mass by area, its rim, its aluminium.
    pub laminate: Option<(Value, Value, Value)>,
}

/// One way for ions through an electrolyte.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Electrolyte {
    pub conductivity_s_per_m: Value,
    pub warm_conductivity_s_per_m: Value,
    pub bruggeman: Value,
}

/// Everything the stack is computed from.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StackTables {
    chemistries: Vec<ChemistryStack>,
    anodes: [AnodeStack; 4],
    pub silicon: Silicon,
    pub graphite_efficiency: Value,
    pub graphite_swelling: Value,
    pub room_for_swelling: Value,
    pub pores_open: Value,
    pub pvdf: Value,
    pub carbon: Value,
    pub anode_binder: Value,
    pub electrolyte_density: Value,
    pub solid_density: Value,
    pub liquid: Electrolyte,
    pub solid: Electrolyte,
    pub solid_share: Value,
    pub salt_mol_per_m3: Value,
    pub transference: Value,
    pub diffusivity_m2_per_s: Value,
    pub separator_m: Value,
    pub separator_porosity: Value,
    pub activation_j_per_mol: Value,
    pub contact_ohm_m2: Value,
    pub fast_charge_c: Value,
    pub power_voltage_share: Value,
    cases: [Case; 3],
    pub steel_kg_per_m3: Value,
    pub volume_share_modules: Value,
    pub volume_share_cell_to_pack: Value,
}

impl StackTables {
    pub fn read(table: &Parameters, cells: &[Cell]) -> Result<Self, Box<ParameterError>> {
        let v = |subject: &str, property: &str, unit: &str| table.value(subject, property, unit).map_err(Box::new);
        let chemistries = cells.iter().map(|cell| {
            let of = |property: &str, unit: &str| v(&cell.id, property, unit);
            Ok(ChemistryStack {
                id: Arc::clone(&cell.id),
                cathode_density_kg_per_m3: of("cathode_density", "kg/m3")?,
                cathode_porosity: of("cathode_porosity", "1")?,
                anode_porosity: of("anode_porosity", "1")?,
                cathode_radius_m: of("cathode_particle_radius", "m")?,
                cathode_exchange_a_per_m2: of("cathode_exchange_current", "A/m2")?,
                upper_voltage_v: of("upper_voltage", "V")?,
                energy_density_low_wh_per_l: of("energy_density_low", "Wh/l")?,
                energy_density_high_wh_per_l: of("energy_density_high", "Wh/l")?,
            })
        });
        let anode = |material: &str| -> Result<AnodeStack, Box<ParameterError>> {
            Ok(AnodeStack {
                density_kg_per_m3: v("density", material, "kg/m3")?,
                radius_m: v(material, "particle_radius", "m")?,
                exchange_a_per_m2: v(material, "exchange_current", "A/m2")?,
                plating_margin_v: v(material, "plating_margin", "V")?,
            })
        };
        let electrolyte = |name: &str| -> Result<Electrolyte, Box<ParameterError>> {
            Ok(Electrolyte {
                conductivity_s_per_m: v(name, "conductivity", "1/Ohm/m")?,
                warm_conductivity_s_per_m: v(name, "conductivity_when_warm", "1/Ohm/m")?,
                bruggeman: v(name, "bruggeman", "1")?,
            })
        };
        let case = |format: CellFormat| -> Result<Case, Box<ParameterError>> {
            let subject = table.subject(format.word())?;
            let laminate = match subject.optional("laminate_mass", "kg/m2")? {
                Some(mass) => Some((mass, subject.value("seam", "m")?, subject.value("aluminium_share", "1")?)),
                None => None,
            };
            Ok(Case {
                width_m: subject.value("width", "m")?,
                height_m: subject.value("height", "m")?,
                thickness_m: subject.optional("thickness", "m")?,
                wall_m: subject.value("wall", "m")?,
                lid_m: subject.optional("lid", "m")?,
                terminals_kg: subject.value("terminals", "kg")?,
                fill: subject.value("fill", "1")?,
                laminate,
            })
        };
        Ok(Self {
            chemistries: chemistries.collect::<Result<_, Box<ParameterError>>>()?,
            anodes: [anode("graphite")?, anode("hard-carbon")?, anode("lithium-titanate")?, anode("lithium-metal")?],
            silicon: Silicon {
                capacity_ah_per_kg: v("silicon-anode", "capacity", "Ah/kg")?,
                first_cycle_efficiency: v("silicon-anode", "first_cycle_efficiency", "1")?,
                potential_v: v("silicon-anode", "potential_above_graphite", "V")?,
                swelling: v("silicon-anode", "swelling", "1")?,
                density_kg_per_m3: v("density", "silicon-anode", "kg/m3")?,
            },
            graphite_efficiency: v("graphite", "first_cycle_efficiency", "1")?,
            graphite_swelling: v("graphite", "swelling", "1")?,
            room_for_swelling: v("coating", "room_for_swelling", "1")?,
            pores_open: v("coating", "pores_open_when_full", "1")?,
            pvdf: v("density", "pvdf", "kg/m3")?,
            carbon: v("density", "carbon-black", "kg/m3")?,
            anode_binder: v("density", "anode-binder", "kg/m3")?,
            electrolyte_density: v("density", "electrolyte", "kg/m3")?,
            solid_density: v("density", "solid-electrolyte", "kg/m3")?,
            liquid: electrolyte("electrolyte")?,
            solid: electrolyte("solid-electrolyte")?,
            solid_share: v("solid-electrolyte", "share_of_coating", "1")?,
            salt_mol_per_m3: v("electrolyte", "salt_concentration", "mol/m3")?,
            transference: v("electrolyte", "transference_number", "1")?,
            diffusivity_m2_per_s: v("electrolyte", "diffusivity", "m2/s")?,
            separator_m: v("separator", "thickness", "m")?,
            separator_porosity: v("separator", "porosity", "1")?,
            activation_j_per_mol: v("electrodes", "activation_energy", "J/mol")?,
            contact_ohm_m2: v("electrodes", "contact_resistance", "Ohm*m2")?,
            fast_charge_c: v("electrodes", "fast_charge_temperature", "1")?,
            power_voltage_share: v("electrodes", "power_voltage_share", "1")?,
            cases: [case(CellFormat::Prismatic)?, case(CellFormat::Pouch)?, case(CellFormat::Cylindrical)?],
            steel_kg_per_m3: v("density", "steel", "kg/m3")?,
            volume_share_modules: v("pack", "cell_volume_share_modules", "1")?,
            volume_share_cell_to_pack: v("pack", "cell_volume_share_cell_to_pack", "1")?,
        })
    }

    /// The rows of a chemistry; every chemistry of the tables has them.
    pub fn of(&self, cell: &Cell) -> &ChemistryStack {
        self.chemistries.iter().find(|c| c.id == cell.id).unwrap_or(&self.chemistries[0])
    }
    pub fn anode(&self, anode: &Anode) -> &AnodeStack {
        &self.anodes[anode.index()]
    }
    /// Density of an anode material by its index.
    pub fn density(&self, index: usize) -> Value {
        self.anodes[index].density_kg_per_m3
    }
    pub const fn case(&self, format: CellFormat) -> &Case {
        let [prismatic, pouch, cylindrical] = &self.cases;
        match format {
            CellFormat::Prismatic => prismatic,
            CellFormat::Pouch => pouch,
            CellFormat::Cylindrical => cylindrical,
        }
    }
}
