//! Parameters of the motor model: `motors/materials.csv`, `motors/magnetisation.csv`, `motors/design.csv`,
//! `motors/geometry.csv`.

use minewheel_data::car::Topology;
use minewheel_data::loader::Loader;
use minewheel_data::parameters::{ParameterError, Parameters, Subject};
use minewheel_data::row::{Draw, Value};
use minewheel_data::table::Fault;

use super::MotorError;

/// A lamination steel.
#[derive(Debug, Clone)]
pub struct Steel {
    /// Id.
    pub id: String,
    /// Density in kg/m³.
    pub density: Value,
    /// Thickness in m.
    pub thickness: Value,
    /// Hysteresis coefficient: W/kg at 1 Hz and 1 T.
    pub hysteresis: Value,
    /// Its exponent of flux density.
    pub hysteresis_exponent: Value,
    /// Classical eddy coefficient.
    pub eddy: Value,
    /// Excess coefficient.
    pub excess: Value,
    /// Field strength in A/m and flux density in T, rising.
    pub curve: Vec<(f64, f64)>,
}

/// Elements of a magnet by mass. They sum to one.
#[derive(Debug, Clone, Copy, PartialEq, Default, serde::Serialize, schemars::JsonSchema)]
pub struct MagnetShares {
    /// Neodymium.
    pub neodymium: f64,
    /// Praseodymium.
    pub praseodymium: f64,
    /// Dysprosium.
    pub dysprosium: f64,
    /// Terbium.
    pub terbium: f64,
    /// Boron.
    pub boron: f64,
    /// Iron, with the few per cent of cobalt, copper and aluminium that makers add.
    pub iron: f64,
}

/// The rows of a sintered magnet's composition.
#[derive(Debug, Clone, Copy)]
pub struct Composition {
    /// Nd, Pr, Dy and Tb together.
    pub rare_earth: Value,
    /// Pr in Nd + Pr.
    pub praseodymium_in_light: Value,
    /// Dy + Tb.
    pub heavy: Value,
    /// Tb in Dy + Tb.
    pub terbium_in_heavy: Value,
    /// Boron.
    pub boron: Value,
}

impl Composition {
    /// Elements by mass; iron is the rest.
    pub fn shares(&self, draw: &Draw<'_>) -> MagnetShares {
        let (whole, heavy) = (draw.of(&self.rare_earth), draw.of(&self.heavy));
        let light = (whole - heavy).max(0.0);
        let (praseodymium, terbium, boron) = (draw.of(&self.praseodymium_in_light), draw.of(&self.terbium_in_heavy), draw.of(&self.boron));
        MagnetShares {
            neodymium: light * (1.0 - praseodymium),
            praseodymium: light * praseodymium,
            dysprosium: heavy * (1.0 - terbium),
            terbium: heavy * terbium,
            boron,
            iron: 1.0 - light - heavy - boron,
        }
    }
}

/// A grade of magnet.
#[derive(Debug, Clone)]
pub struct MagnetGrade {
    /// Id.
    pub id: String,
    /// Remanence in T at 20 °C.
    pub remanence: Value,
    /// Its relative change per kelvin.
    pub remanence_change: Value,
    /// Recoil permeability.
    pub recoil_permeability: Value,
    /// Least intrinsic coercivity in A/m at 20 °C.
    pub coercivity: Value,
    /// Its relative change per kelvin.
    pub coercivity_change: Value,
    /// Elements; `None`: ferrite.
    pub composition: Option<Composition>,
}

/// Temperature in °C that material rows refer to.
pub const REFERENCE_C: f64 = 20.0;

impl MagnetGrade {
    /// Remanence in T at a temperature.
    pub fn remanence_at(&self, temperature_c: f64, draw: &Draw<'_>) -> f64 {
        draw.of(&self.remanence) * (1.0 + draw.of(&self.remanence_change) * (temperature_c - REFERENCE_C)).max(0.0)
    }
    /// Coercivity in A/m at a temperature.
    pub fn coercivity_at(&self, temperature_c: f64, draw: &Draw<'_>) -> f64 {
        draw.of(&self.coercivity) * (1.0 + draw.of(&self.coercivity_change) * (temperature_c - REFERENCE_C)).max(0.0)
    }
}

/// Copper or aluminium.
#[derive(Debug, Clone, Copy)]
pub struct Conductor {
    /// Resistivity in Ω·m at 20 °C.
    pub resistivity: Value,
    /// Its relative change per kelvin.
    pub resistivity_change: Value,
    /// Density in kg/m³.
    pub density: Value,
}

impl Conductor {
    /// Resistivity in Ω·m at a temperature.
    pub fn resistivity_at(&self, temperature_c: f64, draw: &Draw<'_>) -> f64 {
        draw.of(&self.resistivity) * (1.0 + draw.of(&self.resistivity_change) * (temperature_c - REFERENCE_C))
    }
}

/// How a machine is cooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Cooling {
    /// Water jacket around the stator.
    Jacket,
    /// Oil on the end turns and through the shaft.
    Oil,
}

impl Cooling {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Jacket, Self::Oil];
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Jacket => "jacket",
            Self::Oil => "oil",
        }
    }
}

/// What cooling allows.
#[derive(Debug, Clone, Copy)]
pub struct CoolingLimits {
    /// Short-time current density in A/m².
    pub peak_current_density: Value,
    /// Lasting current density in A/m².
    pub continuous_current_density: Value,
    /// Winding temperature in °C.
    pub winding_c: Value,
    /// Magnet temperature in °C.
    pub magnet_c: Value,
}

/// Switches of the inverter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// Silicon.
    Igbt,
    /// Silicon carbide.
    Sic,
}

impl Switch {
    /// Its word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Igbt => "igbt",
            Self::Sic => "sic",
        }
    }
}

/// Parameters of an inverter's losses.
#[derive(Debug, Clone, Copy)]
pub struct InverterRows {
    /// Knee voltage in V.
    pub threshold_v: Value,
    /// Drop in V at the machine's peak current.
    pub peak_drop_v: Value,
    /// Switching energy over voltage and current, in s.
    pub switching_s: Value,
    /// Switching frequency in 1/s.
    pub frequency: Value,
    /// Gate drives and control in W.
    pub standing_w: Value,
}

/// All tables of the motor model.
#[derive(Debug, Clone)]
pub struct MotorTables {
    /// Steels.
    pub steels: Vec<Steel>,
    /// Magnets, in table order.
    pub magnets: Vec<MagnetGrade>,
    /// Copper.
    pub copper: Conductor,
    /// Aluminium.
    pub aluminium: Conductor,
    /// Density of sintered `NdFeB` in kg/m³.
    pub magnet_density: Value,
    /// Density of ferrite in kg/m³.
    pub ferrite_density: Value,
    /// Resistivity of sintered `NdFeB` in Ω·m.
    pub magnet_resistivity: Value,
    /// Density of shaft steel in kg/m³.
    pub steel_density: Value,
    /// Density of air in kg/m³.
    pub air_density: Value,
    /// Viscosity of air in Pa·s.
    pub air_viscosity: Value,
    /// Machines on the road, by maker.
    pub made: Vec<MadeMachine>,
    design: Parameters,
    geometry: Parameters,
}

const STEELS: [&str; 3] = ["m19-29ga", "m235-35a", "m400-50a"];
const GRADES: [&str; 8] = ["ndfeb-n", "ndfeb-h", "ndfeb-sh-diffused", "ndfeb-sh", "ndfeb-uh", "ndfeb-eh", "ferrite", "prius-2004"];

impl MotorTables {
    /// Reads and types all tables of the motor model.
    ///
    /// # Errors
    /// A parameter is missing or has an unfit unit. Bad cells are noted as violations in the loader.
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, MotorError> {
        let materials = Parameters::read(loader, "motors/materials.csv");
        let design = Parameters::read(loader, "motors/design.csv");
        let geometry = Parameters::read(loader, "motors/geometry.csv");
        let made = made(loader);
        let mut curves = curves(loader);
        let mut steels = Vec::new();
        for id in STEELS {
            let of = materials.subject(id)?;
            let at = curves.iter().position(|c| c.0 == id).ok_or_else(|| MotorError::Curve { steel: id.to_owned() })?;
            steels.push(Steel {
                id: id.to_owned(),
                density: of.value("density", "kg/m3")?,
                thickness: of.value("thickness", "m")?,
                hysteresis: of.value("hysteresis", "1")?,
                hysteresis_exponent: of.value("hysteresis_exponent", "1")?,
                eddy: of.value("eddy", "1")?,
                excess: of.value("excess", "1")?,
                curve: curves.swap_remove(at).1,
            });
        }
        let magnets = GRADES.iter().map(|id| grade(&materials.subject(id)?)).collect::<Result<_, MotorError>>()?;
        Ok(Self {
            steels,
            magnets,
            copper: conductor(&materials.subject("copper")?)?,
            aluminium: conductor(&materials.subject("aluminium")?)?,
            magnet_density: materials.value("magnet", "density", "kg/m3")?,
            ferrite_density: materials.value("ferrite-body", "density", "kg/m3")?,
            magnet_resistivity: materials.value("magnet", "resistivity", "Ohm*m")?,
            steel_density: materials.value("steel", "density", "kg/m3")?,
            air_density: materials.value("air", "density", "kg/m3")?,
            air_viscosity: materials.value("air", "viscosity", "kg/m/s")?,
            made,
            design,
            geometry,
        })
    }

    /// A steel.
    ///
    /// # Errors
    /// No such steel.
    pub fn steel(&self, id: &str) -> Result<&Steel, MotorError> {
        self.steels.iter().find(|s| s.id == id).ok_or_else(|| MotorError::Unknown { kind: "steel", seen: id.to_owned(), known: STEELS.join(", ") })
    }

    /// A magnet grade.
    ///
    /// # Errors
    /// No such grade.
    pub fn magnet(&self, id: &str) -> Result<&MagnetGrade, MotorError> {
        self.magnets.iter().find(|s| s.id == id).ok_or_else(|| MotorError::Unknown {
            kind: "magnet grade",
            seen: id.to_owned(),
            known: GRADES.join(", "),
        })
    }

    /// A design parameter that all machines share.
    ///
    /// # Errors
    /// The parameter is missing, or its unit does not fit.
    pub fn shared(&self, property: &str, unit: &str) -> Result<Value, MotorError> {
        Ok(self.design.value("all", property, unit)?)
    }

    /// A design parameter of one topology.
    ///
    /// # Errors
    /// The parameter is missing, or its unit does not fit.
    pub fn of_topology(&self, topology: Topology, property: &str, unit: &str) -> Result<Value, MotorError> {
        Ok(self.design.value(topology.word(), property, unit)?)
    }

    /// Kilograms per kilowatt of a metal in the machine that prices by kilowatt describe.
    ///
    /// # Errors
    /// The parameter is missing, or its unit does not fit.
    pub fn cost_reference(&self, metal: &str) -> Result<Value, ParameterError> {
        self.design.value("cost-reference", metal, "kg/kW")
    }

    /// A parameter of units with several machines.
    ///
    /// # Errors
    /// The parameter is missing, or its unit does not fit.
    pub fn of_units(&self, property: &str, unit: &str) -> Result<Value, MotorError> {
        Ok(self.design.value("drive-unit", property, unit)?)
    }

    /// What a way of cooling allows.
    ///
    /// # Errors
    /// A parameter is missing, or its unit does not fit.
    pub fn cooling(&self, cooling: Cooling) -> Result<CoolingLimits, MotorError> {
        let of = self.design.subject(&format!("cooling-{}", cooling.word()))?;
        Ok(CoolingLimits {
            peak_current_density: of.value("peak_current_density", "A/m2")?,
            continuous_current_density: of.value("continuous_current_density", "A/m2")?,
            winding_c: of.value("winding_temperature_c", "1")?,
            magnet_c: of.value("magnet_temperature_c", "1")?,
        })
    }

    /// Parameters of an inverter.
    ///
    /// # Errors
    /// A parameter is missing, or its unit does not fit.
    pub fn inverter(&self, switch: Switch) -> Result<InverterRows, MotorError> {
        let of = self.design.subject(&format!("inverter-{}", switch.word()))?;
        Ok(InverterRows {
            threshold_v: of.value("threshold_voltage", "V")?,
            peak_drop_v: of.value("peak_voltage_drop", "V")?,
            switching_s: of.value("switching_time", "s")?,
            frequency: of.value("switching_frequency", "1/s")?,
            standing_w: of.value("standing_power", "W")?,
        })
    }

    /// The published dimensions of a machine.
    ///
    /// # Errors
    /// No such machine; the error names the nearest one.
    pub fn published(&self, machine: &str) -> Result<Subject<'_>, MotorError> {
        Ok(self.geometry.subject(machine)?)
    }
}

fn conductor(of: &Subject<'_>) -> Result<Conductor, MotorError> {
    Ok(Conductor {
        resistivity: of.value("resistivity", "Ohm*m")?,
        resistivity_change: of.value("resistivity_change_per_kelvin", "1/K")?,
        density: of.value("density", "kg/m3")?,
    })
}

fn grade(of: &Subject<'_>) -> Result<MagnetGrade, MotorError> {
    let composition = match of.optional("rare_earth_share", "1")? {
        Some(rare_earth) => Some(Composition {
            rare_earth,
            praseodymium_in_light: of.value("praseodymium_in_light", "1")?,
            heavy: of.value("heavy_share", "1")?,
            terbium_in_heavy: of.value("terbium_in_heavy", "1")?,
            boron: of.value("boron_share", "1")?,
        }),
        None => None,
    };
    Ok(MagnetGrade {
        id: of.name().to_owned(),
        remanence: of.value("remanence", "1")?,
        remanence_change: of.value("remanence_change_per_kelvin", "1/K")?,
        recoil_permeability: of.value("recoil_permeability", "1")?,
        coercivity: of.value("coercivity", "A/m")?,
        coercivity_change: of.value("coercivity_change_per_kelvin", "1/K")?,
        composition,
    })
}

/// A machine on the road, by its maker. No model reads it; published statements are judged by it.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct MadeMachine {
    /// Id.
    pub machine: String,
    /// Maker of the car.
    pub maker: String,
    /// The maker's country.
    pub maker_place: String,
    /// Model year.
    pub year: f64,
    /// Kind of machine.
    pub topology: String,
    /// Short-time power at the shaft in kW.
    pub peak_power_kw: f64,
    /// Rare-earth magnets in kg, where known.
    pub magnet_kg: Option<f64>,
    /// Best measured efficiency of the motor without inverter.
    pub peak_efficiency: Option<f64>,
}

fn made(loader: &mut Loader<'_>) -> Vec<MadeMachine> {
    let Some(table) = loader.table("motors/machines.csv") else { return Vec::new() };
    let mut made = Vec::new();
    for row in 0..table.len() {
        let (Some(year), Some(peak_power_kw)) = (loader.number_in(&table, row, "year"), loader.number_in(&table, row, "peak_power_kw")) else {
            continue;
        };
        let text = |column: &str| table.text(row, column).to_owned();
        made.push(MadeMachine {
            machine: text("machine"),
            maker: text("maker"),
            maker_place: text("maker_place"),
            year,
            topology: text("topology"),
            peak_power_kw,
            magnet_kg: loader.number_in(&table, row, "magnet_kg"),
            peak_efficiency: loader.number_in(&table, row, "peak_efficiency"),
        });
    }
    made
}

/// A steel's id with its points of field strength and flux density.
type Points = (String, Vec<(f64, f64)>);

fn curves(loader: &mut Loader<'_>) -> Vec<Points> {
    let mut curves: Vec<Points> = Vec::new();
    let Some(table) = loader.table("motors/magnetisation.csv") else { return curves };
    for row in 0..table.len() {
        let (Some(field), Some(density)) = (loader.number_in(&table, row, "field_a_per_m"), loader.number_in(&table, row, "flux_density_t")) else {
            continue;
        };
        let steel = table.text(row, "steel");
        if curves.last().is_none_or(|c| c.0 != steel) {
            curves.push((steel.to_owned(), Vec::new()));
        }
        let Some((_, points)) = curves.last_mut() else { continue };
        if points.last().is_some_and(|&(h, b)| field <= h || density <= b) {
            let fault = Fault::Law { subject: steel.to_owned(), rule: "field and flux density of a curve rise together", seen: density.to_string() };
            loader.fault(&table, row, Some("flux_density_t"), fault);
            continue;
        }
        points.push((field, density));
    }
    curves
}
