//! Recycling of a pack: flows, footprint beside that of the primary materials, money, and targets of the EU.
//!
//! ```text
//! recycling  F = Σ a_i·g_i + m_CO2·f          avoided  A = Σ m_p·q_p·(g(replaced) − g(remelted))
//! net = F − A                                 revenue  R = Σ m_p·price·factor
//! fill_e = c·m_e(recovered) / m_e(active material of a new pack)      c: share of packs collected
//! ```
//!
//! `g` is the footprint of a unit on the placed network, so that energy and reagents come from the place of the recycler and
//! replaced materials from their world markets. Every figure is drawn with the rows of the pack, the route and the network, and
//! routes that are compared share their draws. Targets are those of Regulation (EU) 2023/1542; a target on an element that the
//! battery does not hold is `unknown`, never passed.

mod content;
mod question;
mod report;
mod second_life;
mod work;

pub(crate) use content::content_lines;
pub use content::is_content;
pub use question::{RecycleQuestion, recycle_report};
pub use report::{
    Climate, ContentLine, ElementLine, InputLine, LossLine, Money, Powder, ProductLine, RecycleReport, RouteReport, TargetLine, Verdict,
};
pub use second_life::{SecondLife, SecondLifeUse};
pub use work::is_work;
pub(crate) use work::{ROUTE, work_lines};

use std::collections::BTreeMap;
use std::sync::Arc;

use minewheel_data::places::PlaceId;
use minewheel_data::row::Draw;
use minewheel_data::units::convert;
use minewheel_lca::ColumnId;
use minewheel_model::recycling::{Made, Recycled, Target};

use crate::AssessError;
use crate::network::{NetworkError, PlacedNetworkBuilder};
use crate::tables::Tables;

/// The flow of carbon that is burnt.
pub(crate) const CARBON_DIOXIDE: &str = "co2-fossil";

/// Columns of everything that recycling may buy or replace, by product.
#[derive(Debug, Clone, Default)]
pub struct Columns {
    by_product: BTreeMap<Arc<str>, (ColumnId, String)>,
}

impl Columns {
    /// Places them for a recycler in a place, for packs with this cathode material.
    ///
    /// # Errors
    /// A product of the tables is in no process card, or nothing makes it there.
    pub fn place(tables: &Tables, builder: &mut PlacedNetworkBuilder<'_>, place: PlaceId, cathode: Option<&str>) -> Result<Self, NetworkError> {
        let mut columns = Self::default();
        let cathode: Option<Arc<str>> = cathode.map(Arc::from);
        for product in tables.recycling.card_products().chain(&cathode) {
            if !columns.by_product.contains_key(product) {
                let id = tables.cards.product_id(product).ok_or_else(|| NetworkError::UnknownProduct(product.to_string()))?;
                let column = builder.bought_in(id, place)?;
                columns.by_product.insert(Arc::clone(product), (column, tables.cards.product(id).unit.clone()));
            }
        }
        Ok(columns)
    }

    /// The column that delivers a product.
    pub fn of(&self, product: &str) -> Option<ColumnId> {
        self.by_product.get(product).map(|c| c.0)
    }

    /// Footprint of a unit of a product.
    ///
    /// # Errors
    /// The product was not placed.
    pub fn score(&self, product: &str, scores: &[f64]) -> Result<f64, NetworkError> {
        self.of(product).map(|c| scores[c.index()]).ok_or_else(|| NetworkError::UnknownProduct(product.to_owned()))
    }
}

/// Footprint of the inputs and emissions of a route, one a line of [`Recycled::inputs`], and of the carbon burnt.
pub(crate) fn burdens(run: &Recycled<'_>, columns: &Columns, flows: &Flows, scores: &[f64]) -> Result<(Vec<f64>, f64), AssessError> {
    let each = |input: &minewheel_model::recycling::Input| -> Result<f64, AssessError> {
        let missing = || NetworkError::UnknownProduct(input.id.to_string());
        match input.target {
            Target::Flow => Ok(input.amount * flows.factor(&input.id)),
            Target::Product => {
                let (column, unit) = columns.by_product.get(&input.id).ok_or_else(missing)?;
                let amount = convert(input.amount, &input.unit, unit).map_err(|_| missing())?;
                Ok(amount * scores[column.index()])
            }
        }
    };
    let lines = run.inputs.iter().map(each).collect::<Result<Vec<_>, _>>()?;
    Ok((lines, run.carbon_dioxide.kg() * flows.factor(CARBON_DIOXIDE)))
}

/// Footprint that a product saves: of what it replaces, less that of turning scrap into it; nought of one that replaces nothing.
///
/// # Errors
/// What it replaces, or what remelts it, was not placed.
pub(crate) fn avoided(made: &Made<'_>, cathode: &str, columns: &Columns, scores: &[f64]) -> Result<f64, NetworkError> {
    let of = |product: Option<&str>| product.map_or(Ok(0.0), |p| columns.score(p, scores));
    let (primary, remelted) = (of(made.product.replaced(cathode))?, of(made.product.remelted_by.as_deref())?);
    Ok(made.mass.kg() * made.product.quality * (primary - remelted))
}

/// Characterisation factors of a method's climate category, at their best estimates.
#[derive(Debug, Clone)]
pub(crate) struct Flows {
    factors: BTreeMap<String, f64>,
}

impl Flows {
    pub(crate) fn read(tables: &Tables, method: &str) -> Self {
        let category = tables.methods.category(method, "climate");
        let factors = category.iter().flat_map(|c| &c.factors).map(|(flow, value)| (tables.methods.flow(*flow).id.clone(), Draw::BEST.of(value)));
        Self { factors: factors.collect() }
    }
    fn factor(&self, flow: &str) -> f64 {
        self.factors.get(flow).copied().unwrap_or(0.0)
    }
}

/// The price of a subject in USD a kg in a draw: of the last year up to this one, else the latest there is.
pub(crate) fn price(tables: &Tables, lineage: &[&str], year: i32, subject: &str, draw: &Draw<'_>) -> Option<f64> {
    let subject = tables.prices.subject(subject).ok()?;
    let price = |year| subject.value_at("price", lineage, year, "USD/kg");
    price(year).or_else(|_| price(i32::MAX)).ok().map(|value| draw.of(&value))
}
