//! Environmental product declarations (ILCD+EPD): modules, scenarios, indicators, what is declared per unit, and what is left out.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

mod packages;

use std::fmt::Write as _;

use minewheel_lca::database::{Database, DatabaseBuilder, LinkOptions, OnConflict, ProductSystem};
use minewheel_lca::formats::{Dropped, ImportError, read_package};
use minewheel_lca::{Assembly, adjoint, direct_scores};
use packages::files;

const MASS: &str = "93a60a56-a3c8-11da-a746-0800200b9a66";

fn set(root: &str, information: &str, rest: &str) -> String {
    format!(
        r#"<p:{root} xmlns:p="p" xmlns:c="c" xmlns:epd="e" xmlns:xml="x"><p:information><p:dataSetInformation>{information}</p:dataSetInformation></p:information>{rest}</p:{root}>"#
    )
}

fn reference(field: &str, number: u32) -> String {
    format!("<p:quantitativeReference><p:{field}>{number}</p:{field}></p:quantitativeReference>")
}

/// Results by module, in a unit that is called so.
fn results(unit: &str, amounts: &[(&str, &str)]) -> String {
    let mut text = format!(
        r#"<epd:referenceToUnitGroupDataSet refObjectId="g"><c:shortDescription xml:lang="en">{unit}</c:shortDescription></epd:referenceToUnitGroupDataSet>"#
    );
    for (module, value) in amounts {
        let _ = write!(text, "<epd:amount {module}>{value}</epd:amount>");
    }
    format!("<c:other>{text}</c:other>")
}

/// A wall of which 18.3 kg are declared: two modules, one of them in two scenarios, and one not declared.
fn wall(indicators: &str) -> String {
    let information = "<c:UUID>wall</c:UUID><p:name><p:baseName xml:lang=\"de\">Wand</p:baseName><p:baseName xml:lang=\"en\">Wall</p:baseName></p:name>\
         <p:classificationInformation><c:classification name=\"A\"><c:class level=\"0\">Works</c:class><c:class level=\"1\">Walls</c:class></c:classification>\
         <c:classification name=\"B\"><c:class level=\"0\">Other</c:class></c:classification></p:classificationInformation>\
         <c:generalComment xml:lang=\"en\">Built here.</c:generalComment>\
         <c:other><epd:scenarios><epd:scenario epd:name=\"reuse\" epd:default=\"true\"><epd:description>taken down</epd:description></epd:scenario>\
         <epd:scenario epd:name=\"dump\"><epd:description>tipped</epd:description></epd:scenario></epd:scenarios><epd:contentDeclaration/></c:other>";
    let exchanges = format!(
        "<p:exchanges><p:exchange dataSetInternalID=\"4\"><p:referenceToFlowDataSet refObjectId=\"wall-flow\"><c:shortDescription>Wall</c:shortDescription>\
         </p:referenceToFlowDataSet><p:meanAmount>1</p:meanAmount></p:exchange>\
         <p:exchange dataSetInternalID=\"5\"><p:referenceToFlowDataSet refObjectId=\"sm\"><c:shortDescription>Secondary material</c:shortDescription>\
         </p:referenceToFlowDataSet><p:exchangeDirection>Input</p:exchangeDirection>{}</p:exchange></p:exchanges>",
        results("kg", &[(r#"epd:module="A1-A3""#, "3.5")])
    );
    set("processDataSet", information, &format!("{}{exchanges}<p:LCIAResults>{indicators}</p:LCIAResults>", reference("referenceToReferenceFlow", 4)))
}

fn warming(unit: &str, amounts: &[(&str, &str)]) -> String {
    format!(
        r#"<p:LCIAResult><p:referenceToLCIAMethodDataSet refObjectId="gwp"><c:shortDescription xml:lang="de">Treibhaus</c:shortDescription><c:shortDescription xml:lang="en">Warming</c:shortDescription></p:referenceToLCIAMethodDataSet>{}</p:LCIAResult>"#,
        results(unit, amounts)
    )
}

const MODULES: [(&str, &str); 4] = [
    (r#"epd:module="A1-A3""#, "36.6"),
    (r#"epd:module="C3" epd:scenario="reuse""#, "1.83"),
    (r#"epd:module="C3" epd:scenario="dump""#, "-18.3"),
    (r#"epd:module="B1""#, "ND"),
];

/// No property, no unit group: as declarations are handed out.
fn package() -> Vec<(String, String)> {
    let properties = format!(
        r#"<p:flowProperties><p:flowProperty dataSetInternalID="0"><p:referenceToFlowPropertyDataSet refObjectId="{MASS}"/><p:meanValue>18.3</p:meanValue></p:flowProperty><p:flowProperty dataSetInternalID="1"><p:referenceToFlowPropertyDataSet refObjectId="odd"/><p:meanValue>2</p:meanValue></p:flowProperty></p:flowProperties>"#
    );
    let flow = |id: &str, kind: &str, more: &str| {
        let information = format!("<c:UUID>{id}</c:UUID><p:name><p:baseName>{id}</p:baseName></p:name>");
        let rest =
            format!("{}<p:LCIMethod><p:typeOfDataSet>{kind}</p:typeOfDataSet></p:LCIMethod>{more}", reference("referenceToReferenceFlowProperty", 0));
        (format!("ILCD/flows/{id}.xml"), set("flowDataSet", &information, &rest))
    };
    vec![
        flow("wall-flow", "Product flow", &properties),
        flow("sm", "Other flow", ""),
        ("ILCD/processes/wall.xml".to_owned(), wall(&warming("kg CO_(2)-Äq.", &MODULES))),
    ]
}

fn read(list: Vec<(String, String)>, builder: DatabaseBuilder) -> Result<(Database, Dropped), ImportError> {
    read_package(&mut files(list), builder)
}

/// The impact of an amount of what a process makes.
fn score(database: &Database, process: &str, method: &str, amount: f64) -> f64 {
    let system = ProductSystem::reached_from(database, &[(database.process_by_id(process).unwrap(), None)], LinkOptions::default()).unwrap();
    let mut assembly = Assembly::new(&system.matrices).unwrap();
    let method = system.matrices.methods.iter().find(|m| m.name == method).unwrap_or_else(|| panic!("{:?}", database.category_names()));
    let category = assembly.category(method);
    let scores = adjoint(&assembly.network, &direct_scores(&assembly.network, &category)).unwrap();
    scores.total(&assembly.demand(&[(1, amount)]).unwrap()).unwrap()
}

#[test]
fn modules_and_scenarios_answer_with_their_stated_results_per_declared_amount() {
    let (database, dropped) = read(package(), DatabaseBuilder::new()).unwrap();
    assert_eq!(database.category_names(), ["EPD: Secondary material", "EPD: Warming"]);
    let ids: Vec<&str> = database.processes().iter().map(|p| &*p.id).collect();
    assert_eq!(ids, ["wall#A1-A3", "wall#C3#dump", "wall#C3#reuse"]);
    // 36.6 kg of CO2 for 18.3 kg of wall.
    for (process, method, wanted) in [
        ("wall#A1-A3", "EPD: Warming", 2.0),
        ("wall#A1-A3", "EPD: Secondary material", 3.5 / 18.3),
        ("wall#C3#reuse", "EPD: Warming", 0.1),
        ("wall#C3#dump", "EPD: Warming", -1.0),
        ("wall#C3#dump", "EPD: Secondary material", 0.0),
    ] {
        let found = score(&database, process, method, 1.0);
        assert!((found - wanted).abs() < 1e-12, "{process}, {method}: {found}");
    }
    let reuse = database.process(database.process_by_id("wall#C3#reuse").unwrap());
    assert_eq!(&*reuse.name, "Wall, C3, reuse");
    assert_eq!(reuse.category.as_deref(), Some("Works/Walls"));
    assert_eq!(reuse.description.as_deref(), Some("Built here.\nScenario reuse (default): taken down"));
    let category = &database.categories()[1];
    assert_eq!((&*category.name, category.unit.as_deref()), ("Warming", Some("kg CO2 eq.")));
    let wanted = [
        ("extension `contentDeclaration` of processDataSet", 1),
        ("further properties of flows that the package lacks", 1),
        ("results of EPD modules that are no number", 1),
    ];
    assert_eq!(dropped, wanted.map(|(what, count)| (what.to_owned(), count)).into_iter().collect());
}

#[test]
fn a_second_declaration_shares_indicators_and_keeps_apart_what_does_not_convert() {
    let (first, _) = read(package(), DatabaseBuilder::new()).unwrap();
    let second = |unit: &str| {
        let mut list = package();
        let other = wall(&warming(unit, &[(r#"epd:module="A1-A3""#, "18.3")])).replace(">wall</c:UUID>", ">other</c:UUID>");
        list[2].1 = other;
        read(list, DatabaseBuilder::onto(first.clone(), OnConflict::Refuse)).unwrap().0
    };
    let same = second("kg CO2 eq.");
    assert_eq!(same.category_names(), ["EPD: Secondary material", "EPD: Warming"]);
    assert!((score(&same, "other#A1-A3", "EPD: Warming", 1.0) - 1.0).abs() < 1e-12);
    let apart = second("g CO2 eq.");
    assert_eq!(apart.category_names(), ["EPD: Secondary material", "EPD: Warming", "EPD: Warming (gwp [g CO2 eq.])"]);
    assert_eq!(score(&apart, "other#A1-A3", "EPD: Warming", 1.0), 0.0);
    assert!((score(&apart, "other#A1-A3", "EPD: Warming (gwp [g CO2 eq.])", 1.0) - 1.0).abs() < 1e-12);
}

#[test]
fn a_declaration_by_itself_counts_in_declared_units() {
    let list = vec![("wall.xml".to_owned(), wall(&warming("kg CO2 eq.", &MODULES)))];
    let (database, dropped) = read(list, DatabaseBuilder::new()).unwrap();
    assert!((score(&database, "wall#A1-A3", "EPD: Warming", 1.0) - 36.6).abs() < 1e-12);
    let product = database.flow_by_id("wall-flow").unwrap();
    assert_eq!(&*database.reference_unit(product).name, "declared unit");
    assert_eq!(dropped.get("EPD products without a data set, in declared units"), Some(&1));
}

/// A package may have mass on a unit group of its own.
#[test]
fn indicators_in_kilograms_find_the_mass_of_the_package() {
    let mut list = package();
    let group = "<c:UUID>own-masses</c:UUID><c:name>Masses</c:name>";
    let units = r#"<p:units><p:unit dataSetInternalID="0"><p:name>kg</p:name><p:meanValue>1</p:meanValue></p:unit></p:units>"#;
    list.push(("ILCD/unitgroups/m.xml".to_owned(), set("unitGroupDataSet", group, &(reference("referenceToReferenceUnit", 0) + units))));
    list.push(("ILCD/unitgroups/none.xml".to_owned(), set("unitGroupDataSet", "<c:UUID>none</c:UUID><c:name>none</c:name>", "")));
    let property = |id: &str, group: &str| {
        let rest = format!(r#"<p:quantitativeReference><p:referenceToReferenceUnitGroup refObjectId="{group}"/></p:quantitativeReference>"#);
        (format!("ILCD/flowproperties/{id}.xml"), set("flowPropertyDataSet", &format!("<c:UUID>{id}</c:UUID><c:name>{id}</c:name>"), &rest))
    };
    list.extend([property(MASS, "own-masses"), property("odd", "none")]);
    let (database, dropped) = read(list, DatabaseBuilder::new()).unwrap();
    assert!((score(&database, "wall#A1-A3", "EPD: Secondary material", 18.3) - 3.5).abs() < 1e-12);
    assert_eq!((dropped.get("unit groups without units"), dropped.get("flow properties without units")), (Some(&1), Some(&1)));
}

/// An ordinary process may state impact results without modules, and may not use a flow without a unit.
#[test]
fn a_process_with_impact_results_stays_a_process() {
    let mut list = package();
    let stated = r#"<p:LCIAResult><p:referenceToLCIAMethodDataSet refObjectId="gwp"/><p:meanAmount>3</p:meanAmount></p:LCIAResult>"#;
    let exchange = |flow: &str| {
        format!(
            r#"<p:exchange dataSetInternalID="0"><p:referenceToFlowDataSet refObjectId="{flow}"><c:shortDescription>{flow}</c:shortDescription></p:referenceToFlowDataSet><p:exchangeDirection>Output</p:exchangeDirection><p:meanAmount>1</p:meanAmount></p:exchange>"#
        )
    };
    let of = |flow: &str| {
        let information = "<c:UUID>mill</c:UUID><p:name><p:baseName>mill</p:baseName></p:name>";
        let rest = format!(
            "{}<p:exchanges>{}</p:exchanges><p:LCIAResults>{stated}</p:LCIAResults>",
            reference("referenceToReferenceFlow", 0),
            exchange(flow)
        );
        set("processDataSet", information, &rest)
    };
    list[2].1 = of("wall-flow");
    let (database, dropped) = read(list.clone(), DatabaseBuilder::new()).unwrap();
    assert_eq!(database.processes()[0].exchanges.len(), 1);
    assert_eq!(dropped.get("impact results stated in processes"), Some(&1));
    list[2].1 = of("sm");
    let message = read(list, DatabaseBuilder::new()).unwrap_err().to_string();
    assert!(message.contains("the process `mill`, `sm`: this flow has no property"), "{message}");
}

/// Samples of the format come with templates beside real data sets.
#[test]
fn a_template_without_an_id_is_left_out_and_counted() {
    let mut list = package();
    let nothing = "00000000-0000-0000-0000-000000000000";
    let template = format!("<c:UUID>{nothing}</c:UUID><p:name><p:baseName>baseName0</p:baseName></p:name>");
    let properties = format!(
        r#"<p:flowProperties><p:flowProperty dataSetInternalID="0"><p:referenceToFlowPropertyDataSet refObjectId="{nothing}"/><p:meanValue>0</p:meanValue></p:flowProperty></p:flowProperties>"#
    );
    let rest = reference("referenceToReferenceFlowProperty", 0) + &properties;
    list.push(("ILCD/flows/template.xml".to_owned(), set("flowDataSet", &template, &rest)));
    list.push(("ILCD/processes/template.xml".to_owned(), set("processDataSet", &template, "")));
    let (with, dropped) = read(list, DatabaseBuilder::new()).unwrap();
    assert_eq!(dropped.get("data sets with a placeholder for an id"), Some(&2));
    assert_eq!(with, read(package(), DatabaseBuilder::new()).unwrap().0);
}
