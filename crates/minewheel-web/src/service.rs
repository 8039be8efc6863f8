//! What a server is handed: questions, a function that answers them, limits.

use std::sync::Arc;
use std::time::Duration;

use minewheel_assess::watch::Watch;
use serde::Serialize;
use serde_json::{Map, Value};

/// How a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// By its path and query.
    Get,
    /// With a JSON body.
    Post,
}

/// A question that may be asked.
#[derive(Debug, Clone)]
pub struct Question {
    /// Its path below `/api/1/`, with `{name}` for a part that is asked about: `cars/{id}`.
    pub path: String,
    /// How it is asked.
    pub method: Method,
    /// What it answers, in a sentence.
    pub summary: String,
    /// The JSON Schema of its body, or of its query's keys.
    pub request: Value,
    /// The JSON Schema of its answer.
    pub response: Value,
}

/// Why a question is not answered.
#[derive(Debug, Clone, PartialEq, Serialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// Status of HTTP.
    #[serde(skip)]
    pub status: u16,
    /// A stable code.
    pub code: String,
    /// What is wrong: the thing, the value seen, the value wanted.
    pub message: String,
    /// What to do next.
    pub help: Option<String>,
}

impl Refusal {
    /// A refusal without help.
    pub fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), help: None }
    }

    /// With a word on what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// Answers a question by its path and body, in JSON. It may be called from many threads, and should look at the watch.
pub type Answer = Arc<dyn Fn(&str, Map<String, Value>, &Watch) -> Result<String, Refusal> + Send + Sync>;

/// Whether a question takes long, by its path and body.
pub type IsLong = Arc<dyn Fn(&str, &Map<String, Value>) -> bool + Send + Sync>;

/// What a server allows.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of a body.
    pub body_bytes: usize,
    /// Time for a short question, and for a long one.
    pub time: [Duration; 2],
    /// Time for a job.
    pub job_time: Duration,
    /// Time in which a body must have come.
    pub body_time: Duration,
    /// Short and long questions that are computed at once.
    pub at_once: [usize; 2],
    /// Short and long questions that may wait.
    pub waiting: [usize; 2],
    /// Jobs that are remembered.
    pub jobs: usize,
}

impl Default for Limits {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            body_bytes: 1024 * 1024,
            time: [Duration::from_secs(20), Duration::from_mins(2)],
            job_time: Duration::from_mins(30),
            body_time: Duration::from_secs(10),
            at_once: [cores, cores.div_ceil(2)],
            waiting: [512, 32],
            jobs: 32,
        }
    }
}

/// Everything a server answers.
#[derive(Clone)]
pub struct Service {
    /// Version of the program.
    pub version: &'static str,
    /// The questions.
    pub questions: Vec<Question>,
    /// What answers them.
    pub answer: Answer,
    /// Which of them take long.
    pub is_long: IsLong,
    /// What is allowed.
    pub limits: Limits,
}
