//! `range` on real cars: the contract's keys, the rules' effects, refusals with code and help.
//!
//! `INSTA_UPDATE=always cargo test -p minewheel-cli --test range` writes the snapshots anew; read the diff.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod program;

use program::{data_of, json_of, run, scratch, write};

/// Columns of a terminal where nothing says otherwise.
const WIDTH: usize = 80;
const RULES: [&str; 4] = ["wltp", "cltc", "epa", "nedc"];

#[test]
fn a_micro_car_and_a_saloon_by_four_rules() {
    let text = data_of(&["range", "wuling-mini-120", "wuling-mini-gameboy300", "tesla-m3-rwd-lfp"]);
    assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn every_rule_has_range_and_consumption() {
    let found = json_of(&["range", "vw-id3-58", "tesla-m3-lr"]);
    let cars = found.as_array().unwrap();
    assert_eq!(cars.iter().map(|c| c["car"].as_str().unwrap()).collect::<Vec<_>>(), ["vw-id3-58", "tesla-m3-lr"]);
    for car in cars {
        for rule in RULES {
            let (km, kwh) = (car[rule]["range_km"].as_f64().unwrap(), car[rule]["consumption_kwh_per_100km"].as_f64().unwrap());
            assert!((150.0..900.0).contains(&km) && (8.0..30.0).contains(&kwh), "{car}");
            // What comes out of the wall is more than what the pack holds.
            assert!(km * kwh / 100.0 > 50.0, "{car}");
        }
    }
}

#[test]
fn a_test_mass_tells_one_kerb_mass_in_every_command() {
    let folder = scratch("range-test-mass");
    let file = folder.join("weighed.toml");
    write(
        &file,
        "[car]\nid = \"weighed\"\npowertrain = \"bev\"\nclass = \"compact\"\n[car.road_load]\ntest_mass_kg = 1700\n[battery]\n\
         chemistry = \"lfp\"\ngross_energy_kwh = 45\n",
    );
    let file = file.to_string_lossy();
    let driven = json_of(&["drive", &file, "--cycle", "wltc3b"])[0]["defaulted"]["car.kerb_mass_kg"].as_f64().unwrap();
    let ranged = json_of(&["range", &file])[0]["defaulted"]["car.kerb_mass_kg"].as_f64().unwrap();
    let assessed = json_of(&["assess", &file, "--no-interval"])[0]["kerb_mass_kg"].as_f64().unwrap();
    assert!((1200.0..1700.0).contains(&driven), "{driven}");
    assert!((driven - ranged).abs() < 1e-9 && (driven - assessed).abs() < 1e-9, "{driven} {ranged} {assessed}");
}

#[test]
fn class_downscaling_and_cap_are_reported() {
    let found = json_of(&["range", "wuling-mini-120", "wuling-mini-gameboy300", "vw-id3-58"]);
    assert_eq!(found[0]["wltp"]["cycle"], "wltc2");
    assert_eq!(found[1]["wltp"]["cycle"], "wltc3a");
    assert!((found[1]["wltp"]["top_speed_km_h"].as_f64().unwrap() - 100.0).abs() < 1e-9);
    assert!(found[1]["wltp"]["downscaling_factor"].as_f64().unwrap() > 0.01);
    assert_eq!(found[2]["wltp"]["cycle"], "wltc3b");
    assert!(found[2]["wltp"]["top_speed_km_h"].is_null());
}

#[test]
fn a_combustion_car_is_refused_and_a_plug_in_hybrid_has_an_electric_range() {
    let refused = run(&["range", "byd-qin-plus-dmi", "vw-golf-15tsi"]);
    assert_eq!(refused.code, 2);
    assert!(refused.data.is_empty() && refused.remarks.contains("`vw-golf-15tsi` cannot be charged"), "{}", refused.remarks);
    let found = json_of(&["range", "byd-qin-plus-dmi"]);
    for rule in RULES {
        assert!(found[0][rule]["range_km"].as_f64().is_some_and(|km| km > 20.0));
    }
}

#[test]
fn a_car_file_and_a_folder_of_tables_are_read() {
    let folder = scratch("range-file");
    let file = folder.join("car.toml");
    write(
        &file,
        "[car]\nid = \"x\"\npowertrain = \"bev\"\nkerb_mass_kg = 1500\n[car.road_load]\ncd = 0.28\nfrontal_area_m2 = 2.2\ncrr = 0.009\n\
         [battery]\nchemistry = \"lfp\"\ngross_energy_kwh = 50.0\nmade_in = \"CN\"\n[motor]\ntopology = \"ipm\"\npeak_power_kw = 120\n",
    );
    let file = file.to_str().unwrap();
    let plain = json_of(&["range", file]);
    assert_eq!(plain[0]["car"], "x");
    let table = include_str!("../../../data/drive/procedures.csv").replace("epa,city_share,0.55", "epa,city_share,1");
    let data = folder.join("data");
    write(&data.join("drive/procedures.csv"), table);
    let changed = json_of(&["range", file, "--data", data.to_str().unwrap()]);
    assert_eq!(changed[0]["epa"]["range_km"], plain[0]["epa"]["city_range_km"]);
    assert_eq!(changed[0]["wltp"]["range_km"], plain[0]["wltp"]["range_km"]);
}

#[test]
fn csv_has_one_line_a_car_and_rule() {
    let text = data_of(&["range", "vw-id3-58", "wuling-mini-120", "--format", "csv"]);
    assert!(text.starts_with("car,rule,range_km,consumption_kwh_per_100km,cycle,"), "{text}");
    assert_eq!(text.lines().count(), 1 + 2 * 4);
    assert!(text.contains("\nwuling-mini-120,wltp,"), "{text}");
}

#[test]
fn what_cannot_be_is_refused() {
    for (arguments, code, word) in [
        (&["range", "vw-id3-59"][..], "minewheel::car::unknown", "did you mean `vw-id3-58`"),
        (&["range", "vw-id3-58", "--label-factor", "7"], "minewheel::option", "0.5 to 1"),
        (&["range", "vw-id3-58", "--label-factor", "NaN"], "minewheel::option", "0.5 to 1"),
        (&["range", "nowhere/car.toml"], "minewheel::file", "car.toml"),
    ] {
        let answer = run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}");
        assert!(answer.data.is_empty() && answer.remarks.contains(code) && answer.remarks.contains(word), "{}", answer.remarks);
        assert!(answer.remarks.contains("\nhelp: "), "{}", answer.remarks);
    }
    let folder = scratch("range-places");
    let text = "[car]\nid = \"x\"\npowertrain = \"bev\"\nmade_in = \"ZZ\"\n[battery]\nchemistry = \"lfp\"\ngross_energy_kwh = 50.0\n";
    write(&folder.join("car.toml"), text);
    let answer = run(&["range", folder.join("car.toml").to_str().unwrap()]);
    assert!(answer.code == 2 && answer.remarks.contains("ZZ"), "{}", answer.remarks);
}

#[test]
fn derivatives_are_printed_by_lever() {
    let text = data_of(&["drive", "vw-id3-58", "--cycle", "wltc3b", "--sensitivity"]);
    assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
    insta::assert_snapshot!(text);
    let found = json_of(&["drive", "vw-id3-58", "--cycle", "wltc3b", "--sensitivity", "--ambient-c", "-7"]);
    let slopes = found[0]["sensitivity"].as_array().unwrap();
    assert_eq!(slopes.len(), 6);
    assert_eq!(slopes[0]["lever"], "mass");
    assert!(slopes[5]["lever"] == "temperature" && slopes[5]["wall_wh_per_km_per_unit"].as_f64().unwrap() < 0.0);
    assert!(json_of(&["drive", "vw-id3-58"])[0].get("sensitivity").is_none());
    let csv = data_of(&["drive", "vw-id3-58", "--sensitivity", "--format", "csv"]);
    assert!(csv.starts_with("car,cycle,lever,value,unit,wall_wh_per_km_per_unit,elasticity\n") && csv.lines().count() == 7, "{csv}");
}
