//! The service's own jobs, which touch a row some time after each write.

use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;

/// Whether a job of the service touches a row after each write: it moves `updated_at`, and
/// changes nothing else that shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Touch {
    /// It does not.
    #[default]
    Never,
    /// Once this long has passed.
    After(Duration),
    /// Before anybody looks again, however soon that is, and with a stamp this long after the
    /// write. A test need not wait for it.
    AsIfAfter(Duration),
}

/// The jobs that are still to run.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    jobs: Vec<Job>,
}

#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) id: String,
    /// When it runs, by the machine's clock.
    due: Timestamp,
    /// What it stamps the row with, by the server's.
    pub(crate) stamp: Timestamp,
}

impl Jobs {
    /// Notes that a source was written just now.
    pub(crate) fn written(&mut self, id: &str, touch: Touch, clock: Clock) {
        let (wait, after) = match touch {
            Touch::Never => return,
            Touch::After(after) => (after, after),
            Touch::AsIfAfter(after) => (Duration::ZERO, after),
        };
        let (due, now) = (Timestamp::now(), clock.now());
        self.jobs.push(Job {
            id: id.to_owned(),
            due: due.checked_add(wait).unwrap_or(Timestamp::MAX),
            stamp: now.checked_add(after).unwrap_or(now),
        });
    }

    /// Takes out the jobs that are due.
    pub(crate) fn due(&mut self, now: Timestamp) -> Vec<Job> {
        self.jobs.extract_if(.., |job| job.due <= now).collect()
    }
}
