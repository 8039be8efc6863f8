//! The JSON-LD packages of openLCA: a zip or folder with one file a data set.
//!
//! | folder                             | holds                  |
//! |------------------------------------|------------------------|
//! | `unit_groups`, `flow_properties`   | units                  |
//! | `locations`, `flows`, `parameters` |                        |
//! | `processes`                        | with their exchanges   |
//! | `lcia_categories`, `lcia_methods`  | impact assessment      |
//! | `product_systems`                  | links: they name the provider where the process does not |
//! | `categories`                       | folders, in version 1  |
//!
//! The data quality system of a process is kept by reference: what its scores mean is known of that of ecoinvent, which is taken for granted where a
//! process names none, so only its pedigrees spread amounts.
//!
//! Version 2 of the schema is written; versions 1 and 2 are read. What the model has no place for (documentation, sources, actors,
//! costs, social aspects, normalisation, drawings of product systems) is left out and counted in [`Dropped`](super::Dropped), field by field.
//!
//! Source: the openLCA schema (`GreenDelta`, `olca-schema`) and the upgrades that openLCA applies to its version 1
//! (olca-modules, `jsonld/upgrades`).

mod read;
mod records;
mod write;

pub use read::read;
pub use write::write;
