//! The supply of a car cut open at its markets gives back the car's production footprint at the tables' shares.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use minewheel_assess::assessment::assess;
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_assess::tiers::Tiers;
use minewheel_data::store::Store;

#[test]
fn an_open_supply_at_the_shares_of_the_tables_closes_on_the_production_footprint() {
    let tables = Tables::read(&Store::embedded(), false).unwrap();
    let scenario = Scenario {
        country: tables.places.id("DE").unwrap(),
        year: 2024,
        method: "ar6-gwp100".to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    };
    for id in ["vw-id3-58", "tesla-m3-rwd-lfp", "vw-golf-15tsi"] {
        let car = tables.catalogue.car(id).unwrap().clone();
        let tiers = Tiers::of_car(&tables, &car, &scenario).unwrap();
        let open = tiers.climate_kg(&tiers.made());
        let known = assess(&tables, std::slice::from_ref(&car), &scenario, None).unwrap()[0].climate.production_kg.value;
        assert!((open / known - 1.0).abs() < 1e-6, "{id}: {open} kg over open markets, {known} kg assessed");
        // What goes into works as material is part of what is bought by any path.
        let physical = tiers.physical();
        for (market, all) in physical.markets.iter().zip(&tiers.markets) {
            assert!(market.demand <= all.demand.max(0.0) * (1.0 + 1e-9) + 1e-9, "{id}: {}", market.product);
        }
        // A correction of what parts hold is taken off what their makers draw, to the kilogram: metal is neither made nor lost.
        let mut signed = tiers.clone();
        for market in &mut signed.markets {
            market.demand = market.material_demand;
        }
        for node in &mut signed.nodes {
            node.inputs = node.materials.clone();
        }
        let (ours, net) = (physical.throughput(|n| physical.nodes[n].share), signed.throughput(|n| signed.nodes[n].share));
        let mut corrected = 0;
        for (m, market) in tiers.markets.iter().enumerate().filter(|m| m.1.material_demand < 0.0 && net[m.0] > 0.0) {
            assert!((ours[m] - net[m]).abs() < 1e-6 * net[m], "{id}: {} {} kg, net {} kg", market.product, ours[m], net[m]);
            corrected += 1;
        }
        assert!(id != "vw-id3-58" || corrected > 0, "the car that showed it no longer does");
    }
}
