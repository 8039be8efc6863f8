//! Who supplies what: default providers, sole makers, markets, and inputs that nobody supplies.

use rustc_hash::{FxHashMap, FxHashSet};

use super::allocation::{Allocation, is_provided, supplied};
use super::index::{FlowIndex, ProcessIndex};
use super::pedigree::Pedigree;
use super::process::Exchange;
use super::{Database, FlowKind};

/// Where an input comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Providers {
    /// From its default provider, and from nobody else.
    Only,
    /// From its default provider; without one from the only maker of the product, if there is only one.
    #[default]
    PreferDefault,
    /// From its default provider; without one from all makers in equal parts.
    Market,
}

/// What to do with inputs that nobody supplies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unlinked {
    /// It is an error that lists them.
    #[default]
    Refuse,
    /// They cost nothing.
    CutOff,
}

/// The choices from which a product system follows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LinkOptions {
    /// Where inputs come from.
    pub providers: Providers,
    /// What to do with inputs that nobody supplies.
    pub unlinked: Unlinked,
    /// How co-products share the burdens of their process.
    pub allocation: Allocation,
    /// What becomes of amounts with a pedigree and no distribution.
    pub pedigree: Pedigree,
}

/// A product that nobody supplies, or that nobody says who supplies.
#[derive(Clone, Debug, PartialEq)]
pub struct UnlinkedInput {
    /// The product or waste.
    pub flow: FlowIndex,
    /// How many exchanges want it.
    pub uses: usize,
    /// The first process that wants it.
    pub user: ProcessIndex,
    /// How many processes make it; nought, or several of which none is the default.
    pub makers: usize,
}

/// A process and product that might be meant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    /// The process.
    pub process: ProcessIndex,
    /// Its product.
    pub product: FlowIndex,
    /// Likeness of the names, 1 for the product itself.
    pub likeness: f64,
}

/// The makers of each product.
pub(super) struct Makers {
    of: FxHashMap<FlowIndex, Vec<ProcessIndex>>,
}

impl Makers {
    pub fn new(database: &Database, allocation: Allocation) -> Self {
        let mut of: FxHashMap<FlowIndex, Vec<ProcessIndex>> = FxHashMap::default();
        for (place, process) in database.processes().iter().enumerate() {
            for flow in supplied(database, process, allocation) {
                of.entry(flow).or_default().push(ProcessIndex::new(place));
            }
        }
        Self { of }
    }

    pub fn of(&self, flow: FlowIndex) -> &[ProcessIndex] {
        self.of.get(&flow).map_or(&[], Vec::as_slice)
    }

    /// The suppliers of an exchange, which share it evenly, and whether its author chose them; nobody if it is unlinked.
    pub fn suppliers<'m>(&'m self, exchange: &'m Exchange, rule: Providers) -> (&'m [ProcessIndex], bool) {
        let makers = self.of(exchange.flow);
        if let Some(place) = exchange.provider.and_then(|p| makers.iter().position(|m| *m == p)) {
            return (&makers[place..=place], true);
        }
        // A default provider that does not make the product is no reason to take another one.
        let is_free = exchange.provider.is_none();
        match rule {
            Providers::PreferDefault if is_free && makers.len() == 1 => (makers, false),
            Providers::Market if is_free => (makers, false),
            _ => (&[], false),
        }
    }
}

/// How the inputs of all processes would be linked, and those that would not, the most wanted first.
pub fn survey(database: &Database, options: LinkOptions) -> (LinkCounts, Vec<UnlinkedInput>) {
    let makers = Makers::new(database, options.allocation);
    let mut counts = LinkCounts::default();
    let mut unlinked = UnlinkedInputs::default();
    for (place, process) in database.processes().iter().enumerate() {
        for exchange in process.exchanges.iter().filter(|e| database.flow(e.flow).kind != FlowKind::Elementary && !is_provided(database, e)) {
            let (suppliers, is_chosen) = makers.suppliers(exchange, options.providers);
            counts.add(suppliers.len(), is_chosen);
            if suppliers.is_empty() {
                unlinked.add(exchange.flow, ProcessIndex::new(place), makers.of(exchange.flow).len());
            }
        }
    }
    (counts, unlinked.sorted())
}

/// Inputs without a supplier, by product.
#[derive(Default)]
pub(super) struct UnlinkedInputs {
    of: FxHashMap<FlowIndex, UnlinkedInput>,
}

impl UnlinkedInputs {
    pub fn add(&mut self, flow: FlowIndex, user: ProcessIndex, makers: usize) {
        self.of.entry(flow).or_insert(UnlinkedInput { flow, uses: 0, user, makers }).uses += 1;
    }

    /// The most wanted first.
    pub fn sorted(self) -> Vec<UnlinkedInput> {
        let mut inputs: Vec<_> = self.of.into_values().collect();
        inputs.sort_by(|a, b| b.uses.cmp(&a.uses).then(a.flow.cmp(&b.flow)));
        inputs
    }
}

/// How inputs were linked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LinkCounts {
    /// To the provider that their author named.
    pub default: usize,
    /// To the only maker there is.
    pub sole: usize,
    /// To all makers.
    pub market: usize,
    /// To nobody.
    pub unlinked: usize,
}

impl LinkCounts {
    pub(super) fn add(&mut self, suppliers: usize, is_chosen: bool) {
        *match suppliers {
            0 => &mut self.unlinked,
            1 if is_chosen => &mut self.default,
            1 => &mut self.sole,
            _ => &mut self.market,
        } += 1;
    }
}

/// Products with a maker that might be meant by an unlinked one: its own makers, else those with the likest names.
pub fn candidates(database: &Database, flow: FlowIndex, allocation: Allocation, most: usize) -> Vec<Candidate> {
    let makers = Makers::new(database, allocation);
    let own = makers.of(flow);
    if !own.is_empty() {
        return own.iter().take(most).map(|process| Candidate { process: *process, product: flow, likeness: 1.0 }).collect();
    }
    let wanted = trigrams(&database.flow(flow).name);
    let kind = database.flow(flow).kind;
    let mut found: Vec<Candidate> = Vec::new();
    for (place, other) in database.flows().iter().enumerate() {
        let product = FlowIndex::new(place);
        let Some(process) = makers.of(product).first().filter(|_| other.kind == kind) else { continue };
        let theirs = trigrams(&other.name);
        let shared = wanted.intersection(&theirs).count();
        let likeness = 2.0 * shared as f64 / (wanted.len() + theirs.len()).max(1) as f64;
        if likeness >= LEAST_LIKENESS {
            found.push(Candidate { process: *process, product, likeness });
        }
    }
    found.sort_by(|a, b| b.likeness.total_cmp(&a.likeness).then(a.product.cmp(&b.product)));
    found.truncate(most);
    found
}

/// Names less alike than this (Dice's coefficient of their trigrams) are no help.
pub(super) const LEAST_LIKENESS: f64 = 0.35;

pub(super) fn trigrams(name: &str) -> FxHashSet<[char; 3]> {
    // Many open databases mark a missing process so.
    let name = name.strip_prefix("CUTOFF ").or_else(|| name.strip_prefix("Dummy_")).unwrap_or(name);
    let letters: Vec<char> = [' ', ' '].into_iter().chain(name.to_lowercase().chars().filter(|c| c.is_alphanumeric() || *c == ' ')).collect();
    letters.windows(3).map(|w| [w[0], w[1], w[2]]).collect()
}
