//! `motor` and `drive-unit`: books that close, maps inside their envelope, splits that never cost.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the test reads what the command wrote, and fails by panicking")]

mod program;

use program::{data_of, json_of, run, scratch};
use serde_json::Value;

/// Columns of a terminal where nothing says otherwise.
const WIDTH: usize = 80;
const KINDS: [&str; 6] = ["ipm", "spm", "pma-synrm", "eesm", "induction", "srm"];

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn fits(text: &str) {
    for line in text.lines() {
        assert!(line.chars().count() <= WIDTH, "{line}");
    }
}

#[test]
fn a_comparison_holds_all_kinds_and_its_masses_add_up() {
    let all = json_of(&["motor", "--compare"]);
    let machines = all.as_array().unwrap();
    assert_eq!(machines.iter().map(|m| m["topology"].as_str().unwrap()).collect::<Vec<_>>(), KINDS);
    for machine in machines {
        let m = &machine["masses"];
        let parts = ["magnet_kg", "ferrite_kg", "copper_kg", "stator_core_kg", "rotor_core_kg", "cage_aluminium_kg", "housing_kg", "shaft_kg"];
        let sum: f64 = parts.iter().map(|p| number(&m[*p])).sum::<f64>() + number(&m["insulation_kg"]);
        assert!((sum / number(&machine["mass_kg"]) - 1.0).abs() < 1e-9, "{machine}");
        let elements: f64 = m["elements_kg"].as_object().unwrap().values().map(number).sum();
        assert!((elements - number(&m["magnet_kg"])).abs() < 1e-9, "{}", machine["topology"]);
        let has_magnets = number(&m["magnet_kg"]) > 0.0;
        assert_eq!(has_magnets, machine["magnet_grade"].is_string());
        assert!(number(&machine["best_efficiency"]) > 0.9 && number(&machine["best_efficiency"]) < 0.98);
        let bill: f64 = machine["bill"].as_array().unwrap().iter().map(|l| number(&l["kg_co2e"])).sum();
        assert!((bill / number(&machine["footprint_kg"]) - 1.0).abs() < 1e-9);
    }
    // No machine of the front is beaten in everything by another one.
    let merits = |m: &Value| [-number(&m["cycle_efficiency"]), number(&m["rare_earth_kg"]), number(&m["cost_usd"]), number(&m["risk_kg"])];
    for one in machines {
        let mine = merits(one);
        let is_beaten = machines.iter().map(merits).any(|theirs| theirs != mine && theirs.iter().zip(&mine).all(|(t, m)| t <= m));
        assert_eq!(one["is_pareto"].as_bool().unwrap(), !is_beaten, "{}", one["topology"]);
    }
}

#[test]
fn a_map_lies_inside_its_envelope() {
    let csv = data_of(&["motor", "--topology", "pma-synrm", "--power-kw", "100", "--format", "csv"]);
    let mut lines = csv.lines();
    assert_eq!(lines.next().unwrap(), "speed_rpm,torque_nm,loss_w,efficiency,peak_nm,continuous_nm,drag_w");
    let mut count = 0;
    for line in lines {
        let cells: Vec<&str> = line.split(',').collect();
        let value = |at: usize| cells[at].parse::<f64>().unwrap();
        assert!(value(1).abs() <= value(4) + 1e-3 && value(5) <= value(4) && value(2) >= 0.0, "{line}");
        assert!(cells[3].is_empty() || (0.0..1.0).contains(&value(3)), "{line}");
        count += 1;
    }
    assert!(count > 1000);
}

#[test]
fn a_picture_is_written_and_tables_fit_the_terminal() {
    let folder = scratch("motor-picture");
    let path = folder.join("map.svg");
    fits(&data_of(&["motor", "--topology", "eesm", "--svg", path.to_str().unwrap()]));
    let picture = std::fs::read_to_string(&path).unwrap();
    assert!(picture.starts_with("<svg ") && picture.trim_end().ends_with("</svg>") && picture.contains("eesm"));
    fits(&data_of(&["motor", "--compare"]));
    fits(&data_of(&["drive-unit", "--cycle", "wltc3b"]));
}

#[test]
fn more_cooling_takes_less_copper_and_hotter_magnets_more_dysprosium() {
    let of = |cooling: &str| json_of(&["motor", "--cooling", cooling])[0]["masses"].clone();
    let (jacket, oil) = (of("jacket"), of("oil"));
    assert!(number(&jacket["copper_kg"]) > number(&oil["copper_kg"]));
    let share = |m: &Value| number(&m["elements_kg"]["dysprosium"]) / number(&m["magnet_kg"]);
    assert!(share(&jacket) > 0.0 && share(&oil) > 0.0);
    let lean = json_of(&["motor", "--magnet", "ndfeb-n"])[0]["masses"].clone();
    assert!(share(&lean) < share(&oil));
}

#[test]
fn a_split_never_costs_and_a_pair_is_judged_against_one_machine() {
    let units = json_of(&["drive-unit", "--cycle", "wltc3b"]);
    let units = units.as_array().unwrap();
    let names: Vec<&str> = units.iter().map(|u| u["design"].as_str().unwrap()).collect();
    assert_eq!(names, ["one machine", "two in one", "two in one, clutch", "two axles", "two axles, clutch"]);
    for unit in units {
        for cycle in unit["cycles"].as_array().unwrap() {
            assert!(number(&cycle["split_gain_percent"]) > -1e-6, "{unit}");
            let gain = number(&cycle["gain_percent"]);
            let verdict = cycle["verdict"].as_str().unwrap();
            let wanted = if unit["design"] == "one machine" {
                "reference"
            } else if gain >= 0.3 {
                "saves"
            } else if gain > -0.3 {
                "nil"
            } else {
                "costs"
            };
            assert_eq!(verdict, wanted, "{gain}");
            assert_eq!(cycle["break_even_km"].is_null(), verdict != "saves", "{cycle}");
        }
    }
    // One case for two weighs less than two cases; a clutch weighs something.
    let mass = |name: &str| number(&units.iter().find(|u| u["design"] == name).unwrap()["mass_kg"]);
    assert!(mass("two in one") < mass("two axles") && mass("two in one") < mass("two in one, clutch"));
}

#[test]
fn help_names_every_option() {
    for command in ["motor", "drive-unit"] {
        let help = run(&[command, "--help"]);
        assert_eq!(help.code, 0);
        for option in ["--topology", "--power-kw", "--torque-nm", "--top-speed-rpm", "--voltage", "--cooling", "--magnet", "--format"] {
            assert!(help.data.contains(option), "{command} {option}");
        }
    }
}
