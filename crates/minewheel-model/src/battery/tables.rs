//! Cells and packs as checked types: formulas, capacities, recipes. Physics that does not hold is a
//! violation of the table it was read from.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::loader::Loader;
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::{Draw, Value};
use minewheel_data::table::{Fault, Table};
use minewheel_data::units::{Charge, FARADAY_C_PER_MOL};
use serde::Serialize;

use super::choices::Resolved;
use super::power::PowerCell;
use super::recipes::{Feed, read_recipes};
use super::sheet::{Sheet, cell_sheet};
use super::stack_tables::StackTables;

const ELEMENTS: &str = "cells/elements.csv";
const CELLS: &str = "cells/cells.csv";
const PACKS: &str = "cells/packs.csv";
const FURTHER: &str = "cells/further.csv";
const STACK: &str = "cells/stack.csv";
/// The subject of the energy of a cell plant by step.
const PLANT: &str = "cell-plant";
/// Shares by step are rounded to three digits.
const PLANT_TOLERANCE: f64 = 2e-3;

/// Products of the pack's recipe that carry load; they take up the difference to a catalogued pack mass.
const STRUCTURAL: [&str; 3] = ["aluminium-extrusion", "aluminium-sheet", "steel-galvanised"];

/// An element of a cathode formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Element {
    /// Li.
    Lithium,
    /// Na.
    Sodium,
    /// Ni.
    Nickel,
    /// Co.
    Cobalt,
    /// Mn.
    Manganese,
    /// Al.
    Aluminium,
    /// Fe.
    Iron,
    /// P.
    Phosphorus,
    /// O.
    Oxygen,
}

impl Element {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::Lithium, Self::Sodium, Self::Nickel, Self::Cobalt, Self::Manganese, Self::Aluminium, Self::Iron, Self::Phosphorus, Self::Oxygen];

    /// Its chemical symbol.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Lithium => "Li",
            Self::Sodium => "Na",
            Self::Nickel => "Ni",
            Self::Cobalt => "Co",
            Self::Manganese => "Mn",
            Self::Aluminium => "Al",
            Self::Iron => "Fe",
            Self::Phosphorus => "P",
            Self::Oxygen => "O",
        }
    }
}

/// How cells are put into a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PackLayout {
    /// Cells in modules, modules in the pack.
    Modules,
    /// Cells straight in the pack.
    CellToPack,
}

/// The anode's active material.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Anode {
    /// Graphite; the value is the natural share.
    Graphite(Value),
    /// Hard carbon.
    HardCarbon,
    /// Lithium titanate.
    Titanate,
    /// Foil of lithium.
    LithiumMetal,
}

impl Anode {
    /// Index of graphite among the anode materials.
    pub const GRAPHITE: usize = 0;

    /// Its place among the anode materials of `stack.csv`.
    pub const fn index(&self) -> usize {
        match self {
            Self::Graphite(_) => Self::GRAPHITE,
            Self::HardCarbon => 1,
            Self::Titanate => 2,
            Self::LithiumMetal => 3,
        }
    }
    /// What is bought for it, where it is one product.
    pub const fn product(&self) -> &'static str {
        match self {
            Self::Graphite(_) => "graphite-synthetic",
            Self::HardCarbon => "hard-carbon",
            Self::Titanate => "lithium-titanate",
            Self::LithiumMetal => "lithium-metal",
        }
    }
}

/// One chemistry: its formula and the design of its typical cell.
///
/// Invariants, checked when the tables are read: the formula has a mass, capacities stay below theory, the anode holds
/// more than the cathode gives, recipes leave no negative rest, and the cell's specific energy at best estimates lies
/// in the range seen on the market.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    pub(super) id: Arc<str>,
    pub(super) cathode_product: Arc<str>,
    pub(super) formula: Vec<(Element, f64)>,
    pub(super) element_masses: Vec<(Element, f64)>,
    pub(super) molar_mass_kg_per_mol: f64,
    pub(super) electrons: f64,
    pub(super) cathode_capacity_ah_per_kg: Value,
    pub(super) voltage_v: Value,
    pub(super) first_cycle_efficiency: Value,
    pub(super) anode: Anode,
    pub(super) anode_capacity_ah_per_kg: Value,
    pub(super) n_to_p: Value,
    pub(super) cathode_active: Value,
    pub(super) cathode_binder: Value,
    pub(super) anode_active: Value,
    pub(super) areal_capacity_ah_per_m2: Value,
    pub(super) copper_foil_m: Option<Value>,
    pub(super) aluminium_foil_m: Value,
    pub(super) separator_kg_per_m2: Value,
    pub(super) electrolyte_kg_per_ah: Value,
    pub(super) housing_share: Value,
    pub(super) share_of_pack: Value,
    pub(super) specific_energy_low_wh_per_kg: Value,
    pub(super) specific_energy_high_wh_per_kg: Value,
    /// Separator and filler are solid electrolyte.
    pub(super) is_solid: bool,
}

impl Cell {
    /// The chemistry's id.
    pub fn id(&self) -> &str {
        &self.id
    }
    /// Whether it is an estimate of a cell that nobody sells yet.
    pub const fn is_estimate(&self) -> bool {
        self.is_solid
    }
    /// Mass of the separator by area in kg/m².
    pub const fn separator_areal_mass(&self) -> Value {
        self.separator_kg_per_m2
    }
    /// The product of its cathode's active material.
    pub fn cathode_product(&self) -> &str {
        &self.cathode_product
    }
    /// Energy per mass of the worst and the best cells on sale, in Wh/kg: checks of a design, never inputs.
    pub fn specific_energy_range(&self) -> [Value; 2] {
        [self.specific_energy_low_wh_per_kg, self.specific_energy_high_wh_per_kg]
    }
    /// Capacity of one electrode side in Ah/m².
    pub(super) fn areal_ah_per_m2(&self) -> &Value {
        &self.areal_capacity_ah_per_m2
    }
    /// Moles of each element in a formula unit of the cathode.
    pub fn formula(&self) -> &[(Element, f64)] {
        &self.formula
    }
    /// Mass fraction of an element in the cathode active material.
    pub fn mass_fraction(&self, element: Element) -> f64 {
        self.element_masses.iter().find(|(e, _)| *e == element).map_or(0.0, |(_, m)| m / self.molar_mass_kg_per_mol)
    }
    /// Charge that all alkali ions of a kilogram of cathode material carry: `n·F/M`, in Ah/kg.
    pub fn theoretical_capacity_ah_per_kg(&self) -> f64 {
        Charge::from_c(self.electrons * FARADAY_C_PER_MOL).ah() / self.molar_mass_kg_per_mol
    }
}

/// Losses in making cells and packs, densities, and limits of a pack.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Making {
    pub electrode_yield: Value,
    pub foil_yield: Value,
    pub separator_yield: Value,
    pub electrolyte_yield: Value,
    pub cell_yield: Value,
    pub pack_yield: Value,
    pub reference_kwh_per_kg: Value,
    /// What an anode's paste holds beside its active material, by product, in parts.
    pub anode_rest: [(&'static str, Value); 3],
    pub least_structure: Value,
    pub least_cells: Value,
    pub cell_to_pack_share: Value,
    /// Aluminium over aluminium and steel of what is not cell.
    pub aluminium_of_structure: Value,
    pub copper_kg_per_m3: Value,
    pub aluminium_kg_per_m3: Value,
}

/// One product of the pack's recipe, per kilogram of what is not cell.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct PackPart {
    pub product: Arc<str>,
    pub share: Value,
    pub structural: bool,
    pub is_aluminium: bool,
}

impl PackPart {
    /// Its share in a draw. A pack is built of aluminium or of steel: what is more of one is less of the other, and extrusions and
    /// sheet move together.
    pub fn share(&self, parts: &[Self], making: &Making, draw: &Draw<'_>) -> f64 {
        if !self.structural {
            return draw.of(&self.share);
        }
        let sum = |of: bool| parts.iter().filter(|p| p.structural && p.is_aluminium == of).map(|p| p.share.best).sum::<f64>();
        let (aluminium, steel) = (sum(true), sum(false));
        if aluminium == 0.0 || steel == 0.0 {
            return draw.of(&self.share);
        }
        let wanted = draw.of(&making.aluminium_of_structure).clamp(0.0, 1.0);
        let (wanted, held) = if self.is_aluminium { (wanted, aluminium) } else { (1.0 - wanted, steel) };
        self.share.best * wanted * (aluminium + steel) / held
    }
}

/// Everything the tables of `data/cells` say.
#[derive(Debug, Clone, Default)]
pub struct CellTables {
    cells: Vec<Cell>,
    pub(super) making: Option<Making>,
    pub(super) power: Option<PowerCell>,
    pub(super) parts: Vec<PackPart>,
    plant_steps: Vec<(Box<str>, Value)>,
    atomic_masses: BTreeMap<Arc<str>, f64>,
    elements: Parameters,
    further: Vec<Cell>,
    pub(super) stack: Option<StackTables>,
    recipes: Vec<Feed>,
}

impl CellTables {
    /// Reads `data/cells`. Whatever is missing or breaks physics is noted in the loader as a violation.
    pub fn read(loader: &mut Loader<'_>) -> Self {
        let elements = Parameters::read(loader, ELEMENTS);
        let cells = Parameters::read(loader, CELLS);
        let packs = Parameters::read(loader, PACKS);
        let mut all = Self::default();
        for symbol in elements.subjects() {
            match elements.value(symbol, "atomic_mass", "kg/mol") {
                Ok(mass) => {
                    all.atomic_masses.insert(symbol.into(), mass.best);
                }
                Err(error) => missing(loader, ELEMENTS, symbol, &error),
            }
        }
        match making(&packs) {
            Ok((making, parts)) => {
                all.making = Some(making);
                all.parts = parts;
            }
            Err(error) => missing(loader, PACKS, "making", &error),
        }
        match PowerCell::read(&packs) {
            Ok(power) => all.power = Some(power),
            Err(error) => missing(loader, PACKS, "power-cell", &error),
        }
        match plant_steps(&packs) {
            Ok(steps) => {
                let sum: f64 = steps.iter().map(|s| s.1.best).sum();
                if (sum - 1.0).abs() > PLANT_TOLERANCE {
                    law(loader, PACKS, PLANT, "", "the steps of a cell plant take all of its energy: their shares add up to 1", sum.to_string());
                }
                all.plant_steps = steps;
            }
            Err(error) => missing(loader, PACKS, PLANT, &error),
        }
        for id in cells.subjects() {
            let cell = lawful(loader, CELLS, cell(&cells, id, &elements), id, all.making.as_ref());
            all.cells.extend(cell);
        }
        all.elements = elements;
        all
    }

    /// Reads what only the designer needs: further chemistries, the stack, recipes of materials without a card. To be called
    /// after all other tables, so that their rows keep their numbers.
    pub fn read_designer(&mut self, loader: &mut Loader<'_>) {
        let further = Parameters::read(loader, FURTHER);
        let stack = Parameters::read(loader, STACK);
        for id in further.subjects() {
            let cell = lawful(loader, FURTHER, cell(&further, id, &self.elements), id, self.making.as_ref());
            self.further.extend(cell);
        }
        let all: Vec<Cell> = self.designable().cloned().collect();
        match StackTables::read(&stack, &all) {
            Ok(stack) if !all.is_empty() => self.stack = Some(stack),
            Ok(_) => {}
            Err(error) => missing(loader, STACK, "density", &error),
        }
        self.recipes = read_recipes(loader);
    }

    /// Every chemistry that can be designed: those of cars, then those that only the designer knows.
    pub fn designable(&self) -> impl Iterator<Item = &Cell> {
        self.cells.iter().chain(&self.further)
    }
    /// What a kilogram of a material without a card is made from; empty: it is bought as it is.
    pub fn recipe<'r>(&'r self, material: &str) -> impl Iterator<Item = &'r Feed> {
        self.recipes.iter().filter(move |f| &*f.material == material)
    }

    /// The steps of a cell plant, with their shares of its energy; the shares add up to 1.
    pub fn plant_steps(&self) -> &[(Box<str>, Value)] {
        &self.plant_steps
    }

    /// All chemistries that a car may name, in table order.
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }
    /// A chemistry by its id.
    pub fn cell(&self, id: &str) -> Option<&Cell> {
        self.designable().find(|c| &*c.id == id)
    }
    /// Mass of a mole of each element in kg, by symbol.
    pub fn atomic_masses(&self) -> &BTreeMap<Arc<str>, f64> {
        &self.atomic_masses
    }
}

/// A cell that was read, with its broken laws noted; none if a parameter is missing.
fn lawful(loader: &mut Loader<'_>, table: &str, cell: Result<Cell, Box<ParameterError>>, id: &str, making: Option<&Making>) -> Option<Cell> {
    match cell {
        Ok(cell) => {
            let sheet = making.map(|m| cell_sheet(&cell, m, &Resolved::of_row(&cell, &Draw::BEST), &Draw::BEST));
            for (property, rule, seen) in broken_laws(&cell, sheet.as_ref()) {
                law(loader, table, id, property, rule, seen);
            }
            Some(cell)
        }
        Err(error) => {
            missing(loader, table, id, &error);
            None
        }
    }
}

fn broken_laws(cell: &Cell, sheet: Option<&Sheet>) -> Vec<(&'static str, &'static str, String)> {
    let theory = cell.theoretical_capacity_ah_per_kg();
    let first_charge = cell.cathode_capacity_ah_per_kg.best / cell.first_cycle_efficiency.best;
    let mut broken = Vec::new();
    if cell.molar_mass_kg_per_mol <= 0.0 {
        broken.push(("moles_o", "the formula of the cathode has a mass", format!("{} kg/mol", cell.molar_mass_kg_per_mol)));
    }
    if let Some((element, moles)) = cell.formula.iter().find(|(_, moles)| *moles <= 0.0) {
        broken.push(("moles_li", "a formula counts atoms that are there", format!("{moles} of {}", element.symbol())));
    }
    let alkali: f64 = cell.formula.iter().filter(|(e, _)| matches!(e, Element::Lithium | Element::Sodium)).map(|(_, moles)| moles).sum();
    if cell.electrons > alkali + 1e-9 {
        let seen = format!("{} electrons, {alkali} alkali ions", cell.electrons);
        broken.push(("electrons", "every electron goes with an alkali ion of the formula", seen));
    }
    if first_charge > theory {
        broken.push((
            "cathode_capacity",
            "the first charge takes no more than all alkali ions of the formula",
            format!("{first_charge:.1} of {theory:.1} mAh/g"),
        ));
    }
    if cell.n_to_p.best < 1.0 {
        broken.push(("n_to_p", "the anode holds at least what the cathode gives", format!("{}", cell.n_to_p.best)));
    }
    if cell.cathode_active.best + cell.cathode_binder.best > 1.0 {
        let seen = cell.cathode_active.best + cell.cathode_binder.best;
        broken.push(("cathode_active_fraction", "active material and binder leave no negative rest", format!("{seen}")));
    }
    if let Some(sheet) = sheet {
        let wh_per_kg = sheet.specific_energy_wh_per_kg();
        let (low, high) = (cell.specific_energy_low_wh_per_kg.best, cell.specific_energy_high_wh_per_kg.best);
        if !(low..=high).contains(&wh_per_kg) {
            broken.push((
                "specific_energy_low",
                "the designed cell lies in the range of cells on the market",
                format!("{wh_per_kg:.1} Wh/kg outside {low}..{high}"),
            ));
        }
    }
    broken
}

fn cell(cells: &Parameters, id: &str, elements: &Parameters) -> Result<Cell, Box<ParameterError>> {
    let subject = cells.subject(id)?;
    let (mut formula, mut element_masses, mut molar_mass) = (Vec::new(), Vec::new(), 0.0);
    for element in Element::ALL {
        if let Some(moles) = subject.optional(&format!("moles_{}", element.symbol().to_lowercase()), "1")? {
            let mass = moles.best * elements.value(element.symbol(), "atomic_mass", "kg/mol")?.best;
            formula.push((element, moles.best));
            element_masses.push((element, mass));
            molar_mass += mass;
        }
    }
    let properties = subject.properties();
    let anode = match subject.optional("anode_natural_share", "1")? {
        Some(natural) => Anode::Graphite(natural),
        None if properties.contains(&"anode-lithium-titanate") => Anode::Titanate,
        None if properties.contains(&"anode-lithium-metal") => Anode::LithiumMetal,
        None => Anode::HardCarbon,
    };
    let cathode_product = match properties.iter().find(|p| p.starts_with("cam-")) {
        Some(named) => Arc::from(*named),
        None if id == "na-ion" => "cam-na-layered".into(),
        None => format!("cam-{id}").into(),
    };
    Ok(Cell {
        id: id.into(),
        cathode_product,
        formula,
        element_masses,
        molar_mass_kg_per_mol: molar_mass,
        electrons: subject.value("electrons", "1")?.best,
        cathode_capacity_ah_per_kg: subject.value("cathode_capacity", "Ah/kg")?,
        voltage_v: subject.value("mean_voltage", "V")?,
        first_cycle_efficiency: subject.value("first_cycle_efficiency", "1")?,
        anode,
        anode_capacity_ah_per_kg: subject.value("anode_capacity", "Ah/kg")?,
        n_to_p: subject.value("n_to_p", "1")?,
        cathode_active: subject.value("cathode_active_fraction", "1")?,
        cathode_binder: subject.value("cathode_binder_fraction", "1")?,
        anode_active: subject.value("anode_active_fraction", "1")?,
        areal_capacity_ah_per_m2: subject.value("areal_capacity", "Ah/m2")?,
        copper_foil_m: subject.optional("copper_foil_thickness", "m")?,
        aluminium_foil_m: subject.value("aluminium_foil_thickness", "m")?,
        separator_kg_per_m2: subject.value("separator_areal_mass", "kg/m2")?,
        electrolyte_kg_per_ah: subject.value("electrolyte_per_capacity", "kg/Ah")?,
        housing_share: subject.value("housing_share", "1")?,
        share_of_pack: subject.value("cell_mass_share", "1")?,
        specific_energy_low_wh_per_kg: subject.value("specific_energy_low", "Wh/kg")?,
        specific_energy_high_wh_per_kg: subject.value("specific_energy_high", "Wh/kg")?,
        is_solid: properties.contains(&"solid_electrolyte"),
    })
}

fn making(packs: &Parameters) -> Result<(Making, Vec<PackPart>), Box<ParameterError>> {
    let line = packs.subject("making")?;
    let making = Making {
        electrode_yield: line.value("electrode_yield", "1")?,
        foil_yield: line.value("foil_yield", "1")?,
        separator_yield: line.value("separator_yield", "1")?,
        electrolyte_yield: line.value("electrolyte_yield", "1")?,
        cell_yield: line.value("cell_yield", "1")?,
        pack_yield: line.value("pack_yield", "1")?,
        reference_kwh_per_kg: line.value("reference_specific_energy", "kWh/kg")?,
        anode_rest: [
            ("cmc-binder", line.value("anode_rest_cmc", "1")?),
            ("styrene-butadiene-rubber", line.value("anode_rest_latex", "1")?),
            ("carbon-black", line.value("anode_rest_carbon", "1")?),
        ],
        least_structure: packs.value("structure", "least_share", "1")?,
        least_cells: packs.value("structure", "least_cell_share", "1")?,
        cell_to_pack_share: packs.value("cell-to-pack", "cell_mass_share", "1")?,
        aluminium_of_structure: packs.value("structure", "aluminium_share", "1")?,
        copper_kg_per_m3: packs.value("density", "copper", "kg/m3")?,
        aluminium_kg_per_m3: packs.value("density", "aluminium", "kg/m3")?,
    };
    let recipe = packs.subject("not-cell")?;
    let parts = recipe
        .properties()
        .into_iter()
        .map(|product| {
            let share = recipe.value(product, "1")?;
            Ok(PackPart {
                product: product.into(),
                share,
                structural: STRUCTURAL.contains(&product),
                is_aluminium: product.starts_with("aluminium-"),
            })
        })
        .collect::<Result<_, Box<ParameterError>>>()?;
    Ok((making, parts))
}

fn plant_steps(packs: &Parameters) -> Result<Vec<(Box<str>, Value)>, Box<ParameterError>> {
    let plant = packs.subject(PLANT)?;
    let step = |name: &str| Ok((name.into(), plant.value(name, "1")?));
    plant.properties().into_iter().map(step).collect()
}

/// A table's text cut into cells a second time, only to say where a fault stands; its rows are not numbered again.
fn position_in(loader: &Loader<'_>, name: &str) -> Option<Table> {
    Table::parse(name, loader.store().text(name)?, 0).ok()
}

fn law(loader: &mut Loader<'_>, name: &str, subject: &str, property: &str, rule: &'static str, seen: String) {
    let Some(table) = position_in(loader, name) else { return };
    let row = (0..table.len())
        .find(|&r| table.text(r, "subject") == subject && table.text(r, "property") == property)
        .or_else(|| (0..table.len()).find(|&r| table.text(r, "subject") == subject))
        .unwrap_or(0);
    if row < table.len() {
        loader.fault(&table, row, Some("value"), Fault::Law { subject: subject.to_owned(), rule, seen });
    }
}

fn missing(loader: &mut Loader<'_>, name: &str, subject: &str, error: &ParameterError) {
    law(loader, name, subject, "", "the model finds every parameter that it needs", error.to_string());
}
