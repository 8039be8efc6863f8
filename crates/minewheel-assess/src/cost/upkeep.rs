//! What keeping a car costs: an American cost by distance, taken to the prices of a country and to the price of the car.
//!
//! ```text
//! work  = km · m · l · h                     parts = km · m · (1 − l) · ((1 − g) + g·p) · (V/V₀)^ε
//! ```
//!
//! | symbol | meaning                                              | unit   | from `prices/prices.csv`                 |
//! |--------|------------------------------------------------------|--------|------------------------------------------|
//! | `m`    | scheduled maintenance in the United States, by drive | USD/km | `maintenance-<drive>`                    |
//! | `l`    | share of work in it                                  | 1      | `maintenance,labour_share`               |
//! | `h`    | price of an hour in a garage over the American one   | 1      | `garage-hour`, by country                |
//! | `g`    | share of a part's price that garage and shop keep    | 1      | `maintenance,parts_margin_share`         |
//! | `p`    | price level of consumption over the American one     | 1      | `consumption`, by country                |
//! | `V`, `V₀` | price of the car less its pack; of the cars that `m` belongs to | USD | the cost model; `maintenance,reference_price` |
//! | `ε`    | how parts follow the price of the car                | 1      | `maintenance,parts_price_elasticity`     |
//!
//! Sources: Burnham et al. (2021) for `m`, NADA (2019) for `l`, Penn World Table 10.01 and 11.0 for `h` and `p`; `g`, `ε` and `V₀` are assumptions
//! that their rows argue. An hour in a garage is part pay, part rent and tools, so `h` lies between the ratio of pay and that of prices. Parts
//! themselves are taken to cost the same everywhere. Repairs after accidents and beyond schedule are left out.

use minewheel_data::parameters::ParameterError;
use minewheel_data::row::Value;

use super::{CostBlock, Prices};

/// The country that the costs by distance are of.
const MEASURED_IN: [&str; 1] = ["US"];

/// Work and parts over a distance, for a car of a drive (`maintenance-bev` and its like) that costs `usd` without its traction battery.
///
/// # Errors
/// A price or level is missing.
pub(super) fn upkeep(here: &Prices<'_>, drive: &str, km: f64, usd: f64) -> Result<[CostBlock; 2], ParameterError> {
    let measured = |subject: &str, property: &str, unit: &str| here.value_in(&MEASURED_IN, subject, property, unit);
    let local = |subject: &str, property: &str| here.value(subject, property, "1").map(|v| v.0);
    let (by_distance, price_year) = measured(drive, "cost_per_distance", "USD/km")?;
    let share = measured("maintenance", "labour_share", "1")?.0;
    let hour = local("garage-hour", "price_over_us")?;
    let level = local("consumption", "price_level_over_us")?;
    let margin = measured("maintenance", "parts_margin_share", "1")?.0;
    let elasticity = measured("maintenance", "parts_price_elasticity", "1")?.0;
    let reference = measured("maintenance", "reference_price", "USD/item")?.0;

    let of = |value: &Value| here.draw.of(value);
    let whole = km * of(&by_distance);
    let class = (usd / of(&reference)).powf(of(&elasticity));
    let local_price = of(&margin).mul_add(of(&level) - 1.0, 1.0);
    let work = whole * of(&share) * of(&hour);
    let parts = whole * (1.0 - of(&share)) * local_price * class;
    let block = |block: &'static str, usd: f64, rows: &[&Value]| here.block(block, usd, price_year, rows.iter().map(|v| v.row).collect());
    Ok([
        block("maintenance, work", work, &[&by_distance, &share, &hour]),
        block("maintenance, parts", parts, &[&by_distance, &share, &margin, &level, &elasticity, &reference]),
    ])
}
