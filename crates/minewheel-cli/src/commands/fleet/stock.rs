//! `minewheel fleet stock`: the stock model on tables of the user's own.

use std::path::{Path, PathBuf};

use minewheel_industry::fleet::cohorts::NegativeInflow;
use minewheel_industry::fleet::series::{AllSurroundings, Driver, SeriesError, SeriesFlows, Survivals, read_yearly, run as run_series};
use serde::Serialize;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Cars that enter: CSV series,year,inflow
    #[arg(long, value_name = "FILE", required_unless_present = "stock", conflicts_with = "stock")]
    inflow: Option<PathBuf>,
    /// Cars wanted at the end of each year: CSV series,year,stock
    #[arg(long, value_name = "FILE")]
    stock: Option<PathBuf>,
    /// Share alive at the end of the year of each age: CSV series,age,share; age 0 is the year of entry
    #[arg(long, value_name = "FILE")]
    survival: PathBuf,
    /// Cars by age at the end of the year before the first: CSV series,age,count
    #[arg(long, value_name = "FILE")]
    start: Option<PathBuf>,
    /// Used cars that come in, negative: go out: CSV series,year,age,count
    #[arg(long, value_name = "FILE")]
    trade: Option<PathBuf>,
    /// Refuse a stock that needs a negative inflow, instead of retiring the surplus
    #[arg(long, requires = "stock")]
    strict_inflow: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// One year of one series.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct StockYear {
    /// The series.
    series: String,
    /// The year.
    year: i32,
    /// Cars at its end.
    stock: f64,
    /// Cars that entered.
    inflow: f64,
    /// Cars that left, with those retired early, without used exports.
    outflow: f64,
    /// Cars retired so that the wanted stock is met.
    extra_retirement: f64,
    /// Used cars in, less those out.
    traded: f64,
}

/// Stock, inflow and outflow, as printed.
///
/// # Errors
/// A file that cannot be read or used, or a stock that cannot be.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<StockYear>, Failure> {
    Ok(lines(&find(arguments, desk)?.1).collect())
}

/// What drives the stock, and what comes of it.
///
/// # Errors
/// A file that cannot be read or used, or a stock that cannot be.
fn find(arguments: &Arguments, desk: &Desk) -> Result<(Driver, Vec<SeriesFlows>), Failure> {
    let text = |path: &Path| -> Result<(String, String), Failure> { Ok((path.display().to_string(), desk.text(path)?)) };
    let optional = |path: &Option<PathBuf>| path.as_deref().map(text).transpose();
    let (driver, column, path) = match (&arguments.inflow, &arguments.stock) {
        (_, Some(path)) => {
            let negative = if arguments.strict_inflow { NegativeInflow::Refuse } else { NegativeInflow::Retire };
            (Driver::Stock(negative), "stock", path)
        }
        (Some(path), None) => (Driver::Inflow, "inflow", path),
        (None, None) => return Err(Failure::Option { option: "inflow", seen: "absent".to_owned(), wanted: "a file, or --stock".to_owned() }),
    };
    let (file, table) = text(path)?;
    let series = read_yearly(&file, &table, column)?;
    let (file, table) = text(&arguments.survival)?;
    let survival = Survivals::read(&file, &table)?;
    let (start, trade) = (optional(&arguments.start)?, optional(&arguments.trade)?);
    let around = AllSurroundings::read(as_texts(start.as_ref()), as_texts(trade.as_ref()), &series)?;
    Ok((driver, run_series(&series, &survival, &around, driver)?))
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (driver, flows) = find(arguments, &Desk::on_disk(None)?)?;
    write(arguments, driver, &flows);
    remarks(&flows, &arguments.survival);
    Ok(())
}

fn as_texts(both: Option<&(String, String)>) -> Option<(&str, &str)> {
    both.map(|(file, text)| (file.as_str(), text.as_str()))
}

fn lines(flows: &[SeriesFlows]) -> impl Iterator<Item = StockYear> {
    flows.iter().flat_map(|s| {
        (0..s.flows.stock.len()).map(|i| StockYear {
            series: s.name.clone(),
            year: s.first + i as i32,
            stock: s.flows.stock[i],
            inflow: s.flows.inflow[i],
            outflow: s.flows.outflow[i],
            extra_retirement: s.flows.extra_retirement[i],
            traded: s.flows.traded[i],
        })
    })
}

fn write(arguments: &Arguments, driver: Driver, flows: &[SeriesFlows]) {
    let is_traded = arguments.trade.is_some();
    let mut header = match driver {
        Driver::Inflow => vec!["series", "year", "stock", "outflow"],
        Driver::Stock(_) => vec!["series", "year", "inflow", "outflow", "extra_retirement"],
    };
    if is_traded {
        header.push("traded");
    }
    let rows = |number: fn(f64) -> String| -> Vec<Vec<String>> {
        let row = |l: StockYear| {
            let mut row = vec![l.series, l.year.to_string()];
            match driver {
                Driver::Inflow => row.extend([l.stock, l.outflow].map(number)),
                Driver::Stock(_) => row.extend([l.inflow, l.outflow, l.extra_retirement].map(number)),
            }
            if is_traded {
                row.push(number(l.traded));
            }
            row
        };
        lines(flows).map(row).collect()
    };
    match arguments.format {
        Format::Json => print::json(&lines(flows).collect::<Vec<_>>()),
        Format::Csv => print::data(&print::csv(&header, &rows(|n| n.to_string()))),
        Format::Table => print::page(&print::table(&header, &rows(figure), &(1..header.len()).collect::<Vec<_>>())),
    }
}

/// What happened that a reader must know.
fn remarks(flows: &[SeriesFlows], survival: &Path) {
    let cut: Vec<&SeriesFlows> = flows.iter().filter(|s| s.cut.is_some()).collect();
    if let Some(first) = cut.first() {
        print::note(&print::wrap(&format!(
            "note: {} of {} series run past the last age of their curve in {}, where cars are still alive ({:.3} of `{}`); these leave in the year after it",
            cut.len(),
            flows.len(),
            survival.display(),
            first.cut.unwrap_or(0.0),
            first.name
        )));
    }
    let early: Vec<&SeriesFlows> = flows.iter().filter(|s| s.flows.extra_retirement.iter().any(|e| *e > 0.0)).collect();
    for series in early.iter().take(5) {
        let at = series.flows.extra_retirement.iter().position(|e| *e > 0.0).unwrap_or(0);
        let all: f64 = series.flows.extra_retirement.iter().sum();
        print::note(&print::wrap(&format!(
            "note: `{}` needs {} cars retired early, the first in {}, to meet its stock; --strict-inflow refuses",
            series.name,
            figure(all),
            series.first + at as i32
        )));
    }
    if early.len() > 5 {
        print::note(&format!("note: so do {} more series", early.len() - 5));
    }
}

impl From<SeriesError> for Failure {
    fn from(error: SeriesError) -> Self {
        Self::Series(error)
    }
}
