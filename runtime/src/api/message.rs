//! The message object: what an inbox hands out. See `docs/process.md`.

use crate::error::{Error, kind};
use crate::lua::{
    Answer, Class, Function, LibrariesBuilder, Object, Outcome, PayloadObject, Raise, Stack,
};
use crate::pid::Pid;
use crate::process::Message;

use super::{Call, Host};

/// A received message; its topic and encoded payload are the bytes behind it. A large payload is an object of its own,
/// in the message's first place: a program that asks for it gets that, and no copy.
#[derive(Clone, Copy)]
struct Received {
    from: Option<Pid>,
    topic: u32,
    is_large: bool,
}

/// Bytes from which on a payload is large. Below, a copy costs less than another object. (A guess: copying so much takes
/// as long as making an object, a tenth of a microsecond.)
const LARGE: usize = 4096;

impl Object for Received {
    const CLASS: Class = Class::Message;
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Message,
        [
            ("topic", Function::new(topic)),
            ("from", Function::new(from)),
            ("payload", Function::new(payload)),
        ],
    );
    // A process receives messages all the time: a method call must be as fast as can be.
    libraries.own_metatable(Class::Message, [("__tostring", Function::new(text))]);
}

/// Pushes a message as an object.
pub(super) fn push(lua: &mut Stack, message: &Message) {
    let topic = message.topic().len() as u32;
    let received = Received {
        from: message.from(),
        topic,
        is_large: message.payload().len() >= LARGE,
    };
    if received.is_large {
        push_large(lua, received, message);
    } else {
        lua.push_object_with(received, message.topic_and_payload(), 0);
    }
}

/// The same for a large payload; where there is no room for it, an error is in its place.
fn push_large(lua: &mut Stack, received: Received, message: &Message) {
    lua.push_object_with(received, message.topic(), 1);
    let bytes = message.payload().len();
    if lua.has_room_for_mail(bytes) {
        lua.push_object_with(PayloadObject::default(), message.payload(), 0);
    } else {
        lua.push_error(&no_room(bytes));
        let instead = lua.payload(-1).unwrap_or_default();
        lua.pop(1);
        lua.push_object_with(PayloadObject::default(), instead.encoded(), 0);
    }
    lua.set_slot(-2, 1);
}

/// Pushes a message's value. Where there is no room for it, that is an error object that says so: nobody ends another
/// process by sending.
pub(super) fn push_value(lua: &mut Stack, message: &Message) -> Result<(), Raise> {
    match lua.push_payload(message.payload()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind == kind::LIMIT_EXCEEDED => {
            lua.push_error(&no_room(message.payload().len()));
            Ok(())
        }
        Err(error) => Err(Raise::Object(Box::new(error))),
    }
}

/// That so many bytes which another process sent do not fit.
pub(super) fn no_room(bytes: usize) -> Error {
    let text = format!(
        "{bytes} bytes from another process do not fit into this one's memory: raise its host's memory_limit, or send less"
    );
    Error::new(kind::LIMIT_EXCEEDED, text)
}

fn this(call: &Call) -> Result<Received, Raise> {
    call.lua
        .object::<Received>(1)
        .copied()
        .ok_or_else(|| call.wrong_type(1, "process.Message"))
}

/// `msg:topic()`
fn topic(call: &mut Call) -> Outcome {
    let length = this(call)?.topic as usize;
    let topic = call
        .lua
        .object_bytes::<Received>(1)
        .map(|bytes| bytes[..length].to_vec());
    call.answer_text(topic.unwrap_or_default())
}

/// `msg:from()`: the sender's pid; "" where no process sent it.
fn from(call: &mut Call) -> Outcome {
    let text = match this(call)?.from {
        Some(pid) => call.state.sender_text(pid),
        None => "",
    };
    call.lua.push_bytes(text);
    Ok(Answer::Values(1))
}

/// `msg:payload()`
fn payload(call: &mut Call) -> Outcome {
    let received = this(call)?;
    if received.is_large {
        call.lua.get_slot(1, 1);
    } else {
        call.lua.push_object_from::<Received, _>(
            1,
            received.topic as usize,
            PayloadObject::default(),
        );
    }
    Ok(Answer::Values(1))
}

fn text(call: &mut Call) -> Outcome {
    let length = this(call)?.topic as usize;
    let bytes = call.lua.object_bytes::<Received>(1).unwrap_or_default();
    let text = format!(
        "process.Message{{topic={}}}",
        String::from_utf8_lossy(&bytes[..length])
    );
    call.answer_text(text)
}
