//! The object of `req:stream()` and `file:stream()`: a body, or a file in it, in pieces.
//!
//! Knows nothing of what is in them.

use crate::api::{Call, Host};
use crate::error::{Error, kind};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Object, Outcome, Raise};
use crate::request::Taken;

use super::Of;
use super::patience::Waited;
use super::reading;
use super::request::{self, Allowance};

/// The object.
#[derive(Clone, Copy)]
struct StreamObject {
    of: Of,
    allowance: Allowance,
    source: Source,
    is_closed: bool,
}

impl Object for StreamObject {
    const CLASS: Class = Class::BodyStream;
}

/// What is read.
#[derive(Clone, Copy)]
enum Source {
    /// The request's body.
    Body,
    /// A part of its form, and how much of that was read.
    Part { number: u32, read: usize },
}

/// Bytes that are read at once if it isn't said how many.
const USUAL_READ: usize = 64 << 10;

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::BodyStream,
        [
            ("read", Function::new(read)),
            ("close", Function::new(close)),
        ],
    );
}

/// `req:stream()`
pub(super) fn of_body(call: &mut Call) -> Outcome {
    let this = request::this(call)?;
    if this.of.answering(call.state).is_none() {
        return call.no_context();
    }
    push(call, this.of, this.allowance, Source::Body)
}

/// Answers the stream of a part of a form.
pub(super) fn of_part(call: &mut Call, of: Of, allowance: Allowance, number: u32) -> Outcome {
    push(call, of, allowance, Source::Part { number, read: 0 })
}

fn push(call: &mut Call, of: Of, allowance: Allowance, source: Source) -> Outcome {
    call.lua.push_object(StreamObject {
        of,
        allowance,
        source,
        is_closed: false,
    });
    Ok(Answer::Values(1))
}

/// The stream that a method was called on.
fn this(call: &mut Call) -> Result<StreamObject, Raise> {
    match call.lua.object::<StreamObject>(1) {
        Some(stream) => Ok(*stream),
        None => Err(call.wrong_type(1, Class::BodyStream.name())),
    }
}

/// `stream:read([n])`: at most n bytes, or nil at the end.
fn read(call: &mut Call) -> Outcome {
    let this = this(call)?;
    let most = match wanted(call)? {
        Some(most) => call.most_bytes().min(most),
        None => return call.invalid("count must not be negative"),
    };
    if this.of.answering(call.state).is_none() {
        return call.no_context();
    }
    if this.is_closed {
        return call.fail(Error::new(kind::INVALID_STATE, "stream is closed"));
    }
    match this.source {
        Source::Part { number, read } => read_part(call, this, number, read, most),
        Source::Body => {
            let Some(asked) = this.of.answering(call.state) else {
                return call.no_context();
            };
            let length = asked.body.length();
            match asked.body.next(most) {
                Some(_) if length > Some(this.allowance.most) => call.fail(reading::too_large()),
                Some(bytes) => {
                    push_piece(&mut call.lua, bytes);
                    Ok(Answer::Values(1))
                }
                None => {
                    call.must_wait()?;
                    call.begin_patience(this.allowance.timeout);
                    read_coming(call, most)
                }
            }
        }
    }
}

/// How many bytes the argument says that are to be read; none if it says fewer than none.
fn wanted(call: &mut Call) -> Result<Option<usize>, Raise> {
    if call.lua.is_nothing(2) {
        return Ok(Some(USUAL_READ));
    }
    let count = usize::try_from(call.truncated(2, "count")?).ok();
    Ok(count.map(|count| if count == 0 { USUAL_READ } else { count }))
}

/// Pushes bytes, or nil where there are none: the end.
fn push_piece(lua: &mut crate::lua::Stack, bytes: &[u8]) {
    match bytes {
        [] => lua.push_nil(),
        bytes => lua.push_bytes(bytes),
    }
}

fn read_part(
    call: &mut Call,
    this: StreamObject,
    number: u32,
    read: usize,
    most: usize,
) -> Outcome {
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    let form = asked.form.as_ref();
    let content = form
        .and_then(|form| form.content(number))
        .unwrap_or_default();
    let rest = &content[read.min(content.len())..];
    let bytes = &rest[..rest.len().min(most)];
    push_piece(&mut call.lua, bytes);
    let read = read + bytes.len();
    if let Some(stream) = call.lua.object_mut::<StreamObject>(1) {
        stream.source = Source::Part { number, read };
    }
    Ok(Answer::Values(1))
}

/// Takes what has come, or waits for it.
fn read_coming(call: &mut Call, most: usize) -> Outcome {
    let this = this(call)?;
    let until = call.patience();
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    let Some(incoming) = asked.body.coming().cloned() else {
        // Another task has read it meanwhile.
        call.lua.push_nil();
        return Ok(Answer::Values(1));
    };
    let Some(taken) = incoming.take(most) else {
        let (wake, wait) = call.state.waker_until(until);
        incoming.wait(wake);
        return Ok(waiting(wait));
    };
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    let error = match taken {
        Taken::Bytes(bytes) => {
            if asked.body.count(bytes.len()) <= this.allowance.most {
                return call.answer_text(bytes);
            }
            reading::too_large()
        }
        Taken::Failed(error) => reading::failed(error),
        Taken::End => {
            asked.body.give_up();
            call.lua.push_nil();
            return Ok(Answer::Values(1));
        }
    };
    asked.body.give_up();
    call.fail(error)
}

fn waiting(wait: u32) -> Answer {
    let look = |call: &mut Call, wait: isize| match call.waited(wait as u32) {
        Waited::NotOver => Ok(waiting(wait as u32)),
        Waited::TooLong => call.fail(reading::too_slow()),
        Waited::Woken => {
            let most = wanted(call)?.unwrap_or(USUAL_READ);
            let most = call.most_bytes().min(most);
            read_coming(call, most)
        }
    };
    Answer::wait(look, wait as isize)
}

/// `stream:close()`
fn close(call: &mut Call) -> Outcome {
    let this = this(call)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    if let Source::Body = this.source {
        asked.body.give_up();
    }
    if let Some(stream) = call.lua.object_mut::<StreamObject>(1) {
        stream.is_closed = true;
    }
    call.done(Ok(()))
}
