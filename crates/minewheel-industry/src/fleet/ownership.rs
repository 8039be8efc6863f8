//! Vehicles per 1,000 people as income rises.
//!
//! ```text
//! V = γ · exp(α · exp(β · Y))          Gompertz
//! Y(t) = Y(t₀) · Π (1 + g)             income per head in thousand 2015 US dollars
//! ```
//!
//! | symbol | meaning                              | unit  | from                                        |
//! |--------|--------------------------------------|-------|---------------------------------------------|
//! | `γ`    | saturation, chosen                   | –     | `fleet/parameters.csv`, `ownership-…`       |
//! | `α, β` | fitted for that saturation           | –     | the same                                    |
//! | `g`    | growth of income                     | –     | `fleet/parameters.csv`, `income`            |
//!
//! A level means nothing without what is counted: the register's automobiles (with vans, lorries and buses) lie a sixth above the
//! vehicles of international tables. The data to 2023 do not tell saturations apart, so every answer is a list. Valid while income
//! drives ownership; bans, congestion and shared cars are left out.

use minewheel_data::parameters::ParameterError;
use minewheel_data::row::Draw;
use serde::Serialize;

use super::study::between;
use super::tables::FleetTables;

/// Begin of the names of curves.
const CURVES: &str = "ownership-";

/// A Gompertz curve of one definition and saturation.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnershipCurve {
    /// What is counted: `register` or `table`.
    pub counts: String,
    /// Vehicles a head at the end.
    pub saturation: f64,
    alpha: f64,
    beta: f64,
}

/// When one curve reaches a level.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Reached {
    /// What is counted.
    pub counts: String,
    /// Saturation per 1,000.
    pub saturation: f64,
    /// The first year at or above the level; `None`: not until the last year tried.
    pub year: Option<i32>,
    /// Per 1,000 in the last year tried.
    pub at_last: f64,
}

impl OwnershipCurve {
    /// Vehicles a head at an income per head in thousand 2015 US dollars.
    pub fn at(&self, income: f64) -> f64 {
        self.saturation * (self.alpha * (self.beta * income).exp()).exp()
    }
}

/// Every curve of the tables, in their order.
///
/// # Errors
/// A curve lacks a parameter.
pub fn curves(tables: &FleetTables) -> Result<Vec<OwnershipCurve>, ParameterError> {
    tables
        .parameters
        .subjects()
        .filter_map(|name| name.strip_prefix(CURVES).and_then(|rest| rest.split_once('-')).map(|(counts, _)| (name, counts)))
        .map(|(name, counts)| {
            let number = |property: &str| tables.parameters.value(name, property, "1").map(|v| v.best);
            Ok(OwnershipCurve { counts: counts.to_owned(), saturation: number("saturation")?, alpha: number("alpha")?, beta: number("beta")? })
        })
        .collect()
}

/// Income per head of a place by year, from the year of its row to `to`, with growth moved by `shift`.
///
/// # Errors
/// The place has no income or growth.
pub fn income(tables: &FleetTables, place: &str, from: i32, to: i32, shift: f64) -> Result<Vec<(i32, f64)>, ParameterError> {
    drawn_income(tables, place, from, to, shift, &Draw::BEST)
}

/// As [`income`], in a draw.
///
/// # Errors
/// As [`income`].
pub fn drawn_income(tables: &FleetTables, place: &str, from: i32, to: i32, shift: f64, draw: &Draw<'_>) -> Result<Vec<(i32, f64)>, ParameterError> {
    let subject = tables.parameters.subject("income")?;
    let mut path = vec![(from, draw.of(&subject.value_at("per-head", &[place], from, "1")?))];
    for year in from + 1..=to {
        let growth = draw.of(&subject.value_at("growth", &[place], year, "1")?) + shift;
        let before = path.last().map_or(0.0, |p| p.1);
        path.push((year, before * (1.0 + growth)));
    }
    Ok(path)
}

/// Year of the last row of income of a place up to a year.
///
/// # Errors
/// There is none.
pub fn income_year(tables: &FleetTables, place: &str, until: i32) -> Result<i32, ParameterError> {
    let (_, year) = tables.parameters.subject("income")?.dated_value_at("per-head", &[place], until, "1")?;
    Ok(year.unwrap_or(until))
}

/// People of a place at the end of each year, linear between the years of the tables; the last holds after it.
///
/// # Errors
/// No row of the place reaches back to `from`.
pub fn people(tables: &FleetTables, place: &str, from: i32, to: i32, draw: &Draw<'_>) -> Result<Vec<(i32, f64)>, ParameterError> {
    let subject = tables.parameters.subject("people")?;
    let mut points: Vec<(i32, f64)> = Vec::new();
    // A line may end after the last year asked for: a century on is beyond every table.
    for year in from..=to + 100 {
        let (value, stated_for) = subject.dated_value_at("count", &[place], year, "1")?;
        let stated_for = stated_for.unwrap_or(year);
        if points.last().is_none_or(|p| p.0 < stated_for) {
            points.push((stated_for, draw.of(&value)));
        }
    }
    Ok((from..=to).map(|year| (year, between(&points, year))).collect())
}

/// When every curve reaches a level per 1,000.
///
/// # Errors
/// A parameter is missing.
pub fn when(tables: &FleetTables, place: &str, level: f64, from: i32, to: i32, shift: f64) -> Result<Vec<Reached>, ParameterError> {
    let path = income(tables, place, from, to, shift)?;
    let per_thousand = |share: f64| share * 1000.0;
    Ok(curves(tables)?
        .into_iter()
        .map(|curve| Reached {
            counts: curve.counts.clone(),
            saturation: per_thousand(curve.saturation),
            year: path.iter().find(|(_, y)| per_thousand(curve.at(*y)) >= level).map(|p| p.0),
            at_last: path.last().map_or(0.0, |p| per_thousand(curve.at(p.1))),
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use minewheel_data::store::Store;

    #[test]
    fn ownership_of_2024_and_2025_is_met_by_curves_that_saw_2023() {
        // Automobiles of the register per 1,000: 250.7 at the end of 2024 and 260.5 at the end of 2025. The curve that saturates at
        // 450 is 5 % above the latter, the others are nearer.
        let tables = FleetTables::read(&Store::embedded(), false).unwrap();
        let path = income(&tables, "CN", 2021, 2025, 0.0).unwrap();
        for curve in curves(&tables).unwrap().iter().filter(|c| c.counts == "register" && (0.35..0.46).contains(&c.saturation)) {
            for (index, seen) in [(3, 250.7), (4, 260.5)] {
                let ours = 1000.0 * curve.at(path[index].1);
                assert!((ours / seen - 1.0).abs() < 0.055, "{curve:?}: {ours} against {seen}");
            }
        }
    }

    #[test]
    fn people_lie_on_lines_between_their_rows_and_stay_after_the_last() {
        let tables = FleetTables::read(&Store::embedded(), false).unwrap();
        let found = people(&tables, "CN", 2024, 2070, &Draw::BEST).unwrap();
        let of = |year: i32| found.iter().find(|p| p.0 == year).unwrap().1;
        assert!((of(2027) - 1.403e9).abs() < 1.0 && (of(2035) - 1.3705e9).abs() < 1.0);
        assert_eq!(of(2070), of(2060));
        assert!(people(&tables, "DE", 2024, 2030, &Draw::BEST).is_err() && people(&tables, "CN", 2010, 2030, &Draw::BEST).is_err());
    }

    #[test]
    fn a_level_above_saturation_is_never_reached_and_faster_income_reaches_it_earlier() {
        let tables = FleetTables::read(&Store::embedded(), false).unwrap();
        let slow = when(&tables, "CN", 400.0, 2021, 2100, -0.01).unwrap();
        let fast = when(&tables, "CN", 400.0, 2021, 2100, 0.01).unwrap();
        for (slow, fast) in slow.iter().zip(&fast) {
            assert!(slow.saturation > 400.0 || slow.year.is_none(), "{slow:?}");
            assert!(fast.year.unwrap_or(i32::MAX) <= slow.year.unwrap_or(i32::MAX));
        }
        assert!(fast.iter().any(|r| r.year.is_some()));
    }
}
