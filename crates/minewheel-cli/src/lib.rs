//! The command `minewheel`: reads arguments and files, calls the libraries, prints. It holds no formula.
//!
//! Other programs ask the same commands through [`ask`]: the server does, and the Python package.

mod api;
pub mod ask;
mod commands;
mod failure;
mod inputs;
mod print;

use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::failure::Failure;

/// An open, source-cited model of the electric car from the mine to the wheel and back to the mine.
#[derive(Parser)]
#[command(name = "minewheel", version, arg_required_else_help = true, max_term_width = 100)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the catalogue, or the cars whose id, name or make has a text in it
    Cars(commands::cars::Arguments),
    /// Climate footprint, cost, materials and their origin over a car's life
    Assess(commands::assess::Arguments),
    /// Walk from a figure down to the table rows it rests on
    Explain(commands::explain::Arguments),
    /// Drive cars over cycles, second by second
    Drive(commands::drive::Arguments),
    /// Range and consumption by the rules of the EU, China, the US, and the old European cycle
    Range(commands::range::Arguments),
    /// Charge cars at a station or a wall: minutes, losses, the curve
    Charge(commands::charge::Arguments),
    /// Age a cell over the years, or the packs of cars
    Age(commands::age::Arguments),
    /// Plan a long drive with charging stops
    Trip(commands::trip::Arguments),
    /// Sprints, top speed and slopes of battery-electric cars
    Performance(commands::performance::Arguments),
    /// A machine from its specification: sizes, materials, map, footprint, cost
    Motor(commands::motor::Arguments),
    /// Two machines in one unit against one machine and against two units
    DriveUnit(commands::drive_unit::Arguments),
    /// A battery pack from its cell: design, footprint by stage and place, price by block, life
    Battery(commands::battery::Arguments),
    /// The parts of a body, and what door ring, castings, closures and scrap change
    Body(commands::body::Arguments),
    /// A car plant by shop, and what its measures save at what cost
    Plant(commands::plant::Arguments),
    /// Solve a life-cycle database of your own
    Lca(commands::lca::Arguments),
    /// Recycle a pack: flows, footprint, money, targets
    Recycle(commands::recycle::Arguments),
    /// Where materials come from, tier by tier, and who depends on whom
    Supply(commands::supply::Arguments),
    /// A programme with hundreds of suppliers: import, roll up, plan, request, status
    Suppliers(commands::suppliers::Arguments),
    /// What was built, sold, exported, registered and charged, and what does not add up
    Market(commands::market::Arguments),
    /// Cohorts of cars and packs through the years
    Fleet(commands::fleet::Arguments),
    /// What stops when a supplier stops: a study in kilograms and days
    Disrupt(commands::disrupt::Arguments),
    /// A battery car against a fuel car: cost of owning by country and year, and when it draws level
    Tco(commands::tco::Arguments),
    /// Cars driven and charged through a year, by strategy
    Charging(commands::charging::Arguments),
    /// Credits of a car, accounts of companies, the market for credits
    Credits(commands::credits::Arguments),
    /// Check tables, or list sources
    Data(commands::data::Arguments),
    /// Recompute published statements and judge them
    Case(commands::case::Arguments),
    /// Rule sets as data: list them, hold a company, plant, product or car against one, set editions side by side
    Rules(commands::rules::Arguments),
    /// What a model can fill of a car's battery passport, and what only the maker can
    Passport(commands::passport::Arguments),
    /// Serve the browser app and the JSON API on this machine
    Serve(commands::serve::Arguments),
    /// Supplier footprints in exchange (PACT): a host, a client, and their upkeep
    Exchange(commands::exchange::Arguments),
    /// Print the JSON Schema or the list of a thing
    Schema(commands::schema::Arguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Runs the command with the arguments of this process.
pub fn run() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Cars(arguments) => commands::cars::run(&arguments),
        Command::Assess(arguments) => commands::assess::run(&arguments),
        Command::Explain(arguments) => commands::explain::run(&arguments),
        Command::Drive(arguments) => commands::drive::run(&arguments),
        Command::Range(arguments) => commands::range::run(&arguments),
        Command::Charge(arguments) => commands::charge::run(&arguments),
        Command::Age(arguments) => commands::age::run(&arguments),
        Command::Trip(arguments) => commands::trip::run(&arguments),
        Command::Performance(arguments) => commands::performance::run(&arguments),
        Command::Motor(arguments) => commands::motor::run(&arguments),
        Command::DriveUnit(arguments) => commands::drive_unit::run(&arguments),
        Command::Battery(arguments) => commands::battery::run(&arguments),
        Command::Body(arguments) => commands::body::run(&arguments),
        Command::Plant(arguments) => commands::plant::run(&arguments),
        Command::Lca(arguments) => commands::lca::run(&arguments),
        Command::Recycle(arguments) => commands::recycle::run(&arguments),
        Command::Supply(arguments) => commands::supply::run(&arguments),
        Command::Suppliers(arguments) => commands::suppliers::run(&arguments),
        Command::Market(arguments) => commands::market::run(&arguments),
        Command::Fleet(arguments) => commands::fleet::run(&arguments),
        Command::Disrupt(arguments) => commands::disrupt::run(&arguments),
        Command::Tco(arguments) => commands::tco::run(&arguments),
        Command::Charging(arguments) => commands::charging::run(&arguments),
        Command::Credits(arguments) => commands::credits::run(&arguments),
        Command::Data(arguments) => commands::data::run(&arguments),
        Command::Case(arguments) => commands::case::run(&arguments),
        Command::Rules(arguments) => commands::rules::run(&arguments),
        Command::Passport(arguments) => commands::passport::run(&arguments),
        Command::Serve(arguments) => commands::serve::run(&arguments),
        Command::Exchange(arguments) => commands::exchange::run(&arguments),
        Command::Schema(arguments) => commands::schema::run(&arguments),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "minewheel", &mut script);
            print::data(&String::from_utf8_lossy(&script));
            Ok(())
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => report(&failure),
    }
}

fn report(failure: &Failure) -> ExitCode {
    let mut text = format!("error[{}]: {failure}", failure.code());
    if let Some(help) = failure.help() {
        text.push_str("\nhelp: ");
        text.push_str(&help);
    }
    print::note(&text);
    ExitCode::from(failure.exit_code())
}
