//! The native half of the Python package `minewheel`: converts arguments, calls the libraries, hands back JSON.
//!
//! Every question runs on a thread of its own with the interpreter free, so that other Python threads go on and Ctrl-C is
//! heard (`answer`). Its answer is the text that the command line prints with `--format json`; `python/minewheel` reads
//! it into typed objects. No formula stands here.

#![expect(clippy::needless_pass_by_value, reason = "PyO3 hands arguments over by value")]

mod answer;
mod cars;
mod failure;
mod lca;
mod questions;
mod schema;
mod tables;

use pyo3::prelude::*;

/// The module `minewheel._native`.
#[pymodule]
fn _native(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("MinewheelError", module.py().get_type::<failure::MinewheelError>())?;
    module.add_class::<tables::Tables>()?;
    module.add_class::<cars::Car>()?;
    module.add_class::<lca::Network>()?;
    module.add_class::<lca::Database>()?;
    module.add_function(wrap_pyfunction!(schema::schemas, module)?)?;
    questions::register(module)
}
