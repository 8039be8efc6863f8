//! Questions that have no answer, or only part of one: the program says so by name, and prints no number that stands for nothing.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod program;

use program::{CAR, data_of, json_of, run, run_in, scratch, write};
use serde_json::Value;

/// The message of a run that must be refused.
fn refusal(arguments: &[&str]) -> String {
    let answer = run(arguments);
    let shown = format!("$ minewheel {}\n{}{}", arguments.join(" "), answer.data, answer.remarks);
    assert_eq!(answer.code, 2, "{shown}");
    assert!(answer.data.is_empty(), "{shown}");
    answer.remarks
}

fn refused(arguments: &[&str], wanted: &[&str]) {
    let message = refusal(arguments);
    for text in wanted {
        assert!(message.contains(text), "`{text}` in: $ minewheel {}\n{message}", arguments.join(" "));
    }
}

/// Data and remarks of a run that must end well.
fn answered(arguments: &[&str]) -> (String, String) {
    let answer = run(arguments);
    assert_eq!(answer.code, 0, "minewheel {}: {}", arguments.join(" "), answer.remarks);
    (answer.data, answer.remarks)
}

#[test]
fn a_year_without_a_grid_is_refused_by_every_command() {
    for arguments in [
        &["assess", "vw-id3-58", "--no-interval"][..],
        &["battery", "--chemistry", "lfp", "--samples", "0"],
        &["age", "--car", "vw-id3-58", "--samples", "0"],
        &["passport", "vw-id3-58"],
        &["motor"],
        &["drive-unit"],
        &["plant"],
        &["recycle", "--chemistry", "lfp", "--no-interval"],
    ] {
        let asked: Vec<&str> = arguments.iter().copied().chain(["--year", "1990"]).collect();
        refused(&asked, &["minewheel::electricity::no_mix", "in 1990; years with data: 2019"]);
    }
}

#[test]
fn a_pack_of_a_year_without_prices_says_which_hold() {
    let pack =
        |year: &str| answered(&["battery", "--chemistry", "lfp", "--energy-kwh", "60", "--samples", "0", "--year", year, "--format", "json"]).0;
    let of = |year: &str| -> Value { serde_json::from_str(&pack(year)).unwrap() };
    let (known, later) = (of("2025"), of("2030"));
    let notice = |answer: &Value| answer["notices"].as_array().unwrap().iter().any(|n| n.as_str().unwrap().starts_with("no prices are known for"));
    assert!(!notice(&known) && notice(&later), "{} {}", known["notices"], later["notices"]);
    assert_eq!(known["price_years"], later["price_years"]);
    assert!(known["price_years"]["materials"].as_array().unwrap().contains(&Value::from(2025)), "{}", known["price_years"]);
    let given = answered(&["battery", "--chemistry", "lfp", "--energy-kwh", "60", "--samples", "0", "--year", "2030"]).1;
    assert!(given.contains("no prices are known for 2030"), "{given}");
}

#[test]
fn a_trace_that_was_not_driven_gives_no_range() {
    for (options, why) in
        [(&["--soc", "0.02"][..], "could not follow"), (&["--soc", "0"], "could not follow"), (&["--slope", "-0.1"], "takes nothing")]
    {
        let asked: Vec<&str> = ["drive", "vw-id3-58"].into_iter().chain(options.iter().copied()).collect();
        let json = &json_of(&asked)[0];
        assert!(json["range_km"].is_null(), "{json}");
        assert_eq!(json["wall_wh_per_km"].is_null(), why == "could not follow", "{json}");
        assert!(json["notices"][0].as_str().unwrap().contains(why), "{json}");
        let (data, remarks) = answered(&asked);
        assert!(data.lines().last().unwrap().contains('–') && remarks.contains(why), "{data}{remarks}");
    }
    // A city car falls behind for a few per cent of a faster class of WLTC, and has a range all the same.
    let slow = &json_of(&["drive", "wuling-mini-120", "--cycle", "wltc3b"])[0];
    assert!(slow["missed_trace_s"].as_f64().unwrap() > 10.0 && slow["range_km"].as_f64().unwrap() > 50.0, "{slow}");
    assert!(slow["notices"][0].as_str().unwrap().contains("falls behind"), "{slow}");
}

#[test]
fn a_car_without_power_stands_and_a_car_without_a_limiter_has_only_a_bound() {
    let (data, remarks) = answered(&["performance", "vw-id3-58", "--soc", "0"]);
    assert!(!data.contains("0.0000") && remarks.contains("it stands"), "{data}{remarks}");
    assert_eq!(json_of(&["performance", "vw-id3-58", "--soc", "0"])[0]["top_speed_km_h"], 0.0);
    let folder = scratch("no-limiter");
    write(&folder.join("car.toml"), CAR);
    let answer = run_in(&folder, &["performance", "car.toml"]);
    let row = answer.data.lines().find(|l| l.starts_with('x')).unwrap_or_else(|| panic!("{}{}", answer.data, answer.remarks));
    // car, three sprints, top speed.
    assert_eq!(row.split_whitespace().nth(4), Some("–"), "{row}");
    assert!(answer.remarks.contains("no limiter of `x` is known"), "{}", answer.remarks);
    assert!(answered(&["performance", "vw-id3-58"]).1.is_empty());
}

#[test]
fn a_trip_begins_above_its_reserve() {
    refused(&["trip", "vw-id3-58", "--km", "300", "--start", "5"], &["--start is 5, wanted at least the reserve, 10 per cent"]);
}

#[test]
fn the_energy_of_a_pack_has_the_bounds_of_car_files_and_a_default_that_is_named() {
    for command in ["battery", "recycle"] {
        refused(&[command, "--chemistry", "lfp", "--energy-kwh", "60000"], &["--energy-kwh is 60000, wanted 0.3 to 300 kWh", "watt-hours"]);
        let few: &[&str] = if command == "battery" { &["--samples", "0"] } else { &["--no-interval"] };
        let asked: Vec<&str> = [command, "--chemistry", "lfp"].into_iter().chain(few.iter().copied()).collect();
        let (data, remarks) = answered(&asked);
        assert!(data.contains("60") && remarks.contains("a pack of 60 kWh stands in"), "{data}{remarks}");
        assert_eq!(json_of(&asked)["gross_energy_kwh"], 60.0);
    }
    let named = answered(&["battery", "vw-id3-58", "--samples", "0"]).1;
    assert!(!named.contains("stands in: "), "{named}");
}

#[test]
fn options_of_a_cell_are_refused_for_a_car_and_those_of_a_car_for_a_cell() {
    for option in [&["--soc", "0.2"][..], &["--years", "3"], &["--temperature-c", "45"], &["--step-h", "1"]] {
        let asked: Vec<&str> = ["age", "--car", "vw-id3-58"].into_iter().chain(option.iter().copied()).collect();
        refused(&asked, &["cannot be used with", option[0]]);
    }
    for option in [&["--year", "2024"][..], &["--samples", "10"], &["--seed", "2"]] {
        let asked: Vec<&str> = ["age", "--cell", "nmc622", "--soc", "0.5"].into_iter().chain(option.iter().copied()).collect();
        refused(&asked, &["cannot be used with", option[0]]);
    }
}

#[test]
fn a_car_that_contradicts_itself_is_refused() {
    let motor = |axle: &str| format!("[[motor]]\naxle = \"{axle}\"\npeak_power_kw = 60\n");
    let motors = |driven: &str, first: &str, second: &str| {
        let head = CAR.replace("[car.road_load]", &format!("driven_wheels = \"{driven}\"\n[car.road_load]"));
        head.split_once("[motor]").unwrap().0.to_owned() + &motor(first) + &motor(second)
    };
    let usable = |kwh: &str| CAR.replace("gross_energy_kwh = 50.0", &format!("gross_energy_kwh = 50.0\nusable_energy_kwh = {kwh}"));
    let folder = scratch("contradictions");
    let driven = |text: &str| {
        write(&folder.join("car.toml"), text);
        run_in(&folder, &["drive", "car.toml"])
    };
    for (text, wanted) in [
        (motors("all", "rear", "rear"), "`car.driven_wheels` is all, but every motor is on the rear axle"),
        (motors("front", "front", "rear"), "`car.driven_wheels` is front, but a motor drives the rear axle"),
        (motors("rear", "front", "rear"), "`car.driven_wheels` is rear, but a motor drives the front axle"),
        (usable("4.2"), "`battery.usable_energy_kwh` is 4.2, outside 25..=50"),
        (format!("{CAR}[use]\nutility_factor = 0.4\n"), "`use.utility_factor` is 0.4, but the powertrain is bev"),
        (
            "[car]\nid = \"oil\"\npowertrain = \"icev-diesel\"\n[engine]\nfuel = \"petrol\"\npeak_power_kw = 90\n".to_owned(),
            "`engine.fuel` is petrol, but the powertrain is icev-diesel",
        ),
    ] {
        let answer = driven(&text);
        assert!(answer.code == 2 && answer.remarks.contains(wanted), "{wanted}\n{}", answer.remarks);
    }
    for text in [motors("all", "front", "rear"), motors("rear", "rear", "rear"), usable("46.0"), CAR.to_owned()] {
        let answer = driven(&text);
        assert_eq!(answer.code, 0, "{text}{}", answer.remarks);
    }
}

#[test]
fn a_comparison_of_machines_shows_those_that_can_be_built() {
    let fast = ["motor", "--compare", "--top-speed-rpm", "20000"];
    let (data, remarks) = answered(&fast);
    assert!(data.contains("induction") && !data.contains("srm") && remarks.contains("srm is left out: no srm machine"), "{data}{remarks}");
    let kinds = json_of(&fast);
    assert!(kinds.as_array().unwrap().iter().all(|m| m["notices"][0].as_str().unwrap().starts_with("srm is left out")), "{kinds}");
    assert!(kinds.as_array().unwrap().iter().all(|m| m["is_pareto"].is_boolean()));
    let alone = &json_of(&["motor"])[0];
    assert!(alone["is_pareto"].is_null() && alone.get("notices").is_none());
    refused(&["motor", "--topology", "srm", "--top-speed-rpm", "20000"], &["no srm machine of 150 kW"]);
}

#[test]
fn a_machine_out_of_bounds_is_told_in_the_units_of_the_options() {
    for (options, wanted) in [
        (&["--power-kw", "-5"][..], "--power-kw is -5, wanted 1 to 1000 kW"),
        (&["--power-kw", "150000"], "was it given in watts?"),
        (&["--top-speed-rpm", "100"], "--top-speed-rpm is 100, wanted 500 to 38000 rpm"),
        (&["--top-speed-rpm", "600"], "--top-speed-rpm is 600, wanted a speed at which 150 kW take"),
        (&["--torque-nm", "5"], "--torque-nm is 5, wanted at least 91.4 Nm: with less, 150 kW lie above 16\u{a0}000 rpm"),
        (&["--torque-nm", "-5"], "--torque-nm is -5, wanted 1 to 5000 Nm"),
        (&["--voltage", "-5"], "--voltage is -5, wanted 40 to 1500 V"),
        (&["--magnet", "n52"], "help: give one of the names listed"),
    ] {
        let asked: Vec<&str> = ["motor"].into_iter().chain(options.iter().copied()).collect();
        refused(&asked, &[wanted]);
    }
    refused(&["drive", "vw-id3-58", "--payload-kg", "-200"], &["--payload-kg is -200, wanted 0 to 2000 kg"]);
}

#[test]
fn a_car_of_the_wrong_kind_is_named_with_what_is_wanted() {
    refused(&["tco", "vw-golf-15tsi", "vw-id3-58"], &["car `vw-golf-15tsi` is icev-petrol, wanted a battery car first"]);
    refused(&["tco", "vw-id3-58", "fiat-500e-42"], &["car `fiat-500e-42` is bev, wanted a car with an engine"]);
    for arguments in [&["battery", "vw-golf-15tsi"][..], &["recycle", "vw-golf-15tsi"], &["age", "--car", "vw-golf-15tsi"]] {
        refused(arguments, &["car `vw-golf-15tsi` has no traction battery", "`minewheel cars`"]);
    }
    // The car that cannot be charged is named, whatever stands beside it.
    refused(&["charge", "vw-id3-58", "wuling-mini-120"], &["car `wuling-mini-120` gives no DC power"]);
}

#[test]
fn the_beginning_of_one_name_suggests_it() {
    refused(&["assess", "vw-id3"], &["did you mean `vw-id3-58`?"]);
    refused(&["assess", "vw-golf"], &["ids that begin so: vw-golf-15tsi, vw-golf-20tdi"]);
}

#[test]
fn one_draw_is_no_interval() {
    for arguments in
        [&["assess", "vw-id3-58"][..], &["battery", "--chemistry", "lfp"], &["age", "--car", "vw-id3-58"], &["recycle", "--chemistry", "lfp"]]
    {
        let asked: Vec<&str> = arguments.iter().copied().chain(["--samples", "1"]).collect();
        refused(&asked, &["--samples is 1, wanted"]);
    }
}

#[test]
fn a_plug_in_hybrid_says_what_its_consumptions_are_per() {
    let asked = ["assess", "byd-qin-plus-dmi", "vw-id3-58", "--no-interval"];
    let text = data_of(&asked);
    assert!(text.contains("driven electrically, %") && text.contains("kWh per 100 km driven electrically"), "{text}");
    let share = json_of(&asked)[0]["electric_share"].as_f64().unwrap();
    let line = text.lines().find(|l| l.starts_with("driven electrically")).unwrap();
    let shown: f64 = line.split_whitespace().nth(3).unwrap().parse().unwrap();
    assert!((shown - 100.0 * share).abs() < 0.1, "{line} {share}");
    assert!(!data_of(&["assess", "vw-id3-58", "--no-interval"]).contains("driven electrically"));
}

#[test]
fn costs_of_owning_say_which_consumption_they_pay() {
    let pair = ["tco", "vw-id3-58", "vw-golf-15tsi", "--countries", "DE"];
    assert!(data_of(&pair).replace("\n  ", " ").contains("for the consumption measured in traffic"));
    let official: Vec<&str> = pair.iter().copied().chain(["--use", "official"]).collect();
    assert!(data_of(&official).replace("\n  ", " ").contains("for the consumption of the test"));
    let (real, test) = (json_of(&pair), json_of(&official));
    assert_eq!((real[0]["use_basis"].as_str(), test[0]["use_basis"].as_str()), (Some("real-world"), Some("official")));
    let fuel = |answer: &Value| answer[0]["years"][0]["fuel_usd_per_km"].as_f64().unwrap();
    assert!(fuel(&real) > fuel(&test));
}

#[test]
fn strict_tells_weakest_links_from_values_that_carry_much() {
    let answer = run(&["assess", "vw-id3-58", "--country", "DE", "--no-interval", "--strict"]);
    assert_eq!(answer.code, 1);
    assert!(answer.remarks.contains("a part with both counts as assumption") && answer.remarks.contains("together or apart"), "{}", answer.remarks);
}

#[test]
fn what_is_not_contradicted_is_not_thereby_true() {
    assert_eq!(json_of(&["case", "run", "door-ring-4-kg"])["verdict"], "not-decidable");
}

#[test]
fn tables_of_bodies_and_units_are_printed_in_the_style_of_the_house() {
    let text = data_of(&["body", "vw-id3-58"]);
    let joints = text.lines().find(|l| l.starts_with("joints")).unwrap();
    assert!(joints.ends_with("4\u{a0}369"), "{joints}");
    let castings = text.lines().find(|l| l.starts_with("underbody-castings")).unwrap();
    assert_eq!(castings.split_whitespace().nth(1), Some("<1"), "{castings}");
    let twin = data_of(&["case", "run", "two-motors-one-unit"]);
    assert!(twin.contains("induction") && !twin.contains("% off"), "{twin}");
}

#[test]
fn a_small_pack_makes_no_clean_car() {
    let folder = scratch("small-packs");
    let plug_in = |kwh: &str| {
        let engine =
            "[engine]\nfuel = \"petrol\"\ndisplacement_l = 1.5\npeak_power_kw = 80\ncertified_l_per_100km = 5.0\ncertified_cycle = \"wltp\"\n";
        format!("[car]\nid = \"x\"\npowertrain = \"phev\"\nkerb_mass_kg = 1500\n[battery]\nchemistry = \"lfp\"\ngross_energy_kwh = {kwh}\n{engine}")
    };
    let assessed = |kwh: &str| {
        write(&folder.join("car.toml"), plug_in(kwh));
        let answer = run_in(&folder, &["assess", "car.toml", "--country", "DE", "--no-interval", "--format", "json"]);
        assert_eq!(answer.code, 0, "{}", answer.remarks);
        let found: Value = serde_json::from_str(&answer.data).unwrap();
        let use_kg = found[0]["climate"]["use_kg"]["value"].as_f64().unwrap();
        (use_kg, found[0]["electric_share"].as_f64().unwrap(), found[0]["run"]["notices"].to_string())
    };
    let [large, small, tiny] = ["20", "8", "2"].map(assessed);
    assert!(large.1 > small.1 && small.1 > tiny.1 && large.1 < 1.0 && tiny.1 > 0.0, "{} {} {}", large.1, small.1, tiny.1);
    assert!(large.0 < small.0 && small.0 < tiny.0, "{} {} {}", large.0, small.0, tiny.0);
    assert!(tiny.2.contains("with the engine's help"), "{}", tiny.2);
    // A battery car that is left behind has no consumption, and so no footprint.
    write(
        &folder.join("car.toml"),
        "[car]\nid = \"x\"\npowertrain = \"bev\"\nkerb_mass_kg = 1500\n[battery]\nchemistry = \"lfp\"\ngross_energy_kwh = 3\n",
    );
    for command in [&["assess", "car.toml", "--no-interval"][..], &["range", "car.toml"]] {
        let answer = run_in(&folder, command);
        assert!(answer.code == 2 && answer.remarks.contains("could not follow"), "{command:?}: {}", answer.remarks);
    }
}

#[test]
fn options_that_move_nothing_of_a_pack_are_named() {
    let asked = ["battery", "--chemistry", "lfp", "--samples", "0", "--recycled-content", "cobalt=0.5", "--price-shock", "cobalt*9"];
    let with_places = asked.iter().copied().chain(["--stage", "nickel=KR", "--route", "nickel=hpal"]).collect::<Vec<_>>();
    let flat = answered(&with_places).1.split_whitespace().collect::<Vec<_>>().join(" ");
    let wanted = "without effect on lfp, which holds none of it: recycled cobalt, a price shock of cobalt, a route of nickel, a place of nickel";
    assert!(flat.contains(wanted), "{flat}");
    let moved = answered(&["battery", "--chemistry", "nmc811", "--samples", "0", "--price-shock", "cobalt*9"]).1;
    assert!(!moved.contains("without effect"), "{moved}");
}

#[test]
fn cars_of_unlike_lives_are_not_compared_without_a_word() {
    let folder = scratch("unlike-lives");
    write(&folder.join("car.toml"), format!("{CAR}\n[use]\nlifetime_km = 120000\n"));
    let flat = |options: &[&str]| {
        let asked: Vec<&str> = ["assess", "vw-id3-58", "car.toml", "--no-interval"].into_iter().chain(options.iter().copied()).collect();
        run_in(&folder, &asked).remarks.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    assert!(flat(&[]).contains("driven 120000 km in its life and vw-id3-58 200000 km"), "{}", flat(&[]));
    assert!(!flat(&["--km", "150000"]).contains("in its life"));
}
