//! The values that a process hands on to all that it starts, and the module `ctx`, which reads them. See `docs/ctx.md`.
//!
//! Knows nothing of how a process gets them: that is the spawner, or a function's caller.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::error::{Error, kind};
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome, Raise, Type};
use crate::payload::Payload;

use super::parts::{put, put_count, take, take_count, take_text};
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

    /// Writes one, or none, behind what an object keeps.
    pub(super) fn write(context: Option<&Context>, out: &mut Vec<u8>) {
        put_count(out, context.map_or(0, |context| context.0.len()));
        for (key, value) in context.iter().flat_map(|context| &context.0) {
            put(out, key.as_bytes());
            put(out, value.encoded());
        }
    }

    /// Reads what [`Context::write`] wrote.
    pub(super) fn read(from: &mut &[u8]) -> Option<Arc<Context>> {
        let mut context = Context::default();
        for _ in 0..take_count(from) {
            let key = take_text(from);
            let value = Payload::from_encoded(take(from).to_vec());
            context.0.insert(key, value);
        }
        (!context.0.is_empty()).then(|| Arc::new(context))
    }
}

impl Call<'_> {
    /// The context with the values of the table at `at` beside its own, of which the later win.
    pub(super) fn with_values(
        &mut self,
        context: Option<Arc<Context>>,
        at: i32,
    ) -> Result<Arc<Context>, Raise> {
        if !self.is_table(at) {
            return Err(self.wrong_type(at, "table"));
        }
        let mut context = context.map(Arc::unwrap_or_clone).unwrap_or_default();
        let mut wrong = None;
        self.lua.for_each(at, |lua| {
            let key = match lua.kind(-2) {
                Type::String => lua.bytes(-2).map(<[u8]>::to_vec),
                _ => None,
            };
            let Some(key) = key.and_then(|key| String::from_utf8(key).ok()) else {
                wrong = Some(None);
                return ControlFlow::Break(());
            };
            match lua.payload_with_texts(-1) {
                Ok(value) => {
                    context.0.insert(key, value);
                    ControlFlow::Continue(())
                }
                Err(error) => {
                    wrong = Some(Some(error));
                    ControlFlow::Break(())
                }
            }
        });
        match wrong {
            Some(None) => Err(self.bad_argument(at, "context keys must be strings of UTF-8")),
            Some(Some(error)) => Err(Raise::Object(Box::new(error))),
            None => Ok(Arc::new(context)),
        }
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
