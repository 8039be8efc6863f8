//! The parameters of charging, looked up once and typed.
//!
//! From `charging/charging.csv` (losses, heat, stops, defaults) and `charging/curves.csv` (what a pack accepts).

use minewheel_data::loader::Loader;
use minewheel_data::parameters::Parameters;
use minewheel_data::row::Value;
use minewheel_data::table::Fault;
use minewheel_data::units::S_PER_H;

use super::ChargingError;

/// Points of an acceptance curve, equally spaced from empty to full.
pub const CURVE_POINTS: usize = 11;

/// What charging knows of a cell chemistry.
#[derive(Debug, Clone)]
pub struct Acceptance {
    /// Id of the chemistry.
    pub chemistry: String,
    /// Power at the plug over usable energy in 1/s, of a car whose highest rate is the reference rate.
    pub rate_per_s: [Value; CURVE_POINTS],
    /// T0 in K of the fall in the cold.
    pub temperature_k: Value,
    /// Gross energy over pack mass in J/kg.
    pub pack_energy_per_mass: Value,
}

/// A converter: loss = standby + share of its input.
#[derive(Debug, Clone, Copy)]
pub struct ConverterRows {
    /// Loss without load in W.
    pub standby_w: Value,
    /// Loss in proportion to the input.
    pub proportional: Value,
}

/// All parameters of charging.
#[derive(Debug, Clone)]
pub struct ChargingTables {
    /// By chemistry.
    pub acceptance: Vec<Acceptance>,
    /// Rate in 1/s that the curves belong to.
    pub reference_rate_per_s: Value,
    /// How far a curve rises with the highest rate.
    pub rate_exponent: Value,
    /// Temperature in °C from which the whole curve is accepted.
    pub full_rate_c: Value,
    /// Temperatures in °C between which hot packs are throttled to nothing.
    pub hot_c: (Value, Value),
    /// Specific heat of the pack in J/kg/K.
    pub specific_heat: Value,
    /// Heat loss of the pack in W/K.
    pub conductance_w_per_k: Value,
    /// Part of the unusable energy below an empty display.
    pub buffer_below_share: Value,
    /// Pack heater in W.
    pub heater_w: Value,
    /// Its efficiency.
    pub heater_efficiency: Value,
    /// Temperature in °C up to which it helps DC charging, and AC charging.
    pub heat_to_c: (Value, Value),
    /// Temperature in °C above which the pack is cooled.
    pub cool_from_c: Value,
    /// Heat in W that cooling takes.
    pub cooling_w: Value,
    /// Heat over electricity of cooling.
    pub cooling_performance: Value,
    /// Control units in W while AC, and while DC charging.
    pub control_units_w: (Value, Value),
    /// On-board charger.
    pub ac_charger: ConverterRows,
    /// Its rating in W where the car gives none.
    pub ac_default_w: Value,
    /// Station.
    pub dc_station: ConverterRows,
    /// Time in s that a stop takes beyond charging.
    pub stop_overhead_s: Value,
    /// Pack temperature in °C of a prepared pack at a stop.
    pub arrival_c: Value,
    parameters: Parameters,
}

impl ChargingTables {
    /// Reads `data/charging`.
    ///
    /// # Errors
    /// A parameter is missing or has an unfit unit. Bad cells are noted as violations in the loader.
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, ChargingError> {
        let all = Parameters::read(loader, "charging/charging.csv");
        let v = |subject: &str, property: &str, unit: &str| all.value(subject, property, unit).map_err(ChargingError::from);
        let acceptance = acceptance(loader, &all)?;
        Ok(Self {
            acceptance,
            reference_rate_per_s: v("acceptance", "reference_rate", "1/s")?,
            rate_exponent: v("acceptance", "rate_exponent", "1")?,
            full_rate_c: v("acceptance", "full_rate_temperature_c", "1")?,
            hot_c: (v("acceptance", "hot_start_temperature_c", "1")?, v("acceptance", "hot_stop_temperature_c", "1")?),
            specific_heat: v("pack", "specific_heat", "J/kg/K")?,
            conductance_w_per_k: v("pack", "conductance", "W/K")?,
            buffer_below_share: v("pack", "buffer_below_share", "1")?,
            heater_w: v("pack", "heater_power", "W")?,
            heater_efficiency: v("pack", "heater_efficiency", "1")?,
            heat_to_c: (v("pack", "heat_to_c", "1")?, v("pack", "ac_heat_to_c", "1")?),
            cool_from_c: v("pack", "cool_from_c", "1")?,
            cooling_w: v("pack", "cooling_power", "W")?,
            cooling_performance: v("pack", "cooling_performance", "1")?,
            control_units_w: (v("control-units", "ac_power", "W")?, v("control-units", "dc_power", "W")?),
            ac_charger: ConverterRows { standby_w: v("ac-charger", "standby_power", "W")?, proportional: v("ac-charger", "proportional_loss", "1")? },
            ac_default_w: v("ac-charger", "default_power", "W")?,
            dc_station: ConverterRows { standby_w: v("dc-station", "standby_power", "W")?, proportional: v("dc-station", "proportional_loss", "1")? },
            stop_overhead_s: v("trip", "stop_overhead", "s")?,
            arrival_c: v("trip", "arrival_temperature_c", "1")?,
            parameters: all,
        })
    }

    /// Highest DC power over usable energy in 1/s of a car of a chemistry and model year that gives none.
    ///
    /// # Errors
    /// No row is old enough.
    pub fn default_rate_per_s(&self, chemistry: &str, year: i32) -> Result<Value, ChargingError> {
        Ok(self.parameters.subject(chemistry)?.value_at("default_dc_rate", &[], year, "1/s")?)
    }

    /// What is known of a chemistry.
    ///
    /// # Errors
    /// It has no curve.
    pub fn of(&self, chemistry: &str) -> Result<&Acceptance, ChargingError> {
        self.acceptance.iter().find(|a| a.chemistry == chemistry).ok_or_else(|| ChargingError::Chemistry {
            seen: chemistry.to_owned(),
            known: self.acceptance.iter().map(|a| a.chemistry.as_str()).collect::<Vec<_>>().join(", "),
        })
    }
}

fn acceptance(loader: &mut Loader<'_>, all: &Parameters) -> Result<Vec<Acceptance>, ChargingError> {
    let mut curves: Vec<(String, Vec<Value>)> = Vec::new();
    if let Some(table) = loader.table("charging/curves.csv") {
        for row in 0..table.len() {
            let (Some(soc), Some(rate)) = (loader.number_in(&table, row, "soc"), loader.value(&table, row, "rate_per_h")) else { continue };
            let chemistry = table.text(row, "chemistry");
            if !curves.iter().any(|c| c.0 == chemistry) {
                curves.push((chemistry.to_owned(), Vec::new()));
            }
            if let Some(curve) = curves.iter_mut().find(|c| c.0 == chemistry) {
                let wanted = curve.1.len() as f64 / (CURVE_POINTS - 1) as f64;
                if (soc - wanted).abs() > 1e-9 {
                    let rule = "states of charge of a curve rise from 0 to 1 in eleven equal steps";
                    loader.fault(&table, row, Some("soc"), Fault::Law { subject: chemistry.to_owned(), rule, seen: soc.to_string() });
                }
                curve.1.push(rate.scaled(1.0 / S_PER_H));
            }
        }
    }
    let mut acceptance = Vec::new();
    for (chemistry, points) in curves {
        let count = points.len();
        let Ok(rate_per_s) = <[Value; CURVE_POINTS]>::try_from(points) else {
            return Err(ChargingError::Curve { chemistry, points: count, wanted: CURVE_POINTS });
        };
        let subject = all.subject(&chemistry)?;
        acceptance.push(Acceptance {
            rate_per_s,
            temperature_k: subject.value("acceptance_temperature", "K")?,
            pack_energy_per_mass: subject.value("pack_energy_per_mass", "J/kg")?,
            chemistry,
        });
    }
    Ok(acceptance)
}
