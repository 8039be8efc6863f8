//! The tables that questions are asked of, read once and shared.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use minewheel_assess::networks::Networks;
use minewheel_assess::scenario::Scenario;
use minewheel_data::car::CarDesign;
use minewheel_data::store::Store;
use minewheel_data::table::Violation;
use minewheel_industry::credits::rules::RuleBook;
use minewheel_industry::fleet::tables::FleetTables;
use minewheel_industry::passport::PassportTables;
use minewheel_industry::rules::RuleTables;
use minewheel_industry::supply::SupplyError;
use minewheel_industry::supply::sourcing::costs::Premiums;
use minewheel_industry::supply::sourcing::settle;
use pyo3::prelude::*;

use crate::answer;
use crate::failure::Failure;

/// Networks that are kept between questions, each of a few megabytes.
const MOST_NETWORKS: usize = 8;

/// All tables of a data set; those that only some questions need are read when one is asked.
pub struct Shared {
    /// The texts.
    pub store: Store,
    /// The tables of an assessment.
    pub assess: minewheel_assess::tables::Tables,
    /// Networks kept between questions.
    pub networks: Networks,
    premiums: OnceLock<Result<Premiums, Failure>>,
    fleet: OnceLock<Result<FleetTables, Failure>>,
    credits: OnceLock<Result<RuleBook, Failure>>,
    rules: OnceLock<Result<RuleTables, Failure>>,
    passport: OnceLock<Result<PassportTables, Failure>>,
}

/// Faults of tables.
pub fn violations(found: Vec<Violation>) -> Failure {
    Failure::lines("minewheel::data::violations", &found, "`data/README.md` explains the tables")
}

impl Shared {
    fn read(folder: Option<PathBuf>) -> Result<Self, Failure> {
        let mut store = Store::embedded();
        if let Some(folder) = folder {
            let help = "give a folder laid out like Minewheel's own `data/`; one table in it is enough";
            store.overlay(&folder).map_err(|error| Failure::new("minewheel::data::unreadable", error, help))?;
        }
        let assess = minewheel_assess::tables::Tables::read(&store, false).map_err(violations)?;
        Ok(Self {
            store,
            assess,
            networks: Networks::keeping(MOST_NETWORKS),
            premiums: OnceLock::new(),
            fleet: OnceLock::new(),
            credits: OnceLock::new(),
            rules: OnceLock::new(),
            passport: OnceLock::new(),
        })
    }

    /// Cars with the sourcing rules of their files solved into shares.
    ///
    /// # Errors
    /// No choice of makers meets a car's rules, or they name what is not there.
    pub fn settled(&self, cars: Vec<CarDesign>, scenario: &Scenario) -> Result<Vec<CarDesign>, Failure> {
        if cars.iter().all(|car| car.sourcing_demands.is_empty()) {
            return Ok(cars);
        }
        let premiums = self.premiums()?;
        let settled: Result<Vec<_>, _> = cars.iter().map(|car| settle(&self.assess, premiums, car, scenario)).collect();
        Ok(settled.map_err(SupplyError::from)?)
    }

    /// What places cost over China.
    ///
    /// # Errors
    /// A table has violations.
    pub fn premiums(&self) -> Result<&Premiums, Failure> {
        self.premiums.get_or_init(|| Premiums::read(&self.store, false).map_err(violations)).as_ref().map_err(Clone::clone)
    }

    /// The tables of fleets.
    ///
    /// # Errors
    /// A table has violations.
    pub fn fleet(&self) -> Result<&FleetTables, Failure> {
        self.fleet.get_or_init(|| FleetTables::read(&self.store, false).map_err(violations)).as_ref().map_err(Clone::clone)
    }

    /// The constants of credits.
    ///
    /// # Errors
    /// A table has violations.
    pub fn credits(&self) -> Result<&RuleBook, Failure> {
        self.credits.get_or_init(|| RuleBook::read(&self.store, false).map_err(violations)).as_ref().map_err(Clone::clone)
    }

    /// The rule sets.
    ///
    /// # Errors
    /// A table has violations.
    pub fn rules(&self) -> Result<&RuleTables, Failure> {
        self.rules.get_or_init(|| RuleTables::read(&self.store, false).map_err(violations)).as_ref().map_err(Clone::clone)
    }

    /// The tables of passports.
    ///
    /// # Errors
    /// A table has violations.
    pub fn passport(&self) -> Result<&PassportTables, Failure> {
        self.passport.get_or_init(|| PassportTables::read(&self.store, false).map_err(violations)).as_ref().map_err(Clone::clone)
    }
}

/// The tables of the package, with the tables of a folder laid over them if one is given.
#[pyclass(frozen, module = "minewheel._native")]
pub struct Tables {
    /// What questions share.
    pub shared: Arc<Shared>,
}

#[pymethods]
impl Tables {
    #[new]
    #[pyo3(signature = (folder=None))]
    fn new(py: Python<'_>, folder: Option<PathBuf>) -> PyResult<Self> {
        Ok(Self { shared: Arc::new(answer::value(py, |_| Shared::read(folder))?) })
    }

    /// Fingerprint of all tables: equal tables, equal fingerprint.
    #[getter]
    fn fingerprint(&self) -> &str {
        &self.shared.assess.fingerprint
    }

    /// Ids of the cars whose id, name, make or model has a text in it.
    fn car_ids(&self, text: &str) -> Vec<&str> {
        let needle = text.to_lowercase();
        let has = |car: &&CarDesign| {
            let words = [Some(car.id.as_str()), car.name.as_deref(), car.make.as_deref(), car.model.as_deref()];
            words.into_iter().flatten().any(|t| t.to_lowercase().contains(&needle))
        };
        self.shared.assess.catalogue.cars().iter().filter(has).map(|car| car.id.as_str()).collect()
    }

    /// Ids of the cell chemistries.
    fn chemistries(&self) -> Vec<String> {
        self.shared.assess.chemistries()
    }

    /// Ids of the drive cycles.
    fn cycles(&self) -> Vec<&str> {
        self.shared.assess.cycles.entries().iter().map(|c| &*c.id).collect()
    }

    /// Codes and names of the places.
    fn places(&self) -> BTreeMap<&str, &str> {
        let places = &self.shared.assess.places;
        places.codes().filter_map(|code| Some((code, places.name(places.id(code).ok()?)))).collect()
    }
}
