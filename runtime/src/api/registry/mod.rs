//! The module `registry`: what the app declares, to read. See `docs/registry.md`.
//!
//! An app's entries don't change while it runs: there are two versions, the empty one before it was loaded and the one
//! that runs. Here is what the module consists of; what all of its parts answer with is `answers`. Knows nothing of
//! YAML.

mod answers;
mod filter;
mod history;
mod record;
mod snapshot;

use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome};

use super::{Call, Host};
use history::CURRENT;

pub use record::{Record, Registry};

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    libraries.module(Module::new("registry").functions([
        (
            "get",
            Function::new(|call: &mut Call| snapshot::get(call, 1, CURRENT)),
        ),
        (
            "find",
            Function::new(|call: &mut Call| snapshot::find(call, 1, CURRENT)),
        ),
        ("parse_id", Function::new(parse_id)),
        ("snapshot", Function::new(snapshot::current)),
        ("snapshot_at", Function::new(snapshot::at)),
        ("current_version", Function::new(history::current_version)),
        ("versions", Function::new(history::versions)),
        ("history", Function::new(history::history)),
        ("apply_version", Function::new(answers::refuse)),
        ("build_delta", Function::new(answers::refuse)),
    ]));
    history::register(libraries);
    snapshot::register(libraries);
}

/// `registry.parse_id(id)`: the two parts of an id.
fn parse_id(call: &mut Call) -> Outcome {
    let id = call.text(1)?;
    let (namespace, name) = id.split_once(':').unwrap_or(("", &id));
    call.lua.push_table(0, 2);
    call.lua.push_bytes(namespace);
    call.lua.set_field(-2, "ns");
    call.lua.push_bytes(name);
    call.lua.set_field(-2, "name");
    Ok(Answer::Values(1))
}
