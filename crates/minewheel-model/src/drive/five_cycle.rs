//! The US label from five cycles.
//!
//! ```text
//! start    S  = 0.33·(0.76·(b1 − b3) + 0.24·(k1 − k3))·3.6 mi/trip         trip 4.1 mi in town, 60 mi on the highway
//! town     R  = 0.82·(0.48·b2 + 0.41·b3 + 0.11·u_t) + 0.18·(0.5·k2 + 0.5·k3) + 0.133·1.083·A
//! highway  R  = 1.007·(0.79·u_h + 0.21·h) + 0.133·0.377·A
//! label    w  = (S + R)/0.905
//! cooling  A  = P_ac·t/(d·η_ch)            SC03 less 0.61·b3 + 0.39·b2, which the rule takes for the SC03 without cooling
//! factor   f  = two-cycle over five-cycle energy
//! ```
//!
//! | symbol        | meaning                                                        | unit  | from             |
//! |---------------|----------------------------------------------------------------|-------|------------------|
//! | `b`, `k`      | energy at the wall of bags 1 to 3 of the FTP at 24 °C and at −6.7 °C | J/m | [`super::drive`] |
//! | `u_t`, `u_h`, `h` | that of the town and highway parts of the US06, of the HWFET | J/m   | [`super::drive`] |
//! | `P_ac`        | air conditioning at 35 °C                                      | W     | `drive.csv`      |
//! | `t`, `d`      | duration and distance of the SC03                              | s, m  | `procedures.csv` |
//! | `η_ch`        | wall to cells                                                  | –     | `drive.csv`      |
//!
//! The trace of the SC03 is not in the tables and not needed: only what cooling adds counts. An electric car is as warm in bag 1 as in
//! bag 3 at 24 °C; in the cold the difference is the cabin, which cools between bag 2 and bag 3.
//!
//! Source: 40 CFR 600.114-12(a) and (b), 600.210-12. Valid for electric cars whose maker ran the five cycles; those that did not
//! divide by 0.7.

use minewheel_data::cycles::Cycle;
use minewheel_data::row::Draw;
use minewheel_data::units::J_PER_WH;

use super::{Conditions, DriveError, ElectricCar, Rules, Trace, Use, drive};

/// Bags of an FTP, in Wh/km at the wall.
struct Bags([f64; 3]);

/// Factors of the label: two-cycle over five-cycle energy, in town and on the highway.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FiveCycle {
    /// Label over the UDDS.
    pub city: f64,
    /// Label over the HWFET.
    pub highway: f64,
}

/// The label's factors of a car at its test mass.
///
/// # Errors
/// A cycle is missing.
pub fn five_cycle(car: &ElectricCar, rules: &Rules<'_>, draw: &Draw<'_>) -> Result<FiveCycle, DriveError> {
    let rule = &rules.procedures.five_cycle;
    let of = |value: &minewheel_data::row::Value| draw.of(value);
    let (udds, us06, hwfet) = (rules.cycles.get("udds")?, rules.cycles.get("us06")?, rules.cycles.get("hwfet")?);
    let bag_end_s = of(&rule.city_bag_end_s);
    let bag_traces = [part(&udds, 0.0, bag_end_s), part(&udds, bag_end_s, udds.duration_s())];
    let official = Conditions::official();
    let wall = |car: &ElectricCar, trace: &Trace, conditions: &Conditions| drive(car, trace, conditions).wall_wh_per_km;

    let warm = bags(car, &bag_traces, None, of(&rule.soak_s));
    let cold = bags(car, &bag_traces, Some(of(&rule.cold_c)), of(&rule.soak_s));
    let (from_s, to_s) = (of(&rule.us06_highway_s.0), of(&rule.us06_highway_s.1));
    let outside = wall(car, &part(&us06, from_s, to_s), &official);
    let in_town = {
        let parts = [part(&us06, 0.0, from_s), part(&us06, to_s, us06.duration_s())];
        let energy: f64 = parts.iter().map(|p| wall(car, p, &official) * p.distance_km()).sum();
        energy / parts.iter().map(Trace::distance_km).sum::<f64>()
    };
    let highway = wall(car, &Trace::new(&hwfet), &official);
    let cooling_w = car.cooling.0 * (of(&rule.sc03_c) - car.cooling.1).max(0.0);
    let (sc03_s, sc03_m) = (of(&rule.sc03.0), of(&rule.sc03.1));
    let cooling = cooling_w * sc03_s / J_PER_WH / (1e-3 * sc03_m) / car.charging_efficiency.0;

    let starts = of(&rule.starts.0) * (warm.0[0] - warm.0[2]) + of(&rule.starts.1) * (cold.0[0] - cold.0[2]);
    let start = |trip_m: f64| of(&rule.start_share) * starts * of(&rule.start_bag_m) / trip_m;
    let (bag_2, bag_3, us06_town) = (of(&rule.warm_city.0), of(&rule.warm_city.1), of(&rule.warm_city.2));
    let cold_3 = of(&rule.cold_bag_3);
    let city_running = of(&rule.city_shares.0) * (bag_2 * warm.0[1] + bag_3 * warm.0[2] + us06_town * in_town)
        + of(&rule.city_shares.1) * ((1.0 - cold_3) * cold.0[1] + cold_3 * cold.0[2])
        + of(&rule.cooling_share) * of(&rule.cooling.0) * cooling;
    let fast = of(&rule.highway_us06);
    let highway_running =
        of(&rule.highway_running) * (fast * outside + (1.0 - fast) * highway) + of(&rule.cooling_share) * of(&rule.cooling.1) * cooling;
    let label = |running: f64, trip_m: f64| (start(trip_m) + running) / of(&rule.road);
    Ok(FiveCycle {
        city: wall(car, &Trace::new(&udds), &official) / label(city_running, of(&rule.trips_m.0)),
        highway: highway / label(highway_running, of(&rule.trips_m.1)),
    })
}

/// Bags 1 to 3 at a temperature (`None`: that of the reference): the cabin warms through bags 1 and 2, and cools while the car stands.
fn bags(car: &ElectricCar, [first, second]: &[Trace; 2], ambient_c: Option<f64>, soak_s: f64) -> Bags {
    let conditions = Conditions { ambient_c, ..Conditions::official() };
    let at_c = ambient_c.unwrap_or(car.reference_c);
    let bag = |trace: &Trace, between_s: (f64, f64), warm_share: f64| {
        let heating = car.heating.constant_w(car.heating.power_between_w(at_c, between_s, warm_share, Use::Official), at_c);
        drive(&ElectricCar { heating, ..car.clone() }, trace, &conditions).wall_wh_per_km
    };
    let (one_s, both_s) = (first.duration_s(), first.duration_s() + second.duration_s());
    let still_warm = (1.0 - car.heating.left_cold(both_s)) * car.heating.left_cold(soak_s);
    Bags([bag(first, (0.0, one_s), 0.0), bag(second, (one_s, both_s), 0.0), bag(first, (0.0, one_s), still_warm)])
}

/// The part of a cycle between two times, ready to be driven; the whole cycle if they do not part it.
fn part(cycle: &Cycle, from_s: f64, to_s: f64) -> Trace {
    let points = cycle.time_s().iter().copied().zip(cycle.speed_m_s().iter().copied());
    let (time_s, speed_m_s) = points.filter(|(t, _)| (from_s..=to_s).contains(t)).unzip();
    cycle.reshaped(time_s, speed_m_s, Vec::new()).map_or_else(|| Trace::new(cycle), |part| Trace::new(&part))
}
