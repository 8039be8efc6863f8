//! Footprints of versions 2.0 to 2.3, read as version 3.
//!
//! Properties that were renamed move to their new names, numbers become strings as they were written, and what version 3
//! has no place for goes into the comment. Nothing is made up, with one exception that version 3 forces: it demands
//! `productMassPerDeclaredUnit`, which version 2 did not ask for. For a declared unit of kilogram that is its amount; for
//! energy and freight the specification says nought; for other units a footprint without it is refused.
//!
//! | version 2                                      | version 3                            |
//! |------------------------------------------------|--------------------------------------|
//! | `declaredUnit`, `unitaryProductAmount`         | `declaredUnitOfMeasurement`, `declaredUnitAmount` |
//! | `pCfExcludingBiogenic`, `pCfIncludingBiogenic` | `pcfExcludingBiogenicUptake`, `pcfIncludingBiogenicUptake`; where the second is missing, the first |
//! | `dLucGhgEmissions`                             | `landUseChangeGhgEmissions`          |
//! | `iLucGhgEmissions`                             | comment                              |
//! | `biogenicCarbonWithdrawal`                     | `biogenicCO2Uptake`                  |
//! | `otherBiogenicGhgEmissions`                    | `biogenicNonCO2Emissions`            |
//! | `characterizationFactors`, `ipccCharacterizationFactorsSources` | `ipccCharacterizationFactors` |
//! | `crossSectoralStandardsUsed`                   | `crossSectoralStandards`             |
//! | `productCategoryCpc`                           | `productClassifications`             |
//! | `assurance`, data quality on a scale of 1 to 3 | comment                              |

use serde_json::{Map, Value};

use super::rules::Fault;

/// Whether a document says that it is of version 2.
pub fn is_v2(document: &Value) -> bool {
    document["specVersion"].as_str().is_some_and(|v| v.starts_with("2."))
}

/// Properties of the carbon footprint that keep their meaning, with their names before and after.
const RENAMED: [(&str, &str); 25] = [
    ("declaredUnit", "declaredUnitOfMeasurement"),
    ("unitaryProductAmount", "declaredUnitAmount"),
    ("productMassPerDeclaredUnit", "productMassPerDeclaredUnit"),
    ("referencePeriodStart", "referencePeriodStart"),
    ("referencePeriodEnd", "referencePeriodEnd"),
    ("geographyRegionOrSubregion", "geographyRegionOrSubregion"),
    ("geographyCountry", "geographyCountry"),
    ("geographyCountrySubdivision", "geographyCountrySubdivision"),
    ("boundaryProcessesDescription", "boundaryProcessesDescription"),
    ("pCfExcludingBiogenic", "pcfExcludingBiogenicUptake"),
    ("pCfIncludingBiogenic", "pcfIncludingBiogenicUptake"),
    ("fossilGhgEmissions", "fossilGhgEmissions"),
    ("fossilCarbonContent", "fossilCarbonContent"),
    ("biogenicCarbonContent", "biogenicCarbonContent"),
    ("dLucGhgEmissions", "landUseChangeGhgEmissions"),
    ("biogenicCarbonWithdrawal", "biogenicCO2Uptake"),
    ("otherBiogenicGhgEmissions", "biogenicNonCO2Emissions"),
    ("aircraftGhgEmissions", "aircraftGhgEmissions"),
    ("packagingEmissionsIncluded", "packagingEmissionsIncluded"),
    ("packagingGhgEmissions", "packagingGhgEmissions"),
    ("exemptedEmissionsPercent", "exemptedEmissionsPercent"),
    ("exemptedEmissionsDescription", "exemptedEmissionsDescription"),
    ("allocationRulesDescription", "allocationRulesDescription"),
    ("primaryDataShare", "primaryDataShare"),
    ("productOrSectorSpecificRules", "productOrSectorSpecificRules"),
];

/// Properties that version 3 has no place for, or gave another scale.
const TO_COMMENT: [&str; 6] =
    ["iLucGhgEmissions", "landManagementGhgEmissions", "biogenicAccountingMethodology", "uncertaintyAssessmentDescription", "dqi", "assurance"];

/// Names of standards before and after.
const STANDARDS: [(&str, &str); 3] =
    [("GHG Protocol Product standard", "GHGP-Product"), ("ISO Standard 14067", "ISO14067"), ("ISO Standard 14044", "ISO14040-44")];

/// The footprint in the words of version 3. It still has to pass the rules.
///
/// # Errors
/// What cannot be carried over without making something up.
pub fn upgrade(old: &Value) -> Result<Value, Vec<Fault>> {
    let Some(pcf) = old["pcf"].as_object() else {
        return Err(vec![Fault { path: "pcf".to_owned(), seen: "missing".to_owned(), wanted: "an object".to_owned() }]);
    };
    let mut remarks = Vec::new();
    let mut new = Map::new();
    for (key, value) in old.as_object().into_iter().flatten() {
        match key.as_str() {
            "specVersion" => {
                remarks.push(format!("Read from a footprint of version {}.", value.as_str().unwrap_or_default()));
                new.insert(key.clone(), "3.0.0".into());
            }
            "version" | "updated" | "productCategoryCpc" | "comment" | "pcf" => {}
            "statusComment" => remarks.extend(value.as_str().filter(|t| !t.is_empty()).map(str::to_owned)),
            _ => {
                new.insert(key.clone(), value.clone());
            }
        }
    }
    classes(old, &mut new);
    let carbon = carbon(pcf, &mut remarks)?;
    if let Some(text) = old["comment"].as_str().filter(|t| !t.is_empty()) {
        remarks.insert(0, text.to_owned());
    }
    new.insert("comment".to_owned(), remarks.join(" ").into());
    new.insert("pcf".to_owned(), Value::Object(carbon));
    Ok(Value::Object(new))
}

fn classes(old: &Value, new: &mut Map<String, Value>) {
    let cpc = old["productCategoryCpc"].as_str().filter(|c| !c.is_empty());
    if let Some(cpc) = cpc
        && old.get("productClassifications").is_none()
    {
        new.insert("productClassifications".to_owned(), vec![format!("urn:pact:productclassification:un-cpc:{cpc}")].into());
    }
}

fn carbon(old: &Map<String, Value>, remarks: &mut Vec<String>) -> Result<Map<String, Value>, Vec<Fault>> {
    let mut new = Map::new();
    for (before, after) in RENAMED {
        if let Some(value) = old.get(before) {
            let value = if value.is_number() { Value::String(value.to_string()) } else { value.clone() };
            new.insert(after.to_owned(), value);
        }
    }
    for key in TO_COMMENT {
        if let Some(value) = old.get(key).filter(|v| !v.is_null()) {
            remarks.push(format!("{key}: {value}."));
        }
    }
    if !new.contains_key("pcfIncludingBiogenicUptake")
        && let Some(value) = new.get("pcfExcludingBiogenicUptake").cloned()
    {
        remarks.push("pCfIncludingBiogenic was not given; it repeats pCfExcludingBiogenic.".to_owned());
        new.insert("pcfIncludingBiogenicUptake".to_owned(), value);
    }
    if !new.contains_key("productMassPerDeclaredUnit") {
        let mass = mass(&new)?;
        remarks.push("productMassPerDeclaredUnit follows from the declared unit.".to_owned());
        new.insert("productMassPerDeclaredUnit".to_owned(), mass);
    }
    let reports = match (old.get("ipccCharacterizationFactorsSources"), old.get("characterizationFactors")) {
        (Some(list), _) => Some(list.clone()),
        (None, Some(one)) => Some(Value::Array(vec![one.clone()])),
        (None, None) => None,
    };
    new.extend(reports.map(|r| ("ipccCharacterizationFactors".to_owned(), r)));
    new.extend(standards(old).map(|s| ("crossSectoralStandards".to_owned(), s)));
    if let Some(databases) = old.get("secondaryEmissionFactorSources") {
        new.insert("secondaryEmissionFactorSources".to_owned(), databases.clone());
    }
    Ok(new)
}

fn mass(new: &Map<String, Value>) -> Result<Value, Vec<Fault>> {
    match new.get("declaredUnitOfMeasurement").and_then(Value::as_str) {
        Some("kilogram") => Ok(new.get("declaredUnitAmount").cloned().unwrap_or_default()),
        Some("kilowatt hour" | "megajoule" | "ton kilometer") => Ok("0".into()),
        unit => Err(vec![Fault {
            path: "pcf.productMassPerDeclaredUnit".to_owned(),
            seen: format!("missing, for a footprint per {}", unit.unwrap_or("nothing")),
            wanted: "the mass of the declared unit in kg; it follows only from a declared unit of kilogram".to_owned(),
        }]),
    }
}

fn standards(old: &Map<String, Value>) -> Option<Value> {
    if let Some(list) = old.get("crossSectoralStandards") {
        return Some(list.clone());
    }
    let names = old.get("crossSectoralStandardsUsed")?.as_array()?;
    let renamed = names.iter().map(|name| {
        let found = STANDARDS.into_iter().find(|(before, _)| name == before);
        found.map_or_else(|| name.clone(), |(_, after)| after.into())
    });
    Some(Value::Array(renamed.collect()))
}
