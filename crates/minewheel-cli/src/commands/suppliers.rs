//! `minewheel suppliers`: a car maker's programme with its suppliers.

mod folder;
mod show;

use std::path::{Path, PathBuf};

use minewheel_industry::suppliers::pcf::{Request, RequestState, requests, states};
use minewheel_industry::suppliers::plan::{Plan, plan};
use minewheel_industry::suppliers::rollup::{Reported, RollUp, roll_up};
use minewheel_industry::suppliers::status::status;
use minewheel_industry::suppliers::synthesise::{places, synthesise};

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
    Rollup(Common),
    /// Which works does what and when, under budgets and targets; exits with 1 if a target is missed
    Plan(PlanArguments),
    /// Requests for footprints down the tree, as PACT events
    Request(RequestArguments),
    /// Progress against targets, and how far requests are
    Status(Common),
    /// Make up a chain from the car's bill and the process data; every file says so
    Synthesise(SynthesiseArguments),
}

/// What every action on a programme takes.
#[derive(clap::Args)]
pub struct Common {
    /// The programme's folder: programme.toml, suppliers.csv, supplies.csv, measures.csv, footprints/, requests/
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
struct PlanArguments {
    #[command(flatten)]
    common: Common,
    /// Plan as if this supplier were not there; may be given several times
    #[arg(long, value_name = "SUPPLIER")]
    without: Vec<String>,
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
    #[arg(long, default_value_t = 220)]
    count: usize,
    /// The seed: the same gives the same chain
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The year of the data
    #[arg(long, default_value_t = 2025)]
    year: i32,
    /// The folder to write the programme into
    #[arg(long, value_name = "DIR")]
    write: PathBuf,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// A folder with faults, a car that cannot be made, or a plan that misses a target.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.action {
        Action::Import(common) => import(common),
        Action::Rollup(common) => rollup(common),
        Action::Plan(arguments) => planned(arguments),
        Action::Request(arguments) => request(arguments),
        Action::Status(common) => stand(common),
        Action::Synthesise(arguments) => make_up(arguments),
    }
}

fn sum(opened: &Opened) -> Result<RollUp, Failure> {
    let places = &opened.desk.tables()?.places;
    let codes = |place| places.code(place).to_owned();
    Ok(roll_up(&opened.own, &codes, &opened.programme, &opened.car, &opened.footprints)?)
}

fn notes(notices: &[String]) {
    for notice in notices {
        print::note(&print::wrap(&format!("note: {notice}")));
    }
}

fn import(common: &Common) -> Result<(), Failure> {
    let opened = folder::open(common)?;
    let report = folder::imported(&opened, &sum(&opened)?);
    match common.format {
        Format::Json => print::json(&report),
        Format::Csv => print::data(&show::import_csv(&report)),
        Format::Table => {
            print::data(&show::import(&report));
            notes(&report.notices);
        }
    }
    Ok(())
}

fn rollup(common: &Common) -> Result<(), Failure> {
    let report = sum(&folder::open(common)?)?;
    match common.format {
        Format::Json => print::json(&report),
        Format::Csv => print::data(&show::rollup_csv(&report)),
        Format::Table => {
            print::data(&show::rollup(&report));
            notes(&report.notices);
        }
    }
    Ok(())
}

fn planned(arguments: &PlanArguments) -> Result<(), Failure> {
    let mut opened = folder::open(&arguments.common)?;
    for id in &arguments.without {
        folder::supplier(&opened.programme, id)?;
    }
    if !arguments.without.is_empty() {
        let out: Vec<bool> = opened.programme.suppliers.iter().map(|s| arguments.without.contains(&s.id)).collect();
        opened.programme = opened.programme.without(|s| out[s]);
    }
    let report: Plan = plan(&opened.own, &opened.programme, &opened.car, &sum(&opened)?)?;
    match arguments.common.format {
        Format::Json => print::json(&report),
        Format::Csv => print::data(&show::plan_csv(&report)),
        Format::Table => {
            print::data(&show::plan(&report));
            notes(&report.notices);
        }
    }
    let missed: Vec<String> = report.years.iter().filter(|y| y.missed_kg > 0.0).map(|y| y.year.to_string()).collect();
    if report.meets_targets { Ok(()) } else { Err(Failure::TargetMissed { programme: report.programme, years: missed.join(", ") }) }
}

fn request(arguments: &RequestArguments) -> Result<(), Failure> {
    let opened = folder::open(&arguments.common)?;
    let known = states(&folder::json_files(&arguments.common.folder.join("requests"))?)?;
    let report = sum(&opened)?;
    let mut asked = Vec::new();
    for id in &arguments.to {
        asked.push(folder::supplier(&opened.programme, id)?);
    }
    if arguments.to.is_empty() {
        let silent = report.suppliers.iter().filter(|l| l.reported == Reported::Nothing);
        for line in silent.filter(|l| !known.contains_key(&minewheel_industry::suppliers::pcf::request_id(&l.supplier))) {
            asked.push(folder::supplier(&opened.programme, &line.supplier)?);
        }
    }
    let start = format!("{}-01-01T00:00:00Z", opened.programme.head.year);
    let time = arguments.at.as_deref().unwrap_or(&start);
    let made: Vec<Request> = requests(&opened.programme, &asked, &arguments.source, time);
    if let Some(folder) = &arguments.write {
        for request in &made {
            folder::write_json(folder, &request.id, &request.event)?;
        }
    }
    match arguments.common.format {
        Format::Json => print::json(&made),
        Format::Csv => print::data(&show::requests_csv(&made)),
        Format::Table => print::data(&show::requests(&made)),
    }
    if let Some(folder) = &arguments.write {
        print::note(&format!("{} events written to {}", made.len(), folder.display()));
    }
    Ok(())
}

fn stand(common: &Common) -> Result<(), Failure> {
    let opened = folder::open(common)?;
    let known: std::collections::BTreeMap<String, RequestState> = states(&folder::json_files(&common.folder.join("requests"))?)?;
    let report = status(&opened.own, &opened.programme, &opened.car, &sum(&opened)?, &known)?;
    match common.format {
        Format::Json => print::json(&report),
        Format::Csv => print::data(&show::status_csv(&report)),
        Format::Table => {
            print::data(&show::status(&report));
            notes(&report.notices);
        }
    }
    Ok(())
}

fn make_up(arguments: &SynthesiseArguments) -> Result<(), Failure> {
    let desk = Desk::on_disk(arguments.data.as_deref())?;
    let (tables, own) = (desk.tables()?, folder::own_tables(&desk)?);
    let design = desk.car(&arguments.car)?;
    let scenario = folder::scenario(tables, &design, arguments.year)?;
    // Once to see where things are made, once more with works in all those places.
    let first = folder::open_car(tables, &design, &scenario, &[])?;
    let car = folder::open_car(tables, &design, &scenario, &places(tables, &first))?;
    let chain = synthesise(tables, &own, &car, arguments.count, arguments.seed)?;
    for (name, text) in &chain.files {
        let path: PathBuf = arguments.write.join(name);
        folder::make_parent(Path::new(&path))?;
        inputs::write(&path, text)?;
    }
    print::note(&format!("a synthetic chain of {} suppliers written to {}", arguments.count, arguments.write.display()));
    Ok(())
}
