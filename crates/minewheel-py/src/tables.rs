//! The tables that questions are asked of, read once and shared.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use minewheel_cli::ask::{Asker, Questions};
use minewheel_data::car::CarDesign;
use pyo3::prelude::*;

use crate::answer;
use crate::failure::Failure;

/// Networks that are kept between questions, each of a few megabytes.
const MOST_NETWORKS: usize = 8;

/// The tables of the package, with the tables of a folder laid over them if one is given.
#[pyclass(frozen, module = "minewheel._native")]
pub struct Tables {
    /// What may be asked of them.
    pub questions: Arc<Questions>,
}

impl Tables {
    fn read(&self) -> PyResult<&minewheel_assess::tables::Tables> {
        self.questions.tables().map_err(|refusal| Python::attach(|py| Failure::from(refusal).into_py(py)))
    }
}

#[pymethods]
impl Tables {
    #[new]
    #[pyo3(signature = (folder=None))]
    fn new(py: Python<'_>, folder: Option<PathBuf>) -> PyResult<Self> {
        let questions = answer::value(py, move |_| Ok(Questions::new(folder.as_deref(), MOST_NETWORKS)?))?;
        Ok(Self { questions: Arc::new(questions) })
    }

    /// What a command answers: its words (`fleet/run`), and a JSON object of its arguments.
    fn ask(&self, py: Python<'_>, command: String, arguments: &str) -> PyResult<String> {
        let body = serde_json::from_str(arguments).map_err(|error| Failure::argument("arguments", error, "a JSON object").into_py(py))?;
        let questions = Arc::clone(&self.questions);
        answer::value(py, move |watch| Ok(questions.ask(Asker::Program, &command, body, watch)?))
    }

    /// Fingerprint of all tables: equal tables, equal fingerprint.
    #[getter]
    fn fingerprint(&self) -> PyResult<&str> {
        Ok(&self.read()?.fingerprint)
    }

    /// Ids of the cars whose id, name, make or model has a text in it.
    fn car_ids(&self, text: &str) -> PyResult<Vec<&str>> {
        let needle = text.to_lowercase();
        let has = |car: &&CarDesign| {
            let words = [Some(car.id.as_str()), car.name.as_deref(), car.make.as_deref(), car.model.as_deref()];
            words.into_iter().flatten().any(|t| t.to_lowercase().contains(&needle))
        };
        Ok(self.read()?.catalogue.cars().iter().filter(has).map(|car| car.id.as_str()).collect())
    }

    /// Ids of the cell chemistries.
    fn chemistries(&self) -> PyResult<Vec<String>> {
        Ok(self.read()?.chemistries())
    }

    /// Ids of the drive cycles.
    fn cycles(&self) -> PyResult<Vec<&str>> {
        Ok(self.read()?.cycles.entries().iter().map(|c| &*c.id).collect())
    }

    /// Codes and names of the places.
    fn places(&self) -> PyResult<BTreeMap<&str, &str>> {
        let places = &self.read()?.places;
        Ok(places.codes().filter_map(|code| Some((code, places.name(places.id(code).ok()?)))).collect())
    }
}
