//! A system laid out for its days: nodes of a product side by side, orders of a pool one row over them.
//!
//! ```text
//! nodes    … | product p: home country first to last | …
//! row      pool of product p in country c: weight over all nodes of p; those of country c lie together
//! inputs   node by node: pool, amount
//! ```
//!
//! All members of an ensemble share one layout: nothing in it depends on parameters or on the day. Sums over links become sums over
//! rows without a look-up. A pool without a link to some node of its product has weight nought there and never orders from it.

use std::ops::Range;

use super::system::System;

/// Rounds of summing climate along the tiers; a round carries it one tier down, and chains are a dozen deep.
const ROUNDS: usize = 60;

/// The row of a pool over the nodes of its product.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// The pool.
    pub pool: usize,
    /// Its links in [`Layout::weight`], as many as the product has nodes.
    pub links: Range<usize>,
    /// Those within its country, counted from the first of the row.
    pub home: Range<usize>,
    /// Flow before the shock from its own country and from others, a day.
    pub base: [f64; 2],
    /// Weight of its own country and of others.
    pub share: [f64; 2],
}

/// The nodes of a product and the rows of its pools.
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// The product.
    pub product: usize,
    /// Its nodes, in the order of the layout.
    pub nodes: Range<usize>,
    /// Its pools.
    pub rows: Range<usize>,
}

/// A system as flat arrays.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout<'s> {
    /// The system.
    pub system: &'s System,
    /// For a node of the layout, its number in the system.
    pub node: Vec<usize>,
    /// For a node of the system, its number in the layout.
    pub position: Vec<usize>,
    /// By product.
    pub blocks: Vec<Block>,
    /// By product and pool.
    pub rows: Vec<Row>,
    /// Share of an order that goes over a link first.
    pub weight: Vec<f64>,
    /// Flow over a link before the shock, a day.
    pub base: Vec<f64>,
    /// Whether there is such a link.
    pub is_link: Vec<bool>,
    /// First input of every node, and the end of the last.
    pub first_input: Vec<usize>,
    /// Pool of an input.
    pub input_pool: Vec<u32>,
    /// Amount of an input for a unit made.
    pub input_amount: Vec<f64>,
    /// Climate of a unit of every product with all that went into it, at base flows.
    pub cradle_to_gate: Vec<f64>,
}

impl<'s> Layout<'s> {
    /// Lays out a system.
    pub fn new(system: &'s System) -> Self {
        let mut node: Vec<usize> = (0..system.nodes.len()).collect();
        node.sort_by_key(|n| (system.nodes[*n].product, system.nodes[*n].country));
        let mut position = vec![0; node.len()];
        for (at, number) in node.iter().enumerate() {
            position[*number] = at;
        }
        let mut pools: Vec<usize> = (0..system.pools.len()).collect();
        pools.sort_by_key(|p| system.pools[*p].product);
        let mut layout = Self {
            system,
            node,
            position,
            blocks: Vec::new(),
            rows: Vec::new(),
            weight: Vec::new(),
            base: Vec::new(),
            is_link: Vec::new(),
            first_input: vec![0],
            input_pool: Vec::new(),
            input_amount: Vec::new(),
            cradle_to_gate: cradle_to_gate(system),
        };
        let mut pools = pools.into_iter().peekable();
        for product in 0..system.products.len() {
            let of = |n: &usize| system.nodes[*n].product;
            let nodes = layout.node.partition_point(|n| of(n) < product)..layout.node.partition_point(|n| of(n) <= product);
            let first = layout.rows.len();
            while let Some(pool) = pools.next_if(|p| system.pools[*p].product == product) {
                layout.row(pool, nodes.clone());
            }
            layout.blocks.push(Block { product, nodes, rows: first..layout.rows.len() });
        }
        for number in &layout.node {
            for (pool, amount) in &system.nodes[*number].inputs {
                layout.input_pool.push(*pool as u32);
                layout.input_amount.push(*amount);
            }
            layout.first_input.push(layout.input_pool.len());
        }
        layout
    }

    fn row(&mut self, pool: usize, nodes: Range<usize>) {
        let (system, start) = (self.system, self.weight.len());
        let links = start..start + nodes.len();
        self.weight.resize(links.end, 0.0);
        self.base.resize(links.end, 0.0);
        self.is_link.resize(links.end, false);
        let country = |n: &usize| system.nodes[*n].country;
        let of_product = &self.node[nodes.clone()];
        let home = of_product.partition_point(|n| country(n) < system.pools[pool].country)
            ..of_product.partition_point(|n| country(n) <= system.pools[pool].country);
        let mut row = Row { pool, links, home, base: [0.0; 2], share: [0.0; 2] };
        for link in &system.links[system.pools[pool].links.clone()] {
            let place = self.position[link.node] - nodes.start;
            let kind = usize::from(!row.home.contains(&place));
            self.weight[start + place] = link.weight;
            self.base[start + place] = link.base;
            self.is_link[start + place] = true;
            row.base[kind] += link.base;
            row.share[kind] += link.weight;
        }
        self.rows.push(row);
    }

    /// The inputs of a node of the layout.
    pub fn inputs(&self, node: usize) -> impl Iterator<Item = (usize, f64)> {
        let range = self.first_input[node]..self.first_input[node + 1];
        self.input_pool[range.clone()].iter().zip(&self.input_amount[range]).map(|(pool, amount)| (*pool as usize, *amount))
    }
}

fn cradle_to_gate(system: &System) -> Vec<f64> {
    let mut total = vec![0.0; system.products.len()];
    for node in &system.nodes {
        total[node.product] += node.base;
    }
    let mut per_unit = vec![0.0; system.products.len()];
    for _ in 0..ROUNDS {
        let mut next = vec![0.0; system.products.len()];
        for node in system.nodes.iter().filter(|n| n.base > 0.0) {
            let bought: f64 = node.inputs.iter().map(|(pool, amount)| amount * per_unit[system.pools[*pool].product]).sum();
            next[node.product] += node.base / total[node.product] * (node.kg_co2e + bought);
        }
        per_unit = next;
    }
    per_unit
}
