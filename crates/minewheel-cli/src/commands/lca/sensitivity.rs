//! `lca sensitivity`: which uncertain exchanges make the spread of a result.

use std::collections::BTreeMap;

use minewheel_lca::{Demand, Entry, PreparedSolver, SolveOptions, adjoint, direct_scores, factor_sensitivities, forward, sobol};
use serde::Serialize;

use super::LcaFailure;
use super::source::{Assembled, Question, Source};
use crate::failure::Failure;
use crate::print::{self, Format, figure};

/// Arguments of `lca sensitivity`.
#[derive(clap::Args)]
pub struct SensitivityArguments {
    #[command(flatten)]
    question: Question,
    /// How many exchanges to look at, those that matter most at first order
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// Draws; each takes as many solutions as there are exchanges, and three more
    #[arg(long, value_name = "N", default_value_t = 500)]
    samples: u64,
    /// Seed of the draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What makes the spread of a result.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Sensitivity {
    demand: BTreeMap<String, f64>,
    method: String,
    unit: Option<String>,
    score: f64,
    /// Mean of the draws.
    mean: Option<f64>,
    /// Standard deviation of the draws.
    deviation: Option<f64>,
    /// Draws.
    samples: u64,
    /// Their seed.
    seed: u64,
    /// The exchanges and factors, the largest first.
    rows: Vec<SensitivityRow>,
    /// All other uncertain rows together.
    others: Option<Indices>,
    /// Uncertain rows in all.
    uncertain_rows: usize,
}

/// An uncertain exchange or factor.
#[derive(Serialize, schemars::JsonSchema)]
struct SensitivityRow {
    /// What uses or emits; empty for a characterisation factor.
    process: String,
    /// What is used or emitted.
    flow: String,
    amount: f64,
    /// Per cent that the result moves for one per cent of the row.
    elasticity: f64,
    /// Its share of the variance at first order, by derivatives.
    local_share: f64,
    /// Indices of Sobol; `null` where nothing varies.
    sobol: Option<Indices>,
}

/// Shares of the variance.
#[derive(Serialize, schemars::JsonSchema, Clone, Copy)]
struct Indices {
    /// What would go if the row were known.
    first: f64,
    /// What would stay if all others were known.
    total: f64,
}

/// Relative spread of a row: half the distance between its 16th and 84th percentile, over its amount.
fn spread(entry: &Entry) -> f64 {
    const ONE_DEVIATION: f64 = 0.841_344_746_068_542_9;
    ((entry.at(ONE_DEVIATION) - entry.at(1.0 - ONE_DEVIATION)) / 2.0 / entry.amount).abs()
}

/// Runs `lca sensitivity`.
pub fn sensitivity(arguments: &SensitivityArguments) -> Result<(), Failure> {
    if arguments.top == 0 || arguments.samples == 0 {
        let option = if arguments.top == 0 { "top" } else { "samples" };
        return Err(Failure::Option { option, seen: "0".to_owned(), wanted: "a whole number above 0".to_owned() });
    }
    let source = Source::open(&arguments.question, true)?;
    let Assembled { assembly, category, demand, method, unit } = source.assemble(arguments.question.method.as_deref())?;
    let network = &assembly.network;
    let scores = adjoint(network, &direct_scores(network, &category)).map_err(LcaFailure::from)?;
    let activity = forward(network, &demand).map_err(LcaFailure::from)?;
    let score = scores.total(&demand).map_err(LcaFailure::from)?;
    let derivatives = factor_sensitivities(network, &category, &scores, &activity);
    let mut ranked: Vec<(usize, f64, f64)> = Vec::new();
    for (row, derivative) in derivatives.iter().enumerate() {
        if let Some(entry) = assembly.uncertain_entry(row) {
            let deviation = (derivative * spread(entry)).abs();
            if deviation > 0.0 && deviation.is_finite() {
                ranked.push((row, *derivative, deviation * deviation));
            }
        }
    }
    ranked.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
    let variance: f64 = ranked.iter().map(|r| r.2).sum();
    let mut groups: Vec<Vec<usize>> = ranked.iter().take(arguments.top).map(|r| vec![r.0]).collect();
    groups.push(ranked.iter().skip(arguments.top).map(|r| r.0).collect());
    let solver = PreparedSolver::new(network, &category, SolveOptions::default()).map_err(LcaFailure::from)?;
    let total = |all: &[f64], demand: &Demand| demand.lines().iter().map(|line| line.amount * all[line.column.index()]).sum::<f64>();
    let found = sobol(&solver, &assembly, arguments.seed, arguments.samples, &groups, |all| total(all, &demand)).map_err(LcaFailure::from)?;
    let indices = |group: usize| found.as_ref().and_then(|f| f.groups.get(group)).map(|i| Indices { first: i.first, total: i.total });
    let mut rows = Vec::new();
    for (place, (row, derivative, part)) in ranked.iter().take(arguments.top).enumerate() {
        let Some(entry) = assembly.uncertain_entry(*row) else { continue };
        let (process, flow) = source.entry_names(entry);
        let elasticity = if score == 0.0 { 0.0 } else { derivative / score };
        rows.push(SensitivityRow { process, flow, amount: entry.amount, elasticity, local_share: part / variance, sobol: indices(place) });
    }
    let answer = Sensitivity {
        demand: source.demand_by_id(),
        method,
        unit,
        score,
        mean: found.as_ref().map(|f| f.mean),
        deviation: found.as_ref().map(|f| f.variance.sqrt()),
        samples: arguments.samples,
        seed: arguments.seed,
        others: indices(rows.len()).filter(|_| ranked.len() > rows.len()),
        rows,
        uncertain_rows: ranked.len(),
    };
    match arguments.format {
        Format::Json => print::json(&answer),
        Format::Csv => print::data(&print::csv(&HEADER, &csv_rows(&answer))),
        Format::Table => print::data(&table(&answer, &source.demand_in_words())),
    }
    Ok(())
}

const HEADER: [&str; 7] = ["process", "flow", "amount", "elasticity", "local_share", "sobol_first", "sobol_total"];

fn csv_rows(answer: &Sensitivity) -> Vec<Vec<String>> {
    let index = |i: Option<f64>| i.map_or_else(String::new, |v| v.to_string());
    let row = |r: &SensitivityRow| {
        let numbers = [r.amount, r.elasticity, r.local_share].map(|v| v.to_string());
        let indices = [index(r.sobol.map(|i| i.first)), index(r.sobol.map(|i| i.total))];
        [vec![r.process.clone(), r.flow.clone()], numbers.to_vec(), indices.to_vec()].concat()
    };
    answer.rows.iter().map(row).collect()
}

fn table(answer: &Sensitivity, asked: &str) -> String {
    let unit = answer.unit.as_deref().unwrap_or("the method's unit");
    let mut text = print::wrap(&format!("{asked}: {} {unit}, {}", figure(answer.score), answer.method));
    if let (Some(mean), Some(deviation)) = (answer.mean, answer.deviation) {
        text.push('\n');
        text.push_str(&print::wrap(&format!(
            "{} draws: mean {}, standard deviation {}; {} uncertain rows move the result",
            answer.samples,
            figure(mean),
            figure(deviation),
            answer.uncertain_rows
        )));
    }
    text.push_str("\n\n");
    let share = |v: f64| format!("{:.1} %", 100.0 * v);
    let cells = |indices: Option<Indices>| [indices.map(|i| share(i.first)), indices.map(|i| share(i.total))].map(Option::unwrap_or_default);
    let row = |r: &SensitivityRow| {
        let [first, total] = cells(r.sobol);
        let what = if r.process.is_empty() { format!("factor of {}", r.flow) } else { format!("{} ← {}", r.process, r.flow) };
        vec![share(r.local_share), first, total, what]
    };
    let mut rows: Vec<_> = answer.rows.iter().map(row).collect();
    if let Some(others) = answer.others {
        let [first, total] = cells(Some(others));
        rows.push(vec![String::new(), first, total, "all others".to_owned()]);
    }
    text.push_str(&print::table(&["local", "first order", "total", "share of the variance by"], &rows, &[0, 1, 2]));
    text
}
