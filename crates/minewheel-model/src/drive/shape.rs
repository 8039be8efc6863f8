//! Cycles fitted to weak and slow cars.
//!
//! ```text
//! downscaling   r = v·(F(v) + 1.03·m·a)/P_rated    f = a1·r + b1 if r ≥ r0, else 0
//!               v'(t) = v(t0) + (1 − f)·(v(t) − v(t0))                    t0 ≤ t ≤ t1
//!               v'(t) = v(t2) + c·(v(t) − v(t2)),  c = (v'(t1) − v(t2))/(v(t1) − v(t2))    t1 < t ≤ t2
//! capped speed  v'(t) = min(v(t), v_top);  each phase is held at v_top for round((d − d')/v_top) seconds more
//! cut           v'(t) = min(v(t), v_top), time kept
//! ```
//!
//! | symbol           | meaning                                     | unit | from             |
//! |------------------|---------------------------------------------|------|------------------|
//! | `t0`, `t1`, `t2` | start, peak and end of the scaled stretch   | s    | `procedures.csv` |
//! | `v`, `a` in `r`  | speed, acceleration where most power is asked | m/s, m/s² | `procedures.csv` |
//! | `r0`, `a1`, `b1` | when and how much                           | –    | `procedures.csv` |
//! | `d`, `d'`        | distance of a phase before and after the cut | m   | the cycle        |
//!
//! The seconds added stand after the last second of the phase that was cut, so the trace stays continuous. A phase's
//! distance is met within half a second at top speed. The factor is rounded to three decimals; speeds are not rounded.
//!
//! Source: UN GTR 15, Annex 1, 8.2, 8.3 (downscaling), 9 (capped speed). "Cut" is GB/T 18386.1, UN R101 and 40 CFR 86:
//! a car that cannot go faster runs at its own top speed until the trace is slower again.

use minewheel_data::cycles::{Cycle, Phase};
use minewheel_data::row::Draw;

use super::procedures::Downscaling;
use super::{ElectricCar, ProcedureTables, WltcClass};

/// Decimals of the downscaling factor, as a divisor.
const FACTOR_STEPS: f64 = 1000.0;

/// The downscaling factor of a car in a class; nought if the cycle is driven as it is.
///
/// `rated_power_w` is the power of the power-to-mass ratio.
pub fn downscaling_factor(car: &ElectricCar, rated_power_w: f64, class: WltcClass, tables: &ProcedureTables, draw: &Draw<'_>) -> f64 {
    let of = tables.downscaling(class);
    let speed_m_s = draw.of(&of.power_speed_m_s);
    let force_n = car.road_load.force_n(speed_m_s) + draw.of(&tables.inertia) * car.mass_kg * draw.of(&of.power_acceleration_m_s2);
    let ratio = force_n * speed_m_s / rated_power_w;
    if ratio < draw.of(&of.ratio_least) {
        return 0.0;
    }
    let factor = ((draw.of(&of.factor.0) * ratio + draw.of(&of.factor.1)) * FACTOR_STEPS).round() / FACTOR_STEPS;
    if factor > draw.of(&tables.factor_least) { factor.min(1.0) } else { 0.0 }
}

/// The cycle with its fastest stretch scaled down.
#[must_use]
pub fn downscaled(cycle: &Cycle, factor: f64, stretch: &Downscaling) -> Cycle {
    let (from, peak, to) = (stretch.from_s.best, stretch.peak_s.best, stretch.to_s.best);
    let (time, base) = (cycle.time_s(), cycle.speed_m_s());
    let at = |second: f64| time.iter().position(|&t| t >= second).map_or(0.0, |i| base[i]);
    let (first, top, last) = (at(from), at(peak), at(to));
    let scaled_top = first + (1.0 - factor) * (top - first);
    // A stretch whose peak lies no higher than its end has nothing to come down from.
    let falling = if top > last { (scaled_top - last) / (top - last) } else { 1.0 };
    let speed = time.iter().zip(base).map(|(&t, &v)| {
        if (from..=peak).contains(&t) {
            first + (1.0 - factor) * (v - first)
        } else if t > peak && t <= to {
            last + falling * (v - last)
        } else {
            v
        }
    });
    let speed: Vec<f64> = speed.map(|v| v.max(0.0)).collect();
    cycle.reshaped(time.to_vec(), speed, cycle.phases().to_vec()).unwrap_or_else(|| cycle.clone())
}

/// The cycle at the car's own top speed where it is faster, lengthened phase by phase until the distance is met.
#[must_use]
pub fn capped(cycle: &Cycle, top_m_s: f64) -> Cycle {
    let (time, base) = (cycle.time_s(), cycle.speed_m_s());
    let whole = [Phase { name: String::new(), start: 0, end: base.len() }];
    let phases = if cycle.phases().is_empty() { &whole[..] } else { cycle.phases() };
    let (mut times, mut speeds, mut parts) = (Vec::with_capacity(time.len()), Vec::with_capacity(base.len()), Vec::new());
    let mut shift_s = 0.0;
    for phase in phases {
        let start = speeds.len();
        let last_cut = (phase.start..phase.end).rev().find(|&i| base[i] > top_m_s);
        let lost_m: f64 = (phase.start.max(1)..phase.end)
            .map(|i| 0.5 * (base[i - 1] + base[i] - base[i - 1].min(top_m_s) - base[i].min(top_m_s)) * (time[i] - time[i - 1]))
            .sum();
        for i in phase.start..phase.end {
            times.push(time[i] + shift_s);
            speeds.push(base[i].min(top_m_s));
            if Some(i) == last_cut {
                let more_s = (lost_m / top_m_s).round();
                for second in 1..=more_s as u32 {
                    times.push(time[i] + shift_s + f64::from(second));
                    speeds.push(top_m_s);
                }
                shift_s += more_s;
            }
        }
        parts.push(Phase { name: phase.name.clone(), start, end: speeds.len() });
    }
    cycle.reshaped(times, speeds, parts).unwrap_or_else(|| cycle.clone())
}

/// The cycle at the car's own top speed where it is faster, in the same time.
#[must_use]
pub fn cut(cycle: &Cycle, top_m_s: f64) -> Cycle {
    let speed = cycle.speed_m_s().iter().map(|v| v.min(top_m_s)).collect();
    cycle.reshaped(cycle.time_s().to_vec(), speed, cycle.phases().to_vec()).unwrap_or_else(|| cycle.clone())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

    use std::fmt::Write as _;

    use minewheel_data::row::Value;
    use proptest::prelude::*;

    use super::*;

    fn cycle(speeds_km_h: &[f64]) -> Cycle {
        let mut text = String::from("time_s,speed_km_h,phase\n");
        for (t, v) in speeds_km_h.iter().enumerate() {
            writeln!(text, "{t},{v},one").unwrap();
        }
        Cycle::parse("small", &text).unwrap()
    }

    fn stretch(from: f64, peak: f64, to: f64) -> Downscaling {
        let nought = Value::given(0.0);
        Downscaling {
            from_s: Value::given(from),
            peak_s: Value::given(peak),
            to_s: Value::given(to),
            power_speed_m_s: nought,
            power_acceleration_m_s2: nought,
            ratio_least: nought,
            factor: (nought, nought),
        }
    }

    fn km_h(cycle: &Cycle) -> Vec<f64> {
        cycle.speed_m_s().iter().map(|v| (v * 3.6 * 1e6).round() / 1e6).collect()
    }

    #[test]
    fn a_small_cycle_is_scaled_as_by_hand() {
        // From second 1 (20 km/h) up to second 3 (80), down to second 5 (40), factor 0.1:
        // 20 + 0.9·(50 − 20) = 47; 20 + 0.9·60 = 74; c = (74 − 40)/(80 − 40) = 0.85; 40 + 0.85·(60 − 40) = 57.
        let scaled = downscaled(&cycle(&[0.0, 20.0, 50.0, 80.0, 60.0, 40.0, 0.0]), 0.1, &stretch(1.0, 3.0, 5.0));
        assert_eq!(km_h(&scaled), [0.0, 20.0, 47.0, 74.0, 57.0, 40.0, 0.0]);
    }

    #[test]
    fn a_small_cycle_is_capped_and_lengthened_as_by_hand() {
        // Cut to 36 km/h (10 m/s): 36, 72, 72, 36 km/h lose ½·(0 + 10) + 10 + ½·(10 + 0) = 20 m, that is 2 s at 10 m/s.
        let capped = capped(&cycle(&[0.0, 36.0, 72.0, 72.0, 36.0, 0.0]), 10.0);
        assert_eq!(km_h(&capped), [0.0, 36.0, 36.0, 36.0, 36.0, 36.0, 36.0, 0.0]);
        assert_eq!(capped.time_s(), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
        assert_eq!(capped.phases()[0].end, 8);
    }

    #[test]
    fn a_cut_cycle_keeps_its_time() {
        let cut = cut(&cycle(&[0.0, 36.0, 72.0, 72.0, 36.0, 0.0]), 15.0);
        assert_eq!(km_h(&cut), [0.0, 36.0, 54.0, 54.0, 36.0, 0.0]);
        assert_eq!(cut.duration_s(), 5.0);
    }

    proptest! {
        #[test]
        fn a_capped_cycle_covers_the_distance_within_half_a_second(
            steps in prop::collection::vec(-9.0..9.0f64, 20..200), top in 5.0..40.0f64) {
            let mut speeds = vec![0.0];
            for step in steps {
                speeds.push((speeds[speeds.len() - 1] + step).clamp(0.0, 130.0));
            }
            speeds.push(0.0);
            prop_assume!(speeds.iter().any(|&v| v > 0.0));
            let base = cycle(&speeds);
            let capped = capped(&base, top);
            prop_assert!(capped.max_speed_m_s() <= top);
            prop_assert!((capped.distance_m() - base.distance_m()).abs() <= 0.5 * top + 1e-9);
        }

        #[test]
        fn a_larger_factor_never_drives_faster(factor in 0.0..0.5f64, more in 0.0..0.3f64) {
            let base = cycle(&[0.0, 20.0, 50.0, 80.0, 60.0, 40.0, 0.0]);
            let (a, b) = (downscaled(&base, factor, &stretch(1.0, 3.0, 5.0)), downscaled(&base, factor + more, &stretch(1.0, 3.0, 5.0)));
            prop_assert!(a.speed_m_s().iter().zip(b.speed_m_s()).all(|(x, y)| y <= &(x + 1e-12)));
        }
    }
}
