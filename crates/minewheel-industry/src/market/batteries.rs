//! Batteries of the electric cars sold in a year: cars of each drive times their mean pack, beside what is published.
//!
//! ```text
//! D = Σ_h N_h · E_h        h: battery cars, plug-in hybrids
//! ```
//!
//! | symbol | meaning                                                        | unit    | from                |
//! |--------|----------------------------------------------------------------|---------|---------------------|
//! | `N_h`  | cars sold                                                      | vehicle | `electric-car-sales` |
//! | `E_h`  | mean pack; between two published years on the line between them | kWh     | `electric-car-pack`  |
//!
//! Where a drive has no pack in a year, all cars are counted with the mean pack of both, if that is known. Before the first
//! published pack and after the last nothing is said.

use minewheel_data::status::Status;
use minewheel_data::units;

use super::period::Period;
use super::series::{Figure, Key, Market};

/// The series of cars sold, of mean packs and of published demand.
const SALES: &str = "electric-car-sales";
const PACK: &str = "electric-car-pack";
/// The series of the published demand for batteries of cars.
pub const DEMAND: &str = "car-battery-demand";
const DRIVES: [&str; 2] = ["bev", "phev"];

/// Batteries of the cars sold in a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatteryDemand {
    /// Gigawatt-hours.
    pub gwh: f64,
    /// What half the last printed digits of cars and packs move it by.
    pub rounding: f64,
    /// The weakest status it rests on.
    pub status: Status,
}

/// A mean pack in kWh, what rounding moves it by, and how it is known.
type Pack = (f64, f64, Status);

/// Demand for batteries of cars by sales and packs; `None`: no cars or no packs are known.
pub fn battery_demand(market: &Market, place: &str, year: i32) -> Option<BatteryDemand> {
    let sales = DRIVES.map(|drive| market.figure(&Key::new(place, SALES, drive), Period::year(year)));
    let [Some(battery_cars), Some(hybrids)] = &sales else { return None };
    let packs = DRIVES.map(|drive| mean_pack(market, place, drive, year));
    let [of_battery_cars, of_hybrids] =
        if let [Some(of_battery_cars), Some(of_hybrids)] = packs { [of_battery_cars, of_hybrids] } else { [mean_pack(market, place, "", year)?; 2] };
    let parts: [(&Figure, Pack); 2] = [(battery_cars, of_battery_cars), (hybrids, of_hybrids)];
    let kwh: f64 = parts.iter().map(|(cars, pack)| cars.value * pack.0).sum();
    let rounding_kwh: f64 = parts.iter().map(|(cars, pack)| cars.value * pack.1 + cars.rounding * pack.0).sum();
    let in_gwh = |kwh: f64| units::convert(kwh, "kWh", "GWh").ok();
    let status = parts.iter().map(|(cars, pack)| cars.status.max(pack.2)).max()?.max(Status::Derived);
    Some(BatteryDemand { gwh: in_gwh(kwh)?, rounding: in_gwh(rounding_kwh)?, status })
}

fn mean_pack(market: &Market, place: &str, drive: &str, year: i32) -> Option<Pack> {
    let known: Vec<(i32, Pack)> = market
        .observations(&Key::new(place, PACK, drive))
        .iter()
        .filter_map(|o| {
            let kwh = |value: f64| units::convert(value, &o.unit, "kWh").ok();
            Some((o.period.last_year(), (kwh(o.value)?, kwh(o.resolution)? / 2.0, o.status)))
        })
        .collect();
    let after = known.iter().position(|(known, _)| *known >= year)?;
    let (later, to) = known[after];
    if later == year {
        return Some(to);
    }
    let (earlier, from) = *known.get(after.checked_sub(1)?)?;
    let part = f64::from(year - earlier) / f64::from(later - earlier);
    let between = |a: f64, b: f64| a + part * (b - a);
    Some((between(from.0, to.0), between(from.1, to.1), from.2.max(to.2).max(Status::Derived)))
}
