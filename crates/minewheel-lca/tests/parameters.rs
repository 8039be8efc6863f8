//! Uncertain parameters in draws: everything that calls them moves together, as its formula says.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;

use minewheel_lca::database::{Database, LinkOptions, ProductSystem};
use minewheel_lca::{
    Assembly, CorrelationError, Correlations, DrawError, KeyedDraws, Moments, ParameterDraws, PreparedSolver, SolveError, SolveOptions, monte_carlo,
    parse_correlations, sobol, stable_key,
};
use packages::{REFERENCE, exchange, process};

const UNIFORM: &str = r#","uncertainty":{"distributionType":"UNIFORM_DISTRIBUTION","minimum":0.2,"maximum":0.8}"#;

fn parameter(name: &str, more: &str) -> (String, String) {
    let text = format!(r#"{{"@id":"{name}","name":"{name}","isInputParameter":true,"value":0.5,"parameterScope":"GLOBAL_SCOPE"{more}}}"#);
    (format!("parameters/{name}.json"), text)
}

/// Steel takes `power` kilowatt-hours at 0.4 kg and emits `co2` kilograms of CO2, both by formula; `share` and `other` are uniform from 0.2 to 0.8.
fn model(power: &str, co2: &str, more: &str) -> Vec<(String, String)> {
    let mut files = packages::good();
    files.retain(|(name, _)| !name.starts_with("processes/"));
    files.push(parameter("Share", UNIFORM));
    files.push(parameter("other", UNIFORM));
    let formula = |text: &str| format!(r#","amountFormula":"{text}""#);
    files.push(process(
        "making-steel",
        more,
        &[
            exchange("steel", false, 1.0, "kg", "mass", REFERENCE),
            exchange("electricity", true, 0.5, "kWh", "energy", &formula(power)),
            exchange("co2", false, 1.0, "kg", "mass", &formula(co2)),
        ],
    ));
    files.push(process(
        "grid",
        "",
        &[exchange("electricity", false, 1.0, "kWh", "energy", REFERENCE), exchange("co2", false, 0.4, "kg", "mass", "")],
    ));
    files
}

fn database(files: Vec<(String, String)>) -> Database {
    packages::read(files).unwrap().0
}

fn draw(database: &Database, root: &str, pairs: &str, draws: std::ops::Range<u64>) -> Result<Vec<f64>, DrawError> {
    let root = (database.process_by_id(root).unwrap(), None);
    let system = ProductSystem::reached_from(database, &[root], LinkOptions::default()).unwrap();
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let category = assembly.category(&system.matrices.methods[0]);
    let demand = assembly.demand(&[(1, 1.0)]).unwrap();
    let column = demand.lines()[0].column.index();
    let correlations = Correlations::new(&system.dependents, &parse_correlations(pairs).unwrap()).unwrap();
    let sampler = ParameterDraws::new(&assembly, &assembly, &system.dependents, correlations);
    let solver = PreparedSolver::new(&assembly.network, &category, SolveOptions::default()).unwrap();
    monte_carlo(&solver, &sampler, 7, draws, |draw| draw.scores[column])
}

const NONE: &str = "first,second,correlation\n";

/// T = 2.4·share: uniform from 0.48 to 1.92, standard deviation 2.4·0.6/√12 = 0.4157; three standard errors of 5,000 draws are 0.018.
#[test]
fn the_mean_of_a_linear_case_is_the_analytic_one() {
    let sample = draw(&database(model("Share", "2*share", "")), "making-steel", NONE, 0..5_000).unwrap();
    let moments = Moments::of(&sample).unwrap();
    assert!((moments.mean - 1.2).abs() < 0.018 && (moments.standard_deviation() - 0.4157).abs() < 0.012, "{moments:?}");
    assert!(sample.iter().all(|t| (0.48..=1.92).contains(t)) && sample.iter().any(|t| *t < 0.5) && sample.iter().any(|t| *t > 1.9));
}

#[test]
fn draws_of_parameters_have_the_same_bits_on_any_number_of_threads_and_alone() {
    let database = database(model("Share*other", "2*share", ""));
    let on = |threads: usize, draws| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| draw(&database, "making-steel", NONE, draws).unwrap().iter().map(|v| v.to_bits()).collect::<Vec<_>>())
    };
    let one = on(1, 0..64);
    assert_eq!(one, on(2, 0..64));
    assert_eq!(one[9], on(2, 9..10)[0]);
}

/// With correlation ρ of the normal scores, uniform numbers have (6/π)·asin(ρ/2); T = share + other, with the grid left out.
#[test]
fn correlated_parameters_widen_their_sum_and_opposed_ones_cancel() {
    let database = database(model("0*share", "share+other", ""));
    let deviation = |rho: f64| {
        let sample = draw(&database, "making-steel", &format!("{NONE}share,other,{rho}\n"), 0..5_000).unwrap();
        Moments::of(&sample).unwrap().standard_deviation()
    };
    for rho in [0.9_f64, 0.0, -0.9] {
        let pearson = 6.0 / std::f64::consts::PI * (rho / 2.0).asin();
        let wanted = (2.0 * (1.0 + pearson)).sqrt() * 0.6 / 12.0_f64.sqrt();
        assert!((deviation(rho) / wanted - 1.0).abs() < 0.04, "{rho}: {} {wanted}", deviation(rho));
    }
}

#[test]
fn a_parameter_of_the_process_hides_the_global_one_and_what_follows_it_follows() {
    let own = r#","parameters":[{"name":"share","isInputParameter":true,"value":0.5,"parameterScope":"PROCESS_SCOPE"},
        {"name":"twice","isInputParameter":false,"formula":"2*other","parameterScope":"PROCESS_SCOPE"}]"#;
    let sample = draw(&database(model("Share", "2*share", own)), "making-steel", NONE, 0..20).unwrap();
    assert!(sample.iter().all(|t| (t - 1.2).abs() < 1e-12), "{sample:?}");
    let sample = draw(&database(model("twice", "twice", own)), "making-steel", NONE, 0..400).unwrap();
    assert!(sample.iter().all(|t| (0.56..=2.24).contains(t)) && sample.iter().any(|t| (t - 1.4).abs() > 0.3));
}

/// CO2 states 0.9 to 1.1 of itself, so its formula does not move it; electricity follows.
#[test]
fn a_distribution_of_the_exchange_goes_before_its_formula() {
    let mut files = model("share", "2*share", "");
    let stated = r#""amountFormula":"2*share","uncertainty":{"distributionType":"UNIFORM_DISTRIBUTION","minimum":0.9,"maximum":1.1}"#;
    for (_, text) in files.iter_mut().filter(|(name, _)| name == "processes/making-steel.json") {
        *text = text.replace(r#""amountFormula":"2*share""#, stated);
    }
    let sample = draw(&database(files), "making-steel", NONE, 0..400).unwrap();
    assert!(sample.iter().all(|t| (0.98..=1.42).contains(t)), "{sample:?}");
}

/// Heat and power share methane by `share` to 1 − `share`; per kilowatt-hour of power 0.3·(1 − share).
#[test]
fn shares_of_co_products_follow_their_formulas() {
    let mut files = packages::good();
    files.push(parameter("Share", UNIFORM));
    for (_, text) in files.iter_mut().filter(|(name, _)| name == "processes/boiler.json") {
        *text = text.replace(r#""value":0.75"#, r#""value":0.5,"formula":"share""#).replace(r#""value":0.25"#, r#""value":0.5,"formula":"1-share""#);
    }
    let database = database(files);
    let root = (database.process_by_id("boiler").unwrap(), database.flow_by_id("power"));
    let system = ProductSystem::reached_from(&database, &[root], LinkOptions::default()).unwrap();
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let category = assembly.category(&system.matrices.methods[0]);
    let solver = PreparedSolver::new(&assembly.network, &category, SolveOptions::default()).unwrap();
    let sampler = ParameterDraws::new(&assembly, &assembly, &system.dependents, Correlations::default());
    let sample = monte_carlo(&solver, &sampler, 1, 0..4000, |draw| draw.scores[0]).unwrap();
    let moments = Moments::of(&sample).unwrap();
    assert!((moments.mean - 0.15).abs() < 0.003 && (moments.standard_deviation() - 0.3 * 0.6 / 12.0_f64.sqrt()).abs() < 0.002, "{moments:?}");
}

#[test]
fn characterisation_factors_follow_their_formulas() {
    let mut files = model("0*share", "1", "");
    for (_, text) in files.iter_mut().filter(|(name, _)| name == "lcia_categories/gwp.json") {
        *text = text.replace(r#""value":1.0"#, r#""value":1.0,"formula":"2*share""#);
    }
    let sample = draw(&database(files), "making-steel", NONE, 0..400).unwrap();
    assert!(sample.iter().all(|t| (0.4..=1.6).contains(t)) && sample.iter().any(|t| (t - 1.0).abs() > 0.4), "{sample:?}");
}

#[test]
fn a_formula_without_a_value_in_a_draw_is_named() {
    let error = draw(&database(model("sqrt(share-0.3)", "1", "")), "making-steel", NONE, 0..200).unwrap_err();
    assert!(matches!(error.source, SolveError::Formula { .. }), "{error}");
    assert!(error.to_string().contains("`sqrt(share-0.3)` of `making-steel`: it yields NaN"), "{error}");
}

/// T = 2·share + 0.4·other: (2² · 1) to (0.4² · 1) of the variance.
#[test]
fn indices_of_sobol_are_those_of_the_parameters() {
    let database = database(model("other", "2*share", ""));
    let root = (database.process_by_id("making-steel").unwrap(), None);
    let system = ProductSystem::reached_from(&database, &[root], LinkOptions::default()).unwrap();
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let category = assembly.category(&system.matrices.methods[0]);
    let solver = PreparedSolver::new(&assembly.network, &category, SolveOptions::default()).unwrap();
    let sampler = ParameterDraws::new(&assembly, &assembly, &system.dependents, Correlations::default());
    let first = sampler.first_parameter();
    let at = |name: &str| first + system.dependents.inputs().iter().position(|i| &*i.name == name).unwrap();
    let found = sobol(&solver, &sampler, 1, 4000, &[vec![at("share")], vec![at("other")]], |scores| scores[0]).unwrap().unwrap();
    assert!((found.groups[0].first - 4.0 / 4.16).abs() < 0.05 && (found.groups[1].total - 0.16 / 4.16).abs() < 0.02, "{found:?}");
}

#[test]
fn a_parameter_has_the_same_draw_in_another_database_that_has_it() {
    let one = database(model("share", "2*share", ""));
    let mut files = model("share", "2*share", "");
    files.push(parameter("another", UNIFORM));
    let two = database(files);
    assert_eq!(draw(&one, "making-steel", NONE, 0..20).unwrap(), draw(&two, "making-steel", NONE, 0..20).unwrap());
    // By key or by place of the entries: parameters take words of their own.
    let root = (one.process_by_id("making-steel").unwrap(), None);
    let system = ProductSystem::reached_from(&one, &[root], LinkOptions::default()).unwrap();
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let category = assembly.category(&system.matrices.methods[0]);
    let solver = PreparedSolver::new(&assembly.network, &category, SolveOptions::default()).unwrap();
    let keyed = KeyedDraws::new(&assembly, |entry| stable_key(&[&entry.row.to_string()]));
    let sampler = ParameterDraws::new(&keyed, &assembly, &system.dependents, Correlations::default());
    let sample = monte_carlo(&solver, &sampler, 7, 0..20, |draw| draw.scores[0]).unwrap();
    assert_eq!(sample, draw(&one, "making-steel", NONE, 0..20).unwrap());
}

#[test]
fn correlations_that_cannot_be_are_named() {
    let database = database(model("Share", "other", ""));
    let system = ProductSystem::whole(&database, LinkOptions::default()).unwrap();
    let of = |rows: &str| Correlations::new(&system.dependents, &parse_correlations(&format!("{NONE}{rows}")).unwrap()).unwrap_err();
    assert!(of("share,othr,0.1\n").to_string().contains("`othr` is no uncertain parameter of this system; there are"));
    assert!(matches!(of("share,other,1.2\n"), CorrelationError::Range { .. }));
    assert!(matches!(of("share,other,0.2\nother,share,0.2\n"), CorrelationError::Twice { .. }));
    assert!(matches!(of("share,share,0.2\n"), CorrelationError::Twice { .. }));
    assert!(matches!(of("share,other,1\n"), CorrelationError::Impossible { .. }));
    assert!(matches!(parse_correlations("a,b\n"), Err(CorrelationError::Line { line: 1, .. })));
    assert!(matches!(parse_correlations(&format!("{NONE}a,b,much\n")), Err(CorrelationError::Line { line: 2, .. })));
}
