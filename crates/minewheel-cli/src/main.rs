//! The command `minewheel`: reads arguments and files, calls the libraries, prints. It holds no formula.

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
    /// The parts of a body, and what door ring, castings, closures and scrap change
    Body(commands::body::Arguments),
    /// A car plant by shop, and what its measures save at what cost
    Plant(commands::plant::Arguments),
    /// Credits of a car, accounts of companies, the market for credits
    Credits(commands::credits::Arguments),
    /// Check tables, or list sources
    Data(commands::data::Arguments),
    /// Recompute published statements and judge them
    Case(commands::case::Arguments),
    /// Print the JSON Schema or the list of a thing
    Schema(commands::schema::Arguments),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

fn main() -> ExitCode {
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
        Command::Body(arguments) => commands::body::run(&arguments),
        Command::Plant(arguments) => commands::plant::run(&arguments),
        Command::Credits(arguments) => commands::credits::run(&arguments),
        Command::Data(arguments) => commands::data::run(&arguments),
        Command::Case(arguments) => commands::case::run(&arguments),
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
