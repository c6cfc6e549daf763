//! The global `errors` and the error object. See `docs/errors.md`.

use std::borrow::Cow;
use std::ops::ControlFlow;

use crate::error::{Error, kind};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Module, Outcome, Raise, Stack, Type};

use super::{Call, Host, texts};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let module = Module::new("errors")
        .texts([
            ("NOT_FOUND", kind::NOT_FOUND),
            ("ALREADY_EXISTS", kind::ALREADY_EXISTS),
            ("INVALID", kind::INVALID),
            ("PERMISSION_DENIED", kind::PERMISSION_DENIED),
            ("UNAVAILABLE", kind::UNAVAILABLE),
            ("INTERNAL", kind::INTERNAL),
            ("CANCELED", kind::CANCELED),
            ("CONFLICT", kind::CONFLICT),
            ("TIMEOUT", kind::TIMEOUT),
            ("RATE_LIMITED", kind::RATE_LIMITED),
            ("UNKNOWN", kind::UNKNOWN),
        ])
        .functions([
            ("new", Function::new(new)),
            ("wrap", Function::new(wrap)),
            ("is", Function::new(is)),
            ("call_stack", Function::new(call_stack)),
        ]);
    libraries.library(module);
    libraries.class(
        Class::Error,
        [
            (
                "message",
                Function::new(|call: &mut Call| {
                    let error = this(call)?;
                    call.answer_text(error.message)
                }),
            ),
            (
                "kind",
                Function::new(|call: &mut Call| {
                    let error = this(call)?;
                    call.answer_text(error.kind.as_bytes())
                }),
            ),
            ("retryable", Function::new(retryable)),
            ("details", Function::new(details)),
            ("stack", Function::new(stack)),
        ],
    );
    libraries.own_metatable(
        Class::Error,
        [
            (
                "__tostring",
                Function::new(|call: &mut Call| {
                    let error = this(call)?;
                    call.answer_text(error.message)
                }),
            ),
            ("__concat", Function::new(concat)),
        ],
    );
}

fn this(call: &Call) -> Result<Error, Raise> {
    call.lua.error(1).ok_or_else(|| call.wrong_type(1, "error"))
}

/// `errors.new(message)` or `errors.new{message =, kind =, retryable =, details =}`
fn new(call: &mut Call) -> Outcome {
    let mut error = Error::new(kind::UNKNOWN, "");
    error.retryable = None;
    error.own = true;
    match call.lua.kind(1) {
        Type::Table => read_fields(call, &mut error)?,
        Type::String | Type::Number => error.message = call.text(1)?,
        _ => return Err(call.wrong_type(1, "string or table")),
    }
    error.stack = call.lua.trace();
    call.lua.push_error(&error);
    Ok(Answer::Values(1))
}

fn read_fields(call: &mut Call, error: &mut Error) -> Result<(), Raise> {
    call.lua.get_field(1, "message");
    match call.lua.text(-1) {
        Some(message) => error.message = message.into_owned(),
        None => return Err(call.bad_argument(1, "the field `message` must be a string")),
    }
    call.lua.get_field(1, "kind");
    if let Some(kind) = call.lua.text(-1) {
        error.kind = Cow::Owned(kind.into_owned());
    }
    if call.lua.get_field(1, "retryable") == Type::Boolean {
        error.retryable = Some(call.lua.truth(-1));
    }
    if call.lua.get_field(1, "details") == Type::Table && push_named(&mut call.lua) {
        let details = call
            .lua
            .payload_with_texts(-1)
            .map_err(|error| Raise::Object(Box::new(error)))?;
        error.details = Some(details);
    }
    call.lua.truncate(1);
    Ok(())
}

/// Pushes a table with those fields of the table on top whose keys are strings; false if there are none.
fn push_named(lua: &mut Stack) -> bool {
    let all = lua.top();
    lua.push_table(0, 0);
    let named = lua.top();
    let mut any = false;
    lua.for_each(all, |lua| {
        if lua.kind(-2) == Type::String {
            lua.push_copy(-2);
            lua.push_copy(-2);
            lua.set_value(named);
            any = true;
        }
        ControlFlow::Continue(())
    });
    any
}

/// `errors.wrap(err, context)`: the same message, with what was being done kept beside it.
fn wrap(call: &mut Call) -> Outcome {
    let mut error = match (call.lua.error(1), call.lua.kind(1)) {
        (Some(error), _) => error,
        (None, Type::String) => {
            let message = call.text(1)?;
            Error {
                retryable: None,
                own: true,
                stack: call.lua.trace(),
                ..Error::new(kind::UNKNOWN, message)
            }
        }
        _ => return Err(call.wrong_type(1, "error or string")),
    };
    let context = match call.lua.error(2) {
        Some(context) => context.message,
        None => call.text(2)?,
    };
    error.context = match error.context.is_empty() {
        true => context,
        false => format!("{context}: {}", error.context),
    };
    call.lua.push_error(&error);
    Ok(Answer::Values(1))
}

/// `errors.is(value, kind)`
fn is(call: &mut Call) -> Outcome {
    if call.lua.top() == 0 {
        return Err(call.bad_argument(1, "value expected"));
    }
    let kind = call.text(2)?;
    let same = call.lua.error(1).is_some_and(|error| error.kind == kind);
    call.lua.push_boolean(same);
    Ok(Answer::Values(1))
}

/// `err:retryable()`: true, false, or nil where nobody said.
fn retryable(call: &mut Call) -> Outcome {
    match this(call)?.retryable {
        Some(retryable) => call.lua.push_boolean(retryable),
        None => call.lua.push_nil(),
    }
    Ok(Answer::Values(1))
}

/// `err:details()`: a fresh table, or nil.
fn details(call: &mut Call) -> Outcome {
    match this(call)?.details {
        Some(details) => match call.lua.push_payload(details.encoded()) {
            Ok(()) => Ok(Answer::Values(1)),
            Err(error) => Err(Raise::Object(Box::new(error))),
        },
        None => {
            call.lua.push_nil();
            Ok(Answer::Values(1))
        }
    }
}

/// `err:stack()`: the full form, then one line a frame.
fn stack(call: &mut Call) -> Outcome {
    let error = this(call)?;
    let mut text = error.to_string();
    for frame in error.stack.lines() {
        text.push_str("\n  ");
        text.push_str(frame);
    }
    call.answer_text(text)
}

/// `errors.call_stack(err)`: `{thread, frames = {{level, source, line, name, type}…}}`, or nil.
fn call_stack(call: &mut Call) -> Outcome {
    let stack = call
        .lua
        .error(1)
        .map(|error| error.stack)
        .unwrap_or_default();
    if stack.is_empty() {
        call.lua.push_nil();
        return Ok(Answer::Values(1));
    }
    call.lua.push_table(0, 2);
    call.lua.push_bytes("main");
    call.lua.set_field(-2, "thread");
    call.lua.push_table(stack.lines().count(), 0);
    let (mut level, mut place) = (0, 0);
    for line in stack.lines() {
        if let Some(left_out) = left_out(line) {
            level += left_out;
            continue;
        }
        push_frame(call, level, line);
        level += 1;
        place += 1;
        call.lua.set_item(-2, place);
    }
    call.lua.set_field(-2, "frames");
    Ok(Answer::Values(1))
}

/// How many frames a line of a stack stands for that shows none of them, if it is one: a deep stack's middle.
fn left_out(line: &str) -> Option<i64> {
    let count = line.strip_prefix("… ")?.strip_suffix(" more …")?;
    count.parse().ok()
}

/// `source:line: name`, where the source may hold colons itself.
fn push_frame(call: &mut Call, level: i64, frame: &str) {
    let (place, name) = frame.split_once(": ").unwrap_or((frame, "?"));
    let (source, line) = match place.rsplit_once(':') {
        Some((source, line)) => (source, line.parse::<i64>().unwrap_or(0)),
        None => (place, 0),
    };
    call.lua.push_table(0, 5);
    call.lua.push_integer(level);
    call.lua.set_field(-2, "level");
    call.lua.push_integer(line);
    call.lua.set_field(-2, "line");
    let kind = if source == "[native]" {
        "native"
    } else {
        "lua"
    };
    for (key, value) in [("source", source), ("name", name), ("type", kind)] {
        call.lua.push_bytes(value);
        call.lua.set_field(-2, key);
    }
}

/// `err .. x` and `x .. err`: an error stands for its message, any other value for what `tostring` makes of it.
fn concat(call: &mut Call) -> Outcome {
    let wanted: Vec<i32> = (1..=2)
        .filter(|&index| call.lua.error(index).is_none() && call.needs_tostring(index))
        .collect();
    if !wanted.is_empty() {
        return Ok(texts::replace(call, wanted, concat));
    }
    let mut text = Vec::new();
    for index in 1..=2 {
        if let Some(error) = call.lua.error(index) {
            text.extend_from_slice(error.message.as_bytes());
        } else if call.lua.coerce(index) {
            text.extend_from_slice(call.lua.bytes(index).unwrap_or_default());
        } else {
            text.extend_from_slice(call.plain_text(index).as_bytes());
        }
    }
    call.answer_text(text)
}
