//! Who is told when a process ends: its monitors.
//!
//! Knows nothing of how they are told, nor of links, which are kept by both ends.

use smallvec::SmallVec;

use crate::pid::Pid;

/// The monitors of one process, oldest first, each once. The first lies inline: most processes have one.
#[derive(Debug, Default)]
pub struct Watchers(SmallVec<[Pid; 1]>);

impl Watchers {
    /// Adds a monitor; false if it was there already.
    #[must_use]
    pub fn add(&mut self, watcher: Pid) -> bool {
        if self.0.contains(&watcher) {
            return false;
        }
        self.0.push(watcher);
        true
    }

    /// Takes a monitor away; false if there was none.
    pub fn remove(&mut self, watcher: Pid) -> bool {
        let Some(at) = self.0.iter().position(|&pid| pid == watcher) else {
            return false;
        };
        self.0.remove(at);
        true
    }

    /// Whether nobody is told.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// All of them, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = Pid> {
        self.0.iter().copied()
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_monitor_is_told_once() {
        let (a, b) = (Pid::new(1, 0, 0), Pid::new(2, 0, 0));
        let mut watchers = Watchers::default();
        assert!(watchers.add(a) && watchers.add(b) && !watchers.add(a));
        assert_eq!(watchers.iter().collect::<Vec<_>>(), [a, b]);
        assert!(watchers.remove(a) && !watchers.remove(a));
        assert_eq!(watchers.iter().collect::<Vec<_>>(), [b]);
    }
}
