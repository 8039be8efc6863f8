//! What judges us does not feed us: no published figure of `validation/` stands in `data/`, but for the pairs declared here.
//!
//! Two rows are the same figure if they name the same source and hold the same number. Only the columns that a claim judges by are looked at:
//! the mass of a car may stand in both.

use std::collections::{BTreeMap, HashMap};

use minewheel_data::store::Store;
use minewheel_validation::Evidence;

/// Tables of `validation/`, and the columns whose figures judge.
const JUDGING: [(&str, &[&str]); 20] = [
    ("acceleration.csv", &["top_speed_km_h", "time_0_100_s"]),
    ("carculator.csv", &["g_co2e_per_km"]),
    ("charging-losses.csv", &["loss_percent"]),
    ("charging-times.csv", &["mean_power_10_80_kw"]),
    ("cold-tests.csv", &["cold_wh_per_km", "warm_wh_per_km"]),
    ("credit-prices.csv", &["cny_per_credit"]),
    ("epa-energy.csv", &["city_wh_per_km", "highway_wh_per_km"]),
    ("grid-direct-official.csv", &["published_g_per_kwh"]),
    ("grid-intensity.csv", &["published_g_per_kwh"]),
    ("motor-drag.csv", &["loss_w"]),
    ("motor-masses.csv", &["mass_kg"]),
    ("motor-points.csv", &["efficiency"]),
    ("pack-footprints.csv", &["value"]),
    ("pack-metals.csv", &["cathode_kg_per_kwh"]),
    ("pack-prices.csv", &["usd_per_kwh"]),
    ("provincial-grid.csv", &["published_g_per_kwh"]),
    ("recycling-climate.csv", &["published_reduction"]),
    ("recycling-value.csv", &["published_usd_per_kg"]),
    ("uslci-resins.csv", &["published_kg_co2e_per_kg"]),
    ("whole-vehicles.csv", &["value"]),
];

/// Tables whose figures stand in both trees, how many of them at most, and why they may.
const DECLARED: [(&str, &str, usize, &str); 4] = [
    ("acceleration.csv", "cars/cars.csv", 36, "sprint and top speed of catalogue cars are shown beside ours; many cars share a number"),
    ("epa-energy.csv", "cars/cars.csv", 1, "a road load term that happens to be the same number"),
    ("motor-masses.csv", "motors/machines.csv", 4, "weighed magnets, which cases read and no model does"),
    ("pack-prices.csv", "prices/prices.csv", 3, "`assess` prices packs by place with the survey; the price model that is judged reads none of it"),
];

/// Columns of `data/` that hold no figure of a source.
const BESIDES: [&str; 9] = ["year", "first_year", "last_year", "low", "high", "source", "locator", "status", "note"];

/// Numbers as their sources and bits, with where they stand.
fn figures(text: &str, is_figure: impl Fn(&str) -> bool) -> Vec<(String, u64)> {
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).from_reader(text.as_bytes());
    let headers = reader.headers().expect("a table has a header").clone();
    let Some(source) = headers.iter().position(|h| h == "source") else { return Vec::new() };
    let columns: Vec<usize> = headers.iter().enumerate().filter(|(_, h)| is_figure(h)).map(|(at, _)| at).collect();
    let mut found = Vec::new();
    for record in reader.records() {
        let record = record.expect("the tables are checked");
        for cell in columns.iter().filter_map(|at| record.get(*at)?.trim().parse::<f64>().ok()) {
            found.push((record[source].to_owned(), cell.to_bits()));
        }
    }
    found
}

#[test]
fn a_figure_that_judges_stands_in_no_table_of_ours_unless_declared() {
    let evidence = Evidence::of_repository().expect("the tables are checked");
    let store = Store::embedded();
    let mut ours: HashMap<(String, u64), Vec<String>> = HashMap::new();
    for name in store.names("", ".csv") {
        for figure in figures(store.text(&name).expect("it is listed"), |h| !BESIDES.contains(&h)) {
            ours.entry(figure).or_default().push(name.clone());
        }
    }
    let mut shared: BTreeMap<(&str, String), usize> = BTreeMap::new();
    for (table, columns) in JUDGING {
        let judging = figures(&evidence.text(&format!("validation/{table}")).expect("it stands there"), |h| columns.contains(&h));
        assert!(!judging.is_empty(), "{table} has no figure in {columns:?}");
        for figure in &judging {
            let mut places = ours.get(figure).cloned().unwrap_or_default();
            places.sort();
            places.dedup();
            for place in places {
                *shared.entry((table, place)).or_default() += 1;
            }
        }
    }
    let undeclared: Vec<String> = shared
        .iter()
        .filter(|((table, place), n)| !DECLARED.iter().any(|d| d.0 == *table && d.1 == place && **n <= d.2))
        .map(|((table, place), n)| format!("{n} figures of validation/{table} stand in data/{place} with the same source"))
        .collect();
    assert!(undeclared.is_empty(), "{}", undeclared.join("\n"));
    for (table, place, _, why) in DECLARED {
        assert!(
            shared.contains_key(&(table, place.to_owned())),
            "validation/{table} and data/{place} share nothing any more ({why}): drop the exception"
        );
    }
}
