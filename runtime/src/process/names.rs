//! The names that programs registered for processes.
//!
//! Knows nothing of which processes live: the table asks them.

use std::sync::Arc;

use parking_lot::{Mutex, MutexGuard};
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

/// Names of a process that ends which are released in one go. Nobody else may look a name up meanwhile, and a process may
/// have a million of them. A guess: some microseconds.
const IN_ONE_GO: usize = 128;

/// Room that the maps keep however few names there are.
const SMALL: usize = 64;

/// Name to pid, and back for the exit.
#[derive(Debug, Default)]
pub(super) struct Names(Mutex<Registered>);

#[derive(Debug, Default)]
struct Registered {
    holders: FxHashMap<Arc<str>, Holder>,
    held: FxHashMap<Pid, Held>,
}

/// Who has a name, and at which place of that one's list it is.
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
        match held_by_pid.names.is_empty() {
            true => _ = held.remove(&pid),
            false if is_mostly_free(held_by_pid.names.len(), held_by_pid.names.capacity()) => {
                held_by_pid.names.shrink_to_fit();
            }
            false => {}
        }
        registered.give_back();
        true
    }

    /// Releases all names of a process that has ended: nobody registers others for it meanwhile.
    pub fn release(&self, pid: Pid) {
        let mut released = SmallVec::<[Arc<str>; 1]>::new();
        while self.release_some(pid, &mut released) {
            released.clear();
        }
    }

    /// Releases as many names of a process as may be in one go; they are handed to the caller, to be dropped without the
    /// lock. Answers whether there are more.
    fn release_some(&self, pid: Pid, released: &mut SmallVec<[Arc<str>; 1]>) -> bool {
        let mut registered = self.0.lock();
        let Registered { holders, held } = &mut *registered;
        let Some(of_pid) = held.get_mut(&pid) else {
            return false;
        };
        let rest = of_pid.names.len().saturating_sub(IN_ONE_GO);
        released.extend(of_pid.names.drain(rest..));
        for name in released.iter() {
            holders.remove(name);
        }
        if rest == 0 {
            held.remove(&pid);
        }
        registered.give_back();
        // Whoever waits for the lock comes before the rest.
        MutexGuard::unlock_fair(registered);
        rest > 0
    }
}

impl Registered {
    /// Gives room back when most of it is free: a few names that stay must not keep what many took.
    fn give_back(&mut self) {
        if is_mostly_free(self.holders.len(), self.holders.capacity()) {
            self.holders.shrink_to(SMALL.max(2 * self.holders.len()));
        }
        if is_mostly_free(self.held.len(), self.held.capacity()) {
            self.held.shrink_to(SMALL.max(2 * self.held.len()));
        }
    }
}

fn is_mostly_free(used: usize, room: usize) -> bool {
    room > 2 * SMALL && used < room / 8
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
    fn the_end_of_one_with_very_many_names_lets_others_in_between() {
        let names = Names::default();
        let [ending, staying] = [1, 2].map(|slot| Pid::new(slot, 1, 0));
        names
            .register("stays", staying, usize::MAX, || true)
            .unwrap();
        for number in 0..=3 * IN_ONE_GO {
            let name = format!("n{number}");
            names.register(&name, ending, usize::MAX, || true).unwrap();
        }
        let go = || names.release_some(ending, &mut SmallVec::new());
        let left = || names.0.lock().holders.len() - 1;
        assert!(go());
        assert_eq!(left(), 2 * IN_ONE_GO + 1);
        // One that is still to be released can be taken away by others.
        assert!(names.unregister("n0"));
        assert!(go());
        assert_eq!(left(), IN_ONE_GO);
        assert!(!go() && !go());
        assert_eq!(left(), 0);
        assert_eq!(names.lookup("stays"), Some(staying));
    }

    #[test]
    fn room_is_given_back_while_some_names_stay() {
        let names = Names::default();
        let [one, other] = [1, 2].map(|slot| Pid::new(slot, 1, 0));
        let room = || {
            let registered = names.0.lock();
            let held = registered.held.values().map(|held| held.names.capacity());
            let lists = held.sum::<usize>();
            registered.holders.capacity() + registered.held.capacity() + lists
        };
        let register = |number: u32, pid| {
            let name = format!("n{number}");
            names.register(&name, pid, usize::MAX, || true).unwrap();
        };
        register(0, one);
        for number in 1..10_000 {
            register(number, other);
        }
        names.release(other);
        assert!(room() <= 5 * SMALL, "{}", room());
        for number in 1..10_000 {
            register(number, Pid::new(number + 2, 1, 0));
        }
        for number in 1..10_000 {
            names.release(Pid::new(number + 2, 1, 0));
        }
        assert!(room() <= 5 * SMALL, "{}", room());
        for number in 1..10_000 {
            register(number, one);
        }
        for number in 1..10_000 {
            assert!(names.unregister(&format!("n{number}")));
        }
        assert!(room() <= 7 * SMALL, "{}", room());
        assert_eq!(names.lookup("n0"), Some(one));
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
