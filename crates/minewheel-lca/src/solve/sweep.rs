//! Gauss–Seidel sweeps over one component, and the residual of a solution.
//!
//! ```text
//! y_j ← (c_j + Σ_{i≠j} z_ij · y_i) / (1 − z_jj)      columns in evaluation order, up to K categories at a time
//! ```
//!
//! The sweeps of a component stop when the estimated remaining error `δ·ρ/(1−ρ)` is below the tolerance, where `δ` is
//! the largest change of a sweep relative to the sum of magnitudes in its row and `ρ` the observed rate at which `δ`
//! shrinks. For non-negative inputs they converge if and only if the component can deliver (P. Stein and
//! R. Rosenberg, J. London Math. Soc. 23 (1948)).

use std::ops::Range;

use super::{ColumnList, SolveError};
use crate::network::Network;

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

/// Sweeps between two looks at the change.
const STRIDE: usize = 4;

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
            if own_use >= 1.0 {
                return Err(SolveError::NotProductive { columns: ColumnList(vec![network.column_at(place)]) });
            }
            own_supply.push(1.0 - own_use);
        }
        Ok(Self { network, values, supplier, own_supply })
    }

    /// The suppliers (by place) of a column and the amounts.
    pub fn inputs(&self, place: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let range = self.network.input_range(place);
        self.supplier[range.clone()].iter().map(|from| *from as usize).zip(self.values[range].iter().copied())
    }

    /// Sweeps a component until it settles; `y` holds the start and the result.
    pub(super) fn relax<const K: usize>(
        &self,
        block: &Range<usize>,
        direct: &[[f64; K]],
        y: &mut [[f64; K]],
        tolerance: f64,
        max_sweeps: usize,
    ) -> Relaxation {
        let mut sweeps = 0;
        let mut before: Option<f64> = None;
        while sweeps < max_sweeps {
            for _ in 1..STRIDE {
                self.sweep(block.clone(), direct, y);
            }
            let change = self.watched_sweep(block.clone(), direct, y);
            sweeps += STRIDE;
            if change == 0.0 {
                return Relaxation { sweeps, settled: true };
            }
            if !change.is_finite() {
                return Relaxation { sweeps, settled: false };
            }
            if let Some(before) = before {
                let rate = (change / before).sqrt().sqrt();
                let remaining = if rate < 1.0 { change * rate / (1.0 - rate) } else { f64::INFINITY };
                if remaining <= tolerance || change <= 4.0 * f64::EPSILON {
                    return Relaxation { sweeps, settled: true };
                }
                let wanted = (tolerance / change).ln() / rate.ln();
                let hopeless = rate >= 1.0 || wanted > (max_sweeps - sweeps.min(max_sweeps)) as f64;
                if hopeless && sweeps >= 8 * STRIDE {
                    return Relaxation { sweeps, settled: false };
                }
            }
            before = Some(change);
        }
        Relaxation { sweeps, settled: false }
    }

    /// One substitution of each column of the range in turn.
    pub(super) fn sweep<const K: usize>(&self, block: Range<usize>, direct: &[[f64; K]], y: &mut [[f64; K]]) {
        for place in block {
            let mut sum = direct[place];
            for (from, amount) in self.inputs(place) {
                let score = &y[from];
                for lane in 0..K {
                    sum[lane] += amount * score[lane];
                }
            }
            y[place] = self.settle(place, y[place], sum);
        }
    }

    /// As [`Self::sweep`]; says the largest change relative to the magnitudes in its row.
    fn watched_sweep<const K: usize>(&self, block: Range<usize>, direct: &[[f64; K]], y: &mut [[f64; K]]) -> f64 {
        let mut largest = 0.0_f64;
        for place in block {
            let (sum, size) = self.row(place, direct, y);
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

    pub(super) fn own_supply(&self, place: usize) -> f64 {
        self.own_supply[place]
    }

    pub(super) fn columns(&self, block: Range<usize>) -> ColumnList {
        ColumnList(block.map(|place| self.network.column_at(place)).collect())
    }
}
