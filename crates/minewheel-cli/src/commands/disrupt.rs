//! `minewheel disrupt`: a study of what stops when a supplier stops.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use minewheel_industry::disruption::report::{Range, StudyReport, report};
use minewheel_industry::disruption::scene::scene;
use minewheel_industry::disruption::study::{Ensemble, Study};

use crate::failure::Failure;
use crate::inputs::{self, Desk};
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// The study, a TOML file
    #[arg(value_name = "STUDY.toml")]
    study: PathBuf,
    /// Members of the ensemble; left out: the study's
    #[arg(long, value_name = "COUNT", allow_negative_numbers = true)]
    members: Option<u32>,
    /// Seed of the ensemble; left out: the study's, or 1
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    seed: Option<u64>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// The study, run.
///
/// # Errors
/// A study with a fault, an unknown car, or a name that its supply does not have.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<StudyReport, Failure> {
    let text = desk.text(&arguments.study)?;
    let file = arguments.study.display().to_string();
    let mut study = Study::read(&file, &text)?;
    if arguments.members.is_some() || arguments.seed.is_some() {
        let members = arguments.members.or(study.ensemble.map(|e| e.members)).unwrap_or(0);
        if members < 2 {
            return Err(Failure::Option { option: "members", seen: members.to_string(), wanted: "2 or more".to_owned() });
        }
        study.ensemble = Some(Ensemble { members, seed: arguments.seed.or(study.ensemble.map(|e| e.seed)).unwrap_or(1) });
    }
    let tables = desk.tables()?;
    let folder = arguments.study.parent().unwrap_or_else(|| Path::new(""));
    let designs = study
        .plant
        .iter()
        .map(|p| if inputs::is_path(&p.car) { desk.car(&folder.join(&p.car).display().to_string()) } else { desk.car(&p.car) })
        .collect::<Result<Vec<_>, _>>()?;
    let scene = scene(tables, desk.premiums()?, &study, &designs)?;
    Ok(report(tables, &study, &scene)?)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let report = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    match arguments.format {
        Format::Json => print::json(&report),
        Format::Csv => {
            let rows: Vec<Vec<String>> =
                report.daily.iter().map(|d| vec![d.day.to_string(), d.cars.to_string(), d.share_of_plan.to_string()]).collect();
            print::data(&print::csv(&["day", "cars", "share_of_plan"], &rows));
        }
        Format::Table => {
            print::page(&table(&report));
            print::notices(&report.notices);
        }
    }
    Ok(())
}

/// Days that a line of the chart stands for.
const CHART_STEP: usize = 14;
/// Width of the chart's bars.
const CHART_WIDTH: usize = 40;

fn table(report: &StudyReport) -> String {
    let mut text = String::new();
    let _ = writeln!(text, "{}\n", print::wrap(&report.title));
    let _ = writeln!(text, "{} days, {} nodes, {} pools, {} links\n", report.days, report.nodes, report.pools, report.links);
    let best = &report.best;
    let days = |d: Option<f64>| d.map_or_else(|| "–".to_owned(), |d| format!("{d:.0}"));
    let range = |r: Option<Range>| r.map_or_else(|| "–".to_owned(), |r| format!("{} ({}–{})", figure(r.p50), figure(r.p5), figure(r.p95)));
    let e = report.ensemble.as_ref();
    let rows: Vec<Vec<String>> = [
        ("cars planned", figure(best.cars_planned), None),
        ("cars not built by the end", figure(best.cars_not_built), e.map(|e| Some(e.cars_not_built))),
        ("most cars waiting", figure(best.most_cars_waiting), e.map(|e| Some(e.most_cars_waiting))),
        ("cars with another chemistry", figure(best.cars_switched), None),
        ("days to the first car missed", days(best.days_to_shortage), e.map(|e| e.days_to_shortage)),
        ("days to recovery", days(best.days_to_recovery), e.map(|e| e.days_to_recovery)),
        ("lowest week, % of plan", figure(100.0 * best.lowest_week), None),
        ("extra kg CO2e a car built", figure(best.extra_kg_co2e_per_car), e.map(|e| Some(e.extra_kg_co2e_per_car))),
    ]
    .into_iter()
    .map(|(name, value, spread)| vec![name.to_owned(), value, spread.map_or_else(String::new, range)])
    .collect();
    let header: [&str; 3] = ["", "best", if e.is_some() { "ensemble p50 (p5–p95)" } else { "" }];
    text.push_str(&print::table(&header, &rows, &[1]));
    if let Some(e) = e {
        let _ = writeln!(
            text,
            "{} members, seed {}: {:.0} % miss a car, {:.0} % of those recover within the study",
            e.members,
            e.seed,
            100.0 * e.share_short,
            100.0 * e.share_recovered
        );
    }
    if !report.binding.is_empty() {
        let list: Vec<String> = report.binding.iter().take(3).map(|b| format!("{} ({}) {:.0} %", b.product, b.tier, 100.0 * b.share)).collect();
        let _ = writeln!(text, "\n{}", print::wrap(&format!("cars lost to: {}", list.join(", "))));
    }
    let _ = writeln!(text, "\ncars built, % of plan, by fortnight");
    for days in report.daily.chunks(CHART_STEP) {
        let mean = days.iter().map(|d| d.share_of_plan).sum::<f64>() / days.len() as f64;
        let _ = writeln!(text, "{:>4}  {:>4.0}  {}", days[0].day, 100.0 * mean, print::bar(mean.min(1.5) / 1.5, CHART_WIDTH));
    }
    let _ = writeln!(text, "\nmass error {:.0e}, lowest stock {} days", report.mass_error, figure(report.lowest_stock_days));
    text
}
