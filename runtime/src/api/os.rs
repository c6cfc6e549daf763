//! The library `os`: time and dates only. See `docs/dialect.md`.
//!
//! Reads clocks through the system, so that tests can give it one. Calendars are in `os_time`.

use jiff::tz::TimeZone;

use crate::lua::{Answer, Function, LibrariesBuilder, Module, Number, Outcome, Raise, Type};

use super::os_time::{self, Fields, Given};
use super::{Call, Host};

const NANOS: i64 = 1_000_000_000;

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let module = Module::new("os").texts([("platform", "wippy")]).functions([
        ("time", Function::new(time)),
        ("date", Function::new(date)),
        ("clock", Function::new(clock)),
        ("difftime", Function::new(difftime)),
    ]);
    libraries.library(module);
}

/// Unix seconds.
fn now(call: &Call) -> i64 {
    let system = call.state.system();
    system.wall(system.now()).div_euclid(NANOS)
}

/// `os.time([fields])`
fn time(call: &mut Call) -> Outcome {
    let now = now(call);
    let seconds = match call.lua.kind(1) {
        Type::None | Type::Nil => now,
        Type::Table => {
            let given = given(call)?;
            os_time::time(&given, now, &TimeZone::system())
                .map_err(|error| Raise::Text(error.to_string()))?
        }
        _ => return Err(call.wrong_type(1, "table")),
    };
    call.lua.push_integer(seconds);
    Ok(Answer::Values(1))
}

/// The fields of the table at 1.
fn given(call: &mut Call) -> Result<Given, Raise> {
    let mut given = Given {
        year: field(call, "year")?,
        month: field(call, "month")?,
        day: field(call, "day")?,
        hour: field(call, "hour")?,
        min: field(call, "min")?,
        sec: field(call, "sec")?,
        isdst: None,
    };
    if call.lua.get_field(1, "isdst") != Type::Nil {
        given.isdst = Some(call.lua.truth(-1));
    }
    call.lua.pop(1);
    Ok(given)
}

fn field(call: &mut Call, name: &str) -> Result<Option<i64>, Raise> {
    let found = match call.lua.get_field(1, name) {
        Type::Nil => Ok(None),
        _ => match call.exact(-1) {
            Ok(value) => Ok(Some(value)),
            Err(_) => Err(format!("field '{name}' is not an integer").into()),
        },
    };
    call.lua.pop(1);
    found
}

/// `os.date([format[, seconds]])`
fn date(call: &mut Call) -> Outcome {
    let has_format = !call.lua.is_nothing(1);
    if has_format {
        call.stringify(1)?;
    }
    let seconds = match call.lua.is_nothing(2) {
        true => now(call),
        // A float's fraction is of no use to a calendar, and `time` values have one.
        false => match call.number(2)? {
            Number::Integer(seconds) => seconds,
            Number::Float(seconds) => seconds.floor() as i64,
        },
    };
    let format = if has_format {
        call.subject(1)
    } else {
        os_time::DEFAULT_FORMAT
    };
    let answer = os_time::date(format, seconds, &TimeZone::system());
    match answer.map_err(|error| Raise::Text(error.to_string()))? {
        os_time::Answer::Text(text) => call.answer_text(text),
        os_time::Answer::Fields(fields) => push_fields(call, &fields),
    }
}

fn push_fields(call: &mut Call, fields: &Fields) -> Outcome {
    call.lua.push_table(0, 9);
    for (name, value) in [
        ("year", fields.year),
        ("month", fields.month),
        ("day", fields.day),
        ("hour", fields.hour),
        ("min", fields.min),
        ("sec", fields.sec),
        ("wday", fields.wday),
        ("yday", fields.yday),
    ] {
        call.lua.push_integer(value);
        call.lua.set_field(-2, name);
    }
    call.lua.push_boolean(fields.isdst);
    call.lua.set_field(-2, "isdst");
    Ok(Answer::Values(1))
}

/// `os.clock()`: seconds since the runtime's start.
fn clock(call: &mut Call) -> Outcome {
    let now = call.state.system().now();
    call.lua.push_float(now.0 as f64 / NANOS as f64);
    Ok(Answer::Values(1))
}

/// `os.difftime(later, earlier)`
fn difftime(call: &mut Call) -> Outcome {
    let later = call.float(1)?;
    let earlier = match call.lua.is_nothing(2) {
        true => 0.0,
        false => call.float(2)?,
    };
    call.lua.push_float(later - earlier);
    Ok(Answer::Values(1))
}
