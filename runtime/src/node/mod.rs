//! The running system: what programs may ask of it, its hosts and entries, what keeps its services alive.
//!
//! Knows nothing of sockets, nor of the order of boot and shutdown.

mod calling;
pub mod compiler;
pub mod declared;
pub mod entry;
pub mod env;
pub mod exit_status;
pub mod function;
pub mod orphans;
mod refusals;
mod running;
pub mod services;
pub mod sources;
mod starting;
pub mod supervisor;
mod syscalls;

use std::collections::BTreeMap;
use std::sync::Arc;

use parking_lot::RwLock;

use crate::api::{Context, Program, Registry, Schemas};
use crate::app::TerminalFields;
use crate::error::{Error, kind};
use crate::lua::Plain;
use crate::payload::Payload;
use crate::pid::Pid;
use crate::process::{Body, HostKey, OnExit};
use crate::scheduler::{Admitted, NewProcess, Scheduler, SpawnRefused};

use entry::Entry;
use env::Environment;
use exit_status::{ExitStatus, OnTerminal};
use function::Functions;
use sources::Sources;
use starting::Starting;

/// The running system.
pub struct Node {
    scheduler: Scheduler,
    environment: Environment,
    sources: Sources,
    status: Arc<ExitStatus>,
    schemas: Schemas,
    /// Hosts by the id of their entry.
    hosts: BTreeMap<String, Room>,
    /// All entries of the app, whatever their kind.
    registry: Registry,
    /// Process entries by id. Emptied at the end, since each holds the node.
    entries: RwLock<BTreeMap<String, Arc<Entry>>>,
    functions: Functions,
}

impl Node {
    /// A system of which no entry can be started yet; `registry` are all that there are.
    pub fn new(
        scheduler: Scheduler,
        environment: Environment,
        sources: Sources,
        status: Arc<ExitStatus>,
        hosts: BTreeMap<String, Room>,
        registry: Registry,
    ) -> Node {
        Node {
            scheduler,
            environment,
            sources,
            status,
            schemas: Schemas::default(),
            hosts,
            registry,
            entries: RwLock::default(),
            functions: Functions::default(),
        }
    }

    /// Where the programs are written.
    pub fn sources(&self) -> &Sources {
        &self.sources
    }

    /// How the program ends, once a process on a terminal host has.
    pub fn status(&self) -> &Arc<ExitStatus> {
        &self.status
    }

    /// The scheduler underneath.
    pub fn scheduler(&self) -> &Scheduler {
        &self.scheduler
    }

    /// The host with this id.
    pub fn host(&self, id: &str) -> Option<Room> {
        self.hosts.get(id).copied()
    }

    /// Adds a process entry.
    pub fn add_entry(&self, entry: Entry) {
        self.entries
            .write()
            .insert(entry.id().to_owned(), Arc::new(entry));
    }

    /// All functions.
    pub fn functions(&self) -> &Functions {
        &self.functions
    }

    /// Forgets all entries: nothing can be spawned or called any more.
    pub fn clear(&self) {
        self.functions.clear();
        let entries = std::mem::take(&mut *self.entries.write());
        drop(entries);
    }

    /// Makes a process that doesn't run yet.
    ///
    /// # Errors
    /// As [`Syscalls::spawn`](crate::api::Syscalls::spawn).
    pub fn admit(&self, wanted: Wanted<'_>) -> Result<Admitted<'_>, Error> {
        let entry = self.entry(wanted.entry)?;
        let host = self.host(wanted.host);
        let host = host.ok_or_else(|| self.no_host(wanted.host))?;
        let context = wanted.context.as_ref().map_or(0, |context| context.size());
        let bytes = wanted.arguments.encoded().len() + context;
        if bytes > host.mailbox {
            return Err(too_large("arguments and context", bytes, host.mailbox));
        }
        let code = entry.ready()?;
        let identity = entry.identity().clone();
        let mut program = Program::new(code, wanted.arguments, identity, host.memory_limit);
        program.set_context(wanted.context);
        let body: Box<dyn Body> = match wanted.on_start {
            Some(on_start) => Box::new(Starting::new(program, on_start)),
            None => Box::new(program),
        };
        let on_exit = match host.terminal {
            Some(_) => Some(self.enter_terminal(wanted.on_exit)),
            None => wanted.on_exit,
        };
        let new = NewProcess {
            host: host.key,
            origin: entry.origin(host.key, || {
                self.scheduler.table().origin(wanted.host, wanted.entry)
            }),
            body,
            monitor: wanted.monitor,
            on_exit,
        };
        let admitted = self.scheduler.admit(new).map_err(refused)?;
        if host.terminal.is_some_and(|fields| fields.hide_logs) {
            log::set_max_level(log::LevelFilter::Off);
        }
        Ok(admitted)
    }

    /// The process entry with this id.
    fn entry(&self, id: &str) -> Result<Arc<Entry>, Error> {
        let entry = self.entries.read().get(id).cloned();
        entry.ok_or_else(|| unknown("factory not found", "factory_id", id))
    }

    /// What is to be told when a process ends that is about to run on a terminal host.
    fn enter_terminal(&self, before: Option<Arc<dyn OnExit>>) -> Arc<dyn OnExit> {
        let status = self.status.clone();
        Arc::new(OnTerminal { status, before })
    }

    /// Why nothing can run on `id`, which is none of the hosts.
    fn no_host(&self, id: &str) -> Error {
        if self.registry.get(id).is_none() {
            return unknown("host not found", "host_id", id);
        }
        Error::new(kind::INTERNAL, format!("{id} is no process.host"))
    }

    /// The id of the entry that a process was started from; "" if that is not known.
    pub fn entry_of(&self, pid: Pid) -> String {
        let origin = self.scheduler.table().origin_of(pid.origin());
        origin
            .map(|origin| origin.entry.to_string())
            .unwrap_or_default()
    }
}

/// A host, as it was added to the scheduler.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    /// Its name there.
    pub key: HostKey,
    /// The most bytes that the VM of one of its processes may have.
    pub memory_limit: usize,
    /// The most bytes of messages in the mailbox of one of its processes, and of arguments.
    pub mailbox: usize,
    /// What it says of the terminal, if its processes have one.
    pub terminal: Option<TerminalFields>,
}

/// A process that is to be started.
pub struct Wanted<'a> {
    /// The id of the process entry.
    pub entry: &'a str,
    /// The id of the host entry.
    pub host: &'a str,
    /// The arguments, encoded one after the other.
    pub arguments: Payload,
    /// What it finds in the module `ctx`.
    pub context: Option<Arc<Context>>,
    /// A process that is told when this one ends.
    pub monitor: Option<Pid>,
    /// Called once its top level has run, by the worker that ran it. Must not block.
    pub on_start: Option<Box<dyn FnOnce() + Send>>,
    /// Who else is told when it ends.
    pub on_exit: Option<Arc<dyn OnExit>>,
}

/// NotFound, with what was looked for among the details.
fn unknown(message: &str, field: &str, id: &str) -> Error {
    let mut details = Vec::new();
    Plain::Map(vec![(field.to_owned(), Plain::Text(id.to_owned()))]).encode(&mut details);
    Error {
        details: Some(Payload::from_encoded(details)),
        ..Error::new(kind::NOT_FOUND, format!("{message}: {id}"))
    }
}

/// LimitExceeded, for what would never fit.
fn too_large(what: &str, bytes: usize, limit: usize) -> Error {
    let text = format!(
        "{what} of {bytes} bytes: a process of that host takes {limit}, a third of its memory_limit"
    );
    Error::new(kind::LIMIT_EXCEEDED, text)
}

fn refused(refused: SpawnRefused) -> Error {
    match refused {
        SpawnRefused::NotOpen => Error::new(kind::UNAVAILABLE, "host is not running"),
        SpawnRefused::ShuttingDown => Error::new(kind::UNAVAILABLE, "host is shutting down"),
        SpawnRefused::Full => {
            Error::new(kind::LIMIT_EXCEEDED, "as many processes live as can").retryable()
        }
    }
}
