//! What ends the process, and what makes sure that it does end.

use std::path::PathBuf;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::error::Error;

/// How often to look whether the host is still there.
#[cfg(unix)]
const PARENT_CHECK: Duration = Duration::from_millis(500);

/// From being told to stop to being gone, at most. The host kills what takes two seconds.
const HARD_LIMIT: Duration = Duration::from_millis(500);

/// What a signal to interrupt means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Interrupt {
    /// Nothing: a Ctrl-C at the terminal reaches the host as well, which then tells us what to do.
    /// Ending here would lose the state of what is being applied.
    Ignored,
    /// The user of debug mode is done.
    Stops,
}

/// Watches for signals from now on. `stop` is cancelled by SIGTERM, and by SIGINT if it means that.
#[cfg(unix)]
pub(super) fn on_signals(interrupt: Interrupt, stop: &CancellationToken) -> Result<(), Error> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupted = signal(SignalKind::interrupt()).map_err(Error::Signals)?;
    let mut terminated = signal(SignalKind::terminate()).map_err(Error::Signals)?;
    let stop = stop.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = interrupted.recv() => match interrupt {
                    Interrupt::Ignored => tracing::debug!("interrupt left to the host"),
                    Interrupt::Stops => stop.cancel(),
                },
                Some(()) = terminated.recv() => stop.cancel(),
                else => break,
            }
        }
    });
    Ok(())
}

/// Watches for Ctrl-C from now on.
#[cfg(not(unix))]
pub(super) fn on_signals(interrupt: Interrupt, stop: &CancellationToken) -> Result<(), Error> {
    let mut interrupted = tokio::signal::windows::ctrl_c().map_err(Error::Signals)?;
    let stop = stop.clone();
    tokio::spawn(async move {
        while let Some(()) = interrupted.recv().await {
            if interrupt == Interrupt::Stops {
                stop.cancel();
            }
        }
    });
    Ok(())
}

/// The process that started this one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parent {
    #[cfg(unix)]
    pid: u32,
}

impl Parent {
    /// Who it is. To be asked early: a host that is gone by then cannot be told from one that is
    /// not.
    pub(super) fn get() -> Self {
        Self {
            #[cfg(unix)]
            pid: std::os::unix::process::parent_id(),
        }
    }

    /// Cancels `stop` once it is gone: a host that crashed or was killed sends no Shutdown.
    #[cfg(unix)]
    pub(super) fn watch(self, stop: &CancellationToken) {
        let stop = stop.clone();
        tokio::spawn(async move {
            while Self::get().pid == self.pid {
                tokio::time::sleep(PARENT_CHECK).await;
            }
            tracing::warn!("the host is gone");
            stop.cancel();
        });
    }

    /// There is no parent to look for; a process whose host crashed stays until it is ended by
    /// hand.
    #[cfg(not(unix))]
    pub(super) fn watch(self, _stop: &CancellationToken) {}
}

/// Ends the process after [`HARD_LIMIT`], whatever else is going on. A thread of its own, since
/// what is going on may well be the runtime's only thread being stuck.
pub(super) fn without_fail(socket_dir: Option<PathBuf>) {
    let end = move || {
        std::thread::sleep(HARD_LIMIT);
        #[cfg(unix)]
        if let Some(dir) = socket_dir {
            super::socket_dir::remove(&dir);
        }
        #[cfg(not(unix))]
        drop(socket_dir);
        #[expect(
            clippy::exit,
            reason = "there is no other way to end the other threads"
        )]
        std::process::exit(0)
    };
    // Without the thread the process still ends as soon as it has drained.
    let _: Result<_, _> = std::thread::Builder::new().spawn(end);
}
