//! `minewheel explain`: from a figure down to the table rows it rests on.

use std::fmt::Write as _;

use minewheel_assess::AssessError;
use minewheel_assess::assessment::prepare_on;
use minewheel_assess::explain::{ExplainLimits, Explanation, Node, explain_climate, explain_cost, explain_energy, explain_material};
use minewheel_data::row::Draw;
use minewheel_model::bill::Stage;

use super::lca::BackgroundArguments;
use super::scenario::ScenarioArguments;
use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Car: an id of the catalogue, or a TOML file
    car: String,
    /// What to explain: climate, energy, cost, or a material such as lithium
    #[arg(long, default_value = "climate")]
    of: String,
    /// Only one stage of the life, e.g. battery-materials
    #[arg(long)]
    stage: Option<String>,
    /// Levels below the parts of the car
    #[arg(long, default_value_t = 4, allow_negative_numbers = true)]
    depth: usize,
    /// Smallest share of the whole that is shown, in percent
    #[arg(long, default_value_t = 1.0, value_name = "PERCENT", allow_negative_numbers = true)]
    cut: f64,
    /// Also print the rows under each line
    #[arg(long)]
    rows: bool,
    #[command(flatten)]
    background: BackgroundArguments,
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// The figure, explained.
///
/// # Errors
/// Bad input, or a figure that the car does not have.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Explanation, Failure> {
    if !(0.0..=100.0).contains(&arguments.cut) {
        return Err(Failure::Option { option: "cut", seen: arguments.cut.to_string(), wanted: "0 to 100 percent".to_owned() });
    }
    let tables = desk.tables()?;
    let stage = arguments.stage.as_deref().map(stage_of).transpose()?;
    let cars = [desk.car(&arguments.car)?];
    let scenario = arguments.scenario.scenario(desk, &cars)?;
    let cars = desk.settled(cars.into(), &scenario)?;
    let traces = desk.networks().traces(tables, &scenario)?;
    let background = arguments.background.read(desk)?;
    let prepared = prepare_on(desk.networks(), tables, &cars, &scenario, &traces, background.as_ref())?;
    let case = &prepared.cases[0];
    if let Some(stage) = stage
        && !case.lines.iter().any(|l| l.stage == stage)
    {
        let has = |s: &&Stage| case.lines.iter().any(|l| l.stage == **s);
        let known = Stage::ALL.iter().filter(has).map(|s| s.word()).collect::<Vec<_>>().join(", ");
        return Err(Failure::UnknownName { kind: "stage of this car", seen: stage.word().to_owned(), known });
    }
    Ok(match arguments.of.as_str() {
        "climate" => {
            let solved = desk.networks().solve(tables, &prepared.networks[case.network], &scenario.method)?;
            explain_climate(tables, case, &solved, stage, ExplainLimits { cut_share: arguments.cut / 100.0, depth: arguments.depth })?
        }
        "energy" => explain_energy(tables, case),
        "cost" => {
            let cost = case.cost(&case.inventory, tables, &scenario, &Draw::BEST)?;
            let blocks: Vec<_> = cost.blocks().cloned().collect();
            explain_cost(tables, &blocks, case)
        }
        material => explain_material(tables, case, material, scenario.year).ok_or_else(|| Failure::UnknownName {
            kind: "figure of this car",
            seen: material.to_owned(),
            known: ["climate", "energy", "cost"]
                .into_iter()
                .chain(case.inventory.materials.keys().map(String::as_str))
                .collect::<Vec<_>>()
                .join(", "),
        })?,
    })
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let desk = Desk::on_disk(arguments.scenario.data.as_deref())?;
    let explanation = answer(arguments, &desk)?;
    match arguments.format {
        Format::Json => print::json(&explanation),
        Format::Csv => print::data(&csv(&explanation)),
        Format::Table => print::page(&tree(&explanation, arguments.rows)),
    }
    Ok(())
}

fn stage_of(word: &str) -> Result<Stage, Failure> {
    Stage::ALL.iter().copied().find(|s| s.word() == word).ok_or_else(|| Failure::UnknownName {
        kind: "stage",
        seen: word.to_owned(),
        known: Stage::ALL.iter().map(|s| s.word()).collect::<Vec<_>>().join(", "),
    })
}

impl From<minewheel_assess::network::NetworkError> for Failure {
    fn from(error: minewheel_assess::network::NetworkError) -> Self {
        Self::Assess(AssessError::from(error))
    }
}

/// Width of the bar that shows a share.
const BAR_WIDTH: usize = 8;

fn tree(explanation: &Explanation, rows: bool) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{} of {}: {} {}\n", explanation.of, explanation.car, figure(explanation.root.value), explanation.unit);
    branch(&mut text, &explanation.root, "", "", &explanation.unit, rows);
    text
}

/// Shares below this are not worth a line of their own.
const LEAST_SHARE: f64 = 5e-4;
/// Room that a label keeps however narrow the terminal is.
const LEAST_LABEL: usize = 16;

fn branch(text: &mut String, node: &Node, lead: &str, follow: &str, unit: &str, rows: bool) {
    let width = usize::from(print::width());
    let amount = match (&node.amount, &node.unit) {
        (Some(amount), Some(unit)) => format!("  {} {unit}", figure(*amount)),
        _ => String::new(),
    };
    let weakest = node.evidence.iter().max_by_key(|e| e.status);
    let place = node.place.as_deref().map(|p| format!(" @ {p}")).unwrap_or_default();
    let left = format!("{:>6.1} % {:<BAR_WIDTH$} ", 100.0 * node.share, print::bar(node.share.abs(), BAR_WIDTH));
    let taken = left.chars().count() + lead.chars().count() + place.chars().count() + amount.chars().count();
    let long = weakest.map(|e| format!("  [{}, {}]", e.source, e.status)).unwrap_or_default();
    let short = weakest.map(|e| format!("  [{}]", e.status)).unwrap_or_default();
    let wanted = node.label.chars().count();
    let mark = if taken + wanted + long.chars().count() <= width { long } else { short };
    let room = width.saturating_sub(taken + mark.chars().count()).max(LEAST_LABEL);
    let label: String = if wanted <= room { node.label.clone() } else { node.label.chars().take(room - 1).chain(['…']).collect() };
    let _ = writeln!(text, "{left}{lead}{label}{place}{amount}{mark}");
    let indent = " ".repeat(left.chars().count());
    if rows {
        for evidence in &node.evidence {
            let _ = writeln!(
                text,
                "{indent}{follow}  · {} — {}, {} [{}] {}",
                evidence.what, evidence.title, evidence.locator, evidence.status, evidence.at
            );
        }
    }
    if node.children.is_empty() {
        return;
    }
    let share = |value: f64| if node.value == 0.0 { 0.0 } else { node.share * value / node.value };
    let rest: Vec<(String, f64)> = [("emitted here", node.own), ("smaller branches", node.below_cut)]
        .into_iter()
        .filter(|(_, value)| share(*value).abs() >= LEAST_SHARE)
        .map(|(what, value)| (format!("{what}  {} {unit}", figure(value)), share(value)))
        .collect();
    let last = node.children.len() + rest.len() - 1;
    for (index, child) in node.children.iter().enumerate() {
        let (mark, below) = if index == last { ("└ ", "  ") } else { ("├ ", "│ ") };
        branch(text, child, &format!("{follow}{mark}"), &format!("{follow}{below}"), unit, rows);
    }
    for (index, (what, share)) in rest.iter().enumerate() {
        let mark = if node.children.len() + index == last { "└ " } else { "├ " };
        let _ = writeln!(text, "{:>6.1} % {:<BAR_WIDTH$} {follow}{mark}{what}", 100.0 * share, "");
    }
}

fn csv(explanation: &Explanation) -> String {
    let mut rows = Vec::new();
    flatten(&explanation.root, 0, &mut rows);
    print::csv(&["depth", "label", "amount", "unit", "place", "value", "share", "own", "source", "status", "at"], &rows)
}

fn flatten(node: &Node, depth: usize, rows: &mut Vec<Vec<String>>) {
    let evidence = node.evidence.iter().max_by_key(|e| e.status);
    rows.push(vec![
        depth.to_string(),
        node.label.clone(),
        node.amount.map_or_else(String::new, |a| a.to_string()),
        node.unit.clone().unwrap_or_default(),
        node.place.clone().unwrap_or_default(),
        node.value.to_string(),
        node.share.to_string(),
        node.own.to_string(),
        evidence.map_or_else(String::new, |e| e.source.clone()),
        evidence.map_or_else(String::new, |e| e.status.to_string()),
        evidence.map_or_else(String::new, |e| e.at.clone()),
    ]);
    for child in &node.children {
        flatten(child, depth + 1, rows);
    }
}
