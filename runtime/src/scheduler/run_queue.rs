//! The queues of processes that are to run, and the order in which a worker looks through them.
//!
//! LIFO slot, local deque, the deque of preempted processes, the injector, then other workers' deques. The only file
//! that names crossbeam. Knows nothing of sleeping or stepping.

use std::cell::Cell;
use std::sync::Arc;

use crossbeam_deque::{Injector, Steal, Stealer, Worker as Deque};
use crossbeam_utils::atomic::AtomicCell;

use crate::process::Process;

/// Turns between two looks at the injector before anything else, so that local work cannot starve it.
/// 61 is tokio's untuned target. Not measured here yet: `moondust-stress hogs` would tell.
const INJECTOR_INTERVAL: u32 = 61;

/// Every how many turns a preempted process runs although others are queued. A guess: hogs get on, and a turn in eight
/// is all that they take from others.
const PREEMPTED_INTERVAL: u32 = 8;

/// How often in a row the LIFO slot is served: two processes that wake each other would starve the rest. As in tokio.
const MAX_LIFO_RUN: u32 = 3;

/// A process that is to run.
pub(super) type Queued = Arc<Process>;

/// Where a process was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// Among those that were woken or spawned.
    Ordinary,
    /// Among those whose last slice was not enough: its step ends as soon as other work is due.
    Preempted,
}

/// A worker's own ends of its queues. Used by one thread at a time.
pub(super) struct LocalQueue {
    deque: Deque<Queued>,
    preempted: Deque<Queued>,
    turn: Cell<u32>,
    lifo_run: Cell<u32>,
    random: Cell<u32>,
}

/// Everybody's ends of a worker's queues.
pub(super) struct SharedQueue {
    /// Where a process goes that the running one woke: one pointer, swapped atomically, so that a spare worker can take
    /// what a stuck one left there.
    lifo: AtomicCell<Option<Queued>>,
    deque: Stealer<Queued>,
    preempted: Stealer<Queued>,
}

/// What is queued by nobody's worker.
pub(super) type SharedInjector = Injector<Queued>;

/// Both ends of one worker's queues.
pub(super) fn queue(seed: u32) -> (LocalQueue, SharedQueue) {
    let (deque, preempted) = (Deque::new_fifo(), Deque::new_fifo());
    let shared = SharedQueue {
        lifo: AtomicCell::new(None),
        deque: deque.stealer(),
        preempted: preempted.stealer(),
    };
    let local = LocalQueue {
        deque,
        preempted,
        turn: Cell::new(0),
        lifo_run: Cell::new(0),
        random: Cell::new(seed.wrapping_mul(0x9E37_79B9) | 1),
    };
    (local, shared)
}

impl SharedQueue {
    /// Puts a process into the LIFO slot; the one that was there comes back, for the deque.
    #[must_use]
    pub fn put_lifo(&self, process: Queued) -> Option<Queued> {
        self.lifo.swap(Some(process))
    }

    /// What is in the LIFO slot.
    pub fn take_lifo(&self) -> Option<Queued> {
        self.lifo.take()
    }

    /// Whether a thief would find nothing.
    pub fn is_empty(&self) -> bool {
        self.deque.is_empty() && self.preempted.is_empty()
    }

    /// Whether something other than preempted processes is queued.
    pub fn has_ordinary(&self) -> bool {
        !self.deque.is_empty()
    }

    /// Takes out everything; for the end, when no worker runs any more.
    pub fn drain(&self) -> Vec<Queued> {
        let mut all: Vec<_> = self.take_lifo().into_iter().collect();
        for stealer in [&self.deque, &self.preempted] {
            all.extend(std::iter::from_fn(|| until_success(|| stealer.steal())));
        }
        all
    }
}

impl LocalQueue {
    /// Puts a process behind all others. The caller tells a sleeper.
    pub fn push_back(&self, process: Queued) {
        self.deque.push(process);
    }

    /// Puts a process whose slice was not enough behind others like it. The caller tells a sleeper.
    pub fn push_preempted(&self, process: Queued) {
        self.preempted.push(process);
    }

    /// The next process to run here. `own` is the shared end of this queue; `others` gives those of the `count` workers
    /// by index, `None` for this one. Others are searched from a random start, and a preempted process is only taken
    /// when nowhere an ordinary one is found.
    pub fn next<'a>(
        &self,
        own: &SharedQueue,
        injector: &SharedInjector,
        others: impl Fn(usize) -> Option<&'a SharedQueue>,
        count: usize,
    ) -> Option<(Queued, Source)> {
        let turn = self.turn.get().wrapping_add(1);
        self.turn.set(turn);
        if turn.is_multiple_of(INJECTOR_INTERVAL)
            && let Some(process) = until_success(|| injector.steal())
        {
            return Some((process, Source::Ordinary));
        }
        if turn.is_multiple_of(PREEMPTED_INTERVAL)
            && let Some(process) = self.preempted.pop()
        {
            return Some((process, Source::Preempted));
        }
        let start = self.random() as usize % count;
        let victims = || (0..count).filter_map(|step| others((start + step) % count));
        self.next_ordinary(own)
            .or_else(|| until_success(|| injector.steal_batch_and_pop(&self.deque)))
            .or_else(|| victims().find_map(|victim| self.steal_from(victim)))
            .map(|process| (process, Source::Ordinary))
            .or_else(|| {
                let steal = |victim: &SharedQueue| until_success(|| victim.preempted.steal());
                let process = self.preempted.pop().or_else(|| victims().find_map(steal))?;
                Some((process, Source::Preempted))
            })
    }

    fn next_ordinary(&self, own: &SharedQueue) -> Option<Queued> {
        if let Some(process) = own.take_lifo() {
            // With nobody behind it in the deque, nobody starves.
            if self.lifo_run.get() < MAX_LIFO_RUN || self.deque.is_empty() {
                self.lifo_run.set(self.lifo_run.get().saturating_add(1));
                return Some(process);
            }
            self.deque.push(process);
        }
        self.lifo_run.set(0);
        self.deque.pop()
    }

    /// Takes about half of another worker's deque; gives the first of it.
    fn steal_from(&self, victim: &SharedQueue) -> Option<Queued> {
        until_success(|| victim.deque.steal_batch_and_pop(&self.deque))
    }

    /// Marsaglia's xorshift: which victim comes first needs no better.
    fn random(&self) -> u32 {
        let mut x = self.random.get();
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        self.random.set(x);
        x
    }
}

/// Takes everything out of the injector; for the end, when no worker runs any more.
pub(super) fn drain(injector: &SharedInjector) -> Vec<Queued> {
    std::iter::from_fn(|| until_success(|| injector.steal())).collect()
}

fn until_success<T>(mut steal: impl FnMut() -> Steal<T>) -> Option<T> {
    loop {
        match steal() {
            Steal::Success(stolen) => return Some(stolen),
            Steal::Empty => return None,
            // Not empty: somebody else was faster. Who parks after this loses work.
            Steal::Retry => {}
        }
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_lifo_slot_takes_no_lock() {
        assert!(AtomicCell::<Option<Queued>>::is_lock_free());
    }
}
