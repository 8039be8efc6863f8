//! The electric kernel of [`super::electric`] over any [`Number`]: the same equations, without the ledger.
//!
//! One code serves derivatives ([`super::sensitivity`], dual numbers) and fleets ([`super::batch`], cars side by side).
//! Both are held against [`super::drive`] by tests; the equations, symbols and sources stand there.

use minewheel_data::units::ZERO_CELSIUS_K;

use super::electric::{RESISTANCE_LIMIT_SHARE, ambient};
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

/// Constants of one run, after conditions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run<N> {
    a_n: N,
    b_n_per_m_s: N,
    c_n_per_m2_s2: N,
    inertia_kg: N,
    gear: N,
    per_gear: N,
    force_limit_n: N,
    braking_limit_n: N,
    /// Loss polynomial in speed and shaft force.
    loss: [N; LOSS_TERMS],
    regeneration_share: N,
    fade_start_m_s: N,
    per_fade: N,
    auxiliary_w: N,
    peak_power_w: N,
    generating_limit_w: N,
    discharge_limit_w: N,
    gross_energy_j: N,
    per_gross_energy: N,
    resistance_s: N,
    relative_ocv: [N; OCV_POINTS],
}

impl<N: Number> Run<N> {
    /// A car in its conditions.
    pub fn of(car: &ElectricCar, levers: &Levers<N>) -> Self {
        let (one, zero) = (N::of(1.0), N::of(0.0));
        let ambient_k = levers.ambient_c + N::of(ZERO_CELSIUS_K);
        let reference_k = car.reference_c + ZERO_CELSIUS_K;
        let heating = N::of(car.heating.0) * (N::of(car.heating.1) - levers.ambient_c).larger(zero);
        let cooling = N::of(car.cooling.0) * (levers.ambient_c - N::of(car.cooling.1)).larger(zero);
        let tyres = (one + N::of(car.tyre_change_per_k) * (levers.ambient_c - N::of(car.reference_c))).larger(N::of(0.5));
        let force_limit_n = N::of(car.peak_power_w / car.base_speed_m_s);
        let (per_base_speed, per_peak_force) = (1.0 / car.base_speed_m_s, car.base_speed_m_s / car.peak_power_w);
        let k = &car.loss_w;
        Self {
            a_n: levers.a_n * tyres,
            b_n_per_m_s: N::of(car.road_load.b_n_per_m_s),
            c_n_per_m2_s2: levers.c_n_per_m2_s2 * N::of(reference_k) / ambient_k,
            inertia_kg: levers.mass_kg * N::of(1.0 + car.rotating_share),
            gear: levers.gear_efficiency,
            per_gear: one / levers.gear_efficiency,
            force_limit_n,
            braking_limit_n: force_limit_n.smaller(N::of(car.deceleration_limit_m_s2) * levers.mass_kg),
            loss: [
                N::of(k[0]),
                N::of(k[1] * per_base_speed),
                N::of(k[2] * per_base_speed * per_base_speed),
                N::of(k[3] * per_peak_force),
                N::of(k[4] * per_peak_force * per_base_speed),
                N::of(k[5] * per_peak_force * per_peak_force),
            ],
            regeneration_share: N::of(car.regeneration_share),
            fade_start_m_s: N::of(car.fade_m_s.0),
            per_fade: N::of(1.0 / (car.fade_m_s.1 - car.fade_m_s.0).max(1e-3)),
            auxiliary_w: levers.standing_w + heating + cooling,
            peak_power_w: N::of(car.peak_power_w),
            generating_limit_w: N::of(car.generating_limit_w),
            discharge_limit_w: N::of(car.gross_energy_j * car.battery_limits_per_s.0),
            gross_energy_j: N::of(car.gross_energy_j),
            per_gross_energy: N::of(1.0 / car.gross_energy_j),
            resistance_s: N::of(car.resistance_s)
                * (N::of(car.resistance_temperature_k) * (one / ambient_k - N::of(1.0 / reference_k))).exponential(),
            relative_ocv: car.relative_ocv.map(N::of),
        }
    }
}

/// A run of each kind of number, field by field.
pub(super) fn gather<N>(of: &dyn Fn(&dyn Fn(&Run<f64>) -> f64) -> N) -> Run<N> {
    Run {
        a_n: of(&|r| r.a_n),
        b_n_per_m_s: of(&|r| r.b_n_per_m_s),
        c_n_per_m2_s2: of(&|r| r.c_n_per_m2_s2),
        inertia_kg: of(&|r| r.inertia_kg),
        gear: of(&|r| r.gear),
        per_gear: of(&|r| r.per_gear),
        force_limit_n: of(&|r| r.force_limit_n),
        braking_limit_n: of(&|r| r.braking_limit_n),
        loss: std::array::from_fn(|i| of(&|r| r.loss[i])),
        regeneration_share: of(&|r| r.regeneration_share),
        fade_start_m_s: of(&|r| r.fade_start_m_s),
        per_fade: of(&|r| r.per_fade),
        auxiliary_w: of(&|r| r.auxiliary_w),
        peak_power_w: of(&|r| r.peak_power_w),
        generating_limit_w: of(&|r| r.generating_limit_w),
        discharge_limit_w: of(&|r| r.discharge_limit_w),
        gross_energy_j: of(&|r| r.gross_energy_j),
        per_gross_energy: of(&|r| r.per_gross_energy),
        resistance_s: of(&|r| r.resistance_s),
        relative_ocv: std::array::from_fn(|i| of(&|r| r.relative_ocv[i])),
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
pub(super) fn follow<N: Number>(run: &Run<N>, trace: &Trace, initial_soc: f64) -> Used<N::Sum> {
    let zero = N::of(0.0);
    let mut used = Used { terminal_j: zero.wide(), drawn_share: zero.wide(), missed_s: zero.wide(), soc: N::of(initial_soc).wide() };
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
#[inline]
fn advance<N: Number>(run: &Run<N>, block: &Block, soc: N, voltage: N) -> (N, N, N) {
    let (zero, one, two) = (N::of(0.0), N::of(1.0), N::of(2.0));
    // An empty pack gives nothing, a full one takes nothing.
    let (has_charge, has_room) = (soc.above(zero), one.above(soc));
    let square = voltage * voltage;
    let four_r = N::of(4.0) * run.resistance_s;
    let by_resistance_w = N::of(RESISTANCE_LIMIT_SHARE) * square / four_r * run.gross_energy_j;
    let power_w = run.peak_power_w.smaller(run.discharge_limit_w.smaller(by_resistance_w)) * has_charge;
    let generating_w = run.generating_limit_w * has_room * has_charge;
    let k = &run.loss;
    let (mut terminal_j, mut charge, mut missed_s) = (zero, zero, zero);
    for at in 0..BLOCK {
        let duration_s = N::of(block.duration_s[at]);
        let mut terminal_w = run.auxiliary_w;
        // The trace is the same for every lane, so this branch is too.
        if block.moving[at] > 0.0 {
            let (speed, per_speed) = (N::of(block.speed_m_s[at]), N::of(block.per_speed_s_m[at]));
            let wheel_n =
                run.a_n + speed * (run.b_n_per_m_s + speed * run.c_n_per_m2_s2) + run.inertia_kg * N::of(block.acceleration_m_s2[at]);
            let wanted_n = wheel_n.larger(zero) * run.per_gear;
            let pulling_n = wanted_n.smaller(run.force_limit_n).smaller(power_w * per_speed);
            missed_s = missed_s + wanted_n.above(pulling_n) * duration_s;
            let fade = ((speed - run.fade_start_m_s) * run.per_fade).larger(zero).smaller(one);
            let wanted_braking_n = (zero - wheel_n).larger(zero) * run.regeneration_share * fade;
            let machine_n = wanted_braking_n.smaller(run.braking_limit_n).smaller(generating_w * per_speed);
            let shaft_n = pulling_n - machine_n * run.gear;
            // Only one of the two is above nought, so their sum is the size of the shaft's force.
            let size_n = pulling_n + machine_n * run.gear;
            let loss_w = k[0] + speed * (k[1] + speed * k[2]) + size_n * (k[3] + speed * k[4] + size_n * k[5]);
            terminal_w = shaft_n * speed + loss_w + run.auxiliary_w;
        }
        let p = terminal_w * run.per_gross_energy;
        let current = two * p / (voltage + (square - four_r * p).larger(zero).root());
        charge = charge + current * duration_s;
        terminal_j = terminal_j + terminal_w * duration_s;
    }
    (terminal_j * has_charge, charge * has_charge, missed_s)
}

/// Energy per distance in Wh/km at the wall, from what the cells gave in J.
pub(super) fn wall_j<N: Number>(car: &ElectricCar, conditions: &Conditions, cells_j: N) -> N {
    let with_traffic = match conditions.usage {
        Use::Official => cells_j,
        Use::RealWorld => cells_j + N::of(car.gap) * cells_j.larger(N::of(0.0)),
    };
    let (ac, dc) = car.charging_efficiency;
    let per_efficiency = (1.0 - conditions.dc_share) / ac + conditions.dc_share / dc;
    with_traffic + with_traffic.larger(N::of(0.0)) * N::of(per_efficiency - 1.0)
}
