//! A set of processes: those that monitor one, or are linked with it.
//!
//! Knows nothing of what they are told.

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

use crate::pid::Pid;

/// A few pids or very many, in the order in which they came as long as none is removed. Sixteen bytes, because every
/// process has one: most are monitored by one process.
#[derive(Debug, Default)]
pub struct PidSet(Pids);

/// Two variants, since a pid's key has one value that is none.
#[derive(Debug)]
enum Pids {
    One(Pid),
    /// Two or more, unless some were removed; or none.
    Many(Option<Box<Many>>),
}

impl Default for Pids {
    fn default() -> Pids {
        Pids::Many(None)
    }
}

#[derive(Debug)]
struct Many {
    set: IndexSet<Pid, FxBuildHasher>,
    /// Place of the pid that [`PidSet::add_living`] looks at next, if there is one.
    next: usize,
}

/// Pids that are looked at for each that is added. With two, a round through the set ends before as many were added as there
/// were: so hardly more of those that have ended are kept than live, and nobody ever waits for a look at all.
const LOOKS: usize = 2;

/// Room that a set keeps however few pids are in it.
const SMALL: usize = 16;

impl Many {
    fn of(pids: [Pid; 2]) -> Many {
        Many {
            set: pids.into_iter().collect(),
            next: 0,
        }
    }

    /// Looks at a few, and drops those that have ended.
    fn prune(&mut self, lives: impl Fn(Pid) -> bool) {
        for _ in 0..LOOKS {
            if self.next >= self.set.len() {
                self.next = 0;
            }
            match self.set.get_index(self.next) {
                // The last one takes its place, and is looked at next.
                Some(&pid) if !lives(pid) => _ = self.set.swap_remove_index(self.next),
                Some(_) => self.next += 1,
                None => return,
            }
        }
        self.give_back();
    }

    /// Gives room back when most of it is free.
    fn give_back(&mut self) {
        if self.set.len() < self.set.capacity() / 4 && self.set.capacity() > SMALL {
            self.set.shrink_to(SMALL.max(2 * self.set.len()));
        }
    }
}

impl PidSet {
    /// Adds a pid; false if it was there already.
    #[must_use]
    pub fn add(&mut self, pid: Pid) -> bool {
        match &mut self.0 {
            Pids::Many(None) => self.0 = Pids::One(pid),
            Pids::One(first) if *first == pid => return false,
            Pids::One(first) => self.0 = Pids::Many(Some(Box::new(Many::of([*first, pid])))),
            Pids::Many(Some(many)) => return many.set.insert(pid),
        }
        true
    }

    /// The same for a set in which processes stay when they end: they are looked for, a few each time.
    #[must_use]
    pub fn add_living(&mut self, pid: Pid, lives: impl Fn(Pid) -> bool) -> bool {
        if let Pids::Many(Some(many)) = &mut self.0 {
            many.prune(lives);
        }
        self.add(pid)
    }

    /// Takes a pid away; false if it wasn't there.
    pub fn remove(&mut self, pid: Pid) -> bool {
        match &mut self.0 {
            Pids::One(first) if *first == pid => self.0 = Pids::default(),
            Pids::One(_) | Pids::Many(None) => return false,
            Pids::Many(Some(many)) => {
                let was = many.set.swap_remove(&pid);
                match many.set.is_empty() {
                    true => self.0 = Pids::default(),
                    false => many.give_back(),
                }
                return was;
            }
        }
        true
    }

    /// Whether a pid is there.
    pub fn has(&self, pid: Pid) -> bool {
        match &self.0 {
            Pids::One(first) => *first == pid,
            Pids::Many(many) => many.as_ref().is_some_and(|many| many.set.contains(&pid)),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        matches!(self.0, Pids::Many(None))
    }

    /// How many there are.
    #[cfg(test)]
    fn len(&self) -> usize {
        match &self.0 {
            Pids::One(_) => 1,
            Pids::Many(many) => many.as_ref().map_or(0, |many| many.set.len()),
        }
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Pid> + '_ {
        let (one, many) = match &self.0 {
            Pids::One(pid) => (Some(*pid), None),
            Pids::Many(many) => (None, many.as_ref().map(|many| many.set.iter().copied())),
        };
        one.into_iter().chain(many.into_iter().flatten())
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    fn pid(number: u32) -> Pid {
        Pid::new(number, 1, 0)
    }

    #[test]
    fn a_set_has_each_pid_once_however_many_there_are() {
        for count in [1, 2, 3, 1000] {
            let mut set = PidSet::default();
            assert!(set.is_empty() && !set.remove(pid(0)));
            for number in 0..count {
                assert!(set.add(pid(number)) && !set.add(pid(number)));
            }
            assert_eq!(
                set.iter().collect::<Vec<_>>(),
                (0..count).map(pid).collect::<Vec<_>>()
            );
            assert!(!set.remove(pid(count)));
            for number in 0..count {
                assert_eq!(set.len(), (count - number) as usize);
                assert!(set.remove(pid(number)) && !set.remove(pid(number)));
            }
            assert!(set.is_empty());
        }
    }

    fn room(set: &PidSet) -> usize {
        match &set.0 {
            Pids::Many(Some(many)) => many.set.capacity(),
            _ => 0,
        }
    }

    #[test]
    fn those_that_have_ended_do_not_pile_up() {
        let mut set = PidSet::default();
        // One in a hundred lives on.
        let lives = |pid: Pid| pid.slot().is_multiple_of(100);
        for number in 0..100_000 {
            assert!(set.add_living(pid(number), lives));
            let living = number as usize / 100 + 1;
            assert!(set.len() <= 2 * living + 2, "{} of {living}", set.len());
        }
        assert!(room(&set) <= 8 * 1000, "{}", room(&set));
        assert!(
            (0..100_000)
                .step_by(100)
                .all(|number| set.has(pid(number)) && !set.add(pid(number)))
        );
    }

    #[test]
    fn a_crowd_that_has_ended_is_forgotten_while_others_come() {
        let mut set = PidSet::default();
        for number in 0..100_000 {
            assert!(set.add_living(pid(number), |_| true));
        }
        let looks = std::cell::Cell::new(0);
        let lives = |pid: Pid| {
            looks.set(looks.get() + 1);
            pid.slot() >= 100_000
        };
        for number in 100_000..200_000 {
            looks.set(0);
            assert!(set.add_living(pid(number), lives));
            assert!(looks.get() <= LOOKS);
        }
        assert_eq!(set.len(), 100_000);
        assert!((0..100_000).all(|number| !set.has(pid(number))));
    }

    #[test]
    fn room_is_given_back() {
        let mut set = PidSet::default();
        for number in 0..100_000 {
            assert!(set.add(pid(number)));
        }
        for number in 0..99_990 {
            assert!(set.remove(pid(number)));
        }
        assert!(set.len() == 10 && room(&set) <= 4 * SMALL, "{}", room(&set));
        for number in 100_000..200_000 {
            assert!(set.add_living(pid(number), |pid| pid.slot() < 100_000));
        }
        assert!(set.len() <= 13 && room(&set) <= 4 * SMALL, "{}", set.len());
    }

    #[test]
    fn a_set_is_small() {
        assert_eq!(size_of::<PidSet>(), 16);
    }
}
