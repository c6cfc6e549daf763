//! The watchdog: one thread that interrupts steps which outlive their slice, and starts a spare worker for a worker that
//! no interrupt reaches.
//!
//! It sleeps while no worker steps. Knows nothing of queues beyond whether they hold anything.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering, fence};
use std::time::Duration;

use super::parker::Parker;
use super::seat::{CurrentStep, Seat};
use super::shared::Shared;
use super::threads::Threads;
use super::worker::work;
use crate::clock::Moment;
use crate::pid::Pid;
use crate::process::{Process, Urgency};

/// A killed process that was asked to yield during so many slices is made to die. A guess.
const SLICES_BEFORE_DIE: u32 = 3;

/// A worker whose step has outlived so many slices, interrupted in each, gets a spare. A guess: long enough for what
/// a library call in C usually takes.
const SLICES_BEFORE_SPARE: u32 = 50;

/// How the watchdog is woken.
#[derive(Debug)]
pub(super) struct Bell {
    parker: Parker,
    /// It sleeps until rung, since no worker steps.
    asleep: AtomicBool,
    /// Moment at which it looks next.
    next_look: AtomicU64,
}

impl Default for Bell {
    fn default() -> Bell {
        Bell {
            parker: Parker::new(),
            asleep: AtomicBool::new(false),
            next_look: AtomicU64::new(0),
        }
    }
}

impl Bell {
    /// Says that a worker is awake; called after it no longer counts as asleep.
    pub fn ring(&self) {
        fence(Ordering::SeqCst); // Pairs with the fence in `Watchdog::sleep`: one of us sees the other.
        if self.asleep.load(Ordering::Relaxed) {
            self.parker.unpark();
        }
    }

    /// Makes the watchdog look again before `due`.
    pub fn ring_before(&self, due: Moment) {
        if due.0 < self.next_look.load(Ordering::Relaxed) {
            self.parker.unpark();
        }
    }

    /// Makes the watchdog look at once.
    pub fn unpark(&self) {
        self.parker.unpark();
    }
}

/// The part of a slice that a step from the preempted queue has in any case, also while other work is due. Without it a
/// process that makes work for others, such as one that spawns ten thousand, would hardly get on while they run: every
/// eighth turn for no time at all. Others wait that much longer for their turn.
const QUANTUM_PART: u32 = 4;

/// What the watchdog remembers of one worker.
#[derive(Clone, Copy, Debug, Default)]
struct Watched {
    number: u64,
    /// Interrupts of the step since it outlived its slice.
    interrupts: u32,
    /// Those of them since the process was killed.
    killed: u32,
    /// The CPU time that its worker had used when it was first interrupted; none if that can't be told.
    spent: Option<Duration>,
    /// When to interrupt next.
    next: Moment,
    /// Somebody was told that it is stuck.
    told: bool,
}

pub(super) struct Watchdog {
    shared: Arc<Shared>,
    watched: Vec<Watched>,
}

impl Watchdog {
    pub fn new(shared: Arc<Shared>) -> Watchdog {
        let watched = vec![Watched::default(); shared.seats.len()];
        Watchdog { shared, watched }
    }

    /// The life of its thread.
    pub fn run(mut self) {
        self.shared.bell.parker.enter();
        let mut seen_idle = false;
        while !self.shared.stop.load(Ordering::Acquire) {
            // Twice before it sleeps, so that workers with a little to do all the time don't ring it all the time.
            let idle = self.all_asleep();
            if idle && seen_idle {
                self.sleep();
                seen_idle = false;
                continue;
            }
            seen_idle = idle;
            let now = self.shared.now();
            let next = self.look(now);
            self.shared.bell.next_look.store(next.0, Ordering::Relaxed);
            self.shared
                .bell
                .parker
                .park(Some(next.since(self.shared.now())));
        }
    }

    fn all_asleep(&self) -> bool {
        self.shared
            .seats
            .iter()
            .all(|seat| seat.running.look().is_none())
            && self
                .shared
                .idle
                .are_asleep(self.shared.config.workers.max(1))
    }

    fn sleep(&self) {
        let bell = &self.shared.bell;
        bell.asleep.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst); // Pairs with the fence in `Bell::ring`.
        if self.all_asleep() && !self.shared.stop.load(Ordering::Acquire) {
            bell.parker.park(None);
        }
        bell.asleep.store(false, Ordering::Relaxed);
    }

    /// Looks at every worker; answers when to look again.
    fn look(&mut self, now: Moment) -> Moment {
        let slice = self.shared.config.slice;
        let mut next = now.after(slice);
        for index in 0..self.watched.len() {
            if let Some(step) = self.shared.seats[index].running.look() {
                next = next.min(self.look_at(index, step, now));
            }
        }
        // Not at once again, whatever the moments say.
        next.max(now.after(slice / 8))
    }

    fn look_at(&mut self, index: usize, step: CurrentStep, now: Moment) -> Moment {
        let slice = self.shared.config.slice;
        let seat = &self.shared.seats[index];
        let watched = &mut self.watched[index];
        if watched.number != step.number {
            *watched = Watched {
                number: step.number,
                next: step.began.after(slice),
                ..Watched::default()
            };
        }
        if now < watched.next {
            if !step.preempted {
                return watched.next;
            }
            let due = self.shared.seats[index].timers.next_due();
            if due > now && !self.shared.has_ordinary_work() {
                return watched.next.min(due);
            }
            let quantum = step.began.after(slice / QUANTUM_PART);
            if now < quantum {
                return quantum;
            }
            if seat.running.claim_preempted() {
                seat.interrupt(step.number, Urgency::Yield);
            }
            return watched.next;
        }
        if watched.interrupts == 0 {
            watched.spent = seat.spent();
        }
        watched.interrupts += 1;
        watched.next = now.after(slice);
        let urgency = urgency(&self.shared, watched, seat, step);
        seat.interrupt(step.number, urgency);
        if watched.interrupts >= SLICES_BEFORE_SPARE {
            self.start_spare(index);
            self.tell_of(index, step, now);
        }
        now.after(slice)
    }

    /// Starts a spare for the worker in seat `stuck`, if it has none and one is free.
    fn start_spare(&self, stuck: usize) {
        let seats = &self.shared.seats;
        let workers = self.shared.config.workers.max(1);
        if seats[stuck].stuck.load(Ordering::Acquire) {
            return self.look_after(&seats[stuck]);
        }
        // Claimed here, not when its thread comes to sit: another worker may be found stuck before it does.
        let claim = |&index: &usize| !seats[index].claimed.swap(true, Ordering::AcqRel);
        let Some(spare) = (workers..seats.len()).find(claim) else {
            return;
        };
        seats[stuck].stuck.store(true, Ordering::Release);
        log::debug!("worker {stuck} is stuck in a step: starting a spare worker");
        let started = Threads::start(&self.shared, format!("spare-{spare}"), move |shared| {
            work(&shared, spare, Some(stuck));
        });
        if let Err(error) = started {
            seats[stuck].stuck.store(false, Ordering::Release);
            seats[spare].claimed.store(false, Ordering::Release);
            log::warn!("no spare worker: {error}");
        }
    }

    /// Tells of a step that has lasted long; once.
    fn tell_of(&mut self, stuck: usize, step: CurrentStep, now: Moment) {
        let watched = &mut self.watched[stuck];
        let lasted = now.since(step.began);
        if watched.told || lasted < self.shared.config.stuck_after {
            return;
        }
        let Some(tell) = &self.shared.config.stuck else {
            return;
        };
        // The pid of the step does not know where it came from; the process does.
        let process = process(&self.shared, step);
        // Looked at again, because the step may have ended while we looked, and another have begun.
        let current = self.shared.seats[stuck].running.look();
        if let Some(process) = process
            && current.is_some_and(|current| current.number == step.number)
        {
            watched.told = true;
            tell(process.pid(), lasted);
        }
    }

    /// A stuck worker's step may have woken somebody before it saw that it is stuck.
    fn look_after(&self, stuck: &Seat) {
        if let Some(process) = stuck.queue.take_lifo() {
            self.shared.injector.push(process);
            self.shared.notify();
        }
    }
}

/// The process whose step it is, unless it is over.
fn process(shared: &Shared, step: CurrentStep) -> Option<Arc<Process>> {
    let pid = NonZeroU64::new(step.pid).map(Pid::from_key);
    pid.and_then(|pid| shared.table.get(pid))
}

fn urgency(shared: &Shared, watched: &mut Watched, seat: &Seat, step: CurrentStep) -> Urgency {
    if process(shared, step).is_some_and(|process| process.is_killed()) {
        watched.killed += 1;
        if watched.killed > SLICES_BEFORE_DIE {
            return Urgency::Die;
        }
    }
    if is_to_be_given_up(shared, watched, seat) {
        return Urgency::GiveUp;
    }
    Urgency::Yield
}

/// Whether a step was interrupted in vain for so long that its process is to end, if it still can't be left. CPU time
/// counts: on a machine that is busy with other things a step may stand still for longer than it runs.
fn is_to_be_given_up(shared: &Shared, watched: &Watched, seat: &Seat) -> bool {
    let patience = shared.config.give_up;
    watched.interrupts > patience
        && watched
            .spent
            .zip(seat.spent())
            .is_none_or(|(then, now)| now.saturating_sub(then) >= shared.config.slice * patience)
}
