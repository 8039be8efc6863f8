//! carculator's stages beside ours, for the cars that it sized.
//!
//! | theirs                            | ours                                                                              |
//! |-----------------------------------|-----------------------------------------------------------------------------------|
//! | glider + powertrain               | glider, tyres, fluids, assembly, electric drive, power electronics, engine         |
//! | energy storage                    | battery materials, cell manufacturing, battery pack, battery replacement           |
//! | energy chain + direct exhaust     | electricity, fuel                                                                 |
//! | maintenance + direct non-exhaust  | maintenance                                                                       |
//! | end of life                       | end of life                                                                       |
//!
//! The road and the charger (counted twice there) have no counterpart here and are left out.

use std::collections::BTreeMap;

use minewheel_assess::assessment::{Assessment, assess};
use minewheel_assess::scenario::GridChoice;
use minewheel_data::car::CarDesign;
use minewheel_data::units::{Co2e, Length};
use minewheel_model::bill::Stage;
use serde::Deserialize;

use crate::chapter::{deviation, number, percent};
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side, error_quantile, worst};
use crate::{Evidence, ValidationError, scenario};

const FILE: &str = "validation/carculator.csv";
const GROUPS: [&str; 5] = ["car without battery", "battery", "energy", "upkeep", "end of life"];
/// The cars shown stage by stage.
const SHOWN: [&str; 2] = ["carculator-medium-bev", "carculator-medium-petrol"];

#[derive(Deserialize)]
struct StageRow {
    car: String,
    country: String,
    year: i32,
    stage: String,
    g_co2e_per_km: f64,
}

#[derive(Deserialize)]
struct CarRow {
    car: String,
    powertrain: String,
    country: String,
    year: i32,
    wall_kwh_per_100km: Option<f64>,
    implied_electricity_g_per_kwh: Option<f64>,
    implied_pack_kg_co2e_per_kwh: Option<f64>,
}

fn their_group(stage: &str) -> Option<usize> {
    match stage {
        "glider" | "powertrain" => Some(0),
        "energy-storage" => Some(1),
        "energy-chain" | "direct-exhaust" => Some(2),
        "maintenance" | "direct-non-exhaust" => Some(3),
        "end-of-life" => Some(4),
        _ => None,
    }
}

const fn our_group(stage: Stage) -> usize {
    match stage {
        Stage::BatteryMaterials | Stage::CellManufacturing | Stage::BatteryPack | Stage::BatteryReplacement => 1,
        Stage::Electricity | Stage::FuelUse => 2,
        Stage::Maintenance => 3,
        Stage::EndOfLife => 4,
        Stage::ElectricDrive | Stage::PowerElectronics | Stage::CombustionDrive | Stage::Glider | Stage::Tyres | Stage::Fluids | Stage::Assembly => 0,
    }
}

fn our_groups(result: &Assessment) -> [f64; GROUPS.len()] {
    let mut groups = [0.0; GROUPS.len()];
    for line in &result.climate_by_stage {
        groups[our_group(line.stage)] += (Co2e::from_kg(line.kg) / Length::from_km(result.lifetime_km)).g_per_km();
    }
    groups
}

/// One car in one country, both sides.
struct Case {
    car: CarRow,
    theirs: [f64; GROUPS.len()],
    ours: [f64; GROUPS.len()],
    /// Electricity in g/kWh, pack in kg/kWh: ours.
    electricity: Option<f64>,
    pack: Option<f64>,
    wall_kwh_per_100km: Option<f64>,
}

fn cases(evidence: &Evidence) -> Result<Vec<Case>, ValidationError> {
    let stages: Vec<StageRow> = evidence.rows("carculator.csv")?;
    let cars: Vec<CarRow> = evidence.rows("carculator-cars.csv")?;
    let mut by_scenario: BTreeMap<(String, i32), Vec<CarRow>> = BTreeMap::new();
    for car in cars {
        by_scenario.entry((car.country.clone(), car.year)).or_default().push(car);
    }
    let mut found = Vec::new();
    for ((country, year), cars) in by_scenario {
        let designs = cars.iter().map(|c| evidence.car(&format!("cars/{}.toml", c.car))).collect::<Result<Vec<CarDesign>, ValidationError>>()?;
        let mut scenario = scenario(evidence.tables.places.id(&country)?, year);
        scenario.grid = GridChoice::Pathway;
        for (car, result) in cars.into_iter().zip(assess(&evidence.tables, &designs, &scenario, None)?) {
            let mut theirs = [0.0; GROUPS.len()];
            for row in stages.iter().filter(|r| r.car == car.car && r.country == country && r.year == year) {
                if let Some(group) = their_group(&row.stage) {
                    theirs[group] += row.g_co2e_per_km;
                }
            }
            if theirs.iter().sum::<f64>() == 0.0 {
                return Err(ValidationError::Unknown { file: FILE, kind: "stage of", name: car.car });
            }
            let ours = our_groups(&result);
            let electricity = result.consumption_kwh_per_100km.map(|c| ours[2] / c * 100.0);
            found.push(Case {
                theirs,
                ours,
                electricity,
                pack: result.battery_climate_kg_per_kwh.map(|i| i.value),
                wall_kwh_per_100km: result.consumption_kwh_per_100km,
                car,
            });
        }
    }
    Ok(found)
}

fn row(case: &Case, quantity: &str, unit: &str, ours: f64, theirs: f64, limit: f64) -> Row {
    let row = Row {
        label: format!("{}, {}: {quantity}", case.car.car.trim_start_matches("carculator-"), case.car.country),
        marks: vec![quantity.to_owned(), case.car.powertrain.clone(), case.car.country.clone(), format!("{quantity} {}", case.car.country)],
        ours,
        theirs,
        unit: unit.to_owned(),
        is_met: None,
    };
    Row { is_met: Some(row.error().abs() <= limit), ..row }
}

pub(crate) fn stages(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let cases = cases(evidence)?;
    let keys = ["energy_per_kwh", "pack_per_kwh", "production", "total_without_road"];
    let says = [
        "electricity, g per kWh at the wall: largest absolute error",
        "pack, kg per kWh: largest absolute error",
        "car without battery, g per km: largest absolute error",
        "total without road and charger, g per km: largest absolute error",
    ];
    let limits = keys.iter().map(|k| claim.limit(&format!("{k}_relative_error"))).collect::<Result<Vec<_>, _>>()?;
    let mut quantities: [Vec<Row>; 4] = Default::default();
    for case in &cases {
        if let (Some(ours), Some(theirs)) = (case.electricity, case.car.implied_electricity_g_per_kwh) {
            quantities[0].push(row(case, keys[0], "g/kWh", ours, theirs, limits[0]));
        }
        if let (Some(ours), Some(theirs), "bev") = (case.pack, case.car.implied_pack_kg_co2e_per_kwh, case.car.powertrain.as_str()) {
            quantities[1].push(row(case, keys[1], "kg/kWh", ours, theirs, limits[1]));
        }
        quantities[2].push(row(case, keys[2], "g/km", case.ours[0], case.theirs[0], limits[2]));
        quantities[3].push(row(case, keys[3], "g/km", case.ours.iter().sum(), case.theirs.iter().sum(), limits[3]));
    }
    let mut report = Report::new(claim, quantities.concat());
    for ((key, says), rows) in keys.iter().zip(says).zip(&quantities) {
        report.judge(&format!("{key}_relative_error"), says, worst(rows.iter()), Side::AtMost, Print::Percent)?;
    }
    let spread = |rows: &[Row]| {
        let inside = rows.iter().filter(|r| r.is_met == Some(true)).count();
        vec![rows.len().to_string(), inside.to_string(), percent(error_quantile(rows.iter(), 0.5)), percent(worst(rows.iter()))]
    };
    report.blocks.push(Block::Table {
        title: "All cars, by quantity".to_owned(),
        head: ["quantity", "n", "within tolerance", "median error", "largest"].map(str::to_owned).to_vec(),
        lines: ["electricity, g/kWh", "pack, kg/kWh", "car without battery, g/km", "total without road, g/km"]
            .iter()
            .zip(&quantities)
            .map(|(name, rows)| std::iter::once((*name).to_owned()).chain(spread(rows)).collect())
            .collect(),
        words: 1,
    });
    for shown in SHOWN {
        report.blocks.push(stage_table(shown, &cases));
    }
    report.blocks.push(wide_table(&cases));
    Ok(report)
}

/// Stage by stage for one car, in every country: theirs, ours, error.
fn stage_table(car: &str, cases: &[Case]) -> Block {
    let here: Vec<&Case> = cases.iter().filter(|c| c.car.car == car).collect();
    let mut head = vec!["stage, g CO2e/km".to_owned()];
    for case in &here {
        head.extend([format!("{}: theirs", case.car.country), "ours".to_owned(), "error".to_owned()]);
    }
    let mut lines: Vec<Vec<String>> = GROUPS.iter().map(|g| vec![(*g).to_owned()]).collect();
    lines.push(vec!["total".to_owned()]);
    for case in &here {
        let sums = (case.theirs.iter().sum::<f64>(), case.ours.iter().sum::<f64>());
        let both = case.theirs.iter().copied().zip(case.ours).chain([sums]);
        for (line, (theirs, ours)) in lines.iter_mut().zip(both) {
            let error = if theirs == 0.0 { "–".to_owned() } else { deviation(ours / theirs - 1.0) };
            line.extend([number(theirs), number(ours), error]);
        }
    }
    Block::Table { title: format!("`{car}`, without road and charger"), head, lines, words: 1 }
}

/// Every car in every country: the error of each judged quantity.
fn wide_table(cases: &[Case]) -> Block {
    let error = |pair: Option<(f64, f64)>| pair.map_or_else(|| "–".to_owned(), |(ours, theirs)| deviation(ours / theirs - 1.0));
    let mut lines: Vec<Vec<String>> = cases
        .iter()
        .map(|case| {
            let is_bev = case.car.powertrain == "bev";
            vec![
                case.car.car.trim_start_matches("carculator-").to_owned(),
                case.car.year.to_string(),
                case.car.country.clone(),
                error(case.wall_kwh_per_100km.zip(case.car.wall_kwh_per_100km)),
                error(case.electricity.zip(case.car.implied_electricity_g_per_kwh)),
                error(case.pack.zip(case.car.implied_pack_kg_co2e_per_kwh).filter(|_| is_bev)),
                error(Some((case.ours[0], case.theirs[0]))),
                error(Some((case.ours[2], case.theirs[2]))),
                error(Some((case.ours.iter().sum(), case.theirs.iter().sum()))),
            ]
        })
        .collect();
    lines.sort();
    let head = ["car", "year", "driven in", "kWh/km", "electricity/kWh", "pack/kWh", "car without battery", "energy/km", "total"];
    Block::Table { title: "Ours over theirs, less one, car by car".to_owned(), head: head.map(str::to_owned).to_vec(), lines, words: 3 }
}
