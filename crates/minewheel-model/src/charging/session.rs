//! One charge: power, temperature and losses, step by step.
//!
//! ```text
//! accepts   p_a(s, T) = r(s)·(r_max/r_0)^γ·E_u·f(T)
//! cold      f(T) = min(1, exp(−T_0·(1/T − 1/T_full)))        hot: falls to nought from T_h to T_s
//! plug      P = min(P_station, P_car, p_a + P_side)          P_side = control units + heater + chiller
//! pack      u·i + r·i² = (P − P_side)/E,   ds = i·dt·E/E_u,   stored = E·u·i,   heat = E·r·i²
//! heat      C·dT/dt = heat + η_h·P_heater − Q_chiller − G·(T − T_air)
//! wall      P_wall = P + P_0 + k·P_wall                      (station, or on-board charger)
//! ```
//!
//! | symbol      | meaning                                             | unit | from                    |
//! |-------------|-----------------------------------------------------|------|-------------------------|
//! | `r(s)`      | power at the plug over usable energy at the rate `r_0` | 1/s | `charging/curves.csv` (fitted) |
//! | `r_max`     | highest DC power over usable energy of this car     | 1/s  | car file, else `charging.csv` |
//! | `γ`         | how far the curve rises with it                     | –    | `charging.csv` (fitted) |
//! | `T_0, T_full` | fall of acceptance in the cold                    | K    | `charging.csv`          |
//! | `u, r`      | open-circuit voltage over its mean; per-unit resistance | –, s | [`ElectricCar`]     |
//! | `C, G`      | heat capacity and heat loss of the pack             | J/K, W/K | `charging.csv`, pack mass |
//! | `P_0, k`    | converter loss without load, and in proportion      | W, – | `charging.csv`          |
//!
//! The state of charge is that of the display: 0 to 1 over the usable energy. What leaves the wall is stored, or turned
//! to heat in the converter, the control units, heater and chiller, or the cells; nothing else.
//!
//! Source of the form: the battery equation of [`crate::drive::electric`]; lumped heat balance. The curves are those of
//! warm packs that began at a low state of charge.

use minewheel_data::car::{CarClass, CarDesign, Powertrain};
use minewheel_data::row::{Draw, Value};
use minewheel_data::units::{Duration, Energy, Mass, Power, ZERO_CELSIUS_K};

use super::tables::{CURVE_POINTS, ConverterRows};
use super::{ChargingError, ChargingTables};
use crate::drive::{Defaulted, ElectricCar};

/// Largest change of the state of charge in a step.
const STEP_SOC: f64 = 0.0005;
/// Longest step in s.
const STEP_S: f64 = 10.0;
/// Hours after which a charge is given up.
const PATIENCE_H: f64 = 400.0;
/// Kelvin over which heater and chiller fade in, so that they do not chatter.
const BAND_K: f64 = 2.0;
/// Model year of a car that gives none.
const LATEST_YEAR: i32 = 2100;
/// Marks of the curve: every hundredth.
const MARKS: usize = 100;

/// Where the energy comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Supply {
    /// A socket or wall box of so many W, through the on-board charger.
    Ac(f64),
    /// A station that gives so many W at its plug.
    Dc(f64),
}

/// A converter as numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Converter {
    standby_w: f64,
    proportional: f64,
}

impl Converter {
    fn of(rows: &ConverterRows, draw: &Draw<'_>) -> Self {
        Self { standby_w: draw.of(&rows.standby_w).max(0.0), proportional: draw.of(&rows.proportional).clamp(0.0, 0.9) }
    }
    fn input_w(self, output_w: f64) -> f64 {
        (output_w + self.standby_w) / (1.0 - self.proportional)
    }
    fn output_w(self, input_w: f64) -> f64 {
        (input_w * (1.0 - self.proportional) - self.standby_w).max(0.0)
    }
}

/// A car at the plug, as numbers. All SI.
#[derive(Debug, Clone, PartialEq)]
pub struct ChargingCar {
    /// Its id, for messages.
    pub id: String,
    /// Usable energy in J.
    pub usable_energy_j: f64,
    gross_energy_j: f64,
    acceptance_w: [f64; CURVE_POINTS],
    /// Highest DC power in W; `None` without a DC port.
    pub dc_limit_w: Option<f64>,
    /// Rating of the on-board charger in W.
    pub ac_limit_w: f64,
    relative_ocv: Vec<f64>,
    buffer_below: f64,
    resistance_s: f64,
    resistance_temperature_k: f64,
    reference_k: f64,
    acceptance_temperature_k: f64,
    full_rate_k: f64,
    hot_c: (f64, f64),
    /// Heat capacity of the pack in J/K.
    pub heat_capacity_j_per_k: f64,
    conductance_w_per_k: f64,
    /// Power of the pack heater in W; nought for a pack without one.
    pub heater_w: f64,
    /// Share of the heater's power that reaches the pack.
    pub heater_efficiency: f64,
    heat_to_c: (f64, f64),
    cool_from_c: f64,
    cooling_w: f64,
    cooling_performance: f64,
    control_units_w: (f64, f64),
    ac_charger: Converter,
    dc_station: Converter,
    /// Fields that the design did not give.
    pub defaulted: Vec<Defaulted>,
}

/// Builds the numbers of a car at the plug for one draw.
///
/// # Errors
/// The car has no plug, or its chemistry no curve.
pub fn charging_car(design: &CarDesign, car: &ElectricCar, tables: &ChargingTables, draw: &Draw<'_>) -> Result<ChargingCar, ChargingError> {
    let of = |value: &Value| draw.of(value);
    let no_plug = || ChargingError::NoPlug { car: design.id.clone(), powertrain: design.powertrain.word() };
    if !matches!(design.powertrain, Powertrain::Bev | Powertrain::Phev) {
        return Err(no_plug());
    }
    let battery = design.battery.as_ref().ok_or_else(no_plug)?;
    let acceptance = tables.of(&battery.chemistry)?;
    let mut defaulted = car.defaulted.clone();
    let usable_energy_j = car.usable_energy_j;
    // Micro-cars and plug-in hybrids mostly have no DC port: where they give no power, none is made up.
    let may_lack_port = design.class == Some(CarClass::Micro) || design.powertrain == Powertrain::Phev;
    let dc_limit_w = match &design.charging.dc_power_kw {
        Some(power) => Some(Power::from_kw(of(power)).w()),
        None if may_lack_port => None,
        None => {
            let rate = tables.default_rate_per_s(&battery.chemistry, design.model_year.unwrap_or(LATEST_YEAR))?;
            let power_w = of(&rate) * usable_energy_j;
            defaulted.push(Defaulted { field: "charging.dc_power_kw", value: Power::from_w(power_w).kw(), rows: vec![rate.row] });
            Some(power_w)
        }
    };
    let ac_limit_w = if let Some(power) = &design.charging.ac_power_kw {
        Power::from_kw(of(power)).w()
    } else {
        let power_w = of(&tables.ac_default_w);
        defaulted.push(Defaulted { field: "charging.ac_power_kw", value: Power::from_w(power_w).kw(), rows: vec![tables.ac_default_w.row] });
        power_w
    };
    let pack_mass_kg = if let Some(mass) = &battery.pack_mass_kg {
        of(mass)
    } else {
        let row = &acceptance.pack_energy_per_mass;
        let mass_kg = car.gross_energy_j / of(row);
        defaulted.push(Defaulted { field: "battery.pack_mass_kg", value: Mass::from_kg(mass_kg).kg(), rows: vec![row.row] });
        mass_kg
    };
    let reference_rate = of(&tables.reference_rate_per_s);
    let highest_rate = dc_limit_w.map_or(reference_rate, |power| power / usable_energy_j);
    let rise = (highest_rate / reference_rate).powf(of(&tables.rate_exponent));
    Ok(ChargingCar {
        id: design.id.clone(),
        usable_energy_j,
        gross_energy_j: car.gross_energy_j,
        acceptance_w: acceptance.rate_per_s.map(|rate| of(&rate) * rise * usable_energy_j),
        dc_limit_w,
        ac_limit_w,
        relative_ocv: car.relative_ocv.to_vec(),
        buffer_below: of(&tables.buffer_below_share).clamp(0.0, 1.0) * (1.0 - usable_energy_j / car.gross_energy_j),
        resistance_s: car.resistance_s,
        resistance_temperature_k: car.resistance_temperature_k,
        reference_k: car.reference_c + ZERO_CELSIUS_K,
        acceptance_temperature_k: of(&acceptance.temperature_k),
        full_rate_k: of(&tables.full_rate_c) + ZERO_CELSIUS_K,
        hot_c: (of(&tables.hot_c.0), of(&tables.hot_c.1)),
        heat_capacity_j_per_k: of(&tables.specific_heat) * pack_mass_kg,
        conductance_w_per_k: of(&tables.conductance_w_per_k),
        heater_w: of(&tables.heater_w),
        heater_efficiency: of(&tables.heater_efficiency).clamp(0.0, 1.0),
        heat_to_c: (of(&tables.heat_to_c.0), of(&tables.heat_to_c.1)),
        cool_from_c: of(&tables.cool_from_c),
        cooling_w: of(&tables.cooling_w),
        cooling_performance: of(&tables.cooling_performance).max(0.1),
        control_units_w: (of(&tables.control_units_w.0), of(&tables.control_units_w.1)),
        ac_charger: Converter::of(&tables.ac_charger, draw),
        dc_station: Converter::of(&tables.dc_station, draw),
        defaulted,
    })
}

/// What is asked of a charge.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Session {
    /// Where the energy comes from.
    pub supply: Supply,
    /// State of charge of the display at the start, 0..=1.
    pub from_soc: f64,
    /// State of charge at the end, 0..=1.
    pub to_soc: f64,
    /// Temperature of the air in °C.
    pub ambient_c: f64,
    /// Temperature of the pack in °C at the start.
    pub pack_c: f64,
}

/// What holds the power down.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Limit {
    /// The station or socket.
    Supply,
    /// The car's own limit: DC rating or on-board charger.
    Car,
    /// What cells accept at their state of charge.
    Cells,
    /// What cells accept at their temperature.
    Temperature,
}

/// A point of a charge.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct CurvePoint {
    /// State of charge of the display.
    pub soc_percent: f64,
    /// Time since the start.
    pub minutes: f64,
    /// Power at the plug (DC) or of the on-board charger (AC), control units and heater included.
    pub plug_kw: f64,
    /// Power from the grid or wall.
    pub wall_kw: f64,
    /// Energy from the grid or wall so far.
    pub wall_kwh: f64,
    /// Temperature of the pack.
    pub pack_c: f64,
    /// What holds the power down.
    pub limited_by: Limit,
}

/// A charge, and where its energy went. The parts add up to the wall: see [`SessionResult::imbalance`].
#[derive(Debug, Clone, PartialEq, serde::Serialize, schemars::JsonSchema)]
pub struct SessionResult {
    /// Time.
    pub minutes: f64,
    /// Energy from the grid or wall.
    pub wall_kwh: f64,
    /// Energy at the plug (DC) or from the on-board charger (AC).
    pub plug_kwh: f64,
    /// Energy stored in the cells.
    pub stored_kwh: f64,
    /// Lost in station or on-board charger.
    pub converter_loss_kwh: f64,
    /// Used by control units, pumps and fans.
    pub control_units_kwh: f64,
    /// Used by heater and chiller.
    pub conditioning_kwh: f64,
    /// Lost in the cells' resistance.
    pub cell_loss_kwh: f64,
    /// Stored over wall.
    pub efficiency: f64,
    /// Mean power at the plug.
    pub mean_plug_kw: f64,
    /// Highest power at the plug.
    pub peak_plug_kw: f64,
    /// Temperature of the pack at the end.
    pub final_pack_c: f64,
    /// Start, every full per cent, and end.
    pub curve: Vec<CurvePoint>,
}

impl SessionResult {
    /// How far the parts miss the energy at the wall, as a share of it.
    pub fn imbalance(&self) -> f64 {
        let sum = self.stored_kwh + self.converter_loss_kwh + self.control_units_kwh + self.conditioning_kwh + self.cell_loss_kwh;
        (sum - self.wall_kwh).abs() / self.wall_kwh.abs().max(f64::MIN_POSITIVE)
    }
}

/// Powers in W at one moment.
#[derive(Debug, Clone, Copy)]
struct Moment {
    wall_w: f64,
    plug_w: f64,
    converter_w: f64,
    control_w: f64,
    conditioning_w: f64,
    stored_w: f64,
    cells_w: f64,
    soc_per_s: f64,
    kelvin_per_s: f64,
    limited_by: Limit,
}

impl ChargingCar {
    /// Energy in J in the cells at so many equal steps of the state of charge from empty to full: what charging from empty stores.
    pub(super) fn stored_j(&self, steps: usize) -> Vec<f64> {
        let per_soc_j = |soc: f64| self.usable_energy_j * self.voltage(soc);
        let step = 1.0 / steps as f64;
        let mut sum_j = 0.0;
        let rest = (0..steps).map(|at| {
            sum_j += step * per_soc_j((at as f64 + 0.5) * step);
            sum_j
        });
        std::iter::once(0.0).chain(rest).collect()
    }

    /// Open-circuit voltage over its mean at a state of charge of the display.
    fn voltage(&self, soc: f64) -> f64 {
        interpolate(&self.relative_ocv, self.buffer_below + soc * self.usable_energy_j / self.gross_energy_j)
    }

    /// Power in W that the pack accepts at the plug, and whether temperature is what limits it.
    fn accepts_w(&self, soc: f64, pack_c: f64) -> (f64, bool) {
        let pack_k = pack_c + ZERO_CELSIUS_K;
        let cold = (-self.acceptance_temperature_k * (1.0 / pack_k - 1.0 / self.full_rate_k)).exp().min(1.0);
        let hot = ((self.hot_c.1 - pack_c) / (self.hot_c.1 - self.hot_c.0).max(1e-3)).clamp(0.0, 1.0);
        (interpolate(&self.acceptance_w, soc) * cold.min(hot), cold.min(hot) < 1.0)
    }

    fn moment(&self, supply: Supply, dc_limit_w: f64, soc: f64, pack_c: f64, ambient_c: f64) -> Moment {
        let (converter, control_w, heat_to_c, supply_plug_w, car_plug_w) = match supply {
            Supply::Ac(wall_w) => {
                let charger = self.ac_charger;
                (charger, self.control_units_w.0, self.heat_to_c.1, charger.output_w(wall_w), charger.output_w(self.ac_limit_w))
            }
            Supply::Dc(station_w) => (self.dc_station, self.control_units_w.1, self.heat_to_c.0, station_w, dc_limit_w),
        };
        let most_w = supply_plug_w.min(car_plug_w);
        let heating = ((heat_to_c - pack_c) / BAND_K).clamp(0.0, 1.0);
        let cooling = ((pack_c - self.cool_from_c) / BAND_K).clamp(0.0, 1.0);
        let control_w = control_w.min(most_w);
        let wanted_w = heating * self.heater_w + cooling * self.cooling_w / self.cooling_performance;
        let conditioning_w = wanted_w.min(most_w - control_w);
        let granted = if wanted_w > 0.0 { conditioning_w / wanted_w } else { 0.0 };
        let (accepted_w, by_temperature) = self.accepts_w(soc, pack_c);
        let terminal_w = accepted_w.min(most_w - control_w - conditioning_w);
        let limited_by = if accepted_w <= most_w - control_w - conditioning_w {
            if by_temperature { Limit::Temperature } else { Limit::Cells }
        } else if supply_plug_w <= car_plug_w {
            Limit::Supply
        } else {
            Limit::Car
        };
        let plug_w = terminal_w + control_w + conditioning_w;
        let wall_w = converter.input_w(plug_w);
        let pack_k = pack_c + ZERO_CELSIUS_K;
        let r = self.resistance_s * (self.resistance_temperature_k * (1.0 / pack_k - 1.0 / self.reference_k)).exp();
        let u = self.voltage(soc);
        let p = terminal_w / self.gross_energy_j;
        let current_per_s = 2.0 * p / (u + (u * u + 4.0 * r * p).sqrt());
        let cells_w = self.gross_energy_j * r * current_per_s * current_per_s;
        let heat_w = cells_w + granted * heating * self.heater_w * self.heater_efficiency
            - granted * cooling * self.cooling_w
            - self.conductance_w_per_k * (pack_c - ambient_c);
        Moment {
            wall_w,
            plug_w,
            converter_w: wall_w - plug_w,
            control_w,
            conditioning_w,
            stored_w: self.gross_energy_j * u * current_per_s,
            cells_w,
            soc_per_s: current_per_s * self.gross_energy_j / self.usable_energy_j,
            kelvin_per_s: heat_w / self.heat_capacity_j_per_k,
            limited_by,
        }
    }
}

/// Straight lines between equally spaced points over 0..=1.
fn interpolate(points: &[f64], at: f64) -> f64 {
    let last = points.len() - 1;
    let at = at.clamp(0.0, 1.0) * last as f64;
    let below = (at as usize).min(last - 1);
    points[below] + (at - below as f64) * (points[below + 1] - points[below])
}

/// Charges.
///
/// # Errors
/// States of charge or powers that cannot be, no DC port, or a supply too weak to get there.
pub fn charge(car: &ChargingCar, session: &Session) -> Result<SessionResult, ChargingError> {
    let (from, to) = (session.from_soc, session.to_soc);
    let request = |what, seen, wanted| Err(ChargingError::Request { what, seen, wanted });
    if !(0.0..=1.0).contains(&from) {
        return request("the state of charge at the start", 100.0 * from, "0 to 100 %");
    }
    if !(0.0..=1.0).contains(&to) || to <= from {
        return request("the state of charge at the end", 100.0 * to, "above that at the start, up to 100 %");
    }
    let (Supply::Ac(power_w) | Supply::Dc(power_w)) = session.supply;
    if power_w.is_nan() || power_w <= 0.0 {
        return request("the power of the supply", Power::from_w(power_w).kw(), "above 0 kW");
    }
    let dc_limit_w = match (session.supply, car.dc_limit_w) {
        (Supply::Ac(_), _) => 0.0,
        (Supply::Dc(_), Some(limit_w)) => limit_w,
        (Supply::Dc(_), None) => return Err(ChargingError::NoDcPort { car: car.id.clone(), kind: "micro-cars and plug-in hybrids" }),
    };
    let mut sums = Sums::default();
    let (mut soc, mut pack_c, mut time_s) = (from, session.pack_c, 0.0);
    let mut curve = Vec::with_capacity(MARKS + 2);
    let mut mark = next_mark(from);
    let mut marked = false;
    loop {
        let now = car.moment(session.supply, dc_limit_w, soc, pack_c, session.ambient_c);
        if !marked {
            curve.push(point(soc, time_s, &now, &sums, pack_c));
            marked = true;
        }
        if soc >= to {
            break;
        }
        // A step ends on the next mark, so that no point of the curve is interpolated.
        let target = (soc + STEP_SOC).min(mark).min(to);
        let step_s = if now.soc_per_s > 0.0 { ((target - soc) / now.soc_per_s).min(STEP_S) } else { STEP_S };
        sums.add(&now, step_s);
        soc = if now.soc_per_s > 0.0 && step_s < STEP_S { target } else { soc + now.soc_per_s * step_s };
        pack_c += now.kelvin_per_s * step_s;
        time_s += step_s;
        if soc >= mark || soc >= to {
            marked = false;
            mark = next_mark(soc);
        }
        if time_s > Duration::from_h(PATIENCE_H).s() {
            return Err(ChargingError::NeverFull { car: car.id.clone(), soc_percent: 100.0 * soc, hours: PATIENCE_H, ambient_c: session.ambient_c });
        }
    }
    let kwh = |joule: f64| Energy::from_j(joule).kwh();
    Ok(SessionResult {
        minutes: Duration::from_s(time_s).minutes(),
        wall_kwh: kwh(sums.wall_j),
        plug_kwh: kwh(sums.plug_j),
        stored_kwh: kwh(sums.stored_j),
        converter_loss_kwh: kwh(sums.converter_j),
        control_units_kwh: kwh(sums.control_j),
        conditioning_kwh: kwh(sums.conditioning_j),
        cell_loss_kwh: kwh(sums.cells_j),
        efficiency: sums.stored_j / sums.wall_j,
        mean_plug_kw: Power::from_w(sums.plug_j / time_s).kw(),
        peak_plug_kw: Power::from_w(sums.peak_w).kw(),
        final_pack_c: pack_c,
        curve,
    })
}

/// The next full hundredth above a state of charge.
fn next_mark(soc: f64) -> f64 {
    let marks = MARKS as f64;
    ((soc * marks + 1e-9).floor() + 1.0) / marks
}

fn point(soc: f64, time_s: f64, now: &Moment, sums: &Sums, pack_c: f64) -> CurvePoint {
    CurvePoint {
        soc_percent: 100.0 * soc,
        minutes: Duration::from_s(time_s).minutes(),
        plug_kw: Power::from_w(now.plug_w).kw(),
        wall_kw: Power::from_w(now.wall_w).kw(),
        wall_kwh: Energy::from_j(sums.wall_j).kwh(),
        pack_c,
        limited_by: now.limited_by,
    }
}

/// Running sums in J.
#[derive(Default)]
struct Sums {
    wall_j: f64,
    plug_j: f64,
    stored_j: f64,
    converter_j: f64,
    control_j: f64,
    conditioning_j: f64,
    cells_j: f64,
    peak_w: f64,
}

impl Sums {
    fn add(&mut self, now: &Moment, step_s: f64) {
        self.wall_j += now.wall_w * step_s;
        self.plug_j += now.plug_w * step_s;
        self.stored_j += now.stored_w * step_s;
        self.converter_j += now.converter_w * step_s;
        self.control_j += now.control_w * step_s;
        self.conditioning_j += now.conditioning_w * step_s;
        self.cells_j += now.cells_w * step_s;
        self.peak_w = self.peak_w.max(now.plug_w);
    }
}
