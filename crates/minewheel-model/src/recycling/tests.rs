use minewheel_data::loader::Loader;
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use minewheel_data::units::Energy;
use proptest::prelude::{ProptestConfig, prop_assert, proptest};

use super::tables::CLOSES;
use super::{Feed, Recycled, RecyclingTables, Route, recycle};
use crate::battery::{CellTables, PackDesign, PackSpec, design_pack};

const CHEMISTRIES: [&str; 11] = ["nmc111", "nmc532", "nmc622", "nmc811", "nca", "lfp", "lmfp", "na-ion", "nmc955", "lto", "solid-state"];

fn tables() -> (CellTables, RecyclingTables) {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, false);
    let mut cells = CellTables::read(&mut loader);
    let recycling = RecyclingTables::read(&mut loader, &cells);
    cells.read_designer(&mut loader);
    recycling.check_further(&mut loader, &cells);
    loader.finish().unwrap();
    (cells, recycling)
}

fn pack(cells: &CellTables, chemistry: &str, kwh: f64) -> PackDesign {
    design_pack(&PackSpec::new(chemistry, Energy::from_kwh(kwh)), cells, &Draw::BEST).unwrap()
}

fn run<'t>(cells: &CellTables, recycling: &'t RecyclingTables, chemistry: &str, route: Route, feed: Feed) -> Recycled<'t> {
    recycle(&pack(cells, chemistry, 60.0), cells, recycling, route, feed, &Draw::BEST).unwrap()
}

/// The violations after one text of a table is replaced.
fn violations_after(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut store = Store::embedded();
    let text = store.text(file).unwrap().to_owned();
    assert!(text.contains(from), "no `{from}` in {file}");
    store.insert(file, &text.replacen(from, to, 1));
    let mut loader = Loader::new(&store, false);
    let mut cells = CellTables::read(&mut loader);
    let recycling = RecyclingTables::read(&mut loader, &cells);
    cells.read_designer(&mut loader);
    recycling.check_further(&mut loader, &cells);
    loader.finish().map_or_else(|found| found.iter().map(ToString::to_string).collect(), |_| Vec::new())
}

#[test]
fn every_element_that_goes_in_comes_out() {
    let (cells, recycling) = tables();
    for chemistry in CHEMISTRIES {
        for route in Route::ALL {
            for feed in [Feed::EndOfLife, Feed::Scrap] {
                let run = run(&cells, &recycling, chemistry, route, feed);
                assert!(run.largest_gap <= CLOSES, "{chemistry} {route:?} {feed:?}: {:e}", run.largest_gap);
                let out: f64 = run.made.iter().map(|m| m.from_battery.kg()).sum::<f64>() + run.lost.values().flat_map(|s| s.values()).sum::<f64>();
                assert!((out / run.fed.kg() - 1.0).abs() <= CLOSES, "{chemistry} {route:?}: mass {out} of {}", run.fed.kg());
            }
        }
    }
}

#[test]
fn a_whole_pack_is_fed_and_only_its_cells_as_scrap() {
    let (cells, recycling) = tables();
    let pack = pack(&cells, "nmc811", 60.0);
    let whole = recycle(&pack, &cells, &recycling, Route::Hydro, Feed::EndOfLife, &Draw::BEST).unwrap();
    assert!((whole.fed / pack.pack_mass - 1.0).abs() < 1e-9);
    let scrap = recycle(&pack, &cells, &recycling, Route::Hydro, Feed::Scrap, &Draw::BEST).unwrap();
    assert!(scrap.fed < pack.cell_mass, "offcuts hold no can and no electrolyte");
    assert!((scrap.elements_fed["Ni"] / whole.elements_fed["Ni"] - 1.0).abs() < 1e-9);
}

#[test]
fn recovery_is_the_product_of_the_steps() {
    let (cells, recycling) = tables();
    let hydro = run(&cells, &recycling, "nmc622", Route::Hydro, Feed::EndOfLife);
    // 0.98 to the powder, 0.98 out of it; lithium 0.98 · 0.90, less what the salt of the electrolyte held.
    assert!((hydro.recovery("Ni").unwrap() - 0.98 * 0.98).abs() < 1e-12);
    let salt = 1.0 - hydro.recovery("Li").unwrap() / (0.98 * 0.90);
    assert!((0.01..0.10).contains(&salt), "the salt holds {salt} of the lithium");
    let pyro = run(&cells, &recycling, "nmc622", Route::Pyro, Feed::EndOfLife);
    assert!((pyro.recovery("Co").unwrap() - 0.94 * 0.98).abs() < 1e-12);
    assert!(pyro.recovery("Li").unwrap().abs() < 1e-12, "lithium goes to slag");
    assert!(pyro.carbon_dioxide > hydro.carbon_dioxide, "a furnace burns the graphite");
    let direct = run(&cells, &recycling, "lfp", Route::Direct, Feed::EndOfLife);
    let cathode = direct.made.iter().find(|m| &*m.product.name == "regenerated cathode material").unwrap();
    assert_eq!(cathode.product.replaced("cam-lfp"), Some("cam-lfp"));
    assert!((cathode.elements["Fe"] / (direct.elements_fed["Fe"] - steel(&direct)) - 0.93 * 0.97).abs() < 0.02);
}

/// Iron of the steel and the electronics of a pack, which no cathode holds.
fn steel(run: &Recycled<'_>) -> f64 {
    let named = |m: &super::Made<'_>| ["steel scrap", "boards and harness"].contains(&&*m.product.name);
    // 0.97 and 0.98 of them are sold.
    run.made.iter().filter(|m| named(m)).map(|m| m.elements["Fe"] / if &*m.product.name == "steel scrap" { 0.97 } else { 0.98 }).sum()
}

#[test]
fn black_mass_of_nickel_cells_is_rich_and_that_of_phosphate_cells_poor() {
    let (cells, recycling) = tables();
    let share = |chemistry: &str, substance: &str| {
        let run = run(&cells, &recycling, chemistry, Route::Hydro, Feed::EndOfLife);
        let powder = &run.between["black-mass"];
        powder.get(substance).copied().unwrap_or(0.0) / powder.values().sum::<f64>()
    };
    assert!((0.2..0.4).contains(&share("nmc811", "nickel")), "{}", share("nmc811", "nickel"));
    assert!((0.02..0.05).contains(&share("lfp", "lithium")), "{}", share("lfp", "lithium"));
    for chemistry in CHEMISTRIES {
        for metal in ["copper", "aluminium"] {
            assert!(
                share(chemistry, metal) < 0.015,
                "{chemistry}: {metal} {} of the powder; Chinese conditions allow 1.5 %",
                share(chemistry, metal)
            );
        }
    }
}

#[test]
fn acid_of_leaching_is_stoichiometry_and_excess() {
    let (cells, recycling) = tables();
    let run = run(&cells, &recycling, "nmc622", Route::Hydro, Feed::EndOfLife);
    let powder = &run.between["black-mass"];
    let moles = |s: &str, m: f64| powder.get(s).copied().unwrap_or(0.0) / m;
    let least = 98.072 * (2.0 * (moles("nickel", 58.693) + moles("cobalt", 58.933) + moles("manganese", 54.938)) + 0.5 * moles("lithium", 6.94));
    let acid: f64 = run.inputs.iter().filter(|i| &*i.id == "sulfuric-acid").map(|i| i.amount).sum();
    assert!((1.05..1.35).contains(&(acid / least)), "{acid} kg, stoichiometry {least}");
}

#[test]
fn titanate_metal_and_solid_electrolyte_are_followed_to_their_products() {
    let (cells, recycling) = tables();
    let titanate = run(&cells, &recycling, "lto", Route::Hydro, Feed::EndOfLife);
    assert!(titanate.recovery("Ti").unwrap().abs() < 1e-12, "titanium stays in the cake");
    // Cathode 0.98 · 0.90, titanate 0.97 · 0.60, the salt of the electrolyte not at all.
    assert!((0.6..0.8).contains(&titanate.recovery("Li").unwrap()), "{:?}", titanate.recovery("Li"));
    let kept = run(&cells, &recycling, "lto", Route::Direct, Feed::EndOfLife);
    assert!((kept.recovery("Ti").unwrap() - 0.85).abs() < 1e-12);
    // Lithium of metal and electrolyte is most of what a solid cell holds, and direct recycling of it dissolves the metal.
    let solid = run(&cells, &recycling, "solid-state", Route::Hydro, Feed::EndOfLife);
    assert!(solid.recovery("S").unwrap().abs() < 1e-12);
    assert!((0.70..0.85).contains(&solid.recovery("Li").unwrap()), "{:?}", solid.recovery("Li"));
    let scrubbed: f64 = solid.inputs.iter().filter(|i| &*i.id == "sodium-hydroxide").map(|i| i.amount).sum();
    assert!(scrubbed > 2.0 * 40.0 / 32.06 * 0.9 * solid.elements_fed["S"], "{scrubbed} kg of alkali for {} kg sulfur", solid.elements_fed["S"]);
    let furnace = run(&cells, &recycling, "solid-state", Route::Pyro, Feed::EndOfLife);
    assert!(furnace.recovery("Li").unwrap().abs() < 1e-12, "lithium goes to slag");
    for subject in ["lto", "solid-state", "direct"] {
        assert!(!recycling.is_at_scale(subject), "{subject}");
    }
    assert!(recycling.is_at_scale("nmc811") && recycling.is_at_scale("hydro"));
}

#[test]
fn a_part_that_no_row_follows_is_a_fault_of_the_tables() {
    let found = violations_after("recycling/feed.csv", "lithium-metal,metal-lithium,1", "lithium-sponge,metal-lithium,1");
    assert!(found.iter().any(|v| v.contains("`lithium-metal` is in the pack")), "{found:?}");
}

#[test]
fn tables_that_lose_an_element_are_refused() {
    let more = violations_after("recycling/transfers.csv", "cells,copper,copper-scrap,0.92,0.82,0.98", "cells,copper,copper-scrap,0.995,0.82,0.998");
    assert!(more.iter().any(|v| v.contains("no more of a substance leaves a step than enters it")), "{more:?}");
    let wrong = violations_after("recycling/feed.csv", "electrolyte,salt,0.126", "electrolyte,salt,0.2");
    assert!(wrong.iter().any(|v| v.contains("the substances of a product add up to it")), "{wrong:?}");
    let formula = violations_after("recycling/products.csv", "NiSO4(H2O)6", "XxSO4");
    assert!(formula.iter().any(|v| v.contains("a compound is written with elements")), "{formula:?}");
    let heavy = violations_after("recycling/substances.csv", "binder,C,0.375149", "binder,C,0.9");
    assert!(heavy.iter().any(|v| v.contains("no more than its own mass")), "{heavy:?}");
    let route = violations_after("recycling/steps.csv", "hydro;pyro;direct,dismantling", "hydra;pyro;direct,dismantling");
    assert!(route.iter().any(|v| v.contains("hydra;pyro;direct`, which is not a known recycling route")), "{route:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn a_pack_twice_as_large_gives_twice_as_much(kwh in 5.0..150.0f64, which in 0..CHEMISTRIES.len()) {
        let (cells, recycling) = tables();
        let of = |kwh: f64| recycle(&pack(&cells, CHEMISTRIES[which], kwh), &cells, &recycling, Route::Hydro, Feed::EndOfLife, &Draw::BEST).unwrap();
        let (one, two) = (of(kwh), of(2.0 * kwh));
        for (a, b) in one.made.iter().zip(&two.made) {
            prop_assert!((b.mass / a.mass - 2.0).abs() < 1e-9);
        }
        prop_assert!((one.efficiency() - two.efficiency()).abs() < 1e-12);
    }
}
