//! The electric kernel of [`super::electric`] over any [`Number`]: the same equations, without the ledger.
//!
//! One code serves derivatives ([`super::sensitivity`], dual numbers) and fleets ([`super::batch`], cars side by side).
//! Both are held against [`super::drive`] by tests; the equations, symbols and sources stand there.

use minewheel_data::units::{STANDARD_GRAVITY_M_S2, ZERO_CELSIUS_K};

use super::electric::ambient;
use super::heating::Heating;
use super::number::Number;
use super::tables::{LOSS_TERMS, OCV_POINTS};
use super::trace::{BLOCK, Block};
use super::{Conditions, ElectricCar, Trace, Use};

/// What of a car may vary: in derivatives each is an input.
pub(super) struct Levers<N> {
    /// Test mass in kg.
    pub mass_kg: N,
    /// Constant term of the road load in N, at the reference temperature.
    pub a_n: N,
    /// Quadratic term in N s²/m², at the reference temperature.
    pub c_n_per_m2_s2: N,
    /// Accessories in W.
    pub standing_w: N,
    /// Gear efficiency under load.
    pub gear_efficiency: N,
    /// Ambient temperature in °C.
    pub ambient_c: N,
}

impl Levers<f64> {
    /// Those of a car as it is.
    pub fn of(car: &ElectricCar, conditions: &Conditions) -> Self {
        Self {
            mass_kg: car.mass_kg,
            a_n: car.road_load.a_n,
            c_n_per_m2_s2: car.road_load.c_n_per_m2_s2,
            standing_w: car.standing_w,
            gear_efficiency: car.gear_efficiency,
            ambient_c: ambient(car, conditions),
        }
    }
}

/// Constants of one run, after conditions. Terms of power are in units of `E/(4r)`, in which the battery's current is
/// `i = p/(u + √(u² − p))/(2r)`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<N> {
    /// Constant term, and what the slope adds.
    a_n: N,
    b_n_per_m_s: N,
    c_n_per_m2_s2: N,
    inertia_kg: N,
    gear: N,
    per_gear: N,
    force_limit_n: N,
    braking_limit_n: N,
    /// `4r/E`.
    scale: N,
    per_scale: N,
    /// Share of the power at the terminals that the resistance allows.
    resistance_limit: N,
    /// Loss polynomial in speed and shaft force, accessories included.
    loss: [N; LOSS_TERMS],
    /// Its mixed term with the shaft's own power.
    pull: N,
    /// What it falls by while those axles rest that can, and the shaft force up to which they may.
    saved: [N; LOSS_TERMS],
    resting_below_n: N,
    resting_share: N,
    /// Base speed per speed, and where weakening begins over base speed.
    per_base_speed: N,
    weakening_from: N,
    low_charge_per_soc: N,
    low_charge_power: N,
    regeneration_share: N,
    fade_start_m_s: N,
    per_fade: N,
    auxiliary: N,
    peak_power_w: N,
    generating_limit_w: N,
    discharge_limit_w: N,
    half_per_resistance: N,
    relative_ocv: [N; OCV_POINTS],
    /// Speed from which the machines brake in full, in every lane.
    fade_end_m_s: f64,
    /// Switching loss as `loss[3]`, and what of it resting axles save, at the mean voltage; in proportion to the voltage.
    switching: (N, N),
    /// Speed up to which no machine is weakened, in any lane, at any voltage.
    unweakened_m_s: f64,
    /// Wind against the car, the same in every lane.
    wind_m_s: f64,
    /// Whether no term of the road load is below nought, in every lane.
    is_road_positive: bool,
    /// Whether an axle may rest, in any lane.
    has_resting: bool,
}

impl<N: Number> Run<N> {
    /// A car in its conditions, for a trace of that duration.
    pub fn of(car: &ElectricCar, levers: &Levers<N>, conditions: &Conditions, duration_s: f64) -> Self {
        let (one, zero) = (N::of(1.0), N::of(0.0));
        let ambient_k = levers.ambient_c + N::of(ZERO_CELSIUS_K);
        let reference_k = car.reference_c + ZERO_CELSIUS_K;
        // Heat is in proportion to the cold until its limit, so one kelvin gives the slope.
        let per_kelvin_w = Heating { limit_w: f64::INFINITY, test_limit_w: f64::INFINITY, ..car.heating }.power_w(
            car.heating.below_c - 1.0,
            duration_s,
            conditions.usage,
        );
        let cold_k = (N::of(car.heating.below_c) - levers.ambient_c).larger(zero);
        let heating = (N::of(per_kelvin_w) * cold_k).smaller(N::of(car.heating.limit_w(conditions.usage)));
        let cooling = N::of(car.cooling.0) * (levers.ambient_c - N::of(car.cooling.1)).larger(zero);
        let mass_kg = levers.mass_kg + N::of(conditions.payload_kg);
        let angle = conditions.slope.atan();
        let warm = (one + N::of(car.tyre_change_per_k) * (levers.ambient_c - N::of(car.reference_c))).larger(N::of(0.5));
        let tyres = warm * N::of(conditions.tyre_pressure.powf(car.tyre_pressure_exponent) * angle.cos()) * mass_kg / levers.mass_kg;
        let thinner = (N::of(-STANDARD_GRAVITY_M_S2 * conditions.altitude_m / car.air_gas_constant) / ambient_k).exponential();
        let (acceptance_k, full_k) = car.acceptance_k;
        let accepts = (N::of(acceptance_k) * (N::of(1.0 / full_k) - one / ambient_k)).exponential().smaller(one);
        let force_limit_n = N::of(car.peak_power_w / car.base_speed_m_s);
        let per_base = 1.0 / car.base_speed_m_s;
        let arrhenius = (N::of(car.resistance_temperature_k) * (one / ambient_k - N::of(1.0 / reference_k))).exponential();
        let resistance_s = N::of(car.resistance_s) * arrhenius;
        let scale = N::of(4.0 / car.gross_energy_j) * resistance_s;
        let auxiliary = (levers.standing_w + heating + cooling) * scale;
        // Terms of 1, x, x², y, xy, y² and of weakening, in speed and force instead of their ratios.
        let per_force = car.base_speed_m_s / car.peak_power_w;
        let units = [1.0, per_base, per_base * per_base, per_force, per_force * per_base, per_force * per_force, 1.0];
        let terms = |of: &[f64; LOSS_TERMS]| std::array::from_fn::<N, LOSS_TERMS, _>(|i| N::of(of[i] * units[i]) * scale);
        let mut loss = terms(&car.loss_w);
        let pull = loss[4] + scale;
        loss[0] = loss[0] + auxiliary;
        let slope_n = mass_kg * N::of(STANDARD_GRAVITY_M_S2 * angle.sin());
        let (low_from, low_power) = car.low_charge;
        Self {
            a_n: levers.a_n * tyres + slope_n,
            b_n_per_m_s: N::of(car.road_load.b_n_per_m_s),
            c_n_per_m2_s2: levers.c_n_per_m2_s2 * N::of(reference_k) / ambient_k * thinner,
            inertia_kg: mass_kg + levers.mass_kg * N::of(car.rotating_share),
            gear: levers.gear_efficiency,
            per_gear: one / levers.gear_efficiency,
            force_limit_n,
            braking_limit_n: force_limit_n.smaller(N::of(car.deceleration_limit_m_s2) * mass_kg),
            scale,
            per_scale: one / scale,
            resistance_limit: N::of(car.resistance_limit_share),
            loss,
            pull,
            saved: terms(&std::array::from_fn(|i| car.loss_w[i] - car.main_loss_w[i])),
            resting_below_n: N::of(car.main_share) * force_limit_n,
            resting_share: N::of(car.resting_share),
            per_base_speed: N::of(per_base),
            weakening_from: N::of(car.weakening_from),
            low_charge_per_soc: N::of((1.0 - low_power) / low_from.max(1e-9)),
            low_charge_power: N::of(low_power),
            regeneration_share: N::of(car.regeneration_share),
            fade_start_m_s: N::of(car.fade_m_s.0),
            per_fade: N::of(1.0 / (car.fade_m_s.1 - car.fade_m_s.0).max(1e-3)),
            auxiliary,
            peak_power_w: N::of(car.peak_power_w),
            generating_limit_w: N::of(car.generating_limit_w).smaller(N::of(car.battery_limits_per_s.1 * car.gross_energy_j) * accepts),
            discharge_limit_w: N::of(car.gross_energy_j * car.battery_limits_per_s.0),
            half_per_resistance: N::of(0.5) / resistance_s,
            relative_ocv: car.relative_ocv.map(N::of),
            fade_end_m_s: car.fade_m_s.1.max(car.fade_m_s.0 + 1e-3),
            switching: (N::of(car.switching_w * per_force) * scale, N::of((car.switching_w - car.main_switching_w) * per_force) * scale),
            unweakened_m_s: car.weakening_from * car.base_speed_m_s * car.relative_ocv.iter().copied().fold(f64::INFINITY, f64::min),
            wind_m_s: conditions.headwind_m_s,
            is_road_positive: conditions.slope >= 0.0
                && conditions.headwind_m_s >= 0.0
                && car.road_load.a_n >= 0.0
                && car.road_load.b_n_per_m_s >= 0.0
                && car.road_load.c_n_per_m2_s2 >= 0.0,
            has_resting: car.resting_share > 0.0,
        }
    }

    /// Power with what weakening adds to the loss, and less what resting axles save, at a speed and shaft force.
    #[inline]
    fn corrected(&self, mut p: N, v: f64, speed: N, size_n: N, voltage: N) -> N {
        let zero = N::of(0.0);
        let mut over_square = zero;
        if v > self.unweakened_m_s {
            let over = (speed * self.per_base_speed - self.weakening_from * voltage).larger(zero);
            over_square = over * over;
            p = p + over_square * self.loss[6];
        }
        if self.has_resting {
            let d = &self.saved;
            let linear = d[3] + self.switching.1 * (voltage - N::of(1.0));
            let saved = d[0] + speed * (d[1] + speed * d[2]) + size_n * (linear + speed * d[4] + size_n * d[5]) + over_square * d[6];
            let may_rest = N::of(1.0) - size_n.above(self.resting_below_n);
            p = p - saved.larger(zero) * may_rest * self.resting_share;
        }
        p
    }
}

/// Several runs as one with lanes, field by field; `lanes` fills a number from a field of every run.
pub(super) fn gather<N>(runs: &[Run<f64>], lanes: impl Fn(&dyn Fn(&Run<f64>) -> f64) -> N) -> Run<N> {
    Run {
        a_n: lanes(&|r| r.a_n),
        b_n_per_m_s: lanes(&|r| r.b_n_per_m_s),
        c_n_per_m2_s2: lanes(&|r| r.c_n_per_m2_s2),
        inertia_kg: lanes(&|r| r.inertia_kg),
        gear: lanes(&|r| r.gear),
        per_gear: lanes(&|r| r.per_gear),
        force_limit_n: lanes(&|r| r.force_limit_n),
        braking_limit_n: lanes(&|r| r.braking_limit_n),
        scale: lanes(&|r| r.scale),
        per_scale: lanes(&|r| r.per_scale),
        resistance_limit: lanes(&|r| r.resistance_limit),
        loss: std::array::from_fn(|i| lanes(&|r| r.loss[i])),
        pull: lanes(&|r| r.pull),
        saved: std::array::from_fn(|i| lanes(&|r| r.saved[i])),
        resting_below_n: lanes(&|r| r.resting_below_n),
        resting_share: lanes(&|r| r.resting_share),
        per_base_speed: lanes(&|r| r.per_base_speed),
        weakening_from: lanes(&|r| r.weakening_from),
        low_charge_per_soc: lanes(&|r| r.low_charge_per_soc),
        low_charge_power: lanes(&|r| r.low_charge_power),
        regeneration_share: lanes(&|r| r.regeneration_share),
        fade_start_m_s: lanes(&|r| r.fade_start_m_s),
        per_fade: lanes(&|r| r.per_fade),
        auxiliary: lanes(&|r| r.auxiliary),
        peak_power_w: lanes(&|r| r.peak_power_w),
        generating_limit_w: lanes(&|r| r.generating_limit_w),
        discharge_limit_w: lanes(&|r| r.discharge_limit_w),
        half_per_resistance: lanes(&|r| r.half_per_resistance),
        relative_ocv: std::array::from_fn(|i| lanes(&|r| r.relative_ocv[i])),
        fade_end_m_s: runs.iter().map(|r| r.fade_end_m_s).fold(0.0, f64::max),
        switching: (lanes(&|r| r.switching.0), lanes(&|r| r.switching.1)),
        unweakened_m_s: runs.iter().map(|r| r.unweakened_m_s).fold(f64::INFINITY, f64::min),
        wind_m_s: runs.first().map_or(0.0, |r| r.wind_m_s),
        is_road_positive: runs.iter().all(|r| r.is_road_positive),
        has_resting: runs.iter().any(|r| r.has_resting),
    }
}

/// What a run used.
#[derive(Debug, Clone, Copy)]
pub(super) struct Used<S> {
    /// At the terminals, in J.
    pub terminal_j: S,
    /// From the cells, over gross energy.
    pub drawn_share: S,
    /// Time in which the car could not follow, in s.
    pub missed_s: S,
    /// State of charge at the end.
    pub soc: S,
}

/// Drives a trace from a state of charge.
#[inline]
pub(super) fn follow<N: Number>(run: &Run<N>, trace: &Trace, initial_soc: N) -> Used<N::Sum> {
    let zero = N::of(0.0);
    let mut used = Used { terminal_j: zero.wide(), drawn_share: zero.wide(), missed_s: zero.wide(), soc: initial_soc.wide() };
    for block in &trace.blocks {
        let soc = N::narrow(used.soc);
        let voltage = N::between(&run.relative_ocv, soc);
        let (terminal_j, charge, missed_s) = advance(run, block, soc, voltage);
        used.terminal_j = used.terminal_j + terminal_j.wide();
        used.drawn_share = used.drawn_share + (voltage * charge).wide();
        used.missed_s = used.missed_s + missed_s.wide();
        used.soc = used.soc - charge.wide();
    }
    used
}

/// A block at one open-circuit voltage: energy at the terminals, charge, time missed.
///
/// Which terms a step needs depends on the trace and on bounds over the block, alike for all lanes: a car that gains
/// speed on a road that resists does not brake, and where the hardest step of the block stays below every limit, none
/// is looked at.
#[inline]
fn advance<N: Number>(run: &Run<N>, block: &Block, soc: N, voltage: N) -> (N, N, N) {
    let (zero, one) = (N::of(0.0), N::of(1.0));
    // An empty pack gives nothing, a full one takes nothing.
    let (has_charge, has_room) = (soc.above(zero), one.above(soc));
    let square = voltage * voltage;
    let by_resistance_w = run.resistance_limit * square * run.per_scale;
    let left = (run.low_charge_power + run.low_charge_per_soc * soc).smaller(one);
    let power_w = run.peak_power_w.smaller(run.discharge_limit_w.smaller(by_resistance_w)) * left * has_charge;
    let generating_w = run.generating_limit_w * has_room * has_charge;
    let top = N::of(block.top_speed_m_s);
    // Speed through the air, squared with its sign.
    let through = |v: f64| N::of((v + run.wind_m_s) * (v + run.wind_m_s).abs());
    let hardest_n =
        (run.a_n + top * run.b_n_per_m_s + through(block.top_speed_m_s) * run.c_n_per_m2_s2 + run.inertia_kg * N::of(block.strongest_m_s2.0))
            * run.per_gear;
    let hardest_braking_n = run.inertia_kg * N::of(block.strongest_m_s2.1) * run.regeneration_share;
    let is_free = run.is_road_positive
        && !hardest_n.is_above_anywhere(run.force_limit_n)
        && !(hardest_n * top).is_above_anywhere(power_w)
        && !hardest_braking_n.is_above_anywhere(run.braking_limit_n)
        && !(hardest_braking_n * top).is_above_anywhere(generating_w);
    let k = &run.loss;
    let linear = k[3] + run.switching.0 * (voltage - one);
    let fall_of = |p: N| p / (voltage + (square - p).larger(zero).root());
    let at_rest = fall_of(run.auxiliary);
    // Sums over the block of power, of the voltage's fall, and of time missed.
    let (mut power, mut fall, mut missed_s) = (zero, zero, zero);
    for at in 0..BLOCK {
        let (mut p, mut drop) = (run.auxiliary, at_rest);
        // The trace is the same for every lane, so this branch is too.
        if block.moving[at] > 0.0 {
            let (v, acceleration) = (block.speed_m_s[at], block.acceleration_m_s2[at]);
            let speed = N::of_either(v, block.single[at].0);
            let air = if run.wind_m_s == 0.0 { speed * speed } else { through(v) };
            let wheel_n =
                run.a_n + speed * run.b_n_per_m_s + air * run.c_n_per_m2_s2 + run.inertia_kg * N::of_either(acceleration, block.single[at].1);
            let drag = k[0] + speed * (k[1] + speed * k[2]);
            if run.is_road_positive && acceleration >= 0.0 {
                let wanted_n = wheel_n * run.per_gear;
                let pulling_n = if is_free {
                    wanted_n
                } else {
                    let limited_n = wanted_n.smaller(run.force_limit_n).smaller(power_w * N::of(block.per_speed_s_m[at]));
                    missed_s = missed_s + wanted_n.above(limited_n) * N::of(block.duration_s[at]);
                    limited_n
                };
                p = run.corrected(drag + pulling_n * (linear + speed * run.pull + pulling_n * k[5]), v, speed, pulling_n, voltage);
            } else {
                let wanted_n = wheel_n.larger(zero) * run.per_gear;
                let mut braking_n = (zero - wheel_n).larger(zero) * run.regeneration_share;
                if v < run.fade_end_m_s {
                    braking_n = braking_n * ((speed - run.fade_start_m_s) * run.per_fade).larger(zero).smaller(one);
                }
                let mut pulling_n = wanted_n;
                if !is_free {
                    let per_speed = N::of(block.per_speed_s_m[at]);
                    pulling_n = wanted_n.smaller(run.force_limit_n).smaller(power_w * per_speed);
                    missed_s = missed_s + wanted_n.above(pulling_n) * N::of(block.duration_s[at]);
                    braking_n = braking_n.smaller(run.braking_limit_n).smaller(generating_w * per_speed);
                }
                let machine_n = braking_n * run.gear;
                // Only one of the two is above nought, so their sum is the size of the shaft's force.
                let size_n = pulling_n + machine_n;
                let shaft = (pulling_n - machine_n) * (speed * run.scale);
                p = run.corrected(drag + size_n * (linear + speed * k[4] + size_n * k[5]) + shaft, v, speed, size_n, voltage);
            }
            drop = fall_of(p);
        }
        if block.step_s.is_none() {
            let duration_s = N::of(block.duration_s[at]);
            (p, drop) = (p * duration_s, drop * duration_s);
        }
        power = power + p;
        fall = fall + drop;
    }
    let step_s = N::of(block.step_s.unwrap_or(1.0)) * has_charge;
    (power * run.per_scale * step_s, fall * run.half_per_resistance * step_s, missed_s)
}

/// Energy per distance in Wh/km at the wall, from what the cells gave in J.
pub(super) fn wall_j<N: Number>(car: &ElectricCar, conditions: &Conditions, cells_j: N) -> N {
    let with_traffic = match conditions.usage {
        Use::Official => cells_j,
        Use::RealWorld => cells_j + N::of(car.gap) * cells_j.larger(N::of(0.0)),
    };
    let (ac, dc) = car.charging_efficiency;
    let at_power = conditions.charge_power_w.map_or(1.0, |w| car.charger.relative(w));
    let per_efficiency = (1.0 - conditions.dc_share) / (ac * at_power).min(1.0) + conditions.dc_share / dc;
    with_traffic + with_traffic.larger(N::of(0.0)) * N::of(per_efficiency - 1.0)
}
