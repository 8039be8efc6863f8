//! The description of the interface, in OpenAPI, for `GET /openapi.json`.

use utoipa::openapi::security::{ClientCredentials, Flow, OAuth2, Scopes, SecurityScheme};
use utoipa::{Modify, OpenApi, ToSchema};

use crate::error::ErrorBody;
use crate::footprint::ProductFootprint;
use crate::server::{GrantRequest, PublishedFootprint};

/// A list of footprints.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer that is written as text")]
struct FootprintList {
    data: Vec<ProductFootprint>,
}

/// One footprint.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer that is written as text")]
struct OneFootprint {
    data: ProductFootprint,
}

/// What became of published footprints.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer that is written as text")]
struct PublishedList {
    data: Vec<PublishedFootprint>,
}

/// An event in structured JSON of `CloudEvents` 1.0.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes a body that is read as text")]
struct EventBody {
    /// The kind, as `org.wbcsd.pact.ProductFootprint.PublishedEvent.3`.
    r#type: String,
    /// Always 1.0.
    specversion: String,
    /// With the source, what the event is known by.
    id: String,
    /// Where it comes from.
    source: String,
    /// When it was made.
    #[schema(format = "date-time")]
    time: String,
    /// What it says.
    #[schema(value_type = Object)]
    data: serde_json::Value,
}

/// Footprints that the caller's tenant may read. Values of one criterion are alternatives, criteria are joined by *and*.
#[utoipa::path(get, path = "/3/footprints", tag = "footprint",
    params(
        ("limit" = Option<u32>, Query, description = "footprints on a page"),
        ("productId" = Option<Vec<String>>, Query, description = "URNs of products"),
        ("companyId" = Option<Vec<String>>, Query, description = "URNs of companies"),
        ("geography" = Option<Vec<String>>, Query, description = "regions, countries or subdivisions"),
        ("classification" = Option<Vec<String>>, Query, description = "URNs of classes of products"),
        ("validOn" = Option<String>, Query, description = "a time within the validity"),
        ("validAfter" = Option<String>, Query, description = "a time before its start"),
        ("validBefore" = Option<String>, Query, description = "a time behind its end"),
        ("status" = Option<String>, Query, description = "Active or Deprecated"),
    ),
    responses(
        (status = 200, body = FootprintList, description = "a page; if there are more, a Link header of RFC 8288 leads on",
            headers(("link" = String, description = "the next page"))),
        (status = 400, body = ErrorBody), (status = 401, body = ErrorBody), (status = 429, body = ErrorBody)),
    security(("BearerAuth" = [])))]
#[expect(dead_code, reason = "describes a route")]
fn list() {}

/// One footprint.
#[utoipa::path(get, path = "/3/footprints/{id}", tag = "footprint", params(("id" = String, Path, description = "a UUID")),
    responses((status = 200, body = OneFootprint), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 429, body = ErrorBody)),
    security(("BearerAuth" = [])))]
#[expect(dead_code, reason = "describes a route")]
fn one() {}

/// Takes an event: a request, its answer, or word of footprints that were published.
#[utoipa::path(post, path = "/3/events", tag = "event", request_body(content = EventBody, content_type = "application/cloudevents+json"),
    responses((status = 200, description = "taken"), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 415, body = ErrorBody), (status = 429, body = ErrorBody)),
    security(("BearerAuth" = [])))]
#[expect(dead_code, reason = "describes a route")]
fn event() {}

/// Publishes footprints of the caller's own tenant. Not part of PACT.
#[utoipa::path(post, path = "/minewheel/footprints", tag = "own", request_body(content = ProductFootprint),
    responses((status = 200, body = PublishedList), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 413, body = ErrorBody)),
    security(("BearerAuth" = [])))]
#[expect(dead_code, reason = "describes a route")]
fn publish() {}

/// Lets another tenant of this host read footprints of the caller's own. Not part of PACT.
#[utoipa::path(post, path = "/minewheel/grants", tag = "own", request_body(content = GrantRequest),
    responses((status = 200, description = "how many were granted anew"), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody)),
    security(("BearerAuth" = [])))]
#[expect(dead_code, reason = "describes a route")]
fn grant() {}

struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        if let Some(components) = document.components.as_mut() {
            let flow = Flow::ClientCredentials(ClientCredentials::new("/auth/token", Scopes::new()));
            components.add_security_scheme("BearerAuth", SecurityScheme::OAuth2(OAuth2::new([flow])));
        }
    }
}

#[derive(OpenApi)]
#[openapi(
    info(title = "Minewheel exchange", description = "Product carbon footprints by the PACT Technical Specifications, version 3"),
    paths(list, one, event, publish, grant),
    modifiers(&Security)
)]
struct Document;

/// The description as JSON.
///
/// # Errors
/// It cannot be written, which the tests rule out.
pub fn text() -> Result<String, serde_json::Error> {
    serde_json::to_string_pretty(&Document::openapi())
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_route_and_every_code_of_the_specification_is_described() {
        let document: serde_json::Value = serde_json::from_str(&super::text().unwrap()).unwrap();
        for path in ["/3/footprints", "/3/footprints/{id}", "/3/events", "/minewheel/footprints", "/minewheel/grants"] {
            assert!(document["paths"][path].is_object(), "{path}");
        }
        let codes = document["components"]["schemas"]["Code"]["enum"].as_array().unwrap();
        assert_eq!(codes.len(), 6);
        // The further properties are one part of the type, those that are named the other.
        let parts = document["components"]["schemas"]["CarbonFootprint"]["allOf"].as_array().unwrap();
        let pcf = parts.iter().find(|p| p["properties"].is_object()).unwrap();
        assert_eq!(pcf["properties"]["declaredUnitAmount"]["type"], "string");
        assert!(pcf["required"].as_array().unwrap().contains(&"fossilGhgEmissions".into()));
        assert!(document["components"]["securitySchemes"]["BearerAuth"]["flows"]["clientCredentials"].is_object());
    }
}
