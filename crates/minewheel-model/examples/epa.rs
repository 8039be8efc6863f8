//! Scores the driving model on US certification tests of electric cars, and repeats the declared fit.
//!
//! ```text
//! cargo run --release -p minewheel-model --example epa -- tests.csv              score: all, even, odd years, anonymous
//! cargo run --release -p minewheel-model --example epa -- tests.csv --fit        fit on even model years first
//! cargo run --release -p minewheel-model --example epa -- tests.csv --leave-out  also fit without each make in turn
//! cargo run --release -p minewheel-model --example epa -- tests.csv --cold cold.csv   ratios of cold tests
//! ```
//!
//! The fit moves four numbers (standing shares of drive units with silicon and silicon carbide, accessories, braking
//! share of machines) by a pattern search. It minimises, over even model years, the mean absolute error plus the
//! absolute mean error of city and highway, and half of the same with make and model withheld.
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
    make: String,
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
    let mut store = Store::embedded();
    if let Some(at) = options.iter().position(|o| o == "--data") {
        store.overlay(options.get(at + 1).ok_or("give a folder of tables")?.as_ref())?;
    }
    let mut loader = Loader::new(&store, false);
    let mut tables = DriveTables::read(&mut loader)?;
    let cycles = Cycles::read(&mut loader);
    let traces = [Trace::new(&cycles.get("udds")?), Trace::new(&cycles.get("hwfet")?)];
    let even = |t: &&Test| t.year % 2 == 0;
    if options.iter().any(|o| o == "--fit") {
        fit(&mut tables, &tests.iter().filter(even).collect::<Vec<_>>(), &traces)?;
    }
    report("all", &tables, tests.iter(), &traces, false)?;
    report("even years (fitted)", &tables, tests.iter().filter(even), &traces, false)?;
    report("odd years (not fitted)", &tables, tests.iter().filter(|t| !even(t)), &traces, false)?;
    report("anonymous, all", &tables, tests.iter(), &traces, true)?;
    report("anonymous, odd years", &tables, tests.iter().filter(|t| !even(t)), &traces, true)?;
    if options.iter().any(|o| o == "--makes") {
        for make in makes(&tests) {
            report(&make, &tables, tests.iter().filter(|t| t.make == make), &traces, false)?;
        }
    }
    if options.iter().any(|o| o == "--leave-out") {
        let mut results = Vec::new();
        for make in makes(&tests) {
            let mut without = tables.clone();
            fit(&mut without, &tests.iter().filter(even).filter(|t| t.make != make).collect::<Vec<_>>(), &traces)?;
            for test in tests.iter().filter(|t| t.make == make) {
                results.push((test, predict(&without, test, &traces, false)?));
            }
        }
        summary("each make by a fit without it", &results);
    }
    if let Some(at) = options.iter().position(|o| o == "--cold") {
        cold(&tables, &std::fs::read_to_string(options.get(at + 1).ok_or("give the table of cold tests")?)?, &tests, &traces[0])?;
    }
    Ok(())
}

fn makes(tests: &[Test]) -> Vec<String> {
    let mut makes: Vec<String> = tests.iter().map(|t| t.make.clone()).collect();
    makes.sort();
    makes.dedup();
    makes
}

/// Ratio of the energy on the city cycle at the temperature of a cold test to that at 24 °C, against the measured one.
fn cold(tables: &DriveTables, text: &str, tests: &[Test], udds: &Trace) -> Result<(), Box<dyn Error>> {
    let table = Table::parse("cold", text, 0)?;
    let mut pairs = Vec::new();
    for row in 0..table.len() {
        let number = |column| table.text(row, column).parse::<f64>();
        let ambient_c = number("ambient_C")?;
        let vehicle = table.text(row, "test_vehicle");
        let Some(test) = tests.iter().find(|t| t.group.ends_with(vehicle)) else {
            println!("no warm test of {vehicle}");
            continue;
        };
        if ambient_c > 0.0 {
            continue;
        }
        let masses = Masses::of(&test.design, tables, &Draw::BEST, &mut Vec::new());
        let car = electric_car(&test.design, &masses, tables, &Draw::BEST)?;
        let wall = |c: f64| drive(&car, udds, &Conditions::official().at(c)).wall_wh_per_km;
        let (ours, theirs) = (wall(ambient_c) / wall(24.0), number("ratio_to_udds")?);
        println!("{} {} {vehicle}: {ours:.3}, measured {theirs:.3}", test.year, test.design.model.as_deref().unwrap_or_default());
        pairs.push((ours, theirs));
    }
    let n = pairs.len() as f64;
    let error = pairs.iter().map(|(a, b)| (a - b).abs()).sum::<f64>() / n;
    // Ties take the mean of their places.
    let rank = |list: Vec<f64>| -> Vec<f64> {
        list.iter()
            .map(|x| {
                list.iter()
                    .map(|y| {
                        if y < x {
                            1.0
                        } else if (y - x).abs() < 1e-12 {
                            0.5
                        } else {
                            0.0
                        }
                    })
                    .sum::<f64>()
            })
            .collect()
    };
    let (a, b) = (rank(pairs.iter().map(|p| p.0).collect()), rank(pairs.iter().map(|p| p.1).collect()));
    let mean = |list: &[f64]| list.iter().sum::<f64>() / n;
    let (ma, mb) = (mean(&a), mean(&b));
    let covariance: f64 = a.iter().zip(&b).map(|(x, y)| (x - ma) * (y - mb)).sum();
    let spread = |list: &[f64], m: f64| list.iter().map(|x| (x - m).powi(2)).sum::<f64>().sqrt();
    println!("cold: n {n}  mean absolute error {error:.3}  rank correlation {:.2}", covariance / (spread(&a, ma) * spread(&b, mb)));
    Ok(())
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
        design.make = Some(text("make").to_owned());
        design.model = Some(text("model").to_owned());
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
        tests.push(Test {
            design,
            make: text("make").to_lowercase(),
            group,
            year,
            city: number("city_Wh_per_km_ac")?,
            highway: number("hwy_Wh_per_km_ac")?,
        });
    }
    Ok(tests)
}

fn predict(tables: &DriveTables, test: &Test, traces: &[Trace; 2], anonymous: bool) -> Result<[f64; 2], Box<dyn Error>> {
    let mut design = test.design.clone();
    if anonymous {
        (design.make, design.model) = (None, None);
    }
    let masses = Masses::of(&design, tables, &Draw::BEST, &mut Vec::new());
    let car = electric_car(&design, &masses, tables, &Draw::BEST)?;
    Ok([0, 1].map(|k| drive(&car, &traces[k], &Conditions::official()).wall_wh_per_km))
}

fn objective(tables: &DriveTables, tests: &[&Test], traces: &[Trace; 2]) -> Result<f64, Box<dyn Error>> {
    const ANONYMOUS_WEIGHT: f64 = 0.5;
    let mut sum = 0.0;
    for (anonymous, weight) in [(false, 1.0), (true, ANONYMOUS_WEIGHT)] {
        let (mut absolute, mut signed) = ([0.0; 2], [0.0; 2]);
        for test in tests {
            let [city, highway] = predict(tables, test, traces, anonymous)?;
            for (k, error) in [city / test.city - 1.0, highway / test.highway - 1.0].into_iter().enumerate() {
                absolute[k] += error.abs();
                signed[k] += error;
            }
        }
        sum += weight * (absolute[0] + absolute[1] + signed[0].abs() + signed[1].abs()) / tests.len() as f64;
    }
    Ok(sum)
}

fn fit(tables: &mut DriveTables, tests: &[&Test], traces: &[Trace; 2]) -> Result<(), Box<dyn Error>> {
    let mut best = objective(tables, tests, traces)?;
    let mut step = 0.2;
    while step > 0.01 {
        let mut improved = false;
        // Single moves and joint ones: the constants trade against each other.
        for signs in (0..81).map(|k: i32| [k % 3 - 1, k / 3 % 3 - 1, k / 9 % 3 - 1, k / 27 - 1].map(f64::from)) {
            let mut trial = tables.clone();
            trial.standing_share_igbt.best *= 1.0 + step * signs[0];
            trial.standing_share_sic.best *= 1.0 + step * signs[1];
            trial.standing_w.best *= 1.0 + step * signs[2];
            trial.regeneration_share.best = (trial.regeneration_share.best * (1.0 + 0.15 * step * signs[3])).min(1.0);
            let value = objective(&trial, tests, traces)?;
            if value < best - 1e-7 {
                (best, improved) = (value, true);
                *tables = trial;
            }
        }
        if !improved {
            step *= 0.5;
        }
    }
    println!(
        "standing share igbt {:.6} sic {:.6}  accessories {:.1} W  braking share {:.4}",
        tables.standing_share_igbt.best, tables.standing_share_sic.best, tables.standing_w.best, tables.regeneration_share.best
    );
    Ok(())
}

fn report<'t>(
    name: &str,
    tables: &DriveTables,
    tests: impl Iterator<Item = &'t Test>,
    traces: &[Trace; 2],
    anonymous: bool,
) -> Result<(), Box<dyn Error>> {
    let results = tests.map(|t| predict(tables, t, traces, anonymous).map(|p| (t, p))).collect::<Result<Vec<_>, _>>()?;
    summary(name, &results);
    Ok(())
}

fn summary(name: &str, results: &[(&Test, [f64; 2])]) {
    let mut errors: [Vec<f64>; 3] = Default::default();
    let mut groups: Vec<(String, Vec<[f64; 2]>)> = Vec::new();
    for &(test, [city, highway]) in results {
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
    if deviations.is_empty() {
        println!();
    } else {
        println!("  same car rms {:.2} %", 100.0 * mean(&deviations).sqrt());
    }
}
