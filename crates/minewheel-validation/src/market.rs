//! Batteries of the cars sold in the world beside what is published.

use minewheel_data::store::Store;
use minewheel_industry::market::batteries::{DEMAND, battery_demand};
use minewheel_industry::market::period::Period;
use minewheel_industry::market::series::{Key, Market};

use crate::ValidationError;
use crate::chapter::{deviation, number};
use crate::claim::Claim;
use crate::report::{Report, Row, judged};

const PLACE: &str = "WORLD";

pub(crate) fn batteries(claim: Claim) -> Result<Report, ValidationError> {
    let market = Market::read(&Store::embedded(), false, None).map_err(ValidationError::Tables)?;
    let limit = claim.limit("relative_error")?;
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    for published in market.observations(&Key::new(PLACE, DEMAND, "")) {
        let year = published.period.last_year();
        if published.period != Period::year(year) {
            continue;
        }
        let Some(ours) = battery_demand(&market, PLACE, year) else { continue };
        let row = Row {
            label: format!("world, {year}"),
            marks: vec![published.source.clone(), year.to_string()],
            ours: ours.gwh,
            theirs: published.value,
            unit: "GWh".to_owned(),
            is_met: None,
        };
        let row = Row { is_met: Some(row.error().abs() <= limit), ..row };
        let known = ours.status.word().to_owned();
        lines.push(vec![year.to_string(), known, number(row.theirs), number(row.ours), number(ours.rounding), deviation(row.error())]);
        rows.push(row);
    }
    judged(claim, rows, lines, "GWh of batteries in cars sold", ["year", "known", "theirs", "ours", "rounding of ours", "error"], 2)
}
