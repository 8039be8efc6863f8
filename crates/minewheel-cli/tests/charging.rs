//! `charge`, `trip` and `performance` on real cars: books that close, keys with units, refusals with code and help.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod program;

use program::{data_of, json_of, run, run_in, scratch, write};
use serde_json::Value;

const CARS: [&str; 3] = ["vw-id3-58", "tesla-m3-rwd-lfp", "hyundai-ioniq5-lr"];
/// Columns of a terminal where nothing says otherwise.
const WIDTH: usize = 80;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn with<'a>(command: &'a str, options: &[&'a str]) -> Vec<&'a str> {
    [command].into_iter().chain(CARS).chain(options.iter().copied()).collect()
}

#[test]
fn a_charge_closes_its_books() {
    for options in [&[][..], &["--ac-kw", "2.3"], &["--ambient-c", "-7"], &["--prepared", "--station-kw", "350", "--from", "0", "--to", "100"]] {
        for car in json_of(&with("charge", options)).as_array().unwrap() {
            let parts = ["stored_kwh", "converter_loss_kwh", "control_units_kwh", "conditioning_kwh", "cell_loss_kwh"];
            let sum: f64 = parts.iter().map(|key| number(&car[*key])).sum();
            assert!((sum / number(&car["wall_kwh"]) - 1.0).abs() < 1e-9, "{options:?}: {car}");
            assert!(number(&car["minutes_30_80"]) < number(&car["minutes_10_80"]));
            assert!(number(&car["peak_plug_kw"]) <= number(&car["supply_kw"]).min(number(&car["car_limit_kw"])) + 1e-9);
        }
    }
}

#[test]
fn the_cold_takes_time() {
    let minutes = |celsius: &str| -> Vec<f64> {
        json_of(&with("charge", &["--ambient-c", celsius])).as_array().unwrap().iter().map(|c| number(&c["minutes"])).collect()
    };
    let (frost, mild) = (minutes("-7"), minutes("23"));
    assert!(frost.iter().zip(&mild).all(|(f, m)| f > m), "{frost:?} {mild:?}");
}

#[test]
fn the_curve_is_drawn_and_printed_as_csv() {
    let text = data_of(&with("charge", &[]));
    assert!(text.contains('█') && text.contains("kWh lost"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
    let csv = data_of(&with("charge", &["--format", "csv"]));
    assert!(csv.starts_with("car,soc_percent,minutes,plug_kw,wall_kw,wall_kwh,pack_c,limited_by\n"));
    // Three cars, from 10 to 80 in full per cents.
    assert_eq!(csv.lines().count(), 1 + 3 * 71);
}

#[test]
fn a_trip_adds_up_and_a_short_one_has_no_stop() {
    for trip in json_of(&with("trip", &["--km", "800"])).as_array().unwrap() {
        let stops = trip["stops"].as_array().unwrap();
        assert!(!stops.is_empty());
        let stopped: f64 = stops.iter().map(|s| number(&s["stop_minutes"]) / 60.0).sum();
        assert!((number(&trip["total_h"]) - number(&trip["driving_h"]) - stopped).abs() < 1e-9);
        assert!(number(&trip["arrival_percent"]) >= 10.0);
        assert!(number(&trip["wall_kwh_per_100km"]) > number(&trip["battery_kwh_per_100km"]));
    }
    let short = json_of(&with("trip", &["--km", "100", "--cycle", "wltc3b"]));
    assert!(short.as_array().unwrap().iter().all(|t| t["stops"].as_array().unwrap().is_empty()));
    let text = data_of(&with("trip", &["--km", "800"]));
    assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
    let csv = data_of(&with("trip", &["--km", "800", "--format", "csv"]));
    assert!(csv.starts_with("car,at_km,arrival_percent,departure_percent,charging_minutes,stop_minutes,wall_kwh,mean_plug_kw\n"));
}

#[test]
fn a_cycle_that_a_car_cannot_follow_gives_no_trip_and_one_that_it_falls_behind_is_named() {
    let folder = scratch("trip-behind");
    write(
        &folder.join("slow.toml"),
        "[car]\nid = \"slow\"\npowertrain = \"bev\"\nclass = \"compact\"\nkerb_mass_kg = 1500\n[battery]\nchemistry = \"lfp\"\n\
         gross_energy_kwh = 40\n[[motor]]\npeak_power_kw = 20\n[charging]\ndc_power_kw = 50\n",
    );
    let answer = run_in(&folder, &["trip", "slow.toml", "--km", "200", "--cycle", "us06"]);
    assert_eq!(answer.code, 2, "{}", answer.data);
    assert!(answer.remarks.contains("`slow`") && answer.remarks.contains("us06"), "{}", answer.remarks);

    let ask = |command: &str, options: &[&str]| json_of(&[&[command, "byd-dolphin-405", "--cycle", "us06"], options].concat());
    let (trip, drive) = (ask("trip", &["--km", "100", "--use", "official"]), ask("drive", &[]));
    assert!(number(&drive[0]["missed_trace_s"]) > 0.0, "{drive}");
    for key in ["missed_trace_s", "missed_wh_per_km", "notices"] {
        assert_eq!(trip[0][key], drive[0][key], "{key}");
    }
}

#[test]
fn performance_is_in_order() {
    for car in json_of(&with("performance", &[])).as_array().unwrap() {
        assert!(number(&car["time_0_50_s"]) < number(&car["time_0_100_s"]));
        assert!(number(&car["top_speed_km_h"]) <= number(&car["power_balance_km_h"]) + 1e-9);
        assert!(number(&car["gradeability_100_km_h_percent"]) < number(&car["gradeability_start_percent"]));
    }
    let text = data_of(&with("performance", &[]));
    assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
    assert!(data_of(&with("performance", &["--format", "csv"])).starts_with("car,time_0_50_s,time_0_100_s,"));
}

#[test]
fn what_cannot_be_is_refused_with_code_and_help() {
    for (arguments, code) in [
        (&["charge", "vw-golf-15tsi"][..], "minewheel::car::charging"),
        (&["charge", "wuling-mini-215"], "minewheel::car::charging"),
        (&["charge", "vw-id3-58", "--station-kw", "0"], "minewheel::option"),
        (&["charge", "vw-id3-58", "--from", "80", "--to", "10"], "minewheel::option"),
        (&["charge", "vw-id3-58", "--ambient-c", "90"], "minewheel::option"),
        (&["charge", "vw-id3-85"], "minewheel::car::unknown"),
        (&["trip", "vw-id3-58", "--km", "-5"], "minewheel::option"),
        (&["trip", "vw-id3-58", "--km", "800", "--speed-kmh", "200"], "minewheel::car::charging"),
        (&["trip", "vw-id3-58", "--km", "800", "--spacing-km", "700"], "minewheel::car::charging"),
        (&["trip", "byd-qin-plus-dmi", "--km", "800"], "minewheel::car::charging"),
        (&["trip", "vw-id3-58", "--km", "800", "--cycle", "wltc9"], "minewheel::cycle"),
        (&["performance", "vw-golf-15tsi"], "minewheel::car::performance"),
        (&["performance", "byd-qin-plus-dmi"], "minewheel::car::performance"),
        (&["performance", "vw-id3-58", "--soc", "120"], "minewheel::option"),
    ] {
        let answer = run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.remarks);
        assert!(answer.data.is_empty());
        assert!(answer.remarks.starts_with(&format!("error[{code}]: ")) && answer.remarks.contains("\nhelp: "), "{}", answer.remarks);
    }
}
