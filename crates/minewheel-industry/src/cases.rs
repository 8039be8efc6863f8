//! Published statements about the industry, each recomputed, with a verdict and its reason.
//!
//! A case is a TOML file under `data/cases`: the statement with its source, what is computed, and the rule of the
//! verdict. It holds no number about the world that the model uses. Kinds of computation are the variants of
//! [`Quantity`]; each has its own reader of `[compute]` and its own verdict words, so a new kind is a new variant and
//! one function.
//!
//! `production-climate-ratio` puts every pack into every battery car and divides by the fuel car beside it: [`production_ratio`].
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
use minewheel_assess::scenario::Preset;
use minewheel_assess::tables::Tables;
use minewheel_data::catalogue::UnknownCar;
use minewheel_data::parameters::ParameterError;
use minewheel_data::store::Store;
use minewheel_data::table::nearest;
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
pub mod production_ratio;
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
    Ratio(Box<production_ratio::Judgement>),
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
                Quantity::ProductionClimateRatio => production_ratio::judge(tables, read(store, &name)?).map(|j| Outcome::Ratio(Box::new(j))),
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
