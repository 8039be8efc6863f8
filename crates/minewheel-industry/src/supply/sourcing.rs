//! Who may supply under rules: bans, friend lists, caps, content and capacities, solved over all tiers at once.
//!
//! ```text
//! min Σ w_n · x_n     Σ_{n ∈ m} x_n − Σ a_{n',m} · x_n' ≥ d_m      x_n = 0 if banned, or no friend
//! Σ_{n ∈ p,c} x_n ≤ s_{p,c} · (1 + r) / v · W_p                    x_{m,G} ≤ cap · Σ x_m      x_{m,G} ≥ content · Σ x_m
//! ```
//!
//! | symbol    | meaning                                                        | unit               | from                      |
//! |-----------|----------------------------------------------------------------|--------------------|---------------------------|
//! | `x_n`     | made by node `n`: a product in a place                         | product's unit     | sought                    |
//! | `d`, `a`  | what the car, and a unit of `n'`, buys of market `m`           | product's unit     | [`Tiers`]                 |
//! | `w_n`     | climate, or extra cost over China, of a unit                   | kg CO2e, USD       | [`Tiers`], [`costs`]      |
//! | `W_p`     | what passes the markets of product `p` at the tables' shares   | product's unit     | [`Tiers`]                 |
//! | `s`, `r`  | a country's share of world output, spare capacity              | –                  | shares, `parameters.csv`  |
//! | `v`       | the buyer's part of the world's need                           | –                  | the question              |
//!
//! Capacities count for battery materials and rare earths, whose need is that of electric cars; of steel or copper a
//! maker's cars take too little to tell. Least cost is made least first and carbon second, since many makers cost the same.
//! What a rule costs is the dual of its row; of a ban, the reduced cost of the best maker that it shuts out: by how much
//! the objective falls for one hundredth of the market, to first order. Feasibility is a programme of its own, which makes
//! the sum of missing parts least and so names the markets that lack a supplier.

pub mod costs;
mod problem;
pub mod report;

use std::collections::BTreeMap;

use minewheel_assess::AssessError;
use minewheel_assess::battery::BatteryQuestion;
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_assess::tiers::{TierMarket, Tiers};
use minewheel_data::car::{CarDesign, SourcingRule};
use minewheel_data::parameters::ParameterError;
use minewheel_data::places::PlaceId;
use minewheel_data::row::Draw;
use minewheel_data::supply::{NoShares, Tier};
use minewheel_data::table::nearest;
use minewheel_model::bill::{Phase, Stage};
use serde::{Deserialize, Serialize};

use crate::disruption::parameters::class_of;
use crate::solver::ProgramError;
use costs::{Costs, Premiums};
use problem::{Capacity, Problem};
use report::SourcingReport;

/// What is made least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Objective {
    /// Climate of production.
    Carbon,
    /// Extra cost over making everything in China; then climate.
    Cost,
    /// Distance from the shares of the open market.
    Nearest,
}

impl Objective {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Carbon, Self::Cost, Self::Nearest];
}

/// Whose supply is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The car from the mine to the plant's gate.
    Car,
    /// Its battery alone.
    Battery,
}

impl Part {
    /// Whether a stage belongs to it.
    pub const fn has(self, stage: Stage) -> bool {
        match self {
            Self::Car => matches!(stage.phase(), Phase::Production),
            Self::Battery => matches!(stage, Stage::BatteryMaterials | Stage::CellManufacturing | Stage::BatteryPack),
        }
    }
}

/// A limit on a place's share of every market in scope.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlaceShare {
    /// The place.
    pub place: PlaceId,
    /// The share.
    pub share: f64,
}

/// Rules with one scope.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rules {
    /// Places that must not supply.
    pub bans: Vec<PlaceId>,
    /// The only places that may; empty: all.
    pub friends: Vec<PlaceId>,
    /// Largest shares.
    pub caps: Vec<PlaceShare>,
    /// Least shares.
    pub content: Vec<PlaceShare>,
    /// The tiers they hold at; empty: all.
    pub tiers: Vec<String>,
    /// The products they hold for; empty: all.
    pub products: Vec<String>,
    /// Whether what the car's file places stays there.
    pub keeps_placed: bool,
}

impl Rules {
    /// Whether they hold for a market.
    fn holds_for(&self, market: &TierMarket) -> bool {
        (self.tiers.is_empty() || self.tiers.contains(&market.tier)) && (self.products.is_empty() || self.products.contains(&market.product))
    }
}

/// A question about sourcing.
#[derive(Debug, Clone)]
pub struct Sourcing<'q> {
    /// The car.
    pub car: &'q CarDesign,
    /// Whose supply.
    pub part: Part,
    /// The rules.
    pub rules: Vec<Rules>,
    /// The buyer's part of the world's need; `None`: the share of the car's country in the world's electric cars.
    pub volume: Option<f64>,
    /// Which solution is shown tier by tier.
    pub objective: Objective,
}

/// A sourcing that cannot be asked or solved.
#[derive(Debug, thiserror::Error)]
pub enum SourcingError {
    /// The car's supply cannot be opened.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// A price or premium is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A year before all shares.
    #[error(transparent)]
    Year(#[from] NoShares),
    /// The battery of a car that has none.
    #[error("`{car}` has no traction battery whose supply could be asked for")]
    NoBattery {
        /// The car.
        car: String,
    },
    /// No market in the supply asked for.
    #[error("nothing that `{car}` buys passes a market whose makers the tables name: no rule reaches it")]
    NoMarket {
        /// The car.
        car: String,
    },
    /// The programme was not solved.
    #[error("sourcing: {0}")]
    Program(#[from] ProgramError),
    /// A tier is not among those of the supply.
    #[error("no tier `{seen}` in this supply{}; there are: {known}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Tier {
        /// The name seen.
        seen: String,
        /// The nearest one.
        nearest: Option<String>,
        /// All names.
        known: String,
    },
    /// A cap lies outside its bounds.
    #[error("a cap is {seen}; wanted: a share from 0 to 1")]
    Cap {
        /// The share seen.
        seen: f64,
    },
    /// A share lies outside its bounds.
    #[error("{what} is {seen}; wanted: a share above 0 and up to 1")]
    Share {
        /// Which.
        what: String,
        /// The share seen.
        seen: f64,
    },
    /// A rule names a place that the tables of shares count within another.
    #[error("no maker in this supply is counted in `{seen}`: the tables count it within {within}; name that, or a place of its own among {known}")]
    NoMaker {
        /// The place.
        seen: String,
        /// Where its makers are counted.
        within: String,
        /// Places with makers.
        known: String,
    },
    /// No rule is given.
    #[error("no rule of sourcing: nothing to solve")]
    NoRule,
    /// What the car's file asks for cannot be sourced.
    #[error("[sourcing]: {0}")]
    NotEnough(String),
}

/// A share that moved by less is the solver's rounding.
const MOVED: f64 = 1e-5;
/// Groups of products whose need is that of electric cars.
const COUNTED_GROUPS: [&str; 2] = ["battery", "rare earths"];

/// Solves a sourcing.
///
/// # Errors
/// The car cannot be made, a name or share is wrong, or a programme is not solved.
pub fn source(tables: &Tables, premiums: &Premiums, scenario: &Scenario, question: &Sourcing<'_>) -> Result<SourcingReport, SourcingError> {
    tables.supply.reach(scenario.year)?;
    if question.part == Part::Battery && question.car.battery.is_none() {
        return Err(SourcingError::NoBattery { car: question.car.id.clone() });
    }
    let tiers = Tiers::of_stages(tables, question.car, scenario, |stage| question.part.has(stage))?;
    if tiers.markets.is_empty() {
        return Err(SourcingError::NoMarket { car: question.car.id.clone() });
    }
    check(tables, question, &tiers)?;
    let volume = match question.volume {
        Some(volume) => volume,
        None => volume_of(tables, question.car, scenario.year)?,
    };
    let costs = premiums.costs(tables, &tiers, scenario.year)?;
    let capacities = capacities(tables, &tiers)?;
    let solver = Solver { tables, tiers: &tiers, costs: &costs, capacities: &capacities, question, volume };
    report::report(&solver, scenario.year)
}

/// A question opened and priced.
pub(crate) struct Solver<'a> {
    tables: &'a Tables,
    tiers: &'a Tiers,
    costs: &'a Costs,
    capacities: &'a [Capacity],
    question: &'a Sourcing<'a>,
    volume: f64,
}

impl Solver<'_> {
    fn problem(&self, volume: Option<f64>) -> Problem<'_> {
        Problem::new(self.tables, self.tiers, &self.question.rules, self.capacities, volume)
    }
}

/// Places of rules, each with the larger places, short of the world, that the tables count it within in this supply; and whether some
/// maker is counted in the place itself.
pub(crate) fn reach_of_rules(tables: &Tables, rules: &[Rules], tiers: &Tiers) -> Vec<(PlaceId, Vec<PlaceId>, bool)> {
    let places = &tables.places;
    let of_rule = |r: &Rules| {
        let shares = r.caps.iter().chain(&r.content).map(|s| s.place);
        r.bans.iter().chain(&r.friends).copied().chain(shares).collect::<Vec<_>>()
    };
    let mut asked: Vec<PlaceId> = rules.iter().flat_map(of_rule).collect();
    asked.sort_unstable();
    asked.dedup();
    let found = asked.into_iter().map(|place| {
        let above: Vec<PlaceId> = places.lineage(place).skip(1).filter(|p| places.code(*p) != "WORLD").collect();
        let mut within: Vec<PlaceId> = tiers.nodes.iter().map(|n| n.place).filter(|p| above.contains(p)).collect();
        within.sort_unstable();
        within.dedup();
        let has_maker = tiers.nodes.iter().any(|n| places.lineage(n.place).any(|p| p == place));
        (place, within, has_maker)
    });
    found.collect()
}

fn check(tables: &Tables, question: &Sourcing<'_>, tiers: &Tiers) -> Result<(), SourcingError> {
    let is_empty = |r: &Rules| r.bans.is_empty() && r.friends.is_empty() && r.caps.is_empty() && r.content.is_empty();
    if question.rules.iter().all(is_empty) {
        return Err(SourcingError::NoRule);
    }
    let codes = |places: &[PlaceId]| places.iter().map(|p| tables.places.code(*p)).collect::<Vec<_>>().join(", ");
    if let Some((place, within, _)) = reach_of_rules(tables, &question.rules, tiers).into_iter().find(|r| !r.2 && !r.1.is_empty()) {
        let mut makers: Vec<PlaceId> = tiers.nodes.iter().map(|n| n.place).collect();
        makers.sort_unstable();
        makers.dedup();
        return Err(SourcingError::NoMaker { seen: tables.places.code(place).to_owned(), within: codes(&within), known: codes(&makers) });
    }
    let mut known: Vec<&str> = tiers.markets.iter().map(|m| m.tier.as_str()).collect();
    known.sort_unstable();
    known.dedup();
    if let Some(seen) = question.rules.iter().flat_map(|r| &r.tiers).find(|t| !known.contains(&t.as_str())) {
        return Err(SourcingError::Tier { seen: seen.clone(), nearest: nearest(seen, known.iter().copied()), known: known.join(", ") });
    }
    let within = |what: &str, seen: f64| {
        if seen > 0.0 && seen <= 1.0 { Ok(()) } else { Err(SourcingError::Share { what: what.to_owned(), seen }) }
    };
    for rule in &question.rules {
        for content in &rule.content {
            within("a content share", content.share)?;
        }
        if let Some(cap) = rule.caps.iter().find(|c| !(0.0..=1.0).contains(&c.share)) {
            return Err(SourcingError::Cap { seen: cap.share });
        }
    }
    question.volume.map_or(Ok(()), |v| within("the buyer's part of the world's need", v))
}

/// The share of a car's country in the world's electric cars.
fn volume_of(tables: &Tables, car: &CarDesign, year: i32) -> Result<f64, AssessError> {
    let tier = Tier { commodity: "electric-cars".to_owned(), name: "vehicle".to_owned() };
    let shares = tables.supply.shares(&tier, year).map_or(&[][..], |s| s.1);
    let world = tables.places.id("WORLD")?;
    let code = car.plant.country.as_deref().or(car.made_in.as_deref()).unwrap_or("WORLD");
    let place = tables.places.id(code)?;
    // The nearest group that the table of cars names; a place of the rest has the rest's share.
    let named = tables.places.lineage(place).filter(|p| *p != world).find_map(|p| shares.iter().find(|s| s.place == p));
    Ok(named.or_else(|| shares.iter().find(|s| s.place == world)).map_or(1.0, |s| s.share))
}

/// What countries can make of every counted product.
fn capacities(tables: &Tables, tiers: &Tiers) -> Result<Vec<Capacity>, ParameterError> {
    let mut all: Vec<Capacity> = Vec::new();
    for (index, market) in tiers.markets.iter().enumerate() {
        // A plant's own market buys from the works of the world market.
        if market.plant.is_some() || !COUNTED_GROUPS.contains(&market.group.as_str()) {
            continue;
        }
        let spare = Draw::BEST.of(&tables.dependence.parameters.value(class_of(&market.tier), "spare_capacity", "1")?);
        for node in tiers.nodes.iter().filter(|n| n.market == index) {
            let (place, share) = (tables.places.country(node.place), node.world_share * (1.0 + spare));
            match all.iter_mut().find(|c| c.product == market.product && c.place == place) {
                Some(known) => known.share += share,
                None => all.push(Capacity { product: market.product.clone(), place, share }),
            }
        }
    }
    Ok(all)
}

/// A car whose file asks for more than fixed shares, with the shares that are nearest to the open market. What the file places
/// stays; one car's need binds no capacity. A car without such rules comes back as it is.
///
/// # Errors
/// The car cannot be made, a name is wrong, or no choice of makers meets the rules.
pub fn settle(tables: &Tables, premiums: &Premiums, car: &CarDesign, scenario: &Scenario) -> Result<CarDesign, SourcingError> {
    if car.sourcing_demands.is_empty() {
        return Ok(car.clone());
    }
    let place = |code: &String| tables.places.id(code).map_err(AssessError::from);
    let places = |codes: &[String]| codes.iter().map(place).collect::<Result<Vec<_>, _>>();
    let shares = |list: &[(String, f64)]| {
        list.iter().map(|(p, share)| Ok(PlaceShare { place: place(p)?, share: *share })).collect::<Result<Vec<_>, AssessError>>()
    };
    let mut rules = Vec::new();
    for demand in &car.sourcing_demands {
        rules.push(Rules {
            bans: places(&demand.bans)?,
            friends: places(&demand.friends)?,
            caps: shares(&demand.caps)?,
            content: shares(&demand.content)?,
            tiers: demand.tier.iter().cloned().collect(),
            products: demand.product.iter().cloned().collect(),
            keeps_placed: true,
        });
    }
    let question = Sourcing { car, part: Part::Car, rules, volume: None, objective: Objective::Nearest };
    let tiers = Tiers::of_car(tables, car, scenario)?;
    check(tables, &question, &tiers)?;
    let costs = premiums.costs(tables, &tiers, scenario.year)?;
    let solver = Solver { tables, tiers: &tiers, costs: &costs, capacities: &[], question: &question, volume: 1.0 };
    let problem = solver.problem(None);
    let gaps = report::gaps(&problem)?;
    if !gaps.is_empty() {
        let list: Vec<String> = gaps.iter().map(|g| format!("{} ({}) lacks {:.0} %", g.product, g.tier, 100.0 * g.lacks_share)).collect();
        return Err(SourcingError::NotEnough(list.join(", ")));
    }
    let (made, _) = report::solve(&solver, &problem, Objective::Nearest)?;
    let solved = solved_rules(tables, &tiers, &made);
    let mut settled = CarDesign { sourcing_demands: Vec::new(), ..car.clone() };
    settled.sourcing.retain(|r| solved.iter().all(|s| s.product != r.product));
    settled.sourcing.extend(solved);
    Ok(settled)
}

/// A question about a car's pack with the rules of the car's file solved, the pack made where the question has it.
///
/// # Errors
/// As [`settle`].
pub fn settle_pack(tables: &Tables, premiums: &Premiums, mut question: BatteryQuestion) -> Result<BatteryQuestion, SourcingError> {
    let Some(car) = question.car.as_mut().filter(|c| !c.sourcing_demands.is_empty()) else { return Ok(question) };
    let scenario = Scenario {
        country: tables.places.id(&question.made_in).map_err(AssessError::from)?,
        year: question.year,
        method: question.method.clone(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    };
    let mut placed = car.clone();
    if let Some(battery) = &mut placed.battery {
        battery.made_in = Some(question.made_in.clone());
    }
    car.sourcing = settle(tables, premiums, &placed, &scenario)?.sourcing;
    car.sourcing_demands.clear();
    Ok(question)
}

/// Shares that moved, as rules of the network.
fn solved_rules(tables: &Tables, tiers: &Tiers, made: &[f64]) -> Vec<SourcingRule> {
    let open = tiers.made();
    let mut rules: Vec<SourcingRule> = Vec::new();
    for market in &tiers.markets {
        if market.is_placed || rules.iter().any(|r| r.product == market.product) {
            continue;
        }
        // A plant's own market and the world's are one product: its makers together.
        let of_product = |n: usize| tiers.markets[tiers.nodes[n].market].product == market.product;
        let by_place = |amounts: &[f64]| {
            let mut found: BTreeMap<PlaceId, f64> = BTreeMap::new();
            for (node, amount) in amounts.iter().enumerate().filter(|n| of_product(n.0)) {
                *found.entry(tiers.nodes[node].place).or_default() += amount;
            }
            let total: f64 = found.values().sum();
            (total > 0.0).then(|| found.into_iter().map(|(place, amount)| (place, amount / total)).collect::<BTreeMap<_, _>>())
        };
        let (Some(before), Some(after)) = (by_place(&open), by_place(made)) else { continue };
        let moved = after.iter().map(|(place, share)| (share - before.get(place).copied().unwrap_or(0.0)).abs()).fold(0.0, f64::max);
        if moved > MOVED {
            let kept: Vec<(String, f64)> =
                after.into_iter().filter(|s| s.1 > MOVED).map(|(place, share)| (tables.places.code(place).to_owned(), share)).collect();
            let sum: f64 = kept.iter().map(|s| s.1).sum();
            let shares = kept.into_iter().map(|(place, share)| (place, share / sum)).collect();
            rules.push(SourcingRule { product: market.product.clone(), shares, bans: Vec::new() });
        }
    }
    rules
}
