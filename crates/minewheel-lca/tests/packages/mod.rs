//! A tiny package of our own, written as openLCA writes one, and ways to spoil it.

#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::io::Cursor;

use minewheel_lca::database::{Database, DatabaseBuilder};
use minewheel_lca::formats::archive::{Archive, ArchiveError, ZipWriter};
use minewheel_lca::formats::{Dropped, ImportError, olca};

/// Files in memory.
pub struct Files {
    names: Vec<String>,
    texts: Vec<String>,
}

impl Archive for Files {
    fn names(&self) -> &[String] {
        &self.names
    }

    fn read(&mut self, place: usize) -> Result<Vec<u8>, ArchiveError> {
        Ok(self.texts[place].clone().into_bytes())
    }
}

fn reference(kind: &str, id: &str) -> String {
    format!(r#"{{"@type":"{kind}","@id":"{id}","name":"{id}"}}"#)
}

/// A flow measured in kilograms, or in kilowatt-hours.
fn flow(id: &str, kind: &str, property: &str) -> String {
    let extra = if id == "heat" { r#",{"isRefFlowProperty":false,"conversionFactor":0.05,"flowProperty":{"@id":"price"}}"# } else { "" };
    format!(
        r#"{{"@type":"Flow","@id":"{id}","name":"{id}","category":"Ours/{kind}","flowType":"{kind}","cas":"7-7-7",
        "flowProperties":[{{"isRefFlowProperty":true,"conversionFactor":1.0,"flowProperty":{}}}{extra}]}}"#,
        reference("FlowProperty", property)
    )
}

/// An exchange; `more` is further JSON.
pub fn exchange(flow: &str, is_input: bool, amount: f64, unit: &str, property: &str, more: &str) -> String {
    format!(
        r#"{{"@type":"Exchange","isInput":{is_input},"amount":{amount},"flow":{},"unit":{},"flowProperty":{}{more}}}"#,
        reference("Flow", flow),
        reference("Unit", unit),
        reference("FlowProperty", property)
    )
}

pub fn process(id: &str, more: &str, exchanges: &[String]) -> (String, String) {
    let text = format!(
        r#"{{"@type":"Process","@id":"{id}","name":"{id}","category":"Ours","processType":"UNIT_PROCESS"{more},
        "location":{{"@id":"cn"}},"exchanges":[{}]}}"#,
        exchanges.join(",")
    );
    (format!("processes/{id}.json"), text)
}

pub const REFERENCE: &str = r#","isQuantitativeReference":true"#;

/// Steel needs electricity, electricity needs steel; a boiler makes heat and electricity; slag is treated; a global parameter and one
/// of a process; a category of two gases.
///
/// ```text
/// steel  1 kg  = 0.5 kWh electricity, 0.2 kg slag out, 1.6 kg CO2, 2 kg ore in
/// grid   1 kWh = 1 g steel, 0.4 kg CO2 ± lognormal
/// boiler 3 kWh heat + 1 kWh power = 10 g CH4, 0.5 kg ore in; physical 0.75 / 0.25
/// dump   1 kg slag = losses·2 kWh electricity, 0.01 kg CO2
/// ```
#[expect(clippy::too_many_lines, reason = "one small package, file by file")]
pub fn good() -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = [
        ("olca-schema", r#"{"version":2}"#.to_owned()),
        (
            "unit_groups/units-of-mass",
            r#"{"@type":"UnitGroup","@id":"units-of-mass","name":"Units of mass","units":[
            {"@id":"kg","name":"kg","isRefUnit":true,"conversionFactor":1.0},
            {"@id":"g","name":"g","conversionFactor":0.001,"synonyms":["gram"]}]}"#
                .to_owned(),
        ),
        (
            "unit_groups/units-of-energy",
            r#"{"@id":"units-of-energy","name":"Units of energy","units":[
            {"@id":"kWh","name":"kWh","isRefUnit":true,"conversionFactor":1.0},{"@id":"MJ","name":"MJ","conversionFactor":0.2777777777777778}]}"#
                .to_owned(),
        ),
        (
            "unit_groups/units-of-money",
            r#"{"@id":"units-of-money","name":"Money","units":[{"@id":"EUR","name":"EUR","isRefUnit":true,"conversionFactor":1.0}]}"#.to_owned(),
        ),
        (
            "flow_properties/mass",
            r#"{"@id":"mass","name":"Mass","flowPropertyType":"PHYSICAL_QUANTITY","unitGroup":{"@id":"units-of-mass"}}"#.to_owned(),
        ),
        (
            "flow_properties/energy",
            r#"{"@id":"energy","name":"Energy","flowPropertyType":"PHYSICAL_QUANTITY","unitGroup":{"@id":"units-of-energy"}}"#.to_owned(),
        ),
        (
            "flow_properties/price",
            r#"{"@id":"price","name":"Price","flowPropertyType":"ECONOMIC_QUANTITY","unitGroup":{"@id":"units-of-money"}}"#.to_owned(),
        ),
        ("locations/cn", r#"{"@id":"cn","name":"China","code":"CN","latitude":35.0,"longitude":105.0}"#.to_owned()),
        ("parameters/losses", r#"{"@id":"losses","name":"Losses","isInputParameter":true,"value":0.05,"parameterScope":"GLOBAL_SCOPE"}"#.to_owned()),
        (
            "lcia_categories/gwp",
            format!(
                r#"{{"@id":"gwp","name":"climate","refUnit":"kg CO2e","impactFactors":[
                {{"flow":{co2},"unit":{{"@id":"kg"}},"value":1.0}},{{"flow":{ch4},"unit":{{"@id":"g"}},"value":0.03}}]}}"#,
                co2 = reference("Flow", "co2"),
                ch4 = reference("Flow", "ch4")
            ),
        ),
        ("lcia_methods/ours", r#"{"@id":"ours","name":"Ours","impactCategories":[{"@id":"gwp"}]}"#.to_owned()),
    ]
    .into_iter()
    .map(|(name, text)| (format!("{name}.json"), text))
    .collect();
    for (id, kind, property) in [
        ("steel", "PRODUCT_FLOW", "mass"),
        ("electricity", "PRODUCT_FLOW", "energy"),
        ("power", "PRODUCT_FLOW", "energy"),
        ("heat", "PRODUCT_FLOW", "energy"),
        ("slag", "WASTE_FLOW", "mass"),
        ("co2", "ELEMENTARY_FLOW", "mass"),
        ("ch4", "ELEMENTARY_FLOW", "mass"),
        ("ore", "ELEMENTARY_FLOW", "mass"),
    ] {
        files.push((format!("flows/{id}.json"), flow(id, kind, property)));
    }
    let spread = r#","uncertainty":{"distributionType":"LOG_NORMAL_DISTRIBUTION","geomMean":0.4,"geomSd":1.2},"dqEntry":"(1;2;1;1;3)""#;
    files.push(process(
        "making-steel",
        "",
        &[
            exchange("steel", false, 1.0, "kg", "mass", REFERENCE),
            exchange("electricity", true, 1.8, "MJ", "energy", r#","defaultProvider":{"@id":"grid"}"#),
            exchange("slag", false, 200.0, "g", "mass", ""),
            exchange("co2", false, 1.6, "kg", "mass", ""),
            exchange("ore", true, 2.0, "kg", "mass", ""),
        ],
    ));
    files.push(process(
        "grid",
        "",
        &[
            exchange("electricity", false, 1.0, "kWh", "energy", REFERENCE),
            exchange("steel", true, 1.0, "g", "mass", ""),
            exchange("co2", false, 0.4, "kg", "mass", spread),
        ],
    ));
    files.push(process(
        "boiler",
        r#","defaultAllocationMethod":"PHYSICAL_ALLOCATION","allocationFactors":[
        {"allocationType":"PHYSICAL_ALLOCATION","product":{"@id":"heat"},"value":0.75},
        {"allocationType":"PHYSICAL_ALLOCATION","product":{"@id":"power"},"value":0.25}]"#,
        &[
            exchange("heat", false, 3.0, "kWh", "energy", REFERENCE),
            exchange("power", false, 1.0, "kWh", "energy", ""),
            exchange("ch4", false, 10.0, "g", "mass", ""),
            exchange("ore", true, 0.5, "kg", "mass", ""),
        ],
    ));
    files.push(process(
        "dump",
        r#","parameters":[{"name":"work","formula":"Losses * 2","isInputParameter":false,"parameterScope":"PROCESS_SCOPE"}]"#,
        &[
            exchange("slag", true, 1.0, "kg", "mass", REFERENCE),
            exchange("electricity", true, 0.0, "kWh", "energy", r#","amountFormula":"work""#),
            exchange("co2", false, 0.01, "kg", "mass", ""),
        ],
    ));
    files
}

/// The same files with one text replaced in one of them.
pub fn spoilt(file: &str, from: &str, to: &str) -> Vec<(String, String)> {
    let mut files = good();
    let text = files.iter_mut().find(|(name, _)| name == file).map(|(_, text)| text).unwrap();
    assert!(text.contains(from), "`{from}` is not in {file}: {text}");
    *text = text.replacen(from, to, 1);
    files
}

pub fn files(files: Vec<(String, String)>) -> Files {
    let (names, texts) = files.into_iter().unzip();
    Files { names, texts }
}

pub fn read(list: Vec<(String, String)>) -> Result<(Database, Dropped), ImportError> {
    olca::read(&mut files(list), DatabaseBuilder::new())
}

pub fn database() -> Database {
    read(good()).unwrap().0
}

pub fn zipped(list: &[(String, String)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in list {
        zip.add(name, text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}
