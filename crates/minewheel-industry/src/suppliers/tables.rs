//! The tables that only suppliers read: measures, and the numbers of synthetic chains.

use minewheel_data::loader::{Loader, Rows};
use minewheel_data::parameters::{ParameterError, Parameters};
use minewheel_data::row::Draw;
use minewheel_data::source::Sources;
use minewheel_data::store::Store;
use minewheel_data::table::Violation;

const MEASURES: &str = "suppliers/measures.csv";
const PARAMETERS: &str = "suppliers/parameters.csv";
const FOLDER: &str = "suppliers/";

/// Both tables.
#[derive(Debug, Clone)]
pub struct SupplierTables {
    /// Effect, cost and lead time by measure.
    pub measures: Parameters,
    /// Life, uncertainty, and what a synthetic chain is drawn from.
    pub parameters: Parameters,
    rows: Rows,
    sources: Sources,
}

impl SupplierTables {
    /// Reads them.
    ///
    /// # Errors
    /// Every violation of the tables.
    pub fn read(store: &Store, check_all: bool) -> Result<Self, Vec<Violation>> {
        let mut loader = Loader::new(store, check_all);
        let measures = Parameters::read(&mut loader, MEASURES);
        let parameters = Parameters::read(&mut loader, PARAMETERS);
        let (sources, rows) = loader.finish_folder(FOLDER)?;
        Ok(Self { measures, parameters, rows, sources })
    }

    /// Their rows.
    pub const fn rows(&self) -> &Rows {
        &self.rows
    }

    /// Their sources.
    pub const fn sources(&self) -> &Sources {
        &self.sources
    }

    /// A number of `parameters.csv`.
    ///
    /// # Errors
    /// There is none, or it has another unit.
    pub fn number(&self, subject: &str, property: &str, unit: &str) -> Result<f64, ParameterError> {
        Ok(Draw::BEST.of(&self.parameters.value(subject, property, unit)?))
    }
}
