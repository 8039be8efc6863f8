//! Gauss–Seidel sweeps over one component, and the residual of a solution.
//!
//! ```text
//! y_j ← (c_j + Σ_{i≠j} z_ij · y_i) / (1 − z_jj)      columns in evaluation order, up to K categories at a time
//! ```
//!
//! After every few sweeps the component goes on from the weighted mean of its last iterates whose weights make the weighted mean of their
//! changes smallest (reduced rank extrapolation: M. Mešina, Comput. Methods Appl. Mech. Eng. 10 (1977), 165–173), each change
//! counted relative to the sum of magnitudes in its row. That mean is itself what a sweep makes of the same mean of the iterates before, and
//! the weighted mean of the changes is the change of that sweep. The sweeps stop when the estimated remaining error `δ·ρ/(1−ρ)` is
//! below the tolerance, where `δ` is the largest relative change of a sweep, real or of means, and `ρ` the larger of the last two rates at
//! which changes shrank between extrapolations. For non-negative inputs plain sweeps converge if and only if the component can deliver (P. Stein and R. Rosenberg,
//! J. London Math. Soc. 23 (1948)); where there are no credits, sweeps are extrapolated only if a category without uptake bears witness.

use std::ops::Range;

use super::dense::DenseLu;
use super::tight::Joined;
use super::{ColumnList, SolveError};
use crate::network::{NetConsumers, Network};

/// The inputs of all columns for one set of coefficient values, in evaluation order.
pub(crate) struct System<'a> {
    pub network: &'a Network,
    values: &'a [f64],
    supplier: &'a [u32],
    /// `1 − z_jj`
    own_supply: &'a [f64],
}

/// The end of an iteration.
#[derive(Clone, Copy, Debug)]
pub(super) struct Relaxation {
    pub sweeps: usize,
    pub settled: bool,
}

/// Sweeps between two looks at the change, and from one extrapolation to the next.
const STRIDE: usize = 4;
/// Strides after which sweeps that get nowhere are given up.
const PATIENCE: usize = 4;
/// Weights of an extrapolation above this say that its differences are all but dependent.
const LARGEST_WEIGHT: f64 = 1e4;
/// Sweeps after which the sizes of scores are known well enough to tell tight loops.
pub(super) const SIZE_SWEEPS: usize = 6;
/// Part of a change that is left after cancelling and no longer told from rounding.
const CANCELLED: f64 = 1e-7;

/// What some sweeps in a row show.
struct Turn {
    /// Largest relative change of the last.
    change: f64,
    /// How much the change shrank from the last but one to the last.
    rate: f64,
}

/// The scores of a component before and after each of some sweeps.
struct Cycle<const K: usize> {
    kept: [Vec<[f64; K]>; STRIDE + 1],
    /// Magnitudes in the rows, by which scores of unlike units count alike.
    sizes: Vec<[f64; K]>,
}

impl<const K: usize> Cycle<K> {
    fn new(columns: usize) -> Self {
        Self { kept: std::array::from_fn(|_| vec![[0.0; K]; columns]), sizes: vec![[0.0; K]; columns] }
    }

    fn keep(&mut self, at: usize, y: &[[f64; K]]) {
        self.kept[at].copy_from_slice(y);
    }

    fn last(&self) -> &[[f64; K]] {
        &self.kept[STRIDE]
    }

    /// Sets `y` to the weighted mean of the sweeps with the least weighted mean of their changes; says the rate of the last two sweeps
    /// and the size of that mean.
    fn extrapolate(&self, y: &mut [[f64; K]]) -> (f64, f64) {
        let products = self.products();
        let (mut slowest, mut left) = (0.0_f64, 0.0_f64);
        for (lane, products) in products.iter().enumerate() {
            let size = |at: usize| products[at][at].sqrt();
            if size(STRIDE - 1) == 0.0 {
                continue;
            }
            slowest = slowest.max(size(STRIDE - 1) / size(STRIDE - 2));
            let Some((weights, least)) = least_change(products) else {
                left = left.max(size(STRIDE - 1));
                continue;
            };
            left = left.max(least);
            for (place, score) in y.iter_mut().enumerate() {
                score[lane] = weights.iter().zip(&self.kept[1..]).map(|(weight, kept)| weight * kept[place][lane]).sum();
            }
        }
        (slowest, left)
    }

    /// Products of the changes of the sweeps, by category; those at and below the diagonal.
    fn products(&self) -> [[[f64; STRIDE]; STRIDE]; K] {
        let mut products = [[[0.0; STRIDE]; STRIDE]; K];
        for (place, size) in self.sizes.iter().enumerate() {
            for (lane, products) in products.iter_mut().enumerate() {
                if size[lane] == 0.0 {
                    continue;
                }
                let per_size = 1.0 / size[lane];
                let change: [f64; STRIDE] = std::array::from_fn(|at| (self.kept[at + 1][place][lane] - self.kept[at][place][lane]) * per_size);
                for at in 0..STRIDE {
                    for to in 0..=at {
                        products[at][to] += change[at] * change[to];
                    }
                }
            }
        }
        products
    }
}

/// Weights that sum to one and make the weighted mean of changes smallest, from the products of the changes at and below the diagonal, and the
/// size of that mean.
fn least_change(products: &[[f64; STRIDE]; STRIDE]) -> Option<([f64; STRIDE], f64)> {
    let scale: [f64; STRIDE] = std::array::from_fn(|at| products[at][at].sqrt());
    let scaled = (0..STRIDE * STRIDE).map(|cell| {
        let (row, column) = (cell / STRIDE, cell % STRIDE);
        products[row.max(column)][row.min(column)] / (scale[row] * scale[column])
    });
    let mut weights: [f64; STRIDE] = scale.map(|scale| 1.0 / scale);
    DenseLu::factorise(STRIDE, scaled.collect())?.solve(&mut weights);
    weights.iter_mut().zip(scale).for_each(|(weight, scale)| *weight /= scale);
    let sum: f64 = weights.iter().sum();
    // The sum is the inverse square of that size: nought or less means that rounding has eaten it.
    if sum <= 0.0 || sum.is_nan() {
        return None;
    }
    let weights = weights.map(|weight| weight / sum);
    let least = 1.0 / sum.sqrt();
    let told = weights.iter().zip(scale).map(|(weight, scale)| CANCELLED * weight.abs() * scale).fold(least, f64::max);
    weights.iter().all(|weight| weight.abs() <= LARGEST_WEIGHT).then_some((weights, told))
}

impl<'a> System<'a> {
    /// Checks the values and keeps what each column leaves of its own product.
    pub fn new(network: &'a Network, values: &'a [f64], own_supply: &'a mut Vec<f64>) -> Result<Self, SolveError> {
        let supplier = network.input_suppliers();
        own_supply.clear();
        for place in 0..network.column_count() {
            let range = network.input_range(place);
            let (mut own_use, mut sum) = (0.0, 0.0);
            for (value, from) in values[range.clone()].iter().zip(&supplier[range]) {
                sum += value;
                if *from as usize == place {
                    own_use += value;
                }
            }
            if !f64::is_finite(sum) {
                return Err(SolveError::NotFinite { column: network.column_at(place) });
            }
            let columns = || ColumnList(vec![network.column_at(place)]);
            if own_use >= 1.0 && network.net_consumers() == NetConsumers::Refused {
                return Err(SolveError::NotProductive { columns: columns() });
            }
            if (1.0 - own_use).abs() <= f64::EPSILON {
                return Err(SolveError::Singular { columns: columns() });
            }
            own_supply.push(1.0 - own_use);
        }
        Ok(Self { network, values, supplier, own_supply })
    }

    /// A system whose values were looked at before.
    pub fn known(network: &'a Network, values: &'a [f64], own_supply: &'a [f64]) -> Self {
        Self { network, values, supplier: network.input_suppliers(), own_supply }
    }

    /// The suppliers (by place) of a column and the amounts.
    pub fn inputs(&self, place: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.network.input_range(place);
        self.supplier[range.clone()].iter().map(|from| *from as usize).zip(self.values[range].iter().copied())
    }

    /// The direct score of a column of a component and what it takes from columns before the component.
    pub(super) fn inner_score<const K: usize>(&self, place: usize, block: &Range<usize>, direct: &[[f64; K]], y: &[[f64; K]], lane: usize) -> f64 {
        let outside = self.inputs(place).filter(|(from, _)| *from < block.start).map(|(from, amount)| amount * y[from][lane]);
        direct[place][lane] + outside.sum::<f64>()
    }

    /// Sweeps a component a few times; says the sizes of its scores, by category.
    pub(super) fn sized<const K: usize>(&self, block: &Range<usize>, direct: &[[f64; K]], y: &mut [[f64; K]]) -> Vec<[f64; K]> {
        for _ in 1..SIZE_SWEEPS {
            self.sweep(block.clone(), direct, y);
        }
        let mut sizes = vec![[0.0; K]; block.len()];
        self.watched_sweep(block.clone(), direct, y, &mut sizes);
        sizes
    }

    /// Sweeps a component until it settles, tight loops as dense blocks; `y` holds the start and the result.
    pub(super) fn relax<const K: usize>(
        &self,
        block: &Range<usize>,
        tight: Option<Joined<'_>>,
        direct: &[[f64; K]],
        y: &mut [[f64; K]],
        tolerance: f64,
        max_sweeps: usize,
    ) -> Relaxation {
        let mut sweeps = 0;
        // Sweeps alone converge for non-negative inputs only where the component can deliver; from an extrapolated start they may reach the
        // solution of one that cannot, which then has scores below nought where nothing below nought enters.
        let witness = if self.has_credit(block) { None } else { Some(self.lane_without_uptake(block, direct, y)) };
        let is_extrapolated = witness != Some(None);
        let is_believed = |y: &[[f64; K]]| !witness.flatten().is_some_and(|lane| y.iter().any(|score| score[lane] < 0.0));
        let mut cycle = Cycle::new(block.len());
        let mut before: Option<Turn> = None;
        while sweeps < max_sweeps {
            cycle.keep(0, &y[block.clone()]);
            for at in 1..STRIDE {
                self.joined_sweep(block, tight, direct, y);
                cycle.keep(at, &y[block.clone()]);
            }
            let change = self.watched_joined_sweep(block, tight, direct, y, &mut cycle.sizes);
            cycle.keep(STRIDE, &y[block.clone()]);
            sweeps += STRIDE;
            if change == 0.0 {
                return Relaxation { sweeps, settled: is_believed(cycle.last()) };
            }
            if !change.is_finite() {
                return Relaxation { sweeps, settled: false };
            }
            let (rate, left) = cycle.extrapolate(&mut y[block.clone()]);
            let turn = Turn { change, rate };
            if !is_extrapolated {
                y[block.clone()].copy_from_slice(cycle.last());
            }
            if let Some(before) = before {
                let rate = turn.rate.max(before.rate);
                let remaining = |change: f64| if rate < 1.0 { change * rate / (1.0 - rate) } else { f64::INFINITY };
                if remaining(change) <= tolerance || change <= 4.0 * f64::EPSILON {
                    y[block.clone()].copy_from_slice(cycle.last());
                    return Relaxation { sweeps, settled: is_believed(cycle.last()) };
                }
                if is_extrapolated && remaining(left) <= tolerance {
                    return Relaxation { sweeps, settled: is_believed(&y[block.clone()]) };
                }
                let pace = (change / before.change).powf(1.0 / STRIDE as f64);
                let wanted = (tolerance / change).ln() / pace.ln();
                let grows = turn.rate >= 1.0 && before.rate >= 1.0;
                let hopeless = pace >= 1.0 || wanted > (max_sweeps - sweeps.min(max_sweeps)) as f64;
                if grows || (hopeless && sweeps >= PATIENCE * STRIDE) {
                    return Relaxation { sweeps, settled: false };
                }
            }
            before = Some(turn);
        }
        Relaxation { sweeps, settled: false }
    }

    /// Whether a column of a component is credited with a product of another.
    pub(super) fn has_credit(&self, block: &Range<usize>) -> bool {
        block.clone().any(|place| self.inputs(place).any(|(from, amount)| from >= block.start && amount < 0.0))
    }

    /// A category in which something and nothing below nought enters a component.
    fn lane_without_uptake<const K: usize>(&self, block: &Range<usize>, direct: &[[f64; K]], y: &[[f64; K]]) -> Option<usize> {
        let inner = |place: usize, lane: usize| self.inner_score(place, block, direct, y, lane);
        (0..K).find(|lane| block.clone().all(|place| inner(place, *lane) >= 0.0) && block.clone().any(|place| inner(place, *lane) > 0.0))
    }

    /// One substitution of each column of the range in turn.
    pub(super) fn sweep<const K: usize>(&self, block: Range<usize>, direct: &[[f64; K]], y: &mut [[f64; K]]) {
        for place in block {
            let sum = self.supplied(place, direct[place], y);
            y[place] = self.settle(place, y[place], sum);
        }
    }

    /// One substitution of each column of a component in turn, and of each tight loop where one of its columns is met.
    fn joined_sweep<const K: usize>(&self, block: &Range<usize>, tight: Option<Joined<'_>>, direct: &[[f64; K]], y: &mut [[f64; K]]) {
        let mut from = block.start;
        if let Some(tight) = tight {
            for (place, number) in tight.visits() {
                self.sweep(from..*place, direct, y);
                tight.settle(*number, self, direct, y);
                from = place + 1;
            }
        }
        self.sweep(from..block.end, direct, y);
    }

    /// As [`Self::joined_sweep`]; says the largest change relative to the magnitudes in its row.
    fn watched_joined_sweep<const K: usize>(
        &self,
        block: &Range<usize>,
        tight: Option<Joined<'_>>,
        direct: &[[f64; K]],
        y: &mut [[f64; K]],
        sizes: &mut [[f64; K]],
    ) -> f64 {
        let (mut from, mut largest) = (block.start, 0.0_f64);
        let mut see = |change: f64| largest = if change <= largest { largest } else { change };
        if let Some(tight) = tight {
            for (place, number) in tight.visits() {
                see(self.watched_sweep(from..*place, direct, y, &mut sizes[from - block.start..]));
                see(tight.settle(*number, self, direct, y));
                sizes[place - block.start] = self.row(*place, direct, y).1;
                from = place + 1;
            }
        }
        see(self.watched_sweep(from..block.end, direct, y, &mut sizes[from - block.start..]));
        largest
    }

    /// As [`Self::sweep`]; gives the magnitudes in each row and the largest change relative to them.
    fn watched_sweep<const K: usize>(&self, block: Range<usize>, direct: &[[f64; K]], y: &mut [[f64; K]], sizes: &mut [[f64; K]]) -> f64 {
        let mut largest = 0.0_f64;
        for (place, kept) in block.zip(sizes) {
            let (sum, size) = self.row(place, direct, y);
            *kept = size;
            let old = y[place];
            y[place] = self.settle(place, old, sum);
            for lane in 0..K {
                let change = (y[place][lane] - old[lane]).abs();
                if change > 0.0 || change.is_nan() {
                    let change = change / (size[lane] + old[lane].abs());
                    largest = if change <= largest { largest } else { change };
                }
            }
        }
        largest
    }

    /// The largest componentwise backward error of a component and the place where it occurs.
    pub(super) fn residual<const K: usize>(&self, block: Range<usize>, direct: &[[f64; K]], y: &[[f64; K]]) -> (f64, usize) {
        let mut worst = (0.0, block.start);
        for place in block {
            let (sum, size) = self.row(place, direct, y);
            for lane in 0..K {
                let rest = (sum[lane] - y[place][lane]).abs();
                if rest > 0.0 || rest.is_nan() {
                    let relative = rest / (size[lane] + y[place][lane].abs());
                    if relative.is_nan() {
                        return (f64::INFINITY, place);
                    }
                    if relative > worst.0 {
                        worst = (relative, place);
                    }
                }
            }
        }
        worst
    }

    /// `c_j + Σ_i z_ij y_i`: two sums side by side, as a sum waits for the one before it.
    pub(super) fn supplied<const K: usize>(&self, place: usize, direct: [f64; K], y: &[[f64; K]]) -> [f64; K] {
        let range = self.network.input_range(place);
        let (values, suppliers) = (&self.values[range.clone()], &self.supplier[range]);
        let (mut even, mut odd) = (direct, [0.0; K]);
        let (pairs, from) = (values.chunks_exact(2), suppliers.chunks_exact(2));
        let rest = pairs.remainder().iter().zip(from.remainder());
        for (amounts, from) in pairs.zip(from) {
            let (first, second) = (&y[from[0] as usize], &y[from[1] as usize]);
            for lane in 0..K {
                even[lane] += amounts[0] * first[lane];
                odd[lane] += amounts[1] * second[lane];
            }
        }
        for (amount, from) in rest {
            let score = &y[*from as usize];
            for lane in 0..K {
                even[lane] += amount * score[lane];
            }
        }
        std::array::from_fn(|lane| even[lane] + odd[lane])
    }

    /// `c_j + Σ_i z_ij y_i` and the same sum of magnitudes.
    pub(super) fn row<const K: usize>(&self, place: usize, direct: &[[f64; K]], y: &[[f64; K]]) -> ([f64; K], [f64; K]) {
        let mut sum = direct[place];
        let mut size = sum.map(f64::abs);
        for (from, amount) in self.inputs(place) {
            let score = &y[from];
            for lane in 0..K {
                let part = amount * score[lane];
                sum[lane] += part;
                size[lane] += part.abs();
            }
        }
        (sum, size)
    }

    /// The value of a column whose row sums to `sum` with `old` in its own place.
    fn settle<const K: usize>(&self, place: usize, old: [f64; K], sum: [f64; K]) -> [f64; K] {
        let own_supply = self.own_supply[place];
        if own_supply == 1.0 {
            return sum;
        }
        std::array::from_fn(|lane| (sum[lane] - (1.0 - own_supply) * old[lane]) / own_supply)
    }

    /// Column-wise sweeps of the forward system; `pull` is the demand on the component and is used up.
    pub(super) fn relax_forward(&self, block: &Range<usize>, pull: &mut [f64], x: &mut [f64], tolerance: f64, max_sweeps: usize) -> Relaxation {
        let mut pushed = vec![0.0; block.len()];
        let mut before: Option<f64> = None;
        for sweeps in 1..=max_sweeps {
            let mut change = 0.0_f64;
            for place in block.clone().rev() {
                if pull[place] == 0.0 {
                    continue;
                }
                let step = pull[place] / self.own_supply[place];
                pull[place] = 0.0;
                x[place] += step;
                let size = &mut pushed[place - block.start];
                *size += step.abs();
                change = change.max(step.abs() / *size);
                for (from, amount) in self.inputs(place) {
                    if from >= block.start && from != place {
                        pull[from] += amount * step;
                    }
                }
            }
            if change == 0.0 {
                return Relaxation { sweeps, settled: x[block.clone()].iter().all(|x| x.is_finite()) };
            }
            if let Some(before) = before {
                let rate = change / before;
                if rate < 1.0 && (change * rate / (1.0 - rate) <= tolerance || change <= 4.0 * f64::EPSILON) {
                    return Relaxation { sweeps, settled: true };
                }
            }
            before = Some(change);
        }
        Relaxation { sweeps: max_sweeps, settled: false }
    }

    /// The largest componentwise backward error of the forward system and the place where it occurs.
    pub(super) fn forward_residual(&self, demand: &[f64], x: &[f64]) -> (f64, usize) {
        let (rest, size) = self.forward_rest(demand, x);
        let mut worst = (0.0, 0);
        for (place, (rest, size)) in rest.iter().zip(&size).enumerate() {
            let relative = if *rest == 0.0 { 0.0 } else { rest.abs() / size };
            if relative.is_nan() {
                return (f64::INFINITY, place);
            }
            if relative > worst.0 {
                worst = (relative, place);
            }
        }
        worst
    }

    /// `d + Z x − x` and the same sum of magnitudes.
    pub(super) fn forward_rest(&self, demand: &[f64], x: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut rest: Vec<f64> = demand.iter().zip(x).map(|(d, x)| d - x).collect();
        let mut size: Vec<f64> = demand.iter().zip(x).map(|(d, x)| d.abs() + x.abs()).collect();
        for (place, made) in x.iter().enumerate().filter(|(_, made)| **made != 0.0) {
            for (from, amount) in self.inputs(place) {
                rest[from] += amount * made;
                size[from] += (amount * made).abs();
            }
        }
        (rest, size)
    }

    /// Columns that use more of their own product than they make.
    pub(super) fn own_consumers(&self) -> usize {
        self.own_supply.iter().filter(|supply| **supply < 0.0).count()
    }

    pub(super) fn own_supply(&self, place: usize) -> f64 {
        self.own_supply[place]
    }

    pub(super) fn columns(&self, block: Range<usize>) -> ColumnList {
        ColumnList(block.map(|place| self.network.column_at(place)).collect())
    }
}
