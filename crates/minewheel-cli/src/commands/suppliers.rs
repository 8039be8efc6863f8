//! `minewheel suppliers`: a car maker's programme with its suppliers.

mod folder;
mod show;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use minewheel_industry::suppliers::pcf::{Request, RequestState, request_id, requests, states};
use minewheel_industry::suppliers::plan::{Plan, plan};
use minewheel_industry::suppliers::rollup::{Reported, RollUp, roll_up};
use minewheel_industry::suppliers::status::{ProgrammeStatus, status};
use minewheel_industry::suppliers::synthesise::{places, synthesise};
use minewheel_report::suppliers as report;
use serde::Serialize;

use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format};
use folder::Opened;

pub use folder::Imported;

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Read a programme's folder, say what is wrong with it, and what of the car it covers
    Import(Common),
    /// The car's footprint with what suppliers report: primary data share, who holds most carbon and most doubt
    Rollup(RollupArguments),
    /// Which works does what and when, under budgets and targets; exits with 1 if a target is missed
    Plan(PlanArguments),
    /// Requests for footprints down the tree, as PACT events
    Request(RequestArguments),
    /// Progress against targets, and how far requests are
    Status(Common),
    /// Make up a chain from the car's bill and the process data; every file says so
    Synthesise(SynthesiseArguments),
}

impl Action {
    /// How to print.
    const fn format(&self) -> Format {
        match self {
            Self::Import(common)
            | Self::Status(common)
            | Self::Rollup(RollupArguments { common, .. })
            | Self::Plan(PlanArguments { common, .. })
            | Self::Request(RequestArguments { common, .. }) => common.format,
            Self::Synthesise(arguments) => arguments.format,
        }
    }

    /// The tables laid over the built-in ones.
    fn data(&self) -> Option<&Path> {
        match self {
            Self::Import(common)
            | Self::Status(common)
            | Self::Rollup(RollupArguments { common, .. })
            | Self::Plan(PlanArguments { common, .. })
            | Self::Request(RequestArguments { common, .. }) => common.data.as_deref(),
            Self::Synthesise(arguments) => arguments.data.as_deref(),
        }
    }
}

/// What every action on a programme takes.
#[derive(clap::Args)]
pub struct Common {
    /// The programme's folder: programme.toml, suppliers.csv, supplies.csv, measures.csv, footprints/, requests/
    #[arg(value_hint = clap::ValueHint::DirPath)]
    folder: PathBuf,
    /// A further folder of footprints as JSON
    #[arg(long, value_name = "DIR")]
    footprints: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

#[derive(clap::Args)]
struct RollupArguments {
    #[command(flatten)]
    common: Common,
    /// Also write the result as one HTML file that needs nothing else
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
}

#[derive(clap::Args)]
struct PlanArguments {
    #[command(flatten)]
    common: Common,
    /// Plan as if this supplier were not there; may be given several times
    #[arg(long, value_name = "SUPPLIER")]
    without: Vec<String>,
    /// The budget of each year, in place of those of programme.toml
    #[arg(long, value_name = "USD", allow_negative_numbers = true)]
    budget: Option<f64>,
    /// Also write the result as one HTML file that needs nothing else
    #[arg(long, value_name = "FILE.html")]
    report: Option<PathBuf>,
}

#[derive(clap::Args)]
struct RequestArguments {
    #[command(flatten)]
    common: Common,
    /// The supplier to ask; may be given several times; left out: all that have reported nothing and were not asked
    #[arg(long, value_name = "SUPPLIER")]
    to: Vec<String>,
    /// A folder to write one event a file into
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// The time of the events, RFC 3339; left out: the start of the programme's year, so that runs repeat
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Who asks: the `source` of the events
    #[arg(long, default_value = "urn:minewheel:programme", value_name = "URI")]
    source: String,
}

#[derive(clap::Args)]
struct SynthesiseArguments {
    /// The car: an id of the catalogue or a TOML file
    car: String,
    /// Suppliers
    #[arg(long, default_value_t = 220, allow_negative_numbers = true)]
    count: usize,
    /// The seed: the same gives the same chain
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// The year of the data
    #[arg(long, default_value_t = 2025, allow_negative_numbers = true)]
    year: i32,
    /// The folder to write the programme into; left out: the files are only listed, and JSON holds their texts
    #[arg(long, value_name = "DIR")]
    write: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// A chain that was made up.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Made {
    /// Suppliers.
    pub suppliers: usize,
    /// Texts of the files by their names in the programme's folder.
    pub files: BTreeMap<String, String>,
}

/// What the command finds.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// What a folder holds.
    Imported(Imported),
    /// The sum over the bill.
    RollUp(RollUp),
    /// The plan.
    Plan(Plan),
    /// Requests to suppliers.
    Requests(Vec<Request>),
    /// Where the programme stands.
    Status(ProgrammeStatus),
    /// A made-up chain.
    Made(Made),
}

/// What the action asked for finds.
///
/// # Errors
/// A folder with faults, or a car that cannot be made.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Answer, Failure> {
    Ok(match &arguments.action {
        Action::Import(common) => {
            let opened = folder::open(common, desk)?;
            Answer::Imported(folder::imported(&opened, &sum(&opened)?))
        }
        Action::Rollup(arguments) => Answer::RollUp(sum(&folder::open(&arguments.common, desk)?)?),
        Action::Plan(arguments) => Answer::Plan(planned(arguments, desk)?),
        Action::Request(arguments) => Answer::Requests(asked(arguments, desk)?),
        Action::Status(common) => {
            let opened = folder::open(common, desk)?;
            let known: BTreeMap<String, RequestState> = states(&desk.json_files(&common.folder.join("requests"))?)?;
            Answer::Status(status(&opened.own, &opened.programme, &opened.car, &sum(&opened)?, &known)?)
        }
        Action::Synthesise(arguments) => Answer::Made(made_up(arguments, desk)?),
    })
}

/// Runs the command.
///
/// # Errors
/// A folder with faults, a car that cannot be made, or a plan that misses a target.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let action = &arguments.action;
    let desk = Desk::on_disk(action.data())?;
    let answer = answer(arguments, &desk)?;
    match (action, &answer) {
        (Action::Rollup(RollupArguments { report: Some(file), .. }), Answer::RollUp(found)) => {
            inputs::report(file, &report::rollup(found, desk.tables()?, &folder::own_tables(&desk)?, &inputs::command_line()))?;
        }
        (Action::Plan(PlanArguments { report: Some(file), .. }), Answer::Plan(found)) => {
            inputs::report(file, &report::plan(found, desk.tables()?, &folder::own_tables(&desk)?, &inputs::command_line()))?;
        }
        _ => {}
    }
    match action.format() {
        Format::Json => print::json(&answer),
        Format::Csv => print::data(&csv(&answer)),
        Format::Table => print::page(&table(&answer)),
    }
    if action.format() == Format::Table
        && let Answer::Imported(Imported { notices, .. })
        | Answer::RollUp(RollUp { notices, .. })
        | Answer::Plan(Plan { notices, .. })
        | Answer::Status(ProgrammeStatus { notices, .. }) = &answer
    {
        print::notices(notices);
    }
    written(action, &answer)?;
    match answer {
        Answer::Plan(found) if !found.meets_targets => {
            let missed: Vec<String> = found.years.iter().filter(|y| y.missed_kg > 0.0).map(|y| y.year.to_string()).collect();
            Err(Failure::TargetMissed { programme: found.programme, years: missed.join(", ") })
        }
        _ => Ok(()),
    }
}

fn table(answer: &Answer) -> String {
    match answer {
        Answer::Imported(found) => show::import(found),
        Answer::RollUp(found) => show::rollup(found),
        Answer::Plan(found) => show::plan(found),
        Answer::Requests(found) => show::requests(found),
        Answer::Status(found) => show::status(found),
        Answer::Made(found) => show::made(found),
    }
}

fn csv(answer: &Answer) -> String {
    match answer {
        Answer::Imported(found) => show::import_csv(found),
        Answer::RollUp(found) => show::rollup_csv(found),
        Answer::Plan(found) => show::plan_csv(found),
        Answer::Requests(found) => show::requests_csv(found),
        Answer::Status(found) => show::status_csv(found),
        Answer::Made(found) => show::made_csv(found),
    }
}

/// Writes the files that an action was told to write.
fn written(action: &Action, answer: &Answer) -> Result<(), Failure> {
    match (action, answer) {
        (Action::Request(RequestArguments { write: Some(folder), .. }), Answer::Requests(made)) => {
            for request in made {
                folder::write_json(folder, &request.id, &request.event)?;
            }
            print::note(&format!("{} events written to {}", made.len(), folder.display()));
        }
        (Action::Synthesise(SynthesiseArguments { write: Some(folder), .. }), Answer::Made(made)) => {
            for (name, text) in &made.files {
                let path: PathBuf = folder.join(name);
                folder::make_parent(&path)?;
                inputs::write(&path, text)?;
            }
            print::note(&format!("a synthetic chain of {} suppliers written to {}", made.suppliers, folder.display()));
        }
        _ => {}
    }
    Ok(())
}

fn sum(opened: &Opened<'_>) -> Result<RollUp, Failure> {
    let places = &opened.tables.places;
    let codes = |place| places.code(place).to_owned();
    Ok(roll_up(&opened.own, &codes, &opened.programme, &opened.car, &opened.footprints)?)
}

fn planned(arguments: &PlanArguments, desk: &Desk) -> Result<Plan, Failure> {
    let mut opened = folder::open(&arguments.common, desk)?;
    for id in &arguments.without {
        folder::supplier(&opened.programme, id)?;
    }
    if !arguments.without.is_empty() {
        let out: Vec<bool> = opened.programme.suppliers.iter().map(|s| arguments.without.contains(&s.id)).collect();
        opened.programme = opened.programme.without(|s| out[s]);
    }
    if let Some(budget) = arguments.budget {
        if !(budget.is_finite() && budget >= 0.0) {
            return Err(Failure::Option { option: "budget", seen: budget.to_string(), wanted: "US dollars, 0 or more".to_owned() });
        }
        opened.programme.budget.values_mut().for_each(|year| *year = budget);
    }
    Ok(plan(&opened.own, &opened.programme, &opened.car, &sum(&opened)?)?)
}

fn asked(arguments: &RequestArguments, desk: &Desk) -> Result<Vec<Request>, Failure> {
    let opened = folder::open(&arguments.common, desk)?;
    let known = states(&desk.json_files(&arguments.common.folder.join("requests"))?)?;
    let mut asked = Vec::new();
    for id in &arguments.to {
        asked.push(folder::supplier(&opened.programme, id)?);
    }
    if arguments.to.is_empty() {
        let report = sum(&opened)?;
        let silent = report.suppliers.iter().filter(|l| l.reported == Reported::Nothing);
        for line in silent.filter(|l| !known.contains_key(&request_id(&l.supplier))) {
            asked.push(folder::supplier(&opened.programme, &line.supplier)?);
        }
    }
    let start = format!("{}-01-01T00:00:00Z", opened.programme.head.year);
    Ok(requests(&opened.programme, &asked, &arguments.source, arguments.at.as_deref().unwrap_or(&start)))
}

fn made_up(arguments: &SynthesiseArguments, desk: &Desk) -> Result<Made, Failure> {
    let (tables, own) = (desk.tables()?, folder::own_tables(desk)?);
    let design = desk.car(&arguments.car)?;
    let scenario = folder::scenario(tables, &design, arguments.year)?;
    // Once to see where things are made, once more with works in all those places.
    let first = folder::open_car(tables, &design, &scenario, &[])?;
    let car = folder::open_car(tables, &design, &scenario, &places(tables, &first))?;
    let chain = synthesise(tables, &own, &car, arguments.count, arguments.seed)?;
    Ok(Made { suppliers: arguments.count, files: chain.files.into_iter().collect() })
}
