//! The module `funcs`: calling the app's functions, and waiting for them or not. See `docs/funcs.md`.
//!
//! Here is what the module consists of, and how a call is made; futures and executors have a file each. Knows nothing of
//! who runs functions.

mod executor;
mod future;
mod promises;

use std::sync::Arc;

use crate::error::{Error, kind};
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome};
use crate::payload::Payload;
use crate::process::Caller;

use super::calls::Waiter;
use super::context::Context;
use super::function::{FunctionCall, Ongoing};
use super::{Call, Host};

pub(super) use future::{push_taken, take};
pub(super) use promises::Promises;

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.module(Module::new("funcs").functions([
        ("call", Function::new(call)),
        ("async", Function::new(begin)),
        ("new", Function::new(executor::new)),
    ]));
    executor::register(libraries);
    future::register(libraries);
}

/// `funcs.call(id, …)`
fn call(call: &mut Call) -> Outcome {
    let context = call.state.context().cloned();
    wait_for(call, 1, context)
}

/// `funcs.async(id, …)`
fn begin(call: &mut Call) -> Outcome {
    let context = call.state.context().cloned();
    go_on(call, 1, context)
}

/// Calls the function whose id is argument `first`, with the arguments behind it, and waits for what it comes to.
fn wait_for(call: &mut Call, first: i32, context: Option<Arc<Context>>) -> Outcome {
    call.string(first)?;
    call.must_wait()?;
    let begun = match Begun::check(call, first, context) {
        Ok(begun) => begun,
        Err(error) => return call.fail(error),
    };
    let number = call.state.begin_call();
    match begun.start(call, number) {
        Ok(_) => Ok(call.wait_for_reply()),
        Err(error) => call.fail(error),
    }
}

/// The same without waiting: answers a future.
fn go_on(call: &mut Call, first: i32, context: Option<Arc<Context>>) -> Outcome {
    call.string(first)?;
    let begun = match Begun::check(call, first, context) {
        Ok(begun) => begun,
        Err(error) => return call.fail(error),
    };
    let future = call.state.new_channel();
    let number = call.state.rare().calls.begin(Waiter::Future(future));
    match begun.start(call, number) {
        Ok(ongoing) => {
            call.state.promises_mut().begin(future, number, ongoing);
            future::push(call, future);
            Ok(Answer::Values(1))
        }
        Err(error) => call.fail(error),
    }
}

/// A call that can be made, as far as its caller knows.
struct Begun {
    function: String,
    arguments: Payload,
    context: Option<Arc<Context>>,
}

impl Begun {
    fn check(call: &mut Call, first: i32, context: Option<Arc<Context>>) -> Result<Begun, Error> {
        let function = call.lua.text(first).unwrap_or_default().into_owned();
        check_id(&function)?;
        let count = call.lua.top();
        let mut encoded = Vec::with_capacity(64);
        call.lua.encode_many(first + 1, count, &mut encoded)?;
        Ok(Begun {
            function,
            arguments: Payload::from_encoded(encoded),
            context,
        })
    }

    /// Makes the call that has this number among those of the process; forgets it if that fails.
    fn start(self, call: &mut Call, number: u32) -> Result<Arc<dyn Ongoing>, Error> {
        let caller = Caller {
            pid: call.state.pid(),
            call: number,
        };
        let made = call.state.system().call(FunctionCall {
            function: &self.function,
            arguments: self.arguments,
            context: self.context,
            caller,
        });
        if made.is_err() {
            call.state.rare().calls.end(number);
        }
        made
    }
}

fn check_id(id: &str) -> Result<(), Error> {
    let text = match id.split_once(':') {
        _ if id.is_empty() => "function ID required",
        None | Some(("", _)) => "namespace required in function ID",
        Some((_, "")) => "name required in function ID",
        Some(_) => return Ok(()),
    };
    Err(Error::new(kind::INVALID, text))
}
