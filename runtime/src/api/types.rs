//! The built-in types as callable values: `integer(v)`, `number:is(v)` and so on. See `docs/dialect.md`.
//!
//! Knows nothing of types that programs declare.

use crate::error::{Error, kind};
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Number, Outcome, Raise, Type};

use super::{Call, Host};

/// A built-in type.
#[derive(Clone, Copy)]
enum Basic {
    String,
    Integer,
    Number,
    Boolean,
    Any,
}

impl Basic {
    fn name(self) -> &'static str {
        match self {
            Basic::String => "string",
            Basic::Integer => "integer",
            Basic::Number => "number",
            Basic::Boolean => "boolean",
            Basic::Any => "any",
        }
    }

    /// Whether the value at `index` is of this type.
    fn holds(self, call: &Call, index: i32) -> bool {
        match self {
            Basic::String => call.lua.kind(index) == Type::String,
            Basic::Number => call.lua.kind(index) == Type::Number,
            Basic::Boolean => call.lua.kind(index) == Type::Boolean,
            Basic::Any => true,
            Basic::Integer => match call.lua.number(index) {
                Some(Number::Integer(_)) => true,
                Some(Number::Float(value)) => value.is_finite() && value.fract() == 0.0,
                None => false,
            },
        }
    }
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.library(
        Module::new("integer")
            .callable(Function::new(|call: &mut Call| cast(call, Basic::Integer)))
            .functions([(
                "is",
                Function::new(|call: &mut Call| is(call, Basic::Integer)),
            )]),
    );
    libraries.library(
        Module::new("number")
            .callable(Function::new(|call: &mut Call| cast(call, Basic::Number)))
            .functions([(
                "is",
                Function::new(|call: &mut Call| is(call, Basic::Number)),
            )]),
    );
    libraries.library(
        Module::new("boolean")
            .callable(Function::new(|call: &mut Call| cast(call, Basic::Boolean)))
            .functions([(
                "is",
                Function::new(|call: &mut Call| is(call, Basic::Boolean)),
            )]),
    );
    libraries.library(
        Module::new("any")
            .callable(Function::new(|call: &mut Call| cast(call, Basic::Any)))
            .functions([("is", Function::new(|call: &mut Call| is(call, Basic::Any)))]),
    );
}

/// `string(v)`: what calling the library `string` does.
pub(super) fn string(call: &mut Call) -> Outcome {
    cast(call, Basic::String)
}

/// `X(v)`: v itself, or an error.
fn cast(call: &mut Call, basic: Basic) -> Outcome {
    let count = call.lua.top();
    if count != 1 {
        let name = basic.name();
        return Err(format!("{name}(value) takes 1 argument, got {count}").into());
    }
    if !basic.holds(call, 1) {
        return Err(Raise::Text(mismatch(call, 1, basic)));
    }
    Ok(Answer::Values(1))
}

/// `X:is(v)` or `X.is(v)`: `v, nil`, or `nil, err`.
fn is(call: &mut Call, basic: Basic) -> Outcome {
    let index = if call.lua.is_library(1) { 2 } else { 1 };
    if index > call.lua.top() {
        return Err(call.bad_argument(index, "value expected"));
    }
    if basic.holds(call, index) {
        call.lua.push_copy(index);
        call.lua.push_nil();
        return Ok(Answer::Values(2));
    }
    let mut error = Error::new(kind::INVALID, mismatch(call, index, basic));
    let got = call.lua.kind(index).name();
    call.lua.push_table(0, 2);
    for (name, value) in [("expected", basic.name()), ("got", got)] {
        call.lua.push_bytes(value);
        call.lua.set_field(-2, name);
    }
    error.details = call.lua.payload(-1).ok();
    call.fail(error)
}

fn mismatch(call: &Call, index: i32, basic: Basic) -> String {
    let got = call.lua.kind(index).name();
    format!("expected {}, got {got}", basic.name())
}
