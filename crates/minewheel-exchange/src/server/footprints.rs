//! Lists of footprints, and single ones.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::Exchange;
use super::auth::session;
use crate::error::{ApiError, Code, json};
use crate::filter::Filter;
use crate::footprint::rules::is_uuid;
use crate::store::accounts::Deed;
use crate::store::footprints::Found;

/// Footprints on a page where the client names no limit.
const PAGE: i64 = 100;
/// Footprints on a page at most.
const LONGEST_PAGE: i64 = 500;
/// The parameter of a pagination link that says where to go on.
const PLACE: &str = "x-minewheel-after";

/// A question as it stands in the address.
struct Question {
    filter: Filter,
    limit: Option<i64>,
    after: i64,
    /// The parameters that a pagination link repeats.
    repeated: Vec<(String, String)>,
}

impl Question {
    fn read(query: &str) -> Result<Self, ApiError> {
        let mut question = Self { filter: Filter::default(), limit: None, after: 0, repeated: Vec::new() };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let number = || value.parse::<i64>().ok().filter(|n| *n >= 0);
            let wrong = || ApiError::bad_request(format!("{name}: wanted a whole number of at least 0"));
            if name.eq_ignore_ascii_case("limit") {
                question.limit = Some(number().ok_or_else(wrong)?);
                continue;
            }
            if name == PLACE {
                question.after = number().ok_or_else(wrong)?;
                continue;
            }
            let is_criterion = question.filter.add(&name, &value).map_err(|e| ApiError::bad_request(e.to_string()))?;
            if is_criterion {
                question.repeated.push((name.into_owned(), value.into_owned()));
            } else if name.starts_with('$') {
                let message = format!("`{name}` is of version 2; version 3 filters by productId, companyId, geography and others");
                return Err(ApiError::new(StatusCode::BAD_REQUEST, Code::NotImplemented, message));
            } else if !name.to_ascii_lowercase().starts_with("x-") {
                return Err(ApiError::bad_request(format!("`{}` is no parameter of this list", name.chars().take(60).collect::<String>())));
            }
        }
        Ok(question)
    }

    fn page(&self) -> i64 {
        self.limit.unwrap_or(PAGE).min(LONGEST_PAGE)
    }

    fn link(&self, base: &str, next: i64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.repeated);
        // A page of none leads nowhere: the link goes on with pages of the usual length.
        if let Some(limit) = self.limit.filter(|l| *l > 0) {
            query.append_pair("limit", &limit.to_string());
        }
        query.append_pair(PLACE, &next.to_string());
        format!("<{base}/3/footprints?{}>; rel=\"next\"", query.finish())
    }
}

/// `GET /3/footprints`
pub(super) async fn list(State(exchange): State<Arc<Exchange>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Result<Response, ApiError> {
    let session = session(&exchange, &headers).await?;
    let query = query.unwrap_or_default();
    let question = Question::read(&query)?;
    let page = exchange.store.list(&session.tenant, &question.filter, question.after, question.page()).await?;
    let outcome = format!("{} footprints", page.texts.len());
    let shown: String = query.chars().take(500).collect();
    exchange.note(Deed::new(Some((&session.tenant, &session.client)), "list", shown, outcome)).await;
    let length: usize = page.texts.iter().map(|t| t.len() + 1).sum();
    let mut text = String::with_capacity(length + 16);
    text.push_str("{\"data\":[");
    for (index, footprint) in page.texts.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(footprint);
    }
    text.push_str("]}");
    let mut response = json(StatusCode::OK, text);
    if let Some(next) = page.next
        && let Ok(link) = HeaderValue::from_str(&question.link(&exchange.base(&headers), next))
    {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// `GET /3/footprints/{id}`
pub(super) async fn get(State(exchange): State<Arc<Exchange>>, Path(id): Path<String>, headers: HeaderMap) -> Result<Response, ApiError> {
    let session = session(&exchange, &headers).await?;
    if !is_uuid(&id) {
        return Err(ApiError::bad_request("the id of a footprint is a UUID"));
    }
    let found = exchange.store.footprint(&session.tenant, &id).await?;
    let outcome = match &found {
        Found::Text(_) => "read",
        Found::Forbidden => "refused",
        Found::Missing => "missing",
    };
    exchange.note(Deed::new(Some((&session.tenant, &session.client)), "get", id, outcome)).await;
    match found {
        Found::Text(text) => Ok(json(StatusCode::OK, format!("{{\"data\":{text}}}"))),
        Found::Forbidden => Err(ApiError::denied("this footprint was not granted to you")),
        Found::Missing => Err(ApiError::not_found("there is no footprint with this id")),
    }
}
