//! What a result owes to a user's own background.

use minewheel_data::status::Status;
use minewheel_lca::{Activity, ColumnId};
use serde::Serialize;

use crate::footprint::SolvedNetwork;
use crate::network::Column;
use crate::tables::Tables;

/// The part of a car's climate total that comes from a user's own database.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BackgroundUse {
    /// The database.
    pub database: String,
    /// Share of the climate total that mapped products carry.
    pub share_of_climate: f64,
    /// Our categories that are mapped, with the method that stands for each.
    pub categories: Vec<(String, String)>,
    /// Mapped products that the car needs, the largest first.
    pub products: Vec<BackgroundLine>,
    /// Mapped products that the car does not need.
    pub unused: Vec<String>,
    /// Loops of the database that use more of their own products than they make, each by the ids of its processes: they are solved as they stand.
    pub net_consuming: Vec<Vec<String>>,
}

/// One mapped product.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct BackgroundLine {
    /// Our product.
    pub product: String,
    /// Where it is made; everywhere without a place.
    pub place: Option<String>,
    /// Id of their process.
    pub process: String,
    /// Its name and place.
    pub name: String,
    /// Units of theirs for one of ours.
    pub factor: f64,
    /// How well the pair is known.
    pub status: Status,
    /// How much of our unit the car needs over its life.
    pub amount: f64,
    /// Kilograms of CO2 equivalents.
    pub kg: f64,
    /// Share of the climate total.
    pub share: f64,
}

impl BackgroundUse {
    /// What a car owes to the background of its network; `None` without one.
    pub fn of(tables: &Tables, network: &SolvedNetwork<'_>, activity: &Activity) -> Option<Self> {
        let background = network.placed.background.as_deref()?;
        let impact = |column: usize| activity.values()[column] * network.direct(ColumnId(column as u32));
        let total: f64 = (0..network.placed.columns().len()).map(impact).sum();
        let (mut products, mut is_used) = (Vec::new(), vec![false; background.products.len()]);
        for (column, what) in network.placed.columns().iter().enumerate() {
            let Column::Background(_, number) = what else { continue };
            let Some(mapped) = background.products.get(*number as usize) else { continue };
            let (amount, kg) = (activity.values()[column], impact(column));
            if amount == 0.0 {
                continue;
            }
            is_used[*number as usize] = true;
            products.push(BackgroundLine {
                product: tables.cards.product(mapped.product).id.clone(),
                place: mapped.place.map(|p| tables.places.code(p).to_owned()),
                process: mapped.process.clone(),
                name: mapped.label.clone(),
                factor: mapped.factor,
                status: mapped.status,
                amount,
                kg,
                share: if total == 0.0 { 0.0 } else { kg / total },
            });
        }
        products.sort_by(|a, b| b.kg.abs().total_cmp(&a.kg.abs()).then_with(|| a.product.cmp(&b.product)));
        let unused = background.products.iter().zip(&is_used).filter(|(_, used)| !**used);
        Some(Self {
            database: background.name.clone(),
            share_of_climate: products.iter().map(|p| p.share).sum::<f64>() + 0.0,
            categories: background.categories.iter().map(|c| (c.name.clone(), c.method.clone())).collect(),
            unused: unused.map(|(p, _)| tables.cards.product(p.product).id.clone()).collect(),
            products,
            net_consuming: background.net_consuming.iter().map(|members| members.iter().map(|(id, _)| id.clone()).collect()).collect(),
        })
    }
}
