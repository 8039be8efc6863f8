//! `minewheel lca`: a user's own life-cycle database, solved.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Instant;

use minewheel_lca::formats::{PackageError, data_package::DataPackage, read_data_package};
use minewheel_lca::{
    Assembly, AssemblyError, CharacterisationMethod, Demand, DrawError, PreparedSolver, SolveError, SolveOptions, monte_carlo, quantile,
};
use serde::Serialize;

use crate::failure::Failure;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Impact of a demand, with an interval where samples are asked for
    Solve(Solve),
    /// What a database holds
    Info {
        /// A Brightway data package (zip)
        database: PathBuf,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

#[derive(clap::Args)]
struct Solve {
    /// A Brightway data package (zip)
    database: PathBuf,
    /// Product and amount; several add
    #[arg(long, value_name = "ID=AMOUNT", required = true, value_parser = demand_line, allow_hyphen_values = true)]
    demand: Vec<(i64, f64)>,
    /// The method; may be left out where there is just one
    #[arg(long)]
    method: Option<String>,
    /// Draws with every uncertain entry sampled anew
    #[arg(long, value_name = "N", default_value_t = 0)]
    samples: u64,
    /// Seed of the draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

fn demand_line(text: &str) -> Result<(i64, f64), String> {
    let wanted = || format!("`{text}` is not ID=AMOUNT, such as 42=1.5");
    let (id, amount) = text.split_once('=').ok_or_else(wanted)?;
    let amount: f64 = amount.trim().parse().map_err(|_| wanted())?;
    if !amount.is_finite() {
        return Err(format!("the amount of `{text}` is not finite"));
    }
    Ok((id.trim().parse().map_err(|_| wanted())?, amount))
}

/// Why a database cannot be solved.
#[derive(Debug, thiserror::Error)]
pub enum LcaFailure {
    /// The file is not a database.
    #[error("{}: {error}", path.display())]
    Package {
        /// The file.
        path: PathBuf,
        /// Why.
        error: PackageError,
    },
    /// The matrices are not a network.
    #[error("{}: {error}", path.display())]
    Assembly {
        /// The file.
        path: PathBuf,
        /// Why.
        error: AssemblyError,
    },
    /// The network has no solution.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A draw has no solution.
    #[error(transparent)]
    Draw(#[from] DrawError),
    /// The package brings no characterisation.
    #[error("{}: it holds no method, so there is no impact to compute", path.display())]
    NoMethod {
        /// The file.
        path: PathBuf,
    },
    /// Several methods, and none named.
    #[error("{}: it holds {count} methods; name one of: {known}", path.display())]
    WhichMethod {
        /// The file.
        path: PathBuf,
        /// How many there are.
        count: usize,
        /// Their names.
        known: String,
    },
}

/// Impact of a demand.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Solution {
    /// Amount by product id.
    demand: BTreeMap<i64, f64>,
    /// The method.
    method: String,
    /// The impact category, where the method names one.
    category: Option<String>,
    /// Its unit, where the method names one.
    unit: Option<String>,
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
    /// Draws.
    samples: u64,
    /// Their seed.
    seed: u64,
    /// Largest residual of an equation over the magnitudes in it.
    residual_inf: f64,
    /// Columns of the technosphere.
    activities: usize,
    /// Entries of the technosphere.
    nnz_a: usize,
    /// Entries of the factors; `null` where no component was factorised, and where the library does not say.
    nnz_lu: Option<usize>,
    /// Components that were factorised.
    factorised: usize,
    /// Gauss–Seidel sweeps.
    sweeps: usize,
    /// Reading the file.
    read_ms: f64,
    /// Building the network: ids, matching, components, order.
    factor_ms: f64,
    /// Solving it, factorisation of components that sweeps cannot settle included.
    solve_ms: f64,
    /// Drawing.
    samples_ms: Option<f64>,
}

/// What a database holds.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Contents {
    /// Its name.
    name: String,
    /// Distinct activities.
    activities: usize,
    /// Entries of the technosphere.
    technosphere_entries: usize,
    /// Entries of the biosphere.
    biosphere_entries: usize,
    /// Activities in the largest set that depend on one another.
    largest_loop: usize,
    /// Entries with a distribution.
    uncertain_entries: usize,
    /// Methods and how many factors each has.
    methods: BTreeMap<String, usize>,
    /// Groups of matrices that are not read.
    left_out: Vec<String>,
}

/// Runs the command.
///
/// # Errors
/// A file that cannot be read or solved, or a name that it lacks.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.action {
        Action::Solve(solve) => {
            let solution = solve_package(solve)?;
            match solve.format {
                Format::Json => print::json(&solution),
                Format::Csv => print::data(&print::csv(&FIGURES, &[figures(&solution, |v| v.to_string())])),
                Format::Table => print::data(&table(&solution)),
            }
        }
        Action::Info { database, format } => {
            let contents = contents(database)?;
            match format {
                Format::Json => print::json(&contents),
                Format::Csv => print::data(&print::csv(&["what", "value"], &lines(&contents))),
                Format::Table => print::data(&print::table(&["", &contents.name], &lines(&contents), &[1])),
            }
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
fn read(path: &Path, is_uncertain: bool) -> Result<DataPackage, Failure> {
    let file = File::open(path).map_err(|reason| Failure::File { verb: "read", path: path.to_owned(), reason })?;
    let package = read_data_package(BufReader::new(file), is_uncertain);
    package.map_err(|error| LcaFailure::Package { path: path.to_owned(), error }.into())
}

fn assemble(path: &Path, package: &DataPackage) -> Result<Assembly, LcaFailure> {
    Assembly::new(&package.matrices).map_err(|error| LcaFailure::Assembly { path: path.to_owned(), error })
}

/// The method asked for, or the only one.
fn method_of<'m>(path: &Path, methods: &'m [CharacterisationMethod], wanted: Option<&str>) -> Result<&'m CharacterisationMethod, Failure> {
    let known = || methods.iter().map(|m| m.name.as_str()).collect::<Vec<_>>().join(", ");
    match (wanted, methods) {
        (_, []) => Err(LcaFailure::NoMethod { path: path.to_owned() }.into()),
        (None, [only]) => Ok(only),
        (None, _) => Err(LcaFailure::WhichMethod { path: path.to_owned(), count: methods.len(), known: known() }.into()),
        (Some(name), _) => {
            methods.iter().find(|m| m.name == name).ok_or_else(|| Failure::UnknownName { kind: "method", seen: name.to_owned(), known: known() })
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the command line says how long each step took")]
fn now() -> Instant {
    Instant::now()
}

fn milliseconds(since: Instant) -> f64 {
    minewheel_data::units::ratio("s", "ms").unwrap_or(f64::NAN) * since.elapsed().as_secs_f64()
}

fn solve_package(arguments: &Solve) -> Result<Solution, Failure> {
    let path = &arguments.database;
    let began = now();
    let package = read(path, arguments.samples > 0)?;
    let read_ms = milliseconds(began);
    let began = now();
    let mut assembly = assemble(path, &package)?;
    let method = method_of(path, &package.matrices.methods, arguments.method.as_deref())?;
    let category = assembly.category(method);
    let demand: Demand = assembly.demand(&arguments.demand).map_err(|error| LcaFailure::Assembly { path: path.clone(), error })?;
    let (method, unit) = (method.name.clone(), method.unit.clone());
    drop(package);
    let factor_ms = milliseconds(began);
    let began = now();
    let solver = PreparedSolver::new(&assembly.network, &category, SolveOptions::default()).map_err(LcaFailure::from)?;
    let scores = solver.base_scores();
    let total = |scores: &[f64]| demand.lines().iter().map(|line| line.amount * scores[line.column.index()]).sum::<f64>();
    let score = total(&scores);
    let solve_ms = milliseconds(began);
    let report = solver.report();
    let began = now();
    let mut draws = Vec::new();
    if arguments.samples > 0 {
        draws = monte_carlo(&solver, &assembly, arguments.seed, 0..arguments.samples, |draw| total(draw.scores)).map_err(LcaFailure::from)?;
    }
    let samples_ms = (!draws.is_empty()).then(|| milliseconds(began));
    let mean = (!draws.is_empty()).then(|| draws.iter().sum::<f64>() / draws.len() as f64);
    draws.sort_unstable_by(f64::total_cmp);
    let at = |p: f64| (!draws.is_empty()).then(|| quantile(&draws, p));
    let mut amounts = BTreeMap::new();
    for (id, amount) in &arguments.demand {
        *amounts.entry(*id).or_insert(0.0) += amount;
    }
    Ok(Solution {
        demand: amounts,
        method,
        category: None,
        unit,
        score,
        p5: at(0.05),
        p50: at(0.5),
        p95: at(0.95),
        mean,
        samples: arguments.samples,
        seed: arguments.seed,
        residual_inf: report.residual,
        activities: assembly.network.column_count(),
        nnz_a: assembly.technosphere_entries,
        nnz_lu: None,
        factorised: report.factorised,
        sweeps: report.sweeps,
        read_ms,
        factor_ms,
        solve_ms,
        samples_ms,
    })
}

fn contents(path: &Path) -> Result<Contents, Failure> {
    let package = read(path, true)?;
    let assembly = assemble(path, &package)?;
    let matrices = &package.matrices;
    Ok(Contents {
        name: package.name.clone(),
        activities: assembly.network.column_count(),
        technosphere_entries: matrices.technosphere.len(),
        biosphere_entries: matrices.biosphere.len(),
        largest_loop: assembly.network.largest_loop(),
        uncertain_entries: assembly.uncertain_entries(),
        methods: matrices.methods.iter().map(|m| (m.name.clone(), m.factors.len())).collect(),
        left_out: package.left_out.clone(),
    })
}

fn lines(contents: &Contents) -> Vec<Vec<String>> {
    let mut lines = vec![
        vec!["activities".to_owned(), contents.activities.to_string()],
        vec!["technosphere entries".to_owned(), contents.technosphere_entries.to_string()],
        vec!["biosphere entries".to_owned(), contents.biosphere_entries.to_string()],
        vec!["largest loop, activities".to_owned(), contents.largest_loop.to_string()],
        vec!["uncertain entries".to_owned(), contents.uncertain_entries.to_string()],
    ];
    lines.extend(contents.methods.iter().map(|(name, factors)| vec![format!("method {name}, factors"), factors.to_string()]));
    lines.extend(contents.left_out.iter().map(|name| vec!["left out".to_owned(), name.clone()]));
    lines
}

const FIGURES: [&str; 6] = ["method", "score", "p5", "p50", "p95", "residual_inf"];

fn figures(solution: &Solution, number: fn(f64) -> String) -> Vec<String> {
    let cell = |v: Option<f64>| v.map_or_else(String::new, number);
    vec![
        solution.method.clone(),
        number(solution.score),
        cell(solution.p5),
        cell(solution.p50),
        cell(solution.p95),
        solution.residual_inf.to_string(),
    ]
}

fn table(solution: &Solution) -> String {
    let unit = solution.unit.as_deref().unwrap_or("the method's unit");
    let asked: Vec<String> = solution.demand.iter().map(|(id, amount)| format!("{amount} of {id}")).collect();
    let mut lines = vec![vec!["impact".to_owned(), figure(solution.score), unit.to_owned()]];
    for (label, value) in [("5th percentile", solution.p5), ("median", solution.p50), ("mean", solution.mean), ("95th percentile", solution.p95)] {
        if let Some(value) = value {
            lines.push(vec![label.to_owned(), figure(value), unit.to_owned()]);
        }
    }
    let mut text = format!("{}, method {}\n\n", asked.join(", "), solution.method);
    text.push_str(&print::table(&["", "value", "unit"], &lines, &[1]));
    text.push_str(&print::wrap(&format!(
        "\n{} activities, {} entries; residual {:.1e}; read in {:.0} ms, built in {:.0}, solved in {:.0}{}",
        solution.activities,
        solution.nnz_a,
        solution.residual_inf,
        solution.read_ms,
        solution.factor_ms,
        solution.solve_ms,
        solution.samples_ms.map_or_else(String::new, |ms| format!(", {} draws in {ms:.0}", solution.samples)),
    )));
    text.push('\n');
    text
}
