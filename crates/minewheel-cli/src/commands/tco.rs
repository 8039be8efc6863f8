//! `minewheel tco`: a battery car and a fuel car by country and year, and when one draws level with the other.

use std::fmt::Write as _;
use std::path::PathBuf;

use minewheel_industry::fleet::tco::{TcoCountry, TcoYear, by_segment, compare};

use super::scenario::UseChoice;
use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// The battery car: a catalogue id or a car file; left out: the pairs of `data/fleet/segments.csv`
    #[arg(requires = "fuel")]
    battery: Option<String>,
    /// The fuel car beside it
    fuel: Option<String>,
    /// Countries, separated by commas
    #[arg(long, default_value = "CN,DE,FR,GB,US,JP,KR,IN,BR,NO", value_name = "LIST", value_delimiter = ',')]
    countries: Vec<String>,
    /// First year
    #[arg(long, default_value_t = 2018, value_name = "YEAR", allow_negative_numbers = true)]
    from: i32,
    /// Last year
    #[arg(long, default_value_t = 2035, value_name = "YEAR", allow_negative_numbers = true)]
    to: i32,
    /// Consumption as in the test, or as measured in traffic
    #[arg(long = "use", value_enum, default_value = "real-world")]
    usage: UseChoice,
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

/// The cars by country and year; without cars, those of every segment.
///
/// # Errors
/// A car of the wrong kind, a country or year that is not known.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<TcoCountry>, Failure> {
    let is_year = |year: i32| (YEARS.0..=YEARS.1).contains(&year);
    if !is_year(arguments.from) || !is_year(arguments.to) || arguments.to < arguments.from {
        let wanted = format!("years from {} to {}, the first no later than the last", YEARS.0, YEARS.1);
        return Err(Failure::Option { option: "from", seen: format!("{}, --to {}", arguments.from, arguments.to), wanted });
    }
    let (tables, fleet) = (desk.tables()?, desk.fleet_tables()?);
    let (span, is_real_world) = ((arguments.from, arguments.to), arguments.usage == UseChoice::RealWorld);
    let (Some(battery), Some(fuel)) = (&arguments.battery, &arguments.fuel) else {
        return Ok(by_segment(tables, fleet, &arguments.countries, span, is_real_world)?);
    };
    let (battery, fuel) = (desk.car(battery)?, desk.car(fuel)?);
    if battery.battery.is_none() || battery.engine.is_some() {
        return Err(Failure::KindOfCar { car: battery.id, seen: battery.powertrain.word(), wanted: "a battery car first, the fuel car after it" });
    }
    if fuel.engine.is_none() {
        return Err(Failure::KindOfCar { car: fuel.id, seen: fuel.powertrain.word(), wanted: "a car with an engine after the battery car" });
    }
    let one = |country: &String| compare(tables, fleet, &battery, &fuel, country, span, is_real_world);
    Ok(arguments.countries.iter().map(one).collect::<Result<Vec<_>, _>>()?)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let found = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => print::data(&csv(&found)),
        Format::Table if arguments.battery.is_none() => print::page(&segments(&found)),
        Format::Table => print::page(&table(&found)),
    }
    Ok(())
}

fn parity(year: Option<i32>, first: i32) -> String {
    match year {
        Some(year) if year == first => format!("by {year}"),
        Some(year) => year.to_string(),
        None => "not yet".to_owned(),
    }
}

/// What is asked of a pair: in a word, the year of parity, and the battery car's cost over the fuel car's in a year.
type Asked = (&'static str, fn(&TcoCountry) -> Option<i32>, fn(&TcoYear) -> f64);

/// A line a segment, a column a country, once for owning and once for buying.
fn segments(found: &[TcoCountry]) -> String {
    let mut names: Vec<&str> = found.iter().filter_map(|c| c.segment.as_deref()).collect();
    names.dedup();
    let of = |name: &str| found.iter().filter(move |c| c.segment.as_deref() == Some(name)).collect::<Vec<_>>();
    let first = found.first().and_then(|c| c.years.first()).map_or(0, |y| y.year);
    let countries: Vec<&str> = names.first().map_or_else(Vec::new, |n| of(n).iter().map(|c| c.country.as_str()).collect());
    let header: Vec<&str> = ["segment"].into_iter().chain(countries).collect();
    let last = found.first().and_then(|c| c.years.last()).map_or(0, |y| y.year);
    let mut text = format!("the year from which the battery car of a segment is no dearer than its fuel car; {first}: then or before\n");
    let asked: [Asked; 2] = [
        ("own", |c| c.ownership_parity, |y| y.battery_usd_per_km / y.fuel_usd_per_km),
        ("buy", |c| c.purchase_parity, |y| y.battery_purchase_usd / y.fuel_purchase_usd),
    ];
    for (what, pick, ratio) in asked {
        let cell = |c: &&TcoCountry| match pick(c) {
            Some(year) => year.to_string(),
            None => c.years.last().map_or_else(String::new, |y| format!("{:.2}", ratio(y))),
        };
        let row = |name: &&str| [(*name).to_owned()].into_iter().chain(of(name).iter().map(cell)).collect::<Vec<_>>();
        let rows: Vec<Vec<String>> = names.iter().map(row).collect();
        let _ = write!(text, "\nto {what}; not by {last}: the cost then over that of the fuel car\n");
        // What making costs does not hang on the country of the buyer: one column says it.
        if header.len() > 2 && !rows.is_empty() && rows.iter().all(|r| r[1..].iter().all(|c| *c == r[1])) {
            let rows: Vec<Vec<String>> = rows.into_iter().map(|mut r| r.drain(..2).collect()).collect();
            text.push_str(&print::table(&["segment", "every country"], &rows, &[1]));
            text.push_str("prices are costs of making, which do not hang on the country of the buyer\n");
            continue;
        }
        text.push_str(&print::table(&header, &rows, &(1..header.len()).collect::<Vec<_>>()));
    }
    if found.iter().any(|c| c.published.is_some()) {
        let cell = |c: &&TcoCountry| c.published.map_or_else(|| "–".to_owned(), |p| format!("{:.2}", p.price_ratio));
        let row = |name: &&str| [(*name).to_owned()].into_iter().chain(of(name).iter().map(cell)).collect::<Vec<_>>();
        let year = found.iter().filter_map(|c| c.published.map(|p| p.year)).max().unwrap_or(last);
        let _ = write!(text, "\nprices as published by {year}, battery cars over fuel cars: of many models, taxes and margins included\n");
        text.push_str(&print::table(&header, &names.iter().map(row).collect::<Vec<_>>(), &(1..header.len()).collect::<Vec<_>>()));
    }
    text.push('\n');
    let pair = |name: &&str| of(name).first().map(|c| format!("{name}: {} against {}", c.battery, c.fuel)).unwrap_or_default();
    text.push_str(&print::wrap(&format!("{}.", names.iter().map(pair).collect::<Vec<_>>().join("; "))));
    text.push('\n');
    text.push_str(&reservation(found));
    text
}

fn reservation(found: &[TcoCountry]) -> String {
    let basis = if found.iter().all(|c| c.use_basis == "real-world") { "measured in traffic" } else { "of the test" };
    let status = found.iter().map(|c| c.weakest_status).max().unwrap_or(minewheel_data::status::Status::Derived);
    print::wrap(&format!(
        "Costs of making, dealer included, without taxes on the car, subsidies, insurance and interest; energy at the last price known, for the consumption {basis}. After the last price of packs the learning curve carries on. Weakest status: {status}."
    ))
}

fn table(found: &[TcoCountry]) -> String {
    let [battery, fuel] = found.first().map_or(["", ""], |c| [c.battery.as_str(), c.fuel.as_str()]);
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
    text.push_str(&reservation(found));
    text
}

fn csv(found: &[TcoCountry]) -> String {
    let header = [
        "segment",
        "battery",
        "fuel",
        "country",
        "year",
        "battery_purchase_usd",
        "fuel_purchase_usd",
        "battery_usd_per_km",
        "fuel_usd_per_km",
        "pack_usd_per_kwh",
    ];
    let rows = found.iter().flat_map(|c| {
        c.years.iter().map(|y| {
            let numbers = [y.battery_purchase_usd, y.fuel_purchase_usd, y.battery_usd_per_km, y.fuel_usd_per_km, y.pack_usd_per_kwh];
            [c.segment.clone().unwrap_or_default(), c.battery.clone(), c.fuel.clone(), c.country.clone(), y.year.to_string()]
                .into_iter()
                .chain(numbers.map(|n| n.to_string()))
                .collect()
        })
    });
    print::csv(&header, &rows.collect::<Vec<Vec<String>>>())
}
