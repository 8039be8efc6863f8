//! Times the cohort engine on series of a file, for `benches/beside-flodym.py`.
//!
//! ```text
//! cargo run --release -p minewheel-industry --example cohorts -- inflow SURVIVAL.csv INFLOW.csv OUT.csv
//! cargo run --release -p minewheel-industry --example cohorts -- stock SURVIVAL.csv STOCK.csv OUT.csv
//! ```
//!
//! A line of a file is a year or an age, a column a series. Writes stock or inflow by year, then outflow by year, and prints the
//! milliseconds of the fastest of some runs over all series, on one thread; reading, writing and the survival table left out.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a face: it reads files and the clock, and prints")]

use std::error::Error;
use std::fmt::Write as _;
use std::time::Instant;

use minewheel_industry::fleet::cohorts::NegativeInflow;
use minewheel_industry::fleet::side_by_side::{Shares, Tables, run};
use minewheel_industry::fleet::survival::Survival;

const RUNS: usize = 9;

fn lines(path: &str) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let text = std::fs::read_to_string(path)?;
    let numbers = |line: &str| line.split(',').map(|n| Ok(n.trim().parse()?)).collect();
    text.lines().map(numbers).collect()
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [driver, survival, driving, out] = &arguments[..] else { return Err("give inflow or stock, survival, series and output".into()) };
    let (by_age, by_year) = (lines(survival)?, lines(driving)?);
    let series = by_age.first().map_or(0, Vec::len);
    let curves: Vec<Survival> =
        (0..series).map(|at| Survival::new("series", by_age.iter().map(|row| row[at]).collect())).collect::<Result<_, _>>()?;
    let shares = Shares::new(curves.iter());
    let given = by_year.concat();
    let drive = if driver == "inflow" { Tables::Inflow(&given) } else { Tables::Stock(&given, NegativeInflow::Retire) };
    let mut best = f64::INFINITY;
    let mut found = run(drive, &shares)?;
    for _ in 0..RUNS {
        let start = Instant::now();
        found = run(drive, &shares)?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    let answer = if driver == "inflow" { &found.stock } else { &found.inflow };
    let mut text = String::new();
    for year in answer.chunks_exact(series).chain(found.outflow.chunks_exact(series)) {
        let numbers: Vec<String> = year.iter().map(|v| format!("{v:e}")).collect();
        let _ = writeln!(text, "{}", numbers.join(","));
    }
    std::fs::write(out, text)?;
    println!("{:.4}", 1e3 * best);
    Ok(())
}
