//! The numbers of the certification procedures, from `drive/procedures.csv`.

use minewheel_data::loader::Loader;
use minewheel_data::parameters::Parameters;
use minewheel_data::row::Value;

use super::{DriveError, WltcClass};

/// How one class of WLTC is downscaled.
#[derive(Debug, Clone, Copy)]
pub struct Downscaling {
    /// Second from which speeds are scaled.
    pub from_s: Value,
    /// Last second that is scaled as an acceleration.
    pub peak_s: Value,
    /// Second at which the scaled trace meets the base cycle again.
    pub to_s: Value,
    /// Speed in m/s at which the base cycle asks for most power.
    pub power_speed_m_s: Value,
    /// Acceleration in m/s² there.
    pub power_acceleration_m_s2: Value,
    /// Power asked over rated power below which nothing is scaled.
    pub ratio_least: Value,
    /// Slope and intercept of the factor in that ratio.
    pub factor: (Value, Value),
}

/// Where a test that runs two or more parts of one charge places them.
#[derive(Debug, Clone, Copy)]
pub struct Shortened {
    /// Fewest cycles in one charge for which the test is meant.
    pub cycles_least: Value,
    /// Share of the usable energy left for the last constant-speed segment.
    pub end_share: Value,
}

/// What parts the classes of WLTC. A legal definition: the same in every draw.
#[derive(Debug, Clone, Copy)]
pub struct WltcLimits {
    /// Most rated power over kerb mass of class 1 in W/kg.
    pub one_w_per_kg: Value,
    /// Most of class 2.
    pub two_w_per_kg: Value,
    /// Top speed in m/s from which a car of class 3 is one of class 3b.
    pub fast_m_s: Value,
}

/// All numbers of the procedures.
#[derive(Debug, Clone)]
pub struct ProcedureTables {
    /// What parts the classes of WLTC.
    pub wltc_limits: WltcLimits,
    /// Classes 1 to 3.
    pub downscaling: [Downscaling; 3],
    /// Largest factor that is not applied.
    pub factor_least: Value,
    /// Mass that resists acceleration over test mass, in the power asked.
    pub inertia: Value,
    /// Shortened tests of WLTP, CLTC and EPA.
    pub shortened: [Shortened; 3],
    /// Share of the city cycle in the combined figure (US).
    pub city_share: Value,
    /// Load in the test in kg (US).
    pub epa_load_kg: Value,
    /// Load in the test in kg (NEDC).
    pub nedc_load_kg: Value,
    /// Share of the energy kept back that lies above the usable window.
    pub reserve_above_share: Value,
}

impl ProcedureTables {
    /// Reads the table.
    ///
    /// # Errors
    /// A parameter is missing or has an unfit unit.
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, DriveError> {
        let table = Parameters::read(loader, "drive/procedures.csv");
        let v = |subject: &str, property: &str, unit: &str| table.value(subject, property, unit).map_err(DriveError::from);
        let downscaling = |subject: &str| -> Result<Downscaling, DriveError> {
            Ok(Downscaling {
                from_s: v(subject, "downscale_from", "s")?,
                peak_s: v(subject, "downscale_peak", "s")?,
                to_s: v(subject, "downscale_to", "s")?,
                power_speed_m_s: v(subject, "power_speed", "m/s")?,
                power_acceleration_m_s2: v(subject, "power_acceleration", "m/s/s")?,
                ratio_least: v(subject, "ratio_least", "1")?,
                factor: (v(subject, "factor_slope", "1")?, v(subject, "factor_intercept", "1")?),
            })
        };
        let shortened = |subject: &str| -> Result<Shortened, DriveError> {
            Ok(Shortened { cycles_least: v(subject, "cycles_least", "1")?, end_share: v(subject, "end_share", "1")? })
        };
        let wltc_limits = WltcLimits {
            one_w_per_kg: v("wltc-1", "power_to_mass_most", "W/kg")?,
            two_w_per_kg: v("wltc-2", "power_to_mass_most", "W/kg")?,
            fast_m_s: v("wltc-3", "fast_top_speed", "m/s")?,
        };
        Ok(Self {
            wltc_limits,
            downscaling: [downscaling("wltc-1")?, downscaling("wltc-2")?, downscaling("wltc-3")?],
            factor_least: v("wltp", "factor_least", "1")?,
            inertia: v("wltp", "inertia", "1")?,
            shortened: [shortened("wltp")?, shortened("cltc")?, shortened("epa")?],
            city_share: v("epa", "city_share", "1")?,
            epa_load_kg: v("epa", "test_load", "kg")?,
            nedc_load_kg: v("nedc", "test_load", "kg")?,
            reserve_above_share: v("pack", "reserve_above_share", "1")?,
        })
    }

    /// How a class is downscaled.
    pub fn downscaling(&self, class: WltcClass) -> &Downscaling {
        match class {
            WltcClass::One => &self.downscaling[0],
            WltcClass::Two => &self.downscaling[1],
            WltcClass::ThreeA | WltcClass::ThreeB => &self.downscaling[2],
        }
    }
}
