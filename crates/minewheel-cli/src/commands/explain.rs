//! `minewheel explain`: from a figure down to the table rows it rests on.

use std::fmt::Write as _;

use minewheel_assess::AssessError;
use minewheel_assess::assessment::prepare;
use minewheel_assess::explain::{ExplainLimits, Explanation, Node, explain_climate, explain_cost, explain_energy, explain_material};
use minewheel_assess::footprint::SolvedNetwork;
use minewheel_assess::inventory::Traces;
use minewheel_data::row::Draw;
use minewheel_model::bill::Stage;

use super::scenario::ScenarioArguments;
use crate::failure::Failure;
use crate::inputs;
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
    #[arg(long, default_value_t = 4)]
    depth: usize,
    /// Smallest share of the whole that is shown, in percent
    #[arg(long, default_value_t = 1.0, value_name = "PERCENT")]
    cut: f64,
    /// Also print the rows under each line
    #[arg(long)]
    rows: bool,
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Runs the command.
///
/// # Errors
/// Bad input, or a figure that the car does not have.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    if !(0.0..=100.0).contains(&arguments.cut) {
        return Err(Failure::Option { option: "cut", seen: arguments.cut.to_string(), wanted: "0 to 100 percent".to_owned() });
    }
    let tables = inputs::tables(arguments.scenario.data.as_deref())?;
    let scenario = arguments.scenario.scenario(&tables)?;
    let stage = arguments.stage.as_deref().map(stage_of).transpose()?;
    let cars = [inputs::car(&tables, &arguments.car)?];
    let traces = Traces::new(&tables, scenario.cycle.as_deref())?;
    let prepared = prepare(&tables, &cars, &scenario, &traces)?;
    let case = &prepared.cases[0];
    let explanation = match arguments.of.as_str() {
        "climate" => {
            let solved = SolvedNetwork::new(&tables, &prepared.networks[case.network], &scenario.method)?;
            explain_climate(&tables, case, &solved, stage, ExplainLimits { cut_share: arguments.cut / 100.0, depth: arguments.depth })?
        }
        "energy" => explain_energy(&tables, case),
        "cost" => {
            let cost = case.cost(&case.inventory, &tables, &scenario, &Draw::BEST)?;
            let blocks: Vec<_> = cost.production.into_iter().chain(cost.usage).collect();
            explain_cost(&tables, &blocks, case)
        }
        material => explain_material(&tables, case, material, scenario.year).ok_or_else(|| Failure::UnknownName {
            kind: "figure of this car",
            seen: material.to_owned(),
            known: ["climate", "energy", "cost"]
                .into_iter()
                .chain(case.inventory.materials.keys().map(String::as_str))
                .collect::<Vec<_>>()
                .join(", "),
        })?,
    };
    match arguments.format {
        Format::Json => print::json(&explanation),
        Format::Csv => print::data(&csv(&explanation)),
        Format::Table => print::data(&tree(&explanation, arguments.rows)),
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

fn branch(text: &mut String, node: &Node, lead: &str, follow: &str, unit: &str, rows: bool) {
    let width = usize::from(print::width());
    let amount = match (&node.amount, &node.unit) {
        (Some(amount), Some(unit)) => format!("  {} {unit}", figure(*amount)),
        _ => String::new(),
    };
    let weakest = node.evidence.iter().map(|e| e.status).max();
    let source = node.evidence.iter().max_by_key(|e| e.status).map(|e| e.source.as_str());
    let mark = match (source, weakest) {
        (Some(source), Some(status)) => format!("  [{source}, {status}]"),
        _ => String::new(),
    };
    let left = format!("{:>6.1} % {:<BAR_WIDTH$} ", 100.0 * node.share, print::bar(node.share.abs(), BAR_WIDTH));
    let mut line = format!("{left}{lead}{}{amount}", node.label);
    if line.chars().count() + mark.chars().count() > width {
        let room = width.saturating_sub(mark.chars().count() + 1).max(40);
        line = line.chars().take(room).collect();
        if line.chars().count() == room {
            line.push('…');
        }
    }
    let _ = writeln!(text, "{line}{mark}");
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
    let small = node.below_cut;
    let more = node.children.len() + usize::from(small.abs() > 0.0) + usize::from(node.own.abs() > 0.0 && !node.children.is_empty());
    let mut index = 0;
    let mut turn = || {
        index += 1;
        index == more
    };
    for child in &node.children {
        let last = turn();
        branch(
            text,
            child,
            &format!("{follow}{}", if last { "└ " } else { "├ " }),
            &format!("{follow}{}", if last { "  " } else { "│ " }),
            unit,
            rows,
        );
    }
    let share = |value: f64| if node.value == 0.0 { 0.0 } else { 100.0 * node.share * value / node.value };
    if node.own.abs() > 0.0 && !node.children.is_empty() {
        let mark = if turn() { "└ " } else { "├ " };
        let _ = writeln!(text, "{:>6.1} % {:<BAR_WIDTH$} {follow}{mark}emitted here: {} {unit}", share(node.own), "", figure(node.own));
    }
    if small.abs() > 0.0 {
        let _ = writeln!(text, "{:>6.1} % {:<BAR_WIDTH$} {follow}└ smaller branches: {} {unit}", share(small), "", figure(small));
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
