//! Events that come.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;

use super::Exchange;
use super::auth::session;
use crate::error::{ApiError, Code};
use crate::event::{Event, Payload};
use crate::store::events::Received;

/// Kinds of content that an event may come as.
const KINDS: [&str; 2] = ["application/cloudevents+json", "application/json"];

/// `POST /3/events`
pub(super) async fn receive(State(exchange): State<Arc<Exchange>>, headers: HeaderMap, body: Body) -> Result<Response, ApiError> {
    let session = session(&exchange, &headers).await?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|h| h.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !KINDS.iter().any(|k| kind.eq_ignore_ascii_case(k)) {
        let message = "an event comes as application/cloudevents+json";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, message));
    }
    let bytes = exchange.body(body).await?;
    let event = Event::read(&bytes).map_err(|e| ApiError::bad_request(e.to_string()))?;
    if matches!(event.payload, Payload::Created { .. }) && exchange.store.peer(&session.tenant).await?.is_none() {
        return Err(ApiError::bad_request("this host does not know where to send the answer; its operator has to enter your host first"));
    }
    match exchange.store.receive(&session.tenant, &session.client, &event).await? {
        Received::New => exchange.news.notify_one(),
        Received::Again => {}
        Received::Unasked => return Err(ApiError::bad_request("data.requestEventId: no open request of ours to you has this id")),
        Received::Taken => return Err(ApiError::bad_request("data.pfs: a footprint has the id of another one")),
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::OK;
    Ok(response)
}
