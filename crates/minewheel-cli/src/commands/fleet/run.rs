//! `minewheel fleet run`: a study of cars, packs, energy, footprint and materials through the years.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use minewheel_industry::fleet::adoption::{SharePath, path};
use minewheel_industry::fleet::capacity::{CapacityLine, Made};
use minewheel_industry::fleet::cohorts::CohortError;
use minewheel_industry::fleet::drivers::{DriverLine, beside_register};
use minewheel_industry::fleet::intervals::{Drawn, Draws, IntervalLine};
use minewheel_industry::fleet::ledgers::{Ledger, MaterialLine, PackLine, YearLine};
use minewheel_industry::fleet::regions::{Regional, RegionalReport, run_regions};
use minewheel_industry::fleet::run::{FleetError, FleetReport};
use minewheel_industry::fleet::study::{Study, StudyError};

use super::adoption;
use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format, figure};
use minewheel_report::charts::lines::{self as chart, Chart};

/// Which table goes to CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Account {
    /// Cars, kilometres, energy, footprint.
    Years,
    /// People, vehicles per 1,000 and the share of electric cars that drive the study.
    Drivers,
    /// Packs in gigawatt-hours.
    Packs,
    /// Elements in tonnes.
    Materials,
    /// What works are asked for, beside their stated capacity.
    Capacity,
    /// New-energy credits of the new cars.
    Credits,
    /// Intervals over draws (`--samples`), one figure a line.
    Intervals,
}

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// A study in TOML; `examples/11_fleet` has some
    study: PathBuf,
    /// Which ledger goes to CSV
    #[arg(long, value_enum, default_value = "years")]
    table: Account,
    /// Draws of the tables for intervals of stock, retired packs and materials; 0: none
    #[arg(long, default_value_t = 0, value_name = "N", allow_negative_numbers = true)]
    samples: u32,
    /// Seed of the draws
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// Draw the stock by product as SVG
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// Write the result as one HTML file that carries everything with it and prints to A4
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Rows of the printed table, at most.
const MOST_ROWS: usize = 12;
/// Draws, at most.
const MOST_SAMPLES: u32 = 100_000;
/// Materials of the printed table, at most.
const MOST_MATERIALS: usize = 12;

/// The study, run.
///
/// # Errors
/// A study with faults, or one that cannot be run.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<RegionalReport, Failure> {
    let text = desk.text(&arguments.study)?;
    let study = Regional::read(&arguments.study.display().to_string(), &text).map_err(FleetError::from)?;
    let study = study.with_shares(|region| share_of(region, desk))?;
    let (tables, fleet) = (desk.tables()?, desk.fleet_tables()?);
    if let Some(name) = study.regions.iter().filter_map(|r| r.study.charging.as_ref()).find(|name| fleet.profile(name).is_empty()) {
        let mut known: Vec<&str> = fleet.profiles.iter().map(|p| p.name.as_str()).collect();
        known.dedup();
        return Err(Failure::UnknownName { kind: "charging profile", seen: name.clone(), known: known.join(", ") });
    }
    crate::commands::scenario::draws(u64::from(arguments.samples))?;
    if arguments.samples > MOST_SAMPLES {
        return Err(Failure::Option { option: "samples", seen: arguments.samples.to_string(), wanted: format!("0 to {MOST_SAMPLES}") });
    }
    if arguments.samples == 0 && arguments.table == Account::Intervals {
        let (option, seen) = ("samples", "0 for `--table intervals`".to_owned());
        return Err(Failure::Option { option, seen, wanted: format!("1 to {MOST_SAMPLES}") });
    }
    let draws = (arguments.samples > 0).then_some(Draws { samples: arguments.samples, seed: arguments.seed });
    let mut found = run_regions(tables, fleet, desk.rule_book()?, &study, draws)?;
    for report in found.regions.iter_mut().chain([&mut found.whole]).filter(|r| !r.drivers.is_empty()) {
        report.notices.extend(beside_register(&report.drivers, &report.place, desk.market()?));
    }
    Ok(found)
}

/// The share of electric cars that a study asks for.
fn share_of(study: &Study, desk: &Desk) -> Result<Option<SharePath>, Failure> {
    let Some(choice) = study.drivers.as_ref().and_then(|d| d.adoption.as_ref()) else { return Ok(None) };
    let (market, fleet) = (desk.market()?, desk.fleet_tables()?);
    let place = choice.place.as_deref().unwrap_or(&study.study.place);
    let until = choice.until.unwrap_or(adoption::UNTIL);
    let costs = adoption::costs(desk, study.study.to)?;
    Ok(Some(path(market, fleet, &costs, choice.drivers, place, until, study.study.to)?))
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let desk = Desk::on_disk(arguments.data.as_deref())?;
    let found = answer(arguments, &desk)?;
    let report = &found.whole;
    if let Some(path) = &arguments.chart {
        inputs::write(path, &picture(report))?;
    }
    if let Some(path) = &arguments.report {
        inputs::report(path, &minewheel_report::fleet::document(&found, desk.fleet_tables()?, &desk.tables()?.fingerprint, &inputs::command_line()))?;
    }
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => print::data(&by_place(&found, |report| match arguments.table {
            Account::Years => ledger_csv(&report.years),
            Account::Drivers => drivers_csv(report),
            Account::Packs => ledger_csv(&report.packs),
            Account::Materials => ledger_csv(&report.materials),
            Account::Capacity => capacity_csv(report),
            Account::Credits => ledger_csv(&report.credits),
            Account::Intervals => intervals_csv(report),
        })),
        Format::Table => {
            print::page(&(table(report) + &regions(&found)));
            print::notices(&report.notices);
        }
    }
    Ok(())
}

/// A table in CSV; with several places, of each of them and of the sum, the place in front.
fn by_place(found: &RegionalReport, csv: impl Fn(&FleetReport) -> String) -> String {
    if found.regions.is_empty() {
        return csv(&found.whole);
    }
    let mut text = String::new();
    for report in found.regions.iter().chain([&found.whole]) {
        for (index, line) in csv(report).lines().enumerate() {
            let _ = match (index, text.is_empty()) {
                (0, true) => writeln!(text, "place,{line}"),
                (0, false) => Ok(()),
                _ => writeln!(text, "{},{line}", report.place),
            };
        }
    }
    text
}

/// Several places beside each other, in the first, the middle and the last printed year.
fn regions(found: &RegionalReport) -> String {
    if found.regions.is_empty() {
        return String::new();
    }
    let years = printed(&found.whole);
    let shown = [0, years.len() / 2, years.len().saturating_sub(1)].map(|i| years.get(i).copied().unwrap_or_default());
    let million = |v: f64| figure(v / 1e6);
    let mut rows = Vec::new();
    for report in &found.regions {
        for year in shown {
            let lines: Vec<&YearLine> = report.years.iter().filter(|l| l.year == year).collect();
            let sum = |pick: fn(&YearLine) -> f64| lines.iter().map(|l| pick(l)).sum::<f64>();
            let tonnes =
                |pick: fn(&YearLine) -> Option<f64>| lines.iter().map(|l| pick(l)).sum::<Option<f64>>().map_or_else(|| "–".to_owned(), million);
            rows.push(vec![
                report.place.clone(),
                year.to_string(),
                million(sum(|l| l.stock)),
                million(sum(|l| l.inflow)),
                million(sum(|l| l.outflow)),
                million(report.years.iter().filter(|l| l.year <= year).map(|l| l.traded).sum()),
                figure(sum(|l| l.electricity_gwh) / 1e3),
                tonnes(|l| l.production_t),
                tonnes(|l| l.use_t),
            ]);
        }
    }
    let head = ["place", "year", "stock", "in", "out", "used, net", "TWh", "making", "driving"];
    format!(
        "\nplace by place, in the units of the first table, used cars in less out up to the year; all figures: --format csv\n{}",
        print::table(&head, &rows, &[1, 2, 3, 4, 5, 6, 7, 8])
    )
}

/// The years that are printed: about [`MOST_ROWS`], with the first and the last.
fn printed(report: &FleetReport) -> Vec<i32> {
    let mut years: Vec<i32> = report.years.iter().map(|l| l.year).collect();
    years.dedup();
    let step = years.len().div_ceil(MOST_ROWS - 1).max(1) as i32;
    let step = [1, 2, 5, 10, 20, 50, 100].into_iter().find(|s| *s >= step).unwrap_or(step);
    let (first, last) = (years.first().copied().unwrap_or_default(), years.last().copied().unwrap_or_default());
    years.into_iter().filter(|y| *y == first || *y == last || y % step == 0).collect()
}

fn table(report: &FleetReport) -> String {
    let mut text = format!("{}, {}; weakest status: {}\n\n", report.title, report.place, report.weakest_status);
    let years = printed(report);
    let million = |v: f64| figure(v / 1e6);
    let tonnes = |pick: fn(&YearLine) -> Option<f64>, lines: &[&YearLine]| {
        lines.iter().map(|l| pick(l)).sum::<Option<f64>>().map_or_else(|| "–".to_owned(), million)
    };
    let mut rows = Vec::new();
    for year in &years {
        let lines: Vec<&YearLine> = report.years.iter().filter(|l| l.year == *year).collect();
        let sum = |pick: fn(&YearLine) -> f64| lines.iter().map(|l| pick(l)).sum::<f64>();
        rows.push(vec![
            year.to_string(),
            million(sum(|l| l.stock)),
            million(sum(|l| l.inflow)),
            million(sum(|l| l.outflow)),
            figure(sum(|l| l.electricity_gwh) / 1e3),
            figure(sum(|l| l.fuel_ml) / 1e3),
            tonnes(|l| l.production_t, &lines),
            tonnes(|l| l.use_t, &lines),
            tonnes(|l| l.end_of_life_t, &lines),
        ]);
    }
    text.push_str("cars in millions, electricity in TWh, fuel in billion litres, footprint in Mt CO2e of the year\n");
    let head = ["year", "stock", "in", "out", "TWh", "fuel", "making", "driving", "end of life"];
    text.push_str(&print::table(&head, &rows, &[1, 2, 3, 4, 5, 6, 7, 8]));
    if !report.packs.is_empty() {
        let mut rows = Vec::new();
        for year in &years {
            let lines: Vec<&PackLine> = report.packs.iter().filter(|l| l.year == *year).collect();
            let sum = |pick: fn(&PackLine) -> f64| figure(lines.iter().map(|l| pick(l)).sum::<f64>());
            rows.push(vec![
                year.to_string(),
                sum(|l| l.in_cars_gwh),
                sum(|l| l.fitted_gwh),
                sum(|l| l.replacements_gwh),
                sum(|l| l.failed_gwh + l.outlived_gwh),
                sum(|l| l.exported_gwh),
                sum(|l| l.informal_gwh),
                sum(|l| l.in_second_life_gwh),
                sum(|l| l.recycled_gwh),
                sum(|l| l.scrap_gwh),
            ]);
        }
        text.push_str("\npacks in GWh as built\n");
        let head = ["year", "in cars", "new", "replaced", "out", "exported", "informal", "2nd life", "recycled", "scrap"];
        text.push_str(&print::table(&head, &rows, &[1, 2, 3, 4, 5, 6, 7, 8, 9]));
    }
    drivers(&mut text, report, &years);
    materials(&mut text, report);
    capacity(&mut text, report, &years);
    credits(&mut text, report);
    intervals(&mut text, report);
    if let Some((hour, peak)) = report.load_gw.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)) {
        let mean = report.load_gw.iter().sum::<f64>() / report.load_gw.len() as f64;
        let _ = writeln!(text, "\ncharging on a day of the last year: {} GW at {hour} h, {} GW on average", figure(*peak), figure(mean));
    }
    if let Some(points) = report.public_points {
        let last = report.years.last().map_or(0, |l| l.year);
        let _ = writeln!(text, "\npublic charging points for the cars of {last} at the ratio of today: {} thousand", figure(points / 1e3));
    }
    text
}

fn drivers(text: &mut String, report: &FleetReport, years: &[i32]) {
    if report.drivers.is_empty() {
        return;
    }
    let some = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), figure);
    let row = |l: &DriverLine| {
        vec![
            l.year.to_string(),
            some(l.people.map(|p| p / 1e6)),
            some(l.vehicles_per_thousand),
            some(l.stock.map(|s| s / 1e6)),
            figure(l.new_cars / 1e6),
            some(l.electric_share.map(|s| 100.0 * s)),
        ]
    };
    let rows: Vec<Vec<String>> = report.drivers.iter().filter(|l| years.contains(&l.year)).map(row).collect();
    text.push_str("\nwhat drives it: people and cars in millions\n");
    text.push_str(&print::table(&["year", "people", "vehicles per 1,000", "cars", "new cars", "electric, %"], &rows, &[1, 2, 3, 4, 5]));
}

fn drivers_csv(report: &FleetReport) -> String {
    let header = ["year", "people", "vehicles_per_thousand", "stock", "new_cars", "electric_share"];
    let some = |value: Option<f64>| value.map(|v| v.to_string()).unwrap_or_default();
    let row = |l: &DriverLine| {
        vec![l.year.to_string(), some(l.people), some(l.vehicles_per_thousand), some(l.stock), l.new_cars.to_string(), some(l.electric_share)]
    };
    print::csv(&header, &report.drivers.iter().map(row).collect::<Vec<_>>())
}

fn materials(text: &mut String, report: &FleetReport) {
    let Some(last) = report.years.last().map(|l| l.year) else { return };
    let mut total: BTreeMap<&str, f64> = BTreeMap::new();
    for line in &report.materials {
        *total.entry(&line.element).or_default() += line.body_demand_t + line.pack_demand_t;
    }
    let mut lines: Vec<&MaterialLine> = report.materials.iter().filter(|l| l.year == last).collect();
    lines.sort_by(|a, b| total[b.element.as_str()].total_cmp(&total[a.element.as_str()]));
    let left = lines.len().saturating_sub(MOST_MATERIALS);
    let row = |l: &&MaterialLine| {
        let kt = |t: f64| figure(t / 1e3);
        vec![
            l.element.clone(),
            kt(l.body_demand_t),
            kt(l.pack_demand_t),
            kt(l.pack_recovered_t),
            kt(l.pack_lost_t + l.pack_informal_t),
            kt(l.body_retired_t),
            l.body_recovered_t.map_or_else(|| "–".to_owned(), kt),
        ]
    };
    let _ = writeln!(text, "\nmaterials in {last}, kt");
    let head = ["element", "cars", "packs", "back from packs", "lost from packs", "in given-up cars", "back of it"];
    text.push_str(&print::table(&head, &lines.iter().take(MOST_MATERIALS).map(row).collect::<Vec<_>>(), &[1, 2, 3, 4, 5, 6]));
    if left > 0 {
        let _ = writeln!(text, "and {left} more: --format csv --table materials");
    }
}

fn capacity(text: &mut String, report: &FleetReport, years: &[i32]) {
    let row = |l: &CapacityLine| {
        let (what, scale) = match l.made {
            Made::Cars => ("cars, million", 1e6),
            Made::Cells => ("cells, GWh", 1.0),
        };
        let used = format!("{:.0}", 100.0 * l.used);
        vec![l.year.to_string(), what.to_owned(), figure(l.asked / scale), figure(l.capacity / scale), l.stated_for.to_string(), used]
    };
    let rows: Vec<Vec<String>> = report.capacity.iter().filter(|l| years.contains(&l.year)).map(row).collect();
    if !rows.is_empty() {
        let _ = writeln!(text, "\nwhat the study asks of works, and the capacity stated for the place");
        text.push_str(&print::table(&["year", "made", "asked", "capacity", "stated for", "used %"], &rows, &[2, 3, 4, 5]));
    }
}

/// Credits of all products by year; by product they go to CSV and JSON.
fn credits(text: &mut String, report: &FleetReport) {
    let mut by_year: BTreeMap<i32, (f64, f64, &str)> = BTreeMap::new();
    for line in &report.credits {
        let sums = by_year.entry(line.year).or_insert((0.0, 0.0, &line.edition));
        sums.0 += line.cars;
        sums.1 += line.credits;
    }
    let row = |(year, (cars, credits, edition)): (&i32, &(f64, f64, &str))| {
        vec![year.to_string(), figure(cars / 1e6), figure(credits / 1e6), figure(credits / cars), (*edition).to_owned()]
    };
    let rows: Vec<Vec<String>> = by_year.iter().map(row).collect();
    if !rows.is_empty() {
        let _ = writeln!(text, "\nnew-energy credits of the new cars; by product: --format csv --table credits");
        text.push_str(&print::table(&["year", "cars, million", "credits, million", "a car", "edition"], &rows, &[1, 2, 3]));
    }
}

/// Intervals of the last year; all of them go to CSV and JSON.
fn intervals(text: &mut String, report: &FleetReport) {
    let Some(last) = report.intervals.last().map(|l| l.year) else { return };
    let row = |l: &IntervalLine| {
        let (word, scale) = match l.figure {
            Drawn::Stock => ("stock, million", 1e6),
            Drawn::Exits => ("exits, million", 1e6),
            Drawn::RetiredPacks => ("packs out, GWh", 1.0),
            Drawn::Demand => ("demand, kt", 1e3),
            Drawn::Recovered => ("back from packs, kt", 1e3),
        };
        let numbers = [l.best, l.p5, l.p50, l.p95].map(|v| figure(v / scale));
        [word.to_owned(), l.of.clone()].into_iter().chain(numbers).collect::<Vec<_>>()
    };
    let mut lines: Vec<&IntervalLine> = report.intervals.iter().filter(|l| l.year == last && l.best != 0.0).collect();
    let is_element = |l: &&IntervalLine| matches!(l.figure, Drawn::Demand | Drawn::Recovered);
    let (mut elements, products): (Vec<_>, Vec<_>) = lines.drain(..).partition(is_element);
    elements.sort_by(|a, b| b.best.total_cmp(&a.best));
    elements.truncate(MOST_MATERIALS);
    let rows: Vec<Vec<String>> = products.into_iter().chain(elements).map(row).collect();
    let _ = writeln!(text, "\nintervals in {last}; all years: --format csv --table intervals");
    text.push_str(&print::table(&["figure", "of", "best", "p5", "p50", "p95"], &rows, &[2, 3, 4, 5]));
}

fn capacity_csv(report: &FleetReport) -> String {
    let row = |l: &CapacityLine| {
        let (made, unit) = match l.made {
            Made::Cars => ("cars", "vehicle"),
            Made::Cells => ("cells", "GWh"),
        };
        let mut row = vec![l.year.to_string(), made.to_owned(), unit.to_owned()];
        row.extend([l.asked.to_string(), l.capacity.to_string(), l.stated_for.to_string(), l.used.to_string()]);
        row
    };
    let header = ["year", "made", "unit", "asked", "capacity", "stated_for", "used"];
    print::csv(&header, &report.capacity.iter().map(row).collect::<Vec<_>>())
}

fn intervals_csv(report: &FleetReport) -> String {
    let row = |l: &IntervalLine| {
        let (figure, unit) = match l.figure {
            Drawn::Stock => ("stock", "vehicle"),
            Drawn::Exits => ("exits", "vehicle"),
            Drawn::RetiredPacks => ("retired-packs", "GWh"),
            Drawn::Demand => ("demand", "t"),
            Drawn::Recovered => ("recovered", "t"),
        };
        let mut row = vec![l.year.to_string(), figure.to_owned(), l.of.clone(), unit.to_owned()];
        row.extend([l.best, l.p5, l.p50, l.p95].map(|v| v.to_string()));
        row
    };
    let header = ["year", "figure", "of", "unit", "best", "p5", "p50", "p95"];
    print::csv(&header, &report.intervals.iter().map(row).collect::<Vec<_>>())
}

/// A ledger in full.
fn ledger_csv<L: Ledger>(lines: &[L]) -> String {
    print::csv(L::COLUMNS, &lines.iter().map(Ledger::cells).collect::<Vec<_>>())
}

fn picture(report: &FleetReport) -> String {
    let mut names: Vec<&str> = report.years.iter().map(|l| l.product.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let line = |name: &&str| chart::Line {
        name: (*name).to_owned(),
        points: report.years.iter().filter(|l| l.product == *name).map(|l| (f64::from(l.year), l.stock / 1e6)).collect(),
        band: Vec::new(),
    };
    chart::svg(&Chart {
        title: report.title.clone(),
        unit: "cars at the end of the year, million".to_owned(),
        source: format!("minewheel fleet run; {}, weakest status {}", report.place, report.weakest_status),
        across: String::new(),
        lines: names.iter().map(line).collect(),
    })
}

impl From<FleetError> for Failure {
    fn from(error: FleetError) -> Self {
        match error {
            FleetError::Assess(error) => Self::Assess(error),
            FleetError::Car(error) => Self::UnknownCar(error),
            other => Self::Fleet(other),
        }
    }
}

/// Help for a study.
pub fn help(error: &FleetError) -> String {
    match error {
        FleetError::Study(StudyError::Curve { .. }) => {
            "curves are in `data/fleet/survival.csv`; `{ form = \"weibull\", shape = 3, scale = 15 }` works too"
        }
        FleetError::Study(_) => "`docs/model/fleet.md` lists the keys of a study; `examples/11_fleet` has some",
        FleetError::Cohort { error: CohortError::Export { .. }, .. } => {
            "`trade` is [[year, age, number], …]; used cars that go out are cars of that age that are alive"
        }
        FleetError::Cohort { .. } => "leave `strict_inflow` out to retire the surplus early, or mend the stock wanted",
        _ => "`docs/model/fleet.md` says what a study needs",
    }
    .to_owned()
}
