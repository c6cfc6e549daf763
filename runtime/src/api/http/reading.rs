//! `req:body()` and `req:body_json()`: reading all of a request's body.
//!
//! Knows nothing of streams.

use crate::api::{Call, json};
use crate::error::{Error, kind};
use crate::lua::{Answer, Outcome};

use super::request;

/// `req:body_json()`
pub(super) fn body_json(call: &mut Call) -> Outcome {
    let this = request::this(call)?;
    let Some(asked) = this.of.answering(call.state) else {
        return call.no_context();
    };
    let body = asked.body.take_whole().unwrap_or_default();
    if body.len() as u64 > this.allowance.most {
        return call.invalid("request body too large");
    }
    if body.is_empty() {
        return call.invalid("request body is empty");
    }
    match json::decode(&mut call.lua, &body) {
        Ok(()) => Ok(Answer::Values(1)),
        Err(error) => call.fail(not_json(error)),
    }
}

/// A body that is no JSON is the client's mistake.
fn not_json(error: Error) -> Error {
    match &*error.kind {
        kind::INTERNAL => Error::new(kind::INVALID, format!("invalid JSON: {}", error.message)),
        _ => error,
    }
}
