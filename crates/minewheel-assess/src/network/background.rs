//! Columns that stand for processes of a user's own database: a vector of impacts, and nothing behind it.

use std::sync::Arc;

use minewheel_data::cards::ProductId;
use minewheel_data::places::PlaceId;
use minewheel_lca::{Coefficient, ColumnId, FactorId, FlowId};

use super::{Column, PlacedNetworkBuilder};
use crate::background::Background;

impl PlacedNetworkBuilder<'_> {
    /// Takes every product that a background maps from there instead of from the process cards.
    #[must_use]
    pub fn with_background(mut self, background: Option<Arc<Background>>) -> Self {
        self.background = background;
        self
    }

    /// The column of a product that the background makes in a place; without a place, on the world market.
    pub(super) fn mapped_column(&mut self, product: ProductId, place: Option<PlaceId>) -> Option<ColumnId> {
        let background = self.background.clone()?;
        let lineage = self.lineage(place.unwrap_or(self.world));
        let number = background.find(product, lineage.iter().copied())?;
        Some(self.column(Column::Background(product, number)))
    }

    /// One unit of the background's flow of each category, times its impact.
    pub(super) fn expand_background(&mut self, id: ColumnId, number: u32) {
        let Some(background) = self.background.clone() else { return };
        let Some(mapped) = background.products.get(number as usize) else { return };
        let first = self.tables.methods.flows().len();
        // Behind the rows of the tables: a factor for each mapped product, that of its climate impact.
        let factor = FactorId(self.tables.rows.len() as u32 + number);
        let climate = background.category("climate").filter(|_| background.is_uncertain());
        for (category, impact) in mapped.impacts.iter().enumerate() {
            let mut coefficient = Coefficient::exact(*impact).with_grade(Self::grade(mapped.status));
            if Some(category) == climate {
                coefficient = coefficient.times(factor, 1);
            }
            self.builder.add_flow(id, FlowId((first + category) as u32), coefficient);
        }
    }
}
