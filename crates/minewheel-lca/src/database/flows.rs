//! Flows and what they are measured in.

use serde::{Deserialize, Serialize};

use super::index::{LocationIndex, PropertyIndex, UnitGroupIndex};

/// A unit of measure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unit {
    /// Id.
    pub id: Box<str>,
    /// Name, such as `kWh`.
    pub name: Box<str>,
    /// How many reference units of its group it is.
    pub factor: f64,
    /// Other names.
    pub synonyms: Vec<Box<str>>,
}

/// Units that convert into each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnitGroup {
    /// Id.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// Its units.
    pub units: Vec<Unit>,
    /// The place of the reference unit.
    pub reference: u16,
}

/// A quantity in which flows are measured, such as mass.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FlowProperty {
    /// Id.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// Its units.
    pub unit_group: UnitGroupIndex,
    /// Whether it is money and so serves economic allocation.
    pub is_economic: bool,
}

/// A place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Location {
    /// Id.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// Code, such as `CN`.
    pub code: Option<Box<str>>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
}

/// What a flow is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FlowKind {
    /// Exchanged with nature.
    Elementary,
    /// Made by one process and used by others.
    Product,
    /// Made by processes and treated by others.
    Waste,
}

/// How much of a property one reference unit of a flow has.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PropertyFactor {
    /// The property.
    pub property: PropertyIndex,
    /// Amount in the property's reference unit for one reference unit of the flow.
    pub factor: f64,
}

/// A product, a waste or an elementary flow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Flow {
    /// Id.
    pub id: Box<str>,
    /// Name.
    pub name: Box<str>,
    /// What it is.
    pub kind: FlowKind,
    /// Path of its category, parts parted by `/`.
    pub category: Option<Box<str>>,
    /// What is said about it.
    pub description: Option<Box<str>>,
    /// CAS number.
    pub cas: Option<Box<str>>,
    /// Chemical formula.
    pub chemical_formula: Option<Box<str>>,
    /// Other names.
    pub synonyms: Option<Box<str>>,
    /// Its place.
    pub location: Option<LocationIndex>,
    /// What it is measured in; never empty.
    pub properties: Vec<PropertyFactor>,
    /// The place of the reference property.
    pub reference: u16,
}

impl Flow {
    /// The property in whose reference unit its amounts stand in the matrices.
    pub fn reference_property(&self) -> PropertyIndex {
        self.properties[usize::from(self.reference)].property
    }
}
