//! Whether the pack is why making a battery car emits more: its share of the difference, pack by pack and car by car.
//!
//! ```text
//! r = P_pack / (P_battery car − P_fuel car)     r > 1: the rest of the battery car is the lighter one to make
//! ```
//!
//! Cells and their footprints are those of the grid that the ratio cases use; only the verdict differs.

use minewheel_assess::tables::Tables;
use serde::{Deserialize, Serialize};

use super::production_ratio::{Cell, RatioGrid, grid_cells};
use super::{CaseError, CaseFile, Statement, Verdict};

/// The rule of the verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReasonRule {
    /// Share of the cells from which the statement counts as true.
    pub true_share: f64,
    /// Share of the difference from which the pack is the main reason.
    pub main_reason_from: f64,
    /// The rule in words.
    pub rule: String,
    true_words: String,
    depends_words: String,
    false_words: String,
}

/// The statement beside the cells.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReasonJudgement {
    /// What was said.
    pub case: Statement,
    /// How it fares.
    pub verdict: Verdict,
    /// The verdict in words.
    pub words: String,
    /// The rule.
    pub rule: ReasonRule,
    /// Of the cells where the battery car emits more: in what share the pack is the main reason.
    pub main_reason: f64,
    /// Of the same: in what share it is more than the whole difference.
    pub whole_reason: f64,
    /// Of all cells: in what share the battery car emits less to make.
    pub emits_less: f64,
    /// Every pack in every car; `holds` says whether the pack is the main reason.
    pub grid: Vec<Cell>,
    /// Cars as they stand in the catalogue.
    pub catalogue: Vec<Cell>,
}

/// Judges by the pack's share of the difference.
pub(super) fn judge(tables: &Tables, file: CaseFile<RatioGrid, ReasonRule>) -> Result<ReasonJudgement, CaseError> {
    let rule = file.verdict;
    let (grid, catalogue) = grid_cells(tables, &file.case.id, &file.compute, &|_, share| share.is_some_and(|s| s >= rule.main_reason_from))?;
    let more: Vec<f64> = grid.iter().filter_map(|c| c.battery_share).collect();
    let of_more = |from: f64| more.iter().filter(|s| **s >= from).count();
    let (main, whole) = (of_more(rule.main_reason_from), of_more(1.0));
    let less = grid.len() - more.len();
    let share = |part: usize, all: usize| part as f64 / all.max(1) as f64;
    let (verdict, template) = if main == 0 {
        (Verdict::False, &rule.false_words)
    } else if share(main, more.len()) >= rule.true_share {
        (Verdict::True, &rule.true_words)
    } else {
        (Verdict::Depends, &rule.depends_words)
    };
    let words = template
        .replace("{more}", &more.len().to_string())
        .replace("{main}", &main.to_string())
        .replace("{whole}", &whole.to_string())
        .replace("{less}", &less.to_string())
        .replace("{all}", &grid.len().to_string());
    let (main_reason, whole_reason, emits_less) = (share(main, more.len()), share(whole, more.len()), share(less, grid.len()));
    Ok(ReasonJudgement { case: file.case, verdict, words, rule, main_reason, whole_reason, emits_less, grid, catalogue })
}
