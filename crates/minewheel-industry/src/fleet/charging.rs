//! Charging car by car through a year, in quarters of an hour.
//!
//! ```text
//! each day: leaves at t_l, drives d, returns at t_r; battery energy at the wall e(t) ≤ E
//! Σ charged at home + Σ charged away = Σ driven + e(end) − e(start)
//! at home:   needed = E − e, in slots between plugging in and leaving
//!   uncontrolled  the first slots        valley   slots of the night tariff first        solar   slots around noon first
//!   signal        the slots in which the signal (carbon of the grid, a price) is lowest
//! ```
//!
//! | symbol        | meaning                                                        | from |
//! |---------------|----------------------------------------------------------------|------|
//! | `t_l, t_r`    | normal around their means                                      | `fleet/parameters.csv`, `day` |
//! | `d`           | lognormal; its mean gives the distance of a year               | the same             |
//! | `E`           | energy of the pack, counted at the wall                        | the car              |
//!
//! What a day needs beyond the battery is charged away, at a public point, while under way. Cars that are not connected charge
//! uncontrolled whatever the strategy. Every car has its own stream of random numbers, so that it drives the same year under any
//! strategy and beside any number of others. Energy of each car closes, or the result is refused. Valid for cars with a place
//! to charge at home; fleets of taxis and lorries drive otherwise.

use minewheel_data::parameters::ParameterError;
use minewheel_lca::normal_quantile;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;
use serde::Serialize;

use super::tables::{FleetTables, HOURS};

/// Slots of an hour.
const PER_HOUR: usize = 4;
/// Slots of a day.
const SLOTS: usize = HOURS * PER_HOUR;
/// Days of the year that is driven.
pub const DAYS: usize = 365;
const DAYS_OF_WEEK: usize = 7;
/// Working days of a week.
const WORKING: usize = 5;
/// Largest residual of a car's energy, as a share of what it charged.
const CLOSES: f64 = 1e-9;
/// Cars that one task drives.
const CHUNK: usize = 64;
/// Numbers drawn a car and day.
const DRAWS: usize = 4;

/// When a connected car charges.
#[derive(Debug, Clone, PartialEq)]
pub enum Strategy {
    /// As soon as it is plugged in.
    Uncontrolled,
    /// In the hours of a tariff first: from the first hour up to the second, over midnight if need be.
    Window(usize, usize),
    /// Where a signal of 24 or 8,760 hours is lowest.
    Signal(Vec<f64>),
}

/// The cars.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChargingCars {
    /// How many.
    pub cars: usize,
    /// Energy of a full pack at the wall in kWh.
    pub pack_kwh: f64,
    /// Energy at the wall in kWh per km.
    pub kwh_per_km: f64,
    /// Kilometres in a year.
    pub km_per_year: f64,
    /// Power at home in kW.
    pub home_kw: f64,
    /// Share that follows the strategy.
    pub connected: f64,
    /// Seed of all streams.
    pub seed: u64,
}

/// How people drive.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    leaves: [f64; 2],
    returns: [f64; 2],
    used: f64,
    spread: f64,
    plugs_in_below: f64,
}

impl Habits {
    /// Those of the tables.
    ///
    /// # Errors
    /// A row is missing.
    pub fn of(tables: &FleetTables) -> Result<Self, ParameterError> {
        let day = tables.parameters.subject("day")?;
        let number = |property: &str, unit: &str| day.value(property, unit).map(|v| v.best);
        Ok(Self {
            leaves: [number("leaves", "h")?, number("leaves-deviation", "h")?],
            returns: [number("returns", "h")?, number("returns-deviation", "h")?],
            used: number("used", "1")?,
            spread: number("distance-deviation", "1")?,
            plugs_in_below: number("plugs-in-below", "1")?,
        })
    }
}

/// Why a year of charging is refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ChargingYearError {
    /// A parameter is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A signal of another length.
    #[error("the signal has {seen} hours, wanted {HOURS} or {}", DAYS * HOURS)]
    Signal {
        /// How many.
        seen: usize,
    },
    /// A car that gains or loses energy.
    #[error("car {car} charged {charged} kWh and {residual} kWh of it are nowhere")]
    Open {
        /// The car.
        car: usize,
        /// What it charged.
        charged: f64,
        /// What is missing.
        residual: f64,
    },
}

/// A year of charging.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ChargingYear {
    /// Cars.
    pub cars: usize,
    /// Steps of cars and quarters of an hour.
    pub steps: usize,
    /// Charged at home in kWh a car.
    pub home_kwh: f64,
    /// Charged away in kWh a car.
    pub away_kwh: f64,
    /// Driven in kWh a car, at the wall.
    pub driven_kwh: f64,
    /// Driven in km a car.
    pub km: f64,
    /// Largest residual of a car's energy, as a share of what it charged.
    pub residual: f64,
    /// Highest load at home in kW a car.
    pub peak_kw: f64,
    /// Hour of the year in which it falls.
    pub peak_hour: usize,
    /// Load at home through the mean working day in kW a car, by hour.
    pub working_day_kw: Vec<f64>,
    /// Load at home through the mean day of a weekend in kW a car, by hour.
    pub weekend_kw: Vec<f64>,
    /// Mean of the signal over what was charged at home, and over all hours, if there is one.
    pub signal: Option<[f64; 2]>,
}

/// What one task found.
struct Part {
    load: Vec<f64>,
    home: f64,
    away: f64,
    driven: f64,
    worst: f64,
    open: Option<ChargingYearError>,
}

/// Drives and charges every car through a year. `signal` measures the result where the strategy follows none.
///
/// # Errors
/// A signal of another length, or a car whose energy does not close.
pub fn charging_year(cars: &ChargingCars, habits: &Habits, strategy: &Strategy, signal: Option<&[f64]>) -> Result<ChargingYear, ChargingYearError> {
    let signal = match strategy {
        Strategy::Signal(own) => Some(own.as_slice()),
        _ => signal,
    };
    if let Some(seen) = signal.map(<[f64]>::len).filter(|n| *n != HOURS && *n != DAYS * HOURS) {
        return Err(ChargingYearError::Signal { seen });
    }
    let parts: Vec<Part> = (0..cars.cars.div_ceil(CHUNK))
        .into_par_iter()
        .map(|chunk| {
            let mut part = Part { load: vec![0.0; DAYS * SLOTS], home: 0.0, away: 0.0, driven: 0.0, worst: 0.0, open: None };
            for car in chunk * CHUNK..((chunk + 1) * CHUNK).min(cars.cars) {
                one_year(car, cars, habits, strategy, &mut part);
            }
            part
        })
        .collect();
    let mut load = vec![0.0; DAYS * SLOTS];
    let (mut home, mut away, mut driven, mut worst) = (0.0, 0.0, 0.0, 0.0_f64);
    for part in parts {
        if let Some(error) = part.open {
            return Err(error);
        }
        load.iter_mut().zip(&part.load).for_each(|(sum, kwh)| *sum += kwh);
        (home, away, driven, worst) = (home + part.home, away + part.away, driven + part.driven, worst.max(part.worst));
    }
    Ok(summary(cars, &load, [home, away, driven, worst], signal))
}

fn summary(cars: &ChargingCars, load: &[f64], [home, away, driven, residual]: [f64; 4], signal: Option<&[f64]>) -> ChargingYear {
    let n = cars.cars.max(1) as f64;
    let hourly: Vec<f64> = load.chunks_exact(PER_HOUR).map(|slots| slots.iter().sum::<f64>() / n).collect();
    let peak_slot = load.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |p| p.0);
    let mean_day = |is_working: bool| -> Vec<f64> {
        let days: Vec<usize> = (0..DAYS).filter(|d| (d % DAYS_OF_WEEK < WORKING) == is_working).collect();
        (0..HOURS).map(|h| days.iter().map(|d| hourly[d * HOURS + h]).sum::<f64>() / days.len() as f64).collect()
    };
    let at = |signal: &[f64], hour: usize| signal[hour % signal.len()];
    ChargingYear {
        cars: cars.cars,
        steps: cars.cars * DAYS * SLOTS,
        home_kwh: home / n,
        away_kwh: away / n,
        driven_kwh: driven / n,
        km: driven / n / cars.kwh_per_km,
        residual,
        peak_kw: load[peak_slot] / n * PER_HOUR as f64,
        peak_hour: peak_slot / PER_HOUR,
        working_day_kw: mean_day(true),
        weekend_kw: mean_day(false),
        signal: signal.map(|s| {
            let charged: f64 = hourly.iter().sum();
            let weighed = hourly.iter().enumerate().map(|(h, kwh)| kwh * at(s, h)).sum::<f64>();
            [if charged > 0.0 { weighed / charged } else { 0.0 }, s.iter().sum::<f64>() / s.len() as f64]
        }),
    }
}

/// A uniform number above nought and below one.
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    ((random.next_u64() >> 11) as f64 + 0.5) * (1.0 / (1_u64 << 53) as f64)
}

/// Drives and charges one car through the year.
fn one_year(car: usize, cars: &ChargingCars, habits: &Habits, strategy: &Strategy, part: &mut Part) {
    let mut random = ChaCha8Rng::seed_from_u64(cars.seed);
    random.set_stream(car as u64);
    let is_connected = uniform(&mut random) < cars.connected;
    // The mean of exp(σ·z) is exp(σ²/2): the median day is that much shorter than the mean one.
    let mean_kwh = cars.km_per_year * cars.kwh_per_km / (DAYS as f64 * habits.used);
    let median_kwh = mean_kwh * (-habits.spread * habits.spread / 2.0).exp();
    let slot_kwh = cars.home_kw / PER_HOUR as f64;
    let (mut energy, mut home, mut away, mut driven) = (cars.pack_kwh, 0.0, 0.0, 0.0);
    let start = energy;
    let mut plugged_from = 0_usize;
    let mut order: Vec<usize> = Vec::with_capacity(SLOTS * DAYS_OF_WEEK);
    for day in 0..=DAYS {
        let draws: [f64; DRAWS] = std::array::from_fn(|_| uniform(&mut random));
        let is_used = day < DAYS && draws[0] < habits.used;
        let at =
            |mean: [f64; 2], u: f64| ((mean[0] + mean[1] * normal_quantile(u)) * PER_HOUR as f64).round().clamp(0.0, SLOTS as f64 - 2.0) as usize;
        let leaves = at(habits.leaves, draws[1]);
        let returns = at(habits.returns, draws[2]).max(leaves + 1);
        if !is_used && day < DAYS {
            continue;
        }
        // The night (or the days) before: plugged in since the last return.
        let until = if day < DAYS { day * SLOTS + leaves } else { DAYS * SLOTS };
        if energy < habits.plugs_in_below * cars.pack_kwh {
            let needed = cars.pack_kwh - energy;
            let charged = charge(
                plugged_from..until,
                needed,
                slot_kwh,
                if is_connected { strategy } else { &Strategy::Uncontrolled },
                &mut order,
                &mut part.load,
            );
            energy += charged;
            home += charged;
        }
        if day < DAYS {
            let trip = median_kwh * (habits.spread * normal_quantile(draws[3])).exp();
            driven += trip;
            let short = (trip - energy).max(0.0);
            away += short;
            energy = energy + short - trip;
            plugged_from = day * SLOTS + returns;
        }
    }
    let charged = home + away;
    let residual = charged + start - driven - energy;
    let share = residual.abs() / charged.max(start);
    if share > CLOSES {
        part.open = Some(ChargingYearError::Open { car, charged, residual });
    }
    part.worst = part.worst.max(share);
    part.home += home;
    part.away += away;
    part.driven += driven;
}

/// Fills slots of a window in the order of a strategy; says how much was charged.
fn charge(window: std::ops::Range<usize>, needed: f64, slot_kwh: f64, strategy: &Strategy, order: &mut Vec<usize>, load: &mut [f64]) -> f64 {
    let count = (needed / slot_kwh).ceil() as usize;
    let mut left = needed;
    let mut fill = |slot: usize| {
        let kwh = left.min(slot_kwh);
        load[slot] += kwh;
        left -= kwh;
    };
    match strategy {
        Strategy::Uncontrolled => window.take(count).for_each(&mut fill),
        Strategy::Window(from, to) => {
            let hour = |slot: &usize| slot / PER_HOUR % HOURS;
            let is_inside = |slot: &usize| if from <= to { (*from..*to).contains(&hour(slot)) } else { hour(slot) >= *from || hour(slot) < *to };
            order.clear();
            order.extend(window.clone().filter(is_inside));
            order.extend(window.filter(|s| !is_inside(s)));
            order.iter().take(count).copied().for_each(&mut fill);
        }
        Strategy::Signal(signal) => {
            order.clear();
            order.extend(window);
            let at = |slot: usize| signal[slot / PER_HOUR % signal.len()];
            order.sort_by(|a, b| at(*a).total_cmp(&at(*b)).then(a.cmp(b)));
            order.iter().take(count).copied().for_each(&mut fill);
        }
    }
    needed - left
}

#[cfg(test)]
mod tests {
    use super::*;
    use minewheel_data::store::Store;

    const CARS: ChargingCars =
        ChargingCars { cars: 300, pack_kwh: 60.0, kwh_per_km: 0.17, km_per_year: 12_000.0, home_kw: 7.0, connected: 1.0, seed: 1 };

    fn habits() -> Habits {
        Habits::of(&FleetTables::read(&Store::embedded(), false).unwrap()).unwrap()
    }

    fn year(strategy: &Strategy) -> ChargingYear {
        charging_year(&CARS, &habits(), strategy, None).unwrap()
    }

    fn share(day: &[f64], hours: std::ops::Range<usize>) -> f64 {
        day[hours].iter().sum::<f64>() / day.iter().sum::<f64>()
    }

    #[test]
    fn energy_closes_and_every_strategy_drives_the_same_year() {
        let all = [Strategy::Uncontrolled, Strategy::Window(23, 7), Strategy::Signal((0..24).map(f64::from).collect())].map(|s| year(&s));
        for found in &all {
            assert!(found.residual < 1e-9, "{found:?}");
            assert!((found.driven_kwh - all[0].driven_kwh).abs() < 1e-9);
            assert!((found.km / CARS.km_per_year - 1.0).abs() < 0.03, "{}", found.km);
        }
        let sum: f64 = all[0].working_day_kw.iter().sum::<f64>() * 261.0 + all[0].weekend_kw.iter().sum::<f64>() * 104.0;
        assert!((sum / all[0].home_kwh - 1.0).abs() < 1e-9, "{sum}");
    }

    #[test]
    fn a_night_tariff_moves_the_evening_into_the_night_and_raises_the_peak() {
        let (free, night) = (year(&Strategy::Uncontrolled), year(&Strategy::Window(23, 7)));
        let in_night = |d: &[f64]| share(d, 23..24) + share(d, 0..7);
        assert!(in_night(&night.working_day_kw) > 0.9 && in_night(&free.working_day_kw) < 0.4);
        assert!(night.peak_kw > free.peak_kw);
    }

    #[test]
    fn connected_cars_charge_where_the_signal_is_low() {
        let signal: Vec<f64> = (0..24).map(|h| if (10..15).contains(&h) { 0.3 } else { 0.7 }).collect();
        let free = charging_year(&CARS, &habits(), &Strategy::Uncontrolled, Some(&signal)).unwrap().signal.unwrap();
        let smart = year(&Strategy::Signal(signal.clone())).signal.unwrap();
        let half = charging_year(&ChargingCars { connected: 0.5, ..CARS }, &habits(), &Strategy::Signal(signal), None).unwrap().signal.unwrap();
        assert!(smart[0] < half[0] && half[0] < free[0], "{smart:?} {half:?} {free:?}");
    }

    #[test]
    fn uncontrolled_charging_looks_like_that_of_measured_homes() {
        // Electric Nation, 7.36 kW, working days: 52 % from 17 to 22 h, 18 % from 23 to 6 h. Habits are assumptions, hence a wide band.
        let found = year(&Strategy::Uncontrolled);
        let evening = share(&found.working_day_kw, 17..22);
        assert!((0.42..0.72).contains(&evening), "{evening}");
    }

    #[test]
    fn a_car_alone_charges_as_among_many_and_a_signal_has_a_day_or_a_year() {
        let one = charging_year(&ChargingCars { cars: 1, ..CARS }, &habits(), &Strategy::Uncontrolled, None).unwrap();
        let many = charging_year(&ChargingCars { cars: 65, ..CARS }, &habits(), &Strategy::Uncontrolled, None).unwrap();
        assert!(one.home_kwh > 0.0 && many.home_kwh > 0.0 && one.home_kwh != many.home_kwh);
        let again = charging_year(&ChargingCars { cars: 65, ..CARS }, &habits(), &Strategy::Uncontrolled, None).unwrap();
        assert_eq!(many, again);
        assert!(matches!(charging_year(&CARS, &habits(), &Strategy::Signal(vec![1.0; 7]), None), Err(ChargingYearError::Signal { seen: 7 })));
    }
}
