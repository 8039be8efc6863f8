//! `lca compare`: several demands of one database, or one demand in several databases, draw by draw.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::PathBuf;

use minewheel_lca::{
    Assembly, CategoryFactors, ColumnId, Correlations, Demand, Draw, DrawError, KeyedDraws, PairedDifference, ParameterDraws, PreparedSolver,
    SolveOptions, column_contributions, direct_scores, forward, monte_carlo,
};
use serde::Serialize;

use super::LcaFailure;
use super::draws::samples;
use super::source::{Label, Links, Question, Source, demand_line};
use crate::commands::scenario::draws;
use crate::failure::Failure;
use crate::print::{self, Format, figure};

/// Arguments of `lca compare`.
#[derive(clap::Args)]
pub struct Compare {
    /// One database and several demands, or several databases and one demand (or one for each)
    #[arg(required = true, value_name = "DATABASE")]
    databases: Vec<PathBuf>,
    /// An alternative: product and amount, as `lca solve` takes it
    #[arg(long, value_name = "ID=AMOUNT", required = true, value_parser = demand_line, allow_hyphen_values = true)]
    demand: Vec<(String, f64)>,
    /// A method or impact category; several may be given; all of them without one
    #[arg(long)]
    method: Vec<String>,
    #[command(flatten)]
    links: Links,
    /// Draws, the same for all alternatives
    #[arg(long, value_name = "N", default_value_t = 500, allow_negative_numbers = true)]
    samples: u64,
    /// Seed of the draws
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// Correlations of uncertain parameters: CSV with `first`, `second`, `correlation`; names as NAME or PROCESS/NAME
    #[arg(long, value_name = "FILE")]
    correlations: Option<PathBuf>,
    /// How many processes to name that make the difference
    #[arg(long, value_name = "N", default_value_t = 5, allow_negative_numbers = true)]
    top: usize,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Alternatives beside each other.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Comparison {
    alternatives: Vec<Alternative>,
    categories: Vec<CategoryComparison>,
    /// Draws.
    samples: u64,
    /// Their seed.
    seed: u64,
}

/// What is compared.
#[derive(Serialize, schemars::JsonSchema)]
struct Alternative {
    database: String,
    id: String,
    name: String,
    place: Option<String>,
    amount: f64,
    unit: Option<String>,
}

/// One impact category.
#[derive(Serialize, schemars::JsonSchema)]
struct CategoryComparison {
    method: String,
    unit: Option<String>,
    /// In the order of the alternatives.
    scores: Vec<Score>,
    /// Every alternative against every later one.
    pairs: Vec<Pair>,
}

/// Impact of an alternative.
#[derive(Serialize, schemars::JsonSchema)]
struct Score {
    score: f64,
    /// 5th percentile of the draws.
    p5: Option<f64>,
    /// Median.
    p50: Option<f64>,
    /// 95th percentile.
    p95: Option<f64>,
}

/// Two alternatives; differences are the first less the second.
#[derive(Serialize, schemars::JsonSchema)]
struct Pair {
    /// Number of the first alternative, from 1.
    first: usize,
    /// Number of the second.
    second: usize,
    /// Difference at the best estimates.
    difference: f64,
    /// Difference over the second.
    relative: Option<f64>,
    /// The difference over the draws; `null` without draws.
    draws: Option<Spread>,
    /// Processes whose direct impact sets the two apart most.
    contributors: Vec<Contributor>,
    /// What all other processes add to the difference.
    other: f64,
}

/// A difference over shared draws.
#[derive(Serialize, schemars::JsonSchema)]
struct Spread {
    mean: f64,
    p5: f64,
    p50: f64,
    p95: f64,
    /// 2.5th percentile.
    p2_5: f64,
    /// 97.5th percentile.
    p97_5: f64,
    /// Share of draws in which the first is lower.
    share_lower: f64,
    /// Whether the middle 95 % of the draws agree on which is lower.
    is_clear: bool,
}

impl From<PairedDifference> for Spread {
    fn from(d: PairedDifference) -> Self {
        let PairedDifference { mean, p2_5, p5, p50, p95, p97_5, share_lower, is_clear } = d;
        Self { mean, p5, p50, p95, p2_5, p97_5, share_lower, is_clear }
    }
}

/// A process that sets two alternatives apart.
#[derive(Serialize, schemars::JsonSchema)]
struct Contributor {
    id: String,
    name: String,
    place: Option<String>,
    /// Direct impact in the first.
    first: f64,
    /// Direct impact in the second.
    second: f64,
    /// First less second; all of them and `other` sum to the difference.
    difference: f64,
}

/// One alternative: the source it is of, and its demand.
struct Side {
    source: usize,
    amounts: Vec<(i64, f64)>,
}

/// Runs `lca compare`.
pub fn compare(arguments: &Compare) -> Result<(), Failure> {
    draws(arguments.samples)?;
    let (sources, sides) = open(arguments)?;
    if arguments.samples > 0 {
        sources.iter().for_each(Source::note_draws);
    }
    let methods = methods(&sources, &arguments.method)?;
    let alternatives = sides.iter().map(|side| alternative(&sources[side.source], side)).collect::<Vec<_>>();
    let categories = methods.iter().map(|name| category(arguments, &sources, &sides, name)).collect::<Result<_, _>>()?;
    let found = Comparison { alternatives, categories, samples: arguments.samples, seed: arguments.seed };
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => print::data(&print::csv(&HEADER, &csv_rows(&found))),
        Format::Table => print::page(&table(&found)),
    }
    Ok(())
}

/// One source with all demands, or one with a demand for each database.
fn open(arguments: &Compare) -> Result<(Vec<Source>, Vec<Side>), Failure> {
    let (databases, demands) = (&arguments.databases, &arguments.demand);
    let is_uncertain = arguments.samples > 0;
    let question = |database: &PathBuf, demand: Vec<(String, f64)>| {
        let question = Question { database: database.clone(), demand, method: None, links: arguments.links.clone() };
        Source::open(&question, is_uncertain)
    };
    let refuse =
        |seen: usize, wanted: &str| Err(Failure::Option { option: "demand", seen: format!("given {seen} times"), wanted: wanted.to_owned() });
    match databases.as_slice() {
        [_] if demands.len() < 2 => refuse(demands.len(), "two or more for one database, or a further database"),
        [one] => {
            let source = question(one, demands.clone())?;
            let sides = source.amounts.iter().map(|amount| Side { source: 0, amounts: vec![*amount] }).collect();
            Ok((vec![source], sides))
        }
        many if demands.len() == 1 || demands.len() == many.len() => {
            let (mut sources, mut sides) = (Vec::new(), Vec::new());
            for (at, database) in many.iter().enumerate() {
                let source = question(database, vec![demands[if demands.len() == 1 { 0 } else { at }].clone()])?;
                sides.push(Side { source: at, amounts: source.amounts.clone() });
                sources.push(source);
            }
            Ok((sources, sides))
        }
        many => refuse(demands.len(), &format!("one for all {0} databases, or {0}", many.len())),
    }
}

/// Names of the methods asked for, or of those that every source has.
fn methods(sources: &[Source], wanted: &[String]) -> Result<Vec<String>, Failure> {
    if !wanted.is_empty() {
        return wanted.iter().map(|name| Ok(sources[0].method(Some(name))?.name.clone())).collect();
    }
    let has = |source: &Source, name: &str| source.matrices.methods.iter().any(|m| m.name == name);
    let names = sources[0].matrices.methods.iter().map(|m| m.name.clone());
    let shared: Vec<String> = names.filter(|name| sources.iter().all(|s| has(s, name))).collect();
    if shared.is_empty() {
        return Err(LcaFailure::NoMethod { path: sources[0].path.clone() }.into());
    }
    Ok(shared)
}

fn alternative(source: &Source, side: &Side) -> Alternative {
    let (id, amount) = side.amounts[0];
    let Label { id, name, place, unit } = source.activity(id);
    Alternative { database: source.path.display().to_string(), id, name, place, amount, unit }
}

/// A database in one impact category, and the alternatives that are of it.
struct Setting<'s> {
    source: &'s Source,
    /// Numbers of the alternatives.
    of: Vec<usize>,
    assembly: Assembly,
    factors: CategoryFactors,
    demands: Vec<Demand>,
    correlations: Correlations,
}

fn total(scores: &[f64], demand: &Demand) -> f64 {
    demand.lines().iter().map(|line| line.amount * scores[line.column.index()]).sum()
}

impl<'s> Setting<'s> {
    fn new(arguments: &Compare, sources: &'s [Source], at: usize, sides: &[Side], method: &str) -> Result<Self, Failure> {
        let source = &sources[at];
        let of: Vec<usize> = (0..sides.len()).filter(|s| sides[*s].source == at).collect();
        let mut assembly = source.assembly()?;
        let factors = assembly.category(source.method(Some(method))?);
        let demands = of.iter().map(|s| assembly.demand(&sides[*s].amounts).map_err(|error| source.fault(error))).collect::<Result<_, _>>()?;
        let correlations = source.correlations(arguments.correlations.as_deref())?;
        Ok(Self { source, of, assembly, factors, demands, correlations })
    }

    fn solver(&self) -> Result<PreparedSolver<'_>, Failure> {
        let solver = PreparedSolver::new(&self.assembly.network, &self.factors, SolveOptions::default());
        let solver = solver.map_err(|error| self.source.explained(&self.assembly, error))?;
        self.source.warn_of_net_consumers(&self.assembly, solver.report())?;
        Ok(solver)
    }

    /// Best estimates, and direct impacts by process.
    fn estimate(&self, solver: &PreparedSolver<'_>, scores: &mut [f64], parts: &mut [Parts]) -> Result<(), Failure> {
        let (base, direct) = (solver.base_scores(), direct_scores(&self.assembly.network, &self.factors));
        for (side, demand) in self.of.iter().zip(&self.demands) {
            scores[*side] = total(&base, demand);
            let activity = forward(&self.assembly.network, demand).map_err(LcaFailure::from)?;
            for (column, impact) in column_contributions(&direct, &activity).into_iter().enumerate().filter(|(_, impact)| *impact != 0.0) {
                if let Some(id) = self.assembly.activity(ColumnId(column as u32)) {
                    let label = self.source.activity(id);
                    let unit = label.unit.clone().unwrap_or_default();
                    parts[*side].entry(format!("{}\u{1f}{unit}", label.id)).or_insert((label, 0.0)).1 += impact;
                }
            }
        }
        Ok(())
    }

    /// Some draws of its alternatives; `keyed` gives rows the same draws as in other databases.
    fn drawn(&self, solver: &PreparedSolver<'_>, keyed: Option<&KeyedDraws<'_>>, seed: u64, draws: Range<u64>) -> Result<Vec<Vec<f64>>, DrawError> {
        let measure = |draw: Draw<'_>| self.demands.iter().map(|demand| total(draw.scores, demand)).collect::<Vec<_>>();
        let (assembly, dependents, correlations) = (&self.assembly, &self.source.dependents, self.correlations.clone());
        match keyed {
            None => monte_carlo(solver, &ParameterDraws::new(assembly, assembly, dependents, correlations), seed, draws, measure),
            Some(keyed) => monte_carlo(solver, &ParameterDraws::new(keyed, assembly, dependents, correlations), seed, draws, measure),
        }
    }
}

/// Draws between two sums; they are kept no longer.
const CHUNK: u64 = 8192;

fn category(arguments: &Compare, sources: &[Source], sides: &[Side], method: &str) -> Result<CategoryComparison, Failure> {
    let settings: Vec<Setting<'_>> = (0..sources.len()).map(|at| Setting::new(arguments, sources, at, sides, method)).collect::<Result<_, _>>()?;
    let solvers: Vec<PreparedSolver<'_>> = settings.iter().map(Setting::solver).collect::<Result<_, _>>()?;
    let (mut scores, mut parts): (Vec<f64>, Vec<Parts>) = (vec![0.0; sides.len()], vec![BTreeMap::new(); sides.len()]);
    for (setting, solver) in settings.iter().zip(&solvers) {
        setting.estimate(solver, &mut scores, &mut parts)?;
    }
    let numbers: Vec<(usize, usize)> = (0..sides.len()).flat_map(|first| (first + 1..sides.len()).map(move |second| (first, second))).collect();
    let mut drawn = samples(sides.len() + numbers.len());
    let (of_sides, of_pairs) = drawn.split_at_mut(sides.len());
    // One database numbers its rows in one way; several need names.
    let keyed: Vec<Option<KeyedDraws<'_>>> = settings
        .iter()
        .map(|s| (settings.len() > 1 && arguments.samples > 0).then(|| KeyedDraws::new(&s.assembly, |entry| s.source.key(entry))))
        .collect();
    for first in (0..arguments.samples).step_by(CHUNK as usize) {
        let chunk = first..arguments.samples.min(first + CHUNK);
        let mut impacts: Vec<Vec<f64>> = vec![Vec::new(); sides.len()];
        for ((setting, solver), keyed) in settings.iter().zip(&solvers).zip(&keyed) {
            let found = setting.drawn(solver, keyed.as_ref(), arguments.seed, chunk.clone()).map_err(LcaFailure::from)?;
            for draw in found {
                setting.of.iter().zip(draw).for_each(|(side, impact)| impacts[*side].push(impact));
            }
        }
        for (sample, impacts) in of_sides.iter_mut().zip(&impacts) {
            for impact in impacts {
                sample.push(*impact);
            }
        }
        for (sample, (first, second)) in of_pairs.iter_mut().zip(&numbers) {
            impacts[*first].iter().zip(&impacts[*second]).for_each(|(a, b)| sample.push(a - b));
        }
    }
    let mut pairs = Vec::new();
    for ((first, second), sample) in numbers.into_iter().zip(of_pairs) {
        let difference = scores[first] - scores[second];
        let (contributors, other) = contributors(&parts[first], &parts[second], difference, arguments.top);
        let relative = (scores[second] != 0.0).then(|| difference / scores[second].abs());
        let draws = PairedDifference::of(sample).map(Spread::from);
        pairs.push(Pair { first: first + 1, second: second + 1, difference, relative, draws, contributors, other });
    }
    let scores = scores.into_iter().zip(of_sides).map(|(score, sample)| {
        let [p5, p50, p95] = sample.quantiles([0.05, 0.5, 0.95]);
        Score { score, p5, p50, p95 }
    });
    let unit = sources.last().map(|source| source.method(Some(method))).transpose()?.and_then(|m| m.unit.clone());
    Ok(CategoryComparison { method: method.to_owned(), unit, scores: scores.collect(), pairs })
}

type Parts = BTreeMap<String, (Label, f64)>;

/// The processes that set two alternatives apart most, and what the rest adds.
fn contributors(first: &Parts, second: &Parts, difference: f64, top: usize) -> (Vec<Contributor>, f64) {
    let part = |parts: &Parts, key: &String| parts.get(key).map_or(0.0, |(_, impact)| *impact);
    let keys = first.keys().chain(second.keys().filter(|k| !first.contains_key(*k)));
    let mut found: Vec<Contributor> = keys
        .filter_map(|key| {
            let (label, _) = first.get(key).or_else(|| second.get(key))?;
            let Label { id, name, place, .. } = label.clone();
            let (a, b) = (part(first, key), part(second, key));
            Some(Contributor { id, name, place, first: a, second: b, difference: a - b })
        })
        .collect();
    found.sort_by(|a, b| b.difference.abs().total_cmp(&a.difference.abs()).then_with(|| a.id.cmp(&b.id)));
    found.retain(|c| c.difference != 0.0);
    if found.len() <= top {
        // What is left is rounding.
        return (found, 0.0);
    }
    found.truncate(top);
    let named: f64 = found.iter().map(|c| c.difference).sum();
    (found, difference - named)
}

const HEADER: [&str; 12] =
    ["method", "unit", "first", "second", "score_first", "score_second", "difference", "p5", "p50", "p95", "share_lower", "is_clear"];

fn csv_rows(found: &Comparison) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for category in &found.categories {
        for pair in &category.pairs {
            let score = |number: usize| category.scores[number - 1].score.to_string();
            let draw = |of: fn(&Spread) -> String| pair.draws.as_ref().map_or_else(String::new, of);
            rows.push(vec![
                category.method.clone(),
                category.unit.clone().unwrap_or_default(),
                pair.first.to_string(),
                pair.second.to_string(),
                score(pair.first),
                score(pair.second),
                pair.difference.to_string(),
                draw(|d| d.p5.to_string()),
                draw(|d| d.p50.to_string()),
                draw(|d| d.p95.to_string()),
                draw(|d| d.share_lower.to_string()),
                draw(|d| d.is_clear.to_string()),
            ]);
        }
    }
    rows
}

fn table(found: &Comparison) -> String {
    let mut text = String::new();
    for (at, side) in found.alternatives.iter().enumerate() {
        let place = side.place.as_ref().map(|p| format!(", {p}")).unwrap_or_default();
        let unit = side.unit.as_deref().map(|u| format!(" {u}")).unwrap_or_default();
        let _ = writeln!(text, "{}", print::wrap(&format!("{}  {}{unit} of {}{place} ({})", at + 1, side.amount, side.name, side.database)));
    }
    for category in &found.categories {
        let unit = category.unit.as_deref().unwrap_or("the method's unit");
        let _ = writeln!(text, "\n{}, {unit}\n", category.method);
        let interval =
            |low: Option<f64>, high: Option<f64>| low.zip(high).map_or_else(String::new, |(l, h)| format!("{} to {}", figure(l), figure(h)));
        let mut rows: Vec<_> = category
            .scores
            .iter()
            .enumerate()
            .map(|(at, s)| vec![(at + 1).to_string(), figure(s.score), interval(s.p5, s.p95), String::new(), String::new()])
            .collect();
        for pair in &category.pairs {
            let spread = pair.draws.as_ref();
            rows.push(vec![
                format!("{} less {}", pair.first, pair.second),
                figure(pair.difference),
                interval(spread.map(|d| d.p5), spread.map(|d| d.p95)),
                spread.map_or_else(String::new, |d| format!("{:.1} %", 100.0 * d.share_lower)),
                spread.map_or("", |d| if d.is_clear { "yes" } else { "no" }).to_owned(),
            ]);
        }
        text.push_str(&print::table(&["", "impact", "90 % of draws", "first lower", "clear"], &rows, &[1, 2, 3]));
        for pair in category.pairs.iter().filter(|p| !p.contributors.is_empty()) {
            let name = |c: &Contributor| c.place.as_ref().map_or_else(|| c.name.clone(), |p| format!("{}, {p}", c.name));
            let row = |c: &Contributor| vec![figure(c.difference), figure(c.first), figure(c.second), name(c)];
            let mut rows: Vec<_> = pair.contributors.iter().map(row).collect();
            rows.push(vec![figure(pair.other), String::new(), String::new(), "all others".to_owned()]);
            let (first, second) = (pair.first.to_string(), pair.second.to_string());
            let _ = write!(text, "\n{}", print::table(&["difference", &first, &second, "process, direct"], &rows, &[0, 1, 2]));
        }
    }
    if found.samples > 0 {
        let _ = write!(text, "\n{}", print::wrap("clear: the middle 95 % of the draws agree on which is lower; both are computed on the same draws"));
        text.push('\n');
    }
    text
}
