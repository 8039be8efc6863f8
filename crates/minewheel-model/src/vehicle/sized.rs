//! What sizing hands on: the car with its mass closed, its fields with their origin, or why it cannot be.

use std::sync::Arc;

use minewheel_data::car::{CarClass, DrivenWheels, Fuel, Powertrain, ScrapGrade, Topology};
use minewheel_data::parameters::ParameterError;
use minewheel_data::row::RowId;
use minewheel_data::units::{Area, Duration, Length, Mass, Power, Share};
use serde::Serialize;

use super::components::{Component, SizedComponent};
use crate::body::BodyPlan;

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

/// Shares of secondary metal by alloy family, in the order of [`Family::ALL`](crate::body::Family::ALL); `None`: what the market delivers.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RecycledShares {
    /// The shares.
    pub by_family: [Option<f64>; 6],
    /// The scrap that the limits are those of.
    pub scrap: Option<ScrapGrade>,
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
    /// What of it the choices of the body added (saved, if negative), with what followed them.
    pub body_change: Mass,
    /// The parts of body and closures.
    pub body: BodyPlan,
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
    /// Secondary metal in its aluminium, where the design says something of it.
    pub recycled: RecycledShares,
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
    /// An alloy does not take so much scrap.
    #[error(
        "car `{car}`: `{field}` is {wanted}, but {alloy} takes at most {highest:.3} of {scrap} scrap: with more of it, {element} passes the \
         alloy's {limit_percent} %"
    )]
    Alloy {
        /// The car.
        car: String,
        /// The field.
        field: &'static str,
        /// The alloy family.
        alloy: &'static str,
        /// The element that passes its maximum first.
        element: &'static str,
        /// Its maximum in per cent.
        limit_percent: f64,
        /// The kind of scrap.
        scrap: &'static str,
        /// The share wanted.
        wanted: f64,
        /// The highest possible share.
        highest: f64,
    },
    /// The alloys of a car together do not take so much scrap.
    #[error(
        "car `{car}`: `body.recycled_aluminium_share` is {wanted}, but its {aluminium_kg:.0} kg of aluminium take at most {highest:.3} of {scrap} \
         scrap: {alloy}, the largest shortfall, takes {alloy_highest:.3} before {element} passes its maximum"
    )]
    Alloys {
        /// The car.
        car: String,
        /// The share wanted.
        wanted: f64,
        /// The highest possible mean share.
        highest: f64,
        /// Aluminium bought for the families without a share of their own.
        aluminium_kg: f64,
        /// The kind of scrap.
        scrap: &'static str,
        /// The alloy family that falls short by most metal.
        alloy: &'static str,
        /// Its own highest share.
        alloy_highest: f64,
        /// The element that sets it.
        element: &'static str,
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
