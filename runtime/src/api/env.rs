//! The module `env`: declared environment variables. See `docs/env.md`.

use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome};

use super::{Call, Host};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.module(Module::new("env").functions([
        ("get", Function::new(get)),
        ("set", Function::new(set)),
        ("get_all", Function::new(get_all)),
    ]));
}

/// `env.get(name)`
fn get(call: &mut Call) -> Outcome {
    let name = call.text(1)?;
    if name.is_empty() {
        return call.invalid("empty key");
    }
    match call.state.system().env_get(&name, call.state.namespace()) {
        Ok(value) => call.answer_text(value),
        Err(error) => call.fail(error),
    }
}

/// `env.set(name, value)`
fn set(call: &mut Call) -> Outcome {
    let name = call.text(1)?;
    let value = call.text(2)?;
    if name.is_empty() {
        return call.invalid("empty key");
    }
    let result = call
        .state
        .system()
        .env_set(&name, &value, call.state.namespace());
    call.done(result)
}

/// `env.get_all()`
fn get_all(call: &mut Call) -> Outcome {
    match call.state.system().env_all() {
        Ok(all) => {
            call.lua.push_table(0, all.len());
            for (name, value) in all {
                call.lua.push_bytes(value);
                call.lua.set_field(-2, &name);
            }
            Ok(Answer::Values(1))
        }
        Err(error) => call.fail(error),
    }
}
