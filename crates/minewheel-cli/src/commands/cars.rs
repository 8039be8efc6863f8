//! `minewheel cars`: the catalogue.

use std::path::PathBuf;

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::row::Value;
use serde::Serialize;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Field, Format};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Only cars whose id, name or make has this text in it
    text: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// A car in a line.
#[derive(Serialize)]
pub struct Line {
    id: String,
    name: String,
    make: Option<String>,
    model: Option<String>,
    model_year: Option<i32>,
    market: Option<String>,
    powertrain: Powertrain,
    kerb_mass_kg: Option<f64>,
    gross_energy_kwh: Option<f64>,
    chemistry: Option<String>,
    peak_power_kw: Option<f64>,
    made_in: Option<String>,
    status_counts: Vec<(String, usize)>,
}

/// The cars asked for.
///
/// # Errors
/// The tables cannot be read, or no car matches.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<Line>, Failure> {
    let tables = desk.tables()?;
    let needle = arguments.text.as_deref().unwrap_or_default().to_lowercase();
    let matches = |car: &CarDesign| {
        [Some(car.id.as_str()), car.name.as_deref(), car.make.as_deref(), car.model.as_deref()]
            .into_iter()
            .flatten()
            .any(|t| t.to_lowercase().contains(&needle))
    };
    let lines: Vec<Line> = tables.catalogue.cars().iter().filter(|c| matches(c)).map(|c| line(tables, c)).collect();
    if lines.is_empty() {
        return Err(tables
            .catalogue
            .car(&needle)
            .err()
            .map_or_else(|| Failure::UnknownName { kind: "car", seen: needle.clone(), known: String::new() }, Failure::UnknownCar));
    }
    Ok(lines)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let lines = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    if arguments.format == Format::Json {
        print::json(&lines);
        return Ok(());
    }
    let number = |v: Option<f64>| Field::Number { shown: v.map_or_else(String::new, print::figure), value: v };
    let words = |text: Option<String>| Field::Text(text.unwrap_or_default());
    let header = ["id", "type", "year", "kWh", "cells", "kW", "kg", "made in"];
    let rows: Vec<Vec<Field>> = lines
        .iter()
        .map(|l| {
            vec![
                l.id.clone().into(),
                l.powertrain.to_string().into(),
                words(l.model_year.map(|y| y.to_string())),
                number(l.gross_energy_kwh),
                words(l.chemistry.clone()),
                number(l.peak_power_kw),
                number(l.kerb_mass_kg),
                words(l.made_in.clone()),
            ]
        })
        .collect();
    match arguments.format {
        Format::Csv => print::data(&print::exact_csv(&header, &rows)),
        _ => print::data(&print::table(&header, &print::shown(&rows), &[2, 3, 5, 6])),
    }
    Ok(())
}

fn line(tables: &minewheel_assess::tables::Tables, car: &CarDesign) -> Line {
    let best = |v: Option<Value>| v.map(|v| v.best);
    let motors: f64 = car.motors.iter().filter_map(|m| best(m.peak_power_kw)).sum();
    let power = if motors > 0.0 { Some(motors) } else { best(car.engine.as_ref().and_then(|e| e.peak_power_kw)) };
    let mut counts = [0usize; 4];
    for value in car.values() {
        counts[usize::from(tables.rows.status(value.row).rank())] += 1;
    }
    Line {
        id: car.id.clone(),
        name: car.name.clone().unwrap_or_else(|| car.id.clone()),
        make: car.make.clone(),
        model: car.model.clone(),
        model_year: car.model_year,
        market: car.market.clone(),
        powertrain: car.powertrain,
        kerb_mass_kg: best(car.kerb_mass_kg),
        gross_energy_kwh: car.battery.as_ref().map(|b| b.gross_energy_kwh.best),
        chemistry: car.battery.as_ref().map(|b| b.chemistry.clone()),
        peak_power_kw: power,
        made_in: car.made_in.clone(),
        status_counts: minewheel_data::status::Status::ALL.iter().zip(counts).map(|(s, n)| (s.word().to_owned(), n)).collect(),
    }
}
