//! Operating fluids of the first filling.

use minewheel_data::car::CarClass;
use minewheel_data::row::Value;

use super::tables::VehicleTables;

/// A fluid of the first filling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fluid {
    Coolant,
    Engine,
    Gear,
    Brake,
    Water,
    Refrigerant,
}

/// Fluids with their amount and how many fillings the car has.
pub(super) fn fluid_amounts(tables: &VehicleTables, class: CarClass, motors: usize, has_engine: bool) -> Vec<(Fluid, &Value, f64)> {
    let rules = &tables.mass;
    let mut fluids =
        vec![(Fluid::Brake, &rules.brake_fluid, 1.0), (Fluid::Water, &rules.washer_water, 1.0), (Fluid::Refrigerant, &rules.refrigerant, 1.0)];
    if has_engine {
        fluids.push((Fluid::Coolant, &rules.coolant_ice, 1.0));
        fluids.push((Fluid::Engine, &rules.engine_oil, 1.0));
        fluids.push((Fluid::Gear, &rules.gear_oil_ice, 1.0));
    } else {
        fluids.push((Fluid::Coolant, &tables.class(class).coolant_bev, 1.0));
        fluids.push((Fluid::Gear, &rules.gear_oil_bev, motors as f64));
    }
    fluids
}
