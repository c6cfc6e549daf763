//! A process between its making and its start: it can be found, linked, named and sent to, but doesn't run.
//!
//! Knows nothing of why it should not be started after all.

use super::shared::{Place, Shared};
use crate::pid::Pid;
use crate::process::{Letter, NameRefused, Process, link};
use std::sync::Arc;

/// A process that doesn't run yet. Dropped instead of started it is gone, and nobody is told: so it is to be started once
/// others can know it by a name.
#[must_use]
pub struct Admitted<'a> {
    shared: &'a Shared,
    /// Taken when it starts.
    process: Option<Arc<Process>>,
}

impl<'a> Admitted<'a> {
    pub(super) fn new(shared: &'a Shared, process: Arc<Process>) -> Admitted<'a> {
        Admitted {
            shared,
            process: Some(process),
        }
    }

    fn process(&self) -> &Arc<Process> {
        self.process.as_ref().expect("it has not been started")
    }

    /// Links it with `peer`, whose step calls this.
    pub fn link(&self, peer: &Process) {
        let _both_live = link(peer, self.process());
    }

    /// Registers a name for it. From then on others may send to it, monitor it and link with it: to be called last.
    ///
    /// # Errors
    /// The name is another process's, or too long.
    pub fn register(&self, name: &str) -> Result<(), NameRefused> {
        self.shared.table.register(name, self.process().pid())
    }

    /// Puts a letter into its mailbox, behind those before; false if it is a message that does not fit.
    pub fn send(&self, letter: Letter) -> bool {
        self.process().mailbox().push(letter).is_ok()
    }

    /// Puts it on a run queue.
    pub fn start(mut self) -> Pid {
        let process = self.process.take().expect("it is started once");
        let pid = process.pid();
        self.shared.count(|counters| &counters.spawned);
        self.shared.enqueue(process, Place::Back);
        pid
    }
}

impl Drop for Admitted<'_> {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            self.shared.withdraw(&process);
        }
    }
}
