//! What can go wrong with an exchange, in words that help to mend it.

use minewheel_exchange::client::ClientError;
use minewheel_exchange::operator::OperatorError;
use minewheel_exchange::server::ServeError;

use crate::failure::Failure;

/// Why a command of the exchange did not do it.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeFailure {
    /// The operator's order was not carried out.
    #[error(transparent)]
    Operator(#[from] OperatorError),
    /// The host does not run.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// A call failed.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// A host sent something that is no footprint.
    #[error("the host sent a footprint that is none: {0}")]
    Sent(String),
    /// A car without a pack.
    #[error("`{0}` has no traction battery")]
    NoBattery(String),
    /// A document that the specification does not allow.
    #[error("{}", .0.join("\n"))]
    Pcf(Vec<String>),
}

impl ExchangeFailure {
    /// A stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Operator(OperatorError::Faults { .. } | OperatorError::Text(_)) => "minewheel::exchange::footprint",
            Self::Operator(OperatorError::Store(_)) | Self::Serve(ServeError::Store(_)) => "minewheel::exchange::store",
            Self::Operator(_) => "minewheel::exchange::order",
            Self::Serve(_) => "minewheel::exchange::serve",
            Self::Client(_) => "minewheel::exchange::call",
            Self::Sent(_) => "minewheel::exchange::sent",
            Self::NoBattery(_) | Self::Pcf(_) => "minewheel::exchange::pcf",
        }
    }

    /// What to do next.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Operator(OperatorError::Faults { .. } | OperatorError::Text(_)) => {
                "a footprint is a ProductFootprint of the PACT Technical Specifications 3, or 2.0 to 2.3; `GET /openapi.json` describes it"
            }
            Self::Operator(OperatorError::Store(_)) | Self::Serve(ServeError::Store(_)) => {
                "--store is a path of a SQLite file in a folder that is there, or postgres://user:password@host/database"
            }
            Self::Operator(OperatorError::NoPeer(_)) => "`minewheel exchange peer` says where a tenant's own host is",
            Self::Operator(OperatorError::NoRequest(_)) => "`minewheel exchange request list` lists requests and their state",
            Self::Serve(ServeError::Plain(_)) => "give --tls-cert and --tls-key, or --insecure behind a proxy that speaks TLS",
            Self::Operator(_) | Self::Serve(_) => "`docs/how-to/exchange.md` walks through a host from its first start",
            Self::Client(_) => "--url is the host's address without `/3/…`; --ca names a certificate authority of your own",
            Self::NoBattery(_) => "a car with a traction battery has one; `minewheel cars` lists them",
            Self::Pcf(_) => "`minewheel exchange pcf --help` says what each option stands for",
            Self::Sent(_) => "`--format json` writes what the host sent, unread",
        }
    }
}

impl From<ExchangeFailure> for Failure {
    fn from(error: ExchangeFailure) -> Self {
        match error {
            ExchangeFailure::Operator(OperatorError::NoTenant { seen, known }) => Self::UnknownName { kind: "tenant", seen, known },
            other => Self::Exchange(other),
        }
    }
}

impl From<OperatorError> for Failure {
    fn from(error: OperatorError) -> Self {
        ExchangeFailure::from(error).into()
    }
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        ExchangeFailure::from(error).into()
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        ExchangeFailure::from(error).into()
    }
}
