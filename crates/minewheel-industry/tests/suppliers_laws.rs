//! Laws of a programme of suppliers: the sum closes on the model, plans keep to budgets and near their bound, and who leaves is missed.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::LazyLock;

use minewheel_assess::assessment::assess;
use minewheel_assess::scenario::{GridChoice, Preset, Scenario};
use minewheel_assess::tables::Tables;
use minewheel_data::car::CarDesign;
use minewheel_data::store::Store;
use minewheel_industry::suppliers::SuppliersError;
use minewheel_industry::suppliers::car::SuppliedCar;
use minewheel_industry::suppliers::pcf::{DeclaredUnit, Footprint, product_urn, read_footprints};
use minewheel_industry::suppliers::plan::{Plan, plan};
use minewheel_industry::suppliers::programme::{Programme, Texts, read, read_brief, read_suppliers};
use minewheel_industry::suppliers::rollup::{RollUp, roll_up};
use minewheel_industry::suppliers::synthesise::{places, synthesise};
use minewheel_industry::suppliers::tables::SupplierTables;

struct World {
    tables: Tables,
    own: SupplierTables,
    design: CarDesign,
    car: SuppliedCar,
    files: Vec<(String, String)>,
}

const COUNT: usize = 220;

fn scenario(tables: &Tables) -> Scenario {
    Scenario {
        country: tables.places.id("DE").unwrap(),
        year: 2025,
        method: "ar6-gwp100".to_owned(),
        preset: Preset::CutOff,
        is_real_world: false,
        grid: GridChoice::Static,
        cycle: None,
        lifetime_km: None,
        has_national_life: false,
    }
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let tables = Tables::read(&Store::embedded(), false).unwrap();
    let own = SupplierTables::read(&Store::embedded(), true).unwrap();
    let design = tables.catalogue.car("vw-id3-58").unwrap().clone();
    let scenario = scenario(&tables);
    let first = SuppliedCar::open(&tables, &design, &scenario, &[]).unwrap();
    let car = SuppliedCar::open(&tables, &design, &scenario, &places(&tables, &first)).unwrap();
    let files = synthesise(&tables, &own, &car, COUNT, 1).unwrap().files;
    World { tables, own, design, car, files }
});

fn programme() -> Programme {
    let world = &*WORLD;
    let text = |at: usize| world.files[at].1.as_str();
    let suppliers = read_suppliers(text(1), &world.tables.places).unwrap();
    let texts = Texts { suppliers: text(1), supplies: text(2), measures: text(3) };
    read(&read_brief("programme.toml", text(0)).unwrap(), suppliers, texts, &world.car).unwrap()
}

fn sum(programme: &Programme, footprints: &[Footprint]) -> RollUp {
    let codes = |p| WORLD.tables.places.code(p).to_owned();
    roll_up(&WORLD.own, &codes, programme, &WORLD.car, footprints).unwrap()
}

fn planned(programme: &Programme) -> Plan {
    let footprints = read_footprints("footprints", &WORLD.files[4].1).unwrap();
    plan(&WORLD.own, programme, &WORLD.car, &sum(programme, &footprints)).unwrap()
}

/// A footprint that says what the model says, for one supply.
fn own_figure(programme: &Programme, at: usize) -> Footprint {
    let (supply, car) = (&programme.supplies[at], &WORLD.car);
    let lines: Vec<_> = car.lines_of(&supply.part, supply.product.as_deref()).map(|l| l.1).collect();
    let urn = product_urn(&programme.suppliers[supply.supplier].id, &supply.part, supply.product.as_deref(), None);
    let (unit, kg_co2e) = match &supply.product {
        Some(_) => (
            DeclaredUnit::of_bill(&lines[0].unit).unwrap(),
            lines.iter().map(|l| l.at_gate()).sum::<f64>() / lines.iter().map(|l| l.amount).sum::<f64>(),
        ),
        None => (DeclaredUnit::Piece, lines.iter().map(|l| l.kg_co2e).sum()),
    };
    Footprint { id: format!("own-{at}"), product_ids: vec![urn], unit, kg_co2e, primary_share: Some(0.5) }
}

#[test]
fn suppliers_that_report_the_models_own_figures_give_back_the_cars_footprint() {
    let programme = programme();
    let known = assess(&WORLD.tables, std::slice::from_ref(&WORLD.design), &scenario(&WORLD.tables), None).unwrap()[0].climate.production_kg.value;
    assert!((WORLD.car.production_kg_co2e / known - 1.0).abs() < 1e-12);
    let count = programme.supplies.len();
    // All of them; the second tier alone; every third: whoever reports the model's figure moves nothing.
    for reports in
        [(0..count).collect::<Vec<_>>(), (0..count).filter(|s| programme.supplies[*s].product.is_some()).collect(), (0..count).step_by(3).collect()]
    {
        let mut silent = programme.clone();
        silent.suppliers.iter_mut().for_each(|s| s.electricity_kwh = None);
        let footprints: Vec<Footprint> = reports.iter().map(|s| own_figure(&silent, *s)).collect();
        let report = sum(&silent, &footprints);
        assert!((report.production_kg / known - 1.0).abs() < 1e-9, "{} reports: {} against {known}", reports.len(), report.production_kg);
        let parts = report.suppliers.iter().map(|s| s.kg_co2e).sum::<f64>() + report.unnamed_kg + report.works_kg;
        assert!((parts / known - 1.0).abs() < 1e-9);
        assert!(report.primary_data_share > 0.0 && report.primary_data_share <= 0.5);
        let variance: f64 = report.suppliers.iter().map(|s| s.variance_share).sum();
        assert!((0.0..=1.0 + 1e-9).contains(&variance));
    }
}

#[test]
fn metered_energy_moves_the_sum_by_what_it_differs_from_the_models() {
    let mut programme = programme();
    programme.suppliers.iter_mut().for_each(|s| s.electricity_kwh = None);
    let silent = sum(&programme, &[]).production_kg;
    assert!((silent / WORLD.car.production_kg_co2e - 1.0).abs() < 1e-9);
    // The works that make cells: electricity as metered, no heat; twice as much of it moves the sum by its grid's footprint.
    let supply = programme.supplies.iter().position(|s| s.part == "cell" && s.product.is_none()).unwrap();
    let at = programme.supplies[supply].supplier;
    let per_year = 1e8;
    let with = |kwh: f64| {
        let mut metered = programme.clone();
        metered.suppliers[at].electricity_kwh = Some(kwh);
        sum(&metered, &[]).production_kg
    };
    let grid = WORLD.car.energy[&programme.suppliers[at].place].grid;
    let moved = with(2.0 * per_year) - with(per_year);
    assert!((moved / (per_year * grid / programme.head.cars_per_year) - 1.0).abs() < 1e-9, "{moved}");
}

#[test]
fn works_where_nothing_is_known_of_energy_are_named_and_not_counted_as_clean() {
    let programme = programme();
    let at = programme.suppliers.iter().position(|s| s.electricity_kwh.is_some_and(|kwh| kwh > 0.0)).unwrap();
    let supplier = &programme.suppliers[at];
    let mut car = WORLD.car.clone();
    car.energy.remove(&supplier.place);
    let codes = |place| WORLD.tables.places.code(place).to_owned();
    let error = roll_up(&WORLD.own, &codes, &programme, &car, &[]).unwrap_err();
    let SuppliersError::NotOpened { works, .. } = &error else { panic!("{error}") };
    assert!(programme.suppliers.iter().any(|s| s.id == *works && s.place == supplier.place), "{works}");
}

#[test]
fn a_plan_keeps_to_its_budget_its_targets_and_within_two_per_cent_of_its_bound() {
    let programme = programme();
    let plan = planned(&programme);
    assert!(plan.gap <= 0.02 && plan.abated_kg <= plan.bound_kg * (1.0 + 1e-6), "{} of {}", plan.abated_kg, plan.bound_kg);
    assert!(plan.meets_targets && plan.targets_within_reach);
    let (mut budget, mut spent) = (0.0, 0.0);
    for year in &plan.years {
        budget += year.budget_usd;
        spent += year.spent_usd;
        assert!(spent <= budget + 1.0, "{year:?}");
    }
    let mut seen: Vec<(&str, &str)> = plan.decisions.iter().map(|d| (d.measure.supplier.as_str(), d.measure.measure.as_str())).collect();
    seen.sort_unstable();
    let count = seen.len();
    seen.dedup();
    assert_eq!(seen.len(), count, "a measure is decided once");
    // A tight budget leaves pieces, which is where rounding costs.
    let mut poor = programme.clone();
    poor.budget.values_mut().for_each(|b| *b *= 0.05);
    poor.target.clear();
    let tight = planned(&poor);
    assert!(tight.gap <= 0.02 && tight.abated_kg < plan.abated_kg, "{}", tight.gap);
    // Beyond reach: the plan says so.
    let mut bold = programme.clone();
    bold.target.values_mut().for_each(|t| *t = 0.9);
    let missed = planned(&bold);
    assert!(!missed.meets_targets && !missed.targets_within_reach && missed.years.iter().any(|y| y.missed_kg > 0.0));
}

#[test]
fn a_plan_is_near_its_bound_whether_its_targets_are_easy_hard_or_out_of_reach() {
    let base = programme();
    for (money, bold) in [(0.3, 0.5), (1.0, 1.03), (1.0, 1.5), (2.0, 4.0)] {
        let mut changed = base.clone();
        changed.budget.values_mut().for_each(|b| *b *= money);
        changed.target.values_mut().for_each(|t| *t *= bold);
        let plan = planned(&changed);
        assert!(plan.gap <= 0.02, "gap {} at {money} of the budget and {bold} of the targets", plan.gap);
        assert!(plan.abated_kg <= plan.bound_kg * (1.0 + 1e-6), "{} of {} at {money}, {bold}", plan.abated_kg, plan.bound_kg);
        assert!(plan.meets_targets <= plan.targets_within_reach, "a plan cannot meet what the relaxation cannot");
        let spent: f64 = plan.years.iter().map(|y| y.spent_usd).sum();
        assert!(spent <= plan.years.iter().map(|y| y.budget_usd).sum::<f64>() + 1.0, "{spent} at {money}, {bold}");
    }
}

#[test]
fn without_its_top_supplier_the_plan_changes() {
    let programme = programme();
    let plan = planned(&programme);
    let mut by_supplier: std::collections::BTreeMap<&str, f64> = std::collections::BTreeMap::new();
    for decision in &plan.decisions {
        *by_supplier.entry(&decision.measure.supplier).or_default() += decision.measure.abated_kg_per_year;
    }
    let top = by_supplier.iter().max_by(|a, b| a.1.total_cmp(b.1)).unwrap().0.to_string();
    let left = planned(&programme.without(|s| programme.suppliers[s].id == top));
    assert!(left.decisions.iter().all(|d| d.measure.supplier != top));
    assert!(left.abated_kg < plan.abated_kg, "{} without {top}, {} with", left.abated_kg, plan.abated_kg);
    // The others do other things than before, and the new plan is as near its own bound.
    let of_others = |p: &Plan| -> Vec<(String, String, i32)> {
        let others = p.decisions.iter().filter(|d| d.measure.supplier != top);
        others.map(|d| (d.measure.supplier.clone(), d.measure.measure.clone(), d.year)).collect()
    };
    assert!(of_others(&left) != of_others(&plan) && left.gap <= 0.02, "{}", left.gap);
}

#[test]
fn measures_of_one_works_never_avoid_more_together_than_it_emits() {
    let programme = programme();
    let worth = minewheel_industry::suppliers::measures::worth(&WORLD.own, &programme, &WORLD.car).unwrap();
    let cars = programme.head.cars_per_year;
    // Without footprints: where a first tier has sent one, it holds what its own suppliers emit.
    for line in &sum(&programme, &[]).suppliers {
        let avoided: f64 = worth.iter().filter(|m| m.supplier == line.supplier).map(|m| m.abated_kg_per_year).sum();
        // A works without a figure of its own counts by the model's energy where it stands, which may be a dirtier grid.
        let most = cars * line.kg_co2e.max(line.modelled_kg_co2e);
        assert!(avoided <= 2.0 * most.max(1.0), "{}: {avoided} of {most}", line.supplier);
    }
}

#[test]
fn the_same_seed_makes_the_same_chain_and_another_seed_another() {
    let again = synthesise(&WORLD.tables, &WORLD.own, &WORLD.car, COUNT, 1).unwrap();
    assert_eq!(again.files, WORLD.files);
    assert_ne!(synthesise(&WORLD.tables, &WORLD.own, &WORLD.car, COUNT, 2).unwrap().files, WORLD.files);
    assert!(matches!(synthesise(&WORLD.tables, &WORLD.own, &WORLD.car, 0, 1), Err(SuppliersError::Count { .. })));
    assert_eq!(programme().suppliers.len(), COUNT);
}
