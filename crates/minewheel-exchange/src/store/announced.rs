//! Footprints that a tenant announced, and that are to be fetched from its host.
//!
//! An announcement lies in the store from the event that brought it until the footprint is here. One that comes again
//! is fetched again: the specification lets a host announce that a footprint was deprecated.

use serde_json::Value;

use super::accounts::{Deed, done};
use super::{Statement, Store, StoreError, params};
use crate::clock::Moment;
use crate::footprint::{Document, Status};

/// A footprint to be fetched.
#[derive(Debug, Clone)]
pub struct Announced {
    /// Its number.
    pub seq: i64,
    /// Who announced it, and whose host has it.
    pub tenant: String,
    /// Its id.
    pub footprint: String,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was due.
    pub due: Moment,
    /// When it was announced.
    pub created: Moment,
}

/// What became of a footprint that was fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// It was not here before.
    New,
    /// It was here, and no longer is in use.
    Deprecated,
    /// It was here with the same content.
    Same,
    /// Another footprint has its id.
    Taken,
}

impl Kept {
    fn word(self) -> &'static str {
        match self {
            Self::New => "stored",
            Self::Deprecated => "deprecated",
            Self::Same => "there",
            Self::Taken => "its id is another footprint's",
        }
    }
}

/// Keeps in mind that a footprint is to be fetched.
pub(super) fn announcement(tenant: &str, id: &str, now: i64) -> Statement {
    let sql = "INSERT INTO announced (tenant, footprint, attempts, due, state, created) VALUES ($1, $2, 0, $3, 'waiting', $3) \
        ON CONFLICT (tenant, footprint) DO UPDATE SET attempts = 0, due = excluded.due, state = 'waiting', failure = NULL, created = excluded.created";
    Statement::new(sql, params![tenant, id, now])
}

impl Store {
    /// Takes announcements that are due for a while: nobody else fetches them until the lease ends.
    ///
    /// # Errors
    /// The store fails.
    pub async fn due_announced(&self, now: Moment, lease_seconds: i64, limit: i64) -> Result<Vec<Announced>, StoreError> {
        let sql =
            "SELECT seq, tenant, footprint, attempts, due, created FROM announced WHERE state = 'waiting' AND due <= $1 ORDER BY due, seq LIMIT $2";
        let mut taken = Vec::new();
        for mut row in self.read(sql, params![now.0, limit]).await? {
            let one = Announced {
                seq: row.int(0),
                tenant: row.text(1),
                footprint: row.text(2),
                attempts: row.int(3),
                due: Moment(row.int(4)),
                created: Moment(row.int(5)),
            };
            let sql = "UPDATE announced SET due = $1 WHERE seq = $2 AND due = $3 AND state = 'waiting'";
            let lease = Statement::must(sql, params![now.seconds_later(lease_seconds).0, one.seq, one.due.0]);
            if done(self.write(vec![lease]).await)? {
                taken.push(one);
            }
        }
        Ok(taken)
    }

    /// Keeps a footprint that was fetched as one of the tenant that announced it. Those may read it to whom all footprints
    /// of that tenant were granted. [`Kept::Taken`] changes nothing.
    ///
    /// # Errors
    /// The store fails, or the same id was written meanwhile.
    pub async fn fetched(&self, announced: &Announced, document: &Document) -> Result<Kept, StoreError> {
        let owner = announced.tenant.as_str();
        let rows = self.read("SELECT owner, body, status FROM footprint WHERE id = $1", params![document.id.as_str()]).await?;
        let here = rows.into_iter().next().map(|mut row| (row.text(0), row.text(1), row.text(2)));
        let (kept, mut statements) = match here {
            None => (Kept::New, self.publication(owner, document).await?),
            Some((by, body, _)) if by != owner || !differs_in_status_alone(&body, &document.text) => return Ok(Kept::Taken),
            Some((.., status)) if status == Status::Active.word() && document.status == Status::Deprecated => {
                let sql = "UPDATE footprint SET body = $1, status = $2 WHERE id = $3 AND owner = $4";
                let values = params![document.text.as_str(), document.status.word(), document.id.as_str(), owner];
                (Kept::Deprecated, vec![Statement::must(sql, values)])
            }
            // What was withdrawn from use stays so.
            Some(_) => (Kept::Same, Vec::new()),
        };
        // A later announcement of the same footprint stays in the box.
        let sql = "UPDATE announced SET state = 'fetched', attempts = $1, failure = NULL WHERE seq = $2 AND created = $3";
        statements.push(Statement::new(sql, params![announced.attempts + 1, announced.seq, announced.created.0]));
        statements.push(Deed::new(None, "footprint.fetch", document.id.clone(), format!("{} from {owner}", kept.word())).statement());
        self.write(statements).await?;
        Ok(kept)
    }

    /// A footprint was not fetched: it is tried again at `next`, or given up.
    ///
    /// # Errors
    /// The store fails.
    pub async fn not_fetched(&self, announced: &Announced, next: Option<Moment>, failure: &str) -> Result<(), StoreError> {
        let state = if next.is_some() { "waiting" } else { "given up" };
        let sql = "UPDATE announced SET state = $1, attempts = $2, due = $3, failure = $4 WHERE seq = $5 AND created = $6";
        let due = next.unwrap_or(announced.due).0;
        let update = Statement::new(sql, params![state, announced.attempts + 1, due, failure, announced.seq, announced.created.0]);
        let deed = Deed::new(None, "footprint.fetch", announced.footprint.clone(), format!("{state}: {failure}"));
        self.write(vec![update, deed.statement()]).await.map(|_| ())
    }

    /// How many footprints wait to be fetched.
    ///
    /// # Errors
    /// The store fails.
    pub async fn to_fetch(&self) -> Result<i64, StoreError> {
        let rows = self.read("SELECT COUNT(*) FROM announced WHERE state = 'waiting'", Vec::new()).await?;
        Ok(rows.first().map_or(0, |r| r.int(0)))
    }
}

/// Whether two footprints say the same but for their status, in whatever order and spacing.
fn differs_in_status_alone(one: &str, other: &str) -> bool {
    let without_status = |text: &str| {
        let mut value: Value = serde_json::from_str(text).ok()?;
        value.as_object_mut()?.remove("status");
        Some(value)
    };
    let one = without_status(one);
    one.is_some() && one == without_status(other)
}
