//! A system small enough to follow by hand: ore from AU, anodes from CN and JP, cars in DE.

use std::collections::BTreeMap;

use minewheel_data::places::PlaceId;

use super::super::events::{Events, NodeShock, PoolStock};
use super::super::parameters::RunParameters;
use super::super::study::{Rationing, ShockKind};
use super::super::system::{CarPlant, Link, Node, Pool, Product, Recipe, System};
use super::{Outcome, run};

const DAYS: usize = 400;
const CARS: f64 = 100.0;

fn system() -> System {
    let product = |id: &str, class| Product { id: id.to_owned(), tier: class_word(class), unit: "kg".to_owned(), class };
    let node = |product, place, country, base: f64, kg_co2e, inputs| Node {
        product,
        place: PlaceId(place),
        country,
        base,
        standing: base,
        reach: base,
        kg_co2e,
        inputs,
    };
    let link = |node, pool, base, weight| Link { node, pool, base, weight };
    System {
        products: vec![product("ore", "mining"), product("anode", "active-material")],
        countries: ["AU", "CN", "JP", "DE"].map(str::to_owned).to_vec(),
        // 50 kg of anode a car, two of ore each; CN makes four fifths.
        nodes: vec![
            node(0, 0, 0, 10_000.0, 1.0, Vec::new()),
            node(1, 1, 1, 4_000.0, 20.0, vec![(0, 2.0)]),
            node(1, 2, 2, 1_000.0, 8.0, vec![(1, 2.0)]),
        ],
        pools: vec![
            Pool { product: 0, country: 1, base: 8_000.0, links: 0..1 },
            Pool { product: 0, country: 2, base: 2_000.0, links: 1..2 },
            Pool { product: 1, country: 3, base: 5_000.0, links: 2..4 },
        ],
        links: vec![link(0, 0, 8_000.0, 1.0), link(0, 1, 2_000.0, 1.0), link(1, 2, 4_000.0, 0.8), link(2, 2, 1_000.0, 0.2)],
        plants: vec![CarPlant {
            car: "car".to_owned(),
            country: 3,
            cars_per_day: CARS,
            recipes: vec![Recipe { name: String::new(), most_share: 1.0, qualification_days: None, inputs: vec![(2, 50.0)], fixed_kg_co2e: 1_000.0 }],
        }],
    }
}

fn class_word(class: &str) -> String {
    class.to_owned()
}

fn parameters() -> RunParameters {
    let all = |value: f64| {
        ["mining", "refining", "active-material", "component", "cell", "vehicle"].into_iter().map(|c| (c, value)).collect::<BTreeMap<_, _>>()
    };
    RunParameters {
        stock_days: all(20.0),
        spare_capacity: all(0.2),
        within_days: 2,
        between_days: 10,
        ramp_days: 30.0,
        restoration_days: 30.0,
        supplier_days: 60.0,
        chemistry_days: 60.0,
        release_ramp_days: 20.0,
    }
}

fn events(shocks: Vec<NodeShock>) -> Events {
    Events { days: DAYS, rationing: Rationing::Proportional, shocks, stocks: Vec::new() }
}

fn stop(kind: ShockKind, days: usize) -> NodeShock {
    NodeShock { kind, nodes: vec![1], remaining: 0.0, days: 50..50 + days }
}

fn conserves(outcome: &Outcome) {
    assert!(outcome.mass_error < 1e-9, "mass error {}", outcome.mass_error);
    assert!(outcome.lowest_stock >= 0.0, "stock {}", outcome.lowest_stock);
}

#[test]
fn without_a_shock_every_day_is_as_the_first() {
    let outcome = run(&system(), &parameters(), &events(Vec::new()));
    conserves(&outcome);
    for built in &outcome.built {
        assert!((built - CARS).abs() < 1e-9 * CARS, "{built}");
    }
    assert!((outcome.lowest_stock - 20.0).abs() < 1e-9, "{}", outcome.lowest_stock);
    assert_eq!(outcome.first_shortage, None);
    // 50 kg · (0.8 · 20 + 0.2 · 8) + 100 kg of ore + 1,000.
    let per_car = 50.0 * (16.0 + 1.6) + 100.0 + 1_000.0;
    assert!((outcome.kg_co2e / (CARS * DAYS as f64) - per_car).abs() < 1e-6);
    assert!((outcome.kg_co2e - outcome.base_kg_co2e).abs() < 1e-6 * outcome.base_kg_co2e);
}

#[test]
fn a_stop_is_felt_when_transit_and_stock_are_used_up() {
    let outcome = run(&system(), &parameters(), &events(vec![stop(ShockKind::ExportCap, 200)]));
    conserves(&outcome);
    // Ten days of goods at sea last to day 60, the stock covers four fifths of use for 25 days; JP's spare capacity adds some.
    let first = outcome.first_shortage.unwrap_or(0);
    assert!((80..=100).contains(&first), "{first}");
    assert!(outcome.waiting > 0.0);
    assert!(outcome.lost_to[1] > 0.0 && outcome.lost_to[0] == 0.0, "{:?}", outcome.lost_to);
}

#[test]
fn a_longer_stop_never_builds_more_cars() {
    let built = |days| run(&system(), &parameters(), &events(vec![stop(ShockKind::Outage, days)])).built.iter().sum::<f64>();
    let all: Vec<f64> = [0, 30, 60, 120, 240].into_iter().map(built).collect();
    assert!(all.windows(2).all(|w| w[1] <= w[0] + 1e-9), "{all:?}");
}

#[test]
fn a_short_stop_is_made_up_and_its_cars_are_late() {
    let outcome = run(&system(), &parameters(), &events(vec![stop(ShockKind::Outage, 60)]));
    conserves(&outcome);
    assert!(outcome.most_waiting > outcome.waiting);
    assert!(outcome.recovered.is_some_and(|day| day > outcome.first_shortage.unwrap_or(usize::MAX)));
}

#[test]
fn a_strategic_stock_delays_the_shortage_by_its_days() {
    let without = run(&system(), &parameters(), &events(vec![stop(ShockKind::ExportCap, 300)]));
    let with = run(
        &system(),
        &parameters(),
        &Events { stocks: vec![PoolStock { pool: 2, days: 40.0, from_day: 0 }], ..events(vec![stop(ShockKind::ExportCap, 300)]) },
    );
    conserves(&with);
    let (a, b) = (without.first_shortage.unwrap_or(0), with.first_shortage.unwrap_or(DAYS));
    // Forty days of use bridge a lack of four fifths for about fifty days.
    assert!((40..=70).contains(&(b - a)), "{a} and {b}");
}

#[test]
fn another_chemistry_is_built_only_after_its_release() {
    let mut system = system();
    system.plants[0].recipes.push(Recipe {
        name: "other".to_owned(),
        most_share: 0.5,
        qualification_days: Some(30.0),
        inputs: Vec::new(),
        fixed_kg_co2e: 1_500.0,
    });
    let outcome = run(&system, &parameters(), &events(vec![stop(ShockKind::ExportCap, 300)]));
    conserves(&outcome);
    let first = outcome.first_shortage.unwrap_or(0);
    let low = outcome.built[first..first + 30].iter().fold(f64::INFINITY, |m: f64, b| m.min(*b));
    assert!(outcome.switched > 0.0);
    assert!(outcome.built[first + 80] > low, "{} and {low}", outcome.built[first + 80]);
}

#[test]
fn home_buyers_are_served_first_where_the_study_says_so() {
    let mut system = system();
    // A second plant in CN shares the pool of anodes there.
    system.pools.push(Pool { product: 1, country: 1, base: 2_500.0, links: 4..5 });
    system.links.push(Link { node: 1, pool: 3, base: 2_500.0, weight: 1.0 });
    system.nodes[1].base += 2_500.0;
    system.nodes[1].standing += 2_500.0;
    system.nodes[1].reach += 2_500.0;
    system.nodes[0].base += 5_000.0;
    system.nodes[0].standing += 5_000.0;
    system.nodes[0].reach += 5_000.0;
    system.pools[0].base += 5_000.0;
    system.links[0].base += 5_000.0;
    let mut second = system.plants[0].clone();
    second.country = 1;
    second.cars_per_day = 50.0;
    second.recipes[0].inputs = vec![(3, 50.0)];
    system.plants.push(second);
    let shock = NodeShock { kind: ShockKind::Outage, nodes: vec![1], remaining: 0.5, days: 50..250 };
    let built = |rationing| run(&system, &parameters(), &Events { rationing, ..events(vec![shock.clone()]) });
    let (alike, home) = (built(Rationing::Proportional), built(Rationing::HomeFirst));
    conserves(&alike);
    conserves(&home);
    assert!(home.first_shortage <= alike.first_shortage, "{:?} and {:?}", home.first_shortage, alike.first_shortage);
}
