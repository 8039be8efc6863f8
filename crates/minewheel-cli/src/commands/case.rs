//! `minewheel case`: published statements, each recomputed, with a verdict and the reason.

mod cars;
mod industry;

use std::fmt::Write as _;

use minewheel_industry::cases::{Outcome, Statement, Verdict, list, run as judge};

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Field, Format};
use serde::Serialize;

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// List the statements
    List {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// Recompute one and judge it
    Run {
        /// Id of the case
        name: String,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
}

/// The statements, or one of them judged.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// All statements.
    List(Vec<Statement>),
    /// One, judged.
    Judged(Box<Outcome>),
}

/// The statements, or the verdict on one.
///
/// # Errors
/// An unknown case, or one that cannot be computed.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Answer, Failure> {
    Ok(match &arguments.action {
        Action::List { .. } => Answer::List(list(desk.store())?),
        Action::Run { name, .. } => Answer::Judged(Box::new(judge(desk.store(), desk.tables()?, name)?)),
    })
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (Action::List { format } | Action::Run { format, .. }) = &arguments.action;
    match answer(arguments, &Desk::on_disk(None)?)? {
        Answer::List(cases) => {
            let rows: Vec<Vec<String>> = cases.iter().map(|c| vec![c.id.clone(), c.year.to_string(), c.title.clone()]).collect();
            match format {
                Format::Json => print::json(&cases),
                Format::Csv => print::data(&print::csv(&["id", "year", "title"], &rows)),
                Format::Table => print::page(&print::table(&["id", "year", "title"], &rows, &[])),
            }
        }
        Answer::Judged(outcome) => {
            if matches!(format, Format::Json) {
                print::json(&outcome);
                return Ok(());
            }
            let (header, rows, table): (&[&str], Vec<Vec<Field>>, String) = match &*outcome {
                Outcome::Ratio(j) => (&cars::RATIO, j.grid.iter().chain(&j.catalogue).map(cars::ratio_row).collect(), cars::ratio_table(j)),
                Outcome::Ring(j) => (&cars::RING, j.cars.iter().map(cars::ring_row).collect(), cars::ring_table(j)),
                Outcome::Magnets(j) => (&cars::MAGNETS, j.machines.iter().map(cars::magnet_row).collect(), cars::magnet_table(j)),
                Outcome::Twin(j) => (&cars::TWIN, j.cells.iter().map(cars::twin_row).collect(), cars::twin_table(j)),
                Outcome::Reason(j) => (&cars::REASON, j.grid.iter().chain(&j.catalogue).map(cars::reason_row).collect(), cars::reason_table(j)),
                Outcome::Doubled(j) => (&cars::DOUBLED, j.variants.iter().map(cars::doubled_row).collect(), cars::doubled_table(j)),
                Outcome::Clauses(j) => (&industry::COMPANIES, j.companies.iter().map(industry::company_row).collect(), industry::clause_table(j)),
                Outcome::Output(j) => (&industry::PARTS, j.parts.iter().map(industry::part_row).collect(), industry::output_table(j)),
                Outcome::Claims(j) => (&industry::CLAIMS, j.lines.iter().map(industry::claim_row).collect(), industry::claim_table(j)),
                Outcome::Level(j) => (&industry::LEVELS, j.lines.iter().map(industry::level_row).collect(), industry::level_table(j)),
                Outcome::Retired(j) => (&industry::RETIRED, j.lines.iter().map(industry::retired_row).collect(), industry::retired_table(j)),
                Outcome::Dominance(j) => (&industry::DOMINANCE, j.tiers.iter().map(industry::dominance_row).collect(), industry::dominance_table(j)),
                Outcome::Friends(j) => (&industry::FRIENDS, j.rows.iter().map(industry::friend_row).collect(), industry::friend_table(j)),
                Outcome::Chain(j) => (&industry::CHAIN, j.years.iter().map(industry::chain_row).collect(), industry::chain_table(j)),
                Outcome::Trade(j) => (&industry::TRADE, j.years.iter().map(industry::trade_row).collect(), industry::trade_table(j)),
            };
            if matches!(format, Format::Csv) {
                print::data(&print::exact_csv(header, &rows));
            } else {
                print::page(&table);
            }
        }
    }
    Ok(())
}

/// Statement and verdict, as every case begins.
fn opening(case: &Statement, verdict: Verdict, words: &str) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}\n", print::wrap(&case.title));
    let _ = writeln!(text, "{}", print::wrap(&format!("said: {}", case.statement)));
    let _ = writeln!(text, "{}", print::wrap(&format!("by: {} [{}, {}]", case.said_by, case.source, case.status)));
    let word = match verdict {
        Verdict::True => "TRUE",
        Verdict::Depends => "DEPENDS",
        Verdict::False => "FALSE",
        Verdict::NotDecidable => "NOT DECIDABLE",
    };
    let _ = writeln!(text, "\nverdict: {word}\n{}", print::wrap(words));
    text
}

impl From<minewheel_industry::cases::CaseError> for Failure {
    fn from(error: minewheel_industry::cases::CaseError) -> Self {
        match error {
            minewheel_industry::cases::CaseError::Assess(error) => Self::Assess(error),
            other => Self::Case(other),
        }
    }
}
