//! A tiny system model of our own, written as EcoSpold 2 writes one.

#![allow(dead_code, reason = "each test file uses its own part")]

/// A reference product; `more` stands within.
pub fn output(flow: &str, amount: f64, unit: &str, more: &str) -> String {
    format!(
        r#"<intermediateExchange intermediateExchangeId="{flow}" amount="{amount}"><name xml:lang="en">{flow}</name><unitName>{unit}</unitName>{more}<outputGroup>0</outputGroup></intermediateExchange>"#
    )
}

/// An input; `attributes` stand in its tag, `more` within.
pub fn input(flow: &str, amount: f64, unit: &str, attributes: &str, more: &str) -> String {
    format!(
        r#"<intermediateExchange intermediateExchangeId="{flow}" amount="{amount}" {attributes}><name>{flow}</name><unitName>{unit}</unitName>{more}<inputGroup>5</inputGroup></intermediateExchange>"#
    )
}

/// An emission to urban air, in kilograms.
pub fn elementary(flow: &str, name: &str, amount: f64, more: &str) -> String {
    format!(
        r#"<elementaryExchange elementaryExchangeId="{flow}" amount="{amount}"><name>{name}</name><unitName>kg</unitName>{more}<compartment><compartment>air</compartment><subcompartment>urban</subcompartment></compartment><outputGroup>4</outputGroup></elementaryExchange>"#
    )
}

/// A data set.
pub fn spold(id: &str, name: &str, flow_data: &[String]) -> String {
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<ecoSpold xmlns="http://www.EcoInvent.org/EcoSpold02"><activityDataset><activityDescription><activity id="{id}" type="1">
<activityName xml:lang="en">{name}</activityName><generalComment><text index="0">ours &amp; only ours</text></generalComment></activity>
<classification><classificationSystem>ISIC rev.4 ecoinvent</classificationSystem><classificationValue>2410:Iron/steel</classificationValue></classification>
<geography geographyId="place-cn"><shortname xml:lang="en">CN</shortname></geography><timePeriod startDate="2020-01-01"/></activityDescription>
<flowData>{}</flowData><usedUserMasterData><intermediateExchange id="x"><name>x</name></intermediateExchange>
<geography geographyId="other"><shortname>XX</shortname></geography></usedUserMasterData></activityDataset></ecoSpold>"#,
        flow_data.concat()
    )
}

/// Steel, the power it takes, and the dump of its slag.
pub fn model() -> Vec<(String, String)> {
    let lognormal = r#"<uncertainty><lognormal meanValue="0.4" mu="-0.9" variance="0.01" varianceWithPedigreeUncertainty="0.04"/><pedigreeMatrix reliability="1" completeness="2" temporalCorrelation="3" geographicalCorrelation="4" furtherTechnologyCorrelation="5"/></uncertainty>"#;
    let flat = r#"<uncertainty><lognormal meanValue="2" mu="0.7" variance="0"/></uncertainty>"#;
    let triangular = r#"<uncertainty><triangular minValue="0.0005" mostLikelyValue="0.001" maxValue="0.002"/></uncertainty>"#;
    let normal = r#"<uncertainty><normal meanValue="0.1" variance="0.0001" varianceWithPedigreeUncertainty="0.0004"/></uncertainty>"#;
    let uniform = r#"<uncertainty><uniform minValue="0" maxValue="0.02"/></uncertainty>"#;
    let steel = spold(
        "steelmaking",
        "steelmaking",
        &[
            output("steel", 1.0, "kg", ""),
            input("power", 0.5, "kWh", r#"activityLinkId="generation""#, ""),
            input("slag", -0.2, "kg", r#"activityLinkId="dumping""#, ""),
            elementary("co2", "Carbon dioxide", 1.6, flat),
        ],
    );
    let power = spold(
        "generation",
        "generation",
        &[
            output("power", 1.0, "kWh", ""),
            input("steel", 0.001, "kg", r#"activityLinkId="steelmaking""#, triangular),
            elementary("co2", "Carbon dioxide", 0.4, lognormal),
        ],
    );
    let parameters = r#"<parameter parameterId="p1" variableName="losses" amount="0.05"><name>losses</name></parameter><parameter variableName="wrong" amount="7" mathematicalRelation="losses * 3"/>"#;
    let dump = spold(
        "dumping",
        "dumping",
        &[
            output("slag", -1.0, "kg", ""),
            input("power", 0.1, "kWh", r#"activityLinkId="generation" variableName="work" mathematicalRelation="losses * 2""#, normal),
            elementary("co2", "Carbon dioxide", 0.01, uniform),
            parameters.to_owned(),
        ],
    );
    [("steel", steel), ("power", power), ("dump", dump)].map(|(name, text)| (format!("{name}.spold"), text)).into()
}

/// A boiler with two products, prices and dry masses.
pub fn unallocated() -> (String, String) {
    let properties = |price: f64, mass: f64| {
        let property = |name: &str, amount: f64| {
            format!(r#"<property propertyId="{name}" amount="{amount}"><name>{name}</name><unitName>EUR2005</unitName></property>"#)
        };
        property("price", price) + &property("dry mass", mass)
    };
    let by_product = output("power", 1.0, "kWh", &properties(0.3, 1.0)).replace("<outputGroup>0<", "<outputGroup>2<");
    let text = spold("boiler", "boiler", &[output("heat", 3.0, "MJ", &properties(0.1, 0.0)), by_product, elementary("ch4", "Methane", 0.01, "")]);
    ("boiler.spold".to_owned(), text)
}
