//! Makes the rows of `motors/losses.csv`: losses of usual machines with their inverters, as polynomials.
//!
//! ```text
//! cargo run --release -p minewheel-model --example machine_losses > rows.csv
//! ```
//!
//! For each kind of machine and inverter a machine of 150 kW is sized by [`minewheel_model::motor`], its losses less the
//! drag of the currentless rotor are sampled where cars drive (to twice the base speed and 35 % of the torque), and
//! the polynomial is the non-negative one of least squares, weighted by `1/(loss + 0.4 % of peak power)`.
#![expect(clippy::print_stdout, reason = "a face: it prints a table")]

use std::error::Error;

use minewheel_data::car::Topology;
use minewheel_data::loader::Loader;
use minewheel_data::row::Draw;
use minewheel_data::store::Store;
use minewheel_model::drive::tables::{LOSS_NAMES, LOSS_TERMS};
use minewheel_model::motor::{Cooling, Machine, MotorSpec, MotorTables, Switch, size_machine};

const PEAK_W: f64 = 150e3;
const TOP_RPM: f64 = 16_000.0;
const TOP_OVER_BASE: f64 = 3.2;
const WEAKENING_FROM: f64 = 1.1;
const SPEEDS: usize = 24;
const TORQUES: usize = 12;
const SWEEPS: usize = 200_000;

fn main() -> Result<(), Box<dyn Error>> {
    let store = Store::embedded();
    let mut loader = Loader::new(&store, false);
    let tables = MotorTables::read(&mut loader)?;
    let top_rad_s = TOP_RPM * std::f64::consts::TAU / 60.0;
    for &topology in Topology::ALL {
        for switch in [Switch::Igbt, Switch::Sic] {
            let spec = MotorSpec {
                topology,
                peak_w: PEAK_W,
                peak_nm: PEAK_W * TOP_OVER_BASE / top_rad_s,
                top_rad_s,
                dc_v: 400.0,
                cooling: Cooling::Oil,
                switch,
                magnet: None,
                steel: "m235-35a".to_owned(),
                lamination_m: Draw::BEST.of(&tables.shared("standard_lamination", "m")?),
            };
            let machine = size_machine(&spec, &tables, &Draw::BEST)?.machine;
            let (terms, rms) = fit(&machine, &spec);
            for (name, term) in LOSS_NAMES.iter().zip(terms) {
                println!(
                    "{topology}-{},{name},{term:.5},1,,,,,,minewheel-motor,\"usual {topology} machine of 150 kW, 400 V, {} inverter\",derived,weighted rms of the polynomial {:.0} %",
                    switch.word(),
                    switch.word(),
                    100.0 * rms
                );
            }
        }
    }
    Ok(())
}

/// Non-negative least squares by cyclic descent on the normal equations.
fn fit(machine: &Machine, spec: &MotorSpec) -> ([f64; LOSS_TERMS], f64) {
    let base_rad_s = spec.peak_w / spec.peak_nm;
    let mut rows: Vec<([f64; LOSS_TERMS], f64)> = Vec::new();
    for i in 0..SPEEDS {
        let x = 0.08 + (2.0 - 0.08) * i as f64 / (SPEEDS - 1) as f64;
        let drag = machine.drag_w(x * base_rad_s) / spec.peak_w;
        for j in 0..=TORQUES {
            let y = 0.35 * (j as f64 / TORQUES as f64).powf(1.5);
            let point = if j == 0 { None } else { machine.point(y * spec.peak_nm, x * base_rad_s).map(|p| p.loss.total_w()) };
            let Some(loss_w) = point.or((j == 0).then(|| machine.idle_w(x * base_rad_s))) else { continue };
            let loss = loss_w / spec.peak_w - drag;
            let weight = 1.0 / (loss.max(0.0) + 0.004);
            let over = (x - WEAKENING_FROM).max(0.0);
            rows.push(([1.0, x, x * x, y, x * y, y * y, over * over].map(|t| t * weight), loss * weight));
        }
    }
    let mut normal = [[0.0; LOSS_TERMS]; LOSS_TERMS];
    let mut right = [0.0; LOSS_TERMS];
    for (terms, loss) in &rows {
        for i in 0..LOSS_TERMS {
            right[i] += terms[i] * loss;
            for k in 0..LOSS_TERMS {
                normal[i][k] += terms[i] * terms[k];
            }
        }
    }
    let mut found = [0.0_f64; LOSS_TERMS];
    for _ in 0..SWEEPS {
        for i in 0..LOSS_TERMS {
            let other: f64 = (0..LOSS_TERMS).filter(|k| *k != i).map(|k| normal[i][k] * found[k]).sum();
            found[i] = ((right[i] - other) / normal[i][i]).max(0.0);
        }
    }
    let squares: f64 = rows.iter().map(|(t, l)| (t.iter().zip(found).map(|(t, f)| t * f).sum::<f64>() - l).powi(2)).sum();
    (found, (squares / rows.len() as f64).sqrt())
}
