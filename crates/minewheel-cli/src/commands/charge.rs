//! `minewheel charge`: minutes and kilowatt-hours at a station or a wall.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use minewheel_assess::charging::{Charged, PackAtStart, charge_car};
use minewheel_data::units::Power;
use minewheel_model::charging::{CurvePoint, Limit, SessionResult, Supply};
use serde::Serialize;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Cars with a plug: ids of the catalogue, or TOML files
    #[arg(required = true, value_name = "CAR")]
    cars: Vec<String>,
    /// Power of the DC station at its plug in kW
    #[arg(long, value_name = "KW", default_value_t = 150.0, conflicts_with = "ac_kw", allow_negative_numbers = true)]
    station_kw: f64,
    /// Power of an AC socket or wall box in kW, instead of a station
    #[arg(long, value_name = "KW", allow_negative_numbers = true)]
    ac_kw: Option<f64>,
    /// State of charge at the start in per cent
    #[arg(long = "from", value_name = "PERCENT", default_value_t = 10.0, allow_negative_numbers = true)]
    from_percent: f64,
    /// State of charge at the end in per cent
    #[arg(long = "to", value_name = "PERCENT", default_value_t = 80.0, allow_negative_numbers = true)]
    to_percent: f64,
    /// Temperature of the air in °C
    #[arg(long, value_name = "C", default_value_t = 23.0, allow_negative_numbers = true)]
    ambient_c: f64,
    /// Temperature of the pack in °C at the start; left out: that of the air
    #[arg(long, value_name = "C", allow_negative_numbers = true, conflicts_with = "prepared")]
    pack_c: Option<f64>,
    /// The pack was warmed on the way to the station
    #[arg(long)]
    prepared: bool,
    /// How to print; csv gives the curve
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Weakest and strongest supply in kW.
const SUPPLY_KW: (f64, f64) = (0.5, 2000.0);
/// Per cent between two bars of the drawn curve.
const BAR_STEP: f64 = 5.0;
/// Characters of the longest bar.
const BAR_WIDTH: usize = 40;

/// One car at the plug.
#[derive(Serialize, schemars::JsonSchema)]
pub struct CarCharge {
    /// Id of the car.
    car: String,
    /// `ac` or `dc`.
    supply: &'static str,
    /// Power of the supply.
    supply_kw: f64,
    /// The car's own limit.
    car_limit_kw: f64,
    /// State of charge at the start.
    from_percent: f64,
    /// State of charge at the end.
    to_percent: f64,
    /// Temperature of the air.
    ambient_c: f64,
    /// Temperature of the pack at the start.
    pack_start_c: f64,
    /// Usable energy of the pack.
    usable_energy_kwh: f64,
    /// From 10 to 80 %, otherwise alike.
    minutes_10_80: f64,
    /// From 30 to 80 %, otherwise alike.
    minutes_30_80: f64,
    /// The charge.
    #[serde(flatten)]
    session: SessionResult,
    /// Fields that the design did not give, with what stood in.
    defaulted: BTreeMap<String, Option<f64>>,
}

/// Refuses an option outside its range.
pub(super) fn within(option: &'static str, seen: f64, range: (f64, f64), unit: &str) -> Result<(), Failure> {
    if (range.0..=range.1).contains(&seen) {
        Ok(())
    } else {
        Err(Failure::Option { option, seen: seen.to_string(), wanted: format!("{} to {} {unit}", range.0, range.1) })
    }
}

/// As [`within`], for what is easily given in another unit: above the range, the hint asks for it.
pub(super) fn within_or_hint(option: &'static str, seen: f64, range: (f64, f64), unit: &str, hint: &str) -> Result<(), Failure> {
    if seen > range.1 { within(option, seen, range, &format!("{unit}{hint}")) } else { within(option, seen, range, unit) }
}

/// Fields by name; what is no number becomes null.
pub(super) fn finite(fields: Vec<(String, f64)>) -> BTreeMap<String, Option<f64>> {
    fields.into_iter().map(|(field, value)| (field, value.is_finite().then_some(value))).collect()
}

/// The cars at the plug.
///
/// # Errors
/// A car that is unknown, faulty or has no plug, or a supply or window that cannot be.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<CarCharge>, Failure> {
    within("ambient-c", arguments.ambient_c, super::drive::AMBIENT_C, "°C")?;
    if let Some(celsius) = arguments.pack_c {
        within("pack-c", celsius, super::drive::AMBIENT_C, "°C")?;
    }
    within("from", arguments.from_percent, (0.0, 99.0), "per cent")?;
    within("to", arguments.to_percent, (arguments.from_percent + 1.0, 100.0), "per cent")?;
    let (supply, word, kw) = if let Some(kw) = arguments.ac_kw {
        within("ac-kw", kw, SUPPLY_KW, "kW")?;
        (Supply::Ac(Power::from_kw(kw).w()), "ac", kw)
    } else {
        within("station-kw", arguments.station_kw, SUPPLY_KW, "kW")?;
        (Supply::Dc(Power::from_kw(arguments.station_kw).w()), "dc", arguments.station_kw)
    };
    let pack = match (arguments.pack_c, arguments.prepared) {
        (Some(celsius), _) => PackAtStart::At(celsius),
        (None, true) => PackAtStart::Prepared,
        (None, false) => PackAtStart::AsAir,
    };
    let tables = desk.tables()?;
    let window = (arguments.from_percent / 100.0, arguments.to_percent / 100.0);
    let mut lines = Vec::new();
    for name in &arguments.cars {
        let design = desk.car(name)?;
        let Charged { session, minutes_10_80, minutes_30_80, usable_energy_kwh, car_limit_kw, pack_start_c, defaulted } =
            charge_car(&design, tables, supply, window, arguments.ambient_c, pack)?;
        lines.push(CarCharge {
            car: design.id.clone(),
            supply: word,
            supply_kw: kw,
            car_limit_kw,
            from_percent: arguments.from_percent,
            to_percent: arguments.to_percent,
            ambient_c: arguments.ambient_c,
            pack_start_c,
            usable_energy_kwh,
            minutes_10_80,
            minutes_30_80,
            session,
            defaulted: finite(defaulted),
        });
    }
    Ok(lines)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let lines = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    match arguments.format {
        Format::Json => print::json(&lines),
        Format::Csv => print::data(&curve_csv(&lines)),
        Format::Table => print::page(&drawn(&lines)),
    }
    Ok(())
}

const fn word(limit: Limit) -> &'static str {
    match limit {
        Limit::Supply => "supply",
        Limit::Car => "car",
        Limit::Cells => "cells",
        Limit::Temperature => "temperature",
    }
}

fn curve_csv(lines: &[CarCharge]) -> String {
    let header = ["car", "soc_percent", "minutes", "plug_kw", "wall_kw", "wall_kwh", "pack_c", "limited_by"];
    let mut rows = Vec::new();
    for line in lines {
        for p in &line.session.curve {
            let number = |v: f64| v.to_string();
            rows.push(vec![
                line.car.clone(),
                number(p.soc_percent),
                number(p.minutes),
                number(p.plug_kw),
                number(p.wall_kw),
                number(p.wall_kwh),
                number(p.pack_c),
                word(p.limited_by).to_owned(),
            ]);
        }
    }
    print::csv(&header, &rows)
}

fn drawn(lines: &[CarCharge]) -> String {
    let header = ["car", "min", "10–80", "30–80", "mean kW", "peak kW", "wall kWh", "stored", "share"];
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|l| {
            let s = &l.session;
            let percent = format!("{:.1} %", 100.0 * s.efficiency);
            let mut row = vec![l.car.clone()];
            row.extend([s.minutes, l.minutes_10_80, l.minutes_30_80, s.mean_plug_kw, s.peak_plug_kw, s.wall_kwh, s.stored_kwh].map(figure));
            row.push(percent);
            row
        })
        .collect();
    let mut text = print::table(&header, &rows, &[1, 2, 3, 4, 5, 6, 7, 8]);
    text.push_str("10–80, 30–80: minutes between those per cents; share: stored over wall\n");
    for line in lines {
        let s = &line.session;
        let _ = writeln!(
            text,
            "\n{}: {} {} kW, air {} °C, pack {} to {} °C",
            line.car,
            line.supply.to_uppercase(),
            figure(line.supply_kw),
            figure(line.ambient_c),
            figure(line.pack_start_c),
            figure(s.final_pack_c)
        );
        let _ = writeln!(
            text,
            "kWh lost: converter {}, control units {}, conditioning {}, cells {}",
            figure(s.converter_loss_kwh),
            figure(s.control_units_kwh),
            figure(s.conditioning_kwh),
            figure(s.cell_loss_kwh)
        );
        text.push_str(&bars(&s.curve, s.peak_plug_kw));
    }
    text
}

/// The curve as bars of power over the state of charge.
fn bars(curve: &[CurvePoint], peak_kw: f64) -> String {
    let mut text = String::from("   %   min    kW\n");
    let mut next = f64::NEG_INFINITY;
    for (at, point) in curve.iter().enumerate() {
        if point.soc_percent + 1e-6 < next && at + 1 < curve.len() {
            continue;
        }
        next = ((point.soc_percent + 1e-6) / BAR_STEP).floor() * BAR_STEP + BAR_STEP;
        let bar = print::bar(point.plug_kw / peak_kw, BAR_WIDTH);
        let line = format!("{:>4.0} {:>5.1} {:>5.1} {bar:<BAR_WIDTH$} {}", point.soc_percent, point.minutes, point.plug_kw, word(point.limited_by));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}
