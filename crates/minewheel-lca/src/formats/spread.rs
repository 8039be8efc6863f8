//! Distributions as cells of our tables.

use super::xml::number;
use crate::database::Uncertainty;

/// Columns of a distribution.
pub(crate) const COLUMNS: [&str; 6] = ["distribution", "mean", "deviation", "low", "mode", "high"];

/// The distribution that the cells of a row state.
///
/// # Errors
/// What is wanted, for a distribution that cannot be or is not known.
pub(crate) fn read<'c>(cell: impl Fn(&str) -> &'c str) -> Result<Uncertainty, String> {
    let kind = cell("distribution");
    let wanted = |name: &str| match cell(name) {
        "" => Err(format!("the distribution `{kind}` wants `{name}`")),
        text => number(text).map_err(|()| format!("`{name}` is `{text}`, wanted a finite number")),
    };
    let found = match kind {
        "" => Uncertainty::None,
        "lognormal" => Uncertainty::Lognormal { geometric_mean: wanted("mean")?, geometric_deviation: wanted("deviation")? },
        "normal" => Uncertainty::Normal { mean: wanted("mean")?, deviation: wanted("deviation")? },
        "uniform" => Uncertainty::Uniform { low: wanted("low")?, high: wanted("high")? },
        "triangular" => Uncertainty::Triangular { low: wanted("low")?, mode: wanted("mode")?, high: wanted("high")? },
        "pert" => Uncertainty::Pert { low: wanted("low")?, mode: wanted("mode")?, high: wanted("high")? },
        other => return Err(format!("there is no distribution `{other}`; known are lognormal, normal, uniform, triangular, pert")),
    };
    found.fault().map_or(Ok(found), |reason| Err(reason.to_owned()))
}

/// The cells of a distribution, by column.
pub(crate) fn cells(uncertainty: Uncertainty) -> Vec<(&'static str, String)> {
    let word = |word: &str| ("distribution", word.to_owned());
    match uncertainty {
        Uncertainty::None => Vec::new(),
        Uncertainty::Lognormal { geometric_mean, geometric_deviation } => {
            vec![word("lognormal"), ("mean", geometric_mean.to_string()), ("deviation", geometric_deviation.to_string())]
        }
        Uncertainty::Normal { mean, deviation } => vec![word("normal"), ("mean", mean.to_string()), ("deviation", deviation.to_string())],
        Uncertainty::Uniform { low, high } => vec![word("uniform"), ("low", low.to_string()), ("high", high.to_string())],
        Uncertainty::Triangular { low, mode, high } => {
            vec![word("triangular"), ("low", low.to_string()), ("mode", mode.to_string()), ("high", high.to_string())]
        }
        Uncertainty::Pert { low, mode, high } => {
            vec![word("pert"), ("low", low.to_string()), ("mode", mode.to_string()), ("high", high.to_string())]
        }
    }
}

/// The cells of a distribution in the order of [`COLUMNS`].
pub(crate) fn row(uncertainty: Uncertainty) -> [String; 6] {
    let cells = cells(uncertainty);
    COLUMNS.map(|column| cells.iter().find(|cell| cell.0 == column).map_or_else(String::new, |cell| cell.1.clone()))
}
