//! A second life in storage, below the capacity at which a car gives its pack up.
//!
//! ```text
//! E_2 = t(q_1 → q_2)·n·d·(q_1 + q_2)/2        kWh a kWh of the new pack
//! E_n = t(1 → q_n)·n·d·(1 + q_n)/2            the same service of a new LFP storage pack
//! credit = s·δ·(E_2 / E_n)·F_new − s·w·g
//! ```
//!
//! | symbol | meaning                                              | from                           |
//! |--------|------------------------------------------------------|--------------------------------|
//! | `t`    | years between two capacities in the storage duty, at most those that the rest of a pack serves | laws of `ageing`, `parameters.csv` |
//! | `n, d` | cycles a year, depth of each                         | `recycling/parameters.csv`     |
//! | `s, δ` | share of packs reused, share of the service that a new pack would else give | `recycling/parameters.csv` |
//! | `w, g` | electricity of refurbishing, its footprint           | `recycling/parameters.csv`, network |
//!
//! The credit is an assumption about a market, not a property of the pack: it is never counted unless it is asked for.
//! Recycling is only put off: its flows stay what they are.

use minewheel_data::row::Draw;
use minewheel_model::ageing::Duty;
use serde::Serialize;

use crate::AssessError;
use crate::tables::Tables;
use crate::uncertainty::Interval;

/// The chemistry of the storage pack that is not built.
pub(crate) const NEW_PACK: &str = "lfp";

/// What a pack does in its second life, in one draw; energies a kWh of the new pack.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SecondLifeUse {
    /// Capacity at its start, over that of the new pack.
    pub starts_at: f64,
    /// Capacity at its end.
    pub ends_at: f64,
    /// Years of it.
    pub years: f64,
    /// Energy delivered in it.
    pub delivered_kwh: f64,
    /// Energy that a new storage pack delivers over its life.
    pub new_pack_kwh: f64,
    /// Share of packs that have a second life.
    pub reused_share: f64,
    /// Share of the service that new packs would else give.
    pub displacement: f64,
    /// Electricity of refurbishing.
    pub refurbishing_kwh: f64,
}

impl SecondLifeUse {
    /// The second life of packs of a chemistry.
    ///
    /// # Errors
    /// A parameter is missing, or no law of ageing stands for the chemistry.
    pub fn of(tables: &Tables, chemistry: &str, draw: &Draw<'_>) -> Result<Self, AssessError> {
        let parameter = |name: &str| Ok::<_, AssessError>(draw.of(&tables.recycling.parameter("second-life", name, "1")?));
        let starts_at = tables.ageing.first_life_ends_at(draw);
        let ends_at = parameter("ends_at")?.min(starts_at);
        let new_ends_at = parameter("new_pack_ends_at")?;
        let (cycles, depth) = (parameter("cycles_per_year")?, parameter("depth")?.clamp(0.0, 1.0));
        // One swing a day around the middle; fewer cycles a year leave days at rest in between.
        let duty = Duty::commute(f64::midpoint(1.0, depth), depth, parameter("temperature_c")?, &tables.ageing.commute_hours(draw))?;
        // Years, capacity at their end, energy: the capacity falls evenly between the two, and years may run out before it does.
        let life = |years: f64, longest: f64, from: f64, to: f64| {
            let served = years.min(longest);
            let end = if years > 0.0 { from - (from - to) * served / years } else { to };
            (served, end, served * cycles * depth * f64::midpoint(from, end))
        };
        let years = tables.ageing.years_between(chemistry, &duty, starts_at, ends_at, draw)?;
        let new_years = tables.ageing.years_between(NEW_PACK, &duty, 1.0, new_ends_at, draw)?;
        let (years, ends_at, delivered_kwh) = life(years, parameter("longest_years")?, starts_at, ends_at);
        let (_, _, new_pack_kwh) = life(new_years, parameter("new_pack_longest_years")?, 1.0, new_ends_at);
        Ok(Self {
            starts_at,
            ends_at,
            years,
            delivered_kwh,
            new_pack_kwh,
            reused_share: parameter("reused_share")?,
            displacement: parameter("displacement")?,
            refurbishing_kwh: draw.of(&tables.recycling.parameter("second-life", "refurbishing_electricity", "1")?),
        })
    }

    /// Credit in kg CO2e a kWh, for the footprint of a new storage pack a kWh and of a kWh of electricity.
    pub fn credit(&self, new_pack_kg: f64, electricity_kg: f64) -> f64 {
        let displaced = self.displacement * self.delivered_kwh / self.new_pack_kwh * new_pack_kg;
        self.reused_share * (displaced - self.refurbishing_kwh * electricity_kg)
    }
}

/// A second life, with what it would be credited.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct SecondLife {
    /// Capacity at its start, over that of the new pack.
    pub starts_at: f64,
    /// Capacity at its end.
    pub ends_at: f64,
    /// Years of it.
    pub years: Interval,
    /// Energy delivered in it, in kWh a kWh of the new pack.
    pub delivered_kwh_per_kwh: Interval,
    /// Share of packs that have one.
    pub reused_share: f64,
    /// Footprint of a new storage pack in kg CO2e a kWh, made where this pack is recycled.
    pub new_pack_kg_per_kwh: Interval,
    /// Credit in kg CO2e a kWh of the pack, after refurbishing.
    pub credit_kg_per_kwh: Interval,
    /// What the credit claims.
    pub statement: &'static str,
}

/// What a second-life credit claims, to be printed beside it.
pub(crate) const STATEMENT: &str = "credit for new storage packs that would not be built because aged packs serve instead; an assumption about the storage market, \
     counted only on request, and on top of the recycling that follows";
