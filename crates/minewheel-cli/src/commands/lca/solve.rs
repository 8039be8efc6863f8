//! `lca solve`: the impact of a demand, or of many demands at once, with intervals from draws.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use minewheel_lca::{Demand, DrawError, Factorisation, ParameterDraws, PreparedSolver, RunningSample, SolveOptions, direct_scores, monte_carlo};
use serde::Serialize;

use super::demands::Demands;
use super::draws::{DrawsFile, EarlierDraws, samples};
use super::source::{Assembled, LinkReport, Links, Question, Source, demand_line};
use super::{LcaFailure, milliseconds, now};
use crate::commands::scenario::draws;
use crate::failure::Failure;
use crate::print::{self, Format, figure};

/// Draws between two sums; they are kept no longer.
const CHUNK: u64 = 8192;

/// Arguments of `lca solve`.
#[derive(clap::Args)]
pub struct Solve {
    /// A database made by `lca import`, or a Brightway data package (zip)
    database: PathBuf,
    /// Product and amount; several add. Of a database: id or full name of the process, or PROCESS/FLOW for a co-product
    #[arg(long, value_name = "ID=AMOUNT", required_unless_present = "demands", value_parser = demand_line, allow_hyphen_values = true)]
    demand: Vec<(String, f64)>,
    /// Many demands at once: CSV with `process`, `amount` and perhaps `name`; lines of one name are one demand
    #[arg(long, value_name = "FILE", conflicts_with = "demand")]
    demands: Option<PathBuf>,
    /// The method, or impact category of a database; may be left out where there is just one
    #[arg(long)]
    method: Option<String>,
    /// How the database is linked
    #[command(flatten)]
    links: Links,
    /// Draws with every uncertain exchange, factor and parameter sampled anew
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    samples: u64,
    /// Seed of the draws
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// Number of the first draw: draws 500 to 999 extend a run of 500, whose `--draws` file is taken in
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    first_draw: u64,
    /// Write the impact of every draw as CSV; with `--first-draw` above 0, the draws of the file count and stay
    #[arg(long, value_name = "FILE")]
    draws: Option<PathBuf>,
    /// Correlations of uncertain parameters: CSV with `first`, `second`, `correlation`; names as NAME or PROCESS/NAME
    #[arg(long, value_name = "FILE")]
    correlations: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Impact of a demand.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Solution {
    /// Amount by product id.
    demand: BTreeMap<String, f64>,
    /// Impact of the demand, and its spread.
    #[serde(flatten)]
    impact: Impact,
    /// What was computed, and how.
    #[serde(flatten)]
    run: Run,
    /// The demand in words, for people.
    #[serde(skip)]
    asked: String,
}

/// Impacts of many demands by one method.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Solutions {
    /// What was computed, and how.
    #[serde(flatten)]
    run: Run,
    /// The demands, in the order of the file.
    demands: Vec<DemandImpact>,
}

/// Impact of one of many demands.
#[derive(Serialize, schemars::JsonSchema)]
struct DemandImpact {
    /// Its name.
    name: String,
    /// Amount by product id.
    demand: BTreeMap<String, f64>,
    /// Its impact, and the spread.
    #[serde(flatten)]
    impact: Impact,
}

/// An impact and its spread.
#[derive(Serialize, schemars::JsonSchema)]
struct Impact {
    /// Impact of the demand.
    score: f64,
    /// 5th percentile of the draws.
    p5: Option<f64>,
    /// Median of the draws.
    p50: Option<f64>,
    /// 95th percentile of the draws.
    p95: Option<f64>,
    /// Mean of the draws.
    mean: Option<f64>,
}

impl Impact {
    fn new(score: f64, draws: &RunningSample) -> Self {
        let [p5, p50, p95] = draws.quantiles([0.05, 0.5, 0.95]);
        Self { score, p5, p50, p95, mean: draws.mean() }
    }
}

/// What was computed, and how.
#[derive(Clone, Serialize, schemars::JsonSchema)]
struct Run {
    /// The method.
    method: String,
    /// The impact category, where the method names one.
    category: Option<String>,
    /// Its unit, where the method names one.
    unit: Option<String>,
    /// Draws, those of a file that was taken in included.
    samples: u64,
    /// Their seed.
    seed: u64,
    /// Largest residual of an equation over the magnitudes in it.
    residual_inf: f64,
    /// Columns of the technosphere.
    activities: usize,
    /// Entries of the technosphere.
    nnz_a: usize,
    /// Entries of L below its unit diagonal and of U over all loops, and tight loops inside larger ones, that were factorised; a column outside
    /// any loop counts as one. `null` where nothing was factorised: sweeps need no factors.
    nnz_lu: Option<usize>,
    /// Components that were factorised.
    factorised: usize,
    /// Gauss–Seidel sweeps.
    sweeps: usize,
    /// Reading the file.
    read_ms: f64,
    /// Building the network (ids, matching, components, order), factors of its small loops, and tight loops inside large ones: found with
    /// some sweeps, and factorised.
    factor_ms: f64,
    /// Every product in the category: characterisation, sweeps, and factorisation of components that sweeps cannot settle.
    solve_ms: f64,
    /// Drawing.
    samples_ms: Option<f64>,
    /// How inputs were linked; `null` for a data package.
    links: Option<LinkReport>,
    /// Loops that use more of their own products than they make, each by the ids of its activities: they are solved as they stand.
    net_consuming: Vec<Vec<String>>,
}

/// Runs `lca solve`.
///
/// # Errors
/// A file that cannot be read or solved, or a name that it lacks.
pub fn solve(arguments: &Solve) -> Result<(), Failure> {
    let demands = match &arguments.demands {
        Some(path) => Demands::of_file(path)?,
        None => Demands::one(arguments.demand.clone()),
    };
    let (run, found, asked) = answer(arguments, &demands)?;
    if arguments.demands.is_some() {
        let named = demands.named.into_iter().zip(found).map(|(named, (demand, impact))| DemandImpact { name: named.name, demand, impact });
        let solutions = Solutions { run, demands: named.collect() };
        match arguments.format {
            Format::Json => print::json(&solutions),
            Format::Csv => print::data(&print::csv(&MANY, &many(&solutions, |v| v.to_string()))),
            Format::Table => print::page(&table_of_many(&solutions)),
        }
        return Ok(());
    }
    for (demand, impact) in found {
        let solution = Solution { demand, impact, run: run.clone(), asked: asked.clone() };
        match arguments.format {
            Format::Json => print::json(&solution),
            Format::Csv => print::data(&print::csv(&ONE, &[one(&solution)])),
            Format::Table => print::page(&table(&solution)),
        }
    }
    Ok(())
}

type Answer = (Run, Vec<(BTreeMap<String, f64>, Impact)>, String);

fn answer(arguments: &Solve, demands: &Demands) -> Result<Answer, Failure> {
    // Draws of a file that a run goes on from count.
    if arguments.first_draw == 0 {
        draws(arguments.samples)?;
    }
    let began = now();
    let question = Question {
        database: arguments.database.clone(),
        demand: demands.lines.clone(),
        method: arguments.method.clone(),
        links: arguments.links.clone(),
    };
    let source = Source::open(&question, arguments.samples > 0)?;
    let read_ms = milliseconds(began);
    let began = now();
    let Assembled { assembly, category, method, unit, .. } = source.assemble(question.method.as_deref())?;
    let lines = |named: &[usize]| named.iter().filter_map(|line| source.amounts.get(*line).copied()).collect::<Vec<_>>();
    let wanted: Vec<Demand> =
        demands.named.iter().map(|d| assembly.demand(&lines(&d.lines)).map_err(|e| source.fault(e))).collect::<Result<_, _>>()?;
    let amounts: Vec<_> = demands.named.iter().map(|d| source.by_id(&lines(&d.lines))).collect();
    let (asked, links) = (source.demand_in_words(), source.links.clone());
    if arguments.samples > 0 {
        source.note_draws();
    }
    let correlations = source.correlations(arguments.correlations.as_deref())?;
    // The network has all that matters of the matrices, which are the larger part of the memory.
    let dependents = source.into_dependents();
    let mut factor_ms = milliseconds(began);
    let began = now();
    let direct = direct_scores(&assembly.network, &category);
    let direct_ms = milliseconds(began);
    if direct.iter().all(|score| *score == 0.0) {
        print::note(&print::wrap(&format!("note: no flow of the inventory has a factor in `{method}`: every impact is 0")));
    }
    let began = now();
    // What names the processes was let go: it is read again for the error.
    let explained = |error| Source::open(&question, false).map_or_else(Failure::from, |source| source.explained(&assembly, error).into());
    let factorisation = Factorisation::of(&assembly.network, &direct, SolveOptions::default()).map_err(explained)?;
    factor_ms += milliseconds(began);
    let began = now();
    let solver = PreparedSolver::on(factorisation, &category, &direct).map_err(explained)?;
    let net_consuming = match solver.report() {
        report if report.net_consuming > 0 => Source::open(&question, false)?.warn_of_net_consumers(&assembly, report)?,
        _ => Vec::new(),
    };
    let total = |demand: &Demand, scores: &[f64]| demand.lines().iter().map(|line| line.amount * scores[line.column.index()]).sum::<f64>();
    let totals = |scores: &[f64]| wanted.iter().map(|demand| total(demand, scores)).collect::<Vec<_>>();
    let scores = totals(&solver.base_scores());
    let solve_ms = direct_ms + milliseconds(began);
    let report = solver.report();
    let nnz_lu = solver.factor_entries();
    let began = now();
    let sampler = ParameterDraws::new(&assembly, &assembly, &dependents, correlations);
    let run = |range| monte_carlo(&solver, &sampler, arguments.seed, range, |draw| (totals(draw.scores), draw.net_consuming > 0));
    let draws = draw(arguments, demands, net_consuming.is_empty(), run)?;
    let samples = draws.first().map_or(0, RunningSample::len);
    let samples_ms = (samples > 0).then(|| milliseconds(began));
    let impacts = scores.into_iter().zip(&draws).map(|(score, draws)| Impact::new(score, draws));
    let run = Run {
        category: category_of(&method),
        method,
        unit,
        samples,
        seed: arguments.seed,
        residual_inf: report.residual,
        activities: assembly.network.column_count(),
        nnz_a: assembly.technosphere_entries,
        nnz_lu,
        factorised: report.factorised,
        sweeps: report.sweeps,
        read_ms,
        factor_ms,
        solve_ms,
        samples_ms,
        links,
        net_consuming,
    };
    Ok((run, amounts.into_iter().zip(impacts).collect(), asked))
}

/// The draws asked for, and those of the file that they go on from; `run` gives impacts, and whether a loop ran backwards.
fn draw(
    arguments: &Solve,
    demands: &Demands,
    is_backwards_news: bool,
    run: impl Fn(Range<u64>) -> Result<Vec<(Vec<f64>, bool)>, DrawError>,
) -> Result<Vec<RunningSample>, Failure> {
    let mut samples = samples(demands.named.len());
    if arguments.samples == 0 {
        return Ok(samples);
    }
    let names: Vec<String> = demands.named.iter().map(|d| d.name.clone()).collect();
    let range = arguments.first_draw..arguments.first_draw.saturating_add(arguments.samples);
    let path = arguments.draws.as_deref();
    let earlier = path.filter(|path| arguments.first_draw > 0 && path.exists()).map(|path| EarlierDraws::new(path, &names, range.clone()));
    if let Some(earlier) = &earlier {
        let (mut count, mut last) = (0_u64, None);
        earlier.each(|draw| {
            (count, last) = (count + 1, Some(draw));
            Ok(())
        })?;
        if let Some(last) = &last {
            let again = run(last.number..last.number + 1).map_err(LcaFailure::from)?;
            again.first().map_or(Ok(()), |(here, _)| earlier.compare(last, here))?;
            let file = path.map(|p| p.display().to_string()).unwrap_or_default();
            print::note(&print::wrap(&format!("note: {count} earlier draws of `{file}` are counted")));
        }
    }
    let mut file = path.map(|path| DrawsFile::create(path, &names)).transpose()?;
    let mut add = |number: u64, impacts: &[f64]| {
        samples.iter_mut().zip(impacts).for_each(|(sample, impact)| sample.push(*impact));
        file.as_mut().map_or(Ok(()), |file| file.push(number, impacts))
    };
    if let Some(earlier) = &earlier {
        earlier.each(|draw| if draw.number < range.start { add(draw.number, &draw.impacts) } else { Ok(()) })?;
    }
    let mut backwards = 0;
    let mut first = range.start;
    while first < range.end {
        let chunk = first..range.end.min(first + CHUNK);
        first = chunk.end;
        for (number, (impacts, is_backwards)) in (chunk.start..).zip(run(chunk).map_err(LcaFailure::from)?) {
            add(number, &impacts)?;
            backwards += usize::from(is_backwards);
        }
    }
    if let Some(earlier) = &earlier {
        earlier.each(|draw| if draw.number >= range.end { add(draw.number, &draw.impacts) } else { Ok(()) })?;
    }
    if backwards > 0 && is_backwards_news {
        let drawn = arguments.samples;
        print::note(&print::wrap(&format!(
            "warning: in {backwards} of {drawn} draws a loop uses more of its own products than it makes, and runs backwards"
        )));
    }
    file.map_or(Ok(()), DrawsFile::finish)?;
    Ok(samples)
}

/// The category in the name of a database's method, `METHOD: CATEGORY`.
fn category_of(method: &str) -> Option<String> {
    method.split_once(": ").map(|(_, category)| category.to_owned())
}

const ONE: [&str; 6] = ["method", "score", "p5", "p50", "p95", "residual_inf"];
const MANY: [&str; 8] = ["name", "method", "unit", "score", "p5", "p50", "p95", "mean"];

fn one(solution: &Solution) -> Vec<String> {
    let cell = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
    let Solution { impact, run, .. } = solution;
    vec![run.method.clone(), impact.score.to_string(), cell(impact.p5), cell(impact.p50), cell(impact.p95), run.residual_inf.to_string()]
}

fn many(solutions: &Solutions, number: fn(f64) -> String) -> Vec<Vec<String>> {
    let cell = |v: Option<f64>| v.map_or_else(String::new, number);
    let (method, unit) = (&solutions.run.method, solutions.run.unit.clone().unwrap_or_default());
    let row = |d: &DemandImpact| {
        let spread = [d.impact.p5, d.impact.p50, d.impact.p95, d.impact.mean].map(cell);
        [vec![d.name.clone(), method.clone(), unit.clone(), number(d.impact.score)], spread.to_vec()].concat()
    };
    solutions.demands.iter().map(row).collect()
}

fn table_of_many(solutions: &Solutions) -> String {
    let run = &solutions.run;
    let unit = run.unit.as_deref().unwrap_or("the method's unit");
    let mut text = print::wrap(&format!("{} demands, method {}, in {unit}", solutions.demands.len(), run.method));
    text.push_str("\n\n");
    let rows = many(solutions, figure);
    if run.samples > 0 {
        let rows: Vec<_> = rows.into_iter().map(|r| [3, 4, 5, 6, 0].map(|at| r[at].clone()).to_vec()).collect();
        text.push_str(&print::table(&["impact", "5th percentile", "median", "95th percentile", "demand"], &rows, &[0, 1, 2, 3]));
    } else {
        let rows: Vec<_> = rows.into_iter().map(|r| vec![r[3].clone(), r[0].clone()]).collect();
        text.push_str(&print::table(&["impact", "demand"], &rows, &[0]));
    }
    text.push_str(&run.in_words());
    text
}

fn table(solution: &Solution) -> String {
    let (impact, run) = (&solution.impact, &solution.run);
    let unit = run.unit.as_deref().unwrap_or("the method's unit");
    let mut lines = vec![vec!["impact".to_owned(), figure(impact.score), unit.to_owned()]];
    for (label, value) in [("5th percentile", impact.p5), ("median", impact.p50), ("mean", impact.mean), ("95th percentile", impact.p95)] {
        if let Some(value) = value {
            lines.push(vec![label.to_owned(), figure(value), unit.to_owned()]);
        }
    }
    let mut text = print::wrap(&format!("{}, method {}", solution.asked, run.method));
    text.push_str("\n\n");
    text.push_str(&print::table(&["", "value", "unit"], &lines, &[1]));
    text.push_str(&run.in_words());
    text
}

impl Run {
    fn in_words(&self) -> String {
        let drawn = self.samples_ms.map_or_else(String::new, |ms| format!(", {} draws in {ms:.0}", self.samples));
        print::wrap(&format!(
            "\n{} activities, {} entries; residual {:.1e}; read in {:.0} ms, built in {:.0}, solved in {:.0}{drawn}",
            self.activities, self.nnz_a, self.residual_inf, self.read_ms, self.factor_ms, self.solve_ms,
        )) + "\n"
    }
}
