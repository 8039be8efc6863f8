//! Units, ids, sources, and the typed, source-checked tables of Minewheel.
//!
//! A number enters the house here and nowhere else. [`store::Store`] holds the files (embedded, or a user's folder
//! laid over them), [`loader::Loader`] turns text into numbered rows with a source and a status, and the table
//! modules turn rows into checked types. Everything downstream holds [`row::Value`]s and asks a [`row::Draw`] for
//! numbers, so that any result can name the rows it rests on.

pub mod car;
pub mod car_fields;
pub mod car_file;
pub mod cards;
pub mod catalogue;
pub mod cycles;
pub mod dependence;
pub mod electricity;
pub mod listing;
pub mod loader;
pub mod markets;
pub mod methods;
pub mod parameters;
pub mod places;
pub mod row;
pub mod source;
pub mod status;
pub mod store;
pub mod supply;
pub mod table;
pub mod units;
