//! The report of `fleet run`: stock, energy, footprint, packs and materials through the years, in sum and place by place.

mod places;

use std::collections::{BTreeMap, BTreeSet};

use minewheel_industry::fleet::ledgers::{MaterialLine, PackLine, YearLine};
use minewheel_industry::fleet::regions::RegionalReport;
use minewheel_industry::fleet::run::FleetReport;
use minewheel_industry::fleet::tables::FleetTables;

use crate::charts::lines::{Chart, Line, svg};
use crate::document::{Block, Document, Section, Table};
use crate::figure::figure;
use crate::sources::of_rows;

/// One million, as axes are scaled.
const MILLION: f64 = 1e6;
/// One thousand, as axes are scaled.
const THOUSAND: f64 = 1e3;
/// Materials in a chart.
const MOST_LINES: usize = 6;

/// The report.
pub fn document(found: &RegionalReport, tables: &FleetTables, fingerprint: &str, command: &str) -> Document {
    let report = &found.whole;
    let years: BTreeSet<i32> = report.years.iter().map(|l| l.year).collect();
    let (first, last) = (years.first().copied().unwrap_or_default(), years.last().copied().unwrap_or_default());
    let stock = |year: i32| report.years.iter().filter(|l| l.year == year).map(|l| l.stock).sum::<f64>() / MILLION;
    let climate = |year: i32| {
        let of = |l: &YearLine| Some(l.production_t? + l.use_t? + l.end_of_life_t?);
        report.years.iter().filter(|l| l.year == year).map(of).sum::<Option<f64>>().map(|t| t / MILLION)
    };
    let mut lead = vec![format!("{} million cars in {first}, {} million in {last}.", figure(stock(first)), figure(stock(last)))];
    if let (Some(from), Some(to)) = (climate(first), climate(last)) {
        lead.push(format!("They, their making and their end emit {} Mt CO2e in {first} and {} Mt in {last}.", figure(from), figure(to)));
    }
    let source = source_of(report);
    Document {
        title: format!("{}, {}", report.title, report.place),
        lead,
        sections: accounts(report, &source).into_iter().chain(places::sections(&found.regions)).chain([method(report)]).collect(),
        sources: of_rows(&tables.rows, &tables.sources, |file, _| file.starts_with("fleet/")),
        run: vec![
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("tables".to_owned(), fingerprint.to_owned()),
            ("weakest status".to_owned(), report.weakest_status.to_string()),
        ],
        command: command.to_owned(),
    }
}

/// What stands beneath a chart.
fn source_of(report: &FleetReport) -> String {
    format!("minewheel fleet run; {}, weakest status {}", report.place, report.weakest_status)
}

/// Cars, climate, packs and materials of one place, or of all in sum.
fn accounts(report: &FleetReport, source: &str) -> Vec<Section> {
    vec![
        Section::new("Cars", vec![stock_chart(report, source), Block::Folded(years_table(report))]),
        Section::new("Climate", vec![climate_chart(report, source)]),
        Section::new("Packs", vec![pack_chart(report, source), Block::Folded(packs_table(report))]),
        Section::new("Materials", vec![material_chart(report, source), Block::Folded(materials_table(report))]),
    ]
}

fn method(report: &FleetReport) -> Section {
    let how = "Cohorts by product and age: each year's cars leave by their survival curve; packs follow their cars or fail on their own; what \
               leaves is collected, used again, recycled or lost, and every kilogram is accounted for (the residual column).";
    let notes = report.notices.iter().map(|n| format!("Note: {n}."));
    Section::new("Method", vec![Block::List(std::iter::once(how.to_owned()).chain(notes).collect())])
}

fn products(names: impl Iterator<Item = String>) -> Vec<String> {
    let mut found = Vec::new();
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn picture(title: &str, unit: &str, source: &str, lines: Vec<Line>, caption: &str) -> Block {
    let chart = Chart { title: title.to_owned(), unit: unit.to_owned(), across: String::new(), source: source.to_owned(), lines };
    Block::Picture { svg: svg(&chart), caption: caption.to_owned() }
}

fn stock_chart(report: &FleetReport, source: &str) -> Block {
    let names = products(report.years.iter().map(|l| l.product.clone()));
    let line = |name: &String| Line {
        name: name.clone(),
        points: report.years.iter().filter(|l| l.product == *name).map(|l| (f64::from(l.year), l.stock / MILLION)).collect(),
        band: Vec::new(),
    };
    picture("Cars on the road", "at the end of the year, million", source, names.iter().map(line).collect(), "Stock by product.")
}

fn climate_chart(report: &FleetReport, source: &str) -> Block {
    type Part = fn(&YearLine) -> Option<f64>;
    let parts: [(&str, Part); 3] = [("production", |l| l.production_t), ("use", |l| l.use_t), ("end of life", |l| l.end_of_life_t)];
    let line = |(name, pick): (&str, Part)| {
        let mut by_year: BTreeMap<i32, Option<f64>> = BTreeMap::new();
        for entry in &report.years {
            let sum = by_year.entry(entry.year).or_insert(Some(0.0));
            *sum = sum.zip(pick(entry)).map(|(a, b)| a + b);
        }
        let points = by_year.into_iter().filter_map(|(year, t)| Some((f64::from(year), t? / MILLION))).collect();
        Line { name: name.to_owned(), points, band: Vec::new() }
    };
    let lines: Vec<Line> = parts.into_iter().map(line).filter(|l| !l.points.is_empty()).collect();
    if lines.is_empty() {
        return Block::Text("The study names no cars of the catalogue for its products, so no footprint follows.".to_owned());
    }
    picture("Climate of the fleet", "Mt CO2e a year", source, lines, "By phase: cars made, cars driven, cars scrapped in the year.")
}

fn pack_chart(report: &FleetReport, source: &str) -> Block {
    type Part = fn(&PackLine) -> f64;
    let parts: [(&str, Part); 4] = [
        ("fitted", |l| l.fitted_gwh + l.replacements_gwh),
        ("collected", |l| l.collected_gwh),
        ("to a second life", |l| l.to_second_life_gwh),
        ("recycled", |l| l.recycled_gwh),
    ];
    let line = |(name, pick): (&str, Part)| {
        let mut by_year: BTreeMap<i32, f64> = BTreeMap::new();
        for entry in &report.packs {
            *by_year.entry(entry.year).or_default() += pick(entry);
        }
        Line { name: name.to_owned(), points: by_year.into_iter().map(|(y, v)| (f64::from(y), v)).collect(), band: Vec::new() }
    };
    if report.packs.is_empty() {
        return Block::Text("No product of the study has a pack.".to_owned());
    }
    picture("Packs", "GWh a year", source, parts.into_iter().map(line).collect(), "Fitted in new cars and as replacements; collected at the end.")
}

fn material_chart(report: &FleetReport, source: &str) -> Block {
    let mut totals: BTreeMap<&str, f64> = BTreeMap::new();
    for line in &report.materials {
        *totals.entry(&line.element).or_default() += line.pack_demand_t;
    }
    let mut ranked: Vec<(&str, f64)> = totals.into_iter().filter(|t| t.1 > 0.0).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1));
    let line = |(element, _): &(&str, f64)| Line {
        name: (*element).to_owned(),
        points: report.materials.iter().filter(|l| l.element == *element).map(|l| (f64::from(l.year), l.pack_demand_t / THOUSAND)).collect(),
        band: Vec::new(),
    };
    let lines: Vec<Line> = ranked.iter().take(MOST_LINES).map(line).collect();
    if lines.is_empty() {
        return Block::Text("No product of the study has a pack.".to_owned());
    }
    picture("Elements in new packs", "kt a year", source, lines, "The six largest by mass.")
}

fn years_table(report: &FleetReport) -> Table {
    let dash = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), figure);
    let row = |l: &YearLine| {
        let words = [l.year.to_string(), l.product.clone()];
        let numbers = [l.stock, l.inflow, l.outflow, l.km / MILLION, l.electricity_gwh, l.fuel_ml].map(figure);
        words.into_iter().chain(numbers).chain([dash(l.production_t), dash(l.use_t), dash(l.end_of_life_t)]).collect()
    };
    let header = ["year", "product", "stock", "new", "gone", "million km", "GWh", "million l", "production, t", "use, t", "end of life, t"];
    Table::of_words("Cars, energy and climate by year", &header, report.years.iter().map(row).collect(), &[2, 3, 4, 5, 6, 7, 8, 9, 10])
}

fn packs_table(report: &FleetReport) -> Table {
    let row = |l: &PackLine| {
        let numbers = [
            l.in_cars_gwh,
            l.fitted_gwh,
            l.replacements_gwh,
            l.outlived_gwh,
            l.collected_gwh,
            l.informal_gwh,
            l.exported_gwh,
            l.to_second_life_gwh,
            l.in_second_life_gwh,
            l.recycled_gwh,
            l.scrap_gwh,
        ];
        [l.year.to_string(), l.product.clone()].into_iter().chain(numbers.map(figure)).collect()
    };
    let header = [
        "year",
        "product",
        "in cars",
        "fitted",
        "replaced",
        "outlived",
        "collected",
        "informal",
        "exported",
        "to second life",
        "in second life",
        "recycled",
        "scrap",
    ];
    Table::of_words("Packs by year, GWh", &header, report.packs.iter().map(row).collect(), &(2..13).collect::<Vec<_>>())
}

fn materials_table(report: &FleetReport) -> Table {
    let row = |l: &MaterialLine| {
        let numbers = [l.pack_demand_t, l.pack_stock_t, l.pack_recovered_t, l.pack_lost_t, l.pack_informal_t, l.pack_exported_t, l.body_demand_t];
        [l.year.to_string(), l.element.clone()].into_iter().chain(numbers.map(figure)).chain([format!("{:.1e}", l.residual_t)]).collect()
    };
    let header = ["year", "element", "into packs", "in packs", "recovered", "lost", "informal", "exported", "into bodies", "residual"];
    Table::of_words("Elements by year, t", &header, report.materials.iter().map(row).collect(), &(2..10).collect::<Vec<_>>())
}
