//! What is written of a database that has every field reads back, or is listed as left out, field by field, in each format that is written.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Cursor;

use minewheel_lca::database::{
    AllocationFactor, AllocationKind, Database, DatabaseBuilder, Direction, Exchange, FlowKind, ImpactFactor, Location, LocationIndex, OnConflict,
    Parameter, Process, ProcessKind, QualitySystem, Uncertainty,
};
use minewheel_lca::formats::archive::{Limits, ZipFiles, ZipWriter};
use minewheel_lca::formats::{Dropped, excel, ilcd, inventory_table, method_table, olca, read_package};

/// Every distribution that an inventory may have.
const KINDS: [Uncertainty; 5] = [
    Uncertainty::Lognormal { geometric_mean: 0.5, geometric_deviation: 1.3 },
    Uncertainty::Normal { mean: 0.5, deviation: 0.1 },
    Uncertainty::Uniform { low: 0.25, high: 0.75 },
    Uncertainty::Triangular { low: 0.25, mode: 0.5, high: 1.0 },
    Uncertainty::Pert { low: 0.25, mode: 0.5, high: 1.0 },
];

/// The tiny package with something in every field that the model has.
fn rich() -> Database {
    let base = packages::read(packages::good()).unwrap().0;
    let mut builder = DatabaseBuilder::new();
    base.unit_groups().iter().cloned().for_each(|g| builder.add_unit_group(g));
    base.properties().iter().cloned().for_each(|p| builder.add_property(p));
    base.locations().iter().cloned().for_each(|l| builder.add_location(l));
    let there = Location { id: "de".into(), name: "Germany".into(), code: Some("DE".into()), latitude: Some(51.0), longitude: Some(9.0) };
    builder.add_location(there);
    let nowhere = Location { id: "xx".into(), name: "Nowhere".into(), code: Some("XX".into()), latitude: None, longitude: None };
    builder.add_location(nowhere);
    let germany = builder.location("de");
    for (at, mut flow) in base.flows().iter().cloned().enumerate() {
        if at == 0 {
            (flow.description, flow.synonyms) = (Some("hot & <cold>".into()), Some("one;two".into()));
            (flow.chemical_formula, flow.location) = (Some("Fe2O3".into()), germany);
        }
        builder.add_flow(flow);
    }
    for parameter in base.parameters() {
        let description = Some("share that is lost".into());
        builder.add_parameter(Parameter { description, uncertainty: KINDS[2].scaled(0.1), ..parameter.clone() });
    }
    for process in base.processes() {
        let providers: Vec<(u32, Box<str>)> =
            process.exchanges.iter().enumerate().filter_map(|(at, e)| Some((at as u32, base.process(e.provider?).id.clone()))).collect();
        builder.add_process(enriched(&base, process, germany), providers);
    }
    for category in base.categories() {
        let mut category = category.clone();
        category.description = Some("of the air".into());
        category.direction = Some(Direction::Output);
        let first = category.factors[0].clone();
        category.factors[0].uncertainty = KINDS[1].scaled(2.0);
        category.factors[1].direction = Some(Direction::Input);
        category.factors.push(ImpactFactor { location: germany, value: 1.5, uncertainty: KINDS[2].scaled(3.0), ..first });
        builder.add_category(category);
    }
    for method in base.methods() {
        let mut method = method.clone();
        method.description = Some("ours alone".into());
        builder.add_method(method);
    }
    builder.finish().unwrap()
}

fn enriched(base: &Database, process: &Process, germany: Option<LocationIndex>) -> Process {
    let mut process = process.clone();
    process.exchanges.iter_mut().for_each(|e| e.provider = None);
    match &*process.id {
        "making-steel" => {
            (process.description, process.category) = (Some("as <it> goes & more".into()), Some("Ours/Iron".into()));
            let kinds = process.exchanges.iter_mut().filter(|e| base.flow(e.flow).kind == FlowKind::Elementary || e.direction == Direction::Input);
            for (e, kind) in kinds.zip(KINDS) {
                e.uncertainty = kind.scaled(e.amount / 0.5);
                e.description = Some("said of it".into());
            }
        }
        "grid" => {
            process.kind = ProcessKind::Result;
            process.location = germany;
            let own = process.exchanges.iter_mut().find(|e| base.flow(e.flow).kind == FlowKind::Elementary).unwrap();
            (own.quality, own.base_uncertainty, own.location) = (Some("(3;2;5;1;5)".into()), Some(1.05), germany);
            own.uncertainty = Uncertainty::None;
        }
        "boiler" => {
            let heat = base.flow_by_id("heat").unwrap();
            let power =
                process.exchanges.iter().find(|e| e.direction == Direction::Output && e.flow != heat && base.flow(e.flow).kind == FlowKind::Product);
            let power = power.unwrap().flow;
            let shared = process.exchanges.iter().find(|e| base.flow(e.flow).kind == FlowKind::Elementary).unwrap().internal_id;
            for (kind, exchange, share) in [(AllocationKind::Economic, None, 0.6), (AllocationKind::Causal, Some(shared), 0.9)] {
                for (product, value) in [(heat, share), (power, 1.0 - share)] {
                    process.allocation_factors.push(AllocationFactor { kind, product, exchange, value, formula: None });
                }
            }
            let open = process.exchanges.iter_mut().filter(|e| base.flow(e.flow).kind == FlowKind::Elementary);
            for (e, kind) in open.zip(&KINDS[3..]) {
                e.uncertainty = kind.scaled(e.amount / 0.5);
            }
            process.quality_system = Some(QualitySystem { id: "theirs".into(), name: "Theirs".into() });
            process.exchanges[1].quality = Some("(1;2;3)".into());
        }
        _ => {
            let parameter = |name: &str, formula: Option<&str>, uncertainty| Parameter {
                id: None,
                name: name.into(),
                description: Some("of the dump".into()),
                value: 0.5,
                formula: formula.map(Into::into),
                uncertainty,
            };
            process.parameters.push(parameter("depth", None, KINDS[0]));
            process.parameters.push(parameter("height", Some("depth * 1"), Uncertainty::None));
        }
    }
    process
}

/// Fields that two databases differ in.
fn differences(before: &Database, after: &Database) -> BTreeSet<&'static str> {
    let mut found = BTreeSet::new();
    let mut note = |field: &'static str, differs: bool| {
        if differs {
            found.insert(field);
        }
    };
    for flow in before.flows() {
        let Some(again) = after.flows().iter().find(|f| f.name == flow.name) else {
            note("flow", true);
            continue;
        };
        note("flow id", flow.id != again.id);
        note("flow name", (&flow.name, flow.kind) != (&again.name, again.kind));
        note("flow category", flow.category != again.category);
        note("flow cas", flow.cas != again.cas);
        let texts = |f: &minewheel_lca::database::Flow| (f.description.clone(), f.chemical_formula.clone(), f.synonyms.clone());
        note("flow texts", texts(flow) != texts(again));
        note("flow location", flow.location.is_some() != again.location.is_some());
        note("flow properties", flow.properties.len() != again.properties.len());
    }
    for location in before.locations() {
        let again = after.locations().iter().find(|l| l.code == location.code);
        note("location", again.is_none());
        note("location name", again.is_some_and(|l| l.name != location.name));
        note("location coordinates", again.is_some_and(|l| (l.latitude, l.longitude) != (location.latitude, location.longitude)));
    }
    let parameters = |of: &[Parameter]| -> BTreeMap<String, (String, String, Option<String>)> {
        let value = |p: &Parameter| p.formula.as_deref().map_or_else(|| format!("{:.9e}", p.value), str::to_owned);
        of.iter().map(|p| (p.name.to_lowercase(), (value(p), spread(p.uncertainty), p.description.as_deref().map(str::to_owned)))).collect()
    };
    note("global parameters", parameters(before.parameters()) != parameters(after.parameters()));
    for process in before.processes() {
        let Some(again) = after.process_by_id(&process.id).map(|p| after.process(p)) else {
            note("process", true);
            continue;
        };
        note("process name", process.name != again.name);
        note("process category", process.category != again.category);
        note("process description", process.description != again.description);
        note("process kind", process.kind != again.kind);
        note("process place", process.location.map(|l| before.place(l)) != again.location.map(|l| after.place(l)));
        note("process parameters", !parameters(&process.parameters).iter().all(|p| parameters(&again.parameters).get(p.0) == Some(p.1)));
        note("quality system", process.quality_system != again.quality_system);
        let shares = |d: &Database, p: &Process, wanted: AllocationKind| {
            let of = |f: &&AllocationFactor| f.kind == wanted;
            p.allocation_factors.iter().filter(of).map(|f| (d.flow(f.product).name.to_string(), format!("{:.9}", f.value))).collect::<BTreeSet<_>>()
        };
        note("default allocation", process.default_allocation != again.default_allocation);
        for (field, kind) in
            [("physical shares", AllocationKind::Physical), ("economic shares", AllocationKind::Economic), ("causal shares", AllocationKind::Causal)]
        {
            note(field, shares(before, process, kind) != shares(after, again, kind));
        }
        note("exchanges", process.exchanges.len() != again.exchanges.len());
        let key = |d: &Database, e: &Exchange| (d.flow(e.flow).name.to_string(), e.direction == Direction::Input, e.is_avoided);
        let of = |d: &Database, p: &Process| {
            let mut list = p.exchanges.clone();
            list.sort_by_key(|e| key(d, e));
            list
        };
        for (a, b) in of(before, process).iter().zip(&of(after, again)) {
            note("exchange flow, direction, avoided", key(before, a) != key(after, b));
            let scale = |d: &Database, e: &Exchange| d.conversion(e.flow, e.unit, e.property).unwrap();
            let (x, y) = (scale(before, a), scale(after, b));
            // A formula takes the place of the amount.
            note("exchange amount", a.formula.is_none() && (a.amount * x - b.amount * y).abs() > 1e-9 * (a.amount * x).abs());
            note("exchange unit", before.unit(a.unit).name != after.unit(b.unit).name);
            note("exchange formula", a.formula.is_some() != b.formula.is_some());
            let is_pert = matches!(a.uncertainty, Uncertainty::Pert { .. });
            note(if is_pert { "exchange PERT" } else { "exchange uncertainty" }, spread(a.uncertainty.scaled(x)) != spread(b.uncertainty.scaled(y)));
            note("exchange provider", a.provider.map(|p| &before.process(p).id) != b.provider.map(|p| &after.process(p).id));
            note("exchange place", a.location.is_some() != b.location.is_some());
            note("exchange description", a.description != b.description);
            let is_foreign = process.quality_system.is_some();
            note(
                if is_foreign { "foreign pedigree" } else { "exchange pedigree" },
                (&a.quality, a.base_uncertainty) != (&b.quality, b.base_uncertainty),
            );
        }
    }
    differences_of_methods(before, after, &mut note);
    found
}

fn differences_of_methods(before: &Database, after: &Database, note: &mut impl FnMut(&'static str, bool)) {
    for category in before.categories() {
        let Some(again) = after.categories().iter().find(|c| c.name == category.name) else {
            note("category", true);
            continue;
        };
        note("category unit", category.unit != again.unit);
        note("category description", category.description != again.description);
        note("factors", category.factors.len() != again.factors.len());
        for f in &category.factors {
            let is_same = |o: &&ImpactFactor| {
                after.flow(o.flow).name == before.flow(f.flow).name && o.location.map(|l| after.place(l)) == f.location.map(|l| before.place(l))
            };
            let Some(other) = again.factors.iter().find(is_same) else {
                note("factor", true);
                continue;
            };
            let scale = |d: &Database, f: &ImpactFactor| 1.0 / d.conversion(f.flow, f.unit, f.property).unwrap();
            let (x, y) = (scale(before, f), scale(after, other));
            note("factor value", (f.value * x - other.value * y).abs() > 1e-9 * (f.value * x).abs());
            note("factor uncertainty", spread(f.uncertainty.scaled(x)) != spread(other.uncertainty.scaled(y)));
            note("factor direction", f.direction.or(category.direction) != other.direction.or(again.direction));
        }
    }
    for method in before.methods() {
        let Some(again) = after.methods().iter().find(|m| m.name == method.name) else {
            note("method", true);
            continue;
        };
        note("method description", method.description != again.description);
    }
}

/// A distribution to nine digits.
fn spread(uncertainty: Uncertainty) -> String {
    match uncertainty {
        Uncertainty::None => String::new(),
        Uncertainty::Lognormal { geometric_mean: a, geometric_deviation: b } => format!("lognormal {a:.9e} {b:.9e}"),
        Uncertainty::Normal { mean: a, deviation: b } => format!("normal {a:.9e} {b:.9e}"),
        Uncertainty::Uniform { low: a, high: b } => format!("uniform {a:.9e} {b:.9e}"),
        Uncertainty::Triangular { low, mode, high } => format!("triangular {low:.9e} {mode:.9e} {high:.9e}"),
        Uncertainty::Pert { low, mode, high } => format!("pert {low:.9e} {mode:.9e} {high:.9e}"),
    }
}

/// Every field that differs is one of these, and what is listed as left out has its words.
fn check(format: &str, before: &Database, after: &Database, dropped: &Dropped, listed: &[(&str, &str)]) {
    let found = differences(before, after);
    let known: BTreeSet<&str> = listed.iter().map(|(field, _)| *field).collect();
    let silent: Vec<_> = found.iter().filter(|field| !known.contains(**field)).collect();
    assert!(silent.is_empty(), "{format}: {silent:?} differ and are not listed; listed are {dropped:?}");
    for (field, words) in listed {
        assert!(found.contains(field), "{format}: {field} is kept");
        assert!(dropped.keys().any(|what| what.contains(words)), "{format}: {field} is left out without `{words}`: {dropped:?}");
    }
}

fn zipped(write: impl FnOnce(&mut ZipWriter<Cursor<Vec<u8>>>) -> Dropped) -> (Database, Dropped) {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let dropped = write(&mut zip);
    let mut files = ZipFiles::new(Cursor::new(zip.finish().unwrap().into_inner()), Limits::default()).unwrap();
    (read_package(&mut files, DatabaseBuilder::new()).unwrap().0, dropped)
}

#[test]
fn every_field_reads_back_from_openlca_or_is_listed() {
    let before = rich();
    let (after, dropped) = zipped(|zip| olca::write(&before, &mut |name, bytes| zip.add(name, &bytes)).unwrap());
    check(
        "openLCA",
        &before,
        &after,
        &dropped,
        &[("exchange PERT", "PERT"), ("factor value", "written with the other sign"), ("factor direction", "written with the other sign")],
    );
}

#[test]
fn every_field_reads_back_from_ilcd_or_is_listed() {
    let before = rich();
    let (after, dropped) = zipped(|zip| ilcd::write(&before, &mut |name, bytes| zip.add(name, &bytes)).unwrap());
    let listed = [
        ("exchange PERT", "PERT"),
        ("default allocation", "what shares rest on"),
        ("physical shares", "allocation factors of another kind than the default"),
        ("economic shares", "allocation factors of another kind than the default"),
        ("causal shares", "allocation factors of another kind than the default"),
        ("quality system", "pedigrees of another system"),
        ("foreign pedigree", "pedigrees of another system"),
        ("global parameters", "global ones, written into each process"),
        ("location", "locations: of no process"),
        ("location name", "locations: id, name, latitude, longitude"),
        ("location coordinates", "locations: id, name, latitude, longitude"),
        ("method description", "lcia_methods: id and description"),
    ];
    check("ILCD", &before, &after, &dropped, &listed);
}

#[test]
fn every_field_reads_back_from_tables_or_is_listed() {
    let before = rich();
    let (inventory, factors, dropped) = inventory_table::write(&before).unwrap();
    let after = inventory_table::read("i.csv", &inventory, DatabaseBuilder::new()).unwrap().0;
    let after = method_table::read("f.csv", &factors, DatabaseBuilder::onto(after, OnConflict::Refuse)).unwrap().0;
    let listed = [
        ("flow texts", "flows: chemical formula, synonyms, description"),
        ("flow location", "description, place"),
        ("flow properties", "flows: further properties"),
        ("location", "locations: of no process"),
        ("location name", "locations: names beside codes"),
        ("location coordinates", "and coordinates"),
        ("process description", "processes: descriptions"),
        ("process kind", "processes: whether they are results"),
        ("causal shares", "processes: causal shares"),
        ("quality system", "pedigrees of another system"),
        ("foreign pedigree", "pedigrees of another system"),
        ("exchange unit", "units other than"),
        ("exchange place", "places of their own"),
        ("category description", "impact categories: descriptions"),
        ("method description", "impact methods: descriptions"),
    ];
    check("tables", &before, &after, &dropped, &listed);
}

#[test]
fn every_field_reads_back_from_a_workbook_or_is_listed() {
    let before = rich();
    let (bytes, dropped) = excel::write("ours", &before).unwrap();
    let after = excel::read("ours.xlsx", &bytes, DatabaseBuilder::new()).unwrap().0;
    let listed = [
        ("flow id", "flows: ids"),
        ("flow category", "flows: categories of products"),
        ("flow cas", "flows: CAS number"),
        ("flow texts", "formula, synonyms, description"),
        ("flow location", "description, place"),
        ("flow properties", "flows: further properties"),
        ("location", "locations: of no process"),
        ("location name", "locations: names beside codes"),
        ("location coordinates", "and coordinates"),
        ("process kind", "processes: whether they are results"),
        ("default allocation", "processes: allocation"),
        ("physical shares", "processes: allocation"),
        ("economic shares", "processes: allocation"),
        ("causal shares", "processes: allocation"),
        ("quality system", "pedigree"),
        ("foreign pedigree", "pedigree"),
        ("exchange pedigree", "pedigree"),
        ("exchange unit", "units other than"),
        ("exchange flow, direction, avoided", "that an elementary flow enters"),
        ("exchange place", "places of their own"),
        ("exchange provider", "written with the only maker"),
        ("category", "impact categories"),
        ("method", "impact categories"),
    ];
    check("workbook", &before, &after, &dropped, &listed);
}
