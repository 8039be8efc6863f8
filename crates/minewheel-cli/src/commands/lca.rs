//! `minewheel lca`: a user's own life-cycle database, imported, linked, solved and explained.

mod background;
mod compare;
mod demands;
mod draws;
mod explain;
mod export;
mod files;
mod hotspots;
mod import;
mod parts;
mod pedigree;
mod sensitivity;
mod solve;
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
use minewheel_lca::{Assembly, AssemblyError, CorrelationError, DrawError, SolveError};
use serde::Serialize;

pub use background::BackgroundArguments;
pub use compare::Comparison;
pub use explain::{Contributions, Path as SupplyPath, ScoreList};
pub use hotspots::HotSpots;
pub use import::{FlowWithoutFactor, Imported, Inventory};
pub use sensitivity::Sensitivity;
pub use solve::{Solution, Solutions};
pub use swap::Swaps;

use demands::DemandsFault;
use draws::DrawsFault;

use crate::failure::Failure;

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Impact of a demand, with an interval where samples are asked for
    Solve(solve::Solve),
    /// Read a package (openLCA, EcoSpold 2, ILCD, SimaPro, Brightway's Excel and data packages, CSV tables of ours) into a database of one file
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
    /// The few processes, flows, exchanges and places that make most of a result, how much of its spread is theirs, and how well they are known
    Hotspots(hotspots::HotSpotArguments),
    /// Through which chains of supply a result comes
    Path(explain::Explain),
    /// The impact of one unit of every product
    Scores(explain::Scores),
    /// Write a database for others: openLCA, ILCD, Brightway (Excel, data package), or its matrices as CSV
    Export(export::Export),
}

/// Names that may be meant, a line each.
fn perhaps(nearest: &[String]) -> String {
    nearest.iter().fold(String::new(), |text, name| text + "\n  perhaps " + name)
}

/// Why a database cannot be solved.
#[derive(Debug, thiserror::Error)]
pub enum LcaFailure {
    /// A file cannot be read.
    #[error("cannot read `{}`: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
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
    /// A file of demands that gives none.
    #[error("{}: {error}", path.display())]
    Demands {
        /// The file.
        path: PathBuf,
        /// Why.
        error: DemandsFault,
    },
    /// A file of draws that a run cannot go on from.
    #[error("{}: {error}", path.display())]
    Draws {
        /// The file.
        path: PathBuf,
        /// Why.
        error: DrawsFault,
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
            Self::Read { .. } => "minewheel::file",
            Self::Store { .. } => "minewheel::lca::database",
            Self::Import { .. } => "minewheel::lca::import",
            Self::UnknownProcess { .. } => "minewheel::lca::process",
            Self::Background { .. } => "minewheel::lca::background",
            Self::Mapping { .. } => "minewheel::lca::mapping",
            Self::Correlations { .. } => "minewheel::lca::correlations",
            Self::Demands { .. } => "minewheel::lca::demands",
            Self::Draws { .. } => "minewheel::lca::draws",
            Self::Unlinked { .. } => "minewheel::lca::unlinked",
            Self::Allocation { .. } => "minewheel::lca::allocation",
            Self::System { .. } => "minewheel::lca::system",
            _ => "minewheel::lca",
        }
    }

    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Read { .. } => {
                "a database is a file that `minewheel lca import PACKAGE --into FILE` makes; a package, a mapping or a table is a file or folder that may be read"
            }
            Self::Store { .. } => "`minewheel lca import PACKAGE --into FILE` makes a database; a Brightway data package is a zip file",
            Self::Import { .. } => {
                "a package is a zip file or folder as openLCA exports it (`processes/`, `flows/` …), of EcoSpold 2 (`.spold`) or ILCD, a Brightway data package, a SimaPro or impact-factor CSV, or a workbook (`.xlsx`) for Brightway"
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
            Self::Demands { .. } => "rows are `process,amount` and perhaps `name`: id or full name of a process, or PROCESS/FLOW for a co-product",
            Self::Draws { .. } => "go on with the question and the seed that the file was made with, or write to another file",
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
        Action::Solve(arguments) => solve::solve(arguments)?,
        Action::Import(arguments) => import::import(arguments)?,
        Action::Info(arguments) => import::info(arguments)?,
        Action::Compare(arguments) => compare::compare(arguments)?,
        Action::Sensitivity(arguments) => sensitivity::sensitivity(arguments)?,
        Action::Swap(arguments) => swap::swap(arguments)?,
        Action::Contributions(arguments) => explain::contributions(arguments)?,
        Action::Hotspots(arguments) => hotspots::hotspots(arguments)?,
        Action::Path(arguments) => explain::path(arguments)?,
        Action::Scores(arguments) => explain::scores(arguments)?,
        Action::Export(arguments) => export::export(arguments)?,
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
fn read(path: &Path, is_uncertain: bool) -> Result<DataPackage, Failure> {
    let file = File::open(path).map_err(|reason| LcaFailure::Read { path: path.to_owned(), reason })?;
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
