//! Made-up systems of suppliers: what every country makes and buys, with cars at the end.

use std::collections::BTreeMap;

use minewheel_data::places::PlaceId;
use minewheel_industry::disruption::events::{Events, NodeShock, PoolStock};
use minewheel_industry::disruption::parameters::RunParameters;
use minewheel_industry::disruption::study::{Rationing, ShockKind};
use minewheel_industry::disruption::system::{CarPlant, Link, Node, Pool, Product, Recipe, System};

/// A system of `countries` × `products`: a product takes the two before it, every country makes and buys everything, cars are built in two.
pub fn lattice(countries: usize, products: usize, random: &mut impl FnMut() -> f64) -> System {
    let classes = ["mining", "refining", "active-material", "component", "cell"];
    let mut system = System { countries: (0..countries).map(|c| format!("C{c}")).collect(), ..System::default() };
    let share: Vec<f64> = (0..products * countries).map(|_| random().powi(3) + 1e-3).collect();
    let part = |product: usize, country: usize| {
        let of = &share[product * countries..(product + 1) * countries];
        of[country] / of.iter().sum::<f64>()
    };
    let amounts: Vec<[f64; 2]> = (0..products).map(|_| [0.5 + random(), 0.5 + random()]).collect();
    let cars = [60.0, 40.0];
    // Use of every product in every country, the last product first.
    let mut use_of = vec![0.0; products * countries];
    for product in (0..products).rev() {
        for (country, cars) in cars.iter().enumerate() {
            use_of[product * countries + country] += cars * if product + 1 == products { 50.0 } else { 0.1 };
        }
        let total: f64 = use_of[product * countries..(product + 1) * countries].iter().sum();
        for country in 0..countries {
            for (before, amount) in (1..=2).zip(amounts[product]).filter(|(b, _)| *b <= product) {
                use_of[(product - before) * countries + country] += total * part(product, country) * amount;
            }
        }
    }
    for product in 0..products {
        let class = classes[product * classes.len() / products];
        system.products.push(Product { id: format!("p{product}"), tier: class.to_owned(), unit: "kg".to_owned(), class });
        let total: f64 = use_of[product * countries..(product + 1) * countries].iter().sum();
        for country in 0..countries {
            let base = total * part(product, country);
            let inputs = (1..=2).zip(amounts[product]).filter(|(b, _)| *b <= product).map(|(b, a)| ((product - b) * countries + country, a));
            let place = PlaceId(country as u16);
            let kg_co2e = 10.0 * random();
            system.nodes.push(Node { product, place, country, base, standing: base, reach: base, kg_co2e, inputs: inputs.collect() });
        }
        for country in 0..countries {
            let (pool, base) = (product * countries + country, use_of[product * countries + country]);
            let start = system.links.len();
            for maker in 0..countries {
                let weight = part(product, maker);
                system.links.push(Link { node: product * countries + maker, pool, base: base * weight, weight });
            }
            system.pools.push(Pool { product, country, base, links: start..system.links.len() });
        }
    }
    for (country, cars_per_day) in cars.into_iter().enumerate() {
        let inputs = |skip: usize| -> Vec<(usize, f64)> {
            let amount = |p: usize| if p + 1 == products { 50.0 } else { 0.1 };
            (0..products).filter(|p| p % 3 != skip).map(|p| (p * countries + country, amount(p))).collect()
        };
        let recipe = |name: &str, most_share, skip| Recipe {
            name: name.to_owned(),
            most_share,
            qualification_days: None,
            inputs: inputs(skip),
            fixed_kg_co2e: 1_000.0,
        };
        system.plants.push(CarPlant { car: "car".to_owned(), country, cars_per_day, recipes: vec![recipe("", 1.0, 3), recipe("other", 0.4, 1)] });
    }
    system
}

/// Numbers in 0..1 from a seed.
pub fn numbers(seed: u64) -> impl FnMut() -> f64 {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// A lattice of some size, parameters and events from a seed.
pub fn story(seed: u64, size: Option<(usize, usize)>) -> (System, RunParameters, Events) {
    let mut random = numbers(seed);
    let (countries, products) = size.unwrap_or((3 + (random() * 4.0) as usize, 4 + (random() * 4.0) as usize));
    let system = lattice(countries, products, &mut random);
    let all = |value: f64| {
        ["mining", "refining", "active-material", "component", "cell", "vehicle"].into_iter().map(|c| (c, value)).collect::<BTreeMap<_, _>>()
    };
    let mut parameters = RunParameters {
        stock_days: all(20.0),
        spare_capacity: all(0.2),
        within_days: 2,
        between_days: 10,
        ramp_days: 30.0,
        restoration_days: 30.0,
        supplier_days: 60.0,
        chemistry_days: 60.0,
        release_ramp_days: 20.0,
    };
    for days in parameters.stock_days.values_mut() {
        *days = 5.0 + 40.0 * random();
    }
    for spare in parameters.spare_capacity.values_mut() {
        *spare = 0.5 * random();
    }
    (parameters.within_days, parameters.between_days) = (1 + (random() * 5.0) as usize, 5 + (random() * 30.0) as usize);
    (parameters.supplier_days, parameters.chemistry_days) = (90.0 * random(), 90.0 * random());
    let mut shocks = Vec::new();
    for _ in 0..3 {
        let (product, from) = ((random() * products as f64) as usize, (random() * 100.0) as usize);
        let nodes = (0..countries).filter(|_| random() < 0.4).map(|c| product * countries + c).collect();
        let kind = if random() < 0.5 { ShockKind::ExportCap } else { ShockKind::Outage };
        shocks.push(NodeShock { kind, nodes, remaining: 0.5 * random(), days: from..from + (random() * 150.0) as usize });
    }
    let pool = (random() * (products * 2) as f64) as usize % system.pools.len();
    let stocks = vec![PoolStock { pool, days: 30.0, from_day: (random() * 90.0) as usize }];
    let rationing = if random() < 0.5 { Rationing::Proportional } else { Rationing::HomeFirst };
    (system, parameters, Events { days: 365, rationing, shocks, stocks })
}
