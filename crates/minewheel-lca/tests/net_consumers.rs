//! Loops that use more of their own products than they make: refused by default, solved and named where the network says so; and loops
//! whose products are counted in very different units.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use minewheel_lca::*;

fn exact(amount: f64) -> Coefficient {
    Coefficient::exact(amount)
}

fn close(seen: f64, wanted: f64) {
    assert!((seen - wanted).abs() <= 1e-10 * wanted.abs(), "{seen}, wanted {wanted}");
}

fn named(network: &Network) -> Vec<Vec<u32>> {
    let columns = |list: ColumnList| {
        let mut columns: Vec<u32> = list.0.iter().map(|c| c.0).collect();
        columns.sort_unstable();
        columns
    };
    net_consumers(network).unwrap().into_iter().map(columns).collect()
}

/// `a = 1 + 2·b` and `b = 1 + 0.6·a` give `a = 3 / (1 − 1.2)` and `b = 1.6 / (1 − 1.2)`.
#[test]
fn a_small_loop_is_solved_as_its_equations_stand() {
    let mut builder = NetworkBuilder::new();
    let (a, b, free) = (builder.add_column(0), builder.add_column(1), builder.add_column(2));
    builder.add_input(a, b, exact(2.0)).add_input(b, a, exact(0.6)).add_input(free, a, exact(0.5));
    builder.add_flow(a, FlowId(0), exact(1.0)).add_flow(b, FlowId(0), exact(1.0));
    let strict = builder.build().unwrap();
    assert!(matches!(adjoint(&strict, &[1.0, 1.0, 0.0]), Err(SolveError::NotProductive { .. })));
    let network = strict.with_net_consumers(NetConsumers::Solved);
    let scores = adjoint(&network, &[1.0, 1.0, 0.0]).unwrap();
    for (seen, wanted) in scores.values().iter().zip([-15.0, -8.0, -7.5]) {
        close(*seen, wanted);
    }
    assert_eq!(scores.report().net_consuming, 1);
    let activity = forward(&network, &Demand::of(free, 2.0)).unwrap();
    // x_a = 1 + 0.6·x_b, x_b = 2·x_a.
    for (seen, wanted) in activity.values().iter().zip([-5.0, -10.0, 2.0]) {
        close(*seen, wanted);
    }
    assert_eq!(activity.report().net_consuming, 1);
    assert_eq!(named(&network), [[0, 1]]);
    let (part, _) = network.restrict_to(&Demand::of(free, 1.0));
    close(adjoint(&part, &[1.0, 1.0, 0.0]).unwrap().values()[2], -7.5);
}

#[test]
fn a_column_that_uses_up_its_own_product_is_solved_unless_nothing_is_left() {
    let own = |amount: f64| {
        let mut builder = NetworkBuilder::new();
        let plant = builder.add_column(0);
        builder.add_input(plant, plant, exact(amount));
        builder.build().unwrap().with_net_consumers(NetConsumers::Solved)
    };
    let network = own(1.5);
    let scores = adjoint(&network, &[3.0]).unwrap();
    close(scores.values()[0], -6.0);
    close(forward(&network, &Demand::of(ColumnId(0), 1.0)).unwrap().values()[0], -2.0);
    assert_eq!((scores.report().net_consuming, named(&network)), (1, vec![vec![0]]));
    assert!(matches!(adjoint(&own(1.0), &[3.0]), Err(SolveError::Singular { .. })));
    let fine = own(0.5);
    assert_eq!((adjoint(&fine, &[3.0]).unwrap().report().net_consuming, named(&fine)), (0, Vec::new()));
}

/// A component of 300 columns that settles fast, but for one pair that needs a little more of each other than it makes.
fn with_a_pair(gain: f64) -> Network {
    let mut builder = NetworkBuilder::new();
    let columns: Vec<ColumnId> = (0..300).map(|tag| builder.add_column(tag)).collect();
    for at in 0..300_usize {
        let weak = if [40, 41, 200].contains(&at) { 1e-6 } else { 0.3 };
        builder.add_input(columns[at], columns[(at + 1) % 300], exact(weak)).add_input(columns[at], columns[(at * 7 + 3) % 300], exact(weak));
        builder.add_flow(columns[at], FlowId(0), Coefficient::uncertain(1.0 + at as f64, FactorId(1)));
    }
    let each = f64::sqrt(gain);
    builder.add_input(columns[40], columns[200], Coefficient::uncertain(each, FactorId(0))).add_input(columns[200], columns[40], exact(each));
    builder.build().unwrap().with_net_consumers(NetConsumers::Solved)
}

#[test]
fn a_pair_in_a_large_component_is_solved_and_named() {
    for gain in [1.02, 1.3, 3.0] {
        let network = with_a_pair(gain);
        let direct = direct_scores(&network, &CategoryFactors::new(vec![1.0]));
        let scores = adjoint(&network, &direct).unwrap();
        assert!(scores.report().net_consuming > 0 && scores.report().residual < 1e-10, "{:?}", scores.report());
        let by_factors = adjoint_with(&network, &direct, SolveOptions { method: Method::Direct, ..SolveOptions::default() }).unwrap();
        for (seen, wanted) in scores.values().iter().zip(by_factors.values()) {
            close(*seen, *wanted);
        }
        assert_eq!(named(&network), [[40, 200]], "{gain}");
        let activity = forward(&network, &Demand::of(ColumnId(40), 1.0)).unwrap();
        close(activity.total(&direct), scores.values()[40]);
    }
    let fine = with_a_pair(0.9);
    let direct = direct_scores(&fine, &CategoryFactors::new(vec![1.0]));
    assert_eq!((adjoint(&fine, &direct).unwrap().report().net_consuming, named(&fine)), (0, Vec::new()));
}

/// The pair delivers as it stands, and not where a draw raises one of its inputs.
#[test]
fn draws_in_which_a_loop_runs_backwards_are_solved_and_counted() {
    let network = with_a_pair(0.9);
    let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default()).unwrap();
    let mut workspace = solver.workspace();
    for (ratio, is_backwards) in [(1.0, false), (1.5, true)] {
        let seen = workspace.solve(&[ratio, 1.0]).unwrap().to_vec();
        assert_eq!(workspace.report().net_consuming > 0, is_backwards, "{ratio}");
        let mut direct = direct_scores(&network, &CategoryFactors::new(vec![1.0]));
        direct.truncate(300);
        let mut whole = NetworkBuilder::new();
        (0..300).for_each(|tag| {
            whole.add_column(tag);
        });
        for column in (0..300).map(ColumnId) {
            for input in network.inputs(column) {
                let scale = if (column.0, input.supplier.0) == (40, 200) { ratio } else { 1.0 };
                whole.add_input(column, input.supplier, exact(scale * input.amount));
            }
        }
        let whole = whole.build().unwrap().with_net_consumers(NetConsumers::Solved);
        for (seen, wanted) in seen.iter().zip(adjoint(&whole, &direct).unwrap().values()) {
            assert!((seen - wanted).abs() <= 1e-7 * wanted.abs(), "{ratio}: {seen}, wanted {wanted}");
        }
    }
    let sampler =
        FactorSampler::new(&[FactorDistribution::Uniform { low: 0.9, high: 1.6 }, FactorDistribution::Uniform { low: 0.9, high: 1.1 }]).unwrap();
    let draws = monte_carlo(&solver, &sampler, 1, 0..40, |draw| (draw.factors[0], draw.net_consuming > 0)).unwrap();
    // 0.9 · ratio alone tells, so weak are the inputs of the pair from elsewhere.
    assert!(draws.iter().all(|(ratio, backwards)| *backwards == (0.9 * ratio > 1.0)), "{draws:?}");
}

/// Two processes that need 0.5 and 0.3 of each other in whatever units: `a = 1 + 0.5·s·b`, `b = 1/s + 0.3/s·a`.
#[test]
fn units_make_no_loop_singular() {
    for scale in [1.0, 1e10, 1e22, 3e40, 1e-30] {
        let mut builder = NetworkBuilder::new();
        let (a, b) = (builder.add_column(0), builder.add_column(1));
        builder.add_input(a, b, exact(0.5 * scale)).add_input(b, a, exact(0.3 / scale));
        let network = builder.build().unwrap();
        let scores = adjoint(&network, &[1.0, 1.0 / scale]).unwrap();
        close(scores.values()[0], 1.5 / 0.85);
        close(scores.values()[1], 1.3 / 0.85 / scale);
        close(forward(&network, &Demand::of(b, 1.0)).unwrap().values()[0], 0.3 / scale / 0.85);
        let mut eats = NetworkBuilder::new();
        let (a, b) = (eats.add_column(0), eats.add_column(1));
        eats.add_input(a, b, exact(2.0 * scale)).add_input(b, a, exact(0.5 / scale));
        let eats = eats.build().unwrap().with_net_consumers(NetConsumers::Solved);
        assert!(matches!(adjoint(&eats, &[1.0, 1.0]), Err(SolveError::Singular { .. })), "{scale}");
    }
}
