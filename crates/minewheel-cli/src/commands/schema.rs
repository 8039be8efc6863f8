//! `minewheel schema`: what a file may hold, and what names there are.

use minewheel_data::car_fields::car_file_schema;

use crate::failure::Failure;
use crate::inputs;
use crate::print;

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// `car` for car files, a command for its output (`drive`, `assess`, …), or a list (`cycles`, `places`, …); a wrong name lists all
    name: String,
}

const NAMES: &[&str] = &[
    "car",
    "assess",
    "explain",
    "drive",
    "age",
    "pack-life",
    "range",
    "charge",
    "trip",
    "performance",
    "motor",
    "drive-unit",
    "body",
    "plant",
    "credits-car",
    "credits-ledger",
    "credits-fleets",
    "credits-market",
    "cycles",
    "places",
    "chemistries",
    "products",
    "methods",
];

/// Runs the command.
///
/// # Errors
/// A name that has no schema and no list.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let tables = inputs::tables(None)?;
    let lines: Vec<String> = match arguments.name.as_str() {
        "car" => {
            print::json(&car_file_schema(&tables.chemistries()));
            return Ok(());
        }
        "assess" => {
            print::json(&schemars::schema_for!(Vec<minewheel_assess::assessment::Assessment>));
            return Ok(());
        }
        "explain" => {
            print::json(&schemars::schema_for!(minewheel_assess::explain::Explanation));
            return Ok(());
        }
        "drive" => {
            print::json(&schemars::schema_for!(Vec<super::drive::Line>));
            return Ok(());
        }
        "range" => {
            print::json(&schemars::schema_for!(Vec<super::range::Line>));
            return Ok(());
        }
        "motor" => {
            print::json(&schemars::schema_for!(Vec<super::motor::Output>));
            return Ok(());
        }
        "drive-unit" => {
            print::json(&schemars::schema_for!(Vec<minewheel_assess::drive_units::UnitReport>));
            return Ok(());
        }
        "age" => {
            print::json(&schemars::schema_for!(super::age::Output));
            return Ok(());
        }
        "pack-life" => {
            print::json(&schemars::schema_for!(Vec<minewheel_assess::ageing::PackLife>));
            return Ok(());
        }
        "body" => {
            print::json(&schemars::schema_for!(minewheel_assess::body::BodyReport));
            return Ok(());
        }
        "plant" => {
            print::json(&schemars::schema_for!(minewheel_assess::plant::PlantReport));
            return Ok(());
        }
        "credits-car" => {
            print::json(&schemars::schema_for!(minewheel_industry::credits::design::DesignCredit));
            return Ok(());
        }
        "credits-ledger" => {
            print::json(&schemars::schema_for!(minewheel_industry::credits::Ledger));
            return Ok(());
        }
        "credits-fleets" => {
            print::json(&schemars::schema_for!(minewheel_industry::credits::fleets::Fleets));
            return Ok(());
        }
        "credits-market" => {
            print::json(&schemars::schema_for!(super::credits::MarketOutput));
            return Ok(());
        }
        "charge" => {
            print::json(&schemars::schema_for!(Vec<super::charge::Line>));
            return Ok(());
        }
        "trip" => {
            print::json(&schemars::schema_for!(Vec<super::trip::Line>));
            return Ok(());
        }
        "performance" => {
            print::json(&schemars::schema_for!(Vec<super::performance::Line>));
            return Ok(());
        }
        "cycles" => tables.cycles.entries().iter().map(|c| format!("{:<8} {}", c.id, c.title)).collect(),
        "places" => tables
            .places
            .codes()
            .map(|c| tables.places.id(c).map_or_else(|_| c.to_owned(), |p| format!("{c:<6} {}", tables.places.name(p))))
            .collect(),
        "chemistries" => tables.chemistries(),
        "products" => tables.cards.products().iter().map(|p| format!("{:<40} {:<5} {}", p.id, p.unit, p.name)).collect(),
        "methods" => tables.methods.climate_methods().iter().map(|m| (*m).to_owned()).collect(),
        other => return Err(Failure::UnknownName { kind: "schema or list", seen: other.to_owned(), known: NAMES.join(", ") }),
    };
    print::data(&lines.join("\n"));
    Ok(())
}
