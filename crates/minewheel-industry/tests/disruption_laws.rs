//! The engine of disruptions beside its equations written down, and an ensemble on one thread and on two.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use minewheel_assess::tables::Tables;
use minewheel_data::store::Store;
use minewheel_industry::disruption::engine::run_on;
use minewheel_industry::disruption::ensemble::members;
use minewheel_industry::disruption::layout::Layout;
use minewheel_industry::disruption::scene::Scene;
use minewheel_industry::disruption::study::{Ensemble, Overrides};

#[path = "made_up/lattice.rs"]
mod lattice;
mod plain;

use lattice::story;

/// Cars a day of a lattice.
const CARS_PER_DAY: f64 = 100.0;

fn is_close(a: f64, b: f64, scale: f64) -> bool {
    (a - b).abs() <= 1e-9 * scale.abs().max(a.abs()).max(b.abs())
}

#[test]
fn a_run_is_the_equations_written_down_without_order_or_shortcut() {
    let mut short = 0;
    for seed in 0..60 {
        let (system, parameters, events) = story(seed, None);
        let (a, b) = (run_on(&Layout::new(&system), &parameters, &events), plain::run(&system, &parameters, &events));
        assert!(a.mass_error < 1e-9 && a.lowest_stock >= 0.0, "seed {seed}: mass error {}, stock {}", a.mass_error, a.lowest_stock);
        assert_eq!((a.first_shortage, a.recovered), (b.first_shortage, b.recovered), "seed {seed}");
        assert!(a.built.iter().zip(&b.built).all(|(a, b)| is_close(*a, *b, CARS_PER_DAY)), "seed {seed}");
        let year = CARS_PER_DAY * 365.0;
        let pairs = [(a.switched, b.switched), (a.waiting, b.waiting), (a.most_waiting, b.most_waiting)];
        assert!(pairs.iter().all(|(a, b)| is_close(*a, *b, year)), "seed {seed}: {pairs:?}");
        assert!(a.lost_to.iter().zip(&b.lost_to).all(|(a, b)| is_close(*a, *b, year)), "seed {seed}: {:?} {:?}", a.lost_to, b.lost_to);
        let pairs = [(a.kg_co2e, b.kg_co2e), (a.base_kg_co2e, b.base_kg_co2e), (a.lowest_stock, b.lowest_stock)];
        assert!(pairs.iter().all(|(a, b)| is_close(*a, *b, 1.0)), "seed {seed}: {pairs:?}");
        assert!(a.strategic.iter().zip(&b.strategic).all(|(a, b)| is_close(*a, *b, 1.0)), "seed {seed}");
        short += usize::from(a.first_shortage.is_some());
    }
    assert!(short > 10, "only {short} stories run short");
}

#[test]
fn an_ensemble_has_the_same_bits_on_one_thread_and_on_two() {
    let tables = Tables::read(&Store::embedded(), false).unwrap();
    let mut differing = 0;
    for seed in 0..6 {
        let (system, _, events) = story(seed, Some((4, 6)));
        let (scene, overrides) = (Scene { system, events }, Overrides::default());
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| members(&tables, &scene, &overrides, Ensemble { members: 24, seed: 3 }).unwrap())
        };
        let (one, two) = (on(1), on(2));
        assert_eq!(one, two, "story {seed}");
        differing += usize::from(one.iter().any(|o| *o != one[0]));
    }
    assert!(differing > 3, "members differ in {differing} stories");
}
