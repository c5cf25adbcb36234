//! Log lines on standard error, in the one form that the host takes apart: hclog's JSON.
//!
//! The host filters again, but a line it would drop costs both sides, so events below the level
//! asked for are turned away before anything is formatted. Only events of the provider's own crate
//! and of this one pass: HTTP and TLS libraries may log what a user entrusted to us.

use std::fmt;
use std::io::{self, Write as _};

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span;
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber};

/// The host reads lines through a buffer of 64 KiB and takes the pieces of a longer one for raw
/// text.
const LONGEST_LINE: usize = 60 * 1024;

/// What is left of a message that makes a line too long, in characters.
const SHORTENED_MESSAGE: usize = 4096;

/// Starts logging as the environment asks for: `TF_LOG_PROVIDER_<NAME>`, else `TF_LOG_PROVIDER`,
/// else
/// `TF_LOG`. Without any of them, or with `OFF`, nothing is set up. `target` is the provider's own
/// crate, as its modules' paths begin. To be called once in a process; a later call changes
/// nothing.
pub(crate) fn init(
    provider_name: &str,
    target: &'static str,
    lookup: impl Fn(&str) -> Option<String>,
) {
    let level = level(provider_name, lookup);
    if level != LevelFilter::OFF {
        let log = HostLog { level, target };
        // The one error is that somebody has set a subscriber before.
        let _: Result<(), _> = tracing::subscriber::set_global_default(log);
    }
}

fn level(provider_name: &str, lookup: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let own = format!("TF_LOG_PROVIDER_{provider_name}");
    let value = [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .find_map(|name| lookup(name).filter(|value| !value.is_empty()));
    match value.map(|value| value.to_ascii_uppercase()).as_deref() {
        None | Some("OFF") => LevelFilter::OFF,
        Some("ERROR") => LevelFilter::ERROR,
        Some("WARN") => LevelFilter::WARN,
        Some("INFO") => LevelFilter::INFO,
        Some("DEBUG") => LevelFilter::DEBUG,
        // Terraform takes JSON, and whatever it does not know, for TRACE.
        Some(_) => LevelFilter::TRACE,
    }
}

/// Writes each event of the provider and of this crate as one line. Spans are not followed.
struct HostLog {
    level: LevelFilter,
    target: &'static str,
}

impl HostLog {
    /// The rest of a path within the provider or this crate; `None` for any other crate.
    fn module<'a>(&self, target: &'a str) -> Option<&'a str> {
        [self.target, OWN_CRATE].into_iter().find_map(|name| {
            let rest = target.strip_prefix(name)?;
            (rest.is_empty() || rest.starts_with("::")).then(|| rest.trim_start_matches("::"))
        })
    }
}

impl Subscriber for HostLog {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) {
            Interest::always()
        } else {
            Interest::never()
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && metadata.level() <= &self.level
            && self.module(metadata.target()).is_some()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn event(&self, event: &Event<'_>) {
        let module = self.module(event.metadata().target()).unwrap_or_default();
        let line = line(event, module, Timestamp::now());
        // One write, so that lines of several threads never mix. Nobody reading is no reason to
        // stop.
        let _: io::Result<()> = io::stderr().lock().write_all(line.as_bytes());
    }

    fn new_span(&self, _span: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _span: &span::Id, _values: &span::Record<'_>) {}

    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}

    fn enter(&self, _span: &span::Id) {}

    fn exit(&self, _span: &span::Id) {}
}

/// This crate's name as its modules' paths begin.
const OWN_CRATE: &str = env!("CARGO_CRATE_NAME");

fn line(event: &Event<'_>, module: &str, now: Timestamp) -> String {
    let metadata = event.metadata();
    let mut fields = Fields(Map::new());
    event.record(&mut fields);
    let Fields(mut fields) = fields;
    // These three have to be strings: a host of any version crashes over anything else.
    fields
        .entry("@message")
        .or_insert_with(|| Value::from(String::new()));
    fields.insert("@level".to_owned(), level_name(*metadata.level()).into());
    // Exactly six digits, or the host cannot read it.
    fields.insert("@timestamp".to_owned(), format!("{now:.6}").into());
    let module = if module.is_empty() {
        "provider"
    } else {
        module
    };
    fields.insert("@module".to_owned(), module.replace("::", ".").into());

    let line = Value::Object(fields).to_string();
    if line.len() < LONGEST_LINE {
        return line + "\n";
    }
    shortened(&line)
}

/// The line again, without its fields and with the beginning of its message only.
fn shortened(line: &str) -> String {
    let Ok(Value::Object(mut fields)) = serde_json::from_str(line) else {
        return String::new();
    };
    fields.retain(|key, _| key.starts_with('@'));
    if let Some(Value::String(message)) = fields.get_mut("@message") {
        *message = message.chars().take(SHORTENED_MESSAGE).collect();
    }
    fields.insert("shortened".to_owned(), Value::Bool(true));
    Value::Object(fields).to_string() + "\n"
}

fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        Level::DEBUG => "debug",
        Level::TRACE => "trace",
    }
}

/// An event's fields as JSON. The message always becomes a string, whatever it was recorded as.
struct Fields(Map<String, Value>);

impl Fields {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        let value = value.into();
        match (field.name(), value) {
            ("message", Value::String(text)) => self.0.insert("@message".into(), text.into()),
            ("message", other) => self.0.insert("@message".into(), other.to_string().into()),
            // The names with an @ are the host's.
            (name, value) => self
                .0
                .insert(name.trim_start_matches('@').to_owned(), value),
        };
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, value.to_string());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    /// Collects lines instead of writing them, through the same filter.
    struct Collected {
        filter: HostLog,
        lines: &'static Mutex<Vec<String>>,
    }

    impl Subscriber for Collected {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            self.filter.enabled(metadata)
        }
        fn event(&self, event: &Event<'_>) {
            let now = "2026-01-02T03:04:05.6Z".parse().unwrap();
            let module = self.filter.module(event.metadata().target()).unwrap();
            self.lines.lock().unwrap().push(line(event, module, now));
        }
        fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
            span::Id::from_u64(1)
        }
        fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
        fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
        fn enter(&self, _: &span::Id) {}
        fn exit(&self, _: &span::Id) {}
    }

    fn lines_of(level: LevelFilter, log: impl FnOnce()) -> Vec<String> {
        let lines: &'static Mutex<Vec<String>> = Box::leak(Box::default());
        let subscriber = Collected {
            filter: HostLog {
                level,
                target: "acme",
            },
            lines,
        };
        tracing::subscriber::with_default(subscriber, log);
        lines.lock().unwrap().clone()
    }

    #[test]
    fn a_line_is_what_hclog_writes() {
        let lines = lines_of(LevelFilter::TRACE, || {
            tracing::info!(attempt = 2, quick = true, path = "/v2", "sent\n{}", "twice");
        });
        assert_eq!(
            lines,
            [concat!(
                r#"{"@level":"info","@message":"sent\ntwice","@module":"process.log.tests","#,
                r#""@timestamp":"2026-01-02T03:04:05.600000Z","attempt":2,"path":"/v2","quick":true}"#,
                "\n"
            )]
        );
    }

    #[test]
    fn message_level_and_timestamp_are_strings_whatever_is_logged() {
        let lines = lines_of(LevelFilter::TRACE, || {
            tracing::info!(message = 7);
            tracing::info!(message = f64::NAN);
            tracing::info!(a = 1);
            tracing::info!("@level" = 3, "@message" = 4, "@timestamp" = 5, "text");
        });
        assert_eq!(lines.len(), 4);
        for line in lines {
            let line: Value = serde_json::from_str(&line).unwrap();
            for key in ["@message", "@level", "@timestamp"] {
                assert!(line[key].is_string(), "{line}");
            }
        }
    }

    #[test]
    fn only_our_own_events_from_the_level_up() {
        let lines = lines_of(LevelFilter::WARN, || {
            tracing::error!("kept");
            tracing::warn!("kept");
            tracing::info!("dropped");
            tracing::error!(target: "h2::codec", "dropped");
            tracing::error!(target: "acme::client", "kept");
            tracing::error!(target: "acmelike", "dropped");
        });
        assert_eq!(lines.len(), 3);
        assert!(lines.iter().all(|line| line.contains("kept")));
    }

    #[test]
    fn a_line_that_is_too_long_loses_its_fields() {
        let long = "ü".repeat(80_000);
        let lines = lines_of(LevelFilter::WARN, || tracing::error!(long, "first {long}"));
        assert!(lines[0].len() < LONGEST_LINE);
        assert!(lines[0].ends_with("\"shortened\":true}\n"));
        assert!(lines[0].contains("first ü"));
    }

    #[test]
    fn the_most_specific_variable_decides() {
        let level = |variables: &[(&str, &str)]| {
            level("ACME", |name| {
                let found = variables.iter().find(|(key, _)| *key == name);
                found.map(|(_, value)| (*value).to_owned())
            })
        };
        for (variables, expected) in [
            (&[][..], LevelFilter::OFF),
            (&[("TF_LOG", "")], LevelFilter::OFF),
            (&[("TF_LOG", "debug")], LevelFilter::DEBUG),
            (&[("TF_LOG", "JSON")], LevelFilter::TRACE),
            (&[("TF_LOG", "anything")], LevelFilter::TRACE),
            (
                &[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "off")],
                LevelFilter::OFF,
            ),
            (
                &[
                    ("TF_LOG_PROVIDER", "WARN"),
                    ("TF_LOG_PROVIDER_ACME", "INFO"),
                ],
                LevelFilter::INFO,
            ),
        ] {
            assert_eq!(level(variables), expected, "{variables:?}");
        }
    }
}
