//! A walk from a mapped product into the user's own database.

use minewheel_lca::{Assembly, ColumnId, Demand, Scores, Tree, TreeLimits, adjoint, direct_scores, trace};

use super::linked::Linked;
use super::{BackgroundError, BackgroundProduct};

/// The database behind mapped products, solved for climate.
pub(crate) struct Walker<'b> {
    linked: &'b Linked,
    products: &'b [BackgroundProduct],
    assembly: Assembly,
    scores: Scores,
}

/// One delivery within the database, with impacts in our unit.
pub(crate) struct Step {
    /// Name of the process.
    pub label: String,
    /// Its place.
    pub place: String,
    /// How much of its product.
    pub amount: f64,
    /// Unit of the amount.
    pub unit: String,
    /// Impact, supply included.
    pub impact: f64,
    /// Impact of its own flows.
    pub direct: f64,
    /// Impact of inputs that are not listed.
    pub below_cut: f64,
    /// Its inputs, the largest first.
    pub inputs: Vec<Self>,
}

impl<'b> Walker<'b> {
    pub(super) fn new(linked: &'b Linked, products: &'b [BackgroundProduct]) -> Result<Self, BackgroundError> {
        let matrices = &linked.system.matrices;
        let mut assembly = super::assembled(matrices)?;
        let none = Vec::new();
        let method = matrices.methods.iter().find(|m| m.name == linked.climate);
        let direct = method.map_or(none, |method| {
            let category = assembly.category(method);
            direct_scores(&assembly.network, &category)
        });
        let scores = adjoint(&assembly.network, &direct)?;
        Ok(Self { linked, products, assembly, scores })
    }

    /// What stands behind some of a mapped product, down to `least` of impact and `depth` levels; `None` for no such product.
    pub fn walk(&self, number: usize, amount: f64, least: f64, depth: usize) -> Result<Option<Step>, BackgroundError> {
        let (Some(mapped), Some(activity)) = (self.products.get(number), self.linked.products.get(number)) else { return Ok(None) };
        let id = self.linked.system.id_of(*activity).unwrap_or_default();
        let demand: Demand = self.assembly.demand(&[(id, amount * mapped.factor)])?;
        let total = (self.scores.total(&demand)? * self.linked.climate_factor).abs();
        let cut_share = if total == 0.0 { 1.0 } else { (least / total).min(1.0) };
        let tree = trace(&self.assembly.network, &self.scores, &demand, TreeLimits { cut_share, max_depth: depth, max_nodes: 4000 })?;
        Ok(tree.roots.clone().next().map(|root| self.step(&tree, root)))
    }

    fn step(&self, tree: &Tree, at: usize) -> Step {
        let node = &tree.nodes[at];
        let label = self.label(node.column);
        let of = |index: fn(&super::linked::ActivityLabel) -> &String| label.map_or_else(String::new, |l| index(l).clone());
        let factor = self.linked.climate_factor;
        Step {
            label: of(|l| &l.name),
            place: of(|l| &l.place),
            amount: node.amount,
            unit: of(|l| &l.unit),
            impact: node.impact * factor,
            direct: node.direct * factor,
            below_cut: node.below_cut * factor,
            inputs: node.children.clone().map(|child| self.step(tree, child)).collect(),
        }
    }

    fn label(&self, column: ColumnId) -> Option<&super::linked::ActivityLabel> {
        let place = usize::try_from(self.assembly.activity(column)? - 1).ok()?;
        self.linked.labels.get(place)
    }
}
