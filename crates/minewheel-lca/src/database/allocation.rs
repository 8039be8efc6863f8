//! Co-products: which share of a process each of them carries.
//!
//! ```text
//! amount of exchange e for product p = share(p, e) · amount of e        Σ_p share(p, e) = 1
//! ```
//!
//! | choice           | share of product p                                              |
//! |------------------|-----------------------------------------------------------------|
//! | physical, economic | the factor that the process gives                             |
//! | causal           | the factor that the process gives for the exchange              |
//! | a flow property  | its amount in that property over that of all products           |
//! | reference only   | 1 for the reference product; the others come free, and nothing is supplied by them |
//!
//! Source: ISO 14044:2006, 4.3.4, in the terms of the openLCA schema. A process with one product has nothing to share.

use super::index::{FlowIndex, PropertyIndex};
use super::parameters::Values;
use super::process::{AllocationKind, Direction, Exchange, Process};
use super::{Database, FlowKind, FormulaError};

/// Shares that miss one by more than this are refused; files round them to a few digits.
const SHARE_SUM_TOLERANCE: f64 = 1e-3;

/// How burdens are shared among co-products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Allocation {
    /// As each process says.
    #[default]
    AsDeclared,
    /// By the physical factors of the process.
    Physical,
    /// By its economic factors.
    Economic,
    /// By its causal factors, exchange by exchange.
    Causal,
    /// By the amounts of the products in one property.
    Property(PropertyIndex),
    /// All to the reference product.
    ReferenceOnly,
}

/// Why the burdens of a process cannot be shared.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AllocationError {
    /// It has several products and says nothing.
    #[error("`{process}` makes {products} products and declares no allocation")]
    NotDeclared {
        /// The process.
        process: String,
        /// How many products it has.
        products: usize,
    },
    /// A product has no factor.
    #[error("`{process}` has no {kind} allocation factor for `{product}`{}", .exchange.as_ref().map(|e| format!(" and `{e}`")).unwrap_or_default())]
    Missing {
        /// The process.
        process: String,
        /// The kind of factor.
        kind: &'static str,
        /// The product.
        product: String,
        /// The flow of the exchange, for causal factors.
        exchange: Option<String>,
    },
    /// Shares that do not sum to one.
    #[error("the {kind} allocation factors of `{process}` sum to {sum}{}; 1 is wanted", .exchange.as_ref().map(|e| format!(" for `{e}`")).unwrap_or_default())]
    Sum {
        /// The process.
        process: String,
        /// The kind of factor.
        kind: &'static str,
        /// The sum.
        sum: f64,
        /// The flow of the exchange, for causal factors.
        exchange: Option<String>,
    },
    /// A product is not measured in the property.
    #[error("`{product}` of `{process}` is not measured in {property}")]
    NotMeasured {
        /// The process.
        process: String,
        /// The product.
        product: String,
        /// The property.
        property: String,
    },
    /// A factor's formula has no value.
    #[error("an allocation factor of `{process}` = `{formula}`: {reason}")]
    Formula {
        /// The process.
        process: String,
        /// The formula.
        formula: String,
        /// Why.
        reason: FormulaError,
    },
    /// It has no reference product that could carry all.
    #[error("`{process}` makes {products} products, none of which is its reference")]
    NoReference {
        /// The process.
        process: String,
        /// How many products it has.
        products: usize,
    },
}

/// The shares of one product in the exchanges of its process.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shares {
    /// The same for all.
    Even(f64),
    /// By the place of the exchange.
    ByExchange(Vec<f64>),
}

impl Shares {
    pub fn of(&self, exchange: usize) -> f64 {
        match self {
            Self::Even(share) => *share,
            Self::ByExchange(shares) => shares[exchange],
        }
    }
}

/// Whether an exchange is a product of its process: a product that leaves it, or a waste that enters it to be treated.
pub(super) fn is_provided(database: &Database, exchange: &Exchange) -> bool {
    let kind = database.flow(exchange.flow).kind;
    let is_provided =
        (kind == FlowKind::Product && exchange.direction == Direction::Output) || (kind == FlowKind::Waste && exchange.direction == Direction::Input);
    is_provided && !exchange.is_avoided
}

/// The products of a process with some amount, each once, in the order of its exchanges.
pub(super) fn products(database: &Database, process: &Process) -> Vec<FlowIndex> {
    let mut found: Vec<FlowIndex> = Vec::new();
    for exchange in process.exchanges.iter().filter(|e| is_provided(database, e) && (e.amount != 0.0 || e.formula.is_some())) {
        if !found.contains(&exchange.flow) {
            found.push(exchange.flow);
        }
    }
    found
}

/// The products that a process supplies under a choice: all of them, or the reference product alone.
pub(super) fn supplied(database: &Database, process: &Process, allocation: Allocation) -> Vec<FlowIndex> {
    let products = products(database, process);
    let reference = process.reference.map(|at| process.exchanges[at as usize].flow).filter(|flow| products.contains(flow));
    match (allocation, reference) {
        (Allocation::ReferenceOnly, Some(flow)) => vec![flow],
        _ => products,
    }
}

/// The shares of each product, in the order given.
pub(super) fn shares(
    database: &Database,
    process: &Process,
    values: &Values<'_>,
    amounts: &[f64],
    products: &[FlowIndex],
    allocation: Allocation,
) -> Result<Vec<Shares>, AllocationError> {
    if products.len() == 1 {
        return Ok(vec![Shares::Even(1.0)]);
    }
    let name = || process.name.to_string();
    let kind = match allocation {
        Allocation::ReferenceOnly => return Err(AllocationError::NoReference { process: name(), products: products.len() }),
        Allocation::Property(property) => return by_property(database, process, amounts, products, property),
        Allocation::Physical => AllocationKind::Physical,
        Allocation::Economic => AllocationKind::Economic,
        Allocation::Causal => AllocationKind::Causal,
        Allocation::AsDeclared => {
            let declared = process.default_allocation;
            declared.ok_or_else(|| AllocationError::NotDeclared { process: name(), products: products.len() })?
        }
    };
    let word = match kind {
        AllocationKind::Physical => "physical",
        AllocationKind::Economic => "economic",
        AllocationKind::Causal => "causal",
    };
    let factor = |product: FlowIndex, exchange: Option<u32>| -> Result<Option<f64>, AllocationError> {
        let Some(found) = process.allocation_factors.iter().find(|f| f.kind == kind && f.product == product && f.exchange == exchange) else {
            return Ok(None);
        };
        let Some(formula) = found.formula.as_deref() else { return Ok(Some(found.value)) };
        let value = values.evaluate(formula);
        value.map(Some).map_err(|reason| AllocationError::Formula { process: name(), formula: formula.to_owned(), reason })
    };
    let flow_name = |flow: FlowIndex| database.flow(flow).name.to_string();
    let all = |exchange: Option<u32>, of: Option<FlowIndex>| -> Result<Vec<f64>, AllocationError> {
        let mut row = Vec::with_capacity(products.len());
        for product in products {
            let missing = || AllocationError::Missing { process: name(), kind: word, product: flow_name(*product), exchange: of.map(flow_name) };
            row.push(factor(*product, exchange)?.ok_or_else(missing)?);
        }
        let sum: f64 = row.iter().sum();
        if (sum - 1.0).abs() > SHARE_SUM_TOLERANCE || !sum.is_finite() {
            return Err(AllocationError::Sum { process: name(), kind: word, sum, exchange: of.map(flow_name) });
        }
        Ok(row.iter().map(|share| share / sum).collect())
    };
    if kind != AllocationKind::Causal {
        return Ok(all(None, None)?.into_iter().map(Shares::Even).collect());
    }
    let mut by_product = vec![vec![0.0; process.exchanges.len()]; products.len()];
    for (place, exchange) in process.exchanges.iter().enumerate() {
        if is_provided(database, exchange) || amounts[place] == 0.0 {
            continue;
        }
        for (shares, share) in by_product.iter_mut().zip(all(Some(exchange.internal_id), Some(exchange.flow))?) {
            shares[place] = share;
        }
    }
    Ok(by_product.into_iter().map(Shares::ByExchange).collect())
}

fn by_property(
    database: &Database,
    process: &Process,
    amounts: &[f64],
    products: &[FlowIndex],
    property: PropertyIndex,
) -> Result<Vec<Shares>, AllocationError> {
    let mut sizes = Vec::with_capacity(products.len());
    for product in products {
        let flow = database.flow(*product);
        let Some(factor) = flow.properties.iter().find(|f| f.property == property) else {
            let property = database.properties()[property.at()].name.to_string();
            return Err(AllocationError::NotMeasured { process: process.name.to_string(), product: flow.name.to_string(), property });
        };
        let made = process.exchanges.iter().zip(amounts).filter(|(e, _)| e.flow == *product && is_provided(database, e));
        sizes.push(made.map(|(_, amount)| amount.abs() * factor.factor).sum::<f64>());
    }
    let sum: f64 = sizes.iter().sum();
    if sum > 0.0 && sum.is_finite() {
        Ok(sizes.into_iter().map(|size| Shares::Even(size / sum)).collect())
    } else {
        Err(AllocationError::Sum { process: process.name.to_string(), kind: "property", sum, exchange: None })
    }
}
