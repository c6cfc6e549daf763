//! What a worker steps, and how a step is interrupted.
//!
//! Declared here and implemented higher up: by `api/` with a Lua VM, by closures in tests. Knows nothing of Lua.

use std::sync::Arc;
use std::time::Duration;

use super::{Exit, Process};
use crate::clock::Moment;

/// What a worker steps. One worker at a time, never two.
pub trait Body: Send {
    /// Runs until the body waits, exits, or its step is interrupted.
    ///
    /// A wake is a hint: the body looks at what it waits for, and may answer with the same wait again. It takes its
    /// letters from `turn.process.mailbox()`.
    fn step(&mut self, turn: Turn<'_>) -> Step;

    /// Bytes of memory the body holds, for reports. May be a little old.
    fn memory(&self) -> usize;

    /// Says where the body is, innermost first, one line each; asked of a body that was killed. May be empty.
    fn stack(&mut self) -> String {
        String::new()
    }
}

/// What a body is told when it is stepped.
#[derive(Clone, Copy)]
pub struct Turn<'a> {
    /// The process that the body belongs to.
    pub process: &'a Arc<Process>,
    /// The moment at which the step began.
    pub now: Moment,
}

/// How a step ended.
#[derive(Debug)]
pub enum Step {
    /// Its slice is over and it has more to do.
    Ready,
    /// It waits for a letter, or until the given moment ([`Moment::NEVER`]: for a letter alone).
    Wait(Moment),
    /// It is over.
    Exit(Exit),
}

/// How to make a step that runs on another thread end soon.
///
/// Implemented in `lua/preempt.rs` by a signal to the thread; by a flag in tests.
pub trait Interrupter: Send + Sync {
    /// Called once by every worker thread before its first step. The answer names the thread from now on, until it is
    /// dropped, on the same thread.
    fn enter(&self) -> Box<dyn Interruptible>;
}

/// A worker thread that can be interrupted: the thread's own end.
pub trait Interruptible {
    /// A name of this thread that other threads may keep and use.
    fn handle(&self) -> Arc<dyn Interrupt>;

    /// Says that step `number` begins (counted up by the worker, never 0).
    fn begin(&self, number: u64);

    /// Says that the step has ended: an interrupt that comes from now on does nothing.
    fn end(&self);
}

/// The other threads' end of an [`Interruptible`].
pub trait Interrupt: Send + Sync {
    /// Asks the thread to end its step, if step `number` is still the one that runs. Never blocks for long; asking
    /// again is harmless, and necessary where the body could not be left the last time.
    fn interrupt(&self, number: u64, how: Urgency);

    /// The CPU time that the thread has used since it began; none if that can't be told.
    fn spent(&self) -> Option<Duration>;
}

/// What an interrupted step is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// Answer [`Step::Ready`] as soon as possible, where possible.
    Yield,
    /// The same; and where the body can't be left, the process is to end: it was asked for long enough.
    GiveUp,
    /// The process is to die: end the step by all means, also by raising errors where it can't be left.
    Die,
}
