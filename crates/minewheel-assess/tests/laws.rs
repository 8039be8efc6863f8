//! Laws of an assessment on the real tables: linear in distance, independent of threads and row order, shares that add
//! to one, draws that are shared, and every car of the catalogue answered.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minewheel_assess::assessment::{Assessment, assess, prepare};
use minewheel_assess::footprint::SolvedNetwork;
use minewheel_assess::inventory::{Inventory, Traces, inventory};
use minewheel_assess::network::{Column, PlacedNetwork, PlacedNetworkBuilder};
use minewheel_assess::scenario::{Chain, GridChoice, Preset, Resample, Sampling, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_assess::uncertainty::{Interval, distributions_of, draws};
use minewheel_data::car::{CarDesign, Powertrain};
use minewheel_data::car_file::read_car_file;
use minewheel_data::cards::ProductId;
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use minewheel_lca::{ColumnId, FactorSampler};
use minewheel_model::bill::{Phase, Stage};
use proptest::prelude::*;

static TABLES: LazyLock<Tables> = LazyLock::new(|| tables_of(&Store::embedded()));

fn tables_of(store: &Store) -> Tables {
    Tables::read(store, false).unwrap_or_else(|v| panic!("{}", v.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

fn scenario(tables: &Tables, country: &str) -> Scenario {
    Scenario {
        country: tables.places.id(country).unwrap(),
        year: 2025,
        method: "ar6-gwp100".to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    }
}

fn car(id: &str) -> CarDesign {
    TABLES.catalogue.car(id).unwrap().clone()
}

/// A battery car of which only the pack is given.
fn pack_of(gross_kwh: f64) -> CarDesign {
    let text = format!(
        "[car]\nid = \"pack-{gross_kwh}\"\npowertrain = \"bev\"\nclass = \"compact\"\nmade_in = \"CN\"\n\
         [battery]\nchemistry = \"lfp\"\ngross_energy_kwh = {gross_kwh:?}\nmade_in = \"CN\"\n[motor]\ntopology = \"ipm\"\npeak_power_kw = 110\n"
    );
    read_car_file("pack.toml", &text, &TABLES.chemistries()).unwrap_or_else(|e| panic!("{e:?}"))
}

/// One car of the catalogue for every powertrain that it has.
fn one_of_each() -> Vec<CarDesign> {
    Powertrain::ALL.iter().filter_map(|p| TABLES.catalogue.cars().iter().find(|c| c.powertrain == *p)).cloned().collect()
}

fn total(result: &Assessment) -> f64 {
    result.climate.total_g_per_km.value
}

fn close(a: f64, b: f64, tolerance: f64, what: &str) {
    assert!((a - b).abs() <= tolerance * a.abs().max(b.abs()), "{what}: {a} and {b}");
}

fn few(samples: u32, seed: u64, resample: Resample) -> Sampling {
    Sampling { samples, seed, resample, chain: Chain::Maker }
}

fn amounts(inventory: &Inventory, phase: Phase) -> BTreeMap<(Stage, String, String), f64> {
    let mut sums = BTreeMap::new();
    for line in inventory.lines.iter().filter(|l| l.stage.phase() == phase) {
        *sums.entry((line.stage, line.part.to_string(), line.product.to_string())).or_insert(0.0) += line.amount;
    }
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Twice the distance takes twice the energy and upkeep, and the same car.
    #[test]
    fn demand_of_use_is_linear_in_distance_and_production_does_not_feel_it(
        index in 0usize..54, km in 20_000.0..300_000.0f64, ratio in 0.1..6.0f64,
    ) {
        let tables = &*TABLES;
        let cars = tables.catalogue.cars();
        let design = &cars[index % cars.len()];
        let traces = Traces::new(tables, None).unwrap();
        let at = |km| inventory(design, tables, &traces, &Scenario { lifetime_km: Some(km), ..scenario(tables, "CN") }, &Draw::BEST).unwrap();
        let (short, long) = (at(km), at(km * ratio));
        prop_assert_eq!(amounts(&short, Phase::Production), amounts(&long, Phase::Production));
        for (line, amount) in amounts(&short, Phase::Use) {
            // A pack is replaced as a whole or not at all.
            if line.0 != Stage::BatteryReplacement {
                let other = amounts(&long, Phase::Use)[&line];
                prop_assert!((other - ratio * amount).abs() <= 1e-9 * other.abs(), "{}: {:?} {} {}", &design.id, line, amount, other);
            }
        }
    }
}

/// The footprint of the use phase follows its demand: linear in distance too.
#[test]
fn climate_of_use_is_linear_in_distance() {
    let tables = &*TABLES;
    let cars = [car("vw-id3-58"), car("vw-golf-15tsi")];
    let at = |km| assess(tables, &cars, &Scenario { lifetime_km: Some(km), ..scenario(tables, "DE") }, None).unwrap();
    for (short, long) in at(90_000.0).iter().zip(&at(180_000.0)) {
        close(2.0 * short.climate.use_kg.value, long.climate.use_kg.value, 1e-9, &short.car);
        assert_eq!(short.climate.production_kg, long.climate.production_kg);
        assert_eq!(short.climate.end_of_life_kg, long.climate.end_of_life_kg);
        close(2.0 * short.cost.use_usd.value, long.cost.use_usd.value, 0.2, "cost of use, of which part goes with the years");
    }
}

#[test]
fn a_larger_pack_weighs_more_costs_more_and_emits_more_in_production() {
    let tables = &*TABLES;
    let cars: Vec<CarDesign> = [20.0, 35.0, 50.0, 50.5, 70.0, 100.0].map(pack_of).into();
    let results = assess(tables, &cars, &scenario(tables, "CN"), None).unwrap();
    for pair in results.windows(2) {
        let [a, b] = pair else { unreachable!() };
        assert!(a.kerb_mass_kg < b.kerb_mass_kg, "{} and {}", a.car, b.car);
        assert!(a.climate.production_kg.value < b.climate.production_kg.value, "{} and {}", a.car, b.car);
        assert!(a.climate.end_of_life_kg.value < b.climate.end_of_life_kg.value, "{} and {}", a.car, b.car);
        assert!(a.consumption_kwh_per_100km < b.consumption_kwh_per_100km, "{} and {}", a.car, b.car);
        assert!(a.range_km < b.range_km && a.cost.production_usd.value < b.cost.production_usd.value, "{} and {}", a.car, b.car);
        assert!(a.materials_kg["lithium"].value < b.materials_kg["lithium"].value);
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_on_one_thread_and_on_two() {
    let tables = &*TABLES;
    let cars = [car("wuling-mini-215")];
    let run = |threads, seed| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| assess(tables, &cars, &scenario(tables, "CN"), Some(few(3, seed, Resample::All))).unwrap())
    };
    let one = run(1, 7);
    assert!(one == run(2, 7), "threads change a result");
    let other = run(2, 8);
    assert!(one[0].climate.use_kg.p50 != other[0].climate.use_kg.p50, "the seed changes nothing");
    assert_eq!(total(&one[0]), total(&other[0]), "the seed changes a best estimate");
}

/// The same rows in another order, by a permutation that needs no luck.
fn shuffled(text: &str, seed: u64) -> String {
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<(u64, &str)> = rows.lines().filter(|l| !l.is_empty()).enumerate().map(|(i, l)| (mixed(seed, i as u64), l)).collect();
    rows.sort_unstable();
    format!("{header}\n{}\n", rows.iter().map(|r| r.1).collect::<Vec<_>>().join("\n"))
}

/// Splitmix64.
fn mixed(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[test]
fn the_order_of_rows_in_a_table_changes_nothing() {
    let ids = ["vw-id3-58", "vw-golf-15tsi"];
    let assessed = |tables: &Tables| {
        let cars = ids.map(|id| tables.catalogue.car(id).unwrap().clone());
        assess(tables, &cars, &scenario(tables, "CN-YN"), None).unwrap()
    };
    let before = assessed(&TABLES);
    let mut store = Store::embedded();
    for prefix in ["processes/", "markets/", "electricity/mix", "methods/factors", "cells/cells", "prices/"] {
        for (i, name) in store.names(prefix, ".csv").into_iter().enumerate() {
            let text = shuffled(store.text(&name).unwrap(), 11 + i as u64);
            store.insert(&name, &text);
        }
    }
    let after = assessed(&tables_of(&store));
    for (a, b) in before.iter().zip(&after) {
        close(total(a), total(b), 1e-12, &a.car);
        close(a.climate.production_kg.value, b.climate.production_kg.value, 1e-12, &a.car);
        for (category, impact) in &a.impacts {
            close(impact.value, b.impacts[category].value, 1e-11, category);
        }
        close(a.cost.total_usd_per_km.value, b.cost.total_usd_per_km.value, 1e-12, "cost");
        for (material, mass) in &a.materials_kg {
            close(mass.value, b.materials_kg[material].value, 1e-12, material);
        }
        for (status, share) in &a.share_by_status {
            assert!((share - b.share_by_status[status]).abs() < 1e-9, "{status}");
        }
    }
}

/// Inputs of a column that share it out among places or routes: freight and the losses of a grid come on top.
fn shared_out(placed: &PlacedNetwork, id: ColumnId) -> Option<f64> {
    let inputs = placed.network.inputs(id);
    let wanted = match placed.column(id) {
        Column::Supply(product, _) | Column::Market(product) | Column::HomeMarket(product, _) => product,
        Column::Generation(_) => return Some(inputs.map(|i| i.amount).sum()),
        Column::Process(..) | Column::Delivery(..) | Column::PathwayDelivery(_) | Column::Released(..) | Column::Background(..) => return None,
    };
    let makes = |supplier| match placed.column(supplier) {
        Column::Supply(product, _) | Column::Market(product) | Column::HomeMarket(product, _) => product == wanted,
        Column::Process(process, _) => TABLES.cards.process(process).product == wanted,
        Column::Delivery(..) | Column::Generation(_) | Column::PathwayDelivery(_) | Column::Released(..) | Column::Background(..) => false,
    };
    Some(inputs.filter(|i| makes(i.supplier)).map(|i| i.amount).sum())
}

#[test]
fn shares_of_every_market_supply_and_grid_add_to_one() {
    let tables = &*TABLES;
    for (year, place) in [(2021, "DE"), (2025, "CN-YN"), (2025, "US")] {
        let mut builder = PlacedNetworkBuilder::new(tables, year, &[]).unwrap();
        let place = tables.places.id(place).unwrap();
        for (index, product) in tables.cards.products().iter().enumerate() {
            if product.has_world_market {
                builder.bought_by_plant(ProductId(index as u32), place).unwrap();
            }
        }
        let placed = builder.build().unwrap();
        let mut seen = 0;
        for index in 0..placed.columns().len() {
            let id = ColumnId(index as u32);
            if let Some(sum) = shared_out(&placed, id) {
                assert!((sum - 1.0).abs() < 1e-9, "{}: {sum}", placed.label(tables, id));
                seen += 1;
            }
        }
        assert!(seen > 200, "{seen} columns");
    }
}

#[test]
fn the_difference_of_two_cars_is_the_difference_of_their_draws() {
    let tables = &*TABLES;
    let cars = [car("vw-id3-58"), car("wuling-mini-215")];
    let scenario = scenario(tables, "CN");
    let sampling = few(8, 3, Resample::Car);
    let traces = Traces::new(tables, None).unwrap();
    let prepared = prepare(tables, &cars, &scenario, &traces).unwrap();
    let solved: Vec<_> = prepared.networks.iter().map(|n| SolvedNetwork::new(tables, n, &scenario.method).unwrap()).collect();
    let drawn = draws(tables, &scenario, &prepared.cases, &solved, sampling, &minewheel_assess::watch::Watch::none()).unwrap();
    let per_km = |f: &minewheel_assess::assessment::Figures| 1000.0 * f.by_phase.iter().sum::<f64>() / f.lifetime_km;
    let results = assess(tables, &cars, &scenario, Some(sampling)).unwrap();
    let said = results[1].difference_to_first.as_ref().unwrap().total_g_per_km;
    close(said.value, total(&results[1]) - total(&results[0]), 1e-12, "best estimate");
    let by_hand = Interval::of(said.value, drawn.iter().map(|d| per_km(&d[1]) - per_km(&d[0])));
    for (said, by_hand) in [(said.p5, by_hand.p5), (said.p50, by_hand.p50), (said.p95, by_hand.p95)] {
        close(said.unwrap(), by_hand.unwrap(), 1e-9, "percentile of the difference");
    }
    assert!(results[0].difference_to_first.is_none());
}

#[test]
fn a_car_beside_itself_differs_by_nought_in_every_draw() {
    let tables = &*TABLES;
    let cars = [car("vw-id3-58"), car("vw-id3-58")];
    let results = assess(tables, &cars, &scenario(tables, "CN"), Some(few(2, 1, Resample::Car))).unwrap();
    let said = results[1].difference_to_first.as_ref().unwrap().total_g_per_km;
    assert_eq!((said.value, said.p5, said.p95), (0.0, Some(0.0), Some(0.0)));
}

/// Drawing the network too can only widen what the network decides: the climate of making the battery.
#[test]
fn drawing_only_the_car_gives_the_narrower_interval() {
    let tables = &*TABLES;
    let cars = [car("vw-id3-58")];
    let run = |resample| assess(tables, &cars, &scenario(tables, "CN"), Some(few(40, 1, resample))).unwrap().remove(0);
    let (all, own) = (run(Resample::All), run(Resample::Car));
    let width = |i: Interval| i.p95.unwrap() - i.p5.unwrap();
    assert_eq!(total(&all), total(&own));
    assert!(width(own.climate.production_kg) <= width(all.climate.production_kg));
    assert!(width(own.battery_climate_kg_per_kwh.unwrap()) <= width(all.battery_climate_kg_per_kwh.unwrap()));
    // The whole life is no test: driving, which no network decides, spreads it, and forty draws do not settle its tails.
    // The materials of a car know no network.
    assert_eq!(own.materials_kg, all.materials_kg);
}

/// One maker's few suppliers spread more than the market's average, around the same best estimate.
#[test]
fn a_makers_chain_has_the_wider_interval_around_the_markets_estimate() {
    let tables = &*TABLES;
    let cars = [car("vw-id3-58")];
    let run = |chain| assess(tables, &cars, &scenario(tables, "CN"), Some(Sampling { chain, ..few(60, 1, Resample::All) })).unwrap().remove(0);
    let (maker, market) = (run(Chain::Maker), run(Chain::Market));
    let width = |i: Interval| i.p95.unwrap() - i.p5.unwrap();
    assert_eq!(total(&maker), total(&market));
    assert!(width(maker.climate.production_kg) > width(market.climate.production_kg));
    assert!(width(maker.battery_climate_kg_per_kwh.unwrap()) > width(market.battery_climate_kg_per_kwh.unwrap()));
    close(maker.climate.production_kg.p50.unwrap(), maker.climate.production_kg.value, 0.05, "median of a maker's chain");
}

/// `N` suppliers drawn from a market hold `s` of it on average, with the variance `s(1 − s)/N`; what is not known of `s` itself
/// adds to it.
#[test]
fn the_shares_of_one_makers_suppliers_are_those_of_a_few_drawn_from_the_market() {
    let tables = &*TABLES;
    let product = tables.cards.product_id("cobalt-sulfate").unwrap();
    let (_, market) = tables.markets.shares(product, 2025).unwrap();
    let sampler = FactorSampler::centred(&distributions_of(tables, Chain::Maker)).unwrap();
    let (mut factors, mut sums, mut squares, draws) = (Vec::new(), vec![0.0; market.len()], vec![0.0; market.len()], 4000);
    for draw in 0..draws {
        sampler.sample(5, draw, &mut factors);
        let drawn: Vec<f64> = market.iter().map(|s| s.share.best * factors[s.share.row.0 as usize]).collect();
        let whole: f64 = drawn.iter().sum();
        for (place, share) in drawn.iter().enumerate() {
            sums[place] += share / whole;
            squares[place] += (share / whole).powi(2);
        }
    }
    for (place, of) in market.iter().enumerate() {
        let (share, mean) = (of.share.best, sums[place] / draws as f64);
        let variance = squares[place] / draws as f64 - mean * mean;
        assert!((mean - share).abs() < 0.02, "{share}: {mean}");
        let few = share * (1.0 - share) / 3.0;
        assert!(variance > 0.8 * few && variance < 1.8 * few, "{share}: {variance} beside {few}");
    }
}

#[test]
fn every_powertrain_is_assessed_under_every_choice_of_accounting() {
    let tables = &*TABLES;
    let cars = one_of_each();
    assert!(cars.len() >= 4);
    let base = assess(tables, &cars, &scenario(tables, "DE"), None).unwrap();
    let with = |change: &dyn Fn(&mut Scenario)| {
        let mut scenario = scenario(tables, "DE");
        change(&mut scenario);
        assess(tables, &cars, &scenario, None).unwrap()
    };
    let credited = with(&|s| s.preset = Preset::AvoidedBurden);
    let pathway = with(&|s| s.grid = GridChoice::Pathway);
    let real = with(&|s| s.is_real_world = true);
    let short = with(&|s| s.method = "ar6-gwp20".to_owned());
    for (i, car) in cars.iter().enumerate() {
        assert!(credited[i].climate.end_of_life_kg.value < base[i].climate.end_of_life_kg.value, "{}: no credit", car.id);
        assert!(total(&short[i]) > total(&base[i]), "{}: methane counts more over 20 years", car.id);
        assert!(real[i].climate.use_kg.value > base[i].climate.use_kg.value, "{}: traffic costs no more than the test", car.id);
        if matches!(car.powertrain, Powertrain::Bev | Powertrain::Phev) {
            assert!(pathway[i].climate.use_kg.value < base[i].climate.use_kg.value, "{}: a cleaner grid to come", car.id);
        } else {
            close(pathway[i].climate.use_kg.value, base[i].climate.use_kg.value, 1e-9, &car.id);
        }
        close(pathway[i].climate.production_kg.value, base[i].climate.production_kg.value, 1e-9, &car.id);
    }
}

#[test]
fn every_car_of_the_catalogue_is_assessed_in_china_and_in_germany() {
    let tables = &*TABLES;
    let cars = tables.catalogue.cars();
    for country in ["CN", "DE"] {
        let scenario = scenario(tables, country);
        let traces = Traces::new(tables, None).unwrap();
        let refused: Vec<String> =
            cars.iter().filter_map(|c| inventory(c, tables, &traces, &scenario, &Draw::BEST).err().map(|e| format!("{}: {e}", c.id))).collect();
        assert!(refused.is_empty(), "{}", refused.join("\n"));
        for result in assess(tables, cars, &scenario, None).unwrap() {
            let who = format!("{} in {country}", result.car);
            let climate = &result.climate;
            // From a micro-car on clean power to a full-size petrol car.
            assert!((20.0..=700.0).contains(&total(&result)), "{who}: {} g/km", total(&result));
            let phases: f64 = [climate.production_kg, climate.use_kg, climate.end_of_life_kg].iter().map(|i| i.value).sum();
            close(1000.0 * phases / result.lifetime_km, total(&result), 1e-9, &who);
            let stages: f64 = result.climate_by_stage.iter().map(|s| s.kg).sum();
            close(stages, phases, 1e-6, &who);
            close(result.share_by_status.values().sum(), 1.0, 1e-6, &who);
            assert!(result.run.residual < 1e-9, "{who}: residual {}", result.run.residual);
            for (tier, shares) in &result.origin {
                close(shares.values().sum(), 1.0, 1e-9, tier);
            }
            // Materials are part of the car.
            let materials: f64 = result.materials_kg.values().map(|m| m.value).sum();
            assert!(materials > 0.4 * result.kerb_mass_kg && materials < result.kerb_mass_kg, "{who}: {materials} of {} kg", result.kerb_mass_kg);
        }
    }
}

#[test]
fn a_sourcing_rule_moves_the_footprint_of_what_it_names() {
    let tables = &*TABLES;
    let mut ruled = car("vw-id3-58");
    ruled.sourcing = vec![minewheel_data::car::SourcingRule {
        product: "aluminium-primary-ingot".to_owned(),
        shares: vec![("NO".to_owned(), 1.0)],
        bans: Vec::new(),
    }];
    let results = assess(tables, &[car("vw-id3-58"), ruled], &scenario(tables, "CN"), None).unwrap();
    assert!(results[1].climate.production_kg.value < results[0].climate.production_kg.value);
    close(results[1].climate.use_kg.value, results[0].climate.use_kg.value, 0.02, "use hardly needs aluminium");
}

/// A car of the catalogue with choices of body and plant, from the text of a car file.
fn with_choices(id: &str, sections: &str) -> CarDesign {
    let text = format!("[car]\nid = \"x\"\npowertrain = \"bev\"\n[battery]\nchemistry = \"lfp\"\ngross_energy_kwh = 50\n{sections}");
    let given = read_car_file("choices.toml", &text, &TABLES.chemistries()).unwrap_or_else(|e| panic!("{e:?}"));
    CarDesign { body: given.body, plant: minewheel_data::car::PlantDesign { country: None, ..given.plant }, ..car(id) }
}

/// A lighter body is seen by production and by use, in cars with coast-down terms, certificates, or neither.
#[test]
fn a_lighter_body_makes_every_car_use_less() {
    let tables = &*TABLES;
    for id in ["vw-id3-58", "wuling-mini-215", "vw-golf-15tsi", "byd-qin-plus-dmi", "tesla-m3-rwd-lfp"] {
        let cars = [
            car(id),
            with_choices(id, "[body]\ndoor_ring = \"five-piece\"\n"),
            with_choices(id, "[body]\ndoor_ring = \"five-piece\"\nresizing = \"structure\"\n"),
            with_choices(id, "[body]\ndoor_ring = \"five-piece\"\nresizing = \"structure\"\nclosures = \"aluminium\"\n"),
        ];
        let results = assess(tables, &cars, &scenario(tables, "CN"), None).unwrap();
        for pair in results.windows(2) {
            assert!(pair[1].kerb_mass_kg < pair[0].kerb_mass_kg, "{id}");
            assert!(pair[1].climate.use_kg.value < pair[0].climate.use_kg.value, "{id}");
        }
        assert!(results[1].climate.production_kg.value < results[0].climate.production_kg.value, "{id}");
    }
}

/// What a plant draws beside the grid changes the assembly alone, by share, and cannot be cleaner than all of it.
#[test]
fn a_plants_own_supply_moves_the_assembly_alone_and_in_proportion() {
    let tables = &*TABLES;
    let plant = |text: &str| with_choices("vw-id3-58", &format!("[plant]\n{text}\n"));
    let cars = [plant("electricity = \"grid\""), plant("solar_share = 0.5"), plant("electricity = \"solar\""), plant("electricity = \"hydro\"")];
    let results = assess(tables, &cars, &scenario(tables, "CN"), None).unwrap();
    let assembly = |r: &Assessment| r.climate_by_stage.iter().filter(|s| s.stage == Stage::Assembly).map(|s| s.kg).sum::<f64>();
    let rest = |r: &Assessment| r.climate.production_kg.value - assembly(r);
    for result in &results[1..] {
        close(rest(result), rest(&results[0]), 1e-9, "what is not assembly");
        assert!(assembly(result) < assembly(&results[0]));
    }
    close(assembly(&results[1]), 0.5 * (assembly(&results[0]) + assembly(&results[2])), 1e-9, "half of the way");
    assert!(results[2].run.notices.iter().any(|n| n.contains("100 % solar on site")), "{:?}", results[2].run.notices);
}

/// The shops from body to last test are the services that the bill buys: a plant's table and a car's assembly count the same energy.
#[test]
fn the_shops_of_the_plant_add_up_to_the_cards_of_its_services() {
    let tables = &*TABLES;
    let place = tables.places.id("CN").unwrap();
    let card = |product: &str| minewheel_assess::plant::direct_energy(tables, product, place, 2025, &Draw::BEST).unwrap();
    let shops = |names: &[&str]| {
        let of = tables.plant.shops.iter().filter(|s| names.contains(&&*s.name));
        of.fold((0.0, 0.0), |(e, h), s| (e + s.electricity_kwh.best, h + s.heat_mj.map_or(0.0, |v| v.best)))
    };
    let same = |product: &str, names: &[&str]| {
        let ((kwh, mj, _), (e, h)) = (card(product), shops(names));
        close(kwh, e, 1e-9, product);
        close(mj, h, 1e-9, product);
    };
    same("body-welding", &["body-shop"]);
    same("painting", &["paint-shop"]);
    same("vehicle-assembly", &["final-line", "compressed-air", "building", "test-battery", "test-climatic", "test-leak", "test-rollers"]);
    close(card("body-welding").0, tables.vehicles.body.shop_kwh().best, 1e-9, "energy that saved joints are measured by");
    let named: Vec<&str> = tables.plant.shops.iter().map(|s| &*s.name).collect();
    assert_eq!(named.len(), 10, "a shop that no service stands for: {named:?}");
}

/// Measures are counted on what is left: what they avoid one by one is what the plant avoids in all.
#[test]
fn an_abatement_list_adds_up_and_is_worth_more_on_a_dirtier_grid() {
    use minewheel_assess::plant::{PlantQuestion, plant_report};
    let tables = &*TABLES;
    let report = |code: &str, measures: Option<&[&str]>| {
        let measures = measures.map(|m| m.iter().map(|n| (*n).to_owned()).collect());
        let place = tables.places.id(code).unwrap();
        let supply = minewheel_data::car::PlantDesign::default();
        plant_report(tables, &PlantQuestion { place, year: 2023, method: "ar6-gwp100", supply, volume: None, measures }).unwrap()
    };
    for code in ["CN", "CN-CQ", "DE", "NO"] {
        let all = report(code, None);
        let avoided: f64 = all.measures.iter().map(|m| m.kg_co2e).sum();
        close(all.kg_co2e - avoided, all.measures.last().unwrap().left_kg_co2e, 1e-9, code);
        close(all.shops.iter().map(|s| s.kg_co2e).sum(), all.kg_co2e, 1e-9, code);
        assert_eq!(all.measures.len(), tables.plant.measures.len());
    }
    let solar = |code: &str| report(code, Some(&["on-site-solar"])).measures[0].kg_co2e;
    assert!(solar("CN") > solar("DE") && solar("DE") > solar("NO"));
}
