//! PostgreSQL: a few connections, each lent to one transaction at a time, made again when they break.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio_postgres::config::SslMode;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config, Connection, NoTls};

use super::postgres_tls::{Tls, is_wanted};
use super::{Answer, Database, Param, Row, Statement, StoreError, without_password};

/// Connections at most.
const CONNECTIONS: usize = 8;
/// How long to wait for a connection to be made.
const PATIENCE: Duration = Duration::from_secs(10);
/// Prepared statements that a connection keeps.
const PREPARED: usize = 64;

struct Session {
    client: Client,
    prepared: HashMap<String, tokio_postgres::Statement>,
}

pub(super) struct Postgres {
    config: Config,
    /// None: in clear.
    tls: Option<Tls>,
    seen: String,
    idle: Mutex<Vec<Session>>,
    free: Semaphore,
}

impl From<tokio_postgres::Error> for StoreError {
    fn from(error: tokio_postgres::Error) -> Self {
        let said = error.as_db_error().map(|e| e.message().to_owned());
        let why = || std::error::Error::source(&error).map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"));
        Self::Database(said.unwrap_or_else(why))
    }
}

impl ToSql for Param {
    fn to_sql(&self, kind: &Type, out: &mut tokio_postgres::types::private::BytesMut) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Text(text) => text.to_sql(kind, out),
            Self::Int(number) => number.to_sql(kind, out),
            Self::Null => Ok(IsNull::Yes),
        }
    }

    fn accepts(kind: &Type) -> bool {
        matches!(*kind, Type::TEXT | Type::VARCHAR | Type::INT8)
    }

    to_sql_checked!();
}

impl Postgres {
    pub(super) async fn open(address: &str) -> Result<Self, StoreError> {
        let seen = without_password(address);
        let refused = |reason: String| StoreError::Open { seen: seen.clone(), reason };
        let mut config: Config = address.parse().map_err(|e: tokio_postgres::Error| refused(e.to_string()))?;
        config.connect_timeout(PATIENCE).application_name("minewheel-exchange");
        let tls = is_wanted(&config).then(Tls::new).transpose().map_err(refused)?;
        config.ssl_mode(if tls.is_some() { SslMode::Require } else { SslMode::Disable });
        let postgres = Self { config, tls, seen: seen.clone(), idle: Mutex::new(Vec::new()), free: Semaphore::new(CONNECTIONS) };
        let session = postgres.connect().await.map_err(|e| refused(e.to_string()))?;
        postgres.give_back(session);
        Ok(postgres)
    }

    async fn connect(&self) -> Result<Session, StoreError> {
        let client = match self.tls.clone() {
            Some(tls) => self.attend(self.config.connect(tls).await?),
            None => self.attend(self.config.connect(NoTls).await?),
        };
        client.batch_execute("SET synchronous_commit = on").await?;
        Ok(Session { client, prepared: HashMap::new() })
    }

    /// Keeps a connection going in the background.
    fn attend<S, T>(&self, (client, connection): (Client, Connection<S, T>)) -> Client
    where
        Connection<S, T>: Future<Output = Result<(), tokio_postgres::Error>> + Send + 'static,
    {
        let seen = self.seen.clone();
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(store = seen, %error, "a connection to the database broke");
            }
        });
        client
    }

    async fn lend(&self) -> Result<(Session, SemaphorePermit<'_>), StoreError> {
        let turn = self.free.acquire().await.map_err(|e| StoreError::Database(e.to_string()))?;
        loop {
            let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match idle {
                Some(session) if session.client.is_closed() => {}
                Some(session) => return Ok((session, turn)),
                None => return Ok((self.connect().await?, turn)),
            }
        }
    }

    fn give_back(&self, session: Session) {
        if !session.client.is_closed() {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
    }
}

impl Session {
    async fn prepare(&mut self, sql: &str) -> Result<tokio_postgres::Statement, StoreError> {
        if let Some(known) = self.prepared.get(sql) {
            return Ok(known.clone());
        }
        let statement = self.client.prepare(sql).await?;
        if self.prepared.len() >= PREPARED {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }

    async fn query(&mut self, sql: &str, params: &[Param]) -> Result<Vec<Row>, StoreError> {
        let statement = self.prepare(sql).await?;
        let rows = self.client.query(&statement, &references(params)).await?;
        rows.iter().map(cells).collect()
    }

    async fn transact(&mut self, statements: &[Statement]) -> Result<Vec<u64>, StoreError> {
        self.client.batch_execute("BEGIN").await?;
        let outcome = self.run(statements).await;
        match outcome {
            Ok(changes) => {
                self.client.batch_execute("COMMIT").await?;
                Ok(changes)
            }
            Err(error) => {
                // The first error is the one to report; a broken connection is thrown away.
                let _ = self.client.batch_execute("ROLLBACK").await;
                Err(error)
            }
        }
    }

    async fn run(&mut self, statements: &[Statement]) -> Result<Vec<u64>, StoreError> {
        let mut changes = Vec::with_capacity(statements.len());
        for (index, statement) in statements.iter().enumerate() {
            let prepared = self.prepare(&statement.sql).await?;
            let changed = self.client.execute(&prepared, &references(&statement.params)).await?;
            if statement.must_change && changed == 0 {
                return Err(StoreError::Unchanged(index));
            }
            changes.push(changed);
        }
        Ok(changes)
    }
}

fn references(params: &[Param]) -> Vec<&(dyn ToSql + Sync)> {
    params.iter().map(|p| p as &(dyn ToSql + Sync)).collect()
}

fn cells(row: &tokio_postgres::Row) -> Result<Row, StoreError> {
    let cell = |index: usize, kind: &Type| -> Result<Param, tokio_postgres::Error> {
        Ok(match *kind {
            Type::INT8 => row.try_get::<_, Option<i64>>(index)?.map_or(Param::Null, Param::Int),
            Type::INT4 => row.try_get::<_, Option<i32>>(index)?.map_or(Param::Null, |n| Param::Int(n.into())),
            _ => row.try_get::<_, Option<String>>(index)?.map_or(Param::Null, Param::Text),
        })
    };
    let cells = row.columns().iter().enumerate().map(|(index, column)| cell(index, column.type_()));
    Ok(Row(cells.collect::<Result<Vec<_>, _>>()?))
}

impl Database for Postgres {
    fn read(&self, sql: String, params: Vec<Param>) -> Answer<'_, Vec<Row>> {
        Box::pin(async move {
            let (mut session, _turn) = self.lend().await?;
            let rows = session.query(&sql, &params).await;
            self.give_back(session);
            rows
        })
    }

    fn write(&self, statements: Vec<Statement>) -> Answer<'_, Vec<u64>> {
        Box::pin(async move {
            let (mut session, _turn) = self.lend().await?;
            let changes = session.transact(&statements).await;
            self.give_back(session);
            changes
        })
    }

    fn kind(&self) -> &'static str {
        "postgres"
    }
}
