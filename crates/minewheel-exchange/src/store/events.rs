//! Events that came, requests in both directions, and the box of events to be sent.

use serde::Serialize;

use super::accounts::{Deed, done};
use super::announced::announcement;
use super::{Row, Statement, Store, StoreError, params};
use crate::clock::Moment;
use crate::event::{Event, Payload};
use crate::footprint::Document;

/// What became of an event that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received {
    /// It is kept and acted on.
    New,
    /// It was here before.
    Again,
    /// It answers a request that this tenant was never asked.
    Unasked,
    /// A footprint in it has an id that another footprint has.
    Taken,
}

/// A request that waits for an answer of ours.
#[derive(Debug, Clone)]
pub struct OpenRequest {
    /// Its number.
    pub seq: i64,
    /// Who asks.
    pub tenant: String,
    /// The id of the event.
    pub event: String,
    /// The criteria as they came.
    pub criteria: String,
}

/// A request, for people.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct RequestLine {
    /// `in` if we are asked, `out` if we ask.
    pub direction: String,
    /// Its number, if we are asked.
    pub number: Option<i64>,
    /// The other side.
    pub tenant: String,
    /// The id of its event.
    pub event: String,
    /// What is asked for.
    pub criteria: String,
    /// open, fulfilled or rejected.
    pub state: String,
    /// When it was made.
    pub created: String,
    /// The reason, if it was refused.
    pub answer: Option<String>,
}

/// An event to be sent.
#[derive(Debug, Clone)]
pub struct Letter {
    /// Its number.
    pub seq: i64,
    /// To whom.
    pub tenant: String,
    /// The event.
    pub body: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was due.
    pub due: Moment,
    /// When it was written.
    pub created: Moment,
}

/// An event that is written and not yet in the box.
#[derive(Debug, Clone)]
pub struct Draft {
    /// To whom.
    pub tenant: String,
    /// The id of the event.
    pub event: String,
    /// The event.
    pub body: String,
}

impl Draft {
    fn statement(&self, now: Moment) -> Statement {
        let sql = "INSERT INTO outbox (tenant, event, body, attempts, due, state, created) VALUES ($1, $2, $3, 0, $4, 'waiting', $4)";
        Statement::must(sql, params![self.tenant.as_str(), self.event.as_str(), self.body.as_str(), now.0])
    }
}

impl Store {
    /// Keeps an event of a tenant and acts on it, once.
    ///
    /// # Errors
    /// The store fails.
    pub async fn receive(&self, tenant: &str, client: &str, event: &Event) -> Result<Received, StoreError> {
        if self.has_event(tenant, event).await? {
            return Ok(Received::Again);
        }
        let now = Moment::now().0;
        let keep = "INSERT INTO event_in (tenant, source, id, type, body, received) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
        let values = params![tenant, event.source.as_str(), event.id.as_str(), event.payload.kind(), event.text.as_str(), now];
        let mut statements = vec![Statement::must(keep, values)];
        match &event.payload {
            Payload::Created { criteria, .. } => {
                let sql = "INSERT INTO request_in (tenant, event, source, criteria, state, created) VALUES ($1, $2, $3, $4, 'open', $5)";
                let values = params![tenant, event.id.as_str(), event.source.as_str(), criteria.as_str(), now];
                statements.push(Statement::must(sql, values));
            }
            Payload::Fulfilled { request, footprints } => {
                let Some(asker) = self.asker(request, tenant).await? else { return Ok(Received::Unasked) };
                statements.push(answered(request, tenant, "fulfilled", None));
                for document in footprints {
                    match self.delivery(tenant, &asker, document).await? {
                        Some(more) => statements.extend(more),
                        None => return Ok(Received::Taken),
                    }
                }
            }
            Payload::Rejected { request, reason } => {
                if self.asker(request, tenant).await?.is_none() {
                    return Ok(Received::Unasked);
                }
                statements.push(answered(request, tenant, "rejected", Some(reason)));
            }
            // Without a host to fetch from nothing would come of it but failures.
            Payload::Published { ids } if self.peer(tenant).await?.is_some() => statements.extend(ids.iter().map(|id| announcement(tenant, id, now))),
            Payload::Published { .. } => {}
        }
        statements.push(Deed::new(Some((tenant, client)), "event", event.id.clone(), event.payload.kind()).statement());
        match self.write(statements).await {
            Ok(_) => Ok(Received::New),
            // The same event came twice at once, or an answer came to an answered request.
            Err(StoreError::Unchanged(0)) => Ok(Received::Again),
            Err(StoreError::Unchanged(_)) => Ok(Received::Unasked),
            Err(error) => Err(error),
        }
    }

    async fn has_event(&self, tenant: &str, event: &Event) -> Result<bool, StoreError> {
        let sql = "SELECT id FROM event_in WHERE tenant = $1 AND source = $2 AND id = $3";
        Ok(!self.read(sql, params![tenant, event.source.as_str(), event.id.as_str()]).await?.is_empty())
    }

    /// Who of us asked a tenant with this request that is not answered.
    async fn asker(&self, request: &str, asked: &str) -> Result<Option<String>, StoreError> {
        let sql = "SELECT asker FROM request_out WHERE event = $1 AND asked = $2 AND state = 'open'";
        Ok(self.read(sql, params![request, asked]).await?.into_iter().next().map(|mut r| r.text(0)))
    }

    /// The statements that keep a footprint which was sent to us and let the asker read it; `None` if its id is taken.
    async fn delivery(&self, sender: &str, asker: &str, document: &Document) -> Result<Option<Vec<Statement>>, StoreError> {
        let rows = self.read("SELECT owner, body FROM footprint WHERE id = $1", params![document.id.as_str()]).await?;
        let kept = rows.into_iter().next().map(|mut row| (row.text(0), row.text(1)));
        let mut statements = match kept {
            Some((owner, body)) if owner != sender || body != document.text => return Ok(None),
            Some(_) => Vec::new(),
            None => self.publication(sender, document).await?,
        };
        let sql = "INSERT INTO access_grant (tenant, footprint, granted) SELECT CAST($1 AS TEXT), seq, CAST($2 AS BIGINT) FROM footprint \
            WHERE id = $3 ON CONFLICT DO NOTHING";
        statements.push(Statement::new(sql, params![asker, Moment::now().0, document.id.as_str()]));
        Ok(Some(statements))
    }

    /// Requests that wait for an answer of ours, the oldest first, from a number on.
    ///
    /// # Errors
    /// The store fails.
    pub async fn open_requests(&self, after: i64, limit: i64) -> Result<Vec<OpenRequest>, StoreError> {
        let sql = "SELECT seq, tenant, event, criteria FROM request_in WHERE state = 'open' AND seq > $1 ORDER BY seq LIMIT $2";
        let rows = self.read(sql, params![after, limit]).await?;
        let request = |mut r: Row| OpenRequest { seq: r.int(0), tenant: r.text(1), event: r.text(2), criteria: r.text(3) };
        Ok(rows.into_iter().map(request).collect())
    }

    /// Answers a request that is open and puts the answer into the box; `false` if it was answered before.
    ///
    /// # Errors
    /// The store fails.
    pub async fn answer(&self, request: &OpenRequest, state: &'static str, letter: &Draft) -> Result<bool, StoreError> {
        let now = Moment::now();
        let sql = "UPDATE request_in SET state = $1, answered = $2 WHERE seq = $3 AND state = 'open'";
        let close = Statement::must(sql, params![state, now.0, request.seq]);
        let deed = Deed::new(None, "request.answer", format!("{} of {}", request.event, request.tenant), state);
        done(self.write(vec![close, letter.statement(now), deed.statement()]).await)
    }

    /// Keeps a request of one of our tenants to another and puts it into the box.
    ///
    /// # Errors
    /// The store fails.
    pub async fn ask(&self, asker: &str, letter: &Draft, criteria: &str) -> Result<(), StoreError> {
        let now = Moment::now();
        let sql = "INSERT INTO request_out (event, asker, asked, criteria, state, created) VALUES ($1, $2, $3, $4, 'open', $5)";
        let keep = Statement::must(sql, params![letter.event.as_str(), asker, letter.tenant.as_str(), criteria, now.0]);
        let deed = Deed::new(None, "request.ask", letter.event.clone(), letter.tenant.clone());
        self.write(vec![keep, letter.statement(now), deed.statement()]).await.map(|_| ())
    }

    /// Puts events into the box.
    ///
    /// # Errors
    /// The store fails.
    pub async fn post(&self, letters: &[Draft]) -> Result<(), StoreError> {
        let now = Moment::now();
        self.write(letters.iter().map(|l| l.statement(now)).collect()).await.map(|_| ())
    }

    /// Tenants that may read a footprint of an owner and have a host of their own.
    ///
    /// # Errors
    /// The store fails.
    pub async fn readers_with_host(&self, owner: &str, id: &str) -> Result<Vec<String>, StoreError> {
        let sql = "SELECT g.tenant FROM access_grant g JOIN footprint f ON f.seq = g.footprint JOIN peer p ON p.tenant = g.tenant \
            WHERE f.id = $1 AND f.owner = $2 AND g.tenant <> f.owner ORDER BY g.tenant";
        let rows = self.read(sql, params![id.to_lowercase(), owner]).await?;
        Ok(rows.into_iter().map(|mut r| r.text(0)).collect())
    }

    /// Every request, for people.
    ///
    /// # Errors
    /// The store fails.
    pub async fn requests(&self) -> Result<Vec<RequestLine>, StoreError> {
        let into = "SELECT seq, tenant, event, criteria, state, created, NULL FROM request_in ORDER BY seq";
        let out = "SELECT 0, asked, event, criteria, state, created, answer FROM request_out ORDER BY created, event";
        let mut lines = Vec::new();
        for (direction, sql) in [("in", into), ("out", out)] {
            for mut row in self.read(sql, Vec::new()).await? {
                lines.push(RequestLine {
                    direction: direction.to_owned(),
                    number: (direction == "in").then(|| row.int(0)),
                    tenant: row.text(1),
                    event: row.text(2),
                    criteria: row.text(3),
                    state: row.text(4),
                    created: Moment(row.int(5)).to_string(),
                    answer: row.optional(6),
                });
            }
        }
        Ok(lines)
    }

    /// Takes events that are due out of the box for a while: nobody else sends them until the lease ends.
    ///
    /// # Errors
    /// The store fails.
    pub async fn due_letters(&self, now: Moment, lease_seconds: i64, limit: i64) -> Result<Vec<Letter>, StoreError> {
        let sql = "SELECT seq, tenant, body, attempts, due, created FROM outbox WHERE state = 'waiting' AND due <= $1 ORDER BY due LIMIT $2";
        let rows = self.read(sql, params![now.0, limit]).await?;
        let mut letters = Vec::new();
        for mut row in rows {
            let letter = Letter {
                seq: row.int(0),
                tenant: row.text(1),
                body: row.text(2),
                attempts: row.int(3),
                due: Moment(row.int(4)),
                created: Moment(row.int(5)),
            };
            let sql = "UPDATE outbox SET due = $1 WHERE seq = $2 AND due = $3 AND state = 'waiting'";
            let lease = Statement::must(sql, params![now.seconds_later(lease_seconds).0, letter.seq, letter.due.0]);
            if done(self.write(vec![lease]).await)? {
                letters.push(letter);
            }
        }
        Ok(letters)
    }

    /// An event was sent.
    ///
    /// # Errors
    /// The store fails.
    pub async fn sent(&self, letter: &Letter) -> Result<(), StoreError> {
        let sql = "UPDATE outbox SET state = 'sent', attempts = $1, failure = NULL WHERE seq = $2";
        let sent = Statement::new(sql, params![letter.attempts + 1, letter.seq]);
        let deed = Deed::new(None, "event.send", letter.seq.to_string(), format!("sent to {}", letter.tenant));
        self.write(vec![sent, deed.statement()]).await.map(|_| ())
    }

    /// An event was not sent: it is tried again at `next`, or given up.
    ///
    /// # Errors
    /// The store fails.
    pub async fn not_sent(&self, letter: &Letter, next: Option<Moment>, failure: &str) -> Result<(), StoreError> {
        let state = if next.is_some() { "waiting" } else { "given up" };
        let sql = "UPDATE outbox SET state = $1, attempts = $2, due = $3, failure = $4 WHERE seq = $5";
        let due = next.unwrap_or(letter.due).0;
        let update = Statement::new(sql, params![state, letter.attempts + 1, due, failure, letter.seq]);
        let deed = Deed::new(None, "event.send", letter.seq.to_string(), format!("{state}: {failure}"));
        self.write(vec![update, deed.statement()]).await.map(|_| ())
    }

    /// How many events wait in the box.
    ///
    /// # Errors
    /// The store fails.
    pub async fn waiting(&self) -> Result<i64, StoreError> {
        let rows = self.read("SELECT COUNT(*) FROM outbox WHERE state = 'waiting'", Vec::new()).await?;
        Ok(rows.first().map_or(0, |r| r.int(0)))
    }
}

/// Closes a request of ours.
fn answered(request: &str, asked: &str, state: &str, answer: Option<&String>) -> Statement {
    let sql = "UPDATE request_out SET state = $1, answered = $2, answer = $3 WHERE event = $4 AND asked = $5 AND state = 'open'";
    Statement::must(sql, params![state, Moment::now().0, answer.cloned(), request, asked])
}
