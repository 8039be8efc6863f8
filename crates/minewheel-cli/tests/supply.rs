//! `supply` and `disrupt`: shares that add up, indices that follow them, goods that are neither lost nor made of nothing.

#![allow(clippy::disallowed_methods, clippy::unwrap_used, reason = "the test reads what the command wrote, and fails by panicking")]

mod program;

use std::path::Path;

use program::{data_of, json_of, run, run_in, scratch, write};
use serde_json::Value;

/// Columns of a terminal where nothing says otherwise.
const WIDTH: usize = 80;

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn refused(folder: &Path, snapshot: &str, arguments: &[&str]) {
    let answer = run_in(folder, arguments);
    let shown = format!("$ minewheel {}\n{}", arguments.join(" "), answer.remarks);
    assert_eq!(answer.code, 2, "{shown}");
    assert!(answer.data.is_empty(), "{shown}");
    assert!(answer.remarks.contains("\nhelp: "), "no help in {shown}");
    insta::assert_snapshot!(snapshot, shown);
}

#[test]
fn shares_mixes_and_indices_of_every_material_follow_each_other() {
    for subject in [["supply", "vw-id3-58", "--for", "EU27"], ["supply", "graphite", "--for", "US"], ["supply", "nickel", "--for", "JP"]] {
        let report = json_of(&subject);
        for tier in report["materials"].as_array().unwrap().iter().flat_map(|m| m["tiers"].as_array().unwrap()) {
            let shares = tier["shares"].as_object().unwrap();
            let sum: f64 = shares.values().map(number).sum();
            assert!((sum - 1.0).abs() < 1e-9, "{tier}");
            let hhi: f64 = shares.iter().filter(|s| *s.0 != "WORLD").map(|s| number(s.1).powi(2)).sum();
            assert!((hhi - number(&tier["hhi"])).abs() < 1e-9, "{tier}");
            let mix: f64 = tier["supply_mix"].as_object().unwrap().values().map(number).sum();
            assert!((mix - 1.0).abs() < 1e-6, "{mix}: {tier}");
            for key in ["import_dependence", "dependence", "share_of_dominant"] {
                assert!((-1e-12..=1.0 + 1e-9).contains(&number(&tier[key])), "{key}: {tier}");
            }
            let weighted = &tier["governance_hhi"];
            for edition in ["earlier_edition", "later_edition"] {
                assert!((0.0..=hhi + 1e-12).contains(&number(&weighted[edition])), "{tier}");
            }
        }
    }
}

#[test]
fn hhi_of_mined_lithium_of_2022_is_that_of_an_independent_calculation() {
    let report = json_of(&["supply", "lithium", "--year", "2022"]);
    let mined = &report["materials"][0]["tiers"][0];
    // Sum of squares of the ten shares of World Mining Data, done in a spreadsheet.
    assert!((number(&mined["hhi"]) - 0.3198).abs() < 5e-5, "{mined}");
    assert!((number(&mined["governance_hhi"]["later_edition"]) - 0.1244).abs() < 5e-5, "{mined}");
}

#[test]
fn china_dominates_refining_to_cells_but_not_the_mines_of_most_metals() {
    let report = json_of(&["supply", "vw-id3-58", "--for", "EU27"]);
    let listed = |key: &str, tier: &str| report[key].as_array().unwrap().iter().any(|t| t == tier);
    for tier in ["lithium/refining", "cobalt/refining", "cathode-active-material/active-material", "lithium-ion-cells/cell"] {
        assert!(listed("dominated", tier), "{tier}");
    }
    for tier in ["lithium/mining", "cobalt/mining", "nickel/mining", "copper/mining", "manganese/mining", "bauxite/mining"] {
        assert!(listed("not_dominated", tier), "{tier}");
    }
}

#[test]
fn a_users_trade_figures_replace_the_tables() {
    let folder = scratch("supply-trade");
    let text = "commodity,tier,reporter,flow,partner,kg\nlithium,refining,CN,output,,60\nlithium,refining,CL,output,,40\n\
                lithium,refining,US,import,CL,30\nlithium,refining,US,import,CN,10\n";
    write(&folder.join("trade.csv"), text);
    let answer = run_in(&folder, &["supply", "lithium", "--for", "US", "--trade", "trade.csv", "--format", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    let report: Value = serde_json::from_str(&answer.data).unwrap();
    let tier = &report["materials"][0]["tiers"][1];
    // 0.6² + 0.4²; a quarter of imports from CN; GeoPolRisk = HHI times the mean instability of imports.
    assert!((number(&tier["hhi"]) - 0.52).abs() < 1e-12);
    assert!((number(&tier["dependence"]) - 0.25).abs() < 1e-12);
    assert!((number(&tier["import_dependence"]) - 1.0).abs() < 1e-12);
    assert!(number(&tier["geopolitical_risk"]) > 0.0 && number(&tier["geopolitical_risk"]) < 0.52);
}

#[test]
fn a_trade_file_of_one_country_changes_that_countrys_tier_alone() {
    let folder = scratch("supply-trade-part");
    write(&folder.join("trade.csv"), "commodity,tier,reporter,flow,partner,kg\nlithium,refining,DE,output,,10\nlithium,refining,DE,import,CL,30\n");
    let answer = run_in(&folder, &["supply", "lithium", "--for", "DE", "--trade", "trade.csv", "--format", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    let with: Value = serde_json::from_str(&answer.data).unwrap();
    let without = json_of(&["supply", "lithium", "--for", "DE"]);
    let tiers = |report: &Value| report["materials"][0]["tiers"].as_array().unwrap().clone();
    for (a, b) in tiers(&with).iter().zip(tiers(&without)) {
        // Shares of the world's output are the tables' at every tier; supply is the file's at the one that it knows.
        assert_eq!((&a["shares"], &a["hhi"]), (&b["shares"], &b["hhi"]));
        if a["tier"] == "refining" {
            assert!((number(&a["import_dependence"]) - 0.75).abs() < 1e-12 && (number(&a["supply_mix"]["CL"]) - 0.75).abs() < 1e-12, "{a}");
        } else {
            assert_eq!(a["supply_mix"], b["supply_mix"]);
        }
    }
    let notices = with["notices"].to_string();
    assert!(notices.contains("leaves out too many makers") && notices.contains("no imports of the buyer"), "{notices}");
}

#[test]
fn a_ban_on_exports_to_one_country_holds_for_that_buyer_while_it_is_in_force() {
    let bans = |buyer: &str, year: &str| {
        let report = json_of(&["supply", "gallium", "--for", buyer, "--year", year]);
        let tier = report["materials"][0]["tiers"][0].clone();
        (tier["measures"].as_array().unwrap().iter().filter(|m| m["destination"] == "US").count(), number(&tier["supply_risk"]))
    };
    assert_eq!((bans("US", "2025").0, bans("EU27", "2025").0, bans("US", "2026").0), (1, 0, 0));
    assert!(bans("US", "2025").1 > bans("US", "2026").1);
    let names = json_of(&["supply", "dysprosium", "--for", "EU27"]);
    let tiers: Vec<&str> = names["materials"][0]["tiers"].as_array().unwrap().iter().map(|t| t["commodity"].as_str().unwrap()).collect();
    assert_eq!(tiers, ["rare-earths", "rare-earths-heavy", "ndfeb-magnets", "traction-motor-permanent-magnet", "electric-cars"]);
}

#[test]
fn a_rule_on_a_place_says_whom_it_misses_and_is_refused_where_it_reaches_nobody() {
    let notices = json_of(&["supply", "vw-id3-58", "--ban", "DE"])["notices"].to_string();
    assert!(notices.contains("rules on DE miss makers of DE that some tables count within EU27"), "{notices}");
    let answer = run_in(&scratch("supply-ban"), &["supply", "vw-id3-58", "--ban", "CN-GX"]);
    assert!(answer.code != 0 && answer.remarks.contains("no maker in this supply is counted in `CN-GX`"), "{}", answer.remarks);
    let answer = run_in(&scratch("supply-cap"), &["supply", "vw-id3-58", "--cap", "CN=-0.1"]);
    assert!(answer.remarks.contains("a cap is -0.1; wanted: a share from 0 to 1"), "{}", answer.remarks);
}

#[test]
fn tables_fit_a_plain_terminal_and_read_as_before() {
    let text = data_of(&["supply", "graphite", "--for", "US"]);
    let car = data_of(&["supply", "vw-id3-58"]);
    assert!(text.lines().chain(car.lines()).all(|l| l.chars().count() <= WIDTH), "{text}{car}");
    insta::assert_snapshot!("supply-graphite", text);
    insta::assert_snapshot!("supply-car", car);
    insta::assert_snapshot!("supply-gallium-json", data_of(&["supply", "gallium", "--format", "json"]));
    assert!(data_of(&["supply", "lithium", "--format", "csv"]).starts_with("material,commodity,tier,year,"));
}

#[test]
fn a_chain_goes_from_the_mine_to_the_car_and_what_a_buyer_makes_itself_does_not_bind_it() {
    let tiers = |material: &str, buyer: &str| {
        let report = json_of(&["supply", material, "--for", buyer]);
        let tiers = report["materials"][0]["tiers"].as_array().unwrap().clone();
        (report, tiers)
    };
    let (_, earths) = tiers("neodymium", "EU27");
    let names: Vec<&str> = earths.iter().map(|t| t["commodity"].as_str().unwrap()).collect();
    let wanted = ["rare-earths", "rare-earths-magnet", "ndfeb-magnets", "traction-motor-permanent-magnet", "electric-cars"];
    assert_eq!(names, wanted);
    let (report, lithium) = tiers("lithium", "US");
    let names: Vec<&str> = lithium.iter().map(|t| t["tier"].as_str().unwrap()).collect();
    assert_eq!(names, ["mining", "refining", "active-material", "cell", "vehicle"]);
    // The United States make their cells, whose own supply has the highest index; none of it is imported.
    let risk = |index: usize| number(&lithium[index]["supply_risk"]);
    assert!(number(&lithium[3]["import_dependence"]) == 0.0 && risk(3) > risk(2), "{lithium:?}");
    assert_eq!(report["binding"], "cathode-active-material/active-material");
    assert!(json_of(&["supply", "cars"])["binding"].is_null());
}

/// A study of one plant without shocks, to which lines are added.
const QUIET: &str =
    "[study]\ntitle = \"quiet\"\nyear = 2024\ndays = 60\n[[plant]]\ncar = \"vw-id3-58\"\ncells_made_in = \"DE\"\ncars_per_day = 100\n";

#[test]
fn a_study_without_a_shock_builds_every_car_and_conserves_every_product() {
    let folder = scratch("disrupt-quiet");
    write(&folder.join("study.toml"), QUIET);
    let answer = run_in(&folder, &["disrupt", "study.toml", "--format", "json"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    let report: Value = serde_json::from_str(&answer.data).unwrap();
    assert!((number(&report["best"]["cars_built"]) - 6_000.0).abs() < 1e-6, "{}", report["best"]);
    assert!(number(&report["best"]["extra_kg_co2e_per_car"]).abs() < 1e-6, "{}", report["best"]);
    assert!(number(&report["mass_error"]) < 1e-9 && number(&report["lowest_stock_days"]) >= 0.0);
    assert!(number(&report["nodes"]) > 400.0);
}

#[test]
fn mistakes_in_names_and_studies_are_told_with_what_was_wanted() {
    let folder = scratch("supply-errors");
    let study = |name: &str, text: &str| write(&folder.join(name), text);
    refused(&folder, "supply-material-misspelt", &["supply", "litium"]);
    refused(&folder, "supply-year-before-all", &["supply", "lithium", "--year", "1950"]);
    refused(&folder, "supply-place-unknown", &["supply", "lithium", "--for", "XQ"]);
    write(&folder.join("trade.csv"), "commodity,tier,reporter,flow,partner,kg\nlitium,refining,CN,output,,60\n");
    refused(&folder, "supply-trade-commodity", &["supply", "lithium", "--trade", "trade.csv"]);
    study("key.toml", &QUIET.replace("days = 60", "dayss = 60"));
    refused(&folder, "disrupt-key-misspelt", &["disrupt", "key.toml"]);
    study("range.toml", &QUIET.replace("days = 60", "days = 0"));
    refused(&folder, "disrupt-days-nought", &["disrupt", "range.toml"]);
    study("rate.toml", &QUIET.replace("cars_per_day = 100", "cars_per_day = -100"));
    refused(&folder, "disrupt-cars-negative", &["disrupt", "rate.toml"]);
    study("many.toml", &QUIET.replace("cars_per_day = 100", "cars_per_day = 1e12"));
    refused(&folder, "disrupt-cars-beyond-the-world", &["disrupt", "many.toml"]);
    study("early.toml", &QUIET.replace("2024", "1950"));
    refused(&folder, "disrupt-year-before-all", &["disrupt", "early.toml"]);
    study("plant.toml", QUIET.split("[[plant]]").next().unwrap());
    refused(&folder, "disrupt-no-plant", &["disrupt", "plant.toml"]);
    let shock = |product: &str, place: &str| {
        format!("{QUIET}[[shock]]\nkind = \"outage\"\nproducts = [\"{product}\"]\nplace = \"{place}\"\nremaining = 0\nfrom_day = 1\ndays = 9\n")
    };
    study("product.toml", &shock("graphite-synthetik", "CN"));
    refused(&folder, "disrupt-product-misspelt", &["disrupt", "product.toml"]);
    study("place.toml", &shock("graphite-synthetic", "CL"));
    refused(&folder, "disrupt-place-without-makers", &["disrupt", "place.toml"]);
    let missing = run(&["disrupt", "no-such.toml"]);
    assert_eq!(missing.code, 2, "{}", missing.remarks);
}

#[test]
fn the_case_of_every_step_counts_the_cars_that_a_stop_of_anodes_costs() {
    let case = json_of(&["case", "run", "china-every-step"]);
    let stop = &case["stop"];
    let (planned, lost) = (number(&stop["cars_planned"]), number(&stop["cars_not_built"]));
    assert!(planned > 0.0 && lost > 0.0 && lost < planned, "{stop}");
    assert!(number(&stop["most_cars_waiting"]) >= lost, "{stop}");
    assert!(number(&stop["days_to_shortage"]) > 0.0 && number(&stop["lowest_week"]) < 1.0, "{stop}");
}

#[test]
fn a_battery_without_china_says_what_it_costs_and_what_binds() {
    let answer = data_of(&["supply", "tesla-m3-rwd-lfp", "--ban", "CN", "--part", "battery", "--volume", "0.001", "--objective", "cost"]);
    insta::assert_snapshot!("supply_without_china", answer);
    let report = json_of(&["supply", "chevrolet-bolt", "--friends", "US,KR,JP", "--tier", "cell", "--part", "battery", "--volume", "0.001"]);
    assert_eq!(report["rules"][0], "cell: only from US, KR, JP");
    assert!(report["is_feasible"].as_bool().unwrap() && report["solutions"].as_array().unwrap().len() == 3);
    let answer = run(&["supply", "chevrolet-bolt", "--ban", "CN", "--part", "battery", "--format", "json"]);
    // A finding about good input: the answer stands, and the exit code says that the target is missed.
    assert_eq!(answer.code, 1, "{}", answer.remarks);
    assert!(answer.remarks.starts_with("error[minewheel::supply::not_sourced]: "), "{}", answer.remarks);
    let short: Value = serde_json::from_str(&answer.data).unwrap();
    assert!(!short["is_feasible"].as_bool().unwrap() && !short["gaps"].as_array().unwrap().is_empty());
    assert!(number(&short["largest_volume"]) < number(&short["volume"]));
}

#[test]
fn rules_of_sourcing_that_cannot_be_are_refused() {
    let folder = scratch("sourcing-typos");
    for (snapshot, arguments) in [
        ("sourcing_place", vec!["supply", "vw-id3-58", "--ban", "CNN"]),
        ("sourcing_share", vec!["supply", "vw-id3-58", "--cap", "CN:0.5"]),
        ("sourcing_content", vec!["supply", "vw-id3-58", "--content", "US=1.6"]),
        ("sourcing_tier", vec!["supply", "vw-id3-58", "--ban", "CN", "--tier", "refinning"]),
        ("sourcing_cap", vec!["supply", "vw-id3-58", "--cap", "CN=1.5"]),
        ("sourcing_material", vec!["supply", "lithium", "--ban", "CN"]),
        ("sourcing_battery_of_a_petrol_car", vec!["supply", "vw-golf-15tsi", "--ban", "CN", "--part", "battery"]),
        ("sourcing_part_of_a_petrol_car", vec!["supply", "vw-golf-15tsi", "--part", "battery"]),
        ("sourcing_part_without_rule", vec!["supply", "vw-id3-58", "--part", "battery"]),
        ("sourcing_year", vec!["supply", "vw-id3-58", "--ban", "CN", "--year", "1950"]),
    ] {
        refused(&folder, snapshot, &arguments);
    }
    write(&folder.join("friends.txt"), "# allies\nUS CA\nKR,JP\n");
    let answer = run_in(&folder, &["supply", "chevrolet-bolt", "--friends", "friends.txt", "--tier", "pack", "--volume", "0.001", "--format", "csv"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    assert!(answer.data.starts_with("tier,product,unit,place,"));
}

#[test]
fn a_year_behind_the_tables_and_a_shock_behind_the_study_are_said() {
    let late = run(&["supply", "lithium", "--year", "2100"]);
    assert_eq!(late.code, 0, "{}", late.remarks);
    assert!(late.remarks.contains("supply/shares.csv ends in 2025"), "{}", late.remarks);
    let folder = scratch("disrupt-late");
    let shock = "[[shock]]\nkind = \"outage\"\nproducts = [\"graphite-synthetic\"]\nplace = \"CN\"\nremaining = 0\nfrom_day = 90\ndays = 9\n";
    write(&folder.join("study.toml"), format!("{}{shock}", QUIET.replace("2024", "2060")));
    let answer = run_in(&folder, &["disrupt", "study.toml"]);
    assert_eq!(answer.code, 0, "{}", answer.remarks);
    let remarks = answer.remarks.replace("\n  ", " ");
    assert!(remarks.contains("shock 1 begins on day 90, behind the 60 days of the study"), "{remarks}");
    assert!(remarks.contains("ends in 2025"), "{remarks}");
}

#[test]
fn a_year_that_names_a_leader_alone_is_passed_over_and_said() {
    let of = |year: &str| json_of(&["supply", "lithium", "--for", "US", "--year", year]);
    let (before, after) = (of("2024"), of("2025"));
    let cells = |report: &Value| number(&report["materials"][0]["tiers"][3]["dependence"]);
    assert!((cells(&before) - cells(&after)).abs() < 1e-12, "{} {}", cells(&before), cells(&after));
    assert!(after["notices"][0].as_str().unwrap().contains("lithium-ion-cells/cell 2025: CN 80 %"), "{}", after["notices"]);
}

#[test]
fn a_cap_that_binds_nothing_costs_what_capacities_do_by_themselves() {
    let report = json_of(&["supply", "vw-id3-58", "--cap", "CN=1"]);
    let (alone, nearest) = (&report["without_rules"], &report["solutions"][2]);
    for key in ["climate_kg", "cost_over_china_usd"] {
        let (a, b) = (number(&alone[key]), number(&nearest[key]));
        assert!((a - b).abs() < 1e-3 * a.abs(), "{key}: {a} {b}");
    }
    assert_eq!(number(&report["solutions"][1]["cost_over_china_usd"]), 0.0);
}

#[test]
fn the_two_ways_of_selling_stand_in_the_order_of_their_label() {
    let report = json_of(&["supply", "vw-id3-58", "--for", "US"]);
    let tiers = || report["materials"].as_array().unwrap().iter().flat_map(|m| m["tiers"].as_array().unwrap());
    let anodes = tiers().find(|t| t["commodity"] == "anode-active-material").unwrap();
    assert!(number(&anodes["dependence_by_remainders"]) > number(&anodes["dependence"]));
    let text = data_of(&["supply", "vw-id3-58", "--for", "US"]);
    let line = text.lines().find(|l| l.starts_with("anode-active-material")).unwrap();
    assert!(line.contains(" 100–93 "), "{line}");
}
