//! The global `process`: who a process is, starting others, sending, receiving, events, relations, names. See
//! `docs/process.md`.
//!
//! Here is what the module consists of, and what its files share.

mod names;
mod options;
mod receiving;
mod relations;
mod send;
mod spawn;
mod spawner;
mod subscription;
mod upgrade;

use crate::error::Error;
use crate::lua::{Answer, Function, LibrariesBuilder, Module, Outcome, Raise};
use crate::pid::Pid;

use super::{Call, Host, event};

pub use spawn::{Bond, Spawn};
pub(super) use subscription::end as end_subscription;
pub(super) use upgrade::Upgrade;

/// Bytes of the longest topic or registered name: they are kept outside the VM. (A guess: longer ones are a mistake.)
const LONGEST_NAME: usize = 4096;

fn too_long(what: &str) -> String {
    format!("a {what} has at most {LONGEST_NAME} bytes")
}

pub(super) fn register(libraries: &mut LibrariesBuilder<Host>) {
    let events = Module::new("event").texts([
        ("CANCEL", event::CANCEL),
        ("EXIT", event::EXIT),
        ("LINK_DOWN", event::LINK_DOWN),
    ]);
    let registry = Module::new("registry")
        .integers([
            ("LOCAL", 0),
            ("EVENTUAL", 1),
            ("CONSISTENT", 2),
            ("STRONG", 3),
        ])
        .functions([
            ("register", Function::new(names::register)),
            ("lookup", Function::new(names::lookup)),
            ("unregister", Function::new(names::unregister)),
        ]);
    let module = Module::new("process")
        .functions([
            ("pid", Function::new(pid)),
            ("id", Function::new(id)),
            ("send", Function::new(send::send)),
            ("inbox", Function::new(receiving::inbox)),
            ("events", Function::new(receiving::events)),
            ("listen", Function::new(receiving::listen)),
            ("unlisten", Function::new(receiving::unlisten)),
            ("monitor", Function::new(relations::monitor)),
            ("unmonitor", Function::new(relations::unmonitor)),
            ("link", Function::new(relations::link)),
            ("unlink", Function::new(relations::unlink)),
            ("cancel", Function::new(relations::cancel)),
            ("terminate", Function::new(relations::terminate)),
            ("get_options", Function::new(options::get)),
            ("set_options", Function::new(options::set)),
            ("upgrade", Function::new(upgrade::upgrade)),
            ("with_context", Function::new(spawner::with_context)),
            ("with_options", Function::new(spawner::with_options)),
        ])
        .functions(spawn::functions())
        .library(events)
        .library(registry);
    libraries.library(module);
    spawner::register(libraries);
    subscription::register(libraries);
}

impl Call<'_> {
    /// Pushes a pid's text form.
    fn push_pid(&mut self, pid: Pid) {
        let mut text = String::with_capacity(64);
        self.state.system().write_pid(pid, &mut text);
        self.lua.push_bytes(text);
    }

    /// The process that argument 1 means, for a function of that name.
    fn destination(&mut self, name: &str) -> Result<Result<Pid, Error>, Raise> {
        if self.lua.top() == 0 {
            let text = format!("{name} requires a destination argument");
            return Ok(Err(Error::new(crate::error::kind::INVALID, text)));
        }
        self.string(1)?;
        Ok(self.state.resolve(self.lua.bytes(1).unwrap_or_default()))
    }
}

/// `process.pid()`
fn pid(call: &mut Call) -> Outcome {
    call.push_pid(call.state.pid());
    Ok(Answer::Values(1))
}

/// `process.id()`: the id of the running entry.
fn id(call: &mut Call) -> Outcome {
    let entry = call.state.entry().clone();
    call.answer_text(&*entry)
}
