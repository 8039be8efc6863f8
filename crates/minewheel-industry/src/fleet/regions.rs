//! Several places in one study: each with its own cars, drivers and grid, answered place by place and in sum.
//!
//! ```toml
//! [study]                          # title, from, to and all that the places share
//! [[region]]
//! place = "DE"                     # and, where it differs: charging, footprint_years, beyond, strict_inflow
//! [[region.product]]               # as in a study of one place; [region.drivers] too
//! [[export]]                       # used cars from one place to another
//! from = "DE"
//! to = "PL"
//! product = "battery cars"         # a product of both places
//! cars = [[2025, 4, 10000]]        # year, age, number
//! ```
//!
//! ```text
//! traded(from, y, a) = −n          traded(to, y, a) = +n          so that the sum over the places moves nothing
//! sum of a figure(y) = Σ over places of the figure(y), of products and elements by name
//! ```
//!
//! Used cars arrive with packs as old as they are, booked at the size that packs of their year have where they arrive. In a draw every place sees the same draw of the tables, so that the interval of a sum is that of
//! sums; ranges and drivers of each place move by themselves. Capacities are those of places and have no sum. Hours of charging are local ones.

use std::collections::BTreeMap;

use minewheel_assess::tables::Tables;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::adoption::SharePath;
use super::intervals::{Draws, Sampled};
use super::ledgers::{CreditLine, Ledger, MaterialLine, PackLine, YearLine};
use super::run::{FleetError, FleetReport, run_in};
use super::study::{Study, StudyError};
use super::tables::FleetTables;
use crate::credits::rules::RuleBook;

/// Keys that a region may set for itself, of those of `[study]`.
const OWN: [&str; 5] = ["place", "charging", "footprint_years", "beyond", "strict_inflow"];

/// A study of one place or of several.
#[derive(Debug, Clone, PartialEq)]
pub struct Regional {
    /// A study a place.
    pub regions: Vec<Study>,
}

/// What several places come to.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct RegionalReport {
    /// In sum, or of the only place.
    #[serde(flatten)]
    pub whole: FleetReport,
    /// Place by place; empty where there is only one.
    pub regions: Vec<FleetReport>,
}

/// A file of several places.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    study: Table,
    region: Vec<Region>,
    #[serde(default)]
    export: Vec<Export>,
}

#[derive(Deserialize)]
struct Region {
    product: Vec<Table>,
    drivers: Option<Table>,
    #[serde(flatten)]
    own: Table,
}

/// Used cars from one place to another.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Export {
    from: String,
    to: String,
    product: String,
    cars: Vec<(i64, i64, f64)>,
}

impl Regional {
    /// Reads a study of one place or of several.
    ///
    /// # Errors
    /// As [`Study::read`]; places twice, exports from or to none.
    pub fn read(file: &str, text: &str) -> Result<Self, StudyError> {
        // A text that is no TOML is read as a study of one place, which names its line.
        if !text.parse::<Table>().is_ok_and(|t| t.contains_key("region")) {
            return Ok(Self { regions: vec![Study::read(file, text)?] });
        }
        let read: File = toml::from_str(text)
            .map_err(|e: toml::de::Error| StudyError::Unreadable { file: file.to_owned(), reason: e.to_string().trim_end().to_owned() })?;
        let fault = |key: String, seen: &str, wanted: &str| StudyError::Value {
            file: file.to_owned(),
            key,
            seen: seen.to_owned(),
            wanted: wanted.to_owned(),
        };
        let mut regions: Vec<(String, Table)> = Vec::new();
        for region in read.region {
            let place = region.own.get("place").and_then(Value::as_str).unwrap_or_default().to_owned();
            if place.is_empty() || regions.iter().any(|r| r.0 == place) {
                return Err(fault("region.place".to_owned(), if place.is_empty() { "absent" } else { &place }, "a place of its own for each region"));
            }
            if let Some(key) = region.own.keys().find(|k| !OWN.contains(&k.as_str())) {
                return Err(fault(format!("region.{key}"), "unknown", &format!("{}, product or drivers", OWN.join(", "))));
            }
            let mut head = read.study.clone();
            head.extend(region.own);
            let mut table = Table::new();
            table.insert("study".to_owned(), Value::Table(head));
            table.insert("product".to_owned(), Value::Array(region.product.into_iter().map(Value::Table).collect()));
            if let Some(drivers) = region.drivers {
                table.insert("drivers".to_owned(), Value::Table(drivers));
            }
            regions.push((place, table));
        }
        for export in read.export {
            if export.from == export.to {
                return Err(fault("export.to".to_owned(), &export.to, "another place than `from`"));
            }
            for (key, place, sign) in [("from", &export.from, -1.0), ("to", &export.to, 1.0)] {
                let places = || regions.iter().map(|r| r.0.as_str()).collect::<Vec<_>>().join(", ");
                let Some(at) = regions.iter().position(|r| r.0 == *place) else {
                    return Err(fault(format!("export.{key}"), place, &format!("one of the regions: {}", places())));
                };
                let products = regions[at].1.get_mut("product").and_then(Value::as_array_mut).map(Vec::as_mut_slice).unwrap_or_default();
                let named =
                    products.iter_mut().filter_map(Value::as_table_mut).find(|p| p.get("name").and_then(Value::as_str) == Some(&export.product));
                let Some(product) = named else {
                    return Err(fault("export.product".to_owned(), &export.product, &format!("a product of {place}")));
                };
                let trade = product.entry("trade").or_insert_with(|| Value::Array(Vec::new()));
                for &(year, age, cars) in &export.cars {
                    if !(cars.is_finite() && cars >= 0.0) {
                        return Err(fault("export.cars".to_owned(), &format!("{cars} in {year}"), "0 or more"));
                    }
                    if let Some(trade) = trade.as_array_mut() {
                        trade.push(Value::Array(vec![Value::Integer(year), Value::Integer(age), Value::Float(sign * cars)]));
                    }
                }
            }
        }
        let study = |(place, table): (String, Table)| Study::of_table(&format!("{file}, region {place}"), table);
        Ok(Self { regions: regions.into_iter().map(study).collect::<Result<_, _>>()? })
    }

    /// Gives every study that asks for it the share of electric cars of its place.
    ///
    /// # Errors
    /// What the share's maker refuses.
    pub fn with_shares<E>(mut self, mut share: impl FnMut(&Study) -> Result<Option<SharePath>, E>) -> Result<Self, E> {
        for study in &mut self.regions {
            study.forecast = share(study)?;
        }
        Ok(self)
    }
}

/// Runs a study of one place or of several.
///
/// # Errors
/// As [`super::run::run_sampled`], of the first place that has a fault.
pub fn run_regions(
    tables: &Tables,
    fleet: &FleetTables,
    book: &RuleBook,
    study: &Regional,
    draws: Option<Draws>,
) -> Result<RegionalReport, FleetError> {
    let mut reports = Vec::new();
    let mut sampled = Vec::new();
    for (index, region) in study.regions.iter().enumerate() {
        let (report, drawn) = run_in(tables, fleet, book, region, draws, index as u64)?;
        reports.push(report);
        sampled.extend(drawn);
    }
    match <[FleetReport; 1]>::try_from(reports) {
        Ok([only]) => Ok(RegionalReport { whole: only, regions: Vec::new() }),
        Err(reports) => Ok(RegionalReport { whole: sum(&reports, &sampled), regions: reports }),
    }
}

/// Adds places up.
fn sum(reports: &[FleetReport], sampled: &[Sampled]) -> FleetReport {
    let mut years: BTreeMap<(i32, usize), YearLine> = BTreeMap::new();
    let mut packs: BTreeMap<(i32, usize), PackLine> = BTreeMap::new();
    let mut materials: BTreeMap<(i32, String), MaterialLine> = BTreeMap::new();
    let mut credits: BTreeMap<(i32, usize, String), CreditLine> = BTreeMap::new();
    let mut products: Vec<String> = Vec::new();
    let mut order = |name: &str| {
        products.iter().position(|p| p == name).unwrap_or_else(|| {
            products.push(name.to_owned());
            products.len() - 1
        })
    };
    for report in reports {
        for line in &report.years {
            years.entry((line.year, order(&line.product))).and_modify(|all| all.add(line)).or_insert_with(|| line.clone());
        }
        for line in &report.packs {
            packs.entry((line.year, order(&line.product))).and_modify(|all| all.add(line)).or_insert_with(|| line.clone());
        }
        for line in &report.materials {
            materials.entry((line.year, line.element.clone())).and_modify(|all| all.add(line)).or_insert_with(|| line.clone());
        }
        for line in &report.credits {
            let key = (line.year, order(&line.product), line.edition.clone());
            credits.entry(key).and_modify(|all| all.add(line)).or_insert_with(|| line.clone());
        }
    }
    let hours = reports.iter().map(|r| r.load_gw.len()).min().unwrap_or(0);
    let named = |report: &FleetReport| report.notices.iter().map(|n| format!("{}: {n}", report.place)).collect::<Vec<_>>();
    let mut notices: Vec<String> = Vec::new();
    // What every place says is said once.
    let shared: Vec<&String> =
        reports.first().map_or_else(Vec::new, |first| first.notices.iter().filter(|n| reports.iter().all(|r| r.notices.contains(n))).collect());
    notices.extend(shared.iter().map(|n| (*n).clone()));
    notices.extend(reports.iter().flat_map(named).filter(|n| !shared.iter().any(|s| n.ends_with(&format!(": {s}")))));
    if hours > 0 {
        notices.push("hours of charging are those of each place, and so are those of the sum".to_owned());
    }
    FleetReport {
        title: reports.first().map_or_else(String::new, |r| r.title.clone()),
        place: reports.iter().map(|r| r.place.as_str()).collect::<Vec<_>>().join(" + "),
        drivers: Vec::new(),
        years: years.into_values().collect(),
        packs: packs.into_values().collect(),
        materials: materials.into_values().collect(),
        load_gw: (0..hours).map(|hour| reports.iter().map(|r| r.load_gw[hour]).sum()).collect(),
        capacity: Vec::new(),
        credits: credits.into_values().collect(),
        intervals: Sampled::sum(sampled).lines(),
        public_points: reports.iter().map(|r| r.public_points).sum(),
        weakest_status: reports.iter().map(|r| r.weakest_status).max().unwrap_or(minewheel_data::status::Status::Derived),
        notices,
    }
}

#[cfg(test)]
mod tests {
    use minewheel_data::store::Store;

    use super::*;
    use crate::fleet::intervals::Drawn;
    use crate::fleet::run::run_sampled;

    const CARS: &str = "[[region.product]]\nname = \"battery\"\ncar = \"vw-id3-58\"\nsurvival = \"germany\"\nkm_per_year = 12000\n";
    const HEAD: &str = "[study]\ntitle = \"x\"\nfrom = 2024\nto = 2040\nfootprint_years = [2025, 2040]\ncharging = \"home-7kw\"\n";

    fn text(export: &str) -> String {
        format!(
            "{HEAD}[[region]]\nplace = \"DE\"\n{CARS}inflow = [[2024, 400000], [2040, 2000000, 1500000, 2600000]]\n[[region]]\nplace = \"PL\"\n{CARS}inflow = [[2024, 20000], [2040, 500000, 300000, 900000]]\n[[region.product]]\nname = \"petrol\"\ncar = \"vw-golf-15tsi\"\nsurvival = \"germany\"\nstock = [[2024, 20000000], [2040, 9000000]]\n{export}"
        )
    }

    const EXPORT: &str =
        "[[export]]\nfrom = \"DE\"\nto = \"PL\"\nproduct = \"battery\"\ncars = [[2030, 4, 60000], [2031, 5, 40000], [2032, 4, 90000]]\n";

    fn all() -> (Tables, FleetTables, RuleBook) {
        let store = Store::embedded();
        (Tables::read(&store, false).unwrap(), FleetTables::read(&store, false).unwrap(), RuleBook::read(&store, false).unwrap())
    }

    #[test]
    fn the_sum_is_that_of_the_places_and_exports_between_them_cancel() {
        let (tables, fleet, book) = all();
        let run = |text: &str| run_regions(&tables, &fleet, &book, &Regional::read("s.toml", text).unwrap(), None).unwrap();
        let (still, traded) = (run(&text("")), run(&text(EXPORT)));
        assert_eq!((traded.whole.place.as_str(), traded.regions.len()), ("DE + PL", 2));
        let of =
            |report: &FleetReport, product: &str, year: i32| report.years.iter().find(|l| l.product == product && l.year == year).cloned().unwrap();
        for year in 2024..=2040 {
            let [de, pl, both] = [&traded.regions[0], &traded.regions[1], &traded.whole].map(|r| of(r, "battery", year));
            assert!((de.stock + pl.stock - both.stock).abs() < 1e-6 && (de.traded + pl.traded).abs() < 1e-6 && both.traded.abs() < 1e-6);
            assert!((de.production_t.unwrap() + pl.production_t.unwrap() - both.production_t.unwrap()).abs() < 1e-6);
            assert_eq!(of(&traded.whole, "petrol", year), of(&traded.regions[1], "petrol", year));
            // One curve in both places: cars that change places are neither made nor lost.
            assert!((both.stock - of(&still.whole, "battery", year).stock).abs() < 1e-6 * both.stock);
        }
        assert_eq!(of(&traded.regions[0], "battery", 2030).traded, -60_000.0);
        assert!(of(&traded.regions[1], "battery", 2032).stock > of(&still.regions[1], "battery", 2032).stock + 150_000.0);
        // Each place drives on its own grid.
        let per_km = |r: &FleetReport| of(r, "battery", 2030).use_t.unwrap() / of(r, "battery", 2030).km;
        assert!((per_km(&traded.regions[0]) / per_km(&traded.regions[1]) - 1.0).abs() > 0.05);
        for line in &traded.whole.materials {
            assert!(line.residual_t.abs() <= 1e-9 * (line.pack_demand_t + line.pack_stock_t).max(1.0), "{line:?}");
        }
        let hours: f64 = traded.regions.iter().map(|r| r.load_gw[19]).sum();
        assert!((hours - traded.whole.load_gw[19]).abs() < 1e-9);
    }

    #[test]
    fn one_region_is_the_study_of_its_place_and_the_interval_of_a_sum_is_narrower_than_the_sum_of_intervals() {
        let (tables, fleet, book) = all();
        let draws = Some(Draws { samples: 40, seed: 3 });
        let alone = format!("{HEAD}[[region]]\nplace = \"DE\"\n{CARS}inflow = [[2024, 400000], [2040, 2000000, 1500000, 2600000]]\n");
        let single = alone.replace("[[region]]\nplace = \"DE\"\n", "").replace("region.product", "product").replace("title", "place = \"DE\"\ntitle");
        let one = run_regions(&tables, &fleet, &book, &Regional::read("s.toml", &alone).unwrap(), draws).unwrap();
        assert_eq!(one.whole, run_sampled(&tables, &fleet, &book, &Study::read("s.toml", &single).unwrap(), draws).unwrap());
        let both = run_regions(&tables, &fleet, &book, &Regional::read("s.toml", &text(EXPORT)).unwrap(), draws).unwrap();
        let find = |r: &FleetReport| r.intervals.iter().find(|l| l.figure == Drawn::Stock && l.of == "battery" && l.year == 2040).cloned().unwrap();
        let [de, pl, whole] = [&both.regions[0], &both.regions[1], &both.whole].map(find);
        assert!((de.best + pl.best - whole.best).abs() < 1e-6);
        assert!(whole.p95 - whole.p5 < de.p95 - de.p5 + pl.p95 - pl.p5 && whole.p95 - whole.p5 > de.p95 - de.p5, "{de:?} {pl:?} {whole:?}");
        assert_eq!(
            find(&one.whole).p5.to_bits(),
            find(&run_regions(&tables, &fleet, &book, &Regional::read("s.toml", &text("")).unwrap(), draws).unwrap().regions[0]).p5.to_bits()
        );
    }

    #[test]
    fn faults_of_regions_and_exports_are_named() {
        let fault = |from: &str, to: &str| {
            let text = text(EXPORT);
            assert!(text.contains(from), "{from}");
            Regional::read("s.toml", &text.replacen(from, to, 1)).unwrap_err().to_string()
        };
        assert!(fault("place = \"PL\"", "place = \"DE\"").contains("region.place"));
        assert!(fault("place = \"PL\"\n", "").contains("absent"));
        assert!(fault("place = \"PL\"", "place = \"PL\"\nfrm = 2020").contains("region.frm"));
        assert!(fault("to = \"PL\"", "to = \"FR\"").contains("one of the regions: DE, PL"));
        assert!(fault("to = \"PL\"", "to = \"DE\"").contains("another place"));
        assert!(fault("product = \"battery\"\ncars", "product = \"petrol\"\ncars").contains("a product of DE"));
        assert!(fault("4, 60000", "4, -60000").contains("-60000 in 2030"));
        assert!(fault("[2030, 4, 60000]", "[2050, 4, 60000]").contains("s.toml, region DE: `battery.trade`"));
        assert!(fault("survival = \"germany\"", "survivl = \"germany\"").contains("survivl"));
    }
}
