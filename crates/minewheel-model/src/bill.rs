//! The bill of materials: what must be bought to make a part of the car, and what of it ends in the car.
//!
//! Nothing here knows carbon, law or money: a line names a product of `data/processes` and an amount in that product's
//! reference unit. `contained` closes on the mass of the part; `amount` adds what is lost as scrap on the way.

use std::sync::Arc;

use minewheel_data::row::RowId;
use minewheel_data::units::Mass;
use serde::Serialize;

/// The part of the life cycle a line belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Traction battery: cell materials.
    BatteryMaterials,
    /// Traction battery: making cells.
    CellManufacturing,
    /// Traction battery: housing, electronics, cooling and pack assembly.
    BatteryPack,
    /// Electric machines with their gears.
    ElectricDrive,
    /// Inverter, converter, charger, control.
    PowerElectronics,
    /// Engine, gearbox, exhaust and tank.
    CombustionDrive,
    /// Body, chassis, interior, glazing, wiring: the car without its powertrain.
    Glider,
    /// Tyres of the first set.
    Tyres,
    /// Operating fluids of the first filling.
    Fluids,
    /// Stamping, welding, painting, assembly.
    Assembly,
    /// Electricity that the car is charged with.
    Electricity,
    /// Fuel that the car burns.
    #[serde(rename = "fuel")]
    FuelUse,
    /// Parts, tyres and fluids replaced in use.
    Maintenance,
    /// Traction battery replaced in use.
    BatteryReplacement,
    /// Dismantling, shredding, battery recycling, credits.
    EndOfLife,
}

/// The three parts of a car's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// From the mine to the plant's gate.
    Production,
    /// Driving and upkeep.
    Use,
    /// From the last drive to recovered material.
    EndOfLife,
}

impl Stage {
    /// All stages, in order of the life.
    pub const ALL: [Self; 15] = [
        Self::BatteryMaterials,
        Self::CellManufacturing,
        Self::BatteryPack,
        Self::ElectricDrive,
        Self::PowerElectronics,
        Self::CombustionDrive,
        Self::Glider,
        Self::Tyres,
        Self::Fluids,
        Self::Assembly,
        Self::Electricity,
        Self::FuelUse,
        Self::Maintenance,
        Self::BatteryReplacement,
        Self::EndOfLife,
    ];

    /// The part of the car's life that the stage lies in.
    pub const fn phase(self) -> Phase {
        match self {
            Self::Electricity | Self::FuelUse | Self::Maintenance | Self::BatteryReplacement => Phase::Use,
            Self::EndOfLife => Phase::EndOfLife,
            _ => Phase::Production,
        }
    }

    /// Its name in results.
    pub const fn word(self) -> &'static str {
        match self {
            Self::BatteryMaterials => "battery-materials",
            Self::CellManufacturing => "cell-manufacturing",
            Self::BatteryPack => "battery-pack",
            Self::ElectricDrive => "electric-drive",
            Self::PowerElectronics => "power-electronics",
            Self::CombustionDrive => "combustion-drive",
            Self::Glider => "glider",
            Self::Tyres => "tyres",
            Self::Fluids => "fluids",
            Self::Assembly => "assembly",
            Self::Electricity => "electricity",
            Self::FuelUse => "fuel",
            Self::Maintenance => "maintenance",
            Self::BatteryReplacement => "battery-replacement",
            Self::EndOfLife => "end-of-life",
        }
    }
}

/// One line of the bill.
#[derive(Debug, Clone, PartialEq)]
pub struct BillLine {
    /// The stage it belongs to.
    pub stage: Stage,
    /// The part, e.g. `body`, `motor-rear`, `cell`.
    pub part: Arc<str>,
    /// The product bought, an id of `data/processes`.
    pub product: Arc<str>,
    /// How much of it is bought, in the product's reference unit.
    pub amount: f64,
    /// What of it ends in the car; zero for services and energy.
    pub contained: Mass,
    /// Where it is bought; `None`: on the world market.
    pub place: Option<Arc<str>>,
    /// The table rows that set the amount.
    pub rows: Vec<RowId>,
}

/// All lines of one car.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BillOfMaterials {
    /// The lines, in order of stage and part.
    pub lines: Vec<BillLine>,
}

impl BillOfMaterials {
    /// Mass that ends in the car when it leaves the plant.
    pub fn contained(&self) -> Mass {
        self.lines.iter().filter(|l| l.stage.phase() == Phase::Production).map(|l| l.contained).sum()
    }
}
