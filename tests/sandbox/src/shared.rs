//! What the sandbox's handle and its server thread share.

use std::{
    fmt,
    sync::{Condvar, Mutex, MutexGuard, PoisonError, mpsc},
    time::{Duration, Instant},
};

use tokio::sync::mpsc::UnboundedSender;

use crate::{api::World, journal::Entry};

/// Whether the sandbox lets clients in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gate {
    /// It does.
    Open,
    /// Connections are accepted and reset at once. Those already there stay.
    Resets,
    /// Nothing listens, and all connections are closed. The port stays reserved.
    Closed,
}

/// The world, and the ways to change and watch it.
pub(crate) struct Shared {
    world: Mutex<World>,
    /// Told whenever the journal has changed.
    changed: Condvar,
    commands: UnboundedSender<Command>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn new(world: World, commands: UnboundedSender<Command>) -> Self {
        Self {
            world: Mutex::new(world),
            changed: Condvar::new(),
            commands,
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks until `done` holds for the journal; false once `limit` has passed.
    pub(crate) fn wait_until(&self, limit: Duration, done: impl Fn(&[Entry]) -> bool) -> bool {
        let start = Instant::now();
        let mut world = self.lock();
        while !done(world.journal.entries()) {
            let Some(left) = limit.checked_sub(start.elapsed()) else {
                return false;
            };
            world = self
                .changed
                .wait_timeout(world, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        true
    }

    /// Notes the status that is about to be answered.
    pub(crate) fn settle(&self, number: u64, status: u16) {
        self.lock().journal.settle(number, Some(status), false);
        self.journal_changed();
    }

    /// Wakes those who wait for something to show in the journal.
    pub(crate) fn journal_changed(&self) {
        self.changed.notify_all();
    }

    /// Moves the gate, and returns when it has moved.
    pub(crate) fn gate(&self, gate: Gate) {
        let (done, moved) = mpsc::channel();
        self.command(Command::Gate {
            gate,
            spare: None,
            done: Box::new(move || {
                // Nobody waits any more: nobody minds.
                let _ = done.send(());
            }),
        });
        // An error means that the server has stopped, and lets nobody in either.
        let _ = moved.recv();
    }

    pub(crate) fn command(&self, command: Command) {
        // Fails only when the server has stopped.
        let _ = self.commands.send(command);
    }
}

/// An order to the server thread.
pub(crate) enum Command {
    /// Move the gate, then call `done`.
    Gate {
        gate: Gate,
        /// The connection that lives on when the gate closes.
        spare: Option<u64>,
        done: Box<dyn FnOnce() + Send>,
    },
    /// Close everything and end.
    Stop,
}
