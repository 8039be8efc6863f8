//! Sparse LU of one component; the only module that names the linear algebra library.
//!
//! A pattern is analysed once and factorised for any number of values. All work runs on the calling thread, so that
//! results do not depend on the number of threads.

use std::sync::Arc;

use faer::dyn_stack::{MemBuffer, MemStack};
use faer::sparse::linalg::lu::{LuRef, NumericLu, SymbolicLu, factorize_symbolic_lu};
use faer::sparse::{SparseColMatRef, SymbolicSparseColMatRef};
use faer::{Conj, MatMut, Par};

/// The places of the entries of a square matrix in compressed columns, analysed for elimination.
pub(super) struct SparsePattern {
    n: usize,
    column_start: Vec<usize>,
    row: Vec<usize>,
    symbolic: SymbolicLu<usize>,
}

/// The factors of a matrix with a known pattern.
pub(super) struct SparseLu {
    pattern: Arc<SparsePattern>,
    numeric: NumericLu<usize, f64>,
}

impl SparsePattern {
    /// Analyses a pattern with sorted, distinct rows in each column; nothing if the library runs out of memory.
    pub fn new(column_start: Vec<usize>, row: Vec<usize>) -> Option<Self> {
        let n = column_start.len() - 1;
        let places = SymbolicSparseColMatRef::new_checked(n, n, &column_start, None, &row);
        let symbolic = factorize_symbolic_lu(places, faer::sparse::linalg::lu::LuSymbolicParams::default()).ok()?;
        Some(Self { n, column_start, row, symbolic })
    }
}

impl SparseLu {
    /// Factors the matrix with these values, or nothing if it is singular.
    pub fn factorise(pattern: &Arc<SparsePattern>, values: &[f64]) -> Option<Self> {
        let places = SymbolicSparseColMatRef::new_checked(pattern.n, pattern.n, &pattern.column_start, None, &pattern.row);
        let matrix = SparseColMatRef::new(places, values);
        let mut numeric = NumericLu::new();
        let needed = pattern.symbolic.factorize_numeric_lu_scratch::<f64>(Par::Seq, faer::Spec::default());
        let mut memory = MemBuffer::try_new(needed).ok()?;
        pattern.symbolic.factorize_numeric_lu(&mut numeric, matrix, Par::Seq, MemStack::new(&mut memory), faer::Spec::default()).ok()?;
        Some(Self { pattern: Arc::clone(pattern), numeric })
    }

    /// Solves `M x = b` in place.
    pub fn solve(&self, b: &mut [f64]) {
        self.with_memory(|lu, memory| {
            lu.solve_in_place_with_conj(Conj::No, column(b), Par::Seq, memory);
        });
    }

    /// Solves `Mᵀ x = b` in place.
    pub fn solve_transposed(&self, b: &mut [f64]) {
        self.with_memory(|lu, memory| {
            lu.solve_transpose_in_place_with_conj(Conj::No, column(b), Par::Seq, memory);
        });
    }

    /// Entries of `L` below its unit diagonal and of `U`, by their structure in the order of rows and columns that was chosen.
    pub fn entry_count(&self) -> usize {
        let lu = LuRef::new_unchecked(&self.pattern.symbolic, &self.numeric);
        let (place_of_row, column_at) = (lu.row_perm().arrays().1, lu.col_perm().arrays().0);
        let rows = |at: usize| {
            let column = column_at[at];
            self.pattern.row[self.pattern.column_start[column]..self.pattern.column_start[column + 1]].iter().map(|row| place_of_row[*row])
        };
        fill(self.pattern.n, rows)
    }

    fn with_memory(&self, solve: impl FnOnce(LuRef<'_, usize, f64>, &mut MemStack)) {
        let symbolic = &self.pattern.symbolic;
        let mut memory = MemBuffer::new(symbolic.solve_in_place_scratch::<f64>(1, Par::Seq));
        solve(LuRef::new_unchecked(symbolic, &self.numeric), MemStack::new(&mut memory));
    }
}

/// Entries of `L` below its diagonal and of `U` for a matrix eliminated in the order in which it stands; `rows` are those of a column.
///
/// The rows of column `j` of `L + U` are those that `M`'s rows reach through the columns of `L` before it. Of a column that a later one `j` uses
/// and that has an entry in row `j`, what is reached beyond `j` is reached through `j` too.
///
/// Source: J. Gilbert and T. Peierls, SIAM Journal on Scientific and Statistical Computing 9 (1988) 862; S. Eisenstat and J. Liu, SIAM Journal on
/// Matrix Analysis and Applications 13 (1992) 202 (symmetric pruning).
fn fill<R: Iterator<Item = usize>>(n: usize, rows: impl Fn(usize) -> R) -> usize {
    const NEVER: usize = usize::MAX;
    let mut below: Vec<Vec<usize>> = Vec::with_capacity(n);
    let mut is_pruned = vec![false; n];
    let mut seen_by = vec![NEVER; n];
    let mut count = 0;
    let mut open: Vec<usize> = Vec::new();
    for at in 0..n {
        let (mut lower, mut upper) = (Vec::new(), Vec::new());
        let mut meet = |row: usize, open: &mut Vec<usize>, lower: &mut Vec<usize>| {
            if std::mem::replace(&mut seen_by[row], at) == at {
            } else if row < at {
                open.push(row);
            } else if row > at {
                lower.push(row);
            }
        };
        rows(at).for_each(|row| meet(row, &mut open, &mut lower));
        while let Some(column) = open.pop() {
            upper.push(column);
            below[column].iter().for_each(|row| meet(*row, &mut open, &mut lower));
        }
        count += lower.len() + upper.len() + 1;
        for column in upper {
            if !is_pruned[column] && below[column].contains(&at) {
                below[column].retain(|row| *row <= at);
                is_pruned[column] = true;
            }
        }
        below.push(lower);
    }
    count
}

fn column(b: &mut [f64]) -> MatMut<'_, f64> {
    let rows = b.len();
    MatMut::from_column_major_slice_mut(b, rows, 1)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{LuRef, SparseLu, SparsePattern, fill};

    /// An arrow that points up fills in wholly, one that points down not at all.
    #[test]
    fn fill_depends_on_the_order() {
        let n = 6;
        let up = |column: usize| if column == 0 { (0..n).collect() } else { vec![0, column] };
        let down = |column: usize| if column == n - 1 { (0..n).collect() } else { vec![column, n - 1] };
        assert_eq!(fill(n, |column| up(column).into_iter()), n * n);
        assert_eq!(fill(n, |column| down(column).into_iter()), 3 * n - 2);
    }

    /// The matrix eliminated by hand in the order that the library chose, with values among which nothing cancels.
    #[test]
    fn entries_are_those_that_elimination_leaves() {
        let n = 90;
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 11) as f64 / (1_u64 << 53) as f64
        };
        let (mut start, mut row, mut values) = (vec![0], Vec::new(), Vec::new());
        for column in 0..n {
            for at in 0..n {
                if at == column || next() < 0.04 {
                    row.push(at);
                    values.push(if at == column { 0.2 + next() } else { next() - 0.5 });
                }
            }
            start.push(row.len());
        }
        let pattern = Arc::new(SparsePattern::new(start.clone(), row.clone()).unwrap());
        let lu = SparseLu::factorise(&pattern, &values).unwrap();
        let order = LuRef::new_unchecked(&pattern.symbolic, &lu.numeric);
        let (rows, columns) = (order.row_perm().arrays().1, order.col_perm().arrays().1);
        let mut dense = vec![vec![0.0; n]; n];
        for column in 0..n {
            for entry in start[column]..start[column + 1] {
                dense[rows[row[entry]]][columns[column]] = values[entry];
            }
        }
        for step in 0..n {
            let (above, below) = dense.split_at_mut(step + 1);
            let pivot = &above[step];
            for row in below {
                row[step] /= pivot[step];
                let factor = row[step];
                row[step + 1..].iter_mut().zip(&pivot[step + 1..]).for_each(|(entry, up)| *entry -= factor * up);
            }
        }
        let left = dense.iter().flatten().filter(|entry| **entry != 0.0).count();
        assert_eq!(lu.entry_count(), left);
        assert!(left > row.len() && left < n * n);
    }
}
