//! One pack, from what its designer or catalogue says to masses, bill, elements and checks.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::row::{Draw, Value};
use minewheel_data::table::nearest;
use minewheel_data::units::{Energy, Mass, SpecificEnergy};
use serde::Serialize;

use super::lines::{cell_lines, pack_lines};
use super::sheet::{Sheet, cell_sheet};
use super::tables::{Cell, CellTables, Element, Making, PackLayout, PackPart};
use crate::bill::BillLine;

/// Rounding of sums of a dozen terms; what is more is a missing term.
const CLOSES: f64 = 1e-9;

/// What is known of a pack.
#[derive(Debug, Clone, PartialEq)]
pub struct PackSpec {
    /// Id of a chemistry in `data/cells`.
    pub chemistry: Arc<str>,
    /// Gross energy in kWh.
    pub gross_energy_kwh: Value,
    /// Mass of the pack in kg, if it is known; else it follows from the cells.
    pub pack_mass_kg: Option<Value>,
    /// Where cells and pack are made; `None`: not known, the services are bought where the bill is evaluated.
    pub made_in: Option<Arc<str>>,
    /// How cells sit in the pack; `None`: the layout of the chemistry's table row.
    pub layout: Option<PackLayout>,
}

impl PackSpec {
    /// A pack of which only chemistry and gross energy are given.
    pub fn new(chemistry: &str, gross_energy: Energy) -> Self {
        Self { chemistry: chemistry.into(), gross_energy_kwh: Value::given(gross_energy.kwh()), pack_mass_kg: None, made_in: None, layout: None }
    }
}

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
    /// The pack tables were not read whole; the loader's violations say why.
    #[error("the tables of making cells and packs are incomplete")]
    TablesIncomplete,
}

/// An element or material that a pack holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// Li of the cathode.
    Lithium,
    /// Ni.
    Nickel,
    /// Co.
    Cobalt,
    /// Mn.
    Manganese,
    /// Fe of the cathode.
    Iron,
    /// P of the cathode.
    Phosphorus,
    /// Na.
    Sodium,
    /// Cu of foils and conductors.
    Copper,
    /// Al of the cathode, foils, housings and pack.
    Aluminium,
    /// Graphite, natural and synthetic.
    Graphite,
    /// Hard carbon.
    HardCarbon,
    /// Steel of the pack.
    Steel,
}

impl Content {
    /// The word used in tables and output.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lithium => "lithium",
            Self::Nickel => "nickel",
            Self::Cobalt => "cobalt",
            Self::Manganese => "manganese",
            Self::Iron => "iron",
            Self::Phosphorus => "phosphorus",
            Self::Sodium => "sodium",
            Self::Copper => "copper",
            Self::Aluminium => "aluminium",
            Self::Graphite => "graphite",
            Self::HardCarbon => "hard-carbon",
            Self::Steel => "steel",
        }
    }

    const fn of_element(element: Element) -> Option<Self> {
        match element {
            Element::Lithium => Some(Self::Lithium),
            Element::Sodium => Some(Self::Sodium),
            Element::Nickel => Some(Self::Nickel),
            Element::Cobalt => Some(Self::Cobalt),
            Element::Manganese => Some(Self::Manganese),
            Element::Aluminium => Some(Self::Aluminium),
            Element::Iron => Some(Self::Iron),
            Element::Phosphorus => Some(Self::Phosphorus),
            Element::Oxygen => None,
        }
    }
}

/// Which side of its limit a checked value must lie on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Value ≥ limit.
    AtLeast,
    /// Value ≤ limit.
    AtMost,
}

/// One check of a design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Check {
    /// What is checked.
    pub name: &'static str,
    /// The value seen.
    pub value: f64,
    /// Its limit.
    pub limit: f64,
    /// Which side is allowed.
    pub bound: Bound,
    /// Unit of both.
    pub unit: &'static str,
    /// Whether it holds.
    pub pass: bool,
}

impl Check {
    fn new(name: &'static str, value: f64, bound: Bound, limit: f64, unit: &'static str) -> Self {
        let pass = match bound {
            Bound::AtLeast => value >= limit,
            Bound::AtMost => value <= limit,
        };
        Self { name, value, limit, bound, unit, pass }
    }
}

/// A designed pack.
#[derive(Debug, Clone, PartialEq)]
pub struct PackDesign {
    /// The chemistry's id.
    pub chemistry: Arc<str>,
    /// Gross energy.
    pub gross_energy: Energy,
    /// Mass of all cells.
    pub cell_mass: Mass,
    /// Mass of the pack.
    pub pack_mass: Mass,
    /// Energy per mass of cell.
    pub cell_specific_energy: SpecificEnergy,
    /// Energy per mass of pack.
    pub pack_specific_energy: SpecificEnergy,
    /// What the pack holds, by element or material.
    pub contents: BTreeMap<Content, Mass>,
    /// What must be bought to make it. `contained` adds up to `pack_mass`.
    pub lines: Vec<BillLine>,
    /// Physics and plausibility. At best estimates all hold, or the tables would not load; a draw may miss one.
    pub checks: Vec<Check>,
}

/// Masses of a pack apart from its cells.
pub(super) struct Around {
    pub systems_kg: f64,
    pub structure_kg: f64,
}

/// Designs a pack: masses, bill, contents and checks.
///
/// With a draw, a sampled cell may leave less room for structure than a catalogued pack mass allows; the structure is
/// then the least there is and the pack grows by the difference. Whether the mass is possible at all is decided at
/// best estimates, so a design is refused for every draw or for none.
///
/// # Errors
/// An unknown chemistry, no energy, or a pack mass that its cells do not allow.
///
/// ```
/// use minewheel_data::{loader::Loader, row::Draw, store::Store, units::Energy};
/// use minewheel_model::battery::{CellTables, PackSpec, design_pack};
/// let store = Store::embedded();
/// let tables = CellTables::read(&mut Loader::new(&store, false));
/// let pack = design_pack(&PackSpec::new("lfp", Energy::from_kwh(60.0)), &tables, &Draw::BEST).unwrap();
/// assert!(pack.cell_specific_energy > pack.pack_specific_energy);
/// ```
pub fn design_pack(spec: &PackSpec, tables: &CellTables, draw: &Draw<'_>) -> Result<PackDesign, BatteryError> {
    let cell = tables.cell(&spec.chemistry).ok_or_else(|| BatteryError::UnknownChemistry {
        wanted: spec.chemistry.to_string(),
        nearest: nearest(&spec.chemistry, tables.cells().iter().map(Cell::id)),
        known: tables.cells().iter().map(Cell::id).collect::<Vec<_>>().join(", "),
    })?;
    let making = tables.making.as_ref().ok_or(BatteryError::TablesIncomplete)?;
    let seen = spec.gross_energy_kwh.best;
    if !(seen.is_finite() && seen > 0.0) {
        return Err(BatteryError::NoEnergy { seen });
    }
    refuse_impossible_mass(spec, cell, making, &tables.parts)?;

    let energy_kwh = draw.of(&spec.gross_energy_kwh);
    let sheet = cell_sheet(cell, making, draw);
    let cells_kg = sheet.cell_kg() * energy_kwh;
    let around = around_cells(spec, cell, making, &tables.parts, cells_kg, draw);
    let pack_kg = cells_kg + around.systems_kg + around.structure_kg;

    let gross_energy = Energy::from_kwh(energy_kwh);
    let mut lines = cell_lines(spec, cell, making, &sheet, energy_kwh, draw);
    lines.extend(pack_lines(spec, making, &tables.parts, &around, energy_kwh, draw));
    let contents = contents(cell, &lines);
    let pack_mass = Mass::from_kg(pack_kg);
    let checks = checks(cell, &sheet, &lines, pack_mass, draw);
    Ok(PackDesign {
        chemistry: Arc::clone(&cell.id),
        gross_energy,
        cell_mass: Mass::from_kg(cells_kg),
        pack_mass,
        cell_specific_energy: gross_energy / Mass::from_kg(cells_kg),
        pack_specific_energy: gross_energy / pack_mass,
        contents,
        lines,
        checks,
    })
}

fn cell_share(spec: &PackSpec, cell: &Cell, making: &Making, draw: &Draw<'_>) -> f64 {
    draw.of(match spec.layout {
        Some(PackLayout::CellToPack) => &making.cell_to_pack_share,
        Some(PackLayout::Modules) | None => &cell.share_of_pack,
    })
}

/// Shares of systems and structure in what is not cell; they add up to one.
fn recipe_shares(parts: &[PackPart], draw: &Draw<'_>) -> (f64, f64) {
    let sum = |structural| parts.iter().filter(|p| p.structural == structural).map(|p| draw.of(&p.share)).sum::<f64>();
    let (systems, structure) = (sum(false), sum(true));
    (systems / (systems + structure), structure / (systems + structure))
}

fn around_cells(spec: &PackSpec, cell: &Cell, making: &Making, parts: &[PackPart], cells_kg: f64, draw: &Draw<'_>) -> Around {
    let rest_kg = cells_kg * (1.0 / cell_share(spec, cell, making, draw) - 1.0);
    let (systems, structure) = recipe_shares(parts, draw);
    let systems_kg = rest_kg * systems;
    let structure_kg = match &spec.pack_mass_kg {
        None => rest_kg * structure,
        Some(mass) => {
            let least = draw.of(&making.least_structure);
            (draw.of(mass) - cells_kg - systems_kg).max((cells_kg + systems_kg) * least / (1.0 - least))
        }
    };
    Around { systems_kg, structure_kg }
}

fn refuse_impossible_mass(spec: &PackSpec, cell: &Cell, making: &Making, parts: &[PackPart]) -> Result<(), BatteryError> {
    let Some(mass) = &spec.pack_mass_kg else { return Ok(()) };
    let best = &Draw::BEST;
    let energy_kwh = spec.gross_energy_kwh.best;
    let cells_kg = cell_sheet(cell, making, best).cell_kg() * energy_kwh;
    let systems_kg = around_cells(spec, cell, making, parts, cells_kg, best).systems_kg;
    let least_kg = (cells_kg + systems_kg) / (1.0 - making.least_structure.best);
    let given_kg = mass.best;
    let chemistry = Arc::clone(&cell.id);
    if given_kg.is_nan() || given_kg < least_kg {
        return Err(BatteryError::PackTooLight { chemistry, energy_kwh, given_kg, cells_kg, systems_kg, least_kg });
    }
    let (share, least) = (cells_kg / given_kg, making.least_cells.best);
    if share < least {
        return Err(BatteryError::PackTooHeavy { chemistry, energy_kwh, given_kg, share, least, most_kg: cells_kg / least });
    }
    Ok(())
}

fn contents(cell: &Cell, lines: &[BillLine]) -> BTreeMap<Content, Mass> {
    let mut contents: BTreeMap<Content, Mass> = BTreeMap::new();
    let mut add = |content, mass: Mass| {
        if mass > Mass::ZERO {
            *contents.entry(content).or_default() += mass;
        }
    };
    for line in lines {
        match &*line.product {
            product if product == &*cell.cathode_product => {
                for element in Element::ALL {
                    if let Some(content) = Content::of_element(element) {
                        add(content, line.contained * cell.mass_fraction(element));
                    }
                }
            }
            "graphite-natural-coated" | "graphite-synthetic" => add(Content::Graphite, line.contained),
            "hard-carbon" => add(Content::HardCarbon, line.contained),
            "copper-foil" | "copper-wire" => add(Content::Copper, line.contained),
            "aluminium-foil" | "aluminium-sheet" | "aluminium-extrusion" => add(Content::Aluminium, line.contained),
            "steel-galvanised" => add(Content::Steel, line.contained),
            _ => {}
        }
    }
    contents
}

fn checks(cell: &Cell, sheet: &Sheet, lines: &[BillLine], pack_mass: Mass, draw: &Draw<'_>) -> Vec<Check> {
    let voltage_v = draw.of(&cell.voltage_v);
    let charge_ah = sheet.energy_wh / voltage_v;
    let anode_ah = sheet.anode_kg * draw.of(&cell.anode_capacity_ah_per_kg);
    let theory_ah_per_kg = cell.theoretical_capacity_ah_per_kg();
    let first_charge = draw.of(&cell.cathode_capacity_ah_per_kg) / draw.of(&cell.first_cycle_efficiency);
    let elements: f64 = Element::ALL.into_iter().map(|e| cell.mass_fraction(e)).sum();
    let contained: Mass = lines.iter().map(|l| l.contained).sum();
    let wh_per_kg = sheet.specific_energy_wh_per_kg();
    vec![
        Check::new("anode over cathode capacity", anode_ah / charge_ah, Bound::AtLeast, 1.0, "1"),
        Check::new(
            "specific energy of the cathode material",
            sheet.energy_wh / sheet.cathode_kg,
            Bound::AtMost,
            theory_ah_per_kg * voltage_v,
            "Wh/kg",
        ),
        Check::new("first charge of the cathode material", first_charge, Bound::AtMost, theory_ah_per_kg, "mAh/g"),
        Check::new("element balance of the cathode", (elements - 1.0).abs(), Bound::AtMost, CLOSES, "1"),
        Check::new("mass balance of the pack", (contained / pack_mass - 1.0).abs(), Bound::AtMost, CLOSES, "1"),
        Check::new("specific energy of the cell", wh_per_kg, Bound::AtLeast, cell.specific_energy_low_wh_per_kg.best, "Wh/kg"),
        Check::new("specific energy of the cell", wh_per_kg, Bound::AtMost, cell.specific_energy_high_wh_per_kg.best, "Wh/kg"),
    ]
}
