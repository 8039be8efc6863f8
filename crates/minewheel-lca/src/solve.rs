//! Solving the network: scores of all columns for one category (adjoint), activity of all columns for one demand
//! (forward).
//!
//! ```text
//! adjoint  (I − Z)ᵀ y = c    y_j = c_j + Σ_i z_ij · y_i      one solve per category, any number of demands: T = dᵀ y
//! forward  (I − Z) x = d     x_i = d_i + Σ_j z_ij · x_j      one solve per demand, any number of categories: T = cᵀ x
//! ```
//!
//! | symbol | meaning                                         | unit                | from            |
//! |--------|-------------------------------------------------|---------------------|-----------------|
//! | `y_j`  | impact of one unit of product `j`, supply included | impact unit per unit | adjoint      |
//! | `x_j`  | units that column `j` makes for the demand      | reference units     | forward         |
//! | `c_j`  | direct score                                    | impact unit per unit | `direct_scores` |
//! | `d_j`  | demand                                          | reference units     | caller          |
//!
//! The components of the supply graph are solved one after the other. A column outside any loop needs one
//! substitution. A loop of up to [`DENSE_LIMIT`] columns is factorised as a dense matrix. A larger one is swept by
//! Gauss–Seidel in evaluation order; where the sweeps do not settle, few columns that feed each other strongly are solved together
//! in each sweep; where that does not settle either, sweeps precondition GMRES; and where that fails the loop is factorised by sparse LU, laid out as
//! `(I − Z)ᵀ`, which fills in far less than the untransposed layout: a column of `Z` has a dozen inputs, a row such as
//! electricity has thousands of consumers.
//!
//! Each result carries its *relative residual*, the componentwise backward error
//! `max_j |r_j| / (|c| + |I − Z|ᵀ|y|)_j`, which does not depend on the units of the columns. Above
//! [`SolveOptions::tolerance`] the solution is refined; above [`RESIDUAL_LIMIT`] it is refused.
//!
//! Source: R. Heijungs and S. Suh, *The Computational Structure of Life Cycle Assessment* (2002), chapters 2 and 8;
//! residual after W. Oettli and W. Prager, Numer. Math. 6 (1964), 405–409.
//! Valid for networks that can deliver. A loop that needs more of a product than it makes is an error, unless the network says that such loops
//! are solved ([`NetConsumers`](crate::NetConsumers)): then it is counted in the report, and [`net_consumers`] names its columns.

mod consumers;
mod dense;
mod krylov;
mod ladder;
mod lu;
mod sweep;
mod tight;

use std::fmt;
use std::ops::Range;

use crate::database::shown;
use crate::demand::Demand;
use crate::ids::ColumnId;
use crate::network::{EvaluationError, Network};
pub use consumers::net_consumers;
pub(crate) use ladder::{FactorCache, Start, adjoint_by_position};
pub(crate) use sweep::System;

/// Loops of up to this many columns are factorised as dense matrices.
pub const DENSE_LIMIT: usize = 64;

/// A solution with a relative residual above this is refused.
pub const RESIDUAL_LIMIT: f64 = 1e-8;

/// Columns named in an error, shown as a short list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnList(pub Vec<ColumnId>);

impl fmt::Display for ColumnList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 6;
        for (place, column) in self.0.iter().take(SHOWN).enumerate() {
            write!(f, "{}{column}", if place == 0 { "" } else { ", " })?;
        }
        if self.0.len() > SHOWN {
            write!(f, " and {} more", self.0.len() - SHOWN)?;
        }
        Ok(())
    }
}

/// Why a network could not be solved.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SolveError {
    /// A loop has no solution: its matrix is singular.
    #[error("the loop of {columns} has no solution: its matrix is singular; check the inputs between these columns")]
    Singular {
        /// The columns of the loop.
        columns: ColumnList,
    },
    /// A loop uses up at least as much as it makes.
    #[error("the loop of {columns} needs at least as much of its own products as it makes; check amounts and units")]
    NotProductive {
        /// The columns of the loop.
        columns: ColumnList,
    },
    /// An input or a direct score is not a finite number.
    #[error("{column} has an input or a direct score that is not a finite number")]
    NotFinite {
        /// The column.
        column: ColumnId,
    },
    /// A demand is not a finite number.
    #[error("the demand for {column} is {amount}; a finite number is wanted")]
    DemandNotFinite {
        /// The column asked for.
        column: ColumnId,
        /// The amount seen.
        amount: f64,
    },
    /// The solution does not satisfy the equations well enough.
    #[error("the solution leaves a relative residual of {residual:.1e} at {column}; at most {limit:.0e} is accepted")]
    ResidualTooLarge {
        /// Where the residual is largest.
        column: ColumnId,
        /// The residual.
        residual: f64,
        /// The limit.
        limit: f64,
    },
    /// A demand names a column that the network lacks.
    #[error("the demand names {column}, but the network has {columns} columns")]
    UnknownColumn {
        /// The column named.
        column: ColumnId,
        /// How many columns there are.
        columns: usize,
    },
    /// A vector over columns has another length than the network.
    #[error("a vector of {given} values was given for a network of {wanted} columns")]
    WrongLength {
        /// Length given.
        given: usize,
        /// Length wanted.
        wanted: usize,
    },
    /// A column has a group beyond their number.
    #[error("{column} belongs to group {group} of {groups}; groups count from 0")]
    UnknownGroup {
        /// The column.
        column: ColumnId,
        /// Its group.
        group: usize,
        /// How many groups there are.
        groups: usize,
    },
    /// A formula has no value with the parameters of a draw.
    #[error("`{}` of {user}: {reason}", shown(.formula))]
    Formula {
        /// Whose.
        user: String,
        /// The formula.
        formula: String,
        /// Why.
        reason: crate::database::FormulaError,
    },
    /// The coefficients cannot be evaluated for a draw.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
}

/// How to solve loops of more than [`DENSE_LIMIT`] columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Method {
    /// Gauss–Seidel sweeps, with tight loops as blocks where they do not settle, GMRES where these do not, and sparse LU where that does not either.
    #[default]
    Automatic,
    /// Sparse LU at once.
    Direct,
}

/// Choices of a solve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SolveOptions {
    /// How to solve large loops.
    pub method: Method,
    /// Relative error at which sweeps stop and above which a solution is refined.
    pub tolerance: f64,
    /// Sweeps over one loop before LU takes over.
    pub max_sweeps: usize,
}

impl Default for SolveOptions {
    fn default() -> Self {
        Self { method: Method::Automatic, tolerance: 1e-12, max_sweeps: 600 }
    }
}

/// How a solution was reached and how good it is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct SolveReport {
    /// Componentwise backward error, see the module's header.
    pub residual: f64,
    /// Gauss–Seidel sweeps, summed over loops.
    pub sweeps: usize,
    /// Loops that were factorised.
    pub factorised: usize,
    /// Whether a refinement followed the first solution.
    pub refined: bool,
    /// Loops that use more of their own products than they make, where the network has them solved.
    pub net_consuming: usize,
}

impl SolveReport {
    /// This solution and the work done before it.
    pub(crate) fn after(self, before: Self) -> Self {
        Self {
            sweeps: before.sweeps + self.sweeps,
            factorised: before.factorised + self.factorised,
            net_consuming: before.net_consuming + self.net_consuming,
            ..self
        }
    }
}

/// The impact of one reference unit of each column, supply included.
#[derive(Clone, Debug, PartialEq)]
pub struct Scores {
    values: Vec<f64>,
    report: SolveReport,
}

impl Scores {
    /// All scores by column id.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// The score of one column, `None` if there is no such column.
    pub fn get(&self, column: ColumnId) -> Option<f64> {
        self.values.get(column.index()).copied()
    }

    /// The impact of a demand, `dᵀ y`.
    ///
    /// # Errors
    /// [`SolveError::UnknownColumn`] or [`SolveError::DemandNotFinite`] for a line that cannot be served.
    pub fn total(&self, demand: &Demand) -> Result<f64, SolveError> {
        check_demand(demand, self.values.len())?;
        Ok(demand.lines().iter().map(|line| line.amount * self.values[line.column.index()]).sum())
    }

    /// How the solution was reached.
    pub fn report(&self) -> SolveReport {
        self.report
    }
}

/// How much each column makes for a demand.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    values: Vec<f64>,
    report: SolveReport,
}

impl Activity {
    /// Reference units by column id.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Reference units of one column, `None` if there is no such column.
    pub fn get(&self, column: ColumnId) -> Option<f64> {
        self.values.get(column.index()).copied()
    }

    /// The impact in a category with these direct scores, `cᵀ x`; columns beyond the end of `direct` count nothing.
    pub fn total(&self, direct: &[f64]) -> f64 {
        self.values.iter().zip(direct).map(|(x, c)| x * c).sum()
    }

    /// How the solution was reached.
    pub fn report(&self) -> SolveReport {
        self.report
    }
}

/// The impact of one unit of each column in one category.
///
/// Electricity needs 0.001 kg of steel per kWh and emits 0.4 kg; steel needs 0.5 kWh per kg and emits 1.6 kg:
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (electricity, steel) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(electricity, steel, Coefficient::exact(0.001));
/// builder.add_input(steel, electricity, Coefficient::exact(0.5));
/// let network = builder.build()?;
/// let scores = adjoint(&network, &[0.4, 1.6])?;
/// let by_hand = (0.4 + 0.001 * 1.6) / (1.0 - 0.001 * 0.5);
/// assert!((scores.values()[0] - by_hand).abs() < 1e-15);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SolveError`] for direct scores of the wrong number or not finite, and for loops without a usable solution.
pub fn adjoint(network: &Network, direct: &[f64]) -> Result<Scores, SolveError> {
    adjoint_with(network, direct, SolveOptions::default())
}

/// As [`adjoint`], with chosen options.
///
/// # Errors
/// As [`adjoint`].
pub fn adjoint_with(network: &Network, direct: &[f64], options: SolveOptions) -> Result<Scores, SolveError> {
    let mut scores = adjoint_many(network, &[direct], options)?;
    Ok(scores.swap_remove(0))
}

/// The scores of several categories at once, in their order; cheaper than one by one, as each sweep serves up to eight.
///
/// # Errors
/// As [`adjoint`].
pub fn adjoint_many<D: AsRef<[f64]>>(network: &Network, directs: &[D], options: SolveOptions) -> Result<Vec<Scores>, SolveError> {
    adjoint_of_values(network, network.input_bases(), directs, options)
}

/// The scores of one category split by where their impact occurs: `group` says for each column (by id) to which of the `groups` its direct
/// score belongs, and the scores of all groups sum to those of the category.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (mine, smelter) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(smelter, mine, Coefficient::exact(2.0));
/// let network = builder.build()?;
/// let by_group = adjoint_by_group(&network, &[0.5, 3.0], &[0, 1], 2, SolveOptions::default())?;
/// assert_eq!(by_group[0].values(), [0.5, 1.0]);
/// assert_eq!(by_group[1].values(), [0.0, 3.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`adjoint`]; [`SolveError::WrongLength`] also where `group` has another length than the network has columns, and
/// [`SolveError::UnknownGroup`].
pub fn adjoint_by_group(network: &Network, direct: &[f64], group: &[u32], groups: usize, options: SolveOptions) -> Result<Vec<Scores>, SolveError> {
    check_direct(network, direct)?;
    if group.len() != direct.len() {
        return Err(SolveError::WrongLength { given: group.len(), wanted: direct.len() });
    }
    let of_place: Vec<(usize, f64)> =
        (0..network.column_count()).map(|place| network.column_at(place).index()).map(|column| (group[column] as usize, direct[column])).collect();
    if let Some(place) = of_place.iter().position(|(group, _)| *group >= groups) {
        return Err(SolveError::UnknownGroup { column: network.column_at(place), group: of_place[place].0, groups });
    }
    adjoint_by_lane(network, network.input_bases(), groups, options, |lanes, stride, rows| {
        for ((group, score), row) in of_place.iter().zip(rows.chunks_exact_mut(stride)) {
            if lanes.contains(group) {
                row[group - lanes.start] = *score;
            }
        }
    })
}

/// As [`adjoint_many`] for other input coefficients on the same network.
pub(crate) fn adjoint_of_values<D: AsRef<[f64]>>(
    network: &Network,
    values: &[f64],
    directs: &[D],
    options: SolveOptions,
) -> Result<Vec<Scores>, SolveError> {
    for direct in directs {
        check_direct(network, direct.as_ref())?;
    }
    adjoint_by_lane(network, values, directs.len(), options, |lanes, stride, rows| {
        for (lane, given) in directs[lanes].iter().enumerate() {
            for (place, row) in rows.chunks_exact_mut(stride).enumerate() {
                row[lane] = given.as_ref()[network.column_at(place).index()];
            }
        }
    })
}

/// Solves for so many sets of direct scores, some at a time; `fill` writes those of a range of sets into rows of a given length, one for
/// each column in evaluation order.
fn adjoint_by_lane(
    network: &Network,
    values: &[f64],
    count: usize,
    options: SolveOptions,
    fill: impl Fn(Range<usize>, usize, &mut [f64]),
) -> Result<Vec<Scores>, SolveError> {
    let mut own_supply = Vec::new();
    let system = System::new(network, values, &mut own_supply)?;
    let mut known = None;
    let mut scores = Vec::with_capacity(count);
    for start in (0..count).step_by(8) {
        let lanes = start..count.min(start + 8);
        match lanes.len() {
            1 => adjoint_chunk::<1>(&system, lanes, &fill, options, &mut known, &mut scores)?,
            2 => adjoint_chunk::<2>(&system, lanes, &fill, options, &mut known, &mut scores)?,
            3 | 4 => adjoint_chunk::<4>(&system, lanes, &fill, options, &mut known, &mut scores)?,
            _ => adjoint_chunk::<8>(&system, lanes, &fill, options, &mut known, &mut scores)?,
        }
    }
    Ok(scores)
}

fn adjoint_chunk<const K: usize>(
    system: &System<'_>,
    lanes: Range<usize>,
    fill: &impl Fn(Range<usize>, usize, &mut [f64]),
    options: SolveOptions,
    known: &mut Option<FactorCache>,
    out: &mut Vec<Scores>,
) -> Result<(), SolveError> {
    let network = system.network;
    let n = network.column_count();
    let mut direct = vec![[0.0; K]; n];
    fill(lanes.clone(), K, direct.as_flattened_mut());
    let mut y = vec![[0.0; K]; n];
    let mut set_up = SolveReport::default();
    let cache = if let Some(known) = known {
        known
    } else {
        let (cache, report) = FactorCache::of(system, &direct, options)?;
        set_up = report;
        known.insert(cache)
    };
    let report = adjoint_by_position(system, &direct, &mut y, options, Start::Base(cache))?.after(set_up);
    for lane in 0..lanes.len() {
        let mut values = vec![0.0; n];
        for (place, row) in y.iter().enumerate() {
            values[network.column_at(place).index()] = row[lane];
        }
        out.push(Scores { values, report });
    }
    Ok(())
}

/// How much each column makes to serve a demand.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (ore, metal) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(metal, ore, Coefficient::exact(3.0));
/// let network = builder.build()?;
/// assert_eq!(forward(&network, &Demand::of(metal, 2.0))?.values(), [6.0, 2.0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`SolveError`] for a demand that names unknown columns or is not finite, and for loops without a usable solution.
pub fn forward(network: &Network, demand: &Demand) -> Result<Activity, SolveError> {
    forward_with(network, demand, SolveOptions::default())
}

/// As [`forward`], with chosen options.
///
/// # Errors
/// As [`forward`].
pub fn forward_with(network: &Network, demand: &Demand, options: SolveOptions) -> Result<Activity, SolveError> {
    let mut own_supply = Vec::new();
    let system = System::new(network, network.input_bases(), &mut own_supply)?;
    forward_in(&system, &FactorCache::default(), demand, options)
}

/// A network's best estimates, factorised before a category is solved on it: loops of up to [`DENSE_LIMIT`] columns, and the tight loops
/// inside larger ones that sweeps alone would not get past.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let kiln = builder.add_column(0);
/// builder.add_flow(kiln, FlowId(0), Coefficient::exact(0.8));
/// let network = builder.build()?;
/// let climate = CategoryFactors::new(vec![1.0]);
/// let direct = direct_scores(&network, &climate);
/// let factorisation = Factorisation::of(&network, &direct, SolveOptions::default())?;
/// let solver = PreparedSolver::on(factorisation, &climate, &direct)?;
/// assert_eq!(solver.base_scores(), [0.8]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Factorisation<'a> {
    pub(crate) network: &'a Network,
    pub(crate) options: SolveOptions,
    pub(crate) own_supply: Vec<f64>,
    pub(crate) cache: FactorCache,
    pub(crate) report: SolveReport,
}

impl<'a> Factorisation<'a> {
    /// Factorises; `direct` are the direct scores of some category by column id, which tell the sizes of scores.
    ///
    /// # Errors
    /// As [`adjoint`] for `direct`, and for a loop without a usable solution.
    pub fn of(network: &'a Network, direct: &[f64], options: SolveOptions) -> Result<Self, SolveError> {
        let direct = by_position(network, direct)?;
        let mut own_supply = Vec::new();
        let system = System::new(network, network.input_bases(), &mut own_supply)?;
        let (cache, report) = FactorCache::of(&system, &direct, options)?;
        Ok(Self { network, options, own_supply, cache, report })
    }
}

/// Direct scores in evaluation order.
pub(crate) fn by_position(network: &Network, direct: &[f64]) -> Result<Vec<[f64; 1]>, SolveError> {
    check_direct(network, direct)?;
    Ok(network.evaluation_order().iter().map(|column| [direct[column.index()]]).collect())
}

/// What demands on one network share: the factors of its small loops at best estimates.
///
/// ```
/// use minewheel_lca::*;
/// let mut builder = NetworkBuilder::new();
/// let (electricity, steel) = (builder.add_column(0), builder.add_column(1));
/// builder.add_input(electricity, steel, Coefficient::exact(0.001));
/// builder.add_input(steel, electricity, Coefficient::exact(0.5));
/// let network = builder.build()?;
/// let factors = LoopFactors::of(&network)?;
/// let demand = Demand::of(steel, 2.0);
/// assert_eq!(factors.forward(&network, &demand)?.values(), forward(&network, &demand)?.values());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct LoopFactors {
    cache: FactorCache,
    own_supply: Vec<f64>,
}

impl fmt::Debug for LoopFactors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LoopFactors").field("columns", &self.own_supply.len()).finish_non_exhaustive()
    }
}

impl LoopFactors {
    /// Factorises the small loops of a network.
    ///
    /// # Errors
    /// [`SolveError`] for a loop without a usable solution.
    pub fn of(network: &Network) -> Result<Self, SolveError> {
        let mut own_supply = Vec::new();
        let cache = FactorCache::of_small_loops(&System::new(network, network.input_bases(), &mut own_supply)?)?;
        Ok(Self { cache, own_supply })
    }

    /// As [`forward`], on the network that these factors are of.
    ///
    /// # Errors
    /// As [`forward`]; [`SolveError::WrongLength`] where the network has another number of columns.
    pub fn forward(&self, network: &Network, demand: &Demand) -> Result<Activity, SolveError> {
        if self.own_supply.len() != network.column_count() {
            return Err(SolveError::WrongLength { given: self.own_supply.len(), wanted: network.column_count() });
        }
        let system = System::known(network, network.input_bases(), &self.own_supply);
        forward_in(&system, &self.cache, demand, SolveOptions::default())
    }
}

fn forward_in(system: &System<'_>, known: &FactorCache, demand: &Demand, options: SolveOptions) -> Result<Activity, SolveError> {
    let network = system.network;
    let n = network.column_count();
    check_demand(demand, n)?;
    let mut by_position = vec![0.0; n];
    for line in demand.lines() {
        let place = network.position_of(line.column).ok_or(SolveError::UnknownColumn { column: line.column, columns: n })?;
        by_position[place] += line.amount;
    }
    let mut x = vec![0.0; n];
    let report = ladder::forward_by_position(system, known, &by_position, &mut x, options)?;
    let mut values = vec![0.0; n];
    for (place, amount) in x.into_iter().enumerate() {
        values[network.column_at(place).index()] = amount;
    }
    Ok(Activity { values, report })
}

pub(crate) fn check_demand(demand: &Demand, columns: usize) -> Result<(), SolveError> {
    for line in demand.lines() {
        if line.column.index() >= columns {
            return Err(SolveError::UnknownColumn { column: line.column, columns });
        }
        if !line.amount.is_finite() {
            return Err(SolveError::DemandNotFinite { column: line.column, amount: line.amount });
        }
    }
    Ok(())
}

pub(crate) fn check_direct(network: &Network, direct: &[f64]) -> Result<(), SolveError> {
    if direct.len() != network.column_count() {
        return Err(SolveError::WrongLength { given: direct.len(), wanted: network.column_count() });
    }
    match direct.iter().position(|score| !score.is_finite()) {
        Some(column) => Err(SolveError::NotFinite { column: ColumnId(column as u32) }),
        None => Ok(()),
    }
}
