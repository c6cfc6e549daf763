//! The global `payload` and the payload object: a value as it travelled. See `docs/payload.md`.
//!
//! Transcoding to JSON and the like belongs to the modules of those formats.

use crate::error::{Error, kind};
use crate::lua::{
    Answer, Class, Function, Held, LibrariesBuilder, Module, Outcome, PayloadFormat, PayloadObject,
    Raise,
};

use super::{Call, Host};

/// The formats that a payload can have.
const LUA: &str = "lua/any";
const ERROR: &str = "golang/error";
const STRING: &str = "text/plain";
const BYTES: &str = "application/octet-stream";

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let formats = Module::new("format").texts([
        ("JSON", "json/plain"),
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
    })
}

/// `p:get_format()`
fn get_format(call: &mut Call) -> Outcome {
    let format = format(call)?;
    call.answer_text(format)
}

/// `p:transcode(format)`: a payload of that format; a string is one in three.
fn transcode(call: &mut Call) -> Outcome {
    let from = format(call)?;
    let to = call.text(2)?;
    if to == from {
        call.lua.push_copy(1);
        return Ok(Answer::Values(1));
    }
    let is_string = call.lua.held::<PayloadObject>(1) == Held::String;
    let format = match &*to {
        LUA => PayloadFormat::Lua,
        STRING if is_string => PayloadFormat::String,
        BYTES if is_string => PayloadFormat::Bytes,
        _ => {
            let text = format!("cannot transcode {from} to {to}");
            return call.fail(Error::new(kind::INTERNAL, text));
        }
    };
    call.lua
        .push_object_from::<PayloadObject, _>(1, 0, PayloadObject { format });
    Ok(Answer::Values(1))
}
