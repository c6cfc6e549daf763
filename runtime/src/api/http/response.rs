//! The object of `http.response()`: what a function answers.
//!
//! Its methods answer nil, or an error object alone. Knows nothing of when what is said is sent.

use crate::api::{Call, Host, json};
use crate::error::{Error, kind};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Object, Outcome, Raise, Type};
use crate::request::Reply;

use super::outgoing::{Outgoing, Transfer};
use super::{Of, no_context};

/// The object.
#[derive(Clone, Copy)]
struct ResponseObject(Of);

impl Object for ResponseObject {
    const CLASS: Class = Class::Response;
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Response,
        [
            ("set_status", Function::new(set_status)),
            ("set_header", Function::new(set_header)),
            ("set_content_type", Function::new(set_content_type)),
            ("set_transfer", Function::new(set_transfer)),
            ("write", Function::new(|call: &mut Call| paced(call, write))),
            (
                "write_json",
                Function::new(|call: &mut Call| paced(call, write_json)),
            ),
            (
                "write_event",
                Function::new(|call: &mut Call| paced(call, write_event)),
            ),
            ("flush", Function::new(|call: &mut Call| paced(call, flush))),
        ],
    );
}

/// `http.response()`
pub(super) fn new(call: &mut Call) -> Outcome {
    match Of::calling(call) {
        Some(of) => call.lua.push_object(ResponseObject(of)),
        None => return call.no_context(),
    }
    Ok(Answer::Values(1))
}

/// Whose response a method was called on.
fn this(call: &Call) -> Result<Of, Raise> {
    match call.lua.object::<ResponseObject>(1) {
        Some(object) => Ok(object.0),
        None => Err(call.wrong_type(1, Class::Response.name())),
    }
}

/// Has something said, and answers nil or an error.
fn say(call: &mut Call, of: Of, what: impl FnOnce(&mut Outgoing) -> Result<(), Error>) -> Outcome {
    let done = match of.answering(call.state) {
        Some(answering) => what(&mut answering.outgoing),
        None => Err(no_context()),
    };
    call.nil_or_error(done)
}

/// `res:set_status(code)`
fn set_status(call: &mut Call) -> Outcome {
    let of = this(call)?;
    let status = call.truncated(2, "status")?;
    say(call, of, |outgoing| outgoing.set_status(status))
}

/// `res:set_header(name, value)`
fn set_header(call: &mut Call) -> Outcome {
    let of = this(call)?;
    call.string(2)?;
    call.string(3)?;
    let done = match of.answering(call.state) {
        Some(answering) => {
            let name = String::from_utf8_lossy(call.lua.bytes(2).unwrap_or_default());
            let value = call.lua.bytes(3).unwrap_or_default();
            answering.outgoing.set_header(&name, value)
        }
        None => Err(no_context()),
    };
    call.nil_or_error(done)
}

/// `res:set_content_type(type)`
fn set_content_type(call: &mut Call) -> Outcome {
    let of = this(call)?;
    call.string(2)?;
    let done = match of.answering(call.state) {
        Some(answering) => {
            let value = call.lua.bytes(2).unwrap_or_default();
            answering.outgoing.set_content_type(value)
        }
        None => Err(no_context()),
    };
    call.nil_or_error(done)
}

/// `res:set_transfer("chunked"|"sse")`
fn set_transfer(call: &mut Call) -> Outcome {
    let of = this(call)?;
    let transfer = match call.string(2)? {
        b"chunked" => Transfer::Chunked,
        b"sse" => Transfer::Events,
        other => {
            let text = format!("unknown transfer {:?}", String::from_utf8_lossy(other));
            return call.nil_or_error(Err(Error::new(kind::INVALID, text)));
        }
    };
    say(call, of, |outgoing| outgoing.set_transfer(transfer))
}

/// Does `then` once the client takes more: at once, unless much was sent that it has not taken.
fn paced<F>(call: &mut Call, then: F) -> Outcome
where
    F: Fn(&mut Call, Of) -> Outcome + Copy + 'static,
{
    let of = this(call)?;
    let Some(answering) = of.answering(call.state) else {
        return call.nil_or_error(Err(no_context()));
    };
    match answering.outgoing.begun() {
        None => then(call, of),
        Some(reply) => match has_room(call, &*reply) {
            Ok(true) => then(call, of),
            Ok(false) => Ok(wait(then)),
            Err(error) => call.nil_or_error(Err(error)),
        },
    }
}

fn wait<F>(then: F) -> Answer
where
    F: Fn(&mut Call, Of) -> Outcome + Copy + 'static,
{
    let look = move |call: &mut Call, _| match call.state.tasks.take_grant() {
        Some(_) => paced(call, then),
        None => Ok(wait(then)),
    };
    Answer::wait(look, 0)
}

/// Whether the client takes more. If not, the running task waits.
fn has_room(call: &mut Call, reply: &dyn Reply) -> Result<bool, Error> {
    if reply.has_room() {
        return Ok(true);
    }
    if call.lua.can_wait() {
        reply.wait_for_room(call.state.waker());
        return Ok(false);
    }
    // What is written where it can't wait is bounded too.
    let text = "the client is slow to take what was sent, which can't be waited for here";
    Err(Error::new(kind::LIMIT_EXCEEDED, text).retryable())
}

/// `res:write(text)`
fn write(call: &mut Call, of: Of) -> Outcome {
    call.string(2)?;
    let done = match of.answering(call.state) {
        Some(answering) => answering
            .outgoing
            .write(call.lua.bytes(2).unwrap_or_default()),
        None => Err(no_context()),
    };
    call.nil_or_error(done)
}

/// `res:write_json(value)`
fn write_json(call: &mut Call, of: Of) -> Outcome {
    if call.lua.kind(2) == Type::None {
        return Err(call.bad_argument(2, "value expected"));
    }
    match encoded(call, 2) {
        Ok(text) => say(call, of, |outgoing| outgoing.write_json(text)),
        Err(error) => call.nil_or_error(Err(error)),
    }
}

/// The value at `index` as JSON. What has no such text is Invalid.
fn encoded(call: &mut Call, index: i32) -> Result<Vec<u8>, Error> {
    json::encode(&mut call.lua, index).map_err(|error| match &*error.kind {
        kind::INTERNAL => Error {
            kind: kind::INVALID.into(),
            ..error
        },
        _ => error,
    })
}

/// `res:write_event{name =, data =}`
fn write_event(call: &mut Call, of: Of) -> Outcome {
    if !call.is_table(2) {
        return Err(call.wrong_type(2, "table"));
    }
    call.lua.get_field(2, "name");
    if !call.lua.coerce(-1) {
        return Err(call.bad_argument(2, "the field `name` must be a string"));
    }
    if call.lua.get_field(2, "data") == Type::Nil {
        return Err(call.bad_argument(2, "the field `data` is missing"));
    }
    let data = call.lua.top();
    let name = call.lua.bytes(data - 1).unwrap_or_default();
    if name.iter().any(|byte| matches!(byte, b'\n' | b'\r' | 0)) {
        let text = "an event's name is one line";
        return call.nil_or_error(Err(Error::new(kind::INVALID, text)));
    }
    let name = name.to_vec();
    match encoded(call, data) {
        Ok(data) => say(call, of, |outgoing| outgoing.write_event(&name, &data)),
        Err(error) => call.nil_or_error(Err(error)),
    }
}

/// `res:flush()`
fn flush(call: &mut Call, of: Of) -> Outcome {
    say(call, of, Outgoing::flush)
}
