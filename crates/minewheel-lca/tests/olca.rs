//! Packages of openLCA: what is read, what is written again, what is refused and with which words.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;

use std::io::Cursor;

use minewheel_lca::database::{DatabaseBuilder, OnConflict, Uncertainty};
use minewheel_lca::formats::archive::{Limits, ZipFiles};
use minewheel_lca::formats::store;
use minewheel_lca::formats::{ImportError, olca};
use packages::{database, files, good, process, read, spoilt, zipped};

#[test]
fn what_is_written_reads_back_as_the_same_database() {
    let first = database();
    let mut written = Vec::new();
    olca::write(&first, &mut |name, bytes| {
        written.push((name.to_owned(), String::from_utf8(bytes).unwrap()));
        Ok::<_, ()>(())
    })
    .unwrap();
    let (second, dropped) = read(written).unwrap();
    // Parameters without an id get one from the name of their file only.
    assert_eq!(first, second);
    assert!(dropped.is_empty(), "{dropped:?}");
}

#[test]
fn the_order_of_the_files_does_not_matter() {
    let mut reversed = good();
    reversed.reverse();
    let (found, _) = read(reversed).unwrap();
    assert_eq!(found, database());
    assert_eq!((found.processes().len(), found.processes().iter().map(|p| p.exchanges.len()).sum::<usize>()), (4, 15));
}

#[test]
fn names_of_version_one_are_understood() {
    let mut list = good();
    list.retain(|(name, _)| name != "olca-schema.json");
    for (_, text) in &mut list {
        for (new, old) in [
            ("isRefUnit", "referenceUnit"),
            ("isRefFlowProperty", "referenceFlowProperty"),
            ("isInputParameter", "inputParameter"),
            ("isInput\"", "input\""),
            ("isQuantitativeReference", "quantitativeReference"),
            ("dqEntry", "pedigreeUncertainty"),
            ("refUnit", "referenceUnitName"),
            ("\"category\":\"Ours\"", "\"category\":{\"@id\":\"c2\",\"name\":\"mine\"}"),
        ] {
            *text = text.replace(new, old);
        }
    }
    list.push(("categories/c1.json".to_owned(), r#"{"@id":"c1","name":"Top"}"#.to_owned()));
    list.push(("categories/c2.json".to_owned(), r#"{"@id":"c2","name":"mine","category":{"@id":"c1"}}"#.to_owned()));
    let (old, _) = read(list).unwrap();
    let new = database();
    assert_eq!(old.processes()[0].category.as_deref(), Some("Top/mine"));
    assert_eq!(old.flows(), new.flows());
    for (a, b) in old.processes().iter().zip(new.processes()) {
        assert_eq!((&a.exchanges, &a.parameters, a.reference), (&b.exchanges, &b.parameters, b.reference));
    }
}

#[test]
fn what_the_model_has_no_place_for_is_listed() {
    let list = spoilt("processes/grid.json", r#""category":"Ours""#, r#""processDocumentation":{"technologyDescription":"x"},"tags":["a"]"#);
    let mut list = list;
    list.push(("sources/s.json".to_owned(), "{}".to_owned()));
    let (_, dropped) = read(list).unwrap();
    let dropped: Vec<_> = dropped.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(dropped, [("processes: processDocumentation", 1), ("processes: tags", 1), ("sources/", 1)]);
}

#[test]
fn an_amount_with_an_impossible_distribution_is_kept_without_it_and_counted() {
    let (database, dropped) = read(spoilt("processes/grid.json", r#""geomSd":1.2"#, r#""geomSd":0"#)).unwrap();
    let grid = database.process(database.process_by_id("grid").unwrap());
    assert_eq!((grid.exchanges[2].amount, grid.exchanges[2].uncertainty), (0.4, Uncertainty::None));
    let reason = "unusable uncertainty: a lognormal distribution wants a geometric mean other than 0 and a geometric deviation above 0";
    assert_eq!(dropped.into_iter().collect::<Vec<_>>(), [(reason.to_owned(), 1)]);
}

fn refused(list: Vec<(String, String)>) -> String {
    read(list).unwrap_err().to_string()
}

#[test]
fn faults_of_the_data_are_named() {
    for (file, from, to, word) in [
        (
            "processes/grid.json",
            r#""unit":{"@type":"Unit","@id":"g""#,
            r#""unit":{"@type":"Unit","@id":"MJ""#,
            "`steel` is given in MJ of Mass, which does not measure it; its reference unit is kg",
        ),
        ("processes/grid.json", r#"{"@type":"Unit","@id":"g""#, r#"{"@type":"Unit","@id":"t""#, "the process `grid`: there is no unit `t`"),
        ("processes/grid.json", r#""@id":"steel""#, r#""@id":"iron""#, "the process `grid`: there is no flow `iron`"),
        ("processes/making-steel.json", r#""@id":"grid""#, r#""@id":"girt""#, "the process `making-steel`: there is no process `girt`"),
        ("processes/grid.json", r#","geomSd":1.2"#, "", "all its numbers"),
        ("processes/grid.json", "LOG_NORMAL", "LOG_ODD", "a distribution type of the schema"),
        ("processes/dump.json", "Losses * 2", "work + 1", "depend on each other in a circle"),
        ("processes/dump.json", "Losses * 2", "Losts * 2", "there is no parameter `losts` here"),
        ("processes/dump.json", r#""amountFormula":"work""#, r#""amountFormula":"work)""#, "the amount of `electricity` = `work)`: at character 5"),
        ("processes/grid.json", r#""amount":0.4"#, r#""amount":null"#, "an exchange wants an amount or a formula"),
        ("flows/steel.json", "PRODUCT_FLOW\",\"cas", "PRODUCED\",\"cas", "its flowType is none of"),
        ("flows/steel.json", r#""conversionFactor":1.0"#, r#""conversionFactor":0"#, "conversion factors above 0"),
        (
            "unit_groups/units-of-mass.json",
            r#""isRefUnit":true"#,
            r#""isRefUnit":false"#,
            "the unit group `Units of mass`: it wants a reference unit",
        ),
        ("flow_properties/mass.json", "units-of-mass", "units-of-mess", "there is no unit group `units-of-mess`"),
        ("lcia_methods/ours.json", "gwp", "gpw", "there is no impact category `gpw`"),
        ("processes/boiler.json", "UNIT_PROCESS", "UNIT", "its processType is none of"),
    ] {
        let message = refused(spoilt(file, from, to));
        assert!(message.contains(word), "{file}, {to}: {message}");
    }
}

#[test]
fn every_fault_is_reported_at_once() {
    let mut list = spoilt("processes/grid.json", r#""@id":"steel""#, r#""@id":"iron""#);
    list.push(process("odd", r#","parameters":[{"name":"a","formula":"a"}]"#, &[]));
    let Err(ImportError::Faults { faults, count }) = read(list) else { panic!("accepted") };
    assert_eq!((faults.len(), count), (2, 2), "{faults:?}");
}

#[test]
fn an_id_given_twice_or_not_at_all_is_refused() {
    assert!(refused(spoilt("processes/grid.json", r#""@id":"grid""#, r#""odd":"grid""#)).contains("the process `grid`: it wants an id"));
    let mut list = good();
    let (_, text) = list.iter().find(|(name, _)| name == "processes/grid.json").unwrap().clone();
    list.push(("processes/again.json".to_owned(), text));
    assert!(refused(list).contains("the process `grid` is given twice"));
}

#[test]
fn exchanges_with_one_number_are_numbered_anew_and_counted() {
    let numbered = |text: &str| {
        text.replacen(r#""isInput":true,"#, r#""isInput":true,"internalId":7,"#, 1).replacen(
            r#""isInput":false,"#,
            r#""isInput":false,"internalId":7,"#,
            1,
        )
    };
    let mut list = good();
    let (_, grid) = list.iter_mut().find(|(name, _)| name == "processes/grid.json").unwrap();
    *grid = numbered(grid);
    let (database, dropped) = read(list).unwrap();
    let grid = database.process(database.process_by_id("grid").unwrap());
    assert_eq!(grid.exchanges.iter().map(|e| e.internal_id).collect::<Vec<_>>(), [7, 8, 9]);
    assert_eq!(dropped.get("processes: internalId of an exchange, where another has it"), Some(&1));
}

#[test]
fn files_that_are_no_data_sets_are_named() {
    for (text, word) in [
        ("", "an object in braces"),
        ("[]", "an object in braces"),
        ("{\"@id\":\"x\"", "EOF"),
        ("{\"@id\":7}", "invalid type: integer `7`"),
        ("{} {}", "trailing characters"),
        ("{\"exchanges\":[{\"amount\":1e999}]}", "number out of range"),
    ] {
        let mut list = good();
        list.push(("processes/bad.json".to_owned(), text.to_owned()));
        let message = refused(list);
        assert!(message.contains("`processes/bad.json` is no data set") && message.contains(word), "{text}: {message}");
    }
    assert!(refused(vec![("readme.json".to_owned(), "{}".to_owned())]).contains("it is no openLCA package"));
    assert!(refused(spoilt("olca-schema.json", "2", "9")).contains("version 9, read are 1 to 5"));
}

#[test]
fn nesting_a_million_deep_is_refused_without_a_crash() {
    for text in ["[".repeat(1_000_000), format!("{{\"odd\":{}", "[".repeat(1_000_000)), "{\"flow\":".repeat(1_000_000)] {
        let mut list = good();
        list.push(("processes/deep.json".to_owned(), text));
        assert!(refused(list).contains("is no data set"));
    }
}

#[test]
fn a_zip_that_is_cut_anywhere_is_refused() {
    let whole = zipped(&good());
    let open = |bytes: Vec<u8>| {
        let mut zip = ZipFiles::new(Cursor::new(bytes), Limits::default())?;
        Ok::<_, ImportError>(olca::read(&mut zip, DatabaseBuilder::new())?.0)
    };
    assert_eq!(open(whole.clone()).unwrap(), database());
    for length in (0..whole.len()).step_by(97) {
        assert!(open(whole[..length].to_vec()).is_err(), "{length}");
    }
    let mut flipped = whole.clone();
    flipped[200] ^= 0x55;
    assert!(open(flipped).is_err());
}

#[test]
fn a_zip_bomb_is_refused_before_it_unpacks() {
    let mut list = good();
    list.push(("processes/bomb.json".to_owned(), " ".repeat(64 << 20)));
    let bytes = zipped(&list);
    assert!(bytes.len() < 100_000);
    let mut zip = ZipFiles::new(Cursor::new(bytes), Limits::default()).unwrap();
    let message = olca::read(&mut zip, DatabaseBuilder::new()).unwrap_err().to_string();
    assert!(message.contains("`processes/bomb.json` unpacks to more than") && message.contains("zip bomb"), "{message}");
    let few = Limits { files: 3, ..Limits::default() };
    assert!(ZipFiles::new(Cursor::new(zipped(&good())), few).is_err());
}

#[test]
fn the_links_of_a_product_system_name_providers_where_processes_do_not() {
    let mut list = good();
    let link = |process: &str, exchange: u32, provider: &str| {
        format!(
            r#"{{"process":{{"@id":"{process}"}},"provider":{{"@id":"{provider}"}},"flow":{{"@id":"x"}},"exchange":{{"internalId":{exchange}}}}}"#
        )
    };
    let system =
        |links: &str| ("product_systems/s.json".to_owned(), format!(r#"{{"@id":"s","name":"ours","targetAmount":1,"processLinks":[{links}]}}"#));
    list.push(system(&[link("grid", 2, "making-steel"), link("making-steel", 2, "boiler")].join(",")));
    let (database, dropped) = read(list.clone()).unwrap();
    let provider = |process: &str, at: usize| {
        let process = database.process(database.process_by_id(process).unwrap());
        process.exchanges[at].provider.map(|p| database.process(p).id.to_string())
    };
    assert_eq!(provider("grid", 1).as_deref(), Some("making-steel"));
    // What the process says itself stays.
    assert_eq!(provider("making-steel", 1).as_deref(), Some("grid"));
    assert!(dropped.contains_key("product_systems: targetAmount"), "{dropped:?}");
    list.pop();
    list.push(system(&link("grid", 2, "nobody")));
    assert!(refused(list).contains("the product system `ours`: there is no process `nobody`"));
}

#[test]
fn a_package_is_added_to_a_database() {
    let mut more = good();
    more.retain(|(name, _)| !name.starts_with("processes/"));
    more.push(process("second-grid", "", &[packages::exchange("electricity", false, 1.0, "kWh", "energy", packages::REFERENCE)]));
    let add = |list, on_conflict| olca::read(&mut files(list), DatabaseBuilder::onto(database(), on_conflict)).map(|(d, _)| d);
    assert_eq!(add(more, OnConflict::Refuse).unwrap().processes().len(), 5);
    // The same package again changes nothing; another content for an id is asked about.
    assert_eq!(add(good(), OnConflict::Refuse).unwrap(), database());
    let other = || spoilt("processes/grid.json", r#""amount":0.4"#, r#""amount":0.7"#);
    let message = add(other(), OnConflict::Refuse).unwrap_err().to_string();
    assert!(message.contains("the database has another process with the id `grid` (`grid`)"), "{message}");
    let amount = |on_conflict| {
        let database = add(other(), on_conflict).unwrap();
        let grid = database.process_by_id("grid").unwrap();
        database.process(grid).exchanges[2].amount
    };
    assert_eq!((amount(OnConflict::Keep), amount(OnConflict::Replace)), (0.4, 0.7));
}

#[test]
fn the_database_file_reads_back_and_any_damage_is_found() {
    let database = database();
    let bytes = store::to_bytes(&database).unwrap();
    assert_eq!(store::from_bytes(&bytes).unwrap(), database);
    for place in 0..bytes.len() {
        let mut damaged = bytes.clone();
        damaged[place] ^= 1;
        assert!(store::from_bytes(&damaged).is_err(), "{place}");
    }
    // With a checksum that fits, each change is refused, or gives a database that can be written again without a panic.
    for place in 12..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 0x41;
        let sum = crc32fast::hash(&changed[12..]).to_le_bytes();
        changed[8..12].copy_from_slice(&sum);
        if let Ok(other) = store::from_bytes(&changed) {
            olca::write(&other, &mut |_, _| Ok::<_, ()>(())).unwrap();
        }
    }
    for length in 0..bytes.len() {
        assert!(store::from_bytes(&bytes[..length]).is_err(), "{length}");
    }
}

/// A formula of any length is named by its beginning, a circle of any length by its ends.
#[test]
fn messages_of_long_formulas_and_circles_are_short() {
    let nested = format!("{}1{}", "(".repeat(100_000), ")".repeat(100_000));
    let message = |files| read(files).unwrap_err().to_string();
    let amount = message(spoilt("processes/dump.json", r#""amountFormula":"work""#, &format!(r#""amountFormula":"{nested}""#)));
    assert!(amount.len() < 400 && amount.contains("(199941 more characters)") && amount.contains("nested more than"), "{}", amount.len());
    let parameter = message(spoilt("processes/dump.json", "Losses * 2", &nested));
    assert!(parameter.len() < 400 && parameter.contains("the parameter `work` = `((("), "{}", parameter.len());
    let links: Vec<String> = (0..500)
        .map(|at| format!(r#"{{"name":"p{at}","formula":"p{}","isInputParameter":false,"parameterScope":"PROCESS_SCOPE"}}"#, (at + 1) % 500))
        .collect();
    let circle = message(spoilt("processes/dump.json", r#""parameters":["#, &format!(r#""parameters":[{},"#, links.join(","))));
    assert!(circle.len() < 400 && circle.contains("p0 -> p1 -> p2") && circle.contains("more) -> p0"), "{circle}");
}
