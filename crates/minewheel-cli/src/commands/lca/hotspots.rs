//! `lca hotspots`: the few processes, flows, exchanges and places that make most of a result, and how well they are known.

mod shown;

use std::collections::BTreeMap;
use std::path::PathBuf;

use minewheel_lca::database::{Exchange, FlowIndex, FlowKind, LocationIndex, Process, Uncertainty, pedigree_scores};
use minewheel_lca::{
    Activity, Assembly, CategoryFactors, ColumnId, Demand, EntryKind, EntryUncertainty, FlowId, InputFlow, ParameterDraws, PreparedSolver, Scores,
    SolveOptions, VarianceShares, adjoint, column_contributions, direct_scores, factor_sensitivities, forward, input_flows, leading, monte_carlo,
    supply_contributions,
};
use serde::Serialize;

use super::LcaFailure;
use super::draws::samples;
use super::explain::share;
use super::sensitivity::ranked_rows;
use super::source::{Assembled, Label, LinkReport, Question, Source};
use crate::failure::Failure;
use crate::print::{self, Format};

use shown::{HEADER, csv_rows, table};

/// Arguments of `lca hotspots`.
#[derive(clap::Args)]
pub struct HotSpotArguments {
    #[command(flatten)]
    question: Question,
    /// Share of all impact, credits by their size, that each list makes
    #[arg(long, default_value_t = 0.8, allow_negative_numbers = true)]
    share: f64,
    /// Lines of each list at most
    #[arg(long, value_name = "N", default_value_t = 15, allow_negative_numbers = true)]
    top: usize,
    /// Draws by which shares of the variance are found; without any they are those of derivatives
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true)]
    samples: u64,
    /// Seed of the draws
    #[arg(long, default_value_t = 1, allow_negative_numbers = true)]
    seed: u64,
    /// Correlations of uncertain parameters: CSV with `first`, `second`, `correlation`; names as NAME or PROCESS/NAME
    #[arg(long, value_name = "FILE", requires = "samples")]
    correlations: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Draws between two sums; a chunk is all that is kept of them.
const CHUNK: u64 = 1000;

/// What makes most of a result.
#[derive(Serialize, schemars::JsonSchema)]
pub struct HotSpots {
    demand: BTreeMap<String, f64>,
    method: String,
    unit: Option<String>,
    score: f64,
    /// 5th percentile of the draws.
    p5: Option<f64>,
    /// Median of the draws.
    p50: Option<f64>,
    /// 95th percentile of the draws.
    p95: Option<f64>,
    /// Draws.
    samples: u64,
    /// Their seed.
    seed: u64,
    /// Share of all impact that each list was asked to make.
    share: f64,
    /// What shares of the variance rest on; `null` where nothing is uncertain.
    variance_by: Option<VarianceBasis>,
    /// Processes by their direct impact.
    processes: HotList<HotProcess>,
    /// Elementary flows.
    flows: HotList<HotFlow>,
    /// Elementary exchanges of processes.
    exchanges: HotList<HotExchange>,
    /// Places by the direct impact of processes there.
    places: HotList<HotPlace>,
    /// Inputs of products and wastes that carry most impact, with all supply behind them; these overlap.
    inputs: Vec<HotInput>,
    /// Share of the variance of rows that belong to no process: factors and, by derivatives, parameters.
    variance_elsewhere: Option<f64>,
    gaps: Gaps,
    links: Option<LinkReport>,
}

/// What shares of the variance rest on.
#[derive(Serialize, schemars::JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum VarianceBasis {
    /// Derivatives and the spread of each row.
    Derivatives,
    /// Covariance with the result over the draws.
    Draws,
}

/// The largest parts of a kind.
#[derive(Serialize, schemars::JsonSchema)]
struct HotList<T> {
    /// How many parts have any impact.
    of: usize,
    /// How many of them make the share that is asked for.
    needed: usize,
    /// Sum of the magnitudes of all of them, of which `cumulated` is a share; above the score where there are credits.
    turnover: f64,
    /// The largest, until the share is made or the lines are used up.
    lines: Vec<T>,
}

/// A process.
#[derive(Serialize, schemars::JsonSchema)]
struct HotProcess {
    /// Its activity in the matrices.
    #[serde(skip)]
    key: i64,
    id: String,
    name: String,
    place: Option<String>,
    /// Units of its product made for the demand.
    amount: f64,
    unit: Option<String>,
    /// Impact of its own flows.
    direct: f64,
    /// `direct` over the score.
    share: Option<f64>,
    /// Impact of the supply behind all that it makes; overlaps with that of other processes.
    upstream: f64,
    /// `upstream` over the score.
    upstream_share: Option<f64>,
    /// Share of all impact that it and those above it make.
    cumulated: f64,
    /// Share of the variance by its exchanges.
    variance_share: Option<f64>,
    /// How well its exchanges are known; `null` in a package.
    quality: Option<Quality>,
}

/// How well the exchanges of a process are known.
#[derive(Serialize, schemars::JsonSchema)]
struct Quality {
    /// Exchanges but those that it makes.
    exchanges: usize,
    /// Those that neither state a distribution or formula nor have a pedigree.
    without_spread: usize,
    /// The worst score of each indicator of its exchanges' pedigrees, in the order reliability, completeness, time, place, technology, sample size;
    /// empty where there is none or they are of another system.
    worst_scores: Vec<Option<usize>>,
}

/// An elementary flow.
#[derive(Serialize, schemars::JsonSchema)]
struct HotFlow {
    /// Its row in the matrices.
    #[serde(skip)]
    key: i64,
    id: String,
    name: String,
    place: Option<String>,
    amount: f64,
    unit: Option<String>,
    impact: f64,
    /// `impact` over the score.
    share: Option<f64>,
    /// Share of all impact that it and those above it make.
    cumulated: f64,
    /// Share of the variance by its amounts and its factor.
    variance_share: Option<f64>,
}

/// What one process emits or takes of one elementary flow.
#[derive(Serialize, schemars::JsonSchema)]
struct HotExchange {
    /// Activity and row in the matrices.
    #[serde(skip)]
    key: (i64, i64),
    /// Id of the process.
    process: String,
    process_name: String,
    place: Option<String>,
    /// Id of the flow.
    flow: String,
    flow_name: String,
    /// Units of the flow for the demand.
    amount: f64,
    unit: Option<String>,
    impact: f64,
    /// `impact` over the score.
    share: Option<f64>,
    /// Share of all impact that it and those above it make.
    cumulated: f64,
    /// Share of the variance by its amount.
    variance_share: Option<f64>,
    #[serde(flatten)]
    evidence: Evidence,
}

/// A place.
#[derive(Serialize, schemars::JsonSchema)]
struct HotPlace {
    /// Its code; `null`: processes without one.
    place: Option<String>,
    direct: f64,
    /// `direct` over the score.
    share: Option<f64>,
    /// Share of all impact that it and those above it make.
    cumulated: f64,
    /// Share of the variance by exchanges of processes there.
    variance_share: Option<f64>,
}

/// An input.
#[derive(Serialize, schemars::JsonSchema)]
struct HotInput {
    /// Activity and row in the matrices.
    #[serde(skip)]
    key: (i64, i64),
    /// Id of the supplier.
    from: String,
    from_name: String,
    /// Id of the consumer.
    to: String,
    to_name: String,
    /// Units delivered for the demand.
    amount: f64,
    unit: Option<String>,
    /// Impact of them, supply included.
    impact: f64,
    /// `impact` over the score.
    share: Option<f64>,
    /// Share of the variance by its amount.
    variance_share: Option<f64>,
    #[serde(flatten)]
    evidence: Evidence,
}

/// On what an amount rests.
#[derive(Serialize, schemars::JsonSchema, Default)]
struct Evidence {
    /// What draws move it by; `null` where nothing does.
    spread: Option<SpreadKind>,
    /// Its pedigree, as the database has it.
    pedigree: Option<String>,
}

/// What draws move an amount by.
#[derive(Serialize, schemars::JsonSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum SpreadKind {
    /// A distribution that is stated.
    Stated,
    /// Parameters by a formula.
    Formula,
    /// The pedigree alone.
    Pedigree,
}

/// What the result lacks.
#[derive(Serialize, schemars::JsonSchema)]
struct Gaps {
    /// Products and wastes that were cut off, the most wanted first; their impact is counted as nought.
    cut_off: Vec<CutOff>,
    /// Elementary flows of the inventory.
    flows: usize,
    /// Those of them that the method has no factor for.
    flows_without_factor: usize,
    /// Share of all impact of elementary exchanges that neither distribution nor formula nor pedigree says how well they are known.
    share_without_spread: Option<f64>,
}

/// A product or waste without supplier.
#[derive(Serialize, schemars::JsonSchema)]
struct CutOff {
    flow: String,
    name: String,
    /// How many exchanges want it.
    uses: usize,
}

/// What one process has of one flow, or takes of one product.
struct Part {
    column: ColumnId,
    row: i64,
    amount: f64,
    impact: f64,
}

/// Solved for a demand.
struct Solved<'s> {
    source: &'s Source,
    assembly: &'s Assembly,
    category: &'s CategoryFactors,
    scores: &'s Scores,
    activity: &'s Activity,
    direct: &'s [f64],
    score: f64,
}

/// Runs `lca hotspots`.
pub fn hotspots(arguments: &HotSpotArguments) -> Result<(), Failure> {
    if !(arguments.share > 0.0 && arguments.share <= 1.0) {
        return Err(Failure::Option { option: "share", seen: arguments.share.to_string(), wanted: "a share above 0, up to 1".to_owned() });
    }
    if arguments.top == 0 {
        return Err(Failure::Option { option: "top", seen: "0".to_owned(), wanted: "a whole number above 0".to_owned() });
    }
    let source = Source::open(&arguments.question, true)?;
    if arguments.samples > 0 {
        source.note_draws();
    }
    let Assembled { assembly, category, demand, method, unit } = source.assemble(arguments.question.method.as_deref())?;
    let network = &assembly.network;
    let direct = direct_scores(network, &category);
    let scores = adjoint(network, &direct).map_err(|error| source.explained(&assembly, error))?;
    source.warn_of_net_consumers(&assembly, scores.report())?;
    let activity = forward(network, &demand).map_err(LcaFailure::from)?;
    let score = scores.total(&demand).map_err(LcaFailure::from)?;
    let solved = Solved { source: &source, assembly: &assembly, category: &category, scores: &scores, activity: &activity, direct: &direct, score };
    let mut found = solved.parts(arguments, method, unit);
    let groups = found.groups(&solved);
    found.spread(&solved, &demand, arguments, &groups)?;
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => print::data(&print::csv(&HEADER, &csv_rows(&found))),
        Format::Table => print::page(&table(&found, &source.demand_in_words())),
    }
    Ok(())
}

impl Solved<'_> {
    fn label(&self, column: ColumnId) -> Label {
        self.assembly.activity(column).map_or_else(Label::default, |id| self.source.activity(id))
    }

    /// Every elementary exchange with an impact, by process and flow.
    fn exchanges(&self) -> Vec<Part> {
        let mut parts: BTreeMap<(ColumnId, FlowId), f64> = BTreeMap::new();
        for column in self.assembly.network.evaluation_order() {
            let made = self.activity.get(*column).unwrap_or(0.0);
            for flow in self.assembly.network.flows(*column).filter(|f| made != 0.0 && self.category.value(f.flow) != 0.0) {
                *parts.entry((*column, flow.flow)).or_insert(0.0) += made * flow.amount;
            }
        }
        let part = |((column, flow), amount): ((ColumnId, FlowId), f64)| {
            Some(Part { column, row: self.assembly.flow(flow)?, amount, impact: amount * self.category.value(flow) })
        };
        parts.into_iter().filter_map(part).collect()
    }

    /// Flows of the inventory, and those of them without a factor.
    fn flow_counts(&self) -> (usize, usize) {
        let mut has = vec![];
        for column in self.assembly.network.evaluation_order() {
            if self.activity.get(*column).unwrap_or(0.0) != 0.0 {
                has.extend(self.assembly.network.flows(*column).map(|f| f.flow));
            }
        }
        has.sort_unstable();
        has.dedup();
        (has.len(), has.iter().filter(|flow| self.category.value(**flow) == 0.0).count())
    }

    /// All lists, without shares of the variance.
    fn parts(&self, arguments: &HotSpotArguments, method: String, unit: Option<String>) -> HotSpots {
        let (source, score) = (self.source, self.score);
        let spreads = self.spreads();
        let contributions = column_contributions(self.direct, self.activity);
        let with_supply = supply_contributions(self.scores, self.activity);
        let column = |at: usize| ColumnId(at as u32);
        let processes = HotList::of(arguments, &contributions, |at, cumulated| {
            let Label { id, name, place, unit } = self.label(column(at));
            let (direct, upstream) = (contributions[at], with_supply[at] - contributions[at]);
            HotProcess {
                key: self.assembly.activity(column(at)).unwrap_or_default(),
                id,
                name,
                place,
                amount: self.activity.values()[at],
                unit,
                direct,
                share: share(direct, score),
                upstream,
                upstream_share: share(upstream, score),
                cumulated,
                variance_share: None,
                quality: self.quality(column(at)),
            }
        });
        let mut by_place: BTreeMap<Option<String>, f64> = BTreeMap::new();
        for (at, direct) in contributions.iter().enumerate().filter(|(_, direct)| **direct != 0.0) {
            *by_place.entry(self.label(column(at)).place).or_insert(0.0) += direct;
        }
        let by_place: Vec<(Option<String>, f64)> = by_place.into_iter().collect();
        let places = HotList::of(arguments, &by_place.iter().map(|p| p.1).collect::<Vec<_>>(), |at, cumulated| {
            let (place, direct) = by_place[at].clone();
            HotPlace { place, direct, share: share(direct, score), cumulated, variance_share: None }
        });
        let parts = self.exchanges();
        let mut by_flow: BTreeMap<i64, (f64, f64)> = BTreeMap::new();
        for part in &parts {
            let slot = by_flow.entry(part.row).or_insert((0.0, 0.0));
            *slot = (slot.0 + part.amount, slot.1 + part.impact);
        }
        let by_flow: Vec<(i64, (f64, f64))> = by_flow.into_iter().collect();
        let flows = HotList::of(arguments, &by_flow.iter().map(|f| f.1.1).collect::<Vec<_>>(), |at, cumulated| {
            let (row, (amount, impact)) = by_flow[at];
            let Label { id, name, place, unit } = source.flow(row);
            HotFlow { key: row, id, name, place, amount, unit, impact, share: share(impact, score), cumulated, variance_share: None }
        });
        let exchanges = HotList::of(arguments, &parts.iter().map(|p| p.impact).collect::<Vec<_>>(), |at, cumulated| {
            let part = &parts[at];
            let (process, flow) = (self.label(part.column), source.flow(part.row));
            HotExchange {
                key: (self.assembly.activity(part.column).unwrap_or_default(), part.row),
                process: process.id,
                process_name: process.name,
                place: process.place,
                flow: flow.id,
                flow_name: flow.name,
                amount: part.amount,
                unit: flow.unit,
                impact: part.impact,
                share: share(part.impact, score),
                cumulated,
                variance_share: None,
                evidence: self.evidence(&spreads, part.column, part.row),
            }
        });
        let is_bare = |part: &&Part| self.evidence(&spreads, part.column, part.row).spread.is_none();
        let bare: f64 = parts.iter().filter(is_bare).map(|p| p.impact.abs()).sum();
        let (flow_count, without) = self.flow_counts();
        let gaps = Gaps {
            cut_off: self.cut_off(arguments.top),
            flows: flow_count,
            flows_without_factor: without,
            share_without_spread: share(bare, exchanges.turnover),
        };
        HotSpots {
            demand: source.demand_by_id(),
            method,
            unit,
            score,
            p5: None,
            p50: None,
            p95: None,
            samples: arguments.samples,
            seed: arguments.seed,
            share: arguments.share,
            variance_by: None,
            processes,
            flows,
            exchanges,
            places,
            inputs: self.inputs(&spreads, arguments.top),
            variance_elsewhere: None,
            gaps,
            links: source.links.clone(),
        }
    }

    /// The inputs that carry most.
    fn inputs(&self, spreads: &Spreads, top: usize) -> Vec<HotInput> {
        let mut parts: BTreeMap<(ColumnId, ColumnId), (f64, f64)> = BTreeMap::new();
        for InputFlow { consumer, supplier, amount, impact } in input_flows(&self.assembly.network, self.scores, self.activity) {
            let slot = parts.entry((consumer, supplier)).or_insert((0.0, 0.0));
            *slot = (slot.0 + amount, slot.1 + impact);
        }
        let mut parts: Vec<_> = parts.into_iter().filter(|(_, (_, impact))| *impact != 0.0).collect();
        parts.sort_by(|a, b| b.1.1.abs().total_cmp(&a.1.1.abs()).then(a.0.cmp(&b.0)));
        parts.truncate(top);
        let line = |((consumer, supplier), (amount, impact)): ((ColumnId, ColumnId), (f64, f64))| {
            let (from, to) = (self.label(supplier), self.label(consumer));
            let row = self.assembly.product(supplier).unwrap_or_default();
            HotInput {
                key: (self.assembly.activity(consumer).unwrap_or_default(), row),
                from: from.id,
                from_name: from.name,
                to: to.id,
                to_name: to.name,
                amount,
                unit: from.unit,
                impact,
                share: share(impact, self.score),
                variance_share: None,
                evidence: self.evidence(spreads, consumer, row),
            }
        };
        parts.into_iter().map(line).collect()
    }

    fn cut_off(&self, top: usize) -> Vec<CutOff> {
        let Some((database, system)) = self.source.database() else { return Vec::new() };
        let line = |input: &minewheel_lca::database::UnlinkedInput| {
            let flow = database.flow(input.flow);
            CutOff { flow: flow.id.to_string(), name: flow.name.to_string(), uses: input.uses }
        };
        system.cut_off.iter().take(top).map(line).collect()
    }

    /// What moves each entry of the matrices that draws move.
    fn spreads(&self) -> Spreads {
        let matrices = &self.source.matrices;
        let mut found = Spreads::default();
        for entry in matrices.technosphere.iter().chain(&matrices.biosphere) {
            let kind = if entry.uncertainty != EntryUncertainty::Exact {
                SpreadKind::Stated
            } else if entry.follows.is_some() {
                SpreadKind::Formula
            } else {
                continue;
            };
            found.insert((entry.column, entry.row), kind);
        }
        found
    }

    /// The exchanges of a database behind an entry: what a process has of a flow or takes of a product.
    fn behind(&self, column: i64, row: i64) -> impl Iterator<Item = (&Process, &Exchange)> {
        let found = self.source.database().and_then(|(database, system)| {
            let at = |id: i64| usize::try_from(id - 1).ok();
            let activity = system.activities.get(at(column)?)?;
            let count = system.activities.len();
            let (flow, place): (FlowIndex, Option<LocationIndex>) = match at(row)?.checked_sub(count) {
                Some(at) => *system.flows.get(at)?,
                None => (system.activities.get(at(row)?)?.product, None),
            };
            let process = database.process(activity.process);
            // A flow with factors by place has a row for each place of an exchange.
            let is_there = move |e: &&Exchange| place.is_none() || e.location.or(process.location) == place;
            Some(process.exchanges.iter().filter(move |e| e.flow == flow).filter(is_there).map(move |e| (process, e)))
        });
        found.into_iter().flatten()
    }

    fn evidence(&self, spreads: &Spreads, column: ColumnId, row: i64) -> Evidence {
        let id = self.assembly.activity(column).unwrap_or_default();
        let spread = spreads.get(&(id, row)).copied();
        let mut pedigree = None;
        let mut is_by_pedigree = false;
        for (process, exchange) in self.behind(id, row) {
            pedigree = pedigree.or_else(|| exchange.quality.as_deref().map(str::to_owned));
            let database = self.source.database().map(|(database, _)| database);
            is_by_pedigree |= database.is_some_and(|d| d.pedigree_deviation(process, exchange).is_some());
        }
        let kind = spread.map(|kind| if kind == SpreadKind::Stated && is_by_pedigree { SpreadKind::Pedigree } else { kind });
        Evidence { spread: kind, pedigree }
    }

    fn quality(&self, column: ColumnId) -> Option<Quality> {
        let (database, system) = self.source.database()?;
        let activity = system.activities.get(usize::try_from(self.assembly.activity(column)? - 1).ok()?)?;
        let process = database.process(activity.process);
        let is_own = |e: &&Exchange| e.flow == activity.product && database.flow(e.flow).kind != FlowKind::Elementary;
        let (mut exchanges, mut without_spread) = (0, 0);
        let mut worst_scores: Vec<Option<usize>> = Vec::new();
        for exchange in process.exchanges.iter().filter(|e| !is_own(e)) {
            exchanges += 1;
            let scores = exchange.quality.as_deref().filter(|_| process.quality_system.is_none()).and_then(pedigree_scores);
            let is_bare = exchange.uncertainty == Uncertainty::None && exchange.formula.is_none() && scores.is_none();
            without_spread += usize::from(is_bare);
            for (at, score) in scores.into_iter().flatten().enumerate() {
                worst_scores.resize(worst_scores.len().max(at + 1), None);
                worst_scores[at] = worst_scores[at].max(score);
            }
        }
        Some(Quality { exchanges, without_spread, worst_scores })
    }
}

/// By activity and row of the matrices.
type Spreads = BTreeMap<(i64, i64), SpreadKind>;

impl<T> HotList<T> {
    fn of(arguments: &HotSpotArguments, parts: &[f64], line: impl Fn(usize, f64) -> T) -> Self {
        let found = leading(parts, arguments.share);
        let shown = found.order.iter().zip(&found.cumulated).take(found.needed.min(arguments.top));
        let lines = shown.map(|(at, cumulated)| line(*at, *cumulated)).collect();
        Self { of: found.order.len(), needed: found.needed, turnover: found.turnover, lines }
    }
}

/// Which lines an uncertain row belongs to, by their numbers in the order of the lists.
struct Groups {
    /// By activity.
    processes: BTreeMap<i64, usize>,
    /// By row of the biosphere.
    flows: BTreeMap<i64, usize>,
    /// Exchanges and inputs, by activity and row.
    entries: BTreeMap<(i64, i64), usize>,
    /// By activity.
    places: BTreeMap<i64, usize>,
    /// The last one is of rows that belong to no process.
    count: usize,
}

impl HotSpots {
    /// A number for each line, those of processes first.
    fn groups(&self, solved: &Solved<'_>) -> Groups {
        let mut count = 0;
        let mut next = || {
            count += 1;
            count - 1
        };
        let processes = self.processes.lines.iter().map(|p| (p.key, next())).collect();
        let flows = self.flows.lines.iter().map(|f| (f.key, next())).collect();
        let mut entries: BTreeMap<_, _> = self.exchanges.lines.iter().map(|e| (e.key, next())).collect();
        let of_place: BTreeMap<_, _> = self.places.lines.iter().map(|p| (p.place.clone(), next())).collect();
        entries.extend(self.inputs.iter().map(|i| (i.key, next())));
        next();
        let activities = (0..solved.activity.values().len()).filter_map(|column| solved.assembly.activity(ColumnId(column as u32)));
        let places = activities.filter_map(|id| Some((id, *of_place.get(&solved.source.activity(id).place)?))).collect();
        Groups { processes, flows, entries, places, count }
    }

    /// Fills in the shares of the variance.
    fn spread(&mut self, solved: &Solved<'_>, demand: &Demand, arguments: &HotSpotArguments, groups: &Groups) -> Result<(), Failure> {
        let (assembly, source) = (solved.assembly, solved.source);
        let derivatives = factor_sensitivities(&assembly.network, solved.category, solved.scores, solved.activity);
        let correlations = source.correlations(arguments.correlations.as_deref())?;
        let sampler = ParameterDraws::new(assembly, assembly, &source.dependents, correlations);
        let groups_of = |row: usize| groups.of(assembly, row).collect::<Vec<_>>();
        let shares = if arguments.samples == 0 {
            let first = sampler.first_parameter();
            let ranked = ranked_rows(assembly, &source.dependents, sampler.following(), first, &derivatives)?;
            let variance: f64 = ranked.iter().map(|r| r.variance).sum();
            let mut shares = vec![0.0; groups.count];
            for row in &ranked {
                let of = if row.place < first { groups_of(row.place) } else { vec![groups.count - 1] };
                for group in of {
                    shares[group] += row.variance / variance;
                }
            }
            (variance > 0.0).then_some(shares)
        } else {
            // Rows that move the result, each with its derivative and the lines that it belongs to.
            let moving = derivatives.iter().enumerate().filter(|(row, d)| **d != 0.0 && assembly.uncertain_entry(*row).is_some());
            let terms: Vec<(usize, f64, Vec<usize>)> = moving.map(|(row, derivative)| (row, *derivative, groups_of(row))).collect();
            let solver = PreparedSolver::new(&assembly.network, solved.category, SolveOptions::default());
            let solver = solver.map_err(|error| source.explained(assembly, error))?;
            let measure = |draw: minewheel_lca::Draw<'_>| {
                let mut parts = vec![0.0; groups.count];
                for (row, derivative, of) in &terms {
                    let part = derivative * (draw.factors[*row] - 1.0);
                    for group in of {
                        parts[*group] += part;
                    }
                }
                let total = demand.lines().iter().map(|line| line.amount * draw.scores[line.column.index()]).sum::<f64>();
                (total, parts)
            };
            let mut shares = VarianceShares::of(groups.count);
            let mut totals = samples(1);
            for first in (0..arguments.samples).step_by(CHUNK as usize) {
                let chunk = first..arguments.samples.min(first + CHUNK);
                for (total, parts) in monte_carlo(&solver, &sampler, arguments.seed, chunk, measure).map_err(LcaFailure::from)? {
                    shares.add(total, &parts);
                    totals[0].push(total);
                }
            }
            [self.p5, self.p50, self.p95] = totals[0].quantiles([0.05, 0.5, 0.95]);
            shares.finish()
        };
        let Some(shares) = shares else { return Ok(()) };
        self.variance_by = Some(if arguments.samples == 0 { VarianceBasis::Derivatives } else { VarianceBasis::Draws });
        self.variance_elsewhere = Some(shares[groups.count - 1]);
        let slots = (self.processes.lines.iter_mut().map(|l| &mut l.variance_share))
            .chain(self.flows.lines.iter_mut().map(|l| &mut l.variance_share))
            .chain(self.exchanges.lines.iter_mut().map(|l| &mut l.variance_share))
            .chain(self.places.lines.iter_mut().map(|l| &mut l.variance_share))
            .chain(self.inputs.iter_mut().map(|l| &mut l.variance_share));
        slots.zip(shares).for_each(|(slot, share)| *slot = Some(share));
        Ok(())
    }
}

impl Groups {
    /// The lines that an uncertain row counts for.
    fn of(&self, assembly: &Assembly, row: usize) -> impl Iterator<Item = usize> {
        let found = assembly.uncertain_entry(row).zip(assembly.uncertain_kind(row)).map(|(entry, kind)| {
            let flow = if kind == EntryKind::Product { None } else { self.flows.get(&entry.row) };
            if kind == EntryKind::Factor {
                return [flow.copied(), Some(self.count - 1), None, None];
            }
            let (process, place) = (self.processes.get(&entry.column), self.places.get(&entry.column));
            [process, place, flow, self.entries.get(&(entry.column, entry.row))].map(Option::<&usize>::copied)
        });
        found.into_iter().flatten().flatten()
    }
}
