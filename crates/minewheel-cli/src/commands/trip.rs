//! `minewheel trip`: a long drive with the stops that make it shortest.

use std::path::PathBuf;

use minewheel_assess::charging::{Pace, Trip, plan_car_trip};
use minewheel_data::units::{Duration, Length, Power, Speed};
use minewheel_model::charging::TripPlan;
use minewheel_model::drive::{Conditions, Trace};
use serde::Serialize;

use super::charge::{finite, within};
use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Battery-electric cars: ids of the catalogue, or TOML files
    #[arg(required = true, value_name = "CAR")]
    cars: Vec<String>,
    /// Distance in km
    #[arg(long, value_name = "KM", allow_negative_numbers = true)]
    km: f64,
    /// Constant speed in km/h
    #[arg(long, value_name = "KM/H", default_value_t = 120.0, allow_negative_numbers = true)]
    speed_kmh: f64,
    /// A cycle, driven again and again, instead of a constant speed
    #[arg(long, value_name = "NAME|FILE", conflicts_with = "speed_kmh")]
    cycle: Option<String>,
    /// Temperature of the air in °C
    #[arg(long, value_name = "C", default_value_t = 23.0, allow_negative_numbers = true)]
    ambient_c: f64,
    /// Consumption of the model alone, or with the gap between test and traffic (slopes, wind, wet roads)
    #[arg(long = "use", value_enum, default_value = "official")]
    usage: super::scenario::UseChoice,
    /// State of charge at the start in per cent
    #[arg(long, value_name = "PERCENT", default_value_t = 100.0, allow_negative_numbers = true)]
    start: f64,
    /// Least state of charge at a stop in per cent
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0, allow_negative_numbers = true)]
    reserve: f64,
    /// Least state of charge at the destination in per cent
    #[arg(long, value_name = "PERCENT", default_value_t = 10.0, allow_negative_numbers = true)]
    arrive: f64,
    /// Power of the stations at the plug in kW
    #[arg(long, value_name = "KW", default_value_t = 150.0, allow_negative_numbers = true)]
    station_kw: f64,
    /// Distance between stations in km; left out: every 5 km
    #[arg(long, value_name = "KM", allow_negative_numbers = true)]
    spacing_km: Option<f64>,
    /// The car does not warm its pack on the way to a stop
    #[arg(long)]
    unprepared: bool,
    /// How to print; csv gives the stops
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// One car's trip.
#[derive(Serialize, schemars::JsonSchema)]
pub struct CarTrip {
    /// Id of the car.
    car: String,
    /// The trip.
    #[serde(flatten)]
    plan: TripPlan,
    /// Time in which the car could not follow the cycle; nought at a steady speed.
    missed_trace_s: f64,
    /// Work at the wheels that it did not do in that time, and that is in no consumption.
    missed_wh_per_km: f64,
    /// What the figures must not be read without; absent where there is nothing to say.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    notices: Vec<String>,
    /// Fields that the design did not give, with what stood in.
    defaulted: std::collections::BTreeMap<String, Option<f64>>,
}

/// The trips of the cars.
///
/// # Errors
/// A car that is unknown, faulty or not battery-electric, a cycle that it cannot follow, or a trip that it cannot make.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<CarTrip>, Failure> {
    within("ambient-c", arguments.ambient_c, super::drive::AMBIENT_C, "°C")?;
    within("km", arguments.km, (1.0, 20_000.0), "km")?;
    within("speed-kmh", arguments.speed_kmh, (10.0, 250.0), "km/h")?;
    within("station-kw", arguments.station_kw, (5.0, 2000.0), "kW")?;
    within("start", arguments.start, (1.0, 100.0), "per cent")?;
    within("reserve", arguments.reserve, (0.0, 90.0), "per cent")?;
    within("arrive", arguments.arrive, (0.0, 99.0), "per cent")?;
    if arguments.start < arguments.reserve {
        let wanted = format!("at least the reserve, {} per cent", arguments.reserve);
        return Err(Failure::Option { option: "start", seen: arguments.start.to_string(), wanted });
    }
    if let Some(km) = arguments.spacing_km {
        within("spacing-km", km, (1.0, 2000.0), "km")?;
    }
    let tables = desk.tables()?;
    let pace = match &arguments.cycle {
        Some(name) => Pace::Cycle(Trace::new(&desk.cycle(name)?)),
        None => Pace::Steady(Speed::from_km_h(arguments.speed_kmh)),
    };
    let is_official = arguments.usage == super::scenario::UseChoice::Official;
    let conditions = if is_official { Conditions::official() } else { Conditions::real_world() }.at(arguments.ambient_c);
    let trip = Trip {
        pace,
        conditions,
        distance: Length::from_km(arguments.km),
        soc: (arguments.start / 100.0, arguments.reserve / 100.0, arguments.arrive / 100.0),
        station: Power::from_kw(arguments.station_kw),
        spacing: arguments.spacing_km.map(Length::from_km),
        prepares: !arguments.unprepared,
    };
    let mut lines = Vec::new();
    for name in &arguments.cars {
        let design = desk.car(name)?;
        let found = plan_car_trip(&design, tables, &trip)?;
        let notice = super::drive::behind(&design.id, &found.trace, (found.missed_trace_s, found.lasts_s), found.missed_wh_per_km);
        lines.push(CarTrip {
            car: design.id.clone(),
            plan: found.plan,
            missed_trace_s: found.missed_trace_s,
            missed_wh_per_km: found.missed_wh_per_km,
            notices: notice.into_iter().collect(),
            defaulted: finite(found.defaulted),
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
    print::notices(lines.iter().flat_map(|l| &l.notices));
    match arguments.format {
        Format::Json => print::json(&lines),
        Format::Csv => {
            let header = ["car", "at_km", "arrival_percent", "departure_percent", "charging_minutes", "stop_minutes", "wall_kwh", "mean_plug_kw"];
            print::data(&print::csv(&header, &stops(&lines, |v| v.to_string())));
        }
        Format::Table => print::page(&drawn(&lines)),
    }
    Ok(())
}

fn stops(lines: &[CarTrip], number: impl Fn(f64) -> String) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for line in lines {
        for s in &line.plan.stops {
            let mut row = vec![line.car.clone()];
            let numbers = [s.at_km, s.arrival_percent, s.departure_percent, s.charging_minutes, s.stop_minutes, s.wall_kwh, s.mean_plug_kw];
            row.extend(numbers.map(&number));
            rows.push(row);
        }
    }
    rows
}

fn drawn(lines: &[CarTrip]) -> String {
    let clock = |hours: f64| {
        let minutes = Duration::from_h(hours).minutes().round();
        let whole = Duration::from_minutes(minutes).h().floor();
        format!("{whole:.0}:{:02.0}", minutes - Duration::from_h(whole).minutes())
    };
    let header = ["car", "h:min", "driving", "charging", "stops", "arrives %", "battery", "wall"];
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|l| {
            let p = &l.plan;
            vec![
                l.car.clone(),
                clock(p.total_h),
                clock(p.driving_h),
                clock(p.charging_h),
                p.stops.len().to_string(),
                figure(p.arrival_percent),
                figure(p.battery_kwh_per_100km),
                figure(p.wall_kwh_per_100km),
            ]
        })
        .collect();
    let mut text = print::table(&header, &rows, &[1, 2, 3, 4, 5, 6, 7]);
    text.push_str("battery, wall: kWh per 100 km\n");
    if lines.iter().any(|l| !l.plan.stops.is_empty()) {
        text.push('\n');
        let header = ["car", "at km", "arrives %", "leaves %", "plug min", "stop min", "wall kWh", "mean kW"];
        text.push_str(&print::table(&header, &stops(lines, figure), &[1, 2, 3, 4, 5, 6, 7]));
    }
    text
}
