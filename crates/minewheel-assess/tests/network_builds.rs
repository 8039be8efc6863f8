//! The placed network holds together for every product of a world market.

use minewheel_assess::tables::Tables;
use minewheel_data::store::Store;

#[test]
fn every_product_of_a_world_market_has_a_maker_wherever_it_is_bought() {
    let tables = Tables::read(&Store::embedded(), false).unwrap_or_else(|v| {
        let text: Vec<_> = v.iter().map(ToString::to_string).collect();
        panic!("{}", text.join("\n"))
    });
    let columns = tables.check_network().unwrap_or_else(|e| panic!("{e}"));
    assert!(columns > 500, "{columns} columns");
}

#[test]
fn chinese_nickel_sulfate_of_2019_holds_no_matte_and_that_of_2025_does() {
    let tables = Tables::read(&Store::embedded(), false).expect("the embedded tables hold together");
    let product = tables.cards.product_id("nickel-sulfate").expect("a product of the tables");
    let china = tables.places.id("CN").expect("a place of the tables");
    let lineage: Vec<_> = tables.places.lineage(china).collect();
    let processes = |year| {
        let routes = tables.markets.routes(&tables.cards, &tables.places, product, &lineage, year).expect("China makes it");
        let sum: f64 = routes.iter().map(|r| r.share.best).sum();
        assert!((sum - 1.0).abs() < 1e-9, "{year}: {sum}");
        routes.iter().map(|r| tables.cards.process(r.of).id.clone()).collect::<Vec<_>>()
    };
    let matte = "nickel-sulfate-from-matte".to_owned();
    assert!(!processes(2019).contains(&matte));
    assert!(processes(2022).contains(&matte) && processes(2025).contains(&matte));
}
