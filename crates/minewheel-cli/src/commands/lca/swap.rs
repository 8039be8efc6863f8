//! `lca swap`: what a result becomes when a process takes an input from another maker of the same product.

use std::collections::BTreeMap;

use minewheel_lca::database::{Activity, Database, Direction, FlowIndex, FlowKind, LinkOptions, ProcessIndex, reference_product};
use minewheel_lca::{ColumnId, SupplierSwaps, adjoint, direct_scores, forward};
use serde::Serialize;

use super::source::{Assembled, Question, Source, root};
use super::{LcaFailure, files};
use crate::failure::Failure;
use crate::print::{self, Format, figure};

/// Arguments of `lca swap`.
#[derive(clap::Args)]
pub struct SwapArguments {
    #[command(flatten)]
    question: Question,
    /// The process whose suppliers change: id, full name, or `name, place`
    #[arg(long)]
    process: String,
    /// How many swaps to list, those that lower the result most first
    #[arg(long, value_name = "N", default_value_t = 20, allow_negative_numbers = true)]
    top: usize,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What other suppliers would do.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Swaps {
    demand: BTreeMap<String, f64>,
    method: String,
    unit: Option<String>,
    /// Impact with the suppliers there are.
    score: f64,
    /// Id of the process.
    process: String,
    /// Its name.
    name: String,
    /// Units of its product that the demand takes.
    made: f64,
    /// Swaps, the lowest result first.
    swaps: Vec<SwapRow>,
}

/// One swap.
#[derive(Serialize, schemars::JsonSchema)]
struct SwapRow {
    /// The product.
    product: String,
    /// Units of it per unit of the process.
    amount: f64,
    /// Who supplies it: id.
    from: String,
    /// Name and place.
    from_name: String,
    /// Who would: id.
    to: String,
    /// Name and place.
    to_name: String,
    /// Impact after the swap; `null` where the process could not deliver any more.
    score: Option<f64>,
    /// Impact after less before.
    change: Option<f64>,
    /// `change` over the impact before.
    relative: Option<f64>,
}

/// The processes that are named after a product and make or treat it.
fn makers(database: &Database, product: FlowIndex) -> impl Iterator<Item = ProcessIndex> + '_ {
    let wanted = if database.flow(product).kind == FlowKind::Waste { Direction::Input } else { Direction::Output };
    let is_maker = move |process: &minewheel_lca::database::Process| {
        let reference = process.reference.and_then(|at| process.exchanges.get(at as usize));
        reference.is_some_and(|e| e.flow == product && e.direction == wanted && !e.is_avoided && e.amount != 0.0)
    };
    database.each_process().filter(move |(_, p)| is_maker(p)).map(|(index, _)| index)
}

/// Runs `lca swap`.
pub fn swap(arguments: &SwapArguments) -> Result<(), Failure> {
    // A package of matrices has one maker of each product, so there is nothing to swap.
    if !files::is_database(&arguments.question.database)? {
        files::database(&arguments.question.database)?;
    }
    let source = Source::open_with(&arguments.question, false, |database| {
        let (process, _) = root(database, &arguments.process)?;
        let exchanges = &database.process(process).exchanges;
        let mut products: Vec<FlowIndex> = exchanges.iter().map(|e| e.flow).filter(|f| database.flow(*f).kind != FlowKind::Elementary).collect();
        products.sort_unstable();
        products.dedup();
        Ok(products.into_iter().flat_map(|product| makers(database, product).map(move |process| Activity { process, product })).collect())
    })?;
    let Assembled { assembly, category, demand, method, unit } = source.assemble(arguments.question.method.as_deref())?;
    let Some((database, system)) = source.database() else { return Ok(()) };
    let network = &assembly.network;
    let scores = adjoint(network, &direct_scores(network, &category)).map_err(|error| source.explained(&assembly, error))?;
    source.warn_of_net_consumers(&assembly, scores.report())?;
    let activity = forward(network, &demand).map_err(LcaFailure::from)?;
    let score = scores.total(&demand).map_err(LcaFailure::from)?;
    let (process, product) = root(database, &arguments.process)?;
    let product = product.or_else(|| reference_product(database, process, LinkOptions::default()));
    let columns = (0..network.column_count() as u32).map(ColumnId);
    let of: BTreeMap<Activity, ColumnId> = columns
        .filter_map(|column| {
            let place = usize::try_from(assembly.activity(column)? - 1).ok()?;
            Some((*system.activities.get(place)?, column))
        })
        .collect();
    let column = product.and_then(|product| of.get(&Activity { process, product })).copied();
    let made = column.and_then(|c| activity.get(c)).unwrap_or(0.0);
    let Some(column) = column.filter(|_| made != 0.0) else {
        let wanted = "a process that the demand reaches".to_owned();
        return Err(Failure::Option { option: "process", seen: arguments.process.clone(), wanted });
    };
    let swaps = SupplierSwaps::new(network, &scores, &activity, column).map_err(LcaFailure::from)?;
    let label = |process: ProcessIndex| {
        let record = database.process(process);
        let place = record.location.map(|l| format!(", {}", database.place(l))).unwrap_or_default();
        (record.id.to_string(), format!("{}{place}", record.name))
    };
    let by_column: BTreeMap<ColumnId, Activity> = of.iter().map(|(activity, column)| (*column, *activity)).collect();
    let mut rows = Vec::new();
    for input in network.inputs(column) {
        let Some(from) = by_column.get(&input.supplier) else { continue };
        for other in makers(database, from.product).filter(|p| *p != from.process) {
            let Some(to) = of.get(&Activity { process: other, product: from.product }) else { continue };
            let change = swaps.change(input.amount, input.supplier, *to);
            let ((from_id, from_name), (to_id, to_name)) = (label(from.process), label(other));
            rows.push(SwapRow {
                product: database.flow(from.product).name.to_string(),
                amount: input.amount,
                from: from_id,
                from_name,
                to: to_id,
                to_name,
                score: change.map(|c| score + c),
                change,
                relative: change.filter(|_| score != 0.0).map(|c| c / score.abs()),
            });
        }
    }
    let key = |row: &SwapRow| row.change.unwrap_or(f64::INFINITY);
    rows.sort_by(|a, b| key(a).total_cmp(&key(b)).then_with(|| a.to.cmp(&b.to)));
    rows.truncate(arguments.top);
    let (id, name) = label(process);
    let answer = Swaps { demand: source.demand_by_id(), method, unit, score, process: id, name, made, swaps: rows };
    match arguments.format {
        Format::Json => print::json(&answer),
        Format::Csv => print::data(&print::csv(&HEADER, &csv_rows(&answer))),
        Format::Table => print::page(&table(&answer, &source.demand_in_words())),
    }
    Ok(())
}

const HEADER: [&str; 7] = ["product", "amount", "from", "to", "score", "change", "relative"];

fn csv_rows(answer: &Swaps) -> Vec<Vec<String>> {
    let number = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
    let row = |r: &SwapRow| {
        let names = [&r.product, &r.amount.to_string(), &r.from, &r.to].map(Clone::clone);
        [names.to_vec(), vec![number(r.score), number(r.change), number(r.relative)]].concat()
    };
    answer.swaps.iter().map(row).collect()
}

fn table(answer: &Swaps, asked: &str) -> String {
    let unit = answer.unit.as_deref().unwrap_or("the method's unit");
    let mut text = print::wrap(&format!("{asked}: {} {unit}, {}", figure(answer.score), answer.method));
    text.push_str("\n\n");
    if answer.swaps.is_empty() {
        text.push_str(&print::wrap(&format!("no input of {} has another maker in the database", answer.name)));
        text.push('\n');
        return text;
    }
    let cell = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), figure);
    let share = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{:+.1} %", 100.0 * v));
    let row = |r: &SwapRow| vec![cell(r.score), share(r.relative), format!("{}: {} instead of {}", r.product, r.to_name, r.from_name)];
    let rows: Vec<_> = answer.swaps.iter().map(row).collect();
    text.push_str(&print::table(&["impact", "change", &format!("supplier of {}", answer.name)], &rows, &[0, 1]));
    text
}
