//! Elementary flows, and the factors that turn them into impacts.

use rustc_hash::FxHashMap;

use crate::loader::Loader;
use crate::row::Value;
use crate::table::Fault;

/// The table of what a pedigree's scores add to the spread of an amount, by indicator. It is read apart: no car rests on it.
pub const PEDIGREE: &str = "methods/pedigree.csv";

/// Number of an elementary flow within a loaded data set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowId(pub u16);

/// An exchange with nature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flow {
    /// Its id, e.g. `ch4-fossil`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its unit.
    pub unit: String,
    /// Whether it is taken from nature rather than released.
    pub is_resource: bool,
}

/// One impact category of one method.
#[derive(Debug, Clone, PartialEq)]
pub struct Category {
    /// The method, e.g. `ar6-gwp100`.
    pub method: String,
    /// The category, e.g. `climate`.
    pub name: String,
    /// Unit of the result.
    pub unit: String,
    /// Factor by flow.
    pub factors: Vec<(FlowId, Value)>,
}

/// All flows and categories of a data set.
#[derive(Debug, Clone, Default)]
pub struct Methods {
    flows: Vec<Flow>,
    index: FxHashMap<String, FlowId>,
    categories: Vec<Category>,
}

impl Methods {
    /// Reads `methods/flows.csv` and `methods/factors.csv`.
    pub fn read(loader: &mut Loader<'_>) -> Self {
        let mut all = Self::default();
        if let Some(table) = loader.table("methods/flows.csv") {
            for row in 0..table.len() {
                let id = table.text(row, "flow_id").to_owned();
                if let Some(first) = all.index.get(&id) {
                    let fault = Fault::Duplicate { key: format!("flow `{id}`"), first_line: table.line(usize::from(first.0)) };
                    loader.fault(&table, row, Some("flow_id"), fault);
                }
                all.index.insert(id.clone(), FlowId(all.flows.len() as u16));
                all.flows.push(Flow {
                    id,
                    name: table.text(row, "name").to_owned(),
                    unit: table.text(row, "unit").to_owned(),
                    is_resource: table.text(row, "kind") == "resource",
                });
            }
        }
        if let Some(table) = loader.table("methods/factors.csv") {
            for row in 0..table.len() {
                let Some(&flow) = all.index.get(table.text(row, "flow_id")) else {
                    let known: Vec<_> = all.flows.iter().map(|f| f.id.clone()).collect();
                    loader.unknown_name(&table, row, "flow_id", "flow", known.iter().map(String::as_str));
                    continue;
                };
                let Some(value) = loader.value(&table, row, "factor") else { continue };
                let (method, name, unit) = (table.text(row, "method"), table.text(row, "category"), table.text(row, "unit"));
                let position = all.categories.iter().position(|c| c.method == method && c.name == name);
                let at = position.unwrap_or_else(|| {
                    all.categories.push(Category {
                        method: method.to_owned(),
                        name: name.to_owned(),
                        unit: unit.split_once('/').map_or(unit, |u| u.0).to_owned(),
                        factors: Vec::new(),
                    });
                    all.categories.len() - 1
                });
                if all.categories[at].factors.iter().any(|f| f.0 == flow) {
                    let key = format!("factor of `{}` in {method} {name}", table.text(row, "flow_id"));
                    loader.fault(&table, row, Some("flow_id"), Fault::Duplicate { key, first_line: 0 });
                } else {
                    all.categories[at].factors.push((flow, value));
                }
            }
        }
        all
    }

    /// The number of a flow.
    pub fn flow_id(&self, id: &str) -> Option<FlowId> {
        self.index.get(id).copied()
    }
    /// A flow.
    pub fn flow(&self, id: FlowId) -> &Flow {
        &self.flows[usize::from(id.0)]
    }
    /// All flows, by number.
    pub fn flows(&self) -> &[Flow] {
        &self.flows
    }
    /// One category of one method.
    pub fn category(&self, method: &str, name: &str) -> Option<&Category> {
        self.categories.iter().find(|c| c.method == method && c.name == name)
    }
    /// All categories.
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }
    /// The methods that have a climate category.
    pub fn climate_methods(&self) -> Vec<&str> {
        self.categories.iter().filter(|c| c.name == "climate").map(|c| c.method.as_str()).collect()
    }
}
