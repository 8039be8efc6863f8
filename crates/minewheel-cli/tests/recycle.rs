//! `minewheel recycle` and recycled content, as a user asks for them.

mod program;

use std::fmt::Write as _;

use program::{data_of, json_of, run, run_in, scratch, write};

#[test]
fn a_phosphate_pack_by_one_route() {
    insta::assert_snapshot!(data_of(&["recycle", "--chemistry", "lfp", "--energy-kwh", "60", "--no-interval"]));
}

#[test]
fn a_nickel_pack_by_all_routes() {
    insta::assert_snapshot!(data_of(&["recycle", "--chemistry", "nmc811", "--energy-kwh", "60", "--compare", "--country", "DE", "--no-interval"]));
}

#[test]
fn the_keys_of_the_output() {
    let report = json_of(&["recycle", "vw-id3-58", "--samples", "20", "--second-life"]);
    let keys = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>().join("\n");
    let route = &report["routes"][0];
    let shown = format!(
        "report\n{}\n\nroute\n{}\n\nelement\n{}\n\nproduct\n{}\n\ninput\n{}\n\ntarget\n{}\n\ncontent\n{}\n\nsecond life\n{}",
        keys(&report),
        keys(route),
        keys(&route["elements"][0]),
        keys(&route["products"][0]),
        keys(&route["inputs"][0]),
        keys(&route["targets"][0]),
        keys(&route["recycled_content"][0]),
        keys(&report["second_life"]),
    );
    insta::assert_snapshot!(shown);
    let net = &route["climate"]["net"];
    assert!(net["p5"].as_f64().unwrap() < net["p95"].as_f64().unwrap());
    let schema: serde_json::Value = serde_json::from_str(&data_of(&["schema", "recycle"])).unwrap();
    for key in report.as_object().unwrap().keys() {
        assert!(schema["properties"].get(key).is_some(), "`{key}` is in no schema");
    }
}

#[test]
fn csv_has_the_figures_of_every_route() {
    let data = data_of(&["recycle", "--chemistry", "nmc622", "--energy-kwh", "60", "--compare", "--no-interval", "--format", "csv"]);
    assert!(data.starts_with("route,kind,name,what,value\n"));
    for route in ["hydro", "pyro", "direct"] {
        assert!(data.contains(&format!("{route},figure,net kg CO2e,value,")), "{route}");
    }
}

#[test]
fn a_car_with_recycled_cells_is_lighter_on_the_climate() {
    let folder = scratch("recycled-cells");
    let car = |share: &str| {
        format!(
            "[car]\nid = \"x\"\npowertrain = \"bev\"\nkerb_mass_kg = 1700\nmade_in = \"CN\"\n[car.road_load]\ncd = 0.28\nfrontal_area_m2 = 2.2\n\
             crr = 0.009\n[battery]\nchemistry = \"nmc811\"\ngross_energy_kwh = 60.0\n{share}[motor]\ntopology = \"ipm\"\npeak_power_kw = 120\n"
        )
    };
    let shares = "recycled_cobalt_share = 0.16\nrecycled_lithium_share = 0.06\nrecycled_nickel_share = 0.06\n";
    write(&folder.join("plain.toml"), car(""));
    write(&folder.join("content.toml"), car(shares));
    write(&folder.join("percent.toml"), car("recycled_cobalt_share = 16\n"));
    write(&folder.join("typo.toml"), car("recycled_colbalt_share = 0.16\n"));
    let kg = |file: &str| {
        let answer = run_in(&folder, &["assess", file, "--no-interval", "--format", "json"]);
        assert_eq!(answer.code, 0, "{}", answer.remarks);
        let read: serde_json::Value = serde_json::from_str(&answer.data).unwrap();
        read[0]["battery_climate_kg_per_kwh"]["value"].as_f64().unwrap()
    };
    assert!(kg("content.toml") < kg("plain.toml"));
    for file in ["percent.toml", "typo.toml"] {
        let answer = run_in(&folder, &["assess", file, "--no-interval"]);
        assert_eq!(answer.code, 2);
        insta::assert_snapshot!(format!("recycled-content-{}", file.trim_end_matches(".toml")), answer.remarks);
    }
}

/// Runs that must be refused as bad input, all in one list.
#[test]
fn mistakes_are_named() {
    let wrong: [&[&str]; 8] = [
        &["recycle", "--chemistry", "nmc81", "--energy-kwh", "60"],
        &["recycle", "--chemistry", "lfp", "--energy-kwh", "-60"],
        &["recycle", "--chemistry", "lfp", "--energy-kwh", "60000"],
        &["recycle", "vw-id3-85"],
        &["recycle", "vw-golf-15tsi"],
        &["recycle", "vw-id3-58", "--country", "Germany"],
        &["recycle", "vw-id3-58", "--year", "1812"],
        &["recycle", "vw-id3-58", "--samples", "0"],
    ];
    let mut shown = String::new();
    for arguments in wrong {
        let answer = run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.remarks);
        assert!(answer.data.is_empty() && answer.remarks.starts_with("error[") && answer.remarks.contains("\nhelp: "), "{}", answer.remarks);
        writeln!(shown, "$ minewheel {}\n{}", arguments.join(" "), answer.remarks).unwrap();
    }
    insta::assert_snapshot!(shown);
    for arguments in [
        &["recycle"][..],
        &["recycle", "--energy-kwh", "60"],
        &["recycle", "vw-id3-58", "--route", "hyrdo"],
        &["recycle", "vw-id3-58", "--feed", "eof"],
    ] {
        let answer = run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}");
        assert!(answer.data.is_empty() && answer.remarks.contains("error:"), "{}", answer.remarks);
    }
}
