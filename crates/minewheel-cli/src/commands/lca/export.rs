//! `lca export`: a database for other programs.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use minewheel_lca::database::{Database, ProductSystem};
use minewheel_lca::formats::archive::ZipWriter;
use minewheel_lca::formats::{ImportError, olca};
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
        olca::write(&database, &mut |name, bytes| zip.add(name, &bytes)).map_err(fault)?;
        let bytes = zip.finish().map_err(fault)?.into_inner();
        files::write_whole(path, &bytes)?;
        print::note(&format!("wrote {} processes to {}", database.processes().len(), path.display()));
    }
    if let Some(folder) = &arguments.matrices {
        let options = arguments.links.options(&database)?;
        let system = ProductSystem::whole(&database, options).map_err(|e| failure(&arguments.database, &database, options, e))?;
        write_matrices(folder, &database, &system)?;
        print::note(&format!("wrote {} activities and {} elementary flows to {}", system.activities.len(), system.flows.len(), folder.display()));
    }
    Ok(())
}

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
    let mut rows = Vec::new();
    for (at, activity) in system.activities.iter().enumerate() {
        let label = activity_label(database, *activity);
        let product = database.flow(activity.product);
        let unit = database.reference_unit(activity.product).name.to_string();
        let place = label.place.unwrap_or_default();
        rows.push(vec![(at + 1).to_string(), label.id, label.name, place, product.id.to_string(), product.name.to_string(), unit]);
    }
    put("activities.csv", &["id", "process", "name", "place", "flow", "product", "unit"], &rows)?;
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
    put("flows.csv", &["id", "flow", "name", "category", "place", "unit"], &rows)
}
