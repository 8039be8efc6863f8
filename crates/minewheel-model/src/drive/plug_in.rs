//! Plug-in hybrids: on the battery with the engine's help, on fuel with the charge kept, and both over their distance.
//!
//! ```text
//! depleting    e_d from the electric drive at a held state of charge; the engine does what machine and pack cannot:
//!              f_d = κ·(1 + gap)·W_missed/(η_gb·η_on)
//! range        R = E_usable/e_battery
//! together     e = UF(R)·e_d        f = UF(R)·f_d + (1 − UF(R))·f_s
//! ```
//!
//! | symbol     | meaning                                                   | unit | from                          |
//! |------------|-----------------------------------------------------------|------|-------------------------------|
//! | `W_missed` | work at the wheels beyond machine and pack                | J/m  | [`drive_holding_charge`]      |
//! | `η_on`     | the engine where a hybrid runs it                         | –    | [`CombustionCar`]             |
//! | `κ`        | scale on the certificate                                  | –    | [`CombustionCar`]             |
//! | `UF`       | electric share of the distance                            | –    | [`UtilityCurve`]              |
//! | `f_s`      | fuel with the charge kept                                 | J/m  | [`drive_combustion`]          |
//!
//! `UF` counts all distance driven while the battery is depleted, with or without the engine's help, as UN GTR 15 does. The
//! range is that of a battery that empties evenly; the transition cycle of the procedure is left out, and so are engines that
//! start cold for a short push.

use minewheel_data::units::Length;

use super::{CombustionCar, Conditions, CycleResult, ElectricCar, FuelResult, Trace, drive_combustion, drive_holding_charge};
use crate::vehicle::UtilityCurve;

/// Range in km of a battery from which nothing is taken.
const ENDLESS_KM: f64 = 1e5;

/// Driving on the battery, with the engine where the battery does not suffice.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Depleting {
    /// The electric side. What its trace misses, the engine does.
    pub electric: CycleResult,
    /// Fuel of the engine's help.
    pub fuel_l_per_100km: f64,
    /// The same as energy (lower heating value).
    pub fuel_mj_per_km: f64,
    /// Distance until the battery is empty.
    pub range_km: f64,
}

/// What a plug-in hybrid used on a cycle, both ways of driving weighed by its utility factor.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct PlugInResult {
    /// Share of the distance driven while the battery is depleted.
    pub utility_factor: f64,
    /// Wall energy over all distance.
    pub wall_wh_per_km: f64,
    /// Fuel over all distance.
    pub fuel_l_per_100km: f64,
    /// Driving on the battery.
    pub depleting: Depleting,
    /// Driving with the battery's charge kept.
    pub sustaining: FuelResult,
}

/// Drives a cycle on the battery, and on the engine where the battery does not suffice.
pub fn drive_depleting(electric: &ElectricCar, fuel: &CombustionCar, trace: &Trace, conditions: &Conditions) -> Depleting {
    let result = drive_holding_charge(electric, trace, conditions);
    let (fuel_l_per_100km, fuel_mj_per_km) = fuel.covering(result.ledger.unmet, conditions);
    let used_wh_per_km = result.battery_wh_per_km;
    let usable_wh = minewheel_data::units::Energy::from_j(electric.usable_energy_j).wh();
    let range_km = if used_wh_per_km > 0.0 { (usable_wh / used_wh_per_km).min(ENDLESS_KM) } else { ENDLESS_KM };
    Depleting { electric: result, fuel_l_per_100km, fuel_mj_per_km, range_km }
}

/// Drives a cycle with a plug-in hybrid: once on the battery, once with its charge kept.
pub fn drive_plug_in(electric: &ElectricCar, fuel: &CombustionCar, curve: &UtilityCurve, trace: &Trace, conditions: &Conditions) -> PlugInResult {
    let depleting = drive_depleting(electric, fuel, trace, conditions);
    let sustaining = drive_combustion(fuel, trace, conditions);
    let utility_factor = curve.share(Length::from_km(depleting.range_km)).get();
    PlugInResult {
        utility_factor,
        wall_wh_per_km: utility_factor * depleting.electric.wall_wh_per_km,
        fuel_l_per_100km: utility_factor * depleting.fuel_l_per_100km + (1.0 - utility_factor) * sustaining.fuel_l_per_100km,
        depleting,
        sustaining,
    }
}
