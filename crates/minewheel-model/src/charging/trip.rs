//! A trip with stops: where to charge, and how far, so that the whole takes the least time.
//!
//! ```text
//! drive     W(s) falls by e·Δx + Q_prep           e: energy from the cells per length; Q_prep: on the first leg
//! charge    W(s) = ∫ E·u ds                       energy that leaves the cells from s to empty: what a charge stores
//! minimise  Σ Δx/v + Σ (t_0 + t(a_k, d_k))        over stops x_k, arrivals a_k and departures d_k
//! F(x, d) = min over x′ of drive + H(x′, a)       H(x, a) = t_0 + min over d of t(a, d) + F(x, d)
//! ```
//!
//! Stations stand at every multiple of the spacing. Arrival and departure are points of a grid of the state of charge; an
//! arrival is rounded down to it, so that a plan never promises charge that is not there. Over that grid the recursion
//! is exact: a test holds it against the enumeration of every plan. The plan found is then driven and charged without the grid: its
//! figures are those of the charges themselves, and what the road takes is what they store. Charging times `t(a, d)` come from
//! [`mod@super::session`], one charge to the full pack for each arrival.
//!
//! Pack temperature at a stop is one number for the trip: the rows' for a car that prepares its pack, whose energy the
//! first leg then carries, else that of the air. Waiting, detours and slopes are left out.

use std::fmt::Write as _;

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::cycles::Cycle;
use minewheel_data::row::Draw;
use minewheel_data::units::{Duration, Energy, Length, Speed};

use super::session::{ChargingCar, Session, Supply, charge};
use super::{ChargingError, ChargingTables};
use crate::drive::Trace;

/// Seconds of a steady drive; its energy per length does not depend on them.
const STEADY_S: u32 = 64;
/// Distance in m between stations that are said to stand everywhere.
const EVERYWHERE_M: f64 = 5e3;
/// Points of the grid of the state of charge, less one.
const GRID: usize = 200;
/// Part of a grid step within which a number counts as on the grid.
const ON_GRID: f64 = 1e-6;
/// Points of the energy in the cells by state of charge, less one.
const ENERGY_POINTS: usize = 1000;

/// A trace of one speed.
///
/// # Errors
/// The speed is none that a car drives.
pub fn steady_trace(speed: Speed) -> Result<Trace, ChargingError> {
    let mut text = String::from("time_s,speed_km_h\n");
    for second in 0..=STEADY_S {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{second},{}", speed.km_h());
    }
    Ok(Trace::new(&Cycle::parse("steady", &text)?))
}

/// What is asked of a trip. All SI.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TripRequest {
    /// Distance in m.
    pub distance_m: f64,
    /// Mean speed in m/s.
    pub speed_m_s: f64,
    /// Energy from the cells per length in J/m: at the terminals, and lost in their resistance.
    pub consumption_j_per_m: f64,
    /// Temperature of the air in °C.
    pub ambient_c: f64,
    /// State of charge at the start, 0..=1.
    pub start_soc: f64,
    /// Least state of charge at a stop.
    pub reserve_soc: f64,
    /// Least state of charge at the destination.
    pub arrival_soc: f64,
    /// Power of the stations in W.
    pub station_w: f64,
    /// Distance between stations in m; `None`: everywhere.
    pub spacing_m: Option<f64>,
    /// Whether the car warms its pack on the way to a stop.
    pub prepares: bool,
}

/// One stop.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct Stop {
    /// Distance from the start.
    pub at_km: f64,
    /// State of charge on arrival.
    pub arrival_percent: f64,
    /// State of charge on departure.
    pub departure_percent: f64,
    /// Time at the plug.
    pub charging_minutes: f64,
    /// Time of the stop, with what it takes to leave and rejoin the road.
    pub stop_minutes: f64,
    /// Energy from the grid.
    pub wall_kwh: f64,
    /// Mean power at the plug.
    pub mean_plug_kw: f64,
}

/// A trip.
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct TripPlan {
    /// Distance.
    pub distance_km: f64,
    /// Mean speed between stops.
    pub speed_km_h: f64,
    /// Ambient temperature.
    pub ambient_c: f64,
    /// From the cells, on the road: at the terminals, and lost in their resistance.
    pub battery_kwh_per_100km: f64,
    /// Whole time.
    pub total_h: f64,
    /// Time on the road.
    pub driving_h: f64,
    /// Time at plugs.
    pub charging_h: f64,
    /// State of charge at the destination.
    pub arrival_percent: f64,
    /// Energy from the grid at stops.
    pub station_wall_kwh: f64,
    /// Energy from the wall that fills the pack, at home, back to its state at the start; nought if it is as full.
    pub home_wall_kwh: f64,
    /// Both.
    pub wall_kwh: f64,
    /// Both over distance.
    pub wall_kwh_per_100km: f64,
    /// Distance between stations.
    pub station_spacing_km: f64,
    /// The stops, in order.
    pub stops: Vec<Stop>,
}

/// Times and energies of charging between grid points.
#[derive(Debug, Clone)]
pub(super) struct ChargeTable {
    points: usize,
    /// Seconds, wall J and plug J by arrival and departure.
    cells: Vec<(f64, f64, f64)>,
}

impl ChargeTable {
    /// Charges from every point of a grid up to full.
    pub(super) fn new(car: &ChargingCar, points: usize, lowest: usize, supply: Supply, ambient_c: f64, pack_c: f64) -> Result<Self, ChargingError> {
        let mut cells = vec![(0.0, 0.0, 0.0); (points + 1) * (points + 1)];
        let step = 1.0 / points as f64;
        for from in lowest..points {
            let start = from as f64 * step;
            let result = charge(car, &Session { supply, from_soc: start, to_soc: 1.0, ambient_c, pack_c })?;
            let (mut at, mut plug_j) = (0, 0.0);
            for to in from + 1..=points {
                let wanted = 100.0 * to as f64 * step;
                while at + 2 < result.curve.len() && result.curve[at + 1].soc_percent < wanted - ON_GRID {
                    plug_j += part(&result.curve[at], &result.curve[at + 1], 1.0).2;
                    at += 1;
                }
                let (a, b) = (&result.curve[at], &result.curve[at + 1]);
                let share = ((wanted - a.soc_percent) / (b.soc_percent - a.soc_percent)).clamp(0.0, 1.0);
                let (seconds, wall_j, plug) = part(a, b, share);
                let base = (Duration::from_minutes(a.minutes).s(), Energy::from_kwh(a.wall_kwh).j());
                cells[from * (points + 1) + to] = (base.0 + seconds, base.1 + wall_j, plug_j + plug);
            }
        }
        Ok(Self { points, cells })
    }

    pub(super) fn seconds(&self, from: usize, to: usize) -> f64 {
        self.cells[from * (self.points + 1) + to].0
    }
}

/// A share of the way between two points of a curve: seconds, wall J, plug J.
fn part(a: &super::CurvePoint, b: &super::CurvePoint, share: f64) -> (f64, f64, f64) {
    let seconds = Duration::from_minutes(b.minutes - a.minutes).s();
    let wall_j = Energy::from_kwh(b.wall_kwh - a.wall_kwh).j();
    let ratio = if a.wall_kw > 0.0 { a.plug_kw / a.wall_kw } else { 0.0 };
    (share * seconds, share * wall_j, share * wall_j * ratio)
}

/// The problem on the grid.
pub(super) struct Grid<'t> {
    pub(super) points: usize,
    /// Positions in m: start, stations, destination.
    pub(super) places_m: Vec<f64>,
    /// Energy in J in the cells by state of charge, at equal steps from empty to full.
    pub(super) stored_j: Vec<f64>,
    pub(super) consumption_j_per_m: f64,
    /// Energy in J that preparing the pack takes on a first leg to a stop.
    pub(super) preparation_j: f64,
    pub(super) start_soc: f64,
    pub(super) reserve: usize,
    pub(super) arrival: usize,
    pub(super) speed_m_s: f64,
    pub(super) overhead_s: f64,
    pub(super) table: &'t ChargeTable,
}

/// On straight lines between equally spaced points over 0..=1.
fn between(points: &[f64], at: f64) -> f64 {
    let last = points.len() - 1;
    let at = at.clamp(0.0, 1.0) * last as f64;
    let below = (at as usize).min(last - 1);
    points[below] + (at - below as f64) * (points[below + 1] - points[below])
}

/// Where rising points reach a value; `None` below the first.
fn inverse(points: &[f64], value: f64) -> Option<f64> {
    let last = points.len() - 1;
    if value < points[0] {
        return None;
    }
    let below = points.partition_point(|p| *p <= value).saturating_sub(1).min(last - 1);
    let part = (value - points[below]) / (points[below + 1] - points[below]);
    Some(((below as f64 + part) / last as f64).min(1.0))
}

/// A plan on the grid: whole time in s, stops as (place, arrival, departure), arrival at the end.
pub(super) type GridPlan = (f64, Vec<(usize, usize, usize)>, usize);

impl Grid<'_> {
    /// State of charge on arrival; `None` if the charge does not last.
    pub(super) fn left(&self, soc: f64, from: usize, to: usize) -> Option<f64> {
        let extra = if from == 0 && to + 1 < self.places_m.len() { self.preparation_j } else { 0.0 };
        let left_j = between(&self.stored_j, soc) - (self.places_m[to] - self.places_m[from]) * self.consumption_j_per_m - extra;
        let least = if to + 1 == self.places_m.len() { self.arrival } else { self.reserve };
        let soc = inverse(&self.stored_j, left_j)?;
        (soc * self.points as f64 + ON_GRID >= least as f64).then_some(soc)
    }

    /// Grid point on arrival; `None` if the charge does not last.
    pub(super) fn arrive(&self, soc: f64, from: usize, to: usize) -> Option<usize> {
        self.left(soc, from, to).map(|left| (left * self.points as f64 + ON_GRID).floor() as usize)
    }

    pub(super) fn drive_s(&self, from: usize, to: usize) -> f64 {
        (self.places_m[to] - self.places_m[from]) / self.speed_m_s
    }

    /// The best plan by dynamic programming, from the destination back.
    pub(super) fn best(&self) -> Option<GridPlan> {
        let end = self.places_m.len() - 1;
        let width = self.points + 1;
        // Least time to the destination from a place, on arrival; and the departure that gives it.
        let mut on_arrival = vec![(f64::INFINITY, 0_usize); (end + 1) * width];
        // The same on departure; and the place that comes next.
        let mut onward = vec![(f64::INFINITY, end); width];
        let leave = |from: usize, soc: f64, on_arrival: &[(f64, usize)]| {
            let mut best = (f64::INFINITY, end);
            for to in from + 1..=end {
                let Some(point) = self.arrive(soc, from, to) else {
                    // The destination may be reached with less than the reserve of a stop, but never from too far.
                    if to < end && self.arrival >= self.reserve {
                        break;
                    }
                    continue;
                };
                let rest = if to == end { 0.0 } else { on_arrival[to * width + point].0 };
                let time = self.drive_s(from, to) + rest;
                if time < best.0 {
                    best = (time, to);
                }
            }
            best
        };
        for place in (1..end).rev() {
            for (point, slot) in onward.iter_mut().enumerate() {
                *slot = leave(place, point as f64 / self.points as f64, &on_arrival);
            }
            for point in self.reserve..self.points {
                let mut best = (f64::INFINITY, 0);
                for (to, then) in onward.iter().enumerate().skip(point + 1) {
                    let time = self.overhead_s + self.table.seconds(point, to) + then.0;
                    if time < best.0 {
                        best = (time, to);
                    }
                }
                on_arrival[place * width + point] = best;
            }
        }
        let (total_s, mut next) = leave(0, self.start_soc, &on_arrival);
        if !total_s.is_finite() {
            return None;
        }
        let (mut place, mut soc, mut stops) = (0, self.start_soc, Vec::new());
        while next != end {
            let point = self.arrive(soc, place, next)?;
            let departure = on_arrival[next * width + point].1;
            stops.push((next, point, departure));
            (place, soc) = (next, departure as f64 / self.points as f64);
            next = leave(place, soc, &on_arrival).1;
        }
        Some((total_s, stops, self.arrive(soc, place, end)?))
    }
}

/// Finds the plan of least time for a trip.
///
/// # Errors
/// The car is not purely electric, has no DC port, or cannot get from station to station.
pub fn plan_trip(
    design: &CarDesign,
    car: &ChargingCar,
    tables: &ChargingTables,
    request: &TripRequest,
    draw: &Draw<'_>,
) -> Result<TripPlan, ChargingError> {
    plan_on_grid(design, car, tables, request, draw, GRID)
}

pub(super) fn plan_on_grid(
    design: &CarDesign,
    car: &ChargingCar,
    tables: &ChargingTables,
    request: &TripRequest,
    draw: &Draw<'_>,
    points: usize,
) -> Result<TripPlan, ChargingError> {
    if design.powertrain != Powertrain::Bev {
        return Err(ChargingError::NotElectric { car: design.id.clone(), powertrain: design.powertrain.word() });
    }
    check(request)?;
    let speed = Speed::from_m_s(request.speed_m_s);
    if let Some(top) = &design.top_speed_km_h
        && speed.km_h() > draw.of(top)
    {
        return Err(ChargingError::TooFast { car: design.id.clone(), speed_km_h: speed.km_h(), top_km_h: draw.of(top) });
    }
    let on_grid = |soc: f64| (soc * points as f64 - ON_GRID).ceil().max(0.0) as usize;
    let spacing_m = request.spacing_m.unwrap_or(EVERYWHERE_M);
    let stored_j = car.stored_j(ENERGY_POINTS);
    let arrival_c = draw.of(&tables.arrival_c);
    let prepared = request.prepares && arrival_c > request.ambient_c;
    let pack_c = if prepared { arrival_c } else { request.ambient_c };
    let preparation_j = if prepared { car.heat_capacity_j_per_k * (arrival_c - request.ambient_c) / car.heater_efficiency.max(0.1) } else { 0.0 };
    let mut places_m = vec![0.0];
    let stations = (request.distance_m / spacing_m - ON_GRID).ceil().max(1.0) as usize - 1;
    places_m.extend((1..=stations).map(|at| at as f64 * spacing_m));
    places_m.push(request.distance_m);
    let reserve = on_grid(request.reserve_soc);
    let needs_stop =
        request.distance_m * request.consumption_j_per_m > between(&stored_j, request.start_soc) - between(&stored_j, request.arrival_soc);
    let table = if needs_stop {
        ChargeTable::new(car, points, reserve, Supply::Dc(request.station_w), request.ambient_c, pack_c)?
    } else {
        ChargeTable { points, cells: vec![(f64::INFINITY, 0.0, 0.0); (points + 1) * (points + 1)] }
    };
    let grid = Grid {
        points,
        places_m,
        stored_j,
        consumption_j_per_m: request.consumption_j_per_m,
        preparation_j,
        start_soc: request.start_soc,
        reserve,
        arrival: on_grid(request.arrival_soc),
        speed_m_s: request.speed_m_s,
        overhead_s: draw.of(&tables.stop_overhead_s),
        table: &table,
    };
    let Some((_, path, _)) = grid.best() else {
        let leg_m = (between(&grid.stored_j, 1.0) - between(&grid.stored_j, request.reserve_soc)) / request.consumption_j_per_m;
        let km = |m: f64| Length::from_m(m).km();
        return Err(ChargingError::TooFar {
            car: design.id.clone(),
            distance_km: km(request.distance_m),
            spacing_km: km(spacing_m),
            leg_km: km(leg_m),
        });
    };
    describe(car, request, &grid, spacing_m, pack_c, &path)
}

/// Drives and charges a plan of the grid without it.
fn describe(
    car: &ChargingCar,
    request: &TripRequest,
    grid: &Grid<'_>,
    spacing_m: f64,
    pack_c: f64,
    path: &[(usize, usize, usize)],
) -> Result<TripPlan, ChargingError> {
    let (hours, minutes) = (|s: f64| Duration::from_s(s).h(), |s: f64| Duration::from_s(s).minutes());
    // The grid rounds arrivals down, so a leg that it drives can be driven.
    let left = |soc: f64, from: usize, to: usize| grid.left(soc, from, to).unwrap_or(0.0);
    let (mut place, mut soc, mut charging_s) = (0, request.start_soc, 0.0);
    let mut stops = Vec::with_capacity(path.len());
    for &(next, _, departure) in path {
        let arrival = left(soc, place, next);
        let leaves = departure as f64 / grid.points as f64;
        let session = Session { supply: Supply::Dc(request.station_w), from_soc: arrival, to_soc: leaves, ambient_c: request.ambient_c, pack_c };
        let charged = charge(car, &session)?;
        let seconds = Duration::from_minutes(charged.minutes).s();
        charging_s += seconds;
        stops.push(Stop {
            at_km: Length::from_m(grid.places_m[next]).km(),
            arrival_percent: 100.0 * arrival,
            departure_percent: 100.0 * leaves,
            charging_minutes: charged.minutes,
            stop_minutes: minutes(seconds + grid.overhead_s),
            wall_kwh: charged.wall_kwh,
            mean_plug_kw: charged.mean_plug_kw,
        });
        (place, soc) = (next, leaves);
    }
    let last = grid.places_m.len() - 1;
    let end_soc = left(soc, place, last);
    let driving_s = grid.drive_s(0, last);
    let home_wall_kwh = if end_soc < request.start_soc {
        let home = Session {
            supply: Supply::Ac(car.ac_limit_w),
            from_soc: end_soc,
            to_soc: request.start_soc,
            ambient_c: request.ambient_c,
            pack_c: request.ambient_c,
        };
        charge(car, &home)?.wall_kwh
    } else {
        0.0
    };
    let station_wall_kwh = stops.iter().map(|s| s.wall_kwh).sum::<f64>();
    let distance = Length::from_m(request.distance_m);
    Ok(TripPlan {
        distance_km: distance.km(),
        speed_km_h: Speed::from_m_s(request.speed_m_s).km_h(),
        ambient_c: request.ambient_c,
        battery_kwh_per_100km: (Energy::from_j(request.consumption_j_per_m) / Length::from_m(1.0)).kwh_per_100km(),
        total_h: hours(driving_s + charging_s + grid.overhead_s * stops.len() as f64),
        driving_h: hours(driving_s),
        charging_h: hours(charging_s),
        arrival_percent: 100.0 * end_soc,
        station_wall_kwh,
        home_wall_kwh,
        wall_kwh: station_wall_kwh + home_wall_kwh,
        wall_kwh_per_100km: (Energy::from_kwh(station_wall_kwh + home_wall_kwh) / distance).kwh_per_100km(),
        station_spacing_km: Length::from_m(spacing_m).km(),
        stops,
    })
}

/// Refuses a request that cannot be.
fn check(request: &TripRequest) -> Result<(), ChargingError> {
    let bad = |what, seen, wanted| Err(ChargingError::Request { what, seen, wanted });
    for (what, soc) in [
        ("the state of charge at the start", request.start_soc),
        ("the reserve at a stop", request.reserve_soc),
        ("the state of charge at the destination", request.arrival_soc),
    ] {
        if !(0.0..=1.0).contains(&soc) {
            return bad(what, 100.0 * soc, "0 to 100 %");
        }
    }
    if request.reserve_soc >= 1.0 {
        return bad("the reserve at a stop", 100.0 * request.reserve_soc, "below 100 %");
    }
    if !(request.distance_m > 0.0 && request.distance_m <= Length::from_km(20_000.0).m()) {
        return bad("the distance", Length::from_m(request.distance_m).km(), "above 0, up to 20000 km");
    }
    if !(request.speed_m_s > 0.0 && request.consumption_j_per_m > 0.0) {
        return bad("the speed", Speed::from_m_s(request.speed_m_s).km_h(), "above 0 km/h");
    }
    if request.spacing_m.is_some_and(|spacing| spacing.is_nan() || spacing < Length::from_km(1.0).m()) {
        return bad("the distance between stations", Length::from_m(request.spacing_m.unwrap_or(0.0)).km(), "1 km or more");
    }
    Ok(())
}
