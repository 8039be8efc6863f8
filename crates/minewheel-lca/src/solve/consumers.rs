//! The loops of a network that use more of their own products than they make, by their columns.
//!
//! For inputs of which none is a credit, a component can deliver if and only if `(I − Z)ᵀ x = 1` has a non-negative solution (A. Berman and
//! R. Plemmons, *Nonnegative Matrices in the Mathematical Sciences*, theorem 6.2.3). In a component that cannot, the columns that feed each other
//! strongly and cannot deliver by themselves are named; where there are none, all of it is. Components with credits are passed over: running a
//! process backwards is what a credit may ask for.

use super::ladder::can_deliver;
use super::sweep::System;
use super::tight::TightLoops;
use super::{ColumnList, SolveError};
use crate::network::Network;

/// The loops that cannot deliver; a column that uses up its own product is one by itself.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (fine, plant, metal) = (builder.add_column(0), builder.add_column(1), builder.add_column(2));
/// builder.add_input(plant, metal, Coefficient::exact(2.0)).add_input(metal, plant, Coefficient::exact(0.6));
/// let network = builder.build()?.with_net_consumers(NetConsumers::Solved);
/// let mut named = net_consumers(&network)?.remove(0).0;
/// named.sort();
/// assert_eq!(named, [plant, metal]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SolveError`] for a network that cannot be solved, or that refuses such loops.
pub fn net_consumers(network: &Network) -> Result<Vec<ColumnList>, SolveError> {
    let mut own_supply = Vec::new();
    let system = System::new(network, network.input_bases(), &mut own_supply)?;
    let mut found = Vec::new();
    for block in network.blocks() {
        let own: Vec<_> = block.clone().filter(|place| system.own_supply(*place) < 0.0).collect();
        if !own.is_empty() {
            found.extend(own.into_iter().map(|place| system.columns(place..place + 1)));
            continue;
        }
        if block.len() == 1 || can_deliver(&system, &block)? {
            continue;
        }
        let n = network.column_count();
        let (mut ones, mut sizes) = (vec![[0.0]; n], vec![[0.0]; n]);
        ones[block.clone()].fill([1.0]);
        let sizes = system.sized(&block, &ones, &mut sizes);
        let tight = TightLoops::find(&system, &block, &sizes).map_or_else(Vec::new, |loops| loops.that_cannot_deliver(&system));
        if tight.is_empty() {
            found.push(system.columns(block));
        } else {
            found.extend(tight.into_iter().map(|places| ColumnList(places.into_iter().map(|place| network.column_at(place)).collect())));
        }
    }
    Ok(found)
}
