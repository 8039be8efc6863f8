//! Road load: the force that a car must overcome to hold a speed.
//!
//! ```text
//! F(v) = a + b·v + c·v²                       coast-down terms, or
//! F(v) = m·g·c_r + ½·ρ·κ·c_d·A·v²             from tyres and body
//! ```
//!
//! | symbol    | meaning                 | unit  | from                               |
//! |-----------|-------------------------|-------|------------------------------------|
//! | `a, b, c` | coast-down terms        | N …   | car file or catalogue              |
//! | `c_r`     | rolling resistance      | –     | car file, else `drive.csv` by class |
//! | `c_d`, `A`| drag, frontal area      | –, m² | car file, else `drive.csv` by class |
//! | `κ`       | drag on the road over makers' claims | – | `drive.csv`, from coast-downs |
//! | `ρ`       | air density             | kg/m³ | `drive.csv`, ideal gas             |
//!
//! A coast-down is run in neutral and so holds the drag of tyres, bearings, brakes AND the gears and rotor that turn
//! with the wheels. Losses of gears and machines in [`super::electric`] are therefore those that load and current add. With
//! temperature, `c` follows the air density and `a` the tyres (ISO 28580); `b` is left alone.
//!
//! Source: UN GTR 15, Annex 4; 40 CFR 1066.301. Valid for level dry asphalt without wind.

use minewheel_data::car::{CarClass, CarDesign};
use minewheel_data::row::Draw;
use minewheel_data::units::STANDARD_GRAVITY_M_S2;

use super::{Defaulted, DriveError, DriveTables, Kind, or_default};

/// Masses for the drive, in kg.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Masses {
    /// Mass in the test: the car, its driver, and what the procedure loads.
    pub test_mass_kg: f64,
    /// Car without driver.
    pub kerb_mass_kg: f64,
}

impl Masses {
    /// From what the design gives: test mass of the coast-down, else kerb mass and payload, else the class.
    pub fn of(design: &CarDesign, tables: &DriveTables, draw: &Draw<'_>, defaulted: &mut Vec<Defaulted>) -> Self {
        let payload = draw.of(&tables.payload_kg);
        let test = design.road_load.test_mass_kg.as_ref().map(|v| draw.of(v));
        let kerb = design.kerb_mass_kg.as_ref().map(|v| draw.of(v));
        match (test, kerb) {
            (Some(test_mass_kg), Some(kerb_mass_kg)) => Self { test_mass_kg, kerb_mass_kg },
            (Some(test_mass_kg), None) => {
                let kerb_mass_kg = (test_mass_kg - payload).max(0.5 * test_mass_kg);
                defaulted.push(Defaulted { field: "car.kerb_mass_kg", value: kerb_mass_kg, rows: vec![tables.payload_kg.row] });
                Self { test_mass_kg, kerb_mass_kg }
            }
            (None, kerb) => {
                let kerb_mass_kg = kerb.unwrap_or_else(|| {
                    let stand_in = &tables.class(design.class.unwrap_or(CarClass::Compact)).kerb_mass_kg;
                    or_default(None, stand_in, "car.kerb_mass_kg", draw, defaulted)
                });
                let test_mass_kg = kerb_mass_kg + payload;
                defaulted.push(Defaulted { field: "car.road_load.test_mass_kg", value: test_mass_kg, rows: vec![tables.payload_kg.row] });
                Self { test_mass_kg, kerb_mass_kg }
            }
        }
    }
}

/// Coast-down terms at the reference temperature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RoadLoad {
    /// Constant term.
    pub a_n: f64,
    /// Linear term.
    pub b_n_per_m_s: f64,
    /// Quadratic term.
    pub c_n_per_m2_s2: f64,
}

impl RoadLoad {
    /// Force at a speed, in N.
    pub fn force_n(&self, speed_m_s: f64) -> f64 {
        self.a_n + speed_m_s * (self.b_n_per_m_s + speed_m_s * self.c_n_per_m2_s2)
    }

    /// The same for a car that weighs more (less, if negative) than `mass_kg` by so much: the constant term, which is
    /// mostly the tyres', goes with the mass (UN GTR 15, Annex 4, road-load families).
    #[must_use]
    pub fn heavier_by(self, change_kg: f64, mass_kg: f64) -> Self {
        Self { a_n: self.a_n * (1.0 + change_kg / mass_kg), ..self }
    }

    /// From the design, or from the defaults of its kind, which are noted.
    ///
    /// # Errors
    /// Coast-down terms are given in part, or a number is outside what a car can have.
    pub fn of(
        design: &CarDesign,
        kind: &Kind<'_>,
        masses: &Masses,
        tables: &DriveTables,
        draw: &Draw<'_>,
        defaulted: &mut Vec<Defaulted>,
    ) -> Result<Self, DriveError> {
        let given = &design.road_load;
        let load = match (&given.a_n, &given.b_n_per_m_s, &given.c_n_per_m2_s2) {
            (Some(a), Some(b), Some(c)) => Self { a_n: draw.of(a), b_n_per_m_s: draw.of(b), c_n_per_m2_s2: draw.of(c) },
            (None, None, None) => {
                let crr = kind.or(given.crr.as_ref(), |c| &c.crr, "car.road_load.crr", draw, defaulted);
                let cd = kind.shape(design, tables).or(given.cd.as_ref(), |c| &c.cd, "car.road_load.cd", draw, defaulted);
                let area = kind.or(given.frontal_area_m2.as_ref(), |c| &c.frontal_area_m2, "car.road_load.frontal_area_m2", draw, defaulted);
                check(design, "car.road_load.crr", crr, 0.001, 0.1, "0.001 to 0.1")?;
                check(design, "car.road_load.cd", cd, 0.05, 1.5, "0.05 to 1.5")?;
                check(design, "car.road_load.frontal_area_m2", area, 0.3, 8.0, "0.3 to 8 m²")?;
                Self {
                    a_n: masses.test_mass_kg * STANDARD_GRAVITY_M_S2 * crr,
                    b_n_per_m_s: 0.0,
                    c_n_per_m2_s2: 0.5 * draw.of(&tables.air_density) * draw.of(&tables.drag_over_claim) * cd * area,
                }
            }
            _ => return Err(DriveError::PartialCoastDown { car: design.id.clone() }),
        };
        check(design, "car.kerb_mass_kg", masses.kerb_mass_kg, 100.0, 10_000.0, "100 to 10000 kg")?;
        check(design, "car.road_load.test_mass_kg", masses.test_mass_kg, 100.0, 10_000.0, "100 to 10000 kg")?;
        // A cubic-looking set may have a negative term; the force itself must not be.
        for speed_m_s in [5.0, 15.0, 30.0] {
            check(design, "car.road_load", load.force_n(speed_m_s), 1.0, 5e3, "terms that give 1 to 5000 N between 18 and 108 km/h")?;
        }
        Ok(load)
    }
}

/// Refuses a number outside what a car can have.
pub(super) fn check(design: &CarDesign, field: &'static str, seen: f64, low: f64, high: f64, wanted: &'static str) -> Result<(), DriveError> {
    if (low..=high).contains(&seen) { Ok(()) } else { Err(DriveError::Implausible { car: design.id.clone(), field, seen, wanted }) }
}
