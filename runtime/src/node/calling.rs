//! Calls that programs make: of functions, and of processes that are called like them.
//!
//! Knows nothing of how a program waits.

use std::sync::Arc;

use super::function::{Afterwards, Called, Work};
use super::{Node, Wanted, unknown};
use crate::api::{FunctionCall, Ongoing};
use crate::clock::Moment;
use crate::error::{Error, kind};
use crate::pid::Pid;
use crate::process::{Caller, Event, Exit, Letter, OnExit, Reply};
use crate::scheduler::Scheduler;

impl Node {
    /// Calls a function, or a process that has a default host: that one is started there, and its end is what the call
    /// comes to.
    pub(super) fn call_function(&self, call: FunctionCall<'_>) -> Result<Arc<dyn Ongoing>, Error> {
        let to = Arc::new(Answers::new(self.scheduler.clone(), call.caller));
        if let Some(pool) = self.functions.get(call.function) {
            let work = Work {
                arguments: call.arguments,
                context: call.context,
                exchange: None,
            };
            return Ok(pool.call(work, to)?);
        }
        let entry = self.entry(call.function).ok();
        let Some(host) = entry.as_ref().and_then(|entry| entry.default_host()) else {
            let text = "no handler registered for target";
            return Err(unknown(text, "function_id", call.function));
        };
        let admitted = self.admit(Wanted {
            entry: call.function,
            host,
            arguments: call.arguments,
            context: call.context,
            monitor: None,
            on_start: None,
            on_exit: Some(to),
        })?;
        let scheduler = self.scheduler.clone();
        let pid = admitted.start();
        Ok(Arc::new(CalledProcess { scheduler, pid }))
    }
}

/// A process that was called.
struct CalledProcess {
    scheduler: Scheduler,
    pid: Pid,
}

impl Ongoing for CalledProcess {
    fn cancel(&self) {
        self.scheduler.kill(self.pid, canceled());
    }
}

/// How a call ends that somebody ended.
pub(super) fn canceled() -> Exit {
    let mut error = Error::new(kind::CANCELED, "canceled");
    error.retryable = None;
    Exit::Killed(Arc::new(error))
}

/// Gives what a process ends with, or a function returns, to a call that waits for it.
pub(super) struct Answers {
    scheduler: Scheduler,
    caller: Caller,
}

impl Answers {
    pub(super) fn new(scheduler: Scheduler, caller: Caller) -> Answers {
        Answers { scheduler, caller }
    }
}

impl OnExit for Answers {
    fn on_exit(&self, _: Pid, exit: &Exit, _: bool, _: Moment) {
        reply(&self.scheduler, self.caller, exit.clone());
    }
}

impl Called for Answers {
    fn returned(&self, exit: &Exit, _: bool) -> Option<Arc<dyn Afterwards>> {
        reply(&self.scheduler, self.caller, exit.clone());
        None
    }

    fn is_program(&self) -> bool {
        true
    }
}

/// Says what a call came to.
pub(super) fn reply(scheduler: &Scheduler, caller: Caller, exit: Exit) {
    let call = caller.call;
    let event = Event::Reply(Reply { call, exit });
    // Refused: the caller has ended, and nobody waits.
    let _ = scheduler.send(caller.pid, Letter::Event(Box::new(event)));
}
