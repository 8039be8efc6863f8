//! `credits` as a user calls it: the contract's keys, studies from files, refusals with code and help.
//!
//! `INSTA_UPDATE=always cargo test -p minewheel-cli --test credits` writes the snapshots anew; read the diff.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod program;

use program::{data_of, json_of, repository, run, scratch, write};

/// Columns of a terminal where nothing says otherwise.
const WIDTH: usize = 80;
const APPROVED: [&str; 8] = ["--range", "120", "--consumption", "8.8", "--kerb-mass", "665", "--density", "125"];

fn micro(year: &str) -> serde_json::Value {
    let arguments: Vec<&str> = ["credits", "car", "wuling-mini-120", "--year", year].into_iter().chain(APPROVED).collect();
    json_of(&arguments)
}

#[test]
fn a_car_has_the_keys_of_the_contract() {
    let old = micro("2020");
    assert!((old["credit"].as_f64().unwrap() - 2.24).abs() < 1e-9, "{old}");
    let new = micro("2024");
    assert!((new["credit"].as_f64().unwrap() - 0.21).abs() < 1e-9 && (new["standard"].as_f64().unwrap() - 0.6).abs() < 1e-9);
    for factor in ["range", "density", "energy"] {
        assert!(new["factors"][factor].is_f64(), "{factor}");
    }
    assert!(new["edition"].is_string() && new["weakest_status"].is_string());
    let cliffs = new["cliffs"].as_array().unwrap();
    for at in [150.0, 200.0, 300.0, 90.0, 105.0, 125.0] {
        assert!(cliffs.iter().any(|c| c["at"] == at), "{at} in {cliffs:?}");
    }
    assert!(cliffs.iter().any(|c| c["quantity"] == "consumption_kwh_per_100km"));
}

#[test]
fn a_car_of_the_catalogue_moves_with_its_design() {
    let car = json_of(&["credits", "car", "byd-dolphin-405", "--year", "2025"]);
    assert_eq!(car["cycle"], "cltc");
    let range = json_of(&["range", "byd-dolphin-405"]);
    assert_eq!(car["facts"]["range_km"], range[0]["cltc"]["range_km"]);
    let slopes = car["design_slopes"].as_array().unwrap();
    assert!(slopes.iter().any(|s| s["lever"] == "pack-energy" && s["unit"] == "kWh"), "{slopes:?}");
    for crossing in car["crossings"].as_array().unwrap() {
        assert!(crossing["credit"].as_f64().unwrap() > car["credit"].as_f64().unwrap() * 0.9, "{crossing}");
    }
    assert_eq!(json_of(&["credits", "car", "byd-dolphin-405", "--year", "2020"])["cycle"], "nedc");
    // A user's constants go before ours.
    let folder = scratch("credits-overlay");
    let table = include_str!("../../../data/rules/credits.csv")
        .replace("bev-standard-cap,Decision 2023,2024,2025,,,,,2.3", "bev-standard-cap,Decision 2023,2024,2025,,,,,0.5");
    write(&folder.join("rules/credits.csv"), table);
    let capped = json_of(&["credits", "car", "byd-dolphin-405", "--year", "2025", "--data", folder.to_str().unwrap()]);
    assert_eq!(capped["standard"], 0.5);
}

fn example(name: &str) -> String {
    repository().join("examples/09_credits").join(name).display().to_string()
}

#[test]
fn a_ledger_has_the_keys_of_the_contract() {
    let ledger = json_of(&["credits", "ledger", &example("makers.toml")]);
    let companies = ledger["companies"].as_array().unwrap();
    assert_eq!(companies.len(), 3 * 4);
    for company in companies {
        for key in ["cafc_target", "cafc_actual", "cafc_credits", "nev_target", "nev_credits", "balance"] {
            assert!(company[key].is_number(), "{key}: {company}");
        }
        assert!(company["cleared_by"].is_array() && company["is_scenario"] == true);
    }
    // The sister's surplus helps the old maker.
    let old = companies.iter().find(|c| c["company"] == "old" && c["year"] == 2021).unwrap();
    assert!(old["cleared_by"].as_array().unwrap().iter().any(|c| c["by"] == "affiliate-cafc" && c["from"] == "small"), "{old}");
    let one = json_of(&["credits", "ledger", &example("makers.toml"), "--year", "2022"]);
    assert_eq!(one["companies"].as_array().unwrap().len(), 3);
    let csv = json_of(&["credits", "ledger", &example("models.csv")]);
    assert_eq!(csv["companies"].as_array().unwrap().len(), 12);
}

#[test]
fn a_market_has_the_keys_of_the_contract() {
    let market = json_of(&["credits", "market", &example("makers.toml")]);
    for year in ["2021", "2022", "2023", "2024"] {
        assert!(market["price_cny_per_credit"][year].is_f64(), "{market}");
    }
    assert!(!market["trades"].as_array().unwrap().is_empty());
    let prices = |m: &serde_json::Value| m["price_cny_per_credit"].as_object().unwrap().values().map(|v| v.as_f64().unwrap()).collect::<Vec<_>>();
    let scenarios = market["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), 3);
    // A higher ratio never lowers a price.
    for (stated, raised) in prices(&market).iter().zip(prices(&scenarios[0])) {
        assert!(raised >= stated - 0.5, "{stated} and {raised}");
    }
    let strategic = json_of(&["credits", "market", &example("makers.toml"), "--cournot", "new", "--foresight", "none"]);
    assert_eq!(strategic["foresight"], "none");
    assert_eq!(strategic["cournot"][0], "new");
}

#[test]
fn tables_fit_a_terminal_and_say_what_is_scenario() {
    for arguments in [&["credits", "ledger"][..], &["credits", "ledger", "--affiliates", "all"], &["credits", "market"]] {
        let text = data_of(arguments);
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{arguments:?}\n{text}");
        assert!(text.contains("scenario"), "{text}");
        insta::assert_snapshot!(arguments.join("_").replace("--", ""), text);
    }
}

#[test]
fn fleets_of_other_systems_are_counted_by_the_same_command() {
    let folder = scratch("credits-fleets");
    let file = folder.join("models.csv");
    write(
        &file,
        "company,year,model,powertrain,volume,test_mass_kg,co2_g_per_km\na,2025,petrol,ice,80,1600,120\na,2025,battery,bev,20,1900,0\nb,2025,battery,bev,50,1700,0\n",
    );
    let file = file.to_str().unwrap();
    let kingdom = json_of(&["credits", "ledger", file, "--system", "uk"]);
    // 80 cars against 72 allowances; the other maker has 36 to sell.
    assert!((kingdom["companies"][0]["bought"].as_f64().unwrap() - 8.0).abs() < 1e-9, "{kingdom}");
    let american = folder.join("us.csv");
    write(
        &american,
        "company,year,model,powertrain,volume,kerb_mass_kg,co2_g_per_mile,standard_g_per_mile\nx,2023,car,ice,1000,1600,250,200\ny,2023,car,bev,1000,1800,0,200\n",
    );
    let states = json_of(&["credits", "ledger", american.to_str().unwrap(), "--system", "us"]);
    assert!((states["companies"][0]["balance"].as_f64().unwrap() + 50.0 * 1000.0 * 195_264.0 / 1e6).abs() < 1e-6, "{states}");
    assert!(states["companies"][0]["open"].as_f64().unwrap() < 1e-6 && states["trades"][0]["seller"] == "y");
}

/// Three makers of the EU, by hand: one with all three years of the test, one with the first of them, one too small to be bound.
#[test]
fn a_test_of_three_years_asks_for_no_premium_before_its_end_and_none_of_a_small_maker() {
    let file = scratch("credits-window").join("eu.csv");
    let year = |company: &str, year: i32, scale: f64| {
        format!("{company},{year},petrol,ice,{},1600,120\n{company},{year},battery,bev,{},1900,0\n", 80.0 * scale, 20.0 * scale)
    };
    let whole = [2025, 2026, 2027].map(|y| year("whole", y, 100.0)).concat();
    let head = "company,year,model,powertrain,volume,test_mass_kg,co2_g_per_km\n";
    write(&file, format!("{head}{whole}{}{}", year("begun", 2025, 100.0), year("small", 2025, 1.0)));
    let study = ["credits", "ledger", file.to_str().unwrap(), "--system", "eu"];
    // The reference mass of 2027 is not in the tables.
    assert!(run(&study).remarks.contains("reference-mass"), "{}", run(&study).remarks);
    write(
        &file,
        format!("{head}{}{}{}", [2025, 2026].map(|y| year("whole", y, 100.0)).concat(), year("begun", 2025, 100.0), year("small", 2025, 1.0)),
    );
    let found = json_of(&study);
    let of = |name: &str| found["companies"].as_array().unwrap().iter().find(|c| c["company"] == name).unwrap().clone();
    // 96 g/km against 93.6 − 0.0144 · (1660 − 1650.15) = 93.458: 2.54 g over.
    for (name, cars) in [("whole", 20_000.0), ("begun", 10_000.0)] {
        let line = of(name);
        assert!((line["target"].as_f64().unwrap() - 93.458_16).abs() < 1e-6, "{line}");
        assert!((line["open"].as_f64().unwrap() - (96.0 - 93.458_16) * cars).abs() < 1e-3 && line["payment"] == 0.0, "{line}");
    }
    assert!(of("small")["open"] == 0.0 && of("small")["payment"] == 0.0, "{found}");
    let notices = found["notices"].to_string();
    assert!(notices.contains("`small` in 2025") && notices.contains("no premium is due yet of begun, whole"), "{notices}");

    let own = [2025, 2026, 2027].map(|y| format!("whole,{y},petrol,ice,10000,96,94\n")).concat();
    write(&file, format!("company,year,model,powertrain,volume,co2_g_per_km,standard_g_per_km\n{own}"));
    let due = json_of(&study);
    assert!((due["companies"][0]["payment"].as_f64().unwrap() - 2.0 * 30_000.0 * 95.0).abs() < 1e-6, "{due}");

    write(&file, "company,year,model,powertrain,volume,kerb_mass_kg,co2_g_per_km\na,2025,petrol,ice,10000,1500,120\n");
    let derived = json_of(&study);
    assert!((derived["companies"][0]["target"].as_f64().unwrap() - (93.6 - 0.0144 * (1650.0 - 1650.15))).abs() < 1e-9, "{derived}");
    assert!(derived["notices"].to_string().contains("kerb mass") && derived["weakest_status"] == "assumption", "{derived}");
}

/// By hand: a maker of 1000 cars, half of them battery cars, all on 200 g/mile. The multiplier of 1.5 adds 200 · 500 · 0.5 / 1000 = 50 g/mile
/// of all its cars a year; the cap leaves 10 over the years, all of it in the first.
#[test]
fn american_multipliers_count_up_to_their_cap_and_credits_of_2017_live_six_years() {
    let file = scratch("credits-multiplier").join("us.csv");
    let head = "company,year,model,powertrain,volume,co2_g_per_mile,standard_g_per_mile\n";
    let study = ["credits", "ledger", file.to_str().unwrap(), "--system", "us"];
    let miles = 195_264.0;
    let balances = |powertrain: &str, years: [i32; 2]| {
        let lines = years.map(|y| format!("x,{y},p,ice,500,200,200\nx,{y},e,{powertrain},500,0,200\n")).concat();
        write(&file, format!("{head}{lines}"));
        let found = json_of(&study);
        let balance = |i: usize| found["companies"][i]["balance"].as_f64().unwrap() * 1e6 / miles / 500.0 / 200.0;
        ([balance(0), balance(1)], found["notices"].to_string())
    };
    let (capped, notices) = balances("bev", [2023, 2024]);
    assert!((capped[0] - 1.1).abs() < 1e-9 && (capped[1] - 1.0).abs() < 1e-9 && notices.contains("cap of 10 g/mile"), "{capped:?} {notices}");
    for (powertrain, wanted) in [("bev", [2.0, 1.75]), ("fcev", [2.0, 1.75]), ("phev", [1.6, 1.45])] {
        let (found, _) = balances(powertrain, [2019, 2020]);
        assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-9), "{powertrain}: {found:?}");
    }
    for (made, used, lives) in [(2017, 2023, true), (2019, 2025, false)] {
        write(&file, format!("{head}x,{made},a,ice,1000,100,200\nx,{used},a,ice,1000,201,200\n"));
        let found = json_of(&study);
        assert_eq!(found["companies"][1]["open"].as_f64().unwrap() < 1e-9, lives, "{found}");
    }
}

/// The CSV holds what clears an account, and `--audit` every amount of it.
#[test]
fn fleets_print_their_whole_account() {
    let file = scratch("credits-account").join("uk.csv");
    write(&file, "company,year,model,powertrain,volume,co2_g_per_km,standard_g_per_km\na,2024,petrol,ice,100,120,140\n");
    let file = file.to_str().unwrap();
    let csv = data_of(&["credits", "ledger", file, "--system", "uk", "--format", "csv"]);
    let (head, line) = csv.trim_end().split_once('\n').unwrap();
    let cell = |column: &str| line.split(',').nth(head.split(',').position(|c| c == column).unwrap()).unwrap().parse::<f64>().unwrap();
    let saved = 100.0 * 20.0 / 167.0;
    assert!((cell("transferred") - saved).abs() < 1e-9 && (cell("borrowed") - (22.0 - saved)).abs() < 1e-9, "{csv}");
    assert!(cell("owed") > 0.0 && cell("payment") == 0.0 && head.ends_with("unit,currency"), "{csv}");
    let audit = data_of(&["credits", "ledger", file, "--system", "uk", "--audit"]);
    assert!(audit.contains("transferred: 11.9760") && audit.contains("zero-emission-share"), "{audit}");
}

/// A maker short of 22 allowances in 2024 of 100 cars saves 20 g on each of 100 others: 11.98 allowances; it borrows the rest up to 16.5.
#[test]
fn british_deficits_take_savings_then_sellers_then_later_years() {
    let folder = scratch("credits-uk");
    let models = folder.join("models.csv");
    let head = "company,year,model,powertrain,volume,kerb_mass_kg,co2_g_per_km,standard_g_per_km\n";
    write(&models, format!("{head}a,2024,petrol,ice,100,1600,120,140\na,2025,petrol,ice,70,1600,120,120\na,2025,battery,bev,30,1900,0,\n"));
    let file = models.to_str().unwrap();
    let found = json_of(&["credits", "ledger", file, "--system", "uk"]);
    let of = |year: usize, key: &str| found["companies"][year][key].as_f64().unwrap();
    let saved = 100.0 * 20.0 / 167.0;
    assert!((of(0, "transferred") - saved).abs() < 1e-9 && (of(0, "borrowed") - (22.0 - saved)).abs() < 1e-9 && of(0, "payment") == 0.0, "{found}");
    // 72 allowances for 70 cars: 2 go back, and interest runs on the rest.
    assert!((of(1, "repaid") - 2.0).abs() < 1e-9 && (of(1, "owed") - ((22.0 - saved) * 1.035 - 2.0)).abs() < 1e-9, "{found}");

    write(&models, format!("{head}a,2024,petrol,ice,100,1600,90,140\n"));
    let capped = json_of(&["credits", "ledger", file, "--system", "uk"]);
    // 29.9 allowances saved, but at most 65 % of the 22 that were wanted; the rest is borrowed.
    assert!((capped["companies"][0]["transferred"].as_f64().unwrap() - 14.3).abs() < 1e-9, "{capped}");
    write(&models, format!("{head}a,2024,petrol,ice,100,1600,140,140\na,2030,battery,bev,100,1900,0,\n"));
    let due = json_of(&["credits", "ledger", file, "--system", "uk"]);
    let of = |year: usize, key: &str| due["companies"][year][key].as_f64().unwrap();
    // 22 missing, 16.5 borrowed, 5.5 paid for; six years later 20 allowances of the year go back, the rest is paid for.
    let owed = 16.5 * 1.035_f64.powi(6);
    assert!((of(0, "payment") - 5.5 * 15_000.0).abs() < 1e-6 && (of(1, "repaid") - owed).abs() < 1e-9, "{due}");
    assert!((of(1, "open") - (owed - 20.0).max(0.0)).abs() < 1e-9 && of(1, "owed") == 0.0, "{due}");

    write(&models, format!("{head}a,2028,petrol,ice,100,1600,120,140\n"));
    let later = json_of(&["credits", "ledger", file, "--system", "uk"]);
    assert!(later["notices"].to_string().contains("uk 2028"), "{later}");
}

/// Targets of 40 CFR 86.1818-12 by hand: on the line, beyond its ends, and on the second line of light trucks in 2017.
#[test]
fn american_standards_follow_the_footprint() {
    let file = scratch("credits-footprint").join("us.csv");
    for (year, footprint, truck, wanted) in [
        (2022, 45.0, false, 174.5),
        (2022, 40.0, false, 159.0),
        (2022, 60.0, false, 217.3),
        // The line gives 226.5 there, above the most of its year.
        (2020, 56.0, false, 226.0),
        (2025, 50.0, false, 159.8),
        (2017, 45.0, true, 257.5),
        (2017, 55.0, true, 302.7),
        (2026, 80.0, true, 254.2),
    ] {
        write(
            &file,
            format!(
                "company,year,model,powertrain,volume,kerb_mass_kg,co2_g_per_mile,footprint_sqft,truck,status\nx,{year},m,ice,1000,1600,250,{footprint},{truck},read\n"
            ),
        );
        let states = json_of(&["credits", "ledger", file.to_str().unwrap(), "--system", "us"]);
        let seen = states["companies"][0]["target"].as_f64().unwrap();
        assert!((seen - wanted).abs() < 1e-9, "{year}, {footprint}, {truck}: {seen} is not {wanted}");
        assert_eq!(states["weakest_status"], "recalled");
    }
    write(&file, "company,year,model,powertrain,volume,kerb_mass_kg,co2_g_per_mile\nx,2022,m,ice,1000,1600,250\n");
    let answer = run(&["credits", "ledger", file.to_str().unwrap(), "--system", "us"]);
    assert!(answer.remarks.contains("footprint_sqft or standard_g_per_mile"), "{}", answer.remarks);
    write(&file, "company,year,model,powertrain,volume,kerb_mass_kg,co2_g_per_mile,footprint_sqft\nx,2022,m,ice,1000,1600,250,4.5\n");
    let answer = run(&["credits", "ledger", file.to_str().unwrap(), "--system", "us"]);
    assert!(answer.code == 2 && answer.remarks.contains("15 to 150 square feet"), "{}", answer.remarks);
}

const HEAD: &str = "company,year,model,powertrain,volume,kerb_mass_kg,fuel_l_per_100km,range_km,consumption_kwh_per_100km,density_wh_per_kg,cycle\n";

fn refused(name: &str, text: &str, words: &[&str]) {
    let folder = scratch(&format!("credits-{name}"));
    let file = folder.join(if text.contains("[study]") { "study.toml" } else { "models.csv" });
    write(&file, text);
    let answer = run(&["credits", "ledger", file.to_str().unwrap()]);
    assert_eq!(answer.code, 2, "{name}: {}", answer.remarks);
    assert!(answer.data.is_empty(), "{name}: no partial result is printed\n{}", answer.data);
    for word in words.iter().chain(&["error[minewheel::credits]", "\nhelp: "]) {
        assert!(answer.remarks.contains(word), "{name}: `{word}` is not in\n{}", answer.remarks);
    }
}

#[test]
fn studies_with_faults_are_refused_by_name() {
    refused(
        "double-model",
        &format!("{HEAD}a,2022,x,ice,10,1400,6,,,,wltc\na,2022,x,ice,10,1400,6,,,,wltc\n"),
        &["`a` in 2022 is there twice", "line 2"],
    );
    refused("negative", &format!("{HEAD}a,2022,x,ice,-10,1400,6,,,,wltc\n"), &["models.csv:2", "volume is `-10`"]);
    refused("no-number", &format!("{HEAD}a,2022,x,ice,NaN,1400,6,,,,wltc\n"), &["volume is `NaN`"]);
    refused("no-fuel", &format!("{HEAD}a,2022,x,ice,10,1400,,,,,wltc\n"), &["no fuel_l_per_100km", "`x` of `a` in 2022"]);
    refused("no-consumption", &format!("{HEAD}a,2022,x,bev,10,1400,,400,,140,\n"), &["no consumption_kwh_per_100km"]);
    refused("no-density", &format!("{HEAD}a,2022,x,bev,10,1400,,400,12,,\n"), &["energy per mass of the pack"]);
    refused("mixed", &format!("{HEAD}a,2022,x,ice,10,1400,6,,,,wltc\na,2022,y,ice,10,1400,5,,,,nedc\n"), &["consumption on nedc and on wltc"]);
    refused("wrong-cycle", &format!("{HEAD}a,2022,x,ice,10,1400,6,,,,nedc\n"), &["on nedc", "targets are on wltc"]);
    refused("year", &format!("{HEAD}a,2026,x,ice,10,1400,6,,,,wltc\n"), &["2026", "has no constant"]);
    refused("column", "company,yaer,model\na,2022,x\n", &["no column `yaer`", "did you mean `year`"]);
    refused("word", &format!("{HEAD}a,2022,x,diesel,10,1400,6,,,,wltc\n"), &["powertrain is `diesel`", "bev, phev, fcev or ice"]);
    refused("empty", HEAD, &["no company has a model"]);
    refused("no-cars", &format!("{HEAD}a,2022,x,ice,0,1400,6,,,,wltc\n"), &["made no car"]);
    let study = |rest: &str| {
        format!("[study]\ntitle = \"t\"\ntable = \"\"\"\n{HEAD}a,2022,x,ice,10,1400,6,,,,wltc\nb,2022,x,ice,10,1400,6,,,,wltc\n\"\"\"\n{rest}")
    };
    let link = |a: &str, b: &str| format!("[[link]]\nholder = \"{a}\"\nheld = \"{b}\"\nshare = 0.5\n");
    refused("ring", &study(&(link("a", "b") + &link("b", "a"))), &["own each other in a ring", "a → b → a"]);
    refused("self", &study(&link("a", "a")), &["`a` holds 0.5 of `a`"]);
    refused("opening", &study("[[opening]]\ncompany = \"aa\"\nvintage = 2021\nnev = 1.0\n"), &["no company `aa`"]);
    let balance = "[[balance]]\ncompany = \"a\"\nyear = 2022\ncafc_credits = 1.0\nnev_balance = 1.0\nstatus = \"read\"\n";
    refused("double-year", &study(balance), &["`a` in 2022 is there twice"]);
    refused(
        "opening-twice",
        &study(&"[[opening]]\ncompany = \"a\"\nvintage = 2021\nnev = 1.0\n".repeat(2)),
        &["opening: vintage 2021 of `a` is there twice"],
    );
    refused("opening-late", &study("[[opening]]\ncompany = \"a\"\nvintage = 2022\nnev = 1.0\n"), &["vintage of `a` is 2022", "before the first"]);
    refused("company-twice", &study(&"[[company]]\nid = \"a\"\n".repeat(2)), &["company: `a` is there twice"]);
    refused("link-twice", &study(&link("x", "a").repeat(2)), &["links: `x` of `a` is there twice"]);
    refused("overheld", &study(&(link("x", "a") + &link("y", "a") + &link("z", "a"))), &["holders of `a` hold 1.5 of it in all"]);
    refused("tonnes", &format!("{HEAD}a,2022,x,ice,10,1.4,6,,,,wltc\n"), &["kerb_mass_kg is `1.4`", "200 to 10000 kg"]);
    refused("watt-hours", &format!("{HEAD}a,2022,x,bev,10,1400,,400,120,140,\n"), &["consumption_kwh_per_100km is `120`", "1 to 100 kWh/100 km"]);
    refused("not-toml", "[study]\ntitel = 1\n", &["study.toml"]);
}

#[test]
fn cars_and_options_that_cannot_be_are_refused() {
    for (arguments, code, word) in [
        (&["credits", "car", "vw-golf-15tsi"][..], "minewheel::credits", "earned by battery"),
        (&["credits", "car", "byd-qin-plus-dmi"], "minewheel::credits", "meets_conditions"),
        (&["credits", "car", "wuling-mini-121"], "minewheel::car::unknown", "did you mean"),
        (&["credits", "car", "wuling-mini-120", "--year", "2028"], "minewheel::credits", "2028"),
        (&["credits", "car", "wuling-mini-120", "--range", "-1"], "minewheel::option", "above nought"),
        (&["credits", "car", "wuling-mini-120", "--kerb-mass", "0.7"], "minewheel::option", "200 to 10000 kg"),
        (&["credits", "car", "wuling-mini-120", "--cycle", "epa"], "minewheel::name", "nedc, cltc, wltp"),
        (&["credits", "ledger", "--system", "jp"], "minewheel::name", "cn, eu, us, uk"),
        (&["credits", "ledger", "--year", "2015"], "minewheel::option", "2016"),
        (&["credits", "ledger", "nowhere.toml"], "minewheel::file", "nowhere.toml"),
        (&["credits", "ledger", "--affiliates", "some"], "minewheel::name", "stated, all"),
        (&["credits", "market", "--cournot", "nobody"], "minewheel::credits", "no company `nobody`"),
        (&["credits", "market", "--foresight", "dim"], "minewheel::name", "perfect, none"),
    ] {
        let answer = run(arguments);
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.remarks);
        assert!(answer.data.is_empty() && answer.remarks.contains(code) && answer.remarks.contains(word), "{arguments:?}: {}", answer.remarks);
        assert!(answer.remarks.contains("\nhelp: "), "{}", answer.remarks);
    }
}

#[test]
fn the_built_in_market_prices_the_years_whose_costs_are_known() {
    let market = json_of(&["credits", "market"]);
    let years: Vec<&String> = market["price_cny_per_credit"].as_object().unwrap().keys().collect();
    assert_eq!(years, ["2019", "2020", "2021", "2022", "2023"]);
    let late = include_str!("../../../data/credits/china.toml").replace("first_year = 2019\nstatus", "first_year = 2030\nstatus");
    let file = scratch("credits-market").join("late.toml");
    write(&file, late);
    let refused = run(&["credits", "market", file.to_str().unwrap()]);
    assert_eq!(refused.code, 2);
    assert!(refused.remarks.contains("first_year") && refused.remarks.contains("2030"), "{}", refused.remarks);
}

#[test]
fn a_table_of_constants_in_the_wrong_folder_is_named_and_not_passed_over() {
    let folder = scratch("credits-astray");
    write(&folder.join("credits/rules.csv"), include_str!("../../../data/rules/credits.csv"));
    for arguments in [&["credits", "ledger"][..], &["credits", "car", "wuling-mini-120"], &["credits", "market"]] {
        let answer = run(&[arguments, &["--data", folder.to_str().unwrap()]].concat());
        assert_eq!(answer.code, 2, "{arguments:?}: {}", answer.data);
        assert!(answer.data.is_empty() && answer.remarks.contains("credits/rules.csv: no table has this name"), "{}", answer.remarks);
        assert!(answer.remarks.contains("did you mean `rules/credits.csv`"), "{}", answer.remarks);
    }
}

#[test]
fn a_market_of_some_companies_is_no_price_of_the_industry_and_spans_must_hold_a_year() {
    let folder = scratch("credits-spans");
    let file = folder.join("study.toml");
    let text = |rest: &str| {
        format!(
            "[study]\ntitle = \"t\"\npartial = true\ntable = \"\"\"\n{HEAD}a,2022,x,ice,100000,1400,6,,,,wltc\nb,2022,x,bev,100000,1400,,500,12,150,\n\"\"\"\n[market]\ndiscount_rate = 0.08\nceiling_cny_per_credit = 10000.0\nstatus = \"assumption\"\n{rest}"
        )
    };
    write(&file, text(""));
    let answer = run(&["credits", "market", file.to_str().unwrap()]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    assert!(answer.remarks.contains("not of the industry"), "{}", answer.remarks);
    let step = "[[market.abatement]]\nname = \"s\"\nfirst_year = 2023\nlast_year = 2022\ncny_per_credit = 1.0\ncredits = 1.0\n";
    let change = "[[market.scenario]]\nname = \"s\"\nfirst_year = 2029\nlast_year = 2030\nneed = 2.0\n";
    for (rest, word) in [(step, "last_year of `s` is 2022"), (change, "first_year of `s` is 2029")] {
        write(&file, text(rest));
        let answer = run(&["credits", "market", file.to_str().unwrap()]);
        assert_eq!(answer.code, 2, "{}", answer.data);
        assert!(answer.data.is_empty() && answer.remarks.contains(word), "{}", answer.remarks);
    }
}

#[test]
fn a_standard_credit_is_called_capped_only_where_the_cap_binds() {
    let text = data_of(&["credits", "car", "vw-id3-58", "--year", "2024"]);
    let standard = |text: &str| text.lines().find(|l| l.starts_with("standard credit")).map(str::to_owned).unwrap();
    assert!(standard(&text).ends_with("rule"), "{text}");
    let far = data_of(&["credits", "car", "vw-id3-58", "--year", "2024", "--range", "900"]);
    assert!(standard(&far).ends_with("capped"), "{far}");
    // One minus sign in one table.
    assert!(text.contains('−') && !text.lines().any(|l| l.contains(" -")), "{text}");
}

#[test]
fn a_ledger_has_no_nought_below_zero() {
    for format in ["json", "csv"] {
        let text = data_of(&["credits", "ledger", "--format", format]);
        assert!(!text.contains(",-0,") && !text.contains(": -0.0,") && !text.contains(": -0.0\n"), "{format}");
    }
}
