//! Forward performance: what the car can do, not what a trace asks of it.
//!
//! ```text
//! motion       m·(1 + k_rot)·dv/dt = F − R(v) − m·g·sin θ
//! force        F = min(min(1, t/t_r)·F_m(v), F_g)
//! machine      F_m = η_g·min(T-limit, P_pk/v_w, battery),   T-limit = P_pk/v_b
//! battery      F_s·v_w + P_loss(v_w, F_s) + P_aux = P_b,    P_b = E·min(p_max, 0.7·u²/(4·r(T))), below s_l the share λ(s) of it
//! slip         v_w = v·(1 + s_g·F/F_g)
//! grip         front: F_g·(1 + μ·h) = μ·(W·f·cos θ + h·R)     rear: F_g·(1 − μ·h) = μ·(W·(1−f)·cos θ − h·R)
//!              both axles: F_g = μ·W·cos θ
//! top speed    F(v) = R(v), or the limiter of the car
//! gradeability F(v, θ) = R(v) + m·g·sin θ
//! ```
//!
//! | symbol     | meaning                                             | unit  | from                     |
//! |------------|-----------------------------------------------------|-------|--------------------------|
//! | `R`        | road load at the ambient temperature                | N     | [`ElectricCar`]          |
//! | `P_pk, v_b`| peak power; vehicle speed at the machines' base speed | W, m/s | [`ElectricCar`]       |
//! | `p_max, r` | discharge limit; resistance, Arrhenius in T         | 1/s, s| [`ElectricCar`]          |
//! | `μ, s_g`   | grip coefficient, slip at the grip limit            | –     | `drive/performance.csv`  |
//! | `f, h`     | mass share of the front axle; height of the centre of mass over the wheelbase | – | `drive/performance.csv` |
//! | `t_r`      | rise of the force at launch                         | s     | `drive/performance.csv`  |
//!
//! The load that moves from axle to axle is `h·(F − R)`: what accelerates the car and what lifts it up a slope act alike.
//! Integrated by the midpoint rule in steps of 2 ms; halving them moves the time to 100 km/h by less than a millisecond.
//!
//! Source: Guzzella & Onder 2010, chapter 2 (longitudinal dynamics); Mitschke & Wallentowitz, load transfer. Valid for
//! single-speed electric drives on dry asphalt, with machines at their peak rating: a limit of some seconds is not told
//! from one of half an hour, so the power balance overstates what can be held. Machines keep their peak power from the
//! base speed up to any speed; no table knows their highest speed. Both axles are taken to share the force as grip wants it.

use minewheel_data::car::{CarDesign, DrivenWheels, Powertrain};
use minewheel_data::loader::Loader;
use minewheel_data::parameters::Parameters;
use minewheel_data::row::{Draw, Value};
use minewheel_data::units::{Power, STANDARD_GRAVITY_M_S2, Speed, ZERO_CELSIUS_K};

use super::{Defaulted, DriveError, ElectricCar, RoadLoad};

/// Time step in s.
const STEP_S: f64 = 0.002;
/// Time in s after which a speed counts as not reached.
const PATIENCE_S: f64 = 200.0;
/// Acceleration in m/s² below which a car stands still in effect.
const LEAST_ACCELERATION_M_S2: f64 = 1e-4;
/// Rounds in which slip and force settle; each shrinks the change by more than ten.
const SLIP_ROUNDS: usize = 4;
/// Halvings of an interval: beyond the digits of a number.
const HALVINGS: usize = 60;
/// Highest speed in m/s looked at.
const FASTEST_M_S: f64 = 150.0;
/// Speed in m/s that a car must be able to hold to move at all.
const LEAST_SPEED_M_S: f64 = 0.01;
/// Steepest slope in radians looked at.
const STEEPEST_RAD: f64 = 1.4;

/// Why performance was not computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PerformanceError {
    /// The drive train has what the model lacks.
    #[error("performance of car `{car}` is not modelled: its powertrain is {powertrain}, and {why}")]
    NotModelled {
        /// The car.
        car: String,
        /// Its powertrain.
        powertrain: &'static str,
        /// What is missing.
        why: &'static str,
    },
    /// The state of charge leaves the machines nothing.
    #[error("car `{car}`: a state of charge of {soc} is outside 0..=1")]
    Charge {
        /// The car.
        car: String,
        /// The state of charge asked for.
        soc: f64,
    },
    /// The car cannot be driven at all.
    #[error(transparent)]
    Drive(#[from] DriveError),
}

/// Parameters of the forward model.
#[derive(Debug, Clone)]
pub struct PerformanceTables {
    /// Friction of the tyres.
    pub grip: Value,
    /// Slip at the grip limit.
    pub slip: Value,
    /// Mass share of the front axle by driven wheels.
    pub front_mass_share: [(DrivenWheels, Value); 3],
    /// Height of the centre of mass over the wheelbase.
    pub height_over_wheelbase: Value,
    /// Rise of the force at launch in s.
    pub rise_s: Value,
}

impl PerformanceTables {
    /// Reads `drive/performance.csv`.
    ///
    /// # Errors
    /// A parameter is missing or has an unfit unit.
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, DriveError> {
        let table = Parameters::read(loader, "drive/performance.csv");
        let v = |subject: &str, property: &str, unit: &str| table.value(subject, property, unit).map_err(DriveError::from);
        Ok(Self {
            grip: v("tyres", "grip_coefficient", "1")?,
            slip: v("tyres", "slip_at_grip_limit", "1")?,
            front_mass_share: [
                (DrivenWheels::Front, v("chassis", "front_mass_share_front_driven", "1")?),
                (DrivenWheels::Rear, v("chassis", "front_mass_share_rear_driven", "1")?),
                (DrivenWheels::All, v("chassis", "front_mass_share_all_driven", "1")?),
            ],
            height_over_wheelbase: v("chassis", "height_over_wheelbase", "1")?,
            rise_s: v("launch", "force_rise_time", "s")?,
        })
    }
}

/// State in which the car is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Readiness {
    /// State of charge, 0..=1.
    pub soc: f64,
    /// Temperature of air and pack in °C.
    pub ambient_c: f64,
}

/// A car on the test track, as numbers. All SI.
#[derive(Debug, Clone, PartialEq)]
pub struct PerformanceCar {
    inertia_kg: f64,
    weight_n: f64,
    road: RoadLoad,
    gear: f64,
    peak_power_w: f64,
    base_speed_m_s: f64,
    loss_w: [f64; super::tables::LOSS_TERMS],
    weakening_from: f64,
    auxiliary_w: f64,
    battery_w: f64,
    grip: f64,
    slip: f64,
    driven: DrivenWheels,
    front_share: f64,
    height: f64,
    rise_s: f64,
    limiter_m_s: Option<f64>,
    readiness: Readiness,
    /// Fields that the design did not give.
    pub defaulted: Vec<Defaulted>,
}

/// What limits the top speed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TopSpeedLimit {
    /// The car's own limiter, as its design states.
    Limiter,
    /// Power against resistance.
    Power,
}

/// What a car can do.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Performance {
    /// From rest to 50 km/h; null if never reached.
    pub time_0_50_s: Option<f64>,
    /// From rest to 100 km/h; null if never reached.
    pub time_0_100_s: Option<f64>,
    /// From 80 to 120 km/h; null if never reached.
    pub time_80_120_s: Option<f64>,
    /// Distance from rest to 100 km/h.
    pub distance_0_100_m: Option<f64>,
    /// The lower of limiter and power balance. Without a limiter it is only a bound: no table knows how fast the machines may turn.
    pub top_speed_km_h: f64,
    /// Speed at which power meets resistance: a bound of the highest speed. Nought: the car has no power to move.
    pub power_balance_km_h: f64,
    /// The limiter, if the design gives one; null: `top_speed_km_h` is the bound of the power balance.
    pub limiter_km_h: Option<f64>,
    /// Which of the two holds.
    pub top_speed_limited_by: TopSpeedLimit,
    /// Slope on which the car can start, in per cent.
    pub gradeability_start_percent: f64,
    /// Slope that it climbs at 50 km/h.
    pub gradeability_50_km_h_percent: Option<f64>,
    /// Slope that it climbs at 100 km/h.
    pub gradeability_100_km_h_percent: Option<f64>,
    /// Force at the wheels from rest, at full torque.
    pub peak_wheel_force_n: f64,
    /// Acceleration from rest.
    pub launch_acceleration_m_s2: f64,
    /// Speed up to which grip, not torque, is the limit; null if it never is.
    pub grip_limited_below_km_h: Option<f64>,
    /// Highest power at the wheels.
    pub peak_wheel_power_kw: f64,
    /// Whether the pack, not the machines, limits the power.
    pub limited_by_battery: bool,
    /// State of charge.
    pub soc: f64,
    /// Temperature of air and pack.
    pub ambient_c: f64,
}

/// Builds the numbers of a battery-electric car on the test track.
///
/// # Errors
/// The powertrain is not modelled forward, or the state of charge is no share.
pub fn performance_car(
    design: &CarDesign,
    car: &ElectricCar,
    tables: &PerformanceTables,
    readiness: Readiness,
    draw: &Draw<'_>,
) -> Result<PerformanceCar, PerformanceError> {
    only_battery(design)?;
    if !(0.0..=1.0).contains(&readiness.soc) {
        return Err(PerformanceError::Charge { car: design.id.clone(), soc: readiness.soc });
    }
    let mut defaulted = car.defaulted.clone();
    let driven = design.driven_wheels.unwrap_or_else(|| {
        defaulted.push(Defaulted { field: "car.driven_wheels", value: f64::NAN, rows: vec![tables.front_mass_share[0].1.row] });
        DrivenWheels::Front
    });
    let front_share = tables.front_mass_share.iter().find(|(wheels, _)| *wheels == driven).map_or(0.5, |(_, v)| draw.of(v));
    let (reference_k, ambient_k) = (car.reference_c + ZERO_CELSIUS_K, readiness.ambient_c + ZERO_CELSIUS_K);
    let tyre = (1.0 + car.tyre_change_per_k * (readiness.ambient_c - car.reference_c)).max(0.5);
    let at = readiness.soc * (car.relative_ocv.len() - 1) as f64;
    let below = (at.floor() as usize).min(car.relative_ocv.len() - 2);
    let voltage = car.relative_ocv[below] + (at - below as f64) * (car.relative_ocv[below + 1] - car.relative_ocv[below]);
    let resistance_s = car.resistance_s * (car.resistance_temperature_k * (1.0 / ambient_k - 1.0 / reference_k)).exp();
    let by_resistance = car.resistance_limit_share * voltage * voltage / (4.0 * resistance_s);
    let left = power_left(car, readiness.soc);
    let full_w = car.gross_energy_j * car.battery_limits_per_s.0.min(by_resistance);
    // A car that saves its last charge does so at the pack: less than all its machines ask for, not less than the pack could give.
    let battery_w = if left < 1.0 { left * full_w.min(car.peak_power_w) } else { full_w };
    Ok(PerformanceCar {
        inertia_kg: car.mass_kg * (1.0 + car.rotating_share),
        weight_n: car.mass_kg * STANDARD_GRAVITY_M_S2,
        road: RoadLoad {
            a_n: car.road_load.a_n * tyre,
            b_n_per_m_s: car.road_load.b_n_per_m_s,
            c_n_per_m2_s2: car.road_load.c_n_per_m2_s2 * reference_k / ambient_k,
        },
        gear: car.gear_efficiency,
        peak_power_w: car.peak_power_w,
        base_speed_m_s: car.base_speed_m_s,
        loss_w: car.loss_w,
        weakening_from: car.weakening_from * voltage,
        auxiliary_w: car.standing_w,
        battery_w,
        grip: draw.of(&tables.grip),
        slip: draw.of(&tables.slip).max(0.0),
        driven,
        front_share: front_share.clamp(0.0, 1.0),
        height: draw.of(&tables.height_over_wheelbase),
        rise_s: draw.of(&tables.rise_s).max(0.0),
        limiter_m_s: car.top_speed_m_s,
        readiness,
        defaulted,
    })
}

/// Share of full power that is left at a state of charge, as in [`super::electric`]; nought when empty.
fn power_left(car: &ElectricCar, soc: f64) -> f64 {
    let (from, least) = car.low_charge;
    if soc > 0.0 { least + (1.0 - least) * (soc / from.max(1e-9)).min(1.0) } else { 0.0 }
}

/// Refuses powertrains whose forward model would need what no table has.
///
/// # Errors
/// The powertrain is not modelled forward; the error says what is missing.
pub fn only_battery(design: &CarDesign) -> Result<(), PerformanceError> {
    let why = match design.powertrain {
        Powertrain::Bev => return Ok(()),
        Powertrain::Phev | Powertrain::Hev => "how engine and machines share the work at full load is not known",
        Powertrain::IcevPetrol | Powertrain::IcevDiesel => "gears, shift times and full-load curves of engines are in no table",
    };
    Err(PerformanceError::NotModelled { car: design.id.clone(), powertrain: design.powertrain.word(), why })
}

impl PerformanceCar {
    /// Force in N that grip allows at a resistance and slope.
    fn grip_n(&self, resistance_n: f64, slope_rad: f64) -> f64 {
        let (mu, h, weight) = (self.grip, self.height, self.weight_n * slope_rad.cos());
        let force = match self.driven {
            DrivenWheels::Front => mu * (weight * self.front_share + h * resistance_n) / (1.0 + mu * h),
            DrivenWheels::Rear => mu * (weight * (1.0 - self.front_share) - h * resistance_n) / (1.0 - mu * h).max(0.1),
            DrivenWheels::All => mu * weight,
        };
        // No axle can carry more than the whole car.
        force.clamp(0.0, mu * weight)
    }

    /// Force in N at the wheels when the machines turn as at a wheel speed.
    fn machine_n(&self, wheel_m_s: f64) -> f64 {
        let peak_n = self.peak_power_w / self.base_speed_m_s;
        let x = wheel_m_s / self.base_speed_m_s;
        let k = &self.loss_w;
        // The share of peak torque at which shaft, losses and accessories take all that the pack gives: a quadratic.
        let (square, linear) = (k[5], peak_n * wheel_m_s + k[3] + k[4] * x);
        let over = (x - self.weakening_from).max(0.0);
        let free = self.battery_w - self.auxiliary_w - (k[0] + x * (k[1] + x * k[2]) + over * over * k[6]);
        let by_battery = if free <= 0.0 { 0.0 } else { 2.0 * free / (linear + (linear * linear + 4.0 * square * free).max(0.0).sqrt()) };
        let by_power = if wheel_m_s > 0.0 { self.base_speed_m_s / wheel_m_s } else { 1.0 };
        self.gear * peak_n * by_battery.min(by_power).clamp(0.0, 1.0)
    }

    /// Force in N at the wheels, slip included, and whether grip is the limit.
    fn force_n(&self, speed_m_s: f64, slope_rad: f64) -> (f64, bool) {
        let grip_n = self.grip_n(self.road.force_n(speed_m_s), slope_rad);
        let mut force_n = self.machine_n(speed_m_s).min(grip_n);
        for _ in 0..SLIP_ROUNDS {
            let slip = if grip_n > 0.0 { self.slip * force_n / grip_n } else { 0.0 };
            force_n = self.machine_n(speed_m_s * (1.0 + slip)).min(grip_n);
        }
        (force_n, force_n >= grip_n)
    }

    fn acceleration_m_s2(&self, speed_m_s: f64, time_s: f64) -> f64 {
        let rise = if self.rise_s > 0.0 { (time_s / self.rise_s).min(1.0) } else { 1.0 };
        let (force_n, _) = self.force_n(speed_m_s, 0.0);
        (force_n * rise - if speed_m_s > 0.0 { self.road.force_n(speed_m_s) } else { 0.0 }) / self.inertia_kg
    }

    /// Time in s and distance in m from one speed to another with a time step, if the car gets there.
    fn sprint(&self, from: Speed, to: Speed, step_s: f64) -> Option<(f64, f64)> {
        if self.limiter_m_s.is_some_and(|limit| limit < to.m_s()) {
            return None;
        }
        let (mut time_s, mut speed, mut distance_m) = (0.0, from.m_s(), 0.0);
        while time_s < PATIENCE_S {
            let half = (speed + 0.5 * step_s * self.acceleration_m_s2(speed, time_s)).max(0.0);
            let acceleration = self.acceleration_m_s2(half, time_s + 0.5 * step_s);
            if acceleration < LEAST_ACCELERATION_M_S2 && time_s > self.rise_s {
                return None;
            }
            let next = (speed + step_s * acceleration).max(0.0);
            if next >= to.m_s() {
                let part = step_s * (to.m_s() - speed) / (next - speed);
                return Some((time_s + part, distance_m + 0.5 * (speed + to.m_s()) * part));
            }
            distance_m += 0.5 * (speed + next) * step_s;
            speed = next;
            time_s += step_s;
        }
        None
    }

    /// Speed in m/s at which force meets resistance.
    fn balance_m_s(&self) -> f64 {
        let surplus = |speed: f64| self.force_n(speed, 0.0).0 - self.road.force_n(speed);
        let (mut low, mut high) = (0.0, FASTEST_M_S);
        if surplus(high) > 0.0 {
            return high;
        }
        if surplus(LEAST_SPEED_M_S) <= 0.0 {
            return 0.0;
        }
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if surplus(middle) > 0.0 { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    }

    /// Slope in per cent that the car climbs at a speed; `None` above its limiter.
    fn grade_percent(&self, speed: Speed) -> Option<f64> {
        if self.limiter_m_s.is_some_and(|limit| limit < speed.m_s()) {
            return None;
        }
        let resistance_n = self.road.force_n(speed.m_s());
        let surplus = |slope: f64| self.force_n(speed.m_s(), slope).0 - resistance_n - self.weight_n * slope.sin();
        if surplus(0.0) <= 0.0 {
            return Some(0.0);
        }
        let (mut low, mut high) = (0.0, STEEPEST_RAD);
        for _ in 0..HALVINGS {
            let middle = 0.5 * (low + high);
            if surplus(middle) > 0.0 { low = middle } else { high = middle }
        }
        // Percentages are for people.
        Some(100.0 * (0.5 * (low + high)).tan())
    }
}

/// What a car can do.
pub fn performance(car: &PerformanceCar) -> Performance {
    let km_h = Speed::from_km_h;
    let sprint = |from: f64, to: f64| car.sprint(km_h(from), km_h(to), STEP_S);
    let to_100 = sprint(0.0, 100.0);
    let balance_m_s = car.balance_m_s();
    let (top_m_s, limit) = match car.limiter_m_s {
        Some(limiter) if limiter < balance_m_s => (limiter, TopSpeedLimit::Limiter),
        _ => (balance_m_s, TopSpeedLimit::Power),
    };
    let (launch_n, spins) = car.force_n(0.0, 0.0);
    let steps = 2000;
    let speeds = (0..=steps).map(|at| balance_m_s * f64::from(at) / f64::from(steps));
    let peak_wheel_w = speeds.clone().map(|v| v * car.force_n(v, 0.0).0).fold(0.0, f64::max);
    let grip_limited = spins.then(|| speeds.take_while(|v| car.force_n(*v, 0.0).1).last().unwrap_or(0.0));
    let at_full_power = car.machine_n(car.base_speed_m_s);
    Performance {
        time_0_50_s: sprint(0.0, 50.0).map(|s| s.0),
        time_0_100_s: to_100.map(|s| s.0),
        time_80_120_s: sprint(80.0, 120.0).map(|s| s.0),
        distance_0_100_m: to_100.map(|s| s.1),
        top_speed_km_h: Speed::from_m_s(top_m_s).km_h(),
        power_balance_km_h: Speed::from_m_s(balance_m_s).km_h(),
        limiter_km_h: car.limiter_m_s.map(|v| Speed::from_m_s(v).km_h()),
        top_speed_limited_by: limit,
        gradeability_start_percent: car.grade_percent(Speed::from_m_s(0.0)).unwrap_or(0.0),
        gradeability_50_km_h_percent: car.grade_percent(km_h(50.0)),
        gradeability_100_km_h_percent: car.grade_percent(km_h(100.0)),
        peak_wheel_force_n: car.machine_n(0.0),
        launch_acceleration_m_s2: launch_n / car.inertia_kg,
        grip_limited_below_km_h: grip_limited.map(|v| Speed::from_m_s(v).km_h()),
        peak_wheel_power_kw: Power::from_w(peak_wheel_w).kw(),
        limited_by_battery: at_full_power < car.gear * car.peak_power_w / car.base_speed_m_s * (1.0 - 1e-9),
        soc: car.readiness.soc,
        ambient_c: car.readiness.ambient_c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A car without drag, slip, losses or a ramp, and with all the grip in the world.
    fn bare(power_w: f64, base_speed_m_s: f64) -> PerformanceCar {
        PerformanceCar {
            inertia_kg: 1500.0,
            weight_n: 1500.0 * STANDARD_GRAVITY_M_S2,
            road: RoadLoad { a_n: 0.0, b_n_per_m_s: 0.0, c_n_per_m2_s2: 0.0 },
            gear: 1.0,
            peak_power_w: power_w,
            base_speed_m_s,
            loss_w: [0.0; super::super::tables::LOSS_TERMS],
            weakening_from: 1.0,
            auxiliary_w: 0.0,
            battery_w: 1e9,
            grip: 100.0,
            slip: 0.0,
            driven: DrivenWheels::All,
            front_share: 0.5,
            height: 0.2,
            rise_s: 0.0,
            limiter_m_s: None,
            readiness: Readiness { soc: 0.8, ambient_c: 23.0 },
            defaulted: Vec::new(),
        }
    }

    fn real() -> PerformanceCar {
        PerformanceCar {
            road: RoadLoad { a_n: 130.0, b_n_per_m_s: 0.0, c_n_per_m2_s2: 0.42 },
            gear: 0.97,
            grip: 0.95,
            slip: 0.08,
            driven: DrivenWheels::Front,
            front_share: 0.57,
            rise_s: 0.2,
            ..bare(150e3, 12.0)
        }
    }

    #[test]
    fn without_drag_the_sprint_is_the_closed_form() {
        // Constant force up to v_b, constant power above: t = m·v_b²/P + m·(v² − v_b²)/(2P), whatever the mass share.
        let (power, base, mass) = (150e3, 12.0, 1500.0);
        let car = bare(power, base);
        let v = Speed::from_km_h(100.0).m_s();
        let wanted = mass * base * base / power + mass * (v * v - base * base) / (2.0 * power);
        let found = performance(&car).time_0_100_s.unwrap();
        assert!((found / wanted - 1.0).abs() < 1e-6, "{found} against {wanted}");
    }

    #[test]
    fn halving_the_step_changes_nothing_that_is_printed() {
        let car = real();
        let time = |step| car.sprint(Speed::from_km_h(0.0), Speed::from_km_h(100.0), step).unwrap().0;
        assert!((time(STEP_S) - time(0.5 * STEP_S)).abs() < 1e-3);
        // Second order where the force is smooth; the ramp and the base speed are corners.
        assert!((time(8.0 * STEP_S) - time(STEP_S)).abs() < 1e-2);
    }

    #[test]
    fn at_top_speed_power_is_spent_on_resistance() {
        let car = PerformanceCar { slip: 0.0, ..real() };
        let v = Speed::from_km_h(performance(&car).power_balance_km_h).m_s();
        assert!((car.road.force_n(v) * v / (0.97 * 150e3) - 1.0).abs() < 1e-9);
        let limited = PerformanceCar { limiter_m_s: Some(v - 5.0), ..car.clone() };
        assert_eq!(performance(&limited).top_speed_limited_by, TopSpeedLimit::Limiter);
        assert!((Speed::from_km_h(performance(&limited).top_speed_km_h).m_s() - (v - 5.0)).abs() < 1e-9);
        assert_eq!(performance(&PerformanceCar { limiter_m_s: Some(25.0), ..car }).time_0_100_s, None);
    }

    #[test]
    fn the_steepest_start_is_where_force_meets_weight() {
        let car = bare(150e3, 12.0);
        // 12.5 kN on 14.7 kN of weight.
        let wanted = 100.0 * (12_500.0_f64 / car.weight_n).asin().tan();
        assert!((performance(&car).gradeability_start_percent / wanted - 1.0).abs() < 1e-9);
        let slippery = PerformanceCar { grip: 0.3, ..car };
        // All wheels: μ·cos θ = sin θ.
        assert!((performance(&slippery).gradeability_start_percent - 30.0).abs() < 1e-6);
    }

    #[test]
    fn load_moves_to_the_rear_axle() {
        let front = real();
        let rear = PerformanceCar { driven: DrivenWheels::Rear, front_share: 0.5, ..front.clone() };
        let even = PerformanceCar { front_share: 0.5, ..front.clone() };
        assert!(rear.grip_n(0.0, 0.0) > even.grip_n(0.0, 0.0));
        // Grip force balances the load it moves: F = μ·(W·f − h·F).
        let force = front.grip_n(0.0, 0.0);
        assert!((force - 0.95 * (front.weight_n * 0.57 - 0.2 * force)).abs() < 1e-6);
        assert!(performance(&front).grip_limited_below_km_h.is_some_and(|v| v > 20.0));
    }

    #[test]
    fn a_weak_pack_a_cold_tyre_and_a_heavier_car_are_slower() {
        let time = |car: &PerformanceCar| performance(car).time_0_100_s.unwrap();
        let car = real();
        assert!(time(&PerformanceCar { battery_w: 90e3, ..car.clone() }) > time(&car));
        assert!(performance(&PerformanceCar { battery_w: 90e3, ..car.clone() }).limited_by_battery);
        assert!(time(&PerformanceCar { grip: 0.5, ..car.clone() }) > time(&car));
        assert!(time(&PerformanceCar { inertia_kg: 1800.0, ..car.clone() }) > time(&car));
        assert!(time(&PerformanceCar { slip: 0.0, ..car.clone() }) < time(&car));
        assert_eq!(performance(&PerformanceCar { battery_w: 0.0, ..car }).time_0_100_s, None);
    }

    #[test]
    fn what_the_battery_gives_is_what_shaft_losses_and_accessories_take() {
        let loss_w = [300.0, 800.0, 400.0, 500.0, 900.0, 6000.0, 700.0];
        let car = PerformanceCar { battery_w: 60e3, loss_w, auxiliary_w: 600.0, ..real() };
        let v = 25.0;
        let shaft_n = car.machine_n(v) / car.gear;
        let (x, y) = (v / car.base_speed_m_s, shaft_n / (car.peak_power_w / car.base_speed_m_s));
        let loss =
            loss_w[0] + x * (loss_w[1] + x * loss_w[2]) + y * (loss_w[3] + x * loss_w[4] + y * loss_w[5]) + (x - 1.0).max(0.0).powi(2) * loss_w[6];
        assert!((shaft_n * v + loss + 600.0 - 60e3).abs() < 1e-6);
    }
}
