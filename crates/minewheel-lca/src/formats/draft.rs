//! An inventory as formats write it that know units by name only, on its way into a database.
//!
//! ```text
//! amount in the flow's unit = amount · size of its unit / size of the flow's unit
//! ```
//!
//! Where the source states amounts beside its formulas, a formula is kept where it yields the amount that stands beside it, to a millionth; else the amount is kept without it, and
//! counted. So a database never computes another amount than its file states. Where the source gives formulas alone, amounts follow
//! them. Formulas that go round in a circle are a fault.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::import::Dropped;
use super::units::{UnitBook, ratio};
use crate::database::{
    AllocationFactor, AllocationKind, DatabaseBuilder, DatabaseFault, Direction, Exchange, Flow, FlowKind, Formula, Location, Parameter,
    ParameterError, Process, ProcessKind, PropertyFactor, Uncertainty, Values,
};

/// A formula that misses its amount by more than this share is not kept.
const FORMULA_TOLERANCE: f64 = 1e-6;

/// A flow with the unit in which it is mostly given.
pub(crate) struct DraftFlow {
    pub id: String,
    pub name: String,
    pub kind: FlowKind,
    pub unit: u16,
    pub category: Option<String>,
    pub cas: Option<String>,
    pub chemical_formula: Option<String>,
    pub synonyms: Option<String>,
    /// Whether the database has it already.
    pub is_known: bool,
}

impl DraftFlow {
    /// A flow that is called by its id.
    pub fn new(id: String, kind: FlowKind, unit: u16) -> Self {
        let name = id.clone();
        Self { id, name, kind, unit, category: None, cas: None, chemical_formula: None, synonyms: None, is_known: false }
    }
}

/// Something that enters or leaves a process.
pub(crate) struct DraftExchange {
    pub flow: u32,
    pub direction: Direction,
    pub amount: f64,
    pub unit: u16,
    pub formula: Option<Box<str>>,
    pub uncertainty: Uncertainty,
    /// Id of the process that supplies it.
    pub provider: Option<Box<str>>,
    pub is_reference: bool,
    pub is_avoided: bool,
    pub description: Option<Box<str>>,
    pub quality: Option<Box<str>>,
    pub base_uncertainty: Option<f64>,
}

/// A process.
#[derive(Default)]
pub(crate) struct DraftProcess {
    pub id: String,
    pub name: String,
    pub category: Option<String>,
    pub description: Option<String>,
    pub kind: ProcessKind,
    /// Id of its place.
    pub place: Option<String>,
    pub exchanges: Vec<DraftExchange>,
    pub parameters: Vec<Parameter>,
    pub default_allocation: Option<AllocationKind>,
    pub shares: Vec<(AllocationKind, u32, f64)>,
}

/// An inventory.
#[derive(Default)]
pub(crate) struct Draft {
    pub flows: Vec<DraftFlow>,
    pub processes: Vec<DraftProcess>,
    pub parameters: Vec<Parameter>,
    pub dropped: Dropped,
    /// Whether amounts follow their formulas, rather than the reverse.
    follows_formulas: bool,
    places: BTreeMap<String, Location>,
    flow_of: FxHashMap<String, u32>,
    units: Vec<String>,
    unit_of: FxHashMap<String, u16>,
}

impl Draft {
    /// An empty inventory whose amounts follow their formulas.
    pub fn of_formulas() -> Self {
        Self { follows_formulas: true, ..Self::default() }
    }

    /// Counts something that is left out.
    pub fn drop_one(&mut self, what: &str) {
        *self.dropped.entry(what.to_owned()).or_default() += 1;
    }

    /// The number of a unit.
    pub fn unit(&mut self, name: &str) -> u16 {
        if let Some(found) = self.unit_of.get(name) {
            return *found;
        }
        let number = u16::try_from(self.units.len()).unwrap_or(u16::MAX);
        if number < u16::MAX {
            self.units.push(name.to_owned());
            self.unit_of.insert(name.to_owned(), number);
        }
        number
    }

    /// The number of a flow, which is made on first sight.
    pub fn flow(&mut self, id: &str, make: impl FnOnce() -> DraftFlow) -> u32 {
        if let Some(found) = self.flow_of.get(id) {
            return *found;
        }
        let number = self.flows.len() as u32;
        self.flows.push(make());
        self.flow_of.insert(id.to_owned(), number);
        number
    }

    /// An id for a flow that is called by its name: with the unit behind it where another flow of that id is measured otherwise.
    pub fn id_by_unit(&self, id: String, unit: &str) -> String {
        let known = self.flow_of.get(&id).and_then(|number| self.units.get(usize::from(self.flows[*number as usize].unit)));
        if known.is_some_and(|known| !unit.is_empty() && ratio(unit, known).is_none()) { format!("{id} [{unit}]") } else { id }
    }

    /// Enters a place.
    pub fn place(&mut self, id: &str, code: &str) {
        let make = || Location { id: id.into(), name: code.into(), code: Some(code.into()), latitude: None, longitude: None };
        self.places.entry(id.to_owned()).or_insert_with(make);
    }

    /// Makes flows wastes. A negative amount of a product that enters or leaves is a waste that goes the other way; one that enters in a
    /// positive amount spares its treatment.
    pub fn turn_wastes(&mut self, is_waste: &[bool]) {
        let of = |flow: usize| is_waste.get(flow).copied().unwrap_or(false);
        self.flows.iter_mut().enumerate().filter(|(at, _)| of(*at)).for_each(|(_, flow)| flow.kind = FlowKind::Waste);
        for e in self.processes.iter_mut().flat_map(|p| &mut p.exchanges).filter(|e| of(e.flow as usize)) {
            if e.amount < 0.0 || e.direction == Direction::Input {
                e.direction = if e.direction == Direction::Input { Direction::Output } else { Direction::Input };
                e.amount = -e.amount;
                e.uncertainty = e.uncertainty.scaled(-1.0);
                e.formula = e.formula.take().map(|f| format!("-1 * ({f})").into());
            }
        }
    }

    /// Enters everything into a builder and says what was left out.
    pub fn enter(mut self, builder: &mut DatabaseBuilder) -> Dropped {
        let mut book = UnitBook::default();
        for location in std::mem::take(&mut self.places).into_values() {
            if builder.location(&location.id).is_none() {
                builder.add_location(location);
            }
        }
        for flow in self.flows.iter().filter(|f| !f.is_known) {
            let Some((_, property)) = self.units.get(usize::from(flow.unit)).and_then(|u| book.unit(builder, u)) else { continue };
            builder.add_flow(Flow {
                id: flow.id.as_str().into(),
                name: flow.name.as_str().into(),
                kind: flow.kind,
                category: flow.category.as_deref().map(Into::into),
                description: None,
                cas: flow.cas.as_deref().map(Into::into),
                chemical_formula: flow.chemical_formula.as_deref().map(Into::into),
                synonyms: flow.synonyms.as_deref().map(Into::into),
                location: None,
                properties: vec![PropertyFactor { property, factor: 1.0 }],
                reference: 0,
            });
        }
        for parameter in std::mem::take(&mut self.parameters) {
            builder.add_parameter(parameter);
        }
        for process in std::mem::take(&mut self.processes) {
            self.process(process, builder, &mut book);
        }
        self.dropped
    }

    fn process(&mut self, mut draft: DraftProcess, builder: &mut DatabaseBuilder, book: &mut UnitBook) {
        let user = format!("the process `{}`", draft.name);
        if !self.settle(&user, &mut draft, builder) {
            return;
        }
        let (mut exchanges, mut providers, mut reference) = (Vec::with_capacity(draft.exchanges.len()), Vec::new(), None);
        for (place, e) in draft.exchanges.into_iter().enumerate() {
            let flow = &self.flows[e.flow as usize];
            let (own, common) = (self.units.get(usize::from(e.unit)), self.units.get(usize::from(flow.unit)));
            let Some((index, (own, common))) = builder.flow(&flow.id).zip(own.zip(common)) else { continue };
            // A flow that the database has is measured there as it is.
            let known = flow.is_known.then(|| builder.database().reference_of(index));
            let Some((unit, property)) = known.or_else(|| book.unit(builder, common)) else { continue };
            let Some(scale) = ratio(own, common) else {
                let property = builder.database().properties()[property.at()].name.to_string();
                let (flow, unit, reference) = (flow.name.clone(), own.clone(), common.clone());
                builder.fault(DatabaseFault::WrongUnit { user: user.clone(), flow, unit, property, reference });
                continue;
            };
            if e.is_reference && reference.is_none() {
                reference = Some(exchanges.len() as u32);
            }
            if let Some(provider) = e.provider {
                providers.push((exchanges.len() as u32, provider));
            }
            let scaled = |formula: Box<str>| if scale == 1.0 { formula } else { format!("{scale} * ({formula})").into() };
            exchanges.push(Exchange {
                internal_id: place as u32 + 1,
                flow: index,
                direction: e.direction,
                amount: e.amount * scale,
                formula: e.formula.map(scaled),
                unit,
                property,
                uncertainty: e.uncertainty.scaled(scale),
                provider: None,
                is_avoided: e.is_avoided,
                location: None,
                description: e.description,
                quality: e.quality,
                base_uncertainty: e.base_uncertainty,
            });
        }
        let factor = |(kind, flow, value): (AllocationKind, u32, f64)| {
            let product = builder.flow(&self.flows[flow as usize].id)?;
            Some(AllocationFactor { kind, product, exchange: None, value, formula: None })
        };
        let process = Process {
            id: draft.id.into(),
            name: draft.name.into(),
            category: draft.category.map(Into::into),
            description: draft.description.map(Into::into),
            kind: draft.kind,
            location: draft.place.as_deref().and_then(|id| builder.location(id)),
            exchanges,
            reference,
            parameters: draft.parameters,
            default_allocation: draft.default_allocation,
            allocation_factors: draft.shares.into_iter().filter_map(factor).collect(),
            quality_system: None,
        };
        builder.add_process(process, providers);
    }

    /// Takes away formulas that do not yield what stands beside them; whether the process may stay.
    fn settle(&mut self, user: &str, process: &mut DraftProcess, builder: &mut DatabaseBuilder) -> bool {
        if self.follows_formulas {
            return follow(user, process, &self.flows, builder);
        }
        let has_formula = process.parameters.iter().any(|p| p.formula.is_some()) || process.exchanges.iter().any(|e| e.formula.is_some());
        if !has_formula {
            return true;
        }
        let globals = builder.database().parameters();
        let stated: FxHashMap<String, f64> =
            globals.iter().chain(&process.parameters).map(|p| (p.name.trim().to_ascii_lowercase(), p.value)).collect();
        let is_known = |formula: &str| Formula::parse(formula).is_ok_and(|f| f.names().iter().all(|n| stated.contains_key(*n)));
        let mut left_out = 0;
        for parameter in &mut process.parameters {
            if parameter.formula.as_deref().is_some_and(|f| !is_known(f)) {
                parameter.formula = None;
                left_out += 1;
            }
        }
        let global = builder.database().global_values().unwrap_or_default();
        if let Err(reason @ ParameterError::Circle(_)) = Values::of(&process.parameters, Some(&global)) {
            builder.fault(DatabaseFault::Parameters { user: user.to_owned(), reason });
            return false;
        }
        let yields = |formula: &str, amount: f64| {
            let value = Formula::parse(formula).and_then(|f| f.value(|n| stated.get(n).copied()));
            value.is_ok_and(|v| (v - amount).abs() <= FORMULA_TOLERANCE * amount.abs())
        };
        let formulas = process.parameters.iter_mut().map(|p| (p.value, &mut p.formula));
        for (amount, formula) in formulas.chain(process.exchanges.iter_mut().map(|e| (e.amount, &mut e.formula))) {
            if formula.as_deref().is_some_and(|f| !yields(f, amount)) {
                *formula = None;
                left_out += 1;
            }
        }
        if left_out > 0 {
            *self.dropped.entry("formulas that do not yield the amount beside them".to_owned()).or_default() += left_out;
        }
        true
    }
}

/// Takes every amount from its formula; whether the process may stay.
fn follow(user: &str, process: &mut DraftProcess, flows: &[DraftFlow], builder: &mut DatabaseBuilder) -> bool {
    // The builder reports what is wrong with global parameters once, at the end.
    let Ok(global) = builder.database().global_values() else { return false };
    let values = match Values::of(&process.parameters, Some(&global)) {
        Ok(values) => values,
        Err(reason) => {
            builder.fault(DatabaseFault::Parameters { user: user.to_owned(), reason });
            return false;
        }
    };
    let mut faults = Vec::new();
    for parameter in process.parameters.iter_mut().filter(|p| p.formula.is_some()) {
        parameter.value = values.get(&parameter.name.trim().to_ascii_lowercase()).unwrap_or(parameter.value);
    }
    for e in &mut process.exchanges {
        let Some(formula) = e.formula.as_deref() else { continue };
        match values.evaluate(formula) {
            Ok(value) => e.amount = value,
            Err(reason) => faults.push((e.flow, formula.to_owned(), reason)),
        }
    }
    let is_good = faults.is_empty();
    for (flow, formula, reason) in faults {
        builder.fault(DatabaseFault::Formula { user: user.to_owned(), flow: flows[flow as usize].name.clone(), formula, reason });
    }
    is_good
}

/// Whether formulas can call a name.
pub(crate) fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
