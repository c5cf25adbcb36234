//! When a request reached the server, as the server's own clock saw it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

/// `Date` has whole seconds, cut off: the true time lies up to this much later.
const DATE_GRANULARITY: SignedDuration = SignedDuration::from_secs(1);
/// The machine that writes `Date` need not be the one whose clock stamps `updated_at`; both follow
/// the same time service, so they differ by little.
const SERVER_SLACK: SignedDuration = SignedDuration::from_secs(2);
/// Without a `Date` only our own clock is left, and laptops and containers drift.
const LOCAL_SLACK: SignedDuration = SignedDuration::from_secs(30);

/// The span of server time in which the last attempt of a request was worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AnswerWindow {
    earliest: Timestamp,
    latest: Timestamp,
}

impl AnswerWindow {
    /// The window of an attempt whose answer began `elapsed` after it was started, carried `date`,
    /// and arrived at `received` on our own clock, which may be an hour off and so counts only if
    /// there is no `date`.
    pub(super) fn of_answer(
        date: Option<Timestamp>,
        received: Timestamp,
        elapsed: Duration,
    ) -> Self {
        let elapsed = SignedDuration::try_from(elapsed).unwrap_or(SignedDuration::MAX);
        let (answered, granularity, slack) = match date {
            Some(date) => (date, DATE_GRANULARITY, SERVER_SLACK),
            None => (received, SignedDuration::ZERO, LOCAL_SLACK),
        };
        Self {
            earliest: shift(answered, -elapsed.saturating_add(slack)),
            latest: shift(answered, granularity.saturating_add(slack)),
        }
    }

    /// Whether something stamped `updated_at` could have been stamped by this very request.
    pub(crate) fn contains(&self, updated_at: Timestamp) -> bool {
        (self.earliest..=self.latest).contains(&updated_at)
    }
}

/// `from` moved by `by`, stopping at the ends of time.
fn shift(from: Timestamp, by: SignedDuration) -> Timestamp {
    let end = if by.is_negative() {
        Timestamp::MIN
    } else {
        Timestamp::MAX
    };
    from.checked_add(by).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn the_answers_date_beats_our_own_clock() {
        let window = AnswerWindow::of_answer(
            Some(at("2026-07-01T12:00:10Z")),
            at("2026-07-01T13:00:10Z"), // an hour fast
            Duration::from_millis(1500),
        );
        for (stamp, expected) in [
            ("2026-07-01T12:00:10.999999Z", true),
            ("2026-07-01T12:00:08.5Z", true),
            ("2026-07-01T12:00:06.5Z", true),
            ("2026-07-01T12:00:06.499Z", false),
            ("2026-07-01T12:00:13Z", true),
            ("2026-07-01T12:00:13.001Z", false),
            ("2026-07-01T13:00:10Z", false),
            ("2026-07-01T14:00:10+02:00", true),
        ] {
            assert_eq!(window.contains(at(stamp)), expected, "{stamp}");
        }
    }

    #[test]
    fn without_a_date_our_own_clock_is_trusted_less() {
        let window =
            AnswerWindow::of_answer(None, at("2026-07-01T12:00:10Z"), Duration::from_secs(1));
        assert_eq!(
            window,
            AnswerWindow {
                earliest: at("2026-07-01T11:59:39Z"),
                latest: at("2026-07-01T12:00:40Z"),
            }
        );
    }

    #[test]
    fn absurd_times_do_not_panic() {
        let window = AnswerWindow::of_answer(Some(Timestamp::MIN), Timestamp::MAX, Duration::MAX);
        assert_eq!(window.earliest, Timestamp::MIN);
        let window = AnswerWindow::of_answer(Some(Timestamp::MAX), Timestamp::MAX, Duration::ZERO);
        assert_eq!(window.latest, Timestamp::MAX);
    }
}
