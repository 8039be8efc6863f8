//! Whether every index of a database that was not built here points into its table.

use super::Database;
use super::index::{FlowIndex, LocationIndex, PropertyIndex, UnitIndex};

impl Database {
    /// Whether every index points into its table.
    pub(crate) fn is_whole(&self) -> bool {
        let unit = |u: UnitIndex| self.unit_groups.get(u.group.at()).is_some_and(|g| usize::from(u.place) < g.units.len());
        let property = |p: PropertyIndex| p.at() < self.properties.len();
        let flow = |f: FlowIndex| f.at() < self.flows.len();
        let location = |l: Option<LocationIndex>| l.is_none_or(|l| l.at() < self.locations.len());
        self.unit_groups.iter().all(|g| usize::from(g.reference) < g.units.len())
            && self.properties.iter().all(|p| p.unit_group.at() < self.unit_groups.len())
            && self
                .flows
                .iter()
                .all(|f| usize::from(f.reference) < f.properties.len() && location(f.location) && f.properties.iter().all(|p| property(p.property)))
            && self.processes.iter().all(|p| {
                let exchanges = p.exchanges.iter().all(|e| {
                    let provider = e.provider.is_none_or(|p| p.at() < self.processes.len());
                    flow(e.flow) && unit(e.unit) && property(e.property) && location(e.location) && provider
                });
                let reference = p.reference.is_none_or(|at| (at as usize) < p.exchanges.len());
                exchanges && reference && location(p.location) && p.allocation_factors.iter().all(|f| flow(f.product))
            })
            && self.categories.iter().flat_map(|c| &c.factors).all(|f| flow(f.flow) && unit(f.unit) && property(f.property) && location(f.location))
            && self.methods.iter().flat_map(|m| &m.categories).all(|c| c.at() < self.categories.len())
    }
}
