//! What is logged, and what is not.

use std::fmt::{Debug, Write};
use std::sync::{Arc, Mutex};

use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, span};

use super::*;

/// Everything that anyone logs on this thread, a line per event.
#[derive(Clone, Default)]
pub(super) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    /// Starts listening, until the guard is dropped.
    pub(super) fn listen() -> (Self, tracing::subscriber::DefaultGuard) {
        let log = Self::default();
        (log.clone(), tracing::subscriber::set_default(log))
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    pub(super) fn assert_no_secret(&self) {
        for line in self.lines() {
            assert!(!line.contains(KEY) && !line.contains("glsa_"), "{line}");
        }
    }
}

struct Line(String);

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        write!(self.0, " {field}={value:?}").unwrap();
    }
}

impl Subscriber for Log {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line(format!(
            "{} {}",
            event.metadata().level(),
            event.metadata().target()
        ));
        event.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        let mut line = Line(format!("span {}", span.metadata().target()));
        span.record(&mut line);
        self.0.lock().unwrap().push(line.0);
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        let mut line = Line("record".to_owned());
        values.record(&mut line);
        self.0.lock().unwrap().push(line.0);
    }

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

#[tokio::test]
async fn attempts_and_waits() {
    let (log, _listening) = Log::listen();
    let echo = format!("{{\"errors\":[{{\"message\":\"{KEY}\"}}]}}");
    let limited = Reply::json(429, &echo).header("retry-after", "1");
    let (result, _server) = ask(vec![Reply::raw(""), limited, Reply::json(200, SOURCE)]).await;
    result.unwrap();
    log.assert_no_secret();

    let ours = log
        .lines()
        .into_iter()
        .filter(|line| line.contains("provider_incident::client"));
    let levels: Vec<_> = ours
        .clone()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    assert_eq!(levels, ["DEBUG", "INFO", "DEBUG", "INFO", "DEBUG"]);
    let ours: Vec<_> = ours.collect();
    for (line, parts) in [
        (
            0,
            &[
                "API request",
                "method=PUT",
                "path=\"/v2/telemetry/data_sources/a%2Fb\"",
                "attempt=1",
                "duration_ms=",
            ][..],
        ),
        (
            1,
            &[
                "trying again in ",
                "lost the connection",
                "wait_ms=",
                "attempt=1",
            ],
        ),
        (2, &["status=429", "attempt=2"]),
        (
            3,
            &[
                "trying again in ",
                ", as the API asks: 429 Too Many Requests",
            ],
        ),
        (4, &["status=200", "attempt=3"]),
    ] {
        for part in parts {
            assert!(ours[line].contains(part), "{part} in {}", ours[line]);
        }
    }
}
