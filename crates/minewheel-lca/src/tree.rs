//! The supply tree of a demand: who delivers what to whom, down to a cut.
//!
//! ```text
//! impact(node) = amount·y_j = amount·c_j + Σ_children impact + below cut
//! ```
//!
//! Symbols as in `solve`; `c_j = y_j − Σ_i z_ij·y_i`. A column may occur many times, under itself too: a loop is
//! walked round until its share falls below the cut. Inputs of one column from the same supplier are one child.
//!
//! Source: structural path analysis after J. Defourny and E. Thorbecke, The Economic Journal 94 (1984), with amounts
//! as deliveries and impacts with all supply behind them.

use std::ops::Range;

use crate::demand::Demand;
use crate::ids::ColumnId;
use crate::network::Network;
use crate::solve::{Scores, SolveError, check_demand};

/// Where a tree stops.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TreeLimits {
    /// Children with a smaller magnitude than this share of the total are summed up as "below cut".
    pub cut_share: f64,
    /// Levels below the demand's own lines.
    pub max_depth: usize,
    /// Nodes after which no further node is opened.
    pub max_nodes: usize,
}

impl Default for TreeLimits {
    fn default() -> Self {
        Self { cut_share: 0.01, max_depth: 20, max_nodes: 10_000 }
    }
}

/// One delivery.
#[derive(Clone, Debug, PartialEq)]
pub struct TreeNode {
    /// The delivering column.
    pub column: ColumnId,
    /// Reference units delivered here.
    pub amount: f64,
    /// Impact of the delivery, supply included.
    pub impact: f64,
    /// `impact` over the total of the demand; 0 if the total is 0.
    pub share: f64,
    /// Impact of the column's own flows for this delivery.
    pub direct: f64,
    /// Impact of its inputs that are not listed.
    pub below_cut: f64,
    /// Levels below the demand's lines.
    pub depth: usize,
    /// Its listed inputs, as places in [`Tree::nodes`], the largest first.
    pub children: Range<usize>,
}

/// A supply tree; the nodes of one parent stand together.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// All nodes, level by level.
    pub nodes: Vec<TreeNode>,
    /// The demand's own lines, as places in `nodes`, the largest first.
    pub roots: Range<usize>,
    /// Impact of the demand.
    pub total: f64,
    /// Impact of the demand's lines that are not listed.
    pub below_cut: f64,
}

/// The supply tree of a demand.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (ore, metal) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(metal, ore, Coefficient::exact(3.0));
/// let network = builder.build()?;
/// let scores = adjoint(&network, &[0.5, 4.0])?;
/// let tree = trace(&network, &scores, &Demand::of(metal, 2.0), TreeLimits::default())?;
/// let metal = &tree.nodes[tree.roots.start];
/// assert_eq!((metal.impact, metal.direct), (11.0, 8.0));
/// assert_eq!(tree.nodes[metal.children.start].impact, 3.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SolveError::UnknownColumn`] or [`SolveError::DemandNotFinite`] for a line that cannot be served.
pub fn trace(network: &Network, scores: &Scores, demand: &Demand, limits: TreeLimits) -> Result<Tree, SolveError> {
    check_demand(demand, network.column_count())?;
    let total = scores.total(demand)?;
    let mut walk = Walk { scores, limits, total, nodes: Vec::new() };
    let lines = demand.lines().iter().map(|line| (line.column, line.amount)).collect();
    let (roots, below_cut) = walk.list(lines, 0);
    let mut place = 0;
    while place < walk.nodes.len() {
        walk.open(network, place);
        place += 1;
    }
    Ok(Tree { nodes: walk.nodes, roots, total, below_cut })
}

struct Walk<'a> {
    scores: &'a Scores,
    limits: TreeLimits,
    total: f64,
    nodes: Vec<TreeNode>,
}

impl Walk<'_> {
    /// Lists the inputs of a node.
    fn open(&mut self, network: &Network, place: usize) {
        let TreeNode { column, amount, impact, depth, .. } = self.nodes[place];
        let inputs: Vec<_> = network.inputs(column).map(|input| (input.supplier, amount * input.amount)).collect();
        let supply: f64 = inputs.iter().map(|(supplier, amount)| self.impact(*supplier, *amount)).sum();
        let (children, below_cut) = if depth < self.limits.max_depth { self.list(inputs, depth + 1) } else { (0..0, supply) };
        let node = &mut self.nodes[place];
        node.direct = impact - supply;
        node.children = children;
        node.below_cut = below_cut;
    }

    /// Appends the deliveries above the cut; says where they are and what the rest adds up to.
    fn list(&mut self, mut deliveries: Vec<(ColumnId, f64)>, depth: usize) -> (Range<usize>, f64) {
        deliveries.sort_by_key(|(column, _)| *column);
        deliveries.dedup_by(|later, first| {
            let same = later.0 == first.0;
            if same {
                first.1 += later.1;
            }
            same
        });
        let mut listed: Vec<_> = deliveries.into_iter().map(|(column, amount)| (column, amount, self.impact(column, amount))).collect();
        listed.sort_by(|a, b| b.2.abs().total_cmp(&a.2.abs()).then(a.0.cmp(&b.0)));
        let cut = self.limits.cut_share * self.total.abs();
        let above = listed.partition_point(|(_, _, impact)| impact.abs() >= cut && *impact != 0.0);
        let kept = above.min(self.limits.max_nodes.saturating_sub(self.nodes.len()));
        let below_cut = listed[kept..].iter().map(|(_, _, impact)| impact).sum();
        let first = self.nodes.len();
        for (column, amount, impact) in listed.into_iter().take(kept) {
            let share = if self.total == 0.0 { 0.0 } else { impact / self.total };
            self.nodes.push(TreeNode { column, amount, impact, share, direct: 0.0, below_cut: 0.0, depth, children: 0..0 });
        }
        (first..self.nodes.len(), below_cut)
    }

    fn impact(&self, column: ColumnId, amount: f64) -> f64 {
        amount * self.scores.get(column).unwrap_or(0.0)
    }
}
