//! A designed cell: energy by mass and volume, coatings, power, fast charge, checks.
//!
//! ```text
//! P/A    = s·U·(1 − s)·U / R                     s: voltage under full load over open circuit
//! i_max  = min(U_anode / R_anode, (V_max − U) / R, i_salt)
//! i_salt = F·D·c / ((1 − t₊)·(t_a/(2ε_a^b) + t_s/(2ε_s^b)))
//! t      = (0.8 − 0.1) / (i_max / q_A)           from 10 to 80 %
//! ```
//!
//! `U` is the mean voltage, `R` the resistance by area of [`stack`](super::stack), `U_anode` the potential of the anode over that
//! of plated lithium, `i_salt` the current that uses up the salt at the anode's foil. Heat is not counted. Power is that of seconds at half charge and 25 °C. The charge is at the temperature that a car warms its
//! pack to, and at the limit all the way: what the cell allows, not what a car's controller or a station gives.

use minewheel_data::row::{Draw, RowId};
use minewheel_data::units::{Duration, Energy, Mass, Power, Volume};
use serde::Serialize;

use super::choices::{CellFormat, usable_n_to_p};
use super::content::{Bound, Check};
use super::design::{PackSpec, known_cell, sheet_of};
use super::error::BatteryError;
use super::power::{Thinned, short_time_w_per_m2};
use super::stack::{USUAL_FORMAT, cased, stack};
use super::tables::{CellTables, PackLayout};

/// One coating, one side.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct CoatingReport {
    /// Active material in mg/cm².
    pub active_mg_per_cm2: f64,
    /// The whole coating in mg/cm².
    pub coating_mg_per_cm2: f64,
    /// Thickness in µm.
    pub thickness_um: f64,
    /// Porosity.
    pub porosity: f64,
    /// Density with pores in g/cm³.
    pub density_g_per_cm3: f64,
}

/// What the cell can give for seconds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct PowerReport {
    /// Resistance by area in Ω·cm², at 25 °C and half charge.
    pub resistance_ohm_cm2: f64,
    /// Short-time power of the cell in W/kg.
    pub cell_w_per_kg: f64,
    /// Short-time power of the pack in kW.
    pub pack_kw: f64,
    /// Loss at a discharge in one hour, as a share of the energy.
    pub loss_share_at_1c: f64,
}

/// What the cell can take.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, schemars::JsonSchema)]
pub struct FastChargeReport {
    /// Highest rate in 1/h.
    pub c_rate: f64,
    /// Minutes from 10 to 80 %.
    pub minutes_10_to_80: f64,
    /// Temperature of the pack in °C.
    pub at_c: f64,
    /// What limits it: `plating`, `voltage` or `salt`.
    pub limit: &'static str,
}

/// A cell as designed, in one draw.
#[derive(Debug, Clone, PartialEq)]
pub struct CellDesign {
    /// The case that the volume is computed for.
    pub format: CellFormat,
    /// Energy of one cell in Wh.
    pub energy_wh: f64,
    /// Energy by volume in Wh/l.
    pub wh_per_l: f64,
    /// Energy of the pack by volume in Wh/l.
    pub pack_wh_per_l: f64,
    /// Mean voltage in V.
    pub voltage_v: f64,
    /// Capacity of one side in mAh/cm².
    pub areal_capacity_mah_per_cm2: f64,
    /// Anode over cathode capacity.
    pub n_to_p: f64,
    /// Electrolyte in g/Ah.
    pub electrolyte_g_per_ah: f64,
    /// One-sided electrode area in m² a kWh.
    pub area_m2_per_kwh: f64,
    /// The cathode.
    pub cathode: CoatingReport,
    /// The anode.
    pub anode: CoatingReport,
    /// Short-time power.
    pub power: PowerReport,
    /// Fast charge.
    pub fast_charge: FastChargeReport,
    /// Checks beyond those of the pack.
    pub checks: Vec<Check>,
    /// Rows of the stack that the figures rest on.
    pub rows: Vec<RowId>,
}

/// State of charge at the start and end of a fast charge, as data sheets give it.
const FAST_CHARGE: (f64, f64) = (0.1, 0.8);
/// Square centimetres in a square metre.
const CM2_PER_M2: f64 = 1e4;
/// Micrometres in a metre.
const UM_PER_M: f64 = 1e6;

/// The cell of a pack in full.
///
/// # Errors
/// As [`design_pack`](super::design_pack); to be called for a specification that it accepts.
pub fn describe_cell(spec: &PackSpec, tables: &CellTables, draw: &Draw<'_>) -> Result<CellDesign, BatteryError> {
    let cell = known_cell(&spec.chemistry, tables)?;
    let (Some(making), Some(parameters)) = (&tables.making, &tables.stack) else { return Err(BatteryError::TablesIncomplete) };
    let thinned = Thinned::of(spec, cell, tables);
    let (now, sheet) = sheet_of(spec, cell, making, tables, thinned, draw);
    let own = parameters.of(cell);
    let side = stack(cell, parameters, &now, thinned.map_or(spec.choices.porosity, |t| Some(t.porosity(cell, draw))), draw);
    let format = spec.choices.format.unwrap_or(USUAL_FORMAT);
    let case = cased(format, parameters, side.m3_per_wh(&now), making, draw);
    let volume_share = draw.of(match spec.layout {
        Some(PackLayout::CellToPack) => &parameters.volume_share_cell_to_pack,
        Some(PackLayout::Modules) | None => &parameters.volume_share_modules,
    });
    let report = |c: &super::stack::Coating| CoatingReport {
        active_mg_per_cm2: Mass::from_kg(c.active_kg_per_m2).g() * 1e3 / CM2_PER_M2,
        coating_mg_per_cm2: Mass::from_kg(c.kg_per_m2).g() * 1e3 / CM2_PER_M2,
        thickness_um: c.thickness_m * UM_PER_M,
        porosity: c.porosity,
        density_g_per_cm3: Mass::from_kg(c.kg_per_m2 / c.thickness_m).t(),
    };

    let (of_stack, _) = side.resistance(cell, parameters, None, draw);
    let resistance = thinned.map_or(of_stack, |t| t.resistance_ohm_m2(cell, draw));
    let w_per_m2 = short_time_w_per_m2(resistance, parameters, &now, draw);
    let kw_per_kwh = Power::from_w(w_per_m2 * sheet.area_m2).kw();
    let power = PowerReport {
        resistance_ohm_cm2: resistance * CM2_PER_M2,
        cell_w_per_kg: w_per_m2 * sheet.area_m2 / sheet.cell_kg(),
        pack_kw: kw_per_kwh * draw.of(&spec.gross_energy_kwh),
        loss_share_at_1c: now.areal_ah_per_m2 * resistance / now.voltage_v,
    };
    let at_c = draw.of(&parameters.fast_charge_c);
    // The finer powders of a power cell are as much better when it is warm.
    let (warm, anode_side) = side.resistance(cell, parameters, Some(at_c), draw);
    let (warm, anode_side) = (warm * resistance / of_stack, anode_side * resistance / of_stack);
    let plating = draw.of(&parameters.anode(&cell.anode).plating_margin_v) / anode_side;
    let voltage = (draw.of(&own.upper_voltage_v) - now.voltage_v) / warm;
    let salt = side.depleting_a_per_m2(cell, parameters, true, draw).unwrap_or(f64::INFINITY);
    let limits = [("plating", plating), ("voltage", voltage), ("salt", salt)];
    let (limit, least) = limits.into_iter().fold(limits[0], |least, one| if one.1 < least.1 { one } else { least });
    let c_rate = least / now.areal_ah_per_m2;
    let fast_charge =
        FastChargeReport { c_rate, minutes_10_to_80: Duration::from_h((FAST_CHARGE.1 - FAST_CHARGE.0) / c_rate).minutes(), at_c, limit };

    let wh_per_l = case.wh_per_l();
    let electrolyte_m3_per_m2 = now.areal_ah_per_m2 * now.electrolyte_kg_per_ah / draw.of(&parameters.electrolyte_density);
    let least_wh_per_l = thinned.map_or(own.energy_density_low_wh_per_l, |t| t.power.energy_density_low_wh_per_l);
    let mut checks = vec![
        Check::new(
            "anode over cathode capacity before pores are full",
            usable_n_to_p(cell, parameters, &spec.choices, &now, draw),
            Bound::AtLeast,
            1.0,
            "1",
        ),
        Check::new("energy density of the cell", wh_per_l, Bound::AtLeast, least_wh_per_l.best, "Wh/l"),
        Check::new("energy density of the cell", wh_per_l, Bound::AtMost, own.energy_density_high_wh_per_l.best, "Wh/l"),
    ];
    if let Some(thinned) = thinned {
        let most = thinned.power.specific_power_high_w_per_kg.best;
        checks.push(Check::new("specific power of the cell", power.cell_w_per_kg, Bound::AtMost, most, "W/kg"));
    }
    if !cell.is_solid {
        checks.insert(1, Check::new("electrolyte over pore volume", electrolyte_m3_per_m2 / side.pores_m3_per_m2, Bound::AtLeast, 1.0, "1"));
    }
    let rows = [own.cathode_density_kg_per_m3, own.cathode_porosity, own.anode_porosity, parameters.separator_m, parameters.contact_ohm_m2]
        .iter()
        .map(|v| v.row)
        .collect();
    Ok(CellDesign {
        format,
        energy_wh: case.energy_wh,
        wh_per_l,
        pack_wh_per_l: wh_per_l * volume_share,
        voltage_v: now.voltage_v,
        areal_capacity_mah_per_cm2: now.areal_ah_per_m2 * 1e3 / CM2_PER_M2,
        n_to_p: now.n_to_p,
        electrolyte_g_per_ah: Mass::from_kg(now.electrolyte_kg_per_ah).g(),
        area_m2_per_kwh: sheet.area_m2 * (Energy::from_kwh(1.0).wh() / sheet.energy_wh),
        cathode: report(&side.cathode),
        anode: report(&side.anode),
        power,
        fast_charge,
        checks,
        rows,
    })
}

impl CellDesign {
    /// Volume of one cell in litres.
    pub fn volume_l(&self) -> f64 {
        Volume::from_l(self.energy_wh / self.wh_per_l).l()
    }
}
