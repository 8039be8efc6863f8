//! GMRES on one component, preconditioned by a Gauss–Seidel sweep, for loops on which sweeps alone do not settle.
//!
//! ```text
//! (D − L)⁻¹ (I − Z)ᵀ y = (D − L)⁻¹ c        v ↦ v − G(v)        G(v) = (D − L)⁻¹ U v: a sweep without direct scores
//! y = s ∘ u                                  s_j = |c_j| + Σ_i |z_ij| s_i, a few sweeps of it
//! ```
//!
//! | symbol    | meaning                                            | unit                 | from           |
//! |-----------|----------------------------------------------------|----------------------|----------------|
//! | `D, L, U` | diagonal, part before and after it, in evaluation order | unit per unit   | the component  |
//! | `s_j`     | size that a score of column `j` has                | impact unit per unit | computed       |
//!
//! Scores of columns differ by many orders of magnitude with the units of their products; divided by their sizes they count alike in
//! the norm that GMRES makes small. A few loops that credit one another's products give as many eigenvalues outside the
//! unit circle, and GMRES needs about one step for each, where a sweep would need none and gets nowhere.
//!
//! Source: Y. Saad and M. Schultz, SIAM J. Sci. Stat. Comput. 7 (1986), 856–869. Valid for any component; where it does not reach the
//! tolerance the caller factorises.

use std::ops::Range;

use super::sweep::{Relaxation, System};

/// Passes that the sizes of scores take.
const SIZE_SWEEPS: usize = 4;
/// Steps between restarts.
const STEPS: usize = 80;
/// Restarts.
const RESTARTS: usize = 6;
/// A restart ends where the residual has shrunk by this much.
const STEP_TARGET: f64 = 1e-13;

/// Solves a component; `y` holds the start and the result. Counts applications of a sweep.
pub(super) fn solve<const K: usize>(
    system: &System<'_>,
    block: &Range<usize>,
    direct: &[[f64; K]],
    y: &mut [[f64; K]],
    tolerance: f64,
) -> Relaxation {
    let mut sweeps = 0;
    for lane in 0..K {
        let mut component = Component::new(system, block, direct, y, lane);
        let mut before = f64::INFINITY;
        let mut settled = false;
        for _ in 0..RESTARTS {
            sweeps += component.restart();
            let reached = component.error();
            if reached <= tolerance {
                settled = true;
                break;
            }
            if reached.is_nan() || reached >= 0.5 * before {
                break;
            }
            before = reached;
        }
        if !settled {
            return Relaxation { sweeps, settled: false };
        }
        for (row, score) in y[block.clone()].iter_mut().zip(&component.y[block.clone()]) {
            row[lane] = score[0];
        }
    }
    Relaxation { sweeps, settled: true }
}

/// One category of one component. Vectors run over all columns, so that the sweeps find suppliers in their places; those
/// outside the component are in `inner` and stay at nought in `y`.
struct Component<'s> {
    system: &'s System<'s>,
    block: Range<usize>,
    inner: Vec<[f64; 1]>,
    nothing: Vec<[f64; 1]>,
    y: Vec<[f64; 1]>,
    size: Vec<f64>,
    work: Vec<[f64; 1]>,
    basis: Vec<f64>,
}

impl<'s> Component<'s> {
    fn new<const K: usize>(system: &'s System<'s>, block: &Range<usize>, direct: &[[f64; K]], start: &[[f64; K]], lane: usize) -> Self {
        let n = system.network.column_count();
        let (mut inner, mut y) = (vec![[0.0]; n], vec![[0.0]; n]);
        for place in block.clone() {
            inner[place] = [system.inner_score(place, block, direct, start, lane)];
            y[place] = [start[place][lane]];
        }
        let size = sizes(system, block, |place| inner[place][0]);
        let least = size.iter().copied().filter(|s| *s > 0.0).fold(f64::INFINITY, f64::min);
        let floor = if least.is_finite() { least } else { 1.0 };
        let size = size.into_iter().map(|s| s.max(floor)).collect();
        Self { system, block: block.clone(), inner, nothing: vec![[0.0]; n], y, size, work: vec![[0.0]; n], basis: Vec::new() }
    }

    fn error(&self) -> f64 {
        self.system.residual(self.block.clone(), &self.inner, &self.y).0
    }

    /// Up to [`STEPS`] steps from the present `y`.
    fn restart(&mut self) -> usize {
        let n = self.size.len();
        self.work.clone_from(&self.y);
        self.system.sweep(self.block.clone(), &self.inner, &mut self.work);
        self.basis.clear();
        let (work, y) = (&self.work[self.block.clone()], &self.y[self.block.clone()]);
        self.basis.extend(work.iter().zip(y).zip(&self.size).map(|((new, old), size)| (new[0] - old[0]) / size));
        let first = norm(&self.basis);
        if first == 0.0 || !first.is_finite() {
            return 1;
        }
        self.basis.iter_mut().for_each(|v| *v /= first);
        // The triangular factor by columns, the rotations, and the right-hand side.
        let mut columns: Vec<Vec<f64>> = Vec::with_capacity(STEPS);
        let mut rotations: Vec<(f64, f64)> = Vec::with_capacity(STEPS);
        let mut rest = vec![first];
        for step in 0..STEPS {
            let mut next = self.applied(step);
            let mut column = Vec::with_capacity(step + 2);
            for known in self.basis.chunks_exact(n) {
                let part = dot(known, &next);
                column.push(part);
                next.iter_mut().zip(known).for_each(|(v, k)| *v -= part * k);
            }
            let length = norm(&next);
            for (at, (cosine, sine)) in rotations.iter().enumerate() {
                (column[at], column[at + 1]) = (cosine * column[at] + sine * column[at + 1], cosine * column[at + 1] - sine * column[at]);
            }
            let (above, radius) = (column[step], column[step].hypot(length));
            if radius == 0.0 || !radius.is_finite() {
                break;
            }
            let (cosine, sine) = (above / radius, length / radius);
            column[step] = radius;
            rotations.push((cosine, sine));
            columns.push(column);
            let last = rest[step];
            rest[step] = cosine * last;
            rest.push(-sine * last);
            if rest[step + 1].abs() <= STEP_TARGET * first || length == 0.0 {
                break;
            }
            for v in &mut next {
                *v /= length;
            }
            self.basis.append(&mut next);
        }
        let steps = columns.len();
        let mut weight = rest;
        weight.truncate(steps);
        for at in (0..steps).rev() {
            weight[at] /= columns[at][at];
            let known = weight[at];
            weight[..at].iter_mut().zip(&columns[at]).for_each(|(w, c)| *w -= known * c);
        }
        let y = &mut self.y[self.block.clone()];
        for (vector, weight) in self.basis.chunks_exact(n).zip(&weight) {
            for ((score, size), v) in y.iter_mut().zip(&self.size).zip(vector) {
                score[0] += weight * size * v;
            }
        }
        steps + 1
    }

    /// The operator on a vector of the basis.
    fn applied(&mut self, step: usize) -> Vec<f64> {
        let n = self.size.len();
        let vector = &self.basis[step * n..(step + 1) * n];
        let work = &mut self.work;
        for ((place, v), size) in self.block.clone().zip(vector).zip(&self.size) {
            work[place] = [v * size];
        }
        self.system.sweep(self.block.clone(), &self.nothing, work);
        self.block.clone().zip(vector).zip(&self.size).map(|((place, v), size)| v - work[place][0] / size).collect()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    // Four sums side by side, in a fixed order.
    let mut sums = [0.0; 4];
    let (a4, b4) = (a.chunks_exact(4), b.chunks_exact(4));
    let tail: f64 = a4.remainder().iter().zip(b4.remainder()).map(|(x, y)| x * y).sum();
    for (x, y) in a4.zip(b4) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    sums[0] + sums[1] + sums[2] + sums[3] + tail
}

fn norm(v: &[f64]) -> f64 {
    dot(v, v).sqrt()
}

/// The size that each score of a component has, `s_j = |c_j| + Σ_i |z_ij| s_i` after a few sweeps, from its inner scores.
fn sizes(system: &System<'_>, block: &Range<usize>, inner: impl Fn(usize) -> f64) -> Vec<f64> {
    let inner: Vec<f64> = block.clone().map(|place| inner(place).abs()).collect();
    let mut size = vec![0.0_f64; block.len()];
    for _ in 0..SIZE_SWEEPS {
        for place in block.clone() {
            let supplied = system.inputs(place).filter_map(|(from, amount)| Some(amount.abs() * size[from.checked_sub(block.start)?]));
            size[place - block.start] = inner[place - block.start] + supplied.sum::<f64>();
        }
    }
    size
}
