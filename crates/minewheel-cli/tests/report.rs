//! `--report`: one page per result, with the same figures, asking nobody for anything.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "tests read the files that a user would, and fail by panicking")]

mod program;

use std::path::Path;

use program::{repository, run, run_in, scratch, write};

/// Runs a command with a report and gives back the page.
fn page(folder: &Path, arguments: &[&str]) -> String {
    let file = folder.join("page.html");
    let path = file.to_string_lossy().into_owned();
    let arguments: Vec<&str> = arguments.iter().copied().chain(["--report", &path]).collect();
    let answer = run_in(&repository(), &arguments);
    assert!(answer.code < 2, "{}", answer.remarks);
    std::fs::read_to_string(file).unwrap()
}

/// Every element that opens closes, in order.
fn assert_well_formed(page: &str) {
    const VOID: [&str; 3] = ["meta", "br", "!DOCTYPE"];
    let mut open: Vec<&str> = Vec::new();
    for part in page.split('<').skip(1) {
        let tag = part.split('>').next().unwrap();
        let name = tag.trim_start_matches('/').split([' ', '/', '\n']).next().unwrap();
        if let Some(closing) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closing), "closed out of order near `<{}`", part.chars().take(80).collect::<String>());
        } else if !VOID.contains(&name) && !tag.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
}

fn assert_self_contained(page: &str) {
    for asks in ["<script", "<link", "<img", "<iframe", " src=", "@import", "url(", "javascript:"] {
        assert!(!page.contains(asks), "{asks}");
    }
    for fault in ["NaN", ">inf<", "-inf", "\"\"\""] {
        assert!(!page.contains(fault), "{fault}");
    }
}

const COMMANDS: [&[&str]; 11] = [
    &["assess", "wuling-mini-215", "vw-golf-15tsi", "--country", "CN", "--samples", "20"],
    &["assess", "vw-id3-58", "--no-interval"],
    &["supply", "vw-id3-58", "--for", "EU27"],
    &["rules", "check", "miit-battery", "examples/08_battery_rules/company.toml"],
    &["credits", "car", "wuling-mini-215"],
    &["credits", "ledger"],
    &["credits", "market"],
    &["fleet", "run", "examples/11_fleet/china.toml"],
    &["fleet", "run", "examples/11_fleet/regions.toml"],
    &["suppliers", "rollup", "examples/12_green_chain/chain"],
    &["suppliers", "plan", "examples/12_green_chain/chain"],
];

#[test]
fn every_report_is_well_formed_stands_alone_and_says_how_to_get_it_again() {
    let folder = scratch("reports");
    for arguments in COMMANDS {
        let page = page(&folder, arguments);
        assert_well_formed(&page);
        assert_self_contained(&page);
        assert!(page.contains("<svg") || arguments[1] == "car", "{arguments:?} draws nothing");
        let again = format!("minewheel {}", arguments.join(" "));
        assert!(page.contains(&again), "{arguments:?}");
        assert!(page.contains("id=\"sources\"") && page.contains("id=\"run\""));
    }
}

#[test]
fn a_report_holds_the_figures_of_the_table() {
    let folder = scratch("report-figures");
    let file = folder.join("cars.html").to_string_lossy().into_owned();
    let answer = run(&["assess", "wuling-mini-215", "vw-golf-15tsi", "--country", "CN", "--samples", "50", "--report", &file]);
    let page = std::fs::read_to_string(&file).unwrap();
    for label in ["production, t CO2e", "life, g CO2e/km", "battery, kg CO2e/kWh"] {
        let line = answer.data.lines().find(|l| l.starts_with(label)).unwrap();
        let figures: Vec<&str> = line[label.len()..].split("  ").map(str::trim).filter(|f| !f.is_empty() && *f != "–").collect();
        assert!(!figures.is_empty(), "{line}");
        for figure in figures {
            assert!(page.contains(&format!(">{figure}<")), "{label}: {figure}");
        }
    }
}

#[test]
fn a_report_of_several_places_holds_each_of_them_and_the_sum() {
    let folder = scratch("report-places");
    let page = page(&folder, &["fleet", "run", "examples/11_fleet/regions.toml"]);
    let answer = run_in(&repository(), &["fleet", "run", "examples/11_fleet/regions.toml", "--format", "json"]);
    let found: serde_json::Value = serde_json::from_str(&answer.data).unwrap();
    let places = found["regions"].as_array().unwrap();
    assert!(places.len() > 1);
    for report in places.iter().chain([&found]) {
        let place = report["place"].as_str().unwrap();
        let line = report["years"].as_array().unwrap().last().unwrap();
        let shown = minewheel_report::figure::figure(line["stock"].as_f64().unwrap());
        assert!(page.contains(place), "{place}");
        assert!(page.contains(&format!(">{shown}<")), "{place}: {shown}");
    }
    for place in places {
        let heading = format!(">{}</h2>", place["place"].as_str().unwrap());
        assert_eq!(page.matches(&heading).count(), 1, "{heading}");
    }
}

#[test]
fn a_name_with_signs_of_markup_is_text() {
    let folder = scratch("report-escape");
    write(
        &folder.join("car.toml"),
        "[car]\nid = \"odd\"\nname = \"<b>A & \\\"B\\\"</b>\"\npowertrain = \"bev\"\n[battery]\nchemistry = \"lfp\"\ngross_energy_kwh = 30.0\n",
    );
    let file = folder.join("odd.html").to_string_lossy().into_owned();
    let answer = run_in(&folder, &["assess", "car.toml", "--no-interval", "--report", &file]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    let page = std::fs::read_to_string(&file).unwrap();
    assert!(!page.contains("<b>") && page.contains("&lt;b&gt;A &amp; "));
    assert_well_formed(&page);
}

#[test]
fn a_report_that_cannot_be_written_is_an_error_that_names_the_file() {
    let answer = run(&["assess", "vw-id3-58", "--no-interval", "--report", "no/such/folder/x.html"]);
    assert_eq!(answer.code, 2);
    assert!(answer.remarks.contains("no/such/folder/x.html"), "{}", answer.remarks);
}
