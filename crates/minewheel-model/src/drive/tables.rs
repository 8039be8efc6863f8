//! The parameters of the driving model, looked up once and typed, so that a draw only multiplies.
//!
//! From `drive/drive.csv` (resistances, limits, accessories, engines, classes), `drive/battery.csv` and
//! `drive/ocv.csv` (cells), `drive/designs.csv` (drives of models on sale), and `motors/losses.csv` (loss polynomials of
//! machine with inverter).

use minewheel_data::car::{CarClass, CarDesign, DrivenWheels, Fuel, Powertrain, Topology};
use minewheel_data::loader::Loader;
use minewheel_data::parameters::Parameters;
use minewheel_data::row::{RowId, Value};
use minewheel_data::table::{Fault, nearest};

use super::DriveError;
use super::models::{self, ModelDrive};

/// Points of an open-circuit curve, equally spaced from empty to full.
pub const OCV_POINTS: usize = 11;
/// Terms of the loss polynomial: 1, x, x², y, xy, y², (x − `x_f`)² above `x_f`.
pub const LOSS_TERMS: usize = 7;
/// Names of its coefficients in `motors/losses.csv`.
pub const LOSS_NAMES: [&str; LOSS_TERMS] =
    ["loss_constant", "loss_speed", "loss_speed_squared", "loss_torque", "loss_speed_torque", "loss_torque_squared", "loss_weakening"];
/// Years whose defaults are looked up; the nearest one stands for all others.
const YEARS: std::ops::RangeInclusive<i32> = 2010..=2030;

/// Defaults of a size class.
#[derive(Debug, Clone)]
pub struct ClassDefaults {
    /// The class.
    pub class: CarClass,
    /// Drag coefficient.
    pub cd: Value,
    /// Frontal area in m².
    pub frontal_area_m2: Value,
    /// Rolling resistance coefficient.
    pub crr: Value,
    /// Peak power over kerb mass in W/kg.
    pub power_w_per_kg: Value,
    /// Kerb mass in kg.
    pub kerb_mass_kg: Value,
    /// Rolling radius in m.
    pub wheel_radius_m: Value,
}

/// Losses of one kind of machine with its inverter, over peak power; see [`super::electric`].
#[derive(Debug, Clone)]
pub struct MachineLoss {
    /// The kind of machine.
    pub topology: Topology,
    /// Coefficients with an inverter of silicon, in the order of [`LOSS_NAMES`].
    pub igbt: [Value; LOSS_TERMS],
    /// Coefficients with one of silicon carbide.
    pub sic: [Value; LOSS_TERMS],
}

/// A number that changes with the model year.
#[derive(Debug, Clone)]
pub struct ByYear(Vec<Value>);

impl ByYear {
    fn read(table: &Parameters, subject: &str, property: &str) -> Result<Self, DriveError> {
        let subject = table.subject(subject)?;
        YEARS.map(|year| subject.value_at(property, &[], year, "1")).collect::<Result<_, _>>().map(Self).map_err(DriveError::from)
    }

    /// The value of a year; without one, of the latest.
    pub fn of(&self, year: Option<i32>) -> &Value {
        let year = year.unwrap_or(*YEARS.end()).clamp(*YEARS.start(), *YEARS.end());
        // Clamped to the years read, so the difference is within the list.
        &self.0[(year - YEARS.start()).unsigned_abs() as usize]
    }
}

/// What the driving model knows of a cell chemistry.
#[derive(Debug, Clone)]
pub struct CellElectric {
    /// Id of the chemistry.
    pub chemistry: String,
    /// Share of open-circuit power lost at one full discharge an hour, at the reference temperature.
    pub loss_at_1c: Value,
    /// Usable over gross energy.
    pub usable_share: Value,
    /// Open-circuit voltage over its mean, from empty to full.
    pub relative_ocv: [f64; OCV_POINTS],
    /// The rows of the curve.
    pub ocv_rows: Vec<RowId>,
}

/// Parameters of one fuel's engines.
#[derive(Debug, Clone)]
pub struct EngineDefaults {
    /// Slope of the Willans line.
    pub indicated_efficiency: Value,
    /// Friction mean pressure in Pa.
    pub friction_pa: Value,
    /// Lower heating value in J/l.
    pub energy_j_per_l: Value,
    /// Real-world consumption over WLTP, less one.
    pub real_world_gap: Value,
}

/// What is a hybrid's own among engines.
#[derive(Debug, Clone)]
pub struct HybridDefaults {
    /// Slope of the Willans line of its petrol engine.
    pub indicated_efficiency: Value,
    /// Friction mean pressure of its petrol engine in Pa.
    pub friction_pa: Value,
    /// Lowest engine speed in rad/s.
    pub lowest_rad_s: Value,
    /// Engine speed in rad/s at whose power, at the preferred load, the engine is switched on.
    pub switch_on_rad_s: Value,
    /// Efficiency from engine to wheel.
    pub transmission_efficiency: Value,
    /// Accessories in W.
    pub auxiliary_w: Value,
    /// Fuel in W per K in the cold while the engine would rest.
    pub cold_running_w_per_k: Value,
}

/// All parameters of the driving model.
#[derive(Debug, Clone)]
pub struct DriveTables {
    /// Efficiency of the reduction gear under load.
    pub gear_efficiency: Value,
    /// Motor turns per wheel turn where unknown.
    pub gear_ratio: Value,
    /// A ratio below this is that of the last stage alone.
    pub lowest_whole_ratio: Value,
    /// Share of braking that the machines take.
    pub regeneration_share: Value,
    /// Speed in m/s below which the machines do not brake.
    pub fade_start_m_s: Value,
    /// Speed in m/s from which they brake in full.
    pub fade_end_m_s: Value,
    /// Deceleration in m/s² the machines can give, by driven wheels.
    pub deceleration_limit_m_s2: [(DrivenWheels, Value); 3],
    /// Generating over driving peak power.
    pub regeneration_power_share: Value,
    /// Accessories in W that any car has.
    pub standing_base_w: Value,
    /// Further ones in W of a car of the reference mass.
    pub standing_w: Value,
    /// Test mass in kg that `standing_w` describes.
    pub standing_mass_kg: Value,
    /// Exponent of accessories in test mass.
    pub standing_exponent: Value,
    /// Heat in W/K that the cabin of a car of the reference mass loses, with its ventilation.
    pub cabin_loss_w_per_k: Value,
    /// Heat in J/K that warms up with it.
    pub cabin_capacity_j_per_k: Value,
    /// Exponent of both in test mass.
    pub cabin_exponent: Value,
    /// Heat per electricity of a heat pump in frost.
    pub heat_pump_yield: Value,
    /// Heat per electricity of a resistive heater.
    pub resistive_yield: Value,
    /// Most electricity in W that heats.
    pub heating_limit_w: Value,
    /// The same in W in a test in which the maker chose the mode of the climate unit.
    pub chosen_mode_limit_w: Value,
    /// First model year of which the US tests are run in the default mode.
    pub default_mode_from: Value,
    /// Temperature in °C above which nothing is heated.
    pub heating_below_c: Value,
    /// Air conditioning in W at `cooling_at_c`.
    pub cooling_w: Value,
    /// Temperature in °C of `cooling_w`.
    pub cooling_at_c: Value,
    /// State of charge at which a drive begins if nothing else is asked for.
    pub test_soc: Value,
    /// Temperature in °C below which nothing is cooled.
    pub cooling_above_c: Value,
    /// Change of rolling resistance per kelvin.
    pub tyre_change_per_k: Value,
    /// Exponent of rolling resistance in tyre pressure.
    pub tyre_pressure_exponent: Value,
    /// Specific gas constant of air in J/(kg·K).
    pub air_gas_constant: Value,
    /// Air density in kg/m³ at the reference temperature.
    pub air_density: Value,
    /// Reference temperature in °C.
    pub reference_c: Value,
    /// From AC wall to energy stored.
    pub ac_efficiency: Value,
    /// From DC station to energy stored.
    pub dc_efficiency: Value,
    /// Standing loss in W of the on-board charger.
    pub charger_standby_w: Value,
    /// Its loss in proportion.
    pub charger_proportional: Value,
    /// Control units in W awake while charging.
    pub charging_units_w: Value,
    /// Power in W at the wall that `ac_efficiency` describes.
    pub charger_power_w: Value,
    /// T0 in K of what a cold pack accepts.
    pub acceptance_temperature_k: Value,
    /// Temperature in °C from which it accepts its full rate.
    pub full_rate_c: Value,
    /// State of charge below which power fades.
    pub low_charge_from: Value,
    /// Share of power left in an almost empty pack.
    pub low_charge_power: Value,
    /// Drag area on the road over makers' claims.
    pub drag_over_claim: Value,
    /// Rotating over test mass.
    pub rotating_share: Value,
    /// Test mass less kerb mass in kg.
    pub payload_kg: Value,
    /// Base speed of machines in rad/s.
    pub base_speed_rad_s: Value,
    /// Loss of a real machine over that of the usual one of the table.
    pub loss_scale: Value,
    /// Speed over base speed above which magnets must be weakened.
    pub weakening_from: Value,
    /// Loss of switching in an inverter of silicon at rated current and mean pack voltage, over the rating of the machine; in
    /// proportion to voltage and current.
    pub switching_igbt: Value,
    /// As above with silicon carbide.
    pub switching_sic: Value,
    /// Loss of a drive unit that is switched on and moves, over its rating, with silicon switches.
    pub standing_share_igbt: Value,
    /// As above with silicon carbide.
    pub standing_share_sic: Value,
    /// Difference of rated powers, as the logarithm of their ratio, at which a model on sale counts a quarter of one that agrees.
    pub likeness_power: Value,
    /// The same for model years.
    pub likeness_years: Value,
    /// Weight of a model that does not give its power, against one that agrees.
    pub unknown_power: Value,
    /// Shares of the kinds of machines among models on sale; they stand in where a design says something of its machines, but not this.
    pub usual_machines: Vec<(Topology, Value)>,
    /// Share of silicon carbide among inverters by model year.
    pub sic_share: ByYear,
    /// Share of cars with two driven axles of which one can rest.
    pub resting_share: Value,
    /// Power of the axle that does not rest over that of both.
    pub main_axle_share: Value,
    /// Least share of a car's power that machines of unknown power have, beside others that are known.
    pub least_rest_share: Value,
    /// Share of cars with a heat pump by model year.
    pub heat_pump_share: ByYear,
    /// Drives of models on sale.
    pub models: Vec<ModelDrive>,
    /// Losses by kind of machine, in the order of [`Topology::ALL`].
    pub machines: Vec<MachineLoss>,
    /// Defaults by class, in the order of [`CarClass::ALL`].
    pub classes: Vec<ClassDefaults>,
    /// Cells by chemistry.
    pub cells: Vec<CellElectric>,
    /// T0 in K of resistance ∝ exp(T0/T).
    pub resistance_temperature_k: Value,
    /// Share of the power that the cells' resistance allows which a car uses at most.
    pub resistance_limit_share: Value,
    /// Discharge power over gross energy in 1/s.
    pub discharge_limit_per_s: Value,
    /// Charge power over gross energy in 1/s.
    pub charge_limit_per_s: Value,
    /// Energy that a plug-in hybrid drives on over gross energy, whatever its cells.
    pub plug_in_usable_share: Value,
    /// Petrol engines.
    pub petrol: EngineDefaults,
    /// Diesel engines.
    pub diesel: EngineDefaults,
    /// Idle speed in rad/s.
    pub idle_rad_s: Value,
    /// Speed in m/s above which fuel is cut while the car drives the engine.
    pub fuel_cut_m_s: Value,
    /// Engine speed in rad/s at 100 km/h.
    pub engine_rad_s_at_100: Value,
    /// Lowest engine speed in rad/s while driving.
    pub lowest_engine_rad_s: Value,
    /// Gearbox efficiency under load.
    pub gearbox_efficiency: Value,
    /// Engine-driven accessories in W.
    pub engine_auxiliary_w: Value,
    /// Power over displacement in W/m³.
    pub power_w_per_m3: Value,
    /// Share of full load at which a hybrid runs its engine.
    pub hybrid_load_share: Value,
    /// Full-load mean pressure in Pa.
    pub full_load_pa: Value,
    /// What is a hybrid's own.
    pub hybrid: HybridDefaults,
    /// Fuel of a cold start in J per m³ of displacement and K.
    pub cold_start_j_per_m3_k: Value,
    /// Ambient temperature in °C below which a start takes such fuel.
    pub cold_start_below_c: Value,
    /// Shares of drives that begin cold, by id of the cycle; others all do.
    pub cold_starts: Vec<(String, Value)>,
    /// Fuel in W per K of running in the cold, of cars without a battery to drive on.
    pub cold_running_w_per_k: Value,
    /// Air conditioning at an engine's shaft over that from a battery.
    pub cooling_at_shaft: Value,
    /// Temperature in °C of the roads on which the gaps of engines were measured.
    pub gap_c: Value,
    /// Share of braking energy a hybrid's machine gets.
    pub hybrid_regeneration: Value,
    /// One-way efficiency between wheel and cells of a hybrid.
    pub hybrid_path: Value,
    /// Real-world gap of electric driving.
    pub gap_electric: Value,
    /// Mean ambient temperature in °C of real-world driving.
    pub real_world_c: Value,
    /// The same by place, where it is known.
    pub ambient_c: Vec<(String, Value)>,
    /// Label over unadjusted range of electric cars (US).
    pub epa_adjustment: Value,
    /// Label over unadjusted city fuel economy (US).
    pub epa_city_fuel: Value,
    /// Label over unadjusted highway fuel economy (US).
    pub epa_highway_fuel: Value,
}

impl DriveTables {
    /// Reads and types all tables of the driving model.
    ///
    /// # Errors
    /// A parameter is missing or has an unfit unit. Bad cells are noted as violations in the loader.
    #[expect(clippy::too_many_lines, reason = "one line a parameter")]
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, DriveError> {
        let drive = Parameters::read(loader, "drive/drive.csv");
        let battery = Parameters::read(loader, "drive/battery.csv");
        let fuels = Parameters::read(loader, "fuels/fuels.csv");
        let charging = Parameters::read(loader, "charging/charging.csv");
        let motors = Parameters::read(loader, "motors/losses.csv");
        let v = |subject: &str, property: &str, unit: &str| drive.value(subject, property, unit).map_err(DriveError::from);
        let machines = machine_losses(&motors)?;
        let mut usual_machines: Vec<(Topology, Value)> = Vec::new();
        for &topology in Topology::ALL {
            if let Some(share) = drive.subject("unknown-drive")?.optional(&format!("share_{}", topology.word().replace('-', "_")), "1")? {
                usual_machines.push((topology, share));
            }
        }
        let classes = CarClass::ALL.iter().map(|&class| class_defaults(&drive, class)).collect::<Result<_, _>>()?;
        let cells = cells(loader, &battery)?;
        Ok(Self {
            gear_efficiency: v("gear", "efficiency", "1")?,
            gear_ratio: v("motor", "gear_ratio", "1")?,
            lowest_whole_ratio: v("motor", "lowest_whole_ratio", "1")?,
            regeneration_share: v("regeneration", "share", "1")?,
            fade_start_m_s: v("regeneration", "fade_start_speed", "m/s")?,
            fade_end_m_s: v("regeneration", "fade_end_speed", "m/s")?,
            deceleration_limit_m_s2: [
                (DrivenWheels::Front, v("regeneration", "deceleration_limit_front", "m/s/s")?),
                (DrivenWheels::Rear, v("regeneration", "deceleration_limit_rear", "m/s/s")?),
                (DrivenWheels::All, v("regeneration", "deceleration_limit_all", "m/s/s")?),
            ],
            regeneration_power_share: v("regeneration", "power_share", "1")?,
            standing_base_w: v("auxiliaries", "base_power", "W")?,
            standing_w: v("auxiliaries", "standing_power", "W")?,
            standing_mass_kg: v("auxiliaries", "reference_mass", "kg")?,
            standing_exponent: v("auxiliaries", "mass_exponent", "1")?,
            cabin_loss_w_per_k: v("heating", "cabin_loss", "W/K")?,
            cabin_capacity_j_per_k: v("heating", "cabin_heat_capacity", "J/K")?,
            cabin_exponent: v("heating", "mass_exponent", "1")?,
            heat_pump_yield: within(v("heating", "heat_pump_yield", "1")?, "heating,heat_pump_yield", f64::INFINITY, "more than 0")?,
            resistive_yield: within(v("heating", "resistive_yield", "1")?, "heating,resistive_yield", 1.0, "more than 0, and 1 at most")?,
            heating_limit_w: v("heating", "highest_power", "W")?,
            chosen_mode_limit_w: v("heating", "chosen_mode_power", "W")?,
            default_mode_from: v("heating", "default_mode_from_year", "1")?,
            heating_below_c: v("heating", "threshold_temperature_c", "1")?,
            cooling_w: v("cooling", "power", "W")?,
            cooling_at_c: v("cooling", "power_temperature_c", "1")?,
            test_soc: v("test", "initial_charge", "1")?,
            cooling_above_c: v("cooling", "threshold_temperature_c", "1")?,
            tyre_change_per_k: v("tyres", "resistance_change_per_kelvin", "1/K")?,
            tyre_pressure_exponent: v("tyres", "pressure_exponent", "1")?,
            air_gas_constant: v("air", "specific_gas_constant", "J/kg/K")?,
            air_density: v("air", "density_at_reference", "kg/m3")?,
            reference_c: v("air", "reference_temperature_c", "1")?,
            ac_efficiency: v("charger", "ac_efficiency", "1")?,
            dc_efficiency: v("charger", "dc_efficiency", "1")?,
            charger_standby_w: charging.value("ac-charger", "standby_power", "W")?,
            charger_proportional: charging.value("ac-charger", "proportional_loss", "1")?,
            charging_units_w: charging.value("control-units", "ac_power", "W")?,
            charger_power_w: charging.value("ac-charger", "default_power", "W")?,
            acceptance_temperature_k: charging.value("nmc622", "acceptance_temperature", "K")?,
            full_rate_c: charging.value("acceptance", "full_rate_temperature_c", "1")?,
            low_charge_from: battery.value("all", "low_charge_from", "1")?,
            low_charge_power: battery.value("all", "low_charge_power", "1")?,
            drag_over_claim: v("road-load", "drag_over_claim", "1")?,
            rotating_share: v("mass", "rotating_share", "1")?,
            payload_kg: v("mass", "wltp_payload", "kg")?,
            base_speed_rad_s: motors.value("all", "base_speed", "rad/s")?,
            loss_scale: motors.value("all", "loss_scale", "1")?,
            weakening_from: motors.value("all", "weakening_from", "1")?,
            switching_igbt: motors.value("all", "switching_igbt", "1")?,
            switching_sic: motors.value("all", "switching_sic", "1")?,
            standing_share_igbt: v("drive-unit", "standing_share_igbt", "1")?,
            standing_share_sic: v("drive-unit", "standing_share_sic", "1")?,
            likeness_power: v("unknown-drive", "likeness_power", "1")?,
            likeness_years: v("unknown-drive", "likeness_years", "1")?,
            unknown_power: v("unknown-drive", "unknown_power", "1")?,
            usual_machines,
            sic_share: ByYear::read(&drive, "unknown-drive", "share_silicon_carbide")?,
            resting_share: v("unknown-drive", "share_resting", "1")?,
            main_axle_share: v("unknown-drive", "main_axle_share", "1")?,
            least_rest_share: v("unknown-drive", "least_rest_share", "1")?,
            heat_pump_share: ByYear::read(&drive, "unknown-drive", "share_heat_pump")?,
            models: models::read(loader),
            machines,
            classes,
            cells,
            resistance_temperature_k: battery.value("all", "resistance_temperature", "K")?,
            resistance_limit_share: battery.value("all", "resistance_limit_share", "1")?,
            discharge_limit_per_s: battery.value("all", "discharge_limit", "1/s")?,
            charge_limit_per_s: battery.value("all", "charge_limit", "1/s")?,
            plug_in_usable_share: battery.value("all", "usable_share_plug_in", "1")?,
            petrol: engine_defaults(&drive, &fuels, "petrol")?,
            diesel: engine_defaults(&drive, &fuels, "diesel")?,
            idle_rad_s: v("engine", "idle_speed", "rad/s")?,
            fuel_cut_m_s: v("engine", "fuel_cut_speed", "m/s")?,
            engine_rad_s_at_100: v("engine", "speed_at_100_km_h", "rad/s")?,
            lowest_engine_rad_s: v("engine", "lowest_driving_speed", "rad/s")?,
            gearbox_efficiency: v("engine", "gearbox_efficiency", "1")?,
            engine_auxiliary_w: v("engine", "auxiliary_power", "W")?,
            power_w_per_m3: v("engine", "power_per_displacement", "W/m3")?,
            hybrid_load_share: v("hybrid", "engine_load_share", "1")?,
            full_load_pa: v("engine", "full_load_pressure", "N/m2")?,
            hybrid: hybrid_defaults(&drive)?,
            cold_start_j_per_m3_k: v("cold-start", "fuel_per_displacement", "J/m3/K")?,
            cold_start_below_c: v("cold-start", "warm_from_temperature_c", "1")?,
            cold_starts: by_name(&drive, "cold-start-share")?,
            cold_running_w_per_k: v("engine", "cold_running_fuel", "W/K")?,
            cooling_at_shaft: v("engine", "cooling_over_electric", "1")?,
            gap_c: v("real-world", "gap_temperature_c", "1")?,
            hybrid_regeneration: v("hybrid", "regeneration_share", "1")?,
            hybrid_path: v("hybrid", "electric_path_efficiency", "1")?,
            gap_electric: v("real-world", "gap_electric", "1")?,
            real_world_c: v("real-world", "ambient_temperature_c", "1")?,
            ambient_c: by_name(&drive, "ambient-temperature-c")?,
            epa_adjustment: v("label", "epa_adjustment", "1")?,
            epa_city_fuel: v("label", "epa_city_fuel", "1")?,
            epa_highway_fuel: v("label", "epa_highway_fuel", "1")?,
        })
    }

    /// What is known of a chemistry.
    ///
    /// # Errors
    /// The chemistry is not in `drive/battery.csv`; the error names the nearest one.
    pub fn cell(&self, chemistry: &str) -> Result<&CellElectric, DriveError> {
        self.cells.iter().find(|c| c.chemistry == chemistry).ok_or_else(|| DriveError::Chemistry {
            seen: chemistry.to_owned(),
            known: self.cells.iter().map(|c| c.chemistry.as_str()).collect::<Vec<_>>().join(", "),
            nearest: nearest(chemistry, self.cells.iter().map(|c| c.chemistry.as_str())),
        })
    }

    /// Usable over gross energy of a pack in a car: a plug-in hybrid keeps charge back for driving as a hybrid.
    pub const fn usable_share<'t>(&'t self, cell: &'t CellElectric, powertrain: Powertrain) -> &'t Value {
        if matches!(powertrain, Powertrain::Phev) { &self.plug_in_usable_share } else { &cell.usable_share }
    }

    /// Mean ambient temperature in °C of the roads of a place; of a province without one that of its country; `None`: not known.
    pub fn ambient_c_in(&self, place: &str) -> Option<&Value> {
        let of = |place: &str| self.ambient_c.iter().find(|(name, _)| name == place).map(|(_, value)| value);
        of(place).or_else(|| of(place.split('-').next().unwrap_or_default()))
    }

    /// The same for a design by where it is used, else that of temperate countries.
    pub(super) fn real_world_c_of(&self, design: &CarDesign) -> &Value {
        design.usage.country.as_deref().and_then(|place| self.ambient_c_in(place)).unwrap_or(&self.real_world_c)
    }

    /// Defaults of a class.
    pub fn class(&self, class: CarClass) -> &ClassDefaults {
        &self.classes[class as usize]
    }

    /// Losses of a kind of machine.
    pub fn machine(&self, topology: Topology) -> &MachineLoss {
        &self.machines[topology as usize]
    }

    /// Parameters of engines that burn a fuel.
    pub fn engine(&self, fuel: Fuel) -> &EngineDefaults {
        match fuel {
            Fuel::Petrol => &self.petrol,
            Fuel::Diesel => &self.diesel,
        }
    }
}

/// The value, if all of it lies above nought and no higher than a limit.
fn within(value: Value, parameter: &'static str, most: f64, wanted: &'static str) -> Result<Value, DriveError> {
    let (low, high) = (value.low.min(value.best), value.high.max(value.best));
    if low > 0.0 && high <= most { Ok(value) } else { Err(DriveError::Outside { parameter, low, high, wanted }) }
}

fn hybrid_defaults(drive: &Parameters) -> Result<HybridDefaults, DriveError> {
    let subject = drive.subject("hybrid")?;
    Ok(HybridDefaults {
        indicated_efficiency: subject.value("indicated_efficiency", "1")?,
        friction_pa: subject.value("friction_pressure", "N/m2")?,
        lowest_rad_s: subject.value("lowest_driving_speed", "rad/s")?,
        switch_on_rad_s: subject.value("switch_on_speed", "rad/s")?,
        transmission_efficiency: subject.value("transmission_efficiency", "1")?,
        auxiliary_w: subject.value("auxiliary_power", "W")?,
        cold_running_w_per_k: subject.value("cold_running_fuel", "W/K")?,
    })
}

/// The values of a subject whose properties are names.
fn by_name(drive: &Parameters, subject: &str) -> Result<Vec<(String, Value)>, DriveError> {
    let subject = drive.subject(subject)?;
    subject.properties().into_iter().map(|id| Ok((id.to_owned(), subject.value(id, "1")?))).collect()
}

/// Loss polynomials of every kind of machine with either inverter.
fn machine_losses(motors: &Parameters) -> Result<Vec<MachineLoss>, DriveError> {
    let mut machines = Vec::new();
    for &topology in Topology::ALL {
        let terms = |inverter: &str| -> Result<[Value; LOSS_TERMS], DriveError> {
            let name = format!("{topology}-{inverter}");
            let subject = motors.subject(&name)?;
            let mut terms = [Value::given(0.0); LOSS_TERMS];
            for (term, name) in terms.iter_mut().zip(LOSS_NAMES) {
                *term = subject.value(name, "1")?;
            }
            Ok(terms)
        };
        machines.push(MachineLoss { topology, igbt: terms("igbt")?, sic: terms("sic")? });
    }
    Ok(machines)
}

fn class_defaults(drive: &Parameters, class: CarClass) -> Result<ClassDefaults, DriveError> {
    let name = format!("class-{}", class.word());
    let subject = drive.subject(&name)?;
    Ok(ClassDefaults {
        class,
        cd: subject.value("cd", "1")?,
        frontal_area_m2: subject.value("frontal_area", "m2")?,
        crr: subject.value("crr", "1")?,
        power_w_per_kg: subject.value("power_per_mass", "W/kg")?,
        kerb_mass_kg: subject.value("kerb_mass", "kg")?,
        wheel_radius_m: subject.value("wheel_radius", "m")?,
    })
}

fn engine_defaults(drive: &Parameters, fuels: &Parameters, fuel: &str) -> Result<EngineDefaults, DriveError> {
    let name = format!("engine-{fuel}");
    let subject = drive.subject(&name)?;
    Ok(EngineDefaults {
        indicated_efficiency: within(subject.value("indicated_efficiency", "1")?, "indicated_efficiency", 1.0, "more than 0, and 1 at most")?,
        friction_pa: subject.value("friction_pressure", "N/m2")?,
        energy_j_per_l: fuels.value(fuel, "energy_per_litre", "J/l")?,
        real_world_gap: drive.value("real-world", &format!("gap_{fuel}"), "1")?,
    })
}

/// A chemistry with its points: state of charge, voltage, row.
type Curve = (String, Vec<(f64, f64, RowId)>);

fn cells(loader: &mut Loader<'_>, battery: &Parameters) -> Result<Vec<CellElectric>, DriveError> {
    let mut curves: Vec<Curve> = Vec::new();
    if let Some(table) = loader.table("drive/ocv.csv") {
        for row in 0..table.len() {
            let (Some(soc), Some(ocv)) = (loader.number_in(&table, row, "soc"), loader.number_in(&table, row, "ocv_v")) else { continue };
            let chemistry = table.text(row, "chemistry");
            if !curves.iter().any(|c| c.0 == chemistry) {
                curves.push((chemistry.to_owned(), Vec::new()));
            }
            if let Some(curve) = curves.iter_mut().find(|c| c.0 == chemistry) {
                let at = curve.1.len();
                let wanted = at as f64 / (OCV_POINTS - 1) as f64;
                if (soc - wanted).abs() > 1e-9 {
                    let fault = Fault::Law {
                        subject: chemistry.to_owned(),
                        rule: "states of charge of a curve rise from 0 to 1 in eleven equal steps",
                        seen: soc.to_string(),
                    };
                    loader.fault(&table, row, Some("soc"), fault);
                } else if curve.1.last().is_some_and(|&(_, before, _)| ocv < before) {
                    let fault = Fault::Law {
                        subject: chemistry.to_owned(),
                        rule: "open-circuit voltage rises with the state of charge",
                        seen: ocv.to_string(),
                    };
                    loader.fault(&table, row, Some("ocv_v"), fault);
                }
                curve.1.push((soc, ocv, loader.row(&table, row)));
            }
        }
    }
    let mut cells = Vec::new();
    for (chemistry, points) in curves {
        let Ok(voltages) = <[f64; OCV_POINTS]>::try_from(points.iter().map(|p| p.1).collect::<Vec<_>>()) else {
            return Err(DriveError::Curve { chemistry, points: points.len() });
        };
        // Mean over the charge by the trapezoidal rule: the voltage at which gross energy over charge is defined.
        let mean = voltages.windows(2).map(|w| 0.5 * (w[0] + w[1])).sum::<f64>() / (OCV_POINTS - 1) as f64;
        let subject = battery.subject(&chemistry)?;
        cells.push(CellElectric {
            loss_at_1c: subject.value("loss_at_1c", "1")?,
            usable_share: subject.value("usable_share", "1")?,
            relative_ocv: voltages.map(|u| u / mean),
            ocv_rows: points.iter().map(|p| p.2).collect(),
            chemistry,
        });
    }
    Ok(cells)
}
