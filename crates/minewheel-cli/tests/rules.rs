//! Rule sets and passports as a user meets them: what they say, and every mistake that can be made with them.
//!
//! `INSTA_UPDATE=always cargo test -p minewheel-cli --test rules` writes the snapshots anew; read the diff.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod program;

use std::path::PathBuf;

use program::{data_of, json_of, repository, run, run_in, scratch, write};
use serde_json::Value;

fn company() -> String {
    repository().join("examples/08_battery_rules/company.toml").to_string_lossy().into_owned()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

#[test]
fn the_rule_sets_are_listed_with_their_days() {
    insta::assert_snapshot!(data_of(&["rules", "list"]));
}

#[test]
fn the_clauses_of_a_set_name_the_keys_of_a_rule_file() {
    insta::assert_snapshot!(data_of(&["rules", "list", "miit-recycling"]));
}

#[test]
fn two_editions_side_by_side() {
    insta::assert_snapshot!(data_of(&["rules", "diff", "miit-recycling-2024-draft", "miit-recycling-2024", "--all"]));
}

#[test]
fn a_company_that_may_not_expand_ends_with_a_finding() {
    let folder = repository().join("examples/08_battery_rules");
    let answer = run_in(&folder, &["rules", "check", "miit-battery", "company.toml", "--date", "2024-07-01"]);
    assert_eq!(answer.code, 1, "{}", answer.remarks);
    insta::assert_snapshot!(answer.data);
    insta::assert_snapshot!("a_company_that_may_not_expand_remarks", answer.remarks);
}

#[test]
fn the_json_of_a_check_has_the_keys_that_others_rely_on() {
    let answer = run(&["rules", "check", "miit-battery", &company(), "--date", "2024-07-01", "--format", "json"]);
    let json: Value = serde_json::from_str(&answer.data).unwrap();
    assert_eq!((json["set"].as_str(), json["edition"].as_str()), (Some("miit-battery"), Some("miit-battery-2024")));
    assert_eq!(json["decision"]["verdict"], "fail");
    let verdicts = json["verdicts"].as_array().unwrap();
    assert!(verdicts.len() > 20);
    for verdict in verdicts {
        let keys = ["clause", "quantity", "required", "value", "margin", "verdict", "status", "source"];
        assert!(keys.iter().all(|k| verdict.get(k).is_some()), "{verdict}");
        assert!(["pass", "fail", "unknown"].contains(&verdict["verdict"].as_str().unwrap()));
        assert!(!(verdict["value"].is_null() && verdict["verdict"] == "pass"), "{verdict}");
    }
    let mut of = verdicts.iter().find(|v| v["clause"] == "capacity-use").unwrap().clone();
    of["value_source"] = Value::from("the file");
    insta::assert_json_snapshot!(of);
}

#[test]
fn a_car_is_held_against_the_conditions_by_what_the_model_knows_of_its_pack() {
    insta::assert_snapshot!(data_of(&["rules", "check", "miit-battery-2024", "vw-id3-58"]));
    // All cells of iron phosphate together span the line of 165 Wh/kg, so no car passes or fails it by its chemistry.
    let lfp = json_of(&["rules", "check", "miit-battery-2024", "byd-dolphin-60"]);
    let of_cell = lfp["verdicts"].as_array().unwrap().iter().find(|v| v["clause"] == "other-cell").unwrap();
    assert_eq!((of_cell["verdict"].as_str(), number(&of_cell["value_range"][0]) < 165.0), (Some("unknown"), true));
    // A car file is a car, not a rule file.
    let file = repository().join("examples/cars/minimal-bev.toml");
    let json = json_of(&["rules", "check", "eu-battery", &file.to_string_lossy(), "--date", "2031-09-01"]);
    let of = |clause: &str| json["verdicts"].as_array().unwrap().iter().find(|v| v["clause"] == clause).cloned();
    // Its iron phosphate holds no cobalt, so nobody asks for recycled cobalt; recycled lithium only the maker knows.
    assert_eq!(of("recycled-cobalt-2031"), None);
    assert_eq!(of("recycled-lithium-2031").unwrap()["verdict"], "unknown");
    let footprint = of("footprint-threshold").unwrap();
    assert!(number(&footprint["value"]) > 0.0 && footprint["required"].is_null() && footprint["verdict"] == "unknown");
}

#[test]
fn a_car_without_a_traction_battery_has_nothing_to_be_judged() {
    let json = json_of(&["rules", "check", "miit-battery-2024", "vw-golf-15tsi"]);
    assert_eq!((json["verdict"].as_str(), json["verdicts"].as_array().map(Vec::len)), (Some("unknown"), Some(0)));
}

#[test]
fn a_passport_says_what_is_known_and_what_only_the_maker_knows() {
    insta::assert_snapshot!(data_of(&["passport", "byd-dolphin-60", "--format", "table"]));
}

#[test]
fn the_footprint_of_a_passport_is_that_of_the_assessment_over_the_energy_delivered() {
    let json = json_of(&["passport", "vw-id3-58", "--country", "DE", "--year", "2024"]);
    let carbon = &json["submodels"]["CarbonFootprintForBatteries"];
    let total = number(&carbon["batteryCarbonFootprint"]);
    let stages = carbon["carbonFootprintPerLifecycleStage"].as_array().unwrap();
    let sum: f64 = stages.iter().map(|s| number(&s["carbonFootprint"])).sum();
    assert!((sum / total - 1.0).abs() < 1e-12);
    let unit = &json["footprint"];
    // E_usable × cycles × years, by hand.
    let delivered = number(&unit["usable_kwh"]) * number(&unit["cycles_per_year"]) * number(&unit["warranty_years"]);
    assert!((delivered / number(&unit["delivered_kwh"]) - 1.0).abs() < 1e-12);
    assert!((number(&carbon["absoluteCarbonFootprint"]) / delivered / total - 1.0).abs() < 1e-12);
    // Raw materials and production are the battery of the car's own assessment.
    let assessed = json_of(&["assess", "vw-id3-58", "--country", "DE", "--year", "2024", "--no-interval"]);
    let gross = number(&json["submodels"]["PerformanceAndDurability"]["batteryTechicalProperties"]["ratedEnergy"]);
    let made = number(&unit["stages"]["raw_materials_kg"]) + number(&unit["stages"]["production_kg"]);
    let of_car = number(&assessed[0]["battery_climate_kg_per_kwh"]["value"]) * gross;
    assert!((made / of_car - 1.0).abs() < 1e-9, "{made} against {of_car}");
    // Twice the warranty, half the footprint of a kilowatt-hour.
    let longer = json_of(&["passport", "vw-id3-58", "--country", "DE", "--year", "2024", "--warranty-years", "16"]);
    let half = number(&longer["submodels"]["CarbonFootprintForBatteries"]["batteryCarbonFootprint"]);
    assert!((2.0 * half / total - 1.0).abs() < 1e-12);
}

#[test]
fn a_passport_has_no_more_material_than_the_pack_weighs() {
    for car in ["vw-id3-58", "byd-dolphin-60", "wuling-mini-215"] {
        let json = json_of(&["passport", car]);
        let materials = json["submodels"]["MaterialComposition"]["batteryMaterials"].as_array().unwrap();
        let sum: f64 = materials.iter().map(|m| number(&m["batteryMaterialMass"])).sum();
        let mass = number(&json["submodels"]["GeneralProductInformation"]["batteryMass"]);
        assert!(sum > 0.4 * mass && sum < mass, "{car}: {sum} of {mass} kg");
        let (filled, open) = (json["filled"].as_array().unwrap().len(), json["maker_must_fill"].as_array().unwrap().len());
        assert!(filled >= 8 && open > filled);
    }
}

#[test]
fn published_statements_about_rules_and_batteries_are_judged() {
    insta::assert_snapshot!(data_of(&["case", "run", "battery-expansion-50-percent"]));
    insta::assert_snapshot!("a_years_output_beside_the_line", data_of(&["case", "run", "high-end-cells-scarce"]));
}

/// Runs a command that must be refused as bad input and holds the message against its snapshot.
fn refused(snapshot: &str, arguments: &[&str], file: Option<&str>) {
    let folder = scratch(&format!("rules-{snapshot}"));
    if let Some(text) = file {
        write(&folder.join("rules.toml"), text);
    }
    let answer = run_in(&folder, arguments);
    let shown = format!("$ minewheel {}\n{}", arguments.join(" "), answer.remarks);
    assert_eq!(answer.code, 2, "{shown}");
    assert!(answer.data.is_empty(), "{shown}");
    assert!(answer.remarks.contains("\nhelp: "), "no help in {shown}");
    insta::assert_snapshot!(format!("refused-{snapshot}"), shown);
}

#[test]
fn a_set_or_a_day_that_is_not_there_is_refused_by_name() {
    refused("set-misspelt", &["rules", "check", "miit-batery-2024", "vw-id3-58"], None);
    refused("set-unheard-of", &["rules", "list", "zzz"], None);
    refused("day-outside-every-edition", &["rules", "check", "miit-battery", "vw-id3-58", "--date", "2019-05-01"], None);
    refused("day-outside-the-edition", &["rules", "check", "gb-38031-2025", "vw-id3-58", "--date", "2026-06-30"], None);
    refused("day-impossible", &["rules", "check", "eu-battery", "vw-id3-58", "--date", "2031-02-29"], None);
    refused("families-two", &["rules", "diff", "miit-battery-2024", "miit-recycling-2024"], None);
    refused("edition-misspelt", &["rules", "diff", "miit-battery-2024", "miit-battery-2012"], None);
}

#[test]
fn a_rule_file_with_faults_is_refused_with_every_line() {
    let check = ["rules", "check", "miit-battery-2024", "rules.toml"];
    refused("file-missing", &check, None);
    refused("file-empty", &check, Some(""));
    refused("file-no-toml", &check, Some("[company\n"));
    let many = "[company]\noutpt = \"3 GWh\"\ncapacity = \"3 kg\"\nresearch_share = 0.03\ngreen_factory = \"yes\"\n\n[[prodct]]\nlevel = \"cell\"\n";
    refused("file-many-faults", &check, Some(many));
    refused("trait-misspelt", &check, Some("[product]\nchemistry = \"ternery\"\n"));
    refused("currencies-two", &check, Some("[company]\nresearch_spend = \"3 USD\"\nrevenue = \"90 CNY\"\n"));
    refused("car-misspelt", &["rules", "check", "miit-battery-2024", "wulin-mini-215"], None);
}

#[test]
fn a_passport_that_cannot_be_written_says_why() {
    refused("passport-of-a-petrol-car", &["passport", "vw-golf-15tsi"], None);
    refused("passport-car-misspelt", &["passport", "vw-id3-85"], None);
    refused("passport-place-unknown", &["passport", "vw-id3-58", "--country", "XX"], None);
    refused("passport-warranty-impossible", &["passport", "vw-id3-58", "--warranty-years", "-8"], None);
}

/// A folder with one rule table, in which one text is replaced.
fn overlay(name: &str, table: &str, from: &str, to: &str) -> PathBuf {
    let folder = scratch(&format!("rules-{name}"));
    #[allow(clippy::disallowed_methods, reason = "the test reads a table of the repository")]
    let text = std::fs::read_to_string(repository().join("data/rules").join(table)).unwrap();
    assert!(text.contains(from));
    write(&folder.join("data/rules").join(table), text.replacen(from, to, 1));
    folder
}

#[test]
fn a_rule_table_with_a_wrong_row_is_refused_with_file_and_line() {
    let broken = |name: &str, table: &str, from: &str, to: &str| {
        let folder = overlay(name, table, from, to);
        let answer = run_in(&folder, &["rules", "list", "--data", "data"]);
        assert_eq!(answer.code, 2, "{}", answer.remarks);
        insta::assert_snapshot!(format!("refused-{name}"), answer.remarks);
        // The general check of a data folder finds it too.
        assert_eq!(run_in(&folder, &["data", "check", "data"]).code, 2);
    };
    broken("operator-unknown", "miit-battery-clauses.csv", ",capacity_use,>=,", ",capacity_use,=>,");
    broken("unit-of-another-dimension", "miit-battery-clauses.csv", ",capacity_use,>=,50,percent", ",capacity_use,>=,50,GWh");
    broken("editions-overlap", "editions.csv", "2024-06-18,2024-06-18,,miit-battery-2024", "2024-06-18,2024-01-18,,miit-battery-2024");
}

#[test]
fn a_footprint_says_of_which_year_and_method_it_is() {
    let of = |arguments: &[&str]| {
        let report = json_of(&[&["rules", "check", "eu-battery", "vw-id3-58"], arguments].concat());
        let footprint = &report["footprint"];
        let verdicts = report["verdicts"].as_array().unwrap().iter();
        let value = verdicts.filter(|v| v["quantity"] == "footprint_per_delivered_kwh").find_map(|v| v["value"].as_f64());
        (footprint["year"].as_i64(), footprint["method"].as_str().map(str::to_owned), value)
    };
    let plain = of(&[]);
    assert_eq!((plain.0, plain.1.as_deref()), (Some(2025), Some("ar6-gwp100")));
    assert_eq!(of(&["--date", "2028-03-01"]).0, Some(2028));
    let earlier = of(&["--date", "2028-03-01", "--year", "2023"]);
    assert!(earlier.0 == Some(2023) && earlier.2.unwrap() > plain.2.unwrap(), "{earlier:?} {plain:?}");
    let short = of(&["--method", "ar6-gwp20"]);
    assert!(short.1.as_deref() == Some("ar6-gwp20") && short.2.unwrap() > plain.2.unwrap(), "{short:?} {plain:?}");
}
