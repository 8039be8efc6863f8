//! Product footprints and requests in the form of PACT (Technical Specifications 3; footprints of 2.x are read too).
//!
//! Only what a roll-up needs is read: whose product, per what, how much, and how much of it is primary data. Requests are
//! `CloudEvents` 1.0 of the type `RequestCreatedEvent.3`; answers are read from `RequestFulfilledEvent.3` and
//! `RequestRejectedEvent.3`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};

use super::SuppliersError;
use super::programme::Programme;

/// What a footprint is per.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclaredUnit {
    /// Pieces.
    Piece,
    /// Kilograms.
    Kilogram,
    /// Kilowatt-hours.
    KilowattHour,
    /// Square metres.
    SquareMetre,
}

impl DeclaredUnit {
    const ALL: [(Self, &'static str, &'static str); 4] = [
        (Self::Piece, "piece", "item"),
        (Self::Kilogram, "kilogram", "kg"),
        (Self::KilowattHour, "kilowatt hour", "kWh"),
        (Self::SquareMetre, "square meter", "m2"),
    ];

    /// The word of the specification.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|u| u.0 == self).map_or("", |u| u.1)
    }

    /// The unit of a product of the bill.
    pub fn of_bill(unit: &str) -> Option<Self> {
        Self::ALL.iter().find(|u| u.2 == unit).map(|u| u.0)
    }
}

/// A footprint as far as a roll-up needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct Footprint {
    /// Its id.
    pub id: String,
    /// The product's URNs.
    pub product_ids: Vec<String>,
    /// What it is per.
    pub unit: DeclaredUnit,
    /// Kilograms CO2e of one unit, without biogenic uptake.
    pub kg_co2e: f64,
    /// The part of it that rests on primary data; `None`: not said.
    pub primary_share: Option<f64>,
}

/// Reads a file of footprints: one, a list, or a list under `data`.
///
/// # Errors
/// It is no JSON, or a footprint lacks what a roll-up needs.
pub fn read_footprints(file: &str, text: &str) -> Result<Vec<Footprint>, SuppliersError> {
    let fault = |reason: String| SuppliersError::File { file: file.to_owned(), reason };
    let value: Value = serde_json::from_str(text).map_err(|e| fault(e.to_string()))?;
    // An answer to a request carries its footprints.
    let items = match &value {
        Value::Array(items) => items.clone(),
        Value::Object(object) => match object.get("data") {
            Some(Value::Array(items)) => items.clone(),
            Some(Value::Object(data)) => data.get("pfs").and_then(Value::as_array).cloned().unwrap_or_default(),
            _ => vec![value],
        },
        _ => return Err(fault("wanted a footprint or a list of them".to_owned())),
    };
    let active = items.iter().filter(|i| i["status"].as_str() != Some("Deprecated"));
    active.map(|item| footprint(item).map_err(&fault)).collect()
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Number(n) => n.as_f64(),
        Value::String(text) => text.trim().parse().ok().filter(|n: &f64| n.is_finite()),
        _ => None,
    }
}

fn footprint(item: &Value) -> Result<Footprint, String> {
    let id = item["id"].as_str().unwrap_or_default().to_owned();
    let at = |what: &str| format!("footprint `{id}`: {what}");
    let product_ids: Vec<String> = item["productIds"].as_array().into_iter().flatten().filter_map(|p| p.as_str().map(str::to_owned)).collect();
    if product_ids.is_empty() {
        return Err(at("no `productIds`"));
    }
    let pcf = &item["pcf"];
    // Names of version 3, then those of 2.x.
    let first = |names: [&str; 2]| names.into_iter().find_map(|n| pcf.get(n));
    let word = first(["declaredUnitOfMeasurement", "declaredUnit"]).and_then(Value::as_str).unwrap_or_default();
    let known = || DeclaredUnit::ALL.map(|u| u.1).join(", ");
    let unit =
        DeclaredUnit::ALL.iter().find(|u| u.1 == word).map(|u| u.0).ok_or_else(|| at(&format!("declared unit `{word}`; wanted: {}", known())))?;
    let amount = first(["declaredUnitAmount", "unitaryProductAmount"]).and_then(number).filter(|a| *a > 0.0);
    let amount = amount.ok_or_else(|| at("`declaredUnitAmount` is no number above 0"))?;
    let total = first(["pcfExcludingBiogenicUptake", "pCfExcludingBiogenic"]).and_then(number);
    let total = total.ok_or_else(|| at("`pcfExcludingBiogenicUptake` is no number"))?;
    let primary_share = match pcf.get("primaryDataShare") {
        None | Some(Value::Null) => None,
        Some(value) => {
            let percent = number(value).filter(|p| (0.0..=100.0).contains(p));
            Some(percent.ok_or_else(|| at("`primaryDataShare` is no number from 0 to 100"))? / PERCENT)
        }
    };
    Ok(Footprint { id, product_ids, unit, kg_co2e: total / amount, primary_share })
}

/// Shares of the specification are per cent.
const PERCENT: f64 = 100.0;

/// A footprint to write: of one unit of a product, of a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Sent<'s> {
    /// Its id, a UUID.
    pub id: &'s str,
    /// The company.
    pub company: &'s str,
    /// The product's URN.
    pub product_id: &'s str,
    /// The product in words.
    pub name: &'s str,
    /// What it is per.
    pub unit: DeclaredUnit,
    /// Kilograms CO2e of a unit.
    pub kg_co2e: f64,
    /// Kilograms of a unit.
    pub mass_kg: f64,
    /// The part that rests on primary data.
    pub primary_share: f64,
    /// The year.
    pub year: i32,
    /// The place: a country, a subdivision of one, or a group of countries.
    pub place: &'s str,
}

/// Writes a made-up footprint with the fields that version 3 asks for.
pub fn footprint_json(sent: &Sent<'_>) -> Value {
    let Sent { id, company, product_id, name, unit, kg_co2e, mass_kg, primary_share, year, place } = *sent;
    let decimal = |v: f64| format!("{v:.6}");
    let mut footprint = json!({
        "id": id,
        "specVersion": "3.0.1",
        "created": format!("{}-01-31T00:00:00Z", year + 1),
        "status": "Active",
        "companyName": company,
        "companyIds": [format!("urn:pact:company:customcode:vendor-assigned:{id}")],
        "productDescription": name,
        "productIds": [product_id],
        "productNameCompany": name,
        "comment": "synthetic: drawn from the process data of Minewheel, not measured anywhere",
        "pcf": {
            "declaredUnitOfMeasurement": unit.word(),
            "declaredUnitAmount": "1",
            "productMassPerDeclaredUnit": decimal(mass_kg),
            "referencePeriodStart": format!("{year}-01-01T00:00:00Z"),
            "referencePeriodEnd": format!("{}-01-01T00:00:00Z", year + 1),
            "pcfExcludingBiogenicUptake": decimal(kg_co2e),
            "pcfIncludingBiogenicUptake": decimal(kg_co2e),
            "fossilGhgEmissions": decimal(kg_co2e),
            "fossilCarbonContent": "0",
            "biogenicCarbonContent": "0",
            "ipccCharacterizationFactors": ["AR6"],
            "crossSectoralStandards": ["ISO14067"],
            "exemptedEmissionsPercent": "0",
            "primaryDataShare": decimal(PERCENT * primary_share),
        }
    });
    if let (Some(pcf), Some((name, code))) = (footprint["pcf"].as_object_mut(), geography(place)) {
        pcf.insert(name.to_owned(), Value::from(code));
    }
    footprint
}

/// A place as the property of a footprint and its value; a group of countries has none.
pub fn geography(place: &str) -> Option<(&'static str, &str)> {
    let is_country = |text: &str| text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
    match place.split_once('-') {
        Some((country, _)) if is_country(country) => Some(("geographyCountrySubdivision", place)),
        None if is_country(place) => Some(("geographyCountry", place)),
        _ => None,
    }
}

/// How far a request has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RequestState {
    /// A figure is there, asked for or not.
    Reported,
    /// Asked, and answered with a footprint.
    Fulfilled,
    /// Asked and refused.
    Rejected,
    /// Asked, without an answer.
    Open,
    /// Not asked.
    NotAsked,
}

/// A request to a supplier.
#[derive(Debug, Clone, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Request {
    /// The event's id.
    pub id: String,
    /// The supplier asked.
    pub supplier: String,
    /// The line of suppliers that hand it on, from the car maker's own supplier down; the one asked last.
    pub through: Vec<String>,
    /// The event, as JSON.
    #[schemars(with = "serde_json::Value")]
    pub event: Value,
}

/// Id of the request to a supplier.
pub fn request_id(supplier: &str) -> String {
    format!("request-{supplier}")
}

/// The URN by which footprints name what a supplier delivers: its own, or one that the buyer assigns.
pub fn product_urn(supplier: &str, part: &str, product: Option<&str>, given: Option<&str>) -> String {
    given.map_or_else(
        || {
            let tail = product.map_or_else(String::new, |p| format!(".{p}"));
            format!("urn:pact:product:customcode:buyer-assigned:{supplier}.{part}{tail}")
        },
        str::to_owned,
    )
}

/// Requests to suppliers, down the tree.
pub fn requests(programme: &Programme, asked: &[usize], source: &str, time: &str) -> Vec<Request> {
    asked
        .iter()
        .map(|&index| {
            let supplier = &programme.suppliers[index];
            let products: Vec<String> = programme
                .supplies
                .iter()
                .filter(|s| s.supplier == index)
                .map(|s| product_urn(&supplier.id, &s.part, s.product.as_deref(), s.product_id.as_deref()))
                .collect();
            let mut through: Vec<String> = programme.buyers(index).into_iter().map(|s| programme.suppliers[s].id.clone()).collect();
            through.reverse();
            let event = json!({
                "type": "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3",
                "specversion": "1.0",
                "id": request_id(&supplier.id),
                "source": source,
                "time": time,
                "data": {
                    "productId": products,
                    "comment": format!("footprint of {} for {}", programme.head.year, programme.head.name),
                }
            });
            Request { id: request_id(&supplier.id), supplier: supplier.id.clone(), through, event }
        })
        .collect()
}

/// States of requests by id, read from a folder's events: created, fulfilled, rejected.
///
/// # Errors
/// A file is no event.
pub fn states(files: &[(String, String)]) -> Result<BTreeMap<String, RequestState>, SuppliersError> {
    let mut states = BTreeMap::new();
    for (file, text) in files {
        let value: Value = serde_json::from_str(text).map_err(|e| SuppliersError::File { file: file.clone(), reason: e.to_string() })?;
        let kind = value["type"].as_str().unwrap_or_default();
        let request = value["data"]["requestEventId"].as_str();
        let (id, state) = if kind.contains("RequestCreatedEvent") {
            (value["id"].as_str(), RequestState::Open)
        } else if kind.contains("RequestFulfilledEvent") {
            (request, RequestState::Fulfilled)
        } else if kind.contains("RequestRejectedEvent") {
            (request, RequestState::Rejected)
        } else {
            continue;
        };
        let Some(id) = id else {
            return Err(SuppliersError::File { file: file.clone(), reason: "the event names no request".to_owned() });
        };
        let known = states.entry(id.to_owned()).or_insert(state);
        // An answer outlives the question, whichever file comes first.
        if state != RequestState::Open {
            *known = state;
        }
    }
    Ok(states)
}
