//! From a database to matrices: links, co-products, waste, credits, units, regional factors; results worked by hand.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;

use minewheel_lca::database::{
    Allocation, Database, LinkOptions, Pedigree, PedigreeMatrix, ProductSystem, Providers, SystemError, Unlinked, candidates, survey,
};
use minewheel_lca::formats::olca;
use minewheel_lca::{Assembly, EntryUncertainty, adjoint, column_contributions, direct_scores, flow_contributions, forward};
use packages::{REFERENCE, database, exchange, good, process, read, spoilt};

/// The impact of an amount of a process's product in the first category.
fn score(database: &Database, process: &str, amount: f64, options: LinkOptions) -> Result<f64, SystemError> {
    let root = database.process_by_id(process).unwrap();
    let system = ProductSystem::reached_from(database, &[(root, None)], options)?;
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let category = assembly.category(&system.matrices.methods[0]);
    let scores = adjoint(&assembly.network, &direct_scores(&assembly.network, &category)).unwrap();
    Ok(scores.total(&assembly.demand(&[(1, amount)]).unwrap()).unwrap())
}

fn close(seen: f64, wanted: f64) {
    assert!((seen - wanted).abs() <= 1e-12 * wanted.abs(), "{seen}, wanted {wanted}");
}

/// steel = 1.6 + 0.5·grid + 0.2·dump, grid = 0.4 + 0.001·steel, dump = 0.01 + 0.1·grid.
fn steel_by_hand(grid: f64) -> f64 {
    let dump = |grid: f64| 0.01 + 0.1 * grid;
    // steel·(1 − (0.5 + 0.02)·0.001) = 1.6 + 0.5·g + 0.2·dump(g)
    (1.6 + 0.5 * grid + 0.2 * dump(grid)) / (1.0 - 0.52 * 0.001)
}

#[test]
fn a_loop_with_waste_treatment_units_and_a_formula_is_solved_as_by_hand() {
    close(score(&database(), "making-steel", 2.0, LinkOptions::default()).unwrap(), 2.0 * steel_by_hand(0.4));
}

#[test]
fn co_products_share_by_factors_by_a_property_or_not_at_all() {
    let database = database();
    let by = |allocation| score(&database, "boiler", 3.0, LinkOptions { allocation, ..LinkOptions::default() });
    // 10 g of methane at 30: 0.3 for 3 kWh of heat and 1 kWh of power.
    close(by(Allocation::AsDeclared).unwrap(), 0.75 * 0.3);
    close(by(Allocation::Physical).unwrap(), 0.75 * 0.3);
    close(by(Allocation::ReferenceOnly).unwrap(), 0.3);
    let energy = database.property_by_name("energy").unwrap();
    close(by(Allocation::Property(energy)).unwrap(), 0.3 * 3.0 / 4.0);
    let message = by(Allocation::Economic).unwrap_err().to_string();
    assert!(message.contains("`boiler` has no economic allocation factor for `heat`"), "{message}");
    let price = database.property_by_name("Price").unwrap();
    let message = by(Allocation::Property(price)).unwrap_err().to_string();
    assert!(message.contains("`power` of `boiler` is not measured in Price"), "{message}");
}

#[test]
fn shares_that_do_not_sum_to_one_or_are_not_declared_are_refused() {
    let (short, _) = read(spoilt("processes/boiler.json", r#""value":0.25"#, r#""value":0.15"#)).unwrap();
    let message = score(&short, "boiler", 1.0, LinkOptions::default()).unwrap_err().to_string();
    assert!(message.contains("sum to 0.9"), "{message}");
    let (silent, _) = read(spoilt("processes/boiler.json", r#""defaultAllocationMethod":"PHYSICAL_ALLOCATION","#, "")).unwrap();
    let message = score(&silent, "boiler", 1.0, LinkOptions::default()).unwrap_err().to_string();
    assert!(message.contains("`boiler` makes 2 products and declares no allocation"), "{message}");
    // A process that is not reached needs no allocation.
    close(score(&silent, "making-steel", 1.0, LinkOptions::default()).unwrap(), steel_by_hand(0.4));
}

/// Methane goes to heat, ore to power.
#[test]
fn causal_factors_share_exchange_by_exchange() {
    let factor = |product: &str, exchange: u32, value: f64| {
        format!(r#"{{"allocationType":"CAUSAL_ALLOCATION","product":{{"@id":"{product}"}},"exchange":{{"internalId":{exchange}}},"value":{value}}}"#)
    };
    let factors = [factor("heat", 3, 1.0), factor("power", 3, 0.0), factor("heat", 4, 0.2), factor("power", 4, 0.8)].join(",");
    let (database, _) = read(spoilt("processes/boiler.json", r#""allocationFactors":["#, &format!(r#""allocationFactors":[{factors},"#))).unwrap();
    let causal = LinkOptions { allocation: Allocation::Causal, ..LinkOptions::default() };
    close(score(&database, "boiler", 3.0, causal).unwrap(), 0.3);
    let boiler = database.process_by_id("boiler").unwrap();
    let power = database.flow_by_id("power").unwrap();
    let system = ProductSystem::reached_from(&database, &[(boiler, Some(power))], causal).unwrap();
    let ore: Vec<f64> = system.matrices.biosphere.iter().map(|e| e.amount).collect();
    assert_eq!(ore, [0.8 * 0.5]);
}

/// A second grid, twice as dirty and without loop.
fn two_grids(more: &str) -> Database {
    let mut list = good();
    let dirty = [exchange("electricity", false, 1.0, "kWh", "energy", REFERENCE), exchange("co2", false, 0.8, "kg", "mass", "")];
    list.push(process("dirty-grid", "", &dirty));
    list.push(process(
        "user",
        "",
        &[exchange("power", false, 1.0, "kWh", "energy", REFERENCE), exchange("electricity", true, 1.0, "kWh", "energy", more)],
    ));
    read(list).unwrap().0
}

#[test]
fn several_makers_without_a_default_are_never_chosen_among_in_silence() {
    let database = two_grids("");
    let with = |providers, unlinked| score(&database, "user", 1.0, LinkOptions { providers, unlinked, ..LinkOptions::default() });
    let Err(SystemError::Unlinked { inputs }) = with(Providers::PreferDefault, Unlinked::Refuse) else { panic!("linked") };
    assert_eq!((inputs.len(), inputs[0].makers, inputs[0].uses), (1, 2, 1));
    let near = candidates(&database, inputs[0].flow, Allocation::AsDeclared, 5);
    assert_eq!(near.iter().map(|c| &*database.process(c.process).id).collect::<Vec<_>>(), ["dirty-grid", "grid"]);
    close(with(Providers::PreferDefault, Unlinked::CutOff).unwrap() + 1.0, 1.0);
    // The makers share evenly. Grid's own steel takes electricity by its default provider; slag's treatment has none, so it takes a market too.
    let market = with(Providers::Market, Unlinked::Refuse).unwrap();
    let steel = |grid: f64| {
        let dump = |grid: f64| 0.01 + 0.1 * (0.5 * grid + 0.5 * 0.8);
        1.6 + 0.5 * grid + 0.2 * dump(grid)
    };
    let mut grid = 0.4;
    for _ in 0..60 {
        grid = 0.4 + 0.001 * steel(grid);
    }
    close(market, 0.5 * grid + 0.5 * 0.8);
}

#[test]
fn a_default_provider_is_kept_under_every_rule() {
    let database = two_grids(r#","defaultProvider":{"@id":"dirty-grid"}"#);
    for providers in [Providers::Only, Providers::PreferDefault, Providers::Market] {
        close(score(&database, "user", 1.0, LinkOptions { providers, ..LinkOptions::default() }).unwrap(), 0.8);
    }
}

#[test]
fn only_default_providers_count_where_only_they_are_asked_for() {
    let only = LinkOptions { providers: Providers::Only, ..LinkOptions::default() };
    let Err(SystemError::Unlinked { inputs }) = score(&database(), "making-steel", 1.0, only) else { panic!("linked") };
    let database = database();
    let names: Vec<_> = inputs.iter().map(|i| &*database.flow(i.flow).name).collect();
    // Slag has a treatment and steel a maker, but nobody named them.
    assert_eq!(names, ["slag", "steel"]);
    let (counts, unlinked) = survey(&database, only);
    assert_eq!((counts.default, counts.sole, counts.market, counts.unlinked, unlinked.len()), (1, 0, 0, 3, 3));
    let (counts, unlinked) = survey(&database, LinkOptions::default());
    assert_eq!((counts.default, counts.sole, counts.market, counts.unlinked, unlinked.len()), (1, 3, 0, 0, 0));
}

#[test]
fn a_default_provider_that_makes_something_else_is_not_replaced() {
    let (database, _) =
        read(spoilt("processes/making-steel.json", r#""defaultProvider":{"@id":"grid"}"#, r#""defaultProvider":{"@id":"dump"}"#)).unwrap();
    let Err(SystemError::Unlinked { inputs }) = score(&database, "making-steel", 1.0, LinkOptions::default()) else { panic!("linked") };
    assert_eq!(&*database.flow(inputs[0].flow).name, "electricity");
}

#[test]
fn names_alike_are_offered_for_what_nobody_makes() {
    let mut list = good();
    let (name, text) = list.iter().find(|(name, _)| name == "flows/electricity.json").unwrap().clone();
    list.push((
        name.replace("electricity", "old"),
        text.replace(r#""@id":"electricity","name":"electricity""#, r#""@id":"old","name":"CUTOFF Electricity""#),
    ));
    list.push(process("user", "", &[exchange("power", false, 1.0, "kWh", "energy", REFERENCE), exchange("old", true, 1.0, "kWh", "energy", "")]));
    let (database, _) = read(list).unwrap();
    let near = candidates(&database, database.flow_by_id("old").unwrap(), Allocation::AsDeclared, 3);
    assert_eq!(&*database.process(near[0].process).id, "grid");
    assert!((near[0].likeness - 1.0).abs() < 1e-12);
}

#[test]
fn an_avoided_product_is_a_credit() {
    let mut list = good();
    let avoided = exchange("electricity", true, 2.0, "kWh", "energy", r#","isAvoidedProduct":true"#);
    list.push(process(
        "burner",
        "",
        &[exchange("power", false, 1.0, "kWh", "energy", REFERENCE), avoided, exchange("co2", false, 1.0, "kg", "mass", "")],
    ));
    let (database, _) = read(list).unwrap();
    let grid = score(&database, "grid", 1.0, LinkOptions::default()).unwrap();
    close(score(&database, "burner", 1.0, LinkOptions::default()).unwrap(), 1.0 - 2.0 * grid);
}

#[test]
fn factors_of_a_place_hold_there_and_the_general_one_elsewhere() {
    let here = r#"{"flow":{"@id":"co2"},"unit":{"@id":"kg"},"value":5.0,"location":{"@id":"cn"}},{"flow":{"#;
    let (database, _) = read(spoilt("lcia_categories/gwp.json", r#"{"flow":{"#, here)).unwrap();
    close(score(&database, "dump", 1.0, LinkOptions::default()).unwrap(), 5.0 * (0.01 + 0.1 * (0.4 + 0.001 * steel_by_hand(0.4))));
    let mut list = spoilt("lcia_categories/gwp.json", r#"{"flow":{"#, here);
    for (_, text) in list.iter_mut().filter(|(name, _)| name == "processes/dump.json") {
        *text = text.replace(r#""location":{"@id":"cn"},"#, "");
    }
    let (elsewhere, _) = read(list).unwrap();
    // One treatment causes 0.1 kWh, that 0.1 g of steel and half as much electricity again, and that steel 0.02 g of slag.
    let treated = 1.0 / (1.0 - 0.2 * 1e-4 / (1.0 - 0.5e-3));
    close(
        score(&elsewhere, "dump", 1.0, LinkOptions::default()).unwrap(),
        score(&database, "dump", 1.0, LinkOptions::default()).unwrap() - 4.0 * 0.01 * treated,
    );
}

#[test]
fn contributions_of_processes_and_of_flows_sum_to_the_score() {
    let database = database();
    let system = ProductSystem::whole(&database, LinkOptions::default()).unwrap();
    assert_eq!(system.activities.len(), 5);
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let category = assembly.category(&system.matrices.methods[0]);
    let direct = direct_scores(&assembly.network, &category);
    let demand = assembly.demand(&[(1, 3.0), (2, -1.0), (3, 2.0)]).unwrap();
    let activity = forward(&assembly.network, &demand).unwrap();
    let score = adjoint(&assembly.network, &direct).unwrap().total(&demand).unwrap();
    close(column_contributions(&direct, &activity).iter().sum(), score);
    close(flow_contributions(&assembly.network, &category, &activity).iter().map(|f| f.impact).sum(), score);
}

#[test]
fn a_distribution_is_carried_over_in_the_units_and_signs_of_the_matrix() {
    let database = database();
    let grid = database.process_by_id("grid").unwrap();
    let system = ProductSystem::reached_from(&database, &[(grid, None)], LinkOptions::default()).unwrap();
    let uncertain: Vec<_> = system.matrices.biosphere.iter().filter(|e| e.uncertainty != EntryUncertainty::Exact).collect();
    assert_eq!(uncertain.len(), 1);
    close(uncertain[0].at(0.5), 0.4);
    // One geometric deviation above the median: Φ(1).
    assert!((uncertain[0].at(0.841_344_746_068_542_9) / 0.4 - 1.2).abs() < 1e-9);
}

#[test]
fn a_process_without_a_product_cannot_be_asked_for() {
    let mut list = good();
    list.push(process("idle", "", &[exchange("co2", false, 1.0, "kg", "mass", "")]));
    let (database, _) = read(list).unwrap();
    assert_eq!(score(&database, "idle", 1.0, LinkOptions::default()).unwrap_err().to_string(), "the process `idle` has no product");
    let nothing = spoilt("processes/dump.json", r#""amount":1,"#, r#""amount":1,"amountFormula":"work - work","#);
    let message = score(&read(nothing).unwrap().0, "dump", 1.0, LinkOptions::default()).unwrap_err().to_string();
    assert_eq!(message, "the process `dump` makes 0 of `slag`; a finite amount other than 0 is wanted");
}

/// The grid's carbon dioxide with its pedigree (1;2;1;1;3) and no distribution: σ² = 0.0002 + 0.03, and (ln g)² of a basic deviation.
#[test]
fn a_pedigree_alone_spreads_an_amount_unless_it_is_of_another_system_or_ignored() {
    let spread = r#","uncertainty":{"distributionType":"LOG_NORMAL_DISTRIBUTION","geomMean":0.4,"geomSd":1.2}"#;
    let with = |base: &str, system: &str| {
        let mut list = spoilt("processes/grid.json", spread, base);
        let text = &mut list.iter_mut().find(|(name, _)| name == "processes/grid.json").unwrap().1;
        *text = text.replacen("\"exchanges\"", &format!("{system}\"exchanges\""), 1);
        read(list).unwrap()
    };
    let of = |database: &Database, options: LinkOptions| {
        let root = (database.process_by_id("grid").unwrap(), None);
        let system = ProductSystem::reached_from(database, &[root], options).unwrap();
        let spread: Vec<EntryUncertainty> =
            system.matrices.biosphere.iter().map(|e| e.uncertainty).filter(|u| *u != EntryUncertainty::Exact).collect();
        (spread, system.by_pedigree)
    };
    let mut variances = [[0.0; 4]; 6];
    (variances[1][0], variances[4][1]) = (0.0002, 0.03);
    let spread_by_it = LinkOptions { pedigree: Pedigree::Lognormal(PedigreeMatrix(variances)), ..LinkOptions::default() };
    let lognormal = |variance: f64| EntryUncertainty::Lognormal { mu: 0.4_f64.ln(), sigma: variance.sqrt(), is_negative: false };
    let (plain, _) = with("", "");
    assert_eq!(of(&plain, spread_by_it), (vec![lognormal(0.0002 + 0.03)], 1));
    assert_eq!(of(&plain, LinkOptions::default()), (Vec::new(), 0));
    let (based, _) = with(r#","baseUncertainty":1.05"#, r#""exchangeDqSystem":{"@id":"own","name":"ecoinvent Data Quality System"},"#);
    let (seen, count) = of(&based, spread_by_it);
    let EntryUncertainty::Lognormal { sigma, .. } = seen[0] else { panic!("{seen:?}") };
    assert!((sigma * sigma - (1.05_f64.ln().powi(2) + 0.0302)).abs() < 1e-15 && count == 1, "{sigma}");
    let (foreign, dropped) = with("", r#""exchangeDqSystem":{"@type":"DQSystem","@id":"flow-pedigree","name":"Flow Pedigree Matrix"},"#);
    assert_eq!(of(&foreign, spread_by_it), (Vec::new(), 0));
    assert!(!dropped.keys().any(|what| what.contains("DqSystem")), "{dropped:?}");
    let mut written = Vec::new();
    let put = &mut |name: &str, bytes: Vec<u8>| -> Result<(), ()> {
        written.push((name.to_owned(), String::from_utf8(bytes).unwrap()));
        Ok(())
    };
    olca::write(&foreign, put).unwrap();
    assert_eq!(read(written).unwrap().0, foreign);
    // A distribution that is stated goes before its pedigree.
    assert_eq!(of(&database(), spread_by_it).1, 0);
}
