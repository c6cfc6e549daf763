//! The executor object of `funcs.new`: what functions are to be called with.
//!
//! It never changes: each method makes another. Knows nothing of how functions are called.

use std::sync::Arc;

use crate::api::context::Context;
use crate::api::{Call, Host};
use crate::lua::{Answer, Class, Function, LibrariesBuilder, Object, Outcome, Raise};

/// The object; the values that it adds to the context of whoever calls are the bytes behind it. So it can be made by a
/// function's top level, which runs once, and used by calls with contexts of their own.
#[derive(Clone, Copy)]
struct Executor;

impl Object for Executor {
    const CLASS: Class = Class::Executor;
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.class(
        Class::Executor,
        [
            ("with_context", Function::new(with_context)),
            ("with_options", Function::new(with_options)),
            ("with_actor", Function::new(unchanged)),
            ("with_scope", Function::new(unchanged)),
            ("call", Function::new(call)),
            ("async", Function::new(begin)),
        ],
    );
}

/// `funcs.new()`
pub(super) fn new(call: &mut Call) -> Outcome {
    push(call, None)
}

fn push(call: &mut Call, added: Option<&Context>) -> Outcome {
    let mut bytes = Vec::new();
    Context::write(added, &mut bytes);
    call.lua.push_object_with(Executor, &bytes, 0);
    Ok(Answer::Values(1))
}

/// What the executor adds that a method was called on.
fn this(call: &Call) -> Result<Option<Arc<Context>>, Raise> {
    match call.lua.object_bytes::<Executor>(1) {
        Some(mut bytes) => Ok(Context::read(&mut bytes)),
        None => Err(call.wrong_type(1, "funcs.Executor")),
    }
}

/// What functions find in the module `ctx` that the executor calls.
fn context(call: &Call) -> Result<Option<Arc<Context>>, Raise> {
    let added = this(call)?;
    Ok(match (call.state.context(), added) {
        (Some(own), Some(added)) => {
            let mut both = Context::clone(own);
            let values = added.0.iter();
            both.0
                .extend(values.map(|(key, value)| (key.clone(), value.clone())));
            Some(Arc::new(both))
        }
        (own, added) => added.or_else(|| own.cloned()),
    })
}

/// `executor:with_context(values)`: more values, of which the later win.
fn with_context(call: &mut Call) -> Outcome {
    let added = this(call)?;
    let added = call.with_values(added, 2)?;
    push(call, Some(&added))
}

/// `executor:with_options(options)`: none of them has an effect here.
fn with_options(call: &mut Call) -> Outcome {
    let added = this(call)?;
    if !call.is_table(2) {
        return Err(call.wrong_type(2, "table"));
    }
    push(call, added.as_deref())
}

/// `executor:with_actor(actor)`, `executor:with_scope(scope)`: whoever it is, all is allowed.
fn unchanged(call: &mut Call) -> Outcome {
    let added = this(call)?;
    push(call, added.as_deref())
}

/// `executor:call(id, …)`
fn call(call: &mut Call) -> Outcome {
    let context = context(call)?;
    super::wait_for(call, 2, context)
}

/// `executor:async(id, …)`
fn begin(call: &mut Call) -> Outcome {
    let context = context(call)?;
    super::go_on(call, 2, context)
}
