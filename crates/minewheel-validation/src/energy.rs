//! Wall energy of electric cars on the certification cycles.
//!
//! Our side knows of each car its road load, test mass, rated power, axle ratio and driven wheels; the pack is the same
//! for all. Model years that the drive tables were fitted on and those they never saw are reported apart.
//!
//! ```text
//! combined = s·city + (1 − s)·highway      s: `epa,city_share` of drive/procedures.csv
//! ```

use std::collections::BTreeMap;

use minewheel_assess::inventory::drive_car;
use minewheel_assess::tables::Tables;
use minewheel_data::car::{BatteryDesign, CarDesign, DrivenWheels, MotorDesign, Powertrain};
use minewheel_data::row::Value;
use minewheel_model::drive::{Conditions, Trace};
use serde::Deserialize;

use crate::chapter::deviation;
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side};
use crate::{Evidence, ValidationError};

/// The pack of every car of the table, whose own packs the tests do not state.
const PACK_KWH: f64 = 70.0;
const CHEMISTRY: &str = "nmc622";
#[derive(Deserialize)]
struct Test {
    model_year: i32,
    make: String,
    model: String,
    test_vehicle: String,
    drive: String,
    rated_power_kw: Option<f64>,
    axle_ratio: Option<f64>,
    test_mass_kg: f64,
    a_n: f64,
    b_n_per_m_s: f64,
    c_n_per_m2_s2: f64,
    city_wh_per_km: f64,
    highway_wh_per_km: f64,
    flag: String,
}

fn design(number: usize, test: &Test) -> CarDesign {
    let mut car = CarDesign::new(&format!("row-{number}"), Powertrain::Bev);
    car.make = Some(test.make.clone());
    car.model = Some(test.model.clone());
    car.model_year = Some(test.model_year);
    let axle = test.drive.rsplit(',').next().unwrap_or_default().trim().to_lowercase();
    car.driven_wheels = Some(match (test.drive.contains("2-Wheel"), axle.chars().next()) {
        (true, Some('f')) => DrivenWheels::Front,
        (true, Some('r')) => DrivenWheels::Rear,
        _ => DrivenWheels::All,
    });
    car.road_load.a_n = Some(Value::given(test.a_n));
    car.road_load.b_n_per_m_s = Some(Value::given(test.b_n_per_m_s));
    car.road_load.c_n_per_m2_s2 = Some(Value::given(test.c_n_per_m2_s2));
    car.road_load.test_mass_kg = Some(Value::given(test.test_mass_kg));
    car.battery = Some(BatteryDesign {
        chemistry: CHEMISTRY.to_owned(),
        gross_energy_kwh: Value::given(PACK_KWH),
        usable_energy_kwh: None,
        pack_mass_kg: None,
        made_in: None,
    });
    let power = test.rated_power_kw.map(Value::given);
    let ratio = test.axle_ratio.map(Value::given);
    if power.is_some() || ratio.is_some() {
        car.motors = vec![MotorDesign { peak_power_kw: power, final_drive_ratio: ratio, ..MotorDesign::default() }];
    }
    car
}

/// Wall energy in Wh/km on the two traces.
fn wall_wh_per_km(car: &CarDesign, tables: &Tables, traces: &[Trace; 2]) -> Result<[f64; 2], ValidationError> {
    let mut wall = [0.0; 2];
    for (value, trace) in wall.iter_mut().zip(traces) {
        let missing = || ValidationError::Unknown { file: "validation/epa-energy.csv", kind: "wall energy of", name: car.id.clone() };
        *value = drive_car(car, tables, Some(trace), &Conditions::official())?.wall_wh_per_km.ok_or_else(missing)?;
    }
    Ok(wall)
}

/// One test, computed.
struct Pair {
    year: i32,
    car: String,
    make: String,
    city: (f64, f64),
    highway: (f64, f64),
    combined: (f64, f64),
}

/// Errors of one set of tests, in per cent.
struct Score {
    n: usize,
    mean_absolute: [f64; 3],
    bias: [f64; 3],
    same_car_rms: f64,
    same_car_values: usize,
}

fn score(pairs: &[&Pair]) -> Score {
    let mut mean_absolute = [0.0; 3];
    let mut bias = [0.0; 3];
    let n = pairs.len() as f64;
    for pair in pairs {
        for (i, (ours, theirs)) in [pair.city, pair.highway, pair.combined].into_iter().enumerate() {
            let error = 100.0 * (ours / theirs - 1.0);
            mean_absolute[i] += error.abs() / n;
            bias[i] += error / n;
        }
    }
    // The same car at another road-load setting: what is left after the car's own mean error is taken off.
    let mut cars: BTreeMap<(i32, &str, &str), Vec<&Pair>> = BTreeMap::new();
    for pair in pairs {
        cars.entry((pair.year, &pair.make, &pair.car)).or_default().push(pair);
    }
    let mut squares = Vec::new();
    for tests in cars.values().filter(|t| t.len() > 1) {
        for pick in [|p: &Pair| p.city, |p: &Pair| p.highway] {
            let logs: Vec<f64> = tests.iter().map(|p| pick(p)).map(|(ours, theirs)| (ours / theirs).ln()).collect();
            let mean = logs.iter().sum::<f64>() / logs.len() as f64;
            squares.extend(logs.iter().map(|l| (l - mean).powi(2)));
        }
    }
    let same_car_rms = if squares.is_empty() { 0.0 } else { 100.0 * (squares.iter().sum::<f64>() / squares.len() as f64).sqrt() };
    Score { n: pairs.len(), mean_absolute, bias, same_car_rms, same_car_values: squares.len() }
}

pub(crate) fn energy(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let tests: Vec<Test> = evidence.rows("epa-energy.csv")?;
    let tables = &evidence.tables;
    let traces = [Trace::new(&tables.cycles.get("udds")?), Trace::new(&tables.cycles.get("hwfet")?)];
    let (mut pairs, mut withheld) = (Vec::new(), Vec::new());
    let mut rows = Vec::new();
    let share = tables.procedures.city_share.best;
    let mix = |city: f64, highway: f64| share * city + (1.0 - share) * highway;
    for (number, test) in tests.iter().enumerate().filter(|t| t.1.flag == "ok") {
        let mut car = design(number, test);
        let pair = |ours: [f64; 2]| Pair {
            year: test.model_year,
            car: test.test_vehicle.clone(),
            make: test.make.clone(),
            city: (ours[0], test.city_wh_per_km),
            highway: (ours[1], test.highway_wh_per_km),
            combined: (mix(ours[0], ours[1]), mix(test.city_wh_per_km, test.highway_wh_per_km)),
        };
        let named = pair(wall_wh_per_km(&car, tables, &traces)?);
        (car.make, car.model) = (None, None);
        withheld.push(pair(wall_wh_per_km(&car, tables, &traces)?));
        let (ours, theirs) = named.combined;
        rows.push(Row {
            label: format!("{} {} {}", test.model_year, test.make, test.model),
            marks: vec![test.make.clone(), if test.model_year % 2 == 0 { "even".to_owned() } else { "odd".to_owned() }],
            ours,
            theirs,
            unit: "Wh/km".to_owned(),
            is_met: None,
        });
        pairs.push(named);
    }
    let unseen = score(&pairs.iter().filter(|p| p.year % 2 != 0).collect::<Vec<_>>());
    let fitted = score(&pairs.iter().filter(|p| p.year % 2 == 0).collect::<Vec<_>>());
    let all = score(&pairs.iter().collect::<Vec<_>>());
    let nameless = score(&withheld.iter().collect::<Vec<_>>());
    let nameless_unseen = score(&withheld.iter().filter(|p| p.year % 2 != 0).collect::<Vec<_>>());
    let mut report = Report::new(claim, rows);
    report.fitted = fitted.n;
    let mut judge = |key, says, value| report.judge(key, says, value, Side::AtMost, Print::PercentPoints);
    let says = ["city, mean absolute error", "highway, mean absolute error", "combined, mean absolute error"];
    for (i, key) in ["city_mean_absolute_percent", "highway_mean_absolute_percent", "combined_mean_absolute_percent"].into_iter().enumerate() {
        judge(key, says[i], all.mean_absolute[i])?;
    }
    let bias = all.bias.iter().map(|b| b.abs()).fold(0.0, f64::max);
    judge("bias_percent", "largest mean error of the three", bias)?;
    judge("same_car_other_road_load_rms_percent", "same car at another road load, root mean square", all.same_car_rms)?;
    for (key, says, value) in [
        ("withheld_city_mean_absolute_percent", "city, make and model withheld", nameless.mean_absolute[0]),
        ("withheld_highway_mean_absolute_percent", "highway, make and model withheld", nameless.mean_absolute[1]),
        ("withheld_combined_mean_absolute_percent", "combined, make and model withheld", nameless.mean_absolute[2]),
    ] {
        judge(key, says, value)?;
    }
    let [city, highway, combined] = unseen.mean_absolute;
    report.blocks.push(Block::Prose(format!(
        "**Outside the fit.** The few parameters of the drive tables that these tests informed were fitted on even model years. The odd model years, \
         which the fit never saw, alone come to {city:.1} % city, {highway:.1} % highway and {combined:.1} % combined."
    )));
    let line = |name: &str, s: &Score| {
        let mut cells = vec![name.to_owned(), s.n.to_string()];
        for i in 0..3 {
            cells.push(format!("{:.1} %", s.mean_absolute[i]));
            cells.push(format!("{:+.1} %", s.bias[i]));
        }
        cells.push(format!("{:.2} % ({})", s.same_car_rms, s.same_car_values));
        cells
    };
    report.blocks.push(Block::Table {
        title: "Mean absolute error and bias of the energy at the wall".to_owned(),
        head: ["tests", "n", "city", "bias", "highway", "bias", "combined", "bias", "same car, rms (values)"].map(str::to_owned).to_vec(),
        lines: vec![
            line("odd model years, not fitted", &unseen),
            line("even model years, fitted", &fitted),
            line("all", &all),
            line("all, make and model withheld", &nameless),
            line("odd model years, make and model withheld", &nameless_unseen),
        ],
        words: 1,
    });
    let mut makes: BTreeMap<String, Vec<&Pair>> = BTreeMap::new();
    for pair in &pairs {
        makes.entry(pair.make.to_uppercase()).or_default().push(pair);
    }
    let mut by_make: Vec<(f64, Vec<String>)> = makes
        .iter()
        .filter(|m| m.1.len() >= 3)
        .map(|(make, tests)| {
            let s = score(tests);
            let cells = vec![make.clone(), s.n.to_string(), deviation(s.bias[0] / 100.0), deviation(s.bias[1] / 100.0), deviation(s.bias[2] / 100.0)];
            (s.bias[2], cells)
        })
        .collect();
    by_make.sort_by(|a, b| b.0.total_cmp(&a.0));
    report.blocks.push(Block::Table {
        title: "Mean error by maker, three tests or more".to_owned(),
        head: ["maker", "n", "city", "highway", "combined"].map(str::to_owned).to_vec(),
        lines: by_make.into_iter().map(|m| m.1).collect(),
        words: 1,
    });
    Ok(report)
}

/// A cold test beside the warm one of the same car.
#[derive(Deserialize)]
struct ColdTest {
    model_year: i32,
    test_vehicle: String,
    ambient_c: f64,
    cold_wh_per_km: f64,
    warm_wh_per_km: f64,
    in_fit: String,
}

/// Temperature of the warm test in °C (75 °F).
const WARM_C: f64 = 24.0;

pub(crate) fn cold(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let tests: Vec<Test> = evidence.rows("epa-energy.csv")?;
    let colds: Vec<ColdTest> = evidence.rows("cold-tests.csv")?;
    let trace = Trace::new(&evidence.tables.cycles.get("udds")?);
    let (mut rows, mut lines, mut unseen) = (Vec::new(), Vec::new(), Vec::new());
    for cold in &colds {
        let missing = || ValidationError::Unknown { file: "validation/epa-energy.csv", kind: "test vehicle", name: cold.test_vehicle.clone() };
        let found = tests.iter().enumerate().find(|(_, t)| t.test_vehicle == cold.test_vehicle && t.model_year == cold.model_year);
        let (number, test) = found.ok_or_else(missing)?;
        let car = design(number, test);
        let wall = |c: f64| -> Result<f64, ValidationError> {
            drive_car(&car, &evidence.tables, Some(&trace), &Conditions::official().at(c))?.wall_wh_per_km.ok_or_else(missing)
        };
        let (ours, theirs) = (wall(cold.ambient_c)? / wall(WARM_C)?, cold.cold_wh_per_km / cold.warm_wh_per_km);
        let label = format!("{} {} {}", test.model_year, test.make, test.model);
        lines.push(vec![label.clone(), format!("{theirs:.2}"), format!("{ours:.2}"), format!("{:+.2}", ours - theirs), cold.in_fit.clone()]);
        if cold.in_fit == "no" {
            unseen.push((ours, theirs));
        }
        rows.push(Row { label, marks: vec![test.make.clone()], ours, theirs, unit: "1".to_owned(), is_met: None });
    }
    let every: Vec<(f64, f64)> = rows.iter().map(|r| (r.ours, r.theirs)).collect();
    let error = |pairs: &[(f64, f64)]| pairs.iter().map(|(ours, theirs)| (ours - theirs).abs()).sum::<f64>() / pairs.len().max(1) as f64;
    let mut report = Report::new(claim, rows);
    report.fitted = every.len() - unseen.len();
    // What a parameter rests on does not judge it.
    report.judge("mean_absolute_error", "mean absolute error of the ratio, tests outside the fit", error(&unseen), Side::AtMost, Print::Number)?;
    report.judge("rank_correlation", "rank correlation, tests outside the fit", rank_correlation(&unseen), Side::AtLeast, Print::Number)?;
    report.blocks.push(Block::Prose(format!(
        "Judged are the {} tests on which no parameter rests. All {} together are missed by {:.2} on average, with a rank correlation of {:.2}.",
        unseen.len(),
        every.len(),
        error(&every),
        rank_correlation(&every)
    )));
    report.blocks.push(Block::Table {
        title: "Energy at −6.7 °C over that at 24 °C".to_owned(),
        head: ["test", "measured", "ours", "difference", "in the fit"].map(str::to_owned).to_vec(),
        lines,
        words: 1,
    });
    Ok(report)
}

/// Spearman's rank correlation; ties share their places.
fn rank_correlation(pairs: &[(f64, f64)]) -> f64 {
    let ranks = |of: fn(&(f64, f64)) -> f64| -> Vec<f64> {
        let below = |x: f64| {
            pairs
                .iter()
                .map(|p| {
                    if of(p) < x {
                        1.0
                    } else if of(p) > x {
                        0.0
                    } else {
                        0.5
                    }
                })
                .sum::<f64>()
        };
        pairs.iter().map(|p| below(of(p))).collect()
    };
    let (a, b) = (ranks(|p| p.0), ranks(|p| p.1));
    let mean = pairs.len() as f64 / 2.0;
    let product = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
    product(&a, &b) / (product(&a, &a) * product(&b, &b)).sqrt()
}
