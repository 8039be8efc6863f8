//! The whole car: from a design to the mass of every component and to what must be bought for them.
//!
//! [`size`] closes the car's mass. If the design gives a kerb mass, the structure takes what the counted parts leave:
//!
//! ```text
//! m_structure = m_kerb − m_pack − m_drive − m_electronics − m_engine − m_tyres − m_fluids − m_counted
//! ```
//!
//! Else the car is built up from its size, and a car heavier than its class reference gets a stronger structure
//! (Alonso et al. 2012, secondary mass), until the mass that the parts were sized for is the mass they add up to:
//!
//! ```text
//! m_structure = ρ_glider·L·W·H − m_counted + s·(m_kerb − m_ref)
//! m_kerb      = m_structure + m_counted + m_pack + m_drive(m_kerb) + …
//! ```
//!
//! | symbol       | meaning                                                        | unit  | from           |
//! |--------------|----------------------------------------------------------------|-------|----------------|
//! | `ρ_glider`   | car without powertrain, tyres, fluids over length·width·height | kg/m³ | `classes.csv`  |
//! | `m_ref`      | mean kerb mass of the cars behind `ρ_glider`                   | kg    | `classes.csv`  |
//! | `s`          | secondary mass per mass, power held apart                      | –     | `masses.csv`   |
//! | `m_counted`  | glazing, wiring, control units, climate unit, paint film       | kg    | `classes.csv`  |
//! | `m_drive`    | `a + b·P` for motor, gear, inverter, charger, engine, gearbox  | kg    | `drive_units.csv` |
//!
//! Choices of the body ([`crate::body`]) then change body and closures, and the kerb mass with them: a given kerb mass is that of the car
//! without choices. In a car that is built up, the loop closes with them; in a car of given mass the rest of the structure follows
//! only where the design says `body.resizing = "structure"`, by the same `s`.
//!
//! The structure is divided by the shares of `classes.csv`; every component is then materials by `compositions.csv`,
//! and every material is bought with the yield and the forming service of `routes.csv`. [`bill`] lists them; what it
//! says is contained adds up to the kerb mass less the traction battery, whose lines its own module writes.
//!
//! Valid for passenger cars of 600 to 3000 kg. Left out: spare wheels, tow bars, options. Every number is a table
//! row asked through a [`Draw`](minewheel_data::row::Draw), so a Monte Carlo draw is the same two calls again.
//! Checked by the tests of this module, by `tests/whole_cars_against_published_masses.rs` (built-up cars miss their
//! published mass by 4.5 % in the mean) and by `validation/whole-vehicles.csv`.
//!
//! ```
//! use minewheel_data::car::{CarDesign, Powertrain};
//! use minewheel_data::{loader::Loader, row::Draw, store::Store, units::Mass};
//! use minewheel_model::vehicle::{PackSummary, VehicleTables, bill, size};
//!
//! let store = Store::embedded();
//! let tables = VehicleTables::read(&mut Loader::new(&store, false))?;
//! let pack = PackSummary { mass: Mass::from_kg(350.0) };
//! let car = size(&CarDesign::new("my-car", Powertrain::Bev), Some(&pack), &tables, &Draw::BEST)?;
//! let parts = bill(&car, &tables, &Draw::BEST);
//! assert!((parts.contained() + car.pack_mass - car.kerb_mass).kg().abs() < 1e-9);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod alloy_shares;
mod components;
mod content;
mod fluids;
mod machine;
mod purchase;
mod sized;
mod sizing;
pub(crate) mod tables;
mod utility;

pub use alloy_shares::DEFAULT_SCRAP;
pub use components::{Component, SizedComponent};
pub use content::{ElementIn, element_content, element_in_lines};
pub use machine::{drive_parts, machine_bill};
pub use purchase::{BodyLine, aluminium_bought, bill, body_lines};
pub use sized::{Origin, PackSummary, RecycledShares, ResolvedField, SizedCar, SizedEngine, SizedMotor, VehicleError};
pub use sizing::size;
pub use tables::{VehicleTableError, VehicleTables};
pub use utility::UtilityCurve;

#[cfg(test)]
mod tests;
