//! Hosts: how many of a host's processes run at once, who waits for a place, whether it takes new ones.
//!
//! Knows nothing of queues or workers.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

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
    taken: usize,
    waiting: VecDeque<Arc<Process>>,
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
        if places.taken < self.running_limit {
            places.taken += 1;
            return Some(process);
        }
        places.waiting.push_back(process);
        None
    }

    /// Gives a place back. The process that waited longest for one is to be queued.
    #[must_use]
    pub fn leave(&self) -> Option<Arc<Process>> {
        let mut places = self.places.lock();
        places.taken -= 1;
        let next = places.waiting.pop_front();
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
