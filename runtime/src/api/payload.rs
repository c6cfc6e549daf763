//! The global `payload` and the payload object: a value as it travelled. See `docs/payload.md`.
//!
//! Knows nothing of how JSON is written: that is the module `json`.

use crate::error::{Error, kind};
use crate::lua::{
    Answer, Class, Function, Held, LibrariesBuilder, Module, Outcome, PayloadFormat, PayloadObject,
    Raise,
};

use super::{Call, Host, json};

/// The formats that a payload can have.
const LUA: &str = "lua/any";
const ERROR: &str = "golang/error";
const STRING: &str = "text/plain";
const BYTES: &str = "application/octet-stream";
const JSON: &str = "json/plain";

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let formats = Module::new("format").texts([
        ("JSON", JSON),
        ("YAML", "yaml/plain"),
        ("STRING", STRING),
        ("BYTES", BYTES),
        ("MSGPACK", "application/msgpack"),
        ("LUA", LUA),
        ("GOLANG", "golang/any"),
        ("ERROR", ERROR),
    ]);
    let module = Module::new("payload")
        .functions([("new", Function::new(new))])
        .library(formats);
    libraries.library(module);
    libraries.class(
        Class::Payload,
        [
            ("data", Function::new(data)),
            ("unmarshal", Function::new(data)),
            ("get_format", Function::new(get_format)),
            ("transcode", Function::new(transcode)),
        ],
    );
    libraries.own_metatable(
        Class::Payload,
        [(
            "__tostring",
            Function::new(|call: &mut Call| {
                let text = format!("payload{{format={}}}", format(call)?);
                call.answer_text(text)
            }),
        )],
    );
}

/// `payload.new(value)`
fn new(call: &mut Call) -> Outcome {
    if call.lua.top() == 0 {
        call.lua.push_nil();
    }
    match call.lua.payload(1) {
        Ok(payload) => {
            call.lua
                .push_object_with(PayloadObject::default(), payload.encoded(), 0);
            Ok(Answer::Values(1))
        }
        Err(error) => Err(Raise::Object(Box::new(error))),
    }
}

fn this(call: &Call) -> Result<PayloadObject, Raise> {
    match call.lua.object::<PayloadObject>(1) {
        Some(payload) => Ok(*payload),
        None => Err(call.wrong_type(1, "payload")),
    }
}

/// `p:data()`: the value, decoded anew each time.
fn data(call: &mut Call) -> Outcome {
    this(call)?;
    match call.lua.push_decoded::<PayloadObject>(1) {
        Ok(()) => Ok(Answer::Values(1)),
        Err(error) => call.fail(error),
    }
}

/// The format of the payload that a method was called on. Its value isn't decoded for that.
fn format(call: &Call) -> Result<&'static str, Raise> {
    Ok(match this(call)?.format {
        PayloadFormat::Own if call.lua.held::<PayloadObject>(1) == Held::Error => ERROR,
        PayloadFormat::Own | PayloadFormat::Lua => LUA,
        PayloadFormat::String => STRING,
        PayloadFormat::Bytes => BYTES,
        PayloadFormat::Json => JSON,
    })
}

/// `p:get_format()`
fn get_format(call: &mut Call) -> Outcome {
    let format = format(call)?;
    call.answer_text(format)
}

/// `p:transcode(format)`: a payload of that format; a string is one in three, and what JSON has in four.
fn transcode(call: &mut Call) -> Outcome {
    let from = format(call)?;
    let to = call.text(2)?;
    if to == from {
        call.lua.push_copy(1);
        return Ok(Answer::Values(1));
    }
    let is_text = from == JSON || call.lua.held::<PayloadObject>(1) == Held::String;
    let done = match &*to {
        LUA => {
            let format = PayloadFormat::Lua;
            call.lua
                .push_object_from::<PayloadObject, _>(1, 0, PayloadObject { format });
            Ok(())
        }
        STRING if is_text => retell(call, from, PayloadFormat::String),
        BYTES if is_text => retell(call, from, PayloadFormat::Bytes),
        JSON => to_json(call, from),
        _ => Err(Error::new(kind::INTERNAL, "there is no such way")),
    };
    match done {
        Ok(()) => Ok(Answer::Values(1)),
        Err(mut error) => {
            error.message = format!("cannot transcode {from} to {to}: {}", error.message);
            call.fail(error)
        }
    }
}

/// Pushes a payload of the text at 1: of its value, or of the JSON that means it.
fn retell(call: &mut Call, from: &str, format: PayloadFormat) -> Result<(), Error> {
    if from != JSON {
        call.lua
            .push_object_from::<PayloadObject, _>(1, 0, PayloadObject { format });
        return Ok(());
    }
    call.lua.get_slot(1, 1);
    let text = call.lua.payload(call.lua.top())?;
    call.lua
        .push_object_with(PayloadObject { format }, text.encoded(), 0);
    Ok(())
}

/// Pushes the payload at 1 as JSON. Text and bytes are JSON already, if they are; any other value is written as JSON.
///
/// What is kept is what the JSON means, since a payload that is sent arrives as its value.
fn to_json(call: &mut Call, from: &str) -> Result<(), Error> {
    call.lua.push_decoded::<PayloadObject>(1)?;
    let text = match call.lua.bytes(-1) {
        Some(text) if from == STRING || from == BYTES => text.to_vec(),
        _ => json::encode(&mut call.lua, -1)?,
    };
    json::decode(&mut call.lua, &text)?;
    let value = call.lua.payload(call.lua.top())?;
    let format = PayloadFormat::Json;
    call.lua
        .push_object_with(PayloadObject { format }, value.encoded(), 1);
    call.lua.push_bytes(text);
    call.lua.set_slot(-2, 1);
    Ok(())
}
