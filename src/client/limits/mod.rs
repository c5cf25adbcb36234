//! What all requests of a client share: how many at once, how many a minute, and the API's wish to
//! be left alone.

mod bucket;
#[cfg(fuzzing)]
pub(super) mod fuzzing;
mod quota;
#[cfg(test)]
mod tests;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep, timeout};
use tracing::info;

use self::bucket::Bucket;
use self::quota::Quota;
pub(super) use self::quota::Standing;
use super::error::StatusError;
use super::text;

/// How long the first request of a process has the API to itself. Its answer tells how much of the
/// API's limit is left; ten requests at once would find out by being refused. It also sets up the
/// one connection that all share.
const ALONE: Duration = Duration::from_millis(300);
/// Waiting longer than this for others to finish is worth a line in the log.
const LONG: Duration = Duration::from_secs(5);

/// The gate that every attempt passes.
#[derive(Debug)]
pub(super) struct Limits {
    slots: Semaphore,
    pace: Mutex<Pace>,
    /// Woken when the first answer is there.
    opened: Notify,
}

#[derive(Debug)]
struct Pace {
    /// `requests_per_minute`.
    ours: Option<Bucket>,
    /// The API's own limit, as far as it has told.
    theirs: Option<Bucket>,
    /// Requests under way.
    in_flight: u32,
    opening: Opening,
    pause: Option<Pause>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// Nobody has sent anything.
    Closed,
    /// The first one has, and its answer is awaited.
    OneOut,
    /// All may go.
    Open,
}

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

/// Permission for one request, to be kept until its answer is there.
#[derive(Debug)]
pub(super) struct Pass<'a> {
    limits: &'a Limits,
    _slot: Option<SemaphorePermit<'a>>,
}

/// What a request has to wait for.
enum Hold {
    Pause(Duration, StatusError),
    Ours(Duration),
    Theirs(Duration, Quota),
}

impl Limits {
    /// At most `concurrent` requests at once (at least 1) and `per_minute` a minute (0: any
    /// number), with that many at once to begin with.
    pub(super) fn new(concurrent: usize, per_minute: u32) -> Self {
        let ours =
            (per_minute > 0).then(|| Bucket::new(Quota::per_minute(per_minute), Instant::now()));
        Self {
            slots: Semaphore::new(concurrent.clamp(1, Semaphore::MAX_PERMITS)),
            pace: Mutex::new(Pace {
                ours,
                theirs: None,
                in_flight: 0,
                opening: Opening::Closed,
                pause: None,
            }),
            opened: Notify::new(),
        }
    }

    /// Waits until a request may be sent; it may be in flight for as long as the pass is kept.
    /// `spread` is added to the end of a pause, so that not all return at the same moment.
    ///
    /// # Errors
    /// If the API has asked for a pause longer than `patience`.
    pub(super) async fn enter(
        &self,
        patience: Duration,
        spread: Duration,
    ) -> Result<Pass<'_>, PausedTooLong> {
        let slot = self.slot().await;
        self.let_one_go_ahead().await;
        let mut said = false;
        loop {
            let Some(hold) = self.pace().take(Instant::now()) else {
                return Ok(Pass {
                    limits: self,
                    _slot: slot,
                });
            };
            let wait = match hold {
                Hold::Pause(wait, reason) => {
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
                Hold::Ours(wait) | Hold::Theirs(wait, _) => wait,
            };
            if !said {
                said = true;
                let reached = match hold {
                    Hold::Theirs(_, quota) => format!(
                        "the API's limit of {} requests in {} is used up",
                        quota.requests,
                        text::duration(quota.window())
                    ),
                    _ => "requests_per_minute is reached".to_owned(),
                };
                info!(
                    wait_ms = millis(wait),
                    "waiting {} or more: {reached}",
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
        let mut pace = self.pace();
        if let Some(bucket) = &mut pace.theirs {
            bucket.slow_down();
        }
        if pace.pause.as_ref().is_none_or(|pause| pause.until < until) {
            pace.pause = Some(Pause {
                until,
                reason: reason.clone(),
            });
        }
    }

    async fn slot(&self) -> Option<SemaphorePermit<'_>> {
        let acquired = self.slots.acquire();
        tokio::pin!(acquired);
        let slot = if let Ok(slot) = timeout(LONG, &mut acquired).await {
            slot
        } else {
            info!(
                "waiting for other requests to end: as many as max_concurrent_requests allows are \
                 under way"
            );
            acquired.await
        };
        // An error means that the semaphore was closed, which nothing here does.
        slot.ok()
    }

    async fn let_one_go_ahead(&self) {
        let opened = self.opened.notified();
        {
            let mut pace = self.pace();
            match pace.opening {
                Opening::Open => return,
                Opening::Closed => {
                    pace.opening = Opening::OneOut;
                    return;
                }
                Opening::OneOut => {}
            }
        }
        let _ = timeout(ALONE, opened).await;
        self.open();
    }

    fn open(&self) {
        self.pace().opening = Opening::Open;
        self.opened.notify_waiters();
    }

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pace {
    /// Counts a request as sent, unless it has to wait.
    fn take(&mut self, now: Instant) -> Option<Hold> {
        if let Some(pause) = &self.pause {
            let left = pause.until.saturating_duration_since(now);
            if !left.is_zero() {
                return Some(Hold::Pause(left, pause.reason.clone()));
            }
            self.pause = None;
        }
        if let Some(wait) = self.ours.as_mut().and_then(|bucket| bucket.wait(now)) {
            return Some(Hold::Ours(wait));
        }
        if let Some(bucket) = &mut self.theirs
            && let Some(wait) = bucket.wait(now)
        {
            return Some(Hold::Theirs(wait, bucket.quota()));
        }
        for bucket in self.ours.iter_mut().chain(&mut self.theirs) {
            bucket.take();
        }
        self.in_flight += 1;
        None
    }

    /// Takes in what an answer tells of the API's limit.
    fn learn(&mut self, standing: Standing, now: Instant) {
        // The API may not have seen the others yet. Where it has, this counts them twice, which
        // costs a moment; the other mistake would cost a refusal.
        let others = self.in_flight.saturating_sub(1);
        let left = f64::from(standing.remaining) - f64::from(others);
        let known = self
            .theirs
            .take()
            .filter(|bucket| bucket.quota() == standing.quota);
        let mut bucket = known.unwrap_or_else(|| Bucket::new(standing.quota, now));
        // What is remaining may lag behind, and others use the same limit.
        bucket.lower(left, now);
        if standing.remaining > 0 {
            bucket.speed_up();
        }
        self.theirs = Some(bucket);
    }
}

impl Pass<'_> {
    /// Takes in what the answer to this request tells of the API's limit.
    pub(super) fn learn(&self, standing: Standing) {
        self.limits.pace().learn(standing, Instant::now());
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        let mut pace = self.limits.pace();
        pace.in_flight = pace.in_flight.saturating_sub(1);
        let first = pace.opening == Opening::OneOut;
        drop(pace);
        if first {
            self.limits.open();
        }
    }
}

/// `wait` for a log field.
pub(super) fn millis(wait: Duration) -> u64 {
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}
