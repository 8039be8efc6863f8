//! Laws of the plant model on the shipped tables.

use std::sync::OnceLock;

use minewheel_data::loader::Loader;
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use proptest::prelude::*;

use super::*;

fn tables() -> &'static PlantTables {
    static TABLES: OnceLock<PlantTables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let store = Store::embedded();
        let mut loader = Loader::new(&store, true);
        let tables = PlantTables::read(&mut loader).unwrap();
        loader.finish().unwrap();
        tables
    })
}

#[test]
fn heat_moves_to_electricity_by_the_cop_and_nothing_is_lost() {
    let plant = tables().energy(None, &Draw::BEST);
    let measure = tables().measures.iter().find(|m| &*m.name == "heat-pump-drying").unwrap();
    let after = plant.with(measure, &Draw::BEST);
    // By hand: half of 1641 MJ at a coefficient of 3 is 820.5 / 3.6 / 3 kWh.
    assert!((plant.heat_mj() - after.heat_mj() - 820.5).abs() < 1e-9);
    assert!((after.electricity_kwh() - plant.electricity_kwh() - 820.5 / 3.6 / 3.0).abs() < 1e-9);
}

#[test]
fn a_measure_that_names_no_shop_is_reported() {
    let mut store = Store::embedded();
    let text = store.text("plant/measures.csv").unwrap().replacen("paint-shop_heat_saved", "paint-shed_heat_saved", 1);
    store.insert("plant/measures.csv", &text);
    let mut loader = Loader::new(&store, false);
    PlantTables::read(&mut loader).unwrap();
    let violations = loader.finish().unwrap_err();
    assert!(violations.iter().any(|v| v.to_string().contains("paint-shed_heat_saved")), "{violations:?}");
}

#[test]
fn solar_electricity_beyond_the_plants_need_counts_for_nothing() {
    let plant = tables().energy(None, &Draw::BEST);
    let flooded = PlantEnergy { solar_kwh: 1e6, ..plant.clone() };
    assert!((flooded.solar_used_kwh() - plant.electricity_kwh()).abs() < 1e-9);
    assert!(flooded.bought_kwh().abs() < 1e-9);
}

proptest! {
    #[test]
    fn electricity_is_solar_contracted_or_bought_whatever_is_done(picks in proptest::collection::vec(0usize..7, 0..8)) {
        let mut plant = tables().energy(None, &Draw::BEST);
        for pick in picks {
            let measures = &tables().measures;
            plant = plant.with(&measures[pick % measures.len()], &Draw::BEST);
        }
        let sum = plant.solar_used_kwh() + plant.contract_kwh() + plant.bought_kwh();
        prop_assert!((sum - plant.electricity_kwh()).abs() < 1e-9 * plant.electricity_kwh());
        prop_assert!(plant.shops.iter().all(|s| s.electricity_kwh >= 0.0 && s.heat_mj >= 0.0));
        prop_assert!(plant.bought_kwh() >= -1e-9);
    }

    #[test]
    fn a_busier_plant_never_takes_more_energy_a_car(volume in 20_000.0f64..400_000.0, more in 1.0f64..300_000.0) {
        let at = |v| tables().energy(Some(v), &Draw::BEST);
        let (slow, busy) = (at(volume), at(volume + more));
        prop_assert!(busy.electricity_kwh() < slow.electricity_kwh());
        prop_assert!(busy.heat_mj() < slow.heat_mj());
    }
}
