//! The methods of a time.
//!
//! Knows nothing of timers, nor of where times come from.

use crate::api::{Call, Host};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Outcome, Raise};

use super::calendar::Civil;
use super::format::{FULL, format};
use super::instant::Instant;
use super::layout::{self, TOO_LONG};
use super::location::Location;
use super::making::field;
use super::span::{Span, read_duration};

/// The layout of `time.RFC3339`.
pub(super) const RFC3339: &str = "2006-01-02T15:04:05Z07:00";

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    register_parts(libraries);
    libraries.class(
        Class::Time,
        [
            ("add", Function::new(add)),
            ("sub", Function::new(sub)),
            ("add_date", Function::new(add_date)),
            (
                "round",
                Function::new(|call: &mut Call| to_multiple(call, Instant::rounded)),
            ),
            (
                "truncate",
                Function::new(|call: &mut Call| to_multiple(call, Instant::truncated)),
            ),
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
            ("format", Function::new(format_by)),
            (
                "format_rfc3339",
                Function::new(|call: &mut Call| written(call, RFC3339.as_bytes())),
            ),
            (
                "utc",
                Function::new(|call: &mut Call| relocated(call, Location::Utc)),
            ),
            (
                "in_local",
                Function::new(|call: &mut Call| relocated(call, Location::local())),
            ),
            ("in_location", Function::new(in_location)),
            ("location", Function::new(location)),
        ],
    );
    libraries.text_of(
        Class::Time,
        Function::new(|call: &mut Call| written(call, FULL)),
    );
}

/// Registers the methods that answer a part of the time.
fn register_parts(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Time,
        [
            (
                "year",
                Function::new(|call: &mut Call| part(call, |shown| shown.year)),
            ),
            (
                "month",
                Function::new(|call: &mut Call| part(call, Civil::month)),
            ),
            (
                "day",
                Function::new(|call: &mut Call| part(call, Civil::day)),
            ),
            (
                "hour",
                Function::new(|call: &mut Call| part(call, Civil::hour)),
            ),
            (
                "minute",
                Function::new(|call: &mut Call| part(call, Civil::minute)),
            ),
            (
                "second",
                Function::new(|call: &mut Call| part(call, Civil::second)),
            ),
            (
                "weekday",
                Function::new(|call: &mut Call| part(call, Civil::weekday)),
            ),
            (
                "year_day",
                Function::new(|call: &mut Call| part(call, Civil::year_day)),
            ),
            ("nanosecond", Function::new(nanosecond)),
            ("date", Function::new(date)),
            ("clock", Function::new(clock)),
            ("unix", Function::new(unix)),
            ("unix_nano", Function::new(unix_nano)),
            ("is_zero", Function::new(is_zero)),
        ],
    );
}

/// What calendar and clock show where the time is.
fn shown(call: &Call) -> Result<Civil, Raise> {
    let time = call.time(1)?;
    Ok(time.location.civil(time.at))
}

fn part(call: &mut Call, of: fn(&Civil) -> i64) -> Outcome {
    let shown = shown(call)?;
    call.lua.push_integer(of(&shown));
    Ok(Answer::Values(1))
}

/// `t:nanosecond()`
fn nanosecond(call: &mut Call) -> Outcome {
    let at = call.instant(1)?;
    call.lua.push_integer(at.nanos.into());
    Ok(Answer::Values(1))
}

/// `t:date()`: year, month, day.
fn date(call: &mut Call) -> Outcome {
    let shown = shown(call)?;
    call.lua.push_integer(shown.year);
    call.lua.push_integer(shown.month());
    call.lua.push_integer(shown.day());
    Ok(Answer::Values(3))
}

/// `t:clock()`: hour, minute, second.
fn clock(call: &mut Call) -> Outcome {
    let shown = shown(call)?;
    call.lua.push_integer(shown.hour());
    call.lua.push_integer(shown.minute());
    call.lua.push_integer(shown.second());
    Ok(Answer::Values(3))
}

/// `t:unix()`
fn unix(call: &mut Call) -> Outcome {
    let at = call.instant(1)?;
    call.lua.push_integer(at.seconds);
    Ok(Answer::Values(1))
}

/// `t:unix_nano()`
fn unix_nano(call: &mut Call) -> Outcome {
    match call.instant(1)?.to_nanos() {
        Some(nanos) => {
            call.lua.push_integer(nanos);
            Ok(Answer::Values(1))
        }
        None => call.invalid("time out of range: 64 bits of nanoseconds reach from 1677 to 2262"),
    }
}

/// `t:is_zero()`
fn is_zero(call: &mut Call) -> Outcome {
    let at = call.instant(1)?;
    call.lua.push_boolean(at.is_zero());
    Ok(Answer::Values(1))
}

fn compare(call: &mut Call, holds: fn(Instant, Instant) -> bool) -> Outcome {
    let (one, other) = (call.instant(1)?, call.instant(2)?);
    call.lua.push_boolean(holds(one, other));
    Ok(Answer::Values(1))
}

/// `t:add(duration)`
fn add(call: &mut Call) -> Outcome {
    let time = call.time(1)?;
    match read_duration(call, 2) {
        Ok(nanos) => call.answer_time(time.at.after(nanos), time.location),
        Err(error) => Err(call.bad_argument(2, &error.message)),
    }
}

/// `t:sub(other)`
fn sub(call: &mut Call) -> Outcome {
    let (one, other) = (call.instant(1)?, call.instant(2)?);
    call.lua.push_object(Span(one.since(other)));
    Ok(Answer::Values(1))
}

/// `t:add_date(years, months, days)`
fn add_date(call: &mut Call) -> Outcome {
    let time = call.time(1)?;
    let years = field(call, 2, "years")?;
    let months = field(call, 3, "months")?;
    let days = field(call, 4, "days")?;
    let at = time.location.moved(time.at, years, months, days);
    call.answer_time(at, time.location)
}

/// `t:round(duration)`, `t:truncate(duration)`: only a duration object will do.
fn to_multiple(call: &mut Call, of: fn(Instant, i64) -> Option<Instant>) -> Outcome {
    let time = call.time(1)?;
    let Some(Span(unit)) = call.lua.object::<Span>(2).copied() else {
        return Err(call.wrong_type(2, "duration"));
    };
    call.answer_time(of(time.at, unit), time.location)
}

/// `t:format(layout)`
fn format_by(call: &mut Call) -> Outcome {
    let time = call.time(1)?;
    call.string(2)?;
    let layout = call.subject(2);
    if layout::is_too_long(layout) {
        return call.invalid(TOO_LONG);
    }
    let text = format(layout, time.at, &time.location);
    call.answer_text(text)
}

fn written(call: &mut Call, layout: &[u8]) -> Outcome {
    let time = call.time(1)?;
    call.answer_text(format(layout, time.at, &time.location))
}

fn relocated(call: &mut Call, location: Location) -> Outcome {
    let at = call.instant(1)?;
    call.answer_time(Some(at), location)
}

/// `t:in_location(location)`
fn in_location(call: &mut Call) -> Outcome {
    let at = call.instant(1)?;
    let location = call.location(2)?;
    call.answer_time(Some(at), location)
}

/// `t:location()`
fn location(call: &mut Call) -> Outcome {
    let time = call.time(1)?;
    call.answer_location(&time.location)
}
