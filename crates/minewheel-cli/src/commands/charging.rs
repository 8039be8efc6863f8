//! `minewheel charging`: cars driven and charged through a year, quarter of an hour by quarter of an hour.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use minewheel_industry::fleet::charging::{ChargingCars, ChargingYear, Habits, Strategy, charging_year};
use minewheel_industry::fleet::figures::car_figures;

use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format, figure};
use minewheel_report::charts::lines::{self as chart, Chart};

/// When a connected car charges.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StrategyWord {
    /// As soon as it is plugged in.
    Uncontrolled,
    /// In the hours of a night tariff first.
    Valley,
    /// Around noon first.
    Solar,
    /// Where the signal is lowest.
    Signal,
}

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// A car of the catalogue or a car file
    car: String,
    /// How many cars
    #[arg(long, default_value_t = 10_000, allow_negative_numbers = true)]
    cars: usize,
    /// When connected cars charge
    #[arg(long, value_enum, default_value = "uncontrolled")]
    strategy: StrategyWord,
    /// Hours of the tariff for `valley`, from and to
    #[arg(long, default_value = "23-7", value_name = "HOURS")]
    tariff: String,
    /// A signal by hour, of a day or a year: CSV hour,value (carbon of the grid, a price)
    #[arg(long, value_name = "FILE")]
    signal: Option<PathBuf>,
    /// Share of cars that follow the strategy
    #[arg(long, default_value_t = 1.0, allow_negative_numbers = true)]
    connected: f64,
    /// Power at home in kW
    #[arg(long, default_value_t = 7.0, value_name = "KW", allow_negative_numbers = true)]
    home_kw: f64,
    /// Where the cars drive
    #[arg(long, default_value = "CN", value_name = "PLACE")]
    country: String,
    /// Kilometres a car drives in a year; left out: the table's
    #[arg(long, value_name = "KM", allow_negative_numbers = true)]
    km_per_year: Option<f64>,
    /// Seed
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// Draw the mean days as SVG
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Most cars that are driven at once.
const MOST_CARS: usize = 1_000_000;
/// Hours of daylight that `solar` prefers.
const NOON: (usize, usize) = (10, 15);

/// The year of the cars.
///
/// # Errors
/// A car without a plug, an option no car has, or a signal of another length.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<ChargingYear, Failure> {
    Ok(find(arguments, desk)?.1)
}

/// The id of the car, and the year.
///
/// # Errors
/// A car without a plug, an option no car has, or a signal of another length.
fn find(arguments: &Arguments, desk: &Desk) -> Result<(String, ChargingYear), Failure> {
    let bounded = |option: &'static str, seen: f64, low: f64, high: f64| {
        if seen >= low && seen <= high {
            return Ok(());
        }
        Err(Failure::Option { option, seen: seen.to_string(), wanted: format!("{low} to {high}") })
    };
    bounded("cars", arguments.cars as f64, 1.0, MOST_CARS as f64)?;
    bounded("connected", arguments.connected, 0.0, 1.0)?;
    bounded("home-kw", arguments.home_kw, 0.5, 50.0)?;
    if let Some(km) = arguments.km_per_year {
        bounded("km-per-year", km, 100.0, 200_000.0)?;
    }
    let strategy = strategy(arguments, desk)?;
    let signal = arguments.signal.as_deref().map(|path| signal_of(desk, path)).transpose()?;
    let (tables, fleet) = (desk.tables()?, desk.fleet_tables()?);
    let design = desk.car(&arguments.car)?;
    let km = match arguments.km_per_year {
        Some(km) => km,
        None => fleet.parameters.value("use", "km-per-year", "km").map_err(minewheel_assess::AssessError::from)?.best,
    };
    let figures = car_figures(tables, std::slice::from_ref(&design), &arguments.country, &[], &[km])?;
    let Some(figures) = figures.first().filter(|f| f.kwh_per_km > 0.0) else {
        return Err(Failure::Option { option: "car", seen: design.id.clone(), wanted: "a car with a plug".to_owned() });
    };
    let cars = ChargingCars {
        cars: arguments.cars,
        pack_kwh: figures.usable_at_wall_kwh,
        kwh_per_km: figures.kwh_per_km,
        km_per_year: km,
        home_kw: arguments.home_kw,
        connected: arguments.connected,
        seed: arguments.seed,
    };
    let habits = Habits::of(fleet).map_err(minewheel_assess::AssessError::from)?;
    let year = charging_year(&cars, &habits, &strategy, signal.as_deref()).map_err(|e| Failure::Driver(e.to_string()))?;
    Ok((design.id, year))
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (car, year) = find(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    if let Some(path) = &arguments.chart {
        inputs::write(path, &picture(&car, &year))?;
    }
    match arguments.format {
        Format::Json => print::json(&year),
        Format::Csv => {
            let rows = (0..24).map(|h| vec![h.to_string(), year.working_day_kw[h].to_string(), year.weekend_kw[h].to_string()]);
            print::data(&print::csv(&["hour", "working_day_kw", "weekend_kw"], &rows.collect::<Vec<_>>()));
        }
        Format::Table => print::page(&table(&car, &year)),
    }
    Ok(())
}

fn strategy(arguments: &Arguments, desk: &Desk) -> Result<Strategy, Failure> {
    Ok(match arguments.strategy {
        StrategyWord::Uncontrolled => Strategy::Uncontrolled,
        StrategyWord::Solar => Strategy::Window(NOON.0, NOON.1),
        StrategyWord::Valley => {
            let hours = arguments.tariff.split_once('-').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
            match hours.filter(|(a, b): &(usize, usize)| *a < 24 && *b <= 24 && a != b) {
                Some((from, to)) => Strategy::Window(from, to),
                None => {
                    return Err(Failure::Option {
                        option: "tariff",
                        seen: arguments.tariff.clone(),
                        wanted: "two hours of a day, as 23-7".to_owned(),
                    });
                }
            }
        }
        StrategyWord::Signal => match &arguments.signal {
            Some(path) => Strategy::Signal(signal_of(desk, path)?),
            None => {
                return Err(Failure::Option {
                    option: "strategy",
                    seen: "signal without --signal".to_owned(),
                    wanted: "a file of the signal".to_owned(),
                });
            }
        },
    })
}

/// A signal from a file `hour,value`.
fn signal_of(desk: &Desk, path: &std::path::Path) -> Result<Vec<f64>, Failure> {
    let text = desk.text(path)?;
    let wanted = "hour,value with hours 0, 1, 2, … and finite values";
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate().skip(1).filter(|l| !l.1.trim().is_empty()) {
        let value = line.split_once(',').filter(|(h, _)| h.trim().parse() == Ok(found.len())).and_then(|(_, v)| v.trim().parse::<f64>().ok());
        match value.filter(|v| v.is_finite()) {
            Some(value) => found.push(value),
            None => return Err(Failure::Profile { file: path.display().to_string(), line: index + 1, seen: line.to_owned(), wanted }),
        }
    }
    Ok(found)
}

fn table(car: &str, year: &ChargingYear) -> String {
    let top = year.working_day_kw.iter().chain(&year.weekend_kw).fold(0.0_f64, |a, b| a.max(*b));
    let bar = |kw: f64| print::bar(if top > 0.0 { kw / top } else { 0.0 }, 20);
    let rows = (0..24).map(|h| {
        let (work, end) = (year.working_day_kw[h], year.weekend_kw[h]);
        vec![h.to_string(), format!("{work:.3}"), bar(work), format!("{end:.3}"), bar(end)]
    });
    let mut text = format!("{} cars like {car} through a year, {} quarters of an hour of cars\n\n", year.cars, figure(year.steps as f64));
    text.push_str(&print::table(&["hour", "working day kW", "", "weekend kW", ""], &rows.collect::<Vec<_>>(), &[1, 3]));
    let _ = writeln!(
        text,
        "\na car: {} km, {} kWh at home, {} kWh away; highest load {} kW a car, in hour {} of the year",
        figure(year.km),
        figure(year.home_kwh),
        figure(year.away_kwh),
        figure(year.peak_kw),
        year.peak_hour
    );
    if let Some([charged, mean]) = year.signal {
        let _ = writeln!(text, "signal: {} where it is charged, {} over all hours", figure(charged), figure(mean));
    }
    text
}

fn picture(car: &str, year: &ChargingYear) -> String {
    let line = |name: &str, day: &[f64]| chart::Line {
        name: name.to_owned(),
        points: day.iter().enumerate().map(|(h, kw)| (h as f64, *kw)).collect(),
        band: Vec::new(),
    };
    chart::svg(&Chart {
        title: format!("Charging at home, {} cars like {car}", year.cars),
        unit: "kW a car, by hour of the day".to_owned(),
        source: "minewheel charging; habits of drivers are assumptions of data/fleet/parameters.csv".to_owned(),
        across: "hour of the day".to_owned(),
        lines: vec![line("working day", &year.working_day_kw), line("weekend", &year.weekend_kw)],
    })
}
