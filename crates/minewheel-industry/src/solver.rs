//! A convex programme with a diagonal quadratic part, and its solution with duals.
//!
//! ```text
//! min Σ c_j x_j + ½ Σ q_j x_j²    subject to    Σ a_ij x_j ≤ b_i,  x ≥ 0        y_i ≥ 0: dual of row i
//! ```
//!
//! The only file that names the solver: Clarabel, an interior-point method (Goulart and Chen 2024). Where the optimum
//! is a face, the method ends near its middle, so quantities and duals are those of the centre, not of a corner. Markets of
//! credits, sourcing and plans of suppliers are such programmes.

use clarabel::algebra::CscMatrix;
use clarabel::solver::{DefaultSettingsBuilder, DefaultSolver, IPSolver, NonnegativeConeT, SolverStatus};

/// Relative tolerance of the optimum; a price is wanted to a millionth.
const TOLERANCE: f64 = 1e-9;
/// Rounds within which every tried programme ended with room to spare.
const MOST_ROUNDS: u32 = 200;

/// A row: coefficients by variable, and what their sum may not exceed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Row {
    /// Variable and coefficient.
    pub terms: Vec<(usize, f64)>,
    /// Limit.
    pub at_most: f64,
}

/// A programme.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Program {
    /// Cost of each variable.
    pub costs: Vec<f64>,
    /// Quadratic cost of each variable.
    pub quadratic: Vec<f64>,
    /// Rows.
    pub rows: Vec<Row>,
}

/// Why a programme has no solution.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProgramError {
    /// The solver refused the programme.
    #[error("the programme cannot be set up: {0}")]
    Setup(String),
    /// Nothing meets every row.
    #[error("nothing meets every row of the programme")]
    Infeasible,
    /// The solver ended elsewhere.
    #[error("the programme ended as {status} after {rounds} rounds")]
    NotSolved {
        /// The solver's word.
        status: String,
        /// Rounds.
        rounds: u32,
    },
}

/// A solution.
#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// Variables.
    pub x: Vec<f64>,
    /// Duals by row.
    pub duals: Vec<f64>,
    /// The least cost.
    pub objective: f64,
}

impl Program {
    /// Adds a variable.
    pub fn variable(&mut self, cost: f64) -> usize {
        self.costs.push(cost);
        self.quadratic.push(0.0);
        self.costs.len() - 1
    }

    /// Adds a row.
    pub fn row(&mut self, terms: Vec<(usize, f64)>, at_most: f64) -> usize {
        self.rows.push(Row { terms, at_most });
        self.rows.len() - 1
    }

    /// Solves it.
    ///
    /// # Errors
    /// It cannot be set up, or the solver ends without an optimum.
    pub fn solve(&self) -> Result<Solution, ProgramError> {
        let (n, m) = (self.costs.len(), self.rows.len());
        let mut columns: Vec<Vec<(usize, f64)>> = vec![Vec::new(); n];
        for (i, row) in self.rows.iter().enumerate() {
            for (j, a) in &row.terms {
                columns[*j].push((i, *a));
            }
        }
        let (mut pointers, mut indices, mut values) = (vec![0], Vec::new(), Vec::new());
        for (j, column) in columns.into_iter().enumerate() {
            for (i, a) in column {
                indices.push(i);
                values.push(a);
            }
            // x ≥ 0 as −x ≤ 0.
            indices.push(m + j);
            values.push(-1.0);
            pointers.push(indices.len());
        }
        let a = CscMatrix::new(m + n, n, pointers, indices, values);
        let diagonal: Vec<usize> = (0..n).filter(|j| self.quadratic[*j] != 0.0).collect();
        let mut p_pointers = vec![0];
        for j in 0..n {
            p_pointers.push(p_pointers[j] + usize::from(self.quadratic[j] != 0.0));
        }
        let p = CscMatrix::new(n, n, p_pointers, diagonal.clone(), diagonal.iter().map(|j| self.quadratic[*j]).collect());
        let b: Vec<f64> = self.rows.iter().map(|r| r.at_most).chain(std::iter::repeat_n(0.0, n)).collect();
        let setup = |e: &dyn std::fmt::Display| ProgramError::Setup(e.to_string());
        let settings = DefaultSettingsBuilder::default()
            .verbose(false)
            .max_iter(MOST_ROUNDS)
            .tol_gap_abs(TOLERANCE)
            .tol_gap_rel(TOLERANCE)
            .tol_feas(TOLERANCE)
            .build()
            .map_err(|e| setup(&e))?;
        let mut solver = DefaultSolver::new(&p, &self.costs, &a, &b, &[NonnegativeConeT(m + n)], settings).map_err(|e| setup(&e))?;
        solver.solve();
        let found = &solver.solution;
        if matches!(found.status, SolverStatus::PrimalInfeasible | SolverStatus::AlmostPrimalInfeasible) {
            return Err(ProgramError::Infeasible);
        }
        if !matches!(found.status, SolverStatus::Solved | SolverStatus::AlmostSolved) {
            return Err(ProgramError::NotSolved { status: format!("{:?}", found.status), rounds: found.iterations });
        }
        Ok(Solution { x: found.x.clone(), duals: found.z[..m].to_vec(), objective: found.obj_val })
    }
}
