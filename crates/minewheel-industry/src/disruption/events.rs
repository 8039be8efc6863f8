//! What happens in a run: shocks and strategic stocks, on the nodes and pools of a system.

use super::study::{Rationing, ShockKind};

/// A shock on nodes of a system.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeShock {
    /// What it does.
    pub kind: ShockKind,
    /// The nodes it hits.
    pub nodes: Vec<usize>,
    /// What is left.
    pub remaining: f64,
    /// Its days.
    pub days: std::ops::Range<usize>,
}

/// A strategic stock of a pool.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PoolStock {
    /// The pool.
    pub pool: usize,
    /// Days of use.
    pub days: f64,
    /// First day on which it may be drawn on.
    pub from_day: usize,
}

/// What happens in a run beside its parameters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Events {
    /// Days simulated.
    pub days: usize,
    /// How suppliers ration.
    pub rationing: Rationing,
    /// Shocks.
    pub shocks: Vec<NodeShock>,
    /// Strategic stocks.
    pub stocks: Vec<PoolStock>,
}
