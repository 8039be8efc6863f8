//! Events between hosts: a footprint is asked for, sent, refused, or published.
//!
//! They travel as `CloudEvents` 1.0 in structured JSON. An event is known by its source and id; one that comes twice is
//! acknowledged twice and acted on once.

use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::clock::Moment;
use crate::error::Code;
use crate::filter::Filter;
use crate::footprint::{Document, rules};
use crate::json;

/// What the names of all event types start with.
const PREFIX: &str = "org.wbcsd.pact.ProductFootprint.";
/// Longest id or source that is kept.
const LONGEST_NAME: usize = 512;
/// Footprints that one event may carry or name.
const MOST_ITEMS: usize = 1000;

/// An event that came.
#[derive(Debug, Clone)]
pub struct Event {
    /// Its id.
    pub id: String,
    /// Where it comes from.
    pub source: String,
    /// What it says.
    pub payload: Payload,
    /// The text as it came.
    pub text: String,
}

/// What an event says.
#[derive(Debug, Clone)]
pub enum Payload {
    /// Footprints are asked for.
    Created {
        /// Which.
        filter: Filter,
        /// The criteria as they came.
        criteria: String,
    },
    /// Footprints that were asked for.
    Fulfilled {
        /// The request.
        request: String,
        /// The footprints.
        footprints: Vec<Document>,
    },
    /// A request is refused.
    Rejected {
        /// The request.
        request: String,
        /// The reason as it came.
        reason: String,
    },
    /// Footprints are there to be fetched.
    Published {
        /// Their ids.
        ids: Vec<String>,
    },
}

/// What is wrong with an event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct EventError(pub String);

impl Payload {
    /// The name of the type, as version 3 spells it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Created { .. } => "org.wbcsd.pact.ProductFootprint.RequestCreatedEvent.3",
            Self::Fulfilled { .. } => "org.wbcsd.pact.ProductFootprint.RequestFulfilledEvent.3",
            Self::Rejected { .. } => "org.wbcsd.pact.ProductFootprint.RequestRejectedEvent.3",
            Self::Published { .. } => "org.wbcsd.pact.ProductFootprint.PublishedEvent.3",
        }
    }
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(bytes: &[u8]) -> Result<Self, EventError> {
        let value = json::read(bytes).map_err(|e| EventError(format!("the event is no JSON: {e}")))?;
        let word = |name: &str| -> Result<String, EventError> {
            let text = value[name].as_str().filter(|t| !t.is_empty() && t.len() <= LONGEST_NAME);
            text.map(str::to_owned).ok_or_else(|| EventError(format!("{name}: wanted a text of 1 to {LONGEST_NAME} bytes")))
        };
        let (kind, version) = (word("type")?, word("specversion")?);
        if version != "1.0" {
            return Err(EventError(format!("specversion: \"{version}\", wanted \"1.0\"")));
        }
        let time = value["time"].as_str().and_then(Moment::read);
        if time.is_none() {
            return Err(EventError("time: wanted a date and time of RFC 3339".to_owned()));
        }
        let (id, source) = (word("id")?, word("source")?);
        let data = value.get("data").filter(|d| d.is_object()).ok_or_else(|| EventError("data: wanted an object".to_owned()))?;
        let payload = match kind.strip_prefix(PREFIX) {
            Some("RequestCreatedEvent.3") => created(data)?,
            Some("RequestFulfilledEvent.3") => fulfilled(bytes, data)?,
            Some("RequestRejectedEvent.3") => rejected(data)?,
            Some("PublishedEvent.3") => published(data)?,
            _ => return Err(EventError(format!("type: \"{kind}\" is no event of version 3"))),
        };
        let text = String::from_utf8(bytes.to_vec()).map_err(|_| EventError("the event is no UTF-8".to_owned()))?;
        Ok(Self { id, source, payload, text })
    }
}

fn created(data: &Value) -> Result<Payload, EventError> {
    let filter = Filter::of_request(data).map_err(|e| EventError(format!("data.{e}")))?;
    Ok(Payload::Created { filter, criteria: data.to_string() })
}

fn request_of(data: &Value) -> Result<String, EventError> {
    let request = data["requestEventId"].as_str().filter(|t| !t.is_empty() && t.len() <= LONGEST_NAME);
    request.map(str::to_owned).ok_or_else(|| EventError("data.requestEventId: wanted the id of the request".to_owned()))
}

fn fulfilled(bytes: &[u8], data: &Value) -> Result<Payload, EventError> {
    #[derive(serde::Deserialize)]
    struct Whole {
        data: Data,
    }
    #[derive(serde::Deserialize)]
    struct Data {
        pfs: Vec<Box<RawValue>>,
    }
    let request = request_of(data)?;
    let whole: Whole = serde_json::from_slice(bytes).map_err(|e| EventError(format!("data.pfs: {e}")))?;
    let pfs = whole.data.pfs;
    if pfs.is_empty() || pfs.len() > MOST_ITEMS {
        return Err(EventError(format!("data.pfs: {} footprints, wanted 1 to {MOST_ITEMS}", pfs.len())));
    }
    let mut footprints = Vec::with_capacity(pfs.len());
    for (index, raw) in pfs.iter().enumerate() {
        let document = Document::read(raw.get()).map_err(|faults| {
            let first = faults.first().map(ToString::to_string).unwrap_or_default();
            EventError(format!("data.pfs[{index}].{first} ({} faults)", faults.len()))
        })?;
        footprints.push(document);
    }
    Ok(Payload::Fulfilled { request, footprints })
}

fn rejected(data: &Value) -> Result<Payload, EventError> {
    let request = request_of(data)?;
    let error = &data["error"];
    if error["code"].as_str().is_none() || error["message"].as_str().is_none() {
        return Err(EventError("data.error: wanted an object with code and message".to_owned()));
    }
    Ok(Payload::Rejected { request, reason: error.to_string() })
}

fn published(data: &Value) -> Result<Payload, EventError> {
    let wanted = || EventError(format!("data.pfIds: wanted a list of 1 to {MOST_ITEMS} UUIDs"));
    let list = data["pfIds"].as_array().filter(|l| !l.is_empty() && l.len() <= MOST_ITEMS).ok_or_else(wanted)?;
    let ids = list.iter().map(|id| id.as_str().filter(|t| rules::is_uuid(t)).map(str::to_lowercase));
    Ok(Payload::Published { ids: ids.collect::<Option<Vec<_>>>().ok_or_else(wanted)? })
}

/// An event as it is sent.
#[derive(Serialize)]
struct Outgoing<'a, T> {
    #[serde(rename = "type")]
    kind: &'a str,
    specversion: &'a str,
    id: &'a str,
    source: &'a str,
    time: String,
    data: T,
}

/// Writes an event. `kind` is the short name, as `PublishedEvent`; `source` is our own host.
fn write<T: Serialize>(kind: &str, id: &str, source: &str, data: T) -> Result<String, serde_json::Error> {
    let kind = format!("{PREFIX}{kind}.3");
    serde_json::to_string(&Outgoing { kind: &kind, specversion: "1.0", id, source, time: Moment::now().to_string(), data })
}

/// Asks for footprints.
///
/// # Errors
/// It cannot be written as JSON.
pub fn write_created(id: &str, source: &str, criteria: &Value) -> Result<String, serde_json::Error> {
    write("RequestCreatedEvent", id, source, criteria)
}

/// Sends footprints that were asked for; their texts go as they are.
///
/// # Errors
/// A text is no JSON.
pub fn write_fulfilled(id: &str, source: &str, request: &str, footprints: &[String]) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Data<'a> {
        request_event_id: &'a str,
        pfs: Vec<&'a RawValue>,
    }
    let pfs = footprints.iter().map(|f| serde_json::from_str(f)).collect::<Result<_, _>>()?;
    write("RequestFulfilledEvent", id, source, Data { request_event_id: request, pfs })
}

/// Refuses a request.
///
/// # Errors
/// It cannot be written as JSON.
pub fn write_rejected(id: &str, source: &str, request: &str, code: Code, message: &str) -> Result<String, serde_json::Error> {
    let error = serde_json::json!({ "code": code.word(), "message": message });
    write("RequestRejectedEvent", id, source, serde_json::json!({ "requestEventId": request, "error": error }))
}

/// Says that footprints are there to be fetched.
///
/// # Errors
/// It cannot be written as JSON.
pub fn write_published(id: &str, source: &str, ids: &[String]) -> Result<String, serde_json::Error> {
    write("PublishedEvent", id, source, serde_json::json!({ "pfIds": ids }))
}
