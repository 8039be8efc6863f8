//! `minewheel fleet`: cohorts of cars and packs through the years.

pub mod adoption;
pub mod run;
pub mod stock;
pub mod survival;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print;

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// A study: cars, packs, energy, footprint, materials
    Run(run::Arguments),
    /// Stock and outflow from a table of inflow, or inflow from a table of stock
    Stock(stock::Arguments),
    /// Fit a survival curve to a register, and say what the data cannot tell
    Survival(survival::Arguments),
    /// The share of electric cars to come, beside what the model was worth before
    Adoption(adoption::Arguments),
}

/// What the subcommand answers, as it prints it in JSON.
///
/// # Errors
/// What the subcommand refuses.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<String, Failure> {
    match &arguments.action {
        Action::Run(arguments) => print::json_text(&run::answer(arguments, desk)?),
        Action::Stock(arguments) => print::json_text(&stock::answer(arguments, desk)?),
        Action::Survival(arguments) => print::json_text(&survival::answer(arguments, desk)?),
        Action::Adoption(arguments) => print::json_text(&adoption::answer(arguments, desk)?),
    }
}

/// Runs the command.
///
/// # Errors
/// What the subcommand refuses.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.action {
        Action::Run(arguments) => run::run(arguments),
        Action::Stock(arguments) => stock::run(arguments),
        Action::Survival(arguments) => survival::run(arguments),
        Action::Adoption(arguments) => adoption::run(arguments),
    }
}
