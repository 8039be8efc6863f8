//! What drives a study where it does not say how many cars enter: people and income, and the share of electric cars.
//!
//! ```text
//! stock(y)    = people(y) · vehicles a head(income(y)) · share of these that are cars
//! new cars(y) = what keeps that stock, given the survival of all cars               stock-driven, as in [`super::cohorts`]
//! inflow of a product = new cars(y) · share(y) · part(y)           share: electric cars of the forecast, or what they leave
//! ```
//!
//! | symbol          | meaning                                          | from                                     |
//! |-----------------|--------------------------------------------------|------------------------------------------|
//! | people, income  | by year                                          | `fleet/parameters.csv`, or the study     |
//! | vehicles a head | a Gompertz curve of the saturation that is named | [`super::ownership`]                     |
//! | share           | known, then forecast                             | [`super::adoption`], or the study        |
//!
//! All cars of an owned fleet live by one curve, so that its products together are the stock that people own, to rounding. Cars at the start
//! are as old as in a fleet whose new cars grew at one rate until then; what is not in the start of an electric product falls to the others.
//! In a draw, people and income move with their rows, the saturation is one of those that the study names, each as likely as the next, and the share
//! of electric cars lies at one place within what the model's fit left, in all years. Not drawn: the coefficients of both models.

use minewheel_data::row::Draw;
use serde::{Deserialize, Serialize};

use super::adoption::{Drivers, SharePath};
use super::cohorts::{Aged, NegativeInflow, Surroundings, stock_driven};
use super::ownership::{curves, drawn_income, income_year, people};
use super::run::FleetError;
use super::study::{CurveChoice, Study, between};
use super::tables::FleetTables;
use crate::market::period::Period;
use crate::market::series::{Key, Market};

/// How far a saturation of a study may be from one of the tables, per 1,000.
const SAME: f64 = 0.5;
const PER_THOUSAND: f64 = 1000.0;
const MILLION: f64 = 1e6;
/// Indicator of what a register counts as new.
const REGISTERED: &str = "automobile-registrations";
/// Chances of a draw: which saturation, and where the share lies.
pub(super) const CHANCES: usize = 2;

/// What drives the products of a study that name no number of cars.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Driving {
    /// The stock follows people and income.
    pub ownership: Option<Ownership>,
    /// New cars in all, by year; in place of `ownership`.
    pub new_cars: Option<Vec<(i32, f64)>>,
    /// The share of electric cars follows the forecast of a place.
    pub adoption: Option<AdoptionChoice>,
    /// The share of electric cars by year; in place of `adoption`.
    pub electric_share: Option<Vec<(i32, f64)>>,
}

/// Cars that people own.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ownership {
    /// What the curve counts: `register` or `table`.
    pub counts: String,
    /// Vehicles per 1,000 people in the end.
    pub saturation: f64,
    /// Saturations that a draw takes, each as likely as the next; left out: every one of the tables.
    pub among: Option<Vec<f64>>,
    /// Share of the counted vehicles that are the cars of this study.
    pub cars: f64,
    /// How long all cars live.
    pub survival: CurveChoice,
    /// Growth of new cars a year before the study.
    pub growth_before: f64,
    /// People by year; left out: the table's.
    pub people: Option<Vec<(i32, f64)>>,
}

/// Which forecast.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdoptionChoice {
    /// The place; left out: the study's.
    pub place: Option<String>,
    /// The last share that the model sees.
    pub until: Option<i32>,
    /// What it looks at.
    #[serde(default)]
    pub drivers: Drivers,
}

/// Which new cars a product takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NewCars {
    /// The electric ones.
    Electric,
    /// Those that are not.
    Other,
    /// All of them.
    All,
}

/// One year of what drives a study.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct DriverLine {
    /// The year.
    pub year: i32,
    /// People, where the stock follows them.
    pub people: Option<f64>,
    /// Counted vehicles per 1,000 people.
    pub vehicles_per_thousand: Option<f64>,
    /// Cars that people own.
    pub stock: Option<f64>,
    /// New cars in all.
    pub new_cars: f64,
    /// Share of electric ones.
    pub electric_share: Option<f64>,
}

/// A study whose every product has its numbers, and what they follow from.
#[derive(Debug, Clone)]
pub struct Driven {
    /// The study.
    pub study: Study,
    /// Year by year; empty where nothing drives it.
    pub lines: Vec<DriverLine>,
    /// What a reader must know.
    pub notices: Vec<String>,
}

/// Gives every product its number of cars, in a draw of the tables and at its chances, both from nought to one.
///
/// # Errors
/// A place without people or income, a stock that falls faster than its cars retire, an unknown saturation, a share that does not reach.
pub fn driven(study: &Study, fleet: &FleetTables, draw: &Draw<'_>, chances: Option<[f64; CHANCES]>) -> Result<Driven, FleetError> {
    let Some(driving) = &study.drivers else { return Ok(Driven { study: study.clone(), lines: Vec::new(), notices: Vec::new() }) };
    let from = study.study.from;
    let years = from..=study.study.to;
    let mut notices = Vec::new();
    let owned = match &driving.ownership {
        Some(ownership) => Some(owned(study, ownership, fleet, draw, chances.map(|c| c[0]), &mut notices)?),
        None => None,
    };
    let new_cars = match (&owned, &driving.new_cars) {
        (Some(owned), _) => owned.new_cars.clone(),
        (None, Some(points)) => study.reach("drivers", "new_cars", points)?,
        (None, None) => vec![0.0; study.years()],
    };
    let shares = match (&driving.adoption, &driving.electric_share) {
        (Some(choice), _) => {
            let path = study.forecast.as_ref().ok_or_else(|| study.value("drivers.adoption", &"unanswered", "a forecast for the study"))?;
            let place = choice.place.as_deref().unwrap_or(&study.study.place);
            if from < path.first() {
                return Err(study.value("study.from", &from, format!("{} or later, the first year with a share of {place}", path.first())).into());
            }
            notices.push(worth(path));
            Some(years.clone().map(|y| path.share(y, chances.map(|c| c[1]))).collect::<Vec<_>>())
        }
        (None, Some(points)) => Some(study.reach("drivers", "electric_share", points)?),
        (None, None) => None,
    };
    let mut found = study.clone();
    let mut left = owned.as_ref().map_or_else(Vec::new, |o| o.start.clone());
    for product in study.products.iter().filter(|p| p.new_cars == Some(NewCars::Electric)) {
        take(study, &mut left, &product.start, owned.is_some())?;
    }
    for product in found.products.iter_mut().filter(|p| p.new_cars.is_some()) {
        let part = |year: i32| product.part.as_ref().map_or(1.0, |points| between(points, year));
        let share = |index: usize| match (product.new_cars, &shares) {
            (Some(NewCars::Electric), Some(shares)) => shares[index],
            (Some(NewCars::Other), Some(shares)) => 1.0 - shares[index],
            _ => 1.0,
        };
        product.inflow = Some(years.clone().enumerate().map(|(index, year)| (year, new_cars[index] * share(index) * part(year))).collect());
        if owned.is_some() && product.new_cars != Some(NewCars::Electric) {
            product.start = left.iter().map(|a| (a.age, a.count * part(from))).collect();
        }
    }
    let line = |(index, year): (usize, i32)| DriverLine {
        year,
        people: owned.as_ref().map(|o| o.people[index]),
        vehicles_per_thousand: owned.as_ref().map(|o| PER_THOUSAND * o.a_head[index]),
        stock: owned.as_ref().map(|o| o.stock[index]),
        new_cars: new_cars[index],
        electric_share: shares.as_ref().map(|s| s[index]),
    };
    Ok(Driven { lines: years.enumerate().map(line).collect(), study: found, notices })
}

/// New cars that keep an owned stock beside what the register counted in the last year that both have; `None`: nothing drives the stock, or no year.
pub fn beside_register(lines: &[DriverLine], place: &str, market: &Market) -> Option<String> {
    let counted = |line: &DriverLine| {
        line.stock?;
        let key = Key::new(place, REGISTERED, "");
        market.figure(&key, Period::year(line.year)).map(|f| (line.year, line.new_cars, f.value))
    };
    let (year, ours, seen) = lines.iter().rev().find_map(counted)?;
    Some(format!(
        "in {year} {:.1} million new cars keep the stock that people own; the register counted {:.1} million new automobiles of all kinds",
        ours / MILLION,
        seen / MILLION
    ))
}

/// What the model of shares was worth before, in a sentence.
fn worth(path: &SharePath) -> String {
    let points = |share: f64| format!("{:.1}", 100.0 * share);
    let b = &path.back_test;
    let others: Vec<String> = path.others.iter().map(|o| points(o.error)).collect();
    format!(
        "the share of electric cars is forecast from {} on: trained to {}, the same model missed the shares of {} by {} points on average ({} by the others), {:.0} % lay inside the 80 % interval",
        path.until,
        b.until,
        b.year,
        points(b.error),
        others.join(" and "),
        100.0 * b.coverage
    )
}

/// Takes the cars of a product at the start out of those of the fleet.
fn take(study: &Study, left: &mut [Aged], start: &[(usize, f64)], is_owned: bool) -> Result<(), FleetError> {
    for &(age, count) in start.iter().filter(|_| is_owned) {
        let alive = left.iter_mut().find(|a| a.age == age);
        match alive {
            Some(aged) if aged.count >= count => aged.count -= count,
            other => {
                let most = other.map_or(0.0, |a| a.count);
                return Err(study
                    .value("start", &format!("{count} electric cars of age {age}"), format!("at most {most:.0}, those of the fleet"))
                    .into());
            }
        }
    }
    Ok(())
}

/// Cars that people own, by year.
struct Owned {
    people: Vec<f64>,
    a_head: Vec<f64>,
    stock: Vec<f64>,
    new_cars: Vec<f64>,
    start: Vec<Aged>,
}

fn owned(
    study: &Study,
    choice: &Ownership,
    fleet: &FleetTables,
    draw: &Draw<'_>,
    chance: Option<f64>,
    notices: &mut Vec<String>,
) -> Result<Owned, FleetError> {
    let (place, from, to) = (study.study.place.as_str(), study.study.from, study.study.to);
    let of: Vec<_> = curves(fleet)?.into_iter().filter(|c| c.counts == choice.counts).collect();
    let find = |key: &str, per_thousand: f64| {
        let known = || of.iter().map(|c| format!("{:.0}", PER_THOUSAND * c.saturation)).collect::<Vec<_>>().join(", ");
        let at = of.iter().position(|c| (PER_THOUSAND * c.saturation - per_thousand).abs() < SAME);
        at.ok_or_else(|| study.value(format!("drivers.ownership.{key}"), &per_thousand, format!("one of {} for `{}`", known(), choice.counts)))
    };
    let among = match &choice.among {
        Some(named) => named.iter().map(|s| find("among", *s)).collect::<Result<Vec<_>, _>>()?,
        None => (0..of.len()).collect(),
    };
    let best = find("saturation", choice.saturation)?;
    let taken = chance.map_or(best, |u| among[((u * among.len() as f64) as usize).min(among.len() - 1)]);
    // The stock of the year before the first says how many cars there are at the start.
    let before = from - 1;
    let wanted = || {
        format!("a place with rows of `income` and `people` in data/fleet/parameters.csv from {before} or before; a folder of tables may add them")
    };
    let unknown = |_| study.value("drivers.ownership", &format!("asked for {place}"), wanted());
    let begins = income_year(fleet, place, before).map_err(unknown)?;
    let income = drawn_income(fleet, place, begins, to, 0.0, draw)?;
    let people: Vec<f64> = match &choice.people {
        Some(points) => {
            let (first, last) = (points.first().map_or(to, |p| p.0), points.last().map_or(from, |p| p.0));
            if first > before || last < to {
                return Err(study.value("drivers.ownership.people", &format!("{first} to {last}"), format!("years from {before} to {to}")).into());
            }
            (before..=to).map(|y| between(points, y)).collect()
        }
        None => people(fleet, place, before, to, draw).map_err(unknown)?.into_iter().map(|p| p.1).collect(),
    };
    let a_head: Vec<f64> = income.iter().filter(|p| p.0 >= before).map(|p| of[taken].at(p.1)).collect();
    let stock: Vec<f64> = people.iter().zip(&a_head).map(|(people, a_head)| people * a_head * choice.cars).collect();
    let survival = study.curve(fleet, "drivers.ownership", &choice.survival, draw)?;
    let weights: Vec<f64> = survival.shares().iter().enumerate().map(|(age, s)| s / (1.0 + choice.growth_before).powi(age as i32)).collect();
    let all: f64 = weights.iter().sum();
    let start: Vec<Aged> = weights.iter().enumerate().filter(|w| *w.1 > 0.0).map(|(age, w)| Aged { age, count: stock[0] * w / all }).collect();
    let mut around = Surroundings { start: start.clone(), trade: vec![Vec::new(); study.years()] };
    for product in study.products.iter().filter(|p| p.new_cars.is_some()) {
        for &(year, age, count) in &product.trade {
            around.trade[(year - from) as usize].push(Aged { age, count });
        }
    }
    let flows = stock_driven(&stock[1..], &survival, &around, NegativeInflow::Refuse).map_err(|error| FleetError::Cohort {
        product: "drivers.ownership".to_owned(),
        year: error.index().map(|i| from + i as i32),
        error,
    })?;
    notices.push(format!(
        "the stock follows income by a curve that saturates at {:.0} per 1,000 ({}); the data to 2023 do not tell saturations apart, so draws take every one that the study names",
        PER_THOUSAND * of[best].saturation,
        choice.counts
    ));
    Ok(Owned { people: people[1..].to_vec(), a_head: a_head[1..].to_vec(), stock: stock[1..].to_vec(), new_cars: flows.inflow, start })
}

#[cfg(test)]
mod tests {
    use minewheel_assess::tables::Tables;
    use minewheel_data::store::Store;

    use super::*;
    use crate::credits::rules::RuleBook;
    use crate::fleet::adoption::{SEGMENT, countries, path};
    use crate::fleet::intervals::{Drawn, Draws};
    use crate::fleet::run::{run, run_sampled};
    use crate::fleet::tco::CostRatios;

    const STUDY: &str = "[study]\ntitle = \"x\"\nplace = \"CN\"\nfrom = 2024\nto = 2050\n[drivers.ownership]\ncounts = \"register\"\nsaturation = 400\namong = [350, 400, 450, 500]\ncars = 0.88\nsurvival = \"china-private-2011\"\ngrowth_before = 0.06\n[drivers.adoption]\n[[product]]\nname = \"battery\"\ncar = \"byd-dolphin-60\"\nnew_cars = \"electric\"\npart = [[2024, 0.6], [2050, 0.8]]\nstart = [[0, 5000000]]\n[[product]]\nname = \"plug-in\"\ncar = \"byd-qin-plus-dmi\"\nnew_cars = \"electric\"\npart = [[2024, 0.4], [2050, 0.2]]\n[[product]]\nname = \"petrol\"\ncar = \"nissan-sylphy-16\"\nnew_cars = \"other\"\n";

    fn study(text: &str) -> (Tables, FleetTables, Study) {
        let store = Store::embedded();
        let (tables, fleet) = (Tables::read(&store, false).unwrap(), FleetTables::read(&store, false).unwrap());
        let market = Market::read(&store, false, None).unwrap();
        let segment = fleet.segments.iter().find(|s| s.name == SEGMENT).unwrap().clone();
        let costs = CostRatios::of(&tables, &fleet, &segment, &countries(&market), 2060).unwrap();
        let mut study = Study::read("s.toml", text).unwrap();
        study.forecast = Some(path(&market, &fleet, &costs, Drivers::Cost, "CN", 2024, 2050).unwrap());
        (tables, fleet, study)
    }

    #[test]
    fn products_together_are_the_cars_that_people_own_and_the_share_is_that_of_the_forecast() {
        let (tables, fleet, study) = study(STUDY);
        let report = run(&tables, &fleet, &RuleBook::read(&Store::embedded(), false).unwrap(), &study).unwrap();
        assert_eq!(report.drivers.len(), 27);
        for line in &report.drivers {
            let of = |pick: fn(&crate::fleet::ledgers::YearLine) -> f64, names: &[&str]| -> f64 {
                report.years.iter().filter(|l| l.year == line.year && names.contains(&l.product.as_str())).map(pick).sum()
            };
            let every = ["battery", "plug-in", "petrol"];
            let (stock, inflow) = (of(|l| l.stock, &every), of(|l| l.inflow, &every));
            assert!((stock / line.stock.unwrap() - 1.0).abs() < 1e-9, "{line:?}: {stock}");
            assert!((inflow / line.new_cars - 1.0).abs() < 1e-9, "{line:?}: {inflow}");
            let electric = of(|l| l.inflow, &every[..2]) / inflow;
            assert!((electric - study.forecast.as_ref().unwrap().share(line.year, None)).abs() < 1e-9, "{line:?}: {electric}");
            let a_head = line.stock.unwrap() / line.people.unwrap() / 0.88 * 1000.0;
            assert!((a_head - line.vehicles_per_thousand.unwrap()).abs() < 1e-9 && a_head < 400.0);
        }
        assert!(report.notices.iter().any(|n| n.contains("missed the shares of 2024")), "{:?}", report.notices);
        // The register counted 26.18 million in 2025, the last year of both.
        let market = Market::read(&Store::embedded(), false, None).unwrap();
        let said = beside_register(&report.drivers, "CN", &market).unwrap();
        assert!(said.starts_with("in 2025 ") && said.contains("26.2 million new automobiles"), "{said}");
        assert_eq!(beside_register(&report.drivers, "DE", &market), None);
    }

    #[test]
    fn draws_carry_the_spread_of_both_models_into_the_stock() {
        let (tables, fleet, study) = study(STUDY);
        let book = RuleBook::read(&Store::embedded(), false).unwrap();
        let drawn = |study: &Study, seed: u64| run_sampled(&tables, &fleet, &book, study, Some(Draws { samples: 40, seed })).unwrap().intervals;
        let all = drawn(&study, 3);
        let width = |lines: &[crate::fleet::intervals::IntervalLine], of: &str, year: i32| {
            let line = lines.iter().find(|l| l.figure == Drawn::Stock && l.of == of && l.year == year).unwrap();
            assert!(line.p5 <= line.p50 && line.p50 <= line.p95);
            line.p95 / line.p5 - 1.0
        };
        assert_eq!(all, drawn(&study, 3));
        assert!(all != drawn(&study, 4));
        // A share that the study gives takes the spread of the forecast away; what is left is that of ownership.
        let given = STUDY
            .replace("[drivers.adoption]\n", "")
            .replace("growth_before = 0.06\n", "growth_before = 0.06\n[drivers]\nelectric_share = [[2024, 0.5], [2050, 0.8]]\n");
        let given = Study::read("s.toml", &move_head(&given)).unwrap();
        let owned = drawn(&given, 3);
        assert!(width(&owned, "battery", 2040) > 0.05 && width(&all, "battery", 2040) > 1.5 * width(&owned, "battery", 2040));
        assert!(width(&all, "petrol", 2040) > 0.2, "{}", width(&all, "petrol", 2040));
    }

    /// A table may be opened once only: keys of `[drivers]` stand before its own tables.
    fn move_head(text: &str) -> String {
        let share = "[drivers]\nelectric_share = [[2024, 0.5], [2050, 0.8]]\n";
        text.replace(share, "").replacen("[drivers.ownership]", &format!("{share}[drivers.ownership]"), 1)
    }

    #[test]
    fn a_driven_study_with_faults_is_refused_by_key() {
        let fault = |from: &str, to: &str| {
            assert!(STUDY.contains(from), "{from}");
            Study::read("s.toml", &STUDY.replacen(from, to, 1)).unwrap_err().to_string()
        };
        assert!(
            fault("[[2024, 0.6], [2050, 0.8]]", "[[2024, 0.9], [2050, 0.8]]").contains("battery.part"),
            "{}",
            fault("[[2024, 0.6], [2050, 0.8]]", "[[2024, 0.9], [2050, 0.8]]")
        );
        assert!(fault("name = \"petrol\"\n", "name = \"petrol\"\nstart = [[1, 5]]\n").contains("petrol.start"));
        assert!(fault("name = \"petrol\"\n", "name = \"petrol\"\nsurvival = \"germany\"\n").contains("petrol.survival"));
        assert!(fault("[drivers.adoption]\n", "").contains("petrol.new_cars") || fault("[drivers.adoption]\n", "").contains("battery.new_cars"));
        assert!(fault("cars = 0.88", "cars = 1.2").contains("drivers.ownership.cars"));
        assert!(fault("new_cars = \"other\"\n", "inflow = [[2024, 1], [2050, 1]]\n").contains("petrol.survival"));
        let (_, fleet, study) = study(STUDY);
        let run = |text: &str| {
            let other = Study { forecast: study.forecast.clone(), ..Study::read("s.toml", text).unwrap() };
            driven(&other, &fleet, &Draw::BEST, None).unwrap_err().to_string()
        };
        assert!(run(&STUDY.replacen("saturation = 400", "saturation = 390", 1)).contains("350, 400, 450"));
        assert!(run(&STUDY.replacen("5000000", "50000000", 1)).contains("electric cars of age 0"));
        assert!(run(&STUDY.replacen("place = \"CN\"", "place = \"DE\"", 1)).contains("asked for DE"));
    }
}
