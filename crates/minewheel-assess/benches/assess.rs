//! What an assessment costs: reading the tables, one car, a further car, a thousand draws.
//!
//! `cargo bench -p minewheel-assess`. Beside carculator, in one run: `benches/beside-carculator.py`.

use divan::Bencher;
use minewheel_assess::assessment::assess;
use minewheel_assess::scenario::{Chain, GridChoice, Preset, Resample, Sampling, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::store::Store;

fn main() {
    divan::main();
}

fn tables() -> Tables {
    Tables::read(&Store::embedded(), false).expect("the embedded tables load")
}

fn scenario(tables: &Tables) -> Scenario {
    Scenario {
        country: tables.places.id("CN").expect("China is a place"),
        year: 2025,
        method: "ar6-gwp100".to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    }
}

fn cars(tables: &Tables, count: usize) -> Vec<CarDesign> {
    tables.catalogue.cars().iter().take(count).cloned().collect()
}

#[divan::bench]
fn read_all_tables(bencher: Bencher) {
    bencher.bench(tables);
}

/// The difference between two counts, over the difference of the counts, is what a further car costs.
#[divan::bench(args = [1, 10, 50])]
fn cars_without_interval(bencher: Bencher, count: usize) {
    let tables = tables();
    let (scenario, cars) = (scenario(&tables), cars(&tables, count));
    bencher.bench(|| assess(&tables, &cars, &scenario, None));
}

#[divan::bench(args = [Resample::Car, Resample::All], sample_count = 5, sample_size = 1)]
fn a_thousand_draws(bencher: Bencher, resample: Resample) {
    let tables = tables();
    let (scenario, cars) = (scenario(&tables), cars(&tables, 1));
    bencher.bench(|| assess(&tables, &cars, &scenario, Some(Sampling { samples: 1000, seed: 1, resample, chain: Chain::Maker })));
}
