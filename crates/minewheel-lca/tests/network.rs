//! Building, solving and explaining small networks worked by hand, and the laws that hold for all of them.
#![allow(clippy::unwrap_used, clippy::doc_markdown, reason = "tests fail by panicking; formulas stand in their comments")]

use minewheel_lca::*;
use proptest::prelude::*;

/// Relative to the larger magnitude, or absolute below 1.
fn assert_close(seen: f64, wanted: f64, tolerance: f64) {
    let scale = seen.abs().max(wanted.abs()).max(1.0);
    assert!((seen - wanted).abs() <= tolerance * scale, "{seen} is not {wanted}");
}

fn exact(value: f64) -> Coefficient {
    Coefficient::exact(value)
}

/// 1 kWh needs 0.002 kg of steel and emits 0.4; 1 kg of steel needs 0.5 kWh and emits 1.6.
fn electricity_and_steel() -> (Network, ColumnId, ColumnId) {
    let mut builder = NetworkBuilder::new();
    let (electricity, steel) = (builder.add_column(10), builder.add_column(11));
    builder.add_input(electricity, steel, exact(0.002)).add_input(steel, electricity, exact(0.5));
    builder.add_flow(electricity, FlowId(0), exact(0.4)).add_flow(steel, FlowId(0), exact(1.6));
    (builder.build().unwrap(), electricity, steel)
}

/// y_e = (0.4 + 0.002·1.6) / (1 − 0.002·0.5), y_s = 1.6 + 0.5·y_e.
#[test]
fn a_loop_of_electricity_and_steel_is_solved_as_by_hand() {
    let (network, electricity, steel) = electricity_and_steel();
    let scores = adjoint(&network, &direct_scores(&network, &CategoryFactors::new(vec![1.0]))).unwrap();
    let by_hand = (0.4 + 0.002 * 1.6) / (1.0 - 0.002 * 0.5);
    assert_close(scores.get(electricity).unwrap(), by_hand, 1e-15);
    assert_close(scores.get(steel).unwrap(), 1.6 + 0.5 * by_hand, 1e-15);
    assert!(scores.report().residual < 1e-15);
    assert_eq!(network.tag(steel), Some(11));
    assert_eq!(network.largest_loop(), 2);
}

/// x_s = 1 / (1 − 0.001), x_e = 0.5·x_s.
#[test]
fn the_activity_behind_a_kilogram_of_steel_is_solved_as_by_hand() {
    let (network, electricity, steel) = electricity_and_steel();
    let activity = forward(&network, &Demand::of(steel, 1.0)).unwrap();
    assert_close(activity.get(steel).unwrap(), 1.0 / 0.999, 1e-15);
    assert_close(activity.get(electricity).unwrap(), 0.5 / 0.999, 1e-15);
}

/// A column that uses a fifth of its own product has to make 1/0.8 for each unit delivered.
#[test]
fn own_use_raises_the_score_of_what_is_left() {
    let mut builder = NetworkBuilder::new();
    let plant = builder.add_column(0);
    builder.add_input(plant, plant, exact(0.15)).add_input(plant, plant, exact(0.05));
    let network = builder.build().unwrap();
    assert_close(adjoint(&network, &[0.4]).unwrap().values()[0], 0.5, 1e-15);
    assert_close(forward(&network, &Demand::of(plant, 1.0)).unwrap().values()[0], 1.25, 1e-15);
}

/// Both inputs of 2 and 3 units count: 5 units of 1 each.
#[test]
fn two_entries_between_the_same_columns_add_and_stay_apart() {
    let mut builder = NetworkBuilder::new();
    let (ore, metal) = (builder.add_column(0), builder.add_column(1));
    builder.add_input(metal, ore, exact(2.0)).add_input(metal, ore, exact(3.0));
    let network = builder.build().unwrap();
    assert_eq!(network.inputs(metal).count(), 2);
    assert_eq!(adjoint(&network, &[1.0, 0.0]).unwrap().values(), [1.0, 5.0]);
}

#[test]
fn a_loop_that_eats_all_it_makes_is_explained() {
    let mut builder = NetworkBuilder::new();
    let (a, b) = (builder.add_column(0), builder.add_column(1));
    builder.add_input(a, b, exact(2.0)).add_input(b, a, exact(0.5));
    let error = adjoint(&builder.build().unwrap(), &[1.0, 1.0]).unwrap_err();
    assert!(matches!(&error, SolveError::Singular { columns } if columns.0.len() == 2), "{error}");
    assert!(error.to_string().contains("column 0") && error.to_string().contains("column 1"));
}

#[test]
fn a_loop_that_eats_more_than_it_makes_is_refused() {
    let mut builder = NetworkBuilder::new();
    let (a, b) = (builder.add_column(0), builder.add_column(1));
    builder.add_input(a, b, exact(2.0)).add_input(b, a, exact(0.6));
    let network = builder.build().unwrap();
    assert!(matches!(adjoint(&network, &[1.0, 1.0]), Err(SolveError::NotProductive { .. })));
    assert!(matches!(forward(&network, &Demand::of(a, 1.0)), Err(SolveError::NotProductive { .. })));
}

/// A ring of 200 columns, each needing 1.1 of the next: no sweep settles, LU finds the loop not productive.
#[test]
fn a_large_loop_that_eats_more_than_it_makes_is_refused() {
    let network = ring(200, 1.1);
    assert!(matches!(adjoint(&network, &[1.0; 200]), Err(SolveError::NotProductive { .. })));
}

/// A ring of n columns, each needing `amount` of the next.
fn ring(n: u32, amount: f64) -> Network {
    let mut builder = NetworkBuilder::new();
    for tag in 0..n {
        builder.add_column(tag);
    }
    for column in 0..n {
        builder.add_input(ColumnId(column), ColumnId((column + 1) % n), exact(amount));
    }
    builder.build().unwrap()
}

/// A ring of 300 columns in which some feed each other: each of `tight` takes the products of the next two, and the last credits the first.
fn ring_with_tight_loops(weak: f64, credit: f64) -> Network {
    let mut builder = NetworkBuilder::new();
    let columns: Vec<ColumnId> = (0..300).map(|tag| builder.add_column(tag)).collect();
    for at in 0..300_usize {
        builder.add_input(columns[at], columns[(at + 1) % 300], Coefficient::uncertain(weak, FactorId(0)));
        builder.add_input(columns[at], columns[(at * 7 + 3) % 300], exact(0.2));
        builder.add_flow(columns[at], FlowId(0), exact(1.0 + at as f64));
    }
    for at in (0..300_usize).step_by(25) {
        let [a, b, c] = [at, (at + 40) % 300, (at + 111) % 300].map(|at| columns[at]);
        builder.add_input(a, b, exact(1.5)).add_input(b, c, exact(1.5)).add_input(c, a, exact(credit));
    }
    builder.build().unwrap()
}

#[test]
fn loops_too_tight_for_sweeps_need_no_factors_of_the_whole() {
    let network = ring_with_tight_loops(0.3, -1.5);
    let direct = direct_scores(&network, &CategoryFactors::new(vec![1.0]));
    let by_factors = adjoint_with(&network, &direct, SolveOptions { method: Method::Direct, ..SolveOptions::default() }).unwrap();
    let by_sweeps = adjoint(&network, &direct).unwrap();
    assert_eq!((by_factors.report().factorised, by_sweeps.report().factorised), (1, 0));
    assert!(by_sweeps.report().sweeps < 100, "{:?}", by_sweeps.report());
    for (seen, wanted) in by_sweeps.values().iter().zip(by_factors.values()) {
        assert_close(*seen, *wanted, 1e-10);
    }
    let solver = PreparedSolver::new(&network, &CategoryFactors::new(vec![1.0]), SolveOptions::default()).unwrap();
    let mut workspace = solver.workspace();
    let drawn = workspace.solve(&[1.1]).unwrap().to_vec();
    assert_eq!(workspace.report().factorised, 0);
    let moved = adjoint_with(&ring_with_tight_loops(0.33, -1.5), &direct, SolveOptions { method: Method::Direct, ..SolveOptions::default() });
    for (seen, wanted) in drawn.iter().zip(moved.unwrap().values()) {
        assert_close(*seen, *wanted, 1e-8);
    }
}

/// The sizes of scores in one category tell the tight loops for all; where that category says nothing of them, the solution is the same by other means.
#[test]
fn factors_set_up_with_one_category_serve_another() {
    let network = ring_with_tight_loops(0.3, -1.5);
    let category = CategoryFactors::new(vec![1.0]);
    let direct = direct_scores(&network, &category);
    let wanted = adjoint_with(&network, &direct, SolveOptions { method: Method::Direct, ..SolveOptions::default() }).unwrap();
    let of_one_column: Vec<f64> = (0..300).map(|at| if at == 299 { 1e-9 } else { 0.0 }).collect();
    let mut sweeps = Vec::new();
    for seen_first in [&direct, &of_one_column, &vec![0.0; 300]] {
        let factorisation = Factorisation::of(&network, seen_first, SolveOptions::default()).unwrap();
        let solver = PreparedSolver::on(factorisation, &category, &direct).unwrap();
        assert_eq!(solver.report().factorised, 0);
        sweeps.push(solver.report().sweeps);
        for (seen, wanted) in solver.base_scores().iter().zip(wanted.values()) {
            assert_close(*seen, *wanted, 1e-10);
        }
    }
    assert!(sweeps[0] < sweeps[2], "loops seen from nought cannot be told: {sweeps:?}");
}

#[test]
fn a_tight_loop_that_eats_more_than_it_makes_is_refused() {
    let network = ring_with_tight_loops(0.3, 0.5);
    let direct = direct_scores(&network, &CategoryFactors::new(vec![1.0]));
    assert!(matches!(adjoint(&network, &direct), Err(SolveError::NotProductive { .. })));
}

/// Each of 300 columns needs `amount` of the next and as much of another: the gain of the whole is twice the amount, whatever is emitted.
#[test]
fn a_component_barely_over_what_it_makes_is_refused_and_one_barely_under_is_solved() {
    let of = |amount: f64| {
        let mut builder = NetworkBuilder::new();
        let columns: Vec<ColumnId> = (0..300).map(|tag| builder.add_column(tag)).collect();
        for at in 0..300_usize {
            builder.add_input(columns[at], columns[(at + 1) % 300], exact(amount)).add_input(columns[at], columns[(at * 7 + 3) % 300], exact(amount));
        }
        builder.build().unwrap()
    };
    let emitted: Vec<f64> = (0..300).map(|at| f64::from(at % 17) + 0.5).collect();
    let taken_up: Vec<f64> = (0..300).map(|at| f64::from(at % 17) - 4.0).collect();
    for direct in [&emitted, &taken_up] {
        for amount in [0.5005, 0.505, 0.52, 0.6] {
            let found = adjoint(&of(amount), direct);
            assert!(matches!(found, Err(SolveError::NotProductive { .. })), "{amount}: {:?}", found.map(|s| s.report()));
        }
        for amount in [0.4, 0.49, 0.499] {
            let network = of(amount);
            let by_factors = adjoint_with(&network, direct, SolveOptions { method: Method::Direct, ..SolveOptions::default() }).unwrap();
            for (seen, wanted) in adjoint(&network, direct).unwrap().values().iter().zip(by_factors.values()) {
                assert_close(*seen, *wanted, 1e-9);
            }
        }
    }
}

/// In a component that settles fast otherwise, two columns need a little more of each other than they make.
#[test]
fn one_pair_that_eats_more_than_it_makes_is_not_smoothed_over() {
    for (gain, emitted_by_pair) in [(1.001, 1.0), (1.02, 1.0), (1.3, 1.0), (1.02, 1e-6), (1.3, 1e-9), (3.0, 1e-9)] {
        let mut builder = NetworkBuilder::new();
        let columns: Vec<ColumnId> = (0..300).map(|tag| builder.add_column(tag)).collect();
        for at in 0..300_usize {
            let weak = if [40, 41, 200].contains(&at) { 1e-6 } else { 0.3 };
            builder.add_input(columns[at], columns[(at + 1) % 300], exact(weak)).add_input(columns[at], columns[(at * 7 + 3) % 300], exact(weak));
        }
        let each = f64::sqrt(gain);
        builder.add_input(columns[40], columns[200], exact(each)).add_input(columns[200], columns[40], exact(each));
        let network = builder.build().unwrap();
        for sign in [1.0, -1.0] {
            let direct: Vec<f64> = (0..300)
                .map(|at| {
                    if [40, 200].contains(&at) {
                        emitted_by_pair
                    } else if at % 5 == 0 {
                        sign
                    } else {
                        1.0
                    }
                })
                .collect();
            let found = adjoint(&network, &direct);
            assert!(matches!(found, Err(SolveError::NotProductive { .. })), "{gain} {emitted_by_pair} {sign}: {:?}", found.map(|s| s.report()));
        }
    }
}

#[test]
fn every_faulty_entry_is_reported_at_once() {
    let mut builder = NetworkBuilder::new();
    let a = builder.add_column(0);
    let crowded = (0..5).fold(exact(1.0), |amount, row| amount.times(FactorId(row), 1));
    builder.add_input(a, ColumnId(9), exact(1.0)).add_flow(a, FlowId(0), exact(f64::NAN));
    builder.add_flow(a, FlowId(0), crowded);
    let refused = builder.build().unwrap_err();
    assert_eq!(refused.faults.len(), 3);
    assert!(refused.faults.contains(&NetworkFault::TooManyFactors { column: a }));
}

#[test]
fn bad_requests_are_named() {
    let (network, electricity, _) = electricity_and_steel();
    let unknown = forward(&network, &Demand::of(ColumnId(7), 1.0)).unwrap_err();
    assert_eq!(unknown, SolveError::UnknownColumn { column: ColumnId(7), columns: 2 });
    let nan = adjoint(&network, &[f64::NAN, 0.0]).unwrap_err();
    assert!(matches!(nan, SolveError::NotFinite { column } if column == electricity));
    assert!(matches!(adjoint(&network, &[0.0]), Err(SolveError::WrongLength { given: 1, wanted: 2 })));
}

#[test]
fn a_chain_of_a_hundred_thousand_columns_needs_no_deep_stack() {
    let n = 100_000_u32;
    let mut builder = NetworkBuilder::new();
    for tag in 0..n {
        builder.add_column(tag);
    }
    for column in 0..n - 1 {
        builder.add_input(ColumnId(column), ColumnId(column + 1), exact(1.0));
    }
    let network = builder.build().unwrap();
    let mut direct = vec![0.0; n as usize];
    direct[n as usize - 1] = 1.0;
    assert_eq!(adjoint(&network, &direct).unwrap().values()[0], 1.0);
    let demand = Demand::of(ColumnId(0), 2.0);
    assert_eq!(forward(&network, &demand).unwrap().values()[n as usize - 1], 2.0);
    assert_eq!(network.reachable_from(&demand).len(), n as usize);
}

/// Paths of a unit of `car`: own flow 1 (grade 0); part 2·1 with input grade 1; ore under part 2·3·0.5 with flow grade 2.
/// A second demand line of grade 3 for one ore adds 0.5. T = 1, 3, 6, 6.5.
#[test]
fn shares_by_grade_follow_the_weakest_link() {
    let grade = |rank| Grade::new(rank).unwrap();
    let mut builder = NetworkBuilder::new();
    let (ore, part, car) = (builder.add_column(0), builder.add_column(1), builder.add_column(2));
    builder.add_input(car, part, exact(2.0).with_grade(grade(1)));
    builder.add_input(part, ore, exact(3.0).with_grade(grade(0)));
    builder.add_flow(car, FlowId(0), exact(1.0)).add_flow(part, FlowId(0), exact(1.0));
    builder.add_flow(ore, FlowId(0), exact(0.5).with_grade(grade(2)));
    let network = builder.build().unwrap();
    let demand = Demand::of(car, 1.0).and(ore, 1.0, grade(3));
    let graded = GradedScores::solve(&network, &CategoryFactors::new(vec![1.0])).unwrap().total(&demand).unwrap();
    for (seen, wanted) in graded.up_to.into_iter().zip([1.0, 3.0, 6.0, 6.5]) {
        assert_close(seen, wanted, 1e-14);
    }
    let shares = graded.shares().unwrap();
    for (seen, wanted) in shares.into_iter().zip([1.0, 2.0, 3.0, 0.5]) {
        assert_close(seen, wanted / 6.5, 1e-14);
    }
}

#[test]
fn the_tree_of_a_loop_closes_at_every_node() {
    let (network, _, steel) = electricity_and_steel();
    let scores = adjoint(&network, &[0.4, 1.6]).unwrap();
    let limits = TreeLimits { cut_share: 1e-9, ..TreeLimits::default() };
    let tree = trace(&network, &scores, &Demand::of(steel, 3.0), limits).unwrap();
    assert_close(tree.total, 3.0 * scores.get(steel).unwrap(), 1e-15);
    assert!(tree.nodes.len() > 4, "the loop is walked round");
    for node in &tree.nodes {
        let children: f64 = tree.nodes[node.children.clone()].iter().map(|child| child.impact).sum();
        assert_close(node.direct + children + node.below_cut, node.impact, 1e-14);
    }
    let cut = TreeLimits { max_depth: 0, ..limits };
    let stump = trace(&network, &scores, &Demand::of(steel, 3.0), cut).unwrap();
    assert_eq!(stump.nodes.len(), 1);
    assert_close(stump.nodes[0].below_cut, 3.0 * 0.5 * scores.values()[0], 1e-14);
}

/// A random network that can deliver: the inputs of each column sum to less than 1.
#[derive(Clone, Debug)]
struct Plan {
    inputs: Vec<Vec<(usize, f64)>>,
    direct: Vec<f64>,
    demand: Vec<f64>,
}

fn plans(columns: std::ops::Range<usize>) -> impl Strategy<Value = Plan> {
    columns.prop_flat_map(|n| {
        let column = prop::collection::vec((0..n, 0.0..0.22), 0..4);
        (prop::collection::vec(column, n), prop::collection::vec(0.0..5.0, n), prop::collection::vec(-1.0..2.0, n))
            .prop_map(|(inputs, direct, demand)| Plan { inputs, direct, demand })
    })
}

impl Plan {
    fn build(&self, at: impl Fn(usize) -> usize) -> Network {
        let n = self.inputs.len();
        let mut builder = NetworkBuilder::new();
        for tag in 0..n {
            builder.add_column(tag as u32);
        }
        for (column, inputs) in self.inputs.iter().enumerate() {
            for (supplier, amount) in inputs {
                builder.add_input(ColumnId(at(column) as u32), ColumnId(at(*supplier) as u32), exact(*amount));
            }
        }
        builder.build().unwrap()
    }

    fn demand(&self) -> Demand {
        self.demand.iter().enumerate().map(|(column, amount)| (ColumnId(column as u32), *amount)).collect()
    }
}

/// A loop of 60 columns: every swap by the formula is what a network with that supplier gives.
#[test]
fn a_swapped_supplier_gives_what_the_changed_network_gives() {
    let n = 60_u32;
    let build = |swapped: Option<(u32, u32)>| {
        let mut builder = NetworkBuilder::new();
        for tag in 0..n {
            builder.add_column(tag);
        }
        for column in 0..n {
            for step in [1, 7, 13] {
                let supplier = (column + step) % n;
                let supplier = swapped.filter(|(of, _)| *of == column && step == 7).map_or(supplier, |(_, to)| to);
                builder.add_input(ColumnId(column), ColumnId(supplier), Coefficient::exact(0.05 * f64::from(step % 5)));
            }
            builder.add_flow(ColumnId(column), FlowId(0), Coefficient::exact(1.0 + f64::from(column % 9)));
        }
        builder.build().unwrap()
    };
    let category = CategoryFactors::new(vec![1.0]);
    let demand = Demand::of(ColumnId(3), 2.0);
    let total = |network: &Network| adjoint(network, &direct_scores(network, &category)).unwrap().total(&demand).unwrap();
    let network = build(None);
    let scores = adjoint(&network, &direct_scores(&network, &category)).unwrap();
    let activity = forward(&network, &demand).unwrap();
    for (process, to) in [(3, 40), (10, 3), (59, 0), (20, 20)] {
        let swaps = SupplierSwaps::new(&network, &scores, &activity, ColumnId(process)).unwrap();
        let change = swaps.change(0.1, ColumnId((process + 7) % n), ColumnId(to)).unwrap();
        let wanted = total(&build(Some((process, to))));
        assert!((total(&network) + change - wanted).abs() < 1e-11 * wanted, "{process} {to}");
    }
}

proptest! {
    #[test]
    fn adjoint_and_forward_give_the_same_total(plan in plans(1..120)) {
        let network = plan.build(|column| column);
        let backward = adjoint(&network, &plan.direct).unwrap();
        let activity = forward(&network, &plan.demand()).unwrap();
        assert_close(backward.total(&plan.demand()).unwrap(), activity.total(&plan.direct), 1e-10);
        prop_assert!(backward.report().residual <= 1e-12 && activity.report().residual <= 1e-12);
    }

    #[test]
    fn sweeps_agree_with_factors(plan in plans(70..150)) {
        let network = plan.build(|column| column);
        let direct = SolveOptions { method: Method::Direct, ..SolveOptions::default() };
        let swept = adjoint(&network, &plan.direct).unwrap();
        let factored = adjoint_with(&network, &plan.direct, direct).unwrap();
        for (a, b) in swept.values().iter().zip(factored.values()) {
            assert_close(*a, *b, 1e-9);
        }
        let swept = forward(&network, &plan.demand()).unwrap();
        let factored = forward_with(&network, &plan.demand(), direct).unwrap();
        for (a, b) in swept.values().iter().zip(factored.values()) {
            assert_close(*a, *b, 1e-9);
        }
    }

    #[test]
    fn activity_is_linear_in_demand(plan in plans(1..40), scale in -3.0..3.0_f64) {
        let network = plan.build(|column| column);
        let once = forward(&network, &plan.demand()).unwrap();
        let scaled: Demand =
            plan.demand().lines().iter().map(|line| (line.column, scale * line.amount)).collect();
        let scaled = forward(&network, &scaled).unwrap();
        for (one, many) in once.values().iter().zip(scaled.values()) {
            assert_close(*many, scale * one, 1e-10);
        }
    }

    #[test]
    fn scores_do_not_depend_on_the_order_of_columns(plan in plans(2..60), shift in 1_usize..50) {
        let n = plan.inputs.len();
        let at = |column: usize| (column + shift) % n;
        let mut moved = vec![0.0; n];
        for (column, score) in plan.direct.iter().enumerate() {
            moved[at(column)] = *score;
        }
        let plain = adjoint(&plan.build(|column| column), &plan.direct).unwrap();
        let other = adjoint(&plan.build(at), &moved).unwrap();
        for (column, score) in plain.values().iter().enumerate() {
            assert_close(other.values()[at(column)], *score, 1e-10);
        }
    }

    #[test]
    fn a_part_closed_under_supply_gives_the_same_scores(plan in plans(2..60)) {
        let network = plan.build(|column| column);
        let demand = Demand::of(ColumnId(0), 1.0);
        let (part, old_ids) = network.restrict_to(&demand);
        let whole = adjoint(&network, &plan.direct).unwrap();
        let direct: Vec<f64> = old_ids.iter().map(|old| plan.direct[old.index()]).collect();
        let small = adjoint(&part, &direct).unwrap();
        for (old, score) in old_ids.iter().zip(small.values()) {
            assert_close(*score, whole.get(*old).unwrap(), 1e-10);
        }
    }

    #[test]
    fn several_categories_at_once_agree_with_one_by_one(plan in plans(1..90), count in 1_usize..11) {
        let network = plan.build(|column| column);
        let directs: Vec<Vec<f64>> =
            (0..count).map(|k| plan.direct.iter().map(|c| c * k as f64 + 0.1).collect()).collect();
        let together = adjoint_many(&network, &directs, SolveOptions::default()).unwrap();
        prop_assert_eq!(together.len(), count);
        for (direct, scores) in directs.iter().zip(&together) {
            let alone = adjoint(&network, direct).unwrap();
            for (a, b) in scores.values().iter().zip(alone.values()) {
                assert_close(*a, *b, 1e-10);
            }
        }
    }

    #[test]
    fn groups_of_columns_share_a_score_out(plan in plans(1..90), groups in 1_usize..12) {
        let network = plan.build(|column| column);
        let group: Vec<u32> = (0..plan.direct.len()).map(|column| (column * 7 % groups) as u32).collect();
        let shared = adjoint_by_group(&network, &plan.direct, &group, groups, SolveOptions::default()).unwrap();
        prop_assert_eq!(shared.len(), groups);
        let whole = adjoint(&network, &plan.direct).unwrap();
        for (column, score) in whole.values().iter().enumerate() {
            assert_close(shared.iter().map(|scores| scores.values()[column]).sum(), *score, 1e-10);
        }
        let of_one: Vec<f64> = plan.direct.iter().zip(&group).map(|(c, g)| if *g == 0 { *c } else { 0.0 }).collect();
        for (a, b) in shared[0].values().iter().zip(adjoint(&network, &of_one).unwrap().values()) {
            assert_close(*a, *b, 1e-10);
        }
    }
}

/// Ten categories, which take two passes; factors missing at the end count as nought.
#[test]
fn many_categories_are_scored_as_one_by_one() {
    let mut builder = NetworkBuilder::new();
    for column in 0..5 {
        let id = builder.add_column(column);
        for flow in 0..=column {
            builder.add_flow(id, FlowId(flow), exact(1.0 + f64::from(column) / 3.0));
        }
    }
    let network = builder.build().unwrap();
    let categories: Vec<CategoryFactors> =
        (0..10).map(|k| CategoryFactors::new((0..k / 2).map(|flow| f64::from(k) + f64::from(flow) / 7.0).collect())).collect();
    let together = direct_scores_many(&network, &categories);
    let alone: Vec<Vec<f64>> = categories.iter().map(|category| direct_scores(&network, category)).collect();
    assert_eq!(together, alone);
}

/// Groups are refused that are too few for the columns, or that some column lacks.
#[test]
fn faulty_groups_are_named() {
    let (network, ..) = electricity_and_steel();
    let of = |group: &[u32]| adjoint_by_group(&network, &[0.4, 1.6], group, 2, SolveOptions::default()).unwrap_err().to_string();
    assert!(of(&[0, 2]).contains("group 2 of 2"), "{}", of(&[0, 2]));
    assert!(of(&[0]).contains("1 values"), "{}", of(&[0]));
}

#[test]
fn the_sum_of_column_contributions_is_the_total() {
    let (network, _, steel) = electricity_and_steel();
    let direct = [0.4, 1.6];
    let activity = forward(&network, &Demand::of(steel, 2.0)).unwrap();
    let sum: f64 = column_contributions(&direct, &activity).iter().sum();
    assert_close(sum, adjoint(&network, &direct).unwrap().total(&Demand::of(steel, 2.0)).unwrap(), 1e-14);
}
