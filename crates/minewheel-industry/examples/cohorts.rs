//! Times the cohort engine on series of a file, for `benches/beside-flodym.py`.
//!
//! ```text
//! cargo run --release -p minewheel-industry --example cohorts -- inflow SURVIVAL.csv INFLOW.csv OUT.csv
//! cargo run --release -p minewheel-industry --example cohorts -- stock SURVIVAL.csv STOCK.csv OUT.csv
//! ```
//!
//! A line of a file is a series, a column an age or a year. Writes stock or inflow and then outflow of each series on one line, and
//! prints the milliseconds of the fastest of some runs over all series, on one thread, reading and writing left out.
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "a face: it reads files and the clock, and prints")]

use std::error::Error;
use std::fmt::Write as _;
use std::time::Instant;

use minewheel_industry::fleet::cohorts::{Flows, NegativeInflow, Surroundings, inflow_driven, stock_driven};
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
    let (shares, series) = (lines(survival)?, lines(driving)?);
    let around = Surroundings::default();
    let mut best = f64::INFINITY;
    let mut found: Vec<Flows> = Vec::new();
    for _ in 0..RUNS {
        let copies = shares.clone();
        let start = Instant::now();
        found.clear();
        for (shares, driving) in copies.into_iter().zip(&series) {
            let survival = Survival::new("series", shares)?;
            found.push(match driver.as_str() {
                "inflow" => inflow_driven(driving, &survival, &around)?,
                _ => stock_driven(driving, &survival, &around, NegativeInflow::Retire)?,
            });
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    let mut text = String::new();
    for flows in &found {
        let answer = if driver == "inflow" { &flows.stock } else { &flows.inflow };
        let numbers: Vec<String> = answer.iter().chain(&flows.outflow).map(|v| format!("{v:e}")).collect();
        let _ = writeln!(text, "{}", numbers.join(","));
    }
    std::fs::write(out, text)?;
    println!("{:.4}", 1e3 * best);
    Ok(())
}
