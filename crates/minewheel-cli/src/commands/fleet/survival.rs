//! `minewheel fleet survival`: a survival curve fitted to a register, its test, and what the data cannot tell.

use std::path::PathBuf;

use minewheel_industry::fleet::calibration::{Calibration, CalibrationYear, Fitted, calibrate};
use minewheel_industry::fleet::survival::Curve;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// A place with registrations and stock of new-energy vehicles
    #[arg(default_value = "CN")]
    place: String,
    /// Last year that the fit sees; later years test it
    #[arg(long, default_value_t = 2023, value_name = "YEAR", allow_negative_numbers = true)]
    until: i32,
    /// Last year of the outlook, with registrations held at those of the last year known
    #[arg(long, default_value_t = 2035, value_name = "YEAR", allow_negative_numbers = true)]
    horizon: i32,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Longest outlook.
const LAST_YEAR: i32 = 2100;

/// The curve and what the data cannot tell.
///
/// # Errors
/// A place without the rows, or too few years.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Calibration, Failure> {
    if !(arguments.until..=LAST_YEAR).contains(&arguments.horizon) {
        let wanted = format!("{} to {LAST_YEAR}", arguments.until);
        return Err(Failure::Option { option: "horizon", seen: arguments.horizon.to_string(), wanted });
    }
    let market = desk.market()?;
    market.places.id(&arguments.place).map_err(minewheel_assess::AssessError::from)?;
    calibrate(market, &arguments.place, arguments.until, arguments.horizon).map_err(|e| Failure::Driver(e.to_string()))
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let found = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => print::data(&csv(&found)),
        Format::Table => print::page(&table(&found)),
    }
    Ok(())
}

fn name(curve: &Curve) -> String {
    match *curve {
        Curve::Weibull { shape, scale } => format!("Weibull, shape {shape:.2}, scale {scale:.2} a"),
        Curve::LogNormal { median, sigma } => format!("log-normal, median {median:.2} a, sigma {sigma:.3}"),
        Curve::Logistic { middle, width } => format!("logistic, middle {middle:.2} a, width {width:.2} a"),
        _ => String::new(),
    }
}

const HEADER: [&str; 7] = ["year", "seen", "stock error", "exits", "rounding", "curve", "as well"];

fn row(year: &CalibrationYear) -> Vec<String> {
    let thousand = |v: f64| figure(v / 1e3);
    vec![
        year.year.to_string(),
        if year.is_trained { "yes" } else { "no" }.to_owned(),
        format!("{:+.2} %", 100.0 * year.stock_error),
        thousand(year.exits),
        format!("±{}", thousand(year.exits_rounding)),
        thousand(year.fitted_exits),
        format!("{}–{}", thousand(year.exits_range[0]), thousand(year.exits_range[1])),
    ]
}

fn table(found: &Calibration) -> String {
    let form = |f: &Fitted| vec![name(&f.curve), format!("{:.1}", f.misfit), format!("{:.1}", f.mean_life)];
    let mut text = format!("survival in {}, fitted to {} with the stock of the end of {} given\n\n", found.place, found.until, found.anchor);
    text.push_str(&print::table(&["form", "misfit", "mean life a"], &found.forms.iter().map(form).collect::<Vec<_>>(), &[1, 2]));
    text.push_str("\nexits in thousands; curve: the Weibull; as well: all curves that fit as well\n");
    text.push_str(&print::table(&HEADER, &found.years.iter().map(row).collect::<Vec<_>>(), &[2, 3, 4, 5, 6]));
    if let Some(last) = found.outlook.last() {
        text.push('\n');
        text.push_str(&print::wrap(&format!(
            "With registrations held, {} million leave in {} by the Weibull, {} to {} million by curves that fit as well: the register does not tell them apart. Weakest status: {}.",
            figure(last.exits / 1e6),
            last.year,
            figure(last.exits_range[0] / 1e6),
            figure(last.exits_range[1] / 1e6),
            found.weakest_status
        )));
    }
    text
}

fn csv(found: &Calibration) -> String {
    let header = ["year", "trained", "stock", "stock_error", "exits", "rounding", "fitted", "low", "high"];
    let known = found.years.iter().map(|y| {
        let numbers = [y.stock, y.stock_error, y.exits, y.exits_rounding, y.fitted_exits, y.exits_range[0], y.exits_range[1]];
        [y.year.to_string(), y.is_trained.to_string()].into_iter().chain(numbers.map(|n| n.to_string())).collect()
    });
    let outlook = found.outlook.iter().map(|o| {
        let mut row = vec![o.year.to_string()];
        row.extend(vec![String::new(); 5]);
        row.extend([o.exits, o.exits_range[0], o.exits_range[1]].map(|n| n.to_string()));
        row
    });
    print::csv(&header, &known.chain(outlook).collect::<Vec<Vec<String>>>())
}
