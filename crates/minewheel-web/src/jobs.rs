//! Long work in the background: taken on, watched, called off, forgotten.
//!
//! A job is one question. At most so many are remembered; the oldest that has ended makes room for the next, and where all
//! still run, the next is refused.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use minewheel_assess::watch::Watch;

use crate::service::Refusal;

/// How a job stands.
#[derive(Debug, Clone, PartialEq)]
pub enum State {
    /// It waits for a seat or is computed.
    Running,
    /// Its answer.
    Done(Arc<str>),
    /// Why there is none.
    Failed(Refusal),
    /// It was called off.
    Cancelled,
}

impl State {
    /// The word for it.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done(_) => "done",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A job.
#[derive(Debug)]
pub struct Job {
    /// Its name.
    pub id: String,
    /// How far it is.
    pub watch: Watch,
    state: Mutex<State>,
}

impl Job {
    /// How it stands.
    pub fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Writes down how it ended; one that was called off stays so.
    pub fn end(&self, answer: Result<String, Refusal>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Running {
            *state = match answer {
                Ok(text) => State::Done(text.into()),
                Err(refusal) => State::Failed(refusal),
            };
        }
    }

    /// Calls it off.
    pub fn cancel(&self) {
        self.watch.stop();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if *state == State::Running {
            *state = State::Cancelled;
        }
    }

    /// How it stands, as JSON; with its answer if it has one and `with_result` is set.
    pub fn to_json(&self, with_result: bool) -> String {
        let state = self.state();
        let progress = if matches!(state, State::Done(_)) { 1.0 } else { self.watch.progress() };
        let mut text = format!("{{\"id\": \"{}\", \"state\": \"{}\", \"progress\": {progress}", self.id, state.word());
        match &state {
            State::Done(answer) if with_result => {
                text.push_str(", \"result\": ");
                text.push_str(answer.trim_end());
            }
            State::Failed(refusal) => {
                text.push_str(", \"error\": ");
                text.push_str(&serde_json::to_string(refusal).unwrap_or_default());
            }
            _ => {}
        }
        text.push('}');
        text
    }
}

/// All jobs that are remembered.
#[derive(Debug)]
pub struct Jobs {
    most: usize,
    kept: Mutex<VecDeque<Arc<Job>>>,
    names: RandomState,
    taken: AtomicU64,
}

impl Jobs {
    /// Remembers up to so many.
    pub fn keeping(most: usize) -> Self {
        Self { most, kept: Mutex::default(), names: RandomState::new(), taken: AtomicU64::new(0) }
    }

    /// Takes one on.
    ///
    /// # Errors
    /// All that are remembered still run.
    pub fn take(&self) -> Result<Arc<Job>, Refusal> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= self.most {
            let Some(ended) = kept.iter().position(|j| j.state() != State::Running) else {
                return Err(Refusal::new(429, "minewheel::web::busy", format!("{} jobs run already", self.most))
                    .with_help("wait until one has ended, or cancel one with DELETE"));
            };
            kept.remove(ended);
        }
        // The name cannot be guessed by one who was not told.
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let job =
            Arc::new(Job { id: format!("{number:x}-{:016x}", self.names.hash_one(number)), watch: Watch::none(), state: Mutex::new(State::Running) });
        kept.push_back(Arc::clone(&job));
        Ok(job)
    }

    /// A job by its name.
    ///
    /// # Errors
    /// There is none, or it was forgotten.
    pub fn find(&self, id: &str) -> Result<Arc<Job>, Refusal> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|j| j.id == id).map(Arc::clone);
        found.ok_or_else(|| Refusal::new(404, "minewheel::web::job", format!("there is no job `{id}`, or it was forgotten")))
    }

    /// Calls all off.
    pub fn cancel_all(&self) {
        for job in self.kept.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            job.cancel();
        }
    }
}
