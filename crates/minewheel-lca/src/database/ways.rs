//! The way in which an elementary flow goes by itself: into the process that has it, as a resource, or out of it, as an emission.
//!
//! ```text
//! impact of an exchange = ± amount · factor      + where the factor is stated for the direction of the exchange, − where for the other
//! ```
//!
//! The direction of a factor is that which its data set states (ILCD, for each factor), else that of its impact category (openLCA), else that of
//! the flow: the first part of its category's path that says it, else the direction of most exchanges of the database; outwards, where
//! there are none or as many in as out.
//!
//! | part of the path                                     | direction |
//! |------------------------------------------------------|-----------|
//! | contains `resource`; is `raw`                         | input     |
//! | contains `emission`; is `air`, `water` or `soil`      | output    |
//! | path that begins with `inventory indicator`          | not said  |
//!
//! Source: `ImpactCategory.direction` of the openLCA schema 2 and how openLCA applies it (olca-modules, `ImpactBuilder`, `FlowTable`);
//! `exchangeDirection` of ILCD's factors; names of parts as openLCA, ILCD, ecoinvent and `SimaPro` use them.

use super::process::Direction;
use super::{Database, FlowKind};

/// The direction that the path of a flow's category says.
pub(crate) fn by_category(path: &str) -> Option<Direction> {
    let path = path.to_lowercase();
    if path.starts_with("inventory indicator") {
        return None;
    }
    path.split('/').map(str::trim).find_map(|part| {
        if part.contains("resource") || part == "raw" {
            Some(Direction::Input)
        } else if part.contains("emission") || ["air", "water", "soil"].contains(&part) {
            Some(Direction::Output)
        } else {
            None
        }
    })
}

impl Database {
    /// The direction of each flow by itself; that of products and wastes means nothing.
    pub(crate) fn own_directions(&self) -> Vec<Direction> {
        let mut balance = vec![0_i64; self.flows().len()];
        for exchange in self.processes().iter().flat_map(|p| &p.exchanges) {
            balance[exchange.flow.at()] += if exchange.direction == Direction::Input { 1 } else { -1 };
        }
        let flows = self.flows().iter().zip(balance);
        flows
            .map(|(flow, balance)| {
                let said = flow.category.as_deref().filter(|_| flow.kind == FlowKind::Elementary).and_then(by_category);
                said.unwrap_or(if balance > 0 { Direction::Input } else { Direction::Output })
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::by_category;
    use crate::database::Direction::{self, Input, Output};

    #[test]
    fn the_first_part_that_says_it_counts() {
        for (path, wanted) in [
            ("Elementary flows/Resource/in water", Some(Input)),
            ("natural resource/in ground", Some(Input)),
            ("Resources/Resources from ground/Non-renewable", Some(Input)),
            ("raw", Some(Input)),
            ("Emissions/Emissions to air/unspecified", Some(Output)),
            ("elementary flows/emission/water", Some(Output)),
            ("water/ground-, long-term", Some(Output)),
            ("Air/urban air close to ground", Some(Output)),
            ("Land use/Land occupation", None::<Direction>),
            ("inventory indicator/resource use", None),
            ("", None),
        ] {
            assert_eq!(by_category(path), wanted, "{path}");
        }
    }
}
