//! Time to find the credit market of 130 made-up firms over eight years. Goal: at most half a second.

use divan::{Bencher, black_box};
use minewheel_industry::credits::market::Market;

#[path = "../tests/made_up/mod.rs"]
mod made_up;

fn main() {
    divan::main();
}

#[divan::bench(args = [(20, 3), (130, 8)])]
fn equilibrium(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let market: Market = made_up::market(size.0, size.1);
    bencher.bench(|| black_box(&market).equilibrium().expect("the made-up market has an equilibrium"));
}
