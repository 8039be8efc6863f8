//! Dense LU with partial pivoting, for loops of a few columns.
//!
//! Source: G. Golub and C. Van Loan, *Matrix Computations*, 4th edition, algorithm 3.4.1 (outer product form).

/// `P M = L U`, stored in place by rows.
pub(super) struct DenseLu {
    n: usize,
    entries: Vec<f64>,
    row_of: Vec<usize>,
}

impl DenseLu {
    /// Factors a matrix given by rows, or nothing if it is singular to working precision.
    pub fn factorise(n: usize, mut entries: Vec<f64>) -> Option<Self> {
        let mut row_of: Vec<usize> = (0..n).collect();
        let largest = entries.iter().fold(0.0_f64, |m, e| m.max(e.abs()));
        for step in 0..n {
            let pivot_row = (step..n).max_by(|a, b| entries[a * n + step].abs().total_cmp(&entries[b * n + step].abs()))?;
            let pivot = entries[pivot_row * n + step];
            if !pivot.is_finite() || pivot.abs() <= f64::EPSILON * f64::EPSILON * largest {
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
        Some(Self { n, entries, row_of })
    }

    /// Solves `M x = b` in place.
    pub fn solve(&self, b: &mut [f64]) {
        self.solve_many(b.as_chunks_mut::<1>().0);
    }

    /// Solves `M x = b` in place for `K` right-hand sides.
    pub fn solve_many<const K: usize>(&self, b: &mut [[f64; K]]) {
        let mut x: Vec<[f64; K]> = self.row_of.iter().map(|row| b[*row]).collect();
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
        b.copy_from_slice(&x);
    }

    /// Solves `Mᵀ x = b` in place.
    pub fn solve_transposed(&self, b: &mut [f64]) {
        let mut x = b.to_vec();
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
            b[*row] = x[place];
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
        let mut b = [4.0, 11.0];
        lu.solve(&mut b);
        assert!((b[0] - 1.0).abs() < 1e-15 && (b[1] - 2.0).abs() < 1e-15);
        let mut b = [6.0, 10.0];
        lu.solve_transposed(&mut b);
        assert!((b[0] - 1.0).abs() < 1e-15 && (b[1] - 2.0).abs() < 1e-15);
    }

    #[test]
    fn a_singular_matrix_is_refused() {
        assert!(DenseLu::factorise(2, vec![1.0, -1.0, -1.0, 1.0]).is_none());
    }
}
