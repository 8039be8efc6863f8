//! Scores the driving model on US certification tests of electric cars, and repeats the declared fit.
//!
//! ```text
//! cargo run --release -p minewheel-model --example epa -- tests.csv          score
//! cargo run --release -p minewheel-model --example epa -- tests.csv --fit    fit on even model years, score both halves
//! ```
//!
//! The fit moves three numbers (loss scale of machines, accessories, braking share of machines) to the least
//! mean absolute log error of city and highway together, by a pattern search.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a face: it reads a file and prints")]

use std::error::Error;

use minewheel_data::car::{BatteryDesign, CarDesign, DrivenWheels, MotorDesign, Powertrain};
use minewheel_data::cycles::Cycles;
use minewheel_data::loader::Loader;
use minewheel_data::row::{Draw, Value};
use minewheel_data::store::Store;
use minewheel_data::table::Table;
use minewheel_model::drive::{Conditions, DriveTables, Masses, Trace, drive, electric_car};

const N_PER_LBF: f64 = 4.4482216153;
const KG_PER_LB: f64 = 0.45359237;
const M_S_PER_MPH: f64 = 0.44704;
const KW_PER_HP: f64 = 0.7457;

struct Test {
    design: CarDesign,
    group: String,
    year: i32,
    city: f64,
    highway: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let path = args.next().ok_or("give the table of certification tests")?;
    let options: Vec<String> = args.collect();
    let tests = read(&std::fs::read_to_string(path)?, options.iter().any(|o| o == "--all-rows"))?;
    let store = Store::embedded();
    let mut loader = Loader::new(&store, false);
    let mut tables = DriveTables::read(&mut loader)?;
    let cycles = Cycles::read(&mut loader);
    let traces = [Trace::new(&cycles.get("udds")?), Trace::new(&cycles.get("hwfet")?)];
    if let Some(exponent) = options.iter().find_map(|o| o.strip_prefix("--exponent=")) {
        tables.standing_exponent.best = exponent.parse()?;
    }
    if options.iter().any(|o| o == "--fit") {
        fit(&mut tables, &tests, &traces)?;
        report("even years (fitted)", &tables, tests.iter().filter(|t| t.year % 2 == 0), &traces)?;
        report("odd years (not fitted)", &tables, tests.iter().filter(|t| t.year % 2 != 0), &traces)?;
    }
    report("all", &tables, tests.iter(), &traces)
}

fn read(text: &str, all_rows: bool) -> Result<Vec<Test>, Box<dyn Error>> {
    let table = Table::parse("tests", text, 0)?;
    let mut tests = Vec::new();
    for row in 0..table.len() {
        let text = |column| table.text(row, column);
        if !all_rows && text("flag") != "ok" {
            continue;
        }
        let number = |column| text(column).parse::<f64>();
        let mut design = CarDesign::new(&format!("row-{row}"), Powertrain::Bev);
        let year = text("model_year").parse()?;
        design.model_year = Some(year);
        let drive = text("drive");
        let axle = drive.rsplit(',').next().unwrap_or_default().trim().to_lowercase();
        design.driven_wheels = Some(match (drive.contains("2-Wheel"), axle.chars().next()) {
            (true, Some('f')) => DrivenWheels::Front,
            (true, Some('r')) => DrivenWheels::Rear,
            _ => DrivenWheels::All,
        });
        design.road_load.a_n = Some(Value::given(number("target_A_lbf")? * N_PER_LBF));
        design.road_load.b_n_per_m_s = Some(Value::given(number("target_B_lbf_per_mph")? * N_PER_LBF / M_S_PER_MPH));
        design.road_load.c_n_per_m2_s2 = Some(Value::given(number("target_C_lbf_per_mph2")? * N_PER_LBF / M_S_PER_MPH.powi(2)));
        design.road_load.test_mass_kg = Some(Value::given(number("etw_lb")? * KG_PER_LB));
        design.battery = Some(BatteryDesign {
            chemistry: "nmc622".to_owned(),
            gross_energy_kwh: Value::given(70.0),
            usable_energy_kwh: None,
            pack_mass_kg: None,
            made_in: None,
        });
        let within = |column, low, high| number(column).ok().filter(|x| (low..=high).contains(x));
        design.motors.push(MotorDesign {
            peak_power_kw: within("rated_hp", 30.0, 2000.0).map(|hp| Value::given(hp * KW_PER_HP)),
            final_drive_ratio: within("axle_ratio", 3.0, 20.0).map(Value::given),
            ..MotorDesign::default()
        });
        let group = format!("{year} {} {}", text("make"), text("test_vehicle"));
        tests.push(Test { design, group, year, city: number("city_Wh_per_km_ac")?, highway: number("hwy_Wh_per_km_ac")? });
    }
    Ok(tests)
}

fn predict(tables: &DriveTables, test: &Test, traces: &[Trace; 2]) -> Result<[f64; 2], Box<dyn Error>> {
    let masses = Masses::of(&test.design, tables, &Draw::BEST, &mut Vec::new());
    let car = electric_car(&test.design, &masses, tables, &Draw::BEST)?;
    Ok([0, 1].map(|k| drive(&car, &traces[k], &Conditions::official()).wall_wh_per_km))
}

fn objective(tables: &DriveTables, tests: &[Test], traces: &[Trace; 2]) -> Result<f64, Box<dyn Error>> {
    let mut sum = 0.0;
    for test in tests.iter().filter(|t| t.year % 2 == 0) {
        let [city, highway] = predict(tables, test, traces)?;
        sum += (city / test.city).ln().abs() + (highway / test.highway).ln().abs();
    }
    Ok(sum)
}

fn fit(tables: &mut DriveTables, tests: &[Test], traces: &[Trace; 2]) -> Result<(), Box<dyn Error>> {
    let mut best = objective(tables, tests, traces)?;
    let mut step = 0.2;
    while step > 0.004 {
        let mut improved = false;
        // Single moves and paired ones: the three constants trade against each other.
        for signs in (0..27).map(|k: i32| [k % 3 - 1, k / 3 % 3 - 1, k / 9 - 1]) {
            let mut trial = tables.clone();
            trial.loss_scale_2020.best *= 1.0 + step * f64::from(signs[0]);
            trial.standing_w.best *= 1.0 + step * f64::from(signs[1]);
            trial.regeneration_share.best = (trial.regeneration_share.best * (1.0 + 0.25 * step * f64::from(signs[2]))).min(1.0);
            let value = objective(&trial, tests, traces)?;
            if value < best - 1e-9 {
                (best, improved) = (value, true);
                *tables = trial;
            }
        }
        if !improved {
            step *= 0.5;
        }
    }
    println!(
        "loss scale {:.4}  accessories {:.1} W  braking share {:.4}",
        tables.loss_scale_2020.best, tables.standing_w.best, tables.regeneration_share.best
    );
    Ok(())
}

fn report<'t>(name: &str, tables: &DriveTables, tests: impl Iterator<Item = &'t Test>, traces: &[Trace; 2]) -> Result<(), Box<dyn Error>> {
    let mut errors: [Vec<f64>; 3] = Default::default();
    let mut groups: Vec<(String, Vec<[f64; 2]>)> = Vec::new();
    for test in tests {
        let [city, highway] = predict(tables, test, traces)?;
        let mix = |a: f64, b: f64| 0.55 * a + 0.45 * b;
        let ratios = [city / test.city, highway / test.highway, mix(city, highway) / mix(test.city, test.highway)];
        for (list, ratio) in errors.iter_mut().zip(ratios) {
            list.push(100.0 * (ratio - 1.0));
        }
        let logs = [ratios[0].ln(), ratios[1].ln()];
        match groups.iter_mut().find(|g| g.0 == test.group) {
            Some(group) => group.1.push(logs),
            None => groups.push((test.group.clone(), vec![logs])),
        }
    }
    let mean = |list: &[f64]| list.iter().sum::<f64>() / list.len() as f64;
    print!("{name}: n {}", errors[0].len());
    for (word, list) in ["city", "hwy", "comb"].iter().zip(&errors) {
        let absolute: Vec<f64> = list.iter().map(|e| e.abs()).collect();
        print!("  {word} {:.2} % (bias {:+.2})", mean(&absolute), mean(list));
    }
    let mut deviations = Vec::new();
    for (_, members) in groups.iter().filter(|g| g.1.len() > 1) {
        for k in 0..2 {
            let centre = members.iter().map(|m| m[k]).sum::<f64>() / members.len() as f64;
            deviations.extend(members.iter().map(|m| (m[k] - centre).powi(2)));
        }
    }
    println!("  same car rms {:.2} %", 100.0 * mean(&deviations).sqrt());
    Ok(())
}
