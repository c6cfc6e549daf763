//! Whether a process is parked, queued, running or exited, and who must act when that changes.
//!
//! One atomic word. Every transition is a read-modify-write, also where nothing changes: so that a message pushed
//! before a wake is seen by the step that the wake answers for. Knows nothing of queues or workers.

use crate::sync::{AtomicU8, Ordering::AcqRel, Ordering::Acquire};

const PARKED: u8 = 0;
const QUEUED: u8 = 1;
const RUNNING: u8 = 2;
/// Running, and woken again meanwhile.
const NOTIFIED: u8 = 3;
const EXITED: u8 = 4;
const STATE: u8 = 7;
/// Mark: is to be retired instead of stepped.
const KILLED: u8 = 8;
/// Mark: a name may be registered for it, so that the exit must look.
const NAMED: u8 = 16;

/// Where a process is in its life.
#[derive(Debug)]
pub struct RunState(AtomicU8);

/// What whoever woke a process must do.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// Put it on a run queue: nobody else will.
    Enqueue,
    /// Nothing: it is queued already, or its worker will see to it.
    AlreadyAwake,
    /// Nothing: it has exited.
    Exited,
}

/// What the worker that took a process from a queue must do.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Step it.
    Step,
    /// Retire it without a step: it was killed.
    Retire,
}

/// What the worker whose step has ended must do.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nothing: the process is parked, and may run elsewhere already.
    Parked,
    /// Put it on a run queue.
    Enqueue,
    /// Retire it: it was killed meanwhile.
    Retire,
}

/// What whoever killed a process must do.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kill {
    /// Put it on a run queue, to be retired: nobody else will.
    Enqueue,
    /// Nothing: it is on a queue and will be retired when its turn comes.
    Queued,
    /// Interrupt its step, so that it ends soon.
    Interrupt,
    /// Nothing: somebody else killed it before.
    Already,
    /// Nothing: it has exited.
    Exited,
}

impl RunState {
    /// A process that is about to be put on a run queue.
    pub fn queued() -> RunState {
        RunState(AtomicU8::new(QUEUED))
    }

    fn change<A>(&self, next: impl Fn(u8) -> (u8, A)) -> A {
        let mut word = self.0.load(Acquire);
        loop {
            let (new, answer) = next(word);
            match self.0.compare_exchange_weak(word, new, AcqRel, Acquire) {
                Ok(_) => return answer,
                Err(seen) => word = seen,
            }
        }
    }

    /// Says that there may be something to do. Call it after what there is to do was published.
    pub fn wake(&self) -> Wake {
        self.change(|word| match word & STATE {
            PARKED => (word & !STATE | QUEUED, Wake::Enqueue),
            RUNNING => (word & !STATE | NOTIFIED, Wake::AlreadyAwake),
            EXITED => (word, Wake::Exited),
            _ => (word, Wake::AlreadyAwake),
        })
    }

    /// Becomes running; called by the worker that took it from a queue, before it looks at the mailbox.
    pub fn start(&self) -> Start {
        self.change(|word| {
            debug_assert_eq!(word & STATE, QUEUED, "two queue entries");
            let answer = if word & KILLED == 0 {
                Start::Step
            } else {
                Start::Retire
            };
            (word & !STATE | RUNNING, answer)
        })
    }

    /// Ends a step that waits.
    pub fn park(&self) -> Rest {
        self.change(|word| match word {
            word if word & KILLED != 0 => (word, Rest::Retire),
            word if word & STATE == NOTIFIED => (word & !STATE | QUEUED, Rest::Enqueue),
            word => (word & !STATE | PARKED, Rest::Parked),
        })
    }

    /// Ends a step that has more to do.
    pub fn requeue(&self) -> Rest {
        self.change(|word| match word {
            word if word & KILLED != 0 => (word, Rest::Retire),
            word => (word & !STATE | QUEUED, Rest::Enqueue),
        })
    }

    /// Becomes exited, for good. Answers whether names may be registered for it.
    #[must_use]
    pub fn exit(&self) -> bool {
        self.change(|word| (word & !STATE | EXITED, word & NAMED != 0))
    }

    /// Marks it as killed.
    pub fn kill(&self) -> Kill {
        self.change(|word| match word & STATE {
            EXITED => (word, Kill::Exited),
            _ if word & KILLED != 0 => (word, Kill::Already),
            PARKED => (word & !STATE | QUEUED | KILLED, Kill::Enqueue),
            QUEUED => (word | KILLED, Kill::Queued),
            _ => (word | KILLED, Kill::Interrupt),
        })
    }

    /// Says that a name is about to be registered for it; false if it has exited, and then it must not be.
    #[must_use]
    pub fn mark_named(&self) -> bool {
        self.change(|word| (word | NAMED, word & STATE != EXITED))
    }

    /// Whether it was killed.
    pub fn is_killed(&self) -> bool {
        self.0.load(Acquire) & KILLED != 0
    }

    /// Whether it has exited.
    pub fn is_exited(&self) -> bool {
        self.0.load(Acquire) & STATE == EXITED
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_wake_during_a_step_is_kept() {
        let state = RunState::queued();
        assert_eq!(state.wake(), Wake::AlreadyAwake);
        assert_eq!(state.start(), Start::Step);
        assert_eq!(state.park(), Rest::Parked);
        assert_eq!(state.wake(), Wake::Enqueue);
        assert_eq!(state.start(), Start::Step);
        assert_eq!(state.wake(), Wake::AlreadyAwake);
        assert_eq!(state.park(), Rest::Enqueue);
        assert_eq!(state.start(), Start::Step);
        assert!(!state.exit());
        assert_eq!(state.wake(), Wake::Exited);
    }

    #[test]
    fn a_kill_is_seen_wherever_the_process_is() {
        let parked = RunState::queued();
        let _ = parked.start();
        let _ = parked.park();
        assert_eq!(parked.kill(), Kill::Enqueue);
        assert_eq!(parked.kill(), Kill::Already);
        assert_eq!(parked.start(), Start::Retire);

        let running = RunState::queued();
        let _ = running.start();
        assert_eq!(running.kill(), Kill::Interrupt);
        assert_eq!(running.park(), Rest::Retire);
        assert_eq!(running.requeue(), Rest::Retire);
        let _ = running.exit();
        assert_eq!(running.kill(), Kill::Exited);
        assert!(!running.mark_named());
    }
}
