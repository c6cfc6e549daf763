//! What a scheduler is started with.
//!
//! Knows nothing of files: whoever boots the runtime fills it in.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::clock::Clock;
use crate::pid::Pid;
use crate::process::{Interrupter, OnExit};

/// How long a step may run before it is interrupted. A guess between the cost of an interrupt (microseconds) and the
/// lateness that a hog may cause others: `moondust-stress hogs` tells.
pub const SLICE: Duration = Duration::from_millis(1);

/// A step that has used the CPU for so many slices without coming to a place where it can be left is given up, and its
/// process ends. A guess: what Lua code does for a function in C (a message handler, a `__close`) takes microseconds, and
/// who waits for a stuck worker while all spares are stuck too waits that long.
pub const SLICES_BEFORE_GIVE_UP: u32 = 100;

/// The most spare workers that run at once for workers stuck in C. A guess: each is a thread more than there are cores.
pub const SPARES: usize = 4;

/// How long a process must have kept its worker in one step before somebody is told. A guess: that far past its slice it
/// is no accident of a machine with much else to do.
pub const STUCK: Duration = Duration::from_secs(1);

/// What a scheduler is started with.
#[derive(Clone)]
pub struct Config {
    /// Number of worker threads; at least 1.
    pub workers: usize,
    /// The most spare workers that run at once.
    pub spares: usize,
    /// How long a step may run before it is interrupted.
    pub slice: Duration,
    /// After how many slices a step that can't be left is given up.
    pub give_up: u32,
    /// The clock that all moments are read from.
    pub clock: Clock,
    /// How steps are interrupted.
    pub interrupter: Arc<dyn Interrupter>,
    /// Told of every exit that is not normal and that nobody else is told of; `watched` is false.
    pub orphan: Option<Arc<dyn OnExit>>,
    /// Told once of every step that can't be interrupted and has lasted [`Config::stuck_after`]: whose it is, and how long
    /// it has lasted. Must not block.
    pub stuck: Option<Arc<dyn Fn(Pid, Duration) + Send + Sync>>,
    /// See [`Config::stuck`].
    pub stuck_after: Duration,
    /// Called by a worker that has nothing to do after many processes have ended, so that memory can be given back.
    pub idle: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl Config {
    /// As many workers as cores, and all else as it usually is.
    pub fn new(interrupter: Arc<dyn Interrupter>) -> Config {
        Config {
            workers: thread::available_parallelism().map_or(1, usize::from),
            spares: SPARES,
            slice: SLICE,
            give_up: SLICES_BEFORE_GIVE_UP,
            clock: Clock::start(),
            interrupter,
            orphan: None,
            stuck: None,
            stuck_after: STUCK,
            idle: None,
        }
    }
}
