//! The places of a study beside each other, and each by itself.

use std::collections::BTreeMap;

use minewheel_industry::fleet::ledgers::YearLine;
use minewheel_industry::fleet::run::FleetReport;

use super::{MILLION, accounts, picture, source_of};
use crate::charts::lines::Line;
use crate::document::{Block, Section, Table};
use crate::figure::figure;

/// A section that sets the places beside each other, and one for each of them; none where the study has only one place.
pub(super) fn sections(places: &[FleetReport]) -> Vec<Section> {
    if places.is_empty() {
        return Vec::new();
    }
    let own = |place: &FleetReport| {
        let parts = accounts(place, &source_of(place)).into_iter().flat_map(|section| section.blocks);
        Section::new(place.place.clone(), parts.collect())
    };
    std::iter::once(beside(places)).chain(places.iter().map(own)).collect()
}

/// A figure of a place by year: the sum of a figure over its products, where it is known for all of them.
fn by_year(place: &FleetReport, pick: fn(&YearLine) -> Option<f64>) -> BTreeMap<i32, Option<f64>> {
    let mut sums: BTreeMap<i32, Option<f64>> = BTreeMap::new();
    for line in &place.years {
        let sum = sums.entry(line.year).or_insert(Some(0.0));
        *sum = sum.zip(pick(line)).map(|(a, b)| a + b);
    }
    sums
}

/// Tonnes of CO2e of a year: cars made, driven and scrapped.
fn climate(line: &YearLine) -> Option<f64> {
    Some(line.production_t? + line.use_t? + line.end_of_life_t?)
}

fn beside(places: &[FleetReport]) -> Section {
    let names = places.iter().map(|p| p.place.as_str()).collect::<Vec<_>>().join(", ");
    let source = format!("minewheel fleet run; {names}");
    let lines = |pick: fn(&YearLine) -> Option<f64>, scale: f64| -> Vec<Line> {
        let line = |place: &FleetReport| Line {
            name: place.place.clone(),
            points: by_year(place, pick).into_iter().filter_map(|(year, sum)| Some((f64::from(year), sum? / scale))).collect(),
            band: Vec::new(),
        };
        places.iter().map(line).filter(|l| !l.points.is_empty()).collect()
    };
    let stock = lines(|l| Some(l.stock), MILLION);
    let mut blocks = vec![picture("Cars on the road by place", "at the end of the year, million", &source, stock, "Stock of all products.")];
    let emitted = lines(climate, MILLION);
    if !emitted.is_empty() {
        let caption = "Cars made, driven and scrapped in the year, for each place on its own grid.";
        blocks.push(picture("Climate by place", "Mt CO2e a year", &source, emitted, caption));
    }
    blocks.push(Block::Folded(table(places)));
    Section::new("Place by place", blocks)
}

fn table(places: &[FleetReport]) -> Table {
    let dash = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), figure);
    let mut rows = Vec::new();
    for place in places {
        let of = |pick| by_year(place, pick);
        let columns = [
            of(|l| Some(l.stock)),
            of(|l| Some(l.inflow)),
            of(|l| Some(l.outflow)),
            of(|l| Some(l.traded)),
            of(|l| Some(l.electricity_gwh)),
            of(|l| Some(l.fuel_ml)),
            of(climate),
        ];
        for year in columns[0].keys() {
            let words = [place.place.clone(), year.to_string()];
            rows.push(words.into_iter().chain(columns.iter().map(|c| dash(c.get(year).copied().flatten()))).collect());
        }
    }
    let header = ["place", "year", "stock", "new", "gone", "used, net", "GWh", "million l", "t CO2e"];
    Table::of_words("All products by place and year", &header, rows, &[2, 3, 4, 5, 6, 7, 8])
}
