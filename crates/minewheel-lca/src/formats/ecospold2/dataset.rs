//! One data set as it stands in its file.

use crate::database::{Parameter, ProcessKind, Uncertainty};

/// An activity with its exchanges.
#[derive(Default)]
pub(super) struct Dataset {
    pub activity: String,
    pub name: String,
    pub kind: ProcessKind,
    pub description: String,
    pub category: Option<String>,
    /// Id and short name of the geography.
    pub place: Option<(String, String)>,
    pub exchanges: Vec<RawExchange>,
    pub parameters: Vec<Parameter>,
    /// What the model has no place for.
    pub left_out: Vec<(&'static str, usize)>,
}

/// An intermediate or elementary exchange.
#[derive(Default)]
pub(super) struct RawExchange {
    pub is_elementary: bool,
    pub is_input: bool,
    pub output_group: Option<u8>,
    pub flow: String,
    pub name: String,
    pub unit: String,
    pub amount: f64,
    pub link: Option<String>,
    pub spread: Spread,
    pub pedigree: Option<String>,
    pub base_variance: Option<f64>,
    pub formula: Option<String>,
    pub comment: Option<String>,
    pub category: Option<String>,
    pub cas: Option<String>,
    pub chemical_formula: Option<String>,
    pub synonyms: Vec<String>,
    pub price: Option<f64>,
    pub dry_mass: Option<f64>,
    pub is_waste: bool,
}

impl RawExchange {
    /// Whether the activity makes it: a reference product, or a by-product that is no waste.
    pub fn is_product(&self) -> bool {
        let is_made = self.output_group == Some(0) || (self.output_group == Some(2) && !self.is_waste);
        !self.is_elementary && !self.is_input && is_made
    }
}

/// A distribution as the file writes it.
#[derive(Clone, Copy, Default)]
pub(super) enum Spread {
    /// Nothing is said, or nothing that has a shape.
    #[default]
    None,
    /// Lognormal, by the variance of the logarithm.
    Lognormal(f64),
    /// Normal, by its variance.
    Normal(f64),
    /// Least, most likely, greatest.
    Triangular([f64; 3]),
    /// Least and greatest.
    Uniform([f64; 2]),
    /// Least, most likely, greatest of a beta distribution.
    Pert([f64; 3]),
}

impl Spread {
    /// The distribution around an amount; `None` if it has no spread or does not reach the amount.
    pub fn around(self, amount: f64) -> Option<Uncertainty> {
        let found = match self {
            Self::None => Uncertainty::None,
            Self::Lognormal(variance) if variance > 0.0 => {
                Uncertainty::Lognormal { geometric_mean: amount, geometric_deviation: variance.sqrt().exp() }
            }
            Self::Normal(variance) if variance > 0.0 => Uncertainty::Normal { mean: amount, deviation: variance.sqrt() },
            Self::Triangular([low, mode, high]) if low < high && (low..=high).contains(&amount) => Uncertainty::Triangular { low, mode, high },
            Self::Uniform([low, high]) if low < high && (low..=high).contains(&amount) => Uncertainty::Uniform { low, high },
            Self::Pert([low, mode, high]) if low < high && (low..=high).contains(&amount) => Uncertainty::Pert { low, mode, high },
            _ => return None,
        };
        found.fault().is_none().then_some(found)
    }
}
