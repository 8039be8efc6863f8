//! What must be bought for machines whose masses are known from their geometry, and the parts that go with them.
//!
//! Yields and forming services are those of the car's own bill ([`super::bill`]).

use std::sync::Arc;

use minewheel_data::row::{Draw, RowId};
use minewheel_data::units::{Mass, Power};

use super::tables::{Composition, Line, ServiceBasis, VehicleTables};
use crate::bill::{BillLine, Stage};
use crate::motor::MachineMasses;

/// Masses of a gear and an inverter for a power: base and slope of `drive_units.csv`.
pub fn drive_parts(power: Power, tables: &VehicleTables, draw: &Draw<'_>) -> (Mass, Mass) {
    let of = |line: &Line| Mass::from_kg(draw.of(&line.base) + draw.of(&line.slope) * power.kw());
    (of(&tables.drive.reduction_gear), of(&tables.drive.inverter))
}

/// The bill of a drive unit: its machines, and gears and inverters of given masses.
pub fn machine_bill(machines: &[MachineMasses], gear: Mass, inverter: Mass, tables: &VehicleTables, draw: &Draw<'_>) -> Vec<BillLine> {
    let mut bill = Bill { tables, draw, lines: Vec::new() };
    let part: Arc<str> = "motor".into();
    for m in machines {
        let materials = [
            ("copper-wire", "winding", m.copper_kg),
            ("steel-electrical", "laminated", m.laminations_kg()),
            ("steel-engineering", "forged", m.shaft_kg),
            ("aluminium-die-casting", "die-cast", m.aluminium_kg()),
            ("epoxy-resin", "bought", m.insulation_kg),
            ("ndfeb-magnet", "bought", m.magnet_kg),
        ];
        for (product, route, kg) in materials {
            bill.material(Stage::ElectricDrive, &part, &product.into(), route, kg, &[]);
        }
    }
    bill.composed(Stage::ElectricDrive, "reduction-gear", gear.kg(), &tables.compositions.reduction_gear);
    bill.composed(Stage::PowerElectronics, "inverter", inverter.kg(), &tables.compositions.inverter);
    bill.lines.retain(|l| l.amount > 0.0);
    bill.lines
}

struct Bill<'a> {
    tables: &'a VehicleTables,
    draw: &'a Draw<'a>,
    lines: Vec<BillLine>,
}

impl Bill<'_> {
    fn push(&mut self, stage: Stage, part: &Arc<str>, product: &Arc<str>, amount: f64, contained: f64, rows: &[RowId]) {
        if let Some(line) = self.lines.iter_mut().find(|l| l.stage == stage && l.part == *part && l.product == *product) {
            line.amount += amount;
            line.contained += Mass::from_kg(contained);
            line.rows.extend_from_slice(rows);
            return;
        }
        let (part, product) = (Arc::clone(part), Arc::clone(product));
        self.lines.push(BillLine { stage, part, product, amount, contained: Mass::from_kg(contained), place: None, rows: rows.to_vec() });
    }

    fn material(&mut self, stage: Stage, part: &Arc<str>, product: &Arc<str>, route: &str, kg: f64, rows: &[RowId]) {
        let tables = self.tables;
        let Some(route) = tables.routes.iter().find(|r| r.name == route) else { return };
        let bought = kg / self.draw.of(&route.part_yield);
        let rows: Vec<RowId> = rows.iter().copied().chain([route.row]).collect();
        self.push(stage, part, product, bought, kg, &rows);
        if let Some((service, basis)) = &route.service {
            let amount = if *basis == ServiceBasis::Input { bought } else { kg };
            self.push(stage, part, service, amount, 0.0, &rows);
        }
    }

    fn composed(&mut self, stage: Stage, part: &str, kg: f64, composition: &Composition) {
        let tables = self.tables;
        let whole: f64 = composition.iter().map(|m| self.draw.of(&m.share)).sum();
        let part: Arc<str> = part.into();
        for material in composition {
            let share = self.draw.of(&material.share) / whole;
            let route = &tables.routes[material.route].name;
            self.material(stage, &part, &material.product, route, kg * share, &[material.share.row]);
        }
    }
}
