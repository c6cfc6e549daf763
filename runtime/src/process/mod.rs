//! A process as the scheduler sees it: mailbox, run state, how it ends, the table of all.
//!
//! Knows nothing of Lua, nor of workers.

mod body;
mod exit;
mod letter;
mod link;
mod mailbox;
#[cfg(all(test, loom))]
mod models;
mod names;
mod origins;
mod pid_set;
mod relations;
mod run_state;
mod slab;
mod table;

use std::fmt;
use std::sync::Arc;

pub use body::{Body, Interrupt, Interrupter, Interruptible, Step, Turn, Urgency};
pub use exit::{Exit, OnExit};
pub use letter::{Caller, Event, Letter, Message, Reply};
pub(crate) use link::{link, unlink};
pub use mailbox::{Letters, Mailbox, Refusal};
pub use names::NameRefused;
pub use origins::Origin;
pub use pid_set::PidSet;
pub use relations::MonitorRefused;
pub(crate) use relations::{LinkEnded, Relations};
pub use run_state::{Kill, Rest, RunState, Start, Wake};
pub(crate) use slab::Slab;
pub use table::{InsertRefused, Table};

use crate::pid::Pid;
use crate::sync::{AtomicUsize, Mutex, MutexGuard, Ordering::Relaxed};

/// Names the host a process runs in: an index that the scheduler gave out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HostKey(u32);

/// Bit of a [`HostKey`]: fewer of its processes may run at once than there are workers.
const LIMITED: u32 = 1 << 31;

impl HostKey {
    /// The `index`-th host; `limited` if each step needs a place first.
    pub(crate) fn new(index: usize, limited: bool) -> HostKey {
        let index = u32::try_from(index).expect("a host index is small");
        HostKey(if limited { index | LIMITED } else { index })
    }

    pub(crate) fn index(self) -> usize {
        (self.0 & !LIMITED) as usize
    }

    /// Whether a step in this host needs a place first. In the key, so that the common case asks nobody.
    pub(crate) fn is_limited(self) -> bool {
        self.0 & LIMITED != 0
    }
}

/// A process: everything about it but where it is queued. Lives in an `Arc`, which a run queue or a timer wheel may
/// hold beside the table.
pub struct Process {
    pid: Pid,
    host: HostKey,
    run_state: RunState,
    mailbox: Mailbox,
    /// What the body said it holds, before its first step or when its last ended.
    memory: AtomicUsize,
    core: Mutex<Core>,
    relations: Mutex<Relations>,
}

/// What only the worker that runs the process touches. The lock proves to the compiler what the run state guarantees,
/// so it is always free.
pub(crate) struct Core {
    pub body: Option<Box<dyn Body>>,
    pub timer: Option<TimerPlace>,
}

/// Where the process's entry in a timer wheel is. It may be gone from there: the generation tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TimerPlace {
    pub wheel: u32,
    pub index: u32,
    pub generation: u32,
}

impl Process {
    /// A process that is to be put on a run queue, by whoever makes it: until then nobody else will.
    pub(crate) fn new(
        pid: Pid,
        host: HostKey,
        mailbox_limit: usize,
        body: Box<dyn Body>,
        monitor: Option<Pid>,
        on_exit: Option<Arc<dyn OnExit>>,
    ) -> Process {
        Process {
            pid,
            host,
            run_state: RunState::queued(),
            mailbox: Mailbox::new(mailbox_limit),
            memory: AtomicUsize::new(body.memory()),
            core: Mutex::new(Core {
                body: Some(body),
                timer: None,
            }),
            relations: Mutex::new(Relations::new(monitor, on_exit)),
        }
    }

    /// What names it.
    pub fn pid(&self) -> Pid {
        self.pid
    }

    /// The host it runs in.
    pub fn host(&self) -> HostKey {
        self.host
    }

    /// Where its letters wait.
    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Bytes that it holds: its letters, and its body when the last step ended.
    pub fn memory(&self) -> usize {
        self.memory.load(Relaxed) + self.mailbox.bytes()
    }

    /// Whether it is to be retired at its next step boundary, or was.
    pub fn is_killed(&self) -> bool {
        self.run_state.is_killed()
    }

    pub(crate) fn run_state(&self) -> &RunState {
        &self.run_state
    }

    pub(crate) fn set_memory(&self, bytes: usize) {
        self.memory.store(bytes, Relaxed);
    }

    pub(crate) fn core(&self) -> MutexGuard<'_, Core> {
        self.core.lock()
    }

    /// The core, unless a worker is stuck in it.
    pub(crate) fn try_core(&self) -> Option<MutexGuard<'_, Core>> {
        self.core.try_lock()
    }

    /// Whether it is told when a linked process ends abnormally, rather than ended too.
    pub fn traps_links(&self) -> bool {
        self.relations.lock().traps_links()
    }

    /// From now on it is told when a linked process ends abnormally; or else ended with it.
    pub fn set_trap_links(&self, traps: bool) {
        self.relations.lock().set_trap_links(traps);
    }

    /// The relations, if it has not ended. Under the lock: the exit marks the run state, and takes them afterwards.
    fn live_relations(&self) -> Option<MutexGuard<'_, Relations>> {
        let relations = self.relations.lock();
        (!self.run_state.is_exited()).then_some(relations)
    }

    /// From now on `monitor` is told when the process ends. `lives` tells which monitors may be forgotten.
    pub(crate) fn monitor(
        &self,
        monitor: Pid,
        lives: impl Fn(Pid) -> bool,
    ) -> Result<(), MonitorRefused> {
        let relations = self.live_relations();
        match relations
            .ok_or(MonitorRefused::Unknown)?
            .monitors
            .add_living(monitor, lives)
        {
            true => Ok(()),
            false => Err(MonitorRefused::Already),
        }
    }

    /// From now on `monitor` is not told.
    pub(crate) fn unmonitor(&self, monitor: Pid) {
        self.relations.lock().monitors.remove(monitor);
    }

    /// Whether it is linked with any other.
    pub fn is_linked(&self) -> bool {
        self.relations.lock().links().next().is_some()
    }

    /// Forgets that `peer`, which has ended, is linked with this one. Whoever takes the link out decides: an exit that
    /// doesn't find it has nobody to tell. Answers what this one has to do if `peer` has ended abnormally.
    pub(crate) fn remove_link(&self, peer: Pid) -> LinkEnded {
        self.relations.lock().remove_link(peer)
    }

    /// Says how the process is to end if it is killed; the first to say so wins.
    pub(crate) fn set_killed(&self, exit: Exit) {
        self.relations.lock().set_killed(exit);
    }

    /// Takes all relations out, for the exit. The run state says exited already.
    pub(crate) fn take_relations(&self) -> Relations {
        std::mem::take(&mut *self.relations.lock())
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Process({}, {:?})", self.pid, self.run_state)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_small() {
        // With the two counts of its Arc. The table adds 16 bytes.
        let bytes = size_of::<Process>() + 2 * size_of::<usize>();
        assert!(bytes <= 208, "{bytes}");
    }
}
