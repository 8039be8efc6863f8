//! The tables that ship obey their schemas, name their sources and keep to physics.

use minewheel_data::cards::Cards;
use minewheel_data::electricity::Electricity;
use minewheel_data::loader::Loader;
use minewheel_data::markets::Markets;
use minewheel_data::methods::Methods;
use minewheel_data::places::Places;
use minewheel_data::store::Store;
use minewheel_data::supply::Supply;

#[test]
fn every_table_obeys_its_schema_names_its_sources_and_keeps_to_physics() {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, true);
    let places = Places::read(&mut loader);
    let methods = Methods::read(&mut loader);
    let cards = Cards::read(&mut loader, &places, &methods);
    let _ = Markets::read(&mut loader, &places, &cards);
    let _ = Electricity::read(&mut loader, &places, &cards);
    let _ = Supply::read(&mut loader, &places);
    if let Err(violations) = loader.finish() {
        let text: Vec<_> = violations.iter().map(ToString::to_string).collect();
        panic!("{} violations:\n{}", text.len(), text.join("\n"));
    }
}
