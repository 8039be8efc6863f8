//! Impact categories and the methods that gather them.

use serde::{Deserialize, Serialize};

use super::index::{CategoryIndex, FlowIndex, LocationIndex, PropertyIndex, UnitIndex};
use super::parameters::Parameter;
use super::process::Direction;
use super::uncertainty::Uncertainty;

/// An impact category.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImpactCategory {
    /// Id.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// Unit of its result.
    pub unit: Option<Box<str>>,
    /// What is said about it.
    pub description: Option<Box<str>>,
    /// The direction of exchanges for which its factors are stated, unless they say it themselves; that of each flow without one.
    pub direction: Option<Direction>,
    /// Characterisation factors.
    pub factors: Vec<ImpactFactor>,
    /// Parameters of its formulas.
    pub parameters: Vec<Parameter>,
}

/// The impact of one unit of a flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImpactFactor {
    /// The flow.
    pub flow: FlowIndex,
    /// The unit of the flow.
    pub unit: UnitIndex,
    /// The property of the flow.
    pub property: PropertyIndex,
    /// Impact per unit.
    pub value: f64,
    /// How the impact follows from parameters; it takes the place of the value.
    pub formula: Option<Box<str>>,
    /// How it is spread.
    pub uncertainty: Uncertainty,
    /// The place for which it holds; everywhere without one.
    pub location: Option<LocationIndex>,
    /// The direction of the exchange for which it is stated; an exchange the other way counts with the other sign.
    pub direction: Option<Direction>,
}

/// A set of impact categories.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImpactMethod {
    /// Id.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// What is said about it.
    pub description: Option<Box<str>>,
    /// Its categories.
    pub categories: Vec<CategoryIndex>,
}
