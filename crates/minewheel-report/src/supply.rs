//! The report of `supply`: tiers from the mine, concentration, dependence, prices.

use minewheel_assess::tables::Tables;
use minewheel_industry::supply::report::{MaterialReport, SupplyReport, TierReport};

use crate::charts::ranked;
use crate::document::{Block, Document, Section, Table};
use crate::figure::{figure, number, percent};
use crate::origin::largest;
use crate::sources::{SourceLine, of_rows};

/// Tiers in the charts, at most.
const MOST_BARS: usize = 24;

/// The report.
pub fn document(report: &SupplyReport, tables: &Tables, command: &str) -> Document {
    let list = |names: &[String]| if names.is_empty() { "none".to_owned() } else { names.join(", ") };
    let mut lead = vec![
        format!("More than half of the world's output comes from {} at: {}.", report.dominant, list(&report.dominated)),
        format!("Half or less at: {}.", list(&report.not_dominated)),
    ];
    if let Some(binding) = &report.binding {
        lead.push(format!("The tier that binds the supply of {}, by the highest EU-type risk, is {binding}.", report.buyer));
    }
    Document {
        title: format!("Supply of {} for {}, {}", report.subject, report.buyer, report.year),
        lead,
        sections: vec![
            Section::new("Share of one country, tier by tier", vec![shares(report), Block::Table(tiers(report))]),
            Section::new("Risk of supply", vec![risks(report)]),
            Section::new("Materials and prices", vec![Block::Table(materials(report)), Block::Text(price_note(report))]),
            Section::new("Who makes it", vec![Block::Folded(makers(report))]),
            Section::new("Trade measures and ownership", measures(report)),
            Section::new("Method", method(report)),
        ],
        sources: behind(report, tables),
        run: vec![
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("tables".to_owned(), tables.fingerprint.clone()),
            ("weakest status of the shares".to_owned(), report.weakest_status.to_string()),
        ],
        command: command.to_owned(),
    }
}

/// Sources of the shares of the report's commodities, and of governance, measures and owners.
fn behind(report: &SupplyReport, tables: &Tables) -> Vec<SourceLine> {
    let is_asked = |commodity: &str| all(report).any(|(_, t)| t.commodity == commodity);
    of_rows(&tables.rows, &tables.sources, |file, first| match file {
        "supply/shares.csv" | "supply/measures.csv" | "supply/owners.csv" | "supply/mine_owners.csv" => is_asked(first),
        "supply/governance.csv" | "supply/parameters.csv" => true,
        _ => false,
    })
}

fn all(report: &SupplyReport) -> impl Iterator<Item = (&MaterialReport, &TierReport)> {
    report.materials.iter().flat_map(|m| m.tiers.iter().map(move |t| (m, t)))
}

fn name(tier: &TierReport) -> String {
    format!("{}, {}", tier.commodity, tier.tier)
}

fn shares(report: &SupplyReport) -> Block {
    let bar = |t: &TierReport| ranked::Bar { name: name(t), value: 100.0 * t.share_of_dominant, range: None, is_marked: t.share_of_dominant > 0.5 };
    let chart = ranked::Ranked {
        title: format!("Share of {} in the world's output", report.dominant),
        unit: "% of the world's output".to_owned(),
        threshold: Some((50.0, "half".to_owned())),
        bars: all(report).map(|(_, t)| bar(t)).take(MOST_BARS).collect(),
    };
    let caption = format!("Share of {} in the output of each tier, in order from the mine; outlined: more than half.", report.dominant);
    Block::Picture { svg: ranked::svg(&chart), caption }
}

fn risks(report: &SupplyReport) -> Block {
    let mut bars: Vec<ranked::Bar> = all(report)
        .map(|(_, t)| ranked::Bar { name: name(t), value: t.supply_risk, range: None, is_marked: t.supply_risk >= report.risk_threshold })
        .collect();
    bars.sort_by(|a, b| b.value.total_cmp(&a.value));
    bars.truncate(MOST_BARS);
    let chart = ranked::Ranked {
        title: "EU-type supply risk".to_owned(),
        unit: "supply risk".to_owned(),
        threshold: Some((report.risk_threshold, "critical".to_owned())),
        bars,
    };
    Block::Picture { svg: ranked::svg(&chart), caption: format!("Risk of each tier for {}, the highest first.", report.buyer) }
}

fn tiers(report: &SupplyReport) -> Table {
    let row = |t: &TierReport| {
        // In the order of the text below: net exporters alone, all makers.
        let (low, high) = (t.dependence_by_remainders, t.dependence);
        vec![
            t.commodity.clone(),
            t.tier.clone(),
            t.year.to_string(),
            t.largest.as_ref().map_or_else(|| "–".to_owned(), |l| format!("{l} {}", percent(t.largest_share))),
            format!("{:.2}", t.hhi),
            format!("{:.2}", t.governance_hhi.later_edition),
            percent(t.import_dependence),
            format!("{}–{}", percent(low), percent(high)),
            format!("{:.2}", t.supply_risk),
            format!("{:.3}", t.geopolitical_risk),
            t.status.to_string(),
        ]
    };
    let from = format!("from {}", report.dominant);
    let header = ["commodity", "tier", "year", "largest", "HHI", "HHI, governance", "imports", &from, "EU-type risk", "GeoPolRisk", "status"];
    Table::of_words("Concentration and dependence by tier", &header, all(report).map(|(_, t)| row(t)).collect(), &[4, 5, 6, 7, 8, 9])
}

fn materials(report: &SupplyReport) -> Table {
    let row = |m: &MaterialReport| {
        let price = m.price.as_ref();
        vec![
            m.material.clone(),
            number(m.kg_per_car),
            m.binding_tier.clone().unwrap_or_else(|| "–".to_owned()),
            percent(m.touched_share),
            number(price.map(|p| p.usd_per_kg)),
            price.map_or_else(
                || "–".to_owned(),
                |p| format!("{} ({}) to {} ({})", figure(p.lowest_usd_per_kg), p.lowest_year, figure(p.highest_usd_per_kg), p.highest_year),
            ),
            number(price.and_then(|p| p.usd_per_car_at_risk)),
            price.map_or_else(|| "–".to_owned(), |p| p.status.to_string()),
        ]
    };
    let touched = format!("touched by {}", report.dominant);
    let header = ["material", "kg per car", "binding tier", &touched, "USD/kg", "lowest and highest year", "USD per car more", "status of price"];
    Table::of_words("Materials, the tier that binds each, and prices", &header, report.materials.iter().map(row).collect(), &[1, 3, 4, 6])
}

fn price_note(report: &SupplyReport) -> String {
    format!(
        "Touched: passed {} at any tier. USD per car more: the car's content at the highest yearly price, less that at the year's.",
        report.dominant
    )
}

fn makers(report: &SupplyReport) -> Table {
    let row = |t: &TierReport| vec![t.commodity.clone(), t.tier.clone(), largest(&t.shares), percent(t.largest_three_share), percent(t.rest_share)];
    let header = ["commodity", "tier", "largest makers", "largest three", "not split by country"];
    Table::of_words("Makers of each tier", &header, all(report).map(|(_, t)| row(t)).collect(), &[3, 4])
}

fn measures(report: &SupplyReport) -> Vec<Block> {
    let measures = all(report).flat_map(|(_, t)| t.measures.iter().map(move |m| (t, m))).map(|(t, m)| {
        let until = m.until.as_deref().map_or_else(String::new, |u| format!(" to {u}"));
        let to = m.destination.as_deref().map_or_else(String::new, |d| format!(" to {d}"));
        format!("Export {} of {}{to} by {} from {}{until}.", m.measure, t.commodity, m.place, m.since)
    });
    let owned = all(report).filter_map(|(_, t)| {
        let share = t.owned_share_of_dominant?;
        Some(format!("{}: {} holds {} with works that its companies own abroad.", name(t), report.dominant, percent(share)))
    });
    let points: Vec<String> = measures.chain(owned).collect();
    if points.is_empty() { vec![Block::Text("The tables hold none for these tiers.".to_owned())] } else { vec![Block::List(points)] }
}

fn method(report: &SupplyReport) -> Vec<Block> {
    let mut points = vec![
        "HHI: sum of squared shares, 1 for one maker. With governance: each square weighted by the instability of the country.".to_owned(),
        format!(
            "Dependence is given twice: what {} holds from {} if only net exporters sell, and if all makers sell by their output.",
            report.buyer, report.dominant
        ),
        "EU-type risk: concentration of world supply and of the buyer's own, weighted by import reliance, governance and trade measures.".to_owned(),
        "GeoPolRisk: concentration times the instability of those the buyer imports from.".to_owned(),
    ];
    points.extend(report.notices.iter().map(|n| format!("Note: {n}.")));
    vec![Block::List(points)]
}
