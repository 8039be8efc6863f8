//! How well the amounts behind a result are known.

use std::collections::BTreeMap;

use minewheel_lca::database::{Exchange, FlowIndex, FlowKind, LocationIndex, Process, Uncertainty, pedigree_scores};
use minewheel_lca::{ColumnId, EntryUncertainty};

use super::Solved;
use super::records::{Evidence, Quality, SpreadKind};

/// By activity and row of the matrices.
pub type Spreads = BTreeMap<(i64, i64), SpreadKind>;

impl Solved<'_> {
    /// What moves each entry of the matrices that draws move.
    pub fn spreads(&self) -> Spreads {
        let matrices = &self.source.matrices;
        let mut found = Spreads::default();
        for entry in matrices.technosphere.iter().chain(&matrices.biosphere) {
            let kind = if entry.uncertainty != EntryUncertainty::Exact {
                SpreadKind::Stated
            } else if entry.follows.is_some() {
                SpreadKind::Formula
            } else {
                continue;
            };
            found.insert((entry.column, entry.row), kind);
        }
        found
    }

    /// The exchanges of a database behind an entry: what a process has of a flow or takes of a product.
    fn behind(&self, column: i64, row: i64) -> impl Iterator<Item = (&Process, &Exchange)> {
        let found = self.source.database().and_then(|(database, system)| {
            let at = |id: i64| usize::try_from(id - 1).ok();
            let activity = system.activities.get(at(column)?)?;
            let count = system.activities.len();
            let (flow, place): (FlowIndex, Option<LocationIndex>) = match at(row)?.checked_sub(count) {
                Some(at) => *system.flows.get(at)?,
                None => (system.activities.get(at(row)?)?.product, None),
            };
            let process = database.process(activity.process);
            // A flow with factors by place has a row for each place of an exchange.
            let is_there = move |e: &&Exchange| place.is_none() || e.location.or(process.location) == place;
            Some(process.exchanges.iter().filter(move |e| e.flow == flow).filter(is_there).map(move |e| (process, e)))
        });
        found.into_iter().flatten()
    }

    pub fn evidence(&self, spreads: &Spreads, column: ColumnId, row: i64) -> Evidence {
        let id = self.assembly.activity(column).unwrap_or_default();
        let spread = spreads.get(&(id, row)).copied();
        let mut pedigree = None;
        let mut is_by_pedigree = false;
        for (process, exchange) in self.behind(id, row) {
            pedigree = pedigree.or_else(|| exchange.quality.as_deref().map(str::to_owned));
            is_by_pedigree |= self.source.database().is_some_and(|(d, system)| system.pedigree.deviation(d, process, exchange).is_some());
        }
        let kind = spread.map(|kind| if kind == SpreadKind::Stated && is_by_pedigree { SpreadKind::Pedigree } else { kind });
        Evidence { spread: kind, pedigree }
    }

    pub fn quality(&self, column: ColumnId) -> Option<Quality> {
        let (database, system) = self.source.database()?;
        let activity = system.activities.get(usize::try_from(self.assembly.activity(column)? - 1).ok()?)?;
        let process = database.process(activity.process);
        let is_own = |e: &&Exchange| e.flow == activity.product && database.flow(e.flow).kind != FlowKind::Elementary;
        let (mut exchanges, mut without_spread) = (0, 0);
        let mut worst_scores: Vec<Option<usize>> = Vec::new();
        for exchange in process.exchanges.iter().filter(|e| !is_own(e)) {
            exchanges += 1;
            let scores = exchange.quality.as_deref().filter(|_| process.quality_system.is_none()).and_then(pedigree_scores);
            let is_bare = exchange.uncertainty == Uncertainty::None && exchange.formula.is_none() && scores.is_none();
            without_spread += usize::from(is_bare);
            for (at, score) in scores.into_iter().flatten().enumerate() {
                worst_scores.resize(worst_scores.len().max(at + 1), None);
                worst_scores[at] = worst_scores[at].max(score);
            }
        }
        Some(Quality { exchanges, without_spread, worst_scores })
    }
}
