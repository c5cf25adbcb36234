//! What holds whatever the API says of its limits.

use http::HeaderMap;

use super::*;

/// As many requests as are under way at once.
const CONCURRENT: u32 = 10;
/// What the slowest limit that is believed in takes for one request, if half of it and half of that
/// half are another's.
const SLOWEST: Duration = Duration::from_secs(240);

/// After each of these pauses an answer comes with such headers, and another request is sent. None
/// waits for longer than those before it need at the slowest pace, and each is let through after
/// the wait that it was told.
pub(in crate::client) fn any_limits(answers: &[(Duration, HeaderMap)]) {
    let limits = Limits::new(10, 1200);
    let mut now = Instant::now();
    let mut pace = limits.pace();
    for (pause, headers) in answers {
        now += *pause;
        if let Some(standing) = Standing::read(headers) {
            assert!(standing.quota.requests > 0);
            assert!(standing.quota.per_second().is_finite());
            assert!(standing.quota.per_second() >= 1.0 / 60.0);
            pace.learn(standing, now);
            if standing.remaining == 0
                && let Some(theirs) = &mut pace.theirs
            {
                theirs.slow_down();
            }
        }
        for waits in 0.. {
            let wait = match pace.take(now) {
                None => break,
                Some(Hold::Pause(wait, _)) => panic!("a pause of {wait:?} that nobody asked for"),
                Some(Hold::Ours(wait) | Hold::Theirs(wait, _)) => wait,
            };
            assert!(
                !wait.is_zero() && wait <= SLOWEST * (CONCURRENT + 2),
                "{wait:?}"
            );
            // One for each limit, and one for what floating point leaves over.
            assert!(waits < 4, "still {wait:?} to wait");
            now += wait;
        }
        if pace.in_flight >= CONCURRENT {
            pace.in_flight = 0;
        }
    }
}
