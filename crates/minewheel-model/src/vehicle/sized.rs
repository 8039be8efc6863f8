//! What sizing hands on: the car with its mass closed, its fields with their origin, or why it cannot be.

use std::sync::Arc;

use minewheel_data::car::{CarClass, DrivenWheels, Fuel, Powertrain, Topology};
use minewheel_data::parameters::ParameterError;
use minewheel_data::row::RowId;
use minewheel_data::units::{Area, Duration, Length, Mass, Power, Share};
use serde::Serialize;

use super::components::{Component, SizedComponent};

/// What sizing needs to know of the traction battery.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PackSummary {
    /// Mass of the pack.
    pub mass: Mass,
}

/// Where the value of a field came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The user's car file.
    Given,
    /// The catalogue.
    Catalogue,
    /// A default of the class, or computed from one.
    Default,
}

/// A field of the car as it was used.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedField {
    /// Its path in the car file.
    pub field: &'static str,
    /// Its value, in the unit of the path.
    pub value: f64,
    /// Where it came from.
    pub origin: Origin,
    /// The row behind it; [`RowId::GIVEN`] for the user's own and for what was chosen without a table.
    pub row: RowId,
}

/// An electric machine with what belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct SizedMotor {
    /// Kind of machine.
    pub topology: Topology,
    /// Axle it drives.
    pub axle: DrivenWheels,
    /// Peak mechanical power.
    pub peak_power: Power,
    /// Motor revolutions per wheel revolution.
    pub final_drive_ratio: f64,
    /// Mass of its magnets.
    pub magnet_mass: Mass,
    /// Rows that set the magnets' mass.
    pub(super) magnet_rows: Vec<RowId>,
}

/// A combustion engine.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SizedEngine {
    /// Its fuel.
    pub fuel: Fuel,
    /// Peak power.
    pub peak_power: Power,
}

/// A car whose mass is closed.
#[derive(Debug, Clone, PartialEq)]
pub struct SizedCar {
    /// Its id.
    pub id: String,
    /// What moves it.
    pub powertrain: Powertrain,
    /// Its size class.
    pub class: CarClass,
    /// Kerb mass: ready to drive, tank nine tenths full, without driver.
    pub kerb_mass: Mass,
    /// Whether the kerb mass was added up from parts.
    pub is_built_up: bool,
    /// Mass of the traction battery within it.
    pub pack_mass: Mass,
    /// Overall length.
    pub length: Length,
    /// Overall width without mirrors.
    pub width: Length,
    /// Overall height.
    pub height: Length,
    /// Frontal area.
    pub frontal_area: Area,
    /// Drag coefficient.
    pub cd: f64,
    /// Rolling-resistance coefficient.
    pub crr: f64,
    /// Electric machines.
    pub motors: Vec<SizedMotor>,
    /// Engine.
    pub engine: Option<SizedEngine>,
    /// On-board charger.
    pub ac_power: Option<Power>,
    /// Distance over its life.
    pub lifetime: Length,
    /// Years of its life.
    pub years: Duration,
    /// Electric share of a plug-in hybrid's distance: by the authorities' weighting, and as measured.
    pub utility_factor: Option<(Share, Share)>,
    /// Share of secondary metal in its aluminium, if the design says one.
    pub recycled_aluminium: Option<Share>,
    /// Share of secondary metal in its flat steel, if the design says one.
    pub recycled_steel: Option<Share>,
    /// Place of final assembly.
    pub plant: Option<Arc<str>>,
    /// Place it drives in.
    pub country: Option<Arc<str>>,
    /// Its parts, by component.
    pub components: Vec<SizedComponent>,
    /// Every field that entered, with its origin.
    pub fields: Vec<ResolvedField>,
    pub(super) wltp_load: Mass,
    pub(super) epa_load: Mass,
    pub(super) driver: Mass,
}

impl SizedCar {
    /// Mass of one component, all axles together.
    pub fn mass_of(&self, component: Component) -> Mass {
        self.components.iter().filter(|c| c.component == component).map(|c| c.mass).sum()
    }

    /// Mass in running order: kerb mass and driver.
    pub fn running_order_mass(&self) -> Mass {
        self.kerb_mass + self.driver
    }

    /// Test mass by WLTP: running order, 25 kg, and 15 % of the remaining payload.
    pub fn wltp_test_mass(&self) -> Mass {
        self.running_order_mass() + self.wltp_load
    }

    /// Loaded vehicle mass by the US rules: kerb mass and 300 lb.
    pub fn epa_test_mass(&self) -> Mass {
        self.kerb_mass + self.epa_load
    }

    /// Sum of the peak powers of its electric machines.
    pub fn motor_power(&self) -> Power {
        self.motors.iter().map(|m| m.peak_power).sum()
    }
}

/// A design that cannot be made into a car.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum VehicleError {
    /// The powertrain needs a traction battery and none was sized.
    #[error("car `{car}` is a {powertrain} and has no traction battery; give [battery] with chemistry and gross_energy_kwh")]
    MissingPack {
        /// The car.
        car: String,
        /// Its powertrain.
        powertrain: Powertrain,
    },
    /// Parts weigh more than the car lets them.
    #[error(
        "car `{car}`: a kerb mass of {kerb_kg:.0} kg leaves {structure_kg:.0} kg for body, chassis and interior, wanted at least \
         {least_kg:.0} kg; battery {pack_kg:.0} kg, electric drive {drive_kg:.0} kg, engine with gearbox and fuel {engine_kg:.0} kg, \
         other counted parts {counted_kg:.0} kg"
    )]
    TooHeavyInside {
        /// The car.
        car: String,
        /// Its kerb mass.
        kerb_kg: f64,
        /// Its traction battery.
        pack_kg: f64,
        /// Motors, gears and power electronics.
        drive_kg: f64,
        /// Engine, gearbox, exhaust, tank, fuel.
        engine_kg: f64,
        /// Tyres, fluids, glazing, wiring, control units, climate unit.
        counted_kg: f64,
        /// What is left.
        structure_kg: f64,
        /// What the lightest plausible structure of its size weighs.
        least_kg: f64,
    },
    /// A number of the design cannot be.
    #[error("car `{car}`: `{field}` is {value}, wanted a number above {minimum}")]
    OutOfRange {
        /// The car.
        car: String,
        /// The field.
        field: &'static str,
        /// The number seen.
        value: f64,
        /// The limit.
        minimum: f64,
    },
    /// A share of the design lies outside 0..=1.
    #[error("car `{car}`: `{field}` is {value}, wanted a share within 0..=1")]
    NotAShare {
        /// The car.
        car: String,
        /// The field.
        field: &'static str,
        /// The number seen.
        value: f64,
    },
    /// The mass loop does not settle.
    #[error("car `{car}`: the mass loop is {residual_kg:.3e} kg open after {iterations} rounds; is the secondary mass factor near one?")]
    NotConverged {
        /// The car.
        car: String,
        /// What is left open.
        residual_kg: f64,
        /// How many rounds.
        iterations: u32,
    },
    /// A parameter is missing.
    #[error(transparent)]
    Parameter(Box<ParameterError>),
}

impl From<ParameterError> for VehicleError {
    fn from(error: ParameterError) -> Self {
        Self::Parameter(Box::new(error))
    }
}
