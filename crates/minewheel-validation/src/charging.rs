//! Published sprints and charging times beside those of the forward and the charging model.
//!
//! | claim           | car                                                     | ours                                    |
//! |-----------------|---------------------------------------------------------|-----------------------------------------|
//! | `acceleration`  | power, mass, battery, driven wheels of the row          | time to 100 km/h at 90 % and 23 °C      |
//! | `charging-time` | chemistry, energies, DC power of the row                | minutes from 10 to 80 %, 400 kW, prepared pack |
//! | `charging-losses` | car of the catalogue                                  | share of the wall's energy that reaches the pack |

use minewheel_assess::charging::{PackAtStart, charge_car};
use minewheel_data::car::{BatteryDesign, CarDesign, DrivenWheels, MotorDesign, Powertrain};
use minewheel_data::row::{Draw, Value};
use minewheel_data::units::{Duration, Energy, Power};
use minewheel_model::charging::Supply;
use minewheel_model::drive::{ElectricCar, Masses, Readiness, electric_car, performance, performance_car};
use serde::Deserialize;

use crate::chapter::{deviation, number, percent};
use crate::claim::Claim;
use crate::report::{Block, Print, Report, Row, Side, error_quantile, worst};
use crate::{Evidence, ValidationError};

/// State of charge and temperature of a published sprint.
const SPRINT: Readiness = Readiness { soc: 0.9, ambient_c: 23.0 };
/// A station that limits no car.
const STATION_KW: f64 = 400.0;
/// Air of a published charge in °C.
const CHARGE_C: f64 = 23.0;
/// Cells of cars whose chemistry the list does not say.
const USUAL_CELLS: &str = "nmc622";

#[derive(Deserialize)]
struct Sprint {
    car: String,
    driven_wheels: String,
    peak_power_kw: f64,
    peak_torque_nm: f64,
    empty_mass_kg: f64,
    battery_kwh: f64,
    top_speed_km_h: f64,
    time_0_100_s: f64,
    source: String,
}

fn battery(chemistry: &str, gross_kwh: f64, usable_kwh: Option<f64>) -> BatteryDesign {
    BatteryDesign {
        chemistry: chemistry.to_owned(),
        gross_energy_kwh: Value::given(gross_kwh),
        usable_energy_kwh: usable_kwh.map(Value::given),
        pack_mass_kg: None,
        made_in: None,
    }
}

/// Our time to 100 km/h, the same with the listed torque, and the speed in km/h at which power meets resistance.
fn sprint(evidence: &Evidence, row: &Sprint) -> Result<(f64, f64, f64), ValidationError> {
    let tables = &evidence.tables;
    let unknown = || ValidationError::Unknown { file: "validation/acceleration.csv", kind: "time of", name: row.car.clone() };
    let mut design = CarDesign::new(&row.car, Powertrain::Bev);
    design.driven_wheels = Some(row.driven_wheels.parse::<DrivenWheels>().map_err(|()| unknown())?);
    design.kerb_mass_kg = Some(Value::given(row.empty_mass_kg));
    design.battery = Some(battery(USUAL_CELLS, row.battery_kwh, None));
    design.motors.push(MotorDesign { peak_power_kw: Some(Value::given(row.peak_power_kw)), ..MotorDesign::default() });
    let masses = Masses::of(&design, &tables.drive, &Draw::BEST, &mut Vec::new());
    let assess = minewheel_assess::AssessError::from;
    let mut car = electric_car(&design, &masses, &tables.drive, &Draw::BEST).map_err(assess)?;
    let run = |car: &ElectricCar| -> Result<_, ValidationError> {
        let ready = performance_car(&design, car, &tables.performance, SPRINT, &Draw::BEST).map_err(minewheel_assess::AssessError::from)?;
        Ok(performance(&ready))
    };
    let plain = run(&car)?;
    // The listed torque in place of the row's base speed; gear and wheel stay.
    let base_rad_s = Power::from_kw(row.peak_power_kw).w() / row.peak_torque_nm;
    car.base_speed_m_s *= base_rad_s / tables.drive.base_speed_rad_s.best;
    let with_torque = run(&car)?;
    let time = plain.time_0_100_s.ok_or_else(unknown)?;
    Ok((time, with_torque.time_0_100_s.ok_or_else(unknown)?, plain.power_balance_km_h))
}

pub(crate) fn acceleration(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Sprint> = evidence.rows("acceleration.csv")?;
    let limit = claim.limit("relative_error")?;
    let (mut rows, mut torque_rows, mut lines, mut slower) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for row in &published {
        let (ours, with_torque, balance_km_h) = sprint(evidence, row)?;
        let make = row.car.split(' ').next().unwrap_or_default().to_owned();
        let found = Row {
            label: row.car.clone(),
            marks: vec![row.source.clone(), make, row.car.clone()],
            ours,
            theirs: row.time_0_100_s,
            unit: "s".to_owned(),
            is_met: None,
        };
        let torque_row = Row { ours: with_torque, ..found.clone() };
        slower += usize::from(balance_km_h < row.top_speed_km_h);
        lines.push(vec![
            row.car.clone(),
            row.driven_wheels.clone(),
            number(row.time_0_100_s),
            number(ours),
            deviation(found.error()),
            number(with_torque),
            deviation(torque_row.error()),
            number(row.top_speed_km_h),
            number(balance_km_h),
        ]);
        let is_met = Some(found.error().abs() <= limit);
        rows.push(Row { is_met, ..found });
        torque_rows.push(torque_row);
    }
    let mut report = Report::new(claim, rows);
    let n = report.n;
    let inside = report.rows.iter().filter(|r| r.is_met == Some(true)).count();
    let median = error_quantile(report.rows.iter(), 0.5);
    report.judge("median_relative_error", "median absolute error", median, Side::AtMost, Print::Percent)?;
    let says = format!("share of the cars within {:.0} %", 100.0 * limit);
    report.judge("share_inside", &says, inside as f64 / n as f64, Side::AtLeast, Print::Percent)?;
    let mean = |rows: &[Row]| rows.iter().map(Row::error).sum::<f64>() / rows.len() as f64;
    report.blocks.push(Block::Prose(format!(
        "Mean error {}; with the listed torque in place of the one base speed, median absolute error {} and mean error {}. Of {n} cars, {slower} \
         are listed with a top speed above the one at which our power meets our resistance; the others have a limiter or a highest machine speed, \
         which no table holds.",
        deviation(mean(&report.rows)),
        percent(error_quantile(torque_rows.iter(), 0.5)),
        deviation(mean(&torque_rows)),
    )));
    let head = ["car", "driven", "theirs s", "ours s", "error", "with torque s", "error", "top km/h, theirs", "power balance km/h"];
    report.blocks.push(Block::Table { title: "From rest to 100 km/h".to_owned(), head: head.map(str::to_owned).to_vec(), lines, words: 2 });
    Ok(report)
}

#[derive(Deserialize)]
struct Listed {
    car: String,
    chemistry: String,
    gross_kwh: f64,
    usable_kwh: f64,
    dc_power_kw: f64,
    mean_power_10_80_kw: f64,
    in_fit: String,
    source: String,
}

pub(crate) fn charging(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Listed> = evidence.rows("charging-times.csv")?;
    let limit = claim.limit("relative_error")?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for row in &published {
        let mut design = CarDesign::new(&row.car, Powertrain::Bev);
        design.battery = Some(battery(&row.chemistry, row.gross_kwh, Some(row.usable_kwh)));
        design.charging.dc_power_kw = Some(Value::given(row.dc_power_kw));
        let supply = Supply::Dc(Power::from_kw(STATION_KW).w());
        let charged = charge_car(&design, &evidence.tables, supply, (0.1, 0.8), CHARGE_C, PackAtStart::Prepared)?;
        let theirs_s = Energy::from_kwh(0.7 * row.usable_kwh).j() / Power::from_kw(row.mean_power_10_80_kw).w();
        let found = Row {
            label: row.car.clone(),
            marks: vec![row.source.clone(), row.chemistry.clone(), row.car.clone()],
            ours: charged.minutes_10_80,
            theirs: Duration::from_s(theirs_s).minutes(),
            unit: "min".to_owned(),
            is_met: None,
        };
        let is_judged = row.in_fit == "no";
        let is_met = is_judged.then_some(found.error().abs() <= limit);
        lines.push(vec![
            row.car.clone(),
            row.chemistry.clone(),
            number(row.dc_power_kw),
            number(found.theirs),
            number(found.ours),
            deviation(found.error()),
            match is_met {
                Some(true) => "within".to_owned(),
                Some(false) => "**outside**".to_owned(),
                None => "in the fit, not judged".to_owned(),
            },
        ]);
        rows.push(Row { is_met, ..found });
    }
    let mut report = Report::new(claim, rows);
    report.fitted = report.rows.iter().filter(|r| r.is_met.is_none()).count();
    let judged: Vec<&Row> = report.rows.iter().filter(|r| r.is_met.is_some()).collect();
    let inside = judged.iter().filter(|r| r.is_met == Some(true)).count() as f64 / judged.len() as f64;
    let median = error_quantile(judged.iter().copied(), 0.5);
    let mean = judged.iter().map(|r| r.error()).sum::<f64>() / judged.len() as f64;
    report.judge("median_relative_error", "median absolute error", median, Side::AtMost, Print::Percent)?;
    let says = format!("share of the cars within {:.0} %", 100.0 * limit);
    report.judge("share_inside", &says, inside, Side::AtLeast, Print::Percent)?;
    report.blocks.push(Block::Prose(format!("Mean error of the judged cars {}.", deviation(mean))));
    let head = ["car", "cells", "highest kW", "theirs min", "ours min", "error", "verdict"];
    report.blocks.push(Block::Table { title: "Minutes from 10 to 80 %".to_owned(), head: head.map(str::to_owned).to_vec(), lines, words: 2 });
    Ok(report)
}

#[derive(Deserialize)]
struct Loss {
    car_id: String,
    ac_power_kw: f64,
    loss_percent: f64,
    source: String,
}

/// State of charge between which losses are compared: the middle, where the charger gives all it can.
const LOSS_WINDOW: (f64, f64) = (0.2, 0.8);

pub(crate) fn losses(evidence: &Evidence, claim: Claim) -> Result<Report, ValidationError> {
    let published: Vec<Loss> = evidence.rows("charging-losses.csv")?;
    let limit = claim.limit("relative_error")?;
    let mut rows = Vec::new();
    for row in &published {
        let unknown = |_| ValidationError::Unknown { file: "validation/charging-losses.csv", kind: "car", name: row.car_id.clone() };
        let design = evidence.tables.catalogue.car(&row.car_id).map_err(unknown)?;
        let supply = Supply::Ac(Power::from_kw(row.ac_power_kw).w());
        let found = charge_car(design, &evidence.tables, supply, LOSS_WINDOW, CHARGE_C, PackAtStart::AsAir)?.session;
        let row_found = Row {
            label: format!("{}, {} kW", row.car_id, row.ac_power_kw),
            marks: vec![row.source.clone(), row.car_id.clone()],
            ours: 100.0 * (found.stored_kwh + found.cell_loss_kwh) / found.wall_kwh,
            theirs: 100.0 - row.loss_percent,
            unit: "%".to_owned(),
            is_met: None,
        };
        rows.push(Row { is_met: Some(row_found.error().abs() <= limit), ..row_found });
    }
    let mut report = Report::new(claim, rows);
    let median = error_quantile(report.rows.iter(), 0.5);
    report.judge("median_relative_error", "median absolute error", median, Side::AtMost, Print::Percent)?;
    let largest = worst(report.rows.iter());
    report.judge("relative_error", "largest absolute error", largest, Side::AtMost, Print::Percent)?;
    report.blocks.push(Block::Table {
        title: "Energy that reaches the pack, per cent of that from the wall".to_owned(),
        head: ["car", "theirs", "ours", "error"].map(str::to_owned).to_vec(),
        lines: report.rows.iter().map(|r| vec![r.label.clone(), number(r.theirs), number(r.ours), deviation(r.error())]).collect(),
        words: 1,
    });
    Ok(report)
}
