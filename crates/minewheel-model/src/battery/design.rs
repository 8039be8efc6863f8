//! One pack, from what its designer or catalogue says to masses, bill, elements and checks.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::row::{Draw, Value};
use minewheel_data::table::nearest;
use minewheel_data::units::{Energy, Mass, SpecificEnergy};

use super::choices::{CellChoices, Resolved, refuse_impossible};
use super::content::{Bound, Check, Content};
use super::error::BatteryError;
use super::lines::{Purchase, SILICON, SOLID, cell_purchases, pack_purchases};
use super::power::{PackPower, Thinned};
use super::sheet::{Sheet, cell_sheet};
use super::stack::{cased, put_in_case, stack};
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
    /// What is chosen of the cell; nothing: the chemistry's row.
    pub choices: CellChoices,
    /// What the pack of a hybrid must give; `None`: cells are the chemistry's row, whatever they give.
    pub power: Option<PackPower>,
}

impl PackSpec {
    /// A pack of which only chemistry and gross energy are given.
    pub fn new(chemistry: &str, gross_energy: Energy) -> Self {
        Self {
            chemistry: chemistry.into(),
            gross_energy_kwh: Value::given(gross_energy.kwh()),
            pack_mass_kg: None,
            made_in: None,
            layout: None,
            choices: CellChoices::default(),
            power: None,
        }
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
    let making = tables.making.as_ref().ok_or(BatteryError::TablesIncomplete)?;
    let cell = known_cell(&spec.chemistry, tables)?;
    let seen = spec.gross_energy_kwh.best;
    if !(seen.is_finite() && seen > 0.0) {
        return Err(BatteryError::NoEnergy { seen });
    }
    if !spec.choices.is_default() {
        refuse_impossible(cell, tables.stack.as_ref().ok_or(BatteryError::TablesIncomplete)?, &spec.choices)?;
    }
    refuse_impossible_mass(spec, cell, making, tables)?;

    let mut lines = Vec::with_capacity(LINES);
    let Masses { sheet, energy_kwh, cells_kg, pack_kg } =
        buy(spec, cell, making, tables, draw, &mut |purchase: Purchase<'_>| lines.push(purchase.line(spec.made_in.as_ref())));
    let gross_energy = Energy::from_kwh(energy_kwh);
    let contents = contents(cell, &lines);
    let pack_mass = Mass::from_kg(pack_kg);
    let checks = checks(cell, &sheet, &lines, pack_mass, Thinned::of(spec, cell, tables), draw);
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

/// Lines of a usual pack.
const LINES: usize = 24;

/// What one draw of a pack comes to, besides what is bought for it.
struct Masses {
    sheet: Sheet,
    energy_kwh: f64,
    cells_kg: f64,
    pack_kg: f64,
}

fn buy(spec: &PackSpec, cell: &Cell, making: &Making, tables: &CellTables, draw: &Draw<'_>, visit: &mut impl FnMut(Purchase<'_>)) -> Masses {
    let energy_kwh = draw.of(&spec.gross_energy_kwh);
    let thinned = Thinned::of(spec, cell, tables);
    let sheet = sheet_of(spec, cell, making, tables, thinned, draw).1;
    let cells_kg = sheet.cell_kg() * energy_kwh;
    let around = around_cells(spec, cell, making, &tables.parts, thinned, cells_kg, draw);
    let pack_kg = cells_kg + around.systems_kg + around.structure_kg;
    cell_purchases(spec, cell, making, &sheet, thinned.map(|t| t.power), energy_kwh, draw, visit);
    pack_purchases(spec, making, &tables.parts, &around, energy_kwh, draw, visit);
    Masses { sheet, energy_kwh, cells_kg, pack_kg }
}

/// Visits what is bought for a pack, line by line in the order of [`PackDesign::lines`], and returns its gross energy. For
/// many draws of a specification that [`design_pack`] accepts: nothing is checked or kept.
///
/// # Errors
/// An unknown chemistry.
pub fn purchases(spec: &PackSpec, tables: &CellTables, draw: &Draw<'_>, visit: &mut impl FnMut(Purchase<'_>)) -> Result<Energy, BatteryError> {
    let making = tables.making.as_ref().ok_or(BatteryError::TablesIncomplete)?;
    Ok(Energy::from_kwh(buy(spec, known_cell(&spec.chemistry, tables)?, making, tables, draw, visit).energy_kwh))
}

/// The cell of a chemistry.
pub(super) fn known_cell<'t>(chemistry: &str, tables: &'t CellTables) -> Result<&'t Cell, BatteryError> {
    tables.cell(chemistry).ok_or_else(|| BatteryError::UnknownChemistry {
        wanted: chemistry.to_owned(),
        nearest: nearest(chemistry, tables.designable().map(Cell::id)),
        known: tables.designable().map(Cell::id).collect::<Vec<_>>().join(", "),
    })
}

/// A kilowatt-hour of cells with the choices of a pack in them, or thinned for its power.
pub(super) fn sheet_of(
    spec: &PackSpec,
    cell: &Cell,
    making: &Making,
    tables: &CellTables,
    thinned: Option<Thinned<'_>>,
    draw: &Draw<'_>,
) -> (Resolved, Sheet) {
    if let Some(thinned) = thinned {
        let now = thinned.resolved(cell, draw);
        let mut sheet = cell_sheet(cell, making, &now, draw);
        sheet.set_housing(thinned.between(draw.of(&cell.housing_share), &thinned.power.housing_share, draw));
        return (now, sheet);
    }
    match &tables.stack {
        Some(parameters) if !spec.choices.is_default() => {
            let now = Resolved::of(cell, parameters, &spec.choices, draw);
            let mut sheet = cell_sheet(cell, making, &now, draw);
            if let Some(format) = spec.choices.format {
                let stack = stack(cell, parameters, &now, spec.choices.porosity, draw);
                put_in_case(&mut sheet, &cased(format, parameters, stack.m3_per_wh(&now), making, draw));
            }
            (now, sheet)
        }
        _ => {
            let now = Resolved::of_row(cell, draw);
            (now, cell_sheet(cell, making, &now, draw))
        }
    }
}

/// Whether a pack is so small that most of it is not cell: that of a hybrid without a plug.
fn is_small(spec: &PackSpec) -> bool {
    spec.power == Some(PackPower::Most)
}

fn cell_share(spec: &PackSpec, cell: &Cell, making: &Making, thinned: Option<Thinned<'_>>, draw: &Draw<'_>) -> f64 {
    let share = draw.of(match spec.layout {
        Some(PackLayout::CellToPack) => &making.cell_to_pack_share,
        Some(PackLayout::Modules) | None => &cell.share_of_pack,
    });
    thinned.filter(|_| is_small(spec)).map_or(share, |t| t.between(share, &t.power.share_of_pack, draw))
}

/// Shares of systems and structure in what is not cell; they add up to one.
fn recipe_shares(parts: &[PackPart], making: &Making, draw: &Draw<'_>) -> (f64, f64) {
    let sum = |structural| parts.iter().filter(|p| p.structural == structural).map(|p| p.share(parts, making, draw)).sum::<f64>();
    let (systems, structure) = (sum(false), sum(true));
    (systems / (systems + structure), structure / (systems + structure))
}

fn around_cells(
    spec: &PackSpec,
    cell: &Cell,
    making: &Making,
    parts: &[PackPart],
    thinned: Option<Thinned<'_>>,
    cells_kg: f64,
    draw: &Draw<'_>,
) -> Around {
    let rest_kg = cells_kg * (1.0 / cell_share(spec, cell, making, thinned, draw) - 1.0);
    let (systems, structure) = recipe_shares(parts, making, draw);
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

fn refuse_impossible_mass(spec: &PackSpec, cell: &Cell, making: &Making, tables: &CellTables) -> Result<(), BatteryError> {
    let Some(mass) = &spec.pack_mass_kg else { return Ok(()) };
    let best = &Draw::BEST;
    let energy_kwh = spec.gross_energy_kwh.best;
    let thinned = Thinned::of(spec, cell, tables);
    let cells_kg = sheet_of(spec, cell, making, tables, thinned, best).1.cell_kg() * energy_kwh;
    let systems_kg = around_cells(spec, cell, making, &tables.parts, thinned, cells_kg, best).systems_kg;
    let least_kg = (cells_kg + systems_kg) / (1.0 - making.least_structure.best);
    let given_kg = mass.best;
    let chemistry = Arc::clone(&cell.id);
    if given_kg.is_nan() || given_kg < least_kg {
        return Err(BatteryError::PackTooLight { chemistry, energy_kwh, given_kg, cells_kg, systems_kg, least_kg });
    }
    let least =
        thinned.filter(|_| is_small(spec)).map_or(making.least_cells.best, |t| t.between(making.least_cells.best, &t.power.least_cells, best));
    let share = cells_kg / given_kg;
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
            SILICON => add(Content::Silicon, line.contained),
            SOLID => add(Content::SolidElectrolyte, line.contained),
            "lithium-titanate" => add(Content::Titanate, line.contained),
            "lithium-metal" => add(Content::Lithium, line.contained),
            "copper-foil" | "copper-wire" => add(Content::Copper, line.contained),
            "aluminium-foil" | "aluminium-sheet" | "aluminium-extrusion" => add(Content::Aluminium, line.contained),
            "steel-galvanised" | "steel-cold-rolled" => add(Content::Steel, line.contained),
            _ => {}
        }
    }
    contents
}

fn checks(cell: &Cell, sheet: &Sheet, lines: &[BillLine], pack_mass: Mass, thinned: Option<Thinned<'_>>, draw: &Draw<'_>) -> Vec<Check> {
    let theory_ah_per_kg = cell.theoretical_capacity_ah_per_kg();
    let first_charge = sheet.charge_ah / sheet.cathode_kg / draw.of(&cell.first_cycle_efficiency);
    let voltage_v = sheet.energy_wh / sheet.charge_ah;
    let elements: f64 = Element::ALL.into_iter().map(|e| cell.mass_fraction(e)).sum();
    let contained: Mass = lines.iter().map(|l| l.contained).sum();
    let wh_per_kg = sheet.specific_energy_wh_per_kg();
    let least_wh_per_kg = thinned.map_or(cell.specific_energy_low_wh_per_kg, |t| t.power.specific_energy_low_wh_per_kg).best;
    vec![
        Check::new("anode over cathode capacity", sheet.anode_ah / sheet.charge_ah, Bound::AtLeast, 1.0, "1"),
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
        Check::new("specific energy of the cell", wh_per_kg, Bound::AtLeast, least_wh_per_kg, "Wh/kg"),
        Check::new("specific energy of the cell", wh_per_kg, Bound::AtMost, cell.specific_energy_high_wh_per_kg.best, "Wh/kg"),
    ]
}
