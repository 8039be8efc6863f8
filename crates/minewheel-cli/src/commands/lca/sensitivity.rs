//! `lca sensitivity`: which uncertain exchanges, factors and parameters make the spread of a result.

use std::collections::BTreeMap;

use minewheel_lca::database::Dependents;
use minewheel_lca::{
    Assembly, Correlations, Demand, Entry, EntryKind, ParameterDraws, PreparedSolver, SolveOptions, adjoint, direct_scores, factor_sensitivities,
    forward, sobol,
};
use serde::Serialize;

use super::LcaFailure;
use super::source::{Assembled, Question, Source};
use crate::commands::scenario::LEAST_DRAWS;
use crate::failure::Failure;
use crate::print::{self, Format, figure};

/// Arguments of `lca sensitivity`.
#[derive(clap::Args)]
pub struct SensitivityArguments {
    #[command(flatten)]
    question: Question,
    /// How many exchanges to look at, those that matter most at first order
    #[arg(long, value_name = "N", default_value_t = 10, allow_negative_numbers = true)]
    top: usize,
    /// Draws; each takes as many solutions as there are exchanges, and three more
    #[arg(long, value_name = "N", default_value_t = 500, allow_negative_numbers = true)]
    samples: u64,
    /// Seed of the draws
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
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
    /// The exchanges, factors and parameters, the largest first.
    rows: Vec<SensitivityRow>,
    /// All other uncertain rows together.
    others: Option<Indices>,
    /// Uncertain rows in all.
    uncertain_rows: usize,
}

/// What a row is.
#[derive(Serialize, schemars::JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum RowKind {
    Exchange,
    Factor,
    Parameter,
}

impl RowKind {
    const fn word(self) -> &'static str {
        match self {
            Self::Exchange => "exchange",
            Self::Factor => "factor",
            Self::Parameter => "parameter",
        }
    }
}

/// An uncertain exchange, factor or parameter.
#[derive(Serialize, schemars::JsonSchema)]
struct SensitivityRow {
    kind: RowKind,
    /// What uses or emits, or whose parameter it is; empty for a characterisation factor and a global parameter.
    process: String,
    /// What is used or emitted, or the name of the parameter.
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

/// Where a normal distribution is one standard deviation above its mean.
const ONE_DEVIATION: f64 = 0.841_344_746_068_542_9;

/// Half the distance between the 16th and the 84th percentile of a row, over its amount.
fn spread(entry: &Entry) -> f64 {
    ((entry.at(ONE_DEVIATION) - entry.at(1.0 - ONE_DEVIATION)) / 2.0 / entry.amount).abs()
}

/// A row that moves the result.
pub struct Ranked {
    /// Its place in a draw.
    pub place: usize,
    /// Per cent that the result moves for one per cent of it, times the result.
    pub derivative: f64,
    /// Square of the standard deviation that it gives the result at first order.
    pub variance: f64,
}

/// Every exchange, factor and parameter that moves the result, the largest variance first; `following` and `first` are those of
/// [`ParameterDraws`].
pub fn ranked_rows(
    assembly: &Assembly,
    dependents: &Dependents,
    following: &[(usize, u32)],
    first: usize,
    derivatives: &[f64],
) -> Result<Vec<Ranked>, LcaFailure> {
    let mut ranked = rank_parameters(dependents, following, first, derivatives)?;
    for (place, derivative) in derivatives.iter().enumerate() {
        if let Some(entry) = assembly.uncertain_entry(place) {
            let deviation = (derivative * spread(entry)).abs();
            if deviation > 0.0 && deviation.is_finite() {
                ranked.push(Ranked { place, derivative: *derivative, variance: deviation * deviation });
            }
        }
    }
    ranked.sort_by(|a, b| b.variance.total_cmp(&a.variance).then(a.place.cmp(&b.place)));
    Ok(ranked)
}

/// What each parameter does to the result, through all amounts that follow it, from its 16th to its 84th percentile.
fn rank_parameters(dependents: &Dependents, following: &[(usize, u32)], first: usize, derivatives: &[f64]) -> Result<Vec<Ranked>, LcaFailure> {
    let inputs = dependents.inputs();
    let mut values: Vec<f64> = inputs.iter().map(|i| i.entry.amount).collect();
    let mut ranked = Vec::new();
    if following.is_empty() {
        return Ok(ranked);
    }
    for (place, input) in inputs.iter().enumerate() {
        let mut moved = |probability: f64| {
            values[place] = input.entry.at(probability);
            let ratios = dependents.ratios(&values);
            values[place] = input.entry.amount;
            ratios
        };
        let (low, high) = (moved(1.0 - ONE_DEVIATION)?, moved(ONE_DEVIATION)?);
        let through = |(row, number): &(usize, u32)| derivatives.get(*row).unwrap_or(&0.0) * (high[*number as usize] - low[*number as usize]) / 2.0;
        let deviation: f64 = following.iter().map(through).sum();
        if deviation != 0.0 && deviation.is_finite() {
            let derivative = deviation / ((input.entry.at(ONE_DEVIATION) - input.entry.at(1.0 - ONE_DEVIATION)) / 2.0 / input.entry.amount);
            ranked.push(Ranked { place: first + place, derivative, variance: deviation * deviation });
        }
    }
    Ok(ranked)
}

/// Runs `lca sensitivity`.
pub fn sensitivity(arguments: &SensitivityArguments) -> Result<(), Failure> {
    if arguments.top == 0 {
        return Err(Failure::Option { option: "top", seen: "0".to_owned(), wanted: "a whole number above 0".to_owned() });
    }
    if arguments.samples < LEAST_DRAWS {
        let wanted = format!("at least {LEAST_DRAWS} draws");
        return Err(Failure::Option { option: "samples", seen: arguments.samples.to_string(), wanted });
    }
    // Each draw gives an impact for itself, its twin, and each row that is looked at.
    super::draws::check_count("samples", arguments.samples, arguments.top.saturating_add(3))?;
    let source = Source::open(&arguments.question, true)?;
    source.note_draws();
    let Assembled { assembly, category, demand, method, unit } = source.assemble(arguments.question.method.as_deref())?;
    let network = &assembly.network;
    let scores = adjoint(network, &direct_scores(network, &category)).map_err(|error| source.explained(&assembly, error))?;
    source.warn_of_net_consumers(&assembly, scores.report())?;
    let activity = forward(network, &demand).map_err(LcaFailure::from)?;
    let score = scores.total(&demand).map_err(LcaFailure::from)?;
    let derivatives = factor_sensitivities(network, &category, &scores, &activity);
    let sampler = ParameterDraws::new(&assembly, &assembly, &source.dependents, Correlations::default());
    let first = sampler.first_parameter();
    let ranked = ranked_rows(&assembly, &source.dependents, sampler.following(), first, &derivatives)?;
    let variance: f64 = ranked.iter().map(|r| r.variance).sum();
    let mut groups: Vec<Vec<usize>> = ranked.iter().take(arguments.top).map(|r| vec![r.place]).collect();
    groups.push(ranked.iter().skip(arguments.top).map(|r| r.place).collect());
    let solver = PreparedSolver::new(network, &category, SolveOptions::default()).map_err(LcaFailure::from)?;
    let total = |all: &[f64], demand: &Demand| demand.lines().iter().map(|line| line.amount * all[line.column.index()]).sum::<f64>();
    let found = sobol(&solver, &sampler, arguments.seed, arguments.samples, &groups, |all| total(all, &demand)).map_err(LcaFailure::from)?;
    let indices = |group: usize| found.as_ref().and_then(|f| f.groups.get(group)).map(|i| Indices { first: i.first, total: i.total });
    let mut rows = Vec::new();
    for (at, row) in ranked.iter().take(arguments.top).enumerate() {
        let input = row.place.checked_sub(first).and_then(|at| source.dependents.inputs().get(at));
        let entry = assembly.uncertain_entry(row.place).zip(assembly.uncertain_kind(row.place));
        let (kind, process, flow, amount) = match (input, entry) {
            (Some(input), _) => {
                let owner = input.owner.as_deref().map(|id| source.owner_name(id)).unwrap_or_default();
                (RowKind::Parameter, owner, input.name.to_string(), input.entry.amount)
            }
            (None, Some((entry, of))) => {
                let (process, flow) = source.entry_names(entry, of);
                let kind = if of == EntryKind::Factor { RowKind::Factor } else { RowKind::Exchange };
                (kind, process, flow, entry.amount)
            }
            (None, None) => continue,
        };
        let elasticity = if score == 0.0 { 0.0 } else { row.derivative / score };
        rows.push(SensitivityRow { kind, process, flow, amount, elasticity, local_share: row.variance / variance, sobol: indices(at) });
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
        Format::Table => print::page(&table(&answer, &source.demand_in_words())),
    }
    Ok(())
}

const HEADER: [&str; 8] = ["kind", "process", "flow", "amount", "elasticity", "local_share", "sobol_first", "sobol_total"];

fn csv_rows(answer: &Sensitivity) -> Vec<Vec<String>> {
    let index = |i: Option<f64>| i.map_or_else(String::new, |v| v.to_string());
    let row = |r: &SensitivityRow| {
        let numbers = [r.amount, r.elasticity, r.local_share].map(|v| v.to_string());
        let indices = [index(r.sobol.map(|i| i.first)), index(r.sobol.map(|i| i.total))];
        [vec![r.kind.word().to_owned(), r.process.clone(), r.flow.clone()], numbers.to_vec(), indices.to_vec()].concat()
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
        let what = match r.kind {
            RowKind::Factor => format!("factor of {}", r.flow),
            RowKind::Exchange => format!("{} ← {}", r.process, r.flow),
            RowKind::Parameter if r.process.is_empty() => format!("parameter {}", r.flow),
            RowKind::Parameter => format!("parameter {} of {}", r.flow, r.process),
        };
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
