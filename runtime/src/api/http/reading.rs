//! Reading all of a request's body: `req:body()`, `req:body_json()`, and what a form is read from.
//!
//! Knows nothing of streams.

use crate::api::{Call, json};
use crate::error::{Error, kind};
use crate::lua::{Answer, Outcome};
use crate::request::{BodyError, Taken};

use super::patience::Waited;
use super::request::{self, RequestObject};

/// Bytes of a body that are gathered, or made a string, without a look at the room there is.
const CARELESS: usize = 4096;

/// `req:body()`
pub(super) fn body(call: &mut Call) -> Outcome {
    all(call, |call, body| {
        if body.len() > CARELESS && !call.lua.has_room_for_mail(body.len()) {
            return call.fail(no_room());
        }
        call.answer_text(body)
    })
}

/// `req:body_json()`
pub(super) fn body_json(call: &mut Call) -> Outcome {
    all(call, |call, body| {
        if body.is_empty() {
            return call.invalid("request body is empty");
        }
        match json::decode(&mut call.lua, &body) {
            Ok(()) => Ok(Answer::Values(1)),
            Err(error) => call.fail(not_json(error)),
        }
    })
}

/// A body that is no JSON is the client's mistake.
fn not_json(error: Error) -> Error {
    match &*error.kind {
        kind::INTERNAL => Error::new(kind::INVALID, format!("invalid JSON: {}", error.message)),
        _ => error,
    }
}

/// Does `then` with all that is left of the body, at once if it has come. Of the arguments two are kept.
pub(super) fn all<F>(call: &mut Call, then: F) -> Outcome
where
    F: Fn(&mut Call, Vec<u8>) -> Outcome + Copy + 'static,
{
    let this = request::this(call)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    match asked.body.take_whole() {
        Some(body) if body.len() as u64 > this.allowance.most => call.fail(too_large()),
        Some(body) => then(call, body),
        None => {
            call.must_wait()?;
            call.begin_patience(this.allowance.timeout);
            gather(call, this, then)
        }
    }
}

/// Takes what has come, and waits for what has not.
fn gather<F>(call: &mut Call, this: RequestObject, then: F) -> Outcome
where
    F: Fn(&mut Call, Vec<u8>) -> Outcome + Copy + 'static,
{
    let until = call.patience();
    loop {
        let Some(asked) = this.of.answering(call.state) else {
            return call.no_context();
        };
        let Some(incoming) = asked.body.coming().cloned() else {
            // Another task has read it meanwhile.
            return then(call, Vec::new());
        };
        let Some(taken) = incoming.take(usize::MAX) else {
            let (wake, wait) = call.state.waker_until(until);
            incoming.wait(wake);
            return Ok(waiting(wait, then));
        };
        match keep(call, this, taken) {
            Ok(None) => {}
            Ok(Some(body)) => return then(call, body),
            Err(error) => return give_up(call, this, error),
        }
    }
}

fn waiting<F>(wait: u32, then: F) -> Answer
where
    F: Fn(&mut Call, Vec<u8>) -> Outcome + Copy + 'static,
{
    let look = move |call: &mut Call, wait: isize| {
        let wait = wait as u32;
        let this = match call.waited(wait) {
            Waited::NotOver => return Ok(waiting(wait, then)),
            Waited::Woken => request::this(call)?,
            Waited::TooLong => {
                let this = request::this(call)?;
                return give_up(call, this, too_slow());
            }
        };
        gather(call, this, then)
    };
    Answer::wait(look, wait as isize)
}

/// Keeps what was taken of a body; answers all of it once it is there.
fn keep(call: &mut Call, this: RequestObject, taken: Taken) -> Result<Option<Vec<u8>>, Error> {
    let Some(asked) = this.of.answering(call.state) else {
        return Err(super::no_context());
    };
    match taken {
        Taken::Failed(error) => Err(failed(error)),
        Taken::End => Ok(Some(asked.body.finish())),
        Taken::Bytes(bytes) => {
            let before = asked.body.bytes();
            asked.body.count(bytes.len());
            let length = asked.body.gather(bytes);
            if length as u64 > this.allowance.most {
                return Err(too_large());
            }
            // Looked at when the memory for it grows. The program is to have room for it beside what is gathered here.
            let bytes = asked.body.bytes();
            if bytes > before.max(CARELESS) && !call.lua.has_room_for_mail(2 * bytes) {
                return Err(no_room());
            }
            Ok(None)
        }
    }
}

fn give_up(call: &mut Call, this: RequestObject, error: Error) -> Outcome {
    if let Some(asked) = this.of.answering(call.state) {
        asked.body.give_up();
    }
    call.fail(error)
}

/// What a program is told of a body that does not come.
pub(super) fn failed(error: BodyError) -> Error {
    let kind = match error {
        BodyError::Broken => kind::CANCELED,
        BodyError::TimedOut => kind::TIMEOUT,
        BodyError::TooLarge => kind::INVALID,
    };
    Error::new(kind, error.to_string())
}

/// The body has more bytes than the program said.
pub(super) fn too_large() -> Error {
    Error::new(kind::INVALID, "request body too large")
}

/// The body took longer than the program said.
pub(super) fn too_slow() -> Error {
    Error::new(kind::TIMEOUT, "the request's body has not come in time")
}

/// The process has no memory for the body.
pub(super) fn no_room() -> Error {
    let text = "the request's body does not fit into the process's memory: raise its pool's memory_limit, or read it \
                with req:stream()";
    Error::new(kind::LIMIT_EXCEEDED, text)
}
