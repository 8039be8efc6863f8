//! Engines and hybrids: from the force at the wheel to litres of fuel.
//!
//! ```text
//! Willans      P_fuel = (P_b + p_f·V_d·n/2) / e          (four-stroke; n in revolutions per second)
//! cut-off      P_fuel = 0 while the car drives the engine
//! hybrid       engine on above P_on at its efficiency there; below, the battery drives and is paid back at
//!              η_on = e·p_m/(p_m + p_f) over the electric path
//! scale        κ = certified / computed on the certificate's own cycle, one number a car
//! ```
//!
//! | symbol | meaning                                  | unit | from                 |
//! |--------|------------------------------------------|------|----------------------|
//! | `e`    | indicated efficiency (slope)             | –    | `drive.csv` by fuel  |
//! | `p_f`  | friction mean pressure                   | Pa   | `drive.csv` by fuel  |
//! | `V_d`  | displacement                             | m³   | car file, else power |
//! | `p_m`  | mean pressure at which a hybrid's engine runs | Pa | `drive.csv`       |
//!
//! Source: Guzzella & Onder 2010, Willans approximation. Engine speed follows a straight line in vehicle speed instead
//! of gears; the fit on the car's own certificate absorbs what that leaves out, cold start included. So the figure on
//! the certificate's cycle is given, not predicted; figures on other cycles are predicted.

use minewheel_data::car::{CarDesign, CertifiedCycle, Fuel, Powertrain};
use minewheel_data::row::Draw;
use minewheel_data::units::{Length, Power, Speed, Volume};

use super::electric::class_of;
use super::road_load::check;
use super::{
    CertificationTraces, Conditions, CycleResult, Defaulted, DriveError, DriveTables, ElectricCar, Masses, RoadLoad, Trace, Use, drive, or_default,
};

/// Range of the scale within which a certificate is believed.
const SCALE_RANGE: (f64, f64) = (0.5, 1.8);
/// Speed in m/s above which fuel is cut while the car drives the engine.
const CUT_OFF_M_S: f64 = 4.0;

/// Numbers of a hybrid's electric help.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Hybrid {
    on_w: f64,
    on_efficiency: f64,
    regeneration: f64,
    path: f64,
}

/// A car with an engine as numbers, ready for the kernel. All SI.
#[derive(Debug, Clone, PartialEq)]
pub struct CombustionCar {
    /// Test mass in kg.
    pub mass_kg: f64,
    rotating_share: f64,
    /// Resistance at the reference temperature.
    pub road_load: RoadLoad,
    /// Its fuel.
    pub fuel: Fuel,
    /// Rated power in W.
    pub peak_power_w: f64,
    /// Displacement in m³.
    pub displacement_m3: f64,
    indicated_efficiency: f64,
    /// Friction energy per radian in J.
    friction_j_per_rad: f64,
    idle_rad_s: f64,
    lowest_rad_s: f64,
    rad_per_m: f64,
    gearbox: f64,
    auxiliary_w: f64,
    hybrid: Option<Hybrid>,
    energy_j_per_l: f64,
    tyre_change_per_k: f64,
    reference_c: f64,
    real_world_c: f64,
    gap: f64,
    /// Certified over computed consumption on the certificate's cycle; 1 without a certificate.
    pub scale: f64,
    /// Electric share of a plug-in hybrid's distance; nought for others.
    pub utility_factor: f64,
    /// Fields that the design did not give.
    pub defaulted: Vec<Defaulted>,
}

/// What an engine used on a cycle.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct FuelResult {
    /// Distance of the trace.
    pub distance_km: f64,
    /// Fuel, with the battery's charge kept.
    pub fuel_l_per_100km: f64,
    /// The same as energy (lower heating value).
    pub fuel_mj_per_km: f64,
    /// Positive work asked at the wheels.
    pub wheel_positive_wh_per_km: f64,
    /// Braking work at the wheels, as a positive number.
    pub wheel_negative_wh_per_km: f64,
    /// Time in which the engine could not follow.
    pub missed_trace_s: f64,
    /// Ambient temperature used.
    pub ambient_c: f64,
}

impl CombustionCar {
    /// The same car so much heavier (lighter, if negative), in kg: inertia and rolling resistance follow the mass. The scale
    /// stays that of the certificate, which was given for the car as it was.
    #[must_use]
    pub fn heavier_by(mut self, change_kg: f64) -> Self {
        self.road_load = self.road_load.heavier_by(change_kg, self.mass_kg);
        self.mass_kg += change_kg;
        self
    }
}

/// Builds the numbers of a car with an engine for one draw, and scales them on its certificate.
///
/// # Errors
/// The design has no engine, a number outside what a car can have, or a certificate no such engine reaches.
pub fn combustion_car(
    design: &CarDesign,
    masses: &Masses,
    tables: &DriveTables,
    traces: &CertificationTraces,
    draw: &Draw<'_>,
) -> Result<CombustionCar, DriveError> {
    let of = |value| draw.of(value);
    let mut defaulted = Vec::new();
    let Some(engine) = &design.engine else {
        return Err(DriveError::Missing { car: design.id.clone(), section: "engine", powertrain: design.powertrain.word() });
    };
    let class = class_of(design, masses, tables, &mut defaulted);
    let road_load = RoadLoad::of(design, class, masses, tables, draw, &mut defaulted)?;
    let peak_power_w = match &engine.peak_power_kw {
        Some(power) => Power::from_kw(of(power)).w(),
        None => or_default(None, &tables.class(class).power_w_per_kg, "engine.peak_power_kw", draw, &mut defaulted) * masses.kerb_mass_kg,
    };
    check(design, "engine.peak_power_kw", Power::from_w(peak_power_w).kw(), 2.0, 2000.0, "2 to 2000 kW")?;
    let displacement_m3 = match &engine.displacement_l {
        Some(displacement) => Volume::from_l(of(displacement)).m3(),
        None => peak_power_w / or_default(None, &tables.power_w_per_m3, "engine.displacement_l", draw, &mut defaulted),
    };
    check(design, "engine.displacement_l", Volume::from_m3(displacement_m3).l(), 0.05, 20.0, "0.05 to 20 l")?;
    let fuel = tables.engine(engine.fuel);
    let (indicated_efficiency, friction_pa) = (of(&fuel.indicated_efficiency).min(0.6), of(&fuel.friction_pa));
    // One working stroke in two turns.
    let j_per_rad = displacement_m3 / (2.0 * std::f64::consts::TAU);
    let lowest_rad_s = of(&tables.lowest_engine_rad_s);
    let is_hybrid = matches!(design.powertrain, Powertrain::Hev | Powertrain::Phev);
    let hybrid = is_hybrid.then(|| {
        let pressure_pa = of(&tables.hybrid_load_share) * of(&tables.full_load_pa);
        Hybrid {
            on_w: (pressure_pa * j_per_rad * lowest_rad_s).min(peak_power_w),
            on_efficiency: indicated_efficiency * pressure_pa / (pressure_pa + friction_pa),
            regeneration: of(&tables.hybrid_regeneration).min(1.0),
            path: of(&tables.hybrid_path).min(1.0),
        }
    });
    let is_plug_in = design.powertrain == Powertrain::Phev;
    let utility_factor = if is_plug_in {
        or_default(design.usage.utility_factor.as_ref(), &tables.utility_factor, "use.utility_factor", draw, &mut defaulted)
    } else {
        0.0
    };
    check(design, "use.utility_factor", utility_factor, 0.0, 1.0, "0 to 1")?;
    let mut car = CombustionCar {
        mass_kg: masses.test_mass_kg,
        rotating_share: of(&tables.rotating_share),
        road_load,
        fuel: engine.fuel,
        peak_power_w,
        displacement_m3,
        indicated_efficiency,
        friction_j_per_rad: friction_pa * j_per_rad,
        idle_rad_s: of(&tables.idle_rad_s),
        lowest_rad_s,
        rad_per_m: of(&tables.engine_rad_s_at_100) / Speed::from_km_h(100.0).m_s(),
        gearbox: of(&tables.gearbox_efficiency).min(1.0),
        auxiliary_w: of(&tables.engine_auxiliary_w),
        hybrid,
        energy_j_per_l: of(&fuel.energy_j_per_l),
        tyre_change_per_k: of(&tables.tyre_change_per_k),
        reference_c: of(&tables.reference_c),
        real_world_c: of(&tables.real_world_c),
        gap: of(&fuel.real_world_gap),
        scale: 1.0,
        utility_factor,
        defaulted,
    };
    if let Some(certified) = &engine.certified_l_per_100km {
        let certified = of(certified);
        let computed = certificate(&car, engine.certified_cycle, tables, traces, draw);
        car.scale = certified / computed;
        if !(SCALE_RANGE.0..=SCALE_RANGE.1).contains(&car.scale) {
            return Err(DriveError::Certificate { car: design.id.clone(), certified, computed });
        }
    } else {
        car.defaulted.push(Defaulted { field: "engine.certified_l_per_100km", value: f64::NAN, rows: vec![fuel.indicated_efficiency.row] });
    }
    Ok(car)
}

/// Consumption that the unscaled model finds on a certificate's cycle.
fn certificate(car: &CombustionCar, cycle: Option<CertifiedCycle>, tables: &DriveTables, traces: &CertificationTraces, draw: &Draw<'_>) -> f64 {
    let on = |trace: &Trace| drive_combustion(car, trace, &Conditions::official()).fuel_l_per_100km;
    match cycle.unwrap_or(CertifiedCycle::Wltp) {
        CertifiedCycle::Wltp | CertifiedCycle::WltcCn => on(&traces.wltp),
        CertifiedCycle::Nedc => on(&traces.nedc),
        CertifiedCycle::Epa => {
            let share = draw.of(&traces.city_share);
            share * on(&traces.udds) / draw.of(&tables.epa_city_fuel) + (1.0 - share) * on(&traces.hwfet) / draw.of(&tables.epa_highway_fuel)
        }
    }
}

/// What a plug-in hybrid used on a cycle, both ways of driving weighed by its utility factor.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PlugInResult {
    /// Electric share of the distance.
    pub utility_factor: f64,
    /// Wall energy over all distance.
    pub wall_wh_per_km: f64,
    /// Fuel over all distance.
    pub fuel_l_per_100km: f64,
    /// Driving on the battery.
    pub electric: CycleResult,
    /// Driving with the battery's charge kept.
    pub sustaining: FuelResult,
}

/// Drives a cycle with a plug-in hybrid: once on the battery, once with its charge kept.
pub fn drive_plug_in(electric: &ElectricCar, fuel: &CombustionCar, trace: &Trace, conditions: &Conditions) -> PlugInResult {
    let (electric, sustaining) = (drive(electric, trace, conditions), drive_combustion(fuel, trace, conditions));
    let utility_factor = fuel.utility_factor;
    PlugInResult {
        utility_factor,
        wall_wh_per_km: utility_factor * electric.wall_wh_per_km,
        fuel_l_per_100km: (1.0 - utility_factor) * sustaining.fuel_l_per_100km,
        electric,
        sustaining,
    }
}

/// Drives a cycle on fuel, the battery (if any) ending as it began.
///
/// A plug-in hybrid's figure is its charge-sustaining one; see [`drive_plug_in`].
pub fn drive_combustion(car: &CombustionCar, trace: &Trace, conditions: &Conditions) -> FuelResult {
    let ambient_c = conditions.ambient_c.unwrap_or(match conditions.usage {
        Use::Official => car.reference_c,
        Use::RealWorld => car.real_world_c,
    });
    let kelvin = minewheel_data::units::ZERO_CELSIUS_K;
    let road = RoadLoad {
        a_n: car.road_load.a_n * (1.0 + car.tyre_change_per_k * (ambient_c - car.reference_c)).max(0.5),
        c_n_per_m2_s2: car.road_load.c_n_per_m2_s2 * (car.reference_c + kelvin) / (ambient_c + kelvin),
        ..car.road_load
    };
    let inertia_kg = car.mass_kg * (1.0 + car.rotating_share);
    let (mut fuel_j, mut owed_j, mut positive, mut negative, mut missed_trace_s) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (speed, acceleration_m_s2, dt) in trace.steps() {
        let wheel_w = if speed > 0.0 { (road.force_n(speed) + inertia_kg * acceleration_m_s2) * speed } else { 0.0 };
        positive += wheel_w.max(0.0) * dt;
        negative -= wheel_w.min(0.0) * dt;
        let wanted_w = wheel_w.max(0.0) / car.gearbox + car.auxiliary_w;
        let brake_w = wanted_w.min(car.peak_power_w);
        if car.hybrid.is_none() && brake_w < wanted_w {
            missed_trace_s += dt;
        }
        let turning = if speed > 0.0 { (car.rad_per_m * speed).max(car.lowest_rad_s) } else { car.idle_rad_s };
        let burnt = |power_w: f64, rad_s: f64| (power_w + car.friction_j_per_rad * rad_s) / car.indicated_efficiency;
        match car.hybrid {
            Some(hybrid) if wheel_w <= 0.0 => owed_j += (car.auxiliary_w + wheel_w * hybrid.regeneration * hybrid.path) * dt,
            Some(hybrid) if wanted_w < hybrid.on_w => owed_j += (wheel_w / hybrid.path + car.auxiliary_w) * dt,
            Some(_) => {
                fuel_j += burnt(brake_w, turning) * dt;
                owed_j += (wanted_w - brake_w) * dt;
            }
            None if wheel_w < 0.0 && speed > CUT_OFF_M_S => {}
            None => fuel_j += burnt(brake_w, if wheel_w > 0.0 { turning } else { car.idle_rad_s }) * dt,
        }
    }
    if let Some(hybrid) = car.hybrid {
        // What the battery gave is paid back by the engine at its good point; what it gained saves such fuel.
        fuel_j += owed_j / (hybrid.on_efficiency * if owed_j > 0.0 { hybrid.path } else { 1.0 });
        fuel_j = fuel_j.max(0.0);
    }
    let gap = match conditions.usage {
        Use::Official => 0.0,
        Use::RealWorld => car.gap,
    };
    let per_m = fuel_j * car.scale * (1.0 + gap) / trace.moments[0];
    let per_km = |energy_j: f64| energy_j / minewheel_data::units::J_PER_WH / trace.distance_km();
    FuelResult {
        distance_km: trace.distance_km(),
        fuel_l_per_100km: per_m / car.energy_j_per_l * Length::from_km(100.0).m(),
        fuel_mj_per_km: minewheel_data::units::Energy::from_j(per_m * Length::from_km(1.0).m()).mj(),
        wheel_positive_wh_per_km: per_km(positive),
        wheel_negative_wh_per_km: per_km(negative),
        missed_trace_s,
        ambient_c,
    }
}
