//! The tables of rules, read apart from those of cars: no draw rests on them.

use minewheel_data::loader::{Loader, Rows};
use minewheel_data::row::RowId;
use minewheel_data::source::Sources;
use minewheel_data::status::Status;
use minewheel_data::store::Store;
use minewheel_data::table::Violation;

use super::clauses::{Clause, read_clauses};
use super::editions::{Edition, Editions};
use super::quantities::Quantities;

const EDITIONS: &str = "rules/editions.csv";
const QUANTITIES: &str = "rules/quantities.csv";
const FOLDER: &str = "rules/";
const CLAUSES: &str = "-clauses.csv";

/// Editions, quantities and clauses, with the source and status of every row.
#[derive(Debug)]
pub struct RuleTables {
    /// Editions of every family.
    pub editions: Editions,
    /// What may be asked.
    pub quantities: Quantities,
    /// Clauses of every edition, in order of table.
    pub clauses: Vec<Clause>,
    /// Every row's source and status.
    pub rows: Rows,
    /// Where the rows come from.
    pub sources: Sources,
}

impl RuleTables {
    /// Reads the rules of a store. With `check_all`, every cell is held against its schema too.
    ///
    /// # Errors
    /// Every violation, in order of file and line: an unknown operator, a unit that measures something else, an edition,
    /// quantity or trait that is not there, days that do not follow one another.
    pub fn read(store: &Store, check_all: bool) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, check_all);
        let editions = Editions::read(&mut loader, EDITIONS);
        let quantities = Quantities::read(&mut loader, QUANTITIES);
        let clauses = read_clauses(&mut loader, FOLDER, CLAUSES, &editions, &quantities);
        let (sources, rows) = loader.finish_folder(FOLDER)?;
        Ok(Self { editions, quantities, clauses, rows, sources })
    }

    /// The clauses of an edition.
    pub fn of<'t>(&'t self, edition: &'t Edition) -> impl Iterator<Item = &'t Clause> {
        self.clauses.iter().filter(|c| c.edition == edition.id)
    }

    /// The kinds of subjects that clauses ask anything of.
    pub fn subjects(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> = Vec::new();
        for clause in &self.clauses {
            if !kinds.contains(&clause.subject.as_str()) {
                kinds.push(&clause.subject);
            }
        }
        kinds.sort_unstable();
        kinds
    }

    /// How a row is known.
    pub fn status(&self, row: RowId) -> Status {
        self.rows.status(row)
    }

    /// The key of a row's source.
    pub fn source(&self, row: RowId) -> &str {
        self.sources.key(self.rows.source(row))
    }
}
