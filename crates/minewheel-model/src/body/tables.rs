//! The tables of `data/body`: groups of parts, what the choices change, alloys.

use std::sync::Arc;

use minewheel_data::loader::Loader;
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::Value;
use minewheel_data::table::Fault;

use super::alloys::Alloys;

/// Shares of a material that do not add up by more than this are a fault.
const CLOSURE: f64 = 1e-6;

/// A door ring against the parts that it replaces.
#[derive(Debug, Clone)]
pub(super) struct Ring {
    pub saving: Value,
    pub saved_share: Value,
    pub parts_before: Value,
    pub parts_after: Value,
    pub part_yield: Value,
}

/// A large casting against the stampings that it replaces.
#[derive(Debug, Clone)]
pub(super) struct Casting {
    pub replaced_share: Value,
    pub mass_ratio: Value,
    pub parts_after: Value,
    pub secondary_share: Value,
    pub part_yield: Value,
    pub returns_share: Value,
}

/// Spot welds and what they cost in energy.
#[derive(Debug, Clone)]
pub(super) struct Joining {
    pub per_part: Value,
    pub energy_kwh: Value,
    pub shop_kwh: Value,
}

/// A group of parts: a share of one material of one composition.
#[derive(Debug, Clone)]
pub(crate) struct Group {
    /// The composition, e.g. `body-in-white-steel`.
    pub composition: Arc<str>,
    /// The group, e.g. `door-frame`.
    pub name: Arc<str>,
    /// The material.
    pub product: Arc<str>,
    /// Share of that material.
    pub share: Value,
}

/// Everything that the body model needs besides the compositions of `data/vehicles`.
#[derive(Debug, Clone)]
pub struct BodyTables {
    pub(super) ring: Ring,
    pub(super) casting: Casting,
    pub(super) closure_ratio: Value,
    pub(super) joining: Joining,
    pub(super) pieces: Vec<(Arc<str>, Value)>,
    pub(crate) groups: Vec<Group>,
    /// Composition limits.
    pub alloys: Alloys,
}

impl BodyTables {
    /// Reads `data/body`. Violations of single rows are noted in the loader.
    ///
    /// # Errors
    /// A parameter that the model needs is missing.
    pub fn read(loader: &mut Loader<'_>) -> Result<Self, ParameterError> {
        let parameters = Parameters::read(loader, "body/body.csv");
        let alloys = Parameters::read(loader, "body/alloys.csv");
        let ring = parameters.subject("door-ring")?;
        let casting = parameters.subject("mega-casting")?;
        let joining = parameters.subject("joining")?;
        let mut pieces = Vec::new();
        for subject in parameters.subjects() {
            if let Some(value) = parameters.subject(subject)?.optional("pieces", "1")? {
                pieces.push((Arc::from(subject), value));
            }
        }
        let groups = read_groups(loader, &pieces);
        Ok(Self {
            ring: Ring {
                saving: ring.value("mass_saving", "kg")?,
                saved_share: ring.value("saved_share", "1")?,
                parts_before: ring.value("parts_before", "1")?,
                parts_after: ring.value("parts_after", "1")?,
                part_yield: ring.value("part_yield", "1")?,
            },
            casting: Casting {
                replaced_share: casting.value("replaced_share", "1")?,
                mass_ratio: casting.value("mass_ratio", "1")?,
                parts_after: casting.value("parts_after", "1")?,
                secondary_share: casting.value("secondary_share", "1")?,
                part_yield: casting.value("part_yield", "1")?,
                returns_share: casting.value("returns_share", "1")?,
            },
            closure_ratio: parameters.value("closures", "mass_ratio", "1")?,
            joining: Joining {
                per_part: joining.value("joints_per_part", "1")?,
                energy_kwh: joining.value("energy_per_joint", "kWh")?,
                shop_kwh: joining.value("shop_energy", "kWh")?,
            },
            pieces,
            groups,
            alloys: Alloys::resolve(&alloys)?,
        })
    }

    /// How many pieces a group has in a compact body.
    pub(super) fn pieces_of(&self, group: &str) -> Option<&Value> {
        self.pieces.iter().find(|p| &*p.0 == group).map(|p| &p.1)
    }

    /// The groups that share one material of a composition.
    pub(super) fn groups_of<'a>(&'a self, composition: &'a str, product: &'a str) -> impl Iterator<Item = &'a Group> {
        self.groups.iter().filter(move |g| &*g.composition == composition && &*g.product == product)
    }

    /// Electricity of the body shop that the welding service stands for, in kWh.
    pub const fn shop_kwh(&self) -> Value {
        self.joining.shop_kwh
    }

    /// Mass that a door ring saves, in kg.
    #[cfg(test)]
    pub(super) const fn door_ring_saving_kg(&self) -> Value {
        self.ring.saving
    }

    /// Pieces of the frame before and after a door ring.
    #[cfg(test)]
    pub(super) const fn door_ring_pieces(&self) -> (Value, Value) {
        (self.ring.parts_before, self.ring.parts_after)
    }
}

fn read_groups(loader: &mut Loader<'_>, pieces: &[(Arc<str>, Value)]) -> Vec<Group> {
    let Some(table) = loader.table("body/parts.csv") else { return Vec::new() };
    let mut groups: Vec<Group> = Vec::new();
    for row in 0..table.len() {
        let Some(share) = loader.value(&table, row, "share") else { continue };
        let name = table.text(row, "part");
        if !pieces.iter().any(|p| &*p.0 == name) {
            loader.unknown_name(&table, row, "part", "group with `pieces` in body.csv", pieces.iter().map(|p| &*p.0));
            continue;
        }
        groups.push(Group {
            composition: table.text(row, "component").into(),
            name: name.into(),
            product: table.text(row, "product_id").into(),
            share,
        });
    }
    for group in &groups {
        let same = |g: &&Group| g.composition == group.composition && g.product == group.product;
        let sum: f64 = groups.iter().filter(same).map(|g| g.share.best).sum();
        let is_first = groups.iter().find(same).is_some_and(|g| g.name == group.name);
        if is_first && (sum - 1.0).abs() > CLOSURE {
            let whole = format!("{} of {}", group.product, group.composition);
            loader.fault_at(group.share.row, "share", Fault::Shares { whole, sum });
        }
    }
    groups
}
