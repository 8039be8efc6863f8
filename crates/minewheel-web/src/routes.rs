//! From a request to a question, and from its answer to a response.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method as HttpMethod, Response, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use minewheel_assess::watch::Watch;
use serde_json::{Map, Value};
use tokio::net::TcpListener;

use crate::guard::{Names, dress};
use crate::jobs::{Jobs, State as JobState};
use crate::lanes::Lane;
use crate::service::{Limits, Method, Refusal, Service};
use crate::{assets, document};

/// A server cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// It cannot listen.
    #[error("cannot listen on {host}:{port}: {reason}")]
    Listen {
        /// The host.
        host: String,
        /// The port.
        port: u16,
        /// What the system said.
        reason: std::io::Error,
    },
    /// It cannot go on.
    #[error("the server stopped: {0}")]
    Stopped(#[from] std::io::Error),
}

/// Where the API begins.
const API: &str = "/api/1/";
/// Time between two looks at a job.
const TICK: std::time::Duration = std::time::Duration::from_millis(200);

struct Inner {
    service: Service,
    names: Names,
    lanes: [Lane; 2],
    jobs: Jobs,
    document: String,
}

type Shared = Arc<Inner>;

/// A server that listens, and does not answer yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    shared: Shared,
}

impl Server {
    /// Listens on a host and port; port 0: any that is free.
    ///
    /// # Errors
    /// The host is not this machine's, or the port is taken.
    pub async fn bind(host: &str, port: u16, service: Service) -> Result<Self, ServeError> {
        let failed = |reason| ServeError::Listen { host: host.to_owned(), port, reason };
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let listener = TcpListener::bind((bare, port)).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let Limits { at_once, waiting, jobs, .. } = service.limits;
        let lanes = [Lane::new(at_once[0], waiting[0]), Lane::new(at_once[1], waiting[1])];
        let document = document::describe(&service);
        let names = Names::new(host, address.port());
        Ok(Self { listener, address, shared: Arc::new(Inner { service, names, lanes, jobs: Jobs::keeping(jobs), document }) })
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Answers until the future ends, then lets open answers go out; jobs are called off.
    ///
    /// # Errors
    /// The listener fails.
    pub async fn run(self, until: impl Future<Output = ()> + Send + 'static) -> Result<(), ServeError> {
        let shared = Arc::clone(&self.shared);
        let ends = async move {
            until.await;
            shared.jobs.cancel_all();
        };
        axum::serve(self.listener, router(self.shared)).with_graceful_shutdown(ends).await?;
        Ok(())
    }
}

fn router(shared: Shared) -> Router {
    Router::new().fallback(dispatch).layer(axum::middleware::from_fn_with_state(Arc::clone(&shared), guarded)).with_state(shared)
}

/// Lets a request in or not, and dresses what comes back.
async fn guarded(State(shared): State<Shared>, request: Request, next: Next) -> Response<Body> {
    let mut response = match shared.names.check(request.method(), request.uri(), request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refused(&refusal),
    };
    dress(response.headers_mut());
    response
}

async fn dispatch(State(shared): State<Shared>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let path = parts.uri.path();
    let answer = match path.strip_prefix(API) {
        Some(rest) => shared.api(rest, &parts.method, &parts.uri, body).await,
        None if path == "/api" || path.starts_with("/api/") => Err(no_path(path)),
        None => match (&parts.method, assets::find(path)) {
            (&HttpMethod::GET | &HttpMethod::HEAD, found) => found.map(|asset| assets::response(asset, &parts.headers)),
            (_, Ok(_)) => Err(wrong_method(path, "GET")),
            (_, Err(refusal)) => Err(refusal),
        },
    };
    answer.unwrap_or_else(|refusal| refused(&refusal))
}

fn no_path(path: &str) -> Refusal {
    Refusal::new(404, "minewheel::web::path", format!("there is nothing at `{path}`")).with_help("/api/1/openapi.json lists every path")
}

fn wrong_method(path: &str, wanted: &str) -> Refusal {
    Refusal::new(405, "minewheel::web::method", format!("`{path}` is asked with {wanted}"))
}

fn json(status: StatusCode, text: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(text.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn refused(refusal: &Refusal) -> Response<Body> {
    let text = serde_json::to_string_pretty(refusal).unwrap_or_default() + "\n";
    let mut response = json(StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), text);
    if refusal.status == 429 {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}

/// What a path asks: the question's path, and the part of ours that stands for a name in it.
struct Asked<'q> {
    method: Method,
    path: &'q str,
    named: Option<(String, String)>,
}

impl Inner {
    async fn api(self: &Shared, path: &str, method: &HttpMethod, uri: &Uri, body: Body) -> Result<Response<Body>, Refusal> {
        let full = uri.path();
        let is_get = method == HttpMethod::GET || method == HttpMethod::HEAD;
        if path == "openapi.json" {
            return if is_get { Ok(json(StatusCode::OK, self.document.clone())) } else { Err(wrong_method(full, "GET")) };
        }
        if let Some(rest) = path.strip_prefix("jobs/") {
            return self.jobs(rest, method, full, body).await;
        }
        let asked = self.asked(path).ok_or_else(|| no_path(full))?;
        let question = match asked.method {
            Method::Get if is_get => {
                query(uri.query().unwrap_or_default())?.into_iter().chain(asked.named.map(|(k, v)| (k, Value::String(v)))).collect()
            }
            Method::Post if method == HttpMethod::POST => self.body(body).await?,
            Method::Get => return Err(wrong_method(full, "GET")),
            Method::Post => return Err(wrong_method(full, "POST")),
        };
        let lane = usize::from((self.service.is_long)(asked.path, &question));
        let (answer, name) = (Arc::clone(&self.service.answer), asked.path.to_owned());
        let time = self.service.limits.time[lane];
        let text = self.lanes[lane].compute(&Watch::none(), time, move |watch| answer(&name, question, watch)).await?;
        Ok(json(StatusCode::OK, text))
    }

    /// The question at a path.
    fn asked(&self, path: &str) -> Option<Asked<'_>> {
        self.service.questions.iter().find_map(|q| {
            if q.path == path {
                return Some(Asked { method: q.method, path: &q.path, named: None });
            }
            let (before, rest) = q.path.split_once('{')?;
            let name = rest.strip_suffix('}')?;
            let seen = path.strip_prefix(before).filter(|s| !s.is_empty() && !s.contains('/'))?;
            Some(Asked { method: q.method, path: &q.path, named: Some((name.to_owned(), unescaped(seen)?)) })
        })
    }

    /// A body as an object; an empty one asks with every default.
    async fn body(&self, body: Body) -> Result<Map<String, Value>, Refusal> {
        let Limits { body_bytes, body_time, .. } = self.service.limits;
        let read = tokio::time::timeout(body_time, axum::body::to_bytes(body, body_bytes)).await;
        let bytes: Bytes = match read {
            Err(_) => return Err(Refusal::new(408, "minewheel::web::time", "the body did not come in time")),
            Ok(Err(_)) => {
                return Err(Refusal::new(413, "minewheel::web::size", format!("the body is longer than {body_bytes} bytes, or broke off")));
            }
            Ok(Ok(bytes)) => bytes,
        };
        if bytes.is_empty() {
            return Ok(Map::new());
        }
        let wrong = |why: String| {
            Refusal::new(400, "minewheel::web::body", why).with_help("send a JSON object whose keys are the command's options with `_` for `-`")
        };
        match serde_json::from_slice(&bytes) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(_) => Err(wrong("the body is not a JSON object".to_owned())),
            Err(error) => Err(wrong(format!("the body is not JSON: {error}"))),
        }
    }

    async fn jobs(self: &Shared, path: &str, method: &HttpMethod, full: &str, body: Body) -> Result<Response<Body>, Refusal> {
        if let Some(asked) = self.asked(path).filter(|a| a.method == Method::Post) {
            if method != HttpMethod::POST {
                return Err(wrong_method(full, "POST"));
            }
            let question = self.body(body).await?;
            return self.take_on(asked.path.to_owned(), question);
        }
        let (id, is_events) = path.strip_suffix("/events").map_or((path, false), |id| (id, true));
        let job = self.jobs.find(id)?;
        let is_get = method == HttpMethod::GET || method == HttpMethod::HEAD;
        match (is_events, is_get, method == HttpMethod::DELETE) {
            (true, true, _) => Ok(events(job)),
            (false, true, _) => Ok(json(StatusCode::OK, job.to_json(true))),
            (false, _, true) => {
                job.cancel();
                Ok(json(StatusCode::OK, job.to_json(false)))
            }
            (true, ..) => Err(wrong_method(full, "GET")),
            (false, ..) => Err(wrong_method(full, "GET or DELETE")),
        }
    }

    fn take_on(self: &Shared, path: String, question: Map<String, Value>) -> Result<Response<Body>, Refusal> {
        let job = self.jobs.take()?;
        let id = job.id.clone();
        let shared = Arc::clone(self);
        tokio::spawn(async move {
            let answer = Arc::clone(&shared.service.answer);
            let watch = job.watch.clone();
            let work = move |watch: &Watch| if watch.is_stopped() { Err(stopped()) } else { answer(&path, question, watch) };
            let text = shared.lanes[1].compute(&watch, shared.service.limits.job_time, work).await;
            job.end(text);
        });
        Ok(json(StatusCode::ACCEPTED, format!("{{\"id\": \"{id}\"}}")))
    }
}

fn stopped() -> Refusal {
    Refusal::new(503, "minewheel::stopped", "stopped before the end")
}

/// Progress of a job as it goes, and a last word when it ends.
fn events(job: Arc<crate::jobs::Job>) -> Response<Body> {
    let stream = futures_util::stream::unfold((job, false, true), |(job, is_over, is_first)| async move {
        if is_over {
            return None;
        }
        if !is_first {
            tokio::time::sleep(TICK).await;
        }
        let has_ended = job.state() != JobState::Running;
        let event = Event::default().event(if has_ended { "done" } else { "progress" }).data(job.to_json(false));
        Some((Ok::<_, std::convert::Infallible>(event), (job, has_ended, false)))
    });
    Sse::new(stream).keep_alive(KeepAlive::default()).into_response()
}

/// The keys and values of a query.
fn query(text: &str) -> Result<Map<String, Value>, Refusal> {
    let wrong = |seen: &str| Refusal::new(400, "minewheel::web::query", format!("`{seen}` in the query is not UTF-8 in per cent signs"));
    let pairs = text.split('&').filter(|p| !p.is_empty()).map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let plain = |t: &str| unescaped(&t.replace('+', " ")).ok_or_else(|| wrong(t));
        Ok((plain(key)?, Value::String(plain(value)?)))
    });
    pairs.collect()
}

/// A text with its per cent signs resolved.
fn unescaped(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
            let (high, low) = (digit(rest.next())?, digit(rest.next())?);
            bytes.push((high * 16 + low) as u8);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}
