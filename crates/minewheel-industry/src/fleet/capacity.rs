//! What a study asks of works, beside what works of its place can make: over-capacity by year.
//!
//! ```text
//! use(y) = made(y) / capacity(y')        y' the last year up to y for which a capacity is stated
//! cars:  new cars of the study           cells: kilowatt-hours fitted new and as replacements, without scrap
//! ```
//!
//! Capacities are those that makers and authorities state, for all makers of a place (`data/fleet/parameters.csv`, `capacity`); there is a
//! line for no year before the first. Works also make for export and for other uses than the study's cars, and a place imports, so a use
//! below one is what the study's cars leave of the capacity, not what stands idle. Nothing is interpolated.

use serde::Serialize;

use super::product::Walked;
use super::run::KWH_PER_GWH;
use super::study::Study;
use super::tables::FleetTables;

/// What is made, the property of its capacity and its unit.
const MADE: [(Made, &str, &str); 2] = [(Made::Cars, "cars", "vehicle"), (Made::Cells, "cells", "GWh")];

/// What works make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Made {
    /// Electric cars, as a number.
    Cars,
    /// Cells, in gigawatt-hours.
    Cells,
}

/// One year of works.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CapacityLine {
    /// The year.
    pub year: i32,
    /// What is made.
    pub made: Made,
    /// Asked of works by the study: cars, or gigawatt-hours of cells.
    pub asked: f64,
    /// What works of the place can make in a year, in the same unit.
    pub capacity: f64,
    /// Year for which the capacity is stated.
    pub stated_for: i32,
    /// Asked over capacity.
    pub used: f64,
}

/// Lines of every year with a stated capacity.
pub(super) fn capacity_lines(fleet: &FleetTables, study: &Study, walked: &[Walked]) -> Vec<CapacityLine> {
    let mut lines = Vec::new();
    let Ok(stated) = fleet.parameters.subject("capacity") else { return lines };
    for index in 0..study.years() {
        let year = study.study.from + index as i32;
        for (made, property, unit) in MADE {
            // No row: nothing is stated for the place by that year.
            let Ok((capacity, Some(stated_for))) = stated.dated_value_at(property, &[&study.study.place], year, unit) else { continue };
            let electric = walked.iter().filter(|w| w.packs.is_some());
            let asked: f64 = match made {
                Made::Cars => electric.map(|w| w.flows.inflow[index]).sum(),
                Made::Cells => electric.filter_map(|w| w.packs.as_ref()).map(|(p, _)| (p.fitted[index] + p.replacements[index]) / KWH_PER_GWH).sum(),
            };
            if asked > 0.0 {
                lines.push(CapacityLine { year, made, asked, capacity: capacity.best, stated_for, used: asked / capacity.best });
            }
        }
    }
    lines
}
