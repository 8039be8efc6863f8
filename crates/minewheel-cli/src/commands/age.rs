//! `minewheel age`: what capacity a cell keeps over the years, and how long a car's pack lasts.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use minewheel_assess::AssessError;
use minewheel_assess::ageing::{PackLife, age, extrapolation, pack_life};
use minewheel_assess::pack_footprint::{PackFootprint, PackQuestion, SpanKind, pack_footprint};
use minewheel_assess::scenario::{Chain, Resample, Sampling};
use minewheel_data::units::Length;
use minewheel_model::ageing::{Duty, Hour, Outside, Warning};
use serde::Serialize;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["cell", "cars"])))]
pub struct Arguments {
    /// A published cell law; an unknown id lists those there are
    #[arg(long, value_name = "ID")]
    cell: Option<String>,
    /// Electric cars, whose packs are aged: ids of the catalogue, or TOML files
    #[arg(long = "car", value_name = "CAR", num_args = 1..)]
    cars: Vec<String>,
    /// Temperature of the cell in °C
    #[arg(long, value_name = "C", default_value_t = 25.0, allow_negative_numbers = true, conflicts_with = "cars")]
    temperature_c: f64,
    /// Storage at this state of charge, 0 to 1
    #[arg(long, value_name = "SHARE", conflicts_with_all = ["soc_profile", "cars"], allow_negative_numbers = true)]
    soc: Option<f64>,
    /// CSV `hour,soc` (and `temperature_c`) of whole days, repeated
    #[arg(long, value_name = "FILE", conflicts_with = "cars")]
    soc_profile: Option<PathBuf>,
    /// Years to simulate
    #[arg(long, default_value_t = 10, allow_negative_numbers = true, conflicts_with = "cars")]
    years: u32,
    /// Step in hours, at most a day
    #[arg(long, value_name = "H", default_value_t = 24.0, allow_negative_numbers = true, conflicts_with = "cars")]
    step_h: f64,
    /// Distance of a car in a year in km; left out: its lifetime distance over its years
    #[arg(long, value_name = "KM", requires = "cars", allow_negative_numbers = true)]
    km_per_year: Option<f64>,
    /// Where a car's pack is sold and recycled; left out: where the pack is made
    #[arg(long, value_name = "PLACE", requires = "cars")]
    country: Option<String>,
    /// The year in which a car's pack is made
    #[arg(long, default_value_t = 2025, allow_negative_numbers = true, conflicts_with = "cell")]
    year: i32,
    /// Draws for the intervals of a pack's footprint; 0: none
    #[arg(long, default_value_t = 200, value_name = "N", allow_negative_numbers = true, conflicts_with = "cell")]
    samples: u32,
    /// Seed of the draws
    #[arg(long, default_value_t = 1, allow_negative_numbers = true, conflicts_with = "cell")]
    seed: u64,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Least and greatest distance in a year in km.
const KM_PER_YEAR: (f64, f64) = (100.0, 200_000.0);
/// Climate method of a pack's footprint.
const METHOD: &str = "ar6-gwp100";
/// Characters of a full cell's bar.
const BAR_WIDTH: usize = 30;

/// A cell over the years.
#[derive(Serialize, schemars::JsonSchema)]
pub struct CellLife {
    /// Id of the cell law.
    cell: String,
    /// Capacity at the end of each year.
    years: Vec<Year>,
    /// What the result must not be read without.
    warnings: Vec<String>,
}

/// One year of a cell.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Year {
    /// The year, 1 for the first.
    year: u32,
    /// Capacity over that of the new cell.
    capacity: f64,
    /// Equivalent full cycles so far.
    cycles: f64,
}

fn words(warning: &Warning) -> String {
    match warning {
        Warning::Outside(Outside { quantity, seen, tested }) => {
            format!("{quantity} is {}, outside the tests of this law ({} to {})", figure(*seen), figure(tested.0), figure(tested.1))
        }
        Warning::Gain { capacity } => {
            format!("capacity rises to {capacity:.4} of the new cell's: an artefact of the published fit")
        }
        Warning::Spent { year } => format!("nothing is left of the cell in year {year}"),
    }
}

/// The pack of a car: how long it lasts, and what a kilowatt-hour that it delivers costs the climate.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Pack {
    /// Its first life.
    #[serde(flatten)]
    life: PackLife,
    /// Its footprint by stage, and by kilowatt-hour delivered; `null`: the chemistry is not followed to its end.
    footprint: Option<PackFootprint>,
}

/// A cell, or the packs of cars.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// A cell over the years.
    Cell(CellLife),
    /// The packs of cars.
    Packs(Vec<Pack>),
}

/// The cell or the packs asked for, aged.
///
/// # Errors
/// An unknown cell or car, a faulty profile, or a number outside what a cell can have.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Answer, Failure> {
    let tables = desk.tables()?;
    let Some(cell) = &arguments.cell else {
        super::scenario::draws(u64::from(arguments.samples))?;
        if let Some(km) = arguments.km_per_year {
            super::charge::within("km-per-year", km, KM_PER_YEAR, "km")?;
        }
        let mut lives = Vec::new();
        let per_year = arguments.km_per_year.map(Length::from_km);
        for name in &arguments.cars {
            let design = desk.car(name)?;
            if design.battery.is_none() {
                return Err(Failure::NoBattery { car: design.id });
            }
            let life = pack_life(&design, tables, per_year)?;
            let of_pack = design.battery.as_ref().and_then(|b| b.made_in.as_deref()).or(design.made_in.as_deref());
            let place = arguments.country.as_deref().or(of_pack).unwrap_or("WORLD");
            let question = PackQuestion {
                sold_in: tables.places.id(place).map_err(AssessError::from)?,
                year: arguments.year,
                method: METHOD,
                warranty_years: None,
                per_year,
                sampling: (arguments.samples > 0).then_some(Sampling {
                    samples: arguments.samples,
                    seed: arguments.seed,
                    resample: Resample::All,
                    chain: Chain::Maker,
                }),
            };
            lives.push(Pack { life, footprint: pack_footprint(&design, tables, &question)? });
        }
        return Ok(Answer::Packs(lives));
    };
    let duty = match (&arguments.soc_profile, arguments.soc) {
        (Some(file), _) => profile(desk, file, arguments.temperature_c)?,
        (None, Some(soc)) => Duty::storage(soc, arguments.temperature_c).map_err(AssessError::from)?,
        (None, None) => {
            let wanted = "--soc SHARE for storage, or --soc-profile FILE".to_owned();
            return Err(Failure::Option { option: "soc", seen: "missing".to_owned(), wanted });
        }
    };
    let (id, lives, warnings) = age(tables, cell, &duty, arguments.years, arguments.step_h)?;
    Ok(Answer::Cell(CellLife {
        cell: id,
        years: lives.iter().map(|y| Year { year: y.year, capacity: y.capacity, cycles: y.cycles }).collect(),
        warnings: warnings.iter().map(words).collect(),
    }))
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let output = match answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)? {
        Answer::Cell(output) => output,
        Answer::Packs(lives) => {
            packs(&lives, arguments.format);
            return Ok(());
        }
    };
    match arguments.format {
        Format::Json => print::json(&output),
        Format::Csv => {
            let rows: Vec<_> = output.years.iter().map(|y| vec![y.year.to_string(), y.capacity.to_string(), y.cycles.to_string()]).collect();
            print::data(&print::csv(&["year", "capacity", "cycles"], &rows));
        }
        Format::Table => {
            let line = |y: &Year| {
                let percent = format!("{:.1} %", 100.0 * y.capacity);
                vec![y.year.to_string(), percent, figure(y.cycles), print::bar(y.capacity, BAR_WIDTH)]
            };
            let rows: Vec<_> = output.years.iter().map(line).collect();
            let mut text = format!("{}\n", output.cell);
            text.push_str(&print::table(&["year", "capacity", "full cycles", ""], &rows, &[0, 1, 2]));
            print::data(&text);
        }
    }
    for warning in &output.warnings {
        print::note(&format!("warning: {warning}"));
    }
    Ok(())
}

fn packs(lives: &[Pack], format: Format) {
    match format {
        Format::Json => print::json(&lives),
        Format::Csv => {
            let in_car = |p: &Pack| p.footprint.as_ref().and_then(|f| f.spans.iter().find(|s| s.span == SpanKind::InCar)).map(|s| s.kg_per_kwh);
            let line = |p: &Pack| {
                let mut line = row(&p.life, |v| v.to_string());
                let text = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
                line.push(text(p.footprint.as_ref().map(|f| f.kg_per_delivered_kwh)));
                let interval = in_car(p);
                line.extend([text(interval.map(|i| i.value)), text(interval.and_then(|i| i.p5)), text(interval.and_then(|i| i.p95))]);
                line.push(p.life.field_reaches_years.to_string());
                line
            };
            print::data(&print::csv(&HEADER, &lives.iter().map(line).collect::<Vec<_>>()));
        }
        Format::Table => {
            let mut text = print::table(&TITLES, &lives.iter().map(|p| row(&p.life, figure)).collect::<Vec<_>>(), &[2, 3, 4, 5, 6, 7, 8]);
            text.push_str("years: of the first life, until that share of the capacity is left; packs: bought over the car's life\n");
            for Pack { life, footprint } in lives {
                if let Some(footprint) = footprint {
                    let _ = writeln!(text, "\n{}: {} kg CO2e with distribution and end of life", life.car, figure(footprint.total_kg));
                    text.push_str(&super::battery::spans(footprint));
                }
            }
            print::data(&text);
            let longest = lives.iter().map(|p| &p.life).max_by(|a, b| a.first_life_years.total_cmp(&b.first_life_years));
            if let Some(note) = longest.and_then(|life| extrapolation(life.first_life_years, life.field_reaches_years)) {
                print::note(&print::wrap(&format!("note: {note}")));
            }
        }
    }
}

const TITLES: [&str; 9] = ["car", "cells", "km a year", "range", "cycles a year", "first life ends at", "years", "years to 80 %", "packs"];
const HEADER: [&str; 14] = [
    "car",
    "chemistry",
    "km_per_year",
    "range_km",
    "cycles_per_year",
    "first_life_ends_at",
    "first_life_years",
    "years_to_80_percent",
    "packs_over_life",
    "declared_kg_per_kwh",
    "in_car_kg_per_kwh",
    "in_car_p5",
    "in_car_p95",
    "field_reaches_years",
];

fn row(life: &PackLife, number: impl Fn(f64) -> String) -> Vec<String> {
    let mut row = vec![life.car.clone(), life.chemistry.clone()];
    let values = [life.km_per_year, life.range_km, life.cycles_per_year, life.first_life_ends_at, life.first_life_years];
    row.extend(values.into_iter().chain([life.years_to_80_percent, life.packs_over_life]).map(number));
    row
}

/// Reads a profile of whole days.
fn profile(desk: &Desk, file: &Path, celsius: f64) -> Result<Duty, Failure> {
    let name = file.display().to_string();
    let text = desk.text(file)?;
    let mut lines = text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#'));
    let fault =
        |line: usize, seen: &str, wanted: &'static str| Failure::Profile { file: name.clone(), line: line + 1, seen: seen.to_owned(), wanted };
    let header: Vec<&str> = lines.next().map(|(_, l)| l.split(',').map(str::trim).collect()).unwrap_or_default();
    let is_known = header.starts_with(&["hour", "soc"]) && (header.len() == 2 || header[2..] == ["temperature_c"]);
    if !is_known {
        return Err(fault(0, &header.join(","), "the header `hour,soc` or `hour,soc,temperature_c`"));
    }
    let mut hours = Vec::new();
    for (at, line) in lines {
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        if cells.len() != header.len() {
            return Err(fault(at, line, "as many cells as the header has"));
        }
        let numbers: Option<Vec<f64>> = cells.iter().map(|c| c.parse().ok().filter(|v: &f64| v.is_finite())).collect();
        let numbers = numbers.ok_or_else(|| fault(at, line, "numbers"))?;
        let wanted = hours.len() as f64;
        if (numbers[0] - wanted).abs() > 1e-9 && (numbers[0] - wanted % 24.0).abs() > 1e-9 {
            return Err(fault(at, cells[0], "hours in order, each once"));
        }
        hours.push(Hour { soc: numbers[1], celsius: numbers.get(2).copied().unwrap_or(celsius) });
    }
    Ok(Duty::new(&hours).map_err(AssessError::from)?)
}
