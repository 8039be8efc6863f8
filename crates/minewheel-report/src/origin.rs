//! The chain of a material in words and rows.

use std::collections::BTreeMap;

/// Tiers in order from the mine.
pub const TIERS: [&str; 5] = ["mining", "refining", "active-material", "component", "cell"];

/// Countries of a tier that are named.
const NAMED: usize = 3;

/// The largest countries of a tier with their shares, the largest first.
pub fn largest(shares: &BTreeMap<String, f64>) -> String {
    let mut ranked: Vec<(&String, f64)> = shares.iter().map(|(place, share)| (place, *share)).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let named = ranked.iter().take(NAMED).map(|(place, share)| format!("{place} {}", crate::figure::percent(*share)));
    named.collect::<Vec<_>>().join(", ")
}
