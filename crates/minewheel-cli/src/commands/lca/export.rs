//! `lca export`: a database for other programs.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use minewheel_lca::database::{Database, ProductSystem};
use minewheel_lca::formats::archive::ZipWriter;
use minewheel_lca::formats::{Dropped, ImportError, data_package, excel, ilcd, inventory_table, olca};
use minewheel_lca::{Entry, Matrices};

use super::source::{Links, activity_label, failure};
use super::{LcaFailure, files};
use crate::failure::Failure;
use crate::print;

/// Arguments of `lca export`.
#[derive(clap::Args)]
#[command(group = clap::ArgGroup::new("target").required(true))]
pub struct Export {
    /// A database made by `lca import`
    database: PathBuf,
    /// Write an openLCA package (JSON-LD in a zip file)
    #[arg(long, value_name = "FILE", group = "target")]
    olca: Option<PathBuf>,
    /// Write an ILCD package (a zip file)
    #[arg(long, value_name = "FILE", group = "target")]
    ilcd: Option<PathBuf>,
    /// Write an inventory for Brightway's Excel importer (`.xlsx`)
    #[arg(long, value_name = "FILE", group = "target")]
    excel: Option<PathBuf>,
    /// Write tables in CSV, `inventory.csv` and `factors.csv`, that `lca import` reads
    #[arg(long, value_name = "FOLDER", group = "target")]
    csv: Option<PathBuf>,
    /// Write the matrices of the whole database as a Brightway data package (zip), with what their ids stand for
    #[arg(long, value_name = "FILE", group = "target")]
    data_package: Option<PathBuf>,
    /// Methods that a data package has; all of them without one. bw2calc adds up all methods of a package
    #[arg(long, requires = "data_package")]
    method: Vec<String>,
    /// Write the matrices of the whole database as CSV, with what their ids stand for
    #[arg(long, value_name = "FOLDER", group = "target")]
    matrices: Option<PathBuf>,
    #[command(flatten)]
    links: Links,
}

/// Runs `lca export`.
pub fn export(arguments: &Export) -> Result<(), Failure> {
    let database = files::database(&arguments.database)?;
    if let Some(path) = &arguments.olca {
        let fault = |error| LcaFailure::Import { path: path.clone(), error: ImportError::from(error) };
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let dropped = olca::write(&database, &mut |name, bytes| zip.add(name, &bytes)).map_err(fault)?;
        files::write_whole(path, &zip.finish().map_err(fault)?.into_inner())?;
        written(path, database.processes().len(), &dropped);
    }
    if let Some(path) = &arguments.ilcd {
        let fault = |error| LcaFailure::Import { path: path.clone(), error: ImportError::from(error) };
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let dropped = ilcd::write(&database, &mut |name, bytes| zip.add(name, &bytes)).map_err(fault)?;
        files::write_whole(path, &zip.finish().map_err(fault)?.into_inner())?;
        written(path, database.processes().len(), &dropped);
    }
    if let Some(path) = &arguments.excel {
        let (bytes, dropped) = excel::write(&stem(path), &database).map_err(|e| LcaFailure::Import { path: path.clone(), error: e.into() })?;
        files::write_whole(path, &bytes)?;
        written(path, database.processes().len(), &dropped);
    }
    if let Some(folder) = &arguments.csv {
        let fault = |error| LcaFailure::Import { path: folder.clone(), error };
        let (inventory, factors, dropped) = inventory_table::write(&database).map_err(fault)?;
        fs::create_dir_all(folder).map_err(|reason| Failure::File { verb: "write", path: folder.clone(), reason })?;
        files::write_whole(&folder.join("inventory.csv"), &inventory)?;
        if !factors.is_empty() {
            files::write_whole(&folder.join("factors.csv"), &factors)?;
        }
        written(folder, database.processes().len(), &dropped);
    }
    if arguments.matrices.is_none() && arguments.data_package.is_none() {
        return Ok(());
    }
    let options = arguments.links.options(&database)?;
    let mut system = ProductSystem::whole(&database, options).map_err(|e| failure(&arguments.database, &database, options, e))?;
    if let Some(folder) = &arguments.matrices {
        write_matrices(folder, &database, &system)?;
        print::note(&format!("wrote {} activities and {} elementary flows to {}", system.activities.len(), system.flows.len(), folder.display()));
    }
    if let Some(path) = &arguments.data_package {
        keep_methods(&mut system.matrices, &arguments.method)?;
        let fault = |error| LcaFailure::Import { path: path.clone(), error: ImportError::from(error) };
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let dropped = data_package::write(&stem(path), &system.matrices, &mut zip).map_err(fault)?;
        for (name, header, rows) in [
            ("activities.csv", ACTIVITIES.as_slice(), activity_rows(&database, &system)),
            ("flows.csv", FLOWS.as_slice(), flow_rows(&database, &system)),
        ] {
            zip.add(name, print::csv(header, &rows).as_bytes()).map_err(fault)?;
        }
        files::write_whole(path, &zip.finish().map_err(fault)?.into_inner())?;
        written(path, system.activities.len(), &dropped);
    }
    Ok(())
}

/// Says what was written, and what had no place there.
fn written(path: &Path, processes: usize, dropped: &Dropped) {
    print::note(&format!("wrote {processes} processes to {}", path.display()));
    for (what, count) in dropped {
        print::note(&format!("left out: {what} ({count})"));
    }
}

/// The name of a file without its ending.
fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(|| "inventory".to_owned(), |s| s.to_string_lossy().into_owned())
}

/// Leaves only the methods asked for, by name or by the part behind `: `.
fn keep_methods(matrices: &mut Matrices, wanted: &[String]) -> Result<(), Failure> {
    if wanted.is_empty() {
        return Ok(());
    }
    let names: Vec<String> = matrices.methods.iter().map(|m| m.name.clone()).collect();
    let is_meant = |name: &str, seen: &str| name == seen || name.split_once(": ").is_some_and(|(_, category)| category == seen);
    for seen in wanted {
        if !names.iter().any(|name| is_meant(name, seen)) {
            return Err(Failure::UnknownName { kind: "method", seen: seen.clone(), known: names.join(", ") });
        }
    }
    matrices.methods.retain(|m| wanted.iter().any(|seen| is_meant(&m.name, seen)));
    Ok(())
}

const ACTIVITIES: [&str; 7] = ["id", "process", "name", "place", "flow", "product", "unit"];
const FLOWS: [&str; 6] = ["id", "flow", "name", "category", "place", "unit"];

fn write_matrices(folder: &Path, database: &Database, system: &ProductSystem) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|reason| Failure::File { verb: "write", path: folder.to_owned(), reason })?;
    let Matrices { technosphere, biosphere, methods } = &system.matrices;
    let put = |name: &str, header: &[&str], rows: &[Vec<String>]| files::write_whole(&folder.join(name), print::csv(header, rows).as_bytes());
    let row = |e: &Entry| vec![e.row.to_string(), e.column.to_string(), e.amount.to_string()];
    put("technosphere.csv", &["row", "column", "amount"], &technosphere.iter().map(row).collect::<Vec<_>>())?;
    put("biosphere.csv", &["row", "column", "amount"], &biosphere.iter().map(row).collect::<Vec<_>>())?;
    let mut factors = Vec::new();
    for method in methods {
        factors.extend(method.factors.iter().map(|e| vec![method.name.clone(), e.row.to_string(), e.amount.to_string()]));
    }
    put("characterisation.csv", &["method", "row", "amount"], &factors)?;
    put("activities.csv", &ACTIVITIES, &activity_rows(database, system))?;
    put("flows.csv", &FLOWS, &flow_rows(database, system))
}

fn activity_rows(database: &Database, system: &ProductSystem) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (at, activity) in system.activities.iter().enumerate() {
        let label = activity_label(database, *activity);
        let product = database.flow(activity.product);
        let unit = database.reference_unit(activity.product).name.to_string();
        let place = label.place.unwrap_or_default();
        rows.push(vec![(at + 1).to_string(), label.id, label.name, place, product.id.to_string(), product.name.to_string(), unit]);
    }
    rows
}

fn flow_rows(database: &Database, system: &ProductSystem) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (at, (flow, location)) in system.flows.iter().enumerate() {
        let record = database.flow(*flow);
        let place = location.map(|l| database.place(l).to_owned()).unwrap_or_default();
        let id = at + system.activities.len() + 1;
        let category = record.category.as_deref().unwrap_or_default().to_owned();
        rows.push(vec![
            id.to_string(),
            record.id.to_string(),
            record.name.to_string(),
            category,
            place,
            database.reference_unit(*flow).name.to_string(),
        ]);
    }
    rows
}
