//! From a database to the data sets of ILCD 1.1.
//!
//! | of ours                                        | in ILCD                                                                 |
//! |------------------------------------------------|-------------------------------------------------------------------------|
//! | an exchange in its own unit and property       | `resultingAmount` in the reference unit; the own amount as attributes of a namespace of ours |
//! | default provider, avoided product, pedigree    | attributes of that namespace, which other programs pass over             |
//! | a formula of an exchange                       | a variable, named by `referenceToVariable`                              |
//! | global parameters                              | variables of every process that calls them                              |
//! | physical, economic and causal shares           | `allocations`, exchange by exchange, of the kind that is the default    |
//! | an impact category, and the method it is in    | an LCIA method each, and its `methodology`                              |
//! | direction of a factor, or else of its flow     | `exchangeDirection`; what no author stated is marked by an attribute    |
//!
//! What has no place is counted and handed back. Ids are written as they are; programs that want UUIDs refuse others.

use std::fmt::Write as _;

use quick_xml::escape::escape;

use super::FORMULA_TOLERANCE;
use super::visit::ROOTS;
use crate::database::Unconvertible;
use crate::database::{
    AllocationKind, Database, Direction, Exchange, Flow, FlowIndex, FlowKind, Formula, ImpactCategory, LocationIndex, Parameter, Process,
    ProcessKind, PropertyIndex, Uncertainty, UnitIndex,
};
use crate::formats::Dropped;
use crate::formats::archive::file_name;

const NAMESPACE: &str = "http://lca.jrc.it/ILCD";
/// The namespace of what is ours.
const OURS: &str = "urn:minewheel:ilcd";

/// Hands over every file of the package, by name, and says what was left out.
///
/// # Errors
/// An amount or factor that does not convert to its flow's reference unit; the first error of the receiver.
pub fn write<E: From<Unconvertible>>(database: &Database, receive: &mut dyn FnMut(&str, Vec<u8>) -> Result<(), E>) -> Result<Dropped, E> {
    database.converts()?;
    let mut writer = Writer { database, own: database.own_directions(), dropped: Dropped::new() };
    let mut put = |folder: &str, id: &str, text: String| receive(&format!("ILCD/{folder}/{}.xml", file_name(id)), text.into_bytes());
    for group in database.unit_groups() {
        let mut units = String::new();
        for (place, unit) in group.units.iter().enumerate() {
            let (id, name) = (escape(&*unit.id), escape(&*unit.name));
            let _ = write!(
                units,
                r#"<unit dataSetInternalID="{place}" own:unitId="{id}"><name>{name}</name><meanValue>{}</meanValue></unit>"#,
                unit.factor
            );
            writer.count("unit_groups: synonyms of units", unit.synonyms.len());
        }
        let information = named(&group.id, &element("common:name", &group.name));
        let reference =
            format!("<quantitativeReference><referenceToReferenceUnit>{}</referenceToReferenceUnit></quantitativeReference>", group.reference);
        put("unitgroups", &group.id, data_set("UnitGroup", "unitGroup", &(information + &reference), &format!("<units>{units}</units>")))?;
    }
    for property in database.properties() {
        let group = &database.unit_groups()[property.unit_group.at()];
        let information = named(&property.id, &element("common:name", &property.name));
        let target = reference("referenceToReferenceUnitGroup", "unit group", "unitgroups", &group.id, &group.name);
        writer.count("flow_properties: whether they are economic", usize::from(property.is_economic));
        put(
            "flowproperties",
            &property.id,
            data_set("FlowProperty", "flowProperties", &format!("{information}<quantitativeReference>{target}</quantitativeReference>"), ""),
        )?;
    }
    for location in database.locations() {
        let is_plain = location.code.as_deref() == Some(&*location.name) && *location.id == format!("place:{}", location.name);
        writer.count("locations: id, name, latitude, longitude beside the code", usize::from(!is_plain || location.latitude.is_some()));
    }
    let mut is_used = vec![false; database.locations().len()];
    let of_exchanges = database.processes().iter().flat_map(|p| std::iter::once(p.location).chain(p.exchanges.iter().map(|e| e.location)));
    let of_factors = database.categories().iter().flat_map(|c| c.factors.iter().map(|f| f.location));
    let of_flows = database.flows().iter().map(|f| f.location);
    of_exchanges.chain(of_factors).chain(of_flows).flatten().for_each(|place| is_used[place.at()] = true);
    writer.count("locations: of no process, flow or factor", is_used.into_iter().filter(|used| !used).count());
    for flow in database.flows() {
        put("flows", &flow.id, writer.flow(flow))?;
    }
    for (at, category) in database.categories().iter().enumerate() {
        put("lciamethods", &category.id, writer.category(at, category))?;
    }
    for method in database.methods() {
        let is_plain = method.description.is_none() && *method.id == format!("method:{}", method.name);
        writer.count("lcia_methods: id and description beside the name", usize::from(!is_plain));
    }
    for process in database.processes() {
        put("processes", &process.id, writer.process(process))?;
    }
    let uses =
        database.processes().iter().any(|p| p.exchanges.iter().any(|e| e.formula.is_some()) || p.parameters.iter().any(|q| q.formula.is_some()));
    let count = database.parameters().len();
    writer.count(if uses { "parameters: global ones, written into each process that calls them" } else { "parameters: global ones" }, count);
    Ok(writer.dropped)
}

fn element(name: &str, text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("<{name}>{}</{name}>", escape(text)) }
}

fn optional(name: &str, text: Option<&str>) -> String {
    text.map_or_else(String::new, |text| element(name, text))
}

fn named(id: &str, rest: &str) -> String {
    format!("<dataSetInformation><common:UUID>{}</common:UUID>{rest}</dataSetInformation>", escape(id))
}

fn reference(name: &str, kind: &str, folder: &str, id: &str, text: &str) -> String {
    let (file, id, text) = (file_name(id), escape(id), escape(text));
    format!(
        r#"<{name} type="{kind} data set" refObjectId="{id}" uri="../{folder}/{file}.xml"><common:shortDescription>{text}</common:shortDescription></{name}>"#
    )
}

fn data_set(kind: &str, information: &str, head: &str, rest: &str) -> String {
    let root = ROOTS.iter().find(|root| root.to_lowercase() == format!("{}dataset", kind.to_lowercase())).copied().unwrap_or(kind);
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<{root} xmlns="{NAMESPACE}/{kind}" xmlns:common="{NAMESPACE}/Common" xmlns:own="{OURS}" version="1.1"><{information}Information>{head}</{information}Information>{rest}</{root}>
"#
    )
}

/// A path of folders as levels of a classification.
fn classes(path: Option<&str>, is_elementary: bool) -> String {
    let Some(path) = path.filter(|p| !p.is_empty()) else { return String::new() };
    let (outer, inner) = if is_elementary { ("elementaryFlowCategorization", "category") } else { ("classification", "class") };
    let mut text = String::new();
    for (level, name) in path.split('/').enumerate() {
        let _ = write!(text, r#"<common:{inner} level="{level}">{}</common:{inner}>"#, escape(name));
    }
    format!("<classificationInformation><common:{outer}>{text}</common:{outer}></classificationInformation>")
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Input => "Input",
        Direction::Output => "Output",
    }
}

struct Writer<'d> {
    database: &'d Database,
    own: Vec<Direction>,
    dropped: Dropped,
}

impl Writer<'_> {
    fn count(&mut self, what: &str, count: usize) {
        if count > 0 {
            *self.dropped.entry(what.to_owned()).or_default() += count;
        }
    }

    fn code(&self, location: Option<LocationIndex>) -> Option<&str> {
        location.map(|l| self.database.place(l))
    }

    fn flow(&self, flow: &Flow) -> String {
        let mut properties = String::new();
        for (place, factor) in flow.properties.iter().enumerate() {
            let property = &self.database.properties()[factor.property.at()];
            let target = reference("referenceToFlowPropertyDataSet", "flow property", "flowproperties", &property.id, &property.name);
            let _ =
                write!(properties, r#"<flowProperty dataSetInternalID="{place}">{target}<meanValue>{}</meanValue></flowProperty>"#, factor.factor);
        }
        let kind = match flow.kind {
            FlowKind::Elementary => "Elementary flow",
            FlowKind::Product => "Product flow",
            FlowKind::Waste => "Waste flow",
        };
        let information = [
            format!("<name>{}</name>", element("baseName", &flow.name)),
            optional("common:synonyms", flow.synonyms.as_deref()),
            classes(flow.category.as_deref(), flow.kind == FlowKind::Elementary),
            optional("CASNumber", flow.cas.as_deref()),
            optional("sumFormula", flow.chemical_formula.as_deref()),
            optional("common:generalComment", flow.description.as_deref()),
        ];
        let geography =
            self.code(flow.location).map_or_else(String::new, |code| format!("<geography>{}</geography>", element("locationOfSupply", code)));
        let head = format!(
            "{}<quantitativeReference><referenceToReferenceFlowProperty>{}</referenceToReferenceFlowProperty></quantitativeReference>{geography}",
            named(&flow.id, &information.concat()),
            flow.reference
        );
        let method = format!("<modellingAndValidation><LCIMethod><typeOfDataSet>{kind}</typeOfDataSet></LCIMethod></modellingAndValidation>");
        data_set("Flow", "flow", &head, &format!("{method}<flowProperties>{properties}</flowProperties>"))
    }

    /// From a unit and property to the reference unit of a flow; all convert, as was held before the first file.
    fn scale(&self, flow: FlowIndex, unit: UnitIndex, property: PropertyIndex) -> f64 {
        self.database.conversion(flow, unit, property).unwrap_or(f64::NAN)
    }

    /// Attributes that keep an amount as it was given; none where it was given in the reference unit.
    fn given(&self, flow: FlowIndex, unit: UnitIndex, property: PropertyIndex, amount: f64) -> String {
        let database = self.database;
        let is_reference = std::ptr::eq(database.unit(unit), database.reference_unit(flow)) && database.flow(flow).reference_property() == property;
        if is_reference {
            return String::new();
        }
        let (unit, property) = (escape(&*database.unit(unit).id), escape(&*database.properties()[property.at()].id));
        format!(r#" own:ownAmount="{amount}" own:ownUnit="{unit}" own:ownProperty="{property}""#)
    }

    /// The fields of a distribution around an amount; those that ILCD cannot say are counted.
    fn spread(&mut self, uncertainty: Uncertainty, amount: f64, scale: f64, word: &str) -> String {
        let is_near = |a: f64| (a - amount).abs() <= FORMULA_TOLERANCE * amount.abs();
        let kind = |kind: &str, rest: String| format!("{rest}<uncertaintyDistributionType>{kind}</uncertaintyDistributionType>");
        let deviation = |v: f64| format!("<relativeStandardDeviation95In>{v}</relativeStandardDeviation95In>");
        let ends = |low: f64, high: f64| {
            let (low, high) = (low * scale, high * scale);
            format!("<minimum{word}>{low}</minimum{word}><maximum{word}>{high}</maximum{word}>")
        };
        match uncertainty {
            Uncertainty::None => String::new(),
            Uncertainty::Lognormal { geometric_mean, geometric_deviation } if is_near(geometric_mean) => {
                let deviation_of = geometric_deviation.max(1.0 / geometric_deviation);
                kind("log-normal", String::new()) + &deviation(deviation_of * deviation_of)
            }
            Uncertainty::Normal { mean, deviation: d } if is_near(mean) => kind("normal", String::new()) + &deviation(2.0 * d * scale.abs()),
            Uncertainty::Triangular { low, mode, high } if is_near(mode) => kind("triangular", ends(low, high)),
            Uncertainty::Pert { low, mode, high } if is_near(mode) => {
                self.count("PERT distributions, written as triangular ones", 1);
                kind("triangular", ends(low, high))
            }
            Uncertainty::Uniform { low, high } => kind("uniform", ends(low, high)),
            _ => {
                self.count("distributions that do not lie around their amount", 1);
                String::new()
            }
        }
    }

    fn category(&mut self, at: usize, category: &ImpactCategory) -> String {
        let database = self.database;
        let method = database.methods().iter().find(|m| m.categories.iter().any(|c| c.at() == at));
        self.count("lcia_categories: parameters", category.parameters.len());
        self.count("lcia_categories: without a method, written as of `ILCD`", usize::from(method.is_none()));
        let mut factors = String::new();
        self.count("lcia_categories: direction, written factor by factor", usize::from(category.direction.is_some()));
        for factor in &category.factors {
            let stated = factor.direction.or(category.direction);
            let direction = stated.unwrap_or(self.own[factor.flow.at()]);
            let mark = if stated.is_none() { r#" own:direction="inferred""# } else { "" };
            let scale = 1.0 / self.scale(factor.flow, factor.unit, factor.property);
            let flow = database.flow(factor.flow);
            self.count("lcia_categories: formulas of factors, written as numbers", usize::from(factor.formula.is_some()));
            let _ = write!(
                factors,
                "<factor{}{mark}>{}{}<exchangeDirection>{}</exchangeDirection><meanValue>{}</meanValue>{}</factor>",
                self.given(factor.flow, factor.unit, factor.property, factor.value),
                reference("referenceToFlowDataSet", "flow", "flows", &flow.id, &flow.name),
                optional("location", self.code(factor.location)),
                word(direction),
                factor.value * scale,
                self.spread(factor.uncertainty, factor.value, scale, "Value"),
            );
        }
        let unit = category.unit.as_deref().unwrap_or_default();
        let information = named(
            &category.id,
            &[
                element("common:name", &category.name),
                element("methodology", method.map_or("ILCD", |m| &m.name)),
                optional("common:generalComment", category.description.as_deref()),
            ]
            .concat(),
        );
        let quantity = format!(
            "<quantitativeReference>{}</quantitativeReference>",
            reference("referenceQuantity", "flow property", "flowproperties", unit, unit)
        );
        data_set("LCIAMethod", "LCIAMethod", &(information + &quantity), &format!("<characterisationFactors>{factors}</characterisationFactors>"))
    }

    fn process(&mut self, process: &Process) -> String {
        let mut variables = String::new();
        for parameter in self.called(process).into_iter().chain(process.parameters.iter().cloned()) {
            variables += &self.variable(&parameter, None);
        }
        let mut exchanges = String::new();
        for exchange in &process.exchanges {
            if let Some(formula) = exchange.formula.as_deref() {
                let name = variable_name(process, exchange);
                let value = exchange.amount;
                let parameter = Parameter {
                    id: None,
                    name: name.into(),
                    description: None,
                    value,
                    formula: Some(formula.into()),
                    uncertainty: Uncertainty::None,
                };
                variables += &self.variable(&parameter, Some(exchange.internal_id));
            }
            exchanges += &self.exchange(process, exchange);
        }
        let unused = process.allocation_factors.iter().filter(|f| Some(f.kind) != process.default_allocation || f.formula.is_some()).count();
        self.count("processes: allocation factors of another kind than the default, or with formulas", unused);
        let is_other = process.default_allocation.is_some_and(|kind| kind != AllocationKind::Causal);
        self.count("processes: what shares rest on (physical or economic)", usize::from(is_other));
        let kind = if process.kind == ProcessKind::Unit { "Unit process, single operation" } else { "LCI result" };
        let information = [
            format!("<name>{}</name>", element("baseName", &process.name)),
            classes(process.category.as_deref(), false),
            optional("common:generalComment", process.description.as_deref()),
        ];
        let reference = process.reference.map_or_else(String::new, |at| {
            let id = process.exchanges[at as usize].internal_id;
            format!(
                r#"<quantitativeReference type="Reference flow(s)"><referenceToReferenceFlow>{id}</referenceToReferenceFlow></quantitativeReference>"#
            )
        });
        let place = |code: &str| format!(r#"<geography><locationOfOperationSupplyOrProduction location="{}"/></geography>"#, escape(code));
        let head = format!(
            "{}{reference}{}<mathematicalRelations>{variables}</mathematicalRelations>",
            named(&process.id, &information.concat()),
            self.code(process.location).map_or_else(String::new, place),
        );
        let method = format!(
            "<modellingAndValidation><LCIMethodAndAllocation><typeOfDataSet>{kind}</typeOfDataSet></LCIMethodAndAllocation></modellingAndValidation>"
        );
        data_set("Process", "process", &head, &format!("{method}<exchanges>{exchanges}</exchanges>"))
    }

    /// Global parameters that a process calls, itself or through others, unless it has its own of that name.
    fn called(&self, process: &Process) -> Vec<Parameter> {
        let key = |name: &str| name.trim().to_ascii_lowercase();
        let names = |formula: Option<&str>| {
            formula.and_then(|f| Formula::parse(f).ok()).map_or_else(Vec::new, |f| f.names().into_iter().map(str::to_owned).collect())
        };
        let own: Vec<String> = process.parameters.iter().map(|p| key(&p.name)).collect();
        let formulas = process.exchanges.iter().map(|e| e.formula.as_deref()).chain(process.parameters.iter().map(|p| p.formula.as_deref()));
        let mut open: Vec<String> = formulas.flat_map(names).collect();
        let mut wanted = std::collections::BTreeSet::new();
        while let Some(name) = open.pop() {
            let global = self.database.parameters().iter().find(|p| key(&p.name) == name);
            if let Some(global) = global.filter(|_| !own.contains(&name))
                && wanted.insert(name)
            {
                open.extend(names(global.formula.as_deref()));
            }
        }
        self.database.parameters().iter().filter(|p| wanted.contains(&key(&p.name))).cloned().collect()
    }

    fn variable(&mut self, parameter: &Parameter, of_exchange: Option<u32>) -> String {
        self.count("parameters: ids", usize::from(parameter.id.is_some()));
        let mark = of_exchange.map_or_else(String::new, |id| format!(r#" own:ofExchange="{id}""#));
        format!(
            r#"<variableParameter name="{}"{mark}>{}<meanValue>{}</meanValue>{}{}</variableParameter>"#,
            escape(&*parameter.name),
            optional("formula", parameter.formula.as_deref()),
            parameter.value,
            self.spread(parameter.uncertainty, parameter.value, 1.0, "Value"),
            optional("comment", parameter.description.as_deref()),
        )
    }

    fn exchange(&mut self, process: &Process, e: &Exchange) -> String {
        let scale = self.scale(e.flow, e.unit, e.property);
        let flow = self.database.flow(e.flow);
        let mut own = self.given(e.flow, e.unit, e.property, e.amount);
        if let Some(provider) = e.provider {
            let _ = write!(own, r#" own:provider="{}""#, escape(&*self.database.process(provider).id));
        }
        if e.is_avoided {
            own += r#" own:isAvoided="true""#;
        }
        let is_foreign = process.quality_system.is_some() && e.quality.is_some();
        self.count("processes: pedigrees of another system than ecoinvent's", usize::from(is_foreign));
        if let Some(quality) = e.quality.as_deref().filter(|_| !is_foreign) {
            let _ = write!(own, r#" own:pedigree="{}""#, escape(quality));
        }
        if let Some(base) = e.base_uncertainty {
            let _ = write!(own, r#" own:baseUncertainty="{base}""#);
        }
        let (mean, variable) = match e.formula {
            Some(_) => (scale, element("referenceToVariable", &variable_name(process, e))),
            None => (e.amount * scale, String::new()),
        };
        let shares = shares(process, e);
        format!(
            r#"<exchange dataSetInternalID="{}"{own}>{}{}<exchangeDirection>{}</exchangeDirection>{variable}<meanAmount>{mean}</meanAmount><resultingAmount>{}</resultingAmount>{}{shares}{}</exchange>"#,
            e.internal_id,
            reference("referenceToFlowDataSet", "flow", "flows", &flow.id, &flow.name),
            optional("location", self.code(e.location)),
            word(e.direction),
            e.amount * scale,
            self.spread(e.uncertainty, e.amount, scale, "Amount"),
            optional("generalComment", e.description.as_deref()),
        )
    }
}

/// The name of the variable that holds an exchange's formula: no parameter of the process has it.
fn variable_name(process: &Process, exchange: &Exchange) -> String {
    let mut name = format!("amount_of_{}", exchange.internal_id);
    while process.parameters.iter().any(|p| p.name.trim().eq_ignore_ascii_case(&name)) {
        name.push('_');
    }
    name
}

/// Shares of co-products in an exchange, of the kind that is the default of the process.
fn shares(process: &Process, exchange: &Exchange) -> String {
    let mut text = String::new();
    let kept = process.allocation_factors.iter().filter(|f| Some(f.kind) == process.default_allocation && f.formula.is_none());
    for factor in kept.filter(|f| f.exchange.is_none_or(|id| id == exchange.internal_id)) {
        let product = process.exchanges.iter().find(|e| e.flow == factor.product && !e.is_avoided);
        if let Some(product) = product {
            let share = 100.0 * factor.value;
            let _ = write!(text, r#"<allocation internalReferenceToCoProduct="{}" allocatedFraction="{share}"/>"#, product.internal_id);
        }
    }
    if text.is_empty() { text } else { format!("<allocations>{text}</allocations>") }
}
