//! Which metals end in the car: contained mass of each product times its element content.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::row::{Draw, RowId};
use minewheel_data::units::Mass;

use super::tables::VehicleTables;
use crate::bill::{BillLine, BillOfMaterials, Stage};

/// Mass of each metal in the car as it leaves the plant, by elementary flow, from the lines of a bill.
///
/// Products without a row in `elements.csv` (plastics, glass, battery materials) add nothing: the metals of the
/// traction battery are the battery module's to say.
pub fn element_content(bill: &BillOfMaterials, tables: &VehicleTables, draw: &Draw<'_>) -> BTreeMap<Arc<str>, Mass> {
    let mut content: BTreeMap<Arc<str>, Mass> = BTreeMap::new();
    for line in in_the_car(bill) {
        for row in tables.contents.iter().filter(|c| c.product == line.product) {
            *content.entry(Arc::clone(&row.element)).or_default() += line.contained * draw.of(&row.fraction);
        }
    }
    content
}

fn in_the_car(bill: &BillOfMaterials) -> impl Iterator<Item = &BillLine> {
    bill.lines.iter().filter(|l| l.stage < Stage::Maintenance && l.contained > Mass::ZERO)
}

/// A metal in one line of a bill.
#[derive(Debug, Clone, Copy)]
pub struct ElementIn<'b> {
    /// The line.
    pub line: &'b BillLine,
    /// How much of the metal is in what the line puts into the car.
    pub mass: Mass,
    /// The row that says what share of the product it is.
    pub row: RowId,
}

/// Where a metal is in the car: the lines of [`element_content`] one by one, at best estimates; they add up to it.
pub fn element_in_lines<'b>(bill: &'b BillOfMaterials, tables: &VehicleTables, element: &str) -> Vec<ElementIn<'b>> {
    in_the_car(bill)
        .flat_map(|line| tables.contents.iter().filter(|c| c.product == line.product && &*c.element == element).map(move |c| (line, &c.fraction)))
        .map(|(line, fraction)| ElementIn { line, mass: line.contained * fraction.best, row: fraction.row })
        .collect()
}
