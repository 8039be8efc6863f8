//! The tables, step by step. A step that a store has taken is never changed; a new one is added behind it.

use super::{Database, Row, Statement, StoreError, params};
use crate::clock::Moment;

const SQLITE: [&str; 2] = [include_str!("../../migrations/sqlite/0001_start.sql"), include_str!("../../migrations/sqlite/0002_announced.sql")];
const POSTGRES: [&str; 2] = [include_str!("../../migrations/postgres/0001_start.sql"), include_str!("../../migrations/postgres/0002_announced.sql")];

/// Takes the steps that the store has not taken, each as one transaction.
pub(super) async fn migrate(database: &dyn Database) -> Result<(), StoreError> {
    let steps: &[&str] = if database.kind() == "postgres" { &POSTGRES } else { &SQLITE };
    let create = "CREATE TABLE IF NOT EXISTS schema_step (step BIGINT PRIMARY KEY, taken BIGINT NOT NULL)";
    database.write(vec![Statement::new(create, Vec::new())]).await?;
    let taken = taken(database).await?;
    if taken > steps.len() as i64 {
        return Err(StoreError::Newer { seen: taken, known: steps.len() as i64 });
    }
    for (index, step) in steps.iter().enumerate().skip(taken as usize) {
        let number = index as i64 + 1;
        let claim = "INSERT INTO schema_step (step, taken) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let mut statements = vec![Statement::must(claim, params![number, Moment::now().0])];
        statements.extend(step.split(';').map(str::trim).filter(|s| !s.is_empty()).map(|s| Statement::new(s, Vec::new())));
        match database.write(statements).await {
            // Another program took this step in the meantime.
            Ok(_) | Err(StoreError::Unchanged(0)) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

async fn taken(database: &dyn Database) -> Result<i64, StoreError> {
    let rows = database.read("SELECT COALESCE(MAX(step), 0) FROM schema_step".to_owned(), Vec::new()).await?;
    Ok(rows.first().map_or(0, |r: &Row| r.int(0)))
}
