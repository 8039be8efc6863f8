//! The report of `supply CAR --ban …`: what rules of sourcing cost, which tier binds, who would supply.

use minewheel_assess::tables::Tables;
use minewheel_industry::supply::sourcing::report::{Binding, Gap, SourcedTier, SourcingReport};
use minewheel_industry::supply::sourcing::{Objective, Part};

use crate::charts::ranked;
use crate::document::{Block, Document, Section, Table};
use crate::figure::{figure, percent};
use crate::origin::largest;
use crate::sources::of_rows;

/// Markets in the chart, at most.
const MOST_BARS: usize = 24;

/// The report.
pub fn document(report: &SourcingReport, tables: &Tables, command: &str) -> Document {
    let part = match report.part {
        Part::Car => "production",
        Part::Battery => "battery",
    };
    let enough = if report.is_feasible { "has enough makers" } else { "does not have enough makers" };
    let mut lead = vec![format!("Under the rules the {part} of {} {enough} for {} of the world's need.", report.car, percent(report.volume))];
    if let Some(volume) = report.largest_volume {
        lead.push(format!("The largest part of the world's need that can be had is {}.", percent(volume.min(1.0))));
    }
    if let Some(shown) = report.solutions.iter().find(|s| s.objective == report.objective) {
        lead.push(format!(
            "{}: {} kg CO2e and {} USD more than in the open market.",
            sentence_case(word(shown.objective)),
            signed(shown.extra_climate_kg),
            signed(shown.extra_cost_usd)
        ));
        if let Some(tier) = &shown.binding_tier {
            lead.push(format!("The tier that binds is {tier}."));
        }
    }
    let rules = report.rules.clone();
    let mut sections = vec![Section::new("Rules", vec![Block::List(rules)])];
    if !report.gaps.is_empty() {
        let row = |g: &Gap| vec![g.tier.clone(), g.product.clone(), percent(g.lacks_share), figure(g.lacks), g.unit.clone()];
        let header = ["tier", "product", "lacks", "a car", "unit"];
        let table = Table::of_words("What has no maker under the rules", &header, report.gaps.iter().map(row).collect(), &[2, 3]);
        sections.push(Section::new("Gaps", vec![Block::Table(table)]));
    }
    sections.push(Section::new("Cost and carbon", vec![Block::Table(totals(report))]));
    sections.push(Section::new("What binds", binding(report)));
    if report.solved_volume.is_some() {
        sections.push(Section::new("Who would supply", vec![moved(report), Block::Folded(tiers(report))]));
    }
    sections.push(Section::new("Method", method(report)));
    Document {
        title: format!("{}, {}: {part} sourced under rules", report.car, report.year),
        lead,
        sections,
        sources: of_rows(&tables.rows, &tables.sources, |file, _| file.starts_with("markets/") && file.ends_with("-shares.csv")),
        run: vec![
            ("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
            ("tables".to_owned(), tables.fingerprint.clone()),
            ("weakest status".to_owned(), report.weakest_status.to_string()),
        ],
        command: command.to_owned(),
    }
}

const fn word(objective: Objective) -> &'static str {
    match objective {
        Objective::Carbon => "least carbon",
        Objective::Cost => "least cost",
        Objective::Nearest => "nearest to the open market",
    }
}

fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn signed(value: f64) -> String {
    let sign = if value > 0.0 { "+" } else { "" };
    format!("{sign}{}", figure(value))
}

fn totals(report: &SourcingReport) -> Table {
    let open = vec![
        "open market".to_owned(),
        figure(report.open.climate_kg),
        "–".to_owned(),
        figure(report.open.cost_over_china_usd),
        "–".to_owned(),
        "–".to_owned(),
    ];
    let works = report.without_rules.iter().map(|w| {
        vec![
            "no rule, as countries' works allow at this volume".to_owned(),
            figure(w.climate_kg),
            signed(w.climate_kg - report.open.climate_kg),
            figure(w.cost_over_china_usd),
            signed(w.cost_over_china_usd - report.open.cost_over_china_usd),
            "–".to_owned(),
        ]
    });
    let solved = report.solutions.iter().map(|s| {
        vec![
            word(s.objective).to_owned(),
            figure(s.totals.climate_kg),
            signed(s.extra_climate_kg),
            figure(s.totals.cost_over_china_usd),
            signed(s.extra_cost_usd),
            s.binding_tier.clone().unwrap_or_else(|| "–".to_owned()),
        ]
    });
    let header = ["solution", "kg CO2e", "more", "USD over China", "more", "tier that binds"];
    Table::of_words(
        "A car's production in the open market and under the rules",
        &header,
        std::iter::once(open).chain(works).chain(solved).collect(),
        &[1, 2, 3, 4],
    )
}

fn binding(report: &SourcingReport) -> Vec<Block> {
    let table = |of: &minewheel_industry::supply::sourcing::report::Solved| {
        let unit = if of.objective == Objective::Carbon { "kg CO2e" } else { "USD" };
        let row = |b: &Binding| vec![b.tier.clone(), b.product.clone(), b.rule.clone(), figure(b.gain_per_percent)];
        let caption = format!("{}: what 1 % of a market free of the rule would save", sentence_case(word(of.objective)));
        Block::Table(Table::of_words(caption, &["tier", "product", "rule", unit], of.binding.iter().map(row).collect(), &[3]))
    };
    let tables: Vec<Block> = report.solutions.iter().filter(|s| !s.binding.is_empty()).map(table).collect();
    if tables.is_empty() { vec![Block::Text("No rule costs anything at the margin.".to_owned())] } else { tables }
}

fn moved(report: &SourcingReport) -> Block {
    let mut moved: Vec<&SourcedTier> = report.tiers.iter().filter(|t| t.amount > 0.0 && t.moved_share > 0.0).collect();
    moved.sort_by(|a, b| b.moved_share.total_cmp(&a.moved_share).then_with(|| a.product.cmp(&b.product)));
    let bar = |t: &&SourcedTier| ranked::Bar {
        name: format!("{}, {}", t.product, t.tier),
        value: 100.0 * t.moved_share,
        range: None,
        is_marked: t.moved_share > 0.5,
    };
    let chart = ranked::Ranked {
        title: "Share of each market that moves to other places".to_owned(),
        unit: "% of the market".to_owned(),
        threshold: None,
        bars: moved.iter().take(MOST_BARS).map(bar).collect(),
    };
    let caption = format!("What must be bought elsewhere ({}); outlined: more than half.", word(report.objective));
    Block::Picture { svg: ranked::svg(&chart), caption }
}

fn tiers(report: &SourcingReport) -> Table {
    let row = |t: &SourcedTier| {
        vec![
            t.tier.clone(),
            t.product.clone(),
            format!("{} {}", figure(t.amount), t.unit),
            largest(&t.open_shares),
            largest(&t.shares),
            percent(t.moved_share),
            t.status.to_string(),
        ]
    };
    let header = ["tier", "product", "a car", "open market", "under the rules", "moved", "status"];
    Table::of_words("Makers of every market, the three largest", &header, report.tiers.iter().filter(|t| t.amount > 0.0).map(row).collect(), &[2, 5])
}

fn method(report: &SourcingReport) -> Vec<Block> {
    let mut points = vec![
        "One linear programme over all tiers at once: every market must be filled from places that the rules allow, within what they make."
            .to_owned(),
        "Cost is what a place costs over China on the value added there; carbon is that of the place's own grid and inputs.".to_owned(),
    ];
    for (title, list) in [
        ("Without a price", &report.unpriced),
        ("With a price, but no known premium of places", &report.without_premium),
        ("Of unknown origin", &report.of_unknown_origin),
    ] {
        if !list.is_empty() {
            points.push(format!("{title}: {}.", list.join(", ")));
        }
    }
    points.extend(report.notices.iter().map(|n| format!("Note: {n}.")));
    vec![Block::List(points)]
}
