//! What a machine is made of.
//!
//! ```text
//! housing = π·(D_o + t)·t·(L + 2·l_e)·ρ_Al + 2·π/4·(D_o + 2t)²·t_e·ρ_Al
//! shaft   = π/4·d²·(1 − b²)·(L + 2·l_e)·ρ_st,      d the rotor's inner diameter where laminations end, else ρ of a spider
//! ```
//!
//! Laminations come with their stacking factor. A rotor with a wide bore (hybrid drives) sits on a steel hub, which
//! counts as shaft. Left out: terminals, sensors, coolant, paint.

use std::f64::consts::PI;

use minewheel_data::row::Draw;

use super::MotorError;
use super::geometry::{Geometry, Rotor};
use super::tables::{MagnetGrade, MagnetShares, MotorTables, Steel};

/// Masses in kg.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct Masses {
    /// Magnets with rare earths.
    pub magnet_kg: f64,
    /// Ferrite magnets.
    pub ferrite_kg: f64,
    /// What the rare-earth magnets hold, by element, in kg.
    pub elements_kg: MagnetShares,
    /// Copper of stator, field winding and cage.
    pub copper_kg: f64,
    /// Of that: stator winding.
    pub stator_copper_kg: f64,
    /// Laminations of the stator.
    pub stator_core_kg: f64,
    /// Laminations of the rotor.
    pub rotor_core_kg: f64,
    /// Aluminium of a cage.
    pub cage_aluminium_kg: f64,
    /// Aluminium of housing and shields.
    pub housing_kg: f64,
    /// Shaft and hub.
    pub shaft_kg: f64,
    /// Insulation and resin.
    pub insulation_kg: f64,
}

impl Masses {
    /// From geometry and materials.
    ///
    /// # Errors
    /// A parameter is missing.
    pub fn of(g: &Geometry, steel: &Steel, magnet: Option<&MagnetGrade>, tables: &MotorTables, draw: &Draw<'_>) -> Result<Self, MotorError> {
        let of = |name: &str, unit: &str| -> Result<f64, MotorError> { Ok(draw.of(&tables.shared(name, unit)?)) };
        let core = draw.of(&steel.density) * of("stacking_factor", "1")?;
        let copper = draw.of(&tables.copper.density);
        let aluminium = draw.of(&tables.aluminium.density);
        let stator_copper_kg = g.copper_m3() * copper;
        let mut masses = Self {
            stator_copper_kg,
            copper_kg: stator_copper_kg,
            stator_core_kg: g.stator_core_m3() * core,
            rotor_core_kg: g.rotor_core_m3() * core,
            ..Self::default()
        };
        match magnet.map(|m| m.composition) {
            Some(Some(composition)) => {
                masses.magnet_kg = g.magnet_m3() * draw.of(&tables.magnet_density);
                masses.elements_kg = composition.shares(draw).scaled(masses.magnet_kg);
            }
            Some(None) => masses.ferrite_kg = g.magnet_m3() * draw.of(&tables.ferrite_density),
            None => {}
        }
        match &g.rotor {
            Rotor::Salient { copper_m2, .. } => masses.copper_kg += field_copper_m3(g, *copper_m2) * copper,
            Rotor::Cage { bars, width_m, depth_m, ring_m2, is_copper } => {
                let ring = PI * (g.rotor_m - depth_m) * ring_m2 * 2.0;
                let volume = bars * width_m * depth_m * g.stack_m + ring;
                if *is_copper {
                    masses.copper_kg += volume * copper;
                } else {
                    masses.cage_aluminium_kg = volume * aluminium;
                }
            }
            _ => {}
        }
        let (wall, shield) = (of("housing_thickness", "m")?, of("end_shield_thickness", "m")?);
        // End turns stand out by half the span of a coil's half circle.
        let overhang = 0.5 * g.end_turn_m() / g.end_turn_factor;
        let whole = g.stack_m + 2.0 * overhang;
        let ring = PI * (g.outer_m + wall) * wall * whole;
        let ends = 2.0 * PI / 4.0 * (g.outer_m + 2.0 * wall).powi(2) * shield;
        masses.housing_kg = (ring + ends) * aluminium;
        let bore = of("shaft_bore_share", "1")?;
        let diameter = of("bearing_bore_share", "1")? * g.rotor_m;
        let shaft = PI / 4.0 * diameter * diameter * (1.0 - bore * bore) * whole;
        // Between shaft and laminations: a hub of two discs as thick as the shields.
        let hub = 2.0 * PI / 4.0 * (g.rotor_inner_m.powi(2) - diameter * diameter).max(0.0) * shield;
        masses.shaft_kg = (shaft + hub) * draw.of(&tables.steel_density);
        masses.insulation_kg = of("insulation_share", "1")? * masses.copper_kg;
        Ok(masses)
    }

    /// Electrical steel of stator and rotor.
    pub fn laminations_kg(&self) -> f64 {
        self.stator_core_kg + self.rotor_core_kg
    }
    /// Aluminium of housing and cage.
    pub fn aluminium_kg(&self) -> f64 {
        self.housing_kg + self.cage_aluminium_kg
    }
    /// The rotor with magnets, cage and shaft; a field winding too.
    pub fn rotor_kg(&self) -> f64 {
        self.rotor_core_kg + self.magnet_kg + self.ferrite_kg + self.cage_aluminium_kg + self.copper_kg - self.stator_copper_kg + self.shaft_kg
    }
    /// The machine without gear and inverter.
    pub fn total_kg(&self) -> f64 {
        self.magnet_kg + self.ferrite_kg + self.copper_kg + self.laminations_kg() + self.aluminium_kg() + self.shaft_kg + self.insulation_kg
    }
}

impl MagnetShares {
    /// Multiplied by a mass.
    #[must_use]
    pub fn scaled(&self, by: f64) -> Self {
        Self {
            neodymium: self.neodymium * by,
            praseodymium: self.praseodymium * by,
            dysprosium: self.dysprosium * by,
            terbium: self.terbium * by,
            boron: self.boron * by,
            iron: self.iron * by,
        }
    }
    /// Sum of all elements.
    pub fn sum(&self) -> f64 {
        self.rare_earth() + self.boron + self.iron
    }
    /// Nd, Pr, Dy and Tb.
    pub fn rare_earth(&self) -> f64 {
        self.neodymium + self.praseodymium + self.dysprosium + self.terbium
    }
}

/// Copper of the field winding in m³: one coil a pole, its ends as wide as the body.
pub fn field_copper_m3(g: &Geometry, copper_m2: f64) -> f64 {
    let Rotor::Salient { body_m, .. } = &g.rotor else { return 0.0 };
    2.0 * g.pole_pairs * copper_m2 * 2.0 * (g.stack_m + body_m + copper_m2.sqrt())
}
