//! The scheduler: runs processes on a handful of worker threads.
//!
//! Knows nothing of Lua, HTTP or YAML: it steps a `Body`.
//!
//! ```text
//! spawn, send, timer ─► run state says *enqueue* ─► run_queue ─► idle wakes one worker ─► worker steps ─► park,
//!                                                                                    queue again, or retire
//! ```

mod admitted;
mod config;
mod host;
mod idle;
mod local;
#[cfg(all(test, loom))]
mod models;
mod parker;
mod retire;
mod run_queue;
mod seat;
mod shared;
mod shutdown;
mod stats;
mod threads;
mod timer_wheel;
mod watchdog;
mod worker;

use std::sync::Arc;

pub use admitted::Admitted;
pub use config::{Config, SLICE, SPARES, STUCK};
pub use host::{Gate, Limits};
pub use shared::SendRefused;
pub use stats::Stats;

use self::local::Local;
use self::shared::Shared;
use self::threads::Threads;
use self::watchdog::Watchdog;
use crate::clock::{Clock, Moment};
use crate::pid::Pid;
use crate::process::{
    Body, Exit, HostKey, InsertRefused, Letter, MonitorRefused, OnExit, Process, Table, link,
    unlink,
};

/// A running scheduler. Clones are handles to the same one. It runs until [`Scheduler::stop`], also without handles.
#[derive(Clone)]
pub struct Scheduler {
    shared: Arc<Shared>,
}

/// A process that is to be.
pub struct NewProcess {
    /// Where it runs.
    pub host: HostKey,
    /// For its pid; from [`Table::origin`].
    pub origin: u32,
    /// What is stepped.
    pub body: Box<dyn Body>,
    /// Its first monitor, who is told however soon it ends.
    pub monitor: Option<Pid>,
    /// Who else is told when it ends.
    pub on_exit: Option<Arc<dyn OnExit>>,
}

/// Why a process was not spawned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpawnRefused {
    /// The host does not run yet.
    NotOpen,
    /// The host is shutting down.
    ShuttingDown,
    /// As many processes live as can.
    Full,
}

impl Scheduler {
    /// Starts the threads.
    ///
    /// # Panics
    /// If the system gives no threads.
    pub fn start(config: Config) -> Scheduler {
        let workers = config.workers.max(1);
        let shared = Arc::new(Shared::new(config));
        for index in 0..workers {
            Threads::start(&shared, format!("worker-{index}"), move |shared| {
                worker::work(&shared, index, None);
            })
            .expect("the system gives a thread for each worker");
        }
        Threads::start(&shared, "watchdog".to_owned(), |shared| {
            Watchdog::new(shared).run()
        })
        .expect("the system gives a thread for the watchdog");
        Scheduler { shared }
    }

    /// Adds a host. It takes processes once it is [opened](Scheduler::open).
    pub fn add_host(&self, id: &str, limits: Limits) -> HostKey {
        self.shared
            .hosts
            .add(id, limits, self.shared.config.workers.max(1))
    }

    /// From now on `host` takes processes.
    pub fn open(&self, host: HostKey) {
        self.shared.hosts.get(host).set_gate(Gate::Open);
    }

    /// Whether `host` takes processes.
    pub fn gate(&self, host: HostKey) -> Gate {
        self.shared.hosts.get(host).gate()
    }

    /// The id that `host` was added with.
    pub fn host_id(&self, host: HostKey) -> &str {
        &self.shared.hosts.get(host).id
    }

    /// Makes a process that can be found, but doesn't run before it is [started](Admitted::start): inside a step, behind all
    /// others on that worker.
    pub fn admit(&self, new: NewProcess) -> Result<Admitted<'_>, SpawnRefused> {
        let shared = &*self.shared;
        let host = shared.hosts.get(new.host);
        let NewProcess {
            host: key,
            origin,
            body,
            monitor,
            on_exit,
        } = new;
        let near = Local::with(shared, |local| {
            local.map(|local| shared.shard_for(local.seat))
        });
        let is_open = || host.gate() == Gate::Open;
        let make = |pid| {
            host.begin_process();
            Process::new(pid, key, host.mailbox_limit, body, monitor, on_exit)
        };
        match shared.table.insert(near, origin, is_open, make) {
            Ok(process) => Ok(Admitted::new(shared, process)),
            Err(InsertRefused::Full) => Err(SpawnRefused::Full),
            Err(InsertRefused::Closed) if host.gate() == Gate::NotOpen => {
                Err(SpawnRefused::NotOpen)
            }
            Err(InsertRefused::Closed) => Err(SpawnRefused::ShuttingDown),
        }
    }

    /// Puts a letter into a process's mailbox and wakes it.
    pub fn send(&self, to: Pid, letter: Letter) -> Result<(), SendRefused> {
        self.shared.send(to, letter)
    }

    /// The same for who has the process at hand.
    pub fn send_to(&self, process: &Arc<Process>, letter: Letter) -> Result<(), SendRefused> {
        self.shared.send_to(process, letter)
    }

    /// Ends a process at its next step boundary, which is made to come soon; a parked one at once. False if it has
    /// ended already. The first reason counts.
    pub fn kill(&self, pid: Pid, exit: Exit) -> bool {
        let process = self.shared.table.get(pid);
        process.is_some_and(|process| self.shared.kill(process, exit))
    }

    /// From now on `monitor` gets an `Event::Exit` when `target` ends.
    ///
    /// # Errors
    /// It has ended, or `monitor` monitors it already.
    pub fn monitor(&self, monitor: Pid, target: Pid) -> Result<(), MonitorRefused> {
        let table = &self.shared.table;
        let process = table.get(target).ok_or(MonitorRefused::Unknown)?;
        process.monitor(monitor, |pid| table.has(pid))
    }

    /// From now on `monitor` is not told when `target` ends, unless that one is ending already.
    pub fn unmonitor(&self, monitor: Pid, target: Pid) {
        if let Some(process) = self.shared.table.get(target) {
            process.unmonitor(monitor);
        }
    }

    /// Links `process`, whose step calls this, with `peer`: when one ends abnormally, the other is told or ends too. False
    /// if `peer` has ended. Linking again, or with itself, changes nothing.
    pub fn link(&self, process: &Process, peer: Pid) -> bool {
        let Some(other) = self.shared.table.get(peer) else {
            return false;
        };
        link(process, &other)
    }

    /// Ends the link of `process`, whose step calls this, with `peer`. It hears nothing of `peer` any more, unless the
    /// exit of that one has come to it already.
    pub fn unlink(&self, process: &Process, peer: Pid) {
        match self.shared.table.get(peer) {
            Some(other) if unlink(process, &other) => self.shared.look_again(&other),
            Some(_) => {}
            // Its exit may not have come to this one yet, and is not to find the link.
            None => _ = process.remove_link(peer),
        }
    }

    /// All processes, and their names and origins.
    pub fn table(&self) -> &Table {
        &self.shared.table
    }

    /// The clock that all moments are read from.
    pub fn clock(&self) -> &Clock {
        &self.shared.config.clock
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        self.shared.now()
    }
}

#[cfg(all(test, not(loom)))]
mod tests;
