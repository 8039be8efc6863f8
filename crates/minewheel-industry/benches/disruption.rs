//! Time of a year of a disruption in 20 products and 25 countries: 500 nodes, 500 pools, 12,500 links. A thousand such years on two threads are to
//! take at most a minute.

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use minewheel_industry::disruption::engine::run_on;
use minewheel_industry::disruption::layout::Layout;
use rayon::prelude::*;

#[path = "../tests/made_up/lattice.rs"]
mod lattice;

const SIZE: (usize, usize) = (25, 20);

fn main() {
    divan::main();
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn year(bencher: Bencher<'_, '_>) {
    let (system, parameters, events) = lattice::story(1, Some(SIZE));
    let layout = Layout::new(&system);
    bencher.bench(|| run_on(black_box(&layout), &parameters, &events));
}

/// Members that differ in their parameters, on as many threads as there are cores (`RAYON_NUM_THREADS` sets them).
#[divan::bench(sample_count = 3, sample_size = 1)]
fn ensemble(bencher: Bencher<'_, '_>) {
    const MEMBERS: u64 = 200;
    let (system, _, events) = lattice::story(1, Some(SIZE));
    let layout = Layout::new(&system);
    let parameters: Vec<_> = (0..MEMBERS).map(|seed| lattice::story(seed, Some((3, 5))).1).collect();
    bencher
        .counter(ItemsCount::new(MEMBERS))
        .bench(|| parameters.par_iter().map(|p| run_on(black_box(&layout), p, &events).waiting).collect::<Vec<f64>>());
}
