//! The names that programs registered for processes.
//!
//! Knows nothing of which processes live: the table asks them.

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::pid::Pid;

/// The name belongs to another process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NameTaken(
    /// The process that has it.
    pub Pid,
);

/// Name to pid, and back for the exit.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<Registered>);

#[derive(Debug, Default)]
struct Registered {
    pids: FxHashMap<Box<str>, Pid>,
    names: FxHashMap<Pid, SmallVec<[Box<str>; 1]>>,
}

impl Names {
    /// Registers, if `alive` says under the lock that the process will release the name at its exit. A name for a
    /// process that has ended is as good as released, so nothing is kept.
    pub fn register(
        &self,
        name: &str,
        pid: Pid,
        alive: impl FnOnce() -> bool,
    ) -> Result<(), NameTaken> {
        let mut registered = self.0.lock();
        match registered.pids.get(name) {
            Some(&holder) if holder == pid => return Ok(()),
            Some(&holder) => return Err(NameTaken(holder)),
            None => {}
        }
        if alive() {
            registered.pids.insert(name.into(), pid);
            registered.names.entry(pid).or_default().push(name.into());
        }
        Ok(())
    }

    pub fn lookup(&self, name: &str) -> Option<Pid> {
        self.0.lock().pids.get(name).copied()
    }

    pub fn unregister(&self, name: &str) -> bool {
        let mut registered = self.0.lock();
        let Some(pid) = registered.pids.remove(name) else {
            return false;
        };
        if let Some(names) = registered.names.get_mut(&pid) {
            names.retain(|held| &**held != name);
            if names.is_empty() {
                registered.names.remove(&pid);
            }
        }
        true
    }

    /// Releases all names of a process that ends.
    pub fn release(&self, pid: Pid) {
        let mut registered = self.0.lock();
        let Registered { pids, names } = &mut *registered;
        for name in names.remove(&pid).into_iter().flatten() {
            pids.remove(&name);
        }
        if pids.is_empty() {
            *registered = Registered::default();
        }
    }
}
