//! A pack asked for by itself: its stages add up, its routes have the right sign, its price follows metals as its formula says.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::LazyLock;

use minewheel_assess::AssessError;
use minewheel_assess::assessment::assess;
use minewheel_assess::battery::{BatteryQuestion, BatteryReport, ChainError, battery_report};
use minewheel_assess::scenario::{Chain, GridChoice, Preset, Resample, Sampling, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::{BatteryDesign, CarClass, CarDesign, MotorDesign, Powertrain};
use minewheel_data::row::Value;
use minewheel_data::store::Store;
use minewheel_data::units::Energy;

const METHOD: &str = "ar6-gwp100";
const KWH: f64 = 60.0;

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables::read(&Store::embedded(), false).unwrap());

fn usual(chemistry: &str, place: &str) -> BatteryQuestion {
    BatteryQuestion::usual(chemistry, Energy::from_kwh(KWH), place, 2025, METHOD)
}

fn ask(question: &BatteryQuestion) -> BatteryReport {
    battery_report(question, &TABLES).unwrap()
}

fn kg(question: &BatteryQuestion) -> f64 {
    ask(question).climate_kg_per_kwh.value
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}

fn routed(chemistry: &str, list: &[(&str, &str)]) -> f64 {
    kg(&BatteryQuestion { routes: pairs(list), ..usual(chemistry, "CN") })
}

fn placed(chemistry: &str, list: &[(&str, &str)]) -> f64 {
    kg(&BatteryQuestion { stages: pairs(list), ..usual(chemistry, "CN") })
}

fn refusal(question: &BatteryQuestion) -> AssessError {
    battery_report(question, &TABLES).unwrap_err()
}

#[test]
fn the_stages_add_up_to_the_footprint_whatever_is_chosen() {
    let recycled = vec![("nickel".to_owned(), 0.5), ("lithium".to_owned(), 0.3)];
    let questions = [
        usual("nmc811", "DE"),
        usual("lfp", "CN"),
        usual("nmc955", "CN"),
        usual("lto", "KR"),
        usual("solid-state", "CN"),
        BatteryQuestion { routes: pairs(&[("lithium", "clay"), ("nickel", "rkef-matte")]), ..usual("nmc622", "CN") },
        BatteryQuestion { stages: pairs(&[("cathode", "KR"), ("graphite", "NO"), ("assembly", "DE")]), recycled, ..usual("nmc811", "CN") },
    ];
    for question in &questions {
        let report = ask(question);
        let sum: f64 = report.climate_by_stage.iter().map(|s| s.kg_per_kwh).sum();
        assert!((sum / report.climate_kg_per_kwh.value - 1.0).abs() < 1e-9, "{}: {sum}", report.chemistry);
        assert!(report.checks.iter().all(|c| c.pass), "{}: {:?}", report.chemistry, report.checks);
        let usd: f64 = report.cost_blocks.iter().map(|b| b.usd_per_kwh).sum();
        assert!((usd / report.cost_usd_per_kwh.value - 1.0).abs() < 1e-9);
        let mass: f64 = report.components_kg.values().sum();
        assert!((mass / report.pack_mass_kg - 1.0).abs() < 1e-9);
    }
}

#[test]
fn the_pack_of_an_assessment_is_the_pack_of_the_designer() {
    let mut car = CarDesign::new("a-car", Powertrain::Bev);
    car.class = Some(CarClass::Mid);
    car.kerb_mass_kg = Some(Value::given(1700.0));
    car.made_in = Some("PL".to_owned());
    car.motors = vec![MotorDesign { peak_power_kw: Some(Value::given(150.0)), ..MotorDesign::default() }];
    car.battery = Some(BatteryDesign {
        chemistry: "nmc622".to_owned(),
        gross_energy_kwh: Value::given(KWH),
        usable_energy_kwh: None,
        pack_mass_kg: None,
        made_in: Some("PL".to_owned()),
    });
    let scenario = Scenario {
        country: TABLES.places.id("CN").unwrap(),
        year: 2025,
        method: METHOD.to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    };
    let of_car = assess(&TABLES, &[car], &scenario, None).unwrap()[0].battery_climate_kg_per_kwh.unwrap().value;
    let of_pack = kg(&usual("nmc622", "PL"));
    assert!((of_pack / of_car - 1.0).abs() < 1e-9, "{of_pack} and {of_car}");
}

#[test]
fn a_plant_on_hydropower_emits_less_than_one_on_coal() {
    for chemistry in ["lfp", "nmc811"] {
        assert!(kg(&usual(chemistry, "NO")) < kg(&usual(chemistry, "PL")), "cells of {chemistry}");
        for stage in ["graphite", "cathode", "copper-foil", "cell-plant"] {
            let (hydro, coal) = (placed(chemistry, &[(stage, "NO")]), placed(chemistry, &[(stage, "IN")]));
            assert!(hydro < coal, "{stage} of {chemistry}: {hydro} in Norway, {coal} in India");
        }
        let (yunnan, shanxi) = (placed(chemistry, &[("graphite", "CN-YN")]), placed(chemistry, &[("graphite", "CN-SX")]));
        assert!(yunnan < shanxi, "graphite of {chemistry} in Yunnan and Shanxi");
    }
}

#[test]
fn nickel_from_laterite_furnaces_emits_more_than_from_sulfide_or_pressure_leaching() {
    for chemistry in ["nmc622", "nmc811", "nca", "nmc955"] {
        let [rkef, hpal, sulfide] = ["rkef-matte", "hpal", "sulfide"].map(|route| routed(chemistry, &[("nickel", route)]));
        assert!(rkef > sulfide && rkef > hpal, "{chemistry}: {rkef}, {hpal}, {sulfide}");
    }
}

#[test]
fn lithium_from_rock_emits_more_than_from_the_atacama() {
    for chemistry in ["lfp", "lmfp", "nmc622", "nmc811", "nca"] {
        let [atacama, spodumene, lepidolite, clay] =
            ["atacama", "spodumene", "lepidolite", "clay"].map(|route| routed(chemistry, &[("lithium", route)]));
        assert!(spodumene > atacama && lepidolite > spodumene, "{chemistry}: {atacama}, {spodumene}, {lepidolite}");
        assert!(clay > atacama && clay < lepidolite, "{chemistry}: {clay}");
    }
}

#[test]
fn recycled_metal_lowers_the_footprint_in_proportion() {
    let share = |share: f64| kg(&BatteryQuestion { recycled: vec![("nickel".to_owned(), share)], ..usual("nmc811", "CN") });
    let (none, half, all) = (share(0.0), share(0.5), share(1.0));
    assert!(all < half && half < none);
    assert!(((none - half) / (half - all) - 1.0).abs() < 1e-6);
}

#[test]
fn the_price_follows_lithium_as_the_formula_says() {
    for chemistry in ["lfp", "nmc622", "nmc811"] {
        let at = |usd_per_kg: f64| ask(&BatteryQuestion { prices: vec![("lithium-carbonate".to_owned(), usd_per_kg)], ..usual(chemistry, "CN") });
        let (low, high) = (at(10.0), at(20.0));
        let response = (high.cost_usd_per_kwh.value - low.cost_usd_per_kwh.value) / 10.0;
        // 5.323 kg carbonate hold a kilogram of lithium (formula). Losses in making and the salt of the electrolyte come on top.
        let by_formula = low.materials_kg_per_kwh["lithium"] * 5.323;
        assert!(response >= by_formula && response < 1.25 * by_formula, "{chemistry}: {response} for {by_formula} kg/kWh");
    }
}

#[test]
fn a_doubled_metal_costs_what_it_costs_once_more() {
    let usual_pack = ask(&usual("nmc811", "CN"));
    let double = ask(&BatteryQuestion { shocks: vec![("nickel".to_owned(), 2.0)], ..usual("nmc811", "CN") });
    let priced = ask(&BatteryQuestion { shocks: vec![("nickel".to_owned(), 3.0)], ..usual("nmc811", "CN") });
    let first = double.cost_usd_per_kwh.value - usual_pack.cost_usd_per_kwh.value;
    let second = priced.cost_usd_per_kwh.value - double.cost_usd_per_kwh.value;
    assert!(first > 0.0 && (first / second - 1.0).abs() < 1e-9);
    assert!((double.climate_kg_per_kwh.value / usual_pack.climate_kg_per_kwh.value - 1.0).abs() < 1e-12);
}

#[test]
fn the_declared_fit_returns_the_surveys_that_it_was_fitted_on() {
    // Packs of all uses, 2024: 94 USD/kWh in China, 31 % more in North America, 48 % more in Europe.
    for (place, mix, usd) in [("CN", "survey-cn", 94.0), ("US", "survey-us", 94.0 * 1.31), ("EU27", "survey-eu27", 94.0 * 1.48)] {
        let mean: f64 = TABLES
            .battery
            .mix(mix)
            .unwrap()
            .iter()
            .map(|(chemistry, share)| {
                let question = BatteryQuestion { year: 2024, ..usual(chemistry, place) };
                share * ask(&question).cost_usd_per_kwh.value
            })
            .sum();
        assert!((mean / usd - 1.0).abs() < 0.005, "{place}: {mean} for {usd}");
    }
}

#[test]
fn intervals_hold_the_value_and_are_the_same_again() {
    for resample in [Resample::All, Resample::Car] {
        let sampling = Some(Sampling { samples: 40, seed: 7, resample, chain: Chain::Maker });
        let question = BatteryQuestion { sampling, ..usual("lfp", "CN") };
        let (one, two) = (ask(&question), ask(&question));
        for (a, b) in [(one.climate_kg_per_kwh, two.climate_kg_per_kwh), (one.cost_usd_per_kwh, two.cost_usd_per_kwh)] {
            assert_eq!(a, b);
            assert!(a.p5.unwrap() < a.value && a.value < a.p95.unwrap(), "{a:?}");
        }
    }
}

#[test]
fn what_cannot_be_is_refused_by_name() {
    let price = |name: &str, usd: f64| refusal(&BatteryQuestion { prices: vec![(name.to_owned(), usd)], ..usual("lfp", "CN") });
    assert!(matches!(price("lithium-carbonate", -1.0), AssessError::Chain(ChainError::Price { .. })));
    assert!(matches!(price("lithium-carbonate", f64::NAN), AssessError::Chain(ChainError::Price { .. })));
    assert!(matches!(price("unobtainium", 1.0), AssessError::Chain(ChainError::Unknown { .. })));
    let route = |stage: &str, route: &str| refusal(&BatteryQuestion { routes: pairs(&[(stage, route)]), ..usual("lfp", "CN") });
    assert!(route("lithium", "atacma").to_string().contains("did you mean `atacama`"));
    assert!(matches!(route("steel", "arc"), AssessError::Chain(ChainError::Unknown { .. })));
    let elsewhere = refusal(&BatteryQuestion { routes: pairs(&[("lithium", "atacama")]), stages: pairs(&[("lithium", "DE")]), ..usual("lfp", "CN") });
    assert!(elsewhere.to_string().contains("it stands in CL"), "{elsewhere}");
    let recycled = refusal(&BatteryQuestion { recycled: vec![("lithium".to_owned(), 1.2)], ..usual("lfp", "CN") });
    assert!(matches!(recycled, AssessError::Chain(ChainError::Recycled { .. })));
}
