//! `minewheel lca`: a user's own life-cycle database, imported, linked, solved and explained.

mod background;
mod compare;
mod explain;
mod export;
mod files;
mod import;
mod sensitivity;
mod source;
mod swap;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::Instant;

use minewheel_assess::background::BackgroundError;
use minewheel_lca::database::{RemapError, SystemError};
use minewheel_lca::formats::{ImportError, store::StoreError};
use minewheel_lca::formats::{PackageError, data_package::DataPackage, read_data_package};
use minewheel_lca::{
    Assembly, AssemblyError, CorrelationError, DrawError, Factorisation, ParameterDraws, PreparedSolver, SolveError, SolveOptions, direct_scores,
    monte_carlo, quantile,
};
use serde::Serialize;

pub use background::BackgroundArguments;
pub use compare::Comparison;
pub use explain::{Contributions, Path as SupplyPath, ScoreList};
pub use import::{Imported, Inventory};
pub use sensitivity::Sensitivity;
use source::{Assembled, LinkReport, Question, Source};
pub use swap::Swaps;

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
    /// Read a package (openLCA, EcoSpold 2, ILCD, SimaPro, Brightway's Excel, CSV tables of ours) into a database of one file
    Import(import::Import),
    /// What a database holds, and what of it is not linked
    Info(import::Info),
    /// Several demands or databases beside each other, on the same draws
    Compare(compare::Compare),
    /// Which uncertain exchanges, factors and parameters make the spread of a result: local shares and indices of Sobol
    Sensitivity(sensitivity::SensitivityArguments),
    /// What a result becomes when a process takes an input from another maker
    Swap(swap::SwapArguments),
    /// Which processes and flows a result comes from
    Contributions(explain::Explain),
    /// Through which chains of supply a result comes
    Path(explain::Explain),
    /// The impact of one unit of every product
    Scores(explain::Scores),
    /// Write a database for others: openLCA, ILCD, Brightway (Excel, data package), or its matrices as CSV
    Export(export::Export),
}

#[derive(clap::Args)]
struct Solve {
    #[command(flatten)]
    question: Question,
    /// Draws with every uncertain exchange, factor and parameter sampled anew
    #[arg(long, value_name = "N", default_value_t = 0)]
    samples: u64,
    /// Seed of the draws
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Number of the first draw: draws 500 to 999 extend a run of 500
    #[arg(long, value_name = "N", default_value_t = 0)]
    first_draw: u64,
    /// Write the impact of every draw as CSV
    #[arg(long, value_name = "FILE")]
    draws: Option<PathBuf>,
    /// Correlations of uncertain parameters: CSV with `first`, `second`, `correlation`; names as NAME or PROCESS/NAME
    #[arg(long, value_name = "FILE")]
    correlations: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Names that may be meant, a line each.
fn perhaps(nearest: &[String]) -> String {
    nearest.iter().fold(String::new(), |text, name| text + "\n  perhaps " + name)
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
    /// A loop of processes has no usable solution.
    #[error("the loop of {names} {verdict}")]
    Loop {
        /// The processes.
        names: String,
        /// Why.
        verdict: &'static str,
    },
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
    /// The file is no database, or a damaged one.
    #[error("{}: {error}", path.display())]
    Store {
        /// The file.
        path: PathBuf,
        /// Why.
        error: StoreError,
    },
    /// The package cannot be imported.
    #[error("{}: {error}", path.display())]
    Import {
        /// The package.
        path: PathBuf,
        /// Why.
        error: ImportError,
    },
    /// The mapping of a background cannot be used.
    #[error("{}: {error}", path.display())]
    Background {
        /// The mapping.
        path: PathBuf,
        /// Why.
        error: BackgroundError,
    },
    /// The mapping of an import cannot be used.
    #[error("{}: {error}", path.display())]
    Mapping {
        /// The mapping.
        path: PathBuf,
        /// Why.
        error: RemapError,
    },
    /// Correlations that cannot be.
    #[error("{}: {error}", path.display())]
    Correlations {
        /// Their file.
        path: PathBuf,
        /// Why.
        error: CorrelationError,
    },
    /// A process that the database lacks.
    #[error("no process has the id or the name `{seen}`{}", perhaps(.nearest))]
    UnknownProcess {
        /// What was asked for.
        seen: String,
        /// Processes with a similar name.
        nearest: Vec<String>,
    },
    /// Inputs that nobody supplies.
    #[error("{}: {products} products have no supplier, wanted by {exchanges} exchanges:\n  {}", path.display(), lines.join("\n  "))]
    Unlinked {
        /// The database.
        path: PathBuf,
        /// How many products.
        products: usize,
        /// How many exchanges.
        exchanges: usize,
        /// The first of them, with the nearest candidates.
        lines: Vec<String>,
    },
    /// Processes whose burdens cannot be shared among their products.
    #[error("{}: {processes} processes cannot be allocated:\n  {}", path.display(), lines.join("\n  "))]
    Allocation {
        /// The database.
        path: PathBuf,
        /// How many.
        processes: usize,
        /// The first of them.
        lines: Vec<String>,
    },
    /// The database makes no product system.
    #[error("{}: {error}", path.display())]
    System {
        /// The database.
        path: PathBuf,
        /// Why.
        error: SystemError,
    },
}

impl LcaFailure {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Store { .. } => "minewheel::lca::database",
            Self::Import { .. } => "minewheel::lca::import",
            Self::UnknownProcess { .. } => "minewheel::lca::process",
            Self::Background { .. } => "minewheel::lca::background",
            Self::Mapping { .. } => "minewheel::lca::mapping",
            Self::Correlations { .. } => "minewheel::lca::correlations",
            Self::Unlinked { .. } => "minewheel::lca::unlinked",
            Self::Allocation { .. } => "minewheel::lca::allocation",
            Self::System { .. } => "minewheel::lca::system",
            _ => "minewheel::lca",
        }
    }

    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Store { .. } => "`minewheel lca import PACKAGE --into FILE` makes a database; a Brightway data package is a zip file",
            Self::Import { .. } => {
                "a package is a zip file or folder as openLCA exports it (`processes/`, `flows/` …), of EcoSpold 2 (`.spold`) or ILCD, a SimaPro or impact-factor CSV, or a workbook (`.xlsx`) for Brightway"
            }
            Self::UnknownProcess { .. } => "give the id or the full name of a process; `minewheel lca info FILE --processes TEXT` searches",
            Self::Background { .. } => {
                "`minewheel schema products` lists ours, `minewheel lca info DB --processes TEXT` theirs, `lca info DB` their impact categories; \
                 inputs that nobody supplies: --background-cut-off"
            }
            Self::Mapping { .. } => {
                "rows are `kind,from,to,factor,note` with kind flow, provider, unit or location; `lca info DB --list-unlinked` names what is missing"
            }
            Self::Correlations { .. } => {
                "rows are `first,second,correlation`: names of uncertain parameters, NAME for a global one, PROCESS/NAME for one of a process"
            }
            Self::Unlinked { .. } => {
                "import what is missing, choose `--providers market` where several make it, or say `--unlinked cut-off` to count them as free"
            }
            Self::Allocation { .. } => {
                "choose with --allocation: physical, economic, causal, property:Mass or another property, or reference-only (co-products free)"
            }
            Self::NoMethod { .. } => "import a package with impact methods into the same file",
            _ => "`minewheel lca info FILE` says what a database holds",
        }
    }
}

/// Impact of a demand.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Solution {
    /// Amount by product id.
    demand: BTreeMap<String, f64>,
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
    /// The demand in words, for people.
    #[serde(skip)]
    asked: String,
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
        Action::Import(arguments) => import::import(arguments)?,
        Action::Info(arguments) => import::info(arguments)?,
        Action::Compare(arguments) => compare::compare(arguments)?,
        Action::Sensitivity(arguments) => sensitivity::sensitivity(arguments)?,
        Action::Swap(arguments) => swap::swap(arguments)?,
        Action::Contributions(arguments) => explain::contributions(arguments)?,
        Action::Path(arguments) => explain::path(arguments)?,
        Action::Scores(arguments) => explain::scores(arguments)?,
        Action::Export(arguments) => export::export(arguments)?,
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

#[expect(clippy::disallowed_methods, reason = "the command line says how long each step took")]
fn now() -> Instant {
    Instant::now()
}

fn milliseconds(since: Instant) -> f64 {
    minewheel_data::units::ratio("s", "ms").unwrap_or(f64::NAN) * since.elapsed().as_secs_f64()
}

fn solve_package(arguments: &Solve) -> Result<Solution, Failure> {
    let began = now();
    let source = Source::open(&arguments.question, arguments.samples > 0)?;
    let read_ms = milliseconds(began);
    let began = now();
    let Assembled { assembly, category, demand, method, unit } = source.assemble(arguments.question.method.as_deref())?;
    let (amounts, asked, links) = (source.demand_by_id(), source.demand_in_words(), source.links.clone());
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
    let explained = |error| Source::open(&arguments.question, false).map_or_else(Failure::from, |source| source.explained(&assembly, error).into());
    let factorisation = Factorisation::of(&assembly.network, &direct, SolveOptions::default()).map_err(explained)?;
    factor_ms += milliseconds(began);
    let began = now();
    let solver = PreparedSolver::on(factorisation, &category, &direct).map_err(explained)?;
    let net_consuming = match solver.report() {
        report if report.net_consuming > 0 => Source::open(&arguments.question, false)?.warn_of_net_consumers(&assembly, report)?,
        _ => Vec::new(),
    };
    let scores = solver.base_scores();
    let total = |scores: &[f64]| demand.lines().iter().map(|line| line.amount * scores[line.column.index()]).sum::<f64>();
    let score = total(&scores);
    let solve_ms = direct_ms + milliseconds(began);
    let report = solver.report();
    let began = now();
    let mut draws = Vec::new();
    if arguments.samples > 0 {
        let sampler = ParameterDraws::new(&assembly, &assembly, &dependents, correlations);
        let range = arguments.first_draw..arguments.first_draw.saturating_add(arguments.samples);
        let drawn = monte_carlo(&solver, &sampler, arguments.seed, range, |draw| (total(draw.scores), draw.net_consuming > 0));
        let drawn = drawn.map_err(LcaFailure::from)?;
        let backwards = drawn.iter().filter(|(_, is_backwards)| *is_backwards).count();
        if backwards > 0 && net_consuming.is_empty() {
            print::note(&print::wrap(&format!(
                "warning: in {backwards} of {} draws a loop uses more of its own products than it makes, and runs backwards",
                drawn.len()
            )));
        }
        draws = drawn.into_iter().map(|(score, _)| score).collect();
        if let Some(path) = &arguments.draws {
            let row = |(number, score): (u64, &f64)| vec![number.to_string(), score.to_string()];
            let rows: Vec<_> = (arguments.first_draw..).zip(&draws).map(row).collect();
            files::write_whole(path, print::csv(&["draw", "score"], &rows).as_bytes())?;
        }
    }
    let samples_ms = (!draws.is_empty()).then(|| milliseconds(began));
    let mean = (!draws.is_empty()).then(|| draws.iter().sum::<f64>() / draws.len() as f64);
    draws.sort_unstable_by(f64::total_cmp);
    let at = |p: f64| quantile(&draws, p);
    Ok(Solution {
        demand: amounts,
        category: category_of(&method),
        method,
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
        links,
        net_consuming,
        asked,
    })
}

/// The category in the name of a database's method, `METHOD: CATEGORY`.
fn category_of(method: &str) -> Option<String> {
    method.split_once(": ").map(|(_, category)| category.to_owned())
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
    let mut lines = vec![vec!["impact".to_owned(), figure(solution.score), unit.to_owned()]];
    for (label, value) in [("5th percentile", solution.p5), ("median", solution.p50), ("mean", solution.mean), ("95th percentile", solution.p95)] {
        if let Some(value) = value {
            lines.push(vec![label.to_owned(), figure(value), unit.to_owned()]);
        }
    }
    let mut text = format!("{}, method {}\n\n", solution.asked, solution.method);
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
