//! What all threads of one scheduler share, and how a process that is to run gets to a queue.
//!
//! Knows nothing of the worker's loop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::config::Config;
use super::host::Hosts;
use super::idle::Idle;
use super::local::Local;
use super::run_queue::SharedInjector;
use super::seat::{Counters, Seat};
use super::threads::Threads;
use super::watchdog::Bell;
use crate::clock::Moment;
use crate::pid::Pid;
use crate::process::{Letter, Process, Refusal, Table, Urgency, Wake};

pub(super) struct Shared {
    pub config: Config,
    pub table: Table,
    pub hosts: Hosts,
    pub injector: SharedInjector,
    /// One a worker, then one a spare.
    pub seats: Box<[Seat]>,
    pub idle: Idle,
    pub bell: Bell,
    /// Number of workers that run a preempted process: pushing other work interrupts one of them.
    pub preempting: AtomicUsize,
    /// The workers are to leave.
    pub stop: AtomicBool,
    pub threads: Threads,
    /// What was done by threads that aren't workers.
    pub outside: Counters,
}

/// Spawns of a worker into one shard before it takes another. A guess. Rotating made spawns whose children end on another
/// worker 20 to 50 % cheaper in noisy runs; `measures::costs` prints it.
const SPAWNS_PER_SHARD: usize = 64;

/// Where in a queue a process goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// To the LIFO slot, if a running process woke it.
    Hot,
    /// Behind the others.
    Back,
}

/// Why a letter was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendRefused {
    /// No process has this pid, any more or at all.
    Unknown,
    /// The process is ending.
    Closed,
    /// Its mailbox holds as much as it may.
    Full,
    /// The letter is larger than its mailbox may hold.
    TooLarge {
        /// Bytes of the letter.
        bytes: usize,
        /// The most bytes that the mailbox holds.
        limit: usize,
    },
}

impl Shared {
    pub fn new(config: Config) -> Shared {
        let workers = config.workers.max(1);
        Shared {
            table: Table::new(),
            hosts: Hosts::new(),
            injector: SharedInjector::new(),
            seats: (0..workers + config.spares).map(Seat::new).collect(),
            idle: Idle::new(),
            bell: Bell::default(),
            preempting: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            threads: Threads::default(),
            outside: Counters::default(),
            config,
        }
    }

    pub fn now(&self) -> Moment {
        self.config.clock.now()
    }

    /// Puts a letter into a mailbox, then wakes the process.
    pub fn send(&self, to: Pid, letter: Letter) -> Result<(), SendRefused> {
        let process = self.table.get(to).ok_or(SendRefused::Unknown)?;
        self.send_to(&process, letter)
    }

    /// The same for who has the process at hand.
    pub fn send_to(&self, process: &Arc<Process>, letter: Letter) -> Result<(), SendRefused> {
        match process.mailbox().push(letter) {
            Ok(()) => {
                self.wake(process, Place::Hot);
                Ok(())
            }
            Err(Refusal::Closed(_)) if self.table.get(process.pid()).is_none() => {
                Err(SendRefused::Unknown)
            }
            Err(Refusal::Closed(_)) => Err(SendRefused::Closed),
            Err(Refusal::Full(letter)) => {
                let (bytes, limit) = (letter.size(), process.mailbox().limit());
                Err(match bytes > limit {
                    true => SendRefused::TooLarge { bytes, limit },
                    false => SendRefused::Full,
                })
            }
        }
    }

    pub fn wake(&self, process: &Arc<Process>, place: Place) {
        match process.run_state().wake() {
            Wake::Enqueue => self.enqueue(process.clone(), place),
            Wake::AlreadyAwake | Wake::Exited => {}
        }
    }

    /// Puts a process that its run state says is queued onto a queue, and sees to it that a worker hears of it.
    pub fn enqueue(&self, process: Arc<Process>, place: Place) {
        let told = Local::with(self, |local| match local {
            None => {
                self.injector.push(process);
                self.notify();
                true
            }
            Some(local) if place == Place::Hot && local.stepping.get() => {
                let seat = &self.seats[local.seat];
                if seat.stuck.load(Ordering::Relaxed) {
                    self.injector.push(process);
                    return false;
                }
                match seat.queue.put_lifo(process) {
                    // The worker is awake, and looks there when the step ends.
                    None => true,
                    Some(displaced) => {
                        local.queue.push_back(displaced);
                        false
                    }
                }
            }
            Some(local) => {
                local.queue.push_back(process);
                false
            }
        });
        // A worker that makes work runs it itself, after its step, if no sleeper comes for it: to interrupt another, or
        // the very step that makes it, would only cost both.
        if !told {
            self.wake_sleeper();
        }
    }

    /// Called after work from outside was published: makes a worker come, from its sleep or else from a preempted
    /// process.
    pub fn notify(&self) {
        if !self.wake_sleeper() && self.preempting.load(Ordering::Relaxed) > 0 {
            self.interrupt_preempted();
        }
    }

    /// Called after work was published that is worth no interrupt. Answers whether a sleeping worker was woken.
    pub fn wake_sleeper(&self) -> bool {
        let sleeper = self.idle.wake_one();
        if let Some(sleeper) = sleeper {
            self.seats[sleeper].parker.unpark();
        }
        sleeper.is_some()
    }

    #[cold]
    fn interrupt_preempted(&self) {
        for seat in &self.seats {
            if let Some(step) = seat.running.look()
                && seat.running.claim_preempted()
            {
                seat.interrupt(step.number, Urgency::Yield);
                return;
            }
        }
    }

    /// Makes the step that `pid` runs end soon, if it runs one.
    pub fn interrupt_process(&self, pid: Pid) {
        for seat in &self.seats {
            if let Some(step) = seat.running.look()
                && step.pid == pid.key()
            {
                seat.interrupt(step.number, Urgency::Yield);
            }
        }
    }

    /// Whether a worker that looks for work would find some.
    pub fn has_work(&self) -> bool {
        !self.injector.is_empty() || self.seats.iter().any(|seat| !seat.queue.is_empty())
    }

    /// Whether work is queued that goes before preempted processes.
    pub fn has_ordinary_work(&self) -> bool {
        !self.injector.is_empty() || self.seats.iter().any(|seat| seat.queue.has_ordinary())
    }

    /// Which shard of the table the worker in `seat` inserts into. It changes every few spawns, so that the worker does
    /// not meet those who take out again what it just put in; workers start apart.
    pub fn shard_for(&self, seat: usize) -> usize {
        let spawned = self.seats[seat].counters.spawned.read() as usize;
        seat + spawned / SPAWNS_PER_SHARD * self.config.workers
    }

    /// Counts on this thread's own counters.
    pub fn count(&self, which: impl Fn(&Counters) -> &super::seat::Counter) {
        Local::with(self, |local| match local {
            Some(local) => which(&self.seats[local.seat].counters).count(),
            None => which(&self.outside).count_shared(),
        });
    }
}
