//! `minewheel assess`: what a car costs the climate, the wallet and the mines.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use minewheel_assess::assessment::{Assessment, Means, assess_on};
use minewheel_assess::background::BackgroundLine;
use minewheel_assess::scenario::{Preset, Resample, Sampling};
use minewheel_assess::tables::Tables;
use minewheel_assess::uncertainty::Interval;
use minewheel_data::status::Status;
use minewheel_data::units::Mass;
use minewheel_report as report;
use minewheel_report::assessment::{STAGE_GROUPS, grams_per_km};
use minewheel_report::figure::spread;

use super::lca::BackgroundArguments;
use super::scenario::{ChainWord, LEAST_DRAWS, ScenarioArguments};
use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Cars: ids of the catalogue, or TOML files
    #[arg(required = true, value_name = "CAR")]
    cars: Vec<String>,
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Monte Carlo draws behind the intervals
    #[arg(long, default_value_t = 200, allow_negative_numbers = true)]
    samples: i64,
    /// Only best estimates, no intervals
    #[arg(long, conflicts_with = "samples")]
    no_interval: bool,
    /// Do not tell where emissions happen: each stage and part is one row without a country, and the answer comes sooner
    #[arg(long)]
    no_places: bool,
    /// Draw every uncertain row, or only the car's own
    #[arg(long, value_enum, default_value = "all")]
    resample: ResampleWord,
    /// Whose suppliers the intervals cover: those of one maker, or the market's average
    #[arg(long, value_enum, default_value = "maker")]
    chain: ChainWord,
    /// Seed of the draws
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    #[command(flatten)]
    background: BackgroundArguments,
    /// Refuse a result that rests on anything below `derived`
    #[arg(long)]
    strict: bool,
    /// Write the result as one HTML file that carries everything with it and prints to A4
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What is drawn.
#[derive(Clone, Copy, ValueEnum)]
enum ResampleWord {
    /// Every uncertain row: the car and the network behind it
    All,
    /// Only the rows of the car
    Car,
}

/// Most draws that are kept in memory at once.
const MOST_SAMPLES: i64 = 1_000_000;

/// The cars, assessed.
///
/// # Errors
/// Bad input, or a result that `--strict` refuses.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<Assessment>, Failure> {
    if !(LEAST_DRAWS as i64..=MOST_SAMPLES).contains(&arguments.samples) {
        return Err(Failure::Option {
            option: "samples",
            seen: arguments.samples.to_string(),
            wanted: format!("{LEAST_DRAWS} to {MOST_SAMPLES}, or --no-interval"),
        });
    }
    let tables = desk.tables()?;
    let cars = arguments.cars.iter().map(|c| desk.car(c)).collect::<Result<Vec<_>, _>>()?;
    let scenario = arguments.scenario.scenario(desk, &cars)?;
    let cars = desk.settled(cars, &scenario)?;
    let resample = match arguments.resample {
        ResampleWord::All => Resample::All,
        ResampleWord::Car => Resample::Car,
    };
    let chain = arguments.chain.of();
    let sampling = (!arguments.no_interval).then_some(Sampling { samples: arguments.samples as u32, seed: arguments.seed, resample, chain });
    let background = arguments.background.read(desk)?;
    let means = Means { networks: desk.networks(), watch: desk.watch(), background: background.as_ref(), has_places: !arguments.no_places };
    let results = assess_on(&means, tables, &cars, &scenario, sampling)?;
    if arguments.strict {
        refuse_weak(&results)?;
    }
    Ok(results)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let desk = Desk::on_disk(arguments.scenario.data.as_deref())?;
    let results = answer(arguments, &desk)?;
    if let Some(file) = &arguments.report {
        inputs::report(file, &report::assessment::document(&results, arguments.scenario.preset(), desk.tables()?, &inputs::command_line()))?;
    }
    match arguments.format {
        Format::Json => print::json(&results),
        Format::Csv => print::data(&csv(&results)),
        Format::Table => {
            print::page(&side_by_side(desk.tables()?, &results, arguments.scenario.preset()));
            print::notices(notices(&results));
        }
    }
    Ok(())
}

fn refuse_weak(results: &[Assessment]) -> Result<(), Failure> {
    let weak: Vec<&Assessment> = results.iter().filter(|r| r.weakest_status > Status::Derived).collect();
    if weak.is_empty() {
        return Ok(());
    }
    let mut text = String::from("--strict accepts read and derived values only");
    for result in weak {
        let share = |s: Status| 100.0 * result.share_by_status.get(s.word()).copied().unwrap_or(0.0);
        let (recalled, assumed) = (share(Status::Recalled), share(Status::Assumption));
        let _ = write!(
            text,
            "\n{}: the weakest value behind {assumed:.1} % of the climate total is an assumption, behind {recalled:.1} % a recalled one (a part with \
                 both counts as assumption); values through which most of it flows, together or apart:",
            result.car
        );
        for blocker in &result.run.blockers {
            let _ = write!(text, "\n  {:5.1} %  {} [{}] {}", 100.0 * blocker.share, blocker.what, blocker.status, blocker.at);
        }
    }
    Err(Failure::Strict(text))
}

fn notices(results: &[Assessment]) -> Vec<&str> {
    let mut found: Vec<&str> = results.iter().flat_map(|r| r.run.notices.iter().map(String::as_str)).collect();
    found.sort_unstable();
    found.dedup();
    // Stand-ins of countries far up the chain are in the JSON; the terminal names those of the scenario.
    let of_country =
        |n: &str| results.iter().any(|r| n.contains(&format!("mix of {} ", r.country)) || n.starts_with(&format!("{} has no ", r.country)));
    let of_a_mix = |n: &str| n.starts_with("mix of ") || n.contains(" mix of its own");
    found.retain(|n| !of_a_mix(n) || of_country(n));
    found
}

type Pick = fn(&Assessment) -> Option<Interval>;

/// Width that the names of figures take in a table, and that a figure with its interval takes.
const LABEL_WIDTH: usize = 25;
const FIGURE_WIDTH: usize = 18;

/// The figures of as many cars as stand side by side.
fn figures(results: &[Assessment]) -> String {
    let none = || "–".to_owned();
    let points = |pick: fn(&Assessment) -> Option<f64>| -> Vec<String> { results.iter().map(|r| pick(r).map_or_else(none, figure)).collect() };
    let spreads = |divisor: f64, pick: Pick| -> Vec<String> { results.iter().map(|r| pick(r).map_or_else(none, |i| spread(i, divisor))).collect() };
    let tonne = Mass::from_t(1.0).kg();
    let rows: Vec<(&str, Vec<String>)> = vec![
        ("distance over life, km", points(|r| Some(r.lifetime_km))),
        ("kerb mass, kg", points(|r| Some(r.kerb_mass_kg))),
        ("at the wall, kWh/100 km", points(|r| r.consumption_kwh_per_100km)),
        ("fuel, l/100 km", points(|r| r.fuel_l_per_100km)),
        ("driven electrically, %", points(|r| is_plug_in(r).then_some(100.0 * r.electric_share))),
        ("electric range, km", points(|r| r.range_km)),
        ("production, t CO2e", spreads(tonne, |r| Some(r.climate.production_kg))),
        ("use, t CO2e", spreads(tonne, |r| Some(r.climate.use_kg))),
        ("end of life, kg CO2e", spreads(1.0, |r| Some(r.climate.end_of_life_kg))),
        ("life, g CO2e/km", spreads(1.0, |r| Some(r.climate.total_g_per_km))),
        ("  against the first", spreads(1.0, |r| r.difference_to_first.as_ref().map(|d| d.total_g_per_km))),
        ("  level with it at, km", points(|r| r.difference_to_first.as_ref().and_then(|d| d.break_even_km).filter(|km| *km <= r.lifetime_km))),
        ("battery, kg CO2e/kWh", spreads(1.0, |r| r.battery_climate_kg_per_kwh)),
        ("making it, 1000 USD", spreads(1000.0, |r| Some(r.cost.production_usd))),
        ("owning it, USD/100 km", spreads(0.01, |r| Some(r.cost.total_usd_per_km))),
        ("primary energy, GJ", results.iter().map(|r| impact(r, "energy", 1e-3)).collect()),
        ("NOx, kg", results.iter().map(|r| impact(r, "nox", 1.0)).collect()),
        ("SO2, kg", results.iter().map(|r| impact(r, "so2", 1.0)).collect()),
        ("lithium in it, kg", spreads(1.0, |r| material(r, "lithium"))),
        ("nickel", spreads(1.0, |r| material(r, "nickel"))),
        ("cobalt", spreads(1.0, |r| material(r, "cobalt"))),
        ("graphite", spreads(1.0, |r| material(r, "graphite"))),
        ("copper", spreads(1.0, |r| material(r, "copper"))),
        ("neodymium, g", spreads(Mass::from_g(1.0).kg(), |r| material(r, "neodymium"))),
        ("weakest value behind it", results.iter().map(|r| r.weakest_status.to_string()).collect()),
    ];
    let header: Vec<&str> = std::iter::once("").chain(results.iter().map(|r| r.car.as_str())).collect();
    let lines: Vec<Vec<String>> = rows
        .into_iter()
        .filter(|(_, cells)| cells.iter().any(|c| c != "–"))
        .map(|(label, cells)| std::iter::once(label.to_owned()).chain(cells).collect())
        .collect();
    let right: Vec<usize> = (1..=results.len()).collect();
    print::table(&header, &lines, &right)
}

fn side_by_side(tables: &Tables, results: &[Assessment], preset: Preset) -> String {
    let first = &results[0];
    let mut text = String::new();
    let place = tables.places.id(&first.country).map_or_else(|_| first.country.clone(), |p| tables.places.name(p).to_owned());
    let _ = writeln!(text, "{place}, {}; {} consumption; {}", first.year, first.run.use_basis, first.run.method);
    let _ = writeln!(text, "{}: {}\n", preset.word(), preset.meaning());
    let room = usize::from(print::width()).saturating_sub(LABEL_WIDTH) / FIGURE_WIDTH;
    let tables: Vec<String> = results.chunks(room.max(1)).map(figures).collect();
    text.push_str(&tables.join("\n"));
    if first.climate.total_g_per_km.p5.is_some() {
        text.push_str("[5th–95th percentile]\n");
    }
    if results.iter().any(is_plug_in) {
        text.push_str(&print::wrap(
            "plug-in hybrids: kWh per 100 km driven electrically, litres per 100 km driven on the engine; CO2e per km of both together",
        ));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(&bars(results));
    text.push_str(&origins(first));
    text.push_str(&drivers(first));
    text.push_str(&contributors(first));
    text.push_str(&background(first));
    for note in packs(results) {
        text.push_str(&print::wrap(&note));
        text.push('\n');
    }
    if let Some(note) = prices_of_other_years(results) {
        text.push_str(&print::wrap(&note));
        text.push('\n');
    }
    text.push_str(&print::wrap(&format!("counted: {}", first.run.boundary)));
    text.push('\n');
    text
}

/// Whether a car drives in two ways, each with its own consumption.
const fn is_plug_in(result: &Assessment) -> bool {
    result.consumption_kwh_per_100km.is_some() && result.fuel_l_per_100km.is_some()
}

/// By what packs are priced, and what the price model has for the same packs; one line a survey.
fn packs(results: &[Assessment]) -> Vec<String> {
    let mut surveys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (result, pack) in results.iter().filter_map(|r| r.cost.pack.as_ref().map(|p| (r, p))) {
        let year = pack.survey_year.map(|y| format!(" {y}")).unwrap_or_default();
        let survey = format!("{}{year}, {} for all packs", pack.survey_place, figure(pack.survey_mean_usd_per_kwh));
        let built_up = pack.cost_model_usd_per_kwh.map(|usd| format!(" ({})", figure(usd))).unwrap_or_default();
        surveys.entry(survey).or_default().push(format!("{} {}{built_up}", result.car, figure(pack.usd_per_kwh)));
    }
    let line = |(survey, cars): (String, Vec<String>)| {
        format!("pack, USD/kWh: {}; survey of {survey}, split by chemistry; in brackets what `battery` builds up", cars.join(", "))
    };
    surveys.into_iter().map(line).collect()
}

/// The years of the prices, where they are not those of the question.
fn prices_of_other_years(results: &[Assessment]) -> Option<String> {
    let of = |r: &Assessment| r.cost.blocks.iter().filter_map(|b| b.price_year).filter(|y| *y != r.year).collect::<Vec<_>>();
    let years: BTreeSet<i32> = results.iter().flat_map(of).collect();
    let (first, last) = (years.first()?, years.last()?);
    let span = if first == last { first.to_string() } else { format!("{first} to {last}") };
    Some(format!("prices: some are of {span}, the nearest years known (`cost.blocks` of the JSON gives the year of each)"))
}

/// A category's total, or how little of the climate total the cards that report it cover.
fn impact(result: &Assessment, category: &str, factor: f64) -> String {
    match result.impacts.get(category) {
        Some(i) if i.is_incomplete => format!("incomplete\u{a0}({:.0}\u{a0}%)", 100.0 * i.coverage),
        Some(i) => figure(i.value * factor),
        None => "–".to_owned(),
    }
}

/// A material of which the car holds enough to be worth a line.
fn material(result: &Assessment, name: &str) -> Option<Interval> {
    const LEAST_KG: f64 = 0.01;
    result.materials_kg.get(name).copied().filter(|i| i.value >= LEAST_KG)
}

/// The largest country of every tier of the materials that a battery and a motor are argued about.
fn origins(result: &Assessment) -> String {
    const MATERIALS: [&str; 7] = ["lithium", "nickel", "cobalt", "graphite", "copper", "neodymium", "cells"];
    let mut text = String::new();
    for name in MATERIALS {
        let tiers: Vec<String> = ORIGIN_TIERS
            .iter()
            .filter_map(|tier| {
                let shares = result.origin.get(&format!("{name}/{tier}"))?;
                let (place, share) = shares.iter().max_by(|a, b| a.1.total_cmp(b.1))?;
                Some(format!("{tier} {place} {:.0} %", 100.0 * share))
            })
            .collect();
        if !tiers.is_empty() && (name == "cells" || material(result, name).is_some()) {
            text.push_str(&print::wrap(&format!("{name:<10} {}", tiers.join(" → "))));
            text.push('\n');
        }
    }
    if text.is_empty() { text } else { format!("largest country at each tier of what {} holds\n{text}\n", result.car) }
}

/// Tiers in order from the mine.
const ORIGIN_TIERS: [&str; 5] = ["mining", "refining", "active-material", "component", "cell"];

/// One bar a group of stages and car, all on one scale.
fn bars(results: &[Assessment]) -> String {
    let largest = STAGE_GROUPS.iter().flat_map(|b| results.iter().map(move |r| grams_per_km(r, b.1))).fold(0.0, f64::max);
    let name_width = results.iter().map(|r| r.car.chars().count()).max().unwrap_or(0).min(24);
    let bar_width = usize::from(print::width()).saturating_sub(18 + name_width + 9);
    let mut text = String::from("g CO2e/km by stage\n");
    for (label, stages) in STAGE_GROUPS {
        let mut label = label;
        for result in results {
            let value = grams_per_km(result, stages);
            if value == 0.0 {
                continue;
            }
            let car: String = result.car.chars().take(name_width).collect();
            let bar = print::bar(value / largest, bar_width);
            let line = format!("{label:<17} {car:<name_width$} {:>6} {bar}", figure(value));
            let _ = writeln!(text, "{}", line.trim_end());
            label = "";
        }
    }
    text.push('\n');
    text
}

fn drivers(result: &Assessment) -> String {
    let Some(drivers) = &result.drivers else { return String::new() };
    let mut text = format!("what drives the interval of {}\n", result.car);
    for driver in drivers.iter().take(5) {
        text.push_str(&print::wrap(&format!("{:5.1} %  {} [{}, {}]", 100.0 * driver.share, driver.what, driver.source, driver.status)));
        text.push('\n');
    }
    text.push('\n');
    text
}

/// What the first car owes to the user's own database.
fn background(result: &Assessment) -> String {
    let Some(used) = &result.background else { return String::new() };
    let share = |share: f64| format!("{:.1} %", 100.0 * share);
    let mut text = format!("{} of the climate total of {} from the background {}\n", share(used.share_of_climate), result.car, used.database);
    let name = |line: &BackgroundLine| line.place.as_ref().map_or_else(|| line.product.clone(), |p| format!("{} @ {p}", line.product));
    let row = |line: &BackgroundLine| vec![share(line.share), name(line), line.name.clone(), line.status.to_string()];
    let rows: Vec<_> = used.products.iter().take(10).map(row).collect();
    if !rows.is_empty() {
        text.push_str(&print::table(&["share", "product", "process of the background", "pair"], &rows, &[0]));
    }
    if !used.unused.is_empty() {
        text.push_str(&print::wrap(&format!("mapped but not needed: {}", used.unused.join(", "))));
        text.push('\n');
    }
    text.push('\n');
    text
}

fn contributors(result: &Assessment) -> String {
    let mut text = format!("where {} emits most\n", result.car);
    for c in result.run.contributors.iter().take(5) {
        text.push_str(&print::wrap(&format!("{:5.1} %  {} @ {} [{}, {}]", 100.0 * c.share, c.process, c.country, c.source, c.status)));
        text.push('\n');
    }
    let list = |shares: &BTreeMap<String, f64>| -> String {
        Status::ALL
            .iter()
            .map(|s| format!("{} {:.0} %", s.word(), 100.0 * shares.get(s.word()).copied().unwrap_or(0.0)))
            .collect::<Vec<_>>()
            .join(", ")
    };
    text.push('\n');
    text.push_str(&print::wrap(&format!(
        "what it rests on: {}; by weakest link: {}",
        list(&result.evidence_by_status),
        list(&result.share_by_status)
    )));
    text.push('\n');
    text
}

/// One line a car and figure.
fn csv(results: &[Assessment]) -> String {
    let cell = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
    let mut rows = Vec::new();
    for r in results {
        let mut line = |name: &str, unit: &str, i: Interval| {
            rows.push(vec![
                r.car.clone(),
                r.country.clone(),
                r.year.to_string(),
                name.to_owned(),
                unit.to_owned(),
                i.value.to_string(),
                cell(i.p5),
                cell(i.p50),
                cell(i.p95),
            ]);
        };
        line("kerb_mass", "kg", Interval::point(r.kerb_mass_kg));
        line("lifetime", "km", Interval::point(r.lifetime_km));
        if let Some(v) = r.consumption_kwh_per_100km {
            line("consumption", "kWh/100km", Interval::point(v));
        }
        if let Some(v) = r.fuel_l_per_100km {
            line("fuel", "l/100km", Interval::point(v));
        }
        if is_plug_in(r) {
            line("electric share of the distance", "1", Interval::point(r.electric_share));
        }
        if let Some(v) = r.range_km {
            line("range", "km", Interval::point(v));
        }
        line("climate production", "kg CO2e", r.climate.production_kg);
        line("climate use", "kg CO2e", r.climate.use_kg);
        line("climate end of life", "kg CO2e", r.climate.end_of_life_kg);
        line("climate total", "g CO2e/km", r.climate.total_g_per_km);
        if let Some(v) = r.battery_climate_kg_per_kwh {
            line("battery climate", "kg CO2e/kWh", v);
        }
        line("cost production", "USD", r.cost.production_usd);
        line("cost use", "USD", r.cost.use_usd);
        line("cost total", "USD/km", r.cost.total_usd_per_km);
        for (material, v) in &r.materials_kg {
            line(&format!("material {material}"), "kg", *v);
        }
    }
    print::csv(&["car", "country", "year", "figure", "unit", "value", "p5", "p50", "p95"], &rows)
}
