//! `lca contributions`, `lca path` and `lca scores`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use minewheel_lca::{
    ColumnId, InputFlow, TreeLimits, TreeNode, adjoint, column_contributions, direct_scores, flow_contributions, forward, input_flows,
    supply_contributions, trace,
};
use serde::Serialize;

use super::LcaFailure;
use super::parts::{Arrow, FlowPart, GroupPart, ProcessPart, per_cent, share};
use super::source::{Assembled, Label, LinkReport, Links, Question, Source};
use crate::failure::Failure;
use crate::print::{self, Format, figure};

/// Arguments of both commands.
#[derive(clap::Args)]
pub struct Explain {
    #[command(flatten)]
    question: Question,
    /// Parts below this share of the total are summed up
    #[arg(long, default_value_t = 0.01, allow_negative_numbers = true)]
    cut: f64,
    /// Levels of a path, or lines of a list
    #[arg(long, default_value_t = 20, allow_negative_numbers = true)]
    depth: usize,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// Places and categories of the printed table, at most.
const MOST_GROUPS: usize = 10;

impl Explain {
    fn check(&self) -> Result<(), Failure> {
        if self.cut > 0.0 && self.cut <= 1.0 {
            return Ok(());
        }
        Err(Failure::Option { option: "cut", seen: self.cut.to_string(), wanted: "a share above 0, up to 1".to_owned() })
    }
}

/// Where a result comes from.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Contributions {
    demand: BTreeMap<String, f64>,
    method: String,
    unit: Option<String>,
    score: f64,
    /// The largest by direct impact.
    processes: Vec<ListedProcess>,
    /// Direct impact of all other processes.
    other_processes: f64,
    /// The largest by impact.
    flows: Vec<FlowPart>,
    /// Impact of all other flows.
    other_flows: f64,
    /// Direct impact of all processes by their place, the largest first; these sum to the score.
    places: Vec<GroupPart>,
    /// Direct impact of all processes by the first part of their category, the largest first; these sum to the score.
    categories: Vec<GroupPart>,
    /// Direct impact of all processes by the product that they make, the largest first; these sum to the score.
    products: Vec<GroupPart>,
    /// What flows from supplier to consumer, the largest first: the arrows of a Sankey diagram. Loops may carry more than the score.
    arrows: Vec<Arrow>,
    links: Option<LinkReport>,
}

/// A process, with what is behind it.
#[derive(Serialize, schemars::JsonSchema)]
struct ListedProcess {
    #[serde(flatten)]
    part: ProcessPart,
    /// Impact with all supply behind it; these overlap.
    with_supply: f64,
}

/// Runs `lca contributions`.
pub fn contributions(arguments: &Explain) -> Result<(), Failure> {
    arguments.check()?;
    let source = Source::open(&arguments.question, false)?;
    let Assembled { assembly, category, demand, method, unit } = source.assemble(arguments.question.method.as_deref())?;
    let network = &assembly.network;
    let direct = direct_scores(network, &category);
    let scores = adjoint(network, &direct).map_err(|error| source.explained(&assembly, error))?;
    source.warn_of_net_consumers(&assembly, scores.report())?;
    let activity = forward(network, &demand).map_err(LcaFailure::from)?;
    let score = scores.total(&demand).map_err(LcaFailure::from)?;
    let supply = supply_contributions(&scores, &activity);
    let mut processes = Vec::new();
    let (mut places, mut categories, mut products) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (column, direct) in column_contributions(&direct, &activity).into_iter().enumerate() {
        let id = assembly.activity(ColumnId(column as u32));
        let amount = activity.values()[column];
        if let Some(id) = id.filter(|_| amount != 0.0) {
            *categories.entry(source.category(id)).or_insert(0.0) += direct;
            *products.entry(source.product(id)).or_insert(0.0) += direct;
            let Label { id, name, place, unit } = source.activity(id);
            *places.entry(place.clone()).or_insert(0.0) += direct;
            let part = ProcessPart { id, name, place, amount, unit, direct, share: share(direct, score) };
            processes.push(ListedProcess { part, with_supply: supply[column] });
        }
    }
    processes.sort_by(|a, b| b.part.direct.abs().total_cmp(&a.part.direct.abs()).then_with(|| a.part.id.cmp(&b.part.id)));
    let mut flows = Vec::new();
    for part in flow_contributions(network, &category, &activity).into_iter().filter(|part| part.impact != 0.0) {
        if let Some(id) = assembly.flow(part.flow) {
            let Label { id, name, place, unit } = source.flow(id);
            flows.push(FlowPart { id, name, place, amount: part.amount, unit, impact: part.impact, share: share(part.impact, score) });
        }
    }
    flows.sort_by(|a, b| b.impact.abs().total_cmp(&a.impact.abs()).then_with(|| a.id.cmp(&b.id)));
    let kept = |parts: &mut dyn Iterator<Item = f64>| {
        let large = parts.take_while(|part| part.abs() >= arguments.cut * score.abs() && *part != 0.0).count();
        large.min(arguments.depth)
    };
    // The sum of nothing is −0, which nobody wants to read.
    let other_processes = processes.split_off(kept(&mut processes.iter().map(|p| p.part.direct))).iter().map(|p| p.part.direct).sum::<f64>() + 0.0;
    let other_flows = flows.split_off(kept(&mut flows.iter().map(|f| f.impact))).iter().map(|f| f.impact).sum::<f64>() + 0.0;
    let parts = |groups: BTreeMap<Option<String>, f64>| {
        let part = |(group, direct)| GroupPart { group, direct, share: share(direct, score) };
        let mut parts: Vec<GroupPart> = groups.into_iter().map(part).collect();
        parts.sort_by(|a, b| b.direct.abs().total_cmp(&a.direct.abs()));
        parts
    };
    let mut inputs = input_flows(network, &scores, &activity);
    inputs.sort_by(|a, b| b.impact.abs().total_cmp(&a.impact.abs()).then_with(|| (a.supplier, a.consumer).cmp(&(b.supplier, b.consumer))));
    inputs.truncate(kept(&mut inputs.iter().map(|i| i.impact)));
    let label = |column: ColumnId| assembly.activity(column).map_or_else(Label::default, |id| source.activity(id));
    let arrow = |InputFlow { supplier, consumer, impact, .. }: InputFlow| {
        let (from, to) = (label(supplier), label(consumer));
        Arrow { from: from.id, from_name: from.name, to: to.id, to_name: to.name, impact, share: share(impact, score) }
    };
    let arrows = inputs.into_iter().map(arrow).collect();
    let (places, categories, products, links) = (parts(places), parts(categories), parts(products), source.links.clone());
    let demand = source.demand_by_id();
    let found =
        Contributions { demand, method, unit, score, processes, other_processes, flows, other_flows, places, categories, products, arrows, links };
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => print::data(&print::csv(&["kind", "id", "name", "place", "amount", "unit", "impact", "share"], &csv_rows(&found))),
        Format::Table => print::page(&table(&found, &source.demand_in_words())),
    }
    Ok(())
}

fn csv_rows(found: &Contributions) -> Vec<Vec<String>> {
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let number = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
    let row = |kind: &str, label: [&str; 2], place: &Option<String>, amount: Option<f64>, unit: &Option<String>, impact: f64, share: Option<f64>| {
        let [id, name] = label.map(str::to_owned);
        vec![kind.to_owned(), id, name, text(place), number(amount), text(unit), impact.to_string(), number(share)]
    };
    let mut rows = Vec::new();
    let processes = found.processes.iter().map(|p| &p.part);
    rows.extend(processes.map(|p| row("process", [&p.id, &p.name], &p.place, Some(p.amount), &p.unit, p.direct, p.share)));
    for (kind, parts) in [("place", &found.places), ("category", &found.categories), ("product", &found.products)] {
        let group = |p: &GroupPart| p.group.clone().unwrap_or_default();
        rows.extend(parts.iter().map(|p| row(kind, [&group(p), ""], &None, None, &None, p.direct, p.share)));
    }
    rows.extend(found.flows.iter().map(|f| row("flow", [&f.id, &f.name], &f.place, Some(f.amount), &f.unit, f.impact, f.share)));
    rows
}

fn table(found: &Contributions, asked: &str) -> String {
    let unit = found.unit.as_deref().unwrap_or("the method's unit");
    let mut text = print::wrap(&format!("{asked}: {} {unit}, {}", figure(found.score), found.method));
    text.push_str("\n\n");
    let name = |name: &str, place: &Option<String>| place.as_ref().map_or_else(|| name.to_owned(), |p| format!("{name}, {p}"));
    let mut rows: Vec<_> = found
        .processes
        .iter()
        .map(|p| vec![per_cent(p.part.share), figure(p.part.direct), figure(p.with_supply), name(&p.part.name, &p.part.place)])
        .collect();
    let of_others = per_cent(share(found.other_processes, found.score));
    rows.push(vec![of_others, figure(found.other_processes), String::new(), "other processes".to_owned()]);
    text.push_str(&print::table(&["share", "direct", "with supply", "process"], &rows, &[0, 1, 2]));
    let mut rows: Vec<_> = found.flows.iter().map(|f| vec![per_cent(f.share), figure(f.impact), name(&f.name, &f.place)]).collect();
    rows.push(vec![per_cent(share(found.other_flows, found.score)), figure(found.other_flows), "other flows".to_owned()]);
    let _ = write!(text, "\n{}", print::table(&["share", "impact", "flow"], &rows, &[0, 1]));
    for (heading, parts) in [("place", &found.places), ("category", &found.categories), ("product", &found.products)] {
        if parts.len() > 1 {
            let row = |p: &GroupPart| vec![per_cent(p.share), figure(p.direct), p.group.clone().unwrap_or_else(|| "none".to_owned())];
            let rows: Vec<_> = parts.iter().take(MOST_GROUPS).map(row).collect();
            let _ = write!(text, "\n{}", print::table(&["share", "direct", heading], &rows, &[0, 1]));
        }
    }
    text
}

/// The chains of supply behind a result.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Path {
    demand: BTreeMap<String, f64>,
    method: String,
    unit: Option<String>,
    score: f64,
    /// The deliveries of the demand, each with those behind it.
    deliveries: Vec<Delivery>,
    /// Impact of what is not listed at the first level.
    below_cut: f64,
    links: Option<LinkReport>,
}

/// What one process delivers at one place of the chain.
#[derive(Serialize, schemars::JsonSchema)]
struct Delivery {
    id: String,
    name: String,
    place: Option<String>,
    amount: f64,
    unit: Option<String>,
    /// Impact with all supply behind it.
    impact: f64,
    share: f64,
    /// Impact of the process's own flows.
    direct: f64,
    /// Impact of its inputs that are not listed.
    below_cut: f64,
    /// Its inputs, the largest first.
    inputs: Vec<Self>,
}

/// Runs `lca path`.
pub fn path(arguments: &Explain) -> Result<(), Failure> {
    arguments.check()?;
    let source = Source::open(&arguments.question, false)?;
    let Assembled { assembly, category, demand, method, unit } = source.assemble(arguments.question.method.as_deref())?;
    let network = &assembly.network;
    let scores = adjoint(network, &direct_scores(network, &category)).map_err(|error| source.explained(&assembly, error))?;
    source.warn_of_net_consumers(&assembly, scores.report())?;
    let limits = TreeLimits { cut_share: arguments.cut, max_depth: arguments.depth, ..TreeLimits::default() };
    let tree = trace(network, &scores, &demand, limits).map_err(LcaFailure::from)?;
    let label = |node: &TreeNode| assembly.activity(node.column).map(|id| source.activity(id)).unwrap_or_default();
    // Children stand behind their parents, so the last node is finished first.
    let mut finished: Vec<Option<Delivery>> = tree.nodes.iter().map(|_| None).collect();
    for (place, node) in tree.nodes.iter().enumerate().rev() {
        let inputs = node.children.clone().filter_map(|child| finished[child].take()).collect();
        let Label { id, name, place: at, unit } = label(node);
        let (amount, impact, share, direct, below_cut) = (node.amount, node.impact, node.share, node.direct, node.below_cut);
        finished[place] = Some(Delivery { id, name, place: at, amount, unit, impact, share, direct, below_cut, inputs });
    }
    let deliveries = tree.roots.clone().filter_map(|root| finished[root].take()).collect();
    let links = source.links.clone();
    let found = Path { demand: source.demand_by_id(), method, unit, score: tree.total, deliveries, below_cut: tree.below_cut, links };
    let mut rows = Vec::new();
    found.deliveries.iter().for_each(|delivery| path_rows(delivery, 0, &mut rows));
    match arguments.format {
        Format::Json => print::json(&found),
        Format::Csv => print::data(&print::csv(
            &["depth", "id", "name", "place", "amount", "unit", "impact", "share", "direct"],
            &rows.iter().map(PathRow::csv).collect::<Vec<_>>(),
        )),
        Format::Table => {
            let unit = found.unit.as_deref().unwrap_or("the method's unit");
            let mut text = print::wrap(&format!("{}: {} {unit}, {}", source.demand_in_words(), figure(found.score), found.method));
            text.push_str("\n\n");
            let rows: Vec<_> = rows.iter().map(PathRow::shown).collect();
            text.push_str(&print::table(&["share", "impact", "direct", "process"], &rows, &[0, 1, 2]));
            print::page(&text);
        }
    }
    Ok(())
}

struct PathRow<'p> {
    depth: usize,
    delivery: &'p Delivery,
}

fn path_rows<'p>(delivery: &'p Delivery, depth: usize, rows: &mut Vec<PathRow<'p>>) {
    rows.push(PathRow { depth, delivery });
    delivery.inputs.iter().for_each(|input| path_rows(input, depth + 1, rows));
}

impl PathRow<'_> {
    fn csv(&self) -> Vec<String> {
        let d = self.delivery;
        let (place, unit) = (d.place.clone().unwrap_or_default(), d.unit.clone().unwrap_or_default());
        let numbers = |values: [f64; 3]| values.map(|v| v.to_string());
        let [impact, share, direct] = numbers([d.impact, d.share, d.direct]);
        vec![self.depth.to_string(), d.id.clone(), d.name.clone(), place, d.amount.to_string(), unit, impact, share, direct]
    }

    fn shown(&self) -> Vec<String> {
        let d = self.delivery;
        let place = d.place.as_ref().map(|p| format!(", {p}")).unwrap_or_default();
        // Spaces that a table would trim keep the depth.
        let indent = "· ".repeat(self.depth);
        vec![per_cent(Some(d.share)), figure(d.impact), figure(d.direct), format!("{indent}{}{place}", d.name)]
    }
}

/// Arguments of `lca scores`.
#[derive(clap::Args)]
pub struct Scores {
    /// A database made by `lca import`, or a Brightway data package (zip)
    database: PathBuf,
    /// The method, or impact category of a database; may be left out where there is just one
    #[arg(long)]
    method: Option<String>,
    #[command(flatten)]
    links: Links,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// The impact of one unit of every product.
#[derive(Serialize, schemars::JsonSchema)]
pub struct ScoreList {
    method: String,
    unit: Option<String>,
    /// Largest residual of an equation over the magnitudes in it.
    residual_inf: f64,
    products: Vec<ProductScore>,
    links: Option<LinkReport>,
}

/// One product.
#[derive(Serialize, schemars::JsonSchema)]
struct ProductScore {
    /// Its number in the matrices, as `lca export` writes them.
    number: i64,
    id: String,
    name: String,
    place: Option<String>,
    unit: Option<String>,
    /// Impact of one unit, supply included.
    score: f64,
}

/// Runs `lca scores`.
pub fn scores(arguments: &Scores) -> Result<(), Failure> {
    let source = Source::whole(&arguments.database, &arguments.links)?;
    let Assembled { assembly, category, method, unit, .. } = source.assemble(arguments.method.as_deref())?;
    let scores = adjoint(&assembly.network, &direct_scores(&assembly.network, &category)).map_err(|error| source.explained(&assembly, error))?;
    source.warn_of_net_consumers(&assembly, scores.report())?;
    let mut products = Vec::with_capacity(scores.values().len());
    for (column, score) in scores.values().iter().enumerate() {
        if let Some(number) = assembly.product(ColumnId(column as u32)) {
            let Label { id, name, place, unit } = source.activity(number);
            products.push(ProductScore { number, id, name, place, unit, score: *score });
        }
    }
    products.sort_by_key(|p| p.number);
    let list = ScoreList { method, unit, residual_inf: scores.report().residual, products, links: source.links.clone() };
    let rows = |number: fn(f64) -> String| -> Vec<Vec<String>> {
        let text = |t: &Option<String>| t.clone().unwrap_or_default();
        let row = |p: &ProductScore| vec![p.number.to_string(), p.id.clone(), p.name.clone(), text(&p.place), text(&p.unit), number(p.score)];
        list.products.iter().map(row).collect()
    };
    match arguments.format {
        Format::Json => print::json(&list),
        Format::Csv => print::data(&print::csv(&["number", "id", "name", "place", "unit", "score"], &rows(|v| v.to_string()))),
        Format::Table => {
            let mut rows = rows(figure);
            // The name last, where it may wrap.
            for row in &mut rows {
                drop(row.drain(..2));
                row.reverse();
            }
            let unit = list.unit.as_deref().unwrap_or("the method's unit");
            print::page(&format!("{}, {unit} per unit\n\n", list.method));
            print::page(&print::table(&["score", "unit", "place", "product"], &rows, &[0]));
        }
    }
    Ok(())
}
