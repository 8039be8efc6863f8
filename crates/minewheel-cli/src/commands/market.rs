//! `minewheel market`: what was built, sold, exported, registered and charged, and what does not add up.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use minewheel_industry::market::period::{Period, Step};
use minewheel_industry::market::reconcile::Gap;
use minewheel_industry::market::report::{Line, MarketReport, SHARE, report};
use minewheel_industry::market::series::{Market, Way};

use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format, figure};
use minewheel_report::charts::lines::{self as chart, Chart};

/// Length of a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    Month,
    Quarter,
    Half,
    Year,
}

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// ISO country, Chinese province (CN-CQ) or group (EU27, WORLD)
    place: String,
    /// First month, half or year: 2023-01, 2023-H1, 2023
    #[arg(long, value_name = "PERIOD")]
    from: String,
    /// Last month, half or year
    #[arg(long, value_name = "PERIOD")]
    to: String,
    /// Length of a period; left out: years if the span holds whole years only, else halves
    #[arg(long, value_enum, value_name = "LENGTH")]
    by: Option<By>,
    /// Indicators, separated by commas; left out: all. `minewheel schema indicators` lists them
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    indicators: Vec<String>,
    /// Series of single companies, drives and kinds of point too
    #[arg(long)]
    holders: bool,
    /// A table of your own beside ours: CSV indicator,period,value,unit and, if you like, place,holder,resolution,note
    #[arg(long, value_name = "FILE")]
    series: Option<PathBuf>,
    /// Draw the first indicator asked for as SVG
    #[arg(long, value_name = "FILE", requires = "indicators")]
    chart: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The figures of the place.
///
/// # Errors
/// A place, period or indicator that is not known, or a table with violations.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<MarketReport, Failure> {
    let mixed;
    let market = match &arguments.series {
        None => desk.market()?,
        Some(path) => {
            let (file, text) = (path.display().to_string(), desk.text(path)?);
            mixed = Market::read(desk.store(), false, Some((&file, &text, &arguments.place))).map_err(Failure::Tables)?;
            &mixed
        }
    };
    market.places.id(&arguments.place).map_err(minewheel_assess::AssessError::from)?;
    let known: Vec<&str> = market.definitions.iter().map(|d| d.indicator.as_str()).chain([SHARE]).collect();
    if let Some(seen) = arguments.indicators.iter().find(|i| !known.contains(&i.as_str())) {
        return Err(Failure::UnknownName { kind: "indicator", seen: seen.clone(), known: known.join(", ") });
    }
    if market.series().all(|(key, _)| key.place != arguments.place) {
        let mut places: Vec<&str> = market.series().map(|(key, _)| key.place.as_str()).collect();
        places.dedup();
        return Err(Failure::UnknownName { kind: "place with a series", seen: arguments.place.clone(), known: places.join(", ") });
    }
    let (span, step) = span_of(arguments)?;
    Ok(report(market, &arguments.place, span, step, &arguments.indicators, arguments.holders))
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let desk = Desk::on_disk(arguments.data.as_deref())?;
    let found = answer(arguments, &desk)?;
    if let Some(path) = &arguments.chart {
        inputs::write(path, &picture(desk.market()?, arguments, &found))?;
    }
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => print::data(&csv(&found)),
        Format::Table => {
            print::page(&table(&found));
            remarks(&found);
        }
    }
    Ok(())
}

/// Longest span of a report.
const LONGEST_MONTHS: i32 = 1200;

fn span_of(arguments: &Arguments) -> Result<(Period, Step), Failure> {
    let wanted = || "a period: 2023, 2023-H1, 2023-Q2 or 2023-06".to_owned();
    let read =
        |option: &'static str, text: &str| text.parse::<Period>().map_err(|_| Failure::Option { option, seen: text.to_owned(), wanted: wanted() });
    let (from, to) = (read("from", &arguments.from)?, read("to", &arguments.to)?);
    let span =
        Period::span(from, to).ok_or_else(|| Failure::Option { option: "to", seen: arguments.to.clone(), wanted: format!("{from} or later") })?;
    if span.months() > LONGEST_MONTHS {
        let wanted = format!("at most {LONGEST_MONTHS} months after --from");
        return Err(Failure::Option { option: "to", seen: arguments.to.clone(), wanted });
    }
    let whole = span.cut(Step::Year).iter().map(|p| p.months()).sum::<i32>() == span.months();
    let step = match arguments.by {
        Some(By::Month) => Step::Month,
        Some(By::Quarter) => Step::Quarter,
        Some(By::Year) => Step::Year,
        None if whole => Step::Year,
        Some(By::Half) | None => Step::Half,
    };
    if span.cut(step).is_empty() {
        return Err(Failure::Option { option: "by", seen: format!("longer than {span}"), wanted: "a length that fits into the span".to_owned() });
    }
    Ok((span, step))
}

const HEADER: [&str; 6] = ["indicator", "period", "value", "unit", "growth", "status"];

fn way(way: Way) -> &'static str {
    match way {
        Way::Published => "published",
        Way::AddedUp => "added up",
        Way::Difference => "computed",
    }
}

fn percent(share: f64) -> String {
    format!("{}{:.1} %", if share < 0.0 { "−" } else { "+" }, 100.0 * share.abs())
}

/// Figure and unit: counts in thousands or millions, to the last printed digit.
fn value_of(line: &Line) -> (String, String) {
    if line.unit == "1" {
        return (format!("{:.1}", 100.0 * line.value), "%".to_owned());
    }
    let (scale, prefix) = if line.value >= 1e6 {
        (1e6, "M ")
    } else if line.value >= 1e4 {
        (1e3, "k ")
    } else {
        (1.0, "")
    };
    let step = 2.0 * line.rounding / scale;
    let digits = if step > 0.0 { (-step.log10()).ceil().clamp(0.0, 4.0) as usize } else { 3 };
    (format!("{:.digits$}", line.value / scale), format!("{prefix}{}", line.unit))
}

/// Counts in full, in groups of thousands.
fn whole(value: f64) -> String {
    if value < 1000.0 {
        return figure(value);
    }
    let digits = format!("{value:.0}");
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push('\u{a0}');
        }
        grouped.push(digit);
    }
    grouped
}

fn table(found: &MarketReport) -> String {
    let row = |l: &Line| {
        let (value, unit) = value_of(l);
        let growth = l.growth.map_or_else(|| "–".to_owned(), percent);
        let mark = if l.way == Way::Published { "" } else { "*" };
        let name = if l.holder.is_empty() { l.indicator.clone() } else { format!("{} ({})", l.indicator, l.holder) };
        vec![name, l.period.clone(), format!("{value}{mark}"), unit, growth, l.status.to_string()]
    };
    let mut text = format!("{}, {}; growth over the same months a year before\n\n", found.place, found.span);
    text.push_str(&print::table(&HEADER, &found.lines.iter().map(row).collect::<Vec<_>>(), &[2, 4]));
    if found.lines.iter().any(|l| l.way != Way::Published) {
        text.push_str("* added up from, or computed as the difference of, published figures\n");
    }
    if !found.gaps.is_empty() {
        text.push_str("\nwhat does not add up\n");
        for gap in &found.gaps {
            text.push_str(&print::wrap(&gap_words(gap)));
            text.push('\n');
        }
    }
    text
}

fn gap_words(gap: &Gap) -> String {
    let mut words = format!("- {} {}: ", gap.kind, gap.period);
    if let Some(difference) = gap.difference {
        let sign = if difference < 0.0 { "−" } else { "" };
        let _ = write!(words, "{sign}{} (±{}", whole(difference.abs()), whole(gap.rounding));
        if let Some(share) = gap.share {
            let _ = write!(words, ", {}", percent(share));
        }
        words.push_str(") ");
    }
    let _ = write!(words, "{} [{}]", gap.words, gap.status);
    words
}

fn remarks(found: &MarketReport) {
    if !found.missing.is_empty() {
        print::note(&print::wrap(&format!("note: no row, sum or difference gives {}", found.missing.join(", "))));
    }
    let recalled = found.lines.iter().filter(|l| l.status > minewheel_data::status::Status::Derived).count();
    if recalled > 0 {
        print::note(&format!("note: {recalled} of {} figures rest on rows that were not read again", found.lines.len()));
    }
}

fn csv(found: &MarketReport) -> String {
    let header = ["indicator", "holder", "period", "value", "unit", "rounding", "growth", "exports", "counts", "way", "status", "sources"];
    let row = |l: &Line| {
        vec![
            l.indicator.clone(),
            l.holder.clone(),
            l.period.clone(),
            l.value.to_string(),
            l.unit.clone(),
            l.rounding.to_string(),
            l.growth.map(|g| g.to_string()).unwrap_or_default(),
            l.exports.clone(),
            l.counts.clone(),
            way(l.way).to_owned(),
            l.status.to_string(),
            l.sources.join(";"),
        ]
    };
    print::csv(&header, &found.lines.iter().map(row).collect::<Vec<_>>())
}

fn picture(market: &Market, arguments: &Arguments, found: &MarketReport) -> String {
    let Some(indicator) = arguments.indicators.first() else { return String::new() };
    let of: Vec<&Line> = found.lines.iter().filter(|l| &l.indicator == indicator).collect();
    let mut holders: Vec<&str> = of.iter().map(|l| l.holder.as_str()).collect();
    holders.dedup();
    let middle = |text: &str| text.parse::<Period>().map_or(0.0, Period::middle);
    let lines = holders.iter().map(|h| {
        let mine: Vec<&&Line> = of.iter().filter(|l| l.holder == *h).collect();
        chart::Line {
            name: if h.is_empty() { "all".to_owned() } else { (*h).to_owned() },
            points: mine.iter().map(|l| (middle(&l.period), l.value)).collect(),
            band: mine.iter().map(|l| (l.value - l.rounding, l.value + l.rounding)).collect(),
        }
    });
    let mut sources: Vec<&str> = of.iter().flat_map(|l| l.sources.iter().map(String::as_str)).collect();
    sources.sort_unstable();
    sources.dedup();
    let title = market.definition(indicator).map_or_else(|| indicator.clone(), |d| format!("{} in {}", d.title, found.place));
    svg_of(title, of.first().map_or_else(String::new, |l| l.unit.clone()), &sources, lines.collect())
}

fn svg_of(title: String, unit: String, sources: &[&str], lines: Vec<chart::Line>) -> String {
    chart::svg(&Chart { title, unit, across: String::new(), source: format!("sources: {}", sources.join(", ")), lines })
}
