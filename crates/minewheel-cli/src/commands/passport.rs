//! `minewheel passport`: what a model can fill of a battery passport, and what only the maker can.

use std::fmt::Write as _;
use std::path::PathBuf;

use minewheel_assess::AssessError;
use minewheel_assess::pack_footprint::PackQuestion;
use minewheel_industry::passport::{Passport, passport};
use serde_json::Value as Json;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Id of a car in the catalogue, or a car file
    car: String,
    /// Where it is sold and recycled: ISO country or group
    #[arg(long, default_value = "EU27", value_name = "PLACE")]
    country: String,
    /// The year of its making
    #[arg(long, default_value_t = 2025, allow_negative_numbers = true)]
    year: i32,
    /// Years of the maker's warranty; left out: those of the table
    #[arg(long, value_name = "YEARS", allow_negative_numbers = true)]
    warranty_years: Option<f64>,
    /// Climate method
    #[arg(long, default_value = "ar6-gwp100", value_name = "METHOD")]
    method: String,
    /// How to print
    #[arg(long, value_enum, default_value = "json")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Years that a warranty may have.
pub const WARRANTIES: (f64, f64) = (1.0, 30.0);

/// The passport of the car's battery.
///
/// # Errors
/// An unknown car or place, a car without a traction battery, or a warranty that nobody gives.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Passport, Failure> {
    if let Some(years) = arguments.warranty_years
        && !(WARRANTIES.0..=WARRANTIES.1).contains(&years)
    {
        let wanted = format!("{} to {} years", WARRANTIES.0, WARRANTIES.1);
        return Err(Failure::Option { option: "warranty-years", seen: years.to_string(), wanted });
    }
    let (tables, own) = (desk.tables()?, desk.passport_tables()?);
    let design = desk.car(&arguments.car)?;
    let question = PackQuestion {
        sold_in: tables.places.id(&arguments.country).map_err(AssessError::from)?,
        year: arguments.year,
        method: &arguments.method,
        warranty_years: arguments.warranty_years,
        per_year: None,
        sampling: None,
    };
    Ok(passport(&design, tables, own, &question)?)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let written = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    match arguments.format {
        Format::Json => print::json(&written),
        Format::Csv => print::data(&print::csv(&["attribute", "part", "point", "value", "status", "rests on"], &rows(&written))),
        Format::Table => print::page(&table(&written)),
    }
    Ok(())
}

/// The value of an attribute, by its submodel and dotted name.
fn value<'p>(written: &'p Passport, attribute: &str) -> Option<&'p Json> {
    let (submodel, name) = attribute.split_once('.')?;
    name.split('.').try_fold(written.submodels.get(submodel)?, |json, part| json.get(part))
}

fn shown(json: &Json) -> String {
    match json {
        Json::Number(number) => number.as_f64().map(figure).unwrap_or_default(),
        Json::String(text) => text.clone(),
        Json::Array(items) => items
            .iter()
            .map(|item| {
                let name = item.get("lifecycleStage").or_else(|| item.get("batteryMaterialName")).map(shown).unwrap_or_default();
                let number = item.get("carbonFootprint").or_else(|| item.get("batteryMaterialMass")).map(shown).unwrap_or_default();
                format!("{name} {number}")
            })
            .collect::<Vec<_>>()
            .join("; "),
        Json::Object(map) => map.values().map(shown).collect::<Vec<_>>().join(": "),
        other => other.to_string(),
    }
}

/// Plain values of an attribute with what part of it each is, as machines write them: items of a list go by their name.
fn leaves(part: &str, json: &Json, found: &mut Vec<(String, String)>) {
    let below = |name: &str| if part.is_empty() { name.to_owned() } else { format!("{part}.{name}") };
    match json {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let name = ["lifecycleStage", "batteryMaterialName"].iter().find_map(|key| item.get(key)?.as_str());
                leaves(&below(name.unwrap_or(&(index + 1).to_string())), item, found);
            }
        }
        Json::Object(map) => map.iter().for_each(|(name, value)| leaves(&below(name), value, found)),
        Json::String(text) => found.push((part.to_owned(), text.clone())),
        other => found.push((part.to_owned(), other.to_string())),
    }
}

/// One plain value a row; what only the maker can fill has none.
fn rows(written: &Passport) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for filled in &written.filled {
        let mut found = Vec::new();
        leaves("", value(written, &filled.attribute).unwrap_or(&Json::Null), &mut found);
        rows.extend(found.into_iter().map(|(part, value)| {
            vec![filled.attribute.clone(), part, filled.point.clone(), value, filled.status.to_string(), filled.rests_on.clone()]
        }));
    }
    rows.extend(
        written
            .maker_must_fill
            .iter()
            .map(|open| vec![open.attribute.clone(), String::new(), open.point.clone(), String::new(), "maker".to_owned(), open.why.clone()]),
    );
    rows
}

/// The last part of a dotted name.
fn last(attribute: &str) -> String {
    attribute.rsplit('.').next().unwrap_or(attribute).to_owned()
}

fn table(written: &Passport) -> String {
    let mut text = String::new();
    let f = &written.footprint;
    let _ = writeln!(text, "battery passport of {}, by {}\n", written.car, written.model);
    let _ = writeln!(
        text,
        "{}",
        print::wrap(&format!(
            "{} kWh usable × {} full cycles a year × {} years = {} kWh delivered; {} kg CO2e over it: {:.4} kg CO2e per kWh delivered",
            figure(f.usable_kwh),
            f.cycles_per_year,
            f.warranty_years,
            figure(f.delivered_kwh),
            figure(f.total_kg),
            f.kg_per_delivered_kwh
        ))
    );
    let _ = writeln!(text, "weakest status: {}\n", written.weakest_status);
    let filled: Vec<Vec<String>> = written
        .filled
        .iter()
        .map(|f| vec![last(&f.attribute), value(written, &f.attribute).map(shown).unwrap_or_default(), f.status.to_string()])
        .collect();
    text.push_str(&print::table(&["attribute", "value", "status"], &filled, &[]));
    text.push_str("\nonly the maker can fill\n");
    let open: Vec<Vec<String>> = written.maker_must_fill.iter().map(|o| vec![last(&o.attribute), o.point.clone(), o.why.clone()]).collect();
    text.push_str(&print::table(&["attribute", "asked by", "why"], &open, &[]));
    text
}
