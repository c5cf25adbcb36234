//! What a panic leaves on standard error.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::panic::PanicHookInfo;

/// Replaces Rust's own panic report.
///
/// A panic within a task of the runtime, where every call is handled, ends that call and not the
/// process: it is logged, by place. Any other panic ends the process, and the host prints the lines
/// that follow one starting with `panic: ` to the user as a crash report.
///
/// Either way a message appears only if it stands in the source as it is: one put together at run
/// time may have a secret in it.
pub fn install_hook() {
    std::panic::set_hook(Box::new(|info| {
        if tokio::task::try_id().is_some() {
            let place = place(info);
            tracing::error!(place, reason = reason(info), "a call panicked");
        } else {
            let _: io::Result<()> = io::stderr().lock().write_all(report(info).as_bytes());
        }
    }));
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let mut report = format!("panic: {}\n\nat {}\n", reason(info), place(info));
    let backtrace = Backtrace::capture();
    if backtrace.status() == BacktraceStatus::Captured {
        // Writing to a string cannot fail.
        let _: std::fmt::Result = writeln!(report, "\n{backtrace}");
    }
    report
}

fn reason(info: &PanicHookInfo<'_>) -> &'static str {
    let payload = info.payload();
    payload
        .downcast_ref::<&'static str>()
        .copied()
        .unwrap_or("(message left out, since it may hold sensitive values)")
}

fn place(info: &PanicHookInfo<'_>) -> String {
    info.location().map(ToString::to_string).unwrap_or_default()
}
