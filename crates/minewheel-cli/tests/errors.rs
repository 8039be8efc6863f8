//! Every mistake a user can make: the message names the thing, the value seen and the value wanted; the exit code is
//! 2, the code in brackets is stable, and nothing reaches standard output.
//!
//! `INSTA_UPDATE=always cargo test -p minewheel-cli --test errors` writes the messages anew; read the diff.

mod program;

use std::path::{Path, PathBuf};

use program::{CAR, run, run_in, scratch, write};

/// Runs a command that must be refused as bad input and holds the message against its snapshot.
fn refused_in(folder: &Path, snapshot: &str, arguments: &[&str]) {
    let answer = run_in(folder, arguments);
    let shown = format!("$ minewheel {}\n{}", arguments.join(" "), answer.remarks);
    assert_eq!(answer.code, 2, "{shown}");
    assert!(answer.data.is_empty(), "{shown}");
    let code = answer.remarks.strip_prefix("error[").and_then(|rest| rest.split_once("]: ")).map(|(code, _)| code.to_owned());
    assert!(code.is_some(), "no code in {shown}");
    assert!(answer.remarks.contains("\nhelp: "), "no help in {shown}");
    insta::assert_snapshot!(snapshot, shown);
}

fn refused(snapshot: &str, arguments: &[&str]) {
    refused_in(Path::new(env!("CARGO_TARGET_TMPDIR")), snapshot, arguments);
}

/// A folder with `car.toml`, in which one text is replaced.
fn car(name: &str, from: &str, to: &str) -> PathBuf {
    assert!(from.is_empty() || CAR.contains(from));
    let folder = scratch(name);
    let text = if from.is_empty() { format!("{CAR}{to}") } else { CAR.replacen(from, to, 1) };
    write(&folder.join("car.toml"), text);
    folder
}

fn refused_car(snapshot: &str, from: &str, to: &str) {
    refused_in(&car(snapshot, from, to), snapshot, &["assess", "car.toml", "--no-interval"]);
}

#[test]
fn the_good_car_of_these_tests_is_assessed() {
    let answer = run_in(&car("good-car", "", ""), &["assess", "car.toml", "--no-interval"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
}

#[test]
fn an_unknown_car_suggests_the_nearest() {
    refused("car-misspelt", &["assess", "wulin-mini-215"]);
    refused("car-unheard-of", &["assess", "zzzzz"]);
    refused("car-search-without-match", &["cars", "zzzzz"]);
}

#[test]
fn a_key_that_is_not_known_suggests_the_nearest() {
    refused_car("key-misspelt", "gross_energy_kwh", "gros_energy_kwh");
    refused_car("section-misspelt", "[motor]", "[moter]");
    refused_car("key-twice", "kerb_mass_kg = 1500", "kerb_mass_kg = 1500\nkerb_mass_kg = 1600");
}

#[test]
fn a_number_that_no_car_has_names_its_limits() {
    refused_car("mass-negative", "1500", "-1500");
    refused_car("energy-nan", "50.0", "nan");
    refused_car("energy-infinite", "50.0", "inf");
    refused_car("energy-in-watt-hours", "50.0", "50000.0");
    refused_car("power-in-watts", "= 120", "= 120000");
    refused_car("power-as-text", "= 120", "= \"120\"");
    refused_car("power-as-list", "= 120", "= [120]");
}

#[test]
fn a_number_is_found_in_its_own_section() {
    refused_car("same-key-in-two-sections", "[motor]", "[[motor]]\npeak_power_kw = 80\n[[motor]]\nfinal_drive_ratio = 99\n[[motor]]");
    refused_car("electricity-of-plant-misspelt", "", "[plant]\nelectricity = \"renewble\"\n");
}

#[test]
fn a_word_that_is_not_known_lists_those_that_are() {
    refused_car("chemistry-misspelt", "\"lfp\"", "\"lpf\"");
    refused_car("powertrain-misspelt", "\"bev\"", "\"bevv\"");
    refused_car("topology-misspelt", "\"ipm\"", "\"imp\"");
    refused_car("place-of-cells-unknown", "\"CN\"", "\"XX\"");
    refused_car("id-empty", "\"x\"", "\"\"");
    refused_car("id-number", "\"x\"", "3");
}

#[test]
fn parts_that_the_powertrain_does_not_have_are_refused() {
    refused_car("battery-car-with-engine", "", "[engine]\nfuel = \"petrol\"\ndisplacement_l = 1.5\n");
    refused_car("petrol-car-with-battery", "\"bev\"", "\"icev-petrol\"");
}

#[test]
fn what_a_car_needs_is_named_when_it_is_missing() {
    refused_car("id-missing", "id = \"x\"\n", "");
    refused_car("battery-missing", "[battery]\nchemistry = \"lfp\"\ngross_energy_kwh = 50.0\nmade_in = \"CN\"\n", "");
    refused_car("coast-down-partial", "cd = 0.28", "a_n = 120.0\nb_n_per_m_s = 1.0");
}

#[test]
fn masses_and_energies_that_cannot_be_together_are_refused() {
    refused_car("usable-above-gross", "chemistry", "usable_energy_kwh = 60\nchemistry");
    refused_car("pack-too-light", "chemistry", "pack_mass_kg = 20\nchemistry");
    refused_car("pack-too-heavy", "chemistry", "pack_mass_kg = 2900\nchemistry");
    refused_car("car-too-light-for-its-pack", "1500", "500");
}

#[test]
fn every_fault_of_a_car_file_is_reported_at_once() {
    let folder = scratch("car-many-faults");
    write(&folder.join("car.toml"), CAR.replace("1500", "-1500").replace("0.28", "28").replace("ipm", "imp").replace("50.0", "nan"));
    refused_in(&folder, "car-many-faults", &["assess", "car.toml"]);
}

#[test]
fn a_sourcing_rule_names_products_places_and_whole_shares() {
    let rule = |snapshot: &str, rule: &str| refused_car(snapshot, "", &format!("[sourcing]\n{rule}\n"));
    rule("sourcing-product-misspelt", "lithium-carbonat = \"CN\"");
    rule("sourcing-place-unknown", "lithium-carbonate = { XQ = 1.0 }");
    rule("sourcing-ban-of-unknown-place", "lithium-carbonate = { ban = [\"XQ\"] }");
    rule("sourcing-shares-off", "lithium-carbonate = { CN = 0.5, CL = 0.4 }");
    rule("sourcing-share-negative", "lithium-carbonate = { CN = 1.5, CL = -0.5 }");
    rule("sourcing-number", "lithium-carbonate = 1");
    rule("sourcing-all-banned", "lithium-carbonate = { ban = [\"WORLD\"] }");
    rule("sourcing-without-market", "electricity-low-voltage = \"FR\"");
}

#[test]
fn a_file_that_is_no_car_is_named() {
    let folder = scratch("no-car");
    write(&folder.join("not.toml"), "[car\nid=");
    write(&folder.join("empty.toml"), "");
    write(&folder.join("binary.toml"), [0xff, 0xfe, 0x00, 0x81]);
    write(&folder.join("folder.toml/x"), "");
    for name in ["not", "empty", "binary", "folder", "missing"] {
        refused_in(&folder, &format!("car-file-{name}"), &["assess", &format!("{name}.toml")]);
    }
}

#[test]
fn a_place_or_year_without_data_is_named() {
    refused("place-unknown", &["assess", "vw-id3-58", "--country", "ZZ"]);
    refused("place-usual-name", &["assess", "vw-id3-58", "--country", "UK"]);
    refused("place-beginning-of-a-name", &["assess", "vw-id3-58", "--country", "GER"]);
    refused("place-in-lower-case", &["assess", "vw-id3-58", "--country", "cn"]);
    refused("province-unknown", &["assess", "vw-id3-58", "--country", "CN-XX"]);
    refused("year-too-early", &["assess", "vw-id3-58", "--year", "1800"]);
    refused("year-too-late", &["assess", "vw-id3-58", "--country", "DE", "--year", "2100"]);
    refused("year-before-the-first", &["explain", "vw-id3-58", "--country", "CN-YN", "--year", "2000"]);
}

#[test]
fn an_option_that_cannot_be_names_what_can() {
    refused("samples-nought", &["assess", "vw-id3-58", "--samples", "0"]);
    refused("samples-negative", &["assess", "vw-id3-58", "--samples", "-5"]);
    refused("distance-too-short", &["assess", "vw-id3-58", "--km", "1"]);
    refused("distance-nan", &["assess", "vw-id3-58", "--km", "nan"]);
    refused("ambient-too-hot", &["drive", "vw-id3-58", "--ambient-c", "300"]);
    refused("method-unknown", &["assess", "vw-id3-58", "--method", "ar7"]);
    refused("cut-above-all", &["explain", "vw-id3-58", "--cut", "101"]);
    refused("stage-unknown", &["explain", "vw-id3-58", "--stage", "batery"]);
    refused("figure-unknown", &["explain", "vw-id3-58", "--of", "unobtainium"]);
    refused("schema-unknown", &["schema", "carr"]);
    refused("case-misspelt", &["case", "run", "production-40-per-cent"]);
}

/// Words that the argument parser itself refuses; it has its own form of message.
#[test]
fn arguments_that_do_not_parse_end_with_2_and_no_data() {
    for arguments in [
        &["assess"][..],
        &["asess", "vw-id3-58"],
        &["assess", "vw-id3-58", "--samples", "many"],
        &["assess", "vw-id3-58", "--preset", "cutoff"],
        &["assess", "vw-id3-58", "--samples", "5", "--no-interval"],
        &["completions", "bashh"],
        &["cars", "--format", "xml"],
    ] {
        let answer = run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}");
        assert!(answer.data.is_empty() && answer.remarks.starts_with("error: "), "{arguments:?}: {}", answer.remarks);
    }
}

#[test]
fn a_cycle_with_faults_names_its_lines() {
    refused("cycle-unknown", &["drive", "vw-id3-58", "--cycle", "wltc4"]);
    refused("cycle-file-missing", &["drive", "vw-id3-58", "--cycle", "nofile.csv"]);
    let folder = scratch("cycles");
    for (name, rows) in [
        ("gap", "0,0\n1,5\n2,8\n9,9\n10,0\n"),
        ("reversed-time", "0,0\n1,5\n0.5,8\n2,0\n"),
        ("negative-speed", "0,0\n1,-5\n2,8\n3,0\n"),
        ("too-short", "0,0\n"),
        ("standstill", "0,0\n1,0\n2,0\n"),
        ("no-number", "0,0\n1,nan\n2,8\n3,abc\n"),
        ("too-fast", "0,0\n1,500\n2,8\n"),
        ("ragged", "0,0\n1\n2,8\n"),
    ] {
        write(&folder.join(format!("{name}.csv")), format!("time_s,speed_km_h\n{rows}"));
        refused_in(&folder, &format!("cycle-{name}"), &["drive", "vw-id3-58", "--cycle", &format!("{name}.csv")]);
    }
    write(&folder.join("no-header.csv"), "0,0\n1,5\n2,8\n");
    refused_in(&folder, "cycle-no-header", &["drive", "vw-id3-58", "--cycle", "no-header.csv"]);
}

const SHARES: &str = "product_id,place,year,share,source,locator,status,note\n";
const EXCHANGES: &str = "process_id,direction,flow_id,place,amount,unit,low,high,distribution,source,locator,status,note\n";

/// Our prices with one of lithium carbonate changed.
fn prices(row: &str) -> String {
    let ours = minewheel_data::store::Store::embedded_text("prices/prices.csv").expect("our prices are embedded");
    let from = "lithium-carbonate,price,12.1,USD/kg,,2019,11.495,12.705";
    assert!(ours.contains(from));
    ours.replacen(from, &format!("lithium-carbonate,price,{row}"), 1)
}

#[test]
fn a_table_laid_over_ours_is_held_to_the_same_rules() {
    let folder = scratch("overlays");
    for (name, table, text) in [
        ("source-unknown", "markets/mine-shares.csv", format!("{SHARES}nickel-sulfate,CN,2031,1,my-notes,p. 3,read,\n")),
        ("source-missing", "markets/mine-shares.csv", format!("{SHARES}nickel-sulfate,CN,2031,1,,p. 3,read,\n")),
        ("locator-and-note-missing", "markets/mine-shares.csv", format!("{SHARES}nickel-sulfate,CN,2031,1,assumption,,assumption,\n")),
        (
            "shares-off",
            "markets/mine-shares.csv",
            format!("{SHARES}nickel-sulfate,CN,2031,0.5,assumption,own,assumption,why\nnickel-sulfate,ID,2031,0.4,assumption,own,assumption,why\n"),
        ),
        (
            "many",
            "markets/mine-shares.csv",
            format!("{SHARES}nikel-sulfate,CN,2031,1,assumption,own,assumption,why\nnickel-sulfate,XQ,2031,1.5,assumption,own,guess,why\n"),
        ),
        ("column-unknown", "markets/mine-shares.csv", SHARES.replace("year", "yeer") + "nickel-sulfate,CN,2031,1,assumption,own,assumption,why\n"),
        ("ragged", "markets/mine-shares.csv", format!("{SHARES}nickel-sulfate,CN\n")),
        (
            "unit-wrong",
            "processes/mine-exchanges.csv",
            format!("{EXCHANGES}hard-coal-supply,emission,co2-fossil,,0.1,kWh,,,,assumption,own,assumption,why\n"),
        ),
        (
            "spread-wrong",
            "processes/mine-exchanges.csv",
            format!("{EXCHANGES}hard-coal-supply,emission,co2-fossil,FR,0.1,kg,0.2,0.3,triangular,assumption,own,assumption,why\n"),
        ),
        ("nan", "processes/mine-exchanges.csv", format!("{EXCHANGES}hard-coal-supply,input,heat,FR,nan,MJ,,,,assumption,own,assumption,why\n")),
        (
            "carbon-of-a-thousand",
            "processes/mine-exchanges.csv",
            format!("{EXCHANGES}diesel-burnt-in-car,emission,co2-fossil,,74.1,kg,,,,assumption,own,assumption,tonnes taken for kilograms\n"),
        ),
        ("price-negative", "prices/prices.csv", prices("-12.1,USD/kg,,2019,-12.7,-11.5")),
        ("price-of-a-hundred", "prices/prices.csv", prices("13100,USD/kg,,2019,12500,13700")),
        ("price-by-nothing", "prices/prices.csv", prices("12.1,kg,,2019,11.495,12.705")),
        ("name-misspelt", "price/prices.csv", "subject,property,value,unit\n".to_owned()),
        ("source-incomplete", "sources-mine.toml", "[my-notes]\ntitle = \"notes\"\n".to_owned()),
    ] {
        write(&folder.join(name).join(table), text);
        refused_in(&folder, &format!("overlay-{name}"), &["data", "check", name]);
    }
    refused_in(&folder, "overlay-in-assess", &["assess", "vw-id3-58", "--no-interval", "--data", "source-unknown"]);
    write(&folder.join("nothing/readme.txt"), "");
    refused_in(&folder, "overlay-nothing", &["data", "check", "nothing"]);
    refused_in(&folder, "overlay-nowhere", &["data", "check", "nowhere"]);
}

#[test]
fn a_good_table_laid_over_ours_is_accepted() {
    let folder = scratch("overlay-good");
    write(&folder.join("mine/markets/mine-shares.csv"), format!("{SHARES}nickel-sulfate,CN,2031,1,my-notes,p. 3,read,\n"));
    let source = "[my-notes]\ntitle = \"notes\"\nauthors = \"me\"\nyear = 2026\nlink = \"none\"\nlicence = \"own\"\ngroup = \"own\"\n";
    write(&folder.join("mine/sources-mine.toml"), source);
    let answer = run_in(&folder, &["data", "check", "mine"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
}

/// A finding about good input is not bad input: exit code 1.
#[test]
fn strict_refuses_weak_values_and_lists_what_they_carry() {
    let answer = run(&["assess", "vw-id3-58", "--no-interval", "--strict"]);
    assert_eq!(answer.code, 1, "{}", answer.remarks);
    assert!(answer.data.is_empty());
    assert!(answer.remarks.starts_with("error[minewheel::strict]: "), "{}", answer.remarks);
    assert!(answer.remarks.contains("vw-id3-58") && answer.remarks.contains(".csv:") && answer.remarks.contains("help: "), "{}", answer.remarks);
}

#[test]
fn an_alloy_refuses_more_scrap_than_its_limits_hold() {
    refused("recycled-aluminium-above-the-alloys", &["body", "vw-id3-58", "--recycled-aluminium", "0.9"]);
    refused_car("recycled-sheet-above-the-alloy", "", "[body]\nrecycled_structure_sheet_share = 0.5\naluminium_scrap = \"sorted-wrought\"\n");
}

#[test]
fn a_choice_a_supply_or_a_measure_that_is_not_known_is_named() {
    refused("door-ring-unknown", &["body", "vw-id3-58", "--door-ring", "five-pieces"]);
    refused("recycled-aluminium-per-cent", &["body", "vw-id3-58", "--recycled-aluminium", "30"]);
    refused("plant-supply-unknown", &["plant", "--electricity", "coal"]);
    refused("plant-measure-unknown", &["plant", "--measures", "heat-pump-dryng"]);
    refused("plant-volume-too-small", &["plant", "--volume", "10"]);
}

#[test]
fn a_machine_that_cannot_be_is_refused() {
    for (snapshot, arguments) in [
        ("motor-topology-unknown", &["motor", "--topology", "ipms"][..]),
        ("motor-power-negative", &["motor", "--power-kw=-5"]),
        ("motor-power-nan", &["motor", "--power-kw", "nan"]),
        ("motor-torque-impossible", &["motor", "--torque-nm", "50000"]),
        ("motor-rotor-too-long", &["motor", "--torque-nm", "4000", "--voltage", "800"]),
        ("motor-base-above-top-speed", &["motor", "--torque-nm", "60"]),
        ("motor-speed-impossible", &["motor", "--top-speed-rpm", "90000"]),
        ("motor-voltage-too-low", &["motor", "--voltage", "5"]),
        ("motor-magnet-unknown", &["motor", "--magnet", "ndfeb-x"]),
        ("motor-steel-unknown", &["motor", "--steel", "m300"]),
        ("motor-cooling-unknown", &["motor", "--cooling", "water"]),
        ("motor-inverter-unknown", &["motor", "--inverter", "gan"]),
        ("motor-picture-nowhere", &["motor", "--svg", "nowhere/map.svg"]),
        ("drive-unit-second-unknown", &["drive-unit", "--second", "axial"]),
        ("drive-unit-cycle-unknown", &["drive-unit", "--cycle", "wltc9"]),
        ("drive-unit-car-unknown", &["drive-unit", "--car", "vw-id3-85"]),
    ] {
        refused(snapshot, arguments);
    }
}
