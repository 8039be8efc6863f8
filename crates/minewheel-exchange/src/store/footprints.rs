//! Footprints: published, granted, read. Nobody reads what was not granted.
//!
//! The owner's own right to read is a grant like any other, so that one look at `access_grant` decides every read.

use std::fmt::Write as _;

use super::accounts::{Deed, done};
use super::{Param, Statement, Store, StoreError, params};
use crate::clock::Moment;
use crate::filter::Filter;
use crate::footprint::{Document, Status, with_status};

/// Why a footprint was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another footprint has this id.
    #[error("footprint {0} is there already with other content; a change needs a new id, with the old one in precedingPfIds")]
    Taken(String),
}

/// What became of a published footprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its id.
    pub id: String,
    /// Whether it was not there before.
    pub is_new: bool,
}

/// What a reader gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// The footprint's text.
    Text(String),
    /// It is there, but was not granted.
    Forbidden,
    /// There is none.
    Missing,
}

/// A page of a list.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The texts of the footprints.
    pub texts: Vec<String>,
    /// The place behind the last of them, if there are more.
    pub next: Option<i64>,
}

/// A page up to this long is looked up by key.
const FEW: i64 = 100;
/// Times that a publication is tried against others of the same id.
const TRIES: usize = 3;

impl Store {
    /// Publishes footprints of a tenant, all or none. One that is there with the same content is left as it is.
    ///
    /// # Errors
    /// An id is taken by other content, or the store fails.
    pub async fn publish(&self, owner: &str, by: Option<&str>, documents: &[Document]) -> Result<Vec<Published>, PublishError> {
        let mut outcome = Err(StoreError::Unchanged(0));
        for _ in 0..TRIES {
            let mut published = Vec::with_capacity(documents.len());
            let mut statements = Vec::new();
            for document in documents {
                let is_new = self.is_new(owner, document).await?;
                if is_new && !published.iter().any(|p: &Published| p.id == document.id) {
                    statements.extend(self.publication(owner, document).await?);
                    let deed = Deed::new(by.map(|c| (owner, c)), "publish", document.id.clone(), "stored");
                    statements.push(deed.statement());
                }
                published.push(Published { id: document.id.clone(), is_new });
            }
            outcome = self.write(statements).await.map(|_| published);
            if !matches!(outcome, Err(StoreError::Unchanged(_))) {
                break;
            }
        }
        Ok(outcome?)
    }

    /// Whether a footprint is not there; one with other content, or of another owner, is an error.
    async fn is_new(&self, owner: &str, document: &Document) -> Result<bool, PublishError> {
        let rows = self.read("SELECT owner, body FROM footprint WHERE id = $1", params![document.id.as_str()]).await?;
        let Some(mut row) = rows.into_iter().next() else { return Ok(true) };
        let (kept_owner, kept) = (row.text(0), row.text(1));
        let is_same = kept == document.text || with_status(&document.text, Status::Deprecated).is_ok_and(|t| t == kept);
        if kept_owner == owner && is_same { Ok(false) } else { Err(PublishError::Taken(document.id.clone())) }
    }

    /// The statements that publish a footprint: itself, its keys, the owner's and the standing grants, and the status of
    /// those that it takes the place of.
    pub(crate) async fn publication(&self, owner: &str, document: &Document) -> Result<Vec<Statement>, StoreError> {
        let now = Moment::now().0;
        let id = document.id.as_str();
        let sql = "INSERT INTO footprint (id, owner, body, original, status, starts, ends, stored) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
            ON CONFLICT (id) DO NOTHING";
        let values =
            params![id, owner, document.text.as_str(), document.original.clone(), document.status.word(), document.starts.0, document.ends.0, now];
        let mut statements = vec![Statement::must(sql, values)];
        for (kind, value) in &document.keys {
            let sql = "INSERT INTO footprint_key (kind, value, footprint) \
                SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), seq FROM footprint WHERE id = $3";
            statements.push(Statement::new(sql, params![*kind, value.as_str(), id]));
        }
        let own = "INSERT INTO access_grant (tenant, footprint, granted) SELECT owner, seq, CAST($1 AS BIGINT) FROM footprint WHERE id = $2";
        statements.push(Statement::new(own, params![now, id]));
        let standing = "INSERT INTO access_grant (tenant, footprint, granted) SELECT s.tenant, f.seq, CAST($1 AS BIGINT) \
            FROM footprint f JOIN standing_grant s ON s.owner = f.owner WHERE f.id = $2 ON CONFLICT DO NOTHING";
        statements.push(Statement::new(standing, params![now, id]));
        for old in &document.preceding {
            let rows = self.read("SELECT body, status FROM footprint WHERE id = $1 AND owner = $2", params![old.as_str(), owner]).await?;
            let Some(mut row) = rows.into_iter().next() else { continue };
            let body = row.text(0);
            if row.text(1) == Status::Active.word()
                && let Ok(changed) = with_status(&body, Status::Deprecated)
            {
                let sql = "UPDATE footprint SET body = $1, status = $2 WHERE id = $3 AND owner = $4";
                statements.push(Statement::new(sql, params![changed, Status::Deprecated.word(), old.as_str(), owner]));
            }
        }
        Ok(statements)
    }

    /// Lets a tenant read footprints of an owner: those named, or with none named every one, later ones too. Says how many
    /// were granted anew.
    ///
    /// # Errors
    /// The store fails.
    pub async fn grant(&self, owner: &str, tenant: &str, by: Option<&str>, ids: &[String]) -> Result<u64, StoreError> {
        let now = Moment::now().0;
        let start = "INSERT INTO access_grant (tenant, footprint, granted) SELECT CAST($1 AS TEXT), seq, CAST($2 AS BIGINT) \
            FROM footprint WHERE owner = $3";
        let end = "ON CONFLICT DO NOTHING";
        let mut statements = Vec::new();
        if ids.is_empty() {
            let standing = "INSERT INTO standing_grant (owner, tenant, granted) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
            statements.push(Statement::new(format!("{start} {end}"), params![tenant, now, owner]));
            statements.push(Statement::new(standing, params![owner, tenant, now]));
        }
        for id in ids {
            statements.push(Statement::new(format!("{start} AND id = $4 {end}"), params![tenant, now, owner, id.to_lowercase()]));
        }
        let grants = if ids.is_empty() { 1 } else { ids.len() };
        let what = if ids.is_empty() { "all".to_owned() } else { ids.join(" ") };
        statements.push(Deed::new(by.map(|c| (owner, c)), "grant", format!("{owner}: {what}"), tenant).statement());
        let changes = self.write(statements).await?;
        Ok(changes.iter().take(grants).sum())
    }

    /// Takes rights to read away from a tenant, as [`Store::grant`] gives them.
    ///
    /// # Errors
    /// The store fails.
    pub async fn withdraw(&self, owner: &str, tenant: &str, ids: &[String]) -> Result<u64, StoreError> {
        let sql = "DELETE FROM access_grant WHERE tenant = $1 AND footprint IN (SELECT seq FROM footprint WHERE owner = $2";
        let mut statements = Vec::new();
        if ids.is_empty() {
            statements.push(Statement::new(format!("{sql})"), params![tenant, owner]));
            statements.push(Statement::new("DELETE FROM standing_grant WHERE owner = $1 AND tenant = $2", params![owner, tenant]));
        }
        for id in ids {
            statements.push(Statement::new(format!("{sql} AND id = $3)"), params![tenant, owner, id.to_lowercase()]));
        }
        let grants = if ids.is_empty() { 1 } else { ids.len() };
        let what = if ids.is_empty() { "all".to_owned() } else { ids.join(" ") };
        statements.push(Deed::new(None, "grant.withdraw", format!("{owner}: {what}"), tenant).statement());
        let changes = self.write(statements).await?;
        Ok(changes.iter().take(grants).sum())
    }

    /// Whether a footprint is an owner's.
    ///
    /// # Errors
    /// The store fails.
    pub async fn owns(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        Ok(!self.read("SELECT id FROM footprint WHERE id = $1 AND owner = $2", params![id.to_lowercase(), owner]).await?.is_empty())
    }

    /// A footprint, if the tenant may read it.
    ///
    /// # Errors
    /// The store fails.
    pub async fn footprint(&self, tenant: &str, id: &str) -> Result<Found, StoreError> {
        let sql = "SELECT f.body, g.tenant FROM footprint f LEFT JOIN access_grant g ON g.footprint = f.seq AND g.tenant = $1 WHERE f.id = $2";
        let rows = self.look_up(sql, params![tenant, id.to_lowercase()]).await?;
        let Some(mut row) = rows.into_iter().next() else { return Ok(Found::Missing) };
        Ok(if row.optional(1).is_some() { Found::Text(row.text(0)) } else { Found::Forbidden })
    }

    /// Footprints that a tenant may read and that match, in the order in which they came, from a place on.
    ///
    /// # Errors
    /// The store fails.
    pub async fn list(&self, tenant: &str, filter: &Filter, after: i64, limit: i64) -> Result<Page, StoreError> {
        if filter.status.as_ref().is_some_and(|s| s != "active" && s != "deprecated") {
            return Ok(Page::default());
        }
        let mut sql = "SELECT g.footprint, f.body FROM access_grant g JOIN footprint f ON f.seq = g.footprint \
            WHERE g.tenant = $1 AND g.footprint > $2"
            .to_owned();
        let mut values = params![tenant, after];
        filter.write(&mut sql, &mut values);
        // One more than wanted tells whether there are more.
        values.push(Param::Int(limit.saturating_add(1)));
        _ = write!(sql, " ORDER BY g.footprint LIMIT ${}", values.len());
        let is_by_key = filter.is_empty() && limit <= FEW;
        let mut rows = if is_by_key { self.look_up(sql, values).await? } else { self.read(sql, values).await? };
        let has_more = rows.len() as i64 > limit;
        rows.truncate(limit.max(0) as usize);
        let last = rows.last().map_or(after, |r| r.int(0));
        let texts = rows.into_iter().map(|mut r| r.text(1)).collect();
        Ok(Page { texts, next: has_more.then_some(last) })
    }

    /// Whether anybody on this host has a footprint that matches, whoever may read it.
    ///
    /// # Errors
    /// The store fails.
    pub async fn exists(&self, filter: &Filter) -> Result<bool, StoreError> {
        let mut sql = "SELECT g.footprint FROM access_grant g JOIN footprint f ON f.seq = g.footprint AND f.owner = g.tenant WHERE 1 = 1".to_owned();
        let mut values = Vec::new();
        filter.write(&mut sql, &mut values);
        sql.push_str(" LIMIT 1");
        Ok(!self.read(sql, values).await?.is_empty())
    }

    /// How many footprints the store holds.
    ///
    /// # Errors
    /// The store fails.
    pub async fn count(&self) -> Result<i64, StoreError> {
        let rows = self.read("SELECT COUNT(*) FROM footprint", Vec::new()).await?;
        Ok(rows.first().map_or(0, |r| r.int(0)))
    }

    /// Withdraws a footprint from use: its status becomes `Deprecated`. `false` if the owner has none such.
    ///
    /// # Errors
    /// The store fails.
    pub async fn deprecate(&self, owner: &str, id: &str) -> Result<bool, StoreError> {
        let rows = self.read("SELECT body FROM footprint WHERE id = $1 AND owner = $2", params![id.to_lowercase(), owner]).await?;
        let Some(mut row) = rows.into_iter().next() else { return Ok(false) };
        let body = with_status(&row.text(0), Status::Deprecated).map_err(|e| StoreError::Database(e.to_string()))?;
        let sql = "UPDATE footprint SET body = $1, status = $2 WHERE id = $3 AND owner = $4";
        let update = Statement::must(sql, params![body, Status::Deprecated.word(), id.to_lowercase(), owner]);
        done(self.write(vec![update, Deed::new(None, "deprecate", id, "done").statement()]).await)
    }
}

impl Filter {
    /// Adds the criteria to a query over `access_grant g` and `footprint f`.
    fn write(&self, sql: &mut String, values: &mut Vec<Param>) {
        let mut place = |value: Param| {
            values.push(value);
            format!("${}", values.len())
        };
        for (kind, alternatives) in &self.words {
            let list: Vec<String> = alternatives.iter().map(|a| place(Param::from(a.as_str()))).collect();
            let list = list.join(", ");
            _ = write!(sql, " AND g.footprint IN (SELECT footprint FROM footprint_key WHERE kind = '{kind}' AND value IN ({list}))");
        }
        if let Some(on) = self.on {
            let on = place(Param::Int(on.0));
            _ = write!(sql, " AND f.starts <= {on} AND f.ends >= {on}");
        }
        if let Some(after) = self.after {
            let after = place(Param::Int(after.0));
            _ = write!(sql, " AND f.starts > {after}");
        }
        if let Some(before) = self.before {
            let before = place(Param::Int(before.0));
            _ = write!(sql, " AND f.ends < {before}");
        }
        if let Some(status) = &self.status {
            let word = if status == "deprecated" { Status::Deprecated } else { Status::Active }.word();
            let word = place(Param::from(word));
            _ = write!(sql, " AND f.status = {word}");
        }
    }
}
