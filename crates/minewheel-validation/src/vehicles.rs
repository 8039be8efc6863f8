//! Published footprints of whole cars beside ours, under one named preset: cut-off, official consumption, static grid.
//!
//! | boundary of the row               | ours                                                                      |
//! |-----------------------------------|---------------------------------------------------------------------------|
//! | `cradle-to-gate`                  | production                                                                |
//! | `vehicle-without-traction-battery`| production and upkeep and end of life, less battery and battery recycling |
//! | `cradle-to-grave`                 | everything                                                                |
//!
//! Where the published car charges with wind power, the electricity of the mix is replaced by that of our onshore wind
//! plants in the same place, with the same delivery loss.

use minewheel_assess::assessment::{Assessment, assess};
use minewheel_assess::network::PlacedNetworkBuilder;
use minewheel_data::electricity::VoltageLevel;
use minewheel_data::places::PlaceId;
use minewheel_data::units::{Co2e, Length};
use minewheel_model::bill::{Phase, Stage};
use serde::Deserialize;

use crate::chapter::{deviation, number, percent};
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side, error_quantile};
use crate::{Evidence, METHOD, ValidationError, scenario};

const WIND: &str = "electricity-from-wind-onshore";
const FILE: &str = "validation/whole-vehicles.csv";
/// The statute mile.
const KM_PER_MILE: f64 = 1.609_344;

#[derive(Deserialize)]
struct Published {
    car_id: String,
    car_file: String,
    boundary: String,
    country: String,
    grid: String,
    year: i32,
    lifetime_km: Option<f64>,
    value: f64,
    unit: String,
    source: String,
    status: String,
}

fn kg(result: &Assessment, keep: impl Fn(Stage, &str) -> bool) -> f64 {
    result.climate_by_stage.iter().filter(|s| keep(s.stage, &s.part)).map(|s| s.kg).sum()
}

fn is_battery(stage: Stage, part: &str) -> bool {
    matches!(stage, Stage::BatteryMaterials | Stage::CellManufacturing | Stage::BatteryPack | Stage::BatteryReplacement)
        || (stage == Stage::EndOfLife && part.contains("battery"))
}

/// Kilograms per kilowatt-hour of wind power at a socket.
fn wind_at_socket(evidence: &Evidence, place: PlaceId, year: i32) -> Result<f64, ValidationError> {
    let tables = &evidence.tables;
    let missing = || ValidationError::Unknown { file: FILE, kind: "product", name: WIND.to_owned() };
    let product = tables.cards.product_id(WIND).ok_or_else(missing)?;
    let mut builder = PlacedNetworkBuilder::new(tables, year, &[])?;
    let column = builder.made_in(product, place)?;
    let placed = builder.build()?;
    let solved = evidence.solved(&placed, METHOD)?;
    let world = tables.places.id("WORLD")?;
    let lineage: Vec<PlaceId> = tables.places.lineage(place).chain([world]).collect();
    let loss = tables.electricity.loss(&lineage, VoltageLevel::Low).map_or(0.0, |l| l.best);
    Ok(solved.scores.values()[column.index()] / (1.0 - loss))
}

/// Our kilograms over the row's boundary, and the car's life in km.
fn compute(evidence: &Evidence, row: &Published) -> Result<(f64, f64), ValidationError> {
    let design = evidence.car(&row.car_file)?;
    let country = if row.country.is_empty() { design.usage.country.as_deref().unwrap_or("WORLD") } else { &row.country };
    let country = evidence.tables.places.id(country)?;
    let mut scenario = scenario(country, row.year);
    scenario.lifetime_km = row.lifetime_km;
    let cars = [design];
    let results = assess(&evidence.tables, &cars, &scenario, None)?;
    let missing = || ValidationError::Unknown { file: FILE, kind: "result of", name: row.car_id.clone() };
    let result = results.first().ok_or_else(missing)?;
    let mut total = match row.boundary.as_str() {
        "cradle-to-gate" => kg(result, |stage, _| stage.phase() == Phase::Production),
        "vehicle-without-traction-battery" => {
            kg(result, |stage, part| !is_battery(stage, part) && !matches!(stage, Stage::Electricity | Stage::FuelUse))
        }
        "cradle-to-grave" => kg(result, |_, _| true),
        other => return Err(ValidationError::Unknown { file: FILE, kind: "boundary", name: other.to_owned() }),
    };
    if row.grid == "wind" && row.boundary == "cradle-to-grave" {
        let charged_kwh = result.consumption_kwh_per_100km.ok_or_else(missing)? / 100.0 * result.lifetime_km * result.electric_share;
        total += charged_kwh * wind_at_socket(evidence, country, row.year)? - kg(result, |stage, _| stage == Stage::Electricity);
    }
    Ok((total, result.lifetime_km))
}

pub(crate) fn vehicles(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Published> = evidence.rows("whole-vehicles.csv")?;
    let limit = claim.limit("relative_error")?;
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    for row in published.iter().filter(|r| r.status == "read") {
        let (total_kg, km) = compute(evidence, row)?;
        let total = Co2e::from_kg(total_kg);
        let (ours, unit) = match row.unit.as_str() {
            "t_co2e/car" => (total.t(), "t"),
            "g_co2e/km" => ((total / Length::from_km(km)).g_per_km(), "g/km"),
            "g_co2e/mile" => ((total / Length::from_km(km)).g_per_km() * KM_PER_MILE, "g/mile"),
            other => return Err(ValidationError::Unknown { file: FILE, kind: "unit", name: other.to_owned() }),
        };
        let row_found = Row {
            label: row.car_id.clone(),
            marks: vec![row.source.clone(), row.car_id.clone(), row.boundary.clone(), format!("{} {}", row.source, row.boundary)],
            ours,
            theirs: row.value,
            unit: unit.to_owned(),
            is_met: None,
        };
        let is_met = row_found.error().abs() <= limit;
        let place = match (row.country.as_str(), row.grid.as_str()) {
            ("", _) => "–".to_owned(),
            (country, "wind") => format!("{country}, wind"),
            (country, _) => country.to_owned(),
        };
        lines.push(vec![
            row.car_id.clone(),
            row.boundary.replace("vehicle-without-traction-battery", "without battery"),
            place,
            row.source.clone(),
            unit.to_owned(),
            number(row.value),
            number(ours),
            deviation(row_found.error()),
            if is_met { "within".to_owned() } else { "**outside**".to_owned() },
        ]);
        rows.push(Row { is_met: Some(is_met), ..row_found });
    }
    let mut report = Report::new(claim, rows);
    let inside = report.rows.iter().filter(|r| r.is_met == Some(true)).count();
    let share = inside as f64 / report.n as f64;
    let says = format!("share of the cars within {:.0} %", 100.0 * limit);
    report.judge("share_inside", &says, share, Side::AtLeast, Print::Percent)?;
    report.blocks.push(Block::Prose(format!(
        "{inside} of {} lie within {:.0} %; the median absolute error is {}. Preset: cut-off, official consumption, the mix of the car's year for \
         all its life. The car files hold public specifications only.",
        report.n,
        100.0 * limit,
        percent(error_quantile(report.rows.iter(), 0.5)),
    )));
    let head = ["car", "boundary", "driven in", "source", "unit", "theirs", "ours", "error", "verdict"];
    report.blocks.push(Block::Table { title: "Whole cars".to_owned(), head: head.map(str::to_owned).to_vec(), lines, words: 5 });
    Ok(report)
}
