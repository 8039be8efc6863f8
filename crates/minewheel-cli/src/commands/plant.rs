//! `minewheel plant`: a car plant by shop on a grid, and measures in the order in which they pay.

use std::fmt::Write as _;
use std::path::PathBuf;

use minewheel_assess::AssessError;
use minewheel_assess::plant::{PlantQuestion, PlantReport, ShopLine, plant_report};
use minewheel_data::car::PlantDesign;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the plant stands: ISO country, Chinese province (CN-CQ) or group (EU27, WORLD)
    #[arg(long, default_value = "CN", value_name = "PLACE")]
    country: String,
    /// The year of its grid
    #[arg(long, default_value_t = 2025, allow_negative_numbers = true)]
    year: i32,
    /// What it draws: grid, or all of it from solar (on site), wind or hydro (by contract)
    #[arg(long, default_value = "grid", value_name = "SUPPLY")]
    electricity: String,
    /// Measures, separated by commas; left out: all
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    measures: Option<Vec<String>>,
    /// Cars a year; left out: the plant that the tables describe
    #[arg(long, value_name = "CARS", allow_negative_numbers = true)]
    volume: Option<f64>,
    /// Climate method: AR6 or AR5, over 100 or 20 years
    #[arg(long, default_value = "ar6-gwp100", value_name = "METHOD")]
    method: String,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Outputs that a plant may have, in cars a year.
const VOLUMES: (f64, f64) = (20_000.0, 500_000.0);

/// The plant and its measures.
///
/// # Errors
/// An unknown place, supply or measure, a year without a grid, or an output that no plant has.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<PlantReport, Failure> {
    let tables = desk.tables()?;
    let known = PlantDesign::ELECTRICITY;
    if !known.contains(&arguments.electricity.as_str()) {
        return Err(Failure::UnknownName { kind: "supply of a plant", seen: arguments.electricity.clone(), known: known.join(", ") });
    }
    let measures: Vec<String> = tables.plant.measures.iter().map(|m| m.name.to_string()).collect();
    if let Some(unknown) = arguments.measures.iter().flatten().find(|m| !measures.contains(m)) {
        return Err(Failure::UnknownName { kind: "measure", seen: unknown.clone(), known: measures.join(", ") });
    }
    if let Some(volume) = arguments.volume
        && !(VOLUMES.0..=VOLUMES.1).contains(&volume)
    {
        let wanted = format!("{} to {} cars a year", VOLUMES.0, VOLUMES.1);
        return Err(Failure::Option { option: "volume", seen: volume.to_string(), wanted });
    }
    let question = PlantQuestion {
        place: tables.places.id(&arguments.country).map_err(AssessError::from)?,
        year: arguments.year,
        method: &arguments.method,
        supply: PlantDesign { electricity: Some(arguments.electricity.clone()), ..PlantDesign::default() },
        volume: arguments.volume,
        measures: arguments.measures.clone(),
    };
    Ok(plant_report(tables, &question)?)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let report = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    match arguments.format {
        Format::Json => print::json(&report),
        Format::Csv => print::data(&csv(&report)),
        Format::Table => {
            print::page(&table(&report));
            print::notices(&report.notices);
        }
    }
    Ok(())
}

const SHOPS: [&str; 6] = ["shop", "kWh", "low–high", "MJ", "low–high", "kg CO2e"];
const MEASURES: [&str; 8] = ["measure", "kWh", "MJ", "kg CO2e", "alone", "net USD", "USD/t", "left kg"];

fn shops(report: &PlantReport) -> Vec<Vec<String>> {
    let range = |r: [f64; 2]| if r[1] == 0.0 { "–".to_owned() } else { format!("{}–{}", figure(r[0]), figure(r[1])) };
    let row = |s: &ShopLine| {
        let name = if s.is_counted_with_parts { format!("{}*", s.shop) } else { s.shop.clone() };
        vec![name, figure(s.electricity_kwh), range(s.electricity_range_kwh), figure(s.heat_mj), range(s.heat_range_mj), figure(s.kg_co2e)]
    };
    report.shops.iter().map(row).collect()
}

fn measures(report: &PlantReport) -> Vec<Vec<String>> {
    report
        .measures
        .iter()
        .map(|m| {
            vec![
                m.measure.clone(),
                figure(m.bought_kwh_saved),
                figure(m.heat_mj_saved),
                figure(m.kg_co2e),
                figure(m.kg_co2e_alone),
                figure(m.net_cost_usd),
                m.usd_per_t.map_or_else(|| "–".to_owned(), figure),
                figure(m.left_kg_co2e),
            ]
        })
        .collect()
}

fn table(report: &PlantReport) -> String {
    let mut text = String::new();
    let _ =
        writeln!(text, "a plant in {}, {}, {} cars a year; energy for one compact car", report.country, report.year, figure(report.cars_per_year));
    let _ = writeln!(text, "{}", print::wrap(&format!("electricity: {}, {:.3} kg CO2e/kWh", report.electricity, report.electricity_kg_per_kwh)));
    let _ = writeln!(text, "heat: {:.4} kg CO2e/MJ\n", report.heat_kg_per_mj);
    let mut rows = shops(report);
    rows.push(vec!["all".to_owned(), figure(report.electricity_kwh), String::new(), figure(report.heat_mj), String::new(), figure(report.kg_co2e)]);
    text.push_str(&print::table(&SHOPS, &rows, &[1, 3, 5]));
    text.push_str("* a car's footprint counts the presses with the sheet of each part\n");
    if !report.measures.is_empty() {
        text.push_str("\nmeasures a car, in the order in which they pay, each on what is left\n");
        text.push_str(&print::table(&MEASURES, &measures(report), &[1, 2, 3, 4, 5, 6, 7]));
        text.push_str("kWh and MJ: no longer bought or burnt. alone: as the only measure.\nnet USD: cost less energy saved, a car\n");
    }
    text
}

fn csv(report: &PlantReport) -> String {
    let mut rows = Vec::new();
    let mut row =
        |kind: &str, name: &str, what: &str, value: f64| rows.push(vec![kind.to_owned(), name.to_owned(), what.to_owned(), value.to_string()]);
    for s in &report.shops {
        row("shop", &s.shop, "electricity kWh", s.electricity_kwh);
        row("shop", &s.shop, "heat MJ", s.heat_mj);
        row("shop", &s.shop, "kg CO2e", s.kg_co2e);
    }
    for m in &report.measures {
        row("measure", &m.measure, "bought kWh saved", m.bought_kwh_saved);
        row("measure", &m.measure, "heat MJ saved", m.heat_mj_saved);
        row("measure", &m.measure, "kg CO2e avoided", m.kg_co2e);
        row("measure", &m.measure, "net cost USD", m.net_cost_usd);
    }
    print::csv(&["kind", "name", "figure", "value"], &rows)
}
