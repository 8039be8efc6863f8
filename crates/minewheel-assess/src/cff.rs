//! The circular footprint formula of the EU, for the preset `cff`.
//!
//! ```text
//! E = (1 − R1)·Ev + R1·(A·Erec + (1 − A)·Ev·Qin) + (1 − A)·R2·(Eeol − Ev*·Qout)
//!   + (1 − B)·R3·(Eer − H·ηh·Eh − H·ηe·Ee) + (1 − R2 − R3)·Ed
//! ```
//!
//! | symbol      | meaning                                                   | unit          |
//! |-------------|-----------------------------------------------------------|---------------|
//! | `A`, `B`    | share of the work of recycling, and of energy recovery, that the life counts which takes the material in | – |
//! | `R1`        | recycled content of the material                          | –             |
//! | `R2`, `R3`  | share recycled, and burnt for energy, at the end          | –             |
//! | `Ev`, `Ev*` | primary material taken in, and replaced at the end        | kg CO2e/kg    |
//! | `Erec`, `Eeol` | recycling of what is taken in, and of what leaves      | kg CO2e/kg    |
//! | `Qin`, `Qout` | quality of the recycled against the primary material    | –             |
//! | `H`, `η`    | heating value, share of it used as heat or electricity    | MJ/kg, –      |
//! | `Eer`, `Eh`, `Ee` | burning a kg; heat and electricity that it replaces | kg CO2e/kg, kg CO2e/MJ |
//! | `Ed`        | disposal of the rest                                      | kg CO2e/kg    |
//!
//! Source: Commission Recommendation (EU) 2021/2279, annex I; bounds of `A` from the Joint Research Centre's slides of 2023.
//! Limits, held by tests: without recycling and recovery it is primary material and disposal; at `A = 1` what leaves earns
//! nothing and what enters counts its own recycling (cut-off); at `A = 0` and quality 1 the origin of the material does not
//! matter and what leaves is credited in full (avoided burden).
//!
//! Of a car, the formula is laid on the inventory of `cut-off`, which holds `(1 − R1)·Ev + R1·Erec`; what is left is
//!
//! ```text
//! E − cut-off = (1 − A)·[U·(Ev·Q − Erec) − R·(Ev·Q − Eeol)] + energy        U = R1·m,  R = R2·m
//! ```
//!
//! so that `recovery` adds it as lines of the end of life. Recycling of the pack, which `cut-off` counts in full, is shared by
//! `A` with the life that takes the metals. Disposal is not modelled, and so is left out.

use minewheel_data::parameters::ParameterError;
use minewheel_data::row::{Draw, Value};
use minewheel_model::recycling::RecyclingTables;

/// Energy recovered from a material.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct EnergyTerms {
    /// `B`.
    pub b: f64,
    /// `R3`.
    pub share: f64,
    /// `H`, in MJ/kg.
    pub heating_value: f64,
    /// `ηh`.
    pub heat_efficiency: f64,
    /// `ηe`.
    pub electric_efficiency: f64,
    /// `Eer`.
    pub burning: f64,
    /// `Eh`.
    pub heat: f64,
    /// `Ee`, a MJ.
    pub electricity: f64,
}

/// Everything the formula asks of one kilogram of a material.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CircularTerms {
    /// `A`.
    pub a: f64,
    /// `R1`.
    pub recycled_content: f64,
    /// `R2`.
    pub recycled_at_end: f64,
    /// `Ev`.
    pub primary: f64,
    /// `Erec`.
    pub recycling_in: f64,
    /// `Eeol`.
    pub recycling_out: f64,
    /// `Ev*`.
    pub replaced: f64,
    /// `Qin`.
    pub quality_in: f64,
    /// `Qout`.
    pub quality_out: f64,
    /// Energy recovered.
    pub energy: EnergyTerms,
    /// `Ed`.
    pub disposal: f64,
}

/// Footprint of one kilogram of a material over its life, `E`.
pub fn circular_footprint(t: &CircularTerms) -> f64 {
    let content = t.a * t.recycling_in + (1.0 - t.a) * t.primary * t.quality_in;
    let taken_in = (1.0 - t.recycled_content) * t.primary + t.recycled_content * content;
    let leaves = (1.0 - t.a) * t.recycled_at_end * (t.recycling_out - t.replaced * t.quality_out);
    let e = &t.energy;
    let saved = e.heating_value * (e.heat_efficiency * e.heat + e.electric_efficiency * e.electricity);
    taken_in + leaves + (1.0 - e.b) * e.share * (e.burning - saved) + (1.0 - t.recycled_at_end - e.share) * t.disposal
}

/// Parameters of the formula for a car.
#[derive(Debug, Clone)]
pub struct CircularParameters {
    metals: Value,
    plastics: Value,
    glass: Value,
    /// `B`.
    pub b: Value,
    /// `R3` of plastics.
    pub burnt_plastics: Value,
    /// Heating value of plastics in MJ/kg.
    pub heating_value: Value,
    /// Share of it used as heat.
    pub heat_efficiency: Value,
    /// Share of it used as electricity.
    pub electric_efficiency: Value,
    /// Carbon in plastics.
    pub carbon: Value,
}

/// Materials of the end of life that are not metals.
const PLASTICS: &str = "plastics";
const GLASS: &str = "glass";

impl CircularParameters {
    /// Reads them from the recycling tables.
    ///
    /// # Errors
    /// One is missing.
    pub fn read(tables: &RecyclingTables) -> Result<Self, ParameterError> {
        let of = |property: &str, unit: &str| tables.parameter("cff", property, unit);
        Ok(Self {
            metals: of("a_metals", "1")?,
            plastics: of("a_plastics", "1")?,
            glass: of("a_glass", "1")?,
            b: of("b", "1")?,
            burnt_plastics: of("r3_plastics", "1")?,
            heating_value: of("heating_value_plastics", "MJ/kg")?,
            heat_efficiency: of("heat_efficiency", "1")?,
            electric_efficiency: of("electric_efficiency", "1")?,
            carbon: of("burnt_carbon_plastics", "1")?,
        })
    }

    /// `A` of a material of the end of life, in a draw.
    pub fn a(&self, material: &str, draw: &Draw<'_>) -> f64 {
        let value = match material {
            PLASTICS => &self.plastics,
            GLASS => &self.glass,
            _ => &self.metals,
        };
        draw.of(value).clamp(0.0, 1.0)
    }

    /// Whether a material's energy is recovered.
    pub fn burns(material: &str) -> bool {
        material == PLASTICS
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Strategy, prop_assert, proptest};

    use super::*;

    fn terms() -> impl Strategy<Value = CircularTerms> {
        ((0.0..1.0f64, 0.0..1.0f64, 0.0..0.7f64, 0.0..0.3f64), (0.1..40.0f64, 0.0..10.0f64, 0.0..10.0f64, 0.0..3.0f64)).prop_map(
            |((a, recycled_content, recycled_at_end, share), (primary, recycling_in, recycling_out, disposal))| CircularTerms {
                a,
                recycled_content,
                recycled_at_end,
                primary,
                recycling_in,
                recycling_out,
                replaced: primary,
                quality_in: 1.0,
                quality_out: 1.0,
                energy: EnergyTerms {
                    b: 0.0,
                    share,
                    heating_value: 35.0,
                    heat_efficiency: 0.3,
                    electric_efficiency: 0.13,
                    burning: 2.9,
                    heat: 0.07,
                    electricity: 0.15,
                },
                disposal,
            },
        )
    }

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() <= 1e-9 * (1.0 + a.abs() + b.abs())
    }

    proptest! {
        #[test]
        fn without_recycling_it_is_primary_material(t in terms()) {
            let none = CircularTerms { recycled_content: 0.0, recycled_at_end: 0.0, energy: EnergyTerms::default(), ..t };
            prop_assert!(near(circular_footprint(&none), t.primary + t.disposal));
        }

        #[test]
        fn with_a_of_one_it_is_the_cut_off(t in terms()) {
            let one = CircularTerms { a: 1.0, energy: EnergyTerms::default(), disposal: 0.0, ..t };
            prop_assert!(near(circular_footprint(&one), (1.0 - t.recycled_content) * t.primary + t.recycled_content * t.recycling_in));
        }

        #[test]
        fn with_a_of_nought_it_is_the_avoided_burden(t in terms(), other in 0.0..1.0f64) {
            let nought = CircularTerms { a: 0.0, energy: EnergyTerms::default(), disposal: 0.0, ..t };
            prop_assert!(near(circular_footprint(&nought), t.primary + t.recycled_at_end * (t.recycling_out - t.primary)));
            let content = CircularTerms { recycled_content: other, ..nought };
            prop_assert!(near(circular_footprint(&content), circular_footprint(&nought)), "the origin does not matter");
        }

        #[test]
        fn two_lives_in_a_row_share_one_recycling(t in terms()) {
            // What the first life leaves, the second takes in: together they count the work once and the primary material once.
            let none = EnergyTerms::default();
            let first = CircularTerms { recycled_content: 0.0, energy: none, disposal: 0.0, recycling_out: t.recycling_in, ..t };
            let second = CircularTerms { recycled_content: t.recycled_at_end, recycled_at_end: 0.0, energy: none, disposal: 0.0, ..t };
            let both = circular_footprint(&first) + circular_footprint(&second);
            prop_assert!(near(both, (2.0 - t.recycled_at_end) * t.primary + t.recycled_at_end * t.recycling_in));
        }
    }

    #[test]
    fn energy_of_a_burnt_kilogram_is_set_off_against_its_carbon() {
        let energy = EnergyTerms {
            b: 0.0,
            share: 1.0,
            heating_value: 40.0,
            heat_efficiency: 0.3,
            electric_efficiency: 0.1,
            burning: 3.0,
            heat: 0.08,
            electricity: 0.1,
        };
        // 3.0 − 40 · (0.3 · 0.08 + 0.1 · 0.1) = 1.64.
        assert!(near(circular_footprint(&CircularTerms { energy, ..CircularTerms::default() }), 1.64));
        let other = CircularTerms { energy: EnergyTerms { b: 1.0, ..energy }, ..CircularTerms::default() };
        assert!(near(circular_footprint(&other), 0.0), "with B of one it is the other life's");
    }
}
