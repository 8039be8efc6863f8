//! Cost of a car: packs by chemistry add up to the survey of their place and lie beside the price model; upkeep and assembly follow the country.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::LazyLock;

use minewheel_assess::assessment::assess;
use minewheel_assess::battery::{BatteryQuestion, battery_report};
use minewheel_assess::cost::{Cost, CostPlaces, cost, pack_price};
use minewheel_assess::inventory::{Traces, inventory};
use minewheel_assess::scenario::{Chain, GridChoice, Preset, Resample, Sampling, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_assess::uncertainty::{centred_sampler, distributions_of};
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use minewheel_data::units::Energy;

const METHOD: &str = "ar6-gwp100";
/// Places with a survey, and the mix of each.
const SURVEYED: [(&str, &str); 3] = [("CN", "survey-cn"), ("US", "survey-us"), ("EU27", "survey-eu27")];

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables::read(&Store::embedded(), false).unwrap());

fn price(chemistry: &str, place: &str, year: i32) -> f64 {
    let places = if place.is_empty() { vec![] } else { vec![place] };
    pack_price(&TABLES, chemistry, &places, year, &Draw::BEST).unwrap().usd_per_kwh
}

fn published(subject: &str, place: &str, year: i32) -> f64 {
    TABLES.prices.subject(subject).unwrap().value_at("price", &[place], year, "USD/kWh").unwrap().best
}

fn iron_share(mix: &str, year: i32) -> f64 {
    TABLES.battery.prices.subject(mix).unwrap().value_at("lfp", &[], year, "1").unwrap().best
}

fn scenario(country: &str) -> Scenario {
    Scenario {
        country: TABLES.places.id(country).unwrap(),
        year: 2025,
        method: METHOD.to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    }
}

/// A car of the catalogue, driven in one place and put together in another.
fn cost_of(car: &str, country: &str, plant: &str) -> Cost {
    let traces = Traces::new(&TABLES, None).unwrap();
    let design = TABLES.catalogue.car(car).unwrap();
    let inventory = inventory(design, &TABLES, &traces, &scenario(country), &Draw::BEST).unwrap();
    let places = CostPlaces { country: &[country], plant: &[plant], pack_maker: &["CN"] };
    cost(design, &inventory, &TABLES, 2025, places, &Draw::BEST).unwrap()
}

fn block(cost: &Cost, name: &str) -> f64 {
    cost.blocks().find(|b| b.block == name).unwrap_or_else(|| panic!("no {name}")).usd
}

#[test]
fn packs_of_all_chemistries_sold_in_a_place_have_its_published_mean() {
    for year in [2023, 2024, 2025] {
        for (place, mix) in SURVEYED.into_iter().chain([("", "survey-world")]) {
            let share = iron_share(mix, year);
            let mean = share.mul_add(price("lfp", place, year), (1.0 - share) * price("nmc622", place, year));
            let told = published("pack", place, year);
            assert!((mean / told - 1.0).abs() < 1e-12, "{place} {year}: {mean} of {told}");
            assert!(price("lfp", place, year) < told && told < price("nca", place, year), "{place} {year}");
        }
    }
}

#[test]
fn packs_of_the_world_cost_by_chemistry_what_the_survey_of_2025_says() {
    for (chemistry, subject) in [("lfp", "pack-lfp"), ("nmc811", "pack-nmc")] {
        let (ours, told) = (price(chemistry, "", 2025), published(subject, "", 2025));
        assert!((ours / told - 1.0).abs() < 0.002, "{chemistry}: {ours} of {told}");
    }
}

#[test]
fn the_ratio_inside_a_place_returns_the_published_ratio_between_means_of_the_world() {
    // Demand of cars in 2024 in China, the United States and the European Union (International Energy Agency): 59, 13 and 13 % of the world's.
    for year in [2023, 2024, 2025] {
        let mean = |chemistry: &str, is_iron: bool| {
            let parts = SURVEYED.into_iter().zip([0.59, 0.13, 0.13]).map(|((place, mix), demand)| {
                let share = if is_iron { iron_share(mix, year) } else { 1.0 - iron_share(mix, year) };
                (demand * share, demand * share * price(chemistry, place, year))
            });
            let (weight, sum) = parts.fold((0.0, 0.0), |(w, s), (a, b)| (w + a, s + b));
            sum / weight
        };
        let ratio = mean("nmc622", false) / mean("lfp", true);
        let told = TABLES.prices.subject("pack-nmc").unwrap().value_at("price_over_lfp", &[], year, "1").unwrap().best;
        assert!((ratio / told - 1.0).abs() < 0.005, "{year}: {ratio} of {told}");
    }
}

#[test]
fn every_chemistry_that_a_car_may_have_is_priced_wherever_its_pack_is_made() {
    for chemistry in TABLES.chemistries() {
        for place in ["CN", "US", "EU27", "KR", ""] {
            for year in [2013, 2020, 2022, 2024, 2025, 2030] {
                let usd = price(&chemistry, place, year);
                assert!((50.0..1000.0).contains(&usd), "{chemistry} {place} {year}: {usd}");
            }
        }
    }
    assert!(pack_price(&TABLES, "unobtainium", &["CN"], 2025, &Draw::BEST).unwrap_err().to_string().contains("pack-unobtainium"));
}

#[test]
fn the_survey_by_chemistry_and_the_price_model_agree_within_their_intervals() {
    let sampler = centred_sampler(&TABLES.rows, &distributions_of(&TABLES, Chain::Maker)).unwrap();
    let sampling = Sampling { samples: 200, seed: 7, resample: Resample::Car, chain: Chain::Maker };
    let mut apart = Vec::new();
    for year in [2024, 2025] {
        for (place, _) in SURVEYED {
            for chemistry in ["lfp", "nmc622", "nmc811"] {
                let mut factors = Vec::new();
                let mut drawn: Vec<f64> = (0..400)
                    .map(|at| {
                        sampler.sample(sampling.seed, at, &mut factors);
                        pack_price(&TABLES, chemistry, &[place], year, &Draw::from_factors(&factors)).unwrap().usd_per_kwh
                    })
                    .collect();
                drawn.sort_by(f64::total_cmp);
                let question =
                    BatteryQuestion { sampling: Some(sampling), ..BatteryQuestion::usual(chemistry, Energy::from_kwh(60.0), place, year, METHOD) };
                let model = battery_report(&question, &TABLES).unwrap().cost_usd_per_kwh;
                if drawn[380] < model.p5.unwrap() || model.p95.unwrap() < drawn[20] {
                    apart.push((chemistry, place, year));
                }
            }
        }
    }
    // Iron phosphate packs that Europe bought in 2025 came from China; the model prices one made in Europe.
    assert_eq!(apart, [("lfp", "EU27", 2025)]);
}

#[test]
fn an_assessment_says_what_its_pack_costs_by_the_survey_and_by_the_model() {
    let cars = ["wuling-mini-215", "vw-id3-58", "byd-qin-plus-dmi", "vw-golf-15tsi"].map(|id| TABLES.catalogue.car(id).unwrap().clone());
    let [micro, compact, hybrid, petrol] = &assess(&TABLES, &cars, &scenario("CN"), None).unwrap()[..] else { panic!("four cars were asked for") };
    let quote = |of: &minewheel_assess::assessment::Assessment| of.cost.pack.clone().unwrap();
    assert_eq!((quote(micro).survey_place.as_str(), quote(micro).survey_year, quote(micro).survey_mean_usd_per_kwh), ("CN", Some(2025), 84.0));
    assert!((quote(micro).usd_per_kwh - price("lfp", "CN", 2025)).abs() < 1e-9);
    assert!(quote(compact).usd_per_kwh > 1.2 * quote(micro).usd_per_kwh, "nickel costs more than iron phosphate");
    let kwh = cars[0].battery.as_ref().unwrap().gross_energy_kwh.best;
    let model = battery_report(&BatteryQuestion::usual("lfp", Energy::from_kwh(kwh), "CN", 2025, METHOD), &TABLES).unwrap().cost_usd_per_kwh.value;
    assert!((quote(micro).cost_model_usd_per_kwh.unwrap() / model - 1.0).abs() < 0.05, "{:?} beside {model}", quote(micro));
    assert!(quote(hybrid).cost_model_usd_per_kwh.is_none() && quote(hybrid).usd_per_kwh > 2.0 * quote(micro).usd_per_kwh);
    assert!(petrol.cost.pack.is_none());
}

#[test]
fn upkeep_follows_the_prices_of_the_country_and_parts_the_price_of_the_car() {
    let level = |subject: &str, property: &str| TABLES.prices.subject(subject).unwrap().value_at(property, &["CN"], 2025, "1").unwrap().best;
    let number = |property: &str| TABLES.prices.value("maintenance", property, "1").unwrap().best;
    let [here, there] = ["US", "CN"].map(|country| cost_of("vw-id3-58", country, "DE"));
    let (work, parts) = ("maintenance, work", "maintenance, parts");
    assert!((block(&there, work) / block(&here, work) - level("garage-hour", "price_over_us")).abs() < 1e-12);
    let local = number("parts_margin_share").mul_add(level("consumption", "price_level_over_us") - 1.0, 1.0);
    assert!((block(&there, parts) / block(&here, parts) - local).abs() < 1e-12);

    // A car's price without its pack: components and their overhead, times the factor of retail.
    let micro = cost_of("wuling-mini-215", "CN", "CN");
    let class = |cost: &Cost| {
        let components: f64 = cost.production.iter().filter(|b| b.block != "overhead").map(|b| b.usd).sum();
        (components - cost.pack_usd().unwrap()) * (1.0 + block(cost, "overhead") / components) * cost.retail_factor
    };
    let by_price = (class(&micro) / class(&there)).powf(number("parts_price_elasticity"));
    assert!((block(&micro, work) - block(&there, work)).abs() < 1e-9);
    assert!((block(&micro, parts) / block(&there, parts) - by_price).abs() < 1e-12 && by_price < 0.9);
}

#[test]
fn assembly_costs_what_the_country_of_the_plant_pays_wherever_the_car_drives() {
    let made_in = |plant: &str| cost_of("vw-id3-58", "US", plant);
    let labour = |plant: &str| block(&made_in(plant), "assembly, labour");
    assert!(labour("MA") < labour("RO") && labour("RO") < labour("CN") && labour("CN") < labour("US") && labour("US") < labour("DE"));
    let dearer = made_in("DE").production_usd() - made_in("CN").production_usd();
    let overhead = 1.0 + TABLES.prices.value("overhead", "share_of_production_cost", "1").unwrap().best;
    assert!((dearer / overhead - (labour("DE") - labour("CN"))).abs() < 1e-6);
    assert!((cost_of("vw-id3-58", "CN", "DE").production_usd() - made_in("DE").production_usd()).abs() < 1e-9);
}
