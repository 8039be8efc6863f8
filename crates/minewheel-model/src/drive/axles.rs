//! The machines of a car by axle: what the design says of them, else what is known of the model, else those of models alike.
//!
//! ```text
//! P(x, y) = Σ_models w·Σ_axles P_i·(s_i + Σ_kinds share·k(x, y))        torque in shares of the car's peak
//! ```
//!
//! All axles act as one polynomial, and those that cannot rest as another: the kernel takes the better one. A car that is known is
//! one model with `w = 1`. One that says nothing of its machines is the mean over models with the same driven axles, by the
//! odds `w` that power and year give ([`models`]). Shares of kinds of machines and of silicon carbide are fractions only where
//! those are not known.

use minewheel_data::car::{CarDesign, DrivenWheels, Inverter, MotorDesign, Topology};
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::units::Power;

use super::models::{self, ModelAxle};
use super::road_load::check;
use super::tables::LOSS_TERMS;
use super::{Defaulted, DriveError, DriveTables, Kind, Masses, or_default};

/// Models of at least these odds are named among the rows that stood in.
const NOTABLE_ODDS: f64 = 0.05;

/// The machines of a car as the kernel wants them.
pub(super) struct Drive {
    pub peak_power_w: f64,
    pub base_speed_m_s: f64,
    pub loss_w: [f64; LOSS_TERMS],
    pub main_loss_w: [f64; LOSS_TERMS],
    pub switching_w: f64,
    pub main_switching_w: f64,
    pub main_share: f64,
    pub resting_share: f64,
}

/// One axle: rating of its machines, kinds of machines and share of silicon carbide (fractions where only a share is
/// known), and how often it can rest.
struct Axle {
    rating_w: f64,
    kinds: Vec<(Topology, f64)>,
    carbide: f64,
    rests: f64,
}

/// Peak power, base speed, and the losses of all axles and of those that cannot rest.
pub(super) fn machines(
    design: &CarDesign,
    kind: &Kind<'_>,
    masses: &Masses,
    tables: &DriveTables,
    draw: &Draw<'_>,
    defaulted: &mut Vec<Defaulted>,
) -> Result<Drive, DriveError> {
    let model = known_model(design, tables);
    let nothing = [MotorDesign::default()];
    let motors = if design.motors.is_empty() { &nothing[..] } else { &design.motors[..] };
    let by_class = (kind.value(|c| &c.power_w_per_kg, draw) * masses.kerb_mass_kg, kind.rows(|c| &c.power_w_per_kg));
    let powers_w = powers(design, motors, model.as_deref(), &by_class, tables, draw, defaulted)?;
    let peak_power_w: f64 = powers_w.iter().sum();
    let base_rad_s = draw.of(&tables.base_speed_rad_s);
    let mut base_speed_m_s = 0.0;
    for (motor, power_w) in motors.iter().zip(&powers_w) {
        let ratio = ratio(design, motor, tables, draw, defaulted)?;
        base_speed_m_s += power_w / peak_power_w * base_rad_s / ratio * kind.value(|c| &c.wheel_radius_m, draw);
    }
    let whole_kw = motors.iter().any(|m| m.peak_power_kw.is_some()).then(|| Power::from_w(peak_power_w).kw());
    let likely = if model.is_none() && says_nothing(design) { likely(design, whole_kw, tables, draw, defaulted) } else { Vec::new() };
    let losses = if likely.is_empty() {
        let axles = with_inverters(motors, axles(design, motors, &powers_w, model.as_deref(), tables, draw, defaulted));
        AxleLosses::of(&axles, peak_power_w, tables, draw)
    } else {
        let carbide = draw.of(tables.sic_share.of(design.model_year)).clamp(0.0, 1.0);
        let rest = draw.of(&tables.resting_share).clamp(0.0, 1.0);
        let each = likely.iter().map(|&(odds, ref axles)| {
            (odds, AxleLosses::of(&with_inverters(motors, of_model(axles, peak_power_w, carbide, rest)), peak_power_w, tables, draw))
        });
        AxleLosses::mean(each)
    };
    if motors.iter().all(|m| m.inverter.is_some()) {
        defaulted.retain(|d| d.field != "motor.inverter");
    }
    Ok(Drive {
        peak_power_w,
        base_speed_m_s,
        loss_w: losses.loss_w,
        main_loss_w: losses.main_loss_w,
        switching_w: losses.switching_w,
        main_switching_w: losses.main_switching_w,
        main_share: losses.main_share,
        resting_share: losses.resting_share,
    })
}

/// Loss polynomials in W of all axles and of those that cannot rest, up to which share of the car's torque those can carry the load
/// alone, and how far the others then rest.
struct AxleLosses {
    loss_w: [f64; LOSS_TERMS],
    main_loss_w: [f64; LOSS_TERMS],
    switching_w: f64,
    main_switching_w: f64,
    main_share: f64,
    resting_share: f64,
}

impl AxleLosses {
    fn of(axles: &[Axle], peak_power_w: f64, tables: &DriveTables, draw: &Draw<'_>) -> Self {
        let resting_share = axles.iter().map(|a| a.rests).fold(0.0, f64::max);
        let mut main: Vec<&Axle> = axles.iter().filter(|a| a.rests <= 0.0).collect();
        if main.is_empty() {
            main.extend(axles.iter().max_by(|a, b| a.rating_w.total_cmp(&b.rating_w)));
        }
        let all: Vec<&Axle> = axles.iter().collect();
        Self {
            loss_w: losses(&all, peak_power_w, tables, draw),
            main_loss_w: losses(&main, peak_power_w, tables, draw),
            switching_w: switching_w(&all, peak_power_w, tables, draw),
            main_switching_w: switching_w(&main, peak_power_w, tables, draw),
            main_share: main.iter().map(|a| a.rating_w).sum::<f64>() / peak_power_w,
            resting_share: if axles.len() > 1 { resting_share } else { 0.0 },
        }
    }

    /// Mean by odds that add up to one. An axle that rests only in some of the models saves there what it saves, and nothing elsewhere.
    fn mean(each: impl Iterator<Item = (f64, Self)>) -> Self {
        let mut mean = Self {
            loss_w: [0.0; LOSS_TERMS],
            main_loss_w: [0.0; LOSS_TERMS],
            switching_w: 0.0,
            main_switching_w: 0.0,
            main_share: 0.0,
            resting_share: 0.0,
        };
        let mut resting = 0.0;
        for (odds, one) in each {
            for at in 0..LOSS_TERMS {
                mean.loss_w[at] += odds * one.loss_w[at];
                mean.main_loss_w[at] += odds * (one.loss_w[at] - one.resting_share * (one.loss_w[at] - one.main_loss_w[at]));
            }
            mean.switching_w += odds * one.switching_w;
            mean.main_switching_w += odds * (one.switching_w - one.resting_share * (one.switching_w - one.main_switching_w));
            resting += odds * one.resting_share;
            mean.main_share += odds * one.resting_share * one.main_share;
        }
        if resting > 0.0 {
            mean.main_share /= resting;
            mean.resting_share = 1.0;
        }
        mean
    }
}

/// The axles with the inverters that the design gives: each machine its own, or, where the axles are not those of the design, all their mean.
fn with_inverters(motors: &[MotorDesign], mut axles: Vec<Axle>) -> Vec<Axle> {
    let given: Vec<f64> = motors.iter().filter_map(|m| m.inverter).map(|i| f64::from(u8::from(i == Inverter::Sic))).collect();
    if given.is_empty() {
        return axles;
    }
    let mean = given.iter().sum::<f64>() / given.len() as f64;
    let is_each = motors.len() == axles.len();
    for (at, axle) in axles.iter_mut().enumerate() {
        let own = motors.get(at).and_then(|m| m.inverter).map(|i| f64::from(u8::from(i == Inverter::Sic)));
        axle.carbide = if is_each { own.unwrap_or(axle.carbide) } else { mean };
    }
    axles
}

/// Whether the design gives no more of its machines than power and ratio.
fn says_nothing(design: &CarDesign) -> bool {
    design.motors.iter().all(|m| m.topology.is_none() && m.coupling.is_none())
}

/// Axles of the models in `drive/designs.csv` that are like this design, with their odds.
fn likely<'t>(
    design: &CarDesign,
    peak_power_kw: Option<f64>,
    tables: &'t DriveTables,
    draw: &Draw<'_>,
    defaulted: &mut Vec<Defaulted>,
) -> Vec<(f64, Vec<&'t ModelAxle>)> {
    let wheels = if design.motors.len() > 1 { Some(DrivenWheels::All) } else { design.driven_wheels };
    let sought = models::Sought { wheels, peak_power_kw, year: design.model_year };
    let width = |value: &Value| draw.of(value).max(1e-3);
    let likeness = models::Likeness {
        power: width(&tables.likeness_power),
        years: width(&tables.likeness_years),
        unknown_power: draw.of(&tables.unknown_power).clamp(0.0, 1.0),
    };
    let found = models::likely(&tables.models, sought, likeness);
    let carbide = tables.sic_share.of(design.model_year);
    let (mut kinds, mut known_carbide, mut rows) = (0.0, 0.0, vec![tables.likeness_power.row, tables.likeness_years.row, tables.unknown_power.row]);
    for (odds, model) in &found {
        if *odds >= NOTABLE_ODDS {
            rows.extend(model.axles.iter().map(|a| a.row));
        }
        let axles = model.axles.len() as f64;
        kinds += odds * axles;
        known_carbide += odds * model.axles.iter().map(|a| a.is_carbide.map_or(draw.of(carbide), |c| f64::from(u8::from(c)))).sum::<f64>() / axles;
    }
    if !found.is_empty() {
        defaulted.push(Defaulted { field: "motor.topology", value: kinds, rows: rows.clone() });
        rows.push(carbide.row);
        defaulted.push(Defaulted { field: "motor.inverter", value: known_carbide, rows });
    }
    found.into_iter().map(|(odds, model)| (odds, model.axles.iter().collect())).collect()
}

/// The axles of a model under a car of this peak power; `carbide` and `rests` where the model does not say.
fn of_model(axles: &[&ModelAxle], peak_power_w: f64, carbide: f64, rests: f64) -> Vec<Axle> {
    let installed_kw: Option<f64> = axles.iter().map(|a| a.peak_power_kw).sum();
    let one = |axle: &&ModelAxle| {
        let share = match (axle.peak_power_kw, installed_kw) {
            (Some(kw), Some(all)) if all > 0.0 => kw / all,
            _ => 1.0 / axles.len() as f64,
        };
        // The pack may hold the car below what its machines could: they lose by what they are.
        let installed_w = axle.peak_power_kw.map_or(0.0, |kw| Power::from_kw(kw).w());
        Axle {
            rating_w: installed_w.max(peak_power_w * share),
            kinds: vec![(axle.topology, 1.0)],
            carbide: axle.is_carbide.map_or(carbide, |c| f64::from(u8::from(c))),
            rests: if axles.len() > 1 { axle.can_rest.map_or(rests, |r| f64::from(u8::from(r))) } else { 0.0 },
        }
    };
    axles.iter().map(one).collect()
}

/// The axles of the model in `drive/designs.csv` that this design drives, where the design says nothing of its machines.
fn known_model<'t>(design: &CarDesign, tables: &'t DriveTables) -> Option<Vec<&'t ModelAxle>> {
    if design.motors.iter().any(|m| m.topology.is_some()) {
        return None;
    }
    let (make, model) = (design.make.as_deref()?, design.model.as_deref()?);
    let found = models::find(&tables.models, make, model, design.model_year)?;
    let driven: Vec<&ModelAxle> = found.axles.iter().filter(|a| design.driven_wheels.is_none_or(|w| w == DrivenWheels::All || w == a.axle)).collect();
    Some(if driven.is_empty() { found.axles.iter().collect() } else { driven })
}

/// Peak power of each machine of the design in W; `by_class` is that of all in a car of its kind, with its rows.
fn powers(
    design: &CarDesign,
    motors: &[MotorDesign],
    model: Option<&[&ModelAxle]>,
    by_class: &(f64, Vec<RowId>),
    tables: &DriveTables,
    draw: &Draw<'_>,
    defaulted: &mut Vec<Defaulted>,
) -> Result<Vec<f64>, DriveError> {
    let known_w: f64 = motors.iter().filter_map(|m| m.peak_power_kw.as_ref()).map(|v| Power::from_kw(draw.of(v)).w()).sum();
    let unknown = motors.iter().filter(|m| m.peak_power_kw.is_none()).count();
    let installed: Option<f64> = model.and_then(|axles| axles.iter().map(|a| a.peak_power_kw).sum());
    let mut powers_w = Vec::new();
    for motor in motors {
        let power_w = if let Some(power) = &motor.peak_power_kw {
            Power::from_kw(draw.of(power)).w()
        } else {
            // What the model or the class would have in all, less what is known, in equal parts; but not less than a share of it, as
            // the known machines may be stronger than those of the model or class.
            let (whole, mut rows): (f64, Vec<_>) = match (installed, model) {
                (Some(kw), Some(axles)) => (Power::from_kw(kw).w(), axles.iter().map(|a| a.row).collect()),
                _ => (by_class.0, by_class.1.clone()),
            };
            let part = (whole - known_w).max(draw.of(&tables.least_rest_share) * whole) / unknown as f64;
            rows.extend(motors.iter().any(|m| m.peak_power_kw.is_some()).then_some(tables.least_rest_share.row));
            defaulted.push(Defaulted { field: "motor.peak_power_kw", value: Power::from_w(part).kw(), rows });
            part
        };
        check(design, "motor.peak_power_kw", Power::from_w(power_w).kw(), 0.5, 3000.0, "0.5 to 3000 kW")?;
        powers_w.push(power_w);
    }
    Ok(powers_w)
}

/// A ratio that is given for the machines and cannot be that of the whole reduction.
fn of_a_stage(motor: &MotorDesign, tables: &DriveTables) -> Option<f64> {
    motor.final_drive_ratio.as_ref().map(|v| v.best).filter(|ratio| *ratio < tables.lowest_whole_ratio.best)
}

/// Says which given ratio is taken for that of the last stage alone, so that the usual whole one is driven.
pub fn ratio_notice(design: &CarDesign, tables: &DriveTables) -> Option<String> {
    let given = design.motors.iter().find_map(|motor| of_a_stage(motor, tables))?;
    Some(format!(
        "`motor.final_drive_ratio` of `{}` is {given}: below {} it is taken for that of the last stage alone, and the usual one of the whole \
         reduction, {}, is driven",
        design.id, tables.lowest_whole_ratio.best, tables.gear_ratio.best
    ))
}

/// Turns of the machine per turn of the wheel. A ratio of the last stage alone says nothing of the whole reduction, which is then the
/// usual one; [`ratio_notice`] says so.
fn ratio(design: &CarDesign, motor: &MotorDesign, tables: &DriveTables, draw: &Draw<'_>, defaulted: &mut Vec<Defaulted>) -> Result<f64, DriveError> {
    if let Some(given) = of_a_stage(motor, tables) {
        check(design, "motor.final_drive_ratio", given, 0.5, 40.0, "0.5 to 40")?;
    }
    let given = motor.final_drive_ratio.as_ref().filter(|_| of_a_stage(motor, tables).is_none());
    let ratio = or_default(given, &tables.gear_ratio, "motor.final_drive_ratio", draw, defaulted);
    check(design, "motor.final_drive_ratio", ratio, 0.5, 40.0, "0.5 to 40")?;
    Ok(ratio)
}

/// The axles by what the design says, else by what is known of the model, else by what is usual.
fn axles(
    design: &CarDesign,
    motors: &[MotorDesign],
    powers_w: &[f64],
    model: Option<&[&ModelAxle]>,
    tables: &DriveTables,
    draw: &Draw<'_>,
    defaulted: &mut Vec<Defaulted>,
) -> Vec<Axle> {
    let carbide = &tables.sic_share.of(design.model_year).to_owned();
    let usual_carbide = draw.of(carbide).clamp(0.0, 1.0);
    let usual_rest = draw.of(&tables.resting_share).clamp(0.0, 1.0);
    let whole_w: f64 = powers_w.iter().sum();
    if let Some(axles) = model {
        let rows: Vec<_> = axles.iter().map(|a| a.row).collect();
        let known = of_model(axles, whole_w, usual_carbide, usual_rest);
        defaulted.push(Defaulted { field: "motor.topology", value: known.len() as f64, rows: rows.clone() });
        let mean = known.iter().map(|a| a.carbide * a.rating_w).sum::<f64>() / known.iter().map(|a| a.rating_w).sum::<f64>();
        let carbide_rows = if axles.iter().all(|a| a.is_carbide.is_some()) { rows } else { rows.into_iter().chain([carbide.row]).collect() };
        defaulted.push(Defaulted { field: "motor.inverter", value: mean, rows: carbide_rows });
        return known;
    }
    let shares: f64 = tables.usual_machines.iter().map(|(_, share)| draw.of(share)).sum();
    let usual: Vec<(Topology, f64)> = tables.usual_machines.iter().map(|(kind, share)| (*kind, draw.of(share) / shares)).collect();
    if motors.iter().any(|m| m.topology.is_none()) {
        let rows = tables.usual_machines.iter().map(|(_, share)| share.row).collect();
        defaulted.push(Defaulted { field: "motor.topology", value: 0.0, rows });
    }
    defaulted.push(Defaulted { field: "motor.inverter", value: usual_carbide, rows: vec![carbide.row] });
    let kinds = |motor: &MotorDesign| motor.topology.map_or_else(|| usual.clone(), |kind| vec![(kind, 1.0)]);
    let coupled = |motor: &MotorDesign| match motor.coupling.as_deref() {
        Some("disconnect") => Some(1.0),
        Some(_) => Some(0.0),
        None if motor.topology == Some(Topology::Induction) => Some(1.0),
        None => None,
    };
    if let ([motor], Some(DrivenWheels::All)) = (motors, design.driven_wheels) {
        // Two axles described as one.
        let main = draw.of(&tables.main_axle_share).clamp(0.05, 0.95);
        let rests = coupled(motor).unwrap_or_else(|| {
            defaulted.push(Defaulted {
                field: "motor.coupling",
                value: usual_rest,
                rows: vec![tables.resting_share.row, tables.main_axle_share.row],
            });
            usual_rest
        });
        return [(main, 0.0), (1.0 - main, rests)]
            .map(|(share, rests)| Axle { rating_w: share * whole_w, kinds: kinds(motor), carbide: usual_carbide, rests })
            .into();
    }
    let several = motors.len() > 1;
    motors
        .iter()
        .zip(powers_w)
        .map(|(motor, &rating_w)| Axle {
            rating_w,
            kinds: kinds(motor),
            carbide: usual_carbide,
            rests: if several { coupled(motor).unwrap_or(0.0) } else { 0.0 },
        })
        .collect()
}

/// Switching loss in W of some axles that carry the whole load, at the car's peak torque and the mean voltage of its pack.
fn switching_w(axles: &[&Axle], peak_power_w: f64, tables: &DriveTables, draw: &Draw<'_>) -> f64 {
    let (igbt, sic) = (draw.of(&tables.switching_igbt), draw.of(&tables.switching_sic));
    let rating_w: f64 = axles.iter().map(|a| a.rating_w).sum();
    axles.iter().map(|a| a.rating_w * ((1.0 - a.carbide) * igbt + a.carbide * sic)).sum::<f64>() * peak_power_w / rating_w
}

/// Loss polynomial in W of some axles that carry the whole load, in shares of the car's peak torque.
fn losses(axles: &[&Axle], peak_power_w: f64, tables: &DriveTables, draw: &Draw<'_>) -> [f64; LOSS_TERMS] {
    let rating_w: f64 = axles.iter().map(|a| a.rating_w).sum();
    let scale = draw.of(&tables.loss_scale);
    let standing = [draw.of(&tables.standing_share_igbt), draw.of(&tables.standing_share_sic)];
    let mut sum = [0.0; LOSS_TERMS];
    for axle in axles {
        sum[0] += axle.rating_w * ((1.0 - axle.carbide) * standing[0] + axle.carbide * standing[1]);
        for (kind, share) in &axle.kinds {
            let machine = tables.machine(*kind);
            for (at, term) in sum.iter_mut().enumerate() {
                let per_rating = (1.0 - axle.carbide) * draw.of(&machine.igbt[at]) + axle.carbide * draw.of(&machine.sic[at]);
                *term += axle.rating_w * share * scale * per_rating;
            }
        }
    }
    // The polynomial counts torque in shares of the rating; the kernel in shares of the car's peak.
    let share = peak_power_w / rating_w;
    sum[3] *= share;
    sum[4] *= share;
    sum[5] *= share * share;
    sum
}
