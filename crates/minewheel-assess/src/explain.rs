//! From any figure down to the rows it rests on.
//!
//! The tree follows the network: total, stage, part, then what each product needs in turn, until a branch is smaller
//! than the cut or the depth is reached. Every node says how much of what is delivered where, what that emits, its
//! share of the whole, and the table rows that set the amount, with source and status.

use std::collections::{BTreeMap, BTreeSet};

use minewheel_data::cards::{ProductId, Target};
use minewheel_data::electricity::VoltageLevel;
use minewheel_data::places::PlaceId;
use minewheel_data::row::{Draw, RowId};
use minewheel_data::status::Status;
use minewheel_lca::{ColumnId, Demand, TreeLimits, trace};
use minewheel_model::bill::Stage;
use minewheel_model::vehicle::{bill, element_in_lines};
use serde::Serialize;

use crate::AssessError;
use crate::assessment::CarCase;
use crate::background::{Background, Step, Walker};
use crate::footprint::SolvedNetwork;
use crate::inventory::material_of;
use crate::network::{Column, PlacedNetwork};
use crate::tables::Tables;

/// How far a tree goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExplainLimits {
    /// Branches below this share of the whole are summed up.
    pub cut_share: f64,
    /// Levels below the parts of the car.
    pub depth: usize,
}

/// A table row that a figure rests on.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Evidence {
    /// What the row says.
    pub what: String,
    /// File and line.
    pub at: String,
    /// Key of its source.
    pub source: String,
    /// Title of its source.
    pub title: String,
    /// Page, table or field in it.
    pub locator: String,
    /// How it is known.
    pub status: Status,
}

/// One node of an explanation.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Node {
    /// What it is.
    pub label: String,
    /// How much is delivered.
    pub amount: Option<f64>,
    /// Unit of the amount.
    pub unit: Option<String>,
    /// Where.
    pub place: Option<String>,
    /// The figure, in the tree's unit.
    pub value: f64,
    /// Its share of the whole.
    pub share: f64,
    /// What is emitted or used here and not further down.
    pub own: f64,
    /// What lies in branches below the cut.
    pub below_cut: f64,
    /// The rows that set the amount.
    pub evidence: Vec<Evidence>,
    /// What it is made of, largest first.
    pub children: Vec<Node>,
}

/// A figure explained.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Explanation {
    /// The car.
    pub car: String,
    /// What is explained.
    pub of: String,
    /// Unit of the figures.
    pub unit: String,
    /// The tree.
    pub root: Node,
}

/// What the tables say in a row.
pub fn evidence(tables: &Tables, row: RowId) -> Option<Evidence> {
    if row == RowId::GIVEN {
        return None;
    }
    let source = tables.rows.source(row);
    Some(Evidence {
        what: crate::uncertainty::describe(&tables.rows, row),
        at: tables.rows.position(row).to_string(),
        source: tables.sources.key(source).to_owned(),
        title: tables.sources.get(source).title.clone(),
        locator: tables.rows.text(row, "locator").to_owned(),
        status: tables.rows.status(row),
    })
}

/// The rows that say how much a column takes from a supplier.
fn rows_between(tables: &Tables, placed: &PlacedNetwork, consumer: ColumnId, supplier: ColumnId) -> Vec<RowId> {
    let wanted = product_of(tables, placed, supplier);
    let lineage = |place: PlaceId| tables.places.lineage(place).collect::<Vec<_>>();
    match placed.column(consumer) {
        Column::Process(process, place) => tables
            .cards
            .exchanges_at(process, &lineage(place))
            .filter(|e| matches!(e.target, Target::Product(p) if Some(p) == wanted))
            .map(|e| e.amount.row)
            .collect(),
        Column::Supply(product, place) => {
            let Column::Process(process, _) = placed.column(supplier) else { return Vec::new() };
            let mut places = lineage(place);
            places.extend(tables.places.id("WORLD"));
            tables
                .markets
                .routes(&tables.cards, &tables.places, product, &places, placed.year)
                .map(|routes| routes.iter().filter(|r| r.of == process).map(|r| r.share.row).collect())
                .unwrap_or_default()
        }
        Column::Market(product) => {
            let place = placed.place(supplier);
            if wanted == Some(product) {
                let shares = tables.markets.shares(product, placed.year).map_or(&[][..], |s| s.1);
                shares.iter().filter(|s| Some(s.of) == place).map(|s| s.share.row).collect()
            } else {
                tables.markets.freight(product).iter().filter(|f| Some(f.mode) == wanted).map(|f| f.km.row).collect()
            }
        }
        Column::HomeMarket(product, _) => tables.home_share(&tables.cards.product(product).id).map(|v| vec![v.row]).unwrap_or_default(),
        Column::Delivery(place, level) => tables.electricity.loss(&lineage(place), level).map(|v| vec![v.row]).unwrap_or_default(),
        Column::Generation(place) => tables.electricity.mix_or_nearest(&tables.places, place, placed.year).map(|m| m.rows).unwrap_or_default(),
        Column::PathwayDelivery(place) => tables.electricity.loss(&lineage(place), VoltageLevel::Low).map(|v| vec![v.row]).unwrap_or_default(),
        Column::Released(..) | Column::Background(..) => Vec::new(),
    }
}

fn product_of(tables: &Tables, placed: &PlacedNetwork, column: ColumnId) -> Option<ProductId> {
    match placed.column(column) {
        Column::Process(process, _) => Some(tables.cards.process(process).product),
        Column::Supply(product, _) | Column::Market(product) | Column::HomeMarket(product, _) | Column::Background(product, _) => Some(product),
        Column::Delivery(_, VoltageLevel::High) => tables.cards.product_id("electricity-high-voltage"),
        Column::Delivery(_, VoltageLevel::Low) | Column::PathwayDelivery(_) => tables.cards.product_id("electricity-low-voltage"),
        Column::Generation(_) | Column::Released(..) => None,
    }
}

fn unit_of(tables: &Tables, placed: &PlacedNetwork, column: ColumnId) -> String {
    product_of(tables, placed, column).map_or_else(|| "kWh".to_owned(), |p| tables.cards.product(p).unit.clone())
}

/// The climate figure of a car, or of one of its stages, down to the rows.
///
/// # Errors
/// The network cannot be traced.
pub fn explain_climate(
    tables: &Tables,
    case: &CarCase<'_>,
    solved: &SolvedNetwork<'_>,
    stage: Option<Stage>,
    limits: ExplainLimits,
) -> Result<Explanation, AssessError> {
    let scores = solved.scores.values();
    let walker = solved.placed.background.as_deref().map(Background::walker).transpose()?.flatten();
    let tree = TreeOf { tables, case, solved, walker, limits };
    let chosen: Vec<usize> = (0..case.lines.len()).filter(|i| stage.is_none_or(|s| case.lines[*i].stage == s)).collect();
    let total: f64 = chosen.iter().map(|i| case.lines[*i].amount * scores[case.lines[*i].column.index()]).sum();
    let mut stages: Vec<Node> = Vec::new();
    let mut rest = 0.0;
    for name in group(chosen.iter().map(|i| case.lines[*i].stage)) {
        let mut parts = Vec::new();
        for part in group(chosen.iter().filter(|i| case.lines[**i].stage == name).map(|i| case.lines[*i].part.to_string())) {
            let mut lines = Vec::new();
            let mut small = 0.0;
            for index in chosen.iter().copied().filter(|i| case.lines[*i].stage == name && *case.lines[*i].part == *part) {
                let node = tree.line_node(index, total)?;
                if node.value.abs() < limits.cut_share * total.abs() { small += node.value } else { lines.push(node) }
            }
            parts.push(folder(part, lines, small, total));
        }
        let (kept, small) = cut(parts, limits.cut_share * total.abs());
        let node = folder(name.word().to_owned(), kept, small, total);
        if node.value.abs() < limits.cut_share * total.abs() { rest += node.value } else { stages.push(node) }
    }
    let root = folder(stage.map_or_else(|| "life cycle".to_owned(), |s| s.word().to_owned()), stages, rest, total);
    let root = if stage.is_some() && root.children.len() == 1 {
        root.children.into_iter().next().unwrap_or_else(|| folder(String::new(), Vec::new(), 0.0, total))
    } else {
        root
    };
    Ok(Explanation { car: case.design.id.clone(), of: "climate".to_owned(), unit: "kg CO2e".to_owned(), root })
}

fn group<T: PartialEq>(items: impl Iterator<Item = T>) -> Vec<T> {
    let mut found = Vec::new();
    for item in items {
        if !found.contains(&item) {
            found.push(item);
        }
    }
    found
}

fn cut(nodes: Vec<Node>, least: f64) -> (Vec<Node>, f64) {
    let (kept, small): (Vec<Node>, Vec<Node>) = nodes.into_iter().partition(|n| n.value.abs() >= least);
    (kept, small.iter().map(|n| n.value).sum())
}

fn folder(label: String, mut children: Vec<Node>, below_cut: f64, total: f64) -> Node {
    children.sort_by(|a, b| b.value.abs().total_cmp(&a.value.abs()));
    let value = below_cut + children.iter().map(|c| c.value).sum::<f64>();
    let share = if total == 0.0 { 0.0 } else { value / total };
    Node { label, amount: None, unit: None, place: None, value, share, own: 0.0, below_cut, evidence: Vec::new(), children }
}

/// What the nodes of a tree are made from.
struct TreeOf<'t> {
    tables: &'t Tables,
    case: &'t CarCase<'t>,
    solved: &'t SolvedNetwork<'t>,
    /// The user's own database behind mapped products.
    walker: Option<Walker<'t>>,
    limits: ExplainLimits,
}

impl TreeOf<'_> {
    fn line_node(&self, index: usize, total: f64) -> Result<Node, AssessError> {
        let Self { tables, case, solved, limits, .. } = self;
        let line = &case.lines[index];
        let value = line.amount * solved.scores.values()[line.column.index()];
        let cut_share = if value == 0.0 { 1.0 } else { (limits.cut_share * total / value).abs().min(1.0) };
        let demand = Demand::of(line.column, line.amount);
        let tree = trace(&solved.placed.network, &solved.scores, &demand, TreeLimits { cut_share, max_depth: limits.depth, max_nodes: 4000 })?;
        let rows: Vec<RowId> = case.inventory.lines.get(index).map(|l| l.rows.clone()).unwrap_or_default();
        match tree.roots.clone().next() {
            Some(root) => self.tree_node(&tree, root, None, rows, total),
            None => Ok(folder(solved.placed.label(tables, line.column), Vec::new(), value, total)),
        }
    }

    fn tree_node(&self, tree: &minewheel_lca::Tree, at: usize, parent: Option<ColumnId>, rows: Vec<RowId>, total: f64) -> Result<Node, AssessError> {
        let (tables, solved) = (self.tables, self.solved);
        let node = &tree.nodes[at];
        let placed = solved.placed;
        let mut evidence_rows = match parent {
            Some(parent) => rows_between(tables, placed, parent, node.column),
            None => rows,
        };
        if let Column::Process(process, place) = placed.column(node.column)
            && node.direct.abs() > 0.0
        {
            // What it emits itself: the rows of its own flows.
            let lineage: Vec<_> = tables.places.lineage(place).collect();
            evidence_rows.extend(tables.cards.exchanges_at(process, &lineage).filter(|e| matches!(e.target, Target::Flow(_))).map(|e| e.amount.row));
        }
        evidence_rows.dedup();
        let (label, place) = name_of(tables, placed, node.column);
        let inner = node.children.clone().map(|c| self.tree_node(tree, c, Some(node.column), Vec::new(), total));
        let mut children = inner.collect::<Result<Vec<Node>, _>>()?;
        let evidence: Vec<Evidence> = evidence_rows.iter().filter_map(|r| evidence(tables, *r)).collect();
        // Delivered electricity is generated electricity and its losses: one line, not two.
        if matches!(placed.column(node.column), Column::Delivery(..))
            && children.len() == 1
            && let Some(mut only) = children.pop()
        {
            only.label = label;
            only.amount = Some(node.amount);
            only.evidence.extend(evidence);
            return Ok(only);
        }
        let mut own = node.direct;
        if let (Column::Background(_, number), Some(walker)) = (placed.column(node.column), &self.walker) {
            let (least, depth) = (self.limits.cut_share * total.abs(), self.limits.depth.saturating_sub(node.depth));
            if let Some(step) = walker.walk(number as usize, node.amount, least, depth)? {
                // What the product has is what its process has.
                own = 0.0;
                children.push(step_node(step, total));
            }
        }
        Ok(Node {
            label,
            amount: Some(node.amount),
            unit: Some(unit_of(tables, placed, node.column)),
            place: Some(place),
            value: node.impact,
            share: if total == 0.0 { 0.0 } else { node.impact / total },
            own,
            below_cut: node.below_cut,
            evidence,
            children,
        })
    }
}

/// A delivery within the user's own database.
fn step_node(step: Step, total: f64) -> Node {
    Node {
        label: step.label,
        amount: Some(step.amount),
        unit: Some(step.unit),
        place: Some(step.place),
        value: step.impact,
        share: if total == 0.0 { 0.0 } else { step.impact / total },
        own: step.direct,
        below_cut: step.below_cut,
        evidence: Vec::new(),
        children: step.inputs.into_iter().map(|input| step_node(input, total)).collect(),
    }
}

/// What a column delivers, and where: a place code, or `market`.
fn name_of(tables: &Tables, placed: &PlacedNetwork, column: ColumnId) -> (String, String) {
    let code = |p: PlaceId| tables.places.code(p).to_owned();
    let product = |p: ProductId| tables.cards.product(p).name.clone();
    match placed.column(column) {
        Column::Process(process, p) => (tables.cards.process(process).name.clone(), code(p)),
        Column::Supply(id, p) => (format!("{}, all routes", product(id)), code(p)),
        Column::Market(id) => (product(id), "market".to_owned()),
        Column::Background(id, _) => (product(id), "background".to_owned()),
        Column::HomeMarket(id, p) => (format!("{}, home and market", product(id)), code(p)),
        Column::Delivery(p, VoltageLevel::High) => ("Electricity at a plant".to_owned(), code(p)),
        Column::Delivery(p, VoltageLevel::Low) => ("Electricity at a socket".to_owned(), code(p)),
        Column::Generation(p) => ("Electricity generated".to_owned(), code(p)),
        Column::PathwayDelivery(p) => ("Electricity at a socket, over the car's life".to_owned(), code(p)),
        Column::Released(flow, p) => (tables.methods.flow(flow).name.clone(), code(p)),
    }
}

/// The energy of a car: what it uses, and the rows behind its design.
pub fn explain_energy(tables: &Tables, case: &CarCase<'_>) -> Explanation {
    let energy = &case.inventory.energy;
    let km = case.inventory.lifetime_km;
    let leaf = |label: &str, value: f64, total: f64| Node { ..folder(label.to_owned(), Vec::new(), value, total) };
    let electricity = energy.wall_wh_per_km.map_or(0.0, |w| minewheel_data::units::Energy::from_wh(w * km * energy.electric_share).kwh());
    let fuel = energy.mean_fuel_mj_per_km().map_or(0.0, |f| minewheel_data::units::Energy::from_mj(f * km).kwh());
    let total = electricity + fuel;
    let mut children = Vec::new();
    if electricity > 0.0 {
        let at_battery = energy.battery_wh_per_km.unwrap_or(0.0) / energy.wall_wh_per_km.unwrap_or(1.0) * electricity;
        let parts = vec![leaf("from the battery", at_battery, total), leaf("lost in charging", electricity - at_battery, total)];
        children.push(folder("electricity at the wall".to_owned(), parts, 0.0, total));
    }
    if fuel > 0.0 {
        children.push(leaf("fuel (lower heating value)", fuel, total));
    }
    let mut root = folder(format!("energy over {km:.0} km of {}", energy.cycle), children, 0.0, total);
    root.evidence = energy.rows.iter().filter_map(|r| evidence(tables, *r)).collect();
    Explanation { car: case.design.id.clone(), of: "energy".to_owned(), unit: "kWh".to_owned(), root }
}

/// The parts of the car that hold a material, each with what it is bought as; they add up to what the car holds.
fn parts_with(tables: &Tables, case: &CarCase<'_>, material: &str, total: f64) -> Vec<Node> {
    let bill = bill(&case.inventory.sized, &tables.vehicles, &Draw::BEST);
    let mut parts: BTreeMap<&str, Vec<Node>> = BTreeMap::new();
    let named = |product: &str| tables.cards.product_id(product).map_or_else(|| product.to_owned(), |id| tables.cards.product(id).name.clone());
    for held in element_in_lines(&bill, &tables.vehicles, material) {
        let kg = held.mass.kg();
        let mut node = Node { value: kg, share: kg / total, ..folder(named(&held.line.product), Vec::new(), 0.0, total) };
        node.evidence = std::iter::once(&held.row).chain(&held.line.rows).filter_map(|r| evidence(tables, *r)).collect();
        parts.entry(&held.line.part).or_default().push(node);
    }
    let mut nodes: Vec<Node> = parts.into_iter().map(|(part, products)| folder(part.to_owned(), products, 0.0, total)).collect();
    let in_pack: f64 =
        case.inventory.pack.iter().flat_map(|p| &p.contents).filter(|(c, _)| material_of(**c) == material).map(|(_, mass)| mass.kg()).sum();
    if in_pack > 0.0 {
        let mut node = Node { value: in_pack, share: in_pack / total, ..folder("traction battery".to_owned(), Vec::new(), 0.0, total) };
        let rows: BTreeSet<RowId> = case.inventory.pack.iter().flat_map(|p| &p.lines).flat_map(|l| &l.rows).copied().collect();
        node.evidence = rows.into_iter().filter_map(|r| evidence(tables, r)).collect();
        nodes.push(node);
    }
    nodes
}

/// The cost of a car by block.
pub fn explain_cost(tables: &Tables, blocks: &[crate::cost::CostBlock], case: &CarCase<'_>) -> Explanation {
    let total: f64 = blocks.iter().map(|b| b.usd).sum();
    let children = blocks
        .iter()
        .map(|b| {
            let mut node = folder(b.block.to_owned(), Vec::new(), b.usd, total);
            node.evidence = b.rows.iter().filter_map(|r| evidence(tables, *r)).collect();
            node
        })
        .collect();
    Explanation {
        car: case.design.id.clone(),
        of: "cost".to_owned(),
        unit: "USD".to_owned(),
        root: folder("making, selling, using".to_owned(), children, 0.0, total),
    }
}

/// A material of a car by part, and where it comes from.
pub fn explain_material(tables: &Tables, case: &CarCase<'_>, material: &str, year: i32) -> Option<Explanation> {
    let total = *case.inventory.materials.get(material)?;
    let mut tiers = Vec::new();
    for tier in tables.supply.chain(material) {
        let Some((found, shares)) = tables.supply.shares(tier, year) else { continue };
        let mut children: Vec<Node> = shares
            .iter()
            .map(|s| {
                let mut node = folder(tables.places.name(s.place).to_owned(), Vec::new(), total * s.share, total);
                node.place = Some(tables.places.code(s.place).to_owned());
                node.evidence = evidence(tables, s.row).into_iter().collect();
                node
            })
            .collect();
        children.sort_by(|a, b| b.value.total_cmp(&a.value));
        tiers.push(folder(format!("{} {}, {found}", tier.commodity, tier.name), children, 0.0, total));
    }
    let mut root = folder(format!("{material} in the car"), Vec::new(), total, total);
    // The parts hold the whole, and so does each tier, for they follow each other: children do not add up to the root.
    root.below_cut = 0.0;
    root.children =
        std::iter::once(folder("in the parts of the car".to_owned(), parts_with(tables, case, material, total), 0.0, total)).chain(tiers).collect();
    Some(Explanation { car: case.design.id.clone(), of: material.to_owned(), unit: "kg".to_owned(), root })
}
