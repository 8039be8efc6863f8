//! One module a command: its arguments, what it calls, how it prints.

pub mod assess;
pub mod cars;
pub mod case;
pub mod data;
pub mod drive;
pub mod explain;
pub mod scenario;

pub mod schema;
