//! Sampling: reproducible, independent of threads, and right in the cases with a closed form.
#![allow(clippy::unwrap_used, clippy::doc_markdown, reason = "tests fail by panicking; formulas stand in their comments")]

use minewheel_lca::*;

fn row(low: f64, high: f64) -> FactorDistribution {
    FactorDistribution::TwoPieceLognormal { low, high }
}

/// A loop of 150 columns in which each input, flow and two of the shares vary.
fn varied_network() -> (Network, FactorSampler) {
    let n = 150_u32;
    let mut builder = NetworkBuilder::new();
    for tag in 0..n {
        builder.add_column(tag);
    }
    for column in 0..n {
        for step in [1, 7, 31] {
            let supplier = ColumnId((column + step) % n);
            builder.add_input(ColumnId(column), supplier, Coefficient::uncertain(0.2, FactorId(column)));
        }
        let share = |factor| Coefficient::uncertain(0.05, FactorId(factor)).in_group(GroupId(0));
        builder.add_input(ColumnId(column), ColumnId((column + 3) % n), share(n));
        builder.add_input(ColumnId(column), ColumnId((column + 5) % n), share(n + 1));
        let flow = Coefficient::exact(1.0).times(FactorId(column), -1);
        builder.add_flow(ColumnId(column), FlowId(0), flow);
    }
    let rows: Vec<_> = (0..n + 2).map(|row_number| row(0.8 - 0.001 * f64::from(row_number), 1.2)).collect();
    (builder.build().unwrap(), FactorSampler::new(&rows).unwrap())
}

fn bits(scores: &[f64]) -> Vec<u64> {
    scores.iter().map(|score| score.to_bits()).collect()
}

#[test]
fn draw_seven_is_the_same_alone_and_among_many() {
    let (network, sampler) = varied_network();
    let category = CategoryFactors::new(vec![1.0]);
    let solver = PreparedSolver::new(&network, &category, SolveOptions::default()).unwrap();
    let many = monte_carlo(&solver, &sampler, 11, 0..40, |draw| bits(draw.scores)).unwrap();
    let alone = monte_carlo(&solver, &sampler, 11, 7..8, |draw| bits(draw.scores)).unwrap();
    assert_eq!(many[7], alone[0]);
    assert_ne!(many[7], many[8]);
    let other_seed = monte_carlo(&solver, &sampler, 12, 7..8, |draw| bits(draw.scores)).unwrap();
    assert_ne!(alone, other_seed);
}

#[test]
fn draws_have_the_same_bits_on_any_number_of_threads() {
    let (network, sampler) = varied_network();
    let category = CategoryFactors::new(vec![1.0]);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let solver = PreparedSolver::new(&network, &category, SolveOptions::default()).unwrap();
            monte_carlo(&solver, &sampler, 3, 0..64, |draw| bits(draw.scores)).unwrap()
        })
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one, run(5));
}

#[test]
fn the_swept_solution_of_a_draw_agrees_with_factors() {
    let (network, sampler) = varied_network();
    let category = CategoryFactors::new(vec![1.0]);
    let swept = PreparedSolver::new(&network, &category, SolveOptions::default()).unwrap();
    let direct = SolveOptions { method: Method::Direct, ..SolveOptions::default() };
    let factored = PreparedSolver::new(&network, &category, direct).unwrap();
    let swept = monte_carlo(&swept, &sampler, 5, 0..20, |draw| draw.scores.to_vec()).unwrap();
    let factored = monte_carlo(&factored, &sampler, 5, 0..20, |draw| draw.scores.to_vec()).unwrap();
    for (a, b) in swept.iter().flatten().zip(factored.iter().flatten()) {
        assert!((a - b).abs() <= 1e-9 * b.abs(), "{a} {b}");
    }
}

/// T = 2·f with f two-piece lognormal: the quantiles of T are twice those of f. With 20,000 draws the standard error of
/// the 5 % point is sqrt(p(1−p)/n)/density, below 1 % here; 3 % is three of them.
#[test]
fn one_lognormal_row_gives_its_closed_form_quantiles() {
    let mut builder = NetworkBuilder::new();
    let (power, metal) = (builder.add_column(0), builder.add_column(1));
    builder.add_input(metal, power, Coefficient::uncertain(4.0, FactorId(0)));
    builder.add_flow(power, FlowId(0), Coefficient::exact(0.5));
    let network = builder.build().unwrap();
    let sampler = FactorSampler::new(&[row(0.7, 1.9)]).unwrap();
    let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default()).unwrap();
    let mut totals = monte_carlo(&solver, &sampler, 1, 0..20_000, |draw| draw.scores[metal.index()]).unwrap();
    totals.sort_by(f64::total_cmp);
    for (probability, wanted) in [(0.05, 1.4), (0.5, 2.0), (0.95, 3.8)] {
        let seen = quantile(&totals, probability).unwrap();
        assert!((seen / wanted - 1.0).abs() < 0.03, "{probability}: {seen} is not {wanted}");
    }
    let logs: Vec<f64> = totals.iter().map(|total| total.ln()).collect();
    let spread = Moments::of(&logs).unwrap().standard_deviation();
    assert!((spread / row(0.7, 1.9).relative_spread() - 1.0).abs() < 0.03);
}

/// Shares 0.6 and 0.4 with factors 1.5 and 1: 0.9/1.3 and 0.4/1.3.
#[test]
fn sampled_shares_keep_their_sum() {
    let mut builder = NetworkBuilder::new();
    let (a, b, market) = (builder.add_column(0), builder.add_column(1), builder.add_column(2));
    builder.add_input(market, a, Coefficient::uncertain(0.6, FactorId(0)).in_group(GroupId(4)));
    builder.add_input(market, b, Coefficient::uncertain(0.4, FactorId(1)).in_group(GroupId(4)));
    builder.add_flow(a, FlowId(0), Coefficient::exact(1.0)).add_flow(b, FlowId(0), Coefficient::exact(10.0));
    let network = builder.build().unwrap();
    let category = CategoryFactors::new(vec![1.0]);
    let solver = PreparedSolver::new(&network, &category, SolveOptions::default()).unwrap();
    let mut workspace = solver.workspace();
    let seen = workspace.solve(&[1.5, 1.0]).unwrap()[market.index()];
    assert!((seen - (0.9 + 4.0) / 1.3).abs() < 1e-14);
    let error = workspace.solve(&[0.0, 0.0]).unwrap_err();
    assert!(error.to_string().contains("group 4 in column 2"), "{error}");
    let error = workspace.solve(&[1.0]).unwrap_err();
    assert_eq!(error, EvaluationError::TooFewFactors { given: 1, wanted: 2 }.into());
}

/// At the base values a draw is the base solution.
#[test]
fn a_draw_of_ones_is_the_base_case() {
    let (network, sampler) = varied_network();
    let category = CategoryFactors::new(vec![2.0]);
    let solver = PreparedSolver::new(&network, &category, SolveOptions::default()).unwrap();
    let ones = vec![1.0; sampler.factor_count()];
    let base = solver.base_scores();
    let direct = adjoint(&network, &direct_scores(&network, &category)).unwrap();
    let mut workspace = solver.workspace();
    for ((draw, base), direct) in workspace.solve(&ones).unwrap().iter().zip(&base).zip(direct.values()) {
        assert!((draw - base).abs() <= 1e-10 * base && (base - direct).abs() <= 1e-10 * base);
    }
}

/// Each sensitivity is compared with the difference quotient of two draws, h = 1e-5 on ln f.
#[test]
fn sensitivities_agree_with_difference_quotients() {
    let (network, sampler) = varied_network();
    let category = CategoryFactors::new(vec![1.0]).with_uncertain_flow(FlowId(0), FactorId(152));
    let scores = adjoint(&network, &direct_scores(&network, &category)).unwrap();
    let column = ColumnId(3);
    let activity = forward(&network, &Demand::of(column, 1.0)).unwrap();
    let sensitivities = factor_sensitivities(&network, &category, &scores, &activity);
    assert_eq!(sensitivities.len(), 153);
    assert!((sensitivities[152] - scores.values()[3]).abs() < 1e-9, "characterisation scales the whole");
    let solver = PreparedSolver::new(&network, &category, SolveOptions::default()).unwrap();
    let mut workspace = solver.workspace();
    let mut total = |factor: usize, ratio: f64| {
        let mut factors = vec![1.0; sampler.factor_count() + 1];
        factors[factor] = ratio;
        workspace.solve(&factors).unwrap()[column.index()]
    };
    let h = 1e-4_f64;
    for factor in [3, 4, 80, 150, 151] {
        let quotient = (total(factor, h.exp()) - total(factor, (-h).exp())) / (2.0 * h);
        let seen = sensitivities[factor];
        assert!((seen - quotient).abs() < 1e-5 * (1.0 + quotient.abs()), "{factor}: {seen} is not {quotient}");
    }
}

/// `a = 1 + 0.8·u·a` through another column: where u > 1.25 the loop cannot deliver, though factors of the base find a solution.
#[test]
fn a_draw_in_which_a_small_loop_cannot_deliver_is_refused() {
    let mut builder = NetworkBuilder::new();
    let (a, b) = (builder.add_column(0), builder.add_column(1));
    builder.add_input(a, b, Coefficient::uncertain(1.0, FactorId(0))).add_input(b, a, Coefficient::exact(0.8));
    builder.add_flow(a, FlowId(0), Coefficient::exact(1.0));
    let network = builder.build().unwrap();
    let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default()).unwrap();
    for at in 5..=15 {
        let ratio = f64::from(at) / 10.0;
        let mut workspace = solver.workspace();
        let solved = workspace.solve(&[ratio]).map(|scores| scores[0]);
        if ratio < 1.25 {
            assert!((solved.unwrap() * (1.0 - 0.8 * ratio) - 1.0).abs() < 1e-9, "{ratio}");
        } else {
            assert!(matches!(solved, Err(SolveError::NotProductive { .. })), "{ratio}: {solved:?}");
        }
    }
}

#[test]
fn a_draw_in_which_a_loop_fails_is_named() {
    let mut builder = NetworkBuilder::new();
    let a = builder.add_column(0);
    builder.add_input(a, a, Coefficient::uncertain(0.99, FactorId(0)));
    builder.add_flow(a, FlowId(0), Coefficient::exact(1.0));
    let network = builder.build().unwrap();
    let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default()).unwrap();
    let sampler = FactorSampler::new(&[row(0.5, 2.0)]).unwrap();
    let error = monte_carlo(&solver, &sampler, 1, 0..50, |_| ()).unwrap_err();
    assert!(matches!(error.source, SolveError::NotProductive { .. }));
    assert!(error.to_string().starts_with("draw "));
}
