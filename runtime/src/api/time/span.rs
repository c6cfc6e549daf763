//! A duration, as programs write it and hold it.
//!
//! Knows nothing of moments.

use crate::api::{Call, Host};
use crate::duration;
use crate::error::{Error, kind};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Number, Object, Outcome, Raise};

/// A span: nanoseconds.
#[derive(Clone, Copy)]
pub(super) struct Span(pub(super) i64);

impl Object for Span {
    const CLASS: Class = Class::Duration;
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Duration,
        [
            (
                "nanoseconds",
                Function::new(|call: &mut Call| whole(call, 1)),
            ),
            (
                "microseconds",
                Function::new(|call: &mut Call| whole(call, 1_000)),
            ),
            (
                "milliseconds",
                Function::new(|call: &mut Call| whole(call, 1_000_000)),
            ),
            (
                "seconds",
                Function::new(|call: &mut Call| fraction(call, 1e9)),
            ),
            (
                "minutes",
                Function::new(|call: &mut Call| fraction(call, 6e10)),
            ),
            (
                "hours",
                Function::new(|call: &mut Call| fraction(call, 3.6e12)),
            ),
        ],
    );
    libraries.text_of(
        Class::Duration,
        Function::new(|call: &mut Call| {
            let Span(nanos) = this(call)?;
            call.answer_text(duration::Written(nanos).to_string())
        }),
    );
}

/// Nanoseconds of a duration argument: a number of them, text in Go's grammar, or a duration.
pub(super) fn read_duration(call: &Call, index: i32) -> Result<i64, Error> {
    let invalid = |message: String| Error::new(kind::INVALID, message);
    if let Some(Span(nanos)) = call.lua.object::<Span>(index) {
        return Ok(*nanos);
    }
    match call.lua.number(index) {
        Some(Number::Integer(nanos)) => return Ok(nanos),
        Some(Number::Float(nanos)) if nanos.is_finite() => return Ok(nanos as i64),
        Some(Number::Float(_)) => return Err(invalid("duration must be finite".into())),
        None => {}
    }
    match call.lua.text(index) {
        Some(text) => duration::parse(&text).map_err(|error| invalid(format!("time: {error}"))),
        None => Err(invalid("duration must be number or string".into())),
    }
}

/// `time.parse_duration(x)`
pub(super) fn parse_duration(call: &mut Call) -> Outcome {
    match read_duration(call, 1) {
        Ok(nanos) => {
            call.lua.push_object(Span(nanos));
            Ok(Answer::Values(1))
        }
        Err(error) => call.fail(error),
    }
}

fn this(call: &Call) -> Result<Span, Raise> {
    call.lua
        .object::<Span>(1)
        .copied()
        .ok_or_else(|| call.wrong_type(1, "duration"))
}

fn whole(call: &mut Call, unit: i64) -> Outcome {
    let Span(nanos) = this(call)?;
    call.lua.push_integer(nanos / unit);
    Ok(Answer::Values(1))
}

fn fraction(call: &mut Call, unit: f64) -> Outcome {
    let Span(nanos) = this(call)?;
    call.lua.push_float(nanos as f64 / unit);
    Ok(Answer::Values(1))
}
