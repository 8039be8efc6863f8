//! Tables of suppliers.

use std::fmt::Write as _;

use minewheel_industry::suppliers::measures::CurveStep;
use minewheel_industry::suppliers::pcf::Request;
use minewheel_industry::suppliers::plan::{Decision, Plan, PlanYear};
use minewheel_industry::suppliers::rollup::{Reported, RollUp, SupplierLine};
use minewheel_industry::suppliers::status::{ProgrammeStatus, Progress, word};

use super::Made;
use super::folder::{Imported, PartLine};
use crate::print::{self, Field, figure};

/// Most suppliers, decisions or steps that a table lists; JSON and CSV have all.
const LISTED: usize = 12;

const fn reported(reported: Reported) -> &'static str {
    match reported {
        Reported::Footprint => "footprint",
        Reported::Energy => "energy",
        Reported::Nothing => "nothing",
    }
}

fn percent(share: f64) -> String {
    // Sums of nothing are nought below zero; adding nought takes the sign away.
    format!("{:.1}", 100.0 * share + 0.0)
}

/// A share as a percentage.
fn share(share: f64) -> Field {
    Field::number(100.0 * share + 0.0, |v| format!("{v:.1}"))
}

fn title(programme: &str, is_synthetic: bool) -> String {
    if is_synthetic { format!("{programme} (SYNTHETIC)") } else { programme.to_owned() }
}

fn part_row(p: &PartLine) -> Vec<Field> {
    vec![p.part.clone().into(), Field::figure(p.kg_co2e), share(p.delivered_share), p.suppliers.to_string().into(), p.second_tier.to_string().into()]
}

const PARTS: [&str; 5] = ["part", "kg CO2e", "delivered %", "suppliers", "of products"];

pub fn import_csv(report: &Imported) -> String {
    print::exact_csv(&PARTS, &report.parts.iter().map(part_row).collect::<Vec<_>>())
}

pub fn import(report: &Imported) -> String {
    let mut text =
        format!("{}\n{}, {} suppliers, {} measures\n", title(&report.programme, report.is_synthetic), report.car, report.suppliers, report.measures);
    let _ = writeln!(text, "{} sent a footprint, {} their energy; {} footprints read", report.with_footprint, report.with_energy, report.footprints);
    let _ = writeln!(text, "they hold {} % of the production footprint\n", percent(report.named_share));
    text.push_str(&print::table(&PARTS, &print::shown(&report.parts.iter().map(part_row).collect::<Vec<_>>()), &[1, 2, 3, 4]));
    text
}

const LINES: [&str; 9] = ["supplier", "place", "tier", "delivers", "reported", "kg CO2e", "%", "primary %", "doubt %"];

fn line_row(l: &SupplierLine) -> Vec<Field> {
    vec![
        l.supplier.clone().into(),
        l.place.clone().into(),
        l.tier.to_string().into(),
        l.delivers.join(", ").into(),
        reported(l.reported).into(),
        Field::figure(l.kg_co2e),
        share(l.share),
        share(l.primary_share),
        share(l.variance_share),
    ]
}

pub fn rollup_csv(report: &RollUp) -> String {
    print::exact_csv(&LINES, &report.suppliers.iter().map(line_row).collect::<Vec<_>>())
}

pub fn rollup(report: &RollUp) -> String {
    let mut text = format!("{}\n{}, {}: production\n\n", title(&report.programme, report.is_synthetic), report.car, report.year);
    let rows: Vec<Vec<String>> = [
        ("suppliers of the programme", report.suppliers_kg),
        ("no supplier named, and freight", report.unnamed_kg),
        ("the car maker's plant", report.works_kg),
        ("production", report.production_kg),
        ("as modelled, without reports", report.modelled_production_kg),
    ]
    .map(|(what, kg)| vec![what.to_owned(), figure(kg)])
    .to_vec();
    text.push_str(&print::table(&["", "kg CO2e a car"], &rows, &[1]));
    let _ = writeln!(text, "primary data share {} %; standard deviation {} kg CO2e", percent(report.primary_data_share), figure(report.deviation_kg));
    let _ = writeln!(text, "\nwho holds most carbon");
    // Of what goes into a part the product alone, for a line that does not break.
    let short = |delivery: &String| delivery.rsplit('/').next().unwrap_or_default().to_owned();
    let listed = |l: &SupplierLine| {
        let mut row = line_row(l);
        row[3] = l.delivers.iter().map(short).collect::<Vec<_>>().join(", ").into();
        row
    };
    text.push_str(&print::tight_table(
        &LINES,
        &print::shown(&report.suppliers.iter().take(LISTED).map(listed).collect::<Vec<_>>()),
        &[2, 5, 6, 7, 8],
    ));
    let _ = writeln!(
        text,
        "\n{}",
        print::wrap(&format!("who holds most doubt: {}", report.most_uncertain.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ")))
    );
    let _ = writeln!(text, "doubt %: share of the variance of the sum\nweakest status: {}", report.weakest_status);
    text
}

const DECISIONS: [&str; 7] = ["year", "from", "supplier", "measure", "t CO2e/a", "USD", "USD/t"];

fn decision_row(d: &Decision) -> Vec<Field> {
    let m = &d.measure;
    vec![
        d.year.to_string().into(),
        d.effective_year.to_string().into(),
        m.supplier.clone().into(),
        m.measure.clone().into(),
        Field::figure(tonnes(m.abated_kg_per_year)),
        Field::figure(m.investment_usd),
        Field::figure(m.usd_per_tonne),
    ]
}

fn tonnes(kg: f64) -> f64 {
    minewheel_data::units::Mass::from_kg(kg).t()
}

pub fn plan_csv(report: &Plan) -> String {
    print::exact_csv(&DECISIONS, &report.decisions.iter().map(decision_row).collect::<Vec<_>>())
}

fn year_row(y: &PlanYear) -> Vec<String> {
    vec![
        y.year.to_string(),
        figure(y.budget_usd),
        figure(y.spent_usd),
        figure(y.saved_usd),
        figure(tonnes(y.abated_kg)),
        y.target_kg.map_or_else(|| "–".to_owned(), |t| figure(tonnes(t))),
        if y.missed_kg > 0.0 { format!("missed by {}", figure(tonnes(y.missed_kg))) } else { "met".to_owned() },
        figure(y.suppliers_kg_per_car),
    ]
}

fn step_row(s: &CurveStep) -> Vec<String> {
    let m = &s.measure;
    vec![
        m.supplier.clone(),
        m.measure.clone(),
        figure(m.usd_per_tonne),
        figure(tonnes(m.abated_kg_per_year)),
        figure(tonnes(s.cumulative_kg_per_year)),
    ]
}

pub fn plan(report: &Plan) -> String {
    let mut text = format!(
        "{}\n{}: {} suppliers, {} measures\n\n",
        title(&report.programme, report.is_synthetic),
        report.car,
        report.suppliers,
        report.measures
    );
    let header = ["year", "budget", "spent", "saved", "t avoided", "target t", "target", "kg a car"];
    text.push_str(&print::tight_table(&header, &report.years.iter().map(year_row).collect::<Vec<_>>(), &[1, 2, 3, 4, 5, 7]));
    let _ = writeln!(text, "budget, spent, saved in USD; t of CO2e. What is not spent may be spent later.");
    let _ = writeln!(
        text,
        "avoided {} t; bound {} t; gap {:.2} %",
        figure(tonnes(report.abated_kg)),
        figure(tonnes(report.bound_kg)),
        100.0 * report.gap
    );
    if !report.targets_within_reach {
        let _ = writeln!(text, "no choice within the budget meets every target");
    }
    let _ = writeln!(text, "\n{} decisions, the largest", report.decisions.len());
    let mut largest: Vec<&Decision> = report.decisions.iter().collect();
    largest.sort_by(|a, b| b.measure.abated_kg_per_year.total_cmp(&a.measure.abated_kg_per_year));
    text.push_str(&print::table(&DECISIONS, &print::shown(&largest.into_iter().take(LISTED).map(decision_row).collect::<Vec<_>>()), &[4, 5, 6]));
    let _ = writeln!(text, "\nabatement by cost, the cheapest and every tenth of the curve");
    let every = (report.curve.len() / LISTED).max(1);
    let steps: Vec<Vec<String>> = report.curve.iter().step_by(every).map(step_row).collect();
    text.push_str(&print::table(&["supplier", "measure", "USD/t", "t CO2e/a", "up to here"], &steps, &[2, 3, 4]));
    text
}

const REQUESTS: [&str; 4] = ["request", "supplier", "through", "products"];

fn request_row(r: &Request) -> Vec<String> {
    let products = r.event["data"]["productId"].as_array().map_or(0, Vec::len);
    vec![r.id.clone(), r.supplier.clone(), r.through.join(" > "), products.to_string()]
}

pub fn requests_csv(made: &[Request]) -> String {
    print::csv(&REQUESTS, &made.iter().map(request_row).collect::<Vec<_>>())
}

pub fn requests(made: &[Request]) -> String {
    let mut text = format!("{} requests\n", made.len());
    text.push_str(&print::table(&REQUESTS, &made.iter().take(LISTED).map(request_row).collect::<Vec<_>>(), &[3]));
    if made.len() > LISTED {
        let _ = writeln!(text, "… {} more; --write puts each in a file, --format json prints all", made.len() - LISTED);
    }
    text
}

pub fn status_csv(report: &ProgrammeStatus) -> String {
    print::exact_csv(&STATES, &report.suppliers.iter().map(state_row).collect::<Vec<_>>())
}

const STATES: [&str; 7] = ["supplier", "tier", "reported", "request", "done", "of measures", "kg CO2e"];

fn state_row(s: &minewheel_industry::suppliers::status::SupplierState) -> Vec<Field> {
    vec![
        s.supplier.clone().into(),
        s.tier.to_string().into(),
        reported(s.reported).into(),
        word(s.request).into(),
        s.measures_done.to_string().into(),
        s.measures.to_string().into(),
        Field::figure(s.kg_co2e),
    ]
}

fn progress_row(p: &Progress) -> Vec<String> {
    vec![
        p.year.to_string(),
        figure(tonnes(p.abated_kg)),
        p.target_kg.map_or_else(|| "–".to_owned(), |t| figure(tonnes(t))),
        p.met_share.map_or_else(|| "–".to_owned(), percent),
        figure(p.spent_usd),
        figure(p.budget_usd),
    ]
}

pub fn status(report: &ProgrammeStatus) -> String {
    let mut text = format!("{}\n", title(&report.programme, report.is_synthetic));
    let states: Vec<String> = report.requests.iter().map(|(state, count)| format!("{state} {count}")).collect();
    let _ = writeln!(text, "figures: {}; primary data share {} %", states.join(", "), percent(report.primary_data_share));
    let _ = writeln!(text, "measures done: {} of {}\n", report.measures_done, report.measures);
    text.push_str(&print::table(
        &["year", "t avoided", "target t", "met %", "spent USD", "budget USD"],
        &report.progress.iter().map(progress_row).collect::<Vec<_>>(),
        &[1, 2, 3, 4, 5],
    ));
    text.push_str("\nthose that hold most\n");
    text.push_str(&print::table(&STATES, &print::shown(&report.suppliers.iter().take(LISTED).map(state_row).collect::<Vec<_>>()), &[1, 4, 5, 6]));
    text
}

const FILES: [&str; 2] = ["file", "lines"];

fn file_row((name, text): (&String, &String)) -> Vec<String> {
    vec![name.clone(), text.lines().count().to_string()]
}

pub fn made_csv(made: &Made) -> String {
    print::csv(&FILES, &made.files.iter().map(file_row).collect::<Vec<_>>())
}

pub fn made(made: &Made) -> String {
    let rows: Vec<Vec<String>> = made.files.iter().map(file_row).collect();
    format!("a synthetic chain of {} suppliers: no company stands behind it\n\n{}", made.suppliers, print::table(&FILES, &rows, &[1]))
}
