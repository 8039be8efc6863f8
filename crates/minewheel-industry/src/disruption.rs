//! What stops when a supplier stops: kilograms and days through the tiers of a car's supply.
//!
//! A node is a product made in a place; a pool is the stock of a product that all its buyers in one country hold. Each day
//!
//! ```text
//! x_n = min(orders_n, K_n) · min_p φ_p          φ_p = min(1, S_p / Σ_n a_{n,p} · min(orders_n, K_n))
//! S_p ← S_p + arrivals_p − Σ_n a_{n,p} · x_n    arrivals after L_within or L_between days
//! order_p = u_p + (u_p · (D + L) − S_p − transit_p) / τ,   not below nought
//! K_n = base_n · (1 + k_n) · (1 − outage)       k_n climbs to the spare capacity in R days while orders exceed the base
//! ```
//!
//! | symbol      | meaning                                                       | unit    | from                    |
//! |-------------|---------------------------------------------------------------|---------|-------------------------|
//! | `x_n`       | made by node `n` in a day                                     | unit/day | computed               |
//! | `a_{n,p}`   | what a unit of `n` takes from pool `p`                        | per unit | [`minewheel_assess::tiers`] |
//! | `S_p`, `u_p`| stock, and use at the orders of the day                       | unit, unit/day | computed         |
//! | `D`         | days of stock held                                            | day     | `supply/parameters.csv` |
//! | `L`         | days in transit                                               | day     | `supply/parameters.csv` |
//! | `τ`         | days over which a stock is refilled                           | day     | `supply/parameters.csv` |
//! | `k_n`, `R`  | spare capacity in use, days to climb to all of it             | –, day  | `supply/parameters.csv` |
//!
//! An order goes to the suppliers of the base flows first. What they cannot serve goes to whoever has capacity left: at
//! once to suppliers of earlier deliveries, to others after their qualification. An export cap limits what crosses the
//! border at a share of its base flow. A plant that cannot build its car builds it with another chemistry once that
//! is released; cars not built wait and are built later with the plant's spare capacity.
//!
//! The scale is that of the study: base flows are what its plants need, capacities those flows and their spare parts, so
//! competing buyers are in the spare capacity alone. Prices, panic buying and new mines are left out. Stocks are
//! those of buyers; makers ship what they make.
//!
//! Source of the idea: S. Hallegatte, Risk Analysis 28 (2008) 779 and 34 (2014) 152 (adaptive regional input–output),
//! here in physical units. Valid for days to a few years after a shock.

pub mod engine;
pub mod ensemble;
pub mod events;
pub mod layout;
mod orders;
pub mod parameters;
pub mod report;
pub mod scene;
pub mod study;
pub mod system;

use minewheel_assess::AssessError;
use minewheel_data::parameters::ParameterError;
use minewheel_data::supply::NoShares;

use crate::supply::sourcing::SourcingError;

/// A study that cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum DisruptionError {
    /// The file is no study.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the reader said.
        reason: String,
    },
    /// No plant.
    #[error("{file}: a study needs at least one [[plant]]")]
    NoPlant {
        /// The file.
        file: String,
    },
    /// A number is outside its range.
    #[error("{file}: `{key}` is {seen}, wanted a number {}", wanted(*minimum, *maximum))]
    OutOfRange {
        /// The file.
        file: String,
        /// The key.
        key: String,
        /// The number.
        seen: f64,
        /// Least.
        minimum: f64,
        /// Most.
        maximum: f64,
    },
    /// A name that the supply of the study's cars does not have.
    #[error("`{key}` is `{seen}`{}; the study's cars pass: {known}", nearest.as_deref().map(|n| format!("; did you mean `{n}`?")).unwrap_or_default())]
    Name {
        /// The key.
        key: &'static str,
        /// The name.
        seen: String,
        /// The nearest one.
        nearest: Option<String>,
        /// The names there are.
        known: String,
    },
    /// A shock that hits nothing.
    #[error("a shock names neither products nor tiers; give one of them")]
    EmptyShock,
    /// A car cannot be made or its supply not be opened.
    #[error(transparent)]
    Assess(#[from] AssessError),
    /// What a car's file asks of its makers cannot be had.
    #[error(transparent)]
    Sourcing(#[from] Box<SourcingError>),
    /// A year before all shares.
    #[error(transparent)]
    Year(#[from] NoShares),
    /// A parameter is missing.
    #[error(transparent)]
    Parameter(#[from] ParameterError),
}

/// A range in words; bounds that no study meets are left out.
fn wanted(minimum: f64, maximum: f64) -> String {
    let from = if minimum == f64::MIN_POSITIVE { "above 0".to_owned() } else { format!("from {minimum}") };
    if maximum == f64::MAX { from } else { format!("{from} to {maximum}") }
}
