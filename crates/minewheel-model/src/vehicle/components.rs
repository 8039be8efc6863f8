//! The parts that a car is made of, and the stage of the life cycle each belongs to.

use std::sync::Arc;

use minewheel_data::row::RowId;
use minewheel_data::units::Mass;
use serde::Serialize;

use crate::bill::Stage;

macro_rules! components {
    ($( $(#[$doc:meta])* $name:ident = $word:literal in $stage:ident ),+ $(,)?) => {
        /// A part of the car. The traction battery is not here: its own module writes its lines.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Component { $( $(#[$doc])* $name ),+ }

        impl Component {
            /// All of them, by stage.
            pub const ALL: &'static [Self] = &[ $( Self::$name ),+ ];
            /// Its name in the bill and in the tables.
            pub const fn word(self) -> &'static str { match self { $( Self::$name => $word ),+ } }
            /// The stage its making belongs to.
            pub const fn stage(self) -> Stage { match self { $( Self::$name => Stage::$stage ),+ } }
        }
    };
}

components! {
    /// Electric machine.
    Motor = "motor" in ElectricDrive,
    /// Single-speed gear with differential.
    ReductionGear = "reduction-gear" in ElectricDrive,
    /// Traction inverter.
    Inverter = "inverter" in PowerElectronics,
    /// On-board charger.
    OnBoardCharger = "on-board-charger" in PowerElectronics,
    /// Converter to 12 V.
    DcDcConverter = "dc-dc-converter" in PowerElectronics,
    /// Contactors, fuses and busbars outside the pack.
    PowerDistribution = "power-distribution-unit" in PowerElectronics,
    /// High-voltage cables and charging inlet.
    HighVoltageCables = "high-voltage-cables" in PowerElectronics,
    /// Combustion engine.
    Engine = "engine" in CombustionDrive,
    /// Gearbox, or transaxle of a hybrid.
    Gearbox = "gearbox" in CombustionDrive,
    /// Exhaust with catalysts, less their platinum metals.
    Exhaust = "exhaust-aftertreatment" in CombustionDrive,
    /// Platinum, palladium and rhodium of the catalysts.
    Catalyst = "catalyst-metals" in CombustionDrive,
    /// Radiator, pumps and intake of the engine.
    EngineCooling = "engine-cooling" in CombustionDrive,
    /// Fuel tank with pump.
    FuelTank = "fuel-tank" in CombustionDrive,
    /// Body structure.
    Body = "body-in-white" in Glider,
    /// Doors, lids, wings.
    Closures = "closures" in Glider,
    /// Suspension, subframes, steering, shafts.
    Chassis = "chassis" in Glider,
    /// Brakes.
    Brakes = "brakes" in Glider,
    /// Rims.
    Wheels = "wheels" in Glider,
    /// Seats, dashboard, trim, restraint.
    Interior = "interior" in Glider,
    /// Bumper skins, lamps, seals.
    ExteriorTrim = "exterior-trim" in Glider,
    /// Sealer and damping.
    Sealing = "sealing-and-damping" in Glider,
    /// Windows.
    Glazing = "glazing" in Glider,
    /// Low-voltage harness.
    Wiring = "wiring" in Glider,
    /// Low-voltage controllers, sensors, displays.
    ControlUnits = "control-units" in Glider,
    /// 12 V battery.
    LowVoltageBattery = "low-voltage-battery" in Glider,
    /// Heating, ventilation, air conditioning.
    Climate = "hvac" in Glider,
    /// Four tyres.
    Tyres = "tyres" in Tyres,
    /// Oil, coolant, brake fluid, refrigerant, washer water.
    OperatingFluids = "operating-fluids" in Fluids,
    /// Fuel in the tank.
    Fuel = "fuel" in Fluids,
    /// Dry paint on the body.
    PaintFilm = "paint-film" in Assembly,
}

/// A component of one car.
#[derive(Debug, Clone, PartialEq)]
pub struct SizedComponent {
    /// What it is.
    pub component: Component,
    /// Its name in the bill: the component's, with the axle for motors and what belongs to them.
    pub part: Arc<str>,
    /// Its mass.
    pub mass: Mass,
    /// The rows that set the mass.
    pub rows: Vec<RowId>,
}
