//! The global `payload` and the payload object: a value as it travelled. See `docs/payload.md`.
//!
//! Transcoding to other formats than Lua's own belongs to the modules of those formats.

use crate::error::{Error, kind};
use crate::lua::{
    Answer, Class, Function, LibrariesBuilder, Module, Outcome, PayloadObject, Raise,
};

use super::{Call, Host};

/// The format of an error; everything else is [`LUA`].
const ERROR: &str = "golang/error";
const LUA: &str = "lua/any";

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let formats = Module::new("format").texts([
        ("JSON", "json/plain"),
        ("YAML", "yaml/plain"),
        ("STRING", "text/plain"),
        ("BYTES", "application/octet-stream"),
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
                .push_object_with(PayloadObject, payload.encoded(), 0);
            Ok(Answer::Values(1))
        }
        Err(error) => Err(Raise::Object(Box::new(error))),
    }
}

fn this(call: &Call) -> Result<(), Raise> {
    match call.lua.object::<PayloadObject>(1) {
        Some(_) => Ok(()),
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

fn format(call: &mut Call) -> Result<&'static str, Raise> {
    this(call)?;
    let is_error = call.lua.push_decoded::<PayloadObject>(1).is_ok() && {
        let is_error = call.lua.error(-1).is_some();
        call.lua.pop(1);
        is_error
    };
    Ok(if is_error { ERROR } else { LUA })
}

/// `p:get_format()`
fn get_format(call: &mut Call) -> Outcome {
    let format = format(call)?;
    call.answer_text(format)
}

/// `p:transcode(format)`
fn transcode(call: &mut Call) -> Outcome {
    let from = format(call)?;
    let to = call.text(2)?;
    if to == from {
        call.lua.push_copy(1);
        return Ok(Answer::Values(1));
    }
    call.fail(Error::new(
        kind::INTERNAL,
        format!("cannot transcode {from} to {to}"),
    ))
}
