//! `suppliers`: a folder in, a sum, a plan and requests out; faults named with file and line.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the test writes what a user would, and fails by panicking")]

mod program;

use std::path::{Path, PathBuf};

use program::{repository, run_in, scratch, write};
use serde_json::Value;

fn chain() -> PathBuf {
    repository().join("examples").join("12_green_chain").join("chain")
}

/// A copy of the example's chain that a test may spoil.
fn copy(name: &str) -> PathBuf {
    let folder = scratch(name);
    for file in ["programme.toml", "suppliers.csv", "supplies.csv", "measures.csv", "footprints/reported.json"] {
        write(&folder.join(file), std::fs::read_to_string(chain().join(file)).unwrap());
    }
    folder
}

fn json_in(folder: &Path, arguments: &[&str]) -> Value {
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--format", "json"]).collect();
    let answer = run_in(folder, &arguments);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    serde_json::from_str(&answer.data).unwrap()
}

fn refused(folder: &Path, snapshot: &str, arguments: &[&str]) {
    let answer = run_in(folder, arguments);
    let shown = format!("$ minewheel {}\n{}", arguments.join(" "), answer.remarks);
    assert_eq!(answer.code, 2, "{shown}");
    assert!(answer.data.is_empty() && answer.remarks.contains("\nhelp: "), "{shown}");
    insta::assert_snapshot!(snapshot, shown);
}

#[test]
fn the_examples_chain_is_what_the_command_writes() {
    let folder = scratch("suppliers-again");
    let answer = run_in(&folder, &["suppliers", "synthesise", "vw-id3-58", "--count", "220", "--seed", "1", "--write", "chain"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    for file in ["programme.toml", "suppliers.csv", "supplies.csv", "measures.csv", "footprints/reported.json"] {
        let [ours, kept] = [folder.join("chain"), chain()].map(|f| std::fs::read_to_string(f.join(file)).unwrap());
        assert!(ours == kept, "{file} differs: write it anew with `minewheel suppliers synthesise`");
    }
}

#[test]
fn requests_written_to_a_folder_are_open_until_they_are_answered() {
    let folder = copy("suppliers-requests");
    let before = json_in(&folder, &["suppliers", "status", "."]);
    let silent = before["requests"]["not-asked"].as_u64().unwrap();
    let made = json_in(&folder, &["suppliers", "request", ".", "--write", "requests"]);
    assert_eq!(made.as_array().unwrap().len() as u64, silent);
    let asked = json_in(&folder, &["suppliers", "status", "."]);
    assert_eq!(asked["requests"]["open"].as_u64().unwrap(), silent);
    assert!(json_in(&folder, &["suppliers", "request", "."]).as_array().unwrap().is_empty(), "nobody is asked twice");
    let first = &made[0];
    let urn = first["event"]["data"]["productId"][0].as_str().unwrap();
    let product = asked["suppliers"].as_array().unwrap().iter().find(|s| s["supplier"] == first["supplier"]).unwrap();
    assert_eq!(product["request"], "open");
    let footprint = serde_json::json!({"id": "a", "productIds": [urn], "pcf": {"declaredUnitOfMeasurement": "kilogram", "declaredUnitAmount": "2",
        "pcfExcludingBiogenicUptake": "3.0", "primaryDataShare": "60"}});
    let answer = serde_json::json!({"type": "org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3", "specversion": "1.0", "id": "1",
        "source": "urn:supplier", "time": "2025-02-01T00:00:00Z", "data": {"requestEventId": first["id"], "pfs": [footprint]}});
    write(&folder.join("requests/answer.json"), answer.to_string());
    let refusal = serde_json::json!({"type": "org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3", "specversion": "1.0", "id": "2",
        "source": "urn:supplier", "time": "2025-02-01T00:00:00Z", "data": {"requestEventId": made[1]["id"], "error": {"code": "NotFound", "message": "no"}}});
    write(&folder.join("requests/refusal.json"), refusal.to_string());
    let after = json_in(&folder, &["suppliers", "status", "."]);
    assert_eq!((after["requests"]["fulfilled"].as_u64(), after["requests"]["rejected"].as_u64()), (Some(1), Some(1)), "{}", after["requests"]);
    assert!(after["primary_data_share"].as_f64().unwrap() > before["primary_data_share"].as_f64().unwrap());
}

#[test]
fn a_missed_target_is_a_finding_with_the_plan_beside_it() {
    let folder = copy("suppliers-missed");
    let text = std::fs::read_to_string(folder.join("programme.toml")).unwrap();
    let head = text.split("[target]").next().unwrap();
    write(&folder.join("programme.toml"), format!("{head}[target]\n2030 = 0.9\n"));
    let answer = run_in(&folder, &["suppliers", "plan", "."]);
    assert_eq!(answer.code, 1, "{}", answer.remarks);
    assert!(answer.data.contains("no choice within the budget meets every target") && answer.remarks.contains("2030"), "{}", answer.remarks);
}

#[test]
fn typing_errors_are_answered_with_file_line_and_the_nearest_name() {
    let folder = copy("suppliers-typos");
    refused(&folder, "suppliers_unknown_supplier", &["suppliers", "plan", ".", "--without", "s2200"]);
    refused(&folder, "suppliers_count", &["suppliers", "synthesise", "vw-id3-58", "--count", "0", "--write", "x"]);
    let supplies = std::fs::read_to_string(folder.join("supplies.csv")).unwrap();
    write(
        &folder.join("supplies.csv"),
        supplies.replacen("cathode", "cathod", 1).replacen("cam-nmc622", "cam-nmc623", 2).replacen("0.0526", "1.0526", 1),
    );
    refused(&folder, "suppliers_supplies", &["suppliers", "rollup", "."]);
    write(&folder.join("supplies.csv"), &supplies);
    let suppliers = std::fs::read_to_string(folder.join("suppliers.csv")).unwrap();
    write(&folder.join("suppliers.csv"), suppliers.replacen(",CN,", ",CNN,", 1).replacen(",s207,", ",s2077,", 1));
    refused(&folder, "suppliers_suppliers", &["suppliers", "import", "."]);
    write(&folder.join("suppliers.csv"), &suppliers);
    let measures = std::fs::read_to_string(folder.join("measures.csv")).unwrap();
    write(&folder.join("measures.csv"), measures.replacen("74410", "-74410", 1));
    refused(&folder, "suppliers_investment", &["suppliers", "plan", "."]);
    write(&folder.join("measures.csv"), &measures);
    write(&folder.join("programme.toml"), std::fs::read_to_string(folder.join("programme.toml")).unwrap().replace("cars_per_year", "cars_a_year"));
    refused(&folder, "suppliers_programme", &["suppliers", "status", "."]);
}

#[test]
fn a_plan_says_why_it_counts_fewer_measures_than_the_folder_holds() {
    let (held, planned) = (json_in(&chain(), &["suppliers", "import", "."]), json_in(&chain(), &["suppliers", "plan", "."]));
    let [held, open] = [&held["measures"], &planned["measures"]].map(|m| m.as_u64().unwrap());
    assert!(open < held);
    let said = format!("of {held} measures {open} can be planned: ");
    assert!(planned["notices"].as_array().unwrap().iter().any(|n| n.as_str().unwrap().starts_with(&said)), "{}", planned["notices"]);
}
