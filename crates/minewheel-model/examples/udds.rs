//! Times the driving model on one cycle, for `benches/beside-fastsim.py`: one car alone, in the cold, and in a fleet.
//!
//! ```text
//! cargo run --release -p minewheel-model --example udds -- udds chevrolet-bolt renault-zoe-ze50
//! ```
//!
//! Prints one JSON object a car: microseconds of one drive, best of many, and the energy at the terminals. `cold` has
//! the same car at −7 °C: cabin heat, cold cells, tyres and air. `fleet` is the time per car of a thousand.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a face: it reads the clock and prints")]

use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

use minewheel_data::catalogue::Catalogue;
use minewheel_data::cycles::Cycles;
use minewheel_data::loader::Loader;
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use minewheel_model::drive::batch::Fleet;
use minewheel_model::drive::{Conditions, DriveTables, Masses, Trace, drive, electric_car, sensitivities};

const FLEET: usize = 1000;
const COLD_C: f64 = -7.0;

/// Microseconds of the fastest of some runs.
fn best_us<T>(runs: usize, mut work: impl FnMut() -> T) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let start = Instant::now();
        black_box(work());
        best = best.min(start.elapsed().as_secs_f64());
    }
    1e6 * best
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let cycle = arguments.next().ok_or("give a cycle and cars")?;
    let store = Store::embedded();
    let mut loader = Loader::new(&store, false);
    let tables = DriveTables::read(&mut loader)?;
    let cycles = Cycles::read(&mut loader);
    let chemistries: Vec<String> = tables.cells.iter().map(|c| c.chemistry.clone()).collect();
    let catalogue = Catalogue::read(&mut loader, &chemistries);
    let trace = Trace::new(&cycles.get(&cycle)?);
    for id in arguments {
        let design = catalogue.car(&id)?;
        let masses = Masses::of(design, &tables, &Draw::BEST, &mut Vec::new());
        let car = electric_car(design, &masses, &tables, &Draw::BEST)?;
        let (warm, cold) = (Conditions::official(), Conditions::official().at(COLD_C));
        let fleet = Fleet::new(&vec![car.clone(); FLEET], &warm, &trace);
        let energy = drive(&car, &trace, &warm).battery_wh_per_km;
        println!(
            "{{\"car\": \"{id}\", \"cycle\": \"{cycle}\", \"drive_us\": {:.3}, \"cold_us\": {:.3}, \"derivatives_us\": {:.3}, \"fleet_us\": {:.4}, \
             \"battery_wh_per_km\": {energy:.3}, \"fleet_battery_wh_per_km\": {:.3}}}",
            best_us(400, || drive(black_box(&car), &trace, &warm)),
            best_us(400, || drive(black_box(&car), &trace, &cold)),
            best_us(100, || sensitivities(black_box(&car), &trace, &warm, &tables, &Draw::BEST)),
            best_us(20, || black_box(&fleet).drive(&trace)) / FLEET as f64,
            fleet.drive(&trace).battery_wh_per_km[0],
        );
    }
    Ok(())
}
