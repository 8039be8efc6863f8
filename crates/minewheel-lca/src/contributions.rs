//! Where the impact of a demand arises, and through which inputs it flows.
//!
//! ```text
//! column  c_j · x_j              sums to the total
//! flow    q_k · Σ_j b_kj · x_j   sums to the total
//! supply  x_j · y_j              impact of all that column j makes, supply included
//! input   x_j · z_ij · y_i       impact of what supplier i delivers to column j
//! ```
//!
//! Symbols as in `solve`. Source: R. Heijungs and S. Suh, *The Computational Structure of Life Cycle Assessment*
//! (2002), chapter 8. Inputs of one tier contain those of the next, so through-flows do not sum to the total.

use crate::characterise::CategoryFactors;
use crate::ids::{ColumnId, FlowId};
use crate::network::Network;
use crate::solve::{Activity, Scores};

/// The direct impact of each column for the demand, by column id; the sum is the total.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (ore, metal) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(metal, ore, Coefficient::exact(3.0));
/// let activity = forward(&builder.build()?, &Demand::of(metal, 1.0))?;
/// assert_eq!(column_contributions(&[0.5, 4.0], &activity), [1.5, 4.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn column_contributions(direct: &[f64], activity: &Activity) -> Vec<f64> {
    direct.iter().zip(activity.values()).map(|(c, x)| c * x).collect()
}

/// The impact of what each column makes for the demand, supply included, by column id.
///
/// A column that supplies another one is counted in both, so these do not sum to the total.
pub fn supply_contributions(scores: &Scores, activity: &Activity) -> Vec<f64> {
    scores.values().iter().zip(activity.values()).map(|(y, x)| y * x).collect()
}

/// What an elementary flow adds to a total.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FlowContribution {
    /// The flow.
    pub flow: FlowId,
    /// Units of it for the demand.
    pub amount: f64,
    /// Impact of them.
    pub impact: f64,
}

/// What each elementary flow adds to the total, in the order of the flows; the impacts sum to the total.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (ore, metal) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(metal, ore, Coefficient::exact(3.0));
/// builder.add_flow(ore, FlowId(0), Coefficient::exact(0.5)).add_flow(metal, FlowId(0), Coefficient::exact(4.0));
/// let network = builder.build()?;
/// let flows = flow_contributions(&network, &CategoryFactors::new(vec![2.0]), &forward(&network, &Demand::of(metal, 1.0))?);
/// assert_eq!(flows, [FlowContribution { flow: FlowId(0), amount: 5.5, impact: 11.0 }]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn flow_contributions(network: &Network, category: &CategoryFactors, activity: &Activity) -> Vec<FlowContribution> {
    let mut amounts: Vec<f64> = Vec::new();
    for column in network.evaluation_order() {
        let made = activity.get(*column).unwrap_or(0.0);
        for flow in network.flows(*column).filter(|_| made != 0.0) {
            if flow.flow.index() >= amounts.len() {
                amounts.resize(flow.flow.index() + 1, 0.0);
            }
            amounts[flow.flow.index()] += made * flow.amount;
        }
    }
    let contribution = |(number, amount): (usize, f64)| {
        let flow = FlowId(number as u32);
        FlowContribution { flow, amount, impact: amount * category.value(flow) }
    };
    amounts.into_iter().enumerate().map(contribution).filter(|c| c.amount != 0.0).collect()
}

/// What flows through one input for a demand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InputFlow {
    /// The column that takes the input.
    pub consumer: ColumnId,
    /// The column that delivers it.
    pub supplier: ColumnId,
    /// Units delivered for the demand.
    pub amount: f64,
    /// Impact of them, supply included.
    pub impact: f64,
}

/// The flow through each input with any activity, consumers in evaluation order, inputs as entered.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (ore, metal) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(metal, ore, Coefficient::exact(3.0));
/// let network = builder.build()?;
/// let scores = adjoint(&network, &[0.5, 4.0])?;
/// let flows = input_flows(&network, &scores, &forward(&network, &Demand::of(metal, 2.0))?);
/// assert_eq!(flows, [InputFlow { consumer: metal, supplier: ore, amount: 6.0, impact: 3.0 }]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn input_flows(network: &Network, scores: &Scores, activity: &Activity) -> Vec<InputFlow> {
    let mut flows = Vec::new();
    for consumer in network.evaluation_order() {
        let made = activity.get(*consumer).unwrap_or(0.0);
        if made == 0.0 {
            continue;
        }
        flows.extend(network.inputs(*consumer).map(|input| {
            let amount = made * input.amount;
            let impact = amount * scores.get(input.supplier).unwrap_or(0.0);
            InputFlow { consumer: *consumer, supplier: input.supplier, amount, impact }
        }));
    }
    flows
}
