//! Parts of a result: what a process, a flow, an input or a group of processes makes of it.

use serde::Serialize;

/// A process.
#[derive(Serialize, schemars::JsonSchema)]
pub struct ProcessPart {
    pub id: String,
    pub name: String,
    pub place: Option<String>,
    /// Units of its product made for the demand.
    pub amount: f64,
    pub unit: Option<String>,
    /// Impact of its own flows; those of all processes sum to the score.
    pub direct: f64,
    /// `direct` over the score.
    pub share: Option<f64>,
}

/// An elementary flow.
#[derive(Serialize, schemars::JsonSchema)]
pub struct FlowPart {
    pub id: String,
    pub name: String,
    pub place: Option<String>,
    pub amount: f64,
    pub unit: Option<String>,
    /// Its impact; those of all flows sum to the score.
    pub impact: f64,
    /// `impact` over the score.
    pub share: Option<f64>,
}

/// Processes that have something in common.
#[derive(Serialize, schemars::JsonSchema)]
pub struct GroupPart {
    /// What it is; `None`: those without it.
    pub group: Option<String>,
    /// Impact of their own flows.
    pub direct: f64,
    /// `direct` over the score.
    pub share: Option<f64>,
}

/// Impact that an input carries from its supplier, with all supply behind it.
#[derive(Serialize, schemars::JsonSchema)]
pub struct Arrow {
    /// Id of the supplier.
    pub from: String,
    pub from_name: String,
    /// Id of the consumer.
    pub to: String,
    pub to_name: String,
    pub impact: f64,
    /// `impact` over the score.
    pub share: Option<f64>,
}

/// A part over the total.
pub fn share(part: f64, total: f64) -> Option<f64> {
    (total != 0.0).then(|| part / total)
}

/// A share for people.
pub fn per_cent(share: Option<f64>) -> String {
    share.map_or_else(|| "–".to_owned(), |s| format!("{:.1} %", 100.0 * s))
}
