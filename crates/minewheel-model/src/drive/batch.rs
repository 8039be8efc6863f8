//! Many cars on one trace: eight side by side, in single precision with sums in double.
//!
//! The chain from charge to voltage to current is serial in time, so lanes run over cars, not over time. Cars whose
//! axles may rest stand together, since only they need those terms. Results agree with [`super::drive`] to 1e-5 of the
//! energy; the ledger is left out.

use minewheel_data::units::J_PER_WH;

use super::lanes::{Levers, Run, follow, gather, wall_j};
use super::number::{Lanes, Number, WIDTH};
use super::{Conditions, ElectricCar, Trace, Use};

/// Cars made ready for one set of conditions and, since cabins warm up, for drives of one duration.
#[derive(Debug, Clone)]
pub struct Fleet {
    cars: Vec<ElectricCar>,
    conditions: Conditions,
    duration_s: f64,
    /// Cars in the order of lanes.
    order: Vec<usize>,
    runs: Vec<Run<Lanes>>,
}

/// What the cars of a fleet used on a trace, in the order of the fleet.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FleetResult {
    /// From the wall.
    pub wall_wh_per_km: Vec<f64>,
    /// At the terminals.
    pub battery_wh_per_km: Vec<f64>,
    /// Time in which a car could not follow.
    pub missed_trace_s: Vec<f64>,
    /// State of charge at the end.
    pub final_soc: Vec<f64>,
}

impl Fleet {
    /// Makes cars ready for traces as long as this one.
    pub fn new(cars: &[ElectricCar], conditions: &Conditions, trace: &Trace) -> Self {
        let mut order: Vec<usize> = (0..cars.len()).collect();
        order.sort_by_key(|&at| cars[at].resting_share > 0.0);
        let duration_s = trace.duration_s();
        let ready: Vec<Run<f64>> = order.iter().map(|&at| Run::of(&cars[at], &Levers::of(&cars[at], conditions), conditions, duration_s)).collect();
        let runs = ready
            .chunks(WIDTH)
            .map(|some| {
                // The last lanes of the last group repeat its first car.
                gather(some, |field| Lanes(std::array::from_fn(|lane| field(some.get(lane).unwrap_or(&some[0])) as f32)))
            })
            .collect();
        Self { cars: cars.to_vec(), conditions: *conditions, duration_s, order, runs }
    }

    /// How many cars.
    pub fn len(&self) -> usize {
        self.cars.len()
    }

    /// Whether there is no car.
    pub fn is_empty(&self) -> bool {
        self.cars.is_empty()
    }

    /// Drives every car over a trace. One of another duration makes the fleet ready anew.
    pub fn drive(&self, trace: &Trace) -> FleetResult {
        if trace.duration_s() != self.duration_s {
            return Self::new(&self.cars, &self.conditions, trace).drive(trace);
        }
        let empty = || vec![0.0; self.cars.len()];
        let mut result = FleetResult { wall_wh_per_km: empty(), battery_wh_per_km: empty(), missed_trace_s: empty(), final_soc: empty() };
        let per_km = |energy_j: f64| energy_j / J_PER_WH / trace.distance_km();
        for (group, run) in self.order.chunks(WIDTH).zip(&self.runs) {
            let soc = |lane: usize| self.conditions.soc_of(&self.cars[*group.get(lane).unwrap_or(&group[0])]) as f32;
            let used = follow(run, trace, Lanes(std::array::from_fn(soc)));
            for (lane, &at) in group.iter().enumerate() {
                let car = &self.cars[at];
                let cells_j = used.drawn_share.0[lane] * car.gross_energy_j;
                let traffic_j = match self.conditions.usage {
                    Use::Official => 0.0,
                    Use::RealWorld => car.gap * cells_j.larger(0.0),
                };
                result.wall_wh_per_km[at] = per_km(wall_j(car, &self.conditions, cells_j));
                result.battery_wh_per_km[at] = per_km(used.terminal_j.0[lane] + traffic_j);
                result.missed_trace_s[at] = used.missed_s.0[lane];
                result.final_soc[at] = used.soc.0[lane];
            }
        }
        result
    }
}
