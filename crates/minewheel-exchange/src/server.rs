//! The host: routes, and what every request passes on its way.
//!
//! | route                              | answer                                                          |
//! |------------------------------------|-----------------------------------------------------------------|
//! | `POST /auth/token`                 | an access token for a client's credentials                      |
//! | `GET /3/footprints`                | footprints that the client's tenant may read, page by page      |
//! | `GET /3/footprints/{id}`           | one of them                                                     |
//! | `POST /3/events`                   | takes an event                                                  |
//! | `GET /.well-known/openid-configuration` | where tokens are to be had                                 |
//! | `POST /minewheel/footprints`       | publishes footprints of the client's own tenant (not of PACT)   |
//! | `POST /minewheel/grants`           | lets another tenant read them (not of PACT)                     |
//! | `GET /openapi.json`, `GET /health` | the description of this interface; whether the store answers    |

mod auth;
mod events;
mod footprints;
mod limits;
mod listen;
mod metrics;
mod own;
mod workers;

use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tokio::runtime::Runtime;
use tokio::sync::{Notify, Semaphore, mpsc, oneshot};
use tokio::time::Instant;

use crate::client::ClientError;
use crate::error::{ApiError, Code, json};
use crate::secret::{self, SealingKey, SecretError};
use crate::store::accounts::Deed;
use crate::store::{Store, StoreError};
use limits::Limiter;
use metrics::Metrics;

pub use own::{GrantRequest, PublishedFootprint};
pub use workers::Retries;

/// How a host is set up.
#[derive(Debug, Clone)]
pub struct Options {
    /// The store: a path of a SQLite file, or `postgres://…`.
    pub store: String,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where to show metrics, in plain HTTP.
    pub metrics: Option<SocketAddr>,
    /// Files of the certificate chain and its key, in PEM.
    pub tls: Option<(PathBuf, PathBuf)>,
    /// Whether plain HTTP may leave this machine.
    pub is_insecure: bool,
    /// The address by which others reach this host, if it is not the one that they name.
    pub public_url: Option<String>,
    /// The file with the key that seals peers' secrets.
    pub key_file: PathBuf,
    /// A further certificate authority to trust when calling peers, in PEM.
    pub ca_file: Option<PathBuf>,
    /// Seconds that a token lasts.
    pub token_seconds: i64,
    /// Requests a second that a client may make for long; nought for any number.
    pub rate: u32,
    /// Longest body in bytes.
    pub longest_body: usize,
    /// Whether a request is refused at once if nobody on this host has such a footprint.
    pub is_unknown_rejected: bool,
    /// When to send an event again.
    pub retries: Retries,
}

/// Why a host does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Secrets cannot be made or opened.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The calling side cannot be set up.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The port cannot be used.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// Where.
        address: SocketAddr,
        /// Why not.
        reason: std::io::Error,
    },
    /// A certificate or key cannot be used.
    #[error("`{path}` cannot be used for TLS: {reason}")]
    Tls {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// Plain HTTP would leave the machine.
    #[error("{0} is not a loopback address, and without a certificate tokens would travel in the clear")]
    Plain(SocketAddr),
    /// The system does not give what a server needs.
    #[error("the system refuses: {0}")]
    System(std::io::Error),
}

/// What all requests share.
pub(crate) struct Exchange {
    pub(crate) store: Store,
    pub(crate) options: Options,
    pub(crate) key: SealingKey,
    pub(crate) metrics: Metrics,
    clients: Limiter,
    logins: Limiter,
    /// Hashing takes memory and time on purpose; only a few at once.
    hashing: Arc<Semaphore>,
    /// Checked for a client that does not exist, so that the answer takes as long.
    dummy_hash: String,
    audit: mpsc::Sender<Deed>,
    /// Wakes the workers.
    pub(crate) news: Notify,
    is_tls: bool,
}

/// Longest that a request may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// Hashes at once.
const HASHES: usize = 2;
/// Deeds that wait for the audit log.
const DEEDS: usize = 10_000;
/// Logins a second from one address, and how many at once.
const LOGINS: (u32, u32) = (20, 60);
/// How many times its rate a client may use at once.
const BURST: u32 = 2;

/// Runs a host until the process is told to stop. Says through the log where it listens.
///
/// # Errors
/// It cannot start.
pub fn serve(options: Options) -> Result<(), ServeError> {
    runtime()?.block_on(async {
        let stop = listen::stop_signal().map_err(ServeError::System)?;
        run(options, |_| {}, stop).await
    })
}

/// A host that runs beside its caller.
pub struct Host {
    url: String,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<Result<(), ServeError>>,
}

impl Host {
    /// Starts a host and waits until it listens.
    ///
    /// # Errors
    /// It cannot start.
    pub fn start(options: Options) -> Result<Self, ServeError> {
        let scheme = if options.tls.is_some() { "https" } else { "http" };
        let (stop, stopped) = oneshot::channel();
        let (ready, is_ready) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let stop = async {
                // A host whose handle is gone stops as well.
                let _ = stopped.await;
            };
            // Who started the host waits for this word.
            let ready = move |address| _ = ready.send(address);
            runtime()?.block_on(run(options, ready, stop))
        });
        match is_ready.recv() {
            Ok(address) => Ok(Self { url: format!("{scheme}://localhost:{}", address.port()), stop, thread }),
            // The sender is dropped without a word when the host does not start.
            Err(_) => Err(ended(thread).err().unwrap_or_else(|| ServeError::System(std::io::ErrorKind::Other.into()))),
        }
    }

    /// Its address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Stops it, after the last requests.
    ///
    /// # Errors
    /// It ended badly.
    pub fn stop(self) -> Result<(), ServeError> {
        // A host that ended by itself needs no telling.
        let _ = self.stop.send(());
        ended(self.thread)
    }
}

fn ended(thread: JoinHandle<Result<(), ServeError>>) -> Result<(), ServeError> {
    thread.join().unwrap_or_else(|_| Err(ServeError::System(std::io::Error::other("the host panicked"))))
}

fn runtime() -> Result<Runtime, ServeError> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::System)
}

async fn run(options: Options, ready: impl FnOnce(SocketAddr), stop: impl Future<Output = ()>) -> Result<(), ServeError> {
    if options.tls.is_none() && !options.listen.ip().is_loopback() && !options.is_insecure {
        return Err(ServeError::Plain(options.listen));
    }
    let tls = options.tls.as_ref().map(|(cert, key)| listen::tls(cert, key)).transpose()?;
    let store = Store::open(&options.store).await?;
    let (audit, deeds) = mpsc::channel(DEEDS);
    let exchange = Arc::new(Exchange {
        key: SealingKey::open(&options.key_file)?,
        metrics: Metrics::default(),
        clients: Limiter::new(options.rate, options.rate.saturating_mul(BURST)),
        logins: Limiter::new(LOGINS.0, LOGINS.1),
        hashing: Arc::new(Semaphore::new(HASHES)),
        dummy_hash: secret::hash(&secret::generate()?)?,
        audit,
        news: Notify::new(),
        is_tls: tls.is_some(),
        store,
        options,
    });
    let listener = listen::bind(exchange.options.listen).await?;
    let address = listener.local_addr().map_err(ServeError::System)?;
    if let Some(metrics) = exchange.options.metrics {
        let listener = listen::bind(metrics).await?;
        let shown = listener.local_addr().map_err(ServeError::System)?;
        tracing::info!(url = format!("http://{shown}/metrics"), "showing metrics");
        listen::spawn_metrics(listener, metrics::routes(Arc::clone(&exchange)));
    }
    let workers = workers::start(&exchange, deeds, address)?;
    let scheme = if exchange.is_tls { "https" } else { "http" };
    tracing::info!(url = format!("{scheme}://{address}"), store = exchange.store.kind(), "listening");
    ready(address);
    listen::accept(listener, tls, routes(Arc::clone(&exchange)), stop).await;
    tracing::info!("stopping");
    workers.stop(exchange).await;
    tracing::info!("stopped");
    Ok(())
}

fn routes(exchange: Arc<Exchange>) -> Router {
    Router::new()
        .route("/auth/token", post(auth::token))
        .route("/.well-known/openid-configuration", get(auth::configuration))
        .route("/3/footprints", get(footprints::list))
        .route("/3/footprints/{id}", get(footprints::get))
        .route("/3/events", post(events::receive))
        .route("/minewheel/footprints", post(own::publish))
        .route("/minewheel/grants", post(own::grant))
        .route("/openapi.json", get(description))
        .route("/health", get(health))
        .fallback(no_route)
        .method_not_allowed_fallback(no_method)
        .layer(from_fn_with_state(Arc::clone(&exchange), around))
        .with_state(exchange)
}

async fn no_route() -> ApiError {
    ApiError::not_found("there is nothing at this address")
}

async fn no_method() -> ApiError {
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, "this address does not take that method")
}

async fn description() -> Result<Response, ApiError> {
    Ok(json(StatusCode::OK, crate::openapi::text()?))
}

async fn health(State(exchange): State<Arc<Exchange>>) -> Response {
    match exchange.store.ping().await {
        Ok(()) => json(StatusCode::OK, r#"{"status":"ok"}"#.to_owned()),
        Err(error) => {
            tracing::error!(%error, "the store does not answer");
            json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"store does not answer"}"#.to_owned())
        }
    }
}

/// Times, counts and logs a request, and ends it when it takes too long.
async fn around(State(exchange): State<Arc<Exchange>>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "none".to_owned(), |m| m.as_str().to_owned());
    let mut response = match tokio::time::timeout(REQUEST_TIMEOUT, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(StatusCode::SERVICE_UNAVAILABLE, Code::InternalError, "the host took too long").into_response(),
    };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let took = start.elapsed();
    exchange.metrics.request(method.as_str(), &route, response.status(), took);
    let (status, micros) = (response.status().as_u16(), took.as_micros() as u64);
    if status >= 500 {
        tracing::error!(%method, path, status, micros, "request");
    } else {
        tracing::info!(%method, path, status, micros, "request");
    }
    response
}

impl Exchange {
    /// Puts a deed into the audit log, which is written a few times a second.
    async fn note(&self, deed: Deed) {
        if self.audit.send(deed).await.is_err() {
            tracing::error!("the audit log is closed");
        }
    }

    /// The address by which a request reached this host.
    fn base(&self, headers: &HeaderMap) -> String {
        if let Some(url) = &self.options.public_url {
            return url.trim_end_matches('/').to_owned();
        }
        let scheme = if self.is_tls { "https" } else { "http" };
        let host = headers.get(header::HOST).and_then(|h| h.to_str().ok()).filter(|h| is_host(h));
        host.map_or_else(|| format!("{scheme}://{}", self.options.listen), |h| format!("{scheme}://{h}"))
    }

    /// Reads the body of a request up to the longest allowed.
    async fn body(&self, body: Body) -> Result<Vec<u8>, ApiError> {
        let most = self.options.longest_body;
        match axum::body::to_bytes(body, most).await {
            Ok(bytes) => Ok(bytes.into()),
            Err(error) if error.to_string().contains("length limit") => {
                Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, format!("the body is longer than {most} bytes")))
            }
            Err(_) => Err(ApiError::bad_request("the body broke off")),
        }
    }
}

/// Whether a text can stand as the host of an address.
fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b))
}
