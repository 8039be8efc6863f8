//! The CSV of models: one line a company, year and model, read with every fault of it. Columns are those of [`super::study`].

use minewheel_data::status::Status;
use minewheel_data::table::{Table, nearest};

use super::car::CreditPowertrain;
use super::rules::System;
use super::study::{FuelCycle, ModelYear, StudyError};

const COLUMNS: [&str; 20] = [
    "company",
    "year",
    "model",
    "powertrain",
    "volume",
    "kerb_mass_kg",
    "fuel_l_per_100km",
    "range_km",
    "consumption_kwh_per_100km",
    "density_wh_per_kg",
    "fuel_cell_kw",
    "meets_conditions",
    "credit",
    "off_cycle_l_per_100km",
    "brake_recovery",
    "cycle",
    "three_rows",
    "status",
    "source",
    "note",
];
/// Columns whose unit is easily mistaken: least and most that a car can be.
const PLAUSIBLE: [(&str, f64, f64, &str); 8] = [
    ("volume", 0.0, 1e8, "cars"),
    ("kerb_mass_kg", 200.0, 10_000.0, "kg"),
    (TEST_MASS, 200.0, 10_000.0, "kg"),
    ("fuel_l_per_100km", 0.0, 60.0, "l/100 km"),
    ("range_km", 0.0, 3000.0, "km"),
    ("consumption_kwh_per_100km", 1.0, 100.0, "kWh/100 km"),
    ("density_wh_per_kg", 10.0, 1000.0, "Wh/kg"),
    (FOOTPRINT, 15.0, 150.0, "square feet"),
];
/// Mass at which the EU's procedure drives a car, and by which it sets targets.
const TEST_MASS: &str = "test_mass_kg";
/// Light trucks, which the US counts apart.
const TRUCK: &str = "truck";
/// Track width by wheelbase, over which US standards are a curve.
const FOOTPRINT: &str = "footprint_sqft";

/// Least and most that a car can be in a column, and their unit; `None` where any number of nought or more will do.
pub fn plausible_range(column: &str) -> Option<(f64, f64, &'static str)> {
    PLAUSIBLE.into_iter().find(|p| p.0 == column).map(|(_, least, most, unit)| (least, most, unit))
}

/// Columns of emission and standard: per kilometre, or per mile in the US.
const fn emission_columns(system: System) -> (&'static str, &'static str) {
    match system {
        System::Us => ("co2_g_per_mile", "standard_g_per_mile"),
        System::Cn | System::Eu | System::Uk => ("co2_g_per_km", "standard_g_per_km"),
    }
}

/// Models of a CSV, and every fault of it.
pub(super) fn read_models(file: &str, text: &str, system: System) -> (Vec<ModelYear>, Vec<StudyError>) {
    let table = match Table::parse(file, text, 0) {
        Ok(table) => table,
        Err(violation) => return (Vec::new(), vec![StudyError::Unreadable { file: file.to_owned(), reason: violation.fault.to_string() }]),
    };
    let mut reader = Reader { file, table: &table, system, faults: Vec::new() };
    let (emission, standard) = emission_columns(system);
    let known = || COLUMNS.iter().copied().chain([TEST_MASS, TRUCK, FOOTPRINT, emission, standard]);
    for header in table.headers() {
        if !known().any(|c| c == header) {
            let near = nearest(header, known());
            let list = known().collect::<Vec<_>>().join(", ");
            reader.faults.push(StudyError::Column { file: file.to_owned(), seen: header.clone(), known: list, nearest: near });
        }
    }
    let models = (0..table.len()).filter_map(|row| reader.model(row)).collect();
    (models, reader.faults)
}

struct Reader<'t> {
    file: &'t str,
    table: &'t Table,
    system: System,
    faults: Vec<StudyError>,
}

impl Reader<'_> {
    fn fault(&mut self, row: usize, column: &'static str, wanted: &str) {
        let (file, line, seen) = (self.file.to_owned(), self.table.line(row), self.table.text(row, column).to_owned());
        self.faults.push(StudyError::Cell { file, line, column, seen, wanted: wanted.to_owned() });
    }

    /// A number of nought or more; `None` if the cell is empty or, with a fault, if it holds none.
    fn number(&mut self, row: usize, column: &'static str) -> Option<f64> {
        let cell = self.table.text(row, column);
        if cell.is_empty() {
            return None;
        }
        match cell.parse::<f64>() {
            Ok(number) if number.is_finite() && number >= 0.0 => Some(number),
            _ => {
                self.fault(row, column, "a number of nought or more");
                None
            }
        }
    }

    /// As [`Self::number`], within what a car can be: a figure outside is in another unit.
    fn plausible(&mut self, row: usize, column: &'static str) -> Option<f64> {
        let seen = self.number(row, column)?;
        let (least, most, unit) = plausible_range(column)?;
        if (least..=most).contains(&seen) {
            return Some(seen);
        }
        self.fault(row, column, &format!("{least} to {most} {unit}"));
        None
    }

    fn required(&mut self, row: usize, column: &'static str) -> Option<f64> {
        if self.table.text(row, column).is_empty() {
            self.fault(row, column, "a number of nought or more");
        }
        self.number(row, column)
    }

    fn yes_or_no(&mut self, row: usize, column: &'static str) -> Option<bool> {
        match self.table.text(row, column) {
            "" => None,
            "true" => Some(true),
            "false" => Some(false),
            _ => {
                self.fault(row, column, "true or false");
                None
            }
        }
    }

    fn model(&mut self, row: usize) -> Option<ModelYear> {
        let text = |column: &str| self.table.text(row, column).to_owned();
        let (company, model) = (text("company"), text("model"));
        if company.is_empty() {
            self.fault(row, "company", "the id of a company");
        }
        let powertrain = match self.table.text(row, "powertrain") {
            "ice" => Some(None),
            word => CreditPowertrain::ALL.into_iter().find(|p| p.word() == word).map(Some),
        };
        if powertrain.is_none() {
            self.fault(row, "powertrain", "bev, phev, fcev or ice");
        }
        let cycle = match self.table.text(row, "cycle") {
            "" => None,
            "nedc" => Some(FuelCycle::Nedc),
            "wltc" => Some(FuelCycle::Wltc),
            _ => {
                self.fault(row, "cycle", "nedc or wltc");
                None
            }
        };
        let status = match self.table.text(row, "status") {
            "" => Some(Status::Assumption),
            word => word.parse().ok(),
        };
        if status.is_none() {
            self.fault(row, "status", "read, derived, recalled or assumption");
        }
        let (emission, standard) = emission_columns(self.system);
        let year = self.required(row, "year").filter(|y| y.fract() == 0.0).map(|y| y as i32);
        let volume = self.required(row, "volume").and_then(|_| self.plausible(row, "volume"));
        let (kerb, test) = (self.plausible(row, "kerb_mass_kg"), self.plausible(row, TEST_MASS));
        let found = ModelYear {
            company,
            year: year?,
            model,
            powertrain: powertrain?,
            volume: volume?,
            kerb_mass_kg: kerb,
            test_mass_kg: test,
            fuel_l_per_100km: self.plausible(row, "fuel_l_per_100km"),
            range_km: self.plausible(row, "range_km"),
            consumption_kwh_per_100km: self.plausible(row, "consumption_kwh_per_100km"),
            density_wh_per_kg: self.plausible(row, "density_wh_per_kg"),
            fuel_cell_kw: self.number(row, "fuel_cell_kw"),
            meets_conditions: self.yes_or_no(row, "meets_conditions"),
            credit: self.number(row, "credit"),
            off_cycle_l_per_100km: self.number(row, "off_cycle_l_per_100km").unwrap_or(0.0),
            has_brake_recovery: self.yes_or_no(row, "brake_recovery").unwrap_or(false),
            cycle,
            has_three_rows: self.yes_or_no(row, "three_rows").unwrap_or(false),
            co2_g: self.number(row, emission),
            standard_g: self.number(row, standard),
            footprint_sqft: self.plausible(row, FOOTPRINT),
            is_truck: self.yes_or_no(row, TRUCK).unwrap_or(false),
            status: status?,
            line: self.table.line(row),
        };
        self.complete(&found);
        Some(found)
    }

    /// A model says what its system's rules ask for: China how much it burns or draws and its mass, the EU one of two masses unless it
    /// brings its own standard.
    fn complete(&mut self, model: &ModelYear) {
        let burns = matches!(model.powertrain, None | Some(CreditPowertrain::Phev));
        let draws = model.powertrain == Some(CreditPowertrain::Bev);
        let system = self.system;
        let mut missing = |column: &'static str, why: &'static str| {
            let (file, company) = (self.file.to_owned(), model.company.clone());
            self.faults.push(StudyError::Missing { file, line: model.line, company, year: model.year, model: model.model.clone(), column, why });
        };
        let has_mass = match system {
            System::Cn => model.kerb_mass_kg.is_some(),
            System::Eu => model.kerb_mass_kg.or(model.test_mass_kg).or(model.standard_g).is_some(),
            System::Us | System::Uk => true,
        };
        if !has_mass {
            missing("kerb_mass_kg", "its target rests on");
        }
        if system != System::Cn {
            return;
        }
        if burns && model.fuel_l_per_100km.is_none() {
            missing("fuel_l_per_100km", "the company's average rests on");
        }
        if draws && model.credit.is_none() && model.consumption_kwh_per_100km.is_none() {
            missing("consumption_kwh_per_100km", "its credit rests on; give that, or the credit of one car");
        }
    }
}
