//! Hosts: how many of a host's processes run at once, who waits for a place, whether it takes new ones.
//!
//! Knows nothing of queues or workers.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::pid::Pid;
use crate::process::{HostKey, Process};

/// The most hosts there can be. An app has a handful.
const MAX_HOSTS: usize = 1024;

/// What a host allows its processes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most of its processes that run at once. From the number of workers upwards it costs nothing.
    pub running: usize,
    /// The most bytes of messages in one mailbox.
    pub mailbox: usize,
}

/// Whether a host takes new processes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Not yet.
    NotOpen,
    /// Yes.
    Open,
    /// Not any more.
    Closed,
}

#[derive(Debug)]
pub(super) struct Host {
    pub id: Box<str>,
    pub mailbox_limit: usize,
    /// A [`Gate`]. Spawn looks at it under a lock of the table; see `Table`.
    gate: AtomicU8,
    live: AtomicUsize,
    gone: Condvar,
    gone_lock: Mutex<()>,
    running_limit: usize,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    /// Places in which somebody runs, or is to.
    taken: usize,
    waiting: VecDeque<Arc<Process>>,
    /// Who has waited, and was given a place before it is found in its queue again. Not more than there are places, which
    /// are fewer than cores.
    promised: Vec<Pid>,
}

impl Host {
    pub fn gate(&self) -> Gate {
        match self.gate.load(Ordering::Acquire) {
            0 => Gate::NotOpen,
            1 => Gate::Open,
            _ => Gate::Closed,
        }
    }

    pub fn set_gate(&self, gate: Gate) {
        self.gate.store(gate as u8, Ordering::Release);
    }

    pub fn live(&self) -> usize {
        self.live.load(Ordering::Acquire)
    }

    pub fn begin_process(&self) {
        self.live.fetch_add(1, Ordering::Relaxed);
    }

    /// A process has ended, and everybody was told.
    pub fn end_process(&self) {
        // Release: who sees 0 sees all that the exits did. Pairs with `live`.
        if self.live.fetch_sub(1, Ordering::AcqRel) == 1 {
            // Under the lock, or `wait_until_empty` may have looked but not be waiting yet.
            drop(self.gone_lock.lock());
            self.gone.notify_all();
        }
    }

    /// Waits until no process of this host lives; false if the deadline passed before.
    pub fn wait_until_empty(&self, deadline: Instant) -> bool {
        let mut guard = self.gone_lock.lock();
        while self.live() > 0 {
            if self.gone.wait_until(&mut guard, deadline).timed_out() {
                return self.live() == 0;
            }
        }
        true
    }

    /// Takes a place to run for `process`. Without a free one the process comes back from [`Host::leave`] later.
    pub fn enter(&self, process: Arc<Process>) -> Option<Arc<Process>> {
        let mut places = self.places.lock();
        let pid = process.pid();
        if let Some(at) = places.promised.iter().position(|other| *other == pid) {
            places.promised.swap_remove(at);
            return Some(process);
        }
        if places.taken < self.running_limit {
            places.taken += 1;
            return Some(process);
        }
        places.waiting.push_back(process);
        None
    }

    /// Gives a place back, to the process that waited longest for one: it is to be queued. Whoever is found in a queue
    /// before it waits behind all others.
    #[must_use]
    pub fn leave(&self) -> Option<Arc<Process>> {
        let mut places = self.places.lock();
        let next = places.waiting.pop_front();
        match &next {
            Some(next) => places.promised.push(next.pid()),
            None => places.taken -= 1,
        }
        if places.waiting.is_empty() {
            places.waiting = VecDeque::new();
        }
        next
    }

    /// All that wait for a place; for the end, when nobody runs any more.
    pub fn drain_waiting(&self) -> VecDeque<Arc<Process>> {
        std::mem::take(&mut self.places.lock().waiting)
    }
}

/// All hosts, found by key without a lock.
#[derive(Debug)]
pub(super) struct Hosts {
    hosts: Box<[OnceLock<Host>]>,
    added: Mutex<usize>,
}

impl Hosts {
    pub fn new() -> Hosts {
        Hosts {
            hosts: (0..MAX_HOSTS).map(|_| OnceLock::new()).collect(),
            added: Mutex::new(0),
        }
    }

    /// Adds a host that isn't open yet. `workers`: how many processes can run at once anyway.
    pub fn add(&self, id: &str, limits: Limits, workers: usize) -> HostKey {
        let host = Host {
            id: id.into(),
            mailbox_limit: limits.mailbox,
            gate: AtomicU8::new(Gate::NotOpen as u8),
            live: AtomicUsize::new(0),
            gone: Condvar::new(),
            gone_lock: Mutex::new(()),
            running_limit: limits.running.max(1),
            places: Mutex::default(),
        };
        let mut added = self.added.lock();
        let index = *added;
        assert!(index < MAX_HOSTS, "more than {MAX_HOSTS} hosts");
        self.hosts[index]
            .set(host)
            .expect("the index was not used before");
        *added += 1;
        HostKey::new(index, limits.running < workers)
    }

    pub fn get(&self, key: HostKey) -> &Host {
        self.hosts[key.index()]
            .get()
            .expect("a key is given out when its host is there")
    }

    pub fn iter(&self) -> impl Iterator<Item = &Host> {
        self.hosts.iter().map_while(OnceLock::get)
    }
}

/// The moment `timeout` from now on the system's clock.
pub(super) fn deadline_in(timeout: Duration) -> Instant {
    let now = Instant::now();
    // 30 years stand for ever.
    now.checked_add(timeout)
        .unwrap_or(now + Duration::from_secs(1_000_000_000))
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use crate::process::{Body, Step, Turn};

    /// A body that is never stepped.
    struct Still;

    impl Body for Still {
        fn step(&mut self, _turn: Turn<'_>) -> Step {
            unreachable!("nobody steps it")
        }

        fn memory(&self) -> usize {
            0
        }
    }

    #[test]
    fn who_waited_longest_gets_the_place_though_others_are_found_first() {
        let hosts = Hosts::new();
        let limits = Limits {
            running: 1,
            mailbox: 0,
        };
        let key = hosts.add("app:one", limits, 2);
        let host = hosts.get(key);
        let process = |slot| {
            let pid = Pid::new(slot, 1, 0);
            Arc::new(Process::new(pid, key, 0, Box::new(Still), None, None))
        };
        let slot = |process: Option<Arc<Process>>| process.map(|process| process.pid().slot());
        assert_eq!(slot(host.enter(process(1))), Some(1));
        assert_eq!(slot(host.enter(process(2))), None);
        assert_eq!(slot(host.enter(process(3))), None);
        for (waiting, newcomer) in [(2, 4), (3, 5), (4, 6)] {
            let next = host.leave();
            assert_eq!(slot(next.clone()), Some(waiting));
            assert_eq!(
                slot(host.enter(process(newcomer))),
                None,
                "no place is free"
            );
            assert_eq!(slot(host.enter(next.unwrap())), Some(waiting));
        }
        for waiting in [5, 6] {
            let next = host.leave();
            assert_eq!(slot(host.enter(next.unwrap())), Some(waiting));
        }
        assert_eq!(slot(host.leave()), None);
        assert_eq!(slot(host.enter(process(7))), Some(7), "the place is free");
    }
}
