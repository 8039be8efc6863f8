//! Whether one country holds every step of a chain, tier by tier.
//!
//! ```text
//! held = share of the place in the tier's world output > least_share      HHI as in [`crate::supply::concentration`]
//! ```
//!
//! The statement is true if all tiers in question are held, false if none is, and else depends on the tier.

use minewheel_assess::AssessError;
use minewheel_assess::tables::Tables;
use serde::{Deserialize, Serialize};

use super::{CaseError, Statement, Verdict};
use crate::supply::ask::{Question, ask};

/// Whose tiers a case is about.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Compute {
    #[serde(rename = "quantity")]
    _quantity: super::Quantity,
    place: String,
    buyer: String,
    year: i32,
    materials: Vec<String>,
}

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DominanceRule {
    /// Share of a tier's world output above which it is held.
    pub least_share: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// One tier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DominanceRow {
    /// The material.
    pub material: String,
    /// What is traded.
    pub commodity: String,
    /// The tier.
    pub tier: String,
    /// Share of the place.
    pub share: f64,
    /// The largest maker.
    pub largest: String,
    /// Concentration of named makers.
    pub hhi: f64,
    /// Share of the buyer's supply from the place: if all sell, by output.
    pub dependence: f64,
    /// Whether the place holds it.
    pub holds: bool,
    /// How well the shares are known.
    pub status: String,
}

/// The statement beside the tiers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DominanceJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: DominanceRule,
    /// Tiers, by material from the mine.
    pub tiers: Vec<DominanceRow>,
}

/// Looks at every tier.
pub(super) fn judge(tables: &Tables, case: Statement, compute: &Compute, rule: DominanceRule) -> Result<DominanceJudgement, CaseError> {
    let place = |code: &str| tables.places.id(code).map_err(AssessError::from);
    let question = Question { buyer: place(&compute.buyer)?, dominant: place(&compute.place)?, year: compute.year, customs: None };
    let materials: Vec<(String, Option<f64>)> = compute.materials.iter().map(|m| (m.clone(), None)).collect();
    let report = ask(tables, &case.id, &materials, &question).map_err(|e| CaseError::Supply { case: case.id.clone(), reason: e.to_string() })?;
    let mut tiers = Vec::new();
    for material in &report.materials {
        for tier in &material.tiers {
            tiers.push(DominanceRow {
                material: material.material.clone(),
                commodity: tier.commodity.clone(),
                tier: tier.tier.clone(),
                share: tier.share_of_dominant,
                largest: tier.largest.clone().unwrap_or_default(),
                hhi: tier.hhi,
                dependence: tier.dependence,
                holds: tier.share_of_dominant > rule.least_share,
                status: tier.status.word().to_owned(),
            });
        }
    }
    let held = tiers.iter().filter(|t| t.holds).count();
    let (verdict, template) = if held == tiers.len() {
        (Verdict::True, &rule.true_words)
    } else if held == 0 {
        (Verdict::False, &rule.false_words)
    } else {
        (Verdict::Depends, &rule.depends_words)
    };
    let list = |holds: bool| {
        let each: Vec<String> =
            tiers.iter().filter(|t| t.holds == holds).map(|t| format!("{} {} {:.0} %", t.commodity, t.tier, 100.0 * t.share)).collect();
        each.join(", ")
    };
    let words = template
        .replace("{place}", &compute.place)
        .replace("{held}", &held.to_string())
        .replace("{count}", &tiers.len().to_string())
        .replace("{yes}", &list(true))
        .replace("{no}", &list(false));
    Ok(DominanceJudgement { case, verdict, words, rule, tiers })
}
