//! What all requests of a client share: how many at once, how many a minute, and the API's wish to
//! be left alone.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep};
use tracing::info;

use super::error::StatusError;
use super::text;

/// The gate that every attempt passes.
#[derive(Debug)]
pub(super) struct Limits {
    slots: Semaphore,
    bucket: Option<Bucket>,
    pause: Mutex<Option<Pause>>,
}

type Bucket = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Duration>>;

/// Nobody sends anything until then.
#[derive(Debug, Clone)]
struct Pause {
    until: Instant,
    /// The 429 that began it.
    reason: StatusError,
}

/// The API wants to be left alone for longer than the caller has time.
#[derive(Debug)]
pub(super) struct PausedTooLong {
    pub(super) wait: Duration,
    pub(super) reason: StatusError,
}

impl Limits {
    /// At most `concurrent` requests at once (at least 1) and `per_minute` a minute (0: any
    /// number), with that many at once to begin with.
    pub(super) fn new(concurrent: usize, per_minute: u32) -> Self {
        Self {
            slots: Semaphore::new(concurrent.clamp(1, Semaphore::MAX_PERMITS)),
            bucket: NonZeroU32::new(per_minute).map(|number| {
                RateLimiter::direct_with_clock(
                    Quota::per_minute(number),
                    TokioClock(Instant::now()),
                )
            }),
            pause: Mutex::new(None),
        }
    }

    /// Waits until a request may be sent; it may be in flight for as long as the permit is kept.
    /// `spread` is added to the end of a pause, so that not all return at the same moment.
    ///
    /// # Errors
    /// If the API has asked for a pause longer than `patience`.
    pub(super) async fn enter(
        &self,
        patience: Duration,
        spread: Duration,
    ) -> Result<Option<SemaphorePermit<'_>>, PausedTooLong> {
        // An error means that the semaphore was closed, which nothing here does.
        let permit = self.slots.acquire().await.ok();
        let mut said = false;
        loop {
            if let Some((wait, reason)) = self.pause_left() {
                if wait >= patience {
                    return Err(PausedTooLong { wait, reason });
                }
                let wait = wait.saturating_add(spread);
                info!(
                    wait_ms = millis(wait),
                    "waiting {}: the API has limited the rate of requests",
                    text::duration(wait)
                );
                sleep(wait).await;
                continue;
            }
            let Some(bucket) = &self.bucket else {
                return Ok(permit);
            };
            let Err(wait) = bucket
                .check()
                .map_err(|busy| busy.wait_time_from(bucket.clock().now()))
            else {
                return Ok(permit);
            };
            if !said {
                said = true;
                info!(
                    wait_ms = millis(wait),
                    "waiting {} or more: requests_per_minute is reached",
                    text::duration(wait)
                );
            }
            sleep(wait).await;
        }
    }

    /// Lets nobody send anything for `wait` from now.
    pub(super) fn pause(&self, wait: Duration, reason: &StatusError) {
        // Longer than the clock can tell is as good as a year.
        let until = Instant::now()
            .checked_add(wait)
            .unwrap_or_else(|| Instant::now() + Duration::from_hours(24 * 365));
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        if pause.as_ref().is_none_or(|pause| pause.until < until) {
            *pause = Some(Pause {
                until,
                reason: reason.clone(),
            });
        }
    }

    fn pause_left(&self) -> Option<(Duration, StatusError)> {
        let mut pause = self.pause.lock().unwrap_or_else(PoisonError::into_inner);
        let left = pause
            .as_ref()?
            .until
            .saturating_duration_since(Instant::now());
        if left.is_zero() {
            *pause = None;
            return None;
        }
        pause.as_ref().map(|pause| (left, pause.reason.clone()))
    }
}

/// `wait` for a log field.
pub(super) fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

/// The runtime's clock, which tests can pause, as time since the limiter was made.
#[derive(Debug, Clone)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_mins(5);

    fn limited() -> StatusError {
        StatusError {
            status: 429,
            kind: None,
            errors: vec![],
            scope: None,
            request_id: None,
            foreign: None,
            repeated: false,
            retry_after: None,
            in_doubt: false,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_minute_at_once_then_evenly() {
        let limits = Limits::new(10, 60);
        let start = Instant::now();
        let mut moments = vec![];
        for _ in 0..63 {
            limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
            moments.push(start.elapsed().as_secs_f64().round());
        }
        assert!(
            moments[..60].iter().all(|&moment| moment == 0.0),
            "{moments:?}"
        );
        assert_eq!(moments[60..], [1.0, 2.0, 3.0]);
    }

    #[tokio::test(start_paused = true)]
    async fn no_limit() {
        let limits = Limits::new(0, 0);
        let start = Instant::now();
        for _ in 0..5000 {
            limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
        }
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_holds_everyone() {
        let limits = Limits::new(10, 1200);
        let start = Instant::now();
        limits.pause(Duration::from_secs(7), &limited());
        limits.pause(Duration::from_secs(3), &limited()); // does not shorten it
        let enter = || limits.enter(PATIENCE, Duration::ZERO);
        let (first, second) = tokio::join!(enter(), enter());
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(start.elapsed().as_secs(), 7);
        limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
        assert_eq!(start.elapsed().as_secs(), 7);
    }

    #[tokio::test(start_paused = true)]
    async fn a_pause_beyond_patience_fails_at_once() {
        let limits = Limits::new(10, 1200);
        limits.pause(Duration::MAX, &limited());
        let start = Instant::now();
        let error = limits.enter(PATIENCE, Duration::ZERO).await.unwrap_err();
        assert!(error.wait > PATIENCE);
        assert_eq!(error.reason.status, 429);
        assert_eq!(start.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn no_more_than_so_many_at_once() {
        let limits = Limits::new(2, 0);
        let first = limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
        let _second = limits.enter(PATIENCE, Duration::ZERO).await.unwrap();
        let third = limits.enter(PATIENCE, Duration::ZERO);
        tokio::pin!(third);
        assert!(
            tokio::time::timeout(Duration::from_secs(1), &mut third)
                .await
                .is_err()
        );
        drop(first);
        assert!(
            tokio::time::timeout(Duration::from_secs(1), &mut third)
                .await
                .unwrap()
                .is_ok()
        );
    }
}
