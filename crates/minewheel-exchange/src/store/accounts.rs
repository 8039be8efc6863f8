//! Tenants, their clients and tokens, the peers that we call, and the audit log.

use serde::Serialize;

use super::{Statement, Store, StoreError, params};
use crate::clock::Moment;

/// A client that showed a token.
#[derive(Debug, Clone)]
pub struct Session {
    /// The client.
    pub client: String,
    /// The tenant that it acts for.
    pub tenant: String,
    /// When the token ends.
    pub expires: Moment,
}

/// An organisation on this host.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Tenant {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Footprints that it published.
    pub footprints: i64,
    /// Footprints of others that it may read.
    pub granted: i64,
    /// Clients that may log in.
    pub clients: i64,
    /// Where its own host is, if events are sent there.
    pub peer: Option<String>,
}

/// Where to reach a tenant's own host, and with which credentials.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The address of the host, without `/3/…`.
    pub url: String,
    /// Our client there.
    pub client: String,
    /// The sealed secret.
    pub sealed: String,
}

/// A line of the audit log.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct AuditLine {
    /// When.
    pub at: String,
    /// The tenant that acted; none for the operator at the command line.
    pub tenant: Option<String>,
    /// Its client.
    pub client: Option<String>,
    /// What it did.
    pub action: String,
    /// To what.
    pub object: String,
    /// How it ended.
    pub outcome: String,
}

/// What goes into the audit log.
#[derive(Debug, Clone)]
pub struct Deed {
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: Option<(String, String)>,
    /// What.
    pub action: &'static str,
    /// To what.
    pub object: String,
    /// How it ended.
    pub outcome: String,
}

impl Deed {
    /// A deed of now; `actor` is tenant and client.
    pub fn new(actor: Option<(&str, &str)>, action: &'static str, object: impl Into<String>, outcome: impl Into<String>) -> Self {
        let actor = actor.map(|(t, c)| (t.to_owned(), c.to_owned()));
        Self { at: Moment::now(), actor, action, object: object.into(), outcome: outcome.into() }
    }

    pub(crate) fn statement(self) -> Statement {
        let (tenant, client) = self.actor.map_or((None, None), |(t, c)| (Some(t), Some(c)));
        let sql = "INSERT INTO audit (at, tenant, client, action, object, outcome) VALUES ($1, $2, $3, $4, $5, $6)";
        Statement::new(sql, params![self.at.0, tenant, client, self.action, self.object, self.outcome])
    }
}

impl Store {
    /// Adds a tenant; `false` if the id is taken.
    ///
    /// # Errors
    /// The store fails.
    pub async fn add_tenant(&self, id: &str, name: &str) -> Result<bool, StoreError> {
        let sql = "INSERT INTO tenant (id, name, created) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
        let add = Statement::must(sql, params![id, name, Moment::now().0]);
        done(self.write(vec![add, Deed::new(None, "tenant.add", id, "done").statement()]).await)
    }

    /// Every tenant.
    ///
    /// # Errors
    /// The store fails.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        let sql = "SELECT t.id, t.name, \
            (SELECT COUNT(*) FROM footprint f WHERE f.owner = t.id), \
            (SELECT COUNT(*) FROM access_grant g JOIN footprint f ON f.seq = g.footprint WHERE g.tenant = t.id AND f.owner <> t.id), \
            (SELECT COUNT(*) FROM client c WHERE c.tenant = t.id AND c.revoked IS NULL), \
            (SELECT p.url FROM peer p WHERE p.tenant = t.id) FROM tenant t ORDER BY t.id";
        let rows = self.read(sql, Vec::new()).await?;
        let tenant = |mut row: super::Row| Tenant {
            id: row.text(0),
            name: row.text(1),
            footprints: row.int(2),
            granted: row.int(3),
            clients: row.int(4),
            peer: row.optional(5),
        };
        Ok(rows.into_iter().map(tenant).collect())
    }

    /// Whether there is such a tenant.
    ///
    /// # Errors
    /// The store fails.
    pub async fn has_tenant(&self, id: &str) -> Result<bool, StoreError> {
        Ok(!self.read("SELECT id FROM tenant WHERE id = $1", params![id]).await?.is_empty())
    }

    /// Adds a client to a tenant, with the hash of its secret.
    ///
    /// # Errors
    /// The store fails.
    pub async fn add_client(&self, client: &str, tenant: &str, secret_hash: &str) -> Result<(), StoreError> {
        let sql = "INSERT INTO client (id, tenant, secret, created) VALUES ($1, $2, $3, $4)";
        let add = Statement::must(sql, params![client, tenant, secret_hash, Moment::now().0]);
        self.write(vec![add, Deed::new(None, "client.add", client, tenant).statement()]).await.map(|_| ())
    }

    /// Revokes a client and its tokens at once; `false` if there is none.
    ///
    /// # Errors
    /// The store fails.
    pub async fn revoke_client(&self, client: &str) -> Result<bool, StoreError> {
        let revoke = Statement::must("UPDATE client SET revoked = $1 WHERE id = $2 AND revoked IS NULL", params![Moment::now().0, client]);
        let tokens = Statement::new("DELETE FROM token WHERE client = $1", params![client]);
        done(self.write(vec![revoke, tokens, Deed::new(None, "client.revoke", client, "done").statement()]).await)
    }

    /// Tenant and hash of the secret of a client that may log in.
    ///
    /// # Errors
    /// The store fails.
    pub async fn client(&self, client: &str) -> Result<Option<(String, String)>, StoreError> {
        let rows = self.read("SELECT tenant, secret FROM client WHERE id = $1 AND revoked IS NULL", params![client]).await?;
        Ok(rows.into_iter().next().map(|mut r| (r.text(0), r.text(1))))
    }

    /// Keeps a token by its hash, and throws away those that ended a day ago.
    ///
    /// # Errors
    /// The store fails.
    pub async fn add_token(&self, hash: &str, client: &str, tenant: &str, expires: Moment) -> Result<(), StoreError> {
        let add = Statement::must("INSERT INTO token (hash, client, expires) VALUES ($1, $2, $3)", params![hash, client, expires.0]);
        let old = Statement::new("DELETE FROM token WHERE expires < $1", params![Moment::now().seconds_later(-86_400).0]);
        let deed = Deed::new(Some((tenant, client)), "token", client, "issued");
        self.write(vec![add, old, deed.statement()]).await.map(|_| ())
    }

    /// Who showed a token, whether or not it has ended; `None` for one that is not known, or of a revoked client.
    ///
    /// # Errors
    /// The store fails.
    pub async fn session(&self, token_hash: &str) -> Result<Option<Session>, StoreError> {
        let sql = "SELECT c.id, c.tenant, t.expires FROM token t JOIN client c ON c.id = t.client WHERE t.hash = $1 AND c.revoked IS NULL";
        let rows = self.look_up(sql, params![token_hash]).await?;
        Ok(rows.into_iter().next().map(|mut r| Session { client: r.text(0), tenant: r.text(1), expires: Moment(r.int(2)) }))
    }

    /// Says where to send events for a tenant, with a sealed secret.
    ///
    /// # Errors
    /// The store fails.
    pub async fn set_peer(&self, tenant: &str, peer: &Peer) -> Result<(), StoreError> {
        let sql = "INSERT INTO peer (tenant, url, client, secret) VALUES ($1, $2, $3, $4) \
            ON CONFLICT (tenant) DO UPDATE SET url = excluded.url, client = excluded.client, secret = excluded.secret";
        let set = Statement::must(sql, params![tenant, peer.url.as_str(), peer.client.as_str(), peer.sealed.as_str()]);
        self.write(vec![set, Deed::new(None, "peer.set", tenant, peer.url.clone()).statement()]).await.map(|_| ())
    }

    /// Where to send events for a tenant.
    ///
    /// # Errors
    /// The store fails.
    pub async fn peer(&self, tenant: &str) -> Result<Option<Peer>, StoreError> {
        let rows = self.read("SELECT url, client, secret FROM peer WHERE tenant = $1", params![tenant]).await?;
        Ok(rows.into_iter().next().map(|mut r| Peer { url: r.text(0), client: r.text(1), sealed: r.text(2) }))
    }

    /// Writes deeds into the audit log.
    ///
    /// # Errors
    /// The store fails.
    pub async fn log(&self, deeds: Vec<Deed>) -> Result<(), StoreError> {
        self.write(deeds.into_iter().map(Deed::statement).collect()).await.map(|_| ())
    }

    /// The last lines of the audit log, the latest first.
    ///
    /// # Errors
    /// The store fails.
    pub async fn audit(&self, limit: i64) -> Result<Vec<AuditLine>, StoreError> {
        let sql = "SELECT at, tenant, client, action, object, outcome FROM audit ORDER BY seq DESC LIMIT $1";
        let rows = self.read(sql, params![limit]).await?;
        let line = |mut row: super::Row| AuditLine {
            at: Moment(row.int(0)).to_string(),
            tenant: row.optional(1),
            client: row.optional(2),
            action: row.text(3),
            object: row.text(4),
            outcome: row.text(5),
        };
        Ok(rows.into_iter().map(line).collect())
    }
}

/// `false` where the first statement found nothing to change.
pub(super) fn done(outcome: Result<Vec<u64>, StoreError>) -> Result<bool, StoreError> {
    match outcome {
        Ok(_) => Ok(true),
        Err(StoreError::Unchanged(0)) => Ok(false),
        Err(error) => Err(error),
    }
}
