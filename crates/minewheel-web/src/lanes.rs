//! How many questions are computed at once, and how many may wait.
//!
//! Short and long questions go in lanes of their own, so that a slider answers while an interval is drawn. Computations run
//! on threads apart from those that serve connections. A question that nobody waits for any longer is told to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use minewheel_assess::watch::Watch;
use tokio::sync::Semaphore;

use crate::service::Refusal;

/// One lane.
#[derive(Debug, Clone)]
pub struct Lane {
    seats: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    most_waiting: usize,
}

/// One who waits; leaving counts itself off.
struct Waiting<'l>(&'l AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Stops a computation when the one who asked is gone.
struct StopOnDrop(Watch);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.stop();
    }
}

impl Lane {
    /// A lane in which so many are computed at once and so many may wait.
    pub fn new(at_once: usize, most_waiting: usize) -> Self {
        Self { seats: Arc::new(Semaphore::new(at_once.max(1))), waiting: Arc::default(), most_waiting }
    }

    /// Computes an answer when there is a seat.
    ///
    /// # Errors
    /// Too many wait, the answer takes too long, or whatever the computation refuses.
    pub async fn compute(
        &self,
        watch: &Watch,
        time: Duration,
        work: impl FnOnce(&Watch) -> Result<String, Refusal> + Send + 'static,
    ) -> Result<String, Refusal> {
        let _gone = StopOnDrop(watch.clone());
        let busy = || Refusal::new(429, "minewheel::web::busy", "too many questions are waiting").with_help("ask again in a second");
        let seat = {
            if self.waiting.fetch_add(1, Ordering::Relaxed) >= self.most_waiting {
                self.waiting.fetch_sub(1, Ordering::Relaxed);
                return Err(busy());
            }
            let _waiting = Waiting(&self.waiting);
            match tokio::time::timeout(time, Arc::clone(&self.seats).acquire_owned()).await {
                Ok(Ok(seat)) => seat,
                _ => return Err(busy()),
            }
        };
        let theirs = watch.clone();
        // The seat goes with the work: it is free when the work has ended, not when nobody waits any longer.
        let task = tokio::task::spawn_blocking(move || {
            let _seat = seat;
            work(&theirs)
        });
        match tokio::time::timeout(time, task).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) => Err(Refusal::new(500, "minewheel::web::failed", "the computation failed; this is a defect of Minewheel")
                .with_help("please report it with the question that you asked")),
            Err(_) => Err(Refusal::new(503, "minewheel::web::time", format!("the answer takes longer than {} s", time.as_secs()))
                .with_help("ask for fewer samples or cars, or start a job below /api/1/jobs/")),
        }
    }
}
