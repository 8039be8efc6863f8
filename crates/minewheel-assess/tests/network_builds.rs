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
