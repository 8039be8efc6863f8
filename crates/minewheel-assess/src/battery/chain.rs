//! A battery's chain on the network: stages placed one by one, routes chosen, recycled content, and the footprint by stage.
//!
//! ```text
//! own(j)      = y_j − Σ_i∈chain z_ij·y_i              what a step adds to the chain products that it takes in
//! stage(s, p) = Σ_j∈(s,p) a_j·own(j)                  a_j = d_j + Σ_k∈chain z_jk·a_k
//! ```
//!
//! | symbol | meaning |
//! |---|---|
//! | `y` | footprint of a unit of every column of the network |
//! | `z` | inputs by unit, `d` the pack's own demand |
//! | `a` | what the chain makes for the pack |
//!
//! The sum over stages is the footprint of the pack. Power, heat, acids and freight of a step stay with the step; metals of foils,
//! sheets and electronics with the stage that buys them. Recycled content is that of [`crate::recycling`], as in an assessment of a
//! car: salts of the route `hydro` take the place of primary ones, and carry its work by value.

use std::collections::BTreeMap;

use minewheel_data::car::SourcingRule;
use minewheel_data::places::PlaceId;
use minewheel_data::row::{Draw, RowId};
use minewheel_data::table::nearest;
use minewheel_data::units::Mass;
use minewheel_lca::{ColumnId, Demand, forward};
use minewheel_model::battery::{Content, PackDesign, with_recipes};
use minewheel_model::bill::{BillLine, Stage};

use super::tables::Maker;
use super::{BatteryQuestion, ChainError};
use crate::AssessError;
use crate::assessment::column_of;
use crate::footprint::SolvedNetwork;
use crate::network::{Column, NetworkError, PlacedNetwork, PlacedNetworkBuilder};
use crate::pack_footprint::AfterGate;
use crate::recycling::{content_lines, is_content};
use crate::tables::Tables;

/// Tier of products that are mined where the ore lies: a stage's place does not move them.
const MINING: &str = "mining";
/// The stage of what recycling takes.
const RECYCLING: &str = "recycling";
/// The stage of a line that belongs to none of the table: what the pack's own lines buy beside it.
const STAGE_OF_PART: [(&str, &str); 5] = [
    ("cathode", "binders"),
    ("anode", "binders"),
    ("cell-housing", "cell-housing"),
    ("pack-structure", "pack-parts"),
    ("pack-systems", "pack-parts"),
];
const OTHER: &str = "other";

/// A line of the pack in the network.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChainLine {
    pub line: BillLine,
    pub column: ColumnId,
}

/// A stage's footprint where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StageKg {
    pub stage: String,
    pub place: String,
    pub kg: f64,
}

/// A pack's chain as the question wants it.
#[derive(Debug)]
pub(super) struct Chain {
    pub placed: PlacedNetwork,
    pub lines: Vec<ChainLine>,
    /// Freight and recycling where the pack is sold.
    pub after: AfterGate,
    /// Columns that a substitution may need, by product and place.
    extra: BTreeMap<(String, String), ColumnId>,
}

/// Which products stand where, by what the question says and the routes imply.
fn rules(question: &BatteryQuestion, tables: &Tables) -> Result<(Vec<SourcingRule>, Vec<minewheel_data::cards::ProcessId>), AssessError> {
    let chain = &tables.battery;
    let mut place_of: BTreeMap<String, String> = BTreeMap::new();
    let mut processes = Vec::new();
    for (stage, route) in &question.routes {
        if !chain.routed_stages().contains(&stage.as_str()) {
            return Err(ChainError::name("stage with routes", stage, chain.routed_stages()).into());
        }
        let rows: Vec<_> = chain.routes.iter().filter(|r| r.stage == *stage && r.route == *route).collect();
        if rows.is_empty() {
            return Err(ChainError::name("route", route, chain.routes_of(stage)).into());
        }
        for row in rows {
            if let Maker::Process(process) = &row.maker {
                processes.push(*process);
                if let Some(place) = row.place {
                    place_of.insert(tables.cards.product(row.product).id.clone(), tables.places.code(place).to_owned());
                }
            }
        }
    }
    for (stage, place) in &question.stages {
        tables.places.id(place)?;
        let mut products: Vec<&str> = chain.products(stage).collect();
        if products.is_empty() && chain.stage(stage).is_some() {
            products.push(stage);
        }
        if products.is_empty() {
            return Err(ChainError::name("stage", stage, chain.stages().iter().map(String::as_str)).into());
        }
        let is_product = products == [stage.as_str()];
        for product in products {
            let Some(id) = tables.cards.product_id(product) else { continue };
            let card = tables.cards.product(id);
            if card.has_world_market && (is_product || card.tier != MINING) {
                place_of.insert(product.to_owned(), place.clone());
            }
        }
    }
    // What the question says goes before what the car's file says.
    let mut rules: Vec<SourcingRule> = question.car.as_ref().map(|car| car.sourcing.clone()).unwrap_or_default();
    rules.retain(|rule| !place_of.contains_key(&rule.product));
    rules.extend(place_of.into_iter().map(|(product, place)| SourcingRule { product, shares: vec![(place, 1.0)], bans: Vec::new() }));
    Ok((rules, processes))
}

impl BatteryQuestion {
    /// Where a local step of the chain stands.
    fn local_place<'q>(&'q self, stage: &str) -> &'q str {
        self.stages.iter().find(|(s, _)| s == stage).map_or(&self.made_in, |(_, place)| place)
    }

    /// Where what has no place of its own is bought: at the plant of the car whose pack it is, as in its assessment; else where the
    /// cells are made.
    fn buyer(&self) -> &str {
        let cells = self.local_place("cell-plant");
        let Some(car) = &self.car else { return cells };
        let plant = car.plant.country.as_deref().or(car.made_in.as_deref());
        let of_cells = car.battery.as_ref().and_then(|b| b.made_in.as_deref()).or(plant);
        if of_cells == Some(cells) { plant.unwrap_or(cells) } else { cells }
    }

    /// Lines of a pack with recipes and places in them.
    pub(super) fn placed_lines(&self, pack: &PackDesign, tables: &Tables, draw: &Draw<'_>) -> Vec<BillLine> {
        let mut lines = with_recipes(&pack.lines, &tables.cells, draw);
        for line in &mut lines {
            let stage = match line.stage {
                Stage::CellManufacturing => "cell-plant",
                Stage::BatteryPack if line.contained == Mass::ZERO => "assembly",
                _ => continue,
            };
            line.place = Some(self.local_place(stage).into());
        }
        lines
    }
}

impl Chain {
    /// Builds the network that a pack needs.
    ///
    /// # Errors
    /// An unknown stage, route, place or product, or a route that does not stand where it is wanted.
    pub fn build(question: &BatteryQuestion, pack: &PackDesign, tables: &Tables) -> Result<Self, AssessError> {
        let (sourcing, processes) = rules(question, tables)?;
        let mut builder = PlacedNetworkBuilder::new(tables, question.year, &sourcing)?.with_routes(processes);
        let plant = tables.places.id(question.buyer())?;
        let column = |builder: &mut PlacedNetworkBuilder<'_>, product: &str, place: Option<&str>| -> Result<ColumnId, AssessError> {
            let id = tables.cards.product_id(product).ok_or_else(|| NetworkError::UnknownProduct(product.to_owned()))?;
            let place: PlaceId = place.map_or(Ok(plant), |p| tables.places.id(p))?;
            Ok(builder.bought_by_plant(id, place)?)
        };
        let mut lines = Vec::new();
        for line in question.placed_lines(pack, tables, &Draw::BEST) {
            let column = column(&mut builder, &line.product, line.place.as_deref())?;
            lines.push(ChainLine { line, column });
        }
        for line in content_lines(pack, &question.recycled_shares(), tables, question.year, &Draw::BEST)? {
            let column = column_of(tables, &mut builder, &line, plant)?;
            lines.push(ChainLine { line, column });
        }
        let sold_in = tables.places.id(question.sold_in.as_deref().unwrap_or(&question.made_in))?;
        let cathode = tables.cells.cell(&pack.chemistry).map_or("", minewheel_model::battery::Cell::cathode_product);
        let after = AfterGate::place(tables, &mut builder, sold_in, cathode)?;
        let mut extra = BTreeMap::new();
        let mut add = |builder: &mut PlacedNetworkBuilder<'_>, product: &str, place: Option<&str>| -> Result<(), AssessError> {
            let id = column(builder, product, place)?;
            extra.insert((product.to_owned(), place.unwrap_or_default().to_owned()), id);
            Ok(())
        };
        for (_, recipe) in question.recipes(tables) {
            for feed in tables.cells.recipe(&recipe) {
                add(&mut builder, &feed.product, feed.place.as_deref())?;
            }
        }
        let mut chain = Self { placed: builder.build()?, lines, after, extra };
        let replaced = chain.replacements(question, tables)?;
        chain.lines.extend(replaced);
        Ok(chain)
    }

    /// What the chain makes of a product for the pack, with the column of its market.
    fn made(&self, product: &str, tables: &Tables) -> Result<Option<(ColumnId, f64)>, AssessError> {
        let Some(column) = tables.cards.product_id(product).and_then(|id| self.placed.find(Column::Market(id))) else { return Ok(None) };
        let demand: Demand = self.lines.iter().map(|l| (l.column, l.line.amount)).collect();
        Ok(forward(&self.placed.network, &demand)?.get(column).map(|amount| (column, amount)))
    }

    /// Lines that put a recipe in the place of what the markets sell.
    fn replacements(&self, question: &BatteryQuestion, tables: &Tables) -> Result<Vec<ChainLine>, AssessError> {
        let mut lines = Vec::new();
        let mut push = |part: &str, product: &str, place: Option<&str>, column: ColumnId, amount: f64, row: RowId| {
            let line = BillLine {
                stage: Stage::BatteryMaterials,
                part: part.into(),
                product: product.into(),
                amount,
                contained: Mass::ZERO,
                place: place.map(Into::into),
                rows: vec![row],
            };
            lines.push(ChainLine { line, column });
        };
        for (product, recipe) in question.recipes(tables) {
            let Some((market, amount)) = self.made(&product, tables)? else { continue };
            push(&recipe, &product, None, market, -amount, RowId::GIVEN);
            for feed in tables.cells.recipe(&recipe) {
                let place = feed.place.as_deref();
                let key = (feed.product.to_string(), place.unwrap_or_default().to_owned());
                if let Some(column) = self.extra.get(&key) {
                    push(&recipe, &feed.product, place, *column, amount * feed.amount.best, feed.amount.row);
                }
            }
        }
        Ok(lines)
    }

    /// Footprint of a unit of every line of a pack in its own order, for the scores of a draw, and that of the lines that replace
    /// others, which keep their amounts.
    pub fn unit_scores(&self, pack: &PackDesign, tables: &Tables, scores: &[f64], draw: &Draw<'_>) -> (Vec<f64>, f64) {
        let mut placed = self.lines.iter();
        let mut next = || placed.next().map_or(0.0, |l| scores[l.column.index()]);
        let units = pack.lines.iter().map(|line| {
            let mut feeds = tables.cells.recipe(&line.product).peekable();
            if feeds.peek().is_none() { next() } else { feeds.map(|feed| draw.of(&feed.amount) * next()).sum() }
        });
        let units: Vec<f64> = units.collect();
        (units, placed.map(|l| l.line.amount * scores[l.column.index()]).sum())
    }

    fn stage_of_column(&self, tables: &Tables, column: ColumnId) -> Option<String> {
        let product = match self.placed.column(column) {
            Column::Process(process, _) => tables.cards.process(process).product,
            Column::Supply(product, _) | Column::Market(product) | Column::HomeMarket(product, _) | Column::Background(product, _) => product,
            Column::Delivery(..) | Column::Generation(_) | Column::PathwayDelivery(_) | Column::Released(..) => return None,
        };
        tables.battery.stage(&tables.cards.product(product).id).map(str::to_owned)
    }

    fn stage_of_line(tables: &Tables, line: &BillLine) -> String {
        if is_content(line) {
            return RECYCLING.to_owned();
        }
        let part = STAGE_OF_PART.iter().find(|(part, _)| *part == &*line.part).map(|(_, stage)| *stage);
        let of_route = || tables.battery.routes.iter().find(|r| r.maker == Maker::Recipe(line.part.to_string())).map(|r| r.stage.clone());
        tables.battery.stage(&line.part).map(str::to_owned).or_else(of_route).unwrap_or_else(|| part.unwrap_or(OTHER).to_owned())
    }

    /// The footprint by stage and place.
    pub fn by_stage(&self, tables: &Tables, solved: &SolvedNetwork<'_>) -> Vec<StageKg> {
        let scores = solved.scores.values();
        let network = &self.placed.network;
        let mut sums: BTreeMap<(String, String), f64> = BTreeMap::new();
        let mut made = vec![0.0; network.column_count()];
        let mut stages: Vec<Option<String>> = (0..network.column_count()).map(|c| self.stage_of_column(tables, ColumnId(c as u32))).collect();
        for chain_line in &self.lines {
            let column = chain_line.column.index();
            if stages[column].is_some() {
                made[column] += chain_line.line.amount;
            } else {
                let stage = Self::stage_of_line(tables, &chain_line.line);
                let place = chain_line.line.place.as_deref().unwrap_or("WORLD").to_owned();
                *sums.entry((stage, place)).or_default() += chain_line.line.amount * scores[column];
            }
        }
        // Consumers come last in the order of evaluation, so what a step asks for is known before its suppliers are looked at.
        for column in network.evaluation_order().iter().rev() {
            let index = column.index();
            let (amount, Some(stage)) = (made[index], stages[index].take()) else { continue };
            if amount == 0.0 {
                continue;
            }
            let mut own = scores[index];
            for input in network.inputs(*column) {
                if stages[input.supplier.index()].is_some() {
                    own -= input.amount * scores[input.supplier.index()];
                    made[input.supplier.index()] += amount * input.amount;
                }
            }
            let place = self.placed.place(*column).map_or("WORLD", |p| tables.places.code(p)).to_owned();
            *sums.entry((stage, place)).or_default() += amount * own;
        }
        let mut found: Vec<StageKg> =
            sums.into_iter().filter(|(_, kg)| *kg != 0.0).map(|((stage, place), kg)| StageKg { stage, place, kg }).collect();
        let order = |stage: &str| tables.battery.stages().iter().position(|s| s == stage).unwrap_or(usize::MAX);
        found.sort_by(|a, b| order(&a.stage).cmp(&order(&b.stage)).then(a.stage.cmp(&b.stage)).then(b.kg.abs().total_cmp(&a.kg.abs())));
        found
    }

    /// The demand as it stands, with the evidence of every line.
    pub fn demand(&self, tables: &Tables) -> Demand {
        let grade = |line: &BillLine| {
            let status = tables.rows.weakest(line.rows.iter().copied().filter(|r| *r != RowId::GIVEN));
            minewheel_lca::Grade::new(status.rank()).unwrap_or(minewheel_lca::Grade::WEAKEST)
        };
        self.lines.iter().fold(Demand::none(), |demand, l| demand.and(l.column, l.line.amount, grade(&l.line)))
    }
}

impl BatteryQuestion {
    /// Products that a chosen route makes by a recipe, with the recipe.
    fn recipes(&self, tables: &Tables) -> Vec<(String, String)> {
        let chosen = |stage: &str, route: &str| self.routes.iter().any(|(s, r)| s == stage && r == route);
        let rows = tables.battery.routes.iter().filter(|r| chosen(&r.stage, &r.route));
        rows.filter_map(|r| match &r.maker {
            Maker::Recipe(recipe) => Some((tables.cards.product(r.product).id.clone(), recipe.clone())),
            Maker::Process(_) => None,
        })
        .collect()
    }
}

/// The word of a content in results.
pub(super) const fn content_word(content: Content) -> &'static str {
    content.word()
}

impl ChainError {
    pub(super) fn name<'n>(kind: &'static str, seen: &str, known: impl IntoIterator<Item = &'n str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        Self::Unknown { kind, seen: seen.to_owned(), nearest: nearest(seen, known.iter().copied()), known: known.join(", ") }
    }
}
