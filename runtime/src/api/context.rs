//! The values that a process hands on to all that it starts, and the module `ctx`, which reads them. See `docs/ctx.md`.
//!
//! Knows nothing of how a process gets them: that is the spawner.

use std::collections::BTreeMap;

use crate::error::{Error, kind};
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome};
use crate::payload::Payload;

use super::{Call, Host};

/// Encoded values by their keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(pub(super) BTreeMap<String, Payload>);

impl Context {
    /// Bytes of the keys and values.
    pub fn size(&self) -> usize {
        let bytes = |(key, value): (&String, &Payload)| key.len() + value.encoded().len();
        self.0.iter().map(bytes).sum()
    }
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.module(
        Module::new("ctx").functions([("get", Function::new(get)), ("all", Function::new(all))]),
    );
}

/// `ctx.get(key)`
fn get(call: &mut Call) -> Outcome {
    let key = call.text(1)?;
    if key.is_empty() {
        return call.invalid("key must not be empty");
    }
    let context = call.state.context().cloned();
    let Some(value) = context.as_ref().and_then(|context| context.0.get(&key)) else {
        return call.fail(Error::new(kind::NOT_FOUND, format!("key not found: {key}")));
    };
    match call.lua.push_payload(value.encoded()) {
        Ok(()) => Ok(Answer::Values(1)),
        Err(error) => call.fail(error),
    }
}

/// `ctx.all()`
fn all(call: &mut Call) -> Outcome {
    let context = call.state.context().cloned().unwrap_or_default();
    call.lua.push_table(0, context.0.len());
    for (key, value) in &context.0 {
        if let Err(error) = call.lua.push_payload(value.encoded()) {
            return call.fail(error);
        }
        call.lua.set_field(-2, key);
    }
    Ok(Answer::Values(1))
}
