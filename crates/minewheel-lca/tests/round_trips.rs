//! What is written reads back: ILCD and workbooks for Brightway give the same impacts and amounts, and say what they left out.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use minewheel_lca::database::{Database, DatabaseBuilder, Exchange, LinkOptions, OnConflict, Process, ProductSystem, Uncertainty};
use minewheel_lca::formats::archive::{ArchiveError, Limits, ZipFiles, ZipWriter};
use minewheel_lca::formats::{Dropped, data_package, excel, ilcd, inventory_table, method_table, olca, read_data_package, read_package};
use minewheel_lca::{Assembly, adjoint, direct_scores};

/// The tiny package with a formula, a parameter with a spread, an avoided product and a resource that is given back.
fn model() -> Database {
    let mut files = packages::good();
    for (name, text) in &mut files {
        if name == "parameters/losses.json" {
            *text = text.replace(
                r#""value":0.05"#,
                r#""value":0.05,"uncertainty":{"distributionType":"UNIFORM_DISTRIBUTION","minimum":0.04,"maximum":0.06}"#,
            );
        }
        if name == "processes/boiler.json" {
            *text = text.replacen(r#""isInput":true"#, r#""isInput":true,"description":"as <received> & dried""#, 1);
        }
    }
    packages::read(files).unwrap().0
}

fn score(database: &Database, process: &str) -> f64 {
    let root = (database.process_by_id(process).unwrap(), None);
    let system = ProductSystem::reached_from(database, &[root], LinkOptions::default()).unwrap();
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let category = assembly.category(&system.matrices.methods[0]);
    let scores = adjoint(&assembly.network, &direct_scores(&assembly.network, &category)).unwrap();
    scores.total(&assembly.demand(&[(1, 1.0)]).unwrap()).unwrap()
}

fn through_ilcd(database: &Database) -> (Database, Dropped) {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let dropped = ilcd::write(database, &mut |name, bytes| zip.add(name, &bytes)).unwrap();
    let mut files = ZipFiles::new(Cursor::new(zip.finish().unwrap().into_inner()), Limits::default()).unwrap();
    (read_package(&mut files, DatabaseBuilder::new()).unwrap().0, dropped)
}

fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
}

fn near_spread(a: Uncertainty, b: Uncertainty) -> bool {
    match (a, b) {
        (
            Uncertainty::Lognormal { geometric_mean: a, geometric_deviation: s },
            Uncertainty::Lognormal { geometric_mean: b, geometric_deviation: t },
        )
        | (Uncertainty::Uniform { low: a, high: s }, Uncertainty::Uniform { low: b, high: t }) => near(a, b) && near(s, t),
        (a, b) => a == b,
    }
}

#[test]
fn an_ilcd_package_that_is_written_reads_back_with_every_field_that_is_not_listed() {
    let before = model();
    let (after, dropped) = through_ilcd(&before);
    assert_eq!(before.flows().len(), after.flows().len());
    for flow in before.flows() {
        let again = after.flow(after.flow_by_id(&flow.id).unwrap());
        assert_eq!(
            (&flow.name, flow.kind, &flow.category, &flow.cas, flow.properties.len()),
            (&again.name, again.kind, &again.category, &again.cas, again.properties.len())
        );
    }
    for process in before.processes() {
        let again = after.process(after.process_by_id(&process.id).unwrap());
        assert_eq!((&process.name, &process.category, process.reference), (&again.name, &again.category, again.reference));
        assert_eq!(process.location.map(|l| before.place(l)), again.location.map(|l| after.place(l)));
        assert_eq!(process.exchanges.len(), again.exchanges.len());
        for (a, b) in process.exchanges.iter().zip(&again.exchanges) {
            let words = |d: &Database, e: &Exchange| {
                let provider = e.provider.map(|p| d.process(p).id.to_string());
                (d.flow(e.flow).id.to_string(), d.unit(e.unit).id.to_string(), provider, e.formula.clone(), e.quality.clone(), e.description.clone())
            };
            assert_eq!((words(&before, a), a.internal_id, a.direction, a.is_avoided), (words(&after, b), b.internal_id, b.direction, b.is_avoided));
            assert!(near(a.amount, b.amount) && near_spread(a.uncertainty, b.uncertainty), "{a:?} {b:?}");
        }
    }
    // The global parameter stands in the process that calls it.
    let dump = after.process(after.process_by_id("dump").unwrap());
    let names: Vec<&str> = dump.parameters.iter().map(|p| &*p.name).collect();
    assert_eq!(names, ["Losses", "work"]);
    assert!(near_spread(dump.parameters[0].uncertainty, Uncertainty::Uniform { low: 0.04, high: 0.06 }));
    assert!(dropped.contains_key("parameters: global ones, written into each process that calls them"), "{dropped:?}");
    assert!(dropped.contains_key("flow_properties: whether they are economic"), "{dropped:?}");
    for process in ["making-steel", "grid", "boiler", "dump"] {
        assert!(near(score(&before, process), score(&after, process)), "{process}");
    }
    assert_eq!(before.category_names(), after.category_names());
    // A second round changes nothing any more.
    assert_eq!(through_ilcd(&after).0, after);
}

#[test]
fn ids_that_are_no_file_names_are_kept() {
    let mut files = packages::good();
    for (_, text) in &mut files {
        *text = text.replace(r#""@id":"co2""#, r#""@id":"air/low: \"CO2\"""#);
    }
    let before = packages::read(files).unwrap().0;
    let (after, _) = through_ilcd(&before);
    assert!(after.flow_by_id("air/low: \"CO2\"").is_some() && near(score(&before, "grid"), score(&after, "grid")));
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    olca::write(&before, &mut |name, bytes| zip.add(name, &bytes)).unwrap();
    let mut files = ZipFiles::new(Cursor::new(zip.finish().unwrap().into_inner()), Limits::default()).unwrap();
    let after = read_package(&mut files, DatabaseBuilder::new()).unwrap().0;
    assert!(after.flow_by_id("air/low: \"CO2\"").is_some() && near(score(&before, "grid"), score(&after, "grid")));
    assert_eq!((after.flows().len(), after.processes().len()), (before.flows().len(), before.processes().len()));
}

/// Amounts of elementary flows by name, from a process's inventory.
fn inventory(database: &Database, process: &str) -> BTreeMap<String, f64> {
    let root = (database.process_by_id(process).unwrap(), None);
    let system = ProductSystem::reached_from(database, &[root], LinkOptions::default()).unwrap();
    let assembly = Assembly::new(&system.matrices).unwrap();
    let activity = minewheel_lca::forward(&assembly.network, &assembly.demand(&[(1, 1.0)]).unwrap()).unwrap();
    let mut found = BTreeMap::new();
    for entry in &system.matrices.biosphere {
        let place = entry.row as usize - 1 - system.activities.len();
        let made = (0..assembly.network.column_count() as u32).map(minewheel_lca::ColumnId);
        let column = made.into_iter().find(|c| assembly.activity(*c) == Some(entry.column)).unwrap();
        let own = system.matrices.technosphere.iter().filter(|e| e.row == entry.column && e.column == entry.column).map(|e| e.amount).sum::<f64>();
        let name = database.flow(system.flows[place].0).name.to_string();
        *found.entry(name).or_insert(0.0) += entry.amount / own * activity.get(column).unwrap();
    }
    found
}

#[test]
fn a_workbook_that_is_written_reads_back_with_the_same_inventories() {
    let before = model();
    let (bytes, dropped) = excel::write("ours", &before).unwrap();
    let (after, left_out) = excel::read("ours.xlsx", &bytes, DatabaseBuilder::new()).unwrap();
    assert!(left_out.is_empty(), "{left_out:?}");
    for process in ["making-steel", "grid", "dump"] {
        let (a, b) = (inventory(&before, process), inventory(&after, process));
        assert!(a.len() == b.len() && a.iter().zip(&b).all(|(x, y)| x.0 == y.0 && near(*x.1, *y.1)), "{process}: {a:?} {b:?}");
    }
    let grid = after.process(after.process_by_id("grid").unwrap());
    let spread = grid.exchanges.iter().map(|e| e.uncertainty).find(|u| *u != Uncertainty::None).unwrap();
    assert!(near_spread(spread, Uncertainty::Lognormal { geometric_mean: 0.4, geometric_deviation: 1.2 }), "{spread:?}");
    let dump = after.process(after.process_by_id("dump").unwrap());
    assert_eq!((dump.parameters.len(), after.parameters().len()), (1, 1));
    assert!(dump.exchanges.iter().any(|e| e.formula.as_deref() == Some("work")));
    for what in ["impact categories", "processes: allocation", "exchanges: pedigree and base uncertainty", "flows: ids"] {
        assert!(dropped.contains_key(what), "{what}: {dropped:?}");
    }
    // It can be put onto the database that it came from, as a foreground with codes of its own would.
    let onto = DatabaseBuilder::onto(before, OnConflict::Replace);
    excel::read("ours.xlsx", &bytes, onto).map_err(|e| e.to_string()).unwrap();
}

/// Brightway's importer takes parameters only before the exchanges, and links an activity's own product by the activity's name.
#[test]
fn a_workbook_is_laid_out_as_brightway_reads_it() {
    let (bytes, _) = excel::write("ours", &model()).unwrap();
    let mut sheet = String::new();
    zip::ZipArchive::new(Cursor::new(&bytes)).unwrap().by_name("xl/worksheets/sheet1.xml").unwrap().read_to_string(&mut sheet).unwrap();
    let activities: Vec<&str> = sheet.split(">Activity<").skip(1).collect();
    let dump = activities.iter().find(|a| a.contains(">Parameters<")).unwrap();
    assert!(dump.find(">Parameters<") < dump.find(">Exchanges<"), "{dump}");
    let texts = |part: &str| -> Vec<String> { part.split("preserve\">").skip(1).map(|t| t.split('<').next().unwrap().to_owned()).collect() };
    for activity in activities {
        let cells = texts(activity);
        let at = cells.iter().position(|c| c == "production").unwrap();
        let row = &cells[..at];
        assert!(row[row.len().saturating_sub(5)..].contains(&cells[0]), "the first product of `{}` bears its name: {row:?}", cells[0]);
    }
}

#[test]
fn matrices_of_a_database_go_through_a_brightway_package() {
    let database = model();
    let system = ProductSystem::whole(&database, LinkOptions::default()).unwrap();
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let dropped = data_package::write("ours", &system.matrices, &mut zip).unwrap();
    assert_eq!(dropped["amounts that follow uncertain parameters, written as numbers"], 1);
    let read = read_data_package(Cursor::new(zip.finish().unwrap().into_inner()), true).unwrap();
    let plain =
        |entries: &[minewheel_lca::Entry]| entries.iter().map(|e| minewheel_lca::Entry { follows: None, part_of: None, ..*e }).collect::<Vec<_>>();
    assert_eq!(read.matrices.technosphere, plain(&system.matrices.technosphere));
    assert_eq!(read.matrices.biosphere, plain(&system.matrices.biosphere));
    assert_eq!(read.matrices.methods[0].name, "Ours: climate");
}

const PROCESS: &str = r#"<processDataSet xmlns:c="c"><processInformation><dataSetInformation><c:UUID>p</c:UUID><name><baseName>p</baseName></name></dataSetInformation>
<quantitativeReference><referenceToReferenceFlow>0</referenceToReferenceFlow></quantitativeReference>
<mathematicalRelations><variableParameter name="load"><meanValue>0.5</meanValue><uncertaintyDistributionType>normal</uncertaintyDistributionType><relativeStandardDeviation95In>0.2</relativeStandardDeviation95In></variableParameter>
<variableParameter name="work"><formula>load * 4</formula><meanValue>9</meanValue></variableParameter></mathematicalRelations></processInformation>
<exchanges><exchange dataSetInternalID="0"><referenceToFlowDataSet refObjectId="steel"/><exchangeDirection>Output</exchangeDirection><meanAmount>1</meanAmount></exchange>
<exchange dataSetInternalID="1"><referenceToFlowDataSet refObjectId="co2"><c:shortDescription>co2</c:shortDescription></referenceToFlowDataSet><exchangeDirection>Output</exchangeDirection><referenceToVariable>work</referenceToVariable><meanAmount>3</meanAmount>STATED</exchange></exchanges></processDataSet>"#;

fn with_process(text: &str) -> Result<(Database, Dropped), String> {
    let mut files = Vec::new();
    let _: Result<_, ArchiveError> = ilcd::write(&model(), &mut |name, bytes| {
        files.push((name.to_owned(), String::from_utf8(bytes).unwrap()));
        Ok(())
    });
    files.push(("ILCD/processes/p.xml".to_owned(), text.to_owned()));
    ilcd::read(&mut packages::files(files), DatabaseBuilder::new()).map_err(|e| e.to_string())
}

#[test]
fn relations_of_ilcd_are_evaluated_and_an_amount_that_contradicts_its_formula_stays() {
    let (database, _) = with_process(&PROCESS.replace("STATED", "")).unwrap();
    let found = database.process(database.process_by_id("p").unwrap());
    assert_eq!((found.exchanges[1].amount, found.exchanges[1].formula.as_deref()), (6.0, Some("3 * work")));
    assert_eq!((found.parameters[1].value, found.parameters[0].uncertainty), (2.0, Uncertainty::Normal { mean: 0.5, deviation: 0.1 }));
    let (database, dropped) = with_process(&PROCESS.replace("STATED", "<resultingAmount>7</resultingAmount>")).unwrap();
    let found = database.process(database.process_by_id("p").unwrap());
    assert_eq!((found.exchanges[1].amount, found.exchanges[1].formula.as_deref()), (7.0, None));
    assert_eq!(dropped["formulas that do not yield the amount beside them"], 1);
}

#[test]
fn circles_and_unknown_names_of_ilcd_are_named() {
    let whole = PROCESS.replace("STATED", "");
    let circle = with_process(&whole.replace("<meanValue>0.5</meanValue>", "<formula>work/4</formula>")).unwrap_err();
    assert!(circle.contains("the process `p`: the parameters load -> work -> load depend on each other in a circle"), "{circle}");
    let unknown = with_process(&whole.replace("load * 4", "laod * 4")).unwrap_err();
    assert!(unknown.contains("the parameter `work` = `laod * 4`: there is no parameter `laod` here"), "{unknown}");
    let variable = with_process(&whole.replace(">work</referenceToVariable>", ">wrok</referenceToVariable>")).unwrap_err();
    assert!(variable.contains("the process `p`") && variable.contains("there is no parameter `wrok` here"), "{variable}");
    let twice = with_process(&whole.replace("name=\"work\"", "name=\"LOAD\"")).unwrap_err();
    assert!(twice.contains("`load` is given twice"), "{twice}");
}

fn through_csv(database: &Database) -> (Database, Dropped) {
    let (inventory, factors, dropped) = inventory_table::write(database).unwrap();
    let (after, _) = inventory_table::read("inventory.csv", &inventory, DatabaseBuilder::new()).unwrap();
    let (after, left_out) = method_table::read("factors.csv", &factors, DatabaseBuilder::onto(after, OnConflict::Refuse)).unwrap();
    assert!(left_out.keys().all(|what| what.contains("flows") || what.contains("places")), "{left_out:?}");
    (after, dropped)
}

#[test]
fn a_table_that_is_written_reads_back_with_every_field_that_is_not_listed() {
    let before = model();
    let (after, dropped) = through_csv(&before);
    for process in before.processes() {
        let again = after.process(after.process_by_id(&process.id).unwrap());
        assert_eq!((&process.name, &process.category), (&again.name, &again.category));
        assert_eq!(process.location.map(|l| before.place(l)), again.location.map(|l| after.place(l)));
        assert_eq!(process.default_allocation, again.default_allocation);
        let words = |d: &Database, p: &Process| {
            let mut rows: Vec<_> = p
                .exchanges
                .iter()
                .map(|e| {
                    let provider = e.provider.map(|p| d.process(p).id.to_string());
                    // A formula takes the place of the amount.
                    let scale = d.conversion(e.flow, e.unit, e.property).unwrap();
                    let amount = if e.formula.is_some() { f64::NAN } else { e.amount * scale };
                    let flow = d.flow(e.flow);
                    let texts = (e.quality.clone(), e.description.clone(), flow.category.clone(), flow.cas.clone());
                    (flow.id.to_string(), format!("{:?} {:?} {} {amount:.9e}", e.direction, flow.kind, e.is_avoided), provider, texts)
                })
                .collect();
            rows.sort();
            rows
        };
        assert_eq!(words(&before, process), words(&after, again), "{}", process.id);
        let parameters = |p: &Process| p.parameters.iter().map(|p| (p.name.clone(), p.formula.clone(), p.uncertainty)).collect::<Vec<_>>();
        assert_eq!(parameters(process), parameters(again));
    }
    assert_eq!(before.parameters().len(), after.parameters().len());
    assert!(dropped.contains_key("exchanges: units other than the flow's reference unit"), "{dropped:?}");
    for process in ["making-steel", "grid", "boiler", "dump"] {
        assert!(near(score(&before, process), score(&after, process)), "{process}");
    }
    // A second round changes nothing any more.
    let again = through_csv(&after).0;
    assert_eq!(inventory_table::write(&again).unwrap().0, inventory_table::write(&after).unwrap().0);
}

#[test]
fn a_row_that_cannot_be_is_named_by_its_line() {
    let head = "process,place,what,flow,amount,unit,formula,distribution,low,high\n";
    let good = "steel,CN,product,steel,1,kg,,,,\nsteel,CN,input,power,0.5,kWh,,,,\nsteel,,emission,co2,1.6,kg,,uniform,1,2\n";
    let read = |text: String| inventory_table::read("x.csv", text.as_bytes(), DatabaseBuilder::new());
    let (database, _) = read(format!("{head}{good}")).unwrap();
    let steel = database.process(database.process_by_id("steel").unwrap());
    assert_eq!((steel.exchanges.len(), steel.reference, database.place(steel.location.unwrap())), (3, Some(0), "CN"));
    for (row, word) in [
        ("steel,,inptu,power,1,kWh,,,,", "line 5: `what` is `inptu`; known are product, treated"),
        ("steel,,input,power,much,kWh,,,,", "`amount` is `much`, wanted a finite number"),
        ("steel,,input,power,,kWh,,,,", "there is neither an amount nor a formula"),
        ("steel,,input,co2,1,kg,,,,", "`co2` is a product here and an elementary flow elsewhere"),
        (",,input,power,1,kWh,,,,", "only a parameter may stand without a process"),
        ("steel,,emission,co2,1,kg,,uniform,3,2", "a uniform distribution wants"),
        ("steel,,emission,co2,1,kg,,beta,1,2", "there is no distribution `beta`"),
        ("steel,,parameter,a b,1,,,,,", "is called `a b`, which no formula can call"),
        ("steel,,input,power,,kWh,2 * lost,,,", "there is no parameter `lost` here"),
        ("steel,,input,power,1,kg,,,,", "`power` is given in kg"),
    ] {
        let message = read(format!("{head}{good}{row}\n")).unwrap_err().to_string();
        assert!(message.contains(word), "{row}: {message}");
    }
    let message = read(format!("proces,{head}{good}")).unwrap_err().to_string();
    assert!(message.contains("there is no column `proces`"), "{message}");
}

/// Neither openLCA nor ILCD has PERT: its ends and mode are kept in a triangular distribution.
#[test]
fn pert_becomes_triangular_where_there_is_none() {
    let text = "process,what,flow,amount,unit,distribution,low,mode,high\nmill,product,steel,1,kg,,,,\nmill,emission,soot,2,kg,pert,1,2,4\n";
    let (before, _) = inventory_table::read("x.csv", text.as_bytes(), DatabaseBuilder::new()).unwrap();
    assert_eq!(before.processes()[0].exchanges[1].uncertainty, Uncertainty::Pert { low: 1.0, mode: 2.0, high: 4.0 });
    let wanted = Uncertainty::Triangular { low: 1.0, mode: 2.0, high: 4.0 };
    let (after, dropped) = through_ilcd(&before);
    assert_eq!((after.processes()[0].exchanges[1].uncertainty, dropped["PERT distributions, written as triangular ones"]), (wanted, 1));
    let mut list = Vec::new();
    let put = &mut |name: &str, bytes: Vec<u8>| -> Result<(), ()> {
        list.push((name.to_owned(), String::from_utf8(bytes).unwrap()));
        Ok(())
    };
    let dropped = olca::write(&before, put).unwrap();
    assert_eq!(dropped["uncertainty: PERT distributions, written as triangular ones"], 1);
    assert_eq!(packages::read(list).unwrap().0.processes()[0].exchanges[1].uncertainty, wanted);
    let (table, _, _) = inventory_table::write(&before).unwrap();
    assert_eq!(inventory_table::read("x.csv", &table, DatabaseBuilder::new()).unwrap().0, before);
}
