//! What a pedigree says of the spread of an amount that states no distribution: it is lognormal around the amount.
//!
//! ```text
//! σ² = (ln g_b)² + Σ_i u_i(s_i)        geometric deviation = e^σ
//! ```
//!
//! | symbol    | meaning                                                     | unit | from                        |
//! |-----------|-------------------------------------------------------------|------|-----------------------------|
//! | `g_b`     | geometric deviation of the amount if its data were perfect  | –    | the exchange; 1 without one |
//! | `s_i`     | score of indicator `i`, from 1 for the best to 5            | –    | the exchange                |
//! | `u_i(s)`  | variance of the logarithm that a score adds                 | –    | [`VARIANCES`]               |
//!
//! The indicators are reliability, completeness, temporal, geographical and further technological correlation, and perhaps sample size.
//! The variances are a convention of databases, not measurements. A basic deviation depends on what is exchanged, from 1.02 for power to 2 and more for
//! some emissions; without one the spread is that of the pedigree alone, and too small rather than too large.
//!
//! Source: the matrix of ecoinvent's data quality guideline (B. P. Weidema and others, 2013), as `GreenDelta` publishes it for openLCA (script for
//! ecoinvent 3) and C. Mutel for Brightway (`pedigree_matrix`, `original`), where the sample size is from. Valid for pedigrees of these indicators only.

use super::process::{Exchange, Process};
use super::uncertainty::Uncertainty;
use super::{Database, FlowKind};

/// By indicator, for scores 1 to 5.
const VARIANCES: [[f64; 5]; 6] = [
    [0.0, 0.0006, 0.002, 0.008, 0.04],
    [0.0, 0.0001, 0.0006, 0.002, 0.008],
    [0.0, 0.0002, 0.002, 0.008, 0.04],
    [0.0, 0.000_025, 0.0001, 0.0006, 0.002],
    [0.0, 0.0006, 0.008, 0.04, 0.12],
    [0.0, 0.000_098, 0.0006, 0.0023, 0.0083],
];

/// What becomes of amounts with a pedigree and no distribution.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pedigree {
    /// They are lognormal around the amount.
    #[default]
    Lognormal,
    /// They stand still.
    Ignored,
}

/// What the scores of a pedigree are about, in their order.
pub const PEDIGREE_INDICATORS: [&str; VARIANCES.len()] = ["reliability", "completeness", "time", "place", "technology", "sample size"];

/// The scores of a pedigree such as `(1;3;2;5;n.a.)`, from 1 for the best to 5; nothing for other texts.
///
/// ```
/// use minewheel_lca::database::pedigree_scores;
/// assert_eq!(pedigree_scores("(1;3;2;5;n.a.)"), Some(vec![Some(1), Some(3), Some(2), Some(5), None]));
/// assert_eq!(pedigree_scores("(1;3)"), None);
/// ```
pub fn pedigree_scores(quality: &str) -> Option<Vec<Option<usize>>> {
    let inner = quality.trim().strip_prefix('(')?.strip_suffix(')')?;
    let cells: Vec<&str> = inner.split([';', ',']).map(str::trim).collect();
    if !(5..=VARIANCES.len()).contains(&cells.len()) {
        return None;
    }
    let score = |cell: &&str| {
        if ["n.a.", "na", "n/a", "-", ""].contains(&cell.to_ascii_lowercase().as_str()) {
            return Some(None);
        }
        cell.parse().ok().filter(|score| (1..=VARIANCES[0].len()).contains(score)).map(Some)
    };
    cells.iter().map(score).collect()
}

/// The standard deviation of the logarithm for a pedigree such as `(1;3;2;5;n.a.)`; nothing for other texts, and where it leaves no spread.
pub(super) fn deviation_of(quality: &str, base: Option<f64>) -> Option<f64> {
    let scores = pedigree_scores(quality)?;
    let base = base.filter(|b| b.is_finite() && *b > 0.0).unwrap_or(1.0).ln();
    let added: f64 = scores.iter().zip(VARIANCES).filter_map(|(score, of)| Some(of[(*score)? - 1])).sum();
    let variance = base * base + added;
    (variance > 0.0).then(|| variance.sqrt())
}

impl Database {
    /// The standard deviation of the logarithm that an exchange's pedigree gives its amount; nothing where it states a distribution or none of
    /// the kind that this matrix is for, and for what its process makes.
    pub fn pedigree_deviation(&self, process: &Process, exchange: &Exchange) -> Option<f64> {
        let is_made = self.flow(exchange.flow).kind != FlowKind::Elementary && super::allocation::is_provided(self, exchange);
        if exchange.uncertainty != Uncertainty::None || is_made || process.quality_system.is_some() {
            return None;
        }
        deviation_of(exchange.quality.as_deref()?, exchange.base_uncertainty)
    }
}

#[cfg(test)]
mod tests {
    use super::deviation_of;

    /// 0.002 + 0.0001 + 0.04 + 0 + 0.12 and (ln 1.05)².
    #[test]
    fn variances_add_and_what_is_no_pedigree_says_nothing() {
        let squared = |text: &str, base| deviation_of(text, base).map(|s| s * s);
        let close = |seen: Option<f64>, wanted: f64| assert!((seen.unwrap() - wanted).abs() < 1e-15, "{seen:?} {wanted}");
        close(squared("(3;2;5;1;5)", None), 0.1621);
        close(squared(" (3, 2, 5, 1, 5) ", Some(1.05)), 0.1621 + 1.05_f64.ln().powi(2));
        close(squared("(n.a.;2;n.a.;1;1;4)", None), 0.0001 + 0.0023);
        close(squared("(1;1;1;1;1)", Some(1.5)), 1.5_f64.ln().powi(2));
        for text in ["(1;1;1;1;1)", "(1;2;3)", "1;2;3;4;5", "(1;2;3;4;6)", "(0;2;3;4;5)", "(a;b;c;d;e)", "", "(1;2;3;4;5;1;1)"] {
            assert_eq!(deviation_of(text, None), None, "{text}");
        }
    }
}
