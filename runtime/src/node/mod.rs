//! The running system: what programs may ask of it, its hosts and entries, what keeps its services alive.
//!
//! Knows nothing of sockets, nor of the order of boot and shutdown.

pub mod entry;
pub mod env;
pub mod exit_status;
pub mod orphans;
pub mod services;
pub mod sources;
mod starting;
pub mod supervisor;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::SystemTime;

use parking_lot::RwLock;

use crate::api::{Program, Spawn, Syscalls};
use crate::app::TerminalFields;
use crate::clock::Moment;
use crate::error::{Error, kind};
use crate::lua::Plain;
use crate::payload::Payload;
use crate::pid::{Address, Pid};
use crate::process::{Body, HostKey, Letter, Message, NameRefused, OnExit};
use crate::scheduler::{NewProcess, Scheduler, SendRefused, SpawnRefused};
use crate::terminal::Terminal;

use entry::Entry;
use env::Environment;
use exit_status::{ExitStatus, OnTerminal};
use sources::Sources;
use starting::Starting;

/// The running system.
pub struct Node {
    scheduler: Scheduler,
    environment: Environment,
    sources: Sources,
    status: Arc<ExitStatus>,
    /// Hosts by the id of their entry.
    hosts: BTreeMap<String, Room>,
    /// The ids of all entries of the app, whatever their kind.
    declared: BTreeSet<String>,
    /// Process entries by id. Emptied at the end, since each holds the node.
    entries: RwLock<BTreeMap<String, Arc<Entry>>>,
}

impl Node {
    /// A system of which no entry can be started yet; `declared` are the ids of all that there are.
    pub fn new(
        scheduler: Scheduler,
        environment: Environment,
        sources: Sources,
        status: Arc<ExitStatus>,
        hosts: BTreeMap<String, Room>,
        declared: BTreeSet<String>,
    ) -> Node {
        Node {
            scheduler,
            environment,
            sources,
            status,
            hosts,
            declared,
            entries: RwLock::default(),
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

    /// Forgets all entries: nothing can be spawned any more.
    pub fn clear(&self) {
        let entries = std::mem::take(&mut *self.entries.write());
        drop(entries);
    }

    /// Starts a process on behalf of the system or of a program.
    ///
    /// # Errors
    /// As [`Syscalls::spawn`].
    pub fn start(&self, wanted: Wanted<'_>) -> Result<Pid, Error> {
        let entry = self.entries.read().get(wanted.entry).cloned();
        let entry =
            entry.ok_or_else(|| unknown("factory not found", "factory_id", wanted.entry))?;
        let host = self.host(wanted.host);
        let host = host.ok_or_else(|| self.no_host(wanted.host))?;
        let bytes = wanted.arguments.encoded().len();
        if bytes > host.mailbox {
            return Err(too_large("arguments", bytes, host.mailbox));
        }
        let code = entry.ready()?;
        let identity = entry.identity().clone();
        let program = Program::new(code, wanted.arguments, identity, host.memory_limit);
        let body: Box<dyn Body> = match wanted.on_start {
            Some(on_start) => Box::new(Starting::new(program, on_start)),
            None => Box::new(program),
        };
        let on_exit = match host.terminal {
            Some(fields) => Some(self.enter_terminal(fields, wanted.on_exit)),
            None => wanted.on_exit,
        };
        let new = NewProcess {
            host: host.key,
            origin: entry.origin(host.key, || {
                self.scheduler.table().origin(wanted.host, wanted.entry)
            }),
            body,
            watcher: wanted.watcher,
            on_exit,
        };
        self.scheduler.spawn(new).map_err(refused)
    }

    /// What is to be told when a process ends that is about to run on a terminal host.
    fn enter_terminal(
        &self,
        fields: TerminalFields,
        before: Option<Arc<dyn OnExit>>,
    ) -> Arc<dyn OnExit> {
        if fields.hide_logs {
            log::set_max_level(log::LevelFilter::Off);
        }
        let status = self.status.clone();
        Arc::new(OnTerminal { status, before })
    }

    /// Why nothing can run on `id`, which is none of the hosts.
    fn no_host(&self, id: &str) -> Error {
        if !self.declared.contains(id) {
            return unknown("host not found", "host_id", id);
        }
        Error::new(kind::INTERNAL, format!("{id} is no host"))
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
    /// A process that is told when this one ends.
    pub watcher: Option<Pid>,
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

impl Syscalls for Node {
    fn spawn(&self, spawn: Spawn<'_>) -> Result<Pid, Error> {
        self.start(Wanted {
            entry: spawn.entry,
            host: spawn.host,
            arguments: spawn.arguments,
            watcher: spawn.monitored.then_some(spawn.parent),
            on_start: None,
            on_exit: None,
        })
    }

    fn send(&self, to: Pid, message: Message) -> Result<(), Error> {
        self.scheduler
            .send(to, Letter::Message(message))
            .map_err(|refused| match refused {
                SendRefused::Unknown => Error::new(kind::NOT_FOUND, "process not found"),
                SendRefused::Closed => Error::new(kind::INVALID_STATE, "process closed"),
                SendRefused::Full => {
                    Error::new(kind::LIMIT_EXCEEDED, "the mailbox is full").retryable()
                }
                SendRefused::TooLarge { bytes, limit } => too_large("a message", bytes, limit),
            })
    }

    fn resolve(&self, destination: &str) -> Result<Pid, Error> {
        let Some(address) = Address::parse(destination) else {
            return self.lookup(destination).ok_or_else(|| {
                let text = format!("could not resolve '{destination}' as PID or registered name");
                Error::new(kind::NOT_FOUND, text)
            });
        };
        if !self.hosts.contains_key(address.host) {
            return Err(unknown("host not found", "host_id", address.host));
        }
        address
            .pid()
            .ok_or_else(|| Error::new(kind::NOT_FOUND, "process not found"))
    }

    fn write_pid(&self, pid: Pid, out: &mut String) {
        use std::fmt::Write;
        match self.scheduler.table().origin_of(pid.origin()) {
            Some(origin) => {
                out.push('{');
                out.push_str(&origin.host);
                out.push('|');
                out.push_str(&origin.entry);
                let _ = write!(out, "|{pid}}}");
            }
            None => {
                let _ = write!(out, "{{|{pid}}}");
            }
        }
    }

    fn register(&self, name: &str, pid: Pid) -> Result<(), Error> {
        let table = self.scheduler.table();
        // A pid that was read from text does not know where it came from; the process does.
        let pid = table.get(pid).map_or(pid, |process| process.pid());
        table.register(name, pid).map_err(|refused| match refused {
            NameRefused::Taken(_) => Error::new(kind::ALREADY_EXISTS, "name already registered"),
            NameRefused::TooMany => Error::new(
                kind::LIMIT_EXCEEDED,
                "the names of the process take as much memory as they may, a third of its host's memory_limit",
            ),
        })
    }

    fn lookup(&self, name: &str) -> Option<Pid> {
        self.scheduler.table().lookup(name)
    }

    fn unregister(&self, name: &str) -> bool {
        self.scheduler.table().unregister(name)
    }

    fn env_get(&self, name: &str, namespace: &str) -> Result<String, Error> {
        self.environment.get(name, namespace)
    }

    fn env_set(&self, name: &str, value: &str, namespace: &str) -> Result<(), Error> {
        self.environment.set(name, namespace, value)
    }

    fn env_all(&self) -> Result<Vec<(String, String)>, Error> {
        Ok(self.environment.get_all()?.into_iter().collect())
    }

    fn terminal(&self, host: HostKey) -> Option<&Arc<Terminal>> {
        let mut rooms = self.hosts.values();
        let has_one = rooms.any(|room| room.key == host && room.terminal.is_some());
        has_one.then(|| self.status.terminal())
    }

    fn now(&self) -> Moment {
        self.scheduler.now()
    }

    fn wall(&self, at: Moment) -> i64 {
        let present = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let present = present.map_or(0, |since| since.as_nanos() as i64);
        let now = self.scheduler.now();
        present + at.0 as i64 - now.0 as i64
    }
}
