//! Many cars on one trace: sixteen side by side, in single precision with sums in double.
//!
//! The chain from charge to voltage to current is serial in time, so lanes run over cars, not over time. A fleet is
//! made ready once for its conditions and driven over any number of traces. Results agree with [`super::drive`] to
//! 1e-5 of the energy; the ledger is left out.
//!
//! ```
//! use minewheel_model::drive::batch::Fleet;
//! use minewheel_model::drive::Conditions;
//! assert!(Fleet::new(&[], &Conditions::official()).is_empty());
//! ```

use minewheel_data::units::J_PER_WH;

use super::lanes::{Levers, Run, follow, gather, wall_j};
use super::number::{Lanes, Number, WIDTH};
use super::{Conditions, ElectricCar, Trace, Use};

/// Cars made ready for one set of conditions.
#[derive(Debug, Clone)]
pub struct Fleet {
    cars: Vec<ElectricCar>,
    conditions: Conditions,
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
    /// Makes cars ready.
    pub fn new(cars: &[ElectricCar], conditions: &Conditions) -> Self {
        let ready: Vec<Run<f64>> = cars.iter().map(|car| Run::of(car, &Levers::of(car, conditions))).collect();
        let runs = ready
            .chunks(WIDTH)
            .map(|some| {
                // The last lanes of the last group repeat its first car.
                gather(some, |field| Lanes(std::array::from_fn(|lane| field(some.get(lane).unwrap_or(&some[0])) as f32)))
            })
            .collect();
        Self { cars: cars.to_vec(), conditions: *conditions, runs }
    }

    /// How many cars.
    pub fn len(&self) -> usize {
        self.cars.len()
    }

    /// Whether there is no car.
    pub fn is_empty(&self) -> bool {
        self.cars.is_empty()
    }

    /// Drives every car over a trace.
    pub fn drive(&self, trace: &Trace) -> FleetResult {
        let mut result = FleetResult::default();
        let per_km = |energy_j: f64| energy_j / J_PER_WH / trace.distance_km();
        for (group, run) in self.cars.chunks(WIDTH).zip(&self.runs) {
            let used = follow(run, trace, self.conditions.initial_soc);
            for (lane, car) in group.iter().enumerate() {
                let cells_j = used.drawn_share.0[lane] * car.gross_energy_j;
                let traffic_j = match self.conditions.usage {
                    Use::Official => 0.0,
                    Use::RealWorld => car.gap * cells_j.larger(0.0),
                };
                result.wall_wh_per_km.push(per_km(wall_j(car, &self.conditions, cells_j)));
                result.battery_wh_per_km.push(per_km(used.terminal_j.0[lane] + traffic_j));
                result.missed_trace_s.push(used.missed_s.0[lane]);
                result.final_soc.push(used.soc.0[lane]);
            }
        }
        result
    }
}
