//! Documents: what is a footprint, what is not, and that nothing is lost on the way.

#![allow(clippy::unwrap_used, reason = "tests fail by panicking")]

#[path = "../../../fuzz/src/payloads.rs"]
mod payloads;
mod support;

use std::sync::LazyLock;

use minewheel_exchange::decimal::Decimal;
use minewheel_exchange::footprint::{Document, Status, items, with_status};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::{event, footprint, id};

/// The footprint with one property replaced, or taken away if the value is `None`.
fn with(path: &str, value: Option<Value>) -> String {
    let mut whole = footprint(1);
    let (parent, name) = match path.split_once('.') {
        Some((_, name)) => (&mut whole["pcf"], name),
        None => (&mut whole, path),
    };
    let fields = parent.as_object_mut().unwrap();
    match value {
        Some(value) => fields.insert(name.to_owned(), value),
        None => fields.remove(name),
    };
    whole.to_string()
}

fn faults(text: &str) -> Vec<String> {
    Document::read(text).err().unwrap_or_default().iter().map(ToString::to_string).collect()
}

#[test]
fn a_footprint_is_read_typed_and_kept_to_the_last_character() {
    // Blanks, the order of keys, long decimals and numbers of extensions all stay.
    let text = format!(
        "{{ \"extensions\" : [{{\"specVersion\":\"2.0.0\",\"dataSchema\":\"https://example.com/s.json\",\"data\":{{\"x\":1.10,\"y\":123456789012345678901234567890}}}}],\n{}",
        &footprint(1).to_string()[1..]
    );
    let document = Document::read(&text).unwrap();
    assert_eq!(document.text, text);
    let typed = document.typed().unwrap();
    assert_eq!(typed.pcf.pcf_excluding_biogenic_uptake.as_str(), "7.310000000000000001");
    assert!((typed.pcf.primary_data_share.unwrap().to_f64() - 62.5).abs() < 1e-12);
    assert_eq!(document.status, Status::Active);
}

#[test]
fn every_required_property_is_missed_by_name() {
    let top =
        ["id", "specVersion", "created", "status", "companyName", "companyIds", "productDescription", "productIds", "productNameCompany", "pcf"];
    let pcf = [
        "declaredUnitOfMeasurement",
        "declaredUnitAmount",
        "productMassPerDeclaredUnit",
        "referencePeriodStart",
        "referencePeriodEnd",
        "pcfExcludingBiogenicUptake",
        "pcfIncludingBiogenicUptake",
        "fossilGhgEmissions",
        "fossilCarbonContent",
        "ipccCharacterizationFactors",
        "crossSectoralStandards",
        "exemptedEmissionsPercent",
    ];
    for path in top.map(str::to_owned).into_iter().chain(pcf.map(|p| format!("pcf.{p}"))) {
        let found = faults(&with(&path, None));
        assert!(found.len() == 1 && found[0].starts_with(&format!("{path}: missing")), "{path}: {found:?}");
    }
}

#[test]
fn values_that_the_specification_does_not_allow_are_faults() {
    let wrong = [
        ("id", json!("1")),
        ("id", json!("urn:uuid:00000000-0000-4000-8000-000000000001")),
        ("specVersion", json!("3.0")),
        ("specVersion", json!("4.0.0")),
        ("status", json!("active")),
        ("created", json!("2025-01-15")),
        ("companyName", json!("")),
        ("companyIds", json!([])),
        ("companyIds", json!(["Cathode Works"])),
        ("productIds", json!(["urn:a:b", "urn:a:b"])),
        ("productDescription", json!(null)),
        ("validityPeriodEnd", json!("2024-12-31T00:00:00Z")),
        ("extensions", json!([{"specVersion": "1"}])),
        ("pcf.declaredUnitOfMeasurement", json!("kg")),
        ("pcf.declaredUnitAmount", json!("0.0")),
        ("pcf.declaredUnitAmount", json!("-1")),
        ("pcf.declaredUnitAmount", json!(1.0)),
        ("pcf.pcfExcludingBiogenicUptake", json!("7,31")),
        ("pcf.pcfExcludingBiogenicUptake", json!("7.31 kg")),
        ("pcf.pcfExcludingBiogenicUptake", json!("NaN")),
        ("pcf.fossilGhgEmissions", json!("-0.1")),
        ("pcf.biogenicCO2Uptake", json!("0.1")),
        ("pcf.exemptedEmissionsPercent", json!("101")),
        ("pcf.primaryDataShare", json!("-1")),
        ("pcf.geographyCountry", json!("cn")),
        ("pcf.geographyCountry", json!("ZZ")),
        ("pcf.productMassPerDeclaredUnit", json!("-1")),
        // Of 7.31 in all, and of 1 kg of product.
        ("pcf.fossilGhgEmissions", json!("7.32")),
        ("pcf.fossilCarbonContent", json!("1.01")),
        ("pcf.biogenicCarbonContent", json!("1.01")),
        ("pcf.geographyCountrySubdivision", json!("CN-GX")),
        ("pcf.ipccCharacterizationFactors", json!(["GWP100"])),
        ("pcf.packagingEmissionsIncluded", json!("true")),
        ("pcf.referencePeriodEnd", json!("2023-01-01T00:00:00Z")),
        ("pcf.secondaryEmissionFactorSources", json!([{"name": "x"}])),
        ("pcf.dqi", json!({"technologicalDQR": "1"})),
    ];
    for (path, value) in wrong {
        assert!(!faults(&with(path, Some(value.clone()))).is_empty(), "{path} may not be {value}");
    }
}

#[test]
fn every_fault_is_told_at_once() {
    let mut whole = footprint(1);
    whole["status"] = json!("Old");
    whole["pcf"]["declaredUnitAmount"] = json!("none");
    whole["pcf"]["fossilGhgEmissions"] = json!(null);
    assert_eq!(faults(&whole.to_string()).len(), 3);
}

#[test]
fn validity_is_three_years_from_the_reference_period_where_nothing_is_said() {
    let mut whole = footprint(1);
    let fields = whole.as_object_mut().unwrap();
    fields.remove("validityPeriodStart");
    fields.remove("validityPeriodEnd");
    let document = Document::read(&whole.to_string()).unwrap();
    assert_eq!([document.starts.to_string(), document.ends.to_string()], ["2025-01-01T00:00:00Z", "2028-01-01T00:00:00Z"]);
}

#[test]
fn a_new_status_changes_nothing_else() {
    let text = footprint(1).to_string().replace("\"62.5\"", "\"62.50\"");
    let changed = with_status(&text, Status::Deprecated).unwrap();
    assert_eq!(changed, text.replace("\"Active\"", "\"Deprecated\""));
    assert_eq!(Document::read(&changed).unwrap().status, Status::Deprecated);
}

fn version_2() -> Value {
    json!({
        "id": id(2), "specVersion": "2.3.0", "version": 1, "created": "2024-05-01T00:00:00Z", "updated": "2024-06-01T00:00:00Z",
        "status": "Active", "companyName": "Foil Mill", "companyIds": ["urn:pact:example.com:company:foil"],
        "productDescription": "copper foil", "productIds": ["urn:pact:example.com:product:foil"], "productCategoryCpc": "41516",
        "productNameCompany": "CF6", "comment": "by mass",
        "pcf": {
            "declaredUnit": "kilogram", "unitaryProductAmount": "2.5", "pCfExcludingBiogenic": "9.10", "fossilGhgEmissions": "9.0",
            "fossilCarbonContent": "0", "biogenicCarbonContent": "0", "dLucGhgEmissions": "0.1", "iLucGhgEmissions": "0.02",
            "characterizationFactors": "AR5", "ipccCharacterizationFactorsSources": ["AR5"],
            "crossSectoralStandardsUsed": ["ISO Standard 14067"], "boundaryProcessesDescription": "electrolysis",
            "referencePeriodStart": "2023-01-01T00:00:00Z", "referencePeriodEnd": "2024-01-01T00:00:00Z", "geographyCountry": "DE",
            "exemptedEmissionsPercent": 0.5, "exemptedEmissionsDescription": "", "packagingEmissionsIncluded": false, "primaryDataShare": 56.12
        }
    })
}

#[test]
fn a_footprint_of_version_2_is_read_as_version_3() {
    let old = version_2().to_string();
    let document = Document::read(&old).unwrap();
    assert_eq!(document.original.as_deref(), Some(old.as_str()));
    let typed = document.typed().unwrap();
    assert_eq!(typed.pcf.declared_unit_amount, Decimal::read("2.5").unwrap());
    assert_eq!(typed.pcf.product_mass_per_declared_unit, Decimal::read("2.5").unwrap());
    assert_eq!(typed.pcf.pcf_including_biogenic_uptake, Decimal::read("9.10").unwrap());
    assert_eq!(typed.pcf.exempted_emissions_percent, Decimal::read("0.5").unwrap());
    assert_eq!(typed.pcf.primary_data_share, Decimal::read("56.12"));
    assert_eq!(typed.pcf.further["landUseChangeGhgEmissions"], "0.1");
    assert_eq!(typed.pcf.cross_sectoral_standards, ["ISO14067"]);
    assert_eq!(typed.product_classifications.unwrap(), ["urn:pact:productclassification:un-cpc:41516"]);
    let comment = typed.comment.unwrap();
    for part in ["by mass", "version 2.3.0", "iLucGhgEmissions: \"0.02\""] {
        assert!(comment.contains(part), "{comment}");
    }
}

#[test]
fn a_mass_that_version_2_does_not_give_is_not_made_up() {
    let mut old = version_2();
    old["pcf"]["declaredUnit"] = json!("liter");
    let found = faults(&old.to_string());
    assert!(found.len() == 1 && found[0].contains("productMassPerDeclaredUnit"), "{found:?}");
    old["pcf"]["declaredUnit"] = json!("kilowatt hour");
    assert_eq!(Document::read(&old.to_string()).unwrap().typed().unwrap().pcf.product_mass_per_declared_unit.as_str(), "0");
}

#[test]
fn a_list_an_answer_and_a_single_footprint_are_taken_apart() {
    let one = footprint(1).to_string();
    let list = format!("[{one}, {one}]");
    assert_eq!(items(&one).unwrap(), [one.as_str()]);
    assert_eq!(items(&list).unwrap(), [one.as_str(), one.as_str()]);
    assert_eq!(items(&format!("{{\"data\":{list}}}")).unwrap().len(), 2);
    assert!(items("nonsense").is_err());
}

/// What must end with a value or an error.
type Reader = fn(&[u8]);

/// Readers of what comes to a host, each with a sample that it reads.
static PAYLOADS: LazyLock<Vec<(Reader, String)>> = LazyLock::new(|| {
    let lists = [footprint(1), json!([footprint(1), footprint(2)]), json!({ "data": [footprint(1)] }), version_2()];
    let events = [
        event("RequestCreatedEvent", "e", json!({ "productId": ["urn:pact:example.com:product:1"], "comment": "x" })),
        event("RequestFulfilledEvent", "e", json!({ "requestEventId": "r", "pfs": [footprint(1)] })),
        event("RequestRejectedEvent", "e", json!({ "requestEventId": "r", "error": { "code": "NotFound", "message": "x" } })),
        event("PublishedEvent", "e", json!({ "pfIds": [id(1), id(2)] })),
    ];
    let of = |reader: Reader, samples: &[Value]| samples.iter().map(|s| (reader, s.to_string())).collect::<Vec<_>>();
    [of(payloads::footprints, &lists), of(payloads::events, &events)].concat()
});

/// Any JSON, a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "[ -~]{0,20}".prop_map(Value::from),
        "[+-]?[0-9]{1,5}(\\.[0-9]{1,5})?".prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-zA-Z]{1,12}", inner), 0..6).prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
        ]
    })
}

/// Every path of a property of the sample.
fn paths() -> Vec<String> {
    let whole = footprint(1);
    let top = whole.as_object().unwrap().keys().cloned();
    top.chain(whole["pcf"].as_object().unwrap().keys().map(|k| format!("pcf.{k}"))).collect()
}

proptest! {
    #[test]
    fn whatever_stands_in_a_property_is_a_document_that_reads_or_a_fault(path in prop::sample::select(paths()), value in any_json()) {
        match Document::read(&with(&path, Some(value))) {
            Ok(document) => prop_assert!(document.typed().is_ok(), "passed the rules and does not read: {}", document.text),
            Err(faults) => prop_assert!(!faults.is_empty()),
        }
    }

    #[test]
    fn bytes_of_any_kind_are_refused_without_a_crash(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        prop_assert!(Document::read(&text).is_err());
        prop_assert!(minewheel_exchange::event::Event::read(&bytes).is_err());
    }

    #[test]
    fn a_footprint_cut_off_or_changed_in_one_byte_never_crashes_a_reader(at in 0..900_usize, byte in any::<u8>()) {
        let mut bytes = footprint(1).to_string().into_bytes();
        let at = at % bytes.len();
        let cut = String::from_utf8_lossy(&bytes[..at]).into_owned();
        prop_assert!(Document::read(&cut).is_err());
        bytes[at] = byte;
        if let Ok(text) = String::from_utf8(bytes)
            && let Ok(document) = Document::read(&text)
        {
            prop_assert!(document.typed().is_ok());
            prop_assert_eq!(document.text, text);
        }
    }

    #[test]
    fn payloads_with_bytes_changed_end_with_a_value_or_an_error(sample in 0..PAYLOADS.len(), changes in prop::collection::vec((0..4000_usize, any::<u8>()), 1..6)) {
        let (reader, sample) = &PAYLOADS[sample];
        let mut bytes = sample.clone().into_bytes();
        for (at, byte) in changes {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        reader(&bytes);
    }

    #[test]
    fn a_decimal_reads_as_itself_or_not_at_all(text in "[-+0-9.eE]{0,12}") {
        if let Some(decimal) = Decimal::read(&text) {
            prop_assert_eq!(decimal.as_str(), text.as_str());
            prop_assert!(decimal.to_f64().is_finite());
        }
    }
}
