//! Supplier footprints in exchange: a host and a client of the PACT Technical Specifications, version 3.
//!
//! A supplier publishes footprints of its products, a maker reads those that it was granted, and both tell each other by
//! events what is wanted and what is there. The specification is WBCSD's; names of properties, paths and errors are its
//! own, all else is ours. A footprint is never computed or rounded here: its text is kept as it was sent.
//!
//! - [`footprint`], [`decimal`], [`event`], [`filter`]: what travels, read strictly.
//! - [`store`]: what is kept, behind one trait, in SQLite or PostgreSQL.
//! - [`server`]: the host. [`client`]: the calling side. [`operator`]: what the operator does at the command line.
//!
//! This is a face: it owns the clock, the files and the network that the libraries do without.

pub mod client;
pub mod clock;
pub mod decimal;
pub mod error;
pub mod event;
pub mod filter;
pub mod footprint;
pub mod json;
pub mod logging;
pub mod openapi;
pub mod operator;
pub mod secret;
pub mod server;
pub mod store;
