//! The physical system of a study: nodes, pools and links with their base flows, from the open supply of its cars.

use std::collections::BTreeMap;

use minewheel_assess::tables::Tables;
use minewheel_assess::tiers::Tiers;
use minewheel_data::places::PlaceId;

use super::parameters::class_of;

/// A product that the study's cars pass.
#[derive(Debug, Clone, PartialEq)]
pub struct Product {
    /// Its id.
    pub id: String,
    /// Its tier.
    pub tier: String,
    /// Its unit.
    pub unit: String,
    /// The class of its tier in the parameter table.
    pub class: &'static str,
}

/// A product made in a place.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// The product.
    pub product: usize,
    /// Where.
    pub place: PlaceId,
    /// The country, as a number of the system.
    pub country: usize,
    /// Output before the shock, a day.
    pub base: f64,
    /// Capacity that stands ready, a day.
    pub standing: f64,
    /// What spare capacity is a share of, a day.
    pub reach: f64,
    /// Climate of a unit without its inputs.
    pub kg_co2e: f64,
    /// What a unit takes from which pool.
    pub inputs: Vec<(usize, f64)>,
}

/// The stock of a product that buyers in one country hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Pool {
    /// The product.
    pub product: usize,
    /// The country.
    pub country: usize,
    /// Use before the shock, a day.
    pub base: f64,
    /// Its links, as a range of the system's.
    pub links: std::ops::Range<usize>,
}

/// A supplier of a pool.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The supplier.
    pub node: usize,
    /// The pool.
    pub pool: usize,
    /// Flow before the shock, a day.
    pub base: f64,
    /// Share of an order that goes there first.
    pub weight: f64,
}

/// A way to build a plant's cars.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// Chemistry, for alternatives.
    pub name: String,
    /// Largest share of the plant's cars; one for the base recipe.
    pub most_share: f64,
    /// Days from the first car not built to its release, if the study gives them.
    pub qualification_days: Option<f64>,
    /// What a car takes from which pool.
    pub inputs: Vec<(usize, f64)>,
    /// Climate of a car that passes no market.
    pub fixed_kg_co2e: f64,
}

/// A plant.
#[derive(Debug, Clone, PartialEq)]
pub struct CarPlant {
    /// The car.
    pub car: String,
    /// The country, as a number of the system.
    pub country: usize,
    /// Cars a day.
    pub cars_per_day: f64,
    /// Its recipes, the base first.
    pub recipes: Vec<Recipe>,
}

/// A study's physical system.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct System {
    /// Products.
    pub products: Vec<Product>,
    /// Countries, by code.
    pub countries: Vec<String>,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Pools.
    pub pools: Vec<Pool>,
    /// Links, by pool.
    pub links: Vec<Link>,
    /// Plants.
    pub plants: Vec<CarPlant>,
}

/// One recipe of one plant with its open supply.
pub struct Supplied<'t> {
    /// The chemistry, for alternatives.
    pub name: String,
    /// The physical supply.
    pub tiers: &'t Tiers,
    /// Largest share.
    pub most_share: f64,
    /// Days to its release.
    pub qualification_days: Option<f64>,
}

/// One plant with its recipes.
pub struct SuppliedPlant<'t> {
    /// The car.
    pub car: String,
    /// Where it is built.
    pub place: PlaceId,
    /// Cars a day.
    pub cars_per_day: f64,
    /// The base recipe first.
    pub recipes: Vec<Supplied<'t>>,
}

/// Weight of a node that makes nothing before the shock: enough to know its technology, too little to be seen.
const LEAST_WEIGHT: f64 = 1e-30;

/// What is gathered of one node.
#[derive(Default)]
struct Gathered {
    base: f64,
    alternative: f64,
    world_share: f64,
    weight: f64,
    kg_co2e: f64,
    inputs: BTreeMap<usize, f64>,
}

#[derive(Default)]
struct Builder {
    products: Vec<Product>,
    countries: Vec<String>,
    nodes: BTreeMap<(usize, PlaceId), Gathered>,
    /// Flows from a node to buyers in a country: base, and with alternatives at their largest share.
    flows: BTreeMap<((usize, PlaceId), usize), [f64; 2]>,
}

impl Builder {
    fn product(&mut self, tiers: &Tiers, market: usize) -> usize {
        let market = &tiers.markets[market];
        self.products.iter().position(|p| p.id == market.product).unwrap_or_else(|| {
            let class = class_of(&market.tier);
            self.products.push(Product { id: market.product.clone(), tier: market.tier.clone(), unit: market.unit.clone(), class });
            self.products.len() - 1
        })
    }

    fn country(&mut self, tables: &Tables, place: PlaceId) -> usize {
        let code = tables.places.code(tables.places.country(place));
        self.countries.iter().position(|c| c == code).unwrap_or_else(|| {
            self.countries.push(code.to_owned());
            self.countries.len() - 1
        })
    }

    /// Adds what one recipe buys and makes. `kind` is 0 for the base, 1 for an alternative.
    fn add(&mut self, tables: &Tables, tiers: &Tiers, plant: PlaceId, cars: f64, kind: usize) {
        let turnover = tiers.throughput(|n| tiers.nodes[n].share);
        let products: Vec<usize> = (0..tiers.markets.len()).map(|m| self.product(tiers, m)).collect();
        let mut purchases: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let here = self.country(tables, plant);
        for (market, m) in tiers.markets.iter().enumerate() {
            *purchases.entry((market, here)).or_default() += m.demand * cars;
        }
        for node in &tiers.nodes {
            let made = node.share * turnover[node.market] * cars;
            let country = self.country(tables, node.place);
            let key = (products[node.market], node.place);
            let gathered = self.nodes.entry(key).or_default();
            if kind == 0 {
                gathered.base += made;
            } else {
                gathered.alternative += made;
            }
            gathered.world_share = gathered.world_share.max(node.world_share);
            // A technology is the same for every car; freight differs a little between markets, so means are taken.
            let weight = made.max(LEAST_WEIGHT);
            gathered.weight += weight;
            gathered.kg_co2e += weight * node.kg_co2e;
            for (market, amount) in &node.inputs {
                *gathered.inputs.entry(products[*market]).or_default() += weight * amount;
                *purchases.entry((*market, country)).or_default() += made * amount;
            }
        }
        for ((market, country), amount) in purchases {
            for node in tiers.nodes.iter().filter(|n| n.market == market) {
                self.flows.entry(((products[market], node.place), country)).or_default()[kind] += amount * node.share;
            }
        }
    }
}

impl System {
    /// Builds the system of plants whose supply is open.
    pub fn new(tables: &Tables, plants: &[SuppliedPlant<'_>]) -> Self {
        let mut builder = Builder::default();
        for plant in plants {
            for (index, recipe) in plant.recipes.iter().enumerate() {
                builder.add(tables, recipe.tiers, plant.place, plant.cars_per_day * recipe.most_share, usize::from(index > 0));
            }
        }
        let mut system = Self { products: builder.products.clone(), ..Self::default() };
        let keys: Vec<(usize, PlaceId)> = builder.nodes.keys().copied().collect();
        let mut totals = vec![0.0; system.products.len()];
        for (key, gathered) in &builder.nodes {
            totals[key.0] += gathered.base;
        }
        // Every country that makes something may come to buy its inputs, and every plant's country buys.
        let countries: Vec<usize> = keys.iter().map(|k| builder.country(tables, k.1)).collect();
        let mut wanted: Vec<(usize, usize)> = builder.flows.keys().map(|((product, _), country)| (*product, *country)).collect();
        for (key, country) in keys.iter().zip(&countries) {
            wanted.extend(builder.nodes[key].inputs.keys().map(|product| (*product, *country)));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let pool_of = |product: usize, country: usize| wanted.binary_search(&(product, country)).ok();
        for (key, country) in keys.iter().zip(&countries) {
            let gathered = &builder.nodes[key];
            let inputs = gathered.inputs.iter().filter_map(|(p, a)| pool_of(*p, *country).map(|pool| (pool, a / gathered.weight)));
            let base = totals[key.0];
            let standing = if base > 0.0 { gathered.base } else { gathered.alternative };
            let reach = if gathered.base > 0.0 || base == 0.0 { standing } else { gathered.world_share * base };
            system.nodes.push(Node {
                product: key.0,
                place: key.1,
                country: *country,
                base: gathered.base,
                standing,
                reach,
                kg_co2e: gathered.kg_co2e / gathered.weight,
                inputs: inputs.collect(),
            });
        }
        system.countries.clone_from(&builder.countries);
        for (pool, (product, country)) in wanted.iter().enumerate() {
            let start = system.links.len();
            for (node, key) in keys.iter().enumerate().filter(|k| k.1.0 == *product) {
                let [base, alternative] = builder.flows.get(&(*key, *country)).copied().unwrap_or_default();
                system.links.push(Link { node, pool, base, weight: alternative });
            }
            let links = start..system.links.len();
            let base: f64 = system.links[links.clone()].iter().map(|l| l.base).sum();
            // An order follows base flows; of a product that only alternatives use, theirs.
            for link in &mut system.links[links.clone()] {
                link.weight = if base > 0.0 { link.base } else { link.weight };
            }
            let sum: f64 = system.links[links.clone()].iter().map(|l| l.weight).sum();
            for link in &mut system.links[links.clone()] {
                let by_output = system.nodes[link.node].standing;
                link.weight = if sum > 0.0 { link.weight / sum } else { by_output };
            }
            system.pools.push(Pool { product: *product, country: *country, base, links });
        }
        normalise(&mut system);
        for plant in plants {
            let country = builder.country(tables, plant.place);
            let recipe = |supplied: &Supplied<'_>| {
                let mut inputs: BTreeMap<usize, f64> = BTreeMap::new();
                for market in supplied.tiers.markets.iter().filter(|m| m.demand > 0.0) {
                    let product = builder.products.iter().position(|p| p.id == market.product);
                    if let Some(pool) = product.and_then(|p| pool_of(p, country)) {
                        *inputs.entry(pool).or_default() += market.demand;
                    }
                }
                Recipe {
                    name: supplied.name.clone(),
                    most_share: supplied.most_share,
                    qualification_days: supplied.qualification_days,
                    inputs: inputs.into_iter().collect(),
                    fixed_kg_co2e: supplied.tiers.fixed_kg_co2e,
                }
            };
            let recipes = plant.recipes.iter().map(recipe).collect();
            system.plants.push(CarPlant { car: plant.car.clone(), country, cars_per_day: plant.cars_per_day, recipes });
        }
        system
    }

    /// Cars a day.
    pub fn cars_per_day(&self) -> f64 {
        self.plants.iter().map(|p| p.cars_per_day).sum()
    }
}

/// Weights of pools without any flow follow output.
fn normalise(system: &mut System) {
    for pool in &system.pools {
        let sum: f64 = system.links[pool.links.clone()].iter().map(|l| l.weight).sum();
        if sum > 0.0 {
            for link in &mut system.links[pool.links.clone()] {
                link.weight /= sum;
            }
        }
    }
}
