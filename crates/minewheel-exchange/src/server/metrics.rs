//! Figures for Prometheus.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use axum::routing::get;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Exchange;

/// Upper bounds of the classes of duration, in seconds.
const BOUNDS: [f64; 11] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RequestLabels {
    method: String,
    route: String,
    status: u32,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RouteLabels {
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: String,
}

/// The figures.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram>,
    deliveries: Family<OutcomeLabels, Counter>,
    fetches: Family<OutcomeLabels, Counter>,
    footprints: Gauge,
    waiting: Gauge,
    to_fetch: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("minewheel_exchange");
        let requests = Family::default();
        let durations: Family<RouteLabels, Histogram> = Family::new_with_constructor(|| Histogram::new(BOUNDS));
        let (deliveries, fetches) = (Family::default(), Family::default());
        let (footprints, waiting, to_fetch) = (Gauge::default(), Gauge::default(), Gauge::default());
        registry.register("requests", "Requests answered", Family::clone(&requests));
        registry.register_with_unit("request_duration", "Time to answer", Unit::Seconds, Family::clone(&durations));
        registry.register("deliveries", "Events sent to peers, by outcome", Family::clone(&deliveries));
        registry.register("fetches", "Announced footprints fetched from peers, by outcome", Family::clone(&fetches));
        registry.register("footprints", "Footprints in the store", footprints.clone());
        registry.register("events_waiting", "Events that wait to be sent", waiting.clone());
        registry.register("footprints_to_fetch", "Announced footprints that wait to be fetched", to_fetch.clone());
        Self { registry, requests, durations, deliveries, fetches, footprints, waiting, to_fetch }
    }
}

impl Metrics {
    pub(super) fn request(&self, method: &str, route: &str, status: StatusCode, took: Duration) {
        // A method that nobody knows must not make a new series each time.
        let method = if ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"].contains(&method) { method } else { "other" };
        let labels = RequestLabels { method: method.to_owned(), route: route.to_owned(), status: status.as_u16().into() };
        self.requests.get_or_create(&labels).inc();
        self.durations.get_or_create(&RouteLabels { route: route.to_owned() }).observe(took.as_secs_f64());
    }

    pub(super) fn delivery(&self, outcome: &str) {
        self.deliveries.get_or_create(&OutcomeLabels { outcome: outcome.to_owned() }).inc();
    }

    pub(super) fn fetch(&self, outcome: &str) {
        self.fetches.get_or_create(&OutcomeLabels { outcome: outcome.to_owned() }).inc();
    }
}

/// The route that shows them.
pub(super) fn routes(exchange: Arc<Exchange>) -> Router {
    Router::new().route("/metrics", get(show)).with_state(exchange)
}

async fn show(State(exchange): State<Arc<Exchange>>) -> Response {
    let metrics = &exchange.metrics;
    let store = &exchange.store;
    for (gauge, count) in
        [(&metrics.footprints, store.count().await), (&metrics.waiting, store.waiting().await), (&metrics.to_fetch, store.to_fetch().await)]
    {
        if let Ok(count) = count {
            gauge.set(count);
        }
    }
    let mut body = String::new();
    let is_written = text::encode(&mut body, &metrics.registry).is_ok();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = if is_written { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR };
    let kind = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    response
}
