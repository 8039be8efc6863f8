//! Inventories of SimaPro, Brightway (Excel) and ILCD: what is read, what is left out, what is refused and with which words.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;
mod spold;

use std::fmt::Write as _;
use std::io::Cursor;

use minewheel_lca::database::{
    Activity, Database, DatabaseBuilder, Direction, FlowKind, LinkOptions, OnConflict, Process, ProductSystem, Uncertainty, parse_mapping,
};
use minewheel_lca::formats::archive::{Limits, ZipFiles};
use minewheel_lca::formats::{Dropped, ImportError, ecospold2, excel, ilcd, read_package, simapro};
use minewheel_lca::{Assembly, PreparedSolver, SolveOptions};
use packages::{files, zipped};
use spold::model as spold_model;

fn process<'d>(database: &'d Database, id: &str) -> &'d Process {
    database.process(database.process_by_id(id).unwrap_or_else(|| panic!("no process {id}")))
}

fn flow_of<'d>(database: &'d Database, process: &Process, at: usize) -> &'d str {
    &database.flow(process.exchanges[at].flow).name
}

/// Amounts of all elementary flows behind a unit of a process's product.
fn inventory(database: &Database, process: &str, product: &str) -> Vec<(String, f64)> {
    let activity = Activity { process: database.process_by_id(process).unwrap(), product: database.flow_by_id(product).unwrap() };
    let system = ProductSystem::reached_from(database, &[(activity.process, Some(activity.product))], LinkOptions::default()).unwrap();
    let assembly = Assembly::new(&system.matrices).unwrap();
    let demand = assembly.demand(&[(system.id_of(activity).unwrap(), 1.0)]).unwrap();
    let mut found = Vec::new();
    for (number, (flow, _)) in system.flows.iter().enumerate() {
        let id = (system.activities.len() + number + 1) as i64;
        let mut assembly = Assembly::new(&system.matrices).unwrap();
        let factor = minewheel_lca::Entry::exact(id, id, 1.0);
        let category = assembly.category(&minewheel_lca::CharacterisationMethod { factors: vec![factor], ..Default::default() });
        let solver = PreparedSolver::new(&assembly.network, &category, SolveOptions::default()).unwrap();
        let total = demand.lines().iter().map(|line| line.amount * solver.base_scores()[line.column.index()]).sum();
        found.push((database.flow(*flow).name.to_string(), total));
    }
    found
}

fn process_block(sections: &str) -> String {
    format!("Process\n\nCategory type\nmaterial\n\nGeography\nCN\n\n{sections}\nEnd\n\n")
}

/// Steel, the power it takes by formula, a boiler with two products, and the dump of slag.
fn simapro_text() -> String {
    let mut text = "{SimaPro 9.1}\n{CSV separator: Semicolon}\n{Decimal separator: ,}\n\nSystem description\n\nName\nx\n\nEnd\n\n".to_owned();
    text += "Project Input parameters\nshare;0,5;Uniform;0;0,25;0,75;No;of power\n\nEnd\n\nProject Calculated parameters\nhalf;share/2;\n\nEnd\n\n";
    text += &process_block(
        "Process identifier\nP1\n\nProducts\nsteel;kg;1;100;not defined;Metals\\Iron;made, at \"plant\"\n\nAvoided products\nheat;MJ;0,1;Undefined;0;0;0;\n\n\
         Resources\nIron ore;in ground;kg;2;Triangle;0;1;3;\n\nMaterials/fuels\n\nElectricity/heat\npower;kWh;half*work;Lognormal;1,21;0;0;(1,2,3,4,5)\n\n\
         Emissions to air\nCarbon dioxide;low. pop.;kg;1,6;Lognormal;1,21;0;0;\n\nWaste to treatment\nslag;kg;200;Undefined;0;0;0;\n\n\
         Input parameters\nscale;2;Undefined;0;0;0;No;\n\nCalculated parameters\nwork;Iff(scale > 1,5; 2; 1);\n",
    )
    .replace("slag;kg;200", "slag;g;200");
    text += &process_block(
        "Process identifier\nP2\n\nProducts\npower;kWh;1;100;not defined;\n\nEmissions to air\nCarbon dioxide;low. pop.;kg;0,4;Normal;0,1;0;0;\n",
    );
    text += &process_block(
        "Process identifier\nP3\n\nProducts\nheat;MJ;3;75;not defined;\nsteam;MJ;1;25;not defined;\n\nEmissions to air\nMethane;;g;10;Undefined;0;0;0;\n",
    );
    text += &process_block("Waste treatment\nslag;kg;1;All waste types;Wastes;\n\nEmissions to water\nSalt;river;kg;0,5;Uniform;0;0;1;\n");
    text
}

fn read_simapro(text: &str) -> Result<(Database, Dropped), ImportError> {
    simapro::read("x.csv", text.as_bytes(), DatabaseBuilder::new())
}

#[test]
fn simapro_products_wastes_formulas_and_shares_are_read() {
    let (database, dropped) = read_simapro(&simapro_text()).unwrap();
    let steel = process(&database, "P1");
    assert_eq!((&*steel.name, database.place(steel.location.unwrap())), ("steel", "CN"));
    let power = steel.exchanges.iter().find(|e| e.formula.is_some()).unwrap();
    // half = 0.25, work = 2 because scale is above 1.5.
    assert_eq!((power.amount, power.formula.as_deref()), (0.5, Some("half*work")));
    let ore = steel.exchanges.iter().find(|e| &*database.flow(e.flow).name == "Iron ore").unwrap();
    assert_eq!((ore.direction, ore.uncertainty), (Direction::Input, Uncertainty::Triangular { low: 1.0, mode: 2.0, high: 3.0 }));
    assert_eq!(database.flow(ore.flow).category.as_deref(), Some("resources/in ground"));
    let slag = database.flow_by_id("product:slag").unwrap();
    assert_eq!(database.flow(slag).kind, FlowKind::Waste);
    assert!(steel.exchanges.iter().any(|e| e.is_avoided && &*database.flow(e.flow).name == "heat"));
    let found = inventory(&database, "P1", "product:steel");
    let of = |name: &str| found.iter().find(|(n, _)| n == name).unwrap().1;
    assert!((of("Carbon dioxide") - (1.6 + 0.5 * 0.4)).abs() < 1e-12, "{found:?}");
    assert!((of("Salt") - 0.2 * 0.5).abs() < 1e-12);
    // 0.1 MJ of heat is spared, which carries three quarters of 10 g for 3 MJ.
    assert!((of("Methane") + 0.1 * 0.75 * 10.0 / 3.0).abs() < 1e-9, "{found:?}");
    assert_eq!(dropped.get("block `System description`"), Some(&1));
    assert_eq!(dropped.get("distributions without spread, around a formula, or that their amount does not fit"), Some(&1), "{dropped:?}");
}

#[test]
fn simapro_text_of_code_page_1252_reads_like_utf_8() {
    let text = simapro_text().replace("steel", "stähl");
    let western: Vec<u8> = text.chars().map(|c| if c == 'ä' { 0xe4 } else { c as u8 }).collect();
    let (first, _) = simapro::read("x.csv", &western, DatabaseBuilder::new()).unwrap();
    assert_eq!(first, read_simapro(&text).unwrap().0);
}

#[test]
fn a_simapro_file_that_lacks_something_is_named() {
    for (from, to, word) in [
        ("{SimaPro 9.1}", "{Other}", "its first line is not `{SimaPro"),
        ("half*work", "half*wrok", "there is no parameter `wrok` here"),
        ("share/2;", "half/2;", "depend on each other in a circle"),
        ("Triangle", "Trapeze", ": there is no distribution `Trapeze`"),
        ("slag;g;", "slag;MJ;", "`slag` is given in"),
        ("Products\npower;kWh;1;100;not defined;\n", "", "a process wants a product"),
    ] {
        let text = simapro_text();
        assert!(text.contains(from), "{from}");
        let message = read_simapro(&text.replacen(from, to, 1)).unwrap_err().to_string();
        assert!(message.contains(word), "{from}: {message}");
    }
    let whole = simapro_text();
    let cut = whole.rfind("End").unwrap();
    assert!(read_simapro(&whole[..cut]).unwrap_err().to_string().contains("has no `End`"));
    // Cut anywhere, it is refused or gives fewer processes, never a panic.
    for length in (0..whole.len()).step_by(53) {
        if let Ok((database, _)) = read_simapro(&whole[..length]) {
            assert!(length > cut || database.processes().len() < 4);
        }
    }
}

/// A workbook with one sheet of these rows; a cell that begins with `=` is left out as a formula without a value.
fn workbook(rows: &[&[&str]]) -> Vec<u8> {
    let mut sheet = String::new();
    for (row, cells) in rows.iter().enumerate().filter(|(_, cells)| !cells.is_empty()) {
        write!(sheet, "<row r=\"{}\">", row + 1).unwrap();
        for (column, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let name = format!("{}{}", char::from(b'A' + column as u8), row + 1);
            let text = cell.replace('&', "&amp;").replace('<', "&lt;");
            let cell = match cell.parse::<f64>() {
                Ok(_) => format!("<c r=\"{name}\"><v>{cell}</v></c>"),
                Err(_) if *cell == "shared" => format!("<c r=\"{name}\" t=\"s\"><v>0</v></c>"),
                Err(_) => format!("<c r=\"{name}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"),
            };
            sheet.push_str(&cell);
        }
        sheet += "</row>";
    }
    let part = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    zipped(&[
        part("xl/workbook.xml", r#"<workbook xmlns:r="r"><sheets><sheet name="One" sheetId="1" r:id="rId1"/></sheets></workbook>"#),
        part("xl/_rels/workbook.xml.rels", r#"<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>"#),
        part("xl/sharedStrings.xml", "<sst><si><r><t>sha</t></r><r><t>red</t></r><rPh><t>no</t></rPh></si></sst>"),
        part("xl/worksheets/sheet1.xml", &format!("<worksheet><sheetData>{sheet}</sheetData></worksheet>")),
    ])
}

const COLUMNS: &[&str] = &["name", "amount", "unit", "location", "type", "categories", "formula", "uncertainty type", "loc", "scale"];

fn rows() -> Vec<&'static [&'static str]> {
    vec![
        &["Database", "mine"],
        &["Project parameters"],
        &["name", "amount", "formula"],
        &["share", "0.5"],
        &[],
        &["Activity", "making steel"],
        &["code", "steel-code"],
        &["location", "CN"],
        &["unit", "kilogram"],
        &["reference product", "steel"],
        &["tag", "left out"],
        &["Exchanges"],
        COLUMNS,
        &["steel", "1", "kilogram", "CN", "production"],
        &["power", "0", "kilowatt hour", "CN", "technosphere", "", "share**2 * 2"],
        &["Carbon dioxide", "1.6", "kilogram", "", "biosphere", "air::urban", "", "2", "0.47000362924573563", "0.1"],
        &["Iron ore", "2", "kilogram", "", "biosphere", "natural resource::in ground"],
        &["nobody", "3", "kilogram", "", "technosphere"],
        &[],
        &["Activity", "power"],
        &["location", "CN"],
        &["unit", "kilowatt hour"],
        &["Exchanges"],
        COLUMNS,
        &["Carbon dioxide", "0.4", "kilogram", "", "biosphere", "air::urban"],
        &["treating slag", "-0.1", "kilogram", "CN", "technosphere"],
        &[],
        &["Activity", "treating slag"],
        &["location", "CN"],
        &["unit", "kilogram"],
        &["Exchanges"],
        COLUMNS,
        &["treating slag", "-1", "kilogram", "CN", "production"],
    ]
}

fn read_excel(rows: &[&[&str]]) -> Result<(Database, Dropped), ImportError> {
    excel::read("x.xlsx", &workbook(rows), DatabaseBuilder::new())
}

#[test]
fn a_workbook_for_brightway_is_linked_by_name_place_and_unit() {
    let (database, dropped) = read_excel(&rows()).unwrap();
    let steel = process(&database, "steel-code");
    assert_eq!(steel.exchanges.len(), 5);
    assert_eq!((steel.exchanges[1].amount, steel.exchanges[1].provider), (0.5, database.process_by_id("power|CN")));
    let Uncertainty::Lognormal { geometric_mean, geometric_deviation } = steel.exchanges[2].uncertainty else { panic!() };
    assert!((geometric_mean - 1.6).abs() < 1e-12 && (geometric_deviation - 0.1_f64.exp()).abs() < 1e-12);
    assert_eq!((steel.exchanges[3].direction, flow_of(&database, steel, 3)), (Direction::Input, "Iron ore"));
    assert_eq!(steel.exchanges[4].provider, None);
    let power = process(&database, "power|CN");
    // Without a production row, an activity makes one unit of itself.
    assert_eq!((power.exchanges[0].amount, power.reference), (1.0, Some(0)));
    let slag = database.flow_by_id("product:treating slag|CN").unwrap();
    assert_eq!(database.flow(slag).kind, FlowKind::Waste);
    assert_eq!(power.exchanges.iter().find(|e| e.flow == slag).map(|e| (e.amount, e.direction)), Some((0.1, Direction::Output)));
    assert_eq!(dropped.get("activities: tag"), Some(&1));
}

#[test]
fn a_workbook_takes_processes_and_flows_that_the_database_has() {
    let (background, _) = ecospold2::read(&mut files(spold_model()), DatabaseBuilder::new()).unwrap();
    let sheet: Vec<&[&str]> = vec![
        &["Activity", "car"],
        &["unit", "unit"],
        &["Exchanges"],
        COLUMNS,
        &["steelmaking", "900", "kilogram", "CN", "technosphere"],
        &["Carbon dioxide", "1", "kilogram", "", "biosphere", "air::urban"],
    ];
    let (both, _) = excel::read("x.xlsx", &workbook(&sheet), DatabaseBuilder::onto(background.clone(), OnConflict::default())).unwrap();
    let car = process(&both, "car");
    assert_eq!(car.exchanges[1].provider, both.process_by_id("steelmaking_steel"));
    assert_eq!((both.flows().len(), &*both.flow(car.exchanges[2].flow).id), (background.flows().len() + 1, "co2"));
}

#[test]
fn flows_of_one_name_in_units_that_do_not_convert_are_two() {
    let sheet: Vec<&[&str]> = vec![
        &["Activity", "well"],
        &["unit", "kilogram"],
        &["Exchanges"],
        COLUMNS,
        &["Natural gas", "2", "kilogram", "", "biosphere", "natural resource::in ground"],
        &["Natural gas", "3", "cubic meter", "", "biosphere", "natural resource::in ground"],
        &["Natural gas", "4", "gram", "", "biosphere", "natural resource::in ground"],
    ];
    let (database, _) = read_excel(&sheet).unwrap();
    let well = process(&database, "well");
    let ids: Vec<&str> = well.exchanges.iter().map(|e| &*database.flow(e.flow).id).collect();
    let gas = "natural resource/in ground/Natural gas";
    assert_eq!(ids[1..], [gas, &format!("{gas} [cubic meter]"), gas]);
}

#[test]
fn cells_that_cannot_be_are_named_with_their_row() {
    let with = |at: usize, row: &'static [&'static str]| {
        let mut all = rows();
        all[at] = row;
        read_excel(&all).unwrap_err().to_string()
    };
    for (at, row, word) in [
        (13, &["steel", "one", "kilogram", "CN", "production"][..], "sheet `One`` is no data set: row 14: `amount` is `one`"),
        (13, &["steel", "1", "kilogram", "CN", "produced"][..], "row 14: `type` is `produced`"),
        (13, &["", "1", "kilogram", "CN", "production"][..], "row 14: an exchange wants a `name`"),
        (5, &["Activity"][..], "row 6: an `Activity` wants a name"),
        (15, &["Carbon dioxide", "1.6", "kilogram", "", "biosphere", "", "", "2"][..], "row 16: this `uncertainty type` wants `loc`"),
        (15, &["Carbon dioxide", "1.6", "kilogram", "", "biosphere", "", "", "14"][..], "row 16: `uncertainty type` 14 is not known; 0 to 13 are"),
        (14, &["power", "0", "kilowatt hour", "CN", "technosphere", "", "shar * 2"][..], "there is no parameter `shar` here"),
    ] {
        let message = with(at, row);
        assert!(message.contains(word), "{row:?}: {message}");
    }
    assert!(read_excel(&[&["skip"], &["Activity", "a"]]).unwrap_err().to_string().contains("it is no inventory for Brightway"));
    assert!(read_excel(&[&["Activity", "shared"]]).unwrap().0.process_by_id("shared").is_some());
    let whole = workbook(&rows());
    for length in (0..whole.len()).step_by(41) {
        assert!(excel::read("x.xlsx", &whole[..length], DatabaseBuilder::new()).is_err(), "{length}");
    }
}

/// A spreadsheet that saved the file again filled every row up with separators.
#[test]
fn separators_behind_the_last_cell_mean_nothing() {
    let filled = simapro_text().replace('\n', ";;;\n");
    let (plain, _) = read_simapro(&simapro_text()).unwrap();
    let (again, _) = read_simapro(&filled).unwrap();
    assert_eq!(again.processes().len(), plain.processes().len());
    for (a, b) in again.processes().iter().zip(plain.processes()) {
        assert_eq!((&a.name, &a.exchanges, &a.parameters), (&b.name, &b.exchanges, &b.parameters));
    }
    assert_eq!(again.parameters(), plain.parameters());
}

/// Versions before 8 name themselves without brackets, part a title from its text by a separator, have the amount before its unit, and no `End`.
#[test]
fn files_of_old_versions_are_read() {
    for separator in [";", "\t"] {
        let text = "SimaPro 8.0;process;Date:;26.08.2016\nProject;ours\n\nProcess\n\nCategory type;energy\nProcess identifier;P1\nProcess name;\nGeography;CN\n\n\
             Products\nsteel;2;kg;100;not defined;Metals\\Iron;good\n\nMaterials/fuels\npower;0.5;kWh;Undefined\n\nEmissions to air\nsoot;low. pop.;3;g;Undefined\n\n\
             Process\n\nCategory type;energy\nProcess identifier;P2\n\nProducts\npower;1;kWh;100;not defined;Energy\n";
        let (database, _) = read_simapro(&text.replace(';', separator)).unwrap();
        let steel = process(&database, "P1");
        assert_eq!((&*steel.name, steel.category.as_deref(), database.place(steel.location.unwrap())), ("steel", Some("energy"), "CN"));
        let rows: Vec<(&str, f64, &str)> =
            steel.exchanges.iter().map(|e| (&*database.flow(e.flow).name, e.amount, &*database.unit(e.unit).name)).collect();
        assert_eq!(rows, [("steel", 2.0, "kg"), ("power", 0.5, "kWh"), ("soot", 3.0, "g")]);
        assert_eq!(inventory(&database, "P1", "product:steel"), [("soot".to_owned(), 1.5)]);
        assert_eq!(process(&database, "P2").exchanges.len(), 1);
    }
}

/// 60 % is burnt; of the rest a quarter is buried and three quarters are sorted; what is separated as paper is none of it.
#[test]
fn a_waste_scenario_hands_its_waste_on_by_shares() {
    let treatment = |name: &str, dust: f64| {
        process_block(&format!("Waste treatment\n{name};kg;2;All waste types;Others\n\nEmissions to air\ndust;;kg;{dust};Undefined;0;0;0;\n"))
    };
    let scenario = process_block(
        "Process identifier\nS\n\nWaste scenario\nmixed;kg;1;Mixed;Others\n\nMaterials/fuels\n\nSeparated waste\nburning;All waste types;60;\npulping;Paper;90\n\n\
         Remaining waste\nburying;;25\nsorting;;75\n",
    );
    let text = format!(
        "{{SimaPro 9.1}}\n{{CSV separator: Semicolon}}\n{{Decimal separator: .}}\n\n{scenario}{}{}{}",
        treatment("burning", 20.0),
        treatment("burying", 2.0),
        treatment("sorting", 4.0)
    );
    let (database, dropped) = read_simapro(&text).unwrap();
    let found = inventory(&database, "S", "product:mixed");
    assert_eq!(found.len(), 1);
    assert!((found[0].1 - (0.6 * 10.0 + 0.1 * 1.0 + 0.3 * 2.0)).abs() < 1e-12, "{found:?}");
    assert_eq!(dropped.get("waste scenarios: separation of types that the waste is not of"), Some(&1));
    let message = read_simapro(&text.replace("burying;;25", "burying;;most")).unwrap_err().to_string();
    assert!(message.contains("the share of `burying` is `most`, wanted a number of per cent"), "{message}");
}

#[test]
fn methods_of_simapro_find_flows_by_compartment_the_unspecified_all_others() {
    let rows = |name: &str, sub: &str| format!("{name};{sub};kg;1;Undefined;0;0;0;\n");
    let inventory = format!(
        "{{SimaPro 9.1}}\n\n{}",
        process_block(&format!(
            "Process identifier\nP\n\nProducts\nx;kg;1;100;not defined;Others\n\nResources\n{}\nEmissions to air\n{}{}{}\nEmissions to water\n{}",
            rows("gold", "in ground"),
            rows("dust", ""),
            rows("dust", "low. pop."),
            rows("dust", "high. pop."),
            rows("dust", "ocean"),
        ))
    );
    let (database, _) = read_simapro(&inventory).unwrap();
    let method = "{SimaPro 9.1};;;\n{methods};;;\n{CSV separator: Semicolon};;;\n{Decimal separator: ,};;;\n;;;\nMethod;;;\n;;;\nName;;;\nTolls;;;\n;;;\nComment;;;\n         \"A text that goes on\n\nImpact category\nfor lines\";;;\n;;;\nImpact category;;;\nbreath;points;;\n;;;\nSubstances;;;\nAir;(unspecified);dust;1-2-3;0,5;kg\n         Air;low. pop.;dust;1-2-3;2;kg\nRaw;(unspecified);gold;;3000;g\nNon mat.;(unspecified);noise;;4;h\n;;;\nDamage category;;;\nhealth;DALY;;\n;;;\nEnd;;;\n";
    let builder = || DatabaseBuilder::onto(database.clone(), OnConflict::Refuse);
    let (with, dropped) = simapro::read("m.csv", method.as_bytes(), builder()).unwrap();
    assert_eq!((with.category_names(), with.categories()[0].unit.as_deref()), (vec!["Tolls: breath".to_owned()], Some("points")));
    let mut found: Vec<(String, f64)> =
        with.categories()[0].factors.iter().map(|f| (with.flow(f.flow).category.as_deref().unwrap().to_owned(), f.value)).collect();
    found.sort_by(|a, b| a.0.cmp(&b.0));
    let wanted = [("air", 0.5), ("air/high. pop.", 0.5), ("air/low. pop.", 2.0), ("resources/in ground", 3e6)];
    assert_eq!(found, wanted.map(|(path, value)| (path.to_owned(), value)));
    assert_eq!(
        (dropped.get("factors of flows that the database lacks"), dropped.get("methods: damage categories of no impact category")),
        (Some(&1), Some(&1))
    );
    for (from, to, word) in [("Air;(unspecified)", "Sky;(unspecified)", "there is no compartment `Sky`"), ("3000", "much", "the factor is `much`")] {
        let message = simapro::read("m.csv", method.replace(from, to).as_bytes(), builder()).unwrap_err().to_string();
        assert!(message.contains("line ") && message.contains(word), "{message}");
    }
}

/// Dust breathed counts 0.5 a kilogram anywhere and 2 near people; seen, 10 a gram everywhere. Health is 3·breath + 0.1·sight, gold alone is wealth; points
/// weigh health by 4·100 and wealth by 5·10.
#[test]
fn damage_categories_and_single_scores_of_simapro_sum_factors_flow_by_flow() {
    let rows = |name: &str, sub: &str| format!("{name};{sub};kg;1;Undefined;0;0;0;\n");
    let inventory = process_block(&format!(
        "Process identifier\nP\n\nProducts\nx;kg;1;100;not defined;Others\n\nResources\n{}\nEmissions to air\n{}{}",
        rows("gold", "in ground"),
        rows("dust", ""),
        rows("dust", "low. pop."),
    ));
    let (database, _) = read_simapro(&format!("{{SimaPro 9.1}}\n\n{inventory}")).unwrap();
    let method = "{SimaPro 9.1}\n{CSV separator: Semicolon}\n{Decimal separator: .}\n\nMethod\n\nName\nTolls\n\nWeighting unit\nmPt\n\n\
        Impact category\nbreath;b\n\nSubstances\nAir;(unspecified);dust;;0.5;kg\nAir;low. pop.;dust;;2;kg\n\n\
        Impact category\nsight;s\n\nSubstances\nAir;(unspecified);dust;;10;g\n\n\
        Impact category\nmines;m\n\nSubstances\nRaw;(unspecified);gold;;7;kg\n\n\
        Damage category\nhealth;DALY\n\nImpact categories\nbreath;3\nsight;0.1\nnoise;9\n\n\
        Damage category\nwealth;EUR\n\nImpact categories\nmines;1\n\n\
        Normalization-Weighting set\nours\n\nNormalization\nhealth;4\nwealth;5\n\nWeighting\nhealth;100\nwealth;10\n\n\
        Normalization-Weighting set\nplain\n\nNormalization\nhealth;4\n\nWeighting\n\nEnd\n";
    let read = |text: &str| simapro::read("m.csv", text.as_bytes(), DatabaseBuilder::onto(database.clone(), OnConflict::Refuse));
    let (with, dropped) = read(method).unwrap();
    let names = ["breath", "sight", "mines", "health", "wealth", "single score (ours)"].map(|name| format!("Tolls: {name}"));
    assert_eq!(with.category_names(), names);
    let of = |name: &str, path: &str| {
        let category = with.categories().iter().find(|c| &*c.name == name).unwrap();
        let value = category.factors.iter().find(|f| with.flow(f.flow).category.as_deref() == Some(path)).map(|f| f.value).unwrap();
        (value, category.unit.as_deref().unwrap())
    };
    let near =
        |(value, unit): (f64, &str), (wanted, of): (f64, &str)| assert!((value - wanted).abs() < 1e-9 * wanted && unit == of, "{value} {wanted}");
    near(of("health", "air"), (3.0 * 0.5 + 0.1 * 1e4, "DALY"));
    near(of("health", "air/low. pop."), (3.0 * 2.0 + 0.1 * 1e4, "DALY"));
    near(of("wealth", "resources/in ground"), (7.0, "EUR"));
    near(of("single score (ours)", "air"), (400.0 * (1.5 + 1e3), "mPt"));
    near(of("single score (ours)", "resources/in ground"), (50.0 * 7.0, "mPt"));
    assert_eq!(dropped.get("methods: parts of `health` that have no factors"), Some(&1), "{dropped:?}");
    assert_eq!(dropped.get("methods: sets of normalisation without weights"), Some(&1), "{dropped:?}");
    let message = read(&method.replace("breath;3", "breath;much")).unwrap_err().to_string();
    assert!(message.contains("line 36: the factor of `breath` is `much`, wanted a finite number"), "{message}");
    let message = read(&method.replace(";;10;g", ";;10;MJ")).unwrap_err().to_string();
    assert!(message.contains("`health` sums factors of `dust` for MJ and for kg"), "{message}");
}

#[test]
fn processes_of_simapro_without_identifier_are_told_apart_by_place() {
    let block = |place: &str, amount: &str| {
        process_block(&format!("Products\nsteel;kg;1;100;not defined;Metals;\n\nEmissions to air\nsoot;;kg;{amount};Undefined;0;0;0;\n"))
            .replace("\nCN\n", &format!("\n{place}\n"))
    };
    let ids = |database: &Database| database.processes().iter().map(|p| p.id.to_string()).collect::<Vec<_>>();
    let (both, _) = read_simapro(&format!("{{SimaPro 9.1}}\n\n{}{}", block("Europe", "2"), block("China", "3"))).unwrap();
    assert_eq!(ids(&both), ["process:steel, Europe", "process:steel, China"]);
    let (one, _) = read_simapro(&format!("{{SimaPro 9.1}}\n\n{}", block("Europe", "2"))).unwrap();
    let onto = |text: &str| simapro::read("y.csv", text.as_bytes(), DatabaseBuilder::onto(one.clone(), OnConflict::Refuse));
    let (more, _) = onto(&format!("{{SimaPro 9.1}}\n\n{}", block("China", "3"))).unwrap();
    assert_eq!(ids(&more), ["process:steel", "process:steel, China"]);
    let same = onto(&format!("{{SimaPro 9.1}}\n\n{}", block("Europe", "2"))).unwrap().0;
    assert_eq!(ids(&same), ["process:steel"]);
    let message = read_simapro(&format!("{{SimaPro 9.1}}\n\n{}{}", block("China", "2"), block("China", "3"))).unwrap_err().to_string();
    assert!(message.contains("the process `process:steel, China` is given twice"), "{message}");
}

#[test]
fn an_old_header_takes_the_decimal_separator_of_its_numbers() {
    let old = "SimaPro 8.0.4;process;Date:;26.08.2016;Time:;15:28;\nProject;x;;\n\nProcess;;;\n\nProcess identifier;P;\nGeography;Unspecified;\n\n\
               Products;;\nheat;1,5;kWh;100;not defined;Others;\n\nEmissions to air;;\nsoot;;0,25;kg;Lognormal;1,21;0;0;\nash;;1,5E-3;kg;Undefined;0;0;0;\n";
    let (database, _) = read_simapro(old).unwrap();
    let amounts: Vec<f64> = process(&database, "P").exchanges.iter().map(|e| e.amount).collect();
    assert_eq!(amounts, [1.5, 0.25, 1.5e-3]);
    let points = read_simapro(&old.replace("1,", "1.").replace("0,", "0.")).unwrap().0;
    assert_eq!(points, database);
    let message = read_simapro(&old.replace("0,25", "0.25")).unwrap_err().to_string();
    assert!(message.contains("no decimal separator, and its numbers have points and commas"), "{message}");
}

/// Two activities: one calls a parameter of the other, which calls one of its own; a group that both name has another.
fn grouped() -> Vec<&'static [&'static str]> {
    vec![
        &["CutOff", "8", "notes"],
        &["database", "mine"],
        &[],
        &["ACTIVITY", "a"],
        &["unit", "kilogram"],
        &["parameters", "ours"],
        &["name", "amount", "formula"],
        &["bar", "", "reference_me + 2"],
        &["shared_rate", "4"],
        &["own", "1"],
        &[],
        &["exchanges"],
        &[],
        &["name", "amount", "unit", "type", "formula", "comment", "kept", "last", "cut off"],
        &["b", "", "kilogram", "technosphere", "bar * 3", "", "", "", "1"],
        &[],
        &["dust", "2", "kilogram", "biosphere"],
        &["a note that is no exchange"],
        &[],
        &["Activity", "b"],
        &["unit", "kilogram"],
        &["Parameters", "ours"],
        &["name", "amount", "formula"],
        &["reference_me", "", "half * 6"],
        &["half", "0.5"],
        &["own", "2"],
        &[],
        &["Exchanges"],
        &["name", "amount", "unit", "type", "formula"],
        &["soot", "", "kilogram", "biosphere", "shared_rate * own"],
    ]
}

#[test]
fn parameters_of_a_group_are_seen_by_all_and_empty_lines_do_not_end_an_activity() {
    let (database, dropped) = read_excel(&grouped()).unwrap();
    let (a, b) = (process(&database, "a"), process(&database, "b"));
    // (0.5 · 6 + 2) · 3; the exchange below the empty line counts.
    assert_eq!((a.exchanges[1].amount, a.exchanges[2].amount, a.exchanges.len()), (15.0, 2.0, 3));
    assert_eq!(b.exchanges[1].amount, 8.0);
    let global: Vec<&str> = database.parameters().iter().map(|p| &*p.name).collect();
    assert_eq!(global, ["reference_me", "half", "shared_rate"]);
    assert_eq!(dropped.get("rows below an empty line that are neither exchange nor parameter"), Some(&1));
    // A name that both groups have stays with each; the caller takes that of its own group.
    let mut twice = grouped();
    twice.extend([&["Activity", "c"][..], &["unit", "kilogram"], &["Parameters", "theirs"], &["name", "amount"], &["half", "9"]]);
    let (database, dropped) = read_excel(&twice).unwrap();
    assert_eq!((process(&database, "a").exchanges[1].amount, process(&database, "b").exchanges[1].amount), (15.0, 8.0));
    assert_eq!(dropped.get("parameters of a group, copied into each activity that calls them"), Some(&2), "{dropped:?}");
    let mut unknown = grouped();
    unknown[7] = &["bar", "", "nobody + 2"];
    assert!(read_excel(&unknown).unwrap_err().to_string().contains("there is no parameter `nobody` here"));
}

#[test]
fn a_cutoff_keeps_as_many_columns_as_it_says() {
    for (columns, word) in
        [("4", "wants an `amount`"), ("0", "row 1: `cutoff` wants how many columns"), ("many", "row 1: `cutoff` wants how many columns")]
    {
        let corner: &[&str] = &["cutoff", columns];
        let mut rows = grouped();
        rows[0] = corner;
        let message = read_excel(&rows).unwrap_err().to_string();
        assert!(message.contains(word), "{columns}: {message}");
    }
    let mut rows = grouped();
    rows[0] = &["cutoff", "5"];
    assert_eq!(process(&read_excel(&rows).unwrap().0, "a").exchanges[1].amount, 15.0);
}

#[test]
fn a_workbook_of_factors_adds_a_method_to_flows_that_are_there() {
    let (database, _) = read_excel(&rows()).unwrap();
    let factors: &[&[&str]] = &[
        &["name", "categories", "amount"],
        &["Carbon dioxide", "air::urban::unspecified", "3"],
        &["Iron ore", "natural resource::in ground", "42"],
        &["Gold", "natural resource", "7"],
    ];
    let builder = || DatabaseBuilder::onto(database.clone(), OnConflict::Refuse);
    let (with, dropped) = excel::read("toll.xlsx", &workbook(factors), builder()).unwrap();
    assert_eq!(with.category_names(), ["toll: One"]);
    let found: Vec<(&str, f64)> = with.categories()[0].factors.iter().map(|f| (&*with.flow(f.flow).name, f.value)).collect();
    assert_eq!(found, [("Carbon dioxide", 3.0), ("Iron ore", 42.0)]);
    assert_eq!(dropped.get("factors of flows that the database lacks"), Some(&1));
    // A factor for a gram is a thousandth of that for a kilogram, and so is its distribution.
    let spread: &[&[&str]] = &[
        &["Name", "categories", "amount", "unit", "uncertainty type", "loc", "scale", "minimum", "maximum"],
        &["Carbon dioxide", "air::urban", "3", "gram", "4", "", "", "2", "5"],
        &["Iron ore", "natural resource::in ground", "2", "kilogram", "7", "", "", "1", "4"],
    ];
    let (with, dropped) = excel::read("toll.xlsx", &workbook(spread), builder()).unwrap();
    let carbon = &with.categories()[0].factors[0];
    assert!((carbon.value - 3e3).abs() < 1e-9, "{carbon:?}");
    assert!(matches!(carbon.uncertainty, Uncertainty::Uniform { low, high } if (low - 2e3).abs() < 1e-9 && (high - 5e3).abs() < 1e-9), "{carbon:?}");
    assert_eq!((with.categories()[0].factors[1].value, with.categories()[0].factors[1].uncertainty), (2.0, Uncertainty::None));
    assert_eq!(dropped.get("distributions: Bernoulli, discrete, Weibull, gamma, beta and others"), Some(&1), "{dropped:?}");
    let wrong: &[&[&str]] = &[spread[0], &["Carbon dioxide", "air::urban", "3", "MJ"]];
    assert!(excel::read("toll.xlsx", &workbook(wrong), builder()).unwrap_err().to_string().contains("is for MJ; the database has the flow in"));
    let kind: &[&[&str]] = &[spread[0], &["Carbon dioxide", "air::urban", "3", "gram", "4", "", "", "much"]];
    assert!(excel::read("toll.xlsx", &workbook(kind), builder()).unwrap_err().to_string().contains("row 2: `minimum` is `much`"));
    let odd: &[&[&str]] = &[&["name", "categories", "amount"], &["Iron ore", "natural resource", "much"]];
    assert!(excel::read("toll.xlsx", &workbook(odd), builder()).unwrap_err().to_string().contains("the factor is `much`"));
}

fn ilcd_files() -> Vec<(String, String)> {
    let set = |root: &str, information: &str, rest: &str| {
        format!(
            r#"<p:{root} xmlns:p="p" xmlns:c="c" xmlns:epd="e"><p:information><p:dataSetInformation>{information}</p:dataSetInformation></p:information>{rest}</p:{root}>"#
        )
    };
    let named = |id: &str| format!("<c:UUID>{id}</c:UUID><p:name><p:baseName>{id}</p:baseName></p:name>");
    let quantity = |field: &str, text: &str| format!("<p:quantitativeReference><p:{field}>{text}</p:{field}></p:quantitativeReference>");
    let flow = |id: &str, kind: &str| {
        let properties = r#"<p:flowProperties><p:flowProperty dataSetInternalID="3"><p:referenceToFlowPropertyDataSet refObjectId="mass"/><p:meanValue>1.0</p:meanValue></p:flowProperty></p:flowProperties>"#;
        let rest = format!(
            "{}<p:LCIMethod><p:typeOfDataSet>{kind}</p:typeOfDataSet></p:LCIMethod>{properties}",
            quantity("referenceToReferenceFlowProperty", "3")
        );
        (format!("ILCD/flows/{id}.xml"), set("flowDataSet", &named(id), &rest))
    };
    let exchange = |number: u32, flow: &str, direction: &str, amount: f64, more: &str| {
        format!(
            r#"<p:exchange dataSetInternalID="{number}"><p:referenceToFlowDataSet refObjectId="{flow}"><c:shortDescription>{flow}</c:shortDescription></p:referenceToFlowDataSet><p:exchangeDirection>{direction}</p:exchangeDirection><p:meanAmount>9</p:meanAmount><p:resultingAmount>{amount}</p:resultingAmount>{more}</p:exchange>"#
        )
    };
    let spread = "<p:uncertaintyDistributionType>log-normal</p:uncertaintyDistributionType><p:relativeStandardDeviation95In>1.44</p:relativeStandardDeviation95In>";
    let share = |a: f64, b: f64| {
        format!(
            r#"<p:allocations><p:allocation internalReferenceToCoProduct="0" allocatedFraction="{a}"/><p:allocation internalReferenceToCoProduct="1" allocatedFraction="{b}"/></p:allocations>"#
        )
    };
    let boiler = format!(
        r#"{}<p:geography><p:locationOfOperationSupplyOrProduction location="CN"/></p:geography><p:exchanges>{}{}{}</p:exchanges>"#,
        quantity("referenceToReferenceFlow", "0"),
        exchange(0, "heat", "Output", 2.0, ""),
        exchange(1, "power", "Output", 1.0, ""),
        exchange(2, "co2", "Output", 8.0, &(spread.to_owned() + &share(75.0, 25.0))),
    );
    let result = |module: &str, value: f64| format!(r#"<epd:amount epd:module="{module}">{value}</epd:amount>"#);
    let declaration = format!(
        r#"{}<p:exchanges>{}</p:exchanges><p:LCIAResults><p:LCIAResult><p:referenceToLCIAMethodDataSet refObjectId="gwp"><c:shortDescription>GWP total</c:shortDescription></p:referenceToLCIAMethodDataSet><p:meanAmount>0</p:meanAmount><c:other>{}{}<epd:referenceToUnitGroupDataSet refObjectId="u"><c:shortDescription>kg CO2 eq.</c:shortDescription></epd:referenceToUnitGroupDataSet></c:other></p:LCIAResult></p:LCIAResults>"#,
        quantity("referenceToReferenceFlow", "0"),
        exchange(0, "panel", "Output", 1.0, ""),
        result("A1-A3", 12.5),
        result("D", -2.0),
    );
    let units = r#"<p:units><p:unit dataSetInternalID="0"><p:name>kg</p:name><p:meanValue>1</p:meanValue></p:unit><p:unit dataSetInternalID="1"><p:name>g</p:name><p:meanValue>0.001</p:meanValue></p:unit></p:units>"#;
    let factor = |flow: &str, value: f64| {
        format!(r#"<p:factor><p:referenceToFlowDataSet refObjectId="{flow}"/><p:meanValue>{value}</p:meanValue></p:factor>"#)
    };
    let method = format!(
        r#"<p:quantitativeReference><p:referenceQuantity refObjectId="q"><c:shortDescription>kg CO2 eq.</c:shortDescription></p:referenceQuantity></p:quantitativeReference><p:characterisationFactors>{}{}</p:characterisationFactors>"#,
        factor("co2", 1.0),
        factor("nobody", 2.0),
    );
    let property = r#"<p:quantitativeReference><p:referenceToReferenceUnitGroup refObjectId="masses"/></p:quantitativeReference>"#;
    let simple = |id: &str, name: &str| format!("<c:UUID>{id}</c:UUID><c:name>{name}</c:name>");
    let file = |name: &str, text: String| (format!("ILCD/{name}"), text);
    vec![
        file("unitgroups/masses.xml", set("unitGroupDataSet", &simple("masses", "Masses"), &(quantity("referenceToReferenceUnit", "0") + units))),
        file("flowproperties/mass.xml", set("flowPropertyDataSet", &simple("mass", "Mass"), property)),
        flow("heat", "Product flow"),
        flow("power", "Product flow"),
        flow("panel", "Product flow"),
        flow("co2", "Elementary flow"),
        file("lciamethods/gwp.xml", set("LCIAMethodDataSet", &(simple("m", "climate change") + "<p:methodology>EF 3.1</p:methodology>"), &method)),
        file("processes/boiler.xml", set("processDataSet", &named("boiler"), &boiler)),
        file("processes/panel.xml", set("processDataSet", &named("declared"), &declaration)),
        file("sources/s.xml", "<s/>".to_owned()),
    ]
}

#[test]
fn an_ilcd_package_is_read_with_its_methods_shares_and_declarations() {
    let (database, dropped) = read_package(&mut files(ilcd_files()), DatabaseBuilder::new()).unwrap();
    let boiler = process(&database, "boiler");
    assert_eq!((boiler.exchanges[2].amount, database.place(boiler.location.unwrap())), (8.0, "CN"));
    assert_eq!(boiler.exchanges[2].uncertainty, Uncertainty::Lognormal { geometric_mean: 8.0, geometric_deviation: 1.2 });
    assert_eq!(inventory(&database, "boiler", "heat"), [("co2".to_owned(), 0.75 * 8.0 / 2.0)]);
    assert_eq!(database.category_names(), ["EF 3.1: climate change", "EPD: GWP total"]);
    let module = process(&database, "declared#A1-A3");
    assert_eq!((&*module.name, module.exchanges.len(), module.exchanges[1].amount), ("declared, A1-A3", 2, 12.5));
    assert_eq!(process(&database, "declared#D").exchanges[1].amount, -2.0);
    assert_eq!(dropped.get("factors of flows that the database lacks"), Some(&1));
    assert_eq!(dropped.get("sources/"), Some(&1));
}

#[test]
fn an_ilcd_file_that_lacks_something_is_named() {
    for (file, from, to, word) in [
        ("processes/boiler.xml", "refObjectId=\"co2\"", "refObjectId=\"co3\"", "the process `boiler`: there is no flow `co3`"),
        ("processes/boiler.xml", "refObjectId=\"co2\"", "", "wants a `referenceToFlowDataSet`"),
        ("processes/boiler.xml", ">8<", ">8 kg<", "`resultingAmount` is `8 kg`"),
        ("processes/boiler.xml", "<c:UUID>boiler</c:UUID>", "", "it wants a `UUID`"),
        ("flows/heat.xml", ">3<", ">4<", "the flow `heat`: it wants a reference flow property"),
        ("flows/heat.xml", "refObjectId=\"mass\"", "refObjectId=\"mess\"", "there is no flow property `mess`"),
        ("flows/heat.xml", "flowDataSet", "flawDataSet", "its root is `flawDataSet`"),
        ("unitgroups/masses.xml", "Unit>0<", "Unit>7<", "it wants a reference unit"),
        ("unitgroups/masses.xml", "0.001", "0", "conversion factor above 0"),
        ("processes/boiler.xml", "<p:exchanges>", "<p:exchanges><p:exchanges>", "at byte"),
    ] {
        let mut list = ilcd_files();
        let (_, text) = list.iter_mut().find(|(name, _)| name.ends_with(file)).unwrap();
        assert!(text.contains(from), "{from}: {text}");
        *text = text.replace(from, to);
        let message = ilcd::read(&mut files(list), DatabaseBuilder::new()).unwrap_err().to_string();
        assert!(message.contains(word), "{from}: {message}");
    }
    assert!(ilcd::read(&mut files(Vec::new()), DatabaseBuilder::new()).unwrap_err().to_string().contains("it is no ILCD package"));
}

#[test]
fn a_mapping_replaces_flows_suppliers_units_and_places_of_a_database() {
    let database = || packages::database();
    let apply = |text: &str| database().remapped(&parse_mapping(&format!("kind,from,to,factor,note\n{text}")).unwrap());
    let (mapped, done) = apply("# ours\nflow,co2,ch4,0.5,half\nprovider,slag,dump,,\n").unwrap();
    let ch4 = mapped.flow_by_id("ch4").unwrap();
    let steel = process(&mapped, "making-steel");
    let exchange = steel.exchanges.iter().find(|e| e.flow == ch4).unwrap();
    assert_eq!((exchange.amount, done.exchanges, done.providers), (0.8, 3, 1));
    assert!(steel.exchanges.iter().any(|e| e.provider == mapped.process_by_id("dump")));
    let (mapped, done) = apply("unit,kWh,kg,2,\n").unwrap();
    assert!(done.units > 0 && &*mapped.reference_unit(mapped.flow_by_id("electricity").unwrap()).name == "kg");
    let used = process(&mapped, "making-steel").exchanges[1].amount;
    // 1.8 MJ are half a kilowatt-hour.
    assert!((used - 1.0).abs() < 1e-12, "{used}");
    for (row, word) in [
        ("flow,co3,ch4,,", "line 2: the database has no flow `co3`"),
        ("flow,co2,steel,,", "`co2` and `steel` are not of one kind"),
        ("provider,slag,dmup,,", "no process `dmup`"),
        ("unit,kWhh,kg,,", "no unit `kWhh`"),
        ("location,XX,CN,,", "no location `XX`"),
    ] {
        let message = apply(row).unwrap_err().to_string();
        assert!(message.contains(word), "{row}: {message}");
    }
    for (text, word) in [
        ("kind,from\n", "there is no column `to`"),
        ("kind,from,to\nodd,a,b\n", "line 2: kind is `odd`"),
        ("kind,from,to,factor\nflow,a,b,0\n", "line 2: factor is `0`"),
    ] {
        assert!(parse_mapping(text).unwrap_err().to_string().contains(word), "{text}");
    }
}

/// Numbers that look random and are the same each time.
fn scattered(state: &mut u64) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

#[test]
fn every_reader_survives_bytes_that_are_changed_at_random() {
    let mut state = 7;
    let mut spoil = |bytes: &[u8]| {
        let mut changed = bytes.to_vec();
        for _ in 0..=scattered(&mut state) % 4 {
            let at = scattered(&mut state) % changed.len();
            match scattered(&mut state) % 3 {
                0 => changed[at] = (scattered(&mut state) % 128) as u8,
                1 => drop(changed.drain(at..(at + scattered(&mut state) % 40).min(changed.len()))),
                _ => changed.insert(at, b"<>&;\"0-9.e"[scattered(&mut state) % 10]),
            }
            if changed.is_empty() {
                changed.push(b'0');
            }
        }
        changed
    };
    let (text, book) = (simapro_text(), workbook(&rows()));
    for _ in 0..150 {
        let _ = simapro::read("x.csv", &spoil(text.as_bytes()), DatabaseBuilder::new());
        let _ = excel::read("x.xlsx", &spoil(&book), DatabaseBuilder::new());
        for (list, is_ilcd) in [(ilcd_files(), true), (spold_model(), false)] {
            let spoilt = list.into_iter().map(|(name, text)| (name, String::from_utf8_lossy(&spoil(text.as_bytes())).into_owned())).collect();
            let _ = if is_ilcd {
                ilcd::read(&mut files(spoilt), DatabaseBuilder::new())
            } else {
                read_package(&mut files(spoilt), DatabaseBuilder::new())
            };
        }
    }
}

#[test]
fn deep_nesting_and_zip_bombs_are_refused_by_every_reader_of_xml() {
    let deep = "<a>".repeat(100_000);
    let bomb = format!("<processDataSet>{}</processDataSet>", " ".repeat(64 << 20));
    for name in ["ILCD/processes/x.xml", "x.spold"] {
        let of = |text: &str| {
            let bytes = zipped(&[(name.to_owned(), text.to_owned()), ("readme.txt".to_owned(), String::new())]);
            let mut zip = ZipFiles::new(Cursor::new(bytes), Limits::default()).unwrap();
            read_package(&mut zip, DatabaseBuilder::new()).unwrap_err().to_string()
        };
        assert!(of(&deep).contains("nested more than 128 deep"), "{name}");
        assert!(of(&bomb).contains("zip bomb"), "{name}");
    }
    for (part, text) in [("xl/workbook.xml", &deep), ("xl/sharedStrings.xml", &bomb)] {
        let mut parts = vec![(part.to_owned(), text.clone())];
        if part != "xl/workbook.xml" {
            parts.push(("xl/workbook.xml".to_owned(), "<workbook/>".to_owned()));
        }
        let message = excel::read("x.xlsx", &zipped(&parts), DatabaseBuilder::new()).unwrap_err().to_string();
        assert!(message.contains("nested more than") || message.contains("zip bomb"), "{message}");
    }
}

#[test]
fn circles_of_parameters_and_ids_given_twice_are_refused_in_a_workbook_and_in_ilcd() {
    let mut circle = rows();
    circle[3] = &["share", "0.5", "share + 1"];
    assert!(read_excel(&circle).unwrap_err().to_string().contains("depend on each other in a circle"));
    let mut twice = rows();
    twice.extend([&[][..], &["Activity", "power"][..], &["location", "CN"][..], &["unit", "kilowatt hour"][..]]);
    assert!(read_excel(&twice).unwrap_err().to_string().contains("the process `power|CN` is given twice"));
    let mut list = ilcd_files();
    let boiler = list.iter().find(|(name, _)| name.ends_with("boiler.xml")).unwrap().1.clone();
    list.push(("ILCD/processes/again.xml".to_owned(), boiler));
    assert!(ilcd::read(&mut files(list), DatabaseBuilder::new()).unwrap_err().to_string().contains("the process `boiler` is given twice"));
}
