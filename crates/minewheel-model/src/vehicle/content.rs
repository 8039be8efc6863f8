//! Which metals end in the car: contained mass of each product times its element content.

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::row::Draw;
use minewheel_data::units::Mass;

use super::tables::VehicleTables;
use crate::bill::{BillOfMaterials, Stage};

/// Mass of each metal in the car as it leaves the plant, by elementary flow, from the lines of a bill.
///
/// Products without a row in `elements.csv` (plastics, glass, battery materials) add nothing: the metals of the
/// traction battery are the battery module's to say.
pub fn element_content(bill: &BillOfMaterials, tables: &VehicleTables, draw: &Draw<'_>) -> BTreeMap<Arc<str>, Mass> {
    let mut content: BTreeMap<Arc<str>, Mass> = BTreeMap::new();
    for line in bill.lines.iter().filter(|l| l.stage < Stage::Maintenance && l.contained > Mass::ZERO) {
        for row in tables.contents.iter().filter(|c| c.product == line.product) {
            *content.entry(Arc::clone(&row.element)).or_default() += line.contained * draw.of(&row.fraction);
        }
    }
    content
}
