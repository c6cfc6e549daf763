//! What Lua programs can call, one file a module, and the body that runs them.
//!
//! Everything here is safe Rust on top of `lua/`. What a program asks of the system travels up through [`Syscalls`];
//! this layer has never heard of schedulers, supervisors or sockets.

mod arguments;
mod calls;
mod channel;
mod context;
mod coroutine;
mod env;
mod errors;
mod event;
mod funcs;
mod function;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod handed;
mod host;
mod http;
mod io;
mod json;
mod logger;
mod mail;
mod math;
mod message;
mod os;
mod os_time;
mod package;
mod parts;
mod payload;
mod prelude;
mod process;
mod program;
mod rare;
mod registry;
mod reply;
mod string;
mod table;
mod tasks;
#[cfg(test)]
mod tests;
mod text;
mod texts;
mod time;
mod timers;
mod types;
mod waits;

use std::sync::Arc;

use crate::clock::Moment;
use crate::dialect::types::Types;
use crate::error::{Error, kind};
use crate::lua::{self, Answer, Libraries, LibrariesBuilder, Outcome, Raise, Type};
use crate::pid::Pid;
use crate::process::{Caller, HostKey, Message, Process};
use crate::terminal::Terminal;
use crate::wake::Wake;

pub use context::Context;
pub use function::{FunctionCall, OnReturn, Ongoing, SpareVm};
pub use host::Host;
pub use json::Schemas;
pub use process::{Bond, Spawn};
pub use program::Program;
pub use registry::{Record, Registry};

/// A call from a Lua program.
pub type Call<'a> = lua::Call<'a, Host>;

/// An entry's code, ready to run.
pub type Code = lua::Code<Host>;

/// What a program may ask of the system. All are instant: none waits.
pub trait Syscalls: Send + Sync {
    /// Starts a process. Its relations, name and messages are there before it can run.
    ///
    /// # Errors
    /// Unknown entry or host (NotFound), a host that doesn't run (Unavailable), too many processes (LimitExceeded),
    /// arguments or messages that don't fit (LimitExceeded), or what the entry's top level failed with.
    fn spawn(&self, spawn: Spawn<'_>) -> Result<Pid, Error>;

    /// The process with this pid.
    ///
    /// # Errors
    /// It has ended (NotFound).
    fn process(&self, pid: Pid) -> Result<Arc<Process>, Error>;

    /// Sends a message to a process.
    ///
    /// # Errors
    /// It has just ended (InvalidState) or long ago (NotFound), a full mailbox (LimitExceeded, retryable), one that the
    /// message would never fit into (LimitExceeded).
    fn send(&self, to: &Arc<Process>, message: Message) -> Result<(), Error>;

    /// The process that a pid's text form or a registered name means.
    ///
    /// # Errors
    /// Neither a pid of this node nor a name that is registered (NotFound).
    fn resolve(&self, destination: &str) -> Result<Pid, Error>;

    /// Writes a pid's text form.
    fn write_pid(&self, pid: Pid, out: &mut String);

    /// From now on `monitor` gets an EXIT event when `pid` ends.
    ///
    /// # Errors
    /// It has ended (NotFound), or is monitored already (AlreadyExists).
    fn monitor(&self, monitor: Pid, pid: Pid) -> Result<(), Error>;

    /// From now on `monitor` gets no EXIT event when `pid` ends, unless that one is ending already.
    fn unmonitor(&self, monitor: Pid, pid: Pid);

    /// Links the process that asks with another. Again is well.
    ///
    /// # Errors
    /// The other has ended (NotFound).
    fn link(&self, process: &Process, pid: Pid) -> Result<(), Error>;

    /// Ends the link of the process that asks with another, if there is one.
    fn unlink(&self, process: &Process, pid: Pid);

    /// Sends a process a CANCEL event: by when it is to have ended (Unix seconds), and why.
    ///
    /// # Errors
    /// As [`Syscalls::send`].
    fn cancel(
        &self,
        from: Option<Pid>,
        pid: Pid,
        reason: &str,
        deadline: Option<f64>,
    ) -> Result<(), Error>;

    /// Ends a process: it does not run again after its present step.
    ///
    /// # Errors
    /// It has ended (NotFound).
    fn terminate(&self, pid: Pid) -> Result<(), Error>;

    /// The code of a process entry and who its processes are, to take over a process.
    ///
    /// # Errors
    /// Unknown entry (NotFound), or what its top level failed with.
    fn program(&self, entry: &str) -> Result<(Code, Arc<Identity>), Error>;

    /// Calls a function, or a process that has a default host as one. The caller gets what it comes to as a reply.
    ///
    /// # Errors
    /// Unknown function (NotFound), arguments that don't fit (LimitExceeded), or what its top level failed with.
    fn call(&self, call: FunctionCall<'_>) -> Result<Arc<dyn Ongoing>, Error>;

    /// Gives a name to a process.
    ///
    /// # Errors
    /// The name is another process's (AlreadyExists), or the process has too many (LimitExceeded).
    fn register(&self, name: &str, pid: Pid) -> Result<(), Error>;

    /// The process that has a name.
    fn lookup(&self, name: &str) -> Option<Pid>;

    /// Takes a name back; false if nobody had it.
    fn unregister(&self, name: &str) -> bool;

    /// An environment variable, by its name or by an entry's id, relative to `namespace`.
    ///
    /// # Errors
    /// Not declared, or without a value (NotFound).
    fn env_get(&self, name: &str, namespace: &str) -> Result<String, Error>;

    /// Sets an environment variable.
    ///
    /// # Errors
    /// Not declared (NotFound), read-only (PermissionDenied), or what its storage failed with.
    fn env_set(&self, name: &str, value: &str, namespace: &str) -> Result<(), Error>;

    /// All variables of all storages.
    ///
    /// # Errors
    /// What a storage failed with.
    fn env_all(&self) -> Result<Vec<(String, String)>, Error>;

    /// The entries of the app.
    fn registry(&self) -> &Registry;

    /// The JSON schemas of all programs.
    fn schemas(&self) -> &Schemas;

    /// The terminal that processes on `host` have, if they have one.
    fn terminal(&self, host: HostKey) -> Option<&Arc<Terminal>>;

    /// What gives the caller an empty reply, from any thread.
    fn waker(&self, caller: Caller) -> Wake;

    /// The present moment.
    fn now(&self) -> Moment;

    /// The wall clock at a moment: nanoseconds since 1970 in UTC.
    fn wall(&self, at: Moment) -> i64;
}

/// What a process runs as: who it is, and the system around it.
pub struct Identity {
    /// The id of its entry.
    pub entry: Arc<str>,
    /// The types that its programs may use as values.
    pub types: Arc<Types>,
    /// The system.
    pub system: Arc<dyn Syscalls>,
}

/// The libraries of all programs.
pub fn libraries() -> Libraries<Host> {
    let mut libraries = LibrariesBuilder::new();
    channel::register(&mut libraries);
    context::register(&mut libraries);
    coroutine::register(&mut libraries);
    env::register(&mut libraries);
    errors::register(&mut libraries);
    funcs::register(&mut libraries);
    http::register(&mut libraries);
    io::register(&mut libraries);
    json::register(&mut libraries);
    logger::register(&mut libraries);
    math::register(&mut libraries);
    message::register(&mut libraries);
    os::register(&mut libraries);
    package::register(&mut libraries);
    payload::register(&mut libraries);
    process::register(&mut libraries);
    registry::register(&mut libraries);
    string::register(&mut libraries);
    table::register(&mut libraries);
    texts::register(&mut libraries);
    time::register(&mut libraries);
    types::register(&mut libraries);
    libraries.build()
}

/// Bytes of which a process is expected to have room.
const LEAST_ROOM: usize = 1024;

// ---- answers, for all modules

impl Call<'_> {
    /// Raises unless the call can wait, which must be known before it notes what it waits for.
    fn must_wait(&self) -> Result<(), Raise> {
        match self.lua.can_wait() {
            true => Ok(()),
            false => {
                Err("cannot wait here: a C function is waiting for this call to return".into())
            }
        }
    }

    /// The most bytes from outside that the process has room for: as many as a message may have, or fewer when it has used
    /// its memory.
    fn most_bytes(&mut self) -> usize {
        let mut most = self.state.process().mailbox().limit();
        while most > LEAST_ROOM && !self.lua.has_room_for_mail(most) {
            most /= 2;
        }
        most
    }

    /// The text of a value that is not an object of ours, without metamethods.
    fn plain_text(&self, index: i32) -> String {
        match self.lua.kind(index) {
            Type::Boolean => self.lua.truth(index).to_string(),
            Type::None | Type::Nil => "nil".to_owned(),
            other => format!("{}: {:#x}", other.name(), self.lua.identity(index)),
        }
    }

    /// Answers `nil, err`.
    fn fail(&mut self, error: Error) -> Outcome {
        self.lua.push_nil();
        self.lua.push_error(&error);
        Ok(Answer::Values(2))
    }

    /// Answers `nil, err` of kind Invalid.
    fn invalid(&mut self, message: impl Into<String>) -> Outcome {
        self.fail(Error::new(kind::INVALID, message))
    }

    /// Answers `true`, or `nil, err`.
    fn done(&mut self, result: Result<(), Error>) -> Outcome {
        match result {
            Ok(()) => {
                self.lua.push_boolean(true);
                Ok(Answer::Values(1))
            }
            Err(error) => self.fail(error),
        }
    }

    /// Answers one string.
    fn answer_text(&mut self, text: impl AsRef<[u8]>) -> Outcome {
        self.lua.push_bytes(text);
        Ok(Answer::Values(1))
    }
}
