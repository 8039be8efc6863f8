//! Long calls: the interpreter goes on, and Ctrl-C stops them.
//!
//! A question is computed on a thread of its own. The calling thread lets go of the interpreter and looks for signals ten
//! times a second; a signal handler that raises (Ctrl-C does) ends the call at once and stops the [`Watch`] that questions in
//! draws look at.

use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use minewheel_assess::watch::Watch;
use pyo3::prelude::*;

use crate::failure::Failure;

/// How often a waiting call looks for signals.
const PATIENCE: Duration = Duration::from_millis(100);

/// The value that a question has, computed with the interpreter free.
///
/// # Errors
/// The question's own failure, or what a signal handler raised.
pub fn value<T: Send + 'static>(py: Python<'_>, question: impl FnOnce(&Watch) -> Result<T, Failure> + Send + 'static) -> PyResult<T> {
    let (sender, mut receiver) = channel();
    let watch = Watch::none();
    let asked = watch.clone();
    std::thread::spawn(move || {
        // Nobody listens after an interrupt; the answer is dropped then.
        let _ = sender.send(question(&asked));
    });
    loop {
        let waiting = &mut receiver;
        match py.detach(move || waiting.recv_timeout(PATIENCE)) {
            Ok(answer) => return answer.map_err(|failure| failure.into_py(py)),
            Err(RecvTimeoutError::Timeout) => py.check_signals().inspect_err(|_| watch.stop())?,
            Err(RecvTimeoutError::Disconnected) => return Err(Failure::broken().into_py(py)),
        }
    }
}
