//! Processes and their exchanges.

use serde::{Deserialize, Serialize};

use super::index::{FlowIndex, LocationIndex, ProcessIndex, PropertyIndex, UnitIndex};
use super::parameters::Parameter;
use super::uncertainty::Uncertainty;

/// How a process came about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ProcessKind {
    /// A step of its own.
    #[default]
    Unit,
    /// The result of a whole chain.
    Result,
}

/// Whether something enters or leaves a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Direction {
    /// It enters.
    Input,
    /// It leaves.
    Output,
}

impl Direction {
    /// The other one.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::Input => Self::Output,
            Self::Output => Self::Input,
        }
    }
}

/// A process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Process {
    /// Id.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// Path of its category, parts parted by `/`.
    pub category: Option<Box<str>>,
    /// What is said about it.
    pub description: Option<Box<str>>,
    /// How it came about.
    pub kind: ProcessKind,
    /// Its place.
    pub location: Option<LocationIndex>,
    /// What enters and leaves.
    pub exchanges: Vec<Exchange>,
    /// The place of the exchange that the process is named after.
    pub reference: Option<u32>,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// How its burdens are shared among its products unless asked otherwise.
    pub default_allocation: Option<AllocationKind>,
    /// Shares of its products.
    pub allocation_factors: Vec<AllocationFactor>,
    /// The system of the pedigrees of its exchanges, where it is another than that of ecoinvent.
    pub quality_system: Option<QualitySystem>,
}

/// A system by which the quality of data is scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualitySystem {
    /// Id.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
}

/// Something that enters or leaves a process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// Number within the process, unique there.
    pub internal_id: u32,
    /// What.
    pub flow: FlowIndex,
    /// Whether it enters or leaves.
    pub direction: Direction,
    /// How much.
    pub amount: f64,
    /// How the amount follows from parameters; it takes the place of the amount.
    pub formula: Option<Box<str>>,
    /// In which unit.
    pub unit: UnitIndex,
    /// In which property.
    pub property: PropertyIndex,
    /// How the amount is spread.
    pub uncertainty: Uncertainty,
    /// Who supplies or treats it, if its author said so.
    pub provider: Option<ProcessIndex>,
    /// Whether it is a product or waste that the process spares others.
    pub is_avoided: bool,
    /// Where, if elsewhere than the process.
    pub location: Option<LocationIndex>,
    /// What is said about it.
    pub description: Option<Box<str>>,
    /// Pedigree, such as `(1;3;2;5;1)`; it spreads an amount that states no distribution.
    pub quality: Option<Box<str>>,
    /// Base uncertainty that belongs to the pedigree.
    pub base_uncertainty: Option<f64>,
}

/// What shares of co-products rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AllocationKind {
    /// A physical quantity.
    Physical,
    /// Value.
    Economic,
    /// Cause, exchange by exchange.
    Causal,
}

/// The share of one product.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AllocationFactor {
    /// What it rests on.
    pub kind: AllocationKind,
    /// The product.
    pub product: FlowIndex,
    /// The exchange, by its number within the process, for causal shares.
    pub exchange: Option<u32>,
    /// The share.
    pub value: f64,
    /// How the share follows from parameters; it takes the place of the value.
    pub formula: Option<Box<str>>,
}
