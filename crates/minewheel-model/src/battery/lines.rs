//! The bill of a pack: every purchase, with what of it ends in the pack.

use std::sync::Arc;

use minewheel_data::row::{Draw, RowId};
use minewheel_data::units::Mass;

use super::design::{Around, PackSpec};
use super::sheet::Sheet;
use super::tables::{Anode, Cell, CellTables, Element, Making, PackPart};
use crate::bill::{BillLine, Stage};

/// Silicon-carbon composite of the anode.
pub(super) const SILICON: &str = "silicon-anode";
/// Solid electrolyte, as separator and as filler.
pub(super) const SOLID: &str = "solid-electrolyte";

/// What is bought for the cells, losses counted.
pub(super) fn cell_lines(spec: &PackSpec, cell: &Cell, making: &Making, sheet: &Sheet, energy_kwh: f64, draw: &Draw<'_>) -> Vec<BillLine> {
    let good = draw.of(&making.cell_yield) * draw.of(&making.pack_yield);
    let electrode = good * draw.of(&making.electrode_yield);
    let foil = electrode * draw.of(&making.foil_yield);
    let common = [spec.gross_energy_kwh.row, cell.voltage_v.row, making.cell_yield.row, making.pack_yield.row];
    let line = |part: &str, product: &str, kg_per_kwh: f64, kept: f64, rows: &[RowId]| BillLine {
        stage: Stage::BatteryMaterials,
        part: part.into(),
        product: product.into(),
        amount: kg_per_kwh * energy_kwh / kept,
        contained: Mass::from_kg(kg_per_kwh * energy_kwh),
        place: None,
        rows: common.iter().chain(rows).copied().filter(|r| *r != RowId::GIVEN).collect(),
    };
    let cathode = [cell.cathode_capacity_ah_per_kg.row, making.electrode_yield.row];
    let paste = [cell.cathode_capacity_ah_per_kg.row, cell.cathode_active.row, cell.cathode_binder.row, making.electrode_yield.row];
    let anode = [cell.n_to_p.row, cell.anode_capacity_ah_per_kg.row, making.electrode_yield.row];
    let anode_rest = [cell.n_to_p.row, cell.anode_capacity_ah_per_kg.row, cell.anode_active.row, making.electrode_yield.row];
    let mut lines = vec![
        line("cathode", &cell.cathode_product, sheet.cathode_kg, electrode, &cathode),
        line("cathode", "pvdf", sheet.cathode_binder_kg, electrode, &paste),
        line("cathode", "carbon-black", sheet.cathode_carbon_kg, electrode, &paste),
    ];
    match &cell.anode {
        Anode::Graphite(natural) => {
            let rows: Vec<_> = anode.iter().copied().chain([natural.row]).collect();
            let share = spec.choices.natural_share.unwrap_or_else(|| draw.of(natural));
            let graphite_kg = sheet.anode_kg - sheet.silicon_kg;
            lines.push(line("anode", "graphite-natural-coated", graphite_kg * share, electrode, &rows));
            lines.push(line("anode", "graphite-synthetic", graphite_kg * (1.0 - share), electrode, &rows));
            lines.push(line("anode", SILICON, sheet.silicon_kg, electrode, &anode));
        }
        other => lines.push(line("anode", other.product(), sheet.anode_kg, electrode, &anode)),
    }
    // The rest of the anode paste: CMC, latex and carbon as 3 : 2 : 1 (Dai 2019, anode recipe). A metal foil has none.
    let pastes = cell.anode != Anode::LithiumMetal;
    for (product, parts) in [("cmc-binder", 3.0), ("styrene-butadiene-rubber", 2.0), ("carbon-black", 1.0)].into_iter().filter(|_| pastes) {
        lines.push(line("anode", product, sheet.anode_rest_kg * parts / 6.0, electrode, &anode_rest));
    }
    if let Some(thickness) = &cell.copper_foil_m {
        let rows = [cell.areal_capacity_ah_per_m2.row, thickness.row, making.foil_yield.row, making.electrode_yield.row];
        lines.push(line("collectors", "copper-foil", sheet.copper_kg, foil, &rows));
    }
    let rows = [cell.areal_capacity_ah_per_m2.row, cell.aluminium_foil_m.row, making.foil_yield.row, making.electrode_yield.row];
    lines.push(line("collectors", "aluminium-foil", sheet.aluminium_kg, foil, &rows));
    let rows = [cell.areal_capacity_ah_per_m2.row, cell.separator_kg_per_m2.row, making.separator_yield.row];
    let separator = if cell.is_solid { SOLID } else { "separator" };
    lines.push(line("separator", separator, sheet.separator_kg, good * draw.of(&making.separator_yield), &rows));
    let salt = if cell.is_solid {
        SOLID
    } else if cell.mass_fraction(Element::Sodium) > 0.0 {
        "electrolyte-sodium"
    } else {
        "electrolyte"
    };
    let rows = [cell.electrolyte_kg_per_ah.row, making.electrolyte_yield.row];
    lines.push(line("electrolyte", salt, sheet.electrolyte_kg, good * draw.of(&making.electrolyte_yield), &rows));
    // Only what a choice puts there is a line: without choices the bill is that of the chemistry's row.
    lines.retain(|l| &*l.product != SILICON || l.amount > 0.0);
    for (product, kg) in
        [("aluminium-sheet", sheet.housing_kg), ("pp-resin", sheet.housing_polymer_kg), ("steel-cold-rolled", sheet.housing_steel_kg)]
    {
        if kg > 0.0 {
            lines.push(line("cell-housing", product, kg, good, &[cell.housing_share.row]));
        }
    }
    lines.push(BillLine {
        stage: Stage::CellManufacturing,
        part: "cell".into(),
        product: "cell-manufacturing".into(),
        amount: sheet.cell_kg() * energy_kwh * draw.of(&making.reference_kwh_per_kg) / good,
        contained: Mass::ZERO,
        place: spec.made_in.clone(),
        rows: common.iter().copied().chain([making.reference_kwh_per_kg.row]).filter(|r| *r != RowId::GIVEN).collect(),
    });
    lines
}

/// What is bought around the cells, losses counted.
pub(super) fn pack_lines(spec: &PackSpec, making: &Making, parts: &[PackPart], around: &Around, energy_kwh: f64, draw: &Draw<'_>) -> Vec<BillLine> {
    let kept = draw.of(&making.pack_yield);
    let total = |structural| parts.iter().filter(|p| p.structural == structural).map(|p| draw.of(&p.share)).sum::<f64>();
    let (systems, structure) = (total(false), total(true));
    let mass_row = spec.pack_mass_kg.map(|m| m.row);
    let mut lines: Vec<_> = parts
        .iter()
        .map(|part| {
            let (kg, sum) = if part.structural { (around.structure_kg, structure) } else { (around.systems_kg, systems) };
            let kg = kg * draw.of(&part.share) / sum;
            BillLine {
                stage: Stage::BatteryPack,
                part: if part.structural { "pack-structure" } else { "pack-systems" }.into(),
                product: Arc::clone(&part.product),
                amount: kg / kept,
                contained: Mass::from_kg(kg),
                place: None,
                rows: [part.share.row, making.pack_yield.row].into_iter().chain(mass_row).filter(|r| *r != RowId::GIVEN).collect(),
            }
        })
        .collect();
    lines.push(BillLine {
        stage: Stage::BatteryPack,
        part: "pack".into(),
        product: "pack-assembly".into(),
        amount: energy_kwh / kept,
        contained: Mass::ZERO,
        place: spec.made_in.clone(),
        rows: vec![making.pack_yield.row],
    });
    lines
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
