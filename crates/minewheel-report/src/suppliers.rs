//! The reports of `suppliers rollup` and `suppliers plan`: who holds carbon and doubt, what could change it, at what cost.

use minewheel_assess::tables::Tables;
use minewheel_data::units::Mass;
use minewheel_industry::suppliers::measures::CurveStep;
use minewheel_industry::suppliers::plan::{Decision, Plan, PlanYear};
use minewheel_industry::suppliers::rollup::{RollUp, SupplierLine};
use minewheel_industry::suppliers::tables::SupplierTables;

use crate::charts::{lines, ranked};
use crate::document::{Block, Document, Section, Table, word};
use crate::figure::{figure, number, percent};
use crate::sources::of_rows;

/// Suppliers in a chart, at most.
const MOST_BARS: usize = 24;
/// The part of the abatement at either end of the curve that the picture leaves to the table.
const TAIL: f64 = 0.01;

fn tonnes(kg: f64) -> f64 {
    Mass::from_kg(kg).t()
}

/// The name of a programme; made-up ones say so.
fn named(programme: &str, is_synthetic: bool) -> String {
    if is_synthetic { format!("{programme} (synthetic: no company stands behind it)") } else { programme.to_owned() }
}

fn run(tables: &Tables) -> Vec<(String, String)> {
    vec![("version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()), ("tables".to_owned(), tables.fingerprint.clone())]
}

/// The report of a roll-up.
pub fn rollup(found: &RollUp, tables: &Tables, own: &SupplierTables, command: &str) -> Document {
    let mut lead = vec![
        format!(
            "Making {} emits {} kg CO2e, standard deviation {}; {} of it is held by {} suppliers of the programme.",
            found.car,
            figure(found.production_kg),
            figure(found.deviation_kg),
            percent(found.named_share),
            found.suppliers.len()
        ),
        format!("{} of it rests on suppliers' primary data.", percent(found.primary_data_share)),
    ];
    lead.extend(found.notices.iter().map(|n| format!("Note: {n}.")));
    let whole = [
        ("suppliers of the programme", found.suppliers_kg),
        ("no supplier named, and freight", found.unnamed_kg),
        ("the car maker's plant", found.works_kg),
        ("production", found.production_kg),
        ("as modelled, without reports", found.modelled_production_kg),
    ];
    let rows = whole.map(|(what, kg)| vec![what.to_owned(), figure(kg)]).to_vec();
    let mut doubted: Vec<&SupplierLine> = found.suppliers.iter().collect();
    doubted.sort_by(|a, b| b.variance_share.total_cmp(&a.variance_share).then_with(|| a.supplier.cmp(&b.supplier)));
    let mut run = run(tables);
    run.push(("weakest status of the model's figures".to_owned(), found.weakest_status.to_string()));
    Document {
        title: format!("{}: {}, {}", named(&found.programme, found.is_synthetic), found.car, found.year),
        lead,
        sections: vec![
            Section::new("The sum", vec![Block::Table(Table::of_words("Production of a car", &["", "kg CO2e"], rows, &[1]))]),
            Section::new("Who holds most carbon", vec![carbon(found)]),
            Section::new("Who holds most doubt", vec![doubt(&doubted)]),
            Section::new("All suppliers", vec![Block::Folded(all(found))]),
            Section::new(
                "Method",
                vec![Block::List(vec![
                    "What a supplier reports takes the place of the model's figure of the same lines of the car's bill; the rest stays modelled."
                        .to_owned(),
                    "A supplier's figure leaves out what its own suppliers of the programme hold, so the figures add up to the whole.".to_owned(),
                    "Doubt is the share of the variance of the sum: figures of one supplier err together, those of different ones apart.".to_owned(),
                    format!("`minewheel explain {}` walks from the model's figures to the rows and sources behind them.", found.car),
                ])],
            ),
        ],
        sources: of_rows(own.rows(), own.sources(), |file, _| file == "suppliers/parameters.csv"),
        run,
        command: command.to_owned(),
    }
}

fn name(line: &SupplierLine) -> String {
    format!("{} {}: {}", line.supplier, line.place, line.delivers.join(", "))
}

fn carbon(found: &RollUp) -> Block {
    let bar = |l: &SupplierLine| ranked::Bar {
        name: name(l),
        value: l.kg_co2e,
        range: Some(((l.kg_co2e - l.deviation_kg_co2e).max(0.0), l.kg_co2e + l.deviation_kg_co2e)),
        is_marked: word(&l.reported) == "nothing",
    };
    let chart = ranked::Ranked {
        title: "Carbon by supplier".to_owned(),
        unit: "kg CO2e a car".to_owned(),
        threshold: None,
        bars: found.suppliers.iter().take(MOST_BARS).map(bar).collect(),
    };
    let caption = "The largest, without what their own suppliers of the programme hold; line: one standard deviation to either side; outlined: nothing reported, the model's figure stands.";
    Block::Picture { svg: ranked::svg(&chart), caption: caption.to_owned() }
}

fn doubt(lines: &[&SupplierLine]) -> Block {
    let bar =
        |l: &&SupplierLine| ranked::Bar { name: name(l), value: 100.0 * l.variance_share, range: None, is_marked: word(&l.reported) == "nothing" };
    let chart = ranked::Ranked {
        title: "Doubt by supplier".to_owned(),
        unit: "% of the variance of the sum".to_owned(),
        threshold: None,
        bars: lines.iter().take(MOST_BARS).map(bar).collect(),
    };
    Block::Picture { svg: ranked::svg(&chart), caption: "Whom to ask next; outlined: nothing reported.".to_owned() }
}

fn all(found: &RollUp) -> Table {
    let row = |l: &SupplierLine| {
        vec![
            l.supplier.clone(),
            l.name.clone(),
            l.place.clone(),
            l.tier.to_string(),
            l.delivers.join(", "),
            word(&l.reported),
            figure(l.kg_co2e),
            percent(l.share),
            percent(l.primary_share),
            percent(l.variance_share),
        ]
    };
    let header = ["supplier", "name", "place", "tier", "delivers", "reported", "kg CO2e", "share", "primary", "doubt"];
    Table::of_words("Suppliers, those that hold most first", &header, found.suppliers.iter().map(row).collect(), &[3, 6, 7, 8, 9])
}

/// The report of a plan.
pub fn plan(found: &Plan, tables: &Tables, own: &SupplierTables, command: &str) -> Document {
    let verdict = match (found.meets_targets, found.targets_within_reach) {
        (true, _) => "It meets every target.",
        (false, true) => "It misses a target that some choice might meet.",
        (false, false) => "It misses a target, and no choice within the budget meets them all.",
    };
    let mut lead = vec![format!(
        "{} decisions among {} measures of {} suppliers avoid {} t CO2e over {} years; no plan avoids more than {} t. {verdict}",
        found.decisions.len(),
        found.measures,
        found.suppliers,
        figure(tonnes(found.abated_kg)),
        found.years.len(),
        figure(tonnes(found.bound_kg))
    )];
    lead.extend(found.notices.iter().map(|n| format!("Note: {n}.")));
    let mut run = run(tables);
    run.push(("gap to the bound".to_owned(), format!("{:.2} %", 100.0 * found.gap)));
    Document {
        title: format!("{}: plan for {}", named(&found.programme, found.is_synthetic), found.car),
        lead,
        sections: vec![
            Section::new("Year by year", vec![progress(found), Block::Table(years(found))]),
            Section::new("Abatement by cost", vec![curve(found), Block::Folded(steps(found))]),
            Section::new("Decisions", vec![Block::Folded(decisions(found))]),
            Section::new(
                "Method",
                vec![Block::List(vec![
                    "Measures are chosen by branch and bound on a relaxation solved by an interior-point method; the gap to its bound is stated."
                        .to_owned(),
                    "The budget pays investments and yearly costs; what is left may be spent later; savings stay with the works.".to_owned(),
                    "Measures of one works count one after the other, so a plan avoids at least what it counts.".to_owned(),
                ])],
            ),
        ],
        sources: of_rows(own.rows(), own.sources(), |_, _| true),
        run,
        command: command.to_owned(),
    }
}

fn progress(found: &Plan) -> Block {
    let line = |name: &str, of: &dyn Fn(&PlanYear) -> Option<f64>| lines::Line {
        name: name.to_owned(),
        points: found.years.iter().filter_map(|y| Some((f64::from(y.year), of(y)?))).collect(),
        band: Vec::new(),
    };
    let chart = lines::Chart {
        title: "Avoided each year".to_owned(),
        unit: "t CO2e a year".to_owned(),
        across: String::new(),
        source: "Measures in effect in the year; targets are those of the programme.".to_owned(),
        lines: vec![line("avoided", &|y| Some(tonnes(y.abated_kg))), line("target", &|y| y.target_kg.map(tonnes))],
    };
    Block::Picture { svg: lines::svg(&chart), caption: "What the plan avoids beside the targets.".to_owned() }
}

fn years(found: &Plan) -> Table {
    let row = |y: &PlanYear| {
        vec![
            y.year.to_string(),
            figure(y.budget_usd),
            figure(y.spent_usd),
            figure(y.saved_usd),
            figure(tonnes(y.abated_kg)),
            number(y.target_kg.map(tonnes)),
            figure(tonnes(y.missed_kg)),
            figure(y.suppliers_kg_per_car),
        ]
    };
    let header = ["year", "budget, USD", "spent, USD", "saved, USD", "avoided, t", "target, t", "missed, t", "suppliers, kg a car"];
    Table::of_numbers(
        "Money and carbon; what is not spent may be spent later",
        header.map(str::to_owned).to_vec(),
        found.years.iter().map(row).collect(),
    )
}

/// The curve without its ends, whose few kilograms cost or save so much that nothing else would be seen.
fn curve(found: &Plan) -> Block {
    let whole = found.curve.last().map_or(0.0, |s| s.cumulative_kg_per_year);
    let before = |s: &CurveStep| s.cumulative_kg_per_year - s.measure.abated_kg_per_year;
    let shown = found.curve.iter().filter(|s| s.cumulative_kg_per_year >= TAIL * whole && before(s) <= (1.0 - TAIL) * whole);
    let points = shown.flat_map(|s| [before(s), s.cumulative_kg_per_year].map(|kg| (tonnes(kg), s.measure.usd_per_tonne))).collect();
    let chart = lines::Chart {
        title: "Cost of abatement".to_owned(),
        unit: "USD a tonne of CO2e".to_owned(),
        across: "t CO2e a year avoided by this and all cheaper measures".to_owned(),
        source: "Below nought a measure pays for itself. Each step is one measure of one works.".to_owned(),
        lines: vec![lines::Line { name: "measures".to_owned(), points, band: Vec::new() }],
    };
    let caption = format!("Measures in order of cost; the first and last {} of the abatement are in the table only.", percent(TAIL));
    Block::Picture { svg: lines::svg(&chart), caption }
}

fn steps(found: &Plan) -> Table {
    let row = |s: &CurveStep| {
        let m = &s.measure;
        vec![
            m.supplier.clone(),
            m.measure.clone(),
            figure(m.usd_per_tonne),
            figure(tonnes(m.abated_kg_per_year)),
            figure(tonnes(s.cumulative_kg_per_year)),
            m.source.clone(),
            m.status.clone(),
        ]
    };
    let header = ["supplier", "measure", "USD a tonne", "t a year", "t up to here", "source", "status"];
    Table::of_words("The curve, measure by measure", &header, found.curve.iter().map(row).collect(), &[2, 3, 4])
}

fn decisions(found: &Plan) -> Table {
    let row = |d: &Decision| {
        let m = &d.measure;
        vec![
            d.year.to_string(),
            d.effective_year.to_string(),
            m.supplier.clone(),
            m.measure.clone(),
            figure(tonnes(m.abated_kg_per_year)),
            figure(m.investment_usd),
            figure(m.saving_usd_per_year),
            figure(m.usd_per_tonne),
        ]
    };
    let header = ["year", "in effect from", "supplier", "measure", "t a year", "USD", "USD saved a year", "USD a tonne"];
    Table::of_words("Who does what, and when", &header, found.decisions.iter().map(row).collect(), &[0, 1, 4, 5, 6, 7])
}
