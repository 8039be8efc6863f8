//! The engine of disruptions beside its equations written down, and an ensemble on one thread and on two.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use minewheel_assess::tables::Tables;
use minewheel_data::places::PlaceId;
use minewheel_data::store::Store;
use minewheel_industry::disruption::engine::{Outcome, run_on};
use minewheel_industry::disruption::ensemble::members;
use minewheel_industry::disruption::events::{Events, NodeShock};
use minewheel_industry::disruption::layout::Layout;
use minewheel_industry::disruption::parameters::RunParameters;
use minewheel_industry::disruption::scene::Scene;
use minewheel_industry::disruption::study::{Ensemble, Overrides, ShockKind};
use minewheel_industry::disruption::system::{CarPlant, Link, Node, Pool, Product, Recipe, System};

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

/// A chain in one country: a mine, perhaps works that take two kilograms of ore for one of metal, and ten cars a day of a kilogram each.
/// A kilogram costs 2 kg CO2e at every stage, a car 100 kg besides.
fn chain(with_works: bool) -> System {
    let classes: &[&'static str] = if with_works { &["mining", "refining"] } else { &["mining"] };
    let mut system = System { countries: vec!["C".to_owned()], ..System::default() };
    for (stage, class) in classes.iter().copied().enumerate() {
        let base = if stage + 1 == classes.len() { 10.0 } else { 20.0 };
        let inputs = if stage == 0 { Vec::new() } else { vec![(stage - 1, 2.0)] };
        system.products.push(Product { id: class.to_owned(), tier: class.to_owned(), unit: "kg".to_owned(), class });
        system.nodes.push(Node { product: stage, place: PlaceId(0), country: 0, base, standing: base, reach: base, kg_co2e: 2.0, inputs });
        system.links.push(Link { node: stage, pool: stage, base, weight: 1.0 });
        system.pools.push(Pool { product: stage, country: 0, base, links: stage..stage + 1 });
    }
    let last = classes.len() - 1;
    let recipe = Recipe { name: String::new(), most_share: 1.0, qualification_days: None, inputs: vec![(last, 1.0)], fixed_kg_co2e: 100.0 };
    system.plants.push(CarPlant { car: "car".to_owned(), country: 0, cars_per_day: 10.0, recipes: vec![recipe] });
    system
}

/// Days of stock by class and in transit; nothing spare, and stocks that are not refilled, so that an order is what was used.
fn unhurried(ore_days: f64, metal_days: f64, transit_days: usize) -> RunParameters {
    RunParameters {
        stock_days: [("mining", ore_days), ("refining", metal_days)].into(),
        spare_capacity: [("mining", 0.0), ("refining", 0.0), ("vehicle", 0.0)].into(),
        within_days: transit_days,
        between_days: transit_days,
        ramp_days: 1.0,
        restoration_days: 1e15,
        supplier_days: 0.0,
        chemistry_days: 0.0,
        release_ramp_days: 1.0,
    }
}

/// The mine at a part of its output on some of so many days.
fn mine_at(remaining: f64, on: std::ops::Range<usize>, days: usize) -> Events {
    let shocks = vec![NodeShock { kind: ShockKind::Outage, nodes: vec![0], remaining, days: on }];
    Events { days, shocks, ..Events::default() }
}

/// Runs the engine and the equations, which must both give these cars a day.
fn both_build(system: &System, parameters: &RunParameters, events: &Events, by_hand: &[f64]) -> Outcome {
    let outcome = run_on(&Layout::new(system), parameters, events);
    for (name, run) in [("engine", &outcome), ("equations", &plain::run(system, parameters, events))] {
        assert!(run.built.len() == by_hand.len() && run.built.iter().zip(by_hand).all(|(a, b)| (a - b).abs() < 1e-9), "{name}: {:?}", run.built);
    }
    outcome
}

#[test]
fn a_mine_that_stops_for_four_days_is_felt_as_by_hand() {
    // 30 kg in stock, 10 kg under way for days 0 and 1. Nothing is made on days 0 to 3, nor on day 4, for which a stopped mine took no
    // order the evening before: nothing arrives on days 2 to 6. Stock at the end of day 1: 30, then 20, 10, 0 on day 4; days 5 and 6
    // build none; on day 7 what day 5 made is there.
    let days = [10.0, 10.0, 10.0, 10.0, 10.0, 0.0, 0.0, 10.0, 10.0, 10.0];
    let found = both_build(&chain(false), &unhurried(3.0, 0.0, 2), &mine_at(0.0, 0..4, 10), &days);
    assert_eq!((found.first_shortage, found.recovered), (Some(5), Some(7)));
    assert!((found.waiting - 20.0).abs() < 1e-9 && (found.lost_to[0] - 20.0).abs() < 1e-9 && found.lowest_stock < 1e-9, "{found:?}");
    // Eighty cars of 100 kg and a kilogram of 2 kg, whether mined in these days or before.
    assert!((found.kg_co2e - 80.0 * 102.0).abs() < 1e-6 && (found.base_kg_co2e - 80.0 * 102.0).abs() < 1e-6, "{found:?}");
}

#[test]
fn a_mine_at_half_its_output_halves_the_cars_when_the_stock_is_gone() {
    // 5 kg arrive from day 2 on: 30 kg fall by 5 a day and are gone at the end of day 7.
    let days: Vec<f64> = (0..20).map(|day| if day < 8 { 10.0 } else { 5.0 }).collect();
    let found = both_build(&chain(false), &unhurried(3.0, 0.0, 2), &mine_at(0.5, 0..20, 20), &days);
    assert_eq!((found.first_shortage, found.recovered), (Some(8), None));
    assert!((found.waiting - 60.0).abs() < 1e-9, "{found:?}");
}

#[test]
fn stocks_and_ways_of_a_chain_add_up_to_the_days_before_it_is_felt() {
    for (ore, metal, transit) in [(2.0, 1.0, 1), (4.0, 3.0, 2), (1.0, 5.0, 3), (6.0, 0.0, 4)] {
        let felt = 2 * transit + ore as usize + metal as usize;
        let days: Vec<f64> = (0..felt + 5).map(|day| if day < felt { 10.0 } else { 0.0 }).collect();
        let found = both_build(&chain(true), &unhurried(ore, metal, transit), &mine_at(0.0, 0..felt + 5, felt + 5), &days);
        assert_eq!(found.first_shortage, Some(felt));
        // A car holds a kilogram of metal (2 kg CO2e) of two of ore (4 kg).
        assert!((found.kg_co2e - 10.0 * felt as f64 * 106.0).abs() < 1e-6, "{found:?}");
    }
}

#[test]
fn every_planned_car_is_built_or_waits() {
    for seed in 0..60 {
        let (system, parameters, events) = story(seed, None);
        let found = run_on(&Layout::new(&system), &parameters, &events);
        let planned = CARS_PER_DAY * events.days as f64;
        assert!(is_close(found.built.iter().sum::<f64>() + found.waiting, planned, planned), "seed {seed}: {} wait", found.waiting);
        assert!(
            found.most_waiting + 1e-9 * planned >= found.waiting && found.switched <= found.built.iter().sum::<f64>() * (1.0 + 1e-9),
            "seed {seed}"
        );
    }
}

#[test]
fn twice_the_cars_of_twice_the_works_run_the_same_days() {
    for seed in 0..30 {
        let (system, parameters, events) = story(seed, None);
        let mut twice = system.clone();
        twice.nodes.iter_mut().for_each(|n| (n.base, n.standing, n.reach) = (2.0 * n.base, 2.0 * n.standing, 2.0 * n.reach));
        twice.pools.iter_mut().for_each(|p| p.base *= 2.0);
        twice.links.iter_mut().for_each(|l| l.base *= 2.0);
        twice.plants.iter_mut().for_each(|p| p.cars_per_day *= 2.0);
        let (one, two) = (run_on(&Layout::new(&system), &parameters, &events), run_on(&Layout::new(&twice), &parameters, &events));
        assert_eq!((one.first_shortage, one.recovered), (two.first_shortage, two.recovered), "seed {seed}");
        assert!(one.built.iter().zip(&two.built).all(|(a, b)| is_close(2.0 * a, *b, CARS_PER_DAY)), "seed {seed}");
        assert!(is_close(2.0 * one.kg_co2e, two.kg_co2e, 1.0) && is_close(one.lowest_stock, two.lowest_stock, 1.0), "seed {seed}");
    }
}

#[test]
fn without_a_shock_a_car_costs_what_its_base_flows_cost() {
    for seed in 0..30 {
        let (system, parameters, events) = story(seed, None);
        let calm = run_on(&Layout::new(&system), &parameters, &Events { shocks: Vec::new(), ..events });
        assert!(
            calm.first_shortage.is_none() && is_close(calm.kg_co2e, calm.base_kg_co2e, 1.0),
            "seed {seed}: {} {}",
            calm.kg_co2e,
            calm.base_kg_co2e
        );
    }
}
