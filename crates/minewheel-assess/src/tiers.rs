//! The supply of a car cut open at its markets: who may make what, from what, with how much carbon.
//!
//! Every world market with known shares is taken out of the network. What stays is linear in the amounts made:
//!
//! ```text
//! Σ_{n ∈ m} x_n = d_m + Σ_n' a_{n',m} · x_n'        climate = e_0 + Σ_n e_n · x_n
//! ```
//!
//! | symbol    | meaning                                                     | unit              | from                |
//! |-----------|-------------------------------------------------------------|-------------------|---------------------|
//! | `x_n`     | made by node `n`: a product in a place                      | product's unit    | chosen              |
//! | `d_m`     | what the car buys from market `m`                           | product's unit    | the car's bill      |
//! | `a_{n,m}` | what one unit of node `n` buys from market `m`, by any path | per unit          | adjoint, unit score at `m` |
//! | `e_n`     | climate of one unit of `n` without what it buys from markets | kg CO2e per unit | adjoint             |
//! | `e_0`     | climate of the car's production that passes no market       | kg CO2e           | adjoint             |
//!
//! At the shares of the tables the sum is the production footprint of [`crate::assessment`]; a test holds them together.
//! Cells and packs, which a car's file places, are markets too: their makers are those of a tier of `supply/shares.csv`.
//! Freight of a market counts where it is bought, the same for every maker.

use minewheel_data::car::CarDesign;
use minewheel_data::places::PlaceId;
use minewheel_data::row::Draw;
use minewheel_data::status::Status;
use minewheel_data::supply::Tier;
use minewheel_lca::{CategoryFactors, ColumnId, SolveOptions, adjoint_many, direct_scores};
use minewheel_model::bill::{BillLine, Phase, Stage};

use crate::AssessError;
use crate::assessment::column_of;
use crate::inventory::{Traces, inventory};
use crate::network::{Column, NetworkError, PlacedNetwork, PlacedNetworkBuilder};
use crate::scenario::Scenario;
use crate::tables::Tables;

/// A market that the car's supply passes.
#[derive(Debug, Clone, PartialEq)]
pub struct TierMarket {
    /// The product.
    pub product: String,
    /// Its tier, as the process cards name it.
    pub tier: String,
    /// Its group of products.
    pub group: String,
    /// Its unit.
    pub unit: String,
    /// Whether the car's file says where it is made.
    pub is_placed: bool,
    /// The plant whose own market it is, for products that a plant buys partly at home.
    pub plant: Option<PlaceId>,
    /// What the car itself buys, per car, by any path.
    pub demand: f64,
    /// What of it the car's makers take into their works as material.
    pub material_demand: f64,
    /// How well the shares are known.
    pub status: Status,
}

/// Who may supply a market.
#[derive(Debug, Clone, PartialEq)]
pub struct TierNode {
    /// Its market.
    pub market: usize,
    /// Where it stands.
    pub place: PlaceId,
    /// Its share as the tables, or the car's file, have it.
    pub share: f64,
    /// Its share of the world's output.
    pub world_share: f64,
    /// What it buys from markets, per unit, by any path.
    pub inputs: Vec<(usize, f64)>,
    /// What of it goes into the works as material: neither through energy, freight nor services.
    pub materials: Vec<(usize, f64)>,
    /// Its climate per unit without those.
    pub kg_co2e: f64,
}

/// The open supply of a car.
#[derive(Debug, Clone, PartialEq)]
pub struct Tiers {
    /// The markets.
    pub markets: Vec<TierMarket>,
    /// The nodes, by market.
    pub nodes: Vec<TierNode>,
    /// Climate of the car's production that passes no market, in kg CO2e.
    pub fixed_kg_co2e: f64,
    /// Products of world markets whose makers no table names.
    pub of_unknown_origin: Vec<String>,
}

/// Amounts below this part of a unit are noise of the solve.
const NOISE: f64 = 1e-12;
/// Rounds after which throughput must have settled; chains are a dozen tiers deep.
const MOST_ROUNDS: usize = 200;

/// The tier of `supply/shares.csv` that makes a product which a car's file places.
fn placed_tier(stage: Stage) -> Option<Tier> {
    matches!(stage, Stage::CellManufacturing | Stage::BatteryPack)
        .then(|| Tier { commodity: "lithium-ion-cells".to_owned(), name: "cell".to_owned() })
}

/// A market in the making.
struct Open {
    market: TierMarket,
    /// The column of the market in the cut network; none for a product that the car's file places.
    column: Option<ColumnId>,
    suppliers: Vec<Maker>,
    /// The world market behind a plant's own, whose freight non-home suppliers bear.
    freight: Option<ColumnId>,
}

/// A supplier of a market in the making.
struct Maker {
    column: ColumnId,
    place: PlaceId,
    share: f64,
    world_share: f64,
    is_home: bool,
}

impl Tiers {
    /// Cuts open the supply of a car's production.
    ///
    /// # Errors
    /// The car cannot be made, or the network not be built or solved.
    pub fn of_car(tables: &Tables, design: &CarDesign, scenario: &Scenario) -> Result<Self, AssessError> {
        Self::of_stages(tables, design, scenario, |stage| stage.phase() == Phase::Production)
    }

    /// As [`Self::of_car`], for some stages of production alone: those of the battery, say.
    ///
    /// # Errors
    /// As there.
    pub fn of_stages(tables: &Tables, design: &CarDesign, scenario: &Scenario, is_asked: impl Fn(Stage) -> bool) -> Result<Self, AssessError> {
        let traces = Traces::new(tables, scenario.cycle.as_deref())?;
        let bill = inventory(design, tables, &traces, scenario, &Draw::BEST)?;
        let mut builder = PlacedNetworkBuilder::new(tables, scenario.year, &design.sourcing)?.with_cut_markets();
        let plant = match design.plant.country.as_deref().or(design.made_in.as_deref()) {
            Some(code) => tables.places.id(code)?,
            None => tables.places.id("WORLD")?,
        };
        let mut open: Vec<Open> = Vec::new();
        let mut bought: Vec<(ColumnId, f64)> = Vec::new();
        for line in bill.lines.iter().filter(|l| l.stage.phase() == Phase::Production && is_asked(l.stage)) {
            let product = tables.cards.product_id(&line.product).filter(|p| !tables.cards.product(*p).has_world_market);
            match placed_tier(line.stage).filter(|_| product.is_some()) {
                Some(tier) => {
                    let place = line.place.as_ref().map_or(Ok(plant), |p| tables.places.id(p))?;
                    place_line(tables, &mut builder, &mut open, line, place, &tier, scenario.year)?;
                }
                None => bought.push((column_of(tables, &mut builder, line, plant)?, line.amount)),
            }
        }
        let network = builder.build()?;
        open.extend(cut_markets(tables, &network));
        Self::solve(tables, &network, &open, &bought, &scenario.method)
    }

    fn solve(tables: &Tables, network: &PlacedNetwork, open: &[Open], bought: &[(ColumnId, f64)], method: &str) -> Result<Self, AssessError> {
        let category = tables
            .methods
            .category(method, "climate")
            .ok_or_else(|| AssessError::Method { seen: method.to_owned(), known: tables.methods.climate_methods().join(", ") })?;
        let mut factors = vec![0.0; tables.methods.flows().len()];
        for (flow, value) in &category.factors {
            factors[usize::from(flow.0)] = value.best;
        }
        let mut directs = vec![direct_scores(&network.network, &CategoryFactors::new(factors))];
        let columns = network.columns().len();
        for column in open.iter().filter_map(|o| o.column) {
            let mut unit = vec![0.0; columns];
            unit[column.index()] = 1.0;
            directs.push(unit);
        }
        let scores = adjoint_many(&network.network, &directs, SolveOptions::default())?;
        let Some((climate, units)) = scores.split_first() else { return Err(AssessError::NothingSolved) };
        let cut: Vec<usize> = open.iter().enumerate().filter(|o| o.1.column.is_some()).map(|o| o.0).collect();
        let draws = |column: ColumnId| -> Vec<(usize, f64)> {
            cut.iter().zip(units).map(|(m, y)| (*m, y.values()[column.index()])).filter(|a| a.1.abs() > NOISE).collect()
        };
        let mut markets: Vec<TierMarket> = open.iter().map(|o| o.market.clone()).collect();
        let mut fixed = 0.0;
        for (column, amount) in bought {
            fixed += amount * climate.values()[column.index()];
            for (market, per_unit) in draws(*column) {
                markets[market].demand += amount * per_unit;
            }
            for (market, per_unit) in materials(tables, network, open, *column) {
                markets[market].material_demand += amount * per_unit;
            }
        }
        let mut nodes = Vec::new();
        for (market, o) in open.iter().enumerate() {
            for maker in &o.suppliers {
                let mut inputs = draws(maker.column);
                let mut kg_co2e = climate.values()[maker.column.index()];
                if let Some(freight) = o.freight.filter(|_| !maker.is_home) {
                    kg_co2e += climate.values()[freight.index()];
                    // The world market's own unit is what this market stands for; what its freight buys stays.
                    let own = open.iter().position(|other| other.column == Some(freight));
                    let extra = draws(freight).into_iter().map(|(other, amount)| (other, if Some(other) == own { amount - 1.0 } else { amount }));
                    inputs.extend(extra.filter(|a| a.1.abs() > NOISE));
                }
                let (place, share, world_share) = (maker.place, maker.share, maker.world_share);
                let materials = materials(tables, network, open, maker.column);
                nodes.push(TierNode { market, place, share, world_share, inputs, materials, kg_co2e });
            }
        }
        Ok(Self { markets, nodes, fixed_kg_co2e: fixed, of_unknown_origin: of_unknown_origin(tables, network) })
    }

    /// The same supply with what goes into works as material alone: what a shortage of stops production tomorrow. The copper
    /// of a power plant does not.
    ///
    /// A car may buy less than nothing of a material: castings with little secondary aluminium take the mean casting of the
    /// market, then less of the secondary and more of the primary ingot. Such a purchase `d < 0` is no good that somebody sends
    /// back. It corrects what the makers of the parts draw, `t`, each in proportion: their inputs are scaled by `1 + d/t`. What
    /// exceeds all they draw is a co-product that leaves the system.
    #[must_use]
    pub fn physical(&self) -> Self {
        let mut markets: Vec<TierMarket> = self.markets.iter().map(|m| TierMarket { demand: m.material_demand, ..m.clone() }).collect();
        let corrections: Vec<f64> = markets.iter().map(|m| m.demand.min(0.0)).collect();
        for market in &mut markets {
            market.demand = market.demand.max(0.0);
        }
        let nodes = self.nodes.iter().map(|n| TierNode { inputs: n.materials.clone(), ..n.clone() }).collect();
        let mut physical = Self { markets, nodes, fixed_kg_co2e: self.fixed_kg_co2e, of_unknown_origin: self.of_unknown_origin.clone() };
        let drawn = physical.throughput(|n| self.nodes[n].share);
        for (market, correction) in corrections.iter().enumerate().filter(|c| *c.1 < 0.0 && drawn[c.0] > 0.0) {
            let part = (1.0 + correction / drawn[market]).max(0.0);
            for input in physical.nodes.iter_mut().flat_map(|n| &mut n.inputs).filter(|i| i.0 == market) {
                input.1 *= part;
            }
        }
        physical
    }

    /// What every market turns over for one car at given shares of its nodes, in the order of the markets.
    pub fn throughput(&self, share_of: impl Fn(usize) -> f64) -> Vec<f64> {
        let shares: Vec<f64> = (0..self.nodes.len()).map(share_of).collect();
        let demand: Vec<f64> = self.markets.iter().map(|m| m.demand).collect();
        let mut turnover = demand.clone();
        for _ in 0..MOST_ROUNDS {
            let mut next = demand.clone();
            for (node, share) in self.nodes.iter().zip(&shares) {
                for (market, amount) in &node.inputs {
                    next[*market] += amount * share * turnover[node.market];
                }
            }
            let change = next.iter().zip(&turnover).map(|(a, b)| (a - b).abs() / a.abs().max(NOISE)).fold(0.0, f64::max);
            turnover = next;
            if change < NOISE {
                break;
            }
        }
        turnover
    }

    /// Climate of one car's production for amounts made by every node.
    pub fn climate_kg(&self, made: &[f64]) -> f64 {
        self.fixed_kg_co2e + self.nodes.iter().zip(made).map(|(n, x)| n.kg_co2e * x).sum::<f64>()
    }

    /// Amounts made by every node for one car at the shares of the tables.
    pub fn made(&self) -> Vec<f64> {
        let turnover = self.throughput(|n| self.nodes[n].share);
        self.nodes.iter().map(|n| n.share * turnover[n.market]).collect()
    }
}

/// Deepest chain of local steps between two markets.
const DEEPEST: usize = 12;

/// What a column takes from open markets as material, over local steps of the same works.
fn materials(tables: &Tables, network: &PlacedNetwork, open: &[Open], column: ColumnId) -> Vec<(usize, f64)> {
    let mut found: Vec<(usize, f64)> = Vec::new();
    let mut walk = vec![(column, 1.0, 0)];
    while let Some((column, amount, depth)) = walk.pop() {
        if let Some(market) = open.iter().position(|o| o.column == Some(column)) {
            match found.iter_mut().find(|f| f.0 == market) {
                Some(known) => known.1 += amount,
                None => found.push((market, amount)),
            }
            continue;
        }
        if depth == DEEPEST {
            continue;
        }
        for input in network.network.inputs(column) {
            let product = match network.column(input.supplier) {
                Column::Process(process, _) => tables.cards.process(process).product,
                Column::Supply(product, _) | Column::Market(product) | Column::HomeMarket(product, _) | Column::Background(product, _) => product,
                Column::Delivery(..) | Column::Generation(_) | Column::PathwayDelivery(_) | Column::Released(..) => continue,
            };
            // Goods are counted in kilograms, square metres or pieces; energy, freight, gas and water are not.
            if matches!(tables.cards.product(product).unit.as_str(), "kg" | "m2" | "item") && input.amount > 0.0 {
                walk.push((input.supplier, amount * input.amount, depth + 1));
            }
        }
    }
    found.sort_by_key(|f| f.0);
    found
}

/// Adds a product that the car's file places to its market.
fn place_line(
    tables: &Tables,
    builder: &mut PlacedNetworkBuilder<'_>,
    open: &mut Vec<Open>,
    line: &BillLine,
    place: PlaceId,
    tier: &Tier,
    year: i32,
) -> Result<(), AssessError> {
    let product = tables.cards.product_id(&line.product).ok_or_else(|| NetworkError::UnknownProduct(line.product.to_string()))?;
    if let Some(known) = open.iter_mut().find(|o| *o.market.product == *line.product) {
        known.market.demand += line.amount;
        return Ok(());
    }
    let makers = tables.supply.shares(tier, year).map_or(&[][..], |(_, shares)| shares);
    let lies_in = |group: PlaceId| tables.places.lineage(place).take(2).any(|p| p == group);
    let own = makers.iter().filter(|m| lies_in(m.place)).map(|m| m.share).sum();
    let maker = |column, place, share, world_share| Maker { column, place, share, world_share, is_home: false };
    let mut suppliers = vec![maker(builder.made_in(product, place)?, place, 1.0, own)];
    for other in makers.iter().filter(|m| !lies_in(m.place)) {
        suppliers.push(maker(builder.made_in(product, other.place)?, other.place, 0.0, other.share));
    }
    let card = tables.cards.product(product);
    let market = TierMarket {
        product: card.id.clone(),
        tier: tier.name.clone(),
        group: card.group.clone(),
        unit: card.unit.clone(),
        is_placed: true,
        plant: None,
        demand: line.amount,
        material_demand: line.amount,
        status: tables.rows.weakest(makers.iter().map(|m| m.row)),
    };
    open.push(Open { market, column: None, suppliers, freight: None });
    Ok(())
}

/// World markets that stayed closed because no table says who makes their product.
fn of_unknown_origin(tables: &Tables, network: &PlacedNetwork) -> Vec<String> {
    let is_cut = |column: usize| network.cuts.iter().any(|c| c.market.index() == column);
    let closed = network.columns().iter().enumerate().filter(|c| !is_cut(c.0));
    let mut found: Vec<String> = closed
        .filter_map(|(_, column)| match column {
            Column::Market(product) if tables.markets.shares(*product, network.year).is_none() => Some(tables.cards.product(*product).id.clone()),
            _ => None,
        })
        .collect();
    found.sort();
    found
}

/// The markets that a cut network left open.
fn cut_markets(tables: &Tables, network: &PlacedNetwork) -> Vec<Open> {
    let mut open: Vec<Open> = Vec::new();
    for cut in &network.cuts {
        let at = open.iter().position(|o| o.column == Some(cut.market)).or_else(|| {
            let (product, plant) = match network.column(cut.market) {
                Column::Market(product) => (product, None),
                Column::HomeMarket(product, plant) => (product, Some(plant)),
                _ => return None,
            };
            let card = tables.cards.product(product);
            let market = TierMarket {
                product: card.id.clone(),
                tier: card.tier.clone(),
                group: card.group.clone(),
                unit: card.unit.clone(),
                is_placed: false,
                plant,
                demand: 0.0,
                material_demand: 0.0,
                status: Status::Read,
            };
            let freight = plant.and_then(|_| network.find(Column::Market(product)));
            open.push(Open { market, column: Some(cut.market), suppliers: Vec::new(), freight });
            Some(open.len() - 1)
        });
        let Some(found) = at.and_then(|at| open.get_mut(at)) else { continue };
        found.market.status = found.market.status.max(tables.rows.status(cut.share.row));
        let (column, place, share) = (cut.supplier, cut.place, cut.share.best);
        found.suppliers.push(Maker { column, place, share, world_share: share, is_home: cut.is_home });
    }
    // A home maker's share of the world is that of its country in the world market.
    let world: Vec<(String, PlaceId, f64)> = open
        .iter()
        .filter(|o| o.market.plant.is_none())
        .flat_map(|o| o.suppliers.iter().map(|s| (o.market.product.clone(), tables.places.country(s.place), s.world_share)))
        .collect();
    for o in open.iter_mut().filter(|o| o.market.plant.is_some()) {
        for supplier in &mut o.suppliers {
            let country = tables.places.country(supplier.place);
            supplier.world_share = world.iter().filter(|w| w.0 == o.market.product && w.1 == country).map(|w| w.2).sum();
        }
    }
    open
}
