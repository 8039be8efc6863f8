//! `lca hotspots`: the few processes, flows, exchanges and places that make most of a result, and how well they are known.

mod evidence;
mod records;
mod shown;
mod variance;

use std::collections::BTreeMap;
use std::path::PathBuf;

use minewheel_lca::{
    Activity, Assembly, CategoryFactors, ColumnId, FlowId, InputFlow, Scores, adjoint, column_contributions, direct_scores, forward, input_flows,
    leading, supply_contributions,
};

use super::LcaFailure;
use super::parts::{Arrow, FlowPart, ProcessPart, share};
use super::source::{Assembled, Label, Question, Source};
use crate::commands::scenario::draws;
use crate::failure::Failure;
use crate::print::{self, Format};

use evidence::Spreads;
pub use records::HotSpots;
use records::{CutOff, Gaps, HotExchange, HotFlow, HotInput, HotList, HotPlace, HotProcess};
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
    draws(arguments.samples)?;
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
            let amount = self.activity.values()[at];
            HotProcess {
                key: self.assembly.activity(column(at)).unwrap_or_default(),
                part: ProcessPart { id, name, place, amount, unit, direct, share: share(direct, score) },
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
            let part = FlowPart { id, name, place, amount, unit, impact, share: share(impact, score) };
            HotFlow { key: row, part, cumulated, variance_share: None }
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
                arrow: Arrow { from: from.id, from_name: from.name, to: to.id, to_name: to.name, impact, share: share(impact, self.score) },
                amount,
                unit: from.unit,
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
}

impl<T> HotList<T> {
    fn of(arguments: &HotSpotArguments, parts: &[f64], line: impl Fn(usize, f64) -> T) -> Self {
        let found = leading(parts, arguments.share);
        let shown = found.order.iter().zip(&found.cumulated).take(found.needed.min(arguments.top));
        let lines = shown.map(|(at, cumulated)| line(*at, *cumulated)).collect();
        Self { of: found.order.len(), needed: found.needed, turnover: found.turnover, lines }
    }
}
