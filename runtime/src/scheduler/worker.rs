//! A worker: the thread that steps processes. Find one, step it, act on the outcome; with nothing to do, sleep.
//!
//! Knows nothing of what a body is, nor of slices: the watchdog interrupts.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::idle::Awake;
use super::local::Local;
use super::run_queue::Source;
use super::seat::{Seat, Timers};
use super::shared::{Place, Shared};
use crate::clock::Moment;
use crate::process::{Core, Exit, Interruptible, Process, Rest, Start, Step, Turn, Wake};

/// So many processes must have ended on a worker before it is worth giving memory back. A guess.
const MANY_EXITS: u32 = 1000;

/// A worker that found nothing to do for so long gives memory back before it goes on sleeping. A guess.
const QUIET: Duration = Duration::from_millis(10);

/// How long a worker that has just had work looks for more before it sleeps. A guess: with it 10,000 spawns whose
/// children another worker runs took 11 to 18 ms, without it 15 to 29, on a noisy machine. `moondust-stress spawn` tells.
const LOOK_ON: Duration = Duration::from_micros(20);

pub(super) struct Worker<'a> {
    shared: &'a Arc<Shared>,
    local: Rc<Local>,
    seat: &'a Seat,
    /// The wheel it arms and serves: its own, or that of the stuck worker it stands in for.
    timers: &'a Timers,
    /// The seat of the stuck worker it stands in for.
    covers: Option<&'a Seat>,
    thread: Box<dyn Interruptible>,
    /// Number of the last step.
    number: Cell<u64>,
    awake: Cell<Awake>,
    /// Processes that have ended here since memory was last given back.
    exits: Cell<u32>,
    quiet: Cell<bool>,
    /// Whether it has had work since it last looked on.
    worked: Cell<bool>,
    due: RefCell<Vec<Arc<Process>>>,
}

/// The life of the thread that sits in seat `index`; a spare stands in for the worker in seat `covers`.
pub(super) fn work(shared: &Arc<Shared>, index: usize, covers: Option<usize>) {
    let seat = &shared.seats[index];
    let queue = seat.vacant.lock().take().expect("one thread a seat");
    seat.parker.enter();
    let thread = shared.config.interrupter.enter();
    *seat.interrupt.lock() = Some(thread.handle());
    let covers = covers.map(|covers| &shared.seats[covers]);
    // The stuck one may be a spare itself: then the wheel is that of the worker it stood in for.
    let serves = covers.map_or(index, |stuck| stuck.serves.load(Ordering::Acquire));
    seat.serves.store(serves, Ordering::Release);
    let worker = Worker {
        shared,
        local: Local::new(shared, index, queue).enter(),
        seat,
        timers: &shared.seats[serves].timers,
        covers,
        thread,
        number: Cell::new(shared.seats[index].counters.steps.read()),
        awake: Cell::new(Awake::Unasked),
        exits: Cell::new(0),
        quiet: Cell::new(false),
        worked: Cell::new(false),
        due: RefCell::default(),
    };
    worker.run();
    worker.leave();
}

impl Worker<'_> {
    fn run(&self) {
        while !self.is_leaving() {
            let now = self.shared.now();
            if self.timers.next_due() <= now {
                self.serve_timers(now);
            }
            match self.next() {
                Some((process, source)) => {
                    self.worked.set(true);
                    self.pass_on_wake();
                    self.turn(process, source, now);
                }
                None => self.fall_asleep(),
            }
        }
    }

    fn is_leaving(&self) -> bool {
        let stand_in_done = |stuck: &Seat| !stuck.stuck.load(Ordering::Acquire);
        self.shared.stop.load(Ordering::Acquire) || self.covers.is_some_and(stand_in_done)
    }

    fn next(&self) -> Option<(Arc<Process>, Source)> {
        let seats = &self.shared.seats;
        let own = self.local.seat;
        if let Some(stuck) = self.covers
            && let Some(process) = stuck.queue.take_lifo()
        {
            return Some((process, Source::Ordinary));
        }
        let others = |index: usize| (index != own).then(|| &seats[index].queue);
        self.local
            .queue
            .next(&self.seat.queue, &self.shared.injector, others, seats.len())
    }

    fn serve_timers(&self, now: Moment) {
        let mut due = self.due.borrow_mut();
        self.timers.expire(now, &mut due);
        // No lock is held any more. Not stepping: they go to the back, and a sleeper hears of it.
        for process in due.drain(..) {
            if process.run_state().wake() == Wake::Enqueue {
                self.shared.enqueue(process, Place::Back);
            }
        }
        due.shrink_to(64);
    }

    /// A woken worker that has found work lets the next one come, if there is more.
    fn pass_on_wake(&self) {
        if self.awake.replace(Awake::Unasked) == Awake::Woken {
            self.shared.idle.arrived();
            if self.shared.has_work() {
                self.shared.wake_sleeper();
            }
        }
    }

    fn turn(&self, process: Arc<Process>, source: Source, now: Moment) {
        let key = process.host();
        if !key.is_limited() {
            return self.turn_in_place(process, source, now);
        }
        let host = self.shared.hosts.get(key);
        if let Some(process) = host.enter(process) {
            self.turn_in_place(process, source, now);
            if let Some(next) = host.leave() {
                self.shared.enqueue(next, Place::Back);
            }
        }
    }

    fn turn_in_place(&self, process: Arc<Process>, source: Source, now: Moment) {
        match process.run_state().start() {
            Start::Step => {
                let step = self.step(&process, source, now);
                self.rejoin();
                self.act(process, step, source, now);
            }
            Start::Retire => self.retire(&process, None),
        }
    }

    /// Steps a process; what it waits for is armed already, so that no wake can fall between.
    fn step(&self, process: &Arc<Process>, source: Source, now: Moment) -> Step {
        let number = self.number.get() + 1;
        self.number.set(number);
        let mut core = process.core();
        let Some(body) = core.body.as_mut() else {
            // Taken by `Scheduler::stop`, which did not get us to leave in time.
            return Step::Wait(Moment::NEVER);
        };
        if source == Source::Preempted {
            self.begin_preempted();
        }
        self.seat.running.begin(number, process.pid(), now, source);
        self.thread.begin(number);
        self.local.stepping.set(true);
        let turn = Turn { process, now };
        let result = catch_unwind(AssertUnwindSafe(|| (body.step(turn), body.memory())));
        self.local.stepping.set(false);
        self.thread.end();
        self.seat.running.end();
        if source == Source::Preempted {
            self.shared.preempting.fetch_sub(1, Ordering::Relaxed);
        }
        self.seat.counters.steps.count();
        match result {
            Ok((step, memory)) => {
                process.set_memory(memory);
                if let Step::Wait(until) = step {
                    self.arm(process, &mut core, until);
                }
                step
            }
            Err(panic) => Step::Exit(Exit::failed(format!("panic: {}", panic_message(&*panic)))),
        }
    }

    /// The watchdog must be awake when the next timer is due, to interrupt the step for it.
    fn begin_preempted(&self) {
        self.shared.preempting.fetch_add(1, Ordering::Relaxed);
        self.shared.bell.ring_before(self.timers.next_due());
    }

    fn act(&self, process: Arc<Process>, step: Step, source: Source, began: Moment) {
        let rest = match step {
            Step::Exit(exit) => return self.retire(&process, Some(exit)),
            Step::Wait(_) => process.run_state().park(),
            Step::Ready => process.run_state().requeue(),
        };
        match rest {
            Rest::Parked => {}
            Rest::Retire => self.retire(&process, None),
            Rest::Enqueue => {
                // Whoever used up a slice goes behind those who didn't, until it waits.
                let slice_over = || self.shared.now().since(began) >= self.shared.config.slice / 2;
                if matches!(step, Step::Ready) && (source == Source::Preempted || slice_over()) {
                    self.local.queue.push_preempted(process);
                    self.shared.wake_sleeper();
                } else {
                    self.shared.enqueue(process, Place::Back);
                }
            }
        }
    }

    fn retire(&self, process: &Arc<Process>, exit: Option<Exit>) {
        self.shared.retire(process, exit);
        self.exits.set(self.exits.get().saturating_add(1));
    }

    /// Sees to it that the process has a timer for `until`, and none if that is never.
    fn arm(&self, process: &Arc<Process>, core: &mut Core, until: Moment) {
        let wheel = |index: u32| &self.shared.seats[index as usize].timers;
        if until == Moment::NEVER {
            if let Some(place) = core.timer.take() {
                wheel(place.wheel).cancel(place);
            }
            return;
        }
        if let Some(place) = core.timer
            && !std::ptr::eq(wheel(place.wheel), self.timers)
        {
            // In another worker's wheel. It may stay there, but only its owner may make it come earlier.
            if wheel(place.wheel).postpone(place, until) {
                return;
            }
            wheel(place.wheel).cancel(place);
            core.timer = None;
        }
        core.timer = Some(self.timers.arm(core.timer, process, until));
    }

    /// Looks on for a moment after it has had work, because whoever makes work mostly makes more: to be woken for each
    /// piece costs him a call of the system. Answers whether there is work.
    fn look_on(&self) -> bool {
        if !self.worked.replace(false) {
            return false;
        }
        let until = self.shared.now().after(LOOK_ON);
        while self.shared.now() < until {
            for _ in 0..64 {
                std::hint::spin_loop();
            }
            if self.shared.has_work() {
                return true;
            }
        }
        false
    }

    fn fall_asleep(&self) {
        if self.look_on() {
            return;
        }
        if self.quiet.replace(false) {
            self.give_memory_back();
        }
        let shared = self.shared;
        shared
            .idle
            .announce(self.local.seat, self.awake.replace(Awake::Unasked));
        // Announced; the fence is in there. Now look again.
        if !shared.has_work() && !self.is_leaving() {
            self.park();
        }
        self.awake.set(shared.idle.withdraw(self.local.seat));
        shared.bell.ring();
    }

    fn park(&self) {
        let next = self.timers.next_due();
        let timeout = match next {
            Moment::NEVER => None,
            next => Some(next.since(self.shared.now())),
        };
        let collects = self.exits.get() >= MANY_EXITS && self.shared.config.idle.is_some();
        if collects && timeout.is_none_or(|timeout| timeout > QUIET) {
            let unparked = self.seat.parker.park(Some(QUIET));
            self.quiet.set(!unparked);
        } else {
            self.seat.parker.park(timeout);
        }
    }

    fn give_memory_back(&self) {
        self.exits.set(0);
        if let Some(idle) = &self.shared.config.idle {
            idle();
        }
    }

    /// After a step: if a spare was started meanwhile, tell it to go.
    fn rejoin(&self) {
        if self.seat.stuck.load(Ordering::Relaxed) {
            self.seat.stuck.store(false, Ordering::Release);
            // One of them covers this seat.
            for spare in &self.shared.seats[self.shared.config.workers.max(1)..] {
                spare.parker.unpark();
            }
        }
    }

    /// Gives up the seat. What is queued here goes to the others.
    fn leave(self) {
        let seat = self.seat;
        *seat.interrupt.lock() = None;
        let handed_over = seat.queue.drain();
        let shared = self.shared;
        let woken = self.awake.get() == Awake::Woken;
        let serves = seat.serves.load(Ordering::Relaxed);
        *seat.vacant.lock() = Some(Local::leave(self.local));
        seat.claimed.store(false, Ordering::Release);
        if woken {
            shared.idle.arrived();
        }
        for process in handed_over {
            shared.injector.push(process);
        }
        if shared.has_work() {
            shared.notify();
        }
        // Whoever serves the same wheel from now on may have fallen asleep before the last timer was armed here.
        let others = shared.seats.iter();
        let others = others.filter(|other| other.serves.load(Ordering::Acquire) == serves);
        others.for_each(|other| other.parker.unpark());
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
