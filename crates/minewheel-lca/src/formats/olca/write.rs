//! From a database to files of schema version 2.

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::records as file;
use crate::database::{
    AllocationKind, Database, Direction, Exchange, Flow, FlowIndex, FlowKind, ImpactCategory, ImpactFactor, LocationIndex, Parameter, Process,
    ProcessKind, PropertyIndex, Uncertainty, UnitIndex,
};
use crate::formats::Dropped;
use crate::formats::archive::file_name;

/// The version of the schema that is written.
const SCHEMA: u32 = 2;

/// Hands over every file of the package, by name; says what openLCA has no place for.
///
/// # Errors
/// The first error of the receiver.
pub fn write<E>(database: &Database, receive: &mut dyn FnMut(&str, Vec<u8>) -> Result<(), E>) -> Result<Dropped, E> {
    let mut put = |name: String, bytes: Vec<u8>| receive(&name, bytes);
    let own = database.own_directions();
    put("olca-schema.json".to_owned(), json(&file::SchemaVersion { version: SCHEMA }))?;
    for group in database.unit_groups() {
        let unit = |(place, unit): (usize, &crate::database::Unit)| file::Unit {
            kind: "Unit".to_owned(),
            id: unit.id.to_string(),
            name: unit.name.to_string(),
            conversion_factor: unit.factor,
            is_ref_unit: place == usize::from(group.reference),
            synonyms: (!unit.synonyms.is_empty()).then(|| unit.synonyms.iter().map(ToString::to_string).collect()),
        };
        let units = group.units.iter().enumerate().map(unit).collect();
        let record = file::UnitGroup { kind: "UnitGroup".to_owned(), id: group.id.to_string(), name: group.name.to_string(), units };
        put(format!("unit_groups/{}.json", file_name(&group.id)), json(&record))?;
    }
    for property in database.properties() {
        let group = &database.unit_groups()[property.unit_group.at()];
        let record = file::FlowProperty {
            kind: "FlowProperty".to_owned(),
            id: property.id.to_string(),
            name: property.name.to_string(),
            flow_property_type: Some(if property.is_economic { "ECONOMIC_QUANTITY" } else { "PHYSICAL_QUANTITY" }.to_owned()),
            unit_group: Some(file::Ref::to("UnitGroup", &group.id, &group.name)),
        };
        put(format!("flow_properties/{}.json", file_name(&property.id)), json(&record))?;
    }
    for location in database.locations() {
        let record = file::Location {
            kind: "Location".to_owned(),
            id: location.id.to_string(),
            name: location.name.to_string(),
            code: text(location.code.as_deref()),
            latitude: location.latitude,
            longitude: location.longitude,
        };
        put(format!("locations/{}.json", file_name(&location.id)), json(&record))?;
    }
    for flow in database.flows() {
        put(format!("flows/{}.json", file_name(&flow.id)), json(&flow_of(database, flow)))?;
    }
    for (number, parameter) in database.parameters().iter().enumerate() {
        let id = parameter.id.as_deref().map_or_else(|| format!("parameter-{}", number + 1), str::to_owned);
        let record = file::Parameter { parameter_scope: Some("GLOBAL_SCOPE".to_owned()), ..parameter_of(parameter) };
        put(format!("parameters/{}.json", file_name(&id)), json(&record))?;
    }
    for category in database.categories() {
        put(format!("lcia_categories/{}.json", file_name(&category.id)), json(&category_of(database, category, &own)))?;
    }
    for method in database.methods() {
        let reference = |at: &crate::database::CategoryIndex| {
            let category = &database.categories()[at.at()];
            file::Ref::to("ImpactCategory", &category.id, &category.name)
        };
        let record = file::ImpactMethod {
            kind: "ImpactMethod".to_owned(),
            id: method.id.to_string(),
            name: method.name.to_string(),
            description: text(method.description.as_deref()),
            impact_categories: method.categories.iter().map(reference).collect(),
            parameters: Vec::new(),
        };
        put(format!("lcia_methods/{}.json", file_name(&method.id)), json(&record))?;
    }
    for process in database.processes() {
        put(format!("processes/{}.json", file_name(&process.id)), json(&process_of(database, process)))?;
    }
    Ok(dropped(database, &own))
}

/// What openLCA has no place for.
fn dropped(database: &Database, own: &[Direction]) -> Dropped {
    let parameters = database.processes().iter().flat_map(|p| &p.parameters).chain(database.parameters()).map(|p| p.uncertainty);
    let exchanges = database.processes().iter().flat_map(|p| &p.exchanges).map(|e| e.uncertainty);
    let factors = database.categories().iter().flat_map(|c| &c.factors).map(|f| f.uncertainty);
    let pert = parameters.chain(exchanges).chain(factors).filter(|u| matches!(u, Uncertainty::Pert { .. })).count();
    let count = |wanted: Turn| {
        let of_category = |c: &ImpactCategory| turns(c, own).into_iter().filter(|turn| *turn == wanted).count();
        database.categories().iter().map(of_category).sum::<usize>()
    };
    let all = [
        ("uncertainty: PERT distributions, written as triangular ones", pert),
        ("lcia_categories: directions of factors, which are written with the other sign", count(Turn::Turned)),
        ("lcia_categories: factors for the other direction of a flow that has one for its own", count(Turn::Left)),
    ];
    all.into_iter().filter(|(_, count)| *count > 0).map(|(what, count)| (what.to_owned(), count)).collect()
}

/// Records hold numbers that were checked to be finite, and texts: nothing that JSON cannot say.
fn json<T: Serialize>(record: &T) -> Vec<u8> {
    serde_json::to_vec(record).unwrap_or_default()
}

fn text(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn flow_ref(database: &Database, flow: FlowIndex) -> file::Ref {
    let flow = database.flow(flow);
    file::Ref::to("Flow", &flow.id, &flow.name)
}

fn unit_ref(database: &Database, unit: UnitIndex) -> file::Ref {
    let unit = database.unit(unit);
    file::Ref::to("Unit", &unit.id, &unit.name)
}

fn property_ref(database: &Database, property: PropertyIndex) -> file::Ref {
    let property = &database.properties()[property.at()];
    file::Ref::to("FlowProperty", &property.id, &property.name)
}

fn location_ref(database: &Database, location: Option<LocationIndex>) -> Option<file::Ref> {
    let location = &database.locations()[location?.at()];
    Some(file::Ref::to("Location", &location.id, &location.name))
}

fn flow_of(database: &Database, flow: &Flow) -> file::Flow {
    let factor = |(place, factor): (usize, &crate::database::PropertyFactor)| file::FlowPropertyFactor {
        conversion_factor: Some(factor.factor),
        is_ref_flow_property: place == usize::from(flow.reference),
        flow_property: property_ref(database, factor.property),
    };
    file::Flow {
        kind: "Flow".to_owned(),
        id: flow.id.to_string(),
        name: flow.name.to_string(),
        category: text(flow.category.as_deref()).map(file::CategoryOf::Path),
        description: text(flow.description.as_deref()),
        flow_type: Some(
            match flow.kind {
                FlowKind::Elementary => "ELEMENTARY_FLOW",
                FlowKind::Product => "PRODUCT_FLOW",
                FlowKind::Waste => "WASTE_FLOW",
            }
            .to_owned(),
        ),
        cas: text(flow.cas.as_deref()),
        formula: text(flow.chemical_formula.as_deref()),
        synonyms: text(flow.synonyms.as_deref()),
        location: location_ref(database, flow.location),
        flow_properties: flow.properties.iter().enumerate().map(factor).collect(),
    }
}

fn uncertainty_of(uncertainty: Uncertainty) -> Option<file::Uncertainty> {
    let of = |name: &str| file::Uncertainty { distribution_type: Some(format!("{name}_DISTRIBUTION")), ..file::Uncertainty::default() };
    Some(match uncertainty {
        Uncertainty::None => return None,
        Uncertainty::Lognormal { geometric_mean, geometric_deviation } => {
            file::Uncertainty { geom_mean: Some(geometric_mean), geom_sd: Some(geometric_deviation), ..of("LOG_NORMAL") }
        }
        Uncertainty::Normal { mean, deviation } => file::Uncertainty { mean: Some(mean), sd: Some(deviation), ..of("NORMAL") },
        // openLCA has no PERT; `dropped` counts those that are written with their ends and mode.
        Uncertainty::Triangular { low, mode, high } | Uncertainty::Pert { low, mode, high } => {
            file::Uncertainty { minimum: Some(low), mode: Some(mode), maximum: Some(high), ..of("TRIANGLE") }
        }
        Uncertainty::Uniform { low, high } => file::Uncertainty { minimum: Some(low), maximum: Some(high), ..of("UNIFORM") },
    })
}

fn parameter_of(parameter: &Parameter) -> file::Parameter {
    file::Parameter {
        kind: "Parameter".to_owned(),
        id: text(parameter.id.as_deref()),
        name: parameter.name.to_string(),
        description: text(parameter.description.as_deref()),
        parameter_scope: None,
        is_input_parameter: parameter.formula.is_none(),
        value: Some(parameter.value),
        formula: text(parameter.formula.as_deref()),
        uncertainty: uncertainty_of(parameter.uncertainty),
    }
}

fn scoped(parameters: &[Parameter], scope: &str) -> Vec<file::Parameter> {
    let scoped = |p| file::Parameter { parameter_scope: Some(scope.to_owned()), ..parameter_of(p) };
    parameters.iter().map(scoped).collect()
}

/// The direction of a category: its own, or that which all its factors state.
fn direction_of(category: &ImpactCategory) -> Option<Direction> {
    let first = category.factors.first().and_then(|f| f.direction);
    category.direction.or_else(|| first.filter(|_| category.factors.iter().all(|f| f.direction == first)))
}

/// How a factor is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// As it is.
    Kept,
    /// With the other sign: it is stated for the other direction than that in which openLCA will read it.
    Turned,
    /// Not at all: it is such a one, and its flow has a factor for the direction that openLCA reads.
    Left,
}

fn turns(category: &ImpactCategory, own: &[Direction]) -> Vec<Turn> {
    let direction = direction_of(category);
    let is_kept = |f: &ImpactFactor| f.direction.is_none_or(|stated| stated == direction.unwrap_or(own[f.flow.at()]));
    let kept: FxHashSet<_> = category.factors.iter().filter(|f| is_kept(f)).map(|f| (f.flow, f.location)).collect();
    let turn = |f: &ImpactFactor| match is_kept(f) {
        true => Turn::Kept,
        false if kept.contains(&(f.flow, f.location)) => Turn::Left,
        false => Turn::Turned,
    };
    category.factors.iter().map(turn).collect()
}

fn category_of(database: &Database, category: &ImpactCategory, own: &[Direction]) -> file::ImpactCategory {
    let written = category.factors.iter().zip(turns(category, own)).filter(|(_, turn)| *turn != Turn::Left);
    let factors = written.map(|(f, turn)| {
        let sign = if turn == Turn::Turned { -1.0 } else { 1.0 };
        let formula = f.formula.as_deref().map(|text| if sign < 0.0 { format!("-1 * ({text})") } else { text.to_owned() });
        file::ImpactFactor {
            flow: flow_ref(database, f.flow),
            flow_property: Some(property_ref(database, f.property)),
            unit: Some(unit_ref(database, f.unit)),
            location: location_ref(database, f.location),
            value: Some(sign * f.value),
            formula,
            uncertainty: uncertainty_of(f.uncertainty.scaled(sign)),
        }
    });
    let direction = direction_of(category).map(|d| if d == Direction::Input { "INPUT" } else { "OUTPUT" }.to_owned());
    file::ImpactCategory {
        kind: "ImpactCategory".to_owned(),
        id: category.id.to_string(),
        name: category.name.to_string(),
        description: text(category.description.as_deref()),
        ref_unit: text(category.unit.as_deref()),
        direction,
        parameters: scoped(&category.parameters, "IMPACT_SCOPE"),
        impact_factors: factors.collect(),
    }
}

fn exchange_of(database: &Database, exchange: &Exchange, is_reference: bool) -> file::Exchange {
    let provider = exchange.provider.map(|p| database.process(p));
    file::Exchange {
        kind: "Exchange".to_owned(),
        is_avoided_product: exchange.is_avoided,
        is_input: exchange.direction == Direction::Input,
        is_quantitative_reference: is_reference,
        amount: Some(exchange.amount),
        amount_formula: text(exchange.formula.as_deref()),
        base_uncertainty: exchange.base_uncertainty,
        default_provider: provider.map(|p| file::Ref::to("Process", &p.id, &p.name)),
        description: text(exchange.description.as_deref()),
        dq_entry: text(exchange.quality.as_deref()),
        flow: flow_ref(database, exchange.flow),
        flow_property: Some(property_ref(database, exchange.property)),
        internal_id: Some(exchange.internal_id),
        location: location_ref(database, exchange.location),
        uncertainty: uncertainty_of(exchange.uncertainty),
        unit: Some(unit_ref(database, exchange.unit)),
    }
}

fn allocation_name(kind: AllocationKind) -> String {
    match kind {
        AllocationKind::Physical => "PHYSICAL_ALLOCATION",
        AllocationKind::Economic => "ECONOMIC_ALLOCATION",
        AllocationKind::Causal => "CAUSAL_ALLOCATION",
    }
    .to_owned()
}

fn process_of(database: &Database, process: &Process) -> file::Process {
    let exchange = |(place, e): (usize, &Exchange)| exchange_of(database, e, process.reference == Some(place as u32));
    let factors = process.allocation_factors.iter().map(|f| file::AllocationFactor {
        kind: "AllocationFactor".to_owned(),
        allocation_type: Some(allocation_name(f.kind)),
        exchange: f.exchange.map(|id| {
            let flow = process.exchanges.iter().find(|e| e.internal_id == id).map(|e| flow_ref(database, e.flow));
            file::ExchangeRef { internal_id: Some(id), flow }
        }),
        product: Some(flow_ref(database, f.product)),
        value: Some(f.value),
        formula: text(f.formula.as_deref()),
    });
    file::Process {
        kind: "Process".to_owned(),
        id: process.id.to_string(),
        name: process.name.to_string(),
        category: text(process.category.as_deref()).map(file::CategoryOf::Path),
        description: text(process.description.as_deref()),
        process_type: Some(if process.kind == ProcessKind::Unit { "UNIT_PROCESS" } else { "LCI_RESULT" }.to_owned()),
        location: location_ref(database, process.location),
        default_allocation_method: process.default_allocation.map(allocation_name),
        allocation_factors: factors.collect(),
        exchange_dq_system: process.quality_system.as_ref().map(|s| file::Ref::to("DQSystem", &s.id, &s.name)),
        parameters: scoped(&process.parameters, "PROCESS_SCOPE"),
        exchanges: process.exchanges.iter().enumerate().map(exchange).collect(),
    }
}
