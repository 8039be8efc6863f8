//! A study repeated over draws of the tables: how far its stocks, retired packs and materials may lie from the best estimate.
//!
//! ```text
//! draw d:  every row of the tables at its best estimate times factor(d, row), then the study as in [`super::run`]
//! interval of a figure = its 5th, 50th and 95th percentile over draws, of each year by itself
//! ```
//!
//! Drawn are the rows that have a range: survival curves, failure, collection, second life and scrap of packs (`fleet/`), and what cars
//! and packs hold and what recycling gives back (the tables of `assess`). Rows are drawn independently of each other: shape and scale of a
//! fitted curve trade off, so where both have a range the interval of exits is on the wide side. The life of a pack follows from the drawn tables of
//! ageing at the car's best range. Numbers of the study that have a range are drawn as [`super::ranges`] says, what drives it as
//! [`super::drivers`] does. Not drawn: the others, and the laws of single cells. Draw `d` is stream `d` of the seed, so a draw is the same alone or among many; the fleet's own
//! tables take the streams of the seed's complement, so that no row of theirs moves with a row of the others.

use std::collections::BTreeMap;

use minewheel_assess::AssessError;
use minewheel_assess::inventory::Traces;
use minewheel_assess::tables::Tables;
use minewheel_assess::uncertainty::sampler_of;
use minewheel_data::car::CarDesign;
use minewheel_data::row::Draw;
use minewheel_lca::{FactorDistribution, FactorSampler};
use rayon::prelude::*;
use serde::Serialize;

use super::drivers::{CHANCES, driven};
use super::figures::{drawn_life, one_car, scenario};
use super::mix::expanded;
use super::product::{Setting, Walked, walk_product};
use super::run::{FleetError, KG_PER_T, KWH_PER_GWH};
use super::study::Study;
use super::tables::FleetTables;

/// Sets the streams of the study's own numbers apart from those of the tables.
const OWN: u64 = 0x5354_5544_5953_4545;
/// Percentiles of an interval.
const PERCENTILES: [f64; 3] = [0.05, 0.5, 0.95];

/// How many draws, and from which seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draws {
    /// How many.
    pub samples: u32,
    /// The seed.
    pub seed: u64,
}

/// What an interval is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Drawn {
    /// Cars at the end of the year, of a product.
    Stock,
    /// Cars that left, of a product.
    Exits,
    /// Packs out of cars at home in gigawatt-hours, of a product.
    RetiredPacks,
    /// An element in cars and packs made, scrap of making included, in tonnes.
    Demand,
    /// An element recovered from packs and scrap of making, in tonnes.
    Recovered,
}

/// The interval of one figure in one year.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct IntervalLine {
    /// The year.
    pub year: i32,
    /// Which figure.
    pub figure: Drawn,
    /// Of which product or element.
    pub of: String,
    /// At best estimates.
    pub best: f64,
    /// Fifth percentile.
    pub p5: f64,
    /// Median.
    pub p50: f64,
    /// Ninety-fifth percentile.
    pub p95: f64,
}

/// Figures of a study at best estimates and in every draw.
#[derive(Debug, Clone, Default)]
pub(super) struct Sampled {
    keys: Vec<(i32, Drawn, String)>,
    best: Vec<f64>,
    /// A line a draw.
    found: Vec<Vec<f64>>,
}

impl Sampled {
    /// Its intervals.
    pub(super) fn lines(&self) -> Vec<IntervalLine> {
        let mut values = Vec::with_capacity(self.found.len());
        let line = |(index, (key, best)): (usize, (&(i32, Drawn, String), &f64))| {
            values.clear();
            values.extend(self.found.iter().map(|figures| figures[index]));
            values.sort_by(f64::total_cmp);
            let [p5, p50, p95] = PERCENTILES.map(|share| values[(share * (values.len() - 1) as f64).round() as usize]);
            let (year, figure, of) = key.clone();
            IntervalLine { year, figure, of, best: *best, p5, p50, p95 }
        };
        self.keys.iter().zip(&self.best).enumerate().map(line).collect()
    }

    /// Several places, draw by draw; empty if there are none.
    pub(super) fn sum(places: &[Self]) -> Self {
        let mut all = Self { found: vec![Vec::new(); places.first().map_or(0, |p| p.found.len())], ..Self::default() };
        let mut at: BTreeMap<(i32, Drawn, String), usize> = BTreeMap::new();
        for place in places {
            for (index, key) in place.keys.iter().enumerate() {
                let to = *at.entry(key.clone()).or_insert_with(|| {
                    all.keys.push(key.clone());
                    all.best.push(0.0);
                    all.found.iter_mut().for_each(|draw| draw.push(0.0));
                    all.keys.len() - 1
                });
                all.best[to] += place.best[index];
                for (sum, draw) in all.found.iter_mut().zip(&place.found) {
                    sum[to] += draw[index];
                }
            }
        }
        all
    }
}

/// Draws a study. `studies` are the study as written and its products one by one, `cars` and `walked` those of its products, `region` its number
/// among several.
pub(super) fn sample(
    tables: &Tables,
    fleet: &FleetTables,
    studies: (&Study, &Study),
    cars: &[CarDesign],
    walked: &[Walked],
    draws: Draws,
    region: u64,
) -> Result<Sampled, FleetError> {
    let (whole, study) = studies;
    let samplers = [sampler_of(&tables.rows), sampler_of(&fleet.rows)];
    let [of_cars, of_fleet] = samplers.map(|s| s.map_err(AssessError::from));
    let (of_cars, of_fleet) = (of_cars?, of_fleet?);
    // Twice a share of draws, which is even from nought to one.
    let even = FactorDistribution::Uniform { low: 0.0, high: 2.0 };
    let own = whole.ranges.len();
    let of_study = FactorSampler::new(&vec![even; own + CHANCES]).map_err(AssessError::from)?;
    let traces = Traces::new(tables, None)?;
    let head = &study.study;
    let base = scenario(tables, &head.place, head.footprint_years.first().copied().unwrap_or_default())?;
    let names = elements(walked);
    let table_km = fleet.parameters.value("use", "km-per-year", "km")?;
    let one = |draw: u64| -> Result<Vec<f64>, FleetError> {
        let (mut car_factors, mut fleet_factors, mut study_factors) = (Vec::new(), Vec::new(), Vec::new());
        of_cars.sample(draws.seed, draw, &mut car_factors);
        of_fleet.sample(!draws.seed, draw, &mut fleet_factors);
        let (car_draw, fleet_draw) = (Draw::from_factors(&car_factors), Draw::from_factors(&fleet_factors));
        of_study.sample(draws.seed ^ OWN ^ (region << u32::BITS), draw, &mut study_factors);
        let shares: Vec<f64> = study_factors.iter().map(|f| 0.5 * f).collect();
        let mut chances = [0.0; CHANCES];
        chances.copy_from_slice(&shares[own..]);
        let study = driven(&whole.drawn(&shares[..own])?, fleet, &fleet_draw, Some(chances))?.study;
        let study = expanded(&study, fleet, &fleet_draw)?;
        let mut drawn = Vec::new();
        for ((product, design), best) in study.products.iter().zip(cars).zip(walked) {
            let mut figures = one_car(tables, design, &traces, &base, &car_draw)?;
            let km = product.km_per_year.unwrap_or_else(|| fleet_draw.of(&table_km));
            figures.first_life_years = drawn_life(tables, design, best.figures.range_km, km, &car_draw)?;
            drawn.push(walk_product(Setting { study: &study, fleet, draw: &fleet_draw }, product, figures)?);
        }
        Ok(figures_of(&drawn, &names, study.years()))
    };
    let found: Vec<Vec<f64>> = (0..u64::from(draws.samples)).into_par_iter().map(one).collect::<Result<_, _>>()?;
    Ok(Sampled { keys: keys(study, &names), best: figures_of(walked, &names, study.years()), found })
}

fn elements(walked: &[Walked]) -> Vec<String> {
    let mut names: Vec<String> =
        walked.iter().flat_map(|w| w.figures.body_materials.keys().chain(w.figures.pack_materials.keys())).cloned().collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// What every figure is, in the order of [`figures_of`].
fn keys(study: &Study, elements: &[String]) -> Vec<(i32, Drawn, String)> {
    let mut keys = Vec::new();
    for year in study.study.from..=study.study.to {
        for product in &study.products {
            keys.extend([Drawn::Stock, Drawn::Exits, Drawn::RetiredPacks].map(|figure| (year, figure, product.name.clone())));
        }
        for element in elements {
            keys.extend([Drawn::Demand, Drawn::Recovered].map(|figure| (year, figure, element.clone())));
        }
    }
    keys
}

fn figures_of(walked: &[Walked], elements: &[String], years: usize) -> Vec<f64> {
    let mut figures = Vec::new();
    for index in 0..years {
        for w in walked {
            let retired = w.packs.as_ref().map_or(0.0, |(p, _)| p.failed[index] + p.outlived[index]);
            figures.extend([w.flows.stock[index], w.flows.outflow[index], retired / KWH_PER_GWH]);
        }
        for element in elements {
            let demand: f64 = walked.iter().map(|w| w.demand_t(element, index).iter().sum::<f64>()).sum();
            let recovered = |w: &Walked| {
                let (packs, route) = w.packs.as_ref()?;
                let per_kwh = w.figures.pack_materials.get(element)? / KG_PER_T;
                Some(per_kwh * (packs.recycled[index] + packs.scrap[index]) * w.figures.recovered(*route, element))
            };
            figures.extend([demand, walked.iter().filter_map(recovered).sum()]);
        }
    }
    figures
}

#[cfg(test)]
mod tests {
    use minewheel_data::store::Store;

    use super::*;
    use crate::credits::rules::RuleBook;
    use crate::fleet::run::{run, run_sampled};

    const STUDY: &str = "[study]\ntitle = \"x\"\nplace = \"CN\"\nfrom = 2020\nto = 2035\n[[product]]\nname = \"a\"\nsurvival = \"china-nev-2023\"\ninflow = [[2020, 1000000], [2035, 2000000]]\n[[product.mix]]\ncar = \"byd-dolphin-60\"\nshare = [[2020, 0.5], [2035, 0.8]]\n[[product.mix]]\ncar = \"byd-dolphin-60\"\nchemistry = \"nmc622\"\nshare = [[2020, 0.5], [2035, 0.2]]\n";

    #[test]
    fn intervals_hold_the_best_estimate_and_are_the_same_on_one_thread_and_on_two() {
        let tables = Tables::read(&Store::embedded(), false).unwrap();
        let fleet = FleetTables::read(&Store::embedded(), false).unwrap();
        let book = RuleBook::read(&Store::embedded(), false).unwrap();
        let study = Study::read("s.toml", STUDY).unwrap();
        let on = |threads: usize, seed: u64| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| run_sampled(&tables, &fleet, &book, &study, Some(Draws { samples: 24, seed })).unwrap())
        };
        let (one, two) = (on(1, 3), on(2, 3));
        assert_eq!(one, two);
        let find =
            |figure: Drawn, of: &str, year: i32| one.intervals.iter().find(|l| l.figure == figure && l.of.starts_with(of) && l.year == year).unwrap();
        for (figure, of) in [
            (Drawn::Exits, "a: byd-dolphin-60"),
            (Drawn::RetiredPacks, "a: byd-dolphin-60"),
            (Drawn::Demand, "lithium"),
            (Drawn::Recovered, "nickel"),
        ] {
            let line = find(figure, of, 2033);
            assert!(line.p5 < line.p50 && line.p50 < line.p95 && line.best > 0.0, "{line:?}");
            assert!(line.p5 < line.best && line.best < line.p95, "{line:?}");
        }
        // Inflow is the study's own, so nothing is drawn of the first year's demand but what a car holds; more nickel goes into other cells.
        let best = run(&tables, &fleet, &book, &study).unwrap();
        let demand =
            |year: i32| best.materials.iter().find(|l| l.element == "nickel" && l.year == year).map(|l| l.body_demand_t + l.pack_demand_t).unwrap();
        assert!((find(Drawn::Demand, "nickel", 2020).best / demand(2020) - 1.0).abs() < 1e-12);
        assert!(on(1, 4).intervals != one.intervals, "the seed changes nothing");
    }

    #[test]
    fn the_life_of_a_pack_is_drawn_around_that_of_the_best_tables() {
        let tables = Tables::read(&Store::embedded(), false).unwrap();
        let design = tables.catalogue.car("byd-dolphin-60").unwrap();
        let best = minewheel_assess::ageing::pack_life(design, &tables, Some(minewheel_data::units::Length::from_km(12_000.0))).unwrap();
        let life = |draw: &Draw<'_>| drawn_life(&tables, design, Some(best.range_km), 12_000.0, draw).unwrap().unwrap();
        assert!((life(&Draw::BEST) - best.first_life_years).abs() < 1e-12);
        let sampler = sampler_of(&tables.rows).unwrap();
        let mut lives: Vec<f64> = (0..24)
            .map(|draw| {
                let mut factors = Vec::new();
                sampler.sample(3, draw, &mut factors);
                life(&Draw::from_factors(&factors))
            })
            .collect();
        lives.sort_by(f64::total_cmp);
        assert!(lives[0] < 0.9 * best.first_life_years && lives[23] > 1.05 * best.first_life_years, "{lives:?} around {}", best.first_life_years);
        assert_eq!(drawn_life(&tables, design, None, 12_000.0, &Draw::BEST).unwrap(), None);
    }

    #[test]
    fn a_range_of_the_study_spreads_its_stock_between_the_runs_at_its_ends() {
        let tables = Tables::read(&Store::embedded(), false).unwrap();
        let fleet = FleetTables::read(&Store::embedded(), false).unwrap();
        let book = RuleBook::read(&Store::embedded(), false).unwrap();
        // A curve without a range: what spreads is the inflow alone.
        let text = STUDY.replace("china-nev-2023", "germany").replace("[2035, 2000000]", "[2035, 2000000, 1500000, 3000000]");
        let study = Study::read("s.toml", &text).unwrap();
        let drawn = run_sampled(&tables, &fleet, &book, &study, Some(Draws { samples: 24, seed: 3 })).unwrap();
        let stock = |share: f64| -> f64 {
            let report = run(&tables, &fleet, &book, &study.drawn(&[share]).unwrap()).unwrap();
            report.years.iter().find(|l| l.year == 2035).unwrap().stock
        };
        let line = drawn.intervals.iter().find(|l| l.figure == Drawn::Stock && l.year == 2035).unwrap();
        assert!(stock(0.0) < line.p5 && line.p5 < line.best && line.best < line.p95 && line.p95 < stock(1.0), "{line:?}");
        let still = Study::read("s.toml", &STUDY.replace("china-nev-2023", "germany")).unwrap();
        let still = run_sampled(&tables, &fleet, &book, &still, Some(Draws { samples: 24, seed: 3 })).unwrap();
        let line = still.intervals.iter().find(|l| l.figure == Drawn::Stock && l.year == 2035).unwrap();
        assert!((line.p95 / line.p5 - 1.0).abs() < 1e-12, "{line:?}");
    }
}
