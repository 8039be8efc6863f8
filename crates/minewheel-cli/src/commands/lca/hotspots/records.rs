//! What a report of hot spots holds.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::parts::{Arrow, FlowPart, ProcessPart};
use super::super::source::LinkReport;

/// What makes most of a result.
#[derive(Serialize, schemars::JsonSchema)]
pub struct HotSpots {
    pub demand: BTreeMap<String, f64>,
    pub method: String,
    pub unit: Option<String>,
    pub score: f64,
    /// 5th percentile of the draws.
    pub p5: Option<f64>,
    /// Median of the draws.
    pub p50: Option<f64>,
    /// 95th percentile of the draws.
    pub p95: Option<f64>,
    /// Draws.
    pub samples: u64,
    /// Their seed.
    pub seed: u64,
    /// Share of all impact that each list was asked to make.
    pub share: f64,
    /// What shares of the variance rest on; `null` where nothing is uncertain.
    pub variance_by: Option<VarianceBasis>,
    /// Processes by their direct impact.
    pub processes: HotList<HotProcess>,
    /// Elementary flows.
    pub flows: HotList<HotFlow>,
    /// Elementary exchanges of processes.
    pub exchanges: HotList<HotExchange>,
    /// Places by the direct impact of processes there.
    pub places: HotList<HotPlace>,
    /// Inputs of products and wastes that carry most impact, with all supply behind them; these overlap.
    pub inputs: Vec<HotInput>,
    /// Share of the variance of rows that belong to no process: factors and, by derivatives, parameters.
    pub variance_elsewhere: Option<f64>,
    pub gaps: Gaps,
    pub links: Option<LinkReport>,
}

/// What shares of the variance rest on.
#[derive(Serialize, schemars::JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum VarianceBasis {
    /// Derivatives and the spread of each row.
    Derivatives,
    /// Covariance with the result over the draws.
    Draws,
}

/// The largest parts of a kind.
#[derive(Serialize, schemars::JsonSchema)]
pub struct HotList<T> {
    /// How many parts have any impact.
    pub of: usize,
    /// How many of them make the share that is asked for.
    pub needed: usize,
    /// Sum of the magnitudes of all of them, of which `cumulated` is a share; above the score where there are credits.
    pub turnover: f64,
    /// The largest, until the share is made or the lines are used up.
    pub lines: Vec<T>,
}

/// A process.
#[derive(Serialize, schemars::JsonSchema)]
pub struct HotProcess {
    /// Its activity in the matrices.
    #[serde(skip)]
    pub key: i64,
    #[serde(flatten)]
    pub part: ProcessPart,
    /// Impact of the supply behind all that it makes; overlaps with that of other processes.
    pub upstream: f64,
    /// `upstream` over the score.
    pub upstream_share: Option<f64>,
    /// Share of all impact that it and those above it make.
    pub cumulated: f64,
    /// Share of the variance by its exchanges.
    pub variance_share: Option<f64>,
    /// How well its exchanges are known; `null` in a package.
    pub quality: Option<Quality>,
}

/// How well the exchanges of a process are known.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Quality {
    /// Exchanges but those that it makes.
    pub exchanges: usize,
    /// Those that neither state a distribution or formula nor have a pedigree.
    pub without_spread: usize,
    /// The worst score of each indicator of its exchanges' pedigrees, in the order reliability, completeness, time, place, technology, sample size;
    /// empty where there is none or they are of another system.
    pub worst_scores: Vec<Option<usize>>,
}

/// An elementary flow.
#[derive(Serialize, schemars::JsonSchema)]
pub struct HotFlow {
    /// Its row in the matrices.
    #[serde(skip)]
    pub key: i64,
    #[serde(flatten)]
    pub part: FlowPart,
    /// Share of all impact that it and those above it make.
    pub cumulated: f64,
    /// Share of the variance by its amounts and its factor.
    pub variance_share: Option<f64>,
}

/// What one process emits or takes of one elementary flow.
#[derive(Serialize, schemars::JsonSchema)]
pub struct HotExchange {
    /// Activity and row in the matrices.
    #[serde(skip)]
    pub key: (i64, i64),
    /// Id of the process.
    pub process: String,
    pub process_name: String,
    pub place: Option<String>,
    /// Id of the flow.
    pub flow: String,
    pub flow_name: String,
    /// Units of the flow for the demand.
    pub amount: f64,
    pub unit: Option<String>,
    pub impact: f64,
    /// `impact` over the score.
    pub share: Option<f64>,
    /// Share of all impact that it and those above it make.
    pub cumulated: f64,
    /// Share of the variance by its amount.
    pub variance_share: Option<f64>,
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// A place.
#[derive(Serialize, schemars::JsonSchema)]
pub struct HotPlace {
    /// Its code; `null`: processes without one.
    pub place: Option<String>,
    pub direct: f64,
    /// `direct` over the score.
    pub share: Option<f64>,
    /// Share of all impact that it and those above it make.
    pub cumulated: f64,
    /// Share of the variance by exchanges of processes there.
    pub variance_share: Option<f64>,
}

/// An input.
#[derive(Serialize, schemars::JsonSchema)]
pub struct HotInput {
    /// Activity and row in the matrices.
    #[serde(skip)]
    pub key: (i64, i64),
    #[serde(flatten)]
    pub arrow: Arrow,
    /// Units delivered for the demand.
    pub amount: f64,
    pub unit: Option<String>,
    /// Share of the variance by its amount.
    pub variance_share: Option<f64>,
    #[serde(flatten)]
    pub evidence: Evidence,
}

/// On what an amount rests.
#[derive(Serialize, schemars::JsonSchema, Default)]
pub struct Evidence {
    /// What draws move it by; `null` where nothing does.
    pub spread: Option<SpreadKind>,
    /// Its pedigree, as the database has it.
    pub pedigree: Option<String>,
}

/// What draws move an amount by.
#[derive(Serialize, schemars::JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum SpreadKind {
    /// A distribution that is stated.
    Stated,
    /// Parameters by a formula.
    Formula,
    /// The pedigree alone.
    Pedigree,
}

/// What the result lacks.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Gaps {
    /// Products and wastes that were cut off, the most wanted first; their impact is counted as nought.
    pub cut_off: Vec<CutOff>,
    /// Elementary flows of the inventory.
    pub flows: usize,
    /// Those of them that the method has no factor for.
    pub flows_without_factor: usize,
    /// Share of all impact of elementary exchanges that neither distribution nor formula nor pedigree says how well they are known.
    pub share_without_spread: Option<f64>,
}

/// A product or waste without supplier.
#[derive(Serialize, schemars::JsonSchema)]
pub struct CutOff {
    pub flow: String,
    pub name: String,
    /// How many exchanges want it.
    pub uses: usize,
}
