//! The bill of a pack: every purchase, with what of it ends in the pack.

use std::sync::Arc;

use minewheel_data::row::{Draw, RowId};
use minewheel_data::units::Mass;

use super::design::{Around, PackSpec};
use super::power::PowerCell;
use super::sheet::Sheet;
use super::tables::{Anode, Cell, CellTables, Element, Making, PackPart};
use crate::bill::{BillLine, Stage};

/// Silicon-carbon composite of the anode.
pub(super) const SILICON: &str = "silicon-anode";
/// Solid electrolyte, as separator and as filler.
pub(super) const SOLID: &str = "solid-electrolyte";

/// One purchase of a pack, before it is written down as a line.
#[derive(Debug, Clone, Copy)]
pub struct Purchase<'a> {
    /// Stage of the life.
    pub stage: Stage,
    /// The part.
    pub part: &'a str,
    /// The product.
    pub product: &'a str,
    /// How much of it is bought.
    pub amount: f64,
    /// What of it ends in the pack, in kg.
    pub contained_kg: f64,
    rows: [&'a [RowId]; 2],
}

impl Purchase<'_> {
    /// The purchase as a line of the bill; services are bought where the pack is made.
    pub(super) fn line(&self, made_in: Option<&Arc<str>>) -> BillLine {
        let is_service = self.contained_kg == 0.0;
        BillLine {
            stage: self.stage,
            part: self.part.into(),
            product: self.product.into(),
            amount: self.amount,
            contained: Mass::from_kg(self.contained_kg),
            place: made_in.filter(|_| is_service).cloned(),
            rows: self.rows.iter().copied().flatten().copied().filter(|r| *r != RowId::GIVEN).collect(),
        }
    }
}

/// What is bought for the cells, losses counted; power cells rest on the rows of the power cell too.
#[expect(clippy::too_many_arguments, reason = "a purchase rests on everything that designed the pack")]
pub(super) fn cell_purchases(
    spec: &PackSpec,
    cell: &Cell,
    making: &Making,
    sheet: &Sheet,
    power: Option<&PowerCell>,
    energy_kwh: f64,
    draw: &Draw<'_>,
    visit: &mut impl FnMut(Purchase<'_>),
) {
    let good = draw.of(&making.cell_yield) * draw.of(&making.pack_yield);
    let electrode = good * draw.of(&making.electrode_yield);
    let foil = electrode * draw.of(&making.foil_yield);
    let common = [spec.gross_energy_kwh.row, cell.voltage_v.row, making.cell_yield.row, making.pack_yield.row];
    let areal = power.map_or(RowId::GIVEN, |p| p.areal_ah_per_m2.row);
    let common = [common[0], common[1], common[2], common[3], areal];
    let mut buy = |part: &str, product: &str, kg_per_kwh: f64, kept: f64, rows: &[RowId]| {
        let kg = kg_per_kwh * energy_kwh;
        visit(Purchase { stage: Stage::BatteryMaterials, part, product, amount: kg / kept, contained_kg: kg, rows: [&common, rows] });
    };
    let cathode = [cell.cathode_capacity_ah_per_kg.row, making.electrode_yield.row];
    let paste = [cell.cathode_capacity_ah_per_kg.row, cell.cathode_active.row, cell.cathode_binder.row, making.electrode_yield.row];
    let anode = [cell.n_to_p.row, cell.anode_capacity_ah_per_kg.row, making.electrode_yield.row];
    let [cmc, latex, carbon] = making.anode_rest.map(|part| part.1.row);
    let anode_rest = [cell.n_to_p.row, cell.anode_capacity_ah_per_kg.row, cell.anode_active.row, making.electrode_yield.row, cmc, latex, carbon];
    buy("cathode", &cell.cathode_product, sheet.cathode_kg, electrode, &cathode);
    buy("cathode", "pvdf", sheet.cathode_binder_kg, electrode, &paste);
    buy("cathode", "carbon-black", sheet.cathode_carbon_kg, electrode, &paste);
    match &cell.anode {
        Anode::Graphite(natural) => {
            let rows = [anode[0], anode[1], anode[2], natural.row];
            let share = spec.choices.natural_share.unwrap_or_else(|| draw.of(natural));
            let graphite_kg = sheet.anode_kg - sheet.silicon_kg;
            buy("anode", "graphite-natural-coated", graphite_kg * share, electrode, &rows);
            buy("anode", "graphite-synthetic", graphite_kg * (1.0 - share), electrode, &rows);
            // Only what a choice puts there is bought: without choices the bill is that of the chemistry's row.
            if sheet.silicon_kg > 0.0 {
                buy("anode", SILICON, sheet.silicon_kg, electrode, &anode);
            }
        }
        other => buy("anode", other.product(), sheet.anode_kg, electrode, &anode),
    }
    // The rest of the anode paste. A metal foil has none.
    if cell.anode != Anode::LithiumMetal {
        let all: f64 = making.anode_rest.iter().map(|part| draw.of(&part.1)).sum();
        for (product, parts) in &making.anode_rest {
            buy("anode", product, sheet.anode_rest_kg * draw.of(parts) / all, electrode, &anode_rest);
        }
    }
    if let Some(thickness) = &cell.copper_foil_m {
        let rows = [cell.areal_capacity_ah_per_m2.row, thickness.row, making.foil_yield.row, making.electrode_yield.row];
        buy("collectors", "copper-foil", sheet.copper_kg, foil, &rows);
    }
    let rows = [cell.areal_capacity_ah_per_m2.row, cell.aluminium_foil_m.row, making.foil_yield.row, making.electrode_yield.row];
    buy("collectors", "aluminium-foil", sheet.aluminium_kg, foil, &rows);
    let rows = [cell.areal_capacity_ah_per_m2.row, cell.separator_kg_per_m2.row, making.separator_yield.row];
    let separator = if cell.is_solid { SOLID } else { "separator" };
    buy("separator", separator, sheet.separator_kg, good * draw.of(&making.separator_yield), &rows);
    let salt = if cell.is_solid {
        SOLID
    } else if cell.mass_fraction(Element::Sodium) > 0.0 {
        "electrolyte-sodium"
    } else {
        "electrolyte"
    };
    let rows = [cell.electrolyte_kg_per_ah.row, making.electrolyte_yield.row];
    buy("electrolyte", salt, sheet.electrolyte_kg, good * draw.of(&making.electrolyte_yield), &rows);
    let cases = [("aluminium-sheet", sheet.housing_kg), ("pp-resin", sheet.housing_polymer_kg), ("steel-cold-rolled", sheet.housing_steel_kg)];
    for (product, kg) in cases.into_iter().filter(|case| case.1 > 0.0) {
        buy("cell-housing", product, kg, good, &[cell.housing_share.row]);
    }
    visit(Purchase {
        stage: Stage::CellManufacturing,
        part: "cell",
        product: "cell-manufacturing",
        amount: sheet.cell_kg() * energy_kwh * draw.of(&making.reference_kwh_per_kg) / good,
        contained_kg: 0.0,
        rows: [&common, &[making.reference_kwh_per_kg.row]],
    });
}

/// What is bought around the cells, losses counted.
pub(super) fn pack_purchases(
    spec: &PackSpec,
    making: &Making,
    parts: &[PackPart],
    around: &Around,
    energy_kwh: f64,
    draw: &Draw<'_>,
    visit: &mut impl FnMut(Purchase<'_>),
) {
    let kept = draw.of(&making.pack_yield);
    let total = |structural| parts.iter().filter(|p| p.structural == structural).map(|p| p.share(parts, making, draw)).sum::<f64>();
    let (systems, structure) = (total(false), total(true));
    let mass_row = spec.pack_mass_kg.map_or(RowId::GIVEN, |m| m.row);
    for part in parts {
        let (kg, sum) = if part.structural { (around.structure_kg, structure) } else { (around.systems_kg, systems) };
        let kg = kg * part.share(parts, making, draw) / sum;
        let metal = [making.aluminium_of_structure.row];
        let of_metal: &[RowId] = if part.structural { &metal } else { &[] };
        visit(Purchase {
            stage: Stage::BatteryPack,
            part: if part.structural { "pack-structure" } else { "pack-systems" },
            product: &part.product,
            amount: kg / kept,
            contained_kg: kg,
            rows: [&[part.share.row, making.pack_yield.row, mass_row], of_metal],
        });
    }
    visit(Purchase {
        stage: Stage::BatteryPack,
        part: "pack",
        product: "pack-assembly",
        amount: energy_kwh / kept,
        contained_kg: 0.0,
        rows: [&[making.pack_yield.row], &[]],
    });
}

/// Lines with materials that have no process card replaced by what they are made from. A feed's part is the material that it is
/// for; what ends in the pack stays with the first feed.
pub fn with_recipes(lines: &[BillLine], tables: &CellTables, draw: &Draw<'_>) -> Vec<BillLine> {
    let mut out = Vec::with_capacity(lines.len());
    for line in lines {
        let mut contained = line.contained;
        let before = out.len();
        for feed in tables.recipe(&line.product) {
            out.push(BillLine {
                part: Arc::clone(&line.product),
                product: Arc::clone(&feed.product),
                amount: line.amount * draw.of(&feed.amount),
                contained: std::mem::take(&mut contained),
                place: feed.place.clone(),
                rows: line.rows.iter().copied().chain([feed.amount.row]).collect(),
                ..line.clone()
            });
        }
        if out.len() == before {
            out.push(line.clone());
        }
    }
    out
}
