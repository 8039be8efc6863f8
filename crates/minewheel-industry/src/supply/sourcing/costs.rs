//! What making a product in a place costs more than in China.
//!
//! ```text
//! extra cost of a unit = p · m        p = price, or fee + Σ content · price of what it holds
//! ```
//!
//! | symbol | meaning                                                   | unit     | from                                     |
//! |--------|-----------------------------------------------------------|----------|------------------------------------------|
//! | `p`    | price of the product                                      | USD/unit | `prices/prices.csv`, `prices/battery.csv` |
//! | `m`    | extra cost of the place, in parts of the price            | –        | `supply/premiums.csv`                    |
//!
//! Prices are those of the last year up to the asked one, or of the first known. Premiums hold what goes in at one price
//! wherever it is from, so those of several tiers add up.

use minewheel_assess::tables::Tables;
use minewheel_assess::tiers::{TierMarket, Tiers};
use minewheel_data::loader::{Loader, Rows};
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::{Draw, Value};
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_data::table::Violation;

const PREMIUMS: &str = "supply/premiums.csv";

/// Premiums of places, a table that only sourcing reads.
#[derive(Debug, Clone)]
pub struct Premiums {
    parameters: Parameters,
    rows: Rows,
}

/// Extra costs of every node of a supply.
#[derive(Debug, Clone, PartialEq)]
pub struct Costs {
    /// By node: USD a unit over making it in China.
    pub usd: Vec<f64>,
    /// Products without a price.
    pub unpriced: Vec<String>,
    /// Products with a price, for which no table says what a place adds.
    pub without_premium: Vec<String>,
    /// The weakest status of the premiums.
    pub status: Status,
}

/// Products of a car's plants with the subjects of prices that stand for them: the first less the second.
const SOLD_AS: [(&str, &str, Option<&str>); 2] = [("cell-manufacturing", "cell", None), ("pack-assembly", "pack", Some("cell"))];

impl Premiums {
    /// Reads them.
    ///
    /// # Errors
    /// Every violation of the table.
    pub fn read(store: &Store, check_all: bool) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, check_all);
        let parameters = Parameters::read(&mut loader, PREMIUMS);
        let (_, rows) = loader.finish_folder(PREMIUMS)?;
        Ok(Self { parameters, rows })
    }

    /// Its rows.
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// The subject that a market's premiums stand under: its product, or its group and tier.
    fn subject(&self, market: &TierMarket) -> Option<String> {
        let of_group = format!("{}-{}", market.group, market.tier);
        [market.product.clone(), of_group].into_iter().find(|s| self.parameters.has(s))
    }

    /// Extra costs of a supply in a year.
    ///
    /// # Errors
    /// A row has a wrong unit.
    pub fn costs(&self, tables: &Tables, tiers: &Tiers, year: i32) -> Result<Costs, ParameterError> {
        let mut costs = Costs { usd: vec![0.0; tiers.nodes.len()], unpriced: Vec::new(), without_premium: Vec::new(), status: Status::Read };
        for (index, market) in tiers.markets.iter().enumerate() {
            let Some(price) = price(tables, &market.product, &market.unit, year)? else {
                costs.unpriced.push(market.product.clone());
                continue;
            };
            let Some(subject) = self.subject(market) else {
                costs.without_premium.push(market.product.clone());
                continue;
            };
            let subject = self.parameters.subject(&subject)?;
            for (node, usd) in tiers.nodes.iter().zip(&mut costs.usd).filter(|n| n.0.market == index) {
                let lineage: Vec<&str> = tables.places.lineage(node.place).map(|p| tables.places.code(p)).collect();
                let premium = subject.value_at("cost_premium", &lineage, year, "1")?;
                costs.status = costs.status.max(self.rows.status(premium.row));
                *usd = Draw::BEST.of(&premium) * price;
            }
        }
        for list in [&mut costs.unpriced, &mut costs.without_premium] {
            list.sort();
            list.dedup();
        }
        Ok(costs)
    }
}

/// The price of a product by unit, if the tables have one.
fn price(tables: &Tables, product: &str, unit: &str, year: i32) -> Result<Option<f64>, ParameterError> {
    let unit = format!("USD/{unit}");
    if let Some((_, subject, less)) = SOLD_AS.iter().find(|s| s.0 == product) {
        let whole = listed(&tables.prices, subject, "price", &unit, year)?;
        let part = less.map(|l| listed(&tables.prices, l, "price", &unit, year)).transpose()?.flatten();
        return Ok(whole.map(|w| Draw::BEST.of(&w) - part.map_or(0.0, |p| Draw::BEST.of(&p))));
    }
    if let Some(price) = listed(&tables.prices, product, "price", &unit, year)? {
        return Ok(Some(Draw::BEST.of(&price)));
    }
    // Without a price of its own: what it holds, and what making it adds.
    let built = &tables.battery.prices;
    let Some(fee) = listed(built, product, "conversion_fee", &unit, year)? else { return Ok(None) };
    let mut total = Draw::BEST.of(&fee);
    let mut is_known = false;
    for content in built.subject(product)?.properties().into_iter().filter(|p| tables.prices.has(p)) {
        let kg_per_kg = built.subject(product)?.value(content, "kg/kg")?;
        let Some(price) = listed(&tables.prices, content, "price", "USD/kg", year)? else { return Ok(None) };
        total += Draw::BEST.of(&kg_per_kg) * Draw::BEST.of(&price);
        is_known = true;
    }
    // A cathode's fee alone is not its price: its metals follow its formula.
    Ok(is_known.then_some(total))
}

/// A value of the last year up to the asked one, or of the first.
fn listed(parameters: &Parameters, subject: &str, property: &str, unit: &str, year: i32) -> Result<Option<Value>, ParameterError> {
    if !parameters.has(subject) {
        return Ok(None);
    }
    let subject = parameters.subject(subject)?;
    if !subject.properties().contains(&property) {
        return Ok(None);
    }
    let first = subject.years(property).first().copied().unwrap_or(year);
    match subject.value_at(property, &[], year.max(first), unit) {
        // Sold by another measure than the bill counts it in (a separator by area): no price for this unit.
        Err(ParameterError::Unit { .. }) => Ok(None),
        found => found.map(Some),
    }
}
