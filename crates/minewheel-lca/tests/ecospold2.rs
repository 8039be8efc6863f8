//! EcoSpold 2: what a system model becomes, what is left out, what is refused and with which words.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;
mod spold;

use minewheel_lca::database::{
    Activity, Allocation, Database, DatabaseBuilder, Direction, FlowKind, LinkOptions, OnConflict, ProductSystem, Providers, Uncertainty, Unlinked,
};
use minewheel_lca::formats::{Dropped, ImportError, ecospold2, method_table, olca, read_package};
use minewheel_lca::{Assembly, PreparedSolver, SolveOptions};
use packages::files;
use spold::{input, model, output, spold, unallocated};

fn read(list: Vec<(String, String)>) -> Result<(Database, Dropped), ImportError> {
    ecospold2::read(&mut files(list), DatabaseBuilder::new())
}

fn refused(list: Vec<(String, String)>) -> String {
    read(list).unwrap_err().to_string()
}

/// The impact of a unit of a process's product in the only method.
fn score(database: &Database, process: &str, product: &str, allocation: Allocation) -> f64 {
    let activity = Activity { process: database.process_by_id(process).unwrap(), product: database.flow_by_id(product).unwrap() };
    let options = LinkOptions { providers: Providers::PreferDefault, unlinked: Unlinked::Refuse, allocation, ..LinkOptions::default() };
    let system = ProductSystem::reached_from(database, &[(activity.process, Some(activity.product))], options).unwrap();
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let factors = assembly.category(&system.matrices.methods[0]);
    let demand = assembly.demand(&[(system.id_of(activity).unwrap(), 1.0)]).unwrap();
    let solver = PreparedSolver::new(&assembly.network, &factors, SolveOptions::default()).unwrap();
    demand.lines().iter().map(|line| line.amount * solver.base_scores()[line.column.index()]).sum()
}

const FACTORS: &str = "Method,Category,Indicator,Indicator Unit,Name,Compartment,Subcompartment,CF
Ours,climate,GWP100,kg CO2e,Carbon dioxide,Air,urban,1
Ours,climate,GWP100,kg CO2e,Methane,air,urban,28
";

fn with_method(list: Vec<(String, String)>) -> Database {
    let (database, _) = read(list).unwrap();
    method_table::read("m.csv", FACTORS.as_bytes(), DatabaseBuilder::onto(database, OnConflict::default())).unwrap().0
}

/// Steel: 1.6 + 0.5·power + 0.2·dump; power: 0.4 + 0.001·steel; dump, per kilogram treated: 0.01 + 0.1·power.
#[test]
fn a_system_model_is_solved_through_its_activity_links() {
    let database = with_method(model());
    let wanted = (1.6 + 0.5 * 0.4 + 0.2 * (0.01 + 0.1 * 0.4)) / (1.0 - 0.52 * 0.001);
    let found = score(&database, "steelmaking_steel", "steel", Allocation::AsDeclared);
    assert!((found - wanted).abs() < 1e-12 * wanted, "{found} {wanted}");
    let (dump, _) = database.each_process().find(|(_, p)| &*p.name == "dumping | slag").unwrap();
    assert_eq!(&*database.process(dump).id, "dumping_slag");
    assert_eq!(database.place(database.process(dump).location.unwrap()), "CN");
}

#[test]
fn a_product_that_is_made_in_negative_amounts_only_is_a_waste_whose_treatment_is_a_service() {
    let (database, _) = read(model()).unwrap();
    let slag = database.flow_by_id("slag").unwrap();
    assert_eq!(database.flow(slag).kind, FlowKind::Waste);
    let steel = database.process(database.process_by_id("steelmaking_steel").unwrap());
    let exchange = steel.exchanges.iter().find(|e| e.flow == slag).unwrap();
    assert_eq!((exchange.amount, exchange.direction), (0.2, Direction::Output));
    let dump = database.process(database.process_by_id("dumping_slag").unwrap());
    assert_eq!((dump.exchanges[0].amount, dump.exchanges[0].direction, dump.reference), (1.0, Direction::Input, Some(0)));
    assert_eq!(exchange.provider, database.process_by_id("dumping_slag"));
}

#[test]
fn distributions_lie_around_the_amount_with_the_variance_of_the_pedigree() {
    let (database, dropped) = read(model()).unwrap();
    let power = database.process(database.process_by_id("generation_power").unwrap());
    let of = |flow: &str| power.exchanges.iter().find(|e| e.flow == database.flow_by_id(flow).unwrap()).unwrap();
    let Uncertainty::Lognormal { geometric_mean, geometric_deviation } = of("co2").uncertainty else { panic!("{:?}", of("co2")) };
    assert!((geometric_mean - 0.4).abs() < 1e-15 && (geometric_deviation - 0.2_f64.exp()).abs() < 1e-12);
    assert_eq!((of("co2").quality.as_deref(), of("co2").base_uncertainty), (Some("(1;2;3;4;5)"), Some(0.1_f64.exp())));
    assert_eq!(of("steel").uncertainty, Uncertainty::Triangular { low: 0.0005, mode: 0.001, high: 0.002 });
    let dump = database.process(database.process_by_id("dumping_slag").unwrap());
    assert_eq!(dump.exchanges[1].uncertainty, Uncertainty::Normal { mean: 0.1, deviation: 0.02 });
    assert_eq!(dump.exchanges[2].uncertainty, Uncertainty::Uniform { low: 0.0, high: 0.02 });
    assert_eq!(dropped.get("distributions without spread, or that their amount does not fit"), Some(&1), "{dropped:?}");
    assert_eq!(dropped.get("time periods"), Some(&3));
    let endless = model()
        .into_iter()
        .map(|(n, t)| (n, t.replace("variance=\"0.01\" varianceWithPedigreeUncertainty=\"0.04\"", "variance=\"Infinity\"")))
        .collect();
    let (_, dropped) = read(endless).unwrap();
    assert_eq!(dropped.get("distributions without spread, or that their amount does not fit"), Some(&2), "{dropped:?}");
}

#[test]
fn a_beta_distribution_is_a_pert_and_openlca_has_none() {
    let as_beta = |text: String| text.replace("<triangular minValue", "<beta minValue").replace("mostLikelyValue", "mostFrequentValue");
    let (database, _) = read(model().into_iter().map(|(name, text)| (name, as_beta(text))).collect()).unwrap();
    let power = database.process(database.process_by_id("generation_power").unwrap());
    let steel = power.exchanges.iter().find(|e| e.flow == database.flow_by_id("steel").unwrap()).unwrap();
    assert_eq!(steel.uncertainty, Uncertainty::Pert { low: 0.0005, mode: 0.001, high: 0.002 });
    let dropped = olca::write(&database, &mut |_, _| Ok::<_, ()>(())).unwrap();
    assert_eq!(dropped.get("uncertainty: PERT distributions, written as triangular ones"), Some(&1), "{dropped:?}");
    let gamma = |text: String| text.replace("<triangular minValue", "<gamma shape=\"2\" scale=\"1\" minValue");
    let (_, dropped) = read(model().into_iter().map(|(name, text)| (name, gamma(text))).collect()).unwrap();
    assert_eq!(dropped.get("gamma and binomial distributions"), Some(&1), "{dropped:?}");
}

#[test]
fn formulas_are_kept_where_they_yield_the_amount_beside_them() {
    let (database, dropped) = read(model()).unwrap();
    let dump = database.process(database.process_by_id("dumping_slag").unwrap());
    assert_eq!(dump.exchanges[1].formula.as_deref(), Some("work"));
    let named: Vec<_> = dump.parameters.iter().map(|p| (&*p.name, p.value, p.formula.as_deref())).collect();
    assert_eq!(named, [("work", 0.1, Some("losses * 2")), ("losses", 0.05, None), ("wrong", 7.0, None)]);
    assert_eq!(dropped.get("formulas that do not yield the amount beside them"), Some(&1), "{dropped:?}");
    let circle = model().into_iter().map(|(n, t)| (n, t.replace("amount=\"0.05\"", "amount=\"0.05\" mathematicalRelation=\"work / 2\""))).collect();
    assert!(refused(circle).contains("depend on each other in a circle"));
}

/// Heat 3 at 0.10 and power 1 at 0.30 earn alike; by dry mass all goes to power.
#[test]
fn an_activity_that_is_not_allocated_shares_by_price_unless_asked_otherwise() {
    let database = with_method(vec![unallocated()]);
    let heat = |allocation| score(&database, "boiler", "heat", allocation);
    assert!((heat(Allocation::AsDeclared) - 0.28 / 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(heat(Allocation::Physical), 0.0);
    let text = unallocated().1.replace("price", "worth");
    let (database, _) = read(vec![("b.spold".to_owned(), text)]).unwrap();
    assert_eq!(database.processes()[0].default_allocation, None);
}

#[test]
fn a_unit_of_the_same_dimension_is_converted_and_another_one_is_refused() {
    let other = |unit: &str| vec![("a.spold".to_owned(), spold("a", "a", &[output("steel", 1.0, "kg", ""), input("steel", 20.0, unit, "", "")]))];
    let (database, _) = read(other("g")).unwrap();
    assert_eq!(database.processes()[0].exchanges[1].amount, 0.02);
    assert!(refused(other("MJ")).contains("`steel` is given in MJ of Mass, which does not measure it; its reference unit is kg"));
}

#[test]
fn links_to_data_sets_that_are_not_there_are_counted_and_resolved_when_the_database_has_them() {
    let mut list = model();
    let power = list.remove(1);
    let (half, dropped) = read(list.clone()).unwrap();
    assert_eq!(dropped.get("activity links to data sets that are not there"), Some(&2), "{dropped:?}");
    assert_eq!(half.processes().iter().flat_map(|p| &p.exchanges).filter(|e| e.provider.is_some()).count(), 1);
    let (power, _) = read(vec![power]).unwrap();
    let (both, dropped) = ecospold2::read(&mut files(list), DatabaseBuilder::onto(power, OnConflict::default())).unwrap();
    assert_eq!(dropped.get("activity links to data sets that are not there"), None);
    assert_eq!(both.processes().iter().flat_map(|p| &p.exchanges).filter(|e| e.provider.is_some()).count(), 3);
}

#[test]
fn what_is_read_goes_through_an_openlca_package_unchanged() {
    let database = with_method(model());
    let mut written = Vec::new();
    olca::write(&database, &mut |name, bytes| {
        written.push((name.to_owned(), String::from_utf8(bytes).unwrap()));
        Ok::<_, ()>(())
    })
    .unwrap();
    let (again, _) = read_package(&mut files(written), DatabaseBuilder::new()).unwrap();
    let wanted = score(&database, "steelmaking_steel", "steel", Allocation::AsDeclared);
    assert_eq!(score(&again, "steelmaking_steel", "steel", Allocation::AsDeclared), wanted);
}

#[test]
fn a_data_set_that_lacks_something_is_named() {
    let with = |from: &str, to: &str| model().into_iter().map(|(n, t)| (n, t.replacen(from, to, 1))).collect::<Vec<_>>();
    for (from, to, word) in [
        ("amount=\"1.6\"", "amount=\"1.6 kg\"", "`steel.spold` is no data set: at byte"),
        ("amount=\"1.6\"", "amount=\"1.6 kg\"", "`amount` is `1.6 kg`, wanted a finite number"),
        ("amount=\"1.6\"", "amount=\"inf\"", "wanted a finite number"),
        ("<outputGroup>0<", "<outputGroup>zero<", "`outputGroup` is `zero`"),
        (" id=\"steelmaking\"", "", "an `activity` wants an `id`"),
        ("elementaryExchangeId=\"co2\"", "", "an exchange wants `elementaryExchangeId`"),
        ("<unitName>kg</unitName>", "", "wants a `name` and a `unitName`"),
        ("activityDataset>", "activity>", "at byte"),
        ("elementaryExchangeId=\"co2\"", "elementaryExchangeId=\"steel\"", "either elementary or intermediate"),
    ] {
        let message = refused(with(from, to));
        assert!(message.contains(word), "{from}: {message}");
    }
    let mut twice = model();
    twice.push(("z.spold".to_owned(), twice[0].1.clone()));
    assert!(refused(twice).contains("the process `steelmaking_steel` is given twice"));
    assert!(refused(vec![("a.xml".to_owned(), String::new())]).contains("it is no EcoSpold 2 package"));
    assert!(refused(vec![("a.spold".to_owned(), "<ecoSpold/>".to_owned())]).contains("no `activityDataset`"));
    assert!(refused(vec![("a.spold".to_owned(), "<a>".repeat(100_000))]).contains("nested more than 128 deep"));
    let whole = &model()[0].1;
    for length in (0..whole.len()).step_by(61) {
        assert!(read(vec![("a.spold".to_owned(), whole[..length].to_owned())]).is_err(), "{length}");
    }
}

#[test]
fn a_table_of_factors_names_the_lines_that_are_none() {
    let (database, _) = read(model()).unwrap();
    let table = |text: &str| method_table::read("m.csv", text.as_bytes(), DatabaseBuilder::onto(database.clone(), OnConflict::default()));
    let (found, dropped) = table(&format!("{FACTORS}Ours,climate,GWP100,kg CO2e,Nobody,air,urban,3\n")).unwrap();
    assert_eq!(found.categories()[0].factors.len(), 1);
    assert_eq!(dropped.get("factors of flows that the database lacks"), Some(&2));
    let by_id = "method;category;factor;flow_id;flow_unit\nM;c;0.001;co2;g\n";
    let (found, _) = table(by_id).unwrap();
    assert!((found.categories()[0].factors[0].value - 1.0).abs() < 1e-12);
    for (text, word) in [
        ("method,category,factor\n", "neither a column `flow_id` nor a column `name`"),
        ("method,factor,name\n", "there is no column `category`"),
        ("method,category,factor,name\n", "it has no rows"),
        ("method,category,factor,flow_id\nM,c,one,co2\n", "line 2: the factor is `one`"),
        ("method,category,factor,flow_id\nM,c,1,co2\nM,c,2,co2\n", "line 3: `Carbon dioxide` has two factors in `c`"),
        ("method,category,factor,flow_id,flow_unit\nM,c,1,co2,MJ\n", "for MJ; the database has the flow in kg"),
    ] {
        let message = table(text).unwrap_err().to_string();
        assert!(message.contains(word), "{text}: {message}");
    }
}
