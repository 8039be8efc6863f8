//! Claims as their files state them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Evidence, ValidationError};

/// The claims, in the order of the chapter.
pub const ORDER: [&str; 22] = [
    "grid-intensity",
    "grid-china-2023",
    "provincial-grid",
    "uslci-resins",
    "pack-footprints",
    "recycling-climate",
    "recycling-value",
    "pack-metals",
    "pack-prices",
    "epa-energy",
    "cold-test",
    "official-ranges",
    "motor-masses",
    "motor-prius",
    "charging-time",
    "charging-losses",
    "acceleration",
    "carculator-stages",
    "whole-vehicles",
    "battery-demand",
    "credit-requirements",
    "credit-prices",
];

/// What a claim is expected to come out as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Every line of the tolerance is met.
    Pass,
    /// At least one is not.
    Fail,
}

impl Verdict {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
        }
    }
}

/// Why some rows miss, in words.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Explanation {
    /// What the rows have in common.
    pub title: String,
    /// Words that mark a row: its source, place, car or kind. Empty: all of them.
    #[serde(default)]
    pub of: Vec<String>,
    /// The reason.
    pub says: String,
}

/// What a figure came out as on a day, where it missed its limit.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Day, ISO 8601.
    pub date: String,
    /// What was found.
    pub value: f64,
    /// What it came from, or what changed it since the record before.
    pub why: String,
}

/// One claim.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its name, that of the file.
    pub name: String,
    /// A sentence that can be true or false.
    pub statement: String,
    /// Key of `data/sources.toml`.
    pub source: String,
    /// Where the published figures stand.
    pub locator: String,
    /// How ours are computed.
    pub ours: String,
    /// The published figure, where there is one only.
    pub published: Option<f64>,
    /// Its unit.
    pub unit: Option<String>,
    /// Why the tolerance is what it is.
    pub why_this_tolerance: String,
    /// What it is expected to come out as.
    pub expect: Verdict,
    /// Groups of stages, for the reader.
    #[serde(default)]
    pub groups: Vec<String>,
    /// What to know before comparing.
    #[serde(default)]
    pub known_differences: Vec<String>,
    /// Limits by figure.
    pub tolerance: BTreeMap<String, f64>,
    /// Whether no parameter rests on the published figures and no choice was made with sight of them.
    pub blind: bool,
    /// What was fitted or chosen with sight of them; for a blind claim, why it is one.
    pub sight: String,
    /// The figures that miss their limits, each as it was recorded from time to time, earliest first.
    #[serde(default)]
    pub recorded: BTreeMap<String, Vec<Record>>,
    /// Why rows miss.
    #[serde(default)]
    pub explanation: Vec<Explanation>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    claim: Claim,
}

impl Claim {
    pub(crate) fn read(evidence: &Evidence, name: &str) -> Result<Self, ValidationError> {
        let file = format!("validation/claims/{name}.toml");
        let text = evidence.text(&file)?;
        let read: File = toml::from_str(&text).map_err(|reason| ValidationError::ClaimFile { file, reason: Box::new(reason) })?;
        if read.claim.name != name {
            return Err(ValidationError::Claim { claim: name.to_owned(), reason: "its file gives it another name" });
        }
        Ok(read.claim)
    }

    /// The limit of a figure.
    pub(crate) fn limit(&self, key: &str) -> Result<f64, ValidationError> {
        let missing = ValidationError::Claim { claim: self.name.clone(), reason: "its file lacks a line of the tolerance" };
        self.tolerance.get(key).copied().ok_or(missing)
    }
}
