//! A life-cycle database: processes with their exchanges, flows, units, parameters and impact categories.
//!
//! The model is that of the openLCA schema, checked once. Everything refers to everything else by typed index; a
//! [`DatabaseBuilder`] takes things in the order of their dependence and lists every fault. From a database and a set of choices
//! ([`LinkOptions`]) follows a [`ProductSystem`]: who supplies whom, what co-products carry, and the matrices.
//!
//! ```text
//! amount in the flow's reference unit = amount · unit factor / property factor
//! ```
//!
//! Source: the openLCA schema (`GreenDelta`, `olca-schema`, version 2); equation after its class `FlowPropertyFactor`.

mod allocation;
mod bounds;
mod builder;
mod flows;
mod follow;
mod formula;
mod index;
mod link;
mod methods;
mod parameters;
mod pedigree;
mod process;
mod remap;
mod system;
mod uncertainty;
mod unfactored;
mod ways;

use serde::{Deserialize, Serialize};

pub use allocation::{Allocation, AllocationError};
pub(crate) use builder::SystemLink;
pub use builder::{DatabaseBuilder, DatabaseFault, OnConflict};
pub use flows::{Flow, FlowKind, FlowProperty, Location, PropertyFactor, Unit, UnitGroup};
pub use follow::{Dependents, ParameterInput};
pub(crate) use formula::shown;
pub use formula::{Formula, FormulaError};
pub use index::{CategoryIndex, FlowIndex, LocationIndex, ProcessIndex, PropertyIndex, UnitGroupIndex, UnitIndex};
pub use link::{Candidate, LinkCounts, LinkOptions, Providers, Unlinked, UnlinkedInput, candidates, survey};
pub use methods::{ImpactCategory, ImpactFactor, ImpactMethod};
pub use parameters::{Parameter, ParameterError, Values};
pub use pedigree::{PEDIGREE_INDICATORS, PEDIGREE_SCORES, Pedigree, PedigreeMatrix, pedigree_scores};
pub use process::{AllocationFactor, AllocationKind, Direction, Exchange, Process, ProcessKind, QualitySystem};
pub use remap::{RemapError, RemapFault, RemapKind, RemapRow, Remapped, parse_mapping};
pub use system::{Activity, ProductSystem, SystemError, reference_product};
pub use uncertainty::Uncertainty;
pub use unfactored::{Unfactored, unfactored};
pub(crate) use ways::by_category as direction_of_category;

/// A checked database; see [`DatabaseBuilder`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Database {
    unit_groups: Vec<UnitGroup>,
    properties: Vec<FlowProperty>,
    locations: Vec<Location>,
    flows: Vec<Flow>,
    parameters: Vec<Parameter>,
    processes: Vec<Process>,
    categories: Vec<ImpactCategory>,
    methods: Vec<ImpactMethod>,
}

/// An amount or a factor whose unit is none of its flow's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{user}`: `{flow}` in `{unit}` of `{property}` does not convert to the flow's reference unit")]
pub struct Unconvertible {
    /// The process or impact category.
    pub user: String,
    /// The flow.
    pub flow: String,
    /// The unit.
    pub unit: String,
    /// The property that it measures.
    pub property: String,
}

impl Database {
    /// Groups of units that convert into each other.
    pub fn unit_groups(&self) -> &[UnitGroup] {
        &self.unit_groups
    }

    /// Quantities in which flows are measured.
    pub fn properties(&self) -> &[FlowProperty] {
        &self.properties
    }

    /// Places.
    pub fn locations(&self) -> &[Location] {
        &self.locations
    }

    /// Products, wastes and elementary flows.
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }

    /// Global parameters.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Processes.
    pub fn processes(&self) -> &[Process] {
        &self.processes
    }

    /// Impact categories.
    pub fn categories(&self) -> &[ImpactCategory] {
        &self.categories
    }

    /// Impact methods, that is, sets of categories.
    pub fn methods(&self) -> &[ImpactMethod] {
        &self.methods
    }

    /// One flow.
    pub fn flow(&self, flow: FlowIndex) -> &Flow {
        &self.flows[flow.at()]
    }

    /// One process.
    pub fn process(&self, process: ProcessIndex) -> &Process {
        &self.processes[process.at()]
    }

    /// One unit.
    pub fn unit(&self, unit: UnitIndex) -> &Unit {
        &self.unit_groups[unit.group.at()].units[usize::from(unit.place)]
    }

    /// The unit in which a flow's amounts stand in the matrices.
    pub fn reference_unit(&self, flow: FlowIndex) -> &Unit {
        let group = &self.unit_groups[self.properties[self.flow(flow).reference_property().at()].unit_group.at()];
        &group.units[usize::from(group.reference)]
    }

    /// The unit and property in which a flow's amounts stand in the matrices.
    pub(crate) fn reference_of(&self, flow: FlowIndex) -> (UnitIndex, PropertyIndex) {
        let property = self.flow(flow).reference_property();
        let group = self.properties[property.at()].unit_group;
        (UnitIndex { group, place: self.unit_groups[group.at()].reference }, property)
    }

    /// What turns an amount in a unit and property into one in the flow's reference unit; `None` if the flow is not measured in
    /// that property or the property not in that unit.
    ///
    /// ```text
    /// factor = unit factor / property factor
    /// ```
    pub fn conversion(&self, flow: FlowIndex, unit: UnitIndex, property: PropertyIndex) -> Option<f64> {
        let of_property = self.flow(flow).properties.iter().find(|f| f.property == property)?.factor;
        (self.properties[property.at()].unit_group == unit.group).then(|| self.unit(unit).factor / of_property)
    }

    /// Whether every amount and factor converts to its flow's reference unit, as the builder has seen to.
    ///
    /// # Errors
    /// The first that does not: who writes a database out would else write a number in another unit.
    pub fn converts(&self) -> Result<(), Unconvertible> {
        let of = |user: &str, flow: FlowIndex, unit: UnitIndex, property: PropertyIndex| {
            let fault = || Unconvertible {
                user: user.to_owned(),
                flow: self.flow(flow).name.to_string(),
                unit: self.unit(unit).name.to_string(),
                property: self.properties[property.at()].name.to_string(),
            };
            self.conversion(flow, unit, property).map(|_| ()).ok_or_else(fault)
        };
        for process in &self.processes {
            process.exchanges.iter().try_for_each(|e| of(&process.name, e.flow, e.unit, e.property))?;
        }
        for category in &self.categories {
            category.factors.iter().try_for_each(|f| of(&category.name, f.flow, f.unit, f.property))?;
        }
        Ok(())
    }

    /// The place of a process, by code where it has one.
    pub fn place(&self, location: LocationIndex) -> &str {
        let location = &self.locations[location.at()];
        location.code.as_deref().unwrap_or(&location.name)
    }

    /// The process with an id.
    pub fn process_by_id(&self, id: &str) -> Option<ProcessIndex> {
        self.processes.iter().position(|p| &*p.id == id).map(ProcessIndex::new)
    }

    /// The flow with an id.
    pub fn flow_by_id(&self, id: &str) -> Option<FlowIndex> {
        self.flows.iter().position(|f| &*f.id == id).map(FlowIndex::new)
    }

    /// The process, and perhaps its product, that a text names: an id, a full name that only one process has, such a name with its
    /// place as `name, place`, or any of these with `/FLOW` for a co-product.
    pub fn find_supply(&self, text: &str) -> Option<(ProcessIndex, Option<FlowIndex>)> {
        let only = |is_meant: &dyn Fn(&Process) -> bool| {
            let mut found = self.each_process().filter(|(_, p)| is_meant(p));
            found.next().filter(|_| found.next().is_none()).map(|(process, _)| process)
        };
        let by_name = |name: &str| {
            only(&|p| &*p.name == name).or_else(|| {
                let (name, place) = name.rsplit_once(", ")?;
                only(&|p| &*p.name == name && p.location.is_some_and(|l| self.place(l) == place))
            })
        };
        let find = |name: &str| self.process_by_id(name).or_else(|| by_name(name));
        find(text).map(|process| (process, None)).or_else(|| {
            let (process, flow) = text.rsplit_once('/')?;
            Some((find(process)?, Some(self.flow_by_id(flow)?)))
        })
    }

    /// Names of the impact categories as `method: category`, in their order.
    pub fn category_names(&self) -> Vec<String> {
        let method = |at: usize| self.methods.iter().find(|m| m.categories.iter().any(|c| c.at() == at));
        let name = |(at, category): (usize, &ImpactCategory)| {
            method(at).map_or_else(|| category.name.to_string(), |m| format!("{}: {}", m.name, category.name))
        };
        self.categories.iter().enumerate().map(name).collect()
    }

    /// The impact category of a name as [`category_names`](Self::category_names) has it, or of the part behind the method where only one has it.
    pub fn category_by_name(&self, name: &str) -> Option<CategoryIndex> {
        let names = self.category_names();
        let whole = names.iter().position(|n| n == name);
        let mut short = self.categories.iter().enumerate().filter(|(_, c)| &*c.name == name).map(|(at, _)| at);
        let only = short.next().filter(|_| short.next().is_none());
        whole.or(only).map(CategoryIndex::new)
    }

    /// The processes by index.
    pub fn each_process(&self) -> impl Iterator<Item = (ProcessIndex, &Process)> {
        self.processes.iter().enumerate().map(|(at, process)| (ProcessIndex::new(at), process))
    }

    /// The flow property with a name, case aside.
    pub fn property_by_name(&self, name: &str) -> Option<PropertyIndex> {
        self.properties.iter().position(|p| p.name.eq_ignore_ascii_case(name)).map(PropertyIndex::new)
    }

    /// The values of the global parameters.
    ///
    /// # Errors
    /// [`ParameterError`] for a circle or a formula without value.
    pub fn global_values(&self) -> Result<Values<'static>, ParameterError> {
        Values::of(&self.parameters, None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::archive::ArchiveError;
    use crate::formats::{ilcd, inventory_table, simapro};

    const CAST: &str = "{SimaPro 9.1}\n{CSV separator: Semicolon}\n{Decimal separator: .}\n\nProcess\n\nCategory type\nmaterial\n\nProducts\n\
                        steel;kg;1;100;not defined;Metals;\n\nElectricity/heat\npower;kWh;2;Undefined;0;0;0;\n\nEnd\n\n";

    #[test]
    fn an_amount_that_does_not_convert_is_in_no_export() {
        let (mut database, _) = simapro::read("cast.csv", CAST.as_bytes(), DatabaseBuilder::new()).unwrap();
        database.converts().unwrap();
        let foreign = database.processes[0].exchanges.iter().find(|e| &*database.flow(e.flow).name == "power").unwrap();
        let (unit, property) = (foreign.unit, foreign.property);
        let own = database.processes[0].exchanges.iter_mut().find(|e| (e.unit, e.property) != (unit, property)).unwrap();
        (own.unit, own.property) = (unit, property);
        let fault = database.converts().unwrap_err();
        assert_eq!((&*fault.flow, &*fault.unit), ("steel", "kWh"));
        let mut files = 0;
        let ilcd: Result<_, ArchiveError> = ilcd::write(&database, &mut |_, _| {
            files += 1;
            Ok(())
        });
        assert_eq!((ilcd.unwrap_err().to_string(), files), (fault.to_string(), 0));
        assert!(crate::formats::excel::write("x", &database).unwrap_err().to_string().contains("steel"));
        assert!(inventory_table::write(&database).unwrap_err().to_string().contains("`steel` in `kWh`"));
    }
}
