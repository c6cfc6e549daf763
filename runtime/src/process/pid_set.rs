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
    /// Size at which [`PidSet::add_living`] looks for those that have ended.
    look_at: usize,
}

/// Smallest size at which a set is looked through for those that have ended.
const LOOK_ABOVE: usize = 64;

impl Many {
    fn of(pids: [Pid; 2]) -> Many {
        Many {
            set: pids.into_iter().collect(),
            look_at: LOOK_ABOVE,
        }
    }

    /// Drops those that have ended, each time the set has doubled.
    fn prune(&mut self, lives: impl Fn(Pid) -> bool) {
        if self.set.len() < self.look_at {
            return;
        }
        self.set.retain(|&pid| lives(pid));
        self.look_at = LOOK_ABOVE.max(2 * self.set.len());
        self.set.shrink_to(self.look_at);
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

    /// The same for a set in which processes stay when they end: where it has doubled since, they are looked for.
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
                if many.set.is_empty() {
                    self.0 = Pids::default();
                }
                return was;
            }
        }
        true
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        matches!(self.0, Pids::Many(None))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
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

    #[test]
    fn those_that_have_ended_do_not_pile_up() {
        let mut set = PidSet::default();
        // One in a hundred lives on.
        let lives = |pid: Pid| pid.slot().is_multiple_of(100);
        for number in 0..100_000 {
            assert!(set.add_living(pid(number), lives));
        }
        assert!((1000..3000).contains(&set.len()), "{}", set.len());
        assert!(
            (0..100_000)
                .step_by(100)
                .all(|number| !set.add(pid(number)))
        );
    }

    #[test]
    fn a_set_is_small() {
        assert_eq!(size_of::<PidSet>(), 16);
    }
}
