//! SQLite in a file: one writer, several readers, and commits shared by those who wait.
//!
//! All writes go through one thread. It takes every transaction that waits, carries each out behind a savepoint of its
//! own, and commits them together: one flush to the disk acknowledges all of them, and a refused one leaves the others
//! alone. Readers see the last commit and wait for nobody (write-ahead log).

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::{Answer, Database, Param, Row, Statement, StoreError};

/// Connections that read.
const READERS: usize = 4;
/// Transactions that one flush may acknowledge.
const MOST_TOGETHER: usize = 512;
/// Transactions that may wait for the writer.
const LONGEST_QUEUE: usize = 4096;
/// How long to wait for another program that writes.
const PATIENCE: Duration = Duration::from_secs(20);
/// Prepared statements that a connection keeps.
const PREPARED: usize = 64;

struct Job {
    statements: Vec<Statement>,
    answer: oneshot::Sender<Result<Vec<u64>, StoreError>>,
}

pub(super) struct Sqlite {
    writer: mpsc::Sender<Job>,
    readers: Arc<Mutex<Vec<Connection>>>,
    free: Arc<Semaphore>,
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

impl ToSql for Param {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Int(number) => ValueRef::Integer(*number),
            Self::Null => ValueRef::Null,
        }))
    }
}

impl Sqlite {
    pub(super) fn open(path: &str) -> Result<Self, StoreError> {
        let open = |flags| connect(path, flags).map_err(|e| StoreError::Open { seen: path.to_owned(), reason: e.to_string() });
        if let Some(folder) = Path::new(path).parent()
            && !folder.as_os_str().is_empty()
            && !folder.is_dir()
        {
            return Err(StoreError::Open { seen: path.to_owned(), reason: format!("there is no folder `{}`", folder.display()) });
        }
        let writer = open(OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        let readers = (0..READERS).map(|_| open(OpenFlags::SQLITE_OPEN_READ_ONLY)).collect::<Result<Vec<_>, _>>()?;
        let (sender, jobs) = mpsc::channel(LONGEST_QUEUE);
        let thread = std::thread::Builder::new().name("sqlite-writer".to_owned());
        let started = thread.spawn(move || write_loop(writer, jobs));
        started.map_err(|e| StoreError::Open { seen: path.to_owned(), reason: e.to_string() })?;
        Ok(Self { writer: sender, readers: Arc::new(Mutex::new(readers)), free: Arc::new(Semaphore::new(READERS)) })
    }
}

fn connect(path: &str, flags: OpenFlags) -> Result<Connection, rusqlite::Error> {
    let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.busy_timeout(PATIENCE)?;
    connection.set_prepared_statement_cache_capacity(PREPARED);
    if flags.contains(OpenFlags::SQLITE_OPEN_READ_WRITE) {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", "ON")?;
    }
    Ok(connection)
}

impl Database for Sqlite {
    fn read(&self, sql: String, params: Vec<Param>) -> Answer<'_, Vec<Row>> {
        Box::pin(async move {
            let turn = Arc::clone(&self.free).acquire_owned().await.map_err(|e| StoreError::Database(e.to_string()))?;
            let readers = Arc::clone(&self.readers);
            let task = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                with_reader(&readers, |connection| query(connection, &sql, &params))
            });
            task.await.map_err(|e| StoreError::Database(e.to_string()))?
        })
    }

    /// A lookup reads a handful of pages; to hand it to a thread and wait for that costs more than the lookup.
    fn look_up(&self, sql: String, params: Vec<Param>) -> Answer<'_, Vec<Row>> {
        Box::pin(async move {
            let Ok(_turn) = self.free.try_acquire() else { return self.read(sql, params).await };
            with_reader(&self.readers, |connection| query(connection, &sql, &params))
        })
    }

    fn write(&self, statements: Vec<Statement>) -> Answer<'_, Vec<u64>> {
        Box::pin(async move {
            let (answer, outcome) = oneshot::channel();
            let gone = || StoreError::Database("the writer has stopped".to_owned());
            self.writer.send(Job { statements, answer }).await.map_err(|_| gone())?;
            outcome.await.map_err(|_| gone())?
        })
    }

    fn kind(&self) -> &'static str {
        "sqlite"
    }
}

/// Who holds a turn finds a connection.
fn with_reader<T>(readers: &Mutex<Vec<Connection>>, ask: impl FnOnce(&Connection) -> Result<T, rusqlite::Error>) -> Result<T, StoreError> {
    let Some(connection) = lock(readers).pop() else {
        return Err(StoreError::Database("no connection is free".to_owned()));
    };
    let answer = ask(&connection);
    lock(readers).push(connection);
    Ok(answer?)
}

/// The connections are sound whatever a thread did that died with the lock.
fn lock(readers: &Mutex<Vec<Connection>>) -> std::sync::MutexGuard<'_, Vec<Connection>> {
    readers.lock().unwrap_or_else(PoisonError::into_inner)
}

/// SQLite numbers parameters with `?1`.
fn dialect(sql: &str) -> String {
    sql.replace('$', "?")
}

fn query(connection: &Connection, sql: &str, params: &[Param]) -> Result<Vec<Row>, rusqlite::Error> {
    let mut statement = connection.prepare_cached(&dialect(sql))?;
    let columns = statement.column_count();
    let rows = statement.query_map(rusqlite::params_from_iter(params), |row| {
        (0..columns)
            .map(|c| {
                Ok(match row.get_ref(c)? {
                    ValueRef::Text(text) => Param::Text(String::from_utf8_lossy(text).into_owned()),
                    ValueRef::Integer(number) => Param::Int(number),
                    _ => Param::Null,
                })
            })
            .collect::<Result<Vec<_>, rusqlite::Error>>()
            .map(Row)
    })?;
    rows.collect()
}

fn write_loop(connection: Connection, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.blocking_recv() {
        let mut together = vec![first];
        while together.len() < MOST_TOGETHER
            && let Ok(next) = jobs.try_recv()
        {
            together.push(next);
        }
        commit(&connection, together);
    }
    drop(connection);
}

/// Carries out what waits and acknowledges it after the flush.
fn commit(connection: &Connection, jobs: Vec<Job>) {
    let failed = |error: &rusqlite::Error| StoreError::Database(error.to_string());
    if let Err(error) = connection.execute_batch("BEGIN IMMEDIATE") {
        for job in jobs {
            // Nobody waits any more if this fails.
            let _ = job.answer.send(Err(failed(&error)));
        }
        return;
    }
    let mut outcomes = Vec::with_capacity(jobs.len());
    for job in jobs {
        let outcome = carry_out(connection, &job.statements);
        outcomes.push((job.answer, outcome));
    }
    let flushed = connection.execute_batch("COMMIT");
    if flushed.is_err() {
        // A failed commit may leave the transaction open.
        let _ = connection.execute_batch("ROLLBACK");
    }
    for (answer, outcome) in outcomes {
        let outcome = match &flushed {
            Ok(()) => outcome,
            Err(error) => Err(failed(error)),
        };
        let _ = answer.send(outcome);
    }
}

fn carry_out(connection: &Connection, statements: &[Statement]) -> Result<Vec<u64>, StoreError> {
    connection.execute_batch("SAVEPOINT job")?;
    let outcome = run(connection, statements);
    if outcome.is_err() {
        connection.execute_batch("ROLLBACK TO job")?;
    }
    connection.execute_batch("RELEASE job")?;
    outcome
}

fn run(connection: &Connection, statements: &[Statement]) -> Result<Vec<u64>, StoreError> {
    let mut changes = Vec::with_capacity(statements.len());
    for (index, statement) in statements.iter().enumerate() {
        let mut prepared = connection.prepare_cached(&dialect(&statement.sql))?;
        let changed = prepared.execute(rusqlite::params_from_iter(&statement.params))? as u64;
        if statement.must_change && changed == 0 {
            return Err(StoreError::Unchanged(index));
        }
        changes.push(changed);
    }
    Ok(changes)
}
