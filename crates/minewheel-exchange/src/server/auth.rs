//! OAuth 2 client credentials (RFC 6749 section 4.4) with opaque tokens.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::Exchange;
use crate::clock::Moment;
use crate::error::{ApiError, Code, json as json_answer};
use crate::secret;
use crate::store::StoreError;
use crate::store::accounts::{Deed, Session};

/// Longest body of a request for a token.
const LONGEST_LOGIN: usize = 8 * 1024;
/// Longest token or secret that is looked at.
const LONGEST_SECRET: usize = 512;

/// The document by which clients find the address of tokens.
pub(super) async fn configuration(State(exchange): State<Arc<Exchange>>, headers: HeaderMap) -> Response {
    let base = exchange.base(&headers);
    let text = json!({
        "issuer": base,
        "token_endpoint": format!("{base}/auth/token"),
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "response_types_supported": ["token"],
        "scopes_supported": [],
    });
    json_answer(StatusCode::OK, text.to_string())
}

/// A login that did not succeed, in the words of RFC 6749 section 5.2.
struct Refused(StatusCode, &'static str, &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, error, description) = self;
        let mut response = json_answer(status, json!({ "error": error, "error_description": description }).to_string());
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Basic realm=\"minewheel\""));
        }
        response
    }
}

/// Gives a token for a client's credentials.
pub(super) async fn token(State(exchange): State<Arc<Exchange>>, Extension(peer): Extension<SocketAddr>, headers: HeaderMap, body: Body) -> Response {
    login(&exchange, peer, &headers, body).await.unwrap_or_else(|refusal| refusal)
}

async fn login(exchange: &Exchange, peer: SocketAddr, headers: &HeaderMap, body: Body) -> Result<Response, Response> {
    let refuse = |status, error, description| Refused(status, error, description).into_response();
    exchange.logins.take(&peer.ip().to_string()).map_err(|seconds| too_often(seconds).into_response())?;
    let bytes = axum::body::to_bytes(body, LONGEST_LOGIN).await;
    let bytes = bytes.map_err(|_| refuse(StatusCode::BAD_REQUEST, "invalid_request", "the body is too long or broke off"))?;
    let field = |name: &str| form_urlencoded::parse(&bytes).find(|(k, _)| k == name).map(|(_, v)| v.into_owned());
    if field("grant_type").as_deref() != Some("client_credentials") {
        return Err(refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type", "grant_type must be client_credentials"));
    }
    let shown = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok()).and_then(secret::basic);
    let Some((client, given)) = shown.or_else(|| field("client_id").zip(field("client_secret"))) else {
        return Err(refuse(StatusCode::UNAUTHORIZED, "invalid_client", "no credentials were given"));
    };
    let known = if client.len() <= LONGEST_SECRET && given.len() <= LONGEST_SECRET && !client.contains('\0') {
        exchange.store.client(&client).await.map_err(|e| ApiError::from(e).into_response())?
    } else {
        None
    };
    let hash = known.as_ref().map_or_else(|| exchange.dummy_hash.clone(), |(_, hash)| hash.clone());
    let is_right = check(exchange, given, hash).await.map_err(IntoResponse::into_response)?;
    match known {
        Some((tenant, _)) if is_right => give(exchange, &client, &tenant).await.map_err(IntoResponse::into_response),
        _ => {
            let shown: String = client.chars().filter(|c| !c.is_control()).take(64).collect();
            exchange.note(Deed::new(None, "token", shown, "refused")).await;
            Err(refuse(StatusCode::UNAUTHORIZED, "invalid_client", "authentication failed"))
        }
    }
}

/// Compares a secret with a hash, a few at a time and off the threads that answer.
async fn check(exchange: &Exchange, given: String, hash: String) -> Result<bool, ApiError> {
    let turn = Arc::clone(&exchange.hashing).acquire_owned().await.map_err(|_| ApiError::internal())?;
    let task = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        given.len() <= LONGEST_SECRET && secret::matches(&given, &hash)
    });
    task.await.map_err(|_| ApiError::internal())
}

async fn give(exchange: &Exchange, client: &str, tenant: &str) -> Result<Response, ApiError> {
    let token = secret::generate().map_err(|_| ApiError::internal())?;
    let seconds = exchange.options.token_seconds;
    let expires = Moment::now().seconds_later(seconds);
    exchange.store.add_token(&secret::token_hash(&token), client, tenant, expires).await?;
    let text = json!({ "access_token": token, "token_type": "bearer", "expires_in": seconds });
    Ok(json_answer(StatusCode::OK, text.to_string()))
}

fn too_often(seconds: u64) -> ApiError {
    ApiError::new(StatusCode::TOO_MANY_REQUESTS, Code::BadRequest, "too many requests").with(header::RETRY_AFTER, seconds.to_string())
}

/// Who asks, by the token of a request; takes one of the client's turns.
pub(super) async fn session(exchange: &Exchange, headers: &HeaderMap) -> Result<Session, ApiError> {
    let refuse = |code, message: &str, hint: &str| {
        ApiError::new(StatusCode::UNAUTHORIZED, code, message).with(header::WWW_AUTHENTICATE, format!("Bearer realm=\"minewheel\"{hint}"))
    };
    let header = headers.get(header::AUTHORIZATION).and_then(|h| h.to_str().ok());
    let Some((scheme, token)) = header.and_then(|h| h.split_once(' ')) else {
        return Err(refuse(Code::BadRequest, "no access token was given", ""));
    };
    let token = token.trim();
    let invalid = || refuse(Code::BadRequest, "the access token is not valid", ", error=\"invalid_token\"");
    if !scheme.eq_ignore_ascii_case("bearer") || token.is_empty() || token.len() > LONGEST_SECRET {
        return Err(invalid());
    }
    let found: Result<Option<Session>, StoreError> = exchange.store.session(&secret::token_hash(token)).await;
    let session = found?.ok_or_else(invalid)?;
    if session.expires <= Moment::now() {
        return Err(refuse(Code::TokenExpired, "the access token has expired", ", error=\"invalid_token\""));
    }
    exchange.clients.take(&session.client).map_err(too_often)?;
    Ok(session)
}
