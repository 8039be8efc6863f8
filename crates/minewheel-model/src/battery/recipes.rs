//! What materials without a process card are made from: `data/cells/recipes.csv`.
//!
//! A recipe lists, for a kilogram of a material, products of `data/processes` and where each is bought. It stands in for a card
//! where the designer alone needs the material.

use std::sync::Arc;

use minewheel_data::loader::Loader;
use minewheel_data::row::Value;

const RECIPES: &str = "cells/recipes.csv";

/// One feed of a material.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    /// The material.
    pub material: Arc<str>,
    /// The product bought for it.
    pub product: Arc<str>,
    /// Where; `None`: on the world market.
    pub place: Option<Arc<str>>,
    /// How much of it for a kilogram, in the product's unit.
    pub amount: Value,
}

pub(super) fn read_recipes(loader: &mut Loader<'_>) -> Vec<Feed> {
    let Some(table) = loader.table(RECIPES) else { return Vec::new() };
    let mut all = Vec::new();
    for row in 0..table.len() {
        let Some(amount) = loader.value(&table, row, "amount") else { continue };
        let place = Some(table.text(row, "place")).filter(|p| !p.is_empty()).map(Arc::from);
        all.push(Feed { material: table.text(row, "material").into(), product: table.text(row, "product_id").into(), place, amount });
    }
    all
}
