//! How often somebody may ask: a bucket of turns for each name, filled at a steady rate.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// Names that are remembered; past that, full buckets are forgotten.
const MOST_NAMES: usize = 10_000;

struct Bucket {
    turns: f64,
    seen: Instant,
}

/// Buckets by name.
pub(super) struct Limiter {
    rate: f64,
    burst: f64,
    buckets: Mutex<HashMap<String, Bucket>>,
}

impl Limiter {
    /// A limit of so many turns a second for long and so many at once; nought for none.
    pub(super) fn new(rate: u32, burst: u32) -> Self {
        Self { rate: rate.into(), burst: burst.into(), buckets: Mutex::new(HashMap::new()) }
    }

    /// Takes a turn, or says after how many seconds there is one.
    pub(super) fn take(&self, name: &str) -> Result<(), u64> {
        if self.rate == 0.0 {
            return Ok(());
        }
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= MOST_NAMES {
            let (rate, burst) = (self.rate, self.burst);
            buckets.retain(|_, b| b.turns + now.duration_since(b.seen).as_secs_f64() * rate < burst);
        }
        let bucket = buckets.entry(name.to_owned()).or_insert(Bucket { turns: self.burst, seen: now });
        bucket.turns = (bucket.turns + now.duration_since(bucket.seen).as_secs_f64() * self.rate).min(self.burst);
        bucket.seen = now;
        if bucket.turns >= 1.0 {
            bucket.turns -= 1.0;
            return Ok(());
        }
        Err(((1.0 - bucket.turns) / self.rate).ceil() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::Limiter;

    #[test]
    fn a_bucket_empties_for_its_name_alone() {
        let limiter = Limiter::new(1, 3);
        assert!((0..3).all(|_| limiter.take("a").is_ok()));
        assert_eq!(limiter.take("a"), Err(1));
        assert!(limiter.take("b").is_ok());
        assert!((0..100).all(|_| Limiter::new(0, 0).take("a").is_ok()));
    }
}
