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

    fn with_memory(&self, solve: impl FnOnce(LuRef<'_, usize, f64>, &mut MemStack)) {
        let symbolic = &self.pattern.symbolic;
        let mut memory = MemBuffer::new(symbolic.solve_in_place_scratch::<f64>(1, Par::Seq));
        solve(LuRef::new_unchecked(symbolic, &self.numeric), MemStack::new(&mut memory));
    }
}

fn column(b: &mut [f64]) -> MatMut<'_, f64> {
    let rows = b.len();
    MatMut::from_column_major_slice_mut(b, rows, 1)
}
