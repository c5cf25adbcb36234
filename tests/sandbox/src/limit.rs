//! Requests a minute for each key.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

/// A bucket for each key, full at first and refilled evenly over the minute.
#[derive(Debug, Default)]
pub(crate) struct Limiter {
    buckets: HashMap<String, Bucket>,
}

#[derive(Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

impl Limiter {
    /// Forgets all requests so far.
    pub(crate) fn reset(&mut self) {
        self.buckets.clear();
    }

    /// Takes one request of `key` at `now` under a limit per minute.
    ///
    /// # Errors
    /// How long until there is one to take.
    pub(crate) fn take(&mut self, key: &str, limit: u32, now: Instant) -> Result<(), Duration> {
        let size = f64::from(limit);
        let rate = size / 60.0;
        let bucket = self.buckets.entry(key.to_owned()).or_insert(Bucket {
            left: size,
            at: now,
        });
        let passed = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + passed * rate).min(size);
        bucket.at = now;
        if bucket.left >= 1.0 {
            bucket.left -= 1.0;
            return Ok(());
        }
        let wait = (1.0 - bucket.left) / rate;
        Err(Duration::try_from_secs_f64(wait).unwrap_or(Duration::from_mins(1)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refills_over_the_minute_and_per_key() {
        let mut limiter = Limiter::default();
        let start = Instant::now();
        assert!(limiter.take("a", 2, start).is_ok());
        assert!(limiter.take("a", 2, start).is_ok());
        assert_eq!(limiter.take("a", 2, start), Err(Duration::from_secs(30)));
        assert!(limiter.take("b", 2, start).is_ok());
        let later = start + Duration::from_secs(31);
        assert!(limiter.take("a", 2, later).is_ok());
        assert!(limiter.take("a", 2, later).is_err());
    }

    #[test]
    fn a_limit_of_nothing_never_lets_anyone_in() {
        let wait = Limiter::default().take("a", 0, Instant::now());
        assert_eq!(wait, Err(Duration::from_mins(1)));
    }
}
