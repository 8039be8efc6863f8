//! What it takes to recycle the packs of a car's life: lines of its bill, and inputs of a run.
//!
//! ```text
//! line_i = n·a_i        n: packs over life, a_i: input i of the route `hydro` for one pack, or the carbon dioxide of what is burnt
//! ```

use std::sync::Arc;

use minewheel_data::row::{Draw, RowId};
use minewheel_data::units::{Mass, convert};
use minewheel_model::battery::PackDesign;
use minewheel_model::bill::{BillLine, Stage};
use minewheel_model::recycling::{Feed, Recycled, Route, Target, recycle};

use super::CARBON_DIOXIDE;
use crate::AssessError;
use crate::network::NetworkError;
use crate::tables::Tables;

/// The route that packs of a car take at the end of their life.
pub const ROUTE: Route = Route::Hydro;
const PART: &str = "battery-recycling";

/// Whether a line is work of recycling packs.
pub fn is_work(line: &BillLine) -> bool {
    line.stage == Stage::EndOfLife && &*line.part == PART
}

/// Lines of the work of recycling so many packs where the car is scrapped.
///
/// # Errors
/// The pack holds what the tables of recycling do not follow, or a unit does not fit.
pub(crate) fn work_lines(pack: &PackDesign, packs: f64, tables: &Tables, draw: &Draw<'_>) -> Result<Vec<BillLine>, AssessError> {
    let run = recycle(pack, &tables.cells, &tables.recycling, ROUTE, Feed::EndOfLife, draw)?;
    let line = |input: RunInput| BillLine {
        stage: Stage::EndOfLife,
        part: Arc::from(PART),
        product: input.id,
        amount: packs * input.amount,
        contained: Mass::ZERO,
        place: None,
        rows: input.rows,
    };
    Ok(inputs(&run, tables)?.into_iter().map(line).collect())
}

/// A product or flow that a run takes in or gives off.
#[derive(Debug)]
pub(super) struct RunInput {
    /// Its id.
    pub id: Arc<str>,
    /// How much, in the unit of its card.
    pub amount: f64,
    /// The rows it rests on.
    pub rows: Vec<RowId>,
}

/// Inputs of a run, each product or flow once; the carbon burnt is among them.
pub(super) fn inputs(run: &Recycled<'_>, tables: &Tables) -> Result<Vec<RunInput>, AssessError> {
    let mut sums: Vec<RunInput> = Vec::new();
    let mut add = |id: &Arc<str>, amount: f64, rows: &[RowId]| {
        let at = sums.iter().position(|s| s.id == *id).unwrap_or_else(|| {
            sums.push(RunInput { id: Arc::clone(id), amount: 0.0, rows: Vec::new() });
            sums.len() - 1
        });
        sums[at].amount += amount;
        let new = rows.iter().filter(|r| !sums[at].rows.contains(r)).copied().collect::<Vec<_>>();
        sums[at].rows.extend(new);
    };
    for input in &run.inputs {
        let unknown = || NetworkError::UnknownProduct(input.id.to_string());
        let unit = match input.target {
            Target::Product => tables.cards.product_id(&input.id).map(|p| tables.cards.product(p).unit.clone()),
            Target::Flow => Some(input.unit.to_string()),
        };
        add(&input.id, convert(input.amount, &input.unit, &unit.ok_or_else(unknown)?).map_err(|_| unknown())?, &input.rows);
    }
    add(&Arc::from(CARBON_DIOXIDE), run.carbon_dioxide.kg(), &run.burnt_by);
    Ok(sums)
}
