//! `coroutine.spawn`: a task of its own in the same process. The rest of the library is `lua/coroutine.rs`.
//!
//! See `docs/coroutine.md`.

use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome, Type};

use super::{Call, Host};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.library(Module::new("coroutine").functions([("spawn", Function::new(spawn))]));
}

/// `coroutine.spawn(fn, …)`: the new task runs up to its first wait, then the spawner goes on with its thread.
fn spawn(call: &mut Call) -> Outcome {
    if call.lua.kind(1) != Type::Function {
        return Err(call.wrong_type(1, "function"));
    }
    call.must_wait()?;
    let tasks = &mut call.state.tasks;
    let task = tasks.spawn();
    call.lua.push_task(1, task);
    tasks.ready(task);
    tasks.ready(tasks.current());
    Ok(Answer::wait(|_: &mut Call, _| Ok(Answer::Values(1)), 0))
}
