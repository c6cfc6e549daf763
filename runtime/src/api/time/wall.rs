//! A moment on the wall clock, as programs hold it: `time.now()` and the methods of what it answers.
//!
//! Knows nothing of timers.

use std::fmt::Write;

use jiff::tz::TimeZone;

use crate::api::os_time::{self, Answer as Date};
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
                    call.lua.push_integer(nanos.div_euclid(NANOS));
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
    libraries.text_of(
        Class::Time,
        Function::new(|call: &mut Call| {
            let Time(nanos) = this(call, 1)?;
            let text = written(nanos, &TimeZone::system())?;
            call.answer_text(text)
        }),
    );
}

const NANOS: i64 = 1_000_000_000;

/// The moment as Go writes it: date, time with as much of a fraction as there is, offset and name of the zone.
fn written(nanos: i64, zone: &TimeZone) -> Result<String, Raise> {
    let seconds = nanos.div_euclid(NANOS);
    let part = |format: &[u8]| match os_time::date(format, seconds, zone) {
        Ok(Date::Text(text)) => Ok(String::from_utf8_lossy(&text).into_owned()),
        Ok(Date::Fields(_)) => unreachable!("only `*t` asks for fields"),
        Err(error) => Err(Raise::Text(error.to_string())),
    };
    let mut text = part(b"%Y-%m-%d %H:%M:%S")?;
    let fraction = nanos.rem_euclid(NANOS);
    if fraction != 0 {
        // Writing to a string can't fail.
        let _ = write!(text, ".{fraction:09}");
        text.truncate(text.trim_end_matches('0').len());
    }
    text.push_str(&part(b" %z %Z")?);
    Ok(text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_go_does() {
        let berlin = TimeZone::get("Europe/Berlin").unwrap();
        for (nanos, zone, text) in [
            (0, &TimeZone::UTC, "1970-01-01 00:00:00 +0000 UTC"),
            (
                -1,
                &TimeZone::UTC,
                "1969-12-31 23:59:59.999999999 +0000 UTC",
            ),
            (
                1_707_568_496_500_000_000,
                &berlin,
                "2024-02-10 13:34:56.5 +0100 CET",
            ),
            (
                1_720_000_000_000_001_000,
                &berlin,
                "2024-07-03 11:46:40.000001 +0200 CEST",
            ),
        ] {
            assert_eq!(written(nanos, zone).unwrap(), text);
        }
    }
}
