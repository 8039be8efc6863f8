//! Stages and routes of a battery's chain, and its prices: `cells/stages.csv`, `cells/routes.csv`, `prices/battery.csv`.

use std::collections::BTreeMap;

use minewheel_data::cards::{Cards, ProcessId, ProductId};
use minewheel_data::loader::Loader;
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::places::{PlaceId, Places};

const STAGES: &str = "cells/stages.csv";
const ROUTES: &str = "cells/routes.csv";
const PRICES: &str = "prices/battery.csv";

/// How a route makes one product.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Maker {
    /// A card.
    Process(ProcessId),
    /// A recipe of `cells/recipes.csv` that stands for the product.
    Recipe(String),
}

/// One product of one route.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct RouteRow {
    pub stage: String,
    pub route: String,
    pub product: ProductId,
    pub maker: Maker,
    pub place: Option<PlaceId>,
}

/// Stages, routes and prices of a battery's chain.
#[derive(Debug, Clone, Default)]
pub struct BatteryTables {
    /// Stage by product or material, and the stages in order of the table.
    stage_of: BTreeMap<String, String>,
    stages: Vec<String>,
    pub(super) routes: Vec<RouteRow>,
    /// Its prices: fees, contents, energy, labour, capital.
    pub prices: Parameters,
}

impl BatteryTables {
    /// Reads the tables; faults are noted in the loader.
    pub fn read(loader: &mut Loader<'_>, places: &Places, cards: &Cards) -> Self {
        let mut all = Self::default();
        if let Some(table) = loader.table(STAGES) {
            for row in 0..table.len() {
                let (product, stage) = (table.text(row, "product_id").to_owned(), table.text(row, "stage").to_owned());
                if !all.stages.contains(&stage) {
                    all.stages.push(stage.clone());
                }
                all.stage_of.insert(product, stage);
            }
        }
        if let Some(table) = loader.table(ROUTES) {
            for row in 0..table.len() {
                let Some(product) = cards.product_id(table.text(row, "product_id")) else {
                    loader.unknown_name(&table, row, "product_id", "product", cards.products().iter().map(|p| p.id.as_str()));
                    continue;
                };
                let maker = match (table.text(row, "process_id"), table.text(row, "recipe")) {
                    ("", recipe) => Maker::Recipe(recipe.to_owned()),
                    (process, _) => {
                        let Some(found) = cards.process_id(process) else {
                            loader.unknown_name(&table, row, "process_id", "process", cards.processes().iter().map(|p| p.id.as_str()));
                            continue;
                        };
                        Maker::Process(found)
                    }
                };
                let place = if table.text(row, "place").is_empty() { None } else { places.resolve(loader, &table, row, "place") };
                let (stage, route) = (table.text(row, "stage").to_owned(), table.text(row, "route").to_owned());
                all.routes.push(RouteRow { stage, route, product, maker, place });
            }
        }
        all.prices = Parameters::read(loader, PRICES);
        all
    }

    /// Shares of a mix that surveys are compared with, by chemistry or place.
    ///
    /// # Errors
    /// No mix has the name.
    pub fn mix(&self, name: &str) -> Result<Vec<(String, f64)>, ParameterError> {
        let subject = self.prices.subject(name)?;
        subject.properties().into_iter().map(|of| Ok((of.to_owned(), subject.value(of, "1")?.best))).collect()
    }

    /// The stage of a product or material of the chain.
    pub fn stage(&self, product: &str) -> Option<&str> {
        self.stage_of.get(product).map(String::as_str)
    }
    /// The stages, in order of the table.
    pub fn stages(&self) -> &[String] {
        &self.stages
    }
    /// Products of a stage.
    pub(super) fn products<'s>(&'s self, stage: &'s str) -> impl Iterator<Item = &'s str> {
        self.stage_of.iter().filter(move |(_, s)| *s == stage).map(|(p, _)| p.as_str())
    }
    /// Routes of a stage, in order of the table.
    pub fn routes_of(&self, stage: &str) -> Vec<&str> {
        let mut names: Vec<&str> = self.routes.iter().filter(|r| r.stage == stage).map(|r| r.route.as_str()).collect();
        names.dedup();
        names
    }
    /// Stages that have routes.
    pub fn routed_stages(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.routes.iter().map(|r| r.stage.as_str()).collect();
        names.dedup();
        names
    }
}
