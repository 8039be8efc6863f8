//! Range and consumption by each authority's rule.
//!
//! ```text
//! range = E_usable / e_battery      consumption = e_wall      (EPA: e = 0.55·city + 0.45·highway, both over 0.7)
//! ```
//!
//! | rule | cycle | source |
//! |------|-------|--------|
//! | WLTP | WLTC of the car's class | UN GTR 15, Annex 8 |
//! | CLTC | CLTC-P, at the car's own top speed where it is slower | GB/T 18386.1-2021 |
//! | EPA  | UDDS and HWFET, times the label factor | 40 CFR 600.210-12 |
//! | NEDC | NEDC | UN R101 |
//!
//! The procedures' shortened tests, phase weights and constant-speed segments are replaced by the plain cycle.

use minewheel_data::cycles::Cycles;
use minewheel_data::row::Draw;
use minewheel_data::units::{Energy, EnergyPerLength, Mass, Power, Speed};

use super::{Conditions, CycleResult, DriveError, DriveTables, ElectricCar, Trace, WltcClass, drive};

/// An authority's rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RangeRule {
    /// UN GTR 15 (EU).
    Wltp,
    /// GB/T 18386.1 (China).
    Cltc,
    /// EPA label (US).
    Epa,
    /// NEDC.
    Nedc,
}

impl RangeRule {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Wltp, Self::Cltc, Self::Epa, Self::Nedc];
    /// Its word in results.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Wltp => "wltp",
            Self::Cltc => "cltc",
            Self::Epa => "epa",
            Self::Nedc => "nedc",
        }
    }
}

/// Range and consumption by one rule.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct RangeResult {
    /// The rule.
    pub rule: RangeRule,
    /// The cycle driven.
    pub cycle: &'static str,
    /// Range.
    pub range_km: f64,
    /// Consumption at the wall.
    pub consumption_kwh_per_100km: f64,
}

/// The class of WLTC of an electric car.
pub fn wltc_class(car: &ElectricCar) -> WltcClass {
    WltcClass::of(Power::from_w(car.peak_power_w), Mass::from_kg(car.kerb_mass_kg), car.top_speed_m_s.map(Speed::from_m_s))
}

/// Range and consumption of a car by one rule.
///
/// # Errors
/// A cycle of the rule is missing.
pub fn range(car: &ElectricCar, rule: RangeRule, cycles: &Cycles, tables: &DriveTables, draw: &Draw<'_>) -> Result<RangeResult, DriveError> {
    let run = |id: &str| -> Result<CycleResult, DriveError> {
        let cycle = cycles.get(id)?;
        let top = car.top_speed_m_s.map(Speed::from_m_s).filter(|top| top.m_s() < cycle.max_speed_m_s());
        let trace = top.map_or_else(|| Trace::new(&cycle), |top| Trace::new(&cycle.capped(top)));
        Ok(drive(car, &trace, &Conditions::official()))
    };
    let (cycle, battery, wall) = match rule {
        RangeRule::Wltp => {
            let id = wltc_class(car).cycle_id();
            let result = run(id)?;
            (id, result.battery_wh_per_km, result.wall_wh_per_km)
        }
        RangeRule::Cltc | RangeRule::Nedc => {
            let id = if rule == RangeRule::Cltc { "cltc-p" } else { "nedc" };
            let result = run(id)?;
            (id, result.battery_wh_per_km, result.wall_wh_per_km)
        }
        RangeRule::Epa => {
            const CITY_SHARE: f64 = 0.55;
            let (city, highway) = (run("udds")?, run("hwfet")?);
            let label = draw.of(&tables.epa_adjustment);
            let mix = |a: f64, b: f64| (CITY_SHARE * a + (1.0 - CITY_SHARE) * b) / label;
            ("udds", mix(city.battery_wh_per_km, highway.battery_wh_per_km), mix(city.wall_wh_per_km, highway.wall_wh_per_km))
        }
    };
    Ok(RangeResult {
        rule,
        cycle,
        range_km: (Energy::from_j(car.usable_energy_j) / EnergyPerLength::from_wh_per_km(battery)).km(),
        consumption_kwh_per_100km: EnergyPerLength::from_wh_per_km(wall).kwh_per_100km(),
    })
}
