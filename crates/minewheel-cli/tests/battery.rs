//! `battery`: contracted keys, books that close, names and numbers that cannot be.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the test fails by panicking")]

mod program;

use program::{data_of, json_of, run};
use serde_json::Value;

/// Columns of a terminal where nothing says otherwise.
const WIDTH: usize = 80;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

/// Numbers rounded to six digits, so that a snapshot does not turn on the last bits.
fn rounded(value: &mut Value) {
    match value {
        Value::Number(n) if n.is_f64() => {
            let seen = number(&Value::Number(n.clone()));
            *value = serde_json::from_str(&format!("{seen:.5e}")).unwrap();
        }
        Value::Array(all) => all.iter_mut().for_each(rounded),
        Value::Object(all) => all.values_mut().for_each(rounded),
        _ => {}
    }
}

#[test]
fn the_contracted_keys_are_there_and_the_books_close() {
    let pack = json_of(&["battery", "--chemistry", "nmc811", "--energy-kwh", "77", "--made-in", "DE", "--samples", "20"]);
    for key in ["cell_wh_per_kg", "pack_wh_per_kg", "pack_mass_kg", "cell_wh_per_l", "cycle_life"] {
        assert!(number(&pack[key]) > 0.0, "{key}");
    }
    for key in ["climate_kg_per_kwh", "cost_usd_per_kwh"] {
        for figure in ["value", "p5", "p50", "p95"] {
            assert!(number(&pack[key][figure]) > 0.0, "{key} {figure}");
        }
    }
    for key in ["materials_kg_per_kwh", "components_kg", "power", "fast_charge", "run"] {
        assert!(pack[key].is_object(), "{key}");
    }
    assert!(pack["weakest_status"].is_string() && !pack["ranking"].as_array().unwrap().is_empty());
    let stages: f64 = pack["climate_by_stage"].as_array().unwrap().iter().map(|s| number(&s["kg_per_kwh"])).sum();
    assert!((stages / number(&pack["climate_kg_per_kwh"]["value"]) - 1.0).abs() < 1e-9);
    let parts: f64 = pack["components_kg"].as_object().unwrap().values().map(number).sum();
    assert!((parts / number(&pack["pack_mass_kg"]) - 1.0).abs() < 1e-9);
    assert!((number(&pack["pack_mass_kg"]) * number(&pack["pack_wh_per_kg"]) / 77_000.0 - 1.0).abs() < 1e-9);
    for check in pack["checks"].as_array().unwrap() {
        assert_eq!(check["pass"], true, "{check}");
    }
}

#[test]
fn a_table_fits_the_terminal() {
    for arguments in [&["battery", "--chemistry", "lfp", "--samples", "0"][..], &["battery", "vw-id3-58", "--samples", "10"]] {
        for line in data_of(arguments).lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
    }
}

#[test]
fn a_pack_is_printed_as_table_json_and_csv() {
    let arguments = ["battery", "--chemistry", "lfp", "--energy-kwh", "60", "--format-cell", "prismatic", "--pack", "ctp", "--samples", "0"];
    insta::assert_snapshot!("battery-table", data_of(&arguments));
    let mut json = json_of(&arguments);
    json["run"] = Value::Null;
    rounded(&mut json);
    insta::assert_json_snapshot!("battery-json", json);
    let csv = data_of(&[&arguments[..], &["--format", "csv"]].concat());
    assert!(csv.starts_with("group,name,place,value,unit\n") && csv.lines().all(|l| l.split(',').count() >= 5));
}

#[test]
fn a_catalogued_mass_is_that_of_the_catalogued_pack_only() {
    let of_car = json_of(&["battery", "vw-id3-58", "--samples", "0"]);
    let changed = json_of(&["battery", "vw-id3-58", "--samples", "0", "--chemistry", "lfp"]);
    assert_eq!(of_car["gross_energy_kwh"], changed["gross_energy_kwh"]);
    assert_ne!(of_car["pack_mass_kg"], changed["pack_mass_kg"]);
    assert_eq!(changed["chemistry"], "lfp");
}

#[test]
fn battery_age_and_passport_declare_the_same_footprint_of_a_car() {
    let car = "byd-dolphin-60";
    let passport = json_of(&["passport", car, "--country", "EU27"]);
    let aged = json_of(&["age", "--car", car, "--country", "EU27", "--samples", "40"]);
    let pack = json_of(&["battery", car, "--country", "EU27", "--samples", "40"]);
    let declared = number(&passport["footprint"]["kg_per_delivered_kwh"]);
    for footprint in [&aged[0]["footprint"], &pack["delivered"]] {
        assert!((number(&footprint["kg_per_delivered_kwh"]) / declared - 1.0).abs() < 1e-9, "{footprint} for {declared}");
        let spans = footprint["spans"].as_array().unwrap();
        assert_eq!(spans.len(), 3);
        for span in spans {
            let of = &span["kg_per_kwh"];
            assert!(number(&of["p5"]) < number(&of["value"]) && number(&of["value"]) < number(&of["p95"]), "{span}");
        }
    }
    // Twice the warranty, half the footprint of a kilowatt-hour declared; the life in the car stays what it is.
    let longer = json_of(&["battery", car, "--country", "EU27", "--samples", "0", "--warranty-years", "16"]);
    assert!((2.0 * number(&longer["delivered"]["kg_per_delivered_kwh"]) / declared - 1.0).abs() < 1e-9);
    let in_car = |json: &Value| number(&json["delivered"]["spans"][1]["delivered_kwh"]);
    assert!((in_car(&longer) / in_car(&pack) - 1.0).abs() < 1e-12);
}

#[test]
fn a_price_is_given_by_the_tonne_and_a_shock_multiplies_it() {
    let usd = |more: &[&str]| number(&json_of(&[&["battery", "--chemistry", "lfp", "--samples", "0"], more].concat())["cost_usd_per_kwh"]["value"]);
    let (cheap, dear) = (usd(&["--price", "lithium-carbonate=10000"]), usd(&["--price", "lithium-carbonate=20000"]));
    let doubled = usd(&["--price", "lithium-carbonate=10000", "--price-shock", "lithium*2"]);
    assert!(dear > cheap && (dear - doubled).abs() < 1e-9);
}

#[test]
fn what_cannot_be_is_refused_with_code_and_help() {
    let warranty = run(&["battery", "--chemistry", "lfp", "--warranty-years", "300"]);
    assert_eq!(warranty.code, 2);
    assert!(warranty.remarks.contains("warranty-years"), "{}", warranty.remarks);
    let lfp = ["battery", "--chemistry", "lfp", "--samples", "0"];
    let cases: [(&str, &[&str], &str); 16] = [
        ("unknown chemistry", &["battery", "--chemistry", "lpf", "--samples", "0"], "did you mean"),
        ("silicon", &["battery", "--chemistry", "nmc811", "--silicon-share", "0.6"], "breaks the balance"),
        ("silicon without graphite", &["battery", "--chemistry", "lto", "--silicon-share", "0.1"], "wanted graphite"),
        ("theory", &["--cathode-capacity-mah-g", "200"], "in the first charge"),
        ("n over p", &["--np", "0.95"], "wanted at least 1"),
        ("porosity", &["--porosity", "1.5"], "the porosity"),
        ("price", &["--price", "lithium-carbonate=-3"], "the price of lithium-carbonate"),
        ("shock", &["--price-shock", "lithium*-1"], "the price of lithium"),
        ("shock without a star", &["--price-shock", "lithium=2"], "--price-shock"),
        ("material", &["--price", "lithium-carbonat=3"], "did you mean `lithium-carbonate`"),
        ("stage", &["--stage", "cathod=KR"], "did you mean `cathode`"),
        ("place", &["--stage", "cathode=Korea"], "Korea"),
        ("route", &["--route", "nickel=sulphide"], "did you mean `sulfide`"),
        ("recycled", &["--recycled-content", "lithium=16"], "a share of 0 to 1"),
        ("case", &["--format-cell", "prism"], "prismatic"),
        ("foil", &["--cell-foil", "six"], "--cell-foil"),
    ];
    for (what, arguments, wanted) in cases {
        let all = if arguments[0] == "battery" { arguments.to_vec() } else { [&lfp[..], arguments].concat() };
        let answer = run(&all);
        assert_eq!(answer.code, 2, "{what}: {}", answer.remarks);
        assert!(answer.remarks.starts_with("error[minewheel::") && answer.remarks.contains("help: "), "{what}: {}", answer.remarks);
        assert!(answer.remarks.contains(wanted), "{what}: {}", answer.remarks);
        assert!(answer.data.is_empty());
    }
}
