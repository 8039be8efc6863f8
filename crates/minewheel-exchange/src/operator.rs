//! What the operator of a host does at the command line: tenants, clients, peers, footprints, grants, requests.
//!
//! Works on the store itself, while the host runs or not.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::error::Code;
use crate::event;
use crate::filter::{Filter, FilterError};
use crate::footprint::{Document, Fault, items, rules};
use crate::secret::{self, SealingKey, SecretError};
use crate::store::accounts::{AuditLine, Peer, Tenant};
use crate::store::events::{Draft, RequestLine};
use crate::store::footprints::PublishError;
use crate::store::{Store, StoreError};

/// Longest id of a tenant.
const LONGEST_ID: usize = 64;
/// Footprints published in one transaction.
const TOGETHER: usize = 500;
/// Footprints that one event names.
const NAMED: usize = 500;

/// Why an order was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum OperatorError {
    /// The store fails.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Secrets cannot be made or opened.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// Footprints cannot be published.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// A criterion cannot be used.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// A tenant that is not there.
    #[error("there is no tenant `{seen}`; there are: {known}")]
    NoTenant {
        /// The id seen.
        seen: String,
        /// The ids there are.
        known: String,
    },
    /// A tenant that is there.
    #[error("there is a tenant `{0}` already")]
    TenantThere(String),
    /// An id that cannot be one.
    #[error("`{0}` cannot be the id of a tenant, wanted 1 to 64 of a-z, 0-9, - and _")]
    Id(String),
    /// A client that is not there, or was revoked.
    #[error("there is no client `{0}` that may log in")]
    NoClient(String),
    /// A tenant without a host of its own.
    #[error("no host is known for tenant `{0}`")]
    NoPeer(String),
    /// A request that is not open.
    #[error("there is no open request {0}")]
    NoRequest(i64),
    /// A footprint that the tenant does not own.
    #[error("tenant `{tenant}` has no footprint `{id}`")]
    NoFootprint {
        /// The tenant.
        tenant: String,
        /// The id.
        id: String,
    },
    /// A file that holds no footprints.
    #[error("this is neither a footprint nor a list of some: {0}")]
    Text(String),
    /// A footprint with faults.
    #[error("footprint {number}: {}", list(faults))]
    Faults {
        /// Which, from 1 on.
        number: usize,
        /// What is wrong.
        faults: Vec<Fault>,
    },
    /// An event cannot be written.
    #[error("an event cannot be written: {0}")]
    Event(#[from] serde_json::Error),
    /// The system does not give what is needed.
    #[error("the system refuses: {0}")]
    System(std::io::Error),
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n  ")
}

/// A new client and its secret, which is shown once.
#[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
pub struct Credentials {
    /// The tenant.
    pub tenant: String,
    /// The id of the client.
    pub client_id: String,
    /// Its secret; only its hash is kept.
    pub client_secret: String,
}

/// How many footprints were imported.
#[derive(Debug, Clone, Default, Serialize, schemars::JsonSchema)]
pub struct Imported {
    /// Footprints that were not there before.
    pub published: usize,
    /// Footprints that were there with the same content.
    pub there: usize,
    /// Read from version 2.
    pub from_version_2: usize,
}

/// The operator of a store.
pub struct Operator {
    store: Store,
    runtime: Runtime,
}

impl Operator {
    /// Opens a store.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(address: &str) -> Result<Self, OperatorError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().map_err(OperatorError::System)?;
        let store = runtime.block_on(Store::open(address))?;
        Ok(Self { store, runtime })
    }

    fn tenant_is_there(&self, id: &str) -> Result<(), OperatorError> {
        if self.runtime.block_on(self.store.has_tenant(id))? {
            return Ok(());
        }
        let known: Vec<String> = self.tenants()?.into_iter().map(|t| t.id).collect();
        Err(OperatorError::NoTenant { seen: id.to_owned(), known: known.join(", ") })
    }

    /// Adds a tenant.
    ///
    /// # Errors
    /// The id cannot be one or is taken, or the store fails.
    pub fn add_tenant(&self, id: &str, name: &str) -> Result<(), OperatorError> {
        let is_good = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if id.is_empty() || id.len() > LONGEST_ID || !id.bytes().all(is_good) {
            return Err(OperatorError::Id(id.to_owned()));
        }
        let is_new = self.runtime.block_on(self.store.add_tenant(id, name))?;
        if is_new { Ok(()) } else { Err(OperatorError::TenantThere(id.to_owned())) }
    }

    /// Every tenant.
    ///
    /// # Errors
    /// The store fails.
    pub fn tenants(&self) -> Result<Vec<Tenant>, OperatorError> {
        Ok(self.runtime.block_on(self.store.tenants())?)
    }

    /// Makes a client for a tenant.
    ///
    /// # Errors
    /// There is no such tenant, or the store fails.
    pub fn add_client(&self, tenant: &str) -> Result<Credentials, OperatorError> {
        self.tenant_is_there(tenant)?;
        let (client_id, client_secret) = (secret::uuid()?, secret::generate()?);
        let hash = secret::hash(&client_secret)?;
        self.runtime.block_on(self.store.add_client(&client_id, tenant, &hash))?;
        Ok(Credentials { tenant: tenant.to_owned(), client_id, client_secret })
    }

    /// Revokes a client, with its tokens.
    ///
    /// # Errors
    /// There is no such client, or the store fails.
    pub fn revoke_client(&self, client: &str) -> Result<(), OperatorError> {
        let is_there = self.runtime.block_on(self.store.revoke_client(client))?;
        if is_there { Ok(()) } else { Err(OperatorError::NoClient(client.to_owned())) }
    }

    /// Says where a tenant's own host is, and with which credentials to send events there.
    ///
    /// # Errors
    /// There is no such tenant, the key file cannot be used, or the store fails.
    pub fn set_peer(&self, tenant: &str, url: &str, client: &str, given: &str, key_file: &Path) -> Result<(), OperatorError> {
        self.tenant_is_there(tenant)?;
        let sealed = SealingKey::open(key_file)?.seal(given, tenant)?;
        let peer = Peer { url: url.trim_end_matches('/').to_owned(), client: client.to_owned(), sealed };
        Ok(self.runtime.block_on(self.store.set_peer(tenant, &peer))?)
    }

    /// Publishes the footprints of a text (one, a list, or a host's answer) for a tenant.
    ///
    /// # Errors
    /// A footprint has faults or an id that is taken, or the store fails. Footprints before it may have been published.
    pub fn import(&self, tenant: &str, text: &str) -> Result<Imported, OperatorError> {
        self.tenant_is_there(tenant)?;
        let texts = items(text).map_err(OperatorError::Text)?;
        let read = |(index, text): (usize, &String)| Document::read(text).map_err(|faults| OperatorError::Faults { number: index + 1, faults });
        let documents = texts.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
        let mut imported = Imported::default();
        for group in documents.chunks(TOGETHER) {
            let published = self.runtime.block_on(self.store.publish(tenant, None, group))?;
            let new = published.iter().filter(|p| p.is_new).count();
            imported.published += new;
            imported.there += published.len() - new;
            imported.from_version_2 += group.iter().filter(|d| d.original.is_some()).count();
        }
        Ok(imported)
    }

    /// Lets a tenant read footprints of another; with no ids all, later ones too.
    ///
    /// # Errors
    /// There is no such tenant, or the store fails.
    pub fn grant(&self, owner: &str, tenant: &str, ids: &[String]) -> Result<u64, OperatorError> {
        self.tenant_is_there(owner)?;
        self.tenant_is_there(tenant)?;
        self.own(owner, ids)?;
        Ok(self.runtime.block_on(self.store.grant(owner, tenant, None, ids))?)
    }

    /// Takes grants back.
    ///
    /// # Errors
    /// There is no such tenant, or the store fails.
    pub fn withdraw(&self, owner: &str, tenant: &str, ids: &[String]) -> Result<u64, OperatorError> {
        self.tenant_is_there(owner)?;
        self.tenant_is_there(tenant)?;
        self.own(owner, ids)?;
        // An owner reads its own footprints.
        if owner == tenant {
            return Ok(0);
        }
        Ok(self.runtime.block_on(self.store.withdraw(owner, tenant, ids))?)
    }

    fn own(&self, owner: &str, ids: &[String]) -> Result<(), OperatorError> {
        for id in ids {
            let is_owned = rules::is_uuid(id) && self.runtime.block_on(self.store.owns(owner, id))?;
            if !is_owned {
                return Err(OperatorError::NoFootprint { tenant: owner.to_owned(), id: id.clone() });
            }
        }
        Ok(())
    }

    /// Withdraws a footprint from use.
    ///
    /// # Errors
    /// The tenant has no such footprint, or the store fails.
    pub fn deprecate(&self, owner: &str, id: &str) -> Result<(), OperatorError> {
        self.own(owner, std::slice::from_ref(&id.to_owned()))?;
        self.runtime.block_on(self.store.deprecate(owner, id)).map(|_| ()).map_err(Into::into)
    }

    /// Tells every tenant that may read footprints, and has a host of its own, that they are there. Says how many events
    /// were put into the box; the host sends them.
    ///
    /// # Errors
    /// The store fails.
    pub fn announce(&self, owner: &str, ids: &[String], source: &str) -> Result<usize, OperatorError> {
        self.tenant_is_there(owner)?;
        self.own(owner, ids)?;
        let mut by_reader: Vec<(String, Vec<String>)> = Vec::new();
        for id in ids {
            for reader in self.runtime.block_on(self.store.readers_with_host(owner, id))? {
                match by_reader.iter_mut().find(|(r, _)| *r == reader) {
                    Some((_, known)) => known.push(id.clone()),
                    None => by_reader.push((reader, vec![id.clone()])),
                }
            }
        }
        let mut letters = Vec::new();
        for (reader, known) in by_reader {
            for group in known.chunks(NAMED) {
                let id = secret::uuid()?;
                let body = event::write_published(&id, source, group)?;
                letters.push(Draft { tenant: reader.clone(), event: id, body });
            }
        }
        self.runtime.block_on(self.store.post(&letters))?;
        Ok(letters.len())
    }

    /// Asks a tenant's host for footprints; the host sends the request. Says the id of the request.
    ///
    /// # Errors
    /// There is no such tenant or host, a criterion cannot be used, or the store fails.
    pub fn ask(&self, asker: &str, asked: &str, criteria: &Value, source: &str) -> Result<String, OperatorError> {
        self.tenant_is_there(asker)?;
        self.tenant_is_there(asked)?;
        Filter::of_request(criteria)?;
        if self.runtime.block_on(self.store.peer(asked))?.is_none() {
            return Err(OperatorError::NoPeer(asked.to_owned()));
        }
        let id = secret::uuid()?;
        let body = event::write_created(&id, source, criteria)?;
        let letter = Draft { tenant: asked.to_owned(), event: id.clone(), body };
        self.runtime.block_on(self.store.ask(asker, &letter, &criteria.to_string()))?;
        Ok(id)
    }

    /// Refuses a request.
    ///
    /// # Errors
    /// It is not open, or the store fails.
    pub fn reject(&self, number: i64, message: &str, source: &str) -> Result<(), OperatorError> {
        let open = self.runtime.block_on(self.store.open_requests(number - 1, 1))?;
        let request = open.into_iter().find(|r| r.seq == number).ok_or(OperatorError::NoRequest(number))?;
        let id = secret::uuid()?;
        let body = event::write_rejected(&id, source, &request.event, Code::BadRequest, message)?;
        let letter = Draft { tenant: request.tenant.clone(), event: id, body };
        let is_open = self.runtime.block_on(self.store.answer(&request, "rejected", &letter))?;
        if is_open { Ok(()) } else { Err(OperatorError::NoRequest(number)) }
    }

    /// Every request in both directions.
    ///
    /// # Errors
    /// The store fails.
    pub fn requests(&self) -> Result<Vec<RequestLine>, OperatorError> {
        Ok(self.runtime.block_on(self.store.requests())?)
    }

    /// The last lines of the audit log.
    ///
    /// # Errors
    /// The store fails.
    pub fn audit(&self, limit: u32) -> Result<Vec<AuditLine>, OperatorError> {
        Ok(self.runtime.block_on(self.store.audit(limit.into()))?)
    }
}
