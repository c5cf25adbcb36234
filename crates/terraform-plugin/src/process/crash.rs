//! What a panic leaves on standard error.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Write as _;
use std::io::{self, Write as _};

/// Replaces Rust's own panic report.
///
/// A panic within a task of the runtime, where every call is handled, ends that call and not the
/// process: it is logged, by place. Any other panic ends the process, and the host prints the lines
/// that follow one starting with `panic: ` to the user as a crash report.
///
/// Either way a message appears only if it stands in the source as it is: one put together at run
/// time may have a secret in it.
pub(crate) fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        let reason = reason(info.payload());
        let place = info.location().map(ToString::to_string).unwrap_or_default();
        if tokio::task::try_id().is_some() {
            tracing::error!(place, reason, "a call panicked");
        } else {
            let report = report(reason, &place, &Backtrace::capture());
            let _: io::Result<()> = io::stderr().lock().write_all(report.as_bytes());
        }
    }));
}

/// A message that stands in the source is a `&'static str`; a formatted one is a `String`.
fn reason(payload: &(dyn Any + Send)) -> &'static str {
    payload
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("(message left out, since it may hold sensitive values)")
}

fn report(reason: &str, place: &str, backtrace: &Backtrace) -> String {
    let mut report = format!("panic: {reason}\n\nat {place}\n");
    // Only with RUST_BACKTRACE set, as ever.
    if backtrace.status() == BacktraceStatus::Captured {
        // Writing to a string cannot fail.
        let _: std::fmt::Result = writeln!(report, "\n{backtrace}");
    }
    report
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_host_recognises_a_crash_by_its_first_line() {
        let report = report("no way", "src/main.rs:1:2", &Backtrace::disabled());
        assert_eq!(report, "panic: no way\n\nat src/main.rs:1:2\n");
    }

    #[test]
    fn a_message_made_at_run_time_is_left_out() {
        let payload = |panics: fn()| std::panic::catch_unwind(panics).unwrap_err();
        assert_eq!(reason(&*payload(|| panic!("as written"))), "as written");
        let secret = || {
            let key = String::from("SESAME");
            panic!("bad key {key}");
        };
        assert!(!reason(&*payload(secret)).contains("SESAME"));
        assert!(!reason(&7).contains('7'));
    }
}
