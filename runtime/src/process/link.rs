//! A link between two processes: both have it, or neither.
//!
//! Knows nothing of how who is left hears of the end. Both sides change under both locks, so whoever ends meets a whole
//! link or none: its exit, which comes after the run state was marked, takes its own side, and tells whoever still has the
//! other.

use super::{Process, Relations};
use crate::sync::MutexGuard;

/// The relations of two processes, locked in the order of their pids: whoever links the other way round waits.
fn both<'a>(
    one: &'a Process,
    other: &'a Process,
) -> (MutexGuard<'a, Relations>, MutexGuard<'a, Relations>) {
    if one.pid.key() < other.pid.key() {
        let mine = one.relations.lock();
        (mine, other.relations.lock())
    } else {
        let theirs = other.relations.lock();
        (one.relations.lock(), theirs)
    }
}

/// Links two processes; false if one has ended, and then they aren't. Who is linked with one that has ended just now, and
/// will hear of it, still is.
#[must_use]
pub(crate) fn link(one: &Process, other: &Process) -> bool {
    if one.pid == other.pid {
        return true;
    }
    let (mut mine, mut theirs) = both(one, other);
    if mine.is_linked(other.pid) {
        return true;
    }
    if one.run_state.is_exited() || other.run_state.is_exited() {
        return false;
    }
    mine.add_link(other.pid);
    theirs.add_link(one.pid);
    true
}

/// Ends the link of two processes; false if there was none, or one of them was told already that the other has ended.
pub(crate) fn unlink(one: &Process, other: &Process) -> bool {
    if one.pid == other.pid {
        return false;
    }
    let (mut mine, mut theirs) = both(one, other);
    theirs.remove_link(one.pid);
    mine.remove_link(other.pid) != super::LinkEnded::Unlinked
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::super::{Body, HostKey, LinkEnded, Step, Turn};
    use super::*;
    use crate::pid::Pid;

    struct Nobody;

    impl Body for Nobody {
        fn step(&mut self, _turn: Turn<'_>) -> Step {
            Step::Ready
        }

        fn memory(&self) -> usize {
            0
        }
    }

    fn process(slot: u32) -> Process {
        let host = HostKey::new(0, false);
        Process::new(Pid::new(slot, 1, 0), host, 0, Box::new(Nobody), None, None)
    }

    #[test]
    fn a_link_is_on_both_sides_or_on_none() {
        let (one, other) = (process(1), process(2));
        for (first, second) in [(&one, &other), (&other, &one)] {
            assert!(!unlink(first, second));
            assert!(link(first, second) && link(second, first));
            assert!(unlink(second, first) && !unlink(first, second));
        }
        assert_eq!(one.take_relations().links().count(), 0);
        assert_eq!(other.take_relations().links().count(), 0);
    }

    #[test]
    fn who_links_again_while_the_other_ends_still_hears_of_it() {
        let (one, ending) = (process(1), process(2));
        assert!(link(&ending, &one));
        let _named = ending.run_state.exit();
        let links: Vec<_> = ending.take_relations().links().collect();
        assert!(link(&one, &ending));
        assert_eq!(links, [one.pid]);
        assert_eq!(one.remove_link(ending.pid), LinkEnded::Dies);
        assert!(!link(&one, &ending));
        assert_eq!(one.remove_link(ending.pid), LinkEnded::Unlinked);
    }

    #[test]
    fn a_process_is_not_linked_with_itself() {
        let one = process(1);
        assert!(link(&one, &one) && !unlink(&one, &one));
        assert_eq!(one.take_relations().links().count(), 0);
    }
}
