//! Engines and hybrids: from the force at the wheel to litres of fuel.
//!
//! ```text
//! Willans      P_fuel = (P_b + p_f·V_d·n/2) / e          (four-stroke; n in revolutions per second)
//! cut-off      P_fuel = 0 while the car drives the engine
//! hybrid       engine on above P_on, its transmission holding it at p_m: n = max(n_0, P_b/(p_m·V_d/2)); below, the battery drives
//!              and is paid back at η_on = e·p_m/(p_m + p_f) over the electric path
//! cold start   + w·k_c·V_d·max(0, T_c − T) of fuel, w the share of drives over the cycle that begin cold
//! cold         + P_c·max(0, T_h − T) of fuel while running; of a hybrid, while its engine would rest
//! heat         P_b + P_a·max(0, T − T_a) at the shaft (hybrid: from the battery)
//! traffic      P_fuel(23 °C)·(1 + gap)·P_fuel(T)/P_fuel(T_gap)
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
//! | `k_c`, `T_c` | fuel of a cold start, and where it ends | J/(m³·K), °C | `drive.csv` (fitted) |
//! | `P_c`  | fuel of running in the cold              | W/K  | `drive.csv` (fitted) |
//! | `P_a`  | air conditioning                         | W/K  | `drive.csv`          |
//!
//! Source: Guzzella & Onder 2010, Willans approximation. Engine speed follows a straight line in vehicle speed instead
//! of gears; the scale on the car's own certificate absorbs what that leaves out. So the figure on the certificate's cycle is given, not
//! predicted; figures on other cycles are predicted. Constants are fitted on US certification tests of even model years (FTP, HWFET,
//! US06; FTP at −6.7 °C), and the odd ones say how well: see `docs/model/driving.md`. The gap of traffic was measured in European
//! weather, so only the difference from that is added. Cold tests last half an hour: what an engine takes on a longer drive in the cold is
//! overstated.

use minewheel_data::car::{CarDesign, CertifiedCycle, Fuel, Powertrain};
use minewheel_data::row::Draw;
use minewheel_data::units::{Energy, J_PER_WH, Length, Power, Speed, Volume};

use super::road_load::check;
use super::{CertificationTraces, Conditions, Defaulted, DriveError, DriveTables, Kind, Masses, RoadLoad, Trace, Use, or_default};

/// Range of the scale within which a certificate is believed.
const SCALE_RANGE: (f64, f64) = (0.5, 1.8);
/// Temperatures in K apart that count as the same.
const SAME_WEATHER_K: f64 = 1e-9;

/// Numbers of a hybrid's electric help.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Hybrid {
    on_w: f64,
    on_efficiency: f64,
    /// Torque in J per radian at which the engine is held by its transmission.
    torque_j_per_rad: f64,
    regeneration: f64,
    path: f64,
}

/// What cold and heat add to a drive.
#[derive(Debug, Clone, PartialEq)]
struct Weather {
    /// Fuel in J per K that a start takes below `warm_from_c`.
    start_j_per_k: f64,
    /// Ambient temperature in °C of a start that takes none.
    warm_from_c: f64,
    /// Fuel in W per K below `heating_below_c`: blower, defroster, stiff oil; of a hybrid, an engine that runs for the cabin's heat.
    running_w_per_k: f64,
    heating_below_c: f64,
    /// Air conditioning in W per K above `cooling_above_c`: at the shaft, of a hybrid from its battery.
    cooling_w_per_k: f64,
    cooling_above_c: f64,
    /// Shares of drives over a cycle that begin cold, by its id; others all do.
    cold_starts: Vec<(String, f64)>,
}

impl Weather {
    fn cold_share(&self, cycle: &str) -> f64 {
        self.cold_starts.iter().find(|(id, _)| id == cycle).map_or(1.0, |(_, share)| *share)
    }
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
    /// Speed in m/s above which fuel is cut while the car drives the engine.
    fuel_cut_m_s: f64,
    lowest_rad_s: f64,
    rad_per_m: f64,
    gearbox: f64,
    auxiliary_w: f64,
    hybrid: Option<Hybrid>,
    weather: Weather,
    energy_j_per_l: f64,
    tyre_change_per_k: f64,
    reference_c: f64,
    /// Mean temperature of traffic in °C.
    pub real_world_c: f64,
    gap: f64,
    /// Temperature in °C of the roads on which the gap was measured.
    gap_c: f64,
    /// Certified over computed consumption on the certificate's cycle; 1 without a certificate.
    pub scale: f64,
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
    /// Work at the wheels that it did not do in that time.
    pub missed_wh_per_km: f64,
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

    /// Fuel in l per 100 km and in MJ per km for work in Wh per km at the wheels, done by the engine where a hybrid runs it (at
    /// the efficiency of rated load without one).
    pub(super) fn covering(&self, wheel_wh_per_km: f64, conditions: &Conditions) -> (f64, f64) {
        let efficiency = self.gearbox * self.hybrid.map_or(self.indicated_efficiency, |h| h.on_efficiency);
        let j_per_m = wheel_wh_per_km * J_PER_WH / Length::from_km(1.0).m() / efficiency * self.scale * (1.0 + self.gap_in(conditions));
        (j_per_m / self.energy_j_per_l * Length::from_km(100.0).m(), Energy::from_j(j_per_m * Length::from_km(1.0).m()).mj())
    }

    /// Consumption in traffic over the test's, less one.
    fn gap_in(&self, conditions: &Conditions) -> f64 {
        match conditions.usage {
            Use::Official => 0.0,
            Use::RealWorld => self.gap,
        }
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
    let kind = Kind::of(design, masses, tables);
    let road_load = RoadLoad::of(design, &kind, masses, tables, draw, &mut defaulted)?;
    let peak_power_w = match &engine.peak_power_kw {
        Some(power) => Power::from_kw(of(power)).w(),
        None => kind.or(None, |c| &c.power_w_per_kg, "engine.peak_power_kw", draw, &mut defaulted) * masses.kerb_mass_kg,
    };
    check(design, "engine.peak_power_kw", Power::from_w(peak_power_w).kw(), 2.0, 2000.0, "2 to 2000 kW")?;
    let displacement_m3 = match &engine.displacement_l {
        Some(displacement) => Volume::from_l(of(displacement)).m3(),
        None => peak_power_w / or_default(None, &tables.power_w_per_m3, "engine.displacement_l", draw, &mut defaulted),
    };
    check(design, "engine.displacement_l", Volume::from_m3(displacement_m3).l(), 0.05, 20.0, "0.05 to 20 l")?;
    let fuel = tables.engine(engine.fuel);
    // One working stroke in two turns.
    let j_per_rad = displacement_m3 / (2.0 * std::f64::consts::TAU);
    let is_hybrid = matches!(design.powertrain, Powertrain::Hev | Powertrain::Phev);
    let own = &tables.hybrid;
    // Hybrids run the Atkinson cycle, where they burn petrol.
    let willans = if is_hybrid && engine.fuel == Fuel::Petrol {
        (&own.indicated_efficiency, &own.friction_pa)
    } else {
        (&fuel.indicated_efficiency, &fuel.friction_pa)
    };
    let (indicated_efficiency, friction_pa) = (of(willans.0), of(willans.1));
    let hybrid = is_hybrid.then(|| {
        let pressure_pa = of(&tables.hybrid_load_share) * of(&tables.full_load_pa);
        Hybrid {
            on_w: (pressure_pa * j_per_rad * of(&own.switch_on_rad_s)).min(peak_power_w),
            on_efficiency: indicated_efficiency * pressure_pa / (pressure_pa + friction_pa),
            torque_j_per_rad: pressure_pa * j_per_rad,
            regeneration: of(&tables.hybrid_regeneration).min(1.0),
            path: of(&tables.hybrid_path).min(1.0),
        }
    });
    let cooling_above_c = of(&tables.cooling_above_c);
    let at_shaft = if is_hybrid { 1.0 } else { of(&tables.cooling_at_shaft) };
    let weather = Weather {
        start_j_per_k: of(&tables.cold_start_j_per_m3_k) * displacement_m3,
        warm_from_c: of(&tables.cold_start_below_c),
        running_w_per_k: of(if is_hybrid { &own.cold_running_w_per_k } else { &tables.cold_running_w_per_k }),
        heating_below_c: of(&tables.heating_below_c),
        cooling_w_per_k: at_shaft * of(&tables.cooling_w) / (of(&tables.cooling_at_c) - cooling_above_c),
        cooling_above_c,
        cold_starts: tables.cold_starts.iter().map(|(id, share)| (id.clone(), of(share).clamp(0.0, 1.0))).collect(),
    };
    let (lowest, gearbox, auxiliary) = if is_hybrid {
        (&own.lowest_rad_s, &own.transmission_efficiency, &own.auxiliary_w)
    } else {
        (&tables.lowest_engine_rad_s, &tables.gearbox_efficiency, &tables.engine_auxiliary_w)
    };
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
        fuel_cut_m_s: of(&tables.fuel_cut_m_s),
        lowest_rad_s: of(lowest),
        rad_per_m: of(&tables.engine_rad_s_at_100) / Speed::from_km_h(100.0).m_s(),
        gearbox: of(gearbox).min(1.0),
        auxiliary_w: of(auxiliary),
        hybrid,
        weather,
        energy_j_per_l: of(&fuel.energy_j_per_l),
        tyre_change_per_k: of(&tables.tyre_change_per_k),
        reference_c: of(&tables.reference_c),
        real_world_c: of(tables.real_world_c_of(design)),
        gap: of(&fuel.real_world_gap),
        gap_c: of(&tables.gap_c),
        scale: 1.0,
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

/// Drives a cycle on fuel, the battery (if any) ending as it began.
///
/// A plug-in hybrid's figure is its charge-sustaining one; see [`super::drive_plug_in`].
pub fn drive_combustion(car: &CombustionCar, trace: &Trace, conditions: &Conditions) -> FuelResult {
    let ambient_c = conditions.ambient_c.unwrap_or(match conditions.usage {
        Use::Official => car.reference_c,
        Use::RealWorld => car.real_world_c,
    });
    let there = burn(car, trace, ambient_c);
    // The gap holds the weather of the roads where it was measured: only the difference from them is added.
    let fuel_j = match conditions.usage {
        Use::Official => there.fuel_j,
        Use::RealWorld => {
            let weather = if (ambient_c - car.gap_c).abs() < SAME_WEATHER_K { 1.0 } else { there.fuel_j / burn(car, trace, car.gap_c).fuel_j };
            burn(car, trace, car.reference_c).fuel_j * (1.0 + car.gap) * weather
        }
    };
    let per_m = fuel_j * car.scale / trace.moments[0];
    let per_km = |energy_j: f64| energy_j / J_PER_WH / trace.distance_km();
    FuelResult {
        distance_km: trace.distance_km(),
        fuel_l_per_100km: per_m / car.energy_j_per_l * Length::from_km(100.0).m(),
        fuel_mj_per_km: Energy::from_j(per_m * Length::from_km(1.0).m()).mj(),
        wheel_positive_wh_per_km: per_km(there.positive_j),
        wheel_negative_wh_per_km: per_km(there.negative_j),
        missed_trace_s: there.missed_s,
        missed_wh_per_km: per_km(there.missed_j),
        ambient_c,
    }
}

/// What a drive took.
struct Burnt {
    fuel_j: f64,
    positive_j: f64,
    negative_j: f64,
    missed_s: f64,
    missed_j: f64,
}

/// Drives a cycle at a temperature: unscaled, without the gap.
fn burn(car: &CombustionCar, trace: &Trace, ambient_c: f64) -> Burnt {
    let kelvin = minewheel_data::units::ZERO_CELSIUS_K;
    let road = RoadLoad {
        a_n: car.road_load.a_n * (1.0 + car.tyre_change_per_k * (ambient_c - car.reference_c)).max(0.5),
        c_n_per_m2_s2: car.road_load.c_n_per_m2_s2 * (car.reference_c + kelvin) / (ambient_c + kelvin),
        ..car.road_load
    };
    let weather = &car.weather;
    let auxiliary_w = car.auxiliary_w + weather.cooling_w_per_k * (ambient_c - weather.cooling_above_c).max(0.0);
    let running_w = weather.running_w_per_k * (weather.heating_below_c - ambient_c).max(0.0);
    let inertia_kg = car.mass_kg * (1.0 + car.rotating_share);
    let mut sum = Burnt { fuel_j: 0.0, positive_j: 0.0, negative_j: 0.0, missed_s: 0.0, missed_j: 0.0 };
    let mut owed_j = 0.0;
    for (speed, acceleration_m_s2, dt) in trace.steps() {
        let wheel_w = if speed > 0.0 { (road.force_n(speed) + inertia_kg * acceleration_m_s2) * speed } else { 0.0 };
        sum.positive_j += wheel_w.max(0.0) * dt;
        sum.negative_j -= wheel_w.min(0.0) * dt;
        let wanted_w = wheel_w.max(0.0) / car.gearbox + auxiliary_w;
        let brake_w = wanted_w.min(car.peak_power_w);
        if car.hybrid.is_none() && brake_w < wanted_w {
            sum.missed_s += dt;
            sum.missed_j += (wanted_w - brake_w) * car.gearbox * dt;
        }
        let turning = if speed > 0.0 { (car.rad_per_m * speed).max(car.lowest_rad_s) } else { car.idle_rad_s };
        let burnt = |power_w: f64, rad_s: f64| (power_w + car.friction_j_per_rad * rad_s) / car.indicated_efficiency;
        match car.hybrid {
            Some(hybrid) if wheel_w <= 0.0 => {
                owed_j += (auxiliary_w + wheel_w * hybrid.regeneration * hybrid.path) * dt;
                sum.fuel_j += running_w * dt;
            }
            Some(hybrid) if wanted_w < hybrid.on_w => {
                owed_j += (wheel_w / hybrid.path + auxiliary_w) * dt;
                sum.fuel_j += running_w * dt;
            }
            Some(hybrid) => {
                sum.fuel_j += burnt(brake_w, (brake_w / hybrid.torque_j_per_rad).max(car.lowest_rad_s)) * dt;
                owed_j += (wanted_w - brake_w) * dt;
            }
            None if wheel_w < 0.0 && speed > car.fuel_cut_m_s => sum.fuel_j += running_w * dt,
            None => sum.fuel_j += (burnt(brake_w, if wheel_w > 0.0 { turning } else { car.idle_rad_s }) + running_w) * dt,
        }
    }
    if let Some(hybrid) = car.hybrid {
        // What the battery gave is paid back by the engine at its good point; what it gained saves such fuel.
        sum.fuel_j += owed_j / (hybrid.on_efficiency * if owed_j > 0.0 { hybrid.path } else { 1.0 });
        sum.fuel_j = sum.fuel_j.max(0.0);
    }
    sum.fuel_j += weather.cold_share(trace.id()) * weather.start_j_per_k * (weather.warm_from_c - ambient_c).max(0.0);
    sum
}
