//! Elementary flows that no characterisation factor is for, and the likest flows that have one.
//!
//! ```text
//! likeness = 0.8 · likeness of names + 0.2 · likeness of the paths of their categories        each Dice's coefficient of trigrams
//! ```
//!
//! Two sources that name one substance differently leave its emissions without impact, and nothing else tells. What is meant is for the user to say,
//! in a mapping: `remap`.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::index::{CategoryIndex, FlowIndex};
use super::link::{LEAST_LIKENESS, trigrams};
use super::{Database, FlowKind};

/// Share of the name in the likeness of two flows.
const NAME_SHARE: f64 = 0.8;

/// An elementary flow of processes that no factor is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unfactored {
    /// The flow.
    pub flow: FlowIndex,
    /// How many exchanges have it.
    pub uses: usize,
    /// The likest flow that has a factor, and how like it is, up to 1.
    pub nearest: Option<(FlowIndex, f64)>,
}

/// The elementary flows of processes for which a category has no factor, or none of all without one; the most used first.
pub fn unfactored(database: &Database, category: Option<CategoryIndex>) -> Vec<Unfactored> {
    let flows = database.flows();
    let categories = category.map_or(database.categories(), |c| &database.categories()[c.at()..=c.at()]);
    let factored: BTreeSet<FlowIndex> = categories.iter().flat_map(|c| &c.factors).map(|f| f.flow).collect();
    let mut uses = vec![0; flows.len()];
    database.processes().iter().flat_map(|p| &p.exchanges).for_each(|e| uses[e.flow.at()] += 1);
    let known: Vec<FlowIndex> = factored.iter().copied().collect();
    let mut of_trigram: FxHashMap<[char; 3], Vec<u32>> = FxHashMap::default();
    let mut sizes = Vec::with_capacity(known.len());
    for (number, flow) in known.iter().enumerate() {
        let letters: BTreeSet<_> = trigrams(&database.flow(*flow).name).into_iter().collect();
        sizes.push(letters.len());
        for trigram in letters {
            of_trigram.entry(trigram).or_default().push(number as u32);
        }
    }
    let path_of = |flow: FlowIndex| trigrams(database.flow(flow).category.as_deref().unwrap_or_default());
    let dice = |shared: usize, a: usize, b: usize| 2.0 * shared as f64 / (a + b).max(1) as f64;
    let nearest = |flow: FlowIndex| {
        let wanted = trigrams(&database.flow(flow).name);
        let mut shared: FxHashMap<u32, usize> = FxHashMap::default();
        wanted.iter().filter_map(|t| of_trigram.get(t)).flatten().for_each(|number| *shared.entry(*number).or_default() += 1);
        let own_path = path_of(flow);
        let like = |(number, shared): (u32, usize)| {
            let other = known[number as usize];
            let name = dice(shared, wanted.len(), sizes[number as usize]);
            (name >= LEAST_LIKENESS).then(|| {
                let theirs = path_of(other);
                (other, NAME_SHARE * name + (1.0 - NAME_SHARE) * dice(own_path.intersection(&theirs).count(), own_path.len(), theirs.len()))
            })
        };
        shared.into_iter().filter_map(like).max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
    };
    let mut found: Vec<Unfactored> = (0..flows.len())
        .map(FlowIndex::new)
        .filter(|flow| uses[flow.at()] > 0 && flows[flow.at()].kind == FlowKind::Elementary && !factored.contains(flow))
        .map(|flow| Unfactored { flow, uses: uses[flow.at()], nearest: nearest(flow) })
        .collect();
    found.sort_by(|a, b| b.uses.cmp(&a.uses).then(a.flow.cmp(&b.flow)));
    found
}
