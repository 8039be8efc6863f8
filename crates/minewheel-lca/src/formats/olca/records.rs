//! The data sets as they stand in the files: names of version 2, those of version 1 as aliases.

use serde::{Deserialize, Serialize};

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Ref {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id")]
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Ref {
    pub fn to(kind: &str, id: &str, name: &str) -> Self {
        Self { kind: kind.to_owned(), id: id.to_owned(), name: Some(name.to_owned()) }
    }
}

/// A path in version 2, a data set in version 1.
#[derive(Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum CategoryOf {
    Path(String),
    Ref(Ref),
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Category {
    #[serde(rename = "@id")]
    pub id: String,
    pub name: String,
    pub category: Option<Ref>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Unit {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: String,
    pub conversion_factor: f64,
    #[serde(alias = "referenceUnit")]
    pub is_ref_unit: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synonyms: Option<Vec<String>>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct UnitGroup {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: String,
    pub units: Vec<Unit>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FlowProperty {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: String,
    pub flow_property_type: Option<String>,
    pub unit_group: Option<Ref>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Location {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FlowPropertyFactor {
    pub conversion_factor: Option<f64>,
    #[serde(alias = "referenceFlowProperty")]
    pub is_ref_flow_property: bool,
    pub flow_property: Ref,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Flow {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryOf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub flow_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cas: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub synonyms: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Ref>,
    pub flow_properties: Vec<FlowPropertyFactor>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Uncertainty {
    pub distribution_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geom_mean: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geom_sd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minimum: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maximum: Option<f64>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Parameter {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id", skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parameter_scope: Option<String>,
    #[serde(alias = "inputParameter")]
    pub is_input_parameter: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Exchange {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(alias = "avoidedProduct")]
    pub is_avoided_product: bool,
    #[serde(alias = "input")]
    pub is_input: bool,
    #[serde(alias = "quantitativeReference")]
    pub is_quantitative_reference: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount_formula: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_uncertainty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_provider: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(alias = "pedigreeUncertainty", skip_serializing_if = "Option::is_none")]
    pub dq_entry: Option<String>,
    pub flow: Ref,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_property: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Ref>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ExchangeRef {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal_id: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<Ref>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AllocationFactor {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    pub allocation_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange: Option<ExchangeRef>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
}

/// A product system; only its links are read.
#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ProductSystem {
    pub name: String,
    pub process_links: Vec<ProcessLink>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ProcessLink {
    pub process: Option<Ref>,
    pub provider: Option<Ref>,
    pub exchange: Option<ExchangeRef>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Process {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryOf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub process_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_allocation_method: Option<String>,
    pub allocation_factors: Vec<AllocationFactor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exchange_dq_system: Option<Ref>,
    pub parameters: Vec<Parameter>,
    pub exchanges: Vec<Exchange>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ImpactFactor {
    pub flow: Ref,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_property: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Ref>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formula: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ImpactCategory {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(alias = "referenceUnitName", skip_serializing_if = "Option::is_none")]
    pub ref_unit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub direction: Option<String>,
    pub parameters: Vec<Parameter>,
    pub impact_factors: Vec<ImpactFactor>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ImpactMethod {
    #[serde(rename = "@type", skip_serializing_if = "str::is_empty")]
    pub kind: String,
    #[serde(rename = "@id")]
    pub id: String,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub impact_categories: Vec<Ref>,
    /// Of version 1: belongs to each category of the method.
    #[serde(skip_serializing)]
    pub parameters: Vec<Parameter>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SchemaVersion {
    pub version: u32,
}
