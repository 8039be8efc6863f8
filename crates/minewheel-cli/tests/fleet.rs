//! `fleet`, `market`, `tco` and `charging` as a user runs them: results, refusals with code and help.
//!
//! `INSTA_UPDATE=always cargo test -p minewheel-cli --test fleet` writes the snapshots anew; read the diff.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod program;

use std::path::Path;

use program::{data_of, json_of, run_in, scratch, write};

const SURVIVAL: &str = "series,age,share\na,0,1\na,1,0.9\na,2,0.5\na,3,0\n";
const INFLOW: &str = "series,year,inflow\na,2020,100\na,2021,0\na,2022,0\na,2023,0\n";
const STUDY: &str = "[study]\ntitle = \"x\"\nplace = \"CN\"\nfrom = 2020\nto = 2030\n[[product]]\nname = \"a\"\ncar = \"byd-dolphin-60\"\nsurvival = \"germany\"\ninflow = [[2020, 10], [2030, 20]]\n";

fn refused(folder: &Path, snapshot: &str, arguments: &[&str]) {
    let answer = run_in(folder, arguments);
    let shown = format!("$ minewheel {}\n{}", arguments.join(" "), answer.remarks);
    assert_eq!(answer.code, 2, "{shown}");
    assert!(answer.data.is_empty(), "{shown}");
    assert!(answer.remarks.starts_with("error[minewheel::") && answer.remarks.contains("\nhelp: "), "{shown}");
    insta::assert_snapshot!(snapshot, shown);
}

#[test]
fn a_cohort_leaves_as_its_curve_says() {
    let folder = scratch("fleet-stock");
    write(&folder.join("inflow.csv"), INFLOW);
    write(&folder.join("survival.csv"), SURVIVAL);
    let answer = run_in(&folder, &["fleet", "stock", "--inflow", "inflow.csv", "--survival", "survival.csv", "--format", "csv"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    assert_eq!(answer.data, "series,year,stock,outflow\na,2020,100,0\na,2021,90,10\na,2022,50,40\na,2023,0,50\n");
}

#[test]
fn tables_of_series_with_faults_are_refused() {
    let folder = scratch("fleet-faults");
    let inflow = |text: &str| write(&folder.join("inflow.csv"), text);
    let survival = |text: &str| write(&folder.join("survival.csv"), text);
    let stock = ["fleet", "stock", "--inflow", "inflow.csv", "--survival", "survival.csv"];
    survival("series,age,share\na,0,1\na,1,0.9\na,2,0.95\n");
    inflow(INFLOW);
    refused(&folder, "survival-rises", &stock);
    survival("series,age,share\na,0,1.2\n");
    refused(&folder, "survival-above-one", &stock);
    survival(SURVIVAL);
    inflow("series,year,inflow\na,2020,1\na,2022,1\n");
    refused(&folder, "year-missing", &stock);
    inflow("series,year,inflow\na,2020,1\na,2020,2\n");
    refused(&folder, "year-twice", &stock);
    inflow("series,year,inflow\na,2020,-5\n");
    refused(&folder, "inflow-negative", &stock);
    inflow("series,year,inflw\na,2020,5\n");
    refused(&folder, "column-misspelt", &stock);
    inflow("series,year,inflow\nb,2020,5\n");
    refused(&folder, "series-without-curve", &stock);
    write(&folder.join("stock.csv"), "series,year,stock\na,2020,100\na,2021,10\n");
    refused(&folder, "inflow-would-be-negative", &["fleet", "stock", "--stock", "stock.csv", "--survival", "survival.csv", "--strict-inflow"]);
}

#[test]
fn studies_with_faults_are_refused() {
    let folder = scratch("fleet-studies");
    let study = |from: &str, to: &str| {
        assert!(STUDY.contains(from), "{from}");
        write(&folder.join("study.toml"), STUDY.replacen(from, to, 1));
    };
    let arguments = ["fleet", "run", "study.toml"];
    study("survival = \"germany\"", "survival = \"germny\"");
    refused(&folder, "curve-misspelt", &arguments);
    study("byd-dolphin-60", "byd-dolfin-60");
    refused(&folder, "study-car-misspelt", &arguments);
    study("inflow", "inflwo");
    refused(&folder, "study-key-misspelt", &arguments);
    study("[2030, 20]", "[2028, 20]");
    refused(&folder, "points-end-before-the-study", &arguments);
    study("to = 2030", "to = 2030\nfootprint_years = [2020, 2025]");
    refused(&folder, "study-beyond-its-footprints", &arguments);
    study("\"CN\"", "\"CHN\"");
    refused(&folder, "study-place-unknown", &arguments);
    study("to = 2030", "to = 2030\ncharging = \"home-7\"");
    refused(&folder, "charging-profile-misspelt", &arguments);
    let mix = |car: &str, share: f64| {
        format!("{STUDY}[[product.mix]]\ncar = \"{car}\"\nshare = [[2020, {share}], [2030, {share}]]\n").replacen("car = \"byd-dolphin-60\"\n", "", 1)
    };
    write(&folder.join("study.toml"), mix("byd-dolphin-60", 0.9));
    refused(&folder, "mix-that-is-no-whole", &arguments);
    write(&folder.join("study.toml"), mix("byd-dolphin-60", 1.0).replace("share =", "chemistry = \"lpf\"\nshare ="));
    refused(&folder, "mix-chemistry-misspelt", &arguments);
    write(&folder.join("study.toml"), STUDY);
    refused(&folder, "intervals-without-draws", &["fleet", "run", "study.toml", "--format", "csv", "--table", "intervals"]);
}

#[test]
fn a_mix_changes_what_is_needed_and_draws_say_how_well_that_is_known() {
    let folder = scratch("fleet-mix");
    let mix = "[[product.mix]]\ncar = \"byd-dolphin-60\"\nshare = [[2020, 1], [2030, 0.5]]\n[[product.mix]]\ncar = \"byd-seagull-305\"\nchemistry = \"nmc622\"\nshare = [[2020, 0], [2030, 0.5]]\n";
    write(&folder.join("study.toml"), STUDY.replacen("car = \"byd-dolphin-60\"\n", "", 1) + mix);
    let run = |more: &[&str]| {
        let answer = run_in(&folder, &[&["fleet", "run", "study.toml"], more].concat());
        assert_eq!(answer.code, 0, "{}", answer.remarks);
        answer.data
    };
    let intervals = run(&["--samples", "9", "--seed", "2", "--format", "csv", "--table", "intervals"]);
    assert_eq!(intervals, run(&["--samples", "9", "--seed", "2", "--format", "csv", "--table", "intervals"]));
    let lines: Vec<Vec<&str>> = intervals.lines().map(|l| l.split(',').collect()).collect();
    assert_eq!(lines[0], ["year", "figure", "of", "unit", "best", "p5", "p50", "p95"]);
    let number = |year: &str, of: &str, column: usize| -> f64 {
        let line = lines.iter().find(|l| l[0] == year && l[1] == "demand" && l[2] == of).unwrap();
        line[column].parse().unwrap()
    };
    assert!(number("2030", "nickel", 4) > 10.0 * number("2020", "nickel", 4), "{intervals}");
    assert!(number("2030", "lithium", 5) < number("2030", "lithium", 7));
    insta::assert_snapshot!("fleet-run-mix", run(&["--samples", "9"]));
    // The study is of ten to twenty cars, works make 20 million; the world's capacity is not China's.
    let capacity = run(&["--format", "csv", "--table", "capacity"]);
    let cars: Vec<&str> = capacity.lines().filter(|l| l.contains(",cars,")).collect();
    assert!(capacity.starts_with("year,made,unit,asked,capacity,stated_for,used\n") && cars.len() == 7, "{capacity}");
    assert!(cars[0].starts_with("2024,cars,vehicle,14") && cars[0].contains(",20000000,2024,"), "{capacity}");
    assert!(!capacity.contains("2023,cells"), "{capacity}");
}

#[test]
fn a_study_balances_and_its_ledgers_agree() {
    let folder = scratch("fleet-study");
    write(&folder.join("study.toml"), STUDY);
    let answer = run_in(&folder, &["fleet", "run", "study.toml", "--format", "json", "--chart", "stock.svg"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    let report: serde_json::Value = serde_json::from_str(&answer.data).unwrap();
    let number = |line: &serde_json::Value, key: &str| line[key].as_f64().unwrap();
    for line in report["materials"].as_array().unwrap() {
        let moved = number(line, "pack_demand_t") + number(line, "pack_stock_t");
        assert!(number(line, "residual_t").abs() <= 1e-9 * moved.max(1e-12), "{line}");
    }
    let years = report["years"].as_array().unwrap();
    for pair in years.windows(2) {
        let left = number(&pair[0], "stock") + number(&pair[1], "inflow") - number(&pair[1], "outflow") - number(&pair[1], "stock");
        assert!(left.abs() < 1e-9, "{left}");
    }
    assert_eq!(years.len(), 11);
    assert!(folder.join("stock.svg").is_file());
    let packs = data_csv(&folder, "packs");
    assert!(packs.starts_with("year,product,in_cars_gwh") && packs.lines().count() == 12);
}

fn data_csv(folder: &Path, table: &str) -> String {
    let answer = run_in(folder, &["fleet", "run", "study.toml", "--format", "csv", "--table", table]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    answer.data
}

#[test]
fn options_and_names_that_no_command_knows_are_refused() {
    let folder = scratch("fleet-options");
    refused(&folder, "indicator-misspelt", &["market", "CN", "--from", "2023", "--to", "2023", "--indicators", "nev-prodution"]);
    write(&folder.join("share.csv"), "indicator,period,value,unit\nnev-share-of-wholesale,2022,0.3,1\n");
    refused(&folder, "share-of-a-series", &["market", "CN", "--from", "2022", "--to", "2023", "--series", "share.csv"]);
    refused(&folder, "period-unheard-of", &["market", "CN", "--from", "2023-13", "--to", "2023"]);
    refused(&folder, "span-backwards", &["market", "CN", "--from", "2024", "--to", "2023"]);
    refused(&folder, "adoption-without-shares", &["fleet", "adoption", "KP"]);
    refused(&folder, "survival-without-register", &["fleet", "survival", "DE"]);
    refused(&folder, "charging-of-a-fuel-car", &["charging", "nissan-sylphy-16"]);
    refused(&folder, "connected-above-one", &["charging", "byd-dolphin-60", "--connected", "60"]);
    refused(&folder, "tco-of-two-battery-cars", &["tco", "byd-dolphin-60", "vw-id3-58"]);
    write(&folder.join("mine.csv"), "indicator,period,value,unit\ncharging-points,2024,1,pile\ncharging-points,2025,1,gun\n");
    refused(&folder, "unit-changes-without-a-note", &["market", "CN-SH", "--from", "2024", "--to", "2025", "--series", "mine.csv"]);
}

#[test]
fn the_market_prints_the_gap_between_sales_and_registrations_unasked() {
    let found = json_of(&["market", "CN", "--from", "2025", "--to", "2025"]);
    let gaps = found["gaps"].as_array().unwrap();
    let dealers = gaps.iter().find(|g| g["kind"] == "dealers").unwrap();
    // 16.49 − 2.615 − 12.93 million.
    assert!((dealers["difference"].as_f64().unwrap() - 945_000.0).abs() < 1.0, "{dealers}");
    assert!(gaps.iter().any(|g| g["kind"] == "break"), "{gaps:?}");
}

#[test]
fn a_forecast_states_what_each_model_was_worth_and_parity_is_told_by_segment() {
    let found = json_of(&["fleet", "adoption", "DE", "--to", "2030"]);
    assert_eq!(found["back_test"]["drivers"], "cost");
    let errors: Vec<f64> = found["others"].as_array().unwrap().iter().map(|o| o["error"].as_f64().unwrap()).collect();
    assert!(errors.len() == 2 && errors.iter().all(|e| (0.04..0.07).contains(e)), "{errors:?}");
    let other = json_of(&["fleet", "adoption", "DE", "--to", "2030", "--drivers", "policy"]);
    assert_ne!(other["forecast"], found["forecast"]);
    assert_eq!(other["back_test"], found["others"][0]);
    let segments = json_of(&["tco", "--countries", "CN,DE"]);
    let segments = segments.as_array().unwrap();
    assert!(segments.len() == 12 && segments[0]["segment"] == "small" && segments[1]["country"] == "DE");
    let one = json_of(&["tco", "byd-dolphin-60", "nissan-sylphy-16", "--countries", "CN"]);
    let same = segments.iter().find(|s| s["segment"] == "compact" && s["country"] == "CN").unwrap();
    assert_eq!((&one[0]["years"], &one[0]["ownership_parity"]), (&same["years"], &same["ownership_parity"]));
    insta::assert_snapshot!("tco-segments", data_of(&["tco", "--countries", "CN,DE,US"]));
}

#[test]
fn a_study_may_follow_people_and_the_forecast_of_shares() {
    let folder = scratch("fleet-drivers");
    let text = "[study]\ntitle = \"x\"\nplace = \"CN\"\nfrom = 2025\nto = 2040\n[drivers.ownership]\ncounts = \"register\"\nsaturation = 400\ncars = 0.9\nsurvival = \"china-private-2011\"\ngrowth_before = 0.05\n[drivers.adoption]\n[[product]]\nname = \"a\"\ncar = \"byd-dolphin-60\"\nnew_cars = \"electric\"\n[[product]]\nname = \"b\"\ncar = \"nissan-sylphy-16\"\nnew_cars = \"other\"\n";
    write(&folder.join("study.toml"), text);
    let drivers = data_csv(&folder, "drivers");
    assert!(drivers.starts_with("year,people,vehicles_per_thousand,stock,new_cars,electric_share\n") && drivers.lines().count() == 17, "{drivers}");
    let answer = run_in(&folder, &["fleet", "run", "study.toml"]);
    insta::assert_snapshot!("fleet-run-drivers", format!("{}{}", answer.data, answer.remarks));
    let study = |from: &str, to: &str| write(&folder.join("study.toml"), text.replacen(from, to, 1));
    let arguments = ["fleet", "run", "study.toml"];
    study("place = \"CN\"", "place = \"DE\"");
    refused(&folder, "drivers-without-income", &arguments);
    study("[drivers.adoption]", "[drivers.adoption]\nuntil = 2030");
    refused(&folder, "drivers-without-shares", &arguments);
    study("saturation = 400", "saturation = 420");
    refused(&folder, "drivers-without-a-curve", &arguments);
    study("[drivers.adoption]\n", "");
    refused(&folder, "drivers-without-a-share", &arguments);
}

#[test]
fn a_study_of_several_places_answers_for_each_and_for_all() {
    let folder = scratch("fleet-regions");
    let product = "[[region.product]]\nname = \"a\"\ncar = \"byd-dolphin-60\"\nsurvival = \"germany\"\ninflow = [[2020, 1000], [2030, 2000]]\n";
    let text = format!(
        "[study]\ntitle = \"x\"\nfrom = 2020\nto = 2030\n[[region]]\nplace = \"CN\"\n{product}[[region]]\nplace = \"DE\"\n{product}[[export]]\nfrom = \"CN\"\nto = \"DE\"\nproduct = \"a\"\ncars = [[2026, 3, 200]]\n"
    );
    write(&folder.join("study.toml"), &text);
    let years = data_csv(&folder, "years");
    let lines: Vec<Vec<&str>> = years.lines().map(|l| l.split(',').collect()).collect();
    assert!(lines.len() == 34 && lines[0][..4] == ["place", "year", "product", "stock"], "{years}");
    let number = |place: &str, year: &str, column: &str| -> f64 {
        let at = lines[0].iter().position(|c| *c == column).unwrap();
        lines.iter().find(|l| l[0] == place && l[1] == year).unwrap()[at].parse().unwrap()
    };
    assert_eq!((number("CN", "2026", "traded"), number("DE", "2026", "traded"), number("CN + DE", "2026", "traded")), (-200.0, 200.0, 0.0));
    assert!((number("CN", "2030", "stock") + number("DE", "2030", "stock") - number("CN + DE", "2030", "stock")).abs() < 1e-6);
    let answer = run_in(&folder, &["fleet", "run", "study.toml", "--samples", "9", "--report", "r.html"]);
    assert!(answer.code == 0 && folder.join("r.html").is_file(), "{}", answer.remarks);
    insta::assert_snapshot!("fleet-run-regions", format!("{}{}", answer.data, answer.remarks));
    let study = |from: &str, to: &str| write(&folder.join("study.toml"), text.replacen(from, to, 1));
    let arguments = ["fleet", "run", "study.toml"];
    study("to = \"DE\"", "to = \"FR\"");
    refused(&folder, "export-to-no-region", &arguments);
    study("[2026, 3, 200]", "[2026, 3, 20000]");
    refused(&folder, "export-of-more-than-there-are", &arguments);
    study("place = \"DE\"", "place = \"CN\"");
    refused(&folder, "region-twice", &arguments);
}

#[test]
fn every_output_has_a_schema() {
    for name in ["market", "fleet-run", "fleet-stock", "fleet-survival", "fleet-adoption", "charging", "tco"] {
        let schema: serde_json::Value = serde_json::from_str(&data_of(&["schema", name])).unwrap();
        assert!(schema["properties"].is_object() || schema["items"].is_object(), "{name}");
    }
}
