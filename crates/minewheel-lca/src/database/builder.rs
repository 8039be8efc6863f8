//! Collects the parts of a database in the order of their dependence, and checks them.

use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};

use super::flows::{Flow, FlowProperty, Location, UnitGroup};
use super::formula::shown;
use super::index::{CategoryIndex, FlowIndex, LocationIndex, ProcessIndex, PropertyIndex, UnitGroupIndex, UnitIndex};
use super::methods::{ImpactCategory, ImpactMethod};
use super::parameters::{Parameter, ParameterError, Values};
use super::process::Process;
use super::uncertainty::Uncertainty;
use super::{Database, FormulaError};

/// Faults listed one by one; further ones are only counted.
const MOST_FAULTS: usize = 200;

/// What a thing of a database is, for messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    UnitGroup,
    Unit,
    Property,
    Location,
    Flow,
    Parameter,
    Process,
    Category,
    Method,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnitGroup => "unit group",
            Self::Unit => "unit",
            Self::Property => "flow property",
            Self::Location => "location",
            Self::Flow => "flow",
            Self::Parameter => "parameter",
            Self::Process => "process",
            Self::Category => "impact category",
            Self::Method => "impact method",
        })
    }
}

/// What is wrong with a part of a database.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DatabaseFault {
    /// Two things of one package have one id.
    #[error("the {kind} `{id}` is given twice")]
    Duplicate {
        /// What they are.
        kind: String,
        /// The id.
        id: String,
    },
    /// The database has another thing with this id.
    #[error("the database has another {kind} with the id `{id}` (`{name}`)")]
    Conflict {
        /// What it is.
        kind: String,
        /// The id.
        id: String,
        /// The name in the database.
        name: String,
    },
    /// Something refers to a thing that there is not.
    #[error("{user}: there is no {kind} `{id}`")]
    Unknown {
        /// Who refers to it.
        user: String,
        /// What is wanted.
        kind: String,
        /// The id.
        id: String,
    },
    /// A unit group has not exactly one reference unit, or a factor that does not convert.
    #[error("{thing}: {wanted}")]
    Malformed {
        /// The thing.
        thing: String,
        /// What is wanted of it.
        wanted: &'static str,
    },
    /// An amount in a unit that does not measure the flow.
    #[error("{user}: `{flow}` is given in {unit} of {property}, which does not measure it; its reference unit is {reference}")]
    WrongUnit {
        /// Who gives it.
        user: String,
        /// The flow.
        flow: String,
        /// The unit.
        unit: String,
        /// The property.
        property: String,
        /// What would do.
        reference: String,
    },
    /// A number that is none.
    #[error("{user}: the amount of `{flow}` is {value}; a finite number is wanted")]
    NotFinite {
        /// Who gives it.
        user: String,
        /// The flow.
        flow: String,
        /// The number.
        value: f64,
    },
    /// A distribution that there is not.
    #[error("{user}: `{flow}`: {wanted}")]
    Uncertainty {
        /// Who gives it.
        user: String,
        /// The flow.
        flow: String,
        /// What is wanted.
        wanted: &'static str,
    },
    /// Parameters without values.
    #[error("{user}: {reason}")]
    Parameters {
        /// Whose.
        user: String,
        /// Why.
        reason: ParameterError,
    },
    /// An amount's formula without value.
    #[error("{user}: the amount of `{flow}` = `{}`: {reason}", shown(.formula))]
    Formula {
        /// Who gives it.
        user: String,
        /// The flow.
        flow: String,
        /// The formula.
        formula: String,
        /// Why.
        reason: FormulaError,
    },
}

/// What to do with a thing whose id the database has already, with other content.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnConflict {
    /// It is a fault.
    #[default]
    Refuse,
    /// The database keeps what it has.
    Keep,
    /// The new thing takes its place.
    Replace,
}

/// Who supplies an exchange in a product system of the source, by ids; the exchange by its number within the process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SystemLink {
    pub system: String,
    pub process: String,
    pub exchange: u32,
    pub provider: String,
}

/// Collects a database; see the module [`database`](super).
#[derive(Debug, Default)]
pub struct DatabaseBuilder {
    database: Database,
    on_conflict: OnConflict,
    seen: FxHashSet<(Kind, Box<str>)>,
    places: FxHashMap<(Kind, Box<str>), u32>,
    units: FxHashMap<Box<str>, UnitIndex>,
    pending: Vec<(ProcessIndex, u32, Box<str>)>,
    system_links: Vec<SystemLink>,
    faults: Vec<DatabaseFault>,
    fault_count: usize,
}

/// A table of a database with ids.
macro_rules! put {
    ($self:ident, $kind:expr, $table:ident, $item:ident, $same:expr) => {{
        let key = ($kind, $item.id.clone());
        if key.1.is_empty() {
            $self.fault(DatabaseFault::Malformed { thing: format!("the {} `{}`", $kind, $item.name), wanted: "it wants an id" });
        }
        let is_first = $self.seen.insert(key.clone());
        match $self.places.get(&key).copied() {
            None => {
                let place = $self.database.$table.len();
                $self.places.insert(key, place as u32);
                $self.database.$table.push($item);
                (place, true)
            }
            Some(place) => {
                let place = place as usize;
                let old = &mut $self.database.$table[place];
                let is_same: bool = $same(&*old, &$item);
                let mut is_taken = false;
                if !is_first {
                    $self.fault(DatabaseFault::Duplicate { kind: $kind.to_string(), id: key.1.into() });
                } else if !is_same {
                    match $self.on_conflict {
                        OnConflict::Keep => {}
                        OnConflict::Replace => {
                            *old = $item;
                            is_taken = true;
                        }
                        OnConflict::Refuse => {
                            let name = old.name.to_string();
                            $self.fault(DatabaseFault::Conflict { kind: $kind.to_string(), id: key.1.into(), name });
                        }
                    }
                }
                (place, is_taken)
            }
        }
    }};
}

fn equal<T: PartialEq>(a: &T, b: &T) -> bool {
    a == b
}

impl DatabaseBuilder {
    /// A builder of an empty database.
    pub fn new() -> Self {
        Self::default()
    }

    /// A builder that adds to a database.
    pub fn onto(database: Database, on_conflict: OnConflict) -> Self {
        let mut builder = Self { on_conflict, ..Self::default() };
        let mut enter = |kind, ids: &mut dyn Iterator<Item = &Box<str>>| {
            ids.enumerate().for_each(|(place, id)| {
                builder.places.insert((kind, id.clone()), place as u32);
            });
        };
        enter(Kind::UnitGroup, &mut database.unit_groups.iter().map(|g| &g.id));
        enter(Kind::Property, &mut database.properties.iter().map(|p| &p.id));
        enter(Kind::Location, &mut database.locations.iter().map(|l| &l.id));
        enter(Kind::Flow, &mut database.flows.iter().map(|f| &f.id));
        enter(Kind::Process, &mut database.processes.iter().map(|p| &p.id));
        enter(Kind::Category, &mut database.categories.iter().map(|c| &c.id));
        enter(Kind::Method, &mut database.methods.iter().map(|m| &m.id));
        for (group, units) in database.unit_groups.iter().enumerate() {
            for (place, unit) in units.units.iter().enumerate() {
                builder.units.insert(unit.id.clone(), UnitIndex { group: UnitGroupIndex::new(group), place: place as u16 });
            }
        }
        builder.database = database;
        builder
    }

    /// Notes a fault found by a reader.
    pub fn fault(&mut self, fault: DatabaseFault) {
        self.fault_count += 1;
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(fault);
        }
    }

    /// Notes that something refers to a thing that there is not.
    pub(crate) fn unknown(&mut self, user: &str, kind: Kind, id: &str) {
        self.fault(DatabaseFault::Unknown { user: user.to_owned(), kind: kind.to_string(), id: id.to_owned() });
    }

    fn place(&self, kind: Kind, id: &str) -> Option<usize> {
        self.places.get(&(kind, id.into())).map(|p| *p as usize)
    }

    /// The unit with an id.
    pub fn unit(&self, id: &str) -> Option<UnitIndex> {
        self.units.get(id).copied()
    }

    /// The unit group with an id.
    pub fn unit_group(&self, id: &str) -> Option<UnitGroupIndex> {
        self.place(Kind::UnitGroup, id).map(UnitGroupIndex::new)
    }

    /// The flow property with an id.
    pub fn property(&self, id: &str) -> Option<PropertyIndex> {
        self.place(Kind::Property, id).map(PropertyIndex::new)
    }

    /// The location with an id.
    pub fn location(&self, id: &str) -> Option<LocationIndex> {
        self.place(Kind::Location, id).map(LocationIndex::new)
    }

    /// The flow with an id.
    pub fn flow(&self, id: &str) -> Option<FlowIndex> {
        self.place(Kind::Flow, id).map(FlowIndex::new)
    }

    /// The impact category with an id.
    pub fn category(&self, id: &str) -> Option<CategoryIndex> {
        self.place(Kind::Category, id).map(CategoryIndex::new)
    }

    /// What is collected so far.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Adds a unit group, or its further units to one that the database has.
    pub fn add_unit_group(&mut self, group: UnitGroup) {
        let thing = || format!("the unit group `{}`", group.name);
        if group.units.is_empty()
            || group.units.len() > usize::from(u16::MAX)
            || group.units.iter().any(|u| !(u.factor.is_finite() && u.factor > 0.0))
        {
            self.fault(DatabaseFault::Malformed { thing: thing(), wanted: "it wants units, each with a conversion factor above 0" });
            return;
        }
        if !self.seen.insert((Kind::UnitGroup, group.id.clone())) {
            self.fault(DatabaseFault::Duplicate { kind: Kind::UnitGroup.to_string(), id: group.id.into() });
            return;
        }
        let known = self.unit_group(&group.id);
        let index = known.unwrap_or_else(|| UnitGroupIndex::new(self.database.unit_groups.len()));
        if known.is_none() {
            self.places.insert((Kind::UnitGroup, group.id.clone()), index.at() as u32);
            self.database.unit_groups.push(UnitGroup { units: Vec::new(), ..group.clone() });
        }
        for unit in group.units {
            match self.units.get(&unit.id).copied() {
                None => {
                    let units = &mut self.database.unit_groups[index.at()].units;
                    self.units.insert(unit.id.clone(), UnitIndex { group: index, place: units.len() as u16 });
                    units.push(unit);
                }
                Some(old) if old.group == index && self.database.unit(old).factor == unit.factor => {}
                Some(old) => {
                    let name = self.database.unit(old).name.to_string();
                    self.fault(DatabaseFault::Conflict { kind: Kind::Unit.to_string(), id: unit.id.into(), name });
                }
            }
        }
    }

    /// Adds a flow property.
    pub fn add_property(&mut self, property: FlowProperty) {
        put!(self, Kind::Property, properties, property, equal);
    }

    /// Adds a place.
    pub fn add_location(&mut self, location: Location) {
        put!(self, Kind::Location, locations, location, equal);
    }

    /// Adds a flow.
    pub fn add_flow(&mut self, flow: Flow) {
        let is_good = usize::from(flow.reference) < flow.properties.len() && flow.properties.iter().all(|p| p.factor.is_finite() && p.factor > 0.0);
        if !is_good {
            let thing = format!("the flow `{}`", flow.name);
            self.fault(DatabaseFault::Malformed { thing, wanted: "it wants a reference flow property and conversion factors above 0" });
            return;
        }
        put!(self, Kind::Flow, flows, flow, equal);
    }

    /// Adds a global parameter; one of the same name and content counts once.
    pub fn add_parameter(&mut self, parameter: Parameter) {
        let name = parameter.name.trim().to_ascii_lowercase();
        if !self.seen.insert((Kind::Parameter, name.as_str().into())) {
            self.fault(DatabaseFault::Duplicate { kind: Kind::Parameter.to_string(), id: name });
            return;
        }
        let parameters = &mut self.database.parameters;
        match parameters.iter_mut().find(|p| p.name.trim().eq_ignore_ascii_case(&name)) {
            None => parameters.push(parameter),
            Some(old) if *old == parameter || self.on_conflict == OnConflict::Keep => {}
            Some(old) if self.on_conflict == OnConflict::Replace => *old = parameter,
            Some(old) => {
                let known = old.name.to_string();
                self.fault(DatabaseFault::Conflict { kind: Kind::Parameter.to_string(), id: name, name: known });
            }
        }
    }

    /// Adds a process; the providers are ids by the place of the exchange and may be added to the builder later.
    pub fn add_process(&mut self, process: Process, providers: Vec<(u32, Box<str>)>) {
        let mut numbers = FxHashSet::default();
        if let Some(twice) = process.exchanges.iter().find(|e| !numbers.insert(e.internal_id)) {
            let id = format!("{} of the process `{}`", twice.internal_id, process.name);
            self.fault(DatabaseFault::Duplicate { kind: "exchange".to_owned(), id });
        }
        let same = |old: &Process, new: &Process| {
            let bare = |e: &super::Exchange| super::Exchange { provider: None, ..e.clone() };
            let exchanges = old.exchanges.len() == new.exchanges.len() && old.exchanges.iter().zip(&new.exchanges).all(|(a, b)| bare(a) == bare(b));
            let head = |p: &Process| Process { exchanges: Vec::new(), ..p.clone() };
            exchanges && head(old) == head(new)
        };
        let (place, is_taken) = put!(self, Kind::Process, processes, process, same);
        if is_taken {
            let process = ProcessIndex::new(place);
            self.pending.retain(|(p, _, _)| *p != process);
            self.pending.extend(providers.into_iter().map(|(exchange, id)| (process, exchange, id)));
        }
    }

    /// Takes over a link of a product system: it holds where the process itself names no provider.
    pub(crate) fn add_system_link(&mut self, link: SystemLink) {
        self.system_links.push(link);
    }

    fn resolve_system_links(&mut self) {
        for link in std::mem::take(&mut self.system_links) {
            let user = format!("the product system `{}`", link.system);
            let find = |id: &str| self.place(Kind::Process, id);
            match (find(&link.process), find(&link.provider)) {
                (Some(process), Some(provider)) => {
                    let exchanges = &mut self.database.processes[process].exchanges;
                    if let Some(e) = exchanges.iter_mut().find(|e| e.internal_id == link.exchange) {
                        e.provider.get_or_insert(ProcessIndex::new(provider));
                    }
                }
                (None, _) => self.unknown(&user, Kind::Process, &link.process),
                (_, None) => self.unknown(&user, Kind::Process, &link.provider),
            }
        }
    }

    /// Adds an impact category.
    pub fn add_category(&mut self, category: ImpactCategory) {
        put!(self, Kind::Category, categories, category, equal);
    }

    /// Adds an impact method.
    pub fn add_method(&mut self, method: ImpactMethod) {
        put!(self, Kind::Method, methods, method, equal);
    }

    /// Adds categories to the method of a name, which is made if it is not there.
    pub(crate) fn gather(&mut self, name: &str, categories: &[CategoryIndex]) {
        let id = format!("method:{name}");
        let Some(place) = self.place(Kind::Method, &id) else {
            return self.add_method(ImpactMethod { id: id.into(), name: name.into(), description: None, categories: categories.to_vec() });
        };
        let known = &mut self.database.methods[place].categories;
        for category in categories {
            if !known.contains(category) {
                known.push(*category);
            }
        }
    }

    /// The finished database.
    ///
    /// # Errors
    /// Every fault, up to a few hundred, and how many there are.
    pub fn finish(mut self) -> Result<Database, (Vec<DatabaseFault>, usize)> {
        for (process, exchange, id) in std::mem::take(&mut self.pending) {
            let provider = self.place(Kind::Process, &id).map(ProcessIndex::new);
            let target = &mut self.database.processes[process.at()];
            target.exchanges[exchange as usize].provider = provider;
            if provider.is_none() {
                let user = format!("the process `{}`", target.name);
                self.unknown(&user, Kind::Process, &id);
            }
        }
        self.resolve_system_links();
        let database = std::mem::take(&mut self.database);
        check(&database, &mut |fault| self.fault(fault));
        if self.faults.is_empty() { Ok(database) } else { Err((self.faults, self.fault_count)) }
    }
}

/// Holds every amount against its flow's units, and evaluates every formula.
fn check(database: &Database, fault: &mut dyn FnMut(DatabaseFault)) {
    let global = match database.global_values() {
        Ok(values) => values,
        Err(reason) => {
            fault(DatabaseFault::Parameters { user: "the global parameters".to_owned(), reason });
            return;
        }
    };
    for property in &database.properties {
        if property.unit_group.at() >= database.unit_groups.len() {
            let thing = format!("the flow property `{}`", property.name);
            fault(DatabaseFault::Malformed { thing, wanted: "its unit group is missing" });
            return;
        }
    }
    let amount = |user: &str, values: &Values<'_>, line: Line<'_>, fault: &mut dyn FnMut(DatabaseFault)| {
        let flow = database.flow(line.flow);
        let name = || flow.name.to_string();
        if database.conversion(line.flow, line.unit, line.property).is_none() {
            fault(DatabaseFault::WrongUnit {
                user: user.to_owned(),
                flow: name(),
                unit: database.unit(line.unit).name.to_string(),
                property: database.properties[line.property.at()].name.to_string(),
                reference: database.reference_unit(line.flow).name.to_string(),
            });
        }
        if !line.amount.is_finite() {
            fault(DatabaseFault::NotFinite { user: user.to_owned(), flow: name(), value: line.amount });
        }
        if let Some(wanted) = line.uncertainty.fault() {
            fault(DatabaseFault::Uncertainty { user: user.to_owned(), flow: name(), wanted });
        }
        if let Some(formula) = line.formula
            && let Err(reason) = values.evaluate(formula)
        {
            fault(DatabaseFault::Formula { user: user.to_owned(), flow: name(), formula: formula.to_owned(), reason });
        }
    };
    for process in &database.processes {
        let user = format!("the process `{}`", process.name);
        match Values::of(&process.parameters, Some(&global)) {
            Err(reason) => fault(DatabaseFault::Parameters { user, reason }),
            Ok(values) => {
                for e in &process.exchanges {
                    let (amount_of, formula) = (e.amount, e.formula.as_deref());
                    let line = Line { flow: e.flow, unit: e.unit, property: e.property, amount: amount_of, formula, uncertainty: e.uncertainty };
                    amount(&user, &values, line, fault);
                }
            }
        }
    }
    for category in &database.categories {
        let user = format!("the impact category `{}`", category.name);
        match Values::of(&category.parameters, Some(&global)) {
            Err(reason) => fault(DatabaseFault::Parameters { user, reason }),
            Ok(values) => {
                for f in &category.factors {
                    let (value, formula) = (f.value, f.formula.as_deref());
                    let line = Line { flow: f.flow, unit: f.unit, property: f.property, amount: value, formula, uncertainty: f.uncertainty };
                    amount(&user, &values, line, fault);
                }
            }
        }
    }
}

/// An amount of a flow, of an exchange or of a characterisation factor.
#[derive(Clone, Copy)]
struct Line<'d> {
    flow: FlowIndex,
    unit: UnitIndex,
    property: PropertyIndex,
    amount: f64,
    formula: Option<&'d str>,
    uncertainty: Uncertainty,
}
