//! From files to a database.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};
use serde::de::DeserializeOwned;
use serde_ignored::Path;

use super::records as file;
use crate::database::{
    AllocationFactor, AllocationKind, CategoryIndex, Database, DatabaseBuilder, DatabaseFault, Direction, Exchange, Flow, FlowIndex, FlowKind,
    FlowProperty, ImpactCategory, ImpactFactor, ImpactMethod, Location, LocationIndex, Parameter, Process, ProcessKind, PropertyFactor,
    PropertyIndex, QualitySystem, SystemLink, Uncertainty, Unit, UnitGroup, UnitIndex,
};
use crate::formats::archive::Archive;
use crate::formats::{Dropped, ImportError};

/// The id of the data quality system of ecoinvent in openLCA's reference data.
const ECOINVENT_QUALITY: &str = "e7ac7cf6-5457-453e-99f9-d889826fffe8";

/// The newest version of the schema that is read.
const NEWEST_SCHEMA: u32 = 5;

/// Reads a package into a database, and says what was left out.
///
/// The builder may hold a database already, to which the package is added.
///
/// # Errors
/// [`ImportError`] for a package that cannot be read, or with every fault of its data sets.
pub fn read(archive: &mut dyn Archive, builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let mut files: BTreeMap<&'static str, Vec<usize>> = BTreeMap::new();
    let mut dropped = Dropped::new();
    for (place, name) in archive.names().iter().enumerate() {
        let Some(stem) = name.strip_suffix(".json") else { continue };
        let mut parts = stem.rsplit('/');
        let (last, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        if last == "olca-schema" {
            files.entry("olca-schema").or_default().push(place);
        } else if let Some(folder) = FOLDERS.iter().find(|f| **f == folder) {
            files.entry(folder).or_default().push(place);
        } else if !folder.is_empty() {
            *dropped.entry(format!("{folder}/")).or_default() += 1;
        }
    }
    // The order of a package is an accident of its writer; that of the database must not be.
    for places in files.values_mut() {
        places.sort_by(|a, b| archive.names()[*a].cmp(&archive.names()[*b]));
    }
    if !["processes", "flows", "lcia_categories"].iter().any(|f| files.contains_key(f)) {
        let wanted = "folder `processes`, `flows` or `lcia_categories` with JSON files: it is no openLCA package";
        return Err(ImportError::Empty { wanted });
    }
    let mut reader = Reader { archive, files, dropped, builder, folders: FxHashMap::default(), of_method: FxHashMap::default() };
    reader.all()?;
    let Reader { builder, dropped, .. } = reader;
    let database = builder.finish().map_err(|(faults, count)| ImportError::Faults { faults, count })?;
    Ok((database, dropped))
}

const FOLDERS: [&str; 10] = [
    "categories",
    "unit_groups",
    "flow_properties",
    "locations",
    "flows",
    "parameters",
    "lcia_methods",
    "lcia_categories",
    "processes",
    "product_systems",
];

struct Reader<'a> {
    archive: &'a mut dyn Archive,
    files: BTreeMap<&'static str, Vec<usize>>,
    dropped: Dropped,
    builder: DatabaseBuilder,
    /// Paths of the categories of version 1.
    folders: FxHashMap<String, String>,
    /// Parameters of the methods of version 1, by impact category.
    of_method: FxHashMap<String, Vec<Parameter>>,
}

impl Reader<'_> {
    fn all(&mut self) -> Result<(), ImportError> {
        self.each("olca-schema", |_, version: file::SchemaVersion| {
            if version.version > NEWEST_SCHEMA { Err(ImportError::Schema { seen: version.version, newest: NEWEST_SCHEMA }) } else { Ok(()) }
        })?;
        self.categories()?;
        self.each("unit_groups", |reader, group| {
            reader.unit_group(group);
            Ok(())
        })?;
        self.each("flow_properties", |reader, property| {
            reader.property(property);
            Ok(())
        })?;
        self.each("locations", |reader, l: file::Location| {
            let location = Location { id: l.id.into(), name: l.name.into(), code: boxed(l.code), latitude: l.latitude, longitude: l.longitude };
            reader.builder.add_location(location);
            Ok(())
        })?;
        self.each("flows", |reader, flow| {
            reader.flow(flow);
            Ok(())
        })?;
        self.each("parameters", |reader, parameter: file::Parameter| {
            let user = "the global parameters";
            if let Some(parameter) = reader.parameter(user, parameter) {
                reader.builder.add_parameter(parameter);
            }
            Ok(())
        })?;
        let mut methods = Vec::new();
        self.each("lcia_methods", |reader, mut method: file::ImpactMethod| {
            let user = format!("the impact method `{}`", method.name);
            let parameters: Vec<_> = std::mem::take(&mut method.parameters).into_iter().filter_map(|p| reader.parameter(&user, p)).collect();
            if !parameters.is_empty() {
                method.impact_categories.iter().for_each(|c| {
                    reader.of_method.insert(c.id.clone(), parameters.clone());
                });
            }
            methods.push(method);
            Ok(())
        })?;
        self.each("lcia_categories", |reader, category| {
            reader.category(category);
            Ok(())
        })?;
        for method in methods {
            self.method(method);
        }
        self.each("processes", |reader, process| {
            reader.process(process);
            Ok(())
        })?;
        self.each("product_systems", |reader, system: file::ProductSystem| {
            for link in system.process_links {
                let exchange = link.exchange.and_then(|e| e.internal_id);
                if let (Some(process), Some(provider), Some(exchange)) = (link.process, link.provider, exchange) {
                    let system = system.name.clone();
                    reader.builder.add_system_link(SystemLink { system, process: process.id, exchange, provider: provider.id });
                } else {
                    let what = "product_systems: links without process, provider or number of the exchange";
                    *reader.dropped.entry(what.to_owned()).or_default() += 1;
                }
            }
            Ok(())
        })
    }

    fn each<T: DeserializeOwned>(
        &mut self,
        folder: &'static str,
        mut take: impl FnMut(&mut Self, T) -> Result<(), ImportError>,
    ) -> Result<(), ImportError> {
        for place in self.files.remove(folder).unwrap_or_default() {
            let bytes = self.archive.read(place)?;
            let file = || self.archive.names()[place].clone();
            // A list would be taken for a record whose fields stand in order.
            if bytes.iter().find(|b| !b.is_ascii_whitespace() && !b"\xef\xbb\xbf".contains(b)) != Some(&b'{') {
                return Err(ImportError::File { file: file(), reason: "an object in braces is wanted".to_owned() });
            }
            let dropped = &mut self.dropped;
            let mut json = serde_json::Deserializer::from_slice(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes));
            let parsed: Result<T, _> = serde_ignored::deserialize(&mut json, |path| note(folder, &path, dropped));
            let parsed = parsed.and_then(|record| json.end().map(|()| record));
            let record = parsed.map_err(|e| ImportError::File { file: file(), reason: e.to_string() })?;
            take(self, record)?;
        }
        Ok(())
    }

    fn categories(&mut self) -> Result<(), ImportError> {
        let mut parents: BTreeMap<String, (String, Option<String>)> = BTreeMap::new();
        self.each("categories", |_, category: file::Category| {
            parents.insert(category.id, (category.name, category.category.map(|c| c.id)));
            Ok(())
        })?;
        for id in parents.keys() {
            let (mut parts, mut at) = (Vec::new(), Some(id));
            // A circle of categories ends when every one of them was met.
            while let Some((name, parent)) = at.and_then(|id| parents.get(id)) {
                parts.push(name.as_str());
                at = parent.as_ref().filter(|_| parts.len() <= parents.len().min(MOST_FOLDERS));
            }
            parts.reverse();
            self.folders.insert(id.clone(), parts.join("/"));
        }
        Ok(())
    }

    fn path(&self, category: Option<file::CategoryOf>) -> Option<Box<str>> {
        match category? {
            file::CategoryOf::Path(path) => Some(path.into()),
            file::CategoryOf::Ref(reference) => self.folders.get(&reference.id).map(|p| p.as_str().into()).or_else(|| reference.name.map(Into::into)),
        }
    }

    fn unit_group(&mut self, group: file::UnitGroup) {
        let reference = group.units.iter().position(|u| u.is_ref_unit);
        let Some(reference) = reference.filter(|at| group.units[*at].conversion_factor == 1.0) else {
            let thing = format!("the unit group `{}`", group.name);
            self.builder.fault(DatabaseFault::Malformed { thing, wanted: "it wants a reference unit with the conversion factor 1" });
            return;
        };
        let unit = |u: file::Unit| Unit {
            id: u.id.into(),
            name: u.name.into(),
            factor: u.conversion_factor,
            synonyms: u.synonyms.unwrap_or_default().into_iter().map(Into::into).collect(),
        };
        let units = group.units.into_iter().map(unit).collect();
        self.builder.add_unit_group(UnitGroup { id: group.id.into(), name: group.name.into(), units, reference: reference as u16 });
    }

    fn property(&mut self, property: file::FlowProperty) {
        let group = property.unit_group.unwrap_or_default();
        match self.builder.unit_group(&group.id) {
            Some(unit_group) => {
                let is_economic = property.flow_property_type.as_deref() == Some("ECONOMIC_QUANTITY");
                self.builder.add_property(FlowProperty { id: property.id.into(), name: property.name.into(), unit_group, is_economic });
            }
            None => self.missing(&format!("the flow property `{}`", property.name), "unit group", &group.id),
        }
    }

    fn missing(&mut self, user: &str, kind: &str, id: &str) {
        self.builder.fault(DatabaseFault::Unknown { user: user.to_owned(), kind: kind.to_owned(), id: id.to_owned() });
    }

    fn malformed(&mut self, thing: &str, wanted: &'static str) {
        self.builder.fault(DatabaseFault::Malformed { thing: thing.to_owned(), wanted });
    }

    fn located(&mut self, user: &str, location: Option<&file::Ref>) -> Option<LocationIndex> {
        let id = &location?.id;
        let found = self.builder.location(id);
        if found.is_none() {
            self.missing(user, "location", id);
        }
        found
    }

    fn flow(&mut self, flow: file::Flow) {
        let user = format!("the flow `{}`", flow.name);
        let kind = match flow.flow_type.as_deref() {
            Some("ELEMENTARY_FLOW") => FlowKind::Elementary,
            Some("PRODUCT_FLOW") => FlowKind::Product,
            Some("WASTE_FLOW") => FlowKind::Waste,
            _ => return self.malformed(&user, "its flowType is none of ELEMENTARY_FLOW, PRODUCT_FLOW and WASTE_FLOW"),
        };
        let mut properties = Vec::new();
        let mut reference = None;
        for factor in &flow.flow_properties {
            match self.builder.property(&factor.flow_property.id) {
                None => self.missing(&user, "flow property", &factor.flow_property.id),
                Some(property) => {
                    if factor.is_ref_flow_property {
                        reference = Some(properties.len() as u16);
                    }
                    properties.push(PropertyFactor { property, factor: factor.conversion_factor.unwrap_or(1.0) });
                }
            }
        }
        if properties.len() < flow.flow_properties.len() {
            return;
        }
        let Some(reference) = reference.or_else(|| (properties.len() == 1).then_some(0)) else {
            return self.malformed(&user, "it wants a reference flow property");
        };
        let location = self.located(&user, flow.location.as_ref());
        let category = self.path(flow.category);
        self.builder.add_flow(Flow {
            id: flow.id.into(),
            name: flow.name.into(),
            kind,
            category,
            description: boxed(flow.description),
            cas: boxed(flow.cas),
            chemical_formula: boxed(flow.formula),
            synonyms: boxed(flow.synonyms),
            location,
            properties,
            reference,
        });
    }

    fn uncertainty(&mut self, user: &str, uncertainty: Option<file::Uncertainty>) -> Uncertainty {
        let Some(u) = uncertainty else { return Uncertainty::None };
        let read = match u.distribution_type.as_deref() {
            None | Some("NO_DISTRIBUTION") => return Uncertainty::None,
            Some("LOG_NORMAL_DISTRIBUTION") => {
                u.geom_mean.zip(u.geom_sd).map(|(geometric_mean, geometric_deviation)| Uncertainty::Lognormal { geometric_mean, geometric_deviation })
            }
            Some("NORMAL_DISTRIBUTION") => u.mean.zip(u.sd).map(|(mean, deviation)| Uncertainty::Normal { mean, deviation }),
            Some("TRIANGLE_DISTRIBUTION") => {
                u.minimum.zip(u.mode).zip(u.maximum).map(|((low, mode), high)| Uncertainty::Triangular { low, mode, high })
            }
            Some("UNIFORM_DISTRIBUTION") => u.minimum.zip(u.maximum).map(|(low, high)| Uncertainty::Uniform { low, high }),
            Some(_) => None,
        };
        let Some(read) = read else {
            self.malformed(user, "an uncertainty wants a distribution type of the schema and all its numbers");
            return Uncertainty::None;
        };
        // Open databases are full of them (a deviation of 0 for "not known"); the amount is none the worse for it.
        if let Some(reason) = read.fault() {
            *self.dropped.entry(format!("unusable uncertainty: {reason}")).or_default() += 1;
            return Uncertainty::None;
        }
        read
    }

    fn parameter(&mut self, user: &str, parameter: file::Parameter) -> Option<Parameter> {
        let formula = parameter.formula.filter(|f| !parameter.is_input_parameter && !f.trim().is_empty());
        let Some(value) = parameter.value.or_else(|| formula.is_some().then_some(0.0)) else {
            self.malformed(&format!("{user}, parameter `{}`", parameter.name), "it wants a value or a formula");
            return None;
        };
        let uncertainty = self.uncertainty(user, parameter.uncertainty);
        Some(Parameter {
            id: boxed(parameter.id),
            name: parameter.name.into(),
            description: boxed(parameter.description),
            value,
            formula: boxed(formula),
            uncertainty,
        })
    }

    /// Flow, unit and property of an amount; unit and property default to those of reference, as the format has it.
    fn quantity(&mut self, user: &str, flow: &file::Ref, unit: Option<&file::Ref>, property: Option<&file::Ref>) -> Option<Quantity> {
        let Some(index) = self.builder.flow(&flow.id) else {
            self.missing(user, "flow", &flow.id);
            return None;
        };
        let property = match property {
            None => self.builder.database().flow(index).reference_property(),
            Some(reference) => {
                let found = self.builder.property(&reference.id);
                if found.is_none() {
                    self.missing(user, "flow property", &reference.id);
                }
                found?
            }
        };
        let unit = match unit {
            None => {
                let database = self.builder.database();
                let group = database.properties()[property.at()].unit_group;
                UnitIndex { group, place: database.unit_groups()[group.at()].reference }
            }
            Some(reference) => {
                let found = self.builder.unit(&reference.id);
                if found.is_none() {
                    self.missing(user, "unit", &reference.id);
                }
                found?
            }
        };
        Some((index, unit, property))
    }

    fn process(&mut self, process: file::Process) {
        let user = format!("the process `{}`", process.name);
        let kind = match process.process_type.as_deref() {
            None | Some("UNIT_PROCESS") => ProcessKind::Unit,
            Some("LCI_RESULT") => ProcessKind::Result,
            Some(_) => return self.malformed(&user, "its processType is none of UNIT_PROCESS and LCI_RESULT"),
        };
        let mut exchanges = Vec::with_capacity(process.exchanges.len());
        let mut providers = Vec::new();
        let mut reference = None;
        let mut next = process.exchanges.iter().filter_map(|e| e.internal_id).max().unwrap_or(0);
        let mut numbers = FxHashSet::default();
        for e in process.exchanges {
            let Some((flow, unit, property)) = self.quantity(&user, &e.flow, e.unit.as_ref(), e.flow_property.as_ref()) else { continue };
            let formula = e.amount_formula.filter(|f| !f.trim().is_empty());
            let Some(amount) = e.amount.or_else(|| formula.is_some().then_some(0.0)) else {
                self.malformed(&user, "an exchange wants an amount or a formula");
                continue;
            };
            let place = exchanges.len() as u32;
            if e.is_quantitative_reference && reference.replace(place).is_some() {
                self.malformed(&user, "it wants one quantitative reference");
            }
            if let Some(provider) = e.default_provider {
                providers.push((place, provider.id.into()));
            }
            let own = e.internal_id.filter(|id| numbers.insert(*id));
            if own.is_none() && e.internal_id.is_some() {
                *self.dropped.entry("processes: internalId of an exchange, where another has it".to_owned()).or_default() += 1;
            }
            let internal_id = own.unwrap_or_else(|| {
                next = next.saturating_add(1);
                next
            });
            exchanges.push(Exchange {
                internal_id,
                flow,
                direction: if e.is_input { Direction::Input } else { Direction::Output },
                amount,
                formula: boxed(formula),
                unit,
                property,
                uncertainty: self.uncertainty(&user, e.uncertainty),
                provider: None,
                is_avoided: e.is_avoided_product,
                location: self.located(&user, e.location.as_ref()),
                description: boxed(e.description),
                quality: boxed(e.dq_entry),
                base_uncertainty: e.base_uncertainty,
            });
        }
        let allocation_factors = process.allocation_factors.into_iter().filter_map(|f| self.allocation_factor(&user, f, &exchanges)).collect();
        let parameters = process.parameters.into_iter().filter_map(|p| self.parameter(&user, p)).collect();
        let system = process.exchange_dq_system.map(|s| QualitySystem { id: s.id.into(), name: s.name.unwrap_or_default().into() });
        let quality_system = system.filter(|s| *s.id != *ECOINVENT_QUALITY && !s.name.to_lowercase().contains("ecoinvent"));
        let location = self.located(&user, process.location.as_ref());
        let category = self.path(process.category);
        let process = Process {
            id: process.id.into(),
            name: process.name.into(),
            category,
            description: boxed(process.description),
            kind,
            location,
            exchanges,
            reference,
            parameters,
            default_allocation: process.default_allocation_method.as_deref().and_then(allocation_kind),
            allocation_factors,
            quality_system,
        };
        self.builder.add_process(process, providers);
    }

    /// A share, unless it names no product or no single exchange: such shares cannot be used and are counted as left out.
    fn allocation_factor(&mut self, user: &str, factor: file::AllocationFactor, exchanges: &[Exchange]) -> Option<AllocationFactor> {
        let mut drop = |why: &str| {
            *self.dropped.entry(format!("processes: allocationFactors {why}")).or_default() += 1;
            None
        };
        let Some(kind) = factor.allocation_type.as_deref().and_then(allocation_kind) else { return drop("without type") };
        let Some(product) = factor.product else { return drop("without product") };
        let exchange = match (kind, factor.exchange) {
            (AllocationKind::Causal, None) => return drop("without exchange"),
            (AllocationKind::Causal, Some(reference)) => {
                let flow = reference.flow.and_then(|f| self.builder.flow(&f.id));
                let mut found = exchanges.iter().filter(|e| match reference.internal_id {
                    Some(id) => e.internal_id == id,
                    None => Some(e.flow) == flow,
                });
                let (one, another) = (found.next(), found.next());
                if one.is_none() || another.is_some() {
                    *self.dropped.entry("processes: allocationFactors without one exchange".to_owned()).or_default() += 1;
                    return None;
                }
                one.map(|e| e.internal_id)
            }
            _ => None,
        };
        let Some(product) = self.builder.flow(&product.id) else {
            self.missing(user, "flow", &product.id);
            return None;
        };
        let formula = factor.formula.filter(|f| !f.trim().is_empty());
        let Some(value) = factor.value.or_else(|| formula.is_some().then_some(0.0)).filter(|v| v.is_finite()) else {
            self.malformed(user, "an allocation factor wants a value or a formula");
            return None;
        };
        Some(AllocationFactor { kind, product, exchange, value, formula: boxed(formula) })
    }

    fn category(&mut self, category: file::ImpactCategory) {
        let user = format!("the impact category `{}`", category.name);
        let mut factors = Vec::with_capacity(category.impact_factors.len());
        for f in category.impact_factors {
            let Some((flow, unit, property)) = self.quantity(&user, &f.flow, f.unit.as_ref(), f.flow_property.as_ref()) else { continue };
            let formula = f.formula.filter(|f| !f.trim().is_empty());
            let Some(value) = f.value.or_else(|| formula.is_some().then_some(0.0)) else {
                self.malformed(&user, "an impact factor wants a value or a formula");
                continue;
            };
            let uncertainty = self.uncertainty(&user, f.uncertainty);
            let location = self.located(&user, f.location.as_ref());
            factors.push(ImpactFactor { flow, unit, property, value, formula: boxed(formula), uncertainty, location, direction: None });
        }
        let direction = match category.direction.as_deref() {
            None | Some("") => None,
            Some("INPUT") => Some(Direction::Input),
            Some("OUTPUT") => Some(Direction::Output),
            Some(_) => {
                self.malformed(&user, "its direction is neither INPUT nor OUTPUT");
                None
            }
        };
        let mut parameters: Vec<_> = category.parameters.into_iter().filter_map(|p| self.parameter(&user, p)).collect();
        if parameters.is_empty() {
            parameters = self.of_method.get(&category.id).cloned().unwrap_or_default();
        }
        self.builder.add_category(ImpactCategory {
            id: category.id.into(),
            name: category.name.into(),
            unit: boxed(category.ref_unit),
            description: boxed(category.description),
            direction,
            factors,
            parameters,
        });
    }

    fn method(&mut self, method: file::ImpactMethod) {
        let user = format!("the impact method `{}`", method.name);
        let mut categories: Vec<CategoryIndex> = Vec::new();
        for reference in &method.impact_categories {
            match self.builder.category(&reference.id) {
                Some(found) => categories.push(found),
                None => self.missing(&user, "impact category", &reference.id),
            }
        }
        let (id, name) = (method.id.into(), method.name.into());
        self.builder.add_method(ImpactMethod { id, name, description: boxed(method.description), categories });
    }
}

/// Deeper paths of categories are cut.
const MOST_FOLDERS: usize = 64;

type Quantity = (FlowIndex, UnitIndex, PropertyIndex);

fn boxed(text: Option<String>) -> Option<Box<str>> {
    text.map(Into::into)
}

fn allocation_kind(name: &str) -> Option<AllocationKind> {
    Some(match name {
        "PHYSICAL_ALLOCATION" => AllocationKind::Physical,
        "ECONOMIC_ALLOCATION" => AllocationKind::Economic,
        "CAUSAL_ALLOCATION" => AllocationKind::Causal,
        _ => return None,
    })
}

/// Fields that repeat what stands elsewhere: marks of the format, and what references say of their targets.
const REPEATED: [&str; 6] = ["@type", "@context", "refUnit", "flowType", "processType", "library"];
/// Fields that refer to another data set.
const REFERENCES: [&str; 14] = [
    "exchangeDqSystem",
    "process",
    "provider",
    "flow",
    "unit",
    "flowProperty",
    "unitGroup",
    "defaultProvider",
    "location",
    "product",
    "category",
    "impactCategories",
    "exchange",
    "exchange.flow",
];

/// Counts a field that is left out.
fn note(folder: &str, path: &Path<'_>, dropped: &mut Dropped) {
    let mut keys = Vec::new();
    walk(path, &mut keys);
    let Some((last, above)) = keys.split_last() else { return };
    let is_reference = above.last().is_some_and(|parent| REFERENCES.contains(parent));
    let is_mark = REPEATED.contains(last) || (*last == "@id" && !above.is_empty());
    if !is_reference && !is_mark {
        *dropped.entry(format!("{folder}: {}", keys.join("."))).or_default() += 1;
    }
}

fn walk<'p>(path: &'p Path<'p>, keys: &mut Vec<&'p str>) {
    match path {
        Path::Root => {}
        Path::Seq { parent, .. } | Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => walk(parent, keys),
        Path::Map { parent, key } => {
            walk(parent, keys);
            keys.push(key);
        }
    }
}
