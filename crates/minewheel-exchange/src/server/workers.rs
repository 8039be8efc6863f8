//! What goes on beside requests: the audit log is written, requests are answered, events are sent, and footprints that
//! others announced are fetched.
//!
//! Everything that is to be sent or fetched lies in the store first, so that nothing is lost when the host stops. An event may be
//! sent twice (the answer of the peer may be lost); it keeps its id, by which the peer knows it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::{JoinHandle, JoinSet};

use super::{Exchange, ServeError};
use crate::client::{Client, ClientError, Trust};
use crate::clock::Moment;
use crate::error::Code;
use crate::event;
use crate::filter::Filter;
use crate::footprint::Document;
use crate::secret;
use crate::store::StoreError;
use crate::store::accounts::{Deed, Peer};
use crate::store::announced::{Announced, Kept};
use crate::store::events::{Draft, Letter, OpenRequest};

/// When to try again what did not arrive: after a while that doubles each time, until it is given up.
#[derive(Debug, Clone, Copy)]
pub struct Retries {
    /// Seconds to the first repetition.
    pub first_seconds: i64,
    /// Seconds between repetitions at most.
    pub longest_seconds: i64,
    /// Seconds after which it is given up.
    pub give_up_seconds: i64,
}

impl Default for Retries {
    /// The specification asks to give up after three days.
    fn default() -> Self {
        Self { first_seconds: 5, longest_seconds: 3600, give_up_seconds: 72 * 3600 }
    }
}

impl Retries {
    /// When to try again after so many attempts; `None` to give up.
    fn next(self, attempts: i64, created: Moment, now: Moment) -> Option<Moment> {
        let doubled = self.first_seconds.saturating_mul(1_i64.checked_shl(attempts.clamp(0, 62) as u32).unwrap_or(i64::MAX));
        let next = now.seconds_later(doubled.clamp(1, self.longest_seconds.max(1)));
        (created.seconds_to(next) <= self.give_up_seconds).then_some(next)
    }
}

/// Seconds between looks into the store when nothing wakes the workers.
const REST: Duration = Duration::from_secs(2);
/// How often the audit log is written.
const LOG_EVERY: Duration = Duration::from_millis(200);
/// Deeds written together.
const DEEDS_TOGETHER: usize = 1000;
/// Seconds that a sender keeps a letter, or an announcement, to itself.
const LEASE: i64 = 120;
/// Letters sent, and footprints fetched, in one go.
const LETTERS: i64 = 32;
/// Requests looked at in one go.
const REQUESTS: i64 = 100;
/// Footprints in one answer.
const ANSWER: i64 = 500;
/// Requests to a peer take at most this long.
const CALL: Duration = Duration::from_secs(30);

/// The workers of a host.
pub(super) struct Workers {
    stop: watch::Sender<bool>,
    audit: JoinHandle<()>,
    post: JoinHandle<()>,
}

impl Workers {
    /// Lets the workers finish what they do, and writes the rest of the audit log.
    pub(super) async fn stop(self, exchange: Arc<Exchange>) {
        // The receivers live in the tasks; if they are gone, so is the need to tell them.
        let _ = self.stop.send(true);
        exchange.news.notify_one();
        for task in [self.post, self.audit] {
            if task.await.is_err() {
                tracing::error!("a worker ended badly");
            }
        }
    }
}

/// Starts the workers.
pub(super) fn start(exchange: &Arc<Exchange>, deeds: mpsc::Receiver<Deed>, address: SocketAddr) -> Result<Workers, ServeError> {
    let (stop, stopped) = watch::channel(false);
    let scheme = if exchange.is_tls { "https" } else { "http" };
    let base = exchange.options.public_url.clone().unwrap_or_else(|| format!("{scheme}://{address}"));
    let post = PostOffice {
        exchange: Arc::clone(exchange),
        source: format!("{}/3/events", base.trim_end_matches('/')),
        trust: Trust::load(exchange.options.ca_file.as_deref())?,
        clients: Arc::new(Mutex::new(HashMap::new())),
    };
    Ok(Workers { audit: tokio::spawn(write_audit(Arc::clone(exchange), deeds, stopped.clone())), post: tokio::spawn(post.run(stopped)), stop })
}

async fn write_audit(exchange: Arc<Exchange>, mut deeds: mpsc::Receiver<Deed>, mut stopped: watch::Receiver<bool>) {
    let mut batch = Vec::with_capacity(DEEDS_TOGETHER);
    loop {
        let is_last = tokio::select! {
            count = deeds.recv_many(&mut batch, DEEDS_TOGETHER) => count == 0,
            _ = stopped.changed() => {
                deeds.close();
                deeds.recv_many(&mut batch, usize::MAX).await;
                true
            }
        };
        if !batch.is_empty()
            && let Err(error) = exchange.store.log(std::mem::take(&mut batch)).await
        {
            tracing::error!(%error, "the audit log could not be written");
        }
        if is_last {
            return;
        }
        tokio::time::sleep(LOG_EVERY).await;
    }
}

/// Answers requests, sends events, fetches what was announced.
#[derive(Clone)]
struct PostOffice {
    exchange: Arc<Exchange>,
    source: String,
    trust: Trust,
    /// Clients of peers, with their tokens, by tenant and address.
    clients: Arc<Mutex<HashMap<String, Arc<Client>>>>,
}

impl PostOffice {
    async fn run(self, stopped: watch::Receiver<bool>) {
        while !*stopped.borrow() {
            if let Err(error) = self.answer_requests().await {
                tracing::error!(%error, "requests could not be answered");
            }
            let mut count = 0;
            match self.send_letters().await {
                Ok(sent) => count += sent,
                Err(error) => tracing::error!(%error, "events could not be sent"),
            }
            match self.fetch_announced().await {
                Ok(fetched) => count += fetched,
                Err(error) => tracing::error!(%error, "announced footprints could not be fetched"),
            }
            // There may be more.
            if count > 0 {
                continue;
            }
            tokio::select! {
                () = self.exchange.news.notified() => {}
                () = tokio::time::sleep(REST) => {}
            }
        }
    }

    async fn answer_requests(&self) -> Result<(), StoreError> {
        let mut after = 0;
        loop {
            let requests = self.exchange.store.open_requests(after, REQUESTS).await?;
            let Some(last) = requests.last() else { return Ok(()) };
            after = last.seq;
            for request in &requests {
                self.answer(request).await?;
            }
        }
    }

    /// Answers a request with what was granted. One for which nothing is there waits for the operator's grant or refusal,
    /// or is refused at once where the host is set up so and nobody on it has such a footprint.
    async fn answer(&self, request: &OpenRequest) -> Result<(), StoreError> {
        let store = &self.exchange.store;
        let data = serde_json::from_str(&request.criteria).unwrap_or_default();
        // The criteria were read before they were stored.
        let Ok(filter) = Filter::of_request(&data) else { return Ok(()) };
        let page = store.list(&request.tenant, &filter, 0, ANSWER).await?;
        let id = secret::uuid().map_err(|e| StoreError::Database(e.to_string()))?;
        let (state, body) = if !page.texts.is_empty() {
            ("fulfilled", event::write_fulfilled(&id, &self.source, &request.event, &page.texts))
        } else if self.exchange.options.is_unknown_rejected && !store.exists(&filter).await? {
            let message = "no footprint on this host matches the request";
            ("rejected", event::write_rejected(&id, &self.source, &request.event, Code::NotFound, message))
        } else {
            return Ok(());
        };
        let body = body.map_err(|e| StoreError::Database(e.to_string()))?;
        let letter = Draft { tenant: request.tenant.clone(), event: id, body };
        if store.answer(request, state, &letter).await? {
            tracing::info!(request = request.event, tenant = request.tenant, state, "a request is answered");
        }
        Ok(())
    }

    /// Sends what is due, side by side, so that a host that does not answer holds up nobody else's events.
    async fn send_letters(&self) -> Result<usize, StoreError> {
        let letters = self.exchange.store.due_letters(Moment::now(), LEASE, LETTERS).await?;
        let count = letters.len();
        let mut sending = JoinSet::new();
        for letter in letters {
            let office = self.clone();
            sending.spawn(async move { office.send(&letter).await });
        }
        while let Some(sent) = sending.join_next().await {
            sent.map_err(|e| StoreError::Database(e.to_string()))??;
        }
        Ok(count)
    }

    async fn send(&self, letter: &Letter) -> Result<(), StoreError> {
        let store = &self.exchange.store;
        let outcome = match store.peer(&letter.tenant).await? {
            Some(peer) => self.deliver(letter, &peer).await,
            None => Err("there is no host for this tenant".to_owned()),
        };
        let Err(failure) = outcome else {
            self.exchange.metrics.delivery("sent");
            return store.sent(letter).await;
        };
        let next = self.exchange.options.retries.next(letter.attempts, letter.created, Moment::now());
        let outcome = if next.is_some() { "failed" } else { "given up" };
        self.exchange.metrics.delivery(outcome);
        tracing::warn!(tenant = letter.tenant, attempts = letter.attempts + 1, failure, outcome, "an event was not sent");
        store.not_sent(letter, next, &failure).await
    }

    /// Fetches what is due, side by side.
    async fn fetch_announced(&self) -> Result<usize, StoreError> {
        let due = self.exchange.store.due_announced(Moment::now(), LEASE, LETTERS).await?;
        let count = due.len();
        let mut fetching = JoinSet::new();
        for announced in due {
            let office = self.clone();
            fetching.spawn(async move { office.fetch(&announced).await });
        }
        while let Some(fetched) = fetching.join_next().await {
            fetched.map_err(|e| StoreError::Database(e.to_string()))??;
        }
        Ok(count)
    }

    async fn fetch(&self, announced: &Announced) -> Result<(), StoreError> {
        let store = &self.exchange.store;
        let outcome = match store.peer(&announced.tenant).await? {
            Some(peer) => self.call_for(announced, &peer).await,
            None => Err("there is no host for this tenant".to_owned()),
        };
        let failure = match outcome {
            Err(failure) => (failure, true),
            Ok(document) => match store.fetched(announced, &document).await {
                Ok(Kept::Taken) => ("another footprint has this id".to_owned(), false),
                Ok(_) => {
                    self.exchange.metrics.fetch("fetched");
                    return Ok(());
                }
                Err(StoreError::Unchanged(_)) => ("the same id was written at the same time".to_owned(), true),
                Err(error) => return Err(error),
            },
        };
        let (failure, may_pass) = failure;
        let next = self.exchange.options.retries.next(announced.attempts, announced.created, Moment::now()).filter(|_| may_pass);
        let outcome = if next.is_some() { "failed" } else { "given up" };
        self.exchange.metrics.fetch(outcome);
        let (tenant, footprint) = (&announced.tenant, &announced.footprint);
        tracing::warn!(tenant, footprint, attempts = announced.attempts + 1, failure, outcome, "an announced footprint was not fetched");
        store.not_fetched(announced, next, &failure).await
    }

    /// The footprint as the host of its owner sends it.
    async fn call_for(&self, announced: &Announced, peer: &Peer) -> Result<Document, String> {
        let client = self.client(&announced.tenant, peer).map_err(|e| e.to_string())?;
        let id = announced.footprint.clone();
        let task = tokio::task::spawn_blocking(move || client.footprint(&id));
        let text = task.await.map_err(|e| e.to_string())?.map_err(|e| e.to_string())?;
        if text.len() > self.exchange.options.longest_body {
            return Err(format!("it has {} bytes, {} are taken at most", text.len(), self.exchange.options.longest_body));
        }
        let document = Document::read(&text).map_err(|faults| {
            let first = faults.first().map(ToString::to_string).unwrap_or_default();
            format!("{first} ({} faults)", faults.len())
        })?;
        let is_asked_for = document.id == announced.footprint;
        if is_asked_for { Ok(document) } else { Err(format!("it sent footprint {} instead", document.id)) }
    }

    async fn deliver(&self, letter: &Letter, peer: &Peer) -> Result<(), String> {
        let client = self.client(&letter.tenant, peer).map_err(|e| e.to_string())?;
        let body = letter.body.clone();
        let task = tokio::task::spawn_blocking(move || client.send_event(&body));
        task.await.map_err(|e| e.to_string())?.map_err(|e| e.to_string())
    }

    fn client(&self, tenant: &str, peer: &Peer) -> Result<Arc<Client>, ClientError> {
        let name = format!("{tenant} {} {} {}", peer.url, peer.client, peer.sealed);
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&name) {
            return Ok(Arc::clone(client));
        }
        let secret = self.exchange.key.unseal(&peer.sealed, tenant).map_err(ClientError::Secret)?;
        let client = Arc::new(Client::new(&peer.url, &peer.client, &secret, &self.trust, CALL)?);
        clients.insert(name, Arc::clone(&client));
        Ok(client)
    }
}

#[cfg(test)]
mod tests {
    use super::Retries;
    use crate::clock::Moment;

    #[test]
    fn repetitions_double_and_end_after_three_days() {
        let retries = Retries::default();
        let wait = |attempts| retries.next(attempts, Moment(0), Moment(0)).map(|m| m.0 / 1_000_000);
        assert_eq!([0, 1, 2, 3, 20, i64::MAX].map(wait), [5, 10, 20, 40, 3600, 3600].map(Some));
        let third_day = Moment(0).seconds_later(72 * 3600);
        assert_eq!(retries.next(80, Moment(0), third_day), None);
    }
}
