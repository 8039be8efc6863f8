//! Recycling in the network: flows balance, presets agree in their limits, credits follow the packs of every draw.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::LazyLock;

use minewheel_assess::assessment::{Assessment, assess};
use minewheel_assess::inventory::{Traces, inventory, pack_spec_of};
use minewheel_assess::pack_footprint::{PackQuestion, SpanKind, pack_footprint};
use minewheel_assess::recycling::{RecycleQuestion, RecycleReport, Verdict, is_work, recycle_report};
use minewheel_assess::scenario::{Chain, GridChoice, Preset, Resample, Sampling, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::row::{Draw, Value};
use minewheel_data::store::Store;
use minewheel_data::units::Energy;
use minewheel_model::battery::PackSpec;
use minewheel_model::recycling::{Feed, Route};

static TABLES: LazyLock<Tables> = LazyLock::new(|| Tables::read(&Store::embedded(), false).unwrap());
const CAR: &str = "vw-id3-58";
const SAMPLING: Sampling = Sampling { samples: 40, seed: 1, resample: Resample::All, chain: Chain::Market };

fn scenario(tables: &Tables, preset: Preset) -> Scenario {
    Scenario {
        country: tables.places.id("CN").unwrap(),
        year: 2025,
        method: "ar6-gwp100".to_owned(),
        preset,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    }
}

fn car(tables: &Tables) -> CarDesign {
    tables.catalogue.car(CAR).unwrap().clone()
}

fn assessed(tables: &Tables, design: &CarDesign, preset: Preset) -> Assessment {
    assess(tables, std::slice::from_ref(design), &scenario(tables, preset), None).unwrap().remove(0)
}

fn of_part(result: &Assessment, part: &str) -> f64 {
    result.climate_by_stage.iter().filter(|l| l.part == part).map(|l| l.kg).sum()
}

fn question(chemistry: &str, routes: &[Route], sampling: Option<Sampling>) -> RecycleQuestion {
    let tables = &*TABLES;
    RecycleQuestion {
        car: None,
        pack: PackSpec::new(chemistry, Energy::from_kwh(60.0)),
        routes: routes.to_vec(),
        feed: Feed::EndOfLife,
        place: tables.places.id("CN").unwrap(),
        year: 2025,
        method: "ar6-gwp100".to_owned(),
        second_life: true,
        sampling,
    }
}

fn asked(chemistry: &str, routes: &[Route], sampling: Option<Sampling>) -> RecycleReport {
    recycle_report(&TABLES, &question(chemistry, routes, sampling)).unwrap()
}

fn close(seen: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!((seen - wanted).abs() <= tolerance * (1.0 + wanted.abs()), "{what}: {seen}, wanted {wanted}");
}

/// Tables with texts of files replaced.
fn tables_with(changes: &[(&str, &str, &str)]) -> Tables {
    let mut store = Store::embedded();
    for (file, from, to) in changes {
        let text = store.text(file).unwrap().to_owned();
        assert!(text.contains(from), "no `{from}` in {file}");
        store.insert(file, &text.replace(from, to));
    }
    Tables::read(&store, false).unwrap()
}

const PARAMETERS: &str = "recycling/parameters.csv";
const NO_ENERGY: (&str, &str, &str) = (PARAMETERS, "cff,r3_plastics,0.6,1,,,0.2,0.9,triangular", "cff,r3_plastics,0,1,,,,,");

fn with_a(a: &str) -> Vec<(&'static str, &'static str, String)> {
    [("a_metals", "0.2,1,,,0.2,0.5,triangular"), ("a_plastics", "0.5,1,,,,,"), ("a_glass", "0.2,1,,,,,")]
        .into_iter()
        .map(|(name, old)| (PARAMETERS, &*Box::leak(format!("cff,{name},{old}").into_boxed_str()), format!("cff,{name},{a},1,,,,,")))
        .collect()
}

fn circular_tables(a: &str, more: &[(&'static str, &'static str, &'static str)]) -> Tables {
    let rows = with_a(a);
    let mut changes: Vec<(&str, &str, &str)> = rows.iter().map(|(file, from, to)| (*file, *from, to.as_str())).collect();
    changes.push(NO_ENERGY);
    changes.extend(more);
    tables_with(&changes)
}

#[test]
fn the_end_of_a_car_s_packs_is_what_recycling_them_takes() {
    let tables = &*TABLES;
    let mut car = car(tables);
    for years in [10.0, 40.0] {
        car.usage.years = Some(Value::given(years));
        let packs = minewheel_assess::ageing::pack_life(&car, tables, None).unwrap().packs_over_life;
        let question = RecycleQuestion { car: Some(car.id.clone()), pack: pack_spec_of(&car).unwrap(), ..question("nmc622", &[Route::Hydro], None) };
        let report = recycle_report(tables, &question).unwrap();
        let wanted = packs * report.gross_energy_kwh * report.routes[0].climate.recycling.value;
        close(of_part(&assessed(tables, &car, Preset::CutOff), "battery-recycling"), wanted, 1e-9, "work of recycling");
        let lines = inventory(&car, tables, &Traces::new(tables, None).unwrap(), &scenario(tables, Preset::CutOff), &Draw::BEST).unwrap().lines;
        // A line without rows would pass for one that was read.
        assert!(lines.iter().filter(|l| is_work(l)).all(|l| !l.rows.is_empty()), "a line of the work rests on no row");
    }
}

#[test]
fn with_a_of_one_the_formula_is_cut_off_and_the_next_life_recycles_the_pack() {
    let tables = circular_tables("1", &[]);
    let car = car(&tables);
    let (cut, cff) = (assessed(&tables, &car, Preset::CutOff), assessed(&tables, &car, Preset::Circular));
    let work = of_part(&cut, "battery-recycling");
    assert!(work > 0.0);
    close(cff.climate.end_of_life_kg.value, cut.climate.end_of_life_kg.value - work, 1e-9, "end of life");
    close(cff.climate.production_kg.value, cut.climate.production_kg.value, 1e-9, "production");
}

#[test]
fn with_a_of_nought_and_quality_of_one_the_formula_is_the_avoided_burden() {
    let tables = circular_tables(
        "0",
        &[
            ("endoflife/endoflife.csv", "pig-iron,0.9,", "pig-iron,1,"),
            ("endoflife/endoflife.csv", "aluminium-primary-ingot,0.9,", "aluminium-primary-ingot,1,"),
            ("endoflife/endoflife.csv", "pp-resin,0.7,", "pp-resin,1,"),
            ("recycling/products.csv", "aluminium-secondary-ingot,0.9,", "aluminium-secondary-ingot,1,"),
        ],
    );
    let car = car(&tables);
    let (avoided, cff) = (assessed(&tables, &car, Preset::AvoidedBurden), assessed(&tables, &car, Preset::Circular));
    close(cff.climate.end_of_life_kg.value, avoided.climate.end_of_life_kg.value, 1e-9, "end of life");
}

#[test]
fn the_formula_lies_between_cut_off_and_avoided_burden() {
    let tables = &*TABLES;
    let car = car(tables);
    let end = |preset| assessed(tables, &car, preset).climate.end_of_life_kg.value;
    let (cut, cff, avoided) = (end(Preset::CutOff), end(Preset::Circular), end(Preset::AvoidedBurden));
    assert!(avoided < cff && cff < cut, "{avoided} < {cff} < {cut}");
}

#[test]
fn plastics_burnt_for_energy_are_a_burden_on_a_clean_grid_and_less_of_one_on_a_dirty_grid() {
    let tables = &*TABLES;
    let car = car(tables);
    let plastics = |country: &str| {
        let scenario = Scenario { country: tables.places.id(country).unwrap(), ..scenario(tables, Preset::Circular) };
        of_part(&assess(tables, std::slice::from_ref(&car), &scenario, None).unwrap()[0], "credit plastics")
    };
    assert!(plastics("NO") > plastics("CN"), "NO {}, CN {}", plastics("NO"), plastics("CN"));
}

#[test]
fn credits_follow_the_packs_of_a_life_and_of_every_draw() {
    let tables = &*TABLES;
    let mut long = car(tables);
    let short = long.clone();
    long.usage.years = Some(Value::given(60.0));
    let credit = |design: &CarDesign| of_part(&assessed(tables, design, Preset::AvoidedBurden), "credit battery");
    let packs = minewheel_assess::ageing::pack_life(&long, tables, None).unwrap().packs_over_life;
    let few = minewheel_assess::ageing::pack_life(&short, tables, None).unwrap().packs_over_life;
    assert!(packs > 1.3 * few, "{packs} against {few} packs");
    close(credit(&long) / credit(&short), packs / few, 1e-9, "credits by packs");
    // The end of life printed is the sum of its lines, credits included.
    for preset in Preset::ALL {
        let result = assessed(tables, &long, preset);
        let lines: f64 = result.climate_by_stage.iter().filter(|l| l.stage == minewheel_model::bill::Stage::EndOfLife).map(|l| l.kg).sum();
        close(result.climate.end_of_life_kg.value, lines, 1e-9, preset.word());
    }
    // What a pack gives back grows with the packs: the credits of draws spread as the packs do.
    let drawn = |design: &CarDesign| {
        let result = assess(tables, std::slice::from_ref(design), &scenario(tables, Preset::AvoidedBurden), Some(SAMPLING)).unwrap().remove(0);
        let end = result.climate.end_of_life_kg;
        end.p95.unwrap() - end.p5.unwrap()
    };
    assert!(drawn(&long) > 1.15 * drawn(&short), "{} against {}", drawn(&long), drawn(&short));
}

#[test]
fn recycled_content_lowers_the_pack_in_proportion_and_not_the_avoided_burden() {
    let tables = &*TABLES;
    let plain = car(tables);
    let with = |share: f64| {
        let mut car = plain.clone();
        car.recycled_cells.nickel = Some(Value::given(share));
        car.recycled_cells.lithium = Some(Value::given(share));
        car.recycled_cells.cobalt = Some(Value::given(share));
        car
    };
    let pack = |design: &CarDesign, preset| assessed(tables, design, preset).battery_climate_kg_per_kwh.unwrap().value;
    let (none, half, all) = (pack(&plain, Preset::CutOff), pack(&with(0.5), Preset::CutOff), pack(&with(1.0), Preset::CutOff));
    assert!(all < half && half < none, "{none}, {half}, {all}");
    close(none - all, 2.0 * (none - half), 1e-9, "proportion");
    let total = |design: &CarDesign| assessed(tables, design, Preset::AvoidedBurden).climate.total_g_per_km.value;
    close(total(&with(0.5)), total(&plain), 1e-9, "where the metal comes from does not matter to the avoided burden");
    // A chemistry that holds no nickel has none to recycle.
    let mut phosphate = plain.clone();
    phosphate.battery.as_mut().unwrap().chemistry = "lfp".to_owned();
    phosphate.battery.as_mut().unwrap().pack_mass_kg = None;
    let mut nickel = phosphate.clone();
    nickel.recycled_cells.nickel = Some(Value::given(1.0));
    close(pack(&nickel, Preset::CutOff), pack(&phosphate, Preset::CutOff), 1e-12, "no nickel in LFP");
}

#[test]
fn routes_balance_and_share_their_draws() {
    for chemistry in ["nmc811", "nmc622", "lfp"] {
        let report = asked(chemistry, &Route::ALL, Some(SAMPLING));
        for route in &report.routes {
            assert!(route.largest_gap < 1e-9);
            let climate = &route.climate;
            close(climate.net.value, climate.recycling.value - climate.avoided.value, 1e-9, "net");
            assert!(climate.recycling.p5.unwrap() < climate.recycling.value && climate.recycling.value < climate.recycling.p95.unwrap());
            let inputs: f64 = route.inputs.iter().map(|i| i.kg_co2e_per_kwh).sum::<f64>() + route.burnt_co2_kg_per_kwh;
            close(inputs, climate.recycling.value, 1e-9, "the lines add up");
            let avoided: f64 = route.products.iter().map(|p| p.avoided_kg_co2e_per_kwh).sum();
            close(avoided, climate.avoided.value, 1e-9, "the products add up");
            let mass: f64 = route.losses.iter().map(|l| l.kg_per_kwh).sum();
            assert!(mass < route.fed_kg_per_kwh);
        }
        assert!(report.second_life.unwrap().credit_kg_per_kwh.value > 0.0);
    }
}

#[test]
fn a_target_on_what_the_battery_lacks_is_unknown_and_never_passed() {
    let report = asked("lfp", &[Route::Hydro, Route::Pyro], None);
    for route in &report.routes {
        for target in route.targets.iter().filter(|t| t.quantity.contains("cobalt") || t.quantity.contains("nickel")) {
            assert_eq!((target.verdict, target.value, target.margin), (Verdict::Unknown, None, None), "{}", target.quantity);
        }
        let lithium: Vec<_> = route.targets.iter().filter(|t| t.quantity.contains("lithium")).collect();
        assert_eq!(lithium.iter().map(|t| t.year).collect::<Vec<_>>(), [2027, 2031]);
        let wanted = if route.route == Route::Hydro { Verdict::Pass } else { Verdict::Fail };
        assert!(lithium.iter().all(|t| t.verdict == wanted), "{:?}", route.route);
    }
    let content = &report.routes[0].recycled_content;
    assert!(content.iter().any(|c| c.element == "lithium" && c.verdict == Verdict::Pass));
    assert!(content.iter().filter(|c| c.element != "lithium").all(|c| c.verdict == Verdict::Unknown));
}

#[test]
fn a_kilowatt_hour_delivered_costs_less_over_two_lives() {
    let tables = &*TABLES;
    let question = PackQuestion {
        sold_in: tables.places.id("CN").unwrap(),
        year: 2025,
        method: "ar6-gwp100",
        warranty_years: None,
        per_year: None,
        sampling: Some(SAMPLING),
    };
    let car = car(tables);
    let of = pack_footprint(&car, tables, &question).unwrap().unwrap();
    let span = |kind| *of.spans.iter().find(|s| s.span == kind).unwrap();
    let (declared, in_car, two) = (span(SpanKind::Declared), span(SpanKind::InCar), span(SpanKind::WithSecondLife));
    // 60 full cycles a year over 8 years of the usable energy.
    close(declared.delivered_kwh, of.usable_kwh * 480.0, 1e-12, "declared");
    close(declared.kg_per_kwh.value, of.kg_per_delivered_kwh, 1e-12, "the declared one is the footprint's own");
    close(in_car.kg_per_kwh.value * in_car.delivered_kwh, of.total_kg, 1e-9, "spread over what is delivered");
    close(of.stages.values().iter().sum(), of.total_kg, 1e-9, "the stages add up");
    assert!(two.kg_per_kwh.value < in_car.kg_per_kwh.value);
    for s in [declared, in_car, two] {
        assert!(s.with_credits_kg_per_kwh.value < s.kg_per_kwh.value);
        let interval = s.kg_per_kwh;
        assert!(interval.p5.unwrap() < interval.value && interval.value < interval.p95.unwrap(), "{:?}", s.span);
        assert!((0.01..0.5).contains(&interval.value), "{interval:?}");
    }
    // A life in the car is known worse than a declared number of cycles.
    let width = |s: &minewheel_assess::pack_footprint::Span| s.kg_per_kwh.p95.unwrap() / s.kg_per_kwh.p5.unwrap();
    assert!(width(&in_car) > width(&declared), "{} against {}", width(&in_car), width(&declared));
    // A longer warranty spreads the same footprint over more energy.
    let longer = pack_footprint(&car, tables, &PackQuestion { warranty_years: Some(16.0), sampling: None, ..question }).unwrap().unwrap();
    close(longer.kg_per_delivered_kwh, of.kg_per_delivered_kwh / 2.0, 1e-9, "sixteen years");
}

#[test]
fn recycled_content_of_the_car_file_lowers_what_its_pack_declares() {
    let tables = &*TABLES;
    let place = tables.places.id("EU27").unwrap();
    let question = PackQuestion { sold_in: place, year: 2025, method: "ar6-gwp100", warranty_years: None, per_year: None, sampling: None };
    let plain = car(tables);
    let mut with = plain.clone();
    with.recycled_cells.nickel = Some(Value::given(0.5));
    let kg = |design: &CarDesign| pack_footprint(design, tables, &question).unwrap().unwrap().stages.raw_materials_kg;
    assert!(kg(&with) < kg(&plain));
}
