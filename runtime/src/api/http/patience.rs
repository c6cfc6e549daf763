//! Waiting for what comes from outside, but not for ever.
//!
//! Knows nothing of what is waited for.

use std::time::Duration;

use crate::api::timers::{Target, Timer};
use crate::api::{Call, host::Own, tasks::Granted};
use crate::clock::Moment;
use crate::lua::Number;
use crate::process::Caller;
use crate::wake::Wake;

/// Where a call that may wait keeps until when, behind its arguments.
const PLACE: i32 = 3;

impl Call<'_> {
    /// Notes until when the call may wait, `timeout` milliseconds from now. It keeps two arguments, which may be nil.
    pub(super) fn begin_patience(&mut self, timeout: u64) {
        let until = self.state.system().now();
        let until = until.after(Duration::from_millis(timeout));
        self.lua.truncate(PLACE - 1);
        while self.lua.top() < PLACE - 1 {
            self.lua.push_nil();
        }
        // A moment past what an integer holds never comes either.
        self.lua
            .push_integer(i64::try_from(until.0).unwrap_or(i64::MAX));
    }

    /// Until when the call may wait.
    pub(super) fn patience(&self) -> Moment {
        match self.lua.number(PLACE) {
            Some(Number::Integer(until)) => Moment(until as u64),
            _ => unreachable!("it was noted"),
        }
    }

    /// Looks whether a wait that [`Own::waker_until`] began is over.
    pub(super) fn waited(&mut self, wait: u32) -> Waited {
        let Some(grant) = self.state.tasks.take_grant() else {
            return Waited::NotOver;
        };
        self.state.end_wait(wait);
        match grant.what {
            Granted::Time => Waited::TooLong,
            _ => Waited::Woken,
        }
    }
}

/// How a wait has ended.
pub(super) enum Waited {
    /// It has not.
    NotOver,
    /// It is worth looking again.
    Woken,
    /// Its time is up.
    TooLong,
}

impl Own {
    /// The running task is about to wait until it is woken, but at most until a moment. The number is the wait's.
    pub(super) fn waker_until(&mut self, until: Moment) -> (Wake, u32) {
        let wait = self.begin_call();
        let target = Target::Task(self.tasks.current());
        self.timers.arm(Timer { at: until, target });
        self.tasks.wait_for_none();
        let pid = self.pid();
        (self.system().waker(Caller { pid, call: wait }), wait)
    }

    /// The wait of the running task is over: neither a late wake nor its timer may end another.
    fn end_wait(&mut self, wait: u32) {
        self.rare().calls.end(wait);
        let target = Target::Task(self.tasks.current());
        self.timers.retain(|timer| timer.target != target);
    }
}
