//! The names that programs registered for processes.
//!
//! Knows nothing of which processes live: the table asks them.

use std::sync::Arc;

use parking_lot::Mutex;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::pid::Pid;

/// Why a name was not given to a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRefused {
    /// It belongs to another process.
    Taken(Pid),
    /// The names of the process would take more bytes than they may.
    TooMany,
}

/// Bytes that a name takes beside its own: its places in both maps, and what they keep free.
const PER_NAME: usize = 96;

/// Name to pid, and back for the exit.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<Registered>);

#[derive(Debug, Default)]
struct Registered {
    holders: FxHashMap<Arc<str>, Holder>,
    held: FxHashMap<Pid, Held>,
}

/// Who has a name, and at which place of his list it is.
#[derive(Clone, Copy, Debug)]
struct Holder {
    pid: Pid,
    place: usize,
}

/// The names of a process.
#[derive(Debug, Default)]
struct Held {
    names: SmallVec<[Arc<str>; 1]>,
    bytes: usize,
}

impl Names {
    /// Registers, if `alive` says under the lock that the process will release the name at its exit, and its names take
    /// no more than `limit` bytes. A name for a process that has ended is as good as released, so nothing is kept.
    pub fn register(
        &self,
        name: &str,
        pid: Pid,
        limit: usize,
        alive: impl FnOnce() -> bool,
    ) -> Result<(), NameRefused> {
        let mut registered = self.0.lock();
        let Registered { holders, held } = &mut *registered;
        match holders.get(name) {
            Some(holder) if holder.pid == pid => return Ok(()),
            Some(holder) => return Err(NameRefused::Taken(holder.pid)),
            None => {}
        }
        if !alive() {
            return Ok(());
        }
        let bytes = PER_NAME + name.len();
        if held.get(&pid).map_or(0, |held| held.bytes) + bytes > limit {
            return Err(NameRefused::TooMany);
        }
        let name: Arc<str> = name.into();
        let held = held.entry(pid).or_default();
        let place = held.names.len();
        held.bytes += bytes;
        held.names.push(name.clone());
        holders.insert(name, Holder { pid, place });
        Ok(())
    }

    pub fn lookup(&self, name: &str) -> Option<Pid> {
        self.0.lock().holders.get(name).map(|holder| holder.pid)
    }

    pub fn unregister(&self, name: &str) -> bool {
        let mut registered = self.0.lock();
        let Registered { holders, held } = &mut *registered;
        let Some(Holder { pid, place }) = holders.remove(name) else {
            return false;
        };
        let held_by_pid = held.get_mut(&pid).expect("who has a name has a list");
        held_by_pid.bytes -= PER_NAME + name.len();
        held_by_pid.names.swap_remove(place);
        if let Some(moved) = held_by_pid.names.get(place) {
            let holder = holders.get_mut(moved).expect("a name of a list is held");
            holder.place = place;
        }
        if held_by_pid.names.is_empty() {
            held.remove(&pid);
        }
        true
    }

    /// Releases all names of a process that ends.
    pub fn release(&self, pid: Pid) {
        let mut registered = self.0.lock();
        let Registered { holders, held } = &mut *registered;
        for name in held.remove(&pid).unwrap_or_default().names {
            holders.remove(&name);
        }
        if holders.is_empty() {
            *registered = Registered::default();
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn names_find_their_places_when_others_go() {
        let names = Names::default();
        let pid = Pid::new(1, 1, 0);
        let name = |number| format!("n{number}");
        let register = |number| names.register(&name(number), pid, usize::MAX, || true);
        for number in 0..100 {
            register(number).unwrap();
        }
        for number in [0, 99, 50, 1, 98] {
            assert!(names.unregister(&name(number)));
            assert!(!names.unregister(&name(number)));
            register(number).unwrap();
        }
        for number in (0..100).step_by(2) {
            assert!(names.unregister(&name(number)));
        }
        for number in 0..100 {
            assert_eq!(
                names.lookup(&name(number)).is_some(),
                number % 2 == 1,
                "{number}"
            );
        }
        names.release(pid);
        assert!(names.0.lock().holders.is_empty() && names.0.lock().held.is_empty());
    }

    #[test]
    fn names_take_no_more_than_they_may_and_give_back_what_they_took() {
        let names = Names::default();
        let pid = Pid::new(1, 1, 0);
        let limit = 3 * (PER_NAME + 1);
        let register = |name: &str| names.register(name, pid, limit, || true);
        for _ in 0..3 {
            for name in ["a", "b", "c"] {
                register(name).unwrap();
            }
            assert_eq!(register("d"), Err(NameRefused::TooMany));
            assert_eq!(register("a"), Ok(()));
            assert!(names.unregister("b"));
            register("d").unwrap();
            names.release(pid);
        }
        assert_eq!(names.register("e", pid, 0, || false), Ok(()));
    }
}
