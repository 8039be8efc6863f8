//! The JSON schemas of results, from which `minewheel/results` is generated.

use pyo3::prelude::*;

use crate::failure::Failure;
use crate::questions::result_schemas;

/// Name and JSON schema of every result.
#[pyfunction]
pub fn schemas(py: Python<'_>) -> PyResult<Vec<(&'static str, String)>> {
    let text = |(name, schema): (&'static str, schemars::Schema)| {
        let text = serde_json::to_string(&schema).map_err(|error| Failure::unwritable(&error).into_py(py))?;
        Ok((name, text))
    };
    result_schemas().into_iter().map(text).collect()
}
