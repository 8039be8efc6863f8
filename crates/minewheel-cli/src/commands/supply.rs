//! `minewheel supply`: the tiers of a car's materials, or of one material, and who depends on whom.

pub mod sourcing;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use minewheel_assess::AssessError;
use minewheel_assess::inventory::materials_of;
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::places::PlaceId;
use minewheel_data::table::nearest;
use minewheel_industry::supply::SupplyError;
use minewheel_industry::supply::ask::{CARS, MOTORS, Question, ask, tiers_of};
use minewheel_industry::supply::customs::Customs;
use minewheel_industry::supply::report::{MaterialReport, SupplyReport, TierReport};
use minewheel_industry::supply::sourcing::SourcingError;
use minewheel_industry::supply::sourcing::report::SourcingReport;

use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// A car (catalogue id or TOML file), a material (`lithium`, `graphite`, …) or a commodity (`gallium`)
    name: String,
    /// Whose supply: a country or group; left out: the country that makes the car, or EU27
    #[arg(long = "for", value_name = "PLACE")]
    buyer: Option<String>,
    /// The place whose weight is asked about
    #[arg(long, default_value = "CN", value_name = "PLACE")]
    on: String,
    /// The year
    #[arg(long, default_value_t = 2024, allow_negative_numbers = true)]
    year: i32,
    /// Own trade figures in kg: a CSV `commodity,tier,reporter,flow,partner,kg`, flow being output or import
    #[arg(long, value_name = "FILE")]
    trade: Option<PathBuf>,
    /// Write the result as one HTML file that carries everything with it and prints to A4
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    sourcing: sourcing::SourcingArguments,
}

/// Parts of a car with a battery that have tiers of their own beside its materials.
const PARTS_OF_A_PACK: [&str; 2] = ["cathode", "cells"];

/// What the name names.
enum Subject {
    Car(Box<CarDesign>),
    Material,
}

/// What a question about supply comes to.
#[derive(serde::Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// Tiers, and who depends on whom.
    Tiers(Box<SupplyReport>),
    /// Who supplies under rules.
    Sourcing(Box<SourcingReport>),
}

/// The tiers of the car or material, or what rules of sourcing come to.
///
/// # Errors
/// An unknown car, material or place, or a trade file with a fault.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Answer, Failure> {
    let subject = subject(desk, &arguments.name)?;
    if arguments.sourcing.is_of_battery() {
        match &subject {
            Subject::Material => return Err(SupplyError::NeedsCar { what: "--part battery", seen: arguments.name.clone() }.into()),
            Subject::Car(car) if car.battery.is_none() => return Err(SupplyError::from(SourcingError::NoBattery { car: car.id.clone() }).into()),
            // Tiers are those of the whole car's materials: a battery alone is asked for with rules.
            Subject::Car(_) if !arguments.sourcing.is_asked() => return Err(SupplyError::PartWithoutRule.into()),
            Subject::Car(_) => {}
        }
    }
    if !arguments.sourcing.is_asked() {
        return Ok(Answer::Tiers(Box::new(tiers(arguments, &subject, desk)?)));
    }
    let Subject::Car(car) = &subject else {
        return Err(SupplyError::NeedsCar { what: "rules of sourcing", seen: arguments.name.clone() }.into());
    };
    Ok(Answer::Sourcing(Box::new(sourcing::answer(car, arguments.year, &arguments.sourcing, desk)?)))
}

fn tiers(arguments: &Arguments, subject: &Subject, desk: &Desk) -> Result<SupplyReport, Failure> {
    let tables = desk.tables()?;
    let place = |code: &str| tables.places.id(code).map_err(|e| Failure::from(AssessError::from(e)));
    let dominant = place(&arguments.on)?;
    let buyer = match (&arguments.buyer, subject) {
        (Some(code), _) => place(code)?,
        (None, Subject::Car(design)) => maker(tables, design).map_or_else(|| place("EU27"), Ok)?,
        (None, Subject::Material) => place("EU27")?,
    };
    let customs = arguments.trade.as_deref().map(|file| read_customs(desk, file)).transpose()?;
    let (name, materials) = match subject {
        Subject::Car(design) => (design.id.clone(), materials(tables, design)?),
        Subject::Material => (arguments.name.clone(), vec![(arguments.name.clone(), None)]),
    };
    let question = Question { buyer, dominant, year: arguments.year, customs: customs.as_ref() };
    Ok(ask(tables, &name, &materials, &question)?)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let desk = Desk::on_disk(arguments.data.as_deref())?;
    let report = match answer(arguments, &desk)? {
        Answer::Tiers(report) => report,
        Answer::Sourcing(found) => {
            if let Some(file) = &arguments.report {
                inputs::report(file, &minewheel_report::sourcing::document(&found, desk.tables()?, &inputs::command_line()))?;
            }
            sourcing::print(&found, arguments.format);
            return sourcing::judged(&found);
        }
    };
    if let Some(file) = &arguments.report {
        inputs::report(file, &minewheel_report::supply::document(&report, desk.tables()?, &inputs::command_line()))?;
    }
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

fn subject(desk: &Desk, name: &str) -> Result<Subject, Failure> {
    let tables = desk.tables()?;
    if !inputs::is_path(name) && tiers_of(tables, name).is_ok() {
        return Ok(Subject::Material);
    }
    match desk.car(name) {
        Ok(design) => Ok(Subject::Car(Box::new(design))),
        // Neither a car nor a material: the nearest of both is named, and the short list.
        Err(Failure::UnknownCar(unknown)) => {
            let cars = tables.catalogue.cars().iter().map(|c| c.id.as_str());
            Err(match tiers_of(tables, name) {
                Err(SupplyError::Material { seen, nearest: near, known }) => {
                    let near = nearest(name, cars.chain(near.as_deref()));
                    Failure::Supply(SupplyError::Material { seen, nearest: near, known })
                }
                _ => Failure::UnknownCar(unknown),
            })
        }
        Err(other) => Err(other),
    }
}

/// The country where a car is put together.
fn maker(tables: &Tables, design: &CarDesign) -> Option<PlaceId> {
    let code = design.plant.country.as_deref().or(design.made_in.as_deref())?;
    tables.places.id(code).ok().map(|p| tables.places.country(p))
}

fn materials(tables: &Tables, design: &CarDesign) -> Result<Vec<(String, Option<f64>)>, Failure> {
    let masses = materials_of(design, tables)?;
    let parts = design.battery.iter().flat_map(|_| PARTS_OF_A_PACK);
    let known = tables.supply.materials();
    let mut all: Vec<(String, Option<f64>)> =
        masses.into_iter().filter(|m| known.contains(&m.0.as_str())).map(|(name, kg)| (name, Some(kg))).collect();
    let has_magnets = all.iter().any(|m| tables.dependence.followers(&m.0).contains(&MOTORS));
    let motors = has_magnets.then_some(MOTORS);
    let car = design.battery.as_ref().map(|_| CARS);
    all.extend(parts.chain(motors).chain(car).map(|p| (p.to_owned(), None)));
    Ok(all)
}

fn read_customs(desk: &Desk, file: &Path) -> Result<Customs, Failure> {
    let (tables, text) = (desk.tables()?, desk.text(file)?);
    Ok(Customs::read(&file.display().to_string(), &text, &tables.places, &tables.supply)?)
}

const HEADER: [&str; 14] = [
    "material",
    "commodity",
    "tier",
    "year",
    "largest",
    "largest_share",
    "share_of_dominant",
    "hhi",
    "governance_hhi",
    "import_dependence",
    "dependence",
    "supply_risk",
    "geopolitical_risk",
    "status",
];

fn csv(report: &SupplyReport) -> String {
    let row = |m: &MaterialReport, t: &TierReport| {
        let mut row = vec![m.material.clone(), t.commodity.clone(), t.tier.clone(), t.year.to_string(), t.largest.clone().unwrap_or_default()];
        let figures = [t.largest_share, t.share_of_dominant, t.hhi, t.governance_hhi.later_edition, t.import_dependence, t.dependence];
        row.extend(figures.into_iter().chain([t.supply_risk, t.geopolitical_risk]).map(|v| v.to_string()));
        row.push(t.status.word().to_owned());
        row
    };
    let rows: Vec<Vec<String>> = report.materials.iter().flat_map(|m| m.tiers.iter().map(move |t| row(m, t))).collect();
    print::csv(&HEADER, &rows)
}

fn table(report: &SupplyReport) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}, {}: supply of {}, and the weight of {}\n", report.subject, report.year, report.buyer, report.dominant);
    // Rounding leaves noughts with a sign, which the sum takes away.
    let percent = |share: f64| format!("{:.0}", (100.0 * share).round() + 0.0);
    // Two materials may pass one tier, at other risks, for what relieves them differs.
    let passes =
        |t: &TierReport| report.materials.iter().filter(|m| m.tiers.iter().any(|o| (&o.commodity, &o.tier) == (&t.commodity, &t.tier))).count();
    let row = |material: &str, t: &TierReport| {
        let name = if passes(t) > 1 { format!("{} ({material})", t.commodity) } else { t.commodity.clone() };
        vec![
            name,
            // The longest name of a tier would break every line that has a long commodity.
            t.tier.replace("active-material", "active"),
            t.largest.as_ref().map_or_else(|| "–".to_owned(), |l| format!("{l} {}", percent(t.largest_share))),
            format!("{:.2}", t.hhi),
            format!("{:.2}", t.governance_hhi.later_edition),
            percent(t.import_dependence),
            format!("{}–{}", percent(t.dependence_by_remainders), percent(t.dependence)),
            format!("{:.1}", t.supply_risk),
            print::decimals(t.geopolitical_risk, 2),
        ]
    };
    let rows: Vec<Vec<String>> = report.materials.iter().flat_map(|m| m.tiers.iter().map(|t| row(&m.material, t))).collect();
    let header = ["commodity", "tier", "most", "HHI", "gov", "imp", "from", "risk", "geo"];
    text.push_str(&print::tight_table(&header, &rows, &[3, 4, 5, 6, 7, 8]));
    let _ = writeln!(text, "most: largest named maker, % of the world. gov: HHI weighted by instability.");
    let from = format!(
        "imp, from: % of what {}'s cars hold that was made elsewhere, made in {} (if only net exporters sell–if all sell; either may be the larger).",
        report.buyer, report.dominant
    );
    let _ =
        writeln!(text, "{}\nrisk: EU-type, critical from {}. geo: GeoPolRisk. active: active materials.", print::wrap(&from), report.risk_threshold);
    let _ = writeln!(text, "\nmaterials");
    let materials: Vec<Vec<String>> = report.materials.iter().map(material_row).collect();
    text.push_str(&print::table(&["material", "kg", "binding tier", "touched %", "USD/kg", "low–high", "USD more"], &materials, &[1, 3, 4, 6]));
    let _ = writeln!(text, "touched %: passed {} at any tier.\nUSD more: the car's content at the highest yearly price.", report.dominant);
    if let Some(binding) = &report.binding {
        let _ = writeln!(text, "\n{}", print::wrap(&format!("binding tier: {binding} (highest EU-type risk)")));
    }
    let list = |l: &[String]| if l.is_empty() { "none".to_owned() } else { l.join(", ") };
    let _ = writeln!(text, "{}", print::wrap(&format!("more than half from {}: {}", report.dominant, list(&report.dominated))));
    let _ = writeln!(text, "{}", print::wrap(&format!("half or less: {}", list(&report.not_dominated))));
    for material in &report.materials {
        for (tier, measure) in material.tiers.iter().flat_map(|t| t.measures.iter().map(move |m| (t, m))) {
            let until = measure.until.as_deref().map_or_else(String::new, |u| format!(" to {u}"));
            let to = measure.destination.as_deref().map_or_else(String::new, |d| format!(" to {d}"));
            let line = format!("export {} of {}{to} by {} from {}{until}", measure.measure, tier.commodity, measure.place, measure.since);
            let _ = writeln!(text, "{}", print::wrap(&line));
        }
        for tier in material.tiers.iter().filter(|t| t.owned_share_of_dominant.is_some()) {
            let share = 100.0 * tier.owned_share_of_dominant.unwrap_or(0.0);
            let line = format!("{}/{}: {} with works that its companies own abroad: {share:.0} %", tier.commodity, tier.tier, report.dominant);
            let _ = writeln!(text, "{}", print::wrap(&line));
        }
    }
    let _ = writeln!(text, "weakest status of the shares: {}", report.weakest_status);
    text
}

fn material_row(material: &MaterialReport) -> Vec<String> {
    let number = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), figure);
    let price = material.price.as_ref();
    vec![
        material.material.clone(),
        number(material.kg_per_car),
        material.binding_tier.clone().unwrap_or_else(|| "–".to_owned()),
        format!("{:.0}", 100.0 * material.touched_share),
        number(price.map(|p| p.usd_per_kg)),
        price.map_or_else(|| "–".to_owned(), |p| format!("{}–{}", figure(p.lowest_usd_per_kg), figure(p.highest_usd_per_kg))),
        number(price.and_then(|p| p.usd_per_car_at_risk)),
    ]
}
