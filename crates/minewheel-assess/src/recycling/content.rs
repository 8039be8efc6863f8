//! Recycled content of a pack's active materials: what is no longer mined and refined, and what recycling takes for it.
//!
//! ```text
//! m_e = r_e·Σ (active material bought)·w_e           kg of element e that comes from recycling
//! primary    −m_e·(compound a kg e)                  of the compound that recyclers sell
//! recycling  +m_e·v_e·a_i / m_e(recovered)           every input i of the route `hydro`, by value
//! v_e = revenue of e / revenue of all products
//! ```
//!
//! The recycler is fed with packs of the same chemistry. A recycled compound replaces its primary one on the world market,
//! whichever compound the maker of active material buys: hydroxide made of recycled carbonate frees primary carbonate.

use std::sync::Arc;

use minewheel_data::parameters::ParameterError;
use minewheel_data::row::{Draw, RowId, Value};
use minewheel_data::units::Mass;
use minewheel_model::battery::{Element, PackDesign};
use minewheel_model::bill::{BillLine, Stage};
use minewheel_model::recycling::{Feed, recycle};

use super::work::{ROUTE, inputs};
use crate::AssessError;
use crate::tables::Tables;

/// The parts that lines of recycled content are named by begin with this.
const PART: &str = "recycled ";

/// Whether a line, of a first or of a replaced pack, is one of recycled content.
pub fn is_content(line: &BillLine) -> bool {
    matches!(line.stage, Stage::BatteryMaterials | Stage::BatteryReplacement) && line.part.starts_with(PART)
}

/// Lines that put recycled metals, by symbol and share, in the place of primary ones in the making of a pack.
///
/// # Errors
/// The chemistry cannot be recycled in the model, or a unit does not fit.
pub(crate) fn content_lines(
    pack: &PackDesign,
    asked: &[(&'static str, Value)],
    tables: &Tables,
    year: i32,
    draw: &Draw<'_>,
) -> Result<Vec<BillLine>, AssessError> {
    let Some(cell) = tables.cells.cell(&pack.chemistry).filter(|_| !asked.is_empty()) else { return Ok(Vec::new()) };
    let run = recycle(pack, &tables.cells, &tables.recycling, ROUTE, Feed::EndOfLife, draw)?;
    let cathode = cell.cathode_product().to_owned();
    let revenues: Vec<f64> = run.made.iter().map(|made| revenue(made, &cathode, tables, year, draw)).collect::<Result<_, _>>()?;
    let all: f64 = revenues.iter().sum();
    let bought: Vec<&BillLine> = pack.lines.iter().filter(|l| *l.product == *cathode).collect();
    let mut lines = Vec::new();
    for &(symbol, share) in asked {
        let fraction: f64 = Element::ALL.into_iter().filter(|e| e.symbol() == symbol).map(|e| cell.mass_fraction(e)).sum();
        let kg = draw.of(&share) * fraction * bought.iter().map(|l| l.amount).sum::<f64>();
        let of = |made: &&minewheel_model::recycling::Made<'_>| made.elements.get(symbol).copied().unwrap_or(0.0);
        let Some((at, made)) = run.made.iter().enumerate().max_by(|a, b| of(&a.1).total_cmp(&of(&b.1))).filter(|m| of(&m.1) > 0.0) else { continue };
        let Some(replaces) = made.product.replaced(&cathode) else { continue };
        let rows: Vec<RowId> = bought.iter().flat_map(|l| l.rows.iter().copied()).chain(made.rows.iter().copied()).collect();
        let line = |product: &str, amount: f64| BillLine {
            stage: Stage::BatteryMaterials,
            part: Arc::from(format!("{PART}{symbol}")),
            product: Arc::from(product),
            amount,
            contained: Mass::ZERO,
            place: None,
            rows: rows.clone(),
        };
        lines.push(line(replaces, -kg / of(&made) * made.mass.kg()));
        let of_run = kg / of(&made) * revenues[at] / all;
        for input in inputs(&run, tables)? {
            lines.push(line(&input.id, input.amount * of_run));
        }
    }
    Ok(lines)
}

/// What a product earns in US dollars; nought of one that is not sold.
fn revenue(made: &minewheel_model::recycling::Made<'_>, cathode: &str, tables: &Tables, year: i32, draw: &Draw<'_>) -> Result<f64, ParameterError> {
    let Some(subject) = made.product.priced(cathode) else { return Ok(0.0) };
    let kg = if made.product.is_paid_by_substance { made.from_battery } else { made.mass }.kg();
    let sold = tables.prices.subject(subject)?;
    let price = |year| sold.value_at("price", &[], year, "USD/kg");
    Ok(kg * made.product.price_factor * draw.of(&price(year).or_else(|_| price(i32::MAX))?))
}
