//! `minewheel tco`: a battery car and a fuel car by country and year, and when one draws level with the other.

use std::path::PathBuf;

use minewheel_data::car::CarDesign;
use minewheel_industry::fleet::tco::{TcoCountry, compare};

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// The battery car: a catalogue id or a car file
    battery: String,
    /// The fuel car beside it
    fuel: String,
    /// Countries, separated by commas
    #[arg(long, default_value = "CN,DE,FR,GB,US,JP,KR,IN,BR,NO", value_name = "LIST", value_delimiter = ',')]
    countries: Vec<String>,
    /// First year
    #[arg(long, default_value_t = 2018, value_name = "YEAR")]
    from: i32,
    /// Last year
    #[arg(long, default_value_t = 2035, value_name = "YEAR")]
    to: i32,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// First year with a price of packs, and the last that is carried on to.
const YEARS: (i32, i32) = (2013, 2050);
/// Years of the printed table.
const PRINTED: usize = 4;

/// The cars by country and year.
///
/// # Errors
/// A car of the wrong kind, a country or year that is not known.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<TcoCountry>, Failure> {
    Ok(find(arguments, desk)?.1)
}

/// The two cars, and what they cost.
///
/// # Errors
/// A car of the wrong kind, a country or year that is not known.
fn find(arguments: &Arguments, desk: &Desk) -> Result<([CarDesign; 2], Vec<TcoCountry>), Failure> {
    let is_year = |year: i32| (YEARS.0..=YEARS.1).contains(&year);
    if !is_year(arguments.from) || !is_year(arguments.to) || arguments.to < arguments.from {
        let wanted = format!("years from {} to {}, the first no later than the last", YEARS.0, YEARS.1);
        return Err(Failure::Option { option: "from", seen: format!("{}, --to {}", arguments.from, arguments.to), wanted });
    }
    let (tables, fleet) = (desk.tables()?, desk.fleet_tables()?);
    let (battery, fuel) = (desk.car(&arguments.battery)?, desk.car(&arguments.fuel)?);
    if battery.battery.is_none() || battery.engine.is_some() {
        return Err(Failure::Option { option: "battery", seen: battery.id, wanted: "a battery car".to_owned() });
    }
    if fuel.engine.is_none() {
        return Err(Failure::Option { option: "fuel", seen: fuel.id, wanted: "a car with an engine".to_owned() });
    }
    let found = arguments
        .countries
        .iter()
        .map(|c| compare(tables, fleet, &battery, &fuel, c, arguments.from, arguments.to))
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failure::from)?;
    Ok(([battery, fuel], found))
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let ([battery, fuel], found) = find(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => print::data(&csv(&found)),
        Format::Table => print::data(&table(&battery.id, &fuel.id, &found)),
    }
    Ok(())
}

fn table(battery: &str, fuel: &str, found: &[TcoCountry]) -> String {
    let parity = |year: Option<i32>, first: i32| match year {
        Some(year) if year == first => format!("by {year}"),
        Some(year) => year.to_string(),
        None => "not yet".to_owned(),
    };
    let years: Vec<i32> = found.first().map_or_else(Vec::new, |c| c.years.iter().map(|y| y.year).collect());
    let step = years.len().saturating_sub(1).div_ceil(PRINTED - 1).max(1);
    let shown: Vec<usize> = (0..years.len()).rev().step_by(step).collect::<Vec<_>>().into_iter().rev().collect();
    let header: Vec<String> =
        ["country", "to buy", "to own"].into_iter().map(str::to_owned).chain(shown.iter().map(|i| format!("ct/km {}", years[*i]))).collect();
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let row = |c: &TcoCountry| {
        let first = years.first().copied().unwrap_or_default();
        let mut row = vec![c.country.clone(), parity(c.purchase_parity, first), parity(c.ownership_parity, first)];
        row.extend(shown.iter().map(|i| format!("{:.1} : {:.1}", 100.0 * c.years[*i].battery_usd_per_km, 100.0 * c.years[*i].fuel_usd_per_km)));
        row
    };
    let mut text = format!("{battery} against {fuel}: the year from which the battery car is no dearer; US cents per km, battery : fuel\n\n");
    text.push_str(&print::table(&header, &found.iter().map(row).collect::<Vec<_>>(), &(1..header.len()).collect::<Vec<_>>()));
    text.push('\n');
    let status = found.iter().map(|c| c.weakest_status).max().unwrap_or(minewheel_data::status::Status::Derived);
    text.push_str(&print::wrap(&format!(
        "Costs of making, dealer included, without taxes on the car, subsidies, insurance and interest; energy at the last price known. After the last price of packs the learning curve carries on. Weakest status: {status}."
    )));
    text
}

fn csv(found: &[TcoCountry]) -> String {
    let header = ["country", "year", "battery_purchase_usd", "fuel_purchase_usd", "battery_usd_per_km", "fuel_usd_per_km", "pack_usd_per_kwh"];
    let rows = found.iter().flat_map(|c| {
        c.years.iter().map(|y| {
            let numbers = [y.battery_purchase_usd, y.fuel_purchase_usd, y.battery_usd_per_km, y.fuel_usd_per_km, y.pack_usd_per_kwh];
            [c.country.clone(), y.year.to_string()].into_iter().chain(numbers.map(|n| n.to_string())).collect()
        })
    });
    print::csv(&header, &rows.collect::<Vec<Vec<String>>>())
}
