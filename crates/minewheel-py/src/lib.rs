//! The native half of the Python package `minewheel`: hands arguments to the commands and JSON back.
//!
//! Every question runs on a thread of its own with the interpreter free, so that other Python threads go on and Ctrl-C is
//! heard (`answer`). A question is a command and a JSON object of its arguments; its answer is the text that the command
//! line prints with `--format json`, by the same code (`minewheel_cli::ask`). `python/minewheel` reads it into typed
//! objects. No formula stands here.

#![expect(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over by value")]

mod answer;
mod cars;
mod failure;
mod lca;
mod tables;

use pyo3::prelude::*;

/// Name and JSON Schema of every answer, from which `minewheel/results` is generated.
#[pyfunction]
fn schemas() -> Vec<(&'static str, String)> {
    minewheel_cli::ask::schemas().into_iter().map(|(name, schema)| (name, schema.to_string())).collect()
}

/// The module `minewheel._native`.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("MinewheelError", module.py().get_type::<failure::MinewheelError>())?;
    module.add_class::<tables::Tables>()?;
    module.add_class::<cars::Car>()?;
    module.add_class::<lca::Network>()?;
    module.add_class::<lca::Database>()?;
    module.add_function(wrap_pyfunction!(schemas, module)?)
}
