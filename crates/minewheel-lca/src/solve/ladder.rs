//! Component by component: substitution, sweeps, refinement with known factors, fresh factors; then one residual
//! check over all.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::Arc;

use super::dense::DenseLu;
use super::krylov;
use super::lu::{SparseLu, SparsePattern};
use super::sweep::{SIZE_SWEEPS, System};
use super::tight::TightLoops;
use crate::network::{NetConsumers, Network};

use super::{DENSE_LIMIT, Method, RESIDUAL_LIMIT, SolveError, SolveOptions, SolveReport};

/// Where a solution starts from, and so what to try first on a loop of up to [`DENSE_LIMIT`] columns.
pub(crate) enum Start<'a> {
    /// From nothing, on the system that was set up: all factors are its own and kept.
    Base(&'a mut FactorCache),
    /// From the base solution of a nearby system: loops are swept first.
    Near(&'a FactorCache),
}

impl Start<'_> {
    /// Whether sweeps are known to get nowhere on a component, and GMRES to solve it.
    fn is_swept_in_vain(&self, block: &Range<usize>) -> bool {
        self.cache().swept_in_vain.contains(&block.start)
    }

    fn factors(&self, block: &Range<usize>) -> Option<&BlockFactors> {
        self.cache().blocks.get(&block.start)
    }

    fn tight_loops(&self, block: &Range<usize>) -> Option<&Tight> {
        self.cache().tight.get(&block.start)
    }

    fn cache(&self) -> &FactorCache {
        match self {
            Self::Base(cache) => cache,
            Self::Near(cache) => cache,
        }
    }
}

/// What is known of the components of a system by their first place, for its categories and for later systems on the same network.
#[derive(Default)]
pub(crate) struct FactorCache {
    blocks: BTreeMap<usize, BlockFactors>,
    swept_in_vain: BTreeSet<usize>,
    tight: BTreeMap<usize, Tight>,
}

/// The tight loops of a component and their factors.
struct Tight {
    loops: TightLoops,
    factors: Vec<DenseLu>,
}

/// A backward error up to this is rounding: a further step of refinement would not lower it.
const ROUNDING: f64 = 8.0 * f64::EPSILON;
/// Steps of refinement with factors of another, nearby system.
const NEARBY_STEPS: usize = 40;
/// Steps of refinement with the system's own factors.
const OWN_STEPS: usize = 4;

/// Solves the adjoint system for `K` categories; `y` holds the start and the result, both in evaluation order.
pub(crate) fn adjoint_by_position<const K: usize>(
    system: &System<'_>,
    direct: &[[f64; K]],
    y: &mut [[f64; K]],
    options: SolveOptions,
    mut start: Start<'_>,
) -> Result<SolveReport, SolveError> {
    let mut report = SolveReport { net_consuming: system.own_consumers(), ..SolveReport::default() };
    for block in system.network.blocks() {
        if block.len() == 1 {
            y[block.start] = [0.0; K];
            system.sweep(block, direct, y);
            continue;
        }
        let small = block.len() <= DENSE_LIMIT;
        if small
            && let Start::Base(cache) = &start
            && let Some(known) = cache.blocks.get(&block.start)
        {
            // One step is as good as rounding allows, all but always; the residual below tells.
            correct(system, &block, direct, y, &known.factors);
            continue;
        }
        let sweeps_first = options.method == Method::Automatic;
        let in_vain = start.is_swept_in_vain(&block);
        if sweeps_first && !in_vain {
            let tight = start.tight_loops(&block);
            let fresh = if matches!(start, Start::Near(_)) { tight.and_then(|tight| tight.loops.factorised(system)) } else { None };
            let joined = match (&start, tight) {
                (Start::Base(_), Some(tight)) => Some(tight.loops.joined(&tight.factors)),
                (Start::Near(_), Some(tight)) => fresh.as_ref().map(|factors| tight.loops.joined(factors)),
                (_, None) => None,
            };
            let relaxation = system.relax(&block, joined, direct, y, options.tolerance, options.max_sweeps);
            report.sweeps += relaxation.sweeps;
            if relaxation.settled {
                continue;
            }
        }
        if !small && options.method == Method::Automatic && start.factors(&block).is_none() {
            if !in_vain {
                y[block.clone()].fill([0.0; K]);
            }
            let relaxation = krylov::solve(system, &block, direct, y, options.tolerance);
            report.sweeps += relaxation.sweeps;
            let shown = if relaxation.settled && !in_vain { delivers(system, &block)? } else { relaxation.settled.then_some(true) };
            if let Some(delivers) = shown {
                report.net_consuming += usize::from(!delivers);
                if let Start::Base(cache) = &mut start {
                    cache.swept_in_vain.insert(block.start);
                }
                continue;
            }
        }
        let known = start.factors(&block);
        if let Some(known) = known {
            if y[block.clone()].iter().flatten().any(|value| !value.is_finite()) {
                y[block.clone()].fill([0.0; K]);
            }
            if refine(system, &block, direct, y, &known.factors, NEARBY_STEPS) <= options.tolerance {
                // Factors of a nearby system find a solution whether or not this one delivers; where it does not, some score is below nought.
                let is_doubtful = y[block.clone()].iter().flatten().any(|score| *score < 0.0) && !system.has_credit(&block);
                report.net_consuming += usize::from(is_doubtful && !can_deliver(system, &block)?);
                continue;
            }
        }
        let fresh = BlockFactors::of(system, &block, known)?;
        report.factorised += 1;
        report.net_consuming += usize::from(!fresh.delivers);
        y[block.clone()].fill([0.0; K]);
        refine(system, &block, direct, y, &fresh.factors, OWN_STEPS);
        if let Start::Base(cache) = &mut start {
            cache.blocks.insert(block.start, fresh);
        }
    }
    let all = 0..system.network.column_count();
    let (mut residual, mut place) = system.residual(all.clone(), direct, y);
    if residual > options.tolerance.max(1e-12) {
        report.refined = true;
        for block in system.network.blocks() {
            if let Some(known) = start.factors(&block) {
                refine(system, &block, direct, y, &known.factors, OWN_STEPS);
            } else {
                system.sweep(block.clone(), direct, y);
                system.sweep(block, direct, y);
            }
        }
        (residual, place) = system.residual(all, direct, y);
    }
    accept(system, report, residual, place)
}

impl FactorCache {
    /// Sets a system up: factors of loops of up to [`DENSE_LIMIT`] columns, and the tight loops of larger ones with theirs, or the factors of all
    /// if they are wanted at once. `direct` tells the sizes of scores; any category's does.
    pub(crate) fn of<const K: usize>(system: &System<'_>, direct: &[[f64; K]], options: SolveOptions) -> Result<(Self, SolveReport), SolveError> {
        let (mut cache, mut report) = (Self::default(), SolveReport::default());
        let last_large = system.network.blocks().rfind(|block| block.len() > DENSE_LIMIT);
        let swept = last_large.map_or(0, |block| block.end);
        let mut y = vec![[0.0; K]; swept];
        for block in system.network.blocks() {
            if block.len() == 1 {
                if block.end <= swept {
                    system.sweep(block, direct, &mut y);
                }
                continue;
            }
            if block.len() <= DENSE_LIMIT || options.method == Method::Direct {
                let factors = BlockFactors::of(system, &block, None)?;
                report.factorised += 1;
                report.net_consuming += usize::from(!factors.delivers);
                if block.end <= swept {
                    correct(system, &block, direct, &mut y, &factors.factors);
                }
                cache.blocks.insert(block.start, factors);
                continue;
            }
            let sizes = system.sized(&block, direct, &mut y);
            report.sweeps += SIZE_SWEEPS;
            if let Some(loops) = TightLoops::find(system, &block, &sizes)
                && let Some(factors) = loops.factorised(system)
            {
                cache.tight.insert(block.start, Tight { loops, factors });
            }
        }
        Ok((cache, report))
    }

    /// Entries of `L` below its unit diagonal and of `U` over all that was factorised: components, and tight loops inside larger ones; a column
    /// outside any loop is a factor of one entry. `None` where nothing was factorised.
    pub(crate) fn entry_count(&self, network: &Network) -> Option<usize> {
        if self.blocks.is_empty() && self.tight.is_empty() {
            return None;
        }
        let outside = network.blocks().filter(|block| block.len() == 1).count();
        let components: usize = self.blocks.values().map(|block| block.factors.entry_count()).sum();
        let tight: usize = self.tight.values().flat_map(|tight| &tight.factors).map(DenseLu::entry_count).sum();
        Some(outside + components + tight)
    }

    /// The factors of every loop of up to [`DENSE_LIMIT`] columns.
    pub(crate) fn of_small_loops(system: &System<'_>) -> Result<Self, SolveError> {
        let small = system.network.blocks().filter(|block| (2..=DENSE_LIMIT).contains(&block.len()));
        let blocks = small.map(|block| Ok((block.start, BlockFactors::of(system, &block, None)?))).collect::<Result<_, SolveError>>()?;
        Ok(Self { blocks, ..Self::default() })
    }
}

/// Solves the forward system, in evaluation order; `x` starts at zero and holds the result. `known` are factors of this very system.
pub(crate) fn forward_by_position(
    system: &System<'_>,
    known: &FactorCache,
    demand: &[f64],
    x: &mut [f64],
    options: SolveOptions,
) -> Result<SolveReport, SolveError> {
    let mut report = forward_pass(system, known, demand, x, options)?;
    let (mut residual, mut place) = system.forward_residual(demand, x);
    if residual > options.tolerance.max(1e-12) {
        report.refined = true;
        let (rest, _) = system.forward_rest(demand, x);
        let mut correction = vec![0.0; x.len()];
        forward_pass(system, known, &rest, &mut correction, SolveOptions { method: Method::Direct, ..options })?;
        x.iter_mut().zip(&correction).for_each(|(x, step)| *x += step);
        (residual, place) = system.forward_residual(demand, x);
    }
    accept(system, report, residual, place)
}

/// Consumers first: each component is solved for the pull on it and passes its own pull on.
fn forward_pass(system: &System<'_>, known: &FactorCache, demand: &[f64], x: &mut [f64], options: SolveOptions) -> Result<SolveReport, SolveError> {
    let mut report = SolveReport { net_consuming: system.own_consumers(), ..SolveReport::default() };
    let mut pull = demand.to_vec();
    for block in system.network.blocks().rev() {
        if pull[block.clone()].iter().all(|amount| *amount == 0.0) {
            continue;
        }
        if block.len() == 1 {
            x[block.start] = pull[block.start] / system.own_supply(block.start);
        } else {
            let asked = pull[block.clone()].to_vec();
            let mut settled = false;
            if options.method == Method::Automatic && block.len() > DENSE_LIMIT {
                let relaxation = system.relax_forward(&block, &mut pull, x, options.tolerance, options.max_sweeps);
                report.sweeps += relaxation.sweeps;
                settled = relaxation.settled;
            }
            if !settled {
                x[block.clone()].copy_from_slice(&asked);
                if let Some(known) = known.blocks.get(&block.start) {
                    report.net_consuming += usize::from(!known.delivers);
                    known.factors.solve_transposed(&mut x[block.clone()]);
                } else {
                    let fresh = BlockFactors::of(system, &block, None)?;
                    report.factorised += 1;
                    report.net_consuming += usize::from(!fresh.delivers);
                    fresh.factors.solve_transposed(&mut x[block.clone()]);
                }
            }
        }
        for place in block.clone() {
            let made = x[place];
            for (from, amount) in system.inputs(place).filter(|(from, _)| *from < block.start) {
                pull[from] += amount * made;
            }
        }
    }
    Ok(report)
}

fn accept(system: &System<'_>, report: SolveReport, residual: f64, place: usize) -> Result<SolveReport, SolveError> {
    if residual > RESIDUAL_LIMIT {
        let column = system.network.column_at(place);
        return Err(SolveError::ResidualTooLarge { column, residual, limit: RESIDUAL_LIMIT });
    }
    Ok(SolveReport { residual, ..report })
}

/// Whether GMRES shows that a component can deliver, or that it cannot; the criterion is that of [`BlockFactors::shown_to_deliver`]. `None`: it
/// found no answer, and factors must tell.
fn delivers(system: &System<'_>, block: &Range<usize>) -> Result<Option<bool>, SolveError> {
    if system.has_credit(block) {
        return Ok(Some(true));
    }
    let n = system.network.column_count();
    let (mut ones, mut made) = (vec![[0.0]; n], vec![[0.0]; n]);
    ones[block.clone()].fill([1.0]);
    if !krylov::solve(system, block, &ones, &mut made, RESIDUAL_LIMIT).settled {
        return Ok(None);
    }
    let delivers = made[block.clone()].iter().all(|x| x[0] >= 0.0);
    refuse_net_consumer(system, block, delivers)?;
    Ok(Some(delivers))
}

/// An error for a component that cannot deliver, unless the network has such components solved.
fn refuse_net_consumer(system: &System<'_>, block: &Range<usize>, delivers: bool) -> Result<(), SolveError> {
    if delivers || system.network.net_consumers() == NetConsumers::Solved {
        return Ok(());
    }
    Err(SolveError::NotProductive { columns: system.columns(block.clone()) })
}

/// Whether a component can deliver, or has credits by which that cannot be told: by GMRES for a large one, by factors for another.
pub(super) fn can_deliver(system: &System<'_>, block: &Range<usize>) -> Result<bool, SolveError> {
    let told = if block.len() > DENSE_LIMIT { delivers(system, block)? } else { None };
    told.map_or_else(|| BlockFactors::of(system, block, None).map(|factors| factors.delivers), Ok)
}

/// Adds corrections `M⁻¹ r` to the component's part of `y` while they help; says the backward error reached.
fn refine<const K: usize>(
    system: &System<'_>,
    block: &Range<usize>,
    direct: &[[f64; K]],
    y: &mut [[f64; K]],
    factors: &Factors,
    steps: usize,
) -> f64 {
    let mut error = f64::INFINITY;
    for _ in 0..steps {
        correct(system, block, direct, y, factors);
        let (reached, _) = system.residual(block.clone(), direct, y);
        let helped = reached < 0.5 * error;
        error = error.min(reached);
        if !helped || error <= ROUNDING {
            break;
        }
    }
    error
}

/// Adds `M⁻¹ r` to the component's part of `y`.
fn correct<const K: usize>(system: &System<'_>, block: &Range<usize>, direct: &[[f64; K]], y: &mut [[f64; K]], factors: &Factors) {
    let rest = |place: usize| {
        let sum = system.supplied(place, direct[place], y);
        std::array::from_fn(|lane| sum[lane] - y[place][lane])
    };
    let mut step: Vec<[f64; K]> = block.clone().map(rest).collect();
    factors.solve_many(&mut step);
    for (row, step) in y[block.clone()].iter_mut().zip(step) {
        (0..K).for_each(|lane| row[lane] += step[lane]);
    }
}

/// The factors of one component's `(I − Z)ᵀ`, and its pattern for later values.
struct BlockFactors {
    factors: Factors,
    sparse: Option<SparseBlock>,
    /// Whether the component can deliver, or has credits by which that cannot be told.
    delivers: bool,
}

enum Factors {
    Dense(DenseLu),
    Sparse(Box<SparseLu>),
}

/// The pattern of a component and, for each of its inputs in turn, the entry it adds to.
#[derive(Clone)]
struct SparseBlock {
    pattern: Arc<SparsePattern>,
    entry_of_input: Arc<Vec<usize>>,
    entry_of_diagonal: Arc<Vec<usize>>,
    entries: usize,
}

impl Factors {
    fn entry_count(&self) -> usize {
        match self {
            Self::Dense(lu) => lu.entry_count(),
            Self::Sparse(lu) => lu.entry_count(),
        }
    }

    fn solve(&self, b: &mut [f64]) {
        match self {
            Self::Dense(lu) => lu.solve(b),
            Self::Sparse(lu) => lu.solve(b),
        }
    }

    fn solve_many<const K: usize>(&self, b: &mut [[f64; K]]) {
        match self {
            Self::Dense(lu) => lu.solve_many(b),
            Self::Sparse(lu) => {
                for lane in 0..K {
                    let mut one: Vec<f64> = b.iter().map(|row| row[lane]).collect();
                    if one.iter().any(|value| *value != 0.0) {
                        lu.solve(&mut one);
                        b.iter_mut().zip(one).for_each(|(row, value)| row[lane] = value);
                    }
                }
            }
        }
    }

    fn solve_transposed(&self, b: &mut [f64]) {
        match self {
            Self::Dense(lu) => lu.solve_transposed(b),
            Self::Sparse(lu) => lu.solve_transposed(b),
        }
    }
}

impl BlockFactors {
    /// Factorises a component; the pattern is taken over from factors of the same component, if there are any.
    fn of(system: &System<'_>, block: &Range<usize>, known: Option<&Self>) -> Result<Self, SolveError> {
        let singular = || SolveError::Singular { columns: system.columns(block.clone()) };
        let fresh = if block.len() <= DENSE_LIMIT {
            let lu = DenseLu::factorise(block.len(), dense_rows(system, block)).ok_or_else(singular)?;
            Self { factors: Factors::Dense(lu), sparse: None, delivers: true }
        } else {
            let sparse = match known.and_then(|known| known.sparse.clone()) {
                Some(sparse) => sparse,
                None => SparseBlock::of(system, block).ok_or_else(singular)?,
            };
            let lu = SparseLu::factorise(&sparse.pattern, &sparse.values(system, block)).ok_or_else(singular)?;
            Self { factors: Factors::Sparse(Box::new(lu)), sparse: Some(sparse), delivers: true }
        };
        let delivers = fresh.shown_to_deliver(system, block)?;
        refuse_net_consumer(system, block, delivers)?;
        Ok(Self { delivers, ..fresh })
    }

    /// For non-negative inputs the component can deliver if and only if `M x = 1` has a non-negative solution
    /// (A. Berman and R. Plemmons, *Nonnegative Matrices in the Mathematical Sciences*, theorem 6.2.3).
    fn shown_to_deliver(&self, system: &System<'_>, block: &Range<usize>) -> Result<bool, SolveError> {
        let mut x = vec![1.0; block.len()];
        self.factors.solve(&mut x);
        if x.iter().any(|value| !value.is_finite()) {
            return Err(SolveError::Singular { columns: system.columns(block.clone()) });
        }
        Ok(x.iter().all(|value| *value >= 0.0) || system.has_credit(block))
    }
}

fn dense_rows(system: &System<'_>, block: &Range<usize>) -> Vec<f64> {
    let n = block.len();
    let mut rows = vec![0.0; n * n];
    for (place, row) in block.clone().zip(rows.chunks_exact_mut(n)) {
        row[place - block.start] = 1.0;
        for (from, amount) in system.inputs(place).filter(|(from, _)| *from >= block.start) {
            row[from - block.start] -= amount;
        }
    }
    rows
}

impl SparseBlock {
    /// The pattern of `(I − Z)ᵀ` in compressed columns: one column per supplier, one row per consumer.
    fn of(system: &System<'_>, block: &Range<usize>) -> Option<Self> {
        let n = block.len();
        let mut consumers: Vec<Vec<usize>> = (0..n).map(|_| Vec::new()).collect();
        for place in block.clone() {
            let row = place - block.start;
            let suppliers = system.inputs(place).filter_map(|(from, _)| from.checked_sub(block.start));
            for supplier in suppliers.chain([row]) {
                if consumers[supplier].last() != Some(&row) {
                    consumers[supplier].push(row);
                }
            }
        }
        let mut column_start = vec![0];
        for rows in &consumers {
            column_start.push(column_start[column_start.len() - 1] + rows.len());
        }
        let entry = |supplier: usize, row: usize| {
            let found = consumers[supplier].binary_search(&row);
            column_start[supplier] + found.expect("each input was entered above")
        };
        let mut entry_of_input = Vec::new();
        for place in block.clone() {
            let suppliers = system.inputs(place).filter_map(|(from, _)| from.checked_sub(block.start));
            entry_of_input.extend(suppliers.map(|supplier| entry(supplier, place - block.start)));
        }
        let entry_of_diagonal = (0..n).map(|row| entry(row, row)).collect();
        let entries = column_start[n];
        Some(Self {
            pattern: Arc::new(SparsePattern::new(column_start, consumers.concat())?),
            entry_of_input: Arc::new(entry_of_input),
            entry_of_diagonal: Arc::new(entry_of_diagonal),
            entries,
        })
    }

    fn values(&self, system: &System<'_>, block: &Range<usize>) -> Vec<f64> {
        let mut values = vec![0.0; self.entries];
        for entry in self.entry_of_diagonal.iter() {
            values[*entry] = 1.0;
        }
        let amounts = block.clone().flat_map(|place| system.inputs(place).filter(|(from, _)| *from >= block.start).map(|(_, amount)| amount));
        for (entry, amount) in self.entry_of_input.iter().zip(amounts) {
            values[*entry] -= amount;
        }
        values
    }
}
