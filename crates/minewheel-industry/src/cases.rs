//! Published statements about the industry, each recomputed, with a verdict and its reason.
//!
//! A case is a TOML file under `data/cases`: the statement with its source, what is computed, and the rule of the
//! verdict. It holds no number about the world that the model uses. Kinds of computation are the variants of
//! [`Quantity`]; each has its own reader of `[compute]` and its own verdict words, so a new kind is a new variant and
//! one function.
//!
//! `production-climate-ratio` puts every pack (energy, chemistry, place of the cells) into every battery car, lets the
//! kerb mass follow the pack, and divides its production footprint by that of the fuel car beside it:
//!
//! ```text
//! ratio = P_battery car / P_fuel car      share of the pack in the extra = P_pack / (P_battery car − P_fuel car)
//! ```
//!
//! `door-ring-saving` puts a door ring into cars and multiplies by a fleet: [`door_ring`].
//! `magnets-by-maker` sets machines side by side: [`magnets`]. `twin-drive-unit` builds and drives units of two machines: [`twin_unit`].
//! `rule-clauses` holds a statement against a rule set: [`rule_clauses`]. `output-above-the-line` sets a year's output beside one: [`output`].
//! `battery-share-of-extra` judges the grid of a ratio by the pack's share of the difference: [`battery_reason`].
//! `market-claims` recomputes figures and growth: [`market_claims`]; `ownership-level` asks when a level is reached:
//! [`ownership_level`]; `retired-mass` sets exits beside dismantling: [`retired_mass`].
//! `tier-dominance` looks at every tier of chains: [`dominance`].
//! `friend-sourcing` sources batteries from a list of places alone: [`friend_sourcing`].
//! `green-chain` plans a synthetic chain of suppliers: [`green_chain`].
//! `doubled-car` gives a car twice the pack and power: [`doubled`]. `credit-trade` keeps the ledger of credits: [`credit_trade`].

use minewheel_assess::AssessError;
use minewheel_assess::assessment::{CarCase, prepare};
use minewheel_assess::footprint::SolvedNetwork;
use minewheel_assess::inventory::Traces;
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_assess::uncertainty::is_battery;
use minewheel_data::car::CarDesign;
use minewheel_data::catalogue::UnknownCar;
use minewheel_data::parameters::ParameterError;
use minewheel_data::row::Value;
use minewheel_data::store::Store;
use minewheel_data::table::nearest;
use minewheel_model::bill::Phase;
use serde::{Deserialize, Serialize};

use crate::rules::{RuleError, RuleTables};

pub mod battery_reason;
pub mod credit_trade;
pub mod dominance;
pub mod door_ring;
pub mod doubled;
pub mod friend_sourcing;
pub mod green_chain;
pub mod magnets;
pub mod market_claims;
pub mod output;
pub mod ownership_level;
pub mod retired_mass;
pub mod rule_clauses;
pub mod twin_unit;

/// A published statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Id of the case.
    pub id: String,
    /// The question it answers.
    pub title: String,
    /// What was said.
    pub statement: String,
    /// Who said it.
    pub said_by: String,
    /// Key of the source.
    pub source: String,
    /// When.
    pub year: i32,
    /// How the statement is known.
    pub status: String,
    /// What must be known of it.
    pub note: String,
}

/// What a case computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Production footprint of a battery car over that of a fuel car.
    ProductionClimateRatio,
    /// Mass, material and footprint that a door ring saves.
    DoorRingSaving,
    /// Magnets, kinds and efficiencies of machines by maker.
    MagnetsByMaker,
    /// Two machines in one unit against one machine and two units.
    TwinDriveUnit,
    /// What was said of rules beside what they ask.
    RuleClauses,
    /// Which part of an output meets a line.
    OutputAboveTheLine,
    /// The pack's share of what a battery car emits more.
    BatteryShareOfExtra,
    /// Figures and growth of a market.
    MarketClaims,
    /// When a level of vehicles per 1,000 people is reached.
    OwnershipLevel,
    /// What leaves the register against what is dismantled formally.
    RetiredMass,
    /// Shares of one place in every tier of chains.
    TierDominance,
    /// Batteries from a list of places alone.
    FriendSourcing,
    /// What suppliers can cut together.
    GreenChain,
    /// A car with twice the pack and power.
    DoubledCar,
    /// Who sells new-energy credits and who buys.
    CreditTrade,
}

/// How the kerb mass of a car with another pack is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KerbMass {
    /// Catalogue kerb mass plus the change of pack mass.
    FollowsPack,
}

/// The grid of cars of a ratio case.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RatioGrid {
    #[serde(rename = "quantity")]
    _quantity: Quantity,
    preset: String,
    year: i32,
    assembly_place: String,
    battery_cars: Vec<String>,
    fuel_cars: Vec<String>,
    pack_kwh: Vec<f64>,
    chemistries: Vec<String>,
    cell_places: Vec<String>,
    kerb_mass: KerbMass,
    catalogue_battery_cars: Vec<String>,
    catalogue_fuel_cars: Vec<String>,
}

/// The rule of a ratio case's verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RatioRule {
    /// The ratio that was said.
    pub claimed_ratio: f64,
    /// How near a computed ratio must come.
    pub tolerance: f64,
    /// The rule in words.
    pub rule: String,
    /// Share of the cells from which the statement counts as true.
    pub true_share: f64,
    /// Share of the pack in the extra from which it is the main reason.
    pub battery_share_at_least: f64,
    /// That rule in words.
    pub battery_rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// A case file: its statement, and what its own kind reads.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseFile<C, R> {
    case: Statement,
    compute: C,
    verdict: R,
}

/// What every case file has, whatever its kind.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct AnyCase {
    case: Statement,
    compute: AnyCompute,
}

/// The key that says which kind it is.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct AnyCompute {
    quantity: Quantity,
}

/// A case recomputed, by its kind.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// A ratio of production footprints.
    Ratio(Box<Judgement>),
    /// A door ring.
    Ring(Box<door_ring::RingJudgement>),
    /// Machines by maker.
    Magnets(Box<magnets::MagnetJudgement>),
    /// Two machines in one unit.
    Twin(Box<twin_unit::TwinJudgement>),
    /// Clauses of a rule set.
    Clauses(Box<rule_clauses::ClauseJudgement>),
    /// A year's output.
    Output(Box<output::OutputJudgement>),
    /// The pack as the reason.
    Reason(Box<battery_reason::ReasonJudgement>),
    /// Figures of a market.
    Claims(Box<market_claims::ClaimJudgement>),
    /// A level of ownership.
    Level(Box<ownership_level::LevelJudgement>),
    /// Retired vehicles.
    Retired(Box<retired_mass::RetiredJudgement>),
    /// Tiers of chains.
    Dominance(Box<dominance::DominanceJudgement>),
    /// Batteries among friends.
    Friends(Box<friend_sourcing::FriendJudgement>),
    /// A chain of suppliers.
    Chain(Box<green_chain::ChainJudgement>),
    /// A doubled car.
    Doubled(Box<doubled::DoubledJudgement>),
    /// Credits sold and bought.
    Trade(Box<credit_trade::TradeJudgement>),
}

/// A case that cannot be read or computed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CaseError {
    /// No case has that id.
    #[error("no case `{seen}`{}; there are: {known}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Unknown {
        /// The id seen.
        seen: String,
        /// All ids.
        known: String,
        /// The nearest one.
        nearest: Option<String>,
    },
    /// The file is not a case.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the reader said.
        reason: String,
    },
    /// A list has not as many entries as the one beside it.
    #[error("case `{case}`: {left} and {right} are pairs and must be of the same length")]
    Pairs {
        /// The case.
        case: String,
        /// The first list.
        left: &'static str,
        /// The second list.
        right: &'static str,
    },
    /// The preset is not known.
    #[error("case `{case}`: `{seen}` is not a preset; there are: {known}")]
    Preset {
        /// The case.
        case: String,
        /// The preset seen.
        seen: String,
        /// The presets there are.
        known: String,
    },
    /// A kind of machine is not known.
    #[error("case `{case}`: `{seen}` is not a kind of machine")]
    Topology {
        /// The case.
        case: String,
        /// The kind seen.
        seen: String,
    },
    /// A question about supply has no answer.
    #[error("case `{case}`: {reason}")]
    Supply {
        /// The case.
        case: String,
        /// What was missing.
        reason: String,
    },
    /// A cycle is not known.
    #[error("case `{case}`: {reason}")]
    Cycle {
        /// The case.
        case: String,
        /// What the reader said.
        reason: String,
    },
    /// A chemistry is not known.
    #[error("case on `{case}`: `{seen}` is not a chemistry of data/cells")]
    Chemistry {
        /// The set.
        case: String,
        /// The chemistry seen.
        seen: String,
    },
    /// A table that only cases read has violations.
    #[error("{}", found.join("\n"))]
    Data {
        /// The violations.
        found: Vec<String>,
    },
    /// A number that a case needs is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
    /// A rule set is not there.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// Credits cannot be counted.
    #[error("case `{case}`: {reason}")]
    Credits {
        /// The case.
        case: String,
        /// What is wrong.
        reason: String,
    },
    /// A car is not in the catalogue.
    #[error(transparent)]
    Car(#[from] UnknownCar),
    /// A car cannot be assessed.
    #[error(transparent)]
    Assess(#[from] AssessError),
}

/// One car of the grid beside its fuel car.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Cell {
    /// The battery car.
    pub battery_car: String,
    /// The fuel car.
    pub fuel_car: String,
    /// Energy of the pack in kWh.
    pub pack_kwh: f64,
    /// Its chemistry.
    pub chemistry: String,
    /// Where its cells are made.
    pub cells_made_in: String,
    /// Production footprint over the fuel car's.
    pub ratio: f64,
    /// Footprint of the pack over the extra footprint; `None` if the battery car emits less.
    pub battery_share: Option<f64>,
    /// Whether the statement holds for it.
    pub holds: bool,
}

/// How a statement fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// For nearly every car tried.
    True,
    /// For some.
    Depends,
    /// For none.
    False,
    /// The data cannot tell.
    NotDecidable,
}

/// A statement recomputed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// Of the cells where the battery car emits more: in what share the pack is the main reason.
    pub battery_is_main_reason: f64,
    /// The rule.
    pub rule: RatioRule,
    /// Every pack in every car.
    pub grid: Vec<Cell>,
    /// Cars as they stand in the catalogue.
    pub catalogue: Vec<Cell>,
}

/// All cases of a store, in order of file.
///
/// # Errors
/// A file is not a case.
pub fn list(store: &Store) -> Result<Vec<Statement>, CaseError> {
    store.names("cases/", ".toml").iter().map(|name| read::<AnyCase>(store, name).map(|c| c.case)).collect()
}

fn read<T: serde::de::DeserializeOwned>(store: &Store, name: &str) -> Result<T, CaseError> {
    let text = store.text(name).unwrap_or_default();
    toml::from_str(text).map_err(|e| CaseError::Unreadable { file: name.to_owned(), reason: e.to_string() })
}

/// Recomputes one case.
///
/// # Errors
/// No such case, or one of its cars cannot be assessed.
pub fn run(store: &Store, tables: &Tables, id: &str) -> Result<Outcome, CaseError> {
    let mut known = Vec::new();
    for name in store.names("cases/", ".toml") {
        let file: AnyCase = read(store, &name)?;
        if file.case.id == id {
            return match file.compute.quantity {
                Quantity::ProductionClimateRatio => production_ratio(tables, read(store, &name)?).map(|j| Outcome::Ratio(Box::new(j))),
                Quantity::DoorRingSaving => {
                    let file: CaseFile<door_ring::Compute, door_ring::RingRule> = read(store, &name)?;
                    door_ring::judge(tables, file.case, &file.compute, file.verdict).map(|j| Outcome::Ring(Box::new(j)))
                }
                Quantity::MagnetsByMaker => {
                    let file: CaseFile<magnets::Compute, magnets::MagnetRule> = read(store, &name)?;
                    Ok(Outcome::Magnets(Box::new(magnets::judge(tables, file.case, &file.compute, file.verdict))))
                }
                Quantity::RuleClauses => {
                    let file: CaseFile<rule_clauses::Compute, rule_clauses::ClauseRule> = read(store, &name)?;
                    rule_clauses::judge(&rules_of(store)?, file.case, &file.compute, file.verdict).map(|j| Outcome::Clauses(Box::new(j)))
                }
                Quantity::OutputAboveTheLine => {
                    let file: CaseFile<output::Compute, output::OutputRule> = read(store, &name)?;
                    let rules = rules_of(store)?;
                    output::judge(store, tables, &rules, file.case, &file.compute, file.verdict).map(|j| Outcome::Output(Box::new(j)))
                }
                Quantity::BatteryShareOfExtra => battery_reason::judge(tables, read(store, &name)?).map(|j| Outcome::Reason(Box::new(j))),
                Quantity::TwinDriveUnit => {
                    let file: CaseFile<twin_unit::Compute, twin_unit::TwinRule> = read(store, &name)?;
                    twin_unit::judge(tables, file.case, &file.compute, file.verdict).map(|j| Outcome::Twin(Box::new(j)))
                }
                Quantity::MarketClaims => {
                    let file: CaseFile<market_claims::Compute, market_claims::ClaimRule> = read(store, &name)?;
                    market_claims::judge(store, file.case, &file.compute, file.verdict).map(|j| Outcome::Claims(Box::new(j)))
                }
                Quantity::OwnershipLevel => {
                    let file: CaseFile<ownership_level::Compute, ownership_level::LevelRule> = read(store, &name)?;
                    ownership_level::judge(store, file.case, &file.compute, file.verdict).map(|j| Outcome::Level(Box::new(j)))
                }
                Quantity::RetiredMass => {
                    let file: CaseFile<retired_mass::Compute, retired_mass::RetiredRule> = read(store, &name)?;
                    retired_mass::judge(store, file.case, &file.compute, file.verdict).map(|j| Outcome::Retired(Box::new(j)))
                }
                Quantity::TierDominance => {
                    let file: CaseFile<dominance::Compute, dominance::DominanceRule> = read(store, &name)?;
                    dominance::judge(store, tables, file.case, &file.compute, file.verdict).map(|j| Outcome::Dominance(Box::new(j)))
                }
                Quantity::FriendSourcing => {
                    let file: CaseFile<friend_sourcing::Compute, friend_sourcing::FriendRule> = read(store, &name)?;
                    friend_sourcing::judge(store, tables, file.case, &file.compute, file.verdict).map(|j| Outcome::Friends(Box::new(j)))
                }
                Quantity::GreenChain => {
                    let file: CaseFile<green_chain::Compute, green_chain::ChainRule> = read(store, &name)?;
                    green_chain::judge(store, tables, file.case, &file.compute, file.verdict).map(|j| Outcome::Chain(Box::new(j)))
                }
                Quantity::DoubledCar => {
                    let file: CaseFile<doubled::Compute, doubled::DoubledRule> = read(store, &name)?;
                    doubled::judge(store, tables, file.case, &file.compute, file.verdict).map(|j| Outcome::Doubled(Box::new(j)))
                }
                Quantity::CreditTrade => {
                    let file: CaseFile<credit_trade::Compute, credit_trade::TradeRule> = read(store, &name)?;
                    credit_trade::judge(store, file.case, &file.compute, file.verdict).map(|j| Outcome::Trade(Box::new(j)))
                }
            };
        }
        known.push(file.case.id);
    }
    let near = nearest(id, known.iter().map(String::as_str));
    Err(CaseError::Unknown { seen: id.to_owned(), known: known.join(", "), nearest: near })
}

fn rules_of(store: &Store) -> Result<RuleTables, CaseError> {
    RuleTables::read(store, false).map_err(|found| CaseError::Data { found: found.iter().map(ToString::to_string).collect() })
}

/// The preset that a case names.
fn preset_of(case: &str, word: &str) -> Result<Preset, CaseError> {
    Preset::ALL.into_iter().find(|p| p.word() == word).ok_or_else(|| CaseError::Preset {
        case: case.to_owned(),
        seen: word.to_owned(),
        known: Preset::ALL.map(Preset::word).join(", "),
    })
}

/// A design of the grid and the fuel car it stands beside.
struct Pair {
    battery: CarDesign,
    fuel: CarDesign,
}

fn production_ratio(tables: &Tables, file: CaseFile<RatioGrid, RatioRule>) -> Result<Judgement, CaseError> {
    let rule = &file.verdict;
    let holds = |ratio: f64, _: Option<f64>| (ratio - rule.claimed_ratio).abs() <= rule.tolerance;
    let (cells, catalogue) = grid_cells(tables, &file.case.id, &file.compute, &holds)?;
    Ok(judge(file, cells, catalogue))
}

/// Every pack in every car of a grid, and the cars of the catalogue; `holds` is asked of ratio and share of the pack.
fn grid_cells(tables: &Tables, id: &str, grid: &RatioGrid, holds: &dyn Fn(f64, Option<f64>) -> bool) -> Result<(Vec<Cell>, Vec<Cell>), CaseError> {
    let case = || id.to_owned();
    if grid.battery_cars.len() != grid.fuel_cars.len() {
        return Err(CaseError::Pairs { case: case(), left: "battery_cars", right: "fuel_cars" });
    }
    if grid.catalogue_battery_cars.len() != grid.catalogue_fuel_cars.len() {
        return Err(CaseError::Pairs { case: case(), left: "catalogue_battery_cars", right: "catalogue_fuel_cars" });
    }
    let preset = preset_of(id, &grid.preset)?;
    let scenario = Scenario {
        country: tables.places.id(&grid.assembly_place).map_err(AssessError::from)?,
        year: grid.year,
        method: "ar6-gwp100".to_owned(),
        preset,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    };
    let traces = Traces::new(tables, None)?;
    let car = |id: &str| -> Result<CarDesign, CaseError> {
        let mut design = tables.catalogue.car(id)?.clone();
        design.plant.country = Some(grid.assembly_place.clone());
        Ok(design)
    };
    let mut pairs = Vec::new();
    for (battery, fuel) in grid.battery_cars.iter().zip(&grid.fuel_cars) {
        let (base, fuel) = (car(battery)?, car(fuel)?);
        let base_pack = pack_mass(tables, &base, &scenario, &traces)?;
        for &kwh in &grid.pack_kwh {
            for chemistry in &grid.chemistries {
                for place in &grid.cell_places {
                    let battery = with_pack(tables, &base, base_pack, kwh, chemistry, place, grid.kerb_mass, &scenario, &traces)?;
                    pairs.push(Pair { battery, fuel: fuel.clone() });
                }
            }
        }
    }
    let in_grid = pairs.len();
    for (battery, fuel) in grid.catalogue_battery_cars.iter().zip(&grid.catalogue_fuel_cars) {
        pairs.push(Pair { battery: car(battery)?, fuel: car(fuel)? });
    }
    let designs: Vec<CarDesign> = pairs.into_iter().flat_map(|p| [p.battery, p.fuel]).collect();
    let prepared = prepare(tables, &designs, &scenario, &traces)?;
    let solved = prepared.networks.iter().map(|n| SolvedNetwork::new(tables, n, &scenario.method)).collect::<Result<Vec<_>, _>>()?;
    let mut cells = Vec::new();
    for pair in prepared.cases.chunks_exact(2) {
        let [battery, fuel] = pair else { continue };
        let (made, pack) = production(battery, &solved);
        let (other, _) = production(fuel, &solved);
        let ratio = made / other;
        let design = battery.design;
        let battery_share = (made > other).then(|| pack / (made - other));
        cells.push(Cell {
            battery_car: design.id.clone(),
            fuel_car: fuel.design.id.clone(),
            pack_kwh: design.battery.as_ref().map_or(0.0, |b| b.gross_energy_kwh.best),
            chemistry: design.battery.as_ref().map(|b| b.chemistry.clone()).unwrap_or_default(),
            cells_made_in: design.battery.as_ref().and_then(|b| b.made_in.clone()).unwrap_or_else(|| grid.assembly_place.clone()),
            ratio,
            battery_share,
            holds: holds(ratio, battery_share),
        });
    }
    let catalogue = cells.split_off(in_grid);
    Ok((cells, catalogue))
}

fn judge(file: CaseFile<RatioGrid, RatioRule>, grid: Vec<Cell>, catalogue: Vec<Cell>) -> Judgement {
    let holding = grid.iter().filter(|c| c.holds).count();
    let share = holding as f64 / grid.len().max(1) as f64;
    let (verdict, template) = if holding == 0 {
        (Verdict::False, &file.verdict.false_words)
    } else if share >= file.verdict.true_share {
        (Verdict::True, &file.verdict.true_words)
    } else {
        (Verdict::Depends, &file.verdict.depends_words)
    };
    let name = |c: &Cell| format!("{} kWh {} from {} in {}", c.pack_kwh, c.chemistry, c.cells_made_in, c.battery_car);
    let lowest = grid.iter().min_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let highest = grid.iter().max_by(|a, b| a.ratio.total_cmp(&b.ratio));
    let ratio = |c: Option<&Cell>| c.map(|c| format!("{:.2}", c.ratio)).unwrap_or_default();
    let words = template
        .replace("{share}", &format!("{:.0} %", 100.0 * share))
        .replace("{holding}", &holding_packs(&grid))
        .replace("{lowest}", &ratio(lowest))
        .replace("{highest}", &ratio(highest))
        .replace("{lowest_cell}", &lowest.map(name).unwrap_or_default())
        .replace("{highest_cell}", &highest.map(name).unwrap_or_default());
    let more: Vec<f64> = grid.iter().filter_map(|c| c.battery_share).collect();
    let main = more.iter().filter(|s| **s >= file.verdict.battery_share_at_least).count();
    let battery_is_main_reason = main as f64 / more.len().max(1) as f64;
    Judgement { case: file.case, verdict, words, battery_is_main_reason, rule: file.verdict, grid, catalogue }
}

/// Which packs the statement holds for, car by car: the range of energies.
fn holding_packs(grid: &[Cell]) -> String {
    let mut cars: Vec<&str> = Vec::new();
    for cell in grid.iter().filter(|c| c.holds) {
        if !cars.contains(&cell.battery_car.as_str()) {
            cars.push(&cell.battery_car);
        }
    }
    let range = |car: &str| {
        let packs = grid.iter().filter(|c| c.holds && c.battery_car == car).map(|c| c.pack_kwh);
        let (low, high) = packs.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), p| (l.min(p), h.max(p)));
        if low == high { format!("{car} with {low} kWh") } else { format!("{car} with {low} to {high} kWh") }
    };
    cars.iter().map(|c| range(c)).collect::<Vec<_>>().join("; ")
}

/// Production footprint of a car, and of its pack, in kg CO2e.
fn production(case: &CarCase<'_>, solved: &[SolvedNetwork<'_>]) -> (f64, f64) {
    let scores = solved[case.network].scores.values();
    let mut sums = (0.0, 0.0);
    for (line, placed) in case.inventory.lines.iter().zip(&case.lines) {
        if line.stage.phase() == Phase::Production {
            let kg = placed.amount * scores[placed.column.index()];
            sums.0 += kg;
            if is_battery(line) {
                sums.1 += kg;
            }
        }
    }
    sums
}

fn pack_mass(tables: &Tables, design: &CarDesign, scenario: &Scenario, traces: &Traces) -> Result<f64, CaseError> {
    let inventory = minewheel_assess::inventory::inventory(design, tables, traces, scenario, &minewheel_data::row::Draw::BEST)?;
    Ok(inventory.pack.map_or(0.0, |p| p.pack_mass.kg()))
}

#[expect(clippy::too_many_arguments, reason = "one pack in one car: each argument is a coordinate of the grid")]
fn with_pack(
    tables: &Tables,
    base: &CarDesign,
    base_pack_kg: f64,
    kwh: f64,
    chemistry: &str,
    place: &str,
    rule: KerbMass,
    scenario: &Scenario,
    traces: &Traces,
) -> Result<CarDesign, CaseError> {
    let mut design = base.clone();
    if let Some(battery) = &mut design.battery {
        battery.gross_energy_kwh = Value::given(kwh);
        battery.usable_energy_kwh = None;
        battery.pack_mass_kg = None;
        chemistry.clone_into(&mut battery.chemistry);
        battery.made_in = Some(place.to_owned());
    }
    // First without a kerb mass, which holds any pack, then with the one that follows it.
    match (rule, base.kerb_mass_kg) {
        (KerbMass::FollowsPack, Some(kerb)) => {
            design.kerb_mass_kg = None;
            let pack_kg = pack_mass(tables, &design, scenario, traces)?;
            design.kerb_mass_kg = Some(Value::given(kerb.best - base_pack_kg + pack_kg));
        }
        // A car without a catalogue kerb mass is built up around its pack as it is.
        (KerbMass::FollowsPack, None) => {}
    }
    Ok(design)
}
