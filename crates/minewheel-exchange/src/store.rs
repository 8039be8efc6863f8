//! What is kept, behind one trait with two databases: SQLite in a file, and PostgreSQL.
//!
//! The statements of the exchange are written once, in the SQL that both databases understand, with parameters `$1`,
//! `$2`, …; only the migrations differ. A `Database` can do two things: answer a query, and carry out a list of
//! statements as one transaction. An acknowledged transaction is on the disk: SQLite writes ahead with
//! `synchronous = FULL`, PostgreSQL with `synchronous_commit = on`.

pub mod accounts;
pub mod announced;
pub mod events;
pub mod footprints;
mod migrations;
mod postgres;
mod postgres_tls;
mod sqlite;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

/// A future that a trait object returns.
pub(crate) type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address of the store cannot be used.
    #[error("the store `{seen}` cannot be opened: {reason}")]
    Open {
        /// The address, without its password.
        seen: String,
        /// Why not.
        reason: String,
    },
    /// The database said no, or did not answer.
    #[error("the database failed: {0}")]
    Database(String),
    /// A statement that had to change a row changed none; nothing of its list was carried out.
    #[error("statement {0} found nothing to change")]
    Unchanged(usize),
    /// The store was written by a later version of the program.
    #[error("the store has schema {seen}, this program knows up to {known}")]
    Newer {
        /// The store's.
        seen: i64,
        /// Ours.
        known: i64,
    },
}

/// A value that a statement takes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Param {
    Text(String),
    Int(i64),
    #[default]
    Null,
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Param {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<Option<String>> for Param {
    fn from(text: Option<String>) -> Self {
        text.map_or(Self::Null, Self::Text)
    }
}

/// Parameters of a statement.
macro_rules! params {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::Param::from($value)),*] };
}
pub(crate) use params;

/// A statement of a transaction.
#[derive(Debug, Clone)]
pub(crate) struct Statement {
    pub(crate) sql: String,
    pub(crate) params: Vec<Param>,
    /// If it changes no row, the whole transaction is undone.
    pub(crate) must_change: bool,
}

impl Statement {
    pub(crate) fn new(sql: impl Into<String>, params: Vec<Param>) -> Self {
        Self { sql: sql.into(), params, must_change: false }
    }

    /// A statement without whose effect the others are not wanted.
    pub(crate) fn must(sql: impl Into<String>, params: Vec<Param>) -> Self {
        Self { sql: sql.into(), params, must_change: true }
    }
}

/// A row of an answer.
#[derive(Debug, Clone)]
pub(crate) struct Row(pub(crate) Vec<Param>);

impl Row {
    /// A text; empty if the column holds none.
    pub(crate) fn text(&mut self, column: usize) -> String {
        self.optional(column).unwrap_or_default()
    }

    /// A text that may be missing.
    pub(crate) fn optional(&mut self, column: usize) -> Option<String> {
        match self.0.get_mut(column).map(std::mem::take) {
            Some(Param::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// A whole number; nought if the column holds none.
    pub(crate) fn int(&self, column: usize) -> i64 {
        match self.0.get(column) {
            Some(Param::Int(number)) => *number,
            _ => 0,
        }
    }
}

/// A database: queries, and transactions that are on the disk when they are acknowledged.
pub(crate) trait Database: Send + Sync {
    /// Answers a query.
    fn read(&self, sql: String, params: Vec<Param>) -> Answer<'_, Vec<Row>>;
    /// Answers a query that finds few rows by key. A store in this process may answer on the thread that asks.
    fn look_up(&self, sql: String, params: Vec<Param>) -> Answer<'_, Vec<Row>> {
        self.read(sql, params)
    }
    /// Carries out a list of statements as a whole, or nothing of it; says how many rows each changed.
    fn write(&self, statements: Vec<Statement>) -> Answer<'_, Vec<u64>>;
    /// The name of the kind of database.
    fn kind(&self) -> &'static str;
}

/// The store of an exchange.
#[derive(Clone)]
pub struct Store {
    pub(crate) database: Arc<dyn Database>,
}

impl Store {
    /// Opens a store and brings its tables up to date: `postgres://…`, or a path of a SQLite file with or without
    /// `sqlite:` before it.
    ///
    /// # Errors
    /// The address cannot be used, the database does not answer, or it was written by a later version.
    pub async fn open(address: &str) -> Result<Self, StoreError> {
        let database: Arc<dyn Database> = if address.starts_with("postgres://") || address.starts_with("postgresql://") {
            Arc::new(postgres::Postgres::open(address).await?)
        } else {
            Arc::new(sqlite::Sqlite::open(address.strip_prefix("sqlite:").unwrap_or(address))?)
        };
        migrations::migrate(database.as_ref()).await?;
        Ok(Self { database })
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.look_up("SELECT 1", Vec::new()).await.map(|_| ())
    }

    /// The name of the kind of database: `sqlite` or `postgres`.
    pub fn kind(&self) -> &'static str {
        self.database.kind()
    }

    pub(crate) async fn read(&self, sql: impl Into<String>, params: Vec<Param>) -> Result<Vec<Row>, StoreError> {
        self.database.read(sql.into(), params).await
    }

    pub(crate) async fn look_up(&self, sql: impl Into<String>, params: Vec<Param>) -> Result<Vec<Row>, StoreError> {
        self.database.look_up(sql.into(), params).await
    }

    pub(crate) async fn write(&self, statements: Vec<Statement>) -> Result<Vec<u64>, StoreError> {
        self.database.write(statements).await
    }
}

/// An address without the password in it.
pub(crate) fn without_password(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let Some((user, host)) = rest.rsplit_once('@') else { return address.to_owned() };
    format!("{scheme}://{}@{host}", user.split(':').next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_never_shows() {
        assert_eq!(without_password("postgres://me:s3cret@host/db"), "postgres://me@host/db");
        assert_eq!(without_password("exchange.db"), "exchange.db");
    }
}
