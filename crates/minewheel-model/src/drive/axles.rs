//! The machines of a car by axle: what the design says of them, else what is known of the model, else what is usual.
//!
//! ```text
//! P(x, y) = Σ_axles P_i·(s_i + Σ_kinds share·k(x, y))        torque in shares of the car's peak
//! ```
//!
//! All axles act as one polynomial, and those that cannot rest as another: the kernel takes the better one. Shares of kinds of
//! machines and of silicon carbide are fractions only where a car is not known; then the polynomial is the mean of the odds.

use minewheel_data::car::{CarClass, CarDesign, DrivenWheels, MotorDesign, Topology};
use minewheel_data::row::Draw;
use minewheel_data::units::Power;

use super::models::{self, ModelAxle};
use super::road_load::check;
use super::tables::{ClassDefaults, LOSS_TERMS};
use super::{Defaulted, DriveError, DriveTables, Masses, or_default};

/// Axle ratios below this are those of the final stage alone, not of the whole reduction.
const LOWEST_WHOLE_RATIO: f64 = 6.0;

/// The machines of a car as the kernel wants them.
pub(super) struct Drive {
    pub peak_power_w: f64,
    pub base_speed_m_s: f64,
    pub loss_w: [f64; LOSS_TERMS],
    pub main_loss_w: [f64; LOSS_TERMS],
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
    class: CarClass,
    masses: &Masses,
    tables: &DriveTables,
    draw: &Draw<'_>,
    defaulted: &mut Vec<Defaulted>,
) -> Result<Drive, DriveError> {
    let class = tables.class(class);
    let model = known_model(design, tables);
    let nothing = [MotorDesign::default()];
    let motors = if design.motors.is_empty() { &nothing[..] } else { &design.motors[..] };
    let powers_w = powers(design, motors, model.as_deref(), class, masses, draw, defaulted)?;
    let peak_power_w: f64 = powers_w.iter().sum();
    let base_rad_s = draw.of(&tables.base_speed_rad_s);
    let mut base_speed_m_s = 0.0;
    for (motor, power_w) in motors.iter().zip(&powers_w) {
        let ratio = ratio(design, motor, tables, draw, defaulted)?;
        base_speed_m_s += power_w / peak_power_w * base_rad_s / ratio * draw.of(&class.wheel_radius_m);
    }
    let axles = axles(design, motors, &powers_w, model.as_deref(), tables, draw, defaulted);
    let resting_share = axles.iter().map(|a| a.rests).fold(0.0, f64::max);
    let mut main: Vec<&Axle> = axles.iter().filter(|a| a.rests <= 0.0).collect();
    if main.is_empty() {
        main.extend(axles.iter().max_by(|a, b| a.rating_w.total_cmp(&b.rating_w)));
    }
    let main_share = main.iter().map(|a| a.rating_w).sum::<f64>() / peak_power_w;
    let all: Vec<&Axle> = axles.iter().collect();
    Ok(Drive {
        peak_power_w,
        base_speed_m_s,
        loss_w: losses(&all, peak_power_w, tables, draw),
        main_loss_w: losses(&main, peak_power_w, tables, draw),
        main_share,
        resting_share: if axles.len() > 1 { resting_share } else { 0.0 },
    })
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

/// Peak power of each machine of the design in W.
fn powers(
    design: &CarDesign,
    motors: &[MotorDesign],
    model: Option<&[&ModelAxle]>,
    class: &ClassDefaults,
    masses: &Masses,
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
            // What the model or the class would have in all, less what is known, in equal parts.
            let (whole, rows) = match (installed, model) {
                (Some(kw), Some(axles)) => (Power::from_kw(kw).w(), axles.iter().map(|a| a.row).collect()),
                _ => (draw.of(&class.power_w_per_kg) * masses.kerb_mass_kg, vec![class.power_w_per_kg.row]),
            };
            let part = (whole - known_w).max(0.25 * whole) / unknown as f64;
            defaulted.push(Defaulted { field: "motor.peak_power_kw", value: Power::from_w(part).kw(), rows });
            part
        };
        check(design, "motor.peak_power_kw", Power::from_w(power_w).kw(), 0.5, 3000.0, "0.5 to 3000 kW")?;
        powers_w.push(power_w);
    }
    Ok(powers_w)
}

/// Turns of the machine per turn of the wheel.
fn ratio(design: &CarDesign, motor: &MotorDesign, tables: &DriveTables, draw: &Draw<'_>, defaulted: &mut Vec<Defaulted>) -> Result<f64, DriveError> {
    let given = motor.final_drive_ratio.as_ref().map(|v| draw.of(v));
    if let Some(ratio) = given {
        check(design, "motor.final_drive_ratio", ratio, 0.5, 40.0, "0.5 to 40")?;
        if ratio >= LOWEST_WHOLE_RATIO {
            return Ok(ratio);
        }
    }
    let ratio = or_default(None, &tables.gear_ratio, "motor.final_drive_ratio", draw, defaulted);
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
        let installed_kw: Option<f64> = axles.iter().map(|a| a.peak_power_kw).sum();
        let known: Vec<Axle> = axles
            .iter()
            .map(|axle| {
                let share = match (axle.peak_power_kw, installed_kw) {
                    (Some(kw), Some(all)) if all > 0.0 => kw / all,
                    _ => 1.0 / axles.len() as f64,
                };
                // The pack may hold the car below what its machines could: they lose by what they are.
                let installed_w = axle.peak_power_kw.map_or(0.0, |kw| Power::from_kw(kw).w());
                Axle {
                    rating_w: installed_w.max(whole_w * share),
                    kinds: vec![(axle.topology, 1.0)],
                    carbide: axle.is_carbide.map_or(usual_carbide, |c| f64::from(u8::from(c))),
                    rests: if axles.len() > 1 { axle.can_rest.map_or(usual_rest, |r| f64::from(u8::from(r))) } else { 0.0 },
                }
            })
            .collect();
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
