//! Dense LU with partial pivoting, for loops of a few columns.
//!
//! ```text
//! P M = L U      or, where a pivot looks like nought:      P (R M C) = L U      R, C powers of two on the diagonal
//! ```
//!
//! Products of one loop may be counted in kilograms and in plants, so that rows of `M` differ by tens of orders of magnitude, and a sound
//! pivot vanishes beside the largest entry. Such a matrix is scaled until rows and columns have a largest entry near one; what is still
//! nought to working precision then is singular in any units.
//!
//! Source: G. Golub and C. Van Loan, *Matrix Computations*, 4th edition, algorithm 3.4.1 (outer product form) and section 3.5.2 (scaling).

/// Passes of scaling, each of rows and then of columns.
const SCALING_PASSES: usize = 8;

/// The factors, stored in place by rows.
pub(super) struct DenseLu {
    n: usize,
    entries: Vec<f64>,
    row_of: Vec<usize>,
    scales: Option<Scales>,
}

/// `R` and `C`.
struct Scales {
    rows: Vec<f64>,
    columns: Vec<f64>,
}

/// The power of two that brings a size near one; one for nought.
fn towards_one(size: f64) -> f64 {
    if size > 0.0 && size.is_finite() { (-size.log2().round()).exp2() } else { 1.0 }
}

impl Scales {
    /// Scales a matrix until the largest entry of each row and column is near one.
    fn balance(n: usize, entries: &mut [f64]) -> Self {
        let (mut rows, mut columns) = (vec![1.0; n], vec![1.0; n]);
        let largest = |sizes: &mut dyn Iterator<Item = f64>| sizes.fold(0.0_f64, |m, e| m.max(e.abs()));
        for _ in 0..SCALING_PASSES {
            for (row, scale) in rows.iter_mut().enumerate() {
                let by = towards_one(largest(&mut entries[row * n..][..n].iter().copied()));
                *scale *= by;
                entries[row * n..][..n].iter_mut().for_each(|e| *e *= by);
            }
            for (column, scale) in columns.iter_mut().enumerate() {
                let by = towards_one(largest(&mut entries[column..].iter().step_by(n).copied()));
                *scale *= by;
                entries[column..].iter_mut().step_by(n).for_each(|e| *e *= by);
            }
        }
        Self { rows, columns }
    }
}

impl DenseLu {
    /// Factors a matrix given by rows, or nothing if it is singular to working precision, whatever the units of its rows and columns.
    pub fn factorise(n: usize, entries: Vec<f64>) -> Option<Self> {
        if let Some(plain) = Self::eliminate(n, entries.clone(), f64::EPSILON * f64::EPSILON) {
            return Some(plain);
        }
        let mut scaled = entries;
        let scales = Scales::balance(n, &mut scaled);
        Self::eliminate(n, scaled, f64::EPSILON).map(|lu| Self { scales: Some(scales), ..lu })
    }

    /// Elimination; a pivot up to so much of the largest entry is nought.
    fn eliminate(n: usize, mut entries: Vec<f64>, nought: f64) -> Option<Self> {
        let mut row_of: Vec<usize> = (0..n).collect();
        let largest = entries.iter().fold(0.0_f64, |m, e| m.max(e.abs()));
        for step in 0..n {
            let pivot_row = (step..n).max_by(|a, b| entries[a * n + step].abs().total_cmp(&entries[b * n + step].abs()))?;
            let pivot = entries[pivot_row * n + step];
            if !pivot.is_finite() || pivot.abs() <= nought * largest {
                return None;
            }
            if pivot_row != step {
                row_of.swap(step, pivot_row);
                let (above, below) = entries.split_at_mut(pivot_row * n);
                above[step * n..][..n].swap_with_slice(&mut below[..n]);
            }
            let (above, below) = entries.split_at_mut((step + 1) * n);
            let upper = &above[step * n + step + 1..];
            for row in below.chunks_exact_mut(n) {
                let factor = row[step] / pivot;
                row[step] = factor;
                if factor != 0.0 {
                    row[step + 1..].iter_mut().zip(upper).for_each(|(entry, up)| *entry -= factor * up);
                }
            }
        }
        Some(Self { n, entries, row_of, scales: None })
    }

    /// Entries of `L` below its unit diagonal and of `U` that are not nought.
    pub fn entry_count(&self) -> usize {
        self.entries.iter().filter(|entry| **entry != 0.0).count()
    }

    /// Solves `M x = b` in place.
    pub fn solve(&self, b: &mut [f64]) {
        self.solve_many(b.as_chunks_mut::<1>().0);
    }

    /// Solves `M x = b` in place for `K` right-hand sides.
    pub fn solve_many<const K: usize>(&self, b: &mut [[f64; K]]) {
        let scaled = |row: usize, scale: f64| b[row].map(|value| value * scale);
        let mut x: Vec<[f64; K]> = match &self.scales {
            None => self.row_of.iter().map(|row| b[*row]).collect(),
            Some(scales) => self.row_of.iter().map(|row| scaled(*row, scales.rows[*row])).collect(),
        };
        for row in 0..self.n {
            let (known, rest) = x.split_at_mut(row);
            let sum = products_summed(&self.row(row)[..row], known);
            (0..K).for_each(|lane| rest[0][lane] -= sum[lane]);
        }
        for row in (0..self.n).rev() {
            let (rest, known) = x.split_at_mut(row + 1);
            let sum = products_summed(&self.row(row)[row + 1..], known);
            (0..K).for_each(|lane| rest[row][lane] = (rest[row][lane] - sum[lane]) / self.row(row)[row]);
        }
        if let Some(scales) = &self.scales {
            x.iter_mut().zip(&scales.columns).for_each(|(x, scale)| *x = x.map(|value| value * scale));
        }
        b.copy_from_slice(&x);
    }

    /// Solves `Mᵀ x = b` in place.
    pub fn solve_transposed(&self, b: &mut [f64]) {
        let mut x = b.to_vec();
        if let Some(scales) = &self.scales {
            x.iter_mut().zip(&scales.columns).for_each(|(x, scale)| *x *= scale);
        }
        for row in 0..self.n {
            let value = x[row] / self.row(row)[row];
            x[row] = value;
            x[row + 1..].iter_mut().zip(&self.row(row)[row + 1..]).for_each(|(x, u)| *x -= u * value);
        }
        for row in (0..self.n).rev() {
            let value = x[row];
            x[..row].iter_mut().zip(self.row(row)).for_each(|(x, l)| *x -= l * value);
        }
        for (place, row) in self.row_of.iter().enumerate() {
            b[*row] = self.scales.as_ref().map_or(x[place], |scales| x[place] * scales.rows[*row]);
        }
    }

    fn row(&self, row: usize) -> &[f64] {
        &self.entries[row * self.n..][..self.n]
    }
}

fn products_summed<const K: usize>(factors: &[f64], values: &[[f64; K]]) -> [f64; K] {
    let mut sum = [0.0; K];
    for (factor, values) in factors.iter().zip(values) {
        (0..K).for_each(|lane| sum[lane] += factor * values[lane]);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::DenseLu;

    /// M = [0 2; 3 4], so that pivoting is needed; M·(1, 2) = (4, 11), Mᵀ·(1, 2) = (6, 10).
    #[test]
    fn a_matrix_that_needs_pivoting_is_solved_both_ways() {
        let lu = DenseLu::factorise(2, vec![0.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!(lu.entry_count(), 3);
        let mut b = [4.0, 11.0];
        lu.solve(&mut b);
        assert!((b[0] - 1.0).abs() < 1e-15 && (b[1] - 2.0).abs() < 1e-15);
        let mut b = [6.0, 10.0];
        lu.solve_transposed(&mut b);
        assert!((b[0] - 1.0).abs() < 1e-15 && (b[1] - 2.0).abs() < 1e-15);
    }

    #[test]
    fn a_singular_matrix_is_refused_in_any_units() {
        assert!(DenseLu::factorise(2, vec![1.0, -1.0, -1.0, 1.0]).is_none());
        for scale in [1.0, 1e20, 1e-60] {
            assert!(DenseLu::factorise(2, vec![1.0, -2.0 * scale, -0.5 / scale, 1.0]).is_none(), "{scale}");
        }
    }

    /// M = [1 −0.5s; −0.3/s 1]: det = 0.85, M⁻¹ (1, 0) = (1, 0.3/s) / 0.85, M⁻ᵀ (1, 0) = (1, 0.5s) / 0.85.
    #[test]
    fn units_make_no_matrix_singular() {
        for scale in [1.0, 1e8, 1e30, 1e120, 1e-45] {
            let lu = DenseLu::factorise(2, vec![1.0, -0.5 * scale, -0.3 / scale, 1.0]).unwrap_or_else(|| panic!("{scale}"));
            let mut b = [1.0, 0.0];
            lu.solve(&mut b);
            assert!((b[0] * 0.85 - 1.0).abs() < 1e-15 && (b[1] * 0.85 * scale / 0.3 - 1.0).abs() < 1e-14, "{scale}: {b:?}");
            let mut b = [1.0, 0.0];
            lu.solve_transposed(&mut b);
            assert!((b[0] * 0.85 - 1.0).abs() < 1e-15 && (b[1] * 0.85 / scale / 0.5 - 1.0).abs() < 1e-14, "{scale}: {b:?}");
        }
    }
}
