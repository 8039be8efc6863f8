//! `minewheel range`: range and consumption by every authority's rule.

use std::collections::BTreeMap;
use std::path::PathBuf;

use minewheel_assess::inventory::with_kerb_mass;
use minewheel_data::row::Draw;
use minewheel_model::charging::ChargingError;
use minewheel_model::drive::{RangeResult, RangeRule, Ranges, Rules, ranges};
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
    /// Factor of the US label from the maker's five-cycle data; left out: that of the two-cycle label
    #[arg(long, value_name = "FACTOR", allow_negative_numbers = true)]
    label_factor: Option<f64>,
    /// US label from five cycles (40 CFR 600.114-12), instead of a factor
    #[arg(long, conflicts_with = "label_factor")]
    five_cycle: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// A folder of tables laid over the built-in ones
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

/// Least and largest factor of a US label.
const LABEL_FACTOR: (f64, f64) = (0.5, 1.0);

/// One car with a plug by every rule.
#[derive(Serialize, schemars::JsonSchema)]
pub struct RangeByRule {
    /// Id of the car.
    car: String,
    /// Its powertrain. The range of a plug-in hybrid is its electric one.
    powertrain: &'static str,
    /// UN GTR 15.
    wltp: RangeResult,
    /// GB/T 18386.1.
    cltc: RangeResult,
    /// US label.
    epa: RangeResult,
    /// UN R101.
    nedc: RangeResult,
    /// Fields that the design did not give, with what stood in.
    defaulted: BTreeMap<&'static str, f64>,
}

impl RangeByRule {
    fn by_rule(&self) -> [(RangeRule, &RangeResult); 4] {
        [(RangeRule::Wltp, &self.wltp), (RangeRule::Cltc, &self.cltc), (RangeRule::Epa, &self.epa), (RangeRule::Nedc, &self.nedc)]
    }
}

/// The ranges of the cars.
///
/// # Errors
/// A car that is unknown, faulty or without a plug, or a label factor that no label has.
pub fn answer(arguments: &Arguments, desk: &Desk) -> Result<Vec<RangeByRule>, Failure> {
    if let Some(seen) = arguments.label_factor
        && !(LABEL_FACTOR.0..=LABEL_FACTOR.1).contains(&seen)
    {
        let wanted = format!("{} to {}", LABEL_FACTOR.0, LABEL_FACTOR.1);
        return Err(Failure::Option { option: "label-factor", seen: seen.to_string(), wanted });
    }
    let tables = desk.road_tables()?;
    let rules = Rules { label_factor: arguments.label_factor, has_five_cycles: arguments.five_cycle, ..tables.rules() };
    let mut lines = Vec::new();
    for name in &arguments.cars {
        let design = desk.road_car(name)?;
        // A car whose mass is known needs none of the tables of parts.
        let has_mass = design.kerb_mass_kg.is_some() || design.road_load.test_mass_kg.is_some();
        let (design, sized) = if has_mass {
            (design, None)
        } else {
            let (massed, field) = with_kerb_mass(&design, desk.tables()?)?;
            (massed.into_owned(), field)
        };
        let no_plug = || ChargingError::NoPlug { car: design.id.clone(), powertrain: design.powertrain.word() };
        let found = ranges(&design, &rules, &Draw::BEST).map_err(|e| Failure::Assess(e.into()))?.ok_or_else(|| Failure::Assess(no_plug().into()))?;
        let mut line = line(design.id.clone(), design.powertrain.word(), found);
        line.defaulted.extend(sized);
        lines.push(line);
    }
    Ok(lines)
}

/// Runs the command.
///
/// # Errors
/// As [`answer`].
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let lines = answer(arguments, &Desk::on_disk(arguments.data.as_deref())?)?;
    for line in &lines {
        for (rule, result) in line.by_rule().into_iter().filter(|(_, r)| r.missed_trace_s > 0.0) {
            let seconds = figure(result.missed_trace_s);
            print::note(&print::wrap(&format!(
                "note: `{}` falls behind {} of {} for {seconds} s: that work is in no figure",
                line.car,
                result.cycle,
                rule.word()
            )));
        }
    }
    match arguments.format {
        Format::Json => print::json(&lines),
        Format::Csv => print::data(&csv(&lines)),
        Format::Table => print::page(&table(&lines)),
    }
    Ok(())
}

fn line(car: String, powertrain: &'static str, found: Ranges) -> RangeByRule {
    let [wltp, cltc, epa, nedc] = found.results;
    RangeByRule { car, powertrain, wltp, cltc, epa, nedc, defaulted: found.defaulted.into_iter().map(|d| (d.field, d.value)).collect() }
}

fn csv(lines: &[RangeByRule]) -> String {
    let header = [
        "car",
        "rule",
        "range_km",
        "consumption_kwh_per_100km",
        "cycle",
        "cycle_km",
        "downscaling_factor",
        "top_speed_km_h",
        "test_mass_kg",
        "missed_trace_s",
    ];
    let cells = |l: &RangeByRule, rule: RangeRule, result: &RangeResult| {
        let number = |of: fn(&RangeResult) -> Option<f64>| of(result).map_or_else(String::new, |v| v.to_string());
        vec![
            l.car.clone(),
            rule.word().to_owned(),
            number(|r| Some(r.range_km)),
            number(|r| Some(r.consumption_kwh_per_100km)),
            result.cycle.to_owned(),
            number(|r| Some(r.cycle_km)),
            number(|r| Some(r.downscaling_factor)),
            number(|r| r.top_speed_km_h),
            number(|r| Some(r.test_mass_kg)),
            number(|r| Some(r.missed_trace_s)),
        ]
    };
    let rows: Vec<_> = lines.iter().flat_map(|l| l.by_rule().map(|(rule, result)| cells(l, rule, result))).collect();
    print::csv(&header, &rows)
}

fn table(lines: &[RangeByRule]) -> String {
    let header = ["car", "rule", "km", "kWh/100 km", "cycle", "test kg", "missed s"];
    let mut remarks = Vec::new();
    let mut rows = Vec::new();
    for line in lines {
        for (at, (rule, result)) in line.by_rule().into_iter().enumerate() {
            let car = if at == 0 { line.car.clone() } else { String::new() };
            let number = |of: fn(&RangeResult) -> f64| figure(of(result));
            let cut = result.top_speed_km_h.map(|v| format!(" to {} km/h", figure(v))).unwrap_or_default();
            let scaled =
                if result.downscaling_factor > 0.0 { format!(" less {} %", figure(100.0 * result.downscaling_factor)) } else { String::new() };
            let cycle = format!("{}{scaled}{cut}", if rule == RangeRule::Epa { "udds, hwfet" } else { result.cycle });
            rows.push(vec![
                car,
                rule.word().to_owned(),
                number(|r| r.range_km),
                number(|r| r.consumption_kwh_per_100km),
                cycle,
                number(|r| r.test_mass_kg),
                number(|r| r.missed_trace_s),
            ]);
        }
        if !line.defaulted.is_empty() {
            let fields: Vec<_> = line.defaulted.keys().map(|f| f.rsplit('.').next().unwrap_or(f)).collect();
            remarks.push(format!("{}: estimated: {}", line.car, fields.join(", ")));
        }
    }
    let mut text = print::table(&header, &rows, &[2, 3, 5, 6]);
    text.push_str(&print::wrap("consumption at the wall; `less`: fastest stretch scaled down; `to`: driven at the car's own top speed"));
    text.push('\n');
    for remark in remarks {
        text.push_str(&print::wrap(&remark));
        text.push('\n');
    }
    text
}
