//! Credits for recovered material, for the preset `avoided-burden`.
//!
//! A car is credited for the primary metal that its scrap replaces, less the scrap that its own making took in free
//! of burden, so that no scrap is counted twice:
//!
//! ```text
//! net_m  = R_m · q_m − U_m        credit = net_m · (primary_m − secondary_m)
//! ```
//!
//! `R`: mass recovered at the end of life, `q`: its quality against primary metal, `U`: secondary metal in the car's
//! own supply chain. A negative net is a burden: the car used more scrap than it leaves. Packs are recycled apart: the
//! salts and metals that their elements replace are credited in full, as no recycled cell metal enters by default.

use std::sync::Arc;

use minewheel_data::cards::{Cards, ProductId};
use minewheel_data::loader::Loader;
use minewheel_data::places::PlaceId;
use minewheel_data::row::{RowId, Value};
use minewheel_data::status::Status;
use minewheel_lca::{ColumnId, Demand, forward};
use minewheel_model::battery::RecyclingRoute;
use minewheel_model::bill::{Phase, Stage};

use crate::AssessError;
use crate::assessment::{CarCase, Prepared};
use crate::footprint::PlacedLine;
use crate::network::{Column, NetworkError, PlacedNetwork, PlacedNetworkBuilder};
use crate::scenario::Scenario;
use crate::tables::Tables;

#[derive(Debug, Clone)]
struct Material {
    name: String,
    share: Value,
    replaces: ProductId,
    quality: f64,
    process: ProductId,
}

/// What becomes of materials at the end of a car's life.
#[derive(Debug, Clone, Default)]
pub struct Recovery {
    materials: Vec<Material>,
    products: Vec<(ProductId, usize, RowId)>,
}

impl Recovery {
    /// Reads `endoflife/endoflife.csv` and `endoflife/products.csv`.
    pub fn read(loader: &mut Loader<'_>, cards: &Cards) -> Self {
        let mut all = Self::default();
        if let Some(table) = loader.table("endoflife/endoflife.csv") {
            for row in 0..table.len() {
                let mut product = |column: &str| {
                    let found = cards.product_id(table.text(row, column));
                    if found.is_none() {
                        loader.unknown_name(&table, row, column, "product", cards.products().iter().map(|p| p.id.as_str()));
                    }
                    found
                };
                let (Some(replaces), Some(process)) = (product("replaces_product_id"), product("process_product_id")) else { continue };
                let quality = loader.number_in(&table, row, "quality_factor").unwrap_or(1.0);
                let Some(share) = loader.value(&table, row, "recovered_share") else { continue };
                all.materials.push(Material { name: table.text(row, "material").to_owned(), share, replaces, quality, process });
            }
        }
        if let Some(table) = loader.table("endoflife/products.csv") {
            for row in 0..table.len() {
                let Some(product) = cards.product_id(table.text(row, "product_id")) else {
                    loader.unknown_name(&table, row, "product_id", "product", cards.products().iter().map(|p| p.id.as_str()));
                    continue;
                };
                match all.materials.iter().position(|m| m.name == table.text(row, "material")) {
                    Some(material) => all.products.push((product, material, loader.row(&table, row))),
                    None => loader.unknown_name(&table, row, "material", "material of endoflife.csv", all.materials.iter().map(|m| m.name.as_str())),
                }
            }
        }
        all
    }
}

/// Makes sure that every product a credit may need has a column.
pub(crate) fn register(tables: &Tables, builder: &mut PlacedNetworkBuilder<'_>, country: PlaceId) -> Result<(), NetworkError> {
    for material in &tables.recovery.materials {
        builder.bought_in(material.replaces, country)?;
        builder.bought_in(material.process, country)?;
    }
    for recovery in tables.cells.recoveries().iter().filter(|r| r.route == RecyclingRoute::Hydro) {
        let product = tables.cards.product_id(&recovery.product).ok_or_else(|| NetworkError::UnknownProduct(recovery.product.to_string()))?;
        builder.bought_in(product, country)?;
    }
    Ok(())
}

/// Adds the credits of every car to its placed lines.
///
/// # Errors
/// The network cannot be solved for the car's production.
pub fn add_credits(tables: &Tables, scenario: &Scenario, prepared: &mut Prepared<'_>) -> Result<(), AssessError> {
    let Prepared { cases, networks, .. } = prepared;
    for case in cases {
        let placed = &networks[case.network];
        let credits = credits(tables, scenario, case, placed)?;
        case.lines.extend(credits);
    }
    Ok(())
}

fn credits(tables: &Tables, scenario: &Scenario, case: &CarCase<'_>, placed: &PlacedNetwork) -> Result<Vec<PlacedLine>, AssessError> {
    let production: Demand = case.lines.iter().filter(|l| l.stage.phase() == Phase::Production).map(|l| (l.column, l.amount)).collect();
    let activity = forward(&placed.network, &production)?;
    let made = |product: ProductId| -> f64 {
        placed
            .columns()
            .iter()
            .zip(activity.values())
            .filter(|(c, _)| matches!(c, Column::Process(process, _) if tables.cards.process(*process).product == product))
            .map(|(_, x)| x)
            .sum()
    };
    let mut lines = Vec::new();
    let mut credit = |part: &str, product: ProductId, amount: f64, status: Status| {
        if let Some(column) = supplier(tables, placed, product, scenario.country) {
            lines.push(PlacedLine { stage: Stage::EndOfLife, part: Arc::from(part), column, amount, status });
        }
    };
    let recovery = &tables.recovery;
    let mut used: Vec<(ProductId, f64)> = Vec::new();
    for (index, material) in recovery.materials.iter().enumerate().filter(|m| m.1.process != m.1.replaces) {
        let contained: f64 = case
            .inventory
            .lines
            .iter()
            .filter(|l| l.stage.phase() == Phase::Production && !crate::uncertainty::is_battery(l))
            .filter(|l| recovery.products.iter().any(|p| p.1 == index && tables.cards.product(p.0).id == *l.product))
            .map(|l| l.contained.kg())
            .sum();
        let mut net = contained * material.share.best * material.quality;
        // Several materials may come from one secondary process; the scrap it took in is set off once.
        if !used.iter().any(|u| u.0 == material.process) {
            let taken = made(material.process);
            used.push((material.process, taken));
            net -= taken;
        }
        if net != 0.0 {
            let status = tables.rows.status(material.share.row);
            let part = format!("credit {}", material.name);
            credit(&part, material.replaces, -net, status);
            credit(&part, material.process, net, status);
        }
    }
    if let Some(pack) = &case.inventory.pack {
        for recovered in tables.cells.recoveries().iter().filter(|r| r.route == RecyclingRoute::Hydro) {
            let held: f64 = pack.contents.iter().filter(|(c, _)| c.word() == &*recovered.material).map(|(_, m)| m.kg()).sum();
            let Some(product) = tables.cards.product_id(&recovered.product) else { continue };
            let amount = held * recovered.share.best * recovered.product_kg_per_kg;
            if amount > 0.0 {
                credit("credit battery", product, -amount, tables.rows.status(recovered.share.row));
            }
        }
    }
    Ok(lines)
}

/// The column that delivers a product to a user in a place, if the network has one.
fn supplier(tables: &Tables, placed: &PlacedNetwork, product: ProductId, place: PlaceId) -> Option<ColumnId> {
    placed.find(Column::Market(product)).or_else(|| placed.find(Column::Supply(product, place))).or_else(|| {
        placed
            .columns()
            .iter()
            .position(|c| matches!(c, Column::Process(process, p) if *p == place && tables.cards.process(*process).product == product))
            .map(|i| ColumnId(i as u32))
    })
}
