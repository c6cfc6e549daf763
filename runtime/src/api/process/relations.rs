//! What a process has to do with another: monitoring and linking it, asking it to end, ending it.
//!
//! Knows nothing of how others are told.

use crate::api::Call;
use crate::duration;
use crate::error::{Error, kind};
use crate::lua::{Number, Outcome, Raise};
use crate::pid::Pid;

/// What is done to another process.
type Act = fn(&mut Call, Pid) -> Result<(), Error>;

/// Does something to the process that argument 1 means: `true`, or `nil, err`.
fn with_destination(call: &mut Call, name: &str, act: Act) -> Outcome {
    let done = match call.destination(name)? {
        Ok(pid) => act(call, pid),
        Err(error) => Err(error),
    };
    call.done(done)
}

/// `process.monitor(destination)`
pub(super) fn monitor(call: &mut Call) -> Outcome {
    with_destination(call, "monitor", |call, pid| {
        call.state.system().monitor(call.state.pid(), pid)
    })
}

/// `process.unmonitor(destination)`
pub(super) fn unmonitor(call: &mut Call) -> Outcome {
    with_destination(call, "unmonitor", |call, pid| {
        call.state.system().unmonitor(call.state.pid(), pid);
        Ok(())
    })
}

/// `process.link(destination)`
pub(super) fn link(call: &mut Call) -> Outcome {
    with_destination(call, "link", |call, pid| {
        call.state.system().link(call.state.process(), pid)
    })
}

/// `process.unlink(destination)`
pub(super) fn unlink(call: &mut Call) -> Outcome {
    with_destination(call, "unlink", |call, pid| {
        call.state.system().unlink(call.state.process(), pid);
        Ok(())
    })
}

/// `process.terminate(destination)`
pub(super) fn terminate(call: &mut Call) -> Outcome {
    with_destination(call, "terminate", |call, pid| {
        call.state.system().terminate(pid)
    })
}

/// `process.cancel(destination[, deadline or reason])`
pub(super) fn cancel(call: &mut Call) -> Outcome {
    let pid = match call.destination("cancel")? {
        Ok(pid) => pid,
        Err(error) => return call.fail(error),
    };
    let (after, reason) = match patience(call)? {
        Ok(found) => found,
        Err(error) => return call.fail(error),
    };
    let system = call.state.system();
    let deadline = after.map(|seconds| system.wall(system.now()) as f64 / 1e9 + seconds);
    let done = system.cancel(Some(call.state.pid()), pid, &reason, deadline);
    call.done(done)
}

/// What argument 2 of a cancel says: in how many seconds the other is to have ended, or why.
fn patience(call: &mut Call) -> Result<Result<(Option<f64>, String), Error>, Raise> {
    if call.lua.is_nothing(2) {
        return Ok(Ok((None, String::new())));
    }
    let seconds = match call.lua.number(2) {
        Some(Number::Integer(millis)) => millis as f64 / 1e3,
        Some(Number::Float(millis)) => millis / 1e3,
        None => {
            let text = call.text(2)?;
            match duration::parse(&text) {
                Ok(nanos) => nanos as f64 / 1e9,
                Err(_) => return Ok(Ok((None, text))),
            }
        }
    };
    if seconds.is_finite() && seconds >= 0.0 {
        return Ok(Ok((Some(seconds), String::new())));
    }
    let text = "a deadline is a finite number of milliseconds, or a duration, and not negative";
    Ok(Err(Error::new(kind::INVALID, text)))
}
