//! What everybody may know of one worker: its queues' far ends, its wheel, its current step, its counters.
//!
//! A seat outlives the thread that sits in it. Knows nothing of what the worker does next.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use parking_lot::Mutex;

use super::parker::Parker;
use super::run_queue::{LocalQueue, SharedQueue, Source, queue};
use super::timer_wheel::{TimerKey, TimerWheel};
use crate::clock::Moment;
use crate::pid::Pid;
use crate::process::{Interrupt, Process, TimerPlace, Urgency};

/// Aligned so that what one worker writes at every step shares no cache line with another's.
#[repr(align(128))]
pub(super) struct Seat {
    pub queue: SharedQueue,
    /// The near ends of the queues, while no thread sits here.
    pub vacant: Mutex<Option<LocalQueue>>,
    /// A spare was started to sit here, and has not left yet.
    pub claimed: AtomicBool,
    pub timers: Timers,
    /// The seat whose wheel the thread that sits here arms and serves: its own, or a spare's stuck worker's.
    pub serves: AtomicUsize,
    pub parker: Parker,
    pub running: Running,
    pub counters: Counters,
    /// The watchdog has started a spare for this seat. Taken back by the worker itself when its step ends.
    pub stuck: AtomicBool,
    /// How to interrupt the thread that sits here.
    pub interrupt: Mutex<Option<Arc<dyn Interrupt>>>,
}

impl Seat {
    pub fn new(index: usize) -> Seat {
        let (local, shared) = queue(index as u32 + 1);
        Seat {
            queue: shared,
            vacant: Mutex::new(Some(local)),
            claimed: AtomicBool::new(false),
            timers: Timers::new(index),
            serves: AtomicUsize::new(index),
            parker: Parker::new(),
            running: Running::default(),
            counters: Counters::default(),
            stuck: AtomicBool::new(false),
            interrupt: Mutex::new(None),
        }
    }

    /// Interrupts step `number`, if it still runs.
    pub fn interrupt(&self, number: u64, how: Urgency) {
        let interrupt = self.interrupt.lock().clone();
        if let Some(interrupt) = interrupt {
            interrupt.interrupt(number, how);
        }
    }

    /// The CPU time that the thread which sits here has used.
    pub fn spent(&self) -> Option<Duration> {
        let interrupt = self.interrupt.lock().clone();
        interrupt?.spent()
    }
}

/// The timers of the processes that parked on this worker.
pub(super) struct Timers {
    index: u32,
    wheel: Mutex<TimerWheel<Arc<Process>>>,
    /// Moment at which to look at the wheel next, or an earlier one; `NEVER` if it is empty. Written under the lock.
    /// A count only: whoever must not miss it wrote it himself, or is unparked by who did.
    next_due: AtomicU64,
}

impl Timers {
    fn new(index: usize) -> Timers {
        Timers {
            index: index as u32,
            wheel: Mutex::new(TimerWheel::new()),
            next_due: AtomicU64::new(Moment::NEVER.0),
        }
    }

    pub fn next_due(&self) -> Moment {
        Moment(self.next_due.load(Ordering::Relaxed))
    }

    /// Moves an entry to `deadline` if it is in this wheel and that is free, or else adds one.
    pub fn arm(
        &self,
        present: Option<TimerPlace>,
        process: &Arc<Process>,
        deadline: Moment,
    ) -> TimerPlace {
        let mut wheel = self.wheel.lock();
        if let Some(place) = present.filter(|place| place.wheel == self.index) {
            if wheel.postpone(key(place), deadline) {
                return place;
            }
            wheel.cancel(key(place));
        }
        let TimerKey { index, generation } = wheel.insert(deadline, process.clone());
        let next = wheel.next().unwrap_or(Moment::NEVER);
        self.next_due.store(next.0, Ordering::Relaxed);
        TimerPlace {
            wheel: self.index,
            index,
            generation,
        }
    }

    /// Gives an entry of this wheel a later deadline; false if it has to be armed anew.
    pub fn postpone(&self, place: TimerPlace, deadline: Moment) -> bool {
        self.wheel.lock().postpone(key(place), deadline)
    }

    pub fn cancel(&self, place: TimerPlace) {
        let mut wheel = self.wheel.lock();
        let cancelled = wheel.cancel(key(place));
        if cancelled.is_some() {
            let next = wheel.next().unwrap_or(Moment::NEVER);
            self.next_due.store(next.0, Ordering::Relaxed);
        }
        drop(wheel);
        drop(cancelled);
    }

    pub fn expire(&self, now: Moment, due: &mut Vec<Arc<Process>>) {
        let mut wheel = self.wheel.lock();
        wheel.expire(now, due);
        let next = wheel.next().unwrap_or(Moment::NEVER);
        self.next_due.store(next.0, Ordering::Relaxed);
    }

    /// Number of processes that wait for a moment here.
    pub fn len(&self) -> usize {
        self.wheel.lock().len()
    }
}

fn key(place: TimerPlace) -> TimerKey {
    TimerKey {
        index: place.index,
        generation: place.generation,
    }
}

/// The step that a worker runs, as the watchdog sees it.
#[derive(Debug, Default)]
pub(super) struct Running {
    /// Number of the step, 0 between steps. Written last, with Release, and read first, with Acquire; since an interrupt
    /// names the number, a torn look does no harm.
    number: AtomicU64,
    pid: AtomicU64,
    began: AtomicU64,
    preempted: AtomicBool,
}

/// A look at [`Running`].
#[derive(Clone, Copy, Debug)]
pub(super) struct CurrentStep {
    pub number: u64,
    /// The pid's key.
    pub pid: u64,
    pub began: Moment,
    /// It ends as soon as other work is due.
    pub preempted: bool,
}

impl Running {
    pub fn begin(&self, number: u64, pid: Pid, began: Moment, source: Source) {
        self.pid.store(pid.key(), Ordering::Relaxed);
        self.began.store(began.0, Ordering::Relaxed);
        self.preempted
            .store(source == Source::Preempted, Ordering::Relaxed);
        self.number.store(number, Ordering::Release);
    }

    pub fn end(&self) {
        self.number.store(0, Ordering::Release);
    }

    pub fn look(&self) -> Option<CurrentStep> {
        let number = self.number.load(Ordering::Acquire);
        (number != 0).then(|| CurrentStep {
            number,
            pid: self.pid.load(Ordering::Relaxed),
            began: Moment(self.began.load(Ordering::Relaxed)),
            preempted: self.preempted.load(Ordering::Relaxed),
        })
    }

    /// Claims the right to interrupt a step because of other work; once a step.
    pub fn claim_preempted(&self) -> bool {
        self.preempted.load(Ordering::Relaxed) && self.preempted.swap(false, Ordering::Relaxed)
    }
}

/// What a worker counts. Written by its own thread only, summed by the reader.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub steps: Counter,
    pub spawned: Counter,
    pub exited: Counter,
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    /// One more; called by one thread only, hence no read-modify-write.
    pub fn count(&self) {
        self.0.store(
            self.0.load(Ordering::Relaxed).wrapping_add(1),
            Ordering::Relaxed,
        );
    }

    /// One more; by any thread.
    pub fn count_shared(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    pub fn read(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
