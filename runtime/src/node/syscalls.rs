//! What programs may ask of the running system.
//!
//! Knows nothing of how programs ask.

use std::sync::Arc;
use std::thread;
use std::time::SystemTime;

use super::calling::{Answers, reply};
use super::function;
use super::{Node, Wanted, too_large, unknown};
use crate::api::{Code, FunctionCall, Identity, Ongoing, Registry, Schemas, Spawn, Syscalls};
use crate::clock::Moment;
use crate::error::{Error, kind};
use crate::payload::Payload;
use crate::pid::{Address, Pid};
use crate::process::{
    Caller, Event, Exit, HostKey, Letter, Message, MonitorRefused, NameRefused, OnExit, Process,
};
use crate::scheduler::{Admitted, SendRefused};
use crate::terminal::Terminal;
use crate::wake::Wake;

impl Syscalls for Node {
    fn spawn(&self, mut spawn: Spawn<'_>) -> Result<Pid, Error> {
        let Some(name) = spawn.name else {
            return Ok(self.admit_child(&mut spawn)?.start());
        };
        loop {
            if let Some(pid) = self.lookup(name) {
                match self.join(pid, &mut spawn) {
                    // It has ended since, and its name is free, or will be in a moment.
                    Err(error) if error.kind == kind::NOT_FOUND => {
                        thread::yield_now();
                        continue;
                    }
                    joined => return joined.map(|()| pid),
                }
            }
            let arguments = spawn.arguments.clone();
            let messages = spawn.messages.clone();
            let admitted = self.admit_child(&mut spawn)?;
            match admitted.register(name) {
                Ok(()) => return Ok(admitted.start()),
                Err(NameRefused::Taken(_)) => {
                    (spawn.arguments, spawn.messages) = (arguments, messages);
                }
                Err(refused) => return Err(name_refused(refused)),
            }
        }
    }

    fn process(&self, pid: Pid) -> Result<Arc<Process>, Error> {
        self.scheduler.table().get(pid).ok_or_else(not_found)
    }

    fn send(&self, to: &Arc<Process>, message: Message) -> Result<(), Error> {
        let sent = self.scheduler.send_to(to, Letter::Message(message));
        sent.map_err(send_refused)
    }

    fn monitor(&self, monitor: Pid, pid: Pid) -> Result<(), Error> {
        let done = self.scheduler.monitor(monitor, pid);
        done.map_err(|refused| match refused {
            MonitorRefused::Unknown => not_registered(),
            MonitorRefused::Already => Error::new(kind::ALREADY_EXISTS, "already monitoring pid"),
        })
    }

    fn unmonitor(&self, monitor: Pid, pid: Pid) {
        self.scheduler.unmonitor(monitor, pid);
    }

    fn link(&self, process: &Process, pid: Pid) -> Result<(), Error> {
        match self.scheduler.link(process, pid) {
            true => Ok(()),
            false => Err(not_registered()),
        }
    }

    fn unlink(&self, process: &Process, pid: Pid) {
        self.scheduler.unlink(process, pid);
    }

    fn cancel(
        &self,
        from: Option<Pid>,
        pid: Pid,
        reason: &str,
        deadline: Option<f64>,
    ) -> Result<(), Error> {
        let event = Event::Cancel {
            from,
            at: self.scheduler.now(),
            reason: reason.into(),
            deadline,
        };
        self.post(pid, Letter::Event(Box::new(event)))
    }

    fn terminate(&self, pid: Pid) -> Result<(), Error> {
        match self.scheduler.kill(pid, Exit::killed("process terminated")) {
            true => Ok(()),
            false => Err(not_found()),
        }
    }

    fn program(&self, entry: &str) -> Result<(Code, Arc<Identity>), Error> {
        let entry = self.entry(entry)?;
        Ok((entry.ready()?, entry.identity().clone()))
    }

    fn call(&self, call: FunctionCall<'_>) -> Result<Arc<dyn Ongoing>, Error> {
        self.call_function(call)
    }

    fn resolve(&self, destination: &str) -> Result<Pid, Error> {
        let Some(address) = Address::parse(destination) else {
            return self.lookup(destination).ok_or_else(|| {
                let text = format!("could not resolve '{destination}' as PID or registered name");
                Error::new(kind::NOT_FOUND, text)
            });
        };
        if !self.hosts.contains_key(address.host) && address.host != function::HOST {
            return Err(unknown("host not found", "host_id", address.host));
        }
        address.pid().ok_or_else(not_found)
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
        table.register(name, pid).map_err(name_refused)
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

    fn registry(&self) -> &Registry {
        &self.registry
    }

    fn schemas(&self) -> &Schemas {
        &self.schemas
    }

    fn terminal(&self, host: HostKey) -> Option<&Arc<Terminal>> {
        let mut rooms = self.hosts.values();
        let has_one = rooms.any(|room| room.key == host && room.terminal.is_some());
        has_one.then(|| self.status.terminal())
    }

    fn waker(&self, caller: Caller) -> Wake {
        let scheduler = self.scheduler.clone();
        Box::new(move || reply(&scheduler, caller, Exit::Normal(Payload::default())))
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

impl Node {
    /// Puts a letter into a mailbox.
    fn post(&self, to: Pid, letter: Letter) -> Result<(), Error> {
        self.scheduler.send(to, letter).map_err(send_refused)
    }

    /// Makes the process that a program wants, with all but its name.
    fn admit_child(&self, spawn: &mut Spawn<'_>) -> Result<Admitted<'_>, Error> {
        let parent = spawn.parent.pid();
        let on_exit = spawn.bond.call.map(|call| {
            let caller = Caller { pid: parent, call };
            Arc::new(Answers::new(self.scheduler.clone(), caller)) as Arc<dyn OnExit>
        });
        let admitted = self.admit(Wanted {
            entry: spawn.entry,
            host: spawn.host,
            arguments: std::mem::take(&mut spawn.arguments),
            context: spawn.context.clone(),
            monitor: spawn.bond.monitored.then_some(parent),
            on_start: None,
            on_exit,
        })?;
        if spawn.bond.linked {
            admitted.link(spawn.parent);
        }
        for message in spawn.messages.drain(..) {
            if !admitted.send(Letter::Message(message)) {
                let text = "the messages do not fit into the mailbox of the process";
                return Err(Error::new(kind::LIMIT_EXCEEDED, text));
            }
        }
        Ok(admitted)
    }

    /// Lets the process that has the name take the place of the one that a program wants.
    fn join(&self, pid: Pid, spawn: &mut Spawn<'_>) -> Result<(), Error> {
        if spawn.bond.call.is_some() {
            return Err(Error::new(kind::ALREADY_EXISTS, "name already registered"));
        }
        let process = self.process(pid)?;
        for message in &spawn.messages {
            match self.send(&process, message.clone()) {
                Err(error) if error.kind == kind::INVALID_STATE => return Err(not_registered()),
                sent => sent?,
            }
        }
        if spawn.bond.linked {
            self.link(spawn.parent, pid)?;
        }
        if !spawn.bond.monitored {
            return Ok(());
        }
        match self.monitor(spawn.parent.pid(), pid) {
            Err(error) if error.kind == kind::NOT_FOUND => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

fn not_found() -> Error {
    Error::new(kind::NOT_FOUND, "process not found")
}

fn send_refused(refused: SendRefused) -> Error {
    match refused {
        SendRefused::Unknown => not_found(),
        SendRefused::Closed => Error::new(kind::INVALID_STATE, "process closed"),
        SendRefused::Full => Error::new(kind::LIMIT_EXCEEDED, "the mailbox is full").retryable(),
        SendRefused::TooLarge { bytes, limit } => too_large("a message", bytes, limit),
    }
}

fn not_registered() -> Error {
    Error::new(kind::NOT_FOUND, "pid not registered: the process has ended")
}

fn name_refused(refused: NameRefused) -> Error {
    match refused {
        NameRefused::Taken(_) => Error::new(kind::ALREADY_EXISTS, "name already registered"),
        NameRefused::TooMany => Error::new(
            kind::LIMIT_EXCEEDED,
            "the names of the process take as much memory as they may, a third of its host's memory_limit",
        ),
    }
}
