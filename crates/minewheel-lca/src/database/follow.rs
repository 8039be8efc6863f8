//! Amounts that follow uncertain parameters: their formulas, laid out once and evaluated again in every draw.
//!
//! ```text
//! ratio of an entry in a draw = a(p) / a(p₀)        a = scale · amount(p) · share(p)
//! ```
//!
//! | symbol  | meaning                                                     | unit             | from                |
//! |---------|-------------------------------------------------------------|------------------|---------------------|
//! | `p, p₀` | the uncertain parameters in a draw, and as they are stated   | theirs           | [`ParameterInput`]  |
//! | `scale` | unit, sign, part of a market                                | –                | the product system  |
//! | `share` | share of a co-product, where its factors have formulas       | –                | the process         |
//!
//! A parameter of a process hides a global one of its name. A parameter with a formula follows it; what is said of its own spread has no
//! effect. An exchange with a distribution of its own keeps it, whatever its formula: the distribution is stated of the amount.
//! Source: own definition, after the parameters of the openLCA schema. An amount that is 0 as stated has no ratio and stays at 0; such
//! amounts are counted.

use rustc_hash::FxHashMap;

use super::allocation::{Allocation, is_provided};
use super::formula::Formula;
use super::index::{FlowIndex, ProcessIndex};
use super::parameters::{Parameter, Values};
use super::process::{AllocationKind, Process};
use super::system::spread;
use super::{Database, Uncertainty};
use crate::matrices::Entry;
use crate::solve::SolveError;

/// An uncertain parameter that amounts follow.
#[derive(Clone, Debug, PartialEq)]
pub struct ParameterInput {
    /// Id of the process or impact category that it belongs to; nothing for a global one.
    pub owner: Option<Box<str>>,
    /// Its name, in lower case.
    pub name: Box<str>,
    /// Its number as stated, with its distribution.
    pub entry: Entry,
    slot: u32,
}

/// A number that may change with the parameters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Operand {
    Constant(f64),
    Slot(u32),
}

#[derive(Clone, Debug, PartialEq)]
struct Step {
    target: u32,
    owner: Option<Box<str>>,
    text: Box<str>,
    formula: Formula,
    names: Vec<(Box<str>, Operand)>,
}

/// A share of a co-product: its part over the sum of all parts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ShareOf {
    own: Vec<Part>,
    all: Vec<Part>,
}

/// One part; sizes count by magnitude.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Part {
    of: Operand,
    scale: f64,
    is_size: bool,
}

#[derive(Clone, Debug, PartialEq)]
struct Followed {
    scale: f64,
    amount: Operand,
    share: Option<ShareOf>,
}

/// The amounts of a product system that follow uncertain parameters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dependents {
    inputs: Vec<ParameterInput>,
    steps: Vec<Step>,
    /// Slots as stated.
    stated: Vec<f64>,
    amounts: Vec<Followed>,
    /// Amounts as stated.
    bases: Vec<f64>,
    /// Amounts that are 0 as stated and so stay there.
    pub at_nought: usize,
}

impl Dependents {
    /// The uncertain parameters.
    pub fn inputs(&self) -> &[ParameterInput] {
        &self.inputs
    }

    /// How many amounts follow them.
    pub fn len(&self) -> usize {
        self.amounts.len()
    }

    /// Whether no amount follows any parameter.
    pub fn is_empty(&self) -> bool {
        self.amounts.is_empty()
    }

    /// The ratios of all amounts to their stated ones, for these values of the inputs.
    ///
    /// # Errors
    /// [`SolveError::Formula`] for a formula without a value.
    pub fn ratios(&self, values: &[f64]) -> Result<Vec<f64>, SolveError> {
        let mut slots = self.stated.clone();
        for (input, value) in self.inputs.iter().zip(values) {
            slots[input.slot as usize] = *value;
        }
        for step in &self.steps {
            let value = step.formula.value(|name| step.names.iter().find(|(n, _)| **n == *name).map(|(_, operand)| operand.of(&slots)));
            let owner = || step.owner.as_deref().map_or_else(|| "the global parameters".to_owned(), |id| format!("`{id}`"));
            let fault = |reason| SolveError::Formula { user: owner(), formula: step.text.to_string(), reason };
            slots[step.target as usize] = value.map_err(fault)?;
        }
        Ok(self.amounts.iter().zip(&self.bases).map(|(amount, base)| amount.of(&slots) / base).collect())
    }

    fn slot(&mut self, stated: f64) -> u32 {
        self.stated.push(stated);
        self.stated.len() as u32 - 1
    }

    fn formula(&mut self, owner: Option<&str>, text: &str, scope: &Scope<'_>, stated: f64) -> Option<u32> {
        let formula = Formula::parse(text).ok()?;
        let names: Vec<(Box<str>, Operand)> = formula.names().into_iter().filter_map(|n| Some((n.into(), scope.get(n)?))).collect();
        if !names.iter().any(|(_, operand)| matches!(operand, Operand::Slot(_))) {
            return None;
        }
        let target = self.slot(stated);
        self.steps.push(Step { target, owner: owner.map(Into::into), text: text.into(), formula, names });
        Some(target)
    }

    /// Enters an amount and gives its number; nothing if it cannot change, or has no ratio.
    pub(super) fn follow(&mut self, scale: f64, amount: Operand, share: Option<ShareOf>) -> Option<u32> {
        if matches!(amount, Operand::Constant(_)) && share.is_none() {
            return None;
        }
        let followed = Followed { scale, amount, share };
        let base = followed.of(&self.stated);
        if base == 0.0 || !base.is_finite() {
            self.at_nought += 1;
            return None;
        }
        self.amounts.push(followed);
        self.bases.push(base);
        Some(self.amounts.len() as u32 - 1)
    }
}

impl Operand {
    fn of(self, slots: &[f64]) -> f64 {
        match self {
            Self::Constant(value) => value,
            Self::Slot(slot) => slots[slot as usize],
        }
    }
}

impl Followed {
    fn of(&self, slots: &[f64]) -> f64 {
        let sum = |parts: &[Part]| {
            let size = |p: &Part| if p.is_size { (p.scale * p.of.of(slots)).abs() } else { p.scale * p.of.of(slots) };
            parts.iter().map(size).sum::<f64>()
        };
        let share = self.share.as_ref().map_or(1.0, |share| sum(&share.own) / sum(&share.all));
        self.scale * self.amount.of(slots) * share
    }
}

/// What the names of a place stand for.
#[derive(Default)]
pub(super) struct Scope<'o> {
    own: FxHashMap<String, Operand>,
    outer: Option<&'o Scope<'o>>,
}

impl<'o> Scope<'o> {
    fn get(&self, name: &str) -> Option<Operand> {
        self.own.get(name).copied().or_else(|| self.outer.and_then(|o| o.get(name)))
    }

    /// Lays out parameters whose values are known.
    pub fn of(dependents: &mut Dependents, owner: Option<&str>, parameters: &[Parameter], values: &Values<'_>, outer: Option<&'o Self>) -> Self {
        let mut scope = Self { own: FxHashMap::default(), outer };
        for place in values.order() {
            let parameter = &parameters[*place as usize];
            let name = parameter.name.trim().to_ascii_lowercase();
            let stated = values.get(&name).unwrap_or(parameter.value);
            let formula = parameter.formula.as_deref().map(str::trim).filter(|f| !f.is_empty());
            let slot = match formula {
                Some(text) => dependents.formula(owner, text, &scope, stated),
                None if parameter.uncertainty == Uncertainty::None => None,
                None => {
                    let slot = dependents.slot(stated);
                    let entry = Entry { uncertainty: spread(parameter.uncertainty, 1.0, stated < 0.0), ..Entry::exact(0, 0, stated) };
                    dependents.inputs.push(ParameterInput { owner: owner.map(Into::into), name: name.as_str().into(), entry, slot });
                    Some(slot)
                }
            };
            scope.own.insert(name, slot.map_or(Operand::Constant(stated), Operand::Slot));
        }
        scope
    }

    /// The slot of a formula, if it follows an uncertain parameter.
    pub fn formula(&self, dependents: &mut Dependents, owner: &str, text: &str, stated: f64) -> Option<u32> {
        dependents.formula(Some(owner), text, self, stated)
    }
}

/// The formulas of a process that follow uncertain parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct ProcessFormulas {
    /// By the place of the exchange.
    amounts: Vec<Option<u32>>,
    /// By the place of the allocation factor.
    factors: Vec<Option<u32>>,
}

impl ProcessFormulas {
    /// Lays them out; `None` if there is none.
    pub fn of(dependents: &mut Dependents, process: &Process, values: &Values<'_>, global: &Scope<'_>) -> Option<Self> {
        let formulas = process.exchanges.iter().any(|e| e.formula.is_some()) || process.allocation_factors.iter().any(|f| f.formula.is_some());
        if !formulas {
            return None;
        }
        let scope = Scope::of(dependents, Some(&process.id), &process.parameters, values, Some(global));
        let mut lay = |text: Option<&str>| {
            let text = text?;
            scope.formula(dependents, &process.id, text, values.evaluate(text).ok()?)
        };
        let amounts: Vec<_> = process.exchanges.iter().map(|e| lay(e.formula.as_deref())).collect();
        let factors: Vec<_> = process.allocation_factors.iter().map(|f| lay(f.formula.as_deref())).collect();
        amounts.iter().chain(&factors).any(Option::is_some).then_some(Self { amounts, factors })
    }

    /// The amount of an exchange in its own unit.
    pub fn amount(&self, place: usize, stated: f64) -> Operand {
        self.amounts.get(place).copied().flatten().map_or(Operand::Constant(stated), Operand::Slot)
    }

    /// The share of a product in an exchange; `None` if it does not change.
    pub fn share(
        &self,
        database: &Database,
        process: &Process,
        products: &[FlowIndex],
        product: FlowIndex,
        place: usize,
        allocation: Allocation,
    ) -> Option<ShareOf> {
        if products.len() < 2 {
            return None;
        }
        let kind = match allocation {
            Allocation::ReferenceOnly => return None,
            Allocation::Property(property) => {
                let sizes = |flow: FlowIndex| {
                    let factor = database.flow(flow).properties.iter().find(|f| f.property == property).map_or(0.0, |f| f.factor);
                    let made = process.exchanges.iter().enumerate().filter(move |(_, e)| e.flow == flow && is_provided(database, e));
                    made.map(move |(at, e)| {
                        let scale = factor * database.conversion(e.flow, e.unit, e.property).unwrap_or(f64::NAN);
                        Part { of: self.amount(at, e.amount), scale, is_size: true }
                    })
                };
                let all: Vec<Part> = products.iter().flat_map(|p| sizes(*p)).collect();
                return Self::changing(ShareOf { own: sizes(product).collect(), all });
            }
            Allocation::Physical => AllocationKind::Physical,
            Allocation::Economic => AllocationKind::Economic,
            Allocation::Causal => AllocationKind::Causal,
            Allocation::AsDeclared => process.default_allocation?,
        };
        let exchange = (kind == AllocationKind::Causal).then(|| process.exchanges[place].internal_id);
        let part = |product: FlowIndex| {
            let at = process.allocation_factors.iter().position(|f| f.kind == kind && f.product == product && f.exchange == exchange)?;
            let of = self.factors[at].map_or(Operand::Constant(process.allocation_factors[at].value), Operand::Slot);
            Some(Part { of, scale: 1.0, is_size: false })
        };
        let all = products.iter().map(|p| part(*p)).collect::<Option<Vec<_>>>()?;
        Self::changing(ShareOf { own: vec![part(product)?], all })
    }

    fn changing(share: ShareOf) -> Option<ShareOf> {
        share.all.iter().any(|p| matches!(p.of, Operand::Slot(_))).then_some(share)
    }
}

/// Formulas of the processes of a system, each laid out once.
#[derive(Default)]
pub(super) struct FormulaBook {
    of: FxHashMap<ProcessIndex, Option<ProcessFormulas>>,
}

impl FormulaBook {
    /// Those of a process.
    pub fn of(
        &mut self,
        dependents: &mut Dependents,
        at: ProcessIndex,
        process: &Process,
        values: &Values<'_>,
        global: &Scope<'_>,
    ) -> Option<ProcessFormulas> {
        self.of.entry(at).or_insert_with(|| ProcessFormulas::of(dependents, process, values, global)).clone()
    }
}
