//! `minewheel performance`: sprints, top speed and slopes.

use std::path::PathBuf;

use minewheel_assess::charging::car_performance;
use minewheel_model::drive::{Performance, Readiness};
use serde::Serialize;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Battery-electric cars: ids of the catalogue, or TOML files
    #[arg(required = true, value_name = "CAR")]
    cars: Vec<String>,
    /// State of charge in per cent
    #[arg(long, value_name = "PERCENT", default_value_t = 80.0, allow_negative_numbers = true)]
    soc: f64,
    /// Temperature of air and pack in °C
    #[arg(long, value_name = "C", default_value_t = 23.0, allow_negative_numbers = true)]
    ambient_c: f64,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// One car on the test track.
#[derive(Serialize, schemars::JsonSchema)]
pub struct CarPerformance {
    /// Id of the car.
    car: String,
    /// What it can do.
    #[serde(flatten)]
    performance: Performance,
    /// Fields that the design did not give, with what stood in.
    defaulted: std::collections::BTreeMap<String, Option<f64>>,
}

/// The cars on the test track.
///
/// # Errors
/// A car that is unknown, faulty or not battery-electric, or a state outside the model.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<CarPerformance>, Failure> {
    super::charge::within("ambient-c", arguments.ambient_c, super::drive::AMBIENT_C, "°C")?;
    super::charge::within("soc", arguments.soc, (0.0, 100.0), "per cent")?;
    let tables = desk.tables()?;
    let readiness = Readiness { soc: arguments.soc / 100.0, ambient_c: arguments.ambient_c };
    let mut lines = Vec::new();
    for name in &arguments.cars {
        let design = desk.car(name)?;
        let (performance, defaulted) = car_performance(&design, tables, readiness)?;
        lines.push(CarPerformance { car: design.id.clone(), performance, defaulted: super::charge::finite(defaulted) });
    }
    Ok(lines)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let lines = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    for line in lines.iter().filter(|l| !moves(&l.performance)) {
        print::note(&format!("note: `{}` has no power at a charge of {} %: it stands", line.car, figure(arguments.soc)));
    }
    for line in lines.iter().filter(|l| moves(&l.performance) && l.performance.limiter_km_h.is_none()) {
        print::note(&print::wrap(&format!(
            "note: no limiter of `{}` is known, so its top speed is not: power would carry it to {} km/h, if its machines may turn so fast",
            line.car,
            figure(line.performance.power_balance_km_h)
        )));
    }
    let optional = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), figure);
    let row = |l: &CarPerformance| {
        let p = &l.performance;
        let moving = |v: f64| Some(v).filter(|_| moves(p));
        vec![
            l.car.clone(),
            optional(p.time_0_50_s),
            optional(p.time_0_100_s),
            optional(p.time_80_120_s),
            optional(moving(p.top_speed_km_h).filter(|_| p.limiter_km_h.is_some())),
            optional(moving(p.power_balance_km_h)),
            figure(p.gradeability_start_percent),
            optional(p.gradeability_100_km_h_percent),
            optional(p.grip_limited_below_km_h),
        ]
    };
    match arguments.format {
        Format::Json => print::json(&lines),
        Format::Csv => {
            let header = [
                "car",
                "time_0_50_s",
                "time_0_100_s",
                "time_80_120_s",
                "top_speed_km_h",
                "power_balance_km_h",
                "gradeability_start_percent",
                "gradeability_100_km_h_percent",
                "grip_limited_below_km_h",
            ];
            print::data(&print::csv(&header, &lines.iter().map(row).collect::<Vec<_>>()));
        }
        Format::Table => {
            let header = ["car", "0–50", "0–100", "80–120", "top", "by power", "slope %", "at 100", "grip to"];
            let mut text = print::table(&header, &lines.iter().map(row).collect::<Vec<_>>(), &[1, 2, 3, 4, 5, 6, 7, 8]);
            text.push_str(&print::wrap(
                "seconds between speeds; top speed with its limiter, and the bound that power sets; slope in per cent from rest, and at 100 km/h; speed up to \
                 which grip is the limit (speeds in km/h)",
            ));
            text.push('\n');
            print::page(&text);
        }
    }
    Ok(())
}

/// Whether the car has the power to move.
fn moves(performance: &Performance) -> bool {
    performance.power_balance_km_h > 0.0
}
