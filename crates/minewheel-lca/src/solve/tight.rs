//! Tight loops: few columns of a large component that feed each other so strongly that sweeps column by column get nowhere.
//!
//! ```text
//! ẑ_ij = |z_ij| · s_i / s_j        s_j = |c_j| + Σ_i |z_ij y_i|, after a few sweeps
//! y_T ← y_T + M_T⁻¹ r_T            M = (I − Z)ᵀ on the columns T of one tight loop, r the residual there
//! ```
//!
//! | symbol | meaning                                                  | unit                 | from          |
//! |--------|----------------------------------------------------------|----------------------|---------------|
//! | `s_j`  | size that a score of column `j` has                      | impact unit per unit | computed      |
//! | `ẑ_ij` | share of supplier `i` in the size of consumer `j`        | –                    | computed      |
//! | `T`    | columns joined both ways by shares of at least [`STRONG`] | –                   | components    |
//!
//! The product of the shares around a loop is its gain, whatever the units of its products, so a loop that makes sweeps diverge (two
//! processes that credit each other's product, say) has large shares all the way round. Such a loop is solved as one dense block each time
//! a sweep meets one of its columns, and what is left couples weakly.
//!
//! Source: block Gauss–Seidel, R. Varga, *Matrix Iterative Analysis* (1962), chapter 3; for non-negative inputs and blocks that can
//! deliver the splitting is regular, and it settles if and only if the component can deliver (theorem 3.13 there).

use std::ops::Range;

use super::DENSE_LIMIT;
use super::dense::DenseLu;
use super::sweep::System;
use crate::order::evaluation_order;

/// Least share of a supplier in its consumer's size by which both may belong to a tight loop.
const STRONG: f64 = 0.2;

/// The tight loops of one component, by places.
pub(super) struct TightLoops {
    loops: Vec<Vec<usize>>,
    /// Places in a tight loop, ascending, and the number of the loop.
    visits: Vec<(usize, usize)>,
}

/// Tight loops with their factors for one set of coefficient values.
#[derive(Clone, Copy)]
pub(super) struct Joined<'t> {
    tight: &'t TightLoops,
    factors: &'t [DenseLu],
}

impl TightLoops {
    /// The tight loops of a component whose scores have these sizes, in whichever category they are tight; `None` where there is none of up
    /// to [`DENSE_LIMIT`] columns.
    pub fn find<const K: usize>(system: &System<'_>, block: &Range<usize>, sizes: &[[f64; K]]) -> Option<Self> {
        let (mut start, mut supplier) = (vec![0], Vec::new());
        for place in block.clone() {
            let here = &sizes[place - block.start];
            for (from, amount) in system.inputs(place).filter(|(from, _)| *from >= block.start && *from != place) {
                let there = &sizes[from - block.start];
                if (0..K).any(|lane| amount.abs() * there[lane] >= STRONG * here[lane] && here[lane] > 0.0) {
                    supplier.push((from - block.start) as u32);
                }
            }
            start.push(supplier.len() as u32);
        }
        let order = evaluation_order(&start, &supplier);
        let loops: Vec<Vec<usize>> = order
            .block_start
            .windows(2)
            .map(|border| &order.columns[border[0] as usize..border[1] as usize])
            .filter(|members| (2..=DENSE_LIMIT).contains(&members.len()))
            .map(|members| {
                let mut places: Vec<usize> = members.iter().map(|member| block.start + *member as usize).collect();
                places.sort_unstable();
                places
            })
            .collect();
        let mut visits: Vec<(usize, usize)> =
            loops.iter().enumerate().flat_map(|(number, places)| places.iter().map(move |p| (*p, number))).collect();
        visits.sort_unstable();
        (!loops.is_empty()).then_some(Self { loops, visits })
    }

    /// The factors of each loop for the values of a system; `None` where one has no solution, or has no credit and cannot deliver.
    pub fn factorised(&self, system: &System<'_>) -> Option<Vec<DenseLu>> {
        self.loops.iter().map(|places| factorised(system, places)).collect()
    }

    /// The places of each loop that cannot deliver by itself.
    pub fn that_cannot_deliver(&self, system: &System<'_>) -> Vec<Vec<usize>> {
        self.loops.iter().filter(|places| factorised(system, places).is_none()).cloned().collect()
    }

    /// The loops with factors of theirs.
    pub fn joined<'t>(&'t self, factors: &'t [DenseLu]) -> Joined<'t> {
        Joined { tight: self, factors }
    }
}

impl Joined<'_> {
    /// Places at which a loop is to be solved, ascending, and the number of the loop.
    pub fn visits(&self) -> &[(usize, usize)] {
        &self.tight.visits
    }

    /// Solves one loop for the present scores of all other columns; says the largest change relative to the magnitudes in its row.
    pub fn settle<const K: usize>(&self, number: usize, system: &System<'_>, direct: &[[f64; K]], y: &mut [[f64; K]]) -> f64 {
        let (places, factors) = (&self.tight.loops[number], &self.factors[number]);
        let rows: Vec<_> = places.iter().map(|place| system.row(*place, direct, y)).collect();
        let mut steps: Vec<[f64; K]> =
            places.iter().zip(&rows).map(|(place, (sum, _))| std::array::from_fn(|lane| sum[lane] - y[*place][lane])).collect();
        factors.solve_many(&mut steps);
        let mut largest = 0.0_f64;
        for ((place, (_, size)), step) in places.iter().zip(&rows).zip(&steps) {
            for lane in 0..K {
                let score = &mut y[*place][lane];
                if step[lane] != 0.0 {
                    let change = step[lane].abs() / (size[lane] + score.abs());
                    largest = if change <= largest { largest } else { change };
                }
                *score += step[lane];
            }
        }
        largest
    }
}

fn factorised(system: &System<'_>, places: &[usize]) -> Option<DenseLu> {
    let n = places.len();
    let mut rows = vec![0.0; n * n];
    let mut has_credit = false;
    for (row, place) in rows.chunks_exact_mut(n).zip(places) {
        for (from, amount) in system.inputs(*place) {
            if let Ok(member) = places.binary_search(&from) {
                row[member] -= amount;
                has_credit |= amount < 0.0;
            }
        }
    }
    for at in 0..n {
        rows[at * n + at] += 1.0;
    }
    let lu = DenseLu::factorise(n, rows)?;
    let mut made = vec![1.0; n];
    lu.solve(&mut made);
    (has_credit || made.iter().all(|x| *x >= 0.0)).then_some(lu)
}
