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
//! | `u_i(s)`  | variance of the logarithm that a score adds                 | –    | [`PedigreeMatrix`]          |
//!
//! The indicators are reliability, completeness, temporal, geographical and further technological correlation, and perhaps sample size.
//! The variances are a convention of databases, not measurements. A basic deviation depends on what is exchanged, from 1.02 for power to 2 and more for
//! some emissions; without one the spread is that of the pedigree alone, and too small rather than too large.
//!
//! Source of the form: B. P. Weidema and others, data quality guideline (2013). Valid for pedigrees of these indicators only.

use super::process::{Exchange, Process};
use super::uncertainty::Uncertainty;
use super::{Database, FlowKind};

/// Scores there are, from 1 for the best.
pub const PEDIGREE_SCORES: usize = 5;

/// The variance of the logarithm that each score from 2 on of each indicator adds, in the order of [`PEDIGREE_INDICATORS`]; the best score adds none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PedigreeMatrix(pub [[f64; PEDIGREE_SCORES - 1]; PEDIGREE_INDICATORS.len()]);

/// What becomes of amounts with a pedigree and no distribution.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Pedigree {
    /// They stand still.
    #[default]
    Ignored,
    /// They are lognormal around the amount, by these variances.
    Lognormal(PedigreeMatrix),
}

/// What the scores of a pedigree are about, in their order.
pub const PEDIGREE_INDICATORS: [&str; 6] = ["reliability", "completeness", "time", "place", "technology", "sample size"];

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
    if !(5..=PEDIGREE_INDICATORS.len()).contains(&cells.len()) {
        return None;
    }
    let score = |cell: &&str| {
        if ["n.a.", "na", "n/a", "-", ""].contains(&cell.to_ascii_lowercase().as_str()) {
            return Some(None);
        }
        cell.parse().ok().filter(|score| (1..=PEDIGREE_SCORES).contains(score)).map(Some)
    };
    cells.iter().map(score).collect()
}

impl PedigreeMatrix {
    /// The standard deviation of the logarithm for a pedigree such as `(1;3;2;5;n.a.)`; nothing for other texts, and where it leaves no spread.
    fn deviation_of(&self, quality: &str, base: Option<f64>) -> Option<f64> {
        let scores = pedigree_scores(quality)?;
        let base = base.filter(|b| b.is_finite() && *b > 0.0).unwrap_or(1.0).ln();
        let added: f64 = scores.iter().zip(&self.0).filter_map(|(score, of)| of.get((*score)?.checked_sub(2)?)).sum();
        let variance = base * base + added;
        (variance > 0.0).then(|| variance.sqrt())
    }
}

impl Pedigree {
    /// The standard deviation of the logarithm that an exchange's pedigree gives its amount; nothing where it states a distribution or none of
    /// the kind that the matrix is for, for what its process makes, and where pedigrees are ignored.
    pub fn deviation(&self, database: &Database, process: &Process, exchange: &Exchange) -> Option<f64> {
        let Self::Lognormal(matrix) = self else { return None };
        let is_made = database.flow(exchange.flow).kind != FlowKind::Elementary && super::allocation::is_provided(database, exchange);
        if exchange.uncertainty != Uncertainty::None || is_made || process.quality_system.is_some() {
            return None;
        }
        matrix.deviation_of(exchange.quality.as_deref()?, exchange.base_uncertainty)
    }
}

#[cfg(test)]
mod tests {
    use super::PedigreeMatrix;

    const MATRIX: PedigreeMatrix = PedigreeMatrix([
        [0.01, 0.02, 0.03, 0.04],
        [0.001, 0.002, 0.003, 0.004],
        [0.05, 0.06, 0.07, 0.08],
        [0.005, 0.006, 0.007, 0.008],
        [0.09, 0.10, 0.11, 0.12],
        [0.0009, 0.0010, 0.0011, 0.0012],
    ]);

    /// 0.02 + 0.001 + 0.08 + 0 + 0.12 and (ln 1.05)².
    #[test]
    fn variances_add_and_what_is_no_pedigree_says_nothing() {
        let squared = |text: &str, base| MATRIX.deviation_of(text, base).map(|s| s * s);
        let close = |seen: Option<f64>, wanted: f64| assert!((seen.unwrap() - wanted).abs() < 1e-15, "{seen:?} {wanted}");
        close(squared("(3;2;5;1;5)", None), 0.221);
        close(squared(" (3, 2, 5, 1, 5) ", Some(1.05)), 0.221 + 1.05_f64.ln().powi(2));
        close(squared("(n.a.;2;n.a.;1;1;4)", None), 0.001 + 0.0011);
        close(squared("(1;1;1;1;1)", Some(1.5)), 1.5_f64.ln().powi(2));
        for text in ["(1;1;1;1;1)", "(1;2;3)", "1;2;3;4;5", "(1;2;3;4;6)", "(0;2;3;4;5)", "(a;b;c;d;e)", "", "(1;2;3;4;5;1;1)"] {
            assert_eq!(MATRIX.deviation_of(text, None), None, "{text}");
        }
    }
}
