//! What went wrong, as the Python exception `minewheel.MinewheelError` with the command line's codes.

use minewheel_cli::ask::Refusal;
use minewheel_data::table::nearest;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

pyo3::create_exception!(
    minewheel._native,
    MinewheelError,
    PyValueError,
    "An input that Minewheel refuses, or a question without an answer.\n\n`code` is stable and listed in the documentation; `help` says what to do next, or is None."
);

/// Why a question has no answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    code: String,
    message: String,
    help: Option<String>,
}

impl Failure {
    /// A failure with its code and what to do next.
    pub fn new(code: &str, message: impl ToString, help: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_string(), help: (!help.is_empty()).then(|| help.to_owned()) }
    }

    /// An argument with a value that it cannot have.
    pub fn argument(name: &str, seen: impl std::fmt::Display, wanted: impl std::fmt::Display) -> Self {
        Self::new("minewheel::option", format!("{name} is {seen}, wanted {wanted}"), "")
    }

    /// A word that an argument does not know.
    pub fn word(kind: &str, seen: &str, known: &str) -> Self {
        let near = nearest(seen, known.split(", ")).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
        Self::new("minewheel::name", format!("`{seen}` is not a {kind}{near}; there are: {known}"), "give one of the names listed")
    }

    /// A computation that ended without an answer.
    pub fn broken() -> Self {
        Self::new("minewheel::broken", "the computation broke off; its message is on standard error", "this is a defect: please report it")
    }

    /// The Python exception.
    pub fn into_py(self, py: Python<'_>) -> PyErr {
        let error = MinewheelError::new_err(self.message);
        let value = error.value(py);
        let set = value.setattr("code", self.code).and_then(|()| value.setattr("help", self.help));
        match set {
            Ok(()) => error,
            Err(other) => other,
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self { code: refusal.code, message: refusal.message, help: refusal.help }
    }
}
