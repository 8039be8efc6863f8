//! Networks kept between questions.
//!
//! Placing and solving a network costs ten times what a car on it does. A caller that answers many questions on the same
//! tables keeps the networks here; a question finds the one it needs where year, sourcing rules and everything bought are
//! the same as before, which a change of a design's numbers leaves as it is. What is kept changes no bit of an answer: the
//! key holds all that a network follows from. The tables must be the same in every call.

use std::sync::{Arc, Mutex, PoisonError};

use crate::AssessError;
use crate::footprint::{Solution, SolvedNetwork};
use crate::inventory::Traces;
use crate::network::{NetworkError, NetworkKey, PlacedNetwork, PlacedNetworkBuilder};
use crate::scenario::Scenario;
use crate::tables::Tables;

/// Placed and solved networks, the most lately used ones first to stay.
#[derive(Debug, Default)]
pub struct Networks {
    most: usize,
    kept: Mutex<Vec<Kept>>,
    traces: Mutex<Option<Arc<Traces>>>,
}

#[derive(Debug)]
struct Kept {
    key: NetworkKey,
    placed: Arc<PlacedNetwork>,
    solutions: Vec<(String, Solution)>,
}

impl Networks {
    /// Keeps up to so many networks.
    pub fn keeping(most: usize) -> Self {
        Self { most, ..Self::default() }
    }

    /// Keeps nothing: for a single question.
    pub fn none() -> Self {
        Self::default()
    }

    /// The network of a builder.
    ///
    /// # Errors
    /// What [`PlacedNetworkBuilder::build`] refuses.
    pub(crate) fn place(&self, builder: PlacedNetworkBuilder<'_>) -> Result<Arc<PlacedNetwork>, NetworkError> {
        if self.most == 0 {
            return Ok(Arc::new(builder.build()?));
        }
        let key = builder.key();
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(at) = kept.iter().position(|k| k.key == key) {
                let found = kept.remove(at);
                let placed = Arc::clone(&found.placed);
                kept.push(found);
                return Ok(placed);
            }
        }
        let placed = Arc::new(builder.build()?);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(Kept { key, placed: Arc::clone(&placed), solutions: Vec::new() });
        let over = kept.len().saturating_sub(self.most);
        kept.drain(..over);
        Ok(placed)
    }

    /// A network solved for a climate method.
    ///
    /// # Errors
    /// The method is unknown, or the network cannot be solved.
    pub fn solve<'n>(&self, tables: &Tables, placed: &'n Arc<PlacedNetwork>, method: &str) -> Result<SolvedNetwork<'n>, AssessError> {
        self.solution(tables, placed, method, false)
    }

    /// A network solved for a climate method, with or without solutions by place of emission.
    ///
    /// # Errors
    /// The method is unknown, or the network cannot be solved.
    pub(crate) fn solution<'n>(
        &self,
        tables: &Tables,
        placed: &'n Arc<PlacedNetwork>,
        method: &str,
        is_by_place: bool,
    ) -> Result<SolvedNetwork<'n>, AssessError> {
        let is_here = |k: &&mut Kept| Arc::ptr_eq(&k.placed, placed);
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            let here = kept.iter_mut().find(is_here);
            if let Some((_, solution)) = here.and_then(|k| k.solutions.iter().find(|s| s.0 == method && (s.1.is_by_place() || !is_by_place))) {
                return Ok(solution.of(placed));
            }
        }
        let solution = SolvedNetwork::solve(tables, placed, method, is_by_place)?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = kept.iter_mut().find(is_here) {
            here.solutions.retain(|s| s.0 != method);
            here.solutions.push((method.to_owned(), solution.clone()));
        }
        Ok(solution.of(placed))
    }

    /// The traces of a scenario; those of scenarios without a cycle of their own are kept.
    ///
    /// # Errors
    /// The cycle is not known.
    pub fn traces(&self, tables: &Tables, scenario: &Scenario) -> Result<Arc<Traces>, AssessError> {
        if self.most == 0 || scenario.cycle.is_some() {
            return Ok(Arc::new(Traces::new(tables, scenario.cycle.as_deref())?));
        }
        if let Some(traces) = &*self.traces.lock().unwrap_or_else(PoisonError::into_inner) {
            return Ok(Arc::clone(traces));
        }
        let traces = Arc::new(Traces::new(tables, None)?);
        *self.traces.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&traces));
        Ok(traces)
    }
}
