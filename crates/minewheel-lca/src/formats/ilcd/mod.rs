//! ILCD (read and written) and ILCD+EPD (read): a zip or folder with one XML file a data set.
//!
//! | folder                 | in the database                                                                           |
//! |------------------------|-------------------------------------------------------------------------------------------|
//! | `unitgroups`, `flowproperties`, `flows` | units, quantities, flows                                                 |
//! | `lciamethods`          | an impact category each, gathered by methodology; factors of flows that are not there are left out |
//! | `processes`            | processes; a name is its parts joined by `; `                                             |
//! | EPD in `processes`     | one process a module and scenario: see `declaration`                                      |
//!
//! Texts in several languages are taken in English, else in the first; of several classifications the first counts. A file by itself is read
//! by what its root says. Flow properties that ILCD publishes (mass, area, net calorific value …) need not be in the package. A further
//! property of a flow, other than its reference, that is in neither place is left out and counted.
//!
//! Amounts are in the reference unit of the flow's reference property (`resultingAmount`, else `meanAmount`).
//!
//! ```text
//! lognormal: geometric deviation = √(relativeStandardDeviation95In)        normal: deviation = relativeStandardDeviation95In / 2
//! ```
//!
//! Variables (`mathematicalRelations`) become parameters of the process. The amount of an exchange with a `referenceToVariable` is that
//! variable times `meanAmount`; where a `resultingAmount` says otherwise, to a millionth, the amount stays and the formula is counted as
//! left out. Circles and unknown names are faults. A data set whose id is nothing but noughts is a template, left out and counted. Shares of co-products (`allocations`) become causal factors, exchange by exchange. Left
//! out, and counted: sources, contacts, life-cycle models, documentation. What is written, and what of ours ILCD has no place for: `write`.
//!
//! Source: the schemas of ILCD 1.1 and of ILCD+EPD (2013 to 2024), which state the meaning of the deviation field.

mod declaration;
mod visit;
mod write;

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::archive::Archive;
use super::import::{Dropped, ImportError};
use super::units::UnitBook;
use super::xml;
use crate::database::{
    AllocationFactor, AllocationKind, CategoryIndex, Database, DatabaseBuilder, DatabaseFault, Direction, Exchange, Flow, FlowKind, FlowProperty,
    ImpactCategory, ImpactFactor, Location, LocationIndex, Parameter, Process, ProcessKind, PropertyFactor, PropertyIndex, Uncertainty, Unit,
    UnitGroup, UnitIndex, Values,
};
use visit::{ROOTS, RawExchange, RawSpread, RawVariable, Record, Visitor};
pub use write::write;

/// The id that a template has until it is filled in.
const PLACEHOLDER: &str = "00000000-0000-0000-0000-000000000000";

/// A formula that misses its resulting amount by more than this share is not kept.
const FORMULA_TOLERANCE: f64 = 1e-6;

/// Folders of the format, in the order in which they are read.
const FOLDERS: [&str; 5] = ["unitgroups", "flowproperties", "flows", "lciamethods", "processes"];

/// Whether a file is XML by its name.
pub(super) fn is_xml(name: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, ending)| ending.eq_ignore_ascii_case("xml"))
}

/// Whether a file name is that of a data set.
pub fn is_dataset(name: &str) -> bool {
    let name = name.to_lowercase();
    let mut parts = name.rsplit('/');
    let (file, folder) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    is_xml(file) && FOLDERS.contains(&folder)
}

/// Reads a zip or folder into a database, and says what was left out.
///
/// # Errors
/// [`ImportError`] for files that cannot be read, or with every fault of their data sets.
pub fn read(archive: &mut dyn Archive, builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    let mut places: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    let mut reader = Reader {
        builder,
        dropped: Dropped::new(),
        methods: BTreeMap::new(),
        book: UnitBook::default(),
        unmeasured: FxHashSet::default(),
        unitless: FxHashSet::default(),
        declared: FxHashMap::default(),
    };
    for (place, name) in archive.names().iter().enumerate() {
        let lower = name.to_lowercase();
        let folder = lower.rsplit('/').nth(1).unwrap_or_default();
        match FOLDERS.iter().position(|f| *f == folder) {
            Some(order) if is_xml(name) => places.entry(order).or_default().push(place),
            None if is_xml(name) && archive.names().len() == 1 => places.entry(FOLDERS.len()).or_default().push(place),
            _ if is_xml(name) && !folder.is_empty() => *reader.dropped.entry(format!("{folder}/")).or_default() += 1,
            _ => {}
        }
    }
    if places.is_empty() {
        return Err(ImportError::Empty { wanted: "folder `processes`, `flows` or `lciamethods` with XML files: it is no ILCD package" });
    }
    for mut here in places.into_values() {
        here.sort_by(|a, b| archive.names()[*a].cmp(&archive.names()[*b]));
        for place in here {
            let bytes = archive.read(place)?;
            let fault = |reason: String| ImportError::File { file: archive.names()[place].clone(), reason };
            let mut visitor = Visitor::default();
            xml::walk(&bytes, &mut visitor).map_err(fault)?;
            let Visitor { root, record, .. } = visitor;
            if !ROOTS.contains(&root.as_str()) {
                return Err(fault(format!("its root is `{root}`, wanted one of {}", ROOTS.join(", "))));
            }
            if record.id.is_empty() {
                return Err(fault("it wants a `UUID`".to_owned()));
            }
            reader.take(&root, record);
        }
    }
    let Reader { mut builder, dropped, methods, .. } = reader;
    for (name, categories) in methods {
        builder.gather(&name, &categories);
    }
    let database = builder.finish().map_err(|(faults, count)| ImportError::Faults { faults, count })?;
    Ok((database, dropped))
}

struct Reader {
    builder: DatabaseBuilder,
    dropped: Dropped,
    methods: BTreeMap<String, Vec<CategoryIndex>>,
    book: UnitBook,
    /// Flows without any property, which only name an indicator of declarations.
    unmeasured: FxHashSet<String>,
    /// Unit groups without units, and properties that rest on them.
    unitless: FxHashSet<String>,
    /// Amount of the reference property that a flow's own data set states, where it is not 1.
    declared: FxHashMap<String, f64>,
}

fn boxed(text: String) -> Option<Box<str>> {
    (!text.is_empty()).then(|| text.into())
}

impl Reader {
    fn drop_one(&mut self, what: &str) {
        *self.dropped.entry(what.to_owned()).or_default() += 1;
    }

    fn malformed(&mut self, thing: String, wanted: &'static str) {
        self.builder.fault(DatabaseFault::Malformed { thing, wanted });
    }

    fn missing(&mut self, user: &str, kind: &str, id: &str) {
        self.builder.fault(DatabaseFault::Unknown { user: user.to_owned(), kind: kind.to_owned(), id: id.to_owned() });
    }

    fn take(&mut self, root: &str, record: Record) {
        for (what, count) in &record.left_out {
            *self.dropped.entry(what.clone()).or_default() += count;
        }
        if record.id == PLACEHOLDER {
            return self.drop_one("data sets with a placeholder for an id");
        }
        match root {
            "unitGroupDataSet" => self.unit_group(record),
            "flowPropertyDataSet" => self.property(record),
            "flowDataSet" => self.flow(record),
            "LCIAMethodDataSet" => self.method(record),
            _ if record.indicators.iter().any(|i| !i.amounts.is_empty()) => self.declaration(&record),
            _ => {
                if !record.indicators.is_empty() {
                    *self.dropped.entry("impact results stated in processes".to_owned()).or_default() += record.indicators.len();
                }
                self.process(record);
            }
        }
    }

    fn unit_group(&mut self, record: Record) {
        if record.parts.is_empty() {
            self.drop_one("unit groups without units");
            self.unitless.insert(record.id);
            return;
        }
        let Some(reference) = record.parts.iter().position(|u| Some(u.internal) == record.reference) else {
            return self.malformed(format!("the unit group `{}`", record.name.text), "it wants a reference unit");
        };
        // Factors are taken relative to the reference unit, whose own may be rounded.
        let unit = |part: visit::Part| Unit {
            id: if part.id.is_empty() { format!("{}/{}", record.id, part.name) } else { part.id }.into(),
            name: part.name.into(),
            factor: part.value.unwrap_or(f64::NAN),
            synonyms: Vec::new(),
        };
        let units = record.parts.into_iter().map(unit).collect();
        self.builder.add_unit_group(UnitGroup { id: record.id.as_str().into(), name: record.name.text.into(), units, reference: reference as u16 });
    }

    fn property(&mut self, record: Record) {
        let user = format!("the flow property `{}`", record.name.text);
        let group = record.refers_to.map(|(id, _)| id).unwrap_or_default();
        if self.unitless.contains(&group) {
            self.drop_one("flow properties without units");
            self.unitless.insert(record.id);
            return;
        }
        let Some(unit_group) = self.builder.unit_group(&group) else {
            if self.book.property(&mut self.builder, &record.id).is_none() {
                self.missing(&user, "unit group", &group);
            }
            return;
        };
        if self.builder.property(&record.id).is_none() {
            self.builder.add_property(FlowProperty { id: record.id.into(), name: record.name.text.into(), unit_group, is_economic: false });
        }
    }

    fn flow(&mut self, record: Record) {
        let name = joined(&record);
        let user = format!("the flow `{name}`");
        if record.parts.is_empty() && record.kind == "Other flow" {
            self.unmeasured.insert(record.id);
            return;
        }
        let (mut properties, mut reference) = (Vec::new(), None);
        for part in &record.parts {
            let is_reference = Some(part.internal) == record.reference;
            let found = self.builder.property(&part.id).or_else(|| self.book.property(&mut self.builder, &part.id));
            match found {
                Some(property) => {
                    if is_reference {
                        reference = Some(properties.len() as u16);
                    }
                    properties.push(PropertyFactor { property, factor: part.value.unwrap_or(f64::NAN) });
                }
                None if is_reference => self.missing(&user, "flow property", &part.id),
                None => self.drop_one("further properties of flows that the package lacks"),
            }
        }
        let Some(reference) = reference else { return self.malformed(user, "it wants a reference flow property") };
        let of_reference = properties[usize::from(reference)].factor;
        if of_reference != 1.0 {
            self.declared.insert(record.id.clone(), of_reference);
        }
        for property in &mut properties {
            property.factor /= of_reference;
        }
        let kind = match record.kind.as_str() {
            "Elementary flow" => FlowKind::Elementary,
            "Waste flow" => FlowKind::Waste,
            _ => FlowKind::Product,
        };
        let location = self.located(&record.location);
        self.builder.add_flow(Flow {
            id: record.id.into(),
            name: name.into(),
            kind,
            category: boxed(record.classes.join("/")),
            description: boxed(record.comment.text),
            cas: boxed(record.cas),
            chemical_formula: boxed(record.formula),
            synonyms: boxed(record.synonyms.text),
            location,
            properties,
            reference,
        });
    }

    fn located(&mut self, code: &str) -> Option<LocationIndex> {
        if code.is_empty() {
            return None;
        }
        let id = format!("place:{code}");
        if self.builder.location(&id).is_none() {
            self.builder.add_location(Location {
                id: id.as_str().into(),
                name: code.into(),
                code: Some(code.into()),
                latitude: None,
                longitude: None,
            });
        }
        self.builder.location(&id)
    }

    /// The unit and property in which an amount was given, where our own writer kept them; else the reference.
    fn given(&self, raw: &RawExchange, flow: crate::database::FlowIndex) -> (UnitIndex, PropertyIndex) {
        let own = self.builder.unit(&raw.own.unit).zip(self.builder.property(&raw.own.property));
        own.filter(|_| raw.own.amount.is_some()).unwrap_or_else(|| self.builder.database().reference_of(flow))
    }

    fn method(&mut self, record: Record) {
        let mut factors = Vec::with_capacity(record.exchanges.len());
        for raw in &record.exchanges {
            let Some(flow) = self.builder.flow(&raw.flow) else {
                self.drop_one("factors of flows that the database lacks");
                continue;
            };
            let Some(value) = raw.mean else {
                self.malformed(format!("the impact method `{}`", record.name.text), "a factor wants a `meanValue`");
                continue;
            };
            let (unit, property) = self.given(raw, flow);
            let location = self.located(&raw.location);
            let uncertainty = self.spread(&raw.spread, value);
            let (value, uncertainty) = (raw.own.amount.unwrap_or(value), given_spread(uncertainty, raw, value));
            let direction = raw.direction.filter(|_| !raw.own.is_inferred);
            factors.push(ImpactFactor { flow, unit, property, value, formula: None, uncertainty, location, direction });
        }
        let unit = record.refers_to.and_then(|(_, name)| boxed(name.text));
        let (id, name) = (record.id, record.name.text);
        self.builder.add_category(ImpactCategory {
            id: id.as_str().into(),
            name: name.into(),
            unit,
            description: boxed(record.comment.text),
            direction: None,
            factors,
            parameters: Vec::new(),
        });
        if let Some(category) = self.builder.category(&id) {
            let method = if record.methodology.is_empty() { "ILCD".to_owned() } else { record.methodology };
            self.methods.entry(method).or_default().push(category);
        }
    }

    fn spread(&mut self, raw: &RawSpread, amount: f64) -> Uncertainty {
        let found = match raw.distribution.as_str() {
            "" | "undefined" => return Uncertainty::None,
            "log-normal" => raw.deviation.map(|d| Uncertainty::Lognormal { geometric_mean: amount, geometric_deviation: d.max(0.0).sqrt() }),
            "normal" => raw.deviation.map(|d| Uncertainty::Normal { mean: amount, deviation: d / 2.0 }),
            "triangular" => raw.low.zip(raw.high).map(|(low, high)| Uncertainty::Triangular { low, mode: amount, high }),
            "uniform" => raw.low.zip(raw.high).map(|(low, high)| Uncertainty::Uniform { low, high }),
            _ => None,
        };
        let usable = found.filter(|u| u.fault().is_none());
        if usable.is_none() {
            self.drop_one("distributions without spread, or that their amount does not fit");
        }
        usable.unwrap_or_default()
    }

    fn process(&mut self, record: Record) {
        let name = joined(&record);
        let user = format!("the process `{name}`");
        let (mut exchanges, mut reference, mut factors): (Vec<Exchange>, _, _) = (Vec::new(), None, Vec::new());
        let co_products: BTreeMap<u32, &str> = record.exchanges.iter().map(|e| (e.internal, e.flow.as_str())).collect();
        let (parameters, values) = self.variables(&user, &record.variables);
        let mut providers = Vec::new();
        for raw in &record.exchanges {
            let Some(flow) = self.builder.flow(&raw.flow) else {
                if self.unmeasured.contains(&raw.flow) {
                    self.malformed(
                        format!("{user}, `{}`", raw.flow_name.text),
                        "this flow has no property, so no unit; only declarations may use it",
                    );
                } else {
                    self.missing(&user, "flow", &raw.flow);
                }
                continue;
            };
            let own_formula = record.variables.iter().find(|v| v.of_exchange == Some(raw.internal)).map(|v| v.formula.as_str());
            let (amount, formula) = match own_formula {
                Some(formula) => (raw.resulting, Some(formula.into())),
                None => self.amount(&user, raw, values.as_ref()),
            };
            let Some(stated) = amount else {
                self.malformed(user.clone(), "an exchange wants a `resultingAmount` or a `meanAmount`");
                continue;
            };
            let (unit, property) = self.given(raw, flow);
            if !raw.own.provider.is_empty() {
                providers.push((exchanges.len() as u32, raw.own.provider.as_str().into()));
            }
            if Some(raw.internal) == record.reference {
                reference = Some(exchanges.len() as u32);
            }
            for (product, share) in &raw.allocations {
                let product = co_products.get(product).and_then(|id| self.builder.flow(id));
                match product {
                    Some(product) => {
                        let (exchange, value) = (Some(raw.internal), share / 100.0);
                        factors.push(AllocationFactor { kind: AllocationKind::Causal, product, exchange, value, formula: None });
                    }
                    None => self.drop_one("shares of co-products that are not there"),
                }
            }
            let uncertainty = given_spread(self.spread(&raw.spread, stated), raw, stated);
            let amount = raw.own.amount.unwrap_or(stated);
            let location = self.located(&raw.location);
            exchanges.push(Exchange {
                internal_id: raw.internal,
                flow,
                direction: raw.direction.unwrap_or(Direction::Output),
                amount,
                formula,
                unit,
                property,
                uncertainty,
                provider: None,
                is_avoided: raw.own.is_avoided,
                location,
                description: boxed(raw.comment.text.clone()),
                quality: boxed(raw.own.quality.clone()),
                base_uncertainty: raw.own.base_uncertainty,
            });
        }
        let location = self.located(&record.location);
        let process = Process {
            id: record.id.into(),
            name: name.into(),
            category: boxed(record.classes.join("/")),
            description: boxed(record.comment.text),
            kind: if record.kind == "LCI result" { ProcessKind::Result } else { ProcessKind::Unit },
            location,
            exchanges,
            reference,
            parameters,
            default_allocation: (!factors.is_empty()).then_some(AllocationKind::Causal),
            allocation_factors: factors,
            quality_system: None,
        };
        self.builder.add_process(process, providers);
    }

    /// The parameters of a process, and their values; `None` if they go round in a circle or call what there is not.
    fn variables(&mut self, user: &str, variables: &[RawVariable]) -> (Vec<Parameter>, Option<Values<'static>>) {
        let mut parameters = Vec::new();
        for raw in variables.iter().filter(|v| v.of_exchange.is_none()) {
            let formula = (!raw.formula.is_empty()).then(|| raw.formula.as_str().into());
            let value = raw.mean.unwrap_or(if formula.is_some() { 0.0 } else { f64::NAN });
            let uncertainty = self.spread(&raw.spread, value);
            let (name, description) = (raw.name.as_str().into(), boxed(raw.comment.clone()));
            parameters.push(Parameter { id: None, name, description, value, formula, uncertainty });
        }
        match Values::of(&parameters, None) {
            Ok(values) => {
                for parameter in parameters.iter_mut().filter(|p| p.formula.is_some()) {
                    parameter.value = values.get(&parameter.name.trim().to_ascii_lowercase()).unwrap_or(parameter.value);
                }
                (parameters, Some(values))
            }
            Err(reason) => {
                self.builder.fault(DatabaseFault::Parameters { user: user.to_owned(), reason });
                // One fault is enough; what rests on the variables is not judged.
                (Vec::new(), None)
            }
        }
    }

    /// The amount of an exchange, and the formula that it follows.
    fn amount(&mut self, user: &str, raw: &RawExchange, values: Option<&Values<'static>>) -> (Option<f64>, Option<Box<str>>) {
        let stated = raw.resulting.or(raw.mean);
        if raw.variable.is_empty() {
            return (stated, None);
        }
        let Some(values) = values else { return (stated, None) };
        let mean = raw.mean.unwrap_or(1.0);
        let formula = if mean == 1.0 { raw.variable.clone() } else { format!("{mean} * {}", raw.variable) };
        match values.evaluate(&formula) {
            Ok(value) if raw.resulting.is_none_or(|r| (value - r).abs() <= FORMULA_TOLERANCE * r.abs()) => (Some(value), Some(formula.into())),
            Ok(_) => {
                self.drop_one("formulas that do not yield the amount beside them");
                (stated, None)
            }
            Err(reason) => {
                self.builder.fault(DatabaseFault::Formula { user: user.to_owned(), flow: raw.flow_name.text.clone(), formula, reason });
                (stated, None)
            }
        }
    }
}

/// A distribution in the unit in which the amount was given.
fn given_spread(uncertainty: Uncertainty, raw: &RawExchange, stated: f64) -> Uncertainty {
    raw.own.amount.filter(|_| stated != 0.0).map_or(uncertainty, |own| uncertainty.scaled(own / stated))
}

/// The parts of a name.
fn joined(record: &Record) -> String {
    std::iter::once(record.name.text.as_str()).chain(record.name_parts.iter().map(|(_, part)| part.text.as_str())).collect::<Vec<_>>().join("; ")
}
