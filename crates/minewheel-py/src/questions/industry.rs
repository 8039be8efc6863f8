//! `market`, `fleet.run`, `tco` and `cases`: the world around the car.

use std::sync::Arc;

use minewheel_industry::cases::{self, CaseError};
use minewheel_industry::fleet::run::{FleetError, run};
use minewheel_industry::fleet::study::Study;
use minewheel_industry::fleet::tco::compare;
use minewheel_industry::market::period::{Period, Step};
use minewheel_industry::market::report::{SHARE, report};
use minewheel_industry::market::series::Market;
use pyo3::prelude::*;

use super::one_of;
use crate::answer;
use crate::cars::Car;
use crate::failure::Failure;
use crate::tables::{Tables, violations};

impl From<FleetError> for Failure {
    fn from(error: FleetError) -> Self {
        match error {
            FleetError::Assess(error) => error.into(),
            FleetError::Car(error) => Self::new("minewheel::car::unknown", error, "`minewheel.cars()` lists the catalogue"),
            other => Self::new("minewheel::fleet::study", other, "`docs/model/fleet.md` lists the keys of a study; `examples/11_fleet` has some"),
        }
    }
}

impl From<CaseError> for Failure {
    fn from(error: CaseError) -> Self {
        match error {
            CaseError::Assess(error) => error.into(),
            other => Self::new("minewheel::case", other, "`minewheel.cases.list()` lists the cases"),
        }
    }
}

/// What is asked of a market; each key is an argument of the Python function.
#[derive(FromPyObject)]
#[pyo3(from_item_all)]
pub struct MarketOptions {
    place: String,
    first: String,
    last: String,
    by: Option<String>,
    indicators: Vec<String>,
    holders: bool,
    own: Option<(String, String)>,
}

impl MarketOptions {
    fn span(&self) -> Result<(Period, Step), Failure> {
        let wanted = "a period: 2023, 2023-H1, 2023-Q2 or 2023-06";
        let read = |name: &str, text: &str| text.parse::<Period>().map_err(|_| Failure::argument(name, text, wanted));
        let (from, to) = (read("first", &self.first)?, read("last", &self.last)?);
        let span = Period::span(from, to).ok_or_else(|| Failure::argument("last", &self.last, format!("{from} or later")))?;
        let is_whole = span.cut(Step::Year).iter().map(|p| p.months()).sum::<i32>() == span.months();
        let steps = [Step::Month, Step::Quarter, Step::Half, Step::Year];
        let word = |step| match step {
            Step::Month => "month",
            Step::Quarter => "quarter",
            Step::Half => "half",
            Step::Year => "year",
        };
        let step = match self.by.as_deref() {
            Some(seen) => one_of("length of a period", seen, &steps, word)?,
            None if is_whole => Step::Year,
            None => Step::Half,
        };
        if span.cut(step).is_empty() {
            return Err(Failure::argument("by", word(step), format!("a length that fits into {span}")));
        }
        Ok((span, step))
    }
}

/// What was built, sold, exported, registered and charged, as JSON.
#[pyfunction]
pub fn market(py: Python<'_>, tables: &Tables, options: MarketOptions) -> PyResult<String> {
    let shared = Arc::clone(&tables.shared);
    answer::json(py, move |_| {
        let place = options.place.as_str();
        let own = options.own.as_ref().map(|(file, text)| (file.as_str(), text.as_str(), place));
        let market = Market::read(&shared.store, false, own).map_err(violations)?;
        market.places.id(place)?;
        let known: Vec<&str> = market.definitions.iter().map(|d| d.indicator.as_str()).chain([SHARE]).collect();
        if let Some(seen) = options.indicators.iter().find(|i| !known.contains(&i.as_str())) {
            return Err(Failure::word("indicator", seen, &known.join(", ")));
        }
        if market.series().all(|(key, _)| key.place != place) {
            let mut places: Vec<&str> = market.series().map(|(key, _)| key.place.as_str()).collect();
            places.dedup();
            return Err(Failure::word("place with a series", place, &places.join(", ")));
        }
        let (span, step) = options.span()?;
        Ok(report(&market, place, span, step, &options.indicators, options.holders))
    })
}

/// A study of a fleet, as JSON.
#[pyfunction]
pub fn fleet_run(py: Python<'_>, tables: &Tables, file: String, text: String) -> PyResult<String> {
    let shared = Arc::clone(&tables.shared);
    answer::json(py, move |_| {
        let study = Study::read(&file, &text).map_err(FleetError::from)?;
        let fleet = shared.fleet()?;
        if let Some(name) = &study.study.charging
            && fleet.profile(name).is_empty()
        {
            let mut known: Vec<&str> = fleet.profiles.iter().map(|p| p.name.as_str()).collect();
            known.dedup();
            return Err(Failure::word("charging profile", name, &known.join(", ")));
        }
        Ok(run(&shared.assess, fleet, &study)?)
    })
}

/// First year with a price of packs, and the last that is carried on to.
const YEARS: (i32, i32) = (2013, 2050);

/// A battery car beside a fuel car by country and year, as JSON.
#[pyfunction]
pub fn tco(py: Python<'_>, tables: &Tables, battery: &Car, fuel: &Car, countries: Vec<String>, first_year: i32, last_year: i32) -> PyResult<String> {
    let (shared, battery, fuel) = (Arc::clone(&tables.shared), Arc::clone(&battery.design), Arc::clone(&fuel.design));
    answer::json(py, move |_| {
        if first_year < YEARS.0 || last_year > YEARS.1 || last_year < first_year {
            let wanted = format!("years from {} to {}, the first no later than the last", YEARS.0, YEARS.1);
            return Err(Failure::argument("first_year", format!("{first_year}, last_year {last_year}"), wanted));
        }
        if battery.battery.is_none() || battery.engine.is_some() {
            return Err(Failure::argument("battery", &battery.id, "a battery car"));
        }
        if fuel.engine.is_none() {
            return Err(Failure::argument("fuel", &fuel.id, "a car with an engine"));
        }
        let fleet = shared.fleet()?;
        let of = |country: &String| compare(&shared.assess, fleet, &battery, &fuel, country, first_year, last_year);
        Ok(countries.iter().map(of).collect::<Result<Vec<_>, _>>()?)
    })
}

/// The published statements that can be recomputed, as JSON.
#[pyfunction]
pub fn case_list(py: Python<'_>, tables: &Tables) -> PyResult<String> {
    let shared = Arc::clone(&tables.shared);
    answer::json(py, move |_| Ok(cases::list(&shared.store)?))
}

/// One statement recomputed and judged, as JSON.
#[pyfunction]
pub fn case_run(py: Python<'_>, tables: &Tables, id: String) -> PyResult<String> {
    let shared = Arc::clone(&tables.shared);
    answer::json(py, move |_| Ok(cases::run(&shared.store, &shared.assess, &id)?))
}
