//! The module `json`: values as text, text as values, and what text has to look like. See `docs/json.md`.
//!
//! Knows nothing of who sends JSON.

mod decode;
mod encode;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod number;
mod schema;
mod surrogates;
#[cfg(test)]
mod tests;

use crate::error::{Error, kind};
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome, Type};

use super::{Call, Host};

pub(super) use decode::decode;
pub(super) use encode::encode;
pub use schema::Schemas;
use schema::Written;

/// How deep arrays and objects may be nested, the outermost one included. Bounds our own recursion too.
const MAX_DEPTH: usize = 128;

/// What is said of what is nested deeper.
const TOO_DEEP: &str = "exceeded maximum nesting depth of 128";

const _: () = assert!(MAX_DEPTH == 128);

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.module(Module::new("json").functions([
        ("encode", Function::new(encode_value)),
        ("decode", Function::new(decode_text)),
        ("validate", Function::new(validate)),
        ("validate_string", Function::new(validate_string)),
    ]));
}

/// `json.encode(value)`
fn encode_value(call: &mut Call) -> Outcome {
    match encode(&mut call.lua, 1) {
        Ok(text) => call.answer_text(text),
        Err(error) => call.fail(error),
    }
}

/// `json.decode(text)`
fn decode_text(call: &mut Call) -> Outcome {
    let text = match call.lua.bytes(1) {
        None => return call.invalid("string expected"),
        Some([]) => return call.invalid("empty string"),
        // Copied, since what is pushed meanwhile borrows the stack.
        Some(text) => text.to_vec(),
    };
    match decode(&mut call.lua, &text) {
        Ok(()) => Ok(Answer::Values(1)),
        Err(error) => call.fail(error),
    }
}

/// `json.validate(schema, data)`
fn validate(call: &mut Call) -> Outcome {
    check_schema(call)?;
    if call.lua.is_nothing(2) {
        return no_data(call);
    }
    match encode(&mut call.lua, 2) {
        Ok(data) => check(call, &data),
        Err(error) => refuse(call, error),
    }
}

/// `json.validate_string(schema, text)`
fn validate_string(call: &mut Call) -> Outcome {
    check_schema(call)?;
    if call.lua.is_nothing(2) {
        return no_data(call);
    }
    let data = call.string(2)?.to_vec();
    check(call, &data)
}

/// Raises unless the first argument can be a schema.
fn check_schema(call: &Call) -> Result<(), crate::lua::Raise> {
    match call.lua.kind(1) {
        Type::Table | Type::String => Ok(()),
        _ => Err(call.wrong_type(1, "string or table")),
    }
}

/// Holds `data` against the schema at 1.
fn check(call: &mut Call, data: &[u8]) -> Outcome {
    let written = match call.lua.bytes(1) {
        Some(text) => Ok(Written::Text(text.to_vec())),
        None => encode(&mut call.lua, 1).map(Written::Table),
    };
    let room = call.lua.memory_limit();
    let schemas = call.state.system().schemas();
    match written.and_then(|written| schemas.check(written, data, room)) {
        Ok(()) => {
            call.lua.push_boolean(true);
            Ok(Answer::Values(1))
        }
        Err(error) => refuse(call, error),
    }
}

fn no_data(call: &mut Call) -> Outcome {
    refuse(call, Error::new(kind::INVALID, "data is required"))
}

/// Answers `false, err`.
fn refuse(call: &mut Call, error: Error) -> Outcome {
    call.lua.push_boolean(false);
    call.lua.push_error(&error);
    Ok(Answer::Values(2))
}
