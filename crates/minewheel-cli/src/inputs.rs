//! Reading what the user names: cars, data folders, cycles.

use std::path::{Path, PathBuf};

use minewheel_assess::scenario::Scenario;
use minewheel_assess::tables::{RoadTables, Tables};
use minewheel_data::car::CarDesign;
use minewheel_data::car_file::{read_car_file, unknown_names};
use minewheel_data::cards::Cards;
use minewheel_data::store::Store;
use minewheel_industry::supply::SupplyError;
use minewheel_industry::supply::sourcing::costs::Premiums;
use minewheel_industry::supply::sourcing::settle;

use crate::failure::Failure;

/// Tables of the binary, with a user's folder laid over them if one is given.
///
/// # Errors
/// The folder cannot be read, or a table has violations.
pub fn tables(overlay: Option<&Path>) -> Result<Tables, Failure> {
    Tables::read(&store(overlay)?, false).map_err(Failure::Tables)
}

/// The files of the binary, with a user's folder laid over them if one is given.
///
/// # Errors
/// The folder cannot be read.
pub fn store(overlay: Option<&Path>) -> Result<Store, Failure> {
    let mut store = Store::embedded();
    if let Some(folder) = overlay {
        store.overlay(folder)?;
    }
    Ok(store)
}

/// A car of the catalogue, or the car of a file.
///
/// # Errors
/// Neither exists, or the file has faults.
pub fn car(tables: &Tables, name: &str) -> Result<CarDesign, Failure> {
    if is_path(name) {
        let text = read(Path::new(name))?;
        let design = read_car_file(name, &text, &tables.chemistries()).map_err(Failure::CarFile)?;
        let unknown = unknown_names(name, &text, &design, &tables.places, &tables.cards);
        return if unknown.is_empty() { Ok(design) } else { Err(Failure::CarFile(unknown)) };
    }
    Ok(tables.catalogue.car(name)?.clone())
}

/// Cars with the sourcing rules of their files solved into shares.
///
/// # Errors
/// No choice of makers meets a car's rules, or they name what is not there.
pub fn settled(tables: &Tables, overlay: Option<&Path>, cars: Vec<CarDesign>, scenario: &Scenario) -> Result<Vec<CarDesign>, Failure> {
    if cars.iter().all(|c| c.sourcing_demands.is_empty()) {
        return Ok(cars);
    }
    let premiums = Premiums::read(&store(overlay)?, false).map_err(Failure::Tables)?;
    Ok(cars.iter().map(|car| settle(tables, &premiums, car, scenario)).collect::<Result<_, _>>().map_err(SupplyError::from)?)
}

/// The tables that driving needs. Those of the binary are read alone, for speed; with a user's folder everything is read
/// and checked.
///
/// # Errors
/// The folder cannot be read, or a table has violations.
pub fn road_tables(overlay: Option<&Path>) -> Result<RoadTables, Failure> {
    if overlay.is_some() {
        return tables(overlay).map(Tables::into_road);
    }
    RoadTables::read(&Store::embedded()).map_err(Failure::Tables)
}

/// As [`car`], for a command that drives. Products are looked at where the file has sourcing rules.
///
/// # Errors
/// Neither exists, or the file has faults.
pub fn road_car(road: &RoadTables, name: &str, overlay: Option<&Path>) -> Result<CarDesign, Failure> {
    if is_path(name) {
        let text = read(Path::new(name))?;
        let design = read_car_file(name, &text, &road.chemistries()).map_err(Failure::CarFile)?;
        let cards = if design.sourcing.is_empty() && design.sourcing_demands.is_empty() { Cards::default() } else { tables(overlay)?.cards };
        let unknown = unknown_names(name, &text, &design, &road.places, &cards);
        return if unknown.is_empty() { Ok(design) } else { Err(Failure::CarFile(unknown)) };
    }
    Ok(road.catalogue.car(name)?.clone())
}

/// Whether a name is that of a file rather than an id.
pub fn is_path(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|e| e.eq_ignore_ascii_case("toml")) || name.contains(['/', '\\'])
}

/// The text of a file.
///
/// # Errors
/// It cannot be read.
#[expect(clippy::disallowed_methods, reason = "the command line reads files that the user names")]
pub fn read(path: &Path) -> Result<String, Failure> {
    let text = std::fs::read_to_string(path).map_err(|reason| Failure::File { verb: "read", path: PathBuf::from(path), reason })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Writes a file that the user named.
///
/// # Errors
/// It cannot be written.
#[expect(clippy::disallowed_methods, reason = "the command line writes files that the user names")]
pub fn write(path: &Path, text: &str) -> Result<(), Failure> {
    std::fs::write(path, text).map_err(|reason| Failure::File { verb: "write", path: PathBuf::from(path), reason })
}

/// Writes a report as one HTML file.
///
/// # Errors
/// The file cannot be written.
pub fn report(path: &Path, document: &minewheel_report::Document) -> Result<(), Failure> {
    write(path, &minewheel_report::html::page(document))
}

/// The command as it was typed, for the record of a report.
#[expect(clippy::disallowed_methods, reason = "a report says how to get it again")]
pub fn command_line() -> String {
    let quote = |word: String| if word.contains([' ', '"', '\'']) { format!("{word:?}") } else { word };
    let words = std::env::args().skip(1).map(quote).collect::<Vec<_>>();
    format!("minewheel {}", words.join(" "))
}
