//! One module a command: its arguments, what it calls, how it prints.

pub mod age;
pub mod assess;
pub mod battery;
pub mod body;
pub mod cars;
pub mod case;
pub mod charge;
pub mod charging;
pub mod credits;
pub mod data;
pub mod disrupt;
pub mod drive;
pub mod drive_unit;
pub mod exchange;
pub mod explain;
pub mod fleet;
pub mod lca;
pub mod market;
pub mod motor;
pub mod passport;
pub mod performance;
pub mod plant;
pub mod range;
pub mod recycle;
pub mod rules;
pub mod scenario;

pub mod schema;
pub mod serve;
pub mod suppliers;
pub mod supply;
pub mod tco;
pub mod trip;
