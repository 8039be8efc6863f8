//! `minewheel drive`: cars over cycles, second by second.

use std::path::PathBuf;

use minewheel_assess::AssessError;
use minewheel_assess::inventory::drive_car;
use minewheel_assess::sensitivity::car_sensitivity;
use minewheel_data::car::Powertrain;
use minewheel_data::units::Power;
use minewheel_model::drive::{Conditions, Slope, Trace, is_driven};
use serde::Serialize;

use crate::failure::Failure;
use crate::inputs::Desk;
use crate::print::{self, Format, figure};

/// Arguments of the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Cars: ids of the catalogue, or TOML files
    #[arg(required = true, value_name = "CAR")]
    cars: Vec<String>,
    /// Cycles: names, CSV files with `time_s,speed_km_h`, or `auto`
    #[arg(long = "cycle", value_name = "NAME|FILE", default_value = "auto")]
    cycles: Vec<String>,
    /// Ambient temperature in °C; left out: that of the test
    #[arg(long, value_name = "C", allow_negative_numbers = true)]
    ambient_c: Option<f64>,
    /// Tyre pressure over what the maker asks for
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    tyre_pressure: Option<f64>,
    /// Height above sea level in m
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    altitude_m: Option<f64>,
    /// Wind against the car in m/s; negative from behind
    #[arg(long, value_name = "M/S", allow_negative_numbers = true)]
    headwind_m_s: Option<f64>,
    /// Slope of the road, rise over run; negative downhill
    #[arg(long, value_name = "RISE/RUN", allow_negative_numbers = true)]
    slope: Option<f64>,
    /// Mass in kg beyond that of the test
    #[arg(long, value_name = "KG", allow_negative_numbers = true)]
    payload_kg: Option<f64>,
    /// State of charge at the start, 0 to 1
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    soc: Option<f64>,
    /// Power of AC charging at the wall in kW; left out: that of the test
    #[arg(long, value_name = "KW", allow_negative_numbers = true)]
    charge_kw: Option<f64>,
    /// Consumption as in the test, or as measured in traffic
    #[arg(long = "use", value_enum, default_value = "official")]
    usage: super::scenario::UseChoice,
    /// Derivatives of the energy per kilometre: mass, drag, tyres, accessories, drive, temperature
    #[arg(long)]
    sensitivity: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Coldest and hottest ambient temperature of the model, in °C.
pub(super) const AMBIENT_C: (f64, f64) = (-30.0, 50.0);

/// One car on one cycle.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Drive {
    /// Id of the car.
    car: String,
    /// Its class; null where the design gives none: then its defaults lie between those of the two classes nearest in mass.
    class: Option<&'static str>,
    /// The cycle driven.
    cycle: String,
    /// Its distance.
    distance_km: f64,
    /// At the wall, charger losses included; null for cars without a plug, and for a trace that was not driven.
    wall_wh_per_km: Option<f64>,
    /// At the battery's terminals; null as that at the wall.
    battery_wh_per_km: Option<f64>,
    /// Positive work asked at the wheels.
    wheel_positive_wh_per_km: f64,
    /// Braking work at the wheels, as a positive number.
    wheel_negative_wh_per_km: f64,
    /// Time in which the car could not follow the trace.
    missed_trace_s: f64,
    /// Work at the wheels that it did not do in that time, and that is in no consumption.
    missed_wh_per_km: f64,
    /// Ambient temperature.
    ambient_c: f64,
    /// Fuel, with the battery's charge kept; null without an engine, and for a trace that was not driven.
    fuel_l_per_100km: Option<f64>,
    /// Fuel of a plug-in hybrid's engine while the battery is depleted: what machine and pack do not suffice for; null for others.
    depleting_fuel_l_per_100km: Option<f64>,
    /// Usable energy over consumption at the battery; null where there is none, or it is not above nought.
    range_km: Option<f64>,
    /// What the figures must not be read without; absent where there is nothing to say.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    notices: Vec<String>,
    /// Fields that the design did not give, with what stood in.
    defaulted: std::collections::BTreeMap<String, f64>,
    /// Derivatives, with `--sensitivity`; null for cars without a plug.
    #[serde(skip_serializing_if = "Option::is_none")]
    sensitivity: Option<Vec<Slope>>,
}

impl Arguments {
    fn conditions(&self) -> Result<Conditions, Failure> {
        let within = |option, seen: Option<f64>, range, unit| seen.map_or(Ok(()), |v| super::charge::within(option, v, range, unit));
        within("ambient-c", self.ambient_c, AMBIENT_C, "°C")?;
        within("tyre-pressure", self.tyre_pressure, (0.4, 1.6), "of the pressure asked for")?;
        within("altitude-m", self.altitude_m, (-500.0, 6000.0), "m")?;
        within("headwind-m-s", self.headwind_m_s, (-30.0, 30.0), "m/s")?;
        within("slope", self.slope, (-0.3, 0.3), "rise over run")?;
        within("payload-kg", self.payload_kg, (0.0, 2000.0), "kg")?;
        within("soc", self.soc, (0.0, 1.0), "of the gross energy")?;
        within("charge-kw", self.charge_kw, (1.0, 50.0), "kW")?;
        let base = if self.usage == super::scenario::UseChoice::Official { Conditions::official() } else { Conditions::real_world() };
        Ok(Conditions {
            ambient_c: self.ambient_c.or(base.ambient_c),
            tyre_pressure: self.tyre_pressure.unwrap_or(base.tyre_pressure),
            altitude_m: self.altitude_m.unwrap_or(base.altitude_m),
            headwind_m_s: self.headwind_m_s.unwrap_or(base.headwind_m_s),
            slope: self.slope.unwrap_or(base.slope),
            payload_kg: self.payload_kg.unwrap_or(base.payload_kg),
            initial_soc: self.soc.or(base.initial_soc),
            charge_power_w: self.charge_kw.map(|kw| Power::from_kw(kw).w()),
            ..base
        })
    }
}

impl Arguments {
    /// Refuses the circumstances that only the electric model knows.
    fn only_temperature(&self, powertrain: Powertrain) -> Result<(), Failure> {
        let given = [
            ("tyre-pressure", self.tyre_pressure),
            ("altitude-m", self.altitude_m),
            ("headwind-m-s", self.headwind_m_s),
            ("slope", self.slope),
            ("payload-kg", self.payload_kg),
            ("soc", self.soc),
            ("charge-kw", self.charge_kw),
        ];
        match given.into_iter().find_map(|(option, value)| value.map(|v| (option, v))) {
            Some((option, seen)) => {
                let wanted = format!("a battery-electric car: a {} is driven on the level in still air", powertrain.word());
                Err(Failure::Option { option, seen: seen.to_string(), wanted })
            }
            None => Ok(()),
        }
    }
}

/// The cars on the cycles.
///
/// # Errors
/// A car or cycle that is unknown or faulty, or a temperature outside the model.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<Drive>, Failure> {
    let conditions = arguments.conditions()?;
    let tables = desk.tables()?;
    let traces = arguments
        .cycles
        .iter()
        .map(|name| if name == "auto" { Ok((name, None)) } else { desk.cycle(name).map(|c| (name, Some(Trace::new(&c)))) })
        .collect::<Result<Vec<_>, Failure>>()?;
    let mut lines = Vec::new();
    for name in &arguments.cars {
        let design = desk.car(name)?;
        let (conditions, capped_kw) = at_its_charger(&conditions, design.charging.ac_power_kw.map(|kw| kw.best));
        for (cycle, trace) in &traces {
            if design.powertrain != Powertrain::Bev {
                arguments.only_temperature(design.powertrain)?;
            }
            let sensitivity =
                if arguments.sensitivity { car_sensitivity(&design, tables, trace.as_ref(), &conditions).map_err(Failure::Assess)? } else { None };
            let result = drive_car(&design, tables, trace.as_ref(), &conditions).map_err(Failure::Assess)?;
            let is_driven = is_driven(result.missed_trace_s, result.lasts_s);
            let consumed = |value: Option<f64>| value.filter(|_| is_driven);
            let battery_wh_per_km = consumed(result.battery_wh_per_km);
            let mut notices: Vec<String> = minewheel_model::drive::ratio_notice(&design, &tables.drive).into_iter().collect();
            if is_driven {
                notices.extend(behind(&design.id, &result.cycle, (result.missed_trace_s, result.lasts_s), result.missed_wh_per_km));
            } else {
                notices.push(format!(
                    "`{}` could not follow {} for {} of {} s: what it used on it is no consumption, and gives no range",
                    design.id,
                    result.cycle,
                    figure(result.missed_trace_s),
                    figure(result.lasts_s)
                ));
            }
            if let Some(litres) = result.depleting_fuel_l_per_100km.filter(|l| *l > 0.0) {
                notices.push(format!(
                    "`{}` drives {} on its battery with the engine's help: {} l/100 km of that distance",
                    design.id,
                    result.cycle,
                    figure(litres)
                ));
            }
            if let Some(kw) = capped_kw {
                notices.push(format!("`{}` charges with the {} kW of its charger, whatever the wall gives", design.id, figure(kw)));
            }
            if battery_wh_per_km.is_some_and(|wh| wh <= 0.0) {
                notices.push(format!("`{}` takes nothing from its battery on {}: no range follows from that", design.id, result.cycle));
            }
            lines.push(Drive {
                car: design.id.clone(),
                class: design.class.map(minewheel_data::car::CarClass::word),
                cycle: if *cycle == "auto" { result.cycle.clone() } else { (*cycle).clone() },
                distance_km: result.distance_km,
                wall_wh_per_km: consumed(result.wall_wh_per_km),
                battery_wh_per_km,
                wheel_positive_wh_per_km: result.wheel_positive_wh_per_km,
                wheel_negative_wh_per_km: result.wheel_negative_wh_per_km,
                missed_trace_s: result.missed_trace_s,
                ambient_c: result.ambient_c,
                missed_wh_per_km: result.missed_wh_per_km,
                fuel_l_per_100km: consumed(result.fuel_l_per_100km),
                depleting_fuel_l_per_100km: result.depleting_fuel_l_per_100km,
                range_km: result.range_km.filter(|_| battery_wh_per_km.is_some_and(|wh| wh > 0.0)),
                notices,
                defaulted: result.defaulted.iter().cloned().collect(),
                sensitivity,
            });
        }
    }
    Ok(lines)
}

/// The conditions with no more AC power than the car's charger takes, and that power in kW if it is the less.
fn at_its_charger(conditions: &Conditions, charger_kw: Option<f64>) -> (Conditions, Option<f64>) {
    match (conditions.charge_power_w, charger_kw) {
        (Some(asked_w), Some(kw)) if Power::from_kw(kw).w() < asked_w => {
            (Conditions { charge_power_w: Some(Power::from_kw(kw).w()), ..*conditions }, Some(kw))
        }
        _ => (*conditions, None),
    }
}

/// What is said of a car that fell behind a trace for some of its seconds, and followed the rest.
pub fn behind(car: &str, cycle: &str, (missed_s, lasts_s): (f64, f64), missed_wh_per_km: f64) -> Option<String> {
    let (missed, lasts, work) = (figure(missed_s), figure(lasts_s), figure(missed_wh_per_km));
    (missed_s > 0.0).then(|| {
        format!(
            "`{car}` falls behind {cycle} for {missed} of {lasts} s: {work} Wh/km of work at the wheels are not done, and in no consumption; it is no better car for that"
        )
    })
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let lines = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    for line in lines.iter().filter(|l| arguments.sensitivity && l.sensitivity.is_none()) {
        print::note(&format!("note: `{}` has no plug; derivatives are those of electric driving", line.car));
    }
    for notice in lines.iter().flat_map(|l| &l.notices) {
        print::note(&print::wrap(&format!("note: {notice}")));
    }
    if arguments.format == Format::Json {
        print::json(&lines);
        return Ok(());
    }
    if arguments.sensitivity {
        print::data(&slopes(&lines, arguments.format));
        return Ok(());
    }
    let header = ["car", "cycle", "km", "wall Wh/km", "battery Wh/km", "fuel l/100 km", "range km", "missed s"];
    let optional = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), figure);
    let rows: Vec<Vec<String>> = lines
        .iter()
        .map(|l| {
            vec![
                l.car.clone(),
                l.cycle.clone(),
                figure(l.distance_km),
                optional(l.wall_wh_per_km),
                optional(l.battery_wh_per_km),
                optional(l.fuel_l_per_100km),
                optional(l.range_km),
                figure(l.missed_trace_s),
            ]
        })
        .collect();
    match arguments.format {
        Format::Csv => print::data(&print::csv(&header, &rows)),
        _ => print::data(&print::table(&header, &rows, &[2, 3, 4, 5, 6, 7])),
    }
    Ok(())
}

/// The derivatives as a table or as CSV.
fn slopes(lines: &[Drive], format: Format) -> String {
    let plain = |v: f64| if format == Format::Csv { v.to_string() } else { figure(v) };
    let mut rows = Vec::new();
    for line in lines {
        for (at, slope) in line.sensitivity.iter().flatten().enumerate() {
            let (name, unit) = slope.lever.words();
            let once = |text: &str| if at == 0 || format == Format::Csv { text.to_owned() } else { String::new() };
            rows.push(vec![
                once(&line.car),
                once(&line.cycle),
                name.to_owned(),
                plain(slope.value),
                unit.to_owned(),
                plain(slope.wall_wh_per_km_per_unit),
                slope.elasticity.map_or_else(|| if format == Format::Csv { String::new() } else { "–".to_owned() }, plain),
            ]);
        }
    }
    if format == Format::Csv {
        return print::csv(&["car", "cycle", "lever", "value", "unit", "wall_wh_per_km_per_unit", "elasticity"], &rows);
    }
    let mut text = print::table(&["car", "cycle", "lever", "at", "unit", "Wh/km a unit", "% a %"], &rows, &[3, 5, 6]);
    text.push_str("change of the energy at the wall; rolling resistance and accessories follow mass\n");
    text
}

impl From<minewheel_data::cycles::CycleError> for Failure {
    fn from(error: minewheel_data::cycles::CycleError) -> Self {
        Self::Assess(AssessError::from(error))
    }
}
