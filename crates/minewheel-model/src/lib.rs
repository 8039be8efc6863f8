//! Engineering of the car: a design becomes mass, materials and energy. Knows no carbon, law or money.

pub mod ageing;
pub mod battery;
pub mod bill;
pub mod body;
pub mod charging;
pub mod drive;
pub mod motor;
pub mod plant;
pub mod recycling;
pub mod vehicle;
