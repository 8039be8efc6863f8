//! A car on a background of the user's own: what a mapping replaces, what stays, what is refused.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests read and write the files that a user would, and fail by panicking")]

#[path = "../../minewheel-lca/tests/packages/mod.rs"]
mod packages;
mod program;

use std::path::{Path, PathBuf};

use program::{run_in, scratch, write};

const CAR: &str = "vw-id3-58";
const HEADER: &str = "kind,ours,place,theirs,factor,status,note\n";

/// A folder with the tiny database of the tests and a mapping.
fn with_mapping(name: &str, rows: &str) -> PathBuf {
    let folder = scratch(name);
    write(&folder.join("package.zip"), packages::zipped(&packages::good()));
    assert_eq!(run_in(&folder, &["lca", "import", "package.zip", "--into", "my.mwdb"]).code, 0);
    write(&folder.join("map.csv"), format!("{HEADER}{rows}"));
    folder
}

const ON_MINE: [&str; 4] = ["--background", "my.mwdb", "--background-mapping", "map.csv"];

fn assess(folder: &Path, more: &[&str]) -> serde_json::Value {
    let arguments = [&["assess", CAR, "--format", "json"], more].concat();
    let answer = run_in(folder, &arguments);
    assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.remarks);
    serde_json::from_str::<serde_json::Value>(&answer.data).unwrap()[0].take()
}

fn total(car: &serde_json::Value) -> f64 {
    ["production_kg", "use_kg", "end_of_life_kg"].iter().map(|p| car["climate"][p]["value"].as_f64().unwrap()).sum()
}

#[test]
fn with_an_empty_mapping_the_result_is_the_plain_one() {
    let folder = with_mapping("background-empty", "");
    let plain = assess(&folder, &["--samples", "10"]);
    let mut mapped = assess(&folder, &[&["--samples", "10"], ON_MINE.as_slice()].concat());
    let used = mapped.as_object_mut().unwrap().remove("background").unwrap();
    let nothing: [&str; 0] = [];
    let empty = serde_json::json!({"database": "my.mwdb", "share_of_climate": 0.0, "categories": nothing, "products": nothing, "unused": nothing,
        "net_consuming": nothing});
    assert_eq!(used, empty);
    assert_eq!(mapped, plain);
}

/// Electricity of the tiny database: y = 0.4 + 0.001·steel, steel = 1.6 + 0.5·y + 0.2·dump.
#[test]
fn a_mapped_product_has_the_impact_of_its_process_and_nothing_behind_it() {
    let rows = "category,climate,,Ours: climate,,,\nproduct,electricity-low-voltage,CN,grid,,read,\n";
    let folder = with_mapping("background-electricity", rows);
    let (plain, mapped) = (
        assess(&folder, &["--no-interval", "--country", "CN"]),
        assess(&folder, &[&["--no-interval", "--country", "CN"], ON_MINE.as_slice()].concat()),
    );
    let used = &mapped["background"];
    let line = &used["products"][0];
    let score = run_in(&folder, &["lca", "solve", "my.mwdb", "--demand", "grid=1", "--format", "json"]);
    let per_kwh = serde_json::from_str::<serde_json::Value>(&score.data).unwrap()["score"].as_f64().unwrap();
    let (kg, amount) = (line["kg"].as_f64().unwrap(), line["amount"].as_f64().unwrap());
    assert!((kg - amount * per_kwh).abs() < 1e-9 * kg && kg > 0.0, "{line}");
    assert_eq!((line["factor"].as_f64(), line["status"].as_str(), line["place"].as_str()), (Some(1.0), Some("read"), Some("CN")));
    let share = used["share_of_climate"].as_f64().unwrap();
    assert!((share - kg / total(&mapped)).abs() < 1e-9 && share > 0.05, "{share}");
    // What is driven on is what is mapped: all else of the car stays as it was.
    let charging = |car: &serde_json::Value| car["climate"]["use_kg"]["value"].as_f64().unwrap();
    assert!((charging(&plain) - charging(&mapped)).abs() > 1.0);
    assert_eq!(plain["kerb_mass_kg"], mapped["kerb_mass_kg"]);
    // Only climate is mapped, so what comes from the background is no longer covered elsewhere.
    assert!(mapped["coverage"]["air"].as_f64() < plain["coverage"]["air"].as_f64());
    assert!(mapped["coverage"]["climate"].as_f64().unwrap() > 0.99);
}

#[test]
fn a_product_of_the_world_market_is_replaced_where_it_is_bought_and_where_it_is_made() {
    let everywhere = "category,climate,,climate,,,\nproduct,steel-galvanised,,making-steel,1,,\n";
    let folder = with_mapping("background-steel", everywhere);
    let quiet = ["--no-interval"];
    let all = assess(&folder, &[quiet.as_slice(), ON_MINE.as_slice()].concat());
    write(&folder.join("map.csv"), format!("{HEADER}{}", everywhere.replace(",,making-steel", ",CN,making-steel")));
    let china = assess(&folder, &[quiet.as_slice(), ON_MINE.as_slice()].concat());
    let amount = |car: &serde_json::Value| car["background"]["products"][0]["amount"].as_f64().unwrap_or(0.0);
    assert!(amount(&all) > amount(&china) && amount(&china) > 0.0, "{} {}", all["background"], china["background"]);
    write(&folder.join("map.csv"), format!("{HEADER}{}", everywhere.replace(",1,", ",2,")));
    let twice = assess(&folder, &[quiet.as_slice(), ON_MINE.as_slice()].concat());
    let per_kg = |car: &serde_json::Value| car["background"]["products"][0]["kg"].as_f64().unwrap() / amount(car);
    assert!((per_kg(&twice) - 2.0 * per_kg(&all)).abs() < 1e-9 * per_kg(&all));
}

#[test]
fn a_table_says_what_comes_from_the_background() {
    let folder = with_mapping(
        "background-table",
        "category,climate,,climate,,,\nproduct,electricity-low-voltage,,grid,,,\nproduct,electricity-high-voltage,DE,grid,,,\n",
    );
    let answer = run_in(&folder, &[&["assess", CAR, "--no-interval"], ON_MINE.as_slice()].concat());
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    assert!(answer.data.contains("from the background my.mwdb") && answer.data.contains("process of the background"), "{}", answer.data);
    assert!(answer.data.lines().all(|l| l.chars().count() <= 80), "{}", answer.data);
}

#[test]
fn every_row_that_names_nothing_is_refused_at_once() {
    let rows = "category,climat,,climate,,,\ncategory,climate,,climte,,,\nproduct,electricity-low-voltge,,grid,,,\nproduct,electricity-low-voltage,XX,grid,,,\n\
                product,steel-galvanised,,grid,,,\nproduct,electricity-low-voltage,,gird,,,\n";
    let folder = with_mapping("background-refused", rows);
    let refused = |words: &[&str]| {
        let answer = run_in(&folder, &[&["assess", CAR], ON_MINE.as_slice()].concat());
        assert_eq!(answer.code, 2, "{}", answer.remarks);
        assert!(answer.remarks.contains("error[minewheel::lca::background]") && answer.remarks.contains("\nhelp: "), "{}", answer.remarks);
        for word in words {
            assert!(answer.remarks.contains(word), "{word}: {}", answer.remarks);
        }
    };
    refused(&[
        "line 2: there is no category `climat`; there are acidification",
        "line 3: the database has no method `climte`",
        "line 4: no product has the id `electricity-low-voltge`; perhaps `electricity-",
        "line 5: no place has the code `XX`",
        "line 6: ours is in kg, theirs in kWh: give the factor",
        "line 7: the database has no process `gird`",
    ]);
    write(&folder.join("map.csv"), format!("{HEADER}product,electricity-low-voltage,,grid,,,\n"));
    refused(&["products are mapped but the category `climate` is not"]);
    write(&folder.join("map.csv"), "kind,ours\n");
    refused(&["there is no column `theirs`"]);
    let answer = run_in(&folder, &["assess", CAR, "--background", "my.mwdb"]);
    assert!(answer.code == 2 && answer.remarks.contains("--background-mapping"), "{}", answer.remarks);
}

/// The grid of the tiny database has a lognormal emission (geometric deviation 1.2): its draws widen the use phase.
#[test]
fn the_interval_draws_the_background_and_the_explanation_walks_into_it() {
    let rows = "category,climate,,Ours: climate,,,\nproduct,electricity-low-voltage,CN,grid,,read,\n";
    let folder = with_mapping("background-draws", rows);
    let width = |car: &serde_json::Value| {
        let used = &car["climate"]["use_kg"];
        (used["p95"].as_f64().unwrap() - used["p5"].as_f64().unwrap()) / used["value"].as_f64().unwrap()
    };
    let question = [&["--samples", "60", "--country", "CN"], ON_MINE.as_slice()].concat();
    let drawn = assess(&folder, &question);
    // 1.2^(2·1.645) = 1.82 wide by itself.
    assert!(width(&drawn) > 0.4, "{}", drawn["climate"]["use_kg"]);
    let held = assess(&folder, &[question.as_slice(), &["--resample", "car"]].concat());
    assert!(width(&held) < width(&drawn));
    let drivers = drawn["drivers"].as_array().unwrap();
    let mine = drivers.iter().find(|d| d["source"] == "my.mwdb").unwrap();
    assert_eq!((mine["at"].as_str(), mine["what"].as_str()), (Some("line 3 of the mapping"), Some("electricity-low-voltage · CN · grid, CN")));
    let explained = run_in(&folder, &[&["explain", CAR, "--country", "CN", "--depth", "5", "--format", "json"], ON_MINE.as_slice()].concat());
    assert_eq!(explained.code, 0, "{}", explained.remarks);
    let tree: serde_json::Value = serde_json::from_str(&explained.data).unwrap();
    let (mut open, mut found) = (vec![&tree["root"]], None);
    while let Some(node) = open.pop() {
        if node["place"] == "background" {
            found = Some(node);
        }
        open.extend(node["children"].as_array().unwrap());
    }
    let (node, inner) = (found.unwrap(), &found.unwrap()["children"][0]);
    assert_eq!((inner["label"].as_str(), inner["place"].as_str(), inner["unit"].as_str()), (Some("grid"), Some("CN"), Some("kWh")));
    let (whole, value) = (node["value"].as_f64().unwrap(), inner["value"].as_f64().unwrap());
    assert!((whole - value).abs() < 1e-9 * whole, "{node}");
    let below: f64 = inner["children"].as_array().unwrap().iter().map(|c| c["value"].as_f64().unwrap()).sum();
    let sum = below + inner["own"].as_f64().unwrap() + inner["below_cut"].as_f64().unwrap();
    assert!((sum - value).abs() < 1e-9 * value, "{inner}");
}

/// A smelter needs a kilowatt-hour for its metal, a plant two kilograms of metal for a kilowatt-hour: y = 2·3 / (1 − 2) for a kilogram of metal.
#[test]
fn a_loop_that_runs_backwards_is_solved_as_lca_solve_solves_it_and_named() {
    let folder = scratch("background-loop");
    let own = "process,what,flow,amount,unit,provider\nsmelter,product,metal,1,kg,\nsmelter,input,power,1,kWh,plant\nsmelter,emission,soot,2,kg,\n\
               plant,product,power,1,kWh,\nplant,input,metal,2,kg,smelter\n";
    write(&folder.join("own.csv"), own);
    write(&folder.join("factors.csv"), "method,category,name,factor\nm,climate,soot,3\n");
    for package in ["own.csv", "factors.csv"] {
        assert_eq!(run_in(&folder, &["lca", "import", package, "--into", "my.mwdb"]).code, 0);
    }
    write(&folder.join("map.csv"), format!("{HEADER}category,climate,,climate,,,\nproduct,steel-galvanised,,smelter,1,,\n"));
    let answer = run_in(&folder, &[&["assess", CAR, "--format", "json", "--samples", "4"], ON_MINE.as_slice()].concat());
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    assert!(answer.remarks.contains("uses more of its own") && answer.remarks.contains("`smelter`"), "{}", answer.remarks);
    let found = serde_json::from_str::<serde_json::Value>(&answer.data).unwrap()[0]["background"].take();
    let mut ids: Vec<&str> = found["net_consuming"][0].as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    ids.sort_unstable();
    assert_eq!(ids, ["plant", "smelter"]);
    let line = &found["products"][0];
    let (kg, amount) = (line["kg"].as_f64().unwrap(), line["amount"].as_f64().unwrap());
    assert!((kg / amount + 6.0).abs() < 1e-9, "{line}");
}
