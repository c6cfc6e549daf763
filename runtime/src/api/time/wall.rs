//! A moment on the wall clock, as programs hold it: `time.now()` and the methods of what it answers.
//!
//! Knows nothing of timers.

use crate::api::{Call, Host};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Object, Outcome, Raise};

use super::span::{Span, read_duration};

/// A moment on the wall clock: nanoseconds since 1970 in UTC.
#[derive(Clone, Copy)]
pub(super) struct Time(pub(super) i64);

impl Object for Time {
    const CLASS: Class = Class::Time;
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Time,
        [
            ("add", Function::new(add)),
            ("sub", Function::new(sub)),
            (
                "before",
                Function::new(|call: &mut Call| compare(call, |one, other| one < other)),
            ),
            (
                "after",
                Function::new(|call: &mut Call| compare(call, |one, other| one > other)),
            ),
            (
                "equal",
                Function::new(|call: &mut Call| compare(call, |one, other| one == other)),
            ),
            (
                "unix",
                Function::new(|call: &mut Call| {
                    let Time(nanos) = this(call, 1)?;
                    call.lua.push_integer(nanos.div_euclid(1_000_000_000));
                    Ok(Answer::Values(1))
                }),
            ),
            (
                "unix_nano",
                Function::new(|call: &mut Call| {
                    let Time(nanos) = this(call, 1)?;
                    call.lua.push_integer(nanos);
                    Ok(Answer::Values(1))
                }),
            ),
        ],
    );
}

/// `time.now()`
pub(super) fn now(call: &mut Call) -> Outcome {
    let system = call.state.system();
    let wall = system.wall(system.now());
    call.lua.push_object(Time(wall));
    Ok(Answer::Values(1))
}

fn this(call: &Call, index: i32) -> Result<Time, Raise> {
    call.lua
        .object::<Time>(index)
        .copied()
        .ok_or_else(|| call.wrong_type(index, "time"))
}

fn compare(call: &mut Call, holds: fn(i64, i64) -> bool) -> Outcome {
    let (Time(one), Time(other)) = (this(call, 1)?, this(call, 2)?);
    call.lua.push_boolean(holds(one, other));
    Ok(Answer::Values(1))
}

/// `t:add(duration)`
fn add(call: &mut Call) -> Outcome {
    let Time(nanos) = this(call, 1)?;
    match read_duration(call, 2) {
        Ok(span) => {
            call.lua.push_object(Time(nanos.saturating_add(span)));
            Ok(Answer::Values(1))
        }
        Err(error) => Err(Raise::Object(Box::new(error))),
    }
}

/// `t:sub(other)`
fn sub(call: &mut Call) -> Outcome {
    let (Time(one), Time(other)) = (this(call, 1)?, this(call, 2)?);
    call.lua.push_object(Span(one.saturating_sub(other)));
    Ok(Answer::Values(1))
}
