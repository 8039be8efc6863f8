//! A life-cycle network engine: build a network once, solve it once per impact category, reuse it for every product.
//!
//! ```text
//! T = dᵀ y,   (I − Z)ᵀ y = c
//! ```
//!
//! The engine knows columns (processes), inputs, elementary flows, characterisation factors and uncertain data rows,
//! all by number. What they stand for is the caller's business. It reads no file and no clock: the same network,
//! seed and draw give the same bits on any number of threads.
//!
//! | to                                             | use                                              |
//! |------------------------------------------------|--------------------------------------------------|
//! | build a network                                | [`NetworkBuilder`], [`Coefficient`]              |
//! | score every column in one or several categories | [`direct_scores`], [`adjoint`], [`adjoint_many`] |
//! | know what each column makes for a demand       | [`forward`]                                      |
//! | take another supplier                          | [`SupplierSwaps`]                                |
//! | explain a total                                | [`column_contributions`], [`input_flows`], [`trace`] |
//! | find the parts that make most of it            | [`leading`], [`VarianceShares`]                  |
//! | weigh a total by evidence                      | [`share_by_grade`], [`GradedScores`]             |
//! | sample everything anew                         | [`FactorSampler`], [`PreparedSolver`], [`monte_carlo`], [`ParameterDraws`] |
//! | find the rows that matter                      | [`factor_sensitivities`], [`variance_ranking`], [`sobol`] |
//! | take over a database as matrices               | [`formats`], [`Matrices`], [`Assembly`]          |
//! | sum up a sample                                | [`quantile`], [`Moments`], [`RunningSample`]     |
//! | compare two things draw by draw                | [`paired_difference`], [`KeyedDraws`]            |
//!
//! Electricity needs steel and steel needs electricity:
//!
//! ```
//! use minewheel_lca::*;
//! let mut builder = NetworkBuilder::new();
//! let (electricity, steel) = (builder.add_column(0), builder.add_column(1));
//! builder.add_input(electricity, steel, Coefficient::exact(0.001));
//! builder.add_input(steel, electricity, Coefficient::exact(0.5));
//! builder.add_flow(electricity, FlowId(0), Coefficient::exact(0.4));
//! builder.add_flow(steel, FlowId(0), Coefficient::exact(1.6));
//! let network = builder.build()?;
//! let climate = CategoryFactors::new(vec![1.0]);
//! let scores = adjoint(&network, &direct_scores(&network, &climate))?;
//! let car = Demand::of(steel, 900.0).and(electricity, 4000.0, Grade::WEAKEST);
//! assert!((scores.total(&car)? - 3228.01).abs() < 0.01);
//! assert!(scores.report().residual < 1e-12);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assembly;
mod characterise;
mod coefficient;
mod comparison;
mod contributions;
pub mod database;
mod demand;
mod distribution;
mod draws;
pub mod formats;
mod gamma;
mod grades;
mod hotspots;
mod ids;
mod keyed;
mod matrices;
mod network;
mod normal;
mod order;
mod parameter_draws;
mod running;
mod sensitivity;
mod sobol;
mod solve;
mod statistics;
mod swap;
mod tree;

pub use assembly::{Assembly, AssemblyError, EntryKind};
pub use characterise::{CategoryFactors, direct_scores, direct_scores_many};
pub use coefficient::{Coefficient, MAX_FACTORS};
pub use comparison::{PairedDifference, paired_difference};
pub use contributions::{FlowContribution, InputFlow, column_contributions, flow_contributions, input_flows, supply_contributions};
pub use demand::{Demand, DemandLine};
pub use distribution::{DistributionError, FactorDistribution, FactorSampler, RatioSampler};
pub use draws::{Draw, DrawError, DrawWorkspace, PreparedSolver, monte_carlo};
pub use grades::{GradedScores, GradedTotal, share_by_grade};
pub use hotspots::{Leading, VarianceShares, leading};
pub use ids::{ColumnId, FactorId, FlowId, Grade, GroupId};
pub use keyed::{KeyedDraws, stable_key};
pub use matrices::{CharacterisationMethod, Entry, EntryUncertainty, Matrices};
pub use network::{EvaluationError, Flow, Input, NetConsumers, Network, NetworkBuilder, NetworkFault, NetworkRefused};
pub use normal::{normal_quantile, normal_share_below};
pub use parameter_draws::{CorrelationError, Correlations, ParameterDraws, parameter_name, parse_correlations};
pub use running::RunningSample;
pub use sensitivity::{RankedFactor, factor_sensitivities, variance_ranking};
pub use sobol::{SobolIndex, SobolIndices, sobol};
pub use solve::{
    Activity, ColumnList, DENSE_LIMIT, Factorisation, LoopFactors, Method, RESIDUAL_LIMIT, Scores, SolveError, SolveOptions, SolveReport, adjoint,
    adjoint_by_group, adjoint_many, adjoint_with, forward, forward_with, net_consumers,
};
pub use statistics::{Moments, quantile};
pub use swap::SupplierSwaps;
pub use tree::{Tree, TreeLimits, TreeNode, trace};
