//! `lca compare` and the import of EcoSpold 2: alternatives beside each other on the same draws.
//!
//! `INSTA_UPDATE=always cargo test -p minewheel-cli --test compare` writes the snapshots anew; read the diff.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests read and write the files that a user would, and fail by panicking")]

mod program;
#[path = "../../minewheel-lca/tests/spold/mod.rs"]
mod spold;

use std::path::{Path, PathBuf};

use program::{run_in, scratch, write};

const FACTORS: &str = "method,category,unit,name,compartment,subcompartment,factor
Ours,climate,kg CO2e,Carbon dioxide,air,urban,1
Ours,carbon,kg C,Carbon dioxide,air,urban,0.2729
";

fn data(folder: &Path, arguments: &[&str]) -> String {
    let answer = run_in(folder, arguments);
    assert_eq!(answer.code, 0, "minewheel {}: {}", arguments.join(" "), answer.remarks);
    answer.data
}

fn json(folder: &Path, arguments: &[&str]) -> serde_json::Value {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
    serde_json::from_str(&data(folder, &arguments)).unwrap()
}

/// A folder with the system model in `model/` and, with twice the emission of power, in `other/`; both imported with methods.
fn imported(name: &str) -> PathBuf {
    let folder = scratch(name);
    write(&folder.join("factors.csv"), FACTORS);
    for (place, amount) in [("model", "0.4"), ("other", "0.8")] {
        for (file, text) in spold::model() {
            let text = if file == "power.spold" { text.replace("amount=\"0.4\"", &format!("amount=\"{amount}\"")) } else { text };
            write(&folder.join(place).join("datasets").join(file), text);
        }
        let database = format!("{place}.mwdb");
        data(&folder, &["lca", "import", place, "--into", &database]);
        data(&folder, &["lca", "import", "factors.csv", "--into", &database]);
    }
    folder
}

#[test]
fn a_folder_of_ecospold_is_imported_and_solved_by_name_and_place() {
    let folder = imported("compare-import");
    let found = json(&folder, &["lca", "solve", "model.mwdb", "--demand", "steelmaking | steel, CN=1", "--method", "climate"]);
    let wanted = (1.6 + 0.5 * 0.4 + 0.2 * (0.01 + 0.1 * 0.4)) / (1.0 - 0.52 * 0.001);
    assert!((found["score"].as_f64().unwrap() - wanted).abs() < 1e-12, "{found}");
    assert_eq!(found["links"]["default_provider"], 4);
    let answer = run_in(&folder, &["lca", "import", "model", "--into", "other.mwdb"]);
    assert!(answer.code == 2 && answer.remarks.contains("the database has another process with the id `generation_power`"), "{}", answer.remarks);
    write(&folder.join("odd.csv"), "a,b\n1,2\n");
    let answer = run_in(&folder, &["lca", "import", "odd.csv", "--into", "other.mwdb"]);
    assert!(answer.code == 2 && answer.remarks.contains("error[minewheel::lca::import]"), "{}", answer.remarks);
}

#[test]
fn two_demands_are_compared_on_the_same_draws() {
    let folder = imported("compare-demands");
    let question = ["lca", "compare", "model.mwdb", "--demand", "steelmaking_steel=1", "--demand", "steelmaking_steel=1.01", "--method", "climate"];
    let text = data(&folder, &question);
    assert!(text.lines().all(|l| l.chars().count() <= 80), "{text}");
    insta::assert_snapshot!("compare-table", text);
    let found = json(&folder, &question);
    let pair = &found["categories"][0]["pairs"][0];
    // One per cent more of the same thing is one per cent worse in every draw, though the intervals of the two overlap.
    assert_eq!((pair["draws"]["share_lower"].as_f64(), pair["draws"]["is_clear"].as_bool()), (Some(1.0), Some(true)));
    let [first, second] = [0, 1].map(|at| &found["categories"][0]["scores"][at]);
    assert!(first["p95"].as_f64() > second["p5"].as_f64());
    let named: f64 = pair["contributors"].as_array().unwrap().iter().map(|c| c["difference"].as_f64().unwrap()).sum();
    assert!((named + pair["other"].as_f64().unwrap() - pair["difference"].as_f64().unwrap()).abs() < 1e-12);
    assert_eq!(json(&folder, &question), found);
}

#[test]
fn two_databases_are_compared_by_what_their_entries_are() {
    let folder = imported("compare-databases");
    let same = json(&folder, &["lca", "compare", "model.mwdb", "model.mwdb", "--demand", "steelmaking_steel=1", "--samples", "50"]);
    assert_eq!(same["categories"].as_array().unwrap().len(), 2);
    for category in same["categories"].as_array().unwrap() {
        let draws = &category["pairs"][0]["draws"];
        assert_eq!((draws["p2_5"].as_f64(), draws["p97_5"].as_f64(), draws["share_lower"].as_f64()), (Some(0.0), Some(0.0), Some(0.5)));
    }
    let other = json(&folder, &["lca", "compare", "model.mwdb", "other.mwdb", "--demand", "generation_power=1", "--method", "climate"]);
    let (pair, scores) = (&other["categories"][0]["pairs"][0], &other["categories"][0]["scores"]);
    assert!((pair["relative"].as_f64().unwrap() + 0.5).abs() < 0.01, "{pair}");
    // The spread of power is the same factor in both, so the first is half the second in every draw.
    assert_eq!(pair["draws"]["share_lower"], 1.0);
    let width = |of: &serde_json::Value| of["p95"].as_f64().unwrap() - of["p5"].as_f64().unwrap();
    assert!(width(&pair["draws"]) < 0.6 * width(&scores[1]), "{pair} {scores}");
    assert_eq!(pair["contributors"][0]["id"], "generation_power");
}

#[test]
fn a_comparison_of_one_thing_is_refused() {
    let folder = imported("compare-refused");
    for (arguments, word) in [
        (vec!["model.mwdb", "--demand", "generation_power=1"], "--demand is given 1 times, wanted two or more"),
        (vec!["model.mwdb", "other.mwdb", "model.mwdb", "--demand", "a=1", "--demand", "b=1"], "wanted one for all 3 databases, or 3"),
        (vec!["model.mwdb", "other.mwdb", "--demand", "generation_power=1", "--method", "climat"], "`climat` is not a method"),
        (
            vec!["model.mwdb", "--demand", "generation_power=1", "--demand", "generation_powr=1"],
            "no process has the id or the name `generation_powr`",
        ),
    ] {
        let answer = run_in(&folder, &[&["lca", "compare"], arguments.as_slice()].concat());
        assert!(answer.code == 2 && answer.remarks.contains(word) && answer.data.is_empty(), "{}", answer.remarks);
    }
}

#[test]
fn the_spread_of_a_result_is_laid_to_its_exchanges() {
    let folder = imported("compare-sensitivity");
    let question = ["lca", "sensitivity", "model.mwdb", "--demand", "steelmaking_steel=1", "--method", "climate", "--top", "2", "--samples", "2000"];
    let found = json(&folder, &question);
    let rows = found["rows"].as_array().unwrap();
    // The emission of power (deviation 0.2 of 0.2 kg) moves most; next the power that the dump takes.
    assert_eq!((rows[0]["process"].as_str(), rows[0]["flow"].as_str()), (Some("generation | power, CN"), Some("Carbon dioxide (air/urban)")));
    let first = |row: &serde_json::Value| row["sobol"]["first"].as_f64().unwrap();
    assert!(first(&rows[0]) > 0.8 && (first(&rows[0]) - rows[0]["local_share"].as_f64().unwrap()).abs() < 0.1, "{found}");
    assert!(rows[1]["sobol"]["total"].as_f64().unwrap() < 0.1 && found["others"]["total"].as_f64().unwrap() < 0.1, "{found}");
    let text = data(&folder, &question);
    assert!(text.contains("share of the variance by") && text.contains("all others"), "{text}");
    let answer = run_in(&folder, &["lca", "sensitivity", "model.mwdb", "--demand", "steelmaking_steel=1", "--method", "climate", "--top", "0"]);
    assert!(answer.code == 2 && answer.remarks.contains("--top is 0"), "{}", answer.remarks);
}

#[test]
fn a_mapping_links_what_a_package_left_open() {
    let folder = scratch("compare-mapping");
    for (file, text) in spold::model() {
        if file != "dump.spold" {
            write(
                &folder.join("part").join(&file),
                text.replace("activityLinkId=\"generation\"", "").replace("intermediateExchangeId=\"power\"", &power_of(&file)),
            );
        }
    }
    data(&folder, &["lca", "import", "part", "--into", "part.mwdb"]);
    let listed = json(&folder, &["lca", "info", "part.mwdb", "--list-unlinked"]);
    assert_eq!(listed["unlinked"].as_array().unwrap().len(), 2, "{listed}");
    let template = data(&folder, &["lca", "info", "part.mwdb", "--mapping-template"]);
    assert!(template.starts_with("kind,from,to,factor,note\n") && template.contains("flow,power-old,power,1,"), "{template}");
    write(&folder.join("map.csv"), template);
    let imported = json(&folder, &["lca", "import", "part", "--into", "mapped.mwdb", "--mapping", "map.csv"]);
    assert_eq!(imported["mapped"]["exchanges"], 1, "{imported}");
    let solved = json(&folder, &["lca", "info", "mapped.mwdb", "--list-unlinked"]);
    assert_eq!(solved["unlinked"].as_array().unwrap().len(), 1, "{solved}");
    write(&folder.join("map.csv"), "kind,from,to\nflow,power-old,pwer\n");
    let answer = run_in(&folder, &["lca", "import", "part", "--into", "other.mwdb", "--mapping", "map.csv"]);
    assert!(
        answer.code == 2 && answer.remarks.contains("error[minewheel::lca::mapping]") && answer.remarks.contains("no flow `pwer`"),
        "{}",
        answer.remarks
    );
}

/// The steelworks calls its power by an id of its own.
fn power_of(file: &str) -> String {
    format!("intermediateExchangeId=\"{}\"", if file == "steel.spold" { "power-old" } else { "power" })
}
