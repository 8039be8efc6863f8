//! How far a long computation is, and a word to stop it.
//!
//! A computation in draws tells its watch after each; a caller on another thread reads the share done, or asks for the end.
//! Neither changes a bit of the result.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Shared by the one who computes and the one who waits.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<State>);

#[derive(Debug, Default)]
struct State {
    done: AtomicU64,
    of: AtomicU64,
    is_stopped: AtomicBool,
}

impl Watch {
    /// A watch that nobody reads.
    pub fn none() -> Self {
        Self::default()
    }

    /// So many steps are to come.
    pub fn expect(&self, steps: u64) {
        self.0.of.fetch_add(steps, Ordering::Relaxed);
    }

    /// A step is done; false if the computation is to end.
    pub fn step(&self) -> bool {
        self.0.done.fetch_add(1, Ordering::Relaxed);
        !self.is_stopped()
    }

    /// The share of the steps that is done, 0 where none is expected.
    pub fn progress(&self) -> f64 {
        let (done, of) = (self.0.done.load(Ordering::Relaxed), self.0.of.load(Ordering::Relaxed));
        if of == 0 { 0.0 } else { (done as f64 / of as f64).min(1.0) }
    }

    /// Asks the computation to end.
    pub fn stop(&self) {
        self.0.is_stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked to end.
    pub fn is_stopped(&self) -> bool {
        self.0.is_stopped.load(Ordering::Relaxed)
    }
}
