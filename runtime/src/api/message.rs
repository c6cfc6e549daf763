//! The message object: what an inbox hands out. See `docs/process.md`.

use crate::lua::{
    Answer, Class, Function, LibrariesBuilder, Object, Outcome, PayloadObject, Raise, Stack,
};
use crate::pid::Pid;
use crate::process::Message;

use super::{Call, Host};

/// A received message; its topic and encoded payload are the bytes behind it.
#[derive(Clone, Copy)]
struct Received {
    from: Option<Pid>,
    topic: u32,
}

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
    };
    lua.push_object_with(received, message.topic_and_payload(), 0);
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
    let length = this(call)?.topic as usize;
    call.lua
        .push_object_from::<Received, _>(1, length, PayloadObject);
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
