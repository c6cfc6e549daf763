//! Which workers are asleep, and whom to wake when work arrives.
//!
//! One push wakes at most one worker, and none while another is still waking up: waking is a relay, a woken worker that
//! finds more work than its own wakes the next. Knows nothing of queues, nor of how a thread sleeps.
//!
//! The protocol: publish, fence, look for sleepers — announce, fence, look for work again.

use crate::sync::{AtomicBool, AtomicUsize, Mutex, Ordering::Relaxed, Ordering::SeqCst, fence};

/// The workers that sleep.
#[derive(Debug)]
pub struct Idle {
    sleepers: Mutex<Vec<usize>>,
    /// Length of `sleepers`; changed under its lock, read without.
    asleep: AtomicUsize,
    /// Somebody was woken and has not yet said [`Idle::arrived`], nor gone back to sleep.
    waking: AtomicBool,
}

/// How a worker that had announced its sleep is awake again.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awake {
    /// By itself.
    Unasked,
    /// Somebody woke it: it owes an [`Idle::arrived`], whatever it does next.
    Woken,
}

impl Idle {
    /// Nobody sleeps.
    pub fn new() -> Idle {
        Idle {
            sleepers: Mutex::new(Vec::new()),
            asleep: AtomicUsize::new(0),
            waking: AtomicBool::new(false),
        }
    }

    /// Called after work was published: the worker to unpark for it, if there is one.
    #[must_use]
    pub fn wake_one(&self) -> Option<usize> {
        fence(SeqCst); // Pairs with the fences in `announce` and `arrived`: one of us sees the other.
        if self.asleep.load(Relaxed) == 0 || self.waking.load(Relaxed) {
            return None;
        }
        let mut sleepers = self.sleepers.lock();
        if self.waking.load(Relaxed) {
            return None;
        }
        let woken = sleepers.pop()?;
        self.asleep.store(sleepers.len(), Relaxed);
        self.waking.store(true, Relaxed);
        Some(woken)
    }

    /// Says that `worker` is going to sleep. It looks for work once more before it parks.
    pub fn announce(&self, worker: usize, awake: Awake) {
        let mut sleepers = self.sleepers.lock();
        sleepers.push(worker);
        self.asleep.store(sleepers.len(), Relaxed);
        if awake == Awake::Woken {
            self.waking.store(false, Relaxed);
        }
        drop(sleepers);
        fence(SeqCst); // Pairs with the fence in `wake_one`.
    }

    /// Says that `worker`, having announced its sleep, is awake.
    pub fn withdraw(&self, worker: usize) -> Awake {
        let mut sleepers = self.sleepers.lock();
        match sleepers.iter().position(|&sleeper| sleeper == worker) {
            Some(at) => {
                sleepers.remove(at);
                self.asleep.store(sleepers.len(), Relaxed);
                Awake::Unasked
            }
            None => Awake::Woken,
        }
    }

    /// Says that a woken worker has found work or leaves. It then looks whether there is more work, and if so calls
    /// [`Idle::wake_one`]: whoever published it may have relied on this worker.
    pub fn arrived(&self) {
        self.waking.store(false, Relaxed);
        fence(SeqCst); // Pairs with the fence in `wake_one`.
    }

    /// Whether all of the first `workers` sleep. Exact only between a fence on either side.
    pub fn are_asleep(&self, workers: usize) -> bool {
        let is_one = |sleeper: &&usize| **sleeper < workers;
        self.asleep.load(Relaxed) >= workers
            && self.sleepers.lock().iter().filter(is_one).count() == workers
    }
}

impl Default for Idle {
    fn default() -> Idle {
        Idle::new()
    }
}
