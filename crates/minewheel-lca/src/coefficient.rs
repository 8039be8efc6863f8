//! One number of the network: its base value, the uncertain rows it depends on, and how well it is known.
//!
//! ```text
//! a(f) = a₀ · Π_r f_r^e_r
//! ```
//!
//! | symbol | meaning                                        | unit                 | from             |
//! |--------|------------------------------------------------|----------------------|------------------|
//! | `a₀`   | base value                                     | per reference unit   | caller           |
//! | `f_r`  | sampled value of data row `r` over its base    | –                    | `FactorSampler`  |
//! | `e_r`  | exponent, 1 for a factor, −1 for a divisor     | –                    | caller           |
//!
//! Source: own definition. Valid for coefficients that are products of data rows; a sum is entered as several
//! coefficients, which add.

use crate::ids::{FactorId, Grade, GroupId};

/// The most uncertain rows that one coefficient may depend on.
pub const MAX_FACTORS: usize = 4;

/// A coefficient of an input or a flow.
///
/// ```
/// use minewheel_lca::{Coefficient, FactorId, Grade};
/// // 2.5 kWh per unit, proportional to row 0 and inversely to row 1 (a yield), from a source of grade 1.
/// let energy = Coefficient::exact(2.5)
///     .times(FactorId(0), 1)
///     .times(FactorId(1), -1)
///     .with_grade(Grade::new(1).unwrap());
/// assert_eq!(energy.value(&[1.2, 0.8]), 2.5 * 1.2 / 0.8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coefficient {
    base: f64,
    factors: [(FactorId, i8); MAX_FACTORS],
    factor_count: u8,
    group: Option<GroupId>,
    grade: Grade,
}

impl Coefficient {
    /// A coefficient without uncertainty, of the strongest grade.
    pub fn exact(base: f64) -> Self {
        Self { base, factors: [(FactorId(0), 0); MAX_FACTORS], factor_count: 0, group: None, grade: Grade::STRONGEST }
    }

    /// A coefficient proportional to one uncertain row.
    pub fn uncertain(base: f64, factor: FactorId) -> Self {
        Self::exact(base).times(factor, 1)
    }

    /// The same coefficient, multiplied by a power of an uncertain row.
    ///
    /// Exponents of a row that is already there add. More than [`MAX_FACTORS`] rows are refused when the network is
    /// built.
    #[must_use]
    pub fn times(mut self, factor: FactorId, exponent: i8) -> Self {
        let used = usize::from(self.factor_count).min(MAX_FACTORS);
        if let Some(known) = self.factors[..used].iter_mut().find(|known| known.0 == factor) {
            known.1 = known.1.saturating_add(exponent);
            return self;
        }
        if let Some(free) = self.factors.get_mut(used) {
            *free = (factor, exponent);
        }
        self.factor_count = self.factor_count.saturating_add(1);
        self
    }

    /// The same coefficient as one share of a group.
    #[must_use]
    pub fn in_group(mut self, group: GroupId) -> Self {
        self.group = Some(group);
        self
    }

    /// The same coefficient with this grade of evidence.
    #[must_use]
    pub fn with_grade(mut self, grade: Grade) -> Self {
        self.grade = grade;
        self
    }

    /// The value when all rows are at their base.
    pub fn base(&self) -> f64 {
        self.base
    }

    /// The uncertain rows and their exponents.
    pub fn factors(&self) -> &[(FactorId, i8)] {
        &self.factors[..usize::from(self.factor_count).min(MAX_FACTORS)]
    }

    /// The group of shares this coefficient belongs to.
    pub fn group(&self) -> Option<GroupId> {
        self.group
    }

    /// How well the value is known.
    pub fn grade(&self) -> Grade {
        self.grade
    }

    /// The value for these factors, before shares of a group are renormalised.
    ///
    /// A factor beyond the end of the slice counts as 1.
    pub fn value(&self, factors: &[f64]) -> f64 {
        self.factors()
            .iter()
            .fold(self.base, |value, (factor, exponent)| value * factors.get(factor.index()).map_or(1.0, |f| f.powi(i32::from(*exponent))))
    }

    pub(crate) fn has_too_many_factors(&self) -> bool {
        usize::from(self.factor_count) > MAX_FACTORS
    }
}
