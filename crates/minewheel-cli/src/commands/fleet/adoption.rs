//! `minewheel fleet adoption`: the share of electric cars in new cars to come, beside what the model was worth before.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::ValueEnum;
use minewheel_industry::fleet::adoption::{Adoption, AdoptionError, BackTest, Drivers, Forecast, SEGMENT, countries, forecast};
use minewheel_industry::fleet::tco::CostRatios;

use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format};
use minewheel_report::charts::lines::{self as chart, Chart};

/// What the forecast looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DrivenBy {
    /// Steps of policy.
    Policy,
    /// These, and what owning a battery car costs beside a fuel car, against other countries.
    Cost,
    /// These, and packs that get cheaper.
    CostAndPacks,
}

impl DrivenBy {
    const fn drivers(self) -> Drivers {
        match self {
            Self::Policy => Drivers::Policy,
            Self::Cost => Drivers::Cost,
            Self::CostAndPacks => Drivers::CostAndPacks,
        }
    }
}

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// ISO country
    place: String,
    /// Last year that the fit sees
    #[arg(long, default_value_t = UNTIL, value_name = "YEAR", allow_negative_numbers = true)]
    until: i32,
    /// Last year of the forecast, in steps of three
    #[arg(long, default_value_t = 2036, value_name = "YEAR", allow_negative_numbers = true)]
    to: i32,
    /// What it looks at, besides the share itself
    #[arg(long, value_enum, default_value = "cost")]
    drivers: DrivenBy,
    /// Draw the forecast as SVG
    #[arg(long, value_name = "FILE")]
    chart: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The last year with shares of every country.
pub const UNTIL: i32 = 2024;
/// Longest forecast in years.
const LONGEST: i32 = 36;

/// Years that a fit may end with.
const FITTED: std::ops::RangeInclusive<i32> = 1950..=2100;

/// The share to come.
///
/// # Errors
/// A place or year without shares.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Adoption, Failure> {
    if !FITTED.contains(&arguments.until) {
        let wanted = format!("{} to {}", FITTED.start(), FITTED.end());
        return Err(Failure::Option { option: "until", seen: arguments.until.to_string(), wanted });
    }
    if !(arguments.until + 3..=arguments.until + LONGEST).contains(&arguments.to) {
        let wanted = format!("{} to {}", arguments.until + 3, arguments.until + LONGEST);
        return Err(Failure::Option { option: "to", seen: arguments.to.to_string(), wanted });
    }
    let (market, tables) = (desk.market()?, desk.fleet_tables()?);
    market.places.id(&arguments.place).map_err(minewheel_assess::AssessError::from)?;
    let costs = costs(desk, arguments.to)?;
    Ok(forecast(market, tables, &costs, arguments.drivers.drivers(), &arguments.place, arguments.until, arguments.to)?)
}

/// Costs of the pair of cars by which countries are compared.
///
/// # Errors
/// The tables lack the pair, one of its cars or a price.
pub fn costs(desk: &Desk, to: i32) -> Result<CostRatios, Failure> {
    let (market, fleet) = (desk.market()?, desk.fleet_tables()?);
    let unknown = || Failure::UnknownName {
        kind: "segment",
        seen: SEGMENT.to_owned(),
        known: fleet.segments.iter().map(|s| s.name.as_str()).collect::<Vec<_>>().join(", "),
    };
    let segment = fleet.segments.iter().find(|s| s.name == SEGMENT).ok_or_else(unknown)?;
    Ok(CostRatios::of(desk.tables()?, fleet, segment, &countries(market), to)?)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let found = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    if let Some(path) = &arguments.chart {
        inputs::write(path, &picture(&found))?;
    }
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => {
            let header = ["year", "share", "low", "high", "policy_steps", "owning_ratio"];
            let row = |f: &Forecast| {
                [f.year.to_string()]
                    .into_iter()
                    .chain([f.share, f.interval[0], f.interval[1]].map(|n| n.to_string()))
                    .chain([f.policy_steps.to_string(), f.owning_ratio.to_string()])
                    .collect::<Vec<_>>()
            };
            print::data(&print::csv(&header, &found.forecast.iter().map(row).collect::<Vec<_>>()));
        }
        Format::Table => print::page(&table(&found)),
    }
    Ok(())
}

fn percent(share: f64) -> String {
    format!("{:.1}", 100.0 * share)
}

fn table(found: &Adoption) -> String {
    let row = |f: &Forecast| {
        vec![
            f.year.to_string(),
            percent(f.share),
            format!("{}–{}", percent(f.interval[0]), percent(f.interval[1])),
            f.policy_steps.to_string(),
            format!("{:.2}", f.owning_ratio),
        ]
    };
    let mut text = format!("electric cars in new cars of {}, {} % in {}\n\n", found.place, percent(found.from), found.from_year);
    text.push_str(&print::table(
        &["year", "share %", "80 % interval", "steps of policy", "owning, electric : fuel"],
        &found.forecast.iter().map(row).collect::<Vec<_>>(),
        &[1, 2, 3, 4],
    ));
    let b = &found.back_test;
    let mut tests: Vec<&BackTest> = found.others.iter().chain([b]).collect();
    tests.sort_by_key(|t| Drivers::ALL.iter().position(|d| *d == t.drivers));
    let row = |t: &&BackTest| {
        let mark = if t.drivers == b.drivers { " (this forecast)" } else { "" };
        vec![format!("{}{mark}", looks_at(t.drivers)), percent(t.error), print::signed(100.0 * t.bias, 1), format!("{:.0}", 100.0 * t.coverage)]
    };
    let _ = write!(text, "\nworth before: trained to {}, the {} shares of {}, in points\n", b.until, b.countries, b.year);
    text.push_str(&print::table(&["model", "missed by", "bias", "% inside"], &tests.iter().map(row).collect::<Vec<_>>(), &[1, 2, 3]));
    text.push('\n');
    text.push_str(&print::wrap(&format!(
        "Without any change the miss is {} points, by a logistic curve of each country's own {}. Inside is meant of the 80 % interval. Costs are of one pair of cars at the last prices of energy, without taxes on cars and subsidies; policies that are not law yet are not in it.",
        percent(b.error_of_no_change),
        percent(b.error_of_logistic),
    )));
    text
}

const fn looks_at(drivers: Drivers) -> &'static str {
    match drivers {
        Drivers::Policy => "policy",
        Drivers::Cost => "policy and cost of owning",
        Drivers::CostAndPacks => "these and cheaper packs",
    }
}

fn picture(found: &Adoption) -> String {
    let mut points = vec![(f64::from(found.from_year), 100.0 * found.from)];
    let mut band = vec![(100.0 * found.from, 100.0 * found.from)];
    for f in &found.forecast {
        points.push((f64::from(f.year), 100.0 * f.share));
        band.push((100.0 * f.interval[0], 100.0 * f.interval[1]));
    }
    chart::svg(&Chart {
        title: format!("Electric cars in new cars of {}", found.place),
        unit: "share of new cars, % (band: 80 % interval)".to_owned(),
        source: "source of the shares: iea-gevo-2025; forecast: minewheel fleet adoption".to_owned(),
        across: String::new(),
        lines: vec![chart::Line { name: found.place.clone(), points, band }],
    })
}

impl From<AdoptionError> for Failure {
    fn from(error: AdoptionError) -> Self {
        Self::Driver(error.to_string())
    }
}
