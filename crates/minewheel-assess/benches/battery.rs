//! What a pack costs: one through the whole chain, and a hundred thousand draws.
//!
//! `cargo bench -p minewheel-assess --bench battery`. The network of a pack is solved once; `one_pack` is design, cell, footprint and
//! price on it, `a_hundred_thousand_packs` draws the pack's own rows and its prices (`--resample pack`) on all threads.

use divan::Bencher;
use minewheel_assess::battery::{BatteryQuestion, PreparedPack};
use minewheel_assess::tables::Tables;
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use minewheel_data::units::Energy;
use minewheel_model::battery::{describe_cell, design_pack};

fn main() {
    divan::main();
}

fn tables() -> Tables {
    Tables::read(&Store::embedded(), false).expect("the embedded tables load")
}

fn question(chemistry: &str) -> BatteryQuestion {
    BatteryQuestion::usual(chemistry, Energy::from_kwh(60.0), "CN", 2025, "ar6-gwp100")
}

#[divan::bench(args = ["lfp", "nmc811"])]
fn one_pack(bencher: Bencher, chemistry: &str) {
    let tables = tables();
    let question = question(chemistry);
    let prepared = PreparedPack::new(&question, &tables).expect("the pack can be made");
    bencher.bench(|| {
        let pack = design_pack(&question.spec, &tables.cells, &Draw::BEST);
        let cell = describe_cell(&question.spec, &tables.cells, &Draw::BEST);
        (pack, cell, prepared.figures(&Draw::BEST))
    });
}

#[divan::bench(args = ["lfp", "nmc811"], sample_count = 5, sample_size = 1)]
fn a_hundred_thousand_packs(bencher: Bencher, chemistry: &str) {
    let tables = tables();
    let question = question(chemistry);
    let prepared = PreparedPack::new(&question, &tables).expect("the pack can be made");
    bencher.bench(|| prepared.draws(100_000, 1));
}
