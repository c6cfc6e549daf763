//! Types as values: `User(v)`, `User:is(v)`, `A <= B`, what a type is made of. See `docs/types.md`.
//!
//! The library `string` is a type as well. Knows nothing of what types mean (`dialect/types`), nor how Lua holds them
//! (`lua/type_value.rs`).

mod failure;
mod reflection;
mod validation;
mod values;

use crate::dialect::types::{Basic, TypeKey, TypeNumber, Types};
use crate::error::{Error, kind};
use crate::lua::{
    Answer, Function, LibrariesBuilder, Outcome, Raise, Stack, TypeFunctions, TypeValue,
};

use super::{Call, Host};
use failure::Failure;
use validation::{Verdict, validate};

/// The basic types that are globals; `string` is a library.
const GLOBALS: [Basic; 4] = [Basic::Integer, Basic::Number, Basic::Boolean, Basic::Any];

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    for basic in GLOBALS {
        libraries.type_value(basic.name(), value(TypeKey::basic(basic)));
    }
    libraries.types(TypeFunctions {
        call: Function::new(call_type),
        index: Function::new(reflection::field),
        less: Function::new(|call: &mut Call| compare(call, Types::is_strict_subtype)),
        less_or_equal: Function::new(|call: &mut Call| compare(call, Types::is_subtype)),
        text: Function::new(text),
        methods: reflection::methods(),
        bound: [("is", Function::new(is))],
    });
}

/// A type as programs have it.
pub(super) fn value(key: TypeKey) -> TypeValue {
    TypeValue {
        class: key.class,
        number: key.number,
    }
}

/// The type at `index`, the library `string` being one.
fn type_at(lua: &Stack, index: i32) -> Option<TypeNumber> {
    match lua.type_value(index) {
        Some(value) => Some(value.number),
        None => (lua.library_name(index) == Some("string")).then_some(Basic::String.number()),
    }
}

/// The type that a method was called on.
fn this(call: &Call) -> Result<TypeNumber, Raise> {
    type_at(&call.lua, 1).ok_or_else(|| call.wrong_type(1, "type"))
}

/// `X(v)`: v itself, or an error; of a generic type and types, another type.
fn call_type(call: &mut Call) -> Outcome {
    let number = this(call)?;
    let types = call.state.types();
    let last = call.lua.top();
    let arguments: Option<Vec<TypeNumber>> =
        (2..=last).map(|index| type_at(&call.lua, index)).collect();
    if let Some(arguments) = arguments
        && last > 1
        && types.is_generic(number)
    {
        let made = types.instantiate(number, &arguments)?;
        call.lua.push_type(value(types.key(made)));
        return Ok(Answer::Values(1));
    }
    if last != 2 {
        let (name, got) = (types.text(number), last - 1);
        return Err(format!("{name}(value) takes 1 argument, got {got}").into());
    }
    cast(call, 0)
}

/// Answers the value at 2 if it is of the type at 1. The first elements of an array were looked at before.
fn cast(call: &mut Call, done: isize) -> Outcome {
    match judge(call, 2, done)? {
        Verdict::Valid => {
            call.lua.truncate(2);
            Ok(Answer::Values(1))
        }
        Verdict::Pause(done) => Ok(Answer::pause(cast, done)),
        Verdict::Invalid(failure) => Err(failure.message.into()),
    }
}

/// `X:is(v)` or `X.is(v)`: `v, nil`, or `nil, err`.
fn is(call: &mut Call) -> Outcome {
    this(call)?;
    if call.lua.top() < 2 {
        return Err(call.bad_argument(2, "value expected"));
    }
    ask(call, 0)
}

/// As [`cast`], for `is`.
fn ask(call: &mut Call, done: isize) -> Outcome {
    match judge(call, 2, done)? {
        Verdict::Valid => {
            call.lua.push_copy(2);
            call.lua.push_nil();
            Ok(Answer::Values(2))
        }
        Verdict::Pause(done) => Ok(Answer::pause(ask, done)),
        Verdict::Invalid(failure) => refuse(call, *failure),
    }
}

/// Whether the value at `index` is of the type at 1.
fn judge(call: &mut Call, index: i32, done: isize) -> Result<Verdict, Raise> {
    let number = this(call)?;
    Ok(validate(
        call.state.types(),
        &mut call.lua,
        index,
        number,
        done,
    ))
}

/// Answers `nil, err`.
fn refuse(call: &mut Call, failure: Failure) -> Outcome {
    let mut error = Error::new(kind::INVALID, failure.message);
    let details = [
        ("field", failure.field),
        ("expected", failure.expected),
        ("got", failure.got),
        ("constraint", failure.constraint),
    ];
    call.lua.push_table(0, details.len());
    for (name, value) in details {
        if let Some(value) = value {
            call.lua.push_bytes(value);
            call.lua.set_field(-2, name);
        }
    }
    error.details = call.lua.payload(-1).ok();
    call.fail(error)
}

/// `X < Y`, `X <= Y`
fn compare(call: &mut Call, is_it: fn(&Types, TypeNumber, TypeNumber) -> bool) -> Outcome {
    let (Some(one), Some(other)) = (type_at(&call.lua, 1), type_at(&call.lua, 2)) else {
        let name = |index| call.lua.kind(index).name();
        return Err(format!("attempt to compare {} with {}", name(1), name(2)).into());
    };
    let answer = is_it(call.state.types(), one, other);
    call.lua.push_boolean(answer);
    Ok(Answer::Values(1))
}

/// `tostring(X)`
fn text(call: &mut Call) -> Outcome {
    let text = call.state.types().text(this(call)?);
    call.answer_text(text)
}

/// `string(v)`: what calling the library `string` does.
pub(super) fn string(call: &mut Call) -> Outcome {
    put_string_first(call);
    call_type(call)
}

/// `string:is(v)` or `string.is(v)`
pub(super) fn string_is(call: &mut Call) -> Outcome {
    if call.lua.top() < 2 || call.lua.library_name(1) != Some("string") {
        put_string_first(call);
    }
    is(call)
}

/// Puts the type string before the arguments.
fn put_string_first(call: &mut Call) {
    call.lua.push_type(value(TypeKey::basic(Basic::String)));
    call.lua.insert(1);
}
