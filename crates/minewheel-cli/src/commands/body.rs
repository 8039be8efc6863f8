//! `minewheel body`: the parts of a body, and what its choices change in mass, material and footprint.

use std::fmt::Write as _;

use minewheel_assess::body::{BodyReport, BodyVariant, PartLine, body_report};
use minewheel_data::car::{Castings, ClosureMetal, DoorRing, ScrapGrade};
use minewheel_data::row::Value;

use super::scenario::ScenarioArguments;
use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// A car: an id of the catalogue, or a TOML file
    #[arg(value_name = "CAR")]
    car: String,
    /// How the frame around the front doors is made: none, five-piece
    #[arg(long, value_name = "KIND")]
    door_ring: Option<String>,
    /// Large castings of the underbody: none, rear, front-and-rear
    #[arg(long, value_name = "KIND")]
    castings: Option<String>,
    /// Metal of doors, lids and wings: steel, aluminium
    #[arg(long, value_name = "METAL")]
    closures: Option<String>,
    /// Share of secondary metal in the car's aluminium outside the traction battery; shares by alloy family go into a car file
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    recycled_aluminium: Option<f64>,
    /// The scrap it is melted from: same-alloy, sorted-wrought, mixed-shredder
    #[arg(long, value_name = "GRADE")]
    scrap: Option<String>,
    /// Where the car is assembled; left out: what the car says
    #[arg(long, value_name = "PLACE")]
    plant: Option<String>,
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// A word of an option as one of its kinds.
fn word<T: std::str::FromStr>(kind: &'static str, seen: Option<&String>, known: &[&str]) -> Result<Option<T>, Failure> {
    let Some(seen) = seen else { return Ok(None) };
    let unknown = |()| Failure::UnknownName { kind, seen: seen.clone(), known: known.join(", ") };
    seen.parse().ok().ok_or(()).map(Some).map_err(unknown)
}

/// The body and what its choices change.
///
/// # Errors
/// A car or choice that is unknown, an alloy that refuses a share, or whatever an assessment refuses.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<BodyReport, Failure> {
    macro_rules! words {
        ($t:ty) => {
            &<$t>::ALL.iter().map(|w| w.word()).collect::<Vec<_>>()
        };
    }
    let tables = desk.tables()?;
    let mut design = desk.car(&arguments.car)?;
    let body = &mut design.body;
    body.door_ring = word("door ring", arguments.door_ring.as_ref(), words!(DoorRing))?.or(body.door_ring);
    body.castings = word("kind of castings", arguments.castings.as_ref(), words!(Castings))?.or(body.castings);
    body.closures = word("metal of closures", arguments.closures.as_ref(), words!(ClosureMetal))?.or(body.closures);
    body.aluminium_scrap = word("grade of scrap", arguments.scrap.as_ref(), words!(ScrapGrade))?.or(body.aluminium_scrap);
    if let Some(share) = arguments.recycled_aluminium {
        if !(0.0..=1.0).contains(&share) {
            return Err(Failure::Option { option: "recycled-aluminium", seen: share.to_string(), wanted: "a share of 0 to 1".to_owned() });
        }
        body.recycled_aluminium_share = Some(Value::given(share));
    }
    if let Some(place) = &arguments.plant {
        tables.places.id(place).map_err(minewheel_assess::AssessError::from)?;
        design.plant.country = Some(place.clone());
    }
    let scenario = arguments.scenario.scenario(desk, std::slice::from_ref(&design))?;
    Ok(body_report(&design, tables, &scenario)?)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let report = answer(arguments, &Desk::on_disk(arguments.scenario.data.as_deref())?)?;
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

/// A figure of a variant by name.
type Figure = (&'static str, fn(&BodyVariant) -> Option<f64>);

const FIGURES: [Figure; 20] = [
    ("kerb mass kg", |v| Some(v.kerb_mass_kg)),
    ("body kg", |v| Some(v.body_kg)),
    ("closures kg", |v| Some(v.closures_kg)),
    ("material bought kg", |v| Some(v.bought_kg)),
    ("scrap kg", |v| Some(v.scrap_kg)),
    ("material yield %", |v| Some(100.0 * v.material_yield)),
    ("melt returns kg", |v| Some(v.melt_returns_kg)),
    ("melt loss kg", |v| Some(v.melt_loss_kg)),
    ("pieces", |v| Some(v.pieces)),
    ("joints", |v| Some(v.joints)),
    ("kg CO2e material", |v| Some(v.material_kg_co2e)),
    ("kg CO2e plant", |v| Some(v.plant_kg_co2e)),
    ("kg CO2e production", |v| Some(v.production_kg_co2e)),
    ("kg CO2e use", |v| Some(v.use_kg_co2e)),
    ("kg CO2e end of life", |v| Some(v.end_of_life_kg_co2e)),
    ("kg CO2e life", |v| Some(v.life_kg_co2e)),
    ("kWh/100 km", |v| v.consumption_kwh_per_100km),
    ("l/100 km", |v| v.fuel_l_per_100km),
    ("range km", |v| v.range_km),
    ("forming kWh", |v| Some(v.steps.iter().map(|s| s.electricity_kwh).sum())),
];

/// Figures that are counted.
const COUNTS: [&str; 2] = ["pieces", "joints"];

/// A change smaller than this share of the figure is none.
const NO_CHANGE: f64 = 1e-9;

fn table(report: &BodyReport) -> String {
    let mut text = String::new();
    let place = format!("made in {}, driven in {}, {}, {} km", report.plant, report.country, report.year, figure(report.lifetime_km));
    let _ = writeln!(text, "{}: {place}", report.car);
    let chosen = if report.choices.is_empty() { "none: the body of its class".to_owned() } else { report.choices.join(", ") };
    let _ = writeln!(text, "{}\n", print::wrap(&format!("choices: {chosen}")));
    text.push_str(&side_by_side(report));
    let Some(last) = chosen_variant(report) else { return text };
    let _ = writeln!(text, "\nparts of the {} body", last.variant);
    text.push_str(&print::table(&PARTS, &sums(last, |p| &p.part), &[1, 2, 3, 4, 5, 6]));
    if last.parts.iter().any(|p| p.pieces > 0.0 && p.pieces < 0.5) {
        text.push_str("pieces: mean of the cars of its class; <1: few of them have it\n");
    }
    let _ = writeln!(text, "\nby material");
    text.push_str(&print::table(&MATERIALS, &sums(last, |p| &p.material), &[1, 2, 3, 4, 5, 6]));
    let _ = writeln!(text, "\nforming and joining at the plant, by the cards of the steps");
    let rows: Vec<Vec<String>> =
        last.steps.iter().map(|s| vec![s.step.clone(), figure(s.amount), s.unit.clone(), figure(s.electricity_kwh), figure(s.heat_mj)]).collect();
    text.push_str(&print::table(&["step", "amount", "unit", "kWh", "MJ"], &rows, &[1, 3, 4]));
    let _ = writeln!(text, "\naluminium of the car without its battery; highest share of {} scrap", report.scrap);
    let header = ["alloy", "bought kg", "market %", "asked %", "highest %", "limit by"];
    let percent = |share: f64| format!("{:.1}", 100.0 * share);
    let rows: Vec<Vec<String>> = last
        .alloys
        .iter()
        .map(|a| {
            let asked = a.share.map_or_else(|| "–".to_owned(), percent);
            let element = a.limiting_element.clone().unwrap_or_else(|| "–".to_owned());
            vec![a.alloy.clone(), figure(a.bought_kg), percent(a.market_share), asked, percent(a.highest_share), element]
        })
        .collect();
    text.push_str(&print::table(&header, &rows, &[1, 2, 3, 4]));
    text
}

/// The variant with the choices, else the base.
fn chosen_variant(report: &BodyReport) -> Option<&BodyVariant> {
    report.variants.get(1).or(report.variants.first())
}

fn side_by_side(report: &BodyReport) -> String {
    let Some(base) = report.variants.first() else { return String::new() };
    let mut header = vec!["figure", "base"];
    for variant in &report.variants[1..] {
        header.extend([variant.variant, "change"]);
    }
    let mut rows = Vec::new();
    for (name, pick) in FIGURES {
        let Some(here) = pick(base).filter(|v| *v != 0.0 || report.variants.iter().any(|v| pick(v).is_some_and(|v| v != 0.0))) else { continue };
        let shown = |value: f64| if COUNTS.contains(&name) { print::fixed(value, 0) } else { long(value) };
        let mut row = vec![name.to_owned(), shown(here)];
        for variant in &report.variants[1..] {
            let value = pick(variant).unwrap_or(f64::NAN);
            let change = value - here;
            let is_none = change.abs() <= NO_CHANGE * here.abs();
            row.extend([shown(value), if is_none { "0".to_owned() } else { signed(change) }]);
        }
        rows.push(row);
    }
    print::table(&header, &rows, &(1..header.len()).collect::<Vec<_>>())
}

/// A figure of which changes of a few parts in a thousand are of interest.
fn long(value: f64) -> String {
    if !value.is_finite() {
        return "–".to_owned();
    }
    print::fixed(value, [(100.0, 2), (1000.0, 1)].iter().find(|(below, _)| value.abs() < *below).map_or(0, |(_, digits)| *digits))
}

/// Pieces, whole; of what only some cars of a class have, the mean is less than one.
fn count(pieces: f64) -> String {
    if pieces > 0.0 && pieces < 0.5 { "<1".to_owned() } else { print::fixed(pieces, 0) }
}

fn signed(value: f64) -> String {
    let text = figure(value);
    if value > 0.0 { format!("+{text}") } else { text }
}

const PARTS: [&str; 7] = ["part", "pieces", "in car kg", "bought kg", "scrap kg", "yield %", "kg CO2e"];
const MATERIALS: [&str; 7] = ["material", "pieces", "in car kg", "bought kg", "scrap kg", "yield %", "kg CO2e"];

/// Parts added up by a name, in order of appearance.
fn sums(variant: &BodyVariant, name: fn(&PartLine) -> &str) -> Vec<Vec<String>> {
    let mut found: Vec<(&str, [f64; 4])> = Vec::new();
    for part in variant.parts.iter().filter(|p| p.contained_kg > 0.0) {
        let figures = [part.pieces, part.contained_kg, part.bought_kg, part.kg_co2e];
        match found.iter_mut().find(|f| f.0 == name(part)) {
            Some((_, sums)) => sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure),
            None => found.push((name(part), figures)),
        }
    }
    found
        .into_iter()
        .map(|(name, [pieces, contained, bought, kg])| {
            let material_yield = format!("{:.0}", 100.0 * contained / bought);
            vec![name.to_owned(), count(pieces), figure(contained), figure(bought), figure(bought - contained), material_yield, figure(kg)]
        })
        .collect()
}

/// Every figure of every variant.
fn csv(report: &BodyReport) -> String {
    let mut rows = Vec::new();
    for variant in &report.variants {
        let mut row =
            |part: &str, name: &str, value: f64| rows.push(vec![variant.variant.to_owned(), part.to_owned(), name.to_owned(), value.to_string()]);
        for (name, pick) in FIGURES {
            if let Some(value) = pick(variant) {
                row("", name, value);
            }
        }
        for p in &variant.parts {
            let part = format!("{} {}", p.part, p.material);
            row(&part, "in car kg", p.contained_kg);
            row(&part, "bought kg", p.bought_kg);
            row(&part, "scrap kg", p.scrap_kg);
            row(&part, "pieces", p.pieces);
            row(&part, "kg CO2e", p.kg_co2e);
        }
        for a in &variant.alloys {
            row(&a.alloy, "bought kg", a.bought_kg);
            row(&a.alloy, "share", a.share.unwrap_or(a.market_share));
            row(&a.alloy, "highest share", a.highest_share);
        }
    }
    print::csv(&["variant", "part", "figure", "value"], &rows)
}
