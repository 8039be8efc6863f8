//! The electric share of a plug-in hybrid's distance, by its range on the battery.
//!
//! ```text
//! exponential        UF(d) = 1 − exp(−Σ_i c_i·(d/d_n)^i)         EU, US
//! between charges    UF(d) = d/(d + d_c)                         China
//! ```
//!
//! | symbol | meaning                                           | unit | from       |
//! |--------|---------------------------------------------------|------|------------|
//! | `d`    | charge-depleting range                            | km   | the drive  |
//! | `c_i`  | shape of the distances driven in a day            | –    | `use.csv`  |
//! | `d_n`  | distance that stretches the shape; by year in the EU | km | `use.csv` |
//! | `d_c`  | distance on fuel between two charges              | km   | `use.csv`  |
//!
//! The real-world share keeps the shape of the authority's curve and stretches its distance until the share that was
//! measured comes out at the range of the cars measured: fewer charges and longer days act as a longer `d_n`. The European
//! rule was amended in the same way.
//!
//! Sources: Regulation (EU) 2017/1151, Annex XXI, sub-annex 8, appendix 5; SAE J2841 (fleet utility factor);
//! GB/T 19753-2013. Japan's curve is in no table; places without a curve of their own use the European one. Valid up to `d_n`;
//! beyond it the share at `d_n` holds, which is 0.99 or more.

use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::row::{Draw, RowId};
use minewheel_data::units::{Length, Share};

use super::{VehicleError, VehicleTables};

/// Coefficients looked for, at most.
const MOST_COEFFICIENTS: usize = 10;
/// Names of the coefficients.
const COEFFICIENTS: [&str; MOST_COEFFICIENTS] = [
    "coefficient_1",
    "coefficient_2",
    "coefficient_3",
    "coefficient_4",
    "coefficient_5",
    "coefficient_6",
    "coefficient_7",
    "coefficient_8",
    "coefficient_9",
    "coefficient_10",
];

/// The electric share of the distance as a function of the range on the battery.
#[derive(Debug, Clone, PartialEq)]
pub struct UtilityCurve {
    form: Form,
    /// The rows it rests on.
    pub rows: Vec<RowId>,
}

#[derive(Debug, Clone, PartialEq)]
enum Form {
    /// The design says it, whatever the range.
    Given(Share),
    Exponential {
        coefficients: Vec<f64>,
        normal: Length,
    },
    BetweenCharges(Length),
}

impl UtilityCurve {
    /// Share of the distance driven while the battery is depleted.
    ///
    /// A range that is not above nought gives nought.
    pub fn share(&self, range: Length) -> Share {
        let km = range.km().max(0.0);
        let share = match &self.form {
            Form::Given(share) => return *share,
            Form::Exponential { coefficients, normal } => {
                let x = (km / normal.km()).min(1.0);
                // Horner's scheme; the sum has no constant term.
                let sum = coefficients.iter().rev().fold(0.0, |sum, c| (sum + c) * x);
                -(-sum).exp_m1()
            }
            Form::BetweenCharges(distance) => km / (km + distance.km()),
        };
        Share::new(share.clamp(0.0, 1.0)).unwrap_or(Share::ZERO)
    }

    /// Whether the design gave the share itself.
    pub fn is_given(&self) -> bool {
        matches!(self.form, Form::Given(_))
    }
}

impl VehicleTables {
    /// How a plug-in hybrid's distance divides: by the authority's curve of the place and year, or as measured there; `None` for
    /// other cars. A share that the design gives goes before both.
    ///
    /// # Errors
    /// A row is missing, or the design's share is none.
    pub fn utility_curve(&self, design: &CarDesign, year: i32, is_real_world: bool, draw: &Draw<'_>) -> Result<Option<UtilityCurve>, VehicleError> {
        if design.powertrain != Powertrain::Phev {
            return Ok(None);
        }
        if let Some(given) = &design.usage.utility_factor {
            let value = draw.of(given);
            let field = "use.utility_factor";
            let share = Share::new(value).ok_or_else(|| VehicleError::NotAShare { car: design.id.clone(), field, value })?;
            return Ok(Some(UtilityCurve { form: Form::Given(share), rows: vec![given.row] }));
        }
        let country = design.usage.country.as_deref().unwrap_or_default();
        let own = [country, country.split('-').next().unwrap_or_default()].map(|place| format!("utility-factor-{place}"));
        let name = own.iter().find(|name| self.usage.has(name)).map_or("utility-factor", String::as_str);
        let subject = self.usage.subject(name)?;
        let has = |property: &str| subject.properties().contains(&property);
        let (basis, is_exponential) = if has("coefficient_1") {
            (if is_real_world { "normal_distance_real_world" } else { "normal_distance" }, true)
        } else {
            (if is_real_world { "between_charges_real_world" } else { "between_charges" }, false)
        };
        let distance = subject.value_at(basis, &[], year, "km")?;
        let mut rows = vec![distance.row];
        let length = Length::from_km(draw.of(&distance).max(1.0));
        if !is_exponential {
            return Ok(Some(UtilityCurve { form: Form::BetweenCharges(length), rows }));
        }
        let mut coefficients = Vec::with_capacity(MOST_COEFFICIENTS);
        for property in COEFFICIENTS.into_iter().take_while(|p| has(p)) {
            let value = subject.value(property, "1")?;
            coefficients.push(draw.of(&value));
            rows.push(value.row);
        }
        Ok(Some(UtilityCurve { form: Form::Exponential { coefficients, normal: length }, rows }))
    }
}
