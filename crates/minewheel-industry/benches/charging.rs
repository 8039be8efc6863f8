//! Time of a year of charging, car by car in quarters of an hour. Goal for ten thousand cars: at most ten seconds on two threads, energy of each
//! car closed to 1e-9.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use minewheel_data::store::Store;
use minewheel_industry::fleet::charging::{ChargingCars, Habits, Strategy, charging_year};
use minewheel_industry::fleet::tables::FleetTables;

fn main() {
    divan::main();
}

#[divan::bench(args = ["uncontrolled", "valley", "signal"], sample_count = 5, sample_size = 1)]
fn ten_thousand_cars(bencher: Bencher<'_, '_>, strategy: &str) {
    let tables = FleetTables::read(&Store::embedded(), false).expect("the embedded tables keep to their schemas");
    let habits = Habits::of(&tables).expect("the embedded tables have habits");
    let strategy = match strategy {
        "valley" => Strategy::Window(23, 7),
        "signal" => Strategy::Signal((0..8760).map(|hour| f64::from(hour * 7919 % 1000)).collect()),
        _ => Strategy::Uncontrolled,
    };
    let cars = ChargingCars { cars: 10_000, pack_kwh: 65.0, kwh_per_km: 0.17, km_per_year: 12_000.0, home_kw: 7.0, connected: 1.0, seed: 1 };
    bencher.counter(ItemsCount::new(cars.cars)).bench(|| {
        let year = charging_year(black_box(&cars), &habits, &strategy, None).expect("energy of every car closes");
        assert!(year.residual < 1e-9);
        year
    });
}
