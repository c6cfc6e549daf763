//! Starting processes: `process.spawn` and its variants, and `process.exec`, which waits for the end.
//!
//! Knows nothing of what hosts and entries are.

use std::sync::Arc;

use crate::api::context::Context;
use crate::api::{Call, Host};
use crate::error::{Error, kind};
use crate::lua::{Answer, Function, Outcome};
use crate::payload::Payload;
use crate::process::{Message, Process};

use super::spawner::{self, Plan};

/// A process that a program wants to start.
#[derive(Debug)]
pub struct Spawn<'a> {
    /// Who asks.
    pub parent: &'a Arc<Process>,
    /// The id of the process entry.
    pub entry: &'a str,
    /// The id of the host entry.
    pub host: &'a str,
    /// The arguments, encoded one after the other.
    pub arguments: Payload,
    /// What it is to the parent.
    pub bond: Bond,
    /// What it finds in the module `ctx`.
    pub context: Option<Arc<Context>>,
    /// The name that it is to have. If a process has it, no other is started: that one takes its place.
    pub name: Option<&'a str>,
    /// What it finds in its mailbox.
    pub messages: Vec<Message>,
}

/// What a new process is to its parent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bond {
    /// The parent is told when the child ends.
    pub monitored: bool,
    /// They are linked.
    pub linked: bool,
    /// The parent's call with this number gets what the child ends with.
    pub call: Option<u32>,
}

/// How one of the functions starts a process.
#[derive(Clone, Copy)]
struct Variant {
    name: &'static str,
    monitored: bool,
    linked: bool,
    waits: bool,
}

const fn variant(name: &'static str, monitored: bool, linked: bool) -> Variant {
    Variant {
        name,
        monitored,
        linked,
        waits: false,
    }
}

const SPAWN: Variant = variant("spawn", false, false);
const MONITORED: Variant = variant("spawn_monitored", true, false);
const LINKED: Variant = variant("spawn_linked", false, true);
const LINKED_MONITORED: Variant = variant("spawn_linked_monitored", true, true);
const EXEC: Variant = Variant {
    waits: true,
    ..variant("exec", false, false)
};

/// One function for each variant.
macro_rules! each {
    ($start:ident) => {
        [
            (
                SPAWN.name,
                Function::new(|call: &mut Call| $start(call, SPAWN)),
            ),
            (
                MONITORED.name,
                Function::new(|call: &mut Call| $start(call, MONITORED)),
            ),
            (
                LINKED.name,
                Function::new(|call: &mut Call| $start(call, LINKED)),
            ),
            (
                LINKED_MONITORED.name,
                Function::new(|call: &mut Call| $start(call, LINKED_MONITORED)),
            ),
            (
                EXEC.name,
                Function::new(|call: &mut Call| $start(call, EXEC)),
            ),
        ]
    };
}

/// The functions of the module.
pub(super) fn functions() -> [(&'static str, Function<Host>); 5] {
    fn plain(call: &mut Call, variant: Variant) -> Outcome {
        start(call, None, variant)
    }
    each!(plain)
}

/// The methods of a spawner.
pub(super) fn methods() -> [(&'static str, Function<Host>); 5] {
    fn planned(call: &mut Call, variant: Variant) -> Outcome {
        let plan = spawner::own(call)?;
        start(call, Some(plan), variant)
    }
    each!(planned)
}

/// Starts a process: entry and host come first, behind the spawner if it is a method; then the arguments of the child's
/// method.
fn start(call: &mut Call, plan: Option<Plan>, variant: Variant) -> Outcome {
    let first = 1 + i32::from(plan.is_some());
    let count = call.lua.top();
    let name = variant.name;
    if count < first + 1 {
        return call.invalid(format!("{name} requires at least id and host arguments"));
    }
    call.string(first)?;
    call.string(first + 1)?;
    if variant.waits {
        call.must_wait()?;
    }
    let mut encoded = Vec::with_capacity(64);
    if let Err(error) = call.lua.encode_many(first + 2, count, &mut encoded) {
        return call.fail(error);
    }
    let arguments = Payload::from_encoded(encoded);
    let plan = match plan {
        Some(plan) => plan,
        None => Plan::of(call.state.context().cloned()),
    };
    let waiting = variant.waits.then(|| call.state.begin_call());
    let text = |index| std::str::from_utf8(call.lua.bytes(index).unwrap_or_default()).unwrap_or("");
    let spawn = Spawn {
        parent: call.state.process(),
        entry: text(first),
        host: text(first + 1),
        arguments,
        bond: Bond {
            monitored: variant.monitored,
            linked: variant.linked,
            call: waiting,
        },
        context: plan.context,
        name: plan.name.as_deref(),
        messages: plan.messages,
    };
    let started = match variant.waits {
        true => check_ids(&spawn).and_then(|()| call.state.system().spawn(spawn)),
        false => call.state.system().spawn(spawn),
    };
    match (started, waiting) {
        (Ok(_), Some(_)) => Ok(call.wait_for_reply()),
        (Ok(pid), None) => {
            call.push_pid(pid);
            Ok(Answer::Values(1))
        }
        (Err(error), waiting) => {
            waiting.and_then(|number| call.state.rare().calls.end(number));
            call.fail(error)
        }
    }
}

/// What `exec` looks at before it asks.
fn check_ids(spawn: &Spawn<'_>) -> Result<(), Error> {
    let text = match (spawn.entry, spawn.host) {
        ("", _) => "id must not be empty",
        (entry, _) if !entry.contains(':') => "id must have a namespace, as in app:worker",
        (_, "") => "host must not be empty",
        _ => return Ok(()),
    };
    Err(Error::new(kind::INVALID, text))
}
