//! What a car of its kind would have where a design is silent.
//!
//! ```text
//! x = (1 − w)·x_lower + w·x_upper        w = (m − m_lower)/(m_upper − m_lower), 0..=1
//! ```
//!
//! A design that gives its class has the defaults of that class. One that does not lies between the two classes (none of them a sport
//! utility) whose usual kerb masses enclose its own, so that a heavier pack moves it on, and never over an edge. Its drag coefficient
//! is that of a compact car: large classes are smoother because they are saloons, which a mass does not tell.

use minewheel_data::car::{CarClass, CarDesign};
use minewheel_data::row::{Draw, RowId, Value};

use super::tables::ClassDefaults;
use super::{Defaulted, DriveTables, Masses};

/// Defaults of a class, or between two of them.
#[derive(Debug, Clone, Copy)]
pub struct Kind<'t> {
    lower: &'t ClassDefaults,
    upper: &'t ClassDefaults,
    /// How far it lies towards the upper one.
    share: f64,
}

/// One number of a class.
pub type Pick = fn(&ClassDefaults) -> &Value;

impl<'t> Kind<'t> {
    /// Of a design with its kerb mass.
    pub fn of(design: &CarDesign, masses: &Masses, tables: &'t DriveTables) -> Self {
        if let Some(class) = design.class {
            let one = tables.class(class);
            return Self { lower: one, upper: one, share: 0.0 };
        }
        let mut saloons: Vec<&ClassDefaults> = tables.classes.iter().filter(|c| c.class < CarClass::SuvCompact).collect();
        saloons.sort_by(|a, b| a.kerb_mass_kg.best.total_cmp(&b.kerb_mass_kg.best));
        let kg = masses.kerb_mass_kg;
        let above = saloons.partition_point(|c| c.kerb_mass_kg.best <= kg).clamp(1, saloons.len() - 1);
        let (lower, upper) = (saloons[above - 1], saloons[above]);
        let (from, to) = (lower.kerb_mass_kg.best, upper.kerb_mass_kg.best);
        Self { lower, upper, share: ((kg - from) / (to - from)).clamp(0.0, 1.0) }
    }

    /// The kind whose shape it has.
    #[must_use]
    pub fn shape(&self, design: &CarDesign, tables: &'t DriveTables) -> Self {
        let compact = tables.class(CarClass::Compact);
        if design.class.is_some() { *self } else { Self { lower: compact, upper: compact, share: 0.0 } }
    }

    /// A number of the kind.
    pub fn value(&self, pick: Pick, draw: &Draw<'_>) -> f64 {
        (1.0 - self.share) * draw.of(pick(self.lower)) + self.share * draw.of(pick(self.upper))
    }

    /// The rows that it rests on.
    pub fn rows(&self, pick: Pick) -> Vec<RowId> {
        let mut rows = vec![pick(self.lower).row, pick(self.upper).row];
        rows.dedup();
        rows
    }

    /// A number of the design if given, else that of its kind, which is noted.
    pub(super) fn or(&self, given: Option<&Value>, pick: Pick, field: &'static str, draw: &Draw<'_>, defaulted: &mut Vec<Defaulted>) -> f64 {
        if let Some(value) = given {
            return draw.of(value);
        }
        let value = self.value(pick, draw);
        defaulted.push(Defaulted { field, value, rows: self.rows(pick) });
        value
    }
}
