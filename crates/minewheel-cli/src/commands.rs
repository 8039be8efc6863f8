//! One module a command: its arguments, what it calls, how it prints.

pub mod age;
pub mod assess;
pub mod body;
pub mod cars;
pub mod case;
pub mod charge;
pub mod credits;
pub mod data;
pub mod drive;
pub mod drive_unit;
pub mod explain;
pub mod motor;
pub mod performance;
pub mod plant;
pub mod range;
pub mod scenario;

pub mod schema;
pub mod trip;
