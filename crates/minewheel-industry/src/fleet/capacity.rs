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

#[cfg(test)]
mod tests {
    use minewheel_assess::tables::Tables;
    use minewheel_data::store::Store;

    use super::*;
    use crate::credits::rules::RuleBook;
    use crate::fleet::run::run;

    #[test]
    fn works_of_a_place_are_asked_for_its_cells_and_none_before_the_first_statement() {
        let store = Store::embedded();
        let (tables, fleet, book) =
            (Tables::read(&store, false).unwrap(), FleetTables::read(&store, false).unwrap(), RuleBook::read(&store, false).unwrap());
        let of = |place: &str| {
            let text = format!(
                "[study]\ntitle = \"x\"\nplace = \"{place}\"\nfrom = 2023\nto = 2026\n[[product]]\nname = \"a\"\ncar = \"vw-id3-58\"\nsurvival = \"germany\"\ninflow = [[2023, 1000000], [2026, 1000000]]\n"
            );
            run(&tables, &fleet, &book, &Study::read("s.toml", &text).unwrap()).unwrap().capacity
        };
        // A million packs of 62 kWh are 62 GWh.
        for (place, first, gwh, last) in
            [("EU27", 2024, 195.0, 195.0), ("US", 2024, 165.0, 260.0), ("CN", 2024, 2520.0, 3200.0), ("WORLD", 2023, 2500.0, 4000.0)]
        {
            let cells: Vec<CapacityLine> = of(place).into_iter().filter(|l| l.made == Made::Cells).collect();
            assert_eq!((cells[0].year, cells[0].capacity, cells.last().unwrap().capacity), (first, gwh, last), "{place}");
            assert!((cells[0].used - 62.0 / gwh).abs() < 1e-3 && cells.iter().all(|l| l.stated_for <= l.year), "{:?}", cells[0]);
        }
        assert!(of("DE").is_empty());
    }
}
