//! Heat of the cabin over a drive that begins cold.
//!
//! ```text
//! P = (T_set − T)·(G + C·(1 − e^(−t·G/C))/t)·(h/ε_p + (1 − h)/ε_r)
//! ```
//!
//! `G` heat loss with ventilation, `C` what warms up, `t` duration, `h` share of a heat pump with yield `ε_p`, `ε_r` that of a
//! resistive heater. Up to the rating of the heater; in a test of a model year in which makers chose the mode of the climate
//! unit, up to what such a mode takes. Valid for one drive from cold; the pack is not heated.

use minewheel_data::car::{CarDesign, HeatPump};
use minewheel_data::row::{Draw, Value};

use super::models;
use super::{Defaulted, DriveTables, Masses, Use};

/// What keeps the cabin warm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heating {
    /// Heat in W per K that the cabin loses, with its ventilation.
    pub loss_w_per_k: f64,
    /// Heat in J per K that warms up at the start.
    pub capacity_j_per_k: f64,
    /// Temperature in °C above which nothing is heated.
    pub below_c: f64,
    /// Heat per electricity, heat pump and resistive.
    pub yield_of: (f64, f64),
    /// Share of the heat that a heat pump gives: 0 or 1, or the odds.
    pub heat_pump_share: f64,
    /// Most electricity in W, in traffic.
    pub limit_w: f64,
    /// Most electricity in W, in a certification test.
    pub test_limit_w: f64,
}

impl Heating {
    /// Most electricity in W in a test or in traffic.
    pub fn limit_w(&self, usage: Use) -> f64 {
        match usage {
            Use::Official => self.test_limit_w,
            Use::RealWorld => self.limit_w,
        }
    }

    /// Mean electric power in W over the first `duration_s` of a drive from cold.
    pub fn power_w(&self, ambient_c: f64, duration_s: f64, usage: Use) -> f64 {
        self.power_between_w(ambient_c, (0.0, duration_s), 0.0, usage)
    }

    /// Mean electric power in W between two times of a drive whose cabin was warm by a share at the start.
    pub fn power_between_w(&self, ambient_c: f64, (from_s, to_s): (f64, f64), warm_share: f64, usage: Use) -> f64 {
        let cold_k = (self.below_c - ambient_c).max(0.0);
        let duration_s = to_s - from_s;
        if cold_k <= 0.0 || duration_s <= 0.0 {
            return 0.0;
        }
        let warmed = (1.0 - warm_share) * (self.left_cold(from_s) - self.left_cold(to_s));
        let heat_w = cold_k * (self.loss_w_per_k + self.capacity_j_per_k * warmed / duration_s);
        let per_heat = self.heat_pump_share / self.yield_of.0 + (1.0 - self.heat_pump_share) / self.yield_of.1;
        (heat_w * per_heat).min(self.limit_w(usage))
    }

    /// Share of a difference in temperature of the cabin that is left after a time.
    pub fn left_cold(&self, after_s: f64) -> f64 {
        if self.capacity_j_per_k > 0.0 { (-after_s * self.loss_w_per_k / self.capacity_j_per_k).exp() } else { 0.0 }
    }

    /// The same car with a heater that takes a constant power in W at a temperature, whatever the time.
    #[must_use]
    pub fn constant_w(&self, power_w: f64, ambient_c: f64) -> Self {
        let cold_k = (self.below_c - ambient_c).max(1e-9);
        Self {
            loss_w_per_k: power_w / cold_k,
            capacity_j_per_k: 0.0,
            yield_of: (1.0, 1.0),
            limit_w: f64::INFINITY,
            test_limit_w: f64::INFINITY,
            ..*self
        }
    }
}

/// Heating of the cabin, by what is known of the model.
pub(super) fn heating(design: &CarDesign, masses: &Masses, tables: &DriveTables, draw: &Draw<'_>, defaulted: &mut Vec<Defaulted>) -> Heating {
    let of = |value: &Value| draw.of(value);
    let known = design.make.as_deref().zip(design.model.as_deref());
    let known = known.and_then(|(make, model)| models::find(&tables.models, make, model, design.model_year));
    let pump = known.and_then(|m| m.axles.iter().find_map(|a| a.has_heat_pump.map(|has| (f64::from(u8::from(has)), a.row))));
    let heat_pump_share = if let Some(given) = design.heat_pump {
        f64::from(u8::from(given == HeatPump::Yes))
    } else {
        let (share, row) = pump.unwrap_or_else(|| {
            let share = tables.heat_pump_share.of(design.model_year);
            (of(share).clamp(0.0, 1.0), share.row)
        });
        defaulted.push(Defaulted { field: "car.heat_pump", value: share, rows: vec![row] });
        share
    };
    let limit_w = of(&tables.heating_limit_w);
    // Model years are whole numbers; the row says the first one of which the default mode was tested.
    let is_mode_chosen = design.model_year.is_some_and(|year| f64::from(year) < tables.default_mode_from.best);
    let size = (masses.test_mass_kg / of(&tables.standing_mass_kg)).powf(of(&tables.cabin_exponent));
    Heating {
        loss_w_per_k: of(&tables.cabin_loss_w_per_k).max(0.0) * size,
        capacity_j_per_k: of(&tables.cabin_capacity_j_per_k).max(0.0) * size,
        below_c: of(&tables.heating_below_c),
        yield_of: (of(&tables.heat_pump_yield), of(&tables.resistive_yield)),
        heat_pump_share,
        limit_w,
        test_limit_w: if is_mode_chosen { of(&tables.chosen_mode_limit_w).min(limit_w) } else { limit_w },
    }
}
