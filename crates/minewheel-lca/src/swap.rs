//! What a result becomes when one process takes an input from another supplier, without solving again.
//!
//! ```text
//! T' − T = a·(y_to − y_from) · x_j / (1 − a·(u_to − u_from))        (I − Z)ᵀ u = e_j
//! ```
//!
//! | symbol       | meaning                                              | unit                | from            |
//! |--------------|------------------------------------------------------|---------------------|-----------------|
//! | `a`          | input of process `j` that changes its supplier       | per unit of `j`     | caller          |
//! | `y`          | scores                                               | impact per unit     | [`adjoint`]     |
//! | `x_j`        | units that `j` makes for the demand                  | unit of `j`         | [`forward`](crate::forward) |
//! | `u_i`        | units of `j` behind one unit of product `i`          | unit of `j` per unit | one further solve |
//!
//! One solve for a process serves every swap of every of its inputs. Source: J. Sherman and W. Morrison, Annals of Mathematical Statistics 21
//! (1950) 124. Valid for the best estimates; the denominator is 0 where the new supply would take more of `j` than `j` makes.

use crate::ids::ColumnId;
use crate::network::Network;
use crate::solve::{Activity, Scores, SolveError, adjoint};

/// Swaps of suppliers of one process.
#[derive(Clone, Debug)]
pub struct SupplierSwaps<'s> {
    scores: &'s Scores,
    made: f64,
    behind: Scores,
}

impl<'s> SupplierSwaps<'s> {
    /// Prepares swaps of the inputs of a process.
    ///
    /// ```
    /// use minewheel_lca::*;
    /// let mut builder = NetworkBuilder::new();
    /// let (coal, wind, metal) = (builder.add_column(0), builder.add_column(1), builder.add_column(2));
    /// builder.add_input(metal, coal, Coefficient::exact(10.0));
    /// builder.add_input(wind, metal, Coefficient::exact(0.01));
    /// let network = builder.build()?;
    /// let scores = adjoint(&network, &[0.9, 0.02, 2.0])?;
    /// let activity = forward(&network, &Demand::of(metal, 1.0))?;
    /// let swaps = SupplierSwaps::new(&network, &scores, &activity, metal)?;
    /// // With wind: (2 + 10·0.02) / (1 − 10·0.01)
    /// let after = scores.get(metal).unwrap() + swaps.change(10.0, coal, wind).unwrap();
    /// assert!((after - 2.2 / 0.9).abs() < 1e-12);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`SolveError`] as for [`adjoint`], and [`SolveError::UnknownColumn`] for a process that there is not.
    pub fn new(network: &Network, scores: &'s Scores, activity: &Activity, process: ColumnId) -> Result<Self, SolveError> {
        let columns = network.column_count();
        let Some(made) = activity.get(process) else { return Err(SolveError::UnknownColumn { column: process, columns }) };
        let mut one = vec![0.0; columns];
        one[process.index()] = 1.0;
        Ok(Self { scores, made, behind: adjoint(network, &one)? })
    }

    /// How the result changes if `amount` per unit of the process comes from another supplier; `None` for suppliers that there are not, or
    /// where the process could not deliver any more.
    pub fn change(&self, amount: f64, from: ColumnId, to: ColumnId) -> Option<f64> {
        let more = amount * (self.scores.get(to)? - self.scores.get(from)?);
        let left = 1.0 - amount * (self.behind.get(to)? - self.behind.get(from)?);
        (left > 0.0).then(|| more * self.made / left)
    }
}
