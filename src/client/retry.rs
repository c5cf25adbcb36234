//! Whether to try again, and when: a pure policy. Time and chance are passed in.

use std::time::Duration;

use super::error::{ClientError, ConnectionKind, DecodeProblem, GaveUp};

/// An attempt with less time than this is not made: it would end in nothing but its own lack of
/// time, and leave in doubt what the one before may have told.
pub(super) const LEAST_TIME: Duration = Duration::from_millis(100);

/// When to try again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RetryPolicy {
    /// How many attempts may follow the first.
    pub(super) max_retries: u32,
    /// How long all attempts and waits may take.
    pub(super) retry_timeout: Duration,
    /// The first wait; each further one is twice as long.
    pub(super) first_wait: Duration,
    /// The longest wait, unless the API asks for a longer one.
    pub(super) longest_wait: Duration,
}

/// What an attempt came to, if not to success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The same request will fail again.
    Final,
    /// It may work later. `told`: how long the API asks to wait.
    Passing { told: Option<Duration> },
    /// The API's limit is used up, and it says when a request will succeed. That is a queue rather
    /// than a failure, so it does not count as an attempt.
    Limited { wait: Duration },
}

/// What to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Wait this long, then try again.
    Wait(Duration),
    /// Report the error as it is.
    Fail,
    /// Report that trying again came to its end.
    GiveUp(GaveUp),
}

impl RetryPolicy {
    /// The policy for these limits, with waits of 0.5, 1, 2, 4 … up to 30 seconds, each shortened
    /// at random by up to half so that those who failed together do not return together.
    pub(super) fn new(max_retries: u32, retry_timeout: Duration) -> Self {
        Self {
            max_retries,
            retry_timeout,
            first_wait: Duration::from_millis(500),
            longest_wait: Duration::from_secs(30),
        }
    }

    /// What to do after `attempt` ended in `outcome`, `elapsed` after the first one began. Attempts
    /// are counted from 1, without those that were [`Outcome::Limited`]. `chance` is a random
    /// number from 0 to 1.
    pub(super) fn decide(
        &self,
        attempt: u32,
        outcome: Outcome,
        elapsed: Duration,
        chance: f64,
    ) -> Verdict {
        let (told, counts) = match outcome {
            Outcome::Final => return Verdict::Fail,
            Outcome::Passing { told } => (told, true),
            Outcome::Limited { wait } => (Some(wait), false),
        };
        if counts && attempt > self.max_retries {
            // Someone who wants no retries should not read about them.
            return if attempt == 1 {
                Verdict::Fail
            } else {
                Verdict::GiveUp(GaveUp::MaxRetries)
            };
        }
        let left = self.retry_timeout.saturating_sub(elapsed);
        let told = match told {
            Some(wait) if wait >= left => return Verdict::GiveUp(GaveUp::WaitTooLong(wait)),
            Some(wait) => wait.saturating_add(self.spread(chance)),
            None => Duration::ZERO,
        };
        // A moment that is told again and again would use up all attempts at once.
        let wait = if counts {
            told.max(self.backoff(attempt, chance))
        } else {
            told
        };
        if wait.saturating_add(LEAST_TIME) > left {
            Verdict::GiveUp(GaveUp::RetryTimeout)
        } else {
            Verdict::Wait(wait)
        }
    }

    /// A random part of the first wait, added where all would otherwise return at the same moment.
    pub(super) fn spread(&self, chance: f64) -> Duration {
        self.first_wait.mul_f64(chance.clamp(0.0, 1.0))
    }

    fn backoff(&self, attempt: u32, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(attempt.saturating_sub(1));
        let full = self
            .first_wait
            .saturating_mul(doubled)
            .min(self.longest_wait);
        full.mul_f64(1.0 - chance.clamp(0.0, 1.0) / 2.0)
    }
}

/// Whether what went wrong may pass. Every request here may be sent twice: the same PUT has the
/// same effect.
pub(super) fn outcome(error: &ClientError) -> Outcome {
    let passes = match error {
        ClientError::Timeout { .. } => true,
        ClientError::Connection(error) => match error.kind {
            ConnectionKind::Dns
            | ConnectionKind::Connect
            | ConnectionKind::NoThread
            | ConnectionKind::Lost => true,
            // Whatever TLS says to begin with, it says again next time.
            ConnectionKind::Proxy => error.tls.is_none(),
            ConnectionKind::Setup
            | ConnectionKind::Trust
            | ConnectionKind::ProxySettings
            | ConnectionKind::ProxyAuthentication
            | ConnectionKind::Tls => false,
        },
        ClientError::Status(error) => {
            // A limit that is over at once is none, or a mistake that must not be repeated for
            // ever.
            if let (429, Some(wait)) = (error.status, error.retry_after)
                && !wait.is_zero()
            {
                return Outcome::Limited { wait };
            }
            if error.may_pass() {
                return Outcome::Passing {
                    told: error.retry_after.filter(|wait| !wait.is_zero()),
                };
            }
            false
        }
        ClientError::Decode(error) => matches!(
            error.problem,
            DecodeProblem::Empty | DecodeProblem::Truncated
        ),
        ClientError::InvalidCredential(_)
        | ClientError::Redirect { .. }
        | ClientError::Stopped { .. }
        | ClientError::RetriesExhausted { .. } => false,
    };
    if passes {
        Outcome::Passing { told: None }
    } else {
        Outcome::Final
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::error::{ConnectionError, DecodeError, StatusError};

    const fn secs(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn decisions() {
        let policy = RetryPolicy::new(4, secs(60));
        let again = Outcome::Passing { told: None };
        let told = |seconds| Outcome::Passing {
            told: Some(secs(seconds)),
        };
        let millis = |millis| Verdict::Wait(Duration::from_millis(millis));
        for (name, attempt, outcome, elapsed, chance, expected) in [
            ("final", 1, Outcome::Final, 0, 0.0, Verdict::Fail),
            ("first", 1, again, 0, 0.0, millis(500)),
            ("first, jittered", 1, again, 0, 1.0, millis(250)),
            ("second", 2, again, 1, 0.0, millis(1000)),
            ("fourth", 4, again, 1, 0.5, millis(3000)),
            (
                "fifth",
                5,
                again,
                1,
                0.5,
                Verdict::GiveUp(GaveUp::MaxRetries),
            ),
            ("told", 1, told(7), 0, 0.0, millis(7000)),
            ("told, spread", 1, told(7), 0, 1.0, millis(7500)),
            ("told to come at once", 1, told(0), 0, 0.5, millis(375)),
            ("told to come soon", 4, told(1), 0, 0.0, millis(4000)),
            (
                "told the time left",
                1,
                told(50),
                10,
                0.0,
                Verdict::GiveUp(GaveUp::WaitTooLong(secs(50))),
            ),
            (
                "told just less, spread",
                1,
                told(49),
                10,
                1.0,
                millis(49_500),
            ),
            (
                "told so that no attempt has time",
                1,
                Outcome::Passing {
                    told: Some(Duration::from_millis(49_600)),
                },
                10,
                1.0,
                Verdict::GiveUp(GaveUp::RetryTimeout),
            ),
            (
                "told too often",
                5,
                told(1),
                0,
                0.0,
                Verdict::GiveUp(GaveUp::MaxRetries),
            ),
            (
                "limited, however often",
                99,
                Outcome::Limited { wait: secs(3) },
                50,
                0.0,
                millis(3000),
            ),
            (
                "limited for too long",
                1,
                Outcome::Limited { wait: secs(3) },
                57,
                0.0,
                Verdict::GiveUp(GaveUp::WaitTooLong(secs(3))),
            ),
            (
                "time over",
                2,
                again,
                60,
                0.0,
                Verdict::GiveUp(GaveUp::RetryTimeout),
            ),
            (
                "time long over",
                2,
                again,
                1000,
                0.0,
                Verdict::GiveUp(GaveUp::RetryTimeout),
            ),
            (
                "no time for the wait",
                4,
                again,
                58,
                0.0,
                Verdict::GiveUp(GaveUp::RetryTimeout),
            ),
            ("chance out of bounds", 1, again, 0, 7.0, millis(250)),
            ("not a chance", 1, again, 0, -1.0, millis(500)),
        ] {
            assert_eq!(
                policy.decide(attempt, outcome, secs(elapsed), chance),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn waits_are_capped_and_limits_may_be_extreme() {
        let policy = RetryPolicy::new(u32::MAX, Duration::MAX);
        let again = Outcome::Passing { told: None };
        assert_eq!(
            policy.decide(9, again, secs(0), 0.0),
            Verdict::Wait(secs(30))
        );
        assert_eq!(
            policy.decide(u32::MAX, again, secs(0), 0.0),
            Verdict::Wait(secs(30))
        );
        let forever = Outcome::Passing {
            told: Some(Duration::MAX),
        };
        assert_eq!(
            policy.decide(1, forever, secs(0), 0.5),
            Verdict::GiveUp(GaveUp::WaitTooLong(Duration::MAX))
        );
        let none = RetryPolicy::new(0, Duration::ZERO);
        assert_eq!(none.decide(1, again, secs(0), 0.5), Verdict::Fail);
    }

    #[test]
    fn what_may_pass() {
        let connection = |kind| {
            ClientError::from(ConnectionError {
                kind,
                tls: None,
                host: String::new(),
                proxy: None,
                cause: String::new(),
                in_doubt: false,
                source: None,
            })
        };
        let decode = |problem| {
            ClientError::from(DecodeError {
                status: 200,
                problem,
                request_id: None,
            })
        };
        for (error, expected) in [
            (ClientError::Timeout { after: secs(1) }, true),
            (connection(ConnectionKind::Setup), false),
            (connection(ConnectionKind::Trust), false),
            (connection(ConnectionKind::ProxySettings), false),
            (connection(ConnectionKind::NoThread), true),
            (connection(ConnectionKind::Dns), true),
            (connection(ConnectionKind::Connect), true),
            (connection(ConnectionKind::Proxy), true),
            (connection(ConnectionKind::ProxyAuthentication), false),
            (connection(ConnectionKind::Tls), false),
            (connection(ConnectionKind::Lost), true),
            (
                ClientError::Redirect {
                    status: 302,
                    target: None,
                },
                false,
            ),
            (ClientError::InvalidCredential("empty"), false),
            (
                ClientError::Stopped {
                    last: None,
                    in_doubt: false,
                },
                false,
            ),
            (decode(DecodeProblem::Empty), true),
            (decode(DecodeProblem::Truncated), true),
            (decode(DecodeProblem::TooLarge(1)), false),
            (decode(DecodeProblem::Unexpected(String::new())), false),
            (decode(DecodeProblem::Shape("data_source")), false),
        ] {
            assert_eq!(outcome(&error) != Outcome::Final, expected, "{error:?}");
        }
        let told = |status, wait| {
            ClientError::from(Box::new(StatusError {
                status,
                kind: None,
                errors: vec![],
                scope: None,
                request_id: None,
                foreign: None,
                repeated: false,
                retry_after: Some(wait),
                in_doubt: false,
            }))
        };
        for (status, wait, expected) in [
            (
                503,
                secs(3),
                Outcome::Passing {
                    told: Some(secs(3)),
                },
            ),
            (429, secs(3), Outcome::Limited { wait: secs(3) }),
            (429, secs(0), Outcome::Passing { told: None }),
            (503, secs(0), Outcome::Passing { told: None }),
            (403, secs(3), Outcome::Final),
        ] {
            assert_eq!(outcome(&told(status, wait)), expected, "{status}");
        }
    }
}
