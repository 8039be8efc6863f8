//! Laws of credits, ledgers and markets: what must hold for every car, every industry and every year.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod made_up;

use std::collections::BTreeMap;

use made_up::{Numbers, market, terms};
use microlp::{ComparisonOp, OptimizationDirection, Problem, SolveOutcome};
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_industry::credits::ledger::AccountKind::{Cafc, Nev};
use minewheel_industry::credits::market::{Carry, Change, Equilibrium, Foresight, Market, Side};
use minewheel_industry::credits::study::{Balance, Link, Study};
use minewheel_industry::credits::{CarFacts, CarRules, CreditPowertrain, Ledger, RuleBook, System, clear};
use proptest::prelude::*;

fn book() -> RuleBook {
    RuleBook::read(&Store::embedded(), false).unwrap()
}

/// Amounts are whole credits halved a few times; sums of a hundred of them are exact to this.
const EXACT: f64 = 1e-4;

fn balance(company: &str, year: i32, cafc: f64, nev: f64) -> Balance {
    Balance {
        company: company.to_owned(),
        year,
        volume: None,
        cafc_target: None,
        cafc_actual: None,
        cafc_credits: Some(cafc),
        nev_earned: None,
        nev_target: None,
        nev_balance: Some(nev),
        has_only_new_energy: false,
        status: Status::Read,
        source: "made up".to_owned(),
        is_scenario: true,
    }
}

fn link(holder: &str, held: &str) -> Link {
    Link { holder: holder.to_owned(), held: held.to_owned(), share: 0.5 }
}

/// An industry of some firms over 2019 to 2025, with holdings from earlier to later ones.
fn industry(seed: u64, firms: usize, years: i32, surplus: f64) -> Study {
    let mut numbers = Numbers(seed | 1);
    for _ in 0..8 {
        numbers.next();
    }
    let mut study = Study::empty("made up", System::Cn);
    for firm in 0..firms {
        for year in 0..years {
            let mut credits = |lean: f64| ((numbers.next() - 0.5 + lean) * 2e6).round();
            let (cafc, nev) = (credits(0.1 * surplus), credits(surplus));
            study.balances.push(balance(&format!("f{firm}"), 2019 + year, cafc, nev));
        }
        if firm > 0 && numbers.next() < 0.5 {
            study.links.push(link(&format!("f{}", firm / 2), &format!("f{firm}")));
        }
    }
    study
}

fn outside(ledger: &Ledger) -> f64 {
    ledger.totals.iter().flatten().map(|t| t.outside_need).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_credit_is_continuous_except_at_its_listed_cliffs(
        year in prop::sample::select(vec![2020, 2022, 2024, 2026]), mass in 500.0..2800.0_f64, range in 50.0..900.0_f64, energy in 6.0..30.0_f64, density in 60.0..200.0_f64,
    ) {
        let book = book();
        let rules = CarRules::of(&book, CreditPowertrain::Bev, year).unwrap();
        let facts = CarFacts {
            powertrain: CreditPowertrain::Bev, kerb_mass_kg: mass, range_km: Some(range), consumption_kwh_per_100km: Some(energy),
            density_wh_per_kg: Some(density), fuel_cell_kw: None, meets_conditions: None,
        };
        let here = rules.value("car", &facts).unwrap();
        let step = 1e-7;
        let near = [
            ("mass", CarFacts { kerb_mass_kg: mass * (1.0 + step), ..facts }),
            ("range", CarFacts { range_km: Some(range * (1.0 + step)), ..facts }),
            ("energy", CarFacts { consumption_kwh_per_100km: Some(energy * (1.0 + step)), ..facts }),
            ("density", CarFacts { density_wh_per_kg: Some(density * (1.0 + step)), ..facts }),
        ];
        let lines = rules.energy_jumps(mass).unwrap();
        let cliffs = rules.range_jumps().into_iter().map(|at| (at, range)).chain(rules.density_jumps().into_iter().map(|at| (at, density)))
            .chain(lines.into_iter().map(|at| (at, energy)));
        let is_at_cliff = cliffs.into_iter().any(|(at, seen)| (seen / at - 1.0).abs() < 10.0 * step);
        for (name, moved) in near {
            let there = rules.value("car", &moved).unwrap();
            // The steepest slope of any edition is below twelve credits per unit of relative change.
            prop_assert!(is_at_cliff || (there - here).abs() < 12.0 * step, "{name}: {here} to {there}");
        }
        // Listed cliffs are where the credit jumps.
        for cliff in rules.credit(&book, "car", &facts).unwrap().cliffs {
            prop_assert!(cliff.credit_across.is_finite() && (cliff.credit_across - here - cliff.gain).abs() < 1e-12);
        }
    }

    #[test]
    fn every_credit_is_used_kept_sold_or_lost(seed in any::<u64>(), firms in 2..12_usize, surplus in -0.4..0.6_f64) {
        let ledger = clear(&book(), &industry(seed, firms, 7, surplus)).unwrap();
        for line in &ledger.companies {
            prop_assert!(line.cafc.residual().abs() < EXACT && line.nev.residual().abs() < EXACT, "{line:?}");
            let cleared = |account| -> f64 { line.cleared_by.iter().filter(|c| c.account == account).map(|c| c.credits).sum() };
            let owed = (-line.cafc_credits.unwrap()).max(0.0);
            prop_assert!((owed - cleared(Cafc) - line.cafc_open).abs() < EXACT);
            // A deficit of 2020 may wait a year, so more may be cleared than the year owes.
            prop_assert!(cleared(Nev) + line.nev_open + EXACT >= (-line.balance.unwrap()).max(0.0));
        }
        let sold: f64 = ledger.companies.iter().map(|c| c.nev.sold).sum();
        let bought: f64 = ledger.companies.iter().map(|c| c.nev.bought).sum();
        let given: f64 = ledger.companies.iter().map(|c| c.cafc.given).sum();
        let received: f64 = ledger.companies.iter().map(|c| c.cafc.received).sum();
        prop_assert!((sold - bought).abs() < EXACT && (given - received).abs() < EXACT);
        prop_assert!((ledger.trades.iter().map(|t| t.credits).sum::<f64>() - sold).abs() < EXACT);
        // Each year opens with what the year before kept.
        let mut kept: BTreeMap<&str, (f64, f64)> = BTreeMap::new();
        for line in &ledger.companies {
            let before = kept.insert(&line.company, (line.cafc.kept, line.nev.kept)).unwrap_or_default();
            prop_assert!((line.cafc.opening - before.0).abs() < EXACT && (line.nev.opening - before.1).abs() < EXACT);
        }
    }

    #[test]
    fn the_order_of_companies_changes_nothing(seed in any::<u64>(), firms in 2..10_usize) {
        let study = industry(seed, firms, 5, 0.1);
        let mut turned = study.clone();
        turned.balances.reverse();
        turned.links.reverse();
        let (book, mut second) = (book(), turned);
        second.balances.rotate_left(firms / 2);
        prop_assert_eq!(clear(&book, &study).unwrap(), clear(&book, &second).unwrap());
    }

    #[test]
    fn merging_two_affiliates_never_raises_what_must_be_bought(seed in any::<u64>(), firms in 3..9_usize) {
        // One year, accounts as sums: counted anew from models, a merger may lift two makers over the scope of the ratio.
        // No third affiliate: one company nets its accounts, so a surplus that went to a third in need is then used up at home
        // on a deficit that the other had new-energy credits for, and more must be bought.
        let mut study = industry(seed, firms, 1, 0.0);
        study.links.retain(|l| [&l.holder, &l.held].into_iter().all(|end| end != "f0" && end != "f1"));
        study.links.push(link("f0", "f1"));
        let before = outside(&clear(&book(), &study).unwrap());
        let mut merged = study.clone();
        merged.balances.retain(|b| b.company != "f1");
        let other = study.balances.iter().find(|b| b.company == "f1").unwrap();
        let one = merged.balances.iter_mut().find(|b| b.company == "f0").unwrap();
        one.cafc_credits = Some(one.cafc_credits.unwrap() + other.cafc_credits.unwrap());
        one.nev_balance = Some(one.nev_balance.unwrap() + other.nev_balance.unwrap());
        merged.links.retain(|l| l.held != "f1");
        let after = outside(&clear(&book(), &merged).unwrap());
        prop_assert!(after <= before + EXACT, "{before} before, {after} after");
    }

    #[test]
    fn a_pool_that_never_opens_changes_nothing(seed in any::<u64>(), firms in 2..8_usize) {
        // A deep deficit: the ratio stays below the one that opens the pool, which therefore stays empty.
        let study = industry(seed, firms, 7, -0.3);
        let without = Study { has_pool: false, ..study.clone() };
        let (with, without) = (clear(&book(), &study).unwrap(), clear(&book(), &without).unwrap());
        if with.totals.iter().flatten().all(|t| t.stored == 0.0) {
            prop_assert_eq!(with.companies, without.companies);
            prop_assert_eq!(with.trades, without.trades);
        }
    }
}

fn price(found: &Equilibrium, year: i32) -> f64 {
    found.price_cny_per_credit[&year]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn more_need_never_lowers_a_price_and_more_supply_never_raises_one(firms in 3..12_usize, years in 1..5_usize, more in 1.05..1.6_f64) {
        let base = market(firms, years);
        let change = |supply: f64, need: f64| {
            let change = Change {
                name: "change".to_owned(), first_year: 2000, last_year: 2100, supply, need, entrant_credits: 0.0, nev_ratio: None, nev_carry_factor: None,
            };
            base.changed(&change).equilibrium().unwrap()
        };
        let (stated, needy, rich) = (base.equilibrium().unwrap(), change(1.0, more), change(more, 1.0));
        for year in &base.years {
            // The dual of clearing has no such law: without a trade it lies anywhere from the buyers' worth up to the holders'. The
            // dual of need has: in it the dual programme is supermodular, with strictly increasing differences in need.
            let [stated, needy, rich] = [&stated, &needy, &rich].map(|e| price(e, *year));
            prop_assert!(needy >= stated - 1.0 && rich <= stated + 1.0, "{year}: {stated}, {needy} with more need, {rich} with more supply");
        }
    }

    #[test]
    fn who_sells_expects_no_more_than_half_of_the_next_price_and_who_carries_no_less_of_a_later_one(firms in 3..14_usize, years in 2..7_usize) {
        // Who holds is free to carry all of it: a year whose steps are cheap may cost less than half of a dear next one. Only
        // who sells says that no later year pays more, and only what is sold of young credits, as those of the fourth year expire.
        let (factor, beta, life) = (0.5_f64, 1.0 / 1.08, 3_i32);
        let market = market(firms, years);
        let found = market.equilibrium().unwrap();
        let last = market.years[years - 1];
        for firm in found.firms.iter().filter(|f| f.year < last) {
            let (here, next) = (price(&found, firm.year), price(&found, firm.year + 1));
            let expiring = market.sides.get(&(firm.company.clone(), firm.year - life)).map_or(0.0, |s| s.supply * factor.powi(life));
            // A hundred credits are far above the solver's rounding of the largest amount.
            if firm.sold > expiring + 100.0 {
                prop_assert!(here >= factor * beta * next - 1.0, "{firm:?} sells at {here}, next {next}");
            }
            if firm.carried > 100.0 {
                let later = (1..=life.min(last - firm.year)).map(|j| (factor * beta).powi(j) * price(&found, firm.year + j)).fold(0.0, f64::max);
                prop_assert!(here <= later + 1.0, "{firm:?} carries at {here}, later {later}");
            }
        }
    }
}

/// The same programme by the simplex method.
fn by_simplex(market: &Market) -> f64 {
    let built = market.build();
    let mut problem = Problem::new(OptimizationDirection::Minimize);
    let variables: Vec<_> = built.program.costs.iter().map(|c| problem.add_var(*c, (0.0, f64::INFINITY))).collect();
    for row in &built.program.rows {
        let terms: Vec<_> = row.terms.iter().map(|(j, a)| (variables[*j], *a)).collect();
        problem.add_constraint(&terms, ComparisonOp::Le, row.at_most);
    }
    match problem.solve().unwrap() {
        SolveOutcome::Solution(found) => found.objective(),
        stopped @ SolveOutcome::Interrupted(_) => panic!("the simplex method ended early: {stopped:?}"),
    }
}

#[test]
fn a_second_solver_finds_the_same_optimum_to_a_millionth() {
    for (firms, years, is_glut) in [(5, 2, true), (5, 4, false), (12, 5, false), (30, 5, false)] {
        let market = market(firms, years);
        let built = market.build();
        let (interior, simplex) = (built.program.solve().unwrap().objective, by_simplex(&market));
        // A glut costs nothing: no relative difference there. Costs are in units of the largest amount at the ceiling.
        assert_eq!(simplex < 1e-6, is_glut, "{firms} firms, {years} years cost {simplex}");
        let least = if is_glut { 1.0 } else { simplex };
        assert!((interior - simplex).abs() < 1e-6 * least, "{firms} firms, {years} years: {interior} and {simplex}");
    }
}

/// One seller, one buyer, one year or two.
fn two_firms(supply: &[f64], need: &[f64], steps: &[(f64, f64)], factor: f64) -> Market {
    let years: Vec<i32> = (0..supply.len() as i32).map(|y| 2021 + y).collect();
    let mut sides = BTreeMap::new();
    for (i, year) in years.iter().enumerate() {
        sides.insert(("seller".to_owned(), *year), Side { supply: supply[i], need: 0.0, may_carry: true });
        sides.insert(("buyer".to_owned(), *year), Side { supply: 0.0, need: need[i], may_carry: true });
    }
    Market {
        carry: years.iter().map(|y| (*y, Carry { factor, life: 3 })).collect(),
        years,
        sides,
        stores: std::collections::BTreeSet::new(),
        releases: std::collections::BTreeSet::new(),
        pool_life: 5,
        terms: terms(steps),
    }
}

#[test]
fn a_price_is_the_cost_of_the_last_step_nought_in_a_glut_and_the_ceiling_where_need_stays_open() {
    let steps = [(500.0, 100.0), (1500.0, 100.0)];
    for (supply, wanted) in [(1000.0, 0.0), (250.0, 500.0), (150.0, 1500.0), (50.0, 10_000.0)] {
        let found = two_firms(&[supply], &[300.0], &steps, 0.5).equilibrium().unwrap();
        assert!((price(&found, 2021) - wanted).abs() < 0.5, "supply {supply}: {} and not {wanted}", price(&found, 2021));
        let open: f64 = found.firms.iter().map(|f| f.open).sum();
        assert!((open - (300.0 - 200.0 - supply).max(0.0)).abs() < 0.01, "{found:?}");
    }
}

#[test]
fn half_of_next_years_price_is_what_makes_a_firm_carry() {
    // Glut now, need next year: 400 carried become 200, the step of 1000 fills the rest; p now = 0.5 · β · 1000.
    let found = two_firms(&[500.0, 0.0], &[100.0, 300.0], &[(1000.0, 1000.0)], 0.5).equilibrium().unwrap();
    assert!((price(&found, 2022) - 1000.0).abs() < 0.1);
    assert!((price(&found, 2021) - 500.0 / 1.08).abs() < 0.1, "{}", price(&found, 2021));
    let sold: f64 = found.trades.iter().filter(|t| t.year == 2022).map(|t| t.credits).sum();
    assert!((sold - 200.0).abs() < 0.01, "{found:?}");
    // Without foresight the glut is worth nothing, and what is left is carried all the same, to the last credit.
    let mut blind = two_firms(&[500.0, 0.0], &[100.0, 300.0], &[(1000.0, 1000.0)], 0.5);
    blind.terms.foresight = Foresight::None;
    let found = blind.equilibrium().unwrap();
    assert!(price(&found, 2021) < 0.1 && (price(&found, 2022) - 1000.0).abs() < 0.1, "{found:?}");
    let sold: Vec<f64> = found.trades.iter().map(|t| t.credits).collect();
    assert!((sold[0] - 100.0).abs() < 0.01 && (sold[1] - 200.0).abs() < 0.01, "{found:?}");
}

#[test]
fn without_a_trade_the_price_is_that_of_need_and_without_a_need_that_of_the_holder() {
    // The dear next year, 10 000 · 0.5 · β, keeps every credit from a year that can help itself at 300.
    let steps = [(300.0, 1000.0)];
    let found = two_firms(&[500.0, 0.0], &[100.0, 2000.0], &steps, 0.5).equilibrium().unwrap();
    assert!((price(&found, 2021) - 300.0).abs() < 0.1 && (price(&found, 2022) - 10_000.0).abs() < 0.1, "{found:?}");
    assert!(found.trades.iter().all(|t| t.year == 2022), "{found:?}");
    let idle = two_firms(&[500.0, 0.0], &[0.0, 2000.0], &steps, 0.5).equilibrium().unwrap();
    assert!((price(&idle, 2021) - 5000.0 / 1.08).abs() < 0.1, "{idle:?}");
    let nobody_sells = two_firms(&[0.0], &[100.0], &steps, 0.5).equilibrium().unwrap();
    assert!((price(&nobody_sells, 2021) - 300.0).abs() < 0.1, "{nobody_sells:?}");
}

#[test]
fn a_seller_that_knows_its_weight_sells_less_and_no_price_falls() {
    let steps: Vec<(f64, f64)> = (1..=10).map(|k| (200.0 * f64::from(k), 30.0)).collect();
    let competitive = two_firms(&[150.0], &[300.0], &steps, 0.5);
    let mut cournot = competitive.clone();
    cournot.terms.cournot = vec!["seller".to_owned()];
    cournot.terms.slope_cny_per_credit2 = Some(20.0);
    let (free, strategic) = (competitive.equilibrium().unwrap(), cournot.equilibrium().unwrap());
    let sold = |e: &Equilibrium| e.trades.iter().map(|t| t.credits).sum::<f64>();
    assert!(sold(&strategic) < sold(&free) - 1.0, "{} and {}", sold(&strategic), sold(&free));
    assert!(price(&strategic, 2021) >= price(&free, 2021) - 0.5);
    // Its condition: price less slope times sales is what a credit is worth to it otherwise, nought here.
    assert!((price(&strategic, 2021) - 20.0 * sold(&strategic)).abs() < 1.0, "{} {}", price(&strategic, 2021), sold(&strategic));
}

#[test]
fn affiliation_is_direct_indirect_or_by_a_third_but_no_chain() {
    use minewheel_industry::credits::affiliates::{affiliated, are_affiliated};
    let ids = ["a", "b", "c", "d"].into_iter().collect();
    let share = |holder: &str, held: &str, share: f64| Link { holder: holder.to_owned(), held: held.to_owned(), share };
    let links = [share("a", "b", 0.5), share("b", "c", 0.5), share("x", "a", 0.3), share("x", "d", 0.3)];
    let pairs = affiliated(&ids, &links, 0.25, true);
    assert!(are_affiliated(&pairs, "a", "b") && are_affiliated(&pairs, "c", "a"), "half of a half is a quarter");
    assert!(are_affiliated(&pairs, "d", "a"), "x holds three tenths of both");
    assert!(!are_affiliated(&pairs, "d", "b"), "x holds 0.15 of b");
    assert!(!are_affiliated(&affiliated(&ids, &links, 0.25, false), "d", "a"));
}

#[test]
fn the_pool_stores_a_glut_and_gives_it_back_in_need() {
    let mut study = Study::empty("made up", System::Cn);
    study.balances = vec![
        balance("rich", 2023, 0.0, 1000.0),
        balance("poor", 2023, 0.0, -100.0),
        balance("rich", 2024, 0.0, 0.0),
        balance("poor", 2024, 0.0, -300.0),
    ];
    let ledger = clear(&book(), &study).unwrap();
    let totals: Vec<_> = ledger.totals.iter().flatten().collect();
    assert!((totals[0].ratio.unwrap() - 10.0).abs() < 1e-9 && (totals[0].stored - 900.0).abs() < EXACT);
    assert!((totals[1].released - 300.0).abs() < EXACT && totals[1].open < EXACT, "{totals:?}");
    let rich = ledger.companies.iter().find(|c| c.company == "rich" && c.year == 2024).unwrap();
    assert!((rich.in_pool - 600.0).abs() < EXACT, "unused credits stay in the pool without discount");
    // Without the pool half of the 900 is lost in the carry.
    let without = clear(&book(), &Study { has_pool: false, ..study }).unwrap();
    let rich = without.companies.iter().find(|c| c.company == "rich" && c.year == 2024).unwrap();
    assert!((rich.nev.lost - 450.0).abs() < EXACT && (rich.nev.kept - 150.0).abs() < EXACT, "{rich:?}");
}

#[test]
fn company_average_surplus_is_carried_at_nine_tenths_and_helps_affiliates_only() {
    let mut study = Study::empty("made up", System::Cn);
    study.balances = vec![
        balance("giver", 2021, 1000.0, 0.0),
        balance("stranger", 2021, -500.0, 0.0),
        balance("sister", 2021, -300.0, 0.0),
        balance("giver", 2022, -600.0, 0.0),
    ];
    study.links = vec![link("giver", "sister")];
    let ledger = clear(&book(), &study).unwrap();
    let of = |company: &str, year: i32| ledger.companies.iter().find(|c| c.company == company && c.year == year).unwrap();
    assert!(of("sister", 2021).cafc_open < EXACT && (of("giver", 2021).cafc.given - 300.0).abs() < EXACT);
    assert!((of("stranger", 2021).cafc_open - 500.0).abs() < EXACT);
    // 700 left become 630, of which 600 are used.
    assert!((of("giver", 2022).cafc.lost - 70.0).abs() < EXACT && (of("giver", 2022).cafc.kept - 30.0).abs() < EXACT);
}

#[test]
fn sums_of_a_partial_study_are_never_totals() {
    let mut study = Study::empty("made up", System::Cn);
    study.balances = vec![balance("one", 2022, 10.0, 10.0), Balance { nev_balance: None, ..balance("two", 2022, 5.0, 0.0) }];
    let ledger = clear(&book(), &study).unwrap();
    assert!(ledger.totals.iter().all(Option::is_none) && ledger.partial[0].contains("two"), "{:?}", ledger.partial);
}
