//! What PACT leaves to each host: how a tenant's own systems publish footprints and grant them.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Exchange;
use super::auth::session;
use crate::error::{ApiError, json};
use crate::footprint::{Document, items};
use crate::store::footprints::PublishError;

/// Footprints that one request may publish.
const MOST_FOOTPRINTS: usize = 1000;
/// Faults that a message names.
const MOST_FAULTS: usize = 20;

/// What became of a footprint that was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublishedFootprint {
    /// Its id.
    pub id: String,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// Footprints that another tenant may read.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantRequest {
    /// Who may read them.
    pub tenant: String,
    /// Their ids; left out: all, later ones too.
    #[serde(default)]
    pub footprints: Vec<String>,
}

impl From<PublishError> for ApiError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Store(error) => error.into(),
            taken @ PublishError::Taken(_) => Self::bad_request(taken.to_string()),
        }
    }
}

/// `POST /minewheel/footprints`: one footprint, or a list.
pub(super) async fn publish(State(exchange): State<Arc<Exchange>>, headers: HeaderMap, body: Body) -> Result<Response, ApiError> {
    let session = session(&exchange, &headers).await?;
    let bytes = exchange.body(body).await?;
    let text = String::from_utf8(bytes).map_err(|_| ApiError::bad_request("the body is no UTF-8"))?;
    let documents = documents(&text)?;
    let published = exchange.store.publish(&session.tenant, Some(&session.client), &documents).await?;
    let lines: Vec<_> = published.into_iter().map(|p| PublishedFootprint { id: p.id, is_new: p.is_new }).collect();
    Ok(json(StatusCode::OK, serde_json::to_string(&serde_json::json!({ "data": lines }))?))
}

fn documents(text: &str) -> Result<Vec<Document>, ApiError> {
    let texts = items(text).map_err(|e| ApiError::bad_request(format!("the body is neither a footprint nor a list of some: {e}")))?;
    if texts.is_empty() || texts.len() > MOST_FOOTPRINTS {
        return Err(ApiError::bad_request(format!("{} footprints, wanted 1 to {MOST_FOOTPRINTS}", texts.len())));
    }
    let mut documents = Vec::with_capacity(texts.len());
    let mut messages = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        match Document::read(text) {
            Ok(document) => documents.push(document),
            Err(faults) => messages.extend(faults.iter().map(|f| format!("footprint {}: {f}", index + 1))),
        }
    }
    if messages.is_empty() {
        return Ok(documents);
    }
    messages.truncate(MOST_FAULTS);
    Err(ApiError::bad_request(messages.join("; ")))
}

/// `POST /minewheel/grants`
pub(super) async fn grant(State(exchange): State<Arc<Exchange>>, headers: HeaderMap, body: Body) -> Result<Response, ApiError> {
    let session = session(&exchange, &headers).await?;
    let bytes = exchange.body(body).await?;
    let request: GrantRequest = serde_json::from_slice(&bytes).map_err(|e| ApiError::bad_request(format!("the grant is not understood: {e}")))?;
    if request.tenant.contains('\0') || request.footprints.iter().any(|f| f.contains('\0')) || request.footprints.len() > MOST_FOOTPRINTS {
        return Err(ApiError::bad_request(format!("wanted at most {MOST_FOOTPRINTS} ids, and no U+0000")));
    }
    if !exchange.store.has_tenant(&request.tenant).await? {
        return Err(ApiError::not_found("there is no such tenant on this host"));
    }
    let granted = exchange.store.grant(&session.tenant, &request.tenant, Some(&session.client), &request.footprints).await?;
    exchange.news.notify_one();
    Ok(json(StatusCode::OK, format!("{{\"granted\":{granted}}}")))
}
