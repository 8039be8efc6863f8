//! Time to build, solve and resample made-up networks of 3,000 and 20,000 columns.
//!
//! The generator gives each column a dozen inputs. A third of them go to a few much-used hubs, as to electricity and
//! transport, the others to columns nearby or anywhere; units differ by log-normal scales; nearly all columns end up
//! in one loop.
#![allow(clippy::cast_sign_loss, reason = "the generator's numbers are not negative")]

use divan::{Bencher, black_box};
use minewheel_lca::{
    CategoryFactors, Coefficient, ColumnId, Demand, FactorDistribution, FactorId, FactorSampler, FlowId, Method, Network, NetworkBuilder,
    PreparedSolver, SolveOptions, adjoint_many, direct_scores, forward,
};

const SIZES: [u32; 2] = [3_000, 20_000];
const INPUTS_PER_COLUMN: u32 = 10;
const CATEGORIES: usize = 6;

fn main() {
    divan::main();
}

/// A small generator of reproducible numbers between 0 and 1 (Marsaglia's xorshift64*).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

fn entries(n: u32) -> NetworkBuilder {
    let mut numbers = Numbers(0x9E37_79B9_7F4A_7C15);
    let mut builder = NetworkBuilder::new();
    let scale: Vec<f64> = (0..n).map(|_| (3.0 * (numbers.next() - 0.5)).exp()).collect();
    for tag in 0..n {
        builder.add_column(tag);
    }
    let mut row = 0;
    let mut uncertain = |value| {
        row += 1;
        Coefficient::uncertain(value, FactorId(row % n))
    };
    for column in 0..n {
        let budget = 0.35 + 0.45 * numbers.next();
        for _ in 0..INPUTS_PER_COLUMN {
            let pick = numbers.next();
            let supplier = if pick < 0.35 {
                (numbers.next().powi(3) * 40.0) as u32
            } else if pick < 0.8 {
                (column + n - (numbers.next() * 200.0) as u32) % n
            } else {
                (numbers.next() * f64::from(n)) as u32
            };
            let supplier = supplier.min(n - 1);
            let units = scale[supplier as usize] / scale[column as usize];
            let value = 2.0 * numbers.next() * budget / f64::from(INPUTS_PER_COLUMN) / units;
            builder.add_input(ColumnId(column), ColumnId(supplier), uncertain(value));
        }
        for _ in 0..4 {
            let flow = FlowId((numbers.next() * 30.0) as u32);
            builder.add_flow(ColumnId(column), flow, uncertain(scale[column as usize] * numbers.next()));
        }
    }
    builder
}

fn network(n: u32) -> Network {
    entries(n).build().expect("the generator makes valid entries")
}

fn categories() -> Vec<CategoryFactors> {
    (0..CATEGORIES).map(|k| CategoryFactors::new((0..30).map(|flow| f64::from((flow * 7 + k as u32) % 5)).collect())).collect()
}

#[divan::bench(args = SIZES)]
fn build_and_order(bencher: Bencher, n: u32) {
    let entries = entries(n);
    bencher.with_inputs(|| entries.clone()).bench_values(NetworkBuilder::build);
}

#[divan::bench(args = SIZES)]
fn adjoint_of_six_categories(bencher: Bencher, n: u32) {
    let network = network(n);
    let categories = categories();
    bencher.bench(|| {
        let directs: Vec<_> = categories.iter().map(|category| direct_scores(&network, category)).collect();
        adjoint_many(&network, &directs, SolveOptions::default())
    });
}

#[divan::bench(args = SIZES)]
fn forward_of_one_demand(bencher: Bencher, n: u32) {
    let network = network(n);
    bencher.bench(|| forward(&network, &Demand::of(ColumnId(black_box(n / 2)), 1.0)));
}

#[divan::bench(args = SIZES)]
fn sample_all_rows(bencher: Bencher, n: u32) {
    let rows = vec![FactorDistribution::TwoPieceLognormal { low: 0.8, high: 1.3 }; n as usize];
    let sampler = FactorSampler::new(&rows).expect("the bounds enclose 1");
    let (mut factors, mut draw) = (Vec::new(), 0);
    bencher.bench_local(|| {
        draw += 1;
        sampler.sample(1, draw, &mut factors);
    });
}

#[divan::bench(args = SIZES)]
fn one_draw_solved_again(bencher: Bencher, n: u32) {
    let network = network(n);
    let category = &categories()[0];
    let solver = PreparedSolver::new(&network, category, SolveOptions::default()).expect("the loops deliver");
    let rows = vec![FactorDistribution::TwoPieceLognormal { low: 0.8, high: 1.3 }; n as usize];
    let sampler = FactorSampler::new(&rows).expect("the bounds enclose 1");
    let mut workspace = solver.workspace();
    let (mut factors, mut draw) = (Vec::new(), 0);
    bencher.bench_local(|| {
        draw = (draw + 1) % 50;
        sampler.sample(1, draw, &mut factors);
        workspace.solve(&factors).map(|scores| scores[0])
    });
}

#[divan::bench(args = [3_000], sample_count = 3, sample_size = 1)]
fn adjoint_of_one_category_by_sparse_factors(bencher: Bencher, n: u32) {
    let network = network(n);
    let direct = direct_scores(&network, &categories()[0]);
    let options = SolveOptions { method: Method::Direct, ..SolveOptions::default() };
    bencher.bench(|| adjoint_many(&network, &[&direct], options));
}
