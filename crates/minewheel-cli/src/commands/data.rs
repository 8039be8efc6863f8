//! `minewheel data`: check tables, list sources.

use std::fmt::Write as _;
use std::path::PathBuf;

use minewheel_assess::tables::Tables;
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_industry::tables_apart;
use serde::Serialize;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(clap::Subcommand)]
enum Action {
    /// Hold every cell of every table against its schema, its sources and physics
    Check {
        /// A folder of tables laid over the built-in ones
        folder: Option<PathBuf>,
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
    },
    /// List sources, their terms, and how many values rest on each
    Sources {
        /// How to print
        #[arg(long, value_enum, default_value = "table")]
        format: Format,
        /// A folder of tables laid over the built-in ones
        #[arg(long, value_name = "DIR")]
        data: Option<PathBuf>,
    },
}

/// A source and how many values rest on it.
#[derive(Serialize)]
pub struct SourceLine {
    key: String,
    title: String,
    authors: String,
    year: i32,
    link: String,
    licence: String,
    group: String,
    read: usize,
    derived: usize,
    recalled: usize,
    assumption: usize,
}

/// Runs the command.
///
/// # Errors
/// Tables with violations, or a folder that cannot be read.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    match &arguments.action {
        Action::Check { folder, format } => check(folder.as_deref(), *format),
        Action::Sources { format, data } => {
            print_sources(&sources(&Desk::on_disk(data.as_deref())?)?, *format);
            Ok(())
        }
    }
}

fn check(folder: Option<&std::path::Path>, format: Format) -> Result<(), Failure> {
    let mut store = Store::embedded();
    if let Some(folder) = folder {
        store.overlay(folder)?;
    }
    let tables = Tables::read(&store, true).map_err(Failure::Tables)?;
    let apart = tables_apart(&store, true).map_err(Failure::Tables)?;
    tables.check_network().map_err(minewheel_assess::AssessError::from)?;
    let mut counts = [0usize; 4];
    for status in tables.rows.iter().map(|r| r.1).chain(apart.iter().map(|r| r.0)) {
        counts[usize::from(status.rank())] += 1;
    }
    let rows: usize = counts.iter().sum();
    if format == Format::Json {
        print::json(&serde_json::json!({
            "rows": rows, "violations": 0,
            "by_status": Status::ALL.iter().zip(counts).map(|(s, n)| (s.word().to_owned(), n)).collect::<std::collections::BTreeMap<_, _>>(),
        }));
        return Ok(());
    }
    let by_status = Status::ALL.iter().zip(counts).map(|(s, n)| format!("{n} {s}")).collect::<Vec<_>>().join(", ");
    print::data(&print::wrap(&format!("{rows} rows, no violation ({by_status})")));
    Ok(())
}

/// Every source, with what rests on it.
///
/// # Errors
/// A table has violations.
pub fn sources(desk: &Desk) -> Result<Vec<SourceLine>, Failure> {
    let tables = desk.tables()?;
    let apart = tables_apart(desk.store(), false).map_err(Failure::Tables)?;
    let mut counts = vec![[0usize; 4]; tables.sources.iter().count()];
    for (status, source) in tables.rows.iter().map(|r| (r.1, r.2)).chain(apart.iter().copied()) {
        counts[usize::from(source.0)][usize::from(status.rank())] += 1;
    }
    let lines = tables
        .sources
        .iter()
        .map(|(id, key, source)| {
            let [read, derived, recalled, assumption] = counts[usize::from(id.0)];
            SourceLine {
                key: key.to_owned(),
                title: source.title.clone(),
                authors: source.authors.clone(),
                year: source.year,
                link: source.link.clone(),
                licence: source.licence.clone(),
                group: source.group.clone(),
                read,
                derived,
                recalled,
                assumption,
            }
        })
        .collect();
    Ok(lines)
}

fn print_sources(lines: &[SourceLine], format: Format) {
    if format == Format::Json {
        print::json(&lines);
        return;
    }
    if format == Format::Csv {
        let header = ["key", "year", "title", "authors", "licence", "group", "link", "read", "derived", "recalled", "assumption"];
        let row = |l: &SourceLine| -> Vec<String> {
            let texts = [&l.key, &l.year.to_string(), &l.title, &l.authors, &l.licence, &l.group, &l.link].map(Clone::clone);
            texts.into_iter().chain([l.read, l.derived, l.recalled, l.assumption].map(|n| n.to_string())).collect()
        };
        print::data(&print::csv(&header, &lines.iter().map(row).collect::<Vec<_>>()));
        return;
    }
    let mut text = String::new();
    for l in lines {
        let counts = [(l.read, "read"), (l.derived, "derived"), (l.recalled, "recalled"), (l.assumption, "assumption")];
        let counts: Vec<String> = counts.iter().filter(|c| c.0 > 0).map(|(n, word)| format!("{n} {word}")).collect();
        let counts = if counts.is_empty() { "no value".to_owned() } else { counts.join(", ") };
        let _ = writeln!(
            text,
            "{}\n{}\n",
            print::wrap(&format!("{}: {counts}", l.key)),
            print::wrap(&format!("  {}. {}, {}. Licence: {}", l.title, l.authors, l.year, l.licence))
        );
    }
    print::data(text.trim_end());
}
